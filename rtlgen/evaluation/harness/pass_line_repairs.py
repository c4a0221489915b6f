"""What a test needs of a simulator that Icarus Verilog is not, done without.

Each repair is a transform of any test, found by its syntax; it is tried only
where the golden design fails the test as published, kept only where it then
passes, and stated wherever a verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind

from rtlgen.evaluation.harness.pass_line_test import found, span_of, take_apart
from rtlgen.evaluation.harness.source_text import Span, UnknownForm, edited
from sim.interface import Direction
from sim.slang import Parsed, Syntax

ARRAYS, JUMPS, ORDER, STEPS = "arrays", "jumps", "order", "steps"
STATEMENTS: Mapping[str, str] = {
    ARRAYS: (
        "the initial value of an array, a list in its declaration, is assigned element by element "
        "in an initial block: Icarus Verilog 11 has no such declaration"
    ),
    JUMPS: (
        "`break` and `continue` leave a named block by `disable`: "
        "Icarus Verilog 11 does not know them"
    ),
    ORDER: (
        "processes of the test that wait for the same event run in the order in which they are "
        "written: the standard leaves open which comes first, and one writes what another reads"
    ),
    STEPS: (
        "the design's inputs other than clocks, and its outputs, are handed over 1 ps later: "
        "the test changes or reads them at the moment of the clock edge, and the standard leaves "
        "open which comes first"
    ),
}
STEP_FILE = "rtlgen_step.sv"
STEP = """`timescale 1ps/1ps
module rtlgen_step #(parameter WIDTH = 1) (input [WIDTH-1:0] source, output [WIDTH-1:0] sink);
assign #1 sink = source;
endmodule
"""
"""What hands a value over; its own time unit leaves the test's as it is."""
_LOOPS = {
    SyntaxKind.LoopStatement,
    SyntaxKind.ForLoopStatement,
    SyntaxKind.ForeverStatement,
    SyntaxKind.ForeachLoopStatement,
    SyntaxKind.DoWhileStatement,
}
_LISTS = {
    SyntaxKind.ConcatenationExpression: lambda node: node.expressions,
    SyntaxKind.AssignmentPatternExpression: lambda node: node.pattern.items,
}
_WAITS = {
    SyntaxKind.TimingControlStatement,
    SyntaxKind.WaitStatement,
    SyntaxKind.WaitForkStatement,
    SyntaxKind.WaitOrderStatement,
    SyntaxKind.DisableStatement,
}
_MOST_ELEMENTS = 4096

Edit = tuple[Span, str]


def with_assigned_arrays(text: str) -> str:
    """Return `text` with `ARRAYS` done; equal to `text` where there is no such declaration."""
    parsed, data = Parsed({"test.sv": text}), text.encode()
    edits = [edit for node in _declarations(parsed) for edit in _moved(parsed, data, node)]
    return edited(data, edits)


def _declarations(parsed: Parsed) -> list[Syntax]:
    return [
        node
        for node in found(parsed.root, lambda node: node.kind is SyntaxKind.DataDeclaration)
        if node.parent.kind is SyntaxKind.ModuleDeclaration
    ]


def _moved(parsed: Parsed, data: bytes, declaration: Syntax) -> Iterator[Edit]:
    """Yield the edits that turn the lists of `declaration` into assignments."""
    assignments: list[str] = []
    for declarator in found(declaration, lambda node: node.kind is SyntaxKind.Declarator):
        if (value := declarator.initializer) is None or value.expr.kind not in _LISTS:
            continue
        nodes = [n for n in _LISTS[value.expr.kind](value.expr) if not isinstance(n, Token)]
        indices = _indices(*(_words(parsed, data, node) for node in declarator.dimensions))
        if len(indices) == len(nodes):
            yield span_of(parsed, value), ""
            assignments += [
                f"{declarator.name.valueText}[{index}] = {_words(parsed, data, node)};"
                for index, node in zip(indices, nodes, strict=True)
            ]
    if assignments:
        end = span_of(parsed, declaration)[1]
        yield (end, end), f" initial begin {' '.join(assignments)} end"


def _words(parsed: Parsed, data: bytes, node: Syntax) -> str:
    start, end = span_of(parsed, node)
    return data[start:end].decode()


def _indices(*dimensions: str) -> list[int]:
    """Return the indices of an array with one dimension of plain numbers; none of any other."""
    bounds = dimensions[0].strip("[]").split(":") if len(dimensions) == 1 else []
    if not bounds or not all(bound.strip().isdigit() for bound in bounds):
        return []
    first, last = (int(bounds[0]), int(bounds[-1])) if len(bounds) > 1 else (0, int(bounds[0]) - 1)
    step = 1 if last >= first else -1
    return list(range(first, last + step, step)) if abs(last - first) < _MOST_ELEMENTS else []


def without_jumps(text: str) -> str:
    """Return `text` with `JUMPS` done; equal to `text` where there is none."""
    parsed = Parsed({"test.sv": text})
    jumps = found(parsed.root, lambda node: node.kind is SyntaxKind.JumpStatement)
    edits: list[Edit] = []
    opened: dict[Span, str] = {}
    for jump in jumps:
        if jump.breakOrContinue.kind not in (TokenKind.BreakKeyword, TokenKind.ContinueKeyword):
            continue
        leaves = jump.breakOrContinue.kind is TokenKind.BreakKeyword
        loop = _loop_around(jump)
        left = span_of(parsed, loop if leaves else loop.statement)
        name = opened.setdefault(left, f"rtlgen_left_{len(opened)}")
        edits.append((span_of(parsed, jump), f"disable {name};"))
    edits += [((start, start), f"begin : {name} ") for (start, _), name in opened.items()]
    edits += [((end, end), " end") for _, end in opened]
    return edited(text.encode(), edits)


def _loop_around(jump: Syntax) -> Syntax:
    node = jump.parent
    while node is not None:
        if node.kind in _LOOPS:
            return node
        node = node.parent
    raise UnknownForm("a jump stands outside of any loop")


def with_ordered_processes(text: str) -> str:
    """Return `text` with `ORDER` done; equal to `text` where no two wait for the same event."""
    parsed, data = Parsed({"test.sv": text}), text.encode()
    alike: dict[tuple[int, str], list[Syntax]] = {}
    for process in found(parsed.root, _runs_at_once):
        event = "".join(_words(parsed, data, process.statement.timingControl).split())
        alike.setdefault((process.parent.sourceRange.start.offset, event), []).append(process)
    edits: list[Edit] = []
    for first, *others in alike.values():
        if others:
            start, end = span_of(parsed, first.statement.statement)
            bodies = [_words(parsed, data, other.statement.statement) for other in others]
            rest = "\n".join(["", *bodies, "end"])
            edits += [((start, start), "begin "), ((end, end), rest)]
            edits += [(span_of(parsed, other), "") for other in others]
    return edited(data, edits)


def _runs_at_once(node: Syntax) -> bool:
    """Whether `node` is a process that waits for an event, and then for nothing more."""
    if node.kind is not SyntaxKind.AlwaysBlock:
        return False
    timed = node.statement
    if timed.kind is not SyntaxKind.TimingControlStatement or timed.timingControl.kind not in (
        SyntaxKind.EventControl,
        SyntaxKind.EventControlWithExpression,
    ):
        return False
    return not found(timed.statement, lambda part: part.kind in _WAITS)


def with_steps(text: str, *, golden: str, top: str, clocks: frozenset[str]) -> str:
    """Return `text` with `STEPS` done; `clocks` are the ports that clock the golden design.

    Raises:
        UnknownForm: The test cannot be taken apart.
    """
    test = take_apart(text, golden=golden, top=top)
    edits: list[Edit] = []
    declared: dict[int, list[str]] = {}
    for number, connection in enumerate(test.connections):
        if connection.port in clocks or connection.direction is Direction.INOUT:
            continue
        start, end = connection.expression
        expression, net = test.text[start:end].decode(), f"rtlgen_net_{number}"
        is_input = connection.direction is Direction.INPUT
        source, sink = (expression, net) if is_input else (net, expression)
        declared.setdefault(connection.instantiation, []).append(
            f"wire [{connection.width - 1}:0] {net}; "
            f"rtlgen_step #({connection.width}) rtlgen_step_{number}"
            f"(.source({source}), .sink({sink}));\n"
        )
        edits.append(((start, end), net))
    edits += [((at, at), "".join(lines)) for at, lines in declared.items()]
    return edited(test.text, edits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A test, and what was done to it."""

    text: str
    repairs: tuple[str, ...] = ()
    """Keys of `STATEMENTS`."""


def for_the_language(text: str) -> Repaired:
    """Return the test in the language that Icarus Verilog 11 knows."""
    done = []
    for name, transform in ((ARRAYS, with_assigned_arrays), (JUMPS, without_jumps)):
        other = transform(text)
        done += [name] if other != text else []
        text = other
    return Repaired(text=text, repairs=tuple(done))
