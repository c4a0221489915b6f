"""What transactions over protocol ports make of a pass."""

from __future__ import annotations

import pytest

from rtlgen.design.protocols import decided
from sim.verdict import Cause, Status, Verdict

PASSED = Verdict(status=Status.PASS, reason="all held", checked=4, expected=4)


def test_a_failed_transaction_fails_the_design() -> None:
    found = Verdict(status=Status.FAIL, reason="a read differs", cause=Cause.MISMATCH)
    verdict = decided(PASSED, found, driven=True)
    assert verdict.status is Status.FAIL
    assert verdict.reason == "over its protocol ports, a read differs"


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.TIMEOUT, Status.ERROR])
def test_no_pass_where_the_golden_design_answers_and_the_design_does_not(status: Status) -> None:
    found = Verdict(status=status, reason="no answer came", cause=Cause.INCOMPLETE)
    verdict = decided(PASSED, found, driven=True)
    assert verdict.status is status
    assert verdict.reason == "transactions could not be judged: no answer came"


def test_transactions_that_nobody_answers_say_nothing() -> None:
    found = Verdict(status=Status.UNKNOWN, reason="no answer came", cause=Cause.INCOMPLETE)
    verdict = decided(PASSED, found, driven=False)
    assert verdict.status is Status.PASS
    assert verdict.notes == ("transactions could not be judged: no answer came",)
