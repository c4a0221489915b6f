from __future__ import annotations

import pytest

from sim.verdict import Cause, Mismatch, Status, Verdict


def mismatch(expected: str, got: str) -> Mismatch:
    return Mismatch(check=0, phase="", time_ns=0.0, port="y", expected=expected, got=got)


@pytest.mark.parametrize(("checked", "expected"), [(0, 0), (3, 4), (5, 4)])
def test_pass_needs_every_check(checked: int, expected: int) -> None:
    with pytest.raises(ValueError, match="PASS needs every expected check"):
        Verdict(status=Status.PASS, reason="", checked=checked, expected=expected)


def test_pass_has_no_mismatch() -> None:
    with pytest.raises(ValueError, match="PASS has no mismatch"):
        Verdict(status=Status.PASS, reason="", checked=1, expected=1, mismatches=1)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PASS])
def test_anything_else_needs_a_cause(status: Status) -> None:
    with pytest.raises(ValueError, match="needs a cause"):
        Verdict(status=status, reason="")


def test_verdict_is_not_a_truth_value() -> None:
    verdict = Verdict(status=Status.FAIL, cause=Cause.MISMATCH, reason="")
    with pytest.raises(TypeError, match=r"five statuses; compare `\.status` instead"):
        bool(verdict)


@pytest.mark.parametrize(
    ("expected", "got", "unknown"),
    [
        ("1", "x", True),
        ("10", "1x", True),
        ("10", "zz", True),
        ("10", "0x", False),
        ("1-", "1x", False),
        ("1-", "0x", False),
        ("1", "0", False),
    ],
)
def test_x_is_told_from_a_wrong_value(expected: str, got: str, unknown: bool) -> None:
    assert mismatch(expected, got).unknown_value is unknown
