"""A memory that is cleared as a whole takes the cleared value through its write data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbolic.dataflow.module import Dataflow, Memory, WritePort
from symbolic.dataflow.nodes import Node, Op
from symbolic.facts.bits import BitLogic
from symbolic.facts.shared import facts_of
from symbolic.rules.memory_edits import with_memories
from symbolic.rules.memory_words import whole
from symbolic.rules.rule import Example, Goal, Rewriting, Rule

_WORDS = 64


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield for each such memory the module with one write for each word, of shared data."""
    logic = facts_of(module).logic
    for name, memory in module.memories.items():
        made = _joined(module, memory, logic)
        if made is not None:
            what = f"`{name}` is cleared through its write data"
            yield Rewriting(module=with_memories(module, {}, {name: made}), what=what)


def _joined(module: Dataflow, memory: Memory, logic: BitLogic) -> Memory | None:
    clears = [port for port in memory.writes if _clears(port)]
    writes = [port for port in memory.writes if not _clears(port)]
    if len(writes) != 1 or not _every_word(memory, clears):
        return None
    (port,), first = writes, clears[0]
    clear, write = _condition(module, first.enable, logic), _condition(module, port.enable, logic)
    later = memory.writes.index(port) < memory.writes.index(first)
    if clear is None or write is None or (port.clock, port.rising) != (first.clock, first.rising):
        return None
    if not later and not logic.gates.never(logic.bit(clear), logic.bit(write)):
        return None
    data = module.nodes.mux(clear, first.data, port.data)
    words = range(memory.lowest, memory.lowest + memory.depth)
    return replace(memory, writes=tuple(_word(module, port, i, data, clear, write) for i in words))


def _clears(port: WritePort) -> bool:
    return port.address.value is not None and port.data.op is Op.CONST


def _every_word(memory: Memory, clears: Sequence[WritePort]) -> bool:
    """Whether each word is cleared, all under one condition to one value by one clock."""
    alike = {(p.data, p.enable, p.clock, p.rising) for p in clears}
    words = sorted((port.address.value or 0) - memory.lowest for port in clears)
    return 1 < memory.depth <= _WORDS and words == list(range(memory.depth)) and len(alike) == 1


def _condition(module: Dataflow, enable: Node, logic: BitLogic) -> Node | None:
    """Return the bit of which all bits of an enable are copies, if they are."""
    if len(set(logic.of(enable))) != 1:
        return None
    return whole(enable) or module.nodes.slice(enable, 0, 1)


def _word(
    module: Dataflow, port: WritePort, index: int, data: Node, clear: Node, write: Node
) -> WritePort:
    nodes = module.nodes
    wide = max(port.address.width, index.bit_length())
    number = nodes.const(index, wide)
    here = nodes.make(Op.EQ, 1, nodes.resized(port.address, wide), number)
    enable = nodes.make(Op.OR, 1, clear, nodes.make(Op.AND, 1, write, here))
    return replace(
        port, address=number, data=data, enable=nodes.resized(enable, data.width, signed=True)
    )


RULE = Rule(
    name="memory-reset",
    title="Memory cleared through its write data",
    matches="a memory all of whose words are cleared under a condition, and written one at a time"
    " otherwise: if (rst) for (...) m[i] <= 0; else if (we) m[a] <= d",
    makes="for each word if (rst || (we && a == i)) m[i] <= rst ? 0 : d, the data shared by all",
    allowed="clearing wins, or excludes writing, by SAT; at most 64 words",
    goals=frozenset({Goal.AREA}),
    source="Chinnery, Keutzer: Closing the Gap Between ASIC & Custom, 2002 (resets in data paths)",
    example=Example(
        before="""
module scratch(input clk, input rst, input we, input [1:0] wa, input [1:0] ra, input [7:0] d,
               output [7:0] q);
  reg [7:0] words [0:3];
  integer i;
  always @(posedge clk)
    if (rst) begin
      for (i = 0; i < 4; i = i + 1) words[i] <= 8'd0;
    end else if (we) words[wa] <= d;
  assign q = words[ra];
endmodule
""",
        after="""
module scratch (
    input wire clk,
    input wire rst,
    input wire we,
    input wire [1:0] wa,
    input wire [1:0] ra,
    input wire [7:0] d,
    output wire [7:0] q
);

    reg [7:0] words [0:3];

    wire [7:0] selected = rst ? 8'd0 : d;
    assign q = words[ra];

    always @(posedge clk) begin
        if (rst || (we && ~|wa))
            words[0] <= selected;
        if (rst || (we && wa == 2'd1))
            words[1] <= selected;
        if (rst || (we && wa == 2'd2))
            words[2] <= selected;
        if (rst || (we && &wa))
            words[3] <= selected;
    end
endmodule
""",
    ),
    apply=apply,
)
