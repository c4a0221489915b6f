"""Carry and sum of a full adder share an exclusive or."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.adder_chains import SHORTEST, Adders, Chain
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    adders = Adders(module)
    made: dict[Node, Node] = {}
    for chain in adders.chains():
        made |= _propagated(module.nodes, chain)
    if made:
        yield adders.replaced(made), "carries are generated or propagated: g | (p & c)"


def _propagated(nodes: Nodes, chain: Chain) -> dict[Node, Node]:
    left, right = chain.words(nodes)
    propagate = nodes.make(Op.XOR, left.width, left, right)
    generate = nodes.make(Op.AND, left.width, left, right)
    carry = chain.links[0].carried
    made: dict[Node, Node] = {}
    sums: list[Node] = []
    for place, link in enumerate(chain.links):
        p, g = nodes.slice(propagate, place, 1), nodes.slice(generate, place, 1)
        if carry is None:
            sums.append(p)
            carry = g
        else:
            sums.append(nodes.make(Op.XOR, 1, p, carry))
            carry = nodes.make(Op.OR, 1, g, nodes.make(Op.AND, 1, p, carry))
        made[link.carry] = carry
    return made | {bit: sums[place] for bit, place in chain.sums.items()}


RULE = Rule(
    name="full-adders",
    title="Carry and sum of a full adder share an exclusive or",
    matches="carries (a & b) | (a & c) | (b & c), in any form, with sums a ^ b ^ c",
    makes="p = a ^ b, g = a & b, carry g | (p & c), sum p ^ c",
    allowed=f"at least {SHORTEST} in a chain",
    goals=frozenset({Goal.AREA}),
    source="Ercegovac, Lang: Digital Arithmetic, 2.2 (carry-ripple adder)",
    example=Example(
        before="""
module adders(input [2:0] a, input [2:0] b, input c, output [2:0] s, output d);
  wire c1 = (a[0] & b[0]) | (a[0] & c) | (b[0] & c);
  wire c2 = (a[1] & b[1]) | (a[1] & c1) | (b[1] & c1);
  assign d = (a[2] & b[2]) | (a[2] & c2) | (b[2] & c2);
  assign s = {a[2] ^ b[2] ^ c2, a[1] ^ b[1] ^ c1, a[0] ^ b[0] ^ c};
endmodule
""",
        after="""
module adders (
    input wire [2:0] a,
    input wire [2:0] b,
    input wire c,
    output wire [2:0] s,
    output wire d
);

    wire c1;
    wire c2;

    wire [2:0] mixed = a ^ b;
    wire [2:0] masked = a & b;
    assign c1 = masked[0] | (c & mixed[0]);
    assign c2 = masked[1] | (mixed[1] & c1);
    assign s = {mixed[2] ^ c2, mixed[1] ^ c1, c ^ mixed[0]};
    assign d = masked[2] | (mixed[2] & c2);
endmodule
""",
    ),
    apply=proposing(_find),
)
