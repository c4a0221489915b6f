"""What one testbench is worth: tried on mutants of the reference that it was not made with.

Everything here runs in a process of its own, one problem at a time, so that its processor
time is that of the problem.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from held_out import held_out
from processor_time import processor_seconds
from testbench_made import Making, NotApplicable, Request, make

from rtlgen.errors import RtlgenError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.harness.protocol import Conditions, Group
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.problem import Problem
from sim.batch import judge_many
from sim.design import Design, digest
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import available_simulators
from sim.process import Limits
from sim.proof import Outcome, Proof
from sim.verdict import Cause, Status, Verdict
from symbolic.prover import YosysProver
from testbench_gen import Testbench
from testbench_gen.instruments import Forgiving
from testbench_gen.mutants import Mutant, mutants_of

GOLDEN = "golden.sv"
_SEED = 20_001
_PROVING_SECONDS = 60.0
_LIMITS = Limits(seconds=3600.0, cpu_seconds=120.0)
"""Processor time decides, whatever else the machine has to do."""
_CONDITIONS = Conditions(stop_early=True, windows=False)
_INVALID_THERE = frozenset(
    {
        Category.SYNTAX,
        Category.ELABORATION,
        Category.INTERFACE,
        Category.REFUSED,
        Category.EXTRACTION,
    }
)
_INVALID_HERE = frozenset({Cause.REFUSED, Cause.SYNTAX, Cause.ELABORATION, Cause.INTERFACE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One problem and how a testbench for it is made and tried."""

    benchmark: str
    problem: Problem
    making: Making
    mutants: int
    source: str = ""
    """The file of candidates, where the reference comes from them."""
    candidates: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what the result depends on, apart from our own code."""
        facts = [self.benchmark, self.problem.golden, self.problem.description, self.source]
        facts += [repr(sorted(asdict(self.making).items())), str(self.mutants), *self.candidates]
        return digest(self.problem.digest.encode(), *(fact.encode() for fact in facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """One mutant and what was found of it."""

    mutant: Mutant
    ours: bool | None
    """Whether our testbench passes it; None if it could not judge."""
    official: bool | None
    said: str = ""
    """Why ours does not pass it."""
    proof: Proof | None = None
    shown: bool | None = None
    """Whether another simulator fails it too; None where nobody asked."""

    @property
    def disputed(self) -> bool:
        """Whether only ours fails it, and no proof says who is right."""
        is_open = self.proof is None or self.proof.outcome is Outcome.OPEN
        return self.ours is False and self.official is True and is_open

    @property
    def facts(self) -> dict[str, Any]:
        proof = self.proof
        return {
            "name": self.mutant.name,
            "operator": self.mutant.operator,
            "diff": self.mutant.diff(),
            "ours": self.ours,
            "official": self.official,
            "said": self.said,
            "proof": "" if proof is None else proof.outcome.value,
            "proof_reason": "" if proof is None else proof.reason,
            "shown": self.shown,
        }


def measure(case: Case) -> dict[str, Any]:
    """Make a testbench for `case`, try it, and return what was found as JSON.

    Raises:
        EnvironmentFault: The machine is at fault, and nothing was learned.
    """
    row: dict[str, Any] = {
        "key": case.key,
        "benchmark": case.benchmark,
        "task": case.problem.task_id,
        "source": case.source,
        "reference": case.making.reference,
        "eval0": False,
        "eval1": None,
        "reason": "",
        "official_fault": "",
        "mutants": [],
    }
    try:
        golden = golden_of(case.problem)
        interface = infer_timing(golden, read_interface(golden))
        mutants = held_out(mutants_of(golden), most=case.mutants, seed=_SEED, interface=interface)
        return row | _measured(case, golden, interface, mutants)
    except NotApplicable as error:
        return row | {"eval0": None, "reason": _line(error)}
    except (RtlgenError, InvalidDesign, InvalidInterface) as error:
        return row | {"reason": f"{type(error).__name__}: {_line(error)}"}


def golden_of(problem: Problem) -> Design:
    """Return the reference of `problem` as a design, with the files that it reads.

    Raises:
        InvalidDesign: It is none.
    """
    data = {name: content for name, content in problem.data if not name.endswith(".v")}
    return Design(top=problem.top, sources={GOLDEN: problem.golden}, data=data)


def _measured(
    case: Case, golden: Design, interface: Interface, mutants: Sequence[Mutant]
) -> dict[str, Any]:
    wall, processor = time.monotonic(), processor_seconds()
    request = Request(
        problem=case.problem,
        golden=golden,
        held_out=tuple(mutants),
        candidates=case.candidates,
    )
    made = make(request, case.making)
    found = {
        "seconds": round(time.monotonic() - wall, 3),
        "cpu_seconds": round(processor_seconds() - processor, 3),
        "samples": made.testbench.samples,
        **made.facts,
    }
    fault, official = _official(case, mutants)
    first, *verdicts = _ours(made.testbench, [golden, *(m.design for m in mutants)])
    tried = [
        _Tried(mutant=mutant, ours=_passes(verdict), official=other.passes, said=_why(verdict))
        for mutant, verdict, other in zip(mutants, verdicts, official[1:], strict=True)
        if verdict.cause not in _INVALID_HERE and other.valid
    ]
    tried = _shown(_proved(tried, golden, interface), golden, made.testbench)
    return found | {
        "eval0": first.status is not Status.ERROR,
        "eval1": first.status is Status.PASS,
        "reason": _why(first),
        "official_fault": fault,
        "mutants": [one.facts for one in tried],
    }


@dataclass(frozen=True, slots=True)
class _Official:
    passes: bool | None
    valid: bool = True


def _official(case: Case, mutants: Sequence[Mutant]) -> tuple[str, list[_Official]]:
    """Return why the official test cannot judge, and what it says of reference and mutants."""
    harness = benchmark(case.benchmark).harness
    [preparation] = harness.prepare([case.problem], _CONDITIONS)
    texts = [case.problem.golden, *(m.design.sources[GOLDEN] for m in mutants)]
    group = Group(problem=case.problem, preparation=preparation, designs=tuple(texts))
    [judgements] = harness.judge([group], _CONDITIONS)
    if judgements[0].functional:
        return "", [_read(judgement) for judgement in judgements]
    why = "; ".join(preparation.faults) or f"it fails its own reference: {judgements[0].reason}"
    return why, [_Official(passes=None) for _ in judgements]


def _read(judgement: Judgement) -> _Official:
    return _Official(judgement.functional, judgement.category not in _INVALID_THERE)


def _ours(testbench: Testbench, designs: Sequence[Design]) -> list[Verdict]:
    interface = testbench.interface
    return judge_many(
        designs, testbench, simulators=available_simulators(), interface=interface, limits=_LIMITS
    )


def _passes(verdict: Verdict) -> bool | None:
    return None if verdict.status is Status.ERROR else verdict.status is Status.PASS


def _why(verdict: Verdict) -> str:
    return (
        "" if verdict.status is Status.PASS else f"{verdict.status.value}: {verdict.reason[:300]}"
    )


def _proved(tried: Sequence[_Tried], golden: Design, interface: Interface) -> list[_Tried]:
    """Settle what either test passes: is it equivalent after all?"""
    asked = [n for n, one in enumerate(tried) if one.ours is not False or one.official]
    if not asked:
        return list(tried)
    proofs = Forgiving(prover=YosysProver()).equivalent(
        golden, [tried[n].mutant.design for n in asked], interface, seconds=_PROVING_SECONDS
    )
    by_number: Mapping[int, Proof] = dict(zip(asked, proofs, strict=True))
    return [replace(one, proof=by_number.get(n)) for n, one in enumerate(tried)]


def _shown(tried: Sequence[_Tried], golden: Design, testbench: Testbench) -> list[_Tried]:
    """Have another simulator look at what only ours fails, and no proof has settled.

    It counts only where it passes the reference.
    """
    others = available_simulators()[1:]
    asked = [n for n, one in enumerate(tried) if one.disputed]
    if not asked or not others:
        return list(tried)
    designs = [golden, *(tried[n].mutant.design for n in asked)]
    first, *verdicts = judge_many(
        designs, testbench, simulators=others, interface=testbench.interface, limits=_LIMITS
    )
    if first.status is not Status.PASS:
        return list(tried)
    shown = {n: v.status is Status.FAIL for n, v in zip(asked, verdicts, strict=True)}
    return [replace(one, shown=shown.get(n)) for n, one in enumerate(tried)]


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:300]
