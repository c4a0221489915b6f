"""Starts ABC beside a netlist whose ports stand in the order of their names, and in reverse.

What ABC makes of logic depends on the order in which it meets it, and Yosys writes the ports
of a netlist in an order that an unused wire or an empty line elsewhere can change: the area of
one and the same logic then differs by up to 8 %, its delay by 30 %. Names of registers and
ports do not change so easily; what has none keeps Yosys's order.

Yosys starts this file in ABC's place (`wrapper`), by itself: nothing but the standard library.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

FORWARD, BACKWARD = "forward.blif", "backward.blif"
"""Where ABC finds the netlist, beside the one that Yosys has it read."""
_NAMED = re.compile(r"^# (ys__n\d+) +(\\.*?)(?: \[(\d+)\])?$", re.M)
_PORTS = re.compile(r"^\.(inputs|outputs) (.*)$", re.M)
_NETLIST = "input.blif"


def wrapper(abc: str) -> str:
    """Return the text of an executable that Yosys can start as ABC; `abc` is the real one."""
    words = [sys.executable, "-I", "-S", str(Path(__file__).resolve()), abc]
    return f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'


def in_order(netlist: str, *, backward: bool = False) -> str:
    """Return BLIF as Yosys hands it to ABC with its ports sorted by name and bit.

    Comments tell the names; ports that have none of the user's follow in the order they had, or
    come first in it if `backward`.
    """
    names = {port: (name, int(bit or 0)) for port, name, bit in _NAMED.findall(netlist)}

    def place(port: str) -> tuple[bool, str, int]:
        return (port not in names, *names.get(port, ("", 0)))

    def line(found: re.Match[str]) -> str:
        ports = sorted(found[2].split(), key=place, reverse=backward)
        return f".{found[1]} {' '.join(ports)}"

    return _PORTS.sub(line, netlist)


def main() -> None:
    """Write the netlist in both orders into the working directory, and become ABC."""
    abc, *arguments = sys.argv[1:]
    script = Path(arguments[arguments.index("-f") + 1])
    netlist = script.with_name(_NETLIST).read_text(encoding="utf-8")
    Path(FORWARD).write_text(in_order(netlist), encoding="utf-8")
    Path(BACKWARD).write_text(in_order(netlist, backward=True), encoding="utf-8")
    os.execv(abc, [abc, *arguments])  # noqa: S606 - in the place of this process


if __name__ == "__main__":
    main()
