"""What a specification plainly says of every cycle, beside a testbench that is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rtlgen.design.bench import Judgement, under_name
from rtlgen.design.options import Options, Progress
from rtlgen.design.properties import broken_by, shortest_breach
from rtlgen.design.testbench_record import PropertyRecord
from rtlgen.design.testbench_run import Made, find_prover
from rtlgen.design.testbench_source import Subject
from sim.design import Design
from sim.proof import Outcome
from sim.property import Property
from testbench_gen.properties import (
    PropertyBench,
    property_bench,
    prove_properties,
    watchable,
)

_SECONDS = 10.0
"""For the proofs of all properties of the reference together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A property that the reference breaks, and a test of the fewest cycles in which it does."""

    prop: Property
    bench: PropertyBench
    cycles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The properties that a testbench checks besides, and what its reference makes of each."""

    records: tuple[PropertyRecord, ...] = ()
    bench: PropertyBench | None = None
    """Checks what the reference does not break."""
    breaches: tuple[Breach, ...] = ()


def stated(
    properties: Sequence[Property],
    made: Made,
    subject: Subject,
    options: Options,
    progress: Progress,
) -> Stated:
    """Return what becomes of `properties`, which a specification states, beside `made`.

    A reference is right by definition: what it breaks is told, kept as a test, and not checked.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    found = watchable(properties, subject.interface)
    if not found:
        return Stated()
    with progress.working("watching properties"):
        seen = _seen(found, made, subject, options)
    kept = [prop for prop in found if prop not in seen.broken]
    return Stated(
        records=tuple(seen.record(prop) for prop in found),
        bench=property_bench(made.testbench, kept),
        breaches=seen.breaches,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the reference's RTL, where there is any, makes of properties."""

    tried: bool = False
    broken: frozenset[Property] = frozenset()
    proofs: Mapping[Property, Outcome] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()

    def record(self, prop: Property) -> PropertyRecord:
        outcome = self.proofs.get(prop)
        return PropertyRecord(
            name=prop.name,
            text=prop.text,
            line=prop.line,
            reference=self._fate(prop),
            proof="not asked" if outcome is None else outcome.value,
        )

    def _fate(self, prop: Property) -> Literal["kept", "broken", "not tried"]:
        if not self.tried:
            return "not tried"
        return "broken" if prop in self.broken else "kept"


def _seen(properties: Sequence[Property], made: Made, subject: Subject, options: Options) -> _Seen:
    if subject.source.design is None:
        return _Seen()
    design = under_name(subject.source.design, subject.interface)
    broken = set(broken_by(design, made.testbench, properties, options))
    proofs = _proofs(design, subject, properties)
    judgement = Judgement(
        testbench=made.testbench, interface=subject.interface, reference=subject.reference
    )
    breaches = []
    for prop in properties:
        if prop in broken or proofs.get(prop) is Outcome.REFUTED:
            found = shortest_breach(design, judgement, prop, options)
            if found is not None:
                breaches.append(Breach(prop=prop, bench=found[0], cycles=found[1]))
    broken |= {breach.prop for breach in breaches}
    return _Seen(tried=True, broken=frozenset(broken), proofs=proofs, breaches=tuple(breaches))


def _proofs(
    design: Design, subject: Subject, properties: Sequence[Property]
) -> dict[Property, Outcome]:
    prover, _ = find_prover()
    if prover is None:
        return {}
    found = prove_properties(design, subject.interface, properties, prover, seconds=_SECONDS)
    return {prop: proof.outcome for prop, proof in found}
