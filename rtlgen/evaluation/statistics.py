"""pass@k of a benchmark's problems, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from rtlgen.errors import UsageError


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


def check_enough(judged: Mapping[str, int], k: int) -> None:
    """See that every problem has at least `k` samples; `judged` gives their number.

    Raises:
        UsageError: One has fewer; names the problem that has the fewest.
    """
    short = [problem for problem, number in judged.items() if number < k]
    if not short:
        return
    worst = min(short, key=lambda problem: judged[problem])
    others = f", and {len(short) - 1} more have fewer than {k}" if len(short) > 1 else ""
    raise UsageError(
        f"pass@{k} needs at least {k} samples of every problem, "
        f"and {worst} has {judged[worst]}{others}"
        f"\n\nhint: give more samples, or a k of at most {max(1, judged[worst])}"
    )


def mean_pass_at_k(tallies: Mapping[str, Tally], k: int) -> float:
    """Return the mean over problems of pass@k; each problem may have its own number of samples.

    Raises:
        UsageError: A problem has fewer than `k` samples; names it and their number.
        ValueError: There is no problem, or `k` is not positive.
    """
    check_enough({problem: tally.judged for problem, tally in tallies.items()}, k)
    if not tallies:
        raise ValueError("a mean over problems needs one")
    values = [exact_pass_at_k(tally.judged, tally.passed, k) for tally in tallies.values()]
    return float(sum(values, Fraction()) / len(values))
