"""From what a run has found to its record."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata

from rtlgen import __version__
from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import EXIT_CODES, Options, Outcome
from rtlgen.design.record import (
    CandidateRecord,
    ModelRecord,
    OptionsRecord,
    RunRecord,
    TestbenchRecord,
    TrustRecord,
    UsageRecord,
    disagreement_record,
    spec_record,
    verdict_record,
)
from rtlgen.llm.budget import Price
from rtlgen.llm.model import Usage
from rtlgen.spec.model import Spec
from sim.design import digest
from sim.process import isolation
from sim.simulate import Simulator

_PACKAGES = ("cocotb", "pyslang", "jinja2", "openai", "transformers", "torch")


def run_record(  # noqa: PLR0913 - one argument a part of the record
    *,
    spec: Spec | None,
    judgement: Judgement | None,
    options: Options,
    candidates: Sequence[Candidate],
    chosen: Candidate | None,
    outcome: Outcome,
    reason: str,
    seconds: float,
    model: ModelRecord | None = None,
    price: Price | None = None,
    trust: TrustRecord | None = None,
    regression: str = "",
    tried: str = "",
) -> RunRecord:
    """Return the record of a run that has ended."""
    return RunRecord(
        rtlgen=__version__,
        command=list(options.command),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        outcome=outcome,
        exit_code=EXIT_CODES[outcome],
        reason=reason,
        spec=None if spec is None else spec_record(spec, digest=digest(spec.text.encode())),
        testbench=None if judgement is None else _testbench_record(judgement, options),
        options=_options_record(options),
        candidates=[candidate_record(candidate, price) for candidate in candidates],
        chosen=None if chosen is None else chosen.number,
        model=model,
        trust=trust,
        regression=regression,
        tried=tried,
        versions=versions(options.simulators),
        isolation=list(isolation().lines()),
    )


def _testbench_record(judgement: Judgement, options: Options) -> TestbenchRecord:
    bench = judgement.testbench
    return TestbenchRecord(
        reference=judgement.reference,
        independent=judgement.independent,
        seed=bench.seed,
        expected_checks=bench.expected_checks,
        digest=bench.bench.digest,
        notes=list(judgement.notes),
        phases=[f"{part.name}: {part.reason} ({part.cycles} cycles)" for part in bench.plan.phases],
        trust=judgement.trust,
    )


def _options_record(options: Options) -> OptionsRecord:
    golden = options.golden
    asking = options.asking
    return OptionsRecord(
        simulators=[simulator.name for simulator in options.simulators],
        seed=options.seed,
        timeout=options.limits.seconds,
        top=options.top,
        both_simulators=options.both_simulators,
        golden=None if golden is None else [*golden.sources, *golden.data],
        measure_testbench=options.measure_testbench,
        min_testbench_trust=options.min_testbench_trust,
        **{} if asking is None else asking.recorded(),
    )


def candidate_record(candidate: Candidate, price: Price | None = None) -> CandidateRecord:
    """Return `candidate` as a record; what it cost is known where a `price` is."""
    design, answer = candidate.design, candidate.answer
    return CandidateRecord(
        number=candidate.number,
        parent=candidate.parent,
        origin=candidate.origin,
        proposer=candidate.proposer,
        request=candidate.request,
        usage=None if answer is None else usage_record(answer.usage, answer.seconds, price),
        failure=candidate.failure,
        declined=candidate.declined,
        digest=None if design is None else design.digest,
        sources={} if design is None else dict(design.sources),
        guess=candidate.guess,
        notes=list(candidate.notes),
        twin=candidate.twin,
        group=candidate.group,
        score=candidate.score,
        verdict=None if candidate.verdict is None else verdict_record(candidate.verdict),
        disagreement=disagreement_record(candidate.disagreement),
    )


def usage_record(usage: Usage, seconds: float, price: Price | None) -> UsageRecord:
    """Return what answers took as a record."""
    return UsageRecord(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        estimated=usage.estimated,
        seconds=round(seconds, 3),
        cost=None if price is None else price.of(usage),
    )


def versions(simulators: Sequence[Simulator]) -> dict[str, str]:
    """Return the version of everything that a verdict may depend on."""
    installed = {name: _installed(name) for name in _PACKAGES}
    return {
        "python": platform.python_version(),
        **{name: version for name, version in installed.items() if version},
        **{simulator.name: simulator.version() for simulator in simulators},
    }


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
