"""Dataflow as Verilog-2005 text: expressions, and whole modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sim.interface import Direction, Port
from symbolic.dataflow import printer
from symbolic.dataflow.compose import INDENT, Composer, Signal, Storage, declared, initialized
from symbolic.dataflow.expression import Expressions, Name, Unwritable
from symbolic.dataflow.module import Dataflow, Memory
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.dataflow.sharing import Names


def expression(node: Node, names: Mapping[Node, str] | None = None) -> str:
    """Return a node on one line as people read it: leaves by name, all else written out.

    What has no such form in Verilog, as bits of a sum, is written all the same.
    """
    known = {n: _whole(n.payload, n) for n in reached([node]) if n.op in (Op.INPUT, Op.REG)}
    known |= {n: _whole(text, n) for n, text in (names or {}).items()}
    while True:
        try:
            return printer.one_line(Expressions(known).alone(node))
        except Unwritable as missing:
            inner = printer.one_line(Expressions(known).alone(missing.node))
            known[missing.node] = _whole(f"({inner})", missing.node)


def _whole(text: object, node: Node) -> Name:
    return Name(text=str(text), width=node.width, msb=node.width - 1, lsb=0)


def module_text(module: Dataflow) -> str:
    """Return a module of its own that does what `module` does, instances dissolved.

    Parameters are not written: widths are those of the interface. The same module
    gives the same text.
    """
    return _ModuleText(module).text()


class _ModuleText:
    def __init__(self, module: Dataflow) -> None:
        self._module = module
        ports = {port.name: port for port in module.interface.ports}
        self._fresh = Names([module.interface.module, *ports])
        self._direct = {
            name
            for name in module.registers
            if name in module.outputs and module.outputs[name] is self._reg(name)
        }
        self._registers = {
            name: name if name in self._direct else self._fresh.fresh(name)
            for name in module.registers
        }
        self._memories = {name: self._fresh.fresh(name) for name in module.memories}

    def _reg(self, name: str) -> Node:
        return self._module.nodes.reg(name, self._module.registers[name].width)

    def text(self) -> str:
        module = self._module
        signals = list(self._signals(module))
        composer = Composer(module.nodes, self._names(), self._fresh, memories=self._memories)
        storage = Storage(
            registers={self._registers[n]: r for n, r in module.registers.items()},
            memories={self._memories[n]: m for n, m in module.memories.items()},
        )
        found = composer.composed(signals, storage)
        outputs = {port.name for port in module.interface.outputs}
        inner = [s for s in signals if s.name not in outputs]
        variables = found.variables | self._direct
        body = [
            *self._declarations(module),
            *(_declaration(s, found.variables) for s in inner),
            "",
            *(line for _, _, lines in found.wires for line in lines),
            *(line for s in signals for line in found.signals[s.name]),
            *(line for _, process in found.processes for line in ("", *process)),
            *self._initial(module),
        ]
        return "\n".join([*self._header(variables), *_tidy(body), "endmodule", ""])

    def _names(self) -> dict[Node, Name]:
        nodes, module = self._module.nodes, self._module
        found = {}
        for port in module.interface.inputs:
            found[nodes.input(port.name, port.width)] = port_name(port)
        for name, text in self._registers.items():
            register = module.registers[name]
            if name in self._direct:
                found[self._reg(name)] = port_name(module.interface.port(name))
            else:
                top = None if register.width == 1 else register.width - 1
                low = None if top is None else 0
                found[self._reg(name)] = Name(text=text, width=register.width, msb=top, lsb=low)
        return found

    def _signals(self, module: Dataflow) -> Iterator[Signal]:
        used = set(reached(module.roots()))
        given = set(module.outputs.values())
        for name, node in module.named.items():
            plain = node.op not in (Op.CONST, Op.INPUT, Op.REG)
            if plain and node in used and node not in given and "." not in name:
                given.add(node)
                yield Signal(name=self._fresh.fresh(name), value=node, either=True)
        for name, node in module.outputs.items():
            if name not in self._direct:
                range_ = port_name(module.interface.port(name))
                yield Signal(name=name, value=node, either=True, range=range_)

    def _declarations(self, module: Dataflow) -> Iterator[str]:
        for name, text in self._registers.items():
            if name not in self._direct:
                yield f"{INDENT}{declared('reg', text, module.registers[name].width)};"
        for name, memory in module.memories.items():
            yield f"{INDENT}{declared_memory(self._memories[name], memory)};"

    def _initial(self, module: Dataflow) -> list[str]:
        values = [(self._registers[n], r.initial) for n, r in module.registers.items() if r.initial]
        for name, memory in module.memories.items():
            values += memory_values(self._memories[name], memory)
        lines = initialized(values)
        return ["", *lines] if lines else []

    def _header(self, variables: Iterable[str]) -> list[str]:
        ports = self._module.interface.ports
        lines = [f"{INDENT}{_port(port, port.name in set(variables))}" for port in ports]
        body = [line + ("," if n < len(lines) - 1 else "") for n, line in enumerate(lines)]
        return [f"module {self._module.interface.module} (", *body, ");", ""]


def _port(port: Port, variable: bool) -> str:
    keyword = "reg" if variable and port.direction is Direction.OUTPUT else "wire"
    parts = [port.direction.value, keyword, "signed" if port.signed else "", port.range, port.name]
    return " ".join(part for part in parts if part)


def port_name(port: Port) -> Name:
    """Return a port as a name in expressions."""
    return Name(text=port.name, width=port.width, msb=port.msb, lsb=port.lsb, signed=port.signed)


def declared_memory(name: str, memory: Memory) -> str:
    """Return a declaration without its semicolon."""
    last = memory.lowest + memory.depth - 1
    return f"{declared('reg', name, memory.width)} [{memory.lowest}:{last}]"


def memory_values(name: str, memory: Memory) -> Iterator[tuple[str, str]]:
    """Yield words and their values at power-on, as bits."""
    for index, word in enumerate(memory.initial):
        if set(word) != {"x"}:
            yield f"{name}[{memory.lowest + index}]", word


def _declaration(signal: Signal, variables: Iterable[str]) -> str:
    keyword = "reg" if signal.name in set(variables) else "wire"
    return f"{INDENT}{declared(keyword, signal.name, signal.value.width)};"


def _tidy(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines without empty ones at the beginning or behind each other."""
    last = ""
    for line in lines:
        if line or last:
            yield line
        last = line
