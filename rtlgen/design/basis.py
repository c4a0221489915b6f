"""What a verdict rests on, in words for the record and the reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from rtlgen.design.bench import Judgement
from rtlgen.design.record import Basis, RunRecord, SettledRecord, TrustRecord
from rtlgen.design.words import counted

_HELD = ("formal", "example", "property")
"""Kinds of evidence that come from the specification alone."""


class Rests(TypedDict):
    """Fields of a record."""

    basis: Basis
    rests_on: list[str]


def basis_of(record: RunRecord, judgement: Judgement | None) -> Rests:
    """Return what the verdict of `record` rests on; nothing where nothing held."""
    if record.outcome not in ("verified", "trusted") or judgement is None:
        return Rests(basis="", rests_on=[])
    if record.trust is not None and record.trust.settled and not record.trust.settled.against:
        return Rests(basis="examples", rests_on=list(_settled(record.trust.settled)))
    if record.trust is not None:
        return Rests(basis="agreement", rests_on=list(_agreed(record.trust)))
    return Rests(basis="reference", rests_on=list(_compared(judgement)))


def _settled(settled: SettledRecord) -> Iterator[str]:
    yield from (f"the {said}" for said in settled.said)
    yield f"{settled.killed} of {counted(settled.counted, 'mutant')} that these notice"
    yield f"agreement of all {settled.keepers} answers that keep them"


def _compared(judgement: Judgement) -> Iterator[str]:
    yield f"{counted(judgement.testbench.expected_checks, 'check')} by {judgement.reference}"
    for prop in judgement.properties:
        yield f"the stated property {prop.name}"


def _agreed(trust: TrustRecord) -> Iterator[str]:
    quorum = trust.quorum
    if quorum is not None:
        yield f"agreement of {quorum.alike} of {counted(quorum.answers, 'answer')}"
    yield from (one.text for one in trust.evidence if one.kind in _HELD)
    for reference in trust.references:
        if reference.state == "used":
            yield f"reference model {reference.number}, which the language model wrote"
