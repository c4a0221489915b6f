"""A chain of comparisons with constants is a tree over the bits compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import proposing
from symbolic.rules.mux_trees import Chain, chain_of, constant_compared, mux_roots
from symbolic.rules.rule import Example, Goal, Rule

_WIDEST = 8


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield priority chains as balanced trees."""
    for root in mux_roots(module):
        found = selection(chain_of(module.nodes, root))
        if found is None:
            continue
        selector, values, otherwise = found
        made = _parallel(module.nodes, selector, values, otherwise)
        if made is not None and made is not root:
            yield {root: made}, f"a chain of {len(values)} comparisons becomes a tree"


def selection(chain: Chain) -> tuple[Node, dict[int, Node], Node] | None:
    """Return what a chain compares, the value for each constant, and the one for all others.

    The chain is followed as long as it compares the same.
    """
    values: dict[int, Node] = {}
    selector: Node | None = None
    otherwise = chain.root
    for (condition, value), following in zip(chain.cases, chain.rests, strict=True):
        compared = constant_compared(condition)
        if compared is None or compared[0] is not (selector or compared[0]):
            break
        selector = compared[0]
        values.setdefault(compared[1], value)
        otherwise = following
    if selector is None or len(values) < 3:
        return None
    return selector, values, otherwise


def _parallel(
    nodes: Nodes, selector: Node, values: Mapping[int, Node], otherwise: Node
) -> Node | None:
    same, free = _shared_bits(list(values), selector.width)
    if len(free) > _WIDEST:
        return None
    tree = _tree(nodes, selector, list(reversed(free)), values, otherwise)
    if not same or len(values) == 1 << selector.width:
        return tree
    first = next(iter(values))
    inside = [
        nodes.make(Op.EQ, 1, nodes.slice(selector, i, 1), nodes.const(first >> i, 1)) for i in same
    ]
    condition = inside[0]
    for one in inside[1:]:
        condition = nodes.make(Op.AND, 1, condition, one)
    return nodes.mux(condition, tree, otherwise)


def _shared_bits(constants: Sequence[int], width: int) -> tuple[list[int], list[int]]:
    """Return the bits that all constants agree in, and the others."""
    differ = 0
    for constant in constants:
        differ |= constant ^ constants[0]
    return (
        [i for i in range(width) if not differ >> i & 1],
        [i for i in range(width) if differ >> i & 1],
    )


def _tree(
    nodes: Nodes, selector: Node, bits: Sequence[int], values: Mapping[int, Node], otherwise: Node
) -> Node:
    """Return the tree that decides by one bit after the other."""
    if not values:
        return otherwise
    if not bits:
        return next(iter(values.values()))
    bit, *rest = bits
    ones = {k: v for k, v in values.items() if k >> bit & 1}
    zeros = {k: v for k, v in values.items() if not k >> bit & 1}
    true = _tree(nodes, selector, rest, ones, otherwise)
    false = _tree(nodes, selector, rest, zeros, otherwise)
    return true if true is false else nodes.mux(nodes.slice(selector, bit, 1), true, false)


RULE = Rule(
    name="priority-to-parallel",
    title="Priority chain to parallel selection",
    matches="x == 0 ? a : x == 1 ? b : x == 2 ? c : d, as of if-else-if and case",
    makes="a balanced tree of muxes over the bits of x",
    allowed="the constants differ in at most 8 bits",
    goals=frozenset({Goal.DELAY, Goal.AREA}),
    source="IEEE Std 1800, unique case; Yosys, pass muxpack; Synopsys: HDL Compiler guide"
    " (parallel_case)",
    example=Example(
        before="""
module four(input [1:0] x, input [7:0] a, input [7:0] b, input [7:0] c, input [7:0] d,
            output reg [7:0] y);
  always @*
    if (x == 2'd0) y = a;
    else if (x == 2'd1) y = b;
    else if (x == 2'd2) y = c;
    else y = d;
endmodule
""",
        after="""
module four (
    input wire [1:0] x,
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    input wire [7:0] d,
    output wire [7:0] y
);

    assign y = x[1] ? (x[0] ? d : c) :
               x[0] ? b :
               a;
endmodule
""",
    ),
    apply=proposing(find),
)
