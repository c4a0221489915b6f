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
        f"the one bit of {out} that {select} selects is {level}, the rest are {other}",
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
                f"{out} is the number of the single active line of {source}: i when only "
                f"{source}[i] is 1. All other patterns, zero included, give 0.{more}",
                f"Build {an(f'{count}-to-{bits} encoder')} for a one-hot code on {source}. "
                f"Anything that is not one-hot is encoded as 0.{more}",
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


FAMILIES = (
    Family(name="decoder", kind="encoders", draw=_decoder, weight=1.3),
    Family(name="encoder", kind="encoders", draw=_encoder, weight=0.7),
    Family(name="priority-encoder", kind="encoders", draw=_priority, weight=1.3),
)
"""The families of this module."""
