"""Our verdicts on real completions beside the official ones; disagreements settled by proof.

    python bench/agreement.py --root SHARED --cache FOLDER [--files gpt4o_human ...]
        [--problems fsm3 ...] [--official FILE] [--prove-passes] [--retry-open]
        [--no-closing] [--no-prover]
        [--seconds 30] [--workers 2] [--json FILE] [--markdown FILE]

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
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from agreement_judging import KINDS, Given, Job, Part, disputed, judged
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
from json_rows import Row, Rows
from official_v1 import case_key, read_samples, read_verdicts, sample_files, short_name
from testbench_made import Making

from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.problem import Problem
from sim.errors import EnvironmentFault


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
    kept = Kept.below(arguments.cache, making, retry_open=arguments.retry_open)
    judge_all(asked, kept, making, prove_passes=arguments.prove_passes, workers=arguments.workers)
    _show(asked, kept, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--cache", type=Path, required=True, help="folder for what was judged")
    parser.add_argument("--files", nargs="*", default=[], help="such as gpt4o_human; all if none")
    parser.add_argument("--problems", nargs="*", default=[], help="only these tasks")
    parser.add_argument("--official", type=Path, help="file of verdicts of official_v1.py")
    parser.add_argument("--prove-passes", action="store_true", help="prove what both pass")
    parser.add_argument("--retry-open", action="store_true", help="prove again what was open")
    parser.add_argument("--no-closing", action="store_true", help="planned stimulus only")
    parser.add_argument("--no-prover", action="store_true", help="close without proofs")
    parser.add_argument("--seconds", type=float, default=Making().seconds, help="for closing")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="file for everything as JSON")
    parser.add_argument("--markdown", type=Path, help="file for the tables as Markdown")
    return parser.parse_args()


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Leaves the description's lines alone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found in this run and in earlier ones: by kind, a file each."""

    rows: Mapping[str, Rows]
    retry_open: bool = False

    @classmethod
    def below(cls, folder: Path, making: Making, *, retry_open: bool) -> Kept:
        """Open the files in `folder`; our verdicts have one for each way to make testbenches."""
        how = f"closed-{making.seconds:g}s" if making.closing else "planned"
        unproved = "-unproved" * (making.closing and not making.prover)
        names = {"ours": f"ours-{how}{unproved}", "official": "official", "proof": "proofs"}
        rows = {kind: Rows(folder / f"{names[kind]}.jsonl") for kind in KINDS}
        return cls(rows, retry_open)

    def known(self, key: str) -> dict[str, Row]:
        """Return what need not be found again, by kind."""
        found = {kind: rows[key] for kind, rows in self.rows.items() if key in rows}
        if self.retry_open and found.get("proof", {}).get("proof") == "open":
            del found["proof"]
        return found

    def row(self, key: str, task: str) -> Row:
        """Return all that is known of a completion."""
        whole: Row = {"key": key, "task": task, **_NOTHING}
        for kind in KINDS:
            if key in self.rows[kind]:
                whole |= self.rows[kind][key]
        return whole


_NOTHING = {
    "ours": None,
    "said": "not judged yet",
    "functional": None,
    "strict": None,
    "official_said": "",
    "proof": "",
    "proof_reason": "",
    "replayed": None,
}


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
    asked: Asked, kept: Kept, making: Making, *, prove_passes: bool, workers: int
) -> None:
    """Find what is not kept yet; where the machine fails, that is said and left for another run."""
    jobs = list(_jobs(asked, kept, making, prove_passes=prove_passes))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(judged, job): job for job in jobs}
        for number, future in enumerate(as_completed(futures), start=1):
            task = futures[future].parts[0].problem.task_id
            try:
                found = future.result()
            except (EnvironmentFault, OSError) as error:
                print(f"{task} is left out, the machine failed: {error}", file=sys.stderr)
                continue
            for kind, rows in found.items():
                for row in rows:
                    kept.rows[kind].put(row)
            news = ", ".join(f"{len(rows)} {kind}" for kind, rows in found.items())
            print(f"{number}/{len(jobs)} {task}: {news}", file=sys.stderr)


def _jobs(asked: Asked, kept: Kept, making: Making, *, prove_passes: bool) -> Iterator[Job]:
    """Yield what is left to do; problems with the same reference share a testbench."""
    by_golden: dict[tuple[str, str], list[Part]] = {}
    for (split, task), given in asked.parts.items():
        known = (replace(one, known=kept.known(one.key)) for one in given)
        left = tuple(one for one in known if _unfinished(one, prove_passes=prove_passes))
        if left:
            problem = asked.problems[split, task]
            part = Part(benchmark=split, problem=problem, given=left)
            by_golden.setdefault((problem.top, problem.golden), []).append(part)
    for parts in by_golden.values():
        yield Job(parts=tuple(parts), making=making, prove_passes=prove_passes)


def _unfinished(one: Given, *, prove_passes: bool) -> bool:
    known = one.known
    if "ours" not in known or "official" not in known:
        return True
    verdicts = known["ours"]["ours"], known["official"]["functional"]
    return "proof" not in known and disputed(*verdicts, passes=prove_passes)


def _show(asked: Asked, kept: Kept, arguments: argparse.Namespace) -> None:
    rows = {
        one.key: kept.row(one.key, task)
        for (_, task), given in asked.parts.items()
        for one in given
    }
    counts = {file: _count(keys, rows) for file, keys in asked.files.items()}
    samples = sum((keys for keys in asked.files.values()), Counter[str]())
    total = _count(samples, rows)
    distinct = _count(dict.fromkeys(samples, 1), rows)
    found = findings(rows.values(), samples)
    both = [("all", total), ("all, distinct", distinct)]
    table = [COLUMNS, *(cells(*item) for item in (*counts.items(), *both))]
    print("\n".join([*text_table(table), "", *_listed(found)]))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(_markdown(table, found)), encoding="utf-8")
    if arguments.json:
        facts = {
            "files": {file: count.facts() for file, count in counts.items()},
            "all": total.facts(),
            "distinct": distinct.facts(),
            "findings": [one.facts() for one in found],
        }
        arguments.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _count(keys: Mapping[str, int], rows: Mapping[str, Row]) -> Count:
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
