"""PLA, the format of espresso, for functions of several outputs with don't-cares.

Format: the manual page espresso(5) of the Berkeley CAD tools. Without `.type` a
text is of type `fd`, as there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from symbolic.cubes import CoverTooLarge, Cube, complement, cube_from_text, cube_text, overlaps
from symbolic.minimize import Function
from symbolic.names import repeated

_TYPES = ("f", "fd", "fr", "fdr")
_MOST_BITS = 10_000
_SAME = str.maketrans("24x~3", "-1---")
"""Other spellings of input and output characters; `~`, no meaning, is asked for before."""


class PlaError(ValueError):
    """A text that is not a PLA; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pla:
    """Functions of the same inputs, one for each output.

    Raises:
        ValueError: Names are repeated, or their numbers do not fit the functions.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    functions: tuple[Function, ...]

    def __post_init__(self) -> None:
        names = (*self.inputs, *self.outputs)
        if len(set(names)) < len(names):
            raise ValueError(f"names of a PLA must differ, but {repeated(names)!r} stands twice")
        if len(self.functions) != len(self.outputs):
            raise ValueError(
                f"{len(self.outputs)} outputs need as many functions, not {len(self.functions)}"
            )
        for function in self.functions:
            if function.width != len(self.inputs):
                raise ValueError(
                    f"functions must have {len(self.inputs)} inputs, not {function.width}"
                )


@dataclass(slots=True)
class _Reading:
    counts: dict[str, int] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    kind: str = "fd"
    rows: list[tuple[int, str, str]] = field(default_factory=list)


def read_pla(text: str) -> Pla:
    """Read a PLA; bits without names are called `x0`, `x1`, ... and `z0`, `z1`, ....

    Raises:
        PlaError: The text is malformed, says two things of one point, or its
            complement is too large to be written down.
    """
    reading = _read(text)
    for key in ("i", "o"):
        if key not in reading.counts:
            raise PlaError(f"a PLA must have a line `.{key}`")
    inputs = reading.inputs or tuple(f"x{n}" for n in range(reading.counts["i"]))
    outputs = reading.outputs or tuple(f"z{n}" for n in range(reading.counts["o"]))
    for key, names in (("i", inputs), ("o", outputs)):
        if len(names) != reading.counts[key]:
            raise PlaError(f"`.{key} {reading.counts[key]}` must fit the {len(names)} names given")
    rows = list(_split(reading))
    try:
        functions = tuple(
            _function(reading, name, place, rows) for place, name in enumerate(outputs)
        )
        return Pla(inputs=inputs, outputs=outputs, functions=functions)
    except CoverTooLarge as error:
        raise PlaError(f"what the rows leave out is too much: {error}") from error
    except ValueError as error:
        raise PlaError(str(error)) from error


def _read(text: str) -> _Reading:
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].replace("|", " ").split()
        if not words:
            continue
        if words[0] in (".e", ".end"):
            break
        if words[0].startswith("."):
            _directive(reading, number, words)
        else:
            reading.rows.append((number, "".join(words), line.strip()))
    return reading


def _directive(reading: _Reading, number: int, words: Sequence[str]) -> None:
    name, rest = words[0][1:], tuple(words[1:])
    if name in ("i", "o", "p"):
        known = len(rest) == 1 and rest[0].isascii() and rest[0].isdigit()
        if not known or int(rest[0][:9]) > _MOST_BITS * 1000:
            raise PlaError(f"line {number}: `.{name}` must be followed by a number")
        reading.counts[name] = int(rest[0])
    elif name == "ilb":
        reading.inputs = rest
    elif name == "ob":
        reading.outputs = rest
    elif name == "type" and len(rest) == 1:
        if rest[0] not in _TYPES:
            raise PlaError(
                f"line {number}: a type must be one of {', '.join(_TYPES)}, not {rest[0]!r}"
            )
        reading.kind = rest[0]
    elif name not in ("phase", "pair", "symbolic"):
        raise PlaError(f"line {number}: unknown directive {' '.join(words)!r}")


def _split(reading: _Reading) -> Iterable[tuple[Cube, str]]:
    ins, outs = reading.counts["i"], reading.counts["o"]
    for number, bits, line in reading.rows:
        left, right = bits[:ins].translate(_SAME), bits[ins:]
        if len(bits) != ins + outs or set(left) - set("01-") or set(right) - set("01-24x~3"):
            raise PlaError(
                f"line {number}: a row must be {ins} inputs and {outs} outputs, not {line!r}"
            )
        yield cube_from_text(left), right


def _function(
    reading: _Reading, name: str, place: int, rows: Sequence[tuple[Cube, str]]
) -> Function:
    """Return the function of one output; what a row may say depends on the type."""
    given: dict[str, list[Cube]] = {"0": [], "1": [], "-": []}
    for cube, outputs in rows:
        value = outputs[place]
        if value not in "~3":
            given[value.translate(_SAME)].append(cube)
    on, free, off = given["1"], given["-"], given["0"]
    if reading.kind in ("f", "fd"):
        off = complement([*on, *(free if reading.kind == "fd" else ())])
    else:
        _check_apart(name, on, off, reading.counts["i"])
    return Function(width=reading.counts["i"], on=tuple(on), off=tuple(off))


def _check_apart(name: str, on: Sequence[Cube], off: Sequence[Cube], width: int) -> None:
    for a, b in overlaps([*on, *off]):
        if a < len(on) <= b:
            raise ValueError(
                f"output {name} cannot be 1 on {cube_text(on[a], width)} "
                f"and 0 on {cube_text(off[b - len(on)], width)}"
            )


def write_pla(pla: Pla) -> str:
    """Write functions, with type `fr`: what no row says is a don't-care."""
    width, count = len(pla.inputs), len(pla.outputs)
    rows: dict[Cube, list[str]] = {}
    for place, function in enumerate(pla.functions):
        for value, cubes in (("1", function.on), ("0", function.off)):
            for cube in cubes:
                rows.setdefault(cube, ["~"] * count)[place] = value
    lines = [f".i {width}", f".o {count}"]
    if pla.inputs:
        lines.append(f".ilb {' '.join(pla.inputs)}")
    lines += [f".ob {' '.join(pla.outputs)}", ".type fr", f".p {len(rows)}"]
    lines += [f"{cube_text(cube, width)} {''.join(row)}".lstrip() for cube, row in rows.items()]
    return "\n".join([*lines, ".e", ""])
