"""One stimulus under two simulators: where they part, and why.

Icarus Verilog knows X and Z, Verilator computes with 0 and 1; each orders processes its own way.
What both know and disagree about is a finding of its own, and then nothing is verified:

* the order of processes decides (a race): with the processes in reverse order, which means the same
  by the standard, Icarus Verilog shows something else; or a signal is assigned by `=` at a clock
  edge and read at one by another process;
* the power-up state decides (X-optimism): Verilator shows something else when registers start at 0
  than when they start at 1, while Icarus Verilog took one branch of an `if` or `case` on X;
* neither: a tool's bug, or a construct that the two read in different ways.

Where Icarus Verilog shows X or Z and nothing that both know differs, the one thing to tell is that
Verilator cannot see it. The verdict under Icarus Verilog stands: it has judged the X.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sim.batch import Observation, observe_many
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.disagreement import Comparison, Disagreement, Parting
from sim.gate import admit
from sim.process import Limits
from sim.process_order import ProcessOrder, Suspect, process_order
from sim.simulate import Simulator
from sim.trace import Trace
from sim.verdict import Verdict
from testbench_gen.standalone.timeline import Step, timeline
from testbench_gen.stimulation import Stimulation
from testbench_gen.testbench import Testbench


@dataclass(frozen=True, slots=True, kw_only=True)
class _PowerUp:
    """A stimulation before which Verilator's registers are 0 instead of 1."""

    stimulation: Stimulation

    @property
    def samples(self) -> int:
        return self.stimulation.samples

    @property
    def row_width(self) -> int:
        return self.stimulation.row_width

    @property
    def reserved(self) -> frozenset[str]:
        return self.stimulation.reserved

    @property
    def outer(self) -> frozenset[str]:
        return self.stimulation.outer

    def side_by_side(self, modules: Sequence[str]) -> CocotbBench:
        return replace(self.stimulation.side_by_side(modules), golden=True)


def compare_simulators(
    testbench: Testbench,
    design: Design,
    *,
    simulators: tuple[Simulator, Simulator],
    golden: Design | None = None,
    limits: Limits = Limits(),
) -> Comparison:
    """Drive `design` as `testbench` does, under both `simulators`, and compare all its outputs.

    Args:
        testbench: Whose stimulus it is.
        design: With the ports of `testbench`.
        simulators: One that knows X and Z, then one that may not.
        golden: What `design` is judged by, under the same module name; it is compared too.
        limits: Of each simulation.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    stimulation = _stimulation(testbench)
    subjects = [_Subject(name="design", design=design)]
    if golden is not None and golden.digest != design.digest:
        subjects.append(_Subject(name="golden design", design=golden))
    pair = _Pair(stimulation=stimulation, simulators=simulators, limits=limits)
    found = pair.compared(subjects)
    parted = sorted((f for f in found if isinstance(f, Disagreement)), key=lambda f: f.harmless)
    missing = next((f for f in found if isinstance(f, str)), "")
    return Comparison(
        samples=stimulation.samples, disagreement=parted[0] if parted else None, missing=missing
    )


def _stimulation(testbench: Testbench) -> Stimulation:
    phases = tuple(step.phase for _, step in _samples(testbench))
    return Stimulation(
        interface=testbench.interface,
        plan=testbench.plan,
        phases=phases,
        before_reset=(False,) * len(phases),
    )


def _samples(of: Testbench | Stimulation) -> Iterator[tuple[int, Step]]:
    """Yield the samples, each with its time."""
    plan, now = of.plan, 0
    inputs = [port.name for port in plan.inputs]
    for step in timeline(plan.unfold(), inputs, plan.timing, None, live=True):
        now += step.wait
        if step.sample:
            yield now, step


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A design and what it is to the testbench."""

    name: str
    design: Design


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A sample and the output that differs there."""

    sample: int
    port: str
    values: tuple[str, str]
    known: bool
    """Whether the difference is one between 0 and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two simulators and what is driven under them."""

    stimulation: Stimulation
    simulators: tuple[Simulator, Simulator]
    limits: Limits

    def compared(self, subjects: Sequence[_Subject]) -> list[Disagreement | str | None]:
        """Return for each where the simulators part over it; a reason where nobody can tell."""
        designs = [subject.design for subject in subjects]
        seen = [self._observed(designs, each, self.stimulation) for each in self.simulators]
        return [
            self._one(subject, *traces) for subject, *traces in zip(subjects, *seen, strict=True)
        ]

    def _one(
        self, subject: _Subject, first: Trace | Verdict, second: Trace | Verdict
    ) -> Disagreement | str | None:
        for seen in (first, second):
            if isinstance(seen, Verdict):
                return f"{subject.name}: {seen.reason}"
        traces = [trace for trace in (first, second) if isinstance(trace, Trace)]
        place = self._parted(traces[0].rows, traces[1].rows)
        if place is None:
            return None
        parting, evidence = self._why(subject.design, place, traces)
        time, step = next(islice(_samples(self.stimulation), place.sample, None))
        return Disagreement(
            parting=parting,
            subject=subject.name,
            sample=place.sample,
            phase=step.phase,
            time_ns=float(time),
            port=place.port,
            values=dict(zip((t.simulator for t in traces), place.values, strict=True)),
            evidence=evidence,
        )

    def _observed(
        self, designs: Sequence[Design], simulator: Simulator, stimulation: Observation
    ) -> list[Trace | Verdict]:
        return observe_many(designs, stimulation, simulators=[simulator], limits=self.limits)

    def _parted(self, first: Sequence[str], second: Sequence[str]) -> _Place | None:
        """Return the first difference between known values, else the first of any kind."""
        unknown = None
        for sample, rows in enumerate(zip(first, second, strict=True)):
            if rows[0] == rows[1]:
                continue
            for place in self._differing(sample, rows):
                if place.known:
                    return place
                unknown = unknown or place
        return unknown

    def _differing(self, sample: int, rows: tuple[str, str]) -> Iterator[_Place]:
        start = 0
        for port in self.stimulation.interface.outputs:
            end = start + port.width
            left, right = rows[0][start:end], rows[1][start:end]
            if left != right:
                known = any(
                    a != b and a in "01" and b in "01" for a, b in zip(left, right, strict=True)
                )
                yield _Place(sample=sample, port=port.name, values=(left, right), known=known)
            start = end

    def _why(self, design: Design, place: _Place, traces: Sequence[Trace]) -> tuple[Parting, str]:
        if not place.known:
            knowing = traces[0] if set(place.values[0]) & set("xz") else traces[1]
            return Parting.UNKNOWN_VALUE, (
                f"only {knowing.simulator} tells that nothing has given it a value; "
                "all that both know agrees"
            )
        admitted = admit(design, reserved=self.stimulation.reserved).design
        order = ProcessOrder(turned=None) if admitted is None else process_order(admitted)
        if order.turned is not None and self._shows_else(order.turned, traces[0]):
            return Parting.RACE, (
                f"{traces[0].simulator} itself shows something else when the processes stand in "
                f"another order{_suspected(order.suspects)}"
            )
        if self._starts_matter(design, place, traces[1]):
            return Parting.POWER_UP, (
                f"{traces[1].simulator} shows something else when registers start at 0 than when "
                "they start at 1: a register is used before anything has set it"
            )
        if order.suspects:
            return Parting.RACE, f"the order of processes may decide{_suspected(order.suspects)}"
        return Parting.TOOL, "neither the order of processes nor the power-up state explains it"

    def _shows_else(self, design: Design, trace: Trace) -> bool:
        """Whether `design` does not show what `trace` does, under the first simulator."""
        other = self._observed([design], self.simulators[0], self.stimulation)[0]
        return isinstance(other, Trace) and other.rows != trace.rows

    def _starts_matter(self, design: Design, place: _Place, trace: Trace) -> bool:
        """Whether the second simulator shows something else, up to there, from 0 on."""
        zeros = _PowerUp(stimulation=self.stimulation)
        other = self._observed([design], self.simulators[1], zeros)[0]
        end = place.sample + 1
        return trace.two_state and isinstance(other, Trace) and other.rows[:end] != trace.rows[:end]


def _suspected(suspects: Sequence[Suspect]) -> str:
    named = ", ".join(f"`{s.signal}` ({s.file}:{s.line})" for s in suspects[:3])
    return (
        f"; assigned by `=` at a clock edge and read by another process: {named}" if named else ""
    )
