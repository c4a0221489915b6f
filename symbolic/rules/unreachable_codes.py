"""Codes that a register never has are don't-cares."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node
from symbolic.facts.cares import cares
from symbolic.facts.shared import facts_of
from symbolic.rules.constant_where_used import constants
from symbolic.rules.infeasible_branch import taken
from symbolic.rules.matching import replaced
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module without what only codes that are never reached would need."""
    if not module.registers:
        return
    facts = facts_of(module)
    logic = facts.logic
    always, codes = facts.codes
    if not codes:
        return
    image: dict[Node, Node] = {}
    care_of = cares(module, logic, always=always)
    for node, care in care_of.items():
        branch = taken(node, care, logic)
        if branch is not None:
            image[node] = branch
    image = {**image, **constants(module, care_of, logic)}
    if image:
        yield Rewriting(module=replaced(module, image), what=_said(module, codes))


def _said(module: Dataflow, codes: dict[str, list[str]]) -> str:
    parts = [
        f"`{name}` has {len(found)} of {1 << module.registers[name].width} codes"
        for name, found in codes.items()
    ]
    return f"logic for codes never reached goes: {', '.join(parts)}"


RULE = Rule(
    name="unreachable-codes",
    title="Unreachable codes as don't-cares",
    matches="logic that tells codes apart of which some are never reached: default branches of a"
    " state machine, comparisons with states nothing leads to, counters below their limit",
    makes="the logic without these cases",
    allowed="registers of at most 8 bits, of wide ones few codes; these are found by SAT, all other"
    " signals free, from power-on and asynchronous reset",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Coudert, Berthet, Madre: Verification of synchronous sequential machines based on"
    " symbolic execution, 1989 (reachable states as don't-cares)",
    example=Example(
        before="""
module three_steps(input clk, input rst, input go, output reg busy, output reg error);
  reg [1:0] state;
  always @(posedge clk)
    if (rst) state <= 2'd0;
    else
      case (state)
        2'd0: if (go) state <= 2'd1;
        2'd1: state <= 2'd2;
        2'd2: state <= 2'd0;
        default: state <= go ? 2'd3 : 2'd0;
      endcase
  always @* begin
    busy = state != 2'd0;
    error = state == 2'd3;
  end
endmodule
""",
        after="""
module three_steps (
    input wire clk,
    input wire rst,
    input wire go,
    output wire busy,
    output wire error
);

    reg [1:0] state;

    assign busy = |state;
    assign error = 1'b0;

    always @(posedge clk) begin
        if (rst)
            state <= 2'd0;
        else if (busy) begin
            if (state == 2'd1)
                state <= 2'd2;
            else
                state <= 2'd0;
        end else if (go)
            state <= 2'd1;
    end
endmodule
""",
    ),
    apply=apply,
    always=True,
)
