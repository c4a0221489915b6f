"""Exclusive ors: what cancels, and what several have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, chain, reached, uses
from symbolic.rules.matching import inverse, ordered, proposing, tree
from symbolic.rules.rule import Example, Goal, Rule

_MOST_TERMS = 64
_WORK = 2_000_000
"""Pairs that are counted in all; sharing ends there."""

_Terms = dict[Node, None]


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    roots = _tops(module)
    for width in sorted({root.width for root in roots}, reverse=True):
        forms = {root: _terms(root) for root in roots if root.width == width}
        forms = {root: form for root, form in forms.items() if len(form[0]) <= _MOST_TERMS}
        _share(module.nodes, [terms for terms, _ in forms.values()])
        image = {
            root: _written(module.nodes, width, terms, inverted=inverted)
            for root, (terms, inverted) in forms.items()
        }
        if _gates(image.values()) < _gates(image):
            yield image, f"exclusive ors of {width} bits cancel or share operands"


def _tops(module: Dataflow) -> list[Node]:
    counts = uses(module.roots())
    inside = {
        operand
        for node in counts
        if node.op is Op.XOR
        for operand in node.operands
        if operand.op is Op.XOR and counts[operand] == 1
    }
    return [node for node in counts if node.op is Op.XOR and node not in inside]


def _terms(root: Node) -> tuple[_Terms, bool]:
    """Return what is joined, pairs gone, and whether the result is inverted."""
    terms: _Terms = {}
    inverted = False
    for leaf in chain(root, Op.XOR):
        plain = leaf
        if leaf.op is Op.NOT:
            plain, inverted = leaf.operands[0], not inverted
        if plain in terms:
            del terms[plain]
        else:
            terms[plain] = None
    return dict.fromkeys(ordered(list(terms))), inverted


def _share(nodes: Nodes, forms: Collection[_Terms]) -> None:
    once = sum(len(form) ** 2 for form in forms) or 1
    for _ in range(_WORK // once):
        counts = Counter(pair for form in forms for pair in combinations(form, 2))
        frequent = [(count, pair) for pair, count in counts.items() if count > 1]
        if not frequent:
            return
        pair = min(frequent, key=lambda found: (-found[0], found[1][0].number, found[1][1].number))
        _take(nodes, forms, pair[1])


def _take(nodes: Nodes, forms: Collection[_Terms], pair: tuple[Node, Node]) -> None:
    left, right = pair
    both = nodes.make(Op.XOR, left.width, left, right)
    for form in forms:
        if left in form and right in form:
            del form[left], form[right]
            form[both] = None


def _written(nodes: Nodes, width: int, terms: _Terms, *, inverted: bool) -> Node:
    joined = tree(nodes, Op.XOR, list(terms)) if terms else nodes.const(0, width)
    return inverse(nodes, joined) if inverted else joined


def _gates(roots: Collection[Node]) -> int:
    return sum(node.width for node in reached(roots) if node.op is Op.XOR)


RULE = Rule(
    name="parity",
    title="Exclusive ors in any order",
    matches="a ^ b ^ a; a ^ b ^ c beside d ^ b ^ a",
    makes="b; the pairs that most of them have, joined once",
    allowed="fewer exclusive ors result",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Paar: Optimized arithmetic for Reed-Solomon encoders, ISIT 1997 (greedy sharing)",
    example=Example(
        before="""
module parity(
  input [3:0] a, input [3:0] b, input [3:0] c, input [3:0] d,
  output [3:0] x, output [3:0] y
);
  assign x = a ^ c ^ b;
  assign y = b ^ d ^ a;
endmodule
""",
        after="""
module parity (
    input wire [3:0] a,
    input wire [3:0] b,
    input wire [3:0] c,
    input wire [3:0] d,
    output wire [3:0] x,
    output wire [3:0] y
);

    wire [3:0] mixed = a ^ b;
    assign x = c ^ mixed;
    assign y = d ^ mixed;
endmodule
""",
    ),
    apply=proposing(_find),
)
