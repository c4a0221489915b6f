"""Names that a source gives to values of its signals: states, operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbolic.dataflow.edit_plan import Plan
from symbolic.dataflow.edit_text import words
from symbolic.dataflow.edit_units import Unit, value_of
from symbolic.dataflow.expression import Words
from symbolic.dataflow.nodes import Node, Op
from symbolic.dataflow.source_map import Constant, Signal


def named_values(plan: Plan, text: str) -> dict[str, Words]:
    """Return for signals of the source what their values are called.

    These are the values of an enumeration, or constants of the items that drive the
    signal, where all constants that it is assigned have a name and no two the same value.
    """
    found = {}
    for unit in plan.values.units:
        mentioned: set[str] | None = None
        for name in (*unit.signals, *unit.registers):
            signal = plan.source.signals.get(name)
            if signal is None or signal.words or signal.signed or signal.width == 1:
                continue
            if mentioned is None:
                mentioned = _mentioned(plan, unit, text)
            known = _enumeration(plan, signal) or _constants(plan, signal, mentioned)
            if known is not None and (known.type or _covers(plan, name, known)):
                found[name] = known
    return found | _followers(plan, found)


def _followers(plan: Plan, known: dict[str, Words]) -> dict[str, Words]:
    """Return the names of values for registers that get those of a signal with names."""
    values = {value_of(plan.before, n): n for n in known if n not in plan.before.registers}
    found = {}
    for name, register in plan.before.registers.items():
        leader = values.get(register.next)
        if name not in known and name in plan.source.signals and leader is not None:
            reset = register.reset.value if register.reset is not None else ""
            if not reset or reset in known[leader].constants:
                found[name] = known[leader]
    return found


def _mentioned(plan: Plan, unit: Unit, text: str) -> set[str]:
    spans = [plan.source.items[number].span for number in unit.items]
    return {word for span in spans for word in words(text[span.start : span.end])}


def _enumeration(plan: Plan, signal: Signal) -> Words | None:
    of_type = [c for c in plan.source.constants.values() if c.type and c.type == signal.keyword]
    if not of_type:
        return None
    return Words(constants={c.bits: c.name for c in of_type}, type=signal.keyword)


def _constants(plan: Plan, signal: Signal, mentioned: Iterable[str]) -> Words | None:
    candidates = [plan.source.constants[n] for n in sorted(mentioned) if n in plan.source.constants]
    found: dict[str, str] = {}
    for constant in candidates:
        bits = _fitting(constant, signal.width)
        if bits is None:
            continue
        if bits in found:
            return None
        found[bits] = f"`{constant.name}" if constant.kind == "define" else constant.name
    return Words(constants=found) if len(found) > 1 else None


def _fitting(constant: Constant, width: int) -> str | None:
    """Return the value of a constant in `width` bits, if it means that many."""
    bits = constant.bits
    if set(bits) - {"0", "1"} or (len(bits) != width and len(bits) != 32):
        return None
    value = int(bits, 2)
    return format(value, f"0{width}b") if value < 1 << width else None


def _covers(plan: Plan, name: str, known: Words) -> bool:
    """Whether every constant that a signal is assigned has a name."""
    before = plan.before
    register = before.registers.get(name)
    roots = [register.next] if register is not None else [value_of(before, name)]
    reset = register.reset.value if register is not None and register.reset else ""
    leaves = [str(node.payload) for root in roots for node in _leaves(root)]
    return bool(leaves or reset) and all(
        "x" in bits or bits in known.constants for bits in (*leaves, *([reset] if reset else []))
    )


def _leaves(root: Node) -> Iterator[Node]:
    """Yield the constants among which a tree of muxes chooses."""
    waiting, seen = [root], set[Node]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op is Op.MUX:
            waiting += node.operands[1:]
        elif node.op is Op.CONST:
            yield node
