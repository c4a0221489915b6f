"""How good a judged answer is, as one number.

===========================  ==========================================
category                     score
===========================  ==========================================
pass                         1
compiler warning             0.95: it works, and a compiler complains
runtime mismatch,            0.3 + 0.5 * share of the checks met
X on output
incomplete, timeout,         0.2: it compiles, and its run does not end
memory, output limit         as it should
elaboration, interface       0.1: it parses
syntax                       0.05
refused by the gate, no code 0
not judged                   none: nothing is known of it
===========================  ==========================================

Any two of the steps "parses", "runs to its end", "meets more checks" and
"passes" are told apart, and nothing that fails comes near a pass: the best
failing score is below 0.8, however many checks it meets.
"""

from __future__ import annotations

from rtlgen.data.rows import VerdictColumns
from rtlgen.evaluation.judgement import Category, Judgement

_FIXED: dict[Category, float] = {
    Category.PASS: 1.0,
    Category.WARNING: 0.95,
    Category.INCOMPLETE: 0.2,
    Category.TIMEOUT: 0.2,
    Category.MEMORY: 0.2,
    Category.OUTPUT: 0.2,
    Category.ELABORATION: 0.1,
    Category.INTERFACE: 0.1,
    Category.SYNTAX: 0.05,
    Category.REFUSED: 0.0,
    Category.EXTRACTION: 0.0,
}
_RAN = 0.3
_PER_SHARE = 0.5
_ALMOST = 0.999999


def score_of(category: Category, share: float) -> float | None:
    """Return the score, 0 to 1, of an answer that meets `share` (0 to 1) of the checks.

    None is for what was not judged.
    """
    if category is Category.NOT_JUDGED:
        return None
    if category in _FIXED:
        return _FIXED[category]
    return round(_RAN + _PER_SHARE * min(max(share, 0.0), 1.0), 6)


def share_met(judgement: Judgement) -> float:
    """Return the share of the expected checks that were made and met, 0 to 1; 1 for a pass only."""
    if judgement.functional:
        return 1.0
    expected = judgement.expected_samples
    if expected <= 0:
        return 0.0
    met = min(judgement.samples, expected) - judgement.mismatches
    return min(round(max(0, min(met, expected - 1)) / expected, 6), _ALMOST)


def verdict_score(verdict: VerdictColumns) -> float:
    """Return the score of a verdict as rows have it; those are never "not judged"."""
    found = score_of(Category(verdict.category), verdict.share)
    if found is None:
        raise ValueError("a verdict of a row must be one, not `not judged`")
    return found
