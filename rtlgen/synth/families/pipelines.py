"""Arithmetic in stages, and registers between a sender and a receiver."""

from __future__ import annotations

from itertools import pairwise

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    control,
    listed,
    number,
    priority,
    repeat,
    slips,
    span,
    width_for,
)

_Numbers = tuple[int | None, ...]


def _stages(value: int | None) -> _Numbers:
    return (value,) * 3


def _operation(kind: str, a: int | None, b: int | None, width: int) -> int | None:
    if a is None or b is None:
        return None
    mask = (1 << width) - 1
    return {"+": a + b, "-": a - b, "*": a * b, "&": a & b, "|": a | b, "^": a ^ b}[kind] & mask


_SAID = {
    "+": "{a} + {b}",
    "-": "{a} - {b}",
    "*": "{a} * {b}",
    "&": "the bitwise AND of {a} and {b}",
    "|": "the bitwise OR of {a} and {b}",
    "^": "the bitwise XOR of {a} and {b}",
}


def _two_stage_words(
    draw: Draw, names: tuple[str, ...], signs: tuple[str, str], width: int
) -> Words:
    a, b, c, out = names
    first = _SAID[signs[0]].format(a=a, b=b)
    second = _SAID[signs[1]].format(a="that result", b=f"the {c} of the same cycle as {a} and {b}")
    whole = f"({a} {signs[0]} {b}) {signs[1]} {c}"
    return Words(
        title=f"two-stage pipeline for {whole}",
        terse=f"a two-stage pipeline that computes {whole} modulo {1 << width}: stage 1 registers "
        f"{a} {signs[0]} {b} and {c}, stage 2 registers the result in {out}",
        plain=draw.phrase(
            f"The result {whole} is computed in two clock cycles. In the first stage, registers "
            f"take {first}, and a copy of {c}. In the second stage, {out} takes {second}. New "
            f"inputs are accepted in every cycle. All values have {width} bits, and what exceeds "
            f"them is dropped.",
            f"Build a pipeline with two register stages. Inputs given before one clock edge "
            f"lead to "
            f"{out} = {whole} (modulo {1 << width}) after the next one: the first edge stores "
            f"{first}, together with {c}; the second edge stores the final result in {out}. One "
            f"new set of inputs can be given per cycle, so {c} has to be delayed along with the "
            f"intermediate result.",
            f"{out} is {whole}, two clock edges after the inputs were sampled (the sampling edge "
            f"included). Between the two operations there is a register; {c} is delayed by one "
            f"register, so that values that came in together belong together. Arithmetic is in "
            f"{width} bits.",
        ),
        points=(
            f"Stage 1 registers {first}.",
            f"Stage 1 also registers {c}.",
            f"Stage 2 registers the combination of both, {whole}, in {out}.",
            f"Everything has {width} bits; carries beyond are dropped.",
        ),
        after_reset="all registers are 0",
    )


def _two_stage(draw: Draw) -> Drawn:
    timing, width = draw.timing("sometimes"), draw.one_of(4, 6, 8, 8, 12, 16)
    signs = (draw.one_of("+", "-", "&", "|", "^"), draw.one_of("+", "-", "&", "|", "^"))
    a, b, c = draw.name("left"), draw.name("right"), draw.name("c", "op_c", "in2", "in_c")
    out = draw.name("result")
    zero = number(width, 0)
    declared = f"reg {span(width)}stage1, {c}_delayed;\n\n"
    clear = f"stage1 <= {zero};\n{c}_delayed <= {zero};\n{out} <= {zero};"
    draw.take("stage1", f"{c}_delayed")

    def built(third: str, order: tuple[str, str] = signs) -> str:
        return declared + timing.always(
            f"stage1 <= {a} {order[0]} {b};\n{c}_delayed <= {c};\n"
            f"{out} <= stage1 {order[1]} {third};",
            clear,
        )

    def following(state: _Numbers, given: Values) -> _Numbers:
        return (
            _operation(signs[0], given[a], given[b], width),
            given[c],
            _operation(signs[1], state[0], state[1], width),
        )

    body = built(f"{c}_delayed")
    return Drawn(
        parameters={"width": width, "signs": " ".join(signs), "reset": timing.reset != ""},
        ports=(*inputs((a, width), (b, width), (c, width)), *outputs((out, width))),
        timing=timing,
        words=_two_stage_words(draw, (a, b, c, out), signs, width),
        body=body,
        registered=(out,),
        behavior=Clocked(
            reset=_stages(0),
            power_up=_stages(None),
            outputs=lambda state, _: {out: state[2]},
            following=following,
        ),
        slips=slips(
            "X",
            (
                "operand-not-delayed",
                "X",
                built(c)
                .replace(f"{c}_delayed <= {c};\n", "")
                .replace(f", {c}_delayed", "")
                .replace(f"{c}_delayed <= {zero};\n", ""),
            ),
            ("blocking-for-non-blocking", "X", body.replace("<=", "=")),
            ("operations-swapped", "X", built(f"{c}_delayed", signs[::-1])),
        ),
        module="two_stage_pipeline",
    )


def _tree_words(
    draw: Draw, count: int, widths: tuple[int, int], names: tuple[str, ...], valid: tuple[str, str]
) -> Words:
    *terms, out = names
    stages = width_for(count - 1)
    flag = (
        f" {valid[1]} is {valid[0]} delayed by {stages} registers, so that it belongs to {out}."
        if valid[0]
        else ""
    )
    return Words(
        title=f"pipelined adder tree for {count} inputs",
        terse=f"a pipelined adder tree: {out} is {' + '.join(terms)} (unsigned, in full width) "
        f"after {stages} register stages, each adding pairs"
        + (f"; {valid[1]} is {valid[0]} delayed by as many" if valid[0] else ""),
        plain=draw.phrase(
            f"Add {count} unsigned numbers, {listed(terms)}, in {stages} stages. Each stage adds "
            f"neighboring pairs and stores the sums in registers, and the last register is {out}. "
            f"No carry is lost, and new numbers can come in every clock cycle.",
            f"{out} is the sum {' + '.join(terms)} of the values that were at the inputs {stages} "
            f"clock edges ago. The additions are spread over {stages} pipeline stages with a "
            f"register behind each adder. Everything is unsigned, and {out} has {widths[1]} bits.",
            f"Sum {count} inputs of {widths[0]} bits with a tree of two-input adders. There is a "
            f"register after every adder, so {out}, the total of {listed(terms)}, comes out after "
            f"{stages} clock edges. Sums get wider so that nothing overflows; no signs.",
        )
        + flag,
        points=(
            f"{out} = {' + '.join(terms)}, unsigned and without overflow.",
            f"There are {stages} register stages; each adds pairs of the values before it.",
            "A new set of inputs is taken at every clock edge.",
            *([flag.strip()] if flag else []),
        ),
        after_reset="all registers are 0",
    )


def _tree(draw: Draw) -> Drawn:
    timing, count, width = draw.timing(), draw.one_of(4, 4, 8), draw.one_of(4, 6, 8, 8, 10)
    stages = width_for(count - 1)
    wide = width + stages
    prefix = draw.one_of("a", "x", "in", "d")
    terms = [f"{prefix}{i}" for i in range(count)]
    draw.take(*terms)
    out = draw.name("sum", "result")
    flags = ("valid_in", "valid_out") if draw.chance(0.5) else ("", "")
    level, lines, resets, declared = terms, [], [], []
    size = width
    for stage in range(1, stages + 1):
        sums = [f"s{stage}_{i}" for i in range(len(level) // 2)] if stage < stages else [out]
        for i, name in enumerate(sums):
            left, right = level[2 * i : 2 * i + 2]
            lines.append(f"{name} <= {{1'b0, {left}}} + {{1'b0, {right}}};")
        size += 1
        resets += [f"{name} <= {number(size, 0)};" for name in sums]
        declared += [f"reg {span(size)}{', '.join(sums)};"] if stage < stages else []
        level = sums
    if flags[0]:
        chain = [flags[0], *(f"valid{i}" for i in range(1, stages)), flags[1]]
        lines += [f"{after} <= {before};" for before, after in pairwise(chain)]
        resets += [f"{name} <= 1'b0;" for name in chain[1:]]
        declared += [f"reg {', '.join(chain[1:-1])};"]
    body = "\n".join(declared) + "\n\n" + timing.always("\n".join(lines), "\n".join(resets))
    early = (
        body.replace(f"{flags[1]} <= {chain[-2]};", f"{flags[1]} <= {chain[-3]};")
        if (flags[0])
        else ""
    )

    def following(state: tuple[tuple[int, int], ...], given: Values) -> tuple[tuple[int, int], ...]:
        total = sum(given[name] for name in terms)
        return ((total, given[flags[0]] if flags[0] else 0), *state[:-1])

    def shown(state: tuple[tuple[int, int], ...], _: Values) -> Outputs:
        total, flag = state[-1]
        return {out: total, flags[1]: flag} if flags[0] else {out: total}

    more = ((flags[0], 1),) if flags[0] else ()
    ports = inputs(*((name, width) for name in terms), *more)
    return Drawn(
        parameters={"count": count, "width": width, "valid": flags[0]},
        ports=(*ports, *outputs((out, wide), *(((flags[1], 1),) if flags[0] else ()))),
        timing=timing,
        words=_tree_words(draw, count, (width, wide), (*terms, out), flags),
        body=body,
        registered=(out, flags[1]) if flags[0] else (out,),
        behavior=Clocked(
            reset=((0, 0),) * stages,
            outputs=shown,
            following=following,
            unknown=(out, flags[1]) if flags[0] else (out,),
        ),
        vectors=repeat(
            stages + 1,
            {**dict.fromkeys(terms, (1 << width) - 1), **({flags[0]: 1} if more else {})},
        ),
        slips=slips(
            "X",
            ("blocking-for-non-blocking", "X", body.replace("<=", "=")),
            ("input-twice", "X", body.replace(f"{{1'b0, {terms[1]}}}", f"{{1'b0, {terms[0]}}}")),
            *((("valid-too-early", "X", early),) if flags[0] else ()),
        ),
        module="adder_tree",
    )


def _mac_words(draw: Draw, names: tuple[str, ...], widths: tuple[int, int], staged: bool) -> Words:
    a, b, out, clear, enable = names
    wide = widths[1]
    how = (
        f"The product goes into a register first, and is added to {out} at the following clock edge"
        if staged
        else f"The product is added to {out} at the same clock edge that samples the factors"
    )
    only = f" with {enable} = 1" if enable else ""
    begin = f" {clear} = 1 sets all registers to 0 at the clock edge and has priority."
    return Words(
        title="multiply-accumulate unit" + (" with a product register" if staged else ""),
        terse=f"a multiply-accumulate unit for unsigned numbers: every clock edge{only} adds "
        f"{a} * {b} to {out} (modulo 2^{wide})"
        + (", by way of a register for the product" if staged else "")
        + f"; {clear} = 1 clears",
        plain=draw.phrase(
            f"At each clock edge{only}, {a} and {b} are multiplied and accumulated in {out}, all "
            f"unsigned and modulo 2^{wide}. {how}.",
            f"Sum up products: {out} collects {a} * {b} over the clock edges{only}. {how}. Numbers "
            f"are unsigned; {out} has {wide} bits and wraps around.",
            f"This is the core of a digital filter, a MAC for unsigned numbers of {widths[0]} bits "
            f"({a}, {b}) with an accumulator of {wide} bits ({out}, wrapping around). {how}. It "
            f"works at every clock edge{only}.",
        )
        + (
            f" At edges with {enable} = 0 {'both registers are' if staged else 'it is'} held."
            if enable
            else ""
        )
        + begin,
        points=(
            begin.strip(),
            f"Factors {a} and {b} are unsigned.",
            f"{how}.",
            f"The accumulator {out} wraps around at {wide} bits.",
            *([f"Nothing changes at clock edges with {enable} = 0."] if enable else []),
        ),
        after_reset="all registers are 0",
    )


def _mac(draw: Draw) -> Drawn:
    timing, width, staged = draw.timing(), draw.one_of(4, 6, 8, 8), draw.chance(0.5)
    wide = 2 * width + draw.one_of(0, 2, 4, 8)
    a, b, out = draw.name("left"), draw.name("right"), draw.name("acc", "sum", "mac_out", "y")
    clear = draw.name("clr", "clear_acc", "start")
    enable = control(draw, "enable", "valid", often=0.5)
    zero, both = number(wide, 0), 2 * width
    wider = f"{{{wide - both}'b0, product}}" if wide > both else "product"
    reset = f"{out} <= {zero};" + (f"\nproduct <= {number(both, 0)};" if staged else "")
    head = (
        f"reg [{both - 1}:0] product;\n\n"
        if staged
        else (f"wire [{both - 1}:0] product = {a} * {b};\n\n")
    )

    def built(update: str, begin: str = reset) -> str:
        rules = [(clear, begin), (enable.on, update)]
        return head + timing.always(priority(*rules), reset)

    add = f"{out} <= {out} + {wider};"
    step = f"product <= {a} * {b};\n{add}" if staged else add

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        if given[clear]:
            return 0, 0
        if not enable.holds(given):
            return state
        product = given[a] * given[b]
        return product, (state[1] + (state[0] if staged else product)) % (1 << wide)

    lost = f"{out} <= {wider};"
    return Drawn(
        parameters={"width": width, "wide": wide, "staged": int(staged), "en": enable.name != ""},
        ports=(*inputs((a, width), (b, width), (clear, 1), *enable.ports), *outputs((out, wide))),
        timing=timing,
        words=_mac_words(draw, (a, b, out, clear, enable.name), (width, wide), staged),
        body=built(step),
        registered=(out,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {out: state[1]},
            following=following,
            unknown=(out,),
        ),
        slips=slips(
            "X",
            ("does-not-accumulate", "X", built(step.replace(add, lost))),
            *(
                (
                    (
                        "blocking-for-non-blocking",
                        "X",
                        built(step.replace("product <=", "product =")),
                    ),
                )
                if staged
                else ()
            ),
            ("clear-ignored", "X", built(step).replace(f"if ({clear})", "if (1'b0)")),
        ),
        module="mac",
    )


def _multiplier_words(
    draw: Draw, names: tuple[str, ...], width: int, stages: int, signed: bool
) -> Words:
    a, b, out, go, done = names
    kind = "signed (two's complement)" if signed else "unsigned"
    flag = f" {done} is {go} with the same delay." if go else ""
    return Words(
        title=f"pipelined {width}-bit multiplier",
        terse=f"a pipelined multiplier: {out} is the {kind} product {a} * {b}, {stages} clock "
        f"edges "
        f"after the factors" + (f", with {done} as {go} delayed likewise" if go else ""),
        plain=draw.phrase(
            f"Multiply {a} and {b} as {kind} numbers; the full product of {2 * width} bits appears "
            f"at {out} after {stages} register stages: the first edge samples the factors in "
            f"registers, the following edge stores the product"
            + (", and one more register delays it." if stages == 3 else "."),
            f"{out} is the product of the values that {a} and {b} had {stages} clock edges ago, "
            f"{kind}, {2 * width} bits. New factors can be given in each cycle.",
            f"A multiplier with latency {stages}. The factors {a} and {b} ({kind}, {width} bits) "
            f"are registered first, then their product is registered"
            + (" twice" if stages == 3 else "")
            + f", which gives {out}.",
        )
        + flag,
        points=(
            f"{out} is the {kind} product of {a} and {b} with {2 * width} bits.",
            f"It comes {stages} clock edges after the factors: input registers first, then "
            f"{'two' if stages == 3 else 'one'} more behind the multiplication.",
            "There is a new result in every cycle.",
            *([flag.strip()] if go else []),
        ),
        after_reset="all registers are 0",
    )


def _multiplier(draw: Draw) -> Drawn:
    timing, width, stages = draw.timing(), draw.one_of(3, 4, 4, 6, 8, 8), draw.one_of(2, 2, 3)
    signed, flagged = draw.chance(0.3), draw.chance(0.4)
    a, b, out = draw.name("left"), draw.name("right"), draw.name("product", "p", "result", "out")
    go, done = ("valid_in", "valid_out") if flagged else ("", "")
    sign = "signed " if signed else ""
    declared = f"reg {sign}[{width - 1}:0] ra, rb;\n"
    chain = ["mult", out] if stages == 3 else [out]
    declared += f"reg {sign}[{2 * width - 1}:0] mult;\n" if stages == 3 else ""
    lines = [f"ra <= {a};", f"rb <= {b};", f"{chain[0]} <= ra * rb;"]
    lines += [f"{out} <= mult;"] if stages == 3 else []
    clear = [f"{n} <= {number(width, 0)};" for n in ("ra", "rb")]
    clear += [f"{n} <= {number(2 * width, 0)};" for n in chain]
    if flagged:
        flags = [go, *(f"v{i}" for i in range(1, stages)), done]
        lines += [f"{y} <= {x};" for x, y in pairwise(flags)]
        clear += [f"{n} <= 1'b0;" for n in flags[1:]]
        declared += f"reg {', '.join(flags[1:-1])};\n"
    body = f"{declared}\n{timing.always(chr(10).join(lines), chr(10).join(clear))}"

    def value(raw: int) -> int:
        return raw - (1 << width) if signed and raw >> (width - 1) else raw

    def following(state: tuple[tuple[int, int], ...], given: Values) -> tuple[tuple[int, int], ...]:
        product = value(given[a]) * value(given[b]) % (1 << 2 * width)
        return ((product, given[go] if flagged else 0), *state[:-1])

    def shown(state: tuple[tuple[int, int], ...], _: Values) -> Outputs:
        return {out: state[-1][0], **({done: state[-1][1]} if flagged else {})}

    wrong = body.replace("signed ", "") if signed else body.replace("ra * rb", "ra + rb")
    return Drawn(
        parameters={
            "width": width,
            "stages": stages,
            "signed": int(signed),
            "flagged": int(flagged),
        },
        ports=(
            *inputs((a, width), (b, width), *(((go, 1),) if flagged else ())),
            *outputs((out, 2 * width), *(((done, 1),) if flagged else ())),
        ),
        timing=timing,
        words=_multiplier_words(draw, (a, b, out, go, done), width, stages, signed),
        body=body,
        registered=(out, done) if flagged else (out,),
        behavior=Clocked(
            reset=((0, 0),) * stages,
            outputs=shown,
            following=following,
            unknown=(out, done) if flagged else (out,),
        ),
        slips=slips(
            "X",
            ("wrong-operation", "X", wrong),
            ("blocking-for-non-blocking", "X", body.replace("<=", "=")),
        ),
        module="pipelined_multiplier",
    )


FAMILIES = (
    Family(name="two-stage-pipeline", kind="pipelines", draw=_two_stage),
    Family(name="adder-tree", kind="pipelines", draw=_tree, weight=0.7),
    Family(name="multiply-accumulate", kind="pipelines", draw=_mac),
    Family(name="pipelined-multiplier", kind="pipelines", draw=_multiplier, weight=0.7),
)
"""The families of this module."""
