"""Accumulators, trackers and small filters."""

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
    width_for,
)
from rtlgen.synth.families._words import ordinal


def _accumulator_words(draw: Draw, widths: tuple[int, int], names: tuple[str, ...]) -> Words:
    data, total, enable, clear = names
    only = f" when {enable} is 1" if enable else ""
    first = f" {clear} = 1 makes {total} 0 instead; it has priority over adding." if clear else ""
    return Words(
        title=f"{widths[1]}-bit accumulator",
        terse=f"an accumulator that adds the unsigned {data} to "
        f"{total}{only or ' in every cycle'}, "
        f"modulo {1 << widths[1]}" + (f"; {clear} = 1 clears it, with priority" if clear else ""),
        plain=draw.phrase(
            f"At each clock edge{only}, {data} is added to {total}. All numbers are unsigned, and "
            f"a carry out of the {widths[1]} bits of {total} is lost.",
            f"{total} is a running total of {data}: every clock edge{only} adds the "
            f"{widths[0]}-bit "
            f"value of {data} to it. The sum is kept in {widths[1]} bits and wraps around.",
            f"Keep adding. {total} takes {total} + {data} at each clock edge{only}; bits beyond "
            f"{widths[1]} are dropped and nothing is signed.",
        )
        + (f" Without {enable} the total is kept." if enable else "")
        + first,
        points=(
            *([first.strip()] if first else []),
            f"At each clock edge{only}, {total} takes {total} + {data} (unsigned, modulo "
            f"2^{widths[1]}).",
            *([f"Otherwise {total} holds."] if enable else []),
        ),
        after_reset=f"{total} is 0",
    )


def _accumulator(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(4, 8, 8, 12, 16)
    wide = width + draw.one_of(0, 2, 4, 4, 8)
    data, total = draw.name("data"), draw.name("acc", "sum", "total", "accumulator")
    enable = control(draw, "enable", "valid", often=0.6)
    clear = draw.name("clr", "clear_acc", "start") if draw.chance(0.4) else ""
    zero = f"{total} <= {number(wide, 0)};"

    def built(sign: str) -> str:
        update = f"{total} <= {total} {sign} {data};"
        if wide > width:
            update = f"{total} <= {total} {sign} {{{wide - width}'b0, {data}}};"
        rules = [(clear, zero)] if clear else []
        chain = priority(*rules, (enable.on, update)) if rules or enable else update
        return timing.always(chain, zero)

    def following(state: int, given: Values) -> int:
        if clear and given[clear]:
            return 0
        return (state + given[data]) % (1 << wide) if enable.holds(given) else state

    more = ((clear, 1),) if clear else ()
    return Drawn(
        parameters={
            "width": width,
            "wide": wide,
            "enable": enable.name != "",
            "clear": int(bool(clear)),
        },
        ports=(*inputs((data, width), *enable.ports, *more), *outputs((total, wide))),
        timing=timing,
        words=_accumulator_words(draw, (width, wide), (data, total, enable.name, clear)),
        body=built("+"),
        registered=(total,),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {total: state},
            following=following,
            unknown=(total,),
        ),
        slips=slips(
            "X",
            ("subtracts", "X", built("-")),
            ("does-not-accumulate", "X", built("+").replace(f"<= {total} +", "<= ")),
            *(
                (("enable-ignored", "X", built("+").replace(f"if ({enable.on})", "if (1'b1)")),)
                if enable
                else ()
            ),
        ),
        module="accumulator",
    )


def _window_words(
    draw: Draw, size: int, widths: tuple[int, int], names: tuple[str, str], average: bool
) -> Words:
    data, out = names
    what = "average" if average else "sum"
    end = (
        f" {out} is that sum divided by {size}, rounded down."
        if average
        else f" {out} is that sum, in full width."
    )
    return Words(
        title=f"moving {what} of {size} samples",
        terse=f"a moving {what}: {out} is the {what} of the values that {data} had at the last "
        f"{size} clock edges{', rounded down' if average else ''} (values before the first "
        f"count as "
        f"0), unsigned",
        plain=draw.phrase(
            f"Take the unsigned {what} over the {size} most recent samples of {data}, one "
            f"sample per clock edge. Samples are kept in {size} registers, and the arithmetic "
            f"behind them is combinational.{end} Registers that have not received a sample "
            f"since reset count as 0.",
            f"A filter that smooths {data}: keep the last {size} samples (one is taken at each "
            f"clock edge) and add them as unsigned numbers without losing carries.{end} The "
            f"result is not registered.",
            f"{size} registers hold the values of {data} at the last {size} clock edges, the "
            f"newest "
            f"included. They are added up as unsigned numbers.{end} {out} follows the registers "
            f"without another register.",
            f"A sliding window over {data}: at every clock edge the new value enters and the "
            f"oldest "
            f"of {size} values leaves. The {size} values in the window are added up.{end} There is "
            f"no register behind the addition.",
        ),
        points=(
            f"A shift register of {size} words of {widths[0]} bits takes {data} at each clock "
            f"edge.",
            f"The {size} words are added without loss.{end}",
            "The output is combinational from these words.",
        ),
        after_reset="all stored values are 0",
    )


def _window(draw: Draw) -> Drawn:
    timing, average = draw.timing(), draw.chance(0.5)
    size = draw.one_of(2, 4, 4, 8) if average else draw.one_of(2, 3, 4, 5)
    width = draw.one_of(4, 6, 8, 8, 10, 12)
    extra = width_for(size - 1)
    wide = width if average else width + extra
    data, out = draw.name("data", "sample"), draw.name("result", "avg" if average else "window_sum")
    names = [f"s{i}" for i in range(size)]
    moves = "\n".join(f"{b} <= {a};" for a, b in zip([data, *names], names, strict=False))
    zeros = "\n".join(f"{name} <= {number(width, 0)};" for name in names)
    full = width + extra
    padded = [f"{{{extra}'b0, {name}}}" for name in names]
    declared = f"reg {span(width)}{', '.join(names)};\n"

    def built(terms: list[str], update: str) -> str:
        total = f"wire [{full - 1}:0] total = {' + '.join(terms)};\n\n"
        picked = f"total[{full - 1}:{extra}]" if average else "total"
        return f"{declared}{total}{timing.always(update, zeros)}\n\nassign {out} = {picked};"

    def shown(state: tuple[int, ...], _: Values) -> Outputs:
        return {out: sum(state) // size if average else sum(state)}

    return Drawn(
        parameters={"size": size, "width": width, "average": int(average)},
        ports=(*inputs((data, width)), *outputs((out, wide))),
        timing=timing,
        words=_window_words(draw, size, (width, wide), (data, out), average),
        body=built(padded, moves),
        behavior=Clocked(
            reset=(0,) * size,
            outputs=shown,
            following=lambda state, given: (given[data], *state[:-1]),
            unknown=(out,),
        ),
        vectors=(*repeat(size + 1, {data: (1 << width) - 1}), *repeat(size, {data: 0})),
        slips=slips(
            "X",
            ("off-by-one", "X", built(padded[:-1], moves)),
            ("blocking-for-non-blocking", "X", built(padded, moves.replace("<=", "="))),
        ),
        module=f"moving_{'average' if average else 'sum'}",
    )


def _extreme_words(draw: Draw, names: tuple[str, ...], biggest: bool, start: int) -> Words:
    data, out, valid, clear = names
    what, than = ("maximum", "greater") if biggest else ("minimum", "less")
    only = f" in which {valid} is 1" if valid else ""
    first = (
        f" {clear} = 1 sets {out} back to {start} and ignores {data} in that cycle."
        if clear
        else ""
    )
    return Words(
        title=f"running {what}",
        terse=f"a register {out} that holds the {what} (unsigned) of all values of {data} seen at "
        f"clock edges{only} since reset" + (f" or {clear}; {clear} has priority" if clear else ""),
        plain=draw.phrase(
            f"{out} starts at {start}. At each clock edge{only}, if {data} is {than} than {out}, "
            f"{out} takes {data}; otherwise it is kept. The comparison is unsigned.",
            f"Remember the {'highest' if biggest else 'lowest'} value of {data} so far. Every "
            f"clock "
            f"edge{only} compares {data} with {out} as unsigned numbers and stores it if it is "
            f"{than}; the register begins with {start}.",
            f"A {'peak' if biggest else 'valley'} detector: {out} is replaced by {data} whenever "
            f"{data} is {than} (unsigned){f' and {valid} is 1' if valid else ''}.",
        )
        + first,
        points=(
            *([first.strip()] if clear else []),
            f"At each clock edge{only}, {out} takes {data} if {data} is {than} than {out}.",
            f"Otherwise {out} holds. Numbers are unsigned.",
        ),
        after_reset=f"{out} is {start}",
    )


def _extreme(draw: Draw) -> Drawn:
    timing, width, biggest = draw.timing(), draw.one_of(4, 6, 8, 8, 12, 16), draw.chance(0.5)
    data, out = (
        draw.name("data", "sample"),
        draw.name("peak" if biggest else "lowest", "result", "best", "out", "q"),
    )
    valid = control(draw, "valid", often=0.5)
    clear = draw.name("clr", "restart", "new_run") if draw.chance(0.5) else ""
    start = 0 if biggest else (1 << width) - 1
    sign, best = (">", max) if biggest else ("<", min)
    first = f"{out} <= {number(width, start)};"

    def built(test: str, begin: str = first) -> str:
        condition = f"{valid.on} && {test}" if valid else test
        rules = [(clear, begin)] if clear else []
        return timing.always(priority(*rules, (condition, f"{out} <= {data};")), begin)

    def following(state: int, given: Values) -> int:
        if clear and given[clear]:
            return start
        return best(state, given[data]) if valid.holds(given) else state

    more = ((clear, 1),) if clear else ()
    wrong = f"{out} <= {number(width, (1 << width) - 1 - start)};"
    return Drawn(
        parameters={
            "width": width,
            "biggest": int(biggest),
            "valid": valid.name != "",
            "clear": int(bool(clear)),
        },
        ports=(*inputs((data, width), *valid.ports, *more), *outputs((out, width))),
        timing=timing,
        words=_extreme_words(draw, (data, out, valid.name, clear), biggest, start),
        body=built(f"{data} {sign} {out}"),
        registered=(out,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {out: state},
            following=following,
            unknown=(out,),
        ),
        vectors=tuple(
            {data: v, **valid.given(), **({clear: 0} if clear else {})}
            for v in (5, 9, 3, 12, 2, 14)
        ),
        slips=slips(
            "X",
            ("wrong-comparison", "X", built(f"{data} {'<' if biggest else '>'} {out}")),
            ("wrong-reset-value", "X", built(f"{data} {sign} {out}", wrong)),
        ),
        module="peak_detector",
    )


_Group = tuple[tuple[int, ...], int, int]
"""Values of the group so far, sum of the last complete one, whether it was completed just now."""
_NO_GROUP: _Group = ((), 0, 0)


def _group_words(draw: Draw, size: int, names: tuple[str, ...], width: int) -> Words:
    data, valid, total, done = names
    return Words(
        title=f"sum of {size} inputs",
        terse=f"a circuit that adds up {size} values of {data}, taken at clock edges with "
        f"{valid} = "
        f"1, then gives their sum in {total} with {done} = 1 for one cycle, and starts anew",
        plain=draw.phrase(
            f"Every {size} values make a group. A value is {data} at a clock edge with {valid} "
            f"= 1. The edge that brings the last value of a group puts the unsigned sum of all "
            f"{size} into {total}, and {done} is 1 from this edge to the next. Otherwise "
            f"{done} is 0 and {total} keeps its value. Then the next group begins with a sum of 0.",
            f"Values of {data} are taken at the clock edges at which {valid} is 1. When {size} "
            f"values have come, {total} is updated to their sum at the clock edge that takes the "
            f"last of them, and {done} is 1 for the one cycle after that edge. The next value "
            f"starts a new group. {total} keeps the sum of the last complete group until the next "
            f"one is complete; {done} is 0 otherwise. All numbers are unsigned.",
            f"Group the valid values of {data} by {size} and report the total of each group. "
            f"An input is "
            f"valid when {valid} = 1 at a clock edge; gaps in between do not matter. At the "
            f"edge of "
            f"the {ordinal(size)} input, {total} gets "
            f"the unsigned sum of the group and {done} goes to 1 for exactly one cycle. In between "
            f"{total} does not change.",
        ),
        points=(
            f"A value of {data} counts when {valid} is 1 at a clock edge.",
            f"The clock edge that takes value number {size} of a group stores the sum of the group "
            f"in {total} and sets {done} to 1 for one cycle.",
            f"At all other edges {done} becomes 0 and {total} holds.",
            f"The width of {total} ({width} bits) is enough for the unsigned sum.",
        ),
        after_reset=f"{total} and {done} are 0 and a new group begins",
    )


def _group(draw: Draw) -> Drawn:
    timing, size = draw.timing(), draw.one_of(2, 3, 4, 4, 5, 8)
    width = draw.one_of(4, 8, 8, 10)
    wide, small = width + width_for(size - 1), width_for(size - 1)
    data, valid = draw.name("data"), draw.name("valid")
    total, done = draw.name("result", "total"), draw.name("done", "valid_out")
    term = f"{{{wide - width}'b0, {data}}}"
    zero, last = number(wide, 0), number(small, size - 1)

    def built(end: str, first: str) -> str:
        finish = f"{total} <= acc + {term};\n{done} <= 1'b1;\nacc <= {first};\ncount <= " + (
            f"{number(small, 0)};"
        )
        go = f"acc <= acc + {term};\ncount <= count + 1'b1;"
        update = f"{done} <= 1'b0;\n" + priority(
            (valid, priority((f"count == {end}", finish), ("", go)))
        )
        reset = f"acc <= {zero};\ncount <= {number(small, 0)};\n{total} <= {zero};\n{done} <= 1'b0;"
        declared = f"reg [{wide - 1}:0] acc;\nreg {span(small)}count;\n\n"
        return declared + timing.always(update, reset)

    def following(state: _Group, given: Values) -> _Group:
        values, before, _ = state
        if not given[valid]:
            return values, before, 0
        values = (*values, given[data])
        return ((), sum(values), 1) if len(values) == size else (values, before, 0)

    return Drawn(
        parameters={"size": size, "width": width},
        ports=(*inputs((data, width), (valid, 1)), *outputs((total, wide), (done, 1))),
        timing=timing,
        words=_group_words(draw, size, (data, valid, total, done), wide),
        body=built(last, zero),
        registered=(total, done),
        behavior=Clocked(
            reset=_NO_GROUP,
            outputs=lambda state, _: {total: state[1], done: state[2]},
            following=following,
            unknown=(total, done),
        ),
        vectors=repeat(2 * size + 1, {data: (1 << width) - 1, valid: 1}),
        slips=slips(
            "X",
            ("off-by-one", "X", built(number(small, size - 2), zero)),
            ("sum-not-cleared", "X", built(last, "acc")),
            (
                "keeps-last",
                "X",
                built(last, zero).replace(f"{total} <= acc + {term}", f"{total} <= acc"),
            ),
        ),
        module="group_sum",
    )


def _difference_words(draw: Draw, names: tuple[str, str], width: int, absolute: bool) -> Words:
    data, out = names
    what = "absolute difference" if absolute else "difference"
    how = (
        "as unsigned numbers, the larger minus the smaller"
        if absolute
        else f"the new one minus the old one, modulo {1 << width}"
    )
    return Words(
        title=f"{what} of successive samples",
        terse=f"a register {out} that takes, at each clock edge, the {what} of {data} and the "
        f"{data} of the clock edge before ({how})",
        plain=draw.phrase(
            f"A differentiator: {data} is sampled at every clock edge, and at the same edge "
            f"{out} is loaded with the {what} between this sample and the one before it ({how}).",
            f"How far has {data} moved in one clock cycle? Register the {what} of its value at "
            f"this clock edge and its value at the edge before in {out}: {how}.",
            f"Keep the value that {data} had at the previous clock edge. At each clock edge {out} "
            f"takes the {what} between the present {data} and that previous value: {how}.",
            f"{out} shows how much {data} has changed. Every clock edge stores {data} and at the "
            f"same time puts the {what} of {data} and the value stored before into {out}, {how}.",
        ),
        points=(
            f"Store {data} at every clock edge.",
            f"At the same edge {out} takes the {what} of {data} and the stored value: {how}.",
        ),
        after_reset=f"the stored value and {out} are 0",
    )


def _difference(draw: Draw) -> Drawn:
    timing, width, absolute = draw.timing(), draw.one_of(4, 6, 8, 8, 12, 16), draw.chance(0.4)
    data, out = draw.name("data", "sample"), draw.name("result", "diff", "delta")
    ahead, back = f"{data} - previous", f"previous - {data}"
    code = f"({data} > previous) ? {ahead} : {back}" if absolute else ahead
    zero = number(width, 0)

    def built(value: str) -> str:
        always = timing.always(
            f"previous <= {data};\n{out} <= {value};", f"previous <= {zero};\n{out} <= {zero};"
        )
        return f"reg {span(width)}previous;\n\n{always}"

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        change = given[data] - state[0]
        return given[data], abs(change) if absolute else change % (1 << width)

    return Drawn(
        parameters={"width": width, "absolute": int(absolute)},
        ports=(*inputs((data, width)), *outputs((out, width))),
        timing=timing,
        words=_difference_words(draw, (data, out), width, absolute),
        body=built(code),
        registered=(out,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {out: state[1]},
            following=following,
            unknown=(out,),
        ),
        slips=slips(
            "X",
            ("wrong-order", "X", built(ahead if absolute else back)),
            ("blocking-for-non-blocking", "X", built(code).replace("previous <=", "previous =")),
        ),
        module="sample_difference",
    )


FAMILIES = (
    Family(name="accumulator", kind="dsp", draw=_accumulator),
    Family(name="moving-window", kind="dsp", draw=_window),
    Family(name="running-extreme", kind="dsp", draw=_extreme),
    Family(name="group-sum", kind="dsp", draw=_group),
    Family(name="sample-difference", kind="dsp", draw=_difference, weight=0.7),
)
"""The families of this module."""
