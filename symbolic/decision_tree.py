"""The cheapest decision tree that explains samples, by exhaustive search with memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from symbolic.expression import Const, Equal, Expression, Mux, Ref
from symbolic.hypotheses import conditions
from symbolic.samples import Sample, Signal, known_value, known_values

_TREE_WORK = 4000
_CONDITIONS = 40
_EPSILON = 1e-6
_NEARLY = 0.75
"""How much more a leaf may cost to be a rival of a constant: that a register holds, say."""
_RIVALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A leaf: its cost, and the samples it explains."""

    value: Expression
    cost: float
    meets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """An explanation."""

    value: Expression
    cost: float
    rivals: tuple[Expression, ...] = ()
    """Some others that are as cheap."""


def options_for(
    samples: Sequence[Sample], found: Iterable[tuple[Expression, float]]
) -> list[Option]:
    """Return the leaves with the samples that each explains, cheapest first."""
    options: dict[Expression, Option] = {}
    for value, cost in found:
        if value in options:
            continue
        outcomes = known_values(value, samples)
        meets = sum(
            1 << i
            for i, (outcome, sample) in enumerate(zip(outcomes, samples, strict=True))
            if outcome == sample.result
        )
        if meets:
            options[value] = Option(value=value, cost=cost, meets=meets)
    return sorted(options.values(), key=lambda option: option.cost)


def conditions_for(samples: Sequence[Sample], signals: Sequence[Signal]) -> list[Condition]:
    """Return the conditions that tell some samples apart, cheapest first."""
    found = []
    for value, cost, state in conditions(samples, signals):
        outcomes = known_values(value, samples)
        true = sum(1 << i for i, outcome in enumerate(outcomes) if outcome == 1)
        known = sum(1 << i for i, outcome in enumerate(outcomes) if outcome is not None)
        if true and true != known:
            found.append(Condition(value=value, cost=cost, true=true, known=known, state=state))
    return sorted(found, key=lambda one: one.cost)[:_CONDITIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition: its cost, and the samples for which it is true and known."""

    value: Expression
    cost: float
    true: int
    known: int
    state: bool


@dataclass(slots=True, kw_only=True)
class TreeSearch:
    """Looks for the cheapest decision tree, remembering sets of samples."""

    leaves: Sequence[Option]
    conditions: Sequence[Condition]
    memory: dict[tuple[int, int, bool], Tree | None] = field(default_factory=dict)
    work: int = 0

    def best(self, mask: int, depth: int, *, below_state: bool = False) -> Tree | None:
        key = (mask, depth, below_state)
        if key not in self.memory:
            self.memory[key] = self._leaf(mask) or self._split(mask, depth, below_state=below_state)
        return self.memory[key]

    def _leaf(self, mask: int) -> Tree | None:
        fitting = [leaf for leaf in self.leaves if not mask & ~leaf.meets]
        if not fitting:
            return None
        first = fitting[0]
        ties = [leaf.value for leaf in fitting[1:] if _rivals(first, leaf)]
        return Tree(value=first.value, cost=first.cost, rivals=tuple(ties[:_RIVALS]))

    def _split(self, mask: int, depth: int, *, below_state: bool) -> Tree | None:
        self.work += 1
        if depth == 0 or self.work > _TREE_WORK:
            return None
        best: Tree | None = None
        for condition in self.conditions:
            true, false = mask & condition.true, mask & condition.known & ~condition.true
            if not true or not false or mask & ~condition.known:
                continue
            below = below_state or condition.state
            then = self.best(true, depth - 1, below_state=below)
            otherwise = self.best(false, depth - 1, below_state=below) if then else None
            if then is None or otherwise is None:
                continue
            # A register is looked at last: resets and loads come before wrapping around.
            order = 0.25 if below_state and not condition.state else 0.0
            cost = 1 + condition.cost + order + then.cost + otherwise.cost
            tree = _choose(condition.value, then, otherwise, cost)
            if best is None or cost < best.cost - _EPSILON:
                best = tree
            elif abs(cost - best.cost) <= _EPSILON:
                rivals = (*best.rivals, tree.value)[:_RIVALS]
                best = Tree(value=best.value, cost=best.cost, rivals=rivals)
        return best


def _rivals(best: Option, other: Option) -> bool:
    """Whether a leaf explains samples as well as the best one does."""
    word = isinstance(best.value, Const) and isinstance(other.value, Ref)
    return other.cost <= best.cost + (_NEARLY if word and best.cost > 0 else 0.0)


def _choose(condition: Expression, then: Tree, otherwise: Tree, cost: float) -> Tree:
    rivals = [Mux(condition, rival, otherwise.value) for rival in then.rivals]
    rivals += [Mux(condition, then.value, rival) for rival in otherwise.rivals]
    return Tree(
        value=Mux(condition, then.value, otherwise.value),
        cost=cost,
        rivals=tuple(rivals[:_RIVALS]),
    )


def case_tree(samples: Sequence[Sample], selector: Signal, leaves: Sequence[Option]) -> Tree | None:
    """Return a choice by the value of one word, each with the cheapest leaf."""
    groups: dict[int, int] = {}
    for i, sample in enumerate(samples):
        value = known_value(selector.ref, sample.values)
        if value is None:
            return None
        groups[value] = groups.get(value, 0) | 1 << i
    search = TreeSearch(leaves=leaves, conditions=())
    branches = {value: search.best(mask, 0) for value, mask in groups.items()}
    chosen = {value: tree for value, tree in branches.items() if tree is not None}
    if len(chosen) != len(groups) or len(groups) < 2:
        return None
    trees = (_with_default(default, groups, chosen, selector) for default in leaves)
    return min((tree for tree in trees if tree is not None), key=lambda t: t.cost, default=None)


def _with_default(
    default: Option, groups: Mapping[int, int], chosen: Mapping[int, Tree], selector: Signal
) -> Tree | None:
    special = [value for value, mask in sorted(groups.items()) if mask & ~default.meets]
    if len(special) == len(groups):
        return None
    tree = Tree(value=default.value, cost=1 + default.cost)
    for number in reversed(special):
        branch = chosen[number]
        condition = Equal(selector.ref, Const(number, selector.width))
        tree = _choose(condition, branch, tree, tree.cost + branch.cost + 0.7)
    return tree
