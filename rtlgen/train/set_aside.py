"""Steps of a long job that are to be done anew, and what they and those after them made.

Nothing is deleted: it goes, with its records, to `DIR/set-aside/N/`.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.train.steps import STEPS, StepRecord, log_of, records

SET_ASIDE = "set-aside"
"""Folder, in the job's, of what was made by steps that were done anew."""


def set_aside(folder: Path, name: str) -> Path:
    """Move what the step `name`, and all that began after it, made; return where to.

    Its own record goes last, so that a call that was interrupted can be repeated.

    Raises:
        UsageError: No such step has begun; says which have.
    """
    begun = list(records(folder))
    names = [record.step for record in begun]
    if name not in names:
        raise UsageError(
            f"a step that is done anew has begun before, {folder} has no step {name!r}\n\n"
            f"hint: it has {', '.join(names) or 'none'}"
        )
    target = next(place for n in count(1) if not (place := folder / SET_ASIDE / str(n)).exists())
    for record in reversed(begun[names.index(name) :]):
        for part in _made(record, folder):
            _move(folder, part, target)
    return target


def _made(record: StepRecord, folder: Path) -> list[Path]:
    """Return what a step made, relative to the job's folder, its record last."""
    words = record.argv
    made = words[words.index("-o") + 1] if "-o" in words else record.makes
    log = log_of(folder, record.step).relative_to(folder)
    return [*([Path(made)] if made else []), log, Path(STEPS) / f"{record.step}.json"]


def _move(folder: Path, part: Path, target: Path) -> None:
    if part.is_absolute() or not (folder / part).exists():
        return
    (target / part).parent.mkdir(parents=True, exist_ok=True)
    (folder / part).rename(target / part)
