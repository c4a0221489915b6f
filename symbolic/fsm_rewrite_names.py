"""What the states of a machine are called in a source, and what they will be called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symbolic.fsm_rewrite_holders import state_constants
from symbolic.fsm_rewrite_plan import Plan
from symbolic.fsm_source import Declared, Part, Source
from symbolic.names import identifier

_LITERAL = re.compile(r"(\d*)\s*'(s?)([bdoh])[\w?]+\Z", re.I | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A constant of the source that is the code of a state."""

    text: str
    """How it is used: `IDLE`, or `` `IDLE `` for a macro."""
    value: int
    declared: Declared | None
    """None for a macro."""
    place: tuple[int, int] | None
    """Where its value stands; None for what an enumeration counts by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The constants for states that the source has, and those that it will need."""

    constants: tuple[Constant, ...]
    texts: Mapping[str, str]
    """What to write for each state that stays."""
    added: tuple[str, ...]
    """States that need a constant of their own."""
    literal: str = ""
    """A literal for a state, to write others in its style; used if nothing is added."""

    def constant(self, text: str) -> Constant | None:
        """Return the constant that is written `text`."""
        return next((one for one in self.constants if one.text == text), None)


def names_of(
    source: Source,
    plan: Plan,
    holders: frozenset[str],
    *,
    taken: Iterable[str] = (),
    literals: bool = False,
) -> Names:
    """Find names for the states of the machine that `holders` hold.

    Names that are new are none of `taken`. Without holders all are new. If `literals`,
    states without names get none where all codes stay what they are.
    """
    used = list(state_constants(source, holders))
    constants = (*_declared(source, holders, used), *_macros(source, used))
    codes = {int(plan.old.codes[state], 2): state for state in plan.old.states}
    texts: dict[str, str] = {}
    for one in sorted(constants, key=lambda c: c.text.lstrip("`") != codes.get(c.value)):
        if one.value in codes:
            texts.setdefault(codes[one.value], one.text)
    bare = [state for state in plan.kept.values() if state not in texts]
    if literals and bare and plan.same_codes and plan.width == _old_width(plan):
        literal = next((source.shown(p) for p in used if not p.name and not p.macro), "")
        return Names(constants=constants, texts=texts, added=(), literal=literal or "'b")
    used_names = {*source.names, *taken}
    for state in bare:
        texts[state] = identifier(state, used_names)
        used_names.add(texts[state])
    return Names(constants=constants, texts=texts, added=tuple(bare))


def _old_width(plan: Plan) -> int:
    return len(next(iter(plan.old.codes.values())))


def _declared(
    source: Source, holders: frozenset[str], used: Iterable[Part]
) -> tuple[Constant, ...]:
    types = {one.type_name for one in source.declared if one.name in holders} - {""}
    names = {part.name for part in used if part.name}
    found = []
    for one in source.declared:
        member = one.role == "member" and one.type_name in types
        listed = one.role in ("parameter", "localparam") and one.name in names
        if (member or listed) and one.value and not set(one.value) - {"0", "1"}:
            place = (one.initial.start, one.initial.end) if one.initial else None
            found.append(
                Constant(text=one.name, value=int(one.value, 2), declared=one, place=place)
            )
    return tuple(found)


def _macros(source: Source, used: Iterable[Part]) -> tuple[Constant, ...]:
    """Return the macros of this file that stand for states and for nothing else."""
    used = list(used)
    places = {part.start for part in used}
    elsewhere = {
        part.macro
        for item in source.items
        for part in item.walk()
        if part.macro and part.start not in places
    }
    found: dict[str, Constant] = {}
    for part in used:
        simple = source.of(part.start, part.end) == f"`{part.macro}"
        if not simple or part.macro in elsewhere or part.origin is None or part.number is None:
            continue
        text = f"`{part.macro}"
        found.setdefault(
            text, Constant(text=text, value=part.number, declared=None, place=part.origin)
        )
    return tuple(found.values())


def literal_like(text: str, code: str) -> str:
    """Return `code` as a literal in the style of `text`."""
    width, number = len(code), int(code, 2)
    if text.isdigit():
        return str(number)
    found = _LITERAL.match(text)
    base = found[3].lower() if found else "b"
    size = "" if found is not None and not found[1] else str(width)
    digits = {
        "b": code,
        "d": str(number),
        "o": f"{number:0{(width + 2) // 3}o}",
        "h": f"{number:0{(width + 3) // 4}x}",
    }
    return f"{size}'{base}{digits[base]}"
