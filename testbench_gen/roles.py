"""What an input seems to be for, judged by its name and width."""

from __future__ import annotations

import re

from sim.interface import Port

_WORDS = {
    "enable": "en ena enable ce cen run go on active",
    "valid": "valid vld ready rdy req ack rd wr re we read write push pop",
    "strobe": "load ld start clear clr flush set init abort stop done trigger restart",
    "select": "sel select mode op opcode func cmd ctrl state code",
    "address": "addr address raddr waddr ptr index idx row col",
}
_RESET = re.compile(r"(?:i_)?a?(?:sync)?_?(?:rst|reset)(?P<low>_?n|_?b|_?l)?(?:_?in?)?\Z", re.I)
_NARROW = ("enable", "valid", "strobe")


def role_of(port: Port) -> str:
    """Return the role that `testbench_gen.standalone.patterns.Input` knows."""
    if port.width == 1 and (match := _RESET.match(port.name)):
        return "reset_n" if match["low"] else "reset"
    words = re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", port.name)
    folded = {word.lower() for word in words}
    for role, known in _WORDS.items():
        if folded.intersection(known.split()) and (role in _NARROW) == (port.width == 1):
            return role
    return "control" if port.width == 1 else "data"
