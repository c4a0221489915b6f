"""Runs to report on: made up, in the shapes of real ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.row import Origin, Row, SignalRow, WindowRow
from rtlgen.evaluation.run_record import ConditionsRecord, RunRecord, SourceRecord
from rtlgen.evaluation.summary import Summary, summarize
from sim.design import digest

COUNTER = """\
// Counts to nine.
module top_module(input clk, input reset, output reg [3:0] q);
  always @(posedge clk)
    if (reset || q == 4'd9) q <= 4'd0;
    else q <= q + 1'b1;  /* one "more" */
endmodule
"""
LOG = "tb.v:12: Output 'q' has 20 mismatches. First mismatch occurred at time 95.\n"


def signal(name: str, role: str, *values: str) -> SignalRow:
    return SignalRow(name=name, role=role, values=values)


WINDOW = WindowRow(
    times=(75, 80, 85, 90, 95),
    first=14,
    signals=(
        signal("clk", "input", "0", "1", "0", "1", "0"),
        signal("reset", "input", "1", "1", "0", "0", "0"),
        signal("q", "expected", "xxxx", "0000", "0000", "0001", "0001"),
        signal("q", "got", "xxxx", "0000", "0000", "0001", "x010"),
        signal("full", "expected", "0", "0", "0", "0", "1"),
        signal("full", "got", "0", "0", "0", "0", "z"),
        signal("same", "expected", "00000001", "00000001", "00000001", "xxxxxxxx", "00000011"),
        signal("same", "got", "00000001", "00000001", "00000001", "00000001", "00000011"),
    ),
)


def row(task: str, sample: int, category: Category = Category.PASS, **values: Any) -> Row:
    """A row of `category`, as a harness would make it."""
    functional = {Category.PASS: True, Category.WARNING: True, Category.NOT_JUDGED: None}
    verilog = values.pop("verilog", COUNTER)
    passed = functional.get(category, False)
    return Row(
        task_id=task,
        sample=sample,
        official=category is Category.PASS if passed is not None else None,
        functional=passed,
        category=category,
        verilog=verilog,
        digest=digest(verilog.encode()) if verilog is not None else "",
        **{
            "reason": "" if category is Category.PASS else f"it shows {category.value}",
            "seconds": 0.0123,
            "samples": 439,
            "expected_samples": 439,
            "rule": "whole module",
            "official_category": "passed" if category is Category.PASS else "failed",
            "origin": Origin.JUDGED,
            **values,
        },
    )


def run_record(problems: Sequence[str], **values: Any) -> RunRecord:
    record: dict[str, Any] = {
        "rtlgen": "0.1.0",
        "benchmark": "made-up",
        "title": "A made-up benchmark",
        "benchmark_digest": "b" * 64,
        "problems": list(problems),
        "excluded": {},
        "harness": "made-up",
        "simulator": "Icarus Verilog 11.0",
        "judging_code": "c" * 16,
        "conditions": ConditionsRecord(
            cpu_seconds=30, memory_bytes=2 << 30, stop_early=False, windows=True
        ),
        "extract": Extract.OFFICIAL,
        "source": SourceRecord(kind="samples", name="some_model.jsonl.gz", digest="d" * 64),
        "ks": [1, 5, 10],
        "executor": "local",
        "workers": 2,
        "started": "2026-11-22T04:00:00Z",
        "finished": "2026-11-22T04:01:00Z",
        "seconds": 60.0,
    }
    return RunRecord.model_validate({**record, **values})


def small() -> tuple[Summary, list[Row]]:
    """Three problems with samples of many outcomes, one that is excluded, out of order."""
    rows = [
        row("shift/left", 0, Category.SYNTAX, verilog="modul x;\n", log="x.v:1: syntax error\n"),
        row("counter", 0),
        row("counter", 1, Category.WARNING, log="warning: implicit wire\n", verilog=f"{COUNTER}//"),
        row("counter", 3, Category.UNKNOWN_VALUE, mismatches=20, window=WINDOW, verilog="// x"),
        row("counter", 2),
        row("shift/left", 1, Category.EXTRACTION, verilog=None, rule=""),
        row("shift/left", 2, Category.REFUSED, verilog="module top_module; initial $finish;"),
        row("shift/left", 3, Category.MISMATCH, mismatches=9, window=WINDOW, log=LOG),
        *(row("lost", at, Category.NOT_JUDGED, reason="no sample came") for at in range(3)),
        row("vacuous", 0),
    ]
    excluded = {"vacuous": "any design can pass: an empty module"}
    run = run_record(["counter", "shift/left", "lost"], excluded=excluded, ks=[1, 5])
    return summarize(rows, run=run), rows


def large(problems: int = 156, each: int = 10, *, seed: int = 1) -> tuple[Summary, list[Row]]:
    """As many samples as a benchmark has, about half of them good."""
    random_ = random.Random(seed)
    names = [
        f"Prob{at:03d}_{random_.choice(['fsm', 'mux', 'adder', 'kmap'])}" for at in range(problems)
    ]
    kinds = [c for c in Category if c is not Category.NOT_JUDGED]
    rows = []
    for name in names:
        ease, cost = random_.random(), random_.lognormvariate(-4, 1.2)
        for sample in range(each):
            good = random_.random() < ease
            failures = [Category.MISMATCH] * 9 + [Category.SYNTAX] * 4 + kinds[1:]
            category = Category.PASS if good else random_.choice(failures)
            again = random_.random() < 0.2
            text = f"{COUNTER * 3}// {name} {0 if again else sample} {category}\n"
            wrong = category in (Category.MISMATCH, Category.UNKNOWN_VALUE)
            rows.append(
                row(
                    name,
                    sample,
                    category,
                    verilog=text,
                    window=WINDOW if wrong else None,
                    log=LOG * 4,
                    seconds=cost * random_.uniform(0.5, 2),
                )
            )
    return summarize(rows, run=run_record(names)), rows
