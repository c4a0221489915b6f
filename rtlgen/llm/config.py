"""Which model is asked, how, and for how much: command line, environment, `rtlgen.toml`.

The command line wins over the environment, the environment over the file::

    [model]
    name = "openai:gpt-5"            # or hf:, gguf:, replay:, scripted:, embedded, builtin
    base_url = "http://localhost:8000/v1"
    key_variable = "OPENAI_API_KEY"  # the variable that holds the key, never the key
    price = { prompt = 1.25, completion = 10 }  # USD per million tokens

    [budget]
    tokens = 200000

    [design]
    candidates = 8

The file is looked for in the current folder and its parents, up to the first
that holds `.git` or is the home folder. A path in it is relative to it.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.llm.model import Sampling

FILE_NAME = "rtlgen.toml"
FILE_LIMIT = 64 << 10
"""Longest configuration that is read, in bytes."""
VARIABLES = {"model.name": "RTLGEN_MODEL", "model.base_url": "RTLGEN_BASE_URL"}
"""Environment variables, by what they set."""

_SECRET = re.compile(r"(.*[_-])?(key|apikey|token|secret|password|authorization)")
_RULES = {
    "missing": "be there",
    "string_too_short": "not be empty",
    "string_type": "be a text",
    "model_type": "be a table",
}
_WORDS = {
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
    "greater than": "more than",
}
_PLAIN = re.compile(r"[A-Za-z0-9_]{1,40}")


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("must be an address such as http://localhost:8000/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password or query: keys come from the environment")
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
        raise ValueError("must be the name of an environment variable, in capitals, not a key")
    return value


_Positive = Annotated[int, Field(ge=1)]
_Count = Annotated[int, Field(ge=0, le=1000)]
_Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )

    def chosen(self) -> dict[str, Any]:
        """Return the values that were set somewhere, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class PriceSettings(_Table):
    """What a model costs, in USD per million tokens."""

    prompt: _Price
    completion: _Price


class ModelSettings(_Table):
    """Which model, and how it is asked; None is the default of whoever is asked."""

    name: Annotated[str, Field(min_length=1)] | None = None
    """`openai:MODEL`, `hf:PATH_OR_ID`, `gguf:FILE`, `replay:FILE`, `scripted:FILE`, `embedded`
    or `builtin`."""
    base_url: Annotated[str, AfterValidator(_url)] | None = None
    """Address of an OpenAI-compatible server."""
    key_variable: Annotated[str, AfterValidator(_variable)] | None = None
    """Environment variable that holds the server's key."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """0 is greedy."""
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: _Positive | None = None
    """Most tokens of one answer."""
    concurrency: Annotated[int, Field(ge=1, le=256)] | None = None
    """Requests under way at a time; for `hf:` answers made side by side."""
    timeout: _Amount | None = None
    """Seconds that one answer may take."""
    adapter: Annotated[str, Field(min_length=1)] | None = None
    """LoRA adapter: a folder or `.gguf` file for `hf:`, a `.gguf` file for the others."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] | None = None
    """What `hf:` computes with; `auto` is the type of the weights, of a GGUF file float32."""
    grammar: bool | None = None
    """Whether answers of `embedded` are held to a grammar of synthesizable Verilog."""
    price: PriceSettings | None = None


class BudgetSettings(_Table):
    """What a run may use up; None is no limit."""

    tokens: _Positive | None = None
    """Of prompts and answers together."""
    attempts: _Positive | None = None
    """Requests to the model."""
    seconds: _Amount | None = None
    cost: _Amount | None = None
    """USD; needs a price."""


class DesignSettings(_Table):
    """How a model is asked for designs; None is the default of the loop."""

    candidates: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Answers asked for in a round."""
    rounds: _Count | None = None
    """Rounds of repairs and fresh starts after the first."""
    references: _Count | None = None
    """Reference models to have written where there is no other reference."""
    style: Literal["direct", "reasoning"] | None = None
    examples: Annotated[int, Field(ge=0, le=4)] | None = None
    """In-context examples in the prompt."""
    min_trust: Annotated[float, Field(ge=0, le=1)] | None = None
    """Trust from which a design that no reference verified is taken."""


class _Tables(_Table):
    model: ModelSettings = ModelSettings()
    budget: BudgetSettings = BudgetSettings()
    design: DesignSettings = DesignSettings()


_TABLES: dict[str, type[_Table]] = {
    "model": ModelSettings,
    "budget": BudgetSettings,
    "design": DesignSettings,
}


class Settings(_Tables):
    """Everything that was set, and where."""

    origins: Mapping[str, str] = Field(default_factory=dict)
    """Where each value was set, by dotted name: `--model`, `RTLGEN_MODEL`, a file's path."""

    def origin(self, name: str) -> str:
        """Return where the value of `name`, such as `model.name`, was set; empty if nowhere."""
        return self.origins.get(name, "")

    def explain(self, name: str) -> str:
        """Return the value and where it was set, such as `openai:x (RTLGEN_MODEL)`."""
        table, _, field = name.partition(".")
        value = getattr(getattr(self, table), field)
        return f"{value} ({self.origin(name)})" if self.origin(name) else f"{value} (default)"

    def sampling(self) -> Sampling:
        """Return how answers are drawn, with the defaults of `Sampling` for what was not set."""
        chosen = self.model.chosen()
        names = ("temperature", "top_p", "max_tokens")
        return Sampling(**{name: chosen[name] for name in names if chosen.get(name) is not None})


def read_settings(
    options: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Return what command line, environment and file say, the first of them winning.

    Args:
        options: Values of the command line by dotted name, `model.base_url` for
            `--base-url`; None is an option that was not given.
        environment: Default: the process's.
        folder: Where the search for the file starts; default: the current folder.

    Raises:
        UsageError: A value that cannot be, an unknown key, a key that is a secret.
    """
    environment = os.environ if environment is None else environment
    tables: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    path = find_file(folder or Path.cwd())
    if path is not None:
        for table, entries in _read(path).items():
            tables[table] = dict(entries)
            origins |= {f"{table}.{field}": str(path) for field in entries}
    for name, variable in VARIABLES.items():
        if value := environment.get(variable, "").strip():
            _set(tables, name, value)
            origins[name] = variable
    for name, option in (options or {}).items():
        if option is not None:
            _set(tables, name, option)
            origins[name] = option_of(name)
    try:
        return Settings.model_validate({**tables, "origins": origins})
    except ValidationError as error:
        _refuse(error, origins)


def option_of(name: str) -> str:
    """Return the command line's option for a dotted name.

    `model.name` is `--model`, `model.base_url` is `--base-url`, and
    `budget.tokens` is `--budget-tokens`.
    """
    table, _, field = name.partition(".")
    if table == "budget":
        field = name.replace(".", "-")
    return "--model" if name == "model.name" else "--" + field.replace("_", "-")


def find_file(folder: Path) -> Path | None:
    """Return the nearest `rtlgen.toml`, in `folder` or above it."""
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
        if (place / ".git").exists() or place == Path.home():
            return None
    return None


def _set(tables: dict[str, dict[str, Any]], name: str, value: object) -> None:
    table, _, field = name.partition(".")
    tables.setdefault(table, {})[field] = value


def _read(path: Path) -> dict[str, dict[str, Any]]:
    tables = _toml(path)
    for name, entries in tables.items():
        _refuse_secrets(name, entries, path)
    try:
        _Tables.model_validate(tables)
    except ValidationError as error:
        _refuse(error, {}, path)
    if isinstance(model := tables.get("model"), dict):
        _anchor(model, path.parent)
    return tables


def _toml(path: Path) -> dict[str, Any]:
    try:
        _check_owner(path)
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}\n\nhint: make it readable, or remove it"
        ) from error
    if len(raw) > FILE_LIMIT:
        raise UsageError(
            f"{FILE_NAME} must have at most {FILE_LIMIT >> 10} KiB, {path}\n\n"
            "hint: it holds the tables [model], [budget] and [design] only"
        )
    try:
        return tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        # A TOML error says what it found on the line, but never more than a character of it.
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise UsageError(
            f"{path} must be TOML: {why}\n\nhint: texts stand in quotes, as in "
            '`name = "openai:gpt-5"`'
        ) from None


def _check_owner(path: Path) -> None:
    """Refuse a file of somebody else, who could send prompts and key to a server of theirs."""
    status = path.stat()
    me = os.geteuid()
    if me != 0 and status.st_uid not in (me, 0):
        raise UsageError(
            f"{FILE_NAME} must belong to you, {path} does not\n\n"
            f"hint: check what it says, then copy it: `cp {FILE_NAME} mine && mv mine {FILE_NAME}`"
        )
    if status.st_mode & stat.S_IWOTH:
        raise UsageError(
            f"{FILE_NAME} must not be writable by everybody, {path} is\n\nhint: chmod o-w {path}"
        )


def _refuse_secrets(table: str, entries: object, path: Path) -> None:
    known = _known(table)
    names = [table] if not isinstance(entries, dict) else list(entries)
    for name in names:
        if name not in (*known, *_TABLES) and _SECRET.fullmatch(name.lower()):
            raise UsageError(
                f"a key must not stand in {FILE_NAME}, {path}: {name}\n\n"
                "hint: remove it, put the key in an environment variable, and name that with "
                '`key_variable = "OPENAI_API_KEY"` if it is another than the default'
            )


def _anchor(model: dict[str, Any], folder: Path) -> None:
    """Make the paths in the file's [model] table absolute."""
    if isinstance(adapter := model.get("adapter"), str):
        model["adapter"] = str(folder / Path(adapter).expanduser())
    scheme, colon, rest = str(model.get("name", "")).partition(":")
    anchored = folder / Path(rest).expanduser()
    if scheme in ("replay", "scripted") or (scheme == "hf" and rest and anchored.exists()):
        model["name"] = f"{scheme}{colon}{anchored}"


def _known(table: str) -> list[str]:
    return list(_TABLES[table].model_fields) if table in _TABLES else []


def _refuse(
    error: ValidationError, origins: Mapping[str, str], path: Path | None = None
) -> NoReturn:
    """Say what is wrong with the first bad value; a value is shown only where it can be no key."""
    first = error.errors(include_url=False)[0]
    location = [str(part) for part in first["loc"]]
    name = ".".join(location)
    place = origins.get(".".join(location[:2])) or str(path or FILE_NAME)
    if first["type"] == "extra_forbidden":
        raise UsageError(
            f"no setting is called {name}, {place}\n\nhint: {_near(location)}"
        ) from None
    rule = _RULES.get(first["type"]) or _plainer(first["msg"])
    shown = first["input"]
    value = f", not {shown!r}" if _harmless(name, shown) else ""
    subject, where = (place, "") if place.startswith("--") else (name, f", {place}")
    raise UsageError(
        f"{subject} must {rule}{value}{where}\n\nhint: {_remedy(place, name)}"
    ) from None


def _plainer(message: str) -> str:
    rule = message.removeprefix("Value error, must ").replace("Input should be", "be")
    for long, short in _WORDS.items():
        rule = rule.replace(long, short)
    return rule


def _harmless(name: str, value: object) -> bool:
    if name in ("model.base_url", "model.key_variable"):
        return False
    return isinstance(value, int | float) or (
        isinstance(value, str) and len(value) < 20 and bool(_PLAIN.fullmatch(value))
    )


def _near(location: list[str]) -> str:
    table = location[0]
    choices = _known(table) if len(location) > 1 else list(_Tables.model_fields)
    near = get_close_matches(location[-1], choices, n=1)
    where = f"[{table}] may hold" if len(location) > 1 else "tables are"
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"{meant}{where} {', '.join(choices)}"


def _remedy(place: str, name: str) -> str:
    if place.startswith("--"):
        return "see `rtlgen design --help`"
    return (
        f"unset {place} or mend it" if place in VARIABLES.values() else f"mend {name} in that file"
    )
