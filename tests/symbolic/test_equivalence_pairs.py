"""More than a hundred pairs with a known answer, half of them different by one subtle change.

Those of machines are known by a walk through their product; the others by construction.
"""

from __future__ import annotations

import pytest

from sim.proof import Outcome, Proof
from symbolic.counterexample import differ
from symbolic.prover import YosysProver
from tests.symbolic.machines import (
    Machine,
    changed,
    codes,
    equations,
    random_machine,
    same,
    split,
    verilog,
)
from tests.symbolic.replay import design, interface_of

ARITHMETIC = """
module top(input [3:0] a, input [3:0] b, input signed [3:0] c, output [7:0] y, output z, output w);
assign y = a * 5 + b;
assign z = a > b;
assign w = c < 4'sd2;
endmodule
"""
CHOICE = """
module top(input [3:0] a, input [3:0] b, input [1:0] s, output reg [3:0] y, output reg [1:0] k);
always @* begin
  case (s)
    2'd0: y = a + b;
    2'd1: y = a - b;
    2'd2: y = a & b;
    default: y = a | b;
  endcase
  if (a[3]) k = 3; else if (a[2]) k = 2; else if (a[1]) k = 1; else k = 0;
end
endmodule
"""
COUNTER = """
module top(input clk, input rst, input en, input up, output reg [3:0] q, output top_);
always @(posedge clk) begin
  if (rst) q <= 0;
  else if (en) begin if (up) q <= (q == 9) ? 0 : q + 1; else q <= (q == 0) ? 9 : q - 1; end
end
assign top_ = q == 9;
endmodule
"""
PIPE = """
module top(input clk, input rst_n, input [2:0] a, input [2:0] b, output reg [3:0] y);
reg [2:0] p, q;
always @(posedge clk or negedge rst_n)
  if (!rst_n) begin p <= 0; q <= 0; y <= 0; end
  else begin p <= a; q <= b; y <= p + q; end
endmodule
"""
MEMORY = """
module top(input clk, input we, input [1:0] wa, input [1:0] ra, input [1:0] d, output reg [1:0] q);
reg [1:0] m [0:3];
always @(posedge clk) begin if (we) m[wa] <= d; q <= m[ra]; end
endmodule
"""
POWER_UP = """
module top(input clk, input d, output q);
reg [2:0] s = 3'd5;
always @(posedge clk) s <= {s[1:0], d ^ s[2]};
assign q = s[2];
endmodule
"""
DETECTOR = """
module top(input clk, input rst, input x, output y);
reg [2:0] h;
always @(posedge clk) if (rst) h <= 0; else h <= {h[1:0], x};
assign y = h == 3'b101;
endmodule
"""
LATE = """
module top(input clk, input rst, input [1:0] d, output reg q);
reg r;
always @(posedge clk) if (rst) r <= 0; else r <= ^d;
always @(negedge clk) q <= r;
endmodule
"""

TEXTS = [
    (ARITHMETIC, "a * 5 + b", "(a << 2) + a + b", True),
    (ARITHMETIC, "a * 5 + b", "{2'b0, a, 2'b0} + a + b", True),
    (ARITHMETIC, "a * 5 + b", "b + 5 * a", True),
    (ARITHMETIC, "a > b", "!(a <= b)", True),
    (ARITHMETIC, "a > b", "({1'b0, b} - {1'b0, a}) >> 4", True),
    (ARITHMETIC, "c < 4'sd2", "c[3] | (c[2:0] < 2)", True),
    (ARITHMETIC, "c < 4'sd2", "!(c >= 4'sd2)", True),
    (ARITHMETIC, "a * 5 + b", "((a << 2) | a) + b", False),
    (ARITHMETIC, "a * 5 + b", "{4'b0, a} * 5 + b + (a == 15 && b == 15)", False),
    (ARITHMETIC, "a * 5 + b", "{(a << 2) + a} + b", False),
    (ARITHMETIC, "a > b", "a >= b", False),
    (ARITHMETIC, "a > b", "$signed(a) > $signed(b)", False),
    (ARITHMETIC, "c < 4'sd2", "c < 4'd2", False),
    (ARITHMETIC, "c < 4'sd2", "c <= 4'sd2", False),
    (CHOICE, "y = a - b", "y = a + ~b + 4'd1", True),
    (CHOICE, "y = a + b", "y = (a ^ b) + ((a & b) << 1)", True),
    (CHOICE, "y = a | b", "y = ~(~a & ~b)", True),
    (CHOICE, "2'd1: y = a - b;", "2'd1: y = a - b; 2'd3: y = b | a;", True),
    (CHOICE, "if (a[3]) k = 3;", "if (a > 7) k = 3;", True),
    (CHOICE, "else if (a[1]) k = 1;", "else if (a == 2 || a == 3) k = 1;", True),
    (CHOICE, "y = a - b", "y = a + ~b", False),
    (CHOICE, "y = a + b", "y = (a ^ b) | ((a & b) << 1)", False),
    (CHOICE, "2'd2: y = a & b;", "2'd2: y = a && b;", False),
    (CHOICE, "default: y = a | b;", "default: y = a ^ b;", False),
    (CHOICE, "else if (a[2]) k = 2; else if (a[1]) k = 1;", "else if (a[1]) k = 1; else if (a[2]) k = 2;", False),
    (CHOICE, "if (a[3]) k = 3;", "if (a > 8) k = 3;", False),
    (COUNTER, "(q == 9) ? 0 : q + 1", "(q > 8) ? 0 : q + 1", True),
    (COUNTER, "(q == 9)", "(q[3] & q[0])", True),
    (COUNTER, "q == 9;", "q >= 9;", True),
    (COUNTER, "q - 1", "q + 4'd15", True),
    (COUNTER, "(q == 0) ? 9 : q - 1", "(~|q) ? 9 : q - 1", True),
    (COUNTER, "(q == 9) ? 0", "(q >= 10) ? 0", False),
    (COUNTER, "(q == 0) ? 9", "(q == 0) ? 8", False),
    (COUNTER, "else if (en)", "else if (en || q == 7)", False),
    (COUNTER, "q == 9;", "q == 8;", False),
    (COUNTER, "(q == 9)", "(q[3] | (q[0] & q[1] & q[2]))", False),
    (COUNTER, "q <= 0;", "q <= 1;", False),
    (PIPE, "p <= a; q <= b; y <= p + q;", "q <= b; p <= a; y <= q + p;", True),
    (PIPE, "y <= p + q;", "y <= {1'b0, p} + {1'b0, q};", True),
    (PIPE, "y <= p + q;", "y <= {p + q};", False),
    (PIPE, "p <= a; q <= b; y <= p + q;", "p <= a; q <= p; y <= p + b;", False),
    (PIPE, "p <= a; q <= b; y <= p + q;", "p <= a; q <= b; y <= a + q;", False),
    (PIPE, "y <= 0; end\n", "y <= 1; end\n", False),
    (MEMORY, "if (we) m[wa] <= d;", "m[wa] <= we ? d : m[wa];", True),
    (MEMORY, "q <= m[ra];", "q <= {m[ra][1], m[ra][0]};", True),
    (MEMORY, "q <= m[ra];", "q <= (we && wa == ra) ? d : m[ra];", False),
    (MEMORY, "q <= m[ra];", "q <= {m[ra][0], m[ra][1]};", False),
    (MEMORY, "if (we)", "if (we && !(wa == 3 && ra == 0))", False),
    (POWER_UP, "d ^ s[2]", "(d & ~s[2]) | (~d & s[2])", True),
    (POWER_UP, "= 3'd5", "= 3'd7", False),
    (POWER_UP, "d ^ s[2]", "d | s[2]", False),
    (DETECTOR, "h == 3'b101", "h[2] & ~h[1] & h[0]", True),
    (DETECTOR, "h == 3'b101", "h[2] & h[0]", False),
    (DETECTOR, "h <= {h[1:0], x}", "h <= {h[1:0], x & ~(h == 3'b101)}", False),
    (LATE, "r <= ^d", "r <= d[0] != d[1]", True),
    (LATE, "r <= ^d", "r <= |d", False),
]  # fmt: skip

RETIMED = """
module top(input clk, input rst_n, input [2:0] a, input [2:0] b, output reg [3:0] y);
reg [3:0] s;
always @(posedge clk or negedge rst_n)
  if (!rst_n) begin s <= 0; y <= 0; end
  else begin s <= a + b; y <= s; end
endmodule
"""
RECOGNIZER = """
module top(input clk, input rst, input x, output y);
reg [1:0] s;
always @(posedge clk) if (rst) s <= 0; else case (s)
  0: s <= x ? 1 : 0;
  1: s <= x ? 1 : 2;
  2: s <= x ? 3 : 0;
  default: s <= x ? 1 : 2;
endcase
assign y = s == 3;
endmodule
"""
WORDS = """
module top(input clk, input we, input [1:0] wa, input [1:0] ra, input [1:0] d, output reg [1:0] q);
reg [1:0] w0, w1, w2, w3;
always @(posedge clk) begin
  if (we && wa == 0) w0 <= d;
  if (we && wa == 1) w1 <= d;
  if (we && wa == 2) w2 <= d;
  if (we && wa == 3) w3 <= d;
  q <= ra == 0 ? w0 : ra == 1 ? w1 : ra == 2 ? w2 : w3;
end
endmodule
"""
RING = """
module top(input clk, input rst, input en, input up, output [3:0] q, output top_);
reg [9:0] h;
always @(posedge clk)
  if (rst) h <= 1;
  else if (en) h <= up ? {h[8:0], h[9]} : {h[0], h[9:1]};
assign q = {h[8] | h[9], h[4] | h[5] | h[6] | h[7], h[2] | h[3] | h[6] | h[7],
  h[1] | h[3] | h[5] | h[7] | h[9]};
assign top_ = h[9];
endmodule
"""
WHOLE = [
    (PIPE, RETIMED, True),
    (PIPE, RETIMED.replace("y <= s;", "y <= s ^ {4{s == 14}};"), False),
    (DETECTOR, RECOGNIZER, True),
    (DETECTOR, RECOGNIZER.replace("x ? 3 : 0", "x ? 3 : 2"), False),
    (MEMORY, WORDS, True),
    (MEMORY, WORDS.replace("wa == 3", "wa >= 2"), False),
    (COUNTER, RING, True),
    (COUNTER, RING.replace("h[8] | h[9]", "h[8] | h[9] | h[0] & h[1]"), True),
    (COUNTER, RING.replace("{h[0], h[9:1]}", "{h[0] | h[1], h[9:2], h[1]}"), False),
]


def settled(golden: str, others: list[str]) -> list[Proof]:
    known = design(golden)
    found = YosysProver().equivalent(
        known, [*map(design, others)], interface_of(known), seconds=120.0
    )
    for proof in found:
        if proof.outcome is Outcome.REFUTED:
            expected, seen = proof.outputs[-1]
            assert differ(expected[proof.port], seen[proof.port])
    return found


def answers(golden: str, others: list[str]) -> list[bool | str]:
    words: dict[Outcome, bool] = {Outcome.PROVED: True, Outcome.REFUTED: False}
    return [words.get(proof.outcome, proof.reason) for proof in settled(golden, others)]


@pytest.mark.parametrize("golden", dict.fromkeys(text for text, *_ in TEXTS))
def test_rewritten_texts(golden: str) -> None:
    rows = [(old, new, equal) for text, old, new, equal in TEXTS if text == golden]
    assert all(old in golden for old, _, _ in rows)
    others = [golden.replace(old, new, 1) for old, new, _ in rows]
    whole = [(other, equal) for text, other, equal in WHOLE if text == golden]
    found = answers(golden, [*others, *(other for other, _ in whole)])
    assert found == [equal for _, _, equal in rows] + [equal for _, equal in whole]


def machine_pairs(machine: Machine, seed: int) -> list[tuple[str, bool]]:
    """Return machines in other codes, with more states, and with one change, and their answers."""
    doubled = split(machine, seed)
    wrong = [changed(machine, seed), changed(doubled, seed + 1), changed(machine, seed + 2)]
    assert same(machine, doubled)
    assert not any(same(machine, other) for other in wrong)
    return [
        (verilog(machine, "onehot"), True),
        (verilog(doubled, "gray"), True),
        (equations(machine, codes("johnson", len(machine.rows))), True),
        (verilog(doubled, "inverted"), True),
        (verilog(wrong[0], "onehot"), False),
        (verilog(wrong[1], "gray"), False),
        (equations(wrong[2], codes("inverted", len(machine.rows))), False),
        (verilog(wrong[1], "johnson"), False),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_machines_whose_registers_do_not_correspond(seed: int) -> None:
    machine = random_machine(3 + seed % 4, seed)
    pairs = machine_pairs(machine, seed)
    assert answers(verilog(machine), [text for text, _ in pairs]) == [equal for _, equal in pairs]


@pytest.mark.parametrize("reset", ["async", "low"])
def test_machines_with_asynchronous_reset(reset: str) -> None:
    machine = random_machine(5, 11)
    pairs = [
        (verilog(machine, "onehot", reset=reset), True),
        (verilog(split(machine, 1), "gray", reset=reset), True),
        (verilog(changed(machine, 2), "onehot", reset=reset), False),
        (verilog(changed(split(machine, 1), 3), reset=reset), False),
    ]
    golden = verilog(machine, reset=reset)
    assert answers(golden, [text for text, _ in pairs]) == [equal for _, equal in pairs]


def test_there_are_enough_pairs_and_half_of_them_differ() -> None:
    equal = [answer for *_, answer in TEXTS] + [answer for *_, answer in WHOLE]
    equal += [
        answer for seed in range(5) for _, answer in machine_pairs(random_machine(4, seed), seed)
    ]
    equal += [True, True, False, False] * 2
    assert len(equal) >= 100
    assert 0.4 <= sum(equal) / len(equal) <= 0.6
