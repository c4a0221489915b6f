"""Expressions that are constant wherever their value matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.facts.bits import BitLogic
from symbolic.facts.shared import facts_of
from symbolic.rules.matching import replaced
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with all such expressions replaced by their constants."""
    facts = facts_of(module)
    image = constants(module, facts.cares, facts.logic)
    if image:
        yield Rewriting(module=replaced(module, image), what=_said(image))


def _said(image: dict[Node, Node]) -> str:
    if len(image) > 1:
        return f"{len(image)} expressions are constant where they matter"
    return "an expression is constant where it matters"


def constants(module: Dataflow, care_of: Mapping[Node, int], logic: BitLogic) -> dict[Node, Node]:
    """Return the nodes, other than storage, that are constant where they matter."""
    image = {}
    for node, care in care_of.items():
        if node.op not in (Op.CONST, Op.INPUT, Op.REG, Op.READ):
            value = constant_under(module.nodes, node, care, logic)
            if value is not None:
                image[node] = value
    return image


def constant_under(nodes: Nodes, node: Node, care: int, logic: BitLogic) -> Node | None:
    """Return the constant that a node always is where a condition holds."""
    gates = logic.gates
    where = gates.sampled(care)
    bits = logic.of(node)
    if any(where & gates.sampled(bit) and where & gates.sampled(-bit) for bit in bits):
        return None
    model = gates.solution([care], bits)
    if model is None:
        return nodes.const(0, node.width) if gates.settled else None
    values = [gates.value(model, bit) for bit in bits]
    if not gates.never(care, gates.any(-b if v else b for b, v in zip(bits, values, strict=True))):
        return None
    return nodes.bits("".join("1" if value else "0" for value in reversed(values)))


RULE = Rule(
    name="constant-where-used",
    title="Expressions that are constant wherever they matter",
    matches="an expression whose value is looked at under conditions that determine it:"
    " b ? (b << 2) + 1 : a; x == 3 ? x + y : ... with y known; comparisons that are never true",
    makes="the constant",
    allowed="the conditions imply it, by SAT",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Mishchenko, Brayton: SAT-based complete don't-care computation, DATE 2005",
    example=Example(
        before="""
module known(input [3:0] x, input [3:0] a, output reg [3:0] y, output z);
  always @*
    if (x == 4'd3) y = x + 4'd1;
    else y = a;
  assign z = (a > x) && (x > a);
endmodule
""",
        after="""
module known (
    input wire [3:0] x,
    input wire [3:0] a,
    output wire [3:0] y,
    output wire z
);

    assign y = (x == 4'd3) ? 4'd4 : a;
    assign z = 1'b0;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
