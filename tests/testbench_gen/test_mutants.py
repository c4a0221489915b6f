"""Mutants of whole designs: different, of the same ports, and chosen from all over the text."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.design import Design
from sim.errors import InvalidDesign
from sim.interface import read_interface
from sim.slang import Parsed
from testbench_gen.mutants import OPERATORS, Mutant, mutants_of

LIFT = """\
// A lift between three floors; Türen sind gezählt.
module lift (
  input        clk, rst_n,
  input  [2:0] call,
  output reg   [1:0] floor,
  output       moving
);
  localparam [1:0] STOP = 2'b00, UP = 2'b01, DOWN = 2'b10;
  reg [1:0] state, next;
  wire [2:0] above = call & ~((3'd1 << (floor + 1)) - 3'd1);
  wire [2:0] below = call & ((3'd1 << floor) - 3'd1);

  assign moving = state != STOP;

  always @(*) begin
    next = state;
    case (state)
      STOP: if (|above) next = UP;
            else if (|below) next = DOWN;
      UP:   next = |above ? UP : STOP;
      DOWN: if (!below) next = STOP;
      default: next = STOP;
    endcase
  end

  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      state <= STOP;
      floor <= 0;
    end else begin
      state <= next;
      if (state == UP && floor < 2'd2) floor <= floor + 1'b1;
      else if (state == DOWN) floor <= floor - 1'b1;
    end
endmodule
"""

QUEUE = """\
`include "sizes.vh"
`define FULL (count == `DEPTH)
module queue #(parameter W = 8) (
  input logic clk, rst, push, pop,
  input logic [W-1:0] d,
  output logic [W-1:0] q,
  output logic full, empty
);
  logic [W-1:0] store [0:`DEPTH-1];
  logic [2:0] count;
  logic [1:0] head, tail;
  assign full = `FULL;
  assign empty = count == 0;
  assign q = store[head];
`ifdef NEVER
  broken here
`endif
  always_ff @(posedge clk)
    if (rst) begin
      count <= '0;
      head <= '0;
      tail <= '0;
    end else begin
      if (push && !full) begin
        store[tail] <= d;
        tail <= tail + 1;
      end
      if (pop && !empty) head <= head + 1;
      count <= count + (push && !full) - (pop && !empty);
    end
endmodule
"""
SIZES = "`define DEPTH 4\n"

ADDER = """\
module full_adder(input a, b, c, output s, k);
  assign {k, s} = a + b + c;
endmodule
"""
RIPPLE = """\
module ripple #(parameter W = 4)(input signed [W-1:0] a, b, input sub, output signed [W-1:0] s,
                                 output over, output [1:0] sign);
  wire [W:0] k;
  wire signed [W-1:0] x = b ^ {W{sub}};
  assign k[0] = sub;
  genvar i;
  generate
    for (i = 0; i < W; i = i + 1) begin : bit_
      full_adder fa(.a(a[i]), .b(x[i]), .c(k[i]), .s(s[i]), .k(k[i+1]));
    end
  endgenerate
  assign over = k[W] ^ k[W-1];
  assign sign = {s[W-1], ^s} | {2{$signed(s) >>> 1 < 0}};
endmodule
"""

DESIGNS = {
    "lift": Design(top="lift", sources={"lift.v": LIFT}),
    "queue": Design(top="queue", sources={"queue.sv": QUEUE, "sizes.vh": SIZES}),
    "ripple": Design(top="ripple", sources={"full_adder.v": ADDER, "ripple.v": RIPPLE}),
}


def errors(design: Design) -> list[str]:
    parsed = Parsed(design.sources)
    if found := parsed.syntax_errors():
        return [str(error) for error in found]
    all_ = parsed.diagnostics(parsed.elaborate(design.top).getAllDiagnostics())
    return [str(d) for d in all_ if d.error]


def tokens(design: Design) -> tuple[str, ...]:
    return tuple(word for text in design.sources.values() for word in text.split())


@pytest.mark.parametrize("name", DESIGNS)
def test_mutants_parse_and_keep_the_ports(name: str) -> None:
    design = DESIGNS[name]
    wanted = read_interface(design)
    found = mutants_of(design)
    assert len(found) > 50
    for mutant in found:
        assert errors(mutant.design) == [], mutant.diff()
        assert read_interface(mutant.design) == wanted


@pytest.mark.parametrize("name", DESIGNS)
def test_no_two_mutants_say_the_same(name: str) -> None:
    said = [tokens(mutant.design) for mutant in mutants_of(DESIGNS[name])]
    assert len(set(said)) == len(said)
    assert tokens(DESIGNS[name]) not in said


@pytest.mark.parametrize("name", DESIGNS)
def test_a_mutant_says_where_it_differs(name: str) -> None:
    for mutant in mutants_of(DESIGNS[name]):
        assert mutant.operator in OPERATORS
        assert mutant.original is DESIGNS[name]
        others = {f for f in mutant.design.sources if f != mutant.file}
        assert all(mutant.design.sources[f] == mutant.original.sources[f] for f in others)
        before = mutant.original.sources[mutant.file].splitlines()
        after = mutant.design.sources[mutant.file].splitlines()
        assert before[: mutant.line - 1] == after[: mutant.line - 1]
        assert before[mutant.line - 1 :] != after[mutant.line - 1 :]
        assert mutant.diff().count("\n@@") >= 1
        assert "\n" not in mutant.summary


def test_headers_and_what_macros_produce_stay() -> None:
    for mutant in mutants_of(DESIGNS["queue"]):
        new = mutant.design.sources["queue.sv"]
        assert mutant.design.sources["sizes.vh"] == SIZES
        assert "`define FULL (count == `DEPTH)" in new
        assert "`ifdef NEVER\n  broken here\n`endif" in new
        assert "[0:`DEPTH-1]" in new


def test_line_ends_and_other_bytes_stay() -> None:
    text = LIFT.replace("\n", "\r\n")
    design = Design(top="lift", sources={"lift.v": text})
    plain = {m.name for m in mutants_of(DESIGNS["lift"])}
    found = mutants_of(design)
    assert {m.name for m in found} == plain
    assert all("Türen sind gezählt.\r\n" in m.design.sources["lift.v"] for m in found)


def test_data_and_the_top_stay() -> None:
    design = Design(top="lift", sources={"lift.v": LIFT}, data={"a.hex": b"00"})
    assert all(m.design.top == "lift" and m.design.data == design.data for m in mutants_of(design))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(DESIGNS)), st.integers(0, 60), st.integers(0, 5))
def test_a_choice_is_of_the_wanted_size_and_the_same_again(
    name: str, limit: int, seed: int
) -> None:
    design = DESIGNS[name]
    chosen = mutants_of(design, limit=limit, seed=seed)
    assert len(chosen) == limit
    assert chosen == mutants_of(design, limit=limit, seed=seed)
    places = [(m.file, m.line) for m in chosen]
    assert places == sorted(places)


def texts(mutants: list[Mutant]) -> set[tuple[str, ...]]:
    return {tokens(mutant.design) for mutant in mutants}


def test_a_choice_is_one_of_all() -> None:
    everything = texts(mutants_of(DESIGNS["lift"]))
    one, other = (mutants_of(DESIGNS["lift"], limit=20, seed=seed) for seed in (1, 2))
    assert texts(one) < everything
    assert texts(one) != texts(other)


def test_a_choice_is_of_many_operators_and_lines() -> None:
    apply = {m.operator for m in mutants_of(DESIGNS["lift"])}
    few = mutants_of(DESIGNS["lift"], limit=20)
    assert len({m.operator for m in few}) == 20
    assert max(Counter(m.line for m in few).values()) <= 3
    more = mutants_of(DESIGNS["lift"], limit=2 * len(apply))
    assert len({m.operator for m in more}) >= len(apply) - 3


def test_there_are_no_more_than_there_are() -> None:
    design = Design(
        top="t", sources={"t.v": "module t(input a, output y); assign y = a; endmodule"}
    )
    everything = mutants_of(design)
    assert texts(mutants_of(design, limit=1000)) == texts(everything)
    assert mutants_of(design, limit=0) == []
    assert mutants_of(Design(top="t", sources={"t.v": "module t(input a); endmodule"})) == []


def test_a_design_of_ten_thousand_lines_is_not_looked_at_whole() -> None:
    modules = [LIFT.replace("module lift", f"module lift_{n}") for n in range(280)]
    design = Design(top="lift_0", sources={"lifts.v": "".join(modules)})
    assert design.sources["lifts.v"].count("\n") > 9_000
    found = mutants_of(design, limit=30)
    assert len(found) == 30
    assert len({m.operator for m in found}) > 20


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="limit must not be negative, not -1"):
        mutants_of(DESIGNS["lift"], limit=-1)


def test_a_design_that_does_not_parse_is_refused() -> None:
    with pytest.raises(InvalidDesign, match=r"t\.v:2: "):
        mutants_of(Design(top="t", sources={"t.v": "module t(input a);\nassign = ;\nendmodule"}))


def test_nesting_that_the_parser_does_not_survive_is_refused() -> None:
    text = f"module t(output y); assign y = {'(' * 5000}1{')' * 5000}; endmodule"
    with pytest.raises(InvalidDesign, match="brackets may nest"):
        mutants_of(Design(top="t", sources={"t.v": text}))
