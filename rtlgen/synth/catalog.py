"""All families of the corpus."""

from __future__ import annotations

from rtlgen.synth.drawn import Family
from rtlgen.synth.families import (
    adders,
    arbiters,
    buffers,
    code_counters,
    control_counters,
    controllers,
    counters,
    detectors,
    dsp,
    edges,
    expressions,
    fifos,
    flip_flops,
    gates,
    lfsrs,
    machine_logic,
    machines,
    muxes,
    packets,
    registers,
    serial,
    shift_modes,
    shifters,
    streams,
    tables,
    timers,
)

ALL: tuple[Family, ...] = (
    *counters.FAMILIES,
    *adders.FAMILIES,
    *expressions.FAMILIES,
    *tables.FAMILIES,
    *muxes.FAMILIES,
    *gates.FAMILIES,
    *flip_flops.FAMILIES,
    *registers.FAMILIES,
    *machines.FAMILIES,
    *machine_logic.FAMILIES,
    *controllers.FAMILIES,
    *code_counters.FAMILIES,
    *control_counters.FAMILIES,
    *timers.FAMILIES,
    *detectors.FAMILIES,
    *streams.FAMILIES,
    *shifters.FAMILIES,
    *shift_modes.FAMILIES,
    *lfsrs.FAMILIES,
    *arbiters.FAMILIES,
    *fifos.FAMILIES,
    *buffers.FAMILIES,
    *edges.FAMILIES,
    *dsp.FAMILIES,
    *serial.FAMILIES,
    *packets.FAMILIES,
)
FAMILIES: dict[str, Family] = {family.name: family for family in ALL}
"""By name; a name is never used twice, which a test sees to."""
