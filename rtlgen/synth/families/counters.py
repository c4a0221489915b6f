"""Binary counters: up, down, both, between limits, in steps."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    Control,
    bits,
    constant,
    control,
    number,
    priority,
    repeat,
    slips,
    width_for,
)


def _held(draw: Draw, enable: Control, count: str) -> str:
    """Return a sentence about what happens while counting is not enabled."""
    if not enable:
        return ""
    return draw.phrase(
        f" While {enable.no(draw)}, {count} keeps its value.",
        f" When {enable.no(draw)}, counting pauses and {count} does not change.",
        f" It holds its value as long as {enable.no(draw)}.",
    )


def _only(draw: Draw, enable: Control) -> str:
    return draw.phrase(f" when {enable.yes(draw)}", f" if {enable.yes(draw)}") if enable else ""


def _plain_words(draw: Draw, down: bool, width: int, count: str, enable: Control) -> Words:
    top, kind = (1 << width) - 1, "down" if down else "up"
    only = _only(draw, enable)
    ends = (0, top) if down else (top, 0)
    counts = (
        draw.phrase("decreases by one", "is decremented by 1", "counts down by one")
        if down
        else draw.phrase("increases by one", "is incremented by 1", "counts up by one", "goes up 1")
    )
    wraps = draw.phrase(
        f"After {ends[0]} it wraps around to {ends[1]}.",
        f"It rolls over from {ends[0]} to {ends[1]}.",
        f"The count that follows {ends[0]} is {ends[1]}.",
    )
    return Words(
        title=f"{width}-bit {kind} counter" + (" with enable" if enable else ""),
        named=""
        if enable
        else draw.phrase(
            f"{width}-bit binary {kind} counter",
            f"{width}-bit counter that counts {kind}",
            f"{kind} counter with a period of {top + 1}",
        ),
        terse=draw.phrase(
            f"{bits(width, f'binary {kind} counter')}" + (f" that counts{only}" if enable else ""),
            f"{bits(width, 'register')} {count} that counts {kind}{only}",
            f"{bits(width, f'{kind}-counter')} with a period of {top + 1}"
            + (f", counting{only}" if enable else ""),
            f"a counter {count} of {width} bits that counts {kind}{only}",
        ),
        plain=draw.phrase(
            f"Build {bits(width, f'{kind} counter')} that counts from {0 if not down else top} "
            f"through {top if not down else 0}, inclusive, with a period of {top + 1}. {count} "
            f"is the current value; it changes by one at each clock edge{only}. {wraps}",
            f"At every clock edge{only}, set {count} to {count} {'- 1' if down else '+ 1'}, in "
            f"{width} bits. {wraps}",
            f"Write a module that counts {kind}. Its output {count} has {width} bits and "
            f"{counts} on each clock cycle{only}. {wraps}",
            f"The {width}-bit output {count} {counts} at every clock edge{only}. {wraps}",
            f"This is {bits(width, f'binary {kind} counter')}. {count} {counts} in each clock "
            f"cycle{only}. {wraps}",
            f"Count clock cycles {kind}ward in {bits(width, 'register')}{only}; {count} shows the "
            f"register. {wraps}",
            f"{count} counts {kind} through all {top + 1} values of its {width} bits, one step a "
            f"clock cycle{only}. {wraps}",
        )
        + _held(draw, enable, count),
        points=(
            f"{count} {counts} at each clock edge{only}.",
            *([_held(draw, enable, count).strip()] if enable else []),
            wraps,
        ),
        after_reset="",
    )


def _plain_counter(draw: Draw, down: bool) -> Drawn:
    timing, width = draw.timing(), draw.integer(2, 16)
    enable = control(draw, "enable", "count_en", "valid_count", "run", often=0.6, low=0.06)
    count = draw.name("count")
    top = (1 << width) - 1
    start = draw.one_of(top, top, 0) if down else draw.one_of(0, 0, 0, 1)
    sign, change = ("-", -1) if down else ("+", 1)
    clear = f"{count} <= {number(width, start)};"
    step = enable.guard(f"{count} <= {count} {sign} 1'b1;")
    body = draw.style(
        timing.always(step, clear),
        timing.always(step, clear),
        f"wire {'' if width == 1 else f'[{width - 1}:0] '}next = {count} {sign} 1'b1;\n\n"
        + timing.always(enable.guard(f"{count} <= next;"), clear),
    )
    words = _plain_words(draw, down, width, count, enable)
    near = (start + change) & top
    return Drawn(
        parameters={"width": width, "enable": enable.active if enable else "none", "start": start},
        ports=(*inputs(*enable.ports), *outputs((count, width))),
        timing=timing,
        words=replace(words, after_reset=f"{count} is {constant(draw, width, start)}"),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {count: state},
            following=lambda state, g: (state + change) & top if enable.holds(g) else state,
            unknown=(count,),
        ),
        vectors=repeat(min(top + 4, 68), enable.given()),
        slips=slips(
            body,
            ("wrong-reset-value", clear, f"{count} <= {number(width, near)};"),
            ("wrong-direction", f"{count} {sign} 1", f"{count} {'+' if down else '-'} 1"),
            ("wrong-enable-polarity", f"if ({enable.on})", f"if (!({enable.on}))"),
        ),
        module="down_counter" if down else "up_counter",
    )


def _up_counter(draw: Draw) -> Drawn:
    return _plain_counter(draw, False)


def _down_counter(draw: Draw) -> Drawn:
    return _plain_counter(draw, True)


def _modulo_words(
    draw: Draw, limits: tuple[int, int], count: str, enable: Control, end: str
) -> Words:
    low, high = limits
    period, only = high - low + 1, _only(draw, enable)
    kind = "decade counter" if period == 10 and draw.words.random() < 0.6 else "counter"
    when = f"{count} is {high}" + (f" and {enable.yes(draw)}" if enable else "")
    wrap = draw.phrase(
        f" Output {end} is 1 exactly while {when}; it is combinational.",
        f" {end} is high in the same cycle in which {when}, and low otherwise.",
    )
    wrap = wrap if end else ""
    return Words(
        title=f"{kind} from {low} to {high}" if low else f"modulo-{period} counter",
        named=""
        if enable or end
        else draw.phrase(
            f"{kind} from {low} to {high}",
            f"{kind} that counts {low} through {high}, inclusive",
            f"{kind} that counts from {low} through {high}, inclusive, with a period of {period}",
        ),
        terse=draw.phrase(
            f"a {kind} that counts from {low} through {high}{only} and starts again at {low}",
            f"a {kind} {count} that runs {low}, {low + 1}, ..., {high}, {low}{only}",
            f"a {kind} with the {period} states {low} to {high}"
            + (f", advancing{only}" if enable else ""),
        )
        + (f"; {end} is 1 while {when}" if end else ""),
        plain=draw.phrase(
            f"Create a counter with the sequence {low}, {low + 1}, ..., {high}, and again "
            f"{low}. {count} moves on by one place in the sequence at every clock edge{only}.",
            f"Count from {low} to {high} and begin again. {count} is the counter; it is "
            f"incremented on each clock cycle{only}, and the cycle after the one with {high} "
            f"has {low}.",
            f"If {count} is equal to {high}, the next value is {low}; otherwise the next value "
            f"is {count} + 1. The register takes the next value at each clock edge{only}.",
            f"{count} counts from {low} through {high}, inclusive, one step per clock cycle{only}. "
            f"After {high} comes {low} again.",
            f"Build a {kind} that goes from {low} to {high} and then starts over at {low}. "
            f"{count} advances at each clock edge{only}.",
            f"At each clock edge{only}, {count} is increased by 1, except that {high} is followed "
            f"by {low}; so the period is {period}.",
            f"The counter has {period} states. {count} checks whether it has reached {high}{only}: "
            f"if so it returns to {low}, and if not it goes up by one.",
        )
        + _held(draw, enable, count)
        + wrap,
        points=(
            f"{count} goes up by 1 per clock cycle{only}.",
            f"After {high} it returns to {low}.",
            *([_held(draw, enable, count).strip()] if enable else []),
            *([wrap.strip()] if end else []),
        ),
        after_reset=draw.phrase(f"{count} is {low}", f"the count is {low}"),
    )


def _limits(draw: Draw) -> tuple[int, int]:
    low = draw.one_of(0, 0, 0, 1, 1, draw.integer(2, 12))
    period = draw.one_of(10, draw.integer(3, 16), draw.integer(5, 40), draw.integer(12, 100))
    return low, low + period - 1


def _modulo_code(draw: Draw, count: str, limits: tuple[int, int], enable: Control) -> str:
    low, high = limits
    width = width_for(high)
    first, last = number(width, low), number(width, high)
    chain = priority(
        (f"{count} == {last}", f"{count} <= {first};"), ("", f"{count} <= {count} + 1'b1;")
    )
    return enable.guard(
        draw.style(chain, chain, f"{count} <= ({count} == {last}) ? {first} : {count} + 1'b1;")
    )


def _modulo(draw: Draw) -> Drawn:
    timing, limits = draw.timing(), _limits(draw)
    low, high = limits
    width = width_for(high)
    enable = control(draw, "enable", "count_en", "valid_count", "slowena", often=0.5, low=0.05)
    count = draw.name("count")
    end = draw.name("tc", "wrap", "last", "max_tick", "rollover") if draw.chance(0.35) else ""
    clear = f"{count} <= {number(width, low)};"
    body = timing.always(_modulo_code(draw, count, limits, enable), clear)
    here = f"{count} == {number(width, high)}"
    if end:
        condition = f"({here}) & {enable.on}" if enable else f"({here})"
        body += f"\n\nassign {end} = {condition};"

    def shown(state: int, given: Values) -> dict[str, int]:
        return {count: state, **({end: int(state == high and enable.holds(given))} if end else {})}

    def following(state: int, given: Values) -> int:
        if not enable.holds(given):
            return state
        return low if state == high else state + 1

    return Drawn(
        parameters={
            "low": low,
            "high": high,
            "enable": enable.active if enable else 2,
            "end": int(bool(end)),
        },
        ports=(*inputs(*enable.ports), *outputs((count, width), *(((end, 1),) if end else ()))),
        timing=timing,
        words=_modulo_words(draw, limits, count, enable, end),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=low,
            outputs=shown,
            following=following,
            unknown=(count, end) if end else (count,),
        ),
        vectors=repeat(high - low + 4, enable.given()),
        slips=slips(
            body,
            ("off-by-one", f"== {number(width, high)}", f"== {number(width, high - 1)}"),
            ("wrong-first-value", f"<= {number(width, low)};", f"<= {number(width, low ^ 1)};"),
            ("enable-ignored", f"if ({enable.on})", "if (1'b1)"),
        ),
        module="modulo_counter",
    )


def _up_down_words(
    draw: Draw, names: tuple[str, str], up: int, enable: Control, limits: tuple[int, int]
) -> Words:
    way, count = names
    top, only = limits[1], _only(draw, enable)
    one, zero = ("up", "down") if up else ("down", "up")
    what = f"0 to {top}" if (top + 1) & top else f"{(top).bit_length()}-bit"
    return Words(
        title=f"up/down counter ({what})",
        terse=draw.phrase(
            f"a counter from 0 to {top} that counts {one} if {way} is 1 and {zero} if it is 0{only}"
            ", wrapping around at both ends",
            f"an up/down counter with range 0 to {top} that wraps; {way} = 1 means {one}"
            + (f", and it moves only{only}" if enable else ""),
        ),
        plain=draw.phrase(
            f"Write an up/down counter with output {count} and {top + 1} states, 0 to {top}. "
            f"At each "
            f"clock edge{only} it is incremented if {way} is {1 if up else 0} and decremented "
            f"if {way} is {0 if up else 1}. It is cyclic in both directions: up from {top} to "
            f"0, down from 0 to {top}.",
            f"If {way} is 1, {count} counts {one}, otherwise {zero}, by one per clock "
            f"cycle{only}, staying in the range from 0 to {top} by starting over at the other end.",
            f"{count} counts {one} when {level_of(draw, way, 1)} and {zero} when "
            f"{level_of(draw, way, 0)}, one step at each clock edge{only}. Counting up from {top} "
            f"gives 0, and counting down from 0 gives {top}.",
            f"Counter {count} can go both ways: {way} selects {one} (1) or {zero} (0). It moves by "
            f"one in every clock cycle{only}. Going up it wraps from {top} to 0; going down it "
            f"wraps from 0 to {top}.",
            f"Input {way} is the direction. With {way} at 1, {count} goes {one}; with 0 it goes "
            f"{zero}. The range is 0 to {top} and the counter wraps around at both ends."
            + (f" It moves only{only}." if enable else ""),
        )
        + _held(draw, enable, count),
        points=(
            f"{way} = 1: {count} counts {one} by 1.",
            f"{way} = 0: {count} counts {zero} by 1.",
            f"The value after {top} is 0 going up; the value after 0 is {top} going down.",
            *([f"It counts only{only} and holds otherwise."] if enable else []),
        ),
        after_reset=f"{count} is 0",
    )


def level_of(draw: Draw, name: str, value: int) -> str:
    """Return a clause for a level of a signal that is no enable."""
    return draw.phrase(f"{name} is {value}", f"{name} is {'high' if value else 'low'}")


def _up_down_code(draw: Draw, names: tuple[str, str], up: int, top: int) -> str:
    way, count = names
    width = width_for(top)
    last, zero = number(width, top), number(width, 0)
    rise, fall = f"{count} <= {count} + 1'b1;", f"{count} <= {count} - 1'b1;"
    if (top + 1) & top:
        rise = f"{count} <= ({count} == {last}) ? {zero} : {count} + 1'b1;"
        fall = f"{count} <= ({count} == {zero}) ? {last} : {count} - 1'b1;"
    first, second = (rise, fall) if up else (fall, rise)
    return draw.style(
        priority((way, first), ("", second)),
        priority((way, first), ("", second)),
        priority((f"!{way}", second), ("", first)),
    )


def _up_down(draw: Draw) -> Drawn:
    timing = draw.timing()
    enable = control(draw, "enable", "count_en", "step", often=0.5, low=0.05)
    up = draw.one_of(1, 1, 0)
    way = draw.name("up", "up_down", "dir", "up_dn") if up else draw.name("down", "dn", "dir_down")
    count = draw.name("count")
    width = draw.integer(2, 16)
    top = draw.one_of((1 << width) - 1, (1 << width) - 1, draw.integer(4, 40))
    width = width_for(top)
    clear = f"{count} <= {number(width, 0)};"
    body = timing.always(enable.guard(_up_down_code(draw, (way, count), up, top)), clear)

    def following(state: int, given: Values) -> int:
        change = 1 if given[way] == up else -1
        return (state + change) % (top + 1) if enable.holds(given) else state

    rises = {way: up, **enable.given()}
    falls = {way: 1 - up, **enable.given()}
    return Drawn(
        parameters={"top": top, "up": up, "enable": enable.active if enable else 2},
        ports=(*inputs((way, 1), *enable.ports), *outputs((count, width))),
        timing=timing,
        words=_up_down_words(draw, (way, count), up, enable, (0, top)),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {count: state},
            following=following,
            unknown=(count,),
        ),
        vectors=(*repeat(3, falls), *repeat(6, rises), *repeat(min(top + 2, 44), rises)),
        slips=slips(
            body,
            ("wrong-direction", f"({way})", f"(!{way})"),
            ("wrong-direction", f"(!{way})", f"({way})"),
            ("off-by-one", f"== {number(width, top)}", f"== {number(width, top - 1)}"),
        ),
        module="up_down_counter",
    )


def _step_words(draw: Draw, width: int, step: int, names: tuple[str, str], only: str) -> Words:
    count, start = names
    verb = "increases" if step > 0 else "decreases"
    size, modulus = abs(step), 1 << width
    return Words(
        title=f"{width}-bit counter in steps of {size}",
        terse=f"{bits(width, 'counter')} that {verb} by {size}{only or ' in every cycle'}, modulo "
        f"{modulus}",
        plain=draw.phrase(
            f"{count} {verb} by {size} at each clock edge{only}. Arithmetic is modulo {modulus}, "
            f"so it simply wraps around.",
            f"Make a counter that moves in steps of {size}: in each clock cycle{only}, {count} "
            f"{verb} by {size}. Bits above the {width} bits are dropped.",
            f"This counter does not count by one: every step{only} {verb} {count} by {size}. "
            f"It overflows silently after {width} bits.",
        ),
        points=(
            f"At each clock edge{only}, {count} {verb} by {size}.",
            f"The result is truncated to {width} bits.",
            *([f"Otherwise {count} holds."] if only else []),
        ),
        after_reset=f"{count} is {start}",
    )


def _step_counter(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(3, 16)
    step = draw.integer(2, min(9, (1 << width) - 2)) * draw.one_of(1, 1, -1)
    enable = control(draw, "enable", "step_en", "go", often=0.5)
    count, start = draw.name("count"), draw.one_of(0, 0, draw.integer(1, (1 << width) - 1))
    sign = "+" if step > 0 else "-"
    clear = f"{count} <= {number(width, start)};"
    update = f"{count} <= {count} {sign} {number(width, abs(step))};"
    body = timing.always(enable.guard(update), clear)
    only = _only(draw, enable)
    mask = (1 << width) - 1
    return Drawn(
        parameters={"width": width, "step": step, "start": start, "enable": enable.name != ""},
        ports=(*inputs(*enable.ports), *outputs((count, width))),
        timing=timing,
        words=_step_words(draw, width, step, (count, constant(draw, width, start)), only),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {count: state},
            following=lambda state, g: (state + step) & mask if enable.holds(g) else state,
            unknown=(count,),
        ),
        slips=slips(
            body,
            ("counts-by-one", number(width, abs(step)) + ";", "1'b1;"),
            ("wrong-direction", f"{count} {sign}", f"{count} {'-' if step > 0 else '+'}"),
        ),
        module="step_counter",
    )


FAMILIES = (
    Family(name="up-counter", kind="counters", draw=_up_counter),
    Family(name="down-counter", kind="counters", draw=_down_counter, also=("up-counter",)),
    Family(name="modulo-counter", kind="counters", draw=_modulo, weight=1.5),
    Family(name="up-down-counter", kind="counters", draw=_up_down),
    Family(name="step-counter", kind="counters", draw=_step_counter, weight=0.7),
)
"""The families of this module."""
