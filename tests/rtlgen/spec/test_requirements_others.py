"""What is compiled of the words of others is what they meant: their own RTL, proved."""

from pathlib import Path

import pytest

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Proposal
from rtlgen.spec.reader import load_spec
from sim.design import Design
from sim.proof import Outcome
from symbolic.prover import YosysProver

FOLDER = Path(__file__).parents[2] / "data/interfaces"
WHOLE = sorted([*FOLDER.glob("fresh*.md"), *FOLDER.glob("plain*.md")])
"""Those that have RTL beside them, not a header only."""


def taken(path: Path) -> Proposal | None:
    answer = propose(load_spec(path))
    return answer if isinstance(answer, Proposal) and not answer.guess else None


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_what_is_taken_is_right(path: Path) -> None:
    answer = taken(path)
    spec = load_spec(path)
    if answer is None:  # a person or a model has to do it; the next test counts these
        assert spec.not_understood
        return
    interface = spec.interface
    golden = Design(top=interface.module, sources={"g.v": path.with_suffix(".v").read_text()})
    [proof] = YosysProver().equivalent(golden, [answer.design], interface, seconds=60)
    assert proof.outcome is Outcome.PROVED


def test_some_are_taken() -> None:
    assert len(WHOLE) == 96
    assert sum(taken(path) is not None for path in WHOLE) >= 27
