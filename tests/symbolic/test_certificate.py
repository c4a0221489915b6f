"""Proofs that are checked again, and what a false one is told by."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbolic.certificate import BAD, INVARIANT, MITER, Certificate, cone, read_invariant, written
from symbolic.prover import YosysProver
from symbolic.yosys_aiger import Aiger
from tests.symbolic.replay import design, interface_of

RING = Aiger(
    inputs=("go",),
    outputs={"both": 8, "free": 2},
    latches=((6, 0), (4, 1)),
    ands=((4, 6), (2, 4)),
)
"""Two latches that swap their values, 0 and 1; they are never both 1."""


def test_a_cone_has_nothing_else() -> None:
    part = cone(RING, "both")
    assert part == Aiger(inputs=(), outputs={BAD: 6}, latches=((4, 0), (2, 1)), ands=((2, 4),))


def test_a_right_invariant_holds() -> None:
    part = cone(RING, "both")
    never = (((0, 1), (1, 1)),), (((0, 0), (1, 0)),)
    assert Certificate(circuit=part, forbidden=never[0]).fault(seconds=5) == ""
    assert Certificate(circuit=part, forbidden=never[0] + never[1]).fault(seconds=5) == ""


@pytest.mark.parametrize(
    ("forbidden", "fault"),
    [
        ((), "the output may be 1"),
        ((((0, 0), (1, 1)),), "the first state"),
        ((((0, 1),),), "is left in one step"),
    ],
)
def test_a_false_one_is_told(
    forbidden: tuple[tuple[tuple[int, int], ...], ...], fault: str
) -> None:
    assert fault in Certificate(circuit=cone(RING, "both"), forbidden=forbidden).fault(seconds=5)


def test_invariants_tell_of_latches_that_begin_with_1_inverted() -> None:
    part = cone(RING, "both")
    assert read_invariant(".ilb s0 s1\n.ob inv\n10 1\n-1 1\n", part) == (
        ((0, 1), (1, 1)),
        ((1, 0),),
    )


@pytest.mark.parametrize("text", [".ilb s0 ghost\n11 1\n", ".ilb s0\n11 1\n"])
def test_invariants_of_other_circuits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invariant"):
        read_invariant(text, cone(RING, "both"))


def test_a_proof_leaves_what_it_can_be_checked_by(tmp_path: Path) -> None:
    text = """
    module top(input clk, rst, x, output y);
    reg [1:0] s;
    always @(posedge clk) if (rst) s <= 0; else s <= {s[0], x};
    assign y = &s;
    endmodule
    """
    golden, other = design(text), design(text.replace("s[0], x", "s[0] | (x & s[0]), x"))
    prover = YosysProver(keep=tmp_path, certify=True)
    prover.equivalent(golden, [other], interface_of(golden), seconds=30.0)
    circuit = Aiger.read(tmp_path / f"0.{MITER}")
    forbidden = read_invariant((tmp_path / f"0.{INVARIANT}").read_text(), circuit)
    assert forbidden
    assert Certificate(circuit=circuit, forbidden=forbidden).fault(seconds=20) == ""
    assert Certificate(circuit=circuit).fault(seconds=20) != ""
    (tmp_path / "again.aig").write_bytes(written(circuit))
    assert Aiger.read(tmp_path / "again.aig") == circuit
