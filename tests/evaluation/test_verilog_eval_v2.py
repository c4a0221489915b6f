"""VerilogEval v2: its folders, and what is wrong with them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.module_names import defined
from tests.evaluation.benchmark_trees import v2

SPEC = benchmark("verilog-eval-v2-spec-to-rtl")
COMPLETE = benchmark("verilog-eval-v2-code-complete")


def test_problems_are_read_in_the_official_order(tmp_path: Path) -> None:
    folder = v2(tmp_path)
    problems = SPEC.read(tmp_path)
    assert [p.task_id for p in problems[:2]] == ["Prob156_invert156", "Prob155_invert155"]
    problem = problems[0]
    assert (problem.top, problem.header) == ("TopModule", "")
    assert problem.description == "\nProb156_invert156 inverts.\n"
    assert defined(problem.reference) == ("RefModule",)
    assert problem.golden.startswith("// RefModule inverts\nmodule TopModule (")
    assert problem.place == str(folder / "Prob156_invert156_test.sv")


def test_code_complete_has_headers(tmp_path: Path) -> None:
    v2(tmp_path, complete=True)
    assert COMPLETE.read(tmp_path)[0].header.startswith("\nmodule TopModule (")


def test_the_list_of_problems_may_be_missing(tmp_path: Path) -> None:
    (v2(tmp_path) / "problems.txt").unlink()
    assert SPEC.read(tmp_path)[0].task_id == "Prob001_invert1"


@pytest.mark.parametrize("suffix", ["prompt.txt", "ref.sv", "test.sv", "ifc.txt"])
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    (v2(tmp_path, complete=True) / f"Prob007_invert7_{suffix}").unlink()
    with pytest.raises(UsageError, match=rf"not there, .*Prob007_invert7_{suffix}\n\nhint: "):
        COMPLETE.read(tmp_path)


def test_a_count_is_kept(tmp_path: Path) -> None:
    (v2(tmp_path, count=140) / "problems.txt").unlink()
    with pytest.raises(UsageError, match=r"spec-to-rtl must have 156 problems, not 140, .*spec-to"):
        SPEC.read(tmp_path)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: text + "Prob157_more\n", r"Prob157_more is not, .*problems.txt:157"),
        (lambda text: text + "Prob001_invert1\n", r"listed once, Prob001_invert1, .*:157"),
        (lambda text: text.replace("Prob001_invert1\n", ""), r"Prob001_invert1 is not, .*problems"),
    ],
)
def test_the_list_and_the_files_must_agree(tmp_path: Path, edit: Any, message: str) -> None:
    path = v2(tmp_path) / "problems.txt"
    path.write_text(edit(path.read_text()))
    with pytest.raises(UsageError, match=message):
        SPEC.read(tmp_path)


def test_a_reference_of_another_name_is_told(tmp_path: Path) -> None:
    path = v2(tmp_path) / "Prob003_invert3_ref.sv"
    path.write_text(path.read_text().replace("module RefModule", "module Reference"))
    with pytest.raises(UsageError, match=r"must define RefModule, .*Prob003_invert3_ref.sv does"):
        SPEC.read(tmp_path)


def test_text_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (v2(tmp_path) / "Prob003_invert3_test.sv").write_bytes(b"module tb;\n// \xff\nendmodule\n")
    with pytest.raises(UsageError, match=r"byte 0xFF is not, .*Prob003_invert3_test.sv:2"):
        SPEC.read(tmp_path)


def test_problems_and_benchmarks_travel(tmp_path: Path) -> None:
    v2(tmp_path)
    problem = SPEC.read(tmp_path)[0]
    assert pickle.loads(pickle.dumps(problem)) == problem
    assert pickle.loads(pickle.dumps(SPEC)).name == SPEC.name


@pytest.mark.shared
@pytest.mark.parametrize("known", [SPEC, COMPLETE], ids=lambda known: known.name)
def test_the_published_files(shared: Path, known: Any) -> None:
    problems = known.read(shared / "benchmarks" / "verilog-eval-v2")
    assert len(problems) == len({p.task_id for p in problems}) == 156
    assert [p.task_id for p in problems] == sorted(p.task_id for p in problems)
    for problem in problems:
        assert defined(problem.golden) == ("TopModule",)
        assert "tb" in defined(problem.test)
        assert ("TopModule" in problem.header) == (known is COMPLETE)
