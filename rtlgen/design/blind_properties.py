"""What a specification plainly says of every cycle, watched where there is no reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rtlgen.spec.model import Spec
from sim.design import Design
from sim.judge import judge
from sim.process import Limits
from sim.property import Property
from sim.simulate import Simulator
from sim.verdict import Status, Verdict
from testbench_gen import Stimulation, Traced, write_testbench
from testbench_gen.properties import PropertyBench, property_bench, watchable


def watched(spec: Spec) -> tuple[Property, ...]:
    """Return the properties that `spec` states and that can be watched."""
    return watchable(spec.properties, spec.interface)


def property_verdicts(
    spec: Spec,
    designs: Sequence[Design],
    stimulation: Stimulation,
    *,
    simulators: Sequence[Simulator],
    limits: Limits,
) -> list[Verdict | None]:
    """Return whether each of `designs` keeps what `spec` plainly says; None where it says nothing.

    Equal texts are watched once.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    bench = _bench(spec, stimulation)
    if bench is None:
        return [None] * len(designs)
    known: dict[str, Verdict] = {}
    for design in designs:
        if design.digest not in known:
            found = judge(
                design,
                bench.bench,
                simulators=simulators,
                interface=spec.interface,
                limits=limits,
            )
            known[design.digest] = _told(found, bench)
    return [known[design.digest] for design in designs]


def _bench(spec: Spec, stimulation: Stimulation) -> PropertyBench | None:
    properties = watched(spec)
    if not properties:
        return None
    rows = ("0" * stimulation.row_width,) * stimulation.samples  # only the stimulus is taken
    testbench = write_testbench(spec.interface, Traced(stimulation=stimulation, rows=rows))
    return property_bench(testbench, properties)


def _told(found: Verdict, bench: PropertyBench) -> Verdict:
    """Return `found` in the specification's words."""
    names = ", ".join(prop.name for prop in bench.properties)
    if found.status is Status.PASS:
        return replace(found, reason=f"it keeps what the specification says: {names}")
    first = found.first_mismatch
    said = {prop.name: prop for prop in bench.properties}
    if first is None or first.port not in said:
        return replace(found, reason=f"the properties could not be checked: {found.reason}")
    prop = said[first.port]
    reason = f"line {prop.line} of the specification does not hold ({prop.text}); {found.reason}"
    return replace(found, reason=reason)
