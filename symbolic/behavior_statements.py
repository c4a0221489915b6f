"""Statements of behaviors: assignments, and choices among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from symbolic.arithmetic import Term


@dataclass(frozen=True, slots=True)
class Assign:
    """A target becomes a value; what does not fit its width is cut off."""

    target: str
    value: Term


@dataclass(frozen=True, slots=True)
class Choice:
    """The first branch whose condition holds; then `otherwise`."""

    branches: tuple[tuple[Term, tuple[Statement, ...]], ...]
    otherwise: tuple[Statement, ...] = ()


Statement = Assign | Choice


def targets(statements: Iterable[Statement]) -> Iterator[str]:
    """Yield the names that statements assign to, with repetitions."""
    for one in statements:
        if isinstance(one, Assign):
            yield one.target
        else:
            for _, then in one.branches:
                yield from targets(then)
            yield from targets(one.otherwise)
