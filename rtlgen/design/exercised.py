"""What a stimulus has made a design show: where it shows nothing, agreement says nothing.

Designs that never raise an output agree in it, right or wrong, and so do designs that ignore an
input which the specification names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.batch import observe_many
from sim.design import Design
from sim.interface import Interface, Port
from sim.process import Limits
from sim.simulate import Simulator
from sim.trace import Trace
from testbench_gen import Stimulation
from testbench_gen.render import verilog_name

_TIED = "tied"


def still_outputs(interface: Interface, rows: Sequence[str]) -> Iterator[str]:
    """Yield the outputs that have one value at every sample; `-` is none."""
    start = 0
    for port in interface.outputs:
        end = start + port.width
        values = {row[start:end] for row in rows}
        if len({value for value in values if "-" not in value}) < 2:
            yield port.name
        start = end


def idle_inputs(
    design: Design,
    stimulation: Stimulation,
    rows: Sequence[str],
    *,
    simulators: Sequence[Simulator],
    limits: Limits = Limits(),
) -> tuple[str, ...]:
    """Return the inputs of `design` that could as well be constant under `stimulation`.

    Clocks are left out: a combinational design may well be given one.

    Args:
        design: One that could be observed.
        stimulation: What it was observed under.
        rows: What it showed, `-` where that is open.
        simulators: Which to ask, in this order.
        limits: Of the simulation.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    inner = stimulation.interface
    clocks = {clock.port for clock in inner.clocks}
    asked = [port for port in inner.inputs if port.name not in clocks]
    if not asked:
        return ()
    outer = replace(inner, module=f"{inner.module}_{_TIED}")
    traces = observe_many(
        [_tied(design, inner, outer, port) for port in asked],
        replace(stimulation, interface=outer),
        simulators=simulators,
        interface=outer,
        limits=limits,
    )
    return tuple(
        port.name
        for port, trace in zip(asked, traces, strict=True)
        if isinstance(trace, Trace) and _same(rows, trace.rows)
    )


def _same(rows: Sequence[str], others: Sequence[str]) -> bool:
    known = (other.translate(_OPEN) for other in others)
    return all(row == other for row, other in zip(rows, known, strict=True))


_OPEN = str.maketrans("xz", "--")


def _tied(design: Design, inner: Interface, outer: Interface, port: Port) -> Design:
    """Return `design` in a module that gives its input `port` a constant."""
    names = {each.name: verilog_name(each.name) for each in inner.ports}
    declared = "".join(
        f"  {each.direction.value} {each.range} {names[each.name]};\n" for each in inner.ports
    )
    given = {
        each.name: _rest(inner, port) if each is port else names[each.name] for each in inner.ports
    }
    connections = ", ".join(f".{names[name]}({value})" for name, value in given.items())
    text = (
        f"module {outer.module}({', '.join(names.values())});\n{declared}"
        f"  {design.top} same({connections});\nendmodule\n"
    )
    return Design(
        top=outer.module, sources={**design.sources, f"{outer.module}.v": text}, data=design.data
    )


def _rest(interface: Interface, port: Port) -> str:
    """Return the value of an input at rest: a reset's inactive level, else 0."""
    low = any(reset.port == port.name and reset.active_low for reset in interface.resets)
    return f"{port.width}'d{int(low)}"
