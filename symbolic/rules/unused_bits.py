"""Operations no wider than what is used of them."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, rebuilt
from symbolic.rules.demand import Bits, demanded
from symbolic.rules.matching import roots_of
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.slice_of_parts import bits_of

_BITWISE = frozenset({Op.AND, Op.OR, Op.XOR, Op.NOT, Op.MUX})
_FROM_BELOW = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.SHL})


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with all operations cut to the bits in use, at once."""
    wanted = demanded(module.roots())
    image: dict[Node, Node] = {}
    changed = 0
    for node in rebuilt(module.nodes, roots_of(module), lambda _: None):
        operands = tuple(image[operand] for operand in node.operands)
        same = node if operands == node.operands else module.nodes.like(node, operands)
        cut = _cut(module.nodes, same, wanted[node]) if node in wanted else None
        changed += cut is not None
        image[node] = cut or same
    if changed:
        what = f"{changed} operations are as wide as what is used of them"
        yield Rewriting(module=module.mapped(image), what=what)


def _cut(nodes: Nodes, node: Node, bits: Bits) -> Node | None:
    low, high = bits if node.op in _BITWISE else (0, bits[1])
    width = high - low
    if width >= node.width or node.op not in _BITWISE | _FROM_BELOW:
        return None
    first = 1 if node.op is Op.MUX else 0
    last = 1 if node.op is Op.SHL else len(node.operands)
    data = [bits_of(nodes, operand, low, width) for operand in node.operands[first:last]]
    narrow = nodes.make(node.op, width, *node.operands[:first], *data, *node.operands[last:])
    if low:
        narrow = nodes.concat(narrow, nodes.const(0, low))
    return nodes.resized(narrow, node.width)


RULE = Rule(
    name="unused-bits",
    title="Bit widths from what is used",
    matches="arithmetic, bitwise operations and muxes of which nothing uses the high (or low) bits",
    makes="the operation on the bits in use",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Budiu, Sakr, Walker, Goldstein: BitValue inference, Euro-Par 2000; Yosys: wreduce",
    example=Example(
        before="""
module unused(input [15:0] a, input [15:0] b, output [3:0] y);
  wire [15:0] product = a * b + 16'd1;
  assign y = product[3:0];
endmodule
""",
        after="""
module unused (
    input wire [15:0] a,
    input wire [15:0] b,
    output wire [3:0] y
);

    assign y = a[3:0] * b[3:0] + 4'd1;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
