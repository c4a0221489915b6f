"""AIGER in and out, and how netlists and dataflow become and-inverter graphs.

Format: A. Biere, "The AIGER And-Inverter Graph (AIG) Format", 2007; and AIGER 1.9 for resets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symbolic.bit_blast import blasted
from symbolic.cubes import Cube
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.formats.blif import Gate, Latch, Netlist
from symbolic.yosys_aiger import Aiger


class AigerError(ValueError):
    """What cannot be read as, or become, an and-inverter graph."""


class AigBuilder:
    """An and-inverter graph that grows; equal gates are one. An algebra of bits that are literals.

    Variables of inputs and latches come first; `first` says how many there are.
    """

    zero = 0
    one = 1

    def __init__(self, first: int) -> None:
        self.ands: list[tuple[int, int]] = []
        self._first = first
        self._known: dict[tuple[int, int], int] = {}

    def invert(self, a: int, /) -> int:
        return a ^ 1

    def both(self, a: int, b: int, /) -> int:
        low, high = min(a, b), max(a, b)
        if low == 0 or low ^ 1 == high:
            return 0
        if low in (1, high):
            return high
        found = self._known.get((high, low))
        if found is None:
            self.ands.append((high, low))
            found = self._known[high, low] = 2 * (self._first + len(self.ands))
        return found

    def either(self, a: int, b: int, /) -> int:
        return self.both(a ^ 1, b ^ 1) ^ 1

    def differ(self, a: int, b: int, /) -> int:
        return self.choose(a, b ^ 1, b)

    def choose(self, condition: int, true: int, false: int, /) -> int:
        if true == false:
            return true
        return self.either(self.both(condition, true), self.both(condition ^ 1, false))


# -- files ------------------------------------------------------------------------------


def read_aiger(content: bytes) -> Aiger:
    """Read a file, binary (`aig`) or ASCII (`aag`).

    Raises:
        AigerError: It is neither, or a latch has no value at reset.
    """
    try:
        if content.startswith(b"aag"):
            return _ascii(content.decode("ascii"))
        return Aiger.parse(content)
    except (ValueError, IndexError) as error:
        raise AigerError(f"not an AIGER file: {error}") from error


def _ascii(text: str) -> Aiger:
    lines = iter(text.splitlines())
    _, ins, regs, outs, gates = map(int, next(lines).split()[1:6])
    inputs = [int(next(lines)) for _ in range(ins)]
    latches = [[int(word) for word in next(lines).split()] for _ in range(regs)]
    outputs = [int(next(lines)) for _ in range(outs)]
    ands = [tuple(int(word) for word in next(lines).split()) for _ in range(gates)]
    symbols = {}
    for line in lines:
        key, _, name = line.partition(" ")
        if key == "c":
            break
        symbols[key] = name
    place = {
        literal >> 1: n for n, literal in enumerate([*inputs, *(row[0] for row in latches)], 1)
    }
    renamed = _Renamed({lhs >> 1: (a, b) for lhs, a, b in ands}, place)
    resets = [row[2] if len(row) > 2 else 0 for row in latches]
    if set(resets) - {0, 1}:
        raise ValueError("a latch has no value at reset")
    following = [renamed.literal(row[1]) for row in latches]
    shown = [renamed.literal(literal) for literal in outputs]
    return Aiger(
        inputs=tuple(symbols.get(f"i{n}", f"#{n}") for n in range(ins)),
        outputs={symbols.get(f"o{n}", f"#{n}"): literal for n, literal in enumerate(shown)},
        latches=tuple(zip(following, resets, strict=True)),
        ands=tuple(renamed.builder.ands),
    )


class _Renamed:
    """Literals of an ASCII file, whose variables may have any numbers."""

    def __init__(self, ands: Mapping[int, tuple[int, int]], place: Mapping[int, int]) -> None:
        self.builder = AigBuilder(len(place))
        self._ands = ands
        self._known = {0: 0, **{variable: 2 * n for variable, n in place.items()}}

    def literal(self, literal: int) -> int:
        stack = [literal >> 1]
        active: set[int] = set()
        while stack:
            variable = stack[-1]
            if variable in self._known:
                stack.pop()
                continue
            if variable not in self._ands:
                raise ValueError(f"variable {variable} is not defined")
            waiting = [v >> 1 for v in self._ands[variable] if v >> 1 not in self._known]
            if waiting:
                active.add(variable)
                if active.intersection(waiting):
                    raise ValueError(f"gates form a loop through variable {waiting[0]}")
                stack += waiting
                continue
            left, right = (self._known[v >> 1] ^ (v & 1) for v in self._ands[variable])
            self._known[variable] = self.builder.both(left, right)
        return self._known[literal >> 1] ^ (literal & 1)


def write_aiger(circuit: Aiger) -> bytes:
    """Write a binary file, with symbols for inputs and outputs."""
    inputs, latches, ands = len(circuit.inputs), len(circuit.latches), len(circuit.ands)
    first = inputs + latches
    head = f"aig {first + ands} {inputs} {latches} {len(circuit.outputs)} {ands}"
    lines = [head, *(f"{following} {reset}" for following, reset in circuit.latches)]
    lines += [str(literal) for literal in circuit.outputs.values()]
    gates = bytearray()
    for number, (left, right) in enumerate(circuit.ands, first + 1):
        high, low = max(left, right), min(left, right)
        gates += _coded(2 * number - high) + _coded(high - low)
    symbols = [f"i{n} {name}" for n, name in enumerate(circuit.inputs)]
    symbols += [f"o{n} {name}" for n, name in enumerate(circuit.outputs)]
    return "\n".join([*lines, ""]).encode() + bytes(gates) + "\n".join([*symbols, ""]).encode()


def write_ascii_aiger(circuit: Aiger) -> str:
    """Write an ASCII file, with symbols for inputs and outputs."""
    inputs, latches, ands = len(circuit.inputs), len(circuit.latches), len(circuit.ands)
    first = inputs + latches
    lines = [f"aag {first + ands} {inputs} {latches} {len(circuit.outputs)} {ands}"]
    lines += [str(2 * n) for n in range(1, inputs + 1)]
    lines += [
        f"{2 * n} {following} {reset}"
        for n, (following, reset) in enumerate(circuit.latches, inputs + 1)
    ]
    lines += [str(literal) for literal in circuit.outputs.values()]
    lines += [f"{2 * n} {a} {b}" for n, (a, b) in enumerate(circuit.ands, first + 1)]
    lines += [f"i{n} {name}" for n, name in enumerate(circuit.inputs)]
    lines += [f"o{n} {name}" for n, name in enumerate(circuit.outputs)]
    return "\n".join([*lines, ""])


def _coded(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


# -- between representations ------------------------------------------------------------


def aiger_of_netlist(netlist: Netlist) -> Aiger:
    """Return a netlist as an and-inverter graph; latches without an initial value start at 0.

    Raises:
        AigerError: Gates form a loop, or latches have different clocks.
    """
    if len({(latch.kind, latch.clock) for latch in netlist.latches.values()}) > 1:
        raise AigerError("an and-inverter graph has one clock, but the latches have several")
    clocks = {latch.clock for latch in netlist.latches.values()}
    inputs = [name for name in netlist.inputs if name not in clocks]
    first = [*inputs, *netlist.latches]
    builder = AigBuilder(len(first))
    literals = {name: 2 * number for number, name in enumerate(first, 1)}
    try:
        order = netlist.ordered()
    except ValueError as error:
        raise AigerError(str(error)) from error
    for name in order:
        gate = netlist.gates[name]
        missing = next((f for f in gate.fanins if f not in literals), None)
        if missing is not None:
            raise AigerError(f"clock {missing!r} must not be read as data")
        literals[name] = _covered(builder, gate, [literals[fanin] for fanin in gate.fanins])
    return Aiger(
        inputs=tuple(inputs),
        outputs={name: literals[name] for name in netlist.outputs},
        latches=tuple(
            (literals[latch.data], int(latch.initial == "1")) for latch in netlist.latches.values()
        ),
        ands=tuple(builder.ands),
    )


def _covered(builder: AigBuilder, gate: Gate, fanins: Sequence[int]) -> int:
    top = len(fanins) - 1
    found = builder.zero
    for cube in gate.cubes:
        product = builder.one
        for i, literal in enumerate(fanins):
            if cube.care >> top - i & 1:
                product = builder.both(product, literal ^ (~cube.value >> top - i & 1))
        found = builder.either(found, product)
    return found if gate.value else builder.invert(found)


def netlist_of(circuit: Aiger, name: str = "top", clock: str = "") -> Netlist:
    """Return an and-inverter graph as a netlist, its latches called `l0`, gates `n1` and so on.

    Names of the circuit that are in the way get a `_`.
    """
    taken = {*circuit.inputs, *circuit.outputs, clock}

    def fresh(base: str) -> str:
        while base in taken:
            base += "_"
        taken.add(base)
        return base

    first = [*circuit.inputs, *(fresh(f"l{n}") for n in range(len(circuit.latches)))]
    signals = {0: fresh("zero")} | dict(enumerate(first, 1))
    gates = {}
    for number, (a, b) in enumerate(circuit.ands, len(first) + 1):
        signals[number] = fresh(f"n{number}")
        cube = Cube(3, (~a & 1) << 1 | (~b & 1))
        gates[signals[number]] = Gate(fanins=(signals[a >> 1], signals[b >> 1]), cubes=(cube,))

    def buffered(literal: int) -> Gate:
        return Gate(fanins=(signals[literal >> 1],), cubes=(Cube(1, ~literal & 1),))

    latches = {}
    for n, (following, reset) in enumerate(circuit.latches):
        data = fresh(f"d{n}")
        gates[data] = buffered(following)
        own = first[len(circuit.inputs) + n]
        kind = "re" if clock else ""
        latches[own] = Latch(data=data, initial=str(reset), kind=kind, clock=clock)
    gates |= {output: buffered(literal) for output, literal in circuit.outputs.items()}
    gates[signals[0]] = Gate(fanins=(), cubes=())
    inputs = (*circuit.inputs, *([clock] if clock and clock not in circuit.inputs else []))
    return Netlist(
        name=name, inputs=inputs, outputs=tuple(circuit.outputs), gates=gates, latches=latches
    )


def aiger_of(module: Dataflow) -> Aiger:
    """Return a module as an and-inverter graph, a symbol `a[i]` for each bit.

    Bits that are x, and registers without an initial value, are 0: a choice that x allows.

    Raises:
        AigerError: The module has memories, asynchronous resets or several clocks.
    """
    _check_plain(module)
    clocks = {register.clock for register in module.registers.values()}
    inputs = [port for port in module.interface.inputs if port.name not in clocks]
    leaves = [(Op.INPUT, port.name, port.width) for port in inputs]
    leaves += [(Op.REG, register.name, register.width) for register in module.registers.values()]
    builder = AigBuilder(sum(width for _, _, width in leaves))
    words: dict[tuple[Op, str], tuple[int, ...]] = {}
    number = 1
    for op, name, width in leaves:
        words[op, name] = tuple(range(2 * number, 2 * (number + width), 2))
        number += width
    made: dict[Node, tuple[int, ...]] = {}
    for node in reached(module.roots()):
        made[node] = _word(builder, node, made, words)
    return Aiger(
        inputs=tuple(f"{port.name}[{i}]" for port in inputs for i in range(port.width)),
        outputs={
            f"{name}[{i}]": literal
            for name, node in module.outputs.items()
            for i, literal in enumerate(made[node])
        },
        latches=tuple(
            (literal, _initial(register, i))
            for register in module.registers.values()
            for i, literal in enumerate(made[register.next])
        ),
        ands=tuple(builder.ands),
    )


def _check_plain(module: Dataflow) -> None:
    if module.memories:
        raise AigerError(f"an and-inverter graph has no memories, like {min(module.memories)!r}")
    for register in module.registers.values():
        if register.reset is not None:
            raise AigerError(
                f"an and-inverter graph has no asynchronous resets, like that of {register.name!r}"
            )
    clocks = {(register.clock, register.rising) for register in module.registers.values()}
    if len(clocks) > 1:
        raise AigerError("an and-inverter graph has one clock, but the registers have several")


def _word(
    builder: AigBuilder,
    node: Node,
    made: Mapping[Node, tuple[int, ...]],
    words: Mapping[tuple[Op, str], tuple[int, ...]],
) -> tuple[int, ...]:
    if node.op is Op.CONST:
        return tuple(int(bit == "1") for bit in reversed(str(node.payload)))
    if node.op in (Op.INPUT, Op.REG):
        found = words.get((node.op, str(node.payload)))
        if found is None:
            raise AigerError(f"clock {node.payload!r} must not be read as data")
        return found
    return blasted(builder, node, [made[operand] for operand in node.operands])


def _initial(register: Register, bit: int) -> int:
    return int(register.initial[-1 - bit] == "1") if register.initial else 0
