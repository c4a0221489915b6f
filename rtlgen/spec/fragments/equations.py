"""Boolean equations: `z = (x ^ y) & x`, `f = a'b + cd`, `a -> w`, `out: a and not b`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from rtlgen.spec.fragments.names import Names
from rtlgen.spec.fragments.source import Reading, Source, found, objection
from rtlgen.spec.model import Kind
from sim.interface import Direction
from symbolic.equations import Assignment, Equations
from symbolic.expression import Const, Expression, Ref, bit, names
from symbolic.expression_lexer import ExpressionError
from symbolic.expression_parser import parse_expression
from symbolic.scope import Scope

_NAME = r"[A-Za-z_]\w*(?:\[\s*\d+\s*(?::\s*\d+\s*)?\])?"
_STATEMENT = re.compile(
    rf"^\s*(?:[-*•+]\s+|\(?\w{{1,2}}[.)]\s+)?(?:assign\s+|wire\s+|logic\s+|let\s+|where\s+)*"
    rf"[`$*]*(?P<target>{_NAME})(?:\s*\([\w\s,\[\]]{{1,80}}\))?\s*(?::=|=(?!=))\s*(?P<value>\S.*)$"
)
_WORDED = re.compile(
    rf"^\s*(?:[-*•+]\s+|\(?\w{{1,2}}[.)]\s+)?[`*]*(?P<target>{_NAME})[`*]*\s*:\s*(?P<value>[^:=]+)$"
)
_INLINE = re.compile(
    rf"(?<![\w\]=<>!.~¬/])[`$*]*(?P<target>{_NAME})(?:\s*\([\w\s,\[\]]{{1,80}}\))?\s*(?::=|=(?!=))\s*(?P<value>[^\n]{{1,600}})"
)
_WIRE = re.compile(
    rf"(?<![\w\]-])(?P<from>{_NAME})\s*(?:-+>|=>|→)\s*(?P<to>{_NAME})(?=\s*(?:[;,.]|$|\n|and\b))"
)
_ENDS = re.compile(
    r"[.;]\s|[.;]$|,\s+(?:and\s+)?(?=[A-Za-z_]\w*(?:\[\d+\])?\s*=)|,\s+(?=[a-z]{3,}\s)"
    r"|\s+(?:where|and|with|using|in|for|as|by|when)\s+(?=\w+\s)"
)
_DOUBT = re.compile(
    r"\b(?:when(?:ever)?|if|while|until|unless|example|e\.g|such as|for instance|suppose|case|"
    r"assert\w*|instead of|not|buggy|wrong|incorrect\w*|original(?:ly)?|currently|old|reset|"
    r"initial(?:ly)?|once|after)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:example|e\.g\.?|for instance|such as|incorrect\w*|wrong|buggy)\W*$", re.IGNORECASE
)
_BOOLEAN = re.compile(
    r"\b(?:boolean|logic(?:al)?\s+(?:function|expression|equation)|sum[\s-]of[\s-]products?|"
    r"product[\s-]of[\s-]sums?|sop|pos|minterms?|switching function)\b",
    re.IGNORECASE,
)
_OPERATOR = re.compile(r"[&|^~!'’′·*+⊕∧∨¬]|\b(?:and|or|not|nand|nor|xor|xnor)\b", re.IGNORECASE)  # noqa: RUF001
_MOST = 600
"""Statements in one text that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A left and a right side, before they are understood."""

    target: str
    value: str
    line: int
    """Index of its first line."""
    own_line: bool


def read_equations(source: Source) -> Reading:
    """Return the equations in `source` as one fragment."""
    forms = chain(_lines(source), _inlines(source), _wires(source))
    statements = list(islice(forms, _MOST))
    boolean = bool(_BOOLEAN.search(source.prose))
    if not statements:
        return Reading()
    scope = _scope(source)
    known: dict[str, tuple[Expression, int]] = {}
    pending = statements
    while pending:  # intermediate names may be defined below where they are used
        left: list[Statement] = []
        for statement in pending:
            value = _value(source, scope, statement, boolean=boolean)
            if value is None:
                left.append(statement)
                continue
            target = _target(source, statement)
            if target is None:
                scope = scope.define(statement.target, value) if _fresh(scope, statement) else scope
            elif target.width == value.width:
                if not _agreed(known, target, value, statement):
                    return _contradiction(source, target, known, statement)
                if scope.meaning(target.text) is None:  # later equations may use this output
                    scope = scope.define(target.text, value)
        if len(left) == len(pending):
            break
        pending = left
    return _fragment(source, known)


def _fragment(source: Source, known: dict[str, tuple[Expression, int]]) -> Reading:
    if not known:
        return Reading()
    assignments = tuple(
        Assignment(target=_ref(source, text), value=value) for text, (value, _) in known.items()
    )
    lines = sorted(line for _, line in known.values())
    inputs = tuple(
        b
        for port in source.interface.inputs
        for b in port.bits
        if any(b in names(a.value) for a in assignments)
    )
    try:
        value = Equations(inputs=inputs, assignments=assignments)
    except ValueError as error:
        place = source.place(lines[0], lines[-1])
        return Reading(findings=(objection("contradictory-equations", place, str(error)),))
    fragment = found(source, Kind.EQUATION, value, lines[0], lines[-1])
    return Reading(fragments=(fragment,), used=frozenset(lines))


def _ref(source: Source, text: str) -> Ref:
    bits = source.names.bits(text) or (text,)
    return Ref(text, bits)


def _agreed(
    known: dict[str, tuple[Expression, int]], target: Ref, value: Expression, statement: Statement
) -> bool:
    """Record an equation; False if there is another one for the same output."""
    earlier = known.setdefault(target.text, (value, statement.line))
    return earlier[0] == value


def _contradiction(
    source: Source, target: Ref, known: dict[str, tuple[Expression, int]], statement: Statement
) -> Reading:
    first = known[target.text][1]
    message = f"{target.text!r} has two equations, the other one on {source.place(first, first)}"
    place = source.place(statement.line, statement.line)
    return Reading(findings=(objection("contradictory-equations", place, message),))


def _lines(source: Source) -> Iterator[Statement]:
    """Yield equations that have a line of their own."""
    above = ""
    for index, line in enumerate(source.lines):
        if line.code or line.blank:
            continue
        text = line.text.strip().strip("|").strip()
        if not _EXAMPLE.search(above):
            for piece in text.split(";"):
                match = _STATEMENT.match(piece) or _WORDED.match(piece)
                if match and (match.re is _STATEMENT or _OPERATOR.search(match["value"])):
                    value = re.split(r"\s+(?://|\((?=[A-Za-z]{3,} ))|\s{3,}", match["value"])[0]
                    value = value.strip().strip("`$*").rstrip(".,")
                    yield Statement(target=match["target"], value=value, line=index, own_line=True)
        above = text


def _inlines(source: Source) -> Iterator[Statement]:
    """Yield equations inside sentences, unless they state a condition or an example."""
    for first, last in source.paragraphs():
        text = source.text(first, last)
        flat = text.replace("\n", " ")
        for match in _INLINE.finditer(flat):
            before = re.split(r"[.;:]\s", flat[max(match.start() - 300, 0) : match.start()])[-1]
            line = first + text.count("\n", 0, match.start("target"))
            alone = not text[: match.start()].rpartition("\n")[2].strip(" -*`|")
            if not alone and not _DOUBT.search(before):
                for value in _cuts(match["value"]):
                    yield Statement(target=match["target"], value=value, line=line, own_line=False)


def _cuts(text: str) -> Iterator[str]:
    """Yield a right side up to the first places where it may end."""
    ends = [match.start() for match in _ENDS.finditer(text)][:4]
    for end in [*ends, len(text)]:
        yield text[:end].strip().strip("`$*").rstrip(".,;")


def _wires(source: Source) -> Iterator[Statement]:
    """Yield connections such as `a -> w`."""
    exact = {port.name: port.direction for port in source.interface.ports}
    for first, last in source.paragraphs():
        text = source.text(first, last)
        for match in _WIRE.finditer(text):
            ends = (match["from"].partition("[")[0], match["to"].partition("[")[0])
            faces = tuple(exact.get(end.strip()) for end in ends)
            if faces == (Direction.INPUT, Direction.OUTPUT):
                line = first + text.count("\n", 0, match.start())
                yield Statement(target=match["to"], value=match["from"], line=line, own_line=True)


def _scope(source: Source) -> Scope:
    """Return the inputs as expressions may name them."""
    scope = Scope.of(source.interface.inputs)
    for name, meaning in _other_names(source):
        if scope.meaning(name) is None:
            scope = scope.define(name, meaning)
    return scope


def _other_names(source: Source) -> Iterable[tuple[str, Expression]]:
    """Yield names that the text may use for inputs: another case, `x3` for `x[3]`."""
    taken = {port.name for port in source.interface.ports}
    for port in source.interface.inputs:
        for name in {port.name.upper(), port.name.lower(), port.name.capitalize()} - taken:
            resolved = source.names.port(name)
            if resolved == port:
                yield name, Ref(port.name, port.bits)
        if 1 < port.width <= 64:
            for index in range(port.width + 1):
                bits = source.names.bits(f"{port.name}{index}")
                if bits and len(bits) == 1:
                    yield f"{port.name}{index}", bit(bits[0])


def _value(
    source: Source, scope: Scope, statement: Statement, *, boolean: bool
) -> Expression | None:
    """Return the right side; None if it is no expression over what is known."""
    text = re.sub(r"\b(and|or)-not\b", r"\1 not", statement.value, flags=re.IGNORECASE)
    text = _shifted(source.names, text)
    try:
        value = parse_expression(text, scope, boolean=boolean)
    except ExpressionError:
        return None
    trivial = isinstance(value, (Const, Ref)) and not statement.own_line
    return (
        None
        if trivial or (isinstance(value, Const) and not _is_assign(source, statement))
        else value
    )


def _is_assign(source: Source, statement: Statement) -> bool:
    return bool(re.search(r"\bassign\b", source.lines[statement.line].text))


def _shifted(names_: Names, text: str) -> str:
    """Renumber indices where the text counts bits from 1 and the port from 0."""
    for name, offset in names_.offsets.items():
        text = re.sub(
            rf"(?<!\w){re.escape(name)}\[(\d{{1,5}})\]",
            lambda m, n=name, o=offset: f"{n}[{int(m[1]) - o}]",  # type: ignore[misc]
            text,
        )
    return text


def _target(source: Source, statement: Statement) -> Ref | None:
    """Return the output that is defined; None if the left side is no output."""
    bits = source.names.bits(statement.target)
    if bits is None or not source.names.are_outputs(bits):
        return None
    port = source.interface.port(bits[0].partition("[")[0])
    text = port.name if bits == port.bits else _select(port.name, bits)
    return Ref(text, bits)


def _select(name: str, bits: Sequence[str]) -> str:
    if len(bits) == 1:
        return bits[0]
    high, low = (b.partition("[")[2].rstrip("]") for b in (bits[0], bits[-1]))
    return f"{name}[{high}:{low}]"


def _fresh(scope: Scope, statement: Statement) -> bool:
    """Whether the left side may become an intermediate name."""
    plain = "[" not in statement.target and scope.meaning(statement.target) is None
    return statement.own_line and plain
