"""The synthesis flow that everything is measured by: Yosys commands and an ABC script."""

from __future__ import annotations

from collections.abc import Iterator

FRONT = (
    "proc",
    "flatten",
    "delete t:$scopeinfo",
    "opt_expr",
    "opt_clean",
    "opt -nodffe -nosdff",
)
FSM = ("fsm", "opt")
COARSE = (
    "wreduce",
    "peepopt",
    "opt_clean",
    "alumacc",
    "share",
    "opt",
    "memory -nomap",
    "opt_clean",
    "opt -fast -full",
    "memory_map",
    "opt -undriven -fine",
)
GATES = "opt -fast"
REGISTERS = ("dfflibmap -liberty {registers}", "opt_clean")
ABC = (
    "strash",
    "ifraig",
    "scorr",
    "dc2",
    "dc2",
    "dch -f",
    "amap -m -F 4 -A 8",
    "topo",
    "print_stats",
    "stime",
)
"""Choices of structure (`dch`) and mapping by area."""

FLOW = "; ".join([*FRONT, *COARSE, "techmap", GATES, *REGISTERS, f"abc [{'; '.join(ABC)}]"])
"""The flow, for records."""


def mapped(*, fsm: bool, techmap: str, registers: str, genlib: str, cells: str) -> Iterator[str]:
    """Yield the commands that map a design that is read and whose hierarchy is known.

    `techmap` is the pass with its rules; the others are paths.
    """
    yield from FRONT
    if fsm:
        yield from FSM
    yield from (*COARSE, techmap, GATES, GATES)
    for command in REGISTERS:
        yield command.format(registers=registers)
    script = ";".join([f"read_scl {cells}", *ABC]).replace(" ", ",")
    yield f"abc -genlib {genlib} -script +{script}"
    yield "opt_clean"
