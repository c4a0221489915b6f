"""Mistakes in clocked blocks and event lists: edges, resets, enables, kinds of assignment."""

from __future__ import annotations

from collections.abc import Iterator

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.blocks import Block, assignments_in, blocks_of
from testbench_gen.mutants.module import Module, Realm
from testbench_gen.mutants.operator import (
    Operator,
    bare,
    changed,
    changed_all,
    condition_of,
    negated,
    short,
)
from testbench_gen.mutants.source import Change

_EDGES = {"posedge": "negedge", "negedge": "posedge"}


def _edges(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        for edge in block.edges:
            if edge is not block.reset_edge and edge.edge.rawText in _EDGES:
                name = module.source.text(edge.expr)
                old, new = edge.edge.rawText, _EDGES[edge.edge.rawText]
                said = f"`{old} {name}` becomes `{new} {name}`"
                yield from changed(module, edge.edge, new, said)


def _reset_polarity(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        if block.reset is None or (condition := condition_of(block.reset)) is None:
            continue
        said = f"the reset `{short(module.source.text(condition))}` acts at the wrong level"
        found = list(negated(module, condition, said))
        yield from found
        edge = block.reset_edge
        if edge is not None and found and (span := module.source.span(edge.edge)):
            [change] = found
            edits = [(e.span, e.text) for e in change.edits]
            both = [*edits, (span, _EDGES[edge.edge.rawText])]
            yield from changed_all(module, both, f"{said} and edge")


def _missing_reset(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        if block.reset is not None:
            for statement in assignments_in(block.reset.statement):
                target = module.source.text(statement.expr.left)
                said = f"the reset leaves `{short(target)}` as it was"
                yield from changed(module, statement, ";", said)


def _reset_ignored(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        if block.reset is not None and (condition := condition_of(block.reset)) is not None:
            said = f"the reset `{short(module.source.text(condition))}` is ignored"
            yield from changed(module, condition, "1'b0", said)


def _asynchronous_dropped(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        if block.reset_edge is None or len(block.edges) < 2:
            continue
        others = [e for e in block.edges if e is not block.reset_edge]
        text = " or ".join(module.source.text(edge) for edge in others)
        name = module.source.text(block.reset_edge.expr)
        yield from changed(
            module, block.control, f"@({text})", f"the reset `{name}` is no longer asynchronous"
        )


def _asynchronous_added(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        if block.reset is None or block.reset_edge is not None or len(block.edges) != 1:
            continue
        name, level = block.reset_level(module)
        if name:
            edge = "posedge" if level else "negedge"
            text = f"@({module.source.text(block.edges[0])} or {edge} {name})"
            said = f"the reset `{name}` becomes asynchronous"
            yield from changed(module, block.control, text, said)


def _enables(module: Module) -> Iterator[tuple[Syntax, Syntax]]:
    """Yield the `if`s in clocked blocks that one signal decides, and their conditions."""
    for block in blocks_of(module, Realm.CLOCKED):
        for node in block.conditionals:
            condition = condition_of(node)
            if node is not block.reset and condition is not None and _one_signal(module, condition):
                yield node, condition


def _one_signal(module: Module, condition: Syntax) -> bool:
    node = bare(condition)
    if node.kind in (K.UnaryLogicalNotExpression, K.UnaryBitwiseNotExpression):
        node = bare(node.operand)
    elif node.kind is K.EqualityExpression:
        node = node.left
    signal = module.signal(node) if node.kind is K.IdentifierName else None
    return signal is not None and signal.scalar


def _enable_polarity(module: Module) -> Iterator[Change]:
    for _, condition in _enables(module):
        said = f"`{short(module.source.text(condition))}` acts at the wrong level"
        yield from negated(module, condition, said)


def _enable_ignored(module: Module) -> Iterator[Change]:
    for _, condition in _enables(module):
        said = f"the enable `{short(module.source.text(condition))}` is ignored"
        yield from changed(module, condition, "1'b1", said)


def _sensitivity(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.COMBINATIONAL):
        listed, part, keyword = _event_list(module, block)
        for name in listed if len(listed) > 1 else ():
            rest = " or ".join(other for other in listed if other != name)
            said = f"`{name}` is missing in the sensitivity list"
            yield from changed(module, part, f"{keyword}@({rest})", said)


def _event_list(module: Module, block: Block) -> tuple[list[str], Syntax | Token, str]:
    """Return what a block waits for, what takes an explicit list, and a keyword before it."""
    if block.control is None:
        listed = _listable(module, block) if block.node.keyword.rawText == "always_comb" else []
        return listed, block.node.keyword, "always "
    if block.control.kind is K.ImplicitEventControl:
        return _listable(module, block), block.control, ""
    return [module.source.text(edge.expr) for edge in block.edges], block.control, ""


def _listable(module: Module, block: Block) -> list[str]:
    """Return what a block reads, if all of it can stand in a sensitivity list."""
    reads = [name for name in module.signals if name in block.region.reads - block.region.writes]
    constants = module.signals.constants.keys()
    known = {*reads, *constants, *block.region.writes}
    whole = all(not module.signals[name].unpacked for name in reads)
    return reads if whole and block.region.reads <= known else []


def _early(module: Module) -> Iterator[Change]:
    for block in blocks_of(module, Realm.CLOCKED):
        region = block.region
        loops = any(
            read in region.writes or any(module.depends(read, on=w) for w in region.writes)
            for read in region.reads
        )
        if loops or block.edges is None:
            continue
        clocks = {module.source.text(edge.expr) for edge in block.edges}
        said = f"what followed `{', '.join(sorted(clocks))}` becomes combinational"
        both = module.source.span(block.node.keyword, block.control)
        if both is not None:
            yield from changed(module, both, "always @(*)", said)


OPERATORS = (
    Operator(name="clock edge", description="the other edge of a clock", changes=_edges),
    Operator(
        name="reset polarity", description="a reset at the wrong level", changes=_reset_polarity
    ),
    Operator(
        name="reset incomplete",
        description="a register that the reset leaves as it was",
        changes=_missing_reset,
    ),
    Operator(name="reset ignored", description="a reset without effect", changes=_reset_ignored),
    Operator(
        name="asynchronous reset dropped",
        description="an asynchronous reset becomes synchronous",
        changes=_asynchronous_dropped,
    ),
    Operator(
        name="asynchronous reset added",
        description="a synchronous reset becomes asynchronous",
        changes=_asynchronous_added,
    ),
    Operator(
        name="enable polarity", description="an enable at the wrong level", changes=_enable_polarity
    ),
    Operator(
        name="enable ignored", description="an enable without effect", changes=_enable_ignored
    ),
    Operator(
        name="sensitivity",
        description="a signal missing in a sensitivity list",
        changes=_sensitivity,
    ),
    Operator(
        name="register dropped",
        description="registered outputs become combinational",
        changes=_early,
    ),
)
