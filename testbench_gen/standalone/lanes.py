"""Many designs side by side: one stimulus, and the outputs of all of them in one text.

Each design is a lane. A row is what the outputs of one design show at one
sample, concatenated in the order of the ports; the text holds the rows of all
lanes, the first lane leftmost. Where every lane agrees, it is compared whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

from .scoreboard import HISTORY
from .timeline import cares

_UNKNOWN_AS_ANY = str.maketrans("XZ", "--")
_MEMORY = 1 << 14
"""Comparisons that are remembered."""
_TELLING = 0.7
"""Processor seconds that tell how long the rest will take."""
_NEW_START = 3.0
"""Processor seconds that must be saved for a new simulation of fewer designs to be worth it."""


def row_of(outputs: Mapping[str, str]) -> str:
    """Return the expected `outputs`, in the order of the ports, as a row."""
    return "".join(outputs.values())


def rows_of(signals: Sequence[Any]) -> str:
    """Return the rows of all lanes, from the cocotb handles that show them after a constant."""
    return "".join([str(signal.value)[1:] for signal in signals])


def unknown_as_any(row: str) -> str:
    """Return `row` as the simulator gives it with `-`, any value, for every bit that is X or Z."""
    return row.translate(_UNKNOWN_AS_ANY) if "X" in row or "Z" in row else row


class Secret:
    """Where the report goes and what it must carry; the environment forgets both."""

    def __init__(self) -> None:
        self.path = os.environ.pop("RTLGEN_REPORT", "")
        self._token = os.environ.pop("RTLGEN_TOKEN", "")

    def report(self, facts: Mapping[str, Any]) -> None:
        """Write `facts` with the token, if anybody asked for them."""
        if not self.path or not self._token:
            return
        partial = Path(f"{self.path}.part")
        partial.write_text(json.dumps({"token": self._token, **facts}), encoding="utf-8")
        partial.rename(self.path)


class Pace:
    """Ends a simulation that hangs, and tells of one that will not be done in time.

    One design that never lets time go on stops all of them. The kernel ends the
    process if so much processor time passes between two calls of `step` that no
    honest design can have used it. All that only where `RTLGEN_CPU_SECONDS` says
    how much of it the simulation may take; time on the wall depends on the load.
    """

    def __init__(self, lanes: int, samples: int) -> None:
        self._least = 1.5 + 0.02 * lanes
        self._samples = samples
        self._allowed = float(os.environ.get("RTLGEN_CPU_SECONDS", "inf"))
        self._watching = self._allowed < float("inf")
        self._first: tuple[int, float] | None = None
        self._last = 0.0
        self._longest = 0.0
        self._arm()

    def _arm(self) -> None:
        if self._watching:
            signal.setitimer(signal.ITIMER_PROF, max(self._least, 10 * self._longest))

    def step(self, samples: int) -> float | None:
        """Go on after `samples` samples; return the seconds foreseen if they are too many."""
        if not self._watching:
            return None
        now = time.process_time()
        if self._first is None:
            self._first, self._last = (samples, now), now
        self._longest, self._last = max(self._longest, now - self._last), now
        self._arm()
        begun, start = self._first
        if now - start < _TELLING:
            return None
        foreseen = start + (now - start) * (self._samples - begun) / (samples - begun)
        # The sooner, the less is known of what the rest takes.
        doubt = 3 - 2 * samples / self._samples
        return foreseen if foreseen > doubt * self._allowed else None

    def wasted(self, lanes: Lanes) -> bool:
        """Whether what is left should be simulated without the lanes that have a mismatch."""
        if self._first is None:
            return False
        begun, start = self._first
        spent, left = self._last - start, self._samples - lanes.samples
        # A little sooner than `step`, to which a simulation may seem too long to go on at all.
        if spent < 0.7 * _TELLING or lanes.samples == begun:
            return False
        return saved(spent, lanes.samples - begun, left, lanes.decided) > _NEW_START


def saved(spent: float, done: int, left: int, decided: float) -> float:
    """Return the seconds that `left` samples take for lanes that are decided, a share of all."""
    return spent / done * left * decided


class Lanes:
    """A scoreboard for every lane, with the counts and texts that `Scoreboard` would have."""

    def __init__(
        self,
        count: int,
        outputs: Sequence[tuple[str, int]],
        input_widths: Mapping[str, int],
        *,
        count_open: bool,
    ) -> None:
        """Compare rows of `outputs`, each a name and a width, of `count` lanes."""
        self.samples = 0
        self._checks = self._cared_bits = 0
        self._mismatches = [0] * count
        self._first: list[dict[str, Any] | None] = [None] * count
        ends = list(accumulate(width for _, width in outputs))
        self._ports = [(name, end - width, end) for (name, width), end in zip(outputs, ends)]  # noqa: B905
        self._width = ends[-1]
        self._starts = range(0, count * self._width, self._width)
        self._widths = input_widths
        self._count_open = count_open
        self._inputs: dict[str, int] = {}
        self._history: deque[tuple[dict[str, int], str]] = deque(maxlen=HISTORY)
        self._weights: dict[str, tuple[int, int]] = {}
        self._compared: dict[tuple[str, str], int] = {}

    @property
    def decided(self) -> float:
        """The share of lanes that have a mismatch."""
        return sum(first is not None for first in self._first) / len(self._first)

    def drive(self, levels: Mapping[str, int]) -> None:
        """Note that inputs have changed."""
        self._inputs.update(levels)

    def sample(self, want: str, got: str, *, phase: str, time_ns: Callable[[], float]) -> None:
        """Compare the rows in `got` with row `want`, which has `-` for any value."""
        checks, cared = self._weight(want)
        self._checks += checks
        self._cared_bits += cared
        if got != want * len(self._mismatches):
            self._compare(want, got, phase, time_ns)
        self.samples += 1
        self._history.append((self._inputs.copy(), got))

    def _weight(self, want: str) -> tuple[int, int]:
        """Return how many checks and cared bits a sample has at which `want` is expected."""
        if "-" not in want:
            return len(self._ports), self._width
        if want not in self._weights:
            parts = [want[start:end] for _, start, end in self._ports]
            counted = [part for part in parts if self._count_open or cares(part)]
            cared = sum(len(part) - part.count("-") for part in counted)
            _make_room(self._weights)
            self._weights[want] = len(counted), cared
        return self._weights[want]

    def _compare(self, want: str, got: str, phase: str, time_ns: Callable[[], float]) -> None:
        width, wrong = self._width, {want: 0}
        for lane, start in enumerate(self._starts):
            row = got[start : start + width]
            if row not in wrong:
                wrong[row] = self._wrong_ports(want, row)
            if wrong[row]:
                self._mismatches[lane] += wrong[row]
                if self._first[lane] is None:
                    self._first[lane] = self._described(want, row, start, phase, time_ns())

    def _wrong_ports(self, want: str, row: str) -> int:
        key = want, row
        if key not in self._compared:
            _make_room(self._compared)
            self._compared[key] = sum(
                _differs(want[start:end], row[start:end]) for _, start, end in self._ports
            )
        return self._compared[key]

    def _described(
        self, want: str, row: str, start: int, phase: str, time_ns: float
    ) -> dict[str, Any]:
        """Return the first mismatch of the lane whose row is `row`, at `start` in the signal."""
        port, left, right = next(
            (port, left, right)
            for port, left, right in self._ports
            if _differs(want[left:right], row[left:right])
        )
        return {
            "check": self.samples,
            "phase": phase,
            "time_ns": time_ns,
            "port": port,
            "expected": want[left:right],
            "got": row[left:right].lower(),
            "inputs": self._shown(self._inputs),
            "history": [
                {**self._shown(inputs), **self._outputs(got[start : start + self._width])}
                for inputs, got in self._history
            ],
        }

    def _outputs(self, row: str) -> dict[str, str]:
        return {name: row[start:end].lower() for name, start, end in self._ports}

    def _shown(self, levels: Mapping[str, int]) -> dict[str, str]:
        return {
            name: f"0x{value:0{(self._widths[name] + 3) // 4}x}" for name, value in levels.items()
        }

    def facts(self) -> dict[str, Any]:
        """Return what `Scoreboard.report` writes, for every lane."""
        return {
            "lanes": [
                {
                    "checks": self._checks,
                    "mismatches": mismatches,
                    "first_mismatch": first,
                    "cared_bits": self._cared_bits,
                }
                for mismatches, first in zip(self._mismatches, self._first)  # noqa: B905
            ]
        }


class Recorder:
    """Writes the rows of all lanes down, one line a sample, into a file beside the report."""

    def __init__(self, path: str) -> None:
        """Write to `path`, compressed by zlib."""
        self.samples = 0
        self._hash = hashlib.sha256()
        self._packer = zlib.compressobj(1)
        self._bytes = 0
        self._file: BinaryIO | None = Path(path).open("xb") if path else None  # noqa: SIM115

    def sample(self, got: str) -> None:
        """Write one sample down."""
        self.samples += 1
        self._write(self._packer.compress(got.encode()))

    def _write(self, data: bytes) -> None:
        if data and self._file:
            self._file.write(data)
            self._hash.update(data)
            self._bytes += len(data)

    def facts(self) -> dict[str, Any]:
        """End the file; return what tells whether it is the whole and nothing else."""
        self._write(self._packer.flush())
        if self._file:
            self._file.close()
        return {
            "samples": self.samples,
            "rows_bytes": self._bytes,
            "rows_sha256": self._hash.hexdigest(),
        }


def _differs(want: str, got: str) -> bool:
    if want == got:
        return False
    return any(w not in ("-", g) for w, g in zip(want, got))  # noqa: B905


def _make_room(memory: dict[Any, Any]) -> None:
    if len(memory) >= _MEMORY:
        memory.clear()
