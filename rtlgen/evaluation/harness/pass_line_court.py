"""Judging many samples of RTLLM's problems in few sandboxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rtlgen.evaluation.harness import icarus_messages as messages
from rtlgen.evaluation.harness.admission import category_of, checked, reason_of, wrong_port
from rtlgen.evaluation.harness.dialect import standard
from rtlgen.evaluation.harness.icarus_runs import ended, is_odd, new_secret, run_all
from rtlgen.evaluation.harness.pass_line import (
    DESIGN,
    Bench,
    Printed,
    bench_of,
    read_output,
)
from rtlgen.evaluation.harness.protocol import Conditions, Group, Preparation
from rtlgen.evaluation.harness.verdicts import line_of, log_of
from rtlgen.evaluation.judgement import Category, Judgement, not_judged
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.interface import Interface
from sim.pipelines import StepRun
from sim.refusal import Refusal
from sim.verdict import Cause

PASSED, SYNTAX, FUNCTION = "passed", "syntax fails", "function fails"
"""What RTLLM counts: what compiles, and what of it works."""
_BY_THE_BENCH = frozenset({"name-clash", "hierarchy"})
"""Rules of the gate that depend on the names of a test."""


@dataclass(slots=True)
class _Case:
    """One text of one group, from the gate to its judgement."""

    bench: Bench
    preparation: Preparation
    text: str
    admission: Admission | None = None
    judgement: Judgement | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What alike cases share: the problem, and what the canonical text says."""
        return self.preparation.problem, self.admission.digest if self.admission else ""

    @property
    def design(self) -> str:
        if self.admission is None or self.admission.design is None:
            raise ValueError("only an admitted design can be simulated")
        return self.admission.design.sources[DESIGN]


class Court:
    """Judges the designs of some groups."""

    def __init__(self, groups: Sequence[Group], conditions: Conditions) -> None:
        self._groups = groups
        self._conditions = conditions
        self._cases: dict[tuple[int, str], _Case] = {}

    def judgements(self) -> list[list[Judgement]]:
        """Return a judgement of each design of each group."""
        for number, group in enumerate(self._groups):
            if group.preparation.samples:
                bench = bench_of(group.problem, group.preparation)
                for text in group.designs:
                    case = _Case(bench, group.preparation, text)
                    self._cases.setdefault((number, text), case)
        cases = list(self._cases.values())
        _admit(cases)
        self._simulate([case for case in cases if case.judgement is None])
        return [
            [self._judgement(number, group, text) for text in group.designs]
            for number, group in enumerate(self._groups)
        ]

    def _judgement(self, number: int, group: Group, text: str) -> Judgement:
        case = self._cases.get((number, text))
        if case is not None and case.judgement is not None:
            return case.judgement
        why = "; ".join(group.preparation.faults) or "the test could not be prepared"
        return not_judged(why, official=False)

    def _simulate(self, cases: Sequence[_Case]) -> None:
        alike: dict[tuple[str, str], list[_Case]] = {}
        for case in cases:
            alike.setdefault(case.key, []).append(case)
        first = [same[0] for same in alike.values()]
        odd = self._round(first, last=False)
        self._round(odd, last=True)
        for same in alike.values():
            for case in same:
                case.judgement = same[0].judgement

    def _round(self, cases: Sequence[_Case], *, last: bool) -> list[_Case]:
        """Simulate `cases`; return those to be tried again: nothing was learned of them."""
        tries = [(case, new_secret()) for case in cases]
        runs = run_all(
            [case.bench.pipeline(case.design, secret) for case, secret in tries],
            self._conditions.cpu_seconds,
            self._conditions,
        )
        odd = []
        for (case, secret), done in zip(tries, runs, strict=True):
            if is_odd(done) and not last:
                odd.append(case)
            else:
                case.judgement = judged(done, secret, case.preparation, case.bench)
        return odd


def _admit(cases: Sequence[_Case]) -> None:
    """Set the admission of each case, and the judgement of those that are refused."""
    modules = frozenset(name for case in cases for name in case.bench.test.modules)
    names = frozenset(name for case in cases for name in case.bench.test.names)
    designs = [_design(case) for case in cases]
    admissions = admit_many(designs, reserved=modules, outer=names) if cases else []
    for case, admission in zip(cases, admissions, strict=True):
        wrong_ports = partial(_wrong_ports, case.bench)
        case.admission = checked(_confirmed(case, admission), wrong_ports)
        if case.admission.design is None:
            case.judgement = refused(case.admission)


def _design(case: _Case) -> Design:
    return Design(top=case.bench.problem.top, sources={DESIGN: case.text})


def _confirmed(case: _Case, admission: Admission) -> Admission:
    """Return the admission by the names of the case's own test, in the standard's words."""
    test, asked = case.bench.test, _design(case)
    if any(refusal.rule in _BY_THE_BENCH for refusal in admission.refusals):
        [admission] = admit_many([asked], reserved=test.modules, outer=test.names)
    other = standard(case.text)
    if admission.cause is Cause.SYNTAX and other != case.text:
        asked = Design(top=asked.top, sources={DESIGN: other})
        [admission] = admit_many([asked], reserved=test.modules, outer=test.names)
    return admission


def _wrong_ports(bench: Bench, interface: Interface) -> Iterator[Refusal]:
    named = {port.name: port for port in interface.ports}
    for connection in bench.test.connections:
        port, at = named.get(connection.port), connection.position
        if at is not None:
            port = interface.ports[at] if at < len(interface.ports) else None
        if wrong := wrong_port(connection.port, port, connection.direction):
            yield wrong


def refused(admission: Admission) -> Judgement:
    """Return the judgement of a design that the gate has turned away: it fails."""
    reasons = [str(refusal) for refusal in admission.refusals]
    category = category_of(admission)
    compiles = category in (Category.REFUSED, Category.TIMEOUT, Category.MEMORY)
    return Judgement(
        official=False,
        functional=False,
        category=category,
        official_category="" if compiles else SYNTAX,
        reason=line_of(reason_of(admission)),
        log=log_of("\n".join(reasons)),
    )


def judged(
    runs: Sequence[StepRun], secret: str, preparation: Preparation, bench: Bench
) -> Judgement:
    """Return what `runs`, a compilation and perhaps a simulation, say of a design."""
    seconds = sum(run.cpu_seconds for run in runs)
    said = log_of(
        *(text.replace(secret, "...") for run in runs for text in (run.stderr, run.stdout))
    )
    printed = read_output(runs[-1].stdout, secret)
    category, reason = _compiled(runs[0]) or ended(runs[-1]) or _told(printed, preparation, bench)
    if category is Category.NOT_JUDGED:
        return not_judged(reason, log=said)
    passed = category is Category.PASS
    ran = len(runs) > 1
    return Judgement(
        official=passed,
        functional=passed,
        category=category,
        official_category=PASSED if passed else FUNCTION if ran else SYNTAX,
        reason=line_of(reason),
        mismatches=int(category is Category.MISMATCH),
        samples=int(category in (Category.PASS, Category.MISMATCH)),
        expected_samples=1,
        seconds=seconds,
        log=said,
    )


def _compiled(run: StepRun) -> tuple[Category, str] | None:
    """Return why there is nothing to simulate; None where there is.

    A design beyond the simulator fails: the reference has run on it.
    """
    if run.exit_code == 0:
        return None
    if run.exit_code is None or run.exit_code < 0:
        return ended(run)
    said = run.stderr + run.stdout
    reason = messages.first_error(said)
    if messages.beyond_the_tool(said):
        reason = f"beyond this simulator: {reason}"
    return messages.category(said), reason


def _told(printed: Printed, preparation: Preparation, bench: Bench) -> tuple[Category, str]:
    """Return what the test itself said, in a run that ended well."""
    facts = preparation.facts
    end = facts.get("end")
    if printed.late:
        return Category.TIMEOUT, "the test was not over at 100 times the reference's time"
    if bool(printed.ends) != (end is not None):
        return Category.INCOMPLETE, "the simulation did not end as with the reference"
    if bench.test.fixed_end and end is not None and printed.ends != (int(end),):
        return Category.INCOMPLETE, f"the test ended at {printed.ends}, not at {end}"
    if not printed.passes:
        return Category.MISMATCH, "the test did not say that the design passed"
    if printed.passes != int(facts["passes"]):
        return Category.INCOMPLETE, f"the test passed {printed.passes} times, not {facts['passes']}"
    return Category.PASS, ""
