"""Expressions that equal another one wherever their value matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import LEAVES, Node, Op
from symbolic.facts.bits import BitLogic
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule

_CANDIDATES = 24
_QUESTIONS = 600
_PAIRS = 12_000


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield replacements of a node by one that is there anyway."""
    facts = facts_of(module)
    care_of, logic = facts.cares, facts.logic
    everywhere: dict[Node, Node] = {}
    here: list[tuple[Node, Node]] = []
    for node, other, always in _equal(care_of, logic):
        if always:
            everywhere[node] = other
        else:
            here.append((node, other))
    if everywhere:
        yield everywhere, f"{len(everywhere)} expressions equal others"
    if here:
        yield dict(here), f"{len(here)} expressions equal others where they matter"
    for node, other in here if len(here) > 1 else ():
        yield {node: other}, "an expression equals another where it matters"


def _equal(care_of: Mapping[Node, int], logic: BitLogic) -> Iterator[tuple[Node, Node, bool]]:
    """Yield nodes, an earlier one they may become, and whether they are equal everywhere."""
    earlier: dict[int, list[Node]] = {}
    asked = pairs = 0
    for node, care in care_of.items():
        before = earlier.setdefault(node.width, [])
        if node.op not in LEAVES:
            for other in before[-_CANDIDATES:]:
                pairs += 1
                if asked > _QUESTIONS or pairs > _PAIRS:
                    return
                if not _maybe(node, other, care, logic):
                    continue
                asked += 1
                always = logic.gates.same(logic.of(node), logic.of(other))
                if always or _may_become(node, other, care_of, logic):
                    yield node, other, always
                    break
        if node.op is not Op.CONST:
            before.append(node)


def _maybe(node: Node, other: Node, care: int, logic: BitLogic) -> bool:
    """Whether the random samples allow that a node becomes another."""
    gates = logic.gates
    where = gates.sampled(care)
    pairs = zip(logic.of(node), logic.of(other), strict=True)
    return not any(where & (gates.sampled(a) ^ gates.sampled(b)) for a, b in pairs)


def _may_become(node: Node, other: Node, care_of: Mapping[Node, int], logic: BitLogic) -> bool:
    """Whether two nodes are equal where the first matters, and the second matters there, too.

    The latter keeps replacements compatible: another one may have changed the
    second node where it did not matter.
    """
    care = care_of[node]
    if not logic.gates.same(logic.of(node), logic.of(other), where=care):
        return False
    return other.op in LEAVES or logic.gates.never(care, -care_of[other])


RULE = Rule(
    name="equal-where-used",
    title="Expressions that equal another one wherever they matter",
    matches="two expressions, written differently, with the same value: x == y ? x : y;"
    " a + b and b - (~a + 1); s ? a : b and ~s ? b : a",
    makes="one of them",
    allowed="they are equal where the first is looked at, by SAT",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Kuehlmann et al.: Robust Boolean reasoning (SAT sweeping), IEEE TCAD 21(12), 2002",
    example=Example(
        before="""
module twins(input [3:0] x, input [3:0] y, output [3:0] u, output [3:0] v, output [3:0] w);
  assign u = x + y;
  assign v = x - (~y + 4'd1);
  assign w = (x == y) ? x : y;
endmodule
""",
        after="""
module twins (
    input wire [3:0] x,
    input wire [3:0] y,
    output wire [3:0] u,
    output wire [3:0] v,
    output wire [3:0] w
);

    assign u = x + y;
    assign v = u;
    assign w = y;
endmodule
""",
    ),
    apply=proposing(find),
)
