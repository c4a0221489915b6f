"""The machines under tests/data/fsm_rewrite, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.design import Design
from sim.interface import Interface, infer_timing, read_interface
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.dataflow.source_map import source_maps
from symbolic.extract import ExtractedMachine, machines
from symbolic.extract_names import constants_of
from symbolic.reduce import minimize_states
from symbolic.state_table import StateTable
from tests.golden import DATA

FOLDER = DATA / "fsm_rewrite"
FILES = sorted(path.name for path in FOLDER.glob("*v") if path.is_file())


@dataclass(frozen=True, kw_only=True)
class Case:
    """A design with one machine, or with the first of several."""

    file: str
    design: Design
    interface: Interface
    module: Dataflow
    machine: ExtractedMachine
    minimal: StateTable


@cache
def cases() -> dict[str, Case]:
    """Return all designs, read by one process."""
    designs = [_design(FOLDER / name) for name in FILES]
    interfaces = [infer_timing(design, read_interface(design)) for design in designs]
    modules = read_dataflow(designs, interfaces)
    found = {}
    for name, design, interface, module, source in zip(
        FILES, designs, interfaces, modules, source_maps(designs), strict=True
    ):
        assert isinstance(module, Dataflow), f"{name}: {module}"
        machine, *_ = machines(module, constants=constants_of(design, source))
        assert isinstance(machine, ExtractedMachine), f"{name}: {machine}"
        found[name] = Case(
            file=name,
            design=design,
            interface=interface,
            module=module,
            machine=machine,
            minimal=minimize_states(machine.table, seconds=5.0).table,
        )
    return found


def _design(path: Path) -> Design:
    return Design(top=path.stem, sources={path.name: path.read_text(encoding="utf-8")})
