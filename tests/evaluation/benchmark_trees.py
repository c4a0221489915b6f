"""Benchmarks in the official layouts, with problems of our own."""

from __future__ import annotations

import json
from pathlib import Path

COUNTS = {"Human": 156, "Machine": 143}
HEADER = "module top_module (\n  input a,\n  output y\n);\n"
BODY = "  assign y = ~a;\nendmodule\n"
TEST = "module tb; initial $display(0); endmodule\n"


def v1_row(number: int) -> dict[str, str]:
    return {
        "task_id": f"task{number}",
        "prompt": HEADER,
        "canonical_solution": BODY,
        "test": f"// {number}\n{TEST}",
    }


def write_lines(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def v1(folder: Path, split: str = "Human") -> Path:
    """Write VerilogEval v1; returns its file of problems."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(COUNTS[split])
    write_lines(folder / f"VerilogEval_{split}.jsonl", [v1_row(n) for n in numbers])
    told = [{"task_id": f"task{n}", "detail_description": f"Inverts, {n}"} for n in numbers]
    write_lines(folder / f"VerilogDescription_{split}.jsonl", told[::-1])
    return folder / f"VerilogEval_{split}.jsonl"


def v2(folder: Path, *, complete: bool = False, count: int = 156) -> Path:
    """Write VerilogEval v2; returns the folder of its problems."""
    name = "dataset_code-complete-iccad2023" if complete else "dataset_spec-to-rtl"
    place = folder / name
    place.mkdir(parents=True)
    header = "module TopModule (\n  input a,\n  output y\n);\n"
    tasks = [f"Prob{n:03}_invert{n}" for n in range(1, count + 1)]
    for task in tasks:
        (place / f"{task}_prompt.txt").write_text(
            f"\n{task} inverts.\n" + (f"\n{header}" if complete else "")
        )
        (place / f"{task}_ref.sv").write_text(
            "// RefModule inverts\n" + header.replace("TopModule", "RefModule") + BODY
        )
        (place / f"{task}_test.sv").write_text(TEST)
        if complete:
            (place / f"{task}_ifc.txt").write_text(f"\n{header}")
    (place / "problems.txt").write_text("".join(f"{task}\n" for task in tasks[::-1]))
    return place


def rtllm(folder: Path, count: int = 50) -> Path:
    """Write RTLLM v2; returns the root with its categories."""
    for number in range(count):
        name = f"inv{number}"
        place = folder / f"Class{number % 3}" / "Group" / name
        place.mkdir(parents=True)
        (place / "design_description.txt").write_text(f"Module name: {name}\n")
        (place / "testbench.v").write_text(
            f"module tb;\n  reg a; wire y;\n  {name} #(.W(1)) dut (.a(a), .y(y));\n"
            '  initial $display("Your Design Passed");\nendmodule\n'
        )
        (place / f"verified_{name}.v").write_text(
            f"// verified_{name} uses helper\nmodule verified_{name} (input a, output y);\n"
            "  helper u (.a(a), .y(y));\nendmodule\n"
            "module helper (input a, output y); assign y = ~a; endmodule\n"
        )
    return folder
