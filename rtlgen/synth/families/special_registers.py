"""Registers with fields, shadows, flags, and a pair that can be swapped."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    listed,
    number,
    priority,
    slips,
    span,
)


def _fields_words(draw: Draw, names: tuple[str, ...], fields: list[tuple[str, int, int]]) -> Words:
    load, data, *_ = names
    parts = [
        f"{name} is bits [{low + width - 1}:{low}]" if width > 1 else f"{name} is bit {low}"
        for name, width, low in fields
    ]
    total = sum(width for _, width, _ in fields)
    return Words(
        title=f"{total}-bit instruction register",
        terse=f"{bits(total, 'register')} loaded from {data} when {load} is 1, whose fields are "
        f"separate outputs: {listed(parts)}",
        plain=draw.phrase(
            f"{bits(total, 'word')[0].upper()}{bits(total, 'word')[1:]} comes in at {data} and is "
            f"stored at a clock edge with {load} = 1; otherwise the stored word is kept. It is "
            f"shown in pieces: {listed(parts)} of the stored word.",
            f"An instruction register with decoded fields. {load} = 1 loads it from {data}. The "
            f"outputs are fields of the register, not of the input: {listed(parts)}. While {load} "
            f"is 0 nothing changes.",
            f"Store {data} when {load} says so, and split what is stored into fields: "
            f"{listed(parts)}.",
        ),
        points=(
            f"{load} = 1 at a clock edge stores {data}; {load} = 0 keeps the stored word.",
            *(f"{part} of the stored word." for part in parts),
        ),
        after_reset="the stored word is 0, and so are all fields",
    )


def _fields(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    names = list(
        draw.one_of(
            ("opcode", "rd", "rs", "imm"),
            ("op", "dst", "src", "value"),
            ("kind", "channel", "level", "flags"),
            ("cmd", "row", "col", "data_o"),
        )
    )
    count = draw.integer(2, 4)
    names = names[:count]
    draw.take(*names)
    load, data = draw.name("load", "fetch"), draw.name("word", "instr", "bus", "data")
    widths = [draw.integer(1, 8) for _ in names]
    fields, low = [], sum(widths)
    for name, width in zip(names, widths, strict=True):
        low -= width
        fields.append((name, width, low))
    total = sum(widths)

    def part(low: int, width: int, word: str = "word_q") -> str:
        return f"{word}[{low + width - 1}:{low}]" if width > 1 else f"{word}[{low}]"

    def built(slices: list[tuple[str, int, int]]) -> str:
        always = timing.always(
            priority((load, f"word_q <= {data};")), f"word_q <= {number(total, 0)};"
        )
        lines = "\n".join(f"assign {name} = {part(at, width)};" for name, width, at in slices)
        return f"reg {span(total)}word_q;\n\n{always}\n\n{lines}"

    def shown(state: tuple[int | None], _: Values) -> Outputs:
        word = state[0]
        return {
            name: None if word is None else word >> at & (1 << width) - 1
            for name, width, at in fields
        }

    upward, at = [], 0
    for name, width in zip(names, widths, strict=True):
        upward.append((name, width, at))
        at += width
    return Drawn(
        parameters={"widths": " ".join(map(str, widths)), "names": " ".join(names)},
        ports=(*inputs((load, 1), (data, total)), *outputs(*zip(names, widths, strict=True))),
        timing=timing,
        words=_fields_words(draw, (load, data), fields),
        body=built(fields),
        behavior=Clocked(
            reset=(0,),
            power_up=(None,),
            outputs=shown,
            following=lambda s, g: (g[data],) if g[load] else s,
        ),
        slips=(
            *slips("X", ("wrong-bit-order", "X", built(upward))),
            *slips(built(fields), ("enable-ignored", f"if ({load})", "if (1'b1)")),
        ),
        module="instruction_register",
    )


def _swap_words(draw: Draw, names: tuple[str, ...], width: int, first: str) -> Words:
    load_a, load_b, swap, data, a, b = names
    rule = (
        f"{swap} has priority over loading"
        if first == "swap"
        else f"if {load_a} or {load_b} is 1, {swap} is ignored"
    )
    return Words(
        title="two registers that can be exchanged",
        terse=f"two {width}-bit registers {a} and {b}: {load_a} = 1 loads {a} and {load_b} = 1 "
        f"loads "
        f"{b} from {data}, and {swap} = 1 exchanges their contents; {rule}",
        plain=draw.phrase(
            f"There are two registers, {a} and {b}. {load_a} = 1 loads {data} into {a}, {load_b} = "
            f"1 loads it into {b} (both may be 1), and {swap} = 1 exchanges the contents of "
            f"the two "
            f"at one clock edge. Here {rule}. Registers that are told nothing keep their values.",
            f"Exchange two values without a third register: at a clock edge with {swap} = 1, {a} "
            f"takes the old {b} and {b} takes the old {a}. Values come in from {data} through "
            f"{load_a} (into {a}) and {load_b} (into {b}), which can be used together; {rule}. "
            f"Otherwise nothing changes.",
            f"{a} and {b} hold {width} bits each. In a clock cycle they can be loaded from {data}, "
            f"one by {load_a} and the other by {load_b}, or change places, by {swap}; {rule}. With "
            f"all three at 0 they hold.",
        ),
        points=(
            f"{load_a} = 1: {a} takes {data}. {load_b} = 1: {b} takes {data}.",
            f"{swap} = 1: {a} and {b} exchange their contents.",
            f"{rule[0].upper()}{rule[1:]}." if not rule.startswith(swap) else f"{rule}.",
            "What is neither loaded nor exchanged is held.",
        ),
        after_reset=f"{a} and {b} are 0",
    )


def _swap(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.one_of(1, 4, 8, 8, 16)
    load_a, load_b, swap = draw.one_of(
        ("load_a", "load_b", "swap"), ("wa", "wb", "xchg"), ("ld0", "ld1", "exchange")
    )
    a, b = draw.one_of(("qa", "qb"), ("r0", "r1"), ("a_out", "b_out"))
    draw.take(load_a, load_b, swap, a, b)
    data, first = draw.name("data"), draw.one_of("swap", "load")
    turn = f"{a} <= {b};\n{b} <= {a};"
    loads = f"{priority((load_a, f'{a} <= {data};'))}\n{priority((load_b, f'{b} <= {data};'))}"
    clear = f"{a} <= {number(width, 0)};\n{b} <= {number(width, 0)};"
    chains = {
        "swap": priority((swap, turn), ("", loads)),
        "load": priority((f"{load_a} | {load_b}", loads), (swap, turn)),
    }

    def following(state: _Two, given: Values) -> _Two:
        loading = given[load_a] or given[load_b]
        if given[swap] and (first == "swap" or not loading):
            return state[::-1]
        left = given[data] if given[load_a] else state[0]
        return left, given[data] if given[load_b] else state[1]

    body = timing.always(chains[first], clear)
    blocking = body.replace(f"{a} <= {b};", f"{a} = {b};").replace(f"{b} <= {a};", f"{b} = {a};")
    ports = inputs((load_a, 1), (load_b, 1), (swap, 1), (data, width))
    set_up = {load_a: 0, load_b: 0, swap: 0, data: 0}
    return Drawn(
        parameters={"width": width, "first": first, "reset": timing.reset != ""},
        ports=(*ports, *outputs((a, width), (b, width))),
        timing=timing,
        words=_swap_words(draw, (load_a, load_b, swap, data, a, b), width, first),
        body=body,
        registered=(a, b),
        behavior=Clocked(
            reset=_both(0),
            power_up=_both(None),
            outputs=lambda s, _: {a: s[0], b: s[1]},
            following=following,
        ),
        vectors=(
            {**set_up, load_a: 1, data: 1},
            {**set_up, load_b: 1},
            {**set_up, swap: 1},
            {**set_up, swap: 1, load_a: 1, data: 1},
            set_up,
        ),
        slips=slips(
            "X",
            ("blocking-for-non-blocking", "X", blocking),
            (
                "wrong-priority",
                "X",
                timing.always(chains["load" if first == "swap" else "swap"], clear),
            ),
        ),
        module="swap_registers",
    )


_Two = tuple[int | None, ...]


def _both(value: int | None) -> _Two:
    return (value, value)


def _shadow_words(draw: Draw, names: tuple[str, ...], width: int) -> Words:
    write, commit, data, out, dirty = names
    return Words(
        title="double-buffered register",
        terse=f"a double-buffered register: {write} = 1 stores {data} in a hidden register, "
        f"{commit} "
        f"= 1 copies the hidden register, as it was before the edge, to {out}; {dirty} is 1 from a "
        f"write until a copy without a write at the same edge",
        plain=draw.phrase(
            f"New values are prepared out of sight. {write} = 1 stores {data} in a shadow "
            f"register, "
            f"and {commit} = 1 copies the shadow register to {out}. If both are 1 at the same "
            f"edge, "
            f"{out} takes the old contents of the shadow register while the shadow takes {data}. "
            f"{dirty} becomes 1 with a write, and 0 with a {commit} without a write; otherwise it "
            f"stays.",
            f"{out} changes only when it is told to: a clock edge with {commit} = 1 loads it "
            f"from a "
            f"second, hidden register of {width} bits. That one is loaded from {data} by a clock "
            f"edge with {write} = 1. Both can happen at once, and then {out} gets what was hidden "
            f"before. The register {dirty} says that something was written and not yet copied: "
            f"{write} = 1 sets it, and {commit} = 1 clears it if {write} is 0.",
            f"Two registers in a row, each with its own enable: the hidden one takes {data} when "
            f"{write} is 1, and {out} takes the hidden one when {commit} is 1, both with the "
            f"values "
            f"from before the clock edge. A flag {dirty} is set by {write} and, if {write} is 0, "
            f"cleared by {commit}.",
        ),
        points=(
            f"{write} = 1: the hidden register takes {data}.",
            f"{commit} = 1: {out} takes what the hidden register held before the clock edge.",
            f"{dirty}: set to 1 if {write} is 1; otherwise set to 0 if {commit} is 1; otherwise "
            f"kept.",
        ),
        after_reset=f"both registers and {dirty} are 0",
    )


def _shadow(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(4, 8, 8, 12, 16)
    write, commit = draw.name("write", "wr", "we"), draw.name("commit", "update", "apply")
    data, out = draw.name("data"), draw.name("result", "active")
    dirty = draw.name("pending", "dirty", "changed")
    zero = number(width, 0)

    def built(flag: tuple[tuple[str, str], ...], source: str = "shadow") -> str:
        update = "\n".join(
            (
                priority((write, f"shadow <= {data};")),
                priority((commit, f"{out} <= {source};")),
                priority(*flag),
            )
        )
        reset = f"shadow <= {zero};\n{out} <= {zero};\n{dirty} <= 1'b0;"
        return f"reg {span(width)}shadow;\n\n{timing.always(update, reset)}"

    rules = ((write, f"{dirty} <= 1'b1;"), (commit, f"{dirty} <= 1'b0;"))

    def following(state: tuple[int, int, int], given: Values) -> tuple[int, int, int]:
        hidden, seen, flag = state
        flag = 1 if given[write] else 0 if given[commit] else flag
        return (given[data] if given[write] else hidden, hidden if given[commit] else seen, flag)

    return Drawn(
        parameters={"width": width},
        ports=(*inputs((write, 1), (commit, 1), (data, width)), *outputs((out, width), (dirty, 1))),
        timing=timing,
        words=_shadow_words(draw, (write, commit, data, out, dirty), width),
        body=built(rules),
        registered=(out, dirty),
        behavior=Clocked(
            reset=(0, 0, 0),
            outputs=lambda s, _: {out: s[1], dirty: s[2]},
            following=following,
            unknown=(out, dirty),
        ),
        vectors=(
            {write: 1, commit: 0, data: 5},
            {write: 1, commit: 1, data: 9},
            {write: 0, commit: 1, data: 0},
            {write: 0, commit: 0, data: 1},
        ),
        slips=slips(
            "X",
            ("wrong-priority", "X", built(rules[::-1])),
            ("not-buffered", "X", built(rules, data)),
            (
                "blocking-for-non-blocking",
                "X",
                built(rules).replace(f"shadow <= {data}", f"shadow = {data}"),
            ),
        ),
        module="shadow_register",
    )


def _flags_words(draw: Draw, names: tuple[str, ...], width: int, first: str) -> Words:
    sets, clears, out, some = names
    winner, loser = (sets, clears) if first == "set" else (clears, sets)
    both = f"where both {sets} and {clears} have a 1, {winner} wins over {loser}"
    value = "1" if first == "set" else "0"
    return Words(
        title=f"{width} flags with set and clear",
        terse=f"{width} flags {out}: bits that are 1 in {sets} are set, bits that are 1 in "
        f"{clears} "
        f"are cleared ({both}), others are kept; {some} is the OR of all flags",
        plain=draw.phrase(
            f"{out} is a register of {width} flags. At each clock edge, bit i becomes 1 if bit "
            f"i of "
            f"{sets} is 1 and 0 if bit i of {clears} is 1; {both}, so the flag becomes {value}. "
            f"With both at 0 it is kept. {some} is 1, without delay, if any flag is 1.",
            f"An interrupt register: events come in on {sets}, one bit for each source, and "
            f"set the "
            f"bit of {out} with the same number; software removes them with ones on {clears}. In "
            f"case of doubt, {both}. {some} tells whether any bit of {out} is 1 (combinational).",
            f"Each of the {width} bits of {out} is a flip-flop of its own, set by its bit of "
            f"{sets} "
            f"and cleared by its bit of {clears}; {both}. If neither is 1 the bit stays. The "
            f"output "
            f"{some} is the OR of all bits of {out}.",
        ),
        points=(
            f"A 1 in {sets} sets the same bit of {out}.",
            f"A 1 in {clears} clears the same bit of {out}.",
            f"{both[0].upper()}{both[1:]}.",
            f"Other bits of {out} are kept.",
            f"{some} is the OR of all bits of {out} (combinational).",
        ),
        after_reset="all flags are 0",
    )


def _flags(draw: Draw) -> Drawn:
    timing, width, first = draw.timing(), draw.one_of(2, 4, 8, 8, 16), draw.one_of("set", "clear")
    sets, clears = draw.one_of(("set_bits", "clear_bits"), ("events", "ack"), ("set_i", "clr_i"))
    draw.take(sets, clears)
    out, some = draw.name("flags", "pending", "status", "q"), draw.name("any_flag", "irq", "some")
    codes = {
        "set": f"{out} <= ({out} & ~{clears}) | {sets};",
        "clear": f"{out} <= ({out} | {sets}) & ~{clears};",
    }

    def built(update: str, reduce: str = "|") -> str:
        return (
            f"{timing.always(update, f'{out} <= {number(width, 0)};')}\n\n"
            f"assign {some} = {reduce}{out};"
        )

    def following(state: int, given: Values) -> int:
        if first == "set":
            return state & ~given[clears] | given[sets]
        return (state | given[sets]) & ~given[clears]

    return Drawn(
        parameters={"width": width, "first": first, "names": sets},
        ports=(*inputs((sets, width), (clears, width)), *outputs((out, width), (some, 1))),
        timing=timing,
        words=_flags_words(draw, (sets, clears, out, some), width, first),
        body=built(codes[first]),
        registered=(out,),
        behavior=Clocked(
            reset=0,
            outputs=lambda s, _: {out: s, some: int(s > 0)},
            following=following,
            unknown=(out, some),
        ),
        vectors=tuple({sets: s, clears: c} for s, c in ((1, 0), (0, 0), (2, 1), (3, 3), (0, 3))),
        slips=slips(
            "X",
            ("wrong-priority", "X", built(codes["clear" if first == "set" else "set"])),
            ("and-for-or", "X", built(codes[first], "&")),
            ("not-kept", "X", built(f"{out} <= {sets} & ~{clears};")),
        ),
        module="flag_register",
    )


def _ping_words(draw: Draw, width: int, names: tuple[str, ...]) -> Words:
    write, data, swap, out, which = names
    return Words(
        title="ping-pong pair of registers",
        terse=f"two {width}-bit registers that take turns: {write} = 1 stores {data} in register "
        f"number {which}, {out} shows the other one, and {swap} = 1 inverts {which}; a write "
        f"at the "
        f"same edge goes to the register that was chosen before",
        plain=draw.phrase(
            f"There are two registers, number 0 and number 1. {which} is the number of the one "
            f"that "
            f"is being filled; {out} shows the other one (combinational). A clock edge with "
            f"{write} "
            f"= 1 stores {data} in the register with the number {which}, and a clock edge with "
            f"{swap} = 1 inverts {which}. If both happen at one edge, the write uses the old "
            f"{which}.",
            f"A ping-pong buffer for single words of {width} bits. While one register is written "
            f"({write} = 1 stores {data}), the other is read at {out} without delay. {swap} = 1 "
            f"exchanges their roles at the clock edge. Output {which} is the number, 0 or 1, "
            f"of the "
            f"register for writing. When a write and a swap coincide, the write is done first.",
            f"Writer and reader work on different registers and change places on command. "
            f"{which} = "
            f"0 means that register 0 is for the writer and register 1 for the reader, {which} = 1 "
            f"the reverse. The writer uses {write} and {data}, the reader sees {out} at any time, "
            f"and {swap} = 1 at a clock edge inverts {which} (a write at this edge still goes to "
            f"the old place).",
        ),
        points=(
            f"{write} = 1 at a clock edge stores {data} in register number {which}.",
            f"{out} is the register with the other number (combinational).",
            f"{swap} = 1 at a clock edge inverts {which}; a write at that edge uses the old value.",
        ),
        after_reset=f"both registers and {which} are 0",
    )


def _ping(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(4, 8, 8, 16)
    write, data = draw.name("write", "wr", "we"), draw.name("data")
    swap, out = draw.name("swap", "flip", "next_bank"), draw.name("result", "front")
    which = draw.name("bank", "turn", "write_bank")
    zero = number(width, 0)
    draw.take("r0", "r1")

    def built(one: str, two: str, shown: str) -> str:
        writing = priority(
            (f"{write} && !{which}", f"{one} <= {data};"),
            (f"{write} && {which}", f"{two} <= {data};"),
        )
        update = f"{writing}\n" + priority((swap, f"{which} <= ~{which};"))
        reset = f"r0 <= {zero};\nr1 <= {zero};\n{which} <= 1'b0;"
        return (
            f"reg {span(width)}r0, r1;\n\n{timing.always(update, reset)}\n\n"
            f"assign {out} = {which} ? {shown};"
        )

    def following(state: tuple[int, int, int], given: Values) -> tuple[int, int, int]:
        first, second, chosen = state
        if given[write]:
            first, second = (first, given[data]) if chosen else (given[data], second)
        return first, second, chosen ^ given[swap]

    return Drawn(
        parameters={"width": width, "write": write},
        ports=(*inputs((write, 1), (data, width), (swap, 1)), *outputs((out, width), (which, 1))),
        timing=timing,
        words=_ping_words(draw, width, (write, data, swap, out, which)),
        body=built("r0", "r1", "r0 : r1"),
        registered=(which,),
        behavior=Clocked(
            reset=(0, 0, 0),
            outputs=lambda s, _: {out: s[0] if s[2] else s[1], which: s[2]},
            following=following,
            unknown=(out, which),
        ),
        vectors=tuple({write: int(i % 4 != 3), data: i + 1, swap: i // 2 % 2} for i in range(12)),
        slips=slips(
            "X",
            ("reads-what-is-written", "X", built("r0", "r1", "r1 : r0")),
            ("one-register-only", "X", built("r0", "r0", "r0 : r1")),
        ),
        module="ping_pong",
    )


FAMILIES = (
    Family(name="instruction-register", kind="registers", draw=_fields, weight=0.7),
    Family(name="swap-registers", kind="registers", draw=_swap, weight=0.7),
    Family(name="shadow-register", kind="registers", draw=_shadow, weight=0.7),
    Family(name="flag-register", kind="registers", draw=_flags, weight=0.7),
    Family(name="ping-pong-registers", kind="registers", draw=_ping, weight=0.5),
)
"""The families of this module."""
