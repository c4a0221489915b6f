"""Bitwise, logical and reduction operators; counting ones, parity."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    always,
    an,
    capital,
    decimal,
    design,
    listed,
    mask,
    scalars,
)

_BITWISE: Mapping[str, tuple[str, Callable[[int, int, int], int]]] = {
    "AND": ("{a} & {b}", lambda x, y, _: x & y),
    "OR": ("{a} | {b}", lambda x, y, _: x | y),
    "XOR": ("{a} ^ {b}", lambda x, y, _: x ^ y),
    "NAND": ("~({a} & {b})", lambda x, y, top: ~(x & y) & top),
    "NOR": ("~({a} | {b})", lambda x, y, top: ~(x | y) & top),
    "XNOR": ("~({a} ^ {b})", lambda x, y, top: ~(x ^ y) & top),
}
_LOGICAL: Mapping[str, tuple[str, Callable[[int, int], bool]]] = {
    "AND": ("({a} != 0) && ({b} != 0)", lambda x, y: bool(x and y)),
    "OR": ("({a} != 0) || ({b} != 0)", lambda x, y: bool(x or y)),
}


def _vector_gates(draw: Draw) -> Drawn:
    width = draw.one_of(2, 3, 3, 4, 5, 8)
    left, right = draw.one_of(("a", "b"), ("x", "y"), ("p", "q"))
    draw.take(left, right)
    bitwise = draw.random.sample(sorted(_BITWISE), draw.integer(1, 2))
    logical = draw.one_of((), ("AND",), ("OR",), ("OR",))
    inverse = draw.one_of("", "", "both", "left")
    naming = draw.one_of(
        ("bit_{}", "any_{}", "inv"),
        ("y_{}", "true_{}", "y_not"),
        ("{}_bits", "{}_whole", "inverse"),
        ("out_{}_vec", "out_{}_log", "out_inv"),
        ("o_{}", "o_{}_1", "o_not"),
    )
    rows: list[tuple[str, int, str, str]] = []
    for kind in bitwise:
        rows.append(
            (
                naming[0].format(kind.lower()),
                width,
                _BITWISE[kind][0].format(a=left, b=right),
                f"the bitwise {kind} of {left} and {right}",
            )
        )
    rows += [
        (
            naming[1].format(kind.lower()),
            1,
            _LOGICAL[kind][0].format(a=left, b=right),
            f"the logical {kind} of {left} and {right}"
            + draw.phrase(", where a vector counts as true unless it is 0", ""),
        )
        for kind in logical
    ]
    if inverse == "both":
        upper, lower = draw.one_of((left, right), (right, left))
        rows.append(
            (
                naming[2],
                2 * width,
                f"{{~{upper}, ~{lower}}}",
                f"the inverse of {upper} in the upper half and the inverse of {lower} in the "
                "lower half",
            )
        )
    elif inverse:
        rows.append((naming[2], width, f"~{left}", f"the inverse of every bit of {left}"))
    lines = [f"{name} = {text};" for name, _, text, _ in rows]
    body = "\n".join(f"assign {line}" for line in lines)

    def model(given: Values) -> Outputs:
        x, y, top = given[left], given[right], mask(width)
        found = [_BITWISE[k][1](x, y, top) for k in bitwise]
        found += [int(_LOGICAL[k][1](x, y)) for k in logical]
        if inverse == "both":
            high, low = (x, y) if upper == left else (y, x)
            found.append((~high & top) << width | ~low & top)
        elif inverse:
            found.append(~x & top)
        return {name: value for (name, *_), value in zip(rows, found, strict=True)}

    told = [f"{name} is {meaning}" for name, _, _, meaning in rows]
    slips = {"logical-for-bitwise": body.replace(" & ", " && ").replace(" | ", " || ")}
    if logical:
        spelled = _LOGICAL[logical[0]][0].format(a=left, b=right)
        sign = {"AND": "&", "OR": "|"}[logical[0]]
        slips["bitwise-for-logical"] = body.replace(spelled, f"{left} {sign} {right}")
    if inverse == "both":
        slips["halves-swapped"] = body.replace(f"{{~{upper}, ~{lower}}}", f"{{~{lower}, ~{upper}}}")
    return design(
        module="vector_gates",
        parameters={
            "width": width,
            "bitwise": " ".join(bitwise),
            "logical": " ".join(logical),
            "inverse": inverse,
        },
        ins=[(left, width), (right, width)],
        outs=[(name, size) for name, size, *_ in rows],
        words=Words(
            title=f"gates on {width}-bit vectors",
            terse=f"a circuit on two {width}-bit vectors: {'; '.join(told)}",
            plain=draw.phrase(
                f"The circuit has two {width}-bit inputs. "
                f"{' '.join(capital(t) + '.' for t in told)}",
                f"From the {width}-bit vectors {left} and {right}, form the following: "
                f"{'; '.join(told)}.",
                "Mind the difference between operators that work bit by bit and those that see a "
                "whole "
                f"vector: {'; '.join(told)}.",
            ),
            points=tuple(f"{t}." for t in told),
        ),
        coding=draw.style((body, ()), (always("\n".join(lines)), tuple(n for n, *_ in rows))),
        model=model,
        slips=slips,
        vectors=[{left: 0, right: 0}, {left: 1, right: 2}, {left: 0, right: 3}],
    )


_REDUCTIONS: Mapping[str, tuple[str, str, Callable[[int, int], bool]]] = {
    "and": ("&{x}", "all bits of {x} are 1", lambda x, top: x == top),
    "or": ("|{x}", "at least one bit of {x} is 1", lambda x, top: x != 0),
    "xor": ("^{x}", "the number of ones in {x} is odd", lambda x, top: x.bit_count() % 2 == 1),
    "nand": ("~&{x}", "at least one bit of {x} is 0", lambda x, top: x != top),
    "nor": ("~|{x}", "all bits of {x} are 0", lambda x, top: x == 0),
    "xnor": ("~^{x}", "the number of ones in {x} is even", lambda x, top: x.bit_count() % 2 == 0),
}


def _reduction(draw: Draw) -> Drawn:
    width = draw.one_of(3, 4, 4, 5, 8, 8, 16, 32, 64, 96)
    source = draw.name("in", "d", "a", "x", "data")
    kinds = draw.random.sample(sorted(_REDUCTIONS), draw.integer(1, 4))
    naming = draw.one_of("{}_o", "{}_out", "y_{}", "all_{}", "r_{}")
    outs = [naming.format(kind) for kind in kinds]
    lines = [
        f"{o} = {_REDUCTIONS[k][0].format(x=source)};" for o, k in zip(outs, kinds, strict=True)
    ]
    body = "\n".join(f"assign {line}" for line in lines)
    as_gates = [
        f"{o} is the output of {an(f'{width}-input {k.upper()} gate')}"
        for o, k in zip(outs, kinds, strict=True)
    ]
    as_words = [
        f"{o} is 1 exactly when {_REDUCTIONS[k][1].format(x=source)}"
        for o, k in zip(outs, kinds, strict=True)
    ]
    told = as_gates if draw.words.random() < 0.5 else as_words
    return design(
        module="reduction",
        parameters={"width": width, "kinds": " ".join(kinds)},
        ins=[(source, width)],
        outs=[(o, 1) for o in outs],
        words=Words(
            title=f"reduction of {an(f'{width}-bit vector')}",
            terse=f"a circuit that combines all {width} bits of {source}: {'; '.join(told)}",
            plain=draw.phrase(
                f"All {width} bits of {source} go into each gate. "
                f"{' '.join(capital(t) + '.' for t in as_gates)}",
                f"Look at the vector {source} as a whole. "
                f"{' '.join(capital(t) + '.' for t in as_words)}",
                f"Build a combinational circuit with the {width} inputs {source}[{width - 1}:0] "
                "and "
                f"{NUMBERS[len(outs)]} output{'s' if len(outs) > 1 else ''}: {'; '.join(told)}.",
            ),
            points=tuple(f"{t}." for t in told),
        ),
        coding=draw.style((body, ()), (body, ()), (always("\n".join(lines)), tuple(outs))),
        model=lambda given: {
            o: int(_REDUCTIONS[k][2](given[source], mask(width)))
            for o, k in zip(outs, kinds, strict=True)
        },
        slips={
            "and-or-exchanged": body.replace("&", "@").replace("|", "&").replace("@", "|"),
            "inversion-wrong": body.replace("= ~", "= ", 1)
            if "= ~" in body
            else body.replace("= ", "= ~", 1),
        },
        vectors=[{source: 0}, {source: mask(width)}, {source: mask(width) - 1}, {source: 1}],
    )


def _popcount(draw: Draw) -> Drawn:
    width = draw.one_of(3, 3, 4, 8, 8, 16, 32, 64, 127, draw.integer(3, 40))
    digit = 0 if draw.chance(0.2) else 1
    bits = width.bit_length()
    source, out = draw.name("in", "d", "a", "data"), draw.name("out", "count", "ones", "total")
    test = f"{source}[i]" if digit else f"!{source}[i]"
    body = "integer i;\n" + always(
        f"{out} = {decimal(bits, 0)};\nfor (i = 0; i < {width}; i = i + 1)\n"
        f"    if ({test})\n        {out} = {out} + 1'b1;"
    )
    wide = f"{{{bits - 1}'b0, {source}[i]}}" if digit else f"{{{bits - 1}'b0, ~{source}[i]}}"
    added = "integer i;\n" + always(
        f"{out} = {decimal(bits, 0)};\nfor (i = 0; i < {width}; i = i + 1)\n"
        f"    {out} = {out} + {wide};"
    )
    word = "ones" if digit else "zeros"
    reset_missing = body.replace(f"{out} = {decimal(bits, 0)};", f"{out} = {decimal(bits, 1)};")
    short = body.replace(f"i < {width}", f"i < {width - 1}")
    return design(
        module=f"count_{word}",
        parameters={"width": width, "digit": digit},
        ins=[(source, width)],
        outs=[(out, bits)],
        words=Words(
            title=f"population count of {width} bits" if digit else f"zero count of {width} bits",
            named=draw.phrase(
                f"circuit that counts the number of '{digit}'s in {an(f'{width}-bit vector')}",
                f"{'population' if digit else 'zero'} count circuit for "
                f"{an(f'{width}-bit input vector')}",
            ),
            terse=f"a circuit that counts the {word} in the {width}-bit vector {source}",
            plain=draw.phrase(
                f"Count how many bits of {source} are {digit} and give the count on {out}.",
                f"{out} is the number of {word} among the {width} bits of {source}, as a binary "
                "number.",
                "Build "
                f"{'a population-count circuit' if digit else 'a circuit that counts zeros'} for a "
                f"{width}-bit input: {out} says how many of the bits are {digit}.".replace(
                    "a 8-", "an 8-"
                ),
                f"{source} holds {width} yes-or-no answers. How many of them are {digit}? Put the "
                "number "
                f"on {out}.",
            ),
            points=(
                f"{out} is the number of bits of {source} that are {digit}.",
                f"It goes from 0 to {width}.",
            ),
        ),
        coding=draw.style((body, (out,)), (body, (out,)), (added, (out,))),
        model=lambda given: {
            out: given[source].bit_count() if digit else width - given[source].bit_count()
        },
        slips={"last-bit-missed": short, "starts-at-one": reset_missing},
        vectors=[{source: 0}, {source: mask(width)}, {source: 1 << (width - 1)}],
    )


def _vote(draw: Draw) -> Drawn:
    count = draw.one_of(3, 3, 3, 4, 5, 5)
    vector = draw.chance(0.35)
    needed = draw.one_of(count // 2 + 1, count // 2 + 1, 2, count - 1)
    exact = draw.chance(0.2)
    name = draw.name("votes", "in", "x") if vector else ""
    ins = tuple(f"{name}[{i}]" for i in range(count)) if vector else scalars(draw, count)
    out = draw.name("maj", "out", "y", "vote", "f")
    products = [
        f"({' & '.join(ins[i] for i in range(count) if row >> i & 1)})"
        for row in range(1 << count)
        if row.bit_count() == needed
    ]
    bits = count.bit_length()
    sum_terms = " + ".join(f"{{{bits - 1}'b0, {x}}}" for x in ins)
    compare = "==" if exact else ">="
    counted = f"wire [{bits - 1}:0] n;\nassign n = {sum_terms};\n"
    counted += f"assign {out} = (n {compare} {decimal(bits, needed)});"
    gates = f"assign {out} = {' | '.join(products)};"

    def model(given: Values) -> Outputs:
        ones = given[name].bit_count() if vector else sum(given[x] for x in ins)
        return {out: int(ones == needed if exact else ones >= needed)}

    amount = f"exactly {NUMBERS[needed]}" if exact else f"at least {NUMBERS[needed]}"
    among = f"the {count} bits of {name}" if vector else f"{listed(ins)}"
    majority = not exact and needed == count // 2 + 1
    slips = {
        "other-threshold": counted.replace(
            decimal(bits, needed), decimal(bits, needed - 1), 1
        ).replace(f"{compare} {decimal(bits, needed)}", f"{compare} {decimal(bits, needed - 1)}"),
        "missing-product": f"assign {out} = {' | '.join(products[:-1]) or products[0]};",
    }
    use_gates = not exact and len(products) <= 6
    return design(
        module="majority" if majority else "vote",
        parameters={"inputs": count, "needed": needed, "exact": int(exact), "vector": int(vector)},
        ins=[(name, count)] if vector else [(x, 1) for x in sorted(ins)],
        outs=[(out, 1)],
        words=Words(
            title=f"{count}-input majority circuit" if majority else f"{amount} of {count}",
            terse=f"a circuit in which {out} is 1 if {amount} of {among} are 1"
            + (" (a majority vote)" if majority else ""),
            plain=draw.phrase(
                f"{out} is 1 when {amount} of {among} are 1, and 0 otherwise.",
                f"{NUMBERS[count].capitalize()} people vote with {among}. The motion passes "
                f"({out} = 1) if {amount} of them vote 1; otherwise {out} is 0.",
                f"Count the ones among {among}. If the count is "
                f"{'' if exact else 'at least '}{needed}, set {out} to 1, else to 0.",
            ),
            points=(f"{out} = 1 if {amount} of {among} are 1.", f"Otherwise {out} = 0."),
        ),
        coding=draw.style(gates, gates, counted) if use_gates else counted,
        model=model,
        slips=slips,
    )


def _parity(draw: Draw) -> Drawn:
    width = draw.one_of(4, 7, 8, 8, 8, 16, 32)
    even = draw.chance(0.55)
    checks = draw.chance(0.35)
    source = draw.name("data", "in", "d", "byte_in")
    out = draw.name("err", "error", "parity_error", "fault") if checks else draw.name("parity")
    given_bit = draw.name("p", "parity_in", "par_in", "pin") if checks else ""
    frame = draw.name("frame", "coded", "with_parity") if not checks and draw.chance(0.3) else ""
    xor = f"^{source}" if even else f"~^{source}"
    text = f"({xor}) != {given_bit}" if checks else xor
    body = f"assign {out} = {text};" + (f"\nassign {frame} = {{{source}, {out}}};" if frame else "")
    bits = " ^ ".join(f"{source}[{i}]" for i in range(width))
    spelled = bits if even else f"~({bits})"
    long = body.replace(xor, spelled, 1)
    word = "even" if even else "odd"

    def model(given: Values) -> Outputs:
        parity = given[source].bit_count() & 1 ^ (not even)
        if checks:
            return {out: int(parity != given[given_bit])}
        return {out: parity, **({frame: given[source] << 1 | parity} if frame else {})}

    if checks:
        rule = (
            f"{out} is 1 if the bits of {source} and {given_bit} together do not contain an "
            f"{word} number "
            f"of ones"
        )
    else:
        rule = f"{out} makes the number of ones in {source} and {out} together {word}"
    more = (
        f" {frame} is {source} followed by the parity bit in its lowest position." if frame else ""
    )
    noun = f"{word}-parity {'checker' if checks else 'generator'}"
    opposite = f"~^{source}" if even else f"^{source}"
    return design(
        module=noun.replace("-", "_").replace(" ", "_"),
        parameters={
            "width": width,
            "even": int(even),
            "checks": int(checks),
            "frame": int(bool(frame)),
        },
        ins=[(source, width), *([(given_bit, 1)] if checks else [])],
        outs=[(out, 1), *([(frame, width + 1)] if frame else [])],
        words=Words(
            title=f"{noun} for {width} bits",
            terse=f"an {noun} for {width} data bits: {rule}" + (f";{more[:-1]}" if frame else ""),
            plain=draw.phrase(
                f"Build an {noun} for the {width}-bit word {source}: {rule}.{more}",
                f"Words of {width} bits are protected by {word} parity. {capital(rule)}.{more}",
                f"{capital(rule)}{', otherwise 0' if checks else ''}.{more}",
            ),
            points=(f"Parity is {word}.", f"{capital(rule)}.", *([more.strip()] if more else [])),
        ),
        coding=draw.style(body, body, long) if width <= 8 else body,
        model=model,
        slips={
            "wrong-parity": body.replace(xor, opposite, 1),
            "and-for-xor": body.replace(xor, f"&{source}", 1),
            "one-bit-left-out": body.replace(
                xor, xor.replace(source, f"{source}[{width - 1}:1]"), 1
            ),
        },
        vectors=[{source: 0}, {source: 1}, {source: mask(width)}],
    )


FAMILIES: tuple[Family, ...] = (
    Family(name="vector-gates", kind="vectors", draw=_vector_gates),
    Family(name="reduction", kind="vectors", draw=_reduction),
    Family(name="population-count", kind="vectors", draw=_popcount),
    Family(name="majority", kind="vectors", draw=_vote),
    Family(name="parity", kind="codes", draw=_parity),
)
"""The families of this module."""
