"""Decoders, encoders, priority, leading zeros and one-hot checks."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    always,
    an,
    binary,
    bit,
    capital,
    case,
    decimal,
    design,
    listed,
    mask,
    width_of,
)


def _decoder(draw: Draw) -> Drawn:
    bits = draw.one_of(1, 2, 2, 3, 3, 3, 4)
    count = 1 << bits
    select, out = draw.name("in", "sel", "addr", "code", "a"), draw.name("out", "y", "d", "q")
    low_out = draw.chance(0.2)
    enabled = draw.chance(0.55)
    low_enable = enabled and draw.chance(0.35)
    enable = ""
    if enabled:
        enable = (
            draw.name("en_n", "g_n", "enable_n") if low_enable else draw.name("en", "enable", "g")
        )
    active = f"!{enable}" if low_enable else enable
    idle = mask(count) if low_out else 0
    one = f"{count}'d1"
    shifted = f"~({one} << {select})" if low_out else f"{one} << {select}"
    none = f"{{{count}{{1'b1}}}}" if low_out else f"{count}'b0"
    short = (
        f"assign {out} = {active} ? ({shifted}) : {none};"
        if enable
        else f"assign {out} = {shifted};"
    )
    codes = [1 << i ^ idle for i in range(count)]
    rows = [(binary(bits, i), f"{out} = {binary(count, code)};") for i, code in enumerate(codes)]
    table = case(select, rows)
    if enable:
        inner = "\n".join("    " + line for line in table.splitlines())
        table = f"{out} = {binary(count, idle)};\nif ({active})\n{inner}"
    cases = always(table)

    def model(given: Values) -> Outputs:
        on = not enable or given[enable] != low_enable
        return {out: (1 << given[select]) ^ idle if on else idle}

    reverse = always(table.replace(f"case ({select})", f"case (~{select})"))
    slips = {
        "reversed-order": reverse,
        "wrong-output-polarity": short.replace(f"= {active} ? ", f"= {active} ? ~")
        if enable and not low_out
        else "",
    }
    slips["enable-ignored"] = f"assign {out} = {shifted};" if enable else ""
    if enable:
        inverted = enable if low_enable else f"!{enable}"
        slips["wrong-enable-polarity"] = short.replace(f"= {active} ?", f"= {inverted} ?", 1)
    return design(
        module=f"decoder{bits}to{count}",
        parameters={
            "bits": bits,
            "enable": enable and ("low" if low_enable else "high"),
            "low": int(low_out),
        },
        ins=[(select, bits), *([(enable, 1)] if enable else [])],
        outs=[(out, count)],
        words=_decoder_words(draw, bits, (select, out, enable), low_enable, low_out),
        coding=draw.style((cases, (out,)), (short, ()), (short, ())),
        model=model,
        slips={k: v for k, v in slips.items() if v}
        | {"off-by-one": short.replace(f"<< {select}", f"<< ({select} + 1)")},
        vectors=[{select: i} for i in range(count)],
    )


def _decoder_words(
    draw: Draw, bits: int, names: tuple[str, str, str], low_enable: bool, low_out: bool
) -> Words:
    select, out, enable = names
    count = 1 << bits
    level, other = ("0", "1") if low_out else ("1", "0")
    state = "low" if low_enable else "high"
    noun = f"{bits}-to-{count} decoder"
    idle = f"all bits of {out} are {other}"
    rule = draw.phrase(
        f"bit number {select} of {out} is {level} and all other bits are {other}",
        f"{out}[i] is {level} exactly when {select} equals i",
        f"the one output bit that {select} selects is {level}, the rest are {other}",
    )
    when = (
        draw.phrase(
            f" This holds while {enable} is {int(not low_enable)}; while it is {int(low_enable)}, "
            f"{idle}.",
            f" {enable} is an active-{state} enable: without it, {idle}.",
        )
        if enable
        else ""
    )
    adjectives = " with active-low outputs" if low_out else ""
    return Words(
        title=noun + (" with enable" if enable else "") + adjectives,
        terse=f"{an(noun)}{adjectives}: {rule}"
        + (f"; {idle} unless the active-{state} enable {enable} is asserted" if enable else ""),
        plain=draw.phrase(
            f"Build {an(noun)}. {capital(rule)}.{when}",
            f"Decode the {bits}-bit number {select}: {rule}.{when}",
            f"{select} holds a number from 0 to {count - 1}. On {out}, {rule}.{when}",
        ),
        points=(f"{capital(rule)}.", *([when.strip()] if when else [])),
    )


def _encoder(draw: Draw) -> Drawn:
    bits = draw.one_of(2, 2, 3, 3, 4)
    count = 1 << bits
    source, out = draw.name("in", "d", "onehot", "lines"), draw.name("out", "y", "code", "bin")
    valid = draw.name("valid", "v", "any") if draw.chance(0.3) else ""
    rows = [(binary(count, 1 << i), f"{out} = {decimal(bits, i)};") for i in range(count)]
    tail = f"\n{valid} = |{source};" if valid else ""
    body = always(case(source, rows, f"{out} = {decimal(bits, 0)};") + tail)
    targets = (out, *([valid] if valid else []))
    rows_off = [
        (label, f"{out} = {decimal(bits, (i + 1) % count)};") for i, (label, _) in enumerate(rows)
    ]
    rows_back = [
        (label, f"{out} = {decimal(bits, count - 1 - i)};") for i, (label, _) in enumerate(rows)
    ]

    def model(given: Values) -> Outputs:
        value = given[source]
        single = value.bit_count() == 1
        code = value.bit_length() - 1 if single else 0
        return {out: code, **({valid: int(value != 0)} if valid else {})}

    more = f" {valid} is 1 if at least one bit of {source} is 1." if valid else ""
    return design(
        module=f"encoder{count}to{bits}",
        parameters={"bits": bits, "valid": int(bool(valid))},
        ins=[(source, count)],
        outs=[(out, bits), *([(valid, 1)] if valid else [])],
        words=Words(
            title=f"{count}-to-{bits} encoder",
            terse=f"{an(f'{count}-to-{bits} one-hot encoder')}: {out} is the position of the only "
            "1 in "
            f"{source}, and 0 if {source} is not one-hot"
            + (f"; {valid} tells that some bit is 1" if valid else ""),
            plain=draw.phrase(
                f"Convert the one-hot input {source} to binary. When exactly one bit of {source} "
                "is 1, "
                f"{out} is its index (bit 0 has index 0). For every other input {out} is 0.{more}",
                f"One of the {count} lines of {source} is normally active; give its number on "
                f"{out}. If "
                f"none or more than one is active, {out} is 0.{more}",
            ),
            points=(
                f"If only {source}[i] is 1, {out} is i.",
                f"If {source} has no 1 or several, {out} is 0.",
                *([more.strip()] if more else []),
            ),
        ),
        coding=(body, targets),
        model=model,
        slips={
            "off-by-one": always(case(source, rows_off, f"{out} = {decimal(bits, 0)};") + tail),
            "reversed-order": always(
                case(source, rows_back, f"{out} = {decimal(bits, 0)};") + tail
            ),
        },
        vectors=[{source: 1 << i} for i in range(count)] + [{source: 0}, {source: 3}],
    )


def _priority(draw: Draw) -> Drawn:
    count = draw.one_of(3, 4, 4, 8, 8, 16, draw.integer(3, 12))
    bits = width_of(count)
    highest = draw.chance(0.5)
    source = draw.name("in", "req", "d", "request", "irq")
    out = draw.name("pos", "out", "y", "index", "grant_id")
    valid = draw.name("valid", "v", "any", "found") if draw.chance(0.55) else ""
    order = list(range(count - 1, -1, -1)) if highest else list(range(count))
    rows = []
    for i in order:
        pattern = "?" * (count - 1 - i) + "1" + "0" * i
        if highest:
            pattern = "0" * (count - 1 - i) + "1" + "?" * i
        rows.append((f"{count}'b{pattern}", f"{out} = {decimal(bits, i)};"))
    zero = f"{out} = {decimal(bits, 0)};"
    tail = f"\n{valid} = |{source};" if valid else ""
    casez = always(case(source, rows, zero, "casez") + tail)
    steps = "\n".join(
        f"{'if' if k == 0 else 'else if'} ({source}[{i}])\n    {out} = {decimal(bits, i)};"
        for k, i in enumerate(order)
    )
    chain = always(f"{steps}\nelse\n    {zero}{tail}")
    wrong = "\n".join(
        f"{'if' if k == 0 else 'else if'} ({source}[{i}])\n    {out} = {decimal(bits, i)};"
        for k, i in enumerate(order[::-1])
    )
    targets = (out, *([valid] if valid else []))
    off = [
        (label, f"{out} = {decimal(bits, (i + 1) % (1 << bits))};")
        for (label, _), i in zip(rows, order, strict=True)
    ]

    def model(given: Values) -> Outputs:
        value = given[source]
        found = [i for i in order if bit(value, i)]
        return {out: found[0] if found else 0, **({valid: int(bool(found))} if valid else {})}

    return design(
        module="priority_encoder",
        parameters={"inputs": count, "highest": int(highest), "valid": int(bool(valid))},
        ins=[(source, count)],
        outs=[(out, bits), *([(valid, 1)] if valid else [])],
        words=_priority_words(draw, count, highest, (source, out, valid)),
        coding=draw.style((casez, targets), (chain, targets)),
        model=model,
        slips={
            "wrong-direction": always(f"{wrong}\nelse\n    {zero}{tail}"),
            "case-for-casez": always(case(source, rows, zero) + tail),
            "off-by-one": always(case(source, off, zero, "casez") + tail),
        },
        vectors=[
            {source: 0},
            *({source: 1 << i} for i in range(count)),
            *({source: 3 << i & mask(count)} for i in range(count)),
        ],
    )


def _priority_words(draw: Draw, count: int, highest: bool, names: tuple[str, str, str]) -> Words:
    source, out, valid = names
    which = "highest" if highest else "lowest"
    significant = "most" if highest else "least"
    example = 0b110
    answer = example.bit_length() - 1 if highest else 1
    sample = draw.phrase("", f" For example, {binary(count, example)} gives {answer}.")
    more = (
        draw.phrase(
            f" {valid} is 1 when any bit of {source} is 1 and 0 otherwise.",
            f" {valid} tells whether there is a 1 at all.",
        )
        if valid
        else ""
    )
    rule = draw.phrase(
        f"{out} is the index of the {which} bit of {source} that is 1, and 0 if no bit is 1",
        f"{out} gives the position of the {significant} significant 1 in {source}; with no 1 it "
        "is 0",
        f"bit {count - 1 if highest else 0} of {source} has the highest priority; {out} is the "
        "number of "
        f"the active bit with the highest priority, or 0 if {source} is all zeros",
    )
    if "highest priority" in rule:
        ends = (count - 1, 0) if highest else (0, count - 1)
        rule = rule.replace(
            "has the highest priority;", f"has the highest priority and bit {ends[1]} the lowest;"
        )
    noun = f"{count}-input priority encoder"
    return Words(
        title=noun,
        terse=f"{an(noun)}: {rule}" + (f"; {valid} is the OR of all bits" if valid else ""),
        plain=draw.phrase(
            f"Build {an(noun)}. {capital(rule)}.{sample}{more}",
            f"Several bits of {source} may be 1 at the same time. {capital(rule)}.{sample}{more}",
            f"{capital(rule)}. Bits are numbered from 0 at the right.{sample}{more}",
        ),
        points=(f"{capital(rule)}.", *([more.strip()] if more else [])),
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
            ),
            points=(f"{capital(rule)}.", f"{capital(given_text)}."),
        ),
        coding=(cases, (target,)),
        model=model,
        slips={"off-by-one": off, "wrong-code": wrong},
        vectors=[{number: i} for i in range(count + 1)] if encode else [{code: c} for c in codes],
    )


FAMILIES = (
    Family(name="decoder", kind="encoders", draw=_decoder, weight=1.3),
    Family(name="encoder", kind="encoders", draw=_encoder, weight=0.7),
    Family(name="priority-encoder", kind="encoders", draw=_priority, weight=1.3),
    Family(name="lowest-bit", kind="encoders", draw=_isolate, weight=0.7),
    Family(name="leading-count", kind="encoders", draw=_leading),
    Family(name="one-hot-check", kind="encoders", draw=_one_hot, weight=0.7),
    Family(name="thermometer-code", kind="encoders", draw=_thermometer, weight=0.5),
)
"""The families of this module."""
