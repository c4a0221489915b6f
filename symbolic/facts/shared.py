"""What several rules ask of the same module is found out once."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import cached_property

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node
from symbolic.facts.bits import BitLogic
from symbolic.facts.cares import cares
from symbolic.facts.demand import demanded
from symbolic.facts.induction import Invariants, invariants
from symbolic.facts.reachable import known_codes
from symbolic.facts.storage import Runs, run

_KEPT = 3


class Facts:
    """Facts about one module, each found out when it is first asked for."""

    def __init__(self, module: Dataflow) -> None:
        self.module = module
        self.logic = BitLogic()

    @cached_property
    def cares(self) -> Mapping[Node, int]:
        """When each node matters; see `cares.cares`."""
        return cares(self.module, self.logic)

    @cached_property
    def demand(self) -> Mapping[Node, int]:
        """Which bits of each node are looked at; see `demand.demanded`."""
        return demanded(self.module)

    @cached_property
    def runs(self) -> Runs:
        """Random runs from a start state; see `storage.run`."""
        return run(self.module, self.logic)

    @cached_property
    def codes(self) -> tuple[int, dict[str, list[str]]]:
        """The codes of small registers; see `reachable.known_codes`."""
        return known_codes(self.module, self.logic, self.runs)

    @cached_property
    def invariants(self) -> Invariants:
        """Constant and equal bits of registers; see `induction.invariants`."""
        return invariants(self.module, self.logic, self.runs, self.codes[0])


_recent: deque[Facts] = deque(maxlen=_KEPT)


def facts_of(module: Dataflow) -> Facts:
    """Return the facts about a module, those that were asked for last if they are about it."""
    for facts in _recent:
        if facts.module is module:
            return facts
    facts = Facts(module)
    _recent.append(facts)
    return facts
