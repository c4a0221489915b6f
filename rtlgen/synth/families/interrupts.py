"""Requests that wait until they are served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Slip,
    Words,
    indented,
    inputs,
    outputs,
)
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """Requests are pulses that are kept until served."""

    timing: ClockAndReset
    req: str
    ack: str
    busy: str
    choice: str
    count: int
    low_first: bool

    @property
    def width(self) -> int:
        return max(1, (self.count - 1).bit_length())

    def best(self, waiting: int) -> int:
        """Return who is served among those waiting; there must be one."""
        known = [i for i in range(self.count) if waiting >> i & 1]
        return known[0] if self.low_first else known[-1]

    def behavior(self) -> Clocked[int]:
        """Return a model of who waits, a bit each."""

        def after(waiting: int, req: int, ack: int) -> int:
            served = 1 << self.best(waiting) if waiting and ack else 0
            return (waiting & ~served) | req

        return Clocked(
            reset=0,
            outputs=lambda waiting, _: {
                self.busy: int(waiting != 0),
                self.choice: self.best(waiting) if waiting else 0,
            },
            following=lambda waiting, given: after(waiting, given[self.req], given[self.ack]),
            unknown=(self.busy, self.choice),
        )

    def body(self, *, loses: bool = False) -> str:
        """Return the RTL; `loses` forgets a request that comes together with its service."""
        order = range(self.count) if self.low_first else range(self.count)[::-1]
        tests = [f"if (pending[{i}]) {self.choice} = {self.width}'d{i};" for i in order]
        chain = "\nelse ".join([*tests, f"{self.choice} = {self.width}'d0;"])
        served = f"({self.count}'d1 << {self.choice})"
        kept = f"(pending & ~{served}) | {self.req}"
        kept = f"(pending | {self.req}) & ~{served}" if loses else kept
        zero = f"{self.count}'d0"
        update = (
            f"if ({self.ack} && {self.busy})\n    pending <= {kept};\n"
            f"else\n    pending <= pending | {self.req};"
        )
        return (
            f"reg [{self.count - 1}:0] pending;\n\nalways @(*) begin\n{indented(chain)}\nend\n\n"
            f"assign {self.busy} = (pending != {zero});\n\n"
            + self.timing.always(update, f"pending <= {zero};")
        )


def _pending(draw: Draw) -> Drawn:
    draw.take("pending")
    it = _Pending(
        timing=draw.timing(),
        req=draw.name("irq", "req", "event_in", "pulse", "call"),
        ack=draw.name("ack", "served", "take", "clr"),
        busy=draw.name("any_req", "irq_out", "waiting", "active"),
        choice=draw.name("index", "id", "num", "who"),
        count=draw.integer(2, 8),
        low_first=draw.chance(0.6),
    )
    letter = letters((it.req, it.count), (it.ack, 1)) if it.count < 5 else ()
    return Drawn(
        parameters={"count": it.count, "low": int(it.low_first)},
        ports=(
            *inputs((it.req, it.count), (it.ack, 1)),
            *outputs((it.busy, 1), (it.choice, it.width)),
        ),
        timing=it.timing,
        words=_pending_words(draw, it),
        body=it.body(),
        registered=(it.choice,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letter, limit=200) if letter else _pulses(it),
        slips=(
            Slip(name="loses-request", body=it.body(loses=True)),
            Slip(name="wrong-priority", body=replace(it, low_first=not it.low_first).body()),
        ),
        module="interrupt_controller",
    )


def _pulses(it: _Pending) -> tuple[dict[str, int], ...]:
    rounds: Sequence[tuple[int, int]] = [(0, 0), ((1 << it.count) - 1, 0)]
    singles = [(1 << i, 1) for i in range(it.count)]
    rest = [(0, 1)] * (it.count + 2)
    return tuple({it.req: r, it.ack: a} for r, a in [*rounds, *rest, *singles, *rest])


def _pending_words(draw: Draw, it: _Pending) -> Words:
    n = counted(it.count, "source")
    best = "lowest" if it.low_first else "highest"
    kept = draw.phrase(
        f"A 1 on {it.req}[i] at a clock edge is remembered until source i has been served.",
        f"Each bit of {it.req} that is 1 at a clock edge makes its source wait; it does so until"
        " served, even if the bit goes back to 0.",
        f"Requests on {it.req} are short pulses, so they are stored.",
    )
    shown = draw.phrase(
        f"{it.busy} is 1 if any source waits, and {it.choice} is the {best} number among those"
        " that wait (0 if none does).",
        f"While at least one source waits, {it.busy} is 1 and {it.choice} is the one with the"
        f" {best} index; otherwise both are 0.",
    )
    served = draw.phrase(
        f"{it.ack} = 1 at a clock edge, while {it.busy} is 1, serves the source shown on"
        f" {it.choice}: it waits no longer, unless the same edge brings a new request of it, which"
        " is kept.",
        f"With {it.ack} at 1, the clock edge removes the source on {it.choice} from those waiting;"
        f" a request of it that arrives at the same edge is new and stays. {it.ack} has no effect"
        f" while {it.busy} is 0.",
    )
    now = "Requests show on the outputs after the clock edge that samples them, not before."
    return Words(
        title=f"interrupt controller for {n}",
        terse=draw.phrase(
            f"a controller that remembers requests of {n}. {kept} {shown} {served}",
            f"a pending-request register with priority encoder. {kept} {shown} {served}",
        ),
        plain=draw.phrase(
            f"There are {n}, numbered from 0.",
            f"An interrupt controller collects the requests of {n}.",
            f"Events of {n} are to be served one after another.",
        )
        + f" {kept} {shown} {served} {now}",
        points=(kept, shown, served, now),
        after_reset="no source waits",
    )


FAMILIES = (Family(name="pending-requests", kind="arbiters", draw=_pending),)
"""The families of this module."""
