"""One operator instead of one in each branch of a mux."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import COMMUTATIVE, Node, Nodes, Op, uses
from symbolic.rules.matching import proposing, roots_of
from symbolic.rules.mux_trees import leaves, mapped_leaves, mux_roots
from symbolic.rules.rule import Example, Goal, Rule

SHARED = (
    Op.MUL, Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD, Op.ADD, Op.SUB,
    Op.SHL, Op.LSHR, Op.ASHR, Op.ULT, Op.SLT, Op.EQ,
)  # fmt: skip
"""Operators worth sharing, the largest first."""


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield muxes of operators as one operator of muxes."""
    counts = uses(roots_of(module))
    for root in mux_roots(module):
        branches = leaves(root)
        for op in SHARED:
            for group in _groups(branches, op):
                made = shared(module.nodes, root, group)
                if made is not None:
                    once = sum(counts[node] == 1 for node in group)
                    yield {root: made}, _said(op, group, once)


def _said(op: Op, group: Sequence[Node], once: int) -> str:
    kept = "" if once >= len(group) - 1 else ", though others use them"
    return f"{len(group)} operators `{op.value}` in branches become one{kept}"


def _groups(branches: Sequence[Node], op: Op) -> Iterator[list[Node]]:
    """Yield the branches with one operator whose operands have the same widths."""
    by_widths: dict[tuple[int, ...], list[Node]] = {}
    for node in branches:
        if node.op is op:
            by_widths.setdefault((node.width, *(o.width for o in node.operands)), []).append(node)
    yield from (group for group in by_widths.values() if len(group) > 1)


def shared(nodes: Nodes, root: Node, group: Sequence[Node]) -> Node | None:
    """Return a tree of muxes with one operator in place of those of a group of its leaves."""
    aligned = align(group)
    selected = [
        mapped_leaves(nodes, root, {node: of[i] for node, of in aligned.items()})
        for i in range(len(group[0].operands))
    ]
    if any(operand is None for operand in selected):
        return None
    one = nodes.like(group[0], [operand for operand in selected if operand is not None])
    return joined(nodes, root, group, one)


def joined(nodes: Nodes, root: Node, group: Sequence[Node], one: Node) -> Node | None:
    """Return the tree with one node in place of a group of leaves."""
    kept = {leaf: leaf for leaf in leaves(root)}
    return mapped_leaves(nodes, root, {**kept, **dict.fromkeys(group, one)})


def align(group: Sequence[Node]) -> dict[Node, tuple[Node, ...]]:
    """Return the operands of a group, exchanged where that lines up equal ones."""
    placed: list[set[Node]] = [set(), set()]
    aligned = {}
    for node in group:
        operands = node.operands
        if node.op in COMMUTATIVE and _fits(operands[::-1], placed) > _fits(operands, placed):
            operands = operands[::-1]
        for seen, operand in zip(placed, operands, strict=False):
            seen.add(operand)
        aligned[node] = operands
    return aligned


def _fits(operands: Sequence[Node], placed: Sequence[set[Node]]) -> int:
    return sum(operand in seen for operand, seen in zip(operands, placed, strict=True))


RULE = Rule(
    name="shared-operator",
    title="Operator sharing under exclusive conditions",
    matches="s ? a + b : c + d, also in nested muxes and case statements; also -, *, /, %, shifts"
    " and comparisons",
    makes="(s ? a : c) + (s ? b : d)",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hwang, Lee, Hsu: A formal approach to the scheduling problem, IEEE TCAD 10(4), 1991"
    " (conditional resource sharing); Yosys, pass opt_share",
    example=Example(
        before="""
module either(input s, input [7:0] a, input [7:0] b, input [7:0] c, input [7:0] d,
              output reg [7:0] y);
  always @*
    if (s) y = a + b;
    else y = c + d;
endmodule
""",
        after="""
module either (
    input wire s,
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    input wire [7:0] d,
    output wire [7:0] y
);

    assign y = (s ? a : c) + (s ? b : d);
endmodule
""",
    ),
    apply=proposing(find),
)
