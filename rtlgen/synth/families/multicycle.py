"""Units that work for several cycles, and a register between sender and receiver."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Values,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.families._clocked import number, priority, repeat, slips, span, width_for

_Job = tuple[int, int, tuple[int, ...]]
"""Cycles left, whether done just now, and the numbers: operands while busy, results."""


def _handshake_words(draw: Draw, width: int, names: tuple[str, ...]) -> Words:
    data, valid, ready, out, out_valid, out_ready = names
    return Words(
        title="one-deep handshake register",
        terse=f"a one-word buffer between valid/ready interfaces ({data}, {valid}, {ready} in; "
        f"{out}, {out_valid}, {out_ready} out) where {ready} = !{out_valid} || {out_ready}, so "
        f"that "
        f"it can be emptied and filled at the same edge",
        plain=draw.phrase(
            f"A register holds at most one word that came in at {data}. {out_valid} says that "
            f"it is full, "
            f"and {out} shows the word. A word is taken in at a clock edge with {valid} and "
            f"{ready} "
            f"both 1, and handed over at a clock edge with {out_valid} and {out_ready} both 1. "
            f"{ready} is combinational: it is 1 if the register is empty or {out_ready} is 1. If a "
            f"word is handed over and none is taken in, the register becomes empty; {out} then "
            f"still shows the old word.",
            f"Put a pipeline register between a sender and a receiver. Both sides use valid/ready: "
            f"a transfer takes place at a clock edge at which valid and ready of that side are 1. "
            f"The sender drives {data} and {valid} and sees {ready}; the receiver sees {out} and "
            f"{out_valid} and drives {out_ready}. {ready} is 1 exactly when {out_valid} is 0 or "
            f"{out_ready} is 1. At a clock edge with {ready} = 1, {out_valid} takes {valid}, "
            f"and if "
            f"{valid} is 1, {out} takes {data}; with {ready} = 0 both stay.",
            f"{out} and {out_valid} are registers. When {ready} is 1 at a clock edge, {out_valid} "
            f"becomes {valid}, and {data} is copied to {out} if {valid} is 1. When {ready} is 0 "
            f"they are kept. {ready} = NOT {out_valid} OR {out_ready}, without a register.",
        ),
        points=(
            f"{ready} = 1 if {out_valid} is 0 or {out_ready} is 1 (combinational).",
            f"At a clock edge with {ready} = 1, {out_valid} takes the value of {valid}.",
            f"If {valid} is 1 too, {out} takes {data}; otherwise {out} keeps its value.",
            f"With {ready} = 0 nothing changes.",
        ),
        after_reset=f"{out_valid} is 0 and {out} is 0",
    )


def _handshake(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(1, 4, 8, 8, 16, 32)
    names = draw.one_of(
        ("in_data", "in_valid", "in_ready", "out_data", "out_valid", "out_ready"),
        ("s_data", "s_valid", "s_ready", "m_data", "m_valid", "m_ready"),
        ("din", "din_valid", "din_ready", "dout", "dout_valid", "dout_ready"),
    )
    draw.take(*names)
    data, valid, ready, out, out_valid, out_ready = names
    clear = f"{out_valid} <= 1'b0;\n{out} <= {number(width, 0)};"
    take = f"{out_valid} <= {valid};\n" + priority((valid, f"{out} <= {data};"))

    def built(free: str, update: str) -> str:
        return f"{timing.always(priority((ready, update)), clear)}\n\nassign {ready} = {free};"

    free = f"~{out_valid} | {out_ready}"

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        full, word = state
        if full and not given[out_ready]:
            return state
        return given[valid], given[data] if given[valid] else word

    return Drawn(
        parameters={"width": width, "names": data},
        ports=(
            *inputs((data, width), (valid, 1), (out_ready, 1)),
            *outputs((ready, 1), (out, width), (out_valid, 1)),
        ),
        timing=timing,
        words=_handshake_words(draw, width, names),
        body=built(free, take),
        registered=(out, out_valid),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda s, g: {ready: int(not s[0] or g[out_ready]), out: s[1], out_valid: s[0]},
            following=following,
            unknown=(ready, out, out_valid),
        ),
        slips=slips(
            "X",
            ("half-the-rate", "X", built(f"~{out_valid}", take)),
            ("overwrites-word", "X", built("1'b1", take)),
            (
                "never-empties",
                "X",
                built(free, priority((valid, f"{out} <= {data};\n{out_valid} <= 1'b1;"))),
            ),
        ),
        module="handshake_register",
    )


def _multiply_words(draw: Draw, width: int, names: tuple[str, ...]) -> Words:
    start, a, b, product, busy, done = names
    return Words(
        title=f"sequential {width}-bit multiplier",
        terse=f"a shift-and-add multiplier: {start} = 1 while {busy} is 0 takes unsigned {a} and "
        f"{b}; then {busy} is 1 for {width} cycles, and with the edge that ends them {product} "
        f"becomes {a} * {b} and {done} is 1 for one cycle",
        plain=draw.phrase(
            f"Multiply two unsigned numbers of {width} bits by shifting and adding, one bit per "
            f"clock cycle. A clock edge with {start} = 1 and {busy} = 0 takes over {a} and {b} and "
            f"sets {busy} to 1. It stays 1 for {width} cycles. The edge that makes it 0 again "
            f"loads "
            f"{product} with the full product and makes {done} 1 for one cycle. {start} is ignored "
            f"while {busy} is 1. {product} changes only when a multiplication ends.",
            f"The unit works on request. {start} (only looked at when {busy} is 0) stores both "
            f"factors {a} and {b}. The calculation takes {width} clock cycles, during which {busy} "
            f"is 1. After that {product} holds the product of {2 * width} bits until the next "
            f"result, and {done} is 1 in the first cycle after {busy}. Numbers are unsigned.",
            f"A slow but small multiplier. Give {a} and {b} together with {start} = 1; {busy} goes "
            f"to 1 at that clock edge and back to 0 exactly {width} clock edges later. At this "
            f"last "
            f"edge the unsigned result appears at {product} and {done} goes to 1 for one cycle. In "
            f"this cycle, as {busy} is 0, a new {start} is already accepted. Before the end, "
            f"{product} keeps its old value, and {start} has no effect while {busy} is 1.",
        ),
        points=(
            f"{start} = 1 with {busy} = 0 at a clock edge: the factors {a} and {b} are stored and "
            f"{busy} becomes 1.",
            f"{busy} stays 1 for {width} cycles; {start} is ignored meanwhile.",
            f"The edge at which {busy} becomes 0 loads {product} with the unsigned product.",
            f"{done} is 1 for the one cycle after that edge, and 0 at all other times.",
            f"{product} holds its value between results.",
        ),
        after_reset=f"{busy}, {done} and {product} are 0",
    )


def _multiply_code(width: int, names: tuple[str, ...], timing: ClockAndReset) -> dict[str, str]:
    start, a, b, product, busy, done = names
    wide, small = 2 * width, width_for(width - 1)
    zero = number(wide, 0)
    declared = (
        f"reg [{wide - 1}:0] acc, left;\nreg [{width - 1}:0] right;\nreg {span(small)}count;\n"
        f"wire [{wide - 1}:0] next = right[0] ? acc + left : acc;\n\n"
    )
    reset = (
        f"acc <= {zero};\nleft <= {zero};\nright <= {number(width, 0)};\n"
        f"count <= {number(small, 0)};\n{product} <= {zero};\n{busy} <= 1'b0;\n{done} <= 1'b0;"
    )

    def built(last: int, result: str, begin: str) -> str:
        finish = priority(
            (
                f"count == {number(small, last)}",
                f"{product} <= {result};\n{busy} <= 1'b0;\n{done} <= 1'b1;",
            )
        )
        step = (
            f"acc <= next;\nleft <= left << 1;\nright <= right >> 1;\ncount <= count + 1'b1;\n"
            f"{finish}"
        )
        take = (
            f"{begin}left <= {{{width}'d0, {a}}};\nright <= {b};\ncount <= {number(small, 0)};\n"
            f"{busy} <= 1'b1;"
        )
        update = f"{done} <= 1'b0;\n" + priority((busy, step), (start, take))
        return declared + timing.always(update, reset)

    clear = f"acc <= {zero};\n"
    return {
        "golden": built(width - 1, "next", clear),
        "off-by-one": built(width - 2, "next", clear),
        "last-addition-missing": built(width - 1, "acc", clear),
        "sum-not-cleared": built(width - 1, "next", ""),
    }


def _multiply(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(3, 4, 4, 5, 6, 8, 8)
    start, a, b = draw.name("start", "go", "req"), draw.name("left"), draw.name("right")
    product, busy = draw.name("product", "result", "p"), draw.name("busy", "running")
    done = draw.name("done", "valid_o")
    names = (start, a, b, product, busy, done)
    codes = _multiply_code(width, names, timing)
    golden = codes.pop("golden")

    def following(state: _Job, given: Values) -> _Job:
        left, _, (x, y, result) = state
        if left > 1:
            return left - 1, 0, (x, y, result)
        if left == 1:
            return 0, 1, (0, 0, x * y)
        if given[start]:
            return width, 0, (given[a], given[b], result)
        return 0, 0, (0, 0, result)

    wait = {start: 0, a: 1, b: 1}
    top = (1 << width) - 1
    return Drawn(
        parameters={"width": width, "start": start},
        ports=(
            *inputs((start, 1), (a, width), (b, width)),
            *outputs((product, 2 * width), (busy, 1), (done, 1)),
        ),
        timing=timing,
        words=_multiply_words(draw, width, names),
        body=golden,
        registered=(product, busy, done),
        behavior=Clocked(
            reset=_IDLE,
            outputs=lambda s, _: {product: s[2][2], busy: int(s[0] > 0), done: s[1]},
            following=following,
            unknown=(product, busy, done),
        ),
        vectors=(
            {start: 1, a: top, b: top},
            *repeat(width + 1, wait),
            {start: 1, a: 3, b: 5},
            *repeat(width, {**wait, start: 1}),
            *repeat(width, wait),
            {start: 1, a: top - 1, b: top // 2},
            *repeat(width + 2, wait),
        ),
        slips=tuple(slips("X", *((name, "X", code) for name, code in codes.items()))),
        module="sequential_multiplier",
    )


_IDLE: _Job = (0, 0, (0, 0, 0))


def _divide_words(draw: Draw, width: int, names: tuple[str, ...]) -> Words:
    start, a, b, quotient, rest, busy, done = names
    zero = f"with {b} = 0, {quotient} is {(1 << width) - 1} and {rest} is {a}"
    return Words(
        title=f"sequential {width}-bit divider",
        terse=f"a restoring divider for unsigned numbers: {start} = 1 while {busy} is 0 takes {a} "
        f"and {b}; {busy} is then 1 for {width} cycles, after which {quotient} = {a} / {b} and "
        f"{rest} = {a} mod {b} ({zero}), and {done} is 1 for one cycle",
        plain=draw.phrase(
            f"Divide unsigned {a} by {b}, {width} bits each, one bit of the quotient per clock "
            f"cycle. A clock edge with {start} = 1 and {busy} = 0 stores both numbers and makes "
            f"{busy} 1 for {width} cycles. The edge that ends them loads {quotient} and "
            f"{rest}, the "
            f"remainder, and makes {done} 1 for one cycle. {start} is ignored while {busy} is 1. "
            f"Division by zero gives what restoring division gives: {zero}.",
            f"Long division in hardware, for unsigned numbers. {start} starts it when {busy} is 0: "
            f"{a} is the dividend, {b} the divisor. {busy} is 1 during the {width} cycles of work. "
            f"Then {quotient} and {rest} take the results and keep them until the next ones, and "
            f"{done} is 1 in the cycle after {busy} has gone to 0. There is no error flag; {zero}.",
            f"The unit takes {a} and {b} at a clock edge with {start} = 1, unless {busy} is 1. It "
            f"needs {width} clock cycles ({busy} = 1); at the clock edge at which {busy} "
            f"returns to "
            f"0, {quotient} becomes {a} divided by {b}, rounded down, {rest} becomes the "
            f"remainder, "
            f"and {done} becomes 1 for one cycle. Everything is unsigned; {zero}.",
        ),
        points=(
            f"{start} = 1 with {busy} = 0 at a clock edge: {a} (dividend) and {b} (divisor) "
            f"are stored "
            f"and {busy} becomes 1.",
            f"{busy} stays 1 for {width} cycles; {start} is ignored meanwhile.",
            f"The edge at which {busy} becomes 0 loads {quotient} with the quotient and {rest} "
            f"with "
            f"the remainder (unsigned).",
            f"{done} is 1 for the one cycle after that edge.",
            f"Division by zero: {zero}.",
        ),
        after_reset=f"{busy}, {done}, {quotient} and {rest} are 0",
    )


def _divide_code(width: int, names: tuple[str, ...], timing: ClockAndReset) -> dict[str, str]:
    start, a, b, quotient, rest, busy, done = names
    small, zero = width_for(width - 1), number(width, 0)
    reset = "".join(f"{n} <= {zero};\n" for n in ("work", "rem", "divisor", quotient, rest))
    reset += f"count <= {number(small, 0)};\n{busy} <= 1'b0;\n{done} <= 1'b0;"

    def built(last: int, fits: str, bits: str) -> str:
        declared = (
            f"reg [{width - 1}:0] work, rem, divisor;\nreg {span(small)}count;\n"
            f"wire [{width}:0] shifted = {{rem, work[{width - 1}]}};\n"
            f"wire fits = shifted {fits} {{1'b0, divisor}};\n"
            f"wire [{width}:0] left = fits ? shifted - {{1'b0, divisor}} : shifted;\n"
            f"wire [{width - 1}:0] work_next = {bits};\n\n"
        )
        finish = priority(
            (
                f"count == {number(small, last)}",
                f"{quotient} <= work_next;\n"
                f"{rest} <= left[{width - 1}:0];\n{busy} <= 1'b0;\n{done} <= 1'b1;",
            )
        )
        step = f"rem <= left[{width - 1}:0];\nwork <= work_next;\ncount <= count + 1'b1;\n{finish}"
        take = (
            f"work <= {a};\ndivisor <= {b};\nrem <= {zero};\ncount <= {number(small, 0)};\n"
            f"{busy} <= 1'b1;"
        )
        update = f"{done} <= 1'b0;\n" + priority((busy, step), (start, take))
        return declared + timing.always(update, reset)

    shifted = f"{{work[{width - 2}:0], fits}}"
    return {
        "golden": built(width - 1, ">=", shifted),
        "off-by-one": built(width - 2, ">=", shifted),
        "wrong-comparison": built(width - 1, ">", shifted),
        "wrong-shift-direction": built(width - 1, ">=", f"{{fits, work[{width - 1}:1]}}"),
    }


def _divide(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(3, 4, 4, 5, 6, 8)
    start = draw.name("start", "go", "req")
    a, b = draw.name("dividend", "num", "a"), draw.name("divisor_in", "den", "b")
    quotient, rest = draw.name("quotient", "quo", "q"), draw.name("remainder", "r", "modulo")
    busy, done = draw.name("busy", "running"), draw.name("done", "valid_o")
    names = (start, a, b, quotient, rest, busy, done)
    codes = _divide_code(width, names, timing)
    golden = codes.pop("golden")
    top = (1 << width) - 1

    def following(state: _Job, given: Values) -> _Job:
        left, _, (x, y, result) = state
        if left > 1:
            return left - 1, 0, (x, y, result)
        if left == 1:
            found = (x // y, x % y) if y else (top, x)
            return 0, 1, (0, 0, found[0] << width | found[1])
        if given[start]:
            return width, 0, (given[a], given[b], result)
        return 0, 0, (0, 0, result)

    wait = {start: 0, a: 1, b: 1}
    tries = ((top, 3), (top - 2, 2), (top // 2, top), (5, 0), (6, 6), (top, 1))
    return Drawn(
        parameters={"width": width, "start": start},
        ports=(
            *inputs((start, 1), (a, width), (b, width)),
            *outputs((quotient, width), (rest, width), (busy, 1), (done, 1)),
        ),
        timing=timing,
        words=_divide_words(draw, width, names),
        body=golden,
        registered=(quotient, rest, busy, done),
        behavior=Clocked(
            reset=_IDLE,
            outputs=lambda s, _: {
                quotient: s[2][2] >> width,
                rest: s[2][2] & top,
                busy: int(s[0] > 0),
                done: s[1],
            },
            following=following,
            unknown=(quotient, rest, busy, done),
        ),
        vectors=tuple(
            step for x, y in tries for step in ({start: 1, a: x, b: y}, *repeat(width + 1, wait))
        ),
        slips=tuple(slips("X", *((name, "X", code) for name, code in codes.items()))),
        module="sequential_divider",
    )


def _gcd_words(draw: Draw, width: int, names: tuple[str, ...]) -> Words:
    start, a, b, out, busy = names
    return Words(
        title=f"{width}-bit greatest common divisor unit",
        terse=f"a unit that finds the greatest common divisor by subtraction: {start} = 1 loads "
        f"registers x and y with {a} and {b}; at each later clock edge the larger of the two is "
        f"reduced by the smaller until they are equal or y is 0; {busy} is 1 meanwhile and {out} "
        f"shows x; x = 0 with y not 0 swaps them",
        plain=draw.phrase(
            f"Registers x and y are loaded with {a} and {b} at a clock edge with {start} = 1; this "
            f"always has priority. Otherwise, at each clock edge: if y is 0 or x equals y, nothing "
            f"changes; else if x is 0, x takes y and y becomes 0; else if x is greater than y, x "
            f"becomes x - y; else y becomes y - x. {busy} is 1 as long as y is not 0 and differs "
            f"from x, and {out} is x; both are combinational. When {busy} is 0, {out} is the "
            f"greatest common divisor.",
            f"Euclid's algorithm with subtractions only, one per clock cycle. {start} = 1 stores "
            f"the unsigned numbers {a} in x and {b} in y, at any time. With {start} = 0 the clock "
            f"edge replaces the larger by the difference, which goes on until x = y or y = 0; then "
            f"both registers rest. (If x is 0 and y is not, x takes y and y takes 0.) {out} always "
            f"shows x, and {busy} says without delay that the calculation is not finished, "
            f"that is, "
            f"y is neither 0 nor equal to x.",
            f"Find the greatest common divisor of {a} and {b}. There are two registers, x and y, "
            f"loaded by {start} with {a} and {b}. In a cycle without {start}, as long as y is "
            f"not 0 "
            f"and not equal to x: take y over into x and clear y if x is 0, subtract y from x if x "
            f"is greater, subtract x from y if it is not. {busy} = 1 means that this goes on. "
            f"{out} "
            f"is the register x at all times.",
        ),
        points=(
            f"{start} = 1 at a clock edge loads x with {a} and y with {b}; this has priority.",
            f"{busy} is 1 if y is not 0 and y is not equal to x (combinational).",
            f"While {busy} is 1: if x is 0, x takes y and y becomes 0; else if x > y, x becomes "
            f"x - y; else y becomes y - x.",
            f"While {busy} is 0 and {start} is 0 both registers hold.",
            f"{out} is x.",
        ),
        after_reset="x and y are 0",
    )


def _gcd(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(3, 4, 4, 6, 8)
    start, a, b = (
        draw.name("start", "load", "go"),
        draw.name("a", "m", "in_a"),
        draw.name("b", "n", "in_b"),
    )
    out, busy = draw.name("gcd", "result", "out"), draw.name("busy", "running")
    draw.take("x", "y")
    zero = number(width, 0)
    declared = f"reg [{width - 1}:0] x, y;\n\n"

    def built(test: str, swap: str, wait: str = busy) -> str:
        step = priority(("x == " + zero, swap), (test, "x <= x - y;"), ("", "y <= y - x;"))
        update = priority((start, f"x <= {a};\ny <= {b};"), (busy, step))
        always = timing.always(update, f"x <= {zero};\ny <= {zero};")
        return (
            f"{declared}{always}\n\nassign {busy} = (y != {zero}) && (x != y);\nassign {out} = x;"
        )

    change = f"x <= y;\ny <= {zero};"

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        x, y = state
        if given[start]:
            return given[a], given[b]
        if y in {0, x}:
            return state
        if x == 0:
            return y, 0
        return (x - y, y) if x > y else (x, y - x)

    wait = {start: 0, a: 0, b: 0}
    tries = ((6, 4), (7, 0), (0, 5), (5, 5), (7, 1), (3, 6))
    return Drawn(
        parameters={"width": width, "start": start},
        ports=(*inputs((start, 1), (a, width), (b, width)), *outputs((out, width), (busy, 1))),
        timing=timing,
        words=_gcd_words(draw, width, (start, a, b, out, busy)),
        body=built("x > y", change),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda s, _: {out: s[0], busy: int(s[1] not in {0, s[0]})},
            following=following,
            unknown=(out, busy),
        ),
        vectors=tuple(
            step for x, y in tries for step in ({start: 1, a: x, b: y}, *repeat(8, wait))
        ),
        slips=slips(
            "X",
            ("wrong-comparison", "X", built("x < y", change)),
            ("value-lost", "X", built("x > y", f"y <= {zero};")),
            ("zero-forgotten", "X", built("x > y", change).replace(f"(y != {zero}) && ", "")),
        ),
        module="gcd",
    )


FAMILIES = (
    Family(name="handshake-register", kind="pipelines", draw=_handshake, weight=0.7),
    Family(name="sequential-multiplier", kind="multicycle", draw=_multiply, weight=0.7),
    Family(name="sequential-divider", kind="multicycle", draw=_divide, weight=0.5),
    Family(name="gcd-unit", kind="multicycle", draw=_gcd, weight=0.5),
)
"""The families of this module."""
