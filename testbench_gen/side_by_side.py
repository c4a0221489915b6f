"""One testbench for many designs: side by side under one stimulus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sim.cocotb_bench import CocotbBench
from sim.interface import Interface
from testbench_gen.plan import StimulusPlan
from testbench_gen.render import render, standalone_modules
from testbench_gen.wires import WRAPPER, spans, wires

MODULE = "rtlgen_side_by_side"
"""Name of the Python module with the cocotb test."""


_CHUNK_BITS = 64
"""Bits that are looked at as one signal; Icarus copies a wider one at every change of a bit."""


class Compared(Enum):
    """What the outputs of every design are compared with."""

    GOLDEN = "golden"
    """A golden design beside them."""
    REFERENCE = "reference"
    """`reference.py`."""
    ROWS = "rows"
    """The rows of `expected.py`."""
    NOTHING = "none"
    """They are recorded."""


_IMPORTS = {
    Compared.GOLDEN: ("Lanes", "Pace", "Secret", "rows_of", "unknown_as_any"),
    Compared.REFERENCE: ("Lanes", "Pace", "Secret", "row_of", "rows_of"),
    Compared.ROWS: ("Lanes", "Pace", "Secret", "rows_of"),
    Compared.NOTHING: ("Pace", "Recorder", "Secret", "rows_of"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Everything about the testbench but the designs."""

    interface: Interface
    plan: StimulusPlan
    compared: Compared
    samples: int
    expected_checks: int
    python: Mapping[str, str] = field(default_factory=dict)
    """`reference.py` or `expected.py`, where one is compared with."""
    golden: str = ""
    """Name of the golden module, where there is one."""
    golden_text: str = ""
    data: Mapping[str, bytes] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    brief: bool = False
    """Whether it may end early, with the checks made so far, where many have a mismatch.

    Then a design without one has made fewer checks than expected, and is to be judged again.
    """

    def bench(self, modules: Sequence[str]) -> CocotbBench:
        """Return the testbench for the designs with these top modules, one lane each."""
        width = sum(port.width for port in self.interface.outputs)
        context = spans(
            {
                **wires(self.interface),
                "interface": self.interface,
                "plan": self.plan,
                "modules": tuple(modules),
                "golden": self.golden,
                "compare": self.compared.value,
                "imports": _IMPORTS[self.compared],
                "samples": self.samples,
                "brief": self.brief,
                "toplevel": WRAPPER,
                "width": width,
                "chunks": _chunks(len(modules), width),
            }
        )
        golden = {"golden.v": self.golden_text} if self.golden else {}
        return CocotbBench(
            test_module=MODULE,
            python_files={
                f"{MODULE}.py": render("lanes.py.j2", context),
                "stimulus.py": render("stimulus.py.j2", context),
                **self.python,
                **standalone_modules("lanes.py"),
            },
            toplevel=WRAPPER,
            expected_checks=self.expected_checks,
            hdl_files={**golden, f"{WRAPPER}.v": render("lanes.v.j2", context)},
            golden=bool(self.golden),
            data=self.data,
            reserved=self.reserved | {WRAPPER},
        )


def _chunks(lanes: int, width: int) -> list[range]:
    """Return which lanes, each of `width` bits, are looked at together."""
    size = max(1, _CHUNK_BITS // width)
    return [range(first, min(first + size, lanes)) for first in range(0, lanes, size)]
