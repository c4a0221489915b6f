"""A priority chain of conditions that exclude each other needs no priority."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.facts.bits import BitLogic
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import inverse, is_zero, proposing, tree
from symbolic.rules.mux_trees import Chain, chain_of, mux_roots
from symbolic.rules.rule import Example, Goal, Rule

_MOST = 32


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield chains of exclusive conditions as sums of products."""
    logic = facts_of(module).logic
    for root in mux_roots(module):
        chain = chain_of(module.nodes, root)
        conditions = [condition for condition, _ in chain.cases]
        if 2 <= len(conditions) <= _MOST and _exclusive(conditions, logic):
            made = _summed(module.nodes, chain, complete=_complete(conditions, logic))
            yield {root: made}, f"{len(conditions)} exclusive conditions select in parallel"


def _exclusive(conditions: Sequence[Node], logic: BitLogic) -> bool:
    return all(
        logic.gates.never(logic.bit(a), logic.bit(b)) for a, b in combinations(conditions, 2)
    )


def _complete(conditions: Sequence[Node], logic: BitLogic) -> bool:
    return logic.gates.never(*(-logic.bit(condition) for condition in conditions))


def _summed(nodes: Nodes, chain: Chain, *, complete: bool) -> Node:
    """Return the values, each where its condition holds, joined by `or`."""
    width = chain.root.width
    terms = [_gated(nodes, condition, value) for condition, value in chain.cases]
    if not complete and not is_zero(chain.otherwise):
        none = inverse(nodes, tree(nodes, Op.OR, [condition for condition, _ in chain.cases]))
        terms.append(_gated(nodes, none, chain.otherwise))
    kept = [term for term in terms if not is_zero(term)]
    return tree(nodes, Op.OR, kept) if kept else nodes.const(0, width)


def _gated(nodes: Nodes, condition: Node, value: Node) -> Node:
    if is_zero(value):
        return value
    return nodes.make(
        Op.AND, value.width, nodes.resized(condition, value.width, signed=True), value
    )


RULE = Rule(
    name="one-hot-select",
    title="Selection by conditions that exclude each other",
    matches="p ? a : q ? b : r ? c : 0, as of if-else-if and case (1'b1)",
    makes="{w{p}} & a | {w{q}} & b | {w{r}} & c",
    allowed="no two of the conditions hold together, by SAT",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Weste, Harris: CMOS VLSI Design, 4th ed., 11.7 (AND-OR selectors)",
    example=Example(
        before="""
module one_hot(input [1:0] x, input [7:0] a, input [7:0] b, input [7:0] c, output [7:0] y);
  wire p = x == 2'd1;
  wire q = x == 2'd2;
  wire r = x == 2'd3;
  assign y = p ? a : q ? b : r ? c : 8'd0;
endmodule
""",
        after="""
module one_hot (
    input wire [1:0] x,
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    output wire [7:0] y
);

    wire p;
    wire q;
    wire r;

    assign p = x == 2'd1;
    assign q = x == 2'd2;
    assign r = &x;
    assign y = (a & {8{p}}) | (b & {8{q}}) | (c & {8{r}});
endmodule
""",
    ),
    apply=proposing(find),
)
