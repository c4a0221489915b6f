"""One register for several that are never needed in the same states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce

from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op
from symbolic.facts.lifetimes import Lifetimes
from symbolic.facts.shared import facts_of
from symbolic.facts.storage import domain, node_of
from symbolic.rules.rule import Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import with_registers


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield for each control register the module with registers shared as far as it allows."""
    if len(module.registers) < 3:
        return
    facts = facts_of(module)
    for name, live in facts.lifetimes.items():
        groups = list(_groups(module, name, live, facts.runs.start[name]))
        if groups:
            yield _shared(module, name, groups, live)


def _groups(
    module: Dataflow, control: str, live: Lifetimes, first: str
) -> Iterator[list[Register]]:
    """Yield registers that may be one, by the left-edge algorithm: each joins the first it fits."""
    groups: list[list[Register]] = []
    for name, register in module.registers.items():
        if name == control or not live.after[name]:
            continue
        for group in groups:
            if _fits(register, group, live, first):
                group.append(register)
                break
        else:
            groups.append([register])
    yield from (group for group in groups if len(group) > 1)


def _fits(register: Register, group: Sequence[Register], live: Lifetimes, first: str) -> bool:
    return all(
        other.width == register.width
        and domain(other) == domain(register)
        and not live.overlap(register.name, other.name)
        and first not in live.before[register.name]
        and (other.reset is None or register.reset is None or other.reset == register.reset)
        for other in group
    )


def _shared(
    module: Dataflow, control: str, groups: Sequence[Sequence[Register]], live: Lifetimes
) -> Rewriting:
    image: dict[Node, Node] = {}
    registers: dict[str, Register | None] = {}
    for first, *others in groups:
        image |= {node_of(module, other): node_of(module, first) for other in others}
        registers |= {other.name: None for other in others}
        registers[first.name] = _joined(module, control, first, others, live)
    shown = "; ".join(", ".join(f"`{r.name}`" for r in group) for group in groups)
    what = f"never needed in the same states of `{control}`, one register: {shown}"
    return Rewriting(module=with_registers(module, image, registers), what=what)


def _joined(
    module: Dataflow, control: str, first: Register, others: Sequence[Register], live: Lifetimes
) -> Register:
    """Return a register that becomes in each state what the one needed after it becomes."""
    nodes = module.nodes
    state = node_of(module, module.registers[control])
    following = first.next
    for other in others:
        needed = sorted(live.after[other.name])
        active = [nodes.make(Op.EQ, 1, state, nodes.bits(code)) for code in needed]
        condition = reduce(lambda a, b: nodes.make(Op.OR, 1, a, b), active)
        following = nodes.mux(condition, other.next, following)
    return replace(first, next=following)


RULE = Rule(
    name="shared-registers",
    title="Register sharing by live ranges",
    matches="registers, or words of a memory with constant addresses, that a state machine needs in"
    " different states only",
    makes="one register, written in each state with what is needed after it",
    allowed="same width and clock; live ranges over the reachable states of a control register of"
    " at most 8 bits do not overlap",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Kurdahi, Parker: REAL: a program for register allocation, DAC 1987 (left edge);"
    " RTLRewriter (arXiv 2409.11414): memory folding",
    example=Example(
        before="""
module in_turn(input clk, input rst, input [7:0] d, output reg [7:0] y);
  reg [1:0] state;
  reg [7:0] first, second;
  always @(posedge clk)
    if (rst) begin
      state <= 2'd0;
      y <= 8'd0;
    end else
      case (state)
        2'd0: begin first <= d; state <= 2'd1; end
        2'd1: begin y <= first + 8'd1; state <= 2'd2; end
        2'd2: begin second <= d; state <= 2'd3; end
        2'd3: begin y <= second - 8'd1; state <= 2'd0; end
      endcase
endmodule
""",
        after="""
module in_turn (
    input wire clk,
    input wire rst,
    input wire [7:0] d,
    output reg [7:0] y
);

    reg [7:0] first;
    reg [1:0] state;

    always @(posedge clk) begin
        if (state == 2'd2) begin
            if (!rst)
                first <= d;
        end else if (!rst) begin
            if (!(|state))
                first <= d;
        end
        if (rst) begin
            y <= 8'd0;
            state <= 2'd0;
        end else begin
            if (state == 2'd1)
                y <= first + 8'd1;
            else if (&state)
                y <= first - 8'd1;
            if (|state) begin
                if (state == 2'd1)
                    state <= 2'd2;
                else if (state == 2'd2)
                    state <= 2'd3;
                else
                    state <= 2'd0;
            end else
                state <= 2'd1;
        end
    end
endmodule
""",
    ),
    apply=apply,
)
