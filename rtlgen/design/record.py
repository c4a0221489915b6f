"""The record of a run: `run.json`, and how files are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from rtlgen.design.testbench_record import TrustSummary
from rtlgen.llm.model import Sampling
from rtlgen.llm.style import PromptStyle
from rtlgen.spec.model import Finding, Fragment, Spec
from rtlgen.spec.plain import plain
from sim.disagreement import Disagreement
from sim.interface import Interface
from sim.process import ToolRun
from sim.verdict import Mismatch, Verdict

MANIFEST = "run.json"
SCHEMA: Final = 2
Basis = Literal["", "reference", "agreement", "examples"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolRunRecord(_Record):
    """One child process."""

    command: list[str]
    exit_code: int | None
    limit: str | None
    seconds: float
    output: str
    truncated: bool


class MismatchRecord(_Record):
    """The first check that did not hold; see `sim.verdict.Mismatch`."""

    check: int
    phase: str
    time_ns: float
    port: str
    expected: str
    got: str
    inputs: dict[str, str]
    history: list[dict[str, str]]


class VerdictRecord(_Record):
    """One verdict with its evidence."""

    status: Literal["pass", "fail", "unknown", "timeout", "error"]
    cause: str
    reason: str
    simulator: str
    checked: int
    expected: int
    mismatches: int
    first_mismatch: MismatchRecord | None
    notes: list[str]
    runs: list[ToolRunRecord]


class FindingRecord(_Record):
    """Something a designer would ask, and what was assumed."""

    rule: str
    severity: str
    lines: str
    message: str
    assumption: str


class FragmentRecord(_Record):
    """A part of the specification with an exact meaning, as it was read."""

    kind: str
    lines: str
    notes: list[str]
    statements: list[str]


class PortRecord(_Record):
    """A port of the module that the specification asks for."""

    name: str
    direction: str
    range: str
    """`[msb:lsb]`, or empty for a scalar."""
    width: int
    role: str = ""
    """What a clock or reset does, such as `clock, rising edge`."""


class SpecRecord(_Record):
    """The specification that was read."""

    path: str
    digest: str
    module: str
    ports: list[PortRecord] = Field(default_factory=list)
    findings: list[FindingRecord]
    fragments: list[FragmentRecord]


class TestbenchRecord(_Record):
    """The testbench that judged."""

    __test__ = False  # not a pytest class

    reference: str
    independent: bool
    """Whether the reference came from elsewhere than the candidate."""
    seed: int
    expected_checks: int
    digest: str
    notes: list[str]
    """What it leaves unchecked, or what speaks against its reference."""
    phases: list[str]
    trust: TrustSummary | None = None
    """Testbench trust; None where it was not measured."""


class UsageRecord(_Record):
    """What asking cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    """Whether some of the tokens are our estimate, since the server told none."""
    seconds: float = 0.0
    """Time that answers took, added up; several may have run at once."""
    cost: float | None = None
    """US dollars; None where no price is configured."""


class DisagreementRecord(_Record):
    """Where two simulators part for the first time; see `sim.disagreement`."""

    parting: str
    """What it seems to be, in words."""
    subject: str
    sample: int
    """0-based, of the stimulus as it was recorded."""
    phase: str
    time_ns: float
    port: str
    values: dict[str, str]
    """By simulator."""
    evidence: str


class CandidateRecord(_Record):
    """One design that was judged, or why there is none."""

    number: int = 0
    parent: int | None = None
    """Number of the candidate that this one repairs."""
    origin: Literal["given", "compiled", "propose", "syntax repair", "functional repair"]
    proposer: str
    request: str | None = None
    """Key of the request in `answers.jsonl`."""
    usage: UsageRecord | None = None
    failure: str | None = None
    """Why the model gave no answer; the candidate is then not judged."""
    declined: str | None
    """Why the answer holds no design."""
    digest: str | None
    sources: dict[str, str]
    guess: bool
    notes: list[str]
    twin: int | None = None
    """Number of an earlier candidate that is the same but for comments and layout."""
    group: int | None = None
    """Number of the group of like behavior, where there was no reference."""
    score: float = 0.0
    """How near it came, 0 to 1; 1 only for a pass."""
    verdict: VerdictRecord | None
    disagreement: DisagreementRecord | None = None
    """None also where only one simulator was asked."""


class SamplingRecord(_Record):
    """How answers were drawn; see `rtlgen.llm.model.Sampling`."""

    temperature: float
    top_p: float
    max_tokens: int
    stop: list[str]

    @classmethod
    def of(cls, sampling: Sampling) -> SamplingRecord:
        """Return `sampling` as a record."""
        return cls(**{**asdict(sampling), "stop": list(sampling.stop)})

    def sampling(self) -> Sampling:
        """Return what was recorded."""
        return Sampling(**{**self.model_dump(), "stop": tuple(self.stop)})


class ModelRecord(_Record):
    """The model that was asked, how, and what it took."""

    name: str
    chosen_by: str
    """Where the choice came from, such as `--model` or `RTLGEN_MODEL`."""
    subject: str = ""
    """What the model knows the problem by; empty: the module's name."""
    header: str | None = None
    """The module's header, where samples made elsewhere continued it."""
    prompt: PromptStyle = "chat"
    """The form of its prompts."""
    sampling: SamplingRecord
    question: dict[str, Any] = Field(default_factory=dict)
    """What the answers depend on; `--resume` goes on only with the same."""
    requests: int
    """Requests that were sent, before an interruption as well."""
    reused: int
    """Of their answers, those that were there when the run was resumed."""
    failures: dict[str, int]
    """Requests without an answer, by reason; also those that the budget kept from being sent."""
    usage: UsageRecord
    """Of all requests that were sent."""
    budget: str
    """The budget and what was spent of it, in words."""
    notes: list[str]


class EvidenceRecord(_Record):
    """One thing that speaks for or against the chosen design."""

    kind: str
    text: str


class GroupRecord(_Record):
    """Candidates that behaved alike under the same stimulus."""

    number: int
    members: list[int]
    """Numbers of candidates."""
    trust: float


class ReferenceRecord(_Record):
    """A reference model that a language model wrote."""

    number: int
    request: str | None
    source: str
    state: Literal["used", "suspected", "dropped"]
    reason: str


class QuorumRecord(_Record):
    """Whether agreement is enough for a verdict; see `rtlgen.design.quorum`."""

    answers: int
    """Answers given independently of each other, with or without a design."""
    alike: int
    """Those that behave just like the chosen design, itself included."""
    against: list[str]
    """What keeps it from being a verdict; empty: nothing does."""
    narrow: bool = False
    """Whether the model only writes modules: no agreement of it says how likely it is right."""


class SettledRecord(_Record):
    """Whether the specification's own examples are a verdict; see `rtlgen.design.settled`."""

    said: list[str]
    """The examples, tables and waveforms, and where they stand."""
    killed: int
    """Mutants of the chosen design that they notice."""
    counted: int
    """Mutants, without those that were proved to do what it does."""
    keepers: int
    """Independent answers that keep them all."""
    against: list[str]
    """What keeps this from being a verdict; empty: nothing does."""


class TrustRecord(_Record):
    """How much the chosen design can be trusted where no reference was given."""

    value: float
    """Estimated probability that it is right, 0 to 1."""
    demanded: float
    evidence: list[EvidenceRecord]
    groups: list[GroupRecord]
    references: list[ReferenceRecord]
    quorum: QuorumRecord | None = None
    """None where no design could be observed."""
    settled: SettledRecord | None = None
    """None where agreement is a verdict already, or the specification shows nothing."""


class OptimizationStepRecord(_Record):
    """One change of the RTL."""

    name: str
    what: str
    proof: str


class OptimizationRecord(_Record):
    """What became of the chosen RTL when it was optimized."""

    applied: bool
    """Whether `rtl/` has the optimized RTL; then `rtl/unoptimized/` has what was verified."""
    reason: str
    library: str = ""
    """Cell library of the figures."""
    before: dict[str, float] = Field(default_factory=dict)
    """Area in the library's unit, delay in ps, flip-flops."""
    after: dict[str, float] = Field(default_factory=dict)
    steps: list[OptimizationStepRecord] = Field(default_factory=list)
    left_alone: list[str] = Field(default_factory=list)
    verdict: VerdictRecord | None = None
    """Of the optimized RTL by the same testbench."""
    sources: dict[str, str] = Field(default_factory=dict)
    """The optimized RTL, if it is applied."""


class OptionsRecord(_Record):
    """What a replay needs to know of the options."""

    simulators: list[str]
    seed: int = Field(ge=0)
    timeout: float = Field(gt=0, allow_inf_nan=False)
    """Seconds that one tool run may take."""
    top: str | None = None
    both_simulators: bool = False
    """Whether the first two simulators had to agree."""
    golden: list[str] | None = None
    """Names of the files in `golden/`."""
    candidates: int = Field(default=1, ge=1)
    rounds: int = Field(default=0, ge=0)
    references: int = Field(default=0, ge=0)
    style: Literal["direct", "reasoning"] = "direct"
    examples: int = Field(default=0, ge=0, le=4)
    min_trust: float = 0.0
    measure_testbench: bool = False
    min_testbench_trust: float | None = None


class RunRecord(_Record):
    """Everything about one run of `rtlgen design` or `rtlgen judge`."""

    schema_version: Literal[2] = SCHEMA
    rtlgen: str
    command: list[str]
    started: str
    """UTC, ISO 8601."""
    seconds: float
    outcome: Literal["verified", "trusted", "failed", "not judged"]
    """`verified`: see `basis`; `trusted`: what agreement there is falls short of a verdict."""
    basis: Basis = ""
    """What the verdict on the chosen design is by: a table, diagram, waveform or golden RTL, or the
    agreement of answers given independently; empty where there is no verdict."""
    rests_on: list[str] = Field(default_factory=list)
    """All that the chosen design was compared with and held, in words."""
    exit_code: int
    reason: str
    spec: SpecRecord | None
    testbench: TestbenchRecord | None
    options: OptionsRecord
    candidates: list[CandidateRecord]
    chosen: int | None
    """Number of the candidate whose RTL was written."""
    model: ModelRecord | None = None
    trust: TrustRecord | None = None
    regression: str = ""
    """What the failure was shrunk to, in words; `regression/` is a testbench of just that."""
    tried: str = ""
    """Where no design held: how many answers there were, and why each kind does not hold."""
    optimization: OptimizationRecord | None = None
    """None where none was wanted."""
    versions: dict[str, str]
    isolation: list[str]


def verdict_record(verdict: Verdict) -> VerdictRecord:
    """Return `verdict` as a record."""
    return VerdictRecord(
        status=verdict.status.value,
        cause=verdict.cause.value,
        reason=verdict.reason,
        simulator=verdict.simulator,
        checked=verdict.checked,
        expected=verdict.expected,
        mismatches=verdict.mismatches,
        first_mismatch=_mismatch(verdict.first_mismatch),
        notes=list(verdict.notes),
        runs=[_tool_run(run) for run in verdict.runs],
    )


def disagreement_record(found: Disagreement | None) -> DisagreementRecord | None:
    """Return `found` as a record."""
    if found is None:
        return None
    values = asdict(found) | {"parting": found.parting.value, "values": dict(found.values)}
    return DisagreementRecord(**values)


def _mismatch(found: Mismatch | None) -> MismatchRecord | None:
    if found is None:
        return None
    return MismatchRecord(
        check=found.check,
        phase=found.phase,
        time_ns=found.time_ns,
        port=found.port,
        expected=found.expected,
        got=found.got,
        inputs=dict(found.inputs),
        history=[dict(sample) for sample in found.history],
    )


def _tool_run(run: ToolRun) -> ToolRunRecord:
    return ToolRunRecord(
        command=list(run.argv),
        exit_code=run.exit_code,
        limit=run.limit,
        seconds=round(run.seconds, 3),
        output=run.output[:20_000],
        truncated=run.truncated or len(run.output) > 20_000,
    )


def finding_record(finding: Finding) -> FindingRecord:
    """Return `finding` as a record."""
    return FindingRecord(
        rule=finding.rule,
        severity=finding.severity.value,
        lines=str(finding.place),
        message=finding.message,
        assumption=finding.assumption,
    )


def spec_record(spec: Spec, *, digest: str) -> SpecRecord:
    """Return what was read from `spec` as a record."""
    return SpecRecord(
        path=spec.path,
        digest=digest,
        module=spec.interface.module,
        ports=_ports(spec.interface),
        findings=[finding_record(finding) for finding in spec.findings],
        fragments=[_fragment(part) for part in spec.fragments],
    )


def _ports(interface: Interface) -> list[PortRecord]:
    roles = {clock.port: f"clock, {clock.edge.value} edge" for clock in interface.clocks}
    for reset in interface.resets:
        level = "active low" if reset.active_low else "active high"
        kind = "asynchronous" if reset.asynchronous else "synchronous"
        roles[reset.port] = f"{kind} reset, {level}"
    return [
        PortRecord(
            name=port.name,
            direction=port.direction.value,
            range=port.range,
            width=port.width,
            role=roles.get(port.name, ""),
        )
        for port in interface.ports
    ]


def _fragment(part: Fragment) -> FragmentRecord:
    return FragmentRecord(
        kind=part.kind.value,
        lines=str(part.place),
        notes=list(part.notes),
        statements=list(plain(part)),
    )


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` (name to text) under `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_manifest(folder: Path, record: RunRecord) -> None:
    """Write `run.json` by a rename, so that it is whole whenever it is there."""
    partial = folder / f".{MANIFEST}.partial"
    partial.write_text(to_json(record), encoding="utf-8")
    partial.rename(folder / MANIFEST)


def to_json(record: RunRecord) -> str:
    """Return `record` as indented JSON."""
    return json.dumps(record.model_dump(), indent=2, ensure_ascii=False) + "\n"
