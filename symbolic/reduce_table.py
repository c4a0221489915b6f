"""The state table of a closed cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import NamedTuple

from symbolic.cubes import (
    UNIVERSE,
    CoverTooLarge,
    Cube,
    complement,
    cube_text,
    intersection,
    literals,
    overlaps,
)
from symbolic.minimize import Function, minimize
from symbolic.reduce_cover import homes, open_inputs
from symbolic.reduce_machine import NOWHERE, Machine, Row, bits
from symbolic.state_table import StateTable, Transition

_NOTHING = (NOWHERE, 0, 0)
_CELLS = 20_000
"""Pieces that the inputs of one state may fall into."""


class _Cell(NamedTuple):
    """On inputs in `cube`: the sets that may follow, whether one must, and the outputs."""

    cube: Cube
    following: int
    goes: bool
    ones: int
    zeros: int


def needed_only(machine: Machine, cover: Sequence[int]) -> list[int]:
    """Return the cover without members that it is closed without: the more stays free."""
    found = list(cover)
    for state, several in enumerate(homes(machine, cover)):
        for number in bits(several) if several & several - 1 else ():
            states = found[number]
            found[number] = states & ~(1 << state)
            alone = not any(other >> state & 1 for other in found)
            if alone or not found[number] or any(open_inputs(machine, found)):
                found[number] = states
    return found


def table_of(
    machine: Machine, cover: Sequence[int]
) -> tuple[StateTable, dict[str, tuple[str, ...]]]:
    """Return the machine whose states are the sets of a closed cover.

    Also, for each state of `machine`, the states that stand for it. A set is named
    after one of its members. Codes are dropped: there may be better ones now.

    Raises:
        CoverTooLarge: A state's transitions would fall into very many pieces.
    """
    names = _names(machine, cover)
    table = machine.table
    order = sorted(range(len(cover)), key=lambda c: _place(machine, names[c]))
    place = {name: i for i, name in enumerate(order)}
    holding = homes(machine, cover)
    named = {
        machine.states[s]: tuple(names[c] for c in sorted(bits(own), key=place.__getitem__))
        for s, own in enumerate(holding)
    }
    transitions = [
        t for c in order for t in _transitions(machine, cover[c], names[c], holding, names)
    ]
    moore = None
    if table.moore_outputs is not None:
        moore = {names[c]: _moore_outputs(machine, cover[c]) for c in order}
    reduced = replace(
        table,
        states=tuple(names[c] for c in order),
        transitions=tuple(transitions),
        moore_outputs=moore,
        reset_state=_start(table.reset_state, named),
        power_on_state=_start(table.power_on_state, named),
        codes={},
    )
    return reduced, named


def _place(machine: Machine, name: str) -> int:
    return machine.states.index(name) if name in machine.states else len(machine.states)


def _start(state: str | None, named: Mapping[str, tuple[str, ...]]) -> str | None:
    if state is None:
        return None
    return state if state in named[state] else named[state][0]


def _names(machine: Machine, cover: Sequence[int]) -> list[str]:
    """Name each set after a member, start states first, then those with least choice."""
    names: dict[int, str] = {}
    taken: set[int] = set()
    for start in machine.starts[:2]:
        free = [c for c, states in enumerate(cover) if states >> start & 1 and c not in names]
        if free and start not in taken:
            names[free[0]] = machine.states[start]
            taken.add(start)
    for c in sorted(range(len(cover)), key=lambda c: (cover[c].bit_count(), c)):
        if c not in names:
            member = next((s for s in bits(cover[c]) if s not in taken), None)
            names[c] = _fresh(machine, c) if member is None else machine.states[member]
            taken |= set() if member is None else {member}
    return [names[c] for c in range(len(cover))]


def _fresh(machine: Machine, number: int) -> str:
    name = f"state_{number}"
    while name in machine.states:
        name += "_"
    return name


def _transitions(
    machine: Machine, states: int, name: str, holding: Sequence[int], names: Sequence[str]
) -> Iterator[Transition]:
    everything = (1 << len(names)) - 1
    cells = [_Cell(UNIVERSE, everything, False, 0, 0)]
    for state in bits(states):
        rows = [_masked(machine, row) for row in machine.rows[state]]
        pieces = _pieces([row for row in rows if row[1:] != _NOTHING], holding, everything)
        cells = [part for cell in cells for part in _met(cell, pieces)]
        if len(cells) > _CELLS:
            raise CoverTooLarge("the inputs of a state fall into too many pieces")
    for target, outputs, cubes in _joined(machine, cells):
        for cube in cubes:
            yield Transition(
                state=name,
                inputs=cube_text(cube, machine.width),
                target=None if target == NOWHERE else names[target],
                outputs=outputs,
            )


def _masked(machine: Machine, row: Row) -> Row:
    """Return a row without what is no output of the table: actions, and Moore outputs."""
    shown = 0 if machine.table.moore else (1 << len(machine.table.outputs)) - 1
    return row._replace(ones=row.ones & shown, zeros=row.zeros & shown)


def _pieces(rows: Sequence[Row], holding: Sequence[int], everything: int) -> list[_Cell]:
    """Return what one state does, on disjoint pieces of the inputs."""
    free = [_Cell(UNIVERSE, everything, False, 0, 0)]
    own = [_cell(row, holding, everything) for row in rows]
    if next(overlaps([row.cube for row in rows]), None) is not None:
        for cell in own:
            free = [part for one in free for part in _split(one, cell)]
        return free
    rest = complement([row.cube for row in rows])
    return own + [free[0]._replace(cube=cube) for cube in rest]


def _cell(row: Row, holding: Sequence[int], everything: int) -> _Cell:
    goes = row.target != NOWHERE
    following = holding[row.target] if goes else everything
    return _Cell(row.cube, following, goes, row.ones, row.zeros)


def _both(cell: _Cell, other: _Cell) -> _Cell:
    """Return what two cells demand together; the inputs are the first's."""
    return _Cell(
        cell.cube,
        cell.following & other.following,
        cell.goes or other.goes,
        cell.ones | other.ones,
        cell.zeros | other.zeros,
    )


def _met(cell: _Cell, pieces: Iterable[_Cell]) -> list[_Cell]:
    """Join a cell with the pieces of a state, split only where that makes a difference."""
    found = [
        _both(cell, piece)._replace(cube=common)
        for piece in pieces
        if (common := intersection(cell.cube, piece.cube)) is not None
    ]
    same = len({part[1:] for part in found}) == 1
    return [found[0]._replace(cube=cell.cube)] if same else found


def _split(cell: _Cell, other: _Cell) -> Iterator[_Cell]:
    """Split a cell at the border of another, where that makes a difference."""
    common = intersection(cell.cube, other.cube)
    changed = _both(cell, other)
    if common is None or changed == cell:
        yield cell
        return
    yield changed._replace(cube=common)
    for outside in _outside(cell.cube, other.cube):
        yield cell._replace(cube=outside)


def _outside(cube: Cube, other: Cube) -> Iterator[Cube]:
    """Yield disjoint cubes that are `cube` without `other`."""
    for bit in bits(other.care & ~cube.care):
        mask = 1 << bit
        yield Cube(cube.care | mask, cube.value | mask & ~other.value)
        cube = Cube(cube.care | mask, cube.value | mask & other.value)


def _joined(machine: Machine, cells: Sequence[_Cell]) -> Iterator[tuple[int, str, Sequence[Cube]]]:
    """Choose next states, as few different ones as can be, and join cells that then agree."""
    popular: Counter[int] = Counter()
    for cell in cells:
        if cell.goes:
            popular.update(bits(cell.following))
    groups: dict[tuple[int, str], list[Cube]] = {}
    for cell in cells:
        target = NOWHERE
        if cell.goes:
            target = min(bits(cell.following), key=lambda c: (-popular[c], c))
        groups.setdefault((target, _outputs_text(machine, cell)), []).append(cell.cube)
    nothing = (NOWHERE, "" if machine.table.moore else "-" * len(machine.table.outputs))
    read = list(bits(reduce(or_, (cell.cube.care for cell in cells))))
    for key, cubes in groups.items():
        if key != nothing:
            others = [cube for other, found in groups.items() if other != key for cube in found]
            yield *key, _fewest(cubes, others, read)


def _fewest(on: Iterable[Cube], off: Iterable[Cube], read: Sequence[int]) -> list[Cube]:
    """Minimize over the inputs that are `read`, often few of many."""
    f = Function(
        width=len(read),
        on=tuple(_moved(cube, range(len(read)), read) for cube in on),
        off=tuple(_moved(cube, range(len(read)), read) for cube in off),
    )
    return [_moved(cube, read, range(len(read))) for cube in minimize(f)]


def _moved(cube: Cube, to: Sequence[int], of: Sequence[int]) -> Cube:
    """Move the bits at places `of` to places `to`."""
    care = sum(1 << new for new, old in zip(to, of, strict=True) if cube.care >> old & 1)
    value = sum(1 << new for new, old in zip(to, of, strict=True) if cube.value >> old & 1)
    return Cube(care, value)


def _outputs_text(machine: Machine, cell: _Cell) -> str:
    if machine.table.moore:
        return ""
    return outputs_text(cell.ones, cell.zeros, len(machine.table.outputs))


def outputs_text(ones: int, zeros: int, width: int) -> str:
    """Return outputs of which some must be 1 and some 0 as a string."""
    return "".join("1" if ones >> i & 1 else "0" if zeros >> i & 1 else "-" for i in range(width))


def _moore_outputs(machine: Machine, states: int) -> str:
    ones = zeros = 0
    for state in bits(states):
        for row in machine.rows[state]:
            if not literals(row.cube) and row.target == NOWHERE:
                ones, zeros = ones | row.ones, zeros | row.zeros
    return outputs_text(ones, zeros, len(machine.table.outputs))
