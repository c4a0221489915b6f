"""Bits of registers that never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node
from symbolic.facts.induction import Place
from symbolic.facts.shared import facts_of
from symbolic.rules.register_bits import without_bits
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module without register bits that are constant in every reachable state."""
    if not module.registers:
        return
    facts = facts_of(module)
    constants = {**_of_codes(facts.codes[1]), **facts.invariants.constants}
    if constants:
        given: dict[str, dict[int, Node]] = {}
        for (name, bit), value in sorted(constants.items()):
            given.setdefault(name, {})[bit] = module.nodes.const(value, 1)
        yield Rewriting(module=without_bits(module, given), what=_said(module, given))


def _of_codes(codes_of: Mapping[str, Sequence[str]]) -> dict[Place, bool]:
    """Return the bits that all reachable codes of a register have in common."""
    found: dict[Place, bool] = {}
    for name, codes in codes_of.items():
        for i, column in enumerate(zip(*(reversed(code) for code in codes), strict=True)):
            if len(set(column)) == 1:
                found[name, i] = column[0] == "1"
    return found


def _said(module: Dataflow, given: dict[str, dict[int, Node]]) -> str:
    parts = []
    for name, bits in given.items():
        width = module.registers[name].width
        whole = len(bits) == width
        parts.append(f"`{name}`" if whole else f"{len(bits)} of {width} bits of `{name}`")
    return f"constant in every state: {', '.join(parts)}"


RULE = Rule(
    name="constant-registers",
    title="Constant registers and bits of registers",
    matches="a register, or some of its bits, that keeps one value in every reachable state: upper"
    " bits of a counter that never get there, flags that are never set",
    makes="the constant, and a register of the other bits",
    allowed="by induction over one step, or by the reachable codes of a register of up to 8 bits",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="van Eijk: Sequential equivalence checking based on structural similarities,"
    " IEEE TCAD 19(7), 2000",
    example=Example(
        before="""
module modulo_six(input clk, input rst, input en, output reg [2:0] q);
  reg [7:0] count;
  reg overflow;
  always @(posedge clk)
    if (rst) begin
      count <= 8'd0;
      overflow <= 1'b0;
    end else if (en) begin
      count <= (count == 8'd5) ? 8'd0 : count + 8'd1;
      if (count > 8'd5) overflow <= 1'b1;
    end
  always @* q = overflow ? 3'd7 : count[2:0];
endmodule
""",
        after="""
module modulo_six (
    input wire clk,
    input wire rst,
    input wire en,
    output wire [2:0] q
);

    reg [2:0] count;

    assign q = count;

    always @(posedge clk) begin
        if (rst)
            count <= 3'd0;
        else if (en) begin
            if (count == 3'd5)
                count <= 3'd0;
            else
                count <= count + 3'd1;
        end
    end
endmodule
""",
    ),
    apply=apply,
    always=True,
)
