"""The order of bits and bytes: reversal, exchange, interleaving."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import Coding, always, an, bit, capital, design, listed, mask


def _bit_reversal(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 24, 32, 64, 48, draw.integer(3, 40))
    source, out = draw.name("in", "d", "a", "data"), draw.name("out", "q", "y", "rev")
    loop = "integer i;\n" + always(
        f"for (i = 0; i < {width}; i = i + 1)\n    {out}[i] = {source}[{width - 1} - i];"
    )
    generate = (
        f"genvar i;\ngenerate\n    for (i = 0; i < {width}; i = i + 1) begin : bits\n"
        f"        assign {out}[i] = {source}[{width - 1} - i];\n    end\nendgenerate"
    )
    bits = ", ".join(f"{source}[{i}]" for i in range(width))
    joined = f"assign {out} = {{{bits}}};"
    styles: list[Coding] = [(loop, (out,)), (generate, ())]
    styles = [(joined, ()), *styles] if width <= 8 else styles
    half = width // 2
    top = width - 1
    return design(
        module="bit_reverse",
        parameters={"width": width},
        ins=[(source, width)],
        outs=[(out, width)],
        words=Words(
            title=f"{width}-bit bit reversal",
            named=f"circuit that reverses the bit order of {an(f'{width}-bit vector')}",
            terse=f"a circuit that reverses the bit order of the {width}-bit vector {source}",
            plain=draw.phrase(
                f"Reverse the order of the bits: {out}[0] is {source}[{top}], {out}[1] is "
                f"{source}[{top - 1}], and so on; {out}[{top}] is {source}[0].",
                f"{out} is {source} read backwards, bit {top} becoming bit 0.",
                f"Given the {width}-bit input {source}, output the same bits in opposite order on "
                f"{out}.",
                f"Mirror {source}: its most significant bit becomes the least significant bit of "
                f"{out}.",
            ),
            points=(f"{out}[i] = {source}[{top} - i] for every i from 0 to {top}.",),
        ),
        coding=draw.style(*styles),
        model=lambda given: {out: int(f"{given[source]:0{width}b}"[::-1], 2)},
        slips={
            "off-by-one": generate.replace(f"[{top} - i]", f"[({width} - i) % {width}]"),
            "halves-swapped": f"assign {out} = {{{source}[{half - 1}:0], {source}[{top}:{half}]}};",
        },
    )


def _byte_order(draw: Draw) -> Drawn:
    size = draw.one_of(8, 8, 8, 4, 16)
    count = draw.one_of(2, 4, 4, 8) if size == 8 else draw.one_of(2, 4)
    width = size * count
    piece = {4: "nibble", 8: "byte", 16: "half-word"}[size]
    kind = draw.one_of("reverse", "reverse", "pairs") if count > 2 else "reverse"
    source, out = draw.name("in", "d", "word", "a"), draw.name("out", "q", "y", "swapped")
    order = (
        [count - 1 - i for i in range(count)]
        if kind == "reverse"
        else [i ^ 1 for i in range(count)]
    )
    parts = [f"{source}[{j * size + size - 1}:{j * size}]" for j in order[::-1]]
    body = f"assign {out} = {{{', '.join(parts)}}};"
    lines = "\n".join(
        f"assign {out}[{i * size + size - 1}:{i * size}] = "
        f"{source}[{j * size + size - 1}:{j * size}];"
        for i, j in enumerate(order)
    )

    def model(given: Values) -> Outputs:
        pieces = [given[source] >> size * j & mask(size) for j in order]
        return {out: sum(p << size * i for i, p in enumerate(pieces))}

    places = listed(
        [
            f"bits [{j * size + size - 1}:{j * size}] of {source} become bits "
            f"[{i * size + size - 1}:{i * size}]"
            for i, j in enumerate(order)
        ]
    )
    rule = (
        f"the {piece}s of {source} appear on {out} in reverse order"
        if kind == "reverse"
        else f"each pair of neighboring {piece}s of {source} is exchanged to give {out}"
    )
    why = draw.phrase(
        "",
        "",
        " This converts between little endian and big endian."
        if kind == "reverse" and size == 8
        else "",
    )
    wrong = [*order[1:], order[0]]
    rotated = [f"{source}[{j * size + size - 1}:{j * size}]" for j in wrong[::-1]]
    bits = ", ".join(f"{source}[{i}]" for i in range(width))
    return design(
        module=f"{piece.replace('-', '_')}_swap",
        parameters={"size": size, "count": count, "kind": kind},
        ins=[(source, width)],
        outs=[(out, width)],
        words=Words(
            title=f"{piece} order of {an(f'{width}-bit word')}",
            named=f"circuit that reverses the {piece} order of {an(f'{width}-bit vector')}"
            if kind == "reverse"
            else "",
            terse=f"a circuit in which {rule} ({width} bits in all, {size} bits each)",
            plain=draw.phrase(
                f"Change the order of the {piece}s in {an(f'{width}-bit word')}: {rule}.{why}",
                f"{capital(rule)}: {places}.{why}",
                f"{source} consists of {count} {piece}s. On {out}, {rule}, while the bits inside "
                "each "
                f"{piece} keep their order.{why}",
            ),
            points=(
                f"{capital(rule)}.",
                f"Inside {an(piece)} the order of the bits does not change.",
            ),
        ),
        coding=draw.style(body, body, lines),
        model=model,
        slips={
            "rotated": f"assign {out} = {{{', '.join(rotated)}}};" if count > 2 else "",
            "bits-reversed": f"assign {out} = {{{bits}}};",
        },
    )


def _interleave(draw: Draw) -> Drawn:
    width = draw.one_of(2, 4, 4, 8, 8, 16)
    joins = draw.chance(0.6)
    first, second = draw.one_of(("a", "b"), ("even", "odd"), ("x", "y"), ("lo", "hi"))
    draw.take(first, second)
    whole = draw.name("out" if joins else "in", "z", "mixed", "word")
    pairs = [(f"{whole}[{2 * i}]", f"{first}[{i}]") for i in range(width)]
    pairs += [(f"{whole}[{2 * i + 1}]", f"{second}[{i}]") for i in range(width)]
    if not joins:
        pairs = [(b, a) for a, b in pairs]
    inside = [
        (f"{whole}[2 * i]", f"{first}[i]"),
        (f"{whole}[2 * i + 1]", f"{second}[i]"),
    ]
    inside = inside if joins else [(b, a) for a, b in inside]
    statements = "\n".join(f"        {a} = {b};" for a, b in inside)
    loop = "integer i;\n" + always(
        f"for (i = 0; i < {width}; i = i + 1) begin\n"
        + statements.replace("        ", "    ")
        + "\nend"
    )
    targets = (whole,) if joins else (first, second)
    lines = "\n".join(f"assign {a} = {b};" for a, b in pairs)

    def model(given: Values) -> Outputs:
        if joins:
            return {
                whole: sum(
                    bit(given[first], i) << 2 * i | bit(given[second], i) << 2 * i + 1
                    for i in range(width)
                )
            }
        return {
            first: sum(bit(given[whole], 2 * i) << i for i in range(width)),
            second: sum(bit(given[whole], 2 * i + 1) << i for i in range(width)),
        }

    rule = (
        f"{first}[i] becomes bit 2i of {whole} and {second}[i] becomes bit 2i+1"
        if joins
        else f"the bits at even positions of {whole} form {first} and those at odd positions "
        f"{second}"
    )
    halves = (
        f"assign {whole} = {{{second}, {first}}};"
        if joins
        else f"assign {{{second}, {first}}} = {whole};"
    )
    exchanged = (
        lines.replace(first + "[", "@[")
        .replace(second + "[", first + "[")
        .replace("@[", second + "[")
    )
    return design(
        module="interleave" if joins else "deinterleave",
        parameters={"width": width, "joins": int(joins)},
        ins=[(first, width), (second, width)] if joins else [(whole, 2 * width)],
        outs=[(whole, 2 * width)] if joins else [(first, width), (second, width)],
        words=Words(
            title="bit interleaver" if joins else "bit de-interleaver",
            terse=f"a circuit in which {rule}",
            plain=draw.phrase(
                f"{'Interleave the bits of two vectors' if joins else 'Separate every other bit'}: "
                f"{rule}.",
                f"{capital(rule)}, for all i from 0 to {width - 1}."
                if joins
                else f"{capital(rule)}, each in unchanged order.",
                f"Like the teeth of a zipper: {rule}, where bit 0 is the least significant one.",
            ),
            points=(f"{capital(rule)}.", "Bit 0 is the least significant bit."),
        ),
        coding=draw.style((loop, targets), (lines, ())) if width <= 8 else (loop, targets),
        model=model,
        slips={"halves-instead": halves, "even-and-odd-swapped": exchanged},
    )


FAMILIES = (
    Family(name="bit-reversal", kind="vectors", draw=_bit_reversal, weight=0.8),
    Family(name="byte-order", kind="vectors", draw=_byte_order, weight=0.8),
    Family(name="interleave", kind="vectors", draw=_interleave, weight=0.6),
)
"""The families of this module."""
