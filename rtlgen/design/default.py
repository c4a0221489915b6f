"""What `design` does where nobody has chosen a model: compile, else ask the one that comes along.

The built-in compiler takes what the fragments of a specification settle. For the rest there is the
embedded model, which only writes modules and is small: many answers are asked for, judged as any
model's, and nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtlgen.design.builtin import BuiltIn, propose
from rtlgen.design.model_run import ModelRun, Question, model_run
from rtlgen.design.options import Asking, Options, Progress
from rtlgen.design.proposal import Decline
from rtlgen.design.references import find_reference
from rtlgen.design.run import compiled_run
from rtlgen.llm.model import Sampling
from rtlgen.spec.model import Spec
from sim.verdict_cache import VerdictCache

EMBEDDED = "embedded"
"""Name of the model that comes with rtlgen."""
_OF_EMBEDDED: Mapping[str, Any] = {"candidates": 16, "rounds": 0, "references": 0}
_LONGEST = 512
"""Tokens of an answer of the embedded model: its modules are short."""


def asking_for(
    model: str, chosen: Mapping[str, Any] | None = None, sampling: Mapping[str, Any] | None = None
) -> Asking:
    """Return how `model` is asked: its defaults, and what was `chosen` of `Asking` and `Sampling`.

    Args:
        model: Name of the model.
        chosen: Fields of `Asking` that were set by somebody.
        sampling: Fields of `Sampling` that were set by somebody.
    """
    small = model.partition("+")[0] == EMBEDDED
    drawn = {**({"max_tokens": _LONGEST} if small else {}), **(sampling or {})}
    asked = {**(_OF_EMBEDDED if small else {}), **(chosen or {})}
    return Asking(sampling=Sampling(**drawn), **asked)


def unsettled(spec: Spec, options: Options) -> str:
    """Return why the built-in compiler cannot settle `spec`; empty if it does."""
    answer = propose(spec)
    if isinstance(answer, Decline):
        return answer.reason.partition("\n\n")[0]
    if options.golden is None and find_reference(spec) is None:
        return "what the specification shows does not fix the outputs"
    return ""


def answer_of(
    spec: Spec,
    question: Question,
    options: Options,
    work: Path,
    progress: Progress,
    *,
    cache: VerdictCache | None = None,
) -> ModelRun:
    """Return what `design` makes of `spec`, without an output folder; `work` is its memory.

    `question` is asked only where the built-in compiler does not settle `spec`;
    `options.asking` says how, see `asking_for`.

    Raises:
        CannotJudge: The built-in compiler settles it and the testbench cannot be written.
        ModelFault: The model cannot be asked at all.
        EnvironmentFault: A tool is missing or does not run.
    """
    if not unsettled(spec, options):
        record, judgement, candidate = compiled_run(spec, BuiltIn(), options, work, progress)
        return ModelRun(record=record, judgement=judgement, chosen=candidate)
    return model_run(spec, question, options, work, progress, cache=cache)
