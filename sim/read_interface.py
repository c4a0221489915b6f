"""Interfaces read from Verilog with pyslang."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyslang
from pyslang.ast import ArgumentDirection, Compilation, SymbolKind
from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Direction, Interface, Port
from sim.slang import Ast, Diagnostic, Parsed, Syntax
from sim.text import without_comments

MAX_HEADER_BYTES = 1 << 18
"""Longer text is not taken for a module header."""

_DIRECTIONS = {
    ArgumentDirection.In: Direction.INPUT,
    ArgumentDirection.Out: Direction.OUTPUT,
    ArgumentDirection.InOut: Direction.INOUT,
}
_KEPT_WITH_HEADER = {
    SyntaxKind.PortDeclaration,
    SyntaxKind.ParameterDeclarationStatement,
    SyntaxKind.TypedefDeclaration,
    SyntaxKind.PackageImportDeclaration,
}
_NESTING = re.compile(r"[(\[{]|[)\]}]")
_MAX_NESTING = 100
_MAX_OPERATORS = 5_000


def read(design: Design, *, parameters: Mapping[str, int] | None = None) -> Interface:
    """Return the interface of `design.top`; see `sim.interface.read_interface`."""
    for name, text in design.sources.items():
        refuse_bombs(text, name)
    parsed = Parsed(design.sources)
    refuse_errors(parsed.syntax_errors())
    top = top_instance(parsed, design.top, parameters)
    return interface_of(top, parsed)


def read_header_text(text: str, module: str | None = None) -> Interface:
    """Return the interface in a bare header; see `sim.interface.read_header`."""
    if len(text) > MAX_HEADER_BYTES:
        raise InvalidDesign(
            f"a module header has at most {MAX_HEADER_BYTES} characters, not {len(text)}"
        )
    refuse_bombs(text, "header")
    parsed = Parsed({"header": text})
    modules = {m.header.name.valueText: m for m in _modules(parsed)}
    if module is None and len(modules) > 1:
        raise InvalidDesign(f"one module header expected, not {len(modules)}: {', '.join(modules)}")
    if not modules or (module is not None and module not in modules):
        what = f"no header of module {module!r}" if module else "no module header"
        raise InvalidDesign(f"{what} in the text")
    name = module or next(iter(modules))
    header = Parsed({"header": _header_only(parsed, modules[name])})
    refuse_errors(header.syntax_errors())
    return interface_of(top_instance(header, name), header)


def refuse_bombs(text: str, name: str) -> None:
    """Raise where nesting or operator chains could end the parser's process.

    Raises:
        InvalidDesign: Brackets nest too deep, or a statement has too many operators.
    """
    bare = without_comments(text, strings=False)
    depth = deepest = 0
    for match in _NESTING.finditer(bare):
        depth = depth + 1 if match.group() in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    if deepest > _MAX_NESTING:
        raise InvalidDesign(f"brackets may nest {_MAX_NESTING} deep, not {deepest}, in {name}")
    for statement in bare.split(";"):
        operators = sum(statement.count(c) for c in "+-*/%&|^~!?<>=")
        if operators > _MAX_OPERATORS:
            raise InvalidDesign(
                f"a statement may have {_MAX_OPERATORS} operators, not {operators}, in {name}"
            )


def refuse_errors(errors: Iterable[Diagnostic]) -> None:
    """Raise for the first of `errors`, if there is one.

    Raises:
        InvalidDesign: With file and line.
    """
    for error in errors:
        raise InvalidDesign(str(error))


def top_instance(
    parsed: Parsed,
    top: str,
    parameters: Mapping[str, int] | None = None,
    *,
    compilation: Compilation | None = None,
) -> Ast:
    """Elaborate and return the instance of module `top`.

    Raises:
        InvalidDesign: There is no such module, or more than one.
    """
    defined = definitions(parsed)
    if defined.count(top) > 1:
        raise InvalidDesign(f"module {top!r} is defined {defined.count(top)} times")
    if top not in defined:
        raise InvalidDesign(
            f"no module {top!r} in the design"
            + (f"; it has {', '.join(dict.fromkeys(defined))}" if defined else "")
        )
    compilation = compilation or parsed.elaborate(top, parameters)
    instance = next((i for i in compilation.getRoot().topInstances if i.name == top), None)
    if instance is None or not instance.isModule:
        raise InvalidDesign(f"{top!r} cannot be the top of a design: it is no module")
    unknown = set(parameters or {}) - {
        p.name for p in instance.body.parameters if not p.isLocalParam
    }
    if unknown:
        raise InvalidDesign(f"module {top!r} has no parameter {', '.join(sorted(unknown))}")
    return instance


def definitions(parsed: Parsed) -> list[str]:
    """Return the names of all modules, interfaces and programs defined at the outermost level."""
    return [module.header.name.valueText for module in _modules(parsed)]


def interface_of(instance: Ast, parsed: Parsed) -> Interface:
    """Return the interface of an elaborated instance.

    Raises:
        InvalidInterface: A port is of a kind that no testbench can drive.
    """
    return Interface(
        module=instance.body.definition.name,
        ports=tuple(_port(symbol, instance, parsed) for symbol in instance.body.portList),
        parameters=_parameters(instance.body),
    )


def _port(symbol: Ast, instance: Ast, parsed: Parsed) -> Port:
    file, line, _ = parsed.place(symbol.location)
    where = f"port {symbol.name!r} of module {instance.body.definition.name!r} ({file}:{line})"
    if symbol.kind is not SymbolKind.Port or symbol.isNullPort:
        what = {
            SymbolKind.InterfacePort: "an interface",
            SymbolKind.MultiPort: "a concatenation",
        }.get(symbol.kind, "empty")
        raise InvalidInterface(f"a port must be a net or a variable; {where} is {what}")
    if symbol.direction not in _DIRECTIONS:
        raise InvalidInterface(f"a port must be input, output or inout; {where} is ref")
    kind = symbol.type.canonicalType
    if kind.kind is SymbolKind.ErrorType:
        raise InvalidInterface(f"the width of {where} cannot be resolved")
    if not kind.isIntegral:
        raise InvalidInterface(
            f"a port must be a bit or a packed vector; {where} is of type {symbol.type}"
        )
    msb, lsb = _bounds(kind)
    return Port(
        name=symbol.name,
        direction=_DIRECTIONS[symbol.direction],
        msb=msb,
        lsb=lsb,
        signed=kind.isSigned,
    )


def _bounds(kind: Ast) -> tuple[int, int] | tuple[None, None]:
    """Return the bounds of a packed type; structs and several dimensions are laid flat."""
    if kind.kind is SymbolKind.ScalarType:
        return None, None
    flat = kind.kind is SymbolKind.PackedArrayType and kind.elementType.bitWidth == 1
    if flat:
        return kind.range.left, kind.range.right
    return kind.bitWidth - 1, 0


def _parameters(body: Ast) -> dict[str, int]:
    """Return the parameters with known integer values that an instance may override."""
    found: dict[str, int] = {}
    for parameter in body.parameters:
        if parameter.kind is not SymbolKind.Parameter or parameter.isLocalParam:
            continue
        value = parameter.value.value
        if isinstance(value, pyslang.SVInt) and not value.hasUnknown:
            found[parameter.name] = int(value)
    return found


def _modules(parsed: Parsed) -> list[Syntax]:
    root = parsed.root
    members = root.members if root.kind is SyntaxKind.CompilationUnit else [root]
    kinds = (SyntaxKind.ModuleDeclaration, SyntaxKind.InterfaceDeclaration)
    return [m for m in members if m.kind in (*kinds, SyntaxKind.ProgramDeclaration)]


def _header_only(parsed: Parsed, module: Syntax) -> str:
    """Return a whole module made of the header of `module` and its port declarations.

    Lines stay where they were, so that messages name the place in the text.
    """
    kept = _tokens(module.header)
    end = kept[-1].location.offset
    inside = [d for d in parsed.tree.diagnostics if d.isError() and d.location.offset < end]
    refuse_errors(parsed.diagnostics(inside))
    body = [t for m in module.members if m.kind in _KEPT_WITH_HEADER for t in _tokens(m)]
    semicolon = "" if kept[-1].rawText == ";" else ";"
    return _laid_out(parsed, kept) + semicolon + _laid_out(parsed, body) + "\nendmodule\n"


def _laid_out(parsed: Parsed, tokens: Iterable[Token]) -> str:
    text, at = "", 1
    for token in tokens:
        line = parsed.place(token.location)[1]
        text += "\n" * (line - at) + " " + token.rawText
        at = max(at, line)
    return text


def _tokens(node: Syntax) -> list[Token]:
    found: list[Token] = []

    def keep(part: Syntax | Token) -> None:
        if isinstance(part, Token) and not part.isMissing:
            found.append(part)

    node.visit(keep)
    return found
