"""Registers whose value a state register determines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.facts.reachable import WIDEST, reachable
from symbolic.facts.shared import facts_of
from symbolic.facts.storage import domain, node_of
from symbolic.rules.rule import LIMIT, Example, Goal, Rewriting, Rule
from symbolic.rules.storage_edits import with_registers

_PAIRS = 64


def apply(module: Dataflow) -> Iterator[Rewriting]:
    """Yield modules in which a register is a function of another one."""
    yield from islice(_derived(module), LIMIT)


def _derived(module: Dataflow) -> Iterator[Rewriting]:
    if len(module.registers) < 2:
        return
    facts = facts_of(module)
    logic, runs = facts.logic, facts.runs
    always, _ = facts.codes
    for state, other in islice(_pairs(module), _PAIRS):
        bits = logic.of(node_of(module, other)) + logic.of(node_of(module, state))
        if _function(runs.codes(bits), state.width) is None:
            continue
        codes = reachable(module, [state.name, other.name], logic, runs, always=always)
        table = _function(codes, state.width) if codes else None
        if table is not None:
            value = _selected(module.nodes, node_of(module, state), table)
            image = {node_of(module, other): value}
            what = f"`{other.name}` is determined by `{state.name}`"
            yield Rewriting(module=with_registers(module, image, {other.name: None}), what=what)


def _pairs(module: Dataflow) -> Iterator[tuple[Register, Register]]:
    small = [r for r in module.registers.values() if r.width <= WIDEST]
    for other in sorted(small, key=lambda register: -register.width):
        for state in small:
            if state is not other and domain(state) == domain(other) and state.width > 1:
                yield state, other


def _function(codes: Collection[str], width: int) -> Mapping[str, str] | None:
    """Return the second part of codes for each first part, if that is one."""
    table: dict[str, str] = {}
    for code in codes:
        if table.setdefault(code[:width], code[width:]) != code[width:]:
            return None
    return table


def _selected(nodes: Nodes, state: Node, table: Mapping[str, str]) -> Node:
    """Return the table as a chain of comparisons, by value; the most frequent value last."""
    values = sorted(set(table.values()))
    values.sort(key=lambda value: sum(v == value for v in table.values()))
    *tested, otherwise = values
    chosen = nodes.bits(otherwise)
    for value in reversed(tested):
        some = [nodes.make(Op.EQ, 1, state, nodes.bits(k)) for k, v in table.items() if v == value]
        condition = some[0]
        for one in some[1:]:
            condition = nodes.make(Op.OR, 1, condition, one)
        chosen = nodes.mux(condition, nodes.bits(value), chosen)
    return chosen


RULE = Rule(
    name="derived-registers",
    title="Registers that a state register determines",
    matches="a register of which each reachable code of another one leaves one value: a busy flag"
    " beside a state machine, a one-hot copy of a binary counter",
    makes="a table of the other register",
    allowed="both have at most 8 bits and change together; their codes are found by SAT",
    goals=frozenset({Goal.AREA, Goal.POWER}),
    source="Lin, Touati, Newton: Don't care minimization of multi-level sequential logic networks,"
    " ICCAD 1990 (redundant latches)",
    example=Example(
        before="""
module flagged(input clk, input rst, input go, input stop, output reg busy, output [1:0] at);
  reg [1:0] state;
  always @(posedge clk)
    if (rst) begin
      state <= 2'd0;
      busy <= 1'b0;
    end else
      case (state)
        2'd0: if (go) begin
          state <= 2'd1;
          busy <= 1'b1;
        end
        2'd1: state <= 2'd3;
        2'd3: if (stop) begin
          state <= 2'd0;
          busy <= 1'b0;
        end
        default: state <= 2'd0;
      endcase
  assign at = state;
endmodule
""",
        after="""
module flagged (
    input wire clk,
    input wire rst,
    input wire go,
    input wire stop,
    output wire busy,
    output wire [1:0] at
);

    reg [1:0] state;

    assign busy = |state;
    assign at = state;

    always @(posedge clk) begin
        if (rst)
            state <= 2'd0;
        else if (busy) begin
            if (state == 2'd1)
                state <= 2'd3;
            else if (stop)
                state <= 2'd0;
        end else if (go)
            state <= 2'd1;
    end
endmodule
""",
    ),
    apply=apply,
)
