"""Which expressions get a name of their own, and which name."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping

from symbolic.dataflow.nodes import Node, Op
from symbolic.names import KEYWORDS

_MAX_DEPTH = 40
"""Operations inside each other from which on the inner ones get a name."""
_NOUNS = {
    Op.ADD: "sum",
    Op.SUB: "difference",
    Op.MUL: "product",
    Op.UDIV: "quotient",
    Op.SDIV: "quotient",
    Op.UMOD: "remainder",
    Op.SMOD: "remainder",
    Op.SHL: "shifted",
    Op.LSHR: "shifted",
    Op.ASHR: "shifted",
    Op.ULT: "is_less",
    Op.SLT: "is_less",
    Op.MUX: "selected",
    Op.CONCAT: "word",
    Op.ZEXT: "extended",
    Op.SEXT: "extended",
    Op.READ: "word",
    Op.REDUCE_XOR: "parity",
    Op.REDUCE_AND: "all_ones",
    Op.REDUCE_OR: "is_nonzero",
    Op.NOT: "inverted",
    Op.AND: "masked",
    Op.OR: "merged",
    Op.XOR: "mixed",
    Op.SLICE: "bits",
    Op.CONST: "constant",
}
_FLAGS = {Op.AND: "both", Op.OR: "either", Op.XOR: "differs", Op.NOT: "is_not"}
"""Names of operations on single bits."""
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")


class Names:
    """Gives out names that nothing else has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def fresh(self, wanted: str) -> str:
        """Return `wanted` as an identifier, with a number behind it if it is taken."""
        base = _UNSAFE.sub("_", wanted).strip("_") or "signal"
        if base[0].isdigit():
            base = f"s{base}"
        name, number = base, 1
        while name in self._taken or name in KEYWORDS:
            number += 1
            name = f"{base}{number}" if not base[-1].isdigit() else f"{base}_{number}"
        self._taken.add(name)
        return name

    def of(self, node: Node) -> str:
        """Return a new name that says what a node is."""
        return self.fresh(noun(node))


def noun(node: Node) -> str:
    """Return what a node could be called."""
    if node.op is Op.EQ:
        return _equality(node)
    if node.width == 1 and node.op in _FLAGS:
        return _FLAGS[node.op]
    return _NOUNS.get(node.op, "signal")


def _equality(node: Node) -> str:
    first, second = node.operands
    value = second.value
    if value is None:
        return "is_equal"
    of = f"{first.payload}_" if first.op in (Op.INPUT, Op.REG) else ""
    return f"{of}is_zero" if value == 0 else f"{of}is_{value}"


def shared(
    written: Collection[Node], named: Container[Node], defined: Collection[Node] = ()
) -> list[Node]:
    """Return what should get a name, operands first.

    That is what is used several times and is more than a selection or a comparison with
    a constant, what is selected from, and what would make an expression too deep.

    Args:
        written: Expressions, each as often as it is written.
        named: What has a name; its parts are not looked at.
        defined: Those of `named` whose parts are written, too.
    """
    order = _inside(written, named, defined)
    counts: dict[Node, int] = dict.fromkeys(order, 0)
    must: set[Node] = set()
    for node in order:
        for operand in node.operands:
            if operand in counts:
                counts[operand] += 1
        must.update(base for base in _selected(node) if base in counts)
    for root in written:
        counts[root] = counts.get(root, 0) + 1
    chosen: set[Node] = set()
    known = _Either(named, chosen)
    depth: dict[Node, int] = {}
    for node in order:
        depth[node] = 1 + max((depth.get(o, 0) for o in node.operands), default=0)
        several = counts[node] > 1 and not is_cheap(node, known)
        deep = depth[node] > _MAX_DEPTH
        if node not in named and node.op is not Op.CONST and (node in must or several or deep):
            chosen.add(node)
            depth[node] = 0
    return [node for node in order if node in chosen]


class _Either:
    """What is in one of two."""

    def __init__(self, one: Container[Node], other: Container[Node]) -> None:
        self._one, self._other = one, other

    def __contains__(self, node: object) -> bool:
        return node in self._one or node in self._other


def _inside(written: Iterable[Node], named: Container[Node], defined: Iterable[Node]) -> list[Node]:
    """Return the nodes to be written, operands first."""
    found: dict[int, Node] = {}
    waiting = [*defined, *(root for root in written if root not in named)]
    while waiting:
        node = waiting.pop()
        if node.number not in found:
            found[node.number] = node
            waiting += [operand for operand in node.operands if operand not in named]
    return [found[number] for number in sorted(found)]


def _selected(node: Node) -> Iterator[Node]:
    """Yield operands of which bits are selected, where these cannot be."""
    if node.op is Op.SLICE:
        yield from _base(node.operands[0], int(node.payload or 0), node.width)
    elif node.op is Op.SEXT and node.operands[0].width > 1:
        inner = node.operands[0]
        yield from _base(inner, inner.width - 1, 1)


def _base(node: Node, low: int, width: int) -> Iterator[Node]:
    """Yield what has to have a name so that bits of `node` can be written."""
    while True:
        if node.op in (Op.INPUT, Op.REG, Op.READ, Op.CONST) or width == node.width:
            return
        if node.op is Op.SLICE:
            node, low = node.operands[0], low + int(node.payload or 0)
            continue
        place, inner = _part(node, low)
        if inner is None or low - place + width > inner.width:
            yield node
            return
        node, low = inner, low - place


def _part(node: Node, low: int) -> tuple[int, Node | None]:
    if node.op in (Op.ZEXT, Op.SEXT):
        return 0, node.operands[0]
    place = 0
    for operand in reversed(node.operands if node.op is Op.CONCAT else ()):
        if low < place + operand.width:
            return place, operand
        place += operand.width
    return 0, None


def is_cheap(node: Node, named: Container[Node]) -> bool:
    """Whether writing it twice is better than naming it."""
    if node in named or node.op in (Op.CONST, Op.INPUT, Op.REG):
        return True
    if node.op in (Op.SLICE, Op.ZEXT, Op.SEXT):
        return is_cheap(node.operands[0], named)
    if node.op is Op.NOT:
        return node.width == 1 and is_cheap(node.operands[0], named)
    if node.op in (Op.EQ, Op.ULT):
        return any(o.op is Op.CONST for o in node.operands) and all(
            is_cheap(o, named) for o in node.operands
        )
    if node.op is Op.CONCAT:
        return len(node.operands) <= 3 and all(_is_leaf(o, named) for o in node.operands)
    return node.op in (Op.REDUCE_AND, Op.REDUCE_OR) and _is_leaf(node.operands[0], named)


def _is_leaf(node: Node, named: Container[Node]) -> bool:
    if node.op is Op.SLICE:
        return _is_leaf(node.operands[0], named)
    return node in named or node.op in (Op.CONST, Op.INPUT, Op.REG)


def by_number(nodes: Iterable[Node]) -> list[Node]:
    """Return nodes in order of evaluation."""
    return sorted(nodes, key=lambda node: node.number)


def inverse(names: Mapping[str, Node]) -> dict[Node, str]:
    """Return the first name of each node."""
    found: dict[Node, str] = {}
    for name, node in names.items():
        found.setdefault(node, name)
    return found
