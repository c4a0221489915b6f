"""Waveforms as values: what signals were at a series of times."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.interface import Direction, Interface, Port

_UNKNOWN = frozenset("xXzZ-?uU")
_DIGITS = {2: "01", 10: "0123456789", 16: "0123456789abcdef"}
_PREFIXED = re.compile(r"(?:(\d{0,5})'([bBdDhH])|0([xXbB]))([0-9a-fA-FxXzZ?_]+)")


class WaveformError(ValueError):
    """A table that is no waveform; the message names row and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One signal."""

    port: Port
    samples: tuple[int | None, ...]
    """Its unsigned value in each row; None where it is unknown."""

    @property
    def name(self) -> str:
        return self.port.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """Samples of ports in the order of time.

    Raises:
        WaveformError: Columns differ in length, stand twice, or hold a value that does not fit.
    """

    columns: tuple[Column, ...]
    times: tuple[str, ...]
    """The label of each row, as written."""
    clock: str | None = None
    """The input that is a clock, if there is one."""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise WaveformError(f"column {twice!r} stands twice")
        if not self.times:
            raise WaveformError("a waveform needs at least one row")
        for column in self.columns:
            if len(column.samples) != len(self.times):
                raise WaveformError(
                    f"column {column.name!r} must have {len(self.times)} samples, "
                    f"not {len(column.samples)}"
                )
            for time, value in zip(self.times, column.samples, strict=True):
                if value is not None and not 0 <= value < 1 << column.port.width:
                    raise WaveformError(
                        f"{column.name!r} at {time} must fit into {column.port.width} bits: {value}"
                    )
        if self.clock is not None and self.clock not in [port.name for port in self.inputs]:
            raise WaveformError(f"the clock {self.clock!r} must be one of the inputs")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.times)

    @property
    def inputs(self) -> tuple[Port, ...]:
        """Input ports that are shown, the clock included."""
        return tuple(c.port for c in self.columns if c.port.direction is Direction.INPUT)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """Output ports that are shown."""
        return tuple(c.port for c in self.columns if c.port.direction is Direction.OUTPUT)

    def samples(self, name: str) -> tuple[int | None, ...]:
        """Return the samples of one signal.

        Raises:
            KeyError: There is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column.samples
        raise KeyError(f"the waveform has no column {name!r}")

    def at(self, row: int) -> dict[str, int | None]:
        """Return the value of every signal in one row."""
        return {column.name: column.samples[row] for column in self.columns}

    def replay(self) -> list[tuple[dict[str, int | None], dict[str, str]]]:
        """Return for each row the inputs and the outputs expected, `-` for unknown bits.

        This is what the waveform demands of any design, whatever is inferred from it.
        """
        trace = []
        for row in range(self.rows):
            now = self.at(row)
            expected = {
                port.name: "-" * port.width
                if (value := now[port.name]) is None
                else format(value, f"0{port.width}b")
                for port in self.outputs
            }
            trace.append(({port.name: now[port.name] for port in self.inputs}, expected))
        return trace

    @classmethod
    def read(
        cls,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        interface: Interface,
        *,
        clock: str | None = None,
        radix: Mapping[str, int] | None = None,
    ) -> Waveform:
        """Read a table of cells as people print them.

        Columns that are no port must come first and label the rows (the time).
        Cells are binary, decimal or hexadecimal; which, is found from all cells of
        a column unless `radix` (2, 10 or 16 by name) says so. The clock is by default
        the interface's first, or the input called `clk` or `clock`.

        Raises:
            WaveformError: A cell cannot be read, or a column could be read in two ways.
        """
        ports = {port.name: port for port in interface.ports}
        labels = next((i for i, name in enumerate(header) if name in ports), len(header))
        for name in header[labels:]:
            if list(header).count(name) > 1:
                raise WaveformError(f"column {name!r} stands twice")
            if name not in ports:
                raise WaveformError(f"column {name!r} is no port of {interface.module!r}")
        for number, row in enumerate(rows, 1):
            if len(row) != len(header):
                raise WaveformError(
                    f"row {number} must have {len(header)} cells, not {len(row)}: {' '.join(row)!r}"
                )
        cells = {name: [row[i] for row in rows] for i, name in enumerate(header) if i >= labels}
        bases = _bases({name: (ports[name], cells[name]) for name in cells}, radix or {})
        columns = tuple(
            Column(port=ports[name], samples=_samples(ports[name], texts, bases[name]))
            for name, texts in cells.items()
        )
        times = tuple(" ".join(row[:labels]) or str(n) for n, row in enumerate(rows))
        return cls(columns=columns, times=times, clock=clock or _clock_of(interface, cells))


def _clock_of(interface: Interface, shown: Mapping[str, object]) -> str | None:
    declared = [clock.port for clock in interface.clocks if clock.port in shown]
    named = [
        port.name
        for port in interface.inputs
        if port.name.lower() in ("clk", "clock") and port.name in shown and port.width == 1
    ]
    return next(iter((*declared, *named)), None)


def _bases(
    columns: Mapping[str, tuple[Port, Sequence[str]]], given: Mapping[str, int]
) -> dict[str, int]:
    """Return the radix of every column; one that must be hexadecimal makes open ones so, too."""
    possible = {name: _possible_bases(port, texts) for name, (port, texts) in columns.items()}
    certain_hex = any(bases == [16] for bases in possible.values())
    found: dict[str, int] = {}
    for name, bases in possible.items():
        if name in given:
            found[name] = given[name]
        elif not bases:
            raise WaveformError(f"the cells of column {name!r} are no numbers that fit into it")
        elif len(bases) == 1 or (certain_hex and 16 in bases):
            found[name] = 16 if certain_hex and 16 in bases else bases[0]
        else:
            raise WaveformError(
                f"the cells of column {name!r} could be in base {' or '.join(map(str, bases))}\n\n"
                "hint: write 8'h10, 8'd10 or 8'b10, or 0x10"
            )
    return found


def _possible_bases(port: Port, texts: Sequence[str]) -> list[int]:
    """Return the bases in which the cells fit; a single one where they all mean the same."""
    plain = {text for text in texts if not _is_unknown(text) and not _PREFIXED.fullmatch(text)}
    fitting = [base for base in (2, 10, 16) if all(_fits(text, base, port) for text in plain)]
    padded = all(len(text) == port.width for text in plain)
    if port.width > 1 and fitting and fitting[0] == 2:
        # Unpadded zeros and ones are more likely numbers than binary.
        if padded:
            return [2]
        fitting = fitting[1:] or [2]
    meanings = {tuple(int(text, base) for text in sorted(plain)) for base in fitting}
    hexadecimal = (port.width + 3) // 4
    if len(meanings) > 1 and 16 in fitting and any(t[0] == "0" and len(t) > 1 for t in plain):
        return [16] if all(len(text) == hexadecimal for text in plain) else fitting
    return fitting[:1] if len(meanings) == 1 else fitting


def _is_unknown(text: str) -> bool:
    return bool(text) and set(text) <= _UNKNOWN


def _fits(text: str, base: int, port: Port) -> bool:
    digits = text.lower().replace("_", "")
    if not digits or len(digits) > 1200 or set(digits) - set(_DIGITS[base]):
        return False
    return int(digits, base) < 1 << port.width


def _samples(port: Port, texts: Sequence[str], base: int) -> tuple[int | None, ...]:
    return tuple(_sample(port, text, base) for text in texts)


def _sample(port: Port, text: str, base: int) -> int | None:
    if _is_unknown(text):
        return None
    digits = text
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed:
        sign = (prefixed[2] or prefixed[3]).lower()
        base, digits = {"b": 2, "d": 10, "h": 16, "x": 16}[sign], prefixed[4]
        if set(digits) & _UNKNOWN:
            return None
    if not _fits(digits, base, port):
        raise WaveformError(
            f"a cell of {port.name!r} must be a number of {port.width} bits, or x, not {text!r}"
        )
    return int(digits.replace("_", ""), base)
