"""Like terms of a sum are collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node
from symbolic.rules.matching import replaced
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.sums import all_of_them, linear, single_uses, sums, written

_MOST_TERMS = 256


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with the terms of all sums collected at once."""
    image = _shorter(module)
    if image:
        what = "like terms and constants of sums are collected"
        yield Rewriting(module=replaced(module, image), what=what)


def _shorter(module: Dataflow) -> Mapping[Node, Node]:
    alone = single_uses(module)
    image: dict[Node, Node] = {}
    for node in sums(module):
        plain = linear(node, alone)
        if len(plain.terms) > _MOST_TERMS:
            continue
        best = min((plain, linear(node, all_of_them)), key=lambda found: found.cost)
        if best.cost < plain.written:
            image[node] = written(module.nodes, best)
    return {node: other for node, other in image.items() if node is not other}


RULE = Rule(
    name="like-terms",
    title="Like terms of sums",
    matches="a + a, a + b - a, (a + 3) + 5, a * 3 + a * 5, a + ~b + 1, 0 - (a - b)",
    makes="a << 1, b, a + 8, a << 3, a - b, b - a",
    allowed="the sum has fewer terms afterwards; operations that others use too are kept for them",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Cooper, Simpson, Vick: Operator strength reduction and reassociation, TOPLAS 2001; "
    "two's complement: Warren: Hacker's Delight, 2nd ed., 2.2",
    example=Example(
        before="""
module terms(input [7:0] a, input [7:0] b, output [7:0] y, output [7:0] z);
  assign y = (a + 8'd3) + (b + 8'd5) - a;
  assign z = a + ~b + 8'd1;
endmodule
""",
        after="""
module terms (
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y,
    output wire [7:0] z
);

    assign y = b + 8'd8;
    assign z = a - b;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
