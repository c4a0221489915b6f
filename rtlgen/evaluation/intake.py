"""From samples to designs: what has a verdict already, what is equal, what is left to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Benchmark, Extract
from rtlgen.evaluation.design_key import key_of, plain_form
from rtlgen.evaluation.jobs import Pending, Waiting
from rtlgen.evaluation.judgement import Category, Judgement, not_judged
from rtlgen.evaluation.judgement_cache import Known, RunJudgements
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Origin, Row
from rtlgen.evaluation.samples import Sample
from sim.design import digest

WINDOW = 4096
"""Samples that are looked at together."""
WINDOW_CHARACTERS = 32 << 20
"""Characters of their completions, about; so many samples fewer where they are long."""
MAX_SAMPLES = 1 << 24
"""Samples of one problem."""


@dataclass(slots=True)
class Done:
    """Which samples have a row."""

    _flags: dict[str, bytearray] = field(default_factory=dict)

    def add(self, task_id: str, sample: int) -> bool:
        """Note that a sample has its row; return whether it had one before.

        Raises:
            UsageError: There are too many samples.
        """
        if sample >= MAX_SAMPLES:
            raise UsageError(f"a problem has at most {MAX_SAMPLES} samples, {task_id!r} has more")
        flags = self._flags.setdefault(task_id, bytearray())
        if len(flags) <= sample:
            flags.extend(bytes(sample + 1 - len(flags)))
        before = bool(flags[sample])
        flags[sample] = 1
        return before

    def __contains__(self, sample: Sample) -> bool:
        flags = self._flags.get(sample.task_id, b"")
        return sample.index < len(flags) and bool(flags[sample.index])


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Some samples, looked at."""

    rows: list[Row]
    """Of those that need no simulation."""
    designs: list[Pending]
    """What is left to judge and was not before."""
    waiting: int
    """Samples that wait for a design, these or earlier ones."""


class Intake:
    """Reads samples in windows; memory does not grow with their number."""

    def __init__(
        self,
        samples: Iterable[Sample],
        *,
        benchmark: Benchmark,
        extract: Extract,
        problems: Mapping[str, tuple[Problem, bytes]],
        known: RunJudgements,
        done: Done,
        window: int = WINDOW,
    ) -> None:
        """Read `samples` of `problems`, given by task id, each with the digest that keys need."""
        self._samples = iter(samples)
        self._benchmark = benchmark
        self._extract = extract
        self._problems = problems
        self._known = known
        self._done = done
        self._window = window
        self._open: dict[bytes, Pending] = {}

    def next_window(self) -> Window | None:
        """Return the next samples, looked at; None where there are no more."""
        taken = list(self._taken())
        if not taken:
            return None
        looked = [self._looked_at(sample) for sample in taken if sample not in self._done]
        rows = [one for one in looked if isinstance(one, Row)]
        fresh = [(self._key(one), one) for one in looked if isinstance(one, Waiting)]
        known = self._known.get(key for key, _ in fresh if key not in self._open)
        rows += [self._row(one, known[key]) for key, one in fresh if key in known]
        left = [(key, one) for key, one in fresh if key not in known]
        designs = self._designs(left, rows)
        return Window(rows=rows, designs=designs, waiting=len(looked) - len(rows))

    def settle(self, design: Pending) -> None:
        """Forget `design`, whose judgement is known from now on."""
        for key in design.keys:
            self._open.pop(key, None)

    def _taken(self) -> Iterator[Sample]:
        characters = 0
        for number, sample in enumerate(self._samples, 1):
            yield sample
            characters += len(sample.completion or "")
            if number == self._window or characters > WINDOW_CHARACTERS:
                return

    def _looked_at(self, sample: Sample) -> Row | Waiting:
        if sample.task_id not in self._problems:
            raise UsageError(f"{sample.place}: no problem {sample.task_id!r} was chosen")
        if sample.completion is None:
            return _without_design(sample, not_judged(f"{sample.place}: {sample.trouble}"), "")
        problem, _ = self._problems[sample.task_id]
        combined = self._benchmark.combine(problem, sample.completion, self._extract)
        if combined.verilog is None:
            return _without_design(sample, _no_code(combined.reason), combined.rule)
        return Waiting(
            task_id=sample.task_id,
            sample=sample.index,
            verilog=combined.verilog,
            digest=digest(combined.verilog.encode()),
            rule=combined.rule,
        )

    def _key(self, one: Waiting, text: str | None = None) -> bytes:
        return key_of(self._problems[one.task_id][1], one.verilog if text is None else text)

    def _row(self, one: Waiting, known: Known) -> Row:
        origin = Origin.EQUAL if self._known.used(known) else Origin.CACHE
        return row_of_waiting(one, known.judgement, origin)

    def _designs(self, left: list[tuple[bytes, Waiting]], rows: list[Row]) -> list[Pending]:
        """Return the designs of `left` that are new; samples with a known one go to `rows`."""
        plain = {key: self._plain_key(one) for key, one in left if key not in self._open}
        known = self._known.get(key for key in plain.values() if key not in self._open)
        shared: dict[bytes, bytes] = {}
        designs = []
        for key, one in left:
            other = plain.get(key, key)
            if key not in self._open and other in known:
                rows.append(self._row(one, known[other]))
                shared[key] = other
                continue
            design = self._open.get(key) or self._open.get(other)
            if design is None:
                design = Pending(task_id=one.task_id, text=one.verilog, key=key, keys=[])
                designs.append(design)
            self._join(design, one, (key, other))
        self._known.alias(shared)
        return designs

    def _plain_key(self, one: Waiting) -> bytes:
        return self._key(one, plain_form(one.verilog))

    def _join(self, design: Pending, one: Waiting, keys: Iterable[bytes]) -> None:
        design.waiting.append(one)
        for key in keys:
            if key not in self._open:
                self._open[key] = design
                design.keys.append(key)


def row_of_waiting(one: Waiting, judgement: Judgement, origin: Origin) -> Row:
    """Return the row of a sample whose design has this judgement."""
    return Row.of(
        one.task_id,
        one.sample,
        judgement,
        verilog=one.verilog,
        digest=one.digest,
        rule=one.rule,
        origin=origin,
    )


def _no_code(reason: str) -> Judgement:
    return Judgement(
        official=False,
        functional=False,
        category=Category.EXTRACTION,
        reason=reason or "there is no design in the completion",
    )


def _without_design(sample: Sample, judgement: Judgement, rule: str) -> Row:
    return Row.of(
        sample.task_id,
        sample.index,
        judgement,
        verilog=None,
        digest="",
        rule=rule,
        origin=Origin.NONE,
    )
