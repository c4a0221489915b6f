"""Configurations in YAML, with the place of every value, for messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import BaseModel, ValidationError

from rtlgen.errors import UsageError

FILE_LIMIT = 1 << 20
"""Longest configuration that is read, in bytes."""
_MANY = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a file says, and where."""

    path: Path
    values: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)
    """`file:line` or `--set`, by dotted key."""

    def place(self, key: str) -> str:
        """Return where `key`, or the table that it belongs to, was set."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, str(self.path))

    def set(self, text: str, paths: Sequence[str] = ()) -> None:
        """Take over `KEY=VALUE` of a command line.

        Args:
            text: A dotted key, `=`, and a value in YAML.
            paths: Keys, dotted where they are, whose values are paths, relative to the
                current folder; what lies below such a key is one too.

        Raises:
            UsageError: It is not of that form.
        """
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
        path = keys[0] in paths or ".".join(keys) in paths
        self._table(keys[:-1])[keys[-1]] = _anchored(read) if path else read
        self.places[".".join(keys)] = f"--set {key.strip()}"

    def _table(self, keys: Sequence[str]) -> dict[str, Any]:
        table = self.values
        for name in keys:
            inner = table.get(name)
            table[name] = dict(inner) if isinstance(inner, dict) else {}
            table = table[name]
        return table

    def refuse(self, error: ValidationError, model: type[BaseModel], title: str) -> NoReturn:
        """Say what is wrong with the first value that `model` does not take.

        Raises:
            UsageError: Always; names the place.
        """
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise unknown_key(key, *_known(model, first["loc"], title), self.place(key)) from None
        if first["type"] == "missing":
            raise UsageError(
                f"{title} must say {key}, {self.place(key)}\n\nhint: add `{key}: ...`"
            ) from None
        rule = first["msg"].removeprefix("Value error, ").replace("Input should", "must")
        if not first["loc"]:  # about several values together
            raise UsageError(f"{title}: {rule}, {self.place('')}") from None
        raise UsageError(
            f"{key} {_lower(rule)}, not {first['input']!r}, {self.place(key)}\n\n"
            f"hint: {_remedy(model, str(first['loc'][0]))}"
        ) from None


def read_table(path: Path) -> Table:
    """Return what the file at `path` says.

    Raises:
        UsageError: It cannot be read, or is no table in YAML; names file and line.
    """
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
    return Table(path=path, values=values, places=_lines(node, path))


def unknown_key(key: str, known: Sequence[str], title: str, place: str) -> UsageError:
    """Return the error that `key` is none of `known` fields of `title`."""
    name = key.rpartition(".")[2]
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    listed = f"it has {', '.join(known)}" if len(known) < _MANY else "see its documentation"
    return UsageError(f"{title} has no field {name!r}, {place}\n\nhint: {meant}{listed}")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            f"no configuration at {path}\n\nhint: datasets/recipes holds examples"
        ) from None
    if len(raw) > FILE_LIMIT:
        raise UsageError(
            f"a configuration must have at most {FILE_LIMIT >> 20} MiB, {path}\n\n"
            "hint: it names the data, it does not hold them"
        )
    try:
        return raw.decode()
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


def _anchored(value: object) -> object:
    """Return paths that are there as absolute ones; a name on a hub is none."""
    if isinstance(value, list):
        return [_anchored(each) for each in value]
    if isinstance(value, str) and Path(value).expanduser().exists():
        return str(Path(value).expanduser().absolute())
    return value


def _known(
    model: type[BaseModel], location: Sequence[str | int], title: str
) -> tuple[list[str], str]:
    """Return the fields of the table that `location` is in, and its title."""
    if len(location) == 1:
        return list(model.model_fields), title
    found = model.model_fields[str(location[0])].annotation
    tables = [each for each in (found, *getattr(found, "__args__", ())) if _is_table(each)]
    return [name for each in tables for name in each.model_fields], str(location[0])


def _is_table(annotation: Any) -> bool:  # noqa: ANN401 - of whatever type
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _lower(rule: str) -> str:
    return rule[:1].lower() + rule[1:]


def _remedy(model: type[BaseModel], key: str) -> str:
    found = model.model_fields.get(key)
    return " ".join((found.description or "").split()) if found else "mend it"
