"""Operators that are never needed together become one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import TRUE
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import inverse, proposing, roots_of
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.shared_add_subtract import with_carry_bit
from symbolic.rules.shared_operator import SHARED, align

_PAIRS = 200
_ADDING = (Op.ADD, Op.SUB)


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield pairs of operators as one, whose operands are selected by a condition at hand."""
    facts = facts_of(module)
    logic = facts.logic
    care_of = {node: care for node, care in facts.cares.items() if care != TRUE}
    conditions = _conditions(module)
    for one, other in _pairs(care_of):
        if not logic.gates.never(care_of[one], care_of[other]):
            continue
        select = _selector(module.nodes, conditions, (one, other), care_of, logic)
        if select is not None:
            made = _merged(module.nodes, select, one, other)
            yield {one: made, other: made}, f"two exclusive `{one.op.value}` become one"


def _pairs(care_of: Mapping[Node, int]) -> list[tuple[Node, Node]]:
    """Return pairs of operators that could be one, the largest first."""
    candidates = [node for node in care_of if node.op in SHARED and _worth(node)]
    candidates.sort(key=lambda node: (SHARED.index(node.op), -node.width, node.number))
    return [p for p in combinations(candidates[:64], 2) if _alike(*p)][:_PAIRS]


def _worth(node: Node) -> bool:
    return node.operands[0].width > 1 and all(o.op is not Op.CONST for o in node.operands[:1])


def _alike(one: Node, other: Node) -> bool:
    same = one.op is other.op or (one.op in _ADDING and other.op in _ADDING)
    widths = [[o.width for o in node.operands] for node in (one, other)]
    return same and widths[0] == widths[1] and not _nested(one, other)


def _nested(one: Node, other: Node) -> bool:
    low, high = sorted((one, other), key=lambda node: node.number)
    return low in reached([high])


def _conditions(module: Dataflow) -> list[Node]:
    """Return what muxes of the module select by, each once."""
    muxes = (node for node in reached(roots_of(module)) if node.op is Op.MUX)
    return list(dict.fromkeys(mux.operands[0] for mux in muxes))


def _selector(
    nodes: Nodes,
    conditions: Sequence[Node],
    pair: tuple[Node, Node],
    care_of: Mapping[Node, int],
    logic: BitLogic,
) -> Node | None:
    """Return a condition that holds where the first matters and not where the second does."""
    one, other = (care_of[node] for node in pair)
    never = logic.gates.never
    for node in conditions:
        bit = logic.bit(node)
        if _inside(node, *pair):
            continue
        if never(one, -bit) and never(other, bit):
            return node
        if never(one, bit) and never(other, -bit):
            return inverse(nodes, node)
    return None


def _inside(condition: Node, one: Node, other: Node) -> bool:
    below = reached([condition])
    return one in below or other in below


def _merged(nodes: Nodes, select: Node, one: Node, other: Node) -> Node:
    operands = align([one, other])
    chosen = [
        a if a is b else nodes.mux(select, a, b)
        for a, b in zip(operands[one], operands[other], strict=True)
    ]
    if one.op is other.op:
        return nodes.like(one, chosen)
    subtract = select if one.op is Op.SUB else inverse(nodes, select)
    return with_carry_bit(nodes, chosen[0], chosen[1], subtract)


RULE = Rule(
    name="exclusive-operators",
    title="Operators that are never needed together",
    matches="operators anywhere in the module, also in values of different registers, whose"
    " results are looked at under conditions that exclude each other",
    makes="one operator whose operands are selected by such a condition",
    allowed="the conditions exclude each other, by SAT; neither operator depends on the other",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hwang, Lee, Hsu: A formal approach to the scheduling problem, IEEE TCAD 10(4), 1991;"
    " Yosys, pass share",
    example=Example(
        before="""
module two_sums(input s, input [7:0] a, input [7:0] b, input [7:0] c,
                output [7:0] u, output [7:0] v);
  assign u = s ? a + b : 8'd0;
  assign v = s ? 8'd0 : a + c;
endmodule
""",
        after="""
module two_sums (
    input wire s,
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    output wire [7:0] u,
    output wire [7:0] v
);

    wire [7:0] sum = a + (s ? b : c);
    assign u = s ? sum : 8'd0;
    assign v = s ? 8'd0 : sum;
endmodule
""",
    ),
    apply=proposing(find),
)
