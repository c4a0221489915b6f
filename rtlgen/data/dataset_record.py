"""The record of a dataset: `dataset.json`, written last, so that a folder with it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from rtlgen.data.rows import Kind, Split
from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import Strict, first_fault

DATASET: Final = "dataset.json"
"""Name of the record in a dataset's folder."""
RECORD_SCHEMA: Final = 1


class SourceEntry(Strict):
    """One source, and what became of its answers."""

    kind: str
    """As `rows.Provenance.source`."""
    name: str
    """Its own name; never an absolute path."""
    digest: str
    """Hex digest of the file or record."""
    problem_set: str = ""
    """Whose problems it answers."""
    model: str = ""
    """What wrote the answers; empty where nobody says."""
    licence: str = ""
    """SPDX expression; empty where nobody says."""
    answers: int = Field(default=0, ge=0)
    """Answers in it."""
    judged: int = Field(default=0, ge=0)
    """Those of them that there is a verdict on."""


class FileEntry(Strict):
    """One file of rows."""

    rows: int = Field(ge=0)
    """Lines, or rows of the table."""
    bytes: int = Field(ge=0)
    """Its size."""
    sha256: str
    """Hex digest of its content."""


class DatasetRecord(Strict):
    """All of `dataset.json`; a build fills it but for what the writer counts itself."""

    schema_number: Literal[1] = RECORD_SCHEMA
    """Version of this record's schema."""
    rtlgen: str
    """Version that wrote it."""
    name: str
    """Such as `verdicts`; lower case, as a folder is called."""
    title: str = ""
    """Heading of the card."""
    licence: str = ""
    """SPDX expression of the whole; empty where nobody says."""
    language: str = "en"
    """Of the prompts, as ISO 639-1."""
    sources: list[SourceEntry] = Field(default_factory=list)
    """What it was made of."""
    options: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """Gates and choices by option."""
    seed: int = 0
    """Seed of the splits."""
    allowed: list[str] = Field(default_factory=list)
    """Problem sets that are in it by declaration: it is for study, and not for training
    models that are evaluated on them."""
    against: list[str] = Field(default_factory=list)
    """Problem sets that it was compared with."""
    verdicts: dict[str, int] = Field(default_factory=dict)
    """Answers by `judgement.Category`; those that are not judged too."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Tool to version."""
    counts: dict[Kind, dict[Split, int]] = Field(default_factory=dict)
    """Rows; the writer's."""
    families: dict[Split, int] = Field(default_factory=dict)
    """Families of problems; the writer's."""
    dropped: dict[str, int] = Field(default_factory=dict)
    """What was left out, by rule; the writer's."""
    files: dict[str, FileEntry] = Field(default_factory=dict)
    """By path in the folder; the writer's."""


def read_record(folder: Path) -> DatasetRecord:
    """Return the record of the dataset in `folder`.

    Raises:
        UsageError: There is none, or it cannot be read; names the file.
    """
    path = folder / DATASET
    if not folder.is_dir():
        raise UsageError(
            f"a dataset must be a folder, {folder} is "
            f"{'a file' if folder.exists() else 'not there'}\n\n"
            "hint: give the folder that `rtlgen dataset build` wrote with -o"
        )
    try:
        return DatasetRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise UsageError(
            f"a dataset must have a {DATASET}, {folder} has none: it is none, or was not "
            "finished\n\nhint: repeat the command that began it with --resume"
        ) from error
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error)}") from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
