"""Comparisons, minima and maxima, limits and ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    always,
    an,
    capital,
    corners,
    design,
    listed,
    mask,
    read,
    signed,
    vectors_named,
)

_WIDTHS = (1, 2, 2, 3, 4, 4, 8, 8, 16, 32)
_RELATIONS: Mapping[str, tuple[str, str, Callable[[int, int], bool]]] = {
    "eq": ("==", "equal to", int.__eq__),
    "ne": ("!=", "not equal to", int.__ne__),
    "gt": (">", "greater than", int.__gt__),
    "lt": ("<", "less than", int.__lt__),
    "ge": (">=", "greater than or equal to", int.__ge__),
    "le": ("<=", "less than or equal to", int.__le__),
}
_NAMES = {
    "eq": ("eq", "equal", "a_eq_b"),
    "ne": ("ne", "differ", "not_equal"),
    "gt": ("gt", "greater", "larger"),
    "lt": ("lt", "less", "smaller"),
    "ge": ("ge", "at_least", "not_less"),
    "le": ("le", "at_most", "not_greater"),
}


def _comparator(draw: Draw) -> Drawn:
    width = draw.one_of(*_WIDTHS)
    is_signed = width > 1 and draw.chance(0.3)
    left, right = draw.name("left"), draw.name("right")
    chosen = draw.one_of(
        ("gt", "eq", "lt"),
        ("gt", "eq", "lt"),
        ("eq",),
        ("gt",),
        ("lt", "eq", "gt"),
        ("ge", "le"),
        ("eq", "ne"),
        ("lt",),
        ("ge",),
        ("le", "gt", "eq", "ne"),
    )
    style = draw.integer(0, 1)
    more = ("z", "out", "y", "result") if len(chosen) == 1 else ()
    outs = [draw.name(_NAMES[kind][style], *_NAMES[kind], *more) for kind in chosen]
    first, second = read(left, is_signed), read(right, is_signed)
    texts = [f"({first} {_RELATIONS[kind][0]} {second})" for kind in chosen]
    lines = [f"{out} = {text};" for out, text in zip(outs, texts, strict=True)]
    body = "\n".join(f"assign {line}" for line in lines)
    branches = _branches(chosen, outs, first, second)

    def model(given: Values) -> Outputs:
        x, y = given[left], given[right]
        if is_signed:
            x, y = signed(x, width), signed(y, width)
        return {out: int(_RELATIONS[k][2](x, y)) for out, k in zip(outs, chosen, strict=True)}

    kind_text = "signed (two's complement)" if is_signed else "unsigned"
    told = [
        draw.phrase(
            f"{out} is 1 if {left} is {_RELATIONS[k][1]} {right}",
            f"{out} tells that {left} {_RELATIONS[k][0]} {right}",
        )
        for out, k in zip(outs, chosen, strict=True)
    ]
    slips = {
        "operands-swapped": _exchanged(body, first, second),
        "signedness-wrong": body.replace(first, left).replace(second, right)
        if is_signed
        else (
            body.replace(f"({left} ", f"($signed({left}) ").replace(
                f" {right})", f" $signed({right}))"
            )
            if width > 1
            else ""
        ),
        "or-equal-exchanged": body.replace(">=", "@")
        .replace("<=", "#")
        .replace(" > ", " >= ")
        .replace(" < ", " <= ")
        .replace("@", ">")
        .replace("#", "<"),
    }
    return design(
        module="comparator",
        parameters={"width": width, "signed": int(is_signed), "outputs": " ".join(chosen)},
        ins=[(left, width), (right, width)],
        outs=[(out, 1) for out in outs],
        words=Words(
            title=f"{width}-bit {'signed ' if is_signed else ''}comparator",
            terse=f"a comparator of two {'signed' if is_signed else 'unsigned'} {width}-bit "
            "numbers: "
            f"{listed(told)}; otherwise {'they are' if len(outs) > 1 else 'it is'} 0",
            plain=draw.phrase(
                f"Compare the {kind_text} numbers {left} and {right}. {capital(told[0])}, "
                f"otherwise 0. " + " ".join(f"{capital(t)}, otherwise 0." for t in told[1:]),
                f"{left} and {right} are {kind_text}, {width} bit{'s' if width > 1 else ''} each. "
                f"{listed([capital(told[0]), *told[1:]])}. "
                f"When its condition does not hold, an output is 0.",
                f"Build {an(f'{width}-bit magnitude comparator')} for {kind_text} values. "
                + " ".join(f"{capital(t)} and 0 if not." for t in told),
            ).strip(),
            points=(
                f"{left} and {right} are {kind_text} numbers.",
                *(f"{capital(t)}, and 0 if not." for t in told),
            ),
        ),
        coding=draw.style(
            (body, ()),
            (body, ()),
            (always("\n".join(lines)), tuple(outs)),
            *([(branches, tuple(outs))] if branches else []),
        ),
        model=model,
        slips=slips,
        vectors=[
            *corners((left, width), (right, width)),
            *({left: v & mask(width), right: v & mask(width)} for v in (3, 5, 10)),
        ],
    )


def _exchanged(body: str, first: str, second: str) -> str:
    return (
        body.replace(f"({first} ", "(@ ")
        .replace(f" {second})", f" {first})")
        .replace("(@ ", f"({second} ")
    )


def _branches(chosen: Sequence[str], outs: Sequence[str], first: str, second: str) -> str:
    if set(chosen) != {"gt", "eq", "lt"}:
        return ""
    name = dict(zip(chosen, outs, strict=True))
    zeros = "\n".join(f"{out} = 1'b0;" for out in outs)
    return always(
        f"{zeros}\nif ({first} > {second})\n    {name['gt']} = 1'b1;\n"
        f"else if ({first} == {second})\n    {name['eq']} = 1'b1;\n"
        f"else\n    {name['lt']} = 1'b1;"
    )


def _extreme(draw: Draw) -> Drawn:
    count = draw.one_of(2, 2, 3, 4, 4)
    width = draw.one_of(4, 8, 8, 16, 32, draw.integer(2, 24))
    least = draw.chance(0.5)
    is_signed = draw.chance(0.25)
    ins = vectors_named(draw, count)
    out = draw.name("min" if least else "max", "out", "y", "result")
    sign = "<" if least else ">"
    best = min if least else max

    def compare(x: str, y: str) -> str:
        return f"({read(x, is_signed)} {sign} {read(y, is_signed)}) ? {x} : {y}"

    wires, lines, previous = [], [], ins[0]
    for i, name in enumerate(ins[1:], start=1):
        target = out if i == count - 1 else f"m{i}"
        wires += [] if target == out else [target]
        lines.append(f"assign {target} = {compare(previous, name)};")
        previous = target
    declared = f"wire [{width - 1}:0] {', '.join(wires)};\n" if wires else ""
    body = declared + "\n".join(lines)
    tests = "\n".join(
        f"if ({read(name, is_signed)} {sign} {read(out, is_signed)}) {out} = {name};"
        for name in ins[1:]
    )
    loop = always(f"{out} = {ins[0]};\n{tests}")

    def model(given: Values) -> Outputs:
        def key(x: int) -> int:
            return signed(x, width) if is_signed else x

        return {out: best((given[n] for n in ins), key=key)}

    word, kind_text = ("minimum", "smallest") if least else ("maximum", "largest")
    numbers = "signed (two's complement)" if is_signed else "unsigned"
    return design(
        module=f"{word}_of_{count}",
        parameters={"count": count, "width": width, "least": int(least), "signed": int(is_signed)},
        ins=[(name, width) for name in ins],
        outs=[(out, width)],
        words=Words(
            title=f"{word} of {NUMBERS[count]} {width}-bit numbers",
            terse=f"the {word} of the {numbers} {width}-bit numbers {listed(ins)} on {out}",
            plain=draw.phrase(
                f"Given {NUMBERS[count]} {numbers} numbers {listed(ins)}, find the {word} and put "
                "it "
                f"on {out}.",
                f"{out} is always equal to the {kind_text} of {listed(ins)}. All of them are "
                f"{numbers}.",
                f"Compare {listed(ins)} as {numbers} numbers and pass the {kind_text} one on to "
                f"{out}.",
            ),
            points=(
                f"{listed(ins)} are {numbers} numbers of {width} bits.",
                f"{out} is the {kind_text} of them.",
            ),
        ),
        coding=draw.style((body, ()), (body, ()), (loop, (out,))),
        model=model,
        slips={
            "wrong-direction": body.replace(f" {sign} ", " > " if least else " < "),
            "signedness-wrong": body.replace("$signed", "") if is_signed else "",
            "first-ignored": loop.replace(f"{out} = {ins[0]};", f"{out} = {ins[1]};"),
        },
        vectors=[dict(zip(ins, row, strict=True)) for row in _near(width, count)],
    )


def _near(width: int, count: int) -> list[list[int]]:
    edge = 1 << (width - 1)
    row = [edge, edge - 1, 0, mask(width)]
    return [[row[(i + k) % 4] for i in range(count)] for k in range(4)]


def _median(draw: Draw) -> Drawn:
    width = draw.one_of(1, 4, 8, 8, 16)
    ins = vectors_named(draw, 3)
    a, b, c = ins
    out = draw.name("median", "mid", "out", "y")
    body = (
        f"assign {out} = ({a} > {b}) ?\n"
        f"    (({b} > {c}) ? {b} : (({a} > {c}) ? {c} : {a})) :\n"
        f"    (({a} > {c}) ? {a} : (({b} > {c}) ? {c} : {b}));"
    )
    steps = always(
        f"if (({a} >= {b} && {a} <= {c}) || ({a} <= {b} && {a} >= {c}))\n    {out} = {a};\n"
        f"else if (({b} >= {a} && {b} <= {c}) || ({b} <= {a} && {b} >= {c}))\n    {out} = {b};\n"
        f"else\n    {out} = {c};"
    )
    return design(
        module="median_of_3",
        parameters={"width": width},
        ins=[(name, width) for name in ins],
        outs=[(out, width)],
        words=Words(
            title=f"median of three {width}-bit numbers",
            terse=f"the median of the unsigned numbers {listed(ins)} on {out}",
            plain=draw.phrase(
                f"Sort {listed(ins)} in your mind: the one in the middle goes to {out}. They are "
                "unsigned.",
                f"{out} is the median of three unsigned {width}-bit numbers {listed(ins)}, "
                "neither the "
                "largest nor the smallest (with equal numbers, the value that would stand in the "
                "middle after sorting).",
                f"For noise removal, output the middle value of {listed(ins)} (unsigned) as {out}.",
            ),
            points=(
                f"{listed(ins)} are unsigned.",
                f"{out} is the second of them in order of size.",
            ),
        ),
        coding=draw.style((steps, (out,)), (body, ())),
        model=lambda given: {out: sorted(given[n] for n in ins)[1]},
        slips={
            "comparison-inverted": body.replace(f"({a} > {b})", f"({a} < {b})"),
            "largest-for-middle": f"assign {out} = ({a} > {b}) ? (({a} > {c}) ? {a} : {c}) : "
            f"(({b} > {c}) ? {b} : {c});",
        },
        vectors=[{a: x, b: y, c: z} for x in (0, 1) for y in (0, 1) for z in (0, 1)],
    )


FAMILIES = (
    Family(name="comparator", kind="comparators", draw=_comparator, weight=1.5),
    Family(name="minimum-maximum", kind="comparators", draw=_extreme),
    Family(name="median", kind="comparators", draw=_median, weight=0.4),
)
"""The families of this module."""
