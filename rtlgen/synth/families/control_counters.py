"""Counters that are loaded, stop at their ends, compare, turn around or tell the time."""

from __future__ import annotations

from collections.abc import Callable

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    control,
    level,
    number,
    priority,
    repeat,
    slips,
    width_for,
)


def _loadable_words(draw: Draw, names: tuple[str, ...], width: int, load_first: bool) -> Words:
    load, data, enable, count = names
    top = (1 << width) - 1
    first = (
        draw.phrase(
            f"{load} has priority over {enable}",
            f"if {load} and {enable} are both 1, the counter is loaded",
        )
        if load_first
        else draw.phrase(
            f"{load} only works while {enable} is 1",
            f"neither loading nor counting happens while {enable} is 0",
        )
    )
    return Words(
        title=f"{width}-bit counter with parallel load",
        terse=f"{bits(width, 'up counter')} that is loaded from {data} when {load} is 1 and counts "
        f"when {enable} is 1 ({first})",
        plain=draw.phrase(
            f"{count} is loaded with {data} when {level(draw, load, 1)}. Otherwise it goes up by "
            f"one if {level(draw, enable, 1)}. Here {first}. The value after {top} is 0.",
            f"This counter has a parallel load. At a clock edge with {load} = 1, {data} is copied "
            f"into {count}; with {load} = 0 and {enable} = 1, {count} is incremented, wrapping "
            f"from "
            f"{top} to 0; {first}.",
            f"Counting up is enabled by {enable}; {load} replaces the count by {data} instead of "
            f"counting; {first}. Without either, {count} holds. It wraps around to 0 after {top}.",
        ),
        points=(
            f"With {load} = 1, {count} takes {data}.",
            f"With {load} = 0 and {enable} = 1, {count} goes up by 1; {top} is followed by 0.",
            f"Priority: {first}.",
            f"In all other cases {count} holds.",
        ),
        after_reset=f"{count} is 0",
    )


def _loadable(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.integer(2, 16)
    load, data = draw.name("load"), draw.name("data", "start_value", "preset")
    enable, count = draw.name("enable", "count_en"), draw.name("count")
    top, load_first = (1 << width) - 1, draw.chance(0.75)
    take, step = f"{count} <= {data};", f"{count} <= {count} + 1'b1;"
    both = (
        priority((load, take), (enable, step)),
        priority((enable, priority((load, take), ("", step)))),
    )
    clear = f"{count} <= {number(width, 0)};"
    body = timing.always(both[0 if load_first else 1], clear)
    wrong = timing.always(priority((enable, step), (load, take)), clear)

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        if given[load] and (load_first or given[enable]):
            return (given[data],)
        if not given[enable]:
            return state
        return (None if state[0] is None else (state[0] + 1) & top,)

    go = {load: 0, data: 0, enable: 1}
    return Drawn(
        parameters={"width": width, "load_first": int(load_first), "reset": timing.reset != ""},
        ports=(*inputs((load, 1), (data, width), (enable, 1)), *outputs((count, width))),
        timing=timing,
        words=_loadable_words(draw, (load, data, enable, count), width, load_first),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=(0,),
            power_up=(None,),
            outputs=lambda state, _: {count: state[0]},
            following=following,
        ),
        vectors=({load: 1, data: top - 1, enable: 1}, *repeat(4, go), {**go, load: 1, enable: 0}),
        slips=(
            *slips("X", ("wrong-priority", "X", wrong)),
            *slips(body, ("counts-down", "+ 1", "- 1")),
        ),
        module="loadable_counter",
    )


def _saturating_words(draw: Draw, names: tuple[str, ...], top: int, both: str) -> Words:
    up, down, count = names
    hold = draw.phrase(
        f"when both are 1 {count} does not change",
        "increment and decrement together cancel out",
        f"with {up} and {down} both 1, {count} is held",
    )
    return Words(
        title=f"saturating counter from 0 to {top}",
        terse=f"a counter that goes up on {up} and down on {down} but stays within 0 to {top} "
        f"without wrapping ({hold})",
        plain=draw.phrase(
            f"{count} is incremented when {up} is 1 and decremented when {down} is 1; {hold}. It "
            f"saturates: at {top} it does not go up any more, and at 0 it does not go down.",
            f"A counter for cars in a car park with {top} places: {up} counts one in, {down} "
            f"counts "
            f"one out, and {hold}. The number {count} never exceeds {top} and never goes below 0; "
            f"pulses that would do so are ignored.",
            f"At each clock edge: {up} = 1 and {down} = 0 adds one to {count} unless it is already "
            f"{top}; {up} = 0 and {down} = 1 takes one away unless it is 0; {hold}; with both at 0 "
            f"it is held too.",
        ),
        points=(
            f"{up} alone increments {count}, which stops at {top}.",
            f"{down} alone decrements {count}, which stops at 0.",
            f"{hold[0].upper()}{hold[1:]}." if not hold.startswith(count) else f"{hold}.",
        ),
        after_reset=f"{count} is {both}",
    )


def _saturating(draw: Draw) -> Drawn:
    timing = draw.timing()
    up, down = draw.one_of(("up", "down"), ("inc", "dec"), ("enter", "leave"), ("incr", "decr"))
    draw.take(up, down)
    count = draw.name("count", "level_o", "level")
    top = draw.one_of(3, 7, 15, 31, 63, 255, draw.integer(4, 40))
    width, start = width_for(top), draw.one_of(0, 0, 1, top // 2)
    last, zero = number(width, top), number(width, 0)
    chain = priority(
        (f"{up} && !{down} && {count} != {last}", f"{count} <= {count} + 1'b1;"),
        (f"{down} && !{up} && {count} != {zero}", f"{count} <= {count} - 1'b1;"),
    )
    nested = priority(
        (f"{up} && !{down}", priority((f"{count} < {last}", f"{count} <= {count} + 1'b1;"))),
        (f"{down} && !{up}", priority((f"{count} > {zero}", f"{count} <= {count} - 1'b1;"))),
    )
    clear = f"{count} <= {number(width, start)};"
    body = draw.style(timing.always(chain, clear), timing.always(nested, clear))

    def following(state: int, given: Values) -> int:
        return min(top, max(0, state + given[up] - given[down]))

    rise, fall = {up: 1, down: 0}, {up: 0, down: 1}
    return Drawn(
        parameters={"top": top, "start": start, "up": up},
        ports=(*inputs((up, 1), (down, 1)), *outputs((count, width))),
        timing=timing,
        words=_saturating_words(draw, (up, down, count), top, str(start)),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {count: state},
            following=following,
            unknown=(count,),
        ),
        vectors=(*repeat(start + 2, fall), *repeat(min(top + 3, 66), rise), *repeat(3, fall)),
        slips=(
            *slips(
                body,
                ("wraps-around", f" && {count} != {zero}", ""),
                ("off-by-one", f"!= {last}", f"!= {number(width, top - 1)}"),
                ("off-by-one", f"< {last}", f"< {number(width, top - 1)}"),
                ("both-count-up", f"{up} && !{down}", up),
            ),
        ),
        module="saturating_counter",
    )


def _event_words(draw: Draw, names: tuple[str, ...], width: int) -> Words:
    event, clear, count, over = names
    top = (1 << width) - 1
    return Words(
        title=f"{width}-bit event counter with overflow flag",
        terse=f"{bits(width, 'counter')} of the cycles in which {event} is 1, cleared by {clear}; "
        f"{over} is set when it wraps from {top} to 0 and stays set until {clear} is 1",
        plain=draw.phrase(
            f"{count} says how often {event} was 1 at a clock edge. It has {width} bits; going "
            f"past {top} it starts at 0 again and switches {over} on. {over} never goes off by "
            f"itself. With {clear} = 1 at a clock edge, both become 0 and {event} is not counted.",
            f"Write a module that counts events. In each clock cycle: if {clear} is 1, set "
            f"{count} to 0 and {over} to 0; else if {event} is 1, add 1 to {count}, and if "
            f"{count} was {top} (so that it becomes 0), set {over} to 1; else leave both as "
            f"they are.",
            f"Count the clock cycles in which {event} is 1. {count} is the number so far, modulo "
            f"{top + 1}. When it wraps from {top} to 0, {over} becomes 1 and stays 1. {clear} = 1 "
            f"sets {count} and {over} to 0 and takes priority over {event}.",
            f"An event counter: each clock edge with {event} at 1 adds one to {count}. If the "
            f"counter is already at {top}, it goes back to 0 and the sticky flag {over} is set. "
            f"A synchronous {clear} takes both back to 0, whatever {event} is.",
        ),
        points=(
            f"If {clear} is 1, {count} and {over} become 0.",
            f"Otherwise, if {event} is 1, {count} goes up by 1 and wraps after {top}.",
            f"The step from {top} to 0 sets {over}, which stays 1 until it is cleared.",
            f"Without {clear} and {event}, nothing changes.",
        ),
        after_reset=f"{count} and {over} are 0",
    )


def _event(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(2, 7)
    event, clear = draw.name("event_i", "pulse", "hit", "tick"), draw.name("clr", "clear_i", "zero")
    count, over = draw.name("count", "events"), draw.name("overflow", "ovf", "carry", "wrapped")
    top = (1 << width) - 1
    update = priority(
        (clear, f"{count} <= {number(width, 0)};\n{over} <= 1'b0;"),
        (
            event,
            f"{count} <= {count} + 1'b1;\n"
            + priority((f"{count} == {number(width, top)}", f"{over} <= 1'b1;")),
        ),
    )
    reset = f"{count} <= {number(width, 0)};\n{over} <= 1'b0;"
    body = timing.always(update, reset)

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        if given[clear]:
            return 0, 0
        if not given[event]:
            return state
        return (state[0] + 1) & top, int(state[0] == top or state[1])

    on = {event: 1, clear: 0}
    return Drawn(
        parameters={"width": width, "event": event},
        ports=(*inputs((event, 1), (clear, 1)), *outputs((count, width), (over, 1))),
        timing=timing,
        words=_event_words(draw, (event, clear, count, over), width),
        body=body,
        registered=(count, over),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {count: state[0], over: state[1]},
            following=following,
            unknown=(count, over),
        ),
        vectors=(*repeat(min(top + 4, 140), on), {event: 0, clear: 0}, {event: 1, clear: 1}, on),
        slips=slips(
            body,
            ("off-by-one", f"== {number(width, top)}", f"== {number(width, top - 1)}"),
            (
                "flag-not-sticky",
                f"{count} <= {count} + 1'b1;",
                f"{count} <= {count} + 1'b1;\n            {over} <= 1'b0;",
            ),
        ),
        module="event_counter",
    )


_COMPARISONS: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "==": ("is equal to", lambda a, b: a == b),
    ">=": ("is greater than or equal to", lambda a, b: a >= b),
    "<": ("is less than", lambda a, b: a < b),
    ">": ("is greater than", lambda a, b: a > b),
}


def _threshold_words(draw: Draw, width: int, names: tuple[str, ...], said: str) -> Words:
    count, limit, flag, enable = names
    top = (1 << width) - 1
    return Words(
        title=f"{width}-bit counter with comparator",
        terse=f"{bits(width, 'free-running up counter')}{f' enabled by {enable}' if enable else ''}"
        f" with output {count}, and {flag} = 1 while {count} {said} input {limit}",
        plain=draw.phrase(
            f"A counter and a comparator: {count} counts up from 0 at each clock "
            f"edge{f' while {enable} is 1' if enable else ''}, {top} being followed by 0. As "
            f"long as {count} {said} {limit}, {flag} is 1, otherwise 0; this depends on "
            f"{limit} directly, without a clock edge.",
            f"{flag} compares two unsigned numbers without a register: it is 1 if {count} "
            f"{said} {limit}. {limit} is an input, {count} is {bits(width, 'counter')} that is "
            f"increased by one "
            f"{f'in each cycle with {enable} = 1' if enable else 'in each cycle'} and "
            f"overflows to 0.",
            f"{count} goes up by 1 at each clock edge{f' where {enable} is 1' if enable else ''} "
            f"and wraps from {top} to 0. Output {flag} is combinational: it is 1 whenever {count} "
            f"{said} {limit}.",
            f"Compare a counter with a threshold. {count} ({width} bits) is incremented "
            f"every clock cycle{f' with {enable} = 1, else held' if enable else ''}; all values of "
            f"{width} bits occur. {flag} tells, without delay, whether {count} {said} the input "
            f"{limit} (unsigned).",
        ),
        points=(
            f"{count} is {bits(width, 'up counter')} that wraps from {top} to 0.",
            *([f"It advances only while {enable} is 1."] if enable else []),
            f"{flag} = 1 if {count} {said} {limit}, else 0, as unsigned numbers and without a "
            f"register.",
        ),
        after_reset=f"{count} is 0",
    )


def _threshold(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(3, 10)
    enable = control(draw, "enable", often=0.5)
    limit = draw.name("limit", "threshold", "level", "compare", "duty")
    count, flag = draw.name("count"), draw.name("flag", "out", "cmp")
    sign = draw.one_of(*_COMPARISONS)
    said, holds = _COMPARISONS[sign]
    top = (1 << width) - 1
    step = enable.guard(f"{count} <= {count} + 1'b1;")
    update = timing.always(step, f"{count} <= {number(width, 0)};")
    body = f"{update}\n\nassign {flag} = ({count} {sign} {limit});"

    def shown(state: int, given: Values) -> Outputs:
        return {count: state, flag: int(holds(state, given[limit]))}

    others = {"==": ">=", ">=": ">", "<": "<=", ">": ">="}
    return Drawn(
        parameters={"width": width, "sign": sign, "enable": enable.name != ""},
        ports=(*inputs(*enable.ports, (limit, width)), *outputs((count, width), (flag, 1))),
        timing=timing,
        words=_threshold_words(draw, width, (count, limit, flag, enable.name), said),
        body=body,
        registered=(count,),
        behavior=Clocked(
            reset=0,
            outputs=shown,
            following=lambda state, g: (state + 1) & top if enable.holds(g) else state,
            unknown=(count, flag),
        ),
        vectors=tuple({**enable.given(), limit: min(i // 3 * 3, top)} for i in range(24)),
        slips=slips(
            body,
            ("wrong-comparison", f" {sign} {limit}", f" {others[sign]} {limit}"),
            ("swapped-operands", f"({count} {sign} {limit})", f"({limit} {sign} {count})"),
        ),
        module="counter_compare",
    )


def _triangle_words(draw: Draw, low: int, high: int, wave: str) -> Words:
    return Words(
        title=f"triangle wave between {low} and {high}",
        terse=f"a counter {wave} that goes from {low} up to {high} and back down to {low}, one "
        f"step "
        f"per clock cycle, over and over",
        plain=draw.phrase(
            f"{wave} is a triangle wave. It climbs by 1 in each clock cycle until it is {high}, "
            f"then falls by 1 in each clock cycle until it is {low}, and so on. Both {low} and "
            f"{high} last one cycle.",
            f"Generate a triangular signal: starting at {low} and going up, {wave} changes by one "
            f"at every clock edge and turns around at {high} and at {low}. The turning points are "
            f"not repeated: ..., {high - 1}, {high}, {high - 1}, ...",
            f"An up/down counter that changes direction by itself. After {wave} = {high} comes "
            f"{high - 1}, "
            f"after {low} comes {low + 1}. It never pauses.",
        ),
        points=(
            f"{wave} goes up by 1 per cycle until it reaches {high}.",
            f"Then it goes down by 1 per cycle until it reaches {low}, and turns again.",
            "Each turning point lasts one cycle.",
        ),
        after_reset=f"{wave} is {low} and going up",
    )


def _triangle(draw: Draw) -> Drawn:
    timing = draw.timing()
    low = draw.one_of(0, 0, draw.integer(1, 5))
    high = low + draw.one_of(draw.integer(3, 15), draw.integer(4, 31), 31)
    width = width_for(high)
    wave = draw.name("wave", "out", "count", "triangle", "position", "led_level")
    draw.take("down")
    turn = priority(
        (f"!down && {wave} == {number(width, high)}", f"{wave} <= {wave} - 1'b1;\ndown <= 1'b1;"),
        (f"down && {wave} == {number(width, low)}", f"{wave} <= {wave} + 1'b1;\ndown <= 1'b0;"),
        ("down", f"{wave} <= {wave} - 1'b1;"),
        ("", f"{wave} <= {wave} + 1'b1;"),
    )
    early = priority(
        (
            "down",
            f"{wave} <= {wave} - 1'b1;\n"
            + priority((f"{wave} == {number(width, low + 1)}", "down <= 1'b0;")),
        ),
        (
            "",
            f"{wave} <= {wave} + 1'b1;\n"
            + priority((f"{wave} == {number(width, high - 1)}", "down <= 1'b1;")),
        ),
    )
    reset = f"{wave} <= {number(width, low)};\ndown <= 1'b0;"
    body = "reg down;\n\n" + draw.style(timing.always(early, reset), timing.always(turn, reset))

    def following(state: tuple[int, int], _: Values) -> tuple[int, int]:
        value, change = state
        change = -1 if value == high else 1 if value == low else change
        return value + change, change

    return Drawn(
        parameters={"low": low, "high": high},
        ports=outputs((wave, width)),
        timing=timing,
        words=_triangle_words(draw, low, high, wave),
        body=body,
        registered=(wave,),
        behavior=Clocked(
            reset=(low, 1),
            outputs=lambda state, _: {wave: state[0]},
            following=following,
            unknown=(wave,),
        ),
        vectors=repeat(2 * (high - low) + 6, {}),
        slips=slips(
            body,
            ("off-by-one", f"== {number(width, high - 1)}", f"== {number(width, high)}"),
            ("off-by-one", f"== {number(width, high)}", f"== {number(width, high - 1)}"),
            ("wrong-reset-value", f"<= {number(width, low)};", f"<= {number(width, high)};"),
        ),
        module="triangle_counter",
    )


FAMILIES = (
    Family(name="loadable-counter", kind="counters", draw=_loadable),
    Family(name="saturating-counter", kind="counters", draw=_saturating),
    Family(name="event-counter", kind="counters", draw=_event),
    Family(name="compare-counter", kind="counters", draw=_threshold),
    Family(name="triangle-counter", kind="counters", draw=_triangle, weight=0.7),
)
"""The families of this module."""
