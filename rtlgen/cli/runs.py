"""What `design` and `judge` do once their arguments are parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import typer

from rtlgen.cli.common import stderr, unwind_when_interrupted
from rtlgen.cli.options import SimulatorChoice
from rtlgen.cli.progress import ConsoleProgress, Spinner
from rtlgen.design.bench import load_golden
from rtlgen.design.builtin import BuiltIn
from rtlgen.design.default import EMBEDDED, asking_for, unsettled
from rtlgen.design.load import load_rtl
from rtlgen.design.model_run import Question, design_with_model
from rtlgen.design.optimizing import SECONDS, can_optimize
from rtlgen.design.options import Asking, Options
from rtlgen.design.output import check_output_folder
from rtlgen.design.record import RunRecord, to_json
from rtlgen.design.run import blocking, design_from_spec, judge_design
from rtlgen.design.words import counted
from rtlgen.errors import SpecError, UsageError
from rtlgen.llm.budget import Budget, Price
from rtlgen.llm.choose import BUILT_IN, choose_model
from rtlgen.llm.config import Settings as Configured
from rtlgen.llm.config import read_settings
from rtlgen.llm.model import LanguageModel, ModelFault
from rtlgen.spec import Spec, load_spec
from sim.judge import available_simulators, simulator_named
from sim.process import Limits
from sim.simulate import Simulator

_DEFAULT = "comes with rtlgen; none is configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options that `design` and `judge` share."""

    golden: Sequence[Path] | None
    simulator: SimulatorChoice
    seed: int
    timeout: float
    json: bool
    quiet: bool
    jobs: int | None = None
    html: bool = False
    measure_testbench: bool = False
    min_testbench_trust: float | None = None
    optimize: bool = False


def spinner(*, quiet: bool) -> Spinner:
    """Make ready for work that can be interrupted, and return where it shows that it goes on."""
    _start()
    return Spinner(stderr(), quiet=quiet)


def console_progress(*, quiet: bool) -> ConsoleProgress:
    """Make ready for a run that can be interrupted, and return where it says what it does."""
    _start()
    return ConsoleProgress(stderr(), quiet=quiet)


def _start() -> None:
    import sim.read_interface
    import sim.timing  # noqa: F401 - slang is loaded before interrupts are handled

    unwind_when_interrupted()


def design(
    path: Path,
    folder: Path,
    settings: Settings,
    *,
    resume: bool = False,
    chosen: Mapping[str, object] | None = None,
) -> NoReturn:
    """Run `rtlgen design`; `chosen` are options by their dotted names in `rtlgen.toml`."""
    progress = console_progress(quiet=settings.quiet)
    check_output_folder(folder)
    configured = read_settings(chosen)
    spec = read_spec(path, progress)
    options = replace(_options(settings, module=spec.interface.module), regression=True)
    model = _model_for(spec, configured, options, progress)
    if model is None:
        record = design_from_spec(spec, BuiltIn(), options, folder, progress)
    else:
        with closing(model):
            options = replace(options, asking=asking_of(model, configured))
            question = question_of(model, configured)
            record = design_with_model(spec, question, options, folder, progress, resume=resume)
    _finish(record, folder, settings, progress)


def _model_for(
    spec: Spec, configured: Configured, options: Options, progress: ConsoleProgress
) -> LanguageModel | None:
    """Return the model to ask; None is the built-in compiler.

    Where none is configured, that is the embedded one for what the compiler does not settle.

    Raises:
        UsageError: No model has the name that is configured.
        ModelFault: It cannot be used.
    """
    name = configured.model.name
    if name is not None and name != BUILT_IN:
        return choose_model(name, settings=configured)
    choose_model(BUILT_IN, settings=configured)  # refuses what is only for language models
    if name is not None:
        where = configured.origin("model.name")
        progress.stage("proposer", f"built-in, as {where} says", state="note")
        return None
    reason = unsettled(spec, options)
    if not reason:
        progress.stage("proposer", "built-in: it settles this specification", state="note")
        return None
    progress.stage("proposer", f"built-in declines: {reason}", state="note")
    return _embedded(configured, progress)


def _embedded(configured: Configured, progress: ConsoleProgress) -> LanguageModel | None:
    """Return the model that comes with rtlgen, if it is there; else say what is missing."""
    try:
        return choose_model(EMBEDDED, settings=configured)
    except ModelFault as error:
        for text in str(error).split("\n\n"):
            progress.stage("model", text, state="note")
        return None


def asking_of(model: LanguageModel, configured: Configured) -> Asking:
    """Return how `model` is asked: as it wants, and as configured."""
    chosen = configured.model.chosen()
    names = ("temperature", "top_p", "max_tokens")
    drawn = {name: chosen[name] for name in names if chosen.get(name) is not None}
    return asking_for(model.name, configured.design.chosen(), drawn)


def question_of(model: LanguageModel, configured: Configured) -> Question:
    """Return who is asked, and what that may cost."""
    return Question(
        model=model,
        chosen_by=configured.origin("model.name") or _DEFAULT,
        budget=Budget(**configured.budget.chosen(), price=_price(configured)),
    )


def _price(configured: Configured) -> Price | None:
    price = configured.model.price
    return None if price is None else Price(prompt=price.prompt, completion=price.completion)


def judge(
    rtl: Sequence[Path],
    spec_path: Path | None,
    top: str | None,
    folder: Path | None,
    settings: Settings,
) -> NoReturn:
    """Run `rtlgen judge`."""
    if spec_path is None and not settings.golden:
        raise UsageError("RTL is judged by --spec or --golden; neither was given")
    progress = console_progress(quiet=settings.quiet)
    if folder is not None:
        check_output_folder(folder)
    spec = None if spec_path is None else read_spec(spec_path, progress)
    module = top or (spec.interface.module if spec else None)
    options = replace(_options(settings, module=module), top=top, regression=True)
    if module is None and options.golden is not None:
        module = options.golden.top
    design_ = load_rtl(rtl, module=module, what="RTL to be judged")
    record = judge_design(design_, spec, options, folder, progress)
    _finish(record, folder, settings, progress)


def read_spec(path: Path, progress: ConsoleProgress) -> Spec:
    """Read a specification, and say what is in it and what was assumed.

    Raises:
        SpecError: It cannot be read, or contradicts itself.
    """
    spec = load_spec(path)
    if errors := blocking(spec):
        raise SpecError(
            "the specification contradicts itself\n"
            + "\n".join(errors)
            + "\n\nhint: mend these lines; `rtlgen lint` shows everything else there is to ask"
        )
    interface = spec.interface
    progress.stage(
        "spec",
        f"{spec.path}: module {interface.module}, {counted(len(interface.inputs), 'input')}, "
        f"{counted(len(interface.outputs), 'output')}"
        + "".join(f"; {part.kind.value} ({part.place})" for part in spec.fragments),
    )
    for finding in spec.assumptions:
        progress.stage(
            "assumed", f"{finding.assumption} ({finding.place}: {finding.message})", state="note"
        )
    return spec


def _options(settings: Settings, *, module: str | None) -> Options:
    golden = load_golden(settings.golden, module=module) if settings.golden else None
    return Options(
        simulators=simulators_for(settings.simulator),
        golden=golden,
        both_simulators=settings.simulator is SimulatorChoice.BOTH,
        seed=settings.seed,
        limits=Limits(seconds=settings.timeout, cpu_seconds=settings.timeout),
        workers=settings.jobs or os.cpu_count() or 1,
        html=settings.html,
        measure_testbench=settings.measure_testbench or settings.min_testbench_trust is not None,
        brief_trust=True,
        min_testbench_trust=settings.min_testbench_trust,
        optimize=SECONDS if settings.optimize and can_optimize() else None,
        command=("rtlgen", *sys.argv[1:]),
    )


def simulators_for(choice: SimulatorChoice) -> list[Simulator]:
    """Return the simulators that `--simulator` names.

    Raises:
        ToolNotFound: There is none, or not this one.
    """
    if choice is SimulatorChoice.AUTO:
        return available_simulators()
    if choice is SimulatorChoice.BOTH:
        both = [simulator_named(name) for name in ("icarus", "verilator")]
        for simulator in both:
            simulator.version()
        return both
    simulator = simulator_named(choice.value)
    simulator.version()  # a missing tool is said before any work is done
    return [simulator]


def _finish(
    record: RunRecord, folder: Path | None, settings: Settings, progress: ConsoleProgress
) -> NoReturn:
    if folder is not None:
        progress.stage("output", f"{folder}/ (report.md tells the whole story)")
    if settings.json:
        typer.echo(to_json(record), nl=False)
    raise typer.Exit(record.exit_code)
