"""Reference models as Python text: standalone, readable, independent of the design.

The text holds the specification's own table and looks it up; nothing in it has
been minimized or otherwise been through what made the design.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

_TRUTH_TABLE = '''\
"""Reference model: a truth table, looked up row by row."""

INPUTS = {inputs}
OUTPUTS = {outputs}

# Inputs and outputs of each row, in the order above; "-" is "any value".
ROWS = {rows}
# Outputs where no row matches.
DEFAULT = {default}


def matches(pattern, values):
    """Tell whether `values` fit `pattern`."""
    return all(p in ("-", value) for p, value in zip(pattern, values))


def merge(outcomes):
    """Join outcomes that agree, so that each output is as well specified as possible."""
    return [next((o for o in column if o != "-"), "-") for column in zip(*outcomes)]


class Reference:
    """Predicts the outputs of a combinational circuit."""

    def initial(self):
        """Return the state before anything has happened: there is none."""
        return None

    def after_reset(self):
        """Return the state after reset: there is none."""
        return None

    def step(self, state, bits):
        """Return the outputs for the input `bits`, and no state."""
        values = [str(bits[name]) for name in INPUTS]
        found = [outputs for pattern, outputs in ROWS if matches(pattern, values)]
        return dict(zip(OUTPUTS, merge(found or [DEFAULT]))), None
'''

_STATE_TABLE = '''\
"""Reference model: a finite-state machine, followed transition by transition."""

INPUTS = {inputs}
OUTPUTS = {outputs}
STATES = {states}
INITIAL = {initial}
AFTER_RESET = {after_reset}

# From each state: inputs, next state, outputs ("-" is "any value", None "any state").
TRANSITIONS = {transitions}
{moore}

def matches(pattern, values):
    """Tell whether `values` fit `pattern`."""
    return all(p in ("-", value) for p, value in zip(pattern, values))


def agreement(outcomes):
    """Keep what all `outcomes` have in common; the rest is "any value"."""
    return [column[0] if len(set(column)) == 1 else "-" for column in zip(*outcomes)]


def merge(outcomes):
    """Join outcomes that agree, so that each output is as well specified as possible."""
    return [next((o for o in column if o != "-"), "-") for column in zip(*outcomes)]


class Reference:
    """Predicts the outputs of the machine; its state is the set of states it may be in."""

    def initial(self):
        """Return the states possible before anything has happened."""
        return frozenset(INITIAL)

    def after_reset(self):
        """Return the states possible after reset."""
        return frozenset(AFTER_RESET)

    def step(self, state, bits):
        """Return the outputs before the clock edge, and the states possible after it."""
        values = [str(bits[name]) for name in INPUTS]
        outcomes, following = [], set()
        for name in sorted(state):
            taken = [t for t in TRANSITIONS[name] if matches(t[0], values)]
            targets = {{target for _, target, _ in taken if target is not None}}
            following |= targets or set(STATES)
            outcomes.append({outcome})
        return dict(zip(OUTPUTS, agreement(outcomes))), frozenset(following)
'''


def truth_table_source(
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    rows: Sequence[tuple[str, str]],
    default: str | None,
) -> str:
    """Return a module whose `Reference` looks a truth table up."""
    return _TRUTH_TABLE.format(
        inputs=literal(tuple(inputs)),
        outputs=literal(tuple(outputs)),
        rows=_lines(f"    {literal(row)}," for row in rows),
        default=literal(default if default is not None else "-" * len(outputs)),
    )


def state_table_source(
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    states: Sequence[str],
    initial: Sequence[str],
    after_reset: Sequence[str],
    transitions: Mapping[str, Sequence[tuple[str, str | None, str]]],
    moore_outputs: Mapping[str, str] | None,
) -> str:
    """Return a module whose `Reference` follows a state table."""
    lines = []
    for state in states:
        lines.append(f"    {literal(state)}: [")
        lines += [f"        {literal(transition)}," for transition in transitions[state]]
        lines.append("    ],")
    moore = ""
    if moore_outputs is not None:
        entries = (f"    {literal(s)}: {literal(moore_outputs[s])}," for s in states)
        moore = f"# Outputs in each state.\nSTATE_OUTPUTS = {_lines(entries, '{}')}\n"
    nothing = "-" * len(outputs)
    mealy = f'merge([t[2] for t in taken] or ["{nothing}"])'
    return _STATE_TABLE.format(
        inputs=literal(tuple(inputs)),
        outputs=literal(tuple(outputs)),
        states=literal(tuple(states)),
        initial="STATES" if tuple(initial) == tuple(states) else literal(tuple(initial)),
        after_reset="STATES"
        if tuple(after_reset) == tuple(states)
        else literal(tuple(after_reset)),
        transitions=_lines(lines, "{}"),
        moore=moore,
        outcome="STATE_OUTPUTS[name]" if moore_outputs is not None else mealy,
    )


def literal(value: object) -> str:
    """Write strings, None and tuples of them as Python, with double quotes."""
    if isinstance(value, tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _lines(lines: Iterable[str], brackets: str = "[]") -> str:
    text = "\n".join(lines)
    return f"{brackets[0]}\n{text}\n{brackets[1]}" if text else brackets


_EQUATIONS = '''\
"""Reference model: Boolean equations."""


class Reference:
    """Predicts the outputs of a combinational circuit."""

    def initial(self):
        """Return the state before anything has happened: there is none."""
        return None

    def after_reset(self):
        """Return the state after reset: there is none."""
        return None

    def step(self, state, bits):
        """Return the outputs for the input `bits`, and no state."""
{reads}
        outputs = {{
{equations}
        }}
        return {{name: str(value) for name, value in outputs.items()}}, None
'''


def equations_source(*, variables: Mapping[str, str], equations: Sequence[tuple[str, str]]) -> str:
    """Return a module whose `Reference` evaluates Python expressions of bits."""
    return _EQUATIONS.format(
        reads="\n".join(f"        {v} = bits[{literal(name)}]" for name, v in variables.items()),
        equations="\n".join(f"            {literal(b)}: {text}," for b, text in equations),
    )
