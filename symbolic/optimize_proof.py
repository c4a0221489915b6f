"""Proof of a chain of texts, each made from the one before."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from sim.design import Design
from sim.interface import Interface
from sim.proof import Outcome, Proof, Prover


def proved_chain(
    prover: Prover,
    original: Design,
    texts: Sequence[Design],
    interface: Interface,
    *,
    seconds: float,
) -> list[Proof]:
    """Compare `texts` with `original`, the last one first: nothing depends on others then.

    Otherwise it goes up to the first that is not. A text is compared with the original and,
    where that is left open, with the text before it: what refines a refinement refines the
    original, so that either proof will do.

    Returns:
        A proof for each text. If that of the last text is not PROVED, the chain breaks at the
        first that is not, and nothing is said of what follows it.
    """
    deadline = time.monotonic() + seconds
    if not texts:
        return []
    last, *others = prover.equivalent(
        original, [texts[-1], *texts[:-1]], interface, seconds=seconds
    )
    direct = [*others, last]
    if last.outcome is Outcome.PROVED:
        return direct
    proofs: list[Proof] = []
    before = original
    for text, first in zip(texts, direct, strict=True):
        proofs.append(first)
        if first.outcome is Outcome.OPEN and before is not original:
            left = max(1.0, deadline - time.monotonic())
            [step] = prover.equivalent(before, [text], interface, seconds=left)
            proofs[-1] = _through(step, first)
        if proofs[-1].outcome is not Outcome.PROVED:
            break
        before = text
    return proofs


def _through(step: Proof, direct: Proof) -> Proof:
    """Return the proof of a text by that of the one before it."""
    if step.outcome is not Outcome.PROVED:
        return direct
    return replace(step, reason=f"{step.reason}, by way of the step before")
