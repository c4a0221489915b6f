"""Formal fragments stated plainly, line by line.

Models read Karnaugh maps and waveforms badly, and people should be able to
check in a glance what was read: each statement says one thing that holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rtlgen.spec.model import Fragment
from symbolic.behavior import Behavior
from symbolic.behavior_text import told
from symbolic.equations import Equations
from symbolic.expression import verilog
from symbolic.state_table import StateTable, Transition
from symbolic.truth_table import TruthTable
from symbolic.waveform import Waveform

_LISTED_INPUTS = 6
"""Functions of more inputs are stated row by row."""


def plain(fragment: Fragment) -> tuple[str, ...]:
    """Return what `fragment` says as statements, in a stable order."""
    value = fragment.value
    if isinstance(value, Equations):
        return tuple(_equations(value))
    if isinstance(value, TruthTable):
        return tuple(_truth_table(value))
    if isinstance(value, StateTable):
        return tuple(_state_table(value))
    if isinstance(value, Waveform):
        return tuple(_waveform(value))
    if isinstance(value, Behavior):
        return tuple(told(value))
    raise TypeError(f"a fragment cannot hold a {type(value).__name__}")


def _equations(value: Equations) -> Iterator[str]:
    for assignment in value.assignments:
        yield f"{assignment.target.text} = {verilog(assignment.value)}"


def _truth_table(table: TruthTable) -> Iterator[str]:
    names = ", ".join(table.inputs)
    if len(table.inputs) > _LISTED_INPUTS:
        yield from _rows(table, names)
        return
    width = len(table.inputs)
    for output in table.outputs:
        ones, open_ = table.on_set(output), table.dc_set(output)
        text = f"{output} is 1 for ({names}) = {_codes(ones, width) or 'no value'}"
        if open_:
            text += f"; it does not matter for {_codes(open_, width)}"
        zeros = (1 << width) - len(ones) - len(open_)
        yield text + ("; it is 0 for all others" if zeros else "")


def _codes(minterms: tuple[int, ...], width: int) -> str:
    return ", ".join(f"{minterm:0{width}b}" if width else "()" for minterm in minterms)


def _rows(table: TruthTable, names: str) -> Iterator[str]:
    outputs = ", ".join(table.outputs)
    for row in table.rows:
        yield f"({names}) = {row.inputs} gives ({outputs}) = {row.outputs}"
    if table.default is not None:
        yield f"anything else gives ({outputs}) = {table.default}"


def _state_table(machine: StateTable) -> Iterator[str]:
    if machine.reset_state is not None:
        yield f"reset leads to state {machine.reset_state}"
    if machine.power_on_state is not None:
        yield f"at power-on the state is {machine.power_on_state}"
    for state in machine.states:
        code = f" (code {machine.codes[state]})" if state in machine.codes else ""
        moore = machine.moore_outputs or {}
        shown = f": {_assigned(machine.outputs, moore[state])}" if moore.get(state) else ""
        yield f"state {state}{code}{shown}"
        for transition in machine.transitions:
            if transition.state == state:
                yield _transition(machine, transition)


def _transition(machine: StateTable, transition: Transition) -> str:
    when = _assigned(machine.inputs, transition.inputs)
    where = f"go to {transition.target}" if transition.target else "the next state does not matter"
    outputs = f", {_assigned(machine.outputs, transition.outputs)}" if transition.outputs else ""
    return f"in {transition.state}, {'when ' + when if when else 'always'}: {where}{outputs}"


def _assigned(names: tuple[str, ...], values: str) -> str:
    """Return `a=1, x=10`: bits of one vector that stand together as one binary number."""
    found: list[str] = []
    pairs = zip(names, values, strict=True)
    for base, group in groupby(pairs, key=lambda pair: pair[0].partition("[")[0]):
        bits = list(group)
        word = "".join(value for _, value in bits)
        if len(bits) > 1 and "-" not in word:
            found.append(f"{base}={word}")
        else:
            found += [f"{name}={value}" for name, value in bits if value != "-"]
    return ", ".join(found)


def _waveform(waveform: Waveform) -> Iterator[str]:
    for row, time in enumerate(waveform.times):
        known = {name: value for name, value in waveform.at(row).items() if value is not None}
        text = ", ".join(
            f"{name}={value:#x}" if value > 9 else f"{name}={value}"
            for name, value in known.items()
        )
        if text:
            yield f"{time}: {text}"
