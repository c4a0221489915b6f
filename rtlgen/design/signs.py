"""What speaks against a design before it is simulated."""

from __future__ import annotations

from collections.abc import Iterator

from rtlgen.spec.model import Spec
from sim import tools
from sim.design import Design
from sim.interface import Interface, Reset
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder

_LIMITS = Limits(
    seconds=20.0,
    cpu_seconds=10.0,
    memory_bytes=1 << 30,
    file_bytes=64 << 20,
    folder_bytes=128 << 20,
    output_bytes=1 << 14,
    processes=16,
)


def contradictions(spec: Spec, found: Interface) -> Iterator[str]:
    """Yield where the clocks and resets that a design uses are not those that `spec` states.

    What the specification leaves open, and is only assumed, contradicts nothing. A reset
    that is not `found` may act through next-state logic.
    """
    assumed = {finding.rule for finding in spec.assumptions}
    yield from _clocks(spec.interface, found, edge_stated="clock-edge" not in assumed)
    used = {reset.port: reset for reset in found.resets}
    for reset in spec.interface.resets:
        if (own := used.get(reset.port)) is None:
            continue
        if "reset-kind" not in assumed and own.asynchronous != reset.asynchronous:
            yield f"reset {reset.port!r} must be {_kind(reset)}, and is {_kind(own)}"
        if "reset-polarity" not in assumed and own.active_low != reset.active_low:
            yield f"reset {reset.port!r} must be active {_level(reset)}, not {_level(own)}"


def _clocks(wanted: Interface, found: Interface, *, edge_stated: bool) -> Iterator[str]:
    if not wanted.clocks:
        return
    edges = {clock.port: clock.edge for clock in found.clocks}
    for clock in wanted.clocks:
        edge = edges.pop(clock.port, None)
        if edge is None:
            yield f"{clock.port!r} must be a clock, and no register uses it"
        elif edge_stated and edge is not clock.edge:
            yield f"clock {clock.port!r} must act at its {clock.edge.value} edge"
    for port in edges:
        yield f"{port!r} is used as a clock, and is none"


def _kind(reset: Reset) -> str:
    return "asynchronous" if reset.asynchronous else "synchronous"


def _level(reset: Reset) -> str:
    return "low" if reset.active_low else "high"


def complaint(design: Design) -> str:
    """Return the first thing that Icarus Verilog says of the admitted `design`; empty if nothing.

    Raises:
        ToolNotFound: Icarus Verilog is not installed.
        EnvironmentFault: It does not run.
    """
    with scratch_folder() as folder:
        names = [f"source{number}.sv" for number, _ in enumerate(design.sources)]
        for name, text in zip(names, design.sources.values(), strict=True):
            (folder / name).write_text(text, encoding="utf-8")
        build = ["-Wall", "-Winfloop", "-Wno-timescale", "-g2012", "-s", design.top]
        run = run_tool(
            [str(tools.icarus().path), *build, "-o", "design.vvp", *names],
            cwd=folder,
            limits=_LIMITS,
        )
    if run.limit is not None:
        return f"the compiler reached the {run.limit} limit"
    return next((line for line in run.output.splitlines() if line.strip()), "")
