"""Sums that need more than plain addition: overflow, saturation, decimal digits."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    always,
    an,
    corners,
    design,
    mask,
    signed,
)


def _overflow(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 8, 16, 32)
    left, right, result = draw.name("left"), draw.name("right"), draw.name("sum")
    flag = draw.name("overflow", "ovf", "v", "ov")
    minus = draw.chance(0.35)
    top = width - 1
    operator, sign = ("-", "!=") if minus else ("+", "==")
    body = (
        f"assign {result} = {left} {operator} {right};\n"
        f"assign {flag} = ({left}[{top}] {sign} {right}[{top}]) && "
        f"({result}[{top}] != {left}[{top}]);"
    )
    with_positive, with_negative = ("~", "") if minus else ("", "~")
    gates = (
        f"assign {result} = {left} {operator} {right};\n"
        f"assign {flag} = ({left}[{top}] & {with_positive}{right}[{top}] & ~{result}[{top}]) | "
        f"(~{left}[{top}] & {with_negative}{right}[{top}] & {result}[{top}]);"
    )

    def model(given: Values) -> Outputs:
        x, y = signed(given[left], width), signed(given[right], width)
        value = x - y if minus else x + y
        limit = 1 << top
        return {result: value & mask(width), flag: int(not -limit <= value < limit)}

    what = f"{left} {operator} {right}"
    verb = "difference" if minus else "sum"
    return design(
        module="signed_" + ("subtractor" if minus else "adder"),
        parameters={"width": width, "minus": int(minus)},
        ins=[(left, width), (right, width)],
        outs=[(result, width), (flag, 1)],
        words=Words(
            title=f"{width}-bit signed {'subtractor' if minus else 'adder'} with overflow",
            terse=f"a signed {width}-bit {'subtractor' if minus else 'adder'} ({result} = {what}) "
            f"with the output {flag} for two's-complement overflow",
            plain=draw.phrase(
                f"{left} and {right} are two's-complement numbers of {width} bits. {result} is "
                f"{what}, cut to {width} bits, and {flag} is 1 if a signed overflow has occurred.",
                f"Compute {what} on signed {width}-bit numbers. When the true {verb} does not fit "
                f"into {width} bits in two's complement, {flag} is 1; otherwise it is 0. {result} "
                "always carries the lower bits of the result.",
                f"The {verb} {what} goes to {result}. {flag} tells whether it lies outside "
                f"{-(1 << top)} to {(1 << top) - 1}, the range of signed {width}-bit numbers.",
            ),
            points=(
                f"{left}, {right} and {result} are signed (two's complement), {width} bits wide.",
                f"{result} = {what}, without the carry.",
                f"{flag} = 1 if the exact {verb} cannot be represented in {width} bits.",
            ),
        ),
        coding=draw.style(body, body, gates),
        model=model,
        slips={
            "sign-comparison-inverted": body.replace(
                f" {sign} ", " != " if sign == "==" else " == ", 1
            ),
            "carry-for-overflow": f"assign {{{flag}, {result}}} = {left} {operator} {right};",
        },
        vectors=corners((left, width), (right, width)),
    )


def _saturating(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16)
    left, right, result = draw.name("left"), draw.name("right"), draw.name("sum")
    kind = draw.one_of("add", "add", "subtract", "signed")
    top = mask(width)
    high, low = (1 << (width - 1)) - 1, 1 << (width - 1)
    wide = f"wire [{width}:0] full;\nassign full = "
    if kind == "add":
        ones = f"{{{width}{{1'b1}}}}"
        body = f"{wide}{left} + {right};\n"
        body += f"assign {result} = full[{width}] ? {ones} : full[{width - 1}:0];"
        wrong = f"assign {result} = {left} + {right};"
        rule = f"{left} + {right}, but {top} if the sum is greater than {top}"
    elif kind == "subtract":
        body = f"assign {result} = ({left} > {right}) ? {left} - {right} : {width}'d0;"
        wrong = f"assign {result} = {left} - {right};"
        rule = f"{left} - {right}, but 0 if {right} is greater than {left}"
    else:
        body = (
            f"wire signed [{width}:0] full;\nassign full = $signed({left}) + $signed({right});\n"
            f"assign {result} = (full > {high}) ? {width}'d{high} :\n"
            f"    (full < -{low}) ? {width}'d{low} : full[{width - 1}:0];"
        )
        wrong = body.replace("$signed(", "(").replace("wire signed", "wire")
        rule = (
            f"the sum of the signed numbers {left} and {right}, limited to the range from "
            f"{-low} to {high}"
        )

    def model(given: Values) -> Outputs:
        x, y = given[left], given[right]
        if kind == "add":
            return {result: min(x + y, top)}
        if kind == "subtract":
            return {result: max(x - y, 0)}
        value = signed(x, width) + signed(y, width)
        return {result: max(-low, min(high, value)) & top}

    kind_words = {
        "add": "unsigned saturating adder",
        "subtract": "unsigned saturating subtractor",
        "signed": "signed saturating adder",
    }[kind]
    return design(
        module="saturating_" + kind,
        parameters={"width": width, "kind": kind},
        ins=[(left, width), (right, width)],
        outs=[(result, width)],
        words=Words(
            title=f"{width}-bit {kind_words}",
            terse=f"{an(f'{width}-bit {kind_words}')}: {result} is {rule}",
            plain=draw.phrase(
                f"The result must not wrap around: {result} is {rule}.",
                f"Build {an(f'{width}-bit {kind_words}')}. {result} is {rule}.",
                f"Where ordinary {width}-bit arithmetic would overflow, this unit sticks to the "
                "limit. "
                f"{result} is {rule}.",
            )
            + (" Numbers are in two's complement." if kind == "signed" else ""),
            points=(
                f"{result} is {rule}.",
                "Numbers are in two's complement." if kind == "signed" else "Numbers are unsigned.",
            ),
        ),
        coding=body,
        model=model,
        slips={"wraps-around": wrong},
        vectors=corners((left, width), (right, width)),
    )


def _bcd_adder(draw: Draw) -> Drawn:
    digits = draw.one_of(1, 1, 1, 2)
    left, right = draw.name("left"), draw.name("right")
    carry_in, total, carry = draw.name("carry in"), draw.name("sum"), draw.name("carry out")
    width = 4 * digits
    if digits == 1:
        body = (
            f"wire [4:0] t;\nassign t = {left} + {right} + {carry_in};\n"
            f"assign {carry} = (t > 5'd9);\nassign {total} = {carry} ? t[3:0] + 4'd6 : t[3:0];"
        )
        steps = "reg [4:0] t;\n" + always(
            f"t = {left} + {right} + {carry_in};\nif (t > 5'd9) begin\n"
            f"    {total} = t[3:0] + 4'd6;\n    {carry} = 1'b1;\nend else begin\n"
            f"    {total} = t[3:0];\n    {carry} = 1'b0;\nend"
        )
    else:
        body = (
            f"wire [4:0] t0, t1;\nwire c;\n"
            f"assign t0 = {left}[3:0] + {right}[3:0] + {carry_in};\nassign c = (t0 > 5'd9);\n"
            f"assign t1 = {left}[7:4] + {right}[7:4] + c;\nassign {carry} = (t1 > 5'd9);\n"
            f"assign {total}[3:0] = c ? t0[3:0] + 4'd6 : t0[3:0];\n"
            f"assign {total}[7:4] = {carry} ? t1[3:0] + 4'd6 : t1[3:0];"
        )
        steps = ""

    def decimal_of(value: int) -> int | None:
        found = [value >> 4 * i & 15 for i in range(digits)]
        return None if max(found) > 9 else sum(d * 10**i for i, d in enumerate(found))

    def model(given: Values) -> Outputs:
        x, y = decimal_of(given[left]), decimal_of(given[right])
        if x is None or y is None:
            return {total: None, carry: None}
        value = x + y + given[carry_in]
        low = value % 10**digits
        return {
            total: sum((low // 10**i % 10) << 4 * i for i in range(digits)),
            carry: value // 10**digits,
        }

    noun = "BCD digit" if digits == 1 else "two-digit BCD number"
    range_ = "0 to 9" if digits == 1 else "0 to 99"
    return design(
        module="bcd_adder",
        parameters={"digits": digits},
        ins=[(left, width), (right, width), (carry_in, 1)],
        outs=[(total, width), (carry, 1)],
        words=Words(
            title=f"BCD adder for {digits} digit{'s' if digits > 1 else ''}",
            terse=f"a decimal adder for {noun}s: {left} + {right} + {carry_in} as the {noun} "
            f"{total} "
            f"and the carry {carry}",
            plain=draw.phrase(
                f"Add two {noun}s and a carry-in {carry_in}. {total} is the {noun} of the result "
                "and "
                f"{carry} is 1 if the result is {10**digits} or more. The inputs are always valid "
                "BCD.",
                f"{left} and {right} each hold a {noun} ({range_}). Produce their decimal sum, "
                f"{carry_in} included, as the {noun} {total}, with {carry} as the decimal carry. "
                "Other input codes never occur.",
                "Binary addition is not enough here: whenever a digit's sum exceeds 9, add 6 to "
                "it "
                f"and carry 1. Inputs {left}, {right} (valid BCD) and {carry_in}, outputs {total} "
                f"and the carry {carry}.",
            ),
            points=(
                f"{left} and {right} are valid {noun}s.",
                f"{total} and {carry} are the decimal sum of {left}, {right} and {carry_in}.",
            ),
        ),
        coding=draw.style((body, ()), (body, ()), (steps, (total, carry))) if steps else (body, ()),
        model=model,
        slips={
            "off-by-one-limit": body.replace("> 5'd9", ">= 5'd9", 1),
            "no-correction": body.replace(" + 4'd6", ""),
        },
        vectors=[
            {left: x, right: y, carry_in: c}
            for c in (0, 1)
            for x in _valid(digits)
            for y in _valid(digits)[:: 1 + 2 * (digits - 1)]
        ],
    )


def _valid(digits: int) -> list[int]:
    if digits == 1:
        return list(range(10))
    return [0x00, 0x09, 0x10, 0x19, 0x45, 0x50, 0x55, 0x90, 0x99]


FAMILIES = (
    Family(name="signed-overflow", kind="arithmetic", draw=_overflow),
    Family(name="saturating", kind="arithmetic", draw=_saturating),
    Family(name="bcd-adder", kind="arithmetic", draw=_bcd_adder),
)
"""The families of this module."""
