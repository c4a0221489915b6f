"""Nodes as Verilog expressions of the right width and sign.

In Verilog the width of an operation depends on what is around it (IEEE 1364-2005,
5.4): `a + b` keeps its carry if it is assigned to something wider. Here a node is
written either for a context of a given width, or to stand alone, where its own width
must be the node's. Operations on signed values are kept apart from what is around
them, since one unsigned operand makes all of an expression unsigned (5.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symbolic.dataflow.nodes import Node, Op
from symbolic.dataflow.printer import Tree, expression
from symbolic.dataflow.syntax import ast


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A signal by which a node can be called."""

    text: str
    width: int
    msb: int | None = None
    """None for a scalar."""
    lsb: int | None = None
    signed: bool = False
    whole: str = ""
    """How all of it is written, if it is only a part of the signal `text`."""

    def index(self, bit: int) -> int:
        """Return by which index the source calls a bit."""
        if self.msb is None or self.lsb is None:
            return bit
        return self.lsb + bit if self.msb >= self.lsb else self.lsb - bit


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Names of the values that a signal has."""

    constants: Mapping[str, str]
    """By their bits."""
    type: str = ""
    """Of an enumeration, which takes nothing else without a cast."""


class Unwritable(Exception):
    """A node must have a name before what is made of it can be written."""

    def __init__(self, node: Node) -> None:
        super().__init__(f"`{node.op.value}` must have a name to be selected from")
        self.node = node


@dataclass(frozen=True, slots=True)
class _Written:
    tree: Tree
    width: int
    """By itself."""
    signed: bool = False


Shared = Callable[[Node], Name | None]
_BINARY = {
    Op.ADD: ast.Plus,
    Op.SUB: ast.Minus,
    Op.MUL: ast.Times,
    Op.AND: ast.And,
    Op.OR: ast.Or,
    Op.XOR: ast.Xor,
    Op.UDIV: ast.Divide,
    Op.UMOD: ast.Mod,
}
_SIGNED = {Op.SDIV: ast.Divide, Op.SMOD: ast.Mod, Op.ASHR: ast.Sra}
_SHIFTS = {Op.SHL: ast.Sll, Op.LSHR: ast.Srl}
_REDUCED = {Op.REDUCE_AND: ast.Uand, Op.REDUCE_OR: ast.Uor, Op.REDUCE_XOR: ast.Uxor}
_INVERTED = {Op.REDUCE_AND: ast.Unand, Op.REDUCE_OR: ast.Unor, Op.REDUCE_XOR: ast.Uxnor}
_ONE_BIT = frozenset({Op.EQ, Op.ULT, Op.SLT, *_REDUCED})
_EXTENDING = frozenset({Op.AND, Op.OR, Op.XOR, Op.UDIV, Op.UMOD})
"""Operations on zero-extended operands that give the zero-extended result."""
_MAX_DECIMAL = 1000


def number(value: int) -> Tree:
    """Return a number without a width, for indices and counts."""
    return ast.IntConst(str(value))


def literal(bits: str, *, signed: bool = False) -> Tree:
    """Return a constant: decimal, hexadecimal where it is large, binary where it has x."""
    width, mark = len(bits), "s" if signed else ""
    if "x" in bits:
        digits = "bx" if set(bits) == {"x"} else f"b{bits}"
        return ast.IntConst(f"{width}'{digits}")
    value = int(bits, 2)
    if signed and bits[0] == "1":
        return ast.Uminus(ast.IntConst(f"{width}'sd{(1 << width) - value}"))
    if width == 1:
        return ast.IntConst(f"1'{mark}b{value}")
    digits = f"d{value}" if value <= _MAX_DECIMAL else f"h{value:x}"
    return ast.IntConst(f"{width}'{mark}{digits}")


def sides(node: Node) -> tuple[Node, Node, Node]:
    """Return the condition of a mux, not inverted, what it is if that holds, and else."""
    condition, true, false = node.operands
    while condition.op is Op.NOT:
        condition, true, false = condition.operands[0], false, true
    return condition, true, false


class Expressions:
    """Writes nodes, calling those by name that have one."""

    def __init__(
        self,
        names: Mapping[Node, Name],
        memories: Mapping[str, str] | None = None,
        words: Mapping[Node, Words] | None = None,
    ) -> None:
        self._names = names
        self._memories, self._words = memories or {}, words or {}
        self._extends: dict[Node, bool] = {}

    def assigned(self, node: Node, *, anew: bool = False, words: Words | None = None) -> Tree:
        """Return what is assigned to a signal of the node's width; if `anew`, not its name.

        Constants to choose from are called by `words`.

        Raises:
            Unwritable: A part of it must have a name first.
        """
        if words is not None:
            return self._worded(node, words, anew=anew)
        if not anew and node in self._names:
            return self._name(node, node.width).tree
        signed = self._signed_operation(node)
        return signed if signed is not None else self._operation(node, node.width, root=True).tree

    def compared(self, node: Node, bits: str) -> Tree:
        """Return a constant that a node is compared with."""
        words = self._words.get(node)
        name = words.constants.get(bits) if words is not None else None
        return literal(bits) if name is None else ast.Identifier(name)

    def _worded(self, node: Node, words: Words, *, anew: bool = False) -> Tree:
        known = node in self._names and not anew
        if node.op is Op.CONST and node.payload in words.constants:
            return ast.Identifier(words.constants[str(node.payload)])
        if node.op is Op.MUX and not known:
            condition, true, false = sides(node)
            first, second = self._worded(true, words), self._worded(false, words)
            return ast.Cond(self.condition(condition), first, second)
        tree = self.assigned(node, anew=anew)
        same = known and words.type and self._words.get(node) == words
        if not words.type or same or "x" in str(node.payload):
            return tree
        return ast.Identifier(f"{words.type}'({expression(tree)})")

    def alone(self, node: Node) -> Tree:
        """Return an expression of the node's own width."""
        return self._alone(node).tree

    def condition(self, node: Node) -> Tree:
        """Return an expression of 1 bit, of logical operations."""
        if node in self._names:
            return self.alone(node)
        if node.op is Op.AND:
            return ast.Land(*map(self.condition, node.operands))
        if node.op is Op.OR:
            return ast.Lor(*map(self.condition, node.operands))
        if node.op is Op.NOT:
            inner = node.operands[0]
            if inner.op is Op.NOT and inner not in self._names:
                return self.condition(inner.operands[0])
            plain = inner in self._names or inner.op not in (Op.EQ, Op.ULT, Op.SLT, *_REDUCED)
            return ast.Ulnot(self.condition(inner)) if plain else self.alone(node)
        return self.alone(node)

    def _alone(self, node: Node) -> _Written:
        return self._context(node, node.width, exact=True)

    def _context(self, node: Node, width: int, *, exact: bool = False) -> _Written:
        """Write a node for a context of `width`, in which its value is zero-extended.

        If `exact`, the expression has that width by itself.
        """
        if node in self._names:
            return self._padded(self._name(node, width), width, exact=exact)
        if width > node.width and not self._can_extend(node):
            return self._padded(self._alone(node), width, exact=True)
        written = self._operation(node, width)
        if not exact or written.width == width:
            return written
        return self._operation(node, width, exact=True)

    def _padded(self, written: _Written, width: int, *, exact: bool) -> _Written:
        missing = width - written.width
        if not exact or missing <= 0:
            return written
        return _Written(ast.Concat([literal("0" * missing), written.tree]), width)

    def _name(self, node: Node, width: int) -> _Written:
        name = self._names[node]
        tree = ast.Identifier(name.whole or name.text)
        if name.signed and width > node.width:
            return _Written(ast.SystemCall("unsigned", [tree]), node.width)
        return _Written(tree, node.width, name.signed)

    def _can_extend(self, node: Node) -> bool:
        found = self._extends.get(node)
        if found is None:
            found = self._extends[node] = self._extends_by_itself(node)
        return found

    def _extends_by_itself(self, node: Node) -> bool:
        if node in self._names or node.op in _ONE_BIT:
            return True
        if node.op in _EXTENDING:
            return all(map(self._can_extend, node.operands))
        if node.op is Op.MUX:
            return all(map(self._can_extend, node.operands[1:]))
        if node.op is Op.LSHR:
            return self._can_extend(node.operands[0])
        return node.op in (Op.CONST, Op.CONCAT, Op.SLICE, Op.READ, Op.ZEXT, Op.SEXT)

    def _operation(
        self, node: Node, width: int, *, exact: bool = False, root: bool = False
    ) -> _Written:
        op = node.op
        if op in _BINARY:
            return self._binary(node, width, exact=exact)
        if op in _SHIFTS:
            left = self._context(node.operands[0], width, exact=exact)
            tree = _SHIFTS[op](left.tree, self.index(node.operands[1]))
            return _Written(tree, left.width, left.signed)
        if op is Op.MUX:
            return self._mux(node, width, exact=exact)
        if op is Op.NOT:
            return self._not(node, width, exact=exact)
        if op is Op.ZEXT:
            return self._zero_extended(node, width, exact=exact)
        if op in _SIGNED:
            return self._apart(node, root=root)
        tree = _PLAIN[op](self, node) if op in _PLAIN else self._comparison(node, inverted=False)
        return self._padded(_Written(tree, node.width), width, exact=exact)

    def _binary(self, node: Node, width: int, *, exact: bool) -> _Written:
        first, second = (self._context(operand, width) for operand in node.operands)
        if exact and max(first.width, second.width) < width:
            first = self._context(node.operands[0], width, exact=True)
        if node.op in (Op.UDIV, Op.UMOD) and first.signed and second.signed:
            first = _Written(ast.SystemCall("unsigned", [first.tree]), first.width)
        return _joined(_BINARY[node.op](first.tree, second.tree), first, second)

    def _mux(self, node: Node, width: int, *, exact: bool) -> _Written:
        condition, true, false = node.operands
        if condition not in self._names:
            condition, true, false = sides(node)
        first, second = self._context(true, width), self._context(false, width)
        if exact and max(first.width, second.width) < width:
            first = self._context(true, width, exact=True)
        return _joined(ast.Cond(self.condition(condition), first.tree, second.tree), first, second)

    def _not(self, node: Node, width: int, *, exact: bool) -> _Written:
        inner = node.operands[0]
        if inner not in self._names and inner.op in _ONE_BIT:
            return self._padded(_Written(self._inverted(inner), 1), width, exact=exact)
        written = self._context(inner, width, exact=exact)
        if isinstance(written.tree, ast.Xor):
            tree = ast.Xnor(written.tree.left, written.tree.right)
        else:
            tree = ast.Unot(written.tree)
        return _Written(tree, written.width, written.signed)

    def _inverted(self, node: Node) -> Tree:
        if node.op in _INVERTED:
            return _INVERTED[node.op](self.alone(node.operands[0]))
        return self._comparison(node, inverted=True)

    def _comparison(self, node: Node, *, inverted: bool) -> Tree:
        first, second = node.operands
        if node.op is Op.EQ:
            if second.op is Op.CONST and first in self._words:
                right = self.compared(first, str(second.payload))
                return (ast.NotEq if inverted else ast.Eq)(self.alone(first), right)
            left, right = self._pair(first, second)
            return (ast.NotEq if inverted else ast.Eq)(left.tree, right.tree)
        turned = first.op is Op.CONST
        kinds = (ast.LessThan, ast.GreaterEq) if not turned else (ast.GreaterThan, ast.LessEq)
        if turned:
            first, second = second, first
        kind = kinds[inverted]
        if node.op is Op.SLT:
            return kind(self._signed(first), self._signed(second))
        left, right = self._pair(first, second)
        if left.signed and right.signed:
            return kind(ast.SystemCall("unsigned", [left.tree]), right.tree)
        return kind(left.tree, right.tree)

    def _pair(self, first: Node, second: Node) -> tuple[_Written, _Written]:
        """Write the operands of a comparison, which are as wide as the wider of them."""
        width = first.width
        left, right = self._context(first, width), self._context(second, width)
        if max(left.width, right.width) < width:
            left = self._context(first, width, exact=True)
        return left, right

    def _zero_extended(self, node: Node, width: int, *, exact: bool) -> _Written:
        inner = node.operands[0]
        if not exact and self._can_extend(inner):
            return self._context(inner, width)
        return self._padded(self._alone(inner), width, exact=True)

    def _apart(self, node: Node, *, root: bool) -> _Written:
        """Write a signed operation; what it is given to makes it as wide as it is at a root."""
        first, second = node.operands
        right = self.index(second) if node.op is Op.ASHR else self._signed(second)
        tree = _SIGNED[node.op](self._signed(first, whole=not root), right)
        return _Written(tree if root else ast.SystemCall("unsigned", [tree]), node.width, root)

    def _signed(self, node: Node, *, whole: bool = False) -> Tree:
        """Write a node as a signed value, which extends by its sign; if `whole`, of its width."""
        width = node.width
        while node.op is Op.SEXT and node not in self._names and not whole:
            node = node.operands[0]
        if node.op is Op.CONST and node.value is not None:
            bits = str(node.payload)
            return literal(bits.rjust(width, bits[0]), signed=True)
        name = self._names.get(node)
        if name is not None and name.signed:
            return ast.Identifier(name.whole or name.text)
        return ast.SystemCall("signed", [self.alone(node)])

    def _signed_operation(self, node: Node) -> Tree | None:
        """Write an operation on sign-extended operands; what it is given to makes it as wide."""
        if node.op not in (Op.ADD, Op.SUB, Op.MUL) or node in self._names:
            return None
        if not all(o.op is Op.SEXT and o not in self._names for o in node.operands):
            return None
        return _BINARY[node.op](*map(self._signed, node.operands))

    def _constant(self, node: Node) -> Tree:
        return literal(str(node.payload))

    def _concatenation(self, node: Node) -> Tree:
        groups: list[list[Node]] = []
        for operand in node.operands:
            if groups and groups[-1][0] is operand:
                groups[-1].append(operand)
            else:
                groups.append([operand])
        parts = [self._repeated(group[0], len(group)) for group in groups]
        return parts[0] if len(parts) == 1 else ast.Concat(parts)

    def _repeated(self, node: Node, times: int) -> Tree:
        if times == 1:
            return self.alone(node)
        return ast.Repeat(self.alone(node), number(times))

    def _slice(self, node: Node) -> Tree:
        low = int(node.payload or 0)
        return self._select(node.operands[0], low, node.width)

    def _select(self, base: Node, low: int, width: int) -> Tree:
        if base not in self._names:
            return self._select_inside(base, low, width)
        name = self._names[base]
        if width == name.width:
            return ast.Identifier(name.whole or name.text)
        return _selected(ast.Identifier(name.text), name, low, width)

    def _select_inside(self, base: Node, low: int, width: int) -> Tree:
        """Write bits of a node without a name."""
        if low == 0 and width == base.width:
            return self.alone(base)
        if base.op is Op.CONST:
            return literal(str(base.payload)[base.width - low - width : base.width - low])
        if base.op is Op.READ:
            name = Name(text="", width=base.width, msb=base.width - 1, lsb=0)
            return _selected(self._word(base), name, low, width)
        if base.op is Op.SLICE:
            return self._select(base.operands[0], low + int(base.payload or 0), width)
        inner, place = base, 0
        if base.op in (Op.ZEXT, Op.SEXT):
            inner = base.operands[0]
        elif base.op is Op.CONCAT:
            inner, place = _holding(base, low)
        if inner is base or low - place + width > inner.width:
            raise Unwritable(base)
        return self._select(inner, low - place, width)

    def _sign_extended(self, node: Node) -> Tree:
        inner = node.operands[0]
        missing = node.width - inner.width
        if inner.width == 1:
            return ast.Repeat(self.alone(inner), number(node.width))
        sign = self._sign(inner)
        copies = sign if missing == 1 else ast.Repeat(sign, number(missing))
        return ast.Concat([copies, self.alone(inner)])

    def _sign(self, node: Node) -> Tree:
        if node.op is Op.SLICE and node not in self._names:
            base = node.operands[0]
            return self._select(base, int(node.payload or 0) + node.width - 1, 1)
        if node.op is Op.CONCAT and node not in self._names and node.operands[0].width == 1:
            return self.alone(node.operands[0])
        return self._select(node, node.width - 1, 1)

    def _reduction(self, node: Node) -> Tree:
        return _REDUCED[node.op](self.alone(node.operands[0]))

    def _word(self, node: Node) -> Tree:
        name = str(node.payload)
        array = ast.Identifier(self._memories.get(name, name))
        return ast.Pointer(array, self.index(node.operands[0]))

    def index(self, node: Node) -> Tree:
        """Return an index or the amount of a shift, whose width does not matter."""
        return self.alone(node) if node.value is None else number(node.value)

    def _leaf(self, node: Node) -> Tree:
        return ast.Identifier(str(node.payload))


def _selected(tree: Tree, name: Name, low: int, width: int) -> Tree:
    if width == name.width:
        return tree
    first, last = number(name.index(low + width - 1)), number(name.index(low))
    return ast.Pointer(tree, last) if width == 1 else ast.Partselect(tree, first, last)


def _holding(node: Node, low: int) -> tuple[Node, int]:
    """Return the operand of a concatenation that has bit `low`, and its lowest bit's place."""
    place = 0
    for operand in reversed(node.operands):
        if low < place + operand.width:
            return operand, place
        place += operand.width
    raise AssertionError("a slice ends inside of its operand")


def _joined(tree: Tree, first: _Written, second: _Written) -> _Written:
    return _Written(tree, max(first.width, second.width), first.signed and second.signed)


_PLAIN: Mapping[Op, Callable[[Expressions, Node], Tree]] = {
    Op.CONST: Expressions._constant,
    Op.CONCAT: Expressions._concatenation,
    Op.SLICE: Expressions._slice,
    Op.SEXT: Expressions._sign_extended,
    Op.REDUCE_AND: Expressions._reduction,
    Op.REDUCE_OR: Expressions._reduction,
    Op.REDUCE_XOR: Expressions._reduction,
    Op.READ: Expressions._word,
    Op.INPUT: Expressions._leaf,
    Op.REG: Expressions._leaf,
}
