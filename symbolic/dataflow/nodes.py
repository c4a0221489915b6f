"""Word-level expressions as a graph whose equal parts are one.

A node is made by `Nodes` only, which hands out the same object for the same
expression: equal means identical, and common subexpressions are shared. All
values are unsigned vectors; what is signed is said by the operation. Widths are
explicit: operands of an operation are as wide as the table below says, and
nothing is extended silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Op(Enum):
    """Operations; `w` is the width of the result."""

    CONST = "const"
    """`payload`: w characters of `0`, `1`, `x`, the most significant first; x is a don't-care."""
    INPUT = "input"
    """`payload`: the name of an input port."""
    REG = "reg"
    """`payload`: the name of a register; its value before the clock edge."""
    READ = "read"
    """A word of the memory `payload` at the address (1 operand, any width)."""

    NOT = "not"
    AND = "and"
    OR = "or"
    XOR = "xor"
    """Bit by bit; operands w."""
    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    """Modulo 2**w; operands w."""
    UDIV = "udiv"
    UMOD = "umod"
    SDIV = "sdiv"
    SMOD = "smod"
    """Operands w; x where the divisor is 0. Signed ones truncate towards zero, as Verilog does."""
    SHL = "shl"
    LSHR = "lshr"
    ASHR = "ashr"
    """First operand w, second (the amount, unsigned) of any width."""

    EQ = "eq"
    ULT = "ult"
    SLT = "slt"
    """w = 1; operands equally wide."""
    REDUCE_AND = "reduce_and"
    REDUCE_OR = "reduce_or"
    REDUCE_XOR = "reduce_xor"
    """w = 1; one operand of any width."""

    MUX = "mux"
    """Operands: condition (1 bit), value if it is 1 (w), value if it is 0 (w)."""
    CONCAT = "concat"
    """Two or more operands, the most significant first; their widths add up to w."""
    SLICE = "slice"
    """w bits of the operand, from bit `payload` (int) on."""
    ZEXT = "zext"
    SEXT = "sext"
    """One operand, narrower than w."""


LEAVES = frozenset({Op.CONST, Op.INPUT, Op.REG})
COMMUTATIVE = frozenset({Op.AND, Op.OR, Op.XOR, Op.ADD, Op.MUL, Op.EQ})
_ALIKE = frozenset(
    {Op.NOT, Op.AND, Op.OR, Op.XOR, Op.ADD, Op.SUB, Op.MUL, Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD}
)
_COMPARING = frozenset({Op.EQ, Op.ULT, Op.SLT})
_REDUCING = frozenset({Op.REDUCE_AND, Op.REDUCE_OR, Op.REDUCE_XOR})
_SHIFTING = frozenset({Op.SHL, Op.LSHR, Op.ASHR})
_COUNTS = {Op.NOT: 1, Op.READ: 1, Op.SLICE: 1, Op.ZEXT: 1, Op.SEXT: 1, Op.MUX: 3}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation. Compared by identity; see `Nodes`."""

    op: Op
    width: int
    operands: tuple[Node, ...] = ()
    payload: str | int | None = None
    number: int = field(default=0, repr=False)
    """Operands have smaller numbers: ascending numbers are an order of evaluation."""

    @property
    def value(self) -> int | None:
        """The number that a constant is; None for what is no constant or has x bits."""
        if self.op is not Op.CONST or "x" in str(self.payload):
            return None
        return int(str(self.payload), 2)


class Nodes:
    """Makes nodes, each once. Folds nothing: rules do, where it can be seen."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Node] = {}

    def make(self, op: Op, width: int, *operands: Node, payload: str | int | None = None) -> Node:
        """Return the node, a new one if there is none like it.

        Raises:
            ValueError: Widths or number of operands do not fit the operation.
        """
        key = (op, width, payload, *map(id, operands))
        node = self._made.get(key)
        if node is None:
            _check(op, width, operands, payload)
            node = Node(op, width, operands, payload, len(self._made))
            self._made[key] = node
        return node

    def const(self, value: int, width: int) -> Node:
        """Return a constant, modulo 2**width."""
        return self.bits(format(value & ((1 << width) - 1), f"0{width}b"))

    def bits(self, text: str) -> Node:
        """Return a constant of `0`, `1` and `x`, the most significant first."""
        return self.make(Op.CONST, len(text), payload=text)

    def input(self, name: str, width: int) -> Node:
        return self.make(Op.INPUT, width, payload=name)

    def reg(self, name: str, width: int) -> Node:
        return self.make(Op.REG, width, payload=name)

    def like(self, node: Node, operands: Iterable[Node]) -> Node:
        """Return `node` with other operands of the same widths."""
        return self.make(node.op, node.width, *operands, payload=node.payload)

    def slice(self, node: Node, low: int, width: int) -> Node:
        """Return bits of a node; the node itself if that is all of them."""
        if low == 0 and width == node.width:
            return node
        return self.make(Op.SLICE, width, node, payload=low)

    def concat(self, *parts: Node) -> Node:
        """Return parts beside each other, the most significant first; a single part itself."""
        if len(parts) == 1:
            return parts[0]
        return self.make(Op.CONCAT, sum(part.width for part in parts), *parts)

    def resized(self, node: Node, width: int, *, signed: bool = False) -> Node:
        """Return a node cut or extended to `width`."""
        if width <= node.width:
            return self.slice(node, 0, width)
        return self.make(Op.SEXT if signed else Op.ZEXT, width, node)

    def mux(self, condition: Node, true: Node, false: Node) -> Node:
        return self.make(Op.MUX, true.width, condition, true, false)


def _check(op: Op, width: int, operands: tuple[Node, ...], payload: str | int | None) -> None:
    if width < 1 or not _fits(op, width, tuple(o.width for o in operands), payload):
        shown = ", ".join(str(o.width) for o in operands)
        raise ValueError(
            f"operands of `{op.value}` must fit its {width} bits, not be {shown or 'none'} wide"
            f" (payload {payload!r})"
        )


def _fits(op: Op, width: int, of: tuple[int, ...], payload: str | int | None) -> bool:
    if op in LEAVES:
        text = str(payload or "")
        return not of and (
            op is not Op.CONST or (len(text) == width and not set(text) - set("01x"))
        )
    if op in _ALIKE:
        return of == (width,) * _COUNTS.get(op, 2)
    if op in _COMPARING:
        return width == 1 and len(of) == 2 and of[0] == of[1]
    if op in _REDUCING:
        return width == 1 and len(of) == 1
    if op in _SHIFTING:
        return len(of) == 2 and of[0] == width
    if op is Op.MUX:
        return of == (1, width, width)
    if op is Op.CONCAT:
        return len(of) > 1 and sum(of) == width
    if op is Op.SLICE:
        return len(of) == 1 and isinstance(payload, int) and 0 <= payload <= of[0] - width
    if op is Op.READ:
        return len(of) == 1 and bool(payload)
    return len(of) == 1 and of[0] < width


def reached(roots: Iterable[Node]) -> list[Node]:
    """Return all nodes that `roots` are made of, operands first."""
    found: dict[int, Node] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.number not in found:
            found[node.number] = node
            waiting += node.operands
    return [found[number] for number in sorted(found)]


def rebuilt(
    nodes: Nodes, roots: Iterable[Node], replace: Callable[[Node], Node | None]
) -> dict[Node, Node]:
    """Return for each node reached from `roots` what it becomes.

    `replace` is asked for each node, its operands already rebuilt; None keeps it.
    """
    image: dict[Node, Node] = {}
    for node in reached(roots):
        changed = tuple(image[operand] for operand in node.operands)
        same = changed == node.operands
        rebuilt_node = node if same else nodes.like(node, changed)
        image[node] = replace(rebuilt_node) or rebuilt_node
    return image


def uses(roots: Iterable[Node]) -> Mapping[Node, int]:
    """Return how often each node is an operand or a root."""
    roots = list(roots)
    counts = dict.fromkeys(reached(roots), 0)
    for node in list(counts):
        for operand in node.operands:
            counts[operand] += 1
    for root in roots:
        counts[root] += 1
    return counts


def chain(node: Node, op: Op) -> Iterator[Node]:
    """Yield the operands of a tree of one associative operation, from left to right."""
    waiting = [node]
    while waiting:
        top = waiting.pop()
        if top.op is op:
            waiting += reversed(top.operands)
        else:
            yield top
