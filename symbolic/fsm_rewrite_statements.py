"""Processes that read a state, rewritten; what they assign to given signals is taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symbolic.fsm_rewrite_holders import labels_of
from symbolic.fsm_rewrite_plan import NotWritable
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Part

_ITEMS = frozenset({"process", "wire", "net", "instance", "function", "generate"})
_STATEMENTS = frozenset({"block", "if", "case", "assign", "empty", "loop"})
_EDGES = frozenset({"posedge", "negedge", "edge"})


def is_clocked(item: Part) -> bool:
    """Whether edges start a process, or it runs once."""
    events = [part.name for part in item.parts if part.kind == "event"]
    return item.name in ("initial", "always_ff") or bool(_EDGES & set(events))


@dataclass(slots=True, kw_only=True)
class Statements:
    """Rewrites items of a module; each method tells whether nothing is left of its part.

    What is gone is taken out of the text by the caller. Items of a `case` for states
    that no longer exist go.
    """

    uses: Uses
    removed: frozenset[str] = frozenset()
    """Signals whose assignments are taken out."""
    _clocked: bool = False

    def rewrite(self, item: Part) -> None:
        """Rewrite an item, and take it out if nothing is left of it."""
        if self.item(item):
            self.uses.edits.delete(item.start, item.end)

    def item(self, item: Part) -> bool:
        """Rewrite an item of the module."""
        if item.kind == "process":
            self._clocked = is_clocked(item)
            return self.statement(item.parts[-1])
        if item.kind == "wire":
            return self._wire(item)
        if item.kind == "net" and item.name in self.uses.holders:
            self.uses.value(item.parts[0])
            return False
        self._inside(item.parts)
        return False

    def _wire(self, item: Part) -> bool:
        gone = self._assign(item)
        if gone and item.name == ",":
            raise NotWritable("an `assign` of several signals must be split by hand")
        return gone

    def statement(self, part: Part) -> bool:
        """Rewrite a statement and all in it."""
        if part.kind == "assign":
            return self._assign(part)
        if part.kind == "block":
            return self._block(part)
        if part.kind == "if":
            return self._if(part)
        if part.kind == "case":
            return self._case(part)
        if part.kind == "loop":
            for bound in part.parts[:-1]:
                self._expressions([bound])
            return self.statement(part.parts[-1])
        if not (part.kind == "other" and part.name == "output"):
            self._inside(part.parts)
        return False

    def _inside(self, parts: Iterable[Part]) -> None:
        """Rewrite what lies in something of which nothing is taken out."""
        for part in parts:
            if part.kind in _ITEMS:
                self.rewrite(part)
            elif part.kind in _STATEMENTS:
                if self.statement(part):
                    raise NotWritable("an assignment to the state stands where it cannot be cut")
            elif part.kind == "other":
                self._inside(part.parts)
            elif part.kind != "event":
                self._expressions([part])

    def _expressions(self, parts: Iterable[Part]) -> None:
        for part in parts:
            self.uses.finish(part, self.uses.expression(part))

    def _assign(self, part: Part) -> bool:
        target, value = part.parts
        if self._is_removed(target):
            return True
        if target.kind == "name" and target.name in self.uses.holders:
            self.uses.value(value)
            return False
        self._expressions(inner for one in target.walk() for inner in one.parts[1:])
        self.uses.alone = value
        self._expressions([value])
        return False

    def _is_removed(self, target: Part) -> bool:
        """Whether all that is assigned is taken out.

        Raises:
            NotWritable: Some of it is, and some stays.
        """
        if target.kind in ("name", "bit"):
            base = target if target.kind == "name" else target.parts[0]
            return base.name in self.removed
        bases = [part.name for part in target.walk() if part.kind == "name"]
        if target.name == "RangeSelect":
            bases = bases[:1]
        removed = [name in self.removed for name in bases]
        if any(removed) and not all(removed):
            raise NotWritable("the state is assigned together with something else")
        return bool(bases) and all(removed)

    # -- statements with others inside --------------------------------------------

    def _block(self, part: Part) -> bool:
        gone = [inner for inner in part.parts if self.statement(inner)]
        if gone and all(p in gone or p.kind == "empty" for p in part.parts):
            return True
        for inner in gone:
            self.uses.edits.delete(inner.start, inner.end)
        return False

    def _if(self, part: Part) -> bool:
        condition, *sides = part.parts
        always = self.uses.expression(condition)
        gone = [self.statement(side) for side in sides]
        if all(gone):
            return True
        if always is not None:
            return self._decided(part, sides, gone, always=always)
        if gone[0]:
            self._only_else(part)
        elif len(gone) > 1 and gone[1]:
            self.uses.edits.replace(sides[0].end, sides[1].end, "")
        return False

    def _decided(
        self, part: Part, sides: Sequence[Part], gone: Sequence[bool], *, always: bool
    ) -> bool:
        """Put the only side that is ever taken in the place of all."""
        number = 0 if always else 1
        if number >= len(sides) or gone[number]:
            return True
        text = self.uses.edits.render(sides[number].start, sides[number].end)
        self.uses.edits.replace(part.start, part.end, text)
        return False

    def _only_else(self, part: Part) -> None:
        condition, _, other = part.parts
        edits = self.uses.edits
        shown, kept = edits.render(*condition.outer), edits.render(other.start, other.end)
        simple = condition.kind == "name"
        negated = f"!{shown}" if simple else f"!({shown})"
        if condition.kind == "not" and condition.parts[0].kind == "name":
            negated = edits.render(*condition.parts[0].outer)
        edits.replace(part.start, part.end, f"if ({negated}) {kept}")

    # -- case -----------------------------------------------------------------------

    def _case(self, part: Part) -> bool:
        selector = part.parts[0]
        uses = self.uses
        simple = all(label.kind == "const" for item in part.parts[1:] for label in labels_of(item))
        if selector.kind == "name" and selector.name in uses.holders and simple:
            return self._state_case(part)
        self._expressions([selector])
        left: list[tuple[Part, bool]] = []
        for item in part.parts[1:]:
            self._expressions(labels_of(item))
            left.append((item, self.statement(item.parts[-1])))
        return self._without_gone(left)

    def _state_case(self, part: Part) -> bool:
        left: list[tuple[Part, bool]] = []
        told: set[str] = set()
        for item in part.parts[1:]:
            if item.kind == "default":
                left.append((item, self.statement(item.parts[-1])))
                continue
            states = self._states_of(item, part.name, told)
            told |= set(states)
            gone = self.statement(item.parts[-1])
            if states:
                left.append((item, gone))
                self._labels(item, states)
            else:
                self.uses.edits.delete(item.start, item.end)
        if left and self._must_end_in_default(part):
            labels = left[-1][0].parts[:-1]
            self.uses.edits.replace(labels[0].outer[0], labels[-1].outer[1], "default")
        return self._without_gone(left)

    def _without_gone(self, items: Sequence[tuple[Part, bool]]) -> bool:
        """Take out items of which nothing is left; before a default they still stand empty."""
        if items and all(gone for _, gone in items):
            return True
        default = any(item.kind == "default" and not gone for item, gone in items)
        for item, gone in items:
            if gone and default and item.kind == "item":
                self.uses.edits.replace(item.parts[-1].start, item.parts[-1].end, ";")
            elif gone:
                self.uses.edits.delete(item.start, item.end)
        return False

    def _states_of(self, item: Part, kind: str, told: set[str]) -> list[str]:
        found: dict[str, None] = {}
        for label in labels_of(item):
            found.update(dict.fromkeys(self.uses.matching(label, kind)))
        return [state for state in found if state not in told]

    def _labels(self, item: Part, states: Sequence[str]) -> None:
        labels, uses = labels_of(item), self.uses
        texts = [uses.text_for(state) for state in states]
        if [uses.source.shown(label) for label in labels] == texts:
            return
        if len(labels) == len(states) and all(map(uses.same_literal, labels, texts)):
            return
        uses.edits.replace(labels[0].outer[0], labels[-1].outer[1], ", ".join(texts))

    def _must_end_in_default(self, part: Part) -> bool:
        """Whether all codes were covered before, and are no longer, so that there were latches."""
        if self._clocked or any(item.kind == "default" for item in part.parts[1:]):
            return False
        values = {label.number for item in part.parts[1:] for label in labels_of(item)}
        full = len(values) == 1 << self.uses.old_width
        return full and len(self.uses.live) < 1 << self.uses.plan.width
