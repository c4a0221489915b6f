"""Branches that the enclosing conditions exclude."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op
from symbolic.facts.bits import BitLogic
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import replaced
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module without branches that are never taken where their mux matters."""
    facts = facts_of(module)
    image: dict[Node, Node] = {}
    for node, care in facts.cares.items():
        branch = taken(node, care, facts.logic)
        if branch is not None:
            image[node] = branch
    if image:
        count = f"{len(image)} branches are" if len(image) > 1 else "a branch is"
        yield Rewriting(module=replaced(module, image), what=f"{count} never taken")


def taken(node: Node, care: int, logic: BitLogic) -> Node | None:
    """Return the branch that a mux takes whenever its value matters, if there is one."""
    if node.op is not Op.MUX:
        return None
    condition, true, false = node.operands
    if condition.op is Op.CONST:
        return None
    bit = logic.bit(condition)
    if logic.gates.never(care, bit):
        return false
    return true if logic.gates.never(care, -bit) else None


RULE = Rule(
    name="infeasible-branch",
    title="Branches that enclosing conditions exclude",
    matches="a mux under conditions (of enclosing muxes, of what gates its value) that decide it:"
    " s ? (s | t ? a : b) : c; x == 1 ? (x == 2 ? a : b) : c; a < b ? (b < a ? c : d) : e",
    makes="the branch that is taken: s ? a : c; x == 1 ? b : c; a < b ? d : e",
    allowed="the conditions imply it, by SAT",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Savoj, Brayton: The use of observability and external don't-cares, DAC 1990;"
    " Yosys, pass opt_muxtree",
    example=Example(
        before="""
module excluded(input [7:0] x, input [7:0] a, input [7:0] b, output reg [7:0] y);
  always @*
    if (x == 8'd1) begin
      if (x == 8'd2) y = a;
      else y = b;
    end else if (x > 8'd200) begin
      if (x[7]) y = a + b;
      else y = a ^ b;
    end else y = x;
endmodule
""",
        after="""
module excluded (
    input wire [7:0] x,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    assign y = (x == 8'd1) ? b :
               (x > 8'd200) ? a + b :
               x;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
