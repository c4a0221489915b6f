"""Bits of registers that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.facts.shared import facts_of
from symbolic.rules.register_bits import without_bits
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module without register bits that no output depends on."""
    demand = facts_of(module).demand
    zero = module.nodes.const(0, 1)
    given = {}
    for name, register in module.registers.items():
        mask = demand.get(module.nodes.reg(name, register.width), 0)
        unread = {i: zero for i in range(register.width) if not mask >> i & 1}
        if unread:
            given[name] = unread
    if given:
        parts = [
            f"{len(bits)} of {module.registers[name].width} bits of `{name}`"
            for name, bits in given.items()
        ]
        yield Rewriting(module=without_bits(module, given), what=f"never read: {', '.join(parts)}")


RULE = Rule(
    name="unread-register-bits",
    title="Register bits that nothing reads",
    matches="bits of registers that no output depends on, through other registers either; upper"
    " bits of accumulators of which the lower ones are used",
    makes="a register of the other bits",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Mahlke et al.: Bitwidth cognizant architecture synthesis, IEEE TCAD 20(11), 2001"
    " (backward propagation)",
    example=Example(
        before="""
module low_half(input clk, input [7:0] a, output [3:0] y);
  reg [7:0] total;
  always @(posedge clk) total <= total + a;
  assign y = total[3:0];
endmodule
""",
        after="""
module low_half (
    input wire clk,
    input wire [7:0] a,
    output wire [3:0] y
);

    reg [3:0] total;

    assign y = total;

    always @(posedge clk) begin
        total <= total + a[3:0];
    end
endmodule
""",
    ),
    apply=apply,
    always=True,
)
