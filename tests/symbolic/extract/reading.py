"""Verilog text to machines, several at once."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from sim.design import Design
from sim.interface import Interface, infer_timing, read_interface
from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.dataflow.source_map import source_maps
from symbolic.extract import ExtractedMachine, Limits, NotExtracted, machines
from symbolic.extract_names import constants_of

Found = list[ExtractedMachine | NotExtracted]


def designs_of(texts: Sequence[str], top: str = "top") -> list[Design]:
    return [Design(top=top, sources={"top.sv": text}) for text in texts]


def interface_of(design: Design) -> Interface:
    return infer_timing(design, read_interface(design))


def modules_of(designs: Sequence[Design]) -> list[Dataflow]:
    interfaces = [interface_of(design) for design in designs]
    found = []
    for module in read_dataflow(designs, interfaces, latches=True):
        assert isinstance(module, Dataflow), str(module)
        found.append(module)
    return found


def extracted(
    texts: Sequence[str], *, limits: Limits | None = None
) -> list[tuple[Dataflow, Found]]:
    """Return what each text becomes; one child process reads them all."""
    designs = designs_of(texts)
    return [
        (
            module,
            machines(module, limits=limits or Limits(), constants=constants_of(design, source)),
        )
        for design, module, source in zip(
            designs, modules_of(designs), source_maps(designs), strict=True
        )
    ]


def table_rows(machine: ExtractedMachine) -> set[str]:
    """Return the transitions, outputs apart."""
    return {f"{t.state} --{t.inputs}--> {t.target}" for t in machine.table.transitions}


def differences(a: Dataflow, b: Dataflow, cycles: int = 400) -> list[int]:
    """Return the cycles after the first, in which resets are active, with different outputs."""
    inputs = _random_inputs(a.interface, cycles)
    pairs = zip(simulate(a, inputs), simulate(b, inputs), strict=True)
    return [cycle for cycle, (left, right) in enumerate(pairs) if cycle and left != right]


def _random_inputs(interface: Interface, cycles: int) -> list[Mapping[str, int]]:
    rng = random.Random(0)
    resets = {reset.port: int(not reset.active_low) for reset in interface.resets}
    found = []
    for cycle in range(cycles):
        values = {port.name: rng.getrandbits(port.width) for port in interface.inputs}
        active = cycle == 0 or rng.random() < 0.02
        values |= {name: value if active else 1 - value for name, value in resets.items()}
        found.append(values)
    return found
