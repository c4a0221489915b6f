"""Cells of Yosys as nodes: what each means, with widths and signs made explicit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symbolic.dataflow.nodes import Node, Nodes, Op


class Unsupported(Exception):
    """A cell, or what surrounds it, has no meaning here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One combinational cell with its operands as nodes."""

    nodes: Nodes
    pins: Mapping[str, Node]
    """Its inputs by pin; a pin of no bits is missing."""
    parameters: Mapping[str, int]

    @property
    def width(self) -> int:
        """Of the result."""
        return self.parameters["Y_WIDTH"]

    @property
    def signed(self) -> bool:
        """Whether the operation is signed: both operands are."""
        return bool(self.parameters["A_SIGNED"] and self.parameters.get("B_SIGNED", 1))

    def pin(self, name: str, width: int) -> Node:
        """Return an operand cut or extended to `width`."""
        return self.nodes.resized(self.pins[name], width, signed=self.signed)

    def flag(self, node: Node) -> Node:
        """Return a 1-bit result as wide as the cell's."""
        return self.nodes.resized(node, self.width)

    def negated(self, node: Node) -> Node:
        return self.nodes.make(Op.NOT, node.width, node)

    def truth(self, name: str) -> Node:
        """Return whether any bit of an operand is 1."""
        node = self.pins[name]
        return node if node.width == 1 else self.nodes.make(Op.REDUCE_OR, 1, node)


Meaning = Callable[[Cell], Node]


def _alike(op: Op, *, inverted: bool = False) -> Meaning:
    def meaning(cell: Cell) -> Node:
        operands = [cell.pin(name, cell.width) for name in cell.pins]
        node = cell.nodes.make(op, cell.width, *operands)
        return cell.negated(node) if inverted else node

    return meaning


def _divided(unsigned: Op, signed: Op) -> Meaning:
    def meaning(cell: Cell) -> Node:
        width = max(cell.width, cell.pins["A"].width, cell.pins["B"].width)
        op = signed if cell.signed else unsigned
        node = cell.nodes.make(op, width, cell.pin("A", width), cell.pin("B", width))
        return cell.nodes.slice(node, 0, cell.width)

    return meaning


def _compared(*, swapped: bool, inverted: bool) -> Meaning:
    def meaning(cell: Cell) -> Node:
        width = max(cell.pins["A"].width, cell.pins["B"].width)
        first, second = ("B", "A") if swapped else ("A", "B")
        op = Op.SLT if cell.signed else Op.ULT
        node = cell.nodes.make(op, 1, cell.pin(first, width), cell.pin(second, width))
        return cell.flag(cell.negated(node) if inverted else node)

    return meaning


def _equal(*, inverted: bool, exact: bool = False) -> Meaning:
    def meaning(cell: Cell) -> Node:
        width = max(cell.pins["A"].width, cell.pins["B"].width)
        operands = (cell.pin("A", width), cell.pin("B", width))
        if any(_is_unknown(operand) for operand in operands):
            # `===` with x never holds in hardware; `==` is x then.
            text = ("1" if inverted else "0") if exact else "x"
            return cell.flag(cell.nodes.bits(text))
        node = cell.nodes.make(Op.EQ, 1, *operands)
        return cell.flag(cell.negated(node) if inverted else node)

    return meaning


def _is_unknown(node: Node) -> bool:
    return node.op is Op.CONST and node.value is None


def _reduced(op: Op, *, inverted: bool = False) -> Meaning:
    def meaning(cell: Cell) -> Node:
        node = cell.pins["A"]
        if node.width > 1:
            node = cell.nodes.make(op, 1, node)
        return cell.flag(cell.negated(node) if inverted else node)

    return meaning


def _logic(op: Op) -> Meaning:
    def meaning(cell: Cell) -> Node:
        return cell.flag(cell.nodes.make(op, 1, cell.truth("A"), cell.truth("B")))

    return meaning


def _logic_not(cell: Cell) -> Node:
    node = cell.pins["A"]
    if node.width == 1:
        return cell.flag(cell.negated(node))
    return cell.flag(cell.nodes.make(Op.EQ, 1, node, cell.nodes.const(0, node.width)))


def _shifted(cell: Cell, op: Op, amount: Node) -> Node:
    width = max(cell.width, cell.pins["A"].width)
    signed = bool(cell.parameters["A_SIGNED"])
    operand = cell.nodes.resized(cell.pins["A"], width, signed=signed)
    node = cell.nodes.make(op, width, operand, amount)
    return cell.nodes.slice(node, 0, cell.width)


def _left(cell: Cell) -> Node:
    return _shifted(cell, Op.SHL, cell.pins["B"])


def _right(cell: Cell) -> Node:
    return _shifted(cell, Op.LSHR, cell.pins["B"])


def _arithmetic_right(cell: Cell) -> Node:
    return _shifted(cell, Op.ASHR if cell.parameters["A_SIGNED"] else Op.LSHR, cell.pins["B"])


def _either_way(cell: Cell) -> Node:
    """`$shift`: to the right, or by a negative amount to the left."""
    nodes, amount = cell.nodes, cell.pins["B"]
    right = _shifted(cell, Op.LSHR, amount)
    if not cell.parameters["B_SIGNED"]:
        return right
    minus = nodes.make(Op.SUB, amount.width, nodes.const(0, amount.width), amount)
    negative = nodes.slice(amount, amount.width - 1, 1)
    return nodes.mux(negative, _shifted(cell, Op.SHL, minus), right)


def _indexed(cell: Cell) -> Node:
    """`$shiftx`: bits from an index on, x where there are none."""
    amount = cell.pins["B"]
    if cell.parameters["B_SIGNED"] and cell.pins["A"].width > 1 << (amount.width - 1):
        return _either_way(cell)
    return _shifted(cell, Op.LSHR, amount)


def _negative(cell: Cell) -> Node:
    zero = cell.nodes.const(0, cell.width)
    return cell.nodes.make(Op.SUB, cell.width, zero, cell.pin("A", cell.width))


def _extended(cell: Cell) -> Node:
    return cell.pin("A", cell.width)


def _power(cell: Cell) -> Node:
    if cell.pins["A"].value != 2 or cell.parameters["B_SIGNED"]:
        raise Unsupported("a power whose base is not 2 and whose exponent is no constant")
    return cell.nodes.make(Op.SHL, cell.width, cell.nodes.const(1, cell.width), cell.pins["B"])


def _mux(cell: Cell) -> Node:
    return _chosen(cell.nodes, cell.pins["S"], cell.pins["B"], cell.pins["A"])


def _chosen(nodes: Nodes, condition: Node, true: Node, false: Node) -> Node:
    """Return a mux; inside of it the condition is not asked again, as Yosys does for `case`."""
    while true.op is Op.MUX and true.operands[0] is condition:
        true = true.operands[1]
    while false.op is Op.MUX and false.operands[0] is condition:
        false = false.operands[2]
    return nodes.mux(condition, true, false)


def _parallel_mux(cell: Cell) -> Node:
    """`$pmux`: of its selecting bits, at most one is 1."""
    nodes, select, choices = cell.nodes, cell.pins["S"], cell.pins["B"]
    result = cell.pins["A"]
    width = result.width
    # The first item of a `case` is last.
    for number in range(select.width):
        value = part(nodes, choices, number * width, width)
        result = _chosen(nodes, part(nodes, select, number, 1), value, result)
    return result


def _binary_mux(cell: Cell) -> Node:
    """`$bmux`: the word of A that S counts."""
    nodes, select, words = cell.nodes, cell.pins["S"], cell.pins["A"]
    width = words.width >> select.width
    level = [part(nodes, words, low, width) for low in range(0, words.width, width)]
    for number in range(select.width):
        bit = part(nodes, select, number, 1)
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [nodes.mux(bit, high, low) for low, high in pairs]
    return level[0]


def part(nodes: Nodes, node: Node, low: int, width: int) -> Node:
    """Return bits of a node, without a slice where whole operands beside each other are meant."""
    if node.op is Op.CONST:
        text = str(node.payload)
        return nodes.bits(text[len(text) - low - width : len(text) - low])
    if node.op is Op.CONCAT:
        taken, place = [], 0
        for operand in reversed(node.operands):
            first, last = max(low, place), min(low + width, place + operand.width)
            if first < last:
                taken.append(part(nodes, operand, first - place, last - first))
            place += operand.width
        return nodes.concat(*reversed(taken))
    if node.op is Op.SLICE:
        return nodes.slice(node.operands[0], int(node.payload or 0) + low, width)
    return nodes.slice(node, low, width)


MEANINGS: Mapping[str, Meaning] = {
    "$add": _alike(Op.ADD),
    "$sub": _alike(Op.SUB),
    "$mul": _alike(Op.MUL),
    "$and": _alike(Op.AND),
    "$or": _alike(Op.OR),
    "$xor": _alike(Op.XOR),
    "$xnor": _alike(Op.XOR, inverted=True),
    "$not": _alike(Op.NOT),
    "$neg": _negative,
    "$pos": _extended,
    "$buf": _extended,
    "$div": _divided(Op.UDIV, Op.SDIV),
    "$mod": _divided(Op.UMOD, Op.SMOD),
    "$pow": _power,
    "$lt": _compared(swapped=False, inverted=False),
    "$gt": _compared(swapped=True, inverted=False),
    "$le": _compared(swapped=True, inverted=True),
    "$ge": _compared(swapped=False, inverted=True),
    "$eq": _equal(inverted=False),
    "$ne": _equal(inverted=True),
    "$eqx": _equal(inverted=False, exact=True),
    "$nex": _equal(inverted=True, exact=True),
    "$reduce_and": _reduced(Op.REDUCE_AND),
    "$reduce_or": _reduced(Op.REDUCE_OR),
    "$reduce_bool": _reduced(Op.REDUCE_OR),
    "$reduce_xor": _reduced(Op.REDUCE_XOR),
    "$reduce_xnor": _reduced(Op.REDUCE_XOR, inverted=True),
    "$logic_not": _logic_not,
    "$logic_and": _logic(Op.AND),
    "$logic_or": _logic(Op.OR),
    "$shl": _left,
    "$sshl": _left,
    "$shr": _right,
    "$sshr": _arithmetic_right,
    "$shift": _either_way,
    "$shiftx": _indexed,
    "$mux": _mux,
    "$pmux": _parallel_mux,
    "$bmux": _binary_mux,
}

SILENT = frozenset(
    {
        "$scopeinfo",
        "$print",
        "$check",
        "$assert",
        "$assume",
        "$cover",
        "$live",
        "$fair",
        "$specify2",
        "$specify3",
        "$specrule",
    }
)
"""Cells that drive nothing."""

REFUSED = {
    "$dlatch": "a latch",
    "$adlatch": "a latch",
    "$dlatchsr": "a latch",
    "$sr": "a latch",
    "$dffsr": "a register with asynchronous set and reset",
    "$dffsre": "a register with asynchronous set and reset",
    "$aldff": "a register with asynchronous load",
    "$aldffe": "a register with asynchronous load",
    "$ff": "a register without a clock",
    "$tribuf": "a tri-state driver",
    "$anyconst": "a formal `anyconst`",
    "$anyseq": "a formal `anyseq`",
    "$initstate": "a formal `initstate`",
}
