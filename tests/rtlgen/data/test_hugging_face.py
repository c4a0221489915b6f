"""`datasets.load_dataset` reads a dataset as it was written, from both formats alike."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from datasets import Features, load_dataset
from rtlgen.data.hugging_face import features, lines_yaml
from rtlgen.data.parquet import schema_of
from rtlgen.data.readers import files_of, read_rows
from rtlgen.data.rows import Kind, Split
from rtlgen.data.writers import DatasetWriter
from tests.rtlgen.data import made_rows as made


@pytest.mark.parametrize("kind", Kind)
def test_types_are_those_that_hugging_face_writes(kind: Kind) -> None:
    schema = schema_of(kind)
    assert features(schema) == Features.from_arrow_schema(schema)._to_yaml_list()
    said = yaml.safe_load(lines_yaml(kind, [Split.TRAIN], ""))["dataset_info"][0]["features"]
    assert Features._from_yaml_list(said) == Features.from_arrow_schema(schema)


def test_a_dataset_is_not_taken_for_another_one_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hugging Face keeps what it has loaded by the folder's name."""
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    cache = str(tmp_path / "cache")
    for number in (1, 2):
        folder, row = tmp_path / f"{number}" / "data", made.tuned(number)
        with DatasetWriter(folder) as writer:
            writer.write(Kind.SFT, Split.TRAIN, row)
            writer.finish(made.record())
        tables = load_dataset(str(folder), "sft", cache_dir=cache)["train"]
        lines = load_dataset(str(folder / "sft"), cache_dir=cache)["train"]
        assert [found["id"] for found in (*tables, *lines)] == [row.id] * 2


def test_both_formats_are_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the training rows no temperature and no trust is known, in the others one is."""
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    unknown = made.provenance().model_copy(update={"temperature": None})
    folder, cache = tmp_path / "ds", str(tmp_path / "cache")
    with DatasetWriter(folder) as writer:
        for number in range(3):
            row = made.tuned(number, provenance=unknown)
            writer.write(Kind.SFT, Split.TRAIN, row)
        writer.write(Kind.SFT, Split.TEST, made.tuned(9))
        writer.write(Kind.PREFERENCE, Split.TRAIN, made.pair(1))
        writer.finish(made.record())
    for kind, splits in ((Kind.SFT, {"train", "test"}), (Kind.PREFERENCE, {"train"})):
        tables = load_dataset(str(folder), str(kind), cache_dir=cache)
        lines = load_dataset(str(folder / kind), cache_dir=cache)
        assert set(tables) == set(lines) == splits
        for split in splits:
            assert tables[split].features == lines[split].features
            assert list(tables[split]) == list(lines[split])
    for kind, split, path in files_of(folder):
        rows = [placed.row.model_dump(mode="json") for placed in read_rows(path, kind)]
        assert list(load_dataset(str(folder), str(kind), cache_dir=cache)[str(split)]) == rows
