"""What the template of a transaction testbench needs to know of serial ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyslang.syntax import SyntaxTree

from sim.interface import Interface
from testbench_gen.hints import hints_in
from testbench_gen.protocols import Protocol, ProtocolPort, Role

SERIAL = frozenset({Protocol.UART, Protocol.I2C, Protocol.SPI})
COUNT = 12
"""Transactions for each serial port."""
_OVERSAMPLING = (16, 8)
_BITS = range(2, 10_001)
_TRIED = 12_000
"""Cycles of all bits that are tried together; each is tried with two bytes and some rest."""
_MOST_CONSTANTS = 24
_DWELL = range(2_000, 40_001)


def i2c_is_whole(port: ProtocolPort) -> bool:
    """Whether both lines of an I2C port can be pulled and seen as its role needs it."""
    pulled = {line for line in ("scl", "sda") if _low(port, line, "") != "0"}
    seen = {line for line in ("scl", "sda") if _input(port, line)}
    if port.role is Role.HOST:
        return pulled == {"scl", "sda"} and "sda" in seen
    return "sda" in pulled and seen == {"scl", "sda"}


def serial_context(
    ports: Sequence[tuple[str, ProtocolPort]], interface: Interface, names: Mapping[str, str]
) -> dict[str, Any]:
    """Return values for the templates; `ports` come with prefixes, `names` by port."""
    grouped = {port for _, group in ports for port in group.signals.values()}
    timing = {c.port for c in interface.clocks} | {r.port for r in interface.resets}
    free = [p for p in interface.inputs if p.name not in grouped | timing]
    lines = [line for prefix, port in ports for line in _bus_lines(prefix, port)]
    return {
        "lines": tuple(
            (port.protocol.value, port.role.value, prefix)
            for prefix, port in sorted(ports, key=lambda pair: pair[1].role is not Role.HOST)
        ),
        "free": {names[p.name]: p.width for p in free},
        "watched": {names[p.name]: p.width for p in interface.outputs} if ports else {},
        "bus_lines": lines,
        "bus_inputs": {line["input"] for line in lines},
        "idle_high": {
            f"{prefix}_{signal}" for prefix, _ in ports for signal in ("rx", "cs", "miso")
        },
        "transmitters": [prefix for prefix, port in ports if set(port.signals) == {"tx"}],
    }


def _bus_lines(prefix: str, port: ProtocolPort) -> Iterator[dict[str, str]]:
    if port.protocol is Protocol.I2C:
        for line in ("scl", "sda"):
            seen = _input(port, line)
            yield {
                "name": f"{prefix}_{line}",
                "low": _low(port, line, f"{prefix}_"),
                "input": f"{prefix}_{seen}" if seen else "",
            }


def _input(port: ProtocolPort, line: str) -> str:
    """Return the signal by which the module sees an I2C line, empty if it does not."""
    for name in (f"{line}_i", f"{line}_in"):
        if name in port.signals:
            return name
    others = {f"{line}{way}" for way in ("_o", "_out", "_oe", "_en", "_t")}
    alone = line in port.signals and (line == "sda" or port.role is Role.DEVICE)
    return line if alone and (line == "scl" or others & set(port.signals)) else ""


def _low(port: ProtocolPort, line: str, prefix: str) -> str:
    """Return when the module pulls an I2C line, in Verilog; `0` if it never does."""
    named = {way: f"{prefix}{line}_{way}" for way in ("o", "out", "oe", "en", "t")}
    there = {way: name for way, name in named.items() if f"{line}_{way}" in port.signals}
    value = there.get("o") or there.get("out")
    if value is None and _is_output(port, line):
        value = f"{prefix}{line}"
    if "t" in there:
        enabled = f"{there['t']} === 1'b0"
    elif enable := there.get("oe") or there.get("en"):
        enabled = f"{enable} === 1'b1"
    else:
        return f"{value} === 1'b0" if value else "0"
    return f"{enabled} & {value} === 1'b0" if value else enabled


def _is_output(port: ProtocolPort, line: str) -> bool:
    """Whether the port that is called as an I2C line itself is what the module drives."""
    if line == "scl":
        return line in port.signals and port.role is Role.HOST
    return line in port.signals and _input(port, line) not in ("", line)


def bit_times(golden: str) -> tuple[int, ...]:
    """Return for how many clock cycles a bit may last, by what the text of the golden design says.

    Counters that end there come first, then their multiples by oversampling, then quotients of
    constants, as of a clock frequency by a baud rate.
    """
    hints = hints_in(SyntaxTree.fromText(golden))
    ends = sorted(set(hints.ends))
    constants = hints.constants[-_MOST_CONSTANTS:]
    ratios = [big // small for big in constants for small in constants if small > 1]
    found = [
        *ends,
        *(end * times for times in _OVERSAMPLING for end in ends),
        *constants,
        *(value + 1 for value in constants),
        *sorted(set(ratios)),
        *(ratio // 16 * 16 for ratio in ratios),
        16,
    ]
    return tuple(_affordable(dict.fromkeys(bit for bit in found if bit in _BITS)))


def _affordable(bits: Iterable[int]) -> Iterator[int]:
    """Yield the first of `bits`, and those that do not take too long besides."""
    spent = 0
    for bit in bits:
        if not spent or spent + bit <= _TRIED:
            spent += bit
            yield bit


def addresses(golden: str) -> tuple[int, ...]:
    """Return what may be an I2C address in the text of the golden design."""
    constants = hints_in(SyntaxTree.fromText(golden)).constants
    return tuple(value for value in constants if 8 <= value < 0x78)


def dwell(golden: str) -> int:
    """Return for how many clock cycles a transfer may last that the module begins."""
    longest = max(hints_in(SyntaxTree.fromText(golden)).ends, default=0)
    return min(max(48 * longest, _DWELL[0]), _DWELL[-1])
