"""Icarus Verilog, as every harness starts it and reads how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.judgement import Category
from sim import tools, vvp_speed
from sim.pipelines import Pipeline, PipelineLimits, StepRun, run_pipelines

OUTPUT_BYTES = 1 << 20
_LIMITS = {
    "cpu": (Category.TIMEOUT, "no end within the processor time"),
    "memory": (Category.MEMORY, "no end within the memory"),
    "output": (Category.OUTPUT, "prints without end"),
    "file size": (Category.OUTPUT, "writes without end"),
}


def simulator() -> str:
    """Return name and version of the simulator that judges.

    Raises:
        ToolNotFound: It is not installed.
    """
    return f"Icarus Verilog {tools.icarus().version}"


def compiler() -> str:
    """Return the path of the compiler whose version `simulator` gives.

    Raises:
        ToolNotFound: It is not installed.
    """
    return str(tools.icarus().path)


def runtime() -> str:
    """Return the path of what runs a compiled simulation, of the same installation.

    Raises:
        ToolNotFound: It is not installed.
    """
    return str(tools.vvp())


def new_secret() -> str:
    """Return what nobody but one run's test knows."""
    return f"rtlgen{secrets.token_hex(12)}"


def run_all(
    pipelines: Sequence[Pipeline], cpu_seconds: float, conditions: Conditions
) -> list[tuple[StepRun, ...]]:
    """Run `pipelines`, each step for `cpu_seconds` at most; the wall clock gives much more."""
    if not pipelines:
        return []
    limits = PipelineLimits(
        cpu_seconds=cpu_seconds,
        seconds=60.0 + 10 * cpu_seconds,
        memory_bytes=conditions.memory_bytes,
        output_bytes=OUTPUT_BYTES,
    )
    library = vvp_speed.provide()
    preload = {runtime(): library} if library else {}
    return run_pipelines(pipelines, limits=limits, preload=preload)


def is_odd(runs: Sequence[StepRun]) -> bool:
    """Whether the machine may be at fault for how `runs` ended: once more may tell."""
    return any(
        run.limit in ("time", "sandbox") or (run.exit_code is not None and run.exit_code < 0)
        for run in runs
    )


def ended(run: StepRun) -> tuple[Category, str] | None:
    """Return why a step, in its last try, did not end well; None where it did.

    A crash is a failure: the reference runs, and were such a design left out of the
    rates, to crash the simulator would raise them.
    """
    if run.limit in _LIMITS:
        return _LIMITS[run.limit]
    if run.limit is not None or run.exit_code is None:
        return Category.NOT_JUDGED, f"stopped at the {run.limit} limit, twice"
    if run.truncated:
        return Category.OUTPUT, "prints more than is kept"
    if run.exit_code < 0:
        return Category.INCOMPLETE, f"the simulator crashes on it (signal {-run.exit_code})"
    if run.exit_code > 0:
        return Category.INCOMPLETE, f"the simulation ended with exit code {run.exit_code}"
    return None
