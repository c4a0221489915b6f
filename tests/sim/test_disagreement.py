from __future__ import annotations

import pytest

from sim.disagreement import Comparison, Disagreement, Parting, settled
from sim.verdict import Cause, Status, Verdict

PASS = Verdict(status=Status.PASS, reason="all 4 checks held", checked=4, expected=4)
FAIL = Verdict(status=Status.FAIL, cause=Cause.MISMATCH, reason="1 of 4", checked=4, expected=4)
LIMIT = Verdict(status=Status.TIMEOUT, cause=Cause.TIME, reason="time")


def parted(parting: Parting) -> Comparison:
    return Comparison(
        samples=9,
        disagreement=Disagreement(
            parting=parting,
            subject="design",
            sample=3,
            phase="random",
            time_ns=35.0,
            port="q",
            values={"A": "0", "B": "1"},
            evidence="so it is",
        ),
    )


def test_agreement_changes_nothing() -> None:
    assert settled(PASS, None, Comparison(samples=9)) is PASS


@pytest.mark.parametrize("parting", [Parting.RACE, Parting.POWER_UP, Parting.TOOL])
@pytest.mark.parametrize("other", [None, PASS, FAIL])
def test_no_pass_survives_a_disagreement(parting: Parting, other: Verdict | None) -> None:
    found = settled(PASS, other, parted(parting))
    assert (found.status, found.cause) == (Status.UNKNOWN, Cause.DISAGREEMENT)
    assert found.reason == (
        "the simulators part over the design: q is 0 under A, 1 under B at 35 ns (random): "
        f"{parting.value}; so it is"
    )


def test_an_unknown_value_was_judged_by_the_simulator_that_sees_it() -> None:
    found = settled(PASS, None, parted(Parting.UNKNOWN_VALUE))
    assert found.status is Status.PASS
    assert found.notes[0].endswith("X that only one simulator sees; so it is")


@pytest.mark.parametrize(
    ("other", "status"), [(FAIL, Status.FAIL), (PASS, Status.UNKNOWN), (None, Status.UNKNOWN)]
)
def test_a_fail_stands_if_both_say_so(other: Verdict | None, status: Status) -> None:
    assert settled(FAIL, other, parted(Parting.RACE)).status is status


def test_what_was_not_judged_stays_so() -> None:
    assert settled(LIMIT, None, parted(Parting.RACE)).cause is Cause.TIME


def test_a_missing_second_voice_is_said() -> None:
    found = settled(PASS, None, Comparison(samples=9, missing="design: it cannot"))
    assert found.status is Status.PASS
    assert found.notes == ("only one simulator was heard: design: it cannot",)
