"""Machines that count and compute over serial streams."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Clocked, Drawn, Family, Slip, Words, inputs, outputs
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import number
from rtlgen.synth.families.detectors import BITS, FOUND

TESTS = {"exactly": "==", "at least": ">=", "at most": "<="}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Windows of n bits, one after the other, in each of which ones are counted."""

    timing: ClockAndReset
    x: str
    z: str
    length: int
    test: str
    count: int

    def holds(self, ones: int) -> bool:
        """Return whether a window with so many ones is reported."""
        if self.test == "exactly":
            return ones == self.count
        return ones >= self.count if self.test == "at least" else ones <= self.count

    def behavior(self) -> Clocked[tuple[int, int, int]]:
        """Return a model of (bits seen in the window, ones among them, whether to report)."""

        def after(state: tuple[int, int, int], bit: int) -> tuple[int, int, int]:
            seen, ones = state[0] + 1, state[1] + bit
            return (0, 0, int(self.holds(ones))) if seen == self.length else (seen, ones, 0)

        return Clocked(
            reset=(0, 0, 0),
            outputs=lambda state, _: {self.z: state[2]},
            following=lambda state, given: after(state, given[self.x]),
            unknown=(self.z,),
        )

    def body(self, *, keeps: bool = False) -> str:
        """Return the RTL; `keeps` forgets to count afresh in each window."""
        width = self.length.bit_length()
        last = f"position == {width}'d{self.length - 1}"
        again = "" if keeps else f"\n    ones <= {width}'d0;"
        total = f"wire [{width - 1}:0] total = ones + {self.x};"
        return (
            f"reg [{width - 1}:0] position;\nreg [{width - 1}:0] ones;\n{total}\n\n"
            + self.timing.always(
                f"if ({last}) begin\n    position <= {width}'d0;{again}\n"
                f"    {self.z} <= (total {TESTS[self.test]} {width}'d{self.count});\n"
                f"end else begin\n"
                f"    position <= position + 1'b1;\n    ones <= total;\n    {self.z} <= 1'b0;\nend",
                f"position <= {width}'d0;\nones <= {width}'d0;\n{self.z} <= 1'b0;",
            )
        )

    def slips(self) -> tuple[Slip, ...]:
        other = "at least" if self.test == "exactly" else "exactly"
        return (
            Slip(name="not-cleared", body=self.body(keeps=True)),
            Slip(name="wrong-comparison", body=replace(self, test=other).body()),
            Slip(name="off-by-one-length", body=replace(self, length=self.length + 1).body()),
        )


def _window(draw: Draw) -> Drawn:
    draw.take("position", "ones", "total")
    length = draw.integer(2, 10)
    test = draw.one_of("exactly", "exactly", "at least", "at most")
    low, high = (0, length) if test == "exactly" else (1, length - 1)
    it = _Window(
        timing=draw.timing(),
        x=draw.name(*BITS),
        z=draw.name(*FOUND),
        length=length,
        test=test,
        count=draw.integer(low, high),
    )
    return Drawn(
        parameters={"length": it.length, "test": it.test, "count": it.count},
        ports=(*inputs((it.x, 1)), *outputs((it.z, 1))),
        timing=it.timing,
        words=_window_words(draw, it),
        body=it.body(),
        registered=(it.z,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.x, 1)), limit=300),
        slips=it.slips(),
        module="window_counter",
    )


def _window_words(draw: Draw, it: _Window) -> Words:
    n = draw.phrase(number(it.length), str(it.length))
    k = f"{it.test} {draw.phrase(number(it.count), str(it.count))}"
    ones = draw.phrase(f"{k} of them were 1", f"{k} of these bits were ones", f"it had {k} ones")
    first = draw.phrase(
        "The first group begins with the first clock edge after reset; groups follow each other"
        " without a gap and do not overlap.",
        f"Bits 1 to {it.length} after reset are the first group, the next {n} bits the second one,"
        " and so on.",
        f"Groups are back to back, the first of them starting right after reset, so that every bit"
        f" belongs to one group of {n} bits.",
    )
    when = draw.phrase(
        f"In the cycle right after the clock edge that samples the last bit of a group, {it.z} is 1"
        f" if {ones}; in all other cycles it is 0.",
        f"If {ones}, {it.z} is 1 for one cycle, the one that follows the edge at which the group's"
        " last bit was taken; it is 0 at all other times.",
        f"{it.z} is a registered output: the edge that takes the last bit of a group sets it to 1"
        f" if {ones}, and every other edge clears it.",
    )
    return Words(
        title=f"counter of ones in groups of {n} bits",
        terse=draw.phrase(
            f"a checker of groups of {n} consecutive bits of {it.x}. {when} {first}",
            f"a circuit that splits {it.x} into groups of {n} bits. {first} {when}",
        ),
        plain=draw.phrase(
            f"The serial input {it.x}, one bit per clock edge, is divided into groups of {n} bits.",
            f"Count the ones among every {n} bits of {it.x}.",
            f"Take the bits of {it.x} in groups of {n}.",
        )
        + f" {first} {when}",
        points=(f"{it.x} is taken in groups of {n} bits, one bit per clock edge.", first, when),
        after_reset=f"a new group begins and {it.z} is 0",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remainder:
    """The remainder of a binary number that comes in bit by bit, highest bit first."""

    timing: ClockAndReset
    x: str
    result: str
    divisor: int
    flag: bool
    """Whether the output only says that the remainder is 0."""

    @property
    def width(self) -> int:
        return (self.divisor - 1).bit_length()

    def behavior(self) -> Clocked[int]:
        return Clocked(
            reset=0,
            outputs=lambda rest, _: {self.result: int(rest == 0) if self.flag else rest},
            following=lambda rest, given: (2 * rest + given[self.x]) % self.divisor,
            unknown=(self.result,),
        )

    def body(self, style: str, *, low_first: bool = False) -> str:
        """Return the RTL, as a table or with a subtraction."""
        register = "rest" if self.flag else self.result
        size = f"[{self.width - 1}:0] "
        lines = [f"reg {size}rest;"] if self.flag else []
        next_rest = self._table(register, low_first) if style == "table" else self._less(register)
        lines.append(next_rest)
        reset = f"{register} <= {self.width}'d0;"
        lines.append("\n" + self.timing.always(f"{register} <= next_rest;", reset))
        if self.flag:
            lines.append(f"\nassign {self.result} = (rest == {self.width}'d0);")
        return "\n".join(lines)

    def _table(self, register: str, low_first: bool) -> str:
        arms = []
        for rest in range(self.divisor):
            to = [(2 * rest + bit) % self.divisor for bit in (0, 1)]
            if low_first:
                to = [(rest + 2 * bit) % self.divisor for bit in (0, 1)]
            w = self.width
            arms.append(f"        {w}'d{rest}: next_rest = {self.x} ? {w}'d{to[1]} : {w}'d{to[0]};")
        return (
            f"reg [{self.width - 1}:0] next_rest;\n\nalways @(*) begin\n    case ({register})\n"
            + "\n".join(arms)
            + f"\n        default: next_rest = {self.width}'d0;\n    endcase\nend"
        )

    def _less(self, register: str) -> str:
        wide = self.width + 1
        return (
            f"wire [{self.width}:0] doubled = {{{register}, {self.x}}};\n"
            f"wire [{self.width}:0] reduced = (doubled >= {wide}'d{self.divisor}) ?"
            f" doubled - {wide}'d{self.divisor} : doubled;\n"
            f"wire [{self.width - 1}:0] next_rest = reduced[{self.width - 1}:0];"
        )


def _remainder(draw: Draw) -> Drawn:
    draw.take("rest", "next_rest", "doubled", "reduced")
    it = _Remainder(
        timing=draw.timing(),
        x=draw.name(*BITS),
        result=draw.name("z", "out", "rem", "divisible", "y"),
        divisor=draw.one_of(3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15),
        flag=draw.chance(0.6),
    )
    style = draw.style("table", "less")
    wrong = replace(it, divisor=it.divisor - 1) if it.divisor not in (9, 5) else it
    slips = [Slip(name="wrong-bit-order", body=it.body("table", low_first=True))]
    if wrong is not it:
        slips.append(Slip(name="wrong-divisor", body=wrong.body(style)))
    return Drawn(
        parameters={"divisor": it.divisor, "flag": int(it.flag)},
        ports=(*inputs((it.x, 1)), *outputs((it.result, 1 if it.flag else it.width))),
        timing=it.timing,
        words=_remainder_words(draw, it),
        body=it.body(style),
        registered=() if it.flag else (it.result,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.x, 1))),
        slips=tuple(slips),
        module="serial_remainder",
    )


def _remainder_words(draw: Draw, it: _Remainder) -> Words:
    d = draw.phrase(str(it.divisor), str(it.divisor), number(it.divisor))
    what = (
        f"{it.result} is 1 if the number received so far is divisible by {d}, and 0 otherwise"
        if it.flag
        else f"{it.result} is the remainder of the number received so far when divided by {d}"
    )
    order = draw.phrase(
        f"Each clock edge appends the bit {it.x} at the right end of the number, so the most"
        " significant bit comes first.",
        f"A binary number comes in on {it.x}, most significant bit first, one bit at every clock"
        " edge.",
        f"At each clock edge the number n becomes 2n + {it.x}.",
    )
    more = draw.phrase(
        "The number may become as long as it likes.",
        "There is no limit on its length.",
        "Any number of bits can follow.",
    )
    late = draw.phrase(
        "The output takes into account all bits that were sampled at earlier edges, not the one"
        " that is present now.",
        "It is a Moore output, so a bit counts from the clock edge on that samples it.",
    )
    start = "Before the first bit the number is 0."
    return Words(
        title=f"serial divisibility checker for {d}" if it.flag else f"serial remainder by {d}",
        terse=draw.phrase(
            f"a Moore machine in which {what}. {order} {start}",
            f"a circuit for serial numbers: {what}. {order} {start}",
        ),
        plain=draw.phrase(
            f"{order} At any time, {what}. {more} {late} {start}",
            f"The circuit works on a serial number. {order} At any time {what}. {start} {late}",
            f"We want to know about a number as its bits arrive: {what}. {order} {start} {late}",
        ),
        points=(order, f"{what}.", start, late, more),
        after_reset="the number is 0 again",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Complement:
    """Serial negation or addition of a constant, lowest bit first."""

    timing: ClockAndReset
    x: str
    z: str
    kind: str
    mealy: bool

    def digit(self, carry: int, given: int) -> tuple[int, int]:
        """Return the bit of the result and the carry or borrow into the next place."""
        if self.kind == "decrement":
            total = given - carry
            return total % 2, int(total < 0)
        total = (given if self.kind == "increment" else 1 - given) + carry
        return total % 2, total // 2

    def behavior(self) -> Clocked[tuple[int, int]]:
        """Return a model of (carry, result of the bit before)."""

        def after(state: tuple[int, int], given: int) -> tuple[int, int]:
            result, carry = self.digit(state[0], given)
            return carry, result

        return Clocked(
            reset=(1, 0),
            outputs=lambda state, given: {
                self.z: self.digit(state[0], given[self.x])[0] if self.mealy else state[1]
            },
            following=lambda state, given: after(state, given[self.x]),
            unknown=(self.z,),
        )

    def body(self, style: str) -> str:
        """Return the RTL: a flag for what is still to do, or named states."""
        ends = self.x if self.kind in ("negate", "decrement") else f"!{self.x}"
        same = f"~{self.x}" if self.kind == "negate" else self.x
        both = f"{same} ^ carry"
        kept = f"carry & {'~' if ends == self.x else ''}{self.x}"
        if style == "states":
            return self._states(ends, both)
        update, reset = f"carry <= {kept};", "carry <= 1'b1;"
        if self.mealy:
            return f"reg carry;\n\n{self.timing.always(update, reset)}\n\nassign {self.z} = {both};"
        update, reset = f"{update}\n{self.z} <= {both};", f"{reset}\n{self.z} <= 1'b0;"
        return f"reg carry;\n\n{self.timing.always(update, reset)}"

    def _states(self, ends: str, both: str) -> str:
        first = both.replace("carry", "1'b1")
        then = both.replace("carry", "1'b0")
        value = f"(state == FIRST) ? {first} : {then}"
        update, reset = "state <= next_state;", "state <= FIRST;"
        result = f"assign {self.z} = {value};"
        if not self.mealy:
            update, reset = f"{update}\n{self.z} <= {value};", f"{reset}\n{self.z} <= 1'b0;"
            result = ""
        return (
            "localparam FIRST = 1'b0, THEN = 1'b1;\n\nreg state, next_state;\n\n"
            "always @(*) begin\n    case (state)\n"
            f"        FIRST: next_state = {ends} ? THEN : FIRST;\n"
            "        THEN: next_state = THEN;\n        default: next_state = FIRST;\n"
            f"    endcase\nend\n\n{self.timing.always(update, reset)}\n\n{result}"
        ).rstrip()


def _complement(draw: Draw) -> Drawn:
    draw.take("carry", "state", "next_state")
    it = _Complement(
        timing=draw.timing(),
        x=draw.name(*BITS),
        z=draw.name(*FOUND[:2], "dout", "result"),
        kind=draw.one_of("negate", "increment", "decrement"),
        mealy=draw.chance(0.5),
    )
    style = draw.style("flag", "states")
    others = [k for k in ("negate", "increment", "decrement") if k != it.kind]
    return Drawn(
        parameters={"kind": it.kind, "mealy": int(it.mealy)},
        ports=(*inputs((it.x, 1)), *outputs((it.z, 1))),
        timing=it.timing,
        words=_complement_words(draw, it),
        body=it.body(style),
        registered=() if it.mealy else (it.z,),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.x, 1))),
        slips=tuple(
            Slip(name=f"does-{kind}", body=replace(it, kind=kind).body(style)) for kind in others
        ),
        module="serial_" + it.kind,
    )


HINTS = {
    "negate": "Bits up to and including the first 1 stay as they are, all later ones are inverted.",
    "increment": "Bits up to and including the first 0 are inverted, later ones stay.",
    "decrement": "Bits up to and including the first 1 are inverted, later ones stay.",
}
"""How the results come about, bit by bit."""


def _complement_words(draw: Draw, it: _Complement) -> Words:
    what = {
        "negate": draw.phrase("the two's complement of the number", "the number negated"),
        "increment": draw.phrase("the number plus 1", "the number incremented by one"),
        "decrement": draw.phrase("the number minus 1", "the number decremented by one"),
    }[it.kind]
    order = draw.phrase(
        f"A number comes in on {it.x}, least significant bit first, one bit per clock cycle.",
        f"{it.x} carries the bits of a number of any length, beginning with the lowest one; every"
        " clock cycle brings one bit.",
        f"Bits of a number arrive at {it.x} one per cycle, the least significant bit first.",
    )
    late = (
        f"{it.z} has the bit of the result that belongs to the present bit of {it.x}, in the same"
        " cycle (Mealy)."
        if it.mealy
        else f"{it.z} is registered: it has the bit of the result that belongs to the bit of"
        f" {it.x} sampled at the last clock edge (Moore)."
    )
    start = draw.phrase(
        "A number begins with the first cycle after reset and lasts until the next reset.",
        "Reset ends a number; the first bit after it is the lowest bit of a new one.",
    )
    hint = draw.phrase(HINTS[it.kind], HINTS[it.kind], "")
    kind = "Mealy" if it.mealy else "Moore"
    return Words(
        title=f"serial circuit that gives {what}",
        terse=draw.phrase(
            f"a {kind} machine that puts out {what} coming in on {it.x}, lowest bit first. {late}"
            f" {start}",
            f"a serial circuit for {what}. {order} {late} {start}",
        ),
        plain=draw.phrase(
            f"{order} On {it.z}, {what} goes out in the same order. {late} {start} {hint}",
            f"The circuit turns a serial number into {what}. {order} {late} {start} {hint}",
            f"Put {what} out on {it.z}, bit by bit. {order} {late} {start} {hint}",
        ).strip(),
        points=(order, f"{it.z} gives {what}.", late, start, *([hint] if hint else [])),
        after_reset="a new number begins" + ("" if it.mealy else f" and {it.z} is 0"),
    )


FAMILIES = (
    Family(name="window-counter", kind="streams", draw=_window),
    Family(name="serial-remainder", kind="streams", draw=_remainder),
    Family(name="serial-complementer", kind="streams", draw=_complement, weight=0.4),
)
"""The families of this module."""
