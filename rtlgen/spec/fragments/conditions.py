"""Conditions on inputs, such as `j=1`, `r0=0, r1=1`, `!a & b`, as sets of cubes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rtlgen.spec.fragments.literals import Radix, cell_bits, column_radix, literal
from rtlgen.spec.fragments.names import Names
from symbolic.cubes import UNIVERSE, CoverTooLarge, Cube, complement, cube_from_text, intersection

_TOKEN = re.compile(
    r"\s*(?P<token>\d+\s*'\s*[bdhBDH][0-9a-fA-FxX_]+|0x[0-9a-fA-F]+"
    r"|[A-Za-z_]\w*(?:\[\d+(?::\d+)?\])?|\d+|&&|\|\||==|!=|<=|>=|[=!~&|+*^'(),;·∧∨¬])"  # noqa: RUF001
)
_HIGH = frozenset({"high", "true", "asserted", "set", "on", "active"})
_LOW = frozenset({"low", "false", "deasserted", "cleared", "off", "inactive", "unasserted"})
_AND = frozenset({"&", "&&", "*", "·", "∧", ",", ";", "and"})
_OR = frozenset({"|", "||", "+", "∨", "or"})  # noqa: RUF001
_NOT = frozenset({"!", "~", "¬", "not"})
_EQUAL = frozenset({"=", "==", "is", "!="})
_ALWAYS = re.compile(
    r"\(?\s*(?:(?:always|unconditional(?:ly)?)\b[^=]*|any(?:thing|\s+inputs?)?|true|clk|1'b1|[\s*()-]*)"
    r"\s*\)?",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"\(?\s*(?:else|otherwise|default|others?|all other\w*.*)\s*\)?\Z", re.IGNORECASE
)
_LONGEST = 200

Cover = list[Cube]


class NoCondition(Exception):
    """A text is no condition on the inputs."""


def is_else(text: str) -> bool:
    """Whether a label means "in every other case"."""
    return bool(_ELSE.match(text.strip()))


def is_always(text: str) -> bool:
    """Whether a label means "whatever the inputs are"."""
    return bool(_ALWAYS.fullmatch(text.strip()))


def read_condition(text: str, names: Names, inputs: tuple[str, ...]) -> Cover | None:
    """Return the combinations of `inputs` that `text` describes; None if it is no condition."""
    if len(text) > _LONGEST:
        return None
    if is_always(text):
        return [UNIVERSE]
    try:
        parser = _Parser(tokens=_tokens(text), names=names, inputs=inputs)
        cover = parser.alternatives()
    except (NoCondition, CoverTooLarge, RecursionError):
        return None
    return cover if parser.at_end else None


def read_values(text: str, inputs: tuple[str, ...]) -> Cover | None:
    """Return the combination that bare values such as `01` or `0, 1` give `inputs` in order."""
    joined = "".join(re.split(r"[\s,]+", text.strip().strip("()[]")))
    size, bits = literal(joined)
    if bits is not None and size in (None, len(inputs)):
        joined = bits[-len(inputs) :].rjust(len(inputs), "0")
    if not inputs or len(joined) != len(inputs):
        return None
    cells = [cell_bits(char, 1, Radix.BINARY) for char in joined]
    return [cube_from_text("".join(c or "-" for c in cells))] if all(cells) else None


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position = 0
    plain = text.replace("`", " ").replace("_{", "").strip()
    while position < len(plain):
        match = _TOKEN.match(plain, position)
        if not match:
            if not plain[position:].strip():
                break
            raise NoCondition
        found.append(match["token"])
        position = match.end()
    return found


@dataclass(kw_only=True)
class _Parser:
    tokens: list[str]
    names: Names
    inputs: tuple[str, ...]
    position: int = field(default=0)

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.tokens) and bool(self.tokens)

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def alternatives(self) -> Cover:
        cover = self.conjunction()
        while self.peek().lower() in _OR:
            self.take()
            cover = cover + self.conjunction()
        return cover

    def conjunction(self) -> Cover:
        cover = self.factor()
        while True:
            token = self.peek().lower()
            if token in _AND:
                self.take()
                if self.peek().lower() in _AND:  # ", and"
                    self.take()
            elif not token or token in _OR or token in {")", "="}:
                return cover
            other = self.factor()
            cover = [both for a in cover for b in other if (both := intersection(a, b)) is not None]

    def factor(self) -> Cover:
        token = self.peek().lower()
        if token in _NOT:
            self.take()
            return complement(self.factor())
        if token == "(":  # noqa: S105
            self.take()
            cover = self.alternatives()
            if self.take() != ")":
                raise NoCondition
        else:
            cover = self.name()
        while self.peek() == "'":
            self.take()
            cover = complement(cover)
        return cover

    def name(self) -> Cover:
        token = self.take()
        named = bool(token) and (token[0].isalpha() or token[0] == "_")
        bits = (self.names.bits(token) or self.names.group(token)) if named else None
        if bits is None or not set(bits) <= set(self.inputs):
            raise NoCondition
        if self.peek().lower() not in _EQUAL:
            if len(bits) > 1:
                raise NoCondition
            return [self._cube(bits, "1")]
        unequal = self.take() == "!="
        cover = [self._cube(bits, self.value(len(bits)))]
        return complement(cover) if unequal else cover

    def value(self, width: int) -> str:
        token = self.take().lower()
        if width == 1 and token in _HIGH | _LOW:
            return "1" if token in _HIGH else "0"
        bits = cell_bits(token, width, column_radix([token], width).radix)
        if bits is None or (width > 1 and not column_radix([token], width).certain):
            raise NoCondition
        return bits

    def _cube(self, bits: tuple[str, ...], values: str) -> Cube:
        given = dict(zip(bits, values, strict=True))
        return cube_from_text("".join(given.get(name, "-") for name in self.inputs))
