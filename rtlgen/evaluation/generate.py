"""Samples from a language model, or from the proposer that needs none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Protocol, runtime_checkable

from rtlgen import __version__
from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Proposal
from rtlgen.errors import RtlgenError, UsageError
from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.problem import Problem, description_of
from rtlgen.evaluation.row import ROWS, row_of
from rtlgen.evaluation.run_folder import ANSWERS, RunFolder
from rtlgen.evaluation.run_record import SourceRecord
from rtlgen.evaluation.samples import Sample
from rtlgen.llm.budget import Budget
from rtlgen.llm.choose import BUILT_IN
from rtlgen.llm.identity import digests_of
from rtlgen.llm.model import Answer, LanguageModel, Message, Request, Sampling
from rtlgen.llm.session import Session
from rtlgen.llm.store import AnswerStore
from rtlgen.llm.style import PromptStyle, style_of
from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.model import Spec
from rtlgen.spec.reader import read_spec
from sim.design import digest

_AT_ONCE = 64
"""Requests that are asked together, about: enough to keep a server's slots busy."""


@runtime_checkable
class InBatches(Protocol):
    """A model that answers faster the more it is asked at once."""

    @property
    def at_once(self) -> int:
        """Requests that are best asked together."""


_UNJUDGED = b'"not judged"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How samples are drawn from a model."""

    n: int = 10
    """Samples of each problem."""
    shots: int = 0
    """In-context examples in the prompt."""
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 1

    def __post_init__(self) -> None:
        if self.n < 1:
            raise UsageError(f"--n must be at least 1, not {self.n}")


class FromModel:
    """The samples of a model, asked for as they are iterated over, once.

    Answers are in `ANSWERS` of the run's folder before anything is done with
    them, and what is there is not asked again.
    """

    def __init__(
        self,
        benchmark: Benchmark,
        problems: Sequence[Problem],
        model: LanguageModel,
        *,
        budget: Budget,
        drawing: Drawing,
        folder: Path,
    ) -> None:
        """Ask nothing yet.

        Raises:
            UsageError: A number of in-context examples that the benchmark does not have.
        """
        self.spent = ""
        """What was spent of what, in words, when all is answered."""
        self._benchmark, self._problems, self._model = benchmark, problems, model
        self._budget, self._drawing, self._folder = budget, drawing, folder
        self.source = _source(benchmark, problems, model, drawing)

    def __iter__(self) -> Iterator[Sample]:
        with AnswerStore(self._folder / ANSWERS) as store:
            session = Session(self._model, store, self._budget)
            yield from generated(self._benchmark, self._problems, session, self._drawing)
            self.spent = session.meter.line()


def generated(
    benchmark: Benchmark, problems: Sequence[Problem], session: Session, drawing: Drawing
) -> Iterator[Sample]:
    """Yield `drawing.n` samples of each problem, a few problems at a time, as they are answered.

    What the session's store has is not asked again. A request without an
    answer is a sample without a completion.

    Raises:
        UsageError: A number of in-context examples that the benchmark does not have.
        ModelFault: No request can be answered.
    """
    model = session.model
    step = max(1, (model.at_once if isinstance(model, InBatches) else _AT_ONCE) // drawing.n)
    for start in range(0, len(problems), step):
        requests = [
            request
            for problem in problems[start : start + step]
            for request in requests_of(benchmark, problem, drawing, style_of(model))
        ]
        for request, answer in zip(requests, session.ask(requests), strict=True):
            yield _sample(request, answer, model.name)


def requests_of(
    benchmark: Benchmark, problem: Problem, drawing: Drawing, style: PromptStyle = "chat"
) -> list[Request]:
    """Return what a model of `style` is asked for the samples of `problem`.

    Raises:
        UsageError: A number of in-context examples that the benchmark or the style does not have.
    """
    messages = _messages(benchmark, problem, drawing, style)
    return [
        Request(
            messages=messages,
            sampling=drawing.sampling,
            sample=number,
            seed=drawing.seed,
            subject=problem.task_id,
        )
        for number in range(drawing.n)
    ]


def _messages(
    benchmark: Benchmark, problem: Problem, drawing: Drawing, style: PromptStyle
) -> tuple[Message, ...]:
    if style == "chat":
        return tuple(benchmark.prompt(problem, shots=drawing.shots))
    if drawing.shots:
        raise UsageError(
            f"a model trained on plain prompts takes no in-context examples, not {drawing.shots}"
            "\n\nhint: leave --shots out"
        )
    from rtlgen.prompts.plain import begun, plain  # noqa: PLC0415 - Jinja is slow to load

    header = header_of(problem)
    return begun(plain(description_of(problem), header), header)


def header_of(problem: Problem) -> str:
    """Return the module's header: the problem's own, else as its description implies it.

    Empty where the description names no ports that can be read.
    """
    from rtlgen.prompts import module_header  # noqa: PLC0415 - Jinja is slow to load

    if problem.header.strip():
        return problem.header.strip()
    try:
        spec = _spec(problem)
    except RtlgenError:
        return ""
    return module_header(spec.interface, spec.ranges) if spec.interface.ports else ""


def compiled(problems: Sequence[Problem], n: int) -> Iterator[Sample]:
    """Yield `n` times what the built-in proposer makes of each problem's description.

    A description that it does not take on has an empty completion, which fails.
    """
    for problem in problems:
        completion = _compiled(problem)
        for number in range(n):
            yield Sample(
                task_id=problem.task_id, index=number, completion=completion, place=problem.place
            )


def compiled_source(problems: Sequence[Problem], n: int) -> SourceRecord:
    """Return what identifies the samples that `compiled` yields."""
    texts = [text for problem in problems for text in (problem.description, problem.header)]
    version = f"{BUILT_IN} {__version__} {n}"
    parts = (part.encode(errors="replace") for part in (version, *texts))
    return SourceRecord(kind="model", name=BUILT_IN, digest=digest(*parts), details={"n": n})


def drop_unanswered(folder: Path) -> int:
    """Forget that samples of an interrupted run have no answer, and return how many.

    The run in `folder` asks for them again when it is taken up.

    Raises:
        UsageError: `folder` holds no run that can be taken up, or another process works on it.
        OSError: It cannot be written; what was there is still whole.
    """
    with RunFolder(folder, resume=True) as run:
        path = folder / ROWS
        if run.before is None or not path.is_file():
            return 0
        number, name = tempfile.mkstemp(prefix=f".{ROWS}.", dir=folder)
        partial = Path(name)
        try:
            with os.fdopen(number, "wb") as kept:
                dropped = _copied_answered(path, kept)
                kept.flush()
                os.fsync(kept.fileno())
            if dropped:
                partial.chmod(0o644)
                partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    return dropped


def _copied_answered(path: Path, kept: IO[bytes]) -> int:
    dropped = 0
    with path.open("rb") as rows:
        for number, line in enumerate(rows, 1):
            if _UNJUDGED in line and line.endswith(b"\n"):
                row = row_of(line, f"{path}:{number}")
                if row.functional is None and not row.digest:
                    dropped += 1
                    continue
            kept.write(line)
    return dropped


def _source(
    benchmark: Benchmark, problems: Sequence[Problem], model: LanguageModel, drawing: Drawing
) -> SourceRecord:
    """Return what identifies the answers, and what reproduces them."""
    style = style_of(model)
    keys = [requests_of(benchmark, problem, drawing, style)[0].key for problem in problems]
    sampling, files = drawing.sampling, digests_of(model)
    parts = (model.name, str(drawing.n), *keys, *files.values())
    return SourceRecord(
        kind="model",
        name=model.name,
        digest=digest(*(part.encode() for part in parts)),
        details={
            "n": drawing.n,
            "shots": drawing.shots,
            "seed": drawing.seed,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            **files,
        },
    )


def _sample(request: Request, answer: Answer, model: str) -> Sample:
    trouble = ""
    if answer.failure is not None:
        trouble = ": ".join(filter(None, [answer.failure.value, answer.detail]))
    return Sample(
        task_id=request.subject,
        index=request.sample,
        completion=answer.text,
        trouble=trouble,
        place=f"{model}, sample {request.sample}",
    )


def _compiled(problem: Problem) -> str:
    try:
        answer = propose(_spec(problem))
    except RtlgenError:
        return ""
    return answer.verilog if isinstance(answer, Proposal) else ""


def _spec(problem: Problem) -> Spec:
    """Return the description, read as a specification of the module that is asked for."""
    spec = read_spec(f"{problem.description}\n\n{problem.header}".strip())
    spec = replace(spec, interface=replace(spec.interface, module=problem.top))
    if not spec.fragments:
        fragments, findings = read_fragments(spec.text, spec.interface)
        spec = replace(spec, fragments=fragments, findings=(*spec.findings, *findings))
    return spec
