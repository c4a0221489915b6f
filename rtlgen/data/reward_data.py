"""What a reward needs to judge an answer, as a column of a dataset: the problem as JSON."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import ConfigDict, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.strict import Strict, first_fault


class _Columns(Strict):
    """`evaluation.problem.Problem`, less its place; files are base64."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    task_id: str
    top: str
    description: str
    header: str = ""
    test: str
    reference: str = ""
    golden: str = ""
    data: tuple[tuple[str, bytes], ...] = ()


def reward_data(problem: Problem) -> str:
    """Return `problem` as `rtlgen.data.rows.GrpoRow.reward_data` holds it."""
    fields = asdict(problem)
    del fields["place"]
    return _Columns(**fields).model_dump_json()


def problem_of(text: str, place: str = "") -> Problem:
    """Return the problem that `reward_data` wrote.

    Raises:
        UsageError: `text` is none; names `place`.
    """
    try:
        columns = _Columns.model_validate_json(text)
    except ValidationError as error:
        said = first_fault(error, whole="the text")
        raise UsageError(
            f"reward_data must be the JSON of a problem: {said}{f', {place}' if place else ''}\n\n"
            "hint: rows for GRPO are written by `rtlgen dataset build`"
        ) from error
    return Problem(**dict(columns), place=place)
