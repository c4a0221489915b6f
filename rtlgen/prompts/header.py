"""An interface as the Verilog header and the sentence on timing that prompts show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.interface import Direction, Interface, Port, Reset

_KINDS = {
    Direction.INPUT: "input  logic",
    Direction.OUTPUT: "output logic",
    Direction.INOUT: "inout  wire",
}


def module_header(interface: Interface, ranges: Mapping[str, str] | None = None) -> str:
    """Return the header of the module, `module` to `;`.

    `ranges` stand in place of the ports' own, such as `[WIDTH-1:0]` for `[7:0]`.
    Outputs are `logic`, so that continuous assignments, procedures and instances may drive them.
    """
    lines = [f"module {interface.module}{_parameters(interface)} ("]
    if not interface.ports:
        return lines[0].removesuffix(" (") + ";"
    ranges = ranges or {}
    lines += [
        f"    {_declaration(port, ranges.get(port.name, port.range))}," for port in interface.ports
    ]
    return "\n".join([*lines[:-1], lines[-1].removesuffix(","), ");"])


def _parameters(interface: Interface) -> str:
    if not interface.parameters:
        return ""
    lines = (f"    parameter {name} = {value}" for name, value in interface.parameters.items())
    return " #(\n" + ",\n".join(lines) + "\n)"


def _declaration(port: Port, bounds: str) -> str:
    words = [_KINDS[port.direction], "signed" if port.signed else "", bounds, port.name]
    return " ".join(word for word in words if word)


def timing(interface: Interface) -> str:
    """Return one line on clocks and resets."""
    if not interface.clocks:
        return "There is no clock."
    clocks = ", ".join(f"{clock.port} ({clock.edge.value} edge)" for clock in interface.clocks)
    return f"Clock: {clocks}. {_resets(interface)}"


def _resets(interface: Interface) -> str:
    if not interface.resets:
        return "No reset."
    return "Reset: " + ", ".join(_reset(reset) for reset in interface.resets) + "."


def _reset(reset: Reset) -> str:
    kind = "asynchronous" if reset.asynchronous else "synchronous"
    level = "low" if reset.active_low else "high"
    return f"{reset.port} (active {level}, {kind})"


def port_lines(interface: Interface) -> Iterator[str]:
    """Yield one line on every port, as a Python model sees it."""
    clocks = {clock.port for clock in interface.clocks}
    for port in interface.ports:
        if port.name not in clocks:
            yield f"{port.direction.value} {port.name}: {_bits(port)}"


def _bits(port: Port) -> str:
    facts = ["1 bit" if port.width == 1 else f"{port.width} bits"]
    if port.lsb:
        facts.append(f"{port.bits[0]} is the most significant, {port.bits[-1]} is bit 0 of the int")
    if port.signed:
        facts.append("two's complement")
    return ", ".join(facts)
