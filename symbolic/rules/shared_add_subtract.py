"""One adder for additions and subtractions in branches of a mux."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import inverse, proposing
from symbolic.rules.mux_trees import leaves, mapped_leaves, mux_roots
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.shared_operator import joined


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield muxes of sums and differences as one adder that subtracts on demand."""
    for root in mux_roots(module):
        group = [leaf for leaf in leaves(root) if leaf.op in (Op.ADD, Op.SUB)]
        if len({leaf.op for leaf in group}) == 2:
            for made in _adders(module.nodes, root, group):
                what = f"{len(group)} sums and differences in branches become one adder"
                yield {root: made}, what


def _adders(nodes: Nodes, root: Node, group: Sequence[Node]) -> Iterator[Node]:
    operands = _aligned(group)
    first = mapped_leaves(nodes, root, {node: of[0] for node, of in operands.items()})
    second = mapped_leaves(nodes, root, {node: of[1] for node, of in operands.items()})
    one_bit = {node: nodes.const(node.op is Op.SUB, 1) for node in group}
    subtract = mapped_leaves(nodes, root, one_bit)
    if first is None or second is None or subtract is None:
        return
    subtract = _condition(nodes, subtract)
    for make in (with_carry_bit, _choosing):
        made = joined(nodes, root, group, make(nodes, first, second, subtract))
        if made is not None:
            yield made


def _condition(nodes: Nodes, tree: Node) -> Node:
    """Return a tree of muxes of 1-bit constants without them where that is plain."""
    if tree.op is not Op.MUX:
        return tree
    condition, true, false = tree.operands
    if (true.value, false.value) == (1, 0):
        return condition
    if (true.value, false.value) == (0, 1):
        return inverse(nodes, condition)
    return tree


def with_carry_bit(nodes: Nodes, a: Node, b: Node, subtract: Node) -> Node:
    """Return `a - b` if `subtract`, else `a + b`: a bit below carries 1 in for the difference."""
    inverted = nodes.make(Op.XOR, b.width, b, _repeated(nodes, subtract, b.width))
    left = nodes.concat(a, nodes.const(1, 1))
    right = nodes.concat(inverted, subtract)
    return nodes.slice(nodes.make(Op.ADD, a.width + 1, left, right), 1, a.width)


def _choosing(nodes: Nodes, a: Node, b: Node, subtract: Node) -> Node:
    """Return the same as `a + (b ^ {w{subtract}}) + subtract`."""
    inverted = nodes.make(Op.XOR, b.width, b, _repeated(nodes, subtract, b.width))
    total = nodes.make(Op.ADD, a.width, a, inverted)
    return nodes.make(Op.ADD, a.width, total, nodes.resized(subtract, a.width))


def _repeated(nodes: Nodes, bit: Node, width: int) -> Node:
    return nodes.resized(bit, width, signed=True)


def _aligned(group: Sequence[Node]) -> dict[Node, tuple[Node, ...]]:
    """Return operands, those of sums exchanged where that lines up with the differences."""
    placed = [{n.operands[i] for n in group if n.op is Op.SUB} for i in (0, 1)]
    aligned = {}
    for node in group:
        operands = node.operands
        crossed = (operands[1] in placed[0]) + (operands[0] in placed[1])
        straight = (operands[0] in placed[0]) + (operands[1] in placed[1])
        if node.op is Op.ADD and crossed > straight:
            operands = operands[::-1]
        aligned[node] = operands
    return aligned


RULE = Rule(
    name="shared-add-subtract",
    title="One adder for sums and differences",
    matches="s ? a - b : c + d, also in nested muxes and case statements",
    makes="(s ? a : c) + ((s ? b : d) ^ {w{s}}) + s, the last as a carry into the lowest bit",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hennessy, Patterson: Computer Organization and Design, appendix on ALUs (B-invert)",
    example=Example(
        before="""
module adder_subtractor(input mode, input [7:0] a, input [7:0] b, output [7:0] y);
  assign y = mode ? a - b : a + b;
endmodule
""",
        after="""
module adder_subtractor (
    input wire mode,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    wire [8:0] sum = {a, 1'b1} + {b ^ {8{mode}}, mode};
    assign y = sum[8:1];
endmodule
""",
    ),
    apply=proposing(find),
)
