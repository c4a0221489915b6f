"""Bits compared with each other: neighbors in a vector, all pairs of some signals."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    always,
    an,
    bit,
    capital,
    design,
    listed,
    mask,
    vectors_named,
)


def _neighbors(draw: Draw) -> Drawn:
    width = draw.one_of(4, 5, 8, 8, 16, 32, 48)
    source = draw.name("in", "d", "cells", "x")
    kinds = draw.random.sample(("and", "or", "xor"), draw.integer(1, 3))
    wraps = draw.chance(0.4)
    top = width - 1
    operator = {"and": "&", "or": "|", "xor": "^"}
    outs = [f"adj_{kind}" for kind in kinds]
    rotated = f"{{{source}[0], {source}[{top}:1]}}"
    size = width if wraps else top
    lines = [
        f"{o} = {source} {operator[k]} {rotated};"
        if wraps
        else f"{o} = {source}[{top - 1}:0] {operator[k]} {source}[{top}:1];"
        for o, k in zip(outs, kinds, strict=True)
    ]
    body = "\n".join(f"assign {line}" for line in lines)
    loop = "integer i;\n" + always(
        f"for (i = 0; i < {size}; i = i + 1) begin\n"
        + "\n".join(
            f"    {o}[i] = {source}[i] {operator[k]} "
            f"{source}[{f'(i + 1) % {width}' if wraps else 'i + 1'}];"
            for o, k in zip(outs, kinds, strict=True)
        )
        + "\nend"
    )
    functions = {"and": int.__and__, "or": int.__or__, "xor": int.__xor__}

    def model(given: Values) -> Outputs:
        x = given[source]
        return {
            o: sum(functions[k](bit(x, i), bit(x, (i + 1) % width)) << i for i in range(size))
            for o, k in zip(outs, kinds, strict=True)
        }

    verb = {"and": "both are 1", "or": "at least one of them is 1", "xor": "they differ"}
    told = [f"{o}[i] is 1 if {verb[k]}" for o, k in zip(outs, kinds, strict=True)]
    edge = (
        f"The vector is a ring: the neighbor of bit {top} is bit 0."
        if wraps
        else f"i goes from 0 to {top - 1}, since bit {top} has no neighbor at its left."
    )
    down = f"{{{source}[{top - 1}:0], {source}[{top}]}}"
    slips = {
        "and-or-exchanged": body.replace("&", "@").replace("|", "&").replace("@", "|")
        if set(kinds) != {"xor"}
        else body.replace("^", "|")
    }
    if wraps:
        slips["other-neighbor"] = body.replace(rotated, down)
    return design(
        module="neighbors",
        parameters={"width": width, "kinds": " ".join(kinds), "wraps": int(wraps)},
        ins=[(source, width)],
        outs=[(o, size) for o in outs],
        words=Words(
            title=f"comparison of neighboring bits of {an(f'{width}-bit vector')}",
            terse=f"a circuit that compares each bit {source}[i] with its left neighbor "
            f"{source}[i+1]: "
            f"{'; '.join(told)}. {edge}".rstrip("."),
            plain=draw.phrase(
                f"Compare every bit of {source} with its neighbor of the next higher index, that "
                "is, "
                f"{source}[i] with {source}[i+1]: {'; '.join(told)}. {edge}",
                f"For each pair of adjacent bits {source}[i] and {source}[i+1], {listed(told)}, "
                "and 0 "
                f"otherwise. {edge}",
                f"How do neighboring bits of the {width}-bit vector {source} relate? Take "
                f"{source}[i] and {source}[i+1]: {'; '.join(told)}; otherwise the bit is 0. {edge}",
                f"Every output bit i looks at two bits, {source}[i] and the one at its left, "
                f"{source}[i+1]. {'. '.join(told)}. {edge}",
            ),
            points=(
                f"Each bit {source}[i] is compared with {source}[i+1].",
                *(f"{t}, otherwise 0." for t in told),
                edge,
            ),
        ),
        coding=draw.style((body, ()), (body, ()), (loop, tuple(outs))),
        model=model,
        slips=slips,
        vectors=[{source: 1}, {source: 1 << top}, {source: 1 << top | 1}, {source: mask(width)}],
    )


def _pairwise(draw: Draw) -> Drawn:
    count = draw.one_of(3, 3, 4, 6)
    ins = vectors_named(draw, count)
    size = count * count
    out = draw.name("out", "eq", "same", "y")
    equal = draw.chance(0.75)
    operator = "~^" if equal else "^"
    first = ", ".join(f"{{{count}{{{x}}}}}" for x in ins)
    backwards = ", ".join(f"{{{count}{{{x}}}}}" for x in ins[::-1])
    second = f"{{{count}{{{', '.join(ins)}}}}}"
    not_ = "~" if equal else ""
    body = f"assign {out} = {not_}{{{first}}} ^ {second};"
    lines = "\n".join(
        f"assign {out}[{size - 1 - (count * i + j)}] = {ins[i]} {operator} {ins[j]};"
        for i in range(count)
        for j in range(count)
    )
    sample = [(0, 0), (0, 1), (count - 1, count - 1)]
    relation = "equal" if equal else "different"
    examples = [
        f"{out}[{size - 1 - (count * i + j)}] compares {ins[i]} with {ins[j]}" for i, j in sample
    ]

    def model(given: Values) -> Outputs:
        value = 0
        for x in ins:
            for y in ins:
                value = value << 1 | int((given[x] == given[y]) == equal)
        return {out: value}

    rule = (
        f"every one of {listed(ins)} is compared with every one, itself included; the bit of "
        f"{out} is 1 if "
        f"the two are {relation}"
    )
    order = (
        f"The comparisons stand from the top bit down in the order {ins[0]} with {listed(ins)}, "
        "then "
        f"{ins[1]} with {listed(ins)}, and so on: {listed(examples)}"
    )
    return design(
        module="pairwise_compare",
        parameters={"count": count, "equal": int(equal)},
        ins=[(x, 1) for x in ins],
        outs=[(out, size)],
        words=Words(
            title=f"pairwise comparison of {NUMBERS[count]} bits",
            terse=f"a circuit in which {rule}. {order}",
            plain=draw.phrase(
                f"Compute all {size} pairwise comparisons of {NUMBERS[count]} one-bit signals: "
                f"{rule}. "
                f"{order}.",
                f"In this circuit {rule}. {order}.",
                f"{order}. In general, {rule}.",
                f"Build the comparison matrix of the signals {listed(ins)}: {rule}. {order}.",
            ),
            points=(f"{capital(rule)}.", f"{order}."),
        ),
        coding=draw.style(body, body, lines) if count <= 4 else body,
        model=model,
        slips={
            "inverted": f"assign {out} = {'' if equal else '~'}{{{first}}} ^ {second};",
            "order-reversed": f"assign {out} = {not_}{{{backwards}}} ^ {second};",
        },
    )


FAMILIES = (
    Family(name="neighbors", kind="vectors", draw=_neighbors),
    Family(name="pairwise", kind="vectors", draw=_pairwise, weight=0.4),
)
"""The families of this module."""
