"""Multiplexers, demultiplexers and chains of conditions."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Values, Words
from rtlgen.synth.families._common import (
    Coding,
    always,
    an,
    bit,
    capital,
    case,
    decimal,
    design,
    filled,
    listed,
    mask,
    vectors_named,
    width_of,
)


def _mux2(draw: Draw) -> Drawn:
    width = draw.one_of(1, 1, 4, 8, 16, 32, draw.integer(2, 64))
    zero, one = draw.one_of(("a", "b"), ("in0", "in1"), ("d0", "d1"), ("x", "y"), ("p", "q"))
    swapped = draw.chance(0.25)
    zero, one = (one, zero) if swapped else (zero, one)
    draw.take(zero, one)
    select, out = draw.name("select"), draw.name("out", "y", "z", "mux_out", "f")
    ternary = f"assign {out} = {select} ? {one} : {zero};"
    branch = always(f"if ({select})\n    {out} = {one};\nelse\n    {out} = {zero};")
    cases = always(case(select, [("1'b0", f"{out} = {zero};"), ("1'b1", f"{out} = {one};")]))
    gates = f"assign {out} = ({select} & {one}) | (~{select} & {zero});"
    styles: list[Coding] = [(ternary, ()), (ternary, ()), (branch, (out,)), (cases, (out,))]
    styles += [(gates, ())] if width == 1 else []
    ports = sorted([zero, one])
    return design(
        module="mux2to1",
        parameters={"width": width, "swapped": int(swapped)},
        ins=[*((name, width) for name in ports), (select, 1)],
        outs=[(out, width)],
        words=_mux2_words(draw, width, (zero, one), select, out),
        coding=draw.style(*styles),
        model=lambda given: {out: given[one] if given[select] else given[zero]},
        slips={
            "swapped-inputs": f"assign {out} = {select} ? {zero} : {one};",
            "select-not-spread": f"assign {out} = ({select} & {one}) | (~{select} & {zero});"
            if width > 1
            else "",
        },
    )


def _mux2_words(draw: Draw, width: int, ends: tuple[str, str], select: str, out: str) -> Words:
    zero, one = ends
    wide = "" if width == 1 else f"{width}-bit "
    rule = draw.phrase(
        f"{out} is {zero} when {select} is 0 and {one} when {select} is 1",
        f"if {select} = 1, {out} = {one}; if {select} = 0, {out} = {zero}",
        f"{select}=0 chooses {zero}, {select}=1 chooses {one}",
        f"{out} takes its value from {one} while {select} is high, from {zero} while it is low",
        f"{zero} goes to {out} if {select} is low, otherwise {one} does",
    )
    noun = draw.phrase("2-to-1 multiplexer", "two-input multiplexer", "2:1 mux", "selector")
    return Words(
        title=f"{wide}2-to-1 multiplexer",
        terse=f"{an(f'{wide}{noun}')}: {rule}",
        plain=draw.phrase(
            f"Build {an(f'{wide}{noun}')}. {capital(rule)}.",
            f"The module works like a switch with two positions: {rule}.",
            f"Two {wide}inputs compete for the output {out}. Which of them gets there depends on "
            f"{select}: {rule}.",
        ),
        points=(
            f"While {select} is 0, {out} equals {zero}.",
            f"While {select} is 1, {out} equals {one}.",
        ),
    )


def _mux_named(draw: Draw) -> Drawn:
    count = draw.one_of(3, 4, 4, 4, 5, 6, 7, 8, 8, 10, 12, 16)
    width = draw.one_of(1, 2, 4, 8, 8, 16, 32)
    bits = width_of(count)
    ins = vectors_named(draw, count)
    select = draw.name("sel", "select", "which", "choice")
    out = draw.name("out", "y", "z", "mux_out")
    rest = draw.one_of(0, 0, mask(width)) if count < 1 << bits else 0
    filler = filled(width, rest)
    rows = [(decimal(bits, i), f"{out} = {name};") for i, name in enumerate(ins)]
    body = always(case(select, rows, f"{out} = {filler};"))
    chain = " :\n    ".join(f"({select} == {decimal(bits, i)}) ? {n}" for i, n in enumerate(ins))
    off = [(decimal(bits, i), f"{out} = {name};") for i, name in enumerate([*ins[1:], ins[0]])]
    spare = range(count, 1 << bits)
    return design(
        module=f"mux{count}to1",
        parameters={"inputs": count, "width": width, "rest": rest},
        ins=[*((name, width) for name in ins), (select, bits)],
        outs=[(out, width)],
        words=_mux_named_words(draw, (ins, select, out), width, rest),
        coding=draw.style(
            (body, (out,)), (body, (out,)), (f"assign {out} = {chain} :\n    {filler};", ())
        ),
        model=lambda given: {out: given[ins[given[select]]] if given[select] < count else rest},
        slips={
            "off-by-one": always(case(select, off, f"{out} = {filler};")),
            "last-case-missing": always(case(select, rows[:-1], f"{out} = {filler};")),
            "wrong-default": always(case(select, rows, f"{out} = {ins[0]};")) if spare else body,
            "first-two-swapped": f"assign {out} = {_swapped(chain, ins)} :\n    {filler};",
        },
        vectors=[{select: i} for i in range(1 << bits)],
    )


def _swapped(chain: str, ins: Sequence[str]) -> str:
    first, second = f"? {ins[0]} :", f"? {ins[1]} :"
    return chain.replace(first, "?:").replace(second, first).replace("?:", second)


def _mux_named_words(
    draw: Draw, names: tuple[Sequence[str], str, str], width: int, rest: int
) -> Words:
    ins, select, out = names
    count, bits = len(ins), width_of(len(ins))
    wide = "1-bit" if width == 1 else f"{width}-bit"
    noun = draw.phrase(f"{count}-to-1 multiplexer", f"{count}:1 mux", f"{count}-way selector")
    each = [f"{name} for {i}" for i, name in enumerate(ins)]
    choice = draw.phrase(
        f"{select} = 0 selects {ins[0]}, {select} = 1 selects {ins[1]}, and so on up to "
        f"{select} = {count - 1}, which selects {ins[-1]}",
        f"{out} is the input whose number is on {select}: {listed(each)}",
        f"the output {out} equals {listed(each)} on {select}",
    )
    spare = (1 << bits) - count
    what = "0" if rest == 0 else ("1" if width == 1 else "all ones")
    left = ""
    if spare:
        left = draw.phrase(
            f"For the unused values of {select} ({count} and above), {out} is {what}.",
            f"If {select} is greater than {count - 1}, all bits of {out} are {min(rest, 1)}.",
            f"When {select} is {count} or more, the output is {what}.",
        )
    return Words(
        title=f"{wide} {count}-to-1 multiplexer",
        terse=f"{an(f'{wide} {noun}')} where {choice}"
        + (f"; {out} is {what} for other values of {select}" if spare else ""),
        plain=draw.phrase(
            f"Create {an(f'{wide} {noun}')}. {capital(choice)}. {left}",
            f"There are {count} {wide} inputs and the number on {select} picks one of them: "
            f"{choice}. {left}",
            f"The module is {an(f'{noun} for {wide} values')}: {choice}. {left}",
        ).strip(),
        points=(
            *(f"If {select} is {i}, {out} is {name}." for i, name in enumerate(ins)),
            *([f"For any other value of {select}, {out} is {what}."] if spare else []),
        ),
    )


def _mux_packed(draw: Draw) -> Drawn:
    count = draw.one_of(4, 8, 16, 16, 32, 64, 128, 256, 256)
    width = draw.one_of(1, 1, 1, 2, 3, 4, 8) if count < 256 else draw.one_of(2, 3, 8)
    bits = width_of(count)
    source = draw.name("in", "data", "d", "inputs", "bus")
    select, out = draw.name("sel", "select", "addr", "index"), draw.name("out", "y", "q", "dout")
    # Lint finds a difference of two bits too narrow beside `* 8`, and beside no other width.
    reverse = draw.chance(0.12) and (bits, width) != (2, 8)
    index = f"({decimal(bits, count - 1)} - {select})" if reverse else select
    if width == 1:
        body = f"assign {out} = {source}[{index.strip('()')}];"
        styles: list[Coding] = [
            (body, ()),
            (body, ()),
            (always(f"{out} = {source}[{index.strip('()')}];"), (out,)),
        ]
        slips = {"complemented-index": f"assign {out} = {source}[~{index}];"}
    else:
        body = f"assign {out} = {source}[{index} * {width} +: {width}];"
        parts = ", ".join(
            f"{source}[{index} * {width} + {i}]" if i else f"{source}[{index} * {width}]"
            for i in range(width - 1, -1, -1)
        )
        whole = f"assign {out} = {{{parts}}};"
        styles = [(body, ()), (body, ()), (always(body.replace("assign ", "")), (out,))]
        styles += [(whole, ())] if width <= 4 else []
        slips = {
            "not-scaled": f"assign {out} = {source}[{index} +: {width}];",
            "index-too-narrow": f"assign {out} = {source}[{{{index}, 1'b0}} +: {width}];",
        }

    def model(given: Values) -> dict[str, int]:
        number = count - 1 - given[select] if reverse else given[select]
        return {out: given[source] >> (number * width) & mask(width)}

    return design(
        module=f"mux{count}",
        parameters={"inputs": count, "width": width, "reverse": int(reverse)},
        ins=[(source, count * width), (select, bits)],
        outs=[(out, width)],
        words=_mux_packed_words(draw, (source, select, out), (count, width), reverse),
        coding=draw.style(*styles),
        model=model,
        slips=slips,
        vectors=[{select: 0}, {select: count - 1}],
    )


def _mux_packed_words(
    draw: Draw, names: tuple[str, str, str], sizes: tuple[int, int], reverse: bool
) -> Words:
    source, select, out = names
    count, width = sizes
    order = range(count - 1, -1, -1) if reverse else range(count)
    places = [
        f"{source}[{i}]" if width == 1 else f"{source}[{i * width + width - 1}:{i * width}]"
        for i in (order[0], order[1], order[-1])
    ]
    example = draw.phrase(
        f"{select}=0 selects {places[0]}, {select}=1 selects {places[1]}, and so on up to "
        f"{select}={count - 1} for {places[2]}",
        f"for {select} = 0, {out} is {places[0]}; for {select} = 1 it is {places[1]}; "
        f"for {select} = {count - 1} it is {places[2]}",
        f"{out} is {places[0]} if {select} is 0, {places[1]} if it is 1, ... and {places[2]} if it "
        f"is {count - 1}",
    )
    noun = f"{'1-bit' if width == 1 else f'{width}-bit'} wide {count}-to-1 multiplexer"
    packed = (
        f"the {count} inputs are the bits of the vector {source}"
        if width == 1
        else f"the {count} inputs of {width} bits each are packed into the {count * width}-bit "
        f"vector {source}"
    )
    return Words(
        title=noun,
        terse=f"{an(noun)} in which {packed}: {example}",
        plain=draw.phrase(
            f"Create {an(noun)}. {capital(packed)}. {capital(example)}.",
            f"Pick one item out of a long vector: {packed}, and {select} says which of them "
            "appears "
            f"on {out}. {capital(example)}.",
            f"The module selects {width} of {count * width} bits; {packed}. {capital(example)}.",
        ),
        points=(f"{capital(packed)}.", f"{capital(example)}."),
    )


def _mux_one_hot(draw: Draw) -> Drawn:
    count = draw.integer(2, 6)
    width = draw.one_of(1, 4, 8, 8, 16, 32)
    ins = vectors_named(draw, count)
    select = draw.name("sel", "select", "onehot", "grant", "en")
    out = draw.name("out", "y", "z", "result")
    spread = [f"({{{width}{{{select}[{i}]}}}} & {name})" for i, name in enumerate(ins)]
    if width == 1:
        spread = [f"({select}[{i}] & {name})" for i, name in enumerate(ins)]
    body = f"assign {out} = {(' |' + chr(10) + '    ').join(spread)};"
    steps = "\n".join(f"if ({select}[{i}]) {out} = {out} | {n};" for i, n in enumerate(ins))
    other = always(f"{out} = {filled(width, 0)};\n{steps}")

    def model(given: Values) -> dict[str, int]:
        result = 0
        for i, name in enumerate(ins):
            result |= given[name] if bit(given[select], i) else 0
        return {out: result}

    pairs = [f"{select}[{i}] for {name}" for i, name in enumerate(ins)]
    none = f"if no bit of {select} is set, {out} is 0"
    several = f"if several are set, {out} is the bitwise OR of the inputs chosen"
    noun = f"{count}-input multiplexer with one select line for each input"
    return design(
        module="one_hot_mux",
        parameters={"inputs": count, "width": width},
        ins=[*((name, width) for name in ins), (select, count)],
        outs=[(out, width)],
        words=Words(
            title=f"one-hot {count}-to-1 multiplexer",
            terse=f"{an(noun)} ({listed(pairs)}); {none}, {several}",
            plain=draw.phrase(
                f"Build an AND-OR multiplexer with a one-hot select {select}: {listed(pairs)}. "
                f"{capital(none)}; {several}.",
                f"Every input has its own select line: {listed(pairs)}. The input whose line is 1 "
                f"appears on {out}. Usually exactly one line is 1, but {none}, and {several}.",
                f"{out} is the OR of those inputs whose bit in {select} is 1: {listed(pairs)}. "
                f"So {none}.",
            ),
            points=(
                *(
                    f"While {select}[{i}] is 1, {name} contributes to {out}."
                    for i, name in enumerate(ins)
                ),
                f"{capital(several)}.",
                f"{capital(none)}.",
            ),
        ),
        coding=draw.style((body, ()), (body, ()), (other, (out,))),
        model=model,
        slips={
            "reversed-order": body.replace(
                spread[0], spread[0].replace("[0]", f"[{count - 1}]"), 1
            ),
            "and-for-or": body.replace(" |\n", " &\n"),
        },
        vectors=[{select: 1 << i} for i in range(count)] + [{select: 0}, {select: mask(count)}],
    )


def _demux(draw: Draw) -> Drawn:
    count = draw.one_of(2, 4, 4, 8)
    width = draw.one_of(1, 1, 4, 8)
    bits = width_of(count)
    source, select = draw.name("in", "d", "din", "data"), draw.name("sel", "select", "s")
    scalars_ = width > 1 or draw.chance(0.5)
    outs = [f"{draw.one_of('y', 'out', 'q')}{i}" for i in range(count)]
    outs = [f"{outs[0][:-1]}{i}" for i in range(count)]
    vector = draw.name("out", "y", "q")
    name = outs if scalars_ else [f"{vector}[{i}]" for i in range(count)]
    body = "\n".join(
        f"assign {n} = ({select} == {decimal(bits, i)}) ? {source} : {filled(width, 0)};"
        for i, n in enumerate(name)
    )
    rows = [(decimal(bits, i), f"{n} = {source};") for i, n in enumerate(name)]
    zero = "\n".join(f"{n} = {filled(width, 0)};" for n in name)
    zero = zero if scalars_ else f"{vector} = {decimal(count, 0)};"
    procedure = always(f"{zero}\n{case(select, rows)}")
    targets = tuple(outs) if scalars_ else (vector,)

    def model(given: Values) -> dict[str, int]:
        values = [given[source] if given[select] == i else 0 for i in range(count)]
        if scalars_:
            return dict(zip(outs, values, strict=True))
        return {vector: sum(v << i for i, v in enumerate(values))}

    rule = draw.phrase(
        f"{source} goes to {name[0]} if {select} is 0, to {name[1]} if it is 1"
        + (f", and so on up to {name[-1]} for {count - 1}" if count > 2 else ""),
        f"the number on {select} says which of {listed(name)} gets {source}, counted from 0",
    )
    wrong = [*rows[1:], (rows[0][0], rows[-1][1])]
    swapped = [(label, rows[count - 1 - i][1]) for i, (label, _) in enumerate(rows)]
    return design(
        module=f"demux1to{count}",
        parameters={"outputs": count, "width": width, "vector": int(not scalars_)},
        ins=[(source, width), (select, bits)],
        outs=[(n, width) for n in outs] if scalars_ else [(vector, count)],
        words=Words(
            title=f"1-to-{count} demultiplexer",
            terse=f"a 1-to-{count} demultiplexer: {rule}; all other outputs are 0",
            plain=draw.phrase(
                f"Build a 1-to-{count} demultiplexer. {capital(rule)}. The outputs that are not "
                f"selected are 0.",
                f"One input, {count} possible destinations: {rule}. Everything else stays at 0.",
                f"Distribute {source}: {rule}. Unselected outputs carry zero.",
            ),
            points=(
                *(f"If {select} is {i}, {n} equals {source}." for i, n in enumerate(name)),
                "Every output that is not selected is 0.",
            ),
        ),
        coding=draw.style((procedure, targets), (body, ())),
        model=model,
        slips={
            "reversed-select": always(f"{zero}\n{case(select, swapped)}"),
            "wrong-output": always(f"{zero}\n{case(select, wrong)}"),
            "counted-from-one": body.replace(f"== {decimal(bits, 0)}", f"== {decimal(bits, 1)}"),
        },
    )


FAMILIES = (
    Family(name="mux-2", kind="multiplexers", draw=_mux2),
    Family(name="mux-named-inputs", kind="multiplexers", draw=_mux_named),
    Family(name="mux-packed-inputs", kind="multiplexers", draw=_mux_packed),
    Family(name="mux-one-hot", kind="multiplexers", draw=_mux_one_hot),
    Family(name="demultiplexer", kind="multiplexers", draw=_demux),
)
"""The families of this module."""
