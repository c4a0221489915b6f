"""The part of `source_map` that parses; it runs in a sandboxed child process."""

from __future__ import annotations

import json
import re
import resource
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyslang
from pyslang.ast import SymbolKind
from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.errors import SimError
from sim.read_interface import refuse_errors, top_instance
from sim.slang import Ast, Parsed, Syntax
from sim.text import without_comments
from symbolic.dataflow.source_map_statements import Statements
from symbolic.dataflow.source_map_uses import Uses
from symbolic.yosys_worker import ANSWERS, REQUEST

Json = dict[str, Any]

_KINDS = {
    SyntaxKind.DataDeclaration: "signals",
    SyntaxKind.NetDeclaration: "signals",
    SyntaxKind.PortDeclaration: "ports",
    SyntaxKind.ParameterDeclarationStatement: "constants",
    SyntaxKind.ContinuousAssign: "assign",
    SyntaxKind.HierarchyInstantiation: "instance",
    SyntaxKind.PrimitiveInstantiation: "instance",
    SyntaxKind.InitialBlock: "initial",
    SyntaxKind.GenerateRegion: "generate",
    SyntaxKind.GenerateBlock: "generate",
    SyntaxKind.LoopGenerate: "generate",
    SyntaxKind.IfGenerate: "generate",
    SyntaxKind.CaseGenerate: "generate",
}
_ALWAYS = (
    SyntaxKind.AlwaysBlock,
    SyntaxKind.AlwaysCombBlock,
    SyntaxKind.AlwaysLatchBlock,
    SyntaxKind.AlwaysFFBlock,
)
_MODULES = (SyntaxKind.ModuleDeclaration, SyntaxKind.InterfaceDeclaration)
_DEFINE = re.compile(
    r"^[ \t]*`define[ \t]+([A-Za-z_]\w*)[ \t]+(\d*)'([bdhoBDHO])(\w+)[ \t]*$", re.M | re.A
)
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}


def main() -> None:
    """Answer for each design of the request."""
    requests = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        for request in requests:
            answers.write(json.dumps(_answer(request)) + "\n")
            answers.flush()


def _answer(request: Mapping[str, Any]) -> Json:
    try:
        parsed = Parsed(request["sources"])
        refuse_errors(parsed.syntax_errors())
        compilation = parsed.elaborate(request["top"])
        top = top_instance(parsed, request["top"], compilation=compilation)
        found = _Map(parsed, request["sources"], top).found()
        errors = (d for d in parsed.diagnostics(compilation.getAllDiagnostics()) if d.error)
        return found | {"problem": str(next(errors, ""))}
    except (SimError, RuntimeError, ValueError) as error:
        return {"error": str(error)}


class Places:
    """Byte offsets of the parser as characters of the text."""

    def __init__(self, parsed: Parsed, sources: Mapping[str, str]) -> None:
        self._parsed = parsed
        self._sources = sources
        self._characters: dict[str, list[int] | None] = {}

    def span(self, node: Any) -> Json:  # noqa: ANN401 - a syntax node or a token
        """Return where a node or token stands, macro uses as they are written."""
        place = node.range if isinstance(node, Token) else node.sourceRange
        file, start = self.at(place.start)
        manager, last = self._parsed.manager, place.end
        while manager.isMacroLoc(last):
            last = manager.getExpansionRange(last).end
        _, end = self.at(last)
        return {"file": file, "start": start, "end": max(start, end)}

    def at(self, location: pyslang.SourceLocation) -> tuple[str, int]:
        expanded = self._parsed.manager.getFullyExpandedLoc(location)
        file = self._parsed.file_of(expanded)
        if file not in self._characters:
            self._characters[file] = _characters(self._sources.get(file, ""))
        table = self._characters[file]
        return file, expanded.offset if table is None else table[expanded.offset]

    def is_macro(self, node: Syntax) -> bool:
        """Whether the first or last token of a node stems from a macro."""
        manager, place = self._parsed.manager, node.sourceRange
        return bool(manager.isMacroLoc(place.start) or manager.isMacroLoc(place.end))

    def is_hidden(self, node: Syntax) -> bool:
        """Whether both ends of a node stem from macros."""
        manager, place = self._parsed.manager, node.sourceRange
        return bool(manager.isMacroLoc(place.start) and manager.isMacroLoc(place.end))


def _characters(text: str) -> list[int] | None:
    """Return for each byte of `text` the character that it belongs to; None: they are the same."""
    if text.isascii():
        return None
    table: list[int] = []
    for number, letter in enumerate(text):
        table += [number] * len(letter.encode())
    return [*table, len(text)]


class _Map:
    """The top module taken apart."""

    def __init__(self, parsed: Parsed, sources: Mapping[str, str], top: Ast) -> None:
        self._places = Places(parsed, sources)
        self._parsed, self._sources, self._top = parsed, sources, top
        self._syntax = top.body.definition.syntax
        self._prefix = f"{top.body.hierarchicalPath}."
        self._uses = [Uses(self._relative) for _ in self._syntax.members]
        self._declared: dict[str, int] = {}
        self._statements = Statements(self._places.span, self._places.is_hidden)

    def found(self) -> Json:
        self._spans = [self._places.span(member) for member in self._syntax.members]
        self._by_file: dict[str, list[tuple[int, int]]] = {}
        for number, span in enumerate(self._spans):
            self._by_file.setdefault(span["file"], []).append((span["start"], number))
        for spans in self._by_file.values():
            spans.sort()
        self._look_through(self._top.body)
        items = [self._item(n, m) for n, m in enumerate(self._syntax.members)]
        header = self._places.span(self._syntax.header)
        modules = [m for m in _members(self._parsed.root) if m.kind in _MODULES]
        return {
            "file": header["file"],
            "module": self._places.span(self._syntax),
            "header": header,
            "end": self._places.span(self._syntax.endmodule)["start"],
            "ansi": _is_ansi(self._syntax.header),
            "items": items,
            "signals": self._signals(),
            "constants": self._constants(),
            "modules": {_name(m): self._places.span(m) for m in modules},
            "instances": {_name(m): _instantiated(m) for m in modules},
        }

    def _relative(self, symbol: Ast) -> str:
        path = str(symbol.hierarchicalPath)
        return path.removeprefix(self._prefix) if path.startswith(self._prefix) else ""

    def _look_through(self, scope: Ast) -> None:
        """Sort what each member of a scope drives and reads to the item that it stands in."""
        for member in scope:
            number = self._number_of(member)
            if number is not None:
                self._uses[number].add(member)
                if not self._is_inner(scope):
                    self._declared[member.name] = number

    def _is_inner(self, scope: Ast) -> bool:
        return scope is not self._top.body

    def _number_of(self, member: Ast) -> int | None:
        """Return which item a symbol stands in."""
        file, offset = self._places.at(member.location)
        spans = self._by_file.get(file, [])
        place = bisect_right(spans, (offset, len(self._spans))) - 1
        if place < 0:
            return None
        _, number = spans[place]
        return number if offset < self._spans[number]["end"] else None

    def _item(self, number: int, member: Syntax) -> Json:
        uses, span = self._uses[number], self._spans[number]
        kind = _KINDS.get(member.kind, "other")
        if member.kind in _ALWAYS:
            kind = "clocked" if uses.clocked else "combinational"
        return {
            "kind": kind,
            "span": span,
            "drives": list(uses.drives),
            "reads": list(uses.reads),
            "loops": list(uses.loops),
            "names": list(uses.names),
            "modules": list(uses.modules),
            "opaque": self._places.is_macro(member) or span["file"] != self._file,
            "body": self._statements.body(member) if kind == "clocked" else None,
        }

    @property
    def _file(self) -> str:
        return str(self._places.span(self._syntax.header)["file"])

    def _signals(self) -> Json:
        directions = {
            port.name: port.direction.name.lower().removesuffix("put")
            for port in self._top.body.portList
            if port.kind is SymbolKind.Port
        }
        found = {}
        for symbol in self._top.body:
            if symbol.kind in (SymbolKind.Net, SymbolKind.Variable):
                found[symbol.name] = self._signal(symbol, directions)
        return found

    def _signal(self, symbol: Ast, directions: Mapping[str, str]) -> Json:
        words, kind = [], symbol.type.canonicalType
        while kind.kind is SymbolKind.FixedSizeUnpackedArrayType:
            words.append((kind.range.left, kind.range.right))
            kind = kind.elementType.canonicalType
        flat = kind.kind is SymbolKind.PackedArrayType and kind.elementType.bitWidth == 1
        msb, lsb = (kind.range.left, kind.range.right) if flat else (kind.bitWidth - 1, 0)
        scalar = kind.kind is SymbolKind.ScalarType
        declaration = _Declaration.of(symbol)
        where = symbol.syntax
        span = self._places.span(where) if where is not None else self._point(symbol)
        direction = directions.get(symbol.name, "")
        return {
            "name": symbol.name,
            "variable": symbol.kind is SymbolKind.Variable,
            "keyword": declaration.keyword,
            "keyword_span": declaration.token and self._places.span(declaration.token),
            "alone": declaration.alone,
            "width": max(1, kind.bitWidth),
            "msb": None if scalar else msb,
            "lsb": None if scalar else lsb,
            "signed": bool(kind.isSigned) if kind.isIntegral else False,
            "words": words,
            "direction": f"{direction}put" if direction in ("in", "out") else direction,
            "span": span,
            "item": self._number_of(symbol),
            "initialized": symbol.initializer is not None,
        }

    def _point(self, symbol: Ast) -> Json:
        file, start = self._places.at(symbol.location)
        return {"file": file, "start": start, "end": start + len(symbol.name)}

    def _constants(self) -> Json:
        found: Json = {}
        for file, text in self._sources.items():
            found |= _defines(file, text)
        for symbol in self._top.body:
            if symbol.kind is SymbolKind.Parameter:
                kind = "localparam" if symbol.isLocalParam else "parameter"
                self._add_constant(found, symbol, kind)
            elif symbol.kind is SymbolKind.TransparentMember:
                self._add_constant(found, symbol.wrapped, "enum")
        for value in _enum_values(self._top.body):
            self._add_constant(found, value, "enum")
        return found

    def _add_constant(self, found: Json, symbol: Ast, kind: str) -> None:
        if symbol.kind not in (SymbolKind.Parameter, SymbolKind.EnumValue):
            return
        value = symbol.value.value
        if isinstance(value, pyslang.SVInt):
            type_name = str(symbol.type.name) if kind == "enum" else ""
            bits = _bits(value, symbol.type.bitWidth)
            found[symbol.name] = {
                "name": symbol.name,
                "kind": kind,
                "bits": bits,
                "type": type_name,
                "span": self._places.span(symbol.syntax) if symbol.syntax is not None else None,
            }


def _enum_values(body: Ast) -> Iterator[Ast]:
    """Yield the values of the enumerations that signals of a module have."""
    seen = set()
    for symbol in body:
        if symbol.kind is SymbolKind.Variable:
            kind = symbol.type.canonicalType
            if kind.kind is SymbolKind.EnumType and str(symbol.type) not in seen:
                seen.add(str(symbol.type))
                yield from (v for v in kind if v.kind is SymbolKind.EnumValue)


def _defines(file: str, text: str) -> Json:
    plain = without_comments(text)
    found = {}
    for match in _DEFINE.finditer(plain):
        name, width, base, digits = match.groups()
        number = _number(digits, _BASES[base.lower()])
        if number is not None:
            bits = format(number, f"0{min(int(width or 0), 4096)}b")
            found[name] = {"name": name, "kind": "define", "bits": bits}
    return found


def _number(digits: str, base: int) -> int | None:
    try:
        return int(digits, base)
    except ValueError:
        return None


def _bits(value: pyslang.SVInt, width: int) -> str:
    text = value.toString(pyslang.LiteralBase.Binary, False, 1 << 20).lower()
    fill = text[:1] if text[:1] in ("x", "z") else "0"
    return text.rjust(width, fill)[-width:]


class _Declaration:
    """How a signal is declared."""

    def __init__(self, keyword: str, token: Token | None, *, alone: bool) -> None:
        self.keyword, self.token, self.alone = keyword, token, alone

    @classmethod
    def of(cls, symbol: Ast) -> _Declaration:
        node = symbol.syntax
        parent = node.parent if node is not None else None
        if parent is None:
            return cls("", None, alone=False)
        count = sum(not isinstance(d, Token) for d in getattr(parent, "declarators", ()))
        is_port = parent.kind is SyntaxKind.ImplicitAnsiPort
        alone = not _hands_on(parent) if is_port else count == 1
        header = getattr(parent, "header", parent)
        kind = getattr(header, "dataType", None) or getattr(header, "type", None)
        token = _keyword(header) or _keyword(kind)
        keyword = token.valueText if token is not None else _text(kind)
        return cls(keyword, token, alone=alone)


def _hands_on(port: Syntax) -> bool:
    """Whether the next port of a header has the direction and type of this one."""
    listed = [p for p in port.parent.ports if not isinstance(p, Token)]
    following = listed[listed.index(port) + 1 :]
    return bool(following) and inherits(following[0])


def inherits(port: Syntax) -> bool:
    """Whether a port of a header has the direction and type of the one before it."""
    if port.kind is not SyntaxKind.ImplicitAnsiPort:
        return False
    direction = getattr(port.header, "direction", None)
    return direction is None or not direction.valueText


def _text(node: Syntax | None) -> str:
    text = " ".join(str(node).split()) if node is not None else ""
    return "" if text.startswith("[") else text


def _keyword(node: Syntax | None) -> Token | None:
    """Return the token that says `wire`, `reg` or `logic`."""
    for name in ("netType", "keyword", "varKeyword"):
        token = getattr(node, name, None)
        if isinstance(token, Token) and not token.isMissing and token.valueText:
            return token
    return None


def _members(root: Syntax) -> list[Syntax]:
    return list(root.members) if root.kind is SyntaxKind.CompilationUnit else [root]


def _name(module: Syntax) -> str:
    return str(module.header.name.valueText)


def _instantiated(module: Syntax) -> list[str]:
    found: dict[str, None] = {}

    def look(node: Syntax) -> None:
        if not isinstance(node, Token) and node.kind is SyntaxKind.HierarchyInstantiation:
            found[node.type.valueText] = None

    module.visit(look)
    return list(found)


def _is_ansi(header: Syntax) -> bool:
    return header.ports is None or header.ports.kind is SyntaxKind.AnsiPortList
