"""What a loop is: a YAML file that names the model, the prompts, and each part's settings.

`rtlgen train iterate` samples, judges, builds pairs, trains and evaluates, round after
round. `rtlgen train loop` makes a corpus and a supervised model first::

    model: smollm2
    corpus: {count: 6000, options: [--canonical]}
    sft:
      trl: {learning_rate: 4.0e-4, num_train_epochs: 2}
    train:
      method: dpo
      trl: {learning_rate: 2.0e-5, beta: 0.1}   # lora: {adapter: parent} goes on with SFT's
    sample: {n: 8, problems: 400}
    rounds: 2

Relative paths are relative to the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from rtlgen.data.rows import Kind
from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import Strict
from rtlgen.train.config import Config, Method, Placed
from rtlgen.train.yaml_file import Table, read_table

_TRAININGS = frozenset({"sft", "train"})
PARENT = "parent"
"""Stands for the adapter of the model that a round begins with."""
GREEDY = "-greedy"
"""Ends the name of a set of which greedy answers are taken."""
_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]


class _Part(Strict):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ProblemSet(_Part):
    """Problems of a benchmark or a corpus."""

    name: _Name
    """In reports, and of its folders."""
    benchmark: str = "corpus"
    """As `rtlgen eval` takes it."""
    root: Annotated[str, Field(min_length=1)]
    """Its folder."""
    problems: tuple[str, ...] = ()
    """Names or patterns; empty: all."""
    n: Annotated[int, Field(ge=1)] | None = None
    """Samples of each problem, where it is not as many as of other sets."""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """Most tokens of an answer, where it is not as many as of other sets."""
    greedy: bool = False
    """One answer a problem, at temperature 0, whatever is drawn elsewhere."""


class Sampling(_Part):
    """How answers are drawn."""

    n: int = Field(default=8, ge=1)
    """Answers to each prompt."""
    temperature: float = Field(default=0.8, ge=0)
    top_p: float = Field(default=0.95, gt=0, le=1)
    max_tokens: int = Field(default=384, ge=1)
    seed: int = Field(default=1, ge=0)
    problems: int = Field(default=400, ge=1)
    """Prompts of one round, where a corpus gives them; every round draws others."""
    options: tuple[str, ...] = ()
    """Further options of `rtlgen eval`."""


class Building(_Part):
    """How rows are made of judged answers."""

    kinds: tuple[Kind, ...] = ()
    """Kinds of rows; empty: the one that the method learns from."""
    slips: bool = False
    """Take the corpus's own wrong designs beside the golden ones too."""
    options: tuple[str, ...] = ()
    """Further options of `rtlgen dataset build`."""


class Training(_Part):
    """How a model is trained: fields of `rtlgen.train.config.Config`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    method: Literal["sft", "dpo", "grpo"] = "dpo"

    def fields(self) -> dict[str, Any]:
        """Return what the training's own configuration says."""
        return dict(self.model_extra or {})

    @property
    def goes_on(self) -> bool:
        """Whether it trains the adapter of the model that it begins with: `adapter: parent`."""
        lora = self.fields().get("lora")
        return isinstance(lora, dict) and lora.get("adapter") == PARENT


class Supervised(Training):
    """How the supervised model is trained."""

    method: Literal["sft"] = "sft"


class Corpus(_Part):
    """A corpus that is made first."""

    count: int = Field(default=6000, ge=1)
    """Problems that the supervised model is shown the answers of."""
    sampling: int = Field(default=1200, ge=1)
    """Further problems like those, to be asked and never shown."""
    held_out_instances: int = Field(default=120, ge=1)
    """Problems to be evaluated: trained families, with parameters and words of their own."""
    held_out_families: int = Field(default=120, ge=1)
    """Problems to be evaluated: families that are in no training data."""
    seed: int = Field(default=1, ge=0)
    options: tuple[str, ...] = ()
    """Further options of `rtlgen dataset synth`."""


class RoundsConfig(_Part):
    """What the rounds are."""

    sample: Sampling = Field(default_factory=Sampling)
    evaluate: Sampling = Field(default_factory=lambda: Sampling(n=5, temperature=0.4))
    greedy: bool = False
    """Evaluate the greedy answers too: a set `NAME-greedy` beside each set."""
    build: Building = Field(default_factory=Building)
    train: Training = Field(default_factory=Training)
    rounds: int = Field(default=2, ge=1)
    """At most."""
    patience: int = Field(default=1, ge=1)
    """Rounds without a gain beyond chance after which there is no other."""
    k: int = Field(default=1, ge=1)
    """pass@k decides."""
    inference: Literal["hf", "gguf"] = "hf"
    """What samples: transformers, or llama.cpp after a conversion."""
    keep_going: bool = False
    """Take each round's model into the next one even where it has not gained."""


def with_greedy(sets: Sequence[ProblemSet]) -> tuple[ProblemSet, ...]:
    """Return `sets`, and after each the same one with greedy answers."""
    return tuple(
        each
        for one in sets
        for each in (one, one.model_copy(update={"name": f"{one.name}{GREEDY}", "greedy": True}))
    )


class IterateConfig(RoundsConfig):
    """`rtlgen train iterate`."""

    model: Annotated[str, Field(min_length=1)]
    """What the rounds begin with, as `rtlgen train` takes it."""
    prompts: ProblemSet
    """What answers are sampled for."""
    held_out: Annotated[tuple[ProblemSet, ...], Field(min_length=1)]
    """What is evaluated; the first decides when the rounds end."""

    @model_validator(mode="after")
    def _adapters(self) -> Self:
        if self.train.goes_on:
            raise ValueError(f"`adapter: {PARENT}` is for `rtlgen train loop`, whose SFT makes one")
        return self


class LoopConfig(RoundsConfig):
    """`rtlgen train loop`."""

    model: Annotated[str, Field(min_length=1)] = "smollm2"
    """What the loop begins with, as `rtlgen train` takes it."""
    corpus: Corpus = Field(default_factory=Corpus)
    sft: Supervised = Field(default_factory=Supervised)
    """The supervised training that comes first."""
    sft_build: Building = Field(default_factory=Building)
    """How the supervised rows are made of the corpus."""
    benchmarks: tuple[ProblemSet, ...] = ()
    """What is evaluated beside the corpus's held-out parts."""

    @model_validator(mode="after")
    def _adapters(self) -> Self:
        if self.train.goes_on and not self.sft.fields().get("lora"):
            raise ValueError(f"`adapter: {PARENT}` needs an adapter to go on with: set sft.lora")
        return self


ConfigT = TypeVar("ConfigT", bound=RoundsConfig)


def read_loop_config(path: Path, model: type[ConfigT], sets: Sequence[str] = ()) -> ConfigT:
    """Return the configuration in `path`, changed by `sets`, each `KEY=VALUE` in YAML.

    Relative paths become absolute.

    Raises:
        UsageError: It cannot be read, or holds a value that cannot be; names file and line.
    """
    table = read_table(path)
    for text in sets:
        table.set(text, paths=("model",))
    try:
        found = model.model_validate(table.values)
        for name in _TRAININGS & set(model.model_fields):
            _check_training(name, getattr(found, name))
    except ValidationError as error:
        table.refuse(_most_telling(error), model, "the configuration")
    return _anchored(found, path.parent.absolute())


def check_trainings(
    path: Path, config: IterateConfig | LoopConfig, sets: Sequence[str] = ()
) -> None:
    """See that TRL knows what `config`, read from `path`, says of trainings: they come late.

    Raises:
        UsageError: A key is none of TRL's; names file and line.
        ModelFault: TRL is not installed.
    """
    from rtlgen.train.arguments import check_keys  # noqa: PLC0415 - imports TRL
    from rtlgen.train.model import require  # noqa: PLC0415

    require()
    table = read_table(path)
    for text in sets:
        table.set(text)
    for name in sorted(_TRAININGS & set(type(config).model_fields)):
        training: Training = getattr(config, name)
        places = {
            key.removeprefix(f"{name}."): place
            for key, place in table.places.items()
            if key.startswith(f"{name}.")
        }
        placed = Placed(
            config=_trained(training),
            folder=path.parent,
            table=Table(path=path, values={}, places=places),
        )
        check_keys(Method(training.method), placed)


def _most_telling(error: ValidationError) -> ValidationError:
    """Return `error` with one fault: what is misspelled explains best why others are missing."""
    faults = error.errors(include_url=False)
    first = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])
    return _error(error.title, first["loc"], first)


def _error(title: str, location: tuple[str | int, ...], fault: ErrorDetails) -> ValidationError:
    kind = PydanticCustomError(fault["type"], fault["msg"].replace("{", "("))
    details = InitErrorDetails(type=kind, loc=location, input=fault["input"])
    return ValidationError.from_exception_data(title, [details])


def _check_training(name: str, training: Training) -> None:
    """See that a training's own configuration will be taken when it is its turn."""
    try:
        _trained(training)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _error(name, (name, *first["loc"]), first) from None


def _trained(training: Training) -> Config:
    return Config.model_validate({"model": "model", "data": "data", **training.fields()})


def with_benchmarks(config: LoopConfig, given: Sequence[str]) -> LoopConfig:
    """Return `config` with further benchmarks, each `NAME=ROOT`.

    Raises:
        UsageError: One is not of this form, or its name is taken.
    """
    sets = list(config.benchmarks)
    for text in given:
        name, equals, root = text.partition("=")
        if not (name and equals and root) or name in [one.name for one in sets]:
            raise UsageError(
                f"--benchmark must be NAME=ROOT, each name once, not {text!r}\n\n"
                "hint: --benchmark verilog-eval-v1-human=FOLDER"
            )
        path = str(Path(root).expanduser().absolute())
        sets.append(ProblemSet(name=name.replace(".", "-"), benchmark=name, root=path))
    return config.model_copy(update={"benchmarks": tuple(sets)})


def _anchored(config: ConfigT, folder: Path) -> ConfigT:
    """Return `config` with absolute paths."""

    def put(one: ProblemSet) -> ProblemSet:
        return one.model_copy(update={"root": str(folder / Path(one.root).expanduser())})

    changed: dict[str, object] = {}
    if isinstance(config, IterateConfig):
        changed["prompts"] = put(config.prompts)
        changed["held_out"] = tuple(map(put, config.held_out))
    if isinstance(config, LoopConfig):
        changed["benchmarks"] = tuple(map(put, config.benchmarks))
    name = getattr(config, "model", "")
    if (folder / Path(name).expanduser()).exists():
        changed["model"] = str(folder / Path(name).expanduser())
    return config.model_copy(update=changed)
