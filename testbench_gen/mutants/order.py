"""Blocking and non-blocking assignments mixed up, where it makes a difference.

All assignments of a block to one variable change together: a mixture does not
pass for RTL. In a combinational block nothing changes, but what it reads back
would wake it for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.module import Module, Realm, Region, Site
from testbench_gen.mutants.operator import Operator, changed_all
from testbench_gen.mutants.source import Change

_LOOPS = frozenset({K.ForLoopStatement, K.LoopStatement})
_BRANCHES = frozenset({K.ConditionalStatement, K.CaseStatement})
_Path = tuple[tuple[K, int, int], ...]
"""What stands around a node, from the block on: kinds and bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Uses:
    """Where one block reads and writes one variable."""

    reads: list[Site] = field(default_factory=list)
    writes: list[Site] = field(default_factory=list)

    def assignments(self, kind: K) -> list[Syntax]:
        """Return the assignments, if all are of this kind and to nothing else; else none."""
        found = [site.node.parent for site in self.writes]
        plain = all(
            node.kind is kind and node.parent.kind is K.ExpressionStatement for node in found
        )
        return found if plain else []


def _blocking(module: Module) -> Iterator[Change]:
    for region in module.some_regions(Realm.CLOCKED):
        for name, uses in _uses(module, region).items():
            found = uses.assignments(K.NonblockingAssignmentExpression)
            if found and (_read_elsewhere(module, region, name) or _read_later(region, uses)):
                edits = [(node.operatorToken, "=") for node in found]
                said = f"`{name}` is assigned with `=` instead of `<=`"
                yield from changed_all(module, edits, said)


def _nonblocking(module: Module) -> Iterator[Change]:
    for region in module.some_regions(Realm.CLOCKED):
        for name, uses in _uses(module, region).items():
            found = uses.assignments(K.AssignmentExpression)
            if found and name in module.signals and _read_later(region, uses):
                edits = [(node.operatorToken, "<=") for node in found]
                said = f"`{name}` is assigned with `<=` instead of `=`"
                yield from changed_all(module, edits, said)


def _uses(module: Module, region: Region) -> dict[str, _Uses]:
    """Return the uses of every variable that a block writes."""
    found: dict[Region, dict[str, _Uses]] | None = module.kept.get("uses")
    if found is None:
        found = module.kept["uses"] = {}
        for site in module.every(K.IdentifierName, K.IdentifierSelectName):
            name = site.node.identifier.valueText
            if site.region is not None and name in site.region.writes:
                uses = found.setdefault(site.region, {}).setdefault(name, _Uses())
                (uses.writes if site.target else uses.reads).append(site)
    return found.get(region, {})


def _read_elsewhere(module: Module, region: Region, name: str) -> bool:
    """Whether another clocked block reads the variable, at the moment when it changes."""
    others = (r for r in module.regions if r.realm is Realm.CLOCKED and r is not region)
    return any(name in other.reads for other in others)


def _read_later(region: Region, uses: _Uses) -> bool:
    """Whether the block reads the variable after it has assigned to it."""
    writes = [(site, _path(site.node.parent, region)) for site in uses.writes]
    reads = [(site, _path(site.node, region)) for site in uses.reads]
    return any(_follows(*write, *read) for write in writes for read in reads)


def _follows(write: Site, written: _Path, read: Site, path: _Path) -> bool:
    """Whether a read may come after a write in one run of a block."""
    common = 0
    for one, other in zip(written, path, strict=False):
        if one != other:
            break
        common += 1
    if any(kind in _LOOPS for kind, _, _ in written[:common]):
        return True
    inside = common == len(written)
    apart = common > 0 and written[common - 1][0] in _BRANCHES
    return read.order > write.order and not inside and not apart


def _path(node: Syntax, region: Region) -> _Path:
    found = []
    parent = node
    while parent is not None and parent.kind is not region.node.kind:
        span = parent.sourceRange
        found.append((parent.kind, span.start.offset, span.end.offset))
        parent = parent.parent
    return tuple(reversed(found))


OPERATORS = (
    Operator(
        name="blocking",
        description="`=` for `<=` in a clocked block, where it is read later or elsewhere",
        changes=_blocking,
    ),
    Operator(
        name="non-blocking",
        description="`<=` for `=` in a clocked block, where it is read later",
        changes=_nonblocking,
    ),
)
