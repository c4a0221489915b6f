"""Where new text goes, and what goes with the old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from symbolic.dataflow import edit_guard
from symbolic.dataflow.compose import INDENT, Composed, Composer
from symbolic.dataflow.edit_names import Scope
from symbolic.dataflow.edit_plan import NotRewritable, Plan
from symbolic.dataflow.edit_slice import slice_item, sliced
from symbolic.dataflow.edit_text import Edits, indented, words
from symbolic.dataflow.edit_units import base_of
from symbolic.dataflow.edit_words import named_values
from symbolic.dataflow.nodes import Node
from symbolic.dataflow.sharing import Names
from symbolic.dataflow.source_map import ItemKind, Signal


@dataclass(slots=True, kw_only=True)
class _Piece:
    """New text."""

    lines: tuple[str, ...]
    place: int
    """In the old text, at the earliest."""
    item: int | None = None
    """The item that it replaces."""
    names: tuple[str, ...] = ()
    """What it declares, so that it has to stand before what uses it."""


def edited(text: str, plan: Plan) -> str:
    """Return the text of a source with a plan carried out.

    Raises:
        NotRewritable: What must change cannot be edited.
    """
    return _Editor(text, plan).text()


class _Editor:
    def __init__(self, text: str, plan: Plan) -> None:
        self._text, self._plan, self._source = text, plan, plan.source
        self._items, self._units = plan.source.items, plan.values.units
        span = plan.source.module
        self._taken = words(text[span.start : span.end]) | set(plan.source.modules)
        self._scope = Scope(plan, Names(self._taken))
        self._edits = Edits(text)
        self._step = self._edits.step
        self._initializers: dict[str, str] = {}
        self._dead = self._items_of(
            p for p in range(len(self._units)) if p not in plan.live and self._was_used(p)
        )
        self._changed = self._items_of(plan.replaced)
        self._sliced = {
            number: {base_of(name) for name in names}
            for place, names in plan.sliced.items()
            for number in self._units[place].items
        }
        self._drivers: dict[str, int] = {}
        for number in sorted(self._changed):
            for base in self._items[number].drives:
                self._drivers.setdefault(base, number)

    def text(self) -> str:
        nothing = not (self._dead or self._changed or self._sliced or self._plan.written)
        if nothing and not self._scope.registers:
            return self._text
        self._check()
        composed = self._composed()
        pieces = [*self._pieces(composed)]
        self._put(pieces)
        new = "\n".join(line for piece in pieces for line in piece.lines)
        self._declare(composed, new)
        self._drop_modules()
        self._guard(new)
        return self._edits.result()

    def _was_used(self, place: int) -> bool:
        """Whether a unit that nothing uses now is to go: not what only declares or checks."""
        unit = self._units[place]
        return bool(unit.signals or unit.registers or unit.memories)

    def _items_of(self, places: Iterable[int]) -> set[int]:
        return {number for place in places for number in self._units[place].items}

    def _check(self) -> None:
        for number in sorted(self._dead | self._changed | self._sliced.keys()):
            item = self._items[number]
            if item.opaque:
                line = self._text.count("\n", 0, item.span.start) + 1
                raise NotRewritable(
                    f"{item.span.file}:{line}: a macro or an included file makes what must change"
                )

    def _composed(self) -> Composed:
        plan = self._plan
        targets = [self._scope.target(name) for name in plan.written]
        named = {**plan.before.named, **plan.after.named}
        hints: dict[Node, str] = {}
        for name, node in named.items():
            hints.setdefault(node, name)
        known = named_values(plan, self._text)
        composer = Composer(
            plan.before.nodes,
            self._scope.names(),
            Names(self._taken | {fresh.name for fresh in self._scope.fresh()}),
            memories=self._scope.memories,
            hints=hints,
            words=self._scope.worded(known),
            types=known,
        )
        return composer.composed(targets, self._scope.storage())

    def _pieces(self, composed: Composed) -> Iterator[_Piece]:
        """Yield new text with the places where it should stand."""
        end = self._source.end
        for fresh in self._scope.fresh():
            yield _Piece(lines=(f"{INDENT}{fresh.declaration};",), place=0, names=(fresh.name,))
        for name, _, lines in composed.wires:
            yield _Piece(lines=lines, place=0, names=(name,))
        for name in self._plan.written:
            item = self._item_driving(name)
            lines = self._styled(composed.signals[name], item)
            yield _Piece(lines=lines, place=end if item is None else self._start(item), item=item)
        for names, lines in composed.processes:
            item = self._item_storing(names)
            place = end if item is None else self._start(item)
            if item in self._sliced:
                place = self._items[item].span.end
            yield _Piece(lines=self._styled(lines, item), place=place, item=item)
        initial = self._scope.initial()
        if initial:
            yield _Piece(lines=tuple(initial), place=end)

    def _styled(self, lines: tuple[str, ...], item: int | None) -> tuple[str, ...]:
        """Return a process with the keyword that the source has."""
        old = "" if item is None else self._old(item)
        for keyword, plain in (("always_ff @", "always @("), ("always_comb", "always @*")):
            if lines and old.startswith(keyword.rstrip(" @")):
                wanted = keyword + "(" if plain.endswith("(") else keyword
                return (lines[0].replace(plain, wanted, 1), *lines[1:])
        return lines

    def _old(self, item: int) -> str:
        span = self._items[item].span
        return self._text[span.start : span.end]

    def _start(self, item: int) -> int:
        return self._items[item].span.start

    def _item_driving(self, name: str) -> int | None:
        return self._drivers.get(base_of(name))

    def _item_storing(self, texts: Iterable[str]) -> int | None:
        """Return the first item that drove one of these registers or memories."""
        scope = self._scope
        origins = {t: n for n, t in (*scope.registers.items(), *scope.memories.items())}
        found = []
        for name in (origins[text] for text in texts):
            home = scope.home(name)
            if home is not None:
                items = self._units[home].items
                own = [n for n in items if base_of(name) in self._items[n].drives]
                found.append(min(own or items))
        return min(found, default=None)

    def _put(self, pieces: list[_Piece]) -> None:
        """Put pieces where what they use is declared, and remove what they replace."""
        self._settle(pieces)
        pieces = self._without_initializers(pieces)
        for process, gone in self._sliced.items():
            slice_item(self._edits, self._items[process], gone)
        at: dict[int, list[_Piece]] = {}
        for piece in pieces:
            at.setdefault(piece.place, []).append(piece)
        starts = {self._start(number): number for number in self._dead | self._changed}
        for place, group in sorted(at.items()):
            number = starts.pop(place, None)
            lines = [line for piece in group for line in piece.lines]
            if number is not None and self._is_declaration(number):
                self._before(place, lines)
            elif number is not None:
                span = self._items[number].span
                base = self._edits.indentation(span.start)
                self._edits.replace(span.start, span.end, indented(lines, base, self._step))
            elif place == self._source.end:
                self._at_end(lines)
            else:
                self._behind(place, lines)
        for number in starts.values():
            if not self._is_declaration(number):
                span = self._items[number].span
                self._edits.remove_lines(span.start, span.end)

    def _settle(self, pieces: list[_Piece]) -> None:
        """Give each piece a place behind the declarations that it needs."""
        used = [words("\n".join(piece.lines)) for piece in pieces]
        declarers = {name: n for n, piece in enumerate(pieces) for name in piece.names}
        users: dict[str, list[_Piece]] = {name: [] for name in declarers}
        for piece, mentioned in zip(pieces, used, strict=True):
            for name in mentioned & users.keys() - set(piece.names):
                users[name].append(piece)
        for piece in reversed(pieces):
            if piece.names:
                places = [user.place for name in piece.names for user in users[name]]
                piece.place = min(places, default=self._source.end)
        ends = self._declaration_ends()
        for piece, mentioned in zip(pieces, used, strict=True):
            needed = [ends.get(name, 0) for name in mentioned]
            needed += [
                pieces[declarers[name]].place
                for name in mentioned
                if name in declarers and pieces[declarers[name]] is not piece
            ]
            piece.place = max([piece.place, *needed])

    def _without_initializers(self, pieces: list[_Piece]) -> list[_Piece]:
        """Return the pieces that do not go where a net's declaration gave it a value before."""
        places = {name: piece.place for piece in pieces for name in piece.names}
        left = []
        for piece in pieces:
            text = "\n".join(piece.lines).strip()
            name, _, value = text.removeprefix("assign ").partition(" = ")
            signal = self._source.signals.get(name)
            used = words(value)
            if (
                signal is not None
                and "\n" not in text
                and signal.initialized
                and not signal.variable
                and piece.item == signal.item
                and signal.item in self._changed
                and piece.place == self._items[signal.item].span.end
                and all(places.get(word, 0) < self._start(signal.item) for word in used)
                and used.isdisjoint(self._declared_in(signal.item))
            ):
                self._initializers[name] = value.removesuffix(";")
            else:
                left.append(piece)
        return left

    def _declared_in(self, number: int) -> set[str]:
        return {signal.name for signal in self._source.signals.values() if signal.item == number}

    def _declaration_ends(self) -> dict[str, int]:
        return {
            signal.name: self._items[signal.item].span.end
            for signal in self._source.signals.values()
            if signal.item is not None and not self._items[signal.item].opaque
        }

    def _is_declaration(self, number: int) -> bool:
        return self._items[number].kind is ItemKind.SIGNALS

    def _before(self, place: int, lines: list[str]) -> None:
        base = self._edits.indentation(place)
        self._edits.replace(place, place, f"{indented(lines, base, self._step)}\n{base}")

    def _behind(self, place: int, lines: list[str]) -> None:
        """Insert lines behind the item that ends at a place, and the comment beside it."""
        base = next(
            (self._edits.indentation(i.span.start) for i in self._items if i.span.end == place),
            INDENT,
        )
        rest, _, _ = self._text[place:].partition("\n")
        if rest.lstrip().startswith("//"):
            place += len(rest.rstrip("\r"))
        self._edits.replace(place, place, f"\n{base}{indented(lines, base, self._step)}")

    def _at_end(self, lines: list[str]) -> None:
        base = self._edits.indentation(self._items[-1].span.start) if self._items else INDENT
        body = indented(["", *lines], base, self._step).removeprefix("\n")
        end = self._source.end
        lead = "" if self._text[:end].endswith("\n") else "\n"
        self._edits.replace(end, end, f"{lead}{body}\n")

    def _declare(self, composed: Composed, new: str) -> None:
        """Bring declarations in line with what is left."""
        rest = self._remaining(new)
        old = self._mentioned(self._dead | self._changed | self._sliced.keys())
        for number in self._initial_items():
            if self._initializes(number):
                rest |= words(self._old(number))
            else:
                old |= words(self._old(number))
                span = self._items[number].span
                self._edits.remove_lines(span.start, span.end)
        gone = old - rest
        for number in self._genvars():
            if words(self._old(number)) - {"genvar"} <= gone:
                span = self._items[number].span
                self._edits.remove_lines(span.start, span.end)
        declared: dict[int, list[Signal]] = {}
        for signal in self._source.signals.values():
            item = signal.item
            if item is not None and self._items[item].kind is ItemKind.SIGNALS:
                declared.setdefault(item, []).append(signal)
        for item, signals in declared.items():
            if not self._items[item].opaque:
                self._redeclare(item, signals, gone, composed)
        self._to_nets(composed)

    def _genvars(self) -> Iterator[int]:
        for number, item in enumerate(self._items):
            if item.kind is ItemKind.OTHER and self._old(number).startswith("genvar "):
                yield number

    def _initial_items(self) -> Iterator[int]:
        for number, item in enumerate(self._items):
            if item.kind is ItemKind.INITIAL and item.drives and not item.opaque:
                yield number

    def _initializes(self, number: int) -> bool:
        """Whether an initial block gives anything a value that is still there."""
        bases = {base_of(name) for name in self._items[number].drives}
        stored = {base_of(n) for n in (*self._plan.before.registers, *self._plan.before.memories)}
        if bases.isdisjoint(stored):
            return True
        return any(base_of(n) in bases for n in self._scope.surviving())

    def _mentioned(self, numbers: Iterable[int]) -> set[str]:
        found: set[str] = set()
        for number in numbers:
            found |= words(self._old(number))
        return found

    def _remaining(self, new: str) -> set[str]:
        """Return the words of what is left and new, declarations of signals apart."""
        source, genvars = self._source, set(self._genvars())
        found = words(new) | words(self._text[source.header.start : source.header.end])
        for number, item in enumerate(self._items):
            if number in self._dead | self._changed or item.kind is ItemKind.INITIAL:
                continue
            if number in self._sliced:
                found |= words(sliced(self._text, item, self._sliced[number]))
            elif item.kind is not ItemKind.SIGNALS and number not in genvars:
                found |= words(self._old(number))
        for signal in source.signals.values():
            is_old = signal.item is not None and signal.item in self._dead | self._changed
            text = self._text[signal.span.start : signal.span.end]
            if not is_old:
                found |= words(text[len(signal.name) :])
        return found

    def _redeclare(
        self, item: int, signals: list[Signal], gone: set[str], composed: Composed
    ) -> None:
        """Write the names of a declaration again, without those that are gone."""
        signals = sorted(signals, key=lambda s: s.span.start)
        kept = [s for s in signals if s.name not in gone or s.direction]
        old = [self._text[s.span.start : s.span.end] for s in signals]
        new = [self._declarator(s, item, composed) for s in kept]
        if not kept:
            span = self._items[item].span
            self._edits.remove_lines(span.start, span.end)
        elif old != new:
            self._edits.replace(signals[0].span.start, signals[-1].span.end, ", ".join(new))

    def _declarator(self, signal: Signal, item: int, composed: Composed) -> str:
        text = self._text[signal.span.start : signal.span.end]
        if item in self._dead | self._changed and signal.initialized and not signal.variable:
            plain = text.partition("=")[0].rstrip()
            value = self._initializers.get(signal.name)
            return plain if value is None else f"{plain} = {value}"
        return text

    def _to_nets(self, composed: Composed) -> None:
        """Declare as nets what is no longer assigned in a process."""
        for name in self._plan.written:
            signal = self._source.signals.get(base_of(name))
            if signal is None or name in composed.variables or signal.keyword_span is None:
                continue
            if signal.variable and self._scope.is_convertible(signal, name):
                span = signal.keyword_span
                is_port = bool(signal.direction) and self._declares_port(signal)
                rest = self._text[span.end :]
                end = span.end + len(rest) - len(rest.lstrip(" \t")) if is_port else span.end
                self._edits.replace(span.start, end, "" if is_port else "wire")

    def _declares_port(self, signal: Signal) -> bool:
        return signal.item is None or self._items[signal.item].kind is ItemKind.PORTS

    def _drop_modules(self) -> None:
        """Remove modules that only what is gone instantiated."""
        source = self._source
        gone = self._dead | self._changed
        top = self._top_module()
        uses = {name: set(inner) for name, inner in source.instances.items()}
        before = _closure(uses, top)
        uses[top] = {m for n, i in enumerate(self._items) if n not in gone for m in i.modules}
        unused = before - _closure(uses, top) - {top}
        others = {m for name, inner in uses.items() if name not in unused for m in inner}
        for name in sorted(unused - _closure_of(uses, others)):
            span = source.modules.get(name)
            if span is not None and span.file == source.file:
                self._edits.remove_lines(span.start, span.end)

    def _top_module(self) -> str:
        found = (n for n, span in self._source.modules.items() if span == self._source.module)
        return next(found)

    def _guard(self, new: str) -> None:
        lines = edit_guard.guard(
            self._source,
            self._plan.before,
            self._text,
            self._dead | self._changed | self._sliced.keys(),
            new,
        )
        if lines:
            blank = not self._text[: self._source.end].rstrip(" \t").endswith("\n\n")
            self._at_end(["", *lines] if blank else lines)


def _closure(uses: Mapping[str, set[str]], top: str) -> set[str]:
    return _closure_of(uses, [top])


def _closure_of(uses: Mapping[str, set[str]], roots: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sorted(uses.get(name, ()))
    return found
