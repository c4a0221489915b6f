"""A flat netlist of Yosys, bits numbered, as word-level nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from symbolic.dataflow.cells import MEANINGS, REFUSED, SILENT, Cell, Unsupported
from symbolic.dataflow.graph import components
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.yosys_latches import unread_latches

Bit: TypeAlias = int | str
"""The number of a net, or `0`, `1`, `x`, `z`."""
Json: TypeAlias = Mapping[str, Any]

_BITWISE = frozenset({"$and", "$or", "$xor", "$xnor", "$not", "$mux", "$pmux"})
_READ = ("$memrd", "$memrd_v2")
_KEPT = frozenset({"$dff", "$adff", "$memwr", "$memwr_v2", "$meminit", "$meminit_v2"})
"""Cells that are no expressions: registers and what writes memories."""
_PINS = ("A", "B", "S")
_LATCHES = ("$dlatch", "$adlatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a net's value comes from: a bit of an input, of a register, or of a cell's result."""

    key: str
    bit: int


def number(cell: Json, parameter: str) -> int:
    """Return a parameter of a cell that is a number."""
    text = str(cell["parameters"].get(parameter, "0"))
    return int(text, 2) if text and not set(text) - set("01") else 0


def place_of(thing: Json) -> str:
    """Return where the source has this, as `file:line`; empty if that is not known."""
    first = str(thing.get("attributes", {}).get("src", "")).split("|", maxsplit=1)[0]
    return first.partition(".")[0] if ":" not in first else _line(first)


def _line(place: str) -> str:
    file, _, lines = place.rpartition(":")
    return f"{file}:{lines.partition('.')[0]}"


@dataclass(slots=True)
class Netlist:
    """What drives each net of a module, and its value when asked.

    Raises:
        Unsupported: Something has no meaning here; the message says what and where.
    """

    module: Json
    nodes: Nodes
    sources: dict[int, Source] = field(default_factory=dict)
    leaves: dict[str, Node] = field(default_factory=dict)
    """By key: inputs and registers."""
    cells: dict[str, Json] = field(default_factory=dict)
    """By key: what is computed."""
    values: dict[str, Node] = field(default_factory=dict)
    latches: bool = False
    """Whether a latch is read as what it is while open; `open` says that it is."""
    open: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._add_inputs()
        unread = unread_latches(self.module)
        for name, cell in self.module["cells"].items():
            if name not in unread:
                self._add_cell(name, cell)

    def of_type(self, *types: str) -> Iterator[tuple[str, Json]]:
        """Yield cells of these types, with their names."""
        for name, cell in self.module["cells"].items():
            if cell["type"] in types:
                yield name, cell

    def drive(self, bits: Sequence[Bit], key: str, place: str = "") -> None:
        """Say that nets get their values from `key`."""
        for index, bit in enumerate(bits):
            if not isinstance(bit, int) or bit in self.sources:
                where = place or (self._named(bit) if isinstance(bit, int) else key)
                raise Unsupported(f"several drivers of one signal: {where}")
            self.sources[bit] = Source(key=key, bit=index)

    def evaluate(self) -> None:
        """Give every cell its value, once all leaves are there."""
        order = list(self._ordered())
        for key in order:
            self.values[key] = self._value(self.cells[key])

    def node(self, bits: Sequence[Bit]) -> Node:
        """Return what is on these nets, the least significant first."""
        return _joined(self.nodes, [self._origin(bit) for bit in bits])

    def _add_inputs(self) -> None:
        for name, port in self.module["ports"].items():
            if port["direction"] == "inout":
                raise Unsupported(f"an inout port: {name}")
            if port["direction"] == "input":
                key = f"input {name}"
                self.leaves[key] = self.nodes.input(name, len(port["bits"]))
                self.drive(port["bits"], key, name)

    def _add_cell(self, name: str, cell: Json) -> None:
        kind, place = cell["type"], place_of(cell)
        if kind in SILENT or kind in _KEPT:
            return
        if kind in REFUSED and not (kind in _LATCHES and self.latches):
            raise Unsupported(f"{REFUSED[kind]}: {place}")
        if kind not in MEANINGS and kind not in _READ and kind not in _LATCHES:
            what = "an unknown module" if not kind.startswith("$") else "a cell of type"
            raise Unsupported(f"{what} {kind.lstrip('$')}: {place or name}")
        self.cells[name] = cell
        self.drive(cell["connections"][_result(cell)], name, place)

    def _named(self, bit: int) -> str:
        nets = self.module["netnames"].items()
        return next((n for n, net in nets if bit in net["bits"] and not net["hide_name"]), "")

    def _origin(self, bit: Bit) -> tuple[Node | str, int]:
        if isinstance(bit, str):
            if bit == "z":
                raise Unsupported("a tri-state driver: z is assigned")
            return bit, 0
        source = self.sources.get(bit)
        if source is None:
            # What nothing drives floats, and is read as x.
            return "x", 0
        node = self.leaves.get(source.key) or self.values[source.key]
        return node, source.bit

    def _value(self, cell: Json) -> Node:
        pins = cell["connections"]
        if cell["type"] in _READ:
            return self._word(cell)
        if cell["type"] in _LATCHES:
            return self._open_latch(cell)
        operands = {name: self.node(pins[name]) for name in _PINS if pins.get(name)}
        parameters = {name: number(cell, name) for name in cell["parameters"]}
        parameters.setdefault("Y_WIDTH", len(pins["Y"]))
        parameters.setdefault("A_SIGNED", 0)
        made = Cell(nodes=self.nodes, pins=operands, parameters=parameters)
        try:
            return MEANINGS[cell["type"]](made)
        except Unsupported as why:
            raise Unsupported(f"{why}: {place_of(cell)}") from why

    def _open_latch(self, cell: Json) -> Node:
        data = self.node(cell["connections"]["D"])
        unknown = self.nodes.bits("x" * data.width)
        is_open, value = self._chosen(cell, "EN", data, unknown)
        if cell["type"] == "$adlatch":
            given = self.nodes.bits(str(cell["parameters"]["ARST_VALUE"]))
            is_reset, value = self._chosen(cell, "ARST", given, value)
            is_open = self.nodes.make(Op.OR, 1, is_reset, is_open)
        self.open.append(is_open)
        return value

    def _chosen(self, cell: Json, pin: str, true: Node, false: Node) -> tuple[Node, Node]:
        """Return whether a pin is active, and what is chosen by it."""
        signal = self.node(cell["connections"][pin])
        if number(cell, f"{pin}_POLARITY"):
            return signal, self.nodes.mux(signal, true, false)
        return self.nodes.make(Op.NOT, 1, signal), self.nodes.mux(signal, false, true)

    def _word(self, cell: Json) -> Node:
        if number(cell, "CLK_ENABLE"):
            raise Unsupported(f"a memory that is read at a clock edge: {place_of(cell)}")
        address = self.node(cell["connections"]["ADDR"])
        name = memory_of(cell)
        return self.nodes.make(Op.READ, number(cell, "WIDTH"), address, payload=name)

    def _ordered(self) -> Iterator[str]:
        """Yield the keys of cells, operands first; cells in word-level loops become bits."""
        groups = list(components(list(self.cells), self._operands))
        loops = [group for group in groups if self._is_loop(group)]
        if not loops:
            yield from (group[0] for group in groups)
            return
        for group in loops:
            for key in group:
                self._split(key)
        groups = list(components(list(self.cells), self._operands))
        for group in groups:
            if self._is_loop(group):
                raise Unsupported(f"a combinational loop: {place_of(self.cells[group[0]])}")
            yield group[0]

    def _operands(self, key: str) -> list[str]:
        cell = self.cells[key]
        result = _result(cell)
        found = dict.fromkeys(
            self.sources[bit].key
            for pin, bits in cell["connections"].items()
            if pin != result
            for bit in bits
            if isinstance(bit, int) and bit in self.sources
        )
        return [operand for operand in found if operand in self.cells]

    def _is_loop(self, group: Sequence[str]) -> bool:
        return len(group) > 1 or group[0] in self._operands(group[0])

    def _split(self, key: str) -> None:
        """Replace a bitwise cell by one for each bit."""
        cell = self.cells[key]
        width = len(cell["connections"].get("Y", ()))
        if cell["type"] not in _BITWISE or width == 1 or not _is_even(cell, width):
            return
        del self.cells[key]
        for index, bit in enumerate(cell["connections"]["Y"]):
            name = f"{key}[{index}]"
            self.cells[name] = _bit_cell(cell, index, width)
            self.sources[bit] = Source(key=name, bit=0)


def memory_of(cell: Json) -> str:
    """Return the name of the memory that a port belongs to."""
    return str(cell["parameters"]["MEMID"]).removeprefix("\\").rstrip(" ")


def _result(cell: Json) -> str:
    return {"$memrd": "DATA", "$memrd_v2": "DATA", "$dlatch": "Q", "$adlatch": "Q"}.get(
        cell["type"], "Y"
    )


def _is_even(cell: Json, width: int) -> bool:
    """Whether no operand has to be extended."""
    pins = cell["connections"]
    choices = len(pins["S"]) if cell["type"] == "$pmux" else 1
    return len(pins["A"]) >= width and len(pins.get("B", [0] * width)) >= width * choices


def _bit_cell(cell: Json, index: int, width: int) -> Json:
    pins = dict(cell["connections"])
    pins |= {"A": pins["A"][index : index + 1], "Y": pins["Y"][index : index + 1]}
    if "B" in pins:
        pins["B"] = (
            pins["B"][index::width] if cell["type"] == "$pmux" else pins["B"][index : index + 1]
        )
    parameters = {k: v for k, v in cell["parameters"].items() if not k.endswith("WIDTH")}
    return {**cell, "connections": pins, "parameters": parameters}


def _joined(nodes: Nodes, origins: Sequence[tuple[Node | str, int]]) -> Node:
    """Return bits, the least significant first, as few parts beside each other."""
    runs = list(_runs(nodes, origins))
    top = runs[-1]
    if len(runs) > 1 and top.op is Op.CONST and top.value == 0:
        return nodes.resized(nodes.concat(*reversed(runs[:-1])), len(origins))
    return nodes.concat(*reversed(runs))


def _runs(nodes: Nodes, origins: Sequence[tuple[Node | str, int]]) -> Iterator[Node]:
    place = 0
    while place < len(origins):
        node, low = origins[place]
        end = place + 1
        if isinstance(node, str):
            while end < len(origins) and isinstance(origins[end][0], str):
                end += 1
            yield nodes.bits("".join(str(bit) for bit, _ in reversed(origins[place:end])))
            place = end
            continue
        while end < len(origins) and origins[end] == (node, low + end - place):
            end += 1
        run = nodes.slice(node, low, end - place)
        last = origins[end - 1]
        same = end
        while same < len(origins) and origins[same] == last:
            same += 1
        yield nodes.resized(run, same - place, signed=True) if same > end else run
        place = same
