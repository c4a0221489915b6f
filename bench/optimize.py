"""What `rtlgen optimize` makes of rewriting cases, beside what experts made of them.

    python bench/optimize.py --root SHARED [--cases basic/add1 ...] [--liberty FILE]
        [--goal area|delay|power] [--seconds 60] [--workers 1] [--cache FILE.jsonl]
        [--redo ours|versions|all] [--all-versions] [--identity] [--named-states]
        [--text-price 1]
        [--json | --markdown] [--diffs]

SHARED holds `rtlrewriter/short.jsonl`: a `raw` version of each case, versions of experts, and
others. Every version is measured by one and the same flow (`symbolic.ppa`): cells and wires as
papers count them (`synth; stat`), without and with Yosys's own FSM pass, and area and delay
after mapping to cells, by default the project's generic ones.

A version is compared only if it has the ports of raw and is proved equivalent to it; of several
experts' the smallest counts. Ours is what `symbolic.optimize` makes of raw, unchanged where
nothing helps or the case cannot be handled. `?` marks what is not proved, `!` what is refuted
or has other ports. Geometric means are over the cases where both figures are there and not 0.
With a cache a run that was stopped goes on; `--redo` measures again.
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
from optimize_cases import Case, Measuring, ours, read_cases, versions
from optimize_table import lines, markdown, summary
from own_code import own_code

KINDS = {"versions": versions, "ours": ours}


def main() -> None:
    arguments = _arguments()
    cases = [
        case
        for case in read_cases(arguments.root / "rtlrewriter" / "short.jsonl")
        if not arguments.cases or case.name in arguments.cases
    ]
    if not cases:
        sys.exit("no such case")
    if not arguments.all_versions:
        cases = [case.of_experts() for case in cases]
    rows = _measured(cases, arguments)
    if arguments.json:
        print(json.dumps({"summary": summary(rows), "rows": rows}, indent=1))
    else:
        print("\n".join(markdown(rows) if arguments.markdown else lines(rows)))
    if arguments.diffs:
        print("\n".join(_diffs(rows)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--root", type=Path, required=True, help="folder of rtlrewriter")
    parser.add_argument("--cases", nargs="*", default=[], help="only these")
    parser.add_argument("--liberty", type=Path, help="cell library; default: the generic one")
    parser.add_argument("--goal", choices=["area", "delay", "power"], default="area")
    parser.add_argument("--seconds", type=float, default=60.0, help="for ours, each case")
    parser.add_argument("--proving", type=float, default=60.0, help="seconds for other versions")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="file that keeps what was measured")
    parser.add_argument("--redo", choices=["ours", "versions", "all"], help="measure again")
    parser.add_argument("--all-versions", action="store_true", help="those of models too")
    parser.add_argument("--identity", action="store_true", help="change nothing: the baseline")
    parser.add_argument("--named-states", action="store_true", help="no machine as equations")
    parser.add_argument("--text-price", type=float, default=1.0, help="as of `rtlgen optimize`")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--diffs", action="store_true", help="show what ours changes")
    return parser.parse_args()


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Leaves the description's lines alone."""


def _measured(cases: Sequence[Case], arguments: argparse.Namespace) -> list[dict[str, Row]]:
    """Return for each case its rows by kind."""
    measuring = Measuring(
        liberty=arguments.liberty,
        goal=arguments.goal,
        seconds=arguments.seconds,
        proving=arguments.proving,
        identity=arguments.identity,
        named_states=arguments.named_states,
        text_price=arguments.text_price,
    )
    rows, code = Rows(arguments.cache), own_code()
    keys = {(case.name, kind): measuring.key(case, kind) for case in cases for kind in KINDS}
    missing = [
        (case, kind)
        for case in cases
        for kind in KINDS
        if keys[case.name, kind] not in rows or arguments.redo in (kind, "all")
    ]
    with ProcessPoolExecutor(arguments.workers, mp_context=get_context("spawn")) as pool:
        futures = {
            pool.submit(KINDS[kind], case, measuring): (case, kind) for case, kind in missing
        }
        for number, future in enumerate(as_completed(futures), start=1):
            case, kind = futures[future]
            row = {**future.result(), "key": keys[case.name, kind], "code": code}
            rows.put(row)
            print(f"{number}/{len(missing)} {case.name} {kind}: {row['said']}", file=sys.stderr)
    return [{kind: rows[keys[case.name, kind]] for kind in KINDS} for case in cases]


def _diffs(rows: Sequence[dict[str, Row]]) -> Iterator[str]:
    for row in rows:
        yield f"\n=== {row['ours']['case']}"
        yield from (f"  {step['name']}: {step['what']}" for step in row["ours"]["steps"])
        yield from (f"  left alone: {left}" for left in row["ours"]["left_alone"])
        yield row["ours"]["diff"]


if __name__ == "__main__":
    main()
