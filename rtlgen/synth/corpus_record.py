"""`corpus.json`: what a corpus was made by, what is in it, and what was left out."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault

FAULTS_SHOWN = 200
"""Golden designs that fail are named, at most so many."""


class Options(Strict):
    """What was asked for: the same options give the same corpus."""

    seed: int
    count: int
    sampling: int
    held_out_instances: int
    held_out_family_instances: int
    families: tuple[str, ...]
    """Families that are drawn from, held-out ones left out."""
    held_out_families: tuple[str, ...]
    canonical: bool
    against: tuple[str, ...]


class Fault(Strict):
    """A golden design that fails: an error in its family."""

    family: str
    seed: str
    why: str


class PartRecord(Strict):
    """One part: also written into its own folder."""

    seed: int
    part: str
    problems: int = Field(ge=0)
    slips: int = Field(ge=0)
    designs: int = Field(ge=0)
    """Different designs, names, comments and space not counted."""
    specs: int = Field(ge=0)
    """Different specifications."""
    families: dict[str, int]
    kinds: dict[str, int]
    phrasings: dict[str, int]
    slip_names: dict[str, int]
    fates: dict[str, int]
    """Of all wrong designs that were tried: killed by the test, survived, not to be simulated."""
    dropped: dict[str, int]
    """Examples that were left out, by rule."""
    contaminated: dict[str, int]
    """Those among them that resemble a known problem, by family."""
    faults: tuple[Fault, ...] = ()
    short: int = 0
    """Problems that are missing because nothing new was drawn any more."""
    rtlgen: str
    tools: dict[str, str]


class CorpusRecord(Strict):
    """The whole corpus."""

    version: int = 1
    options: Options
    parts: dict[str, PartRecord]
    seconds: float
    """Wall time of the last call that made it."""
    processor_seconds: float
    """Of drawing and checking in Python, all calls together; the tools' own not counted."""
    workers: int
    examples_per_second: float | None = None
    """Verified examples for each second of wall time; None where some were made before."""


def write_record(record: CorpusRecord | PartRecord, path: Path) -> None:
    """Write a record, whole or not at all."""
    write_whole(path, record.model_dump_json(indent=2) + "\n")


def read_record(path: Path) -> CorpusRecord:
    """Return the record of a corpus.

    Raises:
        UsageError: It is damaged.
    """
    try:
        return CorpusRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise UsageError(
            f"{first_fault(error)}, {path}\n\nhint: give another folder with -o"
        ) from error
