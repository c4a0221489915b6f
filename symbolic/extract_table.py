"""The state table of registers, with the module around them as inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symbolic.bdd import Bdd, Cones
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op
from symbolic.extract_names import BitNames, Constant, state_names
from symbolic.extract_outputs import extra_inputs, meeting_points, outside
from symbolic.extract_reach import (
    BeyondLimits,
    Branch,
    MachineReset,
    Stepper,
    atoms_of,
    filled,
    register_nodes,
)
from symbolic.extract_support import Atom, Supports, chosen_cut
from symbolic.state_table import StateTable, Transition

_TRANSITIONS = "transitions"
_STATES = "reachable states"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a table may be."""

    states: int
    inputs: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabulated:
    """A table and what its names stand for."""

    table: StateTable
    inputs: dict[str, Node]
    outputs: dict[str, Node]
    words: dict[Node, tuple[str, ...]]
    resets: tuple[MachineReset, ...]
    named: bool
    assured: frozenset[Node]
    """Those of the module's assumptions that hold in every state."""


def tabulated(
    module: Dataflow, registers: Sequence[Register], constants: Sequence[Constant], size: Size
) -> Tabulated:
    """Return the machine whose state the registers are.

    Raises:
        BeyondLimits: It is larger than `size` allows.
        NodeBudgetReached: A function has no small decision diagram.
    """
    try:
        return _Table(module, registers, constants, size, mealy=True).result()
    except _TooManyRows:
        # Outputs of the state alone never need more rows than the next state does.
        return _Table(module, registers, constants, size, mealy=False).result()


class _TooManyRows(BeyondLimits):
    pass


class _Table:
    def __init__(
        self,
        module: Dataflow,
        registers: Sequence[Register],
        constants: Sequence[Constant],
        size: Size,
        *,
        mealy: bool,
    ) -> None:
        self._module, self._constants, self._size = module, constants, size
        names = [register.name for register in registers]
        state = register_nodes(module, names)
        roots = [register.next for register in registers]
        supports = Supports([*roots, *outside(module, names), *module.assumed], state)
        self._check_resets(registers, supports)
        first = Stepper(module, registers, supports=supports)
        allowed = self._allowed(first, supports, roots) if mealy else frozenset()
        self._meeting = list(self._named_points(meeting_points(module, names, supports, allowed)))
        self._assumed = [node for node in module.assumed if node in supports.dependent]
        cut = chosen_cut(supports, atoms_of(supports, [*roots, *self._assumed]) | allowed)
        points = [node for node, _ in self._meeting]
        watched = [*points, *self._assumed]
        self._stepper = Stepper(module, registers, supports=supports, cut=cut, watched=watched)
        self._width = sum(node.width for node in points)
        self._reached = self._stepper.reached(size.states)
        self._inputs = self._columns(self._input_variables())
        if len(self._inputs) > size.inputs:
            raise BeyondLimits(
                f"it depends on {len(self._inputs)} bits besides its state, more than {size.inputs}"
            )
        self._care = self._stepper.care(self._inputs)

    @staticmethod
    def _check_resets(registers: Sequence[Register], supports: Supports) -> None:
        for register in registers:
            if register.reset is not None and register.reset.signal in supports.dependent:
                raise BeyondLimits("its asynchronous reset depends on its own state")

    def _allowed(
        self, stepper: Stepper, supports: Supports, roots: Sequence[Node]
    ) -> frozenset[Atom]:
        """Return the bits that outputs may depend on."""
        barred = frozenset((reset.signal, 0) for reset in stepper.resets)
        known = frozenset(atoms_of(supports, roots)) - barred
        return known | extra_inputs(self._module, supports, known, barred)

    def _named_points(self, nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
        """Yield nodes with the output ports that have their values, then those inside."""
        ports = self._module.outputs
        yield from ((node, port) for port, node in ports.items() if node in nodes)
        yield from ((node, "") for node in nodes if node not in ports.values())

    def _input_variables(self) -> tuple[str, ...]:
        behavior = (self._at(code) for code in self._reached)
        return self._stepper.support(f for parts in behavior for part in parts for f in part)

    def _at(self, code: str) -> tuple[list[Bdd], list[Bdd]]:
        """Return next state and outputs in a state."""
        following, watched = self._stepper.at(code)
        return following, watched[: self._width]

    def _assured(self) -> frozenset[Node]:
        """Return the assumptions that are true in every state that is reached."""
        return frozenset(
            node
            for place, node in enumerate(self._assumed, self._width)
            if all(self._holds(self._stepper.at(code)[1][place]) for code in self._reached)
        )

    def _holds(self, function: Bdd) -> bool:
        stepper = self._stepper
        care = stepper.care(stepper.support([function]))
        return stepper.cones.both(care, ~function) == stepper.cones.zero

    def _columns(self, variables: Sequence[str]) -> tuple[str, ...]:
        """Return variables as the ports stand in the source, then others."""
        ports = {port.name: place for place, port in enumerate(self._module.interface.ports)}
        sources = self._stepper.cones.variables

        def place(variable: str) -> tuple[int, int, int]:
            node, bit = sources[variable].node, sources[variable].bit
            port = ports[str(node.payload)] if node.op is Op.INPUT else len(ports)
            return port, node.number, -bit

        return tuple(sorted(variables, key=place))

    # -- rows ---------------------------------------------------------------

    def result(self) -> Tabulated:
        """Return the table."""
        stepper = self._stepper
        codes = self._ordered()
        labels, named = state_names(self._module, stepper.registers, codes, self._constants)
        naming = BitNames(self._module, self._constants)
        inputs = self._named_inputs(naming)
        words = [(node, naming.of(node, port=port)) for node, port in self._meeting]
        outputs = [name for _, names in words for name in names]
        moore = self._moore(codes)
        used, transitions = self._transitions(codes, labels, mealy=moore is None)
        power_on = stepper.power_on_code()
        table = StateTable(
            inputs=tuple(name for name, keep in zip(inputs, used, strict=True) if keep),
            outputs=tuple(outputs),
            states=tuple(labels[code] for code in codes),
            transitions=tuple(transitions),
            moore_outputs=None
            if moore is None
            else {labels[code]: values for code, values in moore.items()},
            reset_state=None if stepper.reset_code is None else labels[stepper.reset_code],
            power_on_state=None if power_on is None else labels[power_on],
            codes={labels[code]: code for code in codes},
        )
        return Tabulated(
            table=table,
            inputs={name: node for name, node in inputs.items() if name in table.inputs},
            outputs=dict(self._bit_nodes(words)),
            # Of several ports with one value the first counts.
            words=dict(reversed(words)),
            resets=stepper.resets,
            named=named,
            assured=self._assured(),
        )

    def _ordered(self) -> list[str]:
        """Return the codes as numbers ascend, the reset state's first."""
        first = self._stepper.reset_code or self._stepper.power_on_code()
        return sorted(self._reached, key=lambda code: (code != first, code))

    def _named_inputs(self, naming: BitNames) -> dict[str, Node]:
        variables = self._stepper.cones.variables
        names: dict[Node, tuple[str, ...]] = {}
        found: dict[str, Node] = {}
        for variable in self._inputs:
            source = variables[variable]
            if source.node not in names:
                names[source.node] = naming.of(source.node)
            name = names[source.node][source.node.width - 1 - source.bit]
            found[name] = self._module.nodes.slice(source.node, source.bit, 1)
        return found

    def _bit_nodes(
        self, words: Sequence[tuple[Node, tuple[str, ...]]]
    ) -> Iterator[tuple[str, Node]]:
        for node, names in words:
            for bit, name in zip(reversed(range(node.width)), names, strict=True):
                yield name, self._module.nodes.slice(node, bit, 1)

    def _moore(self, codes: Sequence[str]) -> dict[str, str] | None:
        """Return the outputs of each state; None if some depend on inputs."""
        found = {}
        for code in codes:
            _, outputs = self._at(code)
            values = self._stepper.split(outputs, self._care, self._size.rows, _TRANSITIONS)
            if len(values) > 1:
                return None
            found[code] = values[0].target.replace("x", "-")
        return found

    def _transitions(
        self, codes: Sequence[str], labels: dict[str, str], *, mealy: bool
    ) -> tuple[list[bool], list[Transition]]:
        """Return the rows, and which inputs they use."""
        rows: list[tuple[str, str, str | None, str]] = []
        for code in codes:
            here: list[tuple[str, str, str | None, str]] = []
            for branch, outputs in self._behavior(code, mealy=mealy):
                target = branch.target
                goal = None if set(target) == {"x"} else labels[filled(target, self._reached)]
                patterns = _patterns(self._stepper.cones, branch.when, self._inputs)
                for pattern in patterns:
                    here.append((labels[code], pattern, goal, outputs))
                    if len(rows) + len(here) > self._size.rows:
                        raise _TooManyRows(f"it has more than {self._size.rows} {_TRANSITIONS}")
            rows += sorted(here, key=lambda row: row[1].replace("-", "2"))
        used = [any(r[1][i] != "-" for r in rows) for i in range(len(self._inputs))]
        return used, [
            Transition(
                state=state,
                inputs="".join(digit for digit, keep in zip(pattern, used, strict=True) if keep),
                target=target,
                outputs=outputs,
            )
            for state, pattern, target, outputs in rows
        ]

    def _behavior(self, code: str, *, mealy: bool) -> Iterator[tuple[Branch, str]]:
        """Yield where a state leads, with the outputs if they depend on inputs."""
        following, outputs = self._at(code)
        for branch in self._stepper.split(following, self._care, self._size.states, _STATES):
            if not mealy:
                yield branch, ""
                continue
            rows = self._size.rows
            for part in self._stepper.split(outputs, branch.when, rows, _TRANSITIONS):
                yield Branch(target=branch.target, when=part.when), part.target.replace("x", "-")


def _patterns(cones: Cones, function: Bdd, names: Sequence[str]) -> Iterator[str]:
    """Yield disjoint products that make up a function: the paths of its diagram."""
    places = {name: place for place, name in enumerate(names)}
    waiting: list[tuple[Any, tuple[tuple[int, str], ...]]] = [(function, ())]
    while waiting:
        f, path = waiting.pop()
        if f == cones.one:
            digits = ["-"] * len(names)
            for place, digit in path:
                digits[place] = digit
            yield "".join(digits)
        elif f != cones.zero:
            low, high = (~f.low, ~f.high) if f.negated else (f.low, f.high)
            place = places[f.var]
            waiting.append((high, (*path, (place, "1"))))
            waiting.append((low, (*path, (place, "0"))))
