"""Idioms of requirements: saturation, masks, priorities, selections, and what only repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rtlgen.spec.requirements.clauses import become, limits, stated, wrapping
from rtlgen.spec.requirements.meaning import (
    ALL,
    FIRST,
    IT,
    SECOND,
    SOLE,
    Change,
    Clocked,
    Gate,
    InBoth,
    Mask,
    Mentioned,
    Order,
    Priority,
    Range,
    Remembered,
    Rule,
    Said,
    Unclocked,
    Unwrapped,
    When,
    at_edge,
)
from rtlgen.spec.requirements.phrases import Entry, leading, negated
from symbolic.arithmetic import Number, Signal, Term, apply

_ONE, _ZERO, _SOLE = Number(1), Number(0), Signal(SOLE)


def _choices(when: When | None, choice: tuple[Said, ...]) -> tuple[Said, ...] | None:
    """Return rules with `when` added to their conditions; an `otherwise` becomes a rule."""
    found: list[Said] = []
    for one in choice:
        if not isinstance(one, Rule) or one.when is None or when is None:
            return None
        for condition, changes in (
            (one.when.condition, one.changes),
            (negated(one.when.condition), one.otherwise),
        ):
            both = replace(when, condition=apply("and", when.condition, condition))
            if changes:
                found.append(Rule(both, changes, timed=when.timed or one.timed))
    return tuple(found)


def _restart(when: When, target: Term, choice: tuple[Said, ...]) -> tuple[Said, ...] | None:
    named = _choices(when, choice)
    if named is None or not isinstance(target, Signal):
        return None
    found: list[Said] = []
    for one in named:
        if not isinstance(one, Rule):
            return None
        if {change.target for change in one.changes} - {IT, target.name}:
            return None
        found.append(
            replace(one, changes=tuple(replace(c, target=target.name) for c in one.changes))
        )
    return tuple(found)


def _becomes_one(target: Term, one: Term, when: When, other: Term) -> tuple[Said, ...] | None:
    then, rest = become((target,), one), become((target,), other)
    return (Rule(when, then, rest, timed=when.timed),) if then and rest else None


def _is_one(target: Term, one: Term, when: When, other: Term) -> tuple[Said, ...] | None:
    then, rest = stated((target,), one), stated((target,), other)
    return (Rule(when, then, rest, timed=when.timed),) if then and rest else None


def _through(target: Term, steps: tuple[Term, ...], back: Term) -> Said | None:
    """Return the range that a counter steps through, number by number."""
    numbers = [one.value for one in steps if isinstance(one, Number)]
    if numbers != list(range(numbers[0], numbers[-1] + 1)) or back != steps[0]:
        return None
    return wrapping(True)(target, steps[0], steps[-1])


def _result_wraps(by: Term) -> Said | None:
    return Range(SOLE, 0, by.value - 1, wraps=True) if isinstance(by, Number) else None


def _wraps_at(said: Said, by: Term) -> tuple[Said, ...] | None:
    if not isinstance(said, Rule) or len(said.changes) != 1 or not isinstance(by, Number):
        return None
    return (said, Range(said.changes[0].target, 0, by.value - 1, wraps=True))


def _steps_through(
    when: When, target: Term, steps: tuple[Term, ...], back: Term
) -> tuple[Said, ...] | None:
    span, changes = _through(target, steps, back), become((target,), apply("add", target, _ONE))
    return (span, Rule(when, changes, timed=when.timed)) if span and changes else None


def _following(said: tuple[Said, ...] | None) -> tuple[Said, ...] | None:
    return said and tuple(
        replace(one, follows=True) if isinstance(one, Rule) else one for one in said
    )


def _mentioned(target: Term) -> Said | None:
    return Mentioned(target.name) if isinstance(target, Signal) else None


def _remembers(_: str, value: Term) -> Said | None:
    return Remembered(value.name) if isinstance(value, Signal) else None


def _one_or_other(
    target: Term, one: Term, when: When, other: Term, unless: When
) -> tuple[Said, ...] | None:
    then, rest = become((target,), one), become((target,), other)
    return (Rule(when, then), Rule(unless, rest)) if then and rest else None


def _two_ways(
    first: tuple[Change, ...], when: When, bare: tuple[str, tuple[Term, ...]], other: When
) -> tuple[Said, ...] | None:
    """Return what "q goes up if a and down if b" says of q."""
    op, by = bare
    if len(first) != 1:
        return None
    target = first[0].target
    value = None if op == "keep" else apply(op, Signal(target), by[0] if by else _ONE)
    return (Rule(when, first, timed=when.timed), Rule(other, (Change(target, value),)))


def _listed(target: Term, values: tuple[tuple[Term, When], ...]) -> tuple[Said, ...] | None:
    """Return a rule for each value of a list: `y follows a when s is 0, b when s is 1`."""
    found: list[Said] = []
    for value, when in values:
        changes = stated((target,), value)
        if changes is None or len(values) < 2:
            return None
        found.append(Rule(when, changes, timed=when.timed))
    return tuple(found)


def _spans(low: Term, high: Term) -> Said | None:
    ends = [end.value for end in (low, high) if isinstance(end, Number)]
    return Range(SOLE, ends[0], ends[1], wraps=False) if len(ends) == 2 else None


def _in_both(target: Term, value: Term) -> Said | None:
    changes = stated((target,), value)
    return InBoth(changes) if changes else None


def _is_either(target: Term) -> Said | None:
    """Return that a target is one of two values where they are equal."""
    changes = stated((target,), Signal(FIRST))
    return Rule(When(apply("eq", Signal(FIRST), Signal(SECOND))), changes) if changes else None


def _tells(target: Term, value: Term) -> Said | None:
    changes = stated((target,), value)
    return Rule(None, changes) if changes else None


def _given(subject: Term, target: Term, how: str, highest: Term | None = None) -> Said | None:
    value = apply("ones", subject) if how == "ones" else leading(subject, highest)
    return _tells(target, value) if value else None


def _works_on_two(op: str) -> Callable[..., Said | None]:
    return lambda *_: _tells(_SOLE, apply(op, Signal(FIRST), Signal(SECOND)))


def _stuck(high: bool) -> Callable[..., Said | None]:
    def make(beyond: Term, end: Term) -> Said | None:
        if beyond != end:
            return None
        return limits(_SOLE, end, None) if high else limits(_SOLE, None, end)

    return make


def _saturated(target: Term) -> Said | None:
    return Unwrapped(target.name) if isinstance(target, Signal) else None


def _gate(signal: Term, condition: Term) -> Said | None:
    return Gate(signal.name, condition) if isinstance(signal, Signal) else None


def _masked(level: int | None = None) -> Callable[..., Said | None]:
    """Return what makes a mask whose bits say which lines count, or where given which do not."""

    def make(mask: Term, relation: Term) -> Said | None:
        if not isinstance(mask, Signal) or relation not in (_ONE, _ZERO):
            return None
        value = relation.value if isinstance(relation, Number) else 0
        return Mask(mask.name, value if level is None else 1 - value)

    return make


def _masked_lines(lines: Term, mask: Term, level: Term) -> Said | None:
    if not (isinstance(lines, Signal) and isinstance(mask, Signal)) or level not in (_ONE, _ZERO):
        return None
    return Mask(mask.name, int(level == _ONE), lines.name)


def _order(first: Term, last: Term | None = None) -> Said | None:
    ends = [end.value if isinstance(end, Number) else None for end in (first, last)]
    return Order(*ends)


def _free(target: Term) -> Said | None:
    return Unclocked((target.name,)) if isinstance(target, Signal) else None


def _modulo(by: Term) -> Said | None:
    if not isinstance(by, Number) or by.value < 2:
        return None
    return Range(SOLE, 0, by.value - 1, wraps=True)


Means = tuple[tuple[Term, Term], ...]


def _selected(target: Term, selector: Term, means: Means) -> tuple[Said, ...] | None:
    """Return a rule for each value of a selector."""
    found: list[Said] = []
    for number, value in means:
        changes = stated((target,), value)
        if changes is None:
            return None
        found.append(Rule(When(apply("eq", selector, number)), changes))
    return tuple(found)


def _selects(selector: Term, *said: object) -> tuple[Said, ...] | None:
    target = said[0] if isinstance(said[0], Signal) else _SOLE
    means = said[-1]
    return _selected(target, selector, means) if isinstance(means, tuple) else None


def _unless_then(target: Term, value: Term, level: Term, when: When) -> Said | None:
    then, rest = stated((target,), level), stated((target,), value)
    return Rule(when, then, rest, timed=when.timed) if then and rest else None


IDIOMS: list[Entry] = [
    (
        "SENT",
        "after NUM come|comes|follows NUM",
        lambda high, low: wrapping(True)(_SOLE, low, high),
    ),
    ("SENT", "RESET do not influence|affect NP [directly]", lambda _, target: _free(target)),
    ("SENT", "[the] values come in on NPS", lambda _: Unclocked(())),
    ("SENT", "compare [the] two KIND [,] NP and|with NP", lambda *_: Unclocked(())),
    ("SENT", "where bit 0 is the least significant bit|one", lambda: Unclocked(())),
    ("SENT", "all comparisons is done on the signed values", lambda: Unclocked(())),
    (
        "SENT",
        "modulo [-] NUM [up] counter [, rising edge of CLK]",
        lambda by, *_: _modulo(by),
    ),
    ("TIME", "per clock [cycle|edge]", lambda: "edge"),
    ("SENT", "the output change only TIME", lambda *_: Clocked()),
    ("SENT", "the output change only TIME ( or [,] INRESET )", lambda *_: Clocked()),
    ("MEANS", "NUM mean|select|: NP", lambda number, value: ((number, value),)),
    ("MEANS", "NUM mean|select|: VAL", lambda number, value: ((number, value),)),
    ("MEANS", "MEANS ,|and|; MEANS", lambda one, other: one + other),
    ("MEANS", "MEANS , and MEANS", lambda one, other: one + other),
    (
        "SENTS",
        "NP say|tell|select|choose which [one|value|input] [to] [take|use] : MEANS",
        lambda selector, means: _selected(_SOLE, selector, means),
    ),
    (
        "SENTS",
        "NP is [the] one|input|value selected|chosen by NP : MEANS",
        _selected,
    ),
    ("SENTS", "NP select|choose [the] [value|source] [of] [NP] : MEANS", _selects),
    ("SENT", "[the] chosen|selected value show up|is on NP", lambda _: Unclocked(())),
    ("KIND", "[signed|unsigned] [NUM bit] samples|numbers|operands|values|inputs", lambda *_: ""),
    ("SENT", "it|MODULE add [the] two KIND", _works_on_two("add")),
    ("SENT", "[it] never wrap [around]", lambda: Unwrapped(SOLE)),
    ("SENT", "NP never wrap [around]", _saturated),
    ("STICK", "stick|stay|saturate|clip at|to", lambda: ""),
    ("STICK", "is limited|clipped|saturated|held at|to", lambda: ""),
    ("SENT", "results|sums above|over VAL STICK VAL", lambda a, _, b: _stuck(high=True)(a, b)),
    ("SENT", "results|sums below|under VAL STICK VAL", lambda a, _, b: _stuck(high=False)(a, b)),
    ("SENT", "NP is the saturated|clipped|limited sum|result|value", _saturated),
    ("SENT", "NP is|become|get LEVEL in both cases", _in_both),
    ("SENT", "in both cases [,] EFFECT", InBoth),
    ("SENT", "the sum|product of two [large] KIND do not overflow", lambda _: Unwrapped(ALL)),
    ("USED", "looked at", lambda: ""),
    ("USED", "used|considered|accepted|evaluated|taken", lambda: ""),
    ("SENT", "NP is only USED when|while|if COND", lambda signal, _, when: _gate(signal, when)),
    ("SENT", "NP is ignored unless COND", _gate),
    ("SENT", "NP qualify NP", lambda one, other: _gate(other, apply("eq", one, _ONE))),
    (
        "SENT",
        "NP a LEVEL mean [that] the LINE with the same number|index is ignored|masked|disabled",
        lambda mask, level, _: _masked(level=0)(mask, level),
    ),
    (
        "SENT",
        "NP a LEVEL mean [that] the LINE with the same number|index is enabled|used",
        lambda mask, level, _: _masked()(mask, level),
    ),
    (
        "SENT",
        "a|an LINE of NP is considered|used only if|when the same|matching LINE of NP is LEVEL",
        lambda _, lines, __, mask, level: _masked_lines(lines, mask, level),
    ),
    (
        "SENT",
        "a|an LINE count only if|when its NP LINE is LEVEL",
        lambda _, mask, __, level: _masked()(mask, level),
    ),
    ("ENDS", "most important|urgent [one]", lambda: ""),
    ("SENT", "LINE NUM is the ENDS", lambda _, first, __: _order(first)),
    (
        "SENT",
        "LINE NUM is the ENDS [,] [and] LINE? NUM the least [important|urgent] [one]",
        lambda *said: _order(*(one for one in said if isinstance(one, Number))),
    ),
    ("SENT", "LINE NUM have the highest priority", lambda _, first: _order(first)),
    (
        "SENT",
        "LINE NUM have the highest priority [,] [and] LINE? NUM the lowest [priority|one]",
        lambda *said: _order(*(one for one in said if isinstance(one, Number))),
    ),
    ("SENT", "NP is VAL , LEVEL WHEN", _unless_then),
    ("SENT", "NP say|tell|show|indicate whether|if COND", _tells),
    ("TELL", "tell|show|give|indicate|count|is", lambda: ""),
    ("SENT", "given NP , NP TELL COUNTED", lambda a, b, _, how: _given(a, b, how)),
    ("SENT", "given NP , NP TELL COUNTED DOWN", lambda a, b, _, how, top: _given(a, b, how, top)),
    ("CHOICE", "NP become LEVEL WHEN [as well] [,] otherwise|else LEVEL", _becomes_one),
    ("CHOICE", "NP is LEVEL WHEN [as well] [,] otherwise|else LEVEL", _is_one),
    ("CHOICE", "NP become LEVEL WHEN [as well] [,] or LEVEL WHEN", _one_or_other),
    ("CHOICE", "NP become LEVEL WHEN [,] and LEVEL otherwise|else", _becomes_one),
    ("CHOICE", "NP is LEVEL WHEN [,] and LEVEL otherwise|else", _is_one),
    ("TURNS", "CHANGE WHEN and BARE WHEN", _two_ways),
    ("BARE", "increment|advance|increase [by VAL]", lambda *by: ("add", by)),
    ("BARE", "decrement|decrease [by VAL]", lambda *by: ("sub", by)),
    ("BARE", "count|go|step up [by VAL]", lambda *by: ("add", by)),
    ("BARE", "count|go|step down [by VAL]", lambda *by: ("sub", by)),
    ("BARE", "keep its [old] value", lambda: ("keep", ())),
    ("BARE", "hold [its value]", lambda: ("keep", ())),
    ("SENTS", "TURNS", lambda turns: turns),
    ("SENTS", "TIME [,] TURNS", lambda _, turns: at_edge(turns)),
    ("SENTS", "WHEN [,] TURNS", _choices),
    ("STEPS", "NUM , NUM", lambda one, other: (one, other)),
    ("STEPS", "STEPS , NUM", lambda steps, one: (*steps, one)),
    ("SENT", "NP step|steps|go|count through STEPS and return|returns to NUM", _through),
    (
        "SENT",
        "this|the reset is synchronous|asynchronous and have priority over NP",
        lambda _: Unclocked(()),
    ),
    ("SENT", "[the] result|sum|total wrap modulo NUM", _result_wraps),
    ("SENTS", "SENT [,] and it wrap modulo NUM [when the result would is negative]", _wraps_at),
    ("SENT", "NP is updated TIME", lambda target, _: _mentioned(target)),
    (
        "SENTS",
        "WHEN [,] NP step|count through STEPS and return to NUM",
        _steps_through,
    ),
    (
        "SENTS",
        "otherwise|else [,] WHEN [,] NP step|count through STEPS and return to NUM",
        lambda *said: _following(_steps_through(*said)),
    ),
    ("SENT", "MODULE remember the value [that] NP had at the previous clock edge", _remembers),
    ("SENTS", "WHEN [,] it generate|make even|odd parity : CHOICE", _choices),
    ("LISTED", "VAL WHEN", lambda value, when: ((value, when),)),
    ("LISTED", "LISTED , VAL WHEN", lambda one, value, when: (*one, (value, when))),
    ("LISTED", "LISTED [,] and VAL WHEN", lambda one, value, when: (*one, (value, when))),
    ("SENTS", "NP is|follow|equal|show LISTED", _listed),
    (
        "SENT",
        "if|when NPS is [both] HIGH [,] NP win|wins",
        lambda _, __, target: Priority(target.name) if isinstance(target, Signal) else None,
    ),
    (
        "SENT",
        "if|when they|both is equal [,] NP is that|this value",
        _is_either,
    ),
    ("SENT", "it range|ranges from NUM to NUM", _spans),
    ("SENT", "a value of 0 select|selects bit 0", lambda: Unclocked(())),
    ("SENTS", "WHEN [,] CHOICE", _choices),
    ("SENTS", "WHEN [,] NP restart|start [over] : CHOICE", _restart),
    (
        "SENT",
        "TIME [,] MODULE take in NP and put out [,] [in a register] [,] VAL",
        lambda _, __, ___, value: Rule(None, (Change(SOLE, value),), timed=True),
    ),
    ("MODULE", "the module|block|circuit|unit", lambda: ""),
]
