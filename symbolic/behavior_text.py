"""Behaviors told line by line, so that a person can check what was understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbolic.arithmetic import Number, Signal, Term
from symbolic.behavior import Behavior
from symbolic.behavior_statements import Assign, Statement

_INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "shl": "<<",
    "shr": ">>",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "=",
    "ne": "!=",
    "and": "and",
    "or": "or",
    "bitand": "&",
    "bitor": "|",
    "bitxor": "^",
}
_WORDS = {
    "half": "half of {}, rounded down",
    "min": "the smaller of {} and {}",
    "max": "the larger of {} and {}",
    "abs": "the absolute value of {}",
    "ones": "the number of ones in {}",
    "length": "the number of bits of {} up to its highest 1",
    "lowest": "the place of the lowest 1 in {}",
    "div": "{} divided by {}, rounded down",
    "mod": "the remainder of {} divided by {}",
    "parity": "the parity of {}",
    "not": "not {}",
    "invert": "the bits of {} inverted",
    "bit": "bit {1} of {0}",
    "slice": "bits {1} to {2} of {0}",
    "join": "{0} above {1}",
    "choose": "{1} if {0}, else {2}",
}


def told(behavior: Behavior) -> Iterator[str]:
    """Yield what `behavior` does, one statement a line."""
    for register in behavior.registers:
        if register.reset is not None:
            yield f"reset makes {register.word.name} {register.reset}"
    yield from _told(behavior.clocked, "")
    for assign in behavior.named_wires():
        yield f"{assign.target} is {text(assign.value)}, without a register"


def _told(statements: Sequence[Statement], condition: str) -> Iterator[str]:
    for one in statements:
        if isinstance(one, Assign):
            keeps = one.value == Signal(one.target)
            change = "keeps its value" if keeps else f"becomes {text(one.value)}"
            yield f"at the clock edge{condition}, {one.target} {change}"
            continue
        before = ""
        for test, then in one.branches:
            yield from _told(then, f"{condition}{before} if {text(test, outer=True)}")
            before = ", else"
        yield from _told(one.otherwise, f"{condition}, else")


def text(term: Term, *, outer: bool = False) -> str:
    """Return `term` in the notation of mathematics and plain words."""
    if isinstance(term, Number):
        return str(term.value)
    if isinstance(term, Signal):
        return term.name
    if term.op in _INFIX:
        one, other = (text(arg) for arg in term.args)
        inner = f"{one} {_INFIX[term.op]} {other}"
        return inner if outer else f"({inner})"
    return f"({_WORDS[term.op].format(*(text(arg) for arg in term.args))})"
