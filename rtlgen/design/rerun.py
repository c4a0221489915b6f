"""A recorded run, made again from its own folder: the same verdicts, or what differs.

No model is asked: its answers are read from the folder. Testbench, judging
and everything that the loop decides are made anew, without any cache.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rtlgen.design.bench import load_golden, load_rtl
from rtlgen.design.builtin import BuiltIn
from rtlgen.design.model_run import Question, model_run
from rtlgen.design.options import Asking, Options, Progress
from rtlgen.design.record import MANIFEST, CandidateRecord, OptionsRecord, RunRecord
from rtlgen.design.run import design_from_spec, judge_design
from rtlgen.design.run_folder import GOLDEN, SPEC
from rtlgen.design.unfinished import ANSWERS
from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Request
from rtlgen.llm.records import AnswerRecord, read_records
from rtlgen.spec import load_spec
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.judge import simulator_named
from sim.process import Limits
from sim.scratch import scratch_folder

_COMPARED = ("status", "cause", "reason", "checked", "expected", "mismatches", "first_mismatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that did not come out as it was recorded."""

    what: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What came of making a run again."""

    verdicts: int
    """Verdicts that were compared."""
    differences: tuple[Difference, ...]
    versions: tuple[Difference, ...]
    """Tools and libraries whose version is another one now."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""

        def plain(found: Sequence[Difference]) -> list[dict[str, str]]:
            return [{"what": d.what, "recorded": d.recorded, "now": d.now} for d in found]

        return {
            "verdicts": self.verdicts,
            "differences": plain(self.differences),
            "versions": plain(self.versions),
        }


class Recorded:
    """A model that says again what it has said, and nothing else."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._answers: dict[str, Answer] = {}
        with path.open("rb") as stream:
            for record, _ in read_records(stream, path):
                if isinstance(record, AnswerRecord):
                    self._answers[record.key] = record.answer()

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        for index, request in enumerate(requests):
            yield index, self._answers.get(request.key) or _not_recorded(request)

    def close(self) -> None:
        """Hold nothing."""


def _not_recorded(request: Request) -> Answer:
    # What a run wanted and could not pay for is not in its record either.
    detail = f"the record has no answer to this {request.purpose.value} request"
    return Answer(text=None, failure=Failure.BUDGET, detail=detail)


def rerun(folder: Path, progress: Progress) -> Rerun:
    """Make the run in `folder` again and compare.

    Raises:
        UsageError: `folder` holds no run that can be made again.
        EnvironmentFault: A simulator of that run is missing.
    """
    record = read_record(folder)
    spec = load_spec(folder / SPEC) if record.spec is not None else None
    options = _options(folder, record, spec)
    now = _again(folder, record, spec, options, progress)
    return Rerun(
        verdicts=sum(candidate.verdict is not None for candidate in record.candidates),
        differences=tuple(_differences(record, now)),
        versions=tuple(_version_differences(record.versions, now.versions)),
    )


def read_record(folder: Path) -> RunRecord:
    """Return the record of the run in `folder`.

    Raises:
        UsageError: There is none, or none of this version.
    """
    path = folder / MANIFEST
    try:
        return RunRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"a run's folder must hold {MANIFEST}, {folder} does not: {error.strerror}"
            "\n\nhint: give the folder that `rtlgen design -o` or `rtlgen judge -o` wrote"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{path} is no record of this version of rtlgen: {place}: {first['msg']}"
            "\n\nhint: replay it with the version that wrote it"
        ) from error


def _options(folder: Path, record: RunRecord, spec: Spec | None) -> Options:
    kept = record.options
    simulators = [simulator_named(name) for name in kept.simulators]
    for simulator in simulators:
        simulator.version()
    return Options(
        simulators=simulators,
        golden=_golden(folder, kept, spec),
        top=kept.top,
        seed=kept.seed,
        limits=Limits(seconds=kept.timeout, cpu_seconds=kept.timeout),
        workers=os.cpu_count() or 1,
        asking=_asking(record),
    )


def _golden(folder: Path, kept: OptionsRecord, spec: Spec | None) -> Design | None:
    if kept.golden is None:
        return None
    paths = [folder / GOLDEN / name for name in kept.golden]
    return load_golden(paths, module=kept.top or (spec.interface.module if spec else None))


def _asking(record: RunRecord) -> Asking | None:
    if record.model is None:
        return None
    kept, sampling = record.options, record.model.sampling
    return Asking(
        candidates=kept.candidates,
        rounds=kept.rounds,
        references=kept.references,
        style=kept.style,
        examples=kept.examples,
        min_trust=kept.min_trust,
        sampling=sampling.sampling(),
    )


def _again(
    folder: Path, record: RunRecord, spec: Spec | None, options: Options, progress: Progress
) -> RunRecord:
    with scratch_folder() as work:
        if record.model is not None and spec is not None:
            model = Recorded(record.model.name, folder / ANSWERS)
            question = Question(
                model=model,
                chosen_by="its record",
                subject=record.model.subject,
                header=record.model.header,
            )
            return model_run(spec, question, options, work, progress, cache=None).record
        if spec is not None and record.candidates[0].origin == "compiled":
            return design_from_spec(spec, BuiltIn(), options, work / "out", progress)
        return judge_design(_given(folder, record, options, spec), spec, options, None, progress)


def _given(folder: Path, record: RunRecord, options: Options, spec: Spec | None) -> Design:
    paths = sorted(path for path in (folder / "rtl").iterdir() if path.is_file())
    module = options.top or (spec.interface.module if spec else None)
    if module is None and options.golden is not None:
        module = options.golden.top
    return load_rtl(paths, module=module, what="recorded RTL")


def _differences(record: RunRecord, now: RunRecord) -> Iterator[Difference]:
    yield from _of("outcome", record.outcome, now.outcome)
    yield from _of("chosen candidate", record.chosen, now.chosen)
    yield from _of("testbench", _testbench(record), _testbench(now))
    yield from _of("trust", _trust(record), _trust(now))
    yield from _of("candidates", len(record.candidates), len(now.candidates))
    for before, after in zip(record.candidates, now.candidates, strict=False):
        yield from _candidate_differences(before, after)


def _testbench(record: RunRecord) -> str | None:
    return None if record.testbench is None else record.testbench.digest


def _trust(record: RunRecord) -> float | None:
    return None if record.trust is None else round(record.trust.value, 6)


def _candidate_differences(before: CandidateRecord, after: CandidateRecord) -> Iterator[Difference]:
    name = f"candidate {before.number}"
    for field in ("parent", "origin", "digest", "declined", "failure", "twin", "group"):
        yield from _of(f"{name}: {field}", getattr(before, field), getattr(after, field))
    old, new = _verdict(before), _verdict(after)
    for field in old.keys() | new.keys():
        yield from _of(f"{name}: verdict: {field}", old.get(field), new.get(field))


def _verdict(candidate: CandidateRecord) -> dict[str, Any]:
    if candidate.verdict is None:
        return {}
    return candidate.verdict.model_dump(include=set(_COMPARED))


def _version_differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted(before.keys() | now.keys()):
        yield from _of(name, before.get(name), now.get(name))


def _of(what: str, recorded: object, now: object) -> Iterator[Difference]:
    if recorded != now:
        yield Difference(what=what, recorded=_shown(recorded), now=_shown(now))


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value)
