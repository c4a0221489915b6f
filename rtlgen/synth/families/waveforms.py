"""Sequential circuits told by a waveform: what a register does next is to be read from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Slip,
    Values,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import columns, counted, markdown

Rule = tuple[str, Callable[[int, int, int], int]]

RULES: tuple[Rule, ...] = (
    ("({a} ^ {q}) & {b}", lambda a, b, q: (a ^ q) & b),
    ("{a} & {b} | ({a} | {b}) & {q}", lambda a, b, q: (a & b) | ((a | b) & q)),
    ("{a} ? {b} : {q}", lambda a, b, q: b if a else q),
    ("{a} ? ~{q} : {b}", lambda a, b, q: 1 - q if a else b),
    ("{a} ? {b} : ~{q}", lambda a, b, q: b if a else 1 - q),
    ("{a} & ~{q} | ~{b} & {q}", lambda a, b, q: (a & (1 - q)) | ((1 - b) & q)),
    ("{a} | {q} & ~{b}", lambda a, b, q: a | (q & (1 - b))),
    ("({a} | {q}) & {b}", lambda a, b, q: (a | q) & b),
    ("({a} ^ {b}) & ~{q}", lambda a, b, q: (a ^ b) & (1 - q)),
    ("{a} ^ {b} ^ {q}", lambda a, b, q: a ^ b ^ q),
    ("({a} & {b}) ^ {q}", lambda a, b, q: (a & b) ^ q),
    ("({a} | {b}) ^ {q}", lambda a, b, q: (a | b) ^ q),
    ("{a} & ({b} | {q})", lambda a, b, q: a & (b | q)),
    ("~({a} & {q}) & {b}", lambda a, b, q: (1 - (a & q)) & b),
    ("~({a} | {q}) | {b}", lambda a, b, q: (1 - (a | q)) | b),
)
"""What a single flip-flop may become, by two inputs and itself."""
SEEN: tuple[Rule, ...] = (
    ("{a} ^ {b} ^ {q}", lambda a, b, q: a ^ b ^ q),
    ("{a} & {q}", lambda a, b, q: a & q),
    ("{b} | {q}", lambda a, b, q: b | q),
    ("{a} & {b} & ~{q}", lambda a, b, q: a & b & (1 - q)),
    ("{a} ^ {q}", lambda a, b, q: a ^ q),
    ("~({b} & {q})", lambda a, b, q: 1 - (b & q)),
    ("{q} ? {a} : {b}", lambda a, b, q: a if q else b),
)
"""What a second output may be, by the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bit:
    """A flip-flop, and maybe a combinational output beside it."""

    timing: ClockAndReset
    a: str
    b: str
    q: str
    z: str
    """Empty if there is none."""
    seen: int
    """Which function of the inputs and the flip-flop the second output is."""
    rule: int
    inverted: bool
    """Whether the first input counts inverted."""
    swapped: bool

    def names(self) -> tuple[str, str]:
        pair = (self.b, self.a) if self.swapped else (self.a, self.b)
        return (f"~{pair[0]}" if self.inverted else pair[0]), pair[1]

    def after(self, q: int, given: Values) -> int:
        """Return the flip-flop's next value."""
        one, other = given[self.a], given[self.b]
        if self.swapped:
            one, other = other, one
        return RULES[self.rule][1](1 - one if self.inverted else one, other, q)

    def behavior(self) -> Clocked[int]:
        def told(q: int, given: Values) -> dict[str, int]:
            both = {self.q: q}
            if not self.z:
                return both
            return {**both, self.z: SEEN[self.seen][1](given[self.a], given[self.b], q)}

        return Clocked(
            reset=0,
            outputs=told,
            following=self.after,
            unknown=(self.q, *([self.z] if self.z else [])),
        )

    def body(self) -> str:
        one, other = self.names()
        value = RULES[self.rule][0].format(a=one, b=other, q=self.q)
        return self.timing.always(f"{self.q} <= {value};", f"{self.q} <= 1'b0;") + self.extra()

    def extra(self) -> str:
        """Return the second output's assignment, if there is one."""
        text = SEEN[self.seen][0].format(a=self.a, b=self.b, q=self.q)
        return f"\n\nassign {self.z} = {text};" if self.z else ""

    def cases(self) -> str:
        """Return the RTL as a case over the inputs and the register."""
        arms = []
        for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
            zero, one = (self.after(q, {self.a: a, self.b: b}) for q in (0, 1))
            value = {(0, 0): "1'b0", (1, 1): "1'b1", (0, 1): self.q, (1, 0): f"~{self.q}"}[
                zero, one
            ]
            label = "default" if (a, b) == (1, 1) else f"2'b{a}{b}"
            arms.append(f"    {label}: {self.q} <= {value};")
        lines = "\n".join([f"case ({{{self.a}, {self.b}}})", *arms, "endcase"])
        return self.timing.always(lines, f"{self.q} <= 1'b0;") + self.extra()

    def slips(self) -> tuple[Slip, ...]:
        """Return circuits that differ in some case."""
        found = {
            "inverted-input": replace(self, inverted=not self.inverted),
            "swapped-inputs": replace(self, swapped=not self.swapped),
            "other-function": replace(self, rule=(self.rule + 1) % len(RULES)),
        }
        right = self._table()
        return tuple(
            Slip(name=name, body=it.body()) for name, it in found.items() if it._table() != right
        )

    def _table(self) -> list[int]:
        return [self.after(q, given) for q in (0, 1) for given in letters((self.a, 1), (self.b, 1))]


def _bit(draw: Draw) -> Drawn:
    timing = draw.timing()
    it = _Bit(
        timing=timing,
        a=draw.name("a", "x", "u", "s", "j"),
        b=draw.name("b", "y", "v", "r", "k"),
        q=draw.name("q", "state", "f", "out"),
        z=draw.name("z", "p", "g", "w") if draw.chance(0.35) else "",
        seen=draw.integer(0, len(SEEN) - 1),
        rule=draw.integer(0, len(RULES) - 1),
        inverted=draw.chance(0.4),
        swapped=draw.chance(0.5),
    )
    given = letters((it.a, 1), (it.b, 1))
    walk = tour(it.behavior(), given, limit=40)
    walk += tuple(draw.one_of(*given) for _ in range(draw.integer(2, 6)))
    shown = (it.q, it.z) if it.z else (it.q,)
    body = draw.style(it.body, it.cases)
    return Drawn(
        parameters={
            "rule": it.rule,
            "inverted": int(it.inverted),
            "swapped": int(it.swapped),
            "z": it.seen if it.z else -1,
        },
        ports=(*inputs((it.a, 1), (it.b, 1)), *outputs(*((name, 1) for name in shown))),
        timing=timing,
        words=_bit_words(draw, it, recorded(it.behavior(), walk)),
        body=body(),
        registered=(it.q,),
        behavior=it.behavior(),
        vectors=walk,
        slips=it.slips(),
        module="circuit",
    )


Record = list[dict[str, int]]
"""Values of inputs and outputs, cycle by cycle."""


def recorded(behavior: Clocked[int], walk: Sequence[Values]) -> Record:
    """Return all values of each cycle, from reset on, until inputs or power fail."""
    state = behavior.after_reset()
    rows: Record = []
    for given in walk:
        told, state = behavior.step(state, given)
        rows.append({**given, **{name: value or 0 for name, value in told.items()}})
    return rows


def shown_waveform(draw: Draw, rows: Record, clock: str) -> str:
    """Return a record as a table of cycles, or as a line of digits or levels for each signal."""
    form = draw.words.choice(("rows", "rows", "markdown", "lines", "levels", "csv"))
    names = list(rows[0])
    if form in ("lines", "levels"):
        width = max(len(name) for name in [*names, clock])
        return "\n".join(f"{n.ljust(width)} : {_line(rows, n, form)}" for n in names)
    table = [["cycle", *names]]
    table += [[str(at), *(str(row[name]) for name in names)] for at, row in enumerate(rows)]
    if form == "markdown":
        return markdown(table)
    return columns(table, "  ") if form == "rows" else "\n".join(",".join(row) for row in table)


def _line(rows: Record, name: str, form: str) -> str:
    values = [row[name] for row in rows]
    if form == "levels" and all(value < 2 for value in values):
        return "".join("--" if value else "__" for value in values)
    wide = max(len(str(value)) for value in values)
    return " ".join(str(value).rjust(wide) for value in values)


def _when(draw: Draw, clock: ClockAndReset) -> str:
    edge = "rising" if clock.rising else "falling"
    return draw.phrase(
        f"The waveform begins right after reset, one column or row per clock cycle; its values are"
        f" those just before the {edge} edge that ends the cycle.",
        f"Each entry shows a clock cycle as it is right before its closing {edge} edge; the first"
        " one is the first cycle after reset.",
        f"Values are sampled once per cycle, shortly before the {edge} clock edge, starting in the"
        " first cycle after reset.",
    )


def _bit_words(draw: Draw, it: _Bit, rows: Record) -> Words:
    clock = it.timing
    register = draw.phrase(
        f"{it.q} is the output of a flip-flop. Its next value is a function of {it.a}, {it.b} and"
        f" {it.q} alone.",
        f"The circuit has one flip-flop, {it.q}; what it becomes at a clock edge depends on"
        f" {it.a}, {it.b} and its present value.",
        f"There is a single register bit, {it.q}, which is updated from {it.a}, {it.b} and itself.",
    )
    comb = (
        draw.phrase(
            f" {it.z} is a combinational function of {it.a}, {it.b} and {it.q}.",
            f" {it.z} has no memory: it follows from {it.a}, {it.b} and {it.q} in the same cycle.",
        )
        if it.z
        else ""
    )
    task = draw.phrase(
        "Find out from the waveform what the circuit does and implement it.",
        "Read the behavior off the recorded values below.",
        "The simulation record below shows every case at least once.",
    )
    when = _when(draw, clock)
    return Words(
        title="one-bit sequential circuit given by a waveform",
        terse=f"the sequential circuit whose waveform is below. {register}{comb} {when}",
        plain=f"{task} {register}{comb} {when}",
        points=(task, f"{register}{comb}", when),
        after_reset=f"{it.q} is 0",
        fragment=shown_waveform(draw, rows, clock.clock),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """A small counter with one control input."""

    timing: ClockAndReset
    a: str
    q: str
    width: int
    last: int
    kind: str
    value: int

    def after(self, q: int, a: int) -> int:
        """Return the next count; the input loads, clears, holds or turns around."""
        up = 0 if q == self.last else q + 1
        down = self.last if q == 0 else q - 1
        return {
            "load": self.value if a else up,
            "hold": q if a else up,
            "turn": down if a else up,
            "twice": (q + 2) % (self.last + 1) if a else up,
        }[self.kind]

    def behavior(self) -> Clocked[int]:
        start = self.value if self.kind == "load" else 0
        return Clocked(
            reset=start,
            outputs=lambda q, _: {self.q: q},
            following=lambda q, given: self.after(q, given[self.a]),
            unknown=(self.q,),
        )

    def body(self) -> str:
        w = self.width
        zero, last = f"{w}'d0", f"{w}'d{self.last}"
        up = f"if ({self.q} == {last})\n    {self.q} <= {zero};\n"
        up += f"else\n    {self.q} <= {self.q} + 1'b1;"
        special = {
            "load": f"{self.q} <= {w}'d{self.value};",
            "hold": f"{self.q} <= {self.q};",
            "turn": f"{self.q} <= ({self.q} == {zero}) ? {last} : {self.q} - 1'b1;",
            "twice": f"{self.q} <= ({self.q} >= {w}'d{self.last - 1}) ?"
            f" {self.q} - {w}'d{self.last - 1} : {self.q} + {w}'d2;",
        }[self.kind]
        start = self.value if self.kind == "load" else 0
        return self.timing.always(
            f"if ({self.a})\n    {special}\nelse {up}", f"{self.q} <= {w}'d{start};"
        )

    def slips(self) -> tuple[Slip, ...]:
        other = {"load": "hold", "hold": "turn", "turn": "hold", "twice": "hold"}[self.kind]
        return (
            Slip(name="wrong-last-value", body=replace(self, last=self.last - 1).body()),
            Slip(name="wrong-control", body=replace(self, kind=other).body()),
        )


def _count(draw: Draw) -> Drawn:
    timing = draw.timing()
    last = draw.integer(3, 11)
    it = _Count(
        timing=timing,
        a=draw.name("a", "x", "c", "mode", "ctl"),
        q=draw.name("q", "count", "n", "y"),
        width=last.bit_length(),
        last=last,
        kind=draw.one_of("load", "load", "hold", "turn", "twice"),
        value=draw.integer(1, last),
    )
    given = letters((it.a, 1))
    full = tuple({it.a: 0} for _ in range(last + 2))
    behavior = it.behavior()
    walk = (*full, *tour(_from(it, full), given, limit=80), {it.a: 0})
    return Drawn(
        parameters={"last": last, "kind": it.kind, "value": it.value if it.kind == "load" else 0},
        ports=(*inputs((it.a, 1)), *outputs((it.q, it.width))),
        timing=timing,
        words=_count_words(draw, it, recorded(behavior, walk)),
        body=it.body(),
        registered=(it.q,),
        behavior=behavior,
        vectors=walk,
        slips=it.slips(),
        module="counter_circuit",
    )


def _from(it: _Count, walk: Sequence[Values]) -> Clocked[int]:
    """Return the same model, started where a walk ends."""
    behavior = it.behavior()
    state = behavior.reset
    for given in walk:
        state = it.after(state or 0, given[it.a])
    return replace(behavior, reset=state)


def _count_words(draw: Draw, it: _Count, rows: Record) -> Words:
    size = counted(it.width, "bit")
    register = draw.phrase(
        f"{it.q} is a register of {size} whose next value depends on {it.a} and {it.q} only.",
        f"The {size} of {it.q} are flip-flops; {it.a} and {it.q} decide what comes next.",
        f"At each clock edge {it.q} takes a new value, which follows from its old one and {it.a}.",
    )
    full = draw.phrase(
        f"The values 0 to {it.last} all occur below, each with {it.a} = 0 and with {it.a} = 1;"
        " other values are never reached.",
        f"Every case that can be reached is shown: all values up to {it.last}, with both values of"
        f" {it.a}.",
    )
    task = draw.phrase(
        "Implement the circuit that behaves as recorded below.",
        "What kind of counter is this? Write it in Verilog.",
        "The waveform below shows a small sequential circuit.",
    )
    when = _when(draw, it.timing)
    start = rows[0][it.q]
    return Words(
        title=f"{it.width}-bit counting circuit given by a waveform",
        terse=f"the counter whose waveform is below. {register} {full} {when}",
        plain=f"{task} {register} {full} {when} Numbers are decimal.",
        points=(task, register, full, when, "Numbers are decimal."),
        after_reset=f"{it.q} is {start}",
        fragment=shown_waveform(draw, rows, it.timing.clock),
    )


FAMILIES = (
    Family(name="waveform-bit", kind="waveforms", draw=_bit, weight=1.5),
    Family(name="waveform-counter", kind="waveforms", draw=_count, also=("waveform-bit",)),
)
"""The families of this module."""
