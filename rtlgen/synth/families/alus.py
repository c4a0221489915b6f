"""Arithmetic logic units with drawn operations and flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    always,
    an,
    binary,
    case,
    decimal,
    design,
    listed,
    mask,
    signed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    """What an ALU can do, with `{a}`, `{b}`, `{w}` in its texts."""

    name: str
    verilog: str
    told: str
    value: Callable[[int, int, int], int]


_OPERATIONS = (
    _Operation(name="ADD", verilog="{a} + {b}", told="{a} + {b}", value=lambda x, y, _: x + y),
    _Operation(name="SUB", verilog="{a} - {b}", told="{a} - {b}", value=lambda x, y, _: x - y),
    _Operation(
        name="AND", verilog="{a} & {b}", told="{a} AND {b}, bitwise", value=lambda x, y, _: x & y
    ),
    _Operation(
        name="OR", verilog="{a} | {b}", told="{a} OR {b}, bitwise", value=lambda x, y, _: x | y
    ),
    _Operation(
        name="XOR", verilog="{a} ^ {b}", told="{a} XOR {b}, bitwise", value=lambda x, y, _: x ^ y
    ),
    _Operation(
        name="NOR",
        verilog="~({a} | {b})",
        told="{a} NOR {b}, bitwise",
        value=lambda x, y, _: ~(x | y),
    ),
    _Operation(
        name="NAND",
        verilog="~({a} & {b})",
        told="{a} NAND {b}, bitwise",
        value=lambda x, y, _: ~(x & y),
    ),
    _Operation(
        name="XNOR",
        verilog="~({a} ^ {b})",
        told="{a} XNOR {b}, bitwise",
        value=lambda x, y, _: ~(x ^ y),
    ),
    _Operation(
        name="NOT", verilog="~{a}", told="the bitwise inverse of {a}", value=lambda x, y, _: ~x
    ),
    _Operation(name="PASS", verilog="{b}", told="{b} unchanged", value=lambda x, y, _: y),
    _Operation(
        name="SHL",
        verilog="{a} << 1",
        told="{a} shifted left by one, with a 0 from the right",
        value=lambda x, y, _: x << 1,
    ),
    _Operation(
        name="SHR",
        verilog="{a} >> 1",
        told="{a} shifted right by one, with a 0 from the left",
        value=lambda x, y, _: x >> 1,
    ),
    _Operation(name="INC", verilog="{a} + 1'b1", told="{a} + 1", value=lambda x, y, _: x + 1),
    _Operation(name="DEC", verilog="{a} - 1'b1", told="{a} - 1", value=lambda x, y, _: x - 1),
    _Operation(
        name="SLTU",
        verilog="({a} < {b}) ? {one} : {zero}",
        told="1 if {a} is less than {b} as unsigned numbers, else 0",
        value=lambda x, y, _: int(x < y),
    ),
    _Operation(
        name="SLT",
        verilog="($signed({a}) < $signed({b})) ? {one} : {zero}",
        told="1 if {a} is less than {b} as signed numbers, else 0",
        value=lambda x, y, w: int(signed(x, w) < signed(y, w)),
    ),
)
_FLAGS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "zero": (("zero", "z", "is_zero", "zero_flag"), "1 if the result is 0"),
    "negative": (("negative", "n_flag", "neg"), "the top bit of the result"),
    "equal": (("equal", "eq", "a_eq_b"), "1 if the two operands are equal"),
}


def _alu(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 32, 32)
    count = draw.one_of(2, 3, 4, 4, 5, 6, 8, 8)
    operations = draw.random.sample(_OPERATIONS, count)
    bits = max(1, (count - 1).bit_length())
    left, right = draw.name("left"), draw.name("right")
    code, out = (
        draw.name("op", "alu_op", "opcode", "sel", "ctrl"),
        draw.name("result", "y", "out", "alu_out"),
    )
    kinds = draw.random.sample(sorted(_FLAGS), draw.one_of(0, 0, 1, 1, 2))
    flags = {kind: draw.name(*_FLAGS[kind][0]) for kind in kinds}
    codes = list(range(count)) if draw.chance(0.7) else draw.random.sample(range(1 << bits), count)
    fill = {"a": left, "b": right, "one": decimal(width, 1), "zero": decimal(width, 0)}
    rows = [
        (binary(bits, c), f"{out} = {o.verilog.format(**fill)};")
        for c, o in zip(codes, operations, strict=True)
    ]
    default = f"{out} = {decimal(width, 0)};"
    conditions = {
        "zero": f"({out} == 0)",
        "negative": f"{out}[{width - 1}]",
        "equal": f"({left} == {right})",
    }
    tail = "".join(f"\nassign {flags[k]} = {conditions[k]};" for k in kinds)
    body = always(case(code, rows, default)) + tail
    inner = "".join(f"\n{flags[k]} = {conditions[k]};" for k in kinds)
    merged = always(case(code, rows, default) + inner)

    def model(given: Values) -> Outputs:
        x, y = given[left], given[right]
        value = 0
        if given[code] in codes:
            value = operations[codes.index(given[code])].value(x, y, width) & mask(width)
        found = {"zero": value == 0, "negative": bool(value >> (width - 1)), "equal": x == y}
        return {out: value, **{flags[k]: int(found[k]) for k in kinds}}

    mixed = [(rows[(i + 1) % count][0], text) for i, (_, text) in enumerate(rows)]
    swapped = body.replace(f"{left} - {right}", f"{right} - {left}")
    return design(
        module="alu",
        parameters={
            "width": width,
            "operations": " ".join(o.name for o in operations),
            "codes": str(codes),
            "flags": " ".join(kinds),
        },
        ins=[(left, width), (right, width), (code, bits)],
        outs=[(out, width), *((flags[k], 1) for k in kinds)],
        words=_alu_words(draw, operations, codes, (left, right, code, out), (width, bits, flags)),
        coding=draw.style((body, (out,)), (body, (out,)), (merged, (out, *flags.values()))),
        model=model,
        slips={
            "codes-mixed-up": always(case(code, mixed, default)) + tail,
            "operands-swapped": swapped if swapped != body else "",
            "last-operation-missing": always(case(code, rows[:-1], default)) + tail,
            "flag-inverted": body.replace(f"({out} == 0)", f"({out} != 0)")
            if "zero" in kinds
            else "",
        },
        vectors=[
            {code: c, left: x, right: y}
            for c in range(1 << bits)
            for x, y in ((0, 0), (mask(width), 1), (5, 5), (1, mask(width)))
        ],
    )


def _alu_words(
    draw: Draw,
    operations: Sequence[_Operation],
    codes: Sequence[int],
    names: tuple[str, str, str, str],
    more: tuple[int, int, Mapping[str, str]],
) -> Words:
    left, right, code, out = names
    width, bits, flags = more
    meanings = [o.told.format(a=left, b=right) for o in operations]
    as_table = draw.words.random() < 0.35
    lines = [
        f"{binary(bits, c)} {o.name}: {m}"
        for c, o, m in zip(codes, operations, meanings, strict=True)
    ]
    if not as_table:
        lines = [f"{code} = {c}: {m}" for c, m in zip(codes, meanings, strict=True)]
    rest = "" if len(codes) == 1 << bits else f" For all other codes {out} is 0."
    flags_told = "".join(f" {name} is {_FLAGS[kind][1]}." for kind, name in flags.items())
    note = f" Results are cut to {width} bits."
    table = "\n".join(lines)
    names_only = listed([o.name for o in operations])
    return Words(
        title=f"{width}-bit ALU with {NUMBERS[len(codes)]} operations",
        terse=f"{an(f'{width}-bit ALU')} whose operation on {left} and {right} the code {code} "
        "selects"
        + (", as listed below" if as_table else f" ({'; '.join(lines)})")
        + (rest + flags_told).rstrip("."),
        plain=draw.phrase(
            f"The ALU computes {out} from {left} and {right}; {code} selects what it does: "
            + ("see the list." if as_table else f"{'; '.join(lines)}.")
            + rest
            + note
            + flags_told,
            f"Build a small arithmetic logic unit for {width}-bit operands with the operations "
            f"{names_only}. "
            + (
                "The codes are listed below."
                if as_table
                else f"The output {out}: {'; '.join(lines)}."
            )
            + rest
            + note
            + flags_told,
        ),
        points=(
            *(
                f"{code} = {binary(bits, c)}: {out} is {m}."
                for c, m in zip(codes, meanings, strict=True)
            ),
            *([rest.strip()] if rest else []),
            *([flags_told.strip()] if flags else []),
        ),
        fragment=table if as_table else "",
    )


FAMILIES = (Family(name="alu", kind="arithmetic", draw=_alu, weight=1.5),)
"""The families of this module."""
