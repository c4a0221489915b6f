"""What a run that asks a model has been told so far, in a folder that outlives a kill.

`OUT.unfinished/` holds what has been paid for. It goes when `OUT/` stands; a
run that was stopped in between leaves it, and `--resume` continues there.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rtlgen.design.output import claimed, finished_output
from rtlgen.design.record import MANIFEST
from rtlgen.errors import UsageError
from rtlgen.llm.records import AnswerRecord, read_records

ANSWERS = "answers.jsonl"
_FACTS = "start.json"


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder to write into that becomes `folder` in one step when all went well.

    Raises:
        UsageError: `folder` holds something that is not an earlier run, or cannot be made;
            or an interrupted run has left answers of a model there.
        OSError: The disk is full.
    """
    with claimed(folder, keep=_holds_answers) as work:
        if _holds_answers(work):
            raise _in_the_way(work)
        with finished_output(work, folder) as output:
            yield output


@contextmanager
def unfinished(folder: Path, facts: Mapping[str, Any], *, resume: bool) -> Iterator[Path]:
    """Yield the folder of a run in progress; it stays when the body does not come to its end.

    `facts` are what the run depends on; a run is resumed only where they are the same.
    Where nothing is resumed, a run of the same facts that has ended lends its answers.
    Where nothing has been answered yet, nothing stays.

    Raises:
        UsageError: There is an unfinished run and `resume` is not set, or it is another run.
        OSError: The disk is full.
    """
    with claimed(folder, keep=_holds_answers) as work:
        _begin(work, folder, facts, resume=resume)
        try:
            yield work
        except BaseException as error:  # Ctrl-C as well
            if _holds_answers(work):
                error.add_note(
                    f"what was answered so far is in {work}/; --resume continues from there"
                )
            raise
        (work / _FACTS).unlink()  # from here on the answers are not needed


def _begin(work: Path, folder: Path, facts: Mapping[str, Any], *, resume: bool) -> None:
    if _holds_answers(work):
        if not resume:
            raise _in_the_way(work)
        _check_same(work, facts)
        return
    for name in (_FACTS, ANSWERS):
        (work / name).unlink(missing_ok=True)
    if resume and _facts_of_ended(folder) == facts:
        _copy(folder / ANSWERS, work / ANSWERS)
    _write(work / _FACTS, json.dumps(facts, indent=2) + "\n")


def _holds_answers(work: Path) -> bool:
    """Whether there is an answer that a model has given, or been paid for."""
    answers = work / ANSWERS
    if not (work / _FACTS).is_file() or not answers.is_file():
        return False
    with answers.open("rb") as stream:
        try:
            return any(_worth(record) for record, _ in read_records(stream, answers))
        except UsageError:  # not ours to throw away
            return True


def _worth(record: object) -> bool:
    return isinstance(record, AnswerRecord) and (
        record.text is not None or record.answer().usage.total > 0
    )


def _in_the_way(work: Path) -> UsageError:
    return UsageError(
        f"an interrupted run left {work}/, which holds answers that were paid for"
        "\n\nhint: --resume continues it; to begin anew, delete that folder"
    )


def _check_same(work: Path, facts: Mapping[str, Any]) -> None:
    before = _facts_in(work)
    changed = [key for key in {**before, **facts} if facts.get(key) != before.get(key)]
    if changed:
        shown = "; ".join(
            f"{k} is {_shown(facts.get(k))}, was {_shown(before.get(k))}" for k in changed
        )
        raise UsageError(
            f"a run is resumed with what it was started with: {shown[:600]}"
            f"\n\nhint: give the same again, or delete {work}/ to begin anew"
        )


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _facts_in(work: Path) -> dict[str, Any]:
    try:
        found = json.loads((work / _FACTS).read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UsageError(
            f"an interrupted run must say what it was started with, {work / _FACTS} does not"
            f"\n\nhint: it was changed by hand; put it right, or delete {work}/ to begin anew"
        )
    return found


def _facts_of_ended(folder: Path) -> object:
    """Return what the answers of the run in `folder` depend on, if it has any."""
    if not (folder / ANSWERS).is_file():
        return None
    with suppress(OSError, ValueError, LookupError, TypeError):
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["model"]["question"]
    return None


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, partial)
    partial.rename(target)


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
