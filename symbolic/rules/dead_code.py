"""What no output depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, reached
from symbolic.rules.rule import Example, Goal, Rewriting, Rule


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module without registers, memories and named values that no output depends on."""
    registers, memories, alive = _used(module)
    ports = {port.name for port in module.interface.ports}
    named = {name: n for name, n in module.named.items() if n in alive or name in ports}
    dead = [
        *(name for name in module.registers if name not in registers),
        *(name for name in module.memories if name not in memories),
        *(name for name in module.named if name not in named and name not in module.registers),
    ]
    if not dead:
        return
    smaller = replace(
        module,
        registers={name: r for name, r in module.registers.items() if name in registers},
        memories={name: m for name, m in module.memories.items() if name in memories},
        named=named,
    )
    yield Rewriting(module=smaller, what=f"nothing depends on {_listed(dead)}")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"


def _used(module: Dataflow) -> tuple[set[str], set[str], set[Node]]:
    registers: set[str] = set()
    memories: set[str] = set()
    alive: set[Node] = set()
    waiting = list(module.outputs.values())
    while waiting:
        fresh = [node for node in reached(waiting) if node not in alive]
        alive.update(fresh)
        waiting = []
        for node in fresh:
            waiting += _stored(module, node, registers, memories)
    return registers, memories, alive


def _stored(
    module: Dataflow, node: Node, registers: set[str], memories: set[str]
) -> Iterator[Node]:
    """Yield what the storage that a node reads, seen for the first time, depends on."""
    name = str(node.payload)
    if node.op is Op.REG and name not in registers:
        registers.add(name)
        yield from _of_register(module, name, registers)
    if node.op is Op.READ and name not in memories:
        memories.add(name)
        for port in module.memories[name].writes:
            yield from (port.address, port.data, port.enable)
            yield from _of_clock(module, port.clock, registers)


def _of_register(module: Dataflow, name: str, registers: set[str]) -> Iterator[Node]:
    register = module.registers[name]
    yield register.next
    if register.reset is not None:
        yield register.reset.signal
    yield from _of_clock(module, register.clock, registers)


def _of_clock(module: Dataflow, clock: str, registers: set[str]) -> Iterator[Node]:
    if clock in module.registers and clock not in registers:
        registers.add(clock)
        yield from _of_register(module, clock, registers)
    elif clock in module.named:
        yield module.named[clock]


RULE = Rule(
    name="dead-code",
    title="Dead code",
    matches="registers, memories and named values that no output depends on",
    makes="nothing",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Aho, Lam, Sethi, Ullman: Compilers, 2nd ed., 9.1.6",
    example=Example(
        before="""
module dead(input clk, input [7:0] a, input [7:0] b, output [7:0] y);
  reg [7:0] seen;
  wire [7:0] product = a * b;
  always @(posedge clk) seen <= product;
  assign y = a + b;
endmodule
""",
        after="""
module dead (
    input wire clk,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] y
);

    assign y = a + b;
endmodule
""",
    ),
    apply=apply,
    always=True,
)
