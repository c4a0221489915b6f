"""Pick one of ten published completions blind, and score the pick with the official test.

    python bench/blind_pick.py --root SHARED --cache FOLDER [--files gpt4o_human ...]
        [--workers 2] [--json] [--fit]

SHARED holds `samples/verilog-eval-v1` and `benchmarks/verilog-eval-v1`. Judging happens in
processes of their own that get the problem's text and the completions, and in which SHARED
cannot be opened. FOLDER keeps what was judged; a run that was stopped goes on where it was.
`--fit` fits the weights of `rtlgen.design.trust` to the files in `DEVELOPED`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from blind_table import DEVELOPED, Outcome, calibration, fit, table
from official_v1 import (
    PASSED,
    PROBLEMS,
    judge_all,
    read_samples,
    read_verdicts,
    sample_files,
    short_name,
    verdicts_of,
)

from rtlgen.design.blind import BlindJudgement, judge_blind
from rtlgen.design.trust import Signs
from rtlgen.errors import RtlgenError
from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.model import Spec
from rtlgen.spec.reader import read_spec
from sim.design import Design, digest
from sim.icarus import Icarus
from sim.process import Limits

TOP = "top_module"
_LIMITS = Limits(seconds=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that the solving side gets to see."""

    file: str
    task: str
    text: str
    """The problem's description and the module's header."""
    completions: tuple[str, ...]

    @property
    def key(self) -> str:
        return digest(self.text.encode(), *(text.encode() for text in self.completions))


def questions(root: Path, paths: Iterable[Path]) -> Iterator[Question]:
    """Yield what is to be judged; neither tests nor golden RTL are read."""
    for path in paths:
        name = short_name(path)
        words = _descriptions(root, name.rpartition("_")[2])
        for task, samples in read_samples(path).items():
            yield Question(
                file=name,
                task=task,
                text=f"{words[task]}\n\n{samples[0].prompt}",
                completions=tuple(sample.verilog for sample in samples),
            )


def _descriptions(root: Path, split: str) -> dict[str, str]:
    path = root / PROBLEMS / f"VerilogDescription_{split.capitalize()}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    return {row["task_id"]: row["detail_description"] for row in rows}


def spec_of(text: str) -> Spec:
    """Read a problem; its module has the name that the tests want."""
    spec = read_spec(text)
    spec = replace(spec, interface=replace(spec.interface, module=TOP))
    if not spec.fragments:
        fragments, findings = read_fragments(spec.text, spec.interface)
        spec = replace(spec, fragments=fragments, findings=(*spec.findings, *findings))
    return spec


def forbid(folder: Path) -> None:
    """Let this process, and whatever Python it calls, open nothing in `folder`, for good."""
    hidden = os.path.realpath(folder)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(("open", "os.", "shutil.", "glob.", "pathlib.", "subprocess.")):
            for argument in arguments:
                _check(argument, hidden)

    sys.addaudithook(refuse)


def _check(argument: object, hidden: str) -> None:
    if isinstance(argument, bytes):
        argument = os.fsdecode(argument)
    if not isinstance(argument, str | os.PathLike) or not os.fspath(argument):
        return
    path = os.path.realpath(os.fspath(argument))
    if os.path.commonpath([str(path), hidden]) == hidden:
        raise PermissionError(f"the solving side may not look at {path}")


def solve(question: Question) -> dict[str, Any]:
    """Judge the completions of `question`; return what they are worth, as JSON."""
    found: dict[str, Any] = {"key": question.key, "file": question.file, "task": question.task}
    designs = [Design(top=TOP, sources={"design.sv": text}) for text in question.completions]
    try:
        judgement = judge_blind(
            spec_of(question.text), designs, simulators=[Icarus()], limits=_LIMITS
        )
    except RtlgenError as error:
        return {**found, "signs": [None] * len(designs), "groups": [], "error": str(error)}
    return {**found, **_facts(judgement), "error": ""}


def _facts(judgement: BlindJudgement) -> dict[str, Any]:
    standings = judgement.standings
    return {
        "signs": [one.signs and asdict(one.signs) for one in standings],
        "groups": [group.members for group in judgement.groups],
        "evidence": [[asdict(evidence) for evidence in one.evidence] for one in standings],
        "verdicts": [[verdict.status.value for verdict in one.verdicts] for one in standings],
        "rows": [_packed(group.rows) for group in judgement.groups],
    }


def _packed(rows: Sequence[str]) -> str:
    """Return `rows` small enough to be kept, for trying other signs on them."""
    return base64.b64encode(zlib.compress("\n".join(rows).encode())).decode()


def solve_all(
    asked: Sequence[Question], cache: Path, *, workers: int, hidden: Path
) -> dict[str, dict[str, Any]]:
    """Solve what `cache` does not hold yet; return the facts by key."""
    facts = _read(cache)
    missing = {q.key: q for q in asked if q.key not in facts}
    spawn = get_context("spawn")
    with (
        cache.open("a", encoding="utf-8") as file,
        ProcessPoolExecutor(
            workers, mp_context=spawn, initializer=forbid, initargs=(hidden,)
        ) as pool,
    ):
        futures = [pool.submit(solve, question) for question in missing.values()]
        for number, future in enumerate(as_completed(futures), start=1):
            found = future.result()
            facts[found["key"]] = found
            file.write(json.dumps(found) + "\n")
            file.flush()
            if number % 20 == 0:
                print(f"{number} of {len(missing)} problems judged", file=sys.stderr)
    return facts


def _read(cache: Path) -> dict[str, dict[str, Any]]:
    if not cache.is_file():
        return {}
    rows = [json.loads(line) for line in cache.read_text(encoding="utf-8").split("\n")[:-1]]
    return {row["key"]: row for row in rows}


def outcomes(
    root: Path, paths: Sequence[Path], facts: dict[str, dict[str, Any]], official: Path
) -> list[Outcome]:
    """Put picks and official verdicts together; only here are the tests looked at."""
    verdicts = dict(verdicts_of(root, paths, read_verdicts(official)))
    found = []
    for question in questions(root, paths):
        row = facts[question.key]
        found.append(
            Outcome(
                file=question.file,
                task=question.task,
                right=tuple(v == PASSED for v in verdicts[question.file][question.task]),
                signs=tuple(signs and Signs(**signs) for signs in row["signs"]),
                groups=tuple(tuple(group) for group in row["groups"]),
            )
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and benchmarks")
    parser.add_argument("--cache", type=Path, required=True, help="folder for what was judged")
    parser.add_argument("--files", nargs="*", default=[], help="such as gpt4o_human")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--fit", action="store_true", help="fit the weights of the trust")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    paths = sample_files(arguments.root, arguments.files)
    facts = solve_all(
        list(questions(arguments.root, paths)),
        arguments.cache / "blind.jsonl",
        workers=arguments.workers,
        hidden=arguments.root,
    )
    official = arguments.cache / "official.jsonl"
    judge_all(arguments.root, paths, official)
    found = outcomes(arguments.root, paths, facts, official)
    _show(found, arguments)


def _show(found: list[Outcome], arguments: argparse.Namespace) -> None:
    if arguments.fit:
        print(fit([outcome for outcome in found if outcome.file in DEVELOPED]))
        return
    rows = table(found)
    confirmed = [outcome for outcome in found if outcome.file not in DEVELOPED]
    reliability = calibration(confirmed or found)
    if arguments.json:
        print(json.dumps({"table": rows.facts, "calibration": reliability.facts}, indent=1))
        return
    say: Callable[[str], None] = print
    say(rows.text)
    say(reliability.text)


if __name__ == "__main__":
    main()
