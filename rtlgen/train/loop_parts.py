"""Parts of a corpus: some of its problems, as a corpus of their own."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rtlgen.errors import UsageError
from rtlgen.evaluation.replacing import replacing

PROBLEMS = "problems.jsonl"
_BY_TASK = (PROBLEMS, "golden.jsonl", "slips.jsonl")
_WHOLE = ("corpus.json",)


def drawn(tasks: list[str], count: int, *, start: int, seed: int) -> list[str]:
    """Return `count` of `tasks` from a shuffled round robin, from number `start` on."""
    names = sorted(tasks)
    random.Random(seed).shuffle(names)  # noqa: S311 - not for secrets
    return [names[(start + number) % len(names)] for number in range(min(count, len(names)))]


def tasks_of(root: Path) -> list[str]:
    """Return the names of the problems of the corpus in `root`, in its order.

    Raises:
        UsageError: It is no corpus; names file and line.
    """
    return [row["task_id"] for row in _rows(root / PROBLEMS)]


def write_part(root: Path, target: Path, tasks: Callable[[str], bool]) -> None:
    """Write the problems of `root` for which `tasks` holds as a corpus into `target`.

    `PROBLEMS` comes last, so that where it is, the part is whole.

    Raises:
        UsageError: `root` is no corpus; names file and line.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in reversed(_BY_TASK):
        if (root / name).is_file():
            with replacing(target / name) as file:
                for row, line in _lines(root / name):
                    if tasks(row["task_id"]):
                        file.write(line)
    for name in _WHOLE:
        if (root / name).is_file():
            shutil.copyfile(root / name, target / name)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for row, _ in _lines(path):
        yield row


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield _row(line, f"{path}:{number}"), line
    except OSError as error:
        raise UsageError(
            f"a corpus has a {PROBLEMS}; cannot read {path}: {error.strerror}\n\n"
            "hint: give a folder that `rtlgen dataset synth` wrote"
        ) from error


def _row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or not isinstance(row.get("task_id"), str):
        raise UsageError(f"a line of a corpus must be a JSON object with a task_id, {place}")
    return row
