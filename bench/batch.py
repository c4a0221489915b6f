"""Candidates judged per second: many at a time against one by one.

    python bench/batch.py --root SHARED [--samples NAME ...] [--tasks TASK ...] [--distinct]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. Candidates of a
problem are taken from the sample files in turn; the testbench stands beside the problem's
reference RTL. Both ways start at the gate, with nothing cached and one worker.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from sim.batch import judge_many
from sim.design import Design
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import judge, simulator_named
from sim.simulate import Simulator
from sim.verdict import Verdict
from testbench_gen import Golden, Testbench, write_testbench

_TOP = "top_module"
_COUNTS = (1, 8, 64)
_TASKS = ("count10", "fsm3", "vector100r", "mux9to1v")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and problems")
    parser.add_argument("--samples", nargs="*", default=[], help="sample files; default: all")
    parser.add_argument("--tasks", nargs="*", default=_TASKS, help="problems")
    parser.add_argument("--counts", nargs="*", type=int, default=_COUNTS)
    parser.add_argument("--simulator", default="icarus")
    parser.add_argument("--distinct", action="store_true", help="no text twice")
    arguments = parser.parse_args()
    simulator = simulator_named(arguments.simulator)
    print("task                 candidates  one by one/s  batched/s  ratio")
    totals: dict[int, list[float]] = {}
    for task in arguments.tasks:
        testbench, interface = problem(arguments.root, task)
        pool = candidates(arguments.root, task, arguments.samples, distinct=arguments.distinct)
        for count in arguments.counts:
            if len(pool) < count:
                print(f"{task:20} {count:10}  only {len(pool)} candidates")
                continue
            spent = compare(pool[:count], testbench, interface, simulator)
            shown(task, count, spent)
            totals[count] = [
                a + b for a, b in zip(totals.get(count, [0, 0, 0]), (count, *spent), strict=True)
            ]
    for _, (judged, alone, together) in sorted(totals.items()):
        shown("all", int(judged), (alone, together))


def shown(task: str, count: int, spent: tuple[float, float]) -> None:
    alone, together = spent
    rates = f"{count / alone:12.2f}  {count / together:9.2f}"
    print(f"{task:20} {count:10}  {rates}  {alone / together:5.2f}", flush=True)


def compare(
    designs: Sequence[Design], testbench: Testbench, interface: Interface, simulator: Simulator
) -> tuple[float, float]:
    """Return the seconds that `designs` take one by one and batched; show verdicts that differ."""
    settings: dict[str, Any] = {"simulators": [simulator], "interface": interface}
    alone, expected = timed(lambda: [judge(d, testbench.bench, **settings) for d in designs])
    together, found = timed(lambda: judge_many(designs, testbench, **settings))
    for one, other in zip(expected, found, strict=True):
        if replace(one, runs=()) != replace(other, runs=()):
            print(f"  differs: alone {one}\n         batched {other}")
    return alone, together


def timed(work: Callable[[], list[Verdict]]) -> tuple[float, list[Verdict]]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def problem(root: Path, task: str) -> tuple[Testbench, Interface]:
    for row in lines(root / "benchmarks/verilog-eval-v1/VerilogEval_Human.jsonl"):
        if row["task_id"] == task:
            golden = Design(
                top=_TOP, sources={"golden.sv": row["prompt"] + row["canonical_solution"]}
            )
            interface = infer_timing(golden, read_interface(golden))
            return write_testbench(interface, Golden(design=golden)), interface
    raise SystemExit(f"no problem {task!r}")


def candidates(root: Path, task: str, names: Sequence[str], *, distinct: bool) -> list[Design]:
    """Return the candidates for `task`, one of each sample file after the other."""
    folder = root / "samples/verilog-eval-v1"
    paths = [folder / f"{name}.jsonl.gz" for name in names] or sorted(folder.glob("*.jsonl.gz"))
    files = [[text(row) for row in lines(path) if row["task_id"] == task] for path in paths]
    texts = [found for found in chain.from_iterable(zip_longest(*files)) if found is not None]
    if distinct:
        texts = list({" ".join(found.split()): found for found in texts}.values())
    return [Design(top=_TOP, sources={"candidate.sv": found}) for found in texts]


def text(row: dict[str, str]) -> str:
    """Return the module: a completion that holds one stands alone."""
    whole = f"module {_TOP}" in row["completion"]
    return row["completion"] if whole else f"{row['prompt']}\n{row['completion']}"


def lines(path: Path) -> Iterator[dict[str, str]]:
    reader = gzip.open if path.suffix == ".gz" else open
    with reader(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


if __name__ == "__main__":
    main()
