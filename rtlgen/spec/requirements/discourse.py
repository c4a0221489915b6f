"""What sentences say one after the other: names settled, "it" and "otherwise" found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from rtlgen.spec.requirements.meaning import (
    ALL,
    ANY,
    BEFORE,
    BIT,
    CONDITIONS,
    FIRST,
    IT,
    LIMITED,
    LINES,
    ONLY,
    OUTPUTS,
    PAIR,
    REMEMBERED,
    SECOND,
    SOLE,
    TOP,
    WIDTH,
    WINNER,
    Again,
    AtReset,
    Change,
    Clocked,
    Gate,
    InBoth,
    Mask,
    Mentioned,
    Order,
    Otherwise,
    Priority,
    Pulse,
    Range,
    Remembered,
    Rule,
    Unclocked,
    Unwrapped,
)
from rtlgen.spec.requirements.overlap import Clause, Line, refused
from rtlgen.spec.requirements.phrases import canonical
from rtlgen.spec.requirements.vocabulary import Vocabulary
from symbolic.arithmetic import (
    Apply,
    Number,
    Signal,
    Term,
    Word,
    apply,
    comparisons,
    replaced,
    signals,
)


def left_of(name: str) -> str:
    """Return the name of the register that counts what is left of a pulse."""
    return f"{name}_cycles"


def _spoken_of(condition: Term) -> Term:
    """Return what a condition speaks of first."""
    while isinstance(condition, Apply) and condition.op in ("and", "or", "not"):
        condition = condition.args[0]
    compares = isinstance(condition, Apply) and condition.op in ("eq", "ne", "lt", "le", "gt", "ge")
    return condition.args[0] if isinstance(condition, Apply) and compares else condition


@dataclass(slots=True)
class Discourse:
    """What was said so far."""

    vocabulary: Vocabulary
    words: dict[str, Word] = field(default_factory=dict)
    clauses: list[Clause] = field(default_factory=list)
    reset: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, Range] = field(default_factory=dict)
    first: set[str] = field(default_factory=set)
    """Signals whose conditions come first."""
    earlier: dict[str, str] = field(default_factory=dict)
    """Inputs whose value at the edge before is kept, by the register that keeps it."""
    pulses: dict[str, tuple[Pulse, Term, Line]] = field(default_factory=dict)
    again: Again | None = None
    unwrapped: dict[str, Line] = field(default_factory=dict)
    """Signals that never wrap around."""
    fitting: Line | None = None
    """What says that no result is too large for what it is kept in."""
    gates: list[tuple[str, Term, Line]] = field(default_factory=list)
    remembered: str = ""
    masks: list[Mask] = field(default_factory=list)
    order: Order | None = None
    subject: Term | None = None
    """What the last condition speaks of first."""
    target: str = ""
    pair: tuple[str, ...] = ()
    unclocked: set[str] = field(default_factory=set)
    clocked: bool = False
    """Whether every output is said to be a register."""
    asked: list[Term] = field(default_factory=list)
    """Conditions of all sentences so far."""
    after_reset: bool = False
    """Whether the sentence before says what reset does: "otherwise" is without reset."""
    group: list[Term] = field(default_factory=list)
    """Conditions that a following "otherwise" denies."""

    def take(self, line: Line) -> None:
        """Take in what `line` says.

        Raises:
            NotUnderstood: It does not say it clearly.
        """
        after_reset, self.after_reset = self.after_reset, False
        match line.said:
            case Rule() as rule:
                self._take_rule(rule, line, after_reset=after_reset)
            case Otherwise(changes):
                if not self.group and not after_reset:
                    raise refused("nothing stands before this 'otherwise'", line)
                rest = bool(self.group)
                self._add(None, changes, Rule(None, ()), line, tuple(self.group), rest=rest)
                self.group = []
            case InBoth(changes):
                self._take_in_both(changes, line)
            case AtReset(changes):
                for change in changes:
                    self._take_reset(change, line)
            case Range() as said:
                self._take_range(said, line)
            case Pulse() as pulse:
                self._take_pulse(pulse, line)
            case Again() as again:
                self.again = again
            case Mask() | Order() as said:
                self._take_lines(said, line)
            case other:
                self._take_remark(other, line)

    def _take_lines(self, said: Mask | Order, line: Line) -> None:
        if isinstance(said, Mask):
            lines = self._name(said.lines, line) if said.lines else ""
            self.masks.append(replace(said, mask=self._name(said.mask, line), lines=lines))
            return
        if self.order not in (None, said):
            raise refused("the order of the lines is said twice, differently", line)
        self.order = said

    def _take_remark(
        self,
        said: Unwrapped | Remembered | Mentioned | Clocked | Unclocked | Gate | Priority,
        line: Line,
    ) -> None:
        match said:
            case Unwrapped(target) if target == ALL:
                self.fitting = line
            case Unwrapped(target):
                self.unwrapped[self._name(target, line, target=True)] = line
            case Clocked():
                self.clocked = True
            case Mentioned(signal):
                self.target = self._name(signal, line, target=True)
            case Remembered(signal):
                self.remembered = self._name(signal, line)
            case Unclocked(names):
                self.unclocked |= set(names)
                self.target = names[-1] if names else self.target
            case Gate(signal, condition):
                gate = self._name(signal, line), self._settled(condition, line), line
                self.gates.append(gate)
            case Priority(signal):
                self.first.add(self._name(signal, line))
            case _:
                assert_never(said)

    def _take_rule(self, rule: Rule, line: Line, *, after_reset: bool) -> None:
        if rule.when is None:
            if not rule.timed:
                self.group = []
            self._add(None, rule.changes, rule, line)
            return
        condition = self._settled(rule.when.condition, line)
        if self._is_reset(condition):
            for change in rule.changes:
                self._take_reset(change, line)
            self.after_reset = True
            return
        self.asked.append(condition)
        denied = tuple(self.group) if rule.follows else ()
        if rule.follows and not denied and not after_reset:
            raise refused("nothing stands before this 'otherwise'", line)
        self._add(condition, rule.changes, rule, line, denied)
        if rule.otherwise:
            self._add(None, rule.otherwise, rule, line, (*denied, condition), rest=True)
            self.group = []
        else:
            self.group.append(condition)

    def _take_in_both(self, changes: Sequence[Change], line: Line) -> None:
        if len(self.asked) < 2:
            raise refused("which two cases are meant is not clear", line)
        either = apply("or", *self.asked[-2:])
        self._add(either, changes, Rule(None, ()), line)

    def _add(
        self,
        condition: Term | None,
        changes: Sequence[Change],
        rule: Rule,
        line: Line,
        denied: tuple[Term, ...] = (),
        *,
        rest: bool = False,
    ) -> None:
        for change, name in ((c, n) for c in changes for n in self._targets(c)):
            target = self._name(name, line, target=True)
            value = change.value
            self.clauses.append(
                Clause(
                    condition=condition,
                    target=target,
                    value=None if value is None else self._settled(value, line, target=target),
                    line=line,
                    event=change.event,
                    timed=rule.timed,
                    steady=rule.when is not None and rule.when.steady,
                    denied=denied,
                    rest=rest,
                )
            )
            if change.target != ALL:
                self.target = target

    def _targets(self, change: Change) -> Sequence[str]:
        if change.target == ALL:
            return sorted({one.target for one in self.clauses})
        if change.target == OUTPUTS:
            return [port.name for port in self.vocabulary.interface.outputs]
        return self.pair if change.target == PAIR else (change.target,)

    def _take_reset(self, change: Change, line: Line) -> None:
        for name in self._targets(change):
            kept = name.startswith(BEFORE) or name == REMEMBERED
            target = self._name(name, line, target=not kept)
            if not isinstance(change.value, Number):
                raise refused("reset must set a constant", line)
            if self.reset.setdefault(target, change.value.value) != change.value.value:
                raise refused(f"reset sets {target!r} twice, differently", line)
            self.target = target

    def _take_range(self, said: Range, line: Line) -> None:
        name = self._name(said.target, line, target=True)
        before = self.ranges.get(name)
        if before == replace(said, target=name):
            return
        if before is not None and (before.wraps or said.wraps):
            raise refused(f"the range of {name!r} is said twice", line)
        if before is not None:
            low = before.low if said.low is None else said.low
            high = before.high if said.high is None else said.high
            said = Range(name, low, high, wraps=False)
        least, most = self.words[name].bounds
        if said.wraps and said.low is None and said.high is None:
            said = replace(said, low=least, high=most)
        for end in (said.low, said.high):
            if end is not None and not least <= end <= most:
                raise refused(f"{name!r} cannot be {end}", line)
        self.ranges[name] = replace(said, target=name)
        self.target = name

    def _take_pulse(self, pulse: Pulse, line: Line) -> None:
        condition = self._settled(pulse.when.condition, line)
        name = self._name(pulse.target, line, target=True)
        if not pulse.when.timed:
            raise refused(f"at which clock edge {name!r} becomes 1 is not said", line)
        if name in self.pulses or self.words[name].width != 1:
            raise refused(f"{name!r} cannot have a second pulse, or be wider than a bit", line)
        self.pulses[name] = pulse, condition, line
        self._declare(left_of(name), Word(name, max(1, (pulse.cycles - 1).bit_length())), line)
        self.target = name

    def _declare(self, name: str, like: Word, line: Line) -> None:
        if name in self.vocabulary.words:
            raise refused(f"{name!r} is the name of a port", line)
        self.words[name] = replace(like, name=name)

    def _is_reset(self, condition: Term) -> bool:
        resets = self.vocabulary.interface.resets
        if not resets or set(signals(condition)) != {resets[0].port}:
            return False
        level = 0 if resets[0].active_low else 1
        return condition == apply("eq", Signal(resets[0].port), Number(level))

    # Names.

    def _settled(self, term: Term, line: Line, target: str = "") -> Term:
        """Return `term` with the names that stand for others replaced."""
        names: list[str] = []

        def named(signal: Signal) -> Term:
            if signal.name in (LIMITED, ANY, LINES) or signal.name.startswith(WINNER):
                return signal
            if signal.name.startswith(BIT):
                return self._single(signal.name.removeprefix(BIT), line, target)
            if signal.name.startswith(TOP):
                width = self._width(signal.name.removeprefix(TOP), line, target)
                return Number(width.value - 1)
            if signal.name.startswith(WIDTH):
                return self._width(signal.name.removeprefix(WIDTH), line, target)
            if signal.name == IT and not target and self.subject is not None:
                return self.subject
            names.append(self._name(signal.name, line, near=target))
            return Signal(names[-1])

        settled = replaced(self._paired(term), named)
        for one in comparisons(settled):
            self._check_range(one, line)
        if not target and (names or isinstance(self.subject, Apply)):
            self.subject = _spoken_of(settled)
            bits = [name for name in dict.fromkeys(names) if self.words[name].width == 1]
            others = tuple(name for name in self.pair if name not in bits)
            self.pair = (*others, *bits)[-2:]
        return canonical(settled)

    def _check_range(self, comparison: Apply, line: Line) -> None:
        """Refuse what compares a signal with a number that it cannot have."""
        for one, other in (comparison.args, comparison.args[::-1]):
            if isinstance(one, Signal) and isinstance(other, Number) and one.name in self.words:
                low, high = self.words[one.name].bounds
                if not low <= other.value <= high:
                    raise refused(f"{one.name!r} cannot be {other.value}", line)

    def _paired(self, term: Term) -> Term:
        """Return `term` with "both" made two signals."""
        if not isinstance(term, Apply):
            return term
        if Signal(CONDITIONS) in term.args and len(self.asked) > 1:
            return apply("and", *self.asked[-2:])
        if Signal(PAIR) in term.args:
            names = self.pair if len(self.pair) == 2 else ("", "")
            one, other = (
                Apply(term.op, tuple(Signal(n) if a == Signal(PAIR) else a for a in term.args))
                for n in names
            )
            return apply("and", one, other)
        return Apply(term.op, tuple(self._paired(arg) for arg in term.args))

    def _name(self, name: str, line: Line, *, target: bool = False, near: str = "") -> str:
        outputs = [port.name for port in self.vocabulary.interface.outputs]
        assignable = [*outputs, *(word.name for word in self.vocabulary.inner)]
        if name == SOLE:
            return self._sole(assignable, line)
        if name == IT:
            subject = self.subject.name if isinstance(self.subject, Signal) else ""
            name = near or (self.target if target else subject) or self.target or subject
            if not name or (target and name not in assignable):
                raise refused("it is not clear what 'it' is", line)
        if name == ONLY:
            return self._only(line)
        if name == REMEMBERED:
            if not self.remembered:
                raise refused("what is remembered is not said", line)
            return self._before(self.remembered, line)
        if name in (FIRST, SECOND):
            return self._operands(line)[name == SECOND]
        if name.startswith(BEFORE):
            return self._before(name.removeprefix(BEFORE), line)
        if name not in self.words:
            raise refused(f"{name.lstrip('@') or 'both'!r} is no signal", line)
        if target and name not in assignable:
            raise refused(f"{name!r} is an input, which the module cannot change", line)
        return name

    def _only(self, line: Line) -> str:
        found = self.vocabulary.data
        if len(found) != 1:
            raise refused("which input is meant is not clear", line)
        return found[0].name

    def _operands(self, line: Line) -> tuple[str, str]:
        """Return the two inputs that are there to be added."""
        if self.vocabulary.operands:
            return self.vocabulary.operands
        wide = [port for port in self.vocabulary.data if port.width > 1]
        if len(wide) != 2 or (wide[0].width, wide[0].signed) != (wide[1].width, wide[1].signed):
            raise refused("which two inputs are meant is not clear", line)
        return wide[0].name, wide[1].name

    def _width(self, said: str, line: Line, near: str) -> Number:
        """Return the width of a signal; what stands before a colon is its highest bit as told."""
        highest, _, name = said.rpartition(":")
        word = self.words[self._name(name, line, near=near)]
        if word.signed:
            raise refused(f"{word.name!r} is signed, and its bits are spoken of", line)
        if highest and int(highest) != word.width - 1:
            raise refused(f"bit {highest or word.width - 1} is not the highest of {name!r}", line)
        return Number(word.width)

    def _single(self, name: str, line: Line, near: str) -> Number:
        word = self.words[self._name(name, line, near=near)]
        if word.width != 1:
            raise refused(
                f"whether the opposite of {word.name!r} is its negative is not said", line
            )
        return Number(1)

    def _sole(self, assignable: Sequence[str], line: Line) -> str:
        inner = [word.name for word in self.vocabulary.inner]
        wide = [name for name in assignable if self.words[name].width > 1]
        for choice in (inner, wide, assignable):
            if len(choice) == 1:
                return choice[0]
        raise refused("it is not clear which signal is meant", line)

    def _before(self, name: str, line: Line) -> str:
        """Return the register that keeps an input's value at the clock edge before."""
        source = self._name(name, line)
        interface = self.vocabulary.interface
        if source not in {port.name for port in interface.inputs} or not interface.clocks:
            raise refused(f"{source!r} is no input of a clocked module", line)
        kept = f"{source}_before"
        if kept not in self.earlier:
            self._declare(kept, self.words[source], line)
            self.earlier[kept] = source
        return kept
