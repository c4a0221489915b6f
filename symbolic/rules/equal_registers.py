"""Registers, or bits of them, that always hold the same as others, or its inverse."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node
from symbolic.facts.induction import Place
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import inverse
from symbolic.rules.register_bits import without_bits
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with one register bit in place of several equal ones."""
    if not module.registers:
        return
    equals = facts_of(module).invariants.equals
    if not equals:
        return
    given: dict[str, dict[int, Node]] = {}
    for (name, bit), (other, turned) in sorted(equals.items()):
        given.setdefault(name, {})[bit] = _bit(module, other, turned)
    names = ", ".join(f"`{name}`" for name in given)
    what = f"{len(equals)} register bits always equal others, or their inverse: {names}"
    yield Rewriting(module=without_bits(module, given), what=what)


def _bit(module: Dataflow, place: Place, turned: bool) -> Node:
    name, number = place
    register = module.registers[name]
    bit = module.nodes.slice(module.nodes.reg(name, register.width), number, 1)
    return inverse(module.nodes, bit) if turned else bit


RULE = Rule(
    name="equal-registers",
    title="Registers that hold the same",
    matches="registers, or bits of them, whose values are equal or inverse in every reachable"
    " state: duplicates, delay lines of one signal, a bit stored in two places",
    makes="one of them",
    allowed="by induction over one step; same clock, edge and asynchronous reset",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="van Eijk: Sequential equivalence checking based on structural similarities,"
    " IEEE TCAD 19(7), 2000; Yosys, pass opt_merge",
    example=Example(
        before="""
module two_taps(input clk, input d, output y, output z);
  reg a1, a2, b1, b2, b3;
  always @(posedge clk) begin
    a1 <= d;
    a2 <= a1;
    b1 <= ~d;
    b2 <= b1;
    b3 <= b2;
  end
  assign y = a2;
  assign z = b3 ^ d;
endmodule
""",
        after="""
module two_taps (
    input wire clk,
    input wire d,
    output wire y,
    output wire z
);

    reg a1;
    reg a2;
    reg b3;

    assign y = a2;
    assign z = d ^ b3;

    always @(posedge clk) begin
        a1 <= d;
        a2 <= a1;
        b3 <= ~a2;
    end
endmodule
""",
    ),
    apply=apply,
    always=True,
)
