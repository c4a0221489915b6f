"""What a module declares: its ports, signals and constants, as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyslang.parsing import Token, TokenKind
from pyslang.syntax import SyntaxKind as K

from sim.interface import Direction
from sim.slang import Syntax
from testbench_gen.mutants.source import Source

_DIRECTIONS = {
    TokenKind.InputKeyword: Direction.INPUT,
    TokenKind.OutputKeyword: Direction.OUTPUT,
    TokenKind.InOutKeyword: Direction.INOUT,
}
_RANGE = re.compile(r"\[(\d{1,6}):(\d{1,6})\]\Z")
_VECTORS = frozenset({K.ImplicitType, K.RegType, K.LogicType, K.BitType})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A net, variable or port, as declared."""

    name: str
    type: Syntax
    vector: bool
    """Whether it is made of plain bits, not of an integer or a type with a name."""
    packed: str
    """Packed dimensions, or the type's name, without white space."""
    unpacked: str
    variable: bool
    """Whether procedures assign to it, rather than continuous assignments."""
    signed: bool
    direction: Direction | None = None
    initializer: str = ""
    """With the equals sign, as written."""
    typed: str = ""
    """How another one like it is declared, but for the name."""

    @property
    def shape(self) -> tuple[str, str]:
        """What two signals have in common that can take each other's place."""
        return self.packed, self.unpacked

    @property
    def scalar(self) -> bool:
        """Whether it is one bit."""
        return self.vector and not self.packed and not self.unpacked

    @property
    def bounds(self) -> tuple[int, int] | None:
        """Left and right bound of a vector with one dimension that is written in numbers."""
        found = _RANGE.match(self.packed) if self.vector and not self.unpacked else None
        return (int(found[1]), int(found[2])) if found else None


class Signals(Mapping[str, Signal]):
    """The signals of a module by name; ports first."""

    def __init__(self, node: Syntax, source: Source) -> None:
        self._source = source
        self._found: dict[str, Signal] = {}
        self.constants: dict[str, frozenset[str]] = {}
        """Parameters and members of enumerations; each with those declared along with it."""
        self.names: set[str] = set()
        """Of everything that the module declares."""
        self._parameters = set(_header_parameters(node.header))
        self._ports(node.header)
        self._scan(node.members)
        self.names |= {*self._found, *self.constants}

    def __getitem__(self, name: str) -> Signal:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _ports(self, header: Syntax) -> None:
        ports = header.ports
        if ports is None or ports.kind is not K.AnsiPortList:
            return
        direction: Direction | None = Direction.INOUT
        head: Syntax = None
        for port in ports.ports:
            if isinstance(port, Token) or port.kind is not K.ImplicitAnsiPort:
                continue
            # A port that says nothing of its kind is of the kind of the one before it.
            if head is None or not _says_nothing(port.header):
                head = port.header
                direction = _direction(head) or direction
            self._declare(port.declarator, _type_of(head), _is_variable(head), direction)

    def _scan(self, members: Syntax) -> None:
        waiting = [m for m in reversed(list(members)) if not isinstance(m, Token)]
        together = set(self._parameters)
        while waiting:
            node = waiting.pop()
            if node.kind is K.GenerateRegion:
                waiting += reversed([m for m in node.members if not isinstance(m, Token)])
            elif node.kind is K.PortDeclaration:
                head = node.header
                self._declared(node, _type_of(head), _is_variable(head), _direction(head))
            elif node.kind is K.DataDeclaration:
                self._enumerated(node.type)
                self._declared(node, node.type, True, None)
            elif node.kind is K.NetDeclaration:
                self._declared(node, node.type, False, None)
            elif node.kind is K.TypedefDeclaration:
                self._enumerated(node.type)
            elif node.kind is K.ParameterDeclarationStatement:
                together |= set(_names(getattr(node.parameter, "declarators", ())))
            elif node.kind is K.HierarchyInstantiation:
                self.names |= {i.decl.name.valueText for i in _instances(node)}
        self._constants(together)

    def _enumerated(self, type_: Syntax) -> None:
        if type_.kind is K.EnumType:
            self._constants(set(_names(type_.members)))

    def _constants(self, together: set[str]) -> None:
        self.constants |= dict.fromkeys(sorted(together), frozenset(together))

    def _declared(
        self, node: Syntax, type_: Syntax, variable: bool, direction: Direction | None
    ) -> None:
        for declarator in node.declarators:
            if not isinstance(declarator, Token):
                self._declare(declarator, type_, variable, direction)

    def _declare(
        self, declarator: Syntax, type_: Syntax, variable: bool, direction: Direction | None
    ) -> None:
        name = declarator.name.valueText
        before = self._found.get(name)
        vector = type_.kind in _VECTORS
        packed = _squeezed(self._text(type_.dimensions) if vector else self._text([type_]))
        start = declarator.initializer
        typed = self._text([type_])
        self._found[name] = Signal(
            name=name,
            type=type_,
            vector=vector,
            packed=packed or (before.packed if before else ""),
            unpacked=_squeezed(self._text(declarator.dimensions)),
            variable=variable or (before is not None and before.variable),
            signed=vector and type_.signing.kind is TokenKind.SignedKeyword,
            direction=direction or (before.direction if before else None),
            initializer="" if start is None else self._source.text(start),
            typed=f"reg {typed}" if variable and type_.kind is K.ImplicitType else typed,
        )

    def _text(self, parts: Syntax) -> str:
        return " ".join(self._source.text(part) for part in parts)


def _says_nothing(header: Syntax) -> bool:
    token = header.getFirstToken()
    return bool(token is None or token.kind in (TokenKind.Unknown, TokenKind.Placeholder))


def _direction(header: Syntax) -> Direction | None:
    token = getattr(header, "direction", None)
    return None if token is None else _DIRECTIONS.get(token.kind)


def _type_of(header: Syntax) -> Syntax:
    return header.dataType


def _is_variable(header: Syntax) -> bool:
    if header.kind is not K.VariablePortHeader:
        return False
    return header.dataType.kind is not K.ImplicitType or header.varKeyword.rawText != ""


def _names(declarators: Syntax) -> Iterator[str]:
    for declarator in declarators:
        if not isinstance(declarator, Token) and declarator.kind is K.Declarator:
            yield declarator.name.valueText


def _header_parameters(header: Syntax) -> Iterator[str]:
    if header.parameters is None:
        return
    for declaration in header.parameters.declarations:
        if not isinstance(declaration, Token):
            yield from _names(getattr(declaration, "declarators", ()))


def _instances(node: Syntax) -> Iterator[Syntax]:
    for instance in node.instances:
        if not isinstance(instance, Token) and instance.decl is not None:
            yield instance


def _squeezed(text: str) -> str:
    return "".join(text.split())
