"""Shortened stimuli tried on copies of one design, many in one simulation."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.process import Limits
from sim.simulate import Executed, Simulator, execute
from testbench_gen.render import render, standalone_modules
from testbench_gen.standalone.patterns import Cycle
from testbench_gen.standalone.shortened import Failure, shortened
from testbench_gen.testbench import Testbench
from testbench_gen.wires import WRAPPER, spans, wires

_MODULE = "rtlgen_shrink"
_MOST = 16
"""Stimuli in one simulation, at most."""
_CYCLES = 8192
"""Cycles of all stimuli in one simulation together, roughly."""
_REPORT_BYTES = 4 << 20


class Broken(Exception):
    """No further simulation is to be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """What is left out of a stimulus; reductions add up."""

    gone: frozenset[int] = frozenset()
    """Cycles that are left out, counted from 0."""
    taken: frozenset[tuple[int, str, str]] = frozenset()
    """What is taken from other cycles: its number, what, and which input where it is a value."""

    def __add__(self, other: Reduction) -> Reduction:
        return Reduction(gone=self.gone | other.gone, taken=self.taken | other.taken)

    def kept(self, total: int) -> list[int]:
        """Return the cycles that are left of `total`."""
        return [index for index in range(total) if index not in self.gone]


class _Found(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    token: str
    failed: list[int | None]
    rows: list[str]


@dataclass(slots=True, kw_only=True)
class Trials:
    """A design, its stimulus, and what is looked for."""

    testbench: Testbench
    design: Design
    """Admitted by the gate."""
    cycles: tuple[Cycle, ...]
    failure: Failure
    simulators: Sequence[Simulator]
    limits: Limits
    end: float
    """Of `time.monotonic()`: no simulation begins later."""
    most: int
    """Simulations at most."""
    run: int = field(default=0, init=False)
    """Simulations so far."""

    @property
    def fixed(self) -> bool:
        """Whether expectations are rows, known under one stimulus only."""
        return "expected.py" in self.testbench.files

    @property
    def in_order(self) -> bool:
        """Whether the reference is a recording, from which nothing can be left out."""
        return self.testbench.plan.timing.in_order

    def abreast(self, cycles: int) -> int:
        """Return how many stimuli of so many `cycles` are tried at once."""
        return max(2, min(_MOST, _CYCLES // max(1, cycles)))

    def played(self, reduction: Reduction) -> list[Cycle]:
        """Return the cycles of the reduced stimulus."""
        inputs = [port.name for port in self.testbench.plan.inputs]
        return list(shortened(self._base(), reduction.gone, sorted(reduction.taken), inputs))

    def ended(self, reduction: Reduction, begun: int) -> Reduction:
        """Return `reduction` without the cycles after the first `begun` that it keeps."""
        kept = reduction.kept(len(self.cycles))
        return reduction + Reduction(gone=frozenset(kept[begun:]))

    def failing(self, reductions: Sequence[Reduction]) -> list[int | None]:
        """Return for each how many cycles had begun when it failed; None if it did not.

        Raises:
            Broken: The budget is spent, or the simulation did not come to its end.
        """
        if self.run >= self.most or (self.run and time.monotonic() > self.end):
            raise Broken
        found = self._simulate(reductions, recorded=False)
        if found is None:
            raise Broken
        return found.failed

    def rows(self, reduction: Reduction) -> tuple[str, ...] | None:
        """Return what the reference expects at every sample of the reduced stimulus."""
        found = self._simulate([reduction], recorded=True)
        return None if found is None or found.failed == [None] else tuple(found.rows)

    def _simulate(self, reductions: Sequence[Reduction], *, recorded: bool) -> _Found | None:
        bench = self._bench(reductions, recorded=recorded)
        for simulator in self.simulators:
            self.run += 1
            done = execute(
                simulator.plan(self.design, bench),
                limits=self.limits,
                report_bytes=_REPORT_BYTES,
            )
            found = _read(done)
            if found is not None and len(found.failed) == len(reductions):
                return found
        return None

    def _bench(self, reductions: Sequence[Reduction], *, recorded: bool) -> CocotbBench:
        testbench = self.testbench
        interface, plan = testbench.interface, testbench.plan
        lanes = [(sorted(each.gone), sorted(each.taken)) for each in reductions]
        context = spans(
            {
                **wires(interface),
                "interface": interface,
                "golden": testbench.golden_module,
                "toplevel": WRAPPER,
                "width": sum(port.width for port in interface.outputs),
                "count": len(lanes),
                "timing": repr(plan.timing),
                "data_inputs": tuple(port.name for port in plan.inputs),
                "failure": repr(self.failure),
                "recorded": recorded,
                "base": json.dumps(self._base()),
                "lanes": json.dumps(lanes),
            }
        )
        names = {"reference.py"} & set(testbench.files)
        golden = {"golden.v": testbench.files["golden.v"]} if testbench.golden_module else {}
        return CocotbBench(
            test_module=_MODULE,
            python_files={
                f"{_MODULE}.py": render("shrink/shrink.py.j2", context),
                **{name: testbench.files[name] for name in names},
                **standalone_modules("lanes.py", "shortened.py"),
            },
            toplevel=WRAPPER,
            expected_checks=1,
            hdl_files={**golden, f"{WRAPPER}.v": render("shrink/shrink.v.j2", context)},
            golden=bool(golden),
            data=testbench.data,
            reserved=testbench.bench.reserved | {WRAPPER},
        )

    def _base(self) -> list[list[object]]:
        return [
            [dict(c.values), sorted(c.resets), dict(c.late), sorted(c.pulsed)] for c in self.cycles
        ]


def _read(done: Executed) -> _Found | None:
    last = done.runs[-1]
    if last.limit is not None or done.report is None:
        return None
    try:
        found = _Found.model_validate_json(done.report)
    except ValidationError:
        return None
    return found if found.token == done.token else None
