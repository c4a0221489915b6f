"""Preference pairs: which answer to a problem is chosen over which other one.

A pass is chosen over a fail, and, where passes leave room for more, the better of
two fails over the worse. The closest pairs come first (fewest edits of tokens, as
a share of the longer design): hard negatives differ from the chosen one in what
matters, and length tells nothing. No answer is in more than a few pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from rtlgen.data.candidates import Candidate, spread_out
from rtlgen.data.normalize import token_distance
from rtlgen.data.options import BuildOptions

_EXACT = 1e-9
"""Scores are decimal fractions; their differences are not exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A better and a worse answer to one problem."""

    chosen: Candidate
    rejected: Candidate
    distance: float
    """Edits of tokens as a share of the longer one, 0 to 1."""

    @property
    def margin(self) -> float:
        """Difference of the scores, 0 to 1."""
        return round(self.chosen.score - self.rejected.score, 6)


def pairs(candidates: Sequence[Candidate], options: BuildOptions) -> list[Pair]:
    """Return the pairs of one problem's different answers, the closest first.

    At most `pairs_per_problem`; a pair has a margin of `min_margin` or more, two
    different designs and two different texts, and no answer is in more than
    `uses_per_answer` pairs.
    """
    shown = [candidate for candidate in candidates if candidate.text.strip()]
    right = spread_out([candidate for candidate in shown if candidate.passed])
    wrong = spread_out([candidate for candidate in shown if not candidate.passed])
    uses: Counter[int] = Counter()
    found = list(_taken(_ranked(product(right, wrong), options), options, uses, room=None))
    if options.fail_pairs and (room := options.pairs_per_problem - len(found)) > 0:
        both = (_better_first(one, other) for one, other in combinations(wrong, 2))
        found += _taken(_ranked(both, options), options, uses, room=room)
    return found


def distance(first: Candidate, second: Candidate) -> float:
    """Return the edits of tokens from one to the other as a share of the longer, 0 to 1."""
    return round(token_distance(first.code, second.code), 6)


def _better_first(one: Candidate, other: Candidate) -> tuple[Candidate, Candidate]:
    return (one, other) if one.score >= other.score else (other, one)


def _ranked(both: Iterable[tuple[Candidate, Candidate]], options: BuildOptions) -> list[Pair]:
    """Return the admissible of the pairs `both`, the closest first; ties go by their order."""
    found = [
        Pair(chosen=chosen, rejected=rejected, distance=distance(chosen, rejected))
        for chosen, rejected in both
        if _is_admissible(chosen, rejected, options)
    ]
    return sorted(found, key=lambda pair: (pair.distance, -pair.margin))


def _is_admissible(chosen: Candidate, rejected: Candidate, options: BuildOptions) -> bool:
    if chosen.score - rejected.score < options.min_margin - _EXACT:
        return False
    if not chosen.code or chosen.code == rejected.code or _plain(chosen) == _plain(rejected):
        return False
    ratio = options.max_length_ratio
    longer = max(chosen.size, rejected.size)
    return ratio is None or longer <= ratio * max(1, min(chosen.size, rejected.size))


def _plain(candidate: Candidate) -> str:
    return " ".join(candidate.text.split())


def _taken(
    ranked: Iterable[Pair], options: BuildOptions, uses: Counter[int], *, room: int | None
) -> Iterator[Pair]:
    left = options.pairs_per_problem if room is None else room
    for pair in ranked:
        both = (id(pair.chosen), id(pair.rejected))
        if left == 0:
            return
        if all(uses[one] < options.uses_per_answer for one in both):
            uses.update(both)
            left -= 1
            yield pair


@dataclass(slots=True)
class LengthBias:
    """Whether chosen answers are longer than rejected ones, over all pairs, in tokens."""

    pairs: int = 0
    chosen: int = 0
    rejected: int = 0
    longer: int = 0
    shorter: int = 0

    def add(self, pair: Pair) -> None:
        """Count `pair`."""
        self.pairs += 1
        self.chosen += pair.chosen.size
        self.rejected += pair.rejected.size
        self.longer += pair.chosen.size > pair.rejected.size
        self.shorter += pair.chosen.size < pair.rejected.size

    @property
    def ratio(self) -> float:
        """Tokens of the chosen answers per token of the rejected ones; 1 is no bias."""
        return round(self.chosen / self.rejected, 4) if self.rejected else 0.0

    def line(self) -> str:
        """Return it in words."""
        if not self.pairs:
            return "no pair"
        longer, shorter = self.longer / self.pairs, self.shorter / self.pairs
        return (
            f"chosen answers have {self.ratio:.2f} times the tokens of rejected ones; the chosen "
            f"one is longer in {longer:.0%} of {self.pairs} pairs, shorter in {shorter:.0%}"
        )
