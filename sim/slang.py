"""Designs as pyslang sees them: parsed, elaborated, and with places for messages.

slang is fast and complete but not proof against hostile text: thousands of
nested modules or one operator chain of 100,000 terms end the process, and some
constants take minutes. Untrusted text is parsed only in the child process of
`sim.gate`; what is parsed here otherwise is the user's own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, TypeAlias

import pyslang
from pyslang.ast import Compilation, CompilationFlags, CompilationOptions
from pyslang.syntax import SyntaxTree

from sim.design import HEADER_SUFFIXES

Syntax: TypeAlias = Any
"""A syntax node. What it has depends on its `kind`, which pyslang's stubs do not express."""
Ast: TypeAlias = Any
"""A symbol, type, statement or expression; likewise."""

_ROOT = "/rtlgen-design"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LENIENT = (
    # What simulators and every synthesis tool take although the standard forbids it.
    CompilationFlags.AllowUseBeforeDeclare
    | CompilationFlags.AllowHierarchicalConst
    | CompilationFlags.AllowUnnamedGenerate
)


_ILLEGAL = frozenset({"CannotIndexScalar", "RangeSelectReversed"})
"""What slang only warns of and IEEE 1800-2023, 11.5.1 forbids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One message of the parser or the elaborator, at its place in the sources."""

    code: str
    """slang's name for the rule, such as `UnknownModule`."""
    file: str
    line: int
    """1-based, and 0 where the message has no place."""
    message: str
    error: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else self.message


class Parsed:
    """The sources of a design as one compilation unit.

    Sources are never looked up on disk: `` `include `` finds what is in
    `sources`, by its path from the including file's folder or from the root.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.manager = pyslang.SourceManager()
        self.manager.setDisableProximatePaths(True)
        self._names: dict[int, str] = {}
        buffers = []
        for name, text in sources.items():
            buffer = self.manager.assignText(f"{_ROOT}/{PurePosixPath(name)}", text)
            if not name.endswith(HEADER_SUFFIXES):
                buffers.append(buffer)
        self.tree = SyntaxTree.fromBuffers(buffers, self.manager, _bag())
        self._lines: dict[str, list[int]] = {}
        self._sources = sources

    @cached_property
    def compiled(self) -> tuple[str, ...]:
        """Names of the sources that are compiled by themselves, in order."""
        return tuple(name for name in self._sources if not name.endswith(HEADER_SUFFIXES))

    def file_of(self, location: pyslang.SourceLocation) -> str:
        """Return the name of the source that `location` lies in; of no source if in none."""
        name = self._names.get(location.buffer.id)
        if name is None:
            buffer = self.manager.getFullyExpandedLoc(location).buffer
            name = self.name_of(str(self.manager.getFullPath(buffer)))
            self._names[location.buffer.id] = name
        return name

    @staticmethod
    def name_of(path: str) -> str:
        """Return the name in the design of the file that the parser knows as `path`."""
        return path.removeprefix(_ROOT + "/")

    def place(self, location: pyslang.SourceLocation) -> tuple[str, int, int]:
        """Return source name, line and column (bytes, both 1-based) of `location`.

        Macro uses count where they stand in the text, and `` `line `` counts for
        nothing.
        """
        expanded = self.manager.getFullyExpandedLoc(location)
        file = self.file_of(expanded)
        starts = self._lines.get(file)
        if starts is None:
            starts = self._lines[file] = _line_starts(self._sources.get(file, ""))
        line = bisect_right(starts, expanded.offset)
        return file, line, expanded.offset - starts[line - 1] + 1

    def diagnostics(self, found: Iterable[pyslang.Diagnostic]) -> Iterator[Diagnostic]:
        """Yield `found`, a list of pyslang diagnostics, as values."""
        engine = pyslang.DiagnosticEngine(self.manager)
        for diagnostic in found:
            file, line = "", 0
            if self.file_of(diagnostic.location) in self._sources:
                file, line, _ = self.place(diagnostic.location)
            code = str(diagnostic.code).removeprefix("DiagCode(").rstrip(")")
            yield Diagnostic(
                code=code,
                file=file,
                line=line,
                message=engine.formatMessage(diagnostic),
                error=diagnostic.isError() or code in _ILLEGAL,
            )

    @property
    def root(self) -> Syntax:
        """The compilation unit; its `members` are the modules, packages and so on."""
        return self.tree.root

    def syntax_errors(self) -> list[Diagnostic]:
        """Return the errors of the parser, in order."""
        return [d for d in self.diagnostics(self.tree.diagnostics) if d.error]

    def elaborate(self, top: str, parameters: Mapping[str, int] | None = None) -> Compilation:
        """Elaborate from module `top`, with `parameters` in place of its defaults."""
        options = CompilationOptions()
        options.topModules = {top}
        options.flags = _LENIENT
        options.errorLimit = 0
        options.paramOverrides = [f"{name}={value}" for name, value in (parameters or {}).items()]
        bag = _bag()
        bag.compilationOptions = options
        compilation = Compilation(bag)
        compilation.addSyntaxTree(self.tree)
        return compilation


def _bag() -> pyslang.Bag:
    bag = pyslang.Bag()
    options = pyslang.parsing.PreprocessorOptions()
    options.maxIncludeDepth = 32
    options.undefines = ["__slang__"]
    options.additionalIncludePaths = [_ROOT]
    bag.preprocessorOptions = options
    return bag


def _line_starts(text: str) -> list[int]:
    """Return the byte offset at which each line starts; CR, LF and CR LF end a line."""
    return [0, *(match.end() for match in _LINE_END.finditer(text.encode()))]
