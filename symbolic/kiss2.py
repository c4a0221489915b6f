"""KISS2, the text format of state-machine benchmarks, in and out.

A machine is `.i`, `.o`, optionally `.p`, `.s`, `.r`, then lines of inputs,
state, next state, outputs, up to `.e`. `*` as the state stands for every
state, `*` or `-` as the next state for a don't-care.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symbolic.state_table import StateTable, Transition

_ANY = ("*", "-")


class Kiss2Error(ValueError):
    """A text that is not KISS2; the message names the line."""


@dataclass(slots=True)
class _Reading:
    counts: dict[str, int] = field(default_factory=dict)
    reset: str | None = None
    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)


def parse_kiss2(
    text: str, *, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None
) -> StateTable:
    """Read a machine; bits are named as the file says (`.ilb`, `.ob`), else `x[0]`, `z[0]`, ...

    `inputs` and `outputs` name them instead. The reset state is what `.r` says,
    by custom the first state where it says nothing.

    Raises:
        Kiss2Error: The text is malformed, or its counts do not fit its lines.
    """
    reading = _read(text)
    for key in ("i", "o"):
        if key not in reading.counts:
            raise Kiss2Error(f"a KISS2 text must have a line `.{key}`")
    states = _states(reading)
    if not states:
        raise Kiss2Error("a KISS2 text must have at least one transition")
    if reading.counts.get("p", len(reading.lines)) != len(reading.lines):
        raise Kiss2Error(
            f"`.p {reading.counts['p']}` must be the number of transitions, "
            f"which is {len(reading.lines)}"
        )
    if reading.counts.get("s", len(states)) < len(states):
        raise Kiss2Error(
            f"`.s {reading.counts['s']}` must be the number of states, which is {len(states)}"
        )
    try:
        return StateTable(
            inputs=tuple(inputs or reading.input_names or _numbered("x", reading.counts["i"])),
            outputs=tuple(outputs or reading.output_names or _numbered("z", reading.counts["o"])),
            states=states,
            transitions=_transitions(reading, states),
            reset_state=reading.reset or states[0],
            codes=reading.codes,
        )
    except ValueError as error:
        raise Kiss2Error(f"not a machine: {error}") from error


def _read(text: str) -> _Reading:
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] in (".e", ".end"):
            break
        if words[0].startswith("."):
            _directive(reading, number, words)
        elif len(words) == 4 or (len(words) == 3 and not reading.counts.get("i", 1)):
            reading.lines.append((number, words if len(words) == 4 else ["", *words]))
        else:
            raise Kiss2Error(
                f"line {number}: a transition must be inputs, state, next state, outputs, "
                f"not {line.strip()!r}"
            )
    return reading


def _directive(reading: _Reading, number: int, words: list[str]) -> None:
    name, rest = words[0][1:], words[1:]
    if name in ("i", "o", "p", "s"):
        if len(rest) != 1 or not rest[0].isascii() or not rest[0].isdigit() or len(rest[0]) > 9:
            raise Kiss2Error(f"line {number}: `.{name}` must be followed by a number")
        reading.counts[name] = int(rest[0])
    elif name == "r" and len(rest) == 1:
        reading.reset = rest[0]
    elif name == "ilb":
        reading.input_names = tuple(rest)
    elif name == "ob":
        reading.output_names = tuple(rest)
    elif name == "code" and len(rest) == 2:
        reading.codes[rest[0]] = rest[1]
    elif name not in ("start_kiss", "end_kiss", "model", "latch_order", "type"):
        raise Kiss2Error(f"line {number}: unknown directive {' '.join(words)!r}")


def _states(reading: _Reading) -> tuple[str, ...]:
    """Return the states: present ones in order, then those that are only gone to."""
    present = [words[1] for _, words in reading.lines]
    following = [words[2] for _, words in reading.lines]
    return tuple(dict.fromkeys(s for s in (*present, *following) if s not in _ANY))


def _transitions(reading: _Reading, states: Sequence[str]) -> tuple[Transition, ...]:
    found = []
    for _, (inputs, state, target, outputs) in reading.lines:
        for source in states if state in _ANY else (state,):
            found.append(
                Transition(
                    state=source,
                    inputs=inputs,
                    target=None if target in _ANY else target,
                    outputs=outputs,
                )
            )
    return tuple(found)


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return (name,) if count == 1 else tuple(f"{name}[{i}]" for i in range(count - 1, -1, -1))


def write_kiss2(table: StateTable) -> str:
    """Write a machine; a Moore machine's outputs stand on each transition from the state.

    Names of states must have no spaces. Codes and names of bits are written as well,
    so that reading the text again gives the same machine, in Mealy form.

    Raises:
        Kiss2Error: A state's name cannot be written.
    """
    for state in table.states:
        if not state or any(c.isspace() or c == "#" for c in state) or state in _ANY:
            raise Kiss2Error(f"state {state!r} cannot be written in KISS2: it must be one word")
    lines = [
        f"{t.inputs} {t.state} {t.target or '*'} {outputs}".lstrip()
        for t, outputs in _with_outputs(table)
    ]
    head = [f".i {len(table.inputs)}", f".o {len(table.outputs)}"]
    head += [f".p {len(lines)}", f".s {len(table.states)}"]
    if table.reset_state is not None:
        head.append(f".r {table.reset_state}")
    if table.inputs:
        head.append(f".ilb {' '.join(table.inputs)}")
    head.append(f".ob {' '.join(table.outputs)}")
    codes = [f".code {state} {code}" for state, code in table.codes.items()]
    return "\n".join([*head, *lines, *codes, ".e", ""])


def _with_outputs(table: StateTable) -> list[tuple[Transition, str]]:
    if table.moore_outputs is None:
        return [(t, t.outputs) for t in table.transitions]
    found = []
    for state in table.states:
        leaving = [t for _, t in table.leaving(state)]
        if not leaving or table.unspecified(state):
            leaving.append(Transition(state=state, inputs="-" * len(table.inputs), target=None))
        found += [(t, table.moore_outputs[state]) for t in leaving]
    return found
