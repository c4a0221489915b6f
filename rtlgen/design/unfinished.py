"""A run that asks a model, while it goes on: a folder beside its output that outlives a kill.

`OUT.unfinished/` holds what has been paid for. It goes when `OUT/` stands; a
run that was stopped in between leaves it, and `--resume` continues there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rtlgen.design.record import check_output_folder, replace_folder
from rtlgen.errors import UsageError

ANSWERS = "answers.jsonl"
_FACTS = "start.json"
_OUTPUT = "output"


def unfinished_folder(folder: Path) -> Path:
    """Return where a run with the output `folder` keeps what it has so far."""
    return folder.with_name(f"{folder.name}.unfinished")


@contextmanager
def unfinished(folder: Path, facts: Mapping[str, Any], *, resume: bool) -> Iterator[Path]:
    """Yield the folder of a run in progress; it stays when the body does not come to its end.

    `facts` are what the run depends on; a run is resumed only where they are the same.
    Where nothing has been answered yet, nothing stays.

    Raises:
        UsageError: There is an unfinished run and `resume` is not set, or it is another run.
    """
    check_output_folder(folder)
    work = unfinished_folder(folder)
    _begin(work, facts, resume=resume)
    try:
        yield work
    except BaseException as error:  # Ctrl-C as well
        if _answered(work):
            error.add_note(f"what was answered so far is in {work}/; --resume continues from there")
        else:
            shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)


def _begin(work: Path, facts: Mapping[str, Any], *, resume: bool) -> None:
    if work.exists():
        if _answered(work):
            _check_same(work, facts, resume=resume)
            return
        shutil.rmtree(work)
    work.mkdir(parents=True)
    partial = work / f".{_FACTS}.partial"
    partial.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    partial.rename(work / _FACTS)


def _answered(work: Path) -> bool:
    answers = work / ANSWERS
    return (work / _FACTS).is_file() and answers.is_file() and answers.stat().st_size > 0


def _check_same(work: Path, facts: Mapping[str, Any], *, resume: bool) -> None:
    if not resume:
        raise UsageError(
            f"an interrupted run left {work}/, which holds answers that were paid for"
            "\n\nhint: --resume continues it; to begin anew, delete that folder"
        )
    before = json.loads((work / _FACTS).read_text(encoding="utf-8"))
    changed = sorted(
        key for key in facts.keys() | before.keys() if facts.get(key) != before.get(key)
    )
    if changed:
        shown = "; ".join(
            f"{key} is {facts.get(key)!r}, was {before.get(key)!r}" for key in changed
        )
        raise UsageError(
            f"a run is resumed with what it was started with: {shown[:600]}"
            f"\n\nhint: give the same again, or delete {work}/ to begin anew"
        )


@contextmanager
def finished_output(work: Path, folder: Path) -> Iterator[Path]:
    """Yield a folder to write into that takes the place of `folder` in one step."""
    output = work / _OUTPUT
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    yield output
    replace_folder(output, folder)
