"""How far a benchmark's own tests can be trusted, by what `rtlgen eval doctor` found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rtlgen.evaluation.doctor_record import ProblemRecord, read_doctor


def read_trust(paths: Iterable[Path]) -> dict[tuple[str, str], float]:
    """Return the trust of each test, 0 to 1, by benchmark and task.

    Raises:
        UsageError: A file is no record of the doctor.
    """
    records = [read_doctor(path) for path in paths]
    return {
        (record.benchmark, problem.task_id): trust
        for record in records
        for problem in record.problems
        if (trust := trust_of(problem)) is not None
    }


def trust_of(problem: ProblemRecord) -> float | None:
    """Return the share of designs made to fail that a test fails; None where none was tried.

    Those that rtlgen's own testbench cannot tell from the golden design do not count,
    and a test that a senseless design passes is worth nothing.
    """
    if problem.vacuous:
        return 0.0
    missed = sum(survivor.differs is not False for survivor in problem.survivors)
    counted = problem.killed + missed
    return round(problem.killed / counted, 4) if counted else None
