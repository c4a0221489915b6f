"""Branch predictors and rows of cells that look at their neighbors."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    number,
    priority,
    repeat,
    slips,
)


def _predictor_words(draw: Draw, names: tuple[str, ...], width: int, start: int) -> Words:
    valid, taken, out, guess = names
    top = (1 << width) - 1
    return Words(
        title=f"{width}-bit saturating predictor counter",
        terse=f"{bits(width, 'saturating counter')} {out} for branch prediction: with {valid} = 1 "
        f"it goes up if {taken} is 1 (not above {top}) and down if it is 0 (not below 0), "
        f"otherwise "
        f"it holds; {guess} is its most significant bit",
        plain=draw.phrase(
            f"{out} learns whether a branch is usually taken. At a clock edge with {valid} = 1 it "
            f"is incremented if {taken} is 1, up to {top} at most, and decremented if {taken} "
            f"is 0, "
            f"down to 0 at least. With {valid} = 0 it does not change. The prediction {guess} is "
            f"the most significant bit of {out}.",
            f"A saturating up/down counter of {width} bits. {valid} enables it; {taken} gives the "
            f"direction, 1 for up and 0 for down. It never wraps: {top} stays {top} when counting "
            f"up, 0 stays 0 when counting down. Its value is {out}, and its top bit is also given "
            f"as {guess}.",
            f"Experience is collected in a number from 0 to {top}. {taken} = 1 makes it larger by "
            f"one and {taken} = 0 smaller by one, but only at clock edges with {valid} = 1 and "
            f"never beyond its limits. {out} is the number, {guess} is 1 when it is at least "
            f"{1 << width - 1}.",
        ),
        points=(
            f"{valid} = 0: {out} holds.",
            f"{valid} = 1 and {taken} = 1: {out} goes up by 1 unless it is {top}.",
            f"{valid} = 1 and {taken} = 0: {out} goes down by 1 unless it is 0.",
            f"{guess} is the most significant bit of {out}.",
        ),
        after_reset=f"{out} is {start}",
    )


def _predictor(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(2, 2, 3, 3, 4)
    top = (1 << width) - 1
    start = draw.one_of(top // 2, top // 2 + 1, 0, 1)
    valid, taken = (
        draw.name("train_en", "update", "valid", "resolved"),
        draw.name("taken", "outcome"),
    )
    out, guess = draw.name("state", "count", "confidence"), draw.name("predict", "guess", "pred")
    last, zero = number(width, top), number(width, 0)
    rise, fall = f"{out} <= {out} + 1'b1;", f"{out} <= {out} - 1'b1;"
    clear = f"{out} <= {number(width, start)};"
    end = f"\n\nassign {guess} = {out}[{width - 1}];"

    def built(high: str, low: str) -> str:
        chain = priority((f"{valid} && {taken}{high}", rise), (f"{valid} && !{taken}{low}", fall))
        return timing.always(chain, clear) + end

    nested = (
        timing.always(
            priority(
                (
                    valid,
                    priority(
                        (taken, priority((f"{out} != {last}", rise))),
                        ("", priority((f"{out} != {zero}", fall))),
                    ),
                )
            ),
            clear,
        )
        + end
    )
    good = (f" && {out} != {last}", f" && {out} != {zero}")

    def following(state: int, given: Values) -> int:
        if not given[valid]:
            return state
        return min(top, state + 1) if given[taken] else max(0, state - 1)

    up, down = {valid: 1, taken: 1}, {valid: 1, taken: 0}
    return Drawn(
        parameters={"width": width, "start": start},
        ports=(*inputs((valid, 1), (taken, 1)), *outputs((out, width), (guess, 1))),
        timing=timing,
        words=_predictor_words(draw, (valid, taken, out, guess), width, start),
        body=draw.style(built(*good), nested),
        registered=(out,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {out: state, guess: state >> (width - 1)},
            following=following,
            unknown=(out, guess),
        ),
        vectors=(*repeat(top + 2, up), *repeat(top + 2, down), *repeat(2, up)),
        slips=slips(
            "X",
            ("wraps-around", "X", built("", "")),
            ("stops-too-early", "X", built(f" && {out} < {number(width, top - 1)}", good[1])),
            ("enable-ignored", "X", built(*good).replace(f"{valid} && ", "")),
        ),
        module="branch_counter",
    )


def _table_words(draw: Draw, places: int, names: tuple[str, ...], start: int) -> Words:
    ask, guess, train, index, taken = names
    size = 1 << places
    return Words(
        title=f"pattern table of {size} 2-bit counters",
        terse=f"a table of {size} saturating 2-bit counters: {guess} is the upper bit of the "
        f"one at "
        f"{ask}, combinational; with {train} = 1 the clock edge counts the one at {index} up (not "
        f"above 3) if {taken} is 1, down (not below 0) if it is 0",
        plain=draw.phrase(
            f"There are {size} counters of two bits. {guess} shows the most significant bit of "
            f"counter number {ask} without delay. At a clock edge with {train} = 1, counter number "
            f"{index} is trained: {taken} = 1 increments it unless it is 3, {taken} = 0 decrements "
            f"it unless it is 0. All others keep their values.",
            f"A branch predictor has a table of {size} two-bit saturating counters. It is read "
            f"with "
            f"{ask} (combinational, the upper bit is the prediction {guess}) and updated with "
            f"{index} at clock edges with {train} = 1: one up for {taken} = 1 and one down for "
            f"{taken} = 0, staying within 0 to 3. A read in the cycle of an update still sees the "
            f"old value.",
            f"Learn {size} different habits. Each habit is a number from 0 to 3. {train} = 1 lets "
            f"the clock edge change the number of habit {index} by one, upward for {taken} = 1 and "
            f"downward for {taken} = 0, but never beyond 0 or 3. {guess} is 1 if the number of "
            f"habit {ask} is 2 or 3 at the moment.",
        ),
        points=(
            f"{guess} is bit 1 of the counter at {ask} (combinational).",
            f"{train} = 1: the counter at {index} goes up by 1 if {taken} is 1, down by 1 if it is "
            f"0, at the clock edge.",
            "Counters saturate at 3 and at 0.",
        ),
        after_reset=f"all counters are {start}",
    )


def _table(draw: Draw) -> Drawn:
    timing, places, start = draw.timing(), draw.integer(1, 4), draw.one_of(1, 1, 2)
    ask, guess = (
        draw.name("lookup", "pc", "read_index"),
        draw.name("predict_taken", "guess", "pred"),
    )
    train, index = (
        draw.name("train", "update"),
        draw.name("train_index", "update_index", "train_pc"),
    )
    taken, size = draw.name("taken", "outcome"), 1 << places
    at = f"counters[{index}]"
    rise, fall = f"{at} <= {at} + 1'b1;", f"{at} <= {at} - 1'b1;"
    reset = f"for (i = 0; i < {size}; i = i + 1)\n    counters[i] <= 2'd{start};"
    head = f"reg [1:0] counters [0:{size - 1}];\ninteger i;\n\n"

    def built(high: str, low: str, bit: int = 1) -> str:
        chain = priority((f"{train} && {taken}{high}", rise), (f"{train} && !{taken}{low}", fall))
        read = f"assign {guess} = counters[{ask}][{bit}];"
        return f"{head}{timing.always(chain, reset)}\n\n{read}"

    good = (f" && {at} != 2'd3", f" && {at} != 2'd0")

    def following(state: tuple[int, ...], given: Values) -> tuple[int, ...]:
        if not given[train]:
            return state
        i = given[index]
        value = state[i] + (1 if given[taken] else -1)
        return (*state[:i], min(3, max(0, value)), *state[i + 1 :])

    up = tuple({ask: i, train: 1, index: i, taken: 1} for i in range(size) for _ in range(3))
    down = tuple({ask: i, train: 1, index: i, taken: 0} for i in range(size) for _ in range(5))
    return Drawn(
        parameters={"places": places, "start": start},
        ports=(
            *inputs((ask, places), (train, 1), (index, places), (taken, 1)),
            *outputs((guess, 1)),
        ),
        timing=timing,
        words=_table_words(draw, places, (ask, guess, train, index, taken), start),
        body=built(*good),
        behavior=Clocked(
            reset=_table_of(start, size),
            outputs=lambda state, given: {guess: state[given[ask]] >> 1},
            following=following,
            unknown=(guess,),
        ),
        vectors=(*up, *down, *up),
        slips=slips(
            "X",
            ("wraps-around", "X", built("", "")),
            ("wrong-bit", "X", built(*good, 0)),
            (
                "wrong-reset-value",
                "X",
                built(*good).replace(f"<= 2'd{start};", f"<= 2'd{3 - start};"),
            ),
        ),
        module="predictor_table",
    )


def _table_of(start: int, size: int) -> tuple[int, ...]:
    return (start,) * size


def _history_words(draw: Draw, width: int, names: tuple[str, ...]) -> Words:
    shift, bit, undo, saved, out = names
    return Words(
        title=f"{width}-bit history register",
        terse=f"{bits(width, 'history register')} {out}: {undo} = 1 loads {saved} (first in "
        f"priority), otherwise {shift} = 1 shifts left with {bit} entering at bit 0, otherwise it "
        f"holds",
        plain=draw.phrase(
            f"{out} records the last {width} outcomes, the newest in bit 0. At a clock edge with "
            f"{shift} = 1 it is shifted left and {bit} enters. If {undo} is 1 the register is "
            f"instead restored from {saved}, even if {shift} is 1 too. Otherwise it holds.",
            f"Keep a history of {bit}: every clock edge with {shift} = 1 appends it on the right, "
            f"and the oldest of {width} bits on the left drops out. {undo} = 1 rolls back: {out} "
            f"takes {saved}, and nothing is appended. With neither, {out} stays.",
            f"There are two ways to change {out}. Rolling back ({undo} = 1) copies {saved} into it "
            f"and wins over the other. Recording ({shift} = 1) makes the new {out} of its lower "
            f"{width - 1} bit{'s' if width > 2 else ''} followed by {bit}. In all other cycles it "
            f"is kept.",
        ),
        points=(
            f"{undo} = 1: {out} takes {saved}.",
            f"{undo} = 0 and {shift} = 1: {out} shifts left by one and {bit} enters at bit 0.",
            f"Both 0: {out} holds.",
        ),
        after_reset=f"{out} is 0",
    )


def _history(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(4, 7, 8, 16, draw.integer(3, 32))
    shift, bit = draw.name("shift", "record", "update"), draw.name("taken", "bit_in", "outcome")
    undo, saved = draw.name("restore", "rollback", "undo"), draw.name("saved", "checkpoint", "old")
    out = draw.name("history", "past", "q")
    load, move = f"{out} <= {saved};", f"{out} <= {{{out}[{width - 2}:0], {bit}}};"
    clear = f"{out} <= {number(width, 0)};"
    back = f"{out} <= {{{bit}, {out}[{width - 1}:1]}};"

    def following(state: int, given: Values) -> int:
        if given[undo]:
            return given[saved]
        return (state << 1 | given[bit]) & ((1 << width) - 1) if given[shift] else state

    return Drawn(
        parameters={"width": width},
        ports=(*inputs((shift, 1), (bit, 1), (undo, 1), (saved, width)), *outputs((out, width))),
        timing=timing,
        words=_history_words(draw, width, (shift, bit, undo, saved, out)),
        body=timing.always(priority((undo, load), (shift, move)), clear),
        registered=(out,),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {out: state},
            following=following,
            unknown=(out,),
        ),
        vectors=(
            *({shift: 1, bit: int(i % 3 == 0), undo: 0, saved: 0} for i in range(width + 3)),
            {shift: 1, bit: 1, undo: 1, saved: (1 << width) - 2},
            *repeat(3, {shift: 1, bit: 0, undo: 0, saved: 0}),
        ),
        slips=slips(
            "X",
            ("wrong-priority", "X", timing.always(priority((shift, move), (undo, load)), clear)),
            (
                "wrong-shift-direction",
                "X",
                timing.always(priority((undo, load), (shift, back)), clear),
            ),
        ),
        module="history_register",
    )


_EDGES = {
    "zeros": "cells beyond both ends count as 0",
    "ring": "the row is closed to a ring, so that the first and the last cell are neighbors",
    "ones": "cells beyond both ends count as 1",
}


def _row_words(draw: Draw, width: int, names: tuple[str, ...], rule: int, ends: str) -> Words:
    load, data, q = names
    table = "\n".join(f"{i:03b} -> {rule >> i & 1}" for i in range(7, -1, -1))
    return Words(
        title=f"cellular automaton, rule {rule}",
        terse=f"a row of {width} cells of the one-dimensional cellular automaton with rule {rule}, "
        f"loaded by {load} = 1 from {data}, otherwise making one step per clock edge; {q} are the "
        f"cells, {_EDGES[ends]}; the table gives left neighbor, cell, right neighbor and the next "
        f"value",
        plain=draw.phrase(
            f"{q} is a row of {width} cells. At each clock edge with {load} = 1 it is loaded with "
            f"{data}. At each other clock edge all cells change at once: the next value of cell i "
            f"depends on its left neighbor {q}[i+1], on itself and on its right neighbor {q}[i-1], "
            f"in this order, as in the table (rule {rule}). At the ends, {_EDGES[ends]}.",
            f"Rule {rule} is a one-dimensional cellular automaton. Every cell has the value 0 "
            f"or 1, "
            f"and the table says what becomes of it, given the three bits left neighbor "
            f"({q}[i+1]), "
            f"the cell itself ({q}[i]) and right neighbor ({q}[i-1]). There are {width} cells, and "
            f"{_EDGES[ends]}. One step is made per clock cycle, except that {load} = 1 sets all "
            f"cells from {data}.",
            f"Simulate a line of {width} cells, one generation per clock cycle. For each cell read "
            f"three bits, from left to right: the cell with the next higher index, the cell, the "
            f"cell with the next lower index of {q}. Look them up in the table to get the new "
            f"value. For the outermost cells, {_EDGES[ends]}. {load} = 1 replaces this step by "
            f"loading {data}.",
        ),
        points=(
            f"{load} = 1: {q} takes {data}.",
            f"{load} = 0: every cell takes the value that the table gives for (left neighbor "
            f"{q}[i+1], cell {q}[i], right neighbor {q}[i-1]).",
            f"{_EDGES[ends][0].upper()}{_EDGES[ends][1:]}.",
        ),
        after_reset="all cells are 0",
        fragment=table,
    )


_FORMULAS = {
    90: "left ^ right",
    150: "left ^ {q} ^ right",
    60: "left ^ {q}",
    102: "{q} ^ right",
    110: "({q} ^ right) | (~left & {q})",
    30: "left ^ ({q} | right)",
}


def _row_formula(rule: int, q: str) -> str:
    if rule in _FORMULAS:
        return _FORMULAS[rule].format(q=q)
    terms = []
    for index in range(7, -1, -1):
        if rule >> index & 1:
            parts = [
                name if index >> shift & 1 else f"~{name}"
                for shift, name in ((2, "left"), (1, q), (0, "right"))
            ]
            terms.append(f"({' & '.join(parts)})")
    return " | ".join(terms)


def _row(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.one_of(8, 16, 32, 64, draw.integer(5, 40))
    rule = draw.one_of(draw.one_of(*_FORMULAS), draw.integer(1, 254))
    ends = draw.one_of("zeros", "zeros", "ring", "ones")
    load, data, q = draw.name("load"), draw.name("data"), draw.name("cells", "q", "row", "result")
    draw.take("left", "right")
    edge = {
        "zeros": ("1'b0", "1'b0"),
        "ones": ("1'b1", "1'b1"),
        "ring": (f"{q}[0]", f"{q}[{width - 1}]"),
    }[ends]
    higher = f"{{{edge[0]}, {q}[{width - 1}:1]}}"
    lower = f"{{{q}[{width - 2}:0], {edge[1]}}}"

    def built(formula: str, straight: bool = True) -> str:
        update = priority((load, f"{q} <= {data};"), ("", f"{q} <= {formula};"))
        sides = (("left", higher if straight else lower), ("right", lower if straight else higher))
        wires = [f"wire [{width - 1}:0] {n} = {v};\n" for n, v in sides if n in formula]
        return "".join(wires) + "\n" + timing.always(update, f"{q} <= {number(width, 0)};")

    good = _row_formula(rule, q)
    near = {0: 0, 1: 1}[ends == "ones"]

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        cells = state[0]
        if given[load]:
            return (given[data],)
        if cells is None:
            return (None,)
        row = [cells >> i & 1 for i in range(width)]
        beyond = (row[-1], row[0]) if ends == "ring" else (near, near)
        row = [beyond[0], *row, beyond[1]]
        new = [rule >> (4 * row[i + 1] + 2 * row[i] + row[i - 1]) & 1 for i in range(1, width + 1)]
        return (sum(bit << i for i, bit in enumerate(new)),)

    seeds = (1 << width // 2, (1 << width) - 1, 1, 1 << width - 1)
    steps = tuple({load: int(i == 0), data: seed} for seed in seeds for i in range(6))
    return Drawn(
        parameters={"width": width, "rule": rule, "ends": ends},
        ports=(*inputs((load, 1), (data, width)), *outputs((q, width))),
        timing=timing,
        words=_row_words(draw, width, (load, data, q), rule, ends),
        body=built(good),
        registered=(q,),
        behavior=Clocked(
            reset=(0,),
            power_up=(None,),
            outputs=lambda state, _: {q: state[0]},
            following=following,
        ),
        vectors=steps,
        slips=slips(
            "X",
            ("neighbors-swapped", "X", built(good, False)),
            ("wrong-rule", "X", built(_row_formula(rule ^ 1 << draw.integer(0, 7), q))),
        ),
        module=f"rule_{rule}",
    )


FAMILIES = (
    Family(name="predictor-counter", kind="predictors", draw=_predictor, weight=0.7),
    Family(name="predictor-table", kind="predictors", draw=_table, weight=0.5),
    Family(name="history-register", kind="predictors", draw=_history, weight=0.7),
    Family(name="cellular-automaton", kind="predictors", draw=_row),
)
"""The families of this module."""
