"""Rewards: plain functions from what rtlgen saw of an answer to a number, or None.

None is "not judged" and nothing else: a machine that failed, a test that does not
run. A trainer must leave it out; it is never a 0.

=========== ======================================================== ======= ==========
name        earns                                                    range   says pass
=========== ======================================================== ======= ==========
verireason  2 all checks met; 0.1 + similarity for what compiles and 0-2.1   from 2
            fails; 0 else; 0.1 more for an answer of the right form
share       share of the expected checks that were met               0-1     from 1
pass        1 for a pass, else 0                                     0-1     from 1
compile     1 for whatever compiles and runs to its end, else 0      0-1     from 1
format      1 for an answer of the right form, else 0                0-1     from 1
=========== ======================================================== ======= ==========

`compile` and `format` are weak on purpose: they say pass of designs that nobody has
checked, and `rtlgen train audit` shows how often. A design that the gate refuses, or
that ends its test early, never ends it, or takes memory or output beyond the limits,
earns the lowest value of every reward: no form and no similarity makes up for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from rtlgen.data.score import share_met
from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category, Judgement

FORM_BONUS = 0.1
COMPILED = frozenset(
    {Category.PASS, Category.WARNING, Category.MISMATCH, Category.UNKNOWN_VALUE},
)
"""Outcomes of designs that compile and whose test came to its end."""
HONEST_FAILURES = frozenset(
    {Category.SYNTAX, Category.ELABORATION, Category.INTERFACE, Category.EXTRACTION}
)
"""Outcomes of answers without a design that could be simulated."""
_THINK, _THOUGHT, _ANSWER, _ANSWERED = "<think>", "</think>", "<answer>", "</answer>"
_FENCE = "```"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What rtlgen saw of one answer."""

    completion: str
    """The answer as it came, with what it was made to begin with."""
    judgement: Judgement
    verilog: str | None = None
    """The design in it; None where there is none."""
    similarity: float | None = None
    """To the golden design, 0 to 1; see `rtlgen.train.reward_similarity`. None: not measured."""

    @property
    def judged(self) -> bool:
        """Whether there is a verdict."""
        return self.judgement.functional is not None

    @property
    def lowest(self) -> bool:
        """Whether it is judged, and nothing in it may earn anything."""
        return self.judged and self.judgement.category not in COMPILED | HONEST_FAILURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """A reward by name."""

    name: str
    words: str
    """What it earns, in one line."""
    function: Callable[[Seen], float | None]
    highest: float = 1.0
    """The lowest is 0."""
    passes: float = 1.0
    """From this value on it says that the design is right."""
    similarity: bool = False
    """Whether `Seen.similarity` matters, for answers that compile and fail."""

    def __call__(self, seen: Seen) -> float | None:
        """Return what `seen` earns; None where it was not judged."""
        return self.function(seen) if seen.judged else None


def verireason(seen: Seen) -> float:
    """Return VeriReason's reward (arXiv 2505.11849, section 3), repaired.

    Published: 2 where all vectors match, 0.1 + 1.0 * AST score for what compiles and
    fails, 0 for a syntax error, 0.1 more for the form. Repaired: vectors are counted
    against the number that a complete run makes, by a harness that no design can print
    to, and only a judged run earns anything. A similarity that was not measured is 0.
    """
    if seen.lowest:
        return 0.0
    bonus = FORM_BONUS * in_form(seen.completion)
    if seen.judgement.functional:
        return 2.0 + bonus
    if seen.judgement.category not in COMPILED:
        return bonus
    return 0.1 + min(1.0, max(0.0, seen.similarity or 0.0)) + bonus


def share(seen: Seen) -> float:
    """Return the share of the expected checks that were made and met; 1 for a pass only."""
    return share_met(seen.judgement) if seen.judgement.category in COMPILED else 0.0


def passed(seen: Seen) -> float:
    """Return 1 for a design that works, else 0."""
    return float(bool(seen.judgement.functional))


def compiles(seen: Seen) -> float:
    """Return 1 for a design that compiles and runs to its end, right or wrong, else 0."""
    return float(seen.judgement.category in COMPILED)


def form(seen: Seen) -> float:
    """Return 1 for an answer of the right form, whatever is in it, else 0."""
    return float(not seen.lowest and in_form(seen.completion))


def in_form(completion: str) -> bool:
    """Whether an answer is one module, one block of code, or a thought and an answer.

    That is ``module ... endmodule`` and nothing around it, one fenced block and nothing
    around it, or ``<think>...</think><answer>...</answer>`` in which any text may stand.
    """
    text = completion.strip()
    if text.startswith(_THINK):
        return _is_thought_and_answer(text)
    if text.startswith(_FENCE):
        inside = text[len(_FENCE) : -len(_FENCE)]
        return text.endswith(_FENCE) and "\n" in inside and _FENCE not in inside
    return text.startswith("module") and text.endswith("endmodule")


def _is_thought_and_answer(text: str) -> bool:
    thought, between, answer = text.partition(_THOUGHT)
    return bool(
        between
        and thought.count(_THINK) == 1
        and answer.strip().startswith(_ANSWER)
        and answer.endswith(_ANSWERED)
        and answer.count(_ANSWER) == answer.count(_ANSWERED) == 1
        and _THINK not in answer
        and _THOUGHT not in answer
    )


_ALL = (
    Reward(
        name="verireason",
        words="2 all checks met, 0.1 + similarity compiles and fails, 0 else; 0.1 for the form",
        function=verireason,
        highest=2.0 + FORM_BONUS,
        passes=2.0,
        similarity=True,
    ),
    Reward(name="share", words="share of the expected checks that were met", function=share),
    Reward(name="pass", words="1 for a pass, else 0", function=passed),
    Reward(name="compile", words="1 for whatever compiles and runs to its end", function=compiles),
    Reward(name="format", words="1 for an answer of the right form", function=form),
)
REWARDS: Mapping[str, Reward] = {reward.name: reward for reward in _ALL}
"""By name, as configurations have it."""


def reward_named(name: str) -> Reward:
    """Return the reward called `name`.

    Raises:
        UsageError: There is none of that name.
    """
    if name in REWARDS:
        return REWARDS[name]
    near = get_close_matches(name[:100].lower(), REWARDS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "choose one of these"
    raise UsageError(f"a reward must be one of {', '.join(REWARDS)}, not {name!r}\n\nhint: {hint}")
