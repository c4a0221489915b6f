"""A chain of texts: proved against the original, or by way of the text before."""

from __future__ import annotations

from sim.design import Design
from sim.interface import Interface
from sim.proof import Outcome, Proof
from symbolic.optimize_proof import proved_chain
from tests.symbolic.optimize.provers import Answer, Scripted

PROVED, REFUTED, OPEN = Outcome.PROVED, Outcome.REFUTED, Outcome.OPEN
A, B, C, D = (Design(top="m", sources={"m.v": f"// {name}\n"}) for name in "abcd")


def chain(answer: Answer) -> tuple[list[Proof], Scripted]:
    prover = Scripted(answer)
    interface = Interface(module="m", ports=())
    return proved_chain(prover, A, [B, C, D], interface, seconds=1), prover


def test_all_are_compared_with_the_original_in_one_go() -> None:
    proofs, prover = chain(lambda _, __: PROVED)
    assert [proof.outcome for proof in proofs] == [PROVED] * 3
    assert prover.asked == [(A, D), (A, B), (A, C)]


def test_what_is_open_is_compared_with_the_text_before() -> None:
    proofs, prover = chain(lambda golden, _: OPEN if golden is A else PROVED)
    assert [proof.outcome for proof in proofs] == [OPEN]
    proofs, prover = chain(lambda golden, other: PROVED if (golden, other) != (A, D) else OPEN)
    assert [proof.outcome for proof in proofs] == [PROVED] * 3
    assert prover.asked[3:] == [(C, D)]
    assert proofs[2].reason == "as the script says, by way of the step before"


def test_where_the_last_is_proved_nothing_depends_on_the_others() -> None:
    proofs, prover = chain(lambda _, other: PROVED if other is D else OPEN)
    assert [proof.outcome for proof in proofs] == [OPEN, OPEN, PROVED]
    assert len(prover.asked) == 3


def test_the_chain_breaks_at_the_first_that_is_not_proved() -> None:
    proofs, _ = chain(lambda _, other: PROVED if other is B else OPEN)
    assert [proof.outcome for proof in proofs] == [PROVED, OPEN]


def test_what_is_refuted_is_not_asked_again() -> None:
    proofs, prover = chain(lambda golden, other: PROVED if other is B else REFUTED)
    assert [proof.outcome for proof in proofs] == [PROVED, REFUTED]
    assert len(prover.asked) == 3


def test_the_first_text_has_no_other_before_it() -> None:
    proofs, prover = chain(lambda _, __: OPEN)
    assert [proof.outcome for proof in proofs] == [OPEN]
    assert len(prover.asked) == 3
