"""A register that holds under several conditions has one enable."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.facts.storage import node_of
from symbolic.rules.mux_trees import inner_muxes, leaves, mapped_leaves
from symbolic.rules.rule import LIMIT, Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import with_next


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with enables in place of hold branches: all of them, then each."""
    found: dict[str, Node] = {}
    for name, register in module.registers.items():
        made = enabled(module.nodes, register.next, node_of(module, register))
        if made is not None and made is not register.next:
            found[name] = made
    if found:
        names = ", ".join(f"`{name}`" for name in found)
        yield Rewriting(module=with_next(module, found), what=f"one enable each for {names}")
    for name, following in list(found.items())[:LIMIT] if len(found) > 1 else ():
        yield Rewriting(
            module=with_next(module, {name: following}), what=f"one enable for `{name}`"
        )


def enabled(nodes: Nodes, following: Node, held: Node) -> Node | None:
    """Return `enable ? data : held` for a tree of muxes in which `held` is a leaf.

    A mux above it with a constant, as of a synchronous reset, stays above.
    """
    if following.op is not Op.MUX:
        return None
    condition, true, false = following.operands
    if true.op is Op.CONST:
        inner = enabled(nodes, false, held)
        return None if inner is None else nodes.mux(condition, true, inner)
    data = leaves(following)
    if held not in data or len(inner_muxes(following)) < 2:
        return None
    one_bit = {leaf: nodes.const(leaf is not held, 1) for leaf in data}
    enable = mapped_leaves(nodes, following, one_bit)
    value = mapped_leaves(nodes, following, {leaf: leaf for leaf in data if leaf is not held})
    return None if enable is None or value is None else nodes.mux(enable, value, held)


RULE = Rule(
    name="clock-enable",
    title="Clock enable from branches that hold",
    matches="next value p ? (q ? a : r) : s ? b : r of a register r",
    makes="enable ? (p ? a : b) : r with enable = p ? q : s",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Yosys, pass opt_dff; Wu, Pedram, Wu: Clock-gating and its application to low power"
    " design of sequential circuits, IEEE TCAS-I 47(3), 2000",
    example=Example(
        before="""
module held(input clk, input p, input q, input s, input [7:0] a, input [7:0] b,
            output reg [7:0] r);
  always @(posedge clk)
    if (p) begin
      if (q) r <= a;
    end else if (s) r <= b;
endmodule
""",
        after="""
module held (
    input wire clk,
    input wire p,
    input wire q,
    input wire s,
    input wire [7:0] a,
    input wire [7:0] b,
    output reg [7:0] r
);

    always @(posedge clk) begin
        if (p ? q : s)
            r <= p ? a : b;
    end
endmodule
""",
    ),
    apply=apply,
)
