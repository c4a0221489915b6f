"""Texts that somebody proposes, under the same duty as our own: usable, proved, better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.design import Design
from sim.proof import Outcome, Proof, Prover
from symbolic.optimize_clock import Clock
from symbolic.optimize_input import usable
from symbolic.optimize_score import SLACK, Bar, Cost, cost
from symbolic.optimize_stage import Meter
from symbolic.optimize_values import Optimization, Step
from symbolic.ppa import Library, NotMeasured, Ppa, read_library
from symbolic.prover import YosysProver


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """What became of proposals."""

    optimization: Optimization
    """With the best proposal as a last step, if one was taken."""
    reasons: tuple[str, ...]
    """For each proposal why it was not taken; empty for the one that was."""


def considered(  # noqa: PLR0913 - one argument a wish
    found: Optimization,
    proposals: Sequence[Design],
    *,
    name: str,
    library: Library | None = None,
    slack: float = SLACK,
    text_price: float = 1.0,
    seconds: float = 30.0,
    prover: Prover | None = None,
) -> Considered:
    """Return `found` with the best of `proposals`, texts in place of its own.

    One is taken only if it passes the gate with equal ports, is measured better by the
    goal than what `found` has, and is proved equivalent to the original.

    Args:
        found: What there is already.
        proposals: Anybody's texts.
        name: Who proposes, for the step's name.
        library: Cells to measure with; by default the project's own.
        slack: Share by which one may be slower than the original.
        text_price: Factor on what new or longer text costs, as in `optimize`.
        seconds: Of the processor, for measuring and proving.
        prover: Who proves; by default Yosys and ABC.

    Raises:
        ToolNotFound: pyosys is not installed.
        EnvironmentFault: No child process can be run.
    """
    court = _Court(found, proposals, library or read_library(None), seconds, prover)
    return court.ruling(name, slack=slack, text_price=text_price)


class _Court:
    def __init__(
        self,
        found: Optimization,
        proposals: Sequence[Design],
        library: Library,
        seconds: float,
        prover: Prover | None,
    ) -> None:
        self._found, self._proposals = found, proposals
        self._meter = Meter(library, found.goal, brief=False)
        self._prover = prover or YosysProver()
        self._clock = Clock(seconds)
        self._reasons = [""] * len(proposals)

    def ruling(self, name: str, *, slack: float, text_price: float) -> Considered:
        better = self._better(slack, text_price)
        proofs = self._proofs([number for number, _ in better])
        taken = None
        for (number, measured), proof in zip(better, proofs, strict=True):
            if proof.outcome is not Outcome.PROVED:
                self._reasons[number] = f"not proved equivalent: {proof.reason}"
            elif taken is None:
                taken = self._taken(number, measured, proof, name)
            else:
                self._reasons[number] = "another proposal is better"
        return Considered(optimization=taken or self._found, reasons=tuple(self._reasons))

    def _better(self, slack: float, text_price: float) -> list[tuple[int, Ppa]]:
        """Return the proposals that can be used and cost less, the cheapest first."""
        if self._found.before is None or self._found.after is None:
            self._reasons = ["the design itself cannot be measured"] * len(self._proposals)
            return []
        original, goal = self._found.original, self._found.goal
        self._reasons = usable(self._proposals, original, self._found.interface)
        numbers = [number for number, reason in enumerate(self._reasons) if not reason]
        designs = [self._proposals[number] for number in numbers]
        measured = self._meter.measured(designs, seconds=4 * self._left())
        bar = Bar(
            goal=goal,
            original=original,
            before=self._found.before,
            slack=slack,
            text_price=text_price,
        )
        found = []
        for number, ppa in zip(numbers, measured, strict=True):
            best = bar.price(self._found.after, self._found.design)
            self._reasons[number] = _objection(ppa, bar, self._proposals[number], best)
            if not self._reasons[number] and not isinstance(ppa, NotMeasured):
                found.append((number, ppa))
        return sorted(found, key=lambda one: cost(one[1], goal))

    def _proofs(self, numbers: Sequence[int]) -> list[Proof]:
        texts = [self._proposals[number] for number in numbers]
        if not texts:
            return []
        return self._prover.equivalent(
            self._found.original,
            texts,
            self._found.interface,
            seconds=max(5.0 * self._clock.stretch, self._left()),
        )

    def _taken(self, number: int, measured: Ppa, proof: Proof, name: str) -> Optimization:
        step = Step(
            name=name,
            what=f"a rewrite that {name} proposed",
            before=self._found.design,
            after=self._proposals[number],
            measured=measured,
            proof=proof,
        )
        return replace(
            self._found,
            design=step.after,
            after=measured,
            steps=(*self._found.steps, step),
            proof=proof,
        )

    def _left(self) -> float:
        return self._clock.left


def _objection(ppa: Ppa | NotMeasured, bar: Bar, design: Design, best: Cost) -> str:
    if isinstance(ppa, NotMeasured):
        return f"it cannot be measured: {ppa.reason}"
    if not bar.admits(ppa):
        return f"slower than allowed: {ppa.delay:g} ps, at most {bar.delay:g} ps"
    if bar.price(ppa, design) >= best:
        return f"not better: area {ppa.area:g}, delay {ppa.delay:g} ps"
    return ""
