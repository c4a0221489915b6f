"""Multipliers, dividers and small arithmetic units."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    Coding,
    always,
    binary,
    capital,
    corners,
    decimal,
    design,
    listed,
    mask,
    signed,
    vectors_named,
)


def _multiplier(draw: Draw) -> Drawn:
    width = draw.one_of(2, 3, 4, 4, 8, 8, 16)
    is_signed = width > 2 and draw.chance(0.3)
    left, right = draw.name("left"), draw.name("right")
    out = draw.name("p", "product", "out", "prod", "result")
    size = 2 * width
    first, second = (f"$signed({left})", f"$signed({right})") if is_signed else (left, right)
    body = f"assign {out} = {first} * {second};"
    rows = [f"({{{size}{{{right}[{i}]}}}} & ({{{width}'b0, {left}}} << {i}))" for i in range(width)]
    shifts = f"assign {out} = {' +'.join(['', *rows]).lstrip(' +')};".replace(" +(", " +\n    (")
    loop = "integer i;\n" + always(
        f"{out} = {size}'d0;\nfor (i = 0; i < {width}; i = i + 1)\n"
        f"    if ({right}[i])\n        {out} = {out} + ({{{width}'b0, {left}}} << i);"
    )

    def model(given: Values) -> Outputs:
        x, y = given[left], given[right]
        if is_signed:
            x, y = signed(x, width), signed(y, width)
        return {out: x * y & mask(size)}

    numbers = "signed (two's complement)" if is_signed else "unsigned"
    styles: list[Coding] = [(body, ()), (body, ())]
    if not is_signed:
        styles += [(loop, (out,))] + ([(shifts, ())] if width <= 4 else [])
    short = f"assign {out} = {left} * {right};" if is_signed else ""
    return design(
        module="multiplier",
        parameters={"width": width, "signed": int(is_signed)},
        ins=[(left, width), (right, width)],
        outs=[(out, size)],
        words=Words(
            title=f"{width}x{width} {'signed ' if is_signed else ''}multiplier",
            terse=f"a combinational {'signed' if is_signed else 'unsigned'} {width}-bit "
            "multiplier: "
            f"{out} = {left} * {right} with all {size} bits",
            plain=draw.phrase(
                f"Multiply the {numbers} {width}-bit numbers {left} and {right}. The product "
                f"{out} has "
                f"{size} bits.",
                f"{out} is the full {size}-bit product of {left} and {right}, which are {numbers}.",
                f"Build an array multiplier: two {numbers} factors of {width} bits go in, their "
                "product "
                f"of {size} bits comes out on {out}.",
            ),
            points=(
                f"{left} and {right} are {numbers}.",
                f"{out} = {left} * {right}, {size} bits.",
            ),
        ),
        coding=draw.style(*styles),
        model=model,
        slips={
            "signedness-lost": short,
            "product-cut": f"wire [{width - 1}:0] low;\nassign low = {left} * {right};\n"
            f"assign {out} = {{{width}'b0, low}};",
            "last-partial-product-missing": loop.replace(f"i < {width}", f"i < {width - 1}")
            if not is_signed
            else "",
        },
        vectors=corners((left, width), (right, width)),
    )


def _constant_product(draw: Draw) -> Drawn:
    width = draw.one_of(4, 6, 8, 8, 12)
    factor = draw.one_of(3, 5, 6, 7, 9, 10, 12, 15, 17, 100)
    plus = draw.one_of(0, 0, 0, draw.integer(1, 15))
    size = (mask(width) * factor + plus).bit_length()
    source, out = draw.name("in", "x", "a", "n"), draw.name("out", "y", "p", "result")
    end = f" + {decimal(size, plus)}" if plus else ""
    body = f"assign {out} = {source} * {decimal(size, factor)}{end};"
    powers = [i for i in range(factor.bit_length()) if factor >> i & 1]
    wide = f"{{{size - width}'b0, {source}}}"
    terms = " + ".join(f"({wide} << {i})" if i else wide for i in reversed(powers))
    shifts = f"assign {out} = {terms}{end};"
    wrong = f"assign {out} = {source} * {decimal(size, factor - 1)}{end};"
    told = f"{factor} times {source}" + (f" plus {plus}" if plus else "")
    return design(
        module=f"times_{factor}",
        parameters={"width": width, "factor": factor, "plus": plus},
        ins=[(source, width)],
        outs=[(out, size)],
        words=Words(
            title=f"multiplication by {factor}" + (f" plus {plus}" if plus else ""),
            terse=f"a circuit in which {out} is {told} (unsigned)",
            plain=draw.phrase(
                f"{out} is {told}, for the unsigned {width}-bit number {source}. {out} is wide "
                "enough "
                f"for the largest result.",
                f"Multiply the unsigned input {source} by the constant {factor}"
                + (f" and add {plus}" if plus else "")
                + f"; the {size}-bit result goes to {out}.",
                f"Compute {factor} * {source}{f' + {plus}' if plus else ''} without a clock.",
                f"Scale {source} (unsigned): {out} = {factor} x "
                f"{source}{f' + {plus}' if plus else ''}.",
            ),
            points=(f"{out} = {factor} * {source}{f' + {plus}' if plus else ''}, unsigned.",),
        ),
        coding=draw.style(body, body, shifts),
        model=lambda given: {out: given[source] * factor + plus},
        slips={
            "wrong-factor": wrong,
            "missing-term": f"assign {out} = ({wide} << {powers[-1]}){end};",
        },
        vectors=corners((source, width)),
    )


def _negate(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 32)
    kind = draw.one_of("absolute", "absolute", "negate", "conditional", "sign-magnitude")
    source, out = draw.name("in", "a", "x", "data"), draw.name("out", "y", "result")
    choose = draw.name("neg", "invert", "minus") if kind == "conditional" else ""
    flag = (
        draw.name("sign", "was_negative", "is_neg")
        if kind == "absolute" and draw.chance(0.35)
        else ""
    )
    top = f"{source}[{width - 1}]"
    body = {
        "absolute": f"assign {out} = {top} ? -{source} : {source};",
        "negate": f"assign {out} = -{source};",
        "conditional": f"assign {out} = {choose} ? -{source} : {source};",
        "sign-magnitude": f"assign {out} = {top} ? {{1'b1, -{source}[{width - 2}:0]}} : {source};",
    }[kind]
    other = body.replace(f"-{source}", f"(~{source} + 1'b1)")
    if kind == "sign-magnitude":
        low = f"{source}[{width - 2}:0]"
        other = f"assign {out} = {{{top}, {top} ? (~{low} + 1'b1) : {low}}};"
    extra = f"\nassign {flag} = {top};" if flag else ""
    edge = 1 << (width - 1)

    def model(given: Values) -> Outputs:
        x = given[source]
        value = signed(x, width)
        if kind == "sign-magnitude":
            return {out: edge | (-value & (edge - 1)) if value < 0 else x}
        negated = {"absolute": value < 0, "negate": True}.get(kind, bool(choose and given[choose]))
        found = -value & mask(width) if negated else x
        return {out: found, **({flag: int(value < 0)} if flag else {})}

    rule = {
        "absolute": f"{out} is the absolute value of the signed number {source}",
        "negate": f"{out} is the two's complement (the negative) of {source}",
        "conditional": f"{out} is -{source} while {choose} is 1 and {source} itself while "
        f"{choose} is 0",
        "sign-magnitude": f"{out} is {source} converted from two's complement to sign and "
        "magnitude, the "
        f"sign in the top bit",
    }[kind]
    corner = {
        "absolute": f" The most negative number {-edge} gives {binary(width, edge)}.",
        "negate": f" The most negative number {-edge} stays as it is.",
        "conditional": "",
        "sign-magnitude": f" The input {-edge}, which has no counterpart, gives "
        f"{binary(width, edge)}.",
    }[kind]
    corner += f" {flag} is 1 if {source} is negative." if flag else ""
    return design(
        module=kind.replace("-", "_"),
        parameters={"width": width, "kind": kind, "flag": int(bool(flag))},
        ins=[(source, width), *([(choose, 1)] if choose else [])],
        outs=[(out, width), *([(flag, 1)] if flag else [])],
        words=Words(
            title=f"{width}-bit "
            + {
                "absolute": "absolute value",
                "negate": "negation",
                "conditional": "conditional negation",
                "sign-magnitude": "sign-magnitude converter",
            }[kind],
            terse=f"a circuit in which {rule}"
            + (f", with {flag} = 1 for negative inputs" if flag else ""),
            plain=draw.phrase(
                f"{source} is a number in two's complement. {capital(rule)}.{corner}",
                f"{capital(rule)}. Numbers have {width} bits in two's complement.{corner}",
                f"For the {width}-bit two's-complement input {source}, {rule}.{corner}",
                f"Change the sign where needed: {rule}. All arithmetic is two's "
                f"complement.{corner}",
            ),
            points=(f"{capital(rule)}.", *([corner.strip()] if corner else [])),
        ),
        coding=draw.style(body + extra, body + extra, other + extra),
        model=model,
        slips={
            "one's-complement": body.replace(f"-{source}", f"~{source}") + extra,
            "wrong-condition": body.replace("? -", "? +")
            .replace("? +" + source, f"? {source}")
            .replace(f": {source};", f": -{source};")
            + extra,
        },
        vectors=corners((source, width)),
    )


def _increment(draw: Draw) -> Drawn:
    width = draw.one_of(3, 4, 4, 8, 16)
    step = draw.one_of(1, 1, 1, -1, -1, 2, 3)
    limit = draw.one_of("wrap", "wrap", "saturate", "carry")
    source, out = draw.name("in", "a", "x", "pc"), draw.name("out", "y", "next", "q")
    flag = draw.name("carry out") if limit == "carry" else ""
    amount = abs(step)
    sign = "+" if step > 0 else "-"
    constant = "1'b1" if amount == 1 else decimal(width, amount)
    end = mask(width) if step > 0 else 0
    moved = f"{source} {sign} {constant}"
    near = end - step + (1 if step > 0 else -1)
    if limit == "wrap":
        body = f"assign {out} = {source} {sign} {constant};"
    elif limit == "carry":
        body = f"assign {{{flag}, {out}}} = {source} {sign} {constant};"
    elif amount == 1:
        body = f"assign {out} = ({source} == {decimal(width, end)}) ? {source} : {moved};"
    else:
        last = decimal(width, end)
        body = f"assign {out} = ({source} >= {decimal(width, near)}) ? {last} : {moved};"

    def model(given: Values) -> Outputs:
        value = given[source] + step
        outside = not 0 <= value <= mask(width)
        if limit == "saturate" and outside:
            return {out: end}
        return {out: value & mask(width), **({flag: int(outside)} if flag else {})}

    verb = draw.phrase("plus", "increased by") if step > 0 else draw.phrase("minus", "decreased by")
    edge = {
        "wrap": f"Beyond {end} it starts again at the other end, as {width} bits do.",
        "carry": f"{flag} is 1 if the result does not fit "
        f"(a {'carry' if step > 0 else 'borrow'}); {out} then wraps around.",
        "saturate": f"It never goes beyond {end}: a result that would, becomes {end}.",
    }[limit]
    return design(
        module="incrementer" if step > 0 else "decrementer",
        parameters={"width": width, "step": step, "limit": limit},
        ins=[(source, width)],
        outs=[(out, width), *([(flag, 1)] if flag else [])],
        words=Words(
            title=f"{width}-bit {'incrementer' if step > 0 else 'decrementer'}",
            terse=f"a circuit in which {out} is the unsigned {source} {verb} {amount}. {edge}"[:-1],
            plain=draw.phrase(
                f"{out} is {source} {verb} {amount}. {edge}",
                f"Without a clock, compute the number that follows: {out} is {source} {verb} "
                f"{amount} "
                f"(unsigned). {edge}",
                f"Take the unsigned number {source}, change it by {step:+d} and give the result "
                f"on {out}. {edge}",
                f"{out} always shows {source} {sign} {amount}. {edge}",
            ),
            points=(f"{out} = {source} {sign} {amount}.", edge),
        ),
        coding=body,
        model=model,
        slips={
            "wrong-direction": body.replace(
                f"{source} {sign}", f"{source} {'-' if sign == '+' else '+'}"
            ),
            "wraps-around": f"assign {out} = {source} {sign} {constant};"
            if limit == "saturate"
            else "",
        },
        vectors=[{source: v} for v in (0, 1, 2, 3, mask(width), mask(width) - 1, mask(width) - 2)],
    )


def _total(draw: Draw) -> Drawn:
    count = draw.one_of(3, 3, 4, 4, 5)
    width = draw.one_of(2, 4, 8, 8, 12)
    mean = count == 4 and draw.chance(0.4)
    ins = vectors_named(draw, count)
    size = (mask(width) * count).bit_length()
    out = draw.name("avg", "mean", "out") if mean else draw.name("sum")
    grow = size - width
    terms = [f"{{{grow}'b0, {x}}}" for x in ins]
    plus = " + ".join(terms)
    body = (
        f"wire [{size - 1}:0] all;\nassign all = {plus};\nassign {out} = all[{size - 1}:2];"
        if mean
        else f"assign {out} = {plus};"
    )
    tree = f"assign {out} = ({' + '.join(terms[:2])}) + ({' + '.join(terms[2:])});"

    def model(given: Values) -> Outputs:
        value = sum(given[x] for x in ins)
        return {out: value // 4 if mean else value}

    what = f"the average of {listed(ins)}, rounded down" if mean else f"the sum of {listed(ins)}"
    return design(
        module="average" if mean else "sum_of_inputs",
        parameters={"count": count, "width": width, "mean": int(mean)},
        ins=[(x, width) for x in ins],
        outs=[(out, width if mean else size)],
        words=Words(
            title=f"{'average' if mean else 'sum'} of {NUMBERS[count]} numbers",
            terse=f"a circuit in which {out} is {what} (all unsigned)",
            plain=draw.phrase(
                f"{out} is {what}. The inputs are unsigned numbers of {width} bits; intermediate "
                "results "
                "must not overflow.",
                f"Add up the {NUMBERS[count]} unsigned inputs {listed(ins)}"
                + (
                    " and divide by 4, dropping the remainder"
                    if mean
                    else " without losing a carry"
                )
                + f"; the result is {out}.",
                f"What is {what}? Put it on {out}. The {NUMBERS[count]} inputs are unsigned, "
                f"{width} bits each, and no carry may be lost on the way.",
                f"Compute {what} combinationally as {out}, with unsigned arithmetic that is wide "
                "enough.",
            ),
            points=(f"{out} is {what}.", "All numbers are unsigned and nothing overflows."),
        ),
        coding=draw.style(body, body, body if mean else tree),
        model=model,
        slips={
            "input-forgotten": body.replace(f" + {terms[-1]}", ""),
            "carry-lost": f"wire [{width - 1}:0] low;\nassign low = {' + '.join(ins)};\n"
            f"assign {out} = " + ("low >> 2;" if mean else f"{{{grow}'b0, low}};"),
        },
        vectors=[dict.fromkeys(ins, mask(width)), dict.fromkeys(ins, 0), dict.fromkeys(ins, 1)],
    )


def _division(draw: Draw) -> Drawn:
    width = draw.one_of(4, 4, 6, 8, 8)
    divisor = draw.one_of(3, 5, 6, 7, 10, 10, 4, 8, 0)
    left = draw.name("in", "n", "x", "value", "dividend")
    right = draw.name("d", "divisor", "by") if divisor == 0 else ""
    quotient, rest = (
        draw.name("quo", "quotient", "tens", "div"),
        draw.name("rem", "remainder", "ones", "mod"),
    )
    by = right or decimal(width, divisor)
    body = f"assign {quotient} = {left} / {by};\nassign {rest} = {left} % {by};"
    if right:
        ones = f"{{{width}{{1'b1}}}}"
        body = (
            f"assign {quotient} = ({right} == 0) ? {ones} : {left} / {right};\n"
            f"assign {rest} = ({right} == 0) ? {left} : {left} % {right};"
        )
    other = body.split("\n", maxsplit=1)[0] + f"\nassign {rest} = {left} - {quotient} * {by};"

    def model(given: Values) -> Outputs:
        amount = given[right] if right else divisor
        if amount == 0:
            return {quotient: mask(width), rest: given[left]}
        return {quotient: given[left] // amount, rest: given[left] % amount}

    special = f" If {right} is 0, {quotient} is all ones and {rest} is {left}." if right else ""
    what = right or str(divisor)
    swapped = (
        body.replace(f"assign {quotient}", "assign @")
        .replace(f"assign {rest}", f"assign {quotient}")
        .replace("assign @", f"assign {rest}")
    )
    return design(
        module="divider",
        parameters={"width": width, "divisor": divisor},
        ins=[(left, width), *([(right, width)] if right else [])],
        outs=[(quotient, width), (rest, width)],
        words=Words(
            title=f"division by {what}",
            terse=f"a circuit that divides the unsigned {left} by {what} and gives the quotient "
            f"{quotient} "
            f"and the remainder {rest}"
            + (f" (by zero: {quotient} all ones, {rest} = {left})" if right else ""),
            plain=draw.phrase(
                f"Divide the unsigned {width}-bit number {left} by {what}: {quotient} is the "
                "quotient, "
                f"rounded down, and {rest} the remainder.{special}",
                f"{quotient} says how many times {what} goes into {left}, {rest} what is left "
                "over. All "
                f"numbers are unsigned.{special}",
                f"Compute {left} / {what} and {left} % {what} for unsigned {width}-bit numbers; "
                f"the first goes to {quotient} and the second to {rest}.{special}",
                f"Split {left} into {quotient} and {rest} so that {left} = {what} * {quotient} + "
                f"{rest} with {rest} less than {what}. Everything is unsigned.{special}",
            ),
            points=(
                f"{quotient} = {left} / {what}, rounded down.",
                f"{rest} = {left} modulo {what}.",
                *([special.strip()] if special else []),
            ),
        ),
        coding=draw.style(body, body, other if not right else body),
        model=model,
        slips={"outputs-swapped": swapped},
        vectors=[{left: v} for v in (0, 1, 9, mask(width))]
        + ([{right: 0}, {right: 1}] if right else []),
    )


FAMILIES = (
    Family(name="multiplier", kind="arithmetic", draw=_multiplier),
    Family(name="multiply-by-constant", kind="arithmetic", draw=_constant_product, weight=0.8),
    Family(name="negation", kind="arithmetic", draw=_negate),
    Family(name="incrementer", kind="arithmetic", draw=_increment, weight=0.8),
    Family(name="sum-of-several", kind="arithmetic", draw=_total, weight=0.8),
    Family(name="division", kind="arithmetic", draw=_division, weight=0.6),
)
"""The families of this module."""
