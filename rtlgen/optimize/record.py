"""An optimization as JSON: what was done, what it brought, what is proved."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from rtlgen import __version__
from sim.design import Design
from sim.proof import Proof
from symbolic.optimize_values import LeftAlone, MachineChange, Optimization, Step
from symbolic.ppa import Ppa

SCHEMA: Final = 1
Ending = Literal["optimized", "unchanged", "not handled"]
EXIT_CODES: Mapping[Ending, int] = {"optimized": 0, "unchanged": 0, "not handled": 3}


_APART = {"seconds"}


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProofRecord(_Record):
    """What was proved, and how."""

    status: Literal["proved", "refuted", "open"]
    method: str
    seconds: float


class MachineRecord(_Record):
    """A state machine before and after."""

    register_name: str
    states_before: int
    states_after: int
    minimal: bool
    """Whether no machine of fewer states does the same."""
    bound: int
    """No machine that does the same has fewer states."""
    encoding: str
    style: str
    """How it is written: `in place`, `case` or `equations`."""
    codes: dict[str, str]
    """By state, of the machine after."""


class StepRecord(_Record):
    """One change."""

    name: str
    title: str
    what: str
    source: str
    """Where the rule is described."""
    measured: dict[str, Any]
    """What the design comes to after it."""
    proof: ProofRecord
    machine: MachineRecord | None
    diff: str


class LeftAloneRecord(_Record):
    """Something that stays as it is."""

    place: str
    what: str
    reason: str


class OptimizationRecord(_Record):
    """What `rtlgen optimize --json` prints."""

    schema_version: Literal[1] = SCHEMA
    rtlgen: str
    command: list[str]
    module: str
    ending: Ending
    exit_code: int
    goal: Literal["area", "delay", "power"]
    library: str
    """Cell library of area and delay."""
    before: dict[str, Any] | None
    """None where it could not be measured."""
    after: dict[str, Any] | None
    change: dict[str, float]
    """after / before - 1, of figures that both have and that were not 0."""
    repairs: list[str]
    """What had to be mended before any simulator takes the original."""
    steps: list[StepRecord]
    proof: ProofRecord
    """Of the result against the original."""
    left_alone: list[LeftAloneRecord]
    seconds: float
    rtl: dict[str, str]
    """By file name."""


def ending_of(found: Optimization) -> Ending:
    """Return what an optimization came to."""
    if found.changed:
        return "optimized"
    return "not handled" if found.unhandled else "unchanged"


def record_of(
    found: Optimization, *, seconds: float, command: Sequence[str] = ()
) -> OptimizationRecord:
    """Return `found` as a record."""
    ending = ending_of(found)
    before, after = ppa_facts(found.before), ppa_facts(found.after)
    return OptimizationRecord(
        rtlgen=__version__,
        command=list(command),
        module=found.original.top,
        ending=ending,
        exit_code=EXIT_CODES[ending],
        goal=found.goal.value,
        library=found.library,
        before=before,
        after=after,
        change=_change(before or {}, after or {}),
        repairs=list(found.repairs),
        steps=[_step(step) for step in found.steps],
        proof=proof_record(found.proof),
        left_alone=[_left_alone(left) for left in found.left_alone],
        seconds=round(seconds, 3),
        rtl=dict(found.design.sources),
    )


def to_json(record: OptimizationRecord) -> str:
    """Return `record` as indented JSON."""
    return json.dumps(record.model_dump(), indent=2, ensure_ascii=False) + "\n"


def ppa_facts(ppa: Ppa | None) -> dict[str, Any] | None:
    """Return the figures of `ppa`, rounded as they are worth."""
    if ppa is None:
        return None
    return {
        one.name: _rounded(getattr(ppa, one.name)) for one in fields(ppa) if one.name not in _APART
    }


def _rounded(value: object) -> object:
    if isinstance(value, Ppa):
        return {"area": round(value.area, 3), "delay": round(value.delay, 3)}
    if isinstance(value, Mapping):
        return dict(value)
    return round(value, 3) if isinstance(value, float) else value


def _change(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
    """Return by how much figures grew, as a share; bool counts for no figure."""
    return {
        name: round(after[name] / value - 1, 4)
        for name, value in before.items()
        if type(value) in (int, float) and value and type(after.get(name)) in (int, float)
    }


def proof_record(proof: Proof) -> ProofRecord:
    """Return `proof` as a record."""
    return ProofRecord(
        status=proof.outcome.value, method=proof.reason, seconds=round(proof.seconds, 3)
    )


def _step(step: Step) -> StepRecord:
    return StepRecord(
        name=step.name,
        title=step.rule.title if step.rule else step.what,
        what=step.what,
        source=step.rule.source if step.rule else "",
        measured=ppa_facts(step.measured) or {},
        proof=proof_record(step.proof),
        machine=None if step.machine is None else _machine(step.machine),
        diff=difference(step.before, step.after),
    )


def _machine(change: MachineChange) -> MachineRecord:
    return MachineRecord(
        register_name=change.register,
        states_before=len(change.before.states),
        states_after=len(change.after.states),
        minimal=change.minimal,
        bound=change.bound,
        encoding=change.encoding,
        style=change.style.value,
        codes=dict(change.after.codes),
    )


def _left_alone(left: LeftAlone) -> LeftAloneRecord:
    return LeftAloneRecord(place=left.place, what=left.what, reason=left.reason)


def difference(old: Design, new: Design) -> str:
    """Return what changed in the sources, as a unified diff."""
    pieces: list[str] = []
    for name in dict.fromkeys([*old.sources, *new.sources]):
        before, after = (d.sources.get(name, "").splitlines() for d in (old, new))
        pieces += difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="")
    return "".join(f"{line}\n" for line in pieces)
