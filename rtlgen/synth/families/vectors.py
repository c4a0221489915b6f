"""Slices, concatenation, extension and replication of vectors."""

from __future__ import annotations

from itertools import pairwise

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    always,
    an,
    binary,
    capital,
    design,
    listed,
    mask,
    signed,
)

_HALVES = (("lo", "hi"), ("lower", "upper"), ("out_lo", "out_hi"), ("ls_part", "ms_part"))


def _slices(draw: Draw) -> Drawn:
    bitwise = draw.chance(0.2)
    width = draw.one_of(2, 4, 5, 6) if bitwise else draw.one_of(8, 16, 16, 32, 24, 12)
    source = draw.name("in", "d", "word", "instr", "data")
    count = width if bitwise else draw.integer(2, 4)
    cuts = sorted(draw.random.sample(range(1, width), count - 1))
    if not bitwise and draw.chance(0.4) and width % count == 0:
        cuts = [width // count * i for i in range(1, count)]
    bounds = [0, *cuts, width]
    pool: tuple[str, ...] = draw.one_of(
        ("lo", "mid", "hi", "top"),
        ("opcode", "rd", "rs", "imm"),
        ("f0", "f1", "f2", "f3"),
        ("w", "x", "y", "z"),
        ("field_a", "field_b", "field_c", "field_d"),
    )
    if bitwise:
        letter = draw.one_of("b", "bit", "o", "s", "line_")
        pool = tuple(f"{letter}{i}" for i in range(count))
    names = [f"{n}_o" if n == source else n for n in pool[:count]]
    if count == 2 and names[:2] == ["lo", "mid"]:
        names = list(draw.one_of(*_HALVES))
    ranges = [(low, high - 1) for low, high in pairwise(bounds)]
    whole = draw.name("copy_out", "full", "copy") if draw.chance(0.25) else ""
    places = [
        f"{source}[{high}:{low}]" if high > low else f"{source}[{low}]" for low, high in ranges
    ]
    lines = [f"assign {n} = {p};" for n, p in zip(names, places, strict=True)]
    lines += [f"assign {whole} = {source};"] if whole else []
    joined = f"assign {{{', '.join(reversed(names))}}} = {source};" + (
        f"\n{lines[-1]}" if whole else ""
    )
    body = "\n".join(lines)

    def model(given: Values) -> Outputs:
        found: dict[str, int | None] = {
            n: given[source] >> low & mask(high - low + 1)
            for n, (low, high) in zip(names, ranges, strict=True)
        }
        return found | ({whole: given[source]} if whole else {})

    told = [f"{n} is {p}" for n, p in zip(names, places, strict=True)]
    told += [f"{whole} is all of {source}"] if whole else []
    spoken = [
        f"{n} gets bit {low}" if low == high else f"{n} gets bits {high} down to {low}"
        for n, (low, high) in zip(names, ranges, strict=True)
    ]
    spoken += [f"{whole} gets the whole input"] if whole else []
    sizes = [high - low + 1 for low, high in ranges]
    if count == 2 and min(sizes) > 1 and draw.words.random() < 0.5:
        told[:2] = [
            f"{name} is the {side} {size} bits of {source}"
            for name, side, size in zip(names, ("lower", "upper"), sizes, strict=True)
        ]
    backwards = "\n".join(
        f"assign {n} = {p};" for n, p in zip(names, reversed(places), strict=True)
    )
    return design(
        module="split",
        parameters={"width": width, "cuts": str(cuts), "whole": int(bool(whole))},
        ins=[(source, width)],
        outs=[
            *((n, high - low + 1) for n, (low, high) in zip(names, ranges, strict=True)),
            *([(whole, width)] if whole else []),
        ],
        words=Words(
            title=f"splitter of {an(f'{width}-bit vector')}",
            terse=f"a circuit that takes {source} apart: {listed(told)}",
            plain=draw.phrase(
                f"Split the {width}-bit input {source} into its parts: {listed(spoken)}.",
                f"{source} is a word of several fields. Bring each field to an output of its own: "
                f"{listed(told)}.",
                f"Connect the outputs to parts of the vector {source}, without any logic: "
                f"{listed(told)}.",
            ),
            points=tuple(f"{t}." for t in told),
        ),
        coding=draw.style(body, body, joined),
        model=model,
        slips={"order-reversed": backwards + (f"\n{lines[-1]}" if whole else "")},
    )


def _concatenation(draw: Draw) -> Drawn:
    count = draw.integer(2, 6)
    widths = [draw.one_of(1, 2, 3, 4, 6, 8)] * count
    if draw.chance(0.4):
        widths = [draw.one_of(1, 2, 3, 4, 8) for _ in range(count)]
    pool = draw.one_of(("a", "b", "c", "d", "e", "f"), tuple(f"in{i}" for i in range(6)))
    ins = pool[:count]
    draw.take(*ins)
    tail_width = draw.one_of(0, 0, 1, 2, 3)
    tail = draw.integer(0, mask(tail_width)) if tail_width else 0
    total = sum(widths) + tail_width
    pieces = next((n for n in (4, 2, 3) if total % n == 0 and total > n), 1)
    pieces = pieces if draw.chance(0.6) else 1
    outs = (
        [draw.name("out", "y", "q", "word")] if pieces == 1 else list(("w", "x", "y", "z")[:pieces])
    )
    size = total // pieces
    parts = [*ins, *([binary(tail_width, tail)] if tail_width else [])]
    left = "{" + ", ".join(outs) + "}" if pieces > 1 else outs[0]
    body = f"assign {left} = {{{', '.join(parts)}}};"
    order = ", ".join([*ins[::-1], *parts[count:]])

    def model(given: Values) -> Outputs:
        whole = 0
        for name, width in zip(ins, widths, strict=True):
            whole = whole << width | given[name]
        whole = whole << tail_width | tail
        return {o: whole >> size * (pieces - 1 - i) & mask(size) for i, o in enumerate(outs)}

    end = ""
    if tail_width:
        end = (
            f" and, at the very end, the {tail_width} constant bit{'s' if tail_width > 1 else ''} "
            f"{tail:0{tail_width}b}"
        )
    first = f"{ins[0]} comes first, at the most significant end"
    cut = (
        f"The {total} bits are then divided into {pieces} parts of {size} bits: {listed(outs)}, "
        "in this "
        "order from the most significant end."
        if pieces > 1
        else ""
    )
    goal = outs[0] if pieces == 1 else f"{total} bits"
    return design(
        module="concatenate",
        parameters={"widths": str(widths), "tail": f"{tail_width}:{tail}", "pieces": pieces},
        ins=list(zip(ins, widths, strict=True)),
        outs=[(o, size) for o in outs],
        words=Words(
            title="concatenation of vectors",
            terse=f"the concatenation of {listed(ins)}{end} ({first})"
            + (
                f", cut into {listed(outs)} of {size} bits each" if pieces > 1 else f" on {outs[0]}"
            ),
            plain=draw.phrase(
                f"Join {listed(ins)}{end} into one vector of {goal}; {first}. {cut}",
                f"Put the input vectors side by side in the order {', '.join(ins)}{end}, "
                f"{ins[0]} being the most significant part, to form {goal}. {cut}",
                f"{'The concatenation' if pieces > 1 else outs[0] + ' is the concatenation'} of "
                f"{', '.join(ins)}{end}{' is formed' if pieces > 1 else ''}, {first}. {cut}",
            ).strip(),
            points=(
                f"The inputs {listed(ins)} are concatenated; {first}.",
                *(
                    [f"The lowest bits are the constant {tail:0{tail_width}b}."]
                    if tail_width
                    else []
                ),
                *([cut] if cut else [f"The result is {outs[0]}."]),
            ),
        ),
        coding=draw.style(
            (body, ()), (body, ()), (always(body.replace("assign ", "")), tuple(outs))
        ),
        model=model,
        slips={"order-reversed": f"assign {left} = {{{order}}};"},
    )


def _extension(draw: Draw) -> Drawn:
    narrow = draw.one_of(2, 3, 4, 5, 8, 8, 8, 12, 16)
    wide = draw.one_of(narrow + draw.integer(1, 8), 16 if narrow < 16 else 32, 32)
    kind = draw.one_of("sign", "sign", "sign", "zero", "both")
    source, out = draw.name("in", "a", "imm", "d", "x"), draw.name("out", "y", "ext", "q")
    choose = draw.name("is_signed", "sign_ext", "sx", "mode") if kind == "both" else ""
    more, top = wide - narrow, f"{source}[{narrow - 1}]"
    sign = f"{{{{{more}{{{top}}}}}, {source}}}"
    zero = f"{{{more}'b0, {source}}}"
    expression = {"sign": sign, "zero": zero, "both": f"{choose} ? {sign} : {zero}"}[kind]
    other = {
        "sign": f"{{{{{more}{{{top}}}}}, {source}[{narrow - 1}:0]}}",
        "zero": zero,
        "both": f"{{{{{more}{{{choose} & {top}}}}}, {source}}}",
    }[kind]

    def model(given: Values) -> Outputs:
        keeps_sign = kind == "sign" or (choose != "" and given[choose] == 1)
        value = signed(given[source], narrow) if keeps_sign else given[source]
        return {out: value & mask(wide)}

    rule = {
        "sign": draw.phrase(
            f"the sign bit {top} is copied into the {more} upper bit{'s' if more > 1 else ''} of "
            f"{out}",
            f"{out} has the same value as {source} in two's complement, with {wide} bits",
        ),
        "zero": f"the {more} upper bits of {out} are 0"
        if more > 1
        else f"the upper bit of {out} is 0",
        "both": f"if {choose} is 1, the sign bit of {source} is copied into all upper bits of "
        f"{out}; if {choose} is 0, the upper bits are 0",
    }[kind]
    noun = {"sign": "sign extension", "zero": "zero extension", "both": "sign or zero extension"}[
        kind
    ]
    slips = {
        "wrong-bit-replicated": f"assign {out} = {{{{{more}{{{source}[0]}}}}, {source}}};",
        "other-extension": f"assign {out} = {zero if kind == 'sign' else sign};",
    }
    if kind == "both":
        slips["wrong-polarity"] = f"assign {out} = {choose} ? {zero} : {sign};"
    return design(
        module=noun.replace(" ", "_"),
        parameters={"narrow": narrow, "wide": wide, "kind": kind},
        ins=[(source, narrow), *([(choose, 1)] if choose else [])],
        outs=[(out, wide)],
        words=Words(
            title=f"{noun} from {narrow} to {wide} bits",
            terse=f"a {noun} of the {narrow}-bit {source} to the {wide}-bit {out}: {rule}",
            plain=draw.phrase(
                f"Extend the {narrow}-bit number {source} to {wide} bits: {rule}. The lower "
                f"{narrow} bits "
                f"of {out} are {source} itself.",
                f"A {narrow}-bit value has to go onto a bus of {wide} bits. Perform {an(noun)}: "
                f"{rule}, "
                f"and the lower {narrow} bits equal {source}.".replace("A 8", "An 8").replace(
                    "A 11", "An 11"
                ),
                f"Do {an(noun)} of {source} ({narrow} bits) to {out} ({wide} bits). That means "
                f"that {rule}.",
            ),
            points=(
                f"The lower {narrow} bits of {out} are {source}.",
                f"{capital(rule)}.",
            ),
        ),
        coding=draw.style(
            (f"assign {out} = {expression};", ()),
            (f"assign {out} = {other};", ()),
            (always(f"{out} = {expression};"), (out,)),
        ),
        model=model,
        slips=slips,
        vectors=[{source: 1 << (narrow - 1)}, {source: mask(narrow)}, {source: 1}],
    )


def _replication(draw: Draw) -> Drawn:
    width = draw.one_of(1, 1, 2, 4, 8)
    times = draw.one_of(2, 3, 4, 5, 8, 16, 32) if width < 8 else draw.one_of(2, 3, 4)
    gated = width == 1 and draw.chance(0.5)
    source, out = draw.name("in", "a", "bit_in", "en"), draw.name("out", "y", "q", "spread")
    data = draw.name("d", "data", "bus") if gated else ""
    copies = f"{{{times}{{{source}}}}}"
    body = f"assign {out} = {copies} & {data};" if gated else f"assign {out} = {copies};"
    ternary = f"assign {out} = {source} ? {data} : {times}'b0;"
    listing = f"assign {out} = {{{', '.join([source] * times)}}};"
    rule = (
        f"{out} is {data} while {source} is 1 and 0 while {source} is 0"
        if gated
        else f"{out} consists of {times} copies of {source}, one beside the other"
    )
    size = times * width
    spread = "\n".join(
        f"assign {out}[{(i + 1) * times - 1}:{i * times}] = {{{times}{{{source}[{i}]}}}};"
        for i in range(width)
    )
    return design(
        module="gate_bus" if gated else "replicate",
        parameters={"width": width, "times": times, "gated": int(gated)},
        ins=[(source, width), *([(data, times)] if gated else [])],
        outs=[(out, size)],
        words=Words(
            title="gated bus" if gated else "replication",
            terse=f"a circuit in which {rule}",
            plain=draw.phrase(
                f"{capital(rule)}.",
                f"Build a bus of {size} bits. {capital(rule)}.",
                f"In this circuit {rule}. It has no memory.",
            ),
            points=(f"{capital(rule)}.",),
        ),
        coding=draw.style(body, body, ternary if gated else listing if times <= 8 else body),
        model=lambda given: {
            out: (given[data] if given[source] else 0)
            if gated
            else sum(given[source] << i * width for i in range(times))
        },
        slips={
            "not-spread": f"assign {out} = {source} & {data};"
            if gated
            else f"assign {out} = {source};",
            "each-bit-repeated": spread if width > 1 else "",
            "inverted": f"assign {out} = ~{copies} & {data};"
            if gated
            else f"assign {out} = ~{copies};",
        },
    )


FAMILIES = (
    Family(name="slices", kind="vectors", draw=_slices),
    Family(name="concatenation", kind="vectors", draw=_concatenation),
    Family(name="extension", kind="vectors", draw=_extension, weight=1.3),
    Family(name="replication", kind="vectors", draw=_replication, weight=0.8),
)
"""The families of this module."""
