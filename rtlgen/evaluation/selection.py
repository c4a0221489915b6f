"""Which problems of a benchmark are judged, and which do not count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.evaluation.doctor_record import DoctorRecord, read_doctor
from rtlgen.evaluation.problem import Problem

DOCTOR = "doctor"
"""What `--exclude` takes for what the doctor finds."""
_SHOWN = 60
_MAX_LIST_BYTES = 64 << 20


def selected(problems: Sequence[Problem], patterns: Iterable[str]) -> list[Problem]:
    """Return the problems that `patterns` name, in the benchmark's order; all without a pattern.

    A pattern is a name, or one with `*`, `?` and `[...]`; several stand with
    commas between them.

    Raises:
        UsageError: A pattern that no problem fits.
    """
    given = list(patterns)
    wanted = [name for pattern in given for name in _split(pattern) or [""]]
    if not wanted:
        return list(problems)
    names = {name for pattern in wanted for name in _matching(problems, pattern, "--problems")}
    return [problem for problem in problems if problem.task_id in names]


def excluded(
    problems: Sequence[Problem],
    values: Iterable[str],
    *,
    doctor: Callable[[], DoctorRecord],
) -> dict[str, str]:
    """Return the problems that are left out, in the benchmark's order, and why.

    Args:
        problems: Those that were selected.
        values: What `--exclude` was given: names and patterns, files of them, one
            a line, records of the doctor, or `doctor`.
        doctor: Returns what the doctor finds here; called only if it is asked for.

    Raises:
        UsageError: A pattern that no problem fits, or a file that cannot be used.
    """
    why: dict[str, str] = {}
    for value in values:
        why |= _excluded(problems, value, doctor)
    return {p.task_id: why[p.task_id] for p in problems if p.task_id in why}


def _excluded(
    problems: Sequence[Problem], value: str, doctor: Callable[[], DoctorRecord]
) -> dict[str, str]:
    if value == DOCTOR:
        return doctor().excluded
    path = Path(value)
    if path.suffix == ".json" and path.is_file():
        return read_doctor(path).excluded
    if path.is_file():
        return {
            name: f"--exclude {value}"
            for place, pattern in _listed(path)
            for name in _matching(problems, pattern, place)
        }
    return {
        name: "--exclude"
        for pattern in _split(value)
        for name in _matching(problems, pattern, "--exclude")
    }


def _listed(path: Path) -> Iterator[tuple[str, str]]:
    """Yield place and text of the lines of a list of names; `#` begins a comment.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            lines = file.read(_MAX_LIST_BYTES).decode().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read the problems to exclude: {why}, {path}") from error
    for number, line in enumerate(lines, 1):
        if name := line.partition("#")[0].strip():
            yield f"{path}:{number}", name


def _split(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _matching(problems: Sequence[Problem], pattern: str, place: str) -> list[str]:
    names = [problem.task_id for problem in problems]
    if found := [name for name in names if name == pattern or fnmatchcase(name, pattern)]:
        return found
    near = get_close_matches(pattern[:_SHOWN], names, n=3, cutoff=0.5)
    near = near or [name for name in names if pattern.lower() in name.lower()][:3]
    hint = f"nearest: {', '.join(near)}" if near else f"the first ones are {', '.join(names[:3])}"
    raise UsageError(
        f"{place} must name problems of the benchmark, not {pattern[:_SHOWN]!r}\n\nhint: {hint}"
    )


def chosen_ks(text: str | None) -> tuple[int, ...] | None:
    """Return the `k` in such a text as `1,5,10`, ascending; None for None.

    Raises:
        UsageError: One of them is no whole number from 1 on.
    """
    if text is None:
        return None
    found = []
    for part in _split(text) or [""]:
        if not (part.isascii() and part.isdecimal() and len(part) <= 6 and int(part) > 0):
            raise UsageError(
                f"--k must be whole numbers from 1 on, not {part[:_SHOWN]!r}\n\n"
                "hint: separate several by commas, as in `--k 1,5,10`"
            )
        found.append(int(part))
    return tuple(sorted(set(found)))
