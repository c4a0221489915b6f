"""Serial receivers and transmitters with start, data, parity and stop bits."""

from __future__ import annotations

from collections.abc import Iterator
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
    indented,
    inputs,
    outputs,
)
from rtlgen.synth.families._chart_rtl import size_of
from rtlgen.synth.families._words import article, counted, number

Bits = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a frame on the line consists of; the line rests at 1."""

    width: int
    low_first: bool
    parity: str
    """`none`, `even` or `odd`."""

    def data(self, bits: Bits) -> int:
        """Return the word that data bits in the order of the line stand for."""
        order = bits[::-1] if self.low_first else bits
        return int("".join(map(str, order)), 2)

    def bits(self, word: int) -> Bits:
        """Return the data bits of a word in the order of the line."""
        bits = tuple(word >> i & 1 for i in range(self.width))
        return bits if self.low_first else bits[::-1]

    def checked(self, bits: Bits) -> Bits:
        """Return the parity bit for data bits, if there is one."""
        if self.parity == "none":
            return ()
        return ((sum(bits) + (self.parity == "odd")) % 2,)

    def told(self, draw: Draw) -> str:
        """Return a frame in words."""
        order = "least" if self.low_first else "most"
        parity = {
            "none": "",
            "even": "an even parity bit (data and parity bit together have an even number of ones),"
            " ",
            "odd": "an odd parity bit (data and parity bit together have an odd number of ones), ",
        }[self.parity]
        n = draw.phrase(number(self.width), str(self.width))
        return draw.phrase(
            f"A frame is a start bit (0), {n} data bits with the {order} significant bit first,"
            f" {parity}and a stop bit (1). Between frames the line is 1.",
            f"Frames look like this: start bit 0, {n} data bits ({order} significant first),"
            f" {parity}stop bit 1. An idle line is 1.",
            f"The line rests at 1. Each word is sent as one start bit of value 0, then {n} data"
            f" bits, {order} significant bit first, {parity}then one stop bit of value 1.",
        )

    def key(self) -> dict[str, int | str]:
        return {"width": self.width, "low_first": int(self.low_first), "parity": self.parity}


def _format(draw: Draw) -> Format:
    return Format(
        width=draw.one_of(4, 5, 6, 7, 8, 8, 9, 10, 12),
        low_first=draw.chance(0.65),
        parity=draw.one_of("none", "none", "even", "odd"),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """What a receiver knows: bits of the frame so far (None: waits for a start bit)."""

    bits: Bits | None = None
    lost: bool = False
    """Whether the stop bit was missing, and the line has not been 1 since."""
    done: bool = False
    word: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receiver:
    """A receiver for one bit a cycle."""

    timing: ClockAndReset
    rx: str
    done: str
    data: str
    """Empty if only the end of a frame is reported."""
    form: Format

    @property
    def states(self) -> list[str]:
        parity = [] if self.form.parity == "none" else ["PARITY"]
        return ["IDLE", "DATA", *parity, "STOP", "WAIT"]

    def behavior(self) -> Clocked[_Line]:
        return Clocked(
            reset=_Line(),
            outputs=lambda line, _: self._told(line),
            following=lambda line, given: self._after(line, given[self.rx]),
            unknown=(self.done, *([self.data] if self.data else [])),
        )

    def _told(self, line: _Line) -> Outputs:
        found: dict[str, int | None] = {self.done: int(line.done)}
        return {**found, self.data: line.word if line.done else None} if self.data else found

    def _after(self, line: _Line, bit: int) -> _Line:
        if line.lost:
            return _Line(lost=not bit)
        if line.bits is None:
            return _Line(bits=None if bit else ())
        length = self.form.width + (self.form.parity != "none")
        if len(line.bits) < length:
            return _Line(bits=(*line.bits, bit))
        if not bit:
            return _Line(lost=True)
        data = line.bits[: self.form.width]
        good = line.bits[self.form.width :] == self.form.checked(data)
        return _Line(done=good, word=self.form.data(data) if good else None)

    def body(self, slip: str = "") -> str:
        names = self.states
        width = (len(names) - 1).bit_length()
        constants = ", ".join(f"{name} = {width}'d{i}" for i, name in enumerate(names))
        w, n = self.form.width.bit_length(), self.form.width
        kept = f"reg [{n - 1}:0] shift;\n" if self.data else ""
        parity = "" if self.form.parity == "none" else "reg parity;\n"
        wires = f"\n\nassign {self.data} = shift;" if self.data else ""
        reset = f"state <= IDLE;\ncount <= {w}'d0;\n{self.done} <= 1'b0;"
        reset += f"\nshift <= {n}'d0;" if self.data else ""
        reset += "\nparity <= 1'b0;" if parity else ""
        return (
            f"localparam {constants};\n\nreg [{width - 1}:0] state;\nreg [{w - 1}:0] count;\n"
            f"{kept}{parity}\n" + self.timing.always(self._update(slip), reset) + wires
        )

    def _update(self, slip: str) -> str:
        w = self.form.width.bit_length()
        odd = int(self.form.parity == "odd")
        has_parity = self.form.parity != "none"
        start = f"    count <= {w}'d0;" + (f"\n    parity <= 1'b{odd};" if has_parity else "")
        last = self.form.width - (2 if slip == "one-bit-short" else 1)
        good = "parity == 1'b0" if has_parity and slip != "parity-not-checked" else "1'b1"
        lost = "IDLE" if slip == "does-not-wait" else "WAIT"
        arms = {
            "IDLE": f"if (!{self.rx}) begin\n    state <= DATA;\n{start}\nend",
            "DATA": self._data(last, has_parity, slip),
            "PARITY": f"parity <= parity ^ {self.rx};\nstate <= STOP;",
            "STOP": f"if ({self.rx}) begin\n    state <= IDLE;\n    {self.done} <= ({good});\n"
            f"end else\n    state <= {lost};",
            "WAIT": f"if ({self.rx})\n    state <= IDLE;",
        }
        arms["STOP"] = arms["STOP"].replace("(1'b1)", "1'b1")
        used = "\n".join(f"{s}: begin\n{indented(arms[s])}\nend" for s in self.states)
        return (
            f"{self.done} <= 1'b0;\ncase (state)\n{indented(used)}\n"
            "    default: state <= IDLE;\nendcase"
        )

    def _data(self, last: int, has_parity: bool, slip: str) -> str:
        n = self.form.width
        low = self.form.low_first != (slip == "wrong-bit-order")
        shifted = f"{{{self.rx}, shift[{n - 1}:1]}}" if low else f"{{shift[{n - 2}:0], {self.rx}}}"
        lines = [f"shift <= {shifted};"] if self.data else []
        lines += [f"parity <= parity ^ {self.rx};"] if has_parity else []
        lines.append("count <= count + 1'b1;")
        then = "PARITY" if has_parity else "STOP"
        lines.append(f"if (count == {n.bit_length()}'d{last})\n    state <= {then};")
        return "\n".join(lines)

    def slips(self) -> tuple[Slip, ...]:
        names = ["one-bit-short", "does-not-wait"]
        names += ["wrong-bit-order"] if self.data else []
        names += ["parity-not-checked"] if self.form.parity != "none" else []
        return tuple(Slip(name=name, body=self.body(name)) for name in names)

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        """Return frames that are right, without stop bit, with wrong parity, and close together."""
        bits = [bit for _ in range(5) for bit in self._frames(draw)]
        return tuple({self.rx: bit} for bit in bits)

    def _frames(self, draw: Draw) -> Iterator[int]:
        for kind in ("right", "no-stop", "right", "wrong-parity", "right"):
            data = self.form.bits(draw.integer(0, (1 << self.form.width) - 1))
            check = self.form.checked(data)
            check = tuple(1 - bit for bit in check) if kind == "wrong-parity" else check
            yield from (0, *data, *check)
            yield from (0, 0, 1) if kind == "no-stop" else (1,)
            yield from [1] * draw.one_of(0, 0, 1, 2)


def _receiver(draw: Draw) -> Drawn:
    draw.take("state", "count", "shift", "parity")
    it = _Receiver(
        timing=draw.timing(),
        rx=draw.name("rx", "in", "serial_in", "line", "rxd", "din"),
        done=draw.name("done", "received", "rx_valid", "got"),
        data=draw.name("data", "word", "rx_data", "byte_out", "dout") if draw.chance(0.7) else "",
        form=_format(draw),
    )
    data = ((it.data, it.form.width),) if it.data else ()
    return Drawn(
        parameters={**it.form.key(), "data": int(bool(it.data))},
        ports=(*inputs((it.rx, 1)), *outputs(*data, (it.done, 1))),
        timing=it.timing,
        words=_receiver_words(draw, it),
        body=it.body(),
        registered=(it.done,),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=it.slips(),
        module="serial_receiver",
    )


def _receiver_words(draw: Draw, it: _Receiver) -> Words:
    form = it.form.told(draw)
    good = " and the parity is right" if it.form.parity != "none" else ""
    ends = draw.phrase(
        f"If the stop bit is 1{good}, {it.done} is 1 for one cycle, the one after the clock edge"
        " that samples the stop bit; otherwise it is 0.",
        f"{it.done} is 1 in just the cycle that follows the sampling of the stop bit, provided that"
        f" this bit is 1{good}; at all other times it is 0.",
    )
    shown = (
        draw.phrase(
            f" {it.data} has the received word in that cycle and may be anything in others.",
            f" Together with it the word appears on {it.data}, which does not matter while"
            f" {it.done} is 0.",
        )
        if it.data
        else ""
    )
    lost = draw.phrase(
        "If the stop bit is 0, the frame is dropped, and the receiver waits until the line has been"
        " sampled as 1 before it looks for a start bit again (from the bit after that on).",
        "A frame whose stop bit is 0 is not reported. After it the circuit first waits for a 1 on"
        " the line; only bits after that 1 can be a start bit.",
    )
    wrong = (
        " Wrong parity with a correct stop bit merely means that nothing is reported."
        if good
        else ""
    )
    soon = "A start bit may follow the stop bit directly."
    rate = f"One bit is sampled from {it.rx} at each clock edge."
    kind = f"{it.form.width}-bit serial receiver"
    return Words(
        title=kind + (f" with {it.form.parity} parity" if good else ""),
        terse=f"{article(kind)}, input {it.rx}. {form} {ends}{shown} {lost}{wrong}",
        plain=draw.phrase(
            f"Words arrive bit by bit on {it.rx}. {rate}",
            f"Implement the receiver of a simple serial link. {rate}",
            f"{rate} The state machine has to find the frames in this stream.",
        )
        + f" {form} {ends}{shown} {lost}{wrong} {soon}",
        points=(rate, form, f"{ends}{shown}", f"{lost}{wrong}", soon),
        after_reset=f"the receiver waits for a start bit and {it.done} is 0",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sender:
    """A transmitter that holds each bit for a number of cycles."""

    timing: ClockAndReset
    start: str
    data: str
    tx: str
    busy: str
    form: Format
    cycles: int

    @property
    def length(self) -> int:
        """Bits in a frame."""
        return self.form.width + 2 + (self.form.parity != "none")

    def behavior(self) -> Clocked[Bits]:
        """Return a model of the levels that the line still has to take, a cycle each."""

        def after(left: Bits, given: Values) -> Bits:
            if left:
                return left[1:]
            if not given[self.start]:
                return ()
            data = self.form.bits(given[self.data])
            frame = (0, *data, *self.form.checked(data), 1)
            return tuple(bit for bit in frame for _ in range(self.cycles))

        return Clocked(
            reset=(),
            outputs=lambda left, _: {self.tx: left[0] if left else 1, self.busy: int(bool(left))},
            following=after,
            unknown=(self.tx, self.busy),
        )

    def body(self, slip: str = "") -> str:
        """Return the RTL: a frame in a shift register, lowest bit first."""
        length = self.length
        w, c = length.bit_length(), max(1, (self.cycles - 1).bit_length())
        frame = self._frame(slip)
        left = length - (1 if slip == "no-stop-bit" else 0)
        shift = f"shift <= {{1'b1, shift[{length - 1}:1]}};\nleft <= left - 1'b1;"
        reset = f"shift <= {{{length}{{1'b1}}}};\nleft <= {w}'d0;"
        load = f"shift <= {frame};\nleft <= {w}'d{left};"
        declared = f"reg [{length - 1}:0] shift;\nreg [{w - 1}:0] left;"
        if self.cycles > 1:
            last = self.cycles - 1
            shift = f"if (ticks == {c}'d{last}) begin\n    ticks <= {c}'d0;\n{indented(shift)}\n"
            shift += "end else\n    ticks <= ticks + 1'b1;"
            reset += f"\nticks <= {c}'d0;"
            load += f"\nticks <= {c}'d0;"
            declared += f"\nreg {size_of(c)}ticks;"
        update = (
            f"if ({self.busy}) begin\n{indented(shift)}\n"
            f"end else if ({self.start}) begin\n{indented(load)}\nend"
        )
        if slip == "restarts":
            update = f"if ({self.start}) begin\n{indented(load)}\nend else if ({self.busy}) begin\n"
            update += f"{indented(shift)}\nend"
        return (
            f"{declared}\n\nassign {self.tx} = shift[0];\n"
            f"assign {self.busy} = (left != {w}'d0);\n\n" + self.timing.always(update, reset)
        )

    def _frame(self, slip: str) -> str:
        """Return the frame with the start bit lowest."""
        d, n = self.data, self.form.width
        low = self.form.low_first != (slip == "wrong-bit-order")
        data = d if low else ", ".join(f"{d}[{i}]" for i in range(n))
        odd = (self.form.parity == "odd") != (slip == "wrong-parity")
        parity = "" if self.form.parity == "none" else f"{'~' if odd else ''}^{d}, "
        return f"{{1'b1, {parity}{data}, 1'b0}}"

    def slips(self) -> tuple[Slip, ...]:
        names = ["wrong-bit-order", "no-stop-bit", "restarts"]
        names += ["wrong-parity"] if self.form.parity != "none" else []
        found = [Slip(name=name, body=self.body(name)) for name in names]
        if self.cycles > 1:
            other = replace(self, cycles=self.cycles + 1)
            found.append(Slip(name="off-by-one-rate", body=other.body()))
        return tuple(found)

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        """Return frames with idle cycles, frames back to back, and starts while busy."""
        long = self.length * self.cycles
        plan = [1] + [0] * (long + 2) + [1] * (long + 4) + [0] * 3 + [1] + [0] * (long // 2) + [1]
        most = (1 << self.form.width) - 1
        return tuple({self.start: bit, self.data: draw.integer(0, most)} for bit in plan)


def _sender(draw: Draw) -> Drawn:
    draw.take("shift", "left", "ticks")
    it = _Sender(
        timing=draw.timing(),
        start=draw.name("start", "send", "tx_start", "go", "wr"),
        data=draw.name("data", "tx_data", "word", "byte_in"),
        tx=draw.name("tx", "serial_out", "txd", "line"),
        busy=draw.name("busy", "tx_busy", "active"),
        form=_format(draw),
        cycles=draw.one_of(1, 1, 2, 3, 4, 5, 8),
    )
    return Drawn(
        parameters={**it.form.key(), "cycles": it.cycles},
        ports=(
            *inputs((it.start, 1), (it.data, it.form.width)),
            *outputs((it.tx, 1), (it.busy, 1)),
        ),
        timing=it.timing,
        words=_sender_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=it.slips(),
        module="serial_transmitter",
    )


def _sender_words(draw: Draw, it: _Sender) -> Words:
    form = it.form.told(draw)
    long = it.length * it.cycles
    rate = draw.phrase(
        f"Each bit stays on {it.tx} for {counted(it.cycles, 'clock cycle')}.",
        f"A bit lasts {counted(it.cycles, 'cycle')} of the clock.",
    )
    begins = draw.phrase(
        f"If {it.start} is 1 at a clock edge while {it.busy} is 0, {it.data} is taken and its start"
        " bit is on the line in the next cycle.",
        f"A frame begins in the cycle after a clock edge with {it.start} = 1 and {it.busy} = 0; its"
        f" data is what {it.data} was at that edge.",
    )
    busy = draw.phrase(
        f"{it.busy} is 1 during the whole frame, {long} cycles, stop bit included;"
        f" {it.start} is ignored meanwhile.",
        f"For the {long} cycles of a frame {it.busy} is 1, and requests on {it.start} in these"
        " cycles are lost.",
    )
    rest = f"While no frame is being sent, {it.tx} is 1 and {it.busy} is 0."
    kind = f"{it.form.width}-bit serial transmitter"
    return Words(
        title=kind + ("" if it.form.parity == "none" else f" with {it.form.parity} parity"),
        terse=f"{article(kind)} with output {it.tx}. {form} {rate} {begins} {busy}",
        plain=draw.phrase(
            f"Send words over the serial line {it.tx}.",
            f"Implement a transmitter that turns {it.data} into a serial frame on {it.tx}.",
            "This is the sending half of a UART.",
        )
        + f" {form} {rate} {begins} {busy} {rest}",
        points=(form, rate, begins, busy, rest),
        after_reset=f"{it.tx} is 1 and {it.busy} is 0",
    )


FAMILIES = (
    Family(name="serial-receiver", kind="serial links", draw=_receiver),
    Family(name="serial-transmitter", kind="serial links", draw=_sender),
)
"""The families of this module."""
