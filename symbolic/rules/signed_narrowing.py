"""Signed operations no wider than their values."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.folding import signed
from symbolic.rules.ranges import Ranges
from symbolic.rules.rule import Example, Goal, Rewriting, Rule, everywhere
from symbolic.rules.slice_of_parts import bits_of

_ALIKE = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.AND, Op.OR, Op.XOR, Op.NOT})


class _Signs:
    """How many low bits of a node say its value in two's complement."""

    def __init__(self) -> None:
        self._ranges = Ranges()
        self._known: dict[Node, int] = {}

    def of(self, node: Node) -> int:
        """Return the bits; those above are copies of the uppermost of them."""
        found = self._known.get(node)
        if found is None:
            found = min(node.width, self._ranges.bits(node) + 1, self._by_operation(node))
            self._known[node] = found
        return found

    def _by_operation(self, node: Node) -> int:
        if node.op is Op.CONST:
            return _constant(node)
        if node.op is Op.SEXT:
            return self.of(node.operands[0])
        if node.op is Op.MUX:
            return max(self._seen(value) for value in node.operands[1:])
        if node.op in _ALIKE:
            return self.needed(node)
        return node.width

    def needed(self, node: Node) -> int:
        """Return in how many bits an arithmetic or bitwise operation is exact."""
        operands = [self._seen(operand) for operand in node.operands]
        if node.op is Op.MUL:
            return sum(operands)
        return max(operands) + (node.op in (Op.ADD, Op.SUB))

    def _seen(self, node: Node) -> int:
        """Return the bits of an operand; what was not asked for yet is not looked into."""
        known = self._known.get(node)
        if known is not None:
            return known
        if node.op in (Op.SEXT, Op.CONST):
            return self.of(node)
        return min(node.width, self._ranges.bits(node) + 1)


def _constant(node: Node) -> int:
    if node.value is None:
        return node.width
    value = signed(node.value, node.width)
    return (value if value >= 0 else ~value).bit_length() + 1


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with all signed operations narrowed at once."""
    signs = _Signs()

    def match(nodes: Nodes, node: Node) -> Node | None:
        if node.op in _ALIKE:
            width = signs.of(node)
            return _cut(nodes, node, width, 0) if width < node.width else None
        if node.op is Op.MUX:
            width = signs.of(node)
            return _cut(nodes, node, width, 1) if _worth(node, width) else None
        return _compared(nodes, node, signs)

    yield from everywhere(match, "signed operations are as wide as their values")(module)


def _worth(node: Node, width: int) -> bool:
    return width < node.width and any(value.op is Op.SEXT for value in node.operands[1:])


def _cut(nodes: Nodes, node: Node, width: int, first: int) -> Node:
    kept = node.operands[:first]
    cut = [bits_of(nodes, operand, 0, width) for operand in node.operands[first:]]
    narrow = nodes.make(node.op, width, *kept, *cut)
    return nodes.resized(narrow, node.width, signed=True)


def _compared(nodes: Nodes, node: Node, signs: _Signs) -> Node | None:
    if node.op not in (Op.SLT, Op.EQ):
        return None
    width = max(signs.of(operand) for operand in node.operands)
    if width >= node.operands[0].width:
        return None
    return nodes.make(node.op, 1, *(bits_of(nodes, o, 0, width) for o in node.operands))


RULE = Rule(
    name="signed-narrowing",
    title="Bit widths of signed operations",
    matches="arithmetic, comparisons and muxes on sign-extended operands",
    makes="the operation in as many bits as its value needs, its result extended",
    allowed="the bits above are copies of the sign",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Stephenson, Babb, Amarasinghe: Bitwidth analysis with application to silicon "
    "compilation, PLDI 2000; Yosys: wreduce",
    example=Example(
        before="""
module signs(input signed [3:0] a, input signed [3:0] b, output signed [15:0] y, output z);
  wire signed [15:0] left = a;
  wire signed [15:0] right = b;
  assign y = left * right;
  assign z = left < right;
endmodule
""",
        after="""
module signs (
    input wire signed [3:0] a,
    input wire signed [3:0] b,
    output wire signed [15:0] y,
    output wire z
);

    wire [7:0] product = {{4{a[3]}}, a} * {{4{b[3]}}, b};
    assign y = {{8{product[7]}}, product};
    assign z = a < b;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
