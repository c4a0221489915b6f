"""Expressions that read a state, rewritten for its new names and codes.

States that no longer exist are never met: comparisons with them are false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from symbolic.fsm_rewrite_holders import compared
from symbolic.fsm_rewrite_names import Names, literal_like
from symbolic.fsm_rewrite_plan import Plan
from symbolic.fsm_source import Declared, Part, Source
from symbolic.names import identifier
from symbolic.text_edit import Edits

_BOUNDS = re.compile(r"\[\s*(\d+)\s*:\s*(\d+)\s*\]\Z", re.ASCII)
_BOOLEAN = frozenset({"eq", "ne"})
_FALSE, _TRUE = "1'b0", "1'b1"


@dataclass(slots=True, kw_only=True)
class Uses:
    """Rewrites what it is shown, by edits; what it needs besides is in `decoders`."""

    source: Source
    plan: Plan
    names: Names
    holders: frozenset[str]
    edits: Edits
    old_width: int
    decoders: dict[str, str] = field(default_factory=dict)
    """For each holder whose old code is needed, the wire that has it."""
    alone: Part | None = None
    """An expression that needs no parentheses."""

    # -- states -----------------------------------------------------------------

    def text_for(self, state: str) -> str:
        """Return how a state that stays is written."""
        found = self.names.texts.get(state)
        return found or literal_like(self.names.literal, self.plan.codes[state])

    @property
    def unchanged(self) -> bool:
        """Whether all states that stay keep their codes."""
        return self.plan.same_codes and self.plan.width == self.old_width

    @property
    def live(self) -> list[str]:
        """The states that stay."""
        return list(self.plan.kept.values())

    def matching(self, constant: Part, kind: str = "case") -> list[str]:
        """Return the states that stay and whose old code `constant` matches."""
        bits = constant.value.rjust(self.old_width, "0")
        if set(bits[: -self.old_width]) - {"0"}:
            return []
        free = {"casez": "z", "casex": "xz"}.get(kind, "")
        pattern = bits[-self.old_width :]
        return [
            state
            for state in self.live
            if all(p in (c, *free) for p, c in zip(pattern, self._code(state), strict=True))
        ]

    def _code(self, state: str) -> str:
        return self.plan.old.codes[state]

    def state_of(self, constant: Part) -> str:
        """Return the state that stays for a constant which a holder is given."""
        for state, code in self.plan.old.codes.items():
            if constant.number == int(code, 2):
                return self.plan.image.get(state, self.plan.home)
        return self.plan.home

    def value(self, part: Part) -> str:
        """Rewrite what a holder is given; return how its only possible value is written.

        Empty if there are several, or if it is not known.
        """
        if part.kind == "mux":
            return self._choice(part)
        if part.kind == "name":
            return part.name
        if part.number is not None:
            text = self.text_for(self.state_of(part))
            self.write(part, text)
            return text
        if self.plan.width != self.old_width and self.source.shown(part)[:1].isdigit():
            self.write(part, f"{self.plan.width}'b{'x' * self.plan.width}")
        return ""

    def _choice(self, part: Part) -> str:
        condition, *sides = part.parts
        always = self.expression(condition)
        then, other = map(self.value, sides)
        if always is not None:
            self._put_in_place(part, sides[0] if always else sides[1])
            return then if always else other
        if then != other:
            return ""
        if then:
            self._put_in_place(part, sides[0])
        return then

    def write(self, part: Part, text: str) -> None:
        """Put `text` in place of a constant, unless it says the same."""
        old = self.source.of(part.start, part.end)
        same_literal = old[:1].isdigit() or old.startswith("'")
        if old != text and not (same_literal and self.same_literal(part, text)):
            self.edits.replace(part.start, part.end, text)

    def same_literal(self, part: Part, text: str) -> bool:
        """Whether a literal stays as it is, since its state has neither name nor new code."""
        return (
            not self.names.added
            and text not in self.names.texts.values()
            and self.unchanged
            and self.state_of(part) in self.matching(part)
        )

    # -- expressions ------------------------------------------------------------

    def expression(self, part: Part) -> bool | None:
        """Rewrite an expression; return its value where it has become a constant truth.

        Then the caller writes it.
        """
        if part.kind in ("eq", "ne"):
            found = compared(part, self.holders)
            if found is not None:
                return self._comparison(part, *found)
            if all(one.kind == "name" and one.name in self.holders for one in part.parts):
                return None
        if part.kind in ("or", "and"):
            return self._junction(part)
        if part.kind == "mux":
            return self._mux(part)
        if part.kind == "bit" and part.parts[0].name in self.holders:
            return self._bit(part)
        if part.kind == "name" and part.name in self.holders:
            self._whole(part)
        elif part.kind == "const":
            self._foreign(part)
        for inner in part.parts:
            self.finish(inner, self.expression(inner))
        return None

    def finish(self, part: Part, value: bool | None) -> None:
        """Write what `expression` returned."""
        if value is not None:
            self.edits.replace(*part.outer, _TRUE if value else _FALSE)

    def _comparison(self, part: Part, _name: Part, constant: Part) -> bool | None:
        states = self.matching(constant)
        if not states:
            return part.kind == "ne"
        self.write(constant, self.text_for(states[0]))
        return None

    def _junction(self, part: Part) -> bool | None:
        """Drop the operands that make no difference."""
        values = [self.expression(operand) for operand in part.parts]
        neutral = part.kind == "and"
        bitwise = part.name == "&"
        if bitwise and not all(map(_is_truth, part.parts)):
            for operand, value in zip(part.parts, values, strict=True):
                self.finish(operand, value)
            return None
        if (not neutral) in values and part.name != "|":
            return not neutral
        left = [p for p, value in zip(part.parts, values, strict=True) if value is not neutral]
        if not left:
            return neutral
        if len(left) < len(part.parts):
            self._keep_only(part, left[0], values)
            return None
        for operand, value in zip(part.parts, values, strict=True):
            self.finish(operand, value)
        return None

    def _keep_only(self, part: Part, operand: Part, values: Sequence[bool | None]) -> None:
        self.finish(operand, values[part.parts.index(operand)])
        self._put_in_place(part, operand)

    def _put_in_place(self, part: Part, chosen: Part) -> None:
        """Put an operand in the place of the whole, whose parentheses it needs."""
        text = self.edits.render(*chosen.outer)
        bracketed = self.source.text[part.start : part.start + 1] == b"("
        if bracketed and not is_enclosed(text):
            text = f"({text})"
        self.edits.replace(part.start, part.end, text)

    def _mux(self, part: Part) -> bool | None:
        condition, *sides = part.parts
        always = self.expression(condition)
        for side in sides:
            self.finish(side, self.expression(side))
        if always is not None:
            self._put_in_place(part, sides[0] if always else sides[1])
        return None

    # -- codes that are looked into -----------------------------------------------

    def _bit(self, part: Part) -> bool | None:
        name, index = part.parts
        if self.unchanged:
            return None
        place = None if index.number is None else self._column(name.name, index.number)
        if place is None:
            self._whole(name)
            self.finish(index, self.expression(index))
            return None
        ones = [state for state in self.live if self._code(state)[place] == "1"]
        if not ones or len(ones) == len(self.live):
            return bool(ones)
        text = self._same_bit(name.name, ones) or self._among(name.name, ones)
        if part is self.alone and is_enclosed(text):
            text = text[1:-1]
        self.edits.replace(part.start, part.end, text)
        return None

    def _column(self, holder: str, index: int) -> int | None:
        """Return which character of a code has the index; None if it is outside."""
        place = _bounds(self.source, holder, self.old_width)
        left, right = place
        column = left - index if left >= right else index - left
        return column if 0 <= column < self.old_width else None

    def _same_bit(self, holder: str, ones: Sequence[str]) -> str | None:
        """Return the bit of the new code that is 1 in just these states."""
        codes = self.plan.codes
        for column in range(self.plan.width):
            if [s for s in self.live if codes[s][column] == "1"] == list(ones):
                if self.plan.width == 1:
                    return holder
                return f"{holder}[{self.plan.width - 1 - column}]"
        return None

    def where(self, holder: str, ones: Sequence[str]) -> str:
        """Return a bit that is 1 in the states `ones`, over the new codes in `holder`."""
        if not ones or len(ones) == len(self.live):
            return _TRUE if ones else _FALSE
        text = self._same_bit(holder, ones) or self._among(holder, ones)
        return text[1:-1] if is_enclosed(text) else text

    def _among(self, holder: str, ones: Sequence[str]) -> str:
        others = [state for state in self.live if state not in ones]
        if len(others) < len(ones):
            return _joined([f"{holder} != {self.text_for(state)}" for state in others], " && ")
        return _joined([f"{holder} == {self.text_for(state)}" for state in ones], " || ")

    def _whole(self, part: Part) -> None:
        """Put the old code in place of a holder whose value is used as it is."""
        if not self.unchanged:
            wire = self.decoders.get(part.name)
            if wire is None:
                taken = {*self.source.names, *self.decoders.values(), *self.names.texts.values()}
                wire = self.decoders[part.name] = identifier(f"{part.name}_code", taken)
            self.edits.replace(part.start, part.end, wire)

    def _foreign(self, part: Part) -> None:
        """Keep the value of a state's constant where it does not stand for the state."""
        known = self.names.constant(part.name or f"`{part.macro}")
        if known is None or self._keeps_value(known.value):
            return
        width = known.declared.width if known.declared is not None else len(part.value)
        plain = width == 32
        text = str(known.value) if plain else f"{width}'d{known.value}"
        self.edits.replace(part.start, part.end, text)

    def _keeps_value(self, value: int) -> bool:
        return self.unchanged and any(int(self._code(state), 2) == value for state in self.live)

    def decoder_lines(self) -> list[str]:
        """Return declarations of the wires that have old codes."""
        found = []
        for holder, wire in self.decoders.items():
            bounds = f"[{self.old_width - 1}:0] " if self.old_width > 1 else ""
            choices = "".join(
                f"({holder} == {self.text_for(state)}) ? {self.old_width}'b{self._code(state)} : "
                for state in self.live[:-1]
            )
            last = f"{self.old_width}'b{self._code(self.live[-1])}"
            found.append(f"wire {bounds}{wire} = {choices}{last};")
        return found


def _is_truth(part: Part) -> bool:
    if part.kind in _BOOLEAN or part.name in ("||", "&&"):
        return True
    return part.kind in ("or", "and") and all(map(_is_truth, part.parts))


def _joined(texts: Sequence[str], sign: str) -> str:
    inside = sign.join(f"({text})" for text in texts)
    return inside if len(texts) == 1 else f"({inside})"


def is_enclosed(text: str) -> bool:
    """Whether the first parenthesis of an expression is closed by its last."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return letter == ")" and place == len(text) - 1
    return False


def _bounds(source: Source, holder: str, width: int) -> tuple[int, int]:
    declared: Declared | None = source.find(holder)
    if declared is not None and declared.range is not None:
        found = _BOUNDS.match(source.of(*declared.range))
        if found is not None:
            return int(found[1]), int(found[2])
    return width - 1, 0
