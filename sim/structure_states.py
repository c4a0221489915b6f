"""State registers of a module, their values by name, and the transitions that its text shows.

A state register is clocked, is compared or cased against at least two
constants, and is given constants (or an enumeration); what is computed, as in
a counter, is none. Where its next state stands in a variable of its own, that
one is followed. The transitions come of running the blocks for each state in
turn, with every condition on anything else both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyslang.ast import (
    EdgeKind,
    ExpressionKind,
    StatementKind,
    SymbolKind,
    TimingControlKind,
)

from sim.slang import Ast, Parsed
from sim.structure import StateRegister, Transition
from sim.structure_branches import Arm, Reader
from sim.structure_read import (
    bare,
    first_of,
    grouped,
    is_clocked,
    is_unknown,
    mentioned_in,
    path_of,
    targets_of,
    text_of,
    value_of,
)
from sim.structure_transitions import COMPARISONS, Reset, Run, leading_reset
from sim.timing import members

_MOST_STATES = 256
_PLAIN = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


def registers_of(parsed: Parsed, instance: Ast, *, is_top: bool) -> Iterator[StateRegister]:
    """Yield the state registers of `instance`."""
    if not _PLAIN.match(instance.body.definition.name):
        return
    module = _Module(parsed, instance)
    for clocked in module.clocked:
        for path, symbol in clocked.targets.items():
            candidate = _Candidate(module, clocked, path, symbol)
            if _PLAIN.match(symbol.name) and candidate.is_state_register:
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
                    for path, symbol in targets_of(statement.stmt).items()
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
        elif kind is ExpressionKind.BinaryOp and node.op in COMPARISONS:
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
        path = path_of(subject)
        if path:
            found = [c for c in constants if value_of(c) is not None]
            self.compared.setdefault(path, []).extend(found)


def _clocked(statement: Ast) -> _Clocked | None:
    """Return a block with its clock: of several edges, the one that no leading `if` tests."""
    timing = statement.timing
    events = timing.events if timing.kind is TimingControlKind.EventList else [timing]
    tested: set[str] = set()
    first = first_of(statement.stmt)
    if len(events) > 1 and first is not None and first.kind is StatementKind.Conditional:
        tested = mentioned_in(first.conditions[0].expr)
    clocks = [e for e in events if getattr(e, "expr", None) is not None]
    clocks = [e for e in clocks if len(events) == 1 or path_of(e.expr) not in tested]
    if len(clocks) != 1 or clocks[0].kind is not TimingControlKind.SignalEvent:
        return None
    edge = {EdgeKind.PosEdge: "posedge ", EdgeKind.NegEdge: "negedge "}.get(clocks[0].edge)
    text = text_of(clocks[0].expr)
    if edge is None or not text:
        return None
    return _Clocked(statement=statement.stmt, clock=edge + text, at_once=len(events) > 1)


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
            path_of(arm.value) for arm in self._module.arms.get(self.path, []) if path_of(arm.value)
        } - {self.path}
        if len(found) != 1:
            return ""
        (name,) = found
        arms = self._module.arms.get(name, [])
        return name if any(value_of(arm.value) is not None for arm in arms) else ""

    def _is_plain(self, value: Ast) -> bool:
        known = value_of(value) is not None or is_unknown(value)
        return known or path_of(value) in self._followed

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
        reset = leading_reset(self._clocked.statement, self.path, self._followed)
        return StateRegister(
            module=self._module.name,
            name=self.symbol.name,
            file=file,
            line=line,
            column=column,
            clock=self._clocked.clock,
            reset=reset.text if reset is not None else "",
            at_once=self._clocked.at_once and reset is not None,
            states=tuple(self.states.values()),
            transitions=self._transitions(reset, is_top=is_top),
        )

    def _transitions(self, reset: Reset | None, *, is_top: bool) -> tuple[Transition, ...] | None:
        if self.computed:
            return None
        places = {value: place for place, value in enumerate(self.states)}
        found = []
        for before in self.states:
            after = Run(self, before, reset).register_after(self._clocked.statement)
            if after is None:
                return None
            found += [
                Transition(
                    before=places[before],
                    after=places[value],
                    condition=self._condition(before, value, reset) if is_top else "",
                )
                for value in sorted(after & places.keys(), key=lambda v: places[v])
            ]
        return tuple(found)

    def _condition(self, before: int, after: int, reset: Reset | None) -> str:
        """Return what has to hold in the cycle of a transition, if that can be said."""
        here = f"({self.symbol.name} == {grouped(self.states[before])})"
        if self.next:
            constant = [a for a in self._module.arms[self.path] if value_of(a.value) is not None]
            by_itself = [a for a in constant if value_of(a.value) == after]
            if by_itself and (reset is None or len(constant) > 1):
                return ""
            variable = self.next.rpartition(".")[2]
            return f"{here} && ({variable} == {grouped(self.states[after])})"
        paths = [arm.path.text for arm in self.arms if value_of(arm.value) == after]
        if before == after or not paths or not all(paths) or len(paths) > 16:
            return ""
        return f"{here} && ({' || '.join(map(grouped, paths))})"

    @property
    def free_statements(self) -> list[Ast]:
        """Return the unclocked blocks that assign the next state."""
        return [s for s in self._module.free if self.next in targets_of(s)]

    @property
    def followed(self) -> set[str]:
        """Return the paths of the register and of its next state."""
        return self._followed


def _members(symbol: Ast) -> list[Ast]:
    return [m for m in symbol.type.canonicalType if m.kind is SymbolKind.EnumValue]


def _is_named(constant: Ast) -> bool:
    return bare(constant).kind is ExpressionKind.NamedValue
