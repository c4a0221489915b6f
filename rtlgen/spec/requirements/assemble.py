"""Sentences put together: registers told from wires, conflicts refused, nothing left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from rtlgen.spec.model import Place
from rtlgen.spec.requirements.discourse import Discourse, left_of
from rtlgen.spec.requirements.late import settled_late
from rtlgen.spec.requirements.meaning import Range
from rtlgen.spec.requirements.overlap import (
    Clause,
    Line,
    NotUnderstood,
    conjuncts,
    covering,
    overlap,
    refused,
)
from rtlgen.spec.requirements.phrases import negated
from rtlgen.spec.requirements.vocabulary import Vocabulary
from symbolic.arithmetic import (
    Apply,
    Number,
    Signal,
    Term,
    Word,
    apply,
    bounds,
    kept_in,
    replaced,
    signals,
)
from symbolic.behavior import Behavior, Register
from symbolic.behavior_statements import Assign, Choice, Statement

_MOST = 24
"""Clauses on one target that are compared with each other."""


def assembled(lines: Sequence[Line], vocabulary: Vocabulary) -> tuple[Behavior, tuple[str, ...]]:
    """Return the behavior that `lines` define, and what was assumed.

    Raises:
        NotUnderstood: They contradict each other, or leave something open.
    """
    said = Discourse(vocabulary, words=dict(vocabulary.words))
    for line in lines:
        said.take(line)
    return _Assembly(said).behavior()


@dataclass(slots=True)
class _Assembly:
    said: Discourse
    notes: list[str] = field(default_factory=list)
    ranked: bool = False
    """Whether what comes first has settled anything."""

    def behavior(self) -> tuple[Behavior, tuple[str, ...]]:
        said, interface = self.said, self.said.vocabulary.interface
        outputs = [said.words[port.name] for port in interface.outputs]
        inputs = [said.words[port.name] for port in said.vocabulary.data]
        inner = said.vocabulary.inner
        self._gated()
        said.clauses = settled_late(said, {w.name for w in outputs if self._is_register(w)})
        stored = [word for word in (*outputs, *inner) if self._is_register(word)]
        clocked: list[Statement] = []
        for word in stored:
            clocked += self._pulsed(word) if word.name in said.pulses else self._register(word)
        clocked += [Assign(name, Signal(source)) for name, source in said.earlier.items()]
        wires = [self._wire(word) for word in outputs if word not in stored]
        if wires and said.clocked:
            raise NotUnderstood(f"which outputs are registers; {wires[0].target!r} would be none")
        stored += [said.words[name] for name in (*map(left_of, said.pulses), *said.earlier)]
        try:
            behavior = Behavior(
                inputs=tuple(inputs),
                outputs=tuple(outputs),
                registers=tuple(Register(word, self._reset_of(word)) for word in stored),
                clocked=_merged(clocked),
                wires=tuple(_inlined(wires, said.words)),
            )
        except ValueError as error:
            raise NotUnderstood(str(error)) from error
        self._check_complete(behavior)
        self._check_constants()
        self._check_fitting()
        asked_before = {n for c in said.clauses for term in c.denied for n in signals(term)}
        off = {Apply("eq", (Signal(n), Number(0))): n for n in said.first}
        off |= {Apply("ne", (Signal(n), Number(1))): n for n in said.first}
        conditions = (term for c in said.clauses for term in conjuncts(c.condition))
        asked_before |= {off[term] for term in conditions if term in off}
        if said.first - asked_before and not self.ranked:
            name = min(said.first)
            raise NotUnderstood(f"{name!r} is said to come first, and nothing competes with it")
        return behavior, tuple(self.notes)

    def _check_complete(self, behavior: Behavior) -> None:
        stored = {register.word.name for register in behavior.registers}
        for word in behavior.inputs:
            if word.name not in behavior.read():
                raise NotUnderstood(f"no sentence says what input {word.name!r} does")
        if bool(stored) != bool(self.said.vocabulary.interface.clocks):
            raise NotUnderstood("no sentence says what happens at the clock edge")
        for name in self.said.reset:
            if name not in stored:
                raise NotUnderstood(f"reset is said to set {name!r}, which is no register")

    def _check_constants(self) -> None:
        for clause in self.said.clauses:
            word, value = self.said.words[clause.target], clause.value
            if isinstance(value, Number) and word.kept(value.value) != value.value:
                raise refused(f"{word.name!r} cannot be {value.value}", clause.line)

    def _check_fitting(self) -> None:
        if (line := self.said.fitting) is None:
            return
        for clause in self.said.clauses:
            (least, most), words = self.said.words[clause.target].bounds, self.said.words
            low, high = (least, most) if clause.value is None else bounds(clause.value, words)
            if low < least or high > most:
                raise refused(f"{clause.target!r} can overflow", line)

    def _of(self, word: Word) -> list[Clause]:
        return [clause for clause in self.said.clauses if clause.target == word.name]

    def _is_register(self, word: Word) -> bool:
        said, found = self.said, self._of(word)
        interface = said.vocabulary.interface
        if not interface.clocks:
            return False
        if word.name in {*said.pulses, *said.ranges, *said.reset} or word in said.vocabulary.inner:
            return True
        if any(clause.event or clause.timed or clause.value is None for clause in found):
            if word.name in said.unclocked:
                raise refused(f"{word.name!r} has no register, and changes", found[0].line)
            return True
        if word.name in said.unclocked:
            return False
        held = {port.name for port in interface.outputs}
        held |= {inner.name for inner in said.vocabulary.inner}
        for clause in found:
            read = set(signals(clause.whole)) if clause.whole else set()
            if not clause.steady and not read <= held and not clause.rest:
                raise refused(
                    f"whether {word.name!r} changes at the clock edge or at once is not said",
                    clause.line,
                )
        return False

    # Wires.

    def _wire(self, word: Word) -> Assign:
        found = self._of(word)
        if not found:
            raise NotUnderstood(f"no sentence says what output {word.name!r} is")
        if any(clause.value is None for clause in found):
            raise refused(f"{word.name!r} keeps its value, and has no clock", found[0].line)
        self._check_conflicts(found)
        value = self._rest_of(word, found)
        if word.name in self.said.ranges or word.name in self.said.unwrapped:
            return Assign(word.name, self._within(word, value, found))
        for clause in self._ordered(found):
            if clause.condition is not None and clause.value is not None:
                condition = clause.condition if clause.denied == () else clause.whole
                value = _choice(condition or Number(1), clause.value, value)
        return Assign(word.name, value)

    def _within(self, word: Word, value: Term, found: Sequence[Clause]) -> Term:
        """Return a result kept within the limits that are said."""
        line, limits = found[-1].line, self.said.ranges.get(word.name)
        if _is_natural(word, limits):
            return value
        if any(clause.whole is not None for clause in found):
            raise refused(f"{word.name!r} has limits, and is defined case by case", line)
        (low, high), (least, most) = bounds(value, self.said.words), word.bounds
        if limits is not None and limits.wraps:
            raise refused(f"{word.name!r} wraps around, and has no register", line)
        if limits is not None and limits.low is not None and low < limits.low:
            value, low = apply("max", value, Number(limits.low)), limits.low
        if limits is not None and limits.high is not None and high > limits.high:
            value, high = apply("min", value, Number(limits.high)), limits.high
        if low < least or high > most:
            raise refused(f"how {word.name!r} is kept from wrapping around is not said", line)
        return value

    def _gated(self) -> None:
        """Add to clauses the conditions under which what they read counts.

        Raises:
            NotUnderstood: A clause has a condition of its own, and leaves that one out.
        """
        for signal, condition, line in self.said.gates:
            found, used = [], False
            for clause in self.said.clauses:
                reads = clause.value is not None and signal in signals(clause.value)
                used |= reads
                if reads and clause.whole is None:
                    found.append(replace(clause, condition=condition))
                    continue
                if reads and not set(conjuncts(condition)) <= set(conjuncts(clause.whole)):
                    raise refused(f"whether {signal!r} counts there is not said", clause.line)
                found.append(clause)
            if not used:
                raise refused(f"nothing reads {signal!r}", line)
            self.said.clauses = found

    def _rest_of(self, word: Word, found: Sequence[Clause]) -> Term:
        """Return what `word` is where no condition holds."""
        always = [clause for clause in found if clause.condition is None]
        if len({clause.value for clause in always}) > 1:
            raise refused(f"{word.name!r} is defined twice", always[1].line)
        if always and always[0].value is not None:
            return always[0].value
        if (last := covering(found, self.said.words)) is not None and last.value is not None:
            return last.value
        levels = {clause.value for clause in found}
        if word.width == 1 and levels == {Number(1)}:
            return Number(0)
        raise refused(f"what {word.name!r} is otherwise is not said", found[-1].line)

    # Registers.

    def _reset_of(self, word: Word) -> int | None:
        if not self.said.vocabulary.interface.resets:
            return None
        value = self.said.reset.get(word.name)
        if value is None:
            limits = self.said.ranges.get(word.name)
            value = (limits.low if limits else 0) or 0
            if word.name not in map(left_of, self.said.pulses):
                self.notes.append(f"reset sets {word.name!r} to {value}, which is not said")
        if word.kept(value) != value:
            raise NotUnderstood(f"reset value {value} does not fit {word.name!r}")
        return value

    def _register(self, word: Word) -> Iterator[Statement]:
        found = self._of(word)
        limits = self.said.ranges.get(word.name)
        if limits is not None and limits.wraps and not found:
            line = Line(said=limits, place=Place(line=1, end_line=1), text="")
            step = apply("add", Signal(word.name), Number(1))
            found = [Clause(condition=None, target=word.name, value=step, line=line)]
        if not found:
            raise NotUnderstood(f"no sentence says when {word.name!r} changes")
        if word.name in self.said.unwrapped and (limits is None or limits.wraps):
            line = self.said.unwrapped[word.name]
            raise refused(f"how {word.name!r} is kept from wrapping around is not said", line)
        found = [_limited(clause, word, limits) for clause in found]
        self._check_conflicts(found)
        ordered = self._ordered(found)
        rest = ordered[0] if ordered[0].rest else None
        if rest is not None and set(rest.denied) == {c.condition for c in ordered[1:]}:
            branches = [(c.condition or Number(1), (_change(c),)) for c in self._turns(ordered)]
            yield Choice(tuple(branches), () if rest.value is None else (_change(rest),))
            return
        for clause in ordered:
            change = _change(clause)
            yield change if clause.whole is None else Choice(((clause.whole, (change,)),))

    def _turns(self, ordered: Sequence[Clause]) -> list[Clause]:
        """Return clauses in the order in which their conditions are asked."""
        return sorted(
            (clause for clause in ordered if not clause.rest),
            key=lambda c: (not self._comes_first(c), len(c.denied), -len(conjuncts(c.whole))),
        )

    def _pulsed(self, word: Word) -> Iterator[Statement]:
        """Yield a pulse: its register, and one that counts the cycles that are left of it."""
        pulse, condition, line = self.said.pulses[word.name]
        again = self.said.again
        if self._of(word):
            raise refused(f"{word.name!r} has a pulse, and is changed elsewhere", line)
        if again is None and pulse.cycles > 1:
            raise refused(f"what a second one does while {word.name!r} is 1 is not said", line)
        if again is not None and not again.restarts:
            condition = apply("and", condition, apply("eq", Signal(word.name), Number(0)))
        left = Signal(left_of(word.name))
        begin = Assign(word.name, Number(1)), Assign(left.name, Number(pulse.cycles - 1))
        go_on = Assign(left.name, apply("sub", left, Number(1)))
        running = apply("ne", left, Number(0))
        yield Choice(((condition, begin), (running, (go_on,))), (Assign(word.name, Number(0)),))

    # Which clause counts where several hold.

    def _ordered(self, found: Sequence[Clause]) -> list[Clause]:
        """Return clauses with the more special ones, and those that come first, behind."""
        return sorted(
            found,
            key=lambda c: (not c.rest, self._comes_first(c), len(conjuncts(c.whole))),
        )

    def _comes_first(self, clause: Clause) -> bool:
        return clause.whole is not None and bool(self.said.first & set(signals(clause.whole)))

    def _check_conflicts(self, found: Sequence[Clause]) -> None:
        if len(found) > _MOST:
            raise refused(
                f"{found[0].target!r} is changed by more than {_MOST} clauses", found[-1].line
            )
        for one, other in combinations(found, 2):
            if one.value == other.value or self._settles(one, other):
                continue
            both = set(conjuncts(one.whole)) | set(conjuncts(other.whole))
            special = [clause for clause in found if both <= set(conjuncts(clause.whole))]
            at = overlap(one, other, self.said.words, special)
            if at is not None:
                case = ", ".join(f"{name} = {value}" for name, value in at.items())
                raise refused(
                    f"what {one.target!r} becomes is said twice, differently, "
                    f"{f'for {case} ' if case else ''}({one.line.place})",
                    other.line,
                )

    def _settles(self, one: Clause, other: Clause) -> bool:
        """Whether it is clear which of two clauses counts."""
        if self._comes_first(one) != self._comes_first(other):
            self.ranked |= overlap(one, other, self.said.words) is not None
            return True
        mine, theirs = set(conjuncts(one.whole)), set(conjuncts(other.whole))
        return (mine < theirs and bool(mine)) or (theirs < mine and bool(theirs))


def _change(clause: Clause) -> Assign:
    return Assign(clause.target, Signal(clause.target) if clause.value is None else clause.value)


def _is_natural(word: Word, limits: Range | None) -> bool:
    """Whether a range is what the bits of a word do by themselves."""
    return limits is not None and (limits.low, limits.high, limits.wraps) == (*word.bounds, True)


def _limited(clause: Clause, word: Word, limits: Range | None) -> Clause:
    """Return a clause that steps a counter, kept within what is said of its range."""
    value, own = clause.value, Signal(word.name)
    if limits is None or not isinstance(value, Apply) or value.args[0] != own:
        return clause
    if value.op not in ("add", "sub"):
        return clause
    up = value.op == "add"
    end, back = (limits.high, limits.low) if up else (limits.low, limits.high)
    if end is None:
        return clause
    if _is_natural(word, limits):
        return clause
    if value.args[1] != Number(1):
        raise refused(f"{word.name!r} steps by more than one, and has a range", clause.line)
    if limits.wraps:
        at_end = apply("eq", own, Number(end))
        return replace(clause, value=_choice(at_end, Number(back or 0), value))
    within = apply("lt", own, Number(end)) if up else apply("lt", Number(end), own)
    return replace(clause, value=_choice(within, value, own))


def _choice(condition: Term, one: Term, other: Term) -> Term:
    if (one, other) == (Number(1), Number(0)):
        return condition
    if (one, other) == (Number(0), Number(1)):
        return negated(condition)
    return one if one == other else apply("choose", condition, one, other)


def _inlined(wires: Sequence[Assign], words: Mapping[str, Word]) -> list[Assign]:
    """Return the wires with outputs that others read put in their place."""
    known = {wire.target: wire.value for wire in wires}

    def put(signal: Signal) -> Term:
        value = known.get(signal.name)
        return signal if value is None else kept_in(value, words[signal.name], words)

    for _ in wires:
        known = {name: replaced(value, put) for name, value in known.items()}
    if any(set(signals(value)) & known.keys() for value in known.values()):
        raise NotUnderstood("outputs are defined by each other")
    return [Assign(name, value) for name, value in known.items()]


def _merged(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return statements with neighbours under the same conditions put together."""
    found: list[Statement] = []
    for one in statements:
        last = found[-1] if found else None
        if isinstance(one, Choice) and isinstance(last, Choice):
            tests, known = ([test for test, _ in c.branches] for c in (one, last))
            if tests == known:
                branches = tuple(
                    (test, (*before, *then))
                    for (test, before), (_, then) in zip(last.branches, one.branches, strict=True)
                )
                found[-1] = Choice(branches, (*last.otherwise, *one.otherwise))
                continue
        found.append(one)
    return tuple(found)
