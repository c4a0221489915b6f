"""Official verdicts of VerilogEval v1 on published samples, kept in a file.

    python bench/official_v1.py --root SHARED --cache FILE [--files gpt4o_human ...]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. The rule is the
official one: test, header and completion are compiled and run by Icarus Verilog; any text
on standard error fails, and so does a mismatch. Texts that differ in comments and white
space only are run once. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.design import digest
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder
from sim.text import without_comments

PASSED = "passed"
SAMPLES = "samples/verilog-eval-v1"
PROBLEMS = "benchmarks/verilog-eval-v1"
_SECONDS = 30
"""Processor time of one simulation."""
_LIMITS = Limits(
    seconds=120.0, cpu_seconds=_SECONDS, memory_bytes=2 << 30, output_bytes=1 << 16, processes=16
)
_RESULT = re.compile(r"Mismatches: ([0-9]+) in ([0-9]+) samples")
_DRIVER = """
import subprocess
build = "iverilog -Wall -Winfloop -Wno-timescale -g2012 -s tb -o test.vvp test.sv".split()
with open("err", "wb") as err, open("out", "wb") as out:
    subprocess.run(build, stdout=out, stderr=err)
    subprocess.run(["vvp", "-n", "test.vvp"], stdout=out, stderr=err)
"""
"""Keeps standard output and standard error apart, as the rule needs."""
_SLOW = ("lfsr32", "conwaylife", "rule110", "count_clock", "rule90")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One published completion."""

    task: str
    description: str
    prompt: str
    """The module's header."""
    completion: str

    @property
    def verilog(self) -> str:
        """The whole module: a completion that holds it stands alone."""
        if "module top_module" in self.completion:
            return self.completion
        return f"{self.prompt}\n{self.completion}"


def read_samples(path: Path) -> dict[str, list[Sample]]:
    """Return the samples of `path` by task, in the file's order."""
    samples: dict[str, list[Sample]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            fields = {name: row[name] for name in ("description", "prompt", "completion")}
            samples.setdefault(row["task_id"], []).append(Sample(task=row["task_id"], **fields))
    return samples


def sample_files(root: Path, names: Sequence[str]) -> list[Path]:
    """Return the sample files called `names`, all of them if there are none."""
    found = sorted((root / SAMPLES).glob("*.jsonl.gz"))
    return [path for path in found if not names or short_name(path) in names]


def short_name(path: Path) -> str:
    return path.name.removesuffix(".jsonl.gz")


def read_tests(root: Path, split: str) -> dict[str, str]:
    """Return the official tests of `split`, human or machine, by task."""
    path = root / PROBLEMS / f"VerilogEval_{split.capitalize()}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    return {row["task_id"]: row["test"] for row in rows}


def case_key(test: str, verilog: str) -> str:
    """Return what a verdict depends on: the test, and the text without comments and white space."""
    bare = " ".join(without_comments(verilog).split())
    return digest(test.encode(), bare.encode())


def read_verdicts(cache: Path) -> dict[str, str]:
    """Return outcomes by case; a torn last line is left out."""
    verdicts = {}
    if cache.is_file():
        for line in cache.read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            verdicts[row["key"]] = row["outcome"]
    return verdicts


def official_verdict(test: str, verilog: str) -> str:
    """Return `passed`, or why not."""
    with scratch_folder() as folder:
        (folder / "test.sv").write_text(f"{test}\n{verilog}\n", encoding="utf-8")
        run = run_tool([sys.executable, "-I", "-S", "-c", _DRIVER], cwd=folder, limits=_LIMITS)
        if run.limit is not None:
            return f"{run.limit} limit"
        out, err = (_head(folder / name) for name in ("out", "err"))
    if "syntax error" in err:
        return "syntax error"
    if err:
        return "compile error"
    match = _RESULT.search(out)
    if match is None:
        return "no result"
    return PASSED if match[1] == "0" else f"{match[1]} of {match[2]} wrong"


def _head(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(1 << 20)


def verdicts_of(root: Path, paths: Iterable[Path], verdicts: Mapping[str, str]) -> Iterator[Any]:
    """Yield, for each of `paths`, its name and the outcomes of its samples by task."""
    for path in paths:
        name = short_name(path)
        tests = read_tests(root, name.rpartition("_")[2])
        yield (
            name,
            {
                task: [verdicts.get(case_key(tests[task], s.verilog), "missing") for s in samples]
                for task, samples in read_samples(path).items()
            },
        )


def _cases(root: Path, paths: Iterable[Path]) -> dict[str, tuple[str, str, str]]:
    """Return task, test and text of every distinct case, the slow ones last."""
    cases: dict[str, tuple[str, str, str]] = {}
    for path in paths:
        tests = read_tests(root, short_name(path).rpartition("_")[2])
        for task, samples in read_samples(path).items():
            for sample in samples:
                key = case_key(tests[task], sample.verilog)
                cases.setdefault(key, (task, tests[task], sample.verilog))
    return dict(sorted(cases.items(), key=lambda item: item[1][0] in _SLOW))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--cache", type=Path, required=True, help="file of verdicts")
    parser.add_argument("--files", nargs="*", default=[], help="such as gpt4o_human")
    arguments = parser.parse_args()
    paths = sample_files(arguments.root, arguments.files)
    judge_all(arguments.root, paths, arguments.cache)
    for name, tasks in verdicts_of(arguments.root, paths, read_verdicts(arguments.cache)):
        outcomes = [outcome for found in tasks.values() for outcome in found]
        rate = 100 * outcomes.count(PASSED) / len(outcomes)
        kinds = Counter("wrong" if "wrong" in o else o for o in outcomes)
        print(f"{name:24} {rate:5.1f} %  {dict(kinds)}")


def judge_all(root: Path, paths: Iterable[Path], cache: Path) -> None:
    """Judge what `cache` does not hold yet."""
    cases = _cases(root, paths)
    missing = {key: case for key, case in cases.items() if key not in read_verdicts(cache)}
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("a", encoding="utf-8") as file:
        for number, (key, (task, test, verilog)) in enumerate(missing.items(), start=1):
            row = {"key": key, "task": task, "outcome": official_verdict(test, verilog)}
            file.write(json.dumps(row) + "\n")
            file.flush()
            if number % 200 == 0:
                print(f"{number} of {len(missing)} judged", file=sys.stderr)


if __name__ == "__main__":
    main()
