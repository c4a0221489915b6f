"""Tables of values as people type them, and Verilog that follows them row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.families._common import Coding, always, binary, case, concat

Row = tuple[str, ...]
"""One cell a column."""


def _piped(head: Row, rows: Sequence[Row]) -> str:
    return "\n".join(" | ".join(row) for row in (head, *rows))


def _markdown(head: Row, rows: Sequence[Row]) -> str:
    rule = "|" + "|".join("---" for _ in head) + "|"
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], rule, *lines[1:]])


def _columns(head: Row, rows: Sequence[Row]) -> str:
    sizes = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip()
        for row in (head, *rows)
    )


def _boxed(head: Row, rows: Sequence[Row]) -> str:
    sizes = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    rule = "+" + "+".join("-" * (size + 2) for size in sizes) + "+"
    lines = [
        "| " + " | ".join(c.ljust(s) for c, s in zip(row, sizes, strict=True)) + " |"
        for row in (head, *rows)
    ]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def _comma(head: Row, rows: Sequence[Row]) -> str:
    return "\n".join(",".join(row) for row in (head, *rows))


def _tabs(head: Row, rows: Sequence[Row]) -> str:
    return "\n".join("   ".join(row) for row in (head, *rows))


Layout = Callable[[Row, Sequence[Row]], str]
LAYOUTS: tuple[Layout, ...] = (_piped, _piped, _markdown, _columns, _boxed, _comma, _tabs)


def split(head: Row, rows: Sequence[Row], inputs: int) -> str:
    """Return a table in which a double bar stands between inputs and outputs."""

    def line(row: Row) -> str:
        return f"{' '.join(row[:inputs])} || {' '.join(row[inputs:])}"

    sizes = [len(cell) for cell in head]
    padded = [tuple(c.rjust(s) for c, s in zip(row, sizes, strict=True)) for row in rows]
    return "\n".join([line(head), "-" * len(line(head)), *(line(row) for row in padded)])


def equations(head: Row, rows: Sequence[Row], inputs: int) -> str:
    """Return one line a row such as `a=0 b=1 -> f=1`."""
    return "\n".join(
        " ".join(f"{n}={v}" for n, v in zip(head[:inputs], row[:inputs], strict=True))
        + " -> "
        + " ".join(f"{n}={v}" for n, v in zip(head[inputs:], row[inputs:], strict=True))
        for row in rows
    )


def arrows(head: Row, rows: Sequence[Row], inputs: int) -> str:
    """Return a headline and one line a row such as `01 : 1`."""
    first = f"{','.join(head[:inputs])} : {','.join(head[inputs:])}"
    return "\n".join([first, *(f"{''.join(r[:inputs])} : {''.join(r[inputs:])}" for r in rows)])


def table(draw: Draw, head: Row, rows: Sequence[Row], inputs: int) -> str:
    """Return a table of one-bit cells in a layout that the words' stream chooses."""
    special = (split, split, equations, arrows)
    chosen = draw.words.randrange(len(LAYOUTS) + len(special))
    if chosen < len(LAYOUTS):
        return LAYOUTS[chosen](head, rows)
    return special[chosen - len(LAYOUTS)](head, rows, inputs)


def by_cases(
    ins: Sequence[str], outs: Sequence[str], rows: Sequence[tuple[int, Sequence[int | None]]]
) -> Coding:
    """Return a case statement with `rows` in their order; what is None or absent is X."""
    width = len(ins)
    lines = []
    missing = len(rows) < 1 << width
    for number, values in rows:
        if all(value is None for value in values):
            missing = True
            continue
        lines.append((binary(width, number), _assigned(outs, values)))
    default = _assigned(outs, [None] * len(outs)) if missing else ""
    return always(case(_selector(ins), lines, default)), tuple(outs)


def _selector(ins: Sequence[str]) -> str:
    """Return a concatenation, or the vector of which `ins` are all bits in falling order."""
    vector = ins[0].partition("[")[0]
    whole = [f"{vector}[{i}]" for i in range(len(ins) - 1, -1, -1)]
    return vector if list(ins) == whole else concat(ins)


def _assigned(outs: Sequence[str], values: Sequence[int | None]) -> str:
    cells = ["x" if value is None else str(value) for value in values]
    if len(outs) == 1:
        return f"{outs[0]} = 1'b{cells[0]};"
    return f"{concat(outs)} = {len(outs)}'b{''.join(cells)};"


def minimized(bits: Sequence[int | None], names: Sequence[str]) -> str:
    """Return a small sum of products for at most 4 inputs, None being a don't-care.

    Quine-McCluskey prime implicants, then a greedy cover.
    """
    count = len(names)
    ones = {row for row, value in enumerate(bits) if value}
    allowed = {row for row, value in enumerate(bits) if value != 0}
    if not ones or len(allowed) == 1 << count:
        return "1'b1" if ones else "1'b0"
    cubes = _primes(allowed, count)
    products = []
    while ones:
        best = max(cubes, key=lambda cube: (len(ones & _covered(cube)), cube[0].bit_count()))
        ones -= _covered(best)
        products.append(_product(best, names))
    joined = [f"({p})" if " " in p and len(products) > 1 else p for p in products]
    return " | ".join(joined)


Cube = tuple[int, int]
"""Positions that may be anything, and the values of the others."""


def _primes(allowed: set[int], count: int) -> list[Cube]:
    full = (1 << count) - 1
    cubes = [
        (free, value)
        for free in range(full + 1)
        for value in range(full + 1)
        if not value & free and _covered((free, value)) <= allowed
    ]
    return [
        cube
        for cube in cubes
        if not any(cube != other and _covered(cube) < _covered(other) for other in cubes)
    ]


def _covered(cube: Cube) -> set[int]:
    free, value = cube
    found, rest = {value}, free
    while rest:
        low = rest & -rest
        found |= {row | low for row in found}
        rest ^= low
    return found


def _product(cube: Cube, names: Sequence[str]) -> str:
    free, value = cube
    top = len(names) - 1
    return " & ".join(
        name if value >> (top - i) & 1 else f"~{name}"
        for i, name in enumerate(names)
        if not free >> (top - i) & 1
    )
