"""Designs under Icarus, sampled as a testbench samples them: after, between and before edges."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sim.design import Design
from sim.interface import Direction, Edge, Interface, infer_timing, read_interface
from sim.proof import InputTrace

Step = tuple[int, bool, Mapping[str, int]]
"""Ticks to wait, whether to look at the outputs then, and what to drive after it."""


def design(text: str, top: str = "top") -> Design:
    return Design(top=top, sources={"d.v": text})


def interface_of(golden: Design) -> Interface:
    return infer_timing(golden, read_interface(golden))


def steps(
    interface: Interface,
    cycles: Sequence[Mapping[str, int]],
    late: Mapping[int, Mapping[str, int]] | None = None,
) -> Iterator[Step]:
    """Yield what a testbench does in `cycles`; `late` are changes shortly before the edge."""
    levels = {p.name: 0 for p in interface.inputs}
    levels |= {r.port: int(r.active_low) for r in interface.resets}
    if not interface.clocks:
        yield 0, False, levels
        for cycle in cycles:
            yield 10, False, cycle
            yield 10, True, {}
        return
    clock = interface.clocks[0]
    active = int(clock.edge is Edge.RISING)
    yield 0, False, levels | {clock.port: 1 - active}
    for number, cycle in enumerate(cycles):
        yield 5, number > 0, cycle
        yield 5, number > 0, {clock.port: 1 - active}
        yield 5, number > 0, (late or {}).get(number, {})
        yield 5, number > 0, {clock.port: active}
    yield 5, True, {}


def outputs(folder: Path, dut: Design, interface: Interface, plan: Sequence[Step]) -> list[str]:
    """Return the outputs of `dut` in binary, a line for every look."""
    shown = [p for p in interface.ports if p.direction is Direction.OUTPUT]
    lines = [
        f"{'reg' if p.direction is Direction.INPUT else 'wire'} [{p.width - 1}:0] s_{p.name};"
        for p in interface.ports
    ]
    lines += [f"{dut.top} dut({', '.join(f'.{p.name}(s_{p.name})' for p in interface.ports)});"]
    lines += ["initial begin"]
    for wait, look, driven in plan:
        lines += [f"#{wait};"] if wait else []
        if look:
            formats, names = " ".join("%b" for _ in shown), ", ".join(f"s_{p.name}" for p in shown)
            lines.append(f'$display("@ {formats}", {names});')
        for name, value in driven.items():
            lines.append(f"s_{name} = {interface.port(name).width}'d{value};")
    lines += ["$finish;", "end"]
    bench = "\n".join(["module bench;", *lines, "endmodule"])
    texts = {**dut.sources, "bench.v": bench}
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text)
    compiled = ["iverilog", "-g2012", "-s", "bench", "-o", "sim", *texts]
    subprocess.run(compiled, cwd=folder, check=True, capture_output=True)
    run = subprocess.run(["vvp", "-n", "sim"], cwd=folder, check=True, capture_output=True)
    return [line for line in run.stdout.decode().splitlines() if line.startswith("@ ")]


def differs(
    folder: Path, golden: Design, other: Design, interface: Interface, plan: Sequence[Step]
) -> bool:
    """Whether any look shows a bit that the golden design defines and the other does not share."""
    pair = [outputs(folder / str(n), d, interface, plan) for n, d in enumerate((golden, other))]
    return any(
        g in "01" and g != o for a, b in zip(*pair, strict=True) for g, o in zip(a, b, strict=True)
    )


def replays(
    folder: Path, golden: Design, other: Design, interface: Interface, trace: InputTrace
) -> bool:
    return differs(folder, golden, other, interface, list(steps(interface, trace.cycles)))


def random_plan(interface: Interface, count: int, seed: int) -> list[Step]:
    """Return random stimulus after a reset of one cycle, with pulses of asynchronous resets."""
    rng = random.Random(seed)
    resets = {r.port: r for r in interface.resets}
    clocks = {c.port for c in interface.clocks}
    cycles: list[dict[str, int]] = []
    late: dict[int, dict[str, int]] = {}
    for number in range(count):
        cycle = {p.name: rng.getrandbits(p.width) for p in interface.inputs if p.name not in clocks}
        for port, reset in resets.items():
            struck = number == 0 or rng.random() < 0.05
            cycle[port] = int(struck != reset.active_low)
            if reset.asynchronous and number and rng.random() < 0.05:
                cycle[port] = int(not reset.active_low)
                late[number] = {port: int(reset.active_low)}
        cycles.append(cycle)
    return list(steps(interface, cycles, late))
