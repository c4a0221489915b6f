"""Boolean expressions: drawn, and told as Verilog, as an equation or in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from rtlgen.synth.draw import Draw
from rtlgen.synth.families._common import an

GATES: Mapping[str, tuple[str, bool]] = {
    "AND": ("&", False),
    "OR": ("|", False),
    "XOR": ("^", False),
    "NAND": ("&", True),
    "NOR": ("|", True),
    "XNOR": ("^", True),
}
"""Verilog's operator and whether the result is inverted, by name of the gate."""
_FOLD: Mapping[str, Callable[[int, int], int]] = {
    "&": int.__and__,
    "|": int.__or__,
    "^": int.__xor__,
}


def gate(kind: str, values: Sequence[int]) -> int:
    """Return the output of a gate of `kind`."""
    operator, inverted = GATES[kind]
    return reduce(_FOLD[operator], values) ^ inverted


def gate_verilog(kind: str, terms: Sequence[str]) -> str:
    """Return the expression of a gate over `terms`."""
    operator, inverted = GATES[kind]
    joined = f" {operator} ".join(terms)
    return f"~({joined})" if inverted else joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A variable, plain or inverted."""

    name: str
    inverted: bool = False

    def value(self, values: Mapping[str, int]) -> int:
        return values[self.name] ^ self.inverted

    def verilog(self) -> str:
        return f"~{self.name}" if self.inverted else self.name

    def words(self) -> str:
        return f"NOT {self.name}" if self.inverted else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A sum of products, or where `outer` is `&` a product of sums."""

    outer: str
    terms: tuple[tuple[Literal, ...], ...]

    @property
    def inner(self) -> str:
        return "&" if self.outer == "|" else "|"

    def value(self, values: Mapping[str, int]) -> int:
        inner = [_folded(self.inner, [x.value(values) for x in term]) for term in self.terms]
        return _folded(self.outer, inner)

    def verilog(self) -> str:
        texts = [_grouped(f" {self.inner} ", [x.verilog() for x in term]) for term in self.terms]
        return f" {self.outer} ".join(texts)

    def equation(self, notation: Notation) -> str:
        """Return the expression as `notation` writes it."""
        signs = {"&": notation.product, "|": notation.sum}
        spaced = signs[self.outer] or ""
        texts = []
        for term in self.terms:
            text = signs[self.inner].join(notation.literal(x) for x in term)
            bare = len(term) == 1 or (self.inner == "&" and notation.tight)
            texts.append(text if bare else f"({text})")
        return spaced.join(texts)

    def words(self) -> str:
        names = {"&": " AND ", "|": " OR "}
        texts = [_grouped(names[self.inner], [x.words() for x in term]) for term in self.terms]
        return names[self.outer].join(texts)


def _folded(operator: str, values: Sequence[int]) -> int:
    return reduce(_FOLD[operator], values)


def _grouped(separator: str, texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({separator.join(texts)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """A way to write Boolean algebra."""

    product: str
    sum: str
    inversion: str
    """With `{}` for the variable."""
    tight: bool = False
    """Products bind without parentheses."""

    def literal(self, literal: Literal) -> str:
        return self.inversion.format(literal.name) if literal.inverted else literal.name


NOTATIONS = (
    Notation(product="*", sum=" + ", inversion="{}'", tight=True),
    Notation(product=".", sum=" + ", inversion="{}'", tight=True),
    Notation(product=" ", sum=" + ", inversion="{}'", tight=True),
    Notation(product=" & ", sum=" | ", inversion="~{}"),
    Notation(product=" & ", sum=" | ", inversion="!{}"),
    Notation(product=" AND ", sum=" OR ", inversion="NOT {}"),
    Notation(product=" and ", sum=" or ", inversion="not {}"),
    Notation(product="·", sum=" + ", inversion="¬{}", tight=True),
    Notation(product=" ∧ ", sum=" ∨ ", inversion="¬{}"),  # noqa: RUF001
)
"""`ab'` without a sign only where every variable is one letter."""
JUXTAPOSED = Notation(product="", sum=" + ", inversion="{}'", tight=True)


def notation(draw: Draw, names: Sequence[str]) -> Notation:
    """Return a notation for the words; juxtaposition only for one-letter variables."""
    short = all(len(name) == 1 for name in names)
    return draw.words.choice((*NOTATIONS, *([JUXTAPOSED] * 4 if short else [])))


def terms(draw: Draw, names: Sequence[str], *, outer: str, count: int) -> Terms:
    """Draw `count` different terms over `names`; every name appears in one of them."""
    while True:
        found: list[tuple[Literal, ...]] = []
        while len(found) < count:
            size = draw.integer(1 if len(names) < 3 else 2, len(names))
            chosen = sorted(draw.random.sample(range(len(names)), size))
            term = tuple(Literal(name=names[i], inverted=draw.chance(0.45)) for i in chosen)
            if not any(set(term) <= set(other) or set(other) <= set(term) for other in found):
                found.append(term)
            elif draw.chance(0.1):
                break
        used = {literal.name for term in found for literal in term}
        if len(found) == count and used == set(names):
            return Terms(outer=outer, terms=tuple(found))


def rows(names: Sequence[str]) -> list[dict[str, int]]:
    """Return all assignments of bits to `names`, the first one being the highest bit."""
    width = len(names)
    return [
        {name: row >> (width - 1 - i) & 1 for i, name in enumerate(names)}
        for row in range(1 << width)
    ]


def index(values: Mapping[str, int], names: Sequence[str]) -> int:
    """Return the number that `names` make up, the first one being the highest bit."""
    return reduce(lambda number, name: number << 1 | values[name], names, 0)


def random_function(draw: Draw, inputs: int) -> tuple[int, ...]:
    """Draw the outputs of a function that needs every one of its inputs, by row."""
    while True:
        bits = tuple(draw.integer(0, 1) for _ in range(1 << inputs))
        if all(depends(bits, i) for i in range(inputs)):
            return bits


def depends(bits: Sequence[int], position: int) -> bool:
    """Return whether a function needs the input at bit `position` of the row."""
    return any(bits[row] != bits[row ^ 1 << position] for row in range(len(bits)))


def sum_of_products(bits: Sequence[int], names: Sequence[str]) -> str:
    """Return Verilog with one product for each row that gives 1."""
    width = len(names)
    products = []
    for row, value in enumerate(bits):
        if value:
            literals = [
                name if row >> (width - 1 - i) & 1 else f"~{name}" for i, name in enumerate(names)
            ]
            products.append(f"({' & '.join(literals)})")
    return " | ".join(products)


def gate_noun(kind: str, inputs: int) -> str:
    """Return `a 3-input NAND gate`."""
    return an(f"{inputs}-input {kind} gate")
