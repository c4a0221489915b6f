"""`rtlgen dataset build` as it is called: messages, exit codes, and nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.cli import app
from rtlgen.cli.common import exit_code_of
from tests.rtlgen.data.small_sources import answers, corpus


def rtlgen(*arguments: str | Path) -> int:
    """Return the exit code of a command."""
    return exit_code_of(lambda **_: app(["dataset", "build", *map(str, arguments)]))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--kinds", "pairs"], "--kinds must be of preference, sft"),
        (["--address", "auto"], "--address must come with `--executor ray`"),
        (["--validation", "0.6", "--test", "0.6"], "leave something for training"),
        (["--root", "nowhere"], "--root must be a folder"),
        (["--benchmark", "corpora"], "a benchmark must be one of"),
        (["--against", "mine"], "--against must be NAME=ROOT"),
        (["--doctor", "none.json"], "cannot read none.json"),
    ],
)
def test_bad_options_end_with_2(
    more: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = corpus(tmp_path / "corpus", answers=False)
    some = answers(tmp_path / "some.jsonl")
    assert rtlgen(root, some, "-o", tmp_path / "ds", *more) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "ds").exists()


def test_a_truncated_line_ends_with_2_and_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = corpus(tmp_path / "corpus")
    with (root / "slips.jsonl").open("a") as file:
        file.write('{"task_id": "own_counter", "compl')
    assert rtlgen(root, "-o", tmp_path / "ds") == 2
    assert "slips.jsonl:4: a sample must be a line of JSON" in capsys.readouterr().err
    assert not (tmp_path / "ds").exists()


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = corpus(tmp_path / "corpus")
    (tmp_path / "ds").mkdir()
    (tmp_path / "ds/precious").touch()
    assert rtlgen(root, "-o", tmp_path / "ds") == 2
    said = capsys.readouterr().err
    assert "the folder of a new dataset must be empty" in said
    assert "judging" not in said
    assert [path.name for path in (tmp_path / "ds").iterdir()] == ["precious"]


@pytest.mark.icarus
def test_a_dataset_without_a_row_ends_with_2_and_keeps_what_was_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = corpus(tmp_path / "corpus")
    only = ["--kinds", "preference", "--min-margin", "1.0"]
    assert rtlgen(root, "-o", tmp_path / "ds", *only) == 2
    assert "a dataset must have a row of some kind" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "ds").iterdir()] == [".work"]
    assert rtlgen(root, "-o", tmp_path / "ds", "--kinds", "preference", "--json", "-q") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["counts"] == {"preference": {"train": 3}}
    assert record["licence"] == "Apache-2.0"
    assert not (tmp_path / "ds/.work").exists()


@pytest.mark.shared
def test_what_models_are_evaluated_on_needs_leave(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shared: Path
) -> None:
    samples = shared / "samples/rtllm-v1.1/gpt4o.jsonl.gz"
    benchmarks = shared / "benchmarks"
    assert rtlgen(samples, "--root", benchmarks, "-o", tmp_path / "ds") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "a source has answers to rtllm-v1.1 hint: --allow rtllm-v1.1" in said
    assert not (tmp_path / "ds").exists()
