"""The card of a dataset, `README.md`: written from the data itself.

Its YAML is what the Hugging Face hub and `datasets.load_dataset` read: licence, size,
and a configuration for each kind, on the Parquet files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from rtlgen.data import contamination, near_duplicates, plots
from rtlgen.data.dataset_record import DatasetRecord, read_record
from rtlgen.data.hugging_face import description
from rtlgen.data.rows import Kind, Split
from rtlgen.data.survey import Survey, survey
from rtlgen.evaluation.replacing import write_whole

CARD = "README.md"
PLOTS = "plots"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_TRAINERS = {
    Kind.PREFERENCE: "DPO",
    Kind.SFT: "SFT",
    Kind.REPAIR: "SFT on repairs",
    Kind.GRPO: "GRPO",
    Kind.UNPAIRED: "KTO",
}
_SPDX = re.compile(r"[\w.+-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#!&])")
_MOST = 30
"""Lines of a table at most."""


def write_card(folder: Path) -> None:
    """Write card and plots of the dataset in `folder`, from its record and its rows.

    Raises:
        UsageError: Record or rows cannot be read.
        OSError: Something cannot be written.
    """
    record = read_record(folder)
    counts = survey(folder)
    pictures = plots.draw(folder / PLOTS, counts, record.verdicts or counts.categories)
    write_whole(folder / CARD, card(record, counts, pictures))


def card(record: DatasetRecord, counts: Survey, pictures: Sequence[str]) -> str:
    """Return the text of the card."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - slow to load

    environment = Environment(  # noqa: S701 - Markdown; `cell` escapes what others wrote
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"cell": cell, "share": _share}
    source = (resources.files("rtlgen.data") / "templates" / "card.md.jinja").read_text("utf-8")
    return environment.from_string(source).render(
        yaml=front_matter(record),
        record=record,
        counts=counts,
        pictures=pictures,
        verdicts=_most_first(record.verdicts or counts.categories),
        kinds=[kind for kind in Kind if kind in record.counts],
        missing=[kind for kind in Kind if kind not in record.counts],
        splits=[split for split in Split if any(split in c for c in record.counts.values())],
        unused=[s for s in Split if not any(s in c for c in record.counts.values())],
        trainers=_TRAINERS,
        dropped=[_Left.of(rule, counts.dropped[rule]) for rule in sorted(counts.dropped)],
        gate=contamination,
        near=near_duplicates,
    )


def front_matter(record: DatasetRecord) -> str:
    """Return the YAML at the head of the card, between its lines of dashes."""
    total = sum(sum(splits.values()) for splits in record.counts.values())
    values: dict[str, Any] = {
        "pretty_name": record.title or record.name,
        **_licence(record.licence),
        "language": [record.language],
        "task_categories": ["text-generation"],
        "tags": ["verilog", "rtl", "hardware", "code", "rtlgen"],
        "size_categories": [next((n for most, n in _SIZES if total < most), "n>1M")],
        "configs": [
            _config(kind, record, first=kind is next(iter(record.counts)))
            for kind in Kind
            if kind in record.counts
        ],
    }
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100).rstrip()


def _licence(expression: str) -> dict[str, str]:
    if not expression:
        return {"license": "unknown"}
    if _SPDX.fullmatch(expression):
        return {"license": expression.lower()}
    return {"license": "other", "license_name": expression}


def _config(kind: Kind, record: DatasetRecord, *, first: bool) -> dict[str, Any]:
    counts = record.counts[kind]
    files = [{"split": str(s), "path": f"parquet/{kind}/{s}.parquet"} for s in Split if s in counts]
    return {
        "config_name": str(kind),
        "description": description(kind, record.files),
        **({"default": True} if first else {}),
        "data_files": files,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What was left out by one rule."""

    rule: str
    number: int
    against: list[tuple[str, int]]
    """What it resembles, the most frequent first."""
    more: int

    @classmethod
    def of(cls, rule: str, what: Counter[str]) -> _Left:
        listed = [(name, number) for name, number in _most_first(what) if name]
        return cls(
            rule=rule,
            number=what.total(),
            against=listed[:_MOST],
            more=len(listed[_MOST:]),
        )


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def cell(text: object) -> str:
    """Return a text that others wrote as Markdown that is nothing but that text, on one line."""
    return _MARKUP.sub(r"\\\1", _CONTROL.sub(" ", str(text)))[:400]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
