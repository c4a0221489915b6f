"""An operator on a mux of constants is a mux of constants."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.folding import folded
from symbolic.rules.mux_trees import leaves, mapped_leaves
from symbolic.rules.rule import Example, Goal, Rule, everywhere

_MOST = 64
_COMPARING = (Op.EQ, Op.ULT, Op.SLT)


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return the tree of results for an operator on a tree of constants and constants."""
    trees = [i for i, operand in enumerate(node.operands) if operand.op is Op.MUX]
    fixed = all(operand.op in (Op.CONST, Op.MUX) for operand in node.operands)
    if len(trees) != 1 or not fixed or node.op in (Op.MUX, Op.READ, Op.CONCAT):
        return None
    (place,) = trees
    data = leaves(node.operands[place])
    open_ones = [leaf for leaf in data if leaf.op is not Op.CONST]
    if len(data) > _MOST or len(open_ones) > (node.op in _COMPARING and len(data) > 1):
        return None
    image = {leaf: _result(nodes, node, place, leaf) for leaf in data}
    return mapped_leaves(nodes, node.operands[place], image)


def _result(nodes: Nodes, node: Node, place: int, leaf: Node) -> Node:
    operands = [*node.operands[:place], leaf, *node.operands[place + 1 :]]
    made = nodes.like(node, operands)
    text = folded(made)
    return made if text is None else nodes.bits(text)


RULE = Rule(
    name="operator-into-mux",
    title="Operator on a multiplexer of constants",
    matches="f(s ? k1 : k2, k3) with constants k: (s ? 3 : 5) == 5; (s ? 1 : 2) + 1;"
    " a comparison with one branch that is no constant",
    makes="s ? f(k1, k3) : f(k2, k3), folded: ~s; s ? 2 : 3",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Aho et al.: Compilers, 2nd ed., 9.4 (constant propagation along branches)",
    example=Example(
        before="""
module coded(input s, input t, output y, output [3:0] z);
  wire [3:0] code = s ? 4'd3 : t ? 4'd5 : 4'd9;
  assign y = code == 4'd5;
  assign z = code + 4'd1;
endmodule
""",
        after="""
module coded (
    input wire s,
    input wire t,
    output wire y,
    output wire [3:0] z
);

    assign y = t & ~s;
    assign z = s ? 4'd4 :
               t ? 4'd6 :
               4'd10;
endmodule
""",
    ),
    apply=everywhere(match, "an operator on constants to choose from is folded"),
    always=True,
)
