"""What `rtlgen eval --system` answers with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rtlgen.errors import UsageError

if TYPE_CHECKING:
    from rtlgen.evaluation.system import Means
    from rtlgen.llm.config import Settings
    from rtlgen.llm.model import LanguageModel


def means(
    benchmark: str,
    chosen: Mapping[str, object],
    *,
    run: Path | None,
    candidates: int | None,
    seed: int,
    workers: int | None,
) -> Means:
    """Return what answers are made with: a model, or the designs of an earlier `run`.

    Raises:
        UsageError: Neither or both were given, or what was given has no designs.
    """
    from rtlgen.design.default import asking_for
    from rtlgen.evaluation.system import CANDIDATES, Means
    from rtlgen.llm.budget import Budget
    from rtlgen.llm.config import read_settings
    from sim.judge import available_simulators

    given = {name: value for name, value in chosen.items() if value is not None}
    settings = read_settings(given)
    model = _model(benchmark, settings, run, named="model.name" in given)
    names = ("temperature", "top_p", "max_tokens")
    drawn = {name: value for name, value in settings.model.chosen().items() if name in names}
    return Means(
        model=model,
        simulators=available_simulators(),
        candidates=candidates or CANDIDATES,
        sampling=asking_for(model.name, sampling=drawn).sampling,
        seed=seed,
        budget=Budget(**settings.budget.chosen()),
        workers=workers or os.cpu_count() or 1,
    )


def _model(benchmark: str, settings: Settings, run: Path | None, *, named: bool) -> LanguageModel:
    from rtlgen.evaluation.system_answers import RunAnswers
    from rtlgen.llm.choose import choose_model

    if run is not None:
        if named:
            raise UsageError(
                "designs must come from a model or a run, both --model and --samples were given\n\n"
                "hint: leave one of them out"
            )
        return RunAnswers(run, benchmark=benchmark)
    model = choose_model(settings.model.name, settings=settings)
    if model is None:
        raise UsageError(
            "--system must have a model to ask, none was given\n\n"
            "hint: `--model embedded`, or `--samples RUN` with the folder of an earlier run; "
            "`--model builtin` without --system is the compiler of fragments alone"
        )
    return model
