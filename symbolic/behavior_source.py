"""Behaviors as Python text: the statements as they were read, on whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symbolic.arithmetic import python
from symbolic.behavior_statements import Assign, Statement, targets

if TYPE_CHECKING:
    from symbolic.behavior import Behavior

_SOURCE = '''\
"""Reference model: what the requirements say, statement by statement, on whole numbers."""

# Width in bits of every signal, and whether it is signed.
WORDS = {words}
INPUTS = {inputs}
OUTPUTS = {outputs}
REGISTERS = {registers}
# What reset makes of the registers, in their order; None where nobody says.
RESET = {reset}


class Unknown(Exception):
    """A value depends on a register that nothing has set yet."""


def names(word):
    """Return the names of a word's bits, most significant first."""
    width = WORDS[word][0]
    return [word] if width == 1 else ["%s[%d]" % (word, i) for i in reversed(range(width))]


def kept(word, value):
    """Return what is left of a number in a word."""
    width, signed = WORDS[word]
    value &= (1 << width) - 1
    return value - (1 << width) if signed and value >> (width - 1) else value


class Reference:
    """Predicts the outputs; its state holds the values of the registers."""

    def initial(self):
        """Return the state before reset: nothing is known."""
        return (None,) * len(REGISTERS)

    def after_reset(self):
        """Return the state that reset leads to."""
        return tuple(RESET)

    def step(self, state, bits):
        """Return the outputs before the clock edge, and the state after it."""
        values = dict(zip(REGISTERS, state))
        for word in INPUTS:
            values[word] = kept(word, int("".join(str(bits[name]) for name in names(word)), 2))

        def known(word):
            if values[word] is None:
                raise Unknown(word)
            return values[word]

        after, shown = dict(values), dict(values)

        def become(target, value, where):
            try:
                where[target] = kept(target, int(value()))
            except Unknown:
                where[target] = None

{statements}
        outputs = {{}}
        for word in OUTPUTS:
            value, width = shown[word], WORDS[word][0]
            text = "-" * width
            if value is not None:
                text = format(value & ((1 << width) - 1), "0%db" % width)
            outputs.update(zip(names(word), text))
        return outputs, tuple(after[word] for word in REGISTERS)
'''


def behavior_source(behavior: Behavior) -> str:
    """Return a module whose `Reference` follows `behavior`."""
    lines = [
        f'become("{one.target}", lambda: {python(one.value)}, shown)' for one in behavior.wires
    ]
    lines += _lines(behavior.clocked)
    words = {name: (word.width, word.signed) for name, word in behavior.words.items()}
    return _SOURCE.format(
        words="{\n" + "".join(f'    "{n}": {w},\n' for n, w in words.items()) + "}",
        inputs=_listed([word.name for word in behavior.inputs]),
        outputs=_listed([word.name for word in behavior.outputs]),
        registers=_listed([register.word.name for register in behavior.registers]),
        reset=[register.reset for register in behavior.registers],
        statements="\n".join(f"        {line}" for line in lines or ["pass"]),
    )


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _lines(statements: Sequence[Statement]) -> Iterator[str]:
    for one in statements:
        if isinstance(one, Assign):
            yield f'become("{one.target}", lambda: {python(one.value)}, after)'
            continue
        yield "try:"
        word = "if"
        for test, then in one.branches:
            yield f"    {word} {python(test)}:"
            yield from (f"        {line}" for line in list(_lines(then)) or ["pass"])
            word = "elif"
        if one.otherwise:
            yield "    else:"
            yield from (f"        {line}" for line in _lines(one.otherwise))
        yield "except Unknown:"
        for name in sorted(set(targets([one]))):
            yield f'    after["{name}"] = None'
        yield "    pass"
