from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench_gen.trust import Reached, TestbenchTrust, wilson_lower

counts = st.integers(0, 500)
shares = st.floats(0, 1)


def reached(covered: int, points: int) -> dict[str, Reached]:
    return {"line": Reached(covered=covered, points=points)}


@pytest.mark.parametrize(
    ("killed", "trials", "expected"),
    [(0, 0, 0.0), (0, 5, 0.0), (3, 3, 0.75), (30, 30, 0.968), (29, 30, 0.916), (60, 60, 0.984)],
)
def test_few_mutants_prove_little(killed: int, trials: int, expected: float) -> None:
    assert wilson_lower(killed, trials) == pytest.approx(expected, abs=5e-4)


def test_what_was_not_measured_counts_as_nothing() -> None:
    full = TestbenchTrust(killed=30, missed=0, reached=reached(10, 10))
    blind = TestbenchTrust(killed=30, missed=0)
    worst = TestbenchTrust(killed=30, missed=0, reached=reached(0, 10))
    assert full.value == pytest.approx(30 / 31)
    assert blind.coverage is None
    assert blind.value == worst.value == pytest.approx(0.75 * 30 / 31)
    assert TestbenchTrust(killed=0, missed=0, reached=reached(10, 10)).value == 0
    assert TestbenchTrust(killed=30, missed=0, agreement=None).value == 0


def test_every_input_of_a_function_leaves_no_doubt() -> None:
    assert TestbenchTrust(killed=2, missed=0, exhaustive=True).value == 1
    assert TestbenchTrust(killed=0, missed=0, exhaustive=True).value == 0
    assert TestbenchTrust(killed=3, missed=1, exhaustive=True).value == 0.75


def test_a_bit_that_never_toggles_weighs_less_than_a_line() -> None:
    lines = {"line": Reached(covered=1, points=2), "toggle": Reached(covered=2, points=2)}
    bits = {"line": Reached(covered=2, points=2), "toggle": Reached(covered=1, points=2)}
    few = TestbenchTrust(killed=9, missed=0, reached=lines)
    many = TestbenchTrust(killed=9, missed=0, reached=bits)
    assert few.coverage is not None
    assert many.coverage is not None
    assert few.coverage < many.coverage


def test_kinds_without_a_point_say_nothing() -> None:
    kinds = reached(1, 2) | {"state": Reached(covered=0, points=0)}
    assert TestbenchTrust(killed=1, missed=0, reached=kinds).coverage == 0.5
    assert TestbenchTrust(killed=1, missed=0, reached=reached(0, 0)).coverage is None


@given(counts, counts, shares, shares, st.booleans())
def test_trust_is_a_share_and_rises_with_each_of_its_parts(
    killed: int, missed: int, agreement: float, more: float, exhaustive: bool
) -> None:
    def value(killed: int, missed: int, covered: int, agreement: float) -> float:
        found = TestbenchTrust(
            killed=killed,
            missed=missed,
            reached=reached(covered, 10),
            exhaustive=exhaustive,
            agreement=agreement,
        ).value
        assert 0 <= found <= 1
        return found

    here = value(killed, missed, 5, agreement)
    least = 1e-12
    if missed:
        assert value(killed + 1, missed - 1, 5, agreement) >= here - least
    assert value(killed + 1, missed, 5, agreement) >= here - least
    assert value(killed, missed + 1, 5, agreement) <= here + least
    assert value(killed, missed, 6, agreement) >= here - least
    assert value(killed, missed, 5, max(agreement, more)) >= here - least


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Reached(covered=3, points=2), "covered points must be 0 to 2, not 3"),
        (lambda: TestbenchTrust(killed=-1, missed=0), "counts must not be negative: -1, 0"),
        (lambda: TestbenchTrust(killed=1, missed=0, agreement=1.5), "agreement must be 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
