"""A module with a state table in place of a machine's registers, to be measured and proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from symbolic.cubes import Cube
from symbolic.dataflow.module import AsyncReset, Dataflow, Register
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.extract import ExtractedMachine
from symbolic.state_table import StateTable


def replaced(module: Dataflow, machine: ExtractedMachine, table: StateTable) -> Dataflow:
    """Return `module` with one register that runs `table` in place of the machine's.

    `table` has the machine's inputs and outputs, codes, and what else it likes. Don't-care
    next states lead to its reset state (without one: its first); don't-care outputs are 0.

    Raises:
        ValueError: The table has no codes, or inputs or outputs that the machine lacks.
    """
    if not table.codes:
        raise ValueError("a table in place of registers needs codes of its states")
    strange = {*table.inputs, *table.outputs} - {*machine.inputs, *machine.outputs}
    if strange:
        raise ValueError(f"the machine has no input or output {min(strange)!r}")
    built = _Built(module, machine, table)
    own = set(machine.register)
    kept = {name: r for name, r in module.registers.items() if name not in own}
    assumed = tuple(node for node in module.assumed if node not in machine.assured)
    module = replace(module, assumed=assumed)
    roots = [*replace(module, registers=kept).roots(), *module.named.values()]
    words = {node: built.word(names) for node, names in machine.words.items()}
    image = _image(module, roots, words)
    old = frozenset(module.nodes.reg(name, module.registers[name].width) for name in own)
    named = {n: v for n, v in module.named.items() if not old & set(reached([image[v]]))}
    found = replace(module, registers=kept, named=named).mapped(image)
    return replace(found, registers={**found.registers, built.name: built.register()})


def _image(module: Dataflow, roots: Iterable[Node], words: Mapping[Node, Node]) -> dict[Node, Node]:
    """Return what each node becomes when some are replaced, those in others' cones too."""
    found: dict[Node, Node] = {}
    for node in reached(roots):
        operands = tuple(found[operand] for operand in node.operands)
        same = operands == node.operands
        found[node] = words.get(node) or (node if same else module.nodes.like(node, operands))
    return found


class _Built:
    """The nodes of a table."""

    def __init__(self, module: Dataflow, machine: ExtractedMachine, table: StateTable) -> None:
        self._module, self._machine, self._table = module, machine, table
        self._nodes = module.nodes
        self.name = machine.register[0]
        self._home = table.reset_state or table.power_on_state or table.states[0]
        self._width = len(table.codes[self._home])
        state = self._nodes.reg(self.name, self._width)
        self._in = {
            name: self._nodes.make(Op.EQ, 1, state, self._nodes.bits(table.codes[name]))
            for name in table.states
        }
        self._columns = [machine.inputs[name] for name in table.inputs]

    def register(self) -> Register:
        """Return the state register."""
        old = self._module.registers[self.name]
        code = self._table.codes[self._home]
        following = self._next()
        asynchronous = None
        for reset in self._machine.resets:
            if reset.asynchronous:
                asynchronous = AsyncReset(
                    signal=reset.signal, active_low=reset.active_low, value=code
                )
            else:
                active = self._not(reset.signal) if reset.active_low else reset.signal
                following = self._nodes.mux(active, self._nodes.bits(code), following)
        start = self._table.power_on_state
        return replace(
            old,
            width=self._width,
            next=following,
            reset=asynchronous,
            initial="" if start is None else self._table.codes[start],
        )

    def _next(self) -> Node:
        found = self._nodes.bits(self._table.codes[self._home])
        for name in self._table.states:
            here = self._nodes.bits(self._table.codes[self._home])
            for cube, transition in self._table.leaving(name):
                if transition.target is not None:
                    goal = self._nodes.bits(self._table.codes[transition.target])
                    here = self._nodes.mux(self._product(cube), goal, here)
            found = self._nodes.mux(self._in[name], here, found)
        return found

    def word(self, names: tuple[str, ...]) -> Node:
        """Return outputs as one value."""
        return self._nodes.concat(*(self._output(name) for name in names))

    def _output(self, name: str) -> Node:
        column = self._table.outputs.index(name)
        terms = []
        for state in self._table.states:
            if self._table.moore_outputs is not None:
                cubes = [Cube(0, 0)] if self._table.moore_outputs[state][column] == "1" else []
            else:
                leaving = self._table.leaving(state)
                cubes = [cube for cube, t in leaving if t.outputs[column] == "1"]
            terms += [self._and(self._in[state], self._product(cube)) for cube in cubes]
        return self._any(terms)

    def _product(self, cube: Cube) -> Node:
        found = self._nodes.const(1, 1)
        for place, column in enumerate(reversed(self._columns)):
            if cube.care >> place & 1:
                wanted = column if cube.value >> place & 1 else self._not(column)
                found = self._and(found, wanted)
        return found

    def _and(self, a: Node, b: Node) -> Node:
        return b if a.value == 1 else a if b.value == 1 else self._nodes.make(Op.AND, 1, a, b)

    def _any(self, terms: list[Node]) -> Node:
        if not terms:
            return self._nodes.const(0, 1)
        return reduce(lambda a, b: self._nodes.make(Op.OR, 1, a, b), terms)

    def _not(self, node: Node) -> Node:
        return self._nodes.make(Op.NOT, 1, node)
