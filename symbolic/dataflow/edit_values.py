"""What each signal of a text is after a change, if the text is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symbolic.dataflow.edit_units import Unit, value_of
from symbolic.dataflow.module import Dataflow, Memory, Register
from symbolic.dataflow.nodes import LEAVES, Node, Nodes, reached


class Values:
    """Values after the change, of everything that the text drives."""

    def __init__(self, before: Dataflow, after: Dataflow, units: list[Unit]) -> None:
        self.before, self.after, self.units = before, after, units
        self.signals: dict[str, Node] = {}
        """What each signal is, whether its text is kept or not."""
        self.kept: set[str] = set()
        """Signals whose text can be kept, and `register q`, `memory m`."""
        self._nodes = before.nodes
        self._lost = {
            *(("reg", name) for name, r in self.before.registers.items() if self._is_lost(r)),
            *(("read", n) for n, m in self.before.memories.items() if self._is_lost_memory(m)),
        }
        for unit in self.units:
            self._add(unit)

    def is_gone(self, node: Node) -> bool:
        """Whether a value depends on registers or memories that there are no more."""
        return (
            any((n.op.value, n.payload) in self._lost for n in reached([node]))
            if self._lost
            else False
        )

    def _is_lost(self, register: Register) -> bool:
        other = self.after.registers.get(register.name)
        return other is None or other.width != register.width

    def _is_lost_memory(self, memory: Memory) -> bool:
        other = self.after.memories.get(memory.name)
        wanted = (memory.width, memory.depth, memory.lowest)
        return other is None or (other.width, other.depth, other.lowest) != wanted

    def _add(self, unit: Unit) -> None:
        cut = self._cut(unit)
        for name in unit.signals:
            now = substituted(self._nodes, value_of(self.before, name), cut)
            wanted = self._wanted(name)
            if wanted is None or wanted is now:
                self.kept.add(name)
            self.signals[name] = now if wanted is None else wanted
        for name in unit.registers:
            if self._same_register(name, cut):
                self.kept.add(f"register {name}")
        for name in unit.memories:
            if self._same_memory(name, cut):
                self.kept.add(f"memory {name}")

    def _cut(self, unit: Unit) -> dict[Node, Node]:
        """Return what the values of signals that a unit reads have become."""
        cut: dict[Node, Node] = {}
        for name in unit.reads:
            before = value_of(self.before, name)
            if name in self.signals and before.op not in LEAVES:
                cut.setdefault(before, self.signals[name])
        return cut

    def _wanted(self, name: str) -> Node | None:
        found = self.after.outputs.get(name)
        return self.after.named.get(name) if found is None else found

    def _same_register(self, name: str, cut: Mapping[Node, Node]) -> bool:
        before, after = self.before.registers[name], self.after.registers.get(name)
        if after is None or _shape(before) != _shape(after):
            return False
        pairs = [(before.next, after.next)]
        if before.reset is not None and after.reset is not None:
            pairs.append((before.reset.signal, after.reset.signal))
        return self._same(pairs, cut)

    def _same_memory(self, name: str, cut: Mapping[Node, Node]) -> bool:
        before, after = self.before.memories[name], self.after.memories.get(name)
        if after is None or _memory_shape(before) != _memory_shape(after):
            return False
        pairs = []
        for one, other in zip(before.writes, after.writes, strict=True):
            pairs += [
                (one.address, other.address),
                (one.data, other.data),
                (one.enable, other.enable),
            ]
        return self._same(pairs, cut)

    def _same(self, pairs: Iterable[tuple[Node, Node]], cut: Mapping[Node, Node]) -> bool:
        return all(substituted(self._nodes, old, cut) is new for old, new in pairs)


def _shape(register: Register) -> tuple[object, ...]:
    reset = register.reset
    return (
        register.width,
        register.clock,
        register.rising,
        register.initial,
        None if reset is None else (reset.active_low, reset.value),
    )


def _memory_shape(memory: Memory) -> tuple[object, ...]:
    ports = [(port.clock, port.rising) for port in memory.writes]
    return memory.width, memory.depth, memory.lowest, memory.initial, ports


def substituted(nodes: Nodes, root: Node, image: Mapping[Node, Node]) -> Node:
    """Return an expression with parts replaced, the outermost where they lie in each other."""
    if not image:
        return root
    made: dict[Node, Node] = dict(image)
    for node in _until(root, image):
        operands = tuple(made[operand] for operand in node.operands)
        made[node] = node if operands == node.operands else nodes.like(node, operands)
    return made[root]


def _until(root: Node, image: Mapping[Node, Node]) -> Iterator[Node]:
    """Yield what an expression is made of down to what `image` has, operands first."""
    found: dict[int, Node] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in image and node.number not in found:
            found[node.number] = node
            waiting += node.operands
    for number in sorted(found):
        yield found[number]


def imported(nodes: Nodes, module: Dataflow) -> Dataflow:
    """Return a module whose nodes are among `nodes`."""
    if module.nodes is nodes:
        return module
    made: dict[Node, Node] = {}
    for node in reached([*module.roots(), *module.named.values()]):
        made[node] = nodes.like(node, [made[operand] for operand in node.operands])
    found = module.mapped(made)
    return Dataflow(
        interface=found.interface,
        nodes=nodes,
        outputs=found.outputs,
        registers=found.registers,
        memories=found.memories,
        named=found.named,
        assumed=found.assumed,
    )
