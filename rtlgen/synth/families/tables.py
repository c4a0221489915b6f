"""Truth tables, Karnaugh maps and waveforms of combinational functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    Coding,
    design,
    listed,
    scalars,
)
from rtlgen.synth.families._logic import depends, index, random_function, terms
from rtlgen.synth.families._maps import Map, labels, text
from rtlgen.synth.families._tables import by_cases, minimized, table

Bits = tuple[int | None, ...]
"""A function by row; None: it does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    """The variables of a function: scalars, or the bits of one vector."""

    names: tuple[str, ...]
    """As Verilog has them, the first one being the highest bit of the row."""
    ports: tuple[tuple[str, int], ...]

    def row(self, given: Values) -> int:
        if len(self.ports) == 1 and self.ports[0][1] > 1:
            return given[self.ports[0][0]]
        return index(given, self.names)


def _inputs(draw: Draw, count: int, *, vectors: bool = True) -> _Inputs:
    if vectors and draw.chance(0.2):
        name = draw.name("x", "in", "s", "data")
        bits = tuple(f"{name}[{i}]" for i in range(count - 1, -1, -1))
        return _Inputs(names=bits, ports=((name, count),))
    names = scalars(draw, count)
    return _Inputs(names=names, ports=tuple((name, 1) for name in sorted(names)))


def _function(draw: Draw, count: int, cares: float) -> Bits:
    """Draw a function: any, or one of few terms; some rows may not matter."""
    if count > 2 and draw.chance(0.35):
        names = tuple(f"v{i}" for i in range(count))
        drawn = terms(draw, names, outer=draw.one_of("|", "&"), count=draw.integer(2, 3))
        rows = range(1 << count)
        known = tuple(
            drawn.value({n: row >> (count - 1 - i) & 1 for i, n in enumerate(names)})
            for row in rows
        )
        if not all(depends(known, i) for i in range(count)):
            known = random_function(draw, count)
    else:
        known = random_function(draw, count)
    if not draw.chance(cares):
        return known
    chosen = draw.random.sample(range(1 << count), draw.integer(1, 1 << (count - 1)))
    bits = tuple(None if row in chosen else value for row, value in enumerate(known))
    return bits if {0, 1} <= set(bits) else known


def _coded(draw: Draw, out: str, bits: Bits, order: Sequence[int], names: Sequence[str]) -> Coding:
    """Return case rows in `order`, which counts by `names`; or now and then a sum of products."""
    cases = by_cases(names, (out,), [(row, (bits[row],)) for row in order])
    if None in bits:
        return cases
    sums = (f"assign {out} = {minimized(bits, names)};", ())
    return draw.style(cases, cases, cases, sums)


def _slips(names: Sequence[str], out: str, bits: Bits) -> dict[str, str]:
    """Return one wrong row, inputs read in the wrong order, and the inverse."""
    known = [int(value or 0) for value in bits]
    where = next(i for i in range(len(bits) - 1, -1, -1) if bits[i] is not None)
    flipped = [value ^ (row == where) for row, value in enumerate(known)]
    slips = {
        "one-row-wrong": f"assign {out} = {minimized(flipped, names)};",
        "inverted": f"assign {out} = ~({minimized(known, names)});",
    }
    width = len(names)
    mirrored = [bits[int(f"{row:0{width}b}"[::-1], 2)] for row in range(len(bits))]
    if any(None not in pair and pair[0] != pair[1] for pair in zip(bits, mirrored, strict=True)):
        reverse = minimized(known, names[::-1])
        slips["inputs-in-reverse-order"] = f"assign {out} = {reverse};"
    return slips


def _dont_care(draw: Draw, names: Sequence[str]) -> str:
    taken = {name[0].lower() for name in names}
    return draw.phrase(*(sign for sign in ("x", "-", "d", "X", "*") if sign.lower() not in taken))


def _cell(value: int | None, dont_care: str) -> str:
    return dont_care if value is None else str(value)


def _truth_table(draw: Draw) -> Drawn:
    count = draw.one_of(2, 3, 3, 3, 4, 4)
    ins = _inputs(draw, count)
    out = draw.name("f", "y", "z", "out", "q")
    bits = _function(draw, count, 0.2)
    order = list(range(1 << count))
    if draw.chance(0.15):
        draw.random.shuffle(order)
    dont_care = _dont_care(draw, ins.names)
    rows = [(*f"{row:0{count}b}", _cell(bits[row], dont_care)) for row in order]
    return design(
        module="truth_table",
        parameters={"function": "".join(_cell(value, "x") for value in bits)},
        ins=ins.ports,
        outs=[(out, 1)],
        words=_table_words(
            draw,
            ins.names,
            out,
            table(draw, (*ins.names, out), rows, count),
            dont_care if None in bits else "",
        ),
        coding=_coded(draw, out, bits, order, ins.names),
        model=lambda given: {out: bits[ins.row(given)]},
        slips=_slips(ins.names, out, bits),
    )


def _table_words(
    draw: Draw, names: Sequence[str], out: str, fragment: str, dont_care: str
) -> Words:
    free = (
        draw.phrase(
            f"Where the table says {dont_care}, the output does not matter.",
            f"Rows marked {dont_care} are don't-cares.",
            f"{dont_care} in the output column means don't care.",
        )
        if dont_care
        else ""
    )
    return Words(
        title=f"truth table of {NUMBERS[len(names)]} inputs",
        terse=draw.phrase(
            "a combinational circuit for the truth table below",
            f"the logic function {out} that the following table defines",
            f"a circuit whose output {out} follows the table below",
        )
        + (f" ({dont_care} is a don't-care)" if dont_care else ""),
        plain=draw.phrase(
            f"Implement the function {out} of {listed(names)} that this truth table gives. {free}",
            f"Create a combinational circuit that implements the truth table. {free}",
            f"For every combination of {listed(names)} the table below says what {out} has to be. "
            f"{free}",
            f"Here is what {out} should do for each setting of the inputs {listed(names)}. {free}",
            f"I filled in a table of all cases; please turn it into logic that drives {out}. "
            f"{free}",
        ).strip(),
        points=(
            f"The inputs are {listed(names)}.",
            f"The output {out} is given by the table below.",
            *([free] if free else []),
        ),
        fragment=fragment,
    )


def _truth_tables(draw: Draw) -> Drawn:
    count, results = draw.one_of(2, 2, 3, 3, 4), draw.integer(2, 4)
    ins = _inputs(draw, count)
    row = draw.one_of(("f", "g", "h", "k"), ("y3", "y2", "y1", "y0"), ("s", "t", "u", "v"))
    given = {*ins.names, *(name for name, _ in ins.ports)}
    outs = tuple(f"{x}_o" if x in given else x for x in row[-results:])
    draw.take(*outs)
    functions = [random_function(draw, count) for _ in outs]
    order = range(1 << count)
    rows = [(*f"{row:0{count}b}", *(str(f[row]) for f in functions)) for row in order]
    cases = by_cases(ins.names, outs, [(row, [f[row] for f in functions]) for row in order])
    sums = "\n".join(
        f"assign {o} = {minimized(f, ins.names)};" for o, f in zip(outs, functions, strict=True)
    )
    swapped = [functions[1], functions[0], *functions[2:]]
    wrong = by_cases(ins.names, outs, [(row, [f[row] for f in swapped]) for row in order])
    late = by_cases(ins.names, outs, [(row ^ 1, [f[row] for f in functions]) for row in order])
    missing = "\n".join([*sums.split("\n")[:-1], f"assign {outs[-1]} = ~{ins.names[0]};"])
    return design(
        module="truth_table",
        parameters={"functions": " ".join("".join(map(str, f)) for f in functions)},
        ins=ins.ports,
        outs=[(out, 1) for out in outs],
        words=Words(
            title=f"truth table with {NUMBERS[results]} outputs",
            terse=draw.phrase(
                f"a combinational circuit with the outputs {listed(outs)} as in the table below",
                f"logic for the {NUMBERS[results]}-output truth table that follows",
            ),
            plain=draw.phrase(
                f"The table lists {listed(outs)} for every combination of {listed(ins.names)}. "
                "Implement it as combinational logic.",
                f"Implement the {NUMBERS[results]} functions {listed(outs)} that are tabulated "
                "below, without any memory.",
                f"There are {NUMBERS[results]} outputs, {listed(outs)}. What they are for each "
                "input combination stands in the table.",
            ),
            points=(
                f"The inputs are {listed(ins.names)}.",
                f"The outputs {listed(outs)} are given by the table below.",
            ),
            fragment=table(draw, (*ins.names, *outs), rows, count),
        ),
        coding=draw.style(cases, cases, (sums, ())),
        model=lambda given: {o: f[ins.row(given)] for o, f in zip(outs, functions, strict=True)},
        slips={
            "outputs-swapped": wrong[0],
            "last-input-inverted": late[0],
            "last-output-wrong": missing,
        },
    )


def _karnaugh(draw: Draw) -> Drawn:
    count = draw.one_of(2, 3, 3, 3, 4, 4, 4, 4)
    ins = _inputs(draw, count)
    out = draw.name("f", "out", "z", "y", "q")
    across = 1 if count == 2 else (draw.one_of(1, 2) if count == 3 else 2)
    names = ins.names if draw.chance(0.5) else ins.names[across:] + ins.names[:across]
    size = count - across
    map_ = Map(
        down=names[:size],
        across=names[size:],
        rows=labels(draw, size),
        columns=labels(draw, across),
    )
    bits = _function(draw, count, 0.35)
    dont_care = _dont_care(draw, ins.names)
    cells = [_cell(bits[row], dont_care) for row in map_.order()]

    def model(given: Values) -> Outputs:
        return {out: bits[_number(ins, given, names)]}

    slips = _slips(names, out, bits)
    if count > 2:
        misread = minimized(_misread(map_, bits), names)
        slips["labels-read-in-binary-order"] = f"assign {out} = {misread};"
    return design(
        module="karnaugh_map",
        parameters={
            "function": "".join(_cell(value, "x") for value in bits),
            "rows": "".join(map_.rows),
            "columns": "".join(map_.columns),
        },
        ins=ins.ports,
        outs=[(out, 1)],
        words=_map_words(
            draw, ins.names, out, text(draw, map_, cells), dont_care if None in bits else ""
        ),
        coding=_coded(draw, out, bits, map_.order(), names),
        model=model,
        slips=slips,
    )


def _misread(map_: Map, bits: Bits) -> list[int]:
    """Return the function that someone sees who takes both axes to count in binary."""
    wrong = [0] * len(bits)
    size = len(map_.columns[0])
    for i, row in enumerate(map_.rows):
        for j, column in enumerate(map_.columns):
            wrong[i << size | j] = int(bits[int(row + column, 2)] or 0)
    return wrong


def _number(ins: _Inputs, given: Values, names: Sequence[str]) -> int:
    """Return the row by `names`, which are `ins.names` in another order."""
    row = ins.row(given)
    top = len(names) - 1
    values = {name: row >> (top - i) & 1 for i, name in enumerate(ins.names)}
    return index(values, names)


def _map_words(draw: Draw, names: Sequence[str], out: str, fragment: str, dont_care: str) -> Words:
    free = (
        draw.phrase(
            f"{dont_care} is a don't-care.",
            f"A cell with {dont_care} may be taken as 0 or 1.",
            f"{dont_care} marks don't-cares, for which any output is right.",
        )
        if dont_care
        else ""
    )
    return Words(
        title=f"Karnaugh map of {NUMBERS[len(names)]} variables",
        terse=draw.phrase(
            f"a circuit for the function {out} in the Karnaugh map below",
            "the circuit that the following Karnaugh map describes",
            f"the {NUMBERS[len(names)]}-variable function of the K-map below",
        )
        + (f" ({dont_care}: don't-care)" if dont_care else ""),
        plain=draw.phrase(
            f"Implement the circuit described by the Karnaugh map. {free}",
            f"The function {out}({', '.join(names)}) is given by a Karnaugh map. Implement it. "
            f"{free}",
            f"Read {out} off this K-map and write the logic for it. {free}",
            f"The map shows the value of {out} for all combinations of {listed(names)}; both "
            f"axes are labelled. {free}",
        ).strip(),
        points=(
            f"The output {out} depends on {listed(names)}.",
            "Its value is given by the Karnaugh map below.",
            *([free] if free else []),
        ),
        fragment=fragment,
    )


def _waveform(draw: Draw) -> Drawn:
    count = draw.one_of(2, 2, 3, 3, 4, 4)
    ins = _inputs(draw, count, vectors=False)
    out = draw.name("q", "f", "y", "out", "z")
    bits = tuple(int(value or 0) for value in _function(draw, count, 0))
    order = list(range(1 << count))
    if draw.chance(0.4):
        draw.random.shuffle(order)
    seen = tuple(order)
    order += [draw.integer(0, (1 << count) - 1) for _ in range(draw.integer(0, 6))]
    rows = [(*f"{row:0{count}b}", str(bits[row])) for row in order]
    unknown = draw.one_of(0, 0, 1, 2)
    rows = [("x",) * (count + 1)] * unknown + rows
    return design(
        module="circuit",
        parameters={"function": "".join(map(str, bits))},
        ins=ins.ports,
        outs=[(out, 1)],
        words=_wave_words(draw, (*ins.names, out), rows),
        coding=_coded(draw, out, bits, seen, ins.names),
        model=lambda given: {out: bits[ins.row(given)]},
        slips=_slips(ins.names, out, bits),
    )


def _wave_words(draw: Draw, names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Words:
    step = draw.words.choice((5, 5, 10, 1, 20))
    across = draw.words.random() < 0.3
    if across:
        size = max(len(name) for name in names)
        lines = [f"{n.ljust(size)} : {' '.join(r[i] for r in rows)}" for i, n in enumerate(names)]
        fragment = "\n".join(lines)
    else:
        cells = [(f"{i * step}ns", *row) for i, row in enumerate(rows)]
        fragment = "\n".join(
            "  ".join(c.ljust(8) for c in row).rstrip() for row in (("time", *names), *cells)
        )
    out = names[-1]
    return Words(
        title="combinational circuit given by a waveform",
        terse=draw.phrase(
            "the combinational circuit whose simulation is shown below",
            f"a circuit without memory that produces the waveform below on {out}",
        ),
        plain=draw.phrase(
            "This circuit is combinational. Find out from the simulated waveforms what it does, "
            "and implement it.",
            f"The values below were recorded in a simulation. {out} depends only on the present "
            f"values of {listed(names[:-1])}. Write a module that behaves the same.",
            "Study the waveform, work out the logic function, and write it down. There is no "
            "clock.",
            f"A colleague measured {listed(names[:-1])} and {out} on an unknown combinational "
            "circuit. Every input combination appears at least once. Rebuild the circuit.",
        ),
        points=(
            "The circuit is combinational.",
            f"{out} is a function of {listed(names[:-1])}; the recorded values below show which.",
        ),
        fragment=fragment,
    )


FAMILIES = (
    Family(name="truth-table", kind="tables", draw=_truth_table, weight=2.0),
    Family(name="truth-table-outputs", kind="tables", draw=_truth_tables),
    Family(name="karnaugh-map", kind="tables", draw=_karnaugh, weight=2.0),
    Family(name="waveform-function", kind="waveforms", draw=_waveform, weight=1.5),
)
"""The families of this module."""
