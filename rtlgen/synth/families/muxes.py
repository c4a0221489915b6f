"""Multiplexers, demultiplexers and chains of conditions."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    Coding,
    always,
    an,
    binary,
    bit,
    capital,
    case,
    decimal,
    design,
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
    filler = _filler(width, rest)
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


def _filler(width: int, value: int) -> str:
    if value == 0:
        return f"{width}'b0" if width > 1 else "1'b0"
    return f"{{{width}{{1'b1}}}}" if width > 1 else "1'b1"


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
    reverse = draw.chance(0.12)
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
    other = always(f"{out} = {_filler(width, 0)};\n{steps}")

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


def _mux_priority(draw: Draw) -> Drawn:
    count = draw.integer(2, 4)
    width = draw.one_of(1, 4, 8, 16)
    ins = vectors_named(draw, count)
    conditions = [f"{draw.one_of('use', 'sel', 'req', 'take')}_{name}" for name in ins]
    draw.take(*conditions)
    out, rest = draw.name("out", "y", "result"), draw.one_of(0, 0, 1)
    spare = draw.name("other", "default_in", "fallback") if rest else ""
    last = spare or _filler(width, 0)
    order = list(range(count))
    if draw.chance(0.3):
        order.reverse()
    lines = []
    for place, i in enumerate(order):
        lines.append(
            f"{'if' if place == 0 else 'else if'} ({conditions[i]})\n    {out} = {ins[i]};"
        )
    body = always("\n".join([*lines, f"else\n    {out} = {last};"]))
    chain = "".join(f"{conditions[i]} ? {ins[i]} :\n    " for i in order)
    wrong = "".join(f"{conditions[i]} ? {ins[i]} :\n    " for i in reversed(order))

    def model(given: Values) -> dict[str, int]:
        for i in order:
            if given[conditions[i]]:
                return {out: given[ins[i]]}
        return {out: given[spare] if spare else 0}

    ranked = [conditions[i] for i in order]
    what = spare or "0"
    rules = [f"{out} is {ins[i]} if {conditions[i]} is 1" for i in order]
    first = f"{rules[0]}; otherwise " + "; otherwise ".join(
        f"{ins[i]} if {conditions[i]} is 1" for i in order[1:]
    )
    return design(
        module="priority_mux",
        parameters={"inputs": count, "width": width, "order": str(order), "fallback": rest},
        ins=[
            *((name, width) for name in ins),
            *([(spare, width)] if spare else []),
            *((name, 1) for name in conditions),
        ],
        outs=[(out, width)],
        words=Words(
            title=f"priority multiplexer of {NUMBERS[count]} inputs",
            terse=f"a selector with priority: {first}; and {what} if none of them is 1",
            plain=draw.phrase(
                f"{capital(first)}. If none of these signals is 1, {out} is {what}.",
                f"Each data input has a signal that asks for it. The highest priority has "
                f"{ranked[0]}, then come {listed(ranked[1:])} in this order. {out} is the data of "
                "the "
                "first signal that is 1 "
                f"({listed([f'{ins[i]} belongs to {conditions[i]}' for i in order])})"
                f", or {what} when all are 0.",
                f"Check the signals {listed(ranked)} in this order and stop at the first that is "
                "high: "
                f"{out} then carries {listed([ins[i] for i in order], 'or')}, respectively. With "
                "none "
                f"of them high, {out} is {what}.",
            ),
            points=(
                *(
                    f"{rule}{f' and none of {listed(ranked[:k])} is' if k else ''}."
                    for k, rule in enumerate(rules)
                ),
                f"{out} is {what} if none of them is 1.",
            ),
        ),
        coding=draw.style((body, (out,)), (body, (out,)), (f"assign {out} = {chain}{last};", ())),
        model=model,
        slips={
            "wrong-priority": f"assign {out} = {wrong}{last};",
            "wrong-fallback": f"assign {out} = {chain}{ins[0]};",
        },
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
        f"assign {n} = ({select} == {decimal(bits, i)}) ? {source} : {_filler(width, 0)};"
        for i, n in enumerate(name)
    )
    rows = [(decimal(bits, i), f"{n} = {source};") for i, n in enumerate(name)]
    zero = "\n".join(f"{n} = {_filler(width, 0)};" for n in name)
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


def _conditions(draw: Draw) -> Drawn:
    width = draw.one_of(4, 8, 8, 16)
    value, out = draw.name("data"), draw.name("result")
    bits = draw.one_of(1, 2, 2, 3)
    mode = draw.name("mode", "op", "sel", "ctrl")
    actions = draw.random.sample(sorted(_ACTIONS), min(draw.integer(2, 5), 1 << bits))
    rest = draw.one_of("pass", "zero")
    rest = "pass" if rest in actions else rest
    full = len(actions) == 1 << bits
    codes = (
        list(range(len(actions)))
        if draw.chance(0.6)
        else sorted(draw.random.sample(range(1 << bits), len(actions)))
    )
    rows = [
        (
            binary(bits, c),
            f"{out} = {_ACTIONS[a][0].format(x=value, w=width, h=width - 1, l=width - 2)};",
        )
        for c, a in zip(codes, actions, strict=True)
    ]
    other = f"{out} = {value};" if rest == "pass" else f"{out} = {_filler(width, 0)};"
    body = always(case(mode, rows, other))
    left = value if rest == "pass" else _filler(width, 0)
    chain = "".join(
        f"({mode} == {label}) ? {text[len(out) + 3 : -1]} :\n    " for label, text in rows
    )

    def model(given: Values) -> dict[str, int]:
        x = given[value]
        if given[mode] in codes:
            return {out: _act(actions[codes.index(given[mode])], x, width)}
        return {out: x if rest == "pass" else 0}

    told = [
        f"{draw.phrase(f'{mode} = {binary(bits, c)}', f'{mode} is {c}')}: {out} is "
        f"{_ACTIONS[a][1].format(x=value)}"
        for c, a in zip(codes, actions, strict=True)
    ]
    otherwise = f"{out} is {value} unchanged" if rest == "pass" else f"{out} is 0"
    last = "" if full else f" For every other value of {mode}, {otherwise}."
    shifted = [(rows[(i + 1) % len(rows)][0], text) for i, (_, text) in enumerate(rows)]
    return design(
        module="mode_select",
        parameters={
            "width": width,
            "bits": bits,
            "actions": " ".join(actions),
            "codes": str(codes),
            "rest": rest,
        },
        ins=[(value, width), (mode, bits)],
        outs=[(out, width)],
        words=Words(
            title=f"{width}-bit data path with {len(actions)} modes",
            terse=f"a unit that changes {value} as {mode} says ({'; '.join(told)}"
            + ("" if full else f"; otherwise {otherwise}")
            + ")",
            plain=draw.phrase(
                f"What happens to {value} depends on {mode}. "
                f"{'. '.join(capital(t) for t in told)}.{last}",
                f"The {bits}-bit input {mode} chooses an operation on {value}: "
                f"{'; '.join(told)}.{last}",
            ),
            points=(*(f"{t}." for t in told), *([last.strip()] if last else [])),
        ),
        coding=draw.style((body, (out,)), (body, (out,)), (f"assign {out} = {chain}{left};", ())),
        model=model,
        slips={
            "modes-mixed-up": always(case(mode, shifted, other)),
            "wrong-mode": f"assign {out} = {chain.replace(rows[0][0], rows[1][0], 1)}{left};",
        },
        vectors=[{mode: i} for i in range(1 << bits)],
    )


_ACTIONS = {
    "pass": ("{x}", "{x} as it is"),
    "invert": ("~{x}", "{x} with all bits inverted"),
    "double": ("{x} << 1", "{x} shifted left by one (a 0 enters on the right)"),
    "half": ("{x} >> 1", "{x} shifted right by one (a 0 enters on the left)"),
    "increment": ("{x} + 1'b1", "{x} plus 1, without the carry"),
    "decrement": ("{x} - 1'b1", "{x} minus 1, without the borrow"),
    "negate": ("-{x}", "the two's complement of {x}"),
    "rotate": ("{{{x}[{l}:0], {x}[{h}]}}", "{x} rotated left by one bit"),
    "zero": ("{w}'b0", "all zeros"),
    "ones": ("{{{w}{{1'b1}}}}", "all ones"),
}


def _act(action: str, x: int, width: int) -> int:
    results = {
        "pass": x,
        "invert": ~x,
        "double": x << 1,
        "half": x >> 1,
        "increment": x + 1,
        "decrement": x - 1,
        "negate": -x,
        "rotate": x << 1 | x >> (width - 1),
        "zero": 0,
        "ones": -1,
    }
    return results[action] & mask(width)


def _mux_pieces(draw: Draw) -> Drawn:
    """Select a nibble or byte of a word."""
    size = draw.one_of(4, 8, 8, 16)
    count = draw.one_of(2, 4, 4, 8)
    bits, total = width_of(count), size * count
    piece = {4: "nibble", 8: "byte", 16: "half-word"}[size]
    source, out = (
        draw.name("word", "in", "data", "bus"),
        draw.name(f"{piece[0]}_out", "out", "y", "q", "piece"),
    )
    select = draw.name("sel", "index", "n", "which")
    top_first = draw.chance(0.25)
    places = [f"{source}[{i * size + size - 1}:{i * size}]" for i in range(count)]
    ordered = places[::-1] if top_first else places
    rows = [(decimal(bits, i), f"{out} = {place};") for i, place in enumerate(ordered)]
    body = always(case(select, rows))
    wrong = always(case(select, [(a, rows[-1 - i][1]) for i, (a, _) in enumerate(rows)]))
    ends = ("most", "least") if top_first else ("least", "most")
    example = f"{ordered[0]} for {select} = 0, {ordered[-1]} for {select} = {count - 1}"
    part = f"assign {out} = {source}[{select} * {size} +: {size}];"
    return design(
        module=f"{piece.replace('-', '_')}_select",
        parameters={"size": size, "count": count, "top_first": int(top_first)},
        ins=[(source, total), (select, bits)],
        outs=[(out, size)],
        words=Words(
            title=f"{piece} selector",
            terse=f"a selector that gives {piece} number {select} of {source} on {out}, {piece} 0 "
            f"being the {ends[0]} significant one ({example})",
            plain=draw.phrase(
                f"{source} consists of {count} {piece}s. {out} is the {piece} whose number is on "
                f"{select}, where 0 means the {ends[0]} significant {piece} and {count - 1} the "
                f"{ends[1]} significant one ({example}).",
                f"Cut one {piece} out of {source}. Counting starts with 0 at the {ends[0]} "
                f"significant end: {example}. {select} holds the number.",
                f"Depending on {select}, one of the {count} {piece}s of {source} appears on {out}: "
                f"{listed([f'{place} if {select} is {i}' for i, place in enumerate(ordered)])}.",
            ),
            points=tuple(f"{select} = {i}: {out} = {place}." for i, place in enumerate(ordered)),
        ),
        coding=(body, (out,)) if top_first else draw.style((body, (out,)), (part, ())),
        model=lambda given: {
            out: given[source] >> size * (count - 1 - given[select] if top_first else given[select])
            & mask(size)
        },
        slips={"counted-from-the-other-end": wrong, "not-scaled": part.replace(f" * {size}", "")},
        vectors=[{select: i} for i in range(count)],
    )


def _mux_of_enables(draw: Draw) -> Drawn:
    """A multiplexer with an enable that may be active low, and an output when disabled."""
    count = draw.one_of(2, 4, 4, 8)
    bits = width_of(count)
    source, out = draw.name("in", "d", "data", "i"), draw.name("out", "y", "z")
    select, low = draw.name("sel", "s", "select"), draw.chance(0.5)
    enable = draw.name("en_n", "oe_n", "g_n") if low else draw.name("en", "enable", "oe")
    idle = draw.one_of(0, 0, 1)
    inverting = draw.chance(0.25)
    active = f"!{enable}" if low else enable
    chosen = f"{'~' if inverting else ''}{source}[{select}]"
    body = f"assign {out} = {active} ? {chosen} : 1'b{idle};"
    branch = always(f"if ({active})\n    {out} = {chosen};\nelse\n    {out} = 1'b{idle};")
    state = "low" if low else "high"
    invert = "the inverse of " if inverting else ""

    def model(given: Values) -> dict[str, int]:
        on = given[enable] != low
        return {out: bit(given[source], given[select]) ^ inverting if on else idle}

    return design(
        module="mux_with_enable",
        parameters={"inputs": count, "low": int(low), "idle": idle, "inverting": int(inverting)},
        ins=[(source, count), (select, bits), (enable, 1)],
        outs=[(out, 1)],
        words=Words(
            title=f"{count}-to-1 multiplexer with enable",
            terse=f"{an(f'{count}-to-1 multiplexer')} with an active-{state} enable {enable}: "
            f"{out} is "
            f"{invert}bit {select} of {source} while enabled and {idle} otherwise",
            plain=draw.phrase(
                f"While {enable} is {int(not low)}, {out} is {invert}the bit of {source} that "
                f"{select} "
                f"points to (0 for {source}[0]). While {enable} is {int(low)}, {out} is {idle}.",
                f"A data selector with {count} inputs and a strobe: the strobe {enable} is active "
                f"{state}. When it is active, {out} shows {invert}{source}[{select}]; when it is "
                "not, "
                f"{out} is {idle}.",
            ),
            points=(
                f"{enable} is active {state}.",
                f"While it is active, {out} is {invert}{source}[{select}].",
                f"While it is not, {out} is {idle}.",
            ),
        ),
        coding=draw.style((body, ()), (branch, (out,))),
        model=model,
        slips={
            "wrong-enable-polarity": f"assign {out} = {active} ? 1'b{idle} : {chosen};",
            "wrong-idle-value": f"assign {out} = {active} ? {chosen} : 1'b{1 - idle};",
        },
    )


FAMILIES = (
    Family(name="mux-2", kind="multiplexers", draw=_mux2),
    Family(name="mux-named-inputs", kind="multiplexers", draw=_mux_named),
    Family(name="mux-packed-inputs", kind="multiplexers", draw=_mux_packed),
    Family(name="mux-one-hot", kind="multiplexers", draw=_mux_one_hot),
    Family(name="mux-priority", kind="multiplexers", draw=_mux_priority),
    Family(name="mux-enable", kind="multiplexers", draw=_mux_of_enables),
    Family(name="demultiplexer", kind="multiplexers", draw=_demux),
    Family(name="mode-operations", kind="multiplexers", draw=_conditions),
    Family(name="piece-of-word", kind="multiplexers", draw=_mux_pieces),
)
"""The families of this module."""
