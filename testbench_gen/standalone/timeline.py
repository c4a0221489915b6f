"""When inputs change and when outputs are looked at.

One clock cycle lasts 20 ticks::

    tick   0     active clock edge
           5     sample what the edge did; then the inputs change, resets included
           10    inactive clock edge
           15    sometimes an input changes again; a reset that is pulsed is released
           20    sample with the inputs settled; then the next active edge

so that registered, Moore and Mealy outputs are all looked at when they are
steady. A sample and a change that share a tick come in that order. In long runs,
in which nothing but the clock changes, only the sample at tick 20 is taken, and
where inputs gate the clock they change at tick 15 instead. Without a clock each
vector lasts 10 ticks and is looked at just before the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from .cycles import Cycle, Phase

Stimulus = Iterable[tuple[Phase, Cycle]]
QUARTER = 5
"""Ticks in a quarter of a clock cycle."""
VECTOR = 10
"""Ticks that a vector lasts where there is no clock."""
WAITS = (1, QUARTER, 2 * QUARTER, VECTOR)
"""How long a step may wait, in ticks, unless it does not."""


class Reference(Protocol):
    """Predicts outputs cycle by cycle; see `reference.py` of a written testbench."""

    def initial(self) -> Any: ...  # noqa: ANN401

    def after_reset(self) -> Any: ...  # noqa: ANN401

    def step(self, state: Any, bits: Mapping[str, int]) -> tuple[Mapping[str, str], Any]: ...  # noqa: ANN401


@dataclass(frozen=True)
class Vector:
    """A port as it is declared: scalar, or `[msb:lsb]`."""

    name: str
    msb: int | None = None
    lsb: int | None = None

    @cached_property
    def bits(self) -> tuple[str, ...]:
        """Names of the bits, most significant first: `x[3]`, ..., or `x` for a scalar."""
        if self.msb is None or self.lsb is None:
            return (self.name,)
        step = -1 if self.msb >= self.lsb else 1
        return tuple(f"{self.name}[{i}]" for i in range(self.msb, self.lsb + step, step))


@dataclass(frozen=True)
class ClockInput:
    """A clock and the level that its active edge leads to."""

    name: str
    active: int = 1


@dataclass(frozen=True)
class ResetInput:
    """A reset and the level that asserts it."""

    name: str
    asserted: int = 1
    asynchronous: bool = False


@dataclass(frozen=True)
class Timing:
    """The inputs that are not data."""

    clocks: tuple[ClockInput, ...] = ()
    resets: tuple[ResetInput, ...] = ()
    strict_reset: bool = True
    """Whether a reset must act exactly when its kind says (at once, or at the edge only)."""
    one_by_one: bool = False
    """Without a clock: whether inputs that change do so one after the other, for latches."""
    in_order: bool = False
    """Without a clock: whether the reference goes on by one state with every vector."""
    gated: bool = False
    """With a clock: whether other inputs change only while it is inactive, as they may gate it."""

    def levels(self, cycle: Cycle) -> dict[str, int]:
        """Return the level of every reset input during `cycle`."""
        struck = cycle.resets | cycle.pulsed
        return {r.name: r.asserted ^ (r.name not in struck) for r in self.resets}


@dataclass(frozen=True)
class Step:
    """Wait, then look at the outputs, then change inputs."""

    wait: int
    phase: str
    sample: bool = False
    expected: Mapping[str, str] | None = None
    """Outputs by port, `-` for any value; None: those of the golden design."""
    drive: Mapping[str, int] = field(default_factory=dict)


class Model:
    """A reference model in the state that the design should be in."""

    def __init__(
        self,
        reference: Reference,
        inputs: Sequence[Vector],
        outputs: Sequence[Vector],
        timing: Timing,
    ) -> None:
        self._reference = reference
        self._inputs = inputs
        self.ports = outputs
        self._timing = timing
        self._asynchronous = {r.name for r in timing.resets if r.asynchronous}
        self._state = reference.initial()
        self._bits: dict[str, int] = {}
        self._known = True

    def apply(self, levels: Mapping[str, int], asserted: frozenset[str] = frozenset()) -> None:
        """Put `levels` on the inputs, with the resets in `asserted` active."""
        for port in self._inputs:
            if port.name in levels:
                value, top = levels[port.name], len(port.bits) - 1
                self._bits.update({bit: value >> (top - i) & 1 for i, bit in enumerate(port.bits)})
        self._known = self._timing.strict_reset or not asserted
        if asserted & self._asynchronous:
            self._state = self._reference.after_reset()

    def edge(self, asserted: frozenset[str] = frozenset()) -> None:
        """Take the active clock edge."""
        if asserted:
            self._state = self._reference.after_reset()
        else:
            _, self._state = self._reference.step(self._state, self._bits)
        self._known = True

    def outputs(self) -> dict[str, str]:
        """Return what every output port should show now."""
        if not self._known:
            return {port.name: "-" * len(port.bits) for port in self.ports}
        bits, _ = self._reference.step(self._state, self._bits)
        return {port.name: "".join(bits.get(bit, "-") for bit in port.bits) for port in self.ports}


def timeline(
    stimulus: Stimulus,
    inputs: Sequence[str],
    timing: Timing,
    model: Model | None,
    *,
    live: bool = False,
) -> Iterator[Step]:
    """Yield the steps that drive `stimulus`, with what `model` expects.

    Without a `model`, or if `live`, the samples are those at which a golden design is compared.
    """
    if not timing.clocks:
        return _vectors(stimulus, inputs, timing, model)
    if len(timing.clocks) == 1:
        return _clocked(stimulus, inputs, timing, model, live=live or model is None)
    if model is not None:
        raise ValueError("a reference model has one clock; only a golden design may have several")
    return _many_clocks(stimulus, inputs, timing)


def _expected(model: Model | None) -> Mapping[str, str] | None:
    return model.outputs() if model else None


def _vectors(
    stimulus: Stimulus, inputs: Sequence[str], timing: Timing, model: Model | None
) -> Iterator[Step]:
    idle = timing.levels(Cycle({}))
    now = dict.fromkeys(inputs, 0) | idle
    phase, wait = "start", 0
    yield Step(0, phase, drive=now)
    for number, (vector_phase, cycle) in enumerate(stimulus):
        phase, target = vector_phase.name, {**cycle.values, **timing.levels(cycle)}
        wait = VECTOR
        for drive in _changes(now, target, timing, backward=number % 2 == 1):
            yield Step(wait, phase, drive=drive)
            wait = 1
        now = target
        if model:
            model.apply(now)
        yield Step(VECTOR, phase, sample=True, expected=_expected(model))
        if model and timing.in_order:
            model.edge()


def _changes(
    now: Mapping[str, int], target: Mapping[str, int], timing: Timing, *, backward: bool
) -> list[Mapping[str, int]]:
    new = _news(now, target)
    if not timing.one_by_one:
        return [new]
    changed: list[Mapping[str, int]] = [{name: value} for name, value in new.items()]
    return (changed[::-1] if backward else changed) or [{}]


def _news(now: Mapping[str, int], target: Mapping[str, int]) -> dict[str, int]:
    """Return what of `target` is another level than `now`; the rest need not be driven."""
    return {name: value for name, value in target.items() if now.get(name) != value}


def _clocked(
    stimulus: Stimulus,
    inputs: Sequence[str],
    timing: Timing,
    model: Model | None,
    *,
    live: bool,
) -> Iterator[Step]:
    clock = timing.clocks[0]
    start = dict.fromkeys(inputs, 0) | timing.levels(Cycle({}))
    start[clock.name] = 1 - clock.active
    yield Step(0, "start", drive=start)
    now = dict(start)
    if model:
        model.apply(start)
    # A golden design is not looked at before its first reset.
    phase, awake, last = "start", not live or not timing.resets, None
    for next_phase, cycle in stimulus:
        same = cycle.brief and cycle is last
        last, drive = cycle, {} if same else _news(now, {**cycle.values, **timing.levels(cycle)})
        now |= drive if timing.gated else {**drive, **_second(cycle, timing)}
        brief = cycle.brief and not drive
        if timing.gated and not brief:
            yield Step(QUARTER, phase, sample=awake)
        elif not brief:
            yield Step(QUARTER, phase, sample=awake, expected=_expected(model), drive=drive)
        phase = next_phase.name
        if brief:
            yield from _brief(phase, timing, model, sample=awake)
            continue
        if timing.gated:
            yield from _gated(phase, drive, timing, sample=awake)
            awake = awake or bool(cycle.resets)
            continue
        if model:
            model.apply(drive, cycle.resets | cycle.pulsed)
        # A reset of either kind may or may not have acted before the edge.
        certain = timing.strict_reset or not (live and cycle.resets)
        yield from _to_active_edge(phase, cycle, timing, model, sample=awake and certain, live=live)
        awake = awake or bool(cycle.resets)
        if model:
            model.edge(cycle.resets)
    yield Step(QUARTER, phase, sample=awake, expected=_expected(model))


def _brief(phase: str, timing: Timing, model: Model | None, *, sample: bool) -> Iterator[Step]:
    """Take a clock cycle in which no other input changes, and look once, before its end."""
    clock = timing.clocks[0]
    yield Step(2 * QUARTER, phase, drive={clock.name: 1 - clock.active})
    drive = {clock.name: clock.active}
    yield Step(2 * QUARTER, phase, sample=sample, expected=_expected(model), drive=drive)
    if model:
        model.edge()


def _gated(phase: str, drive: Mapping[str, int], timing: Timing, *, sample: bool) -> Iterator[Step]:
    """Take a clock cycle in which inputs change after the inactive edge; without a model."""
    clock = timing.clocks[0]
    yield Step(QUARTER, phase, sample=sample, drive={clock.name: 1 - clock.active})
    yield Step(QUARTER, phase, sample=sample, drive=drive)
    yield Step(QUARTER, phase, sample=sample, drive={clock.name: clock.active})


def _to_active_edge(
    phase: str, cycle: Cycle, timing: Timing, model: Model | None, *, sample: bool, live: bool
) -> Iterator[Step]:
    clock = timing.clocks[0]
    # A golden design may also work at the other edge, so it is looked at before that one too.
    expected = _expected(model) if live else None
    drive = {clock.name: 1 - clock.active}
    yield Step(QUARTER, phase, sample=sample and live, expected=expected, drive=drive)
    rest = 2 * QUARTER
    if cycle.pulsed or cycle.late:
        rest = QUARTER
        change = _second(cycle, timing)
        yield Step(QUARTER, phase, sample=sample, expected=_expected(model), drive=change)
        if model:
            model.apply(change, cycle.resets)
    drive = {clock.name: clock.active}
    yield Step(rest, phase, sample=sample, expected=_expected(model), drive=drive)


def _second(cycle: Cycle, timing: Timing) -> dict[str, int]:
    """Return what changes once more within `cycle`."""
    released = {r.name: 1 - r.asserted for r in timing.resets if r.name in cycle.pulsed}
    return {**cycle.late, **released}


def _many_clocks(stimulus: Stimulus, inputs: Sequence[str], timing: Timing) -> Iterator[Step]:
    """Drive clocks of several ratios, never two changes at once; look before every change.

    Each turn has one slot for every clock, in either order, and the inputs change
    in a slot of their own, so that no order of evaluation can matter.
    """
    levels = {clock.name: 1 - clock.active for clock in timing.clocks}
    now = dict.fromkeys(inputs, 0) | timing.levels(Cycle({}))
    yield Step(0, "start", drive={**now, **levels})
    phase, turn, awake = "start", 0, not timing.resets
    for number, (next_phase, cycle) in enumerate(stimulus):
        drive = _news(now, {**cycle.values, **timing.levels(cycle)})
        now |= drive
        yield Step(QUARTER, phase, sample=awake, drive=drive)
        phase = next_phase.name
        halves = _halves(len(timing.clocks), number // _SAME_RATIO)
        slots = list(zip(timing.clocks, halves))[:: 1 if number // 2 % 2 else -1]  # noqa: B905
        for _ in range(max(halves) + number % 3):
            turn += 1
            for clock, half in slots:
                if turn % half == 0:
                    levels[clock.name] ^= 1
                    edge = {clock.name: levels[clock.name]}
                    yield Step(QUARTER, phase, sample=awake, drive=edge)
        awake = awake or bool(cycle.resets)
    yield Step(QUARTER, phase, sample=awake)


_SAME_RATIO = 48
"""Cycles after which the clocks have another ratio."""


def _halves(clocks: int, number: int) -> list[int]:
    """Return the turns of half a period of every clock: unrelated, equal, multiples."""
    unrelated = [(3, 5, 7, 11, 13, 17, 19, 23)[i % 8] for i in range(clocks)]
    ratios = (unrelated, [1] * clocks, unrelated[::-1], [i + 1 for i in range(clocks)])
    return (*ratios, ratios[3][::-1])[number % 5]


def checks_in(steps: Iterable[Step], outputs: int) -> int:
    """Count the checks: samples times output ports of which some bit is expected."""
    total = 0
    for step in steps:
        if step.sample:
            expected = step.expected
            cared = outputs if expected is None else sum(map(cares, expected.values()))
            total += cared
    return total


def cares(expected: str) -> bool:
    """Whether any bit of an expected value matters."""
    return "0" in expected or "1" in expected
