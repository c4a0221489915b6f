"""Small Mealy machines whose equivalence is known by a walk, and Verilog for them in many codes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

Row = tuple[tuple[int, int], ...]
"""For each value of the input: next state and output."""


@dataclass(frozen=True, slots=True)
class Machine:
    """States are numbers; the first is the reset state."""

    rows: tuple[Row, ...]

    def step(self, state: int, x: int) -> tuple[int, int]:
        return self.rows[state][x]


def random_machine(states: int, seed: int, inputs: int = 2, outputs: int = 2) -> Machine:
    """Return a machine all of whose states can be reached."""
    rng = random.Random(seed)
    rows = [
        [(rng.randrange(states), rng.randrange(1 << outputs)) for _ in range(1 << inputs)]
        for _ in range(states)
    ]
    for state in range(states - 1):
        x = rng.randrange(1 << inputs)
        rows[state][x] = (state + 1, rows[state][x][1])
    return Machine(tuple(tuple(row) for row in rows))


def split(machine: Machine, seed: int) -> Machine:
    """Return a machine that does the same with twice the states."""
    rng = random.Random(seed)
    count = len(machine.rows)
    doubled = [
        tuple((n + count * rng.randrange(2), out) for n, out in row) for row in machine.rows * 2
    ]
    return Machine(tuple(doubled))


def changed(machine: Machine, seed: int) -> Machine:
    """Return a machine with one other transition or output, that a walk can tell apart."""
    rng = random.Random(seed)
    while True:
        state, x = rng.randrange(len(machine.rows)), rng.randrange(len(machine.rows[0]))
        following, output = machine.rows[state][x]
        if rng.random() < 0.5:
            following = rng.randrange(len(machine.rows))
        else:
            output ^= 1 << rng.randrange(2)
        row = list(machine.rows[state])
        row[x] = (following, output)
        rows = list(machine.rows)
        rows[state] = tuple(row)
        other = replace(machine, rows=tuple(rows))
        if not same(machine, other):
            return other


def same(first: Machine, second: Machine) -> bool:
    """Walk through the product of both."""
    seen = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        a, b = waiting.pop()
        for x in range(len(first.rows[0])):
            (an, ao), (bn, bo) = first.step(a, x), second.step(b, x)
            if ao != bo:
                return False
            if (an, bn) not in seen:
                seen.add((an, bn))
                waiting.append((an, bn))
    return True


def codes(style: str, count: int) -> list[int]:
    numbers = range(count)
    if style == "gray":
        return [n ^ (n >> 1) for n in numbers]
    if style == "onehot":
        return [1 << n for n in numbers]
    if style == "inverted":
        width = max(1, (count - 1).bit_length())
        return [(1 << width) - 1 - n for n in numbers]
    if style == "johnson":
        size = (count + 1) // 2
        ring = [((1 << n) - 1) for n in range(size + 1)]
        ring += [((1 << size) - 1) ^ ((1 << n) - 1) for n in range(1, size)]
        return ring[:count]
    return list(numbers)


def verilog(machine: Machine, style: str = "binary", *, reset: str = "sync") -> str:
    """Return a module: `reset` is sync, async or low (asynchronous, active low)."""
    numbers = codes(style, len(machine.rows))
    width = max(max(numbers).bit_length(), 1)
    edge = {"sync": "", "async": " or posedge rst", "low": " or negedge rst"}[reset]
    active = "!rst" if reset == "low" else "rst"
    arms: list[str] = []
    for code, row in zip(numbers, machine.rows, strict=True):
        arms.append(f"    {width}'d{code}: case (x)")
        for x, (following, out) in enumerate(row):
            arms.append(f"      {x}: begin n = {numbers[following]}; y = {out}; end")
        arms.append("    endcase")
    default = f"    default: begin n = {width}'d{numbers[0]}; y = 0; end"
    return "\n".join(
        [
            "module top(input clk, input rst, input [1:0] x, output reg [1:0] y);",
            f"reg [{width - 1}:0] s, n;",
            f"always @(posedge clk{edge}) if ({active}) s <= {numbers[0]}; else s <= n;",
            "always @* begin",
            f"  n = {numbers[0]}; y = 0;",
            "  case (s)",
            *arms,
            default,
            "  endcase",
            "end",
            "endmodule",
            "",
        ]
    )


def equations(machine: Machine, numbers: Sequence[int]) -> str:
    """Return a module in which every bit is an equation, its state in separate registers."""
    width = max(max(numbers).bit_length(), 1)
    terms: dict[str, list[str]] = {}
    for code, row in zip(numbers, machine.rows, strict=True):
        for x, (following, out) in enumerate(row):
            here = f"(s == {width}'d{code} && x == 2'd{x})"
            for bit in range(width):
                if numbers[following] >> bit & 1:
                    terms.setdefault(f"n{bit}", []).append(here)
            for bit in range(2):
                if out >> bit & 1:
                    terms.setdefault(f"y{bit}", []).append(here)
    registers = [f"s{bit}" for bit in reversed(range(width))]

    def either(name: str) -> str:
        return " | ".join(terms.get(name, ["1'b0"]))

    return "\n".join(
        [
            "module top(input clk, input rst, input [1:0] x, output [1:0] y);",
            f"reg {', '.join(registers)};",
            f"wire [{width - 1}:0] s = {{{', '.join(registers)}}};",
            "always @(posedge clk) begin",
            *(
                f"  s{bit} <= rst ? 1'd{numbers[0] >> bit & 1} : {either(f'n{bit}')};"
                for bit in range(width)
            ),
            "end",
            f"assign y = {{{either('y1')}, {either('y0')}}};",
            "endmodule",
            "",
        ]
    )
