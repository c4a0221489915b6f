"""The header of a design's module, and the module around a body."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Literal

from rtlgen.evaluation.module_names import defined, renamed
from rtlgen.synth.drawn import Drawn, indented
from sim.interface import Direction, Port

_END = "endmodule"
Types = Literal["plain", "wire", "logic", "outputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderStyle:
    """How a header is written: what differs between people and changes nothing."""

    types: Types = "plain"
    """`input clk, output reg q`; `input wire clk, output wire y`; or `logic` for all ports, or
    for the outputs alone."""
    lines: bool = True
    """One port a line."""
    step: str = "    "
    """Indentation of a port."""
    apart: bool = True
    """A space between the module's name and its parenthesis."""
    own_end: bool = True
    """The closing parenthesis on a line of its own."""
    aligned: bool = False
    """What follows `input` begins where what follows `output` does."""
    clock_first: bool = True
    """Whether clock and reset stand before the other inputs."""
    inner: bool = False
    """Outputs that procedures assign are nets, driven from variables inside: with a header given
    as `output q`, that is the only way. Without effect where they are `logic`."""


def draw_style(chance: random.Random) -> HeaderStyle:
    """Return a style: a header is given by those who ask, so that it is never the usual one."""
    return HeaderStyle(
        types=chance.choices(("plain", "wire", "logic", "outputs"), (6, 1, 2, 2))[0],
        lines=chance.random() < 0.85,
        step=chance.choice(("    ", "    ", "  ", "\t")),
        clock_first=chance.random() < 0.9,
        apart=chance.random() < 0.6,
        own_end=chance.random() < 0.7,
        aligned=chance.random() < 0.25,
        inner=chance.random() < 0.25,
    )


def timing_ports(drawn: Drawn) -> tuple[Port, ...]:
    """Return clock and reset, as far as the design has them."""
    if drawn.timing is None:
        return ()
    names = (drawn.timing.clock, drawn.timing.reset)
    return tuple(Port(name=name, direction=Direction.INPUT) for name in names if name)


def data_inputs(drawn: Drawn) -> tuple[Port, ...]:
    """Return the inputs that are neither clock nor reset."""
    return tuple(port for port in drawn.ports if port.direction is Direction.INPUT)


def data_outputs(drawn: Drawn) -> tuple[Port, ...]:
    """Return the outputs."""
    return tuple(port for port in drawn.ports if port.direction is Direction.OUTPUT)


def all_ports(drawn: Drawn, style: HeaderStyle) -> tuple[Port, ...]:
    """Return every port in the order of the header."""
    timing, given = timing_ports(drawn), data_inputs(drawn)
    before = (*timing, *given) if style.clock_first else (*given, *timing)
    return (*before, *data_outputs(drawn))


def header(drawn: Drawn, name: str, style: HeaderStyle) -> str:
    """Return `module NAME (...);`, in Verilog-2001's ANSI form or with `logic`."""
    declared = [_declared(drawn, port, style) for port in all_ports(drawn, style)]
    begin = f"module {name} (" if style.apart else f"module {name}("
    if not style.lines:
        return f"{begin}{', '.join(declared)});"
    listed = ",\n".join(f"{style.step}{one}" for one in declared)
    end = "\n" if style.own_end else ""
    return f"{begin}\n{listed}{end});"


def module(drawn: Drawn, name: str, style: HeaderStyle, body: str | None = None) -> str:
    """Return the whole module, with the golden body or another one.

    A body may end its module and define others that it uses, but for the last `endmodule`.
    """
    own, end, others = (drawn.body if body is None else body).strip("\n").partition("\nendmodule")
    own = _driven_from_inside(drawn, own) if _inside(drawn, style) else own
    return f"{header(drawn, name, style)}\n{indented(own)}{end}{others}\nendmodule\n"


def apart(text: str, top: str, name: str) -> str:
    """Return modules `text` with its module `top` called `name`, and the others after it."""
    others = [other for other in defined(text) if other != top] if text.count(_END) > 1 else []
    for other in others:
        text = renamed(text, other, to=f"{name}_{other}")
    return re.sub(rf"\bmodule\s+{re.escape(top)}\b", f"module {name}", text, count=1)


def _declared(drawn: Drawn, port: Port, style: HeaderStyle) -> str:
    way = port.direction.value
    words = [way.ljust(len("output")) if style.aligned else way, _type(drawn, port, style)]
    words += ["signed"] if port.signed else []
    return " ".join(filter(None, [*words, port.range, port.name]))


def _inside(drawn: Drawn, style: HeaderStyle) -> bool:
    """Whether outputs are driven from variables inside the module."""
    return style.inner and bool(drawn.registered) and style.types in ("plain", "wire")


def _driven_from_inside(drawn: Drawn, body: str) -> str:
    """Return `body` with a variable in place of each output that procedures assign."""
    declared, driven = [], []
    for port in data_outputs(drawn):
        if port.name not in drawn.registered:
            continue
        inner = _free(port.name, body)
        body = re.sub(rf"(?<![\w.$']){re.escape(port.name)}\b", inner, body)
        words = ("reg", "signed" if port.signed else "", port.range, inner)
        declared.append(f"{' '.join(filter(None, words))};")
        driven.append(f"assign {port.name} = {inner};")
    return "\n".join((*declared, "", body, "", *driven))


def _free(name: str, body: str) -> str:
    inner = f"{name}_reg"
    while re.search(rf"\b{re.escape(inner)}\b", body):
        inner = f"{inner}_i"
    return inner


def _type(drawn: Drawn, port: Port, style: HeaderStyle) -> str:
    driven = port.direction is Direction.OUTPUT
    if style.types == "logic" or (style.types == "outputs" and driven):
        return "logic"
    if port.name in drawn.registered and not style.inner:
        return "reg"
    return "wire" if style.types == "wire" else ""
