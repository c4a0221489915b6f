"""Adders written bit by bit."""

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
    length = 0
    for chain in adders.chains():
        total = _added(module.nodes, chain)
        top = len(chain.links)
        made[chain.links[-1].carry] = module.nodes.slice(total, top, 1)
        made |= {bit: module.nodes.slice(total, place, 1) for bit, place in chain.sums.items()}
        length = max(length, top)
    if made:
        yield adders.replaced(made), f"a chain of {length} full adders is an addition"


def _added(nodes: Nodes, chain: Chain) -> Node:
    width = len(chain.links) + 1
    left, right = (nodes.resized(word, width) for word in chain.words(nodes))
    total = nodes.make(Op.ADD, width, left, right)
    first = chain.links[0].carried
    if first is None:
        return total
    return nodes.make(Op.ADD, width, total, nodes.resized(first, width))


RULE = Rule(
    name="ripple-carry",
    title="Full adders in a chain are an addition",
    matches="carries (a & b) | (c & (a | b)), in any form, each into the next, with sums a ^ b ^ c",
    makes="{a...} + {b...} + carry in",
    allowed=f"at least {SHORTEST} of them",
    goals=frozenset({Goal.DELAY, Goal.AREA}),
    source="Subramanyan et al.: Reverse engineering digital circuits using structural and "
    "functional analyses, TETC 2014",
    example=Example(
        before="""
module ripple(input [2:0] a, input [2:0] b, input c, output [2:0] s, output d);
  wire c1 = (a[0] & b[0]) | (a[0] & c) | (b[0] & c);
  wire c2 = (a[1] & b[1]) | (a[1] & c1) | (b[1] & c1);
  assign d = (a[2] & b[2]) | (a[2] & c2) | (b[2] & c2);
  assign s = {a[2] ^ b[2] ^ c2, a[1] ^ b[1] ^ c1, a[0] ^ b[0] ^ c};
endmodule
""",
        after="""
module ripple (
    input wire [2:0] a,
    input wire [2:0] b,
    input wire c,
    output wire [2:0] s,
    output wire d
);

    wire [3:0] sum = a + b + c;
    assign s = sum[2:0];
    assign d = sum[3];
endmodule
""",
    ),
    apply=proposing(_find),
)
