"""A problem as one line of JSON: what a GRPO row hands to a reward."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict

from pydantic import ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.strict import Strict, first_fault


class _Problem(Strict):
    task_id: str
    top: str
    description: str
    header: str = ""
    test: str
    reference: str = ""
    golden: str
    data: tuple[tuple[str, str], ...] = ()
    """Name and base64 of the content of the files that the test reads."""


def problem_json(problem: Problem) -> str:
    """Return `problem` as JSON; where it was read from is left out."""
    fields = asdict(problem)
    del fields["place"]
    fields["data"] = [[name, base64.b64encode(data).decode()] for name, data in problem.data]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def problem_of(text: str) -> Problem:
    """Return the problem that `problem_json` wrote.

    Raises:
        UsageError: The text holds none.
    """
    try:
        found = _Problem.model_validate_json(text)
        data = tuple((name, base64.b64decode(part, validate=True)) for name, part in found.data)
    except ValidationError as error:
        raise UsageError(
            f"reward_data must be a problem as JSON: {first_fault(error, whole='the text')}"
        ) from error
    except ValueError as error:
        raise UsageError(f"reward_data must hold its files as base64: {error}") from error
    return Problem(**{**found.model_dump(), "data": data})
