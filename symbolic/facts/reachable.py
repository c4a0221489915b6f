"""The codes that small registers can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.facts.bits import BitLogic
from symbolic.facts.gates import TRUE
from symbolic.facts.storage import Runs, domain, node_of

WIDEST = 8
"""Bits of a register whose codes are enumerated."""
_LOOKING = frozenset(
    {Op.EQ, Op.ULT, Op.SLT, Op.REDUCE_AND, Op.REDUCE_OR, Op.REDUCE_XOR, Op.READ, Op.SHL, Op.LSHR}
)
_MOST = 128
_FEW = 5
"""Bits up to which all codes but one may be reached; of wider registers at most a third."""


def reachable(
    module: Dataflow,
    names: Sequence[str],
    logic: BitLogic,
    runs: Runs,
    *,
    always: int = TRUE,
) -> list[str] | None:
    """Return the codes, `0` and `1`, the first register's first, that registers have together.

    All other signals may have any value: the result may have codes too many,
    never too few. None: the registers change at different times, or so many codes
    are reached that this is of no use. `always` is known to hold of the state.
    """
    registers = [module.registers[name] for name in names]
    if len({domain(register) for register in registers}) != 1:
        return None
    now = [b for r in reversed(registers) for b in logic.of(node_of(module, r))]
    then = [b for r in reversed(registers) for b in logic.of(r.next)]
    found = {**dict.fromkeys(sorted(runs.codes(now))), **_after_reset(registers, runs.start)}
    if len(found) > _most(len(now)):
        return None
    waiting = list(found)
    while waiting:
        code = waiting.pop()
        here = [always, *(b if c == "1" else -b for b, c in zip(reversed(now), code, strict=True))]
        for following in _following(logic, here, then, found):
            found[following] = None
            waiting.append(following)
            if len(found) > _most(len(now)):
                return None
        if not logic.gates.settled:
            return None
    return sorted(found)


def _most(width: int) -> int:
    return (1 << width) - 1 if width <= _FEW else min((1 << width) // 3, _MOST)


def _after_reset(registers: Sequence[Register], start: Mapping[str, str]) -> dict[str, None]:
    """Return the code after an asynchronous reset; bits that it makes x are as at the start."""
    if registers[0].reset is None:
        return {}
    code = ""
    for register in registers:
        value = register.reset.value if register.reset else ""
        pairs = zip(value, start[register.name], strict=True)
        code += "".join(s if c == "x" else c for c, s in pairs)
    return {code: None}


def _following(
    logic: BitLogic, here: list[int], then: Sequence[int], found: Mapping[str, None]
) -> Iterator[str]:
    """Yield the codes after those not yet found, each once."""
    gates = logic.gates
    other = gates.all(-_is(logic, then, code) for code in found)
    while True:
        model = gates.solution([*here, other], then)
        if model is None:
            return
        code = "".join("1" if gates.value(model, bit) else "0" for bit in reversed(then))
        yield code
        other = gates.both(other, -_is(logic, then, code))


def _is(logic: BitLogic, bits: Sequence[int], code: str) -> int:
    return logic.gates.all(
        bit if c == "1" else -bit for bit, c in zip(reversed(bits), code, strict=True)
    )


def known_codes(module: Dataflow, logic: BitLogic, runs: Runs) -> tuple[int, dict[str, list[str]]]:
    """Return what holds of the small registers, as a literal, and the codes of those.

    Only registers of which some code is never reached, and which something looks
    at other than to compute with them, are told of.
    """
    looked_at = set(_looked_at(module))
    codes: dict[str, list[str]] = {}
    holds = TRUE
    for name, register in module.registers.items():
        if 1 < register.width <= WIDEST and node_of(module, register) in looked_at:
            found = reachable(module, [name], logic, runs)
            if found is not None:
                codes[name] = found
                now = logic.of(node_of(module, register))
                some = logic.gates.any(_is(logic, now, code) for code in found)
                holds = logic.gates.both(holds, some)
    return holds, codes


def _looked_at(module: Dataflow) -> Iterator[Node]:
    """Yield what comparisons, reductions and the like look at, or single bits of."""
    for node in reached(module.roots()):
        if node.op in _LOOKING:
            for operand in node.operands:
                yield _inner(operand)
        elif node.op is Op.SLICE and node.width == 1:
            yield node.operands[0]


def _inner(node: Node) -> Node:
    while node.op in (Op.SLICE, Op.ZEXT, Op.SEXT):
        (node,) = node.operands
    return node
