"""Official verdicts of `rtlgen eval` beside those of the published rule run plainly.

    python bench/fidelity.py --root SHARED [--files gpt4o_human ...] [--problems fsm3 ...]
        [--cache FILE] [--workers 2] [--json]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. The oracle is the
rule to the letter: each sample is a file of its own, the published command line compiles
and runs it in a shell, and what the shell's two streams held decides. Nothing is shared
between samples and no text is changed or taken for another; with a cache file, verdicts
are kept by the exact text, so that a run that was stopped goes on. The oracle's only
code of the product is the sandbox in which it runs.

Prints a row a file: samples; verdicts that are equal and that differ; samples that rtlgen
refused, and how many of these the plain rule passes; samples that timed out on either
side; and then every difference with its cause. Exits with 1 where verdicts differ.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from sim.process import Limits, run_tool
from sim.scratch import scratch_folder

SAMPLES = "samples/verilog-eval-v1"
PROBLEMS = "benchmarks/verilog-eval-v1"
PASSED = "passed"
TIMED_OUT = "timed out"
REFUSED = "refused by the gate"
COMMAND = (
    "iverilog -Wall -Winfloop -Wno-timescale -g2012 -s tb -o test.vvp test.sv 2>err >out; "
    "vvp -n test.vvp 2>>err >>out"
)
_LIMITS = Limits(
    seconds=600.0,
    cpu_seconds=30,
    memory_bytes=2 << 30,
    file_bytes=64 << 20,
    output_bytes=1 << 16,
    processes=16,
)
_RESULT = re.compile(r"Mismatches: ([0-9]*) in ([0-9]*) samples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One published sample and the text that the rule judges."""

    task: str
    number: int
    text: str
    """Test and design in one file."""

    @property
    def key(self) -> str:
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One sample on which the two do not agree."""

    file: str
    task: str
    sample: int
    plain: str
    official: bool | None
    category: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What came of one file."""

    file: str
    samples: int
    equal: int
    differ: int
    refused: int
    refused_passing: int
    """Of the refused, those that pass the plain rule."""
    timed_out: int
    passed: int
    """By the plain rule."""


def main() -> None:
    arguments = _arguments()
    found: list[tuple[Line, list[Difference]]] = []
    for path in _files(arguments.root, arguments.files):
        samples = read_samples(arguments.root, path, frozenset(arguments.problems))
        start = time.monotonic()
        plain = Oracle(arguments.cache, arguments.workers).outcomes(samples)
        middle = time.monotonic()
        rows = rtlgen_rows(arguments, path)
        found.append(compare(_name(path), samples, plain, rows))
        print(
            f"{_name(path)}: plain in {middle - start:.0f} s, rtlgen in "
            f"{time.monotonic() - middle:.0f} s, {found[-1][0].differ} differ",
            file=sys.stderr,
        )
    if arguments.json:
        print(json.dumps([{**asdict(line), "list": list(map(asdict, d))} for line, d in found]))
    else:
        _show(found)
    sys.exit(any(line.differ for line, _ in found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--files", nargs="*", default=[], help="such as gpt4o_human; all if none")
    parser.add_argument("--problems", nargs="*", default=[], help="only these tasks")
    parser.add_argument("--cache", type=Path, help="file of the plain rule's verdicts")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    return parser.parse_args()


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Leaves the description's lines alone."""


def _files(root: Path, names: Sequence[str]) -> list[Path]:
    found = sorted((root / SAMPLES).glob("*.jsonl.gz"))
    unknown = set(names) - set(map(_name, found))
    if unknown or not found:
        sys.exit(f"no samples {', '.join(sorted(unknown))} in {root / SAMPLES}")
    return [path for path in found if not names or _name(path) in names]


def _name(path: Path) -> str:
    return path.name.removesuffix(".jsonl.gz")


def read_samples(root: Path, path: Path, tasks: frozenset[str]) -> list[Sample]:
    """Return the samples of `path`, numbered within their problem, each with the text to judge."""
    split = _name(path).rpartition("_")[2].capitalize()
    lines = (root / PROBLEMS / f"VerilogEval_{split}.jsonl").read_text().splitlines()
    problems = {row["task_id"]: row for row in map(json.loads, filter(None, lines))}
    numbers = Counter[str]()
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            task = row["task_id"]
            number = numbers[task]
            numbers[task] += 1
            if not tasks or task in tasks:
                text = f"{problems[task]['test']}\n{_design(problems[task], row['completion'])}"
                found.append(Sample(task=task, number=number, text=text))
    return found


def _design(problem: dict[str, Any], completion: str) -> str:
    """Return the design: a completion that holds the module stands alone."""
    if "module top_module" in completion:
        return completion
    return f"{problem['prompt']}\n{completion}"


class Oracle:
    """The published rule, run plainly, one sandbox a sample."""

    def __init__(self, cache: Path | None, workers: int) -> None:
        self._cache = cache
        self._workers = workers
        self._known: dict[str, str] = {}
        self._lock = Lock()
        if cache is not None and cache.is_file():
            for line in cache.read_text(encoding="utf-8").split("\n")[:-1]:
                row = json.loads(line)
                self._known[row["key"]] = row["outcome"]

    def outcomes(self, samples: Sequence[Sample]) -> list[str]:
        """Return the outcome of each of `samples`."""
        with ThreadPoolExecutor(self._workers) as pool:
            return list(pool.map(self._outcome, samples))

    def _outcome(self, sample: Sample) -> str:
        known = self._known.get(sample.key) if self._cache else None
        if known is not None:
            return known
        outcome = plain_outcome(sample.text)
        if self._cache is not None:
            with self._lock, self._cache.open("a", encoding="utf-8") as file:
                row = {"key": sample.key, "task": sample.task, "outcome": outcome}
                file.write(json.dumps(row) + "\n")
        return outcome


def plain_outcome(text: str) -> str:
    """Return `passed` or why not, by the published rule."""
    with scratch_folder() as folder:
        (folder / "test.sv").write_bytes(text.encode(errors="surrogatepass"))
        # As published, in a shell; the text is the shell's data only.
        run = run_tool(["/bin/sh", "-c", COMMAND], cwd=folder, limits=_LIMITS)
        if run.limit is not None:
            return TIMED_OUT if run.timed_out else f"{run.limit} limit"
        out, err = (
            (folder / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err")
        )
    if "syntax error" in err:
        return "syntax error"
    if err:
        return f"compile error: {err.strip().splitlines()[0][:120]}"
    match = _RESULT.search(out)
    if match is None:
        return "no result"
    return PASSED if match[1] == "0" else f"{match[1]} of {match[2]} wrong"


def rtlgen_rows(arguments: argparse.Namespace, path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Run `rtlgen eval` without a cache and return its rows by task and number."""
    split = _name(path).rpartition("_")[2]
    with tempfile.TemporaryDirectory(prefix="fidelity-") as folder:
        command = [
            *(sys.executable, "-m", "rtlgen", "eval", f"verilog-eval-v1-{split}"),
            *("--root", str(arguments.root / PROBLEMS), "--samples", str(path)),
            *("-o", f"{folder}/run", "--workers", str(arguments.workers)),
            *("--no-cache", "--no-windows", "--quiet"),
        ]
        if arguments.problems:
            command += ["--problems", ",".join(arguments.problems)]
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        if done.returncode not in (0, 3):
            sys.exit(f"`{' '.join(command)}` ended with {done.returncode}")
        return {
            (row["task_id"], row["sample"]): row
            for row in _json_lines(Path(folder) / "run" / "samples.jsonl")
        }


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def compare(
    file: str,
    samples: Sequence[Sample],
    plain: Sequence[str],
    rows: dict[tuple[str, int], dict[str, Any]],
) -> tuple[Line, list[Difference]]:
    """Return the counts of one file and the samples that differ, the refused ones included."""
    counts = Counter[str]()
    differences = []
    for sample, outcome in zip(samples, plain, strict=True):
        row = rows[sample.task, sample.number]
        kind = _kind(outcome, row)
        counts[kind] += 1
        counts["passing"] += outcome == PASSED
        if (outcome == PASSED) != bool(row["official"]) or row["official"] is None:
            counts["refused, passing"] += kind == "refused"
            differences.append(_difference(file, sample, outcome, row))
    line = Line(
        file=file,
        samples=len(samples),
        equal=counts["equal"],
        differ=counts["differ"],
        refused=counts["refused"],
        refused_passing=counts["refused, passing"],
        timed_out=counts["timed out"],
        passed=counts["passing"],
    )
    return line, differences


def _kind(outcome: str, row: dict[str, Any]) -> str:
    if row["category"] == REFUSED:
        return "refused"
    if TIMED_OUT in outcome or outcome.endswith(" limit") or row["category"] == "timeout":
        return "timed out"
    return "equal" if (outcome == PASSED) is row["official"] else "differ"


def _difference(file: str, sample: Sample, outcome: str, row: dict[str, Any]) -> Difference:
    return Difference(
        file=file,
        task=sample.task,
        sample=sample.number,
        plain=outcome,
        official=row["official"],
        category=row["category"],
        reason=row["reason"],
    )


def _show(found: Sequence[tuple[Line, Sequence[Difference]]]) -> None:
    print(f"{'file':26} samples  passed   equal  differ  refused (passing)  timed out")
    for line, _ in found:
        print(
            f"{line.file:26} {line.samples:7} {line.passed:7} {line.equal:7} {line.differ:7} "
            f"{line.refused:8} {line.refused_passing:9} {line.timed_out:10}"
        )
    decided = sum(line.equal + line.differ for line, _ in found)
    equal = sum(line.equal for line, _ in found)
    print(f"equal: {equal} of {decided} that neither timed out nor were refused")
    for _, differences in found:
        for one in differences:
            print(
                f"{one.file} {one.task} {one.sample}: plain {one.plain!r}, "
                f"rtlgen {one.official} ({one.category}): {one.reason}"
            )


if __name__ == "__main__":
    main()
