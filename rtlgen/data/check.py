"""The gate that a dataset passes before anything is trained on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from rtlgen.data.check_files import file_faults, same_rows
from rtlgen.data.check_rows import design_in, faults, learned
from rtlgen.data.contamination import Finding, Gate
from rtlgen.data.dataset_record import DatasetRecord, read_record
from rtlgen.data.findings import Findings
from rtlgen.data.near_duplicates import Deduplicator
from rtlgen.data.normalize import digest
from rtlgen.data.readers import Placed, files_of
from rtlgen.data.rows import GrpoRow, Kind, Split
from rtlgen.data.seen import Seen
from rtlgen.data.spec_text import words
from rtlgen.data.survey import Survey, answers, read_dropped
from rtlgen.errors import UsageError

PROMPT_THRESHOLD = 0.95
"""Similarity from which on a prompt of one split gives away one of another."""
_KEPT = 4096
"""Designs whose comparison with benchmarks is remembered."""


def check(folder: Path, gate: Gate, *, told: Callable[[int], None] | None = None) -> Findings:
    """Return what is wrong with the dataset in `folder`; `told` hears how many rows were read.

    Memory grows with the number of problems, not of rows.

    Raises:
        UsageError: It cannot be read; names file and line.
    """
    record = read_record(folder)
    findings = Findings()
    counts = Survey()
    with _Checker(record, gate, findings) as checker:
        for number, (kind, split, placed) in enumerate(_rows(folder, findings), 1):
            counts.add(kind, split, placed.row)
            checker.row(kind, split, placed)
            if told is not None:
                told(number)
        checker.conclude()
    if not counts.rows:
        raise UsageError(f"a dataset must have a row of some kind, {folder} has none")
    counts.drop(read_dropped(folder))
    findings.notes += _worth_knowing(counts)
    for rule, what in file_faults(folder, record, counts):
        findings.add(rule, str(folder), what)
    return findings


def _rows(folder: Path, findings: Findings) -> Iterator[tuple[Kind, Split, Placed]]:
    for kind, split, path in files_of(folder):
        parquet = folder / "parquet" / kind / f"{split}.parquet"
        for placed in same_rows(path, parquet, kind, findings):
            yield kind, split, placed


@dataclass(frozen=True, slots=True)
class _Place:
    split: Split
    place: str


class _Checker:
    """Looks at rows one after the other; a context manager."""

    def __init__(self, record: DatasetRecord, gate: Gate, findings: Findings) -> None:
        self._record = record
        self._findings = findings
        self._gate = gate
        self._by_code = lru_cache(maxsize=_KEPT)(gate.check_code)
        margin = record.options.get("min_margin")
        self._margin = float(margin) if isinstance(margin, int | float) else 0.0
        self._families: dict[str, _Place] = {}
        self._problems: set[tuple[str, str]] = set()
        self._declared: dict[str, int] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._seen = stack.enter_context(Seen())
            self._prompts = stack.enter_context(
                Deduplicator(threshold=PROMPT_THRESHOLD, read=words)
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stack.close()

    def row(self, kind: Kind, split: Split, placed: Placed) -> None:
        """Look at a row."""
        for rule, what in faults(placed.row, min_margin=self._margin):
            self._findings.add(rule, placed.place, what)
        self._repeated(kind, split, placed)
        self._parted(split, placed)
        self._known(split, placed)

    def conclude(self) -> None:
        """Note what is no fault."""
        for name, number in sorted(self._declared.items()):
            self._findings.notes.append(
                f"rows of {name}, which was declared: {number}; for study, "
                "not for training models that are evaluated on it"
            )

    def _repeated(self, kind: Kind, split: Split, placed: Placed) -> None:
        before = self._seen.first(f"{kind} {_content(placed)}", f"{split}\n{placed.place}")
        if before is not None:
            other, place = before.split("\n", 1)
            rule = "duplicate" if other == split else "duplicate across splits"
            self._findings.add(rule, placed.place, f"{place} says the same")

    def _parted(self, split: Split, placed: Placed) -> None:
        family = placed.row.family
        first = self._families.setdefault(family, _Place(split, placed.place))
        if first.split is not split:
            what = f"family {family[:60]!r} is in {first.split} too, {first.place}"
            self._findings.add("split", placed.place, what)

    def _known(self, split: Split, placed: Placed) -> None:
        row = placed.row
        fresh = self._first_of_problem(split, placed)
        if row.problem_set in self._record.allowed:
            self._declare(row.problem_set)
            return
        design = learned(row)
        found: Finding | None = None
        if fresh:
            found = self._gate.check(_said(placed), "", [design] if design else [])
        if found is None and design:
            found = self._by_code(design)
        if found is None:
            return
        if found.problem_set in self._record.allowed:
            self._declare(found.problem_set)
        else:
            self._findings.add("contamination", placed.place, f"{row.problem[:60]!r} {found}")

    def _declare(self, name: str) -> None:
        self._declared[name] = self._declared.get(name, 0) + 1

    def _first_of_problem(self, split: Split, placed: Placed) -> bool:
        """Return whether the problem was not seen before; compare its prompt if so."""
        key = (placed.row.problem_set, placed.row.problem)
        if key in self._problems:
            return False
        self._problems.add(key)
        self._prompt(split, placed)
        return True

    def _prompt(self, split: Split, placed: Placed) -> None:
        near = self._prompts.add(f"{split}\n{placed.place}", _said(placed))
        if near is not None and not near.of.startswith(f"{split}\n"):
            what = f"the prompt nearly repeats that of {near.of.split(chr(10), 1)[1]}"
            self._findings.add("prompt across splits", placed.place, what)


def _worth_knowing(counts: Survey) -> Iterator[str]:
    """Yield what is no fault, and what somebody who trains on it wants to know."""
    if missing := [str(kind) for kind in Kind if kind not in counts.rows]:
        yield f"no row of {', '.join(missing)}"
    answered = counts.licences.total()
    for what, number in (("licence", counts.licences[""]), ("model", counts.models[""])):
        if number:
            yield f"{number} of {answered} answers say no {what}"


def _content(placed: Placed) -> str:
    """Return a digest of what a row says to a trainer, comments and space in designs apart."""
    row = placed.row
    designs = [digest(design_in(answer)) for answer in answers(row)]
    reward = row.reward_data if isinstance(row, GrpoRow) else ""
    turns = [f"{turn.role}: {turn.content}" for turn in row.prompt]
    return hashlib.blake2b(repr([turns, designs, reward]).encode(), digest_size=16).hexdigest()


def _said(placed: Placed) -> str:
    """Return what the user says in a row's prompt."""
    return "\n\n".join(turn.content for turn in placed.row.prompt if turn.role == "user")
