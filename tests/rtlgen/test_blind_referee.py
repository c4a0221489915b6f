"""What a run without a reference comes to."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from rtlgen.design.blind_referee import ByAgreement
from rtlgen.design.candidate import Candidate
from rtlgen.design.options import Asking, Options, State
from rtlgen.design.prompter import Prompter
from rtlgen.spec.reader import read_spec
from sim.design import Design
from sim.icarus import Icarus
from sim.verdict import Cause

pytestmark = pytest.mark.icarus

SPEC = "Pass the bit on.\n\nmodule relay(input a, output y);\n"


class Silence:
    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Say nothing."""

    def working(self, text: str) -> nullcontext[None]:
        return nullcontext()


def candidates(*texts: str) -> list[Candidate]:
    return [
        Candidate(
            proposer="test",
            origin="propose",
            number=number,
            design=Design(top="relay", sources={"relay.v": text}),
        )
        for number, text in enumerate(texts)
    ]


def referee() -> ByAgreement:
    spec, asking = read_spec(SPEC), Asking(references=0)
    options = Options(simulators=[Icarus()], asking=asking)
    return ByAgreement(spec, options, Prompter(spec, asking), Silence())  # type: ignore[arg-type]


def test_where_none_runs_the_nearest_is_chosen_and_fails() -> None:
    judge = referee()
    found = candidates(
        "module relay(input a, output y); assign y = ; endmodule\n",
        "module relay(input b, output y); assign y = b; endmodule\n",
    )
    ruling = judge.rule(judge.judge(found))
    assert ruling.chosen is not None
    assert ruling.chosen.number == 1
    assert ruling.chosen.verdict is not None
    assert ruling.chosen.verdict.cause is Cause.INTERFACE
    assert ruling.judgement is None
    assert ruling.trust is not None
    assert ruling.trust.value == 0.0


@pytest.mark.parametrize("body", ["reg r; assign y = r;", "", "wire r;"])
def test_where_all_is_unknown_none_is_chosen(body: str) -> None:
    judge = referee()
    found = candidates(*[f"module relay(input a, output y); {body} endmodule\n"] * 3)
    ruling = judge.rule(judge.judge(found))
    assert ruling.chosen is None
    assert ruling.judgement is None


def test_the_most_trusted_is_chosen_with_a_testbench_of_what_it_does() -> None:
    judge = referee()
    right = "module relay(input a, output y); assign y = a; endmodule\n"
    other = "module relay(input a, output y); assign y = a & 1'b1; endmodule\n"
    wrong = "module relay(input a, output y); assign y = ~a; endmodule\n"
    ruling = judge.rule(judge.judge(candidates(wrong, right, other)))
    assert ruling.chosen is not None
    assert ruling.chosen.number == 1
    assert [candidate.passed for candidate in ruling.candidates] == [False, True, True]
    assert ruling.judgement is not None
    assert "what candidate 1 does (1 other candidate does the same)" in ruling.judgement.reference
