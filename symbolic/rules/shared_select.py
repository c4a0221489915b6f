"""Trees of muxes over two values select once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.matching import inverse, proposing, roots_of
from symbolic.rules.mux_trees import inner_muxes, leaves, mapped_leaves
from symbolic.rules.rule import Example, Goal, Rule


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield trees over two values, the outermost first, as one mux of them."""
    covered: set[Node] = set()
    for node in reversed(reached(roots_of(module))):
        if node.op is Op.MUX and node not in covered:
            made = _of_two(module.nodes, node) or _of_siblings(module.nodes, node)
            if made is not None:
                covered.update(inner_muxes(node))
                yield {node: made}, "muxes of the same two values become one"


def _of_two(nodes: Nodes, root: Node) -> Node | None:
    data = leaves(root)
    if len(data) != 2 or len(inner_muxes(root)) < 2:
        return None
    one_bit = {data[0]: nodes.const(1, 1), data[1]: nodes.const(0, 1)}
    condition = mapped_leaves(nodes, root, one_bit)
    return None if condition is None else nodes.mux(condition, *data)


def _of_siblings(nodes: Nodes, node: Node) -> Node | None:
    """Return one mux for two of the same data, whatever these are, side by side."""
    condition, true, false = node.operands
    if true.op is not Op.MUX or false.op is not Op.MUX:
        return None
    if true.operands[1:] == false.operands[1:]:
        other = false.operands[0]
    elif true.operands[1:] == false.operands[:0:-1]:
        other = inverse(nodes, false.operands[0])
    else:
        return None
    return nodes.mux(nodes.mux(condition, true.operands[0], other), *true.operands[1:])


RULE = Rule(
    name="shared-select",
    title="Multiplexers of the same data select once",
    matches="s ? (c ? a : b) : (d ? a : b), and any tree of muxes over two values",
    makes="(s ? c : d) ? a : b",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="RTLRewriter (arXiv 2409.11414): mux reduction; Yosys, pass muxpack and opt_muxtree",
    example=Example(
        before="""
module selects(input s, input c, input d, input [3:0] a, input [3:0] b, output [3:0] y);
  wire [3:0] u = c ? a : b;
  wire [3:0] v = d ? a : b;
  assign y = s ? u : v;
endmodule
""",
        after="""
module selects (
    input wire s,
    input wire c,
    input wire d,
    input wire [3:0] a,
    input wire [3:0] b,
    output wire [3:0] y
);

    assign y = (s ? c : d) ? a : b;
endmodule
""",
    ),
    apply=proposing(find),
)
