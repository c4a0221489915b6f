"""A language model proposes rewrites; what it says is taken only if it is proved and better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rtlgen import prompts
from rtlgen.llm.budget import Budget
from rtlgen.llm.extract import extract
from rtlgen.llm.model import Answer, LanguageModel, Purpose, Request, Sampling
from rtlgen.llm.session import Session
from rtlgen.llm.store import AnswerStore
from rtlgen.optimize.explain import rules_for
from sim.design import Design
from sim.scratch import scratch_folder
from symbolic.optimize_proposals import Considered, considered
from symbolic.optimize_score import SLACK
from symbolic.optimize_stage import home_of
from symbolic.optimize_values import LeftAlone, Optimization
from symbolic.ppa import Library

_RULES = 8
"""Rules that a prompt shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposing:
    """Who is asked, how, and what that may cost."""

    model: LanguageModel
    sampling: Sampling = field(default_factory=Sampling)
    candidates: int = 4
    budget: Budget = field(default_factory=Budget)
    library: Library | None = None
    slack: float = SLACK
    text_price: float = 1.0
    seconds: float = 60.0


def with_proposals(found: Optimization, proposing: Proposing) -> Optimization:
    """Return `found` with the best rewrite of the model, if one holds; refusals are named.

    Raises:
        ModelFault: The model cannot be asked at all.
        EnvironmentFault: No child process can be run.
    """
    answers = _answers(found, proposing)
    designs, refusals = _designs(found, answers, proposing.model.name)
    ruling = considered(
        found,
        designs,
        name=proposing.model.name,
        library=proposing.library,
        slack=proposing.slack,
        text_price=proposing.text_price,
        seconds=proposing.seconds,
    )
    return _with_refusals(ruling, refusals, proposing.model.name)


def _answers(found: Optimization, proposing: Proposing) -> list[Answer]:
    messages = prompts.optimization(
        module=found.original.top,
        code="\n".join(found.design.sources.values()),
        goal=found.goal.value,
        figures=_figures(found),
        rules=[f"{r.title}: {r.makes}" for r in rules_for(found)[:_RULES]],
    )
    requests = [
        Request(
            messages=messages,
            sampling=proposing.sampling,
            sample=number,
            purpose=Purpose.OPTIMIZE,
            subject=found.original.top,
        )
        for number in range(proposing.candidates)
    ]
    with scratch_folder() as folder, AnswerStore(folder / "answers.jsonl") as store:
        return Session(proposing.model, store, proposing.budget).ask(requests)


def _figures(found: Optimization) -> str:
    ppa = found.after
    if ppa is None:
        return "what could not be measured"
    return f"area {ppa.area:g}, delay {ppa.delay:g} ps, {ppa.flip_flops} flip-flops"


def _designs(
    found: Optimization, answers: Sequence[Answer], name: str
) -> tuple[list[Design], list[LeftAlone]]:
    """Return the designs in `answers`, each once, and why there is none in the others."""
    home = home_of(found.design)
    designs: dict[str, Design] = {}
    refusals = []
    for number, answer in enumerate(answers):
        if answer.text is None:
            why = answer.detail or (answer.failure.value if answer.failure else "no text")
            refusals.append(_refusal(name, number, why))
            continue
        code = extract(answer.text, top=found.original.top)
        if code.sources is None:
            refusals.append(_refusal(name, number, code.why_not))
            continue
        design = replace(found.design, sources={**found.design.sources, home: code.sources})
        designs.setdefault(design.digest, design)
    return list(designs.values()), refusals


def _refusal(name: str, number: int, reason: str) -> LeftAlone:
    return LeftAlone(what=f"answer {number + 1} of {name}", reason=reason)


def _with_refusals(ruling: Considered, refusals: Sequence[LeftAlone], name: str) -> Optimization:
    told = [
        LeftAlone(what=f"a proposal of {name}", reason=reason)
        for reason in ruling.reasons
        if reason
    ]
    found = ruling.optimization
    return replace(found, left_alone=(*found.left_alone, *refusals, *told))
