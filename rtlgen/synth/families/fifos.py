"""FIFOs, stacks and buffers between a writer and a reader."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Outputs,
    Slip,
    Values,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.families._chart_rtl import size_of
from rtlgen.synth.families._words import article, number

Items = tuple[int, ...]
Queue = tuple[Items, int]
"""What is stored, oldest first, and what the last read gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """Ports; empty where there is none."""

    wr: str
    rd: str
    din: str
    dout: str
    full: str
    empty: str
    count: str = ""
    almost_full: str = ""
    almost_empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Store:
    """A first-in first-out or last-in first-out memory with one clock."""

    timing: ClockAndReset
    names: _Names
    width: int
    depth: int
    """A power of two."""
    stack: bool
    falls_through: bool
    """Whether the next item is shown without being read."""
    high: int = 0
    low: int = 0

    @property
    def bits(self) -> int:
        """Width of an address."""
        return (self.depth - 1).bit_length()

    def given(self) -> tuple[tuple[str, int], ...]:
        return (self.names.wr, 1), (self.names.rd, 1), (self.names.din, self.width)

    def asked(self) -> tuple[tuple[str, int], ...]:
        """Return the outputs by name and width."""
        n = self.names
        flags = ((name, 1) for name in (n.full, n.empty, n.almost_full, n.almost_empty) if name)
        count = ((n.count, self.bits + 1),) if n.count else ()
        return ((n.dout, self.width), *flags, *count)

    def behavior(self) -> Clocked[Queue]:
        return Clocked(
            reset=((), 0),
            outputs=lambda state, _: self._told(*state),
            following=lambda state, given: self._after(*state, given),
            unknown=tuple(name for name, _ in self.asked()),
        )

    def _told(self, items: Items, last: int) -> Outputs:
        n, held = self.names, len(items)
        shown: int | None = last
        if self.falls_through:
            shown = (items[-1] if self.stack else items[0]) if items else None
        found: dict[str, int | None] = {
            n.dout: shown,
            n.full: int(held == self.depth),
            n.empty: int(not items),
            n.count: held,
            n.almost_full: int(held >= self.high),
            n.almost_empty: int(held <= self.low),
        }
        return {name: found[name] for name, _ in self.asked()}

    def _after(self, items: Items, last: int, given: Values) -> Queue:
        writes = given[self.names.wr] and len(items) < self.depth
        reads = given[self.names.rd] and items
        if self.stack and given[self.names.wr]:
            reads = 0
        if reads:
            last = items[-1] if self.stack else items[0]
            items = items[:-1] if self.stack else items[1:]
        return (*items, given[self.names.din]) if writes else items, last

    def flags(self) -> str:
        """Return what follows from the count."""
        n, w = self.names, self.bits + 1
        lines = [
            f"assign {n.full} = (count == {w}'d{self.depth});",
            f"assign {n.empty} = (count == {w}'d0);",
        ]
        if n.almost_full:
            lines.append(f"assign {n.almost_full} = (count >= {w}'d{self.high});")
        if n.almost_empty:
            lines.append(f"assign {n.almost_empty} = (count <= {w}'d{self.low});")
        if n.count:
            lines.append(f"assign {n.count} = count;")
        return "\n".join(lines)

    def body(self, style: str = "count", *, unguarded: bool = False, late: bool = False) -> str:
        """Return the RTL; `unguarded` writes into a full memory, `late` shows the wrong item."""
        if self.stack:
            return self._stack_body(unguarded=unguarded, late=late)
        n, a, w = self.names, self.bits, self.bits + 1
        full = "" if unguarded else f" && !{n.full}"
        wires = f"wire do_write = {n.wr}{full};\nwire do_read = {n.rd} && !{n.empty};"
        if style == "pointers":
            declared = f"reg [{a}:0] wr_ptr, rd_ptr;\nwire [{a}:0] count = wr_ptr - rd_ptr;"
            low = f"[{a - 1}:0]"
            update, reset, pw = "", "", w
        else:
            declared = f"reg {size_of(a)}wr_ptr, rd_ptr;\nreg [{a}:0] count;"
            low, pw = "", a
            update = (
                "if (do_write && !do_read)\n    count <= count + 1'b1;\n"
                "else if (do_read && !do_write)\n    count <= count - 1'b1;\n"
            )
            reset = f"count <= {w}'d0;\n"
        write = "if (do_write)\n    wr_ptr <= wr_ptr + 1'b1;\n"
        taken = "wr_ptr" if late else "rd_ptr"
        shown = "" if self.falls_through else f"    {n.dout} <= mem[{taken}{low}];\n"
        read = f"if (do_read) begin\n{shown}    rd_ptr <= rd_ptr + 1'b1;\nend"
        reset += f"wr_ptr <= {pw}'d0;\nrd_ptr <= {pw}'d0;"
        reset += "" if self.falls_through else f"\n{n.dout} <= {self.width}'d0;"
        through = f"\nassign {n.dout} = mem[{taken}{low}];" if self.falls_through else ""
        stored = replace(self.timing, reset="").always(
            f"if (do_write)\n    mem[wr_ptr{low}] <= {n.din};"
        )
        return (
            f"reg {size_of(self.width)}mem [0:{self.depth - 1}];\n{declared}\n\n{wires}\n\n"
            + f"{stored}\n\n"
            + self.timing.always(write + read + ("\n" + update.rstrip() if update else ""), reset)
            + f"\n\n{self.flags()}{through}"
        )

    def _stack_body(self, *, unguarded: bool, late: bool) -> str:
        n, a, w = self.names, self.bits, self.bits + 1
        full = "" if unguarded else f" && !{n.full}"
        top = f"count[{a - 1}:0]" + ("" if late else f" - {a}'d1")
        shown = "" if self.falls_through else f"    {n.dout} <= mem[top];\n"
        update = (
            f"if ({n.wr}{full}) begin\n    count <= count + 1'b1;\n"
            f"end else if ({n.rd} && !{n.wr} && !{n.empty}) begin\n"
            f"{shown}    count <= count - 1'b1;\nend"
        )
        reset = f"count <= {w}'d0;"
        reset += "" if self.falls_through else f"\n{n.dout} <= {self.width}'d0;"
        through = f"\nassign {n.dout} = mem[top];" if self.falls_through else ""
        stored = replace(self.timing, reset="").always(
            f"if ({n.wr}{full})\n    mem[count[{a - 1}:0]] <= {n.din};"
        )
        return (
            f"reg {size_of(self.width)}mem [0:{self.depth - 1}];\nreg [{a}:0] count;\n"
            f"wire {size_of(a)}top = {top};\n\n{stored}\n\n{self.timing.always(update, reset)}\n\n"
            f"{self.flags()}{through}"
        )

    def vectors(self) -> tuple[Values, ...]:
        """Return filling, overfilling, emptying, and both at once in each of these cases."""
        plan = [(1, 0)] * (self.depth + 2) + [(1, 1)] * 3 + [(0, 1)] * (self.depth + 2)
        plan += [(1, 1)] * 3 + [(1, 0)] * (self.depth // 2) + [(1, 1)] * (self.depth + 1)
        plan += [(0, 1)] * 2 + [(1, 0)] * self.depth + [(0, 0)] + [(0, 1)] * (self.depth + 1)
        most = (1 << self.width) - 1
        return tuple(
            {self.names.wr: w, self.names.rd: r, self.names.din: (i * 5 + 1) & most}
            for i, (w, r) in enumerate(plan)
        )


def _names(draw: Draw, stack: bool, flags: bool) -> _Names:
    push = draw.chance(0.5) or stack
    return _Names(
        wr=draw.name("push", "push_i") if push else draw.name("wr_en", "write", "we", "wr"),
        rd=draw.name("pop", "pop_i") if push else draw.name("rd_en", "read", "re", "rd"),
        din=draw.name("din", "data_in", "wdata", "wr_data", "d"),
        dout=draw.name("dout", "data_out", "rdata", "rd_data", "q"),
        full=draw.name("full", "is_full", "full_o"),
        empty=draw.name("empty", "is_empty", "empty_o"),
        count=draw.name("level", "fill", "used", "occupancy") if draw.chance(0.4) else "",
        almost_full=draw.name("almost_full", "afull") if flags else "",
        almost_empty=draw.name("almost_empty", "aempty") if flags and draw.chance(0.7) else "",
    )


def _store(draw: Draw, *, stack: bool) -> Drawn:
    draw.take("mem", "wr_ptr", "rd_ptr", "count", "do_write", "do_read", "top")
    depth = draw.one_of(2, 4, 4, 8, 8, 16)
    it = _Store(
        timing=draw.timing(),
        names=_names(draw, stack, depth > 2 and draw.chance(0.3)),
        width=draw.one_of(1, 4, 8, 8, 8, 16, draw.integer(2, 24)),
        depth=depth,
        stack=stack,
        falls_through=draw.chance(0.5),
        high=draw.integer(depth // 2 + 1, depth - 1) if depth > 2 else 1,
        low=draw.integer(1, depth // 2) if depth > 2 else 1,
    )
    style = draw.style("count", "pointers")
    return Drawn(
        parameters={
            "width": it.width,
            "depth": it.depth,
            "through": int(it.falls_through),
            "flags": f"{it.high if it.names.almost_full else 0}"
            f" {it.low if it.names.almost_empty else 0} {int(bool(it.names.count))}",
        },
        ports=(*inputs(*it.given()), *outputs(*it.asked())),
        timing=it.timing,
        words=_store_words(draw, it),
        body=it.body(style),
        registered=() if it.falls_through else (it.names.dout,),
        behavior=it.behavior(),
        vectors=it.vectors(),
        slips=_store_slips(it, style),
        module="lifo" if stack else "sync_fifo",
    )


def _store_slips(it: _Store, style: str) -> tuple[Slip, ...]:
    slips = [
        Slip(name="writes-when-full", body=it.body(style, unguarded=True)),
        Slip(name="wrong-address", body=it.body(style, late=True)),
    ]
    if it.names.almost_full:
        slips.append(Slip(name="wrong-threshold", body=replace(it, high=it.high + 1).body(style)))
    return tuple(slips)


def _fifo(draw: Draw) -> Drawn:
    return _store(draw, stack=False)


def _lifo(draw: Draw) -> Drawn:
    return _store(draw, stack=True)


def _moves(draw: Draw, it: _Store) -> str:
    n = it.names
    if it.stack:
        return draw.phrase(
            f"{n.wr} puts {n.din} on top of the stack at the clock edge; it is ignored while the"
            f" stack is full. {n.rd} takes the top item away, and is ignored while the stack is"
            f" empty. If both are 1, only {n.wr} counts ({n.rd} is ignored, even if the stack is"
            " full).",
            f"At a clock edge with {n.wr} = 1, {n.din} is pushed unless the stack is full. With"
            f" {n.rd} = 1 and {n.wr} = 0, the top item is popped unless there is none. While {n.wr}"
            f" is 1, {n.rd} has no effect.",
        )
    return draw.phrase(
        f"At a clock edge with {n.wr} = 1, {n.din} is stored unless {n.full} is 1; with {n.rd} = 1"
        f" the oldest item is removed unless {n.empty} is 1. Both can happen at the same edge.",
        f"{n.wr} writes {n.din}, {n.rd} reads. Writes while {n.full} is 1 and reads while {n.empty}"
        " is 1 are ignored, also when both are requested at once; otherwise both can be done in"
        " the same cycle.",
        f"{n.wr} appends {n.din} at the clock edge if the FIFO is not full before that edge, and"
        f" {n.rd} removes the first item if it is not empty before it. The two are independent of"
        " each other.",
    )


def _shows(draw: Draw, it: _Store) -> str:
    n = it.names
    which = "top item" if it.stack else "oldest item"
    if it.falls_through:
        return draw.phrase(
            f"{n.dout} shows the {which} all the time, without a read; while {n.empty} is 1 its"
            " value does not matter.",
            f"The {which} is visible on {n.dout} before it is removed (first-word fall-through);"
            " with nothing stored it may have any value.",
        )
    return draw.phrase(
        f"The item that a read removes appears on the registered output {n.dout} after that clock"
        " edge and stays there until the next successful read.",
        f"{n.dout} is a register that takes over the {which} when it is read and otherwise keeps"
        " its value.",
    )


def _flags(draw: Draw, it: _Store) -> list[str]:
    n = it.names
    lines = [
        draw.phrase(
            f"{n.full} is 1 while {it.depth} items are stored, {n.empty} while none is.",
            f"{n.empty} tells that nothing is stored, {n.full} that there are {it.depth} items.",
        )
    ]
    if n.almost_full:
        lines.append(f"{n.almost_full} is 1 while at least {it.high} items are stored.")
    if n.almost_empty:
        lines.append(f"{n.almost_empty} is 1 while at most {it.low} items are stored.")
    if n.count:
        lines.append(
            draw.phrase(f"{n.count} is the number of items.", f"{n.count} says how many there are.")
        )
    return lines


def _store_words(draw: Draw, it: _Store) -> Words:
    what = "stack (LIFO)" if it.stack else "synchronous FIFO"
    size = f"{it.depth} items of {it.width} bit{'s' * (it.width > 1)}"
    moves, shows, flags = _moves(draw, it), _shows(draw, it), _flags(draw, it)
    rest = " ".join([moves, shows, *flags])
    return Words(
        title=draw.phrase(f"{what} for {size}", f"{it.width}-bit {what}, depth {it.depth}"),
        terse=draw.phrase(
            f"{article(what)} for {size}. {rest}",
            f"{article(what)} with {it.depth} entries, {it.width} bits wide. {rest}",
        ),
        plain=draw.phrase(
            f"Implement {article(what)} that stores up to {size}.",
            f"A writer and a reader work with one clock and need a buffer: {article(what)} for"
            f" {size}.",
            f"Data is kept in {article(what)}; there is room for {number(it.depth)} words of"
            f" {it.width} bits.",
        )
        + " "
        + rest,
        points=(f"There is room for {size}.", moves, shows, *flags),
        after_reset="nothing is stored"
        + ("" if it.falls_through else f" and {it.names.dout} is 0"),
    )


FAMILIES = (
    Family(name="sync-fifo", kind="fifos", draw=_fifo, weight=1.5),
    Family(name="lifo", kind="fifos", draw=_lifo, weight=0.7, also=("sync-fifo",)),
)
"""The families of this module."""
