"""Stimulus without a reference: what designs do under it is written down, not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import cast

from sim.cocotb_bench import CocotbBench
from sim.errors import InvalidInterface
from sim.interface import Interface
from testbench_gen.directed import Directed
from testbench_gen.hints import Hints
from testbench_gen.plan import StimulusPlan, Subject, make_plan
from testbench_gen.ports import check_ports, check_reference, default_budget
from testbench_gen.reference import ReferenceModel
from testbench_gen.replay import check_directed
from testbench_gen.side_by_side import Compared, SideBySide
from testbench_gen.standalone.lanes import row_of
from testbench_gen.standalone.patterns import RESETS
from testbench_gen.standalone.timeline import Model, Step, Vector, timeline
from testbench_gen.wires import WRAPPER


class Kind(Enum):
    """What happens next, seen by a reference."""

    APPLY = "apply"
    """Inputs change, and the resets in `asserted` are active."""
    EDGE = "edge"
    """The active clock edge, with the resets in `asserted` active."""
    SAMPLE = "sample"
    """Outputs are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that happens to the designs, in the order in which it does."""

    kind: Kind
    inputs: Mapping[str, int] = field(default_factory=dict)
    """With APPLY: the inputs that change, resets included, unsigned by port name."""
    asserted: frozenset[str] = frozenset()
    """Reset inputs that are active, whatever their polarity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulation:
    """A stimulus and the moments at which outputs are looked at, for any design with the ports.

    The moments are those at which a golden design would be compared: before
    both edges of the clock and a quarter of a cycle after them, from the end of
    the first reset cycle on where `interface` has a reset.
    """

    interface: Interface
    plan: StimulusPlan
    phases: tuple[str, ...]
    """Name of the phase of every sample."""
    before_reset: tuple[bool, ...]
    """Whether a sample comes before the end of the first reset cycle.

    That is seen only where an input is called like a reset and `interface` has none: before a
    declared reset nothing is sampled. Without anything like a reset no sample comes before it.
    """

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.phases)

    @property
    def row_width(self) -> int:
        """Characters in the row of a sample: bits of all outputs together."""
        return sum(port.width for port in self.interface.outputs)

    @property
    def reserved(self) -> frozenset[str]:
        """Module names that no design may define."""
        return frozenset({WRAPPER})

    @property
    def outer(self) -> frozenset[str]:
        """Names around the designs that do not begin with `rtlgen_`: none."""
        return frozenset()

    def side_by_side(self, modules: Sequence[str]) -> CocotbBench:
        """Return what records the designs with these top modules, one lane each."""
        return SideBySide(
            interface=self.interface,
            plan=self.plan,
            compared=Compared.NOTHING,
            samples=self.samples,
            expected_checks=self.samples,
        ).bench(modules)

    def script(self) -> list[Operation]:
        """Return what a reference has to go through to predict every sample.

        It starts in its initial state. An asynchronous reset leads to the state after reset as
        soon as it is asserted (APPLY), each reset at the EDGE. Without a clock a vector is an
        APPLY and a SAMPLE.

        Raises:
            InvalidInterface: There are several clocks.
        """
        if len(self.plan.timing.clocks) > 1:
            raise InvalidInterface(
                f"a reference has one clock; module {self.interface.module!r} has "
                f"{len(self.plan.timing.clocks)}"
            )
        scribe = _Scribe()
        for step in _steps(self.plan, cast(Model, scribe)):
            if step.sample:
                scribe.operations.append(Operation(kind=Kind.SAMPLE))
        return scribe.operations


class _Scribe:
    """Stands where a model would, and writes down what it would be told."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def apply(self, levels: Mapping[str, int], asserted: frozenset[str] = frozenset()) -> None:
        self.operations.append(Operation(kind=Kind.APPLY, inputs=dict(levels), asserted=asserted))

    def edge(self, asserted: frozenset[str] = frozenset()) -> None:
        self.operations.append(Operation(kind=Kind.EDGE, asserted=asserted))

    def outputs(self) -> dict[str, str]:
        return {}


def write_stimulation(
    interface: Interface,
    *,
    constants: Sequence[int] = (),
    holds_values: bool = False,
    seed: int = 1,
    budget: int | None = None,
    strict_reset: bool = True,
    directed: Sequence[Directed] = (),
) -> Stimulation:
    """Plan a stimulus for any design with `interface`.

    Args:
        interface: Ports, clocks and resets of the designs.
        constants: Values that the designs mention; inputs take them, and their neighbors.
        holds_values: Whether the designs may have latches.
        seed: Of everything random in the stimulus.
        budget: Clock cycles to drive, or vectors without a clock; roughly kept.
        strict_reset: Whether a reset must act exactly as its kind says; otherwise no sample
            is taken where the kinds differ.
        directed: Traces to be played besides, on top of `budget`.

    Raises:
        InvalidInterface: The ports cannot be driven, or not by a trace.
    """
    check_ports(interface)
    check_directed(interface, directed)
    subject = Subject(
        interface=interface,
        reference=None,
        hints=Hints(constants=tuple(sorted(set(constants)))),
        holds_values=holds_values,
        strict_reset=strict_reset,
    )
    budget = default_budget(interface, budget)
    plan = make_plan(subject, seed=seed, budget=budget, directed=directed)
    steps = [step for step in _steps(plan, None) if step.sample]
    return Stimulation(
        interface=interface,
        plan=plan,
        phases=tuple(step.phase for step in steps),
        before_reset=tuple(_before_reset(plan)),
    )


def expected_rows(stimulation: Stimulation, reference: ReferenceModel) -> tuple[str, ...]:
    """Return what `reference` expects at every sample, `-` where it allows any value.

    Raises:
        InvalidInterface: The reference names bits that the ports have not, reads the clock, or
            has a state where there is not exactly one clock.
    """
    interface, timing = stimulation.interface, stimulation.plan.timing
    check_reference(interface, reference)
    for clock in timing.clocks:
        if clock.name in reference.input_bits:
            raise InvalidInterface(
                f"a reference is told of clock edges, not of the level of clock {clock.name!r}"
            )
    inputs = [Vector(p.name, p.msb, p.lsb) for p in interface.inputs]
    outputs = [Vector(p.name, p.msb, p.lsb) for p in interface.outputs]
    model = Model(reference, inputs, outputs, timing)
    rows = []
    for operation in stimulation.script():
        if operation.kind is Kind.APPLY:
            model.apply(operation.inputs, operation.asserted)
        elif operation.kind is Kind.EDGE:
            model.edge(operation.asserted)
        else:
            rows.append(row_of(model.outputs()))
    return tuple(rows)


def _steps(plan: StimulusPlan, model: Model | None) -> Iterator[Step]:
    names = [port.name for port in plan.inputs]
    return timeline(plan.unfold(), names, plan.timing, model, live=True)


def _before_reset(plan: StimulusPlan) -> Iterator[bool]:
    """Yield, for every sample, whether no input that is called like a reset has acted yet."""
    active = {port.name: int(port.role == "reset") for port in plan.inputs if port.role in RESETS}
    clocks = {clock.name: clock.active for clock in plan.timing.clocks}
    acted = not active or bool(plan.timing.resets) or not clocks
    levels: dict[str, int] = {}
    for step in _steps(plan, None):
        if step.sample:
            yield not acted
        asserted = any(levels.get(name) == level for name, level in active.items())
        edge = any(step.drive.get(name) == level for name, level in clocks.items())
        acted = acted or (asserted and edge)
        levels |= step.drive
