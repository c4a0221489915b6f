"""Level-sensitive latches: the only families here with a state."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Slip, Values, Words, inputs, outputs
from rtlgen.synth.families._common import always, an, decimal, mask

Held = tuple[int | None]
"""What the latch holds; None until it has been open once."""
UNKNOWN: Held = (None,)


def _latch(draw: Draw) -> Drawn:
    width = draw.one_of(1, 1, 1, 4, 8, 16)
    low = draw.chance(0.3)
    gate = (
        draw.name("en_n", "gate_n", "load_n") if low else draw.name("en", "ena", "gate", "g", "le")
    )
    source, out = draw.name("d", "data", "in", "din"), draw.name("q", "out", "dout")
    clears = draw.name("clr", "rst", "clear") if draw.chance(0.35) else ""
    open_ = f"!{gate}" if low else gate
    zero = "1'b0" if width == 1 else decimal(width, 0)
    follow = f"if ({open_})\n    {out} = {source};"
    body = always(f"if ({clears})\n    {out} = {zero};\nelse {follow}" if clears else follow)

    def following(held: Held, given: Values) -> Held:
        if clears and given[clears]:
            return (0,)
        return (given[source],) if given[gate] != low else held

    level, other = ("low", "high") if low else ("high", "low")
    reset = f" While {clears} is 1, {out} is 0, whatever the other inputs are." if clears else ""
    noun = ("D latch" if width == 1 else f"{width}-bit D latch") + (" with clear" if clears else "")
    wrong = body.replace(f"({open_})", f"({gate})" if low else f"(!{gate})")
    always_open = f"if ({clears})\n    {out} = {zero};\nelse\n    " if clears else ""
    return Drawn(
        parameters={"width": width, "low": int(low), "clear": int(bool(clears)), "latch": 1},
        ports=(
            *inputs((source, width), (gate, 1), *([(clears, 1)] if clears else [])),
            *outputs((out, width)),
        ),
        words=Words(
            title=noun,
            terse=f"{an(noun)} that is transparent while {gate} is {level}"
            + (f" and cleared while {clears} is 1" if clears else ""),
            plain=draw.phrase(
                f"Implement {an(noun)}. While {gate} is {level}, {out} follows {source}; while it "
                "is "
                f"{other}, {out} keeps its last value.{reset}",
                f"This is a latch, not a flip-flop: as long as {gate} is {level}, every change of "
                f"{source} "
                f"shows on {out} at once, and when {gate} goes {other}, {out} holds what it "
                f"has.{reset}",
                f"The output {out} is equal to {source} as long as {gate} = {int(not low)}. With "
                f"{gate} = {int(low)} it does not change. There is no clock.{reset}",
            ),
            points=(
                f"While {gate} is {level}, {out} equals {source}.",
                f"While {gate} is {other}, {out} holds its value.",
                *([reset.strip()] if reset else []),
            ),
        ),
        body=body,
        registered=(out,),
        behavior=Clocked(
            power_up=UNKNOWN,
            reset=UNKNOWN,
            outputs=lambda held, given: {out: following(held, given)[0]},
            following=following,
            unknown=(out,),
        ),
        vectors=tuple(
            {source: value, gate: int(on != low), **({clears: 0} if clears else {})}
            for value, on in ((mask(width), True), (0, False), (0, True), (mask(width), False))
        ),
        slips=tuple(
            Slip(name=name, body=text)
            for name, text in (
                ("wrong-polarity", wrong),
                ("no-memory", always(f"{always_open}{out} = {source};")),
                ("clear-ignored", always(follow) if clears else ""),
            )
            if text
        ),
        module="d_latch",
    )


def _set_reset(draw: Draw) -> Drawn:
    low = draw.chance(0.3)
    first = draw.name("set_n", "s_n") if low else draw.name("set", "s")
    second = draw.name("reset_n", "r_n") if low else draw.name("reset", "r", "rst")
    out = draw.name("q", "out", "held")
    wins = draw.one_of("reset", "reset", "set")
    on_first, on_second = (f"!{first}", f"!{second}") if low else (first, second)
    clear, mark = f"if ({on_second})\n    {out} = 1'b0;", f"if ({on_first})\n    {out} = 1'b1;"
    order = f"{clear}\nelse {mark}" if wins == "reset" else f"{mark}\nelse {clear}"
    back = f"{mark}\nelse {clear}" if wins == "reset" else f"{clear}\nelse {mark}"

    def following(held: Held, given: Values) -> Held:
        sets, clears = given[first] != low, given[second] != low
        if clears and (wins == "reset" or not sets):
            return (0,)
        return (1,) if sets else held

    level = "0" if low else "1"
    idle = "1" if low else "0"
    winner = second if wins == "reset" else first
    return Drawn(
        parameters={"low": int(low), "wins": wins, "latch": 1},
        ports=(*inputs((first, 1), (second, 1)), *outputs((out, 1))),
        words=Words(
            title="set-reset latch",
            terse=f"a set-reset latch with active-{'low' if low else 'high'} inputs {first} and "
            f"{second}, of "
            f"which {winner} wins, and the output {out}",
            plain=draw.phrase(
                f"{out} becomes 1 when {first} is {level} and 0 when {second} is {level}. With "
                f"both at {idle} "
                f"it keeps its value; if both are {level}, {winner} has priority. There is no "
                "clock.",
                f"Build an SR latch without a clock: {first} = {level} sets {out}, {second} = "
                f"{level} clears "
                f"it, {winner} wins if both are active, and with neither {out} remembers its "
                "state.",
                f"A bit {out} is remembered without any clock. {first} = {level} makes it 1, "
                f"{second} = {level} makes it 0, and {winner} counts if both happen. As long as "
                f"both are {idle}, nothing changes.",
                f"Describe a latch with set ({first}) and reset ({second}), both "
                f"active-{'low' if low else 'high'}. Reset and set act at once; {winner} has "
                f"priority over the other. Otherwise {out} holds its value.",
            ),
            points=(
                f"{first} = {level} sets {out} to 1.",
                f"{second} = {level} sets {out} to 0.",
                f"If both are {level}, {winner} has priority.",
                f"If both are {idle}, {out} keeps its value.",
            ),
        ),
        body=always(order),
        registered=(out,),
        behavior=Clocked(
            power_up=UNKNOWN,
            reset=UNKNOWN,
            outputs=lambda held, given: {out: following(held, given)[0]},
            following=following,
            unknown=(out,),
        ),
        vectors=tuple(
            {first: int(sets != low), second: int(clears != low)}
            for sets, clears in ((1, 0), (0, 0), (0, 1), (0, 0), (1, 1), (0, 0), (1, 0))
        ),
        slips=(
            Slip(name="wrong-priority", body=always(back)),
            Slip(name="no-memory", body=always(f"{out} = {on_first};")),
        ),
        module="sr_latch",
    )


FAMILIES = (
    Family(name="latch", kind="latches", draw=_latch, weight=0.6),
    Family(name="set-reset-latch", kind="latches", draw=_set_reset, weight=0.4),
)
"""The families of this module."""
