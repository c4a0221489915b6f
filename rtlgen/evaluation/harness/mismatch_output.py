"""Reading what `mismatch_bench`'s benches print.

Only lines that begin with the secret count; everything else is what a design printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rtlgen.evaluation.harness.mismatch_test import MismatchTest
from rtlgen.evaluation.judgement import Signal, Window

_BITS = re.compile(r"[01xzXZ]+\Z")


@dataclass(slots=True)
class LaneOutput:
    """What was reported of one design."""

    mismatches: int | None = None
    """None where the run did not come to its last lines."""
    first: tuple[str, str] | None = None
    """Expected and got, all outputs together, at the first mismatch."""
    rows: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Sample, time, inputs with expected outputs, outputs."""

    @property
    def unknown_value(self) -> bool:
        """Whether X or Z in place of 0 or 1 is all that is wrong at the first mismatch."""
        if self.first is None:
            return False
        width = max(map(len, self.first))
        expected, got = (_extended(bits, width) for bits in self.first)
        pairs = [(e, g) for e, g in zip(expected, got, strict=True) if e in "01"]
        return any(g in "xz" for _, g in pairs) and all(g in "xz" or e == g for e, g in pairs)


@dataclass(slots=True)
class BenchOutput:
    """What one simulation reported."""

    samples: int | None = None
    lanes: list[LaneOutput] = field(default_factory=list)
    widths: tuple[int, ...] = ()
    timeout: bool = False
    """The test's own time limit struck."""
    printed: str = ""
    """What the designs printed."""
    broken: bool = False
    """A line of the bench came twice or makes no sense: nothing of it is believed."""


def read_output(text: str, *, secret: str, lanes: int) -> BenchOutput:
    """Return what a bench with this `secret` reported of its `lanes`."""
    found = BenchOutput(lanes=[LaneOutput() for _ in range(lanes)])
    printed: list[str] = []
    for line in text.split("\n"):
        head, mark, rest = line.rpartition(f"{secret} ")
        if not mark:
            printed.append(line)
            continue
        if head:
            # A design prints without an end of line, and then the bench.
            printed.append(head)
        try:
            _take(found, rest.split())
        except (ValueError, IndexError):
            found.broken = True
    found.printed = "\n".join(printed).strip("\n")
    return found


def _take(found: BenchOutput, words: Sequence[str]) -> None:
    kind, values = words[0], words[1:]
    if kind == "n":
        found.broken |= found.samples is not None
        found.samples = int(values[0])
    elif kind == "r":
        lane = found.lanes[_index(values[0])]
        found.broken |= lane.mismatches is not None
        lane.mismatches = int(values[1])
    elif kind == "w":
        lane = found.lanes[_index(values[0])]
        lane.rows.append((int(values[1]), int(values[2]), *_bits(values[3:5])))
    elif kind == "m":
        found.lanes[_index(values[0])].first = _bits(values[1:3])
    elif kind == "b":
        found.widths = tuple(map(int, values))
    elif kind == "t":
        found.timeout = True
    else:
        raise ValueError(kind)


def _index(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _bits(values: Sequence[str]) -> tuple[str, str]:
    first, second = (value.lower() for value in values)
    if not (_BITS.match(first) and _BITS.match(second)):
        raise ValueError(values)
    return first, second


def window_of(test: MismatchTest, widths: Sequence[int], lane: LaneOutput) -> Window | None:
    """Return the samples up to the first mismatch of one design, if they were reported."""
    if not lane.rows or lane.first is None:
        return None
    names = [(c.port, "input") for c in test.inputs]
    outputs = {c.signal: c.port for c in test.outputs}
    ports = [outputs[name] for name in test.got]
    names += [(port, "expected") for port in ports]
    if len(widths) != len(names):
        return None
    own = widths[len(test.inputs) :]
    signals = [
        *_signals(names, widths, [row[2] for row in lane.rows]),
        *_signals([(port, "got") for port in ports], own, [row[3] for row in lane.rows]),
    ]
    return Window(
        times=tuple(row[1] for row in lane.rows), first=lane.rows[0][0], signals=tuple(signals)
    )


def _signals(
    names: Sequence[tuple[str, str]], widths: Sequence[int], rows: Sequence[str]
) -> Iterator[Signal]:
    """Yield the signals whose values stand side by side in `rows`."""
    whole = [_extended(row, sum(widths)) for row in rows]
    for (name, role), (start, end) in zip(names, _slices(widths), strict=True):
        yield Signal(name=name, role=role, values=tuple(row[start:end] for row in whole))


def _extended(bits: str, width: int) -> str:
    """Return `bits` with the leading X or Z, or zeros, that Icarus leaves out."""
    return bits.rjust(width, bits[0] if bits[0] in "xz" else "0")


def _slices(widths: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for width in widths:
        yield start, start + width
        start += width
