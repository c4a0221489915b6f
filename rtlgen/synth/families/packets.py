"""Finding packets in streams of words, and stuffed bits in streams of bits."""

from __future__ import annotations

from dataclasses import dataclass

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
    indented,
    inputs,
    outputs,
)
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import number, ordinal

Items = tuple[int, ...]
Found = tuple[Items, bool]
"""Words of the packet so far, and whether it has just been completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packet:
    """A packet of a fixed number of words, the first of which can be told by a mark."""

    timing: ClockAndReset
    data: str
    valid: str
    """Empty if each cycle brings a word."""
    done: str
    packet: str
    """Empty if only the end of a packet is reported."""
    width: int
    length: int
    mark: tuple[int, int]
    """Mask and value: a first word has this value in these bits."""

    def first(self, word: int) -> bool:
        """Return whether a word can begin a packet."""
        return word & self.mark[0] == self.mark[1]

    def behavior(self) -> Clocked[Found]:
        return Clocked(
            reset=((), False),
            outputs=lambda state, _: self._told(*state),
            following=lambda state, given: self._after(*state, given),
            unknown=(self.done, *([self.packet] if self.packet else [])),
        )

    def _told(self, words: Items, complete: bool) -> Outputs:
        found: dict[str, int | None] = {self.done: int(complete)}
        if self.packet:
            text = "".join(f"{word:0{self.width}b}" for word in words)
            found[self.packet] = int(text, 2) if complete else None
        return found

    def _after(self, words: Items, complete: bool, given: Values) -> Found:
        kept = () if complete else words
        if self.valid and not given[self.valid]:
            return kept, False
        word = given[self.data]
        if not kept and not self.first(word):
            return (), False
        grown = (*kept, word)
        return grown, len(grown) == self.length

    def test(self) -> str:
        """Return the condition that a first word meets."""
        mask, value = self.mark
        if mask == (1 << self.width) - 1:
            return f"{self.data} == {self.width}'h{value:0{(self.width + 3) // 4}x}"
        bit = mask.bit_length() - 1
        return f"{self.data}[{bit}]" if value else f"!{self.data}[{bit}]"

    def body(self, slip: str = "") -> str:
        """Return the RTL, with a state for each word that is awaited."""
        names = [f"WORD{i}" for i in range(1, self.length + 1)] + ["COMPLETE"]
        width = (len(names) - 1).bit_length()
        constants = ", ".join(f"{name} = {width}'d{i}" for i, name in enumerate(names))
        arms = [self._arm(names, at, slip) for at in range(len(names))]
        case = "\n".join([*arms, "default: next_state = WORD1;"])
        update, reset = "state <= next_state;", "state <= WORD1;"
        lines = f"assign {self.done} = (state == COMPLETE);"
        declared = f"reg [{width - 1}:0] state, next_state;"
        if self.packet:
            total = self.width * self.length
            declared += f"\nreg [{total - 1}:0] words;"
            shifted = f"{{words[{total - self.width - 1}:0], {self.data}}}"
            if slip == "wrong-word-order":
                shifted = f"{{{self.data}, words[{total - 1}:{self.width}]}}"
            keep = f"if ({self.valid})\n    " if self.valid else ""
            update += f"\n{keep}words <= {shifted};"
            reset += f"\nwords <= {total}'d0;"
            lines += f"\nassign {self.packet} = words;"
        return (
            f"localparam {constants};\n\n{declared}\n\nalways @(*) begin\n    case (state)\n"
            f"{indented(case, 2)}\n    endcase\nend\n\n"
            f"{self.timing.always(update, reset)}\n\n{lines}"
        )

    def _arm(self, names: list[str], at: int, slip: str) -> str:
        first = f"({self.test()})" if " " in self.test() else self.test()
        name, valid = names[at], self.valid
        if name == "COMPLETE" and slip == "misses-next-packet":
            return "COMPLETE: next_state = WORD1;"
        if name in ("WORD1", "COMPLETE"):
            test = f"({valid} && {first})" if valid else first
            return f"{name}: next_state = {test} ? {names[1]} : WORD1;"
        to = names[at + 1]
        if slip == "checks-every-word":
            to = f"({first} ? {to} : WORD1)"
        return f"{name}: next_state = {f'{valid} ? {to} : {name}' if valid else to};"

    def slips(self) -> tuple[Slip, ...]:
        names = ["misses-next-packet", "checks-every-word"]
        names += ["wrong-word-order"] if self.packet else []
        return tuple(Slip(name=name, body=self.body(name)) for name in names)

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        """Return packets close together, with words between, and with gaps."""
        plan: list[tuple[int, int]] = []
        for at in range(12):
            plan += [(self._word(draw, first=False), 1)] * (at % 3)
            for place in range(self.length):
                plan += [(self._word(draw, first=True), 0)] * (at % 4 == 3)
                plan.append((self._word(draw, first=place == 0 or draw.chance(0.4)), 1))
        return tuple({self.data: w, **({self.valid: v} if self.valid else {})} for w, v in plan)

    def _word(self, draw: Draw, *, first: bool) -> int:
        mask, value = self.mark
        word = draw.integer(0, (1 << self.width) - 1) & ~mask
        return word | (value if first else value ^ (mask & -mask))


def _packet(draw: Draw) -> Drawn:
    draw.take("state", "next_state", "words")
    width = draw.one_of(4, 8, 8, 8, 16)
    bit = draw.integer(0, width - 1)
    full = (1 << width) - 1
    mark = draw.one_of((1 << bit, 1 << bit), (1 << bit, 0), (full, draw.integer(1, full)))
    it = _Packet(
        timing=draw.timing(),
        data=draw.name("in", "data", "byte_in", "din", "word"),
        valid=draw.name("valid", "en", "strobe") if draw.chance(0.35) else "",
        done=draw.name("done", "msg_done", "complete", "got_packet"),
        packet=draw.name("message", "packet", "out_bytes", "frame") if draw.chance(0.55) else "",
        width=width,
        length=draw.integer(2, 6 if width < 16 else 4),
        mark=mark,
    )
    whole = ((it.packet, it.width * it.length),) if it.packet else ()
    return Drawn(
        parameters={
            "width": width,
            "length": it.length,
            "mark": str(mark),
            "valid": int(bool(it.valid)),
            "packet": int(bool(it.packet)),
        },
        ports=(
            *inputs((it.data, width), *([(it.valid, 1)] if it.valid else [])),
            *outputs(*whole, (it.done, 1)),
        ),
        timing=it.timing,
        words=_packet_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=it.slips(),
        module="packet_finder",
    )


def _mark(it: _Packet) -> str:
    mask, value = it.mark
    if mask == (1 << it.width) - 1:
        return f"its value is {value:X} in hexadecimal"
    return f"{it.data}[{mask.bit_length() - 1}] is {int(value != 0)} in it"


def _shown(draw: Draw, it: _Packet, word: str) -> str:
    return draw.phrase(
        f" In this cycle {it.packet} holds the whole message, its first {word} in the most"
        " significant bits; at other times it does not matter.",
        f" {it.packet} then is the concatenation of all {word}s of the message, the first one"
        f" on the left; while {it.done} is 0 it may be anything.",
    )


def _packet_words(draw: Draw, it: _Packet) -> Words:
    word = "byte" if it.width == 8 else "word"
    n = draw.phrase(number(it.length), str(it.length))
    mark = _mark(it)
    comes = f"each cycle with {it.valid} = 1 brings one" if it.valid else "one comes in each cycle"
    begins = draw.phrase(
        f"The first {word} of a message is recognized by this: {mark}. What is not part of a"
        " message is skipped.",
        f"A message can begin with a {word} only if {mark}; other {word}s are skipped while a"
        " beginning is sought.",
        f"Skip {word}s until there is one that can begin a message, which is so if {mark}.",
    )
    inside = draw.phrase(
        f"A message has {n} {word}s; from the {ordinal(2)} on they may have any value.",
        f"All messages are {n} {word}s long, and the {word}s after the first are not checked.",
    )
    ends = draw.phrase(
        f"{it.done} is 1 for one cycle, right after the clock edge that takes the last {word} of a"
        " message.",
        f"In the cycle after the one in which the {ordinal(it.length)} {word} was on {it.data},"
        f" {it.done} is 1, otherwise 0.",
    )
    shown = _shown(draw, it, word) if it.packet else ""
    again = draw.phrase(
        f"The next message may begin right away, also with the {word} that is there while"
        f" {it.done} is 1.",
        f"The {word} that follows a message's last one can already be the first of the next.",
    )
    stream = f"A stream of {it.width}-bit {word}s arrives on {it.data}; {comes}."
    return Words(
        title=f"finder of messages of {n} {word}s",
        terse=f"a machine that finds messages of {n} {word}s on {it.data}; {comes}. {begins} {ends}"
        f"{shown} {again}",
        plain=draw.phrase(
            stream, f"{stream} Messages are in it.", f"Find messages in a stream. {stream}"
        )
        + f" {begins} {inside} {ends}{shown} {again}",
        points=(stream, begins, inside, f"{ends}{shown}", again),
        after_reset="the beginning of a message is sought",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stuffed:
    """A stream in which a 0 was put after so many ones; longer runs have a meaning."""

    timing: ClockAndReset
    x: str
    drop: str
    flag: str
    error: str
    ones: int

    def behavior(self) -> Clocked[tuple[int, str]]:
        """Return a model of (ones in a row, what is reported)."""

        def after(ones: int, bit: int) -> tuple[int, str]:
            if bit:
                many = min(ones + 1, self.ones + 2)
                return many, self.error if many == self.ones + 2 else ""
            names = {self.ones: self.drop, self.ones + 1: self.flag}
            return 0, names.get(ones, "")

        return Clocked(
            reset=(0, ""),
            outputs=lambda state, _: {
                name: int(state[1] == name) for name in (self.drop, self.flag, self.error)
            },
            following=lambda state, given: after(state[0], given[self.x]),
            unknown=(self.drop, self.flag, self.error),
        )

    def body(self, slip: str = "") -> str:
        names = [*(f"ONES{i}" for i in range(self.ones + 2)), "DROP", "FLAG", "ERROR"]
        names[0] = "ZERO"
        width = (len(names) - 1).bit_length()
        constants = "localparam\n" + indented(
            ",\n".join(f"{name} = {width}'d{i}" for i, name in enumerate(names))
        )
        last = self.ones + 1
        short = self.ones - (1 if slip == "one-too-few" else 0)
        ends = {short: "DROP", last: "FLAG"}
        arms = [
            f"{names[i]}: next_state = {self.x} ? {names[i + 1] if i < last else 'ERROR'} :"
            f" {ends.get(i, 'ZERO')};"
            for i in range(last + 1)
        ]
        first = "ZERO" if slip == "loses-a-one" else "ONES1"
        arms += [f"{name}: next_state = {self.x} ? {first} : ZERO;" for name in ("DROP", "FLAG")]
        stuck = "ZERO" if slip == "error-is-short" else "ERROR"
        arms.append(f"ERROR: next_state = {self.x} ? {stuck} : ZERO;")
        case = "\n".join([*arms, "default: next_state = ZERO;"])
        outs = zip((self.drop, self.flag, self.error), ("DROP", "FLAG", "ERROR"), strict=True)
        return (
            f"{constants};\n\nreg [{width - 1}:0] state, next_state;\n\nalways @(*) begin\n"
            f"    case (state)\n{indented(case, 2)}\n    endcase\nend\n\n"
            + self.timing.always("state <= next_state;", "state <= ZERO;")
            + "\n\n"
            + "\n".join(f"assign {name} = (state == {state});" for name, state in outs)
        )


def _stuffed(draw: Draw) -> Drawn:
    draw.take("state", "next_state")
    it = _Stuffed(
        timing=draw.timing(),
        x=draw.name("in", "x", "rx", "bit_in", "line"),
        drop=draw.name("drop", "skip", "stuffed", "remove"),
        flag=draw.name("frame_flag", "delimiter", "boundary", "frame_mark"),
        error=draw.name("error", "abort", "bad_run", "broken"),
        ones=draw.one_of(2, 3, 4, 6, 7, 8, 9),
    )
    slips = ("one-too-few", "loses-a-one", "error-is-short")
    return Drawn(
        parameters={"ones": it.ones},
        ports=(*inputs((it.x, 1)), *outputs((it.drop, 1), (it.flag, 1), (it.error, 1))),
        timing=it.timing,
        words=_stuffed_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.x, 1))),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="bit_stuffing_monitor",
    )


def _stuffed_words(draw: Draw, it: _Stuffed) -> Words:
    k, f, e = (draw.phrase(number(it.ones + i), str(it.ones + i)) for i in range(3))
    drop = f"Exactly {k} ones followed by a 0: that 0 was stuffed, and {it.drop} is 1."
    flag = f"Exactly {f} ones followed by a 0: this marks a frame, and {it.flag} is 1."
    error = (
        f"{e.capitalize()} or more ones in a row: {it.error} is 1, and remains so for every further"
        " 1."
    )
    late = draw.phrase(
        "Outputs are Moore outputs: each is 1 in the cycle after the clock edge that samples the"
        " bit in question, and 0 in all other cycles.",
        "The outputs answer in the cycle that follows the sampling of the bit that decides, and are"
        " 0 otherwise.",
    )
    after = "Every 0 ends a run of ones; reset acts as if the bit before had been a 0."
    return Words(
        title=f"monitor for bit stuffing after {k} ones",
        terse=f"a machine that watches runs of ones on {it.x}. {drop} {flag} {error} {late}",
        plain=draw.phrase(
            f"A line code inserts a 0 after every {k} consecutive ones.",
            f"On the serial line {it.x} a sender puts an extra 0 behind {k} ones in a row, so that"
            " longer runs can have a meaning of their own.",
            f"Watch the runs of ones on {it.x}, which brings one bit per cycle.",
        )
        + f" For the bits received on {it.x}: {drop} {flag} {error} {late} {after}",
        points=(f"{it.x} brings one bit per clock cycle.", drop, flag, error, late, after),
        after_reset="no ones have been seen and all outputs are 0",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stuffer:
    """A sender that inserts a bit after so many equal ones."""

    timing: ClockAndReset
    x: str
    y: str
    take: str
    bit: int
    run: int

    def behavior(self) -> Clocked[int]:
        """Return a model of how many such bits were sent in a row."""

        def told(sent: int, given: Values) -> Outputs:
            if sent == self.run:
                return {self.y: 1 - self.bit, self.take: 0}
            return {self.y: given[self.x], self.take: 1}

        return Clocked(
            reset=0,
            outputs=told,
            following=lambda sent, given: (
                sent + 1 if sent < self.run and given[self.x] == self.bit else 0
            ),
            unknown=(self.y, self.take),
        )

    def body(self, slip: str = "") -> str:
        w = self.run.bit_length()
        x = self.x if self.bit else f"!{self.x}"
        at = self.run - (1 if slip == "one-too-early" else 0)
        other = self.bit if slip == "wrong-stuffed-bit" else 1 - self.bit
        return (
            f"reg [{w - 1}:0] run;\n\n"
            f"assign {self.take} = (run != {w}'d{at});\n"
            f"assign {self.y} = {self.take} ? {self.x} : 1'b{other};\n\n"
            + self.timing.always(
                f"if ({self.take} && {x})\n    run <= run + 1'b1;\nelse\n    run <= {w}'d0;",
                f"run <= {w}'d0;",
            )
        )


def _stuffer(draw: Draw) -> Drawn:
    draw.take("run")
    it = _Stuffer(
        timing=draw.timing(),
        x=draw.name("in", "x", "bit_in", "tx_bit"),
        y=draw.name("out", "y", "line", "bit_out"),
        take=draw.name("take", "next_bit", "accept", "advance"),
        bit=draw.one_of(1, 1, 0),
        run=draw.integer(2, 8),
    )
    slips = ("one-too-early", "wrong-stuffed-bit")
    return Drawn(
        parameters={"bit": it.bit, "run": it.run},
        ports=(*inputs((it.x, 1)), *outputs((it.y, 1), (it.take, 1))),
        timing=it.timing,
        words=_stuffer_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=tour(it.behavior(), letters((it.x, 1))),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="bit_stuffer",
    )


def _stuffer_words(draw: Draw, it: _Stuffer) -> Words:
    n, b = draw.phrase(number(it.run), str(it.run)), it.bit
    normal = draw.phrase(
        f"Normally {it.y} is {it.x} and {it.take} is 1: the bit is sent and used up.",
        f"In most cycles {it.y} just passes {it.x} on, without delay, with {it.take} = 1.",
    )
    insert = draw.phrase(
        f"After {n} consecutive cycles in which a {b} was sent, the next cycle inserts a {1 - b}:"
        f" {it.y} is {1 - b} and {it.take} is 0, and {it.x} is not used up.",
        f"Once {n} bits of value {b} have been sent in a row, there is one cycle with {it.y} ="
        f" {1 - b} and {it.take} = 0, whatever {it.x} is.",
    )
    again = "Counting starts afresh after an inserted bit and after every other bit."
    again = again.replace("every other bit", f"every {1 - b}")
    return Words(
        title=f"bit stuffer for runs of {n}",
        terse=f"a bit stuffer from {it.x} to {it.y}. {normal} {insert} {again}",
        plain=draw.phrase(
            f"A sender must not have more than {n} bits of value {b} in a row on the line.",
            "Implement bit stuffing for a transmitter.",
            f"To keep receivers in step, a {1 - b} is added after every {n} bits that are {b}.",
        )
        + f" {normal} {insert} {again}",
        points=(normal, insert, again),
        after_reset="nothing has been sent yet",
    )


FAMILIES = (
    Family(name="packet-finder", kind="packets", draw=_packet),
    Family(name="stuffing-monitor", kind="packets", draw=_stuffed, weight=0.6),
    Family(name="bit-stuffer", kind="packets", draw=_stuffer, weight=0.7),
)
"""The families of this module."""
