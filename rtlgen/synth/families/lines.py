"""Two-wire conditions and line codes."""

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
from rtlgen.synth.families._tour import letters, tour

Wires = tuple[int, int, int]
"""Levels of clock and data line one cycle ago, and whether the bus is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _TwoWire:
    """Start and stop conditions on a clock and a data line."""

    timing: ClockAndReset
    scl: str
    sda: str
    start: str
    stop: str
    busy: str

    def behavior(self) -> Clocked[Wires]:
        def seen(state: Wires, given: Values) -> tuple[int, int]:
            quiet = state[0] and given[self.scl]
            falls = int(quiet and state[1] and not given[self.sda])
            rises = int(quiet and not state[1] and given[self.sda])
            return falls, rises

        def told(state: Wires, given: Values) -> Outputs:
            falls, rises = seen(state, given)
            return {self.start: falls, self.stop: rises, self.busy: state[2]}

        def after(state: Wires, given: Values) -> Wires:
            falls, rises = seen(state, given)
            return given[self.scl], given[self.sda], int((state[2] or falls) and not rises)

        return Clocked(
            reset=(1, 1, 0),
            outputs=told,
            following=after,
            unknown=(self.start, self.stop, self.busy),
        )

    def body(self, slip: str = "") -> str:
        quiet = "scl_last && " + self.scl if slip != "ignores-clock-line" else self.scl
        fall, rise = f"sda_last && !{self.sda}", f"!sda_last && {self.sda}"
        if slip == "swapped":
            fall, rise = rise, fall
        first = "1'b0" if slip == "wrong-reset-value" else "1'b1"
        return (
            "reg scl_last, sda_last;\n\n"
            f"assign {self.start} = {quiet} && {fall};\nassign {self.stop} = {quiet} && {rise};\n\n"
            + self.timing.always(
                f"scl_last <= {self.scl};\nsda_last <= {self.sda};\n"
                f"if ({self.start})\n    {self.busy} <= 1'b1;\n"
                f"else if ({self.stop})\n    {self.busy} <= 1'b0;",
                f"scl_last <= {first};\nsda_last <= {first};\n{self.busy} <= 1'b0;",
            )
        )


def _two_wire(draw: Draw) -> Drawn:
    draw.take("scl_last", "sda_last")
    suffix = draw.one_of("", "_i", "_in", "_sync")
    it = _TwoWire(
        timing=draw.timing(),
        scl=draw.name(f"scl{suffix}", f"clk_line{suffix}"),
        sda=draw.name(f"sda{suffix}", f"data_line{suffix}"),
        start=draw.name("start", "start_seen", "start_cond", "s_cond"),
        stop=draw.name("stop", "stop_seen", "stop_cond", "p_cond"),
        busy=draw.name("busy", "bus_busy", "in_use"),
    )
    slips = ("swapped", "ignores-clock-line")
    return Drawn(
        parameters={"suffix": suffix, "start": it.start, "busy": it.busy, "stop": it.stop},
        ports=(
            *inputs((it.scl, 1), (it.sda, 1)),
            *outputs((it.start, 1), (it.stop, 1), (it.busy, 1)),
        ),
        timing=it.timing,
        words=_two_wire_words(draw, it),
        body=it.body(),
        registered=(it.busy,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.scl, 1), (it.sda, 1))),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="bus_monitor",
    )


def _two_wire_words(draw: Draw, it: _TwoWire) -> Words:
    old = "at the previous clock edge"
    cond = draw.phrase(
        f"A start condition is a fall of {it.sda} while {it.scl} stays 1: {it.scl} was 1 {old}"
        f" and is 1 now, {it.sda} was 1 {old} and is 0 now. A stop condition is a rise of {it.sda}"
        " under the same circumstances.",
        f"If {it.scl} is 1 now and was 1 {old}, a change of {it.sda} has a meaning: from 1 (as"
        f" sampled {old}) to 0 (now) it is a start condition, from 0 to 1 a stop condition.",
    )
    now = draw.phrase(
        f"{it.start} and {it.stop} report this combinationally, in the very cycle in which the new"
        f" level of {it.sda} is there.",
        f"{it.start} is 1 in the cycle of a start condition, {it.stop} in that of a stop condition,"
        " both without waiting for the clock edge; else they are 0.",
    )
    busy = draw.phrase(
        f"{it.busy} is a register: it becomes 1 at the clock edge that ends a cycle with"
        f" {it.start},"
        f" and 0 at one that ends a cycle with {it.stop}.",
        "From the clock edge after a start condition until that after a stop condition"
        f" {it.busy} is"
        " 1.",
    )
    return Words(
        title="start and stop detector for a two-wire bus",
        terse=f"a monitor of a two-wire bus. {cond} {now} {busy}",
        plain=draw.phrase(
            f"Two lines, {it.scl} and {it.sda}, form a bus; both are already synchronous to the"
            " clock.",
            f"Watch the lines {it.scl} and {it.sda} of a two-wire bus.",
            "On a two-wire bus, the beginning and the end of a transfer are marked by changes of"
            " the data line.",
        )
        + f" {cond} {now} {busy}",
        points=(cond, now, busy),
        after_reset=f"{it.busy} is 0 and both lines are taken to have been 1",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    """A line code in which a level change stands for one of the two bits."""

    timing: ClockAndReset
    x: str
    y: str
    bit: int
    """The bit that is sent as a change."""
    decodes: bool
    registered: bool
    rest: int
    """The line's level after reset."""

    def behavior(self) -> Clocked[tuple[int, int]]:
        """Return a model of (the line's last level, last result)."""

        def result(level: int, given: int) -> int:
            if self.decodes:
                return self.bit if level != given else 1 - self.bit
            return 1 - level if given == self.bit else level

        def after(state: tuple[int, int], given: int) -> tuple[int, int]:
            value = result(state[0], given)
            return (given if self.decodes else value), value

        first = (1 - self.bit) if self.decodes else self.rest
        return Clocked(
            reset=(self.rest, first),
            outputs=lambda state, given: {
                self.y: state[1] if self.registered else result(state[0], given[self.x])
            },
            following=lambda state, given: after(state, given[self.x]),
            unknown=(self.y,),
        )

    def body(self) -> str:
        value = f"level ^ {self.x}" if self.bit else f"~(level ^ {self.x})"
        if not self.decodes and self.registered:
            value = value.replace("level", self.y)
            return self.timing.always(f"{self.y} <= {value};", f"{self.y} <= 1'b{self.rest};")
        kept = self.x if self.decodes else self.y
        update, reset = f"level <= {kept};", f"level <= 1'b{self.rest};"
        if not self.registered:
            return (
                f"reg level;\n\nassign {self.y} = {value};\n\n{self.timing.always(update, reset)}"
            )
        update += f"\n{self.y} <= {value};"
        reset += f"\n{self.y} <= 1'b{1 - self.bit};"
        return f"reg level;\n\n{self.timing.always(update, reset)}"


def _code(draw: Draw) -> Drawn:
    draw.take("level")
    it = _Code(
        timing=draw.timing(),
        x=draw.name("in", "d", "bit_in", "x"),
        y=draw.name("out", "line", "nrzi", "y", "q_out"),
        bit=draw.one_of(0, 1),
        decodes=draw.chance(0.5),
        registered=draw.chance(0.6),
        rest=draw.one_of(0, 1),
    )
    wrong = {
        "wrong-bit": replace(it, bit=1 - it.bit),
        "wrong-way": replace(it, decodes=not it.decodes),
    }
    return Drawn(
        parameters={
            "bit": it.bit,
            "decodes": int(it.decodes),
            "registered": int(it.registered),
            "rest": it.rest,
        },
        ports=(*inputs((it.x, 1)), *outputs((it.y, 1))),
        timing=it.timing,
        words=_code_words(draw, it),
        body=it.body(),
        registered=(it.y,) if it.registered else (),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.x, 1))),
        slips=tuple(Slip(name=name, body=other.body()) for name, other in wrong.items()),
        module="nrzi_decoder" if it.decodes else "nrzi_encoder",
    )


def _decoding(it: _Code) -> tuple[str, str, str]:
    """Return what goes where, when, and from which level on."""
    does = f"{it.x} is the coded line, one bit per cycle, and the decoded bit goes to {it.y}."
    when = (
        f"{it.y} is registered: each clock edge compares {it.x} with its value at the edge"
        " before and stores the bit that this stands for."
        if it.registered
        else f"{it.y} is combinational: it compares the present {it.x} with its value at the"
        " last clock edge."
    )
    rest = f"the level before the first bit is taken to be {it.rest}"
    rest += f" and {it.y} is {1 - it.bit}" if it.registered else ""
    return does, when, rest


def _encoding(it: _Code) -> tuple[str, str, str]:
    does = f"{it.x} brings one data bit per cycle, and {it.y} is the coded line."
    when = (
        f"{it.y} is a register that is inverted or kept at each clock edge, by the bit sampled"
        " there."
        if it.registered
        else f"{it.y} is combinational: it has the new level already in the cycle in which the"
        f" bit is on {it.x}. The level it has at the clock edge is the old one for the next"
        " bit."
    )
    rest = f"the line's level is {it.rest}"
    rest = rest if it.registered else f"the level before the first bit is taken to be {it.rest}"
    return does, when, rest


def _code_words(draw: Draw, it: _Code) -> Words:
    rule = draw.phrase(
        f"In this line code a {it.bit} is a change of the line's level and a {1 - it.bit} leaves"
        " the level as it is.",
        f"The code is NRZI: the level changes for each {it.bit}, and stays for each {1 - it.bit}.",
    )
    does, when, rest = (_decoding if it.decodes else _encoding)(it)
    what = "decoder" if it.decodes else "encoder"
    return Words(
        title=f"NRZI {what}",
        terse=f"an NRZI {what}. {rule} {does} {when}",
        plain=draw.phrase(
            f"{does} {rule} {when}",
            f"Implement the {what} of a line code. {rule} {does} {when}",
            f"{rule} {does} {when}",
        ),
        points=(rule, does, when),
        after_reset=rest,
    )


FAMILIES = (
    Family(name="two-wire-monitor", kind="serial links", draw=_two_wire, weight=0.3),
    Family(name="line-code", kind="serial links", draw=_code, weight=0.5),
)
"""The families of this module."""
