"""Linear feedback shift registers, serial checksums and scramblers."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    binary,
    bits,
    control,
    listed,
    number,
    priority,
    repeat,
    slips,
)

_MAXIMAL = {
    3: (3, 2),
    4: (4, 3),
    5: (5, 3),
    6: (6, 5),
    7: (7, 6),
    8: (8, 6, 5, 4),
    9: (9, 5),
    10: (10, 7),
    11: (11, 9),
    12: (12, 6, 4, 1),
    13: (13, 4, 3, 1),
    14: (14, 5, 3, 1),
    15: (15, 14),
    16: (16, 15, 13, 4),
    32: (32, 22, 2, 1),
}
"""Taps, counted from 1, of feedback polynomials with the longest period."""


def _taps(draw: Draw, width: int) -> tuple[int, ...]:
    """Return tap positions from 1, the highest first: mostly those with the longest period."""
    if draw.chance(0.7):
        return _MAXIMAL[width]
    others = draw.random.sample(range(1, width), draw.one_of(1, 1, min(2, width - 1)))
    return (width, *sorted(others, reverse=True))


def _load_text(draw: Draw, load: str, data: str, q: str) -> str:
    if not load:
        return ""
    return draw.phrase(
        f" If {load} is 1, {q} takes {data} instead of shifting.",
        f" {load} = 1 loads {data} into {q}; this has priority over shifting.",
    )


def _clause(sentence: str) -> str:
    """Return a sentence as a further part of another one."""
    text = sentence.strip().rstrip(".").replace("If ", "if ", 1)
    return f"; {text}" if text else ""


def _fibonacci_words(
    draw: Draw, names: tuple[str, ...], taps: tuple[int, ...], left: bool, rest: tuple[str, str]
) -> Words:
    q, only = names[0], rest[0]
    way, width = ("left" if left else "right"), taps[0]
    first = 0 if left else width - 1
    places = [f"{q}[{_place(tap, width, left)}]" for tap in taps]
    xor = listed(places)
    return Words(
        title=f"{width}-bit Fibonacci LFSR",
        terse=f"{bits(width, 'linear feedback shift register')} {q} that shifts {way}{only} with "
        f"{' ^ '.join(places)} entering at bit {first}" + _clause(rest[1]),
        plain=draw.phrase(
            f"{q} is shifted {way} by one place at each clock edge{only}. The bit that enters at "
            f"{q}[{first}] is the XOR of {xor}.",
            f"Make a pseudo-random sequence with a linear feedback shift register of {width} bits. "
            f"The feedback is the exclusive OR of bits {xor} of the present state; the register "
            f"moves {way} by one{only} and the feedback goes into {q}[{first}].",
            f"A Fibonacci LFSR: new bit = {' XOR '.join(places)}. At each clock edge{only} the "
            f"register shifts {way} and the new bit is put into {q}[{first}].",
        )
        + rest[1]
        + (f" In all other cycles {q} holds." if only else ""),
        points=(
            f"The feedback bit is {' XOR '.join(places)}.",
            f"At each clock edge{only}, {q} shifts {way} by one and the feedback bit enters at "
            f"{q}[{first}].",
            *([rest[1].strip()] if rest[1] else []),
            *([f"Otherwise {q} holds."] if only else []),
        ),
    )


def _place(tap: int, width: int, left: bool) -> int:
    return tap - 1 if left else width - tap


def _fibonacci(draw: Draw) -> Drawn:
    timing, left = draw.timing(), draw.chance(0.75)
    width = draw.integer(3, 16)
    taps = _taps(draw, width)
    q = draw.name("result", "lfsr", "state", "rnd")
    enable = control(draw, "enable", often=0.35)
    load = draw.name("load", "seed_en") if draw.chance(0.25) else ""
    data = draw.name("seed", "data", "d") if load else ""
    start = draw.one_of(1, (1 << width) - 1, draw.integer(1, (1 << width) - 1))
    places = [_place(tap, width, left) for tap in taps]
    new = " ^ ".join(f"{q}[{p}]" for p in places)
    clear = f"{q} <= {_start(width, start)};"
    only = f" {draw.phrase('when', 'if')} {enable.yes(draw)}" if enable else ""

    def built(feedback: str, way: bool) -> str:
        code = (
            f"{{{q}[{width - 2}:0], {feedback}}}" if way else f"{{{feedback}, {q}[{width - 1}:1]}}"
        )
        shift = f"{q} <= {code};"
        rules = [(load, f"{q} <= {data};")] if load else []
        return timing.always(
            priority(*rules, (enable.on, shift)) if rules or enable else shift, clear
        )

    wired = f"wire feedback = {new};\n\n{built('feedback', left)}"

    def following(state: int, given: Values) -> int:
        if load and given[load]:
            return given[data]
        if not enable.holds(given):
            return state
        bit = sum(state >> p & 1 for p in places) % 2
        if left:
            return (state << 1 | bit) & ((1 << width) - 1)
        return state >> 1 | bit << (width - 1)

    extra = ((load, 1), (data, width)) if load else ()
    words = _fibonacci_words(draw, (q,), taps, left, (only, _load_text(draw, load, data, q)))
    wrong = new.replace(f"{q}[{places[-1]}]", f"{q}[{(places[-1] + 1) % width}]")
    return Drawn(
        parameters={
            "taps": " ".join(map(str, taps)),
            "left": int(left),
            "start": start,
            "load": int(bool(load)),
            "enable": enable.name != "",
        },
        ports=(*inputs(*enable.ports, *extra), *outputs((q, width))),
        timing=timing,
        words=_started(words, q, width, start, draw),
        body=draw.style(built(new, left), wired),
        registered=(q,),
        behavior=Clocked(
            reset=start, outputs=lambda state, _: {q: state}, following=following, unknown=(q,)
        ),
        vectors=repeat(12, {**enable.given(), **({load: 0, data: 0} if load else {})}),
        slips=slips(
            "X",
            ("wrong-tap", "X", built(wrong, left)),
            ("wrong-shift-direction", "X", built(new, not left)),
            ("xnor-for-xor", "X", built(f"~({new})", left)),
        ),
        module="lfsr",
    )


def _start(width: int, value: int) -> str:
    return binary(width, value) if width <= 8 else f"{width}'h{value:x}"


def _started(words: Words, q: str, width: int, start: int, draw: Draw) -> Words:
    text = draw.phrase(f"{q} is {start}", f"{q} is {_start(width, start)}")
    return Words(
        title=words.title,
        terse=words.terse,
        plain=words.plain,
        points=words.points,
        after_reset=text,
    )


def _galois_words(draw: Draw, q: str, width: int, inner: list[int], rest: tuple[str, str]) -> Words:
    only, taps = rest[0], listed([f"{q}[{p}]" for p in inner])
    return Words(
        title=f"{width}-bit Galois LFSR",
        terse=f"{bits(width)} Galois LFSR {q} that shifts right{only}: {q}[0] goes to bit "
        f"{width - 1} and is also XORed into the bits that arrive at {taps}" + _clause(rest[1]),
        plain=draw.phrase(
            f"{q} is shifted right by one at each clock edge{only}: every bit takes the value of "
            f"its left neighbor, and {q}[{width - 1}] takes the old {q}[0]. In addition, the bits "
            f"that move into {taps} are XORed with the old {q}[0].",
            f"In a Galois LFSR the output bit {q}[0] is fed back at several places. When it is 0, "
            f"the register just moves right by one with a 0 coming in. When it is 1, a 1 comes in "
            f"at {q}[{width - 1}] and the bits arriving at {taps} are inverted. It moves at each "
            f"clock edge{only}.",
            f"Next state: {q} shifted right by one (0 entering at the left), and then, if the old "
            f"{q}[0] was 1, XORed with the mask "
            f"{binary(width, sum(1 << p for p in [width - 1, *inner]))}. This happens at each "
            f"clock edge{only}.",
        )
        + rest[1]
        + (f" In all other cycles {q} holds." if only else ""),
        points=(
            f"At each clock edge{only}, {q} is shifted right by one and {q}[{width - 1}] takes the "
            f"old {q}[0].",
            f"The bits arriving at {taps} are XORed with the old {q}[0].",
            *([rest[1].strip()] if rest[1] else []),
            *([f"Otherwise {q} holds."] if only else []),
        ),
    )


def _galois_bits(q: str, width: int, inner: list[int]) -> str:
    """Return the next state bit by bit, the highest first."""
    parts = [f"{q}[0]"]
    for place in range(width - 2, -1, -1):
        parts.append(f"{q}[{place + 1}]" + (f" ^ {q}[0]" if place in inner else ""))
    return f"{{{', '.join(parts)}}}"


def _galois(draw: Draw) -> Drawn:
    timing = draw.timing()
    width = draw.one_of(draw.integer(3, 16), draw.integer(3, 8), 32)
    taps = _taps(draw, width)
    inner = [tap - 1 for tap in taps[1:]]
    q = draw.name("result", "lfsr", "state", "rnd")
    enable = control(draw, "enable", often=0.25)
    load = draw.name("load", "seed_en") if draw.chance(0.3) else ""
    data = draw.name("seed", "data", "r") if load else ""
    start = draw.one_of(1, 1, (1 << width) - 1)
    mask = sum(1 << p for p in [width - 1, *inner])
    only = f" {draw.phrase('when', 'if')} {enable.yes(draw)}" if enable else ""
    masked = f"({q} >> 1) ^ ({q}[0] ? {_start(width, mask)} : {number(width, 0)})"

    def built(value: str) -> str:
        rules = [(load, f"{q} <= {data};")] if load else []
        shift = f"{q} <= {value};"
        chain = priority(*rules, (enable.on, shift)) if rules or enable else shift
        return timing.always(chain, f"{q} <= {_start(width, start)};")

    def following(state: int, given: Values) -> int:
        if load and given[load]:
            return given[data]
        if not enable.holds(given):
            return state
        return state >> 1 ^ (mask if state & 1 else 0)

    usual = _galois_bits(q, width, inner) if width <= 8 else masked
    missing = f"({q} >> 1) ^ ({q}[0] ? {_start(width, 1 << (width - 1))} : {number(width, 0)})"
    moved = _galois_bits(q, width, [(p + 1) % (width - 1) for p in inner])
    extra = ((load, 1), (data, width)) if load else ()
    words = _galois_words(draw, q, width, inner, (only, _load_text(draw, load, data, q)))
    return Drawn(
        parameters={
            "taps": " ".join(map(str, taps)),
            "width": width,
            "start": start,
            "load": int(bool(load)),
            "enable": enable.name != "",
        },
        ports=(*inputs(*enable.ports, *extra), *outputs((q, width))),
        timing=timing,
        words=_started(words, q, width, start, draw),
        body=draw.style(built(usual), built(masked)),
        registered=(q,),
        behavior=Clocked(
            reset=start, outputs=lambda state, _: {q: state}, following=following, unknown=(q,)
        ),
        vectors=repeat(20, {**enable.given(), **({load: 0, data: 0} if load else {})}),
        slips=slips("X", ("missing-taps", "X", built(missing)), ("wrong-tap", "X", built(moved))),
        module="galois_lfsr",
    )


def _crc_words(draw: Draw, width: int, names: tuple[str, ...], poly: int, only: str) -> Words:
    data, crc, init = names
    mask = f"{width}'h{poly:x}"
    clear = f" {init} = 1 sets {crc} back to its reset value instead." if init else ""
    return Words(
        title=f"serial CRC-{width}",
        terse=f"a bit-serial CRC-{width} register {crc} with polynomial {mask}, shifting left, "
        f"feedback {crc}[{width - 1}] XOR {data}{only}"
        + (f"; {init} sets it back to its reset value" if init else ""),
        plain=draw.phrase(
            f"The register {crc} divides a stream of bits by a polynomial. In each step{only}, "
            f"look at the bit that is about to be shifted out, {crc}[{width - 1}], XOR {data}. "
            f"Shift {crc} left by one, filling with 0; if that XOR was 1, also XOR {crc} with "
            f"{mask}.",
            f"{crc} is a cyclic redundancy check over the bits of {data}, one bit per clock "
            f"edge{only}. The feedback is {data} XOR {crc}[{width - 1}]. {crc} is shifted left by "
            f"one with 0 entering, and if the feedback is 1 the result is XORed with {mask}.",
            f"Compute a CRC serially: let f be {crc}[{width - 1}] ^ {data}. The next {crc} is "
            f"({crc} << 1) ^ {mask} if f is 1, and {crc} << 1 if f is 0, cut to {width} bits. One "
            f"step is made at each clock edge{only}.",
        )
        + clear
        + (f" Otherwise {crc} keeps its value." if only else ""),
        points=(
            f"Feedback f = {crc}[{width - 1}] XOR {data}.",
            f"Next {crc}: shifted left by one, a 0 entering; XORed with {mask} when f is 1.",
            *([f"This happens only{only}; otherwise {crc} holds."] if only else []),
            *([clear.strip()] if init else []),
        ),
    )


_POLYNOMIALS = {
    3: (3,),
    4: (3, 9),
    5: (5, 9, 21),
    6: (3, 39),
    7: (9,),
    8: (0x07, 0x31, 0x1D),
    12: (0x80F,),
    16: (0x1021, 0x8005),
}


def _crc(draw: Draw) -> Drawn:
    timing, width = draw.timing(), draw.one_of(*_POLYNOMIALS)
    poly, start = draw.one_of(*_POLYNOMIALS[width]), draw.one_of(0, 0, (1 << width) - 1)
    data, crc = (
        draw.name("data", "bit_in", "serial_in"),
        draw.name("crc", "crc_out", "checksum", "q"),
    )
    enable = control(draw, "enable", "valid", often=0.6)
    init = draw.name("init", "clr", "new_frame", "sof") if draw.chance(0.4) else ""
    short = draw.style(False, True)
    first, top = f"{crc} <= {_start(width, start)};", f"{crc}[{width - 1}]"
    moved = f"{{{crc}[{width - 2}:0], 1'b0}}"
    only = f" {draw.phrase('when', 'if')} {enable.yes(draw)}" if enable else ""

    def built(feedback: str, mask: int) -> str:
        one = f"{crc} <= {moved} ^ {width}'h{mask:x};"
        step = f"{crc} <= {moved} ^ (({feedback}) ? {width}'h{mask:x} : {number(width, 0)});"
        step = step if short else priority((feedback, one), ("", f"{crc} <= {moved};"))
        rules = [(init, first)] if init else []
        chain = priority(*rules, (enable.on, step)) if rules or enable else step
        return timing.always(chain, first)

    def following(state: int, given: Values) -> int:
        if init and given[init]:
            return start
        if not enable.holds(given):
            return state
        feedback = (state >> (width - 1) & 1) ^ given[data]
        return (state << 1 & ((1 << width) - 1)) ^ (poly if feedback else 0)

    words = _crc_words(draw, width, (data, crc, init), poly, only)
    ports = inputs((data, 1), *enable.ports, *(((init, 1),) if init else ()))
    return Drawn(
        parameters={
            "width": width,
            "poly": poly,
            "start": start,
            "enable": enable.name != "",
            "init": int(bool(init)),
        },
        ports=(*ports, *outputs((crc, width))),
        timing=timing,
        words=_started(words, crc, width, start, draw),
        body=built(f"{top} ^ {data}", poly),
        registered=(crc,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {crc: state},
            following=following,
            unknown=(crc,),
        ),
        slips=slips(
            "X",
            ("input-ignored", "X", built(top, poly)),
            ("wrong-polynomial", "X", built(f"{top} ^ {data}", poly ^ 2)),
            ("wrong-feedback-bit", "X", built(f"{crc}[0] ^ {data}", poly)),
        ),
        module="serial_crc",
    )


def _scrambler_words(
    draw: Draw, names: tuple[str, str], taps: tuple[int, ...], undo: bool
) -> Words:
    data, out = names
    memory = data if undo else out
    past = [f"{memory} {tap} cycles ago" for tap in sorted(taps)]
    name = "descrambler" if undo else "scrambler"
    return Words(
        title=f"self-synchronizing {name}",
        terse=f"a self-synchronizing {name}: {out} is {data} XOR {' XOR '.join(past)}, "
        f"combinational in {data}",
        plain=draw.phrase(
            f"Remember {memory} for {taps[0]} clock cycles. The output {out} combines {data} "
            f"with {listed(past)} by XOR, and {data} acts on {out} at once.",
            f"{out} = {data} XOR {' XOR '.join(past)}. Past values come from a shift register "
            f"that is fed with {memory} at each clock edge; the output itself has no register.",
            f"{out} is the exclusive OR of {data}, {listed(past)}. The history is kept in a shift "
            f"register of {taps[0]} flip-flops that takes {memory} at each clock edge; {out} "
            f"itself "
            f"is not registered.",
            f"A {name} for a serial line: a shift register holds the last {taps[0]} values of "
            f"{memory}, and {out} = {data} XOR {' XOR '.join(past)}, in the same cycle as {data}.",
        ),
        points=(
            f"A shift register stores the last {taps[0]} values of {memory}.",
            f"{out} is {data} XOR {' XOR '.join(past)}.",
            f"There is no register between {data} and {out}.",
        ),
        after_reset="the shift register is all zeros",
    )


def _scrambler(draw: Draw) -> Drawn:
    timing, undo, width = draw.timing(), draw.chance(0.4), draw.integer(4, 12)
    taps = (width, draw.integer(2, width - 1))
    data, out = draw.name("data", "bit_in"), draw.name("result", "scrambled", "bit_out")
    memory = data if undo else out
    code = f"{data} ^ history[{taps[0] - 1}] ^ history[{taps[1] - 1}]"

    def built(enters: str, value: str) -> str:
        update = timing.always(
            f"history <= {{history[{width - 2}:0], {enters}}};", f"history <= {number(width, 0)};"
        )
        return f"reg [{width - 1}:0] history;\n\nassign {out} = {value};\n\n{update}"

    def value(state: int, given: Values) -> int:
        return given[data] ^ state >> (taps[0] - 1) & 1 ^ state >> (taps[1] - 1) & 1

    def following(state: int, given: Values) -> int:
        new = given[data] if undo else value(state, given)
        return (state << 1 | new) & ((1 << width) - 1)

    return Drawn(
        parameters={"taps": " ".join(map(str, taps)), "undo": int(undo)},
        ports=(*inputs((data, 1)), *outputs((out, 1))),
        timing=timing,
        words=_scrambler_words(draw, (data, out), taps, undo),
        body=built(memory, code),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, given: {out: value(state, given)},
            following=following,
            unknown=(out,),
        ),
        slips=slips(
            "X",
            ("wrong-memory", "X", built(out if undo else data, code)),
            (
                "off-by-one",
                "X",
                built(memory, code.replace(f"[{taps[1] - 1}]", f"[{taps[1] - 2}]")),
            ),
        ),
        module="descrambler" if undo else "scrambler",
    )


FAMILIES = (
    Family(name="fibonacci-lfsr", kind="lfsrs", draw=_fibonacci),
    Family(name="galois-lfsr", kind="lfsrs", draw=_galois),
    Family(name="serial-crc", kind="lfsrs", draw=_crc, weight=0.7),
    Family(name="scrambler", kind="lfsrs", draw=_scrambler, weight=0.5),
)
"""The families of this module."""
