"""`rtlgen eval` beside the official way of running, on the same samples, in one go.

    python bench/eval.py --root SHARED [--files gpt4o_human qwen14b_base_human]
        [--problems fsm3 ...] [--repeat 1] [--workers 2] [--json]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. Each file goes

- through a driver that runs as VerilogEval 1.0 does: a pool of workers, for each sample a
  manager's process and one that writes test, header and completion to a file and starts one
  shell, `iverilog ...; vvp -n test.vvp`. A manager needs a socket, so this driver is under
  limits but not confined, as unsafe as the published one: for samples that one trusts;
- through the command line of rtlgen, cold (an empty cache), with `--full-counts` (an empty
  cache of its own), and warm.

Printed are samples per second and their ratios; processor time, children included, and its
ratios, which load on the machine leaves as they are; whether the verdicts are equal; the
peak memory of all processes of a run (their proportional share, sampled; the sum of resident
sets where the system does not tell); and judged samples per processor second of the
slowest problems. `--every N` takes one sample of N, for a look that costs less. With
`--repeat N` each sample comes N times, each time with another comment at its end, to see
that memory does not grow with the number of samples.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sim.process import Limits, run_tool

SAMPLES = "samples/verilog-eval-v1"
PROBLEMS = "benchmarks/verilog-eval-v1"
SECONDS = 30
TARGETS = {"gpt4o_human": 4.0, "qwen14b_base_human": 6.0}
WARM_TARGET = 100.0
SLOWEST = 12
_OFTEN = 0.1
"""Seconds between two looks at the memory."""
_MARK = "rtlgen-bench-eval"

_OFFICIAL = r"""
import json, multiprocessing, os, re, resource, signal, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

SECONDS = {seconds}
RESULT = re.compile(r"Mismatches: ([0-9]*) in ([0-9]*) samples")
COMMAND = (
    "iverilog -Wall -Winfloop -Wno-timescale -g2012 -s tb -o test.vvp test.sv; vvp -n test.vvp"
)

def judge(text, answer):
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    with tempfile.TemporaryDirectory(dir=".") as folder:
        os.chdir(folder)
        with open("test.sv", "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        child = subprocess.Popen(
            COMMAND, shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            out, err = child.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            answer.append("timed out")
            os.chdir("..")
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.killpg(0, signal.SIGTERM)
            return
        os.chdir("..")
    out, err = out.decode(errors="replace"), err.decode(errors="replace")
    match = RESULT.search(out)
    if "syntax error" in err:
        outcome = "syntax error"
    elif err:
        outcome = "compile error"
    elif match is None:
        outcome = "no result"
    else:
        outcome = "passed" if match[1] == "0" else "mismatch"
    answer.append(outcome)

def check(text):
    # As published: a manager's process keeps the outcome that the sample's process finds.
    manager = multiprocessing.Manager()
    answer = manager.list()
    process = multiprocessing.Process(target=judge, args=(text, answer))
    process.start()
    process.join(SECONDS + 5)
    if process.is_alive():
        process.kill()
    found = list(answer)
    manager.shutdown()
    return found[0] if found else "timed out"

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with open("samples.json") as file:
        texts = json.load(file)
    with ThreadPoolExecutor(int(sys.argv[1])) as pool:
        outcomes = list(pool.map(check, texts))
    with open("outcomes.json", "w") as file:
        json.dump(outcomes, file)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample and the text that the official way judges."""

    task: str
    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One way of judging all samples of a file."""

    way: str
    samples: int
    seconds: float
    processor: float
    """Processor time of all its processes."""
    peak_bytes: int = 0

    @property
    def rate(self) -> float:
        """Samples per second."""
        return self.samples / self.seconds


@dataclass(slots=True, kw_only=True)
class Report:
    """What was measured on one file."""

    file: str
    timings: list[Timing] = field(default_factory=list)
    differences: dict[str, int] = field(default_factory=dict)
    """By way: samples whose official verdict is not that of the official driver."""
    problems: list[tuple[str, int, float]] = field(default_factory=list)
    """Task, judged samples and their processor seconds, the slowest first."""


def main() -> None:
    arguments = _arguments()
    for path in _files(arguments.root, arguments.files):
        report = measured(arguments, path)
        if arguments.json:
            print(json.dumps(asdict(report)), flush=True)
        else:
            _show(report)
            sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--files", nargs="*", default=list(TARGETS), help="such as gpt4o_human")
    parser.add_argument("--problems", nargs="*", default=[], help="only these tasks")
    parser.add_argument("--repeat", type=int, default=1, help="times that each sample comes")
    parser.add_argument("--every", type=int, default=1, help="take one of so many samples")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--skip-official", action="store_true", help="measure rtlgen alone")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each file")
    return parser.parse_args()


def _files(root: Path, names: Sequence[str]) -> list[Path]:
    paths = [root / SAMPLES / f"{name}.jsonl.gz" for name in names]
    if missing := [str(path) for path in paths if not path.is_file()]:
        sys.exit(f"no such samples: {', '.join(missing)}")
    return paths


def measured(arguments: argparse.Namespace, path: Path) -> Report:
    """Run all ways on the samples of `path`."""
    name = path.name.removesuffix(".jsonl.gz")
    split = name.rpartition("_")[2]
    report = Report(file=name)
    with tempfile.TemporaryDirectory(prefix="bench-eval-") as scratch:
        folder = Path(scratch)
        rows = list(_rows(path, frozenset(arguments.problems), arguments.repeat))
        rows = rows[:: arguments.every]
        file = folder / "samples.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        samples = _samples(arguments.root, split, rows)
        outcomes = None
        if not arguments.skip_official:
            outcomes, timing = official(samples, arguments.workers, folder)
            report.timings.append(timing)
        for way, cache, more in (
            ("cold", "cache", ()),
            ("cold, --full-counts", "cache-full", ("--full-counts",)),
            ("warm", "cache", ()),
        ):
            command = [
                *(sys.executable, "-m", "rtlgen", "eval", f"verilog-eval-v1-{split}"),
                *("--root", str(arguments.root / PROBLEMS), "--samples", str(file)),
                *("-o", str(folder / way), "--workers", str(arguments.workers), "--quiet", *more),
            ]
            if arguments.problems:
                command += ["--problems", ",".join(arguments.problems)]
            report.timings.append(rtlgen(way, command, folder / cache, len(samples)))
            found = list(_json_lines(folder / way / "samples.jsonl"))
            if outcomes is not None:
                report.differences[way] = _differences(samples, outcomes, found)
            if way == "cold":
                report.problems = _by_problem(found)
    return report


def _rows(path: Path, tasks: frozenset[str], repeat: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of `path`, each `repeat` times; the repeated ones have a comment more."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if tasks and row["task_id"] not in tasks:
                continue
            yield row
            for number in range(1, repeat):
                yield {**row, "completion": f"{row['completion']}\n// {_MARK} {number}\n"}


def _samples(root: Path, split: str, rows: Sequence[Mapping[str, Any]]) -> list[Sample]:
    path = root / PROBLEMS / f"VerilogEval_{split.capitalize()}.jsonl"
    problems = {row["task_id"]: row for row in _json_lines(path)}
    numbers = Counter[str]()
    found = []
    for row in rows:
        task, completion = row["task_id"], row["completion"]
        whole = "module top_module" in completion
        design = completion if whole else f"{problems[task]['prompt']}\n{completion}"
        text = f"{problems[task]['test']}\n{design}"
        found.append(Sample(task=task, number=numbers[task], text=text))
        numbers[task] += 1
    return found


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def official(samples: Sequence[Sample], workers: int, folder: Path) -> tuple[list[str], Timing]:
    """Return the outcomes by the official way, and what it took."""
    work = folder / "official"
    work.mkdir()
    (work / "samples.json").write_text(json.dumps([sample.text for sample in samples]))
    (work / "driver.py").write_text(_OFFICIAL.replace("{seconds}", str(SECONDS)))
    limits = Limits(
        seconds=3600.0 * 6,
        cpu_seconds=3600 * 12,
        memory_bytes=8 << 30,
        folder_bytes=8 << 30,
        processes=256,
    )
    before = _of_children()
    with Memory(os.getpid()) as memory:
        start = time.monotonic()
        argv = [sys.executable, "driver.py", str(workers)]
        run = run_tool(argv, cwd=work, limits=limits, confine=False)
        seconds = time.monotonic() - start
    if run.exit_code != 0:
        sys.exit(f"the official driver ended with {run.exit_code or run.limit}: {run.output}")
    outcomes = json.loads((work / "outcomes.json").read_text())
    return outcomes, Timing(
        way="official",
        samples=len(samples),
        seconds=seconds,
        processor=_of_children() - before,
        peak_bytes=memory.peak,
    )


def rtlgen(way: str, command: Sequence[str], cache: Path, samples: int) -> Timing:
    """Run the command line with its cache in `cache`."""
    start, before = time.monotonic(), _of_children()
    child = subprocess.Popen(
        command,
        env={**os.environ, "RTLGEN_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
    )
    with Memory(child.pid) as memory:
        code = child.wait()
        seconds = time.monotonic() - start
    if code not in (0, 3):
        sys.exit(f"`{' '.join(command)}` ended with {code}")
    return Timing(
        way=way,
        samples=samples,
        seconds=seconds,
        processor=_of_children() - before,
        peak_bytes=memory.peak,
    )


def _of_children() -> float:
    """Return the processor time of all children that have ended, and of theirs."""
    return sum(os.times()[2:4])


class Memory:
    """The most memory that a process and its descendants were seen to use."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = Event()
        self._thread = Thread(target=self._look, daemon=True)

        self.peak = 0

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(_OFTEN):
            self.peak = max(self.peak, sum(map(_memory_of, _descendants(self._pid))))


def _descendants(pid: int) -> list[int]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
        except OSError:  # ended meanwhile
            continue
        children[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    found = [pid]
    for one in found:
        found += children[one]
    return found


def _memory_of(pid: int) -> int:
    """Return the proportional share of a process, or its resident set; 0 when it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    except OSError:  # it has ended, or does not let itself be looked at
        pass
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _differences(
    samples: Sequence[Sample], outcomes: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> int:
    found = {(row["task_id"], row["sample"]): row["official"] for row in rows}
    pairs = zip(samples, outcomes, strict=True)
    return sum((o == "passed") is not bool(found[s.task, s.number]) for s, o in pairs)


def _by_problem(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, int, float]]:
    """Return the problems with judged samples and what these took, the slowest first."""
    counts, seconds = Counter[str](), Counter[str]()
    for row in rows:
        counts[row["task_id"]] += 1
        if row["origin"] == "judged":
            seconds[row["task_id"]] += row["seconds"]
    slowest = sorted(seconds, key=lambda task: -seconds[task])
    return [(task, counts[task], seconds[task]) for task in slowest]


def _show(report: Report) -> None:
    base = report.timings[0]
    print(f"\n{report.file}: {base.samples} samples")
    print(f"  {'':20} seconds  samples/s   ratio  target   CPU s   ratio  peak MiB  other verdicts")
    for timing in report.timings:
        target = _target(report.file, timing.way)
        others = report.differences.get(timing.way)
        print(
            f"  {timing.way:20} {timing.seconds:7.2f} {timing.rate:10.1f} "
            f"{timing.rate / base.rate:7.1f} {target or '':>7} {timing.processor:7.1f} "
            f"{base.processor / timing.processor:7.1f} {timing.peak_bytes >> 20:9} "
            f"{'' if others is None else others:>8}"
        )
    print("  judged samples per processor second, slowest problems:")
    for task, count, seconds in report.problems[:SLOWEST]:
        print(f"    {task:28} {count / max(seconds, 1e-6):9.1f}  ({seconds:.2f} s)")
    total = sum(seconds for _, _, seconds in report.problems)
    print(f"    {'all':28} {base.samples / max(total, 1e-6):9.1f}  ({total:.2f} s)")


def _target(file: str, way: str) -> float | None:
    if way == "warm":
        return WARM_TARGET
    return TARGETS.get(file) if way == "cold" else None


if __name__ == "__main__":
    main()
