"""Drawn machines told as tables, arrows, lists and prose."""

from __future__ import annotations

from collections.abc import Callable

from rtlgen.synth.draw import Draw
from rtlgen.synth.families._machine import Machine
from rtlgen.synth.families._words import columns, listed, markdown


def binary(value: int, width: int) -> str:
    """Return the digits of a value."""
    return f"{value:0{width}b}"


def condition(machine: Machine, value: int, equal: str = "=", between: str = ", ") -> str:
    """Return `x=0, y=1` for an input value."""
    bits = binary(value, len(machine.inputs))
    return between.join(f"{n}{equal}{b}" for n, b in zip(machine.inputs, bits, strict=True))


def shown(machine: Machine, state: int, value: int) -> str:
    """Return the outputs as `z=1, y=10`."""
    pairs = zip(machine.outputs, machine.values[state][value], strict=True)
    return ", ".join(f"{name}={binary(bit, width)}" for (name, width), bit in pairs)


def digits(machine: Machine, state: int, value: int) -> list[str]:
    """Return the outputs' binary digits, one text an output."""
    pairs = zip(machine.outputs, machine.values[state][value], strict=True)
    return [binary(bit, width) for (_, width), bit in pairs]


def grid(machine: Machine) -> list[list[str]]:
    """Return a state table: a row a state, a column an input value."""
    values = range(machine.size)
    names = [name for name, _ in machine.outputs]
    slash = f" / {' '.join(names)}"
    head = [
        f"next state{'' if machine.moore else slash} when {condition(machine, v)}" for v in values
    ]
    rows = [["state", *head, *(names if machine.moore else ())]]
    for state, name in enumerate(machine.states):
        cells = [machine.states[to] for to in machine.following[state]]
        if not machine.moore:
            cells = [f"{c} / {' '.join(digits(machine, state, v))}" for v, c in enumerate(cells)]
        rows.append([name, *cells, *(digits(machine, state, 0) if machine.moore else ())])
    return rows


def long_table(machine: Machine) -> list[list[str]]:
    """Return a state table with a row for each transition."""
    names = [name for name, _ in machine.outputs]
    rows = [["present state", *machine.inputs, "next state", *names]]
    for state, name in enumerate(machine.states):
        for value in range(machine.size):
            bits = list(binary(value, len(machine.inputs)))
            target = machine.states[machine.following[state][value]]
            rows.append([name, *bits, target, *digits(machine, state, value)])
    return rows


def _grid_text(machine: Machine) -> str:
    return columns(grid(machine))


def _grid_markdown(machine: Machine) -> str:
    return markdown(grid(machine))


def _grid_ruled(machine: Machine) -> str:
    lines = columns(grid(machine), "   ").splitlines()
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def _long_text(machine: Machine) -> str:
    return columns(long_table(machine))


def _long_csv(machine: Machine) -> str:
    return "\n".join(
        ",".join(cell.replace(" ", "_") for cell in row) for row in long_table(machine)
    )


def _arrows(machine: Machine) -> str:
    """Return one arrow a transition, the outputs of a Moore machine beside its state."""
    lines = []
    for state, name in enumerate(machine.states):
        for value, to in enumerate(machine.following[state]):
            label = condition(machine, value)
            outputs = shown(machine, state, value)
            left = f"{name} ({outputs})" if machine.moore else name
            label = label if machine.moore else f"{label} / {outputs}"
            lines.append(f"{left} --{label}--> {machine.states[to]}")
    return "\n".join(lines)


def _merged_arrows(machine: Machine) -> str:
    """Return arrows with the digits of the inputs only, outputs listed below."""
    head = f"Labels on the arrows are values of {''.join(_comma(machine.inputs))}"
    if not machine.moore:
        return f"{head} / {_comma([n for n, _ in machine.outputs])}.\n" + _bare_arrows(machine)
    states = [f"{name}: {shown(machine, state, 0)}" for state, name in enumerate(machine.states)]
    return f"{head}.\n{_bare_arrows(machine)}\nOutputs by state:\n" + "\n".join(states)


def _comma(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)


def _bare_arrows(machine: Machine) -> str:
    lines = []
    for state, name in enumerate(machine.states):
        for value, to in enumerate(machine.following[state]):
            label = binary(value, len(machine.inputs))
            if not machine.moore:
                label += "/" + ",".join(digits(machine, state, value))
            lines.append(f"{name} -{label}-> {machine.states[to]}")
    return "\n".join(lines)


def _state_lines(machine: Machine) -> str:
    lines = []
    for state, name in enumerate(machine.states):
        steps = [
            f"{condition(machine, value)} -> {machine.states[to]}"
            + ("" if machine.moore else f" [{shown(machine, state, value)}]")
            for value, to in enumerate(machine.following[state])
        ]
        outputs = f"  [{shown(machine, state, 0)}]" if machine.moore else ""
        lines.append(f"{name}{outputs}: {'; '.join(steps)}")
    return "\n".join(lines)


def _kiss(machine: Machine) -> str:
    """Return lines in the order of KISS2: inputs, state, next state, outputs."""
    names = " ".join(name for name, _ in machine.outputs)
    rows = [[" ".join(machine.inputs), "state", "next", names]]
    for state, name in enumerate(machine.states):
        for value, to in enumerate(machine.following[state]):
            bits = " ".join(binary(value, len(machine.inputs)))
            rows.append([bits, name, machine.states[to], " ".join(digits(machine, state, value))])
    return columns(rows, "  ")


FORMS: tuple[Callable[[Machine], str], ...] = (
    _grid_text,
    _grid_markdown,
    _grid_ruled,
    _long_text,
    _long_csv,
    _arrows,
    _arrows,
    _merged_arrows,
    _state_lines,
    _kiss,
)
"""Ways to write a machine down; each holds all transitions and outputs."""


def fragment(draw: Draw, machine: Machine) -> str:
    """Return the machine in one of the forms."""
    return draw.words.choice(FORMS)(machine)


def transitions(draw: Draw, machine: Machine) -> list[str]:
    """Return a sentence a state that says where the machine goes from there."""
    ways: tuple[Callable[[str, list[str]], str], ...] = (
        lambda name, to: f"From state {name} it goes to {listed(to)}.",
        lambda name, to: f"In {name}, the next state is {listed(to)}.",
        lambda name, to: f"{name} leads to {listed(to)}.",
        lambda name, to: f"When the machine is in {name}, it moves to {listed(to)}.",
    )
    way = draw.words.choice(ways)
    sentences = []
    for state, name in enumerate(machine.states):
        targets = machine.following[state]
        if len(set(targets)) == 1:
            told = [f"{machine.states[targets[0]]} whatever {_plural(machine)}"]
        else:
            told = [
                f"{machine.states[to]} if {condition(machine, value, ' is ', ' and ')}"
                for value, to in enumerate(targets)
            ]
        sentences.append(way(name, told))
    return sentences


def _plural(machine: Machine) -> str:
    return f"{listed(machine.inputs)} {'is' if len(machine.inputs) == 1 else 'are'}"


def output_sentences(machine: Machine) -> list[str]:
    """Return a sentence an output that says when it has which value."""
    return [
        (_moore_output if machine.moore else _mealy_output)(machine, at)
        for at in range(len(machine.outputs))
    ]


def _moore_output(machine: Machine, at: int) -> str:
    name, width = machine.outputs[at]
    values = [row[0][at] for row in machine.values]
    if width > 1:
        told = [f"{binary(v, width)} in {s}" for v, s in zip(values, machine.states, strict=True)]
        return f"The output {name}, in binary, is {listed(told)}."
    ones = [s for v, s in zip(values, machine.states, strict=True) if v]
    where = f"in state {ones[0]}" if len(ones) == 1 else f"in states {listed(ones)}"
    return f"The output {name} is 1 {where}, and 0 in all others."


def _mealy_output(machine: Machine, at: int) -> str:
    name, width = machine.outputs[at]
    told = []
    for state, where in enumerate(machine.states):
        for value, row in enumerate(machine.values[state]):
            if row[at]:
                number = f" ({binary(row[at], width)})" if width > 1 else ""
                told.append(f"in {where} with {condition(machine, value)}{number}")
    one = "1" if width == 1 else "not zero, with the binary value given,"
    return f"The output {name} is {one} {listed(told)}; in all other cases it is 0."


def timing_of_outputs(draw: Draw, machine: Machine) -> str:
    """Return a sentence on what the outputs depend on."""
    several = len(machine.outputs) > 1
    if machine.moore:
        return draw.phrase(
            f"The output{'s' * several} depend{'s' * (not several)} on the state alone.",
            f"It is a Moore machine: only the present state decides the output{'s' * several}.",
            "Outputs are a function of the current state only (Moore).",
        )
    return draw.phrase(
        f"The output{'s' * several} depend{'s' * (not several)} on the present state and on the"
        " present input, without waiting for a clock edge.",
        "It is a Mealy machine: outputs are combinational in the current state and the"
        " current input.",
        "Outputs react to the inputs within the same clock cycle (Mealy).",
    )
