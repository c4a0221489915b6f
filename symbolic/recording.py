"""A waveform read under a convention of how its rows were sampled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.interface import Edge, Interface, Port
from symbolic.circuit import Trigger
from symbolic.machine_search import Cycle
from symbolic.samples import Sample, Signal
from symbolic.waveform import Waveform


def text_of(value: int | None, width: int) -> str:
    """Write a value as bits, `-` where it is unknown."""
    return "-" * width if value is None else format(value, f"0{width}b")


def signals_of(ports: Iterable[Port], *, state: bool = False) -> list[Signal]:
    """Return ports as signals that a function may depend on."""
    return [Signal(name=port.name, bits=port.bits, state=state) for port in ports]


def bits_of(waveform: Waveform, signal: Signal, row: int) -> dict[str, int | None]:
    """Return the bits of a signal in one row."""
    word = waveform.samples(signal.name)[row]
    places = range(signal.width - 1, -1, -1)
    return {
        name: None if word is None else word >> i & 1
        for name, i in zip(signal.bits, places, strict=True)
    }


def row_samples(waveform: Waveform, port: Port, signals: Sequence[Signal]) -> list[Sample]:
    """Return a sample for each row in which the output is known."""
    found = []
    for row, result in enumerate(waveform.samples(port.name)):
        if result is not None:
            values = {k: v for signal in signals for k, v in bits_of(waveform, signal, row).items()}
            found.append(Sample(values=values, result=result))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """How rows were sampled around an edge."""

    inputs_before: bool
    """Whether an edge sees the inputs of the row before it."""
    outputs_late: bool
    """Whether outputs change one row after the edge's."""


CONVENTIONS = tuple(
    Convention(inputs_before=before, outputs_late=late)
    for late in (False, True)
    for before in (True, False)
)


@dataclass(frozen=True, slots=True)
class Recording:
    """A waveform with a way to read it."""

    waveform: Waveform
    interface: Interface
    convention: Convention
    edge: Edge | None = None
    """The clock edge, where it is known."""

    def text(self, ports: Sequence[Port], row: int) -> str:
        """Write the values of `ports` in a row as bits."""
        return "".join(text_of(self.waveform.samples(p.name)[row], p.width) for p in ports)

    @property
    def clock(self) -> str:
        if self.waveform.clock is not None:
            return self.waveform.clock
        return self.interface.clocks[0].port if self.interface.clocks else ""

    @property
    def inputs(self) -> list[Signal]:
        return signals_of(port for port in self.waveform.inputs if port.name != self.clock)

    def edges(self, trigger: Trigger) -> list[int]:
        """Return the rows in which the clock has just changed."""
        rows = range(1, self.waveform.rows)
        if self.waveform.clock is None:
            return list(rows) if self.clock and trigger is Trigger.RISING else []
        clock = self.waveform.samples(self.waveform.clock)
        wanted = {
            Trigger.RISING: ((0, 1),),
            Trigger.FALLING: ((1, 0),),
            Trigger.BOTH: ((0, 1), (1, 0)),
        }[trigger]
        return [row for row in rows if (clock[row - 1], clock[row]) in wanted]

    def register_samples(
        self, port: Port, trigger: Trigger, signals: Sequence[Signal]
    ) -> list[Sample] | None:
        """Return what each edge did, None if the output also changes elsewhere."""
        late = int(self.convention.outputs_late)
        edges = self.edges(trigger)
        visible = {edge + late for edge in edges}
        output = self.waveform.samples(port.name)
        if any(output[r] != output[r - 1] for r in range(1, len(output)) if r not in visible):
            return None
        found = []
        for edge in edges:
            after = edge + late
            if after < len(output) and (result := output[after]) is not None:
                sampled = edge - 1 if self.convention.inputs_before else edge
                found.append(Sample(values=self._seen(signals, sampled, after - 1), result=result))
        return found or None

    def _seen(self, signals: Sequence[Signal], sampled: int, before: int) -> dict[str, int | None]:
        values: dict[str, int | None] = {}
        for signal in signals:
            values |= bits_of(self.waveform, signal, before if signal.state else sampled)
        return values

    def latch_samples(
        self, port: Port, control: str, level: int, signals: Sequence[Signal]
    ) -> list[Sample] | None:
        """Return what the output was while transparent, None if it did not hold otherwise."""
        enable, output = self.waveform.samples(control), self.waveform.samples(port.name)
        holding = [r for r in range(1, len(output)) if enable[r] == 1 - level]
        if not holding or any(output[r] != output[r - 1] for r in holding):
            return None
        open_rows = [r for r in range(len(output)) if enable[r] == level]
        found = []
        for row in open_rows:
            result = output[row]
            if result is not None:
                values = self._seen(signals, row, row)
                found.append(Sample(values=values, result=result))
        return found or None


def cycles_of(recording: Recording, trigger: Trigger, inputs: Sequence[Port]) -> list[Cycle]:
    """Cut the recording at its edges."""
    late = int(recording.convention.outputs_late)
    back = int(recording.convention.inputs_before)
    edges = recording.edges(trigger)
    bounds = [0, *(edge + late for edge in edges), recording.waveform.rows]
    cycles = []
    for i, (start, end) in enumerate(pairwise(bounds)):
        seen = [
            (recording.text(inputs, row), recording.text(recording.waveform.outputs, row))
            for row in range(start, end)
        ]
        sampled = recording.text(inputs, edges[i] - back) if i < len(edges) else None
        cycles.append(
            Cycle(
                seen=tuple(pair for pair in seen if "-" not in pair[0]),
                sampled=None if sampled is None or "-" in sampled else sampled,
            )
        )
    return cycles


def is_known(cycle: Cycle) -> bool:
    """Tell whether all outputs of a cycle are known."""
    return bool(cycle.seen) and all("-" not in outputs for _, outputs in cycle.seen)


def shown_bits(cycles: Sequence[Cycle]) -> int:
    """Return how many output bits are known."""
    texts = (outputs for cycle in cycles for _, outputs in cycle.seen)
    return sum(len(text) - text.count("-") for text in texts)


def from_known(cycles: Sequence[Cycle]) -> list[Cycle]:
    """Drop the cycles before everything is known."""
    last_unknown = max(
        (i for i, cycle in enumerate(cycles[:-1]) if cycle.sampled is None or not is_known(cycle)),
        default=-1,
    )
    return list(cycles[last_unknown + 1 :])
