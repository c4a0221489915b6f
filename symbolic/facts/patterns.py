"""Functions of a few bits as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symbolic.dataflow.nodes import Node
from symbolic.facts.bits import BitLogic


class Patterns:
    """Values of functions for all values of some inputs, as bits of numbers."""

    def __init__(self, logic: BitLogic, inputs: Sequence[Node]) -> None:
        self._logic = logic
        self.count = 1 << len(inputs)
        self._inputs = {
            logic.bit(node): sum((w >> i & 1) << w for w in range(self.count))
            for i, node in enumerate(inputs)
        }
        self._size = -1
        self._values: list[int] = []

    def of(self, literal: int) -> int:
        """Return a function of the inputs."""
        if self._size != len(self._logic.gates):
            self._size = len(self._logic.gates)
            self._values = self._logic.gates.evaluated(self._inputs, self.count)
        return self._values[literal]

    def possible(self, condition: int) -> int:
        """Return where a condition can hold; everywhere if it has other inputs, too."""
        if self.depends_on_others([condition]):
            return (1 << self.count) - 1
        return self.of(condition)

    def depends_on_others(self, literals: Iterable[int]) -> bool:
        """Whether functions have other inputs, too."""
        return bool(self._logic.gates.support(literals) - set(self._inputs))
