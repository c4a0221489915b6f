"""Designs that a test ought to fail: hollow ones, and small changes of one that it passes.

Hollow designs know only the ports. The others are made from the text of a
working design: it is put into a shell that inverts or delays its outputs, or
one operator, literal, condition or edge of it is changed.

A change may leave the function as it was, or not compile; who judges sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.interface import Clock, Edge, Interface, Port
from sim.read_interface import refuse_bombs
from sim.slang import Parsed, Syntax

_FILE = "golden.sv"
_INNER = "doctored"
_OUTPUT_MUTANTS = 16
"""Outputs that are inverted one by one, at most."""

_OPERATORS = {
    SyntaxKind.AddExpression: "-",
    SyntaxKind.SubtractExpression: "+",
    SyntaxKind.AddAssignmentExpression: "-=",
    SyntaxKind.SubtractAssignmentExpression: "+=",
    SyntaxKind.EqualityExpression: "!=",
    SyntaxKind.InequalityExpression: "==",
    SyntaxKind.CaseEqualityExpression: "!==",
    SyntaxKind.CaseInequalityExpression: "===",
    SyntaxKind.LessThanExpression: "<=",
    SyntaxKind.LessThanEqualExpression: "<",
    SyntaxKind.GreaterThanExpression: ">=",
    SyntaxKind.GreaterThanEqualExpression: ">",
    SyntaxKind.BinaryAndExpression: "|",
    SyntaxKind.BinaryOrExpression: "&",
    SyntaxKind.BinaryXorExpression: "~^",
    SyntaxKind.BinaryXnorExpression: "^",
    SyntaxKind.LogicalAndExpression: "||",
    SyntaxKind.LogicalOrExpression: "&&",
    SyntaxKind.LogicalShiftLeftExpression: ">>",
    SyntaxKind.LogicalShiftRightExpression: "<<",
}
_NEGATIONS = {SyntaxKind.UnaryBitwiseNotExpression, SyntaxKind.UnaryLogicalNotExpression}
_CONDITIONALS = {SyntaxKind.ConditionalStatement, SyntaxKind.ConditionalExpression}
_EDGES = {"posedge": "negedge", "negedge": "posedge"}
_BASES = {"b": "b", "o": "o", "d": "d", "h": "x"}
_LEFT_ALONE = {
    # Widths, loops, delays and attributes: a change there hardly ever compiles, or never ends.
    SyntaxKind.AscendingRangeSelect,
    SyntaxKind.AttributeInstance,
    SyntaxKind.CycleDelay,
    SyntaxKind.DelayControl,
    SyntaxKind.Delay3,
    SyntaxKind.DescendingRangeSelect,
    SyntaxKind.ForLoopStatement,
    SyntaxKind.LoopGenerate,
    SyntaxKind.MultipleConcatenationExpression,
    SyntaxKind.RangeDimensionSpecifier,
    SyntaxKind.SimpleRangeSelect,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A design that a test ought to fail."""

    name: str
    """What it does, such as `all 0` or "line 12: `==` becomes `!=`"."""
    operator: str
    """The kind of change, such as `constant` or `off by one`."""
    verilog: str
    output: str = ""
    """The one output that differs, where there is one."""


def hollow(interface: Interface) -> list[Mutant]:
    """Return designs with these ports and nothing in them, or constant outputs."""
    outputs = interface.outputs
    if not outputs:
        return []
    empty = Mutant(name="empty", operator="empty", verilog=_module(interface, []))
    return [empty, *(_constant(interface, bit) for bit in "01x")]


def wrapped(golden: str, interface: Interface) -> list[Mutant]:
    """Return `golden`, whose top module has this interface, behind inverted or late outputs."""
    renamed = _renamed(golden, interface.module)
    outputs = interface.outputs
    if renamed is None or not outputs:
        return []
    found = [_inverted(renamed, interface, outputs, name="all outputs inverted")]
    if len(outputs) > 1:
        for port in outputs[:_OUTPUT_MUTANTS]:
            one = _inverted(renamed, interface, [port], name=f"output {port.name} inverted")
            found.append(replace(one, output=port.name))
    return found + [_late(renamed, interface, clock) for clock in interface.clocks[:1]]


def edited(golden: str, *, most: int) -> list[Mutant]:
    """Return `golden` with one small change each, `most` at most, of as many kinds as there are.

    Always the same ones. Nothing is changed in what macros produce.

    Raises:
        InvalidDesign: The text nests too deep to be parsed.
    """
    source = golden.encode()
    return [
        Mutant(
            name=edit.description(source),
            operator=edit.operator,
            verilog=(source[: edit.start] + edit.text.encode() + source[edit.end :]).decode(),
        )
        for edit in _spread(_edits(golden), most)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """Bytes of a text, and what takes their place."""

    operator: str
    start: int
    end: int
    text: str
    line: int

    def description(self, source: bytes) -> str:
        before = " ".join(source[self.start : self.end].decode().split())
        if self.operator == "negation dropped":
            return f"line {self.line}: a `{before}` is dropped"
        if self.operator == "condition negated":
            return f"line {self.line}: the condition `{before[:60]}` is negated"
        return f"line {self.line}: `{before}` becomes `{self.text}`"


def _constant(interface: Interface, bit: str) -> Mutant:
    body = [f"assign {p.name} = {{{p.width}{{1'b{bit}}}}};" for p in interface.outputs]
    name = f"all {bit.upper()}"
    return Mutant(name=name, operator="constant", verilog=_module(interface, body))


def _inverted(renamed: str, interface: Interface, ports: Iterable[Port], *, name: str) -> Mutant:
    inverted = {port.name for port in ports}
    assigned = [
        f"assign {p.name} = {'~' if p.name in inverted else ''}{_INNER}_{p.name};"
        for p in interface.outputs
    ]
    return Mutant(name=name, operator="inverted", verilog=_shell(renamed, interface, assigned))


def _late(renamed: str, interface: Interface, clock: Clock) -> Mutant:
    edge = "negedge" if clock.edge is Edge.FALLING else "posedge"
    body = [f"reg {p.range} {_INNER}_late_{p.name};" for p in interface.outputs]
    for port in interface.outputs:
        late = f"{_INNER}_late_{port.name}"
        body += [
            f"always @({edge} {clock.port}) {late} <= {_INNER}_{port.name};",
            f"assign {port.name} = {late};",
        ]
    return Mutant(
        name="all outputs a cycle late",
        operator="one-cycle delay",
        verilog=_shell(renamed, interface, body),
    )


def _shell(renamed: str, interface: Interface, body: list[str]) -> str:
    outputs = {port.name for port in interface.outputs}
    wires = [f"wire {p.range} {_INNER}_{p.name};" for p in interface.outputs]
    ports = ", ".join(
        f".{p.name}({_INNER + '_' + p.name if p.name in outputs else p.name})"
        for p in interface.ports
    )
    values = ", ".join(f".{name}({name})" for name in interface.parameters)
    instance = f"{_INNER} {f'#({values}) ' if values else ''}{_INNER}_1({ports});"
    return f"{renamed}\n{_module(interface, [*wires, instance, *body])}"


def _module(interface: Interface, body: list[str]) -> str:
    parameters = ", ".join(f"parameter {n} = {v}" for n, v in interface.parameters.items())
    ports = ",\n  ".join(
        " ".join(filter(None, [p.direction.value, "signed" * p.signed, p.range, p.name]))
        for p in interface.ports
    )
    head = f"module {interface.module}{f' #({parameters})' if parameters else ''}(\n  {ports}\n);"
    return "\n".join([head, *(f"  {line}" for line in body), "endmodule\n"])


def _renamed(golden: str, top: str) -> str | None:
    """Return `golden` with module `top` under another name; None where it is not in plain sight."""
    parsed = _parsed(golden)
    source = golden.encode()
    names = list(_names(parsed, top))
    if not names or _INNER.encode() in source:
        return None
    for start, end in sorted(names, reverse=True):
        source = source[:start] + _INNER.encode() + source[end:]
    return source.decode()


def _names(parsed: Parsed, top: str) -> Iterator[tuple[int, int]]:
    """Yield where the name of module `top` is declared, and repeated at its end."""
    for node in _nodes(parsed.root):
        if node.kind is SyntaxKind.ModuleDeclaration and node.header.name.valueText == top:
            end = node.blockName.name if node.blockName is not None else None
            for token in filter(None, [node.header.name, end]):
                if (place := _place(parsed, token)) is not None:
                    yield place


def _parsed(text: str) -> Parsed:
    refuse_bombs(text, _FILE)
    return Parsed({_FILE: text})


def _edits(text: str) -> list[_Edit]:
    source = _Text(parsed=_parsed(text), source=text.encode())
    return [edit for node in _nodes(source.parsed.root) for edit in _edits_of(node, source)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    parsed: Parsed
    source: bytes


def _edits_of(node: Syntax, text: _Text) -> Iterator[_Edit]:
    kind = node.kind
    if kind in _OPERATORS:
        token = node.operatorToken
        yield from _edit("operator changed", text, token, token, lambda _: _OPERATORS[kind])
    elif kind in _NEGATIONS:
        token = node.operatorToken
        yield from _edit("negation dropped", text, token, token, lambda _: " ")
    elif kind in _CONDITIONALS:
        first, last = node.predicate.getFirstToken(), node.predicate.getLastToken()
        yield from _edit("condition negated", text, first, last, lambda old: f"!({old})")
    elif kind is SyntaxKind.SignalEventExpression and node.edge.rawText in _EDGES:
        yield from _edit("edge swapped", text, node.edge, node.edge, _EDGES.__getitem__)
    elif (number := _number(node)) is not None:
        token, following = number
        yield from _edit("off by one", text, token, token, lambda _: following)


def _edit(
    operator: str, text: _Text, first: Token, last: Token, change: Callable[[str], str]
) -> Iterator[_Edit]:
    begin, end = _place(text.parsed, first), _place(text.parsed, last)
    if begin is None or end is None or begin[0] >= end[1]:
        return
    old = text.source[begin[0] : end[1]].decode()
    line = text.parsed.place(first.location)[1]
    yield _Edit(operator=operator, start=begin[0], end=end[1], text=change(old), line=line)


def _number(node: Syntax) -> tuple[Token, str] | None:
    """Return the token with a number's value, and the next number in the same notation."""
    if node.kind is SyntaxKind.IntegerLiteralExpression:
        digits = node.literal.rawText.replace("_", "")
        return (node.literal, str(int(digits) + 1)) if digits.isdecimal() else None
    if node.kind is SyntaxKind.UnbasedUnsizedLiteralExpression:
        return node.literal, {"'0": "'1", "'1": "'0"}.get(node.literal.rawText, "'0")
    if node.kind is SyntaxKind.IntegerVectorExpression:
        return _next_vector(node)
    return None


def _next_vector(node: Syntax) -> tuple[Token, str] | None:
    letter = node.base.rawText.lower()[-1]
    digits = node.value.rawText.replace("_", "")
    size = node.size.rawText.replace("_", "")
    try:
        value = int(digits, {"b": 2, "o": 8, "d": 10, "h": 16}[letter]) + 1
    except ValueError:  # X or Z
        return None
    if size.isdecimal():
        value %= 1 << min(int(size), 4096)
    return node.value, format(value, _BASES[letter])


def _place(parsed: Parsed, token: Token) -> tuple[int, int] | None:
    """Return first byte and end of `token` in the text; None for what a macro produces."""
    if token.isMissing or not parsed.manager.isFileLoc(token.location):
        return None
    return token.location.offset, token.location.offset + len(token.rawText.encode())


def _nodes(root: Syntax) -> Iterator[Syntax]:
    """Yield the nodes in the order of the text, without those that are left alone."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Token) or node.kind in _LEFT_ALONE:
            continue
        yield node
        waiting += reversed([part for part in node if part is not None])


def _spread(edits: list[_Edit], most: int) -> list[_Edit]:
    """Return at most `most` edits: in turn one of each kind, from all over the text."""
    kinds: dict[str, list[_Edit]] = {}
    for edit in edits:
        kinds.setdefault(edit.operator, []).append(edit)
    orders = [_from_all_over(group) for group in kinds.values()]
    turns = chain.from_iterable(zip_longest(*orders))
    chosen = [edit for edit in turns if edit is not None][:most]
    return sorted(chosen, key=lambda edit: edit.start)


def _from_all_over(edits: list[_Edit]) -> list[_Edit]:
    """Return `edits` in an order of which any beginning is spread over all of them."""
    count = len(edits)
    steps = max(count.bit_length(), 1)
    order = sorted(range(1 << steps), key=lambda i: format(i, f"0{steps}b")[::-1])
    return [edits[i] for i in order if i < count]
