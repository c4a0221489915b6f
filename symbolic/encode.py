"""State assignment: codes for the states of a machine, by goal.

`encodings` proposes few, none of them measured; `searched` measures them and what
lies near the best, by synthesis of the machine alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from sim.design import Design
from sim.interface import Clock, Direction, Interface, Port, Reset
from symbolic.bdd import NodeBudgetReached
from symbolic.emit_fsm import emit_specified
from symbolic.encode_adjacency import toggles
from symbolic.encode_codes import SCHEMES, reset_to_zero
from symbolic.expression import verilog
from symbolic.fsm_equations import machine_logic
from symbolic.ppa import Library, NotMeasured, Ppa, measure
from symbolic.rules.rule import Goal
from symbolic.state_table import StateTable

__all__ = ["Encoding", "Measured", "encoded", "encodings", "searched", "toggles"]

GIVEN = "as given"
_ORDER = {
    Goal.AREA: ("leaving", "near", "entering", "outputs", "binary", "gray", "one-hot", "johnson"),
    Goal.DELAY: ("one-hot", "outputs", "near", "leaving", "binary", "gray", "johnson"),
    Goal.POWER: ("quiet", "outputs", "gray", "near", "johnson", "binary", "one-hot"),
}
_UPRIGHT = frozenset({"one-hot", "outputs", "binary"})
"""Schemes whose codes mean something as they are."""
_LARGEST = {"one-hot": 64, "johnson": 24}
_ANNEALED = 256
"""States up to which codes are searched for by annealing."""
_BATCH = 12
_SEED = 2015


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A proposal."""

    name: str
    """The scheme: `binary`, `gray`, `one-hot`, `johnson`, `outputs` (those of a Moore machine
    are part of the codes), `leaving`, `entering`, `near` (by what states have in common),
    `quiet` (few bits change), `searched` or `as given`."""
    table: StateTable
    """The machine with these codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An encoding, and what synthesis makes of the machine alone."""

    encoding: Encoding
    ppa: Ppa
    toggles: float
    """State bits that change per clock, on average, if inputs are uniform."""


def encoded(table: StateTable, name: str) -> Encoding:
    """Return the machine with codes of one scheme.

    Raises:
        ValueError: The scheme is unknown, or does not suit the machine.
    """
    if name not in SCHEMES:
        raise ValueError(f"an encoding must be one of {', '.join(SCHEMES)}, not {name!r}")
    codes = SCHEMES[name](table)
    if codes is None:
        raise ValueError(
            f"encoding {name!r} does not suit this machine\n\n"
            "hint: it is for Moore machines whose outputs nearly tell states apart"
        )
    if name not in _UPRIGHT:
        codes = reset_to_zero(table, codes)
    return Encoding(name=name, table=_with(table, codes))


def _with(table: StateTable, codes: Sequence[str]) -> StateTable:
    return replace(table, codes=dict(zip(table.states, codes, strict=True)))


def encodings(table: StateTable, goal: Goal = Goal.AREA) -> list[Encoding]:
    """Return different encodings worth trying for `goal`, the most promising first.

    If the table has codes, they come first. Machines with very many states get
    fewer proposals.
    """
    found = [Encoding(name=GIVEN, table=table)] if table.codes else []
    found += [encoded(table, name) for name in _ORDER[goal] if _suits(table, name)]
    seen: dict[object, Encoding] = {}
    for encoding in found:
        seen.setdefault(_shape(encoding.table), encoding)
    return list(seen.values())


def _suits(table: StateTable, name: str) -> bool:
    if len(table.states) > _LARGEST.get(name, _ANNEALED if name not in _UPRIGHT else 1 << 30):
        return False
    return name != "outputs" or SCHEMES[name](table) is not None


def _shape(table: StateTable) -> object:
    """Return what encodings have in common that differ by order and inversion of bits only."""
    columns = zip(*(table.codes[state] for state in table.states), strict=True)
    return tuple(sorted(tuple(bit == column[0] for bit in column) for column in columns))


# -- measured ---------------------------------------------------------------------------


def searched(
    table: StateTable,
    goal: Goal = Goal.AREA,
    *,
    seconds: float = 5.0,
    library: Library | None = None,
) -> list[Measured]:
    """Measure proposals and, while there is time, neighbors of the best; the best come first.

    At least the proposals are measured. Neighbors differ by the codes of two states, or
    by a code that was free. The order of what is tried is fixed; how much, time decides.

    Raises:
        ToolNotFound: pyosys is not installed.
        EnvironmentFault: No child process can be run.
    """
    end = time.monotonic() + seconds
    found = _measured(encodings(table, goal), library)
    tried = {_shape(measured.encoding.table) for measured in found}
    random = Random(_SEED)  # noqa: S311 - reproducible, not secret
    while found and time.monotonic() < end:
        found.sort(key=lambda measured: _cost(measured, goal))
        batch = list(_neighbors(found[0].encoding.table, tried, random))
        if not batch:
            break
        found += _measured(batch, library)
    return sorted(found, key=lambda measured: _cost(measured, goal))


def _cost(measured: Measured, goal: Goal) -> tuple[float, ...]:
    ppa = measured.ppa
    match goal:
        case Goal.AREA:
            return ppa.area, ppa.delay
        case Goal.DELAY:
            return ppa.delay, ppa.area
        case Goal.POWER:
            return measured.toggles, ppa.area, ppa.delay


def _neighbors(table: StateTable, tried: set[object], random: Random) -> Iterator[Encoding]:
    states = table.states
    width = len(table.codes[states[0]])
    found = 0
    for _ in range(20 * _BATCH):
        state, code = random.choice(states), format(random.randrange(1 << width), f"0{width}b")
        other = next((name for name in states if table.codes[name] == code), None)
        codes = {**table.codes, state: code}
        if other is not None:
            codes[other] = table.codes[state]
        neighbor = replace(table, codes=codes)
        shape = _shape(neighbor)
        if other != state and shape not in tried:
            tried.add(shape)
            found += 1
            yield Encoding(name="searched", table=neighbor)
        if found == _BATCH:
            return


def _measured(proposals: Sequence[Encoding], library: Library | None) -> list[Measured]:
    designs = [_alone(encoding.table) for encoding in proposals]
    # One mapping is enough to choose by: netlists are in one order, whatever the codes.
    answers = measure(designs, library=library, stock=False, thorough=False)
    return [
        Measured(encoding=encoding, ppa=ppa, toggles=toggles(encoding.table))
        for encoding, ppa in zip(proposals, answers, strict=True)
        if not isinstance(ppa, NotMeasured)
    ]


def _alone(table: StateTable) -> Design:
    """Return a design that is only the machine; its bits have plain names."""
    inputs = tuple(f"i{n}" for n in range(len(table.inputs)))
    outputs = tuple(f"o{n}" for n in range(len(table.outputs)))
    plain = replace(table, inputs=inputs, outputs=outputs)
    width = len(table.codes[table.states[0]])
    state = [f"s[{n}]" for n in range(width - 1, -1, -1)]
    try:
        logic = machine_logic(plain, state)
    except NodeBudgetReached:
        return Design(top="machine", sources={"machine.v": _cases(plain)})
    reset = table.codes[table.reset_state] if table.reset_state is not None else "x" * width
    ports = [f"input {name}" for name in ("clk", "rst", *inputs)]
    ports += [f"output {name}" for name in outputs]
    lines = [
        f"module machine ({', '.join(ports)});",
        f"reg [{width - 1}:0] s;",
        f"wire [{width - 1}:0] n = {{{', '.join(map(verilog, logic.next_state))}}};",
        f"always @(posedge clk) if (rst) s <= {width}'b{reset}; else s <= n;",
        *(f"assign {name} = {verilog(value)};" for name, value in logic.outputs.items()),
        "endmodule",
    ]
    return Design(top="machine", sources={"machine.v": "\n".join(lines)})


def _cases(table: StateTable) -> str:
    ports = [Port(name=name, direction=Direction.INPUT) for name in ("clk", "rst", *table.inputs)]
    ports += [Port(name=name, direction=Direction.OUTPUT) for name in table.outputs]
    interface = Interface(
        module="machine",
        ports=tuple(ports),
        clocks=(Clock(port="clk"),),
        resets=(Reset(port="rst"),) if table.reset_state is not None else (),
    )
    return emit_specified(interface, table)
