"""Where the cones of a machine end: ports and registers, or conditions on them.

A machine's functions are over its state and single bits that do not depend on
it. A bit is one of a port or of another register where few of them matter;
`count == 7` is one bit, not those of `count`. Conditions on the same bits are
not free of each other; which of their values can stand together is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from symbolic.bdd import Bdd, Cones, NodeBudgetReached, Source
from symbolic.dataflow.nodes import LEAVES, Node, Op, reached

Atom = tuple[Node, int]
"""A bit of a node."""
Atoms = frozenset[Atom]

MOST = 256
"""Bits above which it does not matter how many a function reads."""
_EXPANDED = 4
"""Port bits up to which conditions on them are looked into."""
_RELATED = 20_000
"""BDD nodes for what conditions have to do with each other."""

_THROUGH = frozenset({Op.MUX, Op.NOT, Op.AND, Op.OR, Op.XOR, Op.CONCAT, Op.SLICE, Op.ZEXT, Op.SEXT})
"""Operations that are never one bit of input: what they are made of is."""


def dependent(nodes: Iterable[Node], on: frozenset[Node]) -> frozenset[Node]:
    """Return those of `nodes`, operands first, that are in `on` or made of what is."""
    found = set(on)
    for node in nodes:
        if any(operand in found for operand in node.operands):
            found.add(node)
    return frozenset(found)


class Supports:
    """The bits that nodes read, seen from the registers of one machine."""

    def __init__(self, roots: Iterable[Node], state: frozenset[Node]) -> None:
        nodes = reached(roots)
        self.state = state
        self.dependent = dependent(nodes, state)
        self.free = frozenset(nodes) - self.dependent
        self._leaf_bits: dict[Node, Atoms] = {}
        self._atoms: dict[Node, Atoms] = {}

    def of(self, node: Node) -> Atoms:
        """Return the bits, free of the state, that `node` is a function of."""
        return _filled(self._atoms, node, self._ends)

    def leaf_bits(self, node: Node) -> Atoms:
        """Return the bits of inputs, registers and words of memories that `node` reads."""
        return _filled(self._leaf_bits, node, self._leaves)

    def _leaves(self, node: Node) -> Atoms:
        if node.op is Op.CONST:
            return frozenset()
        if _is_leaf(node):
            return _bits(node)
        return self._joined(node, self._leaf_bits)

    def _ends(self, node: Node) -> Atoms:
        if node in self.state or node.op is Op.CONST:
            return frozenset()
        through = node in self.dependent and node.op is not Op.READ
        if through or (node.op in _THROUGH and not _is_leaf(node)):
            return self._joined(node, self._atoms)
        return _bits(node)

    def _joined(self, node: Node, known: Mapping[Node, Atoms]) -> Atoms:
        below = node.operands[0] if node.operands else None
        if node.op is Op.SLICE and below is not None and known[below] == _bits(below):
            low = int(node.payload or 0)
            return frozenset((below, bit) for bit in range(low, low + node.width))
        found: set[Atom] = set()
        for operand in node.operands:
            found |= known[operand]
            if len(found) > MOST:
                break
        return frozenset(found)


def _filled(known: dict[Node, Atoms], root: Node, compute: Callable[[Node], Atoms]) -> Atoms:
    """Return what is known of `root`, computed from what is known of its operands."""
    waiting = [root]
    while waiting:
        node = waiting[-1]
        missing = [operand for operand in node.operands if operand not in known]
        if node in known or not missing:
            if node not in known:
                known[node] = compute(node)
            waiting.pop()
        else:
            waiting += missing
    return known[root]


def _is_leaf(node: Node) -> bool:
    return node.op in LEAVES or node.op is Op.READ


def _bits(node: Node) -> Atoms:
    return frozenset((node, bit) for bit in range(min(node.width, MOST + 1)))


def in_order(atoms: Iterable[Atom]) -> list[Atom]:
    """Return bits in an order that does not depend on sets."""
    return sorted(atoms, key=lambda atom: (atom[0].number, -atom[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Nodes besides inputs and registers at which cones end, and which of them go together."""

    ends: frozenset[Node]
    related: tuple[tuple[Node, ...], ...]
    """Ends that read the same bits, with single bits that are read directly."""


def chosen_cut(supports: Supports, atoms: Iterable[Atom]) -> Cut:
    """Return where cones that read `atoms` end."""
    ends: set[Node] = set()
    related: list[tuple[Node, ...]] = []
    for nodes, direct in _components(supports, in_order(atoms)):
        below = frozenset(bit for node in nodes for bit in supports.leaf_bits(node))
        ports = all(leaf.op is Op.INPUT for leaf, _ in below)
        count = sum(node.width for node in nodes) + len(direct & below)
        if len(below) > max(count, _EXPANDED if ports else 0) or _reads_memory(below):
            ends |= set(nodes)
            if len(nodes) + len(direct & below) > 1:
                related.append(tuple(nodes))
    return Cut(ends=frozenset(ends), related=tuple(related))


def _reads_memory(bits: Atoms) -> bool:
    return any(node.op is Op.READ for node, _ in bits)


def _components(supports: Supports, atoms: Sequence[Atom]) -> list[tuple[list[Node], Atoms]]:
    """Return groups of conditions that share bits, and the bits that are read directly."""
    direct = frozenset(atom for atom in atoms if _is_leaf(atom[0]))
    groups: list[tuple[list[Node], set[Atom]]] = []
    for node in dict.fromkeys(node for node, _ in atoms if not _is_leaf(node)):
        mine = [node]
        bits = set(supports.leaf_bits(node))
        apart = []
        for nodes, other in groups:
            if bits & other:
                mine, bits = nodes + mine, bits | other
            else:
                apart.append((nodes, other))
        groups = [*apart, (mine, bits)]
    return [(nodes, direct) for nodes, _ in groups]


def care_set(cones: Cones, cut: Cut) -> Bdd:
    """Return which values of the variables of `cones` can stand together, as far as is known."""
    found = cones.one
    for nodes in cut.related:
        relation = _relation(cones, nodes)
        if relation is not None:
            found &= relation
    return found


def _relation(cones: Cones, nodes: Sequence[Node]) -> Bdd | None:
    """Return what holds between conditions and bits beside them; None if that is too much."""
    inner = Cones(budget=_RELATED)
    try:
        words = inner.words(nodes)
        found = inner.one
        names: dict[str, Source] = {}
        for node, word in zip(nodes, words, strict=True):
            for bit, function in enumerate(word):
                name = f"end#{node.number}[{bit}]"
                names[name] = Source(node=node, bit=bit)
                same = inner.invert(inner.differ(inner.variable(name), function))
                found = inner.both(found, same)
        shared = set(inner.variables) & set(cones.variables)
        hidden = set(inner.variables) - shared
        manager = inner.manager
        found = manager.exist(hidden, found)
    except NodeBudgetReached:
        return None
    renaming = {name: f"#{of.node.number}[{of.bit}]" for name, of in names.items()}
    return _copied(cones, inner, found, renaming)


def _copied(cones: Cones, inner: Cones, function: Bdd, renaming: Mapping[str, str]) -> Bdd | None:
    """Return `function` over the variables of `cones`; those that it lacks are free."""
    manager = inner.manager
    missing = {
        name
        for name in manager.support(function)
        if renaming.get(name, name) not in cones.variables
    }
    function = manager.exist(missing, function)
    known: dict[Bdd, Bdd] = {manager.true: cones.one, manager.false: cones.zero}

    def copy(f: Bdd) -> Bdd:
        if f not in known:
            name = min(manager.support(f), key=manager.level_of_var)
            low, high = (copy(manager.let({name: value}, f)) for value in (False, True))
            variable = cones.variable(renaming.get(name, name))
            known[f] = cones.choose(variable, high, low)
        return known[f]

    return copy(function)
