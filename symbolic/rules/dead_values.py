"""A register may hold anything while its value is not needed."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node
from symbolic.facts.cares import cares
from symbolic.facts.gates import TRUE
from symbolic.facts.shared import Facts, facts_of
from symbolic.rules.constant_where_used import constants
from symbolic.rules.infeasible_branch import taken
from symbolic.rules.matching import replaced
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module in which registers become what is easiest where nothing reads it."""
    if len(module.registers) < 2:
        return
    facts = facts_of(module)
    needed = _needed(facts)
    if not needed:
        return
    known = cares(module, facts.logic, always=facts.codes[0], needed=needed)
    image: dict[Node, Node] = {}
    for node, care in known.items():
        branch = taken(node, care, facts.logic)
        if branch is not None:
            image[node] = branch
    image = {**image, **constants(module, known, facts.logic)}
    if image:
        smaller = replaced(module, image)
        changed = [n for n in needed if smaller.registers[n].next is not module.registers[n].next]
        names = ", ".join(f"`{name}`" for name in changed)
        what = f"no hold or reset where the value is never read: {names}"
        yield Rewriting(module=smaller, what=what)


def _needed(facts: Facts) -> dict[str, int]:
    """Return for registers that are not always live when their next value is needed."""
    module, gates = facts.module, facts.logic.gates
    needed: dict[str, int] = {}
    for control, live in facts.lifetimes.items():
        following = module.registers[control].next
        for name, codes in live.before.items():
            if name != control and not _after_reset(facts, control, codes):
                where = gates.any(facts.logic.is_text(following, code) for code in sorted(codes))
                needed[name] = gates.both(needed.get(name, TRUE), where)
    return {name: where for name, where in needed.items() if where != TRUE}


def _after_reset(facts: Facts, control: str, codes: frozenset[str]) -> bool:
    """Whether a value is needed after an asynchronous reset of the control register."""
    reset = facts.module.registers[control].reset
    return reset is not None and (reset.value in codes or "x" in reset.value)


RULE = Rule(
    name="dead-values",
    title="No hold where a value is never read",
    matches="a data register that is held or reset in states after which it is written before it is"
    " read",
    makes="a register that takes any value there: the hold, its enable and the reset go",
    allowed="live ranges over the reachable codes of a control register of at most 8 bits",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Aho et al.: Compilers, 2nd ed., 9.2.5 (live variables), as don't-cares of registers",
    example=Example(
        before="""
module add_one(input clk, input rst, input go, input [7:0] d, output reg [7:0] y, output busy);
  reg [1:0] state;
  reg [7:0] held;
  assign busy = state != 2'd0;
  always @(posedge clk)
    if (rst) begin
      state <= 2'd0;
      held <= 8'd0;
      y <= 8'd0;
    end else
      case (state)
        2'd0: if (go) begin
          held <= d;
          state <= 2'd1;
        end
        2'd1: begin
          held <= held + 8'd1;
          state <= 2'd2;
        end
        default: begin
          y <= held;
          state <= 2'd0;
        end
      endcase
endmodule
""",
        after="""
module add_one (
    input wire clk,
    input wire rst,
    input wire go,
    input wire [7:0] d,
    output reg [7:0] y,
    output wire busy
);

    reg [1:0] state;
    reg [7:0] held;

    assign busy = |state;

    always @(posedge clk) begin
        if (rst) begin
            y <= 8'd0;
            state <= 2'd0;
        end else if (busy) begin
            if (state == 2'd1)
                state <= 2'd2;
            else begin
                y <= held;
                state <= 2'd0;
            end
        end else if (go)
            state <= 2'd1;
        held <= busy ? held + 8'd1 : d;
    end
endmodule
""",
    ),
    apply=apply,
)
