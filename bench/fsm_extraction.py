"""In how many designs the state machine is found: by Yosys alone, and by ours.

    python bench/fsm_extraction.py --root SHARED [--cache FILE] [--references] [--json FILE]

SHARED holds `benchmarks/verilog-eval-v1` and `samples/verilog-eval-v1`. The problems are those
of VerilogEval v1 Human whose description speaks of a state machine (`RULE`) and whose reference
has a clock. Looked at are the references and all distinct completions that pass the official
test; verdicts are kept in --cache as `bench/official_v1.py` keeps them.

yosys     `proc; flatten; opt_expr; opt_clean; opt -nodffe -nosdff; fsm` finds a register
found     ours gives a state table
proved    the module with the table in its place, states numbered anew, is proved equal to it

Where ours differs from a design only in what registers hold before the first reset, or where the
prover refuses the design itself, a table is found and not proved; the reason is listed.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from official_v1 import (
    PASSED,
    PROBLEMS,
    case_key,
    official_verdict,
    read_samples,
    read_tests,
    read_verdicts,
    sample_files,
)

from sim.design import Design
from sim.proof import Outcome
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.dataflow.write import module_text
from symbolic.extract import ExtractedMachine, machines, with_resets
from symbolic.extract_replace import replaced
from symbolic.prover import YosysProver
from symbolic.yosys import LIMITS, YosysJob, run_yosys

RULE = re.compile(
    r"state[- ]machine|\bFSM\b|state diagram|state transition|state[- ]table|state-assigned"
    r"|\bMealy\b|\bMoore\b",
    re.IGNORECASE,
)
_CLOCKED = re.compile(r"\b(?:posedge|negedge)\b")
_TOP = "top_module"
_FOUND = "Found FSM state register"
_REFERENCE = "reference"
_YOSYS = (
    "read_verilog -sv top.sv",
    f"hierarchy -check -top {_TOP}",
    "proc",
    "flatten",
    "opt_expr",
    "opt_clean",
    "opt -nodffe -nosdff",
    "fsm -norecode",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A design that is a state machine."""

    task: str
    key: str
    """`reference`, or the key of a completion's verdict."""
    verilog: str

    @property
    def design(self) -> Design:
        return Design(top=_TOP, sources={"top.sv": self.verilog})


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a case."""

    task: str
    key: str
    yosys: bool
    found: bool
    proved: bool
    states: int = 0
    reason: str = ""
    seconds: float = 0.0
    """Processor time of the extraction in this process."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of samples and problems")
    parser.add_argument("--cache", type=Path, help="file of official verdicts")
    parser.add_argument("--references", action="store_true", help="no completions")
    parser.add_argument("--json", type=Path, help="write a line for each design")
    arguments = parser.parse_args()
    found = list(references(arguments.root))
    if not arguments.references:
        found += completions(arguments.root, [case.task for case in found], arguments.cache)
    results = list(measured(found))
    if arguments.json:
        lines = (json.dumps(asdict(result)) for result in results)
        arguments.json.write_text("\n".join(lines) + "\n", encoding="utf-8")
    show(results)


def references(root: Path) -> Iterator[Case]:
    """Yield the references of the problems that are state machines."""
    texts = _rows(root, "VerilogDescription_Human")
    told = {row["task_id"]: row["detail_description"] for row in texts}
    for row in _rows(root, "VerilogEval_Human"):
        task, body = row["task_id"], row["canonical_solution"]
        if RULE.search(told[task]) and _CLOCKED.search(body):
            yield Case(task=task, key=_REFERENCE, verilog=f"{row['prompt']}\n{body}")


def _rows(root: Path, name: str) -> list[dict[str, str]]:
    lines = (root / PROBLEMS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def completions(root: Path, tasks: Sequence[str], cache: Path | None) -> Iterator[Case]:
    """Yield the distinct completions of `tasks` that pass the official test."""
    tests = read_tests(root, "human")
    verdicts = read_verdicts(cache) if cache else {}
    texts: dict[str, Case] = {}
    for path in sample_files(root, ()):
        if "human" in path.name:
            samples = read_samples(path)
            for sample in (s for task in tasks for s in samples.get(task, ())):
                key = case_key(tests[sample.task], sample.verilog)
                texts.setdefault(key, Case(task=sample.task, key=key, verilog=sample.verilog))
    for key, case in texts.items():
        if key not in verdicts:
            verdicts[key] = official_verdict(tests[case.task], case.verilog)
            _keep(cache, case, verdicts[key])
        if verdicts[key] == PASSED:
            yield case


def _keep(cache: Path | None, case: Case, outcome: str) -> None:
    if cache is not None:
        with cache.open("a", encoding="utf-8") as file:
            row = {"key": case.key, "task": case.task, "outcome": outcome}
            file.write(json.dumps(row) + "\n")


def measured(cases: Sequence[Case]) -> Iterator[Result]:
    """Yield what becomes of each case."""
    modules = read_dataflow([case.design for case in cases], latches=True)
    for case, module, yosys in zip(cases, modules, _detected(cases), strict=True):
        if isinstance(module, Dataflow):
            yield _extracted(case, module, yosys)
        else:
            yield _result(case, yosys, reason=f"not read: {module}")


def _detected(cases: Sequence[Case]) -> list[bool]:
    """Tell for each case whether Yosys alone finds a machine."""
    jobs = [YosysJob(commands=_YOSYS, files={"top.sv": case.verilog}) for case in cases]
    limits = replace(LIMITS, seconds=10.0 * len(jobs), cpu_seconds=10.0 * len(jobs))
    return [_FOUND in run.log for run in run_yosys(jobs, limits=limits)]


def _result(case: Case, yosys: bool, *, reason: str, found: bool = False) -> Result:
    return Result(
        task=case.task, key=case.key, yosys=yosys, found=found, proved=False, reason=reason
    )


def _extracted(case: Case, module: Dataflow, yosys: bool) -> Result:
    start = time.process_time()
    every = machines(module)
    seconds = time.process_time() - start
    found = [machine for machine in every if isinstance(machine, ExtractedMachine)]
    if not found:
        return _result(case, yosys, reason="; ".join(map(str, every)) or "no machine")
    outcome, reason = _proof(case, module, found)
    return Result(
        task=case.task,
        key=case.key,
        yosys=yosys,
        found=True,
        proved=outcome is Outcome.PROVED,
        states=max(len(machine.table.states) for machine in found),
        reason=reason,
        seconds=seconds,
    )


def _proof(case: Case, module: Dataflow, found: Sequence[ExtractedMachine]) -> tuple[Outcome, str]:
    """Prove the module with its first machine's table in place of the registers."""
    machine = found[0]
    text = module_text(replaced(module, machine, machine.table.with_codes("gray")))
    other = Design(top=_TOP, sources={"top.v": text})
    interface = with_resets(module.interface, found)
    (proof,) = YosysProver().equivalent(case.design, [other], interface, seconds=20.0)
    return proof.outcome, f"{proof.outcome.value}: {proof.reason}"


def show(results: Sequence[Result]) -> None:
    """Print a line for each problem, and sums."""
    print(f"{'problem':24} {'designs':>7} {'yosys':>6} {'found':>6} {'proved':>6}  states")
    for task in dict.fromkeys(result.task for result in results):
        _line(task, [result for result in results if result.task == task])
    _line("references", [result for result in results if result.key == _REFERENCE])
    _line("completions", [result for result in results if result.key != _REFERENCE])
    _line("all", results)
    seconds = sorted(result.seconds for result in results if result.found)
    if seconds:
        print(f"extraction: median {seconds[len(seconds) // 2]:.3f} s, most {seconds[-1]:.3f} s")
    reasons = Counter(_kind(result) for result in results if not result.proved)
    for reason, count in reasons.most_common():
        print(f"{count:4}  {reason}")


def _line(name: str, results: Sequence[Result]) -> None:
    counts = [sum(r.yosys for r in results), sum(r.found for r in results)]
    counts.append(sum(r.proved for r in results))
    states = sorted({r.states for r in results if r.found})
    shown = " ".join(f"{count:6}" for count in counts)
    print(f"{name:24} {len(results):7} {shown}  {_spread(states)}")


def _spread(states: Sequence[int]) -> str:
    return "" if not states else str(states[0]) if len(states) == 1 else f"{states[0]}-{states[-1]}"


def _kind(result: Result) -> str:
    """Return a reason without names and places."""
    reason = re.sub(r"`[^`]*|[^ ]+:[0-9]+:? *", "", result.reason)
    return f"{'found, ' if result.found else ''}{reason}"


if __name__ == "__main__":
    main()
