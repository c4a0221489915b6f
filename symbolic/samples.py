"""Samples of an unknown function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symbolic.expression import Expression, Mux, Ref, evaluate, names


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A word that a function may depend on."""

    name: str
    bits: tuple[str, ...]
    state: bool = False
    """Whether it is a register, on which conditions are tested last."""

    @property
    def ref(self) -> Ref:
        return Ref(self.name, self.bits)

    @property
    def width(self) -> int:
        return len(self.bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the function gave once, and the bits it may have seen; None is unknown."""

    values: Mapping[str, int | None]
    result: int


def known_value(expression: Expression, values: Mapping[str, int | None]) -> int | None:
    """Return the value of `expression` where some bits are unknown, None if that matters."""
    if isinstance(expression, Mux):
        condition = known_value(expression.condition, values)
        if condition is None:
            return None
        return known_value(expression.then if condition else expression.otherwise, values)
    read = {name: values[name] for name in names(expression)}
    known = {name: value for name, value in read.items() if value is not None}
    return evaluate(expression, known) if len(known) == len(read) else None


def known_values(expression: Expression, samples: Sequence[Sample]) -> list[int | None]:
    """Return the value of a word without choices in every sample."""
    read = names(expression)
    found: list[int | None] = []
    for sample in samples:
        known: dict[str, int] = {}
        for name in read:
            value = sample.values[name]
            if value is None:
                break
            known[name] = value
        found.append(evaluate(expression, known) if len(known) == len(read) else None)
    return found
