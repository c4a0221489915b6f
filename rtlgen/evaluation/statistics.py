"""pass@k of a benchmark's problems, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Samples of one problem under one verdict."""

    judged: int
    """Samples that have the verdict, true or false."""
    passed: int

    def __post_init__(self) -> None:
        if not 0 <= self.passed <= self.judged:
            raise ValueError(f"{self.passed} passes among {self.judged} judged samples")


@lru_cache(maxsize=1 << 14)
def exact_pass_at_k(n: int, c: int, k: int) -> Fraction:
    """Return the unbiased estimate of pass@k from `n` samples of which `c` pass.

    ``1 - C(n - c, k) / C(n, k)``: the share of the sets of `k` samples that
    hold a pass (Chen et al. 2021, equation 1). In integers, so that nothing
    overflows or cancels for any `k` up to `n`; 1 where it is nearer to 1 than
    e**-100.

    Raises:
        ValueError: Unless ``1 <= k <= n`` and ``0 <= c <= n``.
    """
    if not (1 <= k <= n and 0 <= c <= n):
        raise ValueError(f"pass@{k} of {n} samples with {c} passes is not defined")
    fewer, more = sorted((c, k))  # the ratio is symmetric in c and k
    if fewer * more > 100 * n:  # it is at most exp(-fewer * more / n)
        return Fraction(1)
    return 1 - Fraction(math.perm(n - more, fewer), math.perm(n, fewer))


def pass_at_k(n: int, c: int, k: int) -> float:
    """Return `exact_pass_at_k`, correctly rounded."""
    return float(exact_pass_at_k(n, c, k))
