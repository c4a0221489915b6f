"""The combinational part of a machine alone: the state comes in, the next state goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbolic.cubes import Cube
from symbolic.equations import Assignment, Equations
from symbolic.expression import Const, Expression, Operator, bit, gate
from symbolic.minimize import function
from symbolic.state_table import StateTable
from symbolic.synthesize import synthesize
from symbolic.truth_table import Row, TruthTable


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStateLogic:
    """Next-state and output logic as a function of state and inputs."""

    table: TruthTable
    """What is specified: rows for the codes of states; other codes are don't-cares.
    This is the reference to judge a design by."""
    equations: Equations | None
    """For one-hot codes the equations by inspection, which mean something for
    several bits set at once; otherwise None."""


def next_state_logic(
    machine: StateTable,
    *,
    state: Sequence[str],
    next_state: Sequence[str | None],
    outputs: Sequence[str] | None = None,
) -> NextStateLogic:
    """Return the logic of `machine`, whose codes must be known.

    `state` names the input bits that hold the state's code and `next_state` the
    output bits for the next state's, both in the order of the code's
    characters; None where a bit is not asked for. `outputs` names the machine's
    outputs that are asked for, by default all.

    Raises:
        ValueError: The machine has no codes, or their width is another.
    """
    if not machine.codes:
        raise ValueError("next-state logic needs the codes of the states")
    width = len(machine.codes[machine.states[0]])
    for role, bits in (("state", state), ("next state", next_state)):
        if len(bits) != width:
            raise ValueError(f"the {role} must have {width} bits like the codes, not {len(bits)}")
    wanted = tuple(machine.outputs if outputs is None else outputs)
    unknown = set(wanted) - set(machine.outputs)
    if unknown:
        raise ValueError(f"the machine has no output {min(unknown)!r}")
    table = _table(machine, state, next_state, wanted)
    equations = None
    if machine.one_hot:
        equations = _by_inspection(machine, state, next_state, wanted)
    return NextStateLogic(table=table, equations=equations)


def _table(
    machine: StateTable,
    state: Sequence[str],
    next_state: Sequence[str | None],
    outputs: Sequence[str],
) -> TruthTable:
    asked = [i for i, name in enumerate(next_state) if name is not None]
    columns = [machine.outputs.index(name) for name in outputs]
    nowhere = "-" * len(asked)
    rows = []
    for name in machine.states:
        code = machine.codes[name]
        for _, t in machine.leaving(name):
            target = "-" * len(code) if t.target is None else machine.codes[t.target]
            given = t.outputs or "-" * len(machine.outputs)
            found = "".join(target[i] for i in asked) + "".join(given[i] for i in columns)
            rows.append(Row(inputs=code + t.inputs, outputs=found))
        if machine.moore_outputs is not None and columns:
            given = machine.moore_outputs[name]
            found = nowhere + "".join(given[i] for i in columns)
            rows.append(Row(inputs=code + "-" * len(machine.inputs), outputs=found))
    return TruthTable(
        inputs=(*state, *machine.inputs),
        outputs=(*(name for name in next_state if name is not None), *outputs),
        rows=tuple(rows),
    )


def _by_inspection(
    machine: StateTable,
    state: Sequence[str],
    next_state: Sequence[str | None],
    outputs: Sequence[str],
) -> Equations:
    hot = {name: state[machine.codes[name].index("1")] for name in machine.states}
    goes_to: dict[str, dict[str, list[Cube]]] = {
        name: {} for name in next_state if name is not None
    }
    gives: dict[str, dict[str, list[Cube]]] = {name: {} for name in outputs}
    for name in machine.states:
        for cube, t in machine.leaving(name):
            if t.target is not None:
                bit_name = next_state[machine.codes[t.target].index("1")]
                if bit_name is not None:
                    goes_to[bit_name].setdefault(name, []).append(cube)
        for output in outputs:
            cubes = _ones(machine, name, output)
            if cubes:
                gives[output][name] = cubes
    assignments = [
        Assignment(target=bit(name), value=_sum(machine, hot, sources))
        for name, sources in (*goes_to.items(), *gives.items())
    ]
    return Equations(inputs=(*state, *machine.inputs), assignments=tuple(assignments))


def _ones(machine: StateTable, state: str, output: str) -> list[Cube]:
    """Return the inputs under which `output` is 1 in `state`."""
    column = machine.outputs.index(output)
    if machine.moore_outputs is not None:
        return [Cube(0, 0)] if machine.moore_outputs[state][column] == "1" else []
    return [cube for cube, t in machine.leaving(state) if t.outputs[column] == "1"]


def _sum(machine: StateTable, hot: dict[str, str], sources: dict[str, list[Cube]]) -> Expression:
    """Return the OR over states of the state's bit and the condition in it."""
    variables = [bit(name) for name in machine.inputs]
    by_condition: dict[Expression, list[Expression]] = {}
    for name, cubes in sources.items():
        condition = synthesize(function(len(machine.inputs), cubes), variables)
        by_condition.setdefault(condition, []).append(bit(hot[name]))
    terms = []
    for condition, states in by_condition.items():
        together = gate(Operator.OR, *states)
        always = condition == Const(1)
        terms.append(together if always else gate(Operator.AND, together, condition))
    return gate(Operator.OR, *terms) if terms else Const(0)
