"""Counters whose values are codes: Gray, one-hot, Johnson, decimal digits."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    Control,
    binary,
    bits,
    control,
    number,
    priority,
    repeat,
    slips,
)
from sim.interface import Direction, Port


def _only(draw: Draw, enable: Control) -> str:
    return draw.phrase(f" when {enable.yes(draw)}", f" if {enable.yes(draw)}") if enable else ""


def _holds(draw: Draw, enable: Control, what: str) -> str:
    if not enable:
        return ""
    return draw.phrase(
        f" While {enable.no(draw)}, {what} does not change.",
        f" {what} is held when {enable.no(draw)}.",
    )


def _gray_words(draw: Draw, width: int, gray: str, enable: Control) -> Words:
    only = _only(draw, enable)
    first = ", ".join(f"{i ^ i >> 1:0{width}b}" for i in range(4))
    return Words(
        title=f"{width}-bit Gray code counter",
        named="" if enable else f"{width}-bit Gray code counter",
        terse=draw.phrase(
            f"{bits(width, 'Gray code counter')}{', advancing' + only if only else ''}",
            f"{bits(width, 'counter')} whose output {gray} is in Gray code"
            + (f" and advances{only}" if only else ""),
        ),
        plain=draw.phrase(
            f"Count in Gray code with {width} bits. The register holds an ordinary binary "
            f"number that is incremented at each clock edge{only}; the output {gray} has as "
            f"its bit i the XOR of bits i and i + 1 of that number, and its top bit is the top "
            f"bit of the number.",
            f"{gray} runs through the {width}-bit reflected Gray code ({first}, ...), one code "
            f"word at each clock edge{only}. After the last word it starts again at 0.",
            f"Keep a binary counter of {width} bits that goes up by one at each clock edge{only} "
            f"and wraps around. {gray} is its value n in Gray code, that is n XOR (n shifted right "
            f"by one).",
            f"A counter of which only one output bit changes at a time: {gray} counts in Gray "
            f"code, {first} and so on, and steps at each clock edge{only}. "
            f"{1 << width} steps make a round.",
        )
        + _holds(draw, enable, gray),
        points=(
            f"{gray} shows the standard reflected Gray code of a binary count n of {width} bits, "
            f"n ^ (n >> 1).",
            f"The count goes up by one at each clock edge{only} and wraps around.",
        ),
        after_reset=f"{gray} is 0",
    )


def _gray(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(2, 10)
    enable = control(draw, "enable", "step", "next_i", often=0.5)
    gray = draw.name("gray", "gray_count", "g", "q", "code", "out")
    top = (1 << width) - 1
    clear = f"count <= {number(width, 0)};"
    step = timing.always(enable.guard("count <= count + 1'b1;"), clear)
    out = draw.style(
        f"assign {gray} = count ^ (count >> 1);",
        f"assign {gray} = {{count[{width - 1}], count[{width - 1}:1] ^ count[{width - 2}:0]}};",
    )
    body = f"reg [{width - 1}:0] count;\n\n{step}\n\n{out}"
    return Drawn(
        parameters={"width": width, "enable": enable.name != ""},
        ports=(*inputs(*enable.ports), *outputs((gray, width))),
        timing=timing,
        words=_gray_words(draw, width, gray, enable),
        body=body,
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {gray: state ^ state >> 1},
            following=lambda state, g: (state + 1) & top if enable.holds(g) else state,
            unknown=(gray,),
        ),
        vectors=repeat(min(top + 3, 70), enable.given()),
        slips=slips(
            f"reg [{width - 1}:0] count;\n\n{step}\n\nassign {gray} = X;",
            ("binary-for-gray", "X", "count"),
            ("wrong-shift-direction", "X", "count ^ (count << 1)"),
        ),
        module="gray_counter",
    )


def _ring_words(draw: Draw, width: int, q: str, left: bool, start: int) -> Words:
    way, code = ("left", "toward the most significant bit") if left else ("right", "toward bit 0")
    last, first = (width - 1, 0) if left else (0, width - 1)
    return Words(
        title=f"{width}-bit ring counter",
        terse=f"{bits(width, 'ring counter')} that rotates a single 1 to the {way}, starting from "
        f"{binary(width, start)}",
        plain=draw.phrase(
            f"Exactly one bit of {q} is 1. At each clock edge it moves one place to the {way} "
            f"({code}), and from bit {last} it goes on to bit {first}.",
            f"{q} is a ring counter of {width} flip-flops: in every clock cycle the pattern is "
            f"rotated {way} by one place, so bit {last} goes to bit {first}.",
            f"A light that runs along {width} lamps: one bit of {q} is lit, and every clock edge "
            f"passes it on {code}; after bit {last} comes bit {first}.",
        ),
        points=(
            f"{q} is rotated {way} by one place at each clock edge.",
            f"Bit {last} moves to bit {first}.",
        ),
        after_reset=draw.phrase(
            f"{q} is {binary(width, start)}", f"only bit {start.bit_length() - 1} of {q} is 1"
        ),
    )


def _ring(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.integer(3, 12)
    left = draw.chance(0.6)
    q = draw.name("count", "out", "ring", "lamps", "onehot")
    start = 1 << draw.one_of(0, 0, width - 1, draw.integer(0, width - 1))
    mask = (1 << width) - 1
    code = {
        True: f"{{{q}[{width - 2}:0], {q}[{width - 1}]}}",
        False: f"{{{q}[0], {q}[{width - 1}:1]}}",
    }
    shifted = {True: f"{{{q}[{width - 2}:0], 1'b0}}", False: f"{{1'b0, {q}[{width - 1}:1]}}"}
    clear = f"{q} <= {binary(width, start)};"
    body = timing.always(f"{q} <= {code[left]};", clear)

    def following(state: int, _: Values) -> int:
        if left:
            return (state << 1 | state >> (width - 1)) & mask
        return state >> 1 | (state & 1) << (width - 1)

    return Drawn(
        parameters={"width": width, "left": int(left), "start": start},
        ports=outputs((q, width)),
        timing=timing,
        words=_ring_words(draw, width, q, left, start),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {q: state},
            following=following,
            unknown=(q,),
        ),
        slips=slips(
            body,
            ("wrong-shift-direction", code[left], code[not left]),
            ("shift-for-rotate", code[left], shifted[left]),
            ("wrong-reset-value", clear, f"{q} <= {binary(width, 0)};"),
        ),
        module="ring_counter",
    )


def _johnson_words(draw: Draw, width: int, q: str, left: bool, enable: Control) -> Words:
    source, target = (width - 1, 0) if left else (0, width - 1)
    way, only = ("left" if left else "right"), _only(draw, enable)
    return Words(
        title=f"{width}-bit Johnson counter",
        terse=f"{bits(width, 'Johnson (twisted-ring) counter')} that shifts {way}"
        + (f"{only}" if only else ""),
        plain=draw.phrase(
            f"{q} is shifted {way} by one place at each clock edge{only}, and the complement of "
            f"the bit that falls out, bit {source}, enters at bit {target}. The period is "
            f"{2 * width} cycles.",
            f"This is a twisted-ring counter. At each clock edge{only} the register {q} moves one "
            f"place to the {way}; the bit that comes in at {q}[{target}] is the inverse of "
            f"{q}[{source}].",
            f"If the last bit {q}[{source}] is 0, a 1 is shifted in at {q}[{target}]; if it is 1, "
            f"a 0 is shifted in. The register shifts {way}, once per clock edge{only}.",
        )
        + _holds(draw, enable, q),
        points=(
            f"{q} shifts {way} at each clock edge{only}.",
            f"The new {q}[{target}] is the inverse of the old {q}[{source}].",
        ),
        after_reset=f"{q} is 0",
    )


def _johnson(draw: Draw) -> Drawn:
    timing, width, left = draw.timing(), draw.integer(3, 12), draw.chance(0.4)
    enable = control(draw, "enable", "step", often=0.3)
    q = draw.name("count", "out", "j_out")
    mask = (1 << width) - 1
    code = {
        True: f"{{{q}[{width - 2}:0], ~{q}[{width - 1}]}}",
        False: f"{{~{q}[0], {q}[{width - 1}:1]}}",
    }
    update = f"{q} <= {code[left]};"
    if not enable and not left:
        update = draw.style(
            update,
            priority(
                (f"!{q}[0]", f"{q} <= {{1'b1, {q}[{width - 1}:1]}};"),
                ("", f"{q} <= {{1'b0, {q}[{width - 1}:1]}};"),
            ),
        )
    clear = f"{q} <= {number(width, 0)};"
    body = timing.always(enable.guard(update), clear)

    def following(state: int, given: Values) -> int:
        if not enable.holds(given):
            return state
        if left:
            return (state << 1 | 1 - (state >> (width - 1))) & mask
        return state >> 1 | (1 - (state & 1)) << (width - 1)

    return Drawn(
        parameters={"width": width, "left": int(left), "enable": enable.name != ""},
        ports=(*inputs(*enable.ports), *outputs((q, width))),
        timing=timing,
        words=_johnson_words(draw, width, q, left, enable),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {q: state},
            following=following,
            unknown=(q,),
        ),
        vectors=repeat(2 * width + 2, enable.given()),
        slips=slips(
            "X",
            ("not-inverted", "X", body.replace("~", "").replace("!", "")),
            (
                "wrong-shift-direction",
                "X",
                timing.always(enable.guard(f"{q} <= {code[not left]};"), clear),
            ),
        ),
        module="johnson_counter",
    )


def _digit_name(place: int) -> str:
    return ("ones", "tens", "hundreds", "thousands")[place]


def _bcd_words(draw: Draw, digits: int, q: str, enable: Control, carries: str) -> Words:
    only = _only(draw, enable)
    places = ", ".join(
        f"{q}[{4 * i + 3}:{4 * i}] is the {_digit_name(i)} digit" for i in range(digits)
    )
    top = 10**digits - 1
    carry = (
        f" {carries}[i] (for i = 1 to {digits - 1}) says that digit i will be incremented at this "
        f"clock edge: it is 1 when {enable.name + ' is 1 and ' if enable else ''}all lower digits "
        f"are 9."
        if carries
        else ""
    )
    return Words(
        title=f"{digits}-digit BCD counter",
        terse=f"a {digits}-digit decimal counter {q}, four bits per digit and {q}[3:0] the ones, "
        f"that goes up by one{only or ' every cycle'} and wraps from {top} to 0"
        + (f";{carry}".rstrip(".") if carries else ""),
        plain=draw.phrase(
            f"{q} holds {digits} decimal digits in binary-coded decimal: {places}. It counts up by "
            f"one at each clock edge{only}. A digit that is 9 goes to 0 and carries into the next; "
            f"{top} is followed by 0.",
            f"Build a decimal counter from 0 to {top} with {digits} BCD digits of four bits each "
            f"({places}). It counts{only or ' on every clock edge'} and starts over after {top}.",
            f"A counter for a display with {digits} decimal digits. Each digit goes 0 to 9 and "
            f"takes four bits of {q}: {places}. The lowest digit advances at each clock "
            f"edge{only}; each other digit advances when all digits below it go from 9 to 0.",
        )
        + _holds(draw, enable, q)
        + carry,
        points=(
            *(f"{part}." for part in places.split(", ")),
            f"The number goes up by one at each clock edge{only}; {top} is followed by 0.",
            *([carry.strip()] if carries else []),
        ),
        after_reset=f"{q} is 0",
    )


def _bcd_code(q: str, digits: int, enable: Control, carries: str) -> str:
    """Return statements that advance the digits, each inside the one before it."""
    if carries:
        rest = [priority((f"{carries}[{i}]", _one_digit(q, i, ""))) for i in range(1, digits)]
        return "\n".join([enable.guard(_one_digit(q, 0, "")), *rest])
    code = ""
    for place in reversed(range(digits)):
        code = _one_digit(q, place, code)
    return enable.guard(code)


def _one_digit(q: str, place: int, then: str) -> str:
    field = f"{q}[{4 * place + 3}:{4 * place}]"
    wrap = f"{field} <= 4'd0;" + (f"\n{then}" if then else "")
    return priority((f"{field} == 4'd9", wrap), ("", f"{field} <= {field} + 1'b1;"))


def _bcd_carries(q: str, digits: int, enable: Control, carries: str) -> str:
    lines = []
    for place in range(1, digits):
        nine = f"{q}[{4 * place - 1}:{4 * place - 4}] == 4'd9"
        before = enable.on if place == 1 else f"{carries}[{place - 1}]"
        lines.append(
            f"assign {carries}[{place}] = " + (f"{before} & ({nine});" if before else f"({nine});")
        )
    return "\n\n" + "\n".join(lines)


def _digit_enables(name: str, digits: int) -> Port:
    """Return a vector whose bit i belongs to digit i; digit 0 has none."""
    return Port(name=name, direction=Direction.OUTPUT, msb=digits - 1, lsb=1)


def _bcd(draw: Draw) -> Drawn:
    timing, digits = draw.timing(), draw.one_of(1, 2, 2, 3, 4)
    enable = control(draw, "enable", "count_en", "tick_i", often=0.5)
    q = draw.name("count", "bcd", "digits", "q")
    carries = (
        draw.name("ena_out", "carry_en", "digit_en") if digits > 2 and draw.chance(0.5) else ""
    )
    clear = f"{q} <= {number(4 * digits, 0)};"
    body = timing.always(_bcd_code(q, digits, enable, carries), clear)
    body += _bcd_carries(q, digits, enable, carries) if carries else ""
    top = 10**digits

    def shown(state: int, given: Values) -> dict[str, int]:
        coded = sum(state // 10**i % 10 << 4 * i for i in range(digits))
        if not carries:
            return {q: coded}
        full = [enable.holds(given) and (state + 1) % 10**i == 0 for i in range(1, digits)]
        return {q: coded, carries: sum(one << i for i, one in enumerate(full))}

    extra = (_digit_enables(carries, digits),) if carries else ()
    return Drawn(
        parameters={"digits": digits, "enable": enable.name != "", "carries": carries != ""},
        ports=(*inputs(*enable.ports), *outputs((q, 4 * digits)), *extra),
        timing=timing,
        words=_bcd_words(draw, digits, q, enable, carries),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=0,
            outputs=shown,
            following=lambda state, g: (state + 1) % top if enable.holds(g) else state,
            unknown=(q, carries) if carries else (q,),
        ),
        vectors=repeat(min(top + 6, 220), enable.given()),
        slips=slips(
            body,
            ("off-by-one", "4'd9", "4'd10"),
            ("binary-for-decimal", "4'd9", "4'd15"),
        ),
        module="bcd_counter",
    )


FAMILIES = (
    Family(name="gray-counter", kind="counters", draw=_gray),
    Family(name="ring-counter", kind="counters", draw=_ring, weight=0.7),
    Family(name="johnson-counter", kind="counters", draw=_johnson, weight=0.7),
    Family(name="bcd-counter", kind="counters", draw=_bcd),
)
"""The families of this module."""
