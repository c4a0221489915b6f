"""Clocks that show the time of day, odd dividers, running lights."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    control,
    number,
    priority,
    repeat,
    slips,
    span,
    times,
    width_for,
)


def _minutes_words(draw: Draw, names: tuple[str, ...], last: int, coded: bool) -> Words:
    sec, minute, enable = names
    how = "as two BCD digits of four bits each" if coded else "in binary"
    only = f" at which {enable} is 1" if enable else ""
    pause = f" While {enable} is 0 the clock stands still." if enable else ""
    return Words(
        title="stopwatch with minutes and seconds",
        terse=f"a clock of minutes and seconds {how}: {sec} counts 0 to 59 at clock edges{only}, "
        f"and {minute} goes up by one, 0 to {last}, when {sec} goes from 59 to 0; after "
        f"{last}:59 comes 0:00",
        plain=draw.phrase(
            f"{sec} counts seconds from 0 to 59 and {minute} counts minutes from 0 to {last}, both "
            f"{how}. Each clock edge{only} is one second. When {sec} goes from 59 back to 0, "
            f"{minute} goes up by one, and after {last}:59 everything starts again at 0:00.",
            f"Build a stopwatch. One second passes at each clock edge{only}. The outputs are {sec} "
            f"(0 to 59) and {minute} (0 to {last}), {how}. A full minute takes {sec} back to 0 and "
            f"adds 1 to {minute}; {minute} returns to 0 after {last}.",
            f"Two counters in a chain: the first, {sec}, runs from 0 to 59 and is advanced by each "
            f"clock edge{only}; the second, {minute}, runs from 0 to {last} and is advanced when "
            f"the first wraps around. Their values are shown {how}.",
        )
        + pause,
        points=(
            f"{sec} counts from 0 to 59, one step per clock edge{only}.",
            f"{minute} counts from 0 to {last} and advances when {sec} wraps from 59 to 0.",
            f"Both are given {how}.",
            *([pause.strip()] if pause else []),
        ),
        after_reset=f"{sec} and {minute} are 0",
    )


def _digits(name: str, limit: int, then: str) -> str:
    """Return statements that advance two BCD digits up to `limit`, and `then` after that."""
    tens, ones = f"{name}[7:4]", f"{name}[3:0]"
    full = f"{name} == 8'h{limit:02d}"
    wrap = f"{name} <= 8'h00;" + (f"\n{then}" if then else "")
    carry = f"{ones} <= 4'd0;\n{tens} <= {tens} + 1'b1;"
    return priority((full, wrap), (f"{ones} == 4'd9", carry), ("", f"{ones} <= {ones} + 1'b1;"))


def _number(name: str, limit: int, then: str) -> str:
    """Return statements that advance a binary count up to `limit`, and `then` after that."""
    width = width_for(limit)
    wrap = f"{name} <= {number(width, 0)};" + (f"\n{then}" if then else "")
    return priority((f"{name} == {number(width, limit)}", wrap), ("", f"{name} <= {name} + 1'b1;"))


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _minutes(draw: Draw) -> Drawn:
    timing, coded = draw.timing(), draw.chance(0.5)
    last = draw.one_of(59, 59, 9, 29, 99)
    enable = control(draw, "enable", "run", "tick_1hz", often=0.6)
    sec, minute = draw.one_of(("seconds", "minutes"), ("sec", "min"), ("ss", "mm"))
    draw.take(sec, minute)
    advance = _digits if coded else _number
    wide = (8, 8) if coded else (6, width_for(last))
    clear = f"{sec} <= {number(wide[0], 0)};\n{minute} <= {number(wide[1], 0)};"

    def built(seconds: int, minutes: int) -> str:
        step = advance(sec, seconds, advance(minute, minutes, ""))
        return timing.always(enable.guard(step), clear)

    def shown(state: int, _: Values) -> Outputs:
        values = {sec: state % 60, minute: state // 60}
        return {name: _bcd(value) if coded else value for name, value in values.items()}

    return Drawn(
        parameters={"last": last, "coded": int(coded), "enable": enable.name != ""},
        ports=(*inputs(*enable.ports), *outputs((sec, wide[0]), (minute, wide[1]))),
        timing=timing,
        words=_minutes_words(draw, (sec, minute, enable.name), last, coded),
        body=built(59, last),
        registered=(sec, minute),
        behavior=Clocked(
            reset=0,
            outputs=shown,
            following=lambda s, g: (s + 1) % (60 * last + 60) if enable.holds(g) else s,
            unknown=(sec, minute),
        ),
        vectors=repeat(132, enable.given()),
        slips=slips(
            "X",
            ("off-by-one", "X", built(58, last)),
            ("enable-ignored", "X", built(59, last).replace(f"if ({enable.on})", "if (1'b1)")),
        )[: 2 if enable else 1],
        module="stopwatch",
    )


def _hours_words(draw: Draw, names: tuple[str, ...], kind: str, coded: bool) -> Words:
    hour, half, enable = names
    how = "as two BCD digits" if coded else "in binary"
    twelve = (
        f"it runs 12, 1, 2, ..., 11, 12, and {half} changes when it goes from 11 to 12"
        if kind == "12"
        else "it runs 0, 1, ..., 23 and starts again at 0"
    )
    flag = f" {half} is 0 in the morning and 1 in the afternoon." if kind == "12" else ""
    return Words(
        title=f"{kind}-hour counter",
        terse=f"an hour counter for a {kind}-hour clock: {hour} ({how}) advances at clock edges "
        f"with {enable} = 1; {twelve}",
        plain=draw.phrase(
            f"{hour} shows the hour of a {kind}-hour clock {how}. It advances by one hour at each "
            f"clock edge with {enable} = 1; {twelve}.",
            f"{hour} counts hours the way a {kind}-hour clock shows them ({how}): {twelve}. "
            f"One step is "
            f"made at each clock edge at which {enable} is 1, otherwise nothing changes.",
            f"When {enable} is 1, an hour has passed and {hour} is advanced at the clock edge: "
            f"{twelve}. While {enable} is 0, {hour} is held. The number is coded {how}.",
        )
        + flag,
        points=(
            f"{enable} = 1 at a clock edge advances the clock by one hour; otherwise it holds.",
            f"{hour} is coded {how}; {twelve}.",
            *([flag.strip()] if flag else []),
        ),
        after_reset=f"{hour} is 12 and {half} is 0" if kind == "12" else f"{hour} is 0",
    )


def _hours_code(hour: str, half: str, coded: bool, turn: int = 11) -> str:
    """Return statements for twelve hours; `half` is inverted after hour `turn`."""
    if coded:
        step = priority(
            (f"{hour} == 8'h12", f"{hour} <= 8'h01;"),
            (f"{hour} == 8'h09", f"{hour} <= 8'h10;"),
            ("", f"{hour} <= {hour} + 8'h01;"),
        )
        at = f"8'h{turn:02d}"
    else:
        step = priority((f"{hour} == 4'd12", f"{hour} <= 4'd1;"), ("", f"{hour} <= {hour} + 1'b1;"))
        at = f"4'd{turn}"
    return f"{step}\n" + priority((f"{hour} == {at}", f"{half} <= ~{half};"))


def _hours(draw: Draw) -> Drawn:
    timing, kind, coded = draw.timing(), draw.one_of("12", "12", "24"), draw.chance(0.6)
    enable, hour = draw.name("enable", "next_hour", "tick_h"), draw.name("hours", "hh", "hour")
    half = draw.name("pm", "afternoon") if kind == "12" else ""
    wide = 8 if coded else (4 if kind == "12" else 5)
    first = 12 if kind == "12" else 0
    begin = f"8'h{first:02d}" if coded else number(wide, first)
    clear = f"{hour} <= {begin};" + (f"\n{half} <= 1'b0;" if half else "")

    def built(turn: int = 11, last: int = 23) -> str:
        if kind == "12":
            step = _hours_code(hour, half, coded, turn)
        else:
            step = (_digits if coded else _number)(hour, last, "")
        return timing.always(priority((enable, step)), clear)

    def shown(state: int, _: Values) -> Outputs:
        value = ((state + 11) % 12 + 1) if kind == "12" else state
        return {hour: _bcd(value) if coded else value, **({half: state // 12} if half else {})}

    return Drawn(
        parameters={"kind": kind, "coded": int(coded)},
        ports=(*inputs((enable, 1)), *outputs((hour, wide), *(((half, 1),) if half else ()))),
        timing=timing,
        words=_hours_words(draw, (hour, half, enable), kind, coded),
        body=built(),
        registered=(hour, half) if half else (hour,),
        behavior=Clocked(
            reset=0,
            outputs=shown,
            following=lambda s, g: (s + 1) % 24 if g[enable] else s,
            unknown=(hour, half) if half else (hour,),
        ),
        vectors=repeat(27, {enable: 1}),
        slips=slips("X", ("off-by-one", "X", built(12, 24) if kind == "24" or half else built())),
        module="hour_counter",
    )


def _uneven_words(draw: Draw, ratio: int, high: int, out: str) -> Words:
    low = ratio - high
    return Words(
        title=f"frequency divider by {ratio} with {high} cycles high",
        terse=f"a divider by {ratio}: {out} repeats a pattern of {low} low and {high} high cycles, "
        f"beginning with the low ones after reset",
        plain=draw.phrase(
            f"{out} has a period of {ratio} clock cycles. In each period it is 0 for the first "
            f"{times(low)} and 1 for the other {high}. The first period begins when reset has "
            f"ended.",
            f"Divide the clock by {ratio}. A counter runs from 0 to {ratio - 1} and starts over; "
            f"{out} is 1 while the counter is {low} or more and 0 while it is less.",
            f"Generate a rectangular wave: {out} low for {low} clock cycles, then high for {high}, "
            f"then low again, and so on without end, starting after reset with the low phase.",
        ),
        points=(
            f"An internal counter runs from 0 to {ratio - 1}, one step per clock cycle.",
            f"{out} is 0 while it is below {low}, and 1 otherwise.",
            f"The period is {ratio} cycles.",
        ),
        after_reset=f"the counter is 0 and {out} is 0",
    )


def _uneven(draw: Draw) -> Drawn:
    timing, ratio = draw.timing(), draw.one_of(3, 5, 7, 9, draw.integer(3, 20))
    high = draw.one_of(ratio // 2, draw.integer(1, ratio - 1))
    out = draw.name("clk_out", "wave", "clk_div", "out", "square")
    width = width_for(ratio - 1)
    wrap = priority(
        (f"count == {number(width, ratio - 1)}", f"count <= {number(width, 0)};"),
        ("", "count <= count + 1'b1;"),
    )

    def built(low: int, step: str = wrap) -> str:
        always = timing.always(step, f"count <= {number(width, 0)};")
        return (
            f"reg {span(width)}count;\n\n{always}\n\nassign {out} = (count >= "
            f"{number(width, low)});"
        )

    low = ratio - high
    long = wrap.replace(number(width, ratio - 1), number(width, ratio - 2))
    return Drawn(
        parameters={"ratio": ratio, "high": high},
        ports=outputs((out, 1)),
        timing=timing,
        words=_uneven_words(draw, ratio, high, out),
        body=built(low),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {out: int(state >= low)},
            following=lambda state, _: (state + 1) % ratio,
            unknown=(out,),
        ),
        vectors=repeat(2 * ratio + 2, {}),
        slips=slips(
            "X",
            ("off-by-one", "X", built(low - 1)),
            ("wrong-period", "X", built(low, long)),
            ("inverted", "X", built(low).replace(">=", "<")),
        ),
        module="frequency_divider",
    )


def _lights_words(draw: Draw, width: int, names: tuple[str, str], out: str) -> Words:
    enable = names[0]
    only = f" with {enable} = 1" if enable else ""
    hold = f" Without {enable} it stays where it is." if enable else ""
    return Words(
        title=f"running light with {width} lamps",
        terse=f"a running light: one of the {width} bits of {out} is 1; at each clock "
        f"edge{only} it "
        f"moves one place, up to bit {width - 1}, then down to bit 0, and so on, without "
        f"staying at "
        f"the ends",
        plain=draw.phrase(
            f"{out} are {width} lamps, and exactly one of them is lit. It moves by one place "
            f"at each clock "
            f"edge{only}, first toward bit {width - 1}; there it turns and moves toward bit 0, "
            f"where it turns again. The lamps at the ends are lit for one step only.",
            f"A light wanders back and forth over {out}: bit 0, 1, 2, ..., {width - 1}, "
            f"{width - 2}, ..., 1, 0, 1 and so on, one step per clock edge{only}. Only one bit "
            f"is 1 "
            f"at a time.",
            f"{out} has a single 1. A direction, initially upward, says where it goes at the next "
            f"clock edge{only}; the direction changes when the 1 has arrived at bit {width - 1} or "
            f"back at bit 0, so that it leaves these bits with the next step.",
        )
        + hold,
        points=(
            f"One bit of {out} is 1, all others are 0.",
            f"At each clock edge{only} the 1 moves by one place.",
            f"It goes up to bit {width - 1}, then down to bit 0, and up again; it does not stay at "
            f"the ends.",
            *([hold.strip()] if hold else []),
        ),
        after_reset=f"bit 0 of {out} is 1 and the light moves upward",
    )


def _lights(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(4, 12)
    enable, out = control(draw, "enable", "step", often=0.4), draw.name("leds", "lamps", "lights")
    up, down = f"{out} <= {out} << 1;", f"{out} <= {out} >> 1;"
    draw.take("down")

    def built(high: int, low: int) -> str:
        rise = f"{up}\n" + priority((f"{out}[{high}]", "down <= 1'b1;"))
        fall = f"{down}\n" + priority((f"{out}[{low}]", "down <= 1'b0;"))
        step = priority(("down", fall), ("", rise))
        clear = f"{out} <= {number(width, 1)};\ndown <= 1'b0;"
        return f"reg down;\n\n{timing.always(enable.guard(step), clear)}"

    period = 2 * width - 2

    def shown(state: int, _: Values) -> Outputs:
        return {out: 1 << (state if state < width else period - state)}

    return Drawn(
        parameters={"width": width, "enable": enable.name != ""},
        ports=(*inputs(*enable.ports), *outputs((out, width))),
        timing=timing,
        words=_lights_words(draw, width, (enable.name, ""), out),
        body=built(width - 2, 1),
        registered=(out,),
        behavior=Clocked(
            reset=0,
            outputs=shown,
            following=lambda s, g: (s + 1) % period if enable.holds(g) else s,
            unknown=(out,),
        ),
        vectors=repeat(2 * period + 2, enable.given()),
        slips=slips(
            "X",
            ("off-by-one", "X", built(width - 1, 0)),
            ("wrong-direction", "X", built(width - 2, 1).replace("if (down)", "if (!down)")),
        ),
        module="running_light",
    )


FAMILIES = (
    Family(name="minute-second-clock", kind="counters", draw=_minutes, weight=0.7),
    Family(name="hour-counter", kind="counters", draw=_hours, weight=0.7),
    Family(name="uneven-divider", kind="timers", draw=_uneven, weight=0.7),
    Family(name="running-light", kind="counters", draw=_lights, weight=0.7),
)
"""The families of this module."""
