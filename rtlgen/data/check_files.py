"""What must hold of a dataset's files together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import yaml

from rtlgen import __version__
from rtlgen.data.card import CARD, card, front_matter
from rtlgen.data.check_rows import Fault
from rtlgen.data.dataset_record import DatasetRecord
from rtlgen.data.findings import Findings
from rtlgen.data.hugging_face import LINES_YAML, description, lines_yaml
from rtlgen.data.plots import pictures_of
from rtlgen.data.readers import Placed, read_rows
from rtlgen.data.rows import Kind, Split
from rtlgen.data.survey import Survey


def same_rows(lines: Path, parquet: Path, kind: Kind, findings: Findings) -> Iterator[Placed]:
    """Yield the rows of a JSONL file; note where the Parquet file has others.

    Raises:
        UsageError: A row of either cannot be read; names file and line.
    """
    if not parquet.is_file():
        findings.add(
            "parquet", str(lines), f"the same rows must be in {parquet.name}, it is missing"
        )
        yield from read_rows(lines, kind)
        return
    for ours, theirs in zip_longest(read_rows(lines, kind), read_rows(parquet, kind)):
        if ours is None or theirs is None:
            place = ours or theirs
            findings.add("parquet", place.place, "the other file has no such row")
        elif ours.row != theirs.row:
            findings.add("parquet", ours.place, f"{theirs.place} is another row")
        if ours is not None:
            yield ours


def file_faults(folder: Path, record: DatasetRecord, counts: Survey) -> Iterator[Fault]:
    """Yield what record, card and files say that the rows do not."""
    yield from _counts(record, counts)
    yield from _digests(folder, record)
    yield from _card(folder, record, counts)
    yield from _lines_yaml(folder, record)


def _counts(record: DatasetRecord, counts: Survey) -> Iterator[Fault]:
    real = {kind: dict(splits) for kind, splits in counts.rows.items()}
    for kind in Kind:
        for split in Split:
            said, there = (of.get(kind, {}).get(split, 0) for of in (record.counts, real))
            if said != there:
                yield (
                    "counts",
                    f"dataset.json says {said} rows of {kind} in {split}, there are {there}",
                )
    dropped = {rule: what.total() for rule, what in sorted(counts.dropped.items())}
    if dropped != record.dropped:
        yield "counts", f"dataset.json says dropped {record.dropped}, dropped.jsonl {dropped}"


def _digests(folder: Path, record: DatasetRecord) -> Iterator[Fault]:
    for name, entry in record.files.items():
        path = folder / name
        if not path.is_file():
            yield "files", f"{name} is missing"
        elif _sha256(path) != entry.sha256:
            yield "files", f"{name} was changed after it was written"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _card(folder: Path, record: DatasetRecord, counts: Survey) -> Iterator[Fault]:
    path = folder / CARD
    if not path.is_file():
        yield "card", f"{CARD} is missing"
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    if _head(text) != yaml.safe_load(front_matter(record)):
        yield "card", f"the YAML of {CARD} is not what the data says"
    pictures = pictures_of(counts, record.verdicts or counts.categories)
    missing = [name for name in pictures if not (folder / "plots" / name).is_file()]
    if missing:
        yield "card", f"plots/{missing[0]} is missing"
    elif record.rtlgen == __version__ and text != card(record, counts, pictures):
        yield "card", f"{CARD} is not what the data says"


def _lines_yaml(folder: Path, record: DatasetRecord) -> Iterator[Fault]:
    for kind, splits in record.counts.items():
        path = folder / kind / LINES_YAML
        text = lines_yaml(kind, splits, description(kind, record.files))
        if not path.is_file() or path.read_text("utf-8", "replace") != text:
            yield "card", f"{kind}/{LINES_YAML} is missing, or is not what the data says"


def _head(text: str) -> object:
    """Return what the YAML at the head of a card says; None where there is none."""
    parts = text.split("\n---\n", 1)
    if not text.startswith("---\n") or len(parts) < 2:
        return None
    try:
        return yaml.safe_load(parts[0])
    except yaml.YAMLError:
        return None
