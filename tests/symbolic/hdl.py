"""Ports, and what simulators say to emitted Verilog."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import tools
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from sim.process import Limits, run_tool

_LIMITS = Limits(seconds=60.0)


def inputs(*names: str) -> tuple[Port, ...]:
    return _ports(Direction.INPUT, names)


def outputs(*names: str) -> tuple[Port, ...]:
    return _ports(Direction.OUTPUT, names)


def _ports(direction: Direction, names: Sequence[str]) -> tuple[Port, ...]:
    """`a` is a bit, `x:4` is a vector of four."""
    found = []
    for text in names:
        name, _, width = text.partition(":")
        msb = int(width) - 1 if width else None
        found.append(Port(name=name, direction=direction, msb=msb, lsb=0 if width else None))
    return tuple(found)


def interface(
    *ports: Port,
    clock: str = "",
    edge: Edge = Edge.RISING,
    reset: Reset | None = None,
    module: str = "top",
) -> Interface:
    return Interface(
        module=module,
        ports=ports,
        clocks=(Clock(port=clock, edge=edge),) if clock else (),
        resets=(reset,) if reset else (),
    )


def lint_icarus(text: str, folder: Path) -> str:
    """Return what `iverilog -Wall` has to say; nothing is good."""
    (folder / "top.v").write_text(text)
    argv = [str(tools.icarus().path), "-g2012", "-Wall", "-o", "top.vvp", "top.v"]
    run = run_tool(argv, cwd=folder, limits=_LIMITS)
    return run.output if run.output or run.exit_code == 0 else f"exit code {run.exit_code}"


def lint_verilator(text: str, folder: Path) -> str:
    """Return what `verilator --lint-only -Wall` has to say; nothing is good."""
    (folder / "top.v").write_text(text)
    tool = tools.verilator()
    argv = [str(tool.path), "--lint-only", "-Wall", "top.v"]
    run = run_tool(
        argv, cwd=folder, limits=_LIMITS, environment=tool.environment, readable=tool.folders
    )
    lines = [line for line in run.output.splitlines() if not line.startswith("- ")]
    return "\n".join(lines) if lines or run.exit_code == 0 else f"exit code {run.exit_code}"


def mismatches(
    text: str, pins: Interface, model: Any, folder: Path, cycles: int = 200
) -> list[str]:
    """Run emitted Verilog beside a reference model on random inputs."""
    rng = random.Random(0)
    state = model.after_reset() if pins.resets else model.initial()
    lines, expected = _opening(pins), []
    for _ in range(cycles):
        bits: dict[str, int] = {}
        for port in pins.data_inputs:
            word = rng.getrandbits(port.width)
            lines.append(f"{port.name} = {port.width}'d{word};")
            places = range(port.width - 1, -1, -1)
            bits |= {name: word >> i & 1 for name, i in zip(port.bits, places, strict=True)}
        predicted, state = model.step(state, bits)
        expected.append(predicted)
        lines += _look_and_clock(pins)
    bench = "\n".join([_declarations(pins), "initial begin", *lines, "end", "endmodule", ""])
    (folder / "bench.v").write_text(text + bench)
    icarus = tools.icarus()
    run_tool([str(icarus.path), "-g2012", "-o", "b.vvp", "bench.v"], cwd=folder, limits=_LIMITS)
    seen = run_tool([str(tools.vvp()), "-n", "b.vvp"], cwd=folder, limits=_LIMITS).output
    return _differences(pins, expected, seen.splitlines())


def _declarations(pins: Interface) -> str:
    lines = ["module bench;"]
    lines += [f"reg {port.range} {port.name} = 0;" for port in pins.inputs]
    lines += [f"wire {port.range} {port.name};" for port in pins.outputs]
    connections = ", ".join(f".{port.name}({port.name})" for port in pins.ports)
    return "\n".join([*lines, f"{pins.module} dut ({connections});"])


def _levels(pins: Interface) -> tuple[int, int]:
    return (1, 0) if pins.clocks[0].edge is Edge.RISING else (0, 1)


def _opening(pins: Interface) -> list[str]:
    if not pins.clocks:
        return []
    active, rest = _levels(pins)
    clock = pins.clocks[0].port
    lines = [f"{clock} = {rest};"]
    for reset in pins.resets:
        on, off = (0, 1) if reset.active_low else (1, 0)
        lines += [f"{reset.port} = {off}; #1 {reset.port} = {on};", f"#5 {clock} = {active};"]
        lines += [f"#5 {clock} = {rest}; {reset.port} = {off};"]
    return lines


def _look_and_clock(pins: Interface) -> list[str]:
    names = ", ".join(port.name for port in pins.outputs)
    show = f'#4 $display("{" ".join("%b" for _ in pins.outputs)}", {names});'
    if not pins.clocks:
        return [show]
    active, rest = _levels(pins)
    clock = pins.clocks[0].port
    return [show, f"#1 {clock} = {active}; #5 {clock} = {rest};"]


def _differences(
    pins: Interface, expected: Sequence[Mapping[str, str]], seen: Sequence[str]
) -> list[str]:
    if len(seen) < len(expected):
        return ["the simulation ended early", *seen[-3:]]
    names = [name for port in pins.outputs for name in port.bits]
    found = []
    for cycle, (predicted, line) in enumerate(zip(expected, seen, strict=False)):
        for name, value in zip(names, line.replace(" ", ""), strict=True):
            if predicted[name] not in ("-", value):
                found.append(f"cycle {cycle}: {name} is {value}, not {predicted[name]}")
    return found
