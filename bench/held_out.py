"""Which mutants measure a testbench: ones that it was not made with."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from sim.design import Design, digest
from sim.gate import admit_many
from sim.interface import Interface
from sim.text import without_comments
from testbench_gen.mutants.mutant import Mutant

_WORD = re.compile(r"\w+|[^\w\s]")
_SPARE = 6
"""Mutants looked at beyond those wanted, as some do not compile."""


def held_out(
    mutants: Sequence[Mutant], *, most: int, seed: int, interface: Interface
) -> list[Mutant]:
    """Choose up to `most` of `mutants`, of as many kinds as there are; the same for a seed.

    Only what compiles is chosen, and nothing that says the same as another one or the original.
    """
    distinct = _distinct(mutants)
    kinds: dict[str, list[Mutant]] = {}
    for mutant in random.Random(seed).sample(distinct, len(distinct)):
        kinds.setdefault(mutant.operator, []).append(mutant)
    turns = [m for m in chain.from_iterable(zip_longest(*kinds.values())) if m is not None]
    return _compiling(turns[: most + _SPARE], interface)[:most]


def _compiling(mutants: Sequence[Mutant], interface: Interface) -> list[Mutant]:
    admissions = admit_many([mutant.design for mutant in mutants], interface=interface)
    pairs = zip(mutants, admissions, strict=True)
    return [mutant for mutant, admission in pairs if admission.design is not None]


def without(mutants: Iterable[Mutant], others: Iterable[Mutant]) -> list[Mutant]:
    """Return `mutants` but those that say the same as one of `others`."""
    known = {said(mutant.design) for mutant in others}
    return [mutant for mutant in mutants if said(mutant.design) not in known]


def said(design: Design) -> str:
    """Return a digest of what `design` says, comments and white space apart."""
    texts = [" ".join(_WORD.findall(without_comments(text))) for text in design.sources.values()]
    return digest(design.top.encode(), *(text.encode() for text in sorted(texts)))


def _distinct(mutants: Iterable[Mutant]) -> list[Mutant]:
    found: dict[str, Mutant] = {}
    originals = set()
    for mutant in mutants:
        originals.add(said(mutant.original))
        found.setdefault(said(mutant.design), mutant)
    return [mutant for text, mutant in found.items() if text not in originals]
