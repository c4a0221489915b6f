"""Registers taken out of a module, or put in others' place: what rules on storage share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from symbolic.dataflow.module import AsyncReset, Dataflow, Register
from symbolic.dataflow.nodes import Node
from symbolic.rules.matching import replaced


def with_registers(
    module: Dataflow, image: Mapping[Node, Node], registers: Mapping[str, Register | None]
) -> Dataflow:
    """Return the module with nodes replaced and registers exchanged; None takes one out.

    Next values of new registers are in terms of the module before: they are
    rewritten by `image`, too. New registers stand where the old ones of the same
    name stood, or at the end.
    """
    exchanged = {**module.registers, **registers}
    wanted = {name: r for name, r in exchanged.items() if r is not None}
    return replaced(replace(module, registers=wanted), image)


def with_next(module: Dataflow, following: Mapping[str, Node]) -> Dataflow:
    """Return the module in which some registers become other values."""
    changed = {name: replace(module.registers[name], next=node) for name, node in following.items()}
    return replace(module, registers={**module.registers, **changed})


def fresh_name(module: Dataflow, base: str) -> str:
    """Return `base`, or it with a number, that nothing in the module has as a name."""
    taken = {
        *(port.name for port in module.interface.ports),
        *module.registers,
        *module.memories,
        *module.named,
    }
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def narrowed(register: Register, name: str, kept: Sequence[int], following: Node) -> Register:
    """Return a register of some of another's bits, the least significant first."""
    reset = register.reset
    if reset is not None:
        reset = AsyncReset(
            signal=reset.signal, active_low=reset.active_low, value=picked(reset.value, kept)
        )
    return replace(
        register,
        name=name,
        width=len(kept),
        next=following,
        reset=reset,
        initial=known(picked(register.initial, kept)),
    )


def known(text: str) -> str:
    """Return the bits of a power-on value, empty if none is known."""
    return text if set(text) - {"x"} else ""


def picked(text: str, kept: Iterable[int]) -> str:
    """Return some bits of a text of bits, given by number; of an empty one nothing."""
    return "".join(text[-1 - i] for i in reversed(list(kept))) if text else ""
