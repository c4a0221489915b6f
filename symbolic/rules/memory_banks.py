"""A memory whose ports keep to one half each is two memories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symbolic.dataflow.module import Dataflow, Memory
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.memory_edits import reads, with_memories
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import fresh_name

_LEAST = 4
"""Words."""
_KNOWN = ("0", "1")


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with two memories for one, for each memory where that is possible."""
    for name, memory in module.memories.items():
        bit = _steady_bit(memory, [node.operands[0] for node in _reads_of(module, name)])
        if bit is not None:
            what = f"`{name}` becomes two memories, by bit {bit} of its addresses"
            yield Rewriting(module=_banked(module, memory, bit), what=what)


def _reads_of(module: Dataflow, name: str) -> list[Node]:
    return [node for node in reads(module) if node.payload == name]


def _steady_bit(memory: Memory, read: Sequence[Node]) -> int | None:
    """Return the highest bit that is a constant in every address, if all words have addresses."""
    addresses = [*read, *(port.address for port in memory.writes)]
    width = (memory.depth - 1).bit_length()
    whole = memory.lowest == 0 and memory.depth == 1 << width >= _LEAST
    if not whole or not read or any(address.width != width for address in addresses):
        return None
    steady = (b for b in reversed(range(width)) if all(_bit(a, b) in _KNOWN for a in addresses))
    return next(steady, None)


def _bit(node: Node, place: int) -> str:
    """Return a bit of a node if it is a constant as written, `x` too; otherwise nothing."""
    match node.op:
        case Op.CONST:
            return str(node.payload)[-1 - place]
        case Op.SLICE:
            return _bit(node.operands[0], place + int(node.payload or 0))
        case Op.ZEXT:
            inner = node.operands[0]
            return _bit(inner, place) if place < inner.width else "0"
        case Op.CONCAT:
            return _bit_of_parts(node.operands, place)
        case Op.MUX:
            both = {_bit(branch, place) for branch in node.operands[1:]}
            known = both - {"x"} or both
            return known.pop() if len(known) == 1 else ""
    return ""


def _bit_of_parts(parts: Sequence[Node], place: int) -> str:
    for part in reversed(parts):
        if place < part.width:
            return _bit(part, place)
        place -= part.width
    return ""


def _banked(module: Dataflow, memory: Memory, bit: int) -> Dataflow:
    names = {value: fresh_name(module, f"{memory.name}_{value}") for value in _KNOWN}
    image = {
        node: module.nodes.make(
            Op.READ,
            node.width,
            _without(module.nodes, node.operands[0], bit),
            payload=names[_bit(node.operands[0], bit)],
        )
        for node in _reads_of(module, memory.name)
    }
    banks = {names[v]: _bank(module.nodes, memory, bit, v, names[v]) for v in _KNOWN}
    return with_memories(module, image, {memory.name: None, **banks})


def _bank(nodes: Nodes, memory: Memory, bit: int, value: str, name: str) -> Memory:
    """Return the words whose address has `value` at `bit`, and what writes them."""
    return replace(
        memory,
        name=name,
        depth=memory.depth // 2,
        initial=tuple(word for n, word in enumerate(memory.initial) if n >> bit & 1 == int(value)),
        writes=tuple(
            replace(port, address=_without(nodes, port.address, bit))
            for port in memory.writes
            if _bit(port.address, bit) == value
        ),
    )


def _without(nodes: Nodes, address: Node, bit: int) -> Node:
    if address.op is Op.MUX:
        condition, true, false = address.operands
        return nodes.mux(condition, _without(nodes, true, bit), _without(nodes, false, bit))
    above = address.width - bit - 1
    parts = [nodes.slice(address, bit + 1, above)] if above else []
    return nodes.concat(*parts, *([nodes.slice(address, 0, bit)] if bit else []))


RULE = Rule(
    name="memory-banks",
    title="Memory banking",
    matches="a memory of which every read and every write names the same bit of its address "
    "as a constant",
    makes="two memories of half the words, each with the ports that go to it",
    allowed="its words are a power of two",
    goals=frozenset({Goal.AREA, Goal.DELAY, Goal.POWER}),
    source="Panda et al.: Data and memory optimization techniques for embedded systems,"
    " ACM TODAES 6(2), 2001",
    example=Example(
        before="""
module halves(input clk, input we, input [1:0] wa, input [3:0] d, input [3:0] e, input [1:0] ra,
              output [3:0] y, output [3:0] z);
  reg [3:0] words [0:7];
  always @(posedge clk) if (we) begin
    words[{1'b0, wa}] <= d;
    words[{1'b1, wa}] <= e;
  end
  assign y = words[{1'b0, ra}];
  assign z = words[{1'b1, ra}];
endmodule
""",
        after="""
module halves (
    input wire clk,
    input wire we,
    input wire [1:0] wa,
    input wire [3:0] d,
    input wire [3:0] e,
    input wire [1:0] ra,
    output wire [3:0] y,
    output wire [3:0] z
);

    reg [3:0] words_0 [0:3];
    reg [3:0] words_1 [0:3];

    assign y = words_0[ra];
    assign z = words_1[ra];

    always @(posedge clk) begin
        if (we)
            words_0[wa] <= d;
    end

    always @(posedge clk) begin
        if (we)
            words_1[wa] <= e;
    end
endmodule
""",
    ),
    apply=apply,
)
