"""A dataset's files: written whole or not at all, the same rows in both formats."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.data import parquet, writers
from rtlgen.data.dataset_record import read_record
from rtlgen.data.dropped import Dropped
from rtlgen.data.json_schema import descriptions, files
from rtlgen.data.readers import files_of, read_rows
from rtlgen.data.row_id import row_id
from rtlgen.data.rows import ROWS, Kind, Split, Turn
from rtlgen.data.writers import DatasetWriter
from rtlgen.errors import UsageError
from tests.rtlgen.data import made_rows as made

SCHEMAS = Path(__file__).parents[3] / "datasets" / "schema"


def tree(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_both_formats_hold_the_rows(tmp_path: Path) -> None:
    folder = made.dataset(tmp_path / "ds", problems=6)
    for kind, split, path in files_of(folder):
        lines = [placed.row for placed in read_rows(path, kind)]
        table = folder / "parquet" / kind / f"{split}.parquet"
        assert [placed.row for placed in read_rows(table, kind)] == lines
        assert all(isinstance(row, ROWS[kind]) for row in lines)
    assert {kind for kind, _, _ in files_of(folder)} == set(Kind)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = (made.dataset(tmp_path / name / "ds", problems=6) for name in ("a", "b"))
    assert tree(one) == tree(other)
    assert not list(one.glob(".*"))


def test_the_record_counts(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path) as writer:
        writer.write(Kind.PREFERENCE, Split.TRAIN, made.pair(1))
        writer.write(Kind.PREFERENCE, Split.TRAIN, made.pair(2))
        writer.write(Kind.SFT, Split.TEST, made.tuned(3))
        writer.drop(Dropped(rule="not judged", what="answer", problem_set="made", problem="p9"))
        written = writer.finish(made.record())
    assert written == read_record(tmp_path)
    assert written.counts == {Kind.PREFERENCE: {Split.TRAIN: 2}, Kind.SFT: {Split.TEST: 1}}
    assert written.families == {Split.TRAIN: 2, Split.TEST: 1}
    assert written.dropped == {"not judged": 1}
    assert written.files["preference/train.jsonl"].rows == 2
    assert not (tmp_path / "repair").exists()


def test_nothing_appears_without_an_end(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path) as writer:
        writer.write(Kind.SFT, Split.TRAIN, made.tuned(1))
    assert not list(tmp_path.iterdir())


def test_no_row_is_no_dataset(tmp_path: Path) -> None:
    dropped = Dropped(rule="not judged", what="answer", problem_set="made", problem="p1")
    with DatasetWriter(tmp_path) as writer:
        writer.drop(dropped)
        with pytest.raises(UsageError, match=r"left out: 1 by 'not judged'\n\nhint: loosen"):
            writer.finish(made.record())
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"must be empty, .* has 'notes.txt'"):
        DatasetWriter(tmp_path)
    assert tree(tmp_path) == {"notes.txt": b"mine"}


def test_a_folder_with_a_dataset(tmp_path: Path) -> None:
    made.dataset(tmp_path, problems=1)
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=r"must be empty, .* has a dataset"):
        DatasetWriter(tmp_path)
    assert tree(tmp_path) == before


def test_a_folder_that_another_one_writes(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path), pytest.raises(UsageError, match="one process at a time"):
        DatasetWriter(tmp_path)


_KILLED = """
import os, signal, sys
from pathlib import Path
from rtlgen.data import writers
from tests.rtlgen.data import made_rows as made

at = int(sys.argv[2])
rename = Path.rename

def counted(self, target):
    global at
    at -= 1
    if at < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)

Path.rename = counted
made.dataset(Path(sys.argv[1]), problems=2)
"""


@pytest.mark.parametrize("renamed", [0, 4])
def test_a_kill_at_any_moment_leaves_no_dataset_or_a_whole_one(
    tmp_path: Path, renamed: int
) -> None:
    folder = tmp_path / "ds"
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(folder), str(renamed)],
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == -9
    with pytest.raises(UsageError, match="was not finished"):
        read_record(folder)
    whole = made.dataset(tmp_path / "other" / "ds", problems=2)
    assert tree(made.dataset(folder, problems=2)) == tree(whole)


class Full:
    """A file on a disk that fills."""

    def __init__(self, file: Any, left: int) -> None:
        self._file, self._left = file, left

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.mark.parametrize("name", ["train.jsonl", "train.parquet", "dropped.jsonl"])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    opened = Path.open

    def limited(self: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = opened(self, mode, *more, **named)
        return Full(file, 2000) if self.name == name and mode == "wb" else file

    monkeypatch.setattr(Path, "open", limited)
    dropped = Dropped(rule="not judged", what="answer", problem_set="made", problem="p1" * 400)
    with pytest.raises(OSError, match="No space left") as caught, DatasetWriter(tmp_path) as writer:
        for number in range(99):
            writer.write(Kind.SFT, Split.TRAIN, made.tuned(number))
            writer.drop(dropped)
        writer.finish(made.record())
    assert caught.value.filename.endswith(name)
    assert not list(tmp_path.iterdir())


def test_half_a_character(tmp_path: Path) -> None:
    turn = Turn(role="user", content="\ud800")
    row = made.tuned(1).model_copy(update={"prompt": [turn]})
    refused = pytest.raises(UsageError, match="whole characters, 'p1'")
    with DatasetWriter(tmp_path) as writer, refused:
        writer.write(Kind.SFT, Split.TRAIN, row)


def test_row_groups_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    row = made.tuned(1).model_dump(mode="json")
    with path.open("wb") as file:
        table = parquet.ParquetFile(Kind.SFT, file)
        for _ in range(parquet.GROUP_ROWS + 1):
            table.write(row, 100)
        for _ in range(3):
            table.write(row, parquet.GROUP_BYTES)
        table.close()
    groups = pq.ParquetFile(path).metadata
    rows = [groups.row_group(n).num_rows for n in range(groups.num_row_groups)]
    assert rows == [parquet.GROUP_ROWS, 2, 1, 1]


def test_a_truncated_line(tmp_path: Path) -> None:
    folder = made.dataset(tmp_path, problems=3)
    path = next(path for kind, _, path in files_of(folder) if kind is Kind.SFT)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines)[:-40])
    with pytest.raises(
        UsageError, match=rf"{path.name}:{len(lines)}: a row must end with its line"
    ):
        list(read_rows(path, Kind.SFT))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "extra: Extra inputs are not permitted"),
        ({"version": 2}, "version: Input should be 1"),
        ({"tokens": 0}, "tokens: Input should be greater than or equal to 1"),
    ],
)
def test_a_line_that_is_no_row(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "train.jsonl"
    good = made.tuned(1).model_dump(mode="json")
    lines = [json.dumps(row) + "\n" for row in (good, {**good, **change})]
    path.write_text("".join(lines))
    with pytest.raises(UsageError, match=rf"train.jsonl:2: {message}"):
        list(read_rows(path, Kind.SFT))


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=9), of, max_size=3),
        max_leaves=9,
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_line_is_a_row_or_told_with_its_place(
    tmp_path_factory: pytest.TempPathFactory, line: bytes
) -> None:
    path = tmp_path_factory.mktemp("lines") / "train.jsonl"
    path.write_bytes(line + b"\n")
    with pytest.raises(UsageError, match=r"train.jsonl:1: "):
        list(read_rows(path, Kind.SFT))


def test_columns(tmp_path: Path) -> None:
    path = tmp_path / "train.parquet"
    table = pa.Table.from_pylist(
        [made.tuned(1).model_dump(mode="json")], schema=parquet.schema_of(Kind.SFT)
    )

    def refused(changed: pa.Table, message: str) -> None:
        pq.write_table(changed, path)
        with pytest.raises(UsageError, match=message):
            list(read_rows(path, Kind.SFT))

    refused(
        table.drop_columns(["rtl"]), r"train.parquet: column 'rtl' is missing\n\nhint: .*schema"
    )
    refused(table.append_column("more", pa.array([1])), "no column is called 'more'")
    text = table.set_column(table.schema.get_field_index("tokens"), "tokens", pa.array(["1"]))
    refused(text, "column 'tokens' must be int64, not string")
    zero = table.set_column(table.schema.get_field_index("tokens"), "tokens", pa.array([0]))
    refused(zero, "train.parquet, row 1: tokens: Input should be greater")


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"x" * 999])
def test_a_file_that_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "train.parquet"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"train.parquet must be a Parquet file"):
        list(read_rows(path, Kind.SFT))


def test_a_torn_parquet(tmp_path: Path) -> None:
    folder = made.dataset(tmp_path, problems=3)
    path = folder / "parquet" / "sft" / "train.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UsageError, match=r"train.parquet must be a Parquet file"):
        list(read_rows(path, Kind.SFT))


def test_ids_depend_on_what_a_trainer_is_told() -> None:
    row = made.pair(1)
    assert row_id(row) == row.id
    assert row_id(row.model_copy(update={"margin": 0.1})) == row.id
    assert row_id(row.model_copy(update={"chosen": row.rejected})) != row.id
    ids = [one.id for _, one in made.rows(1)]
    assert len(set(ids)) == len(ids)


def test_schemas_are_current() -> None:
    """`python tools/row_schemas.py` writes them."""
    wanted = dict(files())
    assert {path.name for path in SCHEMAS.iterdir()} == set(wanted)
    for name, text in wanted.items():
        assert (SCHEMAS / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kind", Kind)
def test_every_column_is_documented(kind: Kind) -> None:
    assert set(ROWS[kind].model_fields) <= set(descriptions(ROWS[kind]))


def test_names_are_renamed_with_the_record_last() -> None:
    assert writers.NAMES[-1] == "dataset.json"
    assert all(first != second for first, second in pairwise(writers.NAMES))
