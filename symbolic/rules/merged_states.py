"""States of a control register between which nothing can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from symbolic.dataflow.module import AsyncReset, Dataflow, Register
from symbolic.dataflow.nodes import Node, Nodes, Op, reached
from symbolic.facts.bits import BitLogic, Bits
from symbolic.facts.gates import FALSE, TRUE
from symbolic.facts.reachable import WIDEST
from symbolic.facts.shared import facts_of
from symbolic.facts.storage import node_of
from symbolic.rules.mux_trees import leaves, mapped_leaves
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import with_registers

_STATES = 64
_WORK = 20_000


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield for each control register the module with its equivalent codes merged."""
    if not module.registers:
        return
    facts = facts_of(module)
    logic, known = facts.logic, facts.codes[1]
    for name, register in module.registers.items():
        codes = known.get(name) or _all_codes(register)
        if 1 < len(codes) <= _STATES and len(codes) * len(reached(module.roots())) <= _WORK:
            leader = _leaders(_Behaviour.of(module, register, codes, logic))
            merged = [code for code in codes if leader[code] != code]
            if merged:
                yield _merged(module, register, leader, merged)


def _all_codes(register: Register) -> list[str]:
    if not 1 < register.width <= min(WIDEST, _STATES.bit_length() - 1):
        return []
    return [format(code, f"0{register.width}b") for code in range(1 << register.width)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behaviour:
    """What a module does in each code of a register, over the same gates and leaves."""

    logic: BitLogic
    seen: Mapping[str, Bits]
    """All that others see: outputs, next values of other registers, writes to memories."""
    following: Mapping[str, Bits]

    @staticmethod
    def of(
        module: Dataflow, register: Register, codes: Sequence[str], logic: BitLogic
    ) -> _Behaviour:
        node = node_of(module, register)
        others = [*module.outputs.values()]
        for other in module.registers.values():
            others += [other.next] if other is not register else []
            others += [other.reset.signal] if other.reset else []
        for memory in module.memories.values():
            for port in memory.writes:
                others += [port.address, port.data, port.enable]
        seen, following = {}, {}
        for root in (*others, register.next):
            logic.of(root)
        for code in codes:
            fixed = tuple(TRUE if c == "1" else FALSE for c in reversed(code))
            here = BitLogic(logic.gates, fixed={**logic.leaves(), node: fixed})
            seen[code] = tuple(bit for root in others for bit in here.of(root))
            following[code] = here.of(register.next)
        return _Behaviour(logic=logic, seen=seen, following=following)

    def agree(self, one: str, other: str) -> bool:
        """Whether it is proved that two codes show the same to all others."""
        return self.logic.gates.same(self.seen[one], self.seen[other])

    def leads(self, code: str, targets: Sequence[str]) -> int:
        """Return the condition that one of some codes follows."""
        gates = self.logic.gates
        return gates.any(
            gates.all(
                bit if c == "1" else -bit
                for bit, c in zip(reversed(self.following[code]), target, strict=True)
            )
            for target in targets
        )


def _leaders(behaviour: _Behaviour) -> dict[str, str]:
    """Return for each code the first that is equivalent to it (partition refinement)."""
    blocks = _blocks(list(behaviour.seen), behaviour.agree)
    while True:
        finer = [part for block in blocks for part in _blocks(block, _alike(behaviour, blocks))]
        if len(finer) == len(blocks):
            return {code: block[0] for block in blocks for code in block}
        blocks = finer


def _alike(behaviour: _Behaviour, blocks: Sequence[Sequence[str]]) -> Callable[[str, str], bool]:
    """Return whether two codes lead to the same blocks."""
    gates = behaviour.logic.gates

    def alike(one: str, other: str) -> bool:
        return all(
            gates.never(gates.differ(behaviour.leads(one, block), behaviour.leads(other, block)))
            for block in blocks
        )

    return alike


def _blocks(codes: Sequence[str], alike: Callable[[str, str], bool]) -> list[list[str]]:
    """Return codes sorted into blocks, each of codes like its first one."""
    blocks: list[list[str]] = []
    for code in codes:
        for block in blocks:
            if alike(block[0], code):
                block.append(code)
                break
        else:
            blocks.append([code])
    return blocks


def _merged(
    module: Dataflow, register: Register, leader: Mapping[str, str], merged: Sequence[str]
) -> Rewriting:
    nodes = module.nodes
    node = node_of(module, register)
    image = {leaf: _led(nodes, leaf, leader, node) for leaf in leaves(register.next)}
    following = mapped_leaves(nodes, register.next, image)
    reset = register.reset
    if reset is not None:
        value = leader.get(reset.value, reset.value)
        reset = AsyncReset(signal=reset.signal, active_low=reset.active_low, value=value)
    initial = leader.get(register.initial, register.initial)
    changed = replace(register, next=following or register.next, reset=reset, initial=initial)
    what = f"{len(merged)} of {len(leader)} states of `{register.name}` equal others"
    return Rewriting(module=with_registers(module, {}, {register.name: changed}), what=what)


def _led(nodes: Nodes, leaf: Node, leader: Mapping[str, str], node: Node) -> Node:
    """Return a next value with merged codes exchanged for their leaders."""
    if leaf is node:
        return leaf
    if leaf.op is Op.CONST:
        text = str(leaf.payload)
        return nodes.bits(leader.get(text, text))
    return reduce(
        lambda value, code: nodes.mux(
            nodes.make(Op.EQ, 1, leaf, nodes.bits(code)), nodes.bits(leader[code]), value
        ),
        (code for code in leader if leader[code] != code),
        leaf,
    )


RULE = Rule(
    name="merged-states",
    title="Equivalent states of a control register",
    matches="codes of a control register in which outputs, all other registers' next values and"
    " writes are the same functions, and which lead to the same or to such codes",
    makes="one code for each class; the others are never reached",
    allowed="the functions are equal by SAT; at most 64 codes",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Hopcroft: An n log n algorithm for minimizing states in a finite automaton, 1971",
    example=Example(
        before="""
module twice(input clk, input rst, input go, input [7:0] d, output reg [7:0] y);
  reg [2:0] state;
  always @(posedge clk)
    if (rst) state <= 3'd0;
    else
      case (state)
        3'd0: if (go) state <= 3'd1;
        3'd1: begin y <= d; state <= 3'd2; end
        3'd2: begin y <= y + d; state <= 3'd3; end
        3'd3: if (go) state <= 3'd4;
        3'd4: begin y <= d; state <= 3'd5; end
        default: begin y <= y + d; state <= 3'd0; end
      endcase
endmodule
""",
        after="""
module twice (
    input wire clk,
    input wire rst,
    input wire go,
    input wire [7:0] d,
    output reg [7:0] y
);

    reg [1:0] state;

    always @(posedge clk) begin
        if (rst)
            state <= 2'd0;
        else if (|state) begin
            if (state == 2'd1) begin
                y <= d;
                state <= 2'd2;
            end else begin
                y <= d + y;
                state <= 2'd0;
            end
        end else if (go)
            state <= 2'd1;
    end
endmodule
""",
    ),
    apply=apply,
)
