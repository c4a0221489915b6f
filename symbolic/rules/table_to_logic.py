"""A table of constants is minimized logic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice

from symbolic.cubes import Cube, minterm
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import LEAVES, Node, Nodes, Op, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import FALSE
from symbolic.facts.patterns import Patterns
from symbolic.facts.shared import facts_of
from symbolic.minimize import Function, cost, minimize
from symbolic.rules.matching import inverse, proposing
from symbolic.rules.mux_trees import leaves, mapped_leaves, mux_roots
from symbolic.rules.rule import LIMIT, Example, Goal, Rule

INPUTS = 9
"""Most inputs that a table is made for."""


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield tables as sums of products, all of them, then each."""
    facts = facts_of(module)
    care_of, logic = facts.cares, facts.logic
    image: dict[Node, Node] = {}
    for root in islice(mux_roots(module), 4 * LIMIT):
        made = _minimized(module.nodes, root, care_of.get(root, FALSE), logic)
        if made is not None and made is not root:
            image[root] = made
    if image:
        yield image, f"{len(image)} tables become minimized logic"
    for root, made in image.items() if len(image) > 1 else ():
        yield {root: made}, f"a table of {root.width} bits becomes minimized logic"


def _minimized(nodes: Nodes, root: Node, care: int, logic: BitLogic) -> Node | None:
    if any(leaf.op is not Op.CONST for leaf in leaves(root)):
        return None
    inputs = _inputs(nodes, root)
    if len(inputs) > INPUTS:
        return None
    free = mapped_leaves(nodes, root, {leaf: _unknown(nodes, leaf) for leaf in leaves(root)})
    zero = mapped_leaves(nodes, root, {leaf: _known(nodes, leaf) for leaf in leaves(root)})
    if free is None or zero is None:
        return None
    patterns = Patterns(logic, inputs)
    needed = patterns.possible(care)
    bits = [
        _sum_of_products(nodes, inputs, patterns.of(bit), needed & ~patterns.of(unknown))
        for bit, unknown in zip(logic.of(zero), logic.of(free), strict=True)
    ]
    return nodes.concat(*reversed(bits))


def _inputs(nodes: Nodes, root: Node) -> list[Node]:
    """Return the single bits of leaves, or of what is no logic, that a tree depends on."""
    bits: dict[Node, None] = {}
    for node in reached([root]):
        if node.op in (*LEAVES, Op.READ) and node.op is not Op.CONST:
            for i in range(node.width):
                bits[nodes.slice(node, i, 1)] = None
    return list(bits)


def _unknown(nodes: Nodes, leaf: Node) -> Node:
    return nodes.bits("".join("1" if c == "x" else "0" for c in str(leaf.payload)))


def _known(nodes: Nodes, leaf: Node) -> Node:
    return nodes.bits(str(leaf.payload).replace("x", "0"))


def _sum_of_products(nodes: Nodes, inputs: Sequence[Node], values: int, needed: int) -> Node:
    points = range(1 << len(inputs))
    on = tuple(minterm(p, len(inputs)) for p in points if needed & values & 1 << p)
    off = tuple(minterm(p, len(inputs)) for p in points if needed & ~values & 1 << p)
    direct = minimize(Function(width=len(inputs), on=on, off=off))
    opposite = minimize(Function(width=len(inputs), on=off, off=on))
    if cost(opposite) < cost(direct):
        return inverse(nodes, _any(nodes, inputs, opposite))
    return _any(nodes, inputs, direct)


def _any(nodes: Nodes, inputs: Sequence[Node], cubes: Sequence[Cube]) -> Node:
    products = [_product(nodes, inputs, cube) for cube in cubes]
    if not products:
        return nodes.const(0, 1)
    return reduce(lambda a, b: nodes.make(Op.OR, 1, a, b), products)


def _product(nodes: Nodes, inputs: Sequence[Node], cube: Cube) -> Node:
    literals = [
        bit if cube.value >> i & 1 else inverse(nodes, bit)
        for i, bit in enumerate(inputs)
        if cube.care >> i & 1
    ]
    if not literals:
        return nodes.const(1, 1)
    return reduce(lambda a, b: nodes.make(Op.AND, 1, a, b), literals)


RULE = Rule(
    name="table-to-logic",
    title="Table of constants to minimized logic",
    matches="a tree of muxes or a case statement whose values are constants, of at most"
    f" {INPUTS} input bits",
    makes="for each bit a minimum sum of products, or the inverse of one",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="McCluskey: Minimization of Boolean functions, BSTJ 35(6), 1956; Brayton et al.: Logic"
    " Minimization Algorithms for VLSI Synthesis, 1984",
    example=Example(
        before="""
module prime(input [2:0] n, output reg y);
  always @*
    case (n)
      3'd2, 3'd3, 3'd5, 3'd7: y = 1'b1;
      3'd6: y = 1'bx;
      default: y = 1'b0;
    endcase
endmodule
""",
        after="""
module prime (
    input wire [2:0] n,
    output wire y
);

    assign y = n[1] | (n[0] & n[2]);
endmodule
""",
    ),
    apply=proposing(find),
)
