"""All machines of a design, with what is needed to write one of them back."""

from __future__ import annotations

from dataclasses import dataclass

from sim.design import Design
from sim.errors import InvalidDesign
from sim.interface import Interface
from symbolic.bdd import ready
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import Unreadable, read_dataflow
from symbolic.dataflow.source_map import source_map
from symbolic.extract import ExtractedMachine, NotExtracted, machines
from symbolic.extract_names import constants_of
from symbolic.optimize_input import read_input
from symbolic.optimize_together import both


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A design and its machines."""

    design: Design
    interface: Interface
    module: Dataflow
    machines: tuple[ExtractedMachine, ...]
    """In the order of their places."""
    missed: tuple[NotExtracted, ...]


def lifted(design: Design) -> Lifted:
    """Find the machines of a design's top module.

    Raises:
        InvalidDesign: It does not compile, or its top module is beyond what can be looked at.
        ToolNotFound: pyosys is not installed.
        EnvironmentFault: No child process can be run.
    """
    interface, _ = both(lambda: read_input(design), ready)
    (module,), places = both(
        lambda: read_dataflow([design], [interface]), lambda: source_map(design)
    )
    if isinstance(module, Unreadable):
        raise InvalidDesign(f"module {design.top!r} cannot be looked at: {module}")
    found = machines(module, constants=constants_of(design, places))
    found.sort(key=lambda one: _line(one.place))
    return Lifted(
        design=design,
        interface=interface,
        module=module,
        machines=tuple(one for one in found if isinstance(one, ExtractedMachine)),
        missed=tuple(one for one in found if isinstance(one, NotExtracted)),
    )


def _line(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return file, int(line) if line.isdigit() else 0
