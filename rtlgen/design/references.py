"""What a specification's formal fragments say about the outputs, as a reference model."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.design.builtin import propose
from rtlgen.design.builtin.compiled import Unfit
from rtlgen.design.builtin.screening import screen
from rtlgen.design.proposal import Proposal
from rtlgen.design.waveform_reference import recording_of
from rtlgen.spec.model import Fragment, Kind, Spec
from symbolic.infer import observed_table
from symbolic.truth_table import TruthTable
from testbench_gen.reference import ReferenceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference model with what has to be known about it."""

    model: ReferenceModel
    description: str
    limits: str = ""
    """What it leaves unchecked, in words; empty if nothing."""


def find_reference(spec: Spec) -> Reference | None:
    """Return the model that the fragments of `spec` define, or None if they define none.

    A waveform that leaves something open defines only what it shows: a design
    is not failed for what nobody specified.
    """
    answer = propose(spec)
    if isinstance(answer, Proposal) and answer.reference is not None and not answer.guess:
        places = ", ".join(_named(part) for part in answer.used)
        return Reference(model=answer.reference, description=places)
    waveforms = [part for part in spec.fragments if part.kind is Kind.WAVEFORM]
    others = [part for part in spec.fragments if part.kind not in (Kind.WAVEFORM, Kind.EXAMPLE)]
    if len(waveforms) == 1 and not others:
        return _shown(spec, waveforms[0])
    return None


def _named(part: Fragment) -> str:
    return f"{part.kind.value} ({part.place})"


def _shown(spec: Spec, part: Fragment) -> Reference | None:
    try:
        screen(spec)
    except Unfit:
        return None
    model = _replayed(spec, part)
    if model is None:
        return None
    return Reference(
        model=model,
        description=f"the rows of the {_named(part)}",
        limits="the waveform shows only some cases; no other is checked",
    )


def _replayed(spec: Spec, part: Fragment) -> ReferenceModel | None:
    waveform = part.value
    if waveform.clock is None and not spec.interface.clocks:
        table = observed_table(waveform)
        if isinstance(table, TruthTable):
            return table
    return recording_of(waveform, spec.interface)
