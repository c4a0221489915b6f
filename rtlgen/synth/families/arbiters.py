"""Arbiters: who may use what is there only once."""

from __future__ import annotations

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
from rtlgen.synth.families._words import number

REQUESTS = ("req", "request", "r", "req_i", "ask")
GRANTS = ("grant", "gnt", "g", "grant_o", "ack")


def hot(width: int, at: int) -> str:
    """Return the Verilog number with one bit set."""
    return f"{width}'b{1 << at:0{width}b}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fixed:
    """Fixed priority; a grant lasts as long as its request, or just one cycle."""

    timing: ClockAndReset
    req: str
    gnt: str
    count: int
    low_first: bool
    holds: bool
    gap: bool
    """Whether a cycle without grant follows each grant's end."""

    @property
    def order(self) -> list[int]:
        """Return requesters from the highest priority to the lowest."""
        return list(range(self.count)) if self.low_first else list(range(self.count))[::-1]

    def behavior(self) -> Clocked[int]:
        """Return a model of the one who has the grant, -1 for nobody."""

        def after(owner: int, req: int) -> int:
            if self.holds and owner >= 0 and req >> owner & 1:
                return owner
            if self.holds and self.gap and owner >= 0:
                return -1
            return next((i for i in self.order if req >> i & 1), -1)

        return Clocked(
            reset=-1,
            outputs=lambda owner, _: {self.gnt: 1 << owner if owner >= 0 else 0},
            following=lambda owner, given: after(owner, given[self.req]),
            unknown=(self.gnt,),
        )

    def body(self) -> str:
        zero = f"{self.count}'b{0:0{self.count}b}"
        tests = [f"({self.req}[{i}])\n    {self.gnt} <= {hot(self.count, i)};" for i in self.order]
        if self.holds:
            tests.insert(0, f"(({self.gnt} & {self.req}) != {zero})\n    {self.gnt} <= {self.gnt};")
            if self.gap:
                tests.insert(1, f"({self.gnt} != {zero})\n    {self.gnt} <= {zero};")
        chain = "if " + "\nelse if ".join(tests) + f"\nelse\n    {self.gnt} <= {zero};"
        return self.timing.always(chain, f"{self.gnt} <= {zero};")

    def states(self) -> str:
        """Return the RTL as a state machine with a state for each owner."""
        width = self.count.bit_length()
        names = ["IDLE", *(f"GRANT{i}" for i in range(self.count))]
        constants = ", ".join(f"{n} = {width}'d{i}" for i, n in enumerate(names))
        arms = [self._arm(at) for at in range(-1, self.count)]
        case = "\n".join([*arms, "default: next_state = IDLE;"])
        wires = "\n".join(
            f"assign {self.gnt}[{i}] = (state == GRANT{i});" for i in range(self.count)
        )
        return (
            f"localparam {constants};\n\nreg [{width - 1}:0] state, next_state;\n\n"
            f"always @(*) begin\n    case (state)\n{indented(case, 2)}\n    endcase\nend\n\n"
            + self.timing.always("state <= next_state;", "state <= IDLE;")
            + f"\n\n{wires}"
        )

    def _arm(self, owner: int) -> str:
        name = "IDLE" if owner < 0 else f"GRANT{owner}"
        tests = [f"if ({self.req}[{i}]) next_state = GRANT{i};" for i in self.order]
        if owner >= 0 and self.holds:
            mine = f"if ({self.req}[{owner}]) next_state = {name};"
            tests = [mine, *([] if self.gap else [t for t in tests if t != mine])]
        chain = "\nelse ".join([*tests, "next_state = IDLE;"])
        return f"{name}: begin\n{indented(chain)}\nend"

    def slips(self, style: str) -> tuple[Slip, ...]:
        def body(it: _Fixed) -> str:
            return it.body() if style == "grant" else it.states()

        return (
            Slip(name="wrong-priority", body=body(replace(self, low_first=not self.low_first))),
            Slip(name="wrong-hold", body=body(replace(self, holds=not self.holds))),
            *([Slip(name="wrong-gap", body=body(replace(self, gap=not self.gap)))] * self.holds),
        )


def _fixed(draw: Draw) -> Drawn:
    draw.take("state", "next_state")
    it = _Fixed(
        timing=draw.timing(),
        req=draw.name(*REQUESTS),
        gnt=draw.name(*GRANTS),
        count=draw.integer(2, 6),
        low_first=draw.chance(0.6),
        holds=draw.chance(0.75),
        gap=draw.chance(0.4),
    )
    style = draw.style("states", "grant")
    return Drawn(
        parameters={
            "count": it.count,
            "low": int(it.low_first),
            "holds": int(it.holds),
            "gap": int(it.gap and it.holds),
        },
        ports=(*inputs((it.req, it.count)), *outputs((it.gnt, it.count))),
        timing=it.timing,
        words=_fixed_words(draw, it),
        body=it.body() if style == "grant" else it.states(),
        registered=(it.gnt,) if style == "grant" else (),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.req, it.count)), limit=250),
        slips=it.slips(style),
        module="priority_arbiter",
    )


def _priority(draw: Draw, it: _Fixed) -> str:
    best, worst = it.order[0], it.order[-1]
    return draw.phrase(
        f"{it.req}[{best}] has the highest priority and {it.req}[{worst}] the lowest.",
        f"Requester {best} comes first, then {', '.join(str(i) for i in it.order[1:])}.",
        f"Among several requests, the one with the {'lowest' if it.low_first else 'highest'} index"
        " wins.",
    )


def _holding(draw: Draw, it: _Fixed) -> str:
    if not it.holds:
        return draw.phrase(
            "At every clock edge the choice is made anew from the requests of that moment.",
            "A grant is not kept: each clock edge decides again.",
        )
    end = (
        "the next cycle has no grant at all, and only then the choice is made again"
        if it.gap
        else "the same clock edge gives the grant to the next one by priority, if there is one"
    )
    return draw.phrase(
        "Whoever has the grant keeps it as long as its request stays 1, even if a request of higher"
        f" priority comes up. When it drops its request, {end}.",
        f"There is no preemption: a grant lasts while its request is 1. Once that is sampled as 0,"
        f" {end}.",
    )


def _fixed_words(draw: Draw, it: _Fixed) -> Words:
    n = draw.phrase(number(it.count), str(it.count))
    regs = draw.phrase(
        f"{it.gnt} changes only at clock edges: it reflects the requests sampled at the edge"
        " before.",
        f"{it.gnt} is a Moore output; a request is answered at the clock edge that samples it at"
        " the earliest.",
    )
    one = draw.phrase(
        f"At most one bit of {it.gnt} is 1; bit i belongs to {it.req}[i]. Without requests to serve"
        " all of them are 0.",
        f"{it.gnt}[i] answers {it.req}[i]. Never more than one bit of it is set, and none if there"
        " is nobody to serve.",
    )
    order, held = _priority(draw, it), _holding(draw, it)
    return Words(
        title=f"fixed-priority arbiter for {n} requesters",
        terse=draw.phrase(
            f"a fixed-priority arbiter from {it.req} to one-hot {it.gnt}. {order} {held}",
            f"an arbiter for {n} requesters with registered grants. {order} {held}",
        ),
        plain=draw.phrase(
            f"{n.capitalize()} devices ask for a shared resource with {it.req}.",
            f"An arbiter decides which of {n} requesters may go ahead.",
            f"Implement an arbiter with {n} request lines and as many grant lines.",
            f"Only one of {n} users can have the bus at a time.",
        )
        + f" {one} {order} {held} {regs}",
        points=(one, order, held, regs),
        after_reset="nobody has a grant",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Robin:
    """Round robin: the search starts behind the one served last."""

    timing: ClockAndReset
    req: str
    gnt: str
    count: int
    registered: bool
    holds: bool

    @property
    def width(self) -> int:
        return max(1, (self.count - 1).bit_length())

    def first(self, last: int, req: int) -> int:
        """Return who is served after `last`, -1 for nobody."""
        turns = ((last + 1 + i) % self.count for i in range(self.count))
        return next((i for i in turns if req >> i & 1), -1)

    def behavior(self) -> Clocked[tuple[int, int]]:
        """Return a model of (who was served last, who has the grant now)."""

        def now(state: tuple[int, int], req: int) -> int:
            last, owner = state
            if self.holds and owner >= 0 and req >> owner & 1:
                return owner
            return self.first(last, req)

        def after(state: tuple[int, int], req: int) -> tuple[int, int]:
            chosen = now(state, req)
            return (state[0] if chosen < 0 else chosen), (chosen if self.registered else -1)

        def told(state: tuple[int, int], req: int) -> int:
            owner = state[1] if self.registered else self.first(state[0], req)
            return 1 << owner if owner >= 0 else 0

        return Clocked(
            reset=(self.count - 1, -1),
            outputs=lambda state, given: {self.gnt: told(state, given[self.req])},
            following=lambda state, given: after(state, given[self.req]),
            unknown=(self.gnt,),
        )

    def body(self, *, fixed: bool = False) -> str:
        """Return the RTL; `fixed` never moves on."""
        zero = f"{self.count}'b{0:0{self.count}b}"
        target = "chosen" if self.registered else self.gnt
        number = f"{self.width}'d"
        arms = [
            f"{number}{last}: begin\n{indented(self._chain(last, target))}\nend"
            for last in range(self.count)
        ]
        case = "\n".join([*arms, f"default: {target} = {zero};"])
        steps = [f"if ({target}[{i}]) last <= {number}{i};" for i in range(self.count)]
        update = "" if fixed else "\nelse ".join(steps)
        reset = f"last <= {number}{self.count - 1};"
        declared = f"reg {f'[{self.width - 1}:0] ' if self.width > 1 else ''}last;"
        choice = f"case (last)\n{indented(case)}\nendcase"
        if self.registered:
            declared += f"\nreg [{self.count - 1}:0] chosen;"
            update = f"{self.gnt} <= chosen;\n{update}".strip()
            reset = f"{self.gnt} <= {zero};\n{reset}"
            if self.holds:
                choice = (
                    f"if (({self.gnt} & {self.req}) != {zero})\n    {target} = {self.gnt};\n"
                    f"else begin\n{indented(choice)}\nend"
                )
        update = update or "last <= last;"
        return f"{declared}\n\nalways @(*) begin\n{indented(choice)}\nend\n\n" + self.timing.always(
            update, reset
        )

    def _chain(self, last: int, target: str) -> str:
        turns = [(last + 1 + i) % self.count for i in range(self.count)]
        tests = [f"if ({self.req}[{i}]) {target} = {hot(self.count, i)};" for i in turns]
        zero = f"{self.count}'b{0:0{self.count}b}"
        return "\nelse ".join([*tests, f"{target} = {zero};"])


def _robin(draw: Draw) -> Drawn:
    draw.take("last", "chosen")
    registered = draw.chance(0.6)
    it = _Robin(
        timing=draw.timing(),
        req=draw.name(*REQUESTS),
        gnt=draw.name(*GRANTS),
        count=draw.integer(2, 5),
        registered=registered,
        holds=registered and draw.chance(0.5),
    )
    slips = [Slip(name="never-rotates", body=it.body(fixed=True))]
    if it.registered:
        slips.append(Slip(name="wrong-hold", body=replace(it, holds=not it.holds).body()))
    return Drawn(
        parameters={"count": it.count, "registered": int(it.registered), "holds": int(it.holds)},
        ports=(*inputs((it.req, it.count)), *outputs((it.gnt, it.count))),
        timing=it.timing,
        words=_robin_words(draw, it),
        body=it.body(),
        registered=(it.gnt,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.req, it.count)), limit=250),
        slips=tuple(slips),
        module="round_robin_arbiter",
    )


def _robin_words(draw: Draw, it: _Robin) -> Words:
    n = draw.phrase(number(it.count), str(it.count))
    turn = draw.phrase(
        "The search for a request begins with the requester that follows the one served last and"
        f" goes upwards in cyclic order (after {it.count - 1} comes 0).",
        "Whoever was served last has the lowest priority next time; the one with the next higher"
        f" index has the highest, and so on around, with 0 after {it.count - 1}.",
        f"Grants rotate: if i was served last, the order is i+1, i+2, ..., modulo {it.count}, and i"
        " itself comes last.",
    )
    first = draw.phrase(
        "After reset, requester 0 has the highest priority.",
        f"After reset it is as if requester {it.count - 1} had been served last.",
    )
    when = _robin_timing(draw, it)
    one = f"At most one bit of {it.gnt} is 1; {it.gnt}[i] answers {it.req}[i]."
    return Words(
        title=f"round-robin arbiter for {n} requesters",
        terse=draw.phrase(
            f"a round-robin arbiter for {n} requesters ({it.req} to {it.gnt}). {turn} {when}"
            f" {first}",
            f"a fair arbiter with rotating priority. {turn} {when} {first}",
        ),
        plain=draw.phrase(
            f"{n.capitalize()} units share one resource and take turns.",
            f"An arbiter with {n} requesters treats all of them alike.",
            f"Write a round-robin arbiter: requests come in on {it.req}, grants leave on {it.gnt}.",
        )
        + f" {one} {turn} {when} {first}",
        points=(one, turn, when, first),
        after_reset="requester 0 is first in turn" + (" and there is no grant" * it.registered),
    )


def _robin_timing(draw: Draw, it: _Robin) -> str:
    if not it.registered:
        return draw.phrase(
            f"{it.gnt} is combinational: it answers the requests of the same cycle, and all of its"
            " bits are 0 if there are none. Each clock edge remembers who was granted; without a"
            " grant nothing changes.",
            f"The grant for the present requests appears on {it.gnt} without delay (0 without any"
            " request). At the clock edge the one granted becomes the one served last.",
        )
    if it.holds:
        return (
            f"{it.gnt} is registered. Whoever has the grant keeps it while its request is 1 at the"
            " clock edge; otherwise that edge gives it to the next one, or to nobody if there is no"
            " request."
        )
    return (
        f"{it.gnt} is registered. Every clock edge chooses anew from the requests of that moment,"
        " so that nobody keeps the grant while others wait; without requests it becomes 0 and"
        " the one served last stays the same."
    )


FAMILIES = (
    Family(name="priority-arbiter", kind="arbiters", draw=_fixed),
    Family(name="round-robin-arbiter", kind="arbiters", draw=_robin),
)
"""The families of this module."""
