"""Clauses on one target: what each says, and whether two say different things at once."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

from rtlgen.spec.model import Place
from rtlgen.spec.requirements.meaning import Said
from rtlgen.spec.requirements.phrases import canonical, negated
from symbolic.arithmetic import Apply, Number, Signal, Term, Word, apply, evaluate, signals

_EXHAUSTIVE_BITS = 12
_SAMPLES = 3000


class NotUnderstood(Exception):
    """The sentences do not define the module; the message says which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a sentence says."""

    said: Said
    place: Place
    text: str


def refused(reason: str, line: Line) -> NotUnderstood:
    """Return an error that names the sentence."""
    return NotUnderstood(f"{reason} ({line.place}: {' '.join(line.text.split())!r})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One target's new value under a condition; `value` None keeps it."""

    condition: Term | None
    target: str
    value: Term | None
    line: Line
    event: bool = True
    timed: bool = True
    steady: bool = False
    denied: tuple[Term, ...] = ()
    """Conditions of sentences before that must not hold."""
    rest: bool = False
    """Whether it is what holds otherwise."""

    @property
    def whole(self) -> Term | None:
        """The condition, with those denied; None: always."""
        parts = [canonical(negated(condition)) for condition in self.denied]
        parts += [] if self.condition is None else [self.condition]
        return reduce(lambda one, other: apply("and", one, other), parts) if parts else None


def conjuncts(condition: Term | None) -> tuple[Term, ...]:
    """Return the conditions that have to hold together for `condition`."""
    if condition is None:
        return ()
    if isinstance(condition, Apply) and condition.op == "and":
        return tuple(part for arg in condition.args for part in conjuncts(arg))
    return (condition,)


def overlap(
    one: Clause, other: Clause, words: Mapping[str, Word], special: Sequence[Clause] = ()
) -> dict[str, int] | None:
    """Return values under which two clauses say different things, and none of `special` holds.

    All values are tried where the signals have at most 12 bits, else corners, the constants that
    are spoken of, and random ones.
    """
    own, word = Signal(one.target), words[one.target]
    tests = [term or Number(1) for term in (one.whole, other.whole)]
    results = [own if clause.value is None else clause.value for clause in (one, other)]
    settled = [clause.whole or Number(1) for clause in special]
    names = sorted({n for term in (*tests, *results, *settled) for n in signals(term)})
    for values in _points(names, words, (*tests, *results)):
        if any(evaluate(term, values) for term in settled):
            continue
        if all(evaluate(term, values) for term in tests):
            kept = {word.kept(evaluate(term, values)) for term in results}
            if len(kept) > 1:
                return values
    return None


def covering(found: Sequence[Clause], words: Mapping[str, Word]) -> Clause | None:
    """Return a clause that may count wherever no other does, if together they cover all cases.

    Either one denies another, or all values are tried, where the signals have at most 12 bits.
    """
    wholes = [clause.whole for clause in found]
    for clause in found:
        if clause.whole is not None and canonical(negated(clause.whole)) in wholes:
            return clause
    terms = [whole or Number(1) for whole in wholes]
    names = sorted({name for term in terms for name in signals(term)})
    if found and names and all(_is_order(term) for term in terms):
        few = range(len(names) + 1)
        orders = (
            dict(zip(names, values, strict=True)) for values in product(few, repeat=len(names))
        )
        return found[0] if all(any(evaluate(t, v) for t in terms) for v in orders) else None
    if not found or sum(words[name].width for name in names) > _EXHAUSTIVE_BITS:
        return None
    every = _points(names, words, terms)
    return found[0] if all(any(evaluate(t, v) for t in terms) for v in every) else None


def _is_order(term: Term) -> bool:
    """Whether `term` only asks which of some signals is larger."""
    if not isinstance(term, Apply):
        return False
    if term.op in ("and", "or", "not"):
        return all(map(_is_order, term.args))
    return term.op in ("lt", "le", "gt", "ge", "eq", "ne") and all(
        isinstance(arg, Signal) for arg in term.args
    )


def _points(
    names: Sequence[str], words: Mapping[str, Word], terms: Sequence[Term]
) -> Iterator[dict[str, int]]:
    if sum(words[name].width for name in names) <= _EXHAUSTIVE_BITS:
        spans = [range(words[n].bounds[0], words[n].bounds[1] + 1) for n in names]
        for values in product(*spans):
            yield dict(zip(names, values, strict=True))
        return
    near = {n + d for term in terms for n in _numbers(term) for d in (-1, 0, 1)} | {0, 1}
    draw = random.Random(0)  # noqa: S311
    for _ in range(_SAMPLES):
        found, common = {}, draw.getrandbits(64)
        for name in names:
            word = words[name]
            pick = draw.choice([draw.getrandbits(word.width), common, *sorted(near), *word.bounds])
            found[name] = word.kept(pick)
        yield found


def _numbers(term: Term) -> Iterator[int]:
    if isinstance(term, Number):
        yield term.value
    elif isinstance(term, Apply):
        for arg in term.args:
            yield from _numbers(arg)
