"""Which mutants of a design are made: of every operator some, from all over the text."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyslang.syntax import SyntaxKind as K

from sim.design import Design
from testbench_gen.mutants.module import Module, children
from testbench_gen.mutants.mutant import Mutant
from testbench_gen.mutants.operator import Operator
from testbench_gen.mutants.source import Change, Edit, Source

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LOOKED_AT_BYTES = 1 << 15
"""Text of modules among which a choice is made, and one module at least."""
_LOOKED_AT = 64
"""Of the changes that are left, those of which the one on the least used line is taken."""


def mutants_of(
    design: Design,
    *,
    limit: int | None = None,
    seed: int = 1,
    operators: Mapping[str, Operator],
) -> list[Mutant]:
    """See `testbench_gen.mutants.mutants_of`."""
    if limit is not None and limit < 0:
        raise ValueError(f"limit must not be negative, not {limit}")
    source = Source(design)
    modules = _modules(source, None if limit is None else seed)
    choice = _Choice(source=source)
    groups = {
        name: [change for module in modules for change in operator.changes(module)]
        for name, operator in operators.items()
    }
    if limit is None:
        for name, changes in groups.items():
            for change in changes:
                choice.take(name, change)
    else:
        _spread(choice, groups, limit, seed)
    return choice.mutants()


def _modules(source: Source, seed: int | None) -> list[Module]:
    """Return the modules to change; with a seed, some of them where they are very many."""
    root = source.root
    members = children(root.members) if root.kind is K.CompilationUnit else [root]
    modules: dict[str, Module] = {}
    for node in members:
        if node.kind is K.ModuleDeclaration and source.span(node) is not None:
            module = Module(node, source, modules, seed=seed)
            modules.setdefault(module.name, module)
    return _some(list(modules.values()), seed)


def _some(modules: list[Module], seed: int | None) -> list[Module]:
    if seed is None or len(modules) < 2:
        return modules
    sizes = {module.name: len(module.source.text(module.node)) for module in modules}
    order = list(modules)
    random.Random(seed).shuffle(order)  # noqa: S311 - a choice, no secret
    chosen: set[str] = set()
    size = 0
    for module in order:
        if size < _LOOKED_AT_BYTES:
            chosen.add(module.name)
        size += sizes[module.name]
    return [module for module in modules if module.name in chosen]


@dataclass(slots=True, kw_only=True)
class _Choice:
    """The changes chosen so far; no two of them say the same."""

    source: Source
    taken: list[tuple[str, Change]] = field(default_factory=list)
    _said: set[tuple[object, ...]] = field(default_factory=set)

    def take(self, operator: str, change: Change) -> bool:
        """Take a change unless it changes nothing, or was taken before."""
        said = _said(self.source, change.edits)
        if said is None or said in self._said:
            return False
        self._said.add(said)
        self.taken.append((operator, change))
        return True

    def mutants(self) -> list[Mutant]:
        """Return the mutants in the order of the text."""
        order = sorted(self.taken, key=lambda t: (t[1].at.file, t[1].at.start))
        return [_mutant(self.source, name, change) for name, change in order]


def _mutant(source: Source, operator: str, change: Change) -> Mutant:
    design = source.design
    return Mutant(
        operator=operator,
        summary=change.summary,
        file=change.at.file,
        line=source.line(change.at),
        original=design,
        design=Design(top=design.top, sources=source.edited(change.edits), data=design.data),
    )


def _spread(choice: _Choice, groups: Mapping[str, Sequence[Change]], limit: int, seed: int) -> None:
    """Choose `limit` changes: in turn one of each operator, on lines with few others."""
    rng = random.Random(seed)  # noqa: S311 - a choice, no secret
    names = sorted(name for name, changes in groups.items() if changes)
    rng.shuffle(names)
    waiting = {name: _shuffled(groups[name], rng) for name in names}
    used: Counter[tuple[str, int]] = Counter()
    while waiting and len(choice.taken) < limit:
        for name in [n for n in names if n in waiting]:
            if len(choice.taken) < limit and not _take_one(choice, name, waiting[name], used):
                del waiting[name]


def _shuffled(changes: Sequence[Change], rng: random.Random) -> list[Change]:
    order = list(changes)
    rng.shuffle(order)
    return order


def _take_one(
    choice: _Choice, name: str, waiting: list[Change], used: Counter[tuple[str, int]]
) -> bool:
    """Take the next change of one operator; False if none is left."""
    while waiting:
        change = _least_used(choice.source, waiting, used)
        if choice.take(name, change):
            used[_line(choice.source, change)] += 1
            return True
    return False


def _least_used(source: Source, waiting: list[Change], used: Counter[tuple[str, int]]) -> Change:
    first = max(0, len(waiting) - _LOOKED_AT)
    index = min(reversed(range(first, len(waiting))), key=lambda i: used[_line(source, waiting[i])])
    waiting[index], waiting[-1] = waiting[-1], waiting[index]
    return waiting.pop()


def _line(source: Source, change: Change) -> tuple[str, int]:
    return change.at.file, source.line(change.at)


def _said(source: Source, edits: Sequence[Edit]) -> tuple[object, ...] | None:
    """Return what a change does to the tokens of the text; None if nothing.

    Two changes that lead to the same tokens, whatever their edits, have the same.
    """
    file, start, old, new = source.around(edits)
    before = [(m.group(), m.start()) for m in _TOKEN.finditer(old)]
    after = [m.group() for m in _TOKEN.finditer(new)]
    same = _common([text for text, _ in before], after)
    rest, changed = before[same:], after[same:]
    tail = _common([text for text, _ in reversed(rest)], changed[::-1])
    removed = tuple(text for text, _ in rest[: len(rest) - tail])
    inserted = tuple(changed[: len(changed) - tail])
    if not removed and not inserted:
        return None
    at = rest[0][1] if rest else len(old)
    return file, start + len(old[:at].encode()), removed, inserted


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items two sequences have in common at their beginning."""
    pairs: Iterator[tuple[str, str]] = zip(one, other, strict=False)
    count = 0
    for left, right in pairs:
        if left != right:
            break
        count += 1
    return count
