"""Trees of multiplexers: what rules on them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.matching import inverse, roots_of

_DEEPEST = 64


def mux_roots(module: Dataflow) -> Iterator[Node]:
    """Yield muxes that are no branch of another mux only, the last ones first."""
    nodes = reached(roots_of(module))
    inner = {b for node in nodes if node.op is Op.MUX for b in node.operands[1:]}
    outer = {o for node in nodes for o in _looked_at(node)} | set(module.roots())
    for node in reversed(nodes):
        if node.op is Op.MUX and (node in outer or node not in inner):
            yield node


def _looked_at(node: Node) -> tuple[Node, ...]:
    return node.operands[:1] if node.op is Op.MUX else node.operands


def leaves(root: Node) -> list[Node]:
    """Return what a tree of muxes selects from, each once, from left to right."""
    found: dict[Node, None] = {}
    seen: set[Node] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.op is not Op.MUX:
            found[node] = None
        elif node not in seen:
            seen.add(node)
            waiting += [node.operands[2], node.operands[1]]
    return list(found)


def mapped_leaves(
    nodes: Nodes, root: Node, image: Mapping[Node, Node], *, missing: Node | None = None
) -> Node | None:
    """Return the tree with other leaves, of any one width.

    Leaves that `image` lacks become `missing`; where that is None nothing is
    selected for them: a mux with one branch left is that branch.
    """
    made: dict[Node, Node | None] = {}
    for node in _tree(root):
        if node.op is not Op.MUX:
            made[node] = image.get(node, missing)
            continue
        true, false = made[node.operands[1]], made[node.operands[2]]
        if true is None or false is None or true is false:
            made[node] = true or false
        else:
            made[node] = nodes.mux(node.operands[0], true, false)
    return made[root]


def _tree(root: Node) -> list[Node]:
    found: set[Node] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            if node.op is Op.MUX:
                waiting += node.operands[1:]
    return sorted(found, key=lambda node: node.number)


def inner_muxes(root: Node) -> list[Node]:
    """Return the muxes of a tree, operands first."""
    return [node for node in _tree(root) if node.op is Op.MUX]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """`condition ? value : condition ? value : ... : otherwise`."""

    root: Node
    cases: tuple[tuple[Node, Node], ...]
    rests: tuple[Node, ...]
    """What follows each case."""

    @property
    def otherwise(self) -> Node:
        """What is selected where no condition holds."""
        return self.rests[-1] if self.rests else self.root


def chain_of(nodes: Nodes, root: Node) -> Chain:
    """Return the priority chain that starts at a mux.

    Where only the first branch goes on, the condition is inverted.
    """
    cases: list[tuple[Node, Node]] = []
    rests: list[Node] = []
    node = root
    while node.op is Op.MUX and len(cases) < _DEEPEST:
        condition, true, false = node.operands
        if true.op is Op.MUX and false.op is not Op.MUX:
            condition, true, false = inverse(nodes, condition), false, true
        cases.append((condition, true))
        rests.append(false)
        node = false
    return Chain(root=root, cases=tuple(cases), rests=tuple(rests))


def constant_compared(condition: Node) -> tuple[Node, int] | None:
    """Return what a condition compares with which constant, if it does that."""
    if condition.op is Op.EQ:
        for one, other in (condition.operands, condition.operands[::-1]):
            if other.value is not None and one.op is not Op.CONST:
                return one, other.value
    if condition.op is Op.REDUCE_AND:
        word = condition.operands[0]
        return word, (1 << word.width) - 1
    if condition.op is Op.NOT and condition.operands[0].op is Op.REDUCE_OR:
        return condition.operands[0].operands[0], 0
    return None


def cone(roots: Iterator[Node] | list[Node]) -> set[Node]:
    """Return all nodes that some are made of, themselves included."""
    return set(reached(roots))
