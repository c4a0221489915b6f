"""BLIF, the Berkeley logic interchange format: one flat model of covers and latches.

Format: "Berkeley Logic Interchange Format (BLIF)", University of California, 1992.
Models in models (`.subckt`), library gates (`.gate`) and external don't-cares are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from symbolic.cubes import Cube, cube_from_text, cube_text

_KINDS = ("fe", "re", "ah", "al", "as")
_IGNORED = (".default_input_arrival", ".default_output_required", ".area", ".delay", ".cycle")


class BlifError(ValueError):
    """A text that is not BLIF, or not of the kind that is read; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A signal that is 1 (`value`) on `cubes` over its fanins, else the opposite."""

    fanins: tuple[str, ...]
    cubes: tuple[Cube, ...]
    """Bit `len(fanins) - 1 - i` belongs to `fanins[i]`."""
    value: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Latch:
    """A register of one bit."""

    data: str
    initial: str = "x"
    """`0`, `1` or `x`."""
    kind: str = ""
    """`re`, `fe`, ...; empty if nothing is said."""
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Netlist:
    """A circuit of named signals.

    Raises:
        ValueError: A signal is driven twice, or not at all.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    gates: Mapping[str, Gate] = field(default_factory=dict)
    """By the signal that they drive."""
    latches: Mapping[str, Latch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gates", MappingProxyType(dict(self.gates)))
        object.__setattr__(self, "latches", MappingProxyType(dict(self.latches)))
        driven = [*self.inputs, *self.gates, *self.latches]
        known = set(driven)
        if len(known) < len(driven):
            twice = next(name for name in driven if driven.count(name) > 1)
            raise ValueError(f"a signal must have one driver, but {twice!r} has several")
        for name in self._read():
            if name not in known:
                raise ValueError(f"a signal that is read must be driven, but {name!r} is not")

    def _read(self) -> Iterator[str]:
        yield from self.outputs
        for gate in self.gates.values():
            yield from gate.fanins
        for latch in self.latches.values():
            yield latch.data

    def ordered(self) -> list[str]:
        """Return the signals that gates drive, fanins first.

        Raises:
            ValueError: Gates form a loop.
        """
        found: dict[str, None] = {}
        open_: dict[str, None] = {}
        for root in self.gates:
            stack = [root]
            while stack:
                name = stack[-1]
                waiting = [f for f in self.gates[name].fanins if f in self.gates and f not in found]
                if name in found or not waiting:
                    found[name] = None
                    open_.pop(name, None)
                    stack.pop()
                    continue
                open_[name] = None
                loop = next((f for f in waiting if f in open_), None)
                if loop is not None:
                    raise ValueError(f"gates must not form a loop, but {loop!r} depends on itself")
                stack.append(waiting[0])
        return list(found)


@dataclass(slots=True)
class _Reading:
    name: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    gates: dict[str, Gate] = field(default_factory=dict)
    latches: dict[str, Latch] = field(default_factory=dict)
    open: tuple[int, tuple[str, ...]] | None = None
    """The `.names` whose rows are being read."""
    rows: list[str] = field(default_factory=list)


def read_blif(text: str) -> Netlist:
    """Read the first model of a text.

    Raises:
        BlifError: The text is malformed or has parts that are not read.
    """
    reading = _Reading()
    for number, words in _lines(text):
        if words[0] == ".end":
            break
        if words[0].startswith("."):
            _close(reading)
            if not _directive(reading, number, words):
                break
        elif reading.open is None:
            raise BlifError(f"line {number}: a row must follow `.names`, not {' '.join(words)!r}")
        else:
            reading.rows.append(" ".join(words))
    _close(reading)
    try:
        return Netlist(
            name=reading.name,
            inputs=tuple(dict.fromkeys(reading.inputs)),
            outputs=tuple(dict.fromkeys(reading.outputs)),
            gates=reading.gates,
            latches=reading.latches,
        )
    except ValueError as error:
        raise BlifError(str(error)) from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield lines with their numbers, those that are continued joined."""
    words: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].rstrip()
        words += line.removesuffix("\\").split()
        if not line.endswith("\\") and words:
            yield number, words
            words = []
    if words:
        yield number, words


def _directive(reading: _Reading, number: int, words: Sequence[str]) -> bool:
    """Take in a directive; False where a second model begins."""
    name, rest = words[0], tuple(words[1:])
    match name:
        case ".model":
            if reading.name:
                return False
            reading.name = rest[0] if rest else "top"
        case ".inputs":
            reading.inputs += rest
        case ".outputs":
            reading.outputs += rest
        case ".names" if rest:
            reading.open = (number, rest)
        case ".latch":
            _latch(reading, number, rest)
        case _ if name not in _IGNORED:
            raise BlifError(f"line {number}: {name!r} is not read, only flat models of covers are")
    return True


def _latch(reading: _Reading, number: int, rest: Sequence[str]) -> None:
    fields = list(rest)
    initial = fields.pop() if len(fields) in (3, 5) else "3"
    if len(fields) not in (2, 4) or initial not in "0123":
        raise BlifError(
            f"line {number}: a latch must be input, output, type and clock if any, and an "
            f"initial value from 0 to 3, not {' '.join(rest)!r}"
        )
    kind, clock = fields[2:] or ("", "")
    if kind not in ("", *_KINDS):
        raise BlifError(
            f"line {number}: a latch's type must be one of {', '.join(_KINDS)}, not {kind!r}"
        )
    _check_free(reading, number, fields[1])
    reading.latches[fields[1]] = Latch(
        data=fields[0],
        initial="01xx"[int(initial)],
        kind=kind,
        clock="" if clock == "NIL" else clock,
    )


def _check_free(reading: _Reading, number: int, name: str) -> None:
    if name in reading.gates or name in reading.latches:
        raise BlifError(f"line {number}: a signal must have one driver, but {name!r} has several")


def _close(reading: _Reading) -> None:
    """Finish the gate whose rows were read."""
    if reading.open is None:
        return
    number, names = reading.open
    *fanins, output = names
    cubes, values = [], set()
    for row in reading.rows:
        inputs, value = _row(row, len(fanins), number)
        cubes.append(cube_from_text(inputs))
        values.add(value)
    if len(values) > 1:
        raise BlifError(f"line {number}: rows of a cover must all give 1 or all give 0")
    _check_free(reading, number, output)
    reading.gates[output] = Gate(
        fanins=tuple(fanins), cubes=tuple(cubes), value=int(values.pop() if values else "1")
    )
    reading.open, reading.rows = None, []


def _row(row: str, width: int, number: int) -> tuple[str, str]:
    inputs, value = row[:-1].strip(), row[-1]
    if len(inputs) != width or set(inputs) - set("01-") or value not in "01":
        raise BlifError(
            f"line {number}: a row of this cover must be {width} inputs and 0 or 1, not {row!r}"
        )
    return inputs, value


def write_blif(netlist: Netlist) -> str:
    """Write a circuit as one model.

    Raises:
        BlifError: A name cannot be written.
    """
    for name in (*netlist.inputs, *netlist.outputs, *netlist.gates, *netlist.latches):
        if not name or name.startswith(".") or any(c.isspace() or c in "#\\=" for c in name):
            raise BlifError(f"signal {name!r} cannot be written in BLIF: it must be one plain word")
    lines = [f".model {netlist.name or 'top'}"]
    lines += [
        " ".join([key, *names])
        for key, names in ((".inputs", netlist.inputs), (".outputs", netlist.outputs))
    ]
    for output, latch in netlist.latches.items():
        control = [latch.kind, latch.clock or "NIL"] if latch.kind else []
        initial = "3" if latch.initial == "x" else latch.initial
        lines.append(" ".join([".latch", latch.data, output, *control, initial]))
    for output, gate in netlist.gates.items():
        lines.append(" ".join([".names", *gate.fanins, output]))
        width = len(gate.fanins)
        lines += [f"{cube_text(cube, width)} {gate.value}".lstrip() for cube in gate.cubes]
        if not gate.cubes and not gate.value:
            raise BlifError(f"gate {output!r} is 1 everywhere, which needs a cube")
    return "\n".join([*lines, ".end", ""])
