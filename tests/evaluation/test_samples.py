"""Samples made elsewhere: what is read, what is told of lines that are wrong, and how much is held."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation import sample_files
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.catalog import benchmark, owner_below
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.samples import MAX_FAULTS, Sample, SampleFaults, read_samples


def problem(task: str) -> Problem:
    return Problem(task_id=task, top="top", description="", test="", golden="")


PROBLEMS = [problem("inverter"), problem("adder")]


def row(task: str = "adder", completion: object = "code", **more: object) -> bytes:
    return json.dumps({"task_id": task, "completion": completion, **more}).encode()


def write(path: Path, *rows: bytes) -> Path:
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


def read(path: Path) -> tuple[list[Sample], SampleFaults]:
    faults = SampleFaults()
    return list(read_samples(path, PROBLEMS, faults)), faults


def test_samples_are_numbered_within_their_problem(tmp_path: Path) -> None:
    rows = [row("adder", "a"), row("inverter", "b"), b"", row("adder", "c", sample=7)]
    path = write(tmp_path / "s.jsonl", *rows)
    samples, faults = read(path)
    assert [(s.task_id, s.index, s.completion) for s in samples] == [
        ("adder", 0, "a"),
        ("inverter", 0, "b"),
        ("adder", 1, "c"),
    ]
    assert [s.place for s in samples] == [f"{path}:{n}" for n in (1, 2, 4)]
    assert not faults


@pytest.mark.parametrize("name", ["s.jsonl.gz", "s.jsonl", "s"])
def test_packed_files_are_known_by_their_first_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + row() + b"\r\n" + row()))
    samples, faults = read(path)
    assert ([s.index for s in samples], faults.count) == ([0, 1], 0)


def test_the_text_may_be_called_response(tmp_path: Path) -> None:
    line = json.dumps({"task_id": "adder", "response": "code", "model": 3}).encode()
    samples, faults = read(write(tmp_path / "s.jsonl", line))
    assert (samples[0].completion, faults.count) == ("code", 0)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"task_id": "adder"', "a sample must be a line of JSON: "),
        (b"\x00", "a sample must be a line of JSON: "),
        (b"[" * 100_000, "a sample must be a line of JSON: "),
        (b"9" * 10_000, "a sample must be a line of JSON: "),
        (b"[1]", "a sample must be a JSON object, not list"),
        (b"{}", "task_id of a sample must be there"),
        (b'{"task_id": 3}', "task_id of a sample must be a string, not int"),
        (b'\xff{"task_id": 3}', "a sample must be UTF-8, byte 0xFF at 0 is not"),
        (row("ader"), "task_id must be a problem of the benchmark, not 'ader'; nearest: adder"),
        (row("\x1b[31m"), r"task_id must be a problem of the benchmark, not '\x1b[31m'"),
        (row("z" * 100_000), "task_id must be a problem of the benchmark, not 'zzz"),
    ],
)
def test_a_line_without_a_problem_is_told_and_left(
    tmp_path: Path, line: bytes, message: str
) -> None:
    path = write(tmp_path / "s.jsonl", row(), line, row())
    samples, faults = read(path)
    assert [s.index for s in samples] == [0, 1]
    assert faults.count == 1
    assert faults.messages[0].startswith(f"{path}:2: {message}")
    assert len(faults.messages[0]) < 300


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"task_id": "adder"}', "completion of a sample must be there"),
        (
            b'{"task_id": "adder", "code": "x"}',
            "completion of a sample must be there; if it is 'code', rename that field",
        ),
        (row(completion=None), "completion of a sample must be a string, not NoneType"),
        (row(completion=["x"]), "completion of a sample must be a string, not list"),
        (row(sample=1), "a sample must be there once, 1 of 'adder' is there again"),
        (b'{"task_id": "adder", "completion": "\xff"}', "a sample must be UTF-8, byte 0xFF at 36"),
    ],
)
def test_a_line_of_a_problem_counts_as_not_judged(
    tmp_path: Path, line: bytes, message: str
) -> None:
    path = write(tmp_path / "s.jsonl", row(sample=1), line, row(sample=2))
    samples, faults = read(path)
    assert [s.index for s in samples] == [0, 1, 2]
    assert [s.completion for s in samples] == ["code", None, "code"]
    assert samples[1].trouble.startswith(message)
    assert faults.messages == [f"{path}:2: {samples[1].trouble}"]


def test_an_empty_completion_is_a_sample_that_fails(tmp_path: Path) -> None:
    samples, faults = read(write(tmp_path / "s.jsonl", row(completion=""), row()))
    assert (samples[0].completion, samples[0].trouble, faults.count) == ("", "", 0)
    combined = benchmark("rtllm-v2").combine(PROBLEMS[0], "", Extract.OFFICIAL)
    assert (combined.verilog, combined.reason) == (None, "the completion is empty")


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    samples, _ = read(write(tmp_path / "s.jsonl", row(completion="\ud800x\0")))
    assert samples[0].completion == "\ufffdx\0"


@pytest.mark.parametrize("number", [-1, 1 << 40, True, "1", 1.0, None])
def test_odd_numbers_are_not_compared(tmp_path: Path, number: object) -> None:
    samples, faults = read(write(tmp_path / "s.jsonl", row(sample=number), row(sample=number)))
    assert (len(samples), faults.count) == (2, 0)


def test_a_long_line_is_left_without_holding_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_files, "LINE_LIMIT", 1 << 20)
    path = tmp_path / "s.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(row() + b"\n" + b'"' + b"x" * (20 << 20) + b'"\n' + row())
    tracemalloc.start()
    samples, faults = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [s.index for s in samples] == [0, 1]
    assert faults.messages == [f"{path}:2: a line must have at most 1048576 bytes"]
    assert peak < 8 << 20


def test_memory_does_not_grow_with_the_samples(tmp_path: Path) -> None:
    path = write(tmp_path / "s.jsonl", *[row(completion="x" * 5000, sample=n) for n in range(2000)])
    faults = SampleFaults()
    tracemalloc.start()
    count = sum(1 for _ in read_samples(path, PROBLEMS, faults))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (count, faults.count) == (2000, 0)
    assert peak < 1 << 20


def test_faults_are_counted_beyond_what_is_kept(tmp_path: Path) -> None:
    _, faults = read(write(tmp_path / "s.jsonl", row(), *[b"?"] * 500))
    assert (faults.count, len(faults.messages), faults.more) == (500, MAX_FAULTS, 480)
    assert bool(faults)


@pytest.mark.parametrize("keep", [0.5, 0.97])
def test_a_torn_file_is_read_as_far_as_it_goes(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "s.jsonl.gz"
    rows = [row(completion="".join(map(chr, range(33 + n, 99 + n)))) for n in range(3000)]
    packed = gzip.compress(b"\n".join(rows))
    path.write_bytes(packed[: int(len(packed) * keep)])
    samples, faults = read(path)
    assert 0 < len(samples) < 3000
    assert faults.messages == [
        f"{path}:{len(samples) + 1}: gzip data must be whole, it breaks off here: "
        "Compressed file ended before the end-of-stream marker was reached"
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"?\n", row("other"), b"\x1f\x8b", b"\xff\xfe"])
def test_a_file_without_a_usable_line_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"must have a usable line, .*s.jsonl has none.*\n\nhint:"):
        read(path)


def test_the_first_fault_is_shown_where_nothing_is_usable(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has none; first: .*s.jsonl:1: task_id of a sample must"):
        read(write(tmp_path / "s.jsonl", b"{}", b"[]"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must be a file or a folder, .*x.jsonl is not there"):
        read(tmp_path / "x.jsonl")


def test_a_file_may_be_read_without_a_list_of_faults(tmp_path: Path) -> None:
    assert len(list(read_samples(write(tmp_path / "s.jsonl", row(), b"?"), PROBLEMS))) == 1


def test_the_owner_of_a_task_is_named(tmp_path: Path) -> None:
    faults = SampleFaults()
    path = write(tmp_path / "s.jsonl", row(), row("other"))
    owners = {"other": "verilog-eval-v1-machine"}
    assert len(list(read_samples(path, PROBLEMS, faults, owner=owners.get))) == 1
    assert faults.messages[0].endswith("'other'; it is one of verilog-eval-v1-machine")


def test_a_folder_of_extracted_code_is_judged_as_it_is(tmp_path: Path) -> None:
    task = "Prob001_inv"
    code = "module TopModule;\nendmodule\n\nmodule helper;\nendmodule\n"
    (tmp_path / task).mkdir()
    for number, text in [(10, "b"), (2, code), (3, "")]:
        (tmp_path / task / f"{task}_sample{number:02}.sv").write_text(text)
    (tmp_path / task / "other.sv").write_text("")
    faults = SampleFaults()
    samples = list(read_samples(tmp_path, [problem(task)], faults))
    assert [s.index for s in samples] == [0, 1, 2]
    assert samples[0].place.endswith("Prob001_inv_sample02.sv")
    assert (samples[1].completion, faults.count) == ("", 0)
    for name in ("spec-to-rtl", "code-complete"):
        known = benchmark(f"verilog-eval-v2-{name}")
        combined = known.combine(problem(task), samples[0].completion or "", Extract.OFFICIAL)
        assert combined.verilog is not None
        assert combined.verilog.strip() == code.strip()


def test_a_folder_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must hold files ProbNNN_name_sampleNN.sv, .* has none"):
        read(tmp_path)


def test_a_sample_has_a_completion_or_a_trouble() -> None:
    with pytest.raises(ValueError, match="either a completion or a trouble"):
        Sample(task_id="a", index=0, completion=None, place="x:1")


@given(st.binary(max_size=300) | st.lists(st.binary(max_size=30)).map(b"\n".join))
def test_any_bytes_are_read(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "s.jsonl"
    path.write_bytes(row() + b"\n" + content)
    samples, _ = read(path)
    assert samples[0].completion == "code"


@pytest.mark.shared
def test_every_published_sample_is_read(shared: Path) -> None:
    for path in sorted((shared / "samples").glob("*/*.jsonl.gz")):
        rtllm = path.parent.name == "rtllm-v1.1"
        split = "machine" if "machine" in path.name else "human"
        known = benchmark("rtllm-v1.1" if rtllm else f"verilog-eval-v1-{split}")
        problems = known.read(shared)
        faults = SampleFaults()
        found: dict[str, list[int]] = {}
        by_task = {p.task_id: p for p in problems}
        for sample in read_samples(path, problems, faults):
            found.setdefault(sample.task_id, []).append(sample.index)
            combined = known.combine(
                by_task[sample.task_id], sample.completion or "", Extract.OFFICIAL
            )
            assert (combined.verilog is None) == (not (sample.completion or "").strip())
        assert not faults
        n = 5 if rtllm else 10
        assert found == {p.task_id: list(range(n)) for p in problems}


@pytest.mark.shared
def test_samples_of_the_other_half_are_told(shared: Path) -> None:
    path = shared / "samples" / "verilog-eval-v1" / "gpt4o_human.jsonl.gz"
    machine = benchmark("verilog-eval-v1-machine").read(shared)
    faults = SampleFaults()
    assert len(list(read_samples(path, machine, faults, owner=owner_below(shared)))) == 1430
    assert (faults.count, faults.more) == (130, 110)
    assert faults.messages[0].endswith("it is one of verilog-eval-v1-human")
