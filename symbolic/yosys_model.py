"""A design as a flat circuit with two bits a signal, value and x; it runs in a worker.

There are two kinds. Where all registers work at the active edge of the one
clock, each step of the circuit is a change of inputs and, if the clock input is
1, a clock edge after it. The other kind is `stepwise`: every change of a clock is
a step, and registers and latches watch for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symbolic.equivalence_miter import PREFIX, Side, Wiring
from symbolic.yosys_latches import always_open, open_latches, unread_latches
from symbolic.yosys_priority import chained

MAX_MEMORY_BITS = 8192
"""Designs with more bits of memory have no model."""
MAX_STATE_BITS = 20_000
_STEPS = "steps.v"
_NETLIST = "netlist.json"
_READ = "read.il"

_MAPPED = r"""
(* techmap_celltype = "$dff" *)
module steps_dff(CLK, D, Q);
parameter WIDTH = 1;
parameter CLK_POLARITY = 1;
input CLK;
input [WIDTH-1:0] D;
output [WIDTH-1:0] Q;
\$ff #(.WIDTH(WIDTH)) _TECHMAP_REPLACE_ (.D(CLK ? D : Q), .Q(Q));
endmodule

(* techmap_celltype = "$adff" *)
module steps_adff(CLK, ARST, D, Q);
parameter WIDTH = 1;
parameter CLK_POLARITY = 1;
parameter ARST_POLARITY = 1;
parameter ARST_VALUE = 0;
parameter _TECHMAP_WIREINIT_Q_ = 0;
parameter _TECHMAP_REMOVEINIT_Q_ = 1;
input CLK, ARST;
input [WIDTH-1:0] D;
output [WIDTH-1:0] Q;
(* init = _TECHMAP_WIREINIT_Q_ *)
wire [WIDTH-1:0] state;
wire reset = ARST_POLARITY ? ARST : ~ARST;
\$ff #(.WIDTH(WIDTH)) _TECHMAP_REPLACE_ (.D(reset ? ARST_VALUE : CLK ? D : state), .Q(state));
assign Q = reset ? ARST_VALUE : state;
endmodule
"""
"""Registers that have an edge in every step in which their clock input is 1."""

_KINDS = {
    "$dff": "register",
    "$adff": "register with asynchronous reset",
    "$dlatch": "latch",
}
_REFUSED = {
    "$dffsr": "a register with asynchronous set and reset",
    "$dffsre": "a register with asynchronous set and reset",
    "$aldff": "a register with asynchronous load",
    "$aldffe": "a register with asynchronous load",
    "$adlatch": "a latch with reset",
    "$dlatchsr": "a latch with set and reset",
    "$sr": "a latch with set and reset",
    "$ff": "a register without a clock",
    "$mem": "a memory",
    "$mem_v2": "a memory",
    "$tribuf": "a tri-state driver",
}
_GUARDED = {"$memrd_v2": "\\DATA", "$memwr_v2": "\\EN"}
"""The pin of each memory port that does nothing if the address is undefined."""
_GATES = {"$_AND_", "$_NOT_", "$_FF_"}
_INVERTERS = {"$not", "$logic_not"}
_BUFFERS = {"$reduce_or", "$reduce_and", "$reduce_bool", "$pos", "$buf"}


class Unsupported(Exception):
    """A design that has no such model; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A design that Yosys holds under its own name."""

    side: Side
    asynchronous: bool = False
    """Whether registers change without a clock edge."""
    stepwise: bool = False
    """Whether only the stepwise kind will do."""
    initialized: bool = False
    """Whether any register has an initial value."""


@dataclass(slots=True)
class Maker:
    """Makes models with one libyosys design."""

    library: Any
    design: Any
    wiring: Wiring
    log: list[str] = field(default_factory=list)

    def run(self, *commands: str) -> None:
        """Carry out Yosys commands; what Yosys refuses ends the process."""
        for command in commands:
            self.library.run_pass(command, self.design)

    def make(self, name: str, source: Mapping[str, Any], *, stepwise: bool) -> Model:
        """Read a design and, if it can be of that kind, stash its model away as `name`.

        `source` has the `top` module, the `files` below `folder`, and what
        `symbolic.equivalence_screen` says of it.

        Raises:
            Unsupported: It has no model of either kind.
        """
        with chdir(source["home"]):
            # Memory images are looked up there.
            netlist = self._read(name, source)
        found = _Examined(netlist, self.wiring, source=source)
        model = Model(
            side=Side(name=name),
            asynchronous=found.asynchronous,
            stepwise=found.stepwise,
            initialized=found.initialized,
        )
        if found.stepwise and not stepwise:
            return model
        side = self._probed(name, netlist, strict=bool(source["x_hazards"]))
        if stepwise:
            self.run("clk2fflogic", "opt_clean")
        else:
            Path(_STEPS).write_text(_MAPPED, encoding="utf-8")
            self.run(f"techmap -map {_STEPS}", "opt_clean")
        self.run(
            "xprop -split-outputs -assume-def-inputs -required",
            "delete t:$assume",
            f"design -stash {name}",
        )
        return Model(
            side=side,
            asynchronous=found.asynchronous,
            stepwise=found.stepwise,
            initialized=found.initialized,
        )

    def cells(self, module: str) -> set[str]:
        """Return the kinds of cells in `module`."""
        return {cell.type.str() for cell in self.design.module("\\" + module).cells_.values()}

    def map_to_gates(self, module: str) -> None:
        """Make an and-inverter graph of `module`."""
        self.run("simplemap", "aigmap")
        if self.cells(module) - _GATES:
            # Reading its rules takes longer than most proofs.
            self.run("techmap", "simplemap", "aigmap")

    def _read(self, name: str, source: Mapping[str, Any]) -> Mapping[str, Any]:
        files = " ".join(f'"{source["folder"]}/{file}"' for file in source["files"])
        self.run(
            "design -reset",
            f"read_verilog -sv {files}",
            f"hierarchy -check -top {source['top']}",
            f"write_rtlil {_READ}",
        )
        if (text := chained(Path(_READ).read_text(encoding="utf-8"))) is not None:
            Path(_READ).write_text(text, encoding="utf-8")
            self.run("design -reset", f"read_rtlil {_READ}")
        self.run(
            "proc -ifx -noopt",
            "flatten",
            "delete t:$scopeinfo",
            "opt_clean",
        )
        flat = self.design.module("\\" + source["top"])
        self._check_arrays(flat, source["arrays"])
        self._guard_memories(flat)
        self.run("memory_collect")
        self._check_memories(flat)
        self.run(
            "memory_memx",
            "memory_map",
            # Where x must not occur, a net without a driver fails the check.
            *(() if source["x_hazards"] else ("setundef -undriven -undef",)),
            "check -assert",
            # Not `opt`: it takes `a == a` for 1 and chooses a side for an undefined condition.
            "opt_merge",
            "dffunmap",
            "opt_clean",
            f"rename {source['top']} {name}",
        )
        netlist = self._netlist(name)
        if unread := unread_latches(netlist):
            self._remove(name, unread)
            netlist = self._netlist(name)
        if opened := list(always_open(self.run, netlist, name)):
            open_latches(self.library, self.design.module("\\" + name), opened)
            self.run("opt_clean")
            netlist = self._netlist(name)
        return netlist

    def _remove(self, name: str, cells: frozenset[str]) -> None:
        module = self.design.module("\\" + name)
        for cell in list(module.cells_.values()):
            if cell.name.str().removeprefix("\\") in cells:
                module.remove(cell)

    def _netlist(self, name: str) -> Mapping[str, Any]:
        self.run(f"write_json {_NETLIST}")
        modules: Mapping[str, Any] = json.loads(Path(_NETLIST).read_text(encoding="utf-8"))
        module: Mapping[str, Any] = modules["modules"][name]
        return module

    def _check_arrays(self, module: Any, arrays: Sequence[str]) -> None:  # noqa: ANN401
        """Refuse arrays whose index may go too far if Yosys has made registers of their words.

        It drops the index's upper bits then, where a simulator finds nothing.
        """
        words = tuple(f"{name}[" for name in arrays)
        for wire in module.wires_.values():
            name = wire.name.str().lstrip("\\").rpartition(".")[2]
            if name.startswith(words):
                raise Unsupported(f"indexes {name.partition('[')[0]} beyond its range, perhaps")

    def _guard_memories(self, module: Any) -> None:  # noqa: ANN401
        """Make an undefined address read nothing but x, and write nothing, as in a simulator."""
        undefined = self.library.SigSpec(self.library.State.Sx, 1)
        for number, cell in enumerate(list(module.cells_.values())):
            pin = _GUARDED.get(cell.type.str())
            if pin is None:
                continue
            address, name = cell.getPort("\\ADDR"), f"$rtlgen_memory{number}"
            parity = self.library.SigSpec(module.addWire(f"{name}_parity", 1))
            lost = self.library.SigSpec(module.addWire(f"{name}_lost", 1))
            module.addReduceXor(f"{name}_xor", address, parity)
            module.addEqx(f"{name}_eqx", parity, undefined, lost)
            signal = cell.getPort(pin)
            guarded = self.library.SigSpec(module.addWire(f"{name}_guarded", signal.size()))
            cell.setPort(pin, guarded)
            if pin == "\\DATA":
                nothing = self.library.SigSpec(self.library.State.Sx, signal.size())
                module.addMux(f"{name}_mux", guarded, nothing, lost, signal)
            else:
                nothing = self.library.SigSpec(self.library.State.S0, signal.size())
                module.addMux(f"{name}_mux", signal, nothing, lost, guarded)

    def _check_memories(self, module: Any) -> None:  # noqa: ANN401
        bits = 0
        for cell in module.cells_.values():
            if cell.type.str() == "$mem_v2":
                bits += cell.getParam("\\WIDTH").as_int() * cell.getParam("\\SIZE").as_int()
        if bits > MAX_MEMORY_BITS:
            raise Unsupported(f"has {bits} bits of memory, more than {MAX_MEMORY_BITS}")

    def _probed(self, name: str, netlist: Mapping[str, Any], *, strict: bool) -> Side:
        """Give the ports their names in the circuit, and make ports of what is to be seen."""
        probes = _Probes(netlist, strict=strict)
        self.run(f"cd {name}")
        for old, new in (*self.wiring.renamings(), *probes.renamings()):
            self.run(f"rename {old} {new}")
        for old, new, width in probes.copies():
            self.run(f"add -wire {new} {width}", f"connect -set {new} {old}")
        self.run("cd")
        for new in probes.names():
            self.run(f"expose {name}/w:{new}")
        return probes.side(name)


class _Examined:
    """What the registers of a flat netlist demand.

    Raises:
        Unsupported: One has no model.
    """

    def __init__(
        self, netlist: Mapping[str, Any], wiring: Wiring, source: Mapping[str, Any]
    ) -> None:
        self._wiring = wiring
        self._check_ports(netlist["ports"])
        self._inputs = {
            bit: name
            for name, port in netlist["ports"].items()
            if port["direction"] == "input"
            for bit in port["bits"]
        }
        cells = netlist["cells"].values()
        self._derived = {
            cell["connections"]["Y"][0]: (cell["connections"]["A"], cell["type"] in _INVERTERS)
            for cell in cells
            if cell["type"] in _INVERTERS | _BUFFERS
            and len(cell["connections"]["Y"]) == 1
            and (len(cell["connections"]["A"]) == 1 or cell["type"] == "$reduce_or")
        }
        self.asynchronous = False
        self.stepwise = False
        self.initialized = any(
            set(net["attributes"].get("init", "x")) & set("01")
            for net in netlist["netnames"].values()
        )
        for cell in cells:
            self._cell(cell, source)
        self._check_clocks_as_data(cells)

    def _check_ports(self, ports: Mapping[str, Any]) -> None:
        wanted = self._wiring.widths()
        found = {name: (port["direction"], len(port["bits"])) for name, port in ports.items()}
        for name in {**wanted, **found}:
            if wanted.get(name) != found.get(name):
                raise Unsupported(f"has other ports: {name}")

    def _cell(self, cell: Mapping[str, Any], source: Mapping[str, Any]) -> None:
        kind = cell["type"]
        if kind in _REFUSED:
            raise Unsupported(f"has {_REFUSED[kind]}")
        if kind not in _KINDS:
            return
        pins = cell["connections"]
        if kind == "$dlatch":
            if source["chained"]:
                raise Unsupported("has a latch behind other combinational processes")
            if source["undefined"]:
                # Yosys lets a latch hold its value where it is assigned x.
                raise Unsupported("has a latch, and x may be assigned to it")
            self.stepwise = self.asynchronous = True
            return
        self._clock(pins["CLK"][0], rising=_flag(cell, "CLK_POLARITY"))
        if kind == "$adff":
            self.asynchronous = True
            bits, _ = self._derived.get(pins["ARST"][0], (pins["ARST"], False))
            if any(self._source(bit) is None for bit in bits):
                raise Unsupported("has an asynchronous reset that is no input")

    def _clock(self, bit: Any, *, rising: bool) -> None:  # noqa: ANN401 - a number or "x"
        source = self._source(bit)
        if source is None:
            raise Unsupported("has a clock that is no input")
        name, inverted = source
        edges = dict(self._wiring.clocks)
        if name not in edges:
            raise Unsupported(f"is clocked by {name}, which is no clock of the interface")
        direct = not inverted and edges[name] == rising
        self.stepwise = self.stepwise or not direct or len(edges) > 1

    def _source(self, bit: Any) -> tuple[str, bool] | None:  # noqa: ANN401
        """Return the input that `bit` is, or is the inverse of, and whether it is that."""
        inverted = False
        for _ in range(8):
            if bit in self._inputs:
                return self._inputs[bit], inverted
            origin, turned = self._derived.get(bit, ((), False))
            if len(origin) != 1:
                return None
            bit, inverted = origin[0], inverted != turned
        return None

    def _check_clocks_as_data(self, cells: Sequence[Mapping[str, Any]]) -> None:
        """See whether a clock goes anywhere but to registers."""
        clocks = dict(self._wiring.clocks)
        for cell in cells:
            for pin, bits in cell["connections"].items():
                named = (self._inputs.get(bit) for bit in bits)
                if pin != "CLK" and any(name in clocks for name in named):
                    self.stepwise = True


def _flag(cell: Mapping[str, Any], parameter: str) -> bool:
    return bool(int(cell["parameters"][parameter], 2))


class _Probes:
    """The wires of a netlist that are watched, by their names in the circuit."""

    def __init__(self, netlist: Mapping[str, Any], *, strict: bool) -> None:
        nets = {name: len(net["bits"]) for name, net in netlist["netnames"].items()}
        self._sleepers = _sleepers(nets)
        self._goals = {
            int(name.removeprefix(f"{PREFIX}goal_")): name
            for name in nets
            if name.startswith(f"{PREFIX}goal_")
        }
        self._nets = nets
        self._strict = strict
        self._registers = _registers(netlist) if strict else []

    def renamings(self) -> Iterator[tuple[str, str]]:
        """Yield the wires that are watched, each once, and their names in the circuit."""
        renamed = self._watched()
        for number, name in enumerate(self._registers):
            renamed.setdefault(name, f"{PREFIX}u{number}")
        yield from renamed.items()

    def copies(self) -> Iterator[tuple[str, str, int]]:
        """Yield what registers are called that have only the name of a wire watched for more.

        Each is the wire's name in the circuit, the register's own, and their bits.
        """
        watched = self._watched()
        for number, name in enumerate(self._registers):
            if name in watched:
                yield watched[name], f"{PREFIX}u{number}", self._nets[name]

    def names(self) -> Iterator[str]:
        """Yield the names in the circuit of all that is watched."""
        yield from (new for _, new in self.renamings())
        yield from (new for _, new, _ in self.copies())

    def _watched(self) -> dict[str, str]:
        """Return the wires that are watched for what they say, registers apart."""
        found = {}
        for number, wires in enumerate(self._sleepers):
            for wire, probe in zip(wires, "rwf", strict=True):
                found[wire] = f"{PREFIX}{probe}{number}"
        return found | {name: f"{PREFIX}g{number}" for number, name in self._goals.items()}

    def side(self, name: str) -> Side:
        nets = self._nets
        return Side(
            name=name,
            sleepers=tuple(tuple(nets[wire] for wire in wires) for wires in self._sleepers),
            registers=tuple(nets[register] for register in self._registers),
            goals=tuple(self._goals),
            strict=self._strict,
        )


def _sleepers(nets: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return the names of the wires of each process that may not have run, as they are `PROBED`."""
    stems = [
        name.removesuffix("_reads")
        for name in nets
        if f"{PREFIX}sleeper_" in name and name.endswith("_reads")
    ]
    return [tuple(f"{stem}_{what}" for what in ("reads", "writes", "fresh")) for stem in stems]


def _registers(netlist: Mapping[str, Any]) -> list[str]:
    """Return names of nets that are all the registers' outputs.

    Raises:
        Unsupported: A register has no name.
    """
    held = {
        bit
        for cell in netlist["cells"].values()
        if cell["type"] in _KINDS
        for bit in cell["connections"]["Q"]
    }
    found = []
    for name, net in netlist["netnames"].items():
        bits = {bit for bit in net["bits"] if isinstance(bit, int)}
        if bits & held and bits <= held and not net["hide_name"] and name not in netlist["ports"]:
            found.append(name)
            held -= bits
    ports = {bit for port in netlist["ports"].values() for bit in port["bits"]}
    if held - ports:
        raise Unsupported("has registers without names, which cannot be watched")
    return found
