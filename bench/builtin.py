"""How many benchmark problems the built-in proposer takes on, and how many of those pass.

    python bench/builtin.py --root BENCHMARKS [--suite v2|v1-human] [--only NAME ...]

BENCHMARKS holds `verilog-eval-v2` and `verilog-eval-v1` in their official layouts.
Verdicts are the official ones: the problem's own test under Icarus Verilog.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Decline
from rtlgen.errors import RtlgenError
from rtlgen.spec.fragments import read_fragments
from rtlgen.spec.model import Spec
from rtlgen.spec.reader import read_spec
from sim.process import Limits, run_tool

_RESULT = re.compile(r"Mismatches:\s*(\d+)\s+in\s+(\d+)\s+samples")
_LIMITS = Limits(seconds=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One benchmark problem and its official test."""

    name: str
    text: str
    top: str
    test: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--suite", choices=sorted(_SUITES), default="v2")
    parser.add_argument("--only", nargs="*", default=[], help="parts of problem names")
    parser.add_argument("--show", action="store_true", help="print the RTL")
    arguments = parser.parse_args()
    tally: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for problem in _SUITES[arguments.suite](arguments.root):
        if arguments.only and not any(part in problem.name for part in arguments.only):
            continue
        outcome, kind, detail = attempt(problem, show=arguments.show)
        tally[outcome] += 1
        kinds[f"{outcome}: {kind}"] += 1
        print(f"{outcome:9} {problem.name:36} {kind:18} {detail}")
    print()
    for key, count in sorted(kinds.items()):
        print(f"{count:4} {key}")
    print(
        f"\ntaken on {tally['passed'] + tally['failed']}, passed {tally['passed']}, "
        f"failed {tally['failed']}, declined {tally['declined']}"
    )


def attempt(problem: Problem, *, show: bool) -> tuple[str, str, str]:
    """Return outcome, kind of the fragments, and a detail."""
    try:
        spec = _spec(problem)
    except RtlgenError as error:
        return "declined", "unreadable", str(error).splitlines()[0]
    answer = propose(spec)
    found = ", ".join(sorted({fragment.kind.value for fragment in spec.fragments})) or "none"
    if isinstance(answer, Decline):
        return "declined", found, answer.reason.splitlines()[0]
    kind = ", ".join(sorted({fragment.kind.value for fragment in answer.used}))
    if show:
        print(answer.verilog)
    result = judge(problem, answer.verilog)
    detail = "guess" if answer.guess else ""
    return ("passed", kind, detail) if result == "" else ("failed", kind, f"{result} {detail}")


def _spec(problem: Problem) -> Spec:
    spec = read_spec(problem.text)
    spec = replace(spec, interface=replace(spec.interface, module=problem.top))
    if not spec.fragments:
        fragments, findings = read_fragments(spec.text, spec.interface)
        spec = replace(spec, fragments=fragments, findings=(*spec.findings, *findings))
    return spec


def judge(problem: Problem, verilog: str) -> str:
    """Return an empty string if the official test passes, else what it says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test.sv").write_text(problem.test)
        (folder / "design.sv").write_text(verilog)
        build = ["iverilog", "-Wall", "-Winfloop", "-Wno-timescale", "-g2012", "-s", "tb"]
        compiled = run_tool(
            [*build, "-o", "test.vvp", "test.sv", "design.sv"], cwd=folder, limits=_LIMITS
        )
        if compiled.exit_code != 0:
            return "does not compile: " + compiled.output.strip().splitlines()[-1]
        ran = run_tool(["vvp", "-n", "test.vvp"], cwd=folder, limits=_LIMITS)
    match = _RESULT.search(ran.output)
    if not match or "TIMEOUT" in ran.output:
        return "no result"
    return "" if match[1] == "0" else match[0]


def _v2(root: Path) -> Iterator[Problem]:
    for prompt in sorted((root / "verilog-eval-v2/dataset_spec-to-rtl").glob("*_prompt.txt")):
        stem = str(prompt)[: -len("_prompt.txt")]
        test = Path(f"{stem}_test.sv").read_text() + "\n" + Path(f"{stem}_ref.sv").read_text()
        name = prompt.name[: -len("_prompt.txt")]
        yield Problem(name=name, text=prompt.read_text(), top="TopModule", test=test)


def _v1_human(root: Path) -> Iterator[Problem]:
    folder = root / "verilog-eval-v1"
    words = {
        p["task_id"]: p["detail_description"]
        for p in _json(folder / "VerilogDescription_Human.jsonl")
    }
    for problem in _json(folder / "VerilogEval_Human.jsonl"):
        text = f"{words[problem['task_id']]}\n\n{problem['prompt']}"
        yield Problem(name=problem["task_id"], text=text, top="top_module", test=problem["test"])


def _json(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


_SUITES = {"v2": _v2, "v1-human": _v1_human}

if __name__ == "__main__":
    main()
