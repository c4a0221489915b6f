"""Designs of one problem under two tests, ours and the official one, and who is right by proof.

Everything here runs in a process of its own; what the designs say never does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from official_v1 import PASSED
from testbench_made import Making, Request, make
from testbench_quality import golden_of

from rtlgen.errors import RtlgenError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.harness.protocol import Conditions, Group, Preparation
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

_LIMITS = Limits(seconds=300.0, cpu_seconds=60.0)
_CONDITIONS = Conditions(stop_early=True, windows=False)
_REPLAY_BUDGET = 16
"""Cycles that a replay drives besides the traces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One distinct completion."""

    key: str
    text: str
    published: str = ""
    """What the published rule said of it, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The completions of one problem of one benchmark."""

    benchmark: str
    problem: Problem
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Problems with one reference, as Human and Machine have them."""

    parts: tuple[Part, ...]
    making: Making
    prove_passes: bool = False
    """Whether what both tests pass is proved too."""
    proving_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class _Official:
    functional: bool | None
    strict: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class _Bench:
    golden: Design
    interface: Interface
    testbench: Testbench


def judged(job: Job) -> list[dict[str, Any]]:
    """Return a row for each completion of `job`."""
    try:
        bench = _bench(job)
    except (RtlgenError, InvalidDesign, InvalidInterface) as error:
        return [_unjudged(part, one, str(error)) for part in job.parts for one in part.given]
    return [row for part in job.parts for row in _rows(bench, part, job)]


def _bench(job: Job) -> _Bench:
    problem = job.parts[0].problem
    golden = golden_of(problem)
    interface = infer_timing(golden, read_interface(golden))
    made = make(Request(problem=problem, golden=golden), job.making)
    return _Bench(golden, interface, made.testbench)


def _unjudged(part: Part, one: Given, reason: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "benchmark": part.benchmark,
        "task": part.problem.task_id,
        "ours": None,
        "said": reason.splitlines()[0][:300],
        "functional": None,
        "strict": None,
        "official_said": "",
        "proof": "",
        "proof_reason": "",
        "replayed": None,
    }


def _rows(bench: _Bench, part: Part, job: Job) -> Iterator[dict[str, Any]]:
    designs = [_design(part, one) for one in part.given]
    ours = _judge(designs, bench.testbench)
    official = _official(part)
    asked = [
        n
        for n, (verdict, other) in enumerate(zip(ours, official, strict=True))
        if _wants_proof(_passes(verdict), other.functional, passes=job.prove_passes)
    ]
    proofs = _proofs(bench, [designs[n] for n in asked], job.proving_seconds)
    by_number = dict(zip(asked, proofs, strict=True))
    replayed = _replays(bench, {n: (designs[n], proof) for n, proof in by_number.items()})
    for n, (one, verdict, other) in enumerate(zip(part.given, ours, official, strict=True)):
        proof = by_number.get(n)
        yield _unjudged(part, one, _why(verdict) or "-") | {
            "ours": _passes(verdict),
            "said": _why(verdict),
            "cause": verdict.cause.value,
            "functional": other.functional,
            "strict": other.strict,
            "official_said": other.said,
            "proof": "" if proof is None else proof.outcome.value,
            "proof_reason": "" if proof is None else proof.reason[:300],
            "replayed": replayed.get(n),
        }


def _wants_proof(ours: bool | None, functional: bool | None, *, passes: bool) -> bool:
    if ours is None or functional is None:
        return False
    return ours is not functional or (passes and ours)


def _design(part: Part, one: Given) -> Design:
    return Design(top=part.problem.top, sources={"design.sv": one.text})


def _judge(designs: Sequence[Design], testbench: Testbench) -> list[Verdict]:
    interface = testbench.interface
    return judge_many(
        designs, testbench, simulators=available_simulators(), interface=interface, limits=_LIMITS
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


def _official(part: Part) -> list[_Official]:
    """Return the official verdicts; the harness gives those that the published rule leaves open."""
    harness = benchmark(part.benchmark).harness
    [preparation] = harness.prepare([part.problem], _CONDITIONS)
    known = {one.key: new for one in part.given if (new := _published(one, preparation))}
    unknown = tuple(one for one in part.given if one.key not in known)
    group = Group(
        problem=part.problem,
        preparation=preparation,
        designs=tuple(one.text for one in unknown),
    )
    [judgements] = harness.judge([group], _CONDITIONS) if unknown else [[]]
    for one, found in zip(unknown, judgements, strict=True):
        said = f"{found.category.value}: {found.reason[:200]}"
        known[one.key] = _Official(found.functional, found.official, said)
    return [known[one.key] for one in part.given]


def _published(one: Given, preparation: Preparation) -> _Official | None:
    """Return what the published rule has settled: a pass, or mismatches in a test that runs."""
    if preparation.faults or preparation.repairs:
        return None
    if one.published == PASSED:
        return _Official(functional=True, strict=True, said="")
    if one.published.endswith(" wrong"):
        return _Official(functional=False, strict=False, said=f"{one.published} samples")
    return None


def _proofs(bench: _Bench, designs: Sequence[Design], seconds: float) -> list[Proof]:
    if not designs:
        return []
    return YosysProver().equivalent(bench.golden, designs, bench.interface, seconds=seconds)


def _replays(bench: _Bench, proofs: Mapping[int, tuple[Design, Proof]]) -> dict[int, bool | None]:
    """Return which designs differ under the traces that refute them, simulated by Icarus."""
    refuted = {
        number: (design, proof)
        for number, (design, proof) in proofs.items()
        if proof.outcome is Outcome.REFUTED and proof.trace is not None
    }
    if not refuted:
        return {}
    directed = [
        Directed(name=f"trace {number}", reason="refutes a design", trace=proof.trace)
        for number, (_, proof) in refuted.items()
        if proof.trace is not None
    ]
    testbench = write_testbench(
        bench.interface, Golden(design=bench.golden), budget=_REPLAY_BUDGET, directed=directed
    )
    verdicts = _judge([design for design, _ in refuted.values()], testbench)
    found = zip(refuted, verdicts, strict=True)
    return {number: _differs(verdict) for number, verdict in found}


def _differs(verdict: Verdict) -> bool | None:
    return {Status.PASS: False, Status.FAIL: True}.get(verdict.status)
