"""Shift registers and delay lines."""

from __future__ import annotations

from itertools import pairwise

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    control,
    level,
    number,
    priority,
    repeat,
    slips,
    span,
    times,
)
from rtlgen.synth.families._shifting import Bits, all_or_none, moved, shift_code


def _serial_words(draw: Draw, width: int, names: tuple[str, str], left: bool, only: str) -> Words:
    data, q = names
    first, last = (0, width - 1) if left else (width - 1, 0)
    way = "left" if left else "right"
    return Words(
        title=f"{width}-bit serial-in, parallel-out shift register",
        terse=draw.phrase(
            f"{bits(width, 'shift register')} {q} that shifts {way}{only} and takes {data} in at "
            f"bit {first}",
            f"{bits(width)} serial-in parallel-out shift register: {data} enters at {q}[{first}] "
            f"and moves toward {q}[{last}]{only}",
        ),
        plain=draw.phrase(
            f"Build {bits(width, 'shift register')} {q}. On each clock cycle{only}, the new "
            f"value is made of {data} "
            f"{'at the right end and the lower' if left else 'at the left end and the upper'} "
            f"{width - 1} bits of the old value.",
            f"Shift {data} into {q} from the {'right' if left else 'left'}: at each clock "
            f"edge{only} {q}[{first}] takes {data} and every other bit takes what its "
            f"{'right' if left else 'left'} neighbor held.",
            f"{q} remembers the last {width} values of {data}, one per clock edge{only}. The "
            f"most recent is in bit {first}; with each new one the others move one place to "
            f"the {way}.",
            f"At each clock edge{only}, {q} is shifted {way} by one bit: {data} goes into "
            f"{q}[{first}], every bit moves one place on, and the old {q}[{last}] is lost.",
            f"This is a chain of {width} flip-flops. {data} feeds the first, {q}[{first}], and "
            f"each "
            f"of the others takes the value of its neighbor, so that bits travel toward "
            f"{q}[{last}]. The chain moves at each clock edge{only}.",
            f"Collect a serial stream: one bit of {data} comes in at every clock edge{only}. "
            f"{q} shows the last {width} bits received; the newest is {q}[{first}] and the oldest "
            f"{q}[{last}].",
            f"A serial-to-parallel converter of {width} bits. It shifts {way}{only}, and the new "
            f"bit {data} becomes the {'least' if left else 'most'} significant bit of {q}.",
        )
        + (f" Otherwise {q} stays the same." if only else ""),
        points=(
            f"At each clock edge{only}, all bits of {q} move one place to the {way}.",
            f"{data} enters at {q}[{first}]; what was in {q}[{last}] is dropped.",
            *([f"Otherwise {q} does not change."] if only else []),
        ),
        after_reset=f"{q} is 0",
    )


def _serial_in(draw: Draw) -> Drawn:
    timing, left = draw.timing("sometimes"), draw.chance(0.5)
    width = draw.one_of(3, 4, 4, 5, 6, 8, 8, 10, 12, 16)
    data = draw.name("sin", "serial_in", "d", "in", "sdi", "bit_in", "data")
    q = draw.name("result", "q", "shift_reg")
    enable = control(draw, "enable", "shift", "shift_en", often=0.5, low=0.05)
    only = f" {draw.phrase('when', 'if')} {enable.yes(draw)}" if enable else ""
    code = {way: shift_code(q, width, data, left=way) for way in (True, False)}
    clear = f"{q} <= {number(width, 0)};"
    body = draw.style(
        timing.always(enable.guard(f"{q} <= {code[left]};"), clear),
        timing.always(enable.guard(_assigned_bits(q, width, data, left)), clear),
    )
    wrong = timing.always(enable.guard(f"{q} <= {code[not left]};"), clear)
    blocking = timing.always(
        enable.guard(_assigned_bits(q, width, data, left).replace("<=", "=")), clear
    )

    def following(state: Bits, given: Values) -> Bits:
        return moved(state, given[data], left=left) if enable.holds(given) else state

    return Drawn(
        parameters={
            "width": width,
            "left": int(left),
            "enable": enable.name != "",
            "reset": timing.reset != "",
        },
        ports=(*inputs((data, 1), *enable.ports), *outputs((q, width))),
        timing=timing,
        words=_serial_words(draw, width, (data, q), left, only),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * width,
            power_up=(None,) * width,
            outputs=lambda state, _: {q: all_or_none(state)},
            following=following,
        ),
        vectors=tuple({data: i % 3 == 0, **enable.given()} for i in range(width + 4)),
        slips=(
            *slips("X", ("wrong-shift-direction", "X", wrong)),
            *slips("X", ("blocking-for-non-blocking", "X", blocking)),
        ),
        module="shift_register",
    )


def _assigned_bits(q: str, width: int, data: str, left: bool) -> str:
    """Return two assignments that shift; in this order they are wrong when blocking."""
    if left:
        return f"{q}[0] <= {data};\n{q}[{width - 1}:1] <= {q}[{width - 2}:0];"
    return f"{q}[{width - 1}] <= {data};\n{q}[{width - 2}:0] <= {q}[{width - 1}:1];"


def _parallel_words(draw: Draw, width: int, names: tuple[str, ...], left: bool, fill: str) -> Words:
    load, data, out, enable = names
    way, end = ("left", width - 1) if left else ("right", 0)
    first = "most" if left else "least"
    only = f" and {enable} is 1" if enable else ""
    return Words(
        title=f"{width}-bit parallel-in, serial-out shift register",
        terse=f"{bits(width)} parallel-to-serial converter: {load} = 1 loads {data}; otherwise the "
        f"register shifts {way}{f' when {enable} is 1' if enable else ''}, filling with {fill}; "
        f"{out} is its {first} significant bit",
        plain=draw.phrase(
            f"Build a shift register with parallel load. {load} = 1 copies {data} into it at "
            f"the clock edge. Without {load}, the clock "
            f"edge{f' with {enable} = 1' if enable else ''} moves all bits one place to the "
            f"{way}; {fill} takes the free place. The serial output {out} is the bit at the "
            f"{'left' if left else 'right'} end, number {end}.",
            f"An internal register is loaded with {data} when {level(draw, load, 1)}. When {load} "
            f"is 0{only}, it is shifted {way} by one place and {fill} comes in at the other end. "
            f"{out} is always bit {end} of the register.",
            f"Send the {width} bits of {data} one after the other, {first} significant bit first. "
            f"{load} = 1 copies {data} into a shift register (this has priority), and then each "
            f"clock edge{f' with {enable} = 1' if enable else ''} moves it one place to the "
            f"{way}, with {fill} moving in. {out} shows bit {end} of the register.",
        )
        + (f" With {load} and {enable} both 0 nothing changes." if enable else ""),
        points=(
            f"If {load} is 1, the register takes {data}.",
            f"If {load} is 0{only}, the register shifts {way} and {fill} enters.",
            *(["If both are 0, it holds."] if enable else []),
            f"{out} is bit {end} of the register.",
        ),
        after_reset=f"the register is 0, so {out} is 0",
    )


def _parallel_in(draw: Draw) -> Drawn:
    timing, left = draw.timing("sometimes"), draw.chance(0.5)
    width = draw.one_of(3, 4, 4, 5, 6, 8, 8, 10, 12, 16)
    load, data = draw.name("load"), draw.name("data", "p_in", "parallel_in")
    out = draw.name("sout", "serial_out", "sdo", "bit_out", "tx")
    enable = control(draw, "enable", "shift", often=0.5)
    fill = draw.one_of("a 0", "a 0", "a 1")
    bit = 1 if fill == "a 1" else 0
    code = {w: shift_code("sr", width, f"1'b{bit}", left=w) for w in (True, False)}
    take, clear = f"sr <= {data};", f"sr <= {number(width, 0)};"
    end = width - 1 if left else 0
    shape = f"reg [{width - 1}:0] sr;\n\n{{}}\n\nassign {out} = sr[{{}}];"

    def built(way: bool, last: int, load_first: bool = True) -> str:
        rules = [(load, take), (enable.on, f"sr <= {code[way]};")]
        if not load_first and enable:
            rules.reverse()
        return shape.format(timing.always(priority(*rules), clear), last)

    def following(state: Bits, given: Values) -> Bits:
        if given[load]:
            return tuple(given[data] >> i & 1 for i in range(width))
        return moved(state, bit, left=left) if enable.holds(given) else state

    go = {load: 0, data: 0, **enable.given()}
    return Drawn(
        parameters={"width": width, "left": int(left), "fill": bit, "enable": enable.name != ""},
        ports=(*inputs((load, 1), (data, width), *enable.ports), *outputs((out, 1))),
        timing=timing,
        words=_parallel_words(draw, width, (load, data, out, enable.name), left, fill),
        body=built(left, end),
        behavior=Clocked(
            reset=(0,) * width,
            power_up=(None,) * width,
            outputs=lambda state, _: {out: state[end]},
            following=following,
        ),
        vectors=({**go, load: 1, data: (1 << width) - 3}, *repeat(width + 2, go)),
        slips=(
            *slips(
                "X",
                ("wrong-bit-order", "X", built(not left, width - 1 - end)),
                ("wrong-shift-direction", "X", built(not left, end)),
            ),
            *(slips("X", ("wrong-priority", "X", built(left, end, False))) if enable else ()),
        ),
        module="parallel_to_serial",
    )


_MODES = ("hold", "left", "right", "load", "rotate left", "rotate right", "clear", "invert")


def _mode_text(mode: str, names: tuple[str, ...], width: int) -> str:
    q, data, from_left, from_right = names
    return {
        "hold": f"{q} does not change",
        "left": f"{q} shifts left by one bit and {from_right} enters at bit 0",
        "right": f"{q} shifts right by one bit and {from_left} enters at bit {width - 1}",
        "load": f"{q} is loaded with {data}",
        "rotate left": f"{q} rotates left by one bit",
        "rotate right": f"{q} rotates right by one bit",
        "clear": f"{q} becomes 0",
        "invert": f"all bits of {q} are inverted",
    }[mode]


def _mode_code(mode: str, names: tuple[str, ...], width: int) -> str:
    q, data, from_left, from_right = names
    value = {
        "hold": q,
        "left": f"{{{q}[{width - 2}:0], {from_right}}}",
        "right": f"{{{from_left}, {q}[{width - 1}:1]}}",
        "load": data,
        "rotate left": f"{{{q}[{width - 2}:0], {q}[{width - 1}]}}",
        "rotate right": f"{{{q}[0], {q}[{width - 1}:1]}}",
        "clear": number(width, 0),
        "invert": f"~{q}",
    }[mode]
    return f"{q} <= {value};"


def _mode_next(mode: str, state: Bits, names: tuple[str, ...], given: Values) -> Bits:
    _, data, from_left, from_right = names
    if mode == "load":
        return tuple(given[data] >> i & 1 for i in range(len(state)))
    if mode == "invert":
        return tuple(None if bit is None else 1 - bit for bit in state)
    return {
        "hold": state,
        "clear": (0,) * len(state),
        "left": (given.get(from_right), *state[:-1]),
        "right": (*state[1:], given.get(from_left)),
        "rotate left": (state[-1], *state[:-1]),
        "rotate right": (*state[1:], state[0]),
    }[mode]


def _universal_words(draw: Draw, width: int, sel: str, q: str, rules: list[str]) -> Words:
    return Words(
        title=f"{width}-bit universal shift register",
        terse=f"{bits(width, 'universal shift register')} {q} with modes by {sel}: "
        + "; ".join(rules),
        plain=draw.phrase(
            f"Input {sel} says what the {width}-bit register {q} does at the clock edge. ",
            f"This register has several modes of operation, selected by {sel} in every clock "
            f"cycle. ",
            f"Build a universal shift register of {width} bits. Its mode is {sel}. ",
        )
        + " ".join(f"{sel} = {rule}." for rule in rules),
        points=tuple(f"{sel} = {rule}." for rule in rules),
        after_reset=f"{q} is 0",
    )


def _universal(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.one_of(3, 4, 4, 5, 6, 8, 8, 12, 16)
    size = draw.one_of(2, 2, 2, 3)
    modes = _drawn_modes(draw, 1 << size)
    sel, q = draw.name("mode", "sel", "op", "ctrl", "s"), draw.name("result")
    data = draw.name("data", "p_in")
    from_left = draw.name("sin_left", "ser_msb", "left_in", "msb_in")
    from_right = draw.name("sin_right", "ser_lsb", "right_in", "lsb_in")
    names = (q, data, from_left, from_right)
    rules = [f"{code:0{size}b}: {_mode_text(m, names, width)}" for code, m in enumerate(modes)]
    used = [
        *([(data, width)] if "load" in modes else []),
        *([(from_left, 1)] if "right" in modes else []),
        *([(from_right, 1)] if "left" in modes else []),
    ]

    def built(order: list[str]) -> str:
        lines = [
            f"{size}'b{i:0{size}b}: {_mode_code(m, names, width)}" for i, m in enumerate(order)
        ]
        lines[-1] = "default: " + lines[-1].split(": ", 1)[1]
        inside = "\n    ".join(lines)
        return timing.always(f"case ({sel})\n    {inside}\nendcase", f"{q} <= {number(width, 0)};")

    swapped = {
        "left": "right",
        "right": "left",
        "rotate left": "rotate right",
        "rotate right": "rotate left",
    }
    other = [
        swapped.get(m, m) if {"left", "right"} <= set(modes) or "rot" in m else m for m in modes
    ]
    return Drawn(
        parameters={"width": width, "modes": ", ".join(modes)},
        ports=(*inputs((sel, size), *used), *outputs((q, width))),
        timing=timing,
        words=_universal_words(draw, width, sel, q, rules),
        body=built(modes),
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * width,
            power_up=(None,) * width,
            outputs=lambda state, _: {q: all_or_none(state)},
            following=lambda state, given: _mode_next(modes[given[sel]], state, names, given),
        ),
        slips=slips(
            "X",
            ("wrong-shift-direction", "X", built(other)),
            ("modes-swapped", "X", built([*modes[:-2], modes[-1], modes[-2]])),
        ),
        module="universal_shift_register",
    )


def _drawn_modes(draw: Draw, count: int) -> list[str]:
    """Return modes by code: the first code holds; a register that cannot be loaded is no use."""
    if count == 4 and draw.chance(0.5):
        return ["hold", *draw.one_of(("right", "left", "load"), ("left", "right", "load"))]
    rest = [m for m in _MODES if m not in {"hold", "load"}]
    chosen = ["load", *draw.random.sample(rest, min(count - 2, len(rest)))]
    draw.random.shuffle(chosen)
    return ["hold", *chosen] if draw.chance(0.8) else [*chosen, "hold"]


def _delay_words(draw: Draw, cycles: int, width: int, names: tuple[str, str], only: str) -> Words:
    data, out = names
    clocks = f"enabled {times(cycles).split(' ', 1)[1]}" if only else ""
    many = f"{cycles} {clocks}" if only and cycles > 1 else times(cycles)
    return Words(
        title=f"delay line of {times(cycles)}",
        terse=draw.phrase(
            f"a delay line: {out} is {data} delayed by {many}{only}",
            f"{cycles} {'flip-flops' if width == 1 else f'{width}-bit registers'} in a row, from "
            f"{data} to {out}" + (f", advancing only{only}" if only else ""),
        ),
        plain=draw.phrase(
            f"Delay {data} by {many}. The delayed signal is {out}; it comes out of the last of "
            f"{cycles} registers in a row.",
            f"What comes in at {data} comes out at {out} {many} later, unchanged. Use a shift "
            f"register of {cycles} stages, each {width} bit{'s' if width > 1 else ''} wide.",
            f"{out} repeats {data} with a delay of {many}. The value sampled at one clock edge "
            f"appears at {out} after {cycles} edges in all, counting that one.",
            f"Put {cycles} registers of {width} bit{'s' if width > 1 else ''} behind one another. "
            f"The first takes {data}, each other takes what the one before it held, and {out} is "
            f"the last.",
            f"A pipeline without any logic in it: {data} goes through {cycles} stages of "
            f"flip-flops "
            f"and comes out at {out}.",
        )
        + (f" All stages move only{only}; otherwise they hold." if only else ""),
        points=(
            f"The circuit is a chain of {cycles} registers ({width} "
            f"bit{'s' if width > 1 else ''} each).",
            f"The first takes {data}, the others take the one before; {out} is the last.",
            *([f"They are updated only{only}."] if only else []),
        ),
        after_reset=draw.phrase("all stages are 0", f"every register, and so {out}, is 0"),
    )


def _delay(draw: Draw) -> Drawn:
    timing, cycles = draw.timing("sometimes"), draw.integer(2, 6)
    width = draw.one_of(1, 1, 4, 8, 8, 12, 16)
    data, out = draw.name("data"), draw.name("result", "delayed")
    enable = control(draw, "enable", often=0.3)
    only = f" {draw.phrase('when', 'while')} {enable.yes(draw)}" if enable else ""
    stages = [f"stage{i}" for i in range(1, cycles)]
    chain = [data, *stages, out]
    moves = [f"{b} <= {a};" for a, b in pairwise(chain)]
    clear = "\n".join(f"{s} <= {number(width, 0)};" for s in chain[1:])
    declared = f"reg {span(width)}{', '.join(stages)};\n\n"

    def built(lines: list[str]) -> str:
        return declared + timing.always(enable.guard("\n".join(lines)), clear)

    short = [m if m != moves[-1] else f"{out} <= {chain[-3]};" for m in moves]
    return Drawn(
        parameters={"cycles": cycles, "width": width, "enable": enable.name != ""},
        ports=(*inputs((data, width), *enable.ports), *outputs((out, width))),
        timing=timing,
        words=_delay_words(draw, cycles, width, (data, out), only),
        body=built(moves),
        registered=(out,),
        behavior=Clocked(
            reset=(0,) * cycles,
            power_up=(None,) * cycles,
            outputs=lambda state, _: {out: state[-1]},
            following=lambda s, g: (g[data], *s[:-1]) if enable.holds(g) else s,
        ),
        slips=slips(
            "X",
            ("blocking-for-non-blocking", "X", built([m.replace("<=", "=") for m in moves])),
            ("off-by-one", "X", built(short)),
        ),
        module="delay_line",
    )


FAMILIES = (
    Family(name="serial-in-shift-register", kind="shifters", draw=_serial_in, weight=1.3),
    Family(name="parallel-in-shift-register", kind="shifters", draw=_parallel_in),
    Family(name="universal-shift-register", kind="shifters", draw=_universal),
    Family(name="delay-line", kind="shifters", draw=_delay),
)
"""The families of this module."""
