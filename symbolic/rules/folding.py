"""The value of an operation on constants, in Verilog's four-valued sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symbolic.dataflow.nodes import Node, Op

_Ints = Sequence[int]


def folded(node: Node) -> str | None:
    """Return the bits of a node whose operands are constants; None for any other.

    Arithmetic and comparisons with an x in an operand give x, as in Verilog.
    """
    if not node.operands or any(operand.op is not Op.CONST for operand in node.operands):
        return None
    texts = [str(operand.payload) for operand in node.operands]
    structural = _STRUCTURAL.get(node.op)
    if structural is not None:
        return structural(node, texts)
    numeric = _NUMERIC.get(node.op)
    if numeric is None:
        return None
    if any("x" in text for text in texts):
        return "0" if _surely_differ(node, texts) else "x" * node.width
    value = numeric([int(text, 2) for text in texts], node.operands[0].width)
    return "x" * node.width if value is None else _bits(value, node.width)


def _surely_differ(node: Node, texts: Sequence[str]) -> bool:
    pairs = zip(texts[0], texts[1], strict=True)
    return node.op is Op.EQ and any({a, b} == {"0", "1"} for a, b in pairs)


def _bits(value: int, width: int) -> str:
    return format(value & ((1 << width) - 1), f"0{width}b")


def signed(value: int, width: int) -> int:
    """Return what a vector means in two's complement."""
    return value - (1 << width) if value >> (width - 1) else value


def _divided(of: _Ints, _: int) -> int | None:
    return of[0] // of[1] if of[1] else None


def _remainder(of: _Ints, _: int) -> int | None:
    return of[0] % of[1] if of[1] else None


def _signed_divided(of: _Ints, width: int) -> int | None:
    left, right = (signed(value, width) for value in of)
    if not right:
        return None
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


def _signed_remainder(of: _Ints, width: int) -> int | None:
    left, right = (signed(value, width) for value in of)
    if not right:
        return None
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


_NUMERIC: dict[Op, Callable[[_Ints, int], int | None]] = {
    Op.ADD: lambda of, _: of[0] + of[1],
    Op.SUB: lambda of, _: of[0] - of[1],
    Op.MUL: lambda of, _: of[0] * of[1],
    Op.UDIV: _divided,
    Op.UMOD: _remainder,
    Op.SDIV: _signed_divided,
    Op.SMOD: _signed_remainder,
    Op.EQ: lambda of, _: of[0] == of[1],
    Op.ULT: lambda of, _: of[0] < of[1],
    Op.SLT: lambda of, width: signed(of[0], width) < signed(of[1], width),
}


def _and(left: str, right: str) -> str:
    return "0" if "0" in (left, right) else "1" if left == right == "1" else "x"


def _or(left: str, right: str) -> str:
    return "1" if "1" in (left, right) else "0" if left == right == "0" else "x"


def _xor(left: str, right: str) -> str:
    return "x" if "x" in (left, right) else str(int(left != right))


def _merged(left: str, right: str) -> str:
    return left if left == right else "x"


def _each(gate: Callable[[str, str], str]) -> Callable[[Node, Sequence[str]], str]:
    return lambda _, of: "".join(gate(a, b) for a, b in zip(of[0], of[1], strict=True))


def _reduced(gate: Callable[[str, str], str], start: str) -> Callable[[Node, Sequence[str]], str]:
    def reduce_all(_: Node, of: Sequence[str]) -> str:
        bit = start
        for other in of[0]:
            bit = gate(bit, other)
        return bit

    return reduce_all


def _mux(_: Node, of: Sequence[str]) -> str:
    condition, true, false = of
    if condition == "x":
        return "".join(_merged(a, b) for a, b in zip(true, false, strict=True))
    return true if condition == "1" else false


def _shifted(node: Node, of: Sequence[str]) -> str:
    data, amount = of
    if "x" in amount:
        return "x" * node.width
    count = min(int(amount, 2), node.width)
    if node.op is Op.SHL:
        return data[count:] + "0" * count
    filled = data[0] if node.op is Op.ASHR else "0"
    return filled * count + data[: node.width - count]


def _slice(node: Node, of: Sequence[str]) -> str:
    low = int(node.payload or 0)
    end = len(of[0]) - low
    return of[0][end - node.width : end]


_STRUCTURAL: dict[Op, Callable[[Node, Sequence[str]], str]] = {
    Op.NOT: lambda _, of: of[0].translate(str.maketrans("01", "10")),
    Op.AND: _each(_and),
    Op.OR: _each(_or),
    Op.XOR: _each(_xor),
    Op.REDUCE_AND: _reduced(_and, "1"),
    Op.REDUCE_OR: _reduced(_or, "0"),
    Op.REDUCE_XOR: _reduced(_xor, "0"),
    Op.MUX: _mux,
    Op.SHL: _shifted,
    Op.LSHR: _shifted,
    Op.ASHR: _shifted,
    Op.CONCAT: lambda _, of: "".join(of),
    Op.SLICE: _slice,
    Op.ZEXT: lambda node, of: of[0].rjust(node.width, "0"),
    Op.SEXT: lambda node, of: of[0].rjust(node.width, of[0][0]),
}
