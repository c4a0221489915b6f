"""Finding out how, and if, a problem's own golden design passes its test here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rtlgen.evaluation.harness import icarus_messages as messages
from rtlgen.evaluation.harness.icarus_runs import new_secret, run_all
from rtlgen.evaluation.harness.pass_line import (
    DESIGN,
    Bench,
    read_output,
    test_of,
)
from rtlgen.evaluation.harness.pass_line_repairs import (
    ORDER,
    STATEMENTS,
    STEPS,
    Repaired,
    for_the_language,
    with_ordered_processes,
    with_steps,
)
from rtlgen.evaluation.harness.protocol import Conditions, Preparation
from rtlgen.evaluation.harness.source_text import UnknownForm
from rtlgen.evaluation.problem import Problem
from sim.design import Design
from sim.gate import Admission, admit_many
from sim.pipelines import Pipeline, StepRun


def prepare(
    simulator: str, problems: Sequence[Problem], conditions: Conditions
) -> list[Preparation]:
    """Return what a run of each problem's golden design shows; see `Harness.prepare`."""
    designs = [Design(top=p.top, sources={DESIGN: p.golden}) for p in problems]
    trials = [
        _Trial(simulator, problem, admission)
        for problem, admission in zip(problems, admit_many(designs), strict=True)
    ]
    while waiting := [trial for trial in trials if trial.next_bench()]:
        runs = run_all([trial.pipeline() for trial in waiting], conditions.cpu_seconds, conditions)
        for trial, run in zip(waiting, runs, strict=True):
            trial.take(run)
    return [trial.preparation() for trial in trials]


@dataclass(slots=True)
class _Trial:
    """One problem: its test as published, then repaired as little as possible."""

    simulator: str
    problem: Problem
    admission: Admission
    done: Preparation | None = None
    faults: list[str] = field(default_factory=list)
    secret: str = ""
    bench: Bench | None = None
    repaired: Repaired = field(init=False)
    """What is tried."""
    candidates: Iterator[Repaired] = field(init=False)

    def __post_init__(self) -> None:
        self.repaired = Repaired(text=self.problem.test)
        self.candidates = self._candidates()

    def next_bench(self) -> bool:
        """Set what is to be tried next; False if all is settled."""
        if self.done is not None:
            return False
        if self.admission.design is None:
            self.faults.append(f"its own reference is refused: {self.admission.refusals[0]}")
            self.done = self._preparation()
            return False
        try:
            return self._choose()
        except UnknownForm as why:
            self.faults.append(f"the test is not of the form that is known: {why}")
            self.done = self._preparation()
            return False

    def _choose(self) -> bool:
        candidate = next(self.candidates, None)
        if candidate is None:
            self.done = self._preparation()
            return False
        test = test_of(candidate.text, self.problem.golden, self.problem.top)
        self.repaired = candidate
        self.bench = Bench(problem=self.problem, test=test, steps=STEPS in candidate.repairs)
        self.secret = new_secret()
        return True

    def _candidates(self) -> Iterator[Repaired]:
        """Yield the test as published, then repaired more and more."""
        published = Repaired(text=self.problem.test)
        yield published
        language = for_the_language(published.text)
        if language.repairs:
            yield language
        ordered = with_ordered_processes(language.text)
        if ordered != language.text:
            yield Repaired(text=ordered, repairs=(*language.repairs, ORDER))
        golden, top = self.problem.golden, self.problem.top
        text = with_steps(language.text, golden=golden, top=top, clocks=self._clocks())
        yield Repaired(text=text, repairs=(*language.repairs, STEPS))

    def _clocks(self) -> frozenset[str]:
        interface = self.admission.interface
        return frozenset(clock.port for clock in interface.clocks) if interface else frozenset()

    def pipeline(self) -> Pipeline:
        if self.bench is None or self.admission.design is None:
            raise ValueError("nothing is to be tried")
        return self.bench.pipeline(self.admission.design.sources[DESIGN], self.secret)

    def take(self, runs: Sequence[StepRun]) -> None:
        """Settle the problem if the golden design has passed."""
        printed = read_output(runs[-1].stdout, self.secret)
        wrong = _wrong(runs, passes=printed.passes)
        if wrong:
            how = "repaired" if self.repaired.repairs else "as published"
            self.faults.append(f"{how}, with its own reference, {wrong}")
            return
        facts = {"passes": str(printed.passes)}
        facts |= {"end": str(printed.ends[0])} if printed.ends else {}
        facts |= {"test": self.repaired.text} if self.repaired.repairs else {}
        facts |= {"steps": "yes"} if STEPS in self.repaired.repairs else {}
        self.done = self._preparation(
            samples=1, seconds=sum(run.cpu_seconds for run in runs), facts=facts
        )

    def _preparation(
        self, *, samples: int = 0, seconds: float = 0.0, facts: dict[str, str] | None = None
    ) -> Preparation:
        return Preparation(
            problem=self.problem.digest,
            simulator=self.simulator,
            samples=samples,
            seconds=seconds,
            faults=tuple(self.faults),
            repairs=tuple(STATEMENTS[name] for name in self.repaired.repairs) if samples else (),
            facts=facts or {},
        )

    def preparation(self) -> Preparation:
        return self.done or self._preparation()


def _wrong(runs: Sequence[StepRun], *, passes: int) -> str:
    """Return what keeps the golden design from passing; empty where it passes."""
    run = runs[-1]
    if len(runs) == 1:
        return f"the test does not compile: {messages.first_error(run.stderr + run.stdout)}"
    if run.limit is not None:
        return f"the test does not end: it passes the {run.limit} limit"
    if run.exit_code != 0:
        return f"the simulator ends with exit code {run.exit_code}"
    return "" if passes else "the test does not pass"
