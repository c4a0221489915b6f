"""From a waveform to the smallest circuit that would have drawn it.

The result is a guess that reproduces every row; it says how many cases the
waveform leaves open and whether another circuit as small fits as well. Where
nothing small fits, the reason is returned instead.

How the rows were sampled is inferred, too: at the row of a clock edge, inputs
may already show what they become, and outputs may still show what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.interface import Edge, Interface, Port
from symbolic.bounds import shows_bounds
from symbolic.circuit import Circuit, Storage, Trigger
from symbolic.equations import Assignment, Equations
from symbolic.expression import Ref, names
from symbolic.fit import Fit, differ, fit
from symbolic.machine_search import smallest_machine
from symbolic.recording import (
    CONVENTIONS,
    Convention,
    Recording,
    cycles_of,
    from_known,
    is_known,
    row_samples,
    shown_bits,
    signals_of,
    text_of,
)
from symbolic.samples import Sample, Signal
from symbolic.state_table import StateTable
from symbolic.truth_table import Row, TruthTable
from symbolic.waveform import Waveform

_COMPLETE_INPUTS = 16
"""Most input bits of a table that is looked through for gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """A circuit that reproduces a waveform."""

    model: TruthTable | Equations | Circuit | StateTable
    unseen: int
    """Cases (of inputs and state) that no row determines."""
    cases: int
    """All cases."""
    ambiguous: bool
    """Whether a different circuit, equally small, fits as well."""
    convincing: bool
    """Whether the rows leave little room for another circuit; false is a reason to ask."""
    notes: tuple[str, ...]
    """What was assumed, as sentences without a period."""
    convention: Convention | None = None
    """How the rows of a sequential circuit are taken to be sampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInference:
    """Why nothing could be inferred."""

    reason: str


def infer(
    waveform: Waveform, interface: Interface, *, edge: Edge | None = None
) -> Inference | NoInference:
    """Infer a sequential circuit if there is a clock, else a combinational one.

    `edge` is the clock edge where the specification states it.
    """
    if waveform.clock is not None:
        return infer_sequential(waveform, interface, edge=edge)
    found = infer_combinational(waveform, interface)
    if isinstance(found, Inference):
        return found
    memory = infer_sequential(waveform, interface, edge=edge)
    return memory if isinstance(memory, Inference) else found


# -- combinational ----------------------------------------------------------


def infer_combinational(waveform: Waveform, interface: Interface) -> Inference | NoInference:
    """Find the smallest function of the inputs that gives the outputs of every row."""
    missing = _missing(waveform, interface)
    if missing:
        return NoInference(reason=f"output {missing!r} is not shown")
    signals = signals_of(port for port in waveform.inputs if port.name != waveform.clock)
    table = observed_table(waveform)
    if isinstance(table, NoInference):
        return table
    if len(table.inputs) <= _COMPLETE_INPUTS and table.complete:
        cases = 1 << len(table.inputs)
        return Inference(
            model=table, unseen=0, cases=cases, ambiguous=False, convincing=True, notes=()
        )
    assignments, fits = [], []
    for port in waveform.outputs:
        found = fit(row_samples(waveform, port, signals), signals, port.width)
        if found is None:
            return NoInference(reason=f"no small function of the inputs gives {port.name!r}")
        assignments.append(Assignment(target=Ref(port.name, port.bits), value=found.value))
        fits.append(found)
    equations = Equations(inputs=table.inputs, assignments=tuple(assignments))
    unseen, cases = max(one.unseen for one in fits), max(one.cases for one in fits)
    return Inference(
        model=equations,
        unseen=unseen,
        cases=cases,
        ambiguous=any(one.ambiguous for one in fits),
        convincing=all(one.convincing for one in fits),
        notes=(f"{unseen} of {cases} input combinations are not shown",) if unseen else (),
    )


def observed_table(waveform: Waveform) -> TruthTable | NoInference:
    """Return exactly what the rows say as a table; rows with unknown inputs are left out."""
    ports = [port for port in waveform.inputs if port.name != waveform.clock]
    rows: dict[str, tuple[str, str]] = {}
    for row, time in enumerate(waveform.times):
        inputs = "".join(text_of(waveform.samples(port.name)[row], port.width) for port in ports)
        outputs = "".join(
            text_of(waveform.samples(port.name)[row], port.width) for port in waveform.outputs
        )
        if "-" in inputs or set(outputs) == {"-"}:
            continue
        earlier, known = rows.get(inputs, (time, outputs))
        if any("-" not in pair and pair[0] != pair[1] for pair in zip(known, outputs, strict=True)):
            return NoInference(
                reason=f"the outputs at {earlier} and {time} differ for the same inputs"
            )
        merged = (q if p == "-" else p for p, q in zip(known, outputs, strict=True))
        rows[inputs] = (earlier, "".join(merged))
    if not rows:
        return NoInference(reason="no row shows known inputs and outputs")
    return TruthTable(
        inputs=tuple(name for port in ports for name in port.bits),
        outputs=tuple(name for port in waveform.outputs for name in port.bits),
        rows=tuple(Row(inputs=key, outputs=rows[key][1]) for key in sorted(rows)),
    )


def _missing(waveform: Waveform, interface: Interface) -> str | None:
    shown = {port.name for port in waveform.outputs}
    return next((port.name for port in interface.outputs if port.name not in shown), None)


# -- sequential -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """An explanation of one output."""

    port: Port
    fit: Fit
    cost: float
    signals: Sequence[Signal] = ()
    """What it may depend on."""
    trigger: Trigger | None = None
    control: str = ""
    contested: bool = False
    bounds_shown: bool = True
    covered: bool = True
    """Whether few enough cases of inputs and state are missing, where there are few in all."""

    @property
    def kind(self) -> tuple[Trigger | None, str]:
        """What sort of element it is."""
        return self.trigger, self.control

    @property
    def registered(self) -> bool:
        return self.trigger is not None and not self.trigger.latch


def infer_sequential(
    waveform: Waveform, interface: Interface, *, edge: Edge | None = None
) -> Inference | NoInference:
    """Find the smallest circuit with memory that gives the outputs of every row.

    With `edge` given, registers are clocked by that edge and no other.
    Without a clock column every row is taken for one clock cycle if the
    interface has a clock; otherwise only latches are possible.
    """
    missing = _missing(waveform, interface)
    if missing:
        return NoInference(reason=f"output {missing!r} is not shown")
    found = []
    for convention in CONVENTIONS:
        parts = _explain(Recording(waveform, interface, convention, edge))
        if parts is not None:
            cost = sum(part.cost for part in parts) + (_LATE if convention.outputs_late else 0)
            found.append((cost, parts, convention))
    if not found:
        return _machine(waveform, interface, edge)
    best = min(found, key=lambda one: one[0])
    rivals = [parts for cost, parts, _ in found if cost == best[0]]
    unlike = any(_behavior(parts) != _behavior(best[1]) for parts in rivals)
    unlike = unlike or best[2].outputs_late or any(part.contested for part in best[1])
    return _inference(waveform, best[1], best[2], differ=unlike)


def _behavior(parts: Sequence[_Part]) -> list[tuple[object, ...]]:
    return [(part.port.name, part.fit.value, part.trigger, part.control) for part in parts]


def _explain(recording: Recording) -> list[_Part] | None:
    """Explain every output, first by inputs and itself, then also by other registers."""
    ports = recording.waveform.outputs
    first = {port.name: _cheapest(_alone(recording, port)) for port in ports}
    registers = [port for port in ports if (part := first[port.name]) and part.registered]
    parts = []
    for port in ports:
        others = [other for other in registers if other.name != port.name]
        options = [part for part in (first[port.name],) if part is not None]
        if others and not (options and options[0].registered and options[0].cost < _CHEAP):
            options += _together(recording, port, others)
        best = _cheapest(options)
        if best is None:
            return None
        parts.append(best)
    return parts


_LATE = 1.5
"""What it costs to assume that outputs are shown late: usually they are not."""
_CHEAP = 4.0
"""Cost below which no other registers are looked at."""


def _cheapest(parts: Sequence[_Part]) -> _Part | None:
    """Return the explanation of least cost; it is contested if another kind costs the same."""
    best = min(parts, key=lambda part: part.cost, default=None)
    if best is None:
        return None
    rivals = [part for part in parts if part.cost == best.cost]
    contested = best.contested or any(_unlike(best, part) for part in rivals)
    return replace(best, contested=contested)


def _unlike(one: _Part, other: _Part) -> bool:
    """Whether two explanations of an output are of another kind, or other functions."""
    if one.kind != other.kind or other.fit.ambiguous:
        return True
    signals = {signal.name: signal for signal in (*one.signals, *other.signals)}
    return differ(one.fit.value, other.fit.value, tuple(signals.values()))


def _alone(recording: Recording, port: Port) -> list[_Part]:
    """Return explanations of one output by the inputs and its own past."""
    inputs = recording.inputs
    own = Signal(name=port.name, bits=port.bits, state=True)
    found = _combinational(recording, port, inputs, 0.0)
    for trigger, extra in _triggers(recording):
        for signals in (inputs, [*inputs, own]):
            found += _register(recording, port, trigger, signals, extra)
    found += _latches(recording, port, inputs)
    return found


def _triggers(recording: Recording) -> list[tuple[Trigger, float]]:
    """Return kinds of register with what they cost more than the usual one."""
    if recording.edge is not None:
        falling = recording.edge is Edge.FALLING
        return [(Trigger.FALLING if falling else Trigger.RISING, 1.0)]
    return [(Trigger.RISING, 1.0), (Trigger.FALLING, 1.2), (Trigger.BOTH, 3.0)]


def _together(recording: Recording, port: Port, others: Sequence[Port]) -> list[_Part]:
    """Return explanations of one output by the inputs and the registers seen at other outputs."""
    inputs, stored = recording.inputs, signals_of(others, state=True)
    own = Signal(name=port.name, bits=port.bits, state=True)
    found = _combinational(recording, port, [*inputs, *stored], 0.0)
    for trigger, extra in _triggers(recording)[:2]:
        for signals in ([*inputs, *stored], [*inputs, own, *stored]):
            found += _register(recording, port, trigger, signals, extra)
    return found


def _combinational(
    recording: Recording, port: Port, signals: Sequence[Signal], extra: float
) -> list[_Part]:
    samples = row_samples(recording.waveform, port, signals)
    found = fit(samples, signals, port.width) if samples and signals else None
    return (
        []
        if found is None
        else [_Part(port=port, fit=found, cost=found.cost + extra, signals=signals)]
    )


def _register(
    recording: Recording, port: Port, trigger: Trigger, signals: Sequence[Signal], extra: float
) -> list[_Part]:
    samples = recording.register_samples(port, trigger, signals)
    found = fit(samples, signals, port.width) if samples else None
    if found is None or samples is None:
        return []
    own = next((signal for signal in signals if signal.name == port.name), None)
    return [
        _Part(
            port=port,
            fit=found,
            cost=found.cost + extra,
            signals=signals,
            trigger=trigger,
            control=recording.clock,
            bounds_shown=own is None or shows_bounds(found.value, own, samples),
            covered=found.cost <= _COPY
            or port.width > 1
            or (_covers(recording, port, trigger) and (found.over_words or _again(samples, found))),
        )
    ]


_COPY = 1.0
"""Cost of a register that takes over an input or its inverse: the most usual one."""
_LEAST_SAMPLES = 13
_LEAST_EDGES = 12
_LISTED_BITS = 4
"""Most bits of inputs and state of which nearly all combinations have to be shown."""


def _covers(recording: Recording, port: Port, trigger: Trigger) -> bool:
    """Tell whether nearly all cases of a small register are shown, its own value included.

    A register may depend on its value even if what is shown can be told without it.
    """
    signals = [*recording.inputs, Signal(name=port.name, bits=port.bits, state=True)]
    count = sum(signal.width for signal in signals)
    if count > _LISTED_BITS:
        return True
    samples = recording.register_samples(port, trigger, signals) or []
    seen = {tuple(s.values.items()) for s in samples if None not in s.values.values()}
    return 8 * ((1 << count) - len(seen)) <= 1 << count


def _again(samples: Sequence[Sample], found: Fit) -> bool:
    return len(samples) >= _LEAST_SAMPLES and 4 * len(samples) >= 7 * found.cases


def _repeats(shown: int, cases: int) -> bool:
    """Tell whether cases are shown often enough for a state that is not seen to come to light."""
    return shown >= _LEAST_EDGES and 4 * shown >= 9 * cases


def _moves(waveform: Waveform, port: Port) -> bool:
    """Tell whether every bit of an output is shown both low and high."""
    shown = [value for value in waveform.samples(port.name) if value is not None]
    full = (1 << port.width) - 1
    low = high = 0
    for value in shown:
        low, high = low | full & ~value, high | value
    return low == high == full


def _latches(recording: Recording, port: Port, inputs: Sequence[Signal]) -> list[_Part]:
    clock = [recording.waveform.clock] if recording.waveform.clock is not None else []
    enables = [(name, 2.0) for name in clock]
    enables += [(signal.name, 2.5) for signal in inputs if signal.width == 1]
    found = []
    for control, extra in enables:
        for trigger, level in ((Trigger.HIGH, 1), (Trigger.LOW, 0)):
            signals = [signal for signal in inputs if signal.name != control]
            samples = recording.latch_samples(port, control, level, signals)
            best = fit(samples, signals, port.width) if samples and signals else None
            if best is not None:
                cost = best.cost + extra
                part = _Part(port=port, fit=best, cost=cost, signals=signals)
                found.append(replace(part, trigger=trigger, control=control))
    return found


def _inference(
    waveform: Waveform, parts: Sequence[_Part], convention: Convention, *, differ: bool
) -> Inference:
    storage = [
        Storage(
            target=Ref(part.port.name, part.port.bits),
            trigger=part.trigger,
            control=part.control,
            value=part.fit.value,
            initial=_at_power_on(waveform, part),
        )
        for part in parts
        if part.trigger is not None
    ]
    assignments = [
        Assignment(target=Ref(part.port.name, part.port.bits), value=part.fit.value)
        for part in parts
        if part.trigger is None
    ]
    inputs = [port for port in waveform.inputs if port.name != waveform.clock]
    bits = tuple(name for port in inputs for name in port.bits)
    unseen, cases = sum(part.fit.unseen for part in parts), sum(part.fit.cases for part in parts)
    notes = [f"{part.port.name} is taken to be {_kind(part)}" for part in parts]
    if any(part.registered for part in parts):
        notes.append(_convention_note(convention))
    notes += [
        f"what {part.port.name} does at its bounds is not shown"
        for part in parts
        if not part.bounds_shown
    ]
    if unseen:
        notes.append(f"{unseen} of {cases} cases are not shown")
    model: Equations | Circuit = Circuit(
        inputs=bits, storage=tuple(storage), assignments=tuple(assignments)
    )
    if not storage:
        model = Equations(inputs=bits, assignments=tuple(assignments))
    ambiguous = differ or any(part.fit.ambiguous for part in parts)
    return Inference(
        model=model,
        unseen=unseen,
        cases=cases,
        ambiguous=ambiguous,
        convincing=not differ and all(_convinces(waveform, part) for part in parts),
        notes=tuple(notes),
        convention=convention,
    )


def _convinces(waveform: Waveform, part: _Part) -> bool:
    counts = bool(set(names(part.fit.value)) & set(part.port.bits))
    moves = counts or _moves(waveform, part.port)
    return part.bounds_shown and part.covered and moves and part.fit.convincing


def _at_power_on(waveform: Waveform, part: _Part) -> int | None:
    """Return what a register shows in the first row, None where that says nothing."""
    if part.trigger not in (Trigger.RISING, Trigger.FALLING):
        return None
    return waveform.samples(part.port.name)[0]


def _kind(part: _Part) -> str:
    if part.trigger is None:
        return "combinational"
    kind = "a latch open at" if part.trigger.latch else "a register clocked by"
    return f"{kind} the {part.trigger.value} of {part.control}"


def _convention_note(convention: Convention) -> str:
    inputs = "the row before" if convention.inputs_before else "its own row"
    outputs = "the row after" if convention.outputs_late else "its own row"
    return f"an edge is taken to see the inputs of {inputs} and to show its effect in {outputs}"


# -- hidden state -----------------------------------------------------------


def _machine(
    waveform: Waveform, interface: Interface, edge: Edge | None
) -> Inference | NoInference:
    """Find the smallest state machine whose states are not seen."""
    reason = "no register, latch, counter or machine of at most four states gives these outputs"
    inputs = [port for port in waveform.inputs if port.name != waveform.clock]
    bits = [name for port in inputs for name in port.bits]
    outputs = [name for port in waveform.outputs for name in port.bits]
    for convention in CONVENTIONS:
        recording = Recording(waveform, interface, convention, edge)
        for trigger, _ in _triggers(recording)[:2]:
            cycles = cycles_of(recording, trigger, inputs)
            settled = len(cycles) > 0 and cycles[0].sampled is not None and is_known(cycles[0])
            found = smallest_machine(from_known(cycles), bits, outputs, settled=settled)
            if found is None or 4 * found.cases > shown_bits(cycles):
                continue
            notes = (
                f"a machine of {len(found.table.states)} states is the smallest that fits",
                f"it is clocked by the {trigger.value} of {recording.clock}",
                _convention_note(convention),
                f"{found.unseen} of {found.cases} cases are not shown",
            )
            return Inference(
                model=found.table,
                unseen=found.unseen,
                cases=found.cases,
                ambiguous=found.ambiguous,
                convincing=not found.ambiguous
                and not found.unseen
                and _repeats(len(cycles), found.cases),
                notes=notes,
                convention=convention,
            )
    return NoInference(reason=reason)
