"""Expectations without a model: what every sample of a stimulus should show, written down."""

from __future__ import annotations

from dataclasses import dataclass

from testbench_gen.stimulation import Stimulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What is expected at every sample of `stimulation`.

    Rows come from a reference (`testbench_gen.expected_rows`), or from designs that were observed
    (`sim.batch.observe_many`) and are trusted.
    """

    stimulation: Stimulation
    rows: tuple[str, ...]
    """One row a sample: all outputs in the order of the interface, most significant bit first,
    `-` where any value is allowed."""

    def __post_init__(self) -> None:
        if len(self.rows) != self.stimulation.samples:
            raise ValueError(
                f"{self.stimulation.samples} samples need as many rows, not {len(self.rows)}"
            )
        width = self.stimulation.row_width
        for number, row in enumerate(self.rows):
            if len(row) != width or row.strip("01-"):
                raise ValueError(
                    f"a row has {width} characters, each 0, 1 or -; row {number} is {row[:80]!r}"
                )

    @property
    def checks(self) -> int:
        """Output ports of which some bit is expected, summed over the samples."""
        return sum(self._cared(row) for row in self.rows)

    def _cared(self, row: str) -> int:
        cared = start = 0
        for port in self.stimulation.interface.outputs:
            cared += bool(row[start : start + port.width].strip("-"))
            start += port.width
        return cared
