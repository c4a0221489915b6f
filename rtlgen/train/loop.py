"""The whole loop: a corpus, a supervised model, and rounds of sampling and training.

::

    DIR/loop.json             the configuration that it began with
    DIR/corpus/               what `rtlgen dataset synth` wrote: `train`, whose answers the
                              supervised model is shown; `sampling`, what it is asked later;
                              `held-out-*`, what is evaluated
    DIR/base/                 the untrained model
    DIR/sft/{data,run}/       the supervised rows and the training
    DIR/rounds/N/             see `rtlgen.train.rounds`
    DIR/evaluate/STAGE/SET/   runs of `rtlgen eval`
    DIR/steps/                records and output of all steps
    DIR/set-aside/N/          what steps made that were done anew
    DIR/report.{md,json}, DIR/plots/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from rtlgen import __version__
from rtlgen.errors import UsageError
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault
from rtlgen.train import loop_steps
from rtlgen.train.config import Method
from rtlgen.train.loop_config import (
    IterateConfig,
    LoopConfig,
    ProblemSet,
    RoundsConfig,
    with_greedy,
)
from rtlgen.train.loop_steps import Stage
from rtlgen.train.rounds import Rounds
from rtlgen.train.steps import Command, Step, Words

RECORD = "loop.json"
BASE, SFT = "base", "sft"
INSTANCES, FAMILIES = "held-out-instances", "held-out-families"
_CORPUS = Path("corpus")
_BASE_MODEL = Path("base") / loop_steps.MODEL


class LoopRecord(Strict):
    """`loop.json`."""

    version: Literal[1] = 1
    kind: Literal["iterate", "loop"]
    rtlgen: str
    config: dict[str, Any]


def begin(folder: Path, config: RoundsConfig, *, anew: bool = False) -> None:
    """Write the record of a job that begins, or see that one that goes on is the same.

    Args:
        folder: The job's.
        config: What it is.
        anew: The job may be another than it was: its steps say whether those that are kept are.

    Raises:
        UsageError: `folder` holds another job; says what differs.
    """
    kind: Literal["iterate", "loop"] = "loop" if isinstance(config, LoopConfig) else "iterate"
    values = config.model_dump(mode="json")
    before = read_loop(folder)
    if before is None or (anew and before.kind == kind):
        if before is None:
            _check_free(folder)
        record = LoopRecord(kind=kind, rtlgen=__version__, config=values)
        write_whole(folder / RECORD, record.model_dump_json(indent=1) + "\n")
        return
    differing = [
        f"{key} was {before.config.get(key)!r} and is {values.get(key)!r}"
        for key in sorted({*before.config, *values})
        if before.config.get(key) != values.get(key)
    ]
    if before.kind != kind or differing:
        raise UsageError(
            f"a loop goes on as it began, {folder} began otherwise: "
            f"{'; '.join(differing) or before.kind}\n\nhint: name the first step that this changes "
            "with --redo, or choose another -o"
        )


def read_loop(folder: Path) -> LoopRecord | None:
    """Return the record of the job in `folder`; None where there is none.

    Raises:
        UsageError: It is damaged.
    """
    path = folder / RECORD
    try:
        return LoopRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error)}\n\nhint: choose another -o") from error


def _check_free(folder: Path) -> None:
    strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if strange:
        raise UsageError(
            f"the folder of a new loop must be empty, {folder} has {strange[0]}\n\n"
            "hint: choose another -o"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A job that is planned: its steps, and what there is to report in the end."""

    stages: Callable[[], Sequence[str]]
    """Names of the stages that were evaluated, in order, as far as the job is."""
    sets: Sequence[ProblemSet]
    datasets: Callable[[], Sequence[Path]]
    """Folders of rows, in the job's folder, as far as the job is."""
    steps: Iterator[Step]


def planned(folder: Path, config: IterateConfig | LoopConfig) -> Planned:
    """Return the steps of a job in `folder`; they read what those before them made."""
    if isinstance(config, LoopConfig):
        return _loop(folder, config)
    return _iterate(folder, config)


def _iterate(folder: Path, config: IterateConfig) -> Planned:
    own = Path(config.model).is_dir()
    start = Stage(name=BASE, model=Path(config.model) if own else _BASE_MODEL)
    sets = with_greedy(config.held_out) if config.greedy else config.held_out
    rounds = Rounds(
        folder=folder,
        config=config,
        start=start,
        prompts=config.prompts,
        held_out=sets,
        like=config.model,
    )

    def steps() -> Iterator[Step]:
        if not own:
            yield loop_steps.base(config.model, start)
        yield from rounds.evaluated(start)
        yield from rounds.plan()

    return Planned(
        stages=lambda: [BASE, *_rounds_done(folder)],
        sets=sets,
        datasets=lambda: _round_data(folder),
        steps=steps(),
    )


def _loop(folder: Path, config: LoopConfig) -> Planned:
    sets: tuple[ProblemSet, ...] = (
        ProblemSet(name=INSTANCES, root=str(_CORPUS / INSTANCES)),
        ProblemSet(name=FAMILIES, root=str(_CORPUS / FAMILIES)),
        *config.benchmarks,
    )
    sets = with_greedy(sets) if config.greedy else sets
    base = Stage(name=BASE, model=_BASE_MODEL)
    rounds = Rounds(
        folder=folder,
        config=config,
        start=Stage(name=SFT, model=Path(SFT) / "run" / loop_steps.MODEL, under=_BASE_MODEL),
        prompts=ProblemSet(name="sampling", root=str(_CORPUS / "sampling")),
        held_out=sets,
        like=config.model,
    )

    def steps() -> Iterator[Step]:
        yield _corpus(config)
        yield loop_steps.base(config.model, base)
        yield from rounds.evaluated(base)
        yield from _supervised(folder, config)
        yield from rounds.evaluated(rounds.start)
        yield from rounds.plan()

    return Planned(
        stages=lambda: [BASE, SFT, *_rounds_done(folder)],
        sets=sets,
        datasets=lambda: [Path(SFT) / "data", *_round_data(folder)],
        steps=steps(),
    )


def _corpus(config: LoopConfig) -> Step:
    corpus = config.corpus
    words: Words = (
        *("dataset", "synth", "-o", _CORPUS, "--quiet"),
        *("--count", str(corpus.count), "--sampling", str(corpus.sampling)),
        *("--held-out-instances", str(corpus.held_out_instances)),
        *("--held-out-family-instances", str(corpus.held_out_families)),
        *("--seed", str(corpus.seed), *corpus.options),
    )
    done = _CORPUS / "train" / "problems.jsonl"
    # Exit code 1: designs of a family failed and were left out, which its log tells.
    does = Command(words=words, accepted=frozenset({0, 1}))
    return Step(name="corpus", makes=done, does=does)


def _supervised(folder: Path, config: LoopConfig) -> Iterator[Step]:
    place, data = Path(SFT), Path(SFT) / "data"
    shown = ProblemSet(name="train", root=str(_CORPUS / "train"))
    yield loop_steps.build(
        "sft/build",
        [Path(shown.root)],
        config.sft_build,
        method=Method.SFT,
        problems=shown,
        into=data,
    )
    yield loop_steps.check("sft/check", data)
    yield loop_steps.configure(
        folder,
        "sft/configure",
        config.sft,
        begins=Stage(name=BASE, model=_BASE_MODEL),
        data="data",
        into=place / "train.yaml",
    )
    yield loop_steps.train("sft/train", Method.SFT, place / "train.yaml", place / "run")


def _rounds_done(folder: Path) -> list[str]:
    return [f"round-{path.parent.name}" for path in _round_records(folder)]


def _round_data(folder: Path) -> list[Path]:
    return [path.parent.relative_to(folder) / "data" for path in _round_records(folder)]


def _round_records(folder: Path) -> list[Path]:
    found = (folder / "rounds").glob("*/round.json")
    return sorted(found, key=lambda path: int(path.parent.name))
