"""The synthesis flow that everything is measured by: Yosys commands and an ABC script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from symbolic.ppa_order import BACKWARD, FORWARD

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
CLEAN_UP = ("strash", "ifraig", "scorr", "dc2")
_BY_COVERS = ("dc2", "dch -f", "amap -m -F 4 -A 8")
_BY_CUTS = ("&get -n", "&dch -f", "&nf -R 1000 -F 10", "&put")
_RESTRUCTURED = ("&get -n", "&syn3", "&syn4", "&put", "dc2")
Mapper = tuple[str, tuple[str, ...]]
"""Which order of ports it sees the netlist in, and what it does after the clean-up."""
MAPPERS: tuple[Mapper, ...] = (
    (FORWARD, _BY_COVERS),
    (FORWARD, (*_RESTRUCTURED, *_BY_CUTS)),
    (BACKWARD, _BY_COVERS),
    (BACKWARD, _BY_CUTS),
)
"""Which is best differs; one alone would measure its luck as much as the design."""
EVEN = 0.005
"""Share of the area by which mappings may differ for the faster one to count."""
BUFFERS = ("topo", "buffer -c -N 12", "topo")
"""Without them, a net with a hundred loads has a delay that no user sees."""
REPORT = (*BUFFERS, "print_stats", "stime", "print_gates")

FLOW = (
    "; ".join([*FRONT, *COARSE, "techmap", GATES, *REGISTERS])
    + f"; the smallest of these, or the fastest where areas differ by at most {EVEN:.1%}: "
    + " or ".join(
        f"ports {order.removesuffix('.blif')}; "
        + "; ".join(f"abc {step}" for step in (*CLEAN_UP, *steps, *BUFFERS))
        for order, steps in MAPPERS
    )
)
"""The flow, for records."""


def mapped(
    *,
    mappers: Sequence[Mapper],
    fsm: bool,
    registers: str,
    genlib: str,
    cells: str,
    abc: str,
    report: bool = False,
) -> Iterator[str]:
    """Yield the commands that map a design that is read and whose hierarchy is known.

    `registers`, `genlib`, `cells` and `abc` are paths. With `report`, ABC says what each of the
    `mappers` comes to; the netlist is that of the last.
    """
    yield from FRONT
    if fsm:
        yield from FSM
    yield from (*COARSE, "techmap", GATES, GATES)
    for command in REGISTERS:
        yield command.format(registers=registers)
    script = ";".join([f"read_scl {cells}", *_mapping(mappers, report=report)]).replace(" ", ",")
    yield f"abc -exe {abc} -genlib {genlib} -script +{script}"
    yield "opt_clean"


def _mapping(mappers: Sequence[Mapper], *, report: bool) -> Iterator[str]:
    for order, some in groupby(mappers, key=itemgetter(0)):
        yield from (f"read_blif {order}", *CLEAN_UP, "backup")
        for _, steps in some:
            yield from ("restore", *steps, *(REPORT if report else BUFFERS))
