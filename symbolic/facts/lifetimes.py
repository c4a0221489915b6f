"""In which states of a control register other registers hold something that is needed.

A register is live in a state if its value may still be read: in the state, or in
one that follows before it is written anew (liveness as in compilers, over the
reachable codes of the control register instead of program points).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, reached
from symbolic.facts.bits import BitLogic, Bits
from symbolic.facts.gates import FALSE, TRUE
from symbolic.facts.storage import node_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """Codes, `0` and `1`, of the control register in which registers are live."""

    before: Mapping[str, frozenset[str]]
    """Their value at the start of the cycle is needed."""
    after: Mapping[str, frozenset[str]]
    """Their next value is needed."""

    def overlap(self, one: str, other: str) -> bool:
        """Whether two registers are needed at once."""
        return bool(self.before[one] & self.before[other] or self.after[one] & self.after[other])


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What a module does while its control register has one code."""

    read: frozenset[str]
    """Registers that something other than their own next value depends on."""
    kept: Mapping[str, frozenset[str]]
    """For each code that may follow, the registers whose next value then depends on their value."""


def lifetimes(module: Dataflow, control: str, codes: Sequence[str]) -> Lifetimes:
    """Return when registers are live, by the codes that `control` may have."""
    states = {code: _state(module, control, code, codes) for code in codes}
    before: dict[str, frozenset[str]] = {}
    after: dict[str, frozenset[str]] = {}
    for name in module.registers:
        before[name], after[name] = _live(name, states)
    return Lifetimes(before=before, after=after)


def _live(name: str, states: Mapping[str, _State]) -> tuple[frozenset[str], frozenset[str]]:
    before = {code for code, state in states.items() if name in state.read}
    while True:
        after = {code for code, state in states.items() if state.kept.keys() & before}
        more = before | {code for code in after if _keeps(states[code], name, before)}
        if more == before:
            return frozenset(before), frozenset(after)
        before = more


def _keeps(state: _State, name: str, before: Collection[str]) -> bool:
    return any(name in kept for code, kept in state.kept.items() if code in before)


def _state(module: Dataflow, control: str, code: str, codes: Sequence[str]) -> _State:
    register = module.registers[control]
    fixed = {node_of(module, register): tuple(TRUE if c == "1" else FALSE for c in reversed(code))}
    logic = BitLogic(fixed=fixed)
    then = logic.of(register.next)
    names = _names(module, logic)
    depends = dict(_depends(module, logic, names, fixed))
    kept = {}
    for other in codes:
        where = _is(logic, then, other)
        if not logic.gates.never(where):
            held = (name for name, on in depends.items() if not logic.gates.never(where, on))
            kept[other] = frozenset(held)
    if register.reset is not None:
        for other in codes:
            if _matches(other, register.reset.value):
                free = {name for name, r in module.registers.items() if r.reset is None}
                kept[other] = kept.get(other, frozenset()) | free
    return _State(read=frozenset(_read(logic, module, names)), kept=kept)


def _depends(
    module: Dataflow, logic: BitLogic, names: Mapping[int, str], fixed: Mapping[Node, Bits]
) -> Iterator[tuple[str, int]]:
    """Yield registers and when their next value differs if only their value does."""
    gates = logic.gates
    for name, register in module.registers.items():
        following = logic.of(register.next)
        node = node_of(module, register)
        if node not in fixed and name in _support(logic, following, names):
            another = tuple(gates.free() for _ in range(register.width))
            other = BitLogic(gates, fixed={**logic.leaves(), node: another}).of(register.next)
            yield name, gates.any(map(gates.differ, following, other))


def _is(logic: BitLogic, bits: Bits, code: str) -> int:
    wanted = (b if c == "1" else -b for b, c in zip(reversed(bits), code, strict=True))
    return logic.gates.all(wanted)


def _matches(code: str, text: str) -> bool:
    return all(c in ("x", d) for c, d in zip(text, code, strict=True))


def _names(module: Dataflow, logic: BitLogic) -> dict[int, str]:
    return {
        abs(bit): name
        for name, register in module.registers.items()
        for bit in logic.of(node_of(module, register))
    }


def _read(logic: BitLogic, module: Dataflow, names: Mapping[int, str]) -> Iterator[str]:
    own = {register.next: name for name, register in module.registers.items()}
    for name, register in module.registers.items():
        used = _support(logic, logic.of(register.next), names)
        yield from (other for other in used if other != name)
    for root in module.roots():
        if root not in own:
            yield from _support(logic, logic.of(root), names)
    for node in reached(module.roots()):
        if node.op.value == "read":
            yield from _support(logic, logic.of(node.operands[0]), names)
    yield from (register.clock for register in module.registers.values())


def _support(logic: BitLogic, bits: Bits, names: Mapping[int, str]) -> set[str]:
    return {names[v] for v in logic.gates.support(bits) if v in names}
