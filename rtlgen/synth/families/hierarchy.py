"""Designs of several modules: a submodule is described, written and instantiated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Outputs, Values, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    an,
    capital,
    design,
    listed,
    mask,
    vectors_named,
)
from rtlgen.synth.families._logic import GATES, gate, gate_verilog, rows


def _submodule(name: str, ports: str, body: str) -> str:
    """Return what follows the top module's body; the frame ends the last module."""
    inside = "\n".join("    " + line for line in body.splitlines())
    return f"endmodule\n\nmodule {name} (\n    {ports}\n);\n{inside}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A small module with two inputs `p` and `q` and one output `r`."""

    name: str
    verilog: str
    told: str
    value: Callable[[int, int], int]


def _cell(draw: Draw, name: str) -> _Cell:
    """Draw a module: a gate, or a function of two gates."""
    kind, other = draw.one_of(*GATES), draw.one_of("AND", "OR", "XOR")
    if draw.chance(0.5):
        return _Cell(
            name=name,
            verilog=gate_verilog(kind, ("p", "q")),
            told=f"r = p {kind} q",
            value=lambda p, q: gate(kind, (p, q)),
        )
    inverted = draw.chance(0.5)
    sign = {"AND": "&", "OR": "|", "XOR": "^"}[other]
    first = "~p" if inverted else "p"
    second = "q" if inverted else "~q"
    return _Cell(
        name=name,
        verilog=f"{first} {sign} {second}",
        told=f"r = ({'NOT p' if inverted else 'p'}) {other} ({'q' if inverted else 'NOT q'})",
        value=lambda p, q: gate(other, (p ^ inverted, q ^ (not inverted))),
    )


_EXCHANGED = {"AND": "OR", "OR": "AND", "XOR": "OR", "NAND": "NOR", "NOR": "NAND"}


def _cells(draw: Draw) -> Drawn:
    """Two kinds of submodules, several instances, and a gate that joins them."""
    names = draw.one_of("abcd", "xyzw", "ABCD", "wxyz")
    ins = tuple(names[: draw.one_of(2, 2, 3, 4)])
    draw.take(*ins)
    out = draw.name("z", "out", "y", "f")
    count = draw.one_of(2, 2, 3, 4)
    wires = [f"w{i}" for i in range(1, count + 1)]
    cells, joint, wired = _composed(draw, ins, count)
    uses = [cells[i % 2] for i in range(count)]
    positional = draw.chance(0.3)
    lines = []
    for i, (cell, (p, q), wire) in enumerate(zip(uses, wired, wires, strict=True), start=1):
        ports = f"{p}, {q}, {wire}" if positional else f".p({p}), .q({q}), .r({wire})"
        lines.append(f"{cell.name} u{i} ({ports});")
    last = f"assign {out} = {gate_verilog(joint, wires)};"
    modules = "\n".join(
        _submodule(cell.name, "input p,\n    input q,\n    output r", f"assign r = {cell.verilog};")
        for cell in cells
    )
    body = f"wire {', '.join(wires)};\n" + "\n".join(lines) + f"\n{last}\n{modules}"

    def model(given: Values) -> Outputs:
        return {out: _value(given, joint, uses, wired)}

    told = "; ".join(f"module {c.name}: {c.told}" for c in cells)
    connected = "; ".join(
        f"u{i} is {an(c.name)} with p = {p}, q = {q} and r driving the wire {w}"
        for i, (c, (p, q), w) in enumerate(zip(uses, wired, wires, strict=True), start=1)
    )
    exchanged = body.replace(last, f"assign {out} = {gate_verilog(_EXCHANGED[joint], wires)};")
    inverted = body.replace(f"r = {cells[1].verilog};", f"r = ~({cells[1].verilog});")
    return design(
        module="two_kinds_of_cells",
        parameters={
            "cells": f"{cells[0].verilog} ; {cells[1].verilog}",
            "joint": joint,
            "wiring": str([(ins.index(p), ins.index(q)) for p, q in wired]),
        },
        ins=[(x, 1) for x in sorted(ins)],
        outs=[(out, 1)],
        words=Words(
            title=f"circuit of {NUMBERS[count]} instances of two submodules",
            terse="a circuit built of two submodules with the inputs p, q and the output r "
            f"({told}): "
            f"{connected}; {out} is the {joint} of {listed(wires)}",
            plain=draw.phrase(
                "Write two small modules, each with one-bit inputs p and q and a one-bit output "
                f"r: {told}. "
                f"Then instantiate them: {connected}. Finally, {out} is the {joint} of "
                f"{listed(wires)}.",
                "The design has a hierarchy. Its submodules have the ports p, q (inputs) and r "
                "(output) and "
                f"must be written too: {told}. The top module contains {NUMBERS[count]} instances: "
                f"{connected}. {capital(an(f'{joint} gate'))} joins {listed(wires)} and drives "
                f"{out}.",
                f"Build {out} = {joint} of {listed(wires)} from submodules that you write "
                f"yourself; their inputs are called p and q and their output r. {told}. "
                f"Instances: {connected}.",
                f"{told}. Both have one-bit ports: inputs p and q, output r. In the top module, "
                f"{connected}. {out} is the {joint} of these wires.",
            ),
            points=(
                *(
                    f"Module {c.name} has the inputs p and q and the output r; {c.told}."
                    for c in cells
                ),
                *(f"{text}." for text in connected.split("; ")),
                f"{out} is the {joint} of {listed(wires)}.",
            ),
        ),
        coding=body,
        model=model,
        slips={"other-gate": exchanged, "submodule-inverted": inverted},
    )


Pairs = Sequence[tuple[str, str]]


def _value(given: Values, joint: str, uses: Sequence[_Cell], wired: Pairs) -> int:
    found = [c.value(given[p], given[q]) for c, (p, q) in zip(uses, wired, strict=True)]
    return gate(joint, found)


def _joined(draw: Draw, ins: tuple[str, ...], cells: Sequence[_Cell]) -> tuple[str, Pairs] | None:
    """Draw the last gate and the wiring; None if the output is a constant."""
    joint = draw.one_of(*_EXCHANGED)
    wired = [_two(draw, ins, i) for i in range(len(cells))]
    values = {_value(row, joint, cells, wired) for row in rows(ins)}
    return (joint, wired) if len(values) == 2 else None


def _composed(
    draw: Draw, ins: tuple[str, ...], count: int
) -> tuple[tuple[_Cell, _Cell], str, Pairs]:
    """Draw two modules that differ, and a use of them that is no constant."""
    style = draw.one_of("mod", "block", "cell", "unit")
    draw.take(f"{style}_a", f"{style}_b")
    while True:
        first, second = _cell(draw, f"{style}_a"), _cell(draw, f"{style}_b")
        joined = _joined(draw, ins, [(first, second)[i % 2] for i in range(count)])
        same = all(first.value(p, q) == second.value(p, q) for p in (0, 1) for q in (0, 1))
        if joined and not same:
            return (first, second), *joined


def _two(draw: Draw, ins: tuple[str, ...], place: int) -> tuple[str, str]:
    """Return two inputs; together, the instances use all."""
    first = ins[place % len(ins)]
    second = draw.one_of(*(x for x in ins if x != first))
    return (first, second) if draw.chance(0.5) else (second, first)


def _adder_chain(draw: Draw) -> Drawn:
    """A wide adder of narrow adders or of full adders."""
    size = draw.one_of(1, 1, 4, 8, 16)
    count = draw.one_of(4, 4, 8) if size == 1 else draw.one_of(2, 2, 4)
    width = size * count
    left, right, total = draw.name("left"), draw.name("right"), draw.name("sum")
    carry_in = draw.name("carry in") if draw.chance(0.5) else ""
    carry_out = draw.name("carry out") if draw.chance(0.6) else ""
    minus = size > 1 and not carry_in and draw.chance(0.3)
    choose = draw.name("sub", "subtract") if minus else ""
    name = "full_adder" if size == 1 else f"add{size}"
    draw.take(name, "c")
    wide = f"[{size - 1}:0] " if size > 1 else ""
    first = carry_in or choose or "1'b0"
    second = "operand" if minus else right
    rows = []
    for i in range(count):
        part = f"[{i}]" if size == 1 else f"[{size * i + size - 1}:{size * i}]"
        source = first if i == 0 else f"c[{i - 1}]"
        rows.append(
            f"{name} u{i} (.a({left}{part}), .b({second}{part}), .cin({source}), "
            f".sum({total}{part}), "
            f".cout(c[{i}]));"
        )
    inverted = ""
    if minus:
        spread = f"{{{width}{{{choose}}}}}"
        inverted = f"wire [{width - 1}:0] operand;\nassign operand = {right} ^ {spread};\n"
    sub_body = (
        "assign sum = a ^ b ^ cin;\nassign cout = (a & b) | (a & cin) | (b & cin);"
        if size == 1
        else "assign {cout, sum} = a + b + cin;"
    )
    last = f"\nassign {carry_out} = c[{count - 1}];" if carry_out else ""
    lower = _submodule(
        name,
        f"input {wide}a,\n    input {wide}b,\n    input cin,\n    output {wide}sum,\n    output "
        "cout",
        sub_body,
    )
    body = f"wire [{count - 1}:0] c;\n{inverted}" + "\n".join(rows) + f"{last}\n{lower}"

    def model(given: Values) -> Outputs:
        value = given[left] + (given[carry_in] if carry_in else 0)
        if choose and given[choose]:
            value += (~given[right] & mask(width)) + 1
        else:
            value += given[right]
        return {total: value & mask(width), **({carry_out: value >> width} if carry_out else {})}

    end = f"; the last carry is {carry_out}" if carry_out else "; the last carry is not used"
    start = carry_in or (choose if minus else "0")
    noun = "full adder" if size == 1 else f"{size}-bit adder"
    task = (
        f"{left} + {right} while {choose} is 0 and {left} - {right} while it is 1 (invert {right} "
        "and use "
        f"{choose} as the first carry-in)"
        if minus
        else f"{left} + {right}" + (f" + {carry_in}" if carry_in else "")
    )
    interface = (
        f"{name} has the inputs a, b ({'one bit' if size == 1 else f'{size} bits'} each) and cin "
        "and the "
        "outputs sum and cout"
    )
    return design(
        module="hierarchical_adder",
        parameters={
            "size": size,
            "count": count,
            "carry_in": int(bool(carry_in)),
            "carry_out": int(bool(carry_out)),
            "minus": int(minus),
        },
        ins=[
            (left, width),
            (right, width),
            *([(carry_in, 1)] if carry_in else []),
            *([(choose, 1)] if choose else []),
        ],
        outs=[(total, width), *([(carry_out, 1)] if carry_out else [])],
        words=Words(
            title=f"{width}-bit adder built of {count} {noun}s",
            terse=f"{an(f'{width}-bit adder')} made of {count} instances of a submodule {name}, "
            f"{an(noun)}, "
            f"with the carry rippling through: {total} is {task}{end}",
            plain=draw.phrase(
                f"Write a module {name}, {an(noun)}: {interface}. Instantiate it {count} times to "
                "compute "
                f"{task} on {width} bits. The result goes to {total}; each carry-out feeds the "
                "next "
                f"carry-in, and the first carry-in is {start}{end}.",
                f"Build {an(f'{width}-bit adder')} from {count} smaller ones. The smaller one, "
                f"{name}, must be "
                f"written as well; {interface}. {total} is {task}{end}.",
                f"Use hierarchy. Below the top module there is {name}, {an(noun)}, of which "
                f"{count} copies are chained; {interface}. Together they compute {task} on "
                f"{width} bits and drive {total}; the carry into the first copy is {start}{end}.",
                f"{total} is {task}{end}. Do not write one big addition: describe {name} "
                f"({interface}) and connect {count} instances of it in a chain, lowest bits "
                f"first, the first carry-in being {start}.",
            ),
            points=(
                f"{interface}.",
                f"{count} instances are chained by their carries, from the least significant end.",
                f"{total} is {task}{end}.",
            ),
        ),
        coding=body,
        model=model,
        slips={
            "carry-not-passed-on": body.replace(".cin(c[0])", ".cin(1'b0)"),
            "wrong-carry": body.replace("(a & b) | (a & cin) | (b & cin)", "(a & b) | (a & cin)"),
            "no-two's-complement": body.replace(f".cin({choose})", ".cin(1'b0)") if minus else "",
        },
        vectors=[
            {left: mask(width), right: 1},
            {left: 0, right: 1},
            {left: mask(width), right: mask(width)},
        ],
    )


def _tree(draw: Draw) -> Drawn:
    """A wide selection of narrow ones: a 4:1 multiplexer or a minimum by instances."""
    least = draw.chance(0.5)
    width = draw.one_of(4, 8, 8, 16)
    ins = vectors_named(draw, 4)
    select = "" if least else draw.name("select")
    out = draw.name("min", "out", "y") if least else draw.name("out", "y", "z")
    name = (
        draw.name("min2", "smaller", "lesser") if least else draw.name("mux2", "choose2", "switch2")
    )
    a, b, c, d = ins
    if least:
        lines = [
            f"{name} u0 (.a({a}), .b({b}), .y(m0));",
            f"{name} u1 (.a({c}), .b({d}), .y(m1));",
            f"{name} u2 (.a(m0), .b(m1), .y({out}));",
        ]
        ports = (
            f"input [{width - 1}:0] a,\n    input [{width - 1}:0] b,\n    output [{width - 1}:0] y"
        )
        lower = _submodule(name, ports, "assign y = (a < b) ? a : b;")
    else:
        lines = [
            f"{name} u0 (.a({a}), .b({b}), .s({select}[0]), .y(m0));",
            f"{name} u1 (.a({c}), .b({d}), .s({select}[0]), .y(m1));",
            f"{name} u2 (.a(m0), .b(m1), .s({select}[1]), .y({out}));",
        ]
        ports = (
            f"input [{width - 1}:0] a,\n    input [{width - 1}:0] b,\n    input s,\n"
            f"    output [{width - 1}:0] y"
        )
        lower = _submodule(name, ports, "assign y = s ? b : a;")
    draw.take("m0", "m1")
    body = f"wire [{width - 1}:0] m0, m1;\n" + "\n".join(lines) + f"\n{lower}"

    def model(given: Values) -> Outputs:
        return {out: min(given[x] for x in ins) if least else given[ins[given[select]]]}

    does = (
        "y is the smaller of the unsigned inputs a and b"
        if least
        else "y is a if s is 0 and b if s is 1"
    )
    ports_told = "the inputs a and b" + ("" if least else " and the select s") + " and the output y"
    goal = (
        f"{out} is the smallest of the unsigned numbers {listed(ins)}"
        if least
        else f"{out} is {a}, {b}, {c} or {d} for {select} = 0, 1, 2 or 3"
    )
    wrong = body.replace("(a < b)", "(a > b)") if least else body.replace("s ? b : a", "s ? a : b")
    crossed = body.replace(".a(m0), .b(m1)", ".a(m0), .b(m0)")
    return design(
        module="tree_of_instances",
        parameters={"least": int(least), "width": width},
        ins=[*((x, width) for x in ins), *([(select, 2)] if select else [])],
        outs=[(out, width)],
        words=Words(
            title=f"{'minimum of four' if least else '4-to-1 multiplexer'} built of three "
            "instances",
            terse=f"a tree of three instances of a submodule {name} ({does}) in which {goal}",
            plain=draw.phrase(
                f"Write a {width}-bit module {name} with {ports_told}: {does}. Use three of them "
                "so that "
                f"{goal}.",
                f"First describe the building block {name} ({ports_told}, {width} bits wide): "
                f"{does}. Two "
                f"instances make the first stage and a third one combines their results: {goal}.",
                f"{goal}. Achieve this with three instances of a module {name} that you define "
                f"too; it has {ports_told} ({width} bits), and {does}.",
                f"Define {name}, where {does}, with {ports_told}. Then connect three instances as "
                f"a tree, two in front and one behind, such that {goal}.",
            ),
            points=(
                f"Module {name} has {ports_told}; {does}.",
                "The top module has three instances of it.",
                f"{goal}.",
            ),
        ),
        coding=body,
        model=model,
        slips={"submodule-inverted": wrong, "wire-forgotten": crossed},
        vectors=[dict.fromkeys(ins, 0), dict.fromkeys(ins, mask(width))],
    )


FAMILIES = (
    Family(name="instances-of-cells", kind="hierarchy", draw=_cells),
    Family(name="adder-of-adders", kind="hierarchy", draw=_adder_chain),
    Family(name="tree-of-instances", kind="hierarchy", draw=_tree, weight=0.6),
)
"""The families of this module."""
