"""A proxy for dynamic power: how much charge the nets of a mapped netlist move a cycle.

The netlist is simulated without delays, with random inputs, many sequences at once in
the bits of Python's numbers; resets are asserted in the first cycle and then left. The
figure is the sum over all nets of toggles a cycle times the capacitance of the pins
that the net drives. Glitches, wires, clocks and leakage are not in it: it compares
versions of one design, and is no wattage.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from symbolic.ppa_liberty import Cell, Library

LANES, CYCLES = 64, 48
"""Sequences at once, and their length."""
_WORD = re.compile(r"[A-Za-z_]\w*|[01]|[()!'^&|*+~]")
_OPERAND = re.compile(r"[(A-Za-z_]")
_LEVELS = (("|", "+"), ("^",), ("&", "*"))
_PRODUCT = 2
_ALL = (1 << LANES) - 1

Evaluate = Callable[[Mapping[str, int]], int]


@dataclass(frozen=True, slots=True)
class _Gate:
    evaluate: Evaluate
    pins: Mapping[str, Any]
    output: Any


def power_proxy(
    netlist: Mapping[str, Any], library: Library, *, resets: Mapping[str, int]
) -> float:
    """Return the proxy of a flat netlist as Yosys writes it, its cells those of `library`.

    `resets` are inputs that put registers into a known state, and the level that asserts
    each. Inputs that are clocks of registers do not count.

    Raises:
        ValueError: A cell's function cannot be read, or logic drives itself.
        KeyError: A cell is not in the library.
    """
    [module] = [m for m in netlist["modules"].values() if int(m["attributes"].get("top", "0"), 2)]
    return _Simulation(module, library, resets).run()


class _Simulation:
    def __init__(
        self, module: Mapping[str, Any], library: Library, resets: Mapping[str, int]
    ) -> None:
        self._resets = resets
        self._load: dict[Any, float] = {}
        self._gates: list[_Gate] = []
        self._registers: list[tuple[Cell, Mapping[str, Any]]] = []
        self._inputs = {
            (name, number): bit
            for name, port in module["ports"].items()
            if port["direction"] == "input"
            for number, bit in enumerate(port["bits"])
        }
        for cell in module["cells"].values():
            self._add(library.cells[cell["type"]], cell["connections"])
        self._gates = _ordered(self._gates, [*self._inputs.values(), *self._states()])
        self._values: dict[Any, int] = {"0": 0, "1": _ALL, "x": 0, "z": 0}

    def _add(self, cell: Cell, connections: Mapping[str, Any]) -> None:
        pins = {name: bits[0] for name, bits in connections.items() if bits}
        for pin in cell.pins:
            if not pin.output and pin.name in pins:
                net = pins[pin.name]
                self._load[net] = self._load.get(net, 0.0) + pin.capacitance
        if cell.storage is not None:
            self._registers.append((cell, pins))
            return
        for pin in cell.pins:
            if pin.output and pin.function and pin.name in pins:
                gate = _Gate(parsed(pin.function), pins, pins[pin.name])
                self._gates.append(gate)

    def _states(self) -> Iterator[Any]:
        for cell, pins in self._registers:
            yield from (pins[p.name] for p in cell.pins if p.output and p.name in pins)

    def run(self) -> float:
        rng = random.Random(0)  # noqa: S311 - stimulus
        clocks = {pins[name] for cell, pins in self._registers for name in _clock_pins(cell, pins)}
        moved, before = 0.0, dict(self._values)
        for cycle in range(CYCLES):
            for (name, _), net in self._inputs.items():
                active = self._resets.get(name)
                level = rng.getrandbits(LANES)
                if active is not None:
                    level = _ALL * (active if cycle == 0 else 1 - active)
                self._values[net] = level
            self._settle()
            if cycle > 1:
                moved += self._moved(before, clocks)
            before = dict(self._values)
            self._clock()
        return round(moved / (LANES * (CYCLES - 2)), 4)

    def _settle(self) -> None:
        for gate in self._gates:
            pins = {name: self._values.get(net, 0) for name, net in gate.pins.items()}
            self._values[gate.output] = gate.evaluate(pins)

    def _moved(self, before: Mapping[Any, int], clocks: set[Any]) -> float:
        return sum(
            load * (before.get(net, 0) ^ self._values.get(net, 0)).bit_count()
            for net, load in self._load.items()
            if net not in clocks
        )

    def _clock(self) -> None:
        following = {}
        for cell, pins in self._registers:
            seen = {name: self._values.get(net, 0) for name, net in pins.items()}
            state = _following(cell, seen)
            for pin in cell.pins:
                if pin.output and pin.name in pins:
                    inverted = pin.function.strip("() ") in _inverted_names(cell)
                    following[pins[pin.name]] = state ^ (_ALL if inverted else 0)
        self._values |= following


def _following(cell: Cell, pins: Mapping[str, int]) -> int:
    _, attributes = cell.storage or ("", {})
    names = attributes.get("next_state") or attributes.get("data_in") or "0"
    value = parsed(names)(pins)
    if "clear" in attributes:
        value &= ~parsed(attributes["clear"])(pins)
    if "preset" in attributes:
        value |= parsed(attributes["preset"])(pins)
    return value & _ALL


def _clock_pins(cell: Cell, pins: Mapping[str, Any]) -> Iterator[str]:
    _, attributes = cell.storage or ("", {})
    text = attributes.get("clocked_on", "") + " " + attributes.get("enable", "")
    return (word for word in _WORD.findall(text) if word in pins)


def _inverted_names(cell: Cell) -> tuple[str, ...]:
    head, _ = cell.storage or ("", {})
    names = [name.strip() for name in head.partition("(")[2].rstrip(") ").split(",")]
    return (*(f"!{names[0]}", f"{names[0]}'"), *names[1:])


def _ordered(gates: Sequence[_Gate], known: Iterable[Any]) -> list[_Gate]:
    """Return gates, those that drive others first."""
    drivers = {gate.output: gate for gate in gates}
    for net in known:
        drivers.pop(net, None)
    needs = {
        net: [before for before in gate.pins.values() if before in drivers and before != net]
        for net, gate in drivers.items()
    }
    return [drivers[net] for net in TopologicalSorter(needs).static_order()]


def parsed(function: str) -> Evaluate:
    """Return what evaluates a Liberty function on values of many lanes.

    Raises:
        ValueError: It is no expression of names, constants, `! ' & * | + ^` and brackets.
    """
    words = _WORD.findall(function)
    if "".join(words) != re.sub(r"\s", "", function).replace('"', ""):
        raise ValueError(f"a Liberty function is a Boolean expression, not {function!r}")
    words.append("")
    evaluate = _either(words, 0)
    if words != [""]:
        raise ValueError(f"a Liberty function is a Boolean expression, not {function!r}")
    return evaluate


def _either(words: list[str], level: int) -> Evaluate:
    if level == len(_LEVELS):
        return _factor(words)
    operands = [_either(words, level + 1)]
    while words[0] in _LEVELS[level] or (
        level == 2 and (words[0] == "(" or words[0][:1].isalpha())
    ):
        if words[0] in _LEVELS[level]:
            words.pop(0)
        operands.append(_either(words, level + 1))
    return operands[0] if len(operands) == 1 else _joined(level, operands)


def _joined(level: int, operands: Sequence[Evaluate]) -> Evaluate:
    def evaluate(pins: Mapping[str, int]) -> int:
        value = operands[0](pins)
        for operand in operands[1:]:
            other = operand(pins)
            value = (value | other, value ^ other, value & other)[level]
        return value

    return evaluate


def _factor(words: list[str]) -> Evaluate:
    word = words.pop(0)
    if word in ("!", "~"):
        inner = _factor(words)
        return lambda pins: ~inner(pins) & _ALL
    if word == "(":
        found = _either(words, 0)
        if words[0] != ")":
            raise ValueError("a bracket of a Liberty function must be closed")
        words.pop(0)
    elif word in ("0", "1"):
        constant = _ALL * int(word)
        found = lambda pins: constant  # noqa: E731
    elif word[:1].isalpha() or word[:1] == "_":
        found = lambda pins: pins.get(word, 0)  # noqa: E731
    else:
        raise ValueError(f"a Liberty function has an operand here, not {word!r}")
    return _inverted(words, found)


def _inverted(words: list[str], inner: Evaluate) -> Evaluate:
    turns = 0
    while words[0] == "'":
        words.pop(0)
        turns += 1
    return inner if turns % 2 == 0 else lambda pins: ~inner(pins) & _ALL
