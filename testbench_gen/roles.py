"""What an input seems to be for, judged by its name and width."""

from __future__ import annotations

import re

from sim.interface import Port

_WORDS = {
    "push": "push wr we write put enq enqueue winc wen wren",
    "pop": "pop rd re read get deq dequeue rinc ren rden",
    "enable": "en ena enable ce cen run go on active",
    "valid": "valid vld ready rdy req ack",
    "strobe": "load ld start clear clr flush set init abort stop done trigger restart",
    "select": "sel select mode op opcode func cmd ctrl state code",
    "address": "addr address raddr waddr ptr index idx row col",
}
_RESET = re.compile(r"(?:i_)?a?(?:sync)?_?(?:rst|reset)(?P<low>_?n|_?b|_?l)?(?:_?in?)?\Z", re.I)
_NARROW = ("push", "pop", "enable", "valid", "strobe")


def role_of(port: Port) -> str:
    """Return the role that `testbench_gen.standalone.cycles.Input` knows."""
    if port.width == 1 and (match := _RESET.match(port.name)):
        return "reset_n" if match["low"] else "reset"
    words = re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", port.name)
    folded = {word.lower() for word in words}
    for role, known in _WORDS.items():
        if folded.intersection(known.split()) and (role in _NARROW) == (port.width == 1):
            return role
    return "control" if port.width == 1 else "data"
