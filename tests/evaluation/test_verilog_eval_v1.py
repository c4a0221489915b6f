"""VerilogEval v1: its files, what is wrong with them, and its rule for completions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.module_names import defined
from rtlgen.evaluation.problem import Problem
from tests.evaluation.benchmark_trees import BODY, HEADER, v1, v1_row, write_lines

HUMAN = benchmark("verilog-eval-v1-human")
MACHINE = benchmark("verilog-eval-v1-machine")
PROBLEM = Problem(
    task_id="inv", top="top_module", description="Inverts.", header=HEADER, test="", golden=""
)
WHOLE = HEADER + BODY


def test_problems_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = v1(tmp_path)
    problems = HUMAN.read(tmp_path)
    assert [p.task_id for p in problems] == [f"task{n}" for n in range(156)]
    first = problems[1]
    assert (first.top, first.header, first.description) == ("top_module", HEADER, "Inverts, 1")
    assert first.golden == HEADER + BODY
    assert first.test.startswith("// 1\n")
    assert (first.reference, first.data) == ("", ())
    assert first.place == f"{path}:2"


def test_descriptions_may_lie_where_the_repository_has_them(tmp_path: Path) -> None:
    v1(tmp_path / "data", "Machine")
    (tmp_path / "descriptions").mkdir()
    told = "VerilogDescription_Machine.jsonl"
    (tmp_path / "data" / told).rename(tmp_path / "descriptions" / told)
    assert len(MACHINE.read(tmp_path)) == 143


def edited(path: Path, number: int, line: bytes) -> None:
    lines = path.read_bytes().split(b"\n")
    lines[number - 1] = line
    path.write_bytes(b"\n".join(lines))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"task_id": "x"', r"must be a line of JSON: .*VerilogEval_Human.jsonl:3\n\nhint: "),
        (b"[" * 100_000, r"must be a line of JSON: .*VerilogEval_Human.jsonl:3"),
        (b"{}", r"task_id of a problem: field required, .*_Human.jsonl:3"),
        (b"7", r"a problem of a problem: .*_Human.jsonl:3"),
        (b'{"task_id": "x\xff"}', r"must be UTF-8, byte 0xFF is not, .*_Human.jsonl:3"),
        (json.dumps(v1_row(0)).encode(), r"there once, 'task0' is in line 1 too, .*Human.jsonl:3"),
        (json.dumps(v1_row(2) | {"test": ""}).encode(), r"test of a problem: .*Human.jsonl:3"),
        (b"", r"must have 156 problems, not 155, .*_Human.jsonl"),
        (
            json.dumps(v1_row(2) | {"prompt": "module other(input a);"}).encode(),
            r"prompt of 'task2' must be the header of top_module, .*_Human.jsonl:3",
        ),
        (
            json.dumps(v1_row(2) | {"task_id": "new"}).encode(),
            r"must have a description, 'new' has none in .*VerilogDescription_Human.jsonl",
        ),
    ],
)
def test_a_bad_line_is_told_with_its_place(tmp_path: Path, line: bytes, message: str) -> None:
    edited(v1(tmp_path), 3, line)
    with pytest.raises(UsageError, match=message):
        HUMAN.read(tmp_path)


def test_descriptions_that_are_missing_are_told(tmp_path: Path) -> None:
    v1(tmp_path)
    (tmp_path / "VerilogDescription_Human.jsonl").unlink()
    with pytest.raises(UsageError, match=r"not there, .*VerilogDescription_Human.jsonl"):
        HUMAN.read(tmp_path)


def test_140_problems_are_not_the_benchmark(tmp_path: Path) -> None:
    write_lines(v1(tmp_path), [v1_row(n) for n in range(140)])
    with pytest.raises(UsageError, match=r"v1 Human must have 156 problems, not 140, .*\n\nhint:"):
        HUMAN.read(tmp_path)


@pytest.mark.parametrize(
    ("completion", "verilog", "rule"),
    [
        (WHOLE, WHOLE, "whole module"),
        (f"Sure:\n{WHOLE}", f"Sure:\n{WHOLE}", "whole module"),
        (BODY, f"{HEADER}\n{BODY}", "prompt + completion"),
        ("module  top_module(); endmodule", None, "prompt + completion"),
        ("module top_module_tb; endmodule", "module top_module_tb; endmodule", "whole module"),
    ],
)
def test_the_official_rule(completion: str, verilog: str | None, rule: str) -> None:
    combined = HUMAN.combine(PROBLEM, completion, Extract.OFFICIAL)
    assert combined.rule == rule
    assert combined.verilog == (verilog or f"{HEADER}\n{completion}")


@pytest.mark.parametrize("extract", list(Extract))
@pytest.mark.parametrize(
    ("completion", "reason"),
    [("", "is empty"), (" \n\t", "is empty"), ("x" * 10_000_000, "may have")],
)
def test_what_cannot_be_a_design(completion: str, reason: str, extract: Extract) -> None:
    combined = HUMAN.combine(PROBLEM, completion, extract)
    assert combined.verilog is None
    assert reason in combined.reason


def test_the_robust_rule_says_what_it_did() -> None:
    fenced = HUMAN.combine(PROBLEM, f"Here:\n```verilog\n{WHOLE}```\nDone.", Extract.ROBUST)
    assert fenced.verilog is not None
    assert defined(fenced.verilog) == ("top_module",)
    assert fenced.rule == "robust; fenced block"
    body = HUMAN.combine(PROBLEM, BODY, Extract.ROBUST)
    assert "header put in front" in body.rule
    prose = HUMAN.combine(PROBLEM, "I cannot do that.", Extract.ROBUST)
    assert (prose.verilog, bool(prose.reason)) == (None, True)


def test_half_a_surrogate_pair_can_be_written() -> None:
    combined = HUMAN.combine(PROBLEM, "// \ud800\0\n" + WHOLE, Extract.OFFICIAL)
    assert combined.verilog is not None
    assert combined.verilog.encode().startswith(b"// \xef\xbf\xbd\0\n")


PIECES = st.sampled_from(
    ["module top_module", "endmodule", "```", "\n", "(", ";", "\0", "\ud800", '"', "/*", "\\"]
)
ANY_TEXT = st.lists(st.one_of(PIECES, st.text(st.characters(), max_size=9))).map("".join)


@given(ANY_TEXT, st.sampled_from(list(Extract)))
def test_any_text_is_combined(completion: str, extract: Extract) -> None:
    combined = HUMAN.combine(PROBLEM, completion, extract)
    assert (combined.verilog is None) == bool(combined.reason)
    if combined.verilog is not None:
        combined.verilog.encode()
    assert combined.rule


@pytest.mark.shared
@pytest.mark.parametrize(("known", "count"), [(HUMAN, 156), (MACHINE, 143)])
def test_the_published_files(shared: Path, known: Any, count: int) -> None:
    problems = known.read(shared / "benchmarks" / "verilog-eval-v1")
    assert len(problems) == len({p.task_id for p in problems}) == count
    for problem in problems:
        assert "top_module" in defined(problem.golden)
        assert "tb" in defined(problem.test)
        assert problem.description.strip()
    assert problems == known.read(shared)
