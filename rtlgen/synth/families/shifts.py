"""Barrel shifters, rotators, fixed shifts and operations on one bit of a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    Coding,
    always,
    an,
    capital,
    design,
    mask,
    signed,
    width_of,
)


def _barrel(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 8, 16, 32)
    bits = width_of(width)
    kinds = draw.one_of(
        ("left",),
        ("right",),
        ("arithmetic",),
        ("rotate left",),
        ("rotate right",),
        ("left", "right"),
        ("rotate left", "rotate right"),
        ("right", "arithmetic"),
    )
    source, out = draw.name("in", "d", "a", "data"), draw.name("out", "q", "y", "result")
    amount = draw.name("shamt", "amt", "shift", "n")
    choose = draw.name("dir", "mode", "right", "sel") if len(kinds) > 1 else ""
    texts = [_shifted(kind, source, amount, width) for kind in kinds]
    expression = f"{choose} ? {texts[1]} : {texts[0]}" if choose else texts[0]
    body = f"assign {out} = {expression};"
    branches = always(f"if ({choose})\n    {out} = {texts[-1]};\nelse\n    {out} = {texts[0]};")
    staged = _stages(kinds[0], source, out, amount, width) if not choose else ""
    styles: list[Coding] = [(body, ()), (body, ()), (always(f"{out} = {expression};"), (out,))]
    styles += [(staged, ())] if staged else []
    if choose:
        styles[1:] = [(branches, (out,))]
    if kinds == ("right", "arithmetic"):
        styles = [(branches, (out,))]

    def model(given: Values) -> Outputs:
        kind = kinds[given[choose]] if choose else kinds[0]
        return {out: _shift(kind, given[source], given[amount], width)}

    slips = {
        "other-direction": f"assign {out} = {_shifted(_OPPOSITE[kinds[0]], source, amount, width)};"
    }
    if choose:
        slips["wrong-polarity"] = f"assign {out} = {choose} ? {texts[0]} : {texts[1]};"
    if "arithmetic" in kinds and choose:
        slips["sign-lost-in-conditional"] = body
    if kinds == ("arithmetic",):
        slips["unsigned-shift"] = f"assign {out} = {source} >>> {amount};"
    return design(
        module="barrel_shifter" if "rotate" not in kinds[0] else "rotator",
        parameters={"width": width, "kinds": " ".join(kinds)},
        ins=[(source, width), (amount, bits), *([(choose, 1)] if choose else [])],
        outs=[(out, width)],
        words=_barrel_words(draw, width, kinds, (source, amount, choose, out)),
        coding=draw.style(*styles),
        model=model,
        slips=slips,
        vectors=[{amount: i, source: 1 << (width - 1) | 5} for i in range(min(width, 8))],
    )


_OPPOSITE = {
    "left": "right",
    "right": "left",
    "arithmetic": "right",
    "rotate left": "rotate right",
    "rotate right": "rotate left",
}
_SHIFTS = {
    "left": "shifted left by {n} positions, with zeros entering on the right",
    "right": "shifted right by {n} positions, with zeros entering on the left",
    "arithmetic": "shifted right arithmetically by {n} positions, with copies of the sign bit "
    "entering on the left",
    "rotate left": "rotated left by {n} positions, with the bits that leave on the left "
    "entering on the right",
    "rotate right": "rotated right by {n} positions, with the bits that leave on the right "
    "entering on the left",
}


def _shifted(kind: str, source: str, amount: str, width: int) -> str:
    return {
        "left": f"{source} << {amount}",
        "right": f"{source} >> {amount}",
        "arithmetic": f"$signed({source}) >>> {amount}",
        "rotate left": f"({source} << {amount}) | ({source} >> ({width} - {amount}))",
        "rotate right": f"({source} >> {amount}) | ({source} << ({width} - {amount}))",
    }[kind]


def _shift(kind: str, value: int, amount: int, width: int) -> int:
    turn = amount % width
    results: dict[str, Callable[[], int]] = {
        "left": lambda: value << amount,
        "right": lambda: value >> amount,
        "arithmetic": lambda: signed(value, width) >> amount,
        "rotate left": lambda: value << turn | value >> (width - turn),
        "rotate right": lambda: value >> turn | value << (width - turn),
    }
    return results[kind]() & mask(width)


def _stages(kind: str, source: str, out: str, amount: str, width: int) -> str:
    """Return one multiplexer for each bit of the amount."""
    bits, lines, last = width_of(width), [], source
    for i in range(bits):
        step = 1 << i
        moved = {
            "left": f"{{{last}[{width - 1 - step}:0], {step}'b0}}",
            "right": f"{{{step}'b0, {last}[{width - 1}:{step}]}}",
            "arithmetic": f"{{{{{step}{{{source}[{width - 1}]}}}}, {last}[{width - 1}:{step}]}}",
            "rotate left": f"{{{last}[{width - 1 - step}:0], {last}[{width - 1}:{width - step}]}}",
            "rotate right": f"{{{last}[{step - 1}:0], {last}[{width - 1}:{step}]}}",
        }[kind]
        target = out if i == bits - 1 else f"s{i}"
        lines.append(f"assign {target} = {amount}[{i}] ? {moved} : {last};")
        last = target
    wires = ", ".join(f"s{i}" for i in range(bits - 1))
    return f"wire [{width - 1}:0] {wires};\n" + "\n".join(lines)


def _barrel_words(
    draw: Draw, width: int, kinds: Sequence[str], names: tuple[str, str, str, str]
) -> Words:
    source, amount, choose, out = names
    told = [f"{source} {_SHIFTS[kind].format(n=amount)}" for kind in kinds]
    rule = f"{out} is {told[0]}"
    if choose:
        rule = f"while {choose} is 0, {out} is {told[0]}; while {choose} is 1, {out} is {told[1]}"
    noun = f"{width}-bit " + ("rotator" if "rotate" in kinds[0] else "barrel shifter")
    return Words(
        title=noun,
        terse=f"{an(noun)}: {rule}",
        plain=draw.phrase(
            f"Build a combinational {noun}. {capital(rule)}.",
            f"The module moves the bits of {source} in one step, without a clock. {capital(rule)}.",
            f"{capital(rule)}. The amount {amount} goes from 0 to {width - 1}.",
        ),
        points=(
            tuple(f"{choose} = {i}: {out} is {t}." for i, t in enumerate(told))
            if choose
            else (f"{out} is {told[0]}.",)
        ),
    )


def _fixed_shift(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 32)
    kind = draw.one_of("left", "right", "arithmetic", "rotate left", "rotate right")
    step = draw.integer(1, min(width - 1, 7))
    source, out = draw.name("in", "d", "a", "x"), draw.name("out", "q", "y")
    top = width - 1
    moved = {
        "left": f"{{{source}[{top - step}:0], {step}'b0}}",
        "right": f"{{{step}'b0, {source}[{top}:{step}]}}",
        "arithmetic": f"{{{{{step}{{{source}[{top}]}}}}, {source}[{top}:{step}]}}",
        "rotate left": f"{{{source}[{top - step}:0], {source}[{top}:{width - step}]}}",
        "rotate right": f"{{{source}[{step - 1}:0], {source}[{top}:{step}]}}",
    }
    operator = {
        "left": f"{source} << {step}",
        "right": f"{source} >> {step}",
        "arithmetic": f"$signed({source}) >>> {step}",
    }.get(kind, moved[kind])
    told = _SHIFTS[kind].format(n=step).replace("by 1 positions", "by 1 position")
    power = {
        "left": f" This multiplies it by {1 << step}, modulo 2 to the power of {width}.",
        "right": f" This divides the unsigned number by {1 << step} and rounds down.",
    }.get(kind, "")
    power = draw.phrase("", power)
    return design(
        module="fixed_shift",
        parameters={"width": width, "kind": kind, "step": step},
        ins=[(source, width)],
        outs=[(out, width)],
        words=Words(
            title=f"{width}-bit fixed shift",
            terse=f"a circuit in which {out} is {source} {told}",
            plain=draw.phrase(
                f"{out} is {source} {told}.{power}",
                f"Shift by wiring only: {out} is the {width}-bit vector {source} {told}.{power}",
                f"Take the {width} bits of {source} and move them: {out} is {source} "
                f"{told}.{power}",
                f"{source} {told} gives {out}. No amount has to be selected, so wires are "
                f"enough.{power}",
            ),
            points=(f"{out} is {source} {told}.",),
        ),
        coding=draw.style(f"assign {out} = {moved[kind]};", f"assign {out} = {operator};"),
        model=lambda given: {out: _shift(kind, given[source], step, width)},
        slips={
            "other-direction": f"assign {out} = {moved[_OPPOSITE[kind]]};",
            "bits-lost": f"assign {out} = {moved['left' if 'left' in kind else 'right']};"
            if kind not in {"left", "right"}
            else "",
        },
        vectors=[{source: 1}, {source: 1 << top}, {source: mask(width)}],
    )


def _insert(draw: Draw) -> Drawn:
    """Replace a field of a word, or set, clear or toggle the bit at an index."""
    width = draw.one_of(8, 8, 16, 32)
    bits = width_of(width)
    source, out = draw.name("in", "a", "word", "reg_in"), draw.name("out", "y", "result")
    place = draw.name("index", "pos", "n", "bit_sel")
    kind = draw.one_of("set", "clear", "toggle", "write", "test")
    value = draw.name("value", "v", "b") if kind == "write" else ""
    one = f"({width}'d1 << {place})"
    expression = {
        "set": f"{source} | {one}",
        "clear": f"{source} & ~{one}",
        "toggle": f"{source} ^ {one}",
        "write": f"{value} ? {source} | {one} : {source} & ~{one}",
        "test": f"{source}[{place}]",
    }[kind]
    procedure = {"set": "1'b1", "clear": "1'b0", "toggle": f"~{source}[{place}]", "write": value}
    body = f"assign {out} = {expression};"
    styles: list[Coding] = [(body, ())]
    if kind != "test":
        styles.append((always(f"{out} = {source};\n{out}[{place}] = {procedure[kind]};"), (out,)))
    rule = {
        "set": f"{out} is {source} with bit number {place} set to 1",
        "clear": f"{out} is {source} with bit number {place} cleared to 0",
        "toggle": f"{out} is {source} with bit number {place} inverted",
        "write": f"{out} is {source} with bit number {place} replaced by {value}",
        "test": f"{out} is the bit of {source} whose number is {place}",
    }[kind]
    others = "" if kind == "test" else " All other bits stay as they are."

    def model(given: Values) -> Outputs:
        x, mark = given[source], 1 << given[place]
        results = {
            "set": x | mark,
            "clear": x & ~mark,
            "toggle": x ^ mark,
            "write": x | mark if value and given[value] else x & ~mark,
            "test": int(bool(x & mark)),
        }
        return {out: results[kind]}

    wrong = (
        body.replace(f"[{place}]", f"[~{place}]")
        if kind == "test"
        else body.replace("'d1 <<", "'d2 <<")
    )
    swaps = {
        "set": f"{source} & {one}",
        "clear": f"{source} & {one}",
        "toggle": f"{source} | {one}",
        "write": f"{source} | {one}",
        "test": f"|{source}",
    }
    return design(
        module=f"bit_{kind}",
        parameters={"width": width, "kind": kind},
        ins=[(source, width), (place, bits), *([(value, 1)] if value else [])],
        outs=[(out, 1 if kind == "test" else width)],
        words=Words(
            title=f"{kind} one bit of {an(f'{width}-bit word')}",
            terse=f"a circuit in which {rule}",
            plain=draw.phrase(
                f"{capital(rule)}.{others}",
                f"The number {place} points to a bit of {source}, 0 being the least significant "
                "one. "
                f"{capital(rule)}.{others}",
                f'Implement the bit instruction "{kind}": {rule}.{others}',
            ),
            points=(f"{capital(rule)}.", *([others.strip()] if others else [])),
        ),
        coding=draw.style(*styles),
        model=model,
        slips={"off-by-one": wrong, "wrong-operation": f"assign {out} = {swaps[kind]};"},
        vectors=[{place: i} for i in range(0, width, max(1, width // 8))],
    )


FAMILIES = (
    Family(name="barrel-shifter", kind="vectors", draw=_barrel, weight=1.3),
    Family(name="fixed-shift", kind="vectors", draw=_fixed_shift, weight=0.8),
    Family(name="bit-operation", kind="vectors", draw=_insert, weight=0.8),
)
"""The families of this module."""
