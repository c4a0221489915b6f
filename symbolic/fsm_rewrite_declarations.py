"""Declarations of states and of the signals that hold them, rewritten for new codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symbolic.fsm_rewrite_names import Constant, Names, literal_like
from symbolic.fsm_rewrite_plan import NotWritable, Plan
from symbolic.fsm_source import Declared, Source
from symbolic.text_edit import Edits

_FIXED = re.compile(r"\b(integer|int|byte|shortint|longint)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """Edits what is declared."""

    source: Source
    plan: Plan
    names: Names
    holders: frozenset[str]
    edits: Edits
    old_width: int

    @property
    def _resized(self) -> bool:
        return self.plan.width != self.old_width

    @property
    def bounds(self) -> str:
        """The new bounds and a blank, empty for one bit."""
        return f"[{self.plan.width - 1}:0] " if self.plan.width > 1 else ""

    def rewrite(self) -> None:
        """Edit constants, then signals; add the constants that are missing."""
        self._constants()
        if self._resized:
            for whole in _wholes(self._held()):
                self._resize_signals(whole)
        self._comment()
        if self.names.added:
            self.edits.insert(self._above(), self._added())

    def drop(self, one: Declared) -> None:
        """Take away the declaration of a signal."""
        everything = [other for other in self.source.declared if other.whole == one.whole]
        self._drop(one.whole, everything, [one])

    def add_like(self, one: Declared, name: str) -> None:
        """Declare a variable `name` that can hold a state, behind the declaration of `one`."""
        if one.type_name or one.port:
            kind = self.source.of(*one.keyword).split() if one.type_name else ["reg"]
            head = f"{kind[-1]} " if one.type_name else f"reg {self.bounds}"
        else:
            logic = self.source.of(*one.keyword).split()[:1] == ["logic"]
            head = f"{'logic' if logic else 'reg'} {self.bounds}"
        self.add_lines([f"{head}{name};"])

    def add_lines(self, lines: Sequence[str]) -> None:
        """Declare more, behind all that is declared of states."""
        if not lines:
            return
        places = [one.whole[1] for one in self._held() if not one.port]
        places += [
            one.declared.whole[1]
            for one in self.names.constants
            if one.declared is not None and not one.declared.header
        ]
        place = max(places, default=self.source.body[0])
        indentation = self.edits.indentation(place) if place != self.source.body[0] else "    "
        end = self.source.text.find(b"\n", place)
        end = len(self.source.text) if end < 0 else end
        self.edits.insert(end, "".join(f"\n{indentation}{line}" for line in lines))

    def _held(self) -> list[Declared]:
        return [one for one in self.source.declared if one.name in self.holders]

    # -- constants --------------------------------------------------------------

    def _constants(self) -> None:
        declared = [one for one in self.names.constants if one.declared is not None]
        for whole in _wholes(one.declared for one in declared if one.declared is not None):
            inside = [one for one in declared if one.declared and one.declared.whole == whole]
            self._constants_in(whole, inside)
        for one in self.names.constants:
            if one.declared is None:
                self._macro(one)

    def _state_of(self, constant: Constant) -> str | None:
        """Return the state that stays of which this is the constant."""
        for state in self.plan.kept.values():
            if int(self.plan.old.codes[state], 2) == constant.value:
                return state
        return None

    def _macro(self, constant: Constant) -> None:
        state = self._state_of(constant)
        if constant.place is None:
            return
        if state is None:
            first, last = constant.place
            start = self.source.text.rfind(b"\n", 0, first) + 1
            end = self.source.text.find(b"\n", last)
            if self.source.of(start, first).split()[:1] == ["`define"]:
                self.edits.delete(start, len(self.source.text) if end < 0 else end)
        elif self._recoded(state):
            old = self.source.of(*constant.place)
            self.edits.replace(*constant.place, self._literal(old, self.plan.codes[state]))

    def _literal(self, old: str, code: str) -> str:
        """Return a code in the style of what stands there; one-hot codes are binary."""
        one_hot = self.plan.new.one_hot and self.plan.width > 2
        return literal_like("" if one_hot else old, code)

    def _recoded(self, state: str) -> bool:
        return self._resized or self.plan.codes[state] != self.plan.old.codes[state]

    def _constants_in(self, whole: tuple[int, int], constants: Sequence[Constant]) -> None:
        everything = [one for one in self.source.declared if one.whole == whole]
        gone = [one for one in constants if self._state_of(one) is None]
        left = [one for one in constants if one not in gone]
        names = [one.text for one in gone]
        self._drop(whole, everything, [one for one in everything if one.name in names])
        members = bool(left) and left[0].declared is not None and left[0].declared.role == "member"
        if members:
            self._members(left)
        else:
            for one in left:
                self._revalue(one)
        if self._resized and left and len(left) + len(gone) == len(everything):
            self._resize_constants(left[0])

    def _revalue(self, constant: Constant) -> None:
        state = self._state_of(constant)
        if state is not None and constant.place is not None and self._recoded(state):
            old = self.source.of(*constant.place)
            self.edits.replace(*constant.place, self._literal(old, self.plan.codes[state]))

    def _members(self, left: Sequence[Constant]) -> None:
        """Give the members of an enumeration their codes, by counting if that gives them."""
        states = [state for one in left if (state := self._state_of(one)) is not None]
        codes = [self.plan.codes[state] for state in states]
        counted = [int(code, 2) for code in codes] == list(range(len(codes)))
        for one, code in zip(left, codes, strict=True):
            if one.place is not None:
                old = self.source.of(*one.place)
                if one.value != int(code, 2) or self._resized:
                    self.edits.replace(*one.place, self._literal(old, code))
            elif not counted and one.declared is not None:
                self.edits.insert(one.declared.end, f" = {self._literal('', code)}")

    def _resize_constants(self, first: Constant) -> None:
        declared = first.declared
        if declared is None or declared.ranges > 1:
            return
        if declared.range is not None:
            self._set_bounds(declared.range)
        elif declared.role == "member":
            keyword = self.source.of(*declared.keyword).split()
            base = self.bounds if keyword[1:] else f"logic {self.bounds}"
            self.edits.insert(declared.keyword[1], base)

    def _set_bounds(self, place: tuple[int, int]) -> None:
        start, end = place
        if self.plan.width > 1:
            self.edits.replace(start, end, self.bounds.strip())
            return
        while self.source.text[end : end + 1].isspace():
            end += 1
        self.edits.replace(start, end, "")

    # -- lists --------------------------------------------------------------------

    def _drop(
        self, whole: tuple[int, int], everything: Sequence[Declared], gone: Sequence[Declared]
    ) -> None:
        """Take declarators out of a list, or the whole declaration if none is left."""
        if not gone or gone[0].header:
            return
        if len(gone) == len(everything):
            if gone[0].role != "member":
                self.edits.delete(*whole)
            return
        last = max(i for i, one in enumerate(everything) if one not in gone)
        for i, one in enumerate(everything):
            if one in gone and i < last:
                self.edits.replace(one.start, everything[i + 1].start, "")
        if last + 1 < len(everything):
            self._drop_tail(everything[last], everything[last + 1 :])

    def _drop_tail(self, survivor: Declared, gone: Sequence[Declared]) -> None:
        """Take away the end of a list, and keep the comment behind what comes before."""
        text = self.source.text
        member = survivor.role == "member"
        comma = self._comma(survivor.end)
        self.edits.replace(comma, comma + 1, "" if member else ";")
        newline = text.find(b"\n", comma, gone[0].start)
        start = comma + 1 if newline < 0 else newline
        end = gone[-1].end if member else survivor.whole[1]
        rest = text.find(b"\n", end)
        behind = text[end:rest].strip()
        if newline >= 0 and (not behind or behind.startswith(b"//")):
            end = rest
        self.edits.replace(start, end, "")

    def _comma(self, place: int) -> int:
        """Return where the next comma outside of comments is."""
        text = self.source.text
        while text[place : place + 1] != b",":
            if text.startswith(b"//", place):
                place = text.find(b"\n", place)
            elif text.startswith(b"/*", place):
                place = text.find(b"*/", place) + 1
            place += 1
        return place

    # -- signals ------------------------------------------------------------------

    def _resize_signals(self, whole: tuple[int, int]) -> None:
        everything = [one for one in self.source.declared if one.whole == whole]
        held = [one for one in everything if one.name in self.holders]
        first = held[0]
        if first.type_name or _FIXED.search(self.source.of(*first.keyword)):
            return
        if any(one.port for one in held):
            raise NotWritable(f"the state is visible at port {first.name!r}")
        if len(held) < len(everything):
            self._split(whole, everything, held)
        elif first.range is not None:
            self._set_bounds(first.range)
        else:
            self.edits.insert(min(one.start for one in everything), self.bounds)

    def _split(
        self, whole: tuple[int, int], everything: Sequence[Declared], held: Sequence[Declared]
    ) -> None:
        """Give what holds states a declaration of its own, before the others."""
        self._drop(whole, everything, held)
        first = min(one.start for one in everything)
        stop = everything[0].range[0] if everything[0].range is not None else first
        keyword = self.source.of(whole[0], stop)
        texts = ", ".join(self.edits.render(one.start, one.end) for one in held)
        indentation = self.edits.indentation(whole[0])
        self.edits.insert(whole[0], f"{keyword}{self.bounds}{texts};\n{indentation}")

    # -- what is new ----------------------------------------------------------------

    def _above(self) -> int:
        """Return where constants may be added: before the first signal that holds states."""
        places = [one.whole[0] for one in self._held() if not one.port and not one.type_name]
        return min(places, default=self.source.body[0])

    def _added(self) -> str:
        place = self._above()
        indentation = self.edits.indentation(place) if place != self.source.body[0] else "    "
        width = max(len(self.names.texts[state]) for state in self.names.added)
        entries = [
            f"{indentation}    {self.names.texts[state]:<{width}} = "
            f"{self.plan.width}'b{self.plan.codes[state]}"
            for state in self.names.added
        ]
        head = f"localparam {self.bounds}".rstrip()
        text = ",\n".join(entries)
        begin = f"\n\n{indentation}" if place == self.source.body[0] else ""
        return f"{begin}{head}\n{text};\n{indentation if not begin else ''}"

    def _unreached(self) -> list[str]:
        """Return the names of states that no longer exist because nothing led there."""
        codes = {int(self.plan.old.codes[state], 2) for state in self.plan.image}
        names = [one.text.lstrip("`") for one in self.names.constants if one.value not in codes]
        return list(dict.fromkeys((*self.plan.unreached, *names)))

    def _comment(self) -> None:
        """Say which states became which, above what declares them."""
        lines = merged_comment(self.plan, self._unreached())
        if not lines:
            return
        places = [
            one.declared.whole[0]
            for one in self.names.constants
            if one.declared is not None and not one.declared.header
        ]
        place = min(places, default=self._above())
        if place == self.source.body[0]:
            return
        start = self.source.text.rfind(b"\n", 0, place) + 1
        indentation = self.edits.indentation(place)
        self.edits.insert(start, "".join(f"{indentation}// {line}\n" for line in lines))


def merged_comment(plan: Plan, unreached: Sequence[str]) -> list[str]:
    """Return lines that say which states are no more, and what stands for them."""
    merged = {state: plan.merged_into(state) for state in plan.kept.values()}
    lines = [
        f"{state} stands for {_listed(others)} too: nothing outside can tell them apart."
        for state, others in merged.items()
        if others
    ]
    if unreached:
        lines.append(f"Never reached, and left out: {_listed(unreached)}.")
    return lines


def _listed(states: Sequence[str]) -> str:
    if len(states) == 1:
        return states[0]
    return f"{', '.join(states[:-1])} and {states[-1]}"


def _wholes(declared: Iterable[Declared]) -> list[tuple[int, int]]:
    return list(dict.fromkeys(one.whole for one in declared))
