"""Positions of ones: lowest bit, leading count, one-hot check, thermometer code."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    always,
    binary,
    bit,
    capital,
    case,
    decimal,
    design,
    listed,
    mask,
)


def _isolate(draw: Draw) -> Drawn:
    width = draw.one_of(4, 4, 8, 8, 16, 32)
    source, out = draw.name("in", "req", "x", "a"), draw.name("out", "grant", "y", "onehot")
    kind = draw.one_of("lowest", "lowest", "clear", "below")
    expression = {
        "lowest": f"{source} & (~{source} + 1'b1)",
        "clear": f"{source} & ({source} - 1'b1)",
        "below": f"~{source} & ({source} - 1'b1)",
    }[kind]
    other = {
        "lowest": f"{source} & -{source}",
        "clear": f"{source} & ~(~{source} + 1'b1)",
        "below": f"({source} & -{source}) - 1'b1",
    }[kind]
    wrong = {
        "lowest": f"{source} & ({source} - 1'b1)",
        "clear": f"{source} & -{source}",
        "below": f"{source} & ~({source} - 1'b1)",
    }[kind]

    def model(given: Values) -> Outputs:
        x = given[source]
        where = next((i for i in range(width) if bit(x, i)), width)
        results = {"lowest": x & 1 << where, "clear": x & ~(1 << where), "below": mask(where)}
        return {out: results[kind] & mask(width)}

    rule = {
        "lowest": f"{out} keeps only the lowest 1 of {source}; all other bits are 0",
        "clear": f"{out} is {source} with its lowest 1 changed to 0",
        "below": f"{out} has ones below the lowest 1 of {source} and zeros elsewhere",
    }[kind]
    empty = {
        "lowest": f"If {source} is 0, so is {out}.",
        "clear": f"If {source} is 0, so is {out}.",
        "below": f"If {source} is 0, all bits of {out} are 1.",
    }[kind]
    use = {
        "lowest": "This is a fixed-priority arbiter: bit 0 wins over bit 1, and so on.",
        "clear": "It takes one request away from a list of requests.",
        "below": "The result is a mask of the trailing zeros.",
    }[kind]
    return design(
        module="isolate_lowest_bit" if kind == "lowest" else f"lowest_bit_{kind}",
        parameters={"width": width, "kind": kind},
        ins=[(source, width)],
        outs=[(out, width)],
        words=Words(
            title=f"{width}-bit "
            + {
                "lowest": "lowest-one isolator",
                "clear": "lowest-one clearer",
                "below": "trailing-zero mask",
            }[kind],
            terse=f"a circuit in which {rule} ({empty[0].lower()}{empty[1:-1]})",
            plain=draw.phrase(
                f"{capital(rule)}. {empty}",
                f"Look for the least significant bit of {source} that is 1. {capital(rule)}. "
                f"{empty}",
                f"{capital(rule)}. {use} {empty}",
            ),
            points=(f"{capital(rule)}.", empty),
        ),
        coding=draw.style(f"assign {out} = {expression};", f"assign {out} = {other};"),
        model=model,
        slips={"wrong-trick": f"assign {out} = {wrong};"},
        vectors=[{source: 0}, {source: 1}, {source: 1 << (width - 1)}, {source: 6}],
    )


def _leading(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 32, draw.integer(5, 24))
    leading = draw.chance(0.65)
    ones = draw.chance(0.15)
    bits = width.bit_length()
    source, out = draw.name("in", "x", "data", "a"), draw.name("count", "zeros", "lz", "n")
    target = 1 if ones else 0
    order = f"i = {width - 1}; i >= 0; i = i - 1" if leading else f"i = 0; i < {width}; i = i + 1"
    body = "integer i;\nreg found;\n" + always(
        f"{out} = {decimal(bits, 0)};\nfound = 1'b0;\nfor ({order})\n"
        f"    if ({'!' if ones else ''}{source}[i])\n        found = 1'b1;\n"
        f"    else if (!found)\n        {out} = {out} + 1'b1;"
    )
    labels = []
    for n in range(width):
        inside = (
            ("0" * n + "1" + "?" * (width - 1 - n))
            if leading
            else ("?" * (width - 1 - n) + "1" + "0" * n)
        )
        if ones:
            inside = inside.translate(str.maketrans("01", "10"))
        labels.append((f"{width}'b{inside}", f"{out} = {decimal(bits, n)};"))
    casez = always(case(source, labels, f"{out} = {decimal(bits, width)};", "casez"))

    def model(given: Values) -> Outputs:
        text = f"{given[source]:0{width}b}"
        text = text if leading else text[::-1]
        sign = str(target)
        return {out: len(text) - len(text.lstrip(sign))}

    digit = "ones" if ones else "zeros"
    side = "leading" if leading else "trailing"
    other = "0" if ones else "1"
    where = "most" if leading else "least"
    sample = f"{'1' if ones else '0'}" * 2 + other + "0" * (width - 3)
    sample = sample if leading else sample[::-1]
    example = draw.phrase("", f" For example, {width}'b{sample} gives 2.")
    rule = f"the number of {side} {digit} of {source}"
    return design(
        module=f"count_{side}_{digit}",
        parameters={"width": width, "leading": int(leading), "ones": int(ones)},
        ins=[(source, width)],
        outs=[(out, bits)],
        words=Words(
            title=f"{width}-bit {side}-{digit[:-1]} counter",
            terse=f"a circuit that gives {rule} on {out} ({width} if there is no {other} at all)",
            plain=draw.phrase(
                f"{out} is {rule}: how many consecutive {digit} there are from the {where} "
                "significant "
                f"bit on, before the first {other}. If all bits are {target}, it is "
                f"{width}.{example}",
                f"Count {side} {digit}. Starting at the {where} significant bit of {source}, "
                "count the "
                f"{digit} up to the first {other} and put the count on {out}; for an input without "
                f"any {other} the count is {width}.{example}",
            ),
            points=(
                f"{out} is {rule}.",
                f"If no bit of {source} is {other}, {out} is {width}.",
            ),
        ),
        coding=draw.style((casez, (out,)), (casez, (out,)), (body, (out,)))
        if width <= 16
        else (body, (out,)),
        model=model,
        slips={
            "wrong-end": always(
                case(
                    source,
                    [(_mirrored(a), b) for a, b in labels],
                    f"{out} = {decimal(bits, width)};",
                    "casez",
                )
            ),
            "none-gives-zero": always(
                case(source, labels, f"{out} = {decimal(bits, 0)};", "casez")
            ),
        },
        vectors=[
            {source: 0},
            {source: mask(width)},
            *({source: 1 << i} for i in range(width)),
            *({source: mask(width) ^ mask(i)} for i in range(width)),
        ],
    )


def _mirrored(label: str) -> str:
    head, _, pattern = label.partition("'b")
    return f"{head}'b{pattern[::-1]}"


def _one_hot(draw: Draw) -> Drawn:
    width = draw.one_of(3, 4, 4, 8, 8, 16)
    source = draw.name("in", "state", "x", "sel", "data")
    kinds = draw.one_of(
        ("onehot",), ("onehot",), ("onehot0",), ("none", "onehot", "many"), ("many",)
    )
    outs = {
        k: draw.name(*names)
        for k, names in {
            "onehot": ("onehot", "ok", "single", "valid"),
            "onehot0": ("onehot0", "ok", "legal"),
            "none": ("none", "zero", "idle"),
            "many": ("many", "error", "conflict"),
        }.items()
        if k in kinds
    }
    lower = f"({source} & ({source} - 1'b1))"
    conditions = {
        "onehot": f"({source} != 0) && ({lower} == 0)",
        "onehot0": f"{lower} == 0",
        "none": f"{source} == 0",
        "many": f"{lower} != 0",
    }
    counted = {"onehot": "n == 1", "onehot0": "n <= 1", "none": "n == 0", "many": "n > 1"}
    body = "\n".join(f"assign {outs[k]} = {conditions[k]};" for k in kinds)
    bits = width.bit_length()
    longer = (
        f"integer i;\nreg [{bits - 1}:0] n;\n"
        + always(
            f"n = {decimal(bits, 0)};\nfor (i = 0; i < {width}; i = i + 1)\n"
            f"    if ({source}[i])\n        n = n + 1'b1;"
        )
        + "".join(f"\nassign {outs[k]} = ({counted[k]});" for k in kinds)
    )
    tests = {
        "onehot": lambda c: c == 1,
        "onehot0": lambda c: c <= 1,
        "none": lambda c: c == 0,
        "many": lambda c: c > 1,
    }
    told = {
        "onehot": "exactly one bit of {x} is 1",
        "onehot0": "at most one bit of {x} is 1",
        "none": "no bit of {x} is 1",
        "many": "two or more bits of {x} are 1",
    }
    rules = [f"{outs[k]} is 1 if {told[k].format(x=source)}" for k in kinds]
    slips = {"counts-any": "\n".join(f"assign {outs[k]} = |{source};" for k in kinds)}
    if "onehot" in kinds:
        slips["zero-accepted"] = body.replace(f"({source} != 0) && ", "")
    return design(
        module="onehot_check",
        parameters={"width": width, "kinds": " ".join(kinds)},
        ins=[(source, width)],
        outs=[(outs[k], 1) for k in kinds],
        words=Words(
            title=f"{width}-bit one-hot check",
            terse=f"a check of {source}: {listed(rules)} (otherwise 0)",
            plain=draw.phrase(
                f"Count how many bits of {source} are 1. "
                f"{' '.join(capital(r) + ', otherwise 0.' for r in rules)}",
                f"Supervise the {width} lines of {source}. "
                f"{listed([capital(rules[0]), *rules[1:]])}; in all "
                f"other cases {'they are' if len(rules) > 1 else 'it is'} 0.",
                f"{source} should be one-hot or idle; report what it is. "
                f"{'. '.join(capital(r) for r in rules)}. An output is 0 when its condition does "
                "not hold.",
                f"From the number of ones in the {width}-bit vector {source}, derive: "
                f"{'; '.join(rules)}. Otherwise 0.",
            ),
            points=tuple(f"{capital(r)}, and 0 if not." for r in rules),
        ),
        coding=draw.style(body, body, longer) if width <= 8 else body,
        model=lambda given: {outs[k]: int(tests[k](given[source].bit_count())) for k in kinds},
        slips=slips,
        vectors=[{source: 0}, *({source: 1 << i} for i in range(width)), {source: 3}],
    )


def _thermometer(draw: Draw) -> Drawn:
    encode = draw.chance(0.5)
    bits = draw.one_of(2, 3, 3, 4)
    count = mask(bits)
    number, code = draw.name("n", "value", "level", "bin"), draw.name("therm", "t", "bar", "leds")
    codes = [mask(i) for i in range(count + 1)]
    if encode:
        rows = [(decimal(bits, i), f"{code} = {binary(count, c)};") for i, c in enumerate(codes)]
        cases = always(case(number, rows))
        back = [
            (a, f"{code} = {binary(count, int(f'{c:0{count}b}'[::-1], 2))};")
            for (a, _), c in zip(rows, codes, strict=True)
        ]
        ins, outs, target = [(number, bits)], [(code, count)], code
        wrong = always(case(number, back))
        off = f"assign {code} = ({count}'d1 << {number});"
    else:
        rows = [(binary(count, c), f"{number} = {decimal(bits, i)};") for i, c in enumerate(codes)]
        cases = always(case(code, rows, f"{number} = {bits}'bx;"))
        off_rows = [
            (a, f"{number} = {decimal(bits, max(0, i - 1))};") for i, (a, _) in enumerate(rows)
        ]
        ins, outs, target = [(code, count)], [(number, bits)], number
        wrong = always(case(code, off_rows, f"{number} = {bits}'d0;"))
        off = always(case(code, rows[:-1], f"{number} = {bits}'d0;"))

    def model(given: Values) -> Outputs:
        if encode:
            return {code: codes[given[number]]}
        known = given[code] in codes
        return {number: given[code].bit_count() if known else None}

    rule = (
        f"the lowest {number} bits of {code} are 1 and the others 0"
        if encode
        else f"{number} is the number of ones in {code}"
    )
    given_text = (
        f"{number} = 0 gives all zeros, {number} = 2 gives {binary(count, 3)}"
        if encode
        else f"{code} always consists of ones at the low end and zeros above, such as "
        f"{binary(count, 3)} for 2; other inputs never occur"
    )
    direction = "binary-to-thermometer" if encode else "thermometer-to-binary"
    return design(
        module=direction.replace("-", "_"),
        parameters={"bits": bits, "encode": int(encode)},
        ins=ins,
        outs=outs,
        words=Words(
            title=f"{direction} converter",
            terse=f"a {direction} converter: {rule} ({given_text})",
            plain=draw.phrase(
                f"Convert {'to' if encode else 'from'} a thermometer code: {rule}. "
                f"{capital(given_text)}.",
                f"A bar display lights its lamps from the bottom. {capital(rule)}. "
                f"{capital(given_text)}.",
                f"{capital(rule)}. In other words, {given_text}.",
                f"Write a {direction} decoder without a clock. {capital(given_text)}. In general, "
                f"{rule}.",
            ),
            points=(f"{capital(rule)}.", f"{capital(given_text)}."),
        ),
        coding=(cases, (target,)),
        model=model,
        slips={"off-by-one": off, "wrong-code": wrong},
        vectors=[{number: i} for i in range(count + 1)] if encode else [{code: c} for c in codes],
    )


FAMILIES = (
    Family(name="lowest-bit", kind="encoders", draw=_isolate, weight=0.7),
    Family(name="leading-count", kind="encoders", draw=_leading),
    Family(name="one-hot-check", kind="encoders", draw=_one_hot, weight=0.7),
    Family(name="thermometer-code", kind="encoders", draw=_thermometer, weight=0.5),
)
"""The families of this module."""
