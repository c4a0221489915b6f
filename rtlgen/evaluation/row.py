"""One line of `samples.jsonl`: what became of one sample."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category, Judgement, Signal, Window
from rtlgen.evaluation.strict import Strict, first_fault

ROWS = "samples.jsonl"
"""Name of the file of rows in a run's folder."""
MAX_VERILOG = 1 << 18
"""Characters of a design that a row keeps; `Row.digest` is that of all of it."""


class Origin(StrEnum):
    """Where the judgement of a row comes from."""

    JUDGED = "judged"
    """From a simulation of this run; only these rows' `seconds` were spent in it."""
    EQUAL = "equal design"
    """From that of an equal design in this run."""
    CACHE = "cache"
    """From the cache: an earlier run's, or one made by this run long before."""
    NONE = "none"
    """There was no design to judge."""


class SignalRow(Strict):
    """One signal of a window; see `judgement.Signal`."""

    name: str
    role: str
    values: tuple[str, ...]


class WindowRow(Strict):
    """The samples up to the first mismatch; see `judgement.Window`."""

    times: tuple[int, ...]
    first: int
    signals: tuple[SignalRow, ...]

    def window(self) -> Window:
        """Return it as the value that the harness made.

        Raises:
            ValueError: A signal has more or fewer values than there are times.
        """
        signals = tuple(Signal(name=s.name, role=s.role, values=s.values) for s in self.signals)
        return Window(times=self.times, first=self.first, signals=signals)


class Row(Strict):
    """Both verdicts on one sample, and what they rest on."""

    task_id: str
    sample: int = Field(ge=0)
    """Number of the sample within its problem, in the order of its source."""
    official: bool | None
    functional: bool | None
    category: Category
    official_category: str = ""
    reason: str = ""
    seconds: float = 0.0
    """Processor time of the judgement; equal designs share one, see `origin`."""
    mismatches: int = 0
    samples: int = 0
    expected_samples: int = 0
    digest: str = ""
    """Hex digest of the Verilog text; empty where there is none."""
    rule: str = ""
    """How the completion became a design, such as `prompt + completion`."""
    origin: Origin = Origin.JUDGED
    verilog: str | None = None
    """The design, its first `MAX_VERILOG` characters."""
    verilog_cut: Literal[True] | None = None
    """Set where the design is longer than what `verilog` holds."""
    log: str = ""
    window: WindowRow | None = None

    @property
    def judged(self) -> bool:
        """Whether there is a functional verdict."""
        return self.functional is not None

    @classmethod
    def of(
        cls,
        task_id: str,
        sample: int,
        judgement: Judgement,
        *,
        verilog: str | None,
        digest: str,
        rule: str,
        origin: Origin,
    ) -> Self:
        """Return the row of a sample; texts must not hold lone surrogates."""
        long = verilog is not None and len(verilog) > MAX_VERILOG
        return cls(
            task_id=task_id,
            sample=sample,
            official=judgement.official,
            functional=judgement.functional,
            category=judgement.category,
            official_category=judgement.official_category,
            reason=judgement.reason,
            seconds=round(judgement.seconds, 6),
            mismatches=judgement.mismatches,
            samples=judgement.samples,
            expected_samples=judgement.expected_samples,
            digest=digest,
            rule=rule,
            origin=origin,
            verilog=verilog[:MAX_VERILOG] if verilog is not None else None,
            verilog_cut=True if long else None,
            log=judgement.log,
            window=window_row(judgement.window),
        )

    def judgement(self) -> Judgement:
        """Return what the row says of its design.

        Raises:
            ValueError: It contradicts itself.
        """
        return Judgement(
            official=self.official,
            functional=self.functional,
            category=self.category,
            official_category=self.official_category,
            reason=self.reason,
            mismatches=self.mismatches,
            samples=self.samples,
            expected_samples=self.expected_samples,
            seconds=self.seconds,
            log=self.log,
            window=self.window.window() if self.window is not None else None,
        )

    def line(self) -> bytes:
        """Return the row as one line of JSON, its newline included."""
        return self.model_dump_json().encode() + b"\n"


def window_row(window: Window | None) -> WindowRow | None:
    """Return `window` as a row keeps it."""
    if window is None:
        return None
    signals = tuple(SignalRow(name=s.name, role=s.role, values=s.values) for s in window.signals)
    return WindowRow(times=window.times, first=window.first, signals=signals)


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of `path`, one at a time; a last line without its end is no row.

    `path` may be the file or the folder of the run that has it.

    Raises:
        UsageError: There is no such file, or a line is no row; names file and line.
    """
    file = path / ROWS if path.is_dir() else path
    try:
        stream = file.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read the rows of a run: {file}: {error.strerror}") from error
    with stream:
        for number, line in enumerate(stream, 1):
            if line.endswith(b"\n"):
                yield row_of(line, f"{file}:{number}")


def row_of(line: bytes, place: str) -> Row:
    """Return the row that `line` holds.

    Raises:
        UsageError: It holds none; names `place`.
    """
    try:
        return Row.model_validate_json(line)
    except ValidationError as error:
        said = first_fault(error, whole="the line")
        raise UsageError(
            f"{place}: {said}\n\n"
            "hint: a file of rows is written by `rtlgen eval` and is not edited by hand"
        ) from error
