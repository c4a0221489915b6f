"""What a testbench is written from: golden RTL, or what a specification says formally."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtlgen.design.bench import (
    NO_REFERENCE,
    agreed_interface,
    contradiction,
    strict_reset,
)
from rtlgen.design.builtin import propose
from rtlgen.design.options import Options
from rtlgen.design.proposal import Proposal
from rtlgen.design.references import find_reference
from rtlgen.errors import CannotJudge
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.interface import Interface, infer_timing, read_interface
from symbolic.emit_fsm import emit_specified
from symbolic.state_table import StateTable
from testbench_gen import Golden
from testbench_gen.closing import Source, Standing
from testbench_gen.reference import ReferenceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a testbench is written from, in the terms of a report."""

    source: Source | Standing
    """Its interface has the name of the RTL by which the testbench is measured."""
    interface: Interface
    """That of the designs to be tested."""
    reference: str
    """What the reference is, in words."""
    measured_on: str
    """What mutants and coverage are of; empty: there is no such RTL."""
    notes: tuple[str, ...] = ()
    """What the reference leaves unchecked, or what speaks against it."""
    independent: bool = False
    """Whether the reference is golden RTL."""
    specified: Design | None = None
    """RTL that is x wherever the reference leaves something open, where there is any."""
    agreement: float | None = 1.0
    """How sure the reference is; 1 where it is right by definition."""


def subject_of(spec: Spec | None, options: Options) -> Subject:
    """Return what there is to write a testbench from; golden RTL comes first.

    Raises:
        UsageError: Specification and golden RTL disagree in their ports.
        CannotJudge: There is no golden RTL, and nothing formal fixes an output.
    """
    if options.golden is not None:
        return _golden_subject(options.golden, spec, options)
    if spec is None:
        raise CannotJudge(NO_REFERENCE)
    return _formal_subject(spec, options)


def _golden_subject(golden: Design, spec: Spec | None, options: Options) -> Subject:
    found = infer_timing(golden, read_interface(golden))
    interface = found if spec is None else agreed_interface(spec.interface, found)
    interface = replace(interface, module=options.top or interface.module)
    source = Source(
        interface=replace(interface, module=golden.top),
        reference=Golden(design=golden),
        design=golden,
    )
    notes: tuple[str, ...] = ()
    if spec is not None:
        notes = contradiction(
            golden, spec, interface, simulators=options.simulators, limits=options.limits
        )
    return Subject(
        source=source,
        interface=interface,
        reference=f"golden RTL, module {golden.top}",
        measured_on=f"the golden RTL, module {golden.top}",
        notes=notes,
        independent=True,
    )


def _formal_subject(spec: Spec, options: Options) -> Subject:
    reference = find_reference(spec)
    if reference is None:
        raise CannotJudge(NO_REFERENCE)
    answer = propose(spec)
    built = answer.design if isinstance(answer, Proposal) else None
    interface = replace(spec.interface, module=options.top or spec.interface.module)
    source = Source(
        interface=spec.interface,
        reference=reference.model,
        design=built,
        title=spec.title or interface.module,
        strict_reset=strict_reset(spec),
    )
    return Subject(
        source=source,
        interface=interface,
        reference=reference.description,
        measured_on="" if built is None else f"RTL compiled from the {reference.description}",
        notes=(reference.limits,) if reference.limits else (),
        specified=_specified(spec.interface, reference.model),
    )


def _specified(interface: Interface, model: ReferenceModel) -> Design | None:
    if not isinstance(model, StateTable) or model.complete or len(interface.clocks) != 1:
        return None
    text = emit_specified(interface, model)
    return Design(top=interface.module, sources={"specified.v": text})
