"""Golden RTL as a reference: renamed, so that it can stand beside the design it judges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pyslang import SourceManager
from pyslang.parsing import Token, TokenKind, Trivia, TriviaKind
from pyslang.syntax import SyntaxKind, SyntaxNode, SyntaxTree

from sim.design import Design
from sim.errors import InvalidDesign
from sim.slang import Parsed
from testbench_gen.hints import Hints, hints_in
from testbench_gen.implicit_nets import Insertions, declarations, place_of

PREFIX = "rtlgen_golden_"
_MODULES = frozenset(
    {
        SyntaxKind.ModuleDeclaration,
        SyntaxKind.ProgramDeclaration,
        SyntaxKind.UdpDeclaration,
    }
)
_MODULE_NAMES = frozenset(
    {SyntaxKind.ModuleHeader, SyntaxKind.ProgramHeader, SyntaxKind.UdpDeclaration}
)
_ALWAYS = frozenset({SyntaxKind.AlwaysBlock, SyntaxKind.AlwaysCombBlock})
_BRACKETS = "()[]{};,."
_PRINTED_TRIVIA = frozenset(
    {
        TriviaKind.Whitespace,
        TriviaKind.EndOfLine,
        TriviaKind.LineComment,
        TriviaKind.BlockComment,
    }
)
_KEPT_DIRECTIVES = frozenset(
    {
        SyntaxKind.BeginKeywordsDirective,
        SyntaxKind.EndKeywordsDirective,
        SyntaxKind.TimeScaleDirective,
        SyntaxKind.DefaultNetTypeDirective,
        SyntaxKind.ResetAllDirective,
        SyntaxKind.UnconnectedDriveDirective,
        SyntaxKind.NoUnconnectedDriveDirective,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A design that is right by definition, run side by side with the one under test.

    X and Z bits of its outputs are don't-cares.
    """

    design: Design


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedGolden:
    """The text of a golden design under other names."""

    text: str
    """One file: macros expanded, includes in place, comments kept."""
    top: str
    names: frozenset[str]
    """New names of everything that it defines outside modules."""
    hints: Hints
    holds_values: bool
    """Whether a level-sensitive block seems to keep old values, as a latch does."""
    data: Mapping[str, bytes]
    """Its files, under new names where the text names them; a design may have its own."""


def rename(design: Design, *, ports: Collection[str] = ()) -> RenamedGolden:
    """Return `design` with everything it defines renamed to start with `PREFIX`.

    Raises:
        InvalidDesign: The golden design does not parse, does not define its top, or
            would have one of its `ports` renamed too.
    """
    parsed = _parse(design)
    tree = parsed.tree
    modules, globals_ = _modules(tree), _globals(tree)
    if design.top not in modules:
        known = ", ".join(sorted(modules)) or "no module"
        raise InvalidDesign(f"golden design must define its top {design.top!r}; it has {known}")
    if clash := sorted(globals_.intersection(ports)):
        raise InvalidDesign(
            f"golden design declares {clash[0]!r} outside modules and as a port of "
            f"{design.top!r}\n\nhint: give the two different names"
        )
    inserted = declarations(parsed, design.top)
    printer = _Printer(tree.sourceManager, modules, globals_, design.data, inserted)
    return RenamedGolden(
        text=printer.print(tree).strip("\n") + "\n",
        top=PREFIX + design.top,
        names=frozenset(PREFIX + name for name in modules | globals_),
        hints=hints_in(tree),
        holds_values=_holds_values(tree),
        data={printer.files.get(name, name): data for name, data in design.data.items()},
    )


def _parse(design: Design) -> Parsed:
    """Parse all sources as one compilation unit, headers only where they are included."""
    parsed = Parsed(design.sources)
    if errors := parsed.syntax_errors():
        raise InvalidDesign(f"golden design must be correct Verilog; {errors[0]}")
    return parsed


def _nodes(root: SyntaxNode) -> Iterator[Any]:
    """Yield every node; `Any`, as the bindings give each kind attributes of its own."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += [child for child in node if isinstance(child, SyntaxNode)]


def _tokens(root: SyntaxNode) -> Iterator[tuple[Token, SyntaxNode]]:
    """Yield every token with its parent, in source order and without recursion."""
    stack: list[tuple[Any, SyntaxNode]] = [(root, root)]
    while stack:
        item, parent = stack.pop()
        if isinstance(item, Token):
            yield item, parent
        else:
            stack += [(child, item) for child in reversed(list(item))]


def _modules(tree: SyntaxTree) -> frozenset[str]:
    """Return the names of modules, programs and primitives."""
    return frozenset(
        token.valueText
        for node in _nodes(tree.root)
        if node.kind in _MODULE_NAMES
        for token in node
        if isinstance(token, Token) and token.kind is TokenKind.Identifier
    )


def _globals(tree: SyntaxTree) -> frozenset[str]:
    """Return the names declared outside modules: packages, types, functions, constants."""
    whole = tree.root.kind is SyntaxKind.CompilationUnit
    members = [m for m in tree.root if isinstance(m, SyntaxNode)] if whole else [tree.root]
    return frozenset(
        token.valueText
        for member in members
        if member.kind not in _MODULES
        for token in _declared(member)
    )


def _declared(member: SyntaxNode) -> Iterator[Token]:
    """Yield the names that one member of the compilation unit declares there."""
    node: Any = member
    if node.kind in (SyntaxKind.PackageDeclaration, SyntaxKind.InterfaceDeclaration):
        yield node.header.name
    elif node.kind in (SyntaxKind.FunctionDeclaration, SyntaxKind.TaskDeclaration):
        yield from (token for token, _ in _tokens(node.prototype.name))
    elif node.kind is SyntaxKind.ClassDeclaration:
        yield node.name
    else:
        if node.kind is SyntaxKind.TypedefDeclaration:
            yield node.name
        for node in _nodes(member):
            if node.kind is SyntaxKind.Declarator and not _in_structure(node):
                yield node.name


def _in_structure(node: SyntaxNode) -> bool:
    parent = node.parent
    return parent is not None and parent.kind is SyntaxKind.StructUnionMember


class _Printer:
    """Prints a tree with new names, its macros expanded and its includes in place."""

    def __init__(
        self,
        manager: SourceManager,
        modules: frozenset[str],
        globals_: frozenset[str],
        data: Collection[str],
        inserted: Insertions,
    ) -> None:
        self._manager = manager
        self._modules = modules
        self._globals = globals_
        self._data = data
        self._inserted = inserted
        self.files: dict[str, str] = {}
        """New names of the data files that strings in the text name."""
        self._out: list[str] = []
        self._last = " "
        self._expanded = False

    def print(self, tree: SyntaxTree) -> str:
        for token, parent in _tokens(tree.root):
            for trivia in token.trivia:
                self._trivia(trivia)
            self._space(self._inserted.before.get(place_of(token), ""))
            self._emit(self._renamed(token, parent), token)
            self._space(self._inserted.after.get(place_of(token), ""))
        return "".join(self._out)

    def _renamed(self, token: Token, parent: SyntaxNode) -> str:
        text: str = token.rawText
        if token.kind is TokenKind.StringLiteral and token.valueText in self._data:
            self.files[token.valueText] = renamed = _renamed_file(token.valueText)
            return f'"{renamed}"'
        if token.kind is not TokenKind.Identifier:
            return text
        name: str = token.valueText
        if name in self._globals or (name in self._modules and _names_module(parent)):
            # An escaped identifier stays one; the blank that ends it is trivia.
            return f"\\{PREFIX}{name}" if text.startswith("\\") else PREFIX + name
        return text

    def _emit(self, text: str, token: Token) -> None:
        if not text:
            return
        # Only a macro can put tokens side by side that its author kept apart.
        expanded, before = self._manager.isMacroLoc(token.location), self._expanded
        if (expanded or before) and _would_merge(self._last, text[0]):
            self._out.append(" ")
        self._out.append(text)
        self._last, self._expanded = text[-1], expanded

    def _space(self, text: str) -> None:
        if text:
            self._out.append(text)
            self._last = " "

    def _trivia(self, trivia: Trivia) -> None:
        if trivia.kind is TriviaKind.Directive:
            self._directive(trivia.syntax())
        elif trivia.kind in _PRINTED_TRIVIA:
            self._space(trivia.getRawText())

    def _directive(self, directive: SyntaxNode) -> None:
        """Keep the comments around a directive, and the directive if it shapes what follows."""
        first = directive.getFirstToken()
        for trivia in first.trivia:
            self._trivia(trivia)
        if directive.kind in _KEPT_DIRECTIVES:
            words = [token.rawText for token, _ in _tokens(directive)]
            self._space("\n" + " ".join(word for word in words if word) + "\n")
        elif directive.kind is SyntaxKind.MacroUsage:
            self._space(" ")


def _renamed_file(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(PREFIX + path.name))


def _names_module(parent: SyntaxNode) -> bool:
    if parent.kind is SyntaxKind.NamedBlockClause:
        return parent.parent is not None and parent.parent.kind in _MODULES
    return parent.kind in _MODULE_NAMES or parent.kind is SyntaxKind.HierarchyInstantiation


def _would_merge(left: str, right: str) -> bool:
    """Whether two tokens printed side by side might be read as one."""
    word = str.isalnum(left) or left in "_$'`\\", str.isalnum(right) or right in "_$'`\\"
    if all(word):
        return True
    return not any(word) and not (left in _BRACKETS or right in _BRACKETS or left.isspace())


def _holds_values(tree: SyntaxTree) -> bool:
    return any(
        node.kind is SyntaxKind.AlwaysLatchBlock
        or (node.kind in _ALWAYS and not _edge_sensitive(node) and _incomplete(node))
        for node in _nodes(tree.root)
    )


def _edge_sensitive(block: SyntaxNode) -> bool:
    edges = (TokenKind.PosEdgeKeyword, TokenKind.NegEdgeKeyword, TokenKind.EdgeKeyword)
    return any(token.kind in edges for token, _ in _tokens(block))


def _incomplete(block: SyntaxNode) -> bool:
    """Whether some branch of `block` may leave things as they are (over-approximated)."""
    for node in _nodes(block):
        if node.kind is SyntaxKind.ConditionalStatement and node.elseClause is None:
            return True
        if node.kind is SyntaxKind.CaseStatement and not any(
            child.kind is SyntaxKind.DefaultCaseItem for child in _nodes(node)
        ):
            return True
    return False
