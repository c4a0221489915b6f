"""Constant folding and propagation."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.folding import folded
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return the constant that an operation on constants is, or the branch a mux always takes."""
    if node.op is Op.MUX:
        condition, true, false = node.operands
        if condition.value is not None:
            return true if condition.value else false
    text = folded(node)
    return None if text is None else nodes.bits(text)


RULE = Rule(
    name="constant-folding",
    title="Constant folding and propagation",
    matches="an operation all of whose operands are constants; a mux with a constant condition",
    makes="the constant; the branch taken",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Aho, Lam, Sethi, Ullman: Compilers, 2nd ed., 8.5.4",
    example=Example(
        before="""
module folded(input [7:0] a, output [7:0] y);
  wire [7:0] three = 8'd3;
  assign y = a + three * 8'd5;
endmodule
""",
        after="""
module folded (
    input wire [7:0] a,
    output wire [7:0] y
);

    assign y = a + 8'd15;
endmodule
""",
    ),
    apply=everywhere(match, "constants are folded"),
    always=True,
)
