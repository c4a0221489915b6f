"""What may become a row: gates, contamination and duplicates, one problem at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from rtlgen.data.asking import answer_text
from rtlgen.data.candidates import Candidate, candidates_of, distinct
from rtlgen.data.contamination import Finding, Gate
from rtlgen.data.dropped import Dropped
from rtlgen.data.judged import Judged, Task
from rtlgen.data.make_rows import make_rows, sft_rows
from rtlgen.data.near_duplicates import Deduplicator, Duplicate
from rtlgen.data.options import BuildOptions
from rtlgen.data.pairing import Pair
from rtlgen.data.rows import Kind, Row, SftRow, Split
from rtlgen.data.splits import Ratios, split_of
from rtlgen.data.store import Group

What = Literal["problem", "answer", "pair"]


@dataclass(slots=True, kw_only=True)
class Cleaned:
    """The rows of one problem, and what was left out."""

    rows: list[tuple[Kind, Split, Row]] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


class Cleaning:
    """Makes rows of groups; a context manager, as what it has seen lies on disk."""

    def __init__(self, options: BuildOptions, gate: Gate, work: Path) -> None:
        self._options, self._gate = options, gate
        train = 1 - options.validation - options.test
        self._ratios = Ratios(train=train, validation=options.validation, test=options.test)
        self._seen = Deduplicator(threshold=options.near_duplicates, store=work)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._seen.close()

    def rows(self, groups: Iterable[Group]) -> Iterator[Cleaned]:
        """Yield the rows of each problem."""
        return map(self._cleaned, groups)

    def _cleaned(self, group: Group) -> Cleaned:
        cleaned = Cleaned()
        if why := self._unfit(group.task):
            cleaned.dropped.append(why)
            return cleaned
        judged = list(self._judged(group, cleaned))
        candidates = self._candidates(group.task, judged, cleaned)
        made = make_rows(group.task, candidates, judged, self._options)
        if made.hopeless:
            cleaned.dropped.append(_of_task(group.task, "reward spread", made.hopeless))
        rows = [*made.rows, *self._sft(group.task, candidates, cleaned)]
        split = split_of(group.task.family, ratios=self._ratios, seed=self._options.seed)
        cleaned.rows = [(kind, split, row) for kind, row in rows]
        cleaned.pairs = made.pairs
        return cleaned

    def _unfit(self, task: Task) -> Dropped | None:
        """Return why nothing may be made of a problem."""
        if not task.prompt:
            return _of_task(task, "no prompt", "the description names no ports")
        if task.trust is not None and task.trust < self._options.min_trust:
            return _doubted(task, self._options)
        found = self._gate.check_task(task)
        return None if found is None else _contaminated(found, task, None)

    def _judged(self, group: Group, cleaned: Cleaned) -> Iterator[Judged]:
        """Yield the answers with a verdict that a test gave which is good enough."""
        checks = max((a.verdict.checks for a in group.answers if a.verdict), default=0)
        for answer in group.answers:
            if answer.verdict is None:
                reason = answer.evidence
                cleaned.dropped.append(_of_answer(answer, "not judged", reason=reason))
            elif why := self._weak(answer, checks):
                cleaned.dropped.append(why)
            else:
                yield answer

    def _weak(self, answer: Judged, checks: int) -> Dropped | None:
        trust = None if answer.verdict is None else answer.verdict.trust
        if trust is not None and trust < self._options.min_trust:
            return _of_answer(
                answer,
                "testbench trust",
                measure="trust",
                score=trust,
                threshold=self._options.min_trust,
            )
        if checks < self._options.min_checks:
            return _of_answer(
                answer,
                "few checks",
                measure="checks",
                score=float(checks),
                threshold=float(self._options.min_checks),
            )
        return None

    def _candidates(
        self, task: Task, judged: Sequence[Judged], cleaned: Cleaned
    ) -> list[Candidate]:
        """Return the different answers that are no copy of a known solution."""
        choice = self._options.answers
        kept, doubtful = distinct(candidates_of(judged, lambda one: answer_text(one, choice)))
        for candidate in doubtful:
            reason = "equal designs passed and failed, by tests of different runs"
            cleaned.dropped.append(_of_answer(candidate.judged, "contradiction", reason=reason))
        clean = []
        for candidate in kept:
            finding = self._copied(candidate)
            if finding is None:
                clean.append(candidate)
            else:
                cleaned.dropped.append(_contaminated(finding, task, candidate.judged))
        return clean

    def _copied(self, candidate: Candidate) -> Finding | None:
        verilog = candidate.judged.verilog
        task = candidate.judged.task
        return None if verilog is None else self._gate.check_answer(task, verilog)

    def _sft(
        self, task: Task, candidates: Sequence[Candidate], cleaned: Cleaned
    ) -> Iterator[tuple[Kind, Row]]:
        if Kind.SFT not in self._options.kinds:
            return
        left = self._options.sft_per_problem
        for row in sft_rows(task, candidates, self._options):
            if left == 0:
                return
            duplicate = self._seen.add(row.id, _text(row))
            if duplicate is None:
                left -= 1
                yield Kind.SFT, row
            else:
                cleaned.dropped.append(_repeated(row, duplicate, self._options))


def _text(row: SftRow) -> str:
    """Return what a row says, by which it repeats another one."""
    return "\n".join(turn.content for turn in (*row.prompt, *row.completion))


def _of_task(task: Task, rule: str, reason: str) -> Dropped:
    return Dropped(
        rule=rule, what="problem", problem_set=task.problem_set, problem=task.problem, reason=reason
    )


def _doubted(task: Task, options: BuildOptions) -> Dropped:
    return Dropped(
        rule="testbench trust",
        what="problem",
        problem_set=task.problem_set,
        problem=task.problem,
        reason=task.doubt,
        measure="trust",
        score=task.trust,
        threshold=options.min_trust,
    )


def _of_answer(
    answer: Judged,
    rule: str,
    *,
    reason: str = "",
    measure: str = "",
    score: float | None = None,
    threshold: float | None = None,
) -> Dropped:
    return Dropped(
        rule=rule,
        what="answer",
        problem_set=answer.task.problem_set,
        problem=answer.task.problem,
        source=answer.provenance.name,
        sample=answer.provenance.sample,
        reason=reason,
        measure=measure,
        score=score,
        threshold=threshold,
    )


def _contaminated(found: Finding, task: Task, answer: Judged | None) -> Dropped:
    return Dropped(
        rule="contamination",
        what="problem" if answer is None else "answer",
        problem_set=task.problem_set,
        problem=task.problem,
        source="" if answer is None else answer.provenance.name,
        sample=None if answer is None else answer.provenance.sample,
        against=found.problem_set,
        matched=found.problem,
        measure=found.measure,
        score=found.score,
        threshold=found.threshold,
    )


def _repeated(row: SftRow, found: Duplicate, options: BuildOptions) -> Dropped:
    return Dropped(
        rule="exact duplicate" if found.exact else "near duplicate",
        what="answer",
        problem_set=row.problem_set,
        problem=row.problem,
        source=row.provenance.name,
        sample=row.provenance.sample,
        matched=found.of,
        measure="MinHash",
        score=found.score,
        threshold=options.near_duplicates,
    )
