"""Sequential equivalence of a golden design and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.design import Design
from sim.interface import Direction, Edge, Interface
from sim.process import Limits
from sim.proof import InputTrace, Outcome, Proof
from sim.scratch import scratch_folder
from symbolic.yosys import (
    LIMITS,
    answers_in,
    error_in,
    lay_out,
    log_in,
    require_pyosys,
    run_forking,
)
from symbolic.yosys_worker import ANSWERS

_GRACE_SECONDS = 10.0
"""For the start of the child process, and its end."""


def compare(
    golden: Design,
    others: Sequence[Design],
    interface: Interface,
    *,
    seconds: float,
    limits: Limits = LIMITS,
    keep: Path | None = None,
) -> list[Proof]:
    """Compare each of `others` with `golden`; see `symbolic.prover.YosysProver.equivalent`."""
    require_pyosys()
    unsupported = _unsupported(interface)
    if unsupported or not others:
        return [Proof(outcome=Outcome.OPEN, reason=unsupported)] * len(others)
    with scratch_folder() as folder:
        lay_out(folder / "golden", _files(golden))
        for number, other in enumerate(others):
            lay_out(folder / str(number) / "source", _files(other))
        request = {
            "interface": wiring(interface),
            "golden": source(golden, "golden"),
            "others": [source(other, "source") for other in others],
            "seconds": seconds,
        }
        bounded = replace(limits, seconds=seconds + _GRACE_SECONDS)
        run = run_forking("symbolic.equivalence_worker", request, folder=folder, limits=bounded)
        answers = answers_in(folder / ANSWERS)
        why = ""
        if not answers:
            log = log_in(folder)
            said = error_in(log) or error_in(run.output) or f"ended with exit code {run.exit_code}"
            limit = f"the {run.limit} limit ended the proof" if run.limit else ""
            why = f"golden design: {limit or said}"
        found = [_proof(answers, number, why, folder) for number in range(len(others))]
    return found


def wiring(interface: Interface) -> dict[str, Any]:
    """Return what `symbolic.equivalence_miter.Wiring` is made of."""
    clock = interface.clocks[0] if interface.clocks else None
    return {
        "inputs": [
            (p.name, p.width) for p in interface.inputs if not clock or p.name != clock.port
        ],
        "outputs": [(p.name, p.width) for p in interface.outputs],
        "clock": clock.port if clock else None,
        "rising": clock is None or clock.edge is Edge.RISING,
        "resets": {reset.port: int(not reset.active_low) for reset in interface.resets},
    }


def source(design: Design, folder: str) -> dict[str, Any]:
    """Return where in the worker's folder `design` lies."""
    return {"top": design.top, "files": list(design.sources), "folder": folder}


def _files(design: Design) -> dict[str, str | bytes]:
    return {**design.sources, **design.data}


def _unsupported(interface: Interface) -> str:
    if len(interface.clocks) > 1:
        return "several clocks"
    if any(port.direction is Direction.INOUT for port in interface.ports):
        return "has an inout port"
    return ""


def _proof(answers: Sequence[Mapping[str, Any]], number: int, why: str, folder: Path) -> Proof:
    """Return the last answer for one of the others."""
    mine = [a for a in answers if a.get("number") == number]
    if not mine:
        shared = [a["all"] for a in answers if "all" in a]
        return Proof(
            outcome=Outcome.OPEN, reason=why or (shared[0] if shared else "not reached in time")
        )
    answer = mine[-1]
    reason = answer["reason"]
    if not reason and answer["outcome"] == "open":
        reason = error_in(log_in(folder / str(number))) or "no answer within the time"
    trace = answer.get("trace")
    return Proof(
        outcome=Outcome(answer["outcome"]),
        reason=reason,
        trace=InputTrace(cycles=tuple(trace), from_power_up=False) if trace else None,
        port=answer.get("port", ""),
        cycles=answer.get("cycles", 0),
        seconds=sum(a["seconds"] for a in mine),
    )
