"""Arithmetic and collecting on bits that come one after the other."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    control,
    number,
    priority,
    slips,
    span,
    width_for,
)


def _adder_words(draw: Draw, names: tuple[str, ...], minus: bool, registered: bool) -> Words:
    a, b, out, first = names
    what, keep = ("difference", "borrow") if minus else ("sum", "carry")
    result = f"{a} - {b}" if minus else f"{a} + {b}"
    bit = f"{a} XOR {b} XOR the stored {keep}"
    when = (
        f"{out} is a register and takes that bit at the clock edge"
        if registered
        else f"{out} shows that bit at once, without a register"
    )
    begin = (
        f" {first} = 1 marks the first bit of a new pair of numbers: the stored {keep} counts as 0 "
        f"in that cycle."
        if first
        else ""
    )
    return Words(
        title=f"serial {'subtractor' if minus else 'adder'}",
        terse=f"a bit-serial {'subtractor' if minus else 'adder'}: {out} is the {what} {result}, "
        f"least significant bit first, one bit per clock cycle, with the {keep} in a flip-flop; "
        f"{when}" + (f"; {first} = 1 makes the {keep} count as 0" if first else ""),
        plain=draw.phrase(
            f"Two numbers come in serially on {a} and {b}, least significant bits first, one "
            f"bit of "
            f"each per clock cycle. Compute {result} serially: the {what} bit is {bit}, and "
            f"the new "
            f"{keep} is stored in a flip-flop at each clock edge. As to the output, {when}.",
            f"This is a full {'subtractor' if minus else 'adder'} with memory. In every cycle it "
            f"combines {a}, {b} and the {keep} of the cycle before. The clock edge stores the new "
            f"{keep}; {when}.",
            f"Work as one does on paper, from the right: each clock cycle brings one more digit of "
            f"{a} and of {b}, both binary. The {what} digit is {bit}, and the {keep} is kept for "
            f"the next digit; {when}.",
        )
        + begin,
        points=(
            f"The bit of the result is {bit}.",
            f"The {keep} into the next bit is stored at each clock edge.",
            f"{when}.",
            *([begin.strip()] if first else []),
        ),
        after_reset=f"the {keep} is 0" + (f" and {out} is 0" if registered else ""),
    )


def _adder(draw: Draw) -> Drawn:
    timing, minus, registered = draw.timing(), draw.chance(0.3), draw.chance(0.5)
    a, b = draw.name("left"), draw.name("right")
    out = draw.name("sum") if not minus else draw.name("diff", "d_out", "result", "out")
    first = draw.name("first", "start", "lsb", "sof") if draw.chance(0.5) else ""
    keep = "borrow" if minus else "carry"
    draw.take(keep)
    used = f"{keep}_in" if first else keep
    wire = f"wire {used} = {keep} & ~{first};\n" if first else ""
    bit = f"{a} ^ {b} ^ {used}"
    after = (
        f"(~{a} & {b}) | (~({a} ^ {b}) & {used})"
        if minus
        else (f"({a} & {b}) | ({a} & {used}) | ({b} & {used})")
    )

    def built(value: str, following: str) -> str:
        head = f"reg {keep};\n{wire}\n"
        store = f"{keep} <= {following};"
        if registered:
            return head + timing.always(
                f"{out} <= {value};\n{store}", f"{out} <= 1'b0;\n{keep} <= 1'b0;"
            )
        return (
            f"{head}{timing.always(store, f'{keep} <= 1{chr(39)}b0;')}\n\nassign {out} = {value};"
        )

    def added(state: tuple[int, int], given: Values) -> tuple[int, int]:
        before = 0 if first and given[first] else state[0]
        total = given[a] - given[b] - before if minus else given[a] + given[b] + before
        return int(total < 0 or total > 1), total & 1

    more = ((first, 1),) if first else ()
    blocking = built(bit, after).replace(f"{out} <=", f"{out} =").replace(f"{keep} <=", f"{keep} =")
    return Drawn(
        parameters={"minus": int(minus), "registered": int(registered), "first": int(bool(first))},
        ports=(*inputs((a, 1), (b, 1), *more), *outputs((out, 1))),
        timing=timing,
        words=_adder_words(draw, (a, b, out, first), minus, registered),
        body=built(bit, after),
        registered=(out,) if registered else (),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda s, g: {out: s[1] if registered else added(s, g)[1]},
            following=added,
            unknown=(out,),
        ),
        slips=slips(
            "X",
            ("carry-forgotten", "X", built(f"{a} ^ {b}", after)),
            ("wrong-carry", "X", built(bit, f"{a} & {b}")),
            ("carry-inverted", "X", built(f"~({bit})", after)),
            ("blocking-for-non-blocking", "X", blocking),
        )[:3],
        module="serial_subtractor" if minus else "serial_adder",
    )


def _compare_words(draw: Draw, names: tuple[str, ...], high_first: bool) -> Words:
    a, b, start, more, less = names
    order = "most" if high_first else "least"
    rule = (
        "the first bits that differ decide and later ones do not matter"
        if high_first
        else "every later pair of different bits overrides the earlier ones"
    )
    return Words(
        title=f"serial comparator, {order} significant bit first",
        terse=f"a serial comparator of {a} and {b}, {order} significant bit first, with registered "
        f"outputs {more} ({a} greater) and {less} ({a} less) for the bits since {start} = 1, which "
        f"marks the first bit",
        plain=draw.phrase(
            f"Two unsigned numbers arrive on {a} and {b}, {order} significant bit first. "
            f"{start} is "
            f"1 together with the first pair of bits. After each clock edge {more} and {less} tell "
            f"how the parts received so far compare: {more} = 1 if {a} is greater, {less} = 1 if "
            f"{a} is less, both 0 if they are equal. So {rule}.",
            f"Compare bit by bit. At each clock edge look at {a} and {b}. If {start} is 1, forget "
            f"all that was before. {a} = 1 and {b} = 0 speaks for greater ({more}), {a} = 0 "
            f"and {b} "
            f"= 1 for less ({less}); as the numbers come with the {order} significant bit first, "
            f"{rule}. {more} and {less} are registers and both 0 while the numbers are equal.",
            f"{more} and {less} are registers that say whether {a} is greater or less than {b} as "
            f"far as received, or equal (both 0). One bit of each number comes per clock edge, the "
            f"{order} significant first, and {start} = 1 accompanies the first of them; {rule}.",
        ),
        points=(
            f"One bit of {a} and of {b} per clock edge, {order} significant bit first.",
            f"{start} = 1 at a clock edge: this is the first pair of bits, the past is forgotten.",
            f"{more} = 1: {a} greater so far. {less} = 1: {a} less so far. Both 0: equal so far.",
            f"{rule[0].upper()}{rule[1:]}.",
        ),
        after_reset=f"{more} and {less} are 0",
    )


def _compare(draw: Draw) -> Drawn:
    timing, high_first = draw.timing(), draw.chance(0.5)
    a, b = draw.name("left"), draw.name("right")
    start = draw.name("start", "first", "new_word")
    more, less = draw.one_of(("gt", "lt"), ("greater", "less"), ("a_gt", "a_lt"))
    draw.take(more, less)
    win, lose, equal = f"{a} & ~{b}", f"~{a} & {b}", f"{more} <= 1'b0;\n{less} <= 1'b0;"

    def built(first_decides: bool, left: str, right: str) -> str:
        take = f"{more} <= {left};\n{less} <= {right};"
        condition = f"{start} | ~({more} | {less})" if first_decides else f"{start} | ({a} ^ {b})"
        return timing.always(priority((condition, take)), equal)

    def following(state: int, given: Values) -> int:
        before = 0 if given[start] else state
        now = given[a] - given[b]
        return (before or now) if high_first else (now or before)

    return Drawn(
        parameters={"high_first": int(high_first), "names": more},
        ports=(*inputs((a, 1), (b, 1), (start, 1)), *outputs((more, 1), (less, 1))),
        timing=timing,
        words=_compare_words(draw, (a, b, start, more, less), high_first),
        body=built(high_first, win, lose),
        registered=(more, less),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {more: int(state > 0), less: int(state < 0)},
            following=following,
            unknown=(more, less),
        ),
        slips=slips(
            "X",
            ("wrong-bit-order", "X", built(not high_first, win, lose)),
            ("swapped-outputs", "X", built(high_first, lose, win)),
        ),
        module="serial_comparator",
    )


def _parity_words(draw: Draw, names: tuple[str, ...], odd: bool) -> Words:
    data, out, clear, enable = names
    what = "even" if odd else "odd"
    only = f" at which {enable} is 1" if enable else ""
    first = f" {clear} = 1 starts over: that edge counts no bit." if clear else ""
    return Words(
        title="running parity",
        terse=f"a serial parity register: {out} is 1 if the number of ones on {data} at clock "
        f"edges{only} so far is {what}"
        + (f"; {clear} starts over and has priority" if clear else ""),
        plain=draw.phrase(
            f"Count the ones modulo 2. {out} is 1 as long as the number of clock edges{only} with "
            f"{data} = 1 is {what}, and 0 otherwise.",
            f"{out} is inverted at each clock edge{only} with {data} = 1, so that it is 1 exactly "
            f"when the number of ones received is {what}.",
            f"A serial parity generator watches the bits of {data}, one per clock edge{only}. "
            f"Register {out} says whether an {what} number of them has been 1.",
        )
        + (f" It starts with no ones received, when {out} is {int(odd)}.")
        + first,
        points=(
            f"{out} is inverted at each clock edge{only} at which {data} is 1."
            if not only
            else f"{out} is inverted at each clock edge at which {enable} and {data} are 1.",
            f"{out} = 1 means that the number of ones is {what}.",
            *([first.strip()] if clear else []),
        ),
        after_reset=f"no ones have been received and {out} is {int(odd)}",
    )


def _parity(draw: Draw) -> Drawn:
    timing, odd = draw.timing(), draw.chance(0.3)
    data, out = draw.name("data", "bit_in"), draw.name("parity", "odd" if not odd else "even")
    clear = draw.name("clr", "start", "sof") if draw.chance(0.4) else ""
    enable = control(draw, "enable", "valid", often=0.5)
    first = f"{out} <= 1'b{int(odd)};"

    def built(update: str, begin: str = first) -> str:
        rules = [(clear, begin)] if clear else []
        chain = priority(*rules, (enable.on, update)) if rules or enable else update
        return timing.always(chain, begin)

    body = draw.style(
        built(f"{out} <= {out} ^ {data};"), built(priority((data, f"{out} <= ~{out};")))
    )

    def following(state: int, given: Values) -> int:
        if clear and given[clear]:
            return int(odd)
        return state ^ given[data] if enable.holds(given) else state

    more = ((clear, 1),) if clear else ()
    return Drawn(
        parameters={"odd": int(odd), "clear": int(bool(clear)), "enable": enable.name != ""},
        ports=(*inputs((data, 1), *enable.ports, *more), *outputs((out, 1))),
        timing=timing,
        words=_parity_words(draw, (data, out, clear, enable.name), odd),
        body=body,
        registered=(out,),
        behavior=Clocked(
            reset=int(odd), outputs=lambda s, _: {out: s}, following=following, unknown=(out,)
        ),
        slips=slips(
            "X",
            ("no-memory", "X", built(f"{out} <= {data};")),
            ("or-for-xor", "X", built(f"{out} <= {out} | {data};")),
            (
                "wrong-reset-value",
                "X",
                built(f"{out} <= {out} ^ {data};", f"{out} <= 1'b{int(not odd)};"),
            ),
        ),
        module="running_parity",
    )


def _gather_words(draw: Draw, width: int, names: tuple[str, ...], high_first: bool) -> Words:
    data, valid, word, done = names
    order, last = ("most", "least") if high_first else ("least", "most")
    only = f" with {valid} = 1" if valid else ""
    return Words(
        title=f"{width}-bit deserializer",
        terse=f"a deserializer: {width} bits of {data}, one per clock edge{only}, {order} "
        f"significant bit first, make a word that is stored in {word} by the edge that takes the "
        f"last of them; {done} is 1 for the cycle after that edge",
        plain=draw.phrase(
            f"Bits arrive on {data}, one at each clock edge{only}. Every {width} bits make a word, "
            f"the {order} significant bit first. The clock edge that takes the last bit of a word "
            f"writes the whole word to {word} and makes {done} 1 for one cycle. {word} keeps its "
            f"value until the next word is complete, and the next bit begins a new word.",
            f"Convert a serial stream to words of {width} bits. A bit is taken from {data} at each "
            f"clock edge{only}. The first bit of a word is its {order} significant, the last its "
            f"{last} significant. Both outputs are registers: {word} changes only at the edge that "
            f"takes the last bit of a word, and {done} is 1 in the cycle after such an edge and 0 "
            f"otherwise.",
            f"Collect {width} bits, then hand them over together. {data} is sampled at clock "
            f"edges{only}; the {order} significant bit comes first. With bit number {width} the "
            f"word goes to {word}, where it stays until the next one, and {done} is high for one "
            f"clock cycle. Then counting starts over.",
        ),
        points=(
            f"A bit is taken from {data} at each clock edge{only}.",
            f"The first bit of a word is the {order} significant one.",
            f"The edge that takes bit number {width} loads {word} with the complete word and sets "
            f"{done} for one cycle.",
            f"At other edges {word} holds and {done} becomes 0.",
        ),
        after_reset=f"{word} and {done} are 0 and a new word begins",
    )


def _gather(draw: Draw) -> Drawn:
    timing, high_first = draw.timing(), draw.chance(0.5)
    width = draw.one_of(2, 3, 4, 4, 5, 6, 8, 8, 10, 12)
    data = draw.name("sin", "serial_in", "bit_in", "d", "din")
    valid = control(draw, "valid", "enable", often=0.6)
    word, done = draw.name("result", "word"), draw.name("done", "valid_out", "word_valid")
    small = width_for(width - 1)
    last = number(small, width - 1)
    joined = {True: f"{{sr[{width - 2}:0], {data}}}", False: f"{{{data}, sr[{width - 1}:1]}}"}
    reset = (
        f"sr <= {number(width, 0)};\ncount <= {number(small, 0)};\n"
        f"{word} <= {number(width, 0)};\n{done} <= 1'b0;"
    )

    def built(way: bool, end: str = last, value: str = "") -> str:
        full = f"{word} <= {value or joined[way]};\n{done} <= 1'b1;\ncount <= {number(small, 0)};"
        step = f"sr <= {joined[way]};\n" + priority(
            (f"count == {end}", full), ("", "count <= count + 1'b1;")
        )
        declared = f"reg [{width - 1}:0] sr;\nreg {span(small)}count;\n\n"
        return declared + timing.always(f"{done} <= 1'b0;\n{valid.guard(step)}", reset)

    def following(state: _Gathered, given: Values) -> _Gathered:
        taken, before, _ = state
        if not valid.holds(given):
            return taken, before, 0
        taken = (*taken, given[data])
        if len(taken) < width:
            return taken, before, 0
        ordered = taken if high_first else taken[::-1]
        return (), int("".join(map(str, ordered)), 2), 1

    return Drawn(
        parameters={"width": width, "high_first": int(high_first), "valid": valid.name != ""},
        ports=(*inputs((data, 1), *valid.ports), *outputs((word, width), (done, 1))),
        timing=timing,
        words=_gather_words(draw, width, (data, valid.name, word, done), high_first),
        body=built(high_first),
        registered=(word, done),
        behavior=Clocked(
            reset=_NOTHING,
            outputs=lambda state, _: {word: state[1], done: state[2]},
            following=following,
            unknown=(word, done),
        ),
        vectors=tuple(
            {data: int(i % 5 in (0, 1, 3)), **valid.given()} for i in range(2 * width + 3)
        ),
        slips=slips(
            "X",
            ("wrong-bit-order", "X", built(not high_first)),
            ("off-by-one", "X", built(high_first, number(small, width - 2))),
            ("last-bit-missing", "X", built(high_first, last, "sr")),
        ),
        module="deserializer",
    )


_Gathered = tuple[tuple[int, ...], int, int]
"""Bits of this word, the last word, whether it was completed just now."""
_NOTHING: _Gathered = ((), 0, 0)


def _pair_words(draw: Draw, names: tuple[str, ...], width: int, high_first: bool) -> Words:
    data, valid, out, done = names
    order = "upper" if high_first else "lower"
    return Words(
        title=f"{width}-to-{2 * width}-bit width converter",
        terse=f"a width converter that joins two {width}-bit values of {data}, taken at clock "
        f"edges "
        f"with {valid} = 1, into {out} ({order} half first), with {done} = 1 for the cycle after "
        f"the second",
        plain=draw.phrase(
            f"Values of {data} are taken at clock edges with {valid} = 1, and each two of them "
            f"make "
            f"one word of {2 * width} bits. The first is the {order} half. The edge that takes the "
            f"second one writes the word to {out} and sets {done} to 1 for one cycle; {out} keeps "
            f"the word until the next one is complete.",
            f"Turn a stream of {width}-bit values into one of {2 * width}-bit values. {valid} "
            f"= 1 at "
            f"a clock edge means that {data} is to be taken. The first of two values is "
            f"remembered; "
            f"with the second, {out} is loaded with both (the first is the {order} half) and "
            f"{done} "
            f"is 1 until the next clock edge. In all other cycles {done} is 0 and {out} holds.",
            f"Two in, one out: the first valid {data} is stored, the second one completes the "
            f"pair. "
            f"Then the register {out} gets the pair, with the first value as its {order} half, and "
            f"the register {done} is 1 for a single cycle. {data} is valid when {valid} is 1.",
        ),
        points=(
            f"{data} is taken at clock edges with {valid} = 1.",
            f"The second value of a pair loads {out} with both; the first is the {order} half.",
            f"{done} is 1 for the one cycle after that edge, otherwise 0.",
        ),
        after_reset=f"{out} and {done} are 0 and nothing is stored",
    )


def _pair(draw: Draw) -> Drawn:
    timing, width, high_first = draw.timing(), draw.one_of(2, 4, 4, 8, 8, 16), draw.chance(0.6)
    data, valid = draw.name("data"), draw.name("valid")
    out, done = draw.name("result"), draw.name("valid_out", "done", "out_valid")
    joined = {True: f"{{first, {data}}}", False: f"{{{data}, first}}"}
    reset = (
        f"first <= {number(width, 0)};\nhalf <= 1'b0;\n{out} <= {number(2 * width, 0)};\n"
        f"{done} <= 1'b0;"
    )

    def built(value: str, pulse: str) -> str:
        second = f"{out} <= {value};\n{done} <= 1'b1;\nhalf <= 1'b0;"
        store = f"first <= {data};\nhalf <= 1'b1;"
        update = pulse + priority((f"{valid} & half", second), (valid, store))
        return f"reg {span(width)}first;\nreg half;\n\n" + timing.always(update, reset)

    clear = f"{done} <= 1'b0;\n"

    def following(state: _Gathered, given: Values) -> _Gathered:
        taken, before, _ = state
        if not given[valid]:
            return taken, before, 0
        if not taken:
            return (given[data],), before, 0
        high, low = (taken[0], given[data]) if high_first else (given[data], taken[0])
        return (), high << width | low, 1

    return Drawn(
        parameters={"width": width, "high_first": int(high_first)},
        ports=(*inputs((data, width), (valid, 1)), *outputs((out, 2 * width), (done, 1))),
        timing=timing,
        words=_pair_words(draw, (data, valid, out, done), width, high_first),
        body=built(joined[high_first], clear),
        registered=(out, done),
        behavior=Clocked(
            reset=_NOTHING,
            outputs=lambda state, _: {out: state[1], done: state[2]},
            following=following,
            unknown=(out, done),
        ),
        vectors=tuple({data: i + 1 & 3, valid: int(i % 3 != 1)} for i in range(8)),
        slips=slips(
            "X",
            ("halves-swapped", "X", built(joined[not high_first], clear)),
            ("flag-stays", "X", built(joined[high_first], "")),
        ),
        module="width_converter",
    )


FAMILIES = (
    Family(name="serial-adder", kind="serial", draw=_adder),
    Family(name="serial-comparator", kind="serial", draw=_compare, weight=0.7),
    Family(name="running-parity", kind="serial", draw=_parity, weight=0.7),
    Family(name="deserializer", kind="serial", draw=_gather),
    Family(name="width-converter", kind="serial", draw=_pair, weight=0.7),
)
"""The families of this module."""
