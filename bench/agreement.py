"""Our verdicts on real completions beside the official ones; disagreements settled by proof.

    python bench/agreement.py --root SHARED --cache FOLDER [--files gpt4o_human ...]
        [--problems fsm3 ...] [--official FILE] [--prove-passes] [--no-closing] [--no-prover]
        [--seconds 10] [--workers 2] [--json FILE] [--markdown FILE]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. Each distinct
completion (comments and white space apart) is judged once by a testbench of ours, made from the
problem's reference and nothing else, and by the official test. Official here is the test's own
verdict, warnings apart; what the published rule fails for warnings only is a column of its own.

Where the two disagree, the completion is compared with the reference by equivalence checking:
proved equal, refuted by a trace, or open. A refutation counts where Icarus shows it, under the
trace or in our testbench. `--prove-passes` proves what both tests pass too, and so finds what
both miss. False fails of ours are given in percent of the right designs; `at most` counts
everything that stayed open as false.

`--official` takes verdicts that `official_v1.py` kept; what they leave open, and everything of a
test that does not run here as published, the harness judges. FOLDER keeps what was judged; a run
that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from agreement_judging import Given, Job, Part, judged
from agreement_table import (
    COLUMNS,
    Count,
    Finding,
    cells,
    finding_rows,
    findings,
    markdown_table,
    text_table,
)
from json_rows import Rows
from official_v1 import case_key, read_samples, read_verdicts, sample_files, short_name
from testbench_made import Making

from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.problem import Problem


@dataclass(slots=True)
class Asked:
    """What is to be judged: keys of the samples by file, and each distinct completion once."""

    files: dict[str, Counter[str]] = field(default_factory=dict)
    parts: dict[tuple[str, str], list[Given]] = field(default_factory=dict)
    """By benchmark and task."""
    problems: dict[tuple[str, str], Problem] = field(default_factory=dict)


def main() -> None:
    arguments = _arguments()
    official = read_verdicts(arguments.official) if arguments.official else {}
    asked = _asked(arguments.root, arguments.files, frozenset(arguments.problems), official)
    making = Making(
        closing=not arguments.no_closing,
        prover=not arguments.no_prover,
        seconds=arguments.seconds,
    )
    rows = Rows(arguments.cache / _name(making, prove_passes=arguments.prove_passes))
    judge_all(asked, rows, making, prove_passes=arguments.prove_passes, workers=arguments.workers)
    _show(asked, rows, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--cache", type=Path, required=True, help="folder for what was judged")
    parser.add_argument("--files", nargs="*", default=[], help="such as gpt4o_human; all if none")
    parser.add_argument("--problems", nargs="*", default=[], help="only these tasks")
    parser.add_argument("--official", type=Path, help="file of verdicts of official_v1.py")
    parser.add_argument("--prove-passes", action="store_true", help="prove what both pass")
    parser.add_argument("--no-closing", action="store_true", help="planned stimulus only")
    parser.add_argument("--no-prover", action="store_true", help="close without proofs")
    parser.add_argument("--seconds", type=float, default=10.0, help="for closing")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="file for everything as JSON")
    parser.add_argument("--markdown", type=Path, help="file for the tables as Markdown")
    return parser.parse_args()


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Leaves the description's lines alone."""


def _name(making: Making, *, prove_passes: bool) -> str:
    """Return the name of the file with what was judged in this way."""
    stimulus = f"closed-{making.seconds:g}s" if making.closing else "planned"
    words = [stimulus] + ["unproved"] * (making.closing and not making.prover)
    return f"agreement-{'-'.join(words + ['passes'] * prove_passes)}.jsonl"


def _asked(
    root: Path, names: Sequence[str], tasks: frozenset[str], official: Mapping[str, str]
) -> Asked:
    asked = Asked()
    seen = set()
    for path in sample_files(root, names):
        file = short_name(path)
        split = f"verilog-eval-v1-{file.rpartition('_')[2]}"
        problems = {p.task_id: p for p in benchmark(split).read(root / "benchmarks")}
        keys = asked.files.setdefault(file, Counter())
        for task, samples in read_samples(path).items():
            if tasks and task not in tasks:
                continue
            asked.problems[split, task] = problems[task]
            for sample in samples:
                key = case_key(problems[task].test, sample.verilog)
                keys[key] += 1
                if key not in seen:
                    seen.add(key)
                    given = Given(key=key, text=sample.verilog, published=official.get(key, ""))
                    asked.parts.setdefault((split, task), []).append(given)
    return asked


def judge_all(
    asked: Asked, rows: Rows, making: Making, *, prove_passes: bool, workers: int
) -> None:
    """Judge what `rows` does not hold yet."""
    jobs = list(_jobs(asked, rows, making, prove_passes=prove_passes))
    left = sum(len(part.given) for job in jobs for part in job.parts)
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), max_tasks_per_child=4
    ) as pool:
        for future in as_completed([pool.submit(judged, job) for job in jobs]):
            found = future.result()
            for row in found:
                rows.put(row)
            left -= len(found)
            print(f"{found[0]['task']}: {len(found)} judged, {left} left", file=sys.stderr)


def _jobs(asked: Asked, rows: Rows, making: Making, *, prove_passes: bool) -> Iterator[Job]:
    """Yield what is left to do; problems with the same reference share a testbench."""
    by_golden: dict[tuple[str, str], list[Part]] = {}
    for (split, task), given in asked.parts.items():
        missing = tuple(one for one in given if one.key not in rows)
        if missing:
            problem = asked.problems[split, task]
            part = Part(benchmark=split, problem=problem, given=missing)
            by_golden.setdefault((problem.top, problem.golden), []).append(part)
    for parts in by_golden.values():
        yield Job(parts=tuple(parts), making=making, prove_passes=prove_passes)


def _show(asked: Asked, rows: Rows, arguments: argparse.Namespace) -> None:
    counts = {file: _count(keys, rows) for file, keys in asked.files.items()}
    samples = sum((keys for keys in asked.files.values()), Counter[str]())
    total = _count(samples, rows)
    distinct = [rows[key] for key in samples]
    found = findings(distinct, samples)
    table = [COLUMNS, *(cells(*item) for item in counts.items()), cells("all", total)]
    print("\n".join([*text_table(table), "", *_listed(found)]))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(_markdown(table, found)), encoding="utf-8")
    if arguments.json:
        facts = {
            "files": {file: count.facts() for file, count in counts.items()},
            "all": total.facts(),
            "findings": [one.facts() for one in found],
        }
        arguments.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _count(keys: Mapping[str, int], rows: Rows) -> Count:
    count = Count()
    for key, times in keys.items():
        count.add(rows[key], times)
    return count


def _listed(found: Sequence[Finding]) -> Iterator[str]:
    for one in found:
        yield f"{one.kind.value}: {one.task}, {one.designs} ({one.samples} samples): {one.reason}"


def _markdown(table: Sequence[Sequence[str]], found: Sequence[Finding]) -> Iterator[str]:
    yield from markdown_table(table)
    yield ""
    yield from markdown_table(finding_rows(found))
    yield ""


if __name__ == "__main__":
    main()
