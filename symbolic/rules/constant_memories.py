"""A memory that is never written is a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbolic.dataflow.module import Dataflow, Memory
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.rules.matching import proposing, roots_of
from symbolic.rules.rule import Example, Goal, Rule

_WORDS = 256


def find(module: Dataflow) -> Iterator[tuple[Mapping[Node, Node], str]]:
    """Yield reads of such memories as trees of muxes over the bits of the address."""
    tables = {
        name: memory
        for name, memory in module.memories.items()
        if memory.depth <= _WORDS and not any(_writes(port.enable) for port in memory.writes)
    }
    image = {
        node: _table(module.nodes, tables[str(node.payload)], node.operands[0])
        for node in reached(roots_of(module))
        if node.op is Op.READ and node.payload in tables
    }
    if image:
        names = ", ".join(f"`{name}`" for name in tables)
        yield image, f"never written, so tables: {names}"


def _writes(enable: Node) -> bool:
    return enable.value != 0


def _table(nodes: Nodes, memory: Memory, address: Node) -> Node:
    unknown = nodes.bits("x" * memory.width)
    words = [nodes.bits(text) for text in memory.initial] + [unknown] * memory.depth
    return _selected(nodes, address, address.width, words[: memory.depth], memory.lowest, unknown)


def _selected(
    nodes: Nodes, address: Node, bits: int, words: Sequence[Node], lowest: int, unknown: Node
) -> Node:
    """Return the word that the lower `bits` of an address select; `words` begin at `lowest`."""
    if lowest >= 1 << bits or lowest + len(words) <= 0:
        return unknown
    if bits == 0:
        return words[-lowest]
    half = 1 << bits - 1
    true = _selected(nodes, address, bits - 1, words, lowest - half, unknown)
    false = _selected(nodes, address, bits - 1, words, lowest, unknown)
    return true if true is false else nodes.mux(nodes.slice(address, bits - 1, 1), true, false)


RULE = Rule(
    name="constant-memories",
    title="Memory that is never written to table",
    matches="reads of a memory of at most 256 words with initial contents and no writes (a ROM)",
    makes="the word as a tree of muxes over the address, with don't-cares for addresses outside",
    allowed="",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Yosys, pass memory_map; Brown, Vranesic: Fundamentals of Digital Logic, 3rd ed., B.9",
    example=Example(
        before="""
module digits(input [1:0] n, output [3:0] y);
  reg [3:0] table_of [0:3];
  initial begin
    table_of[0] = 4'd9;
    table_of[1] = 4'd9;
    table_of[2] = 4'd9;
    table_of[3] = 4'd6;
  end
  assign y = table_of[n];
endmodule
""",
        after="""
module digits (
    input wire [1:0] n,
    output wire [3:0] y
);

    assign y = n[1] ? (n[0] ? 4'd6 : 4'd9) : 4'd9;
endmodule
""",
    ),
    apply=proposing(find),
    always=True,
)
