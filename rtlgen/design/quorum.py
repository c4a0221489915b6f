"""When agreement is enough to call a design verified, though no reference has judged it.

Of published completions of VerilogEval v1 by six models, ten a problem, the design chosen where
`QUORUM` is met is right for 237 of 245 problems of Human that no table or diagram fixes, and for
216 of 257 of Machine, whose descriptions a model has written (`bench/blind_pick.py` judges them;
there without the look at inputs and outputs that is added here). A small model that was trained on
few kinds of designs errs more alike than those: where three quarters of 20 answers of the embedded
one were the same text, they were right for 32 of 37 problems of Human. Its agreement is never a
verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtlgen.design.trust import Signs
from rtlgen.design.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """The least that a verdict by agreement rests on."""

    answers: int
    """Answers given independently of each other, whether or not there is a design in them."""
    share: float
    """Of these answers, those that behave just like the chosen design, itself included."""
    trust: float
    """Estimated probability that it is right."""
    temperature: float
    """Of sampling: greedy answers repeat each other."""


NARROW = "answers of a model that only writes modules are wrong alike too often"
"""What is said against every agreement of such a model."""
QUORUM = Quorum(answers=8, share=0.75, trust=0.8, temperature=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What came of asking for the same design many times."""

    answers: int
    alike: int
    """Answers that behave just like the chosen design, itself included."""
    trust: float
    temperature: float
    """At which the answers were drawn."""
    signs: Signs
    """Of the chosen design."""
    unchecked: Sequence[str] = ()
    """Why what the specification says of it could not be checked."""
    still: Sequence[str] = ()
    """Outputs that have one value under the whole stimulus."""
    idle: Sequence[str] = ()
    """Inputs that could as well be constant."""
    narrow: bool = False
    """Whether the model only writes modules, of the kinds that it was trained on."""

    def against(self, quorum: Quorum = QUORUM) -> Iterator[str]:
        """Yield what keeps this from being a verdict, in words."""
        if self.answers < quorum.answers:
            yield f"{counted(self.answers, 'answer')}, {quorum.answers} are the least"
        if self.alike < quorum.share * self.answers:
            yield (
                f"{self.alike} of {counted(self.answers, 'answer')} behave alike, "
                f"{quorum.share:.0%} are the least"
            )
        if self.trust < quorum.trust:
            yield f"the trust is {self.trust:.2f}, {quorum.trust:.2f} is the least"
        if self.temperature < quorum.temperature:
            yield (
                f"answers at temperature {self.temperature:g} say little beside each other, "
                f"{quorum.temperature:g} is the least"
            )
        if self.narrow:
            yield NARROW
        yield from self._signs()
        yield from self.unchecked
        for name in self.still:
            yield f"the stimulus never changes output {name!r}, so nothing was compared there"
        for name in self.idle:
            yield f"input {name!r} has no effect under the stimulus"

    def _signs(self) -> Iterator[str]:
        signs = self.signs
        if signs.refuted:
            yield "it fails something that the specification says"
        if signs.contradicts:
            yield "its clock or reset is not what the specification states"
        if signs.complaint:
            yield "a compiler complains of it"
        if signs.unknown:
            yield f"an output is X or Z at {signs.unknown:.1%} of the samples"
