"""Widths as people write them: `8`, `[7:0]`, `8-bit`, `four bits`, `[$clog2(DEPTH)-1:0]`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WIDTH_LIMIT = 65_536
"""Widest port that is taken for meant, in bits."""

_VALUE_LIMIT = 1 << 40
_EXPRESSION_LIMIT = 200
_DEPTH_LIMIT = 40

_ONES = re.split(
    " ",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
)
_TENS = re.split(" ", "twenty thirty forty fifty sixty seventy eighty ninety")
NUMBER_WORDS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 20 + 10 * value for value, word in enumerate(_TENS)},
    **{
        f"{ten}{joint}{_ONES[one]}": 20 + 10 * value + one
        for value, ten in enumerate(_TENS)
        for one in range(1, 10)
        for joint in ("-", " ")
    },
    "single": 1,
    "a hundred": 100,
    "one hundred": 100,
    "hundred": 100,
}
_WORD = "|".join(sorted(map(re.escape, NUMBER_WORDS), key=len, reverse=True))
_NUMBER = rf"(?:\d+|(?:{_WORD})\b)"
_PARAMETRIC = r"[A-Z][A-Z0-9_]*|[a-z]"
_FACTOR = r"(?:\d+|\"?[A-Za-z_]\w*\"?|\$?clog2\(\w+\)|\([^()\n]{1,60}\))"
_PRODUCT = rf"{_FACTOR}(?:\s*(?:\*\*?|[-+/])\s*{_FACTOR}){{0,4}}"

_RANGE_TEXT = r"[^\[\]:\n]{1,100}"
RANGE = re.compile(rf"\[\s*({_RANGE_TEXT})\s*:\s*({_RANGE_TEXT})\s*\]")
_VERILOG_RANGE = re.compile(r"\[(?:\$clog2|[-\w\s+*/():])+\]")
_BARE_RANGE = re.compile(
    r"^[(<]?\s*(\d+|[\w$()+*/ -]{1,60}?)\s*(?::|\.\.|downto|DOWNTO)\s*(\d+)\s*[)>]?$"
)
_BITS = re.compile(rf"(?<![\w.-])({_NUMBER})\s*(?:-\s*)?bits?\b", re.IGNORECASE)
_PARAMETER_BITS = re.compile(rf"(?<![\w.-])(\d\s*\*\s*\w+|{_PARAMETRIC})\s*-?\s*[Bb]its?\b")
_EXPRESSION_BITS = re.compile(rf"({_PRODUCT})[\s-]*bits?\b")
_COUNT = re.compile(rf"^({_NUMBER})\s*b?$", re.IGNORECASE)
_ONE_BIT = re.compile(r"^(?:scalar|bit|std_logic|logic|wire|reg|-+|n/?a|)$", re.IGNORECASE)
_UNITS = {"byte": 8, "nibble": 4}

_LEAD = (
    r"(?:(?:an?|the|is|this|input|output|signed|unsigned|registered|full|parallel|serial|binary|"
    r"data|of|and|in|out|wide|active|current|main|first|second|third|fourth)\s+){0,4}"
)
_LEADING_BITS = re.compile(rf"^\s*{_LEAD}({_NUMBER})\s*(?:-\s*)?bits?\b", re.IGNORECASE)
_LEADING_PARAMETER = re.compile(rf"^\s*(?:[Aa]n?\s+|[Tt]he\s+)?({_PARAMETRIC})[\s-][Bb]its?\b")
_SIZED = re.compile(
    r"\b(?:width|size|wide|vector|bus|length|word)\s*(?:is|of|:|=|\()?\s*(?:of\s+)?"
    rf"({_PRODUCT})\s*-?\s*bits?\b",
    re.IGNORECASE,
)
_SIZED_WORD = re.compile(
    rf"\b(?:width|size|bus|vector)\s*(?:is|of|:|=)\s*({_NUMBER})\b", re.IGNORECASE
)
_WIDE = re.compile(rf"({_PRODUCT})[\s-]*bits?[\s-]+(?:wide|long|in\s+width)\b")
_WIDE_WORD = re.compile(rf"\b({_NUMBER})[\s-]*bits?[\s-]+(?:wide|long)\b", re.IGNORECASE)
_PARENTHESIZED = re.compile(rf"\(\s*({_NUMBER})\s*-?\s*bits?\b[^()\n]*\)", re.IGNORECASE)
_SIZED_RANGE = re.compile(
    rf"\bwidth\s*(?:is|of|:|=)?\s*\[\s*({_RANGE_TEXT})\s*:\s*({_RANGE_TEXT})\s*\]"
)


class WidthError(ValueError):
    """A width that makes no sense; the message says what would."""


class UnknownParameter(WidthError):
    """A width names a parameter that has no value."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no value is given for {name!r}")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """A width as written: `[msb:lsb]`, or a number of bits where `lsb` is empty."""

    msb: str
    lsb: str = ""

    def __str__(self) -> str:
        return f"[{self.msb}:{self.lsb}]" if self.lsb else f"{self.msb} bits"

    def resolve(self, parameters: Mapping[str, int]) -> tuple[int, int] | None:
        """Return the bounds; None for a scalar.

        Raises:
            WidthError: The width is 0, negative or absurd, or cannot be evaluated.
        """
        first = evaluate(self.msb, parameters)
        last = evaluate(self.lsb, parameters) if self.lsb else 0
        if not self.lsb:
            _check_width(first, self)
            return None if first == 1 else (first - 1, 0)
        if first < 0 or last < 0:
            raise WidthError(f"bounds must not be negative, not {self}")
        _check_width(abs(first - last) + 1, self)
        return first, last


def parametric_range(width: Width, parameters: Mapping[str, int]) -> str:
    """Return `width` as a Verilog range over `parameters`; empty if it names none of them."""
    text = f"[{width.msb}:{width.lsb}]" if width.lsb else f"[{width.msb}-1:0]"
    names = set(re.findall(r"[A-Za-z_]\w*", text)) - {"clog2"}
    verilog = _VERILOG_RANGE.fullmatch(text) and not re.search(r"(?<!\$)\bclog2\b", text)
    return text if verilog and names and names <= parameters.keys() else ""


def _check_width(bits: int, width: Width) -> None:
    if not 1 <= bits <= WIDTH_LIMIT:
        raise WidthError(f"a width must be 1 to {WIDTH_LIMIT} bits, not {bits} ({width})")


def find_range(text: str) -> Width | None:
    """Return the first `[msb:lsb]` in `text`."""
    found = RANGE.search(text)
    return Width(msb=found[1].strip(), lsb=found[2].strip()) if found else None


def find_bits(text: str) -> Width | None:
    """Return the first `N bits` or `N-bit` in `text`, N a number, a word or a parameter."""
    if found := _BITS.search(text):
        return Width(msb=_number(found[1]))
    if found := _PARAMETER_BITS.search(text) or _EXPRESSION_BITS.search(text):
        return Width(msb=found[1].replace('"', ""))
    return None


def read_width(cell: str) -> Width | None:
    """Return the width in a table cell or attribute; None where it says nothing of one."""
    text = cell.strip().strip(";,.").strip()
    if _ONE_BIT.match(text):
        return None
    if len(text) > _EXPRESSION_LIMIT:
        return None
    if width := find_range(text):
        return width
    if found := _COUNT.match(text):
        return Width(msb=_number(found[1]))
    if found := _BARE_RANGE.match(text):
        return Width(msb=found[1].strip(), lsb=found[2])
    if text.lower() in _UNITS:
        return Width(msb=str(_UNITS[text.lower()]))
    return find_bits(text)


def is_expression(text: str) -> bool:
    """Return whether `text` is an expression over numbers and names, and nothing else."""
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(tokens) != re.sub(r"\s", "", text):
        return False
    pairs = itertools.pairwise(tokens)
    return not any(_is_operand(a) and _is_operand(b) for a, b in pairs)


def described_width(description: str) -> Width | None:
    """Return the width that a port's description states of the port itself."""
    text = description[:_EXPRESSION_LIMIT]
    if found := _LEADING_BITS.match(text):
        return Width(msb=_number(found[1]))
    if found := _SIZED_RANGE.search(text):
        return Width(msb=found[1].strip(), lsb=found[2].strip())
    for pattern in (_LEADING_PARAMETER, _WIDE_WORD, _WIDE, _PARENTHESIZED, _SIZED, _SIZED_WORD):
        if found := pattern.search(text):
            return Width(msb=_number(found[1]))
    return None


def _number(text: str) -> str:
    word = text.strip().lower()
    return str(NUMBER_WORDS[word]) if word in NUMBER_WORDS else text.strip().replace('"', "")


_TOKEN = re.compile(r"\d*'s?[bodhBODH][0-9a-fA-F_]+|\d[\d_]*|[$A-Za-z_]\w*|\*\*|<<|>>|[-+*/%()]|\S")


def _is_operand(token: str) -> bool:
    return bool(re.match(r"[\w$']", token))


def evaluate(expression: str, parameters: Mapping[str, int]) -> int:
    """Return the value of an integer expression over `parameters`.

    Raises:
        UnknownParameter: A name has no value.
        WidthError: It is no expression, or its value is out of all bounds.
    """
    if len(expression) > _EXPRESSION_LIMIT:
        raise WidthError(f"an expression must have at most {_EXPRESSION_LIMIT} characters")
    parser = _Parser(_TOKEN.findall(expression), parameters)
    value = parser.sum(0)
    if parser.head:
        raise WidthError(f"expected an operator, not {parser.head!r}, in {expression!r}")
    return value


def _power(base: int, exponent: int) -> int:
    if not 0 <= exponent <= 64 or abs(base) > 1 << 16:
        raise WidthError(f"{base}**{exponent} is out of bounds")
    return int(base**exponent)


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise WidthError("division by zero")
    return left // right


def _shift_left(value: int, amount: int) -> int:
    if not 0 <= amount <= 64:
        raise WidthError(f"a shift must be by 0 to 64, not {amount}")
    return value << amount


_SUMS: dict[str, Callable[[int, int], int]] = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
_PRODUCTS: dict[str, Callable[[int, int], int]] = {
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": lambda a, b: a - b * _divide(a, b),
    "<<": _shift_left,
    ">>": lambda a, b: _divide(a, _shift_left(1, b)),
}


class _Parser:
    """Recursive descent over tokens; `depth` bounds nesting."""

    def __init__(self, tokens: list[str], parameters: Mapping[str, int]) -> None:
        self._tokens = tokens
        self._index = 0
        self._parameters = parameters

    @property
    def head(self) -> str:
        return self._tokens[self._index] if self._index < len(self._tokens) else ""

    def _next(self) -> str:
        token = self.head
        self._index += 1
        return token

    def sum(self, depth: int) -> int:
        value = self._product(depth)
        while self.head in _SUMS:
            value = _bounded(_SUMS[self._next()](value, self._product(depth)))
        return value

    def _product(self, depth: int) -> int:
        value = self._power(depth)
        while self.head in _PRODUCTS:
            value = _bounded(_PRODUCTS[self._next()](value, self._power(depth)))
        return value

    def _power(self, depth: int) -> int:
        base = self._atom(depth + 1)
        if self.head != "**":
            return base
        self._next()
        return _bounded(_power(base, self._power(depth + 1)))

    def _atom(self, depth: int) -> int:
        if depth > _DEPTH_LIMIT:
            raise WidthError("an expression is nested too deeply")
        head = self._next()
        if head == "(":
            return self._closed(depth)
        if head == "-":
            return -self._atom(depth + 1)
        if head.lower() in ("$clog2", "clog2", "log2") and self.head == "(":
            self._next()
            return max(0, (self._closed(depth) - 1).bit_length())
        return self._leaf(head)

    def _closed(self, depth: int) -> int:
        value = self.sum(depth + 1)
        if self._next() != ")":
            raise WidthError("a parenthesis is not closed")
        return value

    def _leaf(self, token: str) -> int:
        if "'" in token:
            return literal(token)
        if token[:1].isdigit():
            return _bounded(int(token.replace("_", "")[:20]))
        if re.fullmatch(r"[A-Za-z_]\w*", token):
            if token not in self._parameters:
                raise UnknownParameter(token)
            return self._parameters[token]
        raise WidthError(f"expected a number or a name, not {token!r}")


def literal(token: str) -> int:
    """Return the value of a sized Verilog literal such as `6'b100000`."""
    _, _, rest = token.partition("'")
    rest = rest.lstrip("sS").replace("_", "")
    bases = {"b": 2, "o": 8, "d": 10, "h": 16}
    try:
        return int(rest[1:], bases[rest[0].lower()])
    except ValueError:
        raise WidthError(f"not a number: {token!r}") from None


def _bounded(value: int) -> int:
    if abs(value) > _VALUE_LIMIT:
        raise WidthError(f"a value must stay within {_VALUE_LIMIT}, not {value}")
    return value
