"""What a training run is: a YAML file, and what the command line sets above it.

What rtlgen knows stands at the top; everything under `trl` goes into TRL's own
`SFTConfig`, `DPOConfig` or `GRPOConfig` as it is::

    model: smollm2
    data: datasets/counters/train
    output: runs/sft
    trl:
      learning_rate: 4.0e-4
      num_train_epochs: 1

Relative paths are relative to the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from rtlgen.data.rows import Kind
from rtlgen.evaluation.strict import Strict
from rtlgen.llm.style import PromptStyle
from rtlgen.train.yaml_file import Table, read_table

_PATHS = ("model", "data", "output", "chat_template", "lora.adapter")
_EXPONENT = re.compile(r"[+-]?\d{1,20}(\.\d{0,20})?[eE][+-]?\d{1,3}")


class Method(StrEnum):
    """How a model is trained."""

    SFT = "sft"
    """Supervised: on answers that hold."""
    DPO = "dpo"
    """Direct preference optimization: on pairs of a better and a worse answer."""
    GRPO = "grpo"
    """Group relative policy optimization: on rewards of its own answers."""


KIND_OF: dict[Method, Kind] = {
    Method.SFT: Kind.SFT,
    Method.DPO: Kind.PREFERENCE,
    Method.GRPO: Kind.GRPO,
}
"""The rows that each method learns from, unless the configuration says otherwise."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | Path) else value


def _numbers(value: object) -> object:
    """Return numbers such as `1e-4` as numbers: YAML 1.1 takes them for texts."""
    if isinstance(value, dict):
        return {key: _numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    return float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value


class Lora(Strict):
    """A low-rank adapter; the model's own weights stay as they are."""

    r: int = Field(default=16, ge=1)
    """Rank."""
    alpha: int = Field(default=32, ge=1)
    """The adapter's product is scaled by alpha / r."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"
    """As PEFT takes them."""
    adapter: Annotated[str, Field(min_length=1)] | None = None
    """Folder or `.gguf` file of an adapter of `model` to go on with: what else is said of LoRA
    is its own."""
    way: Annotated[float, Field(gt=0, le=1)] = 1.0
    """How far the result goes from `adapter` towards what training ends with: half of the way
    often keeps what was learned before and has most of the new (WiSE-FT, Wortsman et al., "Robust
    fine-tuning of zero-shot models", CVPR 2022)."""

    @model_validator(mode="after")
    def _own(self) -> Self:
        more = sorted(self.model_fields_set - {"adapter", "way"})
        if self.adapter is not None and more:
            raise ValueError(f"an adapter to go on with has its own {', '.join(more)}")
        if self.adapter is None and self.way != 1:
            raise ValueError("`way` begins at an adapter to go on with: set `adapter`")
        return self

    @model_serializer(mode="wrap")
    def _said(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out defaults that do not hold: an adapter to go on with has its own."""
        fields: dict[str, Any] = whole(self)
        if self.adapter is not None:
            fields = {name: fields[name] for name in ("adapter", "way")}
        if self.way == 1:
            del fields["way"]
        return fields


class Longer(Strict):
    """Rows that are drawn more often, for their length: what an earlier run left out as too long.

    The others keep what was learned from shorter ones.
    """

    than: Annotated[int, Field(ge=1)]
    """Tokens; rows with more are long."""
    share: float = Field(default=0.9, gt=0, le=1)
    """Of the `examples`, those that are long."""


class Config(Strict):
    """One training run; every field's default is what a small model on this machine needs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    model: Annotated[str, Field(min_length=1)]
    """A folder, a `.gguf` file, a name on the Hugging Face hub, or `smollm2`."""
    data: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
    """Dataset folders, corpus folders or `.jsonl` files of rows."""
    kinds: tuple[Kind, ...] | None = None
    """Kinds of rows that are taken from dataset folders; default: the method's own."""
    output: Annotated[str, Field(min_length=1)] | None = None
    """Folder of the run; `-o` wins."""
    examples: Annotated[int, Field(ge=1)] | None = None
    """Rows that are trained on, drawn by `seed`; default: all."""
    longer: Longer | None = None
    """Draw so many of the `examples` from long rows; default: as they come."""
    loss_on: Literal["body", "completion"] = "body"
    """`body`: on what is generated after the module header that the prompt gives, split into
    tokens as at inference; `completion`: on the whole answer, as TRL splits it."""
    prompt_style: PromptStyle = "plain"
    """How the trained model is to be asked; written beside it."""
    chat_template: Annotated[str, Field(min_length=1)] | None = None
    """For a tokenizer without one, or another than its own: `chatml` or a Jinja file."""
    lora: Lora | None = None
    """Null: all weights are trained."""
    dtype: Literal["auto", "bfloat16", "float32"] = "auto"
    """Of the weights in training; `auto` is bfloat16 where the hardware computes with it."""
    seed: int = Field(default=1, ge=0)
    save_minutes: float = Field(default=5.0, gt=0)
    """Time between checkpoints, unless `trl` says when to save."""
    keep_checkpoints: bool = False
    """Keep the last checkpoints of a finished run."""
    rewards: tuple[str, ...] = ()
    """What GRPO rewards; see `rtlgen.train.rewards`."""
    max_tokens: int = Field(default=512, ge=1)
    """Most tokens of an answer that is sampled in training (GRPO)."""
    trl: Annotated[dict[str, Any], BeforeValidator(_numbers)] = Field(default_factory=dict)
    """Fields of TRL's own configuration."""

    @model_validator(mode="after")
    def _drawn(self) -> Self:
        if self.longer is not None and self.examples is None:
            raise ValueError("`longer` says which examples are drawn: set `examples`")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A configuration, and where each of its values was set."""

    config: Config
    folder: Path
    """What relative paths are relative to."""
    table: Table

    def place(self, key: str) -> str:
        """Return where `key`, or the table that it belongs to, was set."""
        return self.table.place(key)

    def path(self, text: str) -> Path:
        """Return the path that a value names."""
        return self.folder / Path(text).expanduser()


def read_config(path: Path, sets: Sequence[str] = ()) -> Placed:
    """Return the configuration in `path`, changed by `sets`, each `KEY=VALUE` in YAML.

    Paths in `sets` are relative to the current folder.

    Raises:
        UsageError: It cannot be read, or holds a value that cannot be; names file and line.
    """
    table = read_table(path)
    for text in sets:
        table.set(text, _PATHS)
    try:
        config = Config.model_validate(table.values)
    except ValidationError as error:
        table.refuse(error, Config, "a training configuration")
    return Placed(config=config, folder=path.parent.resolve(), table=table)
