"""Finite-state machines out of RTL, in whatever style it is written.

State registers are found in the graph of which register depends on which; what
they do is computed: from the reset state, the initial value, or else from every
code, each state that can be reached, and for each of them which inputs lead
where. Everything else is free: ports, other registers, conditions on them.
Since all values of what is free are looked at (that conditions on the same
bits exclude each other is seen), no reachable state is missed, and in the
states that are there the table is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sim.interface import Clock, Edge, Interface, Reset
from symbolic.bdd import NodeBudgetReached
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op
from symbolic.extract_merge import Group, Grouping
from symbolic.extract_names import Constant
from symbolic.extract_reach import BeyondLimits, MachineReset
from symbolic.extract_table import Size, tabulated
from symbolic.state_table import StateTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a machine may be."""

    states: int = 1024
    """Reachable states."""
    inputs: int = 64
    """Bits that next state and outputs depend on."""
    rows: int = 20_000
    """Transitions."""
    sequence_states: int = 64
    """Reachable states of counters and shift registers, which are taken as machines only in a
    module that has no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedMachine:
    """A machine that is part of a module.

    In the module with the machine in place of its registers, each node of `words`
    has the value of its table outputs, and nothing else reads the registers.
    """

    register: tuple[str, ...]
    """The state registers. A code of the table is their bits, one register after the other,
    each with its most significant bit first."""
    table: StateTable
    """Resets are no inputs of it. What has no transition cannot happen or is a don't-care."""
    inputs: Mapping[str, Node]
    """For each input of the table its value, 1 bit, which does not depend on the state."""
    outputs: Mapping[str, Node]
    """For each output of the table the value that it stands for, 1 bit."""
    words: Mapping[Node, tuple[str, ...]]
    """Values of any width by the outputs that make them up, the most significant first."""
    clock: str
    rising: bool = True
    resets: tuple[MachineReset, ...] = ()
    """Each alone leads to the table's reset state."""
    control: bool = True
    """Whether it is more than a counter, a shift register or a flag."""
    named: bool = False
    """Whether its states have the names that the source gives them."""
    assured: frozenset[Node] = frozenset()
    """Those of the module's assumptions that hold in every state: latches that are always open."""
    place: str = ""

    def __post_init__(self) -> None:
        for name in ("inputs", "outputs", "words"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExtracted:
    """Registers that look like a machine, of which there is no table."""

    register: tuple[str, ...]
    reason: str
    """Which limit was reached, in one line."""
    place: str = ""


def machines(
    module: Dataflow,
    *,
    limits: Limits = Limits(),
    constants: Sequence[Constant] = (),
) -> list[ExtractedMachine | NotExtracted]:
    """Return the machines of a module, as they stand in the source.

    Args:
        module: What is to be looked at.
        limits: How large machines may be.
        constants: Named constants of the source, for the names of states.

    Counters, shift registers and flags are inputs and outputs of the machines,
    unless there is no other machine.
    """
    found = sorted(_found(module, limits, constants), key=lambda machine: _place(machine.place))
    assured = [one.assured for one in found if isinstance(one, ExtractedMachine)]
    missing = set(module.assumed).difference(*assured)
    if any(node.value != 1 for node in missing):
        why = "a latch of the module may hold its value"
        return [NotExtracted(register=m.register, reason=why, place=m.place) for m in found]
    return found


def _place(text: str) -> tuple[str, int]:
    file, _, line = text.rpartition(":")
    return file, int(line) if line.isdecimal() else 0


def _found(
    module: Dataflow, limits: Limits, constants: Sequence[Constant]
) -> Iterator[ExtractedMachine | NotExtracted]:
    few = min(limits.states, limits.sequence_states)
    grouping = Grouping(module, states=limits.states, sequence_states=few)
    groups = grouping.control()
    for group in groups or grouping.sequences():
        yield _machine(module, group, limits, constants, control=bool(groups))


def _machine(
    module: Dataflow,
    group: Group,
    limits: Limits,
    constants: Sequence[Constant],
    *,
    control: bool,
) -> ExtractedMachine | NotExtracted:
    registers = [module.registers[name] for name in group]
    first = registers[0]
    size = Size(states=limits.states, inputs=limits.inputs, rows=limits.rows)
    try:
        found = tabulated(module, registers, constants, size)
    except (BeyondLimits, NodeBudgetReached) as why:
        return NotExtracted(register=group, reason=str(why), place=first.place)
    return ExtractedMachine(
        register=group,
        table=found.table,
        inputs=found.inputs,
        outputs=found.outputs,
        words=found.words,
        clock=first.clock,
        rising=first.rising,
        resets=found.resets,
        control=control,
        named=found.named,
        assured=found.assured,
        place=first.place,
    )


def with_resets(
    interface: Interface, found: Iterable[ExtractedMachine | NotExtracted]
) -> Interface:
    """Return an interface with the clocks and resets of machines, where they are ports."""
    clocks = {clock.port: clock for clock in interface.clocks}
    resets = {reset.port: reset for reset in interface.resets}
    for machine in found:
        if isinstance(machine, NotExtracted):
            continue
        edge = Edge.RISING if machine.rising else Edge.FALLING
        clocks.setdefault(machine.clock, Clock(port=machine.clock, edge=edge))
        for reset in machine.resets:
            if reset.signal.op is Op.INPUT:
                port = str(reset.signal.payload)
                known = Reset(
                    port=port, active_low=reset.active_low, asynchronous=reset.asynchronous
                )
                resets.setdefault(port, known)
    return replace(interface, clocks=tuple(clocks.values()), resets=tuple(resets.values()))
