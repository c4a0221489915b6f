"""What was left out of a dataset, and by which rule: `DIR/dropped.jsonl`."""

from __future__ import annotations

from typing import Final, Literal

from rtlgen.evaluation.strict import Strict

DROPPED: Final = "dropped.jsonl"
"""Name of the file in a dataset's folder."""


class Dropped(Strict):
    """One problem, answer or pair that is not in the dataset."""

    rule: str
    """Such as `contamination`, `near duplicate`, `not judged` or `testbench trust`."""
    what: Literal["problem", "answer", "pair"]
    """What is left out."""
    problem_set: str
    """Such as `verilog-eval-v1-human`."""
    problem: str
    """Its name within the set."""
    source: str = ""
    """Name of the source, as in `rows.Provenance`."""
    sample: int | None = None
    """Number of the answer within its problem and source."""
    against: str = ""
    """Problem set of what it resembles, or empty."""
    matched: str = ""
    """The problem or row that it resembles."""
    measure: str = ""
    """What was measured, such as `8-grams` or `trust`."""
    score: float | None = None
    """What was measured of it."""
    threshold: float | None = None
    """What the score was compared with."""
    reason: str = ""
    """One line for a person, where the other columns do not say it all."""
