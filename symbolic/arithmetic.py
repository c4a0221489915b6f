"""Arithmetic on whole numbers, as values: what a requirement says, before widths cut it.

Terms mean what they mean in mathematics; nothing overflows. What a register keeps of a term, and
how wide the wires of its Verilog must be, follows from the bounds of its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: int


@dataclass(frozen=True, slots=True)
class Signal:
    """The value of a port or register."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation of `OPERATIONS` on terms."""

    op: str
    args: tuple[Term, ...]

    def __post_init__(self) -> None:
        if self.op not in OPERATIONS:
            raise ValueError(f"must be one of {', '.join(OPERATIONS)}, not {self.op!r}")


Term = Number | Signal | Apply


@dataclass(frozen=True, slots=True)
class Word:
    """How a signal is declared."""

    name: str
    width: int
    signed: bool = False

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest value."""
        if self.signed:
            return -(1 << self.width - 1), (1 << self.width - 1) - 1
        return 0, (1 << self.width) - 1

    def kept(self, value: int) -> int:
        """Return what is left of `value` in so many bits."""
        cut = value & ((1 << self.width) - 1)
        return cut - (1 << self.width) if self.signed and cut >> self.width - 1 else cut


def apply(op: str, *args: Term) -> Apply:
    """Return an operation on `args`."""
    return Apply(op, args)


class Unknown(Exception):
    """A value depends on a register that nothing has set yet."""


def _slice(value: int, high: int, low: int) -> int:
    return value >> low & ((1 << high - low + 1) - 1)


def _choose(condition: int, one: int, other: int) -> int:
    return one if condition else other


_EVALUATE: Mapping[str, Callable[..., int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "half": lambda a: a >> 1,
    "div": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
    "shl": lambda a, b: a << b,
    "shr": lambda a, b: a >> b,
    "min": min,
    "max": max,
    "abs": abs,
    "ones": lambda a: a.bit_count(),
    "length": lambda a: a.bit_length(),
    "lowest": lambda a: max(0, (a & -a).bit_length() - 1),
    "parity": lambda a: a.bit_count() & 1,
    "lt": lambda a, b: int(a < b),
    "le": lambda a, b: int(a <= b),
    "gt": lambda a, b: int(a > b),
    "ge": lambda a, b: int(a >= b),
    "eq": lambda a, b: int(a == b),
    "ne": lambda a, b: int(a != b),
    "and": lambda a, b: int(bool(a) and bool(b)),
    "or": lambda a, b: int(bool(a) or bool(b)),
    "not": lambda a: int(not a),
    "bitand": lambda a, b: a & b,
    "bitor": lambda a, b: a | b,
    "bitxor": lambda a, b: a ^ b,
    "invert": lambda a, width: ~a & ((1 << width) - 1),
    "bit": lambda a, i: a >> i & 1,
    "slice": _slice,
    "join": lambda a, b, width: a << width | b,
    "choose": _choose,
}
OPERATIONS = tuple(_EVALUATE)
"""`half` and `shr` round down. `div` and `mod` have a positive constant as their second argument.
`length` is the number of bits up to the highest 1, `lowest` the place of the lowest 1; both are 0
for 0, and like `div` and `mod` defined where the argument is not negative. `invert`'s second
argument is the width. `join` puts its first argument above the `width` bits of its second,
`choose` is `a ? b : c`; comparisons give 0 or 1."""
_TRUTHS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "parity", "bit"})
_PYTHON = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "half": "({} >> 1)",
    "div": "({} // {})",
    "mod": "({} % {})",
    "shl": "({} << {})",
    "shr": "({} >> {})",
    "min": "min({}, {})",
    "max": "max({}, {})",
    "abs": "abs({})",
    "ones": "{}.bit_count()",
    "length": "{}.bit_length()",
    "lowest": "max(0, ({0} & -{0}).bit_length() - 1)",
    "parity": "({}.bit_count() & 1)",
    "lt": "({} < {})",
    "le": "({} <= {})",
    "gt": "({} > {})",
    "ge": "({} >= {})",
    "eq": "({} == {})",
    "ne": "({} != {})",
    "and": "({} and {})",
    "or": "({} or {})",
    "not": "(not {})",
    "bitand": "({} & {})",
    "bitor": "({} | {})",
    "bitxor": "({} ^ {})",
    "invert": "(~{} & ((1 << {}) - 1))",
    "bit": "({} >> {} & 1)",
    "slice": "({0} >> {2} & ((1 << {1} - {2} + 1) - 1))",
    "join": "({0} << {2} | {1})",
    "choose": "({1} if {0} else {2})",
}


def evaluate(term: Term, values: Mapping[str, int | None]) -> int:
    """Return the value of `term`.

    Raises:
        Unknown: It reads a signal whose value is None.
    """
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Signal):
        value = values[term.name]
        if value is None:
            raise Unknown(term.name)
        return value
    if term.op in ("and", "or"):
        # one that is known may settle it, read from left to right as Python does
        first = bool(evaluate(term.args[0], values))
        return (
            int(first) if first == (term.op == "or") else int(bool(evaluate(term.args[1], values)))
        )
    if term.op == "choose":
        return evaluate(term.args[1 if evaluate(term.args[0], values) else 2], values)
    return int(_EVALUATE[term.op](*(evaluate(arg, values) for arg in term.args)))


def python(term: Term) -> str:
    """Return `term` as Python, with `known("x")` for the value of signal x."""
    if isinstance(term, Number):
        return str(term.value) if term.value >= 0 else f"({term.value})"
    if isinstance(term, Signal):
        return f'known("{term.name}")'
    return _PYTHON[term.op].format(*(python(arg) for arg in term.args))


def signals(term: Term) -> Iterator[str]:
    """Yield the names that `term` reads, with repetitions."""
    if isinstance(term, Signal):
        yield term.name
    elif isinstance(term, Apply):
        for arg in term.args:
            yield from signals(arg)


def comparisons(term: Term) -> Iterator[Apply]:
    """Yield the comparisons in `term` for being equal or not."""
    if isinstance(term, Apply):
        if term.op in ("eq", "ne"):
            yield term
        for arg in term.args:
            yield from comparisons(arg)


def replaced(term: Term, change: Callable[[Signal], Term]) -> Term:
    """Return `term` with `change` made to every signal."""
    if isinstance(term, Signal):
        return change(term)
    if isinstance(term, Apply):
        return Apply(term.op, tuple(replaced(arg, change) for arg in term.args))
    return term


def bounds(term: Term, words: Mapping[str, Word]) -> tuple[int, int]:
    """Return the least and the greatest value that `term` may have, or wider."""
    if isinstance(term, Number):
        return term.value, term.value
    if isinstance(term, Signal):
        return words[term.name].bounds
    if term.op in _TRUTHS:
        return 0, 1
    args = [bounds(arg, words) for arg in term.args]
    return _BOUNDS[term.op](*args)


def kept_in(term: Term, word: Word, words: Mapping[str, Word]) -> Term:
    """Return what is left of `term` in `word`, as a term."""
    (low, high), (least, most) = bounds(term, words), word.bounds
    if least <= low and high <= most:
        return term
    cut = apply("slice", term, Number(word.width - 1), Number(0))
    if not word.signed:
        return cut
    negative = apply("bit", term, Number(word.width - 1))
    return apply("choose", negative, apply("sub", cut, Number(1 << word.width)), cut)


Bounds = tuple[int, int]


def _product(a: Bounds, b: Bounds) -> Bounds:
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def _bitwise(a: Bounds, b: Bounds) -> Bounds:
    width = max(bits_of(a), bits_of(b))
    return (0, (1 << width) - 1) if a[0] >= 0 and b[0] >= 0 else (-(1 << width), (1 << width) - 1)


_BOUNDS: Mapping[str, Callable[..., Bounds]] = {
    "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "sub": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "mul": _product,
    "half": lambda a: (a[0] >> 1, a[1] >> 1),
    "div": lambda a, b: (a[0] // b[0], a[1] // b[0]),
    "mod": lambda _, b: (0, b[0] - 1),
    "shl": lambda a, b: (min(a[0], a[0] << b[1]), max(a[1], a[1] << b[1])),
    "shr": lambda a, b: (min(a[0], a[0] >> b[0]), max(a[1], a[1] >> b[0])),
    "min": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "max": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "abs": lambda a: (0, max(abs(a[0]), abs(a[1]))),
    "ones": lambda a: (0, bits_of(a)),
    "length": lambda a: (0, bits_of(a)),
    "lowest": lambda a: (0, bits_of(a) - 1),
    "bitand": _bitwise,
    "bitor": _bitwise,
    "bitxor": _bitwise,
    "invert": lambda _, width: (0, (1 << width[1]) - 1),
    "slice": lambda _, high, low: (0, (1 << high[1] - low[0] + 1) - 1),
    "join": lambda a, _, width: (0, (a[1] + 1 << width[1]) - 1),
    "choose": lambda _, a, b: (min(a[0], b[0]), max(a[1], b[1])),
}


def bits_of(limits: Bounds) -> int:
    """Return how many bits hold every value within `limits`: two's complement if one is below 0."""
    low, high = limits
    if low >= 0:
        return max(1, high.bit_length())
    return max((-low - 1).bit_length(), high.bit_length()) + 1
