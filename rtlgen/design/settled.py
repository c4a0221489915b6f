"""Whether a specification's own examples settle what was written, where there is no reference.

A design that keeps every worked example may be wrong where they say nothing. How much they say is
measured as for any testbench, by the mutants of the design that they notice. Where they notice
nearly all, and no two answers that keep them differ, that is a verdict which does not depend on how
often a model repeats itself; where not, a case is named that an example would have to tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rtlgen.design.blind import BlindJudgement, Standing, constants_in
from rtlgen.design.checks import Check, checks_of
from rtlgen.design.exercised import idle_inputs, still_outputs
from rtlgen.design.groups import first_difference
from rtlgen.design.options import Asking, Options
from rtlgen.design.quorum import QUORUM, Poll
from rtlgen.design.record import SettledRecord
from rtlgen.design.testbench_run import find_prover
from rtlgen.design.words import counted
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Interface, Port
from sim.proof import InputTrace, Outcome
from sim.verdict import Status
from symbolic.waveform import Waveform
from testbench_gen import Kind, Stimulation
from testbench_gen.mutants import Mutant, mutants_of
from testbench_gen.mutation import Fate, mutation_score

SHARE = 0.9
"""Of the mutants that differ from the design, those that the examples have to notice."""
FEWEST = 5
"""Mutants that such a share needs."""
KEEPERS = 3
"""Independent answers that keep all examples."""
_SMALL = 6
"""Bits of all inputs together of which a table may well list every case."""
_MUTANTS = 48
_TINY = 2
"""Bits of an input of which a design may well name every value."""
_PROOF_SECONDS = 10.0
"""For the proofs that mutants which were not noticed do what the design does."""


def settled_by_examples(
    found: BlindJudgement,
    designs: Sequence[Design],
    spec: Spec,
    options: Options,
    *,
    independent: Collection[int],
    asking: Asking,
) -> SettledRecord | None:
    """Return what the examples of `spec` say of the design that `found` picked.

    None where there are none, or where no design could be picked.

    Args:
        found: What was seen of `designs`.
        designs: All that were judged.
        spec: What they shall do.
        options: With which simulators, and within which limits, mutants are tried.
        independent: Places in `designs` of answers that were given without knowledge of others.
        asking: At which temperature they were drawn, and the trust that is demanded.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    checks = checks_of(spec, seed=options.seed)
    if not checks or found.pick is None or found.standings[found.pick].signs is None:
        return None
    design = designs[found.pick]
    keepers = [n for n in independent if _keeps(found.standings[n])]
    doubts = list(_doubts(found, designs, keepers, spec, asking))
    tally = _Tally()
    if not doubts:
        tally = _noticed(design, checks, spec.interface, options)
        doubts = list(tally.doubts(max(SHARE, asking.min_trust)))
    if not doubts:
        idle = idle_inputs(
            design,
            found.stimulation,
            found.expected,
            simulators=options.simulators,
            limits=options.limits,
        )
        doubts = [f"input {name!r} has no effect under the stimulus" for name in idle]
    return SettledRecord(
        said=[check.description for check in checks],
        killed=tally.killed,
        counted=tally.counted,
        keepers=len(keepers),
        against=doubts,
    )


def _keeps(standing: Standing) -> bool:
    """Whether a design could be observed, keeps all that is said, and uses clock and reset so."""
    signs = standing.signs
    if signs is None or signs.refuted or signs.contradicts:
        return False
    return all(verdict.status is Status.PASS for verdict in standing.verdicts)


def _doubts(
    found: BlindJudgement,
    designs: Sequence[Design],
    keepers: Sequence[int],
    spec: Spec,
    asking: Asking,
) -> Iterator[str]:
    """Yield what speaks against the picked design before any mutant is tried."""
    pick, interface = found.pick or 0, spec.interface
    picked = found.standings[pick]
    if not _keeps(picked) or picked.signs is None:
        yield "the chosen design does not keep all that the specification shows"
        return
    sure = Poll(
        answers=QUORUM.answers,
        alike=QUORUM.answers,
        trust=1.0,
        temperature=asking.sampling.temperature,
        signs=picked.signs,
        still=tuple(still_outputs(interface, found.expected)),
    )
    yield from sure.against()
    yield from _memorized(designs[pick], spec)
    if len(keepers) < KEEPERS:
        yield (
            f"{counted(len(keepers), 'independent answer')} keep what the specification shows, "
            f"{KEEPERS} are the least"
        )
    for group in sorted({g for n in keepers if (g := found.standings[n].group) is not None}):
        at = first_difference(found.expected, found.groups[group].rows)
        if group != picked.group and at is not None:
            shown = found.expected[at], found.groups[group].rows[at]
            yield (
                "answers that keep what the specification shows differ "
                f"{_case(found.stimulation, at, interface, shown)}; an example would settle that"
            )
            return


def _memorized(design: Design, spec: Spec) -> Iterator[str]:
    """Yield that a design names what most examples put in: it may know nothing else."""
    ports = spec.interface.data_inputs
    inputs = {port.name for port in ports if port.width > _TINY}
    named = set(constants_in([design])) - {0, 1}
    shown = [part.value for part in spec.fragments if isinstance(part.value, Waveform)]
    rows = [
        {column.samples[row] for column in one.columns if column.name in inputs}
        | {_joined(one, row, ports), _joined(one, row, ports[::-1])}
        for one in shown
        for row in range(one.rows)
    ]
    known = sum(not named.isdisjoint(values) for values in rows)
    if known > max(1, len(rows) / 2):
        yield (
            f"the design names the inputs of {known} of {counted(len(rows), 'example')}: "
            "it may have learned them by heart"
        )


def _joined(shown: Waveform, row: int, ports: Sequence[Port]) -> int | None:
    """Return the inputs of an example as one number, as `case ({a, b})` would name them."""
    samples = {column.name: column.samples[row] for column in shown.columns}
    joined = 0
    if sum(port.width for port in ports) <= _SMALL:
        return None
    for port in ports:
        value = samples.get(port.name)
        if value is None:
            return None
        joined = joined << port.width | value
    return joined


def _case(stimulation: Stimulation, at: int, interface: Interface, shown: tuple[str, str]) -> str:
    """Return the inputs of a sample, and what two designs show there, in words."""
    inputs: dict[str, int] = {}
    samples = edges = 0
    for operation in stimulation.script():
        inputs |= operation.inputs
        edges += operation.kind is Kind.EDGE
        if operation.kind is Kind.SAMPLE:
            if samples == at:
                break
            samples += 1
    one, other = (_values(row, interface) for row in shown)
    names = [name for name in one if one[name] != other[name]]
    outputs = ", ".join(f"{name} is {one[name]} or {other[name]}" for name in names)
    if interface.clocks:
        return f"after {counted(edges, 'clock edge')} of the stimulus: {outputs}"
    given = ", ".join(f"{p.name} = {inputs.get(p.name, 0)}" for p in interface.data_inputs)
    return f"at {given}: {outputs}"


def _values(row: str, interface: Interface) -> Mapping[str, str]:
    """Return the outputs in a row: numbers, or bits where some are unknown."""
    found, start = {}, 0
    for port in interface.outputs:
        bits = row[start : start + port.width]
        found[port.name] = str(int(bits, 2)) if set(bits) <= {"0", "1"} else bits
        start += port.width
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    killed: int = 0
    counted: int = 0
    case: str = ""
    """Inputs for which an example would notice one more; empty where none are known."""
    fault: str = ""

    def doubts(self, least: float) -> Iterator[str]:
        if self.fault:
            yield self.fault
        elif self.counted < FEWEST:
            yield (
                f"the design has {counted(self.counted, 'mutant')} to measure its examples by, "
                f"{FEWEST} are the least"
            )
        elif self.killed < least * self.counted:
            yield (
                f"what the specification shows notices {self.killed} of "
                f"{counted(self.counted, 'mutant')} of the chosen design, {least:.0%} are the least"
                + (f"; an example for {self.case} would notice one more" if self.case else "")
            )


def _noticed(
    design: Design, checks: Sequence[Check], interface: Interface, options: Options
) -> _Tally:
    """Count the mutants of `design` that `checks` notice, all of them together."""
    try:
        left = mutants_of(design, limit=_MUTANTS, seed=options.seed)
    except InvalidDesign as error:
        return _Tally(fault=f"its mutants cannot be made: {error}")
    killed = 0
    for check in checks:
        score = mutation_score(
            check.testbench,
            left,
            simulators=options.simulators,
            limits=options.limits,
            golden=design,
            workers=options.workers,
        )
        if score.fault:
            return _Tally(fault=score.fault)
        killed += len(score.killed)
        left = [one.mutant for one in score.results if one.fate is Fate.OPEN]
    traces = _different(design, left, interface)
    cases = [_inputs(trace, interface) for trace in traces if trace is not None]
    return _Tally(
        killed=killed,
        counted=killed + len(traces),
        case=cases[0] if cases and not interface.clocks else "",
    )


def _different(
    design: Design, left: Sequence[Mutant], interface: Interface
) -> list[InputTrace | None]:
    """Return, for each mutant that is not proved to do what `design` does, what shows it."""
    prover, _ = find_prover()
    if prover is None or not left:
        return [None] * len(left)
    try:
        proofs = prover.equivalent(
            design, [mutant.design for mutant in left], interface, seconds=_PROOF_SECONDS
        )
    except (InvalidDesign, InvalidInterface):
        return [None] * len(left)
    return [proof.trace for proof in proofs if proof.outcome is not Outcome.PROVED]


def _inputs(trace: InputTrace, interface: Interface) -> str:
    last = trace.cycles[-1] if trace.cycles else {}
    return ", ".join(f"{port.name} = {last.get(port.name, 0)}" for port in interface.data_inputs)
