"""Cell libraries in Liberty format: what measuring needs of them.

Only structure, names, areas, functions and capacitances are looked at; timing tables
are ABC's to read.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from sim.design import digest
from sim.errors import SimError

GENERIC = Path(__file__).with_name("library") / "generic.lib"
"""Our own cells: area in gate equivalents, delay in ps by logical effort."""
MAX_BYTES = 256 << 20
"""Of a library, unpacked."""
_TOKEN = re.compile(r'"[^"]*"|/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*|\\\n|[{}();:,]|[^\s"{}();:,\\]+')
_HEAD = re.compile(r"\s*(?:/\*(?:[^*]|\*(?!/))*\*/\s*|//[^\n]*\n\s*)*library\s*\(")
_UNITS = {"1ps": 1.0, "10ps": 10.0, "100ps": 100.0, "1ns": 1000.0}


class NotLiberty(SimError, ValueError):
    """A file that is no usable cell library; the message reads: rule, value, place, hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A pin of a cell."""

    name: str
    output: bool
    function: str = ""
    """Of an output: a Boolean expression over other pins and, in registers, internal nodes."""
    capacitance: float = 0.0
    """Of an input, in the library's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as far as area, power and the choice of registers need it."""

    name: str
    area: float
    pins: tuple[Pin, ...]
    storage: tuple[str, Mapping[str, str]] | None = None
    """For registers and latches: `ff (IQ,IQN)` or the like, and the group's attributes."""
    usable: bool = True
    """Whether the library lets tools choose it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A cell library in Liberty format."""

    name: str
    text: str = field(repr=False)
    cells: Mapping[str, Cell] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", MappingProxyType(dict(self.cells)))

    @property
    def digest(self) -> str:
        """Hex digest of the text."""
        return digest(self.text.encode())

    def registers(self) -> str:
        """Return a library of the sequential cells only, without timing."""
        groups = (_written(c) for c in self.cells.values() if c.storage is not None and c.usable)
        return "\n".join(["library (registers) {", *groups, "}", ""])


def read_library(path: Path | None = None) -> Library:
    """Read a Liberty file, plain or packed by gzip; without a path, the project's own.

    Raises:
        NotLiberty: It cannot be read, is no Liberty file, or has no inverter-like logic cells.
    """
    place = path or GENERIC
    return parse_library(_text(place), place=str(place))


def parse_library(text: str, *, place: str) -> Library:
    """Read the text of a Liberty file; `place` is its name in messages.

    Raises:
        NotLiberty: As `read_library`.
    """
    if not _HEAD.match(text):
        raise _refused(f"a Liberty file begins with `library (`, not {text[:20]!r}", place)
    library = _Parser(text, place).whole()
    cells = {cell.name: cell for cell in map(_cell, library.groups("cell"))}
    if not any(cell.storage is None and _logic(cell) for cell in cells.values()):
        raise _refused("a cell library must have logic cells with area and function", place)
    return Library(name=library.argument, text=text, cells=cells)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            with gzip.open(path) as unpacked:
                content = unpacked.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or error
        raise _refused(f"a cell library must be a readable file: {said}", str(path)) from error
    if len(content) > MAX_BYTES:
        raise _refused(f"a cell library has at most {MAX_BYTES} bytes", str(path))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _refused(f"a Liberty file is text, not bytes (byte {error.start})", str(path)) from (
            error
        )


def _refused(rule: str, place: str) -> NotLiberty:
    return NotLiberty(
        f"{rule}: {place}\n\nhint: a standard-cell library with timing, `.lib` or `.lib.gz`"
    )


@dataclass(slots=True)
class _Group:
    kind: str
    argument: str
    attributes: dict[str, str] = field(default_factory=dict)
    members: list[_Group] = field(default_factory=list)

    def groups(self, *kinds: str) -> Iterator[_Group]:
        return (member for member in self.members if member.kind in kinds)


class _Parser:
    """Reads nested groups; those that measuring has no use for are skipped over."""

    _WANTED = frozenset({"library", "cell", "pin", "bus", "ff", "latch"})

    def __init__(self, text: str, place: str) -> None:
        self._words = (
            found for found in _TOKEN.finditer(text) if not found[0].startswith(("/*", "//", "\\"))
        )
        self._text, self._place = text, place
        self._start = self._end = 0
        self._found: re.Match[str] | None = None
        self._again: re.Match[str] | None = None

    def whole(self) -> _Group:
        kind = self._next()
        self._expect("(")
        group = _Group(kind, self._closed())
        self._expect("{")
        # With an own stack: how deep groups nest is the file's to choose.
        stack = [group]
        while stack:
            word = self._next()
            if word == "}":
                stack.pop()
            elif word != ";":
                self._statement(word, stack)
        return group

    def _statement(self, name: str, stack: list[_Group]) -> None:
        word = self._next()
        if word == ":":
            stack[-1].attributes[name] = self._value()
        elif word == "(":
            inner = _Group(name, self._closed())
            if self._opens():
                if name in self._WANTED:
                    stack[-1].members.append(inner)
                    stack.append(inner)
                else:
                    self._skip()
        else:
            raise self._fault(f"`{name}` must be followed by `:` or `(`, not {word!r}")

    def _value(self) -> str:
        """Read an attribute's value, to its semicolon or the end of its line."""
        words = [self._next()]
        while True:
            end = self._end
            word = self._next()
            if word == ";":
                break
            if word == "}" or "\n" in self._text[end : self._start]:
                self._push_back()
                break
            words.append(word)
        return " ".join(words).strip('"').strip()

    def _opens(self) -> bool:
        """Whether a group begins here; a list of values without one may lack its semicolon."""
        word = self._next()
        if word not in ("{", ";"):
            self._push_back()
        return word == "{"

    def _skip(self) -> None:
        depth = 1
        while depth:
            word = self._next()
            depth += (word == "{") - (word == "}")

    def _closed(self) -> str:
        words = []
        while (word := self._next()) != ")":
            if word in "{};":
                raise self._fault(f"`(` must be closed, not followed by {word!r}")
            words.append(word.strip('"'))
        return "".join(words)

    def _expect(self, wanted: str) -> None:
        word = self._next()
        if word != wanted:
            raise self._fault(f"a group reads `name (arguments) {{`, not {word!r}")

    def _next(self) -> str:
        self._found, self._again = self._again or next(self._words, None), None
        if self._found is None:
            self._start = len(self._text)
            raise self._fault("every group of a Liberty file must be closed by `}`")
        self._start, self._end = self._found.span()
        return self._found[0]

    def _push_back(self) -> None:
        self._again = self._found

    def _fault(self, rule: str) -> NotLiberty:
        line = self._text.count("\n", 0, self._start) + 1
        return _refused(rule, f"{self._place}:{line}")


def _cell(group: _Group) -> Cell:
    storage = next(group.groups("ff", "latch"), None)
    return Cell(
        name=group.argument,
        area=_number(group.attributes.get("area", "")),
        pins=tuple(_pin(pin) for pin in group.groups("pin")),
        storage=None
        if storage is None
        else (f"{storage.kind} ({storage.argument})", dict(storage.attributes)),
        usable=group.attributes.get("dont_use", "false") != "true",
    )


def _pin(group: _Group) -> Pin:
    return Pin(
        name=group.argument,
        output=group.attributes.get("direction") == "output",
        function=group.attributes.get("function", ""),
        capacitance=_number(group.attributes.get("capacitance", "")),
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _logic(cell: Cell) -> bool:
    return cell.usable and cell.area > 0 and any(pin.output and pin.function for pin in cell.pins)


def _written(cell: Cell) -> str:
    head, attributes = cell.storage or ("", {})
    lines = [f"cell ({cell.name}) {{ area : {cell.area};", f"{head} {{"]
    lines += [f'{name} : "{value}";' for name, value in attributes.items()]
    lines.append("}")
    for pin in cell.pins:
        way = "output" if pin.output else "input"
        function = f' function : "{pin.function}";' if pin.function else ""
        lines.append(f"pin ({pin.name}) {{ direction : {way};{function} }}")
    return "\n".join([*lines, "}"])
