"""The signals by which a testbench reaches the ports of a design, whatever those are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.interface import Interface, Port

WRAPPER = "rtlgen_tb_top"
"""Module around the design, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A port and the signals it is reached by in the HDL top level."""

    port: Port
    signal: str
    golden: str = ""
    """The golden design's signal for an output; empty for inputs and without a golden design."""
    copy: str = ""
    """Beside a golden design: the signal by which an input reaches the design under test."""


def wires(interface: Interface) -> dict[str, list[Wire]]:
    """Give every port signals of the wrapper's own; a port may be called anything.

    Their names begin as the gate lets no name of a design begin.
    """
    taken: set[str] = set()

    def fresh(prefix: str, name: str) -> str:
        plain = prefix + re.sub(r"[^A-Za-z0-9_]", "_", name)
        while plain in taken:
            plain += "_"
        taken.add(plain)
        return plain

    return {
        "inputs": [
            Wire(
                port=p,
                signal=fresh("rtlgen_in_", p.name),
                copy=fresh("rtlgen_dut_", p.name),
            )
            for p in interface.inputs
        ],
        "outputs": [
            Wire(
                port=p,
                signal=fresh("rtlgen_got_", p.name),
                golden=fresh("rtlgen_want_", p.name),
            )
            for p in interface.outputs
        ],
    }


def spans(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with what the templates need to write ranges."""
    return {
        **values,
        "span": lambda port: f"[{port.width - 1}:0]" if port.width > 1 else "",
        "bounds": lambda port: "" if port.msb is None else f", {port.msb}, {port.lsb}",
    }
