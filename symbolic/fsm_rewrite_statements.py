"""Processes that read a state, rewritten; what they assign to given signals is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symbolic.fsm_rewrite_holders import labels_of
from symbolic.fsm_rewrite_plan import NotWritable
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Part

_ITEMS = frozenset({"process", "wire", "net", "instance", "function", "generate"})
_STATEMENTS = frozenset({"block", "if", "case", "assign", "empty", "loop"})
_BLOCK_NAME = re.compile(rb"[ \t]*:[ \t]*\w+")
_EDGES = frozenset({"posedge", "negedge", "edge"})


def is_clocked(item: Part) -> bool:
    """Whether edges start a process, or it runs once."""
    events = [part.name for part in item.parts if part.kind == "event"]
    return item.name in ("initial", "always_ff") or bool(_EDGES & set(events))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weave:
    """Statements that go into the branches of a `case`, which has one for each state."""

    case: Part
    statements: Mapping[str, Sequence[str]]
    """For each state lines of one statement."""
    default: str
    """One statement; empty for none."""
    before: frozenset[str]
    """Signals that have a value before the `case`."""


@dataclass(slots=True, kw_only=True)
class Statements:
    """Rewrites items of a module; each method tells whether nothing is left of its part.

    What is gone is taken out of the text by the caller. Items of a `case` for states
    that no longer exist go.
    """

    uses: Uses
    removed: frozenset[str] = frozenset()
    """Signals whose assignments are taken out."""
    woven: Weave | None = None
    """What is put into the branches of one `case` over the state."""
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
        if self.woven is not None and part is self.woven.case:
            self._weave(part, left)
            return False
        if left and self._must_end_in_default(part):
            self._end_in_default(left[-1][0])
        return self._without_gone(left)

    def _weave(self, part: Part, left: Sequence[tuple[Part, bool]]) -> None:
        """Put statements into the branches, and add a default if there is none."""
        if self.woven is None:
            return
        for item, gone in left:
            if item.kind == "default":
                lines: Sequence[str] = [self.woven.default] if self.woven.default else []
            else:
                state = self.uses.matching(labels_of(item)[0])[0]
                lines = self.woven.statements[state]
            self._put_first(item.parts[-1], lines, gone=gone)
        if any(item.kind == "default" for item, _ in left):
            return
        given = {inner.parts[0].name for inner in part.walk() if inner.kind == "assign"}
        if given <= self.woven.before | self.removed:
            self._add_default(part, left[0][0])
        elif self._must_end_in_default(part):
            self._end_in_default(left[-1][0])

    def _add_default(self, part: Part, first: Part) -> None:
        edits = self.uses.edits
        if self.woven is not None and self.woven.default:
            end = part.end - len(b"endcase")
            line = f"{edits.indentation(first.start)}default: {self.woven.default}\n"
            edits.insert(end - len(edits.indentation(end)), line)

    def _end_in_default(self, item: Part) -> None:
        labels = item.parts[:-1]
        self.uses.edits.replace(labels[0].outer[0], labels[-1].outer[1], "default")

    def _put_first(self, statement: Part, lines: Sequence[str], *, gone: bool) -> None:
        edits = self.uses.edits
        indentation = edits.indentation(statement.start)
        inner = f"\n{indentation}    "
        text = inner.join(lines)
        if gone:
            if len(lines) > 1:
                text = inner + text
            edits.replace(statement.start, statement.end, text or ";")
        elif statement.kind == "block":
            edits.insert(_behind_begin(edits.text, statement), f"{inner}{text}" if lines else "")
        elif lines:
            kept = edits.render(statement.start, statement.end)
            whole = f"begin{inner}{text}{inner}{kept}\n{indentation}end"
            edits.replace(statement.start, statement.end, whole)

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


def weavable(statement: Part, holder: str, uses: Uses) -> Part | None:
    """Return the `case` over the state that is all of a process but for what comes before it.

    Each state that stays must have a branch of its own.
    """
    parts = statement.parts if statement.kind == "block" else (statement,)
    case = parts[-1] if parts else statement
    if case.kind != "case" or case.name != "case" or case.parts[0].name != holder:
        return None
    if any(part.kind != "assign" for part in parts[:-1]):
        return None
    told: list[str] = []
    for item in case.parts[1:]:
        labels = labels_of(item)
        if any(label.kind != "const" for label in labels):
            return None
        states = [state for label in labels for state in uses.matching(label)]
        if len(states) > 1:
            return None
        told += states
    return case if sorted(told) == sorted(uses.live) else None


def _behind_begin(text: bytes, block: Part) -> int:
    """Return the place behind `begin`, the name of the block, and a comment on that line."""
    place = block.start + len(b"begin")
    line = text[place : text.find(b"\n", place)]
    found = _BLOCK_NAME.match(line)
    after = found.end() if found else 0
    return place + (len(line) if line[after:].lstrip().startswith(b"//") else after)
