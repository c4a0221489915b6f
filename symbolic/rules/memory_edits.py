"""Memories exchanged in a module: what rules on memories share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symbolic.dataflow.module import Dataflow, Memory
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.rules.matching import replaced, roots_of


def reads(module: Dataflow) -> Iterator[Node]:
    """Yield the nodes that read words of memories."""
    yield from (node for node in reached(roots_of(module)) if node.op is Op.READ)


def with_memories(
    module: Dataflow, image: Mapping[Node, Node], memories: Mapping[str, Memory | None]
) -> Dataflow:
    """Return the module with nodes replaced and memories exchanged; None takes one out."""
    exchanged = {**module.memories, **memories}
    wanted = {name: memory for name, memory in exchanged.items() if memory is not None}
    return replaced(replace(module, memories=wanted), image)


def first_word(memory: Memory, index: int) -> str:
    """Return the bits of a word at power-on."""
    return memory.initial[index] if index < len(memory.initial) else "x" * memory.width
