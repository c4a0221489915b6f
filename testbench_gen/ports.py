"""Whether a testbench can drive the ports of a module, and a reference fits them."""

from __future__ import annotations

import re

from sim.errors import InvalidInterface
from sim.interface import Direction, Interface, Port, read_interface
from testbench_gen.golden import Golden
from testbench_gen.reference import ReferenceModel

BUDGET = 4096
"""Clock cycles (vectors without a clock) by default; about a second under Icarus."""
_WIDE = 256
"""Bits of all ports together from which on the default budget shrinks, for equal time."""
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\Z")


def default_budget(interface: Interface, budget: int | None) -> int:
    """Return `budget`, or where it is None what the width of the ports allows."""
    if budget is None:
        bits = sum(port.width for port in interface.ports)
        budget = max(BUDGET // 8, min(BUDGET, BUDGET * _WIDE // bits))
    if budget < 16:
        raise ValueError(f"budget must be at least 16 cycles, not {budget}")
    return budget


def check_ports(interface: Interface) -> None:
    """Raise `InvalidInterface` where no testbench can drive `interface`."""
    if not _MODULE.match(interface.module):
        raise InvalidInterface(
            f"module name must be a plain Verilog identifier, not {interface.module!r}"
        )
    for port in interface.ports:
        if port.direction is Direction.INOUT:
            raise InvalidInterface(
                f"a testbench drives inputs and checks outputs; port {port.name!r} of module "
                f"{interface.module!r} is inout\n\n"
                "hint: split it into an input, an output and an output enable"
            )
    if not interface.outputs:
        raise InvalidInterface(f"module {interface.module!r} has no output to check")
    for name in [c.port for c in interface.clocks] + [r.port for r in interface.resets]:
        port = interface.port(name)
        if port.direction is not Direction.INPUT or port.width != 1:
            raise InvalidInterface(
                f"a clock or reset must be an input of 1 bit, not {port.direction.value} "
                f"{port.name!r} of {port.width} bits"
            )


def check_reference(interface: Interface, reference: ReferenceModel) -> None:
    """Raise `InvalidInterface` where `reference` does not fit `interface`."""
    for names, ports, what in (
        (reference.input_bits, interface.inputs, "input"),
        (reference.output_bits, interface.outputs, "output"),
    ):
        known = {bit for port in ports for bit in port.bits}
        for name in names:
            if name not in known:
                raise InvalidInterface(
                    f"module {interface.module!r} has no {what} bit {name!r}, "
                    f"which the reference names; it has {_some(known)}"
                )
    if reference.sequential and len(interface.clocks) != 1:
        raise InvalidInterface(
            f"a reference with a state needs exactly one clock; module {interface.module!r} "
            f"has {len(interface.clocks)}\n\n"
            "hint: say in the specification which input is the clock"
        )


def check_golden(interface: Interface, golden: Golden) -> None:
    """Raise `InvalidInterface` where the golden design has other ports."""
    theirs = {port.name: port for port in read_interface(golden.design).ports}
    for port in interface.ports:
        twin = theirs.pop(port.name, None)
        if twin is None or (twin.direction, twin.width) != (port.direction, port.width):
            found = f"has {_described(twin)}" if twin else "has no such port"
            raise InvalidInterface(
                f"the golden design must have the ports of module {interface.module!r}; "
                f"that has {_described(port)}, module {golden.design.top!r} {found}"
            )
    if theirs:
        raise InvalidInterface(
            f"the golden design must have the ports of module {interface.module!r} and no other, "
            f"but module {golden.design.top!r} has {_described(next(iter(theirs.values())))}"
        )


def _described(port: Port) -> str:
    return f"{port.direction.value} {port.name!r} of {port.width} bits"


def _some(names: set[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:8]) + (", ..." if len(listed) > 8 else "")
