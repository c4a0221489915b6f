"""The product of two designs, in Verilog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class _Outputs:
    any: str = "any"
    """A bit that the golden design defines is undefined, or the opposite, in the other."""
    definite: str = "definite"
    """A bit is 0 in one and 1 in the other."""
    cycle: str = "cycle"
    """The same, with every step a clock cycle."""


OUTPUTS = _Outputs()
_PREFIX = "rtlgen_"
"""Of ports in both designs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The ports of both designs; in the product they go by number."""

    inputs: tuple[tuple[str, int], ...]
    """Name and width, without the clock."""
    outputs: tuple[tuple[str, int], ...]
    clock: str | None
    rising: bool
    resets: Mapping[str, int]
    """The level that asserts each."""

    @classmethod
    def of(cls, interface: Mapping[str, Any]) -> Wiring:
        """Read what `symbolic.equivalence` sends."""
        return cls(
            inputs=tuple((name, width) for name, width in interface["inputs"]),
            outputs=tuple((name, width) for name, width in interface["outputs"]),
            clock=interface["clock"],
            rising=interface["rising"],
            resets=interface["resets"],
        )

    def renamings(self) -> Iterator[tuple[str, str]]:
        """Yield every port and its name in the product."""
        for number, (name, _) in enumerate(self.inputs):
            yield name, f"{_PREFIX}i{number}"
        for number, (name, _) in enumerate(self.outputs):
            yield name, f"{_PREFIX}o{number}"
        if self.clock:
            yield self.clock, f"{_PREFIX}tick"

    def cycles(self, trace: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
        """Return the inputs by port that `trace` puts on the product."""
        return [self._cycle(vector, first=index == 0) for index, vector in enumerate(trace)]

    def _cycle(self, vector: Mapping[str, int], *, first: bool) -> dict[str, int]:
        values = {
            name: sum(vector.get(bit, 0) << i for i, bit in enumerate(_bits(f"i{number}", width)))
            for number, (name, width) in enumerate(self.inputs)
        }
        return values | dict(self.resets) if first else values

    def port_of(self, values: Mapping[str, int], kind: str) -> str:
        """Return an output port that differs: definitely (`d`), or by an undefined bit (`x`)."""
        for number, (name, _) in enumerate(self.outputs):
            if values[f"{kind}{number}"]:
                return name
        return ""


def _bits(name: str, width: int) -> list[str]:
    return [name] if width == 1 else [f"{name}[{index}]" for index in range(width)]


def wrapper(wiring: Wiring, *, pulses: bool) -> str:
    """Return module `product`; with `pulses`, inputs may change without a clock edge too.

    In its first step all resets are asserted, and nothing is compared.
    """
    lines = [
        f"module product(input tick, {_ports(wiring)});",
        "(* init = 1'b1 *) wire first;",
        "(* init = 1'b0 *) wire pulsed;",
        "\\$ff #(.WIDTH(1)) first_ff(.D(1'b0), .Q(first));",
        "\\$ff #(.WIDTH(1)) pulsed_ff(.D(pulsed | ~edge_), .Q(pulsed));",
        f"wire edge_ = {'tick | first' if pulses else chr(49) + chr(39) + 'b1'};",
        f"wire awake = {'~first' if wiring.resets else chr(49) + chr(39) + 'b1'};",
    ]
    lines += [_reset(wiring, number) for number in range(len(wiring.inputs))]
    for side in ("golden", "other"):
        lines += _instance(wiring, side)
    for number in range(len(wiring.outputs)):
        known = f"golden_o{number}_x | other_o{number}_x"
        lines += [
            f"assign d{number} = awake & |(~({known}) & (golden_o{number}_d ^ other_o{number}_d));",
            f"assign x{number} = awake & |(~golden_o{number}_x & other_o{number}_x);",
        ]
    count = range(len(wiring.outputs))
    definite = " | ".join(f"d{number}" for number in count) or "1'b0"
    undefined = " | ".join(f"x{number}" for number in count) or "1'b0"
    lines += [
        f"assign definite = {definite};",
        f"assign any = definite | {undefined};",
        "assign cycle = definite & ~pulsed;",
        "endmodule",
    ]
    return "\n".join(lines) + "\n"


def _ports(wiring: Wiring) -> str:
    found = [f"input [{width - 1}:0] i{n}" for n, (_, width) in enumerate(wiring.inputs)]
    found += [f"output {kind}{n}" for n in range(len(wiring.outputs)) for kind in "dx"]
    return ", ".join([*found, "output any", "output definite", "output cycle"])


def _reset(wiring: Wiring, number: int) -> str:
    name, width = wiring.inputs[number]
    value = f"i{number}"
    if name in wiring.resets:
        value = f"first ? {width}'d{wiring.resets[name]} : i{number}"
    return f"wire [{width - 1}:0] in{number} = {value};"


def _instance(wiring: Wiring, side: str) -> list[str]:
    lines = [
        f"wire [{width - 1}:0] {side}_o{number}_{half};"
        for number, (_, width) in enumerate(wiring.outputs)
        for half in "dx"
    ]
    pins = [f".{_PREFIX}i{number}(in{number})" for number in range(len(wiring.inputs))]
    pins += [
        f".{_PREFIX}o{number}_{half}({side}_o{number}_{half})"
        for number in range(len(wiring.outputs))
        for half in "dx"
    ]
    if wiring.clock:
        pins.append(f".{_PREFIX}tick(edge_)")
    return [*lines, f"{side} {side}_({', '.join(pins)});"]
