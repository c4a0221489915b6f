"""Random circuits drawn as waveforms: what the proposer guesses is nearly always right."""

from __future__ import annotations

import pytest

from bench.waveforms import tally

_CIRCUITS = range(200_000, 200_054)


@pytest.mark.icarus
def test_guesses_are_right() -> None:
    found = tally(_CIRCUITS)
    outcomes = {o: sum(n for (_, key), n in found.items() if key == o) for o in ("right", "wrong")}
    assert outcomes["right"] >= 15
    assert outcomes["wrong"] == 0, found
