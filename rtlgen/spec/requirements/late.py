"""Names that only the whole text settles: which result is limited, which line is the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import reduce

from rtlgen.spec.requirements.discourse import Discourse
from rtlgen.spec.requirements.meaning import ANY, LIMITED, LINES, WINNER
from rtlgen.spec.requirements.overlap import Clause, NotUnderstood, conjuncts
from symbolic.arithmetic import Apply, Number, Signal, Term, apply, signals

_TRUTHS = frozenset({"and", "or", "not", "eq", "ne", "lt", "le"})


def settled_late(said: Discourse, registers: Collection[str]) -> list[Clause]:
    """Return the clauses of `said` without names that stand for what the whole text defines.

    Raises:
        NotUnderstood: It is not clear what such a name means, or it is never used.
    """
    used = {name for clause in said.clauses for name in _read(clause)}
    meant: dict[str, Term] = {}
    if LIMITED in used:
        meant[LIMITED] = _limited(said, registers)
    winners = [name for name in used if name.startswith(WINNER)]
    if winners or ANY in used or LINES in used:
        lines = _lines(said)
        meant[LINES] = lines
        meant[ANY] = apply("ne", lines, Number(0))
        meant |= {name: _winner(said, name, lines) for name in winners}
    elif said.masks or said.order:
        raise NotUnderstood("what the order of the lines, or a mask, is for is not clear")
    if said.order and not winners:
        raise NotUnderstood("no output says which line is the most important one")
    return [_defined(_put(clause, meant)) for clause in said.clauses]


def _read(clause: Clause) -> set[str]:
    terms = [clause.value, clause.condition, *clause.denied]
    return {name for term in terms if term is not None for name in signals(term)}


def _limited(said: Discourse, registers: Collection[str]) -> Term:
    """Return where the one result that has limits lies beyond them."""
    kept = [name for name in said.ranges if name not in registers]
    values = [c.value for c in said.clauses if c.target in kept and c.value is not None]
    if len(kept) != 1 or len(values) != 1:
        raise NotUnderstood("which result is limited is not clear")
    limits = said.ranges[kept[0]]
    ends = [] if limits.low is None else [apply("lt", values[0], Number(limits.low))]
    ends += [] if limits.high is None else [apply("lt", Number(limits.high), values[0])]
    return reduce(lambda one, other: apply("or", one, other), ends)


def _lines(said: Discourse) -> Term:
    """Return the lines that count: the one vector that is no mask, under the masks."""
    masks = {mask.mask for mask in said.masks}
    named = {mask.lines for mask in said.masks} - {""}
    wide = [p.name for p in said.vocabulary.interface.inputs if p.width > 1]
    found = sorted(named) or [name for name in wide if name not in masks]
    if len(found) != 1:
        raise NotUnderstood("which input has the lines is not clear")
    lines, word = Signal(found[0]), said.words[found[0]]
    term: Term = lines
    for mask in said.masks:
        if said.words[mask.mask].width != word.width or word.signed:
            raise NotUnderstood(f"{mask.mask!r} has not as many bits as {word.name!r}")
        own: Term = Signal(mask.mask)
        own = own if mask.level else apply("invert", own, Number(word.width))
        term = apply("bitand", term, own)
    return term


def _winner(said: Discourse, name: str, lines: Term) -> Term:
    end = name.partition(":")[2]
    width = max(said.words[n].width for n in signals(lines))
    if said.order is not None:
        first, last = said.order.first, said.order.last
        if {first, last} - {0, width - 1, None}:
            raise NotUnderstood("the lines that are the first and the last are no ends")
        told = "highest" if first == width - 1 else "lowest"
        if (end and end != told) or first == last:
            raise NotUnderstood("which line is the first is said twice, differently")
        end = told
    if not end:
        raise NotUnderstood("which line is the most important one is not said")
    if end == "lowest":
        return apply("lowest", lines)
    return apply("sub", apply("length", lines), Number(1))


def _put(clause: Clause, meant: Mapping[str, Term]) -> Clause:
    def put(term: Term) -> Term:
        if isinstance(term, Signal):
            return meant.get(term.name, term)
        if not isinstance(term, Apply):
            return term
        args = tuple(map(put, term.args))
        truth = isinstance(args[0], Apply) and args[0].op in _TRUTHS
        if truth and term.op in ("eq", "ne") and args[1] in (Number(0), Number(1)):
            holds = (args[1] == Number(1)) == (term.op == "eq")
            return args[0] if holds else _denied(args[0])
        return Apply(term.op, args)

    return replace(
        clause,
        condition=clause.condition and put(clause.condition),
        value=clause.value and put(clause.value),
        denied=tuple(map(put, clause.denied)),
    )


def _denied(term: Term) -> Term:
    if isinstance(term, Apply) and term.op in ("eq", "ne"):
        return Apply("ne" if term.op == "eq" else "eq", term.args)
    return apply("not", term)


def _defined(clause: Clause) -> Clause:
    """Return a clause that counts only where its value is defined: a highest 1 needs a 1."""
    for vector in _searched(clause.value):
        there = apply("ne", vector, Number(0))
        if there not in conjuncts(clause.whole):
            both = there if clause.condition is None else apply("and", clause.condition, there)
            clause = replace(clause, condition=both)
    return clause


def _searched(value: Term | None) -> list[Term]:
    if not isinstance(value, Apply):
        return []
    found = [vector for arg in value.args for vector in _searched(arg)]
    if value.op == "lowest":
        found.append(value.args[0])
    first = value.args[0]
    if value.op == "sub" and value.args[1:] == (Number(1),) and isinstance(first, Apply):
        found += [first.args[0]] if first.op == "length" else []
    return found
