"""From what was seen of a design to both verdicts on it."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.evaluation.harness.admission import category_of, reason_of
from rtlgen.evaluation.harness.official import Evidence, Rule
from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.judgement import Category, Judgement, Window
from sim.gate import Admission

LOG_CHARACTERS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a simulation showed of one design."""

    mismatches: int | None = None
    """None where the test did not come to its end."""
    samples: int = 0
    category: Category | None = None
    """Set where something other than a mismatch is wrong; NOT_JUDGED where nothing was learned."""
    reason: str = ""
    seconds: float = 0.0
    stderr: str = ""
    printed: str = ""
    """What the design printed, where it ran alone."""
    test_timeout: bool = False
    unknown_value: bool = False
    window: Window | None = None
    cut: bool = False
    """Ended at the first mismatch."""
    silent: bool = False
    """A tool failed without a word on the design: it may be the tool's fault."""

    @property
    def passed(self) -> bool:
        """Whether nothing that was seen speaks against the design."""
        return self.mismatches == 0 and self.category is None


def refused(admission: Admission, rule: Rule, evidence: Evidence) -> Judgement:
    """Return the judgement of a design that the gate has turned away: it fails."""
    reasons = [str(refusal) for refusal in admission.refusals]
    category = category_of(admission)
    return Judgement(
        official=False,
        functional=False,
        category=category,
        official_category=_unseen(category, rule, evidence),
        reason=line_of(reason_of(admission)),
        log=log_of("\n".join(reasons), evidence.compile_output),
    )


def _unseen(category: Category, rule: Rule, evidence: Evidence) -> str:
    """Return the official name of an outcome that was not simulated."""
    if category in (Category.REFUSED, Category.TIMEOUT, Category.MEMORY):
        return ""
    if evidence.compile_output:
        outcome = rule.outcome(evidence)
        return "" if outcome == rule.passed else outcome
    name = "syntax error" if category is Category.SYNTAX else "error"
    return rule.outcome(Evidence(compile_output=name, compile_stderr=name))


def ruled(
    seen: Simulated, rule: Rule, evidence: Evidence, *, preparation: Preparation, published: bool
) -> Judgement:
    """Return the judgement of a design that was simulated, or could not be compiled.

    Args:
        seen: What came of it.
        rule: The official rule.
        evidence: What the compiler says of the text as the sample gave it.
        preparation: Of the problem.
        published: Whether the test is the published one; a repaired one has no official pass.
    """
    whole = Evidence(
        compile_output=evidence.compile_output,
        compile_stderr=evidence.compile_stderr,
        compiled=evidence.compiled,
        run_output=seen.printed,
        run_stderr=seen.stderr,
        mismatches=seen.mismatches,
        test_timeout=seen.test_timeout,
        timed_out=seen.category is Category.TIMEOUT,
        verilog=evidence.verilog,
    )
    outcome = rule.outcome(whole)
    works = _works(seen, preparation)
    official = published and bool(works) and evidence.compiled and outcome == rule.passed
    category = _category(seen, works, official=official)
    return Judgement(
        official=official,
        functional=works,
        category=category,
        official_category=outcome if official or outcome != rule.passed else "",
        reason=_reason(seen, category, preparation, whole, published=published),
        mismatches=seen.mismatches or 0,
        samples=seen.samples,
        expected_samples=preparation.samples,
        seconds=seen.seconds,
        log=log_of(evidence.compile_output, seen.stderr, seen.printed),
        window=seen.window,
    )


def _works(seen: Simulated, preparation: Preparation) -> bool | None:
    if seen.category is Category.NOT_JUDGED:
        return None
    return seen.passed and 0 < seen.samples == preparation.samples


def _category(seen: Simulated, works: bool | None, *, official: bool) -> Category:
    if official:
        return Category.PASS
    if works:
        return Category.WARNING
    if seen.category is not None:
        return seen.category
    if seen.mismatches:
        return Category.UNKNOWN_VALUE if seen.unknown_value else Category.MISMATCH
    return Category.INCOMPLETE


def _reason(
    seen: Simulated,
    category: Category,
    preparation: Preparation,
    evidence: Evidence,
    *,
    published: bool,
) -> str:
    if seen.reason:
        return line_of(seen.reason)
    if category in (Category.MISMATCH, Category.UNKNOWN_VALUE):
        if seen.cut:
            return f"differs at sample {seen.samples} of {preparation.samples}"
        return f"{seen.mismatches} of {seen.samples} samples differ"
    if category is Category.INCOMPLETE:
        return f"the test saw {seen.samples} of {preparation.samples} samples"
    if category is Category.WARNING:
        if not published:
            return "works; the test compiles only as repaired, so there is no official pass"
        text = evidence.compile_output or evidence.run_stderr
        first = next((line for line in text.splitlines() if line.strip()), "")
        limit = "the test's own time limit strikes" if evidence.test_timeout else "not by the rule"
        return line_of(f"works; {first or limit}")
    return ""


def log_of(*texts: str) -> str:
    """Return the last lines of `texts`, with nothing in them that a terminal obeys."""
    whole = "\n".join(text.strip("\n") for text in texts if text.strip())
    plain = "".join(
        c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for c in whole[-LOG_CHARACTERS:]
    )
    return plain if len(whole) <= LOG_CHARACTERS else f"...{plain}"


def line_of(text: str) -> str:
    """Return `text` as one line that is not too long."""
    return log_of(" ".join(text.split()))[:300]
