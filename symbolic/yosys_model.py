"""A design as a flat circuit with two bits a signal, value and x; it runs in a worker.

Every step of the circuit is a change of inputs and, if `tick` is 1, an active
clock edge after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

MAX_MEMORY_BITS = 4096
"""Memories larger than this, all together, are not modelled."""
_STEPS = "steps.v"
_NETLIST = "netlist.json"
_HEADERS = (".vh", ".svh", ".h", ".inc")

STEPS = """
(* techmap_celltype = "$dff" *)
module steps_dff(CLK, D, Q);
parameter WIDTH = 1;
parameter CLK_POLARITY = 1;
input CLK;
input [WIDTH-1:0] D;
output [WIDTH-1:0] Q;
\\$ff #(.WIDTH(WIDTH)) _TECHMAP_REPLACE_ (.D(CLK ? D : Q), .Q(Q));
endmodule

(* techmap_celltype = "$adff" *)
module steps_adff(CLK, ARST, D, Q);
parameter WIDTH = 1;
parameter CLK_POLARITY = 1;
parameter ARST_POLARITY = 1;
parameter ARST_VALUE = 0;
parameter _TECHMAP_WIREINIT_Q_ = 0;
parameter _TECHMAP_REMOVEINIT_Q_ = 1;
input CLK, ARST;
input [WIDTH-1:0] D;
output [WIDTH-1:0] Q;
(* init = _TECHMAP_WIREINIT_Q_ *)
wire [WIDTH-1:0] state;
wire reset = ARST_POLARITY ? ARST : ~ARST;
\\$ff #(.WIDTH(WIDTH)) _TECHMAP_REPLACE_ (.D(reset ? ARST_VALUE : CLK ? D : state), .Q(state));
assign Q = reset ? ARST_VALUE : state;
endmodule
"""


class Ports(Protocol):
    """What a model has to know of its ports."""

    clock: str | None
    rising: bool

    def renamings(self) -> Iterator[tuple[str, str]]: ...


class Unsupported(Exception):
    """A design that has no such model; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A design that Yosys holds, under a name of its own."""

    unsupported: str = ""
    """Why there is none."""
    asynchronous: bool = False
    """Whether it has asynchronous resets."""
    initialized: bool = False
    """Whether any register has an initial value."""


def prepare(
    library: Any,  # noqa: ANN401 - pyosys has no types
    design: Any,  # noqa: ANN401
    name: str,
    source: Mapping[str, Any],
    ports: Any,  # noqa: ANN401
) -> Model:
    """Make a model of `source` and stash it away as `name`.

    `source` has the `top` module and the names of its `files`, which lie in `folder`.
    What Yosys refuses ends the process.
    """

    def run(command: str) -> None:
        library.run_pass(command, design)

    for command in _reading(source):
        run(command)
    run("check -assert -initdrv")
    run(f"write_json {_NETLIST}")
    try:
        model = _examined(
            json.loads(Path(_NETLIST).read_text(encoding="utf-8")), source["top"], ports
        )
    except Unsupported as why:
        return Model(unsupported=str(why))
    Path(_STEPS).write_text(STEPS, encoding="utf-8")
    run(f"techmap -map {_STEPS}")
    run("opt_clean")
    run(f"rename {source['top']} {name}")
    run(f"cd {name}")
    for old, new in ports.renamings():
        run(f"rename {old} {new}")
    run("cd")
    run("xprop -split-outputs -assume-def-inputs -required")
    run("delete t:$assume")
    run(f"design -stash {name}")
    return model


def _reading(source: Mapping[str, Any]) -> Iterator[str]:
    files = [name for name in source["files"] if not name.endswith(_HEADERS)]
    yield "read_verilog -sv " + " ".join(f'"{source["folder"]}/{name}"' for name in files)
    yield f"hierarchy -check -top {source['top']}"
    yield "proc -ifx"
    yield "flatten"
    yield "delete t:$scopeinfo"
    yield "opt -keepdc -noff"
    yield "memory_collect"
    yield "memory_memx"
    yield "memory_map"
    yield "dffunmap"
    yield "opt_clean -purge"
    yield "setundef -undriven -undef"


def _examined(netlist: Mapping[str, Any], top: str, ports: Any) -> Model:  # noqa: ANN401
    """See that every register has a place in the model.

    Raises:
        Unsupported: One has not.
    """
    module = netlist["modules"][top]
    asynchronous = False
    inputs = {
        bit: name
        for name, port in module["ports"].items()
        if port["direction"] == "input"
        for bit in port["bits"]
    }
    for cell in module["cells"].values():
        kind = cell["type"]
        if kind not in _STATEFUL:
            continue
        if kind not in ("$dff", "$adff"):
            raise Unsupported(f"has a {_STATEFUL[kind]}")
        pins, parameters = cell["connections"], cell["parameters"]
        clock = inputs.get(pins["CLK"][0])
        if clock is None:
            raise Unsupported("has a clock that is no input")
        if clock != ports.clock:
            raise Unsupported(f"is clocked by {clock}, not by {ports.clock or 'any input'} alone")
        if bool(int(parameters["CLK_POLARITY"], 2)) != ports.rising:
            raise Unsupported("works at the other clock edge")
        if kind == "$adff":
            asynchronous = True
            if pins["ARST"][0] not in inputs:
                raise Unsupported("has an asynchronous reset that is no input")
    return Model(asynchronous=asynchronous)


_STATEFUL = {
    "$dff": "register",
    "$adff": "register",
    "$dffe": "register with enable",
    "$adffe": "register with enable",
    "$sdff": "register with reset",
    "$sdffe": "register with reset",
    "$sdffce": "register with reset",
    "$dffsr": "register with asynchronous set and reset",
    "$dffsre": "register with asynchronous set and reset",
    "$aldff": "register with asynchronous load",
    "$aldffe": "register with asynchronous load",
    "$dlatch": "latch",
    "$adlatch": "latch",
    "$dlatchsr": "latch",
    "$sr": "latch",
    "$ff": "register without a clock",
    "$mem": "memory",
    "$mem_v2": "memory",
    "$tribuf": "tri-state driver",
}
