"""What a model card is made from: a YAML file that names runs.

::

    name: rtlgen-embedded
    base: SmolLM2-135M-Instruct
    licence: Apache-2.0
    stages: {base: Base model, sft: SFT, round-1: SFT and DPO}
    sets: {verilog-eval-v1-human: VerilogEval v1 Human, held-out-families: Held-out families}
    runs: evaluate
    trainings: {sft: sft/run, round-1: rounds/1/run}
    corpus: corpus
    datasets: [sft/data, rounds/1/data]
    benchmarks: {verilog-eval-v1-human: ../benchmarks}

Runs of `rtlgen eval` lie as `rtlgen train loop` leaves them: `RUNS/STAGE/SET` has the samples,
`RUNS/STAGE/SET-greedy` the greedy answers, `RUNS/system/SET` the answers of the whole system and
`RUNS/steps/STAGE-STEP/SET` greedy answers of a model on its way. What is not there is
"not measured". Relative paths are relative to `--from`, by default the file's folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from rtlgen.evaluation.strict import Strict
from rtlgen.train.loop_config import GREEDY
from rtlgen.train.yaml_file import read_table

_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,60}$")]


class CardConfig(Strict):
    """What a model card is made from."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str = Field(min_length=1)
    """Of the model."""
    base: str
    """The model that it was made from, with its licence."""
    licence: str
    """SPDX expression."""
    stages: dict[_Name, str] = Field(min_length=1)
    """Title by name; the first is the untrained model, the last the one that is shipped."""
    sets: dict[_Name, str] = Field(min_length=1)
    """Title by name."""
    runs: str = "evaluate"
    """Folder of the runs of `rtlgen eval`."""
    ks: tuple[int, ...] = (1, 5, 10, 20)
    """pass@k of sampled answers."""
    compare: tuple[_Name, _Name] | None = None
    """The stages whose difference is asked for; none: each with the one before it."""
    trainings: dict[_Name, str] = Field(default_factory=dict)
    """Folder of a training run, or `table.json` of a card that tells of it, by the stage that it
    made."""
    corpus: str | None = None
    """Folder of the corpus."""
    datasets: tuple[str, ...] = ()
    """Folders of the rows that were trained on."""
    benchmarks: dict[_Name, str] = Field(default_factory=dict)
    """Folder of the problems, by set: for these it is told which families the corpus has."""
    everyday: str | None = None
    """File of results on everyday specifications."""
    hardware: str = ""
    """What the training ran on, where the record does not say all."""
    limits: tuple[str, ...] = ()
    """What the model is not good for, beside what the figures say."""
    commands: tuple[str, ...] = ()
    """What makes the model and this card again."""


class Places(Strict):
    """Where what a configuration names lies."""

    root: Path
    config: CardConfig

    def sampled(self, stage: str, name: str) -> Path:
        """Return the folder of a stage's samples on a set."""
        return self.root / self.config.runs / stage / name

    def greedy(self, stage: str, name: str) -> Path:
        """Return the folder of a stage's greedy answers to a set."""
        return self.root / self.config.runs / stage / f"{name}{GREEDY}"

    def system(self, name: str) -> Path:
        """Return the folder of the system's answers to a set."""
        return self.root / self.config.runs / "system" / name

    def steps(self) -> list[tuple[str, int, str, Path]]:
        """Return stage, step, set and folder of what was measured on the way, in order."""
        found = []
        for path in (self.root / self.config.runs / "steps").glob("*/*"):
            stage, dash, step = path.parent.name.rpartition("-")
            if dash and step.isdigit() and path.name in self.config.sets:
                found.append((stage, int(step), path.name, path))
        return sorted(found)

    def at(self, name: str) -> Path:
        """Return a path of the configuration."""
        return self.root / Path(name).expanduser()


def read_card_config(path: Path, root: Path | None = None) -> Places:
    """Return the configuration in `path`, its relative paths taken from `root`.

    Raises:
        UsageError: It cannot be read, or holds a value that cannot be; names file and line.
    """
    table = read_table(path)
    try:
        config = CardConfig.model_validate(table.values)
    except ValidationError as error:
        table.refuse(error, CardConfig, "the configuration of a card")
    return Places(root=(root or path.parent).absolute(), config=config)
