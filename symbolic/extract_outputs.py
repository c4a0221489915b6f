"""Where a machine meets the rest of its module.

Everything outside of a machine that depends on its state does so through the
machine's outputs: bits of output ports, or the conditions and words at which
the cones of outputs, other registers and memories leave what is a function of
the state and of the machine's inputs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op
from symbolic.extract_support import Atom, Supports

_EXTRA = 6
"""Input bits that a machine may take on for the sake of output ports alone."""
_EXTRA_ENDS = frozenset({Op.INPUT, Op.REG, Op.EQ, Op.ULT, Op.SLT})


def outside(module: Dataflow, names: Iterable[str]) -> Iterator[Node]:
    """Yield the roots of a module that are no next values of the registers `names`."""
    own = set(names)
    yield from module.outputs.values()
    for register in module.registers.values():
        if register.name not in own:
            yield register.next
        if register.reset is not None:
            yield register.reset.signal
    for memory in module.memories.values():
        for port in memory.writes:
            yield from (port.address, port.data, port.enable)


def extra_inputs(
    module: Dataflow, supports: Supports, known: frozenset[Atom], barred: frozenset[Atom]
) -> frozenset[Atom]:
    """Return further bits with which output ports become functions of the machine's inputs."""
    extra: set[Atom] = set()
    for value in module.outputs.values():
        if value in supports.dependent:
            more = supports.of(value) - known - extra
            few = len(extra | more) <= _EXTRA and not more & barred
            if few and value.width <= _EXTRA and all(_is_plain(node) for node, _ in more):
                extra |= more
    return frozenset(extra)


def _is_plain(node: Node) -> bool:
    return node.op in _EXTRA_ENDS and (node.op is not Op.REG or node.width == 1)


def meeting_points(
    module: Dataflow, names: Iterable[str], supports: Supports, allowed: frozenset[Atom]
) -> list[Node]:
    """Return nodes that are functions of state and `allowed` and through which all reads the state.

    In ascending order of their numbers. Each is as near to the roots as can be.
    """
    found: dict[int, Node] = {}
    seen: set[Node] = set()
    ports = frozenset(module.outputs.values())
    waiting = list(outside(module, names))
    while waiting:
        node = waiting.pop()
        if node in seen or node not in supports.dependent:
            continue
        seen.add(node)
        within = supports.of(node) <= allowed and _is_whole(node, supports, node in ports)
        if node in supports.state or within:
            found[node.number] = node
        else:
            waiting += node.operands
    return [found[number] for number in sorted(found)]


def _is_whole(node: Node, supports: Supports, is_port: bool) -> bool:
    """Tell whether a node is better taken as a whole than part by part."""
    if node.op is Op.READ:
        return False
    if is_port:
        return all(o in supports.dependent or o.op is Op.CONST for o in node.operands) or (
            node.op is not Op.CONCAT
        )
    return node.op not in (Op.ZEXT, Op.SEXT, Op.CONCAT)
