"""Samples made elsewhere, read one at a time.

A file is JSON Lines, gzip or not: one object a line with `task_id` and the
model's text in `completion`, or in `response` where that is missing. Other
fields are not read, but for `sample`: the same number twice for one task is a
fault. The index of a sample counts the lines of its problem from 0, whatever
`sample` says. A folder is what VerilogEval v2 writes, `ProbNNN_name_sampleNN.sv`
in it or in folders of it, code that was extracted already.

What is wrong with one line is a `SampleFaults` entry, and the other lines are
read; where its problem is known it is a sample with `trouble`, so that it is
counted as not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.evaluation.completion import whole_characters
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.sample_files import Record, extracted, lines, record

MAX_FAULTS = 20
"""Messages that are kept; further faults are counted."""
MAX_NUMBER = 1 << 20
"""Numbers of samples from here on are not compared."""
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One answer of a model to one problem."""

    task_id: str
    index: int
    """0-based, in the order of the file within its problem."""
    completion: str | None
    """None where there is none to judge; an empty text is a design that fails."""
    trouble: str = ""
    """Why there is none."""
    place: str
    """File and line, or file."""

    def __post_init__(self) -> None:
        if (self.completion is None) != bool(self.trouble):
            raise ValueError("a sample has either a completion or a trouble")


@dataclass(slots=True)
class SampleFaults:
    """What is wrong with single lines, collected while samples are read."""

    count: int = 0
    messages: list[str] = field(default_factory=list)
    """The first of them: file and line, rule, value."""

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, message: Callable[[], str]) -> None:
        """Count a fault; `message` is asked only while messages are kept."""
        self.count += 1
        if len(self.messages) < MAX_FAULTS:
            self.messages.append(message())

    @property
    def more(self) -> int:
        """Faults without a message."""
        return self.count - len(self.messages)


def no_owner(task_id: str) -> str | None:
    """Return that no other benchmark is known to have `task_id`."""
    return None


def read_samples(
    path: Path,
    problems: Sequence[Problem],
    faults: SampleFaults | None = None,
    *,
    owner: Callable[[str], str | None] = no_owner,
) -> Iterator[Sample]:
    """Yield the samples in `path`; memory does not grow with their number.

    `problems` are all that the benchmark has, so that a sample of one that is not
    to be judged is no fault. `owner` names the benchmark that has a task which none
    of `problems` is; `catalog.owner_below` looks for it in a root.

    Raises:
        UsageError: The file cannot be read, or none of its lines can be used.
    """
    faults = SampleFaults() if faults is None else faults
    reader = _Reader([problem.task_id for problem in problems], faults, owner)
    for found in extracted(path) if path.is_dir() else map(record, lines(path)):
        yield from reader.take(found)
    if not reader.usable:
        first = f"; first: {faults.messages[0]}" if faults.messages else ""
        raise UsageError(
            f"a file of samples must have a usable line, {path} has none{first}\n\n"
            'hint: write {"task_id": ..., "completion": ...}, one object a line'
        )


class _Reader:
    """Numbers the samples of each problem and notes what is wrong."""

    def __init__(
        self, tasks: Sequence[str], faults: SampleFaults, owner: Callable[[str], str | None]
    ) -> None:
        self.usable = 0
        self._next = dict.fromkeys(tasks, 0)
        self._numbers = {task: bytearray() for task in tasks}
        self._faults = faults
        self._owner = owner

    def take(self, found: Record) -> Iterator[Sample]:
        """Yield the sample of a line, if its problem is known."""
        if found.task_id is None:
            self._faults.add(lambda: f"{found.place}: {found.trouble}")
        elif found.task_id not in self._next:
            self._faults.add(lambda: f"{found.place}: {self._unknown(found.task_id or '')}")
        else:
            yield self._sample(found, found.task_id)

    def _sample(self, found: Record, task: str) -> Sample:
        index = self._next[task]
        self._next[task] += 1
        trouble = found.trouble or self._repeated(task, found.sample)
        if trouble:
            self._faults.add(lambda: f"{found.place}: {trouble}")
        else:
            self.usable += 1
        return Sample(
            task_id=task,
            index=index,
            completion=None if trouble else whole_characters(found.completion or ""),
            trouble=trouble,
            place=found.place,
        )

    def _repeated(self, task: str, number: int | None) -> str:
        """Return that `number` was there before, and note it."""
        if number is None or not 0 <= number < MAX_NUMBER:
            return ""
        byte, bit = number >> 3, 1 << (number & 7)
        seen = self._numbers[task]
        seen.extend(bytes(max(0, byte + 1 - len(seen))))
        if seen[byte] & bit:
            return f"a sample must be there once, {number} of {task!r} is there again"
        seen[byte] |= bit
        return ""

    def _unknown(self, task: str) -> str:
        rule = f"task_id must be a problem of the benchmark, not {task[:_SHOWN]!r}"
        if name := self._owner(task):
            return f"{rule}; it is one of {name}"
        near = get_close_matches(task[:_SHOWN], self._next, n=1)
        return f"{rule}; nearest: {near[0]}" if near else rule
