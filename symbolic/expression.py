"""Boolean expressions over ports as values, and how they read in Verilog and Python.

Expressions are words of one or more bits; operators work bitwise on operands of
equal width. `bits` takes an expression apart into one expression per bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce

from symbolic.truth_table import TruthTable


@dataclass(frozen=True, slots=True)
class Const:
    """A constant of `width` bits."""

    value: int
    width: int = 1

    def __post_init__(self) -> None:
        if self.width < 1 or not 0 <= self.value < 1 << self.width:
            raise ValueError(f"the constant {self.value} does not fit into {self.width} bits")


@dataclass(frozen=True, slots=True)
class Ref:
    """A signal, a bit of it or a part of it: `text` as written, and its bits, highest first."""

    text: str
    bits: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.bits)


@dataclass(frozen=True, slots=True)
class Not:
    """Bitwise inversion."""

    operand: Expression

    @property
    def width(self) -> int:
        return self.operand.width


class Operator(Enum):
    """An associative bitwise operator, by its Verilog sign."""

    AND = "&"
    XOR = "^"
    OR = "|"


@dataclass(frozen=True, slots=True)
class Gate:
    """An operator over two or more operands of equal width."""

    operator: Operator
    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _check_equal_widths(self.operands, self.operator.value)

    @property
    def width(self) -> int:
        return self.operands[0].width


@dataclass(frozen=True, slots=True)
class Reduce:
    """An operator over all bits of one operand."""

    operator: Operator
    operand: Expression

    @property
    def width(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Equal:
    """1 where both words are the same."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _check_equal_widths((self.left, self.right), "==")

    @property
    def width(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Mux:
    """`then` where the one-bit `condition` is 1, else `otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression

    def __post_init__(self) -> None:
        if self.condition.width != 1:
            raise ValueError(f"a condition must be one bit, not {self.condition.width}")
        _check_equal_widths((self.then, self.otherwise), "?:")

    @property
    def width(self) -> int:
        return self.then.width


@dataclass(frozen=True, slots=True)
class Concat:
    """Words side by side, the highest first."""

    parts: tuple[Expression, ...]

    @property
    def width(self) -> int:
        return sum(part.width for part in self.parts)


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of two equally wide words, or their difference; it wraps around."""

    left: Expression
    right: Expression
    subtract: bool = False

    def __post_init__(self) -> None:
        _check_equal_widths((self.left, self.right), "+")

    @property
    def width(self) -> int:
        return self.left.width


@dataclass(frozen=True, slots=True)
class Less:
    """1 where the left word is smaller, both read as unsigned."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _check_equal_widths((self.left, self.right), "<")

    @property
    def width(self) -> int:
        return 1


Expression = Const | Ref | Not | Gate | Reduce | Equal | Mux | Concat | Sum | Less


def _check_equal_widths(operands: Sequence[Expression], sign: str) -> None:
    widths = [operand.width for operand in operands]
    if len(widths) < 2 or len(set(widths)) != 1:
        raise ValueError(
            f"operands of `{sign}` must be equally wide, not {', '.join(map(str, widths))} bits"
        )


def bit(name: str) -> Ref:
    """Return the expression of one bit, such as `a` or `x[3]`."""
    return Ref(name, (name,))


def gate(operator: Operator, *operands: Expression) -> Expression:
    """Join operands, those of the same operator taken into one gate; a single one stays itself."""
    flat: list[Expression] = []
    for operand in operands:
        same = isinstance(operand, Gate) and operand.operator is operator
        flat += operand.operands if same and isinstance(operand, Gate) else (operand,)
    return flat[0] if len(flat) == 1 else Gate(operator, tuple(flat))


def invert(operand: Expression) -> Expression:
    """Invert, without writing two inversions in a row."""
    if isinstance(operand, Not):
        return operand.operand
    if isinstance(operand, Const):
        return Const(operand.value ^ ((1 << operand.width) - 1), operand.width)
    return Not(operand)


def names(expression: Expression) -> tuple[str, ...]:
    """Return the bits that `expression` reads, in order of appearance."""
    return tuple(dict.fromkeys(_names(expression)))


def _names(expression: Expression) -> Iterable[str]:
    if isinstance(expression, Ref):
        return expression.bits
    return [name for child in children(expression) for name in _names(child)]


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the operands of the outermost operator."""
    match expression:
        case Not(operand) | Reduce(_, operand):
            return (operand,)
        case Gate(_, operands) | Concat(operands):
            return operands
        case Equal(left, right) | Less(left, right) | Sum(left, right, _):
            return (left, right)
        case Mux(condition, then, otherwise):
            return (condition, then, otherwise)
        case _:
            return ()


def bits(expression: Expression) -> tuple[Expression, ...]:
    """Return one expression per bit, the highest first."""
    match expression:
        case Const(value, width):
            return tuple(Const(value >> i & 1) for i in range(width - 1, -1, -1))
        case Ref(_, read):
            return tuple(bit(name) for name in read)
        case Not(operand):
            return tuple(invert(one) for one in bits(operand))
        case Gate(operator, operands):
            return tuple(
                gate(operator, *column) for column in zip(*map(bits, operands), strict=True)
            )
        case Reduce(operator, operand):
            return (gate(operator, *bits(operand)),)
        case Equal(left, right):
            pairs = zip(bits(left), bits(right), strict=True)
            same = [invert(gate(Operator.XOR, a, b)) for a, b in pairs]
            return (gate(Operator.AND, *same),)
        case Mux(condition, then, otherwise):
            (choice,) = bits(condition)
            pairs = zip(bits(then), bits(otherwise), strict=True)
            return tuple(Mux(choice, a, b) for a, b in pairs)
        case Concat(parts):
            return tuple(one for part in parts for one in bits(part))
        case Sum(left, right, subtract):
            return _add(bits(left), bits(right), subtract=subtract)[1:]
        case Less(left, right):
            return (invert(_add(bits(left), bits(right), subtract=True)[0]),)


def _add(
    left: Sequence[Expression], right: Sequence[Expression], *, subtract: bool
) -> tuple[Expression, ...]:
    """Return carry and sum bits; without the carry's inversion for a difference."""
    carry: Expression = Const(int(subtract))
    found: list[Expression] = []
    for a, plain in zip(reversed(left), reversed(right), strict=True):
        b = invert(plain) if subtract else plain
        found.append(gate(Operator.XOR, a, b, carry))
        both, one = gate(Operator.AND, a, b), gate(Operator.OR, a, b)
        carry = gate(Operator.OR, both, gate(Operator.AND, one, carry))
    return (carry, *reversed(found))


def evaluate(expression: Expression, values: Mapping[str, int]) -> int:
    """Return the word that `expression` has when bits have `values`.

    Raises:
        KeyError: A bit has no value.
    """
    full = (1 << expression.width) - 1
    match expression:
        case Const(value, _):
            return value
        case Ref(_, read):
            return reduce(lambda word, name: word << 1 | values[name], read, 0)
        case Not(operand):
            return evaluate(operand, values) ^ full
        case Gate(operator, operands):
            return reduce(_PYTHON[operator], (evaluate(one, values) for one in operands))
        case Reduce(operator, operand):
            word = evaluate(operand, values)
            return reduce(_PYTHON[operator], (word >> i & 1 for i in range(operand.width)))
        case Equal(left, right):
            return int(evaluate(left, values) == evaluate(right, values))
        case Mux(condition, then, otherwise):
            return evaluate(then if evaluate(condition, values) else otherwise, values)
        case Concat(parts):
            return reduce(lambda word, one: word << one.width | evaluate(one, values), parts, 0)
        case Sum(left, right, subtract):
            other = evaluate(right, values)
            return evaluate(left, values) + (-other if subtract else other) & full
        case Less(left, right):
            return int(evaluate(left, values) < evaluate(right, values))


_PYTHON: dict[Operator, Callable[[int, int], int]] = {
    Operator.AND: lambda a, b: a & b,
    Operator.XOR: lambda a, b: a ^ b,
    Operator.OR: lambda a, b: a | b,
}


def truth_table(
    expression: Expression, output: str | Sequence[str], inputs: Sequence[str] | None = None
) -> TruthTable:
    """Tabulate `expression`; `output` names its bits, highest first.

    `inputs` orders the inputs and may add some that do not matter.

    Raises:
        ValueError: More than 16 inputs, or the number of outputs is not the width.
    """
    outputs = (output,) if isinstance(output, str) else tuple(output)
    if len(outputs) != expression.width:
        raise ValueError(f"{expression.width} bits need as many names, not {len(outputs)}")
    order = tuple(inputs) if inputs is not None else names(expression)
    missing = set(names(expression)) - set(order)
    if missing:
        raise ValueError(f"the expression reads {min(missing)!r}, which is not an input")

    def outcome(*point: int) -> str:
        return format(
            evaluate(expression, dict(zip(order, point, strict=True))), f"0{len(outputs)}b"
        )

    return TruthTable.from_function(order, outputs, outcome)


def literal_count(expression: Expression) -> int:
    """Return how many signals and constants are written."""
    inner = children(expression)
    return sum(map(literal_count, inner)) if inner else 1


def depth(expression: Expression) -> int:
    """Return how many operators stand inside each other."""
    return 1 + max(map(depth, children(expression)), default=0)


# -- text -------------------------------------------------------------------

_ATOM, _UNARY, _SUM, _EQUAL, _AND, _XOR, _OR, _MUX = 9, 8, 7, 6, 5, 4, 3, 1
_LEVEL = {Operator.AND: _AND, Operator.XOR: _XOR, Operator.OR: _OR}


def verilog(expression: Expression) -> str:
    """Write `expression` in Verilog, with parentheses where they are needed or help."""
    return _verilog(expression)[0]


def _verilog(expression: Expression) -> tuple[str, int]:
    match expression:
        case Const(value, width):
            return constant(value, width), _ATOM
        case Ref(text, _):
            return text, _ATOM
        case Not(operand):
            return _not_text(operand)
        case Gate(operator, operands):
            return _gate_text(operator, operands), _LEVEL[operator]
        case Reduce(operator, operand):
            return f"{operator.value}{_inside(operand, _ATOM)}", _UNARY
        case Mux(condition, then, otherwise):
            choice = _inside(condition, _UNARY)
            return f"{choice} ? {_inside(then, _SUM)} : {_inside(otherwise, _MUX)}", _MUX
        case Concat(parts):
            return "{" + ", ".join(verilog(part) for part in parts) + "}", _ATOM
        case Equal(left, right):
            return f"{_inside(left, _UNARY)} == {_inside(right, _UNARY)}", _EQUAL
        case Less(left, right):
            return f"{_inside(left, _UNARY)} < {_inside(right, _UNARY)}", _EQUAL
        case Sum(left, right, subtract):
            sign = "-" if subtract else "+"
            return f"{_inside(left, _SUM)} {sign} {_inside(right, _UNARY)}", _SUM


def _not_text(operand: Expression) -> tuple[str, int]:
    match operand:
        case Reduce(operator, inner):
            return f"~{operator.value}{_inside(inner, _ATOM)}", _UNARY
        case Equal(left, right):
            return f"{_inside(left, _UNARY)} != {_inside(right, _UNARY)}", _EQUAL
        case Less(left, right):
            return f"{_inside(left, _UNARY)} >= {_inside(right, _UNARY)}", _EQUAL
        case _:
            return f"~{_inside(operand, _ATOM)}", _UNARY


def _gate_text(operator: Operator, operands: Sequence[Expression]) -> str:
    # An XOR beside other operators is bracketed: few people know its precedence.
    least = _UNARY if operator is Operator.XOR else _LEVEL[operator] + 1
    parts = []
    for operand in operands:
        parts.append(_inside(operand, _UNARY if _needs_brackets(operand) else least))
    return f" {operator.value} ".join(parts)


def _needs_brackets(operand: Expression) -> bool:
    inner = operand.operand if isinstance(operand, Not) else operand
    if isinstance(inner, Equal | Less | Sum):
        return True
    return isinstance(operand, Gate) and operand.operator is Operator.XOR


def _inside(expression: Expression, least: int) -> str:
    text, level = _verilog(expression)
    return text if level >= least else f"({text})"


def constant(value: int, width: int) -> str:
    """Write a sized Verilog constant, binary while that is short."""
    if width <= 8:
        return f"{width}'b{value:0{width}b}"
    return f"{width}'h{value:0{(width + 3) // 4}x}"


def python(expression: Expression, variables: Mapping[str, str]) -> str:
    """Write a one-bit `expression` in Python over variables that hold 0 or 1."""
    return _python(bits(expression)[0], variables)


def _python(expression: Expression, variables: Mapping[str, str]) -> str:
    match expression:
        case Const(value, _):
            return str(value)
        case Ref(_, (name,)):
            return variables[name]
        case Not(operand):
            return f"(1 - {_python(operand, variables)})"
        case Gate(operator, operands):
            inside = f" {operator.value} ".join(_python(one, variables) for one in operands)
            return f"({inside})"
        case Mux(condition, then, otherwise):
            choice, a, b = (_python(one, variables) for one in (condition, then, otherwise))
            return f"({a} if {choice} else {b})"
        case _:
            return _python(bits(expression)[0], variables)


def python_word(expression: Expression, variables: Mapping[str, str]) -> str:
    """Write `expression` in Python over variables that hold unsigned words.

    `variables` maps a whole signal's text, or a single bit's name, to Python text.
    """
    inner = [python_word(child, variables) for child in children(expression)]
    full = (1 << expression.width) - 1
    match expression:
        case Const(value, _):
            return str(value)
        case Ref(text, read):
            if text in variables:
                return variables[text]
            shifted = (f"{variables[name]} << {len(read) - 1 - i}" for i, name in enumerate(read))
            return variables[read[0]] if len(read) == 1 else f"({' | '.join(shifted)})"
        case Not(_):
            return f"({inner[0]} ^ {full})"
        case Gate(operator, _):
            return "(" + f" {operator.value} ".join(inner) + ")"
        case Reduce(operator, operand):
            whole = (1 << operand.width) - 1
            return {
                Operator.AND: f"int({inner[0]} == {whole})",
                Operator.OR: f"int({inner[0]} != 0)",
                Operator.XOR: f"({inner[0]}.bit_count() & 1)",
            }[operator]
        case Equal() | Less():
            return f"int({inner[0]} {'==' if isinstance(expression, Equal) else '<'} {inner[1]})"
        case Mux():
            return f"({inner[1]} if {inner[0]} else {inner[2]})"
        case Sum(_, _, subtract):
            return f"({inner[0]} {'-' if subtract else '+'} {inner[1]} & {full})"
        case Concat(parts):
            return _python_concat(parts, inner)


def _python_concat(parts: Sequence[Expression], texts: Sequence[str]) -> str:
    shift = sum(part.width for part in parts)
    pieces = []
    for part, text in zip(parts, texts, strict=True):
        shift -= part.width
        pieces.append(f"{text} << {shift}" if shift else text)
    return f"({' | '.join(pieces)})"
