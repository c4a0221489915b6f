"""A run is taken up again: its rows say what is done and what is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from rtlgen.errors import UsageError
from rtlgen.evaluation.design_key import key_of, plain_form
from rtlgen.evaluation.intake import Done
from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.judgement_cache import RunJudgements
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Origin, Row

_TOGETHER = 4096


def replay(
    rows: Iterable[Row],
    *,
    problems: Mapping[str, tuple[Problem, bytes]],
    done: Done,
    known: RunJudgements,
) -> None:
    """Note in `done` and `known` what `rows` say, for this run only.

    Nothing of it goes into the cache: who can write to the folder of a run
    must not decide what other runs find.

    Raises:
        UsageError: A row is of no problem of the run, twice there, or contradicts itself.
    """
    left = iter(rows)
    while some := list(islice(left, _TOGETHER)):
        for row in some:
            if row.task_id not in problems:
                raise UsageError(f"a row of the run is of no problem that was chosen: {_name(row)}")
            if done.add(row.task_id, row.sample):
                raise UsageError(f"a sample has one row, there are two of {_name(row)}")
        _learn(some, problems, known)


def _learn(
    rows: Iterable[Row], problems: Mapping[str, tuple[Problem, bytes]], known: RunJudgements
) -> None:
    judgements: dict[bytes, Judgement] = {}
    also: dict[bytes, bytes] = {}
    cached: list[bytes] = []
    for row, text in _with_text(rows):
        problem = problems[row.task_id][1]
        key = key_of(problem, text)
        if row.origin is Origin.CACHE:
            cached.append(key)
        elif row.origin is Origin.JUDGED:
            judgements[key] = _judgement(row)
            plain = plain_form(text)
            if plain is not None:
                also[key_of(problem, plain)] = key
    known.put_own(judgements, also)
    for one in known.get(cached).values():
        known.used(one)


def _with_text(rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    for row in rows:
        if row.verilog is not None and not row.verilog_cut:
            yield row, row.verilog


def _judgement(row: Row) -> Judgement:
    try:
        return row.judgement()
    except ValueError as error:
        raise UsageError(f"a row of the run contradicts itself: {_name(row)}: {error}") from error


def _name(row: Row) -> str:
    return f"sample {row.sample} of {row.task_id!r}"
