"""Names of single bits, and checks that every table makes of its names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_BIT = re.compile(r"([A-Za-z_][A-Za-z0-9_$]*)(?:\[(\d+)\])?")

_RESERVED = """
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic
    before begin bind bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle
    checker class clocking cmos config const constraint context continue cover covergroup
    coverpoint cross deassign default defparam design disable dist do edge else end endcase
    endchecker endclass endclocking endconfig endfunction endgenerate endgroup endinterface
    endmodule endpackage endprimitive endprogram endproperty endsequence endspecify endtable
    endtask enum event eventually expect export extends extern final first_match for force
    foreach forever fork forkjoin function generate genvar global highz0 highz1 if iff ifnone
    ignore_bins illegal_bins implements implies import incdir include initial inout input inside
    instance int integer interconnect interface intersect join join_any join_none large let
    liblist library local localparam logic longint macromodule matches medium modport module nand
    negedge nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or output package
    packed parameter pmos posedge primitive priority program property protected pull0 pull1
    pulldown pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence
    rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran
    rtranif0 rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared sequence
    shortint shortreal showcancelled signed small soft solve specify specparam static string
    strong strong0 strong1 struct super supply0 supply1 sync_accept_on sync_reject_on table tagged
    task this throughout time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand
    trior trireg type typedef union unique unique0 unsigned until until_with untyped use uwire var
    vectored virtual void wait wait_order wand weak weak0 weak1 while wildcard wire with within
    wor xnor xor
"""
KEYWORDS = frozenset(_RESERVED.split())
"""Words that Verilog or SystemVerilog reserves."""


def check_names(names: Sequence[str], role: str) -> None:
    """Refuse names that are no bits, or that stand twice.

    Raises:
        ValueError: Some name is malformed or repeated.
    """
    for name in names:
        if not _BIT.fullmatch(name):
            raise ValueError(
                f"{role} names must be single bits as Verilog writes them, not {name!r}\n\n"
                "hint: write `a`, or `x[3]` for one bit of a vector"
            )
    if len(set(names)) != len(names):
        raise ValueError(f"{role} names must differ, but {repeated(names)!r} stands twice")


def repeated(names: Sequence[str]) -> str | None:
    """Return the first name that stands a second time."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def split_bit(name: str) -> tuple[str, int | None]:
    """Return the port of a bit and its index: `x[3]` is `("x", 3)`, `a` is `("a", None)`."""
    found = _BIT.fullmatch(name)
    if found is None:
        raise ValueError(f"a bit must be written `a` or `x[3]`, not {name!r}")
    return found[1], int(found[2]) if found[2] is not None else None


def check_pattern(text: str, width: int, what: str) -> None:
    """Refuse a pattern of the wrong length or alphabet.

    Raises:
        ValueError: With `what` naming the place.
    """
    strange = set(text) - set("01-")
    if strange:
        raise ValueError(f"{what} must be written with 0, 1 and -, not {min(strange)!r}: {text!r}")
    if len(text) != width:
        raise ValueError(f"{what} must have {width} characters, not {len(text)}: {text!r}")


def identifier(text: str, taken: Iterable[str] = ()) -> str:
    """Return a legal Verilog identifier like `text` that is neither reserved nor in `taken`."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or "S"
    if name[0].isdigit():
        name = f"S{name}"
    used = set(taken)
    candidate, count = name, 1
    while candidate in used or candidate in KEYWORDS:
        candidate = f"{name}_{count}" if candidate != name or name in KEYWORDS else f"S_{name}"
        count += 1
    return candidate
