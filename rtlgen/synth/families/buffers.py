"""Handshakes: one-entry buffers, skid buffers, credits, requests with acknowledge."""

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
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import counted

Items = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """A stage of a pipeline with valid and ready on both sides."""

    timing: ClockAndReset
    in_valid: str
    in_ready: str
    in_data: str
    out_valid: str
    out_ready: str
    out_data: str
    width: int
    places: int
    """1: a register that passes ready through; 2: a skid buffer."""

    def behavior(self) -> Clocked[Items]:
        """Return a model of what is stored, oldest first."""

        def ready(items: Items, given: Values) -> int:
            if self.places == 1:
                return int(not items or given[self.out_ready] == 1)
            return int(len(items) < self.places)

        def told(items: Items, given: Values) -> Outputs:
            return {
                self.in_ready: ready(items, given),
                self.out_valid: int(bool(items)),
                self.out_data: items[0] if items else None,
            }

        def after(items: Items, given: Values) -> Items:
            fresh = (given[self.in_data],) if given[self.in_valid] and ready(items, given) else ()
            return (items[1:] if items and given[self.out_ready] else items) + fresh

        return Clocked(
            reset=(),
            outputs=told,
            following=after,
            unknown=(self.in_ready, self.out_valid, self.out_data),
        )

    def body(self, slip: str = "") -> str:
        return self._register(slip) if self.places == 1 else self._skid(slip)

    def _register(self, slip: str) -> str:
        ready = f"!{self.out_valid} || {self.out_ready}"
        ready = f"!{self.out_valid}" if slip == "needs-a-gap" else ready
        taken = f"{self.in_valid} && {self.in_ready}"
        when = self.in_valid if slip == "ignores-ready" else taken
        return f"assign {self.in_ready} = {ready};\n\n" + self.timing.always(
            f"if ({when}) begin\n    {self.out_valid} <= 1'b1;\n"
            f"    {self.out_data} <= {self.in_data};\n"
            f"end else if ({self.out_ready})\n    {self.out_valid} <= 1'b0;",
            f"{self.out_valid} <= 1'b0;\n{self.out_data} <= {self.width}'d0;",
        )

    def _skid(self, slip: str) -> str:
        shift = f"{self.out_data} <= spare;" if slip != "drops-spare" else ""
        full = "!spare_valid" if slip != "needs-a-gap" else f"!spare_valid && !{self.out_valid}"
        return (
            f"reg spare_valid;\nreg {size_of(self.width)}spare;\n\n"
            f"assign {self.in_ready} = {full};\n\n"
            + self.timing.always(
                f"if ({self.out_ready} || !{self.out_valid}) begin\n"
                f"    if (spare_valid) begin\n        {self.out_valid} <= 1'b1;\n"
                + (f"        {shift}\n" if shift else "")
                + f"        spare_valid <= 1'b0;\n    end else begin\n"
                f"        {self.out_valid} <= {self.in_valid} && {self.in_ready};\n"
                f"        {self.out_data} <= {self.in_data};\n    end\n"
                f"end else if ({self.in_valid} && {self.in_ready}) begin\n"
                f"    spare_valid <= 1'b1;\n    spare <= {self.in_data};\nend",
                f"{self.out_valid} <= 1'b0;\n{self.out_data} <= {self.width}'d0;\n"
                f"spare_valid <= 1'b0;\nspare <= {self.width}'d0;",
            )
        )

    def slips(self) -> tuple[Slip, ...]:
        names = ("needs-a-gap", "ignores-ready" if self.places == 1 else "drops-spare")
        return tuple(Slip(name=name, body=self.body(name)) for name in names)

    def vectors(self) -> tuple[Values, ...]:
        """Return all orders in which the two sides can be willing, over a few cycles."""
        plan = "11 10 10 10 01 01 01 11 11 10 11 10 01 11 00 01 01 11 10 01 10 11 01 01"
        most = (1 << self.width) - 1
        return tuple(
            {
                self.in_valid: int(pair[0]),
                self.out_ready: int(pair[1]),
                self.in_data: (3 * at + 1) & most,
            }
            for at, pair in enumerate(plan.split())
        )


def _stage(draw: Draw) -> Drawn:
    draw.take("spare", "spare_valid")
    left, right = draw.one_of(("in", "out"), ("s", "m"), ("up", "down"), ("i", "o"), ("src", "dst"))
    after = draw.chance(0.4)
    parts = ("valid", "ready", "data")
    one, other = ([f"{p}_{s}" if after else f"{s}_{p}" for p in parts] for s in (left, right))
    draw.take(*one, *other)
    it = _Stage(
        timing=draw.timing(),
        in_valid=one[0],
        in_ready=one[1],
        in_data=one[2],
        out_valid=other[0],
        out_ready=other[1],
        out_data=other[2],
        width=draw.one_of(1, 4, 8, 16, 32, draw.integer(2, 32)),
        places=draw.one_of(1, 2),
    )
    return Drawn(
        parameters={"width": it.width, "places": it.places},
        ports=(
            *inputs((it.in_valid, 1), (it.in_data, it.width), (it.out_ready, 1)),
            *outputs((it.in_ready, 1), (it.out_valid, 1), (it.out_data, it.width)),
        ),
        timing=it.timing,
        words=_stage_words(draw, it),
        body=it.body(),
        registered=(it.out_valid, it.out_data),
        behavior=it.behavior(),
        vectors=it.vectors(),
        slips=it.slips(),
        module="pipeline_register" if it.places == 1 else "skid_buffer",
    )


def _ready(draw: Draw, it: _Stage) -> str:
    if it.places == 1:
        return draw.phrase(
            f"There is room for one item. {it.in_ready} is 1 if the register is empty or if"
            f" {it.out_ready} is 1, so that items can follow each other without a gap.",
            f"{it.in_ready} is the OR of {it.out_ready} and not {it.out_valid}: the single place"
            " can be refilled in the cycle in which it is emptied.",
        )
    return draw.phrase(
        f"There is room for two items. {it.in_ready} is 1 while fewer than two are stored,"
        f" whatever {it.out_ready} is.",
        f"{it.in_ready} depends on the stored state only: it is 0 exactly while both of the two"
        " places are taken.",
    )


def _stage_words(draw: Draw, it: _Stage) -> Words:
    what = "pipeline register with valid/ready" if it.places == 1 else "two-entry skid buffer"
    hand = draw.phrase(
        f"An item on {it.in_data} passes in at a clock edge with {it.in_valid} and {it.in_ready}"
        f" both 1, and one passes out at an edge with {it.out_valid} and {it.out_ready} both 1.",
        f"On the input side a word is taken from {it.in_data} when {it.in_valid} and"
        f" {it.in_ready} are 1 at the clock edge; on the output side one is handed over when"
        f" {it.out_valid} and {it.out_ready} are.",
    )
    kept = draw.phrase(
        f"{it.out_valid} is 1 while an item is stored; the oldest one is on {it.out_data}, which"
        " may be anything while nothing is stored.",
        f"Stored words leave in the order in which they came. {it.out_valid} says that there is"
        f" one, on {it.out_data}; without one, {it.out_data} does not matter.",
    )
    ready = _ready(draw, it)
    delay = "An item that comes in is visible at the output in the next cycle at the earliest."
    return Words(
        title=f"{it.width}-bit {what}",
        terse=f"a {what}, {it.width} bit{'s' * (it.width > 1)} wide. {hand} {ready} {kept} {delay}",
        plain=draw.phrase(
            f"Implement a {what}.",
            f"Two units are connected by valid and ready signals; between them stands a {what}.",
            f"This is a {what} for words of {counted(it.width, 'bit')}.",
        )
        + f" {hand} {ready} {kept} {delay}",
        points=(hand, ready, kept, delay),
        after_reset="nothing is stored",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credit:
    """A sender that may send as often as it has credits."""

    timing: ClockAndReset
    want: str
    back: str
    send: str
    left: str
    most: int
    start: int

    @property
    def width(self) -> int:
        return self.most.bit_length()

    def behavior(self) -> Clocked[int]:
        def told(credits: int, given: Values) -> Outputs:
            return {self.send: int(given[self.want] and credits > 0), self.left: credits}

        def after(credits: int, given: Values) -> int:
            spent = 1 if given[self.want] and credits > 0 else 0
            return min(credits - spent + given[self.back], self.most)

        return Clocked(
            reset=self.start, outputs=told, following=after, unknown=(self.send, self.left)
        )

    def body(self, slip: str = "") -> str:
        w = self.width
        both = f" && !{self.back}" if slip != "loses-returned" else ""
        limit = f" && {self.left} != {w}'d{self.most}" if slip != "no-limit" else ""
        spend = f"{self.send}{both}"
        gain = f"{self.back} && !{self.send}{limit}"
        return (
            f"assign {self.send} = {self.want} && ({self.left} != {w}'d0);\n\n"
            + self.timing.always(
                f"if ({spend})\n    {self.left} <= {self.left} - 1'b1;\n"
                f"else if ({gain})\n    {self.left} <= {self.left} + 1'b1;",
                f"{self.left} <= {w}'d{self.start};",
            )
        )


def _credit(draw: Draw) -> Drawn:
    most = draw.integer(1, 20)
    it = _Credit(
        timing=draw.timing(),
        want=draw.name("want", "req", "send_req", "in_valid"),
        back=draw.name("credit_in", "give_back", "returned", "credit_return"),
        send=draw.name("send", "fire", "go", "out_valid"),
        left=draw.name("credits", "left", "tokens", "credit_count"),
        most=most,
        start=draw.one_of(most, most, 0),
    )
    return Drawn(
        parameters={"most": it.most, "start": it.start},
        ports=(*inputs((it.want, 1), (it.back, 1)), *outputs((it.send, 1), (it.left, it.width))),
        timing=it.timing,
        words=_credit_words(draw, it),
        body=it.body(),
        registered=(it.left,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.want, 1), (it.back, 1))),
        slips=(
            Slip(name="loses-returned", body=it.body("loses-returned")),
            *([Slip(name="no-limit", body=it.body("no-limit"))] * (it.most > 1)),
            Slip(name="wrong-reset-value", body=replace(it, start=it.most - it.start).body()),
        ),
        module="credit_counter",
    )


def _credit_words(draw: Draw, it: _Credit) -> Words:
    sends = draw.phrase(
        f"{it.send} is 1, in the same cycle, if {it.want} is 1 and {it.left} is not 0.",
        f"Without delay, {it.send} is the AND of {it.want} and having at least one credit.",
    )
    moves = draw.phrase(
        f"At a clock edge {it.left} decreases by 1 if {it.send} is 1, and increases by 1 if"
        f" {it.back} is 1; if both are, it stays the same.",
        f"Each cycle with {it.send} costs a credit, each cycle with {it.back} brings one; both"
        " together leave the number as it is.",
    )
    limit = draw.phrase(
        f"There are never more than {it.most}: a credit returned beyond that is lost.",
        f"The count stops at {it.most} and does not wrap around.",
    )
    return Words(
        title="credit-based flow control",
        terse=f"a credit counter for a sender, at most {it.most} credits. {sends} {moves} {limit}",
        plain=draw.phrase(
            f"A sender may send only while it has credits, the number of which is {it.left}.",
            f"Flow control with credits: {it.left} is how many the sender has.",
            f"Think of tokens: {it.left} of them are at hand, one is spent for each item sent.",
        )
        + f" {sends} {moves} {limit}",
        points=(f"{it.left} is the number of credits.", sends, moves, limit),
        after_reset=f"{it.left} is {it.start}",
    )


FAMILIES = (
    Family(name="valid-ready-stage", kind="handshakes", draw=_stage),
    Family(name="credit-counter", kind="handshakes", draw=_credit),
)
"""The families of this module."""
