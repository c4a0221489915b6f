"""Mistakes in numbers and selections: constants, off by one, bits, slices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyslang.parsing import Token
from pyslang.syntax import SyntaxKind as K

from sim.slang import Syntax
from testbench_gen.mutants.module import Module, Realm, Site
from testbench_gen.mutants.operator import Operator, changed, grouped, short, with_part
from testbench_gen.mutants.source import Change

_BASES = {"b": (2, "b"), "o": (8, "o"), "d": (10, "d"), "h": (16, "x")}
_MOST_BITS = 4096
_COMPARED = frozenset(
    {
        K.EqualityExpression,
        K.InequalityExpression,
        K.CaseEqualityExpression,
        K.LessThanExpression,
        K.LessThanEqualExpression,
        K.GreaterThanExpression,
        K.GreaterThanEqualExpression,
    }
)
_LITERALS = (
    K.IntegerLiteralExpression,
    K.IntegerVectorExpression,
    K.UnbasedUnsizedLiteralExpression,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """A literal without X and Z."""

    node: Syntax
    token: Token
    """Of its digits."""
    value: int
    bits: int | None
    """None where its size is not written."""
    write: Callable[[int], str]
    """Return the digits of another value."""

    def become(self, module: Module, value: int) -> Iterator[Change]:
        """Yield the change to `value`, if that is another one and not negative."""
        if self.bits is not None:
            value %= 1 << self.bits
        if value == self.value or value < 0:
            return
        text, new = module.source.text(self.node), self.write(value)
        digits = self.token.rawText
        said = f"`{text}` becomes `{text[: len(text) - len(digits)]}{new}`"
        yield from changed(module, self.token, new, said)


def _numbers(module: Module) -> Iterator[_Number]:
    """Yield the numbers that are not just an index."""
    for site in module.of(*_LITERALS):
        number = _number(site.node)
        if number is not None and site.node.parent.kind is not K.BitSelect:
            yield number


def _number(node: Syntax) -> _Number | None:
    if node.kind is K.IntegerLiteralExpression:
        digits = node.literal.rawText.replace("_", "")
        if not digits.isdecimal() or len(digits) > 9:
            return None
        return _Number(node=node, token=node.literal, value=int(digits), bits=None, write=str)
    if node.kind is K.IntegerVectorExpression:
        return _vector(node)
    return None


def _vector(node: Syntax) -> _Number | None:
    base, letter = _BASES[node.base.rawText.lower()[-1]]
    digits = node.value.rawText.replace("_", "").lower()
    size = node.size.rawText.replace("_", "")
    bits = int(size) if size.isdecimal() and len(size) < 6 else None
    if len(digits) > _MOST_BITS or (bits or 0) > _MOST_BITS:
        return None
    try:
        value = int(digits, base)
    except ValueError:  # X or Z
        return None
    width = len(digits) if letter != "d" else 0

    def write(new: int) -> str:
        return format(new, f"0{width}{letter}" if width else letter)

    return _Number(node=node, token=node.value, value=value, bits=bits, write=write)


def _constants(module: Module) -> Iterator[Change]:
    for number in _numbers(module):
        ones = (1 << number.bits) - 1 if number.bits else 1
        yield from number.become(module, 0 if number.value else ones)
    for site in module.of(K.UnbasedUnsizedLiteralExpression):
        text = site.node.literal.rawText
        yield from changed(module, site.node, "'1" if text == "'0" else "'0")


def _off_by_one(module: Module) -> Iterator[Change]:
    for number in _numbers(module):
        for step in (1, -1):
            yield from number.become(module, number.value + step)


def _bit_flips(module: Module) -> Iterator[Change]:
    for site in module.of(K.IntegerVectorExpression):
        number = _vector(site.node)
        if number is None:
            yield from _known_bit_flips(module, site.node)
        elif number.bits is not None and number.bits > 1:
            for bit in sorted({number.bits - 1, number.bits // 2, 0}, reverse=True):
                yield from number.become(module, number.value ^ (1 << bit))


def _known_bit_flips(module: Module, node: Syntax) -> Iterator[Change]:
    """Yield changes of the first and last known bit among unknown ones."""
    digits = node.value.rawText
    known = [index for index, digit in enumerate(digits) if digit in "01"]
    if not node.base.rawText.lower().endswith("b") or not known:
        return
    for index in sorted({known[0], known[-1]}):
        flipped = digits[:index] + "10"[int(digits[index])] + digits[index + 1 :]
        yield from changed(module, node.value, flipped)


def _terminal_values(module: Module) -> Iterator[Change]:
    for site in module.of(K.IdentifierName):
        name = site.node.identifier.valueText
        parent = site.node.parent
        if name in module.signals.constants and parent.kind in _COMPARED and site.region:
            for sign in "-+":
                yield from changed(module, site.node, f"({name} {sign} 1)")


def _selects(module: Module) -> Iterator[tuple[Site, Syntax, tuple[int, int] | None]]:
    """Yield names with one selector that reads, the selector, and the bounds of the signal."""
    for site in module.of(K.IdentifierSelectName):
        name = site.node.identifier.valueText
        selectors = [s for s in site.node.selectors if not isinstance(s, Token)]
        region = site.region
        if region is None or len(selectors) != 1 or selectors[0].selector is None:
            continue
        continuous = region.realm in (Realm.ASSIGN, Realm.INSTANCE)
        if continuous and (site.target or name in region.writes):
            continue  # two drivers, or a loop
        signal = module.signal(site.node)
        yield site, selectors[0].selector, signal.bounds if signal is not None else None


def _slices(module: Module) -> Iterator[Change]:
    for site, selector, bounds in _selects(module):
        if selector.kind is K.BitSelect:
            yield from _shifted_index(module, site.node, selector.expr, bounds)
        elif selector.kind is K.SimpleRangeSelect:
            yield from _shifted_range(module, site.node, selector, bounds)
        else:
            yield from _shifted_index(module, site.node, selector.left, None)


def _shifted_index(
    module: Module, name: Syntax, index: Syntax, bounds: tuple[int, int] | None
) -> Iterator[Change]:
    number = _number(index)
    for step in (1, -1):
        if number is not None:
            if _within(number.value + step, bounds):
                text = number.write(number.value + step)
                yield from changed(module, number.token, text, _said(module, name, index, text))
        else:
            text = f"{grouped(module, index)} {'+' if step > 0 else '-'} 1"
            yield from changed(module, index, text, _said(module, name, index, text))


def _shifted_range(
    module: Module, name: Syntax, selector: Syntax, bounds: tuple[int, int] | None
) -> Iterator[Change]:
    left, right = _number(selector.left), _number(selector.right)
    if left is None or right is None:
        return
    for step in (1, -1):
        ends = left.value + step, right.value + step
        if all(_within(end, bounds) for end in ends):
            text = f"{ends[0]}:{ends[1]}"
            yield from changed(module, selector, text, _said(module, name, selector, text))


def _within(index: int, bounds: tuple[int, int] | None) -> bool:
    if bounds is None:
        return index >= 0
    return min(bounds) <= index <= max(bounds)


def _said(module: Module, name: Syntax, part: Syntax, text: str) -> str:
    whole = module.source.text(name)
    return f"`{short(whole)}` becomes `{short(with_part(module, name, part, text))}`"


def _reversed_indexes(module: Module) -> Iterator[Change]:
    for site, selector, bounds in _selects(module):
        if selector.kind is K.BitSelect and bounds is not None:
            yield from _from_the_other_end(module, site.node, selector.expr, sum(bounds))


def _from_the_other_end(
    module: Module, name: Syntax, index: Syntax, total: int
) -> Iterator[Change]:
    """Yield the change of an index to that of the bit that mirrors it; both add up to `total`."""
    number = _number(index)
    if number is None:
        text = f"{total} - {grouped(module, index)}"
        yield from changed(module, index, text, _said(module, name, index, text))
    elif 0 <= total - number.value != number.value:
        text = number.write(total - number.value)
        yield from changed(module, number.token, text, _said(module, name, index, text))


OPERATORS = (
    Operator(
        name="slice",
        description="a bit or part of a vector next to the right one",
        changes=_slices,
    ),
    Operator(
        name="bit order",
        description="an index counted from the wrong end",
        changes=_reversed_indexes,
    ),
    Operator(
        name="constant",
        description="0 for another constant; all ones for 0",
        changes=_constants,
    ),
    Operator(
        name="off by one",
        description="a number one too high or too low",
        changes=_off_by_one,
    ),
    Operator(
        name="bit flip",
        description="one bit of a sized constant flipped, such as in a state code or a label",
        changes=_bit_flips,
    ),
    Operator(
        name="terminal value",
        description="a comparison with a named constant is one off, such as the end of a counter",
        changes=_terminal_values,
    ),
)
