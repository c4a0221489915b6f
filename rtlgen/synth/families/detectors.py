"""Machines that look for something in a stream of bits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Clocked, Drawn, Family, Slip, Words, inputs, outputs
from rtlgen.synth.families._chart_rtl import size_of
from rtlgen.synth.families._machine import Machine
from rtlgen.synth.families._machine_rtl import STYLES, Coded
from rtlgen.synth.families._words import article, number

BITS = ("x", "in", "w", "din", "bit_in", "serial_in", "s", "data", "a")
FOUND = ("z", "out", "found", "detected", "match", "hit", "seq_found", "y")
Recent = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sequence:
    """A pattern of 0, 1 and - (either) to be found in a stream."""

    timing: ClockAndReset
    x: str
    z: str
    pattern: str
    overlapping: bool
    mealy: bool
    style: str

    @property
    def length(self) -> int:
        return len(self.pattern)

    def fits(self, bits: Recent) -> bool:
        """Return whether the most recent bits are the pattern."""
        pairs = zip(bits, self.pattern, strict=False)
        return len(bits) == self.length and all(p in ("-", str(b)) for b, p in pairs)

    def behavior(self) -> Clocked[Recent]:
        """Return a model that remembers the bits of the last match window."""

        def taken(bits: Recent, given: int) -> Recent:
            fresh = self.fits(bits) and not self.overlapping
            return ((() if fresh else bits) + (given,))[-self.length :]

        return Clocked(
            reset=(),
            outputs=lambda bits, given: {
                self.z: int(self.fits(taken(bits, given[self.x]) if self.mealy else bits))
            },
            following=lambda bits, given: taken(bits, given[self.x]),
            unknown=(self.z,),
        )

    def machine(self, *, forgets: bool = False) -> Machine:
        """Return the machine whose state is how much of the pattern has been seen.

        `forgets` starts over at every bit that does not fit.
        """
        last = self.length - (1 if self.mealy else 0)
        rows, values = [], []
        for seen in range(last + 1):
            done = seen == self.length and not self.overlapping
            text = "" if done else self.pattern[:seen]
            grown = [text + bit for bit in "01"]
            steps = [self._step(g, forgets=forgets) for g in grown]
            values.append(tuple((int(self.mealy and g == self.pattern),) for g in grown))
            if self.mealy and not self.overlapping:
                steps = [0 if g == self.pattern else s for g, s in zip(grown, steps, strict=True)]
            rows.append(tuple(steps))
        if not self.mealy:
            values[-1] = ((1,), (1,))
        return Machine(
            states=tuple(f"S{i}" for i in range(last + 1)),
            inputs=(self.x,),
            outputs=((self.z, 1),),
            following=tuple(rows),
            values=tuple(values),
        )

    def _step(self, text: str, *, forgets: bool) -> int:
        """Return the length of the longest start of the pattern that `text` ends with."""
        if forgets and not self.pattern.startswith(text):
            return 0
        longest = self.length - (1 if self.mealy else 0)
        fits = (n for n in range(longest, 0, -1) if text.endswith(self.pattern[:n]))
        return next(fits, 0)

    def body(self, *, forgets: bool = False) -> str:
        """Return the RTL: a state machine, or a shift register where bits may be either."""
        if "-" in self.pattern or self.style == "history":
            return self._history()
        machine = self.machine(forgets=forgets)
        width = max(1, (len(machine.states) - 1).bit_length())
        codes = tuple(range(len(machine.states)))
        coded = Coded(
            machine=machine, timing=self.timing, width=width, codes=codes, style=self.style
        )
        return coded.body()

    def _history(self) -> str:
        kept = self.length - (1 if self.mealy else 0)
        width = kept.bit_length()
        tests = [
            (self.x if at == kept else f"history[{kept - 1 - at}]", bit)
            for at, bit in enumerate(self.pattern)
            if bit != "-"
        ]
        terms = " && ".join(name if bit == "1" else f"!{name}" for name, bit in tests)
        shifted = f"{{history[{kept - 2}:0], {self.x}}}"
        again = f"{width}'d{0 if self.mealy else 1}"
        update = f"history <= {shifted};\n"
        count = f"if (seen != {width}'d{kept})\n    seen <= seen + 1'b1;"
        if not self.overlapping:
            count = f"if ({self.z})\n    seen <= {again};\nelse {count}"
        return (
            f"reg [{kept - 1}:0] history;\nreg {size_of(width)}seen;\n\n"
            + self.timing.always(update + count, f"history <= {kept}'d0;\nseen <= {width}'d0;")
            + f"\n\nassign {self.z} = (seen == {width}'d{kept}) && {terms};"
        )

    def slips(self) -> tuple[Slip, ...]:
        found = {
            "wrong-overlap": replace(self, overlapping=not self.overlapping).body(),
            "moore-mealy-swapped": replace(self, mealy=not self.mealy).body(),
            "wrong-bit-order": replace(self, pattern=self.pattern[::-1]).body(),
        }
        if "-" not in self.pattern and self.style != "history":
            found["forgets-prefix"] = self.body(forgets=True)
        right = self.body()
        return tuple(Slip(name=n, body=b) for n, b in found.items() if b != right and self._told(n))

    def _told(self, name: str) -> bool:
        """Return whether a slip can make a difference for this pattern."""
        shifts = range(1, self.length)
        self_overlap = any(
            all(
                "-" in (a, b) or a == b
                for a, b in zip(self.pattern[n:], self.pattern, strict=False)
            )
            for n in shifts
        )
        return name not in ("wrong-overlap",) or self_overlap


def _pattern(draw: Draw) -> str:
    length = draw.one_of(3, 4, 4, 4, 5, 5, 6, 7, 8)
    while True:
        bits = [draw.one_of("0", "1") for _ in range(length)]
        if draw.chance(0.2) and length > 3:
            for at in draw.random.sample(range(1, length - 1), draw.integer(1, 2)):
                bits[at] = "-"
        if {"0", "1"} <= set(bits):
            return "".join(bits)


def _sequence(draw: Draw) -> Drawn:
    draw.take("state", "next_state", "history", "seen")
    it = _Sequence(
        timing=draw.timing(),
        x=draw.name(*BITS),
        z=draw.name(*FOUND),
        pattern=_pattern(draw),
        overlapping=draw.chance(0.65),
        mealy=draw.chance(0.5),
        style=draw.style(STYLES[0], STYLES[0], STYLES[1], STYLES[2], "history"),
    )
    in_case = it.style == STYLES[2] and "-" not in it.pattern
    return Drawn(
        parameters={
            "pattern": it.pattern,
            "overlapping": int(it.overlapping),
            "mealy": int(it.mealy),
        },
        ports=(*inputs((it.x, 1)), *outputs((it.z, 1))),
        timing=it.timing,
        words=_sequence_words(draw, it),
        body=it.body(),
        registered=(it.z,) if in_case else (),
        behavior=it.behavior(),
        vectors=_stream(it.x, it.pattern),
        slips=tuple(s for s in it.slips() if not in_case or "-" not in it.pattern),
        module="sequence_detector",
    )


def _stream(x: str, pattern: str) -> tuple[dict[str, int], ...]:
    """Return the pattern several times: apart, close, overlapping, and with a bit wrong."""
    text = pattern.replace("-", "0") * 3 + pattern.replace("-", "1") * 2
    for at, bit in enumerate(pattern):
        text += pattern[:at] + {"0": "1", "1": "0", "-": "1"}[bit] + pattern
    for back in range(1, len(pattern)):
        text += pattern + pattern[back:]
    return tuple({x: int(bit == "1")} for bit in text)


def _sequence_words(draw: Draw, it: _Sequence) -> Words:
    shown = it.pattern.replace("-", draw.phrase("-", "x", "?")) if "-" in it.pattern else it.pattern
    mark = next((c for c in "-x?" if c in shown), "")
    free = f" A {mark} stands for a bit that may be 0 or 1." if mark else ""
    first = draw.phrase(
        "The leftmost bit comes first.",
        f"Bits arrive in the order written, {shown[0]} first.",
        "The bit on the left is received first.",
    )
    when, again = _when(draw, it), _again(draw, it)
    kind, fresh = "Mealy" if it.mealy else "Moore", _fresh(draw)
    over = "" if it.overlapping else "non-"
    return Words(
        title=draw.phrase(
            f"{kind} detector for the sequence {shown}", f"sequence detector ({shown})"
        ),
        terse=draw.phrase(
            f"a {kind} machine that detects {over}overlapping {shown} on {it.x}.{free} {when}",
            f"{article(over + 'overlapping')} {kind} sequence detector for {shown}; {it.z} is its"
            f" output, {it.x} its input.{free} {when}",
            f"a detector of the bit sequence {shown} on {it.x}. {first}{free} {when} {again}",
        ),
        plain=draw.phrase(
            f"Design a {kind} state machine that finds the sequence {shown} in the bits on {it.x},"
            f" one of which arrives in each clock cycle.",
            f"{it.x} carries one bit per clock cycle. The circuit recognizes the pattern {shown}.",
            f"A stream of bits comes in on {it.x}. Whenever the last {it.length} bits are {shown},"
            f" this is reported on {it.z}.",
            f"Watch the serial input {it.x} for {shown}.",
        )
        + f"{free} {first} {when} {again} {fresh}",
        points=(
            f"{it.x} is a serial input with one bit per clock cycle.",
            f"The sequence to be found is {shown}.{free} {first}",
            when,
            again,
            fresh,
        ),
        after_reset=draw.phrase("no bit has been seen", "the search starts afresh"),
    )


def _fresh(draw: Draw) -> str:
    return draw.phrase(
        "Only bits received after reset count.",
        "Nothing received before or during reset counts.",
        "Bits from before a reset are forgotten.",
    )


def _when(draw: Draw, it: _Sequence) -> str:
    if it.mealy:
        return draw.phrase(
            f"{it.z} is 1 in the very cycle in which {it.x} has the last bit of the sequence, and 0"
            " otherwise (Mealy).",
            f"{it.z} depends on the state and on {it.x}: it is high while the last bit is there.",
            f"In the cycle of the sequence's last bit, {it.z} is 1 at once; otherwise it is 0.",
        )
    return draw.phrase(
        f"{it.z} is 1 for one cycle, the one after that in which the last bit of the sequence was"
        " sampled, and 0 otherwise (Moore).",
        f"{it.z} depends on the state only: it is high in the cycle that follows the clock edge at"
        " which the last bit was taken, else low.",
        f"After the clock edge that takes in the sequence's last bit, {it.z} is 1 until the next"
        " edge; at other times it is 0.",
    )


def _again(draw: Draw, it: _Sequence) -> str:
    if it.overlapping:
        return draw.phrase(
            "Occurrences may overlap: bits of one may also belong to the next.",
            "Overlapping sequences are all detected.",
            "The end of one occurrence can be the beginning of another one.",
        )
    return draw.phrase(
        "Occurrences do not overlap: after one has been found, the search starts afresh with the"
        " next bit.",
        "A bit belongs to at most one detected sequence; after a match everything seen is"
        " forgotten.",
        "Overlaps do not count: once the sequence was found, the following bit is the first one of"
        " a new search.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """So many bits in a row that are ones, zeros, equal or alternating."""

    timing: ClockAndReset
    x: str
    z: str
    kind: str
    length: int

    def goes_on(self, last: int, bit: int) -> bool:
        """Return whether `bit` continues a run that ended with `last`."""
        if self.kind in ("ones", "zeros"):
            return bit == int(self.kind == "ones")
        return (bit == last) == (self.kind == "equal")

    def behavior(self) -> Clocked[tuple[int, int]]:
        """Return a model of (length of the run so far, last bit)."""

        def after(state: tuple[int, int], bit: int) -> tuple[int, int]:
            run, last = state
            alone = int(self.kind in ("equal", "alternating") or self.goes_on(last, bit))
            longer = run + 1 if run and self.goes_on(last, bit) else alone
            return min(longer, self.length), bit

        return Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {self.z: int(state[0] >= self.length)},
            following=lambda state, given: after(state, given[self.x]),
            unknown=(self.z,),
        )

    def body(self, style: str = "") -> str:
        width = self.length.bit_length()
        more = f"if (run != {width}'d{self.length})\n        run <= run + 1'b1;"
        tests = {
            "ones": self.x,
            "zeros": f"!{self.x}",
            "equal": f"run != {width}'d0 && {self.x} == last",
            "alternating": f"run != {width}'d0 && {self.x} != last",
        }
        paired = self.kind in ("equal", "alternating")
        again = f"{width}'d{int(paired)}"
        update = f"if ({tests[self.kind]}) begin\n    {more}\nend else\n    run <= {again};"
        reset = f"run <= {width}'d0;"
        if paired:
            update, reset = f"last <= {self.x};\n{update}", f"last <= 1'b0;\n{reset}"
        declared = f"reg {size_of(width)}run;" + ("\nreg last;" if paired else "")
        test = "==" if style != "late" else ">"
        at = self.length if style != "early" else self.length - 1
        return (
            f"{declared}\n\n{self.timing.always(update, reset)}\n\n"
            f"assign {self.z} = (run {test} {width}'d{at});"
        )

    def slips(self) -> tuple[Slip, ...]:
        other = {"ones": "zeros", "zeros": "ones", "equal": "alternating", "alternating": "equal"}
        return (
            Slip(name="off-by-one-length", body=replace(self, length=self.length + 1).body()),
            Slip(name="wrong-kind-of-run", body=replace(self, kind=other[self.kind]).body()),
            Slip(name="one-too-few", body=self.body("early")),
        )


def _run(draw: Draw) -> Drawn:
    draw.take("run", "last")
    it = _Run(
        timing=draw.timing(),
        x=draw.name(*BITS),
        z=draw.name(*FOUND, "steady", "run_o"),
        kind=draw.one_of("ones", "zeros", "equal", "alternating"),
        length=draw.integer(3, 12),
    )
    return Drawn(
        parameters={"kind": it.kind, "length": it.length},
        ports=(*inputs((it.x, 1)), *outputs((it.z, 1))),
        timing=it.timing,
        words=_run_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=_runs(it),
        slips=it.slips(),
        module="run_detector",
    )


def _runs(it: _Run) -> tuple[dict[str, int], ...]:
    bits: list[int] = []
    for length in (it.length, it.length - 1, it.length + 2, 1, it.length):
        for first in (0, 1):
            bits += [
                (first + at) % 2 if it.kind == "alternating" else first for at in range(length)
            ]
    return tuple({it.x: bit} for bit in bits)


def _moore(draw: Draw, it: _Run) -> str:
    return draw.phrase(
        f"{it.z} does not depend on the present value of {it.x}, only on bits taken at earlier"
        " clock edges.",
        f"This is a Moore output: it changes at clock edges only, right after a bit of {it.x} was"
        " sampled.",
        f"A bit of {it.x} has its effect on {it.z} after the clock edge that samples it.",
    )


def _run_words(draw: Draw, it: _Run) -> Words:
    n = draw.phrase(number(it.length), str(it.length))
    what = {
        "ones": f"the last {n} bits were all 1",
        "zeros": f"the last {n} bits were all 0",
        "equal": f"the last {n} bits were all equal to each other",
        "alternating": f"among the last {n} bits no two neighbors were equal",
    }[it.kind]
    name = {
        "ones": f"{n} ones in a row",
        "zeros": f"{n} zeros in a row",
        "equal": f"{n} equal bits in a row",
        "alternating": f"{n} alternating bits",
    }[it.kind]
    since = f"Only bits sampled since reset count, so {it.z} cannot be 1 before {n} of them."
    moore = _moore(draw, it)
    stays = draw.phrase(
        f"{it.z} remains 1 for as long as that holds.",
        "If the run goes on, so does the output.",
        "Longer runs keep it high.",
    )
    return Words(
        title=f"detector of {name}",
        terse=draw.phrase(
            f"a Moore machine whose output {it.z} is 1 while {what} on {it.x}. {since}",
            f"a detector of {name} on {it.x}: {it.z} is 1 whenever {what} (Moore). {since}",
        ),
        plain=draw.phrase(
            f"At every clock edge a bit is sampled from {it.x}. {it.z} is 1 if {what}, else 0.",
            f"The output {it.z} tells that {what} on the serial input {it.x}; otherwise it is 0.",
            f"Look for {name} on {it.x}. As long as {what}, {it.z} is 1, and otherwise 0.",
        )
        + f" {moore} {stays} {since}",
        points=(f"{it.z} is 1 if {what} on {it.x}, and 0 otherwise.", moore, stays, since),
        after_reset=f"no bit has been seen and {it.z} is 0",
    )


FAMILIES = (
    Family(name="sequence-detector", kind="detectors", draw=_sequence, weight=3.0),
    Family(name="run-detector", kind="detectors", draw=_run),
)
"""The families of this module."""
