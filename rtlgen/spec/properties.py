"""Properties that a specification states plainly: one sentence, nothing left over.

A sentence counts only if it is one of these forms as a whole and names ports of the right direction
and width. Anything conditional, hedged or longer is left to people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rtlgen.spec.text import IDENTIFIER, Sentence
from sim.interface import Direction, Interface
from sim.property import Property, PropertyKind

_LONGEST = 300
"""Characters of a sentence that may state a property."""
_NAME = (
    rf"(?:the\s+)?(?:signals?\s+|outputs?\s+|inputs?\s+|bus\s+)?({IDENTIFIER})"
    r"(?:\s+(?:signal|output|input|bus|register))?"
)
_LIST = (
    r"(?:the\s+)?(?:signals?\s+|outputs?\s+|bits?\s+of\s+)?"
    r"([\w$]+(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+)[\w$]+)*)"
    r"(?:\s+outputs?|\s+signals?)?"
)
_MUST = (
    r"(?:(?:must|shall)\s+(?:always\s+)?(?:be|remain|stay)|should\s+(?:be|remain|stay)|will\s+be"
    r"|is\s+always|are\s+always|is|are|remains?|stays?|can\s+be|may\s+be)"
)
_NEVER = r"(?:are|must|shall|can|may) never (?:be )?"
_HIGH = r"(?:high|1|asserted|active|set)"
_LOW = r"(?:low|0|deasserted|de-asserted|not\s+asserted|inactive)"
_AT_ONCE = r"(?: at (?:any|a|the same) time| in (?:any|every|each|the same) (?:clock )?cycle)?"
_SO = r"(?:, (?:ensuring|meaning)(?: that)? only one [^.,;]*)?"
_WHILE = r"(?:while|when|as long as)"
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
}
_VALUE = (
    r"(?:all\s+)?"
    r"(zeros?|ones?|low|high|cleared|\d+|0x[0-9a-fA-F]+|\d+'[bdhBDH][0-9a-fA-F_]+)"
)
_SET = r"(?:is|must be|shall be|becomes) (?:set to |reset to |cleared to |equal to )?"
_AFTER = (
    r"(?:after|on|upon|following|during|while\s+in)\s+(?:a\s+|the\s+)?reset"
    r"(?:,\s+indicated\s+by\s+[!~]?\w+)?"
)
_X = r"(?:X|unknown|undefined)(?: or Z)? after (?:a |the )?reset"
_DATA = (
    r"(?:must\s+|shall\s+|should\s+)?"
    r"(?:be|remain|stay|hold|is|are|remains?|stays?|is\s+held|be\s+held)"
    r"\s+(?:stable|unchanged|constant)"
)


_LABEL = re.compile(r"\A(?:(?:[-*+]|\d{1,3}[.)])\s+)?(?:\w+(?: \w+)?:\s+)?")
"""A list mark, and a heading such as `Output encoding:`."""


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"\s+") + r"\s*\.?\Z", re.IGNORECASE)


_Make = Callable[[re.Match[str], Interface], Property | None]


def read_properties(said: Sequence[Sentence], interface: Interface) -> tuple[Property, ...]:
    """Return what sentences plainly say of the ports of `interface`, in their order."""
    found: dict[tuple[object, ...], Property] = {}
    for sentence in said:
        for prop in _read(sentence, interface):
            found.setdefault((prop.kind, prop.signals, prop.bound), prop)
    return tuple(found.values())


def _read(sentence: Sentence, interface: Interface) -> Iterator[Property]:
    if len(sentence.text) > _LONGEST:
        return
    said = _LABEL.sub("", sentence.text)
    for form, make in _FORMS:
        match = form.match(said)
        made = make(match, interface) if match else None
        if made is not None:
            yield Property(
                kind=made.kind,
                signals=made.signals,
                bound=made.bound,
                text=said,
                line=sentence.place.line,
            )
            return


def _ports(names: Sequence[str], interface: Interface, direction: Direction) -> bool:
    known = {port.name for port in interface.ports if port.direction is direction}
    return bool(names) and all(name in known for name in names)


def _bits(names: Sequence[str], interface: Interface) -> int:
    return sum(interface.port(name).width for name in names)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[\s,]+", text) if name not in ("and", "or", ""))


def _counted(kind: PropertyKind) -> _Make:
    def make(match: re.Match[str], interface: Interface) -> Property | None:
        names = _listed(match[1])
        if not _ports(names, interface, Direction.OUTPUT) or _bits(names, interface) < 2:
            return None
        return Property(kind=kind, signals=names)

    return make


def _all_exclusive(match: re.Match[str], interface: Interface) -> Property | None:
    names = tuple(port.name for port in interface.outputs)
    if len(names) < 2 or _bits(names, interface) != len(names):
        return None
    return Property(kind=PropertyKind.AT_MOST_ONE, signals=names)


def _both(match: re.Match[str], interface: Interface) -> Property | None:
    names = (match[1], match[2])
    if not _ports(names, interface, Direction.OUTPUT) or _bits(names, interface) != 2:
        return None
    return Property(kind=PropertyKind.AT_MOST_ONE, signals=names)


def _stable(match: re.Match[str], interface: Interface) -> Property | None:
    data, valid, ready = match.groups()
    if not _ports((data, valid), interface, Direction.OUTPUT):
        return None
    if not _ports((ready,), interface, Direction.INPUT) or _bits((valid, ready), interface) != 2:
        return None
    return Property(kind=PropertyKind.STABLE, signals=(data, valid, ready))


def _response(match: re.Match[str], interface: Interface) -> Property | None:
    response, count, request = match.groups()
    bound = _NUMBERS.get(count.lower()) or (int(count) if count.isdecimal() else 0)
    fits = _ports((response,), interface, Direction.OUTPUT) and _ports(
        (request,), interface, Direction.INPUT
    )
    if not fits or _bits((response, request), interface) != 2 or not 1 <= bound <= 4096:
        return None
    return Property(kind=PropertyKind.RESPONSE, signals=(request, response), bound=bound)


def _not_before(match: re.Match[str], interface: Interface) -> Property | None:
    effect, cause = match.groups()
    fits = _ports((effect,), interface, Direction.OUTPUT) and _ports(
        (cause,), interface, Direction.INPUT
    )
    if not fits or _bits((effect, cause), interface) != 2:
        return None
    return Property(kind=PropertyKind.NOT_BEFORE, signals=(effect, cause))


def _after_reset(name: int, value: int) -> _Make:
    def make(match: re.Match[str], interface: Interface) -> Property | None:
        names = (match[name],)
        if not interface.resets or not _ports(names, interface, Direction.OUTPUT):
            return None
        width = interface.port(names[0]).width
        bound = _number(match[value].lower(), width)
        if bound is None or bound >> width:
            return None
        return Property(kind=PropertyKind.RESET_VALUE, signals=names, bound=bound)

    return make


def _number(text: str, width: int) -> int | None:
    if text in ("zero", "zeros", "low", "cleared"):
        return 0
    if text in ("one", "high"):
        return 1 if width == 1 else None
    if text == "ones":
        return (1 << width) - 1
    if "'" in text:
        base, digits = text.split("'")[1][0], text.split("'")[1][1:].replace("_", "")
        try:
            return int(digits, {"b": 2, "d": 10, "h": 16}[base])
        except ValueError:
            return None
    return int(text, 0) if text.startswith("0x") else int(text)


def _known(match: re.Match[str], interface: Interface) -> Property:
    return Property(kind=PropertyKind.KNOWN, signals=tuple(p.name for p in interface.outputs))


_FORMS: tuple[tuple[re.Pattern[str], _Make], ...] = (
    (_form(rf"{_NAME} {_MUST} one-?hot(?: encoded| coded)?"), _counted(PropertyKind.ONE_HOT)),
    (
        _form(rf"exactly one (?:bit )?(?:of )?{_LIST} {_MUST} {_HIGH}{_AT_ONCE}"),
        _counted(PropertyKind.ONE_HOT),
    ),
    (
        _form(rf"(?:at most|no more than) one (?:bit )?(?:of )?{_LIST} {_MUST} {_HIGH}{_AT_ONCE}"),
        _counted(PropertyKind.AT_MOST_ONE),
    ),
    (_form(rf"{_LIST} {_MUST} mutually exclusive{_SO}"), _counted(PropertyKind.AT_MOST_ONE)),
    (
        _form(rf"the outputs \({_LIST}\) {_MUST} mutually exclusive{_SO}"),
        _counted(PropertyKind.AT_MOST_ONE),
    ),
    (_form(rf"(?:the |all )?outputs {_MUST} mutually exclusive{_SO}"), _all_exclusive),
    (
        _form(
            rf"{_NAME} and {_NAME} {_NEVER}(?:both )?{_HIGH} "
            r"(?:at the same time|simultaneously|together|in the same (?:clock )?cycle)"
        ),
        _both,
    ),
    (_form(rf"{_NAME} and {_NAME} {_NEVER}both (?:be )?{_HIGH}"), _both),
    (_form(rf"{_NAME} {_DATA} {_WHILE} {_NAME} is {_HIGH} and {_NAME} is {_LOW}"), _stable),
    (_form(rf"{_NAME} {_DATA} {_WHILE} {_NAME} is {_HIGH} until {_NAME} is {_HIGH}"), _stable),
    (
        _form(
            rf"{_NAME} (?:must |shall |will )?(?:be|is|goes|go|becomes|become) {_HIGH} "
            rf"within (\w+) (?:clock )?cycles? (?:of|after) {_NAME}"
            rf"(?: (?:is|goes|becomes|being) {_HIGH})?"
        ),
        _response,
    ),
    (
        _form(
            rf"{_NAME} (?:must |shall )?(?:is |be )?never (?:be )?{_HIGH} before {_NAME}"
            rf"(?: (?:is|has been|goes) {_HIGH})?"
        ),
        _not_before,
    ),
    (
        _form(
            rf"{_NAME} (?:must |shall )?(?:remains?|stays?|is) {_LOW} until {_NAME} "
            rf"(?:is|has been|goes) {_HIGH}"
        ),
        _not_before,
    ),
    (_form(rf"{_AFTER},? {_NAME} {_SET}{_VALUE}"), _after_reset(1, 2)),
    (_form(rf"{_NAME} {_SET}{_VALUE} {_AFTER}"), _after_reset(1, 2)),
    (_form(rf"(?:the )?reset (?:sets|clears|initializes) {_NAME} to {_VALUE}"), _after_reset(1, 2)),
    (_form(rf"(?:the |all )?outputs {_NEVER}{_X}"), _known),
    (_form(rf"no output (?:is|may be|must be|shall be) (?:ever )?{_X}"), _known),
)
