"""YAML front matter: the part between `---` lines at the top of a specification."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from rtlgen.errors import SpecError
from rtlgen.spec.declared import DIRECTIONS, DeclaredParameter, DeclaredPort, read_item
from rtlgen.spec.tables import cell_width
from rtlgen.spec.text import line_place
from sim.interface import Direction

SIZE_LIMIT = 64 * 1024
"""Largest front matter, in characters."""

_LINE_LIMIT = 2000
_DEPTH_LIMIT = 20
_MODULE_KEYS = ("module", "module_name", "top", "top_module", "name")
_SECTIONS = {"inputs": Direction.INPUT, "outputs": Direction.OUTPUT, "inouts": Direction.INOUT}
_INPUT_KEYS = {"input": Direction.INPUT, "output": Direction.OUTPUT, "inout": Direction.INOUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What the front matter says; empty where there is none."""

    metadata: dict[str, Any] = field(default_factory=dict)
    ports: tuple[DeclaredPort, ...] = ()
    parameters: tuple[DeclaredParameter, ...] = ()
    module: str = ""
    module_line: int = 1
    timing: tuple[tuple[str, str, int], ...] = ()
    """`clock` and `reset` entries: key, words that describe it, line."""
    end: int = 0
    """Number of lines it takes, its marks included."""


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Read the front matter at the top of `lines`.

    Raises:
        SpecError: It is no YAML mapping, is too long, or declares a port that cannot be.
    """
    end = _end(lines)
    if end == 0:
        return FrontMatter()
    text = "\n".join(lines[1 : end - 1])
    root = _compose(text)
    if root is None:
        return FrontMatter(end=end)
    entries = list(_entries(root))
    module, line = _module(entries)
    return FrontMatter(
        metadata=_metadata(text),
        ports=tuple(_ports(entries)),
        parameters=tuple(_parameters(entries)),
        module=module,
        module_line=line,
        timing=tuple(_timing(entries)),
        end=end,
    )


def _end(lines: Sequence[str]) -> int:
    """Return how many lines the front matter takes; 0 where the text has none."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    for index, line in enumerate(lines[1 : _LINE_LIMIT + 1], 1):
        if line.rstrip() in ("---", "..."):
            looks_like_yaml = any(re.match(r"\s*[\w-]+\s*:", entry) for entry in lines[1:index])
            return index + 1 if looks_like_yaml or index == 1 else 0
    return 0


def _compose(text: str) -> yaml.MappingNode | None:
    if len(text) > SIZE_LIMIT:
        raise SpecError(
            f"front matter must have at most {SIZE_LIMIT} characters, not {len(text)}, line 1\n\n"
            "hint: close it with a line `---` and write the rest as text"
        )
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise SpecError(
            f"front matter must be YAML: {error.problem}, line {line}\n\n"
            "hint: quote text that has `:` or `[` in it, and indent with spaces"
        ) from error
    except RecursionError:
        raise SpecError(
            "front matter must not be nested that deeply, line 1\n\nhint: check its brackets"
        ) from None
    except yaml.YAMLError as error:
        raise SpecError(
            f"front matter must be YAML, line 1: {str(error).splitlines()[0]}\n\n"
            "hint: remove characters that cannot be printed"
        ) from error
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode):
        raise SpecError(
            "front matter must be a mapping of keys to values, line 2\n\n"
            "hint: write lines such as `module: counter`"
        )
    return root


def _metadata(text: str) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        loaded = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - strings only
    return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One key of a mapping, its value, and the line of the key."""

    key: str
    node: yaml.Node
    line: int


def _entries(node: yaml.Node) -> Iterator[_Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield _Entry(key=str(key.value).strip(), node=value, line=_line(key))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 2


def _module(entries: Sequence[_Entry]) -> tuple[str, int]:
    for wanted in _MODULE_KEYS:
        for entry in entries:
            if entry.key.lower() == wanted and isinstance(entry.node, yaml.ScalarNode):
                return str(entry.node.value).strip(), entry.line
    return "", 1


def _words(node: yaml.Node, depth: int = 0) -> str:
    """Return the values below `node` as one line of text."""
    if depth > _DEPTH_LIMIT:
        return ""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(_words(item, depth + 1) for item in node.value)
    pairs = [(entry.key, _words(entry.node, depth + 1)) for entry in _entries(node)]
    return ", ".join(f"{key}: {value}" for key, value in pairs)


def _timing(entries: Sequence[_Entry]) -> Iterator[tuple[str, str, int]]:
    for entry in entries:
        key = entry.key.lower().rstrip("s")
        if key in ("clock", "clk", "reset", "rst"):
            yield ("clock" if key[0] == "c" else "reset"), _words(entry.node), entry.line


def _ports(entries: Sequence[_Entry]) -> Iterator[DeclaredPort]:
    for entry in entries:
        key = entry.key.lower()
        if key in ("ports", "interface"):
            yield from _port_list(entry.node, None)
            for inner in _entries(entry.node):
                if inner.key.lower() in _SECTIONS:
                    yield from _port_list(inner.node, _SECTIONS[inner.key.lower()])
        elif key in _SECTIONS:
            yield from _port_list(entry.node, _SECTIONS[key])


def _port_list(node: yaml.Node, direction: Direction | None) -> Iterator[DeclaredPort]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _listed_port(item, direction)
    elif isinstance(node, yaml.MappingNode):
        for entry in _entries(node):
            if direction is not None or entry.key.lower() not in _SECTIONS:
                yield from _keyed_port(entry, direction)
    elif isinstance(node, yaml.ScalarNode):
        for piece in str(node.value).split(","):
            if piece.strip():
                yield from _text_port(piece, _line(node), direction)


def _listed_port(node: yaml.Node, direction: Direction | None) -> Iterator[DeclaredPort]:
    if isinstance(node, yaml.ScalarNode):
        yield from _text_port(str(node.value), _line(node), direction)
        return
    entries = {entry.key.lower(): entry for entry in _entries(node)}
    name = entries.get("name") or entries.get("port") or entries.get("signal")
    if name is not None:
        yield from _described_port(_words(name.node), entries, _line(node), direction)
        return
    for entry in _entries(node):
        if found := _INPUT_KEYS.get(entry.key.lower()):
            yield from _described_port(_words(entry.node), entries, entry.line, found)
            return
    for entry in _entries(node):
        yield from _keyed_port(entry, direction)


def _keyed_port(entry: _Entry, direction: Direction | None) -> Iterator[DeclaredPort]:
    """Read `clk: input`, `a: {direction: input, width: 8}` or, in a section, `a: 8`."""
    if isinstance(entry.node, yaml.MappingNode):
        inner = {item.key.lower(): item for item in _entries(entry.node)}
        yield from _described_port(entry.key, inner, entry.line, direction)
        return
    value = _words(entry.node).strip()
    if isinstance(entry.node, yaml.SequenceNode):
        value = f"[{value}]"
    if direction is not None and (not value or re.match(r"^[\d\[]|^[A-Z_]+$", value)):
        width = cell_width(value, entry.line)
        for port in _text_port(entry.key, entry.line, direction):
            yield replace(port, width=width)
        return
    yield from _text_port(f"{entry.key}: {value}", entry.line, direction)


def _described_port(
    name: str, entries: dict[str, _Entry], line: int, direction: Direction | None
) -> Iterator[DeclaredPort]:
    said = {
        kind: next((_words(entries[key].node) for key in keys if key in entries), "")
        for kind, keys in _FIELDS.items()
    }
    bracketed = any(
        isinstance(entries[key].node, yaml.SequenceNode)
        for key in entries
        if key in _FIELDS["width"]
    )
    width_text = f"[{said['width']}]" if bracketed else said["width"]
    found = DIRECTIONS.get(said["direction"].lower().split(" ")[0]) if said["direction"] else None
    if said["direction"] and found is None:
        raise SpecError(
            f"a direction must be input, output or inout, not {said['direction'][:40]!r}, "
            f"line {line} (port {name[:40]!r})\n\nhint: write `direction: input`"
        )
    for port in _text_port(name, line, found or direction):
        yield replace(
            port,
            width=cell_width(width_text, line) or port.width,
            signed=port.signed or said["signed"].lower() in ("true", "yes", "1", "signed"),
            description=said["description"],
        )


_FIELDS = {
    "direction": ("direction", "dir", "type", "io", "mode"),
    "width": ("width", "bits", "range", "size"),
    "description": ("description", "desc", "comment", "doc"),
    "signed": ("signed",),
}


def _text_port(text: str, line: int, direction: Direction | None) -> Iterator[DeclaredPort]:
    item = read_item(text, loose=False)
    if item is None:
        raise SpecError(
            f"a port must be written like `input [7:0] data`, not {text[:60]!r}, line {line}\n\n"
            "hint: or as `{name: data, direction: input, width: 8}`"
        )
    item.direction = item.direction or direction
    if item.direction is None:
        raise SpecError(
            f"a port must have a direction, not only {text[:60]!r}, line {line}\n\n"
            "hint: write `input`, `output` or `inout` in front of its name"
        )
    yield from item.ports(line_place(line), block=-1, style="front matter")


def _parameters(entries: Sequence[_Entry]) -> Iterator[DeclaredParameter]:
    for entry in entries:
        if entry.key.lower() not in ("parameters", "parameter", "params", "generics"):
            continue
        items = entry.node.value if isinstance(entry.node, yaml.SequenceNode) else [entry.node]
        for item in items:
            yield from _parameter(item)


def _parameter(node: yaml.Node) -> Iterator[DeclaredParameter]:
    if isinstance(node, yaml.ScalarNode):
        name, _, value = str(node.value).partition("=")
        place = line_place(_line(node))
        yield DeclaredParameter(name=name.strip(), value=value.strip(), place=place)
        return
    entries = {entry.key: entry for entry in _entries(node)}
    if "name" in entries:
        value = next(
            (_words(entries[key].node) for key in ("default", "value") if key in entries), ""
        )
        place = line_place(_line(node))
        yield DeclaredParameter(name=_words(entries["name"].node), value=value, place=place)
        return
    for entry in entries.values():
        inner = {item.key: item for item in _entries(entry.node)}
        value = next((_words(inner[key].node) for key in ("default", "value") if key in inner), "")
        text = value or ("" if inner else _words(entry.node))
        yield DeclaredParameter(name=entry.key, value=text, place=line_place(entry.line))
