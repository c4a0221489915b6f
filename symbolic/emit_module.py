"""What every emitted module has: header, origin, ports, unused inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.interface import Direction, Interface, Port
from symbolic.names import KEYWORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The inside of a module."""

    lines: tuple[str, ...]
    read: frozenset[str]
    """Input bits that are read."""
    registers: frozenset[str] = frozenset()
    """Output ports that are assigned in `always` blocks."""


def module(interface: Interface, bodies: Sequence[Body], origin: str) -> str:
    """Return the text of a module, commented with where it comes from.

    Raises:
        ValueError: The interface has parameters or inout ports, which nothing here can honor.
    """
    check_interface(interface)
    registers = frozenset(name for body in bodies for name in body.registers)
    read = frozenset(name for body in bodies for name in body.read)
    lines = [f"// {line}".rstrip() for line in origin.splitlines()]
    lines.append(f"module {interface.module} (")
    lines += _port_lines(interface.ports, registers)
    lines.append(");")
    for body in bodies:
        lines += ["", *(f"    {line}".rstrip() for line in body.lines)]
    unused = unused_inputs(interface, read)
    if unused:
        name = fresh("unused", interface)
        lines += ["", "    // Inputs that the function does not depend on."]
        lines.append(f"    wire {name} = &{{1'b0, {', '.join(unused)}}};")
    return "\n".join([*lines, "", "endmodule", ""])


def check_interface(interface: Interface) -> None:
    """Refuse what cannot be emitted."""
    if interface.parameters:
        known = ", ".join(interface.parameters)
        raise ValueError(
            f"a module with parameters cannot be emitted from tables: {interface.module!r} has "
            f"{known}"
        )
    for port in interface.ports:
        if port.direction is Direction.INOUT:
            raise ValueError(f"an inout port cannot be emitted: {port.name!r}")
    if interface.module in KEYWORDS:
        raise ValueError(f"a module cannot be called {interface.module!r}, a Verilog keyword")


def _port_lines(ports: Sequence[Port], registers: frozenset[str]) -> list[str]:
    heads = []
    for port in ports:
        kind = "reg" if port.name in registers else "wire"
        signed = " signed" if port.signed else ""
        heads.append(f"{port.direction.value:<6} {kind:<4}{signed} {port.range}".rstrip())
    width = max(map(len, heads), default=0)
    last = len(ports) - 1
    return [
        f"    {head:<{width}} {port.name}{',' if i != last else ''}"
        for i, (head, port) in enumerate(zip(heads, ports, strict=True))
    ]


def unused_inputs(interface: Interface, read: frozenset[str]) -> list[str]:
    """Return the inputs, or parts of them, that nothing reads."""
    found = []
    for port in interface.inputs:
        left = [bit for bit in port.bits if bit not in read]
        if left:
            found += bit_groups(interface, left)
    return found


def bit_groups(interface: Interface, bits: Sequence[str]) -> list[str]:
    """Write bits as whole ports, part selects and single bits, in the order given."""
    owner = {bit: port for port in interface.ports for bit in port.bits}
    groups: list[list[str]] = []
    for bit in bits:
        if groups and _follows(owner[groups[-1][-1]], groups[-1][-1], bit):
            groups[-1].append(bit)
        else:
            groups.append([bit])
    return [_group_text(owner[group[0]], group) for group in groups]


def _follows(port: Port, bit: str, following: str) -> bool:
    bits = port.bits
    return following in bits and bits.index(following) == bits.index(bit) + 1


def _group_text(port: Port, group: Sequence[str]) -> str:
    if tuple(group) == port.bits:
        return port.name
    if len(group) == 1:
        return group[0]
    return f"{port.name}[{_index(group[0])}:{_index(group[-1])}]"


def _index(bit: str) -> str:
    return bit[bit.index("[") + 1 : -1]


def joined(interface: Interface, bits: Sequence[str]) -> str:
    """Write bits side by side as one word."""
    groups = bit_groups(interface, bits)
    return groups[0] if len(groups) == 1 else "{" + ", ".join(groups) + "}"


def fresh(name: str, interface: Interface, taken: Iterable[str] = ()) -> str:
    """Return `name`, changed if a port or a name in `taken` is called that."""
    used = {port.name for port in interface.ports} | set(taken) | {interface.module}
    candidate, count = name, 0
    while candidate in used:
        count += 1
        candidate = f"{name}_reg" if count == 1 else f"{name}_reg{count}"
    return candidate
