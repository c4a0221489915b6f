"""Dataflow on numbers: what a module does with given inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from symbolic.dataflow.module import Dataflow, Memory, Register
from symbolic.dataflow.nodes import Node, Op, reached

Read = Callable[[str, int], int]
"""Memory and address to the word there."""


def evaluated(
    roots: Iterable[Node],
    leaves: Mapping[tuple[Op, str], int],
    *,
    read: Read | None = None,
    unknown: int = 0,
) -> dict[Node, int]:
    """Return the values of `roots` and all they are made of.

    Args:
        roots: Expressions.
        leaves: Values of `(Op.INPUT, name)` and `(Op.REG, name)`; those not given are `unknown`.
        read: For nodes `READ`; without it they are `unknown`.
        unknown: What x bits are, 0 or 1.
    """
    values: dict[Node, int] = {}
    for node in reached(roots):
        values[node] = _value(node, values, leaves, read, unknown)
    return values


def simulate(
    module: Dataflow, cycles: Sequence[Mapping[str, int]], *, unknown: int = 0
) -> list[dict[str, int]]:
    """Return the outputs in each cycle, before the clock edge that ends it.

    All clocks have their edge at the end of each cycle. x bits, at power-on too, are
    `unknown` (0 or 1).
    """
    machine = _Machine(module, unknown)
    return [machine.cycle(inputs) for inputs in cycles]


class _Machine:
    """A module with its state."""

    def __init__(self, module: Dataflow, unknown: int) -> None:
        self._module, self._unknown = module, unknown
        self._roots = list(module.roots())
        self._state = {name: self._initial(r) for name, r in module.registers.items()}
        self._words = {name: self._contents(m) for name, m in module.memories.items()}

    def cycle(self, inputs: Mapping[str, int]) -> dict[str, int]:
        """Return the outputs with `inputs`, and go on to the next state."""
        values = self._settled(inputs)
        outputs = {name: values[node] for name, node in self._module.outputs.items()}
        following = {
            name: self._state[name] if self._resets(r, values) else values[r.next]
            for name, r in self._module.registers.items()
        }
        for name, memory in self._module.memories.items():
            self._write(name, memory, values)
        self._state = following
        return outputs

    def _settled(self, inputs: Mapping[str, int]) -> dict[Node, int]:
        while True:
            values = self._values(inputs)
            changed = False
            for name, register in self._module.registers.items():
                if self._resets(register, values) and register.reset is not None:
                    value = self._number(register.reset.value)
                    changed = changed or self._state[name] != value
                    self._state[name] = value
            if not changed:
                return values

    def _values(self, inputs: Mapping[str, int]) -> dict[Node, int]:
        leaves = {(Op.INPUT, name): value for name, value in inputs.items()}
        leaves |= {(Op.REG, name): value for name, value in self._state.items()}
        return evaluated(self._roots, leaves, read=self._read, unknown=self._unknown)

    @staticmethod
    def _resets(register: Register, values: Mapping[Node, int]) -> bool:
        reset = register.reset
        return reset is not None and values[reset.signal] != reset.active_low

    def _read(self, name: str, address: int) -> int:
        memory = self._module.memories[name]
        index = address - memory.lowest
        words = self._words[name]
        return words[index] if 0 <= index < len(words) else self._number("x" * memory.width)

    def _write(self, name: str, memory: Memory, values: Mapping[Node, int]) -> None:
        words = self._words[name]
        for port in memory.writes:
            index = values[port.address] - memory.lowest
            if 0 <= index < len(words):
                mask = values[port.enable]
                words[index] = words[index] & ~mask | values[port.data] & mask

    def _initial(self, register: Register) -> int:
        return self._number(register.initial or "x" * register.width)

    def _contents(self, memory: Memory) -> list[int]:
        unknown = "x" * memory.width
        return [self._number(word) for word in memory.initial or [unknown] * memory.depth]

    def _number(self, bits: str) -> int:
        return int(bits.replace("x", str(self._unknown)), 2)


def _value(
    node: Node,
    values: Mapping[Node, int],
    leaves: Mapping[tuple[Op, str], int],
    read: Read | None,
    unknown: int,
) -> int:
    mask = (1 << node.width) - 1
    if node.op is Op.CONST:
        return int(str(node.payload).replace("x", str(unknown)), 2)
    if node.op in (Op.INPUT, Op.REG):
        return leaves.get((node.op, str(node.payload)), unknown * mask) & mask
    operands = [values[operand] for operand in node.operands]
    if node.op is Op.READ:
        return read(str(node.payload), operands[0]) if read else unknown * mask
    if node.op in _DIVIDING and operands[1] == 0:
        return unknown * mask
    return _OPERATIONS[node.op](node, operands) & mask


def _signed(value: int, width: int) -> int:
    return value - (value >> (width - 1) << width)


def _quotient(a: int, b: int) -> int:
    size = abs(a) // abs(b)
    return -size if (a < 0) != (b < 0) else size


def _signed_pair(node: Node, values: Sequence[int]) -> tuple[int, int]:
    width = node.operands[0].width
    return _signed(values[0], width), _signed(values[1], width)


def _sdiv(node: Node, values: Sequence[int]) -> int:
    return _quotient(*_signed_pair(node, values))


def _smod(node: Node, values: Sequence[int]) -> int:
    a, b = _signed_pair(node, values)
    return a - b * _quotient(a, b)


def _slt(node: Node, values: Sequence[int]) -> int:
    a, b = _signed_pair(node, values)
    return int(a < b)


def _shl(node: Node, values: Sequence[int]) -> int:
    return values[0] << values[1] if values[1] < node.width else 0


def _ashr(node: Node, values: Sequence[int]) -> int:
    return _signed(values[0], node.width) >> min(values[1], node.width)


def _concat(node: Node, values: Sequence[int]) -> int:
    result = 0
    for operand, value in zip(node.operands, values, strict=True):
        result = result << operand.width | value
    return result


_DIVIDING = frozenset({Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD})
_OPERATIONS: Mapping[Op, Callable[[Node, Sequence[int]], int]] = {
    Op.NOT: lambda _, v: ~v[0],
    Op.AND: lambda _, v: v[0] & v[1],
    Op.OR: lambda _, v: v[0] | v[1],
    Op.XOR: lambda _, v: v[0] ^ v[1],
    Op.ADD: lambda _, v: v[0] + v[1],
    Op.SUB: lambda _, v: v[0] - v[1],
    Op.MUL: lambda _, v: v[0] * v[1],
    Op.UDIV: lambda _, v: v[0] // v[1],
    Op.UMOD: lambda _, v: v[0] % v[1],
    Op.SDIV: _sdiv,
    Op.SMOD: _smod,
    Op.SHL: _shl,
    Op.LSHR: lambda node, v: v[0] >> v[1] if v[1] < node.width else 0,
    Op.ASHR: _ashr,
    Op.EQ: lambda _, v: int(v[0] == v[1]),
    Op.ULT: lambda _, v: int(v[0] < v[1]),
    Op.SLT: _slt,
    Op.REDUCE_AND: lambda node, v: int(v[0] == (1 << node.operands[0].width) - 1),
    Op.REDUCE_OR: lambda _, v: int(v[0] != 0),
    Op.REDUCE_XOR: lambda _, v: v[0].bit_count() & 1,
    Op.MUX: lambda _, v: v[1] if v[0] else v[2],
    Op.CONCAT: _concat,
    Op.SLICE: lambda node, v: v[0] >> int(node.payload or 0),
    Op.ZEXT: lambda _, v: v[0],
    Op.SEXT: lambda node, v: _signed(v[0], node.operands[0].width),
}
