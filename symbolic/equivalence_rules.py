"""What Yosys reads otherwise than a simulator does, or does not read at all.

Each rule names a construct of an elaborated design for which the circuit that
Yosys makes is no ground for a proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyslang.ast import (
    ArgumentDirection,
    BinaryOperator,
    CaseStatementCondition,
    EdgeKind,
    ExpressionKind,
    NetType,
    ProceduralBlockKind,
    StatementKind,
    SymbolKind,
    TimingControlKind,
    VariableLifetime,
    VisitAction,
)

from sim.timing import members
from symbolic.equivalence_uses import Ast, Flow, Uses, locals_of, overtaken, targets, uses_of

_STATEMENTS = {
    StatementKind.Block,
    StatementKind.Case,
    StatementKind.Conditional,
    StatementKind.Empty,
    StatementKind.ExpressionStatement,
    StatementKind.ForLoop,
    StatementKind.ImmediateAssertion,
    StatementKind.List,
    StatementKind.VariableDeclaration,
}
_FUNCTIONS = {
    "$signed",
    "$unsigned",
    "$clog2",
    "$bits",
    "$high",
    "$low",
    "$size",
    "$left",
    "$right",
}
_SILENT_TASKS = {
    "$display", "$displayb", "$displayh", "$displayo", "$write", "$strobe", "$monitor",
    "$info", "$warning", "$timeformat", "$dumpfile", "$dumpvars",
}  # fmt: skip
_LOADING_TASKS = {"$readmemh", "$readmemb"}
_NETS = {NetType.NetKind.Wire, NetType.NetKind.Tri, NetType.NetKind.UWire}
_GATES = {"and", "nand", "or", "nor", "xor", "xnor", "buf", "not"}
_WILD_CASES = {CaseStatementCondition.WildcardJustZ, CaseStatementCondition.WildcardXOrZ}
_LEVEL: Ast = EdgeKind.__members__["None_"]
"""Stubs do not have its name."""
_GENERATED = {SymbolKind.GenerateBlock, SymbolKind.GenerateBlockArray}
_TIMED_MEMBERS = {SymbolKind.ContinuousAssign, SymbolKind.Net, SymbolKind.PrimitiveInstance}


@dataclass(slots=True)
class Process:
    """An `always` block, a continuous assignment, a gate, or a connection of a port."""

    uses: Uses
    clocked: bool = False
    sleeps: bool = False
    """Whether it starts only with an event on what it reads."""
    block: Ast = None
    home: Ast = None
    """The body of the instance that it stands in; None within a generate block."""
    fresh: tuple[str, ...] = ()
    """Of what it reads: registers that are x until they have an event that it cannot miss."""
    held: frozenset[str] = frozenset()
    """Of what it writes: what keeps its value where no branch assigns it."""


@dataclass(slots=True)
class Findings:
    """What is to be known before a circuit is believed."""

    hazards: list[str] = field(default_factory=list)
    """Reasons why no proof is valid."""
    x_hazards: list[str] = field(default_factory=list)
    """Reasons why none is valid unless every register is known."""
    chained: bool = False
    """Whether a combinational process reads what another one writes."""
    full: list[Ast] = field(default_factory=list)
    """Each `case` in a combinational process whose items are all values; it has no default."""
    undefined: bool = False
    """Whether x may come of expressions although all that they are made of is known."""
    arrays: list[str] = field(default_factory=list)
    """Names of unpacked arrays with an index that may lie beyond them."""
    gaps: list[Ast] = field(default_factory=list)
    """Each that lacks values."""
    sleepers: list[Process] = field(default_factory=list)
    """Processes that might not have run when a value is looked at."""


def examine(instances: list[Ast]) -> Findings:
    """Return what is found in the elaborated `instances` of a design, the top first."""
    return _Examination(instances).findings


class _Examination:
    def __init__(self, instances: list[Ast]) -> None:
        self.findings = Findings()
        self._processes: list[Process] = []
        self._home: Ast = None
        self._undefined = False
        self._counters: set[str] = set()
        self._initialized: set[str] = set()
        self._full: list[tuple[Ast, Flow]] = []
        self._in_pattern = False
        for instance in instances:
            self._processes += self._connections(instance)
            for member in instance.body:
                inside = member.kind in _GENERATED
                self._home = None if inside else instance.body
                for part in members([member]) if inside else [member]:
                    self._member(part)
        top = instances[0].body
        inputs = {
            port.internalSymbol.hierarchicalPath
            for port in top.portList
            if port.kind is SymbolKind.Port
            and port.direction is ArgumentDirection.In
            and port.internalSymbol is not None
        }
        self._settle_full(inputs)
        if self._undefined and self.findings.x_hazards:
            self._hazard(f"{self.findings.x_hazards[0]}, and x may come of expressions")
        self.findings.undefined = self._undefined
        self._races()
        self._chains(inputs)
        self._sleepers(inputs)

    def _hazard(self, reason: str) -> None:
        if reason not in self.findings.hazards:
            self.findings.hazards.append(reason)

    def _x_hazard(self, reason: str) -> None:
        if reason not in self.findings.x_hazards:
            self.findings.x_hazards.append(reason)

    # -- members ---------------------------------------------------------------

    def _connections(self, instance: Ast) -> Iterator[Process]:
        for connection in instance.portConnections:
            port, expression = connection.port, connection.expression
            if port.kind is not SymbolKind.Port or expression is None:
                continue
            inner = port.internalSymbol
            if inner is None:
                self._hazard("has a port that is no signal")
                continue
            uses = uses_of(expression)
            if port.direction is ArgumentDirection.In:
                uses.nonblocking = {inner.hierarchicalPath: inner}
            elif port.direction is ArgumentDirection.Out:
                uses.reads = {**uses.reads, inner.hierarchicalPath: inner}
                uses.nonblocking, uses.blocking = uses.writes, {}
            else:
                self._hazard("has an inout port")
            yield Process(uses=uses)

    def _member(self, member: Ast) -> None:
        kind = member.kind
        if kind in _TIMED_MEMBERS and getattr(member, "delay", None) is not None:
            self._hazard("has a delay")
        if kind in _TIMED_MEMBERS and any(getattr(member, "driveStrength", None) or ()):
            self._hazard("has a drive strength")
        if kind is SymbolKind.ProceduralBlock:
            self._block(member)
        elif kind is SymbolKind.ContinuousAssign:
            self._look_at(member.assignment)
            uses = uses_of(member.assignment)
            self._processes.append(Process(uses=uses))
        elif kind is SymbolKind.PrimitiveInstance:
            self._gate(member)
        elif kind is SymbolKind.Net:
            self._net(member)
        elif kind is SymbolKind.Variable:
            self._variable(member)
        elif kind is SymbolKind.Subroutine:
            self._subroutine(member)
        elif kind in (SymbolKind.UninstantiatedDef, SymbolKind.NetAlias, SymbolKind.ClockingBlock):
            self._hazard("has a part that cannot be read")

    def _gate(self, gate: Ast) -> None:
        if gate.primitiveType.name not in _GATES:
            self._hazard(f"has a primitive {gate.primitiveType.name}")
        uses = Uses()
        for connection in gate.portConnections:
            found = uses_of(connection)
            uses.reads |= found.reads
            uses.nonblocking |= found.writes
        self._processes.append(Process(uses=uses))

    def _net(self, net: Ast) -> None:
        if net.netType.netKind not in _NETS:
            self._hazard(f"has a net of type {net.netType.name}")
        if net.initializer is not None:
            self._look_at(net.initializer)
            uses = uses_of(net.initializer)
            uses.nonblocking[net.hierarchicalPath] = net
            self._processes.append(Process(uses=uses))

    def _variable(self, variable: Ast) -> None:
        kind = variable.type
        if not kind.isFourState:
            self._x_hazard("has a variable of two states")
        if variable.initializer is not None and uses_of(variable.initializer).reads:
            self._hazard("initializes a variable by another")

    def _subroutine(self, subroutine: Ast) -> None:
        self._look_at(subroutine.body)
        if subroutine.defaultLifetime is VariableLifetime.Automatic:
            return
        arguments = {
            a.hierarchicalPath for a in subroutine.arguments if a.direction is ArgumentDirection.In
        }
        own = locals_of(subroutine) - arguments
        flow = Flow(own)
        written = flow.run(subroutine.body)
        result = subroutine.returnValVar
        if flow.stale or (result is not None and result.hierarchicalPath not in written):
            self._hazard("has a function that remembers values")

    # -- processes -------------------------------------------------------------

    def _block(self, block: Ast) -> None:
        kind, body = block.procedureKind, block.body
        if kind is ProceduralBlockKind.Final:
            self._hazard("has a final block")
        elif kind is ProceduralBlockKind.Initial:
            self._initial(body)
        elif kind in (ProceduralBlockKind.AlwaysComb, ProceduralBlockKind.AlwaysLatch):
            self._combinational(block, body, None)
        elif body.kind is not StatementKind.Timed:
            self._hazard("has an always block without an event")
        else:
            self._timed(block, body)

    def _initial(self, body: Ast) -> None:
        self._look_at(body)
        uses = uses_of(body)
        self._initialized |= uses.writes.keys()
        if uses.reads.keys() - uses.blocking.keys():
            self._hazard("has an initial block that reads signals")

    def _timed(self, block: Ast, body: Ast) -> None:
        timing = body.timing
        if timing.kind is TimingControlKind.ImplicitEvent:
            self._combinational(block, body.stmt, None, sleeps=True)
            return
        events = timing.events if timing.kind is TimingControlKind.EventList else [timing]
        if any(event.kind is not TimingControlKind.SignalEvent for event in events):
            self._hazard("has a delay")
            return
        if any(event.iffCondition is not None for event in events):
            self._hazard("has an event with a condition")
        edges = [event.edge for event in events]
        if all(edge is _LEVEL for edge in edges):
            self._combinational(block, body.stmt, events, sleeps=True)
        elif any(edge in (_LEVEL, EdgeKind.BothEdges) for edge in edges):
            self._hazard("has a process that starts with edges and levels")
        else:
            self._clocked(body.stmt)

    def _clocked(self, statement: Ast) -> None:
        self._look_at(statement)
        uses = uses_of(statement)
        if uses.blocking.keys() & uses.nonblocking.keys() and overtaken(statement) is None:
            self._hazard("assigns a variable non-blocking and then blocking")
        self._processes.append(Process(uses=uses, clocked=True))

    def _combinational(
        self, block: Ast, statement: Ast, events: list[Ast] | None, *, sleeps: bool = False
    ) -> None:
        self._look_at(statement)
        uses = uses_of(statement)
        flow = Flow(set(uses.blocking))
        written = flow.run(statement)
        if flow.full:
            self._full.append((statement, flow))
        self.findings.gaps += flow.gaps
        if flow.stale:
            self._hazard("has a combinational process that reads a variable before it writes it")
        if uses.blocking.keys() & uses.nonblocking.keys() and overtaken(statement) is None:
            self._hazard("assigns a variable non-blocking and then blocking")
        if sleeps and events is None and uses.within_functions:
            self._hazard("has an always @* with a function that reads other signals")
        outer = {path for path in uses.reads if path not in uses.blocking}
        if events is not None and not outer <= _listed(events):
            self._hazard("has an incomplete sensitivity list")
        uses.reads = {path: symbol for path, symbol in uses.reads.items() if path in outer}
        held = frozenset(uses.blocking.keys() - written)
        process = Process(uses=uses, sleeps=sleeps, block=block, home=self._home, held=held)
        self._processes.append(process)

    def _settle_full(self, inputs: set[str]) -> None:
        """Decide about each `case` that has no default, but an item for every known value.

        Where nothing but registers can be undefined, a proof may see to these. Otherwise
        the variables are latches, which keep their values while it takes no item.
        """
        for statement, flow in self._full:
            if all(uses_of(case.expr).reads.keys() <= inputs for case in flow.full):
                self.findings.full += flow.full
                continue
            if not self._undefined:
                self._x_hazard("relies on a case without default to cover every value")
                self.findings.full += flow.full
                continue
            again = Flow(set(uses_of(statement).blocking), known=False)
            again.run(statement)
            self.findings.gaps += flow.full
            if again.stale:
                self._hazard("reads what a case without default may not have written")

    # -- statements and expressions --------------------------------------------

    def _look_at(self, node: Ast) -> None:
        node.visit(self._look)

    def _look(self, node: Ast) -> VisitAction:
        kind = getattr(node, "kind", None)
        if kind is StatementKind.Case and node.condition in _WILD_CASES:
            self._statement(node, kind)
            self._wild_case(node)
            return VisitAction.Skip
        if isinstance(kind, StatementKind):
            self._statement(node, kind)
        elif isinstance(kind, ExpressionKind):
            self._expression(node, kind)
            self._sources_of_x(node, kind)
        return VisitAction.Advance

    def _wild_case(self, node: Ast) -> None:
        """Look at a `casez` or `casex`; only in its items z is no value."""
        self._look_at(node.expr)
        for item in node.items:
            self._in_pattern = True
            for expression in item.expressions:
                self._look_at(expression)
            self._in_pattern = False
            self._look_at(item.stmt)
        if node.defaultCase is not None:
            self._look_at(node.defaultCase)

    def _sources_of_x(self, node: Ast, kind: ExpressionKind) -> None:
        """Note what is undefined although all that it is made of may be known."""
        if kind is ExpressionKind.ElementSelect and self._may_go_beyond(node):
            if node.value.type.kind is SymbolKind.FixedSizeUnpackedArrayType:
                self.findings.arrays += [name.symbol.name for name in targets(node.value)]
            self._undefined = True
        elif kind is ExpressionKind.RangeSelect:
            bounds = (node.left, node.right)
            self._undefined = self._undefined or any(b.constant is None for b in bounds)
        elif kind is ExpressionKind.BinaryOp and node.op in _DIVISIONS:
            self._undefined = self._undefined or node.right.constant is None

    def _may_go_beyond(self, select: Ast) -> bool:
        """Whether an index may be none of what it selects from."""
        array, index = select.value.type, select.selector
        if index.constant is not None or not array.hasFixedRange:
            return False
        if uses_of(index).reads.keys() <= self._counters:
            return False
        while index.kind is ExpressionKind.Conversion:
            index = index.operand
        low, high = sorted((array.fixedRange.left, array.fixedRange.right))
        return bool(low != 0 or index.type.isSigned or 1 << index.type.bitWidth > high + 1)

    def _statement(self, node: Ast, kind: StatementKind) -> None:
        if kind not in _STATEMENTS:
            self._hazard(f"has a statement of kind {kind.name}")
        elif kind is StatementKind.ForLoop:
            self._counters |= {variable.hierarchicalPath for variable in node.loopVars}
            for initializer in node.initializers:
                self._counters |= uses_of(initializer).blocking.keys()
        elif kind is StatementKind.Case and node.condition is CaseStatementCondition.Inside:
            self._x_hazard("has a case inside")
        elif kind is StatementKind.Case and node.condition is CaseStatementCondition.WildcardXOrZ:
            self._x_hazard("has a casex")

    def _expression(self, node: Ast, kind: ExpressionKind) -> None:
        if kind is ExpressionKind.Assignment and node.timingControl is not None:
            self._hazard("has a delay")
        elif kind is ExpressionKind.HierarchicalValue:
            self._hazard("has a hierarchical reference")
        elif kind is ExpressionKind.Call and node.isSystemCall:
            known = _FUNCTIONS | _SILENT_TASKS | _LOADING_TASKS
            if node.subroutineName not in known:
                self._hazard(f"calls {node.subroutineName}")
        elif kind is ExpressionKind.BinaryOp and node.op in _WILDCARDS:
            self._x_hazard("has a wildcard comparison")
        elif kind in (ExpressionKind.Inside, ExpressionKind.Streaming):
            self._hazard(f"has an expression of kind {kind.name}")
        elif kind in _LITERALS:
            digits = str(node.value).rpartition("'")[2].lower()
            self._undefined = self._undefined or "x" in digits
            if "z" in digits and not self._in_pattern:
                self._hazard("has a z")

    # -- between processes -----------------------------------------------------

    def _races(self) -> None:
        """Look for a variable that one clocked process writes at once and another one reads."""
        clocked = [process for process in self._processes if process.clocked]
        if len(clocked) < 2:
            return
        for process in clocked:
            reached = self._fed_by(set(process.uses.blocking))
            if any(other is not process and other.uses.reads.keys() & reached for other in clocked):
                self._hazard("has processes that race: a blocking assignment feeds another one")

    def _fed_by(self, paths: set[str]) -> set[str]:
        """Return `paths` and all that follows from them without a clock."""
        reached, waiting = set(paths), True
        while waiting:
            waiting = False
            for process in self._processes:
                if process.clocked or not process.uses.reads.keys() & reached:
                    continue
                fresh = process.uses.writes.keys() - reached
                reached |= fresh
                waiting = waiting or bool(fresh)
        return reached

    def _chains(self, inputs: set[str]) -> None:
        plain = set(inputs)
        for process in self._processes:
            if process.clocked:
                plain |= process.uses.nonblocking.keys()
        for process in self._processes:
            if process.block is not None and not process.clocked:
                self.findings.chained |= not process.uses.reads.keys() <= plain

    def _sleepers(self, inputs: set[str]) -> None:
        """Find the processes that no input is sure to start at the beginning."""
        certain, fresh = self._certain(inputs), self._fresh()
        for process in self._processes:
            if process.sleeps and not process.uses.reads.keys() & certain:
                process.fresh = tuple(path for path in process.uses.reads if path in fresh)
                self.findings.sleepers.append(process)

    def _fresh(self) -> set[str]:
        """Find the registers that begin as x and change only after all processes have begun.

        With blocking assignments at time 0 that is not sure.
        """
        found: set[str] = set()
        others: set[str] = set(self._initialized)
        for process in self._processes:
            others |= process.uses.blocking.keys()
            if process.clocked:
                found |= {
                    path
                    for path, symbol in process.uses.nonblocking.items()
                    if symbol.type.isFourState and symbol.initializer is None
                }
            else:
                others |= process.uses.nonblocking.keys()
        return found - others

    def _certain(self, inputs: set[str]) -> set[str]:
        """Return what depends on inputs only, and so has an event when these get their values."""
        drivers: dict[str, list[Process]] = {}
        for process in self._processes:
            for path in process.uses.writes:
                drivers.setdefault(path, []).append(process)
        certain, growing = set(inputs), True
        while growing:
            fresh = {
                path
                for path, processes in drivers.items()
                if path not in certain
                and all(path not in p.held and _follows(p, certain) for p in processes)
            }
            certain |= fresh
            growing = bool(fresh)
        return certain


def _follows(process: Process, certain: set[str]) -> bool:
    reads = process.uses.reads.keys()
    return not process.clocked and bool(reads) and reads <= certain


def _listed(events: list[Ast]) -> set[str]:
    names = (event.expr for event in events)
    return {e.symbol.hierarchicalPath for e in names if e.kind is ExpressionKind.NamedValue}


_LITERALS = (ExpressionKind.IntegerLiteral, ExpressionKind.UnbasedUnsizedIntegerLiteral)
_DIVISIONS = (BinaryOperator.Divide, BinaryOperator.Mod)
_WILDCARDS = (BinaryOperator.WildcardEquality, BinaryOperator.WildcardInequality)
