"""One adder for additions and subtractions in branches of a mux."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import inverse, proposing
from symbolic.rules.mux_trees import leaves, mapped_leaves, mux_roots
from symbolic.rules.rule import Example, Goal, Rule
from symbolic.rules.shared_operator import joined
from symbolic.rules.split_mux import part

LONGEST = 64
"""Bits up to which an adder is written bit by bit."""


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield muxes of sums and differences as one adder that subtracts on demand."""
    for root in mux_roots(module):
        group = [leaf for leaf in leaves(root) if leaf.op in (Op.ADD, Op.SUB)]
        if len({leaf.op for leaf in group}) == 2:
            for made in _adders(module.nodes, root, group):
                what = f"{len(group)} sums and differences in branches become one adder"
                yield {root: made}, what


def _adders(nodes: Nodes, root: Node, group: Sequence[Node]) -> Iterator[Node]:
    operands = aligned(group)
    first = mapped_leaves(nodes, root, {node: of[0] for node, of in operands.items()})
    second = mapped_leaves(nodes, root, {node: of[1] for node, of in operands.items()})
    one_bit = {node: nodes.const(node.op is Op.SUB, 1) for node in group}
    subtract = mapped_leaves(nodes, root, one_bit)
    if first is None or second is None or subtract is None:
        return
    subtract = _condition(nodes, subtract)
    for make in (with_borrow_chain, with_carry_bit, _choosing):
        if make is with_borrow_chain and first.width > LONGEST:
            continue
        made = joined(nodes, root, group, make(nodes, first, second, subtract))
        if made is not None:
            yield made


def _condition(nodes: Nodes, tree: Node) -> Node:
    """Return a tree of muxes of 1-bit constants without them where that is plain."""
    if tree.op is not Op.MUX:
        return tree
    condition, true, false = tree.operands
    if (true.value, false.value) == (1, 0):
        return condition
    if (true.value, false.value) == (0, 1):
        return inverse(nodes, condition)
    return tree


def with_borrow_chain(nodes: Nodes, a: Node, b: Node, subtract: Node) -> Node:
    """Return `a - b` if `subtract`, else `a + b`, from a chain of borrows or carries.

    The bits of sum and difference are both `a ^ b ^ c`: only the chain of c,
    (x & b) | (c & (x ^ b)) with x = a for carries and ~a for borrows, has to know.
    """
    x = nodes.make(Op.XOR, a.width, a, _repeated(nodes, subtract, a.width))
    c = nodes.const(0, 1)
    chain = [c]
    for i in range(a.width - 1):
        left, right = part(nodes, x, i, 1), part(nodes, b, i, 1)
        both = nodes.make(Op.AND, 1, left, right)
        passed = nodes.make(Op.AND, 1, c, nodes.make(Op.XOR, 1, left, right))
        c = both if i == 0 else nodes.make(Op.OR, 1, both, passed)
        chain.append(c)
    differ = nodes.make(Op.XOR, a.width, a, b)
    return nodes.make(Op.XOR, a.width, differ, nodes.concat(*reversed(chain)))


def with_carry_bit(nodes: Nodes, a: Node, b: Node, subtract: Node) -> Node:
    """Return `a - b` if `subtract`, else `a + b`: a bit below carries 1 in for the difference."""
    inverted = nodes.make(Op.XOR, b.width, b, _repeated(nodes, subtract, b.width))
    left = nodes.concat(a, nodes.const(1, 1))
    right = nodes.concat(inverted, subtract)
    return nodes.slice(nodes.make(Op.ADD, a.width + 1, left, right), 1, a.width)


def _choosing(nodes: Nodes, a: Node, b: Node, subtract: Node) -> Node:
    """Return the same as `a + (b ^ {w{subtract}}) + subtract`."""
    inverted = nodes.make(Op.XOR, b.width, b, _repeated(nodes, subtract, b.width))
    total = nodes.make(Op.ADD, a.width, a, inverted)
    return nodes.make(Op.ADD, a.width, total, nodes.resized(subtract, a.width))


def _repeated(nodes: Nodes, bit: Node, width: int) -> Node:
    return nodes.resized(bit, width, signed=True)


def aligned(group: Sequence[Node]) -> dict[Node, tuple[Node, ...]]:
    """Return operands, those of sums exchanged where that lines up with what has an order."""
    ordered = [n.operands for n in group if n.op is not Op.ADD]
    placed = [{operands[i] for operands in ordered} for i in (0, 1)]
    found = {}
    for node in group:
        operands = node.operands
        crossed = (operands[1] in placed[0]) + (operands[0] in placed[1])
        straight = (operands[0] in placed[0]) + (operands[1] in placed[1])
        if node.op is Op.ADD and crossed > straight:
            operands = operands[::-1]
        found[node] = operands
    return found


RULE = Rule(
    name="shared-add-subtract",
    title="One adder for sums and differences",
    matches="s ? a - b : c + d, also in nested muxes and case statements",
    makes="with a and b selected: a ^ b ^ {borrows or carries}, the chain of which looks at"
    " a ^ {w{s}}; or a + (b ^ {w{s}}) + s, the last as a carry into the lowest bit",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hennessy, Patterson: Computer Organization and Design, appendix on ALUs (B-invert)",
    example=Example(
        before="""
module adder_subtractor(input mode, input [3:0] a, input [3:0] b, output [3:0] y);
  assign y = mode ? a - b : a + b;
endmodule
""",
        after="""
module adder_subtractor (
    input wire mode,
    input wire [3:0] a,
    input wire [3:0] b,
    output wire [3:0] y
);

    wire [2:0] mixed = a[2:0] ^ {3{mode}};
    wire both = b[0] & mixed[0];
    wire either = (b[1] & mixed[1]) | (both & (b[1] ^ mixed[1]));
    assign y = a ^ b ^ {(b[2] & mixed[2]) | (either & (b[2] ^ mixed[2])), either, both, 1'b0};
endmodule
""",
    ),
    apply=proposing(find),
)
