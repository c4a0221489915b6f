"""The gate over real RTL: benchmark references, and completions that models wrote."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sim.gate_worker import answer

pytestmark = pytest.mark.shared


def ask(text: str, top: str, data: list[str] | None = None) -> dict[str, Any]:
    return answer(
        {"top": top, "sources": {"m.sv": text}, "data": data or [], "reserved": [], "outer": []}
    )


def test_no_reference_of_verilog_eval_is_refused(shared: Path) -> None:
    folder = shared / "benchmarks"
    problems = [
        json.loads(line)
        for name in ("Human", "Machine")
        for line in (folder / f"verilog-eval-v1/VerilogEval_{name}.jsonl").read_text().splitlines()
    ]
    texts = [(p["prompt"] + "\n" + p["canonical_solution"], "top_module") for p in problems]
    texts += [(p.read_text(), "RefModule") for p in folder.glob("verilog-eval-v2/*/*_ref.sv")]
    assert len(texts) > 600
    for text, top in texts:
        found = ask(text, top)
        assert found["cause"] == "NONE", found["refusals"]


def test_no_reference_of_rtllm_is_refused(shared: Path) -> None:
    paths = sorted((shared / "benchmarks" / "rtllm-v2").rglob("verified_*.v"))
    assert len(paths) >= 50
    for path in paths:
        text = path.read_text()
        names = re.findall(r"^\s*module\s+(\w+)", text, re.M)
        data = [p.name for p in path.parent.iterdir()]
        causes = {name: ask(text, name, data)["cause"] for name in names}
        assert set(causes.values()) == {"NONE"}, (path, causes)


def test_completions_are_refused_only_for_what_they_do(shared: Path) -> None:
    path = shared / "samples" / "verilog-eval-v1" / "gpt4o_human.jsonl.gz"
    texts = set()
    with gzip.open(path, "rt") as lines:
        for line in lines:
            sample = json.loads(line)
            completion = sample["completion"]
            whole = "module top_module" in completion
            texts.add(completion if whole else sample["prompt"] + "\n" + completion)
    refused = Counter[str]()
    for text in texts:
        found = ask(text, "top_module")
        if found["cause"] == "REFUSED":
            refused[found["refusals"][0]["rule"]] += 1
    # Gate outputs written as inputs: designs that drive their own input ports.
    assert set(refused) <= {"drives-input", "hierarchy", "ends-simulation", "system-task"}
    assert refused.total() < 0.01 * len(texts)
