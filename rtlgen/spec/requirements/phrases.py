"""Phrases of requirements: names, values and conditions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import reduce

from rtlgen.spec.requirements.meaning import (
    ANY,
    BEFORE,
    BIT,
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
)
from rtlgen.spec.requirements.meaning import CONDITIONS as BOTH_CONDITIONS
from symbolic.arithmetic import Apply, Number, Signal, Term, apply

Entry = tuple[str, str, Callable[..., Hashable | None]]
Relation = tuple[str, Term]

_DET = "[the|a|an|this|its|these] [present] [[unsigned|signed] value|number]"
_KIND = "[input|output|signal|register|counter|line|value|port|flag|bit]"
_AFTER = "[input|output|signal|line|flag|register|counter|value|port|pin|bit]"


def _same(meaning: Hashable) -> Hashable:
    return meaning


def _same_text(*_: object) -> str:
    return ""


def _op(op: str) -> Callable[..., Term]:
    return lambda *args: apply(op, *args)


def _chain(op: str) -> Callable[[Term, Term], Term]:
    """Return what joins terms so that it does not matter which are joined first."""

    def parts(term: Term) -> list[Term]:
        if isinstance(term, Apply) and term.op == op:
            return [part for arg in term.args for part in parts(arg)]
        return [term]

    def make(one: Term, other: Term) -> Term:
        return reduce(lambda left, right: apply(op, left, right), [*parts(one), *parts(other)])

    return make


def _relation(op: str) -> Callable[[Term], Relation]:
    return lambda value: (op, value)


def _constant(value: int) -> Callable[[], Relation]:
    return lambda: ("eq", Number(value))


def related(subject: Term, relation: Relation) -> Term:
    """Return that `subject` stands in `relation`."""
    op, value = relation
    return apply(op, subject, value)


def _denied(subject: Term, relation: Relation) -> Term:
    return negated(related(subject, relation))


def canonical(condition: Term) -> Term:
    """Return a condition with the smaller side of each comparison on the left."""
    if not isinstance(condition, Apply):
        return condition
    args = tuple(map(canonical, condition.args))
    if condition.op in ("gt", "ge"):
        return apply("lt" if condition.op == "gt" else "le", *args[::-1])
    return apply(condition.op, *args)


_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}


def negated(condition: Term) -> Term:
    """Return that `condition` does not hold."""
    if isinstance(condition, Apply):
        opposite = _OPPOSITE.get(condition.op)
        if opposite:
            return apply(opposite, *condition.args)
        if condition.op == "not":
            return condition.args[0]
    return apply("not", condition)


def between(low: Term, high: Term) -> Callable[[Term], Term]:
    """Return the condition of lying between two values, both included."""
    return lambda subject: apply("and", apply("ge", subject, low), apply("le", subject, high))


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


def leading(value: Term, highest: Term | None = None) -> Term | None:
    """Return how many zeros a signal begins with; `highest` is the bit that is counted from."""
    if not isinstance(value, Signal):
        return None
    said = f"{highest.value}:" if isinstance(highest, Number) else ""
    return apply("sub", Signal(f"{WIDTH}{said}{value.name}"), apply("length", value))


def _counted(how: str) -> Callable[..., str]:
    return lambda *_: how


def _several(op: str) -> Callable[..., Term | None]:
    def make(number: Term, *_: str) -> Term | None:
        if not isinstance(number, Number) or number.value < 2:
            return None
        return apply(op, apply("ones", Signal(LINES)), number)

    return make


def _opposite(value: Term) -> Term | None:
    """Return the other value of a bit; of a number, it might be its negative."""
    if not isinstance(value, Signal):
        return None
    return apply("invert", value, Signal(BIT + value.name))


def _top_bit(value: Term) -> Term | None:
    return apply("bit", value, Signal(TOP + value.name)) if isinstance(value, Signal) else None


def _inverted(value: Term) -> Term | None:
    if not isinstance(value, Signal):
        return None
    return apply("invert", value, Signal(WIDTH + value.name))


def _winner(end: str = "") -> Callable[..., Term]:
    return lambda *_: Signal(f"{WINNER}:{end}" if end else WINNER)


def _any(level: int) -> Callable[..., Term]:
    return lambda *_: apply("eq", Signal(ANY), Number(level))


def _highest(_: str, value: Term) -> Term:
    return apply("sub", apply("length", value), Number(1))


def _of_inputs(op: str) -> Callable[..., Term]:
    return lambda *_: apply(op, Signal(FIRST), Signal(SECOND))


def _on_two(op: str) -> Callable[[tuple[Term, Term]], Term]:
    return lambda two: apply(op, *two)


def _distance(two: tuple[Term, Term]) -> Term:
    return apply("abs", apply("sub", *two))


def _equal(names: tuple[Term, ...]) -> Term | None:
    return apply("eq", *names) if len(names) == 2 else None


def _several_of(op: str) -> Callable[[Term, tuple[Term, ...], Term], Term]:
    """Return how many of some signals are at a level, compared with a number."""

    def make(number: Term, names: tuple[Term, ...], level: Term) -> Term:
        count = apply("eq", names[0], level)
        for name in names[1:]:
            count = apply("add", count, apply("eq", name, level))
        return apply(op, count, number)

    return make


def _beyond(op: str, sign: str) -> Callable[[Term, Term, Term], Term]:
    """Return that a value lies further than a distance to one side of another."""
    return lambda value, by, other: apply(op, value, apply(sign, other, by))


def _and_before(value: Term) -> tuple[Term, Term] | None:
    before = _before(value)
    return None if before is None else (value, before)


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
    ("NPS", "[both|all] [the] outputs", lambda: (Signal(OUTPUTS),)),
]


def _modulo(value: Term, by: Term) -> Term | None:
    if not isinstance(by, Number) or by.value < 1:
        return None
    if by.value & (by.value - 1):
        return apply("mod", value, by)
    high = by.value.bit_length() - 2
    return apply("slice", value, Number(high), Number(0)) if high >= 0 else Number(0)


def _divided(value: Term, by: Term) -> Term | None:
    return apply("div", value, by) if isinstance(by, Number) and by.value > 0 else None


_EARLIER = "at|on the [clock] edge before"
VALUES: list[Entry] = [
    ("VAL", "NP", _same),
    ("VAL", "[the] previous|last [value of] NP", _before),
    ("VAL", "the value of NP", _same),
    ("VAL", "[the] most significant|top bit of NP", _top_bit),
    ("NP", "the remembered value", lambda: Signal(REMEMBERED)),
    ("VAL", "all zeros|zeroes", lambda: Number(0)),
    ("VAL", "[the] inverse|complement of NP", _inverted),
    ("VAL", "[the] opposite|negation of NP", _opposite),
    ("VAL", "the inverted NP", _inverted),
    ("VAL", f"[the] NP {_EARLIER}", _before),
    ("VAL", f"[the] value [that] NP have {_EARLIER}", _before),
    ("VAL", f"[the] value of NP {_EARLIER}", _before),
    ("VAL", "the parity of VAL", _op("parity")),
    ("VAL", "NP limited to VAL", _op("min")),
    ("VAL", "VAL modulo|mod NUM", _modulo),
    ("VAL", "VAL divided by NUM [,] rounded down", _divided),
    (
        "VAL",
        "the lowest|least significant bit of VAL",
        lambda value: apply("bit", value, Number(0)),
    ),
    ("VAL", "[the] [value|number|constant] NUM", _same),
    ("VAL", "bit NUM of NP", lambda index, value: _bit(value, index)),
    ("VAL", "NP [ NUM ]".replace("[ ", "( ").replace(" ]", " )"), _bit),
    ("VAL", "NP of this|that|the [same] cycle", _same),
    ("TWO", "VAL and VAL", lambda one, other: (one, other)),
    ("TWO", f"NP and the [previous] one [taken|seen|sampled] {_EARLIER}", _and_before),
    ("TWO", "NP and the previous|last one", _and_before),
    ("TWO", "NP and its previous|last value", _and_before),
    ("VAL", "[the] sum of TWO", _on_two("add")),
    ("VAL", "the true|exact|full|real sum", _of_inputs("add")),
    ("VAL", "VAL plus|+ VAL", _chain("add")),
    ("VAL", "VAL minus|- VAL", _op("sub")),
    ("VAL", "[the] difference of|between TWO", _on_two("sub")),
    ("VAL", "VAL times|* VAL", _op("mul")),
    (
        "TWO",
        "both|the [two] numbers|operands|values|samples|inputs",
        lambda: (Signal(FIRST), Signal(SECOND)),
    ),
    ("VAL", "[the] absolute difference of|between TWO", _distance),
    ("VAL", "[the] distance of|between TWO", _distance),
    ("VAL", "[the] distance", lambda: _distance((Signal(FIRST), Signal(SECOND)))),
    ("VAL", "how far [apart] TWO is [apart]", _distance),
    (
        "VAL",
        "[the] larger|greater|bigger [one|number|operand|value] minus the smaller|lesser [one]",
        lambda: _distance((Signal(FIRST), Signal(SECOND))),
    ),
    (
        "VAL",
        "[the] smaller|lesser [one|number|operand] subtracted from the larger|greater [one]",
        lambda: _distance((Signal(FIRST), Signal(SECOND))),
    ),
    ("VAL", "minus VAL", lambda value: apply("sub", Number(0), value)),
    ("VAL", "[the] product of TWO", _on_two("mul")),
    ("VAL", "[the] larger|greater|maximum|max|bigger|largest [one] of TWO", _on_two("max")),
    ("VAL", "[the] smaller|lesser|minimum|min|lower|smallest [one] of TWO", _on_two("min")),
    (
        "VAL",
        "[the] average|mean of TWO [,] rounded down",
        lambda two: apply("half", apply("add", *two)),
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
    ("VAL", "[the] number of bits that is 1|set|high in VAL", _op("ones")),
    ("VAL", "[the] number of bits in|of VAL that is 1|set|high", _op("ones")),
    ("VAL", "[the] absolute value of VAL", _op("abs")),
    ("VAL", "how many bits of|in VAL is 1|set|high", _op("ones")),
    ("VAL", "how many of the bits of|in VAL is 1|set|high", _op("ones")),
    ("VAL", "[the] number of leading zeros|0s of|in VAL", leading),
    ("VAL", "[the] number of leading zero|0 bits of|in VAL", leading),
    ("VAL", "how many leading zeros NP have", leading),
    ("ONE", "set bit", _same_text),
    ("ONE", "bit [that is] set|high|1", _same_text),
    ("ONE", "1|one [bit]", _same_text),
    ("VAL", "[the] index|position|number of the highest|topmost|leftmost ONE of|in VAL", _highest),
    (
        "VAL",
        "[the] index|position|number of the lowest|bottommost|rightmost ONE of|in VAL",
        lambda _, value: apply("lowest", value),
    ),
    (
        "VAL",
        "[the] index|position|number of the highest [-] numbered bit of|in VAL that is set|1|high",
        lambda value: _highest("", value),
    ),
    (
        "VAL",
        "[the] index|position|number of the lowest [-] numbered bit of|in VAL that is set|1|high",
        _op("lowest"),
    ),
    ("LINE", "line|lines|bit|bits|request|requests|channel|channels", _same_text),
    ("LINE", "interrupt|interrupts|source|sources", _same_text),
    ("LINE", "request|interrupt|input bit|bits|line|lines", _same_text),
    ("WAITING", "active|pending|set|high|there|asserted|requesting", _same_text),
    ("WAITING", "WAITING and not masked", _same_text),
    ("WAITING", "WAITING and unmasked", _same_text),
    ("LINES", "[unmasked|active] LINE [that|which is WAITING]", _same_text),
    ("VAL", "[the] number|index of the most important|urgent LINES", _winner()),
    ("VAL", "[the] number|index of the winning LINE", _winner()),
    ("VAL", "[the] number|index of the LINES with the highest priority", _winner()),
    ("VAL", "[the] number|index|position of the highest such LINES", _winner("highest")),
    ("VAL", "[the] number|index|position of the lowest such LINES", _winner("lowest")),
    ("VAL", "[the] number|index|position of the highest [-] numbered LINES", _winner("highest")),
    ("VAL", "[the] number|index|position of the lowest [-] numbered LINES", _winner("lowest")),
    ("COUNTED", "how many zero|0 bits there is above the highest ONE", _counted("leading")),
    ("COUNTED", "how many zeros|0s there is above the highest ONE", _counted("leading")),
    ("COUNTED", "how many leading zeros|0s there is", _counted("leading")),
    ("COUNTED", "how many leading zeros|0s it have", _counted("leading")),
    ("COUNTED", "how many of its bits is 1|set|high", _counted("ones")),
    ("DOWN", "[,] counting from bit NUM down|downwards", _same),
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
    ("REL", "greater|larger|higher|more|bigger than VAL", _relation("gt")),
    ("REL", "above|over|beyond VAL", _relation("gt")),
    ("REL", "at most VAL", _relation("le")),
    ("REL", "no greater|larger|higher|more than VAL", _relation("le")),
    ("REL", "less|smaller than or equal to VAL", _relation("le")),
    ("REL", "equal to or less|smaller than VAL", _relation("le")),
    ("REL", "VAL or less|below", _relation("le")),
    ("REL", "at least VAL", _relation("ge")),
    ("REL", "no less|smaller|lower than VAL", _relation("ge")),
    ("REL", "greater|larger than or equal to VAL", _relation("ge")),
    ("REL", "VAL or more|above|greater", _relation("ge")),
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


def _all_ones(value: Term) -> Term | None:
    inverted = _inverted(value)
    return None if inverted is None else apply("eq", inverted, Number(0))


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
        lambda x, low, high: between(low, high)(x),
    ),
    ("COND", "[either] NP or NP is REL", _either),
    ("COND", "neither NP nor NP is REL", _neither),
    ("COND", "NPS is held|kept REL", _each),
    ("COND", "NPS is equal|identical|alike", _equal),
    ("COND", "NPS is the same", _equal),
    (
        "COND",
        "they|both is equal|identical|alike|the? same?",
        lambda: apply("eq", Signal(FIRST), Signal(SECOND)),
    ),
    ("COND", "at least NUM of [the] [inputs|signals] NPS is LEVELED", _several_of("ge")),
    ("COND", "more than NUM of [the] [inputs|signals] NPS is LEVELED", _several_of("gt")),
    ("COND", "NUM of [the] [inputs|signals] NPS is LEVELED", _several_of("eq")),
    ("COND", "at most NUM of [the] [inputs|signals] NPS is LEVELED", _several_of("le")),
    ("LEVELED", "HIGH", _same),
    ("LEVELED", "LOW", _same),
    ("COND", "VAL is more than VAL above VAL", _beyond("gt", "add")),
    ("COND", "VAL is more than VAL below VAL", _beyond("lt", "sub")),
    ("COND", "VAL =|==|equal VAL", _op("eq")),
    ("COND", "VAL match VAL", _op("eq")),
    ("COND", "VAL != VAL", _op("ne")),
    ("COND", "VAL differ|differs from VAL", _op("ne")),
    ("COND", "VAL < VAL", _op("lt")),
    ("COND", "VAL > VAL", _op("gt")),
    ("COND", "VAL <= VAL", _op("le")),
    ("COND", "VAL >= VAL", _op("ge")),
    ("COND", "VAL exceed VAL", _op("gt")),
    ("COND", "NP reach VAL", _op("eq")),
    ("COND", "NP have reached VAL", _op("eq")),
    ("COND", "NP is REL and NP REL", lambda a, r, b, s: apply("and", related(a, r), related(b, s))),
    (
        "COND",
        "both conditions is true|met|fulfilled",
        lambda: apply("eq", Signal(BOTH_CONDITIONS), Number(1)),
    ),
    (
        "COND",
        "the sum|result|difference|product was|is|had [to] [be] limited|clipped|saturated",
        lambda: apply("eq", Signal(LIMITED), Number(1)),
    ),
    ("COND", "at least one LINES is WAITING", _any(1)),
    ("COND", "[there is] at least one LINES", _any(1)),
    ("COND", "any LINES is WAITING", _any(1)),
    ("COND", "NUM or more LINES is WAITING", _several("ge")),
    ("COND", "more than NUM LINES is WAITING", _several("gt")),
    ("COND", "at least NUM LINES is WAITING", _several("ge")),
    ("COND", "there was|is one", _any(1)),
    ("COND", "there is none", _any(0)),
    ("COND", "there is no such LINES", _any(0)),
    ("COND", "nothing|none is WAITING", _any(0)),
    ("COND", "no LINES is WAITING", _any(0)),
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
    ("COND", "every|all bit|bits of NP is 1|set|high", _all_ones),
    ("COND", "NPS is both HIGH or both LOW", lambda names, *_: _equal(names)),
    ("COND", "NPS is either both HIGH or both LOW", lambda names, *_: _equal(names)),
    (
        "COND",
        "VAL is outside [the] [range] [from|of] VAL to|and VAL",
        lambda x, low, high: negated(between(low, high)(x)),
    ),
    ("COND", "any bit of VAL is 1|set", lambda value: apply("ne", value, Number(0))),
    ("COND", "at least one bit of VAL is 1|set", lambda value: apply("ne", value, Number(0))),
    ("COND", "no bit of VAL is 1|set", lambda value: apply("eq", value, Number(0))),
    ("COND", "the number of ones in VAL is odd", _op("parity")),
    ("COND", "an input of VAL", lambda value: apply("eq", Signal(ONLY), value)),
    ("COND", "NP contain|have an odd number of ones|1s", _op("parity")),
    (
        "COND",
        "NP contain|have an even number of ones|1s",
        lambda value: apply("eq", apply("parity", value), Number(0)),
    ),
    (
        "COND",
        "the number of ones in VAL is even",
        lambda value: apply("eq", apply("parity", value), Number(0)),
    ),
    ("COND", "NP is odd", lambda value: apply("eq", apply("bit", value, Number(0)), Number(1))),
    ("COND", "NP is even", lambda value: apply("eq", apply("bit", value, Number(0)), Number(0))),
    ("COND", "COND and COND", _chain("and")),
    ("COND", "either COND or COND", _chain("or")),
    ("COND", "COND or COND", _chain("or")),
    ("COND", "COND but COND", _chain("and")),
    ("COND", "COND while COND", _chain("and")),
]
