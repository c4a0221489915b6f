"""What families of combinational designs share: literals, blocks, words, names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    Combinational,
    Drawn,
    Outputs,
    Slip,
    Values,
    Words,
    indented,
    inputs,
    outputs,
)

_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen"
)
NUMBERS = tuple(_NUMBERS.split())
_VOWEL_SOUNDS = ("8", "11-", "11 ", "18-", "18 ", "a", "e", "i", "o", "u", "AND", "OR", "XOR", "XN")
_CONSONANT_SOUNDS = ("one", "uni", "use")
_OPENINGS = (
    "an the each every all any if when there its no only for bit bits while where otherwise "
    "both this these output outputs input inputs"
)
_STARTS = frozenset(_OPENINGS.split())
"""Words that begin sentences and name no port."""
_AFTER_NAMES = "is and or has have = -> drives follows goes go always xor nand nor"
_AFTER_A_NAME = tuple(_AFTER_NAMES.split())
Coding = tuple[str, tuple[str, ...]]
"""A body, and the outputs that it assigns in procedures."""


def design(  # noqa: PLR0913 - one keyword a part
    *,
    module: str,
    parameters: Mapping[str, int | str],
    ins: Sequence[tuple[str, int]],
    outs: Sequence[tuple[str, int]],
    words: Words,
    coding: Coding | str,
    model: Callable[[Values], Outputs],
    slips: Mapping[str, str] | None = None,
    vectors: Sequence[Values] = (),
) -> Drawn:
    """Return a combinational design.

    Slips are made to fit the header: continuous assignments to `output reg`
    become procedural, and a slip in a procedure is left out where outputs are wires.
    """
    body, registered = (coding, ()) if isinstance(coding, str) else coding
    wrong = {name: _fitting(text, body, registered) for name, text in (slips or {}).items()}
    return Drawn(
        parameters=dict(parameters),
        ports=(*inputs(*ins), *outputs(*outs)),
        words=words,
        body=body,
        registered=registered,
        behavior=Combinational(outputs=model),
        vectors=tuple(vectors),
        slips=tuple(
            Slip(name=name, body=text) for name, text in wrong.items() if text not in {"", body}
        ),
        module=module,
    )


def _fitting(wrong: str, body: str, registered: Sequence[str]) -> str:
    if registered and wrong.startswith("assign "):
        return always(wrong.replace("assign ", ""))
    procedural = "always" in wrong and "always" not in body
    return "" if procedural and not registered else wrong


def mask(width: int) -> int:
    """Return the largest unsigned number of `width` bits."""
    return (1 << width) - 1


def signed(value: int, width: int) -> int:
    """Return what `width` bits `value` mean in two's complement."""
    return value - (1 << width) if value >> (width - 1) & 1 else value


def bit(value: int, index: int) -> int:
    """Return bit `index` of `value`."""
    return value >> index & 1


def filled(width: int, value: int) -> str:
    """Return all zeros or, where `value` is not 0, all ones."""
    if value == 0:
        return f"{width}'b0" if width > 1 else "1'b0"
    return f"{{{width}{{1'b1}}}}" if width > 1 else "1'b1"


def read(name: str, is_signed: bool) -> str:
    """Return `name` as Verilog reads it, as a signed number where asked for."""
    return f"$signed({name})" if is_signed else name


def binary(width: int, value: int) -> str:
    """Return a literal such as `4'b0101`."""
    return f"{width}'b{value:0{width}b}"


def decimal(width: int, value: int) -> str:
    """Return a literal such as `4'd5`."""
    return f"{width}'d{value}"


def hexadecimal(width: int, value: int) -> str:
    """Return a literal such as `8'h5a`."""
    return f"{width}'h{value:0{(width + 3) // 4}x}"


def width_of(values: int) -> int:
    """Return the bits that tell `values` values apart, at least 1."""
    return max(1, (values - 1).bit_length())


def always(statements: str) -> str:
    """Return a combinational `always` block."""
    return f"always @(*) begin\n{indented(statements)}\nend"


def case(
    selector: str, rows: Sequence[tuple[str, str]], default: str = "", keyword: str = "case"
) -> str:
    """Return a case statement; `rows` are labels and statements."""
    lines = [f"{label}: {statement}" for label, statement in rows]
    if default:
        lines.append(f"default: {default}")
    inside = indented("\n".join(lines))
    return f"{keyword} ({selector})\n{inside}\nendcase"


def block(*statements: str) -> str:
    """Return one statement as it is, and several between `begin` and `end` on one line."""
    return statements[0] if len(statements) == 1 else f"begin {' '.join(statements)} end"


def span(width: int) -> str:
    """Return the range of a declaration, followed by a space; empty for one bit."""
    return f"[{width - 1}:0] " if width > 1 else ""


def concat(names: Sequence[str]) -> str:
    """Return a concatenation, or the only name."""
    return names[0] if len(names) == 1 else "{" + ", ".join(names) + "}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def an(noun: str) -> str:
    """Return `noun` with `a` or `an`."""
    vowel = noun.startswith(_VOWEL_SOUNDS) and not noun.startswith(_CONSONANT_SOUNDS)
    return f"{'an' if vowel else 'a'} {noun}"


def capital(sentence: str) -> str:
    """Return `sentence` with a capital first letter, unless it begins with a port's name."""
    first, _, rest = sentence.partition(" ")
    article = first == "a" and not rest.startswith(_AFTER_A_NAME)
    return sentence[:1].upper() + sentence[1:] if article or first in _STARTS else sentence


def scalars(draw: Draw, count: int) -> tuple[str, ...]:
    """Return names for `count` one-bit inputs that belong together; at most 8 of them."""
    schemes = [
        tuple("abcdefgh"),
        tuple("abcdefgh"),
        tuple(f"x{i}" for i in range(8, 0, -1))[-count:],
        tuple(f"x{i}" for i in range(1, 9)),
        tuple(f"in{i}" for i in range(1, 9)),
        tuple(f"i{i}" for i in range(8)),
        tuple("ABCDEFGH"),
    ]
    if count <= 4:
        schemes += [tuple("pqrs"), tuple("wxyz"), ("x", "y", "z", "w")]
    names = draw.one_of(*schemes)[:count]
    draw.take(*names)
    return names


def vectors_named(draw: Draw, count: int) -> tuple[str, ...]:
    """Return names for `count` inputs of one kind, at most 16 of them."""
    schemes = [
        tuple("abcdefghijklmnop"),
        tuple(f"d{i}" for i in range(16)),
        tuple(f"in{i}" for i in range(16)),
        tuple(f"data{i}" for i in range(16)),
    ]
    names = draw.one_of(*schemes)[:count]
    draw.take(*names)
    return names


def corners(*ports: tuple[str, int]) -> tuple[Values, ...]:
    """Return the vectors in which each of two ports is 0, 1, the largest, or at the sign's edge."""
    if len(ports) == 1:
        name, width = ports[0]
        return tuple({name: value} for value in _edges(width))
    (left, first), (right, second) = ports
    return tuple({left: x, right: y} for x in _edges(first) for y in _edges(second))


def _edges(width: int) -> list[int]:
    half = 1 << (width - 1)
    return sorted({0, 1, half - 1, half, mask(width)})
