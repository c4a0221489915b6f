"""What a specification's formal fragments say about the outputs, as a reference model."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Proposal
from rtlgen.spec.model import Spec
from testbench_gen.reference import ReferenceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference model with what has to be known about it."""

    model: ReferenceModel
    description: str
    limits: str = ""
    """What it leaves unchecked, in words; empty if nothing."""


def find_reference(spec: Spec) -> Reference | None:
    """Return the model that the fragments of `spec` define, or None if they define none."""
    answer = propose(spec)
    if not isinstance(answer, Proposal) or answer.reference is None:
        return None
    places = ", ".join(f"{part.kind.value} ({part.place})" for part in answer.used)
    return Reference(model=answer.reference, description=places)
