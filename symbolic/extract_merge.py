"""Registers that are the state of one machine together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbolic.bdd import NodeBudgetReached
from symbolic.dataflow.graph import components
from symbolic.dataflow.module import Dataflow
from symbolic.extract_groups import Registers, Role, one_clock
from symbolic.extract_reach import BeyondLimits, Stepper

_FREE_BITS = 16
"""States up to which single bits that depend on each other are one machine in any case."""
_ATTACHED_BITS = 8
_TRIED = 12
"""Registers of several bits that are tried together, or beside a machine."""
_TRIED_BITS = 64
_TRIED_STATES = 256
_SEQUENCE_BITS = 16

Group = tuple[str, ...]


class Grouping:
    """The groups of registers of one module that are looked at as machines."""

    def __init__(self, module: Dataflow, *, states: int, sequence_states: int) -> None:
        self.registers = Registers(module)
        self._module = module
        self._states, self._sequence_states = states, sequence_states
        self._counts: dict[tuple[Group, int], int | None] = {}

    def control(self) -> list[Group]:
        """Return the groups that control, in the order of the module."""
        found: list[Group] = []
        roles = self.registers.roles
        for component in self.registers.components:
            controlling = [name for name in component if roles[name] is Role.CONTROL]
            if not controlling:
                single = [name for name in component if self._width(name) == 1]
                flags = [name for name in single if roles[name] is Role.FLAG]
                controlling = flags if len(flags) > 1 else []
            found += self._parted(controlling)
        if found and all(self._width(name) == 1 for name in self._module.registers):
            return [self._with_connected(group) for group in found if self._is_first(group, found)]
        # What does not depend on itself remembers for one cycle only.
        found = [g for g in found if len(g) > 1 or self.registers.reads(g[0], g)]
        return [self._with_attached(group, found) for group in found]

    def _width(self, name: str) -> int:
        return self._module.registers[name].width

    def _is_first(self, group: Group, found: Sequence[Group]) -> bool:
        earlier = found[: found.index(group)]
        return not any(set(group) & set(self._with_connected(other)) for other in earlier)

    def _with_connected(self, group: Group) -> Group:
        """Return single bits with all others that they read or that read them, if they are few."""
        more = list(group)
        for name in more:
            more += [
                other
                for other in self._module.registers
                if other not in more
                and (self.registers.reads(other, (name,)) or self.registers.reads(name, (other,)))
            ]
        ordered = tuple(name for name in self._module.registers if name in more)
        few = one_clock(self._module, ordered) and self._count(ordered, _FREE_BITS) is not None
        return ordered if few else group

    def sequences(self) -> list[Group]:
        """Return small groups that count, shift or remember, for modules that have no others."""
        names = tuple(self._module.registers)
        bits = sum(register.width for register in self._module.registers.values())
        if names and bits <= _SEQUENCE_BITS and self._small(names):
            return [names]
        single = [n for n, role in self.registers.roles.items() if role is not Role.DATA]
        cyclic = [(name,) for name in single if self.registers.reads(name, (name,))]
        return [group for group in cyclic if self._small(group)]

    def _small(self, group: Group) -> bool:
        count = self._count(group, self._sequence_states) if one_clock(self._module, group) else 0
        return count is not None and count > 1

    def _parted(self, names: Sequence[str]) -> Iterator[Group]:
        """Yield registers that depend on each other in groups, the widest of each first."""
        together = tuple(sorted(names, key=lambda name: -self._width(name)))
        if len(together) < 2 or self._moves_together(together):
            yield from (together,) if together else ()
            return
        single = [name for name in together if self._width(name) == 1]
        for group in components(single, lambda name: self._followed(name, single)):
            ordered = tuple(name for name in single if name in group)
            yield from [ordered] if self._moves_together(ordered) else [(n,) for n in ordered]
        yield from ((name,) for name in together if name not in single)

    def _followed(self, name: str, among: Sequence[str]) -> list[str]:
        return [other for other in among if self.registers.reads(name, (other,))]

    def _moves_together(self, group: Group) -> bool:
        if not one_clock(self._module, group):
            return False
        bits = all(self._width(name) == 1 for name in group)
        if len(group) > (_TRIED_BITS if bits else _TRIED):
            return False
        alone = [self._values(name) for name in group]
        most = max(sum(alone), _FREE_BITS) if bits else max(alone) + 1
        return self._count(group, min(most, _TRIED_STATES)) is not None

    def _values(self, name: str) -> int:
        """Return how many values a register takes, as far as that matters."""
        width = self._width(name)
        if width == 1:
            return 2
        return self._count((name,), self._states) or min(1 << width, self._states)

    def _with_attached(self, group: Group, others: Sequence[Group]) -> Group:
        """Return a group with the registers whose values its state tells."""
        taken = {name for other in others for name in other}
        followers = [
            name
            for name, role in self.registers.roles.items()
            if role is Role.FLAG
            and name not in taken
            and self._width(name) <= _ATTACHED_BITS
            and self.registers.reads(name, group)
        ]
        alone = self._count(group, self._states) if followers else None
        if alone is None or alone > _TRIED_STATES:
            return group
        for name in followers[:_TRIED]:
            more = (*group, name)
            if one_clock(self._module, more) and self._count(more, alone) is not None:
                group = more
        return group

    def _count(self, group: Group, limit: int) -> int | None:
        """Return how many states registers reach together; None if more than `limit`."""
        key = (group, limit)
        if key not in self._counts:
            self._counts[key] = self._counted(group, limit)
        return self._counts[key]

    def _counted(self, group: Group, limit: int) -> int | None:
        try:
            stepper = Stepper(self._module, [self._module.registers[name] for name in group])
            return len(stepper.reached(limit))
        except (BeyondLimits, NodeBudgetReached):
            return None
