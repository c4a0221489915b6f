"""A memory that is read at constant addresses is registers; words never read go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbolic.dataflow.module import Dataflow, Memory, Register, WritePort
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.rules.matching import is_ones, is_zero
from symbolic.rules.memory_edits import first_word, reads, with_memories
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import fresh_name, known, with_registers


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield the module with registers for the words that are read of such memories."""
    changed = module
    said = []
    for name, memory in module.memories.items():
        used = _words_read(module, memory)
        if used is not None and _same_clock(memory.writes):
            changed = _split(changed, memory, used)
            said.append(f"{len(used)} of {memory.depth} words of `{name}`")
    if said:
        yield Rewriting(module=changed, what=f"registers instead of {', '.join(said)}")


def _words_read(module: Dataflow, memory: Memory) -> list[int] | None:
    """Return the indices of words that are read; None if an address is no constant."""
    used: set[int] = set()
    for node in reads(module):
        if node.payload == memory.name:
            address = node.operands[0].value
            if address is None:
                return None
            used.add(address - memory.lowest)
    return sorted(index for index in used if 0 <= index < memory.depth)


def _same_clock(writes: Sequence[WritePort]) -> bool:
    return len({(port.clock, port.rising) for port in writes}) == 1


def _split(module: Dataflow, memory: Memory, used: Sequence[int]) -> Dataflow:
    nodes = module.nodes
    names = {index: fresh_name(module, f"{memory.name}_{index + memory.lowest}") for index in used}
    words = {index: nodes.reg(name, memory.width) for index, name in names.items()}
    image: dict[Node, Node] = {}
    for node in reads(module):
        if node.payload == memory.name:
            index = (node.operands[0].value or 0) - memory.lowest
            image[node] = words.get(index, nodes.bits("x" * memory.width))
    registers: dict[str, Register | None] = {
        names[index]: Register(
            name=names[index],
            width=memory.width,
            clock=memory.writes[0].clock,
            rising=memory.writes[0].rising,
            next=_following(nodes, memory, index, words[index]),
            initial=known(first_word(memory, index)),
            place=memory.place,
        )
        for index in used
    }
    return with_memories(with_registers(module, image, registers), {}, {memory.name: None})


def _following(nodes: Nodes, memory: Memory, index: int, held: Node) -> Node:
    """Return what a word becomes; later write ports win."""
    value = held
    for port in memory.writes:
        here = _selects(nodes, port.address, index + memory.lowest)
        if here is not None:
            written = _written(nodes, port, value)
            value = written if is_ones(here) else nodes.mux(here, written, value)
    return value


def _selects(nodes: Nodes, address: Node, wanted: int) -> Node | None:
    """Return the condition that an address is the wanted one; None: it never is."""
    if wanted >= 1 << address.width:
        return None
    if address.value is None:
        return nodes.make(Op.EQ, 1, address, nodes.const(wanted, address.width))
    return nodes.const(1, 1) if address.value == wanted else None


def _written(nodes: Nodes, port: WritePort, held: Node) -> Node:
    """Return a word after a write to it, bits that are not enabled as they were."""
    enable = port.enable
    if is_ones(enable):
        return port.data
    if is_zero(enable):
        return held
    condition = whole(enable)
    if condition is not None:
        return nodes.mux(condition, port.data, held)
    kept = nodes.make(Op.AND, held.width, held, nodes.make(Op.NOT, held.width, enable))
    return nodes.make(Op.OR, held.width, nodes.make(Op.AND, held.width, port.data, enable), kept)


def whole(enable: Node) -> Node | None:
    """Return the bit of which all bits of an enable are copies, if they are."""
    if enable.width == 1:
        return enable
    if enable.op is Op.SEXT and enable.operands[0].width == 1:
        return enable.operands[0]
    if enable.op is Op.CONCAT and len(set(enable.operands)) == 1 and enable.operands[0].width == 1:
        return enable.operands[0]
    if enable.op is Op.MUX and is_ones(enable.operands[1]) and is_zero(enable.operands[2]):
        return enable.operands[0]
    return None


RULE = Rule(
    name="memory-words",
    title="Memory read at constant addresses to registers",
    matches="a memory that is only read at constant addresses, as in unrolled loops",
    makes="a register for each word that is read; the other words go",
    allowed="one clock writes it",
    goals=frozenset({Goal.AREA, Goal.DELAY}),
    source="Yosys, pass memory_map; Panda et al.: Data and memory optimization techniques for"
    " embedded systems, ACM TODAES 6(2), 2001",
    example=Example(
        before="""
module mailbox(input clk, input we, input [2:0] wa, input [7:0] d, output [7:0] y);
  reg [7:0] words [0:7];
  always @(posedge clk) if (we) words[wa] <= d;
  assign y = words[0] ^ words[5];
endmodule
""",
        after="""
module mailbox (
    input wire clk,
    input wire we,
    input wire [2:0] wa,
    input wire [7:0] d,
    output wire [7:0] y
);

    reg [7:0] words_0;
    reg [7:0] words_5;

    assign y = words_0 ^ words_5;

    always @(posedge clk) begin
        if (!(|wa)) begin
            if (we)
                words_0 <= d;
        end
        if (wa == 3'd5) begin
            if (we)
                words_5 <= d;
        end
    end
endmodule
""",
    ),
    apply=apply,
    always=True,
)
