"""Designs to dataflow, through Yosys in one child process for many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.design import HEADER_SUFFIXES, Design
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from symbolic.dataflow.cells import Unsupported
from symbolic.dataflow.module import AsyncReset, Dataflow, Memory, Register, WritePort
from symbolic.dataflow.narrow import narrowed
from symbolic.dataflow.netlist import Bit, Json, Netlist, memory_of, number, place_of
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.dataflow.plain import delay_in, plain
from symbolic.yosys import LIMITS, YosysJob, YosysRun, run_yosys

JOB_SECONDS = 20.0
"""For Yosys to read one design."""
MAX_CELLS = 200_000
"""Designs of more cells are not read."""
_NETLIST = "netlist.json"
_FOLDER = "source"
_PLACE = re.compile(rf"(?:\./)?{_FOLDER}/([^\s:]+:\d+)")
_SAFE = re.compile(r"[\w./+-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A design that has no dataflow."""

    reason: str
    """What in it, in one line."""
    place: str = ""
    """`file:line`; empty if that is not known."""

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason


def read_dataflow(
    designs: Sequence[Design],
    interfaces: Sequence[Interface | None] | None = None,
    *,
    latches: bool = False,
) -> list[Dataflow | Unreadable]:
    """Return what each design computes, or why that cannot be said.

    Args:
        designs: Anybody's text; Yosys reads it in a sandboxed child process, once for all.
        interfaces: Of the tops. Without, ports, clocks and asynchronous resets as the
            registers have them.
        latches: Read a latch as what it is while open, and x else; `Dataflow.assumed` then says
            what makes it open. Who does not check that must not ask for it.

    Raises:
        ToolNotFound: pyosys is not installed.
        EnvironmentFault: No child process can be run.
    """
    known = interfaces or [None] * len(designs)
    refusals = [_refused_early(design) for design in designs]
    jobs = [
        _job(d, latches=latches) for d, why in zip(designs, refusals, strict=True) if why is None
    ]
    limits = replace(LIMITS, seconds=LIMITS.seconds + JOB_SECONDS * len(jobs))
    runs = iter(run_yosys(jobs, limits=limits, job_seconds=JOB_SECONDS) if jobs else ())
    return [
        why or _read(design, next(runs), interface, latches=latches)
        for design, why, interface in zip(designs, refusals, known, strict=True)
    ]


def _refused_early(design: Design) -> Unreadable | None:
    for name, text in design.sources.items():
        if not _SAFE.match(name):
            return Unreadable(reason=f"a file's name has strange letters: {name!r}")
        line = delay_in(text)
        if line:
            return Unreadable(reason="a delay", place=f"{name}:{line}")
    return None


def _job(design: Design, *, latches: bool) -> YosysJob:
    files: dict[str, str | bytes] = {
        f"{_FOLDER}/{name}": plain(text, lenient=latches) for name, text in design.sources.items()
    }
    compiled = [name for name in design.sources if not name.endswith(HEADER_SUFFIXES)]
    names = " ".join(f"{_FOLDER}/{name}" for name in compiled)
    return YosysJob(
        commands=(
            f"read_verilog -sv -I{_FOLDER} {names}",
            f"hierarchy -check -top {design.top}",
            "proc -noopt -norom",
            "flatten",
            f"write_json {_NETLIST}",
        ),
        files={**files, **design.data},
        results=(_NETLIST,),
    )


def _read(
    design: Design, run: YosysRun, interface: Interface | None, *, latches: bool
) -> Dataflow | Unreadable:
    if run.error or _NETLIST not in run.files:
        return _error(run)
    module = json.loads(run.files[_NETLIST])["modules"].get(design.top)
    if module is None:
        return Unreadable(reason=f"no module {design.top!r}")
    if len(module["cells"]) > MAX_CELLS:
        return Unreadable(reason=f"{len(module['cells'])} cells, more than {MAX_CELLS}")
    try:
        netlist = Netlist(module, Nodes(), latches=latches)
        return _Reader(design.top, netlist, interface).dataflow()
    except Unsupported as why:
        reason, _, place = str(why).partition(f": {_FOLDER}/")
        return Unreadable(reason=reason, place=place)


def _error(run: YosysRun) -> Unreadable:
    lines = [line for line in run.log.splitlines() if "ERROR: " in line]
    place = _PLACE.search(lines[0] if lines else "")
    reason = _PLACE.sub(r"\1", run.error).rstrip(".")
    return Unreadable(reason=reason, place=place[1] if place else "")


class _Reader:
    """One flat netlist becomes dataflow."""

    def __init__(self, top: str, netlist: Netlist, interface: Interface | None) -> None:
        self._top, self._module = top, netlist.module
        self._nodes, self._netlist = netlist.nodes, netlist
        self._names = _Names(netlist.module)
        self._interface = interface

    def dataflow(self) -> Dataflow:
        netlist = self._netlist
        parts = list(self._register_parts())
        for part in parts:
            key = f"register {part.name}"
            netlist.leaves[key] = self._nodes.reg(part.name, part.width)
            netlist.drive(part.bits, key, part.place)
        netlist.evaluate()
        registers = {part.name: self._register(part) for part in parts}
        memories = {
            name: self._memory(name, m) for name, m in self._module.get("memories", {}).items()
        }
        interface = self._interface or self._found_interface(registers, memories)
        outputs = {
            port.name: netlist.node(self._module["ports"][port.name]["bits"])
            for port in interface.outputs
        }
        found = Dataflow(
            interface=interface,
            nodes=self._nodes,
            outputs=outputs,
            registers=registers,
            memories=memories,
            assumed=tuple(netlist.open),
        )
        found = _without_unnamed(found)
        found = replace(found, named=self._named(found))
        roots = [*found.roots(), *found.named.values()]
        return found.mapped(narrowed(self._nodes, roots))

    def _register_parts(self) -> Iterator[_Part]:
        groups: dict[object, list[_Part]] = {}
        for _, cell in self._netlist.of_type("$dff", "$adff"):
            for part in self._names.parts(cell):
                how = (part.owner, part.clock, part.rising, part.reset, part.active_low)
                groups.setdefault(how, []).append(part)
        for group in groups.values():
            yield from _merged(group)

    def _register(self, part: _Part) -> Register:
        reset = None
        if part.reset is not None:
            signal = self._netlist.node([part.reset])
            active_low = part.active_low
            if signal.op is Op.NOT:
                signal, active_low = signal.operands[0], not active_low
            reset = AsyncReset(signal=signal, active_low=active_low, value=part.value)
        clock, rising = self._clock(part.clock, part.rising, part.place)
        return Register(
            name=part.name,
            width=part.width,
            clock=clock,
            next=self._netlist.node(part.data),
            rising=rising,
            reset=reset,
            initial=part.initial if set(part.initial) - {"x"} else "",
            place=_without_folder(part.place),
        )

    def _clock(self, bit: Bit, rising: bool, place: str) -> tuple[str, bool]:
        node = self._netlist.node([bit])
        while node.op is Op.NOT:
            node, rising = node.operands[0], not rising
        if node.op is not Op.INPUT or node.width != 1:
            raise Unsupported(f"a clock that is no input port: {place}")
        return str(node.payload), rising

    def _memory(self, name: str, memory: Json) -> Memory:
        writes = [
            (number(cell, "PORTID"), self._write_port(cell))
            for _, cell in self._netlist.of_type("$memwr", "$memwr_v2")
            if memory_of(cell) == name
        ]
        return Memory(
            name=name,
            width=memory["width"],
            depth=memory["size"],
            lowest=memory["start_offset"],
            writes=tuple(port for _, port in sorted(writes, key=lambda pair: pair[0])),
            initial=self._contents(name, memory),
            place=_without_folder(place_of(memory)),
        )

    def _write_port(self, cell: Json) -> WritePort:
        pins, place = cell["connections"], place_of(cell)
        if not number(cell, "CLK_ENABLE"):
            raise Unsupported(f"a memory that is written without a clock: {place}")
        rising = bool(number(cell, "CLK_POLARITY"))
        clock, rising = self._clock(pins["CLK"][0], rising, place)
        return WritePort(
            clock=clock,
            rising=rising,
            address=self._netlist.node(pins["ADDR"]),
            data=self._netlist.node(pins["DATA"]),
            enable=self._netlist.node(pins["EN"]),
        )

    def _contents(self, name: str, memory: Json) -> tuple[str, ...]:
        words = ["x" * memory["width"]] * memory["size"]
        cells = [c for _, c in self._netlist.of_type("$meminit", "$meminit_v2")]
        mine = [cell for cell in cells if memory_of(cell) == name]
        for cell in sorted(mine, key=lambda c: number(c, "PRIORITY")):
            _fill(words, cell, memory)
        return tuple(words) if mine else ()

    def _found_interface(
        self, registers: Mapping[str, Register], memories: Mapping[str, Memory]
    ) -> Interface:
        defaults = self._module.get("parameter_default_values", {})
        written = [port for memory in memories.values() for port in memory.writes]
        clocks: dict[str, Edge] = {}
        edges = [(r.clock, r.rising) for r in registers.values()]
        for clock, rising in (*edges, *((port.clock, port.rising) for port in written)):
            clocks.setdefault(clock, Edge.RISING if rising else Edge.FALLING)
        resets = {
            str(r.reset.signal.payload): r.reset.active_low
            for r in registers.values()
            if r.reset is not None and r.reset.signal.op is Op.INPUT
        }
        return Interface(
            module=self._top,
            ports=tuple(_port(n, p, self._module) for n, p in self._module["ports"].items()),
            parameters={n: int(v, 2) for n, v in defaults.items() if v and not set(v) - set("01")},
            clocks=tuple(Clock(port=name, edge=edge) for name, edge in clocks.items()),
            resets=tuple(
                Reset(port=name, active_low=low, asynchronous=True) for name, low in resets.items()
            ),
        )

    def _named(self, module: Dataflow) -> dict[str, Node]:
        """Return values by the names of the top module; of instances only what is used."""
        used = set(reached(module.roots()))
        found: dict[str, Node] = {}
        for name, net in self._module["netnames"].items():
            if not net["hide_name"] and name not in module.registers and net["bits"]:
                node = self._netlist.node(net["bits"])
                if "." not in name or node in used:
                    found[name] = node
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Bits of one signal that one cell stores."""

    owner: str
    """The signal."""
    low: int
    whole: int
    """The signal's width."""
    offset: int
    ascending: bool
    """Whether its declaration is `[0:7]`, say."""
    bits: tuple[Bit, ...]
    data: tuple[Bit, ...]
    clock: Bit
    rising: bool
    reset: Bit | None
    active_low: bool
    value: str
    initial: str
    place: str
    name: str = ""

    @property
    def width(self) -> int:
        return len(self.bits)

    def select(self, high: int) -> str:
        """Return the part select of the signal up to its bit `high`, as its declaration counts."""
        ends = [
            self.offset + (self.whole - 1 - i if self.ascending else i) for i in (high, self.low)
        ]
        return f"[{ends[0]}]" if high == self.low else f"[{ends[0]}:{ends[1]}]"


class _Names:
    """Which signal of the source each stored bit is."""

    def __init__(self, module: Json) -> None:
        self._nets = module["netnames"]
        self._owners: dict[Bit, list[tuple[str, int]]] = {}
        self._assigned = {_assigned(name) for name in self._nets} - {""}
        self._initial: dict[Bit, str] = {}
        for name, net in self._nets.items():
            for index, bit in enumerate(net["bits"]):
                self._owners.setdefault(bit, []).append((name, index))
            text = net["attributes"].get("init", "")
            for bit, value in zip(net["bits"], reversed(text), strict=False):
                self._initial[bit] = value

    def parts(self, cell: Json) -> Iterator[_Part]:
        """Yield what a register cell stores, signal by signal."""
        pins = cell["connections"]
        owners = [self._owner(bit) for bit in pins["Q"]]
        start = 0
        for end in range(1, len(owners) + 1):
            name, low = owners[start]
            if end < len(owners) and owners[end] == (name, low + end - start):
                continue
            yield self._part(cell, name, low, slice(start, end))
            start = end

    def _owner(self, bit: Bit) -> tuple[str, int]:
        """Return the best name of a stored bit: of what a process assigns, nearest to the top."""
        return min(self._owners[bit], key=self._rank)

    def _rank(self, owner: tuple[str, int]) -> tuple[bool, bool, int, str]:
        name, _ = owner
        return (
            bool(self._nets[name]["hide_name"]),
            name not in self._assigned,
            name.count("."),
            name,
        )

    def _part(self, cell: Json, name: str, low: int, cut: slice) -> _Part:
        pins = cell["connections"]
        asynchronous = cell["type"] == "$adff"
        value = str(cell["parameters"].get("ARST_VALUE", ""))[::-1][cut]
        bits = tuple(pins["Q"][cut])
        return _Part(
            owner=name,
            low=low,
            whole=len(self._nets[name]["bits"]),
            offset=self._nets[name].get("offset", 0),
            ascending=bool(self._nets[name].get("upto")),
            bits=bits,
            data=tuple(pins["D"][cut]),
            clock=pins["CLK"][0],
            rising=bool(number(cell, "CLK_POLARITY")),
            reset=pins["ARST"][0] if asynchronous else None,
            active_low=asynchronous and not number(cell, "ARST_POLARITY"),
            value=value[::-1],
            initial="".join(self._initial.get(bit, "x") for bit in reversed(bits)),
            place=place_of(cell),
        )


def _without_unnamed(module: Dataflow) -> Dataflow:
    """Drop registers that Yosys adds beside memories and nothing reads."""
    while True:
        used = {node.payload for node in reached(module.roots()) if node.op is Op.REG}
        kept = {n: r for n, r in module.registers.items() if not n.startswith("$") or n in used}
        if len(kept) == len(module.registers):
            return module
        module = replace(module, registers=kept)


def _assigned(name: str) -> str:
    r"""Return the signal that `$0\name[7:0]` is the next value of; empty if it is none."""
    scope, found, rest = name.partition("$0\\")
    return scope.removeprefix("$flatten\\") + rest.rpartition("[")[0] if found else ""


def _merged(parts: Sequence[_Part]) -> Iterator[_Part]:
    """Yield parts of one signal as one register where they meet, with names."""
    parts = sorted(parts, key=lambda part: part.low)
    groups: list[list[_Part]] = []
    for part in parts:
        if groups and groups[-1][-1].low + groups[-1][-1].width == part.low:
            groups[-1].append(part)
        else:
            groups.append([part])
    for group in groups:
        first, last = group[0], group[-1]
        bits = tuple(bit for part in group for bit in part.bits)
        alone = len(bits) == first.whole
        yield replace(
            first,
            bits=bits,
            data=tuple(bit for part in group for bit in part.data),
            value="".join(part.value for part in reversed(group)),
            initial="".join(part.initial for part in reversed(group)),
            name=first.owner + ("" if alone else first.select(last.low + last.width - 1)),
        )


def _port(name: str, port: Json, module: Json) -> Port:
    width, offset = len(port["bits"]), port.get("offset", 0)
    net = module["netnames"].get(name, {})
    signed = bool(port.get("signed") or net.get("signed"))
    if width == 1 and not offset:
        msb = lsb = None
    elif port.get("upto"):
        msb, lsb = offset, offset + width - 1
    else:
        msb, lsb = offset + width - 1, offset
    direction = Direction(port["direction"])
    return Port(name=name, direction=direction, msb=msb, lsb=lsb, signed=signed)


def _fill(words: list[str], cell: Json, memory: Json) -> None:
    """Write the initial values of one cell into `words`."""
    width = memory["width"]
    pins = cell["connections"]
    first = sum(int(bit == "1") << place for place, bit in enumerate(pins["ADDR"]))
    data = "".join(bit if bit in ("0", "1") else "x" for bit in reversed(pins["DATA"]))
    for index in range(number(cell, "WORDS")):
        end = len(data) - index * width
        address = first + index - memory["start_offset"]
        if 0 <= address < len(words):
            words[address] = data[end - width : end]


def _without_folder(place: str) -> str:
    return place.removeprefix(f"{_FOLDER}/")
