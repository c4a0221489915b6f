"""What clocks the registers of a golden design, and what in it cannot be simulated for sure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pyslang.ast import ArgumentDirection, ExpressionKind, StatementKind, SymbolKind, UnaryOperator

from sim.design import Design
from sim.errors import InvalidDesign
from sim.gate_elaborated import elaboration_errors
from sim.interface import Clock, Interface, infer_timing
from sim.read_interface import top_instance
from sim.slang import Ast, Parsed
from sim.timing import all_instances, members

_CLOCK_NAME = re.compile(r"clk|clock|(?:\A|_)ck(?:\Z|_|\d)", re.I)
_INVERSIONS = (UnaryOperator.LogicalNot, UnaryOperator.BitwiseNot)
_MOST_STEPS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    """How the registers of a design are clocked."""

    edges: bool = False
    """Whether edges start a block at all."""
    gated: frozenset[str] = frozenset()
    """Inputs, clocks among them, that make up a gated or multiplexed clock."""
    loops: tuple[str, ...] = ()
    """Wires of 1 bit that depend on themselves without a register."""

    def driven(self, golden: Design, interface: Interface) -> Interface:
        """Return `interface` with the clocks by which the registers of `golden` can be driven."""
        if interface.clocks:
            return interface
        found = infer_timing(golden, replace(interface, clocks=(), resets=()))
        if found.clocks:
            return replace(interface, clocks=found.clocks, resets=interface.resets or found.resets)
        named = [name for name in sorted(self.gated) if _CLOCK_NAME.search(name)]
        return replace(interface, clocks=tuple(Clock(port=name) for name in named))


def registers_of(design: Design) -> Registers:
    """Examine the elaborated `design`.

    Raises:
        InvalidDesign: It does not elaborate.
    """
    parsed = Parsed(design.sources)
    compilation = parsed.elaborate(design.top)
    top = top_instance(parsed, design.top, compilation=compilation)
    errors = elaboration_errors(parsed.diagnostics(compilation.getAllDiagnostics()))
    if error := next(errors, None):
        raise InvalidDesign(f"golden design must be correct Verilog; {error}")
    wiring = _Wiring(top)
    events = [e for i in wiring.instances for e in _events(i)]
    gates = [wiring.inputs_of(e) for e in map(wiring.followed, events) if not _plain(e)]
    return Registers(
        edges=bool(events),
        gated=frozenset().union(*gates),
        loops=tuple(sorted(wiring.loops())),
    )


class _Wiring:
    """Which expression drives which net, over all instances."""

    def __init__(self, top: Ast) -> None:
        self.instances = all_instances(top)
        self._ports = {
            port.internalSymbol.hierarchicalPath: port.name
            for port in top.body.portList
            if port.kind is SymbolKind.Port
            and port.direction is ArgumentDirection.In
            and port.internalSymbol is not None
            and port.type.bitWidth == 1
        }
        self._sources = {path: e for i in self.instances for path, e in _driven(i)}

    def followed(self, expression: Ast) -> Ast:
        """Return where `expression` comes from, through plain connections and inversions."""
        for _ in range(_MOST_STEPS):
            expression = _bare(expression)
            path = _path(expression)
            if path is None or path not in self._sources:
                return expression
            expression = self._sources[path]
        return expression

    def inputs_of(self, expression: Ast) -> frozenset[str]:
        """Return the inputs of 1 bit that `expression` depends on without a register."""
        reached = self._reached(expression)
        return frozenset(name for path, name in self._ports.items() if path in reached)

    def _reached(self, expression: Ast) -> set[str]:
        reached: set[str] = set()
        waiting = [expression]
        while waiting and len(reached) < _MOST_STEPS:
            for path in _names(waiting.pop()) - reached:
                reached.add(path)
                if path in self._sources:
                    waiting.append(self._sources[path])
        return reached

    def loops(self) -> Iterator[str]:
        """Yield the wires of 1 bit that depend on themselves, through wires of 1 bit alone."""
        single = {p: e for p, e in self._sources.items() if e.type.bitWidth == 1}
        ahead: Mapping[str, set[str]] = {p: _names(e) & single.keys() for p, e in single.items()}
        for start in single:
            seen: set[str] = set()
            waiting = [start]
            while waiting and len(seen) < _MOST_STEPS:
                fresh = ahead[waiting.pop()] - seen
                seen |= fresh
                waiting += sorted(fresh)
            if start in seen:
                yield start.partition(".")[2]


def _driven(instance: Ast) -> Iterator[tuple[str, Ast]]:
    """Yield path and expression of every net that one expression drives as a whole."""
    for connection in instance.portConnections:
        port, expression = connection.port, connection.expression
        if port.kind is SymbolKind.Port and port.internalSymbol is not None and expression:
            inner = port.internalSymbol.hierarchicalPath
            if port.direction is ArgumentDirection.In:
                yield inner, expression
    for member in members(instance.body):
        if member.kind is SymbolKind.Net and member.initializer is not None:
            yield member.hierarchicalPath, member.initializer
        elif member.kind is SymbolKind.ContinuousAssign:
            assignment = member.assignment
            if assignment.kind is ExpressionKind.Assignment:
                path = _path(assignment.left)
                if path is not None:
                    yield path, assignment.right


def _events(instance: Ast) -> Iterator[Ast]:
    """Yield what the blocks of `instance` wait for an edge of."""
    for member in members(instance.body):
        if member.kind is SymbolKind.ProceduralBlock and member.body.kind is StatementKind.Timed:
            timing = member.body.timing
            for event in getattr(timing, "events", [timing]):
                if str(getattr(event, "edge", "")).rpartition(".")[2] in ("PosEdge", "NegEdge"):
                    yield event.expr


def _names(expression: Ast) -> set[str]:
    found: set[str] = set()

    def collect(node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.NamedValue:
            found.add(node.symbol.hierarchicalPath)

    expression.visit(collect)
    return found


def _path(expression: Ast) -> str | None:
    bare = _bare(expression)
    return bare.symbol.hierarchicalPath if bare.kind is ExpressionKind.NamedValue else None


def _plain(expression: Ast) -> bool:
    return _path(expression) is not None


def _bare(expression: Ast) -> Ast:
    while True:
        if expression.kind is ExpressionKind.Conversion or (
            expression.kind is ExpressionKind.UnaryOp and expression.op in _INVERSIONS
        ):
            expression = expression.operand
        else:
            return expression
