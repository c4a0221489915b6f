"""The card and its pictures: what the data says, in the same bytes every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from rtlgen.data import plots
from rtlgen.data.card import CARD, card, cell, front_matter, write_card
from rtlgen.data.dataset_record import SourceEntry, read_record
from rtlgen.data.dropped import Dropped
from rtlgen.data.rows import Kind, Split
from rtlgen.data.survey import Numbers, Survey, survey
from rtlgen.data.writers import DatasetWriter
from tests.golden import check_golden
from tests.rtlgen.data import made_rows as made


def small(folder: Path, **changed: object) -> Path:
    with DatasetWriter(folder) as writer:
        for number, split in ((1, Split.TRAIN), (2, Split.TRAIN), (3, Split.TEST)):
            writer.write(Kind.PREFERENCE, split, made.pair(number))
        writer.write(Kind.SFT, Split.TRAIN, made.tuned(1))
        writer.drop(
            Dropped(
                rule="contamination",
                what="problem",
                problem_set="made",
                problem="p7",
                against="exam",
                matched="e3",
                measure="8-grams",
                score=0.9,
                threshold=0.5,
            )
        )
        writer.finish(made.record(against=["exam"], **changed))
    return folder


def test_the_card(tmp_path: Path) -> None:
    """Re-record with RTLGEN_RECORD=1."""
    check_golden("dataset_card.md", (small(tmp_path / "ds") / CARD).read_text())


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = small(tmp_path / "ds")
    before = {path: path.read_bytes() for path in [folder / CARD, *folder.glob("plots/*.svg")]}
    assert len(before) == 5
    for path in before:
        path.unlink()
    write_card(folder)
    assert {path: path.read_bytes() for path in before} == before


def test_pictures_are_svg_with_words(tmp_path: Path) -> None:
    folder = small(tmp_path / "ds")
    for path in folder.glob("plots/*.svg"):
        assert ET.fromstring(path.read_text()).tag == "{http://www.w3.org/2000/svg}svg"
        assert not re.search(r"\d{4}-\d\d-\d\dT", path.read_text())


def test_no_picture_of_nothing() -> None:
    assert plots.pictures_of(Survey(), {}) == []


def test_the_head(tmp_path: Path) -> None:
    head = yaml.safe_load(front_matter(read_record(small(tmp_path / "ds"))))
    assert head["license"] == "apache-2.0"
    assert head["size_categories"] == ["n<1K"]
    assert [(c["config_name"], c.get("default")) for c in head["configs"]] == [
        ("preference", True),
        ("sft", None),
    ]
    assert head["configs"][0]["data_files"] == [
        {"split": "train", "path": "parquet/preference/train.parquet"},
        {"split": "test", "path": "parquet/preference/test.parquet"},
    ]


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("", {"license": "unknown"}),
        ("MIT", {"license": "mit"}),
        ("MIT AND Apache-2.0", {"license": "other", "license_name": "MIT AND Apache-2.0"}),
    ],
)
def test_licences(licence: str, expected: dict[str, str]) -> None:
    head = yaml.safe_load(front_matter(made.record(licence=licence)))
    assert {key: head[key] for key in head if key.startswith("license")} == expected


def test_what_others_wrote_is_only_text() -> None:
    hostile = "a|b\n# Head [x](http://y) <img src=x> `code` ---"
    source = SourceEntry(kind="samples", name=hostile, digest="0", model=hostile, licence=hostile)
    record = made.record(sources=[source], title=hostile, counts={"sft": {"train": 1}})
    text = card(record, Survey(), [])
    assert hostile not in text
    head, body = text.split("\n---\n", 1)
    assert "<img" not in body.replace("\\<img", "")
    assert cell("a|b\nc") == "a\\|b c"
    assert yaml.safe_load(head)["pretty_name"] == hostile


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    text = (small(tmp_path / "ds") / CARD).read_text()
    assert "No row of: repair, grpo, unpaired." in text
    assert "No family fell into: validation." in text
    assert "Contamination, by what it resembles:\nexam / e3 (1)." in text


def test_the_survey(tmp_path: Path) -> None:
    seen: list[str] = []
    counts = survey(small(tmp_path / "ds"), lambda row: seen.append(row.id))
    assert len(seen) == 4
    assert counts.rows == {
        Kind.PREFERENCE: {Split.TRAIN: 2, Split.TEST: 1},
        Kind.SFT: {Split.TRAIN: 1},
    }
    assert counts.longer == counts.pairs == 3
    assert counts.categories == {"pass": 4, "runtime mismatch": 3}
    assert counts.family_splits["family-3"] is Split.TEST


def test_numbers() -> None:
    numbers = Numbers()
    assert (numbers.mean, numbers.median, numbers.number) == (0, 0, 0)
    for value in (4, 1, 9, 12):
        numbers.add(value)
    assert (numbers.mean, numbers.median, numbers.number) == (6.5, 4, 4)
    assert numbers.binned(10) == {0: 3, 10: 1}
