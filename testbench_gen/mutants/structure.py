"""Mistakes in what is connected to what: ports, signals, widths, outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pyslang.parsing import TokenKind
from pyslang.syntax import SyntaxKind as K

from sim.interface import Direction
from sim.slang import Syntax
from testbench_gen.mutants.blocks import blocks_of
from testbench_gen.mutants.module import Module, Realm, Region, children
from testbench_gen.mutants.operator import Operator, Part, after, changed, changed_all, swapped
from testbench_gen.mutants.signals import Signal
from testbench_gen.mutants.source import Change

_MOST_OTHERS = 2
"""Other signals that take the place of one."""


def _wrong_signals(module: Module) -> Iterator[Change]:
    clocks = _clocks(module)
    for _, node, region, target in module.of(K.IdentifierName):
        signal = module.signal(node)
        if region is None or target or signal is None or signal.name in clocks:
            continue
        if region.realm is Realm.FUNCTION:
            continue
        found = [o for o in _alike(module, signal) if o.name not in clocks]
        for other in [o for o in found if not _loops(module, region, o.name)][:_MOST_OTHERS]:
            yield from changed(module, node, other.name)


def _clocks(module: Module) -> set[str]:
    return {
        module.source.text(edge.expr)
        for block in blocks_of(module, Realm.CLOCKED)
        for edge in block.edges
        if edge is not block.reset_edge
    }


def _alike(module: Module, signal: Signal) -> list[Signal]:
    """Return the other signals of the same shape, those declared after it first."""
    group = _groups(module).get(signal.shape, [])
    at = next((i for i, s in enumerate(group) if s.name == signal.name), None)
    return [] if at is None else group[at + 1 :] + group[:at]


def _groups(module: Module) -> dict[tuple[str, str], list[Signal]]:
    found: dict[tuple[str, str], list[Signal]] | None = module.kept.get("shapes")
    if found is None:
        found = module.kept["shapes"] = {}
        for signal in filter(_plain, module.signals.values()):
            found.setdefault(signal.shape, []).append(signal)
    return found


def _plain(signal: Signal) -> bool:
    return signal.type.kind is not K.IntegerType and signal.name.isidentifier()


def _loops(module: Module, region: Region, read: str) -> bool:
    """Whether reading `read` in a region that acts without a clock would close a loop."""
    if not region.immediate:
        return False
    return read in region.writes or any(module.depends(read, on=w) for w in region.writes)


def _swapped_ports(module: Module) -> Iterator[Change]:
    for _, instance, _, _ in module.of(K.HierarchicalInstance):
        connected = [
            (port, expression)
            for connection, port in module.connections(instance)
            if port is not None and (expression := getattr(connection, "expr", None)) is not None
        ]
        for (one, left), (other, right) in pairwise(connected):
            if one.direction is other.direction and one.shape == other.shape:
                said = f"ports `{one.name}` and `{other.name}` are swapped"
                yield from swapped(module, left, right, said)


def _narrow(module: Module) -> Iterator[Change]:
    for _, node, region, _ in module.of(K.DataDeclaration, K.NetDeclaration):
        inside = region is not None and region.realm is not Realm.ASSIGN
        if not inside and not any(_is_port(module, name) for name in _declared(node)):
            yield from _narrower(module, node.type, _declared(node))
    for _, node, _, _ in module.of(K.ParameterDeclarationStatement):
        declared = node.parameter
        if declared.keyword.kind is TokenKind.LocalParamKeyword and hasattr(declared, "type"):
            yield from _narrower(module, declared.type, _declared(declared))


def _declared(node: Syntax) -> list[str]:
    return [declarator.name.valueText for declarator in children(node.declarators)]


def _is_port(module: Module, name: str) -> bool:
    signal = module.signals.get(name)
    return signal is not None and signal.direction is not None


def _narrower(module: Module, type_: Syntax, names: list[str]) -> Iterator[Change]:
    """Yield the change that takes a bit from the first dimension of a type, if it ends at 0."""
    dimension = next(iter(children(getattr(type_, "dimensions", []))), None)
    selector = getattr(getattr(dimension, "specifier", None), "selector", None)
    if selector is None or selector.kind is not K.SimpleRangeSelect:
        return
    left, right = module.source.text(selector.left), module.source.text(selector.right)
    if right == "0" and left not in ("", "0"):
        new = str(int(left) - 1) if left.isdecimal() and len(left) < 7 else f"{left} - 1"
        said = f"`{', '.join(names)}` is one bit narrower: `[{new}:0]`"
        yield from changed(module, selector.left, new, said)


def _unsigned(module: Module) -> Iterator[Change]:
    for _, node, _, _ in module.of(K.DataDeclaration, K.NetDeclaration):
        signing = getattr(node.type, "signing", None)
        names = _declared(node)
        if signing is None or any(_is_port(module, name) for name in names):
            continue
        if signing.kind is TokenKind.SignedKeyword:
            said = f"`{', '.join(names)}` is no longer signed"
            yield from changed(module, signing, "", said)


def _outputs(module: Module) -> Iterator[tuple[Signal, str, list[tuple[Part, str]]]]:
    """Yield outputs, a new name for what drives each, and the edits that drive that instead."""
    header = module.source.span(module.node.header.semi)
    for signal in module.signals.values():
        if signal.direction is not Direction.OUTPUT or header is None or signal.unpacked:
            continue
        inner = module.free_name(f"{signal.name}_inner")
        spans = [module.source.span(token) for token in module.uses.get(signal.name, [])]
        if not spans or None in spans or not signal.name.isidentifier():
            continue
        if _implicit(module, signal.name):
            continue
        kind = signal.typed if signal.variable else f"wire {signal.typed}"
        declared = f" {kind} {inner}{' ' + signal.initializer if signal.initializer else ''};"
        uses: list[tuple[Part, str]] = [(span, inner) for span in spans if span is not None]
        yield signal, inner, [(after(header), declared), *uses]


def _implicit(module: Module, name: str) -> bool:
    """Whether `.name` connects the signal to a port of its own name."""
    return any(
        c.kind is K.NamedPortConnection and c.openParen.rawText == "" and c.name.valueText == name
        for c in (site.node for site in module.every(K.NamedPortConnection))
    )


def _driving(
    module: Module, edits: list[tuple[Part, str]], body: str, said: str
) -> Iterator[Change]:
    end = module.source.span(module.node.endmodule)
    if end is None:
        return
    place = replace(end, end=end.start)
    for change in changed_all(module, [*edits, (place, body)], said):
        yield replace(change, at=module.source.span(module.node.header.name) or change.at)


def _stuck(module: Module) -> Iterator[Change]:
    for signal, _, edits in _outputs(module):
        for value, what in (("0", "0"), ("-1", "all ones")):
            how = "initial" if signal.variable else "assign"
            said = f"output `{signal.name}` is stuck at {what}"
            yield from _driving(module, edits, f"  {how} {signal.name} = {value};\n", said)


def _stuck_bits(module: Module) -> Iterator[Change]:
    for signal, inner, edits in _outputs(module):
        if signal.bounds is None or signal.bounds[0] == signal.bounds[1]:
            continue
        how = "always_comb" if signal.variable else "assign"
        top = abs(signal.bounds[0] - signal.bounds[1])
        name = signal.name
        for bit, text in ((top, f"{inner} & ~({top + 1}'d1 << {top})"), (0, f"{inner} | 1")):
            said = f"bit {bit} of output `{name}` is stuck at {int(bit == 0)}"
            yield from _driving(module, edits, f"  {how} {name} = {text};\n", said)


def _late(module: Module) -> Iterator[Change]:
    blocks = blocks_of(module, Realm.CLOCKED)
    clock = next((e for b in blocks for e in b.edges if e is not b.reset_edge), None)
    edge = "" if clock is None else module.source.text(clock)
    if not edge:
        return
    for signal, inner, edits in _outputs(module):
        name, late = signal.name, module.free_name(f"{signal.name}_late")
        body = f"  always @({edge}) {name} <= {inner};\n"
        if not signal.variable:
            body = f"  reg {signal.typed} {late};\n  always @({edge}) {late} <= {inner};\n"
            body += f"  assign {name} = {late};\n"
        yield from _driving(module, edits, body, f"output `{name}` comes a cycle late")


OPERATORS = (
    Operator(
        name="wrong signal",
        description="another signal of the same width is read",
        changes=_wrong_signals,
    ),
    Operator(
        name="ports swapped",
        description="the connections of two ports of an instance swapped",
        changes=_swapped_ports,
    ),
    Operator(
        name="width",
        description="a signal or constant inside a module is one bit too narrow",
        changes=_narrow,
    ),
    Operator(
        name="signed dropped",
        description="a signal is declared without its sign",
        changes=_unsigned,
    ),
    Operator(name="output stuck", description="an output never changes", changes=_stuck),
    Operator(
        name="output bit stuck", description="a bit of an output never changes", changes=_stuck_bits
    ),
    Operator(
        name="output late",
        description="an output is registered once more",
        changes=_late,
    ),
)
