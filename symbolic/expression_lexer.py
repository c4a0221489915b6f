# ruff: noqa: RUF001  (the look-alikes are the subject)
"""Signs of Boolean expressions, as Verilog, textbooks and plain English write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

MAX_LENGTH = 20_000
"""Longest text of one expression, in characters."""


class ExpressionError(ValueError):
    """A text that is no Boolean expression, or could be read in more than one way."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


class Family(Enum):
    """Who writes an operator this way; precedence is only agreed on within a family."""

    VERILOG = "Verilog"
    TEXTBOOK = "textbook"
    WORD = "word"


class Level(Enum):
    """How tightly an operator binds."""

    CHOICE = 1
    LOGICAL_OR = 2
    LOGICAL_AND = 3
    OR = 4
    XOR = 5
    AND = 6
    EQUAL = 7
    UNARY = 8
    ATOM = 9


@dataclass(frozen=True, slots=True)
class Infix:
    """A two-sided operator."""

    level: Level
    family: Family
    inverted: bool = False


_V, _T, _W = Family.VERILOG, Family.TEXTBOOK, Family.WORD

INFIX = {
    "||": Infix(Level.LOGICAL_OR, _V),
    "&&": Infix(Level.LOGICAL_AND, _V),
    "|": Infix(Level.OR, _V),
    "~|": Infix(Level.OR, _V, inverted=True),
    "+": Infix(Level.OR, _T),
    "∨": Infix(Level.OR, _T),
    "or": Infix(Level.OR, _W),
    "nor": Infix(Level.OR, _W, inverted=True),
    "^": Infix(Level.XOR, _V),
    "~^": Infix(Level.XOR, _V, inverted=True),
    "^~": Infix(Level.XOR, _V, inverted=True),
    "⊕": Infix(Level.XOR, _T),
    "⊙": Infix(Level.XOR, _T, inverted=True),
    "xor": Infix(Level.XOR, _W),
    "xnor": Infix(Level.XOR, _W, inverted=True),
    "&": Infix(Level.AND, _V),
    "~&": Infix(Level.AND, _V, inverted=True),
    "·": Infix(Level.AND, _T),
    ".": Infix(Level.AND, _T),
    "*": Infix(Level.AND, _T),
    "∧": Infix(Level.AND, _T),
    "and": Infix(Level.AND, _W),
    "nand": Infix(Level.AND, _W, inverted=True),
    "==": Infix(Level.EQUAL, _V),
    "!=": Infix(Level.EQUAL, _V, inverted=True),
}
NEGATIONS = ("~", "!", "¬", "/", "not")
REDUCTIONS = ("&", "|", "^", "~&", "~|", "~^", "^~")
PRIME = "'"
WORDS = frozenset(("and", "or", "not", "nand", "nor", "xor", "xnor"))
TEXTBOOK_SIGNS = frozenset((PRIME, "·", ".", "∧", "∨", "⊕", "⊙", "¬"))
"""Signs that show that `+` means OR."""

_SAME = {
    "•": "·",
    "∙": "·",
    "⋅": "·",
    "×": "*",
    "’": PRIME,
    "′": PRIME,
    "‘": PRIME,
    "\u0305": PRIME,
    "\u0304": PRIME,
    "−": "-",
    "～": "~",
}

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<sized>\d+\s*'\s*[bBdDhHoO]\s*[0-9a-zA-Z_?]+)
  | (?P<number>\d[\d_]*)
  | (?P<name>[A-Za-z_][A-Za-z0-9_$]*)
  | (?P<sign>===|!==|\|\||&&|<<|>>|<=|>=|==|!=|~\^|\^~|~&|~\||.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text; `column` counts from 1."""

    kind: str
    """`sized`, `number`, `name`, `word` or `sign`; `end` behind the last."""
    text: str
    column: int


def tokens(text: str, known: frozenset[str]) -> list[Token]:
    """Split `text`; `known` names are never read as operator words.

    Raises:
        ExpressionError: The text is too long.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression may have {MAX_LENGTH} characters, not {len(text)}", 1)
    found = []
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "sign", match.group()
        if kind == "space":
            continue
        if kind == "name" and word not in known and word.lower() in WORDS:
            kind, word = "word", word.lower()
        found.append(Token(kind, _SAME.get(word, word), match.start() + 1))
    found.append(Token("end", "", len(text) + 1))
    return found
