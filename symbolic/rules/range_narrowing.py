"""Operations no wider than their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.ranges import Ranges
from symbolic.rules.rule import Example, Goal, Rewriting, Rule, everywhere
from symbolic.rules.slice_of_parts import bits_of

_ALIKE = frozenset({Op.ADD, Op.MUL, Op.AND, Op.OR, Op.XOR, Op.UDIV, Op.UMOD, Op.SUB})
_UNSIGNED = {Op.SDIV: Op.UDIV, Op.SMOD: Op.UMOD, Op.SLT: Op.ULT, Op.ASHR: Op.LSHR}


def _narrowed(nodes: Nodes, node: Node, ranges: Ranges) -> Node | None:
    unsigned = _UNSIGNED.get(node.op)
    if unsigned is not None:
        signs = node.operands[:1] if node.op is Op.ASHR else node.operands
        if all(ranges.bits(operand) < operand.width for operand in signs):
            return nodes.make(unsigned, node.width, *node.operands)
        return None
    low, high = ranges.of(node)
    if low == high and node.op is not Op.CONST:
        return nodes.const(low, node.width)
    rule = _RULES.get(node.op)
    return None if rule is None else rule(nodes, node, ranges)


def _alike(nodes: Nodes, node: Node, ranges: Ranges) -> Node | None:
    width = max(_needed(node, ranges), 1)
    if width >= node.width:
        return None
    cut = [bits_of(nodes, operand, 0, width) for operand in node.operands]
    return nodes.resized(nodes.make(node.op, width, *cut), node.width)


def _needed(node: Node, ranges: Ranges) -> int:
    """Return in how many bits the operation gives all that it can give."""
    own = ranges.bits(node)
    operands = [ranges.bits(operand) for operand in node.operands]
    if node.op in (Op.UDIV, Op.UMOD, Op.OR, Op.XOR):
        return max(operands)
    if node.op is Op.AND:
        return min(operands)
    if node.op is Op.SUB:
        return (
            max(operands)
            if ranges.low(node.operands[0]) >= ranges.high(node.operands[1])
            else (node.width)
        )
    exact = {
        Op.ADD: sum(ranges.high(operand) for operand in node.operands),
        Op.MUL: ranges.high(node.operands[0]) * ranges.high(node.operands[1]),
    }[node.op]
    return own if exact < 1 << node.width else node.width


def _mux(nodes: Nodes, node: Node, ranges: Ranges) -> Node | None:
    condition, *data = node.operands
    width = max(ranges.bits(value) for value in data)
    if ranges.is_table(node) or width >= node.width:
        return None
    cut = [bits_of(nodes, value, 0, width) for value in data]
    return nodes.resized(nodes.mux(condition, *cut), node.width)


def _compared(nodes: Nodes, node: Node, ranges: Ranges) -> Node | None:
    left, right = node.operands
    (low, high), (least, most) = ranges.of(left), ranges.of(right)
    if high < least:
        return nodes.const(node.op is Op.ULT, 1)
    if most < low or (node.op is Op.ULT and most == low):
        return nodes.const(0, 1)
    width = max(ranges.bits(left), ranges.bits(right))
    if width >= left.width:
        return None
    return nodes.make(node.op, 1, bits_of(nodes, left, 0, width), bits_of(nodes, right, 0, width))


def _shift(nodes: Nodes, node: Node, ranges: Ranges) -> Node | None:
    data, amount = node.operands
    width = ranges.bits(data)
    if width >= node.width:
        return None
    narrow = nodes.make(node.op, width, bits_of(nodes, data, 0, width), amount)
    return nodes.resized(narrow, node.width)


_RULES: dict[Op, Callable[[Nodes, Node, Ranges], Node | None]] = {
    **dict.fromkeys(_ALIKE, _alike),
    Op.MUX: _mux,
    Op.EQ: _compared,
    Op.ULT: _compared,
    Op.LSHR: _shift,
}


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with all operations narrowed at once."""
    ranges = Ranges()

    def match(nodes: Nodes, node: Node) -> Node | None:
        return _narrowed(nodes, node, ranges)

    yield from everywhere(match, "operations are as wide as their values")(module)


RULE = Rule(
    name="range-narrowing",
    title="Bit widths from ranges",
    matches="arithmetic, comparisons, muxes and bitwise operations on zero-extended operands; "
    "signed operations on what is never negative; comparisons that ranges decide",
    makes="the operation in as many bits as its value needs; the unsigned operation; a constant",
    allowed="interval analysis shows that the bits above are 0",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Stephenson, Babb, Amarasinghe: Bitwidth analysis with application to silicon "
    "compilation, PLDI 2000; Yosys: wreduce",
    example=Example(
        before="""
module narrowed(input [3:0] a, input [3:0] b, input c, output [7:0] y, output z);
  wire [31:0] left = c ? {28'b0, a} : 32'd10;
  wire [31:0] product = left * {28'b0, b};
  assign y = product[7:0];
  assign z = left < 32'd300;
endmodule
""",
        after="""
module narrowed (
    input wire [3:0] a,
    input wire [3:0] b,
    input wire c,
    output wire [7:0] y,
    output wire z
);

    assign y = (c ? a : 4'd10) * b;
    assign z = 1'b1;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
