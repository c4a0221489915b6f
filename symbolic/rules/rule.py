"""What a rewriting rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Nodes, rebuilt


class Goal(Enum):
    """What a rule, or a user, wants less of."""

    AREA = "area"
    DELAY = "delay"
    POWER = "power"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Verilog modules before and after, which a test proves equal."""

    before: str
    after: str
    """What the rule makes of it, as `symbolic.dataflow` writes it, white space apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """A proposal: the module after one application of a rule, in one place or everywhere."""

    module: Dataflow
    what: str
    """One line for people, with names: `a * 5 becomes (a << 2) + a`."""


Apply = Callable[[Dataflow], Iterator[Rewriting]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the library. Applying it never changes what a module does, don't-cares apart."""

    name: str
    """Lower case with hyphens; also the file's name, with underscores."""
    title: str
    matches: str
    makes: str
    allowed: str
    """When it may be used; empty: always."""
    goals: frozenset[Goal]
    source: str
    """Paper, book or tool where it is described."""
    example: Example
    apply: Apply
    """Yields proposals, the most promising first; few of them (`LIMIT` at most)."""
    always: bool = False
    """Whether it never costs anything, so that it is applied without measuring."""


LIMIT = 24
"""Proposals of a rule that a search looks at in one step."""


def everywhere(match: Callable[[Nodes, Node], Node | None], what: str) -> Apply:
    """Return an `apply` that replaces every node for which `match` returns another, at once.

    `match` sees nodes whose operands are already replaced.
    """

    def apply(module: Dataflow) -> Iterator[Rewriting]:
        roots = [*module.roots(), *module.named.values()]
        changed = 0

        def replace(node: Node) -> Node | None:
            nonlocal changed
            found = match(module.nodes, node)
            changed += found is not None and found is not node
            return found

        image = rebuilt(module.nodes, roots, replace)
        if changed:
            times = f" ({changed} times)" if changed > 1 else ""
            yield Rewriting(module=module.mapped(image), what=what + times)

    return apply


def one_by_one(match: Callable[[Nodes, Node], Node | None], what: Callable[[Node], str]) -> Apply:
    """Return an `apply` that yields a proposal for each node that `match` replaces."""

    def apply(module: Dataflow) -> Iterator[Rewriting]:
        roots = [*module.roots(), *module.named.values()]
        found = {node: match(module.nodes, node) for node in rebuilt(module.nodes, roots, _keep)}
        for node, other in list(found.items()):
            if other is not None and other is not node:
                one = {node: other}
                image = rebuilt(module.nodes, roots, one.get)
                yield Rewriting(module=module.mapped(image), what=what(node))

    return apply


def _keep(node: Node) -> Node | None:
    return None
