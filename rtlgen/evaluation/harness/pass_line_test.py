"""A test that tells by one printed line that the design has passed, taken apart.

RTLLM's tests are of this form: a module without ports instantiates the design,
drives and compares it in any way, and prints `Your Design Passed`. What is
found here, by pyslang's syntax tree, is what has to be changed so that nobody
else can print that line or end the run, and how design and test are connected.

The texts are those of a benchmark's own files, which are trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pyslang.ast import ArgumentDirection, ExpressionKind, SymbolKind
from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind

from rtlgen.evaluation.harness.source_text import Span, UnknownForm, edited
from sim.interface import Direction
from sim.slang import Ast, Parsed, Syntax

PASSED = "Your Design Passed"
_TEST, _GOLDEN = "test.sv", "golden.sv"
_ENDING = ("$finish", "$stop")
_DIRECTIONS = {
    ArgumentDirection.In: Direction.INPUT,
    ArgumentDirection.Out: Direction.OUTPUT,
    ArgumentDirection.InOut: Direction.INOUT,
}
_WAITS_FOR_MORE_THAN_TIME = {
    SyntaxKind.EventControl,
    SyntaxKind.EventControlWithExpression,
    SyntaxKind.ImplicitEventControl,
    SyntaxKind.RepeatedEventControl,
    SyntaxKind.WaitStatement,
    SyntaxKind.WaitForkStatement,
    SyntaxKind.WaitOrderStatement,
    SyntaxKind.DoWhileStatement,
    SyntaxKind.JumpStatement,
    SyntaxKind.DisableStatement,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connected port of the design."""

    port: str
    position: int | None
    """Of the port, 0-based, where the connection is by order."""
    direction: Direction
    """Of the golden design's port."""
    width: int
    """Bits of what it is connected to."""
    expression: Span
    instantiation: int
    """Where the statement that makes the instance begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassLineTest:
    """The parts of one test. Spans are of `text`."""

    text: bytes
    root: str
    """Name of the module that is the test."""
    modules: frozenset[str]
    names: frozenset[str]
    """Everything that has a name in the root, and the root."""
    passes: tuple[Span, ...]
    """Every `PASSED`, inside its string literal."""
    ends: tuple[Span, ...]
    """Statements that end the simulation."""
    fixed_end: bool
    """Whether the test ends at a time that no design can change."""
    connections: tuple[Connection, ...]
    end: int
    """Where the root's `endmodule` stands."""

    def woven(self, secret: str, *, most: int | None = None) -> str:
        """Return the test that says with `secret` whether the design passed, and when it ended.

        After `most` units of time it is ended, and says so.
        """
        edits = [(span, secret) for span in self.passes]
        for start, end in self.ends:
            told = f'begin $display("[{secret} end %0d]", $time); '
            edits += [((start, start), told), ((end, end), " end")]
        if most is not None:
            late = f'\ninitial begin #{most} $display("[{secret} late]"); $finish; end\n'
            edits.append(((self.end, self.end), late))
        return edited(self.text, edits)


def take_apart(text: str, *, golden: str, top: str) -> PassLineTest:
    """Return the parts of the test `text`, which judges module `top`.

    Raises:
        UnknownForm: The test is of another form, or is none with `golden` as its design.
    """
    parsed = Parsed({_TEST: text})
    errors = parsed.syntax_errors()
    if errors:
        raise UnknownForm(f"the test does not parse: {errors[0]}")
    modules = list(_modules(parsed.root))
    root = _root(modules, top)
    passes = tuple(_literals(parsed))
    if not passes:
        raise UnknownForm(f"the test has no line {PASSED!r}")
    name = root.header.name.valueText
    whole = Parsed({_GOLDEN: golden, _TEST: text})
    instance = next(iter(whole.elaborate(name).getRoot().topInstances))
    return PassLineTest(
        text=text.encode(),
        root=name,
        modules=frozenset(module.header.name.valueText for module in modules),
        names=frozenset({name, *(member.name for member in instance.body if member.name)}),
        passes=passes,
        ends=tuple(span_of(parsed, end) for end in found(root, _ends)),
        fixed_end=_ends_at_a_fixed_time(root),
        connections=tuple(_connections(whole, instance, top)),
        end=root.endmodule.range.start.offset,
    )


def found(node: Syntax, wanted: Callable[[Syntax], bool]) -> list[Syntax]:
    """Return the nodes in `node`, itself included, that are `wanted`."""
    nodes: list[Syntax] = []

    def look(part: Syntax | Token) -> None:
        if not isinstance(part, Token) and wanted(part):
            nodes.append(part)

    node.visit(look)
    return nodes


def span_of(parsed: Parsed, node: Syntax) -> Span:
    """Return where `node` stands.

    Raises:
        UnknownForm: A macro has a part in it.
    """
    place = node.sourceRange
    if any(parsed.manager.isMacroLoc(end) for end in (place.start, place.end)):
        raise UnknownForm("a macro stands where the test has to be changed")
    return place.start.offset, place.end.offset


def _modules(root: Syntax) -> Iterator[Syntax]:
    members = root.members if root.kind is SyntaxKind.CompilationUnit else [root]
    return (member for member in members if member.kind is SyntaxKind.ModuleDeclaration)


def _root(modules: Sequence[Syntax], top: str) -> Syntax:
    tests = [module for module in modules if any(_instantiations(module, top))]
    if len(tests) != 1:
        raise UnknownForm(f"one module must instantiate {top!r}, not {len(tests)}")
    return tests[0]


def _instantiations(module: Syntax, top: str) -> list[Syntax]:
    return found(
        module,
        lambda node: node.kind is SyntaxKind.HierarchyInstantiation and node.type.valueText == top,
    )


def _literals(parsed: Parsed) -> Iterator[Span]:
    """Yield where `PASSED` stands in a string literal."""
    tokens: list[Token] = []

    def look(part: Syntax | Token) -> None:
        if isinstance(part, Token) and part.kind is TokenKind.StringLiteral:
            tokens.append(part)

    parsed.root.visit(look)
    for token in tokens:
        if PASSED not in token.rawText or parsed.manager.isMacroLoc(token.location):
            continue
        at = token.location.offset + len(token.rawText.partition(PASSED)[0].encode())
        yield at, at + len(PASSED)


def _ends(node: Syntax) -> bool:
    if node.kind is not SyntaxKind.ExpressionStatement:
        return False
    called = _called(node)
    return called.kind is SyntaxKind.SystemName and called.systemIdentifier.valueText in _ENDING


def _called(statement: Syntax) -> Syntax:
    expression = statement.expr
    is_call = expression.kind is SyntaxKind.InvocationExpression
    return expression.left if is_call else expression


def _ends_at_a_fixed_time(root: Syntax) -> bool:
    """Whether every end is reached by delays and counted loops alone."""
    processes = found(
        root,
        lambda node: (
            node.kind
            in (SyntaxKind.InitialBlock, SyntaxKind.AlwaysBlock, SyntaxKind.TaskDeclaration)
        ),
    )
    ending = [process for process in processes if found(process, _ends)]
    return bool(ending) and all(
        process.kind is SyntaxKind.InitialBlock and not found(process, _may_take_longer)
        for process in ending
    )


def _may_take_longer(node: Syntax) -> bool:
    if node.kind in _WAITS_FOR_MORE_THAN_TIME:
        return True
    if node.kind is SyntaxKind.LoopStatement:
        return bool(node.repeatOrWhile.kind is TokenKind.WhileKeyword)
    if node.kind is SyntaxKind.ConditionalStatement:
        return bool(found(node, lambda part: part.kind is SyntaxKind.DelayControl or _ends(part)))
    if node.kind is SyntaxKind.ExpressionStatement:
        # A task of the test's own.
        return _called(node).kind is SyntaxKind.IdentifierName
    return False


def _connections(parsed: Parsed, root: Ast, top: str) -> Iterator[Connection]:
    for instance in _instances(root.body, top):
        statement = instance.syntax.parent
        ports = {port.name: number for number, port in enumerate(instance.body.portList)}
        names = list(ports)
        elaborated = {found.port.name: found for found in instance.portConnections}
        written = [c for c in instance.syntax.connections if not isinstance(c, Token)]
        for number, connection in enumerate(written):
            if connection.kind is SyntaxKind.OrderedPortConnection:
                name, position = names[number], number
            elif connection.kind is SyntaxKind.NamedPortConnection:
                name, position = connection.name.valueText, None
            else:
                continue
            if connection.expr is None or name not in elaborated:
                continue
            port = elaborated[name].port
            yield Connection(
                port=name,
                position=position,
                direction=_DIRECTIONS[port.direction],
                width=_width(elaborated[name]),
                expression=span_of(parsed, connection.expr),
                instantiation=span_of(parsed, statement)[0],
            )


def _instances(scope: Ast, top: str) -> Iterator[Ast]:
    for member in scope:
        if member.kind is SymbolKind.Instance and member.definition.name == top:
            yield member


def _width(connection: Ast) -> int:
    expression = connection.expression
    if expression is None:
        return int(connection.port.type.bitWidth)
    if expression.kind is ExpressionKind.Assignment:
        expression = expression.left
    return int(expression.type.bitWidth)
