"""Bits of the words of a memory that are constant, or that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symbolic.dataflow.module import Dataflow, Memory, WritePort
from symbolic.dataflow.nodes import Node
from symbolic.facts.bits import BitLogic
from symbolic.facts.shared import facts_of
from symbolic.rules.memory_edits import first_word, reads, with_memories
from symbolic.rules.register_bits import put_together, runs
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.split_mux import part
from symbolic.rules.storage_edits import picked


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with memories that store only what changes and is read."""
    if not module.memories:
        return
    facts = facts_of(module)
    image: dict[Node, Node] = {}
    memories: dict[str, Memory] = {}
    said = []
    for name, memory in module.memories.items():
        given = _given(module, memory, facts.demand, facts.logic)
        if given and len(given) < memory.width:
            memories[name] = _without(module, memory, given)
            image |= dict(_reads_of(module, memory, given))
            said.append(f"{len(given)} of {memory.width} bits of `{name}`")
    if memories:
        what = f"constant or never read: {', '.join(said)}"
        yield Rewriting(module=with_memories(module, image, memories), what=what)


def _given(
    module: Dataflow, memory: Memory, demand: Mapping[Node, int], logic: BitLogic
) -> dict[int, Node]:
    """Return the bits that need not be stored, and what they are."""
    read = 0
    for node in reads(module):
        if node.payload == memory.name:
            read |= demand.get(node, 0)
    given = {}
    for bit in range(memory.width):
        value = False if not read >> bit & 1 else _constant(memory, bit, logic)
        if value is not None:
            given[bit] = module.nodes.const(value, 1)
    return given


def _constant(memory: Memory, bit: int, logic: BitLogic) -> bool | None:
    """Return the only value a bit is given, in all words; None if there are both."""
    seen = {first_word(memory, index)[-1 - bit] for index in range(memory.depth)} - {"x"}
    for value in (False, True):
        written = all(_only(port, bit, value, logic) for port in memory.writes)
        if written and seen <= {"1" if value else "0"}:
            return value
    return None


def _only(port: WritePort, bit: int, value: bool, logic: BitLogic) -> bool:
    data = logic.of(port.data)[bit]
    return logic.gates.never(logic.of(port.enable)[bit], -data if value else data)


def _without(module: Dataflow, memory: Memory, given: Mapping[int, Node]) -> Memory:
    kept = [bit for bit in range(memory.width) if bit not in given]
    return replace(
        memory,
        width=len(kept),
        writes=tuple(
            replace(
                port,
                data=_picked(module, port.data, kept),
                enable=_picked(module, port.enable, kept),
            )
            for port in memory.writes
        ),
        initial=tuple(picked(text, kept) for text in memory.initial),
    )


def _picked(module: Dataflow, node: Node, kept: list[int]) -> Node:
    parts = [part(module.nodes, node, low, width) for low, width in runs(kept)]
    return module.nodes.concat(*reversed(parts))


def _reads_of(
    module: Dataflow, memory: Memory, given: Mapping[int, Node]
) -> Iterator[tuple[Node, Node]]:
    kept = [bit for bit in range(memory.width) if bit not in given]
    for node in reads(module):
        if node.payload == memory.name:
            stored = module.nodes.make(node.op, len(kept), *node.operands, payload=node.payload)
            yield node, put_together(module, memory.width, given, kept, stored)


RULE = Rule(
    name="memory-bits",
    title="Memory without bits that are constant or never read",
    matches="a memory into which some bits are only written with one value, or of whose words some"
    " bits are never looked at",
    makes="a memory of narrower words; the constant bits are put beside what is read",
    allowed="all writes and the initial contents agree in the constant, by SAT",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="RTLRewriter (arXiv 2409.11414): memory compression; Yosys, pass opt_mem",
    example=Example(
        before="""
module rounded(input clk, input we, input [2:0] wa, input [2:0] ra, input [7:0] d,
               output [7:0] y);
  reg [7:0] words [0:7];
  always @(posedge clk) if (we) words[wa] <= {d[7:3], 3'b000};
  assign y = words[ra];
endmodule
""",
        after="""
module rounded (
    input wire clk,
    input wire we,
    input wire [2:0] wa,
    input wire [2:0] ra,
    input wire [7:0] d,
    output wire [7:0] y
);

    reg [4:0] words [0:7];

    assign y = {words[ra], 3'd0};

    always @(posedge clk) begin
        if (we)
            words[wa] <= d[7:3];
    end
endmodule
""",
    ),
    apply=apply,
    always=True,
)
