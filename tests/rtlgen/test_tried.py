"""What is said of answers of which none held."""

from __future__ import annotations

from rtlgen.design.candidate import Candidate
from rtlgen.design.tried import tried
from rtlgen.llm.model import Answer, Failure
from sim.design import Design
from sim.verdict import Cause, Status, Verdict

DESIGN = Design(top="m", sources={"m.v": "module m; endmodule"})


def candidate(cause: Cause | None = None, group: int | None = None) -> Candidate:
    verdict = None
    if cause is not None:
        verdict = Verdict(status=Status.FAIL, cause=cause, reason="so")
    return Candidate(proposer="test", design=DESIGN, verdict=verdict, group=group)


def test_every_kind_of_answer_is_counted() -> None:
    late = Answer(text=None, failure=Failure.TIMEOUT)
    found = [
        candidate(Cause.SYNTAX),
        candidate(Cause.SYNTAX),
        candidate(Cause.REFUSED),
        candidate(Cause.MISMATCH),
        candidate(),
        Candidate(proposer="test", design=None, declined="prose"),
        Candidate(proposer="test", design=None, answer=late),
    ]
    assert tried(found) == (
        "7 answers: 2 with errors of syntax, 1 refused by the gate, 1 that fail in simulation, "
        "1 not judged, 1 without a design, 1 that did not come (no answer in time)"
    )


def test_groups_of_like_behavior_are_told() -> None:
    found = [candidate(Cause.MISMATCH, group) for group in (0, 0, 1, 2)]
    assert tried([*found, candidate(Cause.INTERFACE)]) == (
        "5 answers: 4 that ran, 1 with other ports, these in 3 ways to behave, 2 alike at most"
    )
