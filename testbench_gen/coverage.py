"""Measures what a stimulus exercises of a design: compiled once, run as often as one likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from sim import verilator_coverage as verilator
from sim.design import Design
from sim.errors import ToolFailed, ToolNotFound
from sim.interface import Interface
from sim.process import Limits, ToolRun
from sim.scratch import make_folder, remove_folder
from sim.structure import Structure, read_structure
from testbench_gen.coverage_data import NotCoverageData, read_counters
from testbench_gen.coverage_points import points_of
from testbench_gen.coverage_result import Coverage, Kind, Point, Share
from testbench_gen.coverage_watch import bench_files, unwatched, widest
from testbench_gen.plan import StimulusPlan
from testbench_gen.standalone.timeline import Step, timeline
from testbench_gen.stimulation import Stimulation
from testbench_gen.testbench import Testbench

__all__ = [
    "Coverage",
    "CoverageModel",
    "Kind",
    "Point",
    "Share",
    "Stimulus",
    "measure_coverage",
]

LIMITS = Limits(seconds=120.0, cpu_seconds=60.0)
"""Of every step by default; a busy machine must not keep a design from being measured."""

Stimulus: TypeAlias = Testbench | Stimulation | StimulusPlan
"""What drives the inputs of a design."""


class CoverageModel:
    """A design with counters in it; a context manager that owns the folder it is built in.

    Whatever keeps it from being built or run is the `reason` of the coverage
    that `run` returns: nothing is measured then. The design goes through the
    gate first, and is parsed, compiled and run in confined child processes only.

    Not seen: bits of signals wider than 4,096 bits or memories larger than 256 , and X and Z.
    """

    def __init__(self, interface: Interface, design: Design, *, limits: Limits = LIMITS) -> None:
        self.design = design
        self.interface = interface
        self.reason = ""
        """Why it cannot be run; empty if it can, once it is entered."""
        self.structure = Structure()
        self._limits = limits
        self._folder: Path | None = None
        self._files: dict[str, str] = {}
        self._widths = {port.name: port.width for port in interface.inputs}
        self._cpu_seconds = 0.0

    def __enter__(self) -> CoverageModel:
        """Build the model.

        Raises:
            EnvironmentFault: A child process cannot be run at all.
        """
        folder = self._folder = make_folder("rtlgen-")
        try:
            self.reason = self._build(folder)
        except (ToolNotFound, ToolFailed) as fault:
            self.reason = str(fault).partition("\n")[0]
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._folder is not None:
            remove_folder(self._folder)
        self._folder = None

    def run(self, stimulus: Stimulus) -> Coverage:
        """Return what `stimulus` reaches.

        Raises:
            ValueError: The model is not entered, or `stimulus` drives other ports.
            EnvironmentFault: A child process cannot be run at all.
        """
        if self._folder is None:
            raise ValueError("a coverage model must be entered before it is run: `with model:`")
        if self.reason:
            return self._unmeasured(self.reason)
        plan = stimulus if isinstance(stimulus, StimulusPlan) else stimulus.plan
        content = self._replay(_steps(plan))
        run, text = verilator.replay(self._folder, content, limits=self._limits)
        self._cpu_seconds += run.cpu_seconds
        if text is None:
            return self._unmeasured(f"the model {_failure(run)}{_last_words(run)}")
        try:
            counters = read_counters(text)
        except NotCoverageData as error:
            return self._unmeasured(f"the model's counters cannot be read: {error}")
        points = points_of(counters, self._files, self.structure)
        return Coverage(
            points=points,
            sources=self.design.sources,
            notes=tuple(unwatched(self.structure)),
            cpu_seconds=self._spent(),
        )

    def _replay(self, steps: Iterable[Step]) -> bytes:
        replay = verilator.Replay(self._widths)
        for step in steps:
            replay.step(step.wait, step.drive)
        return replay.content()

    def _unmeasured(self, reason: str) -> Coverage:
        return Coverage(sources=self.design.sources, reason=reason, cpu_seconds=self._spent())

    def _spent(self) -> float:
        """Return the processor time since the last coverage was returned."""
        spent, self._cpu_seconds = self._cpu_seconds, 0.0
        return spent

    def _build(self, folder: Path) -> str:
        """Build the model in `folder`; return why it cannot be built."""
        self.structure = read_structure(self.design, limits=self._limits)
        self._cpu_seconds += self.structure.cpu_seconds
        if self.structure.design is None:
            return self.structure.reason
        design = self.structure.design
        self._files = verilator.named(design.sources, prefix="design")
        run = self._compile(folder, design)
        if run.exit_code and self.structure.registers:
            # What watches the states may be what it does not take.
            self.structure = replace(self.structure, registers=(), found=False)
            run = self._compile(folder, design)
        return "" if run.exit_code == 0 else _not_built(run)

    def _compile(self, folder: Path, design: Design) -> ToolRun:
        runs = verilator.build(
            folder,
            bench=bench_files(self.interface, self.structure),
            design=dict(zip(self._files, design.sources.values(), strict=True)),
            data=design.data,
            widths=list(self._widths.values()),
            widest=widest(self.structure),
            limits=self._limits,
        )
        self._cpu_seconds += sum(run.cpu_seconds for run in runs)
        return runs[-1]


def measure_coverage(
    testbench: Testbench | Stimulation, design: Design, *, limits: Limits = LIMITS
) -> Coverage:
    """Return what the stimulus of `testbench` reaches of `design`, which has its interface.

    See `CoverageModel`, which measures several stimuli in little more time.

    Raises:
        EnvironmentFault: A child process cannot be run at all.
    """
    with CoverageModel(testbench.interface, design, limits=limits) as model:
        return model.run(testbench)


def _steps(plan: StimulusPlan) -> Iterator[Step]:
    return timeline(plan.unfold(), [port.name for port in plan.inputs], plan.timing, None)


def _not_built(run: ToolRun) -> str:
    error = next((line for line in run.output.splitlines() if "rror" in line), "")
    return f"Verilator cannot compile the design: it {_failure(run)}" + (error and f": {error}")


def _last_words(run: ToolRun) -> str:
    words = run.output.strip().rpartition("\n")[2][:200]
    return f": {words}" if words else ""


def _failure(run: ToolRun) -> str:
    if run.limit is not None:
        return f"reached its {run.limit} limit"
    if run.exit_code is not None and run.exit_code < 0:
        return f"was ended by signal {-run.exit_code}"
    return f"ended with exit code {run.exit_code}"
