"""Which registers of a module are the state of a machine.

What a register is shows in the leaves of its next value's tree of choices, and
in what the choices depend on. A register that is given constants, or Boolean
functions of a few bits, in dependence of itself or of registers that depend on
it, controls; one that is given data, or counts, or shifts, does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from symbolic.dataflow.graph import components
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op, reached

_MOST_BITS = 64
"""Wider registers hold no state."""
_BOOLEAN_BITS = 8
"""Wider registers whose next value is computed bit by bit hold data."""
_LISTED = 3
"""Constants that a register which also counts, or takes data, is compared with or given if it
controls."""


class Role(Enum):
    """What a register is for."""

    CONTROL = "control"
    """State: given constants or Boolean functions, as it itself says."""
    FLAG = "flag"
    """Given constants, or holds; never as it itself says."""
    SEQUENCE = "sequence"
    """Counts or shifts."""
    DATA = "data"


@dataclass(slots=True)
class _Leaves:
    """What a register is given."""

    constants: set[str] = field(default_factory=set)
    conditions: list[Node] = field(default_factory=list)
    moved: int = 0
    """Bits taken from other places of the register itself."""
    computed: list[Node] = field(default_factory=list)
    """Values made of the register."""
    free: list[_Part] = field(default_factory=list)
    """Values not made of it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Bits of a node, from `low` on, that become those of a register from `place` on."""

    node: Node
    low: int
    width: int
    place: int

    def within(self, node: Node, offset: int) -> _Part | None:
        """Return the bits of `node`, which begins at bit `offset`; None if there are none."""
        start, end = max(self.low, offset), min(self.low + self.width, offset + node.width)
        if start >= end:
            return None
        return _Part(node, start - offset, end - start, self.place + start - self.low)


def _leaves(register: Register, own: Node, reads: Mapping[Node, int], bit: int) -> _Leaves:
    found = _Leaves()
    seen: set[_Part] = set()
    waiting = [_Part(register.next, 0, register.width, 0)]
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        if part.node.op is Op.MUX:
            found.conditions.append(part.node.operands[0])
        inner = _inside(part)
        if inner is None:
            _note_leaf(found, part, own, depends=bool(reads[part.node] & bit))
        else:
            waiting += inner
    return found


def _inside(part: _Part) -> list[_Part] | None:
    """Return what bits are chosen from or put together of; None if they are computed."""
    node = part.node
    if node.op is Op.MUX:
        return [replace(part, node=operand) for operand in node.operands[1:]]
    if node.op is Op.SLICE:
        return [replace(part, node=node.operands[0], low=part.low + int(node.payload or 0))]
    if node.op not in (Op.CONCAT, Op.ZEXT, Op.SEXT):
        return None
    found, offset = [], 0
    for operand in reversed(node.operands):
        inner = part.within(operand, offset)
        found += [] if inner is None else [inner]
        offset += operand.width
    return found


def _note_leaf(found: _Leaves, part: _Part, own: Node, *, depends: bool) -> None:
    node = part.node
    if node.op is Op.CONST:
        end = node.width - part.low
        found.constants.add(f"{part.place}:{str(node.payload)[end - part.width : end]}")
    elif node is own:
        found.moved += part.width if part.low != part.place else 0
    elif depends:
        found.computed.append(node)
    else:
        found.free.append(part)


class Registers:
    """The registers of a module, what they read, and what they are."""

    def __init__(self, module: Dataflow) -> None:
        self.module = module
        self._bits = {name: 1 << place for place, name in enumerate(module.registers)}
        self._reads = _register_reads(module, self._bits)

    def reads(self, name: str, others: Iterable[str]) -> bool:
        """Tell whether a register's next value depends on one of `others`."""
        return bool(self._reads[self.module.registers[name].next] & self._mask(others))

    def _mask(self, names: Iterable[str]) -> int:
        return sum(self._bits[name] for name in set(names))

    @cached_property
    def components(self) -> list[tuple[str, ...]]:
        """Registers that depend on each other, or on themselves."""
        order = {name: place for place, name in enumerate(self.module.registers)}
        groups = (
            tuple(sorted(group, key=order.__getitem__))
            for group in components(self.module.registers, self._followed)
        )
        cyclic = [g for g in groups if len(g) > 1 or self.reads(g[0], g)]
        return sorted(cyclic, key=lambda group: order[group[0]])

    def _followed(self, name: str) -> list[str]:
        mask = self._reads[self.module.registers[name].next]
        return [other for other, bit in self._bits.items() if mask & bit]

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """What each register is."""
        peers = {name: self._mask(group) for group in self.components for name in group}
        return {
            name: self._role(register, peers.get(name, 0))
            for name, register in self.module.registers.items()
        }

    def _role(self, register: Register, peers: int) -> Role:
        if register.width > _MOST_BITS:
            return Role.DATA
        own = self.module.nodes.reg(register.name, register.width)
        leaves = _leaves(register, own, self._reads, self._bits[register.name])
        listed = self._listed(register, own, leaves)
        data = self._takes_data(register, leaves, peers)
        if data and listed < _LISTED:
            return Role.DATA
        asked = any(self._reads[condition] & peers for condition in leaves.conditions)
        if leaves.computed or leaves.moved:
            whole = not asked and not leaves.computed
            if whole and leaves.moved >= register.width - 1:
                return Role.SEQUENCE
            return self._computed(register, own, leaves, listed)
        if asked or any(self._reads[part.node] & peers for part in leaves.free):
            return Role.CONTROL
        return Role.DATA if data else Role.FLAG

    def _takes_data(self, register: Register, leaves: _Leaves, peers: int) -> bool:
        """Tell whether most bits can be given values that have nothing to do with the state."""
        parts = [part for part in leaves.free if not self._reads[part.node] & peers]
        bits = {part.place + i for part in parts for i in range(part.width)}
        return len(bits) > 1 and 2 * len(bits) > register.width

    def _listed(self, register: Register, own: Node, leaves: _Leaves) -> int:
        """Count the constants that a register is compared with where its next value is chosen."""
        conditions = reached(leaves.conditions)
        compared = {
            operand.payload
            for node in conditions
            if node.op is Op.EQ and own in map(_bare, node.operands)
            for operand in node.operands
            if operand.op is Op.CONST
        }
        tested = {
            node.payload for node in conditions if node.op is Op.SLICE and node.operands[0] is own
        }
        whole = {text.partition(":")[2] for text in leaves.constants}
        given = {text for text in whole if len(text) == register.width}
        return max(len(compared), len(tested) if len(given) > 1 else 0)

    def _computed(self, register: Register, own: Node, leaves: _Leaves, listed: int) -> Role:
        arithmetic = [leaf for leaf in leaves.computed if _is_arithmetic(leaf)]
        if any(not _is_counting(leaf, own) for leaf in arithmetic) and register.width > 1:
            return Role.CONTROL if listed >= _LISTED else Role.DATA
        if arithmetic:
            return Role.CONTROL if listed >= _LISTED or register.width == 1 else Role.SEQUENCE
        if listed < _LISTED and register.width > _BOOLEAN_BITS:
            return Role.DATA
        return Role.CONTROL


def _is_arithmetic(node: Node) -> bool:
    while node.op in (Op.SLICE, Op.ZEXT, Op.SEXT):
        node = node.operands[0]
    return node.op in (
        Op.ADD, Op.SUB, Op.MUL, Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD, Op.SHL, Op.LSHR, Op.ASHR
    )  # fmt: skip


def _is_counting(node: Node, own: Node) -> bool:
    """Tell whether a value is the register plus or minus a constant or a bit."""
    while node.op in (Op.SLICE, Op.ZEXT, Op.SEXT):
        node = node.operands[0]
    if node.op not in (Op.ADD, Op.SUB):
        return False
    left, right = map(_bare, node.operands)
    return (left is own and _is_step(right)) or (right is own and _is_step(left))


def _bare(node: Node) -> Node:
    while node.op in (Op.ZEXT, Op.SEXT) or (node.op is Op.SLICE and not node.payload):
        node = node.operands[0]
    return node


def _is_step(node: Node) -> bool:
    return node.op is Op.CONST or node.width == 1


def _register_reads(module: Dataflow, bits: Mapping[str, int]) -> dict[Node, int]:
    """Return the registers that each node is made of, as a set of `bits`."""
    found: dict[Node, int] = {}
    for node in reached(module.roots()):
        mask = bits[str(node.payload)] if node.op is Op.REG else 0
        for operand in node.operands:
            mask |= found[operand]
        found[node] = mask
    return found


def one_clock(module: Dataflow, names: Sequence[str]) -> bool:
    """Tell whether registers change at the same edges, by resets too."""
    kinds = {
        (
            register.clock,
            register.rising,
            register.reset and (register.reset.signal, register.reset.active_low),
        )
        for register in (module.registers[name] for name in names)
    }
    return len(kinds) == 1
