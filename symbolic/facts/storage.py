"""What registers hold when nothing is known yet, and what a step makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import SAMPLES, TRUE

Domain = tuple[str, bool, Node | None, bool]
"""Clock, edge and asynchronous reset: registers of one domain change together."""


def domain(register: Register) -> Domain:
    """Return when a register changes."""
    reset = register.reset
    if reset is None:
        return register.clock, register.rising, None, False
    return register.clock, register.rising, reset.signal, reset.active_low


def node_of(module: Dataflow, register: Register) -> Node:
    """Return the node that stands for a register's value."""
    return module.nodes.reg(register.name, register.width)


def resolved(register: Register, choice: str) -> str:
    """Return a start value: the register's own where it is known, from `choice` elsewhere."""
    bits = list(choice)
    for text in (register.reset.value if register.reset else "", register.initial):
        for i, c in enumerate(text):
            if c != "x":
                bits[i] = c
    return "".join(bits)


def starts(module: Dataflow, logic: BitLogic) -> dict[str, str]:
    """Return a state that the module may start in, bits `0` and `1` for each register.

    Bits that are x at power-on may be chosen: they become what a reset makes of
    them, asynchronous or by an input that fixes most registers, and in the others
    what they are after some steps with that input and all others 0.
    """
    active, likely = _reset(module, logic)
    known = {
        name: resolved(register, likely.get(name, "x" * register.width))
        for name, register in module.registers.items()
    }
    return _settled(module, logic, known, active)


def _reset(module: Dataflow, logic: BitLogic) -> tuple[int, dict[str, str]]:
    """Return the level of an input that fixes most bits of registers, and their values."""
    best: tuple[int, dict[str, str]] = (TRUE, {})
    most = 0
    nexts = {name: logic.of(register.next) for name, register in module.registers.items()}
    for port in module.interface.inputs:
        if port.width == 1:
            bit = logic.bit(module.nodes.input(port.name, 1))
            for literal in (bit, -bit):
                values = {n: _fixed(bits, literal, logic) for n, bits in nexts.items()}
                count = sum(text.count("0") + text.count("1") for text in values.values())
                if count > most:
                    best, most = (literal, values), count
    return best


def _settled(
    module: Dataflow, logic: BitLogic, known: Mapping[str, str], active: int
) -> dict[str, str]:
    """Return the state after some steps in which what is known stays as it is."""
    inputs = {active: 1} if active > 0 else {}
    fixed: dict[int, int] = {}
    free: dict[int, int] = {}
    for name, register in module.registers.items():
        now, then = logic.of(node_of(module, register)), logic.of(register.next)
        for bit, following, c in zip(now, then, reversed(known[name]), strict=True):
            if c == "x":
                free[bit] = following
            else:
                fixed[bit] = int(c)
    state = {**fixed, **dict.fromkeys(free, 0)}
    for _ in range(_SETTLING if free else 0):
        values = logic.gates.evaluated({**inputs, **state}, 1)
        state = {**fixed, **{bit: values[then] for bit, then in free.items()}}
    return {
        name: "".join(
            str(state[bit]) for bit in reversed(logic.of(node_of(module, module.registers[name])))
        )
        for name in known
    }


def _fixed(bits: Iterable[int], where: int, logic: BitLogic) -> str:
    """Return the bits that are constant on the samples in which a literal is true, else x."""
    gates = logic.gates
    mask = gates.sampled(where)
    text = ""
    for bit in bits:
        seen = mask & gates.sampled(bit)
        text = ("0" if not seen else "1" if seen == mask else "x") + text
    return text


CYCLES = 32
_SETTLING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """A start state, and what registers hold in random runs from it."""

    start: Mapping[str, str]
    """Bits `0` and `1` for each register; see `starts`."""
    seen: Mapping[int, int]
    """For each literal of a register's bit its values in all `CYCLES` cycles and `SAMPLES` runs,
    as the bits of one number."""

    def codes(self, bits: Sequence[int]) -> set[str]:
        """Return the values seen of a word, given by its literals, least significant first."""
        count = CYCLES * SAMPLES
        columns = (format(self.seen[bit], f"0{count}b") for bit in reversed(bits))
        return set(map("".join, zip(*columns, strict=True)))


def run(module: Dataflow, logic: BitLogic) -> Runs:
    """Return random runs of a module; what is stored in memories is random."""
    start = starts(module, logic)
    source = random.Random(2)  # noqa: S311 - no secret: it only has to be the same every time
    registers = [
        (r, logic.of(node_of(module, r)), logic.of(r.next)) for r in module.registers.values()
    ]
    every = (1 << SAMPLES) - 1
    state = {
        literal: every if c == "1" else 0
        for register, bits, _ in registers
        for literal, c in zip(bits, reversed(start[register.name]), strict=True)
    }
    seen = dict.fromkeys(state, 0)
    others = sorted(
        logic.gates.support(bit for _, _, nexts in registers for bit in nexts) - set(state)
    )
    for _ in range(CYCLES):
        for literal, value in state.items():
            seen[literal] = seen[literal] << SAMPLES | value
        inputs = {variable: _biased(source) for variable in others}
        values = logic.gates.evaluated({**state, **inputs}, SAMPLES)
        state = {
            literal: values[following]
            for _, bits, nexts in registers
            for literal, following in zip(bits, nexts, strict=True)
        }
    return Runs(start=start, seen=seen)


def _biased(source: random.Random) -> int:
    """Return samples that are often mostly 0 or mostly 1: resets are rare in long runs."""
    value = source.getrandbits(SAMPLES)
    kind = source.randrange(4)
    for _ in range(3 if kind in (0, 1) else 0):
        value &= source.getrandbits(SAMPLES)
    return value ^ ((1 << SAMPLES) - 1) if kind == 1 else value
