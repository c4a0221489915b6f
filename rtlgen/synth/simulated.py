"""Examples on the simulator: the reference's outputs, and how far each lane agrees with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rtlgen.evaluation.harness import icarus_messages as messages
from rtlgen.evaluation.harness.icarus_runs import compiler, run_all, runtime
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.synth.bench_text import Subject, files_of, lane_file, root_of
from rtlgen.synth.header import data_outputs
from sim.errors import ToolFailed
from sim.pipelines import Pipeline, StepRun

_OPTIONS = ("-g2012", "-Wno-timescale")
_IMAGE = "bench.vvp"
_SPINNING = re.compile(r"^@(\d+) x (\d+)$", re.M)
_CONDITIONS = Conditions(cpu_seconds=1.0)
"""Several examples take a tenth of it; a slip may oscillate without end."""
_ALONE = 8.0
"""Processor time of a golden design by itself, in seconds, where it does not do with less."""
_TOGETHER = 8
"""Examples in one simulation."""


@dataclass(slots=True)
class Seen:
    """What a simulation showed of one example."""

    fault: str = ""
    """Why the golden design is wrong, or could not be simulated."""
    bad: dict[int, int] = field(default_factory=dict)
    """By lane: samples in which it differed from the reference."""
    broken: dict[int, str] = field(default_factory=dict)
    """By lane: why it could not be simulated."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Lanes by example that are simulated together."""

    lanes: dict[int, tuple[int, ...]]


def simulated(subjects: Sequence[Subject]) -> list[Seen]:
    """Return what simulations show of `subjects`, in their order.

    Raises:
        EnvironmentFault: The simulator does not run.
    """
    seen = [Seen() for _ in subjects]
    numbers = range(len(subjects))
    todo = [
        _Run({n: tuple(range(len(subjects[n].lanes))) for n in numbers[at : at + _TOGETHER]})
        for at in range(0, len(subjects), _TOGETHER)
    ]
    while todo:
        pipelines = [_pipeline(subjects, run) for run in todo]
        runs = run_all(pipelines, _ALONE, _CONDITIONS)
        todo = [
            left
            for run, steps in zip(todo, runs, strict=True)
            for left in _taken(subjects, seen, run, steps)
        ]
    return seen


def _pipeline(subjects: Sequence[Subject], run: _Run) -> Pipeline:
    files: dict[str, str] = {}
    for number, lanes in run.lanes.items():
        files |= files_of(subjects[number], number, lanes)
    roots = [word for number in run.lanes for word in ("-s", root_of(number))]
    compile_ = (compiler(), *_OPTIONS, *roots, "-o", _IMAGE, *files)
    steps = (compile_, (runtime(), "-n", _IMAGE))
    return Pipeline(files=files, steps=steps, cpu_seconds=_limit(run))


def _limit(run: _Run) -> float:
    """Return the processor time of each step."""
    lanes = [lane for some in run.lanes.values() for lane in some]
    return _ALONE if lanes == [0] else _CONDITIONS.cpu_seconds


def _taken(
    subjects: Sequence[Subject], seen: Sequence[Seen], run: _Run, steps: Sequence[StepRun]
) -> Iterator[_Run]:
    """Take in what one run showed; yield what must be run again."""
    last = steps[-1]
    if len(steps) == 2 and (spinning := _spinning(last.stdout)):
        for number, lane in spinning:
            _note_broken(seen[number], lane, "it oscillates")
        yield from _without(seen, run)
        return
    if len(steps) == 2 and last.exit_code == 0 and not last.truncated:
        for number, lines in _by_example(last.stdout).items():
            _read(subjects[number], seen[number], lines)
        return
    if len(steps) == 1 and (smaller := _without_broken(seen, run, last)) is not None:
        yield from smaller
        return
    yield from _smaller(subjects, seen, run, last)


def _without_broken(seen: Sequence[Seen], run: _Run, compilation: StepRun) -> list[_Run] | None:
    """Note the lanes that do not compile; None where the messages name none."""
    places = {
        lane_file(number, lane): (number, lane)
        for number, lanes in run.lanes.items()
        for lane in lanes
    }
    owners = {name: index for index, name in enumerate(places)}
    found, _ = messages.by_owner(compilation.stderr + compilation.stdout, owners)
    wrong = {index: lines for index, lines in found.items() if messages.failed(lines)}
    if not wrong:
        return None
    keys = list(places.values())
    for index, lines in wrong.items():
        number, lane = keys[index]
        _note_broken(seen[number], lane, lines[0])
    return _without(seen, run)


def _without(seen: Sequence[Seen], run: _Run) -> list[_Run]:
    """Return `run` without the lanes that are broken and the examples that have a fault."""
    left = {
        number: tuple(lane for lane in lanes if lane not in seen[number].broken)
        for number, lanes in run.lanes.items()
        if not seen[number].fault
    }
    return [_Run(left)] if left else []


def _spinning(output: str) -> list[tuple[int, int]]:
    """Return example and lane of what oscillates; the run has ended at it."""
    return [(int(number), int(lane)) for number, lane in _SPINNING.findall(output)]


def _note_broken(seen: Seen, lane: int, why: str) -> None:
    seen.broken[lane] = why
    if lane == 0:
        seen.fault = f"the golden design cannot be simulated: {why}"


def _smaller(
    subjects: Sequence[Subject], seen: Sequence[Seen], run: _Run, last: StepRun
) -> Iterator[_Run]:
    """Yield the halves of a run that failed, down to single lanes; these have failed."""
    if len(run.lanes) > 1:
        yield from (_Run({number: lanes}) for number, lanes in run.lanes.items())
        return
    [(number, lanes)] = run.lanes.items()
    if len(lanes) > 1:
        yield from (_Run({number: (lane,)}) for lane in lanes)
        return
    said = messages.first_error(last.stderr + last.stdout) or "no word"
    why = f"{last.limit or last.exit_code}: {said}"
    if not lanes:
        raise ToolFailed(f"the simulator must run a golden design, it ends with {why}")
    _note_broken(seen[number], lanes[0], why)


def _by_example(output: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for line in output.splitlines():
        if line.startswith("@"):
            number, _, rest = line[1:].partition(" ")
            found.setdefault(int(number), []).append(rest)
    return found


def _read(subject: Subject, seen: Seen, lines: Sequence[str]) -> None:
    printed = [line[2:] for line in lines if line.startswith("o ")]
    for line in lines:
        if line.startswith("b "):
            _, lane, bad = line.split()
            seen.bad[int(lane)] = int(bad)
    seen.fault = seen.fault or _difference(subject, printed) or _own_difference(seen)


def _own_difference(seen: Seen) -> str:
    bad = seen.bad.get(0, 0)
    return f"the golden design differs from itself in {bad} samples" if bad else ""


def _difference(subject: Subject, printed: Sequence[str]) -> str:
    """Return the first sample at which the golden design is not what the model expects."""
    stimulus = subject.stimulus
    wanted = stimulus.wanted[stimulus.skipped :]
    outputs = data_outputs(stimulus.drawn)
    if len(printed) != len(wanted):
        return f"{len(wanted)} samples were expected, {len(printed)} were seen"
    digits = [-(-port.width // 4) for port in outputs]
    for number, (line, values) in enumerate(zip(printed, wanted, strict=True)):
        for port, got, width in zip(outputs, line.split(), digits, strict=True):
            value = values[port.name]
            if value is not None and got != f"{value:0{width}x}":
                place = _place(stimulus.beats, number + stimulus.skipped)
                return f"{port.name} is {got}, the model says {value:0{width}x}, {place}"
    return ""


def _place(beats: Sequence[object], sample: int) -> str:
    at = 0
    for number, beat in enumerate(beats):
        ticks = int(getattr(beat, "tick", False))
        if sample <= at + ticks:
            return f"beat {number} ({'after' if sample > at else 'before'} its tick): {beat}"
        at += 1 + ticks
    return f"sample {sample}"
