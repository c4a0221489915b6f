"""Shift registers with amounts, directions, rotation, taps and addressed outputs."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    listed,
    number,
    priority,
    slips,
)
from rtlgen.synth.families._shifting import Bits, all_or_none, bits_of, moved, shift_code


def _signed_words(draw: Draw, width: int, names: tuple[str, ...], rules: list[str]) -> Words:
    load, data, enable, amount, q = names
    return Words(
        title=f"{width}-bit arithmetic shift register",
        terse=f"{bits(width, 'arithmetic shift register')} {q}, loaded from {data} by {load} "
        f"(first in "
        f"priority) and shifted when {enable} is 1; {amount} selects the shift: {'; '.join(rules)}",
        plain=draw.phrase(
            f"A {width}-bit number in two's complement is kept in {q}. It is replaced by "
            f"{data} when {load} is 1; failing that, it is shifted when {enable} is 1; failing "
            f"that, it stays. The shift is one of four, by {amount}: {'; '.join(rules)}. Going "
            f"right divides, so the sign bit is copied; going left multiplies, so zeros come in.",
            f"{q} is {bits(width, 'register')} that can be shifted arithmetically. If {load} is 1 "
            f"it takes {data}. Otherwise, if {enable} is 1, it is shifted as {amount} says: "
            f"{'; '.join(rules)}. Otherwise it holds. A right shift copies the sign bit "
            f"{q}[{width - 1}] into the vacated places, a left shift fills with zeros.",
            f"Build an arithmetic shifter with memory. {load} = 1 loads {data} into {q}, whatever "
            f"{enable} is. With {load} = 0, {enable} = 1 shifts and {enable} = 0 holds. The shift "
            f"is chosen by {amount}: {'; '.join(rules)}. Shifting right keeps the sign; shifting "
            f"left brings in zeros.",
        ),
        points=(
            f"{load} = 1: {q} takes {data}; this has priority.",
            f"{load} = 0 and {enable} = 1: {q} is shifted.",
            *(f"{amount} = {rule}." for rule in rules),
            "Right shifts are arithmetic: the sign bit is repeated. Left shifts fill with 0.",
            f"{load} = 0 and {enable} = 0: {q} holds.",
        ),
        after_reset=f"{q} is 0",
    )


def _signed_code(q: str, width: int, shift: int) -> str:
    size = abs(shift)
    if shift > 0:
        return f"{{{q}[{width - size - 1}:0], {number(size, 0)}}}"
    return f"{{{{{size}{{{q}[{width - 1}]}}}}, {q}[{width - 1}:{size}]}}"


def _arithmetic(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.one_of(8, 12, 16, 24, 32, 64)
    far = draw.one_of(2, 4, width // 2)
    load, data, enable = draw.name("load"), draw.name("data"), draw.name("enable", "shift")
    amount, q = draw.name("amount", "amt", "mode", "sel"), draw.name("result")
    shifts = [1, far, -1, -far]
    if draw.chance(0.4):
        draw.random.shuffle(shifts)
    rules = [
        f"{code:02b}: {'left' if s > 0 else 'right'} by {abs(s)} bit{'s' if abs(s) > 1 else ''}"
        for code, s in enumerate(shifts)
    ]
    clear = f"{q} <= {number(width, 0)};"

    def built(way: list[int], signed: bool = True) -> str:
        lines = [f"2'b{c:02b}: {q} <= {_signed_code(q, width, s)};" for c, s in enumerate(way)]
        lines[-1] = f"default: {lines[-1].split(': ', 1)[1]}"
        if not signed:
            lines = [line.replace(f"{{{q}[{width - 1}]}}", "{1'b0}") for line in lines]
        case = f"case ({amount})\n    " + "\n    ".join(lines) + "\nendcase"
        return timing.always(priority((load, f"{q} <= {data};"), (enable, case)), clear)

    def following(state: Bits, given: Values) -> Bits:
        if given[load]:
            return bits_of(given[data], width)
        if not given[enable]:
            return state
        shift = shifts[given[amount]]
        for _ in range(abs(shift)):
            state = moved(state, 0 if shift > 0 else state[-1], left=shift > 0)
        return state

    go = {load: 0, data: 0, enable: 1}
    ports = inputs((load, 1), (enable, 1), (amount, 2), (data, width))
    return Drawn(
        parameters={"width": width, "shifts": " ".join(map(str, shifts))},
        ports=(*ports, *outputs((q, width))),
        timing=timing,
        words=_signed_words(draw, width, (load, data, enable, amount, q), rules),
        body=built(shifts),
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * width,
            power_up=(None,) * width,
            outputs=lambda state, _: {q: all_or_none(state)},
            following=following,
        ),
        vectors=tuple(
            {**go, amount: way, load: int(i == 0), data: (1 << (width - 1)) + 5}
            for way in range(4)
            for i in range(4)
        ),
        slips=(
            *slips("X", ("logical-for-arithmetic", "X", built(shifts, signed=False))),
            *slips("X", ("wrong-shift-direction", "X", built([-s for s in shifts]))),
        ),
        module="arithmetic_shift_register",
    )


def _rotate_words(draw: Draw, width: int, names: tuple[str, ...], ways: tuple[str, str]) -> Words:
    load, data, enable, q = names
    first, second = ways
    return Words(
        title=f"{width}-bit rotator",
        terse=f"{bits(width, 'rotator')} {q} with load from {data}; {enable} = {first} rotates "
        f"left by one, {enable} = {second} right by one, other values do nothing; {load} has "
        f"priority",
        plain=draw.phrase(
            f"Bits go round in circles in {q}. In a clock cycle with {load} = 1 it is loaded "
            f"from {data}. In other cycles {enable} says: {first}, rotate left by one; "
            f"{second}, rotate right by one; anything else, stay.",
            f"Write {bits(width, 'rotator')}. Priority: first {load}, which stores {data} in "
            f"{q}; then {enable}, where {first} means that each bit moves to the next higher "
            f"place and the top bit to the bottom, and {second} means the opposite direction. "
            f"Any other {enable} keeps {q}.",
            f"{q} can be loaded and rotated by one place in both directions. {load} = 1 loads "
            f"{data} and has priority. Otherwise {enable} = {first} rotates {q} to the left (bit "
            f"{width - 1} goes to bit 0) and {enable} = {second} to the right (bit 0 goes to bit "
            f"{width - 1}). For other values of {enable}, {q} stays as it is.",
            f"A rotator is a shift register that loses nothing: the bit that falls out at one end "
            f"comes in at the other. {load} writes {data} into the {width}-bit register {q}; "
            f"without it, {enable} decides: {first} is left, {second} is right, all else is no "
            f"rotation.",
        ),
        points=(
            f"If {load} is 1, {q} takes {data}.",
            f"Otherwise {enable} = {first}: {q} rotates left by one.",
            f"Otherwise {enable} = {second}: {q} rotates right by one.",
            f"For other values of {enable}, {q} does not change.",
        ),
        after_reset=f"{q} is 0",
    )


def _rotator(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    width = draw.one_of(4, 8, 16, 32, 50, 64, draw.integer(5, 64))
    load, data, enable = draw.name("load"), draw.name("data"), draw.name("enable", "rot")
    q = draw.name("result")
    left, right = draw.one_of((1, 2), (2, 1), (3, 1), (1, 3), (2, 3))
    turn = {
        True: f"{q} <= {{{q}[{width - 2}:0], {q}[{width - 1}]}};",
        False: f"{q} <= {{{q}[0], {q}[{width - 1}:1]}};",
    }
    drop = {
        True: f"{q} <= {{{q}[{width - 2}:0], 1'b0}};",
        False: f"{q} <= {{1'b0, {q}[{width - 1}:1]}};",
    }
    clear = f"{q} <= {number(width, 0)};"
    codes = f"2'b{left:02b}", f"2'b{right:02b}"

    def built(lines: dict[bool, str], flip: bool = False) -> str:
        rules = [(load, f"{q} <= {data};")]
        rules += [
            (f"{enable} == {codes[0]}", lines[not flip]),
            (f"{enable} == {codes[1]}", lines[flip]),
        ]
        return timing.always(priority(*rules), clear)

    def following(state: Bits, given: Values) -> Bits:
        if given[load]:
            return bits_of(given[data], width)
        if given[enable] not in {left, right}:
            return state
        return moved(state, state[-1 if given[enable] == left else 0], left=given[enable] == left)

    go = {load: 0, data: 0}
    return Drawn(
        parameters={"width": width, "left": left, "right": right},
        ports=(*inputs((load, 1), (enable, 2), (data, width)), *outputs((q, width))),
        timing=timing,
        words=_rotate_words(draw, width, (load, data, enable, q), (codes[0][3:], codes[1][3:])),
        body=built(turn),
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * width,
            power_up=(None,) * width,
            outputs=lambda state, _: {q: all_or_none(state)},
            following=following,
        ),
        vectors=tuple(
            {**go, load: int(i % 8 == 0), data: 1 << (width - 1) | 1, enable: i // 8 % 4}
            for i in range(32)
        ),
        slips=slips(
            "X",
            ("wrong-shift-direction", "X", built(turn, flip=True)),
            ("shift-for-rotate", "X", built(drop)),
        ),
        module="rotator",
    )


def _tap_words(draw: Draw, length: int, names: tuple[str, str], taps: list[int]) -> Words:
    data, out = names
    which = listed([str(tap) for tap in taps])
    return Words(
        title=f"{length}-stage shift register with taps",
        terse=f"a shift register of {length} flip-flops fed by {data}; {out} is the XOR of stages "
        f"{which}, counting from 1"
        if len(taps) > 1
        else f"a shift register of {length} flip-flops from {data} to {out}",
        plain=draw.phrase(
            f"{data} goes into the first of {length} flip-flops in a row. At each clock edge "
            f"each of the others takes over from the one before it. They are numbered from 1. ",
            f"Delay {data} by up to {length} clock cycles with a row of {length} flip-flops "
            f"(stage 1 is the one that samples {data}, stage {length} is the last). ",
            f"{data} is shifted through {length} flip-flops, stage 1 first, one stage per clock "
            f"edge. ",
            f"A chain of {length} D flip-flops moves {data} on by one stage at every clock edge; "
            f"stage 1 takes {data} and stage n takes stage n - 1. ",
        )
        + (
            f"{out} is the exclusive OR of the outputs of stages {which}."
            if len(taps) > 1
            else f"{out} is the output of the last one, stage {length}."
        ),
        points=(
            f"There are {length} stages; stage 1 samples {data} at each clock edge.",
            "Every other stage samples the stage before it.",
            f"{out} is the XOR of stages {which}."
            if len(taps) > 1
            else f"{out} is stage {length}.",
        ),
        after_reset="all stages are 0",
    )


def _tapped(draw: Draw) -> Drawn:
    timing, length = draw.timing("sometimes"), draw.integer(3, 10)
    count = draw.one_of(1, 2, 2, 3)
    taps = [*sorted(draw.random.sample(range(1, length), count - 1)), length]
    data, out = draw.name("data", "sin"), draw.name("result")
    joined = " ^ ".join(f"sr[{tap - 1}]" for tap in taps)
    update = f"sr <= {shift_code('sr', length, data, left=True)};"
    always = timing.always(update, f"sr <= {number(length, 0)};")
    body = f"reg [{length - 1}:0] sr;\n\n{always}\n\nassign {out} = {joined};"

    def shown(state: Bits, _: Values) -> Outputs:
        seen = [state[tap - 1] for tap in taps]
        known = [bit for bit in seen if bit is not None]
        return {out: sum(known) % 2 if len(known) == len(seen) else None}

    return Drawn(
        parameters={"length": length, "taps": " ".join(map(str, taps))},
        ports=(*inputs((data, 1)), *outputs((out, 1))),
        timing=timing,
        words=_tap_words(draw, length, (data, out), taps),
        body=body,
        behavior=Clocked(
            reset=(0,) * length,
            power_up=(None,) * length,
            outputs=shown,
            following=lambda state, given: moved(state, given[data], left=True),
        ),
        slips=slips(
            body,
            ("wrong-tap", f"sr[{taps[-1] - 1}];", f"sr[{taps[-1] - 2}];"),
            ("or-for-xor", " ^ ", " | "),
        ),
        module="tapped_shift_register",
    )


def _lookup_words(draw: Draw, size: int, names: tuple[str, ...], left: bool) -> Words:
    data, enable, address, out = names
    first, last = (0, size - 1) if left else (size - 1, 0)
    return Words(
        title=f"{size}-entry shift-register lookup table",
        terse=f"{bits(size, 'shift register')} that takes {data} in at bit {first} when {enable} "
        f"is 1, moving toward bit {last}, with {out} = the bit number {address}, combinational",
        plain=draw.phrase(
            f"{size} flip-flops hold a table. Writing happens from one end: with {enable} = 1, "
            f"a clock edge moves the whole table by one place toward bit {last} and stores "
            f"{data} at bit {first}. For reading, {out} always equals bit number {address} of "
            f"the table, at once.",
            f"A small memory of {size} one-bit cells. It is written by shifting: when {enable} is "
            f"1, every bit moves one place toward bit {last} and {data} goes into bit {first}. It "
            f"is read at random: {out} is the bit with the number {address}, without waiting for "
            f"the clock.",
            f"Think of a lookup table whose contents arrive serially. {size} flip-flops form a "
            f"shift register; while {enable} is 1 it shifts {data} in at position {first} (and the "
            f"bit at position {last} is lost). A multiplexer controlled by {address} picks one of "
            f"the {size} bits for {out}; reading is combinational.",
        )
        + f" While {enable} is 0 the contents do not change.",
        points=(
            f"{enable} = 1: shift by one place, {data} enters at bit {first}.",
            f"{enable} = 0: hold.",
            f"{out} = bit {address} of the register, combinational.",
        ),
        after_reset="all bits are 0",
    )


def _lookup(draw: Draw) -> Drawn:
    timing, width, left = draw.timing("sometimes"), draw.one_of(2, 3, 3, 4), draw.chance(0.6)
    size = 1 << width
    data, enable = draw.name("sin", "data_in", "s", "d"), draw.name("enable", "shift")
    address, out = draw.name("address", "sel"), draw.name("result")
    code = {way: shift_code("table_q", size, data, left=way) for way in (True, False)}
    shape = f"reg [{size - 1}:0] table_q;\n\n{{}}\n\nassign {out} = table_q[{address}];"

    def built(way: bool) -> str:
        update = priority((enable, f"table_q <= {code[way]};"))
        return shape.format(timing.always(update, f"table_q <= {number(size, 0)};"))

    fill = tuple({data: i // 3 & 1, enable: 1, address: i % size} for i in range(size))
    read = tuple({data: 0, enable: 0, address: i} for i in range(size))
    return Drawn(
        parameters={"width": width, "left": int(left), "reset": timing.reset != ""},
        ports=(*inputs((enable, 1), (data, 1), (address, width)), *outputs((out, 1))),
        timing=timing,
        words=_lookup_words(draw, size, (data, enable, address, out), left),
        body=built(left),
        behavior=Clocked(
            reset=(0,) * size,
            power_up=(None,) * size,
            outputs=lambda state, given: {out: state[given[address]]},
            following=lambda state, given: (
                moved(state, given[data], left=left) if given[enable] else state
            ),
        ),
        vectors=(*fill, *read),
        slips=(
            *slips("X", ("wrong-shift-direction", "X", built(not left))),
            *slips(
                built(left),
                ("reversed-address", f"[{address}]", f"[~{address}]"),
                ("enable-ignored", f"if ({enable})", "if (1'b1)"),
            ),
        ),
        module="shift_lookup",
    )


def _both_ways_words(draw: Draw, width: int, names: tuple[str, ...], left: int) -> Words:
    way, data, q, load, value = names
    one, zero = ("left", "right") if left else ("right", "left")
    first = f" {load} = 1 loads {value} instead; this has priority over shifting." if load else ""
    return Words(
        title=f"{width}-bit bidirectional shift register",
        terse=f"{bits(width, 'shift register')} {q} that shifts {one} if {way} is 1 and {zero} if "
        f"{way} is 0, with {data} entering at the vacated end"
        + (f"; {load} loads {value} and has priority" if load else ""),
        plain=draw.phrase(
            f"{q} moves by one place per clock cycle, {one} if {way} is 1, {zero} if {way} is "
            f"0. When it moves left, {data} goes into bit 0; when it moves right, {data} goes "
            f"into bit {width - 1}.",
            f"A shift register that can go in both directions. For a left shift the new {q} is "
            f"made of its lower {width - 1} bits followed by {data}; for a right shift it is "
            f"made of {data} followed by its upper {width - 1} bits. {way} = 1 chooses {one}, "
            f"{way} = 0 chooses {zero}.",
            f"At each clock edge {q} is shifted by one place: to the {one} when {way} is 1, to the "
            f"{zero} when {way} is 0. The vacated bit takes {data}: bit 0 for a left shift, bit "
            f"{width - 1} for a right shift.",
            f"{way} is the direction of the shift register {q}: 1 means {one}, 0 means {zero}. "
            f"{data} "
            f"fills the free place, which is the least significant bit when shifting left and the "
            f"most significant bit when shifting right.",
        )
        + first,
        points=(
            *([first.strip()] if load else []),
            f"{way} = 1: {q} shifts {one}; {way} = 0: {q} shifts {zero}.",
            f"{data} enters at bit 0 for a left shift and at bit {width - 1} for a right shift.",
        ),
        after_reset=f"{q} is 0",
    )


def _both_ways(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.one_of(3, 4, 5, 6, 8, 8, 12, 16)
    left = draw.one_of(1, 1, 0)
    way = draw.name("shift_left", "left", "dir") if left else draw.name("go_right", "right", "dir")
    data, q = draw.name("sin", "data_in", "ser"), draw.name("result")
    load = draw.name("load") if draw.chance(0.4) else ""
    value = draw.name("p_in", "parallel", "init_value") if load else ""
    code = {w: f"{q} <= {shift_code(q, width, data, left=w)};" for w in (True, False)}
    clear = f"{q} <= {number(width, 0)};"

    def built(one: bool) -> str:
        rules = [(load, f"{q} <= {value};")] if load else []
        return timing.always(priority(*rules, (way, code[one]), ("", code[not one])), clear)

    def following(state: Bits, given: Values) -> Bits:
        if load and given[load]:
            return bits_of(given[value], width)
        return moved(state, given[data], left=given[way] == left)

    extra = ((load, 1), (value, width)) if load else ()
    return Drawn(
        parameters={"width": width, "left": left, "load": int(bool(load))},
        ports=(*inputs((way, 1), (data, 1), *extra), *outputs((q, width))),
        timing=timing,
        words=_both_ways_words(draw, width, (way, data, q, load, value), left),
        body=built(bool(left)),
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * width,
            power_up=(None,) * width,
            outputs=lambda state, _: {q: all_or_none(state)},
            following=following,
        ),
        slips=slips("X", ("wrong-shift-direction", "X", built(not left))),
        module="bidirectional_shift_register",
    )


FAMILIES = (
    Family(name="arithmetic-shift-register", kind="shifters", draw=_arithmetic),
    Family(name="rotator", kind="shifters", draw=_rotator),
    Family(name="tapped-shift-register", kind="shifters", draw=_tapped),
    Family(name="shift-lookup", kind="shifters", draw=_lookup),
    Family(name="bidirectional-shift-register", kind="shifters", draw=_both_ways),
)
"""The families of this module."""
