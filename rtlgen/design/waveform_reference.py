"""Waveforms as references: what was recorded is checked, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from sim.interface import Edge, Interface
from symbolic.infer import Inference, infer
from symbolic.recording import Convention
from symbolic.waveform import Waveform
from testbench_gen import Recorded, Recording


def recording_of(waveform: Waveform, interface: Interface) -> Recording | None:
    """Return `waveform` as steps to be replayed, None where it can be read in two ways.

    A row in which the clock and other inputs change is replayed in the order
    that the circuit inferred from the waveform needs.
    """
    convention = _convention(waveform, interface)
    if convention is None or convention.outputs_late:
        return None
    return Recording(
        steps=tuple(_steps(waveform, interface, convention)),
        input_bits=tuple(bit for port in interface.inputs for bit in port.bits),
        output_bits=tuple(bit for port in waveform.outputs for bit in port.bits),
    )


def _convention(waveform: Waveform, interface: Interface) -> Convention | None:
    found = infer(waveform, interface)
    if isinstance(found, Inference) and found.convention is not None:
        return found.convention
    if waveform.clock is not None and not _changes_together(waveform, waveform.clock):
        return Convention(inputs_before=True, outputs_late=False)
    return None


def _changes_together(waveform: Waveform, clock: str) -> bool:
    """Whether some row changes both the clock and another input."""
    rows = [_inputs(waveform, row) for row in range(waveform.rows)]
    return any(
        before[clock] != after[clock]
        and any(before[name] != after[name] for name in after if name != clock)
        for before, after in pairwise(rows)
    )


def _inputs(waveform: Waveform, row: int) -> dict[str, int]:
    """Return the inputs of a row; one that is unknown is driven low."""
    return {port.name: waveform.samples(port.name)[row] or 0 for port in waveform.inputs}


def _steps(waveform: Waveform, interface: Interface, convention: Convention) -> Iterator[Recorded]:
    idle = {port.name: 0 for port in interface.inputs}
    idle |= {reset.port: int(reset.active_low) for reset in interface.resets}
    clock = waveform.clock or (interface.clocks[0].port if interface.clocks else None)
    before: dict[str, int] | None = None
    for row in range(waveform.rows):
        now = {**idle, **_inputs(waveform, row)}
        if clock is not None and waveform.clock is None:
            active = int(interface.clocks[0].edge is Edge.RISING)
            now[clock] = 1 - active
            if before is not None:
                data = before if convention.inputs_before else now
                yield Recorded(inputs={**data, clock: active}, outputs={})
        elif clock is not None and before is not None and before[clock] != now[clock]:
            data = before if convention.inputs_before else now
            level = now[clock] if convention.inputs_before else before[clock]
            yield Recorded(inputs={**data, clock: level}, outputs={})
        yield Recorded(inputs=now, outputs=_outputs(waveform, row))
        before = now


def _outputs(waveform: Waveform, row: int) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for port in waveform.outputs:
        value = waveform.samples(port.name)[row]
        if value is not None:
            known |= dict(zip(port.bits, format(value, f"0{port.width}b"), strict=True))
    return known
