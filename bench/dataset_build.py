"""How fast `rtlgen dataset build` is, and how much memory it takes, by the number of completions.

    python bench/dataset_build.py --root SHARED [--sizes 5000 15000 45000] [--harness icarus]
        [--workers 2] [--baseline 200] [--work FOLDER] [--json FILE]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. Completions are those of
all files there, once through and then again with every problem under another name; a design that
was judged in one round is known in the next, as its test is the same. Each size is a process of
its own, without the cache of verdicts: processor seconds are those of the process and all its
children, and memory is the peak of the process itself (threads of it drive the children).

`--harness stub` gives verdicts by the digest of a design, in no time: what is left is what a
build does beside judging. `--baseline N` judges the first N completions, drawn evenly, one by
one and without looking for equal ones, and keeps everything in lists: what a plain script does.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import Any

from processor_time import processor_seconds

from rtlgen.data.build import Order, build
from rtlgen.data.options import BuildOptions
from rtlgen.data.problem_sets import Roots
from rtlgen.evaluation import catalog
from rtlgen.evaluation.benchmark import Benchmark, Combined, Extract
from rtlgen.evaluation.harness.protocol import Conditions, Group, Harness, Preparation
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message
from sim.design import digest

NAME = "renamed"
SETS = {"human": "verilog-eval-v1-human", "machine": "verilog-eval-v1-machine"}
SAMPLES = 100
"""Of a test that the stub makes up."""
_PROBE = re.compile(r"doctored|\{\d+\{1'b[01x]\}\};|\);\s*endmodule\s*\Z")
"""What a senseless design of `rtlgen.data.probes` has in it; no test passes it."""
_ROUND = re.compile(r"(\d+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A harness without a tool: a design's digest decides."""

    name: str = "stub"

    def simulator(self) -> str:
        return "Stub 1.0"

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        return [
            Preparation(problem=p.digest, simulator="Stub 1.0", samples=SAMPLES, seconds=0.01)
            for p in problems
        ]

    def judge(self, groups: Sequence[Group], conditions: Conditions) -> list[list[Judgement]]:
        return [[_made_up(one, group.problem.golden) for one in group.designs] for group in groups]


def _made_up(design: str, golden: str) -> Judgement:
    drawn = int(digest(design.encode())[:8], 16)
    if design == golden or (drawn % 2 and "endmodule" in design and not _PROBE.search(design)):
        return Judgement(
            official=True,
            functional=True,
            category=Category.PASS,
            samples=SAMPLES,
            expected_samples=SAMPLES,
        )
    return Judgement(
        official=False,
        functional=False,
        category=Category.MISMATCH if drawn % 8 else Category.SYNTAX,
        reason="made up",
        mismatches=drawn % SAMPLES,
        samples=SAMPLES,
        expected_samples=SAMPLES,
    )


class Renamed:
    """VerilogEval v1, Human and Machine, over and over under other names."""

    name = NAME
    title = "VerilogEval v1, renamed"
    max_shots = 0

    def __init__(self, rounds: int, harness: str) -> None:
        self._rounds, self._harness = rounds, harness
        self._inner: dict[str, Benchmark] = {k: catalog.benchmark(n) for k, n in SETS.items()}

    @cached_property
    def harness(self) -> Harness:
        return Stub() if self._harness == "stub" else self._inner["human"].harness

    def read(self, root: Path) -> list[Problem]:
        return [
            replace(problem, task_id=f"{kind}{number}/{problem.task_id}")
            for number in range(self._rounds)
            for kind, inner in self._inner.items()
            for problem in inner.read(root)
        ]

    def combine(self, problem: Problem, completion: str, extract: Extract) -> Combined:
        return self._inner["human"].combine(problem, completion, extract)

    def prompt(self, problem: Problem, *, shots: int = 0) -> Sequence[Message]:
        return self._inner["human"].prompt(problem, shots=shots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one size took."""

    completions: int
    seconds: float
    """Wall time."""
    processor_seconds: float
    peak_mib: float
    rows: int


def completions(root: Path) -> Iterator[tuple[str, str]]:
    """Yield task and completion, over and over, in rounds."""
    files = sorted((root / "samples/verilog-eval-v1").glob("*.jsonl.gz"))
    for number in count():
        for path in files:
            kind = path.name.split(".")[0].rpartition("_")[2]
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    row = json.loads(line)
                    yield f"{kind}{number}/{row['task_id']}", row["completion"]


def write_file(path: Path, root: Path, size: int) -> int:
    """Write `size` completions to `path` and return how many rounds they take."""
    rounds = 1
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for task, text in islice(completions(root), size):
            rounds = max(rounds, 1 + int(_ROUND.findall(task)[0]))
            file.write(json.dumps({"task_id": task, "completion": text}) + "\n")
    return rounds


def one_size(root: Path, size: int, harness: str, workers: int, work: Path) -> Figures:
    """Build a dataset of `size` completions in this process."""
    samples = work / f"{size}.jsonl.gz"
    rounds = write_file(samples, root, size)
    known = Renamed(rounds, harness)
    catalog.BENCHMARKS[NAME] = known
    order = Order(
        sources=[samples],
        folder=work / f"dataset-{size}-{harness}",
        options=BuildOptions(),
        roots=Roots(any=(root / "benchmarks",)),
        benchmark=NAME,
        allow=("all",),
        cache=False,
    )
    start, before = time.monotonic(), processor_seconds()
    with closing(LocalPool(workers)) as pool:
        built = build(order, lambda: pool)
    return Figures(
        completions=size,
        seconds=round(time.monotonic() - start, 1),
        processor_seconds=round(processor_seconds() - before, 1),
        peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        rows=sum(n for splits in built.record.counts.values() for n in splits.values()),
    )


def baseline(root: Path, number: int) -> Figures:
    """Judge `number` completions of the first round one by one, everything in lists."""
    known = Renamed(1, "icarus")
    problems = {problem.task_id: problem for problem in known.read(root / "benchmarks")}
    everything = list(islice(completions(root), 15_000))
    chosen = everything[:: max(1, len(everything) // number)][:number]
    conditions = Conditions()
    start, before = time.monotonic(), processor_seconds()
    rows = []
    for task, text in chosen:
        problem = problems[task]
        (preparation,) = known.harness.prepare([problem], conditions)
        verilog = known.combine(problem, text, Extract.OFFICIAL).verilog or ""
        group = Group(problem=problem, preparation=preparation, designs=(verilog,))
        rows.append((task, text, known.harness.judge([group], conditions)))
    return Figures(
        completions=len(chosen),
        seconds=round(time.monotonic() - start, 1),
        processor_seconds=round(processor_seconds() - before, 1),
        peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        rows=len(rows),
    )


def in_a_process(given: argparse.Namespace, *more: str) -> Figures:
    """Run this program for one size and return what it found."""
    command = [sys.executable, __file__, "--root", str(given.root), "--harness", given.harness]
    command += ["--workers", str(given.workers), *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def table(found: dict[str, Figures]) -> str:
    head = f"{'':>10} {'wall s':>9} {'cpu s':>9} {'per cpu s':>10} {'peak MiB':>9} {'rows':>7}"
    lines = [head]
    for name, one in found.items():
        rate = one.completions / max(one.processor_seconds, 0.01)
        lines.append(
            f"{name:>10} {one.seconds:9.1f} {one.processor_seconds:9.1f} {rate:10.1f} "
            f"{one.peak_mib:9.1f} {one.rows:7}"
        )
    return "\n".join(lines)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 15_000, 45_000])
    parser.add_argument("--harness", choices=("icarus", "stub"), default="icarus")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--baseline", type=int, default=0)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--one-by-one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def measured(given: argparse.Namespace) -> dict[str, Figures]:
    with tempfile.TemporaryDirectory(prefix="rtlgen-bench-") as own:
        work = given.work or Path(own)
        work.mkdir(parents=True, exist_ok=True)
        found = {}
        for size in given.sizes:
            found[str(size)] = in_a_process(given, "--one", str(size), "--work", str(work))
            print(found[str(size)], file=sys.stderr)
    if given.baseline:
        found["one by one"] = in_a_process(given, "--one-by-one", str(given.baseline))
    return found


def main() -> None:
    given = parsed()
    one: Any = None
    if given.one:
        one = one_size(given.root, given.one, given.harness, given.workers, given.work)
    elif given.one_by_one:
        one = baseline(given.root, given.one_by_one)
    if one is not None:
        print(json.dumps(asdict(one)))
        return
    found = measured(given)
    print(table(found))
    if given.json:
        given.json.write_text(json.dumps({k: asdict(v) for k, v in found.items()}, indent=2))


if __name__ == "__main__":
    main()
