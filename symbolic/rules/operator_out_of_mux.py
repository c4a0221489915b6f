"""Branches with the same operator and one operand in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import COMMUTATIVE, LEAVES, Node, Nodes, Op, reached
from symbolic.rules.matching import proposing, roots_of
from symbolic.rules.rule import Example, Goal, Rule


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return the operator of a mux for a mux of operators that differ in one operand."""
    if node.op is not Op.MUX:
        return None
    condition, true, false = node.operands
    if not _alike(true, false):
        return None
    for operands in _orders(false):
        pairs = zip(true.operands, operands, strict=True)
        differ = [i for i, (a, b) in enumerate(pairs) if a is not b]
        if len(differ) == 1:
            (i,) = differ
            chosen = nodes.mux(condition, true.operands[i], operands[i])
            return nodes.like(true, [*true.operands[:i], chosen, *true.operands[i + 1 :]])
    return None


def _alike(one: Node, other: Node) -> bool:
    """Whether two nodes are the same operation of operands as wide."""
    return (
        one.op is other.op
        and one.op not in (*LEAVES, Op.READ)
        and one.payload == other.payload
        and [o.width for o in one.operands] == [o.width for o in other.operands]
    )


def _orders(node: Node) -> list[tuple[Node, ...]]:
    both = [node.operands, node.operands[::-1]]
    return both if node.op in COMMUTATIVE else both[:1]


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield all such muxes at once, then one by one."""
    image: dict[Node, Node] = {}
    for node in reached(roots_of(module)):
        other = match(module.nodes, node)
        if other is not None:
            image[node] = other
    if image:
        yield image, f"{len(image)} operators move behind a mux"
    for node, other in image.items() if len(image) > 1 else ():
        yield {node: other}, f"operator `{other.op.value}` moves behind a mux"


RULE = Rule(
    name="operator-out-of-mux",
    title="Operator behind a multiplexer instead of in both branches",
    matches="s ? f(a, b) : f(a, c) for any operator f: s ? a & b : a & c; s ? ~a : ~b",
    makes="f(a, s ? b : c)",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Micheli: Synthesis and Optimization of Digital Circuits, 1994, 8.3 (extraction)",
    example=Example(
        before="""
module masked(input s, input [7:0] a, input [7:0] b, input [7:0] c, output [7:0] y);
  assign y = s ? a & b : c & a;
endmodule
""",
        after="""
module masked (
    input wire s,
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    output wire [7:0] y
);

    assign y = a & (s ? b : c);
endmodule
""",
    ),
    apply=proposing(find),
)
