"""How a state machine can be written."""

from __future__ import annotations

from enum import Enum


class Style(Enum):
    """How a machine is written."""

    IN_PLACE = "in place"
    CASE = "case"
    EQUATIONS = "equations"
