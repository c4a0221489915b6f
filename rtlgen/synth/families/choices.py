"""Choices by priority, mode or number: priority multiplexer, modes, pieces of a word."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    always,
    an,
    binary,
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


def _mux_priority(draw: Draw) -> Drawn:
    count = draw.integer(2, 4)
    width = draw.one_of(1, 4, 8, 16)
    ins = vectors_named(draw, count)
    conditions = [f"{draw.one_of('use', 'sel', 'req', 'take')}_{name}" for name in ins]
    draw.take(*conditions)
    out, rest = draw.name("out", "y", "result"), draw.one_of(0, 0, 1)
    spare = draw.name("other", "default_in", "fallback") if rest else ""
    last = spare or filled(width, 0)
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
    other = f"{out} = {value};" if rest == "pass" else f"{out} = {filled(width, 0)};"
    body = always(case(mode, rows, other))
    left = value if rest == "pass" else filled(width, 0)
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
                f"Pick one bit of {source} by its number {select} and put "
                f"{'its inverse' if inverting else 'it'} on {out}. The active-{state} {enable} "
                f"must be asserted for that; otherwise {out} stays at {idle}.",
                f"{out} = {invert}{source}[{select}] if {enable} is {int(not low)}; {out} = "
                f"{idle} if {enable} is {int(low)}.",
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
    Family(name="mux-priority", kind="multiplexers", draw=_mux_priority),
    Family(name="mode-operations", kind="multiplexers", draw=_conditions),
    Family(name="piece-of-word", kind="multiplexers", draw=_mux_pieces),
    Family(name="mux-enable", kind="multiplexers", draw=_mux_of_enables),
)
"""The families of this module."""
