"""What a specification fixes in so many words: tables, equations, machines, worked examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rtlgen.design.builtin.compiled import Unfit
from rtlgen.design.builtin.screening import screen
from rtlgen.design.groups import first_difference
from rtlgen.design.reference_model import Prediction, run_script
from rtlgen.design.references import Reference, find_reference
from rtlgen.design.waveform_reference import recording_of
from rtlgen.spec.model import Kind, Spec
from sim.errors import InvalidInterface
from sim.interface import Edge, Interface
from symbolic.infer import observed_table
from symbolic.truth_table import TruthTable
from symbolic.waveform import Waveform
from testbench_gen import Kind as Doing
from testbench_gen import Operation, Recording, Stimulation, Testbench, expected_rows
from testbench_gen.reference import ReferenceModel
from testbench_gen.testbench import write_testbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something in the specification by which designs can be tried."""

    reference: Reference
    testbench: Testbench

    @property
    def complete(self) -> bool:
        """Whether it fixes all that a design does."""
        return not self.reference.limits

    @property
    def description(self) -> str:
        return self.reference.description


def checks_of(spec: Spec, *, seed: int = 1) -> list[Check]:
    """Return the checks that `spec` holds, none if it says nothing formally."""
    strict = not any(finding.rule == "reset-kind" for finding in spec.assumptions)
    found = []
    for reference in _references(spec):
        try:
            testbench = write_testbench(
                spec.interface, reference.model, seed=seed, strict_reset=strict
            )
        except InvalidInterface:
            continue
        found.append(Check(reference=reference, testbench=testbench))
    return found


def _references(spec: Spec) -> Iterator[Reference]:
    main = find_reference(spec)
    if main is not None:
        yield main
    try:
        screen(spec)
    except Unfit:
        return
    for part in spec.fragments:
        if part.kind is not Kind.EXAMPLE:
            continue
        shown = _shown(part.value, spec.interface)
        if shown is not None:
            yield Reference(
                model=shown,
                description=f"{part.kind.value} ({part.place})",
                limits="an example shows only some cases",
            )


def _shown(waveform: Waveform, interface: Interface) -> ReferenceModel | None:
    if waveform.clock is None and not interface.clocks:
        table = observed_table(waveform)
        return table if isinstance(table, TruthTable) else None
    return recording_of(waveform, interface)


def objection(check: Check, source: str, rows: tuple[str, ...], stimulation: Stimulation) -> str:
    """Return how a written reference model contradicts `check`, empty if it does not.

    Args:
        check: What the specification says.
        source: The reference model.
        rows: What it predicts for `stimulation`.
        stimulation: The stimulus that the candidates get.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    model = check.reference.model
    if isinstance(model, Recording):
        expected = tuple(_row(step.outputs, stimulation.interface) for step in model.steps)
        found = _replayed(model, source, stimulation.interface)
        if found.rows is None:
            return found.fault
        rows = found.rows
    else:
        try:
            expected = expected_rows(stimulation, model)
        except InvalidInterface:
            return ""
    different = first_difference(expected, rows)
    if different is None:
        return ""
    return (
        f"it contradicts the {check.description}: "
        f"{rows[different]}, not {expected[different]}, in sample {different}"
    )


def _replayed(recording: Recording, source: str, interface: Interface) -> Prediction:
    asynchronous = frozenset(r.port for r in interface.resets if r.asynchronous)
    operations = list(_operations(recording, interface))
    return run_script(source, interface, operations, asynchronous=asynchronous)


def _operations(recording: Recording, interface: Interface) -> Iterator[Operation]:
    """Yield what a reference goes through while the inputs of `recording` are driven."""
    active = {clock.port: int(clock.edge is Edge.RISING) for clock in interface.clocks}
    resets = {reset.port: int(not reset.active_low) for reset in interface.resets}
    before: Mapping[str, int] = {}
    for step in recording.steps:
        now = step.inputs
        struck = frozenset(name for name, level in resets.items() if now.get(name) == level)
        yield Operation(kind=Doing.APPLY, inputs=dict(now), asserted=struck)
        if any(before.get(name, level) != level == now.get(name) for name, level in active.items()):
            yield Operation(kind=Doing.EDGE, asserted=struck)
        yield Operation(kind=Doing.SAMPLE)
        before = now


def _row(outputs: Mapping[str, str], interface: Interface) -> str:
    return "".join(outputs.get(bit, "-") for port in interface.outputs for bit in port.bits)
