"""Which of the examples that were made are taken for a part, and the count of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import rtlgen
from rtlgen.synth.corpus_record import FAULTS_SHOWN, Fault, PartRecord
from rtlgen.synth.parts import Part

MOST_TELLINGS = 8
"""Examples of a part whose designs are equal but for names; their texts differ."""


@dataclass(slots=True, kw_only=True)
class Taking:
    """What was taken for a part, and what was left."""

    part: Part
    wanted: int
    known: frozenset[int] = frozenset()
    """Designs of the parts before."""
    taken: int = 0
    designs: Counter[int] = field(default_factory=Counter)
    specs: set[int] = field(default_factory=set)
    pairs: set[int] = field(default_factory=set)
    slips: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    phrasings: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    contaminated: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    seconds: float = 0.0

    def refusal(self, row: dict[str, Any]) -> str:
        """Return the rule by which an example is left out; empty where it is taken."""
        design, spec = _short(row["design"]), _short(row["spec"])
        pair = hash((design, spec))  # of integers, so the same in every process
        if design in self.known:
            return "design of another part"
        if pair in self.pairs:
            return "duplicate"
        if self.designs[design] >= MOST_TELLINGS:
            return "design told often enough"
        self.pairs.add(pair)
        self.designs[design] += 1
        self.specs.add(spec)
        return ""

    def count(self, problem: dict[str, Any], slips: Sequence[dict[str, Any]]) -> None:
        """Count an example that is taken."""
        self.taken += 1
        self.families[problem["family"]] += 1
        self.kinds[problem["kind"]] += 1
        self.phrasings[problem["phrasing"]] += 1
        self.slips.update(slip["slip"] for slip in slips)

    def note(self, facts: dict[str, Any]) -> None:
        """Note what a chunk has dropped."""
        self.seconds += facts["seconds"]
        self.fates.update(facts["fates"])
        for family, seed, rule, why in facts["dropped"]:
            self.dropped[rule] += 1
            if rule == "contaminated":
                self.contaminated[family] += 1
            if rule == "golden fails" and len(self.faults) < FAULTS_SHOWN:
                self.faults.append(Fault(family=family, seed=seed, why=why))

    def record(self, *, seed: int, tools: dict[str, str]) -> PartRecord:
        """Return what was taken and left as a record."""
        return PartRecord(
            seed=seed,
            part=self.part,
            problems=self.taken,
            slips=self.slips.total(),
            designs=len(+self.designs),
            specs=len(self.specs),
            families=_in_order(self.families),
            kinds=_in_order(self.kinds),
            phrasings=_in_order(self.phrasings),
            slip_names=_in_order(self.slips),
            fates=_in_order(self.fates),
            dropped=_in_order(self.dropped),
            contaminated=_in_order(self.contaminated),
            faults=tuple(self.faults),
            short=max(0, self.wanted - self.taken),
            rtlgen=rtlgen.__version__,
            tools=tools,
        )


def _short(hexadecimal: str) -> int:
    return int(hexadecimal[:16], 16)


def _in_order(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
