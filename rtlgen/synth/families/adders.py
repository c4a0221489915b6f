"""Adders and subtractors."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    Coding,
    always,
    an,
    corners,
    design,
    listed,
    mask,
    span,
)

_WIDTHS = (2, 3, 4, 4, 8, 8, 8, 16, 16, 32, 32, 64)


def _bit_adder(draw: Draw) -> Drawn:
    full = draw.chance(0.55)
    left, right = draw.one_of(("a", "b"), ("x", "y"), ("in1", "in2"), ("A", "B"))
    draw.take(left, right)
    carry_in = draw.name("carry in") if full else ""
    total, carry = draw.name("sum"), draw.name("carry out")
    ins = [left, right, *([carry_in] if full else [])]
    xor = " ^ ".join(ins)
    if full:
        pairs = [(left, right), (left, carry_in), (right, carry_in)]
        majority = " | ".join(f"({x} & {y})" for x, y in pairs)
    else:
        majority = f"{left} & {right}"
    lines = [f"{total} = {xor};", f"{carry} = {majority};"]
    gates = "\n".join(f"assign {line}" for line in lines)
    plus = f"assign {{{carry}, {total}}} = {' + '.join(ins)};"
    wrong = majority.replace(" | ", " & ") if full else f"{left} | {right}"
    name = "full adder" if full else "half adder"
    return design(
        module=name.replace(" ", "_"),
        parameters={"full": int(full)},
        ins=[(x, 1) for x in ins],
        outs=[(total, 1), (carry, 1)],
        words=_bit_adder_words(draw, name, ins, total, carry),
        coding=draw.style((gates, ()), (plus, ()), (always("\n".join(lines)), (total, carry))),
        model=lambda given: {
            total: sum(given[x] for x in ins) & 1,
            carry: sum(given[x] for x in ins) >> 1,
        },
        slips={
            "or-for-xor": gates.replace(" ^ ", " | "),
            "wrong-carry": f"assign {total} = {xor};\nassign {carry} = {wrong};",
            "sum-and-carry-swapped": f"assign {{{total}, {carry}}} = {' + '.join(ins)};",
        },
    )


def _bit_adder_words(draw: Draw, name: str, ins: list[str], total: str, carry: str) -> Words:
    last = f", including the carry-in {ins[2]}" if len(ins) > 2 else " without a carry-in"
    return Words(
        title=name,
        named=name,
        terse=draw.phrase(
            f"a {name} for {listed(ins)} with the outputs {total} and {carry} (carry-out)",
            f"a {name}: {total} is the sum bit and {carry} the carry of {' + '.join(ins)}",
        ),
        plain=draw.phrase(
            f"Create a {name}. It adds {len(ins)} bits{last} and produces the sum bit {total} and "
            f"the carry-out {carry}.",
            f"Add the bits {listed(ins)}. The result is a two-bit number, whose upper bit is "
            f"{carry} "
            f"and whose lower bit is {total}.",
            f"{total} is 1 when an odd number of {listed(ins)} are 1, and {carry} is 1 when at "
            "least "
            "two of them are.",
        ),
        points=(
            f"{total} is the XOR of {listed(ins)}.",
            f"{carry} is 1 if two or more of {listed(ins)} are 1.",
        ),
    )


def _adder(draw: Draw) -> Drawn:
    width = draw.one_of(*_WIDTHS, draw.integer(2, 64))
    left, right = draw.name("left"), draw.name("right")
    carry_in = draw.name("carry in") if draw.chance(0.4) else ""
    form = draw.one_of("carry", "carry", "wide", "none")
    total = draw.name("sum")
    carry = draw.name("carry out") if form == "carry" else ""
    ins = [left, right, *([carry_in] if carry_in else [])]
    outs = [(total, width + (form == "wide")), *([(carry, 1)] if carry else [])]
    target = f"{{{carry}, {total}}}" if carry else total
    plus = " + ".join(ins)
    body = f"assign {target} = {plus};"
    wide = draw.name("full_sum", "wide_sum", "tmp")
    long = f"wire [{width}:0] {wide};\nassign {wide} = {plus};\n"
    long += f"assign {total} = {wide}[{width - 1}:0];\nassign {carry} = {wide}[{width}];"
    styles: list[Coding] = [(body, ()), (body, ())]
    styles.append((always(f"{target} = {plus};"), tuple(name for name, _ in outs)))
    styles += [(long, ())] if carry else []

    def model(given: Values) -> Outputs:
        result = sum(given[x] for x in ins)
        if carry:
            return {total: result & mask(width), carry: result >> width}
        return {total: result if form == "wide" else result & mask(width)}

    slips = {"subtracts": body.replace(" + ", " - ", 1)}
    slips |= {"carry-in-ignored": body.replace(f" + {carry_in}", "")} if carry_in else {}
    if carry:
        slips["carry-is-top-bit"] = (
            f"assign {total} = {plus};\nassign {carry} = {total}[{width - 1}];"
        )
    if form == "wide":
        slips["carry-lost"] = (
            f"wire {span(width)}low;\nassign low = {plus};\nassign {total} = {{1'b0, low}};"
        )
    return design(
        module="adder",
        parameters={"width": width, "carry_in": int(bool(carry_in)), "form": form},
        ins=[(left, width), (right, width), *([(carry_in, 1)] if carry_in else [])],
        outs=outs,
        words=_adder_words(draw, width, ins, (total, carry), form),
        coding=draw.style(*styles),
        model=model,
        slips=slips,
        vectors=corners((left, width), (right, width)),
    )


def _adder_words(draw: Draw, width: int, ins: list[str], outs: tuple[str, str], form: str) -> Words:
    total, carry = outs
    left, right, *rest = ins
    with_carry = f" and the carry-in {rest[0]}" if rest else ""
    end = {
        "carry": draw.phrase(
            f"{total} gets the lower {width} bits of the result and {carry} the carry-out",
            f"the {width}-bit sum goes to {total}, the carry out of the top bit to {carry}",
        ),
        "wide": draw.phrase(
            f"{total} has {width + 1} bits, so that no carry is lost",
            f"the top bit of the {width + 1}-bit output {total} is the carry",
        ),
        "none": draw.phrase(
            f"a carry out of the top bit is dropped, {total} has {width} bits",
            f"{total} is the sum modulo 2 to the power of {width}",
        ),
    }[form]
    noun = f"{width}-bit adder" + (" with carry-in" if rest else "")
    return Words(
        title=noun + (" and carry-out" if carry and rest else " with carry-out" if carry else ""),
        terse=f"{an(noun)}: {' + '.join(ins)}; {end}",
        plain=draw.phrase(
            f"Add the unsigned {width}-bit numbers {left} and {right}{with_carry}; {end}.",
            f"Build {an(f'{width}-bit binary adder')}. It adds {left}, {right}{with_carry}; {end}."
            if rest
            else f"Build {an(f'{width}-bit binary adder')} for {left} and {right}; {end}.",
            f"The module computes {' + '.join(ins)}. All numbers are unsigned; {end}.",
        ),
        points=(
            f"The result is {' + '.join(ins)}, all unsigned.",
            f"{end[0].upper() + end[1:] if end.startswith(('the ', 'a carry')) else end}.",
        ),
    )


def _ripple(draw: Draw) -> Drawn:
    width = draw.one_of(3, 3, 4, 4, 4, 8, 16)
    left, right, carry_in = draw.name("left"), draw.name("right"), draw.name("carry in")
    total, carries = draw.name("sum"), draw.name("carry out", "couts")
    generated = (
        f"wire [{width}:0] c;\nassign c[0] = {carry_in};\n"
        f"genvar i;\ngenerate\n    for (i = 0; i < {width}; i = i + 1) begin : stage\n"
        f"        assign {total}[i] = {left}[i] ^ {right}[i] ^ c[i];\n"
        f"        assign c[i + 1] = ({left}[i] & {right}[i]) | ({left}[i] & c[i]) | "
        f"({right}[i] & c[i]);\n    end\nendgenerate\nassign {carries} = c[{width}:1];"
    )
    lines = [
        f"assign {{{carries}[{i}], {total}[{i}]}} = {left}[{i}] + {right}[{i}] + "
        f"{f'{carries}[{i - 1}]' if i else carry_in};"
        for i in range(width)
    ]
    listing = "\n".join(lines)

    def model(given: Values) -> Outputs:
        chain, carry = 0, given[carry_in]
        for i in range(width):
            carry = ((given[left] >> i & 1) + (given[right] >> i & 1) + carry) >> 1
            chain |= carry << i
        return {
            total: (given[left] + given[right] + given[carry_in]) & mask(width),
            carries: chain,
        }

    return design(
        module="ripple_carry_adder",
        parameters={"width": width},
        ins=[(left, width), (right, width), (carry_in, 1)],
        outs=[(total, width), (carries, width)],
        words=Words(
            title=f"{width}-bit ripple-carry adder",
            terse=f"{an(f'{width}-bit ripple-carry adder')} whose output {carries} holds the "
            f"carry-out of every stage and {total} the sum of {left}, {right} and {carry_in}",
            plain=draw.phrase(
                f"Chain {width} full adders to add {left}, {right} and the carry-in {carry_in}. "
                f"{total} is the sum. {carries}[i] is the carry-out of the full adder for bit i, "
                "so "
                f"{carries}[{width - 1}] is the final carry.",
                f"Build a ripple-carry adder of {width} full adders. Bit 0 takes {carry_in} as its "
                f"carry-in, every other bit the carry-out of the bit below. All carry-outs are "
                f"visible on {carries}, the one of bit 0 at {carries}[0]; the sum bits are on "
                f"{total}.",
                f"Add {left}, {right} and {carry_in} bit by bit, from bit 0 upwards, each stage "
                f"handing its carry to the next. Give the sum on {total} and every stage's "
                f"carry-out on {carries}, with bit i of {carries} coming from stage i.",
                f"{total} is the sum of {left}, {right} and {carry_in} without the last carry. In "
                f"addition, {carries}[i] shows the carry that leaves bit position i.",
            ),
            points=(
                f"{total} is {left} + {right} + {carry_in} without the final carry.",
                f"{carries}[i] is the carry out of bit position i.",
            ),
        ),
        coding=draw.style(listing, generated) if width <= 4 else generated,
        model=model,
        slips={
            "carries-in-reverse": generated.replace(
                f"assign {carries} = c[{width}:1];", f"assign {carries} = c[{width - 1}:0];"
            ),
            "carry-in-ignored": generated.replace(f"c[0] = {carry_in}", "c[0] = 1'b0"),
        },
        vectors=corners((left, width), (right, width)),
    )


def _subtractor(draw: Draw) -> Drawn:
    width = draw.one_of(*_WIDTHS, draw.integer(2, 64))
    left, right = draw.name("left"), draw.name("right")
    result = draw.name("diff", "difference", "out", "result")
    borrow_in = draw.name("bin", "borrow_in", "bi") if draw.chance(0.3) else ""
    borrow = draw.name("borrow", "bout", "borrow_out") if draw.chance(0.6) else ""
    reverse = draw.chance(0.12)
    first, second = (right, left) if reverse else (left, right)
    minus = f"{first} - {second}" + (f" - {borrow_in}" if borrow_in else "")
    target = f"{{{borrow}, {result}}}" if borrow else result
    body = f"assign {target} = {minus};"
    procedural = (always(f"{target} = {minus};"), (result, *([borrow] if borrow else [])))
    styles: list[Coding] = [(body, ()), (body, ()), procedural]
    if borrow and not borrow_in:
        compare = f"assign {result} = {minus};\nassign {borrow} = {first} < {second};"
        styles.append((compare, ()))

    def model(given: Values) -> Outputs:
        value = given[first] - given[second] - (given[borrow_in] if borrow_in else 0)
        return {result: value & mask(width), **({borrow: int(value < 0)} if borrow else {})}

    taken = f"{first} minus {second}" + (f" minus the borrow-in {borrow_in}" if borrow_in else "")
    below = f"{borrow} is 1 if the true difference is negative" if borrow else ""
    more = f" {below}." if borrow else " A borrow out of the top bit is ignored."
    swapped = body.replace(f"{first} - {second}", f"{second} - {first}")
    slips = {"operands-swapped": swapped, "adds": body.replace(" - ", " + ")}
    return design(
        module="subtractor",
        parameters={
            "width": width,
            "borrow_in": int(bool(borrow_in)),
            "borrow": int(bool(borrow)),
            "reverse": int(reverse),
        },
        ins=[(left, width), (right, width), *([(borrow_in, 1)] if borrow_in else [])],
        outs=[(result, width), *([(borrow, 1)] if borrow else [])],
        words=Words(
            title=f"{width}-bit subtractor",
            terse=f"{an(f'{width}-bit subtractor')}: {result} is {taken}"
            + (f", {below}" if borrow else ""),
            plain=draw.phrase(
                f"Compute {taken} with {width} bits and put it on {result}.{more}",
                f"{result} is the difference {minus} of unsigned {width}-bit numbers, modulo 2 to "
                f"the power of {width}.{more}",
                f"Build an unsigned subtractor. {second} is taken away from {first}"
                + (f", and so is the borrow-in {borrow_in}" if borrow_in else "")
                + f"; the result appears on {result}.{more}",
            ),
            points=(f"{result} = {minus}, {width} bits.", more.strip()),
        ),
        coding=draw.style(*styles),
        model=model,
        slips=slips,
        vectors=corners((left, width), (right, width)),
    )


def _add_subtract(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16, 32, draw.integer(3, 40))
    left, right = draw.name("left"), draw.name("right")
    choose, result = draw.name("sub", "mode", "op", "add_sub", "do_sub"), draw.name("sum")
    ones = draw.chance(0.75)
    zero = draw.name("zero", "is_zero", "zero_flag") if draw.chance(0.3) else ""
    plus, minus = f"{left} + {right}", f"{left} - {right}"
    one, nil = (minus, plus) if ones else (plus, minus)
    outs = [result, *([zero] if zero else [])]
    test = f"\nassign {zero} = ({result} == 0);" if zero else ""
    body = f"assign {result} = {choose} ? {one} : {nil};{test}"
    steps = f"if ({choose})\n    {result} = {one};\nelse\n    {result} = {nil};"
    steps += f"\n{zero} = ({result} == 0);" if zero else ""
    spread = f"{{{width}{{{choose}}}}}" if ones else f"~{{{width}{{{choose}}}}}"
    carry = choose if ones else f"!{choose}"
    trick = f"assign {result} = {left} + ({right} ^ {spread}) + {carry};{test}"

    def model(given: Values) -> Outputs:
        subtracts = given[choose] == ones
        value = given[left] - given[right] if subtracts else given[left] + given[right]
        found = value & mask(width)
        return {result: found, **({zero: int(found == 0)} if zero else {})}

    rule = draw.phrase(
        f"{result} is {minus} when {choose} is {int(ones)} and {plus} when it is {int(not ones)}",
        f"with {choose} = {int(not ones)} the module adds ({plus}), with {choose} = {int(ones)} it "
        f"subtracts ({minus})",
    )
    flag = f" {zero} is 1 exactly when {result} is 0." if zero else ""
    return design(
        module="add_sub",
        parameters={"width": width, "one_subtracts": int(ones), "zero": int(bool(zero))},
        ins=[(left, width), (right, width), (choose, 1)],
        outs=[(out, 1 if out == zero else width) for out in outs],
        words=Words(
            title=f"{width}-bit adder/subtractor",
            terse=f"{an(f'{width}-bit adder/subtractor')}: {rule}"
            + (f"; {zero} tells that the result is 0" if zero else ""),
            plain=draw.phrase(
                f"One unit adds or subtracts: {rule}. The result has {width} bits, carries are "
                f"dropped.{flag}",
                f"Build {an(f'{width}-bit adder')} that can subtract as well: {rule}. Results wrap "
                f"around.{flag}",
                f"Depending on {choose}, add or subtract two {width}-bit numbers: {rule}, modulo 2 "
                f"to the power of {width}.{flag}",
            ),
            points=(
                f"{choose} = {int(not ones)}: {result} = {plus}.",
                f"{choose} = {int(ones)}: {result} = {minus}.",
                *([flag.strip()] if zero else []),
            ),
        ),
        coding=draw.style((body, ()), (always(steps), tuple(outs)), (trick, ())),
        model=model,
        slips={
            "wrong-polarity": f"assign {result} = {choose} ? {nil} : {one};{test}",
            "missing-plus-one": f"assign {result} = {left} + ({right} ^ {spread});{test}",
        },
        vectors=[{left: 5 & mask(width), right: 5 & mask(width), choose: int(ones)}],
    )


FAMILIES = (
    Family(name="bit-adder", kind="arithmetic", draw=_bit_adder, weight=0.7),
    Family(name="adder", kind="arithmetic", draw=_adder, weight=1.5),
    Family(name="ripple-adder", kind="arithmetic", draw=_ripple),
    Family(name="subtractor", kind="arithmetic", draw=_subtractor),
    Family(name="add-subtract", kind="arithmetic", draw=_add_subtract),
)
"""The families of this module."""
