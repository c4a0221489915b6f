"""One simulation of several designs, side by side in one elaboration.

It decides nothing but what a complete simulation decides. Whatever else comes
of it is told as a reason to try again with fewer.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.cocotb_bench import CocotbBench
from sim.cocotb_run import REPORT_BYTES, LaneReport
from sim.design import Design
from sim.process import Limits, ToolRun
from sim.simulate import Executed, Simulator, execute
from sim.trace import Trace
from sim.verdict import Status, Verdict

_PLACE = re.compile(r"design/lane(?P<lane>[0-9]{1,5})_")
_SHARE_OF_TIME = 0.8
"""Of the time a single simulation may take, what a simulation of several may foresee."""
_PATIENCE = 4
"""Times the time on the wall that a single simulation may take: what counts is the processor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A simulation of several designs that has not come to its end."""

    reason: str
    blamed: frozenset[int] = frozenset()
    """Designs, by position, that the simulator's compiler does not take."""
    fitting: int | None = None
    """How many designs would be done in time, where there are too many."""


class _Hurried(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    token: str
    foreseen_seconds: float = Field(gt=0)


class _Judged(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    token: str
    lanes: list[LaneReport]


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    token: str
    samples: int
    rows_bytes: int
    rows_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A report on every design, in their order."""

    lanes: list[LaneReport]
    runs: tuple[ToolRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What every design showed at every sample, in their order."""

    lanes: list[tuple[str, ...]]
    runs: tuple[ToolRun, ...]


def judge_together(
    designs: Sequence[Design], bench: CocotbBench, *, simulator: Simulator, limits: Limits
) -> Judged | Broken:
    """Simulate `designs`, whose modules have names of their own, under `bench`.

    Raises:
        EnvironmentFault: A tool is missing, or the work folder cannot be written.
    """
    done = _run(designs, bench, simulator=simulator, limits=limits)
    if isinstance(done, Broken):
        return done
    try:
        found = _Judged.model_validate_json(done.report or "")
    except ValidationError as error:
        return Broken(reason=f"the report is no report: {error.errors()[0]['msg']}")
    if found.token != done.token or len(found.lanes) != len(designs):
        return Broken(reason="the report is not this run's")
    return Judged(lanes=found.lanes, runs=done.runs)


def record_together(
    designs: Sequence[Design],
    bench: CocotbBench,
    *,
    row_width: int,
    simulator: Simulator,
    limits: Limits,
) -> Recorded | Broken:
    """Simulate `designs` under `bench`, which records rows of `row_width` characters.

    Raises:
        EnvironmentFault: A tool is missing, or the work folder cannot be written.
    """
    done = _run(designs, bench, simulator=simulator, limits=limits, rows_bytes=limits.file_bytes)
    if isinstance(done, Broken):
        return done
    text = recorded_text(done, bytes_=bench.expected_checks * row_width * len(designs))
    if text is None:
        return Broken(reason="the recorded rows are not complete")
    return Recorded(lanes=_columns(text, row_width, len(designs)), runs=done.runs)


def recorded_text(done: Executed, *, bytes_: int) -> str | None:
    """Return the rows that a run recorded; None if they are not all there, and nothing else."""
    try:
        found = _Recorded.model_validate_json(done.report or "")
    except ValidationError:
        return None
    packed = done.rows
    if packed is None or found.token != done.token or len(packed) != found.rows_bytes:
        return None
    if hashlib.sha256(packed).hexdigest() != found.rows_sha256:
        return None
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, bytes_ + 1)
    except zlib.error:
        return None
    complete = unpacker.eof and len(data) == bytes_
    return data.decode("ascii", errors="replace").lower() if complete else None


def _columns(text: str, width: int, lanes: int) -> list[tuple[str, ...]]:
    """Return the rows of every lane; equal rows are one string, as most of them are equal."""
    known: dict[str, str] = {}
    return [
        tuple(
            known.setdefault(row, row)
            for row in (text[at : at + width] for at in range(start, len(text), width * lanes))
        )
        for start in range(0, width * lanes, width)
    ]


def _run(
    designs: Sequence[Design],
    bench: CocotbBench,
    *,
    simulator: Simulator,
    limits: Limits,
    rows_bytes: int = 0,
) -> Executed | Broken:
    plan = simulator.plan(_merged(designs, bench), bench)
    done = execute(
        plan,
        limits=replace(limits, seconds=_PATIENCE * limits.seconds),
        report_bytes=REPORT_BYTES * len(designs),
        rows_bytes=rows_bytes,
        told={"RTLGEN_CPU_SECONDS": str(_allowed(limits))},
    )
    last = done.runs[-1]
    if last.limit is not None:
        return Broken(reason=f"the {last.limit} limit")
    if len(done.runs) < len(plan.commands):
        blamed = _blamed(simulator.compile_errors(last), len(designs))
        return Broken(reason="it does not compile", blamed=blamed)
    if last.exit_code is not None and last.exit_code < 0:
        return Broken(reason=f"the simulator was ended by signal {-last.exit_code}")
    if done.report is None:
        return Broken(reason="the simulation ended before the bench reported")
    return _hurried(done, len(designs), limits) or done


def _hurried(done: Executed, lanes: int, limits: Limits) -> Broken | None:
    try:
        found = _Hurried.model_validate_json(done.report or "")
    except ValidationError:
        return None
    if found.token != done.token:
        return None
    fitting = int(0.8 * lanes * _allowed(limits) / found.foreseen_seconds)
    return Broken(reason="it would take too long", fitting=max(1, fitting))


def _allowed(limits: Limits) -> float:
    """Return the processor time that a simulation may take.

    A design that is done in it among others would by itself be done within `limits`.
    """
    return _SHARE_OF_TIME * min(limits.seconds, limits.cpu_seconds)


def _merged(designs: Sequence[Design], bench: CocotbBench) -> Design:
    sources = {}
    for lane, design in enumerate(designs):
        for part, (name, text) in enumerate(design.sources.items()):
            sources[f"lane{lane}_{part}{PurePosixPath(name).suffix}"] = text
    return Design(top=bench.toplevel, sources=sources)


def _blamed(errors: Sequence[str], lanes: int) -> frozenset[int]:
    """Return the lanes in whose files the compiler found `errors`."""
    found = (_PLACE.match(error) for error in errors)
    return frozenset(lane for place in found if place and (lane := int(place["lane"])) < lanes)


def compiles(design: Design, bench: CocotbBench, *, simulator: Simulator, limits: Limits) -> bool:
    """Whether the simulator's compiler takes `design` by itself; a limit says nothing of that.

    Raises:
        EnvironmentFault: A tool is missing, or the work folder cannot be written.
    """
    plan = simulator.plan(design, bench)
    last = execute(replace(plan, commands=plan.commands[:-1]), limits=limits).runs[-1]
    return last.exit_code == 0 or last.limit is not None


def record_alone(
    design: Design,
    bench: CocotbBench,
    *,
    row_width: int,
    simulators: Sequence[Simulator],
    limits: Limits,
) -> Trace | Verdict:
    """Record one design under the first of `simulators` that takes it, or tell why none can.

    Raises:
        EnvironmentFault: A tool is missing, or the work folder cannot be written.
    """
    failed: list[Verdict] = []
    for simulator in simulators:
        plan = simulator.plan(design, bench)
        done = execute(plan, limits=limits, rows_bytes=limits.file_bytes)
        text = recorded_text(done, bytes_=bench.expected_checks * row_width)
        if text is not None and done.runs[-1].limit is None:
            name = simulator.facts(done.runs)["simulator"]
            rows = _columns(text, row_width, 1)[0]
            return Trace(rows=rows, simulator=name, two_state=simulator.two_state, runs=done.runs)
        # Whatever lies there is no report of a judgement.
        verdict = simulator.judge(done.runs, bench, report=None, token=done.token)
        if verdict.status is not Status.ERROR:
            return verdict
        failed.append(verdict)
    return replace(failed[-1], reason="; ".join(verdict.reason for verdict in failed))
