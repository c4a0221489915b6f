"""Small serial links: shift masters, framed words."""

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
from rtlgen.synth.families._words import counted, number

Master = tuple[int, int, int, int]
"""Half cycles left, word to send, word received, whether the transfer has just ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """A master that shifts a word out and another one in, two clock cycles a bit."""

    timing: ClockAndReset
    start: str
    data: str
    miso: str
    sclk: str
    mosi: str
    busy: str
    done: str
    got: str
    width: int
    low_first: bool

    def behavior(self) -> Clocked[Master]:
        """Return a model that knows how many half bits are left."""
        last = 2 * self.width

        def told(state: Master, _: Values) -> Outputs:
            left, word, got, ended = state
            at = (last - left) // 2
            place = at if self.low_first else self.width - 1 - at
            return {
                self.sclk: int(left > 0 and left % 2 == 1),
                self.mosi: word >> place & 1 if left else 0,
                self.busy: int(left > 0),
                self.done: ended,
                self.got: got if ended else None,
            }

        def after(state: Master, given: Values) -> Master:
            left, word, got, _ = state
            if not left:
                return (last, given[self.data], 0, 0) if given[self.start] else (0, 0, 0, 0)
            if left % 2:
                place = (last - left) // 2
                place = place if self.low_first else self.width - 1 - place
                got |= given[self.miso] << place
            return left - 1, word, got, int(left == 1)

        return Clocked(
            reset=(0, 0, 0, 0),
            outputs=told,
            following=after,
            unknown=(self.sclk, self.mosi, self.busy, self.done, self.got),
        )

    def body(self, slip: str = "") -> str:
        n, w = self.width, self.width.bit_length()
        low = self.low_first != (slip == "wrong-bit-order")
        shifted = (
            f"{{{self.miso}, shift[{n - 1}:1]}}" if low else f"{{shift[{n - 2}:0], {self.miso}}}"
        )
        out = "shift[0]" if low else f"shift[{n - 1}]"
        count = n - (1 if slip == "one-bit-short" else 0)
        clock = f"!{self.sclk}" if slip == "clock-inverted" else self.sclk
        moves = (
            f"{self.sclk} <= ~{self.sclk};\n"
            f"if ({clock}) begin\n    shift <= {shifted};\n    left <= left - 1'b1;\n"
            f"    {self.done} <= (left == {w}'d1);\nend"
        )
        return (
            f"reg [{n - 1}:0] shift;\nreg [{w - 1}:0] left;\n\n"
            f"assign {self.busy} = (left != {w}'d0);\n"
            f"assign {self.mosi} = {self.busy} ? {out} : 1'b0;\n"
            f"assign {self.got} = shift;\n\n"
            + self.timing.always(
                f"{self.done} <= 1'b0;\nif ({self.busy}) begin\n{indented(moves)}\n"
                f"end else if ({self.start}) begin\n    shift <= {self.data};\n"
                f"    left <= {w}'d{count};\nend",
                f"shift <= {n}'d0;\nleft <= {w}'d0;\n{self.sclk} <= 1'b0;\n{self.done} <= 1'b0;",
            )
        )

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        long = 2 * self.width + 2
        plan = [1] + [0] * long + [1] * (long + 3) + [0] * long
        most = (1 << self.width) - 1
        return tuple(
            {self.start: s, self.data: draw.integer(0, most), self.miso: draw.integer(0, 1)}
            for s in plan
        )


def _master(draw: Draw) -> Drawn:
    draw.take("shift", "left")
    it = _Shift(
        timing=draw.timing(),
        start=draw.name("start", "go", "begin_xfer", "send"),
        data=draw.name("tx_data", "data_in", "word_out", "din"),
        miso=draw.name("miso", "sdi", "serial_in"),
        sclk=draw.name("sclk", "sck", "spi_clk"),
        mosi=draw.name("mosi", "sdo", "serial_out"),
        busy=draw.name("busy", "active", "cs"),
        done=draw.name("done", "rx_valid", "xfer_done"),
        got=draw.name("rx_data", "data_out", "word_in", "dout"),
        width=draw.one_of(4, 8, 8, 12, 16, draw.integer(3, 16)),
        low_first=draw.chance(0.25),
    )
    slips = ("wrong-bit-order", "one-bit-short", "clock-inverted")
    return Drawn(
        parameters={"width": it.width, "low_first": int(it.low_first)},
        ports=(
            *inputs((it.start, 1), (it.data, it.width), (it.miso, 1)),
            *outputs((it.sclk, 1), (it.mosi, 1), (it.busy, 1), (it.done, 1), (it.got, it.width)),
        ),
        timing=it.timing,
        words=_master_words(draw, it),
        body=it.body(),
        registered=(it.sclk, it.done),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="spi_master",
    )


def _bits(draw: Draw, it: _Shift, order: str) -> str:
    return draw.phrase(
        f"Each of the {it.width} bits takes two cycles: in the first one {it.sclk} is 0, in the"
        f" second one it is 1. {it.mosi} shows the bit to be sent in both of them, {order}"
        " significant bit first.",
        f"Bits leave on {it.mosi}, {order} significant bit first, each for two cycles, of which"
        f" {it.sclk} is low in the first and high in the second.",
    )


def _master_words(draw: Draw, it: _Shift) -> Words:
    order = "least" if it.low_first else "most"
    begins = draw.phrase(
        f"A transfer begins at a clock edge with {it.start} = 1 while {it.busy} is 0; it takes over"
        f" {it.data}.",
        f"When {it.start} is sampled as 1 and no transfer is going on, {it.data} is loaded and a"
        " transfer begins.",
    )
    long = 2 * it.width
    busy = f"{it.busy} is 1 for the {long} cycles of the transfer, and {it.start} is ignored then."
    bits = _bits(draw, it, order)
    reads = draw.phrase(
        f"{it.miso} is sampled at the clock edge that ends the second cycle of a bit; the bits"
        f" received make up a word of {it.width} bits, also {order} significant bit first.",
        f"At the clock edge at which {it.sclk} goes back to 0, one bit is taken from {it.miso}, in"
        f" the same order: {order} significant bit first.",
    )
    ends = draw.phrase(
        f"In the first cycle after a transfer {it.done} is 1 and {it.got} has the received word;"
        f" otherwise {it.done} is 0 and {it.got} does not matter.",
        f"Right after the transfer {it.done} is 1 for one cycle. In this cycle {it.got} is the word"
        " received; at other times it may have any value.",
    )
    idle = f"Without a transfer {it.sclk}, {it.mosi} and {it.busy} are 0."
    return Words(
        title=f"{it.width}-bit SPI master",
        terse=f"an SPI-like shift master for {it.width} bits. {begins} {busy} {bits} {reads}"
        f" {ends} {idle}",
        plain=draw.phrase(
            f"Implement a simple SPI master for words of {counted(it.width, 'bit')}.",
            "A master exchanges words with a slave over clock, data out and data in.",
            f"Shift {it.width} bits out and at the same time {it.width} bits in.",
        )
        + f" {begins} {busy} {bits} {reads} {ends} {idle}",
        points=(begins, busy, bits, reads, ends, idle),
        after_reset="there is no transfer",
    )


Word = tuple[int, int, int, int]
"""Bits still to come, word so far, finished word, whether it has just been finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Framed:
    """A receiver of words whose first bit is marked by a second line."""

    timing: ClockAndReset
    sync: str
    x: str
    word: str
    valid: str
    width: int
    low_first: bool

    def behavior(self) -> Clocked[Word]:
        def after(state: Word, given: Values) -> Word:
            left, text, whole, _ = state
            if given[self.sync]:
                left, text = self.width, 0
            if not left:
                return 0, 0, whole, 0
            place = self.width - left if self.low_first else left - 1
            text |= given[self.x] << place
            return (left - 1, text, whole, 0) if left > 1 else (0, 0, text, 1)

        return Clocked(
            reset=(0, 0, 0, 0),
            outputs=lambda state, _: {self.word: state[2], self.valid: state[3]},
            following=after,
            unknown=(self.word, self.valid),
        )

    def body(self, slip: str = "") -> str:
        n, w = self.width, (self.width - 1).bit_length()
        low = self.low_first != (slip == "wrong-bit-order")
        shifted = f"{{{self.x}, shift[{n - 1}:1]}}" if low else f"{{shift[{n - 2}:0], {self.x}}}"
        first = n - (2 if slip == "one-bit-short" else 1)
        sync = f"{self.sync} && left == {w}'d0" if slip == "no-restart" else self.sync
        return (
            f"reg [{n - 1}:0] shift;\nreg [{w - 1}:0] left;\n"
            f"wire [{n - 1}:0] shifted = {shifted};\n\n"
            + self.timing.always(
                f"{self.valid} <= 1'b0;\nif ({sync}) begin\n    shift <= shifted;\n"
                f"    left <= {w}'d{first};\nend else if (left != {w}'d0) begin\n"
                f"    shift <= shifted;\n    left <= left - 1'b1;\n    if (left == {w}'d1) begin\n"
                f"        {self.word} <= shifted;\n        {self.valid} <= 1'b1;\n    end\nend",
                f"shift <= {n}'d0;\nleft <= {w}'d0;\n{self.word} <= {n}'d0;\n{self.valid} <= 1'b0;",
            )
        )

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        n = self.width
        plan = ([1] + [0] * (n - 1)) * 3 + [0] * 3 + [1] + [0] * (n // 2) + [1] + [0] * (n + 1)
        return tuple({self.sync: s, self.x: draw.integer(0, 1)} for s in plan)


def _framed(draw: Draw) -> Drawn:
    draw.take("shift", "left", "shifted")
    it = _Framed(
        timing=draw.timing(),
        sync=draw.name("sync", "frame", "first", "ws"),
        x=draw.name("sd", "bit_in", "din", "serial_in"),
        word=draw.name("word", "sample", "dout", "data"),
        valid=draw.name("word_valid", "sample_valid", "new_word"),
        width=draw.integer(3, 24),
        low_first=draw.chance(0.3),
    )
    slips = ("wrong-bit-order", "one-bit-short", "no-restart")
    return Drawn(
        parameters={"width": it.width, "low_first": int(it.low_first)},
        ports=(*inputs((it.sync, 1), (it.x, 1)), *outputs((it.word, it.width), (it.valid, 1))),
        timing=it.timing,
        words=_framed_words(draw, it),
        body=it.body(),
        registered=(it.word, it.valid),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="framed_receiver",
    )


def _framed_words(draw: Draw, it: _Framed) -> Words:
    order = "least" if it.low_first else "most"
    n = draw.phrase(number(it.width), str(it.width))
    begins = draw.phrase(
        f"{it.sync} is 1 in the cycle in which {it.x} has the first bit of a word; the other"
        f" {it.width - 1} bits follow in the next cycles.",
        f"The bit on {it.x} in a cycle with {it.sync} = 1 is the first of {n}; each cycle after it"
        " brings another one.",
    )
    first = f"The first bit is the {order} significant one."
    ends = draw.phrase(
        f"The clock edge that takes the last bit writes the whole word to {it.word} and makes"
        f" {it.valid} 1 for one cycle.",
        f"After the edge that samples the last bit, {it.word} has the new word and {it.valid} is 1"
        " for just this cycle.",
    )
    keeps = f"Between words {it.word} keeps its value and {it.valid} is 0."
    again = draw.phrase(
        f"If {it.sync} is 1 before a word is complete, that word is dropped and a new one begins"
        " with the present bit.",
        f"A {it.sync} in the middle of a word starts over: the bit that comes with it is the first"
        " one of a new word, and the unfinished one is lost.",
    )
    return Words(
        title=f"receiver of {n}-bit words with frame sync",
        terse=f"a serial-to-parallel receiver for {n}-bit words. {begins} {first} {ends} {again}",
        plain=draw.phrase(
            f"Samples of {n} bits come over a line {it.x}, and {it.sync} says where they begin.",
            "Implement the receiving side of a synchronous serial interface.",
            f"Turn the bits on {it.x} into words.",
        )
        + f" {begins} {first} {ends} {keeps} {again}",
        points=(begins, first, ends, keeps, again),
        after_reset=f"no word is being received, {it.word} is 0 and {it.valid} is 0",
    )


FAMILIES = (
    Family(name="shift-master", kind="serial links", draw=_master),
    Family(name="framed-receiver", kind="serial links", draw=_framed),
)
"""The families of this module."""
