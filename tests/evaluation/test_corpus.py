"""A corpus is read line by line, and a completion is a module or what follows its header."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.corpus import Corpus, corpus_problems
from rtlgen.evaluation.harness.official import RULES, Evidence

ROW = {
    "task_id": "gate-1",
    "family": "gate",
    "kind": "gates",
    "parameters": {"inputs": 2, "operator": "and"},
    "phrasing": "one-liner",
    "top": "and_gate",
    "description": "y is a AND b.",
    "header": "module and_gate (\n    input a, b,\n    output y\n);",
    "test": "module tb; endmodule",
    "reference": "module RefModule; endmodule",
    "golden": "module and_gate (\n    input a, b,\n    output y\n);\n    assign y = a & b;\nendmodule\n",
    "seed": "1/train/0/0.0",
    "samples": 4,
}


def written(root: Path, *changes: dict[str, Any], end: str = "\n") -> Path:
    lines = [json.dumps({**ROW, **change}) for change in changes or ({},)]
    (root / "problems.jsonl").write_text("\n".join(lines) + end, encoding="utf-8")
    return root


def test_problems_are_read_in_order(tmp_path: Path) -> None:
    written(tmp_path, {}, {"task_id": "gate-2"})
    first, second = Corpus().read(tmp_path)
    assert (first.task_id, second.task_id) == ("gate-1", "gate-2")
    assert second.place == f"{tmp_path / 'problems.jsonl'}:2"
    assert (first.top, first.golden, first.reference) == (
        "and_gate",
        ROW["golden"],
        ROW["reference"],
    )
    [(place, row), _] = corpus_problems(tmp_path)
    assert row.parameters == {"inputs": 2, "operator": "and"}
    assert place.endswith(":1")


def test_the_prompt_is_description_and_header(tmp_path: Path) -> None:
    [problem] = Corpus().read(written(tmp_path))
    [message] = Corpus().prompt(problem)
    assert message.content == f"{ROW['description']}\n\n{ROW['header']}"
    with pytest.raises(UsageError, match="Corpus has no in-context examples, not 1"):
        Corpus().prompt(problem, shots=1)


@pytest.mark.parametrize(
    ("completion", "rule"),
    [
        ("module and_gate(input a, b, output y);\nassign y = a & b;\nendmodule", "whole module"),
        ("\n    assign y = a & b;\nendmodule\n", "header + completion"),
        (
            "```verilog\nmodule and_gate(input a, b, output y);\nassign y = a & b;\nendmodule\n```",
            "robust",
        ),
    ],
)
def test_completions(tmp_path: Path, completion: str, rule: str) -> None:
    [problem] = Corpus().read(written(tmp_path))
    found = Corpus().combine(problem, completion, Extract.OFFICIAL)
    assert found.verilog is not None
    assert found.rule.startswith(rule)
    assert found.verilog.count("module and_gate") == 1
    assert "```" not in found.verilog
    assert found.verilog.rstrip().endswith("endmodule")


def test_an_empty_completion_is_no_design(tmp_path: Path) -> None:
    [problem] = Corpus().read(written(tmp_path))
    assert Corpus().combine(problem, " \n", Extract.OFFICIAL).verilog is None


@pytest.mark.parametrize(
    ("changes", "end", "message"),
    [
        ([{"extra": 1}], "\n", r"extra: Extra inputs are not permitted, .*problems.jsonl:1\n\nhint: "),
        ([{}, {"top": ""}], "\n", r"top: String should have at least 1 character, .*:2\n\nhint: "),
        ([{}, {}], "\n", r"a task must be there once, 'gate-1', .*:2"),
        ([{}], "", r"a line must be whole, this one breaks off, .*:1"),
        ([{"test": "x" * (5 << 20)}], "\n", r"a problem must have at most 4194304 bytes, .*:1"),
    ],
)  # fmt: skip
def test_bad_lines_are_told_by_file_and_line(
    tmp_path: Path, changes: list[dict[str, Any]], end: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        Corpus().read(written(tmp_path, *changes, end=end))


def test_a_folder_of_parts_is_told(tmp_path: Path) -> None:
    for part in ("train", "held-out-instances"):
        (tmp_path / part).mkdir()
        written(tmp_path / part)
    with pytest.raises(UsageError, match="does not, but held-out-instances and train below it do"):
        Corpus().read(tmp_path)
    with pytest.raises(
        UsageError, match=r"a corpus must hold problems.jsonl, .*nowhere does not\n"
    ):
        Corpus().read(tmp_path / "nowhere")
    (tmp_path / "problems.jsonl").touch()
    with pytest.raises(UsageError, match="a corpus must hold a problem"):
        Corpus().read(tmp_path)


@pytest.mark.parametrize(
    ("evidence", "outcome"),
    [
        (Evidence(compiled=True, mismatches=0, compile_stderr="warning: dull"), "passed"),
        (Evidence(compiled=True, mismatches=3), "mismatch"),
        (Evidence(compiled=True), "no result"),
        (Evidence(compiled=False), "compile error"),
        (Evidence(compiled=True, mismatches=0, timed_out=True), "timed out"),
    ],
)
def test_our_own_rule_looks_at_checks_alone(evidence: Evidence, outcome: str) -> None:
    assert RULES["corpus"].outcome(evidence) == outcome
