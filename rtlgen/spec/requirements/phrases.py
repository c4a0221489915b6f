"""Phrases of requirements: names, values and conditions."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from rtlgen.spec.requirements.meaning import BEFORE, IT, PAIR, SOLE
from rtlgen.spec.requirements.meaning import CONDITIONS as BOTH_CONDITIONS
from symbolic.arithmetic import Apply, Number, Signal, Term, apply

Entry = tuple[str, str, Callable[..., Hashable | None]]
Relation = tuple[str, Term]

_DET = "[the|a|an|this|its|these]"
_KIND = "[input|output|signal|register|counter|line|value|port|flag|bit]"
_AFTER = "[input|output|signal|line|flag|register|counter|value|port|pin|bit]"


def _same(meaning: Hashable) -> Hashable:
    return meaning


def _op(op: str) -> Callable[..., Term]:
    return lambda *args: apply(op, *args)


def _swapped(op: str) -> Callable[[Term, Term], Term]:
    return lambda one, other: apply(op, other, one)


def _relation(op: str, *, swapped: bool = False) -> Callable[[Term], Relation]:
    return lambda value: (f"{op}~" if swapped else op, value)


def _constant(value: int) -> Callable[[], Relation]:
    return lambda: ("eq", Number(value))


def related(subject: Term, relation: Relation) -> Term:
    """Return that `subject` stands in `relation`; a `~` after its operation swaps the sides."""
    op, value = relation
    return apply(op[:-1], value, subject) if op.endswith("~") else apply(op, subject, value)


def _denied(subject: Term, relation: Relation) -> Term:
    return negated(related(subject, relation))


def negated(condition: Term) -> Term:
    """Return that `condition` does not hold."""
    if isinstance(condition, Apply):
        opposite = {"eq": "ne", "ne": "eq"}.get(condition.op)
        if opposite:
            return apply(opposite, *condition.args)
        if condition.op in ("lt", "le"):
            left, right = condition.args
            return apply("le" if condition.op == "lt" else "lt", right, left)
        if condition.op == "not":
            return condition.args[0]
    return apply("not", condition)


def _between(low: Term, high: Term) -> Callable[[Term], Term]:
    return lambda subject: apply("and", apply("le", low, subject), apply("le", subject, high))


def _xnor(one: Term, other: Term) -> Term | None:
    return None if one == other else apply("bitxor", one, other)


def _shift(op: str) -> Callable[[Term, Term], Term | None]:
    return lambda value, by: apply(op, value, by) if isinstance(by, Number) else None


def _bit(value: Term, index: Term) -> Term | None:
    return apply("bit", value, index) if isinstance(index, Number) else None


def _before(value: Term) -> Term | None:
    return Signal(BEFORE + value.name) if isinstance(value, Signal) else None


def _rose(value: Term) -> Term | None:
    before = _before(value)
    return before and apply("and", apply("eq", before, Number(0)), apply("eq", value, Number(1)))


def _fell(value: Term) -> Term | None:
    before = _before(value)
    return before and apply("and", apply("eq", before, Number(1)), apply("eq", value, Number(0)))


def _changed(value: Term) -> Term | None:
    before = _before(value)
    return before and apply("ne", before, value)


def _same_as_before(value: Term) -> Term | None:
    before = _before(value)
    return before and apply("eq", before, value)


NAMES: list[Entry] = [
    ("NP", f"{_DET} {_KIND} SIG {_AFTER}", _same),
    ("NP", "[the|a|an|this|its] NUM bit [wide] NP", lambda _, name: name),
    ("NP", "it", lambda: Signal(IT)),
    ("NP", "the SOLE", lambda _: Signal(SOLE)),
    ("NPS", "NP", lambda one: (one,)),
    ("NPS", "[both] NP and NP", lambda *all_: all_),
    ("NPS", "NP , NP [,] and NP", lambda *all_: all_),
    ("NPS", "NP , NP , NP [,] and NP", lambda *all_: all_),
    ("NPS", "both", lambda: (Signal(PAIR),)),
]


def _modulo(value: Term, by: Term) -> Term | None:
    if not isinstance(by, Number) or by.value < 1 or by.value & (by.value - 1):
        return None
    high = by.value.bit_length() - 2
    return apply("slice", value, Number(high), Number(0)) if high >= 0 else Number(0)


_EARLIER = "at|on the [clock] edge before"
VALUES: list[Entry] = [
    ("VAL", "NP", _same),
    ("VAL", "[the] previous|last [value of] NP", _before),
    ("VAL", f"[the] NP {_EARLIER}", _before),
    ("VAL", f"[the] value [that] NP have {_EARLIER}", _before),
    ("VAL", f"[the] value of NP {_EARLIER}", _before),
    ("VAL", "the parity of VAL", _op("parity")),
    ("VAL", "NP limited to VAL", _op("min")),
    ("VAL", "VAL modulo|mod NUM", _modulo),
    (
        "VAL",
        "the lowest|least significant bit of VAL",
        lambda value: apply("bit", value, Number(0)),
    ),
    ("VAL", "[the] [value|number|constant] NUM", _same),
    ("VAL", "bit NUM of NP", lambda index, value: _bit(value, index)),
    ("VAL", "NP [ NUM ]".replace("[ ", "( ").replace(" ]", " )"), _bit),
    ("VAL", "[the] sum of VAL and VAL", _op("add")),
    ("VAL", "VAL plus|+ VAL", _op("add")),
    ("VAL", "VAL minus|- VAL", _op("sub")),
    ("VAL", "[the] difference of|between VAL and VAL", _op("sub")),
    ("VAL", "VAL times|* VAL", _op("mul")),
    ("VAL", "[the] product of VAL and VAL", _op("mul")),
    ("VAL", "[the] larger|greater|maximum|max|bigger|largest [one] of VAL and VAL", _op("max")),
    ("VAL", "[the] smaller|lesser|minimum|min|lower|smallest [one] of VAL and VAL", _op("min")),
    (
        "VAL",
        "[the] average|mean of VAL and VAL [,] rounded down",
        lambda one, other: apply("half", apply("add", one, other)),
    ),
    ("VAL", "twice|double VAL", lambda value: apply("shl", value, Number(1))),
    ("VAL", "half [of] VAL", _op("half")),
    ("VAL", "[the] bitwise and of VAL and VAL", _op("bitand")),
    ("VAL", "[the] bitwise or of VAL and VAL", _op("bitor")),
    ("VAL", "[the] [bitwise] xor|exclusive-or of VAL and VAL", _op("bitxor")),
    ("VAL", "VAL shifted left by NUM [bit|bits|place|places|position|positions]", _shift("shl")),
    ("VAL", "VAL shifted right by NUM [bit|bits|place|places|position|positions]", _shift("shr")),
    ("VAL", "[the] number of ones|1s in VAL", _op("ones")),
    ("VAL", "[the] number of set|1 bits in|of VAL", _op("ones")),
    ("VAL", "[the] number of bits that is 1|set in VAL", _op("ones")),
    ("VAL", "[the] absolute value of VAL", _op("abs")),
]


_BIT = "[a|at|logic|logical]"
RELATIONS: list[Entry] = [
    ("HIGH", f"{_BIT} 1|high|true|active|on", lambda: Number(1)),
    ("LOW", f"{_BIT} 0|low|false|inactive|off", lambda: Number(0)),
    ("REL", "set|asserted", lambda: ("eq", Number(1))),
    ("REL", "cleared|deasserted", lambda: ("eq", Number(0))),
    ("REL", "HIGH", lambda value: ("eq", value)),
    ("REL", "LOW", lambda value: ("eq", value)),
    ("REL", "[equal to] VAL", _relation("eq")),
    ("REL", "at VAL", _relation("eq")),
    ("REL", "the same as VAL", _relation("eq")),
    ("REL", "different from VAL", _relation("ne")),
    ("REL", "less|smaller|lower than VAL", _relation("lt")),
    ("REL", "below|under VAL", _relation("lt")),
    ("REL", "greater|larger|higher|more|bigger than VAL", _relation("lt", swapped=True)),
    ("REL", "above|over|beyond VAL", _relation("lt", swapped=True)),
    ("REL", "at most VAL", _relation("le")),
    ("REL", "no greater|larger|higher|more than VAL", _relation("le")),
    ("REL", "less|smaller than or equal to VAL", _relation("le")),
    ("REL", "equal to or less|smaller than VAL", _relation("le")),
    ("REL", "VAL or less|below", _relation("le")),
    ("REL", "at least VAL", _relation("le", swapped=True)),
    ("REL", "no less|smaller|lower than VAL", _relation("le", swapped=True)),
    ("REL", "greater|larger than or equal to VAL", _relation("le", swapped=True)),
    ("REL", "VAL or more|above|greater", _relation("le", swapped=True)),
    ("REL", "nonzero", lambda: ("ne", Number(0))),
    ("REL", "negative", lambda: ("lt", Number(0))),
]


def _each(subjects: tuple[Term, ...], relation: Relation, join: str = "and") -> Term:
    found = related(subjects[0], relation)
    for subject in subjects[1:]:
        found = apply(join, found, related(subject, relation))
    return found


def _either(one: Term, other: Term, relation: Relation) -> Term:
    return _each((one, other), relation, "or")


def _neither(one: Term, other: Term, relation: Relation) -> Term:
    return apply("and", _denied(one, relation), _denied(other, relation))


def _two(subject: Term, one: Relation, other: Relation) -> Term:
    return apply("and", related(subject, one), related(subject, other))


def _one_of(subject: Term, one: Relation, other: Relation) -> Term:
    return apply("or", related(subject, one), related(subject, other))


def _all_bits(value: Term, relation: Relation) -> Term | None:
    return apply("eq", value, Number(0)) if relation == ("eq", Number(0)) else None


CONDITIONS: list[Entry] = [
    ("COND", "NPS is [both|all] REL", _each),
    ("COND", "VAL is REL", related),
    ("COND", "VAL is not REL", _denied),
    ("COND", "NP is [either] REL or REL", _one_of),
    ("COND", "NP is REL and REL", _two),
    (
        "COND",
        "VAL is [in] [the] [range] between|from VAL and|to VAL [inclusive]",
        lambda x, low, high: _between(low, high)(x),
    ),
    ("COND", "[either] NP or NP is REL", _either),
    ("COND", "neither NP nor NP is REL", _neither),
    ("COND", "NPS is held|kept REL", _each),
    ("COND", "VAL =|==|equal VAL", _op("eq")),
    ("COND", "VAL match VAL", _op("eq")),
    ("COND", "VAL != VAL", _op("ne")),
    ("COND", "VAL differ|differs from VAL", _op("ne")),
    ("COND", "VAL < VAL", _op("lt")),
    ("COND", "VAL > VAL", _swapped("lt")),
    ("COND", "VAL <= VAL", _op("le")),
    ("COND", "VAL >= VAL", _swapped("le")),
    ("COND", "VAL exceed VAL", _swapped("lt")),
    ("COND", "NP reach VAL", _op("eq")),
    ("COND", "NP have reached VAL", _op("eq")),
    ("COND", "NP is REL and NP REL", lambda a, r, b, s: apply("and", related(a, r), related(b, s))),
    (
        "COND",
        "both conditions is true|met|fulfilled",
        lambda: apply("eq", Signal(BOTH_CONDITIONS), Number(1)),
    ),
    ("COND", "both conditions hold", lambda: apply("eq", Signal(BOTH_CONDITIONS), Number(1))),
    ("COND", "NP rise", _rose),
    ("COND", "NP fall", _fell),
    ("COND", "NP change", _changed),
    ("COND", "NP have changed", _changed),
    ("COND", "NP is unchanged", _same_as_before),
    ("COND", "NP do not change", _same_as_before),
    ("COND", "NP go|change from 0 to 1", _rose),
    ("COND", "NP go|change from 1 to 0", _fell),
    ("COND", "[a] rising edge of|on NP", _rose),
    ("COND", "[a] falling edge of|on NP", _fell),
    ("COND", "all bits of VAL is REL", _all_bits),
    ("COND", "any bit of VAL is 1|set", lambda value: apply("ne", value, Number(0))),
    ("COND", "at least one bit of VAL is 1|set", lambda value: apply("ne", value, Number(0))),
    ("COND", "no bit of VAL is 1|set", lambda value: apply("eq", value, Number(0))),
    ("COND", "the number of ones in VAL is odd", _op("parity")),
    (
        "COND",
        "the number of ones in VAL is even",
        lambda value: apply("eq", apply("parity", value), Number(0)),
    ),
    ("COND", "NP is odd", lambda value: apply("eq", apply("bit", value, Number(0)), Number(1))),
    ("COND", "NP is even", lambda value: apply("eq", apply("bit", value, Number(0)), Number(0))),
    ("COND", "COND and COND", _op("and")),
    ("COND", "either COND or COND", _op("or")),
    ("COND", "COND or COND", _op("or")),
    ("COND", "COND but COND", _op("and")),
    ("COND", "COND while COND", _op("and")),
]
