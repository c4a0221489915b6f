"""What several rules ask of the same module is found out once."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Mapping
from functools import cached_property

from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.cares import cares
from symbolic.facts.demand import demanded
from symbolic.facts.induction import Invariants, invariants
from symbolic.facts.lifetimes import Lifetimes, lifetimes
from symbolic.facts.reachable import known_codes
from symbolic.facts.storage import Runs, run

_KEPT = 3
_SMALL = 4
_WORK = 20_000
"""Nodes times codes above which lifetimes are not looked for."""


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

    @cached_property
    def lifetimes(self) -> dict[str, Lifetimes]:
        """For small registers with several codes, when others are live in these."""
        found: dict[str, Lifetimes] = {}
        size, work = len(reached(self.module.roots())), 0
        for name, register in self.module.registers.items():
            codes = self._some_codes(register) if len(self.module.registers) > 1 else []
            work += len(codes) * size
            if len(codes) > 2 and work <= _WORK:
                found[name] = lifetimes(self.module, name, codes)
        return found

    def _some_codes(self, register: Register) -> list[str]:
        """Return the codes a register may have, none if these are too many to look at each."""
        known = self.codes[1].get(register.name)
        if known is not None or not 1 < register.width <= _SMALL:
            return known or []
        return [format(code, f"0{register.width}b") for code in range(1 << register.width)]


_recent: deque[Facts] = deque(maxlen=_KEPT)
atexit.register(_recent.clear)  # a solver can't be ended when its library is gone


def facts_of(module: Dataflow) -> Facts:
    """Return the facts about a module, those that were asked for last if they are about it."""
    for facts in _recent:
        if facts.module is module:
            return facts
    facts = Facts(module)
    _recent.append(facts)
    return facts
