"""What pictures of machines say on their states and edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbolic.cubes import CoverTooLarge, Cube
from symbolic.expression import bit, verilog
from symbolic.minimize import EXACT_INPUTS, Function, minimize
from symbolic.state_table import StateTable, Transition
from symbolic.synthesize import two_level

_MOST_CUBES = 64
"""Transitions between two states above which conditions are not put together."""
_NAMED_OUTPUTS = 3
"""Outputs up to which each is written with its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """All transitions from one state to another."""

    source: str
    target: str
    lines: tuple[str, ...]
    """One for each value of Mealy outputs: the condition, and behind a slash the outputs."""


def edges(table: StateTable) -> list[Edge]:
    """Return the edges of a machine's graph, in the order of its states and transitions.

    Don't-care next states have none.
    """
    found: dict[tuple[str, str], dict[str, list[Transition]]] = {}
    for state in table.states:
        for _, transition in table.leaving(state):
            if transition.target is not None:
                groups = found.setdefault((state, transition.target), {})
                groups.setdefault(transition.outputs, []).append(transition)
    return [
        Edge(
            source=source,
            target=target,
            lines=tuple(
                _line(table, source, target, outputs, inside) for outputs, inside in groups.items()
            ),
        )
        for (source, target), groups in found.items()
    ]


def state_lines(table: StateTable, state: str) -> list[str]:
    """Return a state's name, its code, and its outputs if it is a Moore machine's."""
    lines = [state]
    if table.codes:
        lines.append(table.codes[state])
    if table.moore_outputs is not None and table.outputs:
        lines.append(_outputs(table, table.moore_outputs[state]))
    return lines


def legend(table: StateTable) -> str:
    """Return the order of outputs where only their values are shown; else nothing."""
    if len(table.outputs) <= _NAMED_OUTPUTS:
        return ""
    return "outputs: " + " ".join(table.outputs)


def _outputs(table: StateTable, values: str) -> str:
    if len(table.outputs) > _NAMED_OUTPUTS:
        return values
    pairs = zip(table.outputs, values, strict=True)
    return " ".join(f"{name}={value}" for name, value in pairs)


def _line(
    table: StateTable, source: str, target: str, outputs: str, inside: Sequence[Transition]
) -> str:
    condition = _condition(table, source, target, outputs, inside)
    if not outputs.strip("-"):
        return condition
    return f"{condition} / {_outputs(table, outputs)}"


def _condition(
    table: StateTable, source: str, target: str, outputs: str, inside: Sequence[Transition]
) -> str:
    leaving = table.leaving(source)
    if len(leaving) > _MOST_CUBES:
        count = len(inside)
        return _cube_text(table, inside[0]) if count == 1 else f"{count} combinations"
    on = [cube for cube, t in leaving if t.target == target and t.outputs == outputs]
    off = [cube for cube, t in leaving if t.target != target or t.outputs != outputs]
    return condition_text(table.inputs, on, off)


def condition_text(inputs: Sequence[str], on: Sequence[Cube], off: Sequence[Cube]) -> str:
    """Return when inputs are in `on` and not in `off`, in Verilog, or `always`."""
    if not off:
        return "always"
    f = Function(width=len(inputs), on=tuple(on), off=tuple(off))
    variables = [bit(name) for name in inputs]
    try:
        if len(inputs) <= EXACT_INPUTS:
            return min((verilog(one) for one in two_level(f, variables)), key=len)
        cubes = minimize(f)
    except CoverTooLarge:
        cubes = tuple(on)
    return " | ".join(_product(inputs, cube) for cube in cubes)


def _product(inputs: Sequence[str], cube: Cube) -> str:
    width = len(inputs)
    literals = [
        name if cube.value >> width - 1 - i & 1 else f"~{name}"
        for i, name in enumerate(inputs)
        if cube.care >> width - 1 - i & 1
    ]
    return " & ".join(literals) or "always"


def _cube_text(table: StateTable, transition: Transition) -> str:
    pairs = zip(table.inputs, transition.inputs, strict=True)
    return " & ".join(n if v == "1" else f"~{n}" for n, v in pairs if v != "-") or "always"
