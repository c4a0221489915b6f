"""Which way to write a machine back: measured, not assumed, and proved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.design import Design
from sim.proof import Outcome, Proof
from symbolic.extract import ExtractedMachine
from symbolic.fsm_lift import Lifted
from symbolic.fsm_rewrite import NotWritable, Style, Version, versions
from symbolic.optimize_stage import Meter
from symbolic.ppa import Library, NotMeasured, Ppa, read_library
from symbolic.prover import YosysProver
from symbolic.rules.rule import Goal
from symbolic.state_table import StateTable

_NEARLY = 1.02
"""Area up to which what reads better is preferred to the least area."""
_PROVED_AT_ONCE = 4
"""Versions that one proof looks at, where the best is not proved by itself."""
_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A design with its machine changed, measured and compared with the original."""

    version: Version
    table: StateTable
    measured: Ppa
    proof: Proof


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
    seconds: float = 30.0,
) -> Written | None:
    """Return the smallest version with one of `tables` that is proved; None if none is.

    The change that is smallest as a text wins over others with less than 2 % less area,
    and a `case` over equations.

    Raises:
        NotWritable: No table can be written back; why the last cannot, the message says.
        EnvironmentFault: No child process can be run.
    """
    found = _versions(lift, machine, tables, safe=safe)
    ranked = _ranked(found, library)
    prover = YosysProver()
    starts = [0, *range(1, len(ranked), _PROVED_AT_ONCE)]
    for first, last in pairwise([*starts, len(ranked)]):
        batch = ranked[first:last]
        designs = [candidate.version.design for candidate in batch]
        proofs = prover.equivalent(lift.design, designs, lift.interface, seconds=seconds)
        for candidate, proof in zip(batch, proofs, strict=True):
            if proof.outcome is Outcome.PROVED:
                return Written(
                    version=candidate.version,
                    table=candidate.table,
                    measured=candidate.measured,
                    proof=proof,
                )
    return None


def _versions(
    lift: Lifted, machine: ExtractedMachine, tables: Iterable[StateTable], *, safe: bool
) -> list[tuple[Version, StateTable]]:
    found: dict[str, tuple[Version, StateTable]] = {}
    problem = NotWritable("there is nothing to write")
    for table in tables:
        try:
            made = versions(lift.design, lift.module, machine, table, safe=safe)
        except NotWritable as why:
            problem = why
            continue
        for version in made:
            found.setdefault(version.design.digest, (version, table))
    if not found:
        raise problem
    return list(found.values())


def _ranked(
    found: Sequence[tuple[Version, StateTable]], library: Library | None
) -> list[_Candidate]:
    designs: list[Design] = [version.design for version, _ in found]
    meter = Meter(library or read_library(None), Goal.AREA)
    answers = meter.measured(designs, seconds=_SECONDS)
    candidates = [
        _Candidate(version=version, table=table, measured=ppa)
        for (version, table), ppa in zip(found, answers, strict=True)
        if not isinstance(ppa, NotMeasured)
    ]
    return sorted(candidates, key=_cost)


def _cost(candidate: _Candidate) -> tuple[float, int]:
    liking = list(Style).index(candidate.version.style)
    return candidate.measured.area * _NEARLY**liking, liking
