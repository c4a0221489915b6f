"""Compares outputs with what is expected, keeps the first mismatch, writes the report."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .timeline import cares

HISTORY = 8
"""Samples kept before the first mismatch."""


class Scoreboard:
    """Counts checks and mismatches; a check is one output port at one sample."""

    def __init__(self, input_widths: Mapping[str, int], *, count_open: bool = False) -> None:
        """Count checks on outputs with widths of the inputs at hand, to show them.

        With `count_open` a port of which nothing is expected counts as a check too,
        so that the number of checks does not depend on a golden design's X bits.
        """
        self.samples = 0
        self.checks = 0
        self.mismatches = 0
        self.cared_bits = 0
        self.first_mismatch: dict[str, Any] | None = None
        self._widths = input_widths
        self._count_open = count_open
        # Taken out of the environment, so that nothing a design might start can read them.
        self._path = os.environ.pop("RTLGEN_REPORT", "")
        self._token = os.environ.pop("RTLGEN_TOKEN", "")
        self._inputs: dict[str, int] = {}
        self._history: deque[tuple[dict[str, int], Mapping[str, str]]] = deque(maxlen=HISTORY)

    def drive(self, levels: Mapping[str, int]) -> None:
        """Note that inputs have changed."""
        self._inputs.update(levels)

    def sample(
        self, expected: Mapping[str, str], got: Mapping[str, str], *, phase: str, time_ns: float
    ) -> None:
        """Compare one sample; values are binary, most significant bit first, `-` for any value."""
        for port, want in expected.items():
            if want == got[port] and "-" not in want:
                self.checks += 1
                self.cared_bits += len(want)
            elif self._count_open or cares(want):
                self._check(port, want, got[port], phase, time_ns)
        self.samples += 1
        if self.first_mismatch is None:
            self._history.append((dict(self._inputs), got))

    def _check(self, port: str, want: str, got: str, phase: str, time_ns: float) -> None:
        self.checks += 1
        self.cared_bits += len(want) - want.count("-")
        if len(want) == len(got) and all(w in ("-", g) for w, g in zip(want, got, strict=True)):
            return
        self.mismatches += 1
        if self.first_mismatch is None:
            self.first_mismatch = {
                "check": self.samples,
                "phase": phase,
                "time_ns": time_ns,
                "port": port,
                "expected": want,
                "got": got,
                "inputs": self._shown(self._inputs),
                "history": [{**self._shown(i), **o} for i, o in self._history],
            }

    def _shown(self, levels: Mapping[str, int]) -> dict[str, str]:
        return {
            name: f"0x{value:0{(self._widths[name] + 3) // 4}x}" for name, value in levels.items()
        }

    def report(self) -> None:
        """Write the report where `RTLGEN_REPORT` says, if anybody asked for one."""
        if not self._path or not self._token:
            return
        facts = {
            "token": self._token,
            "checks": self.checks,
            "mismatches": self.mismatches,
            "first_mismatch": self.first_mismatch,
            "samples": self.samples,
            "cared_bits": self.cared_bits,
        }
        partial = Path(f"{self._path}.part")
        partial.write_text(json.dumps(facts), encoding="utf-8")
        partial.rename(self._path)

    def verdict(self) -> str:
        """Return one sentence on the outcome; with a mismatch, the first one in full."""
        if self.first_mismatch is None:
            return f"all {self.checks} checks held"
        first = self.first_mismatch
        lines = [
            f"{self.mismatches} of {self.checks} checks did not hold; the first:",
            f"  port      {first['port']}",
            f"  expected  {first['expected']}",
            f"  got       {first['got']}",
            f"  sample    {first['check']} at {first['time_ns']:g} ns, phase {first['phase']}",
            f"  inputs    {_row(first['inputs'])}",
            "  before it (oldest first):",
        ]
        return "\n".join(lines + [f"    {_row(row)}" for row in first["history"]])


def binary(width: int, signal: Any) -> str:  # noqa: ANN401
    """Return the value of a cocotb handle in binary, with `x` and `z`."""
    value = signal.value
    if isinstance(value, int):
        return format(value & ((1 << width) - 1), f"0{width}b")
    text = str(value)
    return text if "X" not in text and "Z" not in text else text.lower()


def unknown_as_any(value: str) -> str:
    """Return `value` with `-`, any value, for every bit that is X or Z."""
    return value.replace("x", "-").replace("z", "-")


def _row(values: Mapping[str, str]) -> str:
    return "  ".join(f"{name}={value}" for name, value in values.items())
