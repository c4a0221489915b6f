"""What sentences say one after the other: names settled, "it" and "otherwise" found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rtlgen.spec.requirements.meaning import (
    ALL,
    BEFORE,
    CONDITIONS,
    IT,
    PAIR,
    SOLE,
    Again,
    AtReset,
    Change,
    Otherwise,
    Priority,
    Pulse,
    Range,
    Rule,
    Unclocked,
)
from rtlgen.spec.requirements.overlap import Clause, Line, refused
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
    subject: str = ""
    target: str = ""
    pair: tuple[str, ...] = ()
    unclocked: set[str] = field(default_factory=set)
    asked: list[Term] = field(default_factory=list)
    """Conditions of all sentences so far."""
    group: list[Term] = field(default_factory=list)
    """Conditions that a following "otherwise" denies."""

    def take(self, line: Line) -> None:
        """Take in what `line` says.

        Raises:
            NotUnderstood: It does not say it clearly.
        """
        said = line.said
        if isinstance(said, Rule):
            self._take_rule(said, line)
        elif isinstance(said, Otherwise):
            if not self.group:
                raise refused("nothing stands before this 'otherwise'", line)
            self._add(None, said.changes, Rule(None, ()), line, tuple(self.group), rest=True)
            self.group = []
        elif isinstance(said, AtReset):
            for change in said.changes:
                self._take_reset(change, line)
        elif isinstance(said, Range):
            self._take_range(said, line)
        elif isinstance(said, Priority):
            self.first.add(self._name(said.signal, line))
        elif isinstance(said, Unclocked):
            self.unclocked |= set(said.names)
            self.target = said.names[-1] if said.names else self.target
        elif isinstance(said, Again):
            self.again = said
        elif isinstance(said, Pulse):
            self._take_pulse(said, line)

    def _take_rule(self, rule: Rule, line: Line) -> None:
        if rule.when is None:
            if not rule.timed:
                self.group = []
            self._add(None, rule.changes, rule, line)
            return
        condition = self._settled(rule.when.condition, line)
        if self._is_reset(condition):
            for change in rule.changes:
                self._take_reset(change, line)
            return
        self.asked.append(condition)
        denied = tuple(self.group) if rule.follows else ()
        if rule.follows and not denied:
            raise refused("nothing stands before this 'otherwise'", line)
        self._add(condition, rule.changes, rule, line, denied)
        if rule.otherwise:
            self._add(None, rule.otherwise, rule, line, (*denied, condition), rest=True)
            self.group = []
        else:
            self.group.append(condition)

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
        return self.pair if change.target == PAIR else (change.target,)

    def _take_reset(self, change: Change, line: Line) -> None:
        for name in self._targets(change):
            target = self._name(name, line, target=not name.startswith(BEFORE))
            if not isinstance(change.value, Number):
                raise refused("reset must set a constant", line)
            if self.reset.setdefault(target, change.value.value) != change.value.value:
                raise refused(f"reset sets {target!r} twice, differently", line)
            self.target = target

    def _take_range(self, said: Range, line: Line) -> None:
        name = self._name(said.target, line, target=True)
        before = self.ranges.get(name)
        if before is not None and (before.wraps or said.wraps):
            raise refused(f"the range of {name!r} is said twice", line)
        if before is not None:
            low = before.low if said.low is None else said.low
            high = before.high if said.high is None else said.high
            said = Range(name, low, high, wraps=False)
        least, most = self.words[name].bounds
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
            names.append(self._name(signal.name, line, near=target))
            return Signal(names[-1])

        settled = replaced(self._paired(term), named)
        for one in comparisons(settled):
            self._check_range(one, line)
        if not target and names:
            self.subject = names[0]
            bits = [name for name in dict.fromkeys(names) if self.words[name].width == 1]
            others = tuple(name for name in self.pair if name not in bits)
            self.pair = (*others, *bits)[-2:]
        return settled

    def _check_range(self, comparison: Apply, line: Line) -> None:
        """Refuse what compares a signal with a number that it cannot have."""
        for one, other in (comparison.args, comparison.args[::-1]):
            if isinstance(one, Signal) and isinstance(other, Number):
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
            name = near or (self.target if target else self.subject) or self.target or self.subject
            if not name or (target and name not in assignable):
                raise refused("it is not clear what 'it' is", line)
        if name.startswith(BEFORE):
            return self._before(name.removeprefix(BEFORE), line)
        if name not in self.words:
            raise refused(f"{name.lstrip('@') or 'both'!r} is no signal", line)
        if target and name not in assignable:
            raise refused(f"{name!r} is an input, which the module cannot change", line)
        return name

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
