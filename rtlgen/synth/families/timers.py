"""Clock dividers, ticks, pulse-width modulation and timers."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    control,
    number,
    priority,
    repeat,
    slips,
    span,
    width_for,
)
from rtlgen.synth.families._words import ordinal


def _divider_words(draw: Draw, ratio: int, out: str) -> Words:
    half = ratio // 2
    return Words(
        title=f"divide-by-{ratio} clock divider",
        terse=f"a clock divider by {ratio}: {out} toggles every {half} clock cycles",
        plain=draw.phrase(
            f"From the clock make a slower square wave at {out}: {ratio} clock cycles long, low "
            f"in the first half and high in the second half of each period, beginning with the "
            f"first half after reset.",
            f"{out} is a square wave with 1/{ratio} of the clock's frequency and a duty cycle of "
            f"50 %: it is inverted every {half} clock cycles. The first inversion comes with the "
            f"{ordinal(half)} clock edge after reset.",
            f"Divide the clock by {ratio}. A counter counts from 0 to {half - 1} and starts again "
            f"at 0; at the clock edge at which it starts again, {out} is toggled. So {out} is low "
            f"for {half} cycles and high for {half} cycles.",
            f"An even frequency divider with ratio {ratio}: {out} stays low for {half} cycles "
            f"after reset, then high for {half} cycles, and so on.",
        ),
        points=(
            f"A counter runs from 0 to {half - 1}, one step per clock cycle, and starts over.",
            f"When it starts over, {out} is inverted.",
            f"The period of {out} is {ratio} clock cycles, half of them high.",
        ),
        after_reset=draw.phrase(f"{out} is 0 and the counter is 0", f"{out} and the count are 0"),
    )


def _divider(draw: Draw) -> Drawn:
    timing, half = draw.timing(), draw.one_of(2, 3, 4, 5, 8, draw.integer(2, 30))
    out = draw.name("clk_out", "clk_div", "div_out", "slow_clk", "wave")
    width = width_for(half - 1)
    zero, last = number(width, 0), number(width, half - 1)
    step = priority(
        (f"count == {last}", f"count <= {zero};\n{out} <= ~{out};"), ("", "count <= count + 1'b1;")
    )
    declared = f"reg {span(width)}count;\n\n"
    reset = f"count <= {zero};\n{out} <= 1'b0;"
    body = declared + timing.always(step, reset)

    def following(state: int, _: Values) -> int:
        return (state + 1) % (2 * half)

    return Drawn(
        parameters={"ratio": 2 * half},
        ports=outputs((out, 1)),
        timing=timing,
        words=_divider_words(draw, 2 * half, out),
        body=body,
        registered=(out,),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {out: int(state >= half)},
            following=following,
            unknown=(out,),
        ),
        vectors=repeat(min(4 * half + 2, 130), {}),
        slips=slips(
            body,
            ("off-by-one", f"== {last}", f"== {number(width, half - 2)}"),
            ("wrong-reset-value", f"{out} <= 1'b0;", f"{out} <= 1'b1;"),
            ("pulse-for-toggle", f"{out} <= ~{out};", f"{out} <= 1'b1;"),
        ),
        module="clock_divider",
    )


def _tick_words(draw: Draw, names: tuple[str, str], period: int, registered: bool) -> Words:
    tick, enable = names
    cycles = f"cycles in which {enable} is 1" if enable else "clock cycles"
    when = f" and {enable} is 1" if enable else ""
    how = (
        f"{tick} is a register: it is 1 in the cycle after the one in which the counter is "
        f"{period - 1}{when}"
        if registered
        else f"{tick} is combinational: it is 1 while the counter is {period - 1}{when}"
    )
    return Words(
        title=f"tick every {period} cycles",
        terse=f"a prescaler that counts {cycles} from 0 to {period - 1}, over and over; {how}",
        plain=draw.phrase(
            f"Make a pulse on {tick} that is one clock cycle long and comes every {period} "
            f"{cycles}. "
            f"An internal counter counts these cycles from 0 to {period - 1} and then starts over. "
            f"{how}.",
            f"An enable generator: a counter from 0 to {period - 1} counts {cycles} and starts "
            f"again "
            f"after {period - 1}; {how}.",
            f"Slow things down by a factor of {period}. Count {cycles}, 0 to {period - 1} and "
            f"again from 0; {how}. It is 0 at all other times.",
        ),
        points=(
            f"An internal counter goes 0, 1, ..., {period - 1}, 0 over {cycles}.",
            f"{how}.",
            f"In all other cycles {tick} is 0.",
        ),
        after_reset="the counter is 0" + (f" and {tick} is 0" if registered else ""),
    )


def _tick(draw: Draw) -> Drawn:
    timing, period = draw.timing(), draw.one_of(draw.integer(3, 12), draw.integer(5, 60), 10, 16)
    enable = control(draw, "enable", "run", often=0.4)
    tick = draw.name("tick", "pulse", "strobe", "tick_o", "slow_en")
    registered = draw.chance(0.4)
    width = width_for(period - 1)
    zero, last = number(width, 0), number(width, period - 1)
    step = priority((f"count == {last}", f"count <= {zero};"), ("", "count <= count + 1'b1;"))
    now = f"(count == {last})" + (f" & {enable.on}" if enable else "")
    clear = f"count <= {zero};"
    declared = f"reg {span(width)}count;\n\n"
    if registered:
        body = declared + timing.always(
            f"{tick} <= {now};\n{enable.guard(step)}", f"{tick} <= 1'b0;\n{clear}"
        )
    else:
        body = f"{declared}{timing.always(enable.guard(step), clear)}\n\nassign {tick} = {now};"

    def shown(state: tuple[int, int], given: Values) -> Outputs:
        here = state[0] == period - 1 and enable.holds(given)
        return {tick: state[1] if registered else int(here)}

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        if not enable.holds(given):
            return state[0], 0
        return (state[0] + 1) % period, int(state[0] == period - 1)

    return Drawn(
        parameters={"period": period, "enable": enable.name != "", "registered": int(registered)},
        ports=(*inputs(*enable.ports), *outputs((tick, 1))),
        timing=timing,
        words=_tick_words(draw, (tick, enable.name), period, registered),
        body=body,
        registered=(tick,) if registered else (),
        behavior=Clocked(reset=(0, 0), outputs=shown, following=following, unknown=(tick,)),
        vectors=repeat(2 * period + 3, enable.given()),
        slips=slips(
            body,
            ("off-by-one", last, number(width, period - 2)),
            ("enable-ignored", f" & {enable.on}", ""),
            ("wrong-first-value", f"count <= {zero};", f"count <= {number(width, 1)};"),
        ),
        module="tick_generator",
    )


def _pwm_words(draw: Draw, names: tuple[str, str], period: int) -> Words:
    duty, out = names
    return Words(
        title="pulse-width modulator",
        terse=f"a PWM generator: a counter runs from 0 to {period - 1} over and over, and {out} is "
        f"1 while it is less than {duty}",
        plain=draw.phrase(
            f"Inside, a counter counts clock cycles from 0 to {period - 1} and starts over. {out} "
            f"is 1 while the counter is less than {duty}, and 0 otherwise. The comparison is "
            f"combinational, so a new {duty} acts at once.",
            f"Dim a lamp by switching it fast: in each period of {period} clock cycles {out} is on "
            f"for the first {duty} cycles and off for the rest. Compare a free-running counter (0 "
            f"to {period - 1}) with {duty} without a register in between.",
            f"{out} is a pulse-width modulated signal with a period of {period} cycles and {duty} "
            f"as its width: {out} = (counter < {duty}), where the counter counts 0 to "
            f"{period - 1} cyclically and does not depend on {duty}.",
        ),
        points=(
            f"An internal counter runs from 0 to {period - 1} and wraps around, every clock cycle.",
            f"{out} is 1 if the counter is less than {duty}, otherwise 0 (unsigned).",
            f"There is no register between {duty} and {out}.",
        ),
        after_reset="the counter is 0",
    )


def _pwm(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(2, 7)
    period = draw.one_of(1 << width, 1 << width, draw.integer(3, 1 << width))
    width = width_for(period - 1)
    duty, out = draw.name("duty", "width_i", "level", "on_time"), draw.name("pwm", "out", "pwm_out")
    step = "count <= count + 1'b1;"
    if period < 1 << width:
        step = priority(
            (f"count == {number(width, period - 1)}", f"count <= {number(width, 0)};"), ("", step)
        )
    update = timing.always(step, f"count <= {number(width, 0)};")
    body = f"reg {span(width)}count;\n\n{update}\n\nassign {out} = (count < {duty});"
    cycle = tuple({duty: value} for value in (0, period // 2, (1 << width) - 1, 1))
    return Drawn(
        parameters={"period": period},
        ports=(*inputs((duty, width)), *outputs((out, 1))),
        timing=timing,
        words=_pwm_words(draw, (duty, out), period),
        body=body,
        behavior=Clocked(
            reset=0,
            outputs=lambda state, given: {out: int(state < given[duty])},
            following=lambda state, _: (state + 1) % period,
            unknown=(out,),
        ),
        vectors=tuple(given for given in cycle for _ in range(min(period + 1, 40))),
        slips=slips(
            body,
            ("off-by-one", f"(count < {duty})", f"(count <= {duty})"),
            ("inverted", f"(count < {duty})", f"(count >= {duty})"),
            ("wrong-period", f"== {number(width, period - 1)}", f"== {number(width, period - 2)}"),
        ),
        module="pwm",
    )


def _one_shot_words(draw: Draw, names: tuple[str, str], length: int, again: bool) -> Words:
    start, out = names
    rule = (
        f"a {start} that comes during the pulse starts its {length} cycles anew"
        if again
        else f"while {out} is 1, {start} is ignored"
    )
    return Words(
        title=f"{'retriggerable ' if again else ''}one-shot of {length} cycles",
        terse=f"a {'retriggerable ' if again else ''}one-shot: a clock edge with {start} = 1 makes "
        f"{out} 1 for the next {length} cycles; {rule}",
        plain=draw.phrase(
            f"When {start} is 1 at a clock edge, {out} becomes 1 and remains 1 for {length} clock "
            f"cycles, then it returns to 0; {rule}.",
            f"A stairway light: {start} switches {out} on at the next clock edge, and it goes off "
            f"by itself {length} cycles later. As to further presses: {rule}.",
            f"A pulse stretcher. A short pulse on {start} gives a pulse of {length} cycles on "
            f"{out}, beginning right after the clock edge that sees {start}; {rule}.",
        )
        + (
            ""
            if again
            else f" In the first cycle in which {out} is 0 again, {start} can start a new pulse."
        ),
        points=(
            f"{start} = 1 at a clock edge makes {out} 1 from then on for {length} cycles.",
            f"{rule[0].upper() if not rule.startswith(start) else rule[0]}{rule[1:]}.",
            f"Then {out} is 0 until the next {start}.",
        ),
        after_reset=f"{out} is 0 and no pulse is under way",
    )


def _one_shot(draw: Draw) -> Drawn:
    timing, length, again = draw.timing(), draw.integer(2, 20), draw.chance(0.5)
    start = draw.name("trigger", "start", "trig", "button", "fire")
    out = draw.name("pulse", "out", "busy", "light", "active")
    width = width_for(length)
    zero = number(width, 0)
    load, fall = f"left <= {number(width, length)};", "left <= left - 1'b1;"
    running = f"left != {zero}"
    step = (
        priority((start, load), (running, fall))
        if again
        else priority((running, fall), (start, load))
    )
    other = (
        priority((running, fall), (start, load))
        if again
        else priority((start, load), (running, fall))
    )
    shape = "reg {}left;\n\n{}\n\nassign {} = ({});"
    clear = f"left <= {zero};"
    body = shape.format(span(width), timing.always(step, clear), out, running)

    def following(state: int, given: Values) -> int:
        if given[start] and (again or not state):
            return length
        return max(0, state - 1)

    on, off = {start: 1}, {start: 0}
    return Drawn(
        parameters={"length": length, "again": int(again)},
        ports=(*inputs((start, 1)), *outputs((out, 1))),
        timing=timing,
        words=_one_shot_words(draw, (start, out), length, again),
        body=body,
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {out: int(state > 0)},
            following=following,
            unknown=(out,),
        ),
        vectors=(on, *repeat(length + 2, off), on, off, on, *repeat(length + 2, off)),
        slips=slips(
            body,
            ("off-by-one", f"'d{length};", f"'d{length - 1};"),
            (
                "wrong-priority",
                body,
                shape.format(span(width), timing.always(other, clear), out, running),
            ),
        ),
        module="one_shot",
    )


def _countdown_words(draw: Draw, names: tuple[str, ...], width: int) -> Words:
    load, data, done, enable = names
    only = f" in which {enable} is 1" if enable else ""
    return Words(
        title=f"{width}-bit countdown timer",
        terse=f"{bits(width, 'countdown timer')}: {load} = 1 loads {data}, otherwise it counts "
        f"down "
        f"by one in each cycle{only} until it is 0 and stays there; {done} is 1 while it is 0",
        plain=draw.phrase(
            f"At a clock edge with {load} = 1, an internal counter takes {data}. With {load} = "
            f"0 it "
            f"goes down by 1 in each cycle{only}, but it stops at 0 and does not wrap. {done} is 1 "
            f"exactly while the counter is 0.",
            f"An egg timer: {load} winds it up to {data} cycles, after that it runs down one "
            f"by one "
            f"(in each cycle{only or ', without a pause'}), and {done} is high as long as nothing "
            f"is left. It stays at zero until it is loaded again; loading has priority.",
            f"The timer holds a count of {width} bits. {load} = 1 loads it from {data}, which has "
            f"priority over counting. "
            f"A count other than 0 is decremented at each clock edge{only}; a count of 0 stays 0. "
            f"{done} = (count == 0), without a register.",
        ),
        points=(
            f"If {load} is 1, the count becomes {data}.",
            f"Otherwise, a count above 0 is decremented in each cycle{only}.",
            "A count of 0 stays 0.",
            f"{done} is 1 while the count is 0, and 0 otherwise.",
        ),
        after_reset=f"the count is 0, so {done} is 1",
    )


def _countdown(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.integer(3, 12)
    load, data = draw.name("load"), draw.name("data", "duration", "start_value", "period")
    done = draw.name("done", "tc", "expired", "timeout")
    enable = control(draw, "enable", "tick", often=0.4)
    zero = number(width, 0)
    running = f"count != {zero}" + (f" && {enable.on}" if enable else "")
    step = priority((load, f"count <= {data};"), (running, "count <= count - 1'b1;"))
    shape = f"reg [{width - 1}:0] count;\n\n{{}}\n\nassign {done} = (count == {{}});"
    body = shape.format(timing.always(step, f"count <= {zero};"), zero)
    wrap = priority((load, f"count <= {data};"), (enable.on, "count <= count - 1'b1;"))

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        if given[load]:
            return (given[data],)
        if state[0] is None or not enable.holds(given):
            return state
        return (max(0, state[0] - 1),)

    go = {load: 0, data: 5, **enable.given()}
    return Drawn(
        parameters={"width": width, "enable": enable.name != "", "reset": timing.reset != ""},
        ports=(*inputs((load, 1), (data, width), *enable.ports), *outputs((done, 1))),
        timing=timing,
        words=_countdown_words(draw, (load, data, done, enable.name), width),
        body=body,
        behavior=Clocked(
            reset=(0,),
            power_up=(None,),
            outputs=lambda state, _: {done: None if state[0] is None else int(state[0] == 0)},
            following=following,
        ),
        vectors=({**go, load: 1}, *repeat(8, go), {**go, load: 1, data: 1}, go, go, go),
        slips=(
            *slips(
                body,
                (
                    "off-by-one",
                    f"assign {done} = (count == {zero})",
                    f"assign {done} = (count == {number(width, 1)})",
                ),
            ),
            *slips(
                "X",
                ("wraps-around", "X", shape.format(timing.always(wrap, f"count <= {zero};"), zero)),
            ),
        ),
        module="countdown_timer",
    )


def _watchdog_words(draw: Draw, kick: str, bark: str, limit: int) -> Words:
    return Words(
        title=f"watchdog timer of {limit} cycles",
        terse=f"a watchdog: {bark} becomes 1 after {limit} clock edges in a row without "
        f"{kick}, and "
        f"stays 1 until {kick} is 1 at a clock edge",
        plain=draw.phrase(
            f"A counter counts the clock edges at which {kick} is 0 and stops at {limit}. A clock "
            f"edge with {kick} = 1 sets it back to 0. {bark} is 1 while the counter is {limit}.",
            f"Someone has to press {kick} often enough. If {kick} is 0 at {limit} clock edges in a "
            f"row, {bark} goes to 1 and remains there; a clock edge with {kick} = 1 makes it 0 "
            f"again and the count starts from zero.",
            f"The watchdog counts up from 0 in each cycle without {kick}, saturating at {limit}; "
            f"{kick} clears it at the next clock edge. Output {bark} says that {limit} has been "
            f"reached.",
        ),
        points=(
            f"{kick} = 1 at a clock edge sets the internal count to 0.",
            f"{kick} = 0 adds 1, up to {limit}, where it stays.",
            f"{bark} is 1 exactly while the count is {limit}.",
        ),
        after_reset=f"the count is 0 and {bark} is 0",
    )


def _watchdog(draw: Draw) -> Drawn:
    timing, limit = draw.timing(), draw.integer(3, 40)
    kick, bark = (
        draw.name("kick", "pet", "alive", "feed", "restart"),
        draw.name("timeout", "bark", "alarm", "expired"),
    )
    width = width_for(limit)
    zero, last = number(width, 0), number(width, limit)
    step = priority((kick, f"count <= {zero};"), (f"count != {last}", "count <= count + 1'b1;"))
    update = timing.always(step, f"count <= {zero};")
    body = f"reg {span(width)}count;\n\n{update}\n\nassign {bark} = (count == {last});"
    return Drawn(
        parameters={"limit": limit},
        ports=(*inputs((kick, 1)), *outputs((bark, 1))),
        timing=timing,
        words=_watchdog_words(draw, kick, bark, limit),
        body=body,
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {bark: int(state == limit)},
            following=lambda state, given: 0 if given[kick] else min(limit, state + 1),
            unknown=(bark,),
        ),
        vectors=(
            *repeat(limit + 3, {kick: 0}),
            {kick: 1},
            *repeat(limit - 1, {kick: 0}),
            {kick: 1},
            *repeat(limit, {kick: 0}),
            {kick: 0},
        ),
        slips=slips(
            body,
            ("off-by-one", last, number(width, limit - 1)),
            ("wraps-around", f"else if (count != {last})", "else"),
            ("wrong-polarity", f"if ({kick})", f"if (!{kick})"),
        ),
        module="watchdog",
    )


FAMILIES = (
    Family(name="clock-divider", kind="timers", draw=_divider),
    Family(name="tick-generator", kind="timers", draw=_tick),
    Family(name="pwm", kind="timers", draw=_pwm),
    Family(name="one-shot", kind="timers", draw=_one_shot),
    Family(name="countdown-timer", kind="timers", draw=_countdown),
    Family(name="watchdog", kind="timers", draw=_watchdog, weight=0.7),
)
"""The families of this module."""
