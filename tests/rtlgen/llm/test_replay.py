"""Samples made elsewhere come back one by one, in order, or the file is refused."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.llm import replay
from rtlgen.llm.model import Answer, Failure, ModelFault, Purpose, Request
from rtlgen.llm.replay import Replay, UnknownTask

LINES: list[dict[str, Any]] = [
    {"task_id": "adder", "completion": "first", "prompt": "module adder(", "sample": 7},
    {"task_id": "counter", "completion": "only", "model": "x"},
    {"task_id": "adder", "completion": "second\u0000\n"},
    {"task_id": "adder", "completion": ""},
]


def write(path: Path, lines: Sequence[object]) -> Path:
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def asked(subject: str, sample: int, purpose: Purpose = Purpose.PROPOSE) -> Request:
    return Request(messages=(), subject=subject, sample=sample, purpose=purpose)


def answer(model: Replay, subject: str, sample: int) -> Answer:
    ((_, found),) = model.ask([asked(subject, sample)])
    return found


@pytest.mark.parametrize("name", ["s.jsonl", "s.jsonl.gz"])
def test_sample_i_is_the_ith_line_of_its_task(tmp_path: Path, name: str) -> None:
    model = Replay(write(tmp_path / name, LINES))
    assert model.name == f"replay:{tmp_path / name}"
    assert model.tasks == ("adder", "counter")
    assert model.samples_of("adder") == 3
    found = dict(
        model.ask([asked("adder", 2), asked("counter", 0), asked("adder", 0), asked("adder", 1)])
    )
    assert [found[i].text for i in range(4)] == ["", "only", "first", "second\u0000\n"]
    assert model.prompt_of("adder") == "module adder("
    assert model.prompt_of("counter") == ""
    model.close()


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    packed = write(tmp_path / "s.jsonl.gz", LINES).rename(tmp_path / "s.jsonl")
    assert answer(Replay(packed), "adder", 0).text == "first"


def test_beyond_the_last_sample_there_is_none(tmp_path: Path) -> None:
    model = Replay(write(tmp_path / "s.jsonl", LINES))
    for sample in (3, 4, -1):
        none = answer(model, "adder", sample)
        assert none.failure is Failure.EXHAUSTED
        assert "has 3 of adder" in none.detail


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.PROPOSE])
def test_only_proposals_are_replayed(tmp_path: Path, purpose: Purpose) -> None:
    model = Replay(write(tmp_path / "s.jsonl", LINES))
    ((_, none),) = model.ask([asked("adder", 0, purpose)])
    assert none.failure is Failure.EXHAUSTED
    assert purpose.value in none.detail


def test_single_task_answers_for_any_subject(tmp_path: Path) -> None:
    model = Replay(write(tmp_path / "s.jsonl", [{"completion": "x"}, {"completion": "y"}]))
    assert model.tasks == ("",)
    assert answer(model, "anything", 1).text == "y"
    assert answer(model, "anything", 2).failure is Failure.EXHAUSTED


def test_unknown_task_names_the_nearest(tmp_path: Path) -> None:
    model = Replay(write(tmp_path / "s.jsonl", LINES))
    with pytest.raises(UnknownTask, match=r"no samples of 'addr' among 2 tasks\n\n.*: adder") as it:
        answer(model, "addr", 0)
    assert it.value.exit_code == 2
    with pytest.raises(ModelFault, match="nearest: adder, counter"):
        model.prompt_of("zzz")


@settings(max_examples=30, deadline=None)
@given(
    tasks=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=20),
    picks=st.lists(st.integers(0, 25), max_size=10),
)
def test_any_choice_of_samples_is_right(
    tmp_path_factory: pytest.TempPathFactory, tasks: list[str], picks: list[int]
) -> None:
    lines = [{"task_id": task, "completion": f"{task}{n}"} for n, task in enumerate(tasks)]
    model = Replay(write(tmp_path_factory.mktemp("r") / "s.jsonl.gz", lines))
    for task in set(tasks):
        own = [line["completion"] for line in lines if line["task_id"] == task]
        found = dict(model.ask([asked(task, pick) for pick in picks]))
        expected = [own[pick] if pick < len(own) else None for pick in picks]
        assert [found[i].text for i in range(len(picks))] == expected


def test_blank_lines_and_a_byte_order_mark_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"completion": "x"}\r\n\n  \n{"completion": "y"}')
    assert Replay(path).samples_of("") == 2
    assert answer(Replay(path), "", 0).text == "x"


def test_half_a_surrogate_pair_does_not_spoil_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"completion": "a\\ud800b \\ud83d\\ude00"}\n')
    assert answer(Replay(path), "", 0).text == "a\ufffdb \U0001f600"


GOOD = b'{"completion": "x"}\n'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "a sample must be JSON: Expecting property name"),
        (b"prose", "a sample must be JSON: Expecting value"),
        (b"[1]", "a sample must be a JSON object, not list"),
        (b"null", "a sample must be a JSON object, not NoneType"),
        (b'{"task_id": "a"}', "completion of a sample must be there"),
        (b'{"completion": 5}', "completion of a sample must be a string"),
        (b'{"completion": null}', "completion of a sample must be a string"),
        (b'{"completion": "x", "task_id": 5}', "task_id of a sample must be a string"),
        (b'{"completion": "x", "prompt": []}', "prompt of a sample must be a string"),
        (b'{"completion": "\xff"}', "samples must be UTF-8, byte 16 is not"),
        (b'{"completion": "x", "task_id": "a"}', "task_id must be in all lines or in none"),
        (b"[" * 100_000, "a sample must be JSON"),
        (b'{"completion": ' + b"9" * 5000 + b"}", "a sample must be JSON"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, line: bytes, message: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(GOOD + b"\n" + line + b"\n" + GOOD)
    with pytest.raises(UsageError, match=rf"^{message}.*, {path}:3\n\nhint: ") as refused:
        Replay(path)
    assert refused.value.exit_code == 2


def test_endless_line_is_refused_without_reading_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "LINE_LIMIT", 1 << 20)
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD + b" " * (3 << 20)))
    with pytest.raises(UsageError, match=rf"a line must have at most 1 MiB, {path}:2"):
        Replay(path)


def test_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must be a file, .*absent\.jsonl is not there"):
        Replay(tmp_path / "absent.jsonl")
    with pytest.raises(UsageError, match="is a folder"):
        Replay(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="must be a file"):
        Replay(tmp_path / "pipe")
    (tmp_path / "empty").write_text("\n\n")
    with pytest.raises(UsageError, match=r"no samples in .*empty"):
        Replay(tmp_path / "empty")


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl.gz", LINES * 50)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(UsageError, match=r"cannot read .*: Compressed file ended"):
        Replay(path)
    path.write_bytes(whole[:30] + b"\0\0\0" + whole[33:])
    with pytest.raises(UsageError, match=f"cannot read {path}|must be"):
        Replay(path)


def test_file_that_changes_is_not_replayed(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", LINES)
    model = Replay(path)
    write(path, LINES[1:])
    with pytest.raises(ModelFault, match="was changed while it was replayed"):
        answer(model, "adder", 1)
    path.unlink()
    with pytest.raises(ModelFault, match="was changed while it was replayed"):
        answer(model, "adder", 1)


@pytest.mark.shared
def test_real_samples_are_all_there(shared: Path) -> None:
    files = sorted((shared / "samples").rglob("*.jsonl.gz"))
    assert files
    for path in files:
        model = Replay(path)
        wanted = [asked(model.tasks[-1], n) for n in range(model.samples_of(model.tasks[-1]))]
        assert all(found.text for _, found in model.ask(wanted))
