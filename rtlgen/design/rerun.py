"""A recorded run, made again from its own folder: the same verdicts, or what differs.

No model is asked: its answers are read from the folder. Testbench, judging
and everything that the loop decides are made anew, without any cache; nothing
is written into the folder.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rtlgen.design.bench import load_golden
from rtlgen.design.builtin import BuiltIn
from rtlgen.design.differences import (
    Difference,
    differences,
    file_differences,
    version_differences,
)
from rtlgen.design.load import load_rtl
from rtlgen.design.model_run import Question, model_run
from rtlgen.design.options import Asking, Options, Progress
from rtlgen.design.record import MANIFEST, OptionsRecord, RunRecord
from rtlgen.design.run import design_from_spec, judge_design
from rtlgen.design.run_folder import GOLDEN, RTL, SPEC, TESTBENCH, UNOPTIMIZED
from rtlgen.design.unfinished import ANSWERS
from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Purpose, Request
from rtlgen.llm.records import AnswerRecord, PromptRecord, read_records
from rtlgen.llm.style import PromptStyle
from rtlgen.spec import load_spec
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.errors import ToolNotFound
from sim.judge import SIMULATORS, simulator_named
from sim.process import Limits
from sim.scratch import scratch_folder
from sim.simulate import Simulator

_OTHER_PROMPTS = Difference(
    what="prompts",
    recorded="those of answers.jsonl",
    now="others, so that answers were taken in their order",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What came of making a run again."""

    verdicts: int
    """Verdicts that were compared."""
    differences: tuple[Difference, ...]
    versions: tuple[Difference, ...]
    """Tools and libraries whose version is another one now, and prompts that read otherwise."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


class Recorded:
    """A model that says again what it has said, and nothing else.

    Where another version of rtlgen words its prompts otherwise, a proposal or
    reference model is known by its number, and repairs by their order.
    """

    def __init__(self, record: RunRecord, path: Path) -> None:
        self.name = "" if record.model is None else record.model.name
        self.prompt_style: PromptStyle = "chat" if record.model is None else record.model.prompt
        self.other_prompts = False
        """Whether the prompts are not those that were recorded."""
        self._answers: dict[str, Answer] = {}
        self._numbered: dict[tuple[Purpose, int], Answer] = {}
        self._prompts: set[str] = set()
        self._read(path)
        repairs = (c.request for c in record.candidates if c.parent is not None)
        self._repairs = deque(key for key in repairs if key in self._answers)

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        proposals = [r for r in requests if r.purpose is Purpose.PROPOSE]
        self.other_prompts |= any(r.prompt_digest not in self._prompts for r in proposals)
        for index, request in enumerate(requests):
            answer = self._answers.get(request.key)
            if answer is None and self.other_prompts:
                answer = self._like(request)
            yield index, answer or _not_recorded(request)

    def close(self) -> None:
        """Hold nothing."""

    def _read(self, path: Path) -> None:
        try:
            with path.open("rb") as stream:
                for record, _ in read_records(stream, path):
                    self._take(record)
        except OSError as error:
            raise UsageError(
                f"a run that asked a model must hold its answers, {path} does not: {error.strerror}"
                "\n\nhint: without them it cannot be made again"
            ) from error

    def _take(self, record: PromptRecord | AnswerRecord) -> None:
        if isinstance(record, PromptRecord):
            self._prompts.add(record.digest)
        else:
            self._answers[record.key] = record.answer()
            self._numbered[record.purpose, record.sample] = record.answer()

    def _like(self, request: Request) -> Answer | None:
        if request.purpose in (Purpose.PROPOSE, Purpose.REFERENCE):
            return self._numbered.get((request.purpose, request.sample))
        return self._answers[self._repairs.popleft()] if self._repairs else None


def _not_recorded(request: Request) -> Answer:
    # What a run wanted and could not pay for is not in its record either.
    detail = f"the record has no answer to this {request.purpose.value} request"
    return Answer(text=None, failure=Failure.BUDGET, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Again:
    """A run that was made again."""

    record: RunRecord
    testbench: Mapping[str, str]
    other_prompts: bool = False


def rerun(folder: Path, progress: Progress) -> Rerun:
    """Make the run in `folder` again and compare.

    Raises:
        UsageError: `folder` holds no run that can be made again.
        EnvironmentFault: A simulator of that run is missing.
    """
    record = read_record(folder)
    spec = load_spec(folder / SPEC) if record.spec is not None else None
    again = _again(folder, record, spec, _options(folder, record, spec), progress)
    bench = {f"{TESTBENCH}/{name}": text for name, text in again.testbench.items()}
    rtl = dict(_rtl_files(record))
    prompts = [_OTHER_PROMPTS] if again.other_prompts else []
    return Rerun(
        verdicts=sum(candidate.verdict is not None for candidate in record.candidates),
        differences=(
            *differences(record, again.record),
            *file_differences(folder, bench, origin="the testbench as it is made now"),
            *file_differences(folder, rtl, origin=MANIFEST),
        ),
        versions=(*version_differences(record, again.record), *prompts),
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
        place = "".join(f"{part}: " for part in first["loc"])
        raise UsageError(
            f"{path} is no record of this version of rtlgen: {place}{first['msg']}"
            "\n\nhint: replay it with the version that wrote it"
        ) from error


def _rtl_files(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Yield the files of RTL that the run has written, optimized ones and what they were."""
    made = record.optimization
    applied = made is not None and made.applied
    home = UNOPTIMIZED if applied else RTL
    yield from ((f"{home}/{name}", text) for name, text in _chosen_sources(record).items())
    if made is not None and applied:
        yield from ((f"{RTL}/{name}", text) for name, text in made.sources.items())


def _chosen_sources(record: RunRecord) -> Mapping[str, str]:
    chosen = [c for c in record.candidates if c.number == record.chosen]
    return chosen[0].sources if chosen else {}


def _options(folder: Path, record: RunRecord, spec: Spec | None) -> Options:
    kept = record.options
    return Options(
        simulators=_simulators(record),
        golden=_golden(folder, kept, spec),
        top=kept.top,
        seed=kept.seed,
        limits=Limits(seconds=kept.timeout, cpu_seconds=kept.timeout),
        workers=os.cpu_count() or 1,
        both_simulators=kept.both_simulators,
        asking=_asking(record),
        measure_testbench=kept.measure_testbench,
        min_testbench_trust=kept.min_testbench_trust,
    )


def _simulators(record: RunRecord) -> list[Simulator]:
    """Return the run's simulators; one that is missing and was only there to fall back on is not.

    Raises:
        UsageError: A name is none of a simulator.
        ToolNotFound: One is missing that verdicts rest on.
    """
    names = record.options.simulators
    unknown = [name for name in names if name not in SIMULATORS]
    if unknown or not names:
        raise UsageError(
            f"the simulators of a run must be among {', '.join(SIMULATORS)}, not {names}"
            "\n\nhint: run.json was changed by hand, or written by another version of rtlgen"
        )
    first, *others = [simulator_named(name) for name in names]
    first.version()
    verdicts = [c.verdict for c in record.candidates if c.verdict is not None]
    used = {verdict.simulator for verdict in verdicts}
    return [first, *(each for each in others if _is_there(each, record.versions, used))]


def _is_there(simulator: Simulator, versions: Mapping[str, str], used: set[str]) -> bool:
    try:
        simulator.version()
    except ToolNotFound:
        recorded = versions.get(simulator.name, simulator.name)
        if any(recorded in name for name in used):
            raise
        return False
    return True


def _golden(folder: Path, kept: OptionsRecord, spec: Spec | None) -> Design | None:
    if kept.golden is None:
        return None
    paths = [folder / GOLDEN / Path(name).name for name in kept.golden]
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
) -> _Again:
    with scratch_folder() as work:
        if record.model is not None and spec is not None:
            return _asked_again(folder, record, spec, options, work, progress)
        output = work / "out"
        if spec is not None and [c.origin for c in record.candidates] == ["compiled"]:
            now = design_from_spec(spec, BuiltIn(), options, output, progress)
        else:
            given = _given(folder, record, options, spec)
            now = judge_design(given, spec, options, output, progress)
        return _Again(record=now, testbench=_texts_in(output / TESTBENCH))


def _asked_again(
    folder: Path,
    record: RunRecord,
    spec: Spec,
    options: Options,
    work: Path,
    progress: Progress,
) -> _Again:
    model = Recorded(record, folder / ANSWERS)
    asked = record.model
    question = Question(
        model=model,
        chosen_by="its record",
        subject="" if asked is None else asked.subject,
        header=None if asked is None else asked.header,
    )
    run = model_run(spec, question, options, work, progress, cache=None)
    files = {} if run.judgement is None else run.judgement.testbench.files
    return _Again(record=run.record, testbench=files, other_prompts=model.other_prompts)


def _texts_in(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in paths}


def _given(folder: Path, record: RunRecord, options: Options, spec: Spec | None) -> Design:
    """Return the RTL that was judged, its files in the order in which they were given."""
    order = [name for candidate in record.candidates for name in candidate.sources]
    places = {name: place for place, name in enumerate(order)}
    found = [path for path in (folder / RTL).glob("*") if path.is_file()]
    paths = sorted(found, key=lambda path: (places.get(path.name, len(places)), path.name))
    if not paths:
        raise UsageError(
            f"a run without a model must hold its RTL, {folder / RTL} does not"
            "\n\nhint: without it the run cannot be made again"
        )
    module = options.top or (spec.interface.module if spec else None)
    if module is None and options.golden is not None:
        module = options.golden.top
    return load_rtl(paths, module=module, what="recorded RTL")
