"""Sources that a testbench of rtlgen judges: runs of `rtlgen design`, and specs with RTL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rtlgen.data.asking import interface_of
from rtlgen.data.bench_blind import Polled
from rtlgen.data.bench_task import BenchTask
from rtlgen.data.judged import Task
from rtlgen.data.options import BuildOptions, PromptChoice
from rtlgen.data.sources import DesignRun, SpecFolder, file_digest
from rtlgen.data.store import Origin
from rtlgen.design.load import load_rtl
from rtlgen.design.record import MANIFEST, CandidateRecord, RunRecord
from rtlgen.design.rerun import read_record
from rtlgen.design.run_folder import GOLDEN, SPEC
from rtlgen.design.unfinished import ANSWERS
from rtlgen.design.variables import is_mended
from rtlgen.errors import RtlgenError, UsageError
from rtlgen.llm.model import Message
from rtlgen.llm.records import AnswerRecord, read_records
from rtlgen.prompts import Task as PromptTask
from rtlgen.prompts import module_header, propose
from rtlgen.prompts.plain import plain
from rtlgen.spec import load_spec
from rtlgen.spec.front_matter import read_front_matter
from rtlgen.spec.model import Spec
from sim.design import Design, digest
from sim.errors import InvalidDesign
from sim.judge import SIMULATORS

DESIGNS = "designs"
"""Problem set of specifications that are no benchmark's."""
_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer of a run or a folder; without a design it fails, or is not judged."""

    sample: int
    completion: str
    design: Design | None
    failed: str = ""
    """Why it fails without a design."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchProblem:
    """A specification with answers, and what judges them."""

    origin: Origin
    task: Task
    given: tuple[Given, ...]
    work: BenchTask | None
    """None where nothing can judge."""
    unjudged: str = ""
    """Why."""

    @property
    def key(self) -> str:
        """Hex digest of what the verdicts depend on, for the file that keeps them."""
        designs = [one.design.digest for one in self.given if one.design is not None]
        return digest(self.origin.digest.encode(), *(part.encode() for part in designs))


def design_run(found: DesignRun, options: BuildOptions) -> BenchProblem | None:
    """Return a run of `rtlgen design` as a problem with answers; None if it had no specification.

    Raises:
        UsageError: The run is of another version, or its files are damaged.
    """
    record = read_record(found.path)
    if record.spec is None:
        return None
    spec = load_spec(found.path / SPEC)
    answers = _answers(found.path)
    golden = _golden(found.path, record, spec)
    top = record.options.top or spec.interface.module
    given = tuple(_given(candidate, answers, top) for candidate in record.candidates)
    files = [found.path / MANIFEST, found.path / SPEC]
    origin = Origin(
        kind="design run",
        name=found.path.resolve().name,
        digest=file_digest(*files),
        model="" if record.model is None else record.model.name,
        temperature=None if record.model is None else record.model.sampling.temperature,
        top_p=None if record.model is None else record.model.sampling.top_p,
        seed=record.options.seed,
    )
    work = BenchTask(
        spec=spec.text,
        golden=golden,
        designs=tuple(one.design for one in given if one.design is not None),
        top=record.options.top,
        seed=record.options.seed,
        simulators=_simulators(record, found.path),
        seconds=record.options.timeout,
        measure=record.options.measure_testbench,
        poll=_polled(record),
    )
    task = spec_task(spec, options, golden="" if golden is None else _text(golden))
    return BenchProblem(origin=origin, task=task, given=given, work=work)


def spec_folder(found: SpecFolder, options: BuildOptions) -> Iterator[BenchProblem]:
    """Yield the specifications of a folder with their RTL.

    RTL is judged by what its specification says formally. Where the front matter says
    `golden: true`, it is itself the reference and has to pass the testbench made of it.

    Raises:
        UsageError: A file cannot be read.
    """
    for path, rtl in found.pairs:
        yield _pair(found.path, path, rtl, options)


def _pair(folder: Path, path: Path, rtl: Path, options: BuildOptions) -> BenchProblem:
    spec = load_spec(path)
    said = read_front_matter(spec.text.splitlines()).metadata
    design = _loaded(rtl, spec)
    golden = design if said.get("golden") is True else None
    text = rtl.read_text(encoding="utf-8", errors="replace")
    origin = Origin(
        kind="folder",
        name=f"{folder.resolve().name}/{rtl.name}",
        digest=file_digest(path, rtl),
        model=options.model,
        licence=str(said.get("license") or said.get("licence") or options.licence),
    )
    work = None
    if design is not None:
        work = BenchTask(
            spec=spec.text,
            golden=golden,
            designs=(design,),
            seconds=options.cpu_seconds,
        )
    given = Given(
        sample=0, completion=text, design=design, failed="" if design else "it cannot be parsed"
    )
    task = spec_task(spec, options, golden="" if golden is None else text)
    return BenchProblem(origin=origin, task=task, given=(given,), work=work)


def _loaded(path: Path, spec: Spec) -> Design | None:
    try:
        return load_rtl([path], module=spec.interface.module, what="RTL")
    except (InvalidDesign, RtlgenError):
        return None


def spec_task(spec: Spec, options: BuildOptions, *, golden: str) -> Task:
    """Return a specification as data is made of it."""
    header = module_header(spec.interface, spec.ranges) if spec.interface.ports else ""
    name = f"{spec.interface.module}-{digest(spec.text.encode())[:_NAMED]}"
    bare = options.prompt is PromptChoice.PLAIN
    return Task(
        problem_set=DESIGNS,
        problem=name,
        spec=spec.text,
        header=header,
        top=spec.interface.module,
        prompt=_prompt(spec, header, options),
        form="bare" if bare else "fenced",
        golden=golden,
    )


def _prompt(spec: Spec, header: str, options: BuildOptions) -> tuple[Message, ...]:
    if options.prompt is PromptChoice.PLAIN:
        return plain(spec.text, header)
    try:
        interface = interface_of(spec.text, spec.interface.module)
    except RtlgenError:
        return ()
    return propose(PromptTask(spec=spec.text, interface=interface, header=header))


def _polled(record: RunRecord) -> Polled | None:
    """Return how a model's answers came about; None where no model was asked."""
    if record.model is None:
        return None
    asked = [one for one in record.candidates if one.parent is None and one.failure is None]
    with_design = [one for one in record.candidates if one.sources]
    models = () if record.trust is None else record.trust.references
    return Polled(
        answers=len(asked),
        independent=tuple(n for n, one in enumerate(with_design) if one.parent is None),
        temperature=record.model.sampling.temperature,
        narrow=record.model.prompt == "plain",
        references=tuple(one.source for one in models if one.source),
    )


def _simulators(record: RunRecord, folder: Path) -> tuple[str, ...]:
    unknown = [name for name in record.options.simulators if name not in SIMULATORS]
    if unknown:
        raise UsageError(
            f"the simulators of a run must be among {', '.join(SIMULATORS)}, not {unknown[0]!r}: "
            f"{folder / MANIFEST}\n\nhint: the record was changed by hand"
        )
    return tuple(record.options.simulators)


def _golden(folder: Path, record: RunRecord, spec: Spec) -> Design | None:
    names = record.options.golden
    if names is None:
        return None
    paths = [folder / GOLDEN / Path(name).name for name in names]
    return load_rtl(paths, module=record.options.top or spec.interface.module, what="golden RTL")


def _answers(folder: Path) -> Mapping[str, str]:
    """Return what the model said, by the request's key."""
    path = folder / ANSWERS
    if not path.is_file():
        return {}
    with path.open("rb") as stream:
        records = (record for record, _ in read_records(stream, path))
        return {
            one.key: one.text
            for one in records
            if isinstance(one, AnswerRecord) and one.text is not None
        }


def _given(candidate: CandidateRecord, answers: Mapping[str, str], top: str) -> Given:
    design = Design(top=top, sources=candidate.sources) if candidate.sources else None
    said = answers.get(candidate.request or "", "")
    if is_mended(candidate.notes):
        said = ""  # What was judged is not what the model wrote.
    return Given(
        sample=candidate.number,
        completion=said or ("" if design is None else _text(design)),
        design=design,
        failed="" if candidate.failure else candidate.declined or "",
    )


def _text(design: Design) -> str:
    return "\n".join(design.sources.values())
