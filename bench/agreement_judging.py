"""Designs of one problem under two tests, ours and the official one, and who is right by proof.

Everything here runs in a process of its own; what the designs say never does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from official_v1 import PASSED
from testbench_made import Making, Request, make
from testbench_quality import golden_of

from rtlgen.errors import RtlgenError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.harness.protocol import Conditions, Group, Preparation
from rtlgen.evaluation.judgement import Judgement
from rtlgen.evaluation.problem import Problem
from sim.batch import judge_many
from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import available_simulators
from sim.process import Limits
from sim.proof import Outcome, Proof
from sim.verdict import Status, Verdict
from symbolic.prover import YosysProver
from testbench_gen import Golden, Testbench, write_testbench
from testbench_gen.directed import Directed
from testbench_gen.instruments import Forgiving

_LIMITS = Limits(seconds=3600.0, cpu_seconds=120.0)
"""Processor time decides, whatever else the machine has to do."""
_CONDITIONS = Conditions(stop_early=True, windows=False)
_LANES = 32
"""Designs in one simulation, so that it stays within its limits."""
_REPLAY_BUDGET = 16
"""Cycles that a replay drives besides the traces."""


Row = dict[str, Any]
KINDS = ("ours", "official", "proof")
"""What is found of a completion, each kept by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One distinct completion and what is known of it."""

    key: str
    text: str
    published: str = ""
    """What the published rule said of it, where that is known."""
    known: Mapping[str, Row] = field(default_factory=dict)
    """Rows of earlier runs, by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The completions of one problem of one benchmark."""

    benchmark: str
    problem: Problem
    given: tuple[Given, ...]

    def lacking(self, kind: str) -> list[Given]:
        """Return those of which nothing is known in this respect."""
        return [one for one in self.given if kind not in one.known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Problems with one reference, as Human and Machine have them."""

    parts: tuple[Part, ...]
    making: Making
    prove_passes: bool = False
    """Whether what both tests pass is proved too."""
    proving_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class _Reference:
    golden: Design
    interface: Interface


def judged(job: Job) -> dict[str, list[Row]]:
    """Return what is new about the completions of `job`, by kind."""
    found: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for part in job.parts:
        found["official"] += _official(part)
    reference, why = _reference(job.parts[0].problem)
    if reference is None:
        rows = [_not_ours(one, why) for part in job.parts for one in part.lacking("ours")]
        return found | {"ours": rows}
    found["ours"] = _ours(reference, job)
    verdicts = {kind: {row["key"]: row for row in found[kind]} for kind in KINDS}
    for part in job.parts:
        asked = [one for one in part.lacking("proof") if _disputed(one, verdicts, job)]
        found["proof"] += _proofs(reference, part, asked, job.proving_seconds)
    return found


def disputed(ours: bool | None, official: bool | None, *, passes: bool) -> bool:
    """Whether a proof is wanted; `passes`: of what both tests pass, too."""
    if ours is None or official is None:
        return False
    return ours is not official or (passes and ours)


def _disputed(one: Given, new: Mapping[str, Mapping[str, Row]], job: Job) -> bool:
    rows = {**one.known, **{kind: rows[one.key] for kind, rows in new.items() if one.key in rows}}
    ours, official = rows["ours"]["ours"], rows["official"]["functional"]
    return disputed(ours, official, passes=job.prove_passes)


def _reference(problem: Problem) -> tuple[_Reference | None, str]:
    try:
        golden = golden_of(problem)
        return _Reference(golden, infer_timing(golden, read_interface(golden))), ""
    except (InvalidDesign, InvalidInterface) as error:
        return None, str(error)


def _ours(reference: _Reference, job: Job) -> list[Row]:
    lacking = [(part, one) for part in job.parts for one in part.lacking("ours")]
    if not lacking:
        return []
    request = Request(problem=job.parts[0].problem, golden=reference.golden)
    try:
        testbench = make(request, job.making).testbench
    except (RtlgenError, InvalidDesign, InvalidInterface) as error:
        return [_not_ours(one, str(error)) for _, one in lacking]
    verdicts = _judge([_design(part, one) for part, one in lacking], testbench)
    return [
        {
            "key": one.key,
            "ours": _passes(verdict),
            "said": _why(verdict),
            "cause": verdict.cause.value,
        }
        for (_, one), verdict in zip(lacking, verdicts, strict=True)
    ]


def _not_ours(one: Given, why: str) -> Row:
    return {"key": one.key, "ours": None, "said": why.splitlines()[0][:300], "cause": ""}


def _design(part: Part, one: Given) -> Design:
    return Design(top=part.problem.top, sources={"design.sv": one.text})


def _judge(designs: Sequence[Design], testbench: Testbench) -> list[Verdict]:
    interface = testbench.interface
    return judge_many(
        designs,
        testbench,
        simulators=available_simulators(),
        interface=interface,
        limits=_LIMITS,
        most=_LANES,
    )


def _passes(verdict: Verdict) -> bool | None:
    return None if verdict.status is Status.ERROR else verdict.status is Status.PASS


def _why(verdict: Verdict) -> str:
    """Say in one line why a design does not pass, and in which phase of the stimulus."""
    if verdict.status is Status.PASS:
        return ""
    first = verdict.first_mismatch
    where = f"; first in phase {first.phase!r}" if first is not None else ""
    return f"{verdict.cause.value}: {' '.join(verdict.reason.split())[:300]}{where}"


def _official(part: Part) -> list[Row]:
    """Return the official verdicts; the harness gives those that the published rule leaves open."""
    lacking = part.lacking("official")
    if not lacking:
        return []
    harness = benchmark(part.benchmark).harness
    [preparation] = harness.prepare([part.problem], _CONDITIONS)
    known = {one.key: row for one in lacking if (row := _published(one, preparation))}
    unknown = [one for one in lacking if one.key not in known]
    texts = tuple(one.text for one in unknown)
    group = Group(problem=part.problem, preparation=preparation, designs=texts)
    [judgements] = harness.judge([group], _CONDITIONS) if unknown else [[]]
    found = {
        one.key: _verdict(one, functional=j.functional, strict=j.official, said=_words(j))
        for one, j in zip(unknown, judgements, strict=True)
    }
    return [*known.values(), *found.values()]


def _published(one: Given, preparation: Preparation) -> Row | None:
    """Return what the published rule has settled: a pass, or mismatches in a test that runs."""
    if preparation.faults or preparation.repairs:
        return None
    if one.published == PASSED:
        return _verdict(one, functional=True, strict=True, said="")
    if one.published.endswith(" wrong"):
        return _verdict(one, functional=False, strict=False, said=f"{one.published} samples")
    return None


def _verdict(one: Given, *, functional: bool | None, strict: bool | None, said: str) -> Row:
    return {"key": one.key, "functional": functional, "strict": strict, "official_said": said}


def _words(judgement: Judgement) -> str:
    return f"{judgement.category.value}: {judgement.reason[:200]}" * (not judgement.official)


def _proofs(reference: _Reference, part: Part, asked: Sequence[Given], seconds: float) -> list[Row]:
    if not asked:
        return []
    designs = [_design(part, one) for one in asked]
    proofs = Forgiving(prover=YosysProver()).equivalent(
        reference.golden, designs, reference.interface, seconds=seconds
    )
    replayed = _replays(reference, designs, proofs)
    return [
        {
            "key": one.key,
            "proof": proof.outcome.value,
            "proof_reason": proof.reason[:300],
            "cycles": len(proof.trace.cycles) if proof.trace is not None else None,
            "replayed": replayed.get(number),
        }
        for number, (one, proof) in enumerate(zip(asked, proofs, strict=True))
    ]


def _replays(
    reference: _Reference, designs: Sequence[Design], proofs: Sequence[Proof]
) -> dict[int, bool | None]:
    """Return which designs differ under the traces that refute them, simulated by Icarus."""
    traces = {
        number: proof.trace
        for number, proof in enumerate(proofs)
        if proof.outcome is Outcome.REFUTED and proof.trace is not None
    }
    if not traces:
        return {}
    directed = [
        Directed(name=f"trace {number}", reason="refutes a design", trace=trace)
        for number, trace in traces.items()
    ]
    testbench = write_testbench(
        reference.interface,
        Golden(design=reference.golden),
        budget=_REPLAY_BUDGET,
        directed=directed,
    )
    verdicts = _judge([designs[number] for number in traces], testbench)
    return {number: _differs(verdict) for number, verdict in zip(traces, verdicts, strict=True)}


def _differs(verdict: Verdict) -> bool | None:
    return {Status.PASS: False, Status.FAIL: True}.get(verdict.status)
