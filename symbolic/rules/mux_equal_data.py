"""A mux both of whose branches are the same."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(_: Nodes, node: Node) -> Node | None:
    """Return the branch that is taken either way."""
    if node.op is Op.MUX and node.operands[1] is node.operands[2]:
        return node.operands[1]
    return None


RULE = Rule(
    name="mux-equal-data",
    title="Multiplexer with equal data",
    matches="s ? a : a",
    makes="a; the logic of the condition s goes if nothing else uses it",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Yosys, pass opt_muxtree",
    example=Example(
        before="""
module same(input [3:0] a, input [3:0] b, input s, output [3:0] y);
  assign y = (a > b) ? (s ? a : a) : b;
endmodule
""",
        after="""
module same (
    input wire [3:0] a,
    input wire [3:0] b,
    input wire s,
    output wire [3:0] y
);

    assign y = (b < a) ? a : b;
endmodule
""",
    ),
    apply=everywhere(match, "a mux with equal data is its data"),
    always=True,
)
