"""A branch that may be anything is the other branch."""

from __future__ import annotations

from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.rule import Example, Goal, Rule, everywhere


def match(nodes: Nodes, node: Node) -> Node | None:
    """Return what is left of a mux when the x in its operands are chosen well."""
    if node.op is not Op.MUX:
        return None
    condition, true, false = node.operands
    if _anything(true) or _anything(condition):
        return false
    if _anything(false):
        return true
    return _constants(nodes, node)


def _anything(node: Node) -> bool:
    return node.op is Op.CONST and not set(str(node.payload)) - {"x"}


def _constants(nodes: Nodes, node: Node) -> Node | None:
    """Give x bits of a constant the other constant's value."""
    condition, true, false = node.operands
    if true.op is not Op.CONST or false.op is not Op.CONST:
        return None
    one = nodes.bits(_filled(true, false))
    other = nodes.bits(_filled(false, true))
    if one is other:
        return one
    made = nodes.mux(condition, one, other)
    return None if made is node else made


def _filled(node: Node, by: Node) -> str:
    pairs = zip(str(node.payload), str(by.payload), strict=True)
    return "".join(b if a == "x" else a for a, b in pairs)


RULE = Rule(
    name="mux-dont-care",
    title="Multiplexer with a don't-care branch",
    matches="s ? a : x, from an assignment of x, a default branch, or memory never written",
    makes="a; bits x of a constant become those of the other branch",
    allowed="x is a don't-care: the result may be chosen",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Brayton et al.: Multilevel logic synthesis, Proc. IEEE 78(2), 1990 (don't-cares)",
    example=Example(
        before="""
module partial(input [1:0] op, input [3:0] a, input [3:0] b, output reg [3:0] y);
  always @*
    case (op)
      2'd0: y = a & b;
      2'd1: y = a | b;
      2'd2: y = a ^ b;
      default: y = 4'bxxxx;
    endcase
endmodule
""",
        after="""
module partial (
    input wire [1:0] op,
    input wire [3:0] a,
    input wire [3:0] b,
    output wire [3:0] y
);

    assign y = |op ? ((op == 2'd1) ? a | b : a ^ b) : a & b;
endmodule
""",
    ),
    apply=everywhere(match, "a branch that is x goes"),
    always=True,
)
