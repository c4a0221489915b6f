"""The synthesis flow that everything is measured by: Yosys commands and an ABC script."""

from __future__ import annotations

from collections.abc import Iterator

FRONT = (
    "proc",
    "flatten",
    "delete t:$scopeinfo",
    "tribuf",
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
CLEAN_UP = ("strash", "ifraig", "scorr", "dc2", "dc2")
MAPPERS = (
    ("dch -f", "amap -m -F 4 -A 8"),
    ("&get -n", "&dch -f", "&nf -R 1000 -F 10", "&put"),
)
"""Both see the same graph with choices of structure; less area, then less delay, counts."""
BUFFERS = ("topo", "buffer -c -N 12", "topo")
"""Without them, a net with a hundred loads has a delay that no user sees."""
REPORT = (*BUFFERS, "print_stats", "stime", "print_gates")

FLOW = (
    "; ".join([*FRONT, *COARSE, "techmap", GATES, *REGISTERS, *(f"abc {s}" for s in CLEAN_UP)])
    + "; the better of: "
    + " or ".join("; ".join(f"abc {step}" for step in (*mapper, *BUFFERS)) for mapper in MAPPERS)
)
"""The flow, for records."""


def mapped(
    *, fsm: bool, registers: str, genlib: str, cells: str, mapper: int | None = None
) -> Iterator[str]:
    """Yield the commands that map a design that is read and whose hierarchy is known.

    The arguments but `fsm` are paths; with `mapper`, only that one's netlist is made.
    """
    yield from FRONT
    if fsm:
        yield from FSM
    yield from (*COARSE, "techmap", GATES, GATES)
    for command in REGISTERS:
        yield command.format(registers=registers)
    script = ";".join([f"read_scl {cells}", *CLEAN_UP, *_mapping(mapper)]).replace(" ", ",")
    yield f"abc -genlib {genlib} -script +{script}"
    yield "opt_clean"


def _mapping(mapper: int | None) -> Iterator[str]:
    if mapper is not None:
        yield from MAPPERS[mapper]
        return
    yield "backup"
    for steps in MAPPERS:
        yield "restore"
        yield from (*steps, *REPORT)
