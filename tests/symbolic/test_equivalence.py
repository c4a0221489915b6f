"""Pairs of designs with a known answer; traces are replayed, and proofs challenged, in Icarus."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.interface import Clock, Interface, Reset, read_interface
from sim.proof import Outcome, Proof
from symbolic.prover import YosysProver
from tests.symbolic.replay import (
    design,
    differs,
    interface_of,
    random_plan,
    replays,
)

PROVED, REFUTED, OPEN = Outcome.PROVED, Outcome.REFUTED, Outcome.OPEN

COUNTER = """
module top(input clk, input rst, input en, input [3:0] d, output reg [7:0] q, output z);
reg [7:0] s;
always @(posedge clk) if (rst) q <= 0; else if (en) q <= q + d;
always @(posedge clk) s <= {s[6:0], d[0]};
assign z = q == 8'd77 && s == 8'hff;
endmodule
"""
COMB = """
module top(input [7:0] a, input [7:0] b, output [7:0] y, output p);
assign y = a + b;
assign p = ^a;
endmodule
"""
ASYNC = """
module top(input clk, input rst_n, input d, output reg q, output reg r);
always @(posedge clk or negedge rst_n) if (!rst_n) q <= 0; else q <= d ^ q;
always @(posedge clk) r <= q;
endmodule
"""
MACHINE = """
module top(input clk, input rst, input x, output reg [1:0] out);
localparam A = 0, B = 1, C = 2;
reg [1:0] state, next;
always @(*) begin
  next = A;
  case (state)
    A: next = x ? B : A;
    B: next = x ? C : A;
    C: next = x ? C : A;
  endcase
end
always @(posedge clk) if (rst) state <= A; else state <= next;
always @(*) out = state == C ? 2'd3 : 2'd1;
endmodule
"""
ONE_HOT = """
module top(input clk, input rst, input x, output [1:0] out);
reg [2:0] s;
always @(posedge clk)
  if (rst) s <= 3'b001;
  else s <= {(s[1] | s[2]) & x, s[0] & x, ~x};
assign out = {s[2], 1'b1};
endmodule
"""
POWER_UP = """
module top(input clk, input en, output [3:0] q);
reg [3:0] n = 4'd9;
always @(posedge clk) if (en) n <= n + 1;
assign q = n;
endmodule
"""
PIPE = """
module top(input clk, input [1:0] d, output reg [1:0] q);
reg [1:0] m;
always @(posedge clk) begin m <= d; q <= m; end
endmodule
"""
LATCH = """
module top(input en, input d, output reg q);
always @(*) if (en) q = d;
endmodule
"""
BOTH_EDGES = """
module top(input clk, input d, output reg q, output reg r);
always @(posedge clk) q <= d;
always @(negedge clk) r <= q;
endmodule
"""
MEMORY = """
module top(input clk, input we, input [1:0] a, input [3:0] d, output [3:0] q);
reg [3:0] m [0:3];
always @(posedge clk) if (we) m[a] <= d;
assign q = m[a];
endmodule
"""
SELECT = """
module top(input [1:0] s, input a, b, c, output reg y);
always @(*) case (s) 0: y = a; 1: y = b; default: y = c; endcase
endmodule
"""
DEEP = """
module top(input clk, input rst, output y);
reg [23:0] n;
always @(posedge clk) if (rst) n <= 0; else n <= n + 1;
assign y = 1'b0;
endmodule
"""
DONT_CARE = """
module top(input [1:0] s, output reg y);
always @(*) case (s) 0: y = 0; 1: y = 1; default: y = 1'bx; endcase
endmodule
"""
FULL = """
module top(input a, input b, output reg y);
always @(*) case ({a, b}) 0: y = 0; 1: y = 1; 2: y = 1'bx; 3: y = 1; endcase
endmodule
"""

PAIRS = [
    # What is equal.
    (COUNTER, "q + d", "d + q", {PROVED}),
    (COUNTER, "8'd77 && s", "8'h4d & s", {PROVED}),
    (COUNTER, "if (en) q <= q + d", "q <= q + (d & {4{en}})", {PROVED}),
    (COMB, "a + b", "~(~a - b)", {PROVED}),
    (MACHINE, "next = A;\n", "next = 2'b00;\n", {PROVED}),
    (PIPE, "m <= d; q <= m;", "q <= m; m <= d;", {PROVED}),
    (LATCH, "if (en) q = d;", "q = en ? d : q;", {PROVED, OPEN}),
    (SELECT, "@(*)", "@(s or a or b or c)", {PROVED}),
    (DONT_CARE, "1'bx", "1'b0", {PROVED}),
    (MEMORY, "if (we) m[a] <= d;", "if (we && a[1]) m[a] <= d; else if (we) m[a] <= d;", {PROVED}),
    (BOTH_EDGES, "r <= q", "r <= q & 1'b1", {PROVED}),
    (ASYNC, "d ^ q", "q ^ d", {PROVED}),
    # What differs, and can be shown to.
    (COUNTER, "8'd77", "8'd78", {REFUTED}),
    (COUNTER, "q <= 0", "q <= 1", {REFUTED}),
    (COUNTER, "{s[6:0], d[0]}", "{s[5:0], d[0], d[0]}", {REFUTED}),
    (COUNTER, "(posedge clk) if (rst)", "(posedge clk or posedge rst) if (rst)", {REFUTED}),
    (COMB, "a + b", "a | b", {REFUTED}),
    (COMB, "^a", "^{a[7:1], a[0] & (b != 8'hab)}", {REFUTED}),
    (ASYNC, " or negedge rst_n", "", {REFUTED}),
    (MACHINE, "C: next = x ? C : A", "C: next = x ? B : A", {REFUTED}),
    (POWER_UP, "n = 4'd9", "n = 4'd8", {REFUTED}),
    (PIPE, "q <= m;", "q <= d;", {REFUTED}),
    (PIPE, "m <= d; q <= m;", "m = d; q <= m;", {REFUTED}),
    (LATCH, "if (en)", "if (!en)", {REFUTED}),
    (BOTH_EDGES, "negedge", "posedge", {REFUTED}),
    (MEMORY, "m[a] <= d", "m[a] <= a == 3 ? ~d : d", {REFUTED}),
    # What must not be taken for equal.
    (DEEP, "y = 1'b0", "y = n == 24'hf00000", {REFUTED, OPEN}),
    (POWER_UP, " = 4'd9", "", {OPEN, REFUTED}),
    (COUNTER, "if (rst) q <= 0; else ", "", {OPEN}),
    (DONT_CARE, "1: y = 1;", "1: y = 1'bx;", {OPEN}),
    (SELECT, "@(*)", "@(s or a or b)", {OPEN}),
    (SELECT, "default: y = c;", "2: y = c;", {REFUTED}),
    (FULL, "2: y = 1'bx", "1: y = 1'bx", {OPEN}),
    (FULL, "2: y = 1'bx", "2: y = 1'b0", {PROVED}),
    (COMB, "assign y = a + b;", "assign #1 y = a + b;", {OPEN}),
    (COMB, "assign y = a + b;", "assign y = a + b; assign y = b + a;", {OPEN}),
    (COMB, "assign p = ^a;", "assign p = p | ^a;", {OPEN}),
    (MACHINE, "next = x ? B : A", "next = ghost ? B : A", {OPEN}),
    (PIPE, "begin m <= d; q <= m; end", "m = d; always @(posedge clk) q <= m;", {OPEN}),
]  # fmt: skip


def answer(golden: str, *others: str, seconds: float = 180.0) -> list[Proof]:
    known = design(golden)
    prover = YosysProver()
    found = prover.equivalent(known, [*map(design, others)], interface_of(known), seconds=seconds)
    assert len(found) == len(others)
    return found


@pytest.mark.icarus
@pytest.mark.parametrize("golden", dict.fromkeys(pair[0] for pair in PAIRS))
def test_pairs(golden: str, tmp_path: Path) -> None:
    pairs = [(old, new, wanted) for known, old, new, wanted in PAIRS if known == golden]
    assert all(old in golden for old, _, _ in pairs)
    others = [golden.replace(old, new, 1) for old, new, _ in pairs]
    for number, (proof, other, (old, new, wanted)) in enumerate(
        zip(answer(golden, *others), others, pairs, strict=True)
    ):
        assert proof.outcome in wanted, (old, new, proof)
        _challenged(tmp_path / str(number), golden, other, proof)


def _challenged(folder: Path, golden: str, other: str, proof: Proof) -> None:
    """See that Icarus agrees with what was found."""
    folder.mkdir()
    known, changed = design(golden), design(other)
    interface = interface_of(known)
    if proof.outcome is PROVED:
        plan = random_plan(interface, 300, seed=len(other))
        assert not differs(folder, known, changed, interface, plan)
    elif proof.outcome is REFUTED:
        assert proof.trace is not None
        assert proof.port in {port.name for port in interface.outputs}
        assert replays(folder, known, changed, interface, proof.trace)


def test_registers_need_not_correspond() -> None:
    [proof] = answer(MACHINE, ONE_HOT)
    assert proof.outcome is PROVED


def test_a_trace_holds_from_power_up_only_where_initial_values_matter() -> None:
    [counter] = answer(COUNTER, COUNTER.replace("8'd77", "8'd1"))
    [power_up] = answer(POWER_UP, POWER_UP.replace("4'd9", "4'd8"))
    assert counter.trace is not None
    assert power_up.trace is not None
    assert (counter.trace.from_power_up, power_up.trace.from_power_up) == (False, True)
    assert counter.trace.cycles[0]["rst"] == 1
    assert set(counter.trace.cycles[0]) == {"rst", "en", "d"}


def test_a_bad_design_costs_the_others_nothing() -> None:
    bad = [
        "module top(;",
        COMB.replace("assign", "assign)"),
        "",
        COMB.replace("a + b", "a + ghost"),
    ]
    found = answer(COMB, *bad, COMB.replace("a + b", "b + a"))
    assert [proof.outcome for proof in found] == [OPEN] * 4 + [PROVED]
    assert all(proof.reason for proof in found)


def test_a_golden_design_that_cannot_be_read_leaves_all_open() -> None:
    found = YosysProver().equivalent(
        design("module top(input a, output y); assign y = ghost; endmodule"),
        [design(COMB)] * 2,
        read_interface(design("module top(input a, output y); endmodule")),
        seconds=20.0,
    )
    assert [proof.outcome for proof in found] == [OPEN] * 2
    assert all(proof.reason.startswith("golden design: ") for proof in found)


def test_other_ports_are_named() -> None:
    [proof] = answer(COMB, COMB.replace("output p", "output pp").replace("assign p ", "assign pp "))
    assert (proof.outcome, proof.reason) == (OPEN, "has other ports: p")


def test_pragmas_tell_yosys_nothing() -> None:
    hole = SELECT.replace("default: y = c;", "2: y = c;")
    full = hole.replace("case (s)", "case (s) // synopsys full_case parallel_case\n")
    attribute = hole.replace("case (s)", "(* full_case, parallel_case *) case (s)")
    found = answer(hole, full, attribute)
    assert [(proof.outcome, proof.reason) for proof in found] == [(PROVED, "the same text")] * 2


def test_several_clocks_are_proved_and_differences_stay_open() -> None:
    text = """
    module top(input a, input b, input rst, input d, output reg p, output reg q);
    always @(posedge a) if (rst) p <= 0; else p <= p ^ d;
    always @(posedge b) if (rst) q <= 0; else q <= p;
    endmodule
    """
    golden = design(text)
    interface = interface_of(golden)
    assert len(interface.clocks) == 2
    others = [design(text.replace("p ^ d", "d ^ p")), design(text.replace("q <= p", "q <= ~p"))]
    found = YosysProver().equivalent(golden, others, interface, seconds=60.0)
    assert [proof.outcome for proof in found] == [PROVED, OPEN]


def test_a_reset_that_is_named_starts_the_claim() -> None:
    text = "module top(input clk, r, d, output reg q); always @(posedge clk) q <= r ? 0 : q ^ d; endmodule"
    golden, other = design(text), design(text.replace("q ^ d", "(q ^ d) & 1'b1"))
    ports = read_interface(golden).ports
    clocks = (Clock(port="clk"),)
    for resets in ((), (Reset(port="r"),)):
        interface = Interface(module="top", ports=ports, clocks=clocks, resets=resets)
        [proof] = YosysProver().equivalent(golden, [other], interface, seconds=30.0)
        assert proof.outcome is PROVED


def test_time_that_is_up_leaves_the_rest_open() -> None:
    found = answer(COUNTER, *[COUNTER.replace("8'd77", f"8'd{n}") for n in range(5)], seconds=0.01)
    assert {proof.outcome for proof in found} == {OPEN}


def test_logs_are_kept(tmp_path: Path) -> None:
    golden = design(COMB)
    prover = YosysProver(keep=tmp_path / "logs")
    prover.equivalent(
        golden, [design(COMB.replace("a + b", "b + a"))], interface_of(golden), seconds=20.0
    )
    assert "Executing Verilog-2005 frontend" in (tmp_path / "logs" / "yosys.log").read_text()
    assert (tmp_path / "logs" / "0.log").is_file()
