"""Designs that a test ought to fail: hollow ones, and small changes of one that it passes.

Hollow designs know only the ports. The others are made from the text of a
working design: it is put into a shell that inverts or delays its outputs, or
`testbench_gen.mutants` changes one thing in it.

A change may leave the function as it was, or not compile; who judges sees to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.design import Design
from sim.interface import Clock, Edge, Interface, Port
from sim.read_interface import refuse_bombs
from sim.slang import Parsed, Syntax
from testbench_gen.mutants import mutants_of

_FILE = "golden.sv"
_INNER = "doctored"
_OUTPUT_MUTANTS = 16
"""Outputs that are inverted one by one, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A design that a test ought to fail."""

    name: str
    """What it does, such as `all 0` or "line 12: `==` becomes `!=`"."""
    operator: str
    """The kind of change, such as `constant` or `off by one`."""
    verilog: str
    output: str = ""
    """The one output that differs, where there is one."""


def hollow(interface: Interface) -> list[Mutant]:
    """Return designs with these ports and nothing in them, or constant outputs."""
    outputs = interface.outputs
    if not outputs:
        return []
    empty = Mutant(name="empty", operator="empty", verilog=_module(interface, []))
    return [empty, *(_constant(interface, bit) for bit in "01x")]


def wrapped(golden: str, interface: Interface) -> list[Mutant]:
    """Return `golden`, whose top module has this interface, behind inverted or late outputs."""
    renamed = _renamed(golden, interface.module)
    outputs = interface.outputs
    if renamed is None or not outputs:
        return []
    found = [_inverted(renamed, interface, outputs, name="all outputs inverted")]
    if len(outputs) > 1:
        for port in outputs[:_OUTPUT_MUTANTS]:
            one = _inverted(renamed, interface, [port], name=f"output {port.name} inverted")
            found.append(replace(one, output=port.name))
    return found + [_late(renamed, interface, clock) for clock in interface.clocks[:1]]


def edited(golden: str, *, most: int) -> list[Mutant]:
    """Return `golden` with one small change each, `most` at most, of as many kinds as there are.

    Always the same ones; see `testbench_gen.mutants`.

    Raises:
        InvalidDesign: The text does not parse, or nests too deep to be parsed.
    """
    design = Design(top=_INNER, sources={_FILE: golden})
    return [
        Mutant(
            name=f"line {mutant.line}: {mutant.summary}",
            operator=mutant.operator,
            verilog=mutant.design.sources[_FILE],
        )
        for mutant in mutants_of(design, limit=most)
    ]


def _constant(interface: Interface, bit: str) -> Mutant:
    body = [f"assign {p.name} = {{{p.width}{{1'b{bit}}}}};" for p in interface.outputs]
    name = f"all {bit.upper()}"
    return Mutant(name=name, operator="constant", verilog=_module(interface, body))


def _inverted(renamed: str, interface: Interface, ports: Iterable[Port], *, name: str) -> Mutant:
    inverted = {port.name for port in ports}
    assigned = [
        f"assign {p.name} = {'~' if p.name in inverted else ''}{_INNER}_{p.name};"
        for p in interface.outputs
    ]
    return Mutant(name=name, operator="inverted", verilog=_shell(renamed, interface, assigned))


def _late(renamed: str, interface: Interface, clock: Clock) -> Mutant:
    edge = "negedge" if clock.edge is Edge.FALLING else "posedge"
    body = [f"reg {p.range} {_INNER}_late_{p.name};" for p in interface.outputs]
    for port in interface.outputs:
        late = f"{_INNER}_late_{port.name}"
        body += [
            f"always @({edge} {clock.port}) {late} <= {_INNER}_{port.name};",
            f"assign {port.name} = {late};",
        ]
    return Mutant(
        name="all outputs a cycle late",
        operator="one-cycle delay",
        verilog=_shell(renamed, interface, body),
    )


def _shell(renamed: str, interface: Interface, body: list[str]) -> str:
    outputs = {port.name for port in interface.outputs}
    wires = [f"wire {p.range} {_INNER}_{p.name};" for p in interface.outputs]
    ports = ", ".join(
        f".{p.name}({_INNER + '_' + p.name if p.name in outputs else p.name})"
        for p in interface.ports
    )
    values = ", ".join(f".{name}({name})" for name in interface.parameters)
    instance = f"{_INNER} {f'#({values}) ' if values else ''}{_INNER}_1({ports});"
    return f"{renamed}\n{_module(interface, [*wires, instance, *body])}"


def _module(interface: Interface, body: list[str]) -> str:
    parameters = ", ".join(f"parameter {n} = {v}" for n, v in interface.parameters.items())
    ports = ",\n  ".join(
        " ".join(filter(None, [p.direction.value, "signed" * p.signed, p.range, p.name]))
        for p in interface.ports
    )
    head = f"module {interface.module}{f' #({parameters})' if parameters else ''}(\n  {ports}\n);"
    return "\n".join([head, *(f"  {line}" for line in body), "endmodule\n"])


def _renamed(golden: str, top: str) -> str | None:
    """Return `golden` with module `top` under another name; None where it is not in plain sight."""
    parsed = _parsed(golden)
    source = golden.encode()
    names = list(_names(parsed, top))
    if not names or _INNER.encode() in source:
        return None
    for start, end in sorted(names, reverse=True):
        source = source[:start] + _INNER.encode() + source[end:]
    return source.decode()


def _names(parsed: Parsed, top: str) -> Iterator[tuple[int, int]]:
    """Yield where the name of module `top` is declared, and repeated at its end."""
    for node in _nodes(parsed.root):
        if node.kind is SyntaxKind.ModuleDeclaration and node.header.name.valueText == top:
            end = node.blockName.name if node.blockName is not None else None
            for token in filter(None, [node.header.name, end]):
                if (place := _place(parsed, token)) is not None:
                    yield place


def _parsed(text: str) -> Parsed:
    refuse_bombs(text, _FILE)
    return Parsed({_FILE: text})


def _place(parsed: Parsed, token: Token) -> tuple[int, int] | None:
    """Return first byte and end of `token` in the text; None for what a macro produces."""
    if token.isMissing or not parsed.manager.isFileLoc(token.location):
        return None
    return token.location.offset, token.location.offset + len(token.rawText.encode())


def _nodes(root: Syntax) -> Iterator[Syntax]:
    """Yield the nodes in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Token):
            yield node
            waiting += reversed([part for part in node if part is not None])
