"""One module as operators see it: where what stands, and which signals there are.

All of it is read from the syntax tree; nothing is elaborated. Left out is what
a change would only break or never let end: widths, loop bounds, delays,
parameters that others may override, assertions, system tasks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind as K

from sim.interface import Direction
from sim.slang import Syntax
from testbench_gen.mutants.signals import Signal, Signals
from testbench_gen.mutants.source import Source

ASSIGNMENTS = frozenset(
    kind
    for name, kind in K.__members__.items()
    if name.endswith("AssignmentExpression") and not name.startswith("Nonblocking")
)
"""Blocking ones, with an operator or without."""
MOST = 256
"""Places of one kind in one module among which a choice is made."""
_Thing = TypeVar("_Thing")
_ALWAYS = frozenset({K.AlwaysBlock, K.AlwaysCombBlock, K.AlwaysFFBlock, K.AlwaysLatchBlock})
_SIGN_CASTS = frozenset({"$signed", "$unsigned"})


class Realm(Enum):
    """What kind of hardware a part of a module describes."""

    ASSIGN = "continuous assignment"
    COMBINATIONAL = "combinational block"
    CLOCKED = "clocked block"
    INITIAL = "initial block"
    INSTANCE = "instance"
    FUNCTION = "function"


@dataclass(slots=True, kw_only=True, eq=False)
class Region:
    """A part of a module that acts as one: a block, an assignment, an instance."""

    realm: Realm
    node: Syntax
    name: str = ""
    """Of a function."""
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)

    @property
    def immediate(self) -> bool:
        """Whether what it writes follows what it reads without a clock."""
        return self.realm in (Realm.ASSIGN, Realm.COMBINATIONAL, Realm.INSTANCE, Realm.FUNCTION)


class Site(NamedTuple):
    """One node, and where it stands."""

    order: int
    """In the text of the module."""
    node: Syntax
    region: Region | None
    target: bool
    """Whether it is what is assigned to, or part of that."""


class Module:
    """A module of a design.

    With `seed`, `of` and `some_regions` choose among what is too much to look at all of it.
    """

    def __init__(
        self,
        node: Syntax,
        source: Source,
        modules: Mapping[str, Module],
        *,
        seed: int | None = None,
    ) -> None:
        self.node = node
        self.source = source
        self.modules = modules
        """All modules of the design, by name."""
        self.name: str = node.header.name.valueText
        self.signals = Signals(node, source)
        self.kept: dict[object, Any] = {}
        """What operators have found out and will ask for again."""
        self._seed = seed
        self._walked = False
        self._regions: list[Region] = []
        self._sites: dict[K, list[Site]] = {}
        self._count = 0

    @property
    def regions(self) -> list[Region]:
        """The parts that act as one, in the order of the text."""
        self._walk()
        return self._regions

    def every(self, *kinds: K) -> list[Site]:
        """Return all sites of these kinds, in the order of the text."""
        self._walk()
        if len(kinds) == 1:
            return self._sites.get(kinds[0], [])
        return sorted(site for kind in kinds for site in self._sites.get(kind, []))

    def of(self, *kinds: K) -> list[Site]:
        """Return the sites of these kinds that are to be changed, in the order of the text."""
        return self._some(self.every(*kinds))

    def some_regions(self, realm: Realm) -> list[Region]:
        """Return the regions of a kind that are to be changed, in the order of the text."""
        return self._some([region for region in self.regions if region.realm is realm])

    def _some(self, things: list[_Thing]) -> list[_Thing]:
        if self._seed is None or len(things) <= MOST:
            return things
        rng = random.Random(f"{self._seed} {self.name} {len(things)}")  # noqa: S311 - no secret
        return [things[index] for index in sorted(rng.sample(range(len(things)), MOST))]

    def _walk(self) -> None:
        """Look at every node, once; other modules must be known by then."""
        if self._walked:
            return
        self._walked = True
        waiting: list[tuple[Syntax, Region | None, bool]] = []
        waiting += ((member, None, False) for member in reversed(children(self.node.members)))
        while waiting:
            node, region, target = waiting.pop()
            region = self._entered(node, region)
            self._note(node, region, target)
            parts = self._connected(node) or _parts(node, target)
            waiting += reversed([(part, region, into) for part, into in parts])

    def _entered(self, node: Syntax, region: Region | None) -> Region | None:
        realm = _realm(node)
        if realm is None:
            return region
        name = node.prototype.name.getLastToken().valueText if realm is Realm.FUNCTION else ""
        entered = Region(realm=realm, node=node, name=name)
        if realm is Realm.FUNCTION:
            entered.writes.add(name)
        self._regions.append(entered)
        return entered

    def _connected(self, node: Syntax) -> list[tuple[Syntax, bool]]:
        """Return the connections of an instance, and whether each is driven by it."""
        if node.kind is not K.HierarchicalInstance:
            return []
        return [
            (connection, port is None or port.direction is not Direction.INPUT)
            for connection, port in self.connections(node)
        ]

    def connections(self, instance: Syntax) -> list[tuple[Syntax, Signal | None]]:
        """Return the connections of an instance, and the port of each where it is known."""
        inner = self.modules.get(instance.parent.type.valueText)
        signals = {} if inner is None else inner.signals
        ports = [s for s in signals.values() if s.direction is not None]
        found: list[tuple[Syntax, Signal | None]] = []
        for index, connection in enumerate(children(instance.connections)):
            named = connection.kind is K.NamedPortConnection
            port = ports[index] if index < len(ports) else None
            found.append((connection, signals.get(connection.name.valueText) if named else port))
        return found

    def _note(self, node: Syntax, region: Region | None, target: bool) -> None:
        self._count += 1
        site = Site(self._count, node, region, target)
        self._sites.setdefault(node.kind, []).append(site)
        if region is None:
            return
        if node.kind in (K.IdentifierName, K.IdentifierSelectName):
            name = node.identifier.valueText
            (region.writes if target else region.reads).add(name)
            if target and region.realm is Realm.INSTANCE:
                region.reads.add(name)  # of an unknown module all may be inputs
        elif node.kind is K.InvocationExpression and node.left.kind is K.IdentifierName:
            region.reads.add(node.left.identifier.valueText)
        elif node.kind is K.Declarator:
            region.writes.add(node.name.valueText)

    def depends(self, name: str, on: str) -> bool:
        """Whether signal `name` may follow signal `on` without a clock in between."""
        return on in self._followed(name)

    def _followed(self, name: str) -> set[str]:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = set()
            waiting = [name]
            while waiting:
                new = self._followed_directly.get(waiting.pop(), set()) - found
                found |= new
                waiting += new
        return found

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        return {}

    @cached_property
    def _followed_directly(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for region in self.regions:
            if region.immediate:
                for name in region.writes:
                    found.setdefault(name, set()).update(region.reads - {name}, self._own(region))
        return found

    @staticmethod
    def _own(region: Region) -> set[str]:
        """Return what a region reads that it also writes, when that closes a loop."""
        closed = region.realm is Realm.ASSIGN
        return region.reads & region.writes if closed else set()

    @cached_property
    def uses(self) -> Mapping[str, list[Token]]:
        """Every identifier token in an expression of this module, by the name it has."""
        found: dict[str, list[Token]] = {}

        def look(node: Syntax | Token) -> None:
            if isinstance(node, Token):
                return
            if node.kind in (K.IdentifierName, K.IdentifierSelectName) and not _member(node):
                found.setdefault(node.identifier.valueText, []).append(node.identifier)

        for member in children(self.node.members):
            member.visit(look)
        return found

    def signal(self, node: Syntax) -> Signal | None:
        """Return the signal that a name, or a selection of it, stands for."""
        if node.kind not in (K.IdentifierName, K.IdentifierSelectName):
            return None
        return self.signals.get(node.identifier.valueText)

    def free_name(self, wanted: str) -> str:
        """Return `wanted`, or something like it that nothing in the module is called."""
        name = wanted
        while name in self.uses or name in self.signals.names:
            name += "_"
        return name


def children(nodes: Syntax) -> list[Syntax]:
    """Return the nodes of a list, or under a node, without its tokens."""
    return [node for node in nodes if node is not None and not isinstance(node, Token)]


def _member(node: Syntax) -> bool:
    """Whether a name stands after a dot."""
    parent = node.parent
    if parent is None or parent.kind is not K.ScopedName:
        return False
    left = parent.left
    return not (left.kind == node.kind and left.sourceRange.start == node.sourceRange.start)


def _realm(node: Syntax) -> Realm | None:
    kind = node.kind
    if kind in (K.ContinuousAssign, K.NetDeclaration):
        return Realm.ASSIGN
    if kind in _ALWAYS:
        return Realm.CLOCKED if _has_edges(node) else Realm.COMBINATIONAL
    if kind in (K.InitialBlock, K.FinalBlock):
        return Realm.INITIAL
    if kind is K.HierarchicalInstance:
        return Realm.INSTANCE
    if kind in (K.FunctionDeclaration, K.TaskDeclaration):
        return Realm.FUNCTION
    return None


def _has_edges(block: Syntax) -> bool:
    statement = block.statement
    if statement.kind is not K.TimingControlStatement:
        return False
    return any(edge.edge.kind is not TokenKind.Unknown for edge in edges_of(statement))


def edges_of(statement: Syntax) -> list[Syntax]:
    """Return the signals that a timing control waits for, with their edges if they have any."""
    control = statement.timingControl
    if control.kind is not K.EventControlWithExpression:
        return []
    found, waiting = [], [control.expr]
    while waiting:
        node = waiting.pop()
        if node.kind is K.SignalEventExpression:
            found.append(node)
        else:
            waiting += reversed(children(node))
    return found


def _parts(node: Syntax, target: bool) -> Iterator[tuple[Syntax, bool]]:
    """Yield the parts of a node that may be changed, and whether they are assigned to."""
    kind = node.kind
    if kind in _CLOSED:
        return
    if kind in ASSIGNMENTS or kind is K.NonblockingAssignmentExpression:
        yield node.left, True
        yield node.right, False
        return
    inside = target and kind in _TRANSPARENT
    look = _OPENED.get(kind, children)
    for part in look(node):
        yield part, inside


def _loop(node: Syntax) -> list[Syntax]:
    return [node.statement] if node.repeatOrWhile.kind is TokenKind.RepeatKeyword else []


def _parameters(node: Syntax) -> list[Syntax]:
    declared = node.parameter
    local = declared.keyword.kind is TokenKind.LocalParamKeyword
    return (
        children(declared.declarators) if local and declared.kind is K.ParameterDeclaration else []
    )


def _call(node: Syntax) -> list[Syntax]:
    system = node.left.kind is K.SystemName
    if system and node.left.systemIdentifier.valueText not in _SIGN_CASTS:
        return []
    return [] if node.arguments is None else [node.arguments]


def _case_generate(node: Syntax) -> list[Syntax]:
    return [item.clause for item in children(node.items)]


_CLOSED = frozenset(
    {
        K.AttributeInstance,
        K.ClassDeclaration,
        K.ConcurrentAssertionMember,
        K.CycleDelay,
        K.Delay3,
        K.DelayControl,
        K.DoWhileStatement,
        K.ForeachLoopStatement,
        K.ForeverStatement,
        K.FunctionPrototype,
        K.ImmediateAssertStatement,
        K.ImmediateAssertionMember,
        K.ImmediateAssumeStatement,
        K.ImmediateCoverStatement,
        K.InterfaceDeclaration,
        K.ModuleDeclaration,
        K.PortDeclaration,
        K.ProceduralAssignStatement,
        K.ProceduralForceStatement,
        K.PropertyDeclaration,
        K.ScopedName,
        K.SequenceDeclaration,
        K.SignalEventExpression,
        K.SimpleRangeSelect,
        K.SpecifyBlock,
        K.TypedefDeclaration,
        K.VariableDimension,
    }
)
_TRANSPARENT = frozenset(
    {
        K.ConcatenationExpression,
        K.NamedPortConnection,
        K.OrderedPortConnection,
        K.SimplePropertyExpr,
        K.SimpleSequenceExpr,
    }
)
_OPENED: Mapping[K, Callable[[Syntax], list[Syntax]]] = {
    K.AscendingRangeSelect: lambda node: [node.left],
    K.DescendingRangeSelect: lambda node: [node.left],
    K.CaseGenerate: _case_generate,
    K.CastExpression: lambda node: [node.right],
    K.SignedCastExpression: lambda node: [node.inner],
    K.ContinuousAssign: lambda node: children(node.assignments),
    K.DataDeclaration: lambda node: children(node.declarators),
    K.NetDeclaration: lambda node: children(node.declarators),
    K.LocalVariableDeclaration: lambda node: children(node.declarators),
    K.Declarator: lambda node: [] if node.initializer is None else [node.initializer],
    K.ForLoopStatement: lambda node: [node.statement],
    K.FunctionDeclaration: lambda node: children(node.items),
    K.TaskDeclaration: lambda node: children(node.items),
    K.HierarchicalInstance: lambda node: children(node.connections),
    K.HierarchyInstantiation: lambda node: children(node.instances),
    K.PrimitiveInstantiation: lambda node: children(node.instances),
    K.IfGenerate: lambda node: [p for p in (node.block, node.elseClause) if p is not None],
    K.InvocationExpression: _call,
    K.LoopGenerate: lambda node: [node.block],
    K.LoopStatement: _loop,
    K.MultipleConcatenationExpression: lambda node: [node.concatenation],
    K.ParameterDeclarationStatement: _parameters,
    K.TimingControlExpression: lambda node: [node.expr],
}
