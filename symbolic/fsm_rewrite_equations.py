"""A machine written back as minimized equations: least logic, not most to read.

Next-state bits, and the outputs that are signals of their own, are sums of
products of state bits and inputs, with all don't-cares used; the states keep
their names for the reset, and for what else compares with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from symbolic.bdd import NodeBudgetReached
from symbolic.expression import Expression, Gate, Not, Ref, bit, gate, literal_count, names
from symbolic.fsm_case import clear
from symbolic.fsm_equations import MachineLogic, machine_logic
from symbolic.fsm_rewrite_holders import assignments, irregular
from symbolic.fsm_rewrite_inputs import Namer, input_texts
from symbolic.fsm_rewrite_plan import NotWritable
from symbolic.fsm_rewrite_statements import is_clocked
from symbolic.fsm_rewrite_two import Logic, TwoProcess

_MOST_LITERALS = 1500


@dataclass(kw_only=True)
class Equations(TwoProcess):
    """One rewriting of a machine.

    Raises:
        NotWritable: Codes of no state must recover, the state is of an enumeration, or the
            equations are too long to be of use to anybody.
    """

    weaves: bool = field(default=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.safe or not (self.machine.resets or self.plan.new.power_on_state):
            raise NotWritable("equations do not say what happens in codes of no state")
        if self.places.register.type_name:
            raise NotWritable("bits of an enumeration are not assigned one by one")
        kept = {name for name in self.machine.table.outputs if name not in self._rewritten}
        if kept and not self.plan.same_outputs:
            raise NotWritable("no state of the source gives the outputs that a new one gives")

    def given_anew(self) -> frozenset[str]:
        return frozenset(self._signals)

    @cached_property
    def _signals(self) -> dict[str, tuple[str, ...]]:
        """Signals that are outputs of the machine as a whole, by their bits."""
        ports, named = self.module.outputs, self.module.named
        found: dict[str, tuple[str, ...]] = {}
        for node, outputs in self.machine.words.items():
            for name in (*ports, *named):
                value = ports.get(name, named.get(name))
                if value is node and self._is_free(name, len(outputs)):
                    found[name] = outputs
        return found

    @property
    def _rewritten(self) -> set[str]:
        return {output for outputs in self._signals.values() for output in outputs}

    def _is_free(self, name: str, width: int) -> bool:
        """Whether a signal is assigned as a whole, and by no edge."""
        declared = self.source.find(name)
        items = [one.item for one in assignments(self.source) if one.name == name]
        return (
            declared is not None
            and declared.width == width
            and declared.initial is None
            and name not in self.uses.holders
            and name not in irregular(self.source)
            and bool(items)
            and all(
                (item.kind == "wire" and item.name != ",")
                or (item.kind == "process" and not is_clocked(item))
                for item in items
            )
        )

    @cached_property
    def _logic(self) -> MachineLogic:
        width, state = self.plan.width, self.places.register.name
        bits = [f"{state}[{i}]" for i in range(width - 1, -1, -1)] if width > 1 else [state]
        try:
            found = machine_logic(self.plan.new, bits)
        except NodeBudgetReached as why:
            raise NotWritable(f"equations would be too long: {why}") from why
        if sum(map(literal_count, self._used(found))) > _MOST_LITERALS:
            raise NotWritable(f"equations would have more than {_MOST_LITERALS} literals")
        return found

    def _used(self, logic: MachineLogic) -> Iterator[Expression]:
        yield from logic.next_state
        yield from (logic.outputs[output] for output in sorted(self._rewritten))

    def logic(self) -> Logic:
        read = {name for one in self._used(self._logic) for name in names(one)}
        needed = {n: node for n, node in self.machine.inputs.items() if n in read}
        namer = Namer(self.source, self.module, {*self.uses.holders, *self._signals})
        inputs = input_texts(self.source, needed, namer)
        process, wires = [], []
        next_name, width = self.places.next_name, self.plan.width
        for place, one in enumerate(self._logic.next_state):
            target = f"{next_name}[{width - 1 - place}]" if width > 1 else next_name
            process.append(f"    {target} = {_text(one, inputs.texts)};")
        for name, outputs in self._signals.items():
            value = ", ".join(_text(self._logic.outputs[o], inputs.texts) for o in outputs)
            value = f"{{{value}}}" if len(outputs) > 1 else value
            declared = self.source.find(name)
            if declared is not None and declared.role == "net":
                wires.append(f"assign {name} = {value};")
            else:
                process.append(f"    {name} = {value};")
        head = f"{self.always()} begin"
        blank = [""] if inputs.wires else []
        lines = (*inputs.wires, *blank, head, *process, "end", *wires)
        return Logic(lines=lines, reads=" ".join([*inputs.wires, *inputs.texts.values()]))


def _text(expression: Expression, texts: Mapping[str, str]) -> str:
    return clear(_renamed(expression, texts))


def _renamed(expression: Expression, texts: Mapping[str, str]) -> Expression:
    match expression:
        case Ref(text, _):
            return bit(texts.get(text, text))
        case Not(operand):
            return Not(_renamed(operand, texts))
        case Gate(operator, operands):
            return gate(operator, *(_renamed(one, texts) for one in operands))
        case _:
            return expression
