"""Nets that a golden design uses without declaring them.

Left as they are, a variable that a design under test declares outside its
modules would be found in their place, and the golden design would use that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pyslang.ast import SymbolKind
from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind

from sim.canonical import Span, span_of
from sim.gate_elaborated import instances_of
from sim.slang import Ast, Parsed, Syntax
from testbench_gen.render import verilog_name

Place: TypeAlias = tuple[int, int]
"""Buffer and offset of a token."""


@dataclass(frozen=True, slots=True)
class Insertions:
    """Text to put next to tokens."""

    before: Mapping[Place, str] = field(default_factory=dict)
    after: Mapping[Place, str] = field(default_factory=dict)


def place_of(token: Token) -> Place:
    """Return where `token` stands."""
    return token.location.buffer.id, token.location.offset


def declarations(parsed: Parsed, top: str) -> Insertions:
    """Return the declarations that the design lacks, where each belongs."""
    instances = parsed.elaborate(top).getRoot().topInstances
    named = next((i for i in instances if i.name == top), None)
    found: dict[Span, tuple[Syntax, set[str]]] = {}
    for instance in [] if named is None else instances_of(named):
        _collect(instance.body, instance.body.definition.syntax, found)
    before: dict[Place, str] = {}
    after: dict[Place, str] = {}
    for syntax, nets in found.values():
        text = "".join(f" {net};" for net in sorted(nets))
        if syntax.kind is SyntaxKind.ModuleDeclaration:
            after[place_of(syntax.header.semi)] = text
        elif syntax.kind is SyntaxKind.GenerateBlock:
            last = syntax.beginName.name if syntax.beginName else syntax.begin
            after[place_of(last)] = text
        else:
            before[place_of(syntax.getFirstToken())] = f"begin{text} "
            after[place_of(syntax.getLastToken())] = " end"
    return Insertions(before, after)


def _collect(scope: Ast, syntax: Syntax, found: dict[Span, tuple[Syntax, set[str]]]) -> None:
    """Add the undeclared nets of `scope`, which stands at `syntax`, and of the blocks in it."""
    for member in scope:
        if member.kind is SymbolKind.Net and member.isImplicit:
            declared = f"{member.netType.name} {verilog_name(member.name)}"
            found.setdefault(span_of(syntax), (syntax, set()))[1].add(declared)
        elif member.kind is SymbolKind.GenerateBlock and not member.isUninstantiated:
            _collect(member, member.syntax, found)
        elif member.kind is SymbolKind.GenerateBlockArray:
            for entry in member.entries:
                _collect(entry, entry.syntax, found)
