"""Judging many samples of VerilogEval's problems in few runs.

A sample is gated, then simulated beside the other samples of its problem, and
alone only where that does not settle it. What has to be run goes in rounds; each
round is one call of `sim.pipelines`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from rtlgen.evaluation.harness.admission import checked, wrong_port
from rtlgen.evaluation.harness.dialect import standard, tells_neighbors
from rtlgen.evaluation.harness.icarus_runs import run_all
from rtlgen.evaluation.harness.mismatch import REPAIRED, official_text, sources_of, test_of
from rtlgen.evaluation.harness.mismatch_prepare import check_tools
from rtlgen.evaluation.harness.mismatch_tasks import (
    Alone,
    Bench,
    Beside,
    Case,
    Task,
    note_own_text,
    text_key,
)
from rtlgen.evaluation.harness.mismatch_test import MismatchTest
from rtlgen.evaluation.harness.official import Evidence, Rule
from rtlgen.evaluation.harness.protocol import DEAR_SECONDS, Conditions, Group, Later
from rtlgen.evaluation.harness.verdicts import refused, ruled
from rtlgen.evaluation.judgement import Judgement, not_judged
from rtlgen.evaluation.module_names import defined
from sim.design import Design
from sim.gate import Admission, Surroundings, admit_each
from sim.interface import Direction, Interface
from sim.refusal import Refusal
from sim.verdict import Cause

_LANES = 24
"""Designs in one simulation, at most."""
_LONG = 2000
"""Designs are tried on the first samples of longer tests."""
_LATER_SECONDS = 2.0
"""Designs of one problem that take longer are left for jobs of their own."""
_SOURCE = "design.sv"


class Court:
    """Judges the designs of some groups under one rule."""

    def __init__(
        self,
        rule: Rule,
        groups: Sequence[Group],
        conditions: Conditions,
        *,
        in_parts: bool = False,
    ) -> None:
        """Judge under `conditions`; `in_parts`, dear designs are left for later."""
        self._rule = rule
        self._in_parts = in_parts
        self._groups = groups
        self._conditions = conditions
        self._benches: dict[int, Bench] = {}

    def judgements(self) -> list[list[Judgement]]:
        """Return a judgement of each design of each group."""
        if self._in_parts:
            raise ValueError("a court that leaves designs for later has no judgement of these")
        return [[j for j in group if isinstance(j, Judgement)] for group in self.outcomes()]

    def outcomes(self) -> list[list[Judgement | Later]]:
        """Return a judgement of each design of each group, or that it is left for later."""
        for number, group in enumerate(self._groups):
            if group.preparation.samples:
                sources = sources_of(group.problem, repaired=REPAIRED in group.preparation.facts)
                test = test_of(sources.test, group.problem.top)
                self._benches[number] = Bench(group, sources, test)
        self._admit()
        self._simulate()
        self._check_tools()
        self._take_own_texts()
        return [self._of_group(number, group) for number, group in enumerate(self._groups)]

    def _of_group(self, number: int, group: Group) -> list[Judgement | Later]:
        bench = self._benches.get(number)
        if bench is None:
            why = "; ".join(group.preparation.faults) or "the test could not be prepared"
            return [not_judged(why, official=False) for _ in group.designs]
        cases = [bench.cases[text_key(text)] for text in group.designs]
        return [case.later or self._judgement(bench, case) for case in cases]

    def _admit(self) -> None:
        """Ask the gate; what it says of a design does not depend on what else is judged."""
        waiting: list[tuple[Bench, str]] = []
        for bench in self._benches.values():
            texts = {text_key(text): text for text in bench.group.designs}
            for text, later in zip(bench.group.designs, bench.group.left, strict=False):
                if isinstance(later.known, Admission):
                    bench.take_in(Case(texts.pop(text_key(text), text), later.known))
            waiting += ((bench, text) for text in texts.values())
        for (bench, text), admission in zip(waiting, _admissions(waiting), strict=True):
            ports = partial(_wrong_ports, bench.test)
            bench.take_in(Case(text, checked(admission, ports)))

    def _simulate(self) -> None:
        tasks: list[Task] = [t for bench in self._benches.values() for t in self._first(bench)]
        while tasks:
            again = [task for left in self._run(tasks) for task in left]
            tasks = [task for task in self._together(again) if not self._is_left(task)]

    def _together(self, tasks: Sequence[Task]) -> Iterator[Task]:
        """Yield `tasks`, those of one problem that have been tried as one."""
        tried: dict[int, list[Beside]] = {}
        for task in tasks:
            if isinstance(task, Beside) and task.estimates:
                tried.setdefault(id(task.bench), []).append(task)
            else:
                yield task
        for alike in tried.values():
            designs = [design for task in alike for design in task.designs]
            estimates = [seconds for task in alike for seconds in task.estimates]
            for start in range(0, len(designs), _LANES):
                part = slice(start, start + _LANES)
                yield Beside(alike[0].bench, designs[part], estimates=estimates[part])

    def _is_left(self, task: Task) -> bool:
        """Leave the designs of a dear task for later, if that is wanted; whether it is so."""
        dear = isinstance(task, Beside) and task.expected_seconds > _LATER_SECONDS
        if not (self._in_parts and dear and isinstance(task, Beside)):
            return False
        for cases, seconds in zip(task.designs, task.estimates, strict=True):
            for case in cases:
                _leave(case, seconds)
        return True

    def _check_tools(self) -> None:
        """Ask whether the tools are in order, if one of them failed without a word."""
        for bench in self._benches.values():
            seen = [case.simulated for case in bench.cases.values()]
            if any(one is not None and one.silent for one in seen):
                check_tools(bench.sources, bench.test, bench.group.preparation, self._conditions)

    def _first(self, bench: Bench) -> Iterator[Task]:
        beside = []
        tops: set[str] = set()
        for cases in bench.designs.values():
            lane = cases[0].admission.lane
            if lane is None or lane.top in tops or any(map(tells_neighbors, lane.sources.values())):
                yield from self._alone(bench, cases)
            else:
                tops.add(lane.top)
                beside.append(cases)
        if bench.group.left:
            yield from self._together([self._foretold(bench, cases) for cases in beside])
            return
        trial = self._is_tried(bench)
        lanes = 1 if trial and _is_dear(bench) else _LANES
        for start in range(0, len(beside), lanes):
            yield Beside(bench, beside[start : start + lanes], trial=trial)

    def _alone(self, bench: Bench, cases: list[Case]) -> Iterator[Task]:
        if not self._in_parts or bench.group.left or not _is_dear(bench):
            yield Alone(bench, cases)
            return
        for case in cases:
            _leave(case, 2 * bench.group.preparation.seconds)

    def _is_tried(self, bench: Bench) -> bool:
        """Whether a trial settles designs, or tells which to leave for later."""
        long = bench.group.preparation.samples > _LONG or _is_dear(bench)
        return long and (self._conditions.stop_early or self._in_parts)

    def _foretold(self, bench: Bench, cases: list[Case]) -> Beside:
        known = dict(zip(map(text_key, bench.group.designs), bench.group.left, strict=True))
        return Beside(bench, [cases], estimates=[known[text_key(cases[0].text)].seconds])

    def _run(self, tasks: Sequence[Task]) -> Iterator[list[Task]]:
        """Run `tasks` and yield what is left to do of each."""
        limits = [task.cpu_seconds(self._conditions) for task in tasks]
        pipelines = [
            replace(task.pipeline(self._rule, self._conditions), cpu_seconds=seconds)
            for task, seconds in zip(tasks, limits, strict=True)
        ]
        runs = run_all(pipelines, max(limits, default=1.0), self._conditions)
        for task, run in zip(tasks, runs, strict=True):
            yield task.take(run)

    def _take_own_texts(self) -> None:
        """See what the official way makes of texts that differ from what was simulated.

        They are compiled for the messages, and run where the design works: what then
        goes on can only take an official pass away.
        """
        waiting = [
            (bench, case)
            for bench in self._benches.values()
            for case in bench.cases.values()
            if case.own_messages is None and self._wants_own(case)
        ]
        pipelines = [
            official_text(self._rule, bench.sources, case.text, test=bench.test, run=_works(case))
            for bench, case in waiting
        ]
        runs = run_all(pipelines, self._conditions.cpu_seconds, self._conditions)
        for (_, case), found in zip(waiting, runs, strict=True):
            note_own_text(case, found)

    def _wants_own(self, case: Case) -> bool:
        if case.simulated is not None:
            return True
        if "include" in case.text.lower():  # of a pipe, it would wait without end
            return False
        language = (Cause.SYNTAX, Cause.ELABORATION, Cause.INTERFACE)
        return self._rule.design_first and case.admission.cause in language

    def _judgement(self, bench: Bench, case: Case) -> Judgement:
        preparation = bench.group.preparation
        evidence = Evidence(
            compile_output=case.own_messages or "",
            compile_stderr=case.own_messages or "",
            compiled=case.compiled,
            verilog=case.text,
        )
        if case.simulated is None:
            return refused(case.admission, self._rule, evidence)
        return ruled(
            case.simulated,
            self._rule,
            evidence,
            preparation=preparation,
            published=not preparation.repairs,
        )


def _is_dear(bench: Bench) -> bool:
    """Whether each design is tried by itself, to see what it costs."""
    return bench.group.preparation.seconds >= DEAR_SECONDS


def _leave(case: Case, seconds: float) -> None:
    admission = replace(case.admission, interface=None)
    case.later = Later(seconds=seconds, alike=admission.digest, known=admission)


def _works(case: Case) -> bool:
    return case.simulated is not None and case.simulated.passed


def _admissions(waiting: Sequence[tuple[Bench, str]]) -> list[Admission]:
    found = admit_each([_asked(bench, text) for bench, text in waiting])
    for index, (bench, text) in enumerate(waiting):
        other = standard(text)
        if found[index].cause is Cause.SYNTAX and other != text:
            found[index] = admit_each([_asked(bench, other)])[0]
    return found


def _asked(bench: Bench, text: str) -> tuple[Design, Surroundings]:
    design = Design(top=bench.group.problem.top, sources={_SOURCE: text})
    around = Surroundings(
        reserved=bench.test.modules,
        outer=bench.test.names,
        beside=frozenset(defined(bench.sources.reference)),
    )
    return design, around


def _wrong_ports(test: MismatchTest, interface: Interface) -> Iterator[Refusal]:
    ports = {port.name: port for port in interface.ports}
    for connection in test.connections:
        wanted = Direction.INPUT if connection in test.inputs else Direction.OUTPUT
        if wrong := wrong_port(connection.port, ports.get(connection.port), wanted):
            yield wrong
