"""What the gate refuses of an elaborated design; see `sim.gate`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from pyslang.analysis import AnalysisManager
from pyslang.ast import (
    ArgumentDirection,
    Compilation,
    ExpressionKind,
    NetType,
    ProceduralBlockKind,
    StatementKind,
    SymbolKind,
    VisitAction,
)
from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind

from sim.refusal import Refusal
from sim.slang import Ast, Diagnostic, Parsed, Syntax

_TOLERATED = {
    # Illegal, but every simulator takes it and means the same by it.
    "AutoFromStaticInit",
}
_OUTWARD = {
    "CouldNotResolveHierarchicalPath",
    "HierarchicalRefUnknownModule",
    "UpwardHierarchicalName",
}
_DRIVES_INPUT = {"InputPortAssign", "InputPortCoercion"}
_NAMED_SCOPES = {
    SymbolKind.ClockingBlock,
    SymbolKind.GenerateBlock,
    SymbolKind.GenerateBlockArray,
    SymbolKind.Instance,
    SymbolKind.InstanceArray,
    SymbolKind.InterfacePort,
    SymbolKind.PrimitiveInstance,
    SymbolKind.StatementBlock,
    SymbolKind.Subroutine,
}
_INSIDE = {
    SymbolKind.GenerateBlock,
    SymbolKind.GenerateBlockArray,
    SymbolKind.StatementBlock,
    SymbolKind.Subroutine,
}
_DECLARATORS = {SyntaxKind.Declarator, SyntaxKind.ClassDeclaration, SyntaxKind.TypedefDeclaration}

MAX_INSTANCES = 50_000
"""A design with more instances is not examined."""


def outward_errors(parsed: Parsed, found: Iterable[Diagnostic]) -> Iterator[Refusal]:
    """Yield the references that slang cannot find below the module they stand in."""
    heads: set[tuple[str, int, str]] | None = None
    for diagnostic in found:
        if diagnostic.code in _OUTWARD:
            message = f"reference out of the module: {diagnostic.message}"
            yield _refused(diagnostic, "hierarchy", message)
        elif diagnostic.code == "UndeclaredIdentifier":
            heads = _all_heads(parsed) if heads is None else heads
            name = diagnostic.message.split("'")[1]
            if (diagnostic.file, diagnostic.line, name) in heads:
                message = f"reference out of the module: there is no {name!r} in it"
                yield _refused(diagnostic, "hierarchy", message)


def _all_heads(parsed: Parsed) -> set[tuple[str, int, str]]:
    """Return file, line and text of the first part of every hierarchical name."""
    heads = (head for module in _definitions(parsed.root) for head in _heads(module))
    return {(*parsed.place(head.location)[:2], head.valueText) for head in heads}


_CONTESTED = frozenset({"MixedVarAssigns", "MultipleContAssigns"})


def contested(parsed: Parsed, manager: AnalysisManager) -> Iterator[Refusal]:
    """Yield where a variable has a continuous assignment and another driver.

    IEEE 1800-2017 6.5 forbids it; Icarus refuses it, Verilator does not.
    """
    for diagnostic in parsed.diagnostics(manager.getDiagnostics()):
        if diagnostic.code in _CONTESTED:
            yield _refused(diagnostic, "elaboration", diagnostic.message)


def elaboration_errors(found: Iterable[Diagnostic]) -> Iterator[Refusal]:
    """Yield the errors that make a design no design."""
    for diagnostic in found:
        if diagnostic.error and diagnostic.code not in _TOLERATED | _OUTWARD:
            yield _refused(diagnostic, "elaboration", diagnostic.message)


def analyzed(compilation: Compilation) -> AnalysisManager:
    """Return what drives what in an elaborated design."""
    compilation.freeze()
    manager = AnalysisManager()
    manager.analyze(compilation)
    return manager


def driven_inputs(
    parsed: Parsed, manager: AnalysisManager, instances: Iterable[Ast]
) -> Iterator[Refusal]:
    """Yield input ports that the design drives from inside: it would drive the bench's nets.

    Those of submodules count too: what drives them drives what they are connected to.
    """
    for diagnostic in parsed.diagnostics(manager.getDiagnostics()):
        if diagnostic.code in _DRIVES_INPUT:
            yield _refused(diagnostic, "drives-input", diagnostic.message)
    # slang reports no input that the output port of an instance drives, but knows the driver.
    for instance in instances:
        seen: set[Ast] = set()
        for port in _ports(instance):
            message = ""
            if _is_driven(port, manager):
                message = f"input port {port.name!r} is driven from inside"
            elif port.internalSymbol is not None and port.internalSymbol in seen:
                # Simulators join what is connected to the two, and slang sees no driver.
                message = f"port {port.name!r} is the same net as another port"
            elif _is_supply(port):
                message = f"input port {port.name!r} is a supply: it drives what it is connected to"
            if message:
                file, line, _ = parsed.place(port.location)
                yield Refusal(rule="drives-input", file=file, line=line, message=message)
            seen.add(port.internalSymbol)


def races(manager: AnalysisManager, instances: Iterable[Ast]) -> bool:
    """Whether processes race for a variable: several write the same bits of it.

    Which of them is last may depend on what else is simulated.
    """
    return any(
        _is_raced(variable, manager)
        for instance in instances
        for variable in _variables(instance.body)
    )


def _variables(body: Ast) -> list[Ast]:
    found: list[Ast] = []

    def look(node: Ast) -> VisitAction:
        if node.kind is SymbolKind.Variable:
            found.append(node)
        return VisitAction.Skip if node.kind is SymbolKind.Instance else VisitAction.Advance

    for member in body:
        member.visit(look)
    return found


def _is_raced(variable: Ast, manager: AnalysisManager) -> bool:
    spans: dict[int, list[tuple[int, int]]] = {}
    for found in manager.getDrivers(variable):
        driver = found[0] if isinstance(found, tuple) else found
        process = driver.containingSymbol
        kind = getattr(process, "procedureKind", None)
        if kind not in (None, ProceduralBlockKind.Initial):
            spans.setdefault(process.location.offset, []).append(driver.bounds)
    writers = list(spans.values())
    return any(
        low <= upper and lower <= high
        for number, one in enumerate(writers)
        for low, high in one
        for other in writers[:number]
        for lower, upper in other
    )


def _ports(instance: Ast) -> Iterator[Ast]:
    """Yield the ports of `instance`, those that are put together by their parts."""
    for port in instance.body.portList:
        if port.kind is SymbolKind.MultiPort:
            yield from port.ports
        elif port.kind is SymbolKind.Port:
            yield port


def _is_driven(port: Ast, manager: AnalysisManager) -> bool:
    if port.direction is not ArgumentDirection.In:
        return False
    if port.internalSymbol is None:
        return False
    drivers = (found[0] if isinstance(found, tuple) else found for found in _drivers(port, manager))
    return any(not driver.isInputPort for driver in drivers)


def _is_supply(port: Ast) -> bool:
    net = port.internalSymbol
    if port.direction is not ArgumentDirection.In or net is None or net.kind is not SymbolKind.Net:
        return False
    return net.netType.netKind in (NetType.NetKind.Supply0, NetType.NetKind.Supply1)


def _drivers(port: Ast, manager: AnalysisManager) -> list[Ast]:
    return list(manager.getDrivers(port.internalSymbol))


def _refused(diagnostic: Diagnostic, rule: str, message: str) -> Refusal:
    return Refusal(rule=rule, file=diagnostic.file, line=diagnostic.line, message=message)


def foreign_heads(
    parsed: Parsed, instances: Iterable[Ast], outer: frozenset[str] = frozenset()
) -> Iterator[Refusal]:
    """Yield hierarchical names whose first part is nothing that their module has itself.

    A first part that is in `outer` is refused too: whether a generate block is there,
    simulators may see otherwise, and then look around the design.

    slang says nothing of a name whose first part is a generate block that is
    not there, nor of one that begins with the top module's own name; Icarus
    looks both up in whatever instantiates the design.
    """
    scopes = _scope_names(instances)
    shared = {name for part in _outside_modules(parsed.root) for name in _declared(part)}
    for module in _definitions(parsed.root):
        heads = list(_heads(module))
        if not heads:
            continue
        own = scopes.get(module.header.name.valueText, set()) | _declared(module)
        for token in heads:
            if token.valueText in outer or token.valueText not in own | shared:
                file, line, _ = parsed.place(token.location)
                yield Refusal(
                    rule="hierarchy",
                    file=file,
                    line=line,
                    message=f"hierarchical name that begins outside the module: {token.valueText}",
                )


def foreign_disables(parsed: Parsed, compilation: Compilation) -> Iterator[Refusal]:
    """Yield each `disable` of a task that stands outside of all modules, or in a class.

    slang finds it in its package, in the compilation unit or in a base class; Icarus looks
    around the design, and ends a task or block of that name in the testbench.
    """
    found: list[Refusal] = []

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) is not StatementKind.Disable:
            return
        target = node.target.getSymbolReference()
        own = target is not None and target.declaringDefinition is not None
        if not own or target.syntax.parent.kind is SyntaxKind.ClassMethodDeclaration:
            file, line, _ = parsed.place(node.sourceRange.start)
            message = "`disable` may name only what stands in the module itself"
            found.append(Refusal(rule="hierarchy", file=file, line=line, message=message))

    compilation.getRoot().visit(look)
    yield from found


def _definitions(root: Syntax) -> list[Syntax]:
    found: list[Syntax] = []

    def look(node: Syntax) -> VisitAction:
        kinds = (SyntaxKind.ModuleDeclaration, SyntaxKind.InterfaceDeclaration)
        if not isinstance(node, Token) and node.kind in kinds:
            found.append(node)
        return VisitAction.Advance

    root.visit(look)
    return found


def _outside_modules(root: Syntax) -> list[Syntax]:
    """Return the packages and what else stands beside the modules."""
    kinds = (SyntaxKind.ModuleDeclaration, SyntaxKind.InterfaceDeclaration)
    return [member for member in root.members if member.kind not in kinds]


def _heads(module: Syntax) -> Iterator[Token]:
    """Yield the first identifier of every dotted name."""
    tokens = [t for t in _tokens(module) if t.kind is not TokenKind.Placeholder]
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.Dot:
            head = _chain_start(tokens, index - 1)
            if head is not None:
                yield head


def _chain_start(tokens: Sequence[Token], at: int) -> Token | None:
    """Return the identifier that the name ending at `at` begins with, if a name ends there."""
    depth = 0
    while at >= 0:
        kind = tokens[at].kind
        if kind is TokenKind.CloseBracket:
            depth += 1
        elif kind is TokenKind.OpenBracket:
            depth -= 1
        elif depth == 0:
            break
        at -= 1
    if at < 0 or tokens[at].kind is not TokenKind.Identifier:
        return None
    # `a.b.c`: only the first dot finds the head; `p::x.y` begins in a package.
    if at > 0 and tokens[at - 1].kind in (TokenKind.Dot, TokenKind.DoubleColon):
        return None
    return tokens[at]


def _tokens(node: Syntax) -> list[Token]:
    found: list[Token] = []

    def keep(part: Syntax | Token) -> None:
        if isinstance(part, Token) and not part.isMissing:
            found.append(part)

    node.visit(keep)
    return found


def _declared(module: Syntax) -> set[str]:
    """Return the names of variables, nets, arguments and ports declared in the text of `module`."""
    found = {"item"}  # the implied argument of array methods

    def look(node: Syntax) -> None:
        if isinstance(node, Token):
            return
        if node.kind in _DECLARATORS:
            found.add(node.name.valueText)
        elif node.kind is SyntaxKind.ForeachLoopList:
            found.update(t.valueText for t in _tokens(node) if t.kind is TokenKind.Identifier)
        elif node.kind is SyntaxKind.InterfacePortHeader:
            found.add(node.nameOrKeyword.valueText)

    module.visit(look)
    return found


def _scope_names(instances: Iterable[Ast]) -> dict[str, set[str]]:
    """Return, by module, the names of the scopes that its elaborated instances have."""
    found: dict[str, set[str]] = {}
    for instance in instances:
        _collect(instance.body, found.setdefault(instance.body.definition.name, set()))
    return found


def instances_of(top: Ast) -> list[Ast]:
    """Return the instances of a design, the top first, and at most one more than are allowed."""
    found: list[Ast] = []
    waiting = [top]
    while waiting and len(found) <= MAX_INSTANCES:
        found.append(waiting.pop())
        waiting += _collect(found[-1].body, set())
    return found


def _collect(scope: Ast, names: set[str]) -> list[Ast]:
    """Add the names of the scopes in `scope` to `names`; return the instances among them."""
    instances: list[Ast] = []
    for member in scope:
        if member.kind not in _NAMED_SCOPES:
            continue
        if member.kind is SymbolKind.GenerateBlock and member.isUninstantiated:
            continue
        names.add(member.name)
        if member.kind is SymbolKind.Instance:
            instances.append(member)
        elif member.kind is SymbolKind.InstanceArray:
            instances += _elements(member)
        elif member.kind in _INSIDE:
            instances += _collect(member, names)
    return instances


def _elements(array: Ast) -> list[Ast]:
    found: list[Ast] = []
    for element in array.elements:
        if element.kind is SymbolKind.InstanceArray:
            found += _elements(element)
        elif element.kind is SymbolKind.Instance:
            found.append(element)
    return found


def memory_images(
    parsed: Parsed, compilation: Compilation, data: Collection[str]
) -> Iterator[Refusal]:
    """Yield the `$readmemh` and `$readmemb` that name no file of the design."""
    found: list[Refusal] = []

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) is not ExpressionKind.Call:
            return
        if node.subroutineName not in ("$readmemh", "$readmemb"):
            return
        name = _constant_string(node.arguments[0]) if node.arguments else None
        if name is None or (name and name not in data):
            file, line, _ = parsed.place(node.sourceRange.start)
            what = (
                "a constant" if name is None else f"a file that came with the design, not {name!r}"
            )
            found.append(
                Refusal(
                    rule="file-access",
                    file=file,
                    line=line,
                    message=f"{node.subroutineName} must name {what}",
                )
            )

    compilation.getRoot().visit(look)
    yield from found


def _constant_string(expression: Ast) -> str | None:
    """Return the text of a string literal, or of a parameter that is one; None for anything else.

    What is computed is not taken: simulators may compute something else.
    """
    while expression.kind is ExpressionKind.Conversion:
        expression = expression.operand
    if expression.kind is ExpressionKind.StringLiteral:
        text = str(expression.value)
        return text if str(expression.rawValue) == f'"{text}"' else None
    is_name = expression.kind is ExpressionKind.NamedValue
    if not is_name or expression.symbol.kind is not SymbolKind.Parameter:
        return None
    parameter = expression.symbol
    given = _constant_string(parameter.initializer) if parameter.initializer else None
    # A parameter with a range may hold less than it was given.
    return given if given == str(parameter.value.convertToStr().value) else None
