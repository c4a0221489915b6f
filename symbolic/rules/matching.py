"""What many rules ask of nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, rebuilt
from symbolic.rules.rule import LIMIT, Apply, Rewriting

Match = Callable[[Nodes, Node], Node | None]


def by_op(table: Mapping[Op, Match]) -> Match:
    """Return the match that asks the one for the node's operation."""

    def match(nodes: Nodes, node: Node) -> Node | None:
        found = table.get(node.op)
        return None if found is None else found(nodes, node)

    return match


def either(*matches: Match) -> Match:
    """Return the match that takes the first answer."""

    def match(nodes: Nodes, node: Node) -> Node | None:
        return next((other for one in matches if (other := one(nodes, node)) is not None), None)

    return match


def is_zero(node: Node) -> bool:
    """Whether a node is the constant 0."""
    return node.value == 0


def is_ones(node: Node) -> bool:
    """Whether a node is a constant of ones only."""
    return node.value == (1 << node.width) - 1


def opposite(left: Node, right: Node) -> bool:
    """Whether one is written as the inverse of the other."""
    return (left.op is Op.NOT and left.operands[0] is right) or (
        right.op is Op.NOT and right.operands[0] is left
    )


def inverse(nodes: Nodes, node: Node) -> Node:
    """Return the inverse; of an inverse, what it inverts."""
    if node.op is Op.NOT:
        return node.operands[0]
    if node.value is not None:
        return nodes.const(~node.value, node.width)
    return nodes.make(Op.NOT, node.width, node)


def shifted_left(nodes: Nodes, node: Node, count: int) -> Node:
    """Return a node times 2**count, modulo its width."""
    if count == 0:
        return node
    if count >= node.width:
        return nodes.const(0, node.width)
    return nodes.concat(nodes.slice(node, 0, node.width - count), nodes.const(0, count))


def tree(nodes: Nodes, op: Op, operands: Sequence[Node]) -> Node:
    """Return operands joined from left to right by an operation on words."""
    return reduce(lambda left, right: nodes.make(op, left.width, left, right), operands)


def ordered(operands: Sequence[Node]) -> list[Node]:
    """Return operands in the order of all commutative operations: constants last."""
    return sorted(operands, key=lambda node: (node.op is Op.CONST, node.number))


def roots_of(module: Dataflow) -> list[Node]:
    """Return what an image for `Dataflow.mapped` must have."""
    return [*module.roots(), *module.named.values()]


def replaced(module: Dataflow, image: Mapping[Node, Node]) -> Dataflow:
    """Return the module with some nodes replaced wherever they are used."""
    return module.mapped(rebuilt_with(module, image))


def rebuilt_with(module: Dataflow, image: Mapping[Node, Node]) -> dict[Node, Node]:
    """Return what each node becomes when some are replaced.

    A replacement that is made of what it replaces is taken as it is.
    """
    made: dict[Node, Node] = {}
    for node in rebuilt(module.nodes, roots_of(module), lambda _: None):
        other = image.get(node)
        if other is not None:
            made[node] = _carried(module.nodes, other, made)
            continue
        operands = tuple(made[operand] for operand in node.operands)
        made[node] = node if operands == node.operands else module.nodes.like(node, operands)
    return made


def _carried(nodes: Nodes, other: Node, made: Mapping[Node, Node]) -> Node:
    image: dict[Node, Node] = {}
    for node in _above(other, made):
        operands = tuple(made.get(o) or image[o] for o in node.operands)
        image[node] = node if operands == node.operands else nodes.like(node, operands)
    return made.get(other) or image[other]


def _above(root: Node, known: Mapping[Node, Node]) -> list[Node]:
    found: set[Node] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in known and node not in found:
            found.add(node)
            waiting += node.operands
    return sorted(found, key=lambda node: node.number)


def proposals(
    module: Dataflow, found: Iterator[tuple[Mapping[Node, Node], str]]
) -> Iterator[Rewriting]:
    """Yield at most `LIMIT` modules with nodes replaced."""
    for count, (image, what) in enumerate(found):
        if count >= LIMIT:
            return
        yield Rewriting(module=replaced(module, image), what=what)


def proposing(
    find: Callable[[Dataflow], Iterator[tuple[Mapping[Node, Node], str]]],
) -> Apply:
    """Return an `apply` for a function that finds what to replace, by what, and says so."""
    return lambda module: proposals(module, find(module))


def name_of(module: Dataflow, node: Node) -> str:
    """Return what the module calls a node: an output, the next value of a register, a wire."""
    for names in (module.outputs, {n: r.next for n, r in module.registers.items()}, module.named):
        for name, value in names.items():
            if value is node:
                return f"`{name}`"
    return f"a value of {node.width} bits" if node.width > 1 else "a bit"
