"""Boolean functions given as equations, lists of terms, and conditions in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    Coding,
    always,
    an,
    binary,
    capital,
    case,
    concat,
    decimal,
    design,
    listed,
    mask,
    scalars,
)
from rtlgen.synth.families._logic import (
    Terms,
    index,
    notation,
    random_function,
    sum_of_products,
    terms,
)
from rtlgen.synth.families._tables import by_cases, minimized


def _equation(draw: Draw) -> Drawn:
    count = draw.one_of(2, 3, 3, 4, 4, 5)
    ins = scalars(draw, count)
    outs = [draw.name("f", "y", "z", "out", "g", "h") for _ in range(draw.one_of(1, 1, 1, 2))]
    drawn = [
        terms(
            draw,
            ins,
            outer=draw.one_of("|", "|", "&"),
            count=draw.integer(2, 4 if count > 2 else 2),
        )
        for _ in outs
    ]
    lines = [f"{o} = {f.verilog()};" for o, f in zip(outs, drawn, strict=True)]
    body = "\n".join(f"assign {line}" for line in lines)
    first = drawn[0]
    exchanged = Terms(outer=first.inner, terms=first.terms).verilog()
    plain = first.verilog().replace("~", "", 1)
    rest = "".join(f"\nassign {line}" for line in lines[1:])
    return design(
        module="boolean_equation",
        parameters={f"f{i}": _shape(f, ins) for i, f in enumerate(drawn)},
        ins=[(name, 1) for name in sorted(ins)],
        outs=[(out, 1) for out in outs],
        words=_equation_words(draw, ins, outs, drawn),
        coding=draw.style((body, ()), (body, ()), (always("\n".join(lines)), tuple(outs))),
        model=lambda given: {o: f.value(given) for o, f in zip(outs, drawn, strict=True)},
        slips={
            "and-or-exchanged": f"assign {outs[0]} = {exchanged};{rest}",
            "missing-inversion": f"assign {outs[0]} = {plain};{rest}",
            "missing-term": f"assign {outs[0]} = "
            f"{Terms(outer=first.outer, terms=first.terms[:-1]).verilog()};{rest}",
        },
    )


def _shape(function: Terms, ins: Sequence[str]) -> str:
    texts = [
        "".join(("~" if x.inverted else "") + str(ins.index(x.name)) for x in term)
        for term in function.terms
    ]
    return f" {function.outer} ".join(texts)


def _equation_words(
    draw: Draw, ins: Sequence[str], outs: Sequence[str], drawn: Sequence[Terms]
) -> Words:
    style = notation(draw, ins)
    written = [f"{o} = {f.equation(style)}" for o, f in zip(outs, drawn, strict=True)]
    spoken = [f"{o} is {f.words()}" for o, f in zip(outs, drawn, strict=True)]
    forms = {"|": "sum of products", "&": "product of sums"}
    text = "; ".join(written)
    several = len(outs) > 1
    kind = forms[drawn[0].outer]
    return Words(
        title=f"Boolean function{'s' if several else ''} of {NUMBERS[len(ins)]} variables",
        terse=draw.phrase(
            f"a circuit for {text}",
            f"the Boolean function{'s' if several else ''} {text}",
            f"combinational logic in which {'; '.join(spoken)}",
        ),
        plain=draw.phrase(
            f"Implement the Boolean function{'s' if several else ''} {text}.",
            f"The output{'s' if several else ''} {listed(outs)} "
            f"follow{'' if several else 's'} directly from the inputs: {'; '.join(spoken)}.",
            f"Given the inputs {listed(ins)}, compute {text}.",
            f"Write the module for this equation: {text}."
            + ("" if several else f" It is written as a {kind}."),
            f"A student simplified {'the functions' if several else 'a function'} and got {text}. "
            "Build the circuit for it.",
        ),
        points=tuple(f"{line}." for line in (written if draw.words.random() < 0.5 else spoken)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Signals and groups of signals under one operator."""

    operator: str
    parts: tuple[str | _Group, ...]
    inverted: tuple[bool, ...]
    """Of each part."""

    def value(self, given: Values) -> int:
        values = [
            part.value(given) if isinstance(part, _Group) else given[part] for part in self.parts
        ]
        return reduce(
            _FOLD[self.operator], (v ^ n for v, n in zip(values, self.inverted, strict=True))
        )

    def text(self, signs: _Signs) -> str:
        """Return the expression as `signs` write it; each inner group has parentheses."""
        texts = [
            f"({part.text(signs)})" if isinstance(part, _Group) else part for part in self.parts
        ]
        texts = [signs.no + t if n else t for t, n in zip(texts, self.inverted, strict=True)]
        return signs.named[self.operator].join(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    named: Mapping[str, str]
    no: str


_FOLD: Mapping[str, Callable[[int, int], int]] = {
    "&": int.__and__,
    "|": int.__or__,
    "^": int.__xor__,
}
_VERILOG = _Signs(named={"&": " & ", "|": " | ", "^": " ^ "}, no="~")
_SPOKEN = (
    _VERILOG,
    _Signs(named={"&": "&", "|": "|", "^": "^"}, no="~"),
    _Signs(named={"&": " & ", "|": " | ", "^": " ^ "}, no="!"),
    _Signs(named={"&": " AND ", "|": " OR ", "^": " XOR "}, no="NOT "),
    _Signs(named={"&": " and ", "|": " or ", "^": " xor "}, no="not "),
)


def _group(draw: Draw, names: list[str], depth: int) -> _Group:
    """Draw a group that uses all of `names`, the inner ones with some of them again."""
    operator = draw.one_of("&", "|", "^")
    parts: list[str | _Group] = []
    left = list(names)
    while left:
        take = draw.integer(2, max(2, len(left))) if depth and draw.chance(0.6) else 1
        some, left = left[:take], left[take:]
        if take > 1 and len(some) == 1:
            some.append(draw.one_of(*(name for name in names if name != some[0])))
        parts.append(some[0] if len(some) == 1 else _group(draw, some, depth - 1))
    if len(parts) == 1:
        parts.append(draw.one_of(*names))
    return _Group(
        operator=operator,
        parts=tuple(parts),
        inverted=tuple(draw.chance(0.25) for _ in parts),
    )


def _nested(draw: Draw) -> Drawn:
    ins = scalars(draw, draw.integer(2, 5))
    out = draw.name("f", "y", "z", "out", "g", "result")
    mixed = list(ins)
    draw.random.shuffle(mixed)
    drawn = _group(draw, mixed, 2)
    while not _depends(drawn, ins):
        drawn = _group(draw, mixed, 2)
    code = drawn.text(_VERILOG)
    told = drawn.text(draw.words.choice(_SPOKEN))
    operator = {"&": "|", "|": "&", "^": "|"}[drawn.operator]
    inverted = (not drawn.inverted[0], *drawn.inverted[1:])
    return design(
        module="boolean_expression",
        parameters={"f": _numbered(code, ins)},
        ins=[(name, 1) for name in sorted(ins)],
        outs=[(out, 1)],
        words=Words(
            title=f"Boolean expression of {NUMBERS[len(ins)]} variables",
            terse=draw.phrase(
                f"a circuit for {out} = {told}",
                f"the Boolean function {out} = {told}",
                f"combinational logic: {out} = {told}",
            ),
            plain=draw.phrase(
                f"Compute {out} = {told}.",
                f"{out} is {told}, without a clock.",
                f"The value of {out} is that of the expression {told} at all times.",
                f"Drive {out} with {told}.",
            ),
            points=(f"{out} = {told}.",),
        ),
        coding=draw.style((f"assign {out} = {code};", ()), (always(f"{out} = {code};"), (out,))),
        model=lambda given: {out: drawn.value(given)},
        slips={
            "outer-operator": f"assign {out} = {replace(drawn, operator=operator).text(_VERILOG)};",
            "inversion": f"assign {out} = {replace(drawn, inverted=inverted).text(_VERILOG)};",
        },
    )


def _depends(drawn: _Group, ins: Sequence[str]) -> bool:
    """Whether every one of `ins` matters for some values of the others."""
    width = len(ins)
    rows = [
        drawn.value({name: row >> at & 1 for at, name in enumerate(ins)})
        for row in range(1 << width)
    ]
    return all(
        any(value != rows[row ^ 1 << at] for row, value in enumerate(rows)) for at in range(width)
    )


def _numbered(code: str, ins: Sequence[str]) -> str:
    return re.sub(r"\w+", lambda found: str(ins.index(found[0])), code)


def _minterms(draw: Draw) -> Drawn:
    count = draw.one_of(3, 3, 4, 4, 4)
    ins = scalars(draw, count)
    out = draw.name("f", "y", "z", "out", "g")
    bits: tuple[int | None, ...] = random_function(draw, count)
    if draw.chance(0.4):
        free = draw.random.sample(range(1 << count), draw.integer(1, 4))
        freed = tuple(None if i in free else value for i, value in enumerate(bits))
        bits = freed if {0, 1} <= set(freed) else bits
    known = [int(value or 0) for value in bits]
    wrong = [int(value == 0) for value in bits]
    mirrored = [bits[int(f"{row:0{count}b}"[::-1], 2)] for row in range(1 << count)]
    lsb_first_differs = any(
        None not in pair and pair[0] != pair[1] for pair in zip(bits, mirrored, strict=True)
    )
    lsb_first = minimized(known, ins[::-1])
    return design(
        module="minterms",
        parameters={"function": "".join("x" if v is None else str(v) for v in bits)},
        ins=[(name, 1) for name in sorted(ins)],
        outs=[(out, 1)],
        words=_minterm_words(draw, ins, out, bits),
        coding=_minterm_coding(draw, ins, out, bits),
        model=lambda given: {out: bits[index(given, ins)]},
        slips={
            "maxterms-taken-as-minterms": f"assign {out} = {minimized(wrong, ins)};",
            "variables-in-reverse-order": f"assign {out} = {lsb_first};"
            if lsb_first_differs
            else "",
            "first-minterm-missing": f"assign {out} = {minimized(_without_first(known), ins)};",
        },
    )


def _without_first(bits: Sequence[int]) -> list[int]:
    where = bits.index(1)
    return [0 if i == where else value for i, value in enumerate(bits)]


def _minterm_coding(draw: Draw, ins: Sequence[str], out: str, bits: Sequence[int | None]) -> Coding:
    ones = [i for i, value in enumerate(bits) if value == 1]
    zeros = [i for i, value in enumerate(bits) if value == 0]
    if None in bits:
        return by_cases(ins, (out,), [(i, (bits[i],)) for i in sorted(ones + zeros)])
    width = len(ins)
    labels = ", ".join(decimal(width, i) for i in ones)
    short = always(case(concat(ins), [(labels, f"{out} = 1'b1;")], f"{out} = 1'b0;"))
    rows = [(binary(width, i), f"{out} = 1'b1;") for i in ones]
    long = always(case(concat(ins), rows, f"{out} = 1'b0;"))
    sums = f"assign {out} = {sum_of_products([int(v or 0) for v in bits], ins)};"
    return draw.style((short, (out,)), (short, (out,)), (long, (out,)), (sums, ()))


def _minterm_words(draw: Draw, ins: Sequence[str], out: str, bits: Sequence[int | None]) -> Words:
    ones, zeros, free = (
        ", ".join(str(i) for i, value in enumerate(bits) if value == wanted)
        for wanted in (1, 0, None)
    )
    arguments = ", ".join(ins)
    sums = draw.phrase("sum m", "Σm", "Sigma m", "m")
    products = draw.phrase("product M", "ΠM", "Pi M", "M")
    cares = f" + d({free})" if free else ""
    never = f"; {free} never occur" if free else ""
    formal = draw.phrase(
        f"{out}({arguments}) = {sums}({ones}){cares}",
        f"{out}({arguments}) = {products}({zeros}){cares.replace(' + d', ' . D')}",
        f"{out}({arguments}) = {sums}({ones}){cares}",
    )
    order = f"{ins[0]} is the most significant bit and {ins[-1]} the least significant one"
    telling = draw.phrase(
        f"{out} is 1 when the number formed by {arguments} is one of {ones}",
        f"the output {out} is logic 1 for the input values {ones}",
        f"{out} has to be high for {ones}",
    )
    rest = (
        draw.phrase(
            f"The values {free} never appear at the inputs, so the output does not matter there. "
            f"For all other values {out} is 0.",
            f"For {zeros} it is 0; {free} are don't-cares.",
        )
        if free
        else draw.phrase(f"For all other values {out} is 0.", f"For {zeros} it is 0.")
    )
    return Words(
        title=f"function of {NUMBERS[len(ins)]} variables from a list of terms",
        terse=draw.phrase(
            f"the function {formal} ({order}{'; d: not specified' if free else ''})",
            f"a circuit where {telling} and 0 for the other values ({order}{never})",
        ),
        plain=draw.phrase(
            f"Implement {formal}, where {order}"
            + (", and d stands for don't-cares." if free else "."),
            f"A digital system has the inputs {listed(ins)} and one output {out}, where {order}. "
            f"{capital(telling)}. {rest}",
            f"Read {arguments} as {an(f'{len(ins)}-bit')} unsigned number, with {ins[0]} as its "
            "most "
            f"significant bit. Then {telling}. {rest}",
        ),
        points=(
            f"The inputs {listed(ins)} form a number; {order}.",
            f"{out} is 1 for {ones}.",
            f"{out} is 0 for {zeros}.",
            *([f"{free} never occur (don't-care)."] if free else []),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    """A property of an unsigned number, told and tested."""

    told: str
    """With `{x}` for the number."""
    holds: Callable[[int], bool]
    verilog: str = ""
    """The condition where there is a shorter one than a list."""


def _property(draw: Draw, width: int) -> _Property:
    top = mask(width)
    low, step = draw.integer(1, top // 2), draw.one_of(3, 5, 6, 7)
    high = draw.integer(low + 1, top - 1)  # comparing with the largest number is a lint fault
    one = draw.integer(2, top - 1)
    primes = [n for n in range(2, top + 1) if all(n % d for d in range(2, n))]
    squares = [n * n for n in range(1, top) if n * n <= top]
    some = sorted(draw.random.sample(range(top + 1), draw.integer(2, 4)))
    options = (
        _Property(told="{x} is a prime number", holds=lambda n: n in primes),
        _Property(told=f"{{x}} is a multiple of {step}, 0 included", holds=lambda n: n % step == 0),
        _Property(
            told=f"{{x}} lies from {low} to {high}, both included",
            verilog=f"{{x}} >= {decimal(width, low)} && {{x}} <= {decimal(width, high)}",
            holds=lambda n: low <= n <= high,
        ),
        _Property(
            told=f"{{x}} is less than {one}",
            verilog=f"{{x}} < {decimal(width, one)}",
            holds=lambda n: n < one,
        ),
        _Property(
            told=f"{{x}} is at least {one}",
            verilog=f"{{x}} >= {decimal(width, one)}",
            holds=lambda n: n >= one,
        ),
        _Property(
            told=f"{{x}} is one of {listed([str(n) for n in some], 'or')}",
            holds=lambda n: n in some,
        ),
        _Property(told="{x} is a perfect square (1, 4, 9, ...)", holds=lambda n: n in squares),
        _Property(told="{x} is a power of two", holds=lambda n: n.bit_count() == 1),
        _Property(told="exactly two bits of {x} are 1", holds=lambda n: n.bit_count() == 2),
        _Property(told="more bits of {x} are 1 than 0", holds=lambda n: 2 * n.bit_count() > width),
        _Property(
            told="{x} is an odd number greater than 4",
            verilog=f"{{x}} > {decimal(width, 4)} && {{x}}[0]",
            holds=lambda n: n > 4 and n % 2 == 1,
        ),
        _Property(
            told="{x} is not a valid BCD digit, that is, greater than 9",
            verilog="{x} > 4'd9",
            holds=lambda n: n > 9,
        )
        if width == 4
        else _Property(
            told="all bits of {x} are equal", verilog="&{x} || ~|{x}", holds=lambda n: n in (0, top)
        ),
        _Property(
            told="{x} reads the same from both ends, bit by bit",
            holds=lambda n: f"{n:0{width}b}" == f"{n:0{width}b}"[::-1],
        ),
    )
    return draw.one_of(*options)


def _number(draw: Draw) -> Drawn:
    width = draw.one_of(3, 4, 4, 4, 5)
    name = draw.name("x", "n", "value", "num", "digit", "in", "code")
    out = draw.name("flag", "yes", "ok")
    asked = _property(draw, width)
    low = draw.chance(0.15)
    ones = [n for n in range(1 << width) if asked.holds(n)]
    low = low and bool(ones)
    on, off = f"1'b{int(not low)}", f"1'b{int(low)}"
    told = asked.told.format(x=name)
    labels = ", ".join(decimal(width, n) for n in ones)
    body = always(case(name, [(labels, f"{out} = {on};")], f"{out} = {off};"))
    compared = " || ".join(f"{name} == {decimal(width, n)}" for n in ones)
    fewer = ", ".join(decimal(width, n) for n in ones[1:])
    more = ", ".join(
        decimal(width, n) for n in [*ones, next(n for n in range(64) if n not in ones)]
    )
    value, other = (0, 1) if low else (1, 0)
    style = f"assign {out} = {'!' if low else ''}({compared});"
    short = asked.verilog.format(x=name)
    constant = f"assign {out} = {off};"
    return design(
        module="number_check",
        parameters={"width": width, "numbers": str(ones), "low": int(low)},
        ins=[(name, width)],
        outs=[(out, 1)],
        words=Words(
            title=f"check of {an(f'{width}-bit number')}",
            terse=f"a check of the unsigned number {name}: {out} is {value} if {told}, "
            f"and {other} otherwise",
            plain=draw.phrase(
                f"Treat {name} as {an(f'unsigned {width}-bit number')}. {out} is {value} if "
                f"{told}, "
                f"and {other} if not.",
                f"The output {out} tells whether {told}: {value} means yes and {other} means no. "
                f"{name} is unsigned.",
                f"When {told}, {out} must be {value}. In all other cases it must be {other}. The "
                f"input is an unsigned number.",
            ),
            points=(
                f"{name} is an unsigned number of {width} bits.",
                f"{out} is {value} if {told}.",
                f"Otherwise {out} is {other}.",
            ),
        ),
        coding=_number_coding(draw, (out, on, off), body, style, short) if ones else (constant, ()),
        model=lambda given: {out: int(asked.holds(given[name])) ^ low},
        slips={
            "wrong-polarity": f"assign {out} = {'' if low else '!'}({compared or '0'});",
            "one-number-missing": always(case(name, [(fewer, f"{out} = {on};")], f"{out} = {off};"))
            if len(ones) > 1
            else "",
            "one-number-too-many": always(case(name, [(more, f"{out} = {on};")], f"{out} = {off};"))
            if len(ones) < 1 << width
            else "",
        },
    )


def _number_coding(
    draw: Draw, ends: tuple[str, str, str], body: str, listed_: str, short: str
) -> Coding:
    out, on, off = ends
    if not short:
        return draw.style((body, (out,)), (body, (out,)), (listed_, ()))
    assigned = f"assign {out} = ({short}) ? {on} : {off};"
    branch = always(f"if ({short})\n    {out} = {on};\nelse\n    {out} = {off};")
    return draw.style((assigned, ()), (assigned, ()), (branch, (out,)))


def _wildcards(draw: Draw) -> Drawn:
    """A table with dashes in its inputs, of which the first row that fits counts."""
    width, results = draw.one_of(3, 4, 4, 5), draw.integer(2, 4)
    name, out = draw.name("in", "x", "req", "code"), draw.name("out", "y", "action")
    count = draw.integer(3, 5)
    patterns = _patterns(draw, width, count)
    *values, rest = _changing(draw, count + 1, mask(results))
    sign = draw.phrase("-", "?", "*", "." if name == "x" else "x")
    rows = [
        (f"{width}'b{p}", f"{out} = {binary(results, v)};")
        for p, v in zip(patterns, values, strict=True)
    ]
    default = f"{out} = {binary(results, rest)};"
    fragment = "\n".join(
        [f"{name} : {out}"]
        + [
            f"{p.replace('?', sign)} : {v:0{results}b}"
            for p, v in zip(patterns, values, strict=True)
        ]
        + [f"{draw.phrase('otherwise', 'default', 'anything else')} : {rest:0{results}b}"]
    )

    def model(given: Values) -> Outputs:
        bits = f"{given[name]:0{width}b}"
        for pattern, value in zip(patterns, values, strict=True):
            if all(p in ("?", b) for p, b in zip(pattern, bits, strict=True)):
                return {out: value}
        return {out: rest}

    body = always(case(name, rows, default, "casez"))
    return design(
        module="pattern_table",
        parameters={"patterns": " ".join(patterns), "values": str(values), "rest": rest},
        ins=[(name, width)],
        outs=[(out, results)],
        words=Words(
            title="table of patterns",
            terse=f"a table look-up with patterns ({sign} matches 0 and 1; the first row that "
            "matches counts), as below",
            plain=draw.phrase(
                f"Compare {name} with the patterns below from top to bottom. {sign} in a pattern "
                f"matches both 0 and 1. The first pattern that matches gives {out}.",
                f"{out} depends on {name} as the table shows, where {sign} means that the bit does "
                "not matter. If several rows fit, the upper one has priority.",
            ),
            points=(
                f"{sign} in a pattern stands for 0 or 1.",
                f"The first row whose pattern fits {name} gives {out}.",
            ),
            fragment=fragment,
        ),
        coding=(body, (out,)),
        model=model,
        slips={
            "wrong-priority": always(case(name, rows[::-1], default, "casez")),
            "case-for-casez": always(case(name, rows, default)),
            "wrong-default": always(case(name, rows, rows[0][1], "casez")),
        },
    )


def _changing(draw: Draw, count: int, top: int) -> list[int]:
    """Draw numbers of which no two neighbors are equal."""
    values = [draw.integer(0, top)]
    while len(values) < count:
        value = draw.integer(0, top)
        if value != values[-1]:
            values.append(value)
    return values


def _patterns(draw: Draw, width: int, count: int) -> list[str]:
    """Draw patterns of which every one matches something that those above leave."""
    left = {f"{n:0{width}b}" for n in range(1 << width)}
    found: list[str] = []
    while len(found) < count:
        pattern = "".join(draw.one_of("0", "1", "?", "?") for _ in range(width))
        fits = {n for n in left if all(p in ("?", b) for p, b in zip(pattern, n, strict=True))}
        if fits and len(fits) < len(left) - (count - len(found)) and pattern.strip("?"):
            found.append(pattern)
            left -= fits
    return found


FAMILIES = (
    Family(name="boolean-equation", kind="expressions", draw=_equation, weight=1.5),
    Family(name="nested-expression", kind="expressions", draw=_nested),
    Family(name="minterm-list", kind="expressions", draw=_minterms),
    Family(name="number-property", kind="expressions", draw=_number),
    Family(name="wildcard-table", kind="tables", draw=_wildcards),
)
"""The families of this module."""
