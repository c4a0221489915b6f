"""Cleaning and judging a signal: thresholds with hysteresis, votes over time."""

from __future__ import annotations

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
from rtlgen.synth.families._words import number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hysteresis:
    """A switch with two thresholds."""

    timing: ClockAndReset
    level: str
    on: str
    enable: str
    """Empty if there is none."""
    width: int
    low: int
    high: int
    heats: bool
    """Whether it switches on below the low threshold, and not above the high one."""

    def behavior(self) -> Clocked[int]:
        def after(state: int, given: Values) -> int:
            if self.enable and not given[self.enable]:
                return 0
            value = given[self.level]
            if value < self.low:
                return int(self.heats)
            return int(not self.heats) if value > self.high else state

        return Clocked(
            reset=0, outputs=lambda state, _: {self.on: state}, following=after, unknown=(self.on,)
        )

    def body(self, slip: str = "") -> str:
        w = self.width
        low, high = f"{self.level} < {w}'d{self.low}", f"{self.level} > {w}'d{self.high}"
        if slip == "wrong-comparison":
            high = high.replace(">", ">=")
        if slip == "no-hysteresis":
            high = f"{self.level} >= {w}'d{self.low}"
        one, other = ("1'b1", "1'b0") if self.heats else ("1'b0", "1'b1")
        update = f"if ({low})\n    {self.on} <= {one};\nelse if ({high})\n    {self.on} <= {other};"
        if self.enable:
            update = f"if (!{self.enable})\n    {self.on} <= 1'b0;\nelse {update}"
        return self.timing.always(update, f"{self.on} <= 1'b0;")


def _hysteresis(draw: Draw) -> Drawn:
    width = draw.integer(4, 10)
    low = draw.integer(2, (1 << width) - 6)
    it = _Hysteresis(
        timing=draw.timing(),
        level=draw.name("temp", "level_in", "pressure", "humidity", "voltage"),
        on=draw.name("heater", "pump", "fan", "valve", "relay"),
        enable=draw.name("enable") if draw.chance(0.35) else "",
        width=width,
        low=low,
        high=draw.integer(low + 1, min(low + 24, (1 << width) - 2)),
        heats=draw.chance(0.5),
    )
    plan = [it.low - 1, it.low, it.high, it.high + 1, it.high, it.low, it.low - 1, it.low, it.high]
    wrong = {name: it.body(name) for name in ("wrong-comparison", "no-hysteresis")}
    wrong["wrong-way"] = replace(it, heats=not it.heats).body()
    return Drawn(
        parameters={
            "width": width,
            "low": low,
            "high": it.high,
            "heats": int(it.heats),
            "enable": int(bool(it.enable)),
        },
        ports=(
            *inputs((it.level, width), *([(it.enable, 1)] if it.enable else [])),
            *outputs((it.on, 1)),
        ),
        timing=it.timing,
        words=_hysteresis_words(draw, it),
        body=it.body(),
        registered=(it.on,),
        behavior=it.behavior(),
        vectors=tuple(
            {it.level: value, **({it.enable: 1} if it.enable else {})} for value in plan * 2
        ),
        slips=tuple(Slip(name=name, body=body) for name, body in wrong.items()),
        module="hysteresis_switch",
    )


def _hysteresis_words(draw: Draw, it: _Hysteresis) -> Words:
    below, above = (1, 0) if it.heats else (0, 1)
    moves = draw.phrase(
        f"At a clock edge with {it.level} below {it.low}, {it.on} becomes {below}; with {it.level}"
        f" above {it.high} it becomes {above}; from {it.low} to {it.high} it stays as it is.",
        f"{it.on} is set to {below} when {it.level} < {it.low} and to {above} when {it.level} >"
        f" {it.high}. In between, both limits included, nothing changes.",
    )
    enable = (
        draw.phrase(
            f"While {it.enable} is 0, {it.on} is made 0 at every clock edge, whatever {it.level}"
            " is.",
            f"{it.enable} = 0 has priority and switches {it.on} off at the clock edge.",
        )
        if it.enable
        else ""
    )
    regs = f"{it.on} is a register and changes at clock edges only."
    rest = f"{moves} {enable}".strip()
    return Words(
        title=f"controller with hysteresis for {it.on}",
        terse=f"a two-point controller from {it.level} to {it.on}. {rest}",
        plain=draw.phrase(
            f"{it.level} is an unsigned measured value, and {it.on} is switched by it with two"
            " thresholds.",
            f"Keep {it.level} within limits by switching {it.on}.",
            "Implement a controller with hysteresis, so that the output does not flicker.",
        )
        + f" {rest} {regs}",
        points=(moves, *([enable] if enable else []), regs),
        after_reset=f"{it.on} is 0",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote:
    """The majority among the last samples of a line."""

    timing: ClockAndReset
    x: str
    y: str
    length: int

    def behavior(self) -> Clocked[tuple[int, ...]]:
        return Clocked(
            reset=(0,) * self.length,
            outputs=lambda bits, _: {self.y: int(2 * sum(bits) > self.length)},
            following=lambda bits, given: (*bits[1:], given[self.x]),
            unknown=(self.y,),
        )

    def body(self, style: str, slip: str = "") -> str:
        """Return the RTL, with a sum over the samples or a running count of ones."""
        n = self.length
        w = n.bit_length()
        half = n // 2 + (2 if slip == "too-many-needed" else 1)
        shifted = f"{{history[{n - 2}:0], {self.x}}}"
        update, reset = f"history <= {shifted};", f"history <= {n}'d0;"
        bits = [f"history[{i}]" for i in range(n)]
        if n == 3 and style == "gates":
            pairs = " | ".join(f"({bits[i]} & {bits[j]})" for i, j in ((0, 1), (0, 2), (1, 2)))
            pairs = pairs.replace("|", "&") if slip else pairs
            tail = f"assign {self.y} = {pairs};"
            return f"reg [{n - 1}:0] history;\n\n{self.timing.always(update, reset)}\n\n{tail}"
        if style == "count":
            update += (
                f"\nif ({self.x} && !history[{n - 1}])\n    ones <= ones + 1'b1;\n"
                f"else if (!{self.x} && history[{n - 1}])\n    ones <= ones - 1'b1;"
            )
            reset += f"\nones <= {w}'d0;"
            declared = f"reg [{n - 1}:0] history;\nreg [{w - 1}:0] ones;\n\n"
        else:
            terms = " + ".join(f"{{{w - 1}'d0, {bit}}}" for bit in bits)
            declared = f"reg [{n - 1}:0] history;\nwire [{w - 1}:0] ones = {terms};\n\n"
        return (
            declared
            + self.timing.always(update, reset)
            + f"\n\nassign {self.y} = (ones >= {w}'d{half});"
        )


def _vote(draw: Draw) -> Drawn:
    draw.take("history", "ones")
    it = _Vote(
        timing=draw.timing(),
        x=draw.name("in", "x", "noisy", "raw", "rx"),
        y=draw.name("out", "clean", "vote", "filtered", "y"),
        length=draw.one_of(3, 5, 7, 9, 11),
    )
    style = draw.style("sum", "count", "gates")
    style = "sum" if style == "gates" and it.length != 3 else style
    shorter = replace(it, length=it.length + 2)
    return Drawn(
        parameters={"length": it.length, "x": it.x, "y": it.y},
        ports=(*inputs((it.x, 1)), *outputs((it.y, 1))),
        timing=it.timing,
        words=_vote_words(draw, it),
        body=it.body(style),
        behavior=it.behavior(),
        vectors=_samples(it),
        slips=(
            Slip(name="too-many-needed", body=it.body(style, "too-many-needed")),
            Slip(name="wrong-length", body=shorter.body("sum")),
        ),
        module="majority_filter",
    )


def _samples(it: _Vote) -> tuple[Values, ...]:
    """Return runs that just make a majority and runs that just do not, of ones and of zeros."""
    half = it.length // 2
    runs = [(1, half), (0, it.length), (1, half + 1), (0, half), (1, it.length), (0, half + 1)]
    runs += [(1, it.length), (0, it.length)]
    return tuple({it.x: bit} for bit, count in runs for _ in range(count))


def _vote_words(draw: Draw, it: _Vote) -> Words:
    n = draw.phrase(number(it.length), str(it.length))
    half = it.length // 2 + 1
    rule = draw.phrase(
        f"{it.y} is the majority among the last {n} samples of {it.x}, one sample per clock edge.",
        f"{it.y} is 1 if at least {half} of the {n} most recent samples of {it.x} were 1, else 0.",
        f"A sample of {it.x} is taken at each clock edge. Of the last {n} samples, {it.y} is the"
        " value that most of them have.",
    )
    late = draw.phrase(
        f"The present value of {it.x} counts only after the clock edge that samples it.",
        f"{it.y} depends on samples already taken, not on {it.x} directly.",
    )
    start = "Samples before the first one after reset count as 0."
    return Words(
        title=f"majority filter over {n} samples",
        terse=f"a filter for {it.x}. {rule} {start}",
        plain=draw.phrase(
            f"A noisy line {it.x} is cleaned by voting over time.",
            "Short disturbances of a signal have to be removed.",
            "Implement a majority voter over successive samples.",
        )
        + f" {rule} {late} {start}",
        points=(rule, late, start),
        after_reset=f"all {n} samples are 0, and so is {it.y}",
    )


FAMILIES = (
    Family(name="hysteresis", kind="systems", draw=_hysteresis),
    Family(name="majority-filter", kind="systems", draw=_vote, weight=0.4),
)
"""The families of this module."""
