"""How good the testbenches are that rtlgen writes, beside the official tests.

    python bench/testbench.py --root SHARED [--benchmark v1-human|rtllm-v2|all]
        [--problems fsm3 ...] [--reference golden|fragments|groups] [--files gpt4o-mini_human ...]
        [--mutants 10] [--seconds 30] [--no-closing] [--no-prover]
        [--workers 2] [--cache FILE.jsonl] [--redo-stale] [--json] [--diffs]

SHARED holds `benchmarks`, and `samples` for `--reference groups`. For each problem a testbench
is made from its reference, and judges that reference and mutants of it; the official test
judges the same mutants.

Eval0: the testbench runs. Eval1: the reference passes. Eval2, as AutoBench defines it: on at
least 80 % of the mutants both tests say the same, pass or fail. It is given again where what is
shown to be wrong counts for whoever fails it: by a proof, or, where there is none, by a second
simulator that fails it too. Mutation score: the share of the mutants that a test fails, without
those proved equivalent to the reference; what nobody could prove counts as missed. The mutants
that measure are held out: closing gets the others only, and no text is in both parts.

`--reference fragments` judges by what the description says formally, `groups` by the largest of
the groups in which the ten candidates of a sample file behave alike. `-` stands for problems
where there is no such reference. Times are those of making the testbench, closing included;
processor time is that of all children too. With a cache a run that was stopped goes on;
`--redo-stale` measures again what other code of ours was measured with.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from json_rows import Row, Rows
from official_v1 import read_samples, sample_files, short_name
from own_code import own_code
from testbench_made import REFERENCES, Making
from testbench_quality import Case, measure
from testbench_table import HEAD, Score, line, score, summary, sums, worst

from rtlgen.evaluation.catalog import benchmark
from sim.errors import EnvironmentFault

BENCHMARKS = {"v1-human": "verilog-eval-v1-human", "rtllm-v2": "rtllm-v2"}


def main() -> None:
    arguments = _arguments()
    cases = list(_cases(arguments))
    if not cases:
        sys.exit("no such problem")
    rows = measured(
        cases,
        Rows(arguments.cache),
        workers=arguments.workers,
        redo_stale=arguments.redo_stale,
    )
    scores = [score(row) for row in rows]
    if arguments.json:
        bad = [{"problem": one.task, "reason": why} for one, why in worst(scores)]
        print(json.dumps({"sums": sums(scores), "worst": bad, "rows": rows}, indent=1))
    else:
        print("\n".join(_report(rows, scores, diffs=arguments.diffs)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--benchmark", choices=[*BENCHMARKS, "all"], default="all")
    parser.add_argument("--problems", nargs="*", default=[], help="only these tasks")
    parser.add_argument("--reference", choices=REFERENCES, default="golden")
    parser.add_argument("--files", nargs="*", default=["gpt4o-mini_human"], help="of candidates")
    parser.add_argument("--mutants", type=int, default=10, help="held out to measure with")
    parser.add_argument("--seconds", type=float, default=Making().seconds, help="for closing")
    parser.add_argument("--no-closing", action="store_true", help="planned stimulus only")
    parser.add_argument("--no-prover", action="store_true", help="close without proofs")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, help="file that keeps what was measured")
    parser.add_argument("--redo-stale", action="store_true", help="measure again after changes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--diffs", action="store_true", help="show survivors as diffs")
    return parser.parse_args()


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Leaves the description's lines alone."""


def _cases(arguments: argparse.Namespace) -> Iterator[Case]:
    making = Making(
        reference=arguments.reference,
        closing=not arguments.no_closing,
        prover=not arguments.no_prover,
        seconds=arguments.seconds,
    )
    if making.reference == "golden":
        chosen = list(BENCHMARKS) if arguments.benchmark == "all" else [arguments.benchmark]
    else:
        chosen = ["v1-human"]
    sources = _candidates(arguments) if making.reference == "groups" else {"": {}}
    for name in chosen:
        known = benchmark(BENCHMARKS[name])
        for problem in known.read(arguments.root / "benchmarks"):
            if arguments.problems and problem.task_id not in arguments.problems:
                continue
            for source, candidates in sources.items():
                yield Case(
                    benchmark=known.name,
                    problem=problem,
                    making=making,
                    mutants=arguments.mutants,
                    source=source,
                    candidates=candidates.get(problem.task_id, ()),
                )


def _candidates(arguments: argparse.Namespace) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        short_name(path): {
            task: tuple(sample.verilog for sample in samples)
            for task, samples in read_samples(path).items()
        }
        for path in sample_files(arguments.root, arguments.files)
    }


def measured(cases: Sequence[Case], rows: Rows, *, workers: int, redo_stale: bool) -> list[Row]:
    """Measure what `rows` does not hold yet; return the rows of `cases`.

    A case that a failing machine left without a result is said and left out.
    """
    code = own_code()
    stale = [c for c in cases if c.key in rows and rows[c.key]["code"] != code]
    if stale:
        what = "measured again" if redo_stale else "kept"
        print(f"{len(stale)} problems were measured with other code: {what}", file=sys.stderr)
    again = {c.key for c in stale} if redo_stale else set()
    missing = [c for c in cases if c.key not in rows or c.key in again]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(measure, case): case for case in missing}
        for number, future in enumerate(as_completed(futures), start=1):
            try:
                row = {**future.result(), "code": code}
            except (EnvironmentFault, OSError) as error:
                task = futures[future].problem.task_id
                print(f"{task} is left out, the machine failed: {error}", file=sys.stderr)
                continue
            rows.put(row)
            print(f"{number}/{len(missing)} {line(row, score(row))}", file=sys.stderr)
    return [rows[case.key] for case in cases if case.key in rows]


def _report(rows: Sequence[Row], scores: Sequence[Score], *, diffs: bool) -> Iterator[str]:
    yield HEAD
    yield from (line(row, one) for row, one in zip(rows, scores, strict=True))
    yield ""
    by_benchmark: dict[str, list[Score]] = {}
    for row, one in zip(rows, scores, strict=True):
        by_benchmark.setdefault(row["benchmark"], []).append(one)
    for name, few in by_benchmark.items():
        yield from (f"{name}:", *(f"  {text}" for text in summary(sums(few))))
    yield "the worst:"
    yield from (f"  {one.task} {one.source}: {why}" for one, why in worst(scores))
    if diffs:
        for one in scores:
            for mutant in one.survivors:
                yield f"\n{one.task}: {mutant['name']} survives ({mutant['proof'] or 'no proof'})"
                yield mutant["diff"]


if __name__ == "__main__":
    main()
