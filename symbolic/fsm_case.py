"""Next states and outputs of a machine as Verilog `case` statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from symbolic.cubes import Cube, cube_text, intersects, points
from symbolic.expression import Const, Expression, Gate, Not, bit, literal_count, verilog
from symbolic.minimize import Function
from symbolic.state_table import StateTable, Transition
from symbolic.synthesize import synthesize

_INDENT = "    "
_NESTED_BITS = 4
"""Most bits of a word whose values are listed."""
_NESTED_TARGETS = 3
"""Fewest targets for which values are listed rather than conditions."""
_SHORT = 88
_COMPARED = 300
"""Transitions of a state above which it is not asked which inputs matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A signal whose bits, all of them, are inputs of a machine."""

    text: str
    bits: tuple[str, ...]
    """The inputs, the most significant first."""


def without_outputs(table: StateTable) -> StateTable:
    """Return what a machine says of next states alone, over the inputs that these depend on."""
    width = len(table.inputs)
    kept = [width - 1 - i for i in range(width)]
    for i in list(kept):
        fewer = [other for other in kept if other != i]
        if all(_decided(table, state, fewer) for state in table.states):
            kept = fewer
    transitions = {
        (t.state, t.target, cube_text(_narrowed(cube, kept), len(kept))): None
        for state in table.states
        for cube, t in table.leaving(state)
        if t.target is not None
    }
    return replace(
        table,
        inputs=tuple(table.inputs[width - 1 - i] for i in kept),
        outputs=(),
        moore_outputs=None,
        transitions=tuple(
            Transition(state=state, inputs=inputs, target=target)
            for state, target, inputs in transitions
        ),
    )


def _decided(table: StateTable, state: str, kept: Sequence[int]) -> bool:
    """Whether the inputs `kept` alone tell where a state leads."""
    found: dict[Cube, str] = {}
    for cube, t in table.leaving(state):
        if t.target is not None and found.setdefault(_narrowed(cube, kept), t.target) != t.target:
            return False
    if len(found) > _COMPARED:
        return False
    return not any(
        intersects(one, other)
        for (one, target), (other, goal) in combinations(found.items(), 2)
        if target != goal
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWriter:
    """Writes a machine over the names that a module has for what it speaks of."""

    table: StateTable
    state: str
    next_state: str
    labels: Mapping[str, str]
    """What each state is called."""
    order: tuple[str, ...]
    """All states, in the order of their branches."""
    texts: Mapping[str, str]
    """What each input is called."""
    words: tuple[Word, ...] = ()
    """Of at least two bits each."""
    default: str | None = None
    """The next state, as it is written, for codes of no state; None: no such branch."""
    choices: bool = True
    """Whether to write `?:`, which Icarus Verilog does not take for enumerations."""
    last: str | None = None
    """A state whose branch is the default, and comes last; then `default` means nothing."""
    comments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Lines to put above a state's branch."""

    def next_state_lines(self) -> list[str]:
        """Return a `case` over the state that chooses the next."""
        lines = [f"case ({self.state})"]
        states = [state for state in self.order if state != self.last]
        for state in [*states, self.last] if self.last is not None else states:
            lines += [f"{_INDENT}{line}" for line in self.comments.get(state, ())]
            lines += [f"{_INDENT}{line}" for line in self._branch(state)]
        if self.default is not None and self.last is None:
            lines.append(f"{_INDENT}default: {self.default_statement()}")
        return [*lines, "endcase"]

    def _go(self, target: str) -> str:
        return f"{self.next_state} = {target};"

    def _branch(self, state: str) -> list[str]:
        first, *more = self.statement(state)
        label = "default" if state == self.last else self.labels[state]
        line = f"{label}: {first}"
        if not more and len(line) <= _SHORT:
            return [line]
        return [f"{label}:", *(f"{_INDENT}{line}" for line in (first, *more))]

    def statement(self, state: str) -> list[str]:
        """Return one statement that chooses the next state in `state`."""
        targets = self._targets(state)
        if not targets:
            targets = {self.table.reset_state or state: [Cube(0, 0)]}
        if len(targets) == 1:
            return [self._go(self.labels[next(iter(targets))])]
        word = self._listed(targets)
        if word is not None:
            return self._nested(word, targets)
        return self._chain(self.decisions(targets))

    def default_statement(self) -> str:
        """Return what is done for codes of no state; empty if nothing is."""
        return "" if self.default is None else self._go(self.default)

    def _chain(self, decisions: Sequence[tuple[Expression, str]]) -> list[str]:
        """Return a choice by `?:` where it is short, else an `if` and its `else`s."""
        labels = self.labels
        if len(decisions) == 2 and self.choices:
            (condition, target), (_, other) = decisions
            text = clear(condition)
            choice = text if literal_count(condition) == 1 else f"({text})"
            line = self._go(f"{choice} ? {labels[target]} : {labels[other]}")
            if len(line) <= _SHORT:
                return [line]
        lines = []
        for i, (condition, target) in enumerate(decisions):
            keyword = "if" if i == 0 else "else if"
            last = i == len(decisions) - 1
            head = "else" if last else f"{keyword} ({clear(condition)})"
            lines.append(f"{head} {self._go(labels[target])}")
        return lines

    def _targets(self, state: str) -> dict[str, list[Cube]]:
        targets: dict[str, list[Cube]] = {}
        for cube, transition in self.table.leaving(state):
            if transition.target is not None:
                targets.setdefault(transition.target, []).append(cube)
        return targets

    # -- conditions -------------------------------------------------------------

    def decisions(self, targets: Mapping[str, Sequence[Cube]]) -> list[tuple[Expression, str]]:
        """Return conditions in the order of their tests; the last one is 1.

        Inputs that no target claims go wherever that makes conditions short.
        """
        left = {target: list(cubes) for target, cubes in targets.items()}
        found: list[tuple[Expression, str]] = []
        while len(left) > 1:
            conditions = {target: self._condition(target, left) for target in left}
            chosen = min(left, key=lambda target: _simplicity(conditions[target]))
            found.append((conditions[chosen], chosen))
            del left[chosen]
        return [*found, (Const(1), next(iter(left)))]

    def _condition(self, target: str, targets: Mapping[str, Sequence[Cube]]) -> Expression:
        others = [cube for name, cubes in targets.items() if name != target for cube in cubes]
        return self.expression(targets[target], others)

    def expression(self, on: Sequence[Cube], off: Sequence[Cube]) -> Expression:
        """Return a short expression over the inputs that is 1 in `on` and 0 in `off`."""
        used = 0
        for cube in (*on, *off):
            used |= cube.care
        width = len(self.table.inputs)
        kept = [i for i in range(width - 1, -1, -1) if used >> i & 1]
        f = Function(
            width=len(kept),
            on=tuple(_narrowed(cube, kept) for cube in on),
            off=tuple(_narrowed(cube, kept) for cube in off),
        )
        names = [self.texts[self.table.inputs[width - 1 - i]] for i in kept]
        return synthesize(f, [bit(name) for name in names])

    # -- values of a word ---------------------------------------------------------

    def _listed(self, targets: Mapping[str, Sequence[Cube]]) -> Word | None:
        """Return the word whose values alone decide, if listing them reads best."""
        if len(targets) < _NESTED_TARGETS:
            return None
        width = len(self.table.inputs)
        used = 0
        for cubes in targets.values():
            for cube in cubes:
                used |= cube.care
        read = {self.table.inputs[width - 1 - i] for i in range(width) if used >> i & 1}
        for word in self.words:
            if read <= set(word.bits) and len(word.bits) <= _NESTED_BITS:
                return word
        return None

    def _nested(self, word: Word, targets: Mapping[str, Sequence[Cube]]) -> list[str]:
        values = self._values(word, targets)
        others = max(values, key=lambda target: (len(values[target]), target))
        width = len(word.bits)
        lines = [f"case ({word.text})"]
        for target, numbers in values.items():
            if target != others:
                listed = ", ".join(f"{width}'b{number:0{width}b}" for number in sorted(numbers))
                lines.append(f"{_INDENT}{listed}: {self._go(self.labels[target])}")
        lines.append(f"{_INDENT}default: {self._go(self.labels[others])}")
        return [*lines, "endcase"]

    def _values(self, word: Word, targets: Mapping[str, Sequence[Cube]]) -> dict[str, list[int]]:
        width = len(self.table.inputs)
        kept = [width - 1 - self.table.inputs.index(name) for name in word.bits]
        found: dict[str, list[int]] = {}
        for target, cubes in targets.items():
            numbers: set[int] = set()
            for cube in cubes:
                numbers |= set(points(_narrowed(cube, kept), len(kept)))
            found[target] = sorted(numbers)
        return found


def _narrowed(cube: Cube, kept: Sequence[int]) -> Cube:
    """Return a cube over the bits `kept`, the first of which becomes the highest."""
    care = value = 0
    for i in kept:
        care = care << 1 | cube.care >> i & 1
        value = value << 1 | cube.value >> i & 1
    return Cube(care, value)


def _simplicity(condition: Expression) -> tuple[int, int]:
    return literal_count(condition), verilog(condition).count("~")


def clear(expression: Expression) -> str:
    """Return an expression in Verilog with parentheses around every gate inside another."""
    if isinstance(expression, Not) and isinstance(expression.operand, Gate):
        return f"~({clear(expression.operand)})"
    if not isinstance(expression, Gate):
        return verilog(expression)
    parts = (f"({clear(o)})" if isinstance(o, Gate) else clear(o) for o in expression.operands)
    return f" {expression.operator.value} ".join(parts)
