"""Benchmarks are found by name and below any folder, and errors say what is there instead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation import layout
from rtlgen.evaluation.catalog import BENCHMARKS, benchmark, owner_below
from tests.evaluation.benchmark_trees import rtllm, v1, v2

NAMES = [
    "verilog-eval-v1-human",
    "verilog-eval-v1-machine",
    "verilog-eval-v2-spec-to-rtl",
    "verilog-eval-v2-code-complete",
    "rtllm-v1.1",
    "rtllm-v2",
    "corpus",
]


def test_the_names() -> None:
    assert list(BENCHMARKS) == NAMES
    assert [known.name for known in BENCHMARKS.values()] == NAMES
    assert benchmark("rtllm-v1.1").title == "RTLLM v1.1"


def test_a_wrong_name_has_a_near_one() -> None:
    with pytest.raises(
        UsageError,
        match=r"one of verilog-eval-v1-human, .*, not 'RTLLM-2'\n\nhint: did you mean rtllm-v2",
    ):
        benchmark("RTLLM-2")
    with pytest.raises(UsageError, match="hint: choose one of these"):
        benchmark("?" * 10_000)


def test_loading_the_catalog_loads_no_parser_and_no_template_engine() -> None:
    code = (
        "import sys, rtlgen.evaluation.catalog\n"
        "print(*{'pyslang', 'jinja2', 'ray', 'torch', 'openai'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_root_is_found_below_a_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    v1(tmp_path / "all" / "verilog-eval-v1")
    v2(tmp_path / "all" / "verilog-eval-v2")
    rtllm(tmp_path / "all" / "rtllm")
    for root in (tmp_path, tmp_path / "all"):
        assert len(benchmark("verilog-eval-v1-human").read(root)) == 156
        assert len(benchmark("verilog-eval-v2-spec-to-rtl").read(root)) == 156
        assert len(benchmark("rtllm-v2").read(root)) == 50
    monkeypatch.chdir(tmp_path / "all" / "rtllm")
    assert len(benchmark("rtllm-v2").read(Path())) == 50
    monkeypatch.chdir(tmp_path / "all" / "verilog-eval-v2" / "dataset_spec-to-rtl")
    assert len(benchmark("verilog-eval-v2-spec-to-rtl").read(Path())) == 156


def test_another_benchmark_is_named(tmp_path: Path) -> None:
    rtllm(tmp_path)
    with pytest.raises(
        UsageError,
        match=r"there is no VerilogEval_Human.jsonl in .*\n\nhint: this is RTLLM v2; "
        r"did you mean `rtlgen eval rtllm-v2`\?",
    ):
        benchmark("verilog-eval-v1-human").read(tmp_path)


def test_the_other_half_is_named(tmp_path: Path) -> None:
    v1(tmp_path, "Machine")
    with pytest.raises(UsageError, match=r"did you mean `rtlgen eval verilog-eval-v1-machine`\?"):
        benchmark("verilog-eval-v1-human").read(tmp_path)
    v2(tmp_path / "two", complete=True)
    with pytest.raises(UsageError, match=r"(?s)no dataset_spec-to-rtl .*code-complete`\?"):
        benchmark("verilog-eval-v2-spec-to-rtl").read(tmp_path / "two")


def test_nothing_is_there(tmp_path: Path) -> None:
    for name in NAMES:
        said = r"must be at or below --root, .*\n\nhint: give the"
        if name == "corpus":
            said = r"a corpus must hold problems.jsonl, .* does not\n\nhint: .*dataset synth"
        with pytest.raises(UsageError, match=said):
            benchmark(name).read(tmp_path)


def test_a_group_of_a_benchmark_is_not_the_benchmark(tmp_path: Path) -> None:
    rtllm(tmp_path)
    with pytest.raises(UsageError, match="no folder Category/Group/design with design_desc"):
        benchmark("rtllm-v2").read(tmp_path / "Class0")


def test_a_root_is_a_folder(tmp_path: Path) -> None:
    path = v1(tmp_path)
    with pytest.raises(UsageError, match=r"root must be a folder, .*jsonl is a file"):
        benchmark("verilog-eval-v1-human").read(path)
    with pytest.raises(UsageError, match=r"root must be a folder, .*nowhere is not there"):
        benchmark("verilog-eval-v1-human").read(tmp_path / "nowhere")


def test_two_are_too_many(tmp_path: Path) -> None:
    v1(tmp_path / "a")
    v1(tmp_path / "b")
    with pytest.raises(
        UsageError, match=r"there 2 times below .*:\n  .*/a\n  .*/b\n\nhint: give one"
    ):
        benchmark("verilog-eval-v1-human").read(tmp_path)


def test_a_folder_that_leads_back_is_seen_once(tmp_path: Path) -> None:
    v1(tmp_path / "a")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert len(benchmark("verilog-eval-v1-human").read(tmp_path)) == 156


def test_deep_folders_and_hidden_ones_are_not_searched(tmp_path: Path) -> None:
    v1(tmp_path / ".cache")
    v1(tmp_path / "1" / "2" / "3" / "4" / "5" / "6")
    assert not layout.survey(tmp_path)


def test_long_files_are_not_read(tmp_path: Path) -> None:
    path = v1(tmp_path)
    with path.open("r+b") as file:
        file.truncate(layout.MAX_FILE_BYTES + 1)
    with pytest.raises(UsageError, match=r"must have at most 64 MiB, .*Human.jsonl"):
        benchmark("verilog-eval-v1-human").read(tmp_path)


def test_a_file_that_is_a_folder_is_told(tmp_path: Path) -> None:
    path = v1(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(UsageError, match=r"a file of the benchmark is a folder, .*Human.jsonl"):
        benchmark("verilog-eval-v1-human").read(tmp_path)


def test_tasks_have_owners(tmp_path: Path) -> None:
    v1(tmp_path / "one")
    v2(tmp_path / "two")
    owner = owner_below(tmp_path)
    assert owner("task3") == "verilog-eval-v1-human"
    assert owner("Prob001_invert1") == "verilog-eval-v2-spec-to-rtl"
    assert owner("other") is None
