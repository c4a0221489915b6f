"""Pairs of terms that several sums have are added once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes
from symbolic.rules.matching import proposing
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.sums import Opens, Sum, adders, all_of_them, linear, single_uses, sums, written

_MOST_TERMS = 32
_WORK = 1_000_000
"""Pairs that are counted in all; sharing ends there."""

_Pair = tuple[Node, int, Node, int]


def _find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    roots = list(sums(module))
    for width in sorted({node.width for node in roots}, reverse=True):
        same = [node for node in roots if node.width == width]
        for opens in (all_of_them, single_uses(module)):
            image = _shared(module.nodes, same, opens)
            if image and adders(list(image.values())) < adders(list(image)):
                yield image, f"sums of {width} bits share their most frequent pairs"


def _shared(nodes: Nodes, roots: Sequence[Node], opens: Opens) -> dict[Node, Node]:
    forms = {node: linear(node, opens) for node in roots}
    forms = {node: form for node, form in forms.items() if 1 < len(form.terms) <= _MOST_TERMS}
    once = sum(len(form.terms) ** 2 for form in forms.values()) or 1
    for _ in range(_WORK // once):
        pair = _most_frequent(forms.values())
        if pair is None:
            break
        _take(nodes, forms.values(), pair)
    return {node: written(nodes, form) for node, form in forms.items()}


def _most_frequent(forms: Collection[Sum]) -> _Pair | None:
    counts: Counter[_Pair] = Counter()
    for form in forms:
        counts.update(_pairs(form))
    frequent = [(count, pair) for pair, count in counts.items() if count > 1]
    if not frequent:
        return None
    return min(frequent, key=lambda found: (-found[0], _order(found[1])))[1]


def _order(pair: _Pair) -> tuple[int, ...]:
    left, one, right, other = pair
    return abs(one) + abs(other), left.number, right.number, one, other


def _pairs(form: Sum) -> Iterator[_Pair]:
    terms = sorted(form.terms.items(), key=lambda term: term[0].number)
    for (left, one), (right, other) in combinations(terms, 2):
        unit = _unit(one, other)
        yield left, one // unit, right, other // unit


def _unit(one: int, other: int) -> int:
    """Return by which sign and power of two both numbers are divided."""
    both = one | other
    return (both & -both) * (1 if one > 0 else -1)


def _take(nodes: Nodes, forms: Collection[Sum], pair: _Pair) -> None:
    left, one, right, other = pair
    total: Node | None = None
    for form in forms:
        if pair not in _pairs(form):
            continue
        total = total or written(nodes, Sum(width=form.width, terms={left: one, right: other}))
        unit = _unit(form.terms[left], form.terms[right])
        del form.terms[left], form.terms[right]
        form.add(total, unit)


RULE = Rule(
    name="shared-sums",
    title="Sums share pairs of terms",
    matches="several sums with terms in common, in any order and with any signs",
    makes="sums in which the most frequent pairs of terms are added once",
    allowed="fewer adders result",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hosangadi, Fallah, Kastner: Optimizing polynomial expressions by algebraic "
    "factorization and common subexpression elimination, TCAD 2006",
    example=Example(
        before="""
module shared(
  input [7:0] a, input [7:0] b, input [7:0] c, input [7:0] d,
  output [7:0] x, output [7:0] y, output [7:0] z
);
  assign x = a + b + c;
  assign y = d + b + a;
  assign z = (b + d + a) ^ c;
endmodule
""",
        after="""
module shared (
    input wire [7:0] a,
    input wire [7:0] b,
    input wire [7:0] c,
    input wire [7:0] d,
    output wire [7:0] x,
    output wire [7:0] y,
    output wire [7:0] z
);

    wire [7:0] sum = a + b;
    assign x = c + sum;
    assign y = d + sum;
    assign z = c ^ y;
endmodule
""",
    ),
    apply=proposing(_find),
)
