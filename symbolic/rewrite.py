"""The search for rewritings that pay, measured after synthesis.

Rules that never cost anything are applied until nothing changes. Then proposals
of the others are measured, several in one batch, and the best few modules are
carried on (beam search), those that pay nothing yet for a few rounds more, since
some rules only pay together. In the end, what is changed without use is changed
back. The input is the first answer, and only a better one takes its place.
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from symbolic.dataflow.module import Dataflow
from symbolic.ppa import Ppa
from symbolic.rewrite_cost import Costs, Measure, measuring
from symbolic.rewrite_reverted import Key, is_whole, key_of, reverted, reverting
from symbolic.rules.catalog import RULES
from symbolic.rules.estimate import estimated
from symbolic.rules.rule import LIMIT, Goal, Rewriting, Rule

WIDTH = 2
"""Modules that are carried on from one round to the next."""
PATIENCE = 2
"""Rounds without any gain after which the search ends."""
ROUNDS = 12
BATCH = 14
"""Modules that are measured in one round."""
_LEAST_BATCH = 4
_FIXPOINT = 64
_MOST_WAITING = 64
_SHARE = 0.25
"""Of the time left, for finding proposals in one round."""
_DESCENT_SHARE = 0.1
"""Of the time left, for what the estimate alone leads to."""
_REVERTED = 256
_HALVINGS = 4


Left = Callable[[], float]
"""Returns the seconds that are left; none are at 0 and below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rule applied, and what that did."""

    rule: Rule
    what: str
    """One line for people."""
    before: Ppa
    after: Ppa
    module: Dataflow
    """As it is after the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What a search came to."""

    module: Dataflow
    """The input itself if nothing is better."""
    steps: tuple[Step, ...] = ()
    """From the input to `module`, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    rule: Rule
    what: str
    module: Dataflow


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    module: Dataflow
    path: tuple[_Made, ...] = ()

    def then(self, rule: Rule, rewriting: Rewriting) -> _State:
        made = _Made(rule=rule, what=rewriting.what, module=rewriting.module)
        return _State(module=rewriting.module, path=(*self.path, made))


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search; states are known by what they compute and how."""

    rules: _Allowed
    costs: Costs
    left: Left
    seen: set[Key] = field(default_factory=set)
    waiting: list[_State] = field(default_factory=list)
    """Not measured as yet, the most promising first."""

    def run(self, module: Dataflow) -> _State:
        """Return the best state that was found."""
        start = _State(module=module)
        tidy = _normalized(start, self.rules, self.left)
        self.seen |= {key_of(start.module), key_of(tidy.module)}
        descended = self._descended(tidy)
        self.costs.measure([start.module, tidy.module, descended.module])
        best = self._better(start, tidy, descended)
        beam, idle = [tidy], 0
        if descended is not tidy and self.costs.better(descended.module, tidy.module):
            beam.insert(0, descended)
        elif self.costs.better(start.module, tidy.module):
            beam.append(start)
        for _ in range(ROUNDS):
            children = self._children(beam)
            if not children or self.left() <= 0:
                break
            self.costs.measure([child.module for child in children])
            beam = self._front(children)
            found = self._better(best, *beam)
            idle = 0 if found is not best else idle + 1
            best = found
            if idle == PATIENCE or not beam:
                break
        return best

    def _descended(self, state: _State) -> _State:
        """Return where the proposals that are best by estimate lead to, one after the other.

        Where measuring takes long, this finds at once what would be many rounds.
        """
        until = time.monotonic() + self.left() * _DESCENT_SHARE
        for _ in range(_FIXPOINT):
            proposed = self._rewritings(state, until)
            best = min(proposed, key=lambda found: estimated(found[1].module), default=None)
            if best is None or time.monotonic() > until:
                break
            following = self._with_free_rules(state.then(*best))
            if estimated(following.module) >= estimated(state.module):
                break
            state = following
        self.seen.add(key_of(state.module))
        return state

    def _better(self, *states: _State) -> _State:
        """Return the best of states; of equal ones the first."""
        return min(states, key=lambda state: self.costs.order(state.module))

    def _front(self, children: Sequence[_State]) -> list[_State]:
        """Return the best states, and the best of those that are too slow as yet."""
        measured = [child for child in children if self.costs.known(child.module)]
        best = sorted(measured, key=lambda child: self.costs.order(child.module))[:WIDTH]
        smallest = min(measured, key=lambda c: self.costs.amount(c.module), default=None)
        if smallest is not None and all(smallest is not child for child in best):
            best.append(smallest)
        return best

    def _children(self, beam: Sequence[_State]) -> list[_State]:
        """Return new states, as many as can be measured in the time that is left.

        Those that are left over have another chance in the next round.
        """
        until = time.monotonic() + self.left() * _SHARE
        for state in beam:
            self.waiting += self._proposed(state, until)
        most = min(BATCH, max(_LEAST_BATCH, self.costs.affordable(self.left() / 2)))
        order = deque(_promising(self.waiting))
        found: list[_State] = []
        while order and len(found) < most and self.left() > 0:
            found += self._tidied(order.popleft())
        self.waiting = list(islice(order, _MOST_WAITING))
        return found

    def _proposed(self, state: _State, until: float) -> Iterator[_State]:
        for rule, rewriting in self._rewritings(state, until):
            if self._is_new(rewriting.module):
                yield state.then(rule, rewriting)

    def _rewritings(self, state: _State, until: float) -> Iterator[tuple[Rule, Rewriting]]:
        for rule in self.rules.others:
            if time.monotonic() > until:
                return
            for rewriting in self.rules.proposals(rule, state.module):
                yield rule, rewriting

    def _tidied(self, state: _State) -> Iterator[_State]:
        """Yield the state after the free rules, as one step, unless it is known."""
        tidy = self._with_free_rules(state)
        if tidy.module is state.module or self._is_new(tidy.module):
            yield tidy

    def _with_free_rules(self, state: _State) -> _State:
        """Return the state after the free rules, as a part of its last step."""
        tidy = _normalized(_State(module=state.module), self.rules, self.left).module
        last = replace(state.path[-1], module=tidy)
        return _State(module=tidy, path=(*state.path[:-1], last))

    def _is_new(self, module: Dataflow) -> bool:
        key = key_of(module)
        new = key not in self.seen
        self.seen.add(key)
        return new


def _promising(states: Sequence[_State]) -> list[_State]:
    """Return states with the best of each rule first, by estimate, then the second best."""
    by_estimate = sorted(states, key=lambda state: estimated(state.module))
    ranks: Counter[str] = Counter()
    ranked: list[tuple[int, _State]] = []
    for state in by_estimate:
        name = state.path[-1].rule.name
        ranked.append((ranks[name], state))
        ranks[name] += 1
    return [state for _, state in sorted(ranked, key=lambda item: item[0])]


def normalized(module: Dataflow, rules: Sequence[Rule] = RULES) -> Dataflow:
    """Return the module after all rules that never cost anything, until nothing changes."""
    return _normalized(_State(module=module), _Allowed(rules), lambda: math.inf).module


class _Allowed:
    """Rules, without what is banned."""

    def __init__(self, rules: Sequence[Rule], banned: Collection[tuple[str, str]] = ()) -> None:
        self.always = tuple(rule for rule in rules if rule.always)
        self.others = tuple(rule for rule in rules if not rule.always)
        self._banned = frozenset(banned)

    def proposals(self, rule: Rule, module: Dataflow) -> Iterator[Rewriting]:
        """Yield what the rule may make of the module."""
        for rewriting in islice(rule.apply(module), LIMIT):
            if (rule.name, rewriting.what) not in self._banned and is_whole(rewriting.module):
                yield rewriting


def _normalized(state: _State, rules: _Allowed, left: Left) -> _State:
    """Return the state after all free rules, a step for each application."""
    seen: set[Key] = set()
    for _ in range(_FIXPOINT):
        before = state
        for rule in rules.always:
            if left() <= 0:
                return state
            rewriting = next(rules.proposals(rule, state.module), None)
            if rewriting is not None and key_of(rewriting.module) != key_of(state.module):
                state = state.then(rule, rewriting)
        key = key_of(state.module)
        if state is before or key in seen or left() <= 0:
            return state
        seen.add(key)
    return state


def rewrite(  # noqa: PLR0913 - one argument a wish
    module: Dataflow,
    rules: Sequence[Rule] = RULES,
    *,
    goal: Goal = Goal.AREA,
    measure: Measure | None = None,
    seconds: float = 60.0,
    left: Left | None = None,
    delay: float | None = None,
    banned: Collection[tuple[str, str]] = (),
) -> Rewritten:
    """Return the best module that rules make of one, by measured cost.

    Args:
        module: The input, which is the answer too if nothing is better.
        rules: Those that may be used; the order breaks ties.
        goal: What to minimize.
        measure: What modules cost; by default `measuring()`.
        seconds: About how long the search may take; it ends early if nothing pays any more.
        left: Seconds that are left by another clock, such as the processor's; the search ends
            by whichever is first.
        delay: The greatest delay of the result, ps; by default 5 % above the input's
            unless the goal is less delay.
        banned: Names of rules with the `what` of steps that may not be taken.

    Raises:
        ToolNotFound: pyosys is not installed.
        EnvironmentFault: No child process can be run.
    """
    costs = Costs(measure_all=measure or measuring(), goal=goal, base=module, bound=delay)
    allowed = _Allowed(rules, banned)
    deadline = time.monotonic() + seconds

    def until() -> float:
        wall = deadline - time.monotonic()
        return wall if left is None else min(wall, left())

    search = _Search(rules=allowed, costs=costs, left=until)
    best = search.run(module)
    if not costs.better(best.module, module):
        return Rewritten(module=module)
    same = _changed_back(module, best, costs, until)
    return Rewritten(module=same(best.module), steps=_steps(module, best, same, costs))


def _changed_back(module: Dataflow, best: _State, costs: Costs, left: Left) -> _Reverting:
    """Return what takes back changes that are of no use, as far as time goes."""
    useless: list[str] = []
    groups = [list(islice(reverting(module, best.module), _REVERTED))]
    for _ in range(_HALVINGS):
        if left() <= 0:
            break
        trials = [reverted(module, best.module, [*useless, *group]) for group in groups]
        costs.measure(trials)
        failed: list[list[str]] = []
        for group, trial in zip(groups, trials, strict=True):
            if costs.as_good(trial, best.module):
                useless += group
            else:
                failed.append(group)
        groups = [half for group in failed for half in _halves(group)]
        if not groups:
            break
    return _kept(module, best, costs, useless)


def _halves(names: list[str]) -> list[list[str]]:
    middle = len(names) // 2
    return [names[:middle], names[middle:]] if middle else []


def _kept(module: Dataflow, best: _State, costs: Costs, useless: Sequence[str]) -> _Reverting:
    """Return the changes taken back, if that is as good for all of them together."""
    if not useless:
        return _Reverting(original=module, names=())
    together = reverted(module, best.module, useless)
    costs.measure([together])
    names = tuple(useless) if costs.as_good(together, best.module) else ()
    return _Reverting(original=module, names=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reverting:
    original: Dataflow
    names: tuple[str, ...]

    def __call__(self, module: Dataflow) -> Dataflow:
        return reverted(self.original, module, self.names)


def _steps(module: Dataflow, best: _State, same: _Reverting, costs: Costs) -> tuple[Step, ...]:
    made = [replace(one, module=same(one.module)) for one in best.path]
    changes: list[_Made] = []
    for one in made:
        last = changes[-1].module if changes else module
        if key_of(one.module) != key_of(last):
            changes.append(one)
    costs.measure([one.module for one in changes])
    steps: list[Step] = []
    before = costs.of(module)
    for one in changes:
        after = costs.of(one.module, before)
        steps.append(
            Step(rule=one.rule, what=one.what, before=before, after=after, module=one.module)
        )
        before = after
    return tuple(steps)
