"""Which way to write a machine back: measured, not assumed, and proved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.proof import Outcome, Proof
from symbolic.extract import ExtractedMachine
from symbolic.fsm_lift import Lifted
from symbolic.fsm_rewrite import NotWritable, Version, versions
from symbolic.fsm_style import Style
from symbolic.optimize_stage import Meter
from symbolic.optimize_together import both
from symbolic.ppa import Library, NotMeasured, Ppa, read_library
from symbolic.prover import YosysProver
from symbolic.rules.rule import Goal
from symbolic.state_table import StateTable

_NEARLY = 1.02
"""Area up to which what reads better is preferred to the least area."""
_PROVED_AT_ONCE = 4
"""Versions that one proof looks at, where the best is not proved by itself."""
_SECONDS = 60.0
_SAME = Proof(outcome=Outcome.PROVED, reason="the text is as it was")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A design with its machine changed, measured and compared with the original."""

    version: Version
    table: StateTable
    measured: Ppa
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    version: Version
    table: StateTable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    version: Version
    table: StateTable
    measured: Ppa


def best_written(
    lift: Lifted,
    machine: ExtractedMachine,
    tables: Iterable[StateTable],
    *,
    library: Library | None = None,
    safe: bool = False,
    smallest: bool = False,
    seconds: float = 30.0,
) -> Written | None:
    """Return the smallest version with one of `tables` that is proved; None if none is.

    Codes are compared by the smallest change of the text, which is also what comes out, unless
    `smallest`: then its styles are compared with the best codes, and that change wins over others
    with less than 2 % less area, and a `case` over equations.

    Raises:
        NotWritable: No table can be written back; why the last cannot, the message says.
        EnvironmentFault: No child process can be run.
    """
    choosing = _Choosing(
        lift=lift,
        meter=Meter(library or read_library(None), Goal.AREA, brief=False),
        smallest=smallest,
        seconds=seconds,
    )
    return choosing.best(_versions(lift, machine, tables, safe=safe))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choosing:
    """One choice: measured roughly first, then near the best, while that is proved already."""

    lift: Lifted
    meter: Meter
    smallest: bool
    """Whether styles are compared too."""
    seconds: float

    def best(self, found: Sequence[_Text]) -> Written | None:
        """Return the best of `found` that is proved."""
        first = self._ranked(_least_changes(found))
        if not first:
            return self._proved(self._ranked(found))
        near = [one for one in found if one.table is first[0].table]
        if not self.smallest:
            return self._proved(first) or self._proved(
                [one for one in self._ranked(near) if one not in first]
            )
        proved, ranked = both(lambda: self._proved(first[:1]), lambda: self._ranked(near))
        if proved is not None and ranked[0].version is proved.version:
            return proved
        tried = first[:1] if proved is None else []
        others = [one for one in (*ranked, *first[1:]) if one not in tried]
        return self._proved(sorted(others, key=_cost))

    def _ranked(self, texts: Sequence[_Text]) -> list[_Candidate]:
        designs = [text.version.design for text in texts]
        answers = self.meter.measured(designs, seconds=_SECONDS)
        candidates = [
            _Candidate(version=text.version, table=text.table, measured=ppa)
            for text, ppa in zip(texts, answers, strict=True)
            if not isinstance(ppa, NotMeasured)
        ]
        return sorted(candidates, key=_cost)

    def _proved(self, ranked: Sequence[_Candidate]) -> Written | None:
        """Return the first of `ranked` that is proved, the first by itself, then some at once."""
        starts = [0, *range(1, len(ranked), _PROVED_AT_ONCE)]
        for first, last in pairwise([*starts, len(ranked)]):
            batch = ranked[first:last]
            if batch and batch[0].version.design.digest == self.lift.design.digest:
                return _written(batch[0], _SAME)
            designs = [candidate.version.design for candidate in batch]
            proofs = YosysProver().equivalent(
                self.lift.design, designs, self.lift.interface, seconds=self.seconds
            )
            for candidate, proof in zip(batch, proofs, strict=True):
                if proof.outcome is Outcome.PROVED:
                    return _written(candidate, proof)
        return None


def _written(candidate: _Candidate, proof: Proof) -> Written:
    return Written(
        version=candidate.version,
        table=candidate.table,
        measured=candidate.measured,
        proof=proof,
    )


def _least_changes(found: Sequence[_Text]) -> list[_Text]:
    """Return for each table the first version, which changes the text least."""
    firsts: dict[int, _Text] = {}
    for one in found:
        firsts.setdefault(id(one.table), one)
    return list(firsts.values())


def _versions(
    lift: Lifted, machine: ExtractedMachine, tables: Iterable[StateTable], *, safe: bool
) -> list[_Text]:
    found: dict[str, _Text] = {}
    problem = NotWritable("there is nothing to write")
    for table in tables:
        try:
            made = versions(lift.design, lift.module, machine, table, safe=safe)
        except NotWritable as why:
            problem = why
            continue
        for version in made:
            found.setdefault(version.design.digest, _Text(version=version, table=table))
    if not found:
        raise problem
    return list(found.values())


def _cost(candidate: _Candidate) -> tuple[float, int]:
    liking = list(Style).index(candidate.version.style)
    return candidate.measured.area * _NEARLY**liking, liking
