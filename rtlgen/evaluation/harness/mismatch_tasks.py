"""What has to be run of a problem's designs: many beside each other, or one alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from rtlgen.evaluation.harness import icarus_messages as messages
from rtlgen.evaluation.harness.dialect import same_tokens
from rtlgen.evaluation.harness.icarus_runs import ended, is_odd, new_secret
from rtlgen.evaluation.harness.mismatch import WIDTHS, Sources, compiled
from rtlgen.evaluation.harness.mismatch_bench import TEST, Rendering, alone, lane_name, side_by_side
from rtlgen.evaluation.harness.mismatch_output import (
    BenchOutput,
    LaneOutput,
    read_output,
    window_of,
)
from rtlgen.evaluation.harness.mismatch_test import MismatchTest
from rtlgen.evaluation.harness.official import Rule
from rtlgen.evaluation.harness.protocol import DEAR_SECONDS, Conditions, Group, Later
from rtlgen.evaluation.harness.verdicts import Simulated
from rtlgen.evaluation.judgement import Category
from sim.design import Design, digest
from sim.gate import Admission
from sim.pipelines import Pipeline, StepRun

_REFERENCE = "ref.sv"
_TRIAL = 32
"""A trial takes this part of the samples where a mismatch settles a design."""
_GLANCE = 64
"""And this part where it is only to show the costs."""
_BRIEF = 128
"""And this one where samples are dear: each design has a trial of its own then."""
_START_SECONDS = 0.01
_RESET = "\n`resetall\n"


@dataclass(slots=True)
class Case:
    """One text of one group, from the gate to its judgement."""

    text: str
    admission: Admission
    own_messages: str | None = None
    """What the compiler says of the text as the sample gave it; None if not known yet."""
    compiled: bool = False
    """Whether that text is known to compile, and to pass where it was run."""
    simulated: Simulated | None = None
    later: Later | None = None
    """Set where it is left for later."""


@dataclass(slots=True)
class Bench:
    """One group's problem, and its designs by what they say."""

    group: Group
    sources: Sources
    test: MismatchTest
    cases: dict[str, Case] = field(default_factory=dict)
    """By digest of the text."""
    designs: dict[str, list[Case]] = field(default_factory=dict)
    """By `Admission.digest`: cases that share one simulation."""

    def take_in(self, case: Case) -> None:
        """Add what the gate has answered for; what says the same is simulated once."""
        self.cases[text_key(case.text)] = case
        if case.admission.design is not None:
            self.designs.setdefault(case.admission.digest, []).append(case)

    @property
    def widths(self) -> tuple[int, ...]:
        """Bits of each input and each expected output."""
        return tuple(map(int, self.group.preparation.facts.get(WIDTHS, "").split()))


def text_key(text: str) -> str:
    """Return what a text is known by within a group."""
    return digest(text.encode(errors="surrogatepass"))


class Task(Protocol):
    """One pipeline, and what its runs mean."""

    def cpu_seconds(self, conditions: Conditions) -> float:
        """Return the processor time that it may take."""

    def pipeline(self, rule: Rule, conditions: Conditions) -> Pipeline:
        """Return what is to be run."""

    def take(self, runs: Sequence[StepRun]) -> list[Task]:
        """Settle what `runs` settle; return what is left to do."""


@dataclass(slots=True)
class Beside:
    """Many designs in one simulation.

    A `trial` looks at the first samples only: where the first mismatch settles a
    design, those that have none are simulated on without the others. And it shows
    what they cost.
    """

    bench: Bench
    designs: list[list[Case]]
    secret: str = field(default_factory=new_secret)
    stop_early: bool = False
    trial: bool = False
    estimates: list[float] = field(default_factory=list)
    """Processor time that a trial foretells of each design by itself; empty without one."""

    @property
    def expected_seconds(self) -> float:
        """Processor time that a trial foretells of all of them; 0 without one."""
        reference = self.bench.group.preparation.seconds
        own = sum(max(0.0, seconds - reference) for seconds in self.estimates)
        return own + reference if self.estimates else 0.0

    @property
    def _samples(self) -> int:
        """Number of samples that the simulation is to have."""
        samples = self.bench.group.preparation.samples
        return max(1, samples // self._part) if self.trial else samples

    @property
    def _part(self) -> int:
        if self.bench.group.preparation.seconds >= DEAR_SECONDS:
            return _BRIEF
        return _TRIAL if self.stop_early else _GLANCE

    def cpu_seconds(self, conditions: Conditions) -> float:
        if not self._many:
            return conditions.cpu_seconds
        share = self.bench.group.preparation.seconds * (1 + len(self.designs))
        most = conditions.cpu_seconds * len(self.designs)
        expected = max(8.0 * share, 3.0 * self.expected_seconds)
        return min(most, float(2 ** math.ceil(math.log2(1.0 + expected))))

    @property
    def _many(self) -> bool:
        return len(self.designs) > 1

    def pipeline(self, rule: Rule, conditions: Conditions) -> Pipeline:
        self.stop_early = conditions.stop_early
        rendering = Rendering(
            secret=self.secret,
            stop_early=conditions.stop_early,
            windows=conditions.windows,
            widths=self.bench.widths,
            most=self._samples if self.trial else 0,
        )
        lanes = self._lanes()
        text = side_by_side(self.bench.test, rendering, [lane.top for lane in lanes])
        files = {TEST: text, **_reference(self.bench)}
        for lane in lanes:
            files.update(lane.sources)
        return compiled(files, list(files), root=self.bench.test.bench, run=True)

    def _lanes(self) -> list[Design]:
        lanes = [cases[0].admission.lane for cases in self.designs]
        return [lane for lane in lanes if lane is not None]

    def take(self, runs: Sequence[StepRun]) -> list[Task]:
        owners = {lane_name(k): k for k in range(len(self.designs))}
        owners |= {name: k for k, lane in enumerate(self._lanes()) for name in lane.sources}
        text = runs[0].stderr + runs[0].stdout
        found, others = messages.by_owner(text, owners)
        if len(runs) < 2:
            if self._many and not messages.elaborated(text):
                return self._apart(found)
            return self._without_the_broken(found, runs[0].cpu_seconds)
        if runs[1].limit == "cpu":
            return (
                [Beside(self.bench, [cases]) for cases in self.designs]
                if self._many
                else self._smaller()
            )
        if runs[1].exit_code != 0 or runs[1].stderr or runs[1].truncated:
            return self._smaller()
        output = read_output(runs[1].stdout, secret=self.secret, lanes=len(self.designs))
        if not self._complete(output):
            return self._smaller()
        seconds = sum(run.cpu_seconds for run in runs) / len(self.designs)
        left = []
        for number, (cases, lane) in enumerate(zip(self.designs, output.lanes, strict=True)):
            if self.trial and not (self.stop_early and lane.mismatches):
                left.append(cases)
                continue
            seen = self._seen(output, lane, seconds)
            said = None if others else self._in_own_words(number, found.get(number, []))
            for case in cases:
                case.simulated = seen
                _note_messages(case, said, ok=True)
        return [self._rest(left, runs[1].cpu_seconds)] if left else []

    def _rest(self, left: list[list[Case]], seconds: float) -> Beside:
        """Return the simulation of those that are `left` of a trial that took `seconds`."""
        whole = self._part * max(0.0, seconds - _START_SECONDS)
        reference = self.bench.group.preparation.seconds
        each = reference + max(0.0, whole - reference) / len(left)
        return Beside(self.bench, left, estimates=[each] * len(left))

    def _complete(self, output: BenchOutput) -> bool:
        if output.broken or any(o.mismatches is None for o in output.lanes):
            return False
        if output.samples == self._samples:
            return True
        return self.stop_early and all(lane.mismatches for lane in output.lanes)

    def _seen(self, output: BenchOutput, lane: LaneOutput, seconds: float) -> Simulated:
        return Simulated(
            mismatches=lane.mismatches,
            samples=output.samples or 0,
            seconds=seconds,
            test_timeout=output.timeout,
            unknown_value=lane.unknown_value,
            window=window_of(self.bench.test, self.bench.widths, lane),
            cut=output.samples != self.bench.group.preparation.samples,
        )

    def _apart(self, found: dict[int, list[str]]) -> list[Task]:
        """Try each design by itself about which the parser complains, and the others together.

        After a syntax error Icarus reads on, and finds fault with the next design too.
        """
        broken = {number for number, lines in found.items() if messages.failed(lines)}
        if not broken:
            return self._smaller()
        rest = [cases for number, cases in enumerate(self.designs) if number not in broken]
        groups = [*([self.designs[number]] for number in sorted(broken)), *([rest] if rest else [])]
        return [Beside(self.bench, group, trial=self.trial) for group in groups]

    def _without_the_broken(self, found: dict[int, list[str]], seconds: float) -> list[Task]:
        """Settle the designs that do not compile by their messages; go on with the others."""
        broken = {number for number, lines in found.items() if messages.failed(lines)}
        if not broken:
            return self._smaller()
        for number in broken:
            said = self._in_own_words(number, found[number])
            seen = _failed_to_compile(said, seconds / len(self.designs))
            for case in self.designs[number]:
                case.simulated = seen
                _note_messages(case, said, ok=False)
        rest = [cases for number, cases in enumerate(self.designs) if number not in broken]
        return [Beside(self.bench, rest, trial=self.trial)] if rest else []

    def _in_own_words(self, number: int, lines: Sequence[str]) -> str:
        """Return messages with the names that the design has alone."""
        lane, design = self._lanes()[number], self.designs[number][0].admission.design
        text = "\n".join(lines)
        if design is not None:
            for renamed, name in zip(lane.sources, design.sources, strict=True):
                text = text.replace(renamed, name)
        return text.replace(lane.top, self.bench.group.problem.top).replace(lane_name(number), TEST)

    def _smaller(self) -> list[Task]:
        if not self._many:
            return [Alone(self.bench, self.designs[0])]
        half = len(self.designs) // 2
        return [Beside(self.bench, self.designs[:half]), Beside(self.bench, self.designs[half:])]


@dataclass(slots=True)
class Alone:
    """One design in the test as published."""

    bench: Bench
    cases: list[Case]
    secret: str = field(default_factory=new_secret)
    tries: int = 1
    stop_early: bool = False

    def cpu_seconds(self, conditions: Conditions) -> float:
        return conditions.cpu_seconds

    def pipeline(self, rule: Rule, conditions: Conditions) -> Pipeline:
        self.stop_early = conditions.stop_early
        rendering = Rendering(
            secret=self.secret,
            stop_early=conditions.stop_early,
            windows=conditions.windows,
            widths=self.bench.widths,
        )
        design = self._design()
        own = dict(design.sources)
        if rule.design_first:
            last = list(own)[-1]
            own[last] += _RESET
        test = {TEST: alone(self.bench.test, rendering), **_reference(self.bench)}
        files = {**own, **test} if rule.design_first else {**test, **own}
        return compiled(files, list(files), root=self.bench.test.bench, run=True)

    def _design(self) -> Design:
        design = self.cases[0].admission.design
        if design is None:
            raise ValueError("only an admitted design can be simulated")
        return design

    def take(self, runs: Sequence[StepRun]) -> list[Task]:
        if is_odd(runs) and self.tries == 1:
            return [Alone(self.bench, self.cases, tries=2)]
        said = runs[0].stderr + runs[0].stdout
        ok = runs[0].exit_code == 0
        seen = self._ran(runs) if ok and len(runs) > 1 else _not_compiled(runs[0])
        for case in self.cases:
            case.simulated = seen
            _note_messages(case, said, ok=ok)
        return []

    def _ran(self, runs: Sequence[StepRun]) -> Simulated:
        run = runs[1]
        output = read_output(run.stdout, secret=self.secret, lanes=1)
        lane = output.lanes[0]
        wrong = ended(run)
        if wrong is None and output.broken:
            wrong = Category.INCOMPLETE, "what the test reports makes no sense"
        mismatches = lane.mismatches if wrong is None else None
        if wrong is None and mismatches is None:
            wrong = Category.INCOMPLETE, "the test did not come to its last line"
        category, reason = wrong or (None, "")
        return Simulated(
            mismatches=mismatches,
            samples=output.samples or 0,
            category=category,
            reason=reason,
            seconds=sum(r.cpu_seconds for r in runs),
            stderr=run.stderr,
            printed=output.printed,
            test_timeout=output.timeout,
            unknown_value=lane.unknown_value,
            window=window_of(self.bench.test, self.bench.widths, lane),
            cut=self.stop_early and bool(mismatches),
            silent=run.exit_code not in (0, None),
        )


def _reference(bench: Bench) -> dict[str, str]:
    return {_REFERENCE: bench.sources.reference} if bench.sources.reference else {}


def _note_messages(case: Case, said: str | None, *, ok: bool) -> None:
    """Take what the compiler said of canonical text for the own text, where that is the same."""
    design = case.admission.design
    if said is None or design is None:
        return
    if same_tokens(case.text, "".join(design.sources.values())):
        case.own_messages, case.compiled = said, ok


_OFFICIAL = re.compile(r"Mismatches: ([0-9]*) in ([0-9]*) samples")
"""The published expression; what it finds first counts."""


def note_own_text(case: Case, runs: Sequence[StepRun]) -> None:
    """Take what the official way of running made of a text; a run of it is not believed to pass."""
    compilation = runs[0]
    case.compiled = compilation.exit_code == 0
    case.own_messages = compilation.stderr + compilation.stdout
    if compilation.exit_code is None:
        case.own_messages += f"\nstopped at the {compilation.limit} limit"
    if len(runs) < 2:
        return
    found = _OFFICIAL.search(runs[1].stdout)
    if runs[1].exit_code != 0 or runs[1].stderr or found is None or found[1] != "0":
        case.compiled = False
        case.own_messages += "\nread as it stands, the text does not pass the test"


def _not_compiled(run: StepRun) -> Simulated:
    if run.exit_code is None or run.exit_code < 0:
        category, reason = ended(run) or (Category.NOT_JUDGED, "the compiler was stopped")
        silent = run.limit is None
        return Simulated(category=category, reason=reason, seconds=run.cpu_seconds, silent=silent)
    said = run.stderr + run.stdout
    seen = _failed_to_compile(said, run.cpu_seconds)
    return replace(seen, silent=not messages.placed(said))


def _failed_to_compile(said: str, seconds: float) -> Simulated:
    """Return a failure also where the tool lacks something: the reference has run on it.

    Were such a design left out of the rates, to be beyond the tool would raise them.
    """
    reason = messages.first_error(said)
    if messages.beyond_the_tool(said):
        reason = f"beyond this simulator: {reason}"
    return Simulated(category=messages.category(said), reason=reason, seconds=seconds)
