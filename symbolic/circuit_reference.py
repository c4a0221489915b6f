"""Reference models of circuits as Python text."""

from __future__ import annotations

from collections.abc import Sequence

from symbolic.expression import Expression, Ref, python_word
from symbolic.expression import bits as split
from symbolic.reference_source import literal

_CIRCUIT = '''\
"""Reference model: registers and what they become."""

# States possible before anything is known, as tuples of register values.
INITIAL = {initial}


class Reference:
    """Predicts the outputs; its state is the set of register values possible."""

    def initial(self):
        """Return the states possible before anything has happened."""
        return frozenset(INITIAL)

    def after_reset(self):
        """Return the states possible after reset: there is none, so nothing is known."""
        return frozenset(INITIAL)

    def evaluate(self, registers, bits):
        """Return the outputs and the registers' next values."""
{reads}
        outputs = {{
{outputs}
        }}
        return {{name: str(value) for name, value in outputs.items()}}, ({following})

    def step(self, state, bits):
        """Return the outputs before the clock edge, and the states possible after it."""
        agreed, following = {{}}, set()
        for registers in state:
            outputs, then = self.evaluate(registers, bits)
            following.add(then)
            for name, value in outputs.items():
                agreed[name] = value if agreed.get(name, value) == value else "-"
        return agreed, frozenset(following)
'''


def circuit_source(
    *,
    inputs: Sequence[str],
    storage: Sequence[tuple[Ref, Expression]],
    assignments: Sequence[tuple[Ref, Expression]],
    initial: Sequence[tuple[int, ...]],
) -> str:
    """Return a module whose `Reference` follows registers; every expression is Python."""
    variables = {name: f"bits[{literal(name)}]" for name in inputs}
    reads, outputs, following = [], [], []
    for i, (target, value) in enumerate(storage):
        name = f"register_{target.text.translate(_PLAIN)}"
        reads.append(f"        {name} = registers[{i}]")
        variables[target.text] = name
        variables |= {
            bit: f"({name} >> {target.width - 1 - k} & 1)"
            for k, bit in enumerate(target.bits)
            if target.width > 1
        }
        outputs += [f"            {literal(bit)}: {variables[bit]}," for bit in target.bits]
        following.append(value)
    for target, value in assignments:
        for bit, one in zip(target.bits, split(value), strict=True):
            outputs.append(f"            {literal(bit)}: {python_word(one, variables)},")
    return _CIRCUIT.format(
        initial="[\n" + "".join(f"    {values},\n" for values in initial) + "]",
        reads="\n".join(reads),
        outputs="\n".join(outputs),
        following="".join(f"{python_word(value, variables)}, " for value in following).strip(),
    )


_PLAIN = str.maketrans("[]:", "___")
