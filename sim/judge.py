"""Gate and simulate: the one way from text to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.errors import ToolNotFound
from sim.gate import Admission, admit
from sim.icarus import Icarus
from sim.interface import Interface
from sim.process import Limits
from sim.simulate import Simulator, simulate
from sim.verdict import Cause, Status, Verdict
from sim.verilator import Verilator

SIMULATORS: Mapping[str, Callable[[], Simulator]] = {"icarus": Icarus, "verilator": Verilator}
"""The known simulators, in order of preference: Icarus Verilog sees X and Z."""


def simulator_named(name: str) -> Simulator:
    """Return the simulator called `name`.

    Raises:
        KeyError: There is none; the message lists those there are.
    """
    if name not in SIMULATORS:
        raise KeyError(f"simulator must be one of {', '.join(SIMULATORS)}, not {name!r}")
    return SIMULATORS[name]()


def available_simulators() -> list[Simulator]:
    """Return the simulators that are installed, in order of preference.

    Raises:
        ToolNotFound: There is none.
    """
    found: list[Simulator] = []
    for make in SIMULATORS.values():
        simulator = make()
        try:
            simulator.version()
        except ToolNotFound:
            continue
        found.append(simulator)
    if not found:
        raise ToolNotFound(
            "a simulator is needed; neither Icarus Verilog nor Verilator is installed\n\n"
            "hint: apt-get install iverilog, or see tools/iverilog.md; `rtlgen doctor` tells more"
        )
    return found


def judge(
    design: Design,
    bench: CocotbBench,
    *,
    simulators: Sequence[Simulator],
    interface: Interface | None = None,
    limits: Limits = Limits(),
    waveform: Path | None = None,
) -> Verdict:
    """Judge `design`: the gate first, then `bench` under the first simulator that takes it.

    A simulator that cannot compile legal SystemVerilog, or fails itself, says
    nothing about the design; then the next of `simulators` is asked. A verdict
    on the design itself, good or bad, is final.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    if interface is not None and design.top != interface.module:
        return other_module(design, interface, bench)
    admission = admit(design, reserved=bench.reserved, outer=bench.outer, interface=interface)
    if admission.design is None:
        return refusal_verdict(admission, bench)
    if clash := clashing_data(design, bench):
        return data_clash(clash, bench)
    return simulate_first(
        admission.design, bench, simulators=simulators, limits=limits, waveform=waveform
    )


def simulate_first(
    design: Design,
    bench: CocotbBench,
    *,
    simulators: Sequence[Simulator],
    limits: Limits = Limits(),
    waveform: Path | None = None,
) -> Verdict:
    """Simulate a trusted or gated `design` under the first of `simulators` that takes it."""
    if not simulators:
        raise ValueError("simulators must not be empty")
    failed: list[Verdict] = []
    for simulator in simulators:
        verdict = simulate(design, bench, simulator=simulator, limits=limits, waveform=waveform)
        if verdict.status is not Status.ERROR:
            return verdict
        failed.append(verdict)
    return replace(failed[-1], reason="; ".join(verdict.reason for verdict in failed))


def other_module(design: Design, interface: Interface, bench: CocotbBench) -> Verdict:
    """Return the verdict on a design whose top module has another name than `interface`."""
    return Verdict(
        status=Status.FAIL,
        cause=Cause.INTERFACE,
        reason=f"the module must be called {interface.module!r}, not {design.top!r}",
        expected=bench.expected_checks,
    )


def clashing_data(design: Design, bench: CocotbBench) -> str | None:
    """Return the name of a data file that is one thing to the design and another to the bench."""
    shared = sorted(set(design.data) & set(bench.data))
    return next((name for name in shared if design.data[name] != bench.data[name]), None)


def data_clash(name: str, bench: CocotbBench) -> Verdict:
    """Return the verdict on a design that brings another file `name` than `bench` does."""
    return Verdict(
        status=Status.ERROR,
        cause=Cause.BENCH,
        reason=f"design and testbench both bring a file {name!r}, and they differ; "
        "one of them needs another name",
        expected=bench.expected_checks,
    )


def refusal_verdict(admission: Admission, bench: CocotbBench) -> Verdict:
    """Return the verdict on a design that the gate has not admitted."""
    reason = "; ".join(str(refusal) for refusal in admission.refusals[:3])
    return Verdict(
        status=Status.FAIL,
        cause=admission.cause,
        reason=reason or admission.cause.value,
        expected=bench.expected_checks,
    )
