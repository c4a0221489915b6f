"""Sequential equivalence of a golden design and others, and reachability; see `prover`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.design import Design, digest
from sim.interface import Direction, Edge, Interface
from sim.process import Limits
from sim.proof import Goal, InputTrace, Outcome, Proof
from sim.scratch import scratch_folder
from symbolic.certificate import INVARIANT, MITER, QUERY
from symbolic.yosys import (
    LIMITS,
    answers_in,
    error_in,
    lay_out,
    log_in,
    require_pyosys,
    run_forking,
)
from symbolic.yosys_worker import ANSWERS, LOG

_GRACE_SECONDS = 10.0
"""For the start of the child process, and its end."""
_TEXT = "text"
_KEPT = (MITER, INVARIANT, QUERY)


def compare(
    golden: Design,
    others: Sequence[Design],
    interface: Interface,
    *,
    seconds: float,
    limits: Limits = LIMITS,
    keep: Path | None = None,
    certify: bool = False,
) -> list[Proof]:
    """Compare each of `others` with `golden`; see `symbolic.prover.YosysProver.equivalent`."""
    question = {
        "golden": _source(golden, "golden"),
        "others": [_source(other, str(number)) for number, other in enumerate(others)],
        "certify": certify,
    }
    designs = {"golden": golden} | {str(number): other for number, other in enumerate(others)}
    return _asked(question, designs, interface, len(others), seconds, limits, keep)


def reach(
    design: Design,
    goals: Sequence[Goal],
    interface: Interface,
    *,
    seconds: float,
    limits: Limits = LIMITS,
    keep: Path | None = None,
) -> list[Proof]:
    """Look for inputs that reach each goal; see `symbolic.prover.YosysProver.reach`."""
    golden = {**_source(design, "golden"), "goals": [goal.condition for goal in goals]}
    question = {"golden": golden, "others": []}
    return _asked(question, {"golden": design}, interface, len(goals), seconds, limits, keep)


def _asked(
    question: Mapping[str, Any],
    designs: Mapping[str, Design],
    interface: Interface,
    count: int,
    seconds: float,
    limits: Limits,
    keep: Path | None,
) -> list[Proof]:
    require_pyosys()
    if not count:
        return []
    if any(port.direction is Direction.INOUT for port in interface.ports):
        return [Proof(outcome=Outcome.OPEN, reason="has an inout port")] * count
    with scratch_folder() as folder:
        for place, design in designs.items():
            lay_out(folder / place / _TEXT, {**design.sources})
            lay_out(folder / place, design.data)
        request = {**question, "interface": _wiring(interface), "seconds": seconds}
        bounded = replace(limits, seconds=seconds + _GRACE_SECONDS)
        run = run_forking("symbolic.equivalence_worker", request, folder=folder, limits=bounded)
        answers = answers_in(folder / ANSWERS)
        if not answers:
            last = next(iter(run.output.strip().splitlines()[::-1]), "")
            ended = f"Yosys ended with exit code {run.exit_code}: {last[:200]}"
            if not run.exit_code and not last:
                ended = "no answer in time"
            said = error_in(log_in(folder)) or ended
            limit = f"the {run.limit} limit ended the proof" if run.limit else ""
            answers = [{"all": limit or said}]
        what = "golden design" if question["others"] else "design"
        found = [_proof(answers, number, folder, what) for number in range(count)]
        if keep is not None:
            _keep_logs(folder, keep)
    return found


def _wiring(interface: Interface) -> dict[str, Any]:
    """Return what `symbolic.equivalence_miter.Wiring` is made of."""
    clocks = {clock.port: clock.edge is Edge.RISING for clock in interface.clocks}
    return {
        "inputs": [(p.name, p.width) for p in interface.inputs if p.name not in clocks],
        "outputs": [(p.name, p.width) for p in interface.outputs],
        "clocks": list(clocks.items()),
        "resets": {reset.port: int(not reset.active_low) for reset in interface.resets},
    }


def _source(design: Design, place: str) -> dict[str, Any]:
    # A design with files may be another one though its text is the same.
    data = digest(*(part for n, c in sorted(design.data.items()) for part in (n.encode(), c)))
    return {"top": design.top, "files": list(design.sources), "place": place, "data": data}


def _proof(answers: Sequence[Mapping[str, Any]], number: int, folder: Path, what: str) -> Proof:
    """Return the last answer to one question; `what` is the design that all are about."""
    mine = [answer for answer in answers if answer.get("number") == number]
    if not mine:
        shared = [answer["all"] for answer in answers if "all" in answer]
        reason = f"{what}: {shared[0]}" if shared else "not reached in time"
        return Proof(outcome=Outcome.OPEN, reason=reason)
    answer = mine[-1]
    reason = answer["reason"] or error_in(log_in(folder / str(number))) or "no answer in time"
    trace = answer.get("trace")
    from_power_up = answer.get("from_power_up", False)
    return Proof(
        outcome=Outcome(answer["outcome"]),
        reason=reason,
        trace=InputTrace(cycles=tuple(trace), from_power_up=from_power_up) if trace else None,
        port=answer.get("port", ""),
        outputs=tuple((known, other) for known, other in answer.get("outputs", ())),
        cycles=answer.get("cycles", 0),
        seconds=sum(a["seconds"] for a in mine),
    )


def _keep_logs(folder: Path, keep: Path) -> None:
    keep.mkdir(parents=True, exist_ok=True)
    for log in (folder / LOG, *folder.glob(f"*/{LOG}")):
        if log.is_file() and not log.is_symlink():
            name = LOG if log.parent == folder else f"{log.parent.name}.log"
            shutil.copyfile(log, keep / name)
    for file in (found for name in _KEPT for found in folder.glob(f"*/{name}")):
        if file.is_file() and not file.is_symlink():
            shutil.copyfile(file, keep / f"{file.parent.name}.{file.name}")
