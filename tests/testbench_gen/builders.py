"""Small interfaces and references of our own, independent of `symbolic`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.interface import Clock, Direction, Edge, Interface, Port, Reset

COUNTER_SOURCE = '''
"""Reference model: a counter modulo 5 with enable."""


class Reference:
    def initial(self):
        return None

    def after_reset(self):
        return 0

    def step(self, state, bits):
        if state is None:
            return {"q[0]": "-", "q[1]": "-", "q[2]": "-", "wrap": "-"}, None
        code = format(state, "03b")
        outputs = {"q[2]": code[0], "q[1]": code[1], "q[0]": code[2]}
        outputs["wrap"] = "1" if state == 4 and bits["en"] else "0"
        return outputs, (state + bits["en"]) % 5
'''

PARITY_SOURCE = '''
"""Reference model: even parity, open where all bits are 1."""


class Reference:
    def initial(self):
        return None

    def after_reset(self):
        return None

    def step(self, state, bits):
        ones = sum(bits.values())
        return {"p": "-" if ones == len(bits) else str(ones % 2)}, None
'''


def port(name: str, direction: str, msb: int | None = None, lsb: int | None = None) -> Port:
    return Port(name=name, direction=Direction(direction), msb=msb, lsb=lsb)


@dataclass(frozen=True)
class Counter:
    """Counts modulo 5 while enabled; `wrap` is a Mealy output."""

    sequential: bool = True
    input_bits: tuple[str, ...] = ("en",)
    output_bits: tuple[str, ...] = ("q[2]", "q[1]", "q[0]", "wrap")

    def initial(self) -> int | None:
        return None

    def after_reset(self) -> int | None:
        return 0

    def step(self, state: int | None, bits: Mapping[str, int]) -> tuple[dict[str, str], int | None]:
        if state is None:
            return dict.fromkeys(self.output_bits, "-"), None
        outputs = dict(zip(self.output_bits, format(state, "03b"), strict=False))
        outputs["wrap"] = "1" if state == 4 and bits["en"] else "0"
        return outputs, (state + bits["en"]) % 5

    def python_source(self) -> str:
        return COUNTER_SOURCE


@dataclass(frozen=True)
class Parity:
    """Parity of `x`, open where every bit is 1."""

    input_bits: tuple[str, ...]
    output_bits: tuple[str, ...] = ("p",)
    sequential: bool = False
    special: tuple[Mapping[str, int], ...] = ()

    def initial(self) -> None:
        return None

    def after_reset(self) -> None:
        return None

    def step(self, state: None, bits: Mapping[str, int]) -> tuple[dict[str, str], None]:
        ones = sum(bits[name] for name in self.input_bits)
        return {"p": "-" if ones == len(self.input_bits) else str(ones % 2)}, None

    def interesting_inputs(self) -> tuple[Mapping[str, int], ...]:
        return self.special

    def python_source(self) -> str:
        return PARITY_SOURCE


def counter_interface(
    *, active_low: bool = False, asynchronous: bool = False, edge: Edge = Edge.RISING
) -> Interface:
    return Interface(
        module="counter",
        ports=(
            port("clk", "input"),
            port("rst", "input"),
            port("en", "input"),
            port("q", "output", 2, 0),
            port("wrap", "output"),
        ),
        clocks=(Clock(port="clk", edge=edge),),
        resets=(Reset(port="rst", active_low=active_low, asynchronous=asynchronous),),
    )


def counter_rtl(
    *,
    active_low: bool = False,
    asynchronous: bool = False,
    edge: str = "posedge",
    step: str = "q == 4 ? 3'd0 : q + 3'd1",
) -> str:
    level = "!rst" if active_low else "rst"
    event = f" or {'negedge' if active_low else 'posedge'} rst" if asynchronous else ""
    return f"""module counter(input clk, input rst, input en, output reg [2:0] q, output wrap);
  assign wrap = en && q == 4;
  always @({edge} clk{event})
    if ({level}) q <= 0;
    else if (en) q <= {step};
endmodule
"""


def parity_interface(msb: int, lsb: int) -> Interface:
    return Interface(module="parity", ports=(port("x", "input", msb, lsb), port("p", "output")))


def parity(msb: int, lsb: int, **special: tuple[Mapping[str, int], ...]) -> Parity:
    return Parity(input_bits=port("x", "input", msb, lsb).bits, **special)
