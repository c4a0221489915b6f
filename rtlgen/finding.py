"""One thing that `rtlgen doctor` found on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """What was found."""

    WORKS = "works"
    BROKEN = "broken"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One tool, library or model and what is to be done about it."""

    name: str
    state: State
    version: str = ""
    where: str = ""
    detail: str = ""
    remedy: str = ""
    """What to type; empty when nothing has to be done."""


def rule_of(error: Exception) -> str:
    """Return what an error's message says before its hint."""
    return str(error).split("\n", 1)[0]


def hint_of(error: Exception) -> str:
    """Return the hint of an error's message on one line; empty where it has none."""
    _, _, hint = str(error).partition("hint: ")
    return " ".join(hint.split())
