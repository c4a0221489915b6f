"""Verdicts of testbenches that rtlgen writes, as rows have them."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.data.rows import VerdictColumns
from rtlgen.design.feedback import feedback
from rtlgen.evaluation.judgement import Category
from sim.design import Design
from sim.interface import Interface
from sim.verdict import Cause, Status, Verdict

_CATEGORIES = {
    Cause.NONE: Category.PASS,
    Cause.REFUSED: Category.REFUSED,
    Cause.SYNTAX: Category.SYNTAX,
    Cause.ELABORATION: Category.ELABORATION,
    Cause.INTERFACE: Category.INTERFACE,
    Cause.MISMATCH: Category.MISMATCH,
    Cause.UNKNOWN_VALUE: Category.UNKNOWN_VALUE,
    Cause.INCOMPLETE: Category.INCOMPLETE,
    Cause.TIME: Category.TIMEOUT,
    Cause.MEMORY: Category.MEMORY,
    Cause.OUTPUT: Category.OUTPUT,
    Cause.DISAGREEMENT: Category.NOT_JUDGED,
    Cause.BENCH: Category.NOT_JUDGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What was seen of one design."""

    category: Category
    verdict: VerdictColumns | None
    evidence: str = ""


def ruled(
    verdict: Verdict, design: Design, interface: Interface, *, judge: str, trust: float | None
) -> Ruled:
    """Return what `verdict` says of `design`."""
    return Ruled(
        category=category_of(verdict),
        verdict=columns_of(verdict, design, judge=judge, trust=trust),
        evidence=_evidence(verdict, design, interface),
    )


def unjudged(why: str) -> Ruled:
    """Return that nothing is known of a design."""
    return Ruled(category=Category.NOT_JUDGED, verdict=None, evidence=why)


def category_of(verdict: Verdict) -> Category:
    """Return what a verdict of `sim` is called among judgements of samples."""
    return Category.NOT_JUDGED if verdict.status is Status.ERROR else _CATEGORIES[verdict.cause]


def columns_of(
    verdict: Verdict, design: Design, *, judge: str, trust: float | None
) -> VerdictColumns | None:
    """Return a verdict of `sim` as rows have it; None where nothing was learned."""
    category = category_of(verdict)
    if category is Category.NOT_JUDGED:
        return None
    passed = verdict.status is Status.PASS
    met = max(0, min(verdict.checked, verdict.expected) - verdict.mismatches)
    return VerdictColumns(
        status="pass" if passed else "fail",
        category=category.value,
        share=1.0 if passed else round(met / verdict.expected, 6) if verdict.expected else 0.0,
        checks=verdict.expected,
        reason=verdict.reason,
        judge=f"{judge}, {verdict.simulator}" if verdict.simulator else judge,
        trust=trust,
        digest=design.digest,
    )


def _evidence(verdict: Verdict, design: Design, interface: Interface) -> str:
    if verdict.status is Status.PASS:
        return ""
    return feedback(verdict, design=design, interface=interface)
