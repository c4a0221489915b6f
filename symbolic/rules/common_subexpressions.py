"""One order for the operands of commutative operations, so that equal ones are one."""

from __future__ import annotations

from symbolic.dataflow.nodes import COMMUTATIVE, Node, Nodes
from symbolic.rules.matching import ordered
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return a commutative operation with its operands in order."""
    if node.op not in COMMUTATIVE:
        return None
    operands = tuple(ordered(node.operands))
    return None if operands == node.operands else nodes.like(node, operands)


RULE = Rule(
    name="common-subexpressions",
    title="Common subexpressions, operands in any order",
    matches="a + b beside b + a, and so for &, |, ^, *, ==",
    makes="one value, computed once",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Aho, Lam, Sethi, Ullman: Compilers, 2nd ed., 6.1.2 (value numbers)",
    example=Example(
        before="""
module common(input [7:0] a, input [7:0] b, output [7:0] y, output [7:0] z);
  assign y = (a * b) ^ 8'd85;
  assign z = (b * a) + 8'd3;
endmodule
""",
        after="""
module common (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y,
    output wire [7:0] z
);

    wire [7:0] product = a * b;
    assign y = product ^ 8'd85;
    assign z = product + 8'd3;
endmodule
""",
    ),
    apply=everywhere(match, "operands of commutative operations stand in one order"),
    always=True,
)
