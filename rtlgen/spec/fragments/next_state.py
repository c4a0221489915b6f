"""Which ports carry the state where a module is only the logic around state registers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rtlgen.spec.fragments.source import Source
from sim.interface import Port

_STATE_NAME = re.compile(
    r"(?:.*state.*|cs|ps|s|y|q|cur(?:rent)?(?:_?s)?|pres(?:ent)?(?:_?s)?|st)\Z", re.IGNORECASE
)
_NEXT_NAME = re.compile(r"(?:.*next.*|.*nxt.*|ns|n_?state|.*_n|d)\Z", re.IGNORECASE)
_NEXT_AFFIX = re.compile(r"^(?:next|nxt|n)_?(?=\w)|_?(?:next|nxt|ns|n)$", re.IGNORECASE)
_NUMBERED = re.compile(r"([A-Za-z_]+?)_?(\d+)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextState:
    """The state input, and for each next-state output bit what it is."""

    state: Port
    bits: dict[str, str]
    """Output bit → bit of the state port whose next value it is."""
    states: dict[str, str]
    """Output bit → state that it says to be next."""


def find_next_state(source: Source, states: Sequence[str]) -> NextState | None:
    """Return the roles of state ports; None if the module has no state input."""
    port = _state_port(source, states)
    if port is None:
        return None
    bits: dict[str, str] = {}
    named: dict[str, str] = {}
    vector_names = {port.name.casefold()}
    for output in source.interface.outputs:
        if output.width == port.width and output.width > 1 and _is_next(source, output, port):
            bits |= dict(zip(output.bits, port.bits, strict=True))
        elif output.width == 1:
            target = _state_named(output.name, states)
            same = _same_bit(output.name, port, vector_names)
            if target is not None:
                named[output.name] = target
            elif same is not None:
                bits[output.name] = same
    return NextState(state=port, bits=bits, states=named) if bits or named else None


def next_state_outputs(source: Source, states: Sequence[str]) -> frozenset[str]:
    """Return the output bits that are next-state signals."""
    roles = find_next_state(source, states)
    return frozenset({*roles.bits, *roles.states}) if roles else frozenset()


@lru_cache(maxsize=4)
def transition_inputs(source: Source) -> tuple[str, ...]:
    """Return the input bits that bare values on arrows can mean: all but a state input."""
    spoken = {port.name for port in source.interface.data_inputs if _spoken_of(source, port)}
    kept = [port for port in source.interface.data_inputs if port.name not in spoken]
    return tuple(bit for port in kept or source.interface.data_inputs for bit in port.bits)


def _state_port(source: Source, states: Sequence[str]) -> Port | None:
    """Return the input that carries the present state, if there is one."""
    least = max((len(states) - 1).bit_length(), 1)
    fits = [
        port
        for port in source.interface.data_inputs
        if port.width in {least, len(states), *(len(s) for s in states if set(s) <= {"0", "1"})}
        and _spoken_of(source, port)
    ]
    named = [port for port in fits if _STATE_NAME.match(port.name)]
    return named[0] if len(named) == 1 else fits[0] if len(fits) == 1 else None


def _spoken_of(source: Source, port: Port) -> bool:
    """Whether the text calls `port` the state."""
    if re.search("state", port.name, re.IGNORECASE):
        return True
    if port.width == 1:
        return False
    name = re.escape(port.name)
    prose = source.flat
    near = (
        rf"\bstates?\b[^.]{{0,50}}(?<!\w){name}(?:\[|\b)"
        rf"|(?<!\w){name}(?:\[[^\]]*\])?\s*[^.]{{0,40}}\bstates?\b"
    )
    return bool(_STATE_NAME.match(port.name)) and bool(re.search(near, prose, re.IGNORECASE))


def _is_next(source: Source, output: Port, state: Port) -> bool:
    if _NEXT_NAME.match(output.name) or output.name.casefold() == state.name.casefold():
        return True
    prose = source.flat
    near = rf"\bnext[\s_-]*state\b[^.]{{0,30}}(?<!\w){re.escape(output.name)}(?:\[|\b)"
    return bool(re.search(near, prose, re.IGNORECASE))


def _state_named(name: str, states: Sequence[str]) -> str | None:
    """Return the state in a name such as `S1_next`."""
    bare = _NEXT_AFFIX.sub("", name, count=1)
    return bare if bare != name and bare in states else None


def _same_bit(name: str, port: Port, vectors: set[str]) -> str | None:
    """Return the state bit that a name such as `Y1` stands for."""
    numbered = _NUMBERED.match(name)
    if not numbered:
        return None
    base = _NEXT_AFFIX.sub("", numbered[1], count=1).casefold()
    bit = f"{port.name}[{int(numbered[2])}]"
    is_next = (
        numbered[1].casefold() in vectors or base in vectors or base in {"y", "d", "ns", "next"}
    )
    return bit if is_next and bit in port.bits else None
