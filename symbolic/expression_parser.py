"""Boolean expressions from what people write in specifications.

Understood: Verilog's bitwise, logical and reduction operators, `==`, `!=`,
`?:`, sized constants, selects, concatenations; textbook notation (`ab' + c`,
raised dots, the signs of logic); the words AND, OR, NOT, NAND, NOR, XOR, XNOR. What could be
read in two ways is refused: `+` that may be an addition, operators whose
precedence is not agreed on, a name that is also a product of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.interface import Port
from symbolic.expression import (
    Concat,
    Const,
    Equal,
    Expression,
    Mux,
    Operator,
    Reduce,
    gate,
    invert,
)
from symbolic.expression_lexer import (
    INFIX,
    NEGATIONS,
    PRIME,
    REDUCTIONS,
    TEXTBOOK_SIGNS,
    ExpressionError,
    Family,
    Infix,
    Level,
    Token,
    tokens,
)
from symbolic.scope import Scope

_MAX_NESTING = 32
_OPERATORS = {
    Level.LOGICAL_OR: Operator.OR,
    Level.LOGICAL_AND: Operator.AND,
    Level.OR: Operator.OR,
    Level.XOR: Operator.XOR,
    Level.AND: Operator.AND,
}
_NEXT = {
    Level.LOGICAL_OR: Level.LOGICAL_AND,
    Level.LOGICAL_AND: Level.OR,
    Level.OR: Level.XOR,
    Level.XOR: Level.AND,
    Level.AND: Level.EQUAL,
}


def parse_expression(
    text: str, names: Iterable[str | Port] | Scope, *, boolean: bool = False
) -> Expression:
    """Read an expression over `names`: ports, or single bits such as `a` and `x[3]`.

    `boolean` says that the text is known to be Boolean algebra, so that `+`
    between single bits means OR even where nothing else shows it.

    Raises:
        ExpressionError: The text is malformed, uses an unknown name, mixes widths,
            or is ambiguous; `column` says where.
    """
    scope = names if isinstance(names, Scope) else Scope.of(names)
    parser = _Parser(scope, tokens(text, scope.names), boolean=boolean)
    return parser.whole()


@dataclass(frozen=True, slots=True)
class _Term:
    """A parsed part: its value, and how it was written."""

    value: Expression | int
    """An int is a constant whose width is not known yet."""
    column: int
    written: Infix | None = None
    """The outermost operator, if it stands without parentheses."""
    product: bool = False
    """Whether it is names side by side."""


class _Parser:
    def __init__(self, scope: Scope, found: Sequence[Token], *, boolean: bool) -> None:
        self.scope = scope
        self.tokens = found
        self.at = 0
        self.nesting = 0
        self.textbook = boolean or any(token.text in TEXTBOOK_SIGNS for token in found)
        self.plus: Token | None = None

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> Token | None:
        """Consume the next token if it is one of the signs or words `texts`."""
        token = self.token
        if token.kind in ("sign", "word") and token.text in texts:
            self.at += 1
            return token
        return None

    def expect(self, text: str) -> None:
        if self.take(text) is None:
            found = repr(self.token.text) if self.token.kind != "end" else "the end"
            raise ExpressionError(f"expected {text!r}, found {found}", self.token.column)

    def whole(self) -> Expression:
        term = self.choice()
        if self.token.kind != "end":
            raise ExpressionError(f"unexpected {self.token.text!r}", self.token.column)
        if self.plus is not None and not self.textbook:
            raise ExpressionError(
                f"`{self.plus.text}` may be Boolean or arithmetic here\n\n"
                "hint: write `|` for OR and `&` for AND",
                self.plus.column,
            )
        return self.sized(term)

    # -- operators ----------------------------------------------------------

    def choice(self) -> _Term:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise ExpressionError("the expression is nested too deeply", self.token.column)
        condition = self.infix(Level.LOGICAL_OR)
        if self.take("?"):
            then = self.choice()
            self.expect(":")
            otherwise = self.choice()
            condition = self.mux(condition, then, otherwise)
        self.nesting -= 1
        return condition

    def mux(self, condition: _Term, then: _Term, otherwise: _Term) -> _Term:
        first, second = self.matched(then, otherwise)
        value = Mux(self.truth(condition), first, second)
        return _Term(value, condition.column, Infix(Level.CHOICE, Family.VERILOG))

    def infix(self, level: Level) -> _Term:
        if level is Level.EQUAL:
            return self.equality()
        terms = [self.infix(_NEXT[level])]
        signs: list[tuple[Token, Infix]] = []
        while (found := self.next_infix(level)) is not None:
            signs.append(found)
            terms.append(self.infix(_NEXT[level]))
        return self.chain(level, terms, signs) if signs else terms[0]

    def next_infix(self, level: Level) -> tuple[Token, Infix] | None:
        token = self.token
        infix = INFIX.get(token.text) if token.kind in ("sign", "word") else None
        if infix is None or infix.level is not level:
            return None
        self.at += 1
        if token.text in ("+", "*"):
            self.plus = self.plus or token
        return token, infix

    def chain(
        self, level: Level, terms: Sequence[_Term], signs: Sequence[tuple[Token, Infix]]
    ) -> _Term:
        for token, infix in signs:
            for term in terms:
                _check_mix(token, infix, term)
        _check_chain(level, signs)
        if level in (Level.LOGICAL_OR, Level.LOGICAL_AND):
            operands = [self.truth(term) for term in terms]
        else:
            operands = self.equal_widths(terms, signs[0][0])
        for token, _ in signs:
            if token.text in ("+", "*", ".") and operands[0].width != 1:
                raise ExpressionError(
                    f"`{token.text}` on vectors is not Boolean algebra\n\n"
                    "hint: write `|` for OR and `&` for AND",
                    token.column,
                )
        value = gate(_OPERATORS[level], *operands)
        if sum(infix.inverted for _, infix in signs) % 2:
            value = invert(value)
        return _Term(value, terms[0].column, signs[0][1])

    def equality(self) -> _Term:
        left = self.product()
        found = self.next_infix(Level.EQUAL)
        if found is None:
            return left
        right = self.product()
        if self.next_infix(Level.EQUAL) is not None:
            raise ExpressionError("a chain of comparisons needs parentheses", self.token.column)
        token, infix = found
        a, b = self.matched(left, right, token)
        value: Expression = Equal(a, b)
        if a.width == 1:
            value = invert(gate(Operator.XOR, a, b))
        return _Term(invert(value) if infix.inverted else value, left.column, infix)

    def product(self) -> _Term:
        """Read factors that stand side by side."""
        factors = [self.unary()]
        while self.starts_factor():
            factors.append(self.unary())
        if len(factors) == 1:
            return factors[0]
        self.textbook = True
        operands = [self.sized(factor) for factor in factors]
        for factor, operand in zip(factors, operands, strict=True):
            if operand.width != 1:
                raise ExpressionError("an operator is missing before or after this", factor.column)
        return _Term(gate(Operator.AND, *operands), factors[0].column, product=True)

    def starts_factor(self) -> bool:
        """Tell whether a factor follows without an operator; numbers never do."""
        return self.token.kind == "name" or (self.token.kind == "sign" and self.token.text == "(")

    def unary(self) -> _Term:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise ExpressionError("the expression is nested too deeply", self.token.column)
        sign = self.take(*NEGATIONS, *REDUCTIONS)
        if sign is None:
            term = self.postfix()
        else:
            inner = self.unary()
            if inner.product or self.starts_factor():
                raise ExpressionError(
                    f"it is not clear how far `{sign.text}` reaches over a product\n\n"
                    "hint: put what it inverts in parentheses",
                    sign.column,
                )
            term = _Term(self.apply(sign, inner), sign.column)
        self.nesting -= 1
        return term

    def apply(self, sign: Token, inner: _Term) -> Expression:
        if sign.text == "!":
            return invert(self.truth(inner))
        operand = self.sized(inner)
        if sign.text in NEGATIONS:
            return invert(operand)
        operator = next(one for one in Operator if one.value in sign.text)
        reduced = Reduce(operator, operand) if operand.width > 1 else operand
        return invert(reduced) if "~" in sign.text else reduced

    def postfix(self) -> _Term:
        factors = self.atom()
        inverted = False
        while self.take(PRIME):
            inverted = not inverted
        if inverted:
            last = factors[-1]
            factors[-1] = _Term(invert(self.sized(last)), last.column)
        if len(factors) == 1:
            return factors[0]
        self.textbook = True
        operands = [self.sized(factor) for factor in factors]
        return _Term(gate(Operator.AND, *operands), factors[0].column, product=True)

    # -- atoms --------------------------------------------------------------

    def atom(self) -> list[_Term]:
        """Read one operand; a run of scalar names gives one term for each."""
        token = self.token
        self.at += 1
        if token.kind == "name":
            return self.name(token)
        if token.kind == "sized":
            return [_Term(_sized_constant(token), token.column)]
        if token.kind == "number":
            return [_Term(_plain_number(token), token.column)]
        if token.text == "(":
            inner = self.choice()
            self.expect(")")
            return [_Term(inner.value, token.column)]
        if token.text == "{":
            return [_Term(self.concatenation(), token.column)]
        if token.kind == "end":
            raise ExpressionError("an operand is missing at the end", token.column)
        raise ExpressionError(f"expected an operand, found {token.text!r}", token.column)

    def concatenation(self) -> Expression:
        parts = [self.choice()]
        while self.take(","):
            parts.append(self.choice())
        self.expect("}")
        for part in parts:
            if isinstance(part.value, int):
                raise ExpressionError("a constant in {} needs a width", part.column)
        return Concat(tuple(self.sized(part) for part in parts))

    def name(self, token: Token) -> list[_Term]:
        if self.take("["):
            return [_Term(self.select(token), token.column)]
        meaning = self.scope.meaning(token.text)
        ways = self.scope.factors(token.text)
        if meaning is not None and not (ways and self.textbook):
            return [_Term(meaning, token.column)]
        if len(ways) + (meaning is not None) > 1:
            raise ExpressionError(
                f"{token.text!r} can be read as more than one product of names\n\n"
                "hint: write `&` between the factors",
                token.column,
            )
        if not ways:
            raise ExpressionError(
                f"unknown name {token.text!r}\n\nhint: {self.scope.suggestion(token.text)}",
                token.column,
            )
        return self.run(ways[0], token)

    def run(self, factors: Sequence[str], token: Token) -> list[_Term]:
        found, column = [], token.column
        for name in factors:
            meaning = self.scope.meaning(name)
            if meaning is not None:
                found.append(_Term(meaning, column))
            column += len(name)
        return found

    def select(self, token: Token) -> Expression:
        high = self.index()
        low = self.index() if self.take(":") else high
        self.expect("]")
        part = self.scope.definitions.get(f"{token.text}[{high}]") if high == low else None
        part = part or self.scope.part(token.text, high, low)
        if part is None:
            text = f"{token.text}[{high}]" if high == low else f"{token.text}[{high}:{low}]"
            raise ExpressionError(
                f"unknown part {text!r}\n\nhint: {self.scope.suggestion(token.text)}", token.column
            )
        return part

    def index(self) -> int:
        token = self.token
        if token.kind != "number" or len(token.text) > 6:
            raise ExpressionError("an index must be a number", token.column)
        self.at += 1
        return int(token.text)

    # -- widths -------------------------------------------------------------

    def sized(self, term: _Term, width: int = 1) -> Expression:
        """Return the term's value; a constant without a width gets `width` bits."""
        if not isinstance(term.value, int):
            return term.value
        if term.value >= 1 << width:
            raise ExpressionError(
                f"the constant {term.value} does not fit into {width} bits", term.column
            )
        return Const(term.value, width)

    def truth(self, term: _Term) -> Expression:
        """Return whether the term is not zero."""
        value = self.sized(term)
        return value if value.width == 1 else Reduce(Operator.OR, value)

    def matched(
        self, left: _Term, right: _Term, sign: Token | None = None
    ) -> tuple[Expression, Expression]:
        a, b = self.equal_widths((left, right), sign)
        return a, b

    def equal_widths(self, terms: Sequence[_Term], sign: Token | None) -> list[Expression]:
        known = [term.value.width for term in terms if not isinstance(term.value, int)]
        width = max(known, default=1)
        values = [self.sized(term, width) for term in terms]
        for term, value in zip(terms, values, strict=True):
            if value.width != width:
                raise ExpressionError(
                    f"operands must be equally wide, not {width} and {value.width} bits",
                    sign.column if sign is not None else term.column,
                )
        return values


def _check_mix(sign: Token, infix: Infix, term: _Term) -> None:
    """Refuse an operand whose own operator may bind more loosely for another reader."""
    inner = term.written
    if inner is None or inner.level is infix.level:
        return
    families = {infix.family, inner.family}
    and_in_or = inner.level is Level.AND and infix.level is Level.OR
    and_in_xor = inner.level is Level.AND and infix.level is Level.XOR
    if families == {Family.VERILOG}:
        return
    if and_in_or and (sign.text != "+" or inner.family is Family.TEXTBOOK):
        return
    if and_in_xor and inner.family is Family.TEXTBOOK and infix.family is not Family.WORD:
        return
    raise ExpressionError(
        f"`{sign.text}` beside another operator has no agreed precedence\n\nhint: add parentheses",
        sign.column,
    )


def _check_chain(level: Level, signs: Sequence[tuple[Token, Infix]]) -> None:
    """Refuse chains of inverted operators, which do not associate."""
    if len(signs) < 2 or not any(infix.inverted for _, infix in signs):
        return
    if level is Level.XOR and all(infix.family is Family.VERILOG for _, infix in signs):
        return
    token = next(token for token, infix in signs if infix.inverted)
    raise ExpressionError(
        f"`{token.text}` in a chain can be read in two ways\n\nhint: add parentheses", token.column
    )


_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}


def _sized_constant(token: Token) -> Const:
    width, _, rest = "".join(token.text.split()).partition(PRIME)
    digits = rest[1:].replace("_", "")
    if not 1 <= len(width) <= 4 or not 1 <= int(width) <= 4096:
        raise ExpressionError("a constant must be 1 to 4096 bits wide", token.column)
    try:
        value = int(digits, _BASES[rest[0].lower()])
    except ValueError:
        raise ExpressionError(
            f"{token.text!r} is no constant of known bits", token.column
        ) from None
    if value >= 1 << int(width):
        raise ExpressionError(f"{token.text!r} does not fit into {width} bits", token.column)
    return Const(value, int(width))


def _plain_number(token: Token) -> int:
    digits = token.text.replace("_", "")
    if len(digits) > 1000:
        raise ExpressionError("the number is too long", token.column)
    return int(digits)
