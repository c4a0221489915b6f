"""Which names an expression may use, and what a name stands for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sim.interface import Port
from symbolic.expression import Expression, Ref
from symbolic.names import split_bit

_MAX_PRODUCT = 200
"""Longest run of letters, in characters, that is tried as a product of names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Names and the bits they stand for."""

    words: Mapping[str, tuple[str, ...]]
    """The bits of each name that can be used as a whole, highest first."""
    bits: frozenset[str]
    """Every single bit."""
    definitions: Mapping[str, Expression] = field(default_factory=dict)
    """Names, and single bits such as `y[3]`, that stand for an expression."""

    @classmethod
    def of(cls, names: Iterable[str | Port]) -> Scope:
        """Build a scope from ports and from single bits such as `a` or `x[3]`."""
        words: dict[str, tuple[str, ...]] = {}
        bits: list[str] = []
        for name in names:
            if isinstance(name, Port):
                words[name.name] = name.bits
                bits += name.bits
            else:
                if split_bit(name)[1] is None:
                    words[name] = (name,)
                bits.append(name)
        return cls(words=words, bits=frozenset(bits))

    def define(self, name: str, meaning: Expression) -> Scope:
        """Return the scope with one more name."""
        return Scope(
            words=self.words, bits=self.bits, definitions={**self.definitions, name: meaning}
        )

    @property
    def names(self) -> frozenset[str]:
        """Every name that may stand without an index, and every port of which bits are known."""
        return frozenset(
            (*self.words, *self.definitions, *(split_bit(bit)[0] for bit in self.bits))
        )

    def meaning(self, name: str) -> Expression | None:
        """Return what `name` stands for, None if it is unknown."""
        if name in self.definitions:
            return self.definitions[name]
        return Ref(name, self.words[name]) if name in self.words else None

    def part(self, name: str, high: int, low: int) -> Ref | None:
        """Return `name[high]` or `name[high:low]`, None if there is no such part."""
        step = -1 if high >= low else 1
        if abs(high - low) > len(self.bits):
            return None
        read = tuple(f"{name}[{i}]" for i in range(high, low + step, step))
        if not set(read) <= self.bits:
            return None
        word = self.words.get(name)
        if word is not None and word[word.index(read[0]) :][: len(read)] != read:
            return None
        return Ref(read[0] if high == low else f"{name}[{high}:{low}]", read)

    def factors(self, text: str) -> list[list[str]]:
        """Return every way, at most two, to read `text` as scalar names side by side."""
        if len(text) > _MAX_PRODUCT:
            return []
        scalars = {name for name in self.names if self._scalar(name)}
        ways: list[list[list[str]]] = [[[]]]
        for end in range(1, len(text) + 1):
            here = [
                [*way, text[start:end]]
                for start in range(end)
                if text[start:end] in scalars
                for way in ways[start]
            ]
            ways.append(here[:2])
        return [way for way in ways[-1] if len(way) > 1]

    def _scalar(self, name: str) -> bool:
        meaning = self.meaning(name)
        return meaning is not None and meaning.width == 1

    def suggestion(self, name: str) -> str:
        """Return a sentence that names what is known, nearest first."""
        known = sorted(self.names)
        near = difflib.get_close_matches(name, known, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
        shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
        return f"known names: {shown or 'none'}"
