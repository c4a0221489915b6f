"""Parts of a rewritten module changed back to what they were."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, reached

Key = tuple[object, ...]


def key_of(module: Dataflow) -> Key:
    """Return what is equal for modules that do the same in the same way, names of values apart."""
    return (
        tuple(module.outputs.values()),
        tuple(module.registers.values()),
        tuple(module.memories.values()),
    )


def is_whole(module: Dataflow) -> bool:
    """Whether a module has all registers and memories that it reads, as wide as it reads them."""
    return all(_has(module, node) for node in reached(module.roots()))


def reverting(original: Dataflow, module: Dataflow) -> Iterator[str]:
    """Yield the outputs and registers that are made otherwise than they were and could be again."""
    lost = _lost(original, module)
    for name, node in original.outputs.items():
        if module.outputs[name] is not node and node not in lost:
            yield name
    for name, register in original.registers.items():
        now = module.registers.get(name)
        if now is None or name in original.outputs or now.width != register.width:
            continue
        if now.next is not register.next and register.next not in lost:
            yield name


def reverted(original: Dataflow, module: Dataflow, names: Collection[str]) -> Dataflow:
    """Return the module with some outputs and registers made as they were, where they can be."""
    possible = set(reverting(original, module)).intersection(names)
    outputs = {
        name: original.outputs[name] if name in possible else node
        for name, node in module.outputs.items()
    }
    registers = {
        name: replace(r, next=original.registers[name].next)
        if name in possible and name not in outputs
        else r
        for name, r in module.registers.items()
    }
    mixed = replace(module, outputs=outputs, registers=registers)
    return replace(mixed, named=_named(original, mixed))


def _named(original: Dataflow, module: Dataflow) -> dict[str, Node]:
    """Return the named values, with what is in use again as it was named."""
    alive = set(reached(module.roots()))
    found: dict[str, Node] = {}
    for name in dict.fromkeys((*original.named, *module.named)):
        node = original.named.get(name)
        if node is not None and node in alive:
            found[name] = node
        elif name in module.named:
            found[name] = module.named[name]
    return found


def _lost(original: Dataflow, module: Dataflow) -> set[Node]:
    """Return the nodes that depend on storage which the module has no more."""
    lost: set[Node] = set()
    for node in reached(original.roots()):
        if not _has(module, node) or not lost.isdisjoint(node.operands):
            lost.add(node)
    return lost


def _has(module: Dataflow, node: Node) -> bool:
    if node.op is Op.REG:
        register = module.registers.get(str(node.payload))
        return register is not None and register.width == node.width
    if node.op is Op.READ:
        memory = module.memories.get(str(node.payload))
        return memory is not None and memory.width == node.width
    return True
