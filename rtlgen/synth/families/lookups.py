"""Look-up tables: values by code, flags by code, small ROMs."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    always,
    binary,
    case,
    decimal,
    design,
    hexadecimal,
    listed,
    mask,
)


def _number(draw: Draw, width: int, value: int, base: str) -> str:
    if base == "hex":
        return hexadecimal(width, value)
    return binary(width, value) if base == "binary" else decimal(width, value)


def _spoken(base: str, width: int, value: int) -> str:
    if base == "hex":
        return f"0x{value:0{(width + 3) // 4}x}"
    return f"{value:0{width}b}" if base == "binary" else str(value)


def _lookup(draw: Draw) -> Drawn:
    bits, width = draw.one_of(2, 3, 3, 4), draw.one_of(2, 4, 4, 8, 8, 16)
    source, out = draw.name("in", "code", "key", "x", "a"), draw.name("out", "value", "y", "q")
    whole = draw.chance(0.4)
    count = 1 << bits if whole else draw.integer(2, (1 << bits) - 1)
    keys = sorted(draw.random.sample(range(1 << bits), count))
    values = [draw.integer(0, mask(width)) for _ in keys]
    rest = draw.one_of(0, 0, mask(width))
    base = draw.one_of("decimal", "hex", "binary") if width > 2 else "binary"
    rows = [
        (decimal(bits, k), f"{out} = {_number(draw, width, v, base)};")
        for k, v in zip(keys, values, strict=True)
    ]
    default = "" if whole else f"{out} = {_number(draw, width, rest, base)};"
    body = always(case(source, rows, default))
    chain = "".join(
        f"({source} == {label}) ? {text[len(out) + 3 : -1]} :\n    " for label, text in rows
    )
    ternary = f"assign {out} = {chain}{_number(draw, width, rest, base)};"
    shifted = [(label, rows[(i + 1) % count][1]) for i, (label, _) in enumerate(rows)]
    pairs = [f"{k} -> {_spoken(base, width, v)}" for k, v in zip(keys, values, strict=True)]
    sentence = listed(
        [f"{_spoken(base, width, v)} for {k}" for k, v in zip(keys, values, strict=True)]
    )
    other = "" if whole else f" For every other {source}, {out} is {_spoken(base, width, rest)}."
    note = {"hex": " (hexadecimal)", "binary": " (binary)", "decimal": ""}[base]
    as_table = draw.words.random() < 0.5

    def model(given: Values) -> Outputs:
        found = dict(zip(keys, values, strict=True))
        return {out: found.get(given[source], rest)}

    return design(
        module="lookup_table",
        parameters={"keys": str(keys), "values": str(values), "width": width, "rest": rest},
        ins=[(source, bits)],
        outs=[(out, width)],
        words=Words(
            title=f"look-up table with {count} entries",
            terse=f"a look-up table from {source} to {out}"
            + (
                f" as below, in {base}"
                if as_table and note
                else " as below"
                if as_table
                else f"{note}: {', '.join(pairs)}"
            )
            + other.rstrip("."),
            plain=draw.phrase(
                f"Translate {source} into {out}"
                + (
                    f" according to the list below{note}."
                    if as_table
                    else f": {out} is {sentence}{note}."
                )
                + other,
                f"A table has {count} entries{note}. "
                + (
                    "They are listed below as input -> output."
                    if as_table
                    else f"They are {', '.join(pairs)}, where the left side is {source} and the "
                    "right side "
                    f"{out}."
                )
                + other,
                f"{out} depends only on {source} and is found in a table{note}"
                + (", see below." if as_table else f": {sentence}.")
                + other,
            ),
            points=(
                *(
                    f"{source} = {k}: {out} = {_spoken(base, width, v)}{note}."
                    for k, v in zip(keys, values, strict=True)
                ),
                *([other.strip()] if other else []),
            ),
            fragment="\n".join(pairs) if as_table else "",
        ),
        coding=draw.style((body, (out,)), (body, (out,)), (ternary, ()))
        if not whole
        else (body, (out,)),
        model=model,
        slips={
            "entries-shifted": always(case(source, shifted, default)),
            "first-entry-missing": always(
                case(source, rows[1:], f"{out} = {decimal(width, rest)};")
            ),
            "wrong-default": ""
            if whole
            else ternary.rsplit("\n", 1)[0] + f"\n    {rows[0][1][len(out) + 3 : -1]};",
        },
    )


_SETS = (
    ("north", "south", "east", "west"),
    ("start", "stop", "pause", "resume"),
    ("load", "store", "add", "jump"),
    ("red", "green", "blue", "white"),
    ("play", "record", "rewind", "eject"),
    ("read", "write", "erase", "verify"),
    ("open", "close", "lock", "unlock"),
)


def _flags(draw: Draw) -> Drawn:
    """Each output is 1 for one code only."""
    width = draw.one_of(4, 8, 8, 16)
    names = draw.one_of(*_SETS)[: draw.integer(2, 4)]
    draw.take(*names)
    source = draw.name("code", "opcode", "key", "cmd")
    codes = draw.random.sample(range(1, mask(width)), len(names))
    zeros = "\n".join(f"{n} = 1'b0;" for n in names)
    rows = [(hexadecimal(width, c), f"{n} = 1'b1;") for n, c in zip(names, codes, strict=True)]
    body = always(f"{zeros}\n{case(source, rows, ';')}")
    compare = "\n".join(
        f"assign {n} = ({source} == {hexadecimal(width, c)});"
        for n, c in zip(names, codes, strict=True)
    )
    mixed = "\n".join(
        f"assign {n} = ({source} == {hexadecimal(width, c)});"
        for n, c in zip(names, [*codes[1:], codes[0]], strict=True)
    )
    inverted = compare.replace("==", "!=", 1)
    base = draw.words.choice(("hex", "hex", "verilog"))
    texts = [
        hexadecimal(width, c) if base == "verilog" else f"0x{c:0{(width + 3) // 4}x}" for c in codes
    ]
    told = [f"{n} for {t}" for n, t in zip(names, texts, strict=True)]
    columns = "\n".join(
        ["code    output", *(f"{t}  {n}" for n, t in zip(names, texts, strict=True))]
    )
    as_table = draw.words.random() < 0.35
    return design(
        module="code_flags",
        parameters={"width": width, "codes": str(codes)},
        ins=[(source, width)],
        outs=[(n, 1) for n in names],
        words=Words(
            title=f"recognizer of {NUMBERS[len(names)]} codes",
            terse=f"a decoder of {source} with one output for each known code"
            + (", as in the table below" if as_table else f" ({listed(told)})")
            + "; all outputs are 0 for other codes",
            plain=draw.phrase(
                f"The {width}-bit {source} tells what to do. Set the output that belongs to the "
                "code to 1 "
                f"and the others to 0: {'see the table.' if as_table else listed(told) + '.'} For "
                "a code "
                f"that is not listed, all outputs are 0.",
                f"Recognize {NUMBERS[len(names)]} values of {source}"
                + (", which the table lists" if as_table else f": {listed(told)}")
                + ". Exactly one output is 1 then, and none for any other value.",
                f"Each of the outputs {listed(names)} is 1 for one value of {source} only"
                + (" (table below)." if as_table else f": {listed(told)}.")
                + " Avoid latches: with unknown codes all of them are 0.",
                f"Map codes to actions: {'the table says which' if as_table else listed(told)}. "
                f"The output that matches {source} is 1, every other output is 0; for unknown "
                "codes all of them are 0.",
            ),
            points=(
                *(f"{n} is 1 if {source} is {t}." for n, t in zip(names, texts, strict=True)),
                "All other outputs are 0; for unknown codes, all outputs are 0.",
            ),
            fragment=columns if as_table else "",
        ),
        coding=draw.style((body, tuple(names)), (compare, ())),
        model=lambda given: {n: int(given[source] == c) for n, c in zip(names, codes, strict=True)},
        slips={"codes-mixed-up": mixed, "inverted": inverted},
        vectors=[{source: c} for c in codes for _ in range(2)],
    )


def _rom(draw: Draw) -> Drawn:
    bits = draw.one_of(2, 3, 3, 4)
    width = draw.one_of(4, 8, 8, 8, 16)
    address, out = draw.name("address"), draw.name("data", "dout", "rom_out", "rdata")
    enable = draw.name("enable") if draw.chance(0.3) else ""
    words_ = [draw.integer(0, mask(width)) for _ in range(1 << bits)]
    rows = [(decimal(bits, i), f"{out} = {hexadecimal(width, v)};") for i, v in enumerate(words_)]
    table = case(address, rows)
    inside = "\n".join("    " + line for line in table.splitlines())
    zero = f"{width}'h{0:0{(width + 3) // 4}x}"
    body = always(f"{out} = {zero};\nif ({enable})\n{inside}" if enable else table)
    back = [(label, rows[-1 - i][1]) for i, (label, _) in enumerate(rows)]
    wrong = case(address, back)
    late = case(address, [(label, rows[i - 1][1]) for i, (label, _) in enumerate(rows)])
    contents = ", ".join(f"{v:0{(width + 3) // 4}x}" for v in words_)
    lines = [f"{i}: {v:0{(width + 3) // 4}x}" for i, v in enumerate(words_)]
    as_table = draw.words.random() < 0.6
    off = f" While {enable} is 0, {out} is 0." if enable else ""

    def model(given: Values) -> Outputs:
        return {out: words_[given[address]] if not enable or given[enable] else 0}

    def wrapped(text: str) -> str:
        inner = "\n".join("    " + line for line in text.splitlines())
        return always(f"{out} = {zero};\nif ({enable})\n{inner}" if enable else text)

    return design(
        module="rom",
        parameters={"words": str(words_), "width": width, "enable": int(bool(enable))},
        ins=[(address, bits), *([(enable, 1)] if enable else [])],
        outs=[(out, width)],
        words=Words(
            title=f"{1 << bits} x {width} ROM",
            terse=f"a combinational ROM of {1 << bits} words of {width} bits"
            + (" with the contents below" if as_table else f", from address 0 on {contents}")
            + f" (hexadecimal){off[:-1].replace(' While', '; while')}",
            plain=draw.phrase(
                f"Build an asynchronous ROM of {1 << bits} words, {width} bits each. {out} is the "
                "word at "
                f"{address}. "
                + (
                    "The contents are listed below by address, in hexadecimal."
                    if as_table
                    else f"The contents, from address 0 on and in hexadecimal, are {contents}."
                )
                + off,
                f"{address} selects one of {1 << bits} constants for {out}; there is no clock. "
                + (
                    "They are given below (address: hexadecimal value)."
                    if as_table
                    else f"In hexadecimal they are {contents}, beginning at address 0."
                )
                + off,
            ),
            points=(
                f"{out} is the word at {address}.",
                "The contents are given below in hexadecimal."
                if as_table
                else f"The contents are {contents} (hexadecimal, address 0 first).",
                *([off.strip()] if off else []),
            ),
            fragment="\n".join(lines) if as_table else "",
        ),
        coding=(body, (out,)),
        model=model,
        slips={"contents-in-reverse": wrapped(wrong), "off-by-one-address": wrapped(late)},
        vectors=[{address: i} for i in range(1 << bits)],
    )


def _bands(draw: Draw) -> Drawn:
    """A grade or level by where a number lies, several limits, told in words or as a table."""
    width = draw.one_of(6, 7, 8, 8)
    value, out = (
        draw.name("score", "level", "load", "x"),
        draw.name("grade", "band", "speed", "step"),
    )
    count = draw.integer(2, 5)
    limits = sorted(draw.random.sample(range(2, mask(width) - 1), count), reverse=True)
    bits = count.bit_length()
    results = list(range(count, -1, -1)) if draw.chance(0.7) else list(range(count + 1))
    lines = [
        f"{'if' if i == 0 else 'else if'} ({value} >= {decimal(width, limit)})\n    "
        f"{out} = {decimal(bits, results[i])};"
        for i, limit in enumerate(limits)
    ]
    body = always("\n".join([*lines, f"else\n    {out} = {decimal(bits, results[-1])};"]))
    chain = "".join(
        f"({value} >= {decimal(width, limit)}) ? {decimal(bits, results[i])} :\n    "
        for i, limit in enumerate(limits)
    )
    ternary = f"assign {out} = {chain}{decimal(bits, results[-1])};"

    def model(given: Values) -> Outputs:
        place = next((i for i, limit in enumerate(limits) if given[value] >= limit), count)
        return {out: results[place]}

    told = [_band(limits, i, results[i]) for i in range(count + 1)]
    if draw.chance(0.5):
        told.reverse()
    return design(
        module="bands",
        parameters={"width": width, "limits": str(limits), "results": str(results)},
        ins=[(value, width)],
        outs=[(out, bits)],
        words=Words(
            title=f"classifier with {NUMBERS[count + 1]} bands",
            terse=f"a classifier of the unsigned {value}: {out} is {listed(told)}",
            plain=draw.phrase(
                f"Depending on the unsigned number {value}, {out} is {listed(told)}.",
                f"Sort {value} (unsigned) into bands. The number of the band, on {out}, is "
                f"{'; '.join(told)}.",
                f"Write a classifier for {value}, an unsigned number: {out} = {'; '.join(told)}.",
                f"{out} depends on where {value} lies. It is {listed(told)}. {value} is unsigned, "
                "and limits belong to the band they begin.",
            ),
            points=tuple(f"{out} is {t}." for t in told),
        ),
        coding=draw.style((body, (out,)), (body, (out,)), (ternary, ())),
        model=model,
        slips={
            "limit-off-by-one": ternary.replace(">=", ">"),
            "wrong-order-of-tests": always(
                "\n".join([*_reordered(lines), f"else\n    {out} = {decimal(bits, results[-1])};"])
            ),
        },
        vectors=[{value: v} for limit in limits for v in (limit - 1, limit, limit + 1)],
    )


def _reordered(lines: Sequence[str]) -> list[str]:
    back = [line.replace("else if", "if", 1) for line in reversed(lines)]
    return [back[0], *(f"else {line}" for line in back[1:])]


def _band(limits: Sequence[int], place: int, result: int) -> str:
    if place == 0:
        return f"{result} from {limits[0]} on"
    if place == len(limits):
        return f"{result} below {limits[-1]}"
    low, high = limits[place], limits[place - 1] - 1
    return f"{result} for {low}" if low == high else f"{result} from {low} to {high}"


FAMILIES = (
    Family(name="lookup", kind="tables", draw=_lookup),
    Family(name="code-flags", kind="tables", draw=_flags),
    Family(name="rom", kind="tables", draw=_rom),
    Family(name="bands", kind="tables", draw=_bands, weight=0.8),
)
"""The families of this module."""
