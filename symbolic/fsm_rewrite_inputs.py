"""What the inputs of an extracted machine are called in the source that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow.expression import Expressions, Name, Unwritable
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.dataflow.printer import expression
from symbolic.fsm_case import Word
from symbolic.fsm_rewrite_plan import NotWritable
from symbolic.fsm_source import Source
from symbolic.names import identifier

_BOUNDS = re.compile(r"\[\s*(\d+)\s*:\s*(\d+)\s*\]\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTexts:
    """Names for inputs, and the wires that must be declared for them."""

    texts: Mapping[str, str]
    wires: tuple[str, ...]
    """Declarations."""
    words: tuple[Word, ...]
    """Signals of which all bits are inputs."""


class Namer:
    """Writes nodes of a module over the names of its source."""

    def __init__(self, source: Source, module: Dataflow, hidden: Iterable[str]) -> None:
        self._source, self._module = source, module
        self._hidden = frozenset(hidden)
        self._names = dict(self._named())
        self._expressions = Expressions(self._names)

    def _named(self) -> Iterator[tuple[Node, Name]]:
        nodes = self._module.nodes
        for name, node in self._module.named.items():
            found = self._name(name, node.width)
            if found is not None and node.op is not Op.CONST:
                yield node, found
        for register in self._module.registers.values():
            found = self._name(register.name, register.width)
            if found is not None:
                yield nodes.reg(register.name, register.width), found
        for port in self._module.interface.inputs:
            called = Name(
                text=port.name, width=port.width, msb=port.msb, lsb=port.lsb, signed=port.signed
            )
            yield nodes.input(port.name, port.width), called

    def _name(self, name: str, width: int) -> Name | None:
        declared = self._source.find(name)
        if declared is None or declared.width != width or name in self._hidden:
            return None
        if declared.range is None or declared.ranges > 1:
            return Name(text=name, width=width) if width == 1 else None
        found = _BOUNDS.match(self._source.of(*declared.range))
        msb, lsb = (int(found[1]), int(found[2])) if found else (width - 1, 0)
        if abs(msb - lsb) + 1 != width:
            return None
        return Name(text=name, width=width, msb=msb, lsb=lsb)

    def text(self, node: Node) -> str:
        """Return a 1-bit node as an expression.

        Raises:
            NotWritable: It speaks of something that the source has no name for.
        """
        for part in reached([node]):
            unknown = part.op in (Op.REG, Op.READ) and part not in self._names
            if unknown and not self._is_covered(node, part):
                raise NotWritable(f"{part.payload!r} has no name in the source")
        try:
            return expression(self._expressions.condition(node))
        except Unwritable as why:
            raise NotWritable(f"a condition on the state cannot be written: {why}") from why

    def _is_covered(self, root: Node, part: Node) -> bool:
        """Whether a named node lies everywhere between `root` and `part`."""
        waiting, seen = [root], {root}
        while waiting:
            node = waiting.pop()
            if node is part:
                return False
            if node not in self._names:
                waiting += [operand for operand in node.operands if operand not in seen]
                seen.update(node.operands)
        return True

    def is_plain(self, node: Node) -> bool:
        """Whether a node is a signal, or one bit of it."""
        if node in self._names:
            return True
        return node.op is Op.SLICE and node.operands[0] in self._names

    def word_of(self, node: Node) -> tuple[Name, int] | None:
        """Return the signal of which a node is a bit, and which; None if it is none."""
        if node.op is not Op.SLICE or node.operands[0] not in self._names:
            return None
        return self._names[node.operands[0]], int(node.payload or 0)


def input_texts(source: Source, inputs: Mapping[str, Node], namer: Namer) -> InputTexts:
    """Return names for the inputs of a machine; conditions get wires of their own.

    Raises:
        NotWritable: An input has no name and cannot be given one.
    """
    texts: dict[str, str] = {}
    wires: list[str] = []
    taken = set(source.names)
    for name, node in inputs.items():
        text = namer.text(node)
        if not namer.is_plain(node):
            wire = identifier(name, taken)
            taken.add(wire)
            wires.append(f"wire {wire} = {text};")
            text = wire
        texts[name] = text
    return InputTexts(texts=texts, wires=tuple(wires), words=tuple(_words(inputs, namer)))


def _words(inputs: Mapping[str, Node], namer: Namer) -> Iterator[Word]:
    found: dict[str, dict[int, str]] = {}
    widths: dict[str, int] = {}
    for name, node in inputs.items():
        word = namer.word_of(node)
        if word is not None:
            signal, place = word
            found.setdefault(signal.text, {})[place] = name
            widths[signal.text] = signal.width
    for text, bits in found.items():
        width = widths[text]
        if len(bits) == width > 1:
            yield Word(text=text, bits=tuple(bits[i] for i in range(width - 1, -1, -1)))
