"""Proofs over words: sums and products that bits say nothing of in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.proof import Outcome, Proof
from symbolic.certificate import INVARIANT, MITER, QUERY
from symbolic.prover import YosysProver
from symbolic.yosys_words import METHOD, never
from tests.symbolic.replay import design, interface_of

ARITHMETIC = """
module top(input [31:0] a, input [31:0] b, input [31:0] c, input [31:0] d, output [31:0] y);
assign y = {};
endmodule
"""


def _proof(golden: str, other: str, *, seconds: float = 30, keep: Path | None = None) -> Proof:
    first = design(golden)
    prover = YosysProver(keep=keep, certify=keep is not None)
    [proof] = prover.equivalent(first, [design(other)], interface_of(first), seconds=seconds)
    return proof


@pytest.mark.parametrize(
    ("golden", "other"),
    [
        ("(a + c + b) * (c - d)", "(c - d) * (c + (a + b))"),
        ("(c * d + b) - (d + b + a)", "c * d - a - d"),
        ("(a + b) * c", "a * c + b * c"),
        ("(a + 3) * (a - 3)", "a * a - 9"),
        ("a * b * c", "c * (b * a)"),
    ],
)
def test_products_of_sums_are_proved_at_once(golden: str, other: str) -> None:
    proof = _proof(ARITHMETIC.format(golden), ARITHMETIC.format(other))
    assert proof.outcome is Outcome.PROVED
    assert proof.reason == METHOD
    assert proof.seconds < 10


@pytest.mark.parametrize(
    ("golden", "other"),
    [
        ("(a + b) * c", "a * c + b * d"),
        ("(a + 3) * (a - 3)", "a * a - 9 + (a == 77)"),
        ("(c * d + b) - (d + b + a)", "c * d - a + d"),
    ],
)
def test_what_differs_is_never_proved(golden: str, other: str) -> None:
    proof = _proof(ARITHMETIC.format(golden), ARITHMETIC.format(other), seconds=20)
    assert proof.outcome is not Outcome.PROVED


def test_words_that_may_be_undefined_are_no_proof() -> None:
    """A product is x as a whole where a bit of it is: `a * (b | x)` is not `x` bit by bit."""
    golden = "module top(input [3:0] a, b, output [3:0] y); assign y = a * (b + a); endmodule"
    other = golden.replace("a * (b + a)", "a * b + a * a + (b == 5 ? 4'bxxxx : 4'd0)")
    assert _proof(golden, other, seconds=15).outcome is not Outcome.PROVED
    assert _proof(other, golden, seconds=15).outcome is Outcome.PROVED


def test_registers_are_not_asked_about_in_any_state() -> None:
    golden = """
module top(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] q);
always @(posedge clk) if (rst) q <= 0; else q <= a * b + a;
endmodule
"""
    proof = _proof(golden, golden.replace("a * b + a", "a + b * a"))
    assert proof.outcome is Outcome.PROVED
    assert proof.reason != METHOD


def test_a_proof_that_is_kept_is_one_of_bits_or_a_question(tmp_path: Path) -> None:
    easy = ARITHMETIC.format("a * b + c"), ARITHMETIC.format("c + b * a")
    assert _proof(*easy, keep=tmp_path / "easy").outcome is Outcome.PROVED
    assert {f"0.{MITER}"} <= {path.name for path in (tmp_path / "easy").iterdir()}
    hard = ARITHMETIC.format("(a + b) * c"), ARITHMETIC.format("a * c + b * c")
    assert _proof(*hard, keep=tmp_path / "hard").outcome is Outcome.PROVED
    names = {path.name for path in (tmp_path / "hard").iterdir()}
    assert f"0.{QUERY}" in names
    assert not {f"0.{MITER}", f"0.{INVARIANT}"} & names
    assert "(check-sat)" in (tmp_path / "hard" / f"0.{QUERY}").read_text(encoding="utf-8")


def test_names_are_no_part_of_the_question() -> None:
    """A name that would end SMT-LIB's own and assert what is false."""
    golden = r"""
module top(input [7:0] a, input [7:0] b, output [7:0] y);
wire [7:0] \x|)(assert(false))(declare-fun|q|()Bool = a * b;
assign y = \x|)(assert(false))(declare-fun|q|()Bool + a;
endmodule
"""
    same = golden.replace(" + a;", " - 8'd255 * a;")
    wrong = golden.replace(" + a;", " + a + 8'd1;")
    assert _proof(golden, same).outcome is Outcome.PROVED
    assert _proof(golden, wrong).outcome is Outcome.REFUTED


_CIRCUIT = """
(declare-sort |circuit_s| 0)
(declare-fun |circuit#0| (|circuit_s|) (_ BitVec 8))
(define-fun |circuit_n proof| ((state |circuit_s|)) Bool (distinct
  (bvmul (|circuit#0| state) #x03) (bvadd (|circuit#0| state) (|circuit#0| state) {})))
"""


def test_only_definitions_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = tmp_path / "words.smt2"
    words.write_text(_CIRCUIT.format("(|circuit#0| state)"))
    assert never(words, "proof", 10)
    assert (tmp_path / QUERY).is_file()
    words.write_text(_CIRCUIT.format("#x01"))
    assert not never(words, "proof", 10)
    words.write_text(_CIRCUIT.format("#x01") + "(assert false)\n")
    assert not never(words, "proof", 10)
    words.write_text(_CIRCUIT.format("#x01").replace("#0|", "#0"))
    assert not never(words, "proof", 10)


def test_a_loop_of_words_that_is_none_of_bits_is_left_to_bits() -> None:
    ripple = """
module top(input [3:0] a, b, input ci, output [3:0] s, output co);
wire [4:0] c;
assign c = {(a & b) | (c[3:0] & (a ^ b)), ci};
assign s = a ^ b ^ c[3:0];
assign co = c[4];
endmodule
"""
    sum_ = """
module top(input [3:0] a, b, input ci, output [3:0] s, output co);
assign {co, s} = a + b + ci;
endmodule
"""
    assert _proof(ripple, sum_).outcome is Outcome.PROVED
    assert _proof(ripple, sum_.replace("+ ci", "- ci")).outcome is Outcome.REFUTED
