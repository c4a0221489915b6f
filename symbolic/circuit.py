"""Small word-level circuits: registers and latches with their next values, and assigns."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product

from sim.interface import Interface
from symbolic.circuit_reference import circuit_source
from symbolic.emit_module import Body, fresh, module
from symbolic.equations import Assignment
from symbolic.expression import Const, Expression, Ref, children, evaluate, names, verilog
from symbolic.names import check_names

_ENUMERATED_BITS = 10
"""Most register bits for which an unknown state is every state."""
_PROBES = 64


class Trigger(Enum):
    """When a storage element takes a new value."""

    RISING = "rising edge"
    FALLING = "falling edge"
    BOTH = "both edges"
    HIGH = "high level"
    LOW = "low level"

    @property
    def latch(self) -> bool:
        """Whether it follows its input while the control has a level."""
        return self in (Trigger.HIGH, Trigger.LOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """An output that keeps its value: it becomes `value` when `control` triggers it."""

    target: Ref
    trigger: Trigger
    control: str
    value: Expression
    initial: int | None = None
    """Its value at power-on, where that is known; for registers of one edge only."""

    def __post_init__(self) -> None:
        if self.target.width != self.value.width:
            raise ValueError(f"{self.target.text!r} and its next value must be equally wide")


State = frozenset[tuple[int, ...]]
"""The values the storage elements may have; more than one while they are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A circuit whose storage elements are all visible as outputs.

    It satisfies `testbench_gen.reference.ReferenceModel` if `clocked`: all storage
    then changes at the same edge of the same clock, once per step. An unknown
    state of more than ten bits is represented by a sample of values, which is
    enough to find disagreement in practice and no proof of agreement.

    Raises:
        ValueError: An output is defined twice, or something reads what is not there.
    """

    inputs: tuple[str, ...]
    """Bits that are read, without clocks."""
    storage: tuple[Storage, ...]
    assignments: tuple[Assignment, ...] = ()

    def __post_init__(self) -> None:
        check_names(self.inputs, "input")
        check_names(self.outputs, "output")
        stored = {name for one in self.storage for name in one.target.bits}
        known = {*self.inputs, *stored, *(one.control for one in self.storage)}
        for part in self.parts:
            unknown = [name for name in names(part.value) if name not in known]
            if unknown:
                raise ValueError(
                    f"{part.target.text!r} reads {unknown[0]!r}, which is nothing known"
                )

    @property
    def parts(self) -> tuple[Storage | Assignment, ...]:
        """Everything that defines an output."""
        return (*self.storage, *self.assignments)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every bit that is defined."""
        return tuple(name for part in self.parts for name in part.target.bits)

    @property
    def clocked(self) -> bool:
        """Whether all storage changes at one edge of one clock."""
        kinds = {(one.trigger, one.control) for one in self.storage}
        return len(kinds) == 1 and next(iter(kinds))[0] in (Trigger.RISING, Trigger.FALLING)

    # -- as a reference model -----------------------------------------------

    @property
    def sequential(self) -> bool:
        return bool(self.storage)

    @property
    def input_bits(self) -> tuple[str, ...]:
        return self.inputs

    @property
    def output_bits(self) -> tuple[str, ...]:
        return self.outputs

    def initial(self) -> State:
        widths = [one.target.width for one in self.storage]
        return frozenset(
            tuple(
                word if one.initial is None else one.initial
                for one, word in zip(self.storage, words, strict=True)
            )
            for words in unknown_states(widths, self._constants())
        )

    def after_reset(self) -> State:
        return self.initial()

    def step(self, state: State, bits: Mapping[str, int]) -> tuple[dict[str, str], State]:
        agreed: dict[str, str] = {}
        following = set()
        for values in state:
            now = {**bits, **self._stored_bits(values)}
            following.add(tuple(evaluate(one.value, now) for one in self.storage))
            for name, value in self._seen(now).items():
                agreed[name] = value if agreed.get(name, value) == value else "-"
        return agreed, frozenset(following)

    def _stored_bits(self, values: Sequence[int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for one, word in zip(self.storage, values, strict=True):
            found |= dict(zip(one.target.bits, _bits_of(word, one.target.width), strict=True))
        return found

    def _seen(self, now: Mapping[str, int]) -> dict[str, str]:
        found = {name: str(now[name]) for one in self.storage for name in one.target.bits}
        for assignment in self.assignments:
            word = evaluate(assignment.value, now)
            text = format(word, f"0{assignment.target.width}b")
            found |= dict(zip(assignment.target.bits, text, strict=True))
        return found

    def _constants(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(c for part in self.parts for c in _constants(part.value)))

    def python_source(self) -> str:
        return circuit_source(
            inputs=self.inputs,
            storage=[(one.target, one.value) for one in self.storage],
            assignments=[(one.target, one.value) for one in self.assignments],
            initial=sorted(self.initial()),
        )


def _bits_of(word: int, width: int) -> list[int]:
    return [word >> i & 1 for i in range(width - 1, -1, -1)]


def _constants(expression: Expression) -> Iterator[int]:
    if isinstance(expression, Const):
        yield expression.value
    for child in children(expression):
        yield from _constants(child)


def unknown_states(widths: Sequence[int], constants: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield every state, or for many bits corners, neighbors of constants and random ones."""
    if sum(widths) <= _ENUMERATED_BITS:
        yield from product(*(range(1 << width) for width in widths))
        return
    near = {value + step for value in (0, *constants) for step in (-1, 0, 1)}
    for value in sorted(near):
        yield tuple(value & (1 << width) - 1 for width in widths)
    rng = random.Random(0)  # noqa: S311  (no secret: it only has to be the same every time)
    for _ in range(_PROBES):
        yield tuple(rng.getrandbits(width) for width in widths)


# -- Verilog ----------------------------------------------------------------


def emit_circuit(interface: Interface, circuit: Circuit, *, origin: str = "") -> str:
    """Return `circuit` as a module; latches make it SystemVerilog (`always_latch`).

    Raises:
        ValueError: The circuit defines other outputs than the module has.
    """
    wanted = [name for port in interface.outputs for name in port.bits]
    if sorted(wanted) != sorted(circuit.outputs):
        odd = min(set(wanted) ^ set(circuit.outputs))
        raise ValueError(f"circuit and module {interface.module!r} differ in output bit {odd!r}")
    bodies = [_storage_body(interface, one) for one in circuit.storage]
    for one in circuit.assignments:
        line = f"assign {one.target.text} = {verilog(one.value)};"
        bodies.append(Body(lines=(line,), read=frozenset(names(one.value))))
    return module(interface, bodies, origin)


def _storage_body(interface: Interface, one: Storage) -> Body:
    read = frozenset((*names(one.value), one.control))
    name, text = one.target.text, verilog(one.value)
    registers = frozenset((name.partition("[")[0],))
    if one.trigger is Trigger.BOTH:
        return Body(lines=_both_edges(interface, one, text), read=read)
    if one.trigger.latch:
        active = one.control if one.trigger is Trigger.HIGH else f"!{one.control}"
        lines: tuple[str, ...] = (
            "always_latch begin",
            f"    if ({active}) {name} = {text};",
            "end",
        )
    else:
        edge = "posedge" if one.trigger is Trigger.RISING else "negedge"
        lines = (f"always @({edge} {one.control}) begin", f"    {name} <= {text};", "end")
        if one.initial is not None:
            lines = (f"initial {name} = {one.target.width}'d{one.initial};", "", *lines)
    return Body(lines=lines, read=read, registers=registers)


def _both_edges(interface: Interface, one: Storage, text: str) -> tuple[str, ...]:
    """Two registers, one for each edge; the clock's level chooses the later one."""
    rising = fresh(f"{one.target.text}_rising", interface)
    falling = fresh(f"{one.target.text}_falling", interface)
    bounds = f"[{one.target.width - 1}:0] " if one.target.width > 1 else ""
    return (
        f"reg {bounds}{rising};",
        f"reg {bounds}{falling};",
        "",
        f"always @(posedge {one.control}) begin",
        f"    {rising} <= {text};",
        "end",
        "",
        f"always @(negedge {one.control}) begin",
        f"    {falling} <= {text};",
        "end",
        "",
        f"assign {one.target.text} = {one.control} ? {rising} : {falling};",
    )
