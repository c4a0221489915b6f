"""How the time from RTL to a proved smaller machine grows with states and input bits.

    python bench/fsm_scaling.py [--states 8,16,...] [--inputs 1,4,...] [--json FILE]

Machines are made up, each from its own seed: half of the states repeat the other half, each next
state is one of two that do the same, and every state reads two of the input bits. By default
states grow from 8 to 1,024 with 4 input bits, then input bits from 1 to 64 with 32 states.
Processor time in seconds of each part, child processes included, and the wall time of all:

read       from the file to dataflow, by Yosys in a child process
extract    from dataflow to the state table
minimize   to the fewest states, proved to implement the table
encode     proposals of codes (not measured by synthesis here)
write      back into the source
prove      that the new source does what the old one did, by Yosys and ABC in a child process
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from processor_time import processor_seconds

from sim.design import Design
from sim.interface import infer_timing, read_interface
from sim.proof import Outcome
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.read import read_dataflow
from symbolic.encode import encodings
from symbolic.extract import ExtractedMachine, Limits, machines
from symbolic.fsm_rewrite import NotWritable, rewritten
from symbolic.prover import YosysProver
from symbolic.reduce import minimize_states

_PARTS = ("read", "extract", "minimize", "encode", "write", "prove")
_FORMAT = "{:>7} {:>7} {:>8} " + " {:>9}" * (len(_PARTS) + 2) + "  {}"

Result = TypeVar("Result")


@dataclass(kw_only=True)
class Row:
    """One machine."""

    states: int
    inputs: int
    least: int = 0
    """States that are left."""
    outcome: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    """Of the processor, by part, child processes included."""
    wall: float = 0.0

    def timed(self, part: str, work: Callable[[], Result]) -> Result:
        start, wall = processor_seconds(), time.monotonic()
        found = work()
        self.seconds[part] = processor_seconds() - start
        self.wall += time.monotonic() - wall
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=numbers, default=[8, 16, 32, 64, 128, 256, 512, 1024])
    parser.add_argument("--inputs", type=numbers, default=[1, 2, 8, 16, 32, 64])
    parser.add_argument("--seconds", type=float, default=60.0, help="for each proof")
    parser.add_argument("--json", type=Path, help="write a line for each machine")
    arguments = parser.parse_args()
    print(_FORMAT.format("states", "inputs", "least", *_PARTS, "total", "wall", "outcome"))
    rows = []
    for states, inputs in sizes(arguments.states, arguments.inputs):
        rows.append(measured(states, inputs, arguments.seconds))
        show(rows[-1])
    if arguments.json:
        lines = (json.dumps(asdict(row)) for row in rows)
        arguments.json.write_text("\n".join(lines) + "\n", encoding="utf-8")


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if word]


def sizes(states: Sequence[int], inputs: Sequence[int]) -> Iterator[tuple[int, int]]:
    yield from ((count, 4) for count in states)
    yield from ((32, count) for count in inputs)


def measured(states: int, inputs: int, proving: float) -> Row:
    row = Row(states=states, inputs=inputs)
    design = Design(top="machine", sources={"machine.v": verilog(states, inputs)})
    interface = infer_timing(design, read_interface(design))
    module = row.timed("read", lambda: read_dataflow([design])[0])
    if not isinstance(module, Dataflow):
        row.outcome = f"not read: {module}"
        return row
    limits = Limits(states=max(1024, states), inputs=max(64, inputs))
    found = row.timed("extract", lambda: machines(module, limits=limits))
    if not found or not isinstance(found[0], ExtractedMachine):
        row.outcome = f"not extracted: {found}"
        return row
    new = changed(row, design, module, found[0])
    if isinstance(new, Design):
        prover = YosysProver()
        [proof] = row.timed(
            "prove", lambda: prover.equivalent(design, [new], interface, seconds=proving)
        )
        proved = proof.outcome is Outcome.PROVED
        row.outcome = "proved" if proved else f"{proof.outcome.value}: {proof.reason}"
    else:
        row.outcome = new
    return row


def changed(row: Row, design: Design, module: Dataflow, machine: ExtractedMachine) -> Design | str:
    """Return the design with its machine minimized, or why there is none."""
    reduced = row.timed("minimize", lambda: minimize_states(machine.table))
    row.least = len(reduced.table.states)
    best = row.timed("encode", lambda: encodings(reduced.table)[0])
    try:
        return row.timed("write", lambda: rewritten(design, module, machine, best.table))
    except NotWritable as error:
        return f"not written: {error}"


def show(row: Row) -> None:
    times = [f"{row.seconds[part]:.2f}" if part in row.seconds else "" for part in _PARTS]
    total = f"{sum(row.seconds.values()):.2f}"
    times += [total, f"{row.wall:.2f}"]
    print(_FORMAT.format(row.states, row.inputs, row.least, *times, row.outcome), flush=True)


def verilog(states: int, inputs: int) -> str:
    """Return a made-up Moore machine of which half of the states are needed."""
    random = Random(states * 1000 + inputs)
    half = max(1, states // 2)
    width = max(1, (states - 1).bit_length())
    lines = [
        f"module machine (input clk, input rst, input [{inputs - 1}:0] in, output reg [3:0] out);",
        *(f"    localparam S{n} = {width}'d{n};" for n in range(states)),
        f"    reg [{width - 1}:0] state, next;",
        "    always @(posedge clk) if (rst) state <= S0; else state <= next;",
        "    always @(*) begin",
        "        case (state)",
    ]
    core = [behavior(random, half, inputs, n) for n in range(half)]
    for n in range(states):
        first, second, targets, outputs = core[n % half]
        a, b, c = (target + half * random.randrange(states // half) for target in targets)
        lines += [
            f"            S{n}: begin",
            f"                out = 4'd{outputs};",
            f"                if (in[{first}]) next = S{a};",
            f"                else if (in[{second}]) next = S{b};",
            f"                else next = S{c};",
            "            end",
        ]
    lines += ["            default: begin next = S0; out = 4'd0; end", "        endcase", "    end"]
    return "\n".join([*lines, "endmodule", ""])


def behavior(
    random: Random, states: int, inputs: int, number: int
) -> tuple[int, int, tuple[int, int, int], int]:
    first, second = random.randrange(inputs), random.randrange(inputs)
    other = random.randrange(states), random.randrange(states)
    return first, second, ((number + 1) % states, *other), random.randrange(16)


if __name__ == "__main__":
    main()
