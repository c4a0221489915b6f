"""Codes: Gray, BCD, seven segments, Hamming, CRC."""

from __future__ import annotations

from functools import reduce

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    Coding,
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


def _gray(draw: Draw) -> Drawn:
    width = draw.one_of(2, 3, 4, 4, 8, 8, 16)
    encodes = draw.chance(0.5)
    plain, coded = draw.name("bin", "binary", "b", "n"), draw.name("gray", "g", "gray_code")
    source, out = (plain, coded) if encodes else (coded, plain)
    top = width - 1
    bits = [f"{out}[{top}] = {source}[{top}];"]
    other = source if encodes else out
    bits += [f"{out}[{i}] = {other}[{i + 1}] ^ {source}[{i}];" for i in range(top - 1, -1, -1)]
    listing = "\n".join(f"assign {line}" for line in bits)
    short = f"assign {out} = {source} ^ ({source} >> 1);"
    loop = "integer i;\n" + always(
        f"{out}[{top}] = {source}[{top}];\nfor (i = {top - 1}; i >= 0; i = i - 1)\n"
        f"    {out}[i] = {out}[i + 1] ^ {source}[i];"
    )
    styles: list[Coding] = [(short, ()), (short, ())] if encodes else [(loop, (out,))]
    styles += [(listing, ())] if width <= 8 else []

    def model(given: Values) -> Outputs:
        x = given[source]
        if encodes:
            return {out: x ^ x >> 1}
        return {out: reduce(lambda value, shift: value ^ x >> shift, range(1, width), x)}

    rule = f"the top bit of {out} is the top bit of {source}, and every other bit {out}[i] is " + (
        f"{source}[i+1] XOR {source}[i]" if encodes else f"{out}[i+1] XOR {source}[i]"
    )
    direction = "binary to Gray code" if encodes else "Gray code to binary"
    why = draw.phrase("", " Neighboring Gray codes differ in one bit only.")
    wrong = f"assign {out} = {source} ^ ({source} << 1);"
    return design(
        module="binary_to_gray" if encodes else "gray_to_binary",
        parameters={"width": width, "encodes": int(encodes)},
        ins=[(source, width)],
        outs=[(out, width)],
        words=Words(
            title=f"{width}-bit converter from {direction}",
            terse=f"a converter from {direction} with {width} bits, from {source} to {out}",
            plain=draw.phrase(
                f"Convert the {width}-bit {'binary number' if encodes else 'Gray code'} {source} "
                "into "
                f"{'reflected Gray code' if encodes else 'a binary number'} on {out}: {rule}.{why}",
                f"{out} is {source} converted from {direction} (standard reflected Gray code). "
                f"{capital(rule)}."
                f"{why}",
            ),
            points=(f"The conversion is from {direction}.", f"{capital(rule)}."),
        ),
        coding=draw.style(*styles),
        model=model,
        slips={
            "wrong-direction": wrong,
            "other-conversion": f"assign {out} = {source};" if encodes else short,
        },
        vectors=[{source: i} for i in range(min(16, 1 << width))] + [{source: mask(width)}],
    )


def _bcd(draw: Draw) -> Drawn:
    width = draw.one_of(4, 5, 6, 7, 8, 8, 10)
    source = draw.name("bin", "value", "n", "in", "number")
    top = mask(width)
    digits = len(str(top))
    size = 4 * digits
    separate = digits <= 3 and draw.chance(0.5)
    names = ["ones", "tens", "hundreds", "thousands"][:digits]
    out = draw.name("bcd", "digits", "out")
    steps = "\n".join(
        f"    if (bcd_reg[{4 * i + 3}:{4 * i}] >= 4'd5)\n"
        f"        bcd_reg[{4 * i + 3}:{4 * i}] = bcd_reg[{4 * i + 3}:{4 * i}] + 4'd3;"
        for i in range(digits)
    )
    target = "{" + ", ".join(names[::-1]) + "}" if separate else out
    dabble = (
        f"integer i;\nreg [{size - 1}:0] bcd_reg;\n"
        + always(
            f"bcd_reg = {size}'d0;\nfor (i = {width - 1}; i >= 0; i = i - 1) begin\n{steps}\n"
            f"    bcd_reg = {{bcd_reg[{size - 2}:0], {source}[i]}};\nend"
        )
        + f"\nassign {target} = bcd_reg;"
    )

    def quotient(i: int) -> str:
        whole = f"{source} / {decimal(width, 10**i)}" if i else source
        if i == digits - 1:
            return whole
        return f"({whole}) % {decimal(width, 10)}" if i else f"{whole} % {decimal(width, 10)}"

    declared = "".join(f"wire [{width - 1}:0] digit{i};\n" for i in range(digits))
    lines = "\n".join(f"assign digit{i} = {quotient(i)};" for i in range(digits))
    slots = [f"digit{i}[3:0]" for i in range(digits)]
    ends = (
        "\n".join(f"assign {n} = {s};" for n, s in zip(names, slots, strict=True))
        if separate
        else f"assign {out} = {{{', '.join(slots[::-1])}}};"
    )
    divided = f"{declared}{lines}\n{ends}"
    swapped = f"{declared}{lines}\n" + (
        "\n".join(f"assign {n} = {s};" for n, s in zip(names, slots[::-1], strict=True))
        if separate
        else f"assign {out} = {{{', '.join(slots)}}};"
    )

    def model(given: Values) -> Outputs:
        text = f"{given[source]:0{digits}d}"[::-1]
        if separate:
            return {n: int(c) for n, c in zip(names, text, strict=True)}
        return {out: sum(int(c) << 4 * i for i, c in enumerate(text))}

    where = (
        f"the decimal digits go to {listed(names)}, four bits each"
        if separate
        else f"each decimal digit takes four bits of {out}, the ones in the lowest four"
    )
    sample = top - 1
    return design(
        module="binary_to_bcd",
        parameters={"width": width, "separate": int(separate)},
        ins=[(source, width)],
        outs=[(n, 4) for n in names] if separate else [(out, size)],
        words=Words(
            title=f"{width}-bit binary to BCD converter",
            terse=f"a converter of the unsigned {width}-bit number {source} to BCD; {where}",
            plain=draw.phrase(
                f"Convert the unsigned number {source} (0 to {top}) to binary-coded decimal: "
                f"{where}.",
                f"A display needs {source} in decimal. Split the number, which goes up to {top}, "
                "into its "
                f"decimal digits; {where}.",
                f"Perform a binary-to-BCD conversion, for instance by shift-and-add-3; {where}. "
                "For "
                f"example, {sample} gives the digits {' '.join(str(sample))}.",
            ),
            points=(f"{source} is an unsigned number from 0 to {top}.", f"{capital(where)}."),
        ),
        coding=draw.style(divided, divided, dabble),
        model=model,
        slips={
            "digits-in-reverse": swapped,
            "no-correction": dabble.replace("+ 4'd3", "+ 4'd0"),
            "threshold-off-by-one": dabble.replace(">= 4'd5", "> 4'd5"),
        },
        vectors=[{source: v} for v in (0, 9, 10, top, top - 1) if v <= top],
    )


_LIT = (
    "abcdef",
    "bc",
    "abdeg",
    "abcdg",
    "bcfg",
    "acdfg",
    "acdefg",
    "abc",
    "abcdefg",
    "abcdfg",
    "abcefg",
    "cdefg",
    "adef",
    "bcdeg",
    "adefg",
    "aefg",
)
"""Lit segments of the digits 0 to F."""


def _seven_segment(draw: Draw) -> Drawn:
    hexadecimal = draw.chance(0.45)
    low = draw.chance(0.45)
    a_first = draw.chance(0.5)
    digit, out = (
        draw.name("digit", "bcd", "in", "num"),
        draw.name("seg", "segments", "display", "led"),
    )
    count = 16 if hexadecimal else 10
    flip = 0x7F if low else 0
    order = "gfedcba" if a_first else "abcdefg"
    codes = [int("".join(str(int(s in lit)) for s in order), 2) ^ flip for lit in _LIT[:count]]
    blank = flip
    rows = [(decimal(4, i), f"{out} = {binary(7, c)};") for i, c in enumerate(codes)]
    default = f"{out} = {binary(7, blank)};"
    body = always(case(digit, rows, "" if hexadecimal else default))
    inverse = [(decimal(4, i), f"{out} = {binary(7, c ^ 0x7F)};") for i, c in enumerate(codes)]
    mirrored = [
        (decimal(4, i), f"{out} = {binary(7, int(f'{c:07b}'[::-1], 2))};")
        for i, c in enumerate(codes)
    ]
    zero_bit, six_bit = ("a", "g") if a_first else ("g", "a")
    on = "0" if low else "1"
    which = "0 to 9 and A to F (A, b, C, d, E, F)" if hexadecimal else "0 to 9"
    wiring = (
        f"{out}[0] is segment {zero_bit} and {out}[6] is segment {six_bit}, with the segments "
        "between in "
        "alphabetical order"
        if a_first
        else f"{out}[6] is segment {six_bit} and {out}[0] is segment {zero_bit}, with the "
        "segments between in "
        "alphabetical order"
    )
    lit = "; ".join(f"{i:X}: {lit}" for i, lit in enumerate(_LIT[:count]))
    rest = "" if hexadecimal else " For 10 to 15 all segments are dark."
    polarity = f"a segment is lit by a {on} (active {'low' if low else 'high'})"
    shape = "a is the top bar, then clockwise b, c, d, e, f, and g is the bar in the middle"

    def model(given: Values) -> Outputs:
        n = given[digit]
        if n >= count:
            return {out: blank}
        return {out: sum((int(s in _LIT[n]) ^ low) << 6 - i for i, s in enumerate(order))}

    return design(
        module="seven_segment",
        parameters={"hexadecimal": int(hexadecimal), "low": int(low), "a_first": int(a_first)},
        ins=[(digit, 4)],
        outs=[(out, 7)],
        words=Words(
            title=f"seven-segment decoder for digits {which.split(' (', maxsplit=1)[0]}",
            terse=f"a seven-segment decoder for {digit} = {which}: {wiring}; {polarity}; lit "
            "segments: "
            f"{lit}" + (";" + rest[:-1].lower() if rest else ""),
            plain=draw.phrase(
                f"Decode {digit} for a seven-segment display, digits {which}. {capital(shape)}. "
                f"{wiring}, and {polarity}. The lit segments are {lit}.{rest}",
                f"Drive one digit of a display. {digit} is the value, {out} the seven segments "
                f"({shape}): "
                f"{wiring}. Here {polarity}. Segments that are on: {lit}.{rest}",
                f"Write the table of a seven-segment display: {lit} (digit: lit segments), where "
                f"{shape}. The input is {digit}; {wiring}; {polarity}.{rest}",
                f"{digit} is shown on a display. Each of the seven bits of {out} controls a "
                f"segment; {wiring}. {capital(polarity)}. {capital(shape)}. Lit for each digit: "
                f"{lit}.{rest}",
            ),
            points=(
                f"{wiring}.",
                f"{capital(polarity)}.",
                f"Lit segments: {lit}.",
                *([rest.strip()] if rest else []),
            ),
        ),
        coding=(body, (out,)),
        model=model,
        slips={
            "wrong-polarity": always(case(digit, inverse, f"{out} = {binary(7, blank ^ 0x7F)};")),
            "segments-in-reverse": always(case(digit, mirrored, default)),
            "blank-missing": always(case(digit, rows, rows[0][1])) if not hexadecimal else "",
        },
        vectors=[{digit: i} for i in range(16)],
    )


def _hamming(draw: Draw) -> Drawn:
    """Hamming (7,4): encoder, syndrome or corrector."""
    kind = draw.one_of("encode", "encode", "syndrome", "correct")
    data, code = draw.name("data", "d", "in"), draw.name("code", "c", "word", "codeword")
    syndrome = draw.name("syndrome", "syn", "s")
    # Positions 1 to 7 are bits 0 to 6; parity at 1, 2, 4.
    covers = {1: (3, 5, 7), 2: (3, 6, 7), 4: (5, 6, 7)}
    places = (3, 5, 6, 7)
    if kind == "encode":
        lines = [f"assign {code}[{p - 1}] = {data}[{i}];" for i, p in enumerate(places)]
        lines += [
            f"assign {code}[{p - 1}] = "
            + " ^ ".join(f"{data}[{places.index(q)}]" for q in some)
            + ";"
            for p, some in covers.items()
        ]
        body = "\n".join(sorted(lines))
    else:
        checks = [
            f"assign {syndrome}[{i}] = " + " ^ ".join(f"{code}[{q - 1}]" for q in (p, *some)) + ";"
            for i, (p, some) in enumerate(covers.items())
        ]
        body = "\n".join(checks)
    if kind == "correct":
        body = (
            f"wire [2:0] {syndrome};\nwire [6:0] fixed;\n{body}\n"
            f"assign fixed = ({syndrome} == 3'd0) ? {code} : {code} ^ (7'd1 << ({syndrome} - "
            "3'd1));\n"
            f"assign {data} = {{fixed[6], fixed[5], fixed[4], fixed[2]}};"
        )

    def syndrome_of(word: int) -> int:
        return reduce(int.__xor__, (p for p in range(1, 8) if bit(word, p - 1)), 0)

    def model(given: Values) -> Outputs:
        if kind == "encode":
            word = sum(bit(given[data], i) << p - 1 for i, p in enumerate(places))
            error = syndrome_of(word)
            return {code: word | sum(1 << p - 1 for p in (1, 2, 4) if error & p)}
        error = syndrome_of(given[code])
        if kind == "syndrome":
            return {syndrome: error}
        fixed = given[code] ^ (1 << error - 1 if error else 0)
        return {data: sum(bit(fixed, p - 1) << i for i, p in enumerate(places))}

    layout = (
        f"Positions are counted from 1 for {code}[0] to 7 for {code}[6]. Positions 1, 2 and 4 "
        "hold parity "
        "bits; positions 3, 5, 6 and 7 hold data bits 0, 1, 2 and 3. Parity bit 1 makes the "
        "number of "
        "ones at positions 1, 3, 5, 7 even, parity bit 2 that at 2, 3, 6, 7, and parity bit 4 "
        "that at "
        f"4, 5, 6, 7."
    )
    task = {
        "encode": f"encode the four bits of {data} as the seven-bit word {code}",
        "syndrome": f"compute the syndrome of the received word {code}: {syndrome}[0], "
        f"{syndrome}[1] and "
        f"{syndrome}[2] are the XOR over the positions of parity bits 1, 2 and 4",
        "correct": f"correct a single wrong bit of the received word {code} and give its four "
        "data bits on "
        f"{data}; the three parity checks together are the number of the wrong position, 0 "
        "meaning none",
    }[kind]
    ports = {
        "encode": ([(data, 4)], [(code, 7)]),
        "syndrome": ([(code, 7)], [(syndrome, 3)]),
        "correct": ([(code, 7)], [(data, 4)]),
    }[kind]
    wrong = (
        body.replace(f"{data}[3]", f"{data}[2]", 1)
        if kind == "encode"
        else body.replace(f"{code}[6]", f"{code}[5]", 1)
    )
    dropped = (
        body.replace(f"{data}[0] ^ ", "", 1)
        if kind == "encode"
        else body.replace(f"{code}[0] ^ ", "", 1)
    )
    return design(
        module=f"hamming_{kind}",
        parameters={"kind": kind},
        ins=ports[0],
        outs=ports[1],
        words=Words(
            title="Hamming (7,4) "
            f"{({'encode': 'encoder', 'syndrome': 'syndrome', 'correct': 'decoder'})[kind]}",
            terse=f"a Hamming (7,4) circuit to {task} ({layout[:-1]})",
            plain=draw.phrase(
                f"Use a Hamming (7,4) code to {task}. {layout}",
                f"With the Hamming code of seven bits, {task}. {layout}",
                f"{layout} {capital(task)}.",
                "Single-bit errors shall be dealt with by a (7,4) Hamming code. Your module has "
                f"to {task}. {layout}",
            ),
            points=(f"{capital(task)}.", layout),
        ),
        coding=body,
        model=model,
        slips={"wrong-position": wrong, "bit-left-out": dropped},
    )


_POLYNOMIALS = ((3, 0x3), (4, 0x3), (5, 0x5), (8, 0x07), (8, 0x31), (16, 0x1021), (16, 0x8005))


def _crc(draw: Draw) -> Drawn:
    width, polynomial = draw.one_of(*_POLYNOMIALS)
    bits = draw.one_of(1, 1, 1, 4, 8) if width >= 8 else 1
    state, data = draw.name("crc_in", "state", "crc", "c"), draw.name("data", "d", "din")
    out = draw.name("crc_out", "next_crc", "next_state")
    text = f"{width}'h{polynomial:x}"
    if bits == 1:
        body = (
            f"wire fb;\nassign fb = {state}[{width - 1}] ^ {data};\n"
            f"assign {out} = {{{state}[{width - 2}:0], 1'b0}} ^ (fb ? {text} : {width}'h0);"
        )
    else:
        body = (
            f"integer i;\nreg [{width - 1}:0] r;\n"
            + always(
                f"r = {state};\nfor (i = {bits - 1}; i >= 0; i = i - 1)\n"
                f"    if (r[{width - 1}] ^ {data}[i])\n        r = {{r[{width - 2}:0], 1'b0}} ^ "
                f"{text};\n"
                f"    else\n        r = {{r[{width - 2}:0], 1'b0}};"
            )
            + f"\nassign {out} = r;"
        )

    def model(given: Values) -> Outputs:
        value = given[state]
        for i in range(bits - 1, -1, -1):
            incoming = bit(given[data], i)
            leaving = value >> (width - 1) ^ incoming
            value = value << 1 & mask(width) ^ (polynomial if leaving else 0)
        return {out: value}

    powers = [
        f"x^{i}" if i > 1 else ("x" if i else "1")
        for i in range(width - 1, -1, -1)
        if polynomial >> i & 1
    ]
    formula = " + ".join([f"x^{width}", *powers])
    rule = (
        f"shift {state} left by one with a 0 from the right; if the XOR of its top bit (before "
        "the shift) and "
        f"the data bit is 1, XOR the result with {text}"
    )
    amount = (
        f"one step for the data bit {data}"
        if bits == 1
        else f"{bits} steps, for the bits of {data} from the most significant one to the least"
    )
    return design(
        module="crc_step",
        parameters={"width": width, "polynomial": polynomial, "bits": bits},
        ins=[(state, width), (data, bits)],
        outs=[(out, width)],
        words=Words(
            title=f"combinational CRC-{width} step",
            terse=f"the next CRC {out} after {amount} with the polynomial {formula}: in each step "
            f"{rule}",
            plain=draw.phrase(
                f"Compute the CRC-{width} for the polynomial {formula} combinationally. From the "
                "present "
                f"remainder {state}, form {out} by {amount}. In each step, {rule}.",
                f"{out} is what a CRC register with the value {state} holds after {amount}. The "
                "polynomial "
                f"is {formula}. One step: {rule}.",
                f"Unroll a CRC-{width} shift register: {state} is its content before, {out} its "
                f"content after {amount}. In each step, {rule}. That is the polynomial {formula}.",
                f"Write the next-state logic of a CRC-{width}, generator {formula}. Input {state} "
                f"is the old value and {out} the new one after {amount}; a step means: {rule}.",
            ),
            points=(f"The polynomial is {formula}.", f"In each step, {rule}.", f"Do {amount}."),
        ),
        coding=body,
        model=model,
        slips={
            "wrong-polynomial": body.replace(text, f"{width}'h{polynomial ^ 2:x}"),
            "data-ignored": body.replace(
                f" ^ {data}[i]" if bits > 1 else f" ^ {data};", "" if bits > 1 else ";"
            ),
        },
        vectors=[{state: 0, data: mask(bits)}, {state: mask(width), data: 0}],
    )


FAMILIES = (
    Family(name="gray-code", kind="codes", draw=_gray),
    Family(name="binary-to-bcd", kind="codes", draw=_bcd),
    Family(name="seven-segment", kind="codes", draw=_seven_segment),
    Family(name="hamming", kind="codes", draw=_hamming, weight=0.6),
    Family(name="crc-step", kind="codes", draw=_crc, weight=0.6),
)
"""The families of this module."""
