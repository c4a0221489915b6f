"""And-inverter graphs as Yosys writes them (binary AIGER), evaluated cycle by cycle.

Format: A. Biere, "The AIGER And-Inverter Graph (AIG) Format", 2007; and AIGER 1.9 for resets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Aiger:
    """A sequential circuit; literals are twice a variable, plus 1 if inverted."""

    inputs: tuple[str, ...]
    """Their symbols, in order."""
    outputs: Mapping[str, int]
    """Literals by symbol, in order."""
    latches: tuple[tuple[int, int], ...]
    """For each latch the literal of its next state, and its value at reset."""
    ands: tuple[tuple[int, int], ...]
    """The two literals of each gate; variables are counted on from inputs and latches."""

    @classmethod
    def read(cls, path: Path) -> Aiger:
        """Read a binary AIGER file with symbols.

        Raises:
            ValueError: It is none.
        """
        return cls.parse(path.read_bytes())

    @classmethod
    def parse(cls, content: bytes) -> Aiger:
        """Read the content of such a file.

        Raises:
            ValueError: It is none.
        """
        return _Reader(content).read()

    def run(self, vectors: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
        """Return every output in every cycle; inputs that a vector lacks are 0."""
        state = [reset for _, reset in self.latches]
        found = []
        for vector in vectors:
            values = self._evaluated([vector.get(name, 0) for name in self.inputs], state)
            found.append({name: _at(values, literal) for name, literal in self.outputs.items()})
            state = [_at(values, following) for following, _ in self.latches]
        return found

    def _evaluated(self, inputs: Sequence[int], state: Sequence[int]) -> list[int]:
        values = [0, *inputs, *state]
        for left, right in self.ands:
            values.append(_at(values, left) & _at(values, right))
        return values


def _at(values: Sequence[int], literal: int) -> int:
    return values[literal >> 1] ^ (literal & 1)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    def read(self) -> Aiger:
        words = self._line().split()
        if len(words) < 6 or words[0] != "aig":
            raise ValueError("a binary AIGER file begins with `aig`")
        _, inputs, latches, outputs, ands = map(int, words[1:6])
        states = tuple(self._latch(inputs + number) for number in range(latches))
        literals = [int(self._line()) for _ in range(outputs)]
        gates = tuple(self._gate(inputs + latches + number) for number in range(ands))
        symbols = self._symbols()
        return Aiger(
            inputs=tuple(symbols.get(f"i{number}", f"#{number}") for number in range(inputs)),
            outputs={symbols.get(f"o{n}", f"#{n}"): literal for n, literal in enumerate(literals)},
            latches=states,
            ands=gates,
        )

    def _line(self) -> str:
        end = self._content.index(b"\n", self._place)
        line = self._content[self._place : end].decode()
        self._place = end + 1
        return line

    def _latch(self, before: int) -> tuple[int, int]:
        words = [int(word) for word in self._line().split()]
        reset = words[1] if len(words) > 1 else 0
        if reset not in (0, 1):
            raise ValueError(f"latch {before + 1} has no value at reset")
        return words[0], reset

    def _gate(self, before: int) -> tuple[int, int]:
        own = 2 * (before + 1)
        left = own - self._number()
        return left, left - self._number()

    def _number(self) -> int:
        """Read one number, seven bits a byte, the lowest first."""
        found, shift = 0, 0
        while True:
            byte = self._content[self._place]
            self._place += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7

    def _symbols(self) -> dict[str, str]:
        found = {}
        for line in self._content[self._place :].decode(errors="replace").splitlines():
            key, _, name = line.partition(" ")
            if key == "c":
                break
            # Names of wires that are the same follow after a space.
            found[key] = name.partition(" ")[0]
        return found
