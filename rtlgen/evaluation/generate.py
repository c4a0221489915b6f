"""Samples from a language model, or from the proposer that needs none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Proposal
from rtlgen.errors import RtlgenError, UsageError
from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.samples import Sample
from rtlgen.llm.model import Answer, Request, Sampling
from rtlgen.llm.session import Session
from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.model import Spec
from rtlgen.spec.reader import read_spec

_AT_ONCE = 64
"""Requests that are asked together, about: enough to keep a server's slots busy."""


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
    step = max(1, _AT_ONCE // drawing.n)
    for start in range(0, len(problems), step):
        requests = [
            request
            for problem in problems[start : start + step]
            for request in requests_of(benchmark, problem, drawing)
        ]
        for request, answer in zip(requests, session.ask(requests), strict=True):
            yield _sample(request, answer, session.model.name)


def requests_of(benchmark: Benchmark, problem: Problem, drawing: Drawing) -> list[Request]:
    """Return what a model is asked for the samples of `problem`.

    Raises:
        UsageError: A number of in-context examples that the benchmark does not have.
    """
    messages = tuple(benchmark.prompt(problem, shots=drawing.shots))
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
