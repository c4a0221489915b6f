"""Registers whose reset no output can tell."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.rules.rule import LIMIT, Example, Goal, Rewriting, Rule

_RUNS = 4
_CYCLES = 28
_WORK = 1_000_000
"""Operations to simulate in all; of large modules fewer registers are tried."""

_Run = tuple[list[dict[str, int]], list[dict[str, int]], list[dict[str, int]]]
"""Inputs of each cycle, and outputs if what is unknown is 0, and if it is 1."""


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module without the resets that random runs do not miss: all, then each.

    That nothing misses them is to be proved: runs only choose what is worth it.
    """
    candidates = {
        name: without
        for name, register in module.registers.items()
        if (without := _without(module, register)) is not None
    }
    runs = [_run(module, cycles) for cycles in _stimuli(module)] if candidates else []
    most = _WORK // (2 * _RUNS * _CYCLES * len(reached(module.roots())) or 1)
    fine = {}
    for name, register in list(candidates.items())[: min(2 * LIMIT, most)]:
        if _unseen(_changed(module, {name: register}), runs):
            fine[name] = register
    if fine and _unseen(_changed(module, fine), runs):
        yield _rewriting(module, fine)
    for name, register in list(fine.items())[:LIMIT] if len(fine) > 1 else ():
        yield _rewriting(module, {name: register})


def _rewriting(module: Dataflow, registers: Mapping[str, Register]) -> Rewriting:
    names = ", ".join(f"`{name}`" for name in registers)
    return Rewriting(module=_changed(module, registers), what=f"no reset needed: {names}")


def _changed(module: Dataflow, registers: Mapping[str, Register]) -> Dataflow:
    return replace(module, registers={**module.registers, **registers})


def _without(module: Dataflow, register: Register) -> Register | None:
    """Return a register without its reset, asynchronous or synchronous, if it has one."""
    if register.reset is not None:
        return replace(register, reset=None)
    if register.next.op is not Op.MUX:
        return None
    condition, true, false = register.next.operands
    if not _of_reset_input(module, condition):
        return None
    if true.op is Op.CONST and false.op is not Op.CONST:
        return replace(register, next=false)
    if false.op is Op.CONST and true.op is not Op.CONST:
        return replace(register, next=true)
    return None


def _of_reset_input(module: Dataflow, condition: Node) -> bool:
    """Whether a condition is an input, or the inverse of one, that resets other registers, too."""
    inputs = [node for node in reached([condition]) if node.op is not Op.NOT]
    if len(inputs) != 1 or inputs[0].op is not Op.INPUT:
        return False
    resets = [
        r
        for r in module.registers.values()
        if r.next.op is Op.MUX and r.next.operands[0] is condition
    ]
    return len(resets) > 1


def _stimuli(module: Dataflow) -> Iterator[list[dict[str, int]]]:
    source = random.Random(3)  # noqa: S311 - no secret: it only has to be the same every time
    single = [port.name for port in module.interface.inputs if port.width == 1]
    for run in range(_RUNS):
        rare = {name: source.random() < 0.5 for name in single}
        cycles = []
        for cycle in range(_CYCLES):
            inputs = {port.name: source.getrandbits(port.width) for port in module.interface.inputs}
            for name in single:
                level = run % 2 if cycle < 2 else 1 - run % 2
                if rare[name] and source.random() < 0.9:
                    inputs[name] = level
            cycles.append(inputs)
        yield cycles


def _run(module: Dataflow, cycles: list[dict[str, int]]) -> _Run:
    low, high = (simulate(module, cycles, unknown=unknown) for unknown in (0, 1))
    return cycles, low, high


def _unseen(changed: Dataflow, runs: list[_Run]) -> bool:
    """Whether outputs agree wherever they do not depend on what is unknown before."""
    for cycles, *known in runs:
        after = [simulate(changed, cycles, unknown=u) for u in (0, 1)]
        for low, high, *others in zip(*known, *after, strict=True):
            for name, value in low.items():
                settled = ~(value ^ high[name])
                if any((value ^ other[name]) & settled for other in others):
                    return False
    return True


RULE = Rule(
    name="redundant-reset",
    title="Resets that no output can tell",
    matches="a register with a reset, synchronous or asynchronous, whose value after reset is never"
    " seen: data beside a valid bit, registers of a pipeline, what is written before it is read",
    makes="the register without reset",
    allowed="proved of the whole module, its power-on value unknown",
    goals=frozenset({Goal.AREA}),
    source="Chinnery, Keutzer: Closing the Gap Between ASIC & Custom, 2002 (resettable registers"
    " only in control)",
    example=Example(
        before="""
module staged(input clk, input rst, input valid, input [7:0] data,
              output reg valid_out, output [7:0] y);
  reg [7:0] stage;
  always @(posedge clk)
    if (rst) begin
      valid_out <= 1'b0;
      stage <= 8'd0;
    end else begin
      valid_out <= valid;
      stage <= data;
    end
  assign y = valid_out ? stage : 8'd0;
endmodule
""",
        after="""
module staged (
    input wire clk,
    input wire rst,
    input wire valid,
    input wire [7:0] data,
    output reg valid_out,
    output wire [7:0] y
);

    reg [7:0] stage;

    assign y = valid_out ? stage : 8'd0;

    always @(posedge clk) begin
        stage <= data;
        valid_out <= valid & ~rst;
    end
endmodule
""",
    ),
    apply=apply,
)
