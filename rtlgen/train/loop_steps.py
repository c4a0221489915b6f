"""The steps that loops are made of: evaluate, sample, build, train, convert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.summary import read_summary
from rtlgen.train.config import KIND_OF, Method
from rtlgen.train.loop_config import Building, ProblemSet, Sampling, Training
from rtlgen.train.run_folder import ADAPTER
from rtlgen.train.steps import Command, Prefixed, Step, Words

MODEL = "model"
"""Folder of the model in that of a training run."""
MOST_LOST = 0.1
"""Share of an evaluation's samples that may have no verdict: more says something of the machine."""
_JUDGED_OR_NOT = frozenset({0, 3})
"""Exit codes of an evaluation in which single samples could not be judged; they are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A model on its way through a loop."""

    name: str
    """Such as `base`, `sft` or `round-1`."""
    model: Path
    """Its folder."""
    under: Path | None = None
    """The untrained model, whose `adapter` was merged into `model`; None for none."""

    @property
    def adapter(self) -> Path:
        """The adapter's folder, beside the model's."""
        return self.model.with_name(ADAPTER)

    @property
    def gguf(self) -> Path:
        """Where its conversion for llama.cpp goes."""
        return Path("gguf") / f"{self.name}.gguf"

    def reference(self, inference: str) -> Prefixed:
        """Return how `--model` names it."""
        return Prefixed("gguf:", self.gguf) if inference == "gguf" else Prefixed("hf:", self.model)


def base(model: str, stage: Stage) -> Step:
    """Return the step that makes a folder of the untrained model."""
    return Step(
        name="base",
        makes=stage.model,
        does=Command(words=("train", "base", model, "-o", stage.model)),
    )


def convert(stage: Stage, like: str) -> Step:
    """Return the step that writes a stage's model for llama.cpp, with the tokenizer of `like`."""
    words = ("train", "gguf", stage.model, "-o", stage.gguf, "--like", like)
    return Step(name=f"gguf/{stage.name}", makes=stage.gguf, does=Command(words=words))


def evaluation_of(stage: str, problems: str) -> Path:
    """Return the folder of a stage's run on a set of problems."""
    return Path("evaluate") / stage / problems


def evaluate(stage: Stage, problems: ProblemSet, drawing: Sampling, inference: str) -> Step:
    """Return the step that evaluates a stage on held-out problems."""
    if problems.greedy:
        problems = problems.model_copy(update={"n": 1})
        drawing = drawing.model_copy(update={"temperature": 0.0, "top_p": 1.0})
    return _asked(
        f"evaluate/{stage.name}/{problems.name}",
        stage.reference(inference),
        problems,
        drawing,
        evaluation_of(stage.name, problems.name),
    )


def sample(
    name: str, stage: Stage, problems: ProblemSet, drawing: Sampling, inference: str, into: Path
) -> Step:
    """Return the step that draws and judges a stage's answers to prompts."""
    return _asked(name, stage.reference(inference), problems, drawing, into)


def _asked(name: str, model: Prefixed, problems: ProblemSet, drawing: Sampling, into: Path) -> Step:
    chosen = ("--problems", ",".join(problems.problems)) if problems.problems else ()
    words: Words = (
        *("eval", problems.benchmark, "--root", Path(problems.root), "-o", into),
        *("--model", model, "-n", str(problems.n or drawing.n), *chosen),
        *("--temperature", f"{drawing.temperature:g}", "--top-p", f"{drawing.top_p:g}"),
        *("--max-tokens", str(problems.max_tokens or drawing.max_tokens)),
        *("--seed", str(drawing.seed)),
        *("--quiet", *drawing.options),
    )
    return Step(
        name=name,
        makes=into / "summary.json",
        does=Command(words=words, again=("--resume",), accepted=_JUDGED_OR_NOT),
        faulty=_hardly_judged,
    )


def _hardly_judged(path: Path) -> str:
    counts = read_summary(path).counts
    lost = counts.not_judged + counts.missing_samples
    if lost <= MOST_LOST * (counts.samples + counts.missing_samples):
        return ""
    return f"{lost} of {counts.samples + counts.missing_samples} samples have no verdict"


def build(
    name: str,
    sources: Sequence[Path],
    building: Building,
    *,
    method: Method,
    problems: ProblemSet,
    into: Path,
) -> Step:
    """Return the step that makes rows for `method` of judged answers to `problems`."""
    kinds = ",".join(building.kinds or (KIND_OF[method],))
    root = Prefixed(f"{problems.benchmark}=", Path(problems.root))
    words: Words = ("dataset", "build", *sources, "-o", into, "--kinds", kinds, "--root", root)
    words = (*words, *building.options)
    return Step(name=name, makes=into / "dataset.json", does=Command(words=words))


def check(name: str, dataset: Path) -> Step:
    """Return the step that lets no dataset through that has a fault, contamination among them."""
    return Step(
        name=name,
        makes=Path("steps") / f"{name}.log",
        does=Command(words=("dataset", "check", dataset, "--json")),
    )


def configure(
    folder: Path, name: str, training: Training, *, begins: Stage, data: str, into: Path
) -> Step:
    """Return the step that writes a training's configuration, at `into` in `folder`."""
    fields = {"model": _from(into, begins.model), "data": data, **training.fields()}
    if training.goes_on and begins.under is not None:
        fields["model"] = _from(into, begins.under)
        fields["lora"] = {"adapter": _from(into, begins.adapter)}
    text = yaml.safe_dump(fields, sort_keys=False)

    def write() -> None:
        (folder / into).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / into, text)

    return Step(name=name, makes=into, does=write, facts={"text": text})


def train(name: str, method: str, config: Path, into: Path) -> Step:
    """Return the step that trains a model by the configuration `config`."""
    words = ("train", method, config, "-o", into)
    return Step(name=name, makes=into / MODEL, does=Command(words=words))


def _from(config: Path, path: Path) -> str:
    """Return `path` as a configuration at `config` names it; both lie in the job's folder."""
    return str(path) if path.is_absolute() else str(Path(*[".."] * len(config.parent.parts), path))
