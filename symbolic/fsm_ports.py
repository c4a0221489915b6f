"""A machine as a module of its own: its ports, from the names of its bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.interface import Clock, Direction, Interface, Port, Reset
from symbolic.names import identifier, split_bit
from symbolic.state_table import StateTable


def interface_of(table: StateTable, module: str) -> Interface:
    """Return ports for a machine: a clock, a synchronous reset if it has one, and its bits.

    `x[3]` is a bit of a vector `x`, which reaches from the least to the greatest index named.

    Raises:
        ValueError: A name is that of a bit and of a vector, or of an input and an output.
    """
    inputs = list(_ports(table.inputs, Direction.INPUT))
    outputs = list(_ports(table.outputs, Direction.OUTPUT))
    taken = {port.name for port in (*inputs, *outputs)}
    clock = identifier("clk", taken)
    reset = identifier("rst", {*taken, clock})
    control = [clock, reset] if table.reset_state is not None else [clock]
    return Interface(
        module=identifier(module, {*taken, *control}),
        ports=(
            *(Port(name=name, direction=Direction.INPUT) for name in control),
            *inputs,
            *outputs,
        ),
        clocks=(Clock(port=clock),),
        resets=(Reset(port=reset),) if table.reset_state is not None else (),
    )


def _ports(names: Sequence[str], direction: Direction) -> Iterator[Port]:
    found: dict[str, list[int]] = {}
    scalars: set[str] = set()
    for name in names:
        signal, index = split_bit(name)
        indices = found.setdefault(signal, [])
        if index is None:
            scalars.add(signal)
        else:
            indices.append(index)
    for signal, indices in found.items():
        if signal in scalars and indices:
            raise ValueError(f"{signal!r} cannot be both a bit and a vector")
        if indices:
            yield Port(name=signal, direction=direction, msb=max(indices), lsb=min(indices))
        else:
            yield Port(name=signal, direction=direction)
