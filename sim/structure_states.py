"""State registers of a module, their values by name, and the transitions that its text shows.

A state register is clocked, is compared or cased against at least two
constants, and is given constants (or an enumeration); what is computed, as in
a counter, is none. Where its next state stands in a variable of its own, that
one is followed. The transitions come of running the blocks for each state in
turn, with every condition on anything else both ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyslang.ast import (
    BinaryOperator,
    CaseStatementCondition,
    EdgeKind,
    ExpressionKind,
    StatementKind,
    SymbolKind,
    TimingControlKind,
    UnaryOperator,
)

from sim.slang import Ast, Parsed
from sim.structure import StateRegister, Transition
from sim.structure_branches import Arm, Reader, bare, is_clocked, text_of, value_of
from sim.timing import members

_EQUAL = {BinaryOperator.Equality: True, BinaryOperator.CaseEquality: True}
_UNEQUAL = {BinaryOperator.Inequality: False, BinaryOperator.CaseInequality: False}
_COMPARED = _EQUAL | _UNEQUAL
_MOST_STATES = 256
_OTHER = -1
"""Stands for any value that is not known."""


def registers_of(parsed: Parsed, instance: Ast, *, is_top: bool) -> Iterator[StateRegister]:
    """Yield the state registers of `instance`."""
    module = _Module(parsed, instance)
    for clocked in module.clocked:
        for path, symbol in clocked.targets.items():
            candidate = _Candidate(module, clocked, path, symbol)
            if candidate.is_state_register:
                yield candidate.register(is_top=is_top)


@dataclass(slots=True)
class _Clocked:
    """A block that edges start."""

    statement: Ast
    clock: str
    at_once: bool
    targets: dict[str, Ast] = field(default_factory=dict)
    """Whole variables that it assigns, by path."""


class _Module:
    """The blocks of one instance, and what is assigned and compared in them."""

    def __init__(self, parsed: Parsed, instance: Ast) -> None:
        self.parsed = parsed
        self.name: str = instance.body.definition.name
        reader = Reader(parsed, instance.body)
        reader.read()
        self.arms: dict[str, list[Arm]] = {}
        for arm in reader.arms:
            self.arms.setdefault(arm.target, []).append(arm)
        self.compared: dict[str, list[Ast]] = {}
        """Constants that a variable is compared with, by its path."""
        self.partly: set[str] = set()
        """Variables of which parts are assigned."""
        self.clocked: list[_Clocked] = []
        self.free: list[Ast] = []
        """Statements of blocks that no edge starts."""
        seen: set[str] = set()
        for member in members(instance.body):
            if member.kind is SymbolKind.ProceduralBlock:
                member.body.visit(self._look)
                self._sort(member, instance.body, seen)
            elif member.kind is SymbolKind.ContinuousAssign:
                member.assignment.visit(self._look)

    def _sort(self, block: Ast, body: Ast, seen: set[str]) -> None:
        statement = block.body
        if statement.kind is StatementKind.Timed and is_clocked(statement.timing):
            found = _clocked(statement)
            if found is not None:
                found.targets = {
                    path: symbol
                    for path, symbol in _targets(statement.stmt).items()
                    if path not in seen and symbol.parentScope == body
                }
                seen.update(found.targets)
                self.clocked.append(found)
            return
        if block.procedureKind.name.startswith("Always"):
            free = statement.stmt if statement.kind is StatementKind.Timed else statement
            self.free.append(free)

    def _look(self, node: Ast) -> None:
        kind = getattr(node, "kind", None)
        if kind is StatementKind.Case:
            self._compare(node.expr, [e for item in node.items for e in item.expressions])
        elif kind is ExpressionKind.BinaryOp and node.op in _COMPARED:
            self._compare(node.left, [node.right])
            self._compare(node.right, [node.left])
        elif kind is ExpressionKind.Assignment:
            left = bare(node.left)
            if left.kind is not ExpressionKind.NamedValue:
                left.visit(self._note_part)

    def _note_part(self, node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.NamedValue:
            self.partly.add(node.symbol.hierarchicalPath)

    def _compare(self, subject: Ast, constants: Iterable[Ast]) -> None:
        path = _path(subject)
        if path:
            found = [c for c in constants if value_of(c) is not None]
            self.compared.setdefault(path, []).extend(found)


def _clocked(statement: Ast) -> _Clocked | None:
    """Return a block with its clock: of several edges, the one that no leading `if` tests."""
    timing = statement.timing
    events = timing.events if timing.kind is TimingControlKind.EventList else [timing]
    tested: set[str] = set()
    first = _first(statement.stmt)
    if len(events) > 1 and first is not None and first.kind is StatementKind.Conditional:
        first.conditions[0].expr.visit(lambda node: tested.add(_path(node)))
    clocks = [e for e in events if getattr(e, "expr", None) is not None]
    clocks = [e for e in clocks if len(events) == 1 or _path(e.expr) not in tested]
    if len(clocks) != 1 or clocks[0].kind is not TimingControlKind.SignalEvent:
        return None
    edge = {EdgeKind.PosEdge: "posedge ", EdgeKind.NegEdge: "negedge "}.get(clocks[0].edge)
    text = text_of(clocks[0].expr)
    if edge is None or not text:
        return None
    return _Clocked(statement=statement.stmt, clock=edge + text, at_once=len(events) > 1)


def _targets(statement: Ast) -> dict[str, Ast]:
    found: dict[str, Ast] = {}

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.Assignment:
            left = bare(node.left)
            if left.kind is ExpressionKind.NamedValue:
                found[left.symbol.hierarchicalPath] = left.symbol

    statement.visit(look)
    return found


def _first(statement: Ast) -> Ast | None:
    """Return the first statement in nested blocks."""
    while statement.kind in (StatementKind.Block, StatementKind.List):
        if statement.kind is StatementKind.Block:
            statement = statement.body
        elif not list(statement.list):
            return None
        else:
            statement = list(statement.list)[0]  # noqa: RUF015 - no iterator
    return statement


def _path(expression: Ast) -> str:
    """Return the path of the variable that `expression` is; empty if it is none."""
    if not isinstance(getattr(expression, "kind", None), ExpressionKind):
        return ""
    found = bare(expression)
    is_name = found.kind is ExpressionKind.NamedValue
    if not is_name or found.symbol.kind not in (SymbolKind.Variable, SymbolKind.Net):
        return ""
    return str(found.symbol.hierarchicalPath)


class _Candidate:
    """A clocked variable that may hold a state."""

    def __init__(self, module: _Module, clocked: _Clocked, path: str, symbol: Ast) -> None:
        self._module, self._clocked = module, clocked
        self.path, self.symbol = path, symbol
        self.next = self._next_path()
        self._followed = {path, self.next} if self.next else {path}
        self.arms = [arm for name in self._followed for arm in module.arms.get(name, [])]
        self.computed = any(not self._is_plain(arm.value) for arm in self.arms)
        self.computed = self.computed or bool(self._followed & module.partly)
        self.states = self._states()

    def _next_path(self) -> str:
        """Return the variable that holds the next state, if there is one of its own."""
        found = {
            _path(arm.value) for arm in self._module.arms.get(self.path, []) if _path(arm.value)
        } - {self.path}
        if len(found) != 1:
            return ""
        (name,) = found
        arms = self._module.arms.get(name, [])
        return name if any(value_of(arm.value) is not None for arm in arms) else ""

    def _is_plain(self, value: Ast) -> bool:
        return value_of(value) is not None or _path(value) in self._followed

    def _states(self) -> dict[int, str]:
        """Return the names of the values, by value."""
        kind = self.symbol.type.canonicalType
        if kind.isEnum:
            return {int(v.value.value): v.name for v in _members(self.symbol)}
        if not kind.isIntegral or kind.bitWidth > 64:
            return {}
        compared = [c for name in self._followed for c in self._module.compared.get(name, [])]
        assigned = [arm.value for arm in self.arms if value_of(arm.value) is not None]
        found: dict[int, str] = {}
        for constant in (*compared, *assigned):
            value, name = value_of(constant), text_of(constant)
            if value is not None and name and (value not in found or _is_named(constant)):
                found[value] = name
        return found

    @property
    def is_state_register(self) -> bool:
        """Whether it holds states."""
        if not 2 <= len(self.states) <= _MOST_STATES:
            return False
        if self.symbol.type.canonicalType.isEnum:
            return True
        compared = [c for name in self._followed for c in self._module.compared.get(name, [])]
        given = [arm.value for arm in self.arms if value_of(arm.value) is not None]
        named = {value_of(c) for c in (*compared, *given) if _is_named(c)}
        values = {value_of(constant) for constant in compared}
        if not given or len(values) < 2:
            return False
        if self.computed:
            return len(named) >= 3
        return len(named) >= 2 or self.symbol.type.bitWidth > 1

    def register(self, *, is_top: bool) -> StateRegister:
        """Return what is known of it."""
        file, line, column = self._module.parsed.place(self.symbol.location)
        reset = _leading_reset(self._clocked.statement, self.path, self._followed)
        return StateRegister(
            module=self._module.name,
            name=self.symbol.name,
            file=file,
            line=line,
            column=column,
            clock=self._clocked.clock,
            reset=text_of(reset.conditions[0].expr) if reset is not None else "",
            at_once=self._clocked.at_once and reset is not None,
            states=tuple(self.states.values()),
            transitions=self._transitions(reset, is_top=is_top),
        )

    def _transitions(self, reset: Ast | None, *, is_top: bool) -> tuple[Transition, ...] | None:
        if self.computed:
            return None
        places = {value: place for place, value in enumerate(self.states)}
        found = []
        for before in self.states:
            after = _Run(self, before, reset).register_after(self._clocked.statement)
            if after is None:
                return None
            found += [
                Transition(
                    before=places[before],
                    after=places[value],
                    condition=self._condition(before, value) if is_top else "",
                )
                for value in sorted(after & places.keys(), key=lambda v: places[v])
            ]
        return tuple(found)

    def _condition(self, before: int, after: int) -> str:
        """Return what has to hold in the cycle of a transition, if that can be said."""
        here = f"({self.symbol.name} == {self.states[before]})"
        if self.next:
            variable = self.next.rpartition(".")[2]
            return f"{here} && ({variable} == {self.states[after]})"
        paths = [arm.path.text for arm in self.arms if value_of(arm.value) == after]
        if before == after or not paths or not all(paths) or len(paths) > 16:
            return ""
        return f"{here} && ({' || '.join(f'({path})' for path in paths)})"

    @property
    def free_statements(self) -> list[Ast]:
        """Return the unclocked blocks that assign the next state."""
        return [s for s in self._module.free if self.next in _targets(s)]

    @property
    def followed(self) -> set[str]:
        """Return the paths of the register and of its next state."""
        return self._followed


def _members(symbol: Ast) -> list[Ast]:
    return [m for m in symbol.type.canonicalType if m.kind is SymbolKind.EnumValue]


def _is_named(constant: Ast) -> bool:
    return bare(constant).kind is ExpressionKind.NamedValue


def _leading_reset(statement: Ast, path: str, followed: set[str]) -> Ast | None:
    """Return the leading `if` of a clocked block whose first side does nothing but reset."""
    first = _first(statement)
    if first is None or first.kind is not StatementKind.Conditional:
        return None
    mentioned: set[str] = set()
    first.conditions[0].expr.visit(lambda node: mentioned.add(_path(node)))
    if mentioned & followed or first.ifFalse is None:
        return None
    given: list[int | None] = []

    def look(node: Ast) -> None:
        if getattr(node, "kind", None) is ExpressionKind.Assignment and _path(node.left) == path:
            given.append(value_of(node.right))

    first.ifTrue.visit(look)
    return first if given and None not in given else None


class _Run:
    """The blocks around a state register, in one state."""

    def __init__(self, candidate: _Candidate, state: int, reset: Ast | None) -> None:
        self._candidate = candidate
        self._state = state
        self._reset = reset
        self._lost = False
        """Whether a condition on the state itself could not be decided."""
        self._next: set[int] | None = None
        self._target = candidate.path

    def register_after(self, statement: Ast) -> set[int] | None:
        """Return the values that the register may have after the edge; None: not to be seen."""
        if self._candidate.next:
            self._next = self._next_values()
            if self._next is None:
                return None
        self._target = self._candidate.path
        found = self._through(statement, {self._state})
        return None if self._lost or _OTHER in found else found

    def _next_values(self) -> set[int] | None:
        blocks = self._candidate.free_statements
        if len(blocks) != 1:
            return None
        self._target = self._candidate.next
        found = self._through(blocks[0], {_OTHER})
        return None if self._lost or _OTHER in found else found

    def _through(self, statement: Ast, values: set[int]) -> set[int]:
        """Return the values that the target may have after `statement`, having had `values`."""
        kind = statement.kind
        if kind is StatementKind.Block:
            return self._through(statement.body, values)
        if kind is StatementKind.List:
            for inner in statement.list:
                values = self._through(inner, values)
            return values
        if kind is StatementKind.Conditional:
            return self._conditional(statement, values)
        if kind is StatementKind.Case:
            return self._case(statement, values)
        if kind is StatementKind.ExpressionStatement:
            return self._assignment(statement.expr, values)
        if kind in (StatementKind.Empty, StatementKind.VariableDeclaration):
            return values
        if self._target in _targets(statement):
            self._lost = True
        return values

    def _conditional(self, statement: Ast, values: set[int]) -> set[int]:
        holds = self._holds(statement.conditions[0].expr)
        if self._reset is not None and statement == self._reset:
            holds = False
        found: set[int] = set()
        if holds is not False:
            found |= self._through(statement.ifTrue, values)
        if holds is not True:
            rest = statement.ifFalse
            found |= values if rest is None else self._through(rest, values)
        return found

    def _case(self, statement: Ast, values: set[int]) -> set[int]:
        known = _path(statement.expr) == self._candidate.path
        if known and statement.condition is CaseStatementCondition.Inside:
            self._lost = True
        if not known and self._mentions_state(statement):
            self._lost = True
        found: set[int] = set()
        for item in statement.items:
            matches = {self._matches(value) for value in item.expressions} if known else {None}
            if matches != {False}:
                found |= self._through(item.stmt, values)
            if True in matches:
                return found
        rest = statement.defaultCase
        return found | (values if rest is None else self._through(rest, values))

    def _mentions_state(self, statement: Ast) -> bool:
        """Whether the state is looked at by anything but a plain comparison (`case (1'b1)`)."""
        found: set[str] = set()
        statement.expr.visit(lambda node: found.add(_path(node)))
        for item in statement.items:
            for value in item.expressions:
                value.visit(lambda node: found.add(_path(node)))
        return self._candidate.path in found

    def _matches(self, value: Ast) -> bool | None:
        constant = value_of(value)
        if constant is None:
            self._lost = True
            return None
        return constant == self._state

    def _assignment(self, expression: Ast, values: set[int]) -> set[int]:
        if expression.kind is not ExpressionKind.Assignment:
            return values
        if _path(expression.left) != self._target:
            return values
        return self._values(expression.right, values)

    def _values(self, expression: Ast, values: set[int]) -> set[int]:
        found = bare(expression)
        if found.kind is ExpressionKind.ConditionalOp:
            holds = self._holds(found.conditions[0].expr)
            left = self._values(found.left, values) if holds is not False else set()
            return left | (self._values(found.right, values) if holds is not True else set())
        constant, path = value_of(found), _path(found)
        if constant is not None:
            return {constant}
        if path == self._candidate.path:
            return {self._state}
        if path and path == self._candidate.next:
            return values if self._next is None else self._next
        return {_OTHER}

    def _holds(self, condition: Ast) -> bool | None:
        """Return whether `condition` holds in this state; None: in some cases, or not seen."""
        found = bare(condition)
        kind = found.kind
        if kind is ExpressionKind.UnaryOp and found.op is UnaryOperator.LogicalNot:
            inner = self._holds(found.operand)
            return None if inner is None else not inner
        if kind is ExpressionKind.BinaryOp:
            return self._binary(found)
        if _path(found) == self._candidate.path:
            return self._state != 0
        if self._is_about_state(found):
            self._lost = True
        return None

    def _binary(self, found: Ast) -> bool | None:
        if found.op in _COMPARED:
            for one, other in ((found.left, found.right), (found.right, found.left)):
                constant = value_of(other)
                if _path(one) == self._candidate.path and constant is not None:
                    return (self._state == constant) == _COMPARED[found.op]
        if found.op in (BinaryOperator.LogicalAnd, BinaryOperator.LogicalOr):
            deciding = found.op is BinaryOperator.LogicalOr
            sides = {self._holds(found.left), self._holds(found.right)}
            if deciding in sides:
                return deciding
            return None if None in sides else not deciding
        if self._is_about_state(found):
            self._lost = True
        return None

    def _is_about_state(self, expression: Ast) -> bool:
        found: set[str] = set()
        expression.visit(lambda node: found.add(_path(node)))
        return self._candidate.path in found
