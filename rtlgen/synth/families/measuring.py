"""Measuring pulses and rates, sampling now and then."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    number,
    priority,
    repeat,
    slips,
    span,
    width_for,
)
from rtlgen.synth.families._words import ordinal


def _pulse_words(draw: Draw, width: int, names: tuple[str, ...], high: int) -> Words:
    data, out, done = names
    top = (1 << width) - 1
    kind = "high" if high else "low"
    return Words(
        title=f"{kind} pulse width counter",
        terse=f"a circuit that measures {kind} pulses of {data}: when a run of clock edges with "
        f"{data} = {high} ends, its length (at most {top}, saturating) is stored in {out} and "
        f"{done} is 1 for one cycle",
        plain=draw.phrase(
            f"Count the consecutive clock edges at which {data} is {high}; the count stops at "
            f"{top}. "
            f"The first clock edge at which {data} is {1 - high} after such a run copies the count "
            f"to {out}, makes {done} 1 for one cycle, and sets the count to 0. {out} keeps its "
            f"value until the next run ends.",
            f"How long is {data} {kind}? A counter is incremented at each clock edge with {data} = "
            f"{high} (it saturates at {top}). At an edge with {data} = {1 - high}, if the counter "
            f"is not 0, its value goes to the register {out}, the register {done} becomes 1 until "
            f"the next edge, and the counter is cleared.",
            f"{out} shows the length of the last completed {kind} pulse of {data} in clock cycles, "
            f"or {top} if it was longer than that. It is updated by the clock edge that first "
            f"samples {data} as {1 - high} after the pulse; in the cycle after this edge, and only "
            f"then, {done} is 1.",
        ),
        points=(
            f"A counter counts clock edges with {data} = {high}, up to {top} and not beyond.",
            f"The first edge with {data} = {1 - high} after that loads {out} with the count and "
            f"clears the counter.",
            f"{done} is 1 for the one cycle after such an edge, otherwise 0.",
        ),
        after_reset=f"{out}, {done} and the counter are 0",
    )


def _pulse(draw: Draw) -> Drawn:
    timing, width, high = draw.timing(), draw.integer(3, 6), draw.one_of(1, 1, 0)
    data, out = draw.name("pulse", "sig", "in", "echo"), draw.name("length", "width_o", "result")
    done = draw.name("done", "new_value")
    top, zero = number(width, (1 << width) - 1), number(width, 0)
    on = data if high else f"!{data}"
    grow = priority((f"count != {top}", "count <= count + 1'b1;"))

    def built(first: str, clear: str = f"\ncount <= {zero};", more: str = grow) -> str:
        end = f"{out} <= count;\n{done} <= 1'b1;{clear}"
        update = f"{done} <= 1'b0;\n" + priority((first, more), (f"count != {zero}", end))
        reset = f"count <= {zero};\n{out} <= {zero};\n{done} <= 1'b0;"
        return f"reg [{width - 1}:0] count;\n\n{timing.always(update, reset)}"

    limit = (1 << width) - 1

    def following(state: tuple[int, int, int], given: Values) -> tuple[int, int, int]:
        run, last, _ = state
        if given[data] == high:
            return min(limit, run + 1), last, 0
        return (0, run, 1) if run else (0, last, 0)

    one, none = {data: high}, {data: 1 - high}
    return Drawn(
        parameters={"width": width, "high": high, "data": data},
        ports=(*inputs((data, 1)), *outputs((out, width), (done, 1))),
        timing=timing,
        words=_pulse_words(draw, width, (data, out, done), high),
        body=built(on),
        registered=(out, done),
        behavior=Clocked(
            reset=(0, 0, 0),
            outputs=lambda state, _: {out: state[1], done: state[2]},
            following=following,
            unknown=(out, done),
        ),
        vectors=(
            none,
            *repeat(3, one),
            none,
            none,
            one,
            none,
            *repeat(limit + 3, one),
            none,
            one,
            none,
        ),
        slips=slips(
            "X",
            ("counter-not-cleared", "X", built(on, "")),
            ("wrong-level", "X", built(data if not high else f"!{data}")),
            ("wraps-around", "X", built(on, more="count <= count + 1'b1;")),
        ),
        module="pulse_width",
    )


def _rate_words(draw: Draw, window: int, width: int, names: tuple[str, ...]) -> Words:
    data, out, done = names
    return Words(
        title=f"event rate over {window} cycles",
        terse=f"a rate meter: in each window of {window} clock edges, count those with {data} = 1; "
        f"the last edge of the window stores the count, itself included, in {out} and makes {done} "
        f"1 for one cycle",
        plain=draw.phrase(
            f"Time is divided into windows of {window} clock edges, one after the other. In each "
            f"window count the edges at which {data} is 1. The last edge of the window stores the "
            f"total (this edge is included) in {out}, which then keeps it for a whole window, and "
            f"makes {done} 1 for one cycle.",
            f"How often is {data} 1? The answer, for every {window} clock edges, appears at {out}. "
            f"It is updated by edge number {window} of each window with the number of edges in the "
            f"window, from the first through this one, at which {data} was 1. {done} is 1 in the "
            f"cycle after the update and 0 otherwise. Then a new window begins.",
            f"A frequency counter with a gate time of {window} clock cycles. It counts the cycles "
            f"with {data} = 1. At the end of the gate time the register {out} takes the count "
            f"(including the last cycle), {done} is 1 for one cycle, and counting starts again "
            f"from 0 without losing a cycle.",
        ),
        points=(
            f"Windows of {window} clock edges follow one another without gaps.",
            f"Edges with {data} = 1 are counted, the last edge of the window included.",
            f"The last edge of a window loads {out} with the count and sets {done} for one cycle.",
        ),
        after_reset=f"{out} and {done} are 0 and a window begins",
    )


def _rate(draw: Draw) -> Drawn:
    timing, window = draw.timing(), draw.one_of(4, 8, 16, draw.integer(5, 24))
    width, small = width_for(window), width_for(window - 1)
    data, out = draw.name("event_i", "pulse", "sig", "hit"), draw.name("rate", "result", "hits")
    done = draw.name("done", "new_value")
    plus = f"{{{width - 1}'b0, {data}}}"

    def built(last: int, total: str, begin: str) -> str:
        end = (
            f"time_q <= {number(small, 0)};\nhits_q <= {begin};\n{out} <= {total};\n{done} <= 1'b1;"
        )
        step = f"time_q <= time_q + 1'b1;\nhits_q <= hits_q + {plus};"
        update = f"{done} <= 1'b0;\n" + priority(
            (f"time_q == {number(small, last)}", end), ("", step)
        )
        reset = (
            f"time_q <= {number(small, 0)};\nhits_q <= {number(width, 0)};\n"
            f"{out} <= {number(width, 0)};\n{done} <= 1'b0;"
        )
        declared = f"reg {span(small)}time_q;\nreg {span(width)}hits_q;\n\n"
        return declared + timing.always(update, reset)

    def following(state: tuple[int, int, int, int], given: Values) -> tuple[int, int, int, int]:
        now, seen, last, _ = state
        seen += given[data]
        return (0, 0, seen, 1) if now + 1 == window else (now + 1, seen, last, 0)

    full, zero = f"hits_q + {plus}", number(width, 0)
    return Drawn(
        parameters={"window": window, "data": data},
        ports=(*inputs((data, 1)), *outputs((out, width), (done, 1))),
        timing=timing,
        words=_rate_words(draw, window, width, (data, out, done)),
        body=built(window - 1, full, zero),
        registered=(out, done),
        behavior=Clocked(
            reset=(0, 0, 0, 0),
            outputs=lambda state, _: {out: state[2], done: state[3]},
            following=following,
            unknown=(out, done),
        ),
        vectors=(*repeat(2 * window + 1, {data: 1}), *repeat(window, {data: 0})),
        slips=slips(
            "X",
            ("off-by-one", "X", built(window - 2, full, zero)),
            ("last-edge-missing", "X", built(window - 1, "hits_q", zero)),
            ("counter-not-cleared", "X", built(window - 1, full, full)),
        ),
        module="rate_meter",
    )


def _sampler_words(draw: Draw, width: int, names: tuple[str, str], every: int) -> Words:
    data, out = names
    return Words(
        title=f"sampler for every {ordinal(every)} cycle",
        terse=f"a register {out} that takes {data} at every {ordinal(every)} clock edge, beginning "
        f"with the first one after reset, and holds it in between",
        plain=draw.phrase(
            f"{out} is loaded with {data} at the first clock edge after reset and then at every "
            f"{ordinal(every)} one: 1st, {ordinal(1 + every)}, {ordinal(1 + 2 * every)}, and "
            f"so on. "
            f"In between it keeps its value.",
            f"Sample {data} once in {every} clock cycles. A counter from 0 to {every - 1} runs all "
            f"the time; at clock edges at which it is 0, {out} takes {data}, and at all others "
            f"{out} holds.",
            f"Most values of {data} are ignored. Out of {every} clock edges, the first (counted "
            f"from reset) copies {data} to {out}, and the other "
            f"{'one does' if every == 2 else f'{every - 1} do'} nothing. Then it starts over.",
        ),
        points=(
            f"An internal counter counts clock edges modulo {every}.",
            f"When it is 0 at a clock edge, {out} takes {data}; otherwise {out} holds.",
        ),
        after_reset=f"{out} is 0 and the counter is 0",
    )


def _sampler(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(1, 4, 8, 8, 16)
    every = draw.one_of(2, 2, 3, 4, 5, 8)
    data, out = draw.name("data", "sample_in"), draw.name("result", "sampled")
    small = width_for(every - 1)
    zero = number(small, 0)
    step = "phase <= phase + 1'b1;"
    if every & (every - 1):
        step = f"phase <= (phase == {number(small, every - 1)}) ? {zero} : phase + 1'b1;"
    if every == 2:
        step = "phase <= ~phase;"

    def built(at: int) -> str:
        update = f"{step}\n" + priority((f"phase == {number(small, at)}", f"{out} <= {data};"))
        reset = f"phase <= {zero};\n{out} <= {number(width, 0)};"
        return f"reg {span(small)}phase;\n\n{timing.always(update, reset)}"

    always = f"reg {span(small)}phase;\n\n" + timing.always(
        f"{step}\n{out} <= {data};", f"phase <= {zero};\n{out} <= {number(width, 0)};"
    )
    return Drawn(
        parameters={"width": width, "every": every},
        ports=(*inputs((data, width)), *outputs((out, width))),
        timing=timing,
        words=_sampler_words(draw, width, (data, out), every),
        body=built(0),
        registered=(out,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {out: state[1]},
            following=lambda s, g: ((s[0] + 1) % every, s[1] if s[0] else g[data]),
            unknown=(out,),
        ),
        slips=slips("X", ("wrong-phase", "X", built(1)), ("samples-always", "X", always)),
        module="sampler",
    )


def _stale_words(draw: Draw, limit: int, names: tuple[str, ...]) -> Words:
    beat, lost, seen = names
    return Words(
        title="missing pulse detector",
        terse=f"a missing pulse detector: {lost} becomes 1 at the {ordinal(limit)} clock edge in a "
        f"row with {beat} = 0 and 0 again at an edge with {beat} = 1; {seen} is the number of such "
        f"losses, modulo 16",
        plain=draw.phrase(
            f"{beat} should be 1 at least once in {limit} clock edges. The {ordinal(limit)} "
            f"edge in "
            f"a row at which it is 0 sets {lost} to 1 and adds 1 to {seen} (four bits, wrapping "
            f"around). {lost} stays 1 until an edge with {beat} = 1, which sets it to 0 and starts "
            f"the counting over; further edges without {beat} do not change {seen}.",
            f"Watch a heartbeat. If {limit} clock edges pass one after the other with {beat} = 0, "
            f"raise {lost} at the last of them and increment {seen}, a 4-bit counter that wraps. "
            f"The next edge with {beat} = 1 lowers {lost} again. One loss counts once, however "
            f"long it lasts.",
            f"A counter of the clock edges without {beat} is cleared by every edge with {beat} = 1 "
            f"and stops at {limit}. {lost} is 1 exactly while this counter is {limit}. Each "
            f"time it "
            f"gets there, the 4-bit output {seen} goes up by one, with 15 followed by 0.",
        ),
        points=(
            f"Clock edges in a row with {beat} = 0 are counted up to {limit}.",
            f"{lost} is 1 while {limit} have been reached; an edge with {beat} = 1 clears it and "
            f"the counter.",
            f"{seen} goes up by 1 (modulo 16) at the edge that makes {lost} 1.",
        ),
        after_reset=f"{lost}, {seen} and the internal counter are 0",
    )


def _stale(draw: Draw) -> Drawn:
    timing, limit = draw.timing(), draw.integer(3, 15)
    beat, lost = draw.name("beat", "pulse", "alive", "tick"), draw.name("lost", "missing", "stale")
    seen = draw.name("losses", "errors", "failures")
    small = width_for(limit)
    zero = number(small, 0)

    def built(last: int, clear: str) -> str:
        final = priority((f"quiet == {number(small, last)}", f"{seen} <= {seen} + 1'b1;"))
        update = priority(
            (clear, f"quiet <= {zero};"),
            (f"quiet != {number(small, limit)}", f"quiet <= quiet + 1'b1;\n{final}"),
        )
        always = timing.always(update, f"quiet <= {zero};\n{seen} <= 4'd0;")
        end = f"assign {lost} = (quiet == {number(small, limit)});"
        return f"reg {span(small)}quiet;\n\n{always}\n\n{end}"

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        quiet, total = state
        if given[beat]:
            return 0, total
        if quiet == limit:
            return state
        return quiet + 1, (total + (quiet + 1 == limit)) % 16

    on, off = {beat: 1}, {beat: 0}
    return Drawn(
        parameters={"limit": limit, "beat": beat},
        ports=(*inputs((beat, 1)), *outputs((lost, 1), (seen, 4))),
        timing=timing,
        words=_stale_words(draw, limit, (beat, lost, seen)),
        body=built(limit - 1, beat),
        registered=(seen,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda s, _: {lost: int(s[0] == limit), seen: s[1]},
            following=following,
            unknown=(lost, seen),
        ),
        vectors=(
            on,
            *repeat(limit - 1, off),
            on,
            *repeat(limit + 3, off),
            on,
            *repeat(limit, off),
            on,
            off,
        ),
        slips=slips(
            "X",
            ("off-by-one", "X", built(limit - 2, beat)),
            ("wrong-polarity", "X", built(limit - 1, f"!{beat}")),
        ),
        module="missing_pulse",
    )


FAMILIES = (
    Family(name="pulse-width", kind="measuring", draw=_pulse, weight=0.7),
    Family(name="rate-meter", kind="measuring", draw=_rate, weight=0.7),
    Family(name="periodic-sampler", kind="measuring", draw=_sampler, weight=0.7),
    Family(name="missing-pulse", kind="measuring", draw=_stale, weight=0.5),
)
"""The families of this module."""
