"""Splits by family: what resembles each other is trained on or measured on, never both.

A family's split follows from its name, the seed and the shares, and from nothing else, so that it
stays where it is when problems are added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from rtlgen.data.rows import Split

KeyT = TypeVar("KeyT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratios:
    """Shares of the families; they are expected values, as each family is drawn by itself."""

    train: float = 0.9
    validation: float = 0.05
    test: float = 0.05

    def __post_init__(self) -> None:
        shares = (self.train, self.validation, self.test)
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
            raise ValueError(f"shares of splits must be at least 0 and sum up to 1, not {shares}")


DEFAULT = Ratios()


def split_of(family: str, *, ratios: Ratios = DEFAULT, seed: int = 0) -> Split:
    """Return the split of a family."""
    hashed = hashlib.blake2b(family.encode(), digest_size=8, salt=seed.to_bytes(8, "little"))
    at = int.from_bytes(hashed.digest(), "little") / 2**64
    if at < ratios.test:
        return Split.TEST
    return Split.VALIDATION if at < ratios.test + ratios.validation else Split.TRAIN


def assign(
    families: Mapping[KeyT, str], *, ratios: Ratios = DEFAULT, seed: int = 0
) -> dict[KeyT, Split]:
    """Return the split of each problem by its family."""
    names = {name: split_of(name, ratios=ratios, seed=seed) for name in set(families.values())}
    return {key: names[name] for key, name in families.items()}
