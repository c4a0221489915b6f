"""A finite-state machine drawn at random: one value from which words, RTL and model follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Outputs, Values

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine whose inputs are single bits; an input value has the first of them on top."""

    states: tuple[str, ...]
    """The first one is where reset leads to."""
    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, int], ...]
    """Names and widths."""
    following: tuple[Row, ...]
    """Next state by state and input value."""
    values: tuple[tuple[Row, ...], ...]
    """Output values by state and input value."""

    @property
    def moore(self) -> bool:
        """Whether no output depends on an input."""
        return all(len(set(row)) == 1 for row in self.values)

    @property
    def size(self) -> int:
        """How many input values there are."""
        return 1 << len(self.inputs)

    def value(self, given: Values) -> int:
        """Return the input value of the inputs `given`."""
        return int("".join(str(given[name]) for name in self.inputs) or "0", 2)

    def told(self, state: int, value: int) -> Outputs:
        """Return the outputs by name."""
        row = self.values[state][value]
        return {name: row[i] for i, (name, _) in enumerate(self.outputs)}

    def behavior(self) -> Clocked[int]:
        """Return the reference model."""
        return Clocked(
            reset=0,
            outputs=lambda state, given: self.told(state, self.value(given)),
            following=lambda state, given: self.following[state][self.value(given)],
            unknown=tuple(name for name, _ in self.outputs),
        )

    def with_next(self, state: int, value: int, to: int) -> Machine:
        """Return the machine with another next state in one place."""
        row = list(self.following[state])
        row[value] = to
        return replace(self, following=_replaced(self.following, state, tuple(row)))

    def with_values(self, state: int, rows: Sequence[Row]) -> Machine:
        """Return the machine with other outputs in one state."""
        values = list(self.values)
        values[state] = tuple(rows)
        return replace(self, values=tuple(values))

    def key(self) -> str:
        """Return the tables as a short text."""
        following = "/".join("".join(map(str, row)) for row in self.following)
        values = "/".join(".".join("".join(map(str, v)) for v in row) for row in self.values)
        return f"{following} {values}"


def _replaced(rows: tuple[Row, ...], at: int, row: Row) -> tuple[Row, ...]:
    return (*rows[:at], row, *rows[at + 1 :])


def differ(one: Machine, other: Machine) -> bool:
    """Return whether an input sequence from reset tells two machines apart."""
    waiting = [(0, 0)]
    seen = set(waiting)
    for left, right in waiting:
        if one.values[left] != other.values[right]:
            return True
        for value in range(one.size):
            pair = (one.following[left][value], other.following[right][value])
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return False


def draw_machine(
    draw: Draw,
    *,
    states: int,
    inputs: Sequence[str],
    outputs: Sequence[tuple[str, int]],
    moore: bool,
    names: Sequence[str] | None = None,
) -> Machine:
    """Return a machine in which all states can be reached and all outputs change."""
    names = names or state_names(draw, states)
    while True:
        machine = Machine(
            states=tuple(names),
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            following=_targets(draw, states, 1 << len(inputs)),
            values=_values(draw, states, 1 << len(inputs), outputs, moore),
        )
        if _sound(machine):
            return machine


def _targets(draw: Draw, states: int, size: int) -> tuple[Row, ...]:
    """Draw next states; a step forward, a hold and a way back are likelier than a jump."""
    return tuple(
        tuple(
            draw.one_of((state + 1) % states, state, 0, draw.integer(0, states - 1))
            if draw.chance(0.6)
            else draw.integer(0, states - 1)
            for _ in range(size)
        )
        for state in range(states)
    )


def _values(
    draw: Draw, states: int, size: int, outputs: Sequence[tuple[str, int]], moore: bool
) -> tuple[tuple[Row, ...], ...]:
    ones = 0.5 if states < 3 else 0.35

    def row() -> Row:
        return tuple(
            int(draw.chance(ones)) if width == 1 else draw.integer(0, (1 << width) - 1)
            for _, width in outputs
        )

    return tuple(
        ((row(),) * size) if moore else tuple(row() for _ in range(size)) for _ in range(states)
    )


def _sound(machine: Machine) -> bool:
    """Return whether every state can be reached from every other one, and all outputs change."""
    used = [value for row in machine.values for value in row]
    varied = all(len({v[i] for v in used}) > 1 for i in range(len(machine.outputs)))
    blind = all(len(set(row)) == 1 for row in machine.following)
    return varied and not blind and _connected(machine)


def _connected(machine: Machine) -> bool:
    count = len(machine.states)
    back: list[list[int]] = [[] for _ in range(count)]
    for state, row in enumerate(machine.following):
        for to in row:
            back[to].append(state)
    return all(len(_closed(rows)) == count for rows in (machine.following, back))


def _closed(rows: Sequence[Sequence[int]]) -> list[int]:
    found = [0]
    for state in found:
        found.extend(to for to in dict.fromkeys(rows[state]) if to not in found)
    return found


def state_names(draw: Draw, states: int) -> tuple[str, ...]:
    """Return names such as `A`, `S0` or `ST2` for states."""
    kind = draw.one_of("letter", "letter", "s", "s", "st", "late", "q", "word")
    if kind == "letter":
        return tuple("ABCDEFGHIJKL"[:states])
    if kind == "late":
        return tuple("PQRSTUVWXYZ"[:states])
    if kind == "word" and states <= len(WORDS):
        return tuple(draw.random.sample(WORDS, states))
    prefix = {"s": "S", "st": "ST", "q": "Q", "word": "N"}[kind]
    first = draw.one_of(0, 0, 1)
    return tuple(f"{prefix}{i + first}" for i in range(states))


WORDS = (
    "RED",
    "BLUE",
    "GREEN",
    "GOLD",
    "PINK",
    "WHITE",
    "BLACK",
    "GRAY",
    "BROWN",
    "AMBER",
)
"""Names that say nothing of what a state is for."""


def codes(draw: Draw, count: int, kind: str = "") -> tuple[int, tuple[int, ...]]:
    """Return a width and a code for each of `count` states; `kind` is drawn if empty."""
    width = max(1, (count - 1).bit_length())
    kind = kind or draw.one_of("binary", "binary", "gray", "one-hot", "random")
    if kind == "one-hot":
        return count, tuple(1 << i for i in range(count))
    if kind == "gray":
        return width, tuple(i ^ (i >> 1) for i in range(count))
    if kind == "random":
        return width, tuple(draw.random.sample(range(1 << width), count))
    return width, tuple(range(count))
