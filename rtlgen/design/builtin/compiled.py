"""What compiling fragments leads to."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.spec.model import Fragment
from testbench_gen.reference import ReferenceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """RTL and the value it was compiled from."""

    verilog: str
    reference: ReferenceModel
    used: tuple[Fragment, ...]
    notes: tuple[str, ...] = ()
    guess: bool = False


class Unfit(Exception):
    """The fragments do not determine the module; the message says what is missing."""


def origin(used: tuple[Fragment, ...]) -> str:
    """Return the sentence that heads compiled RTL."""
    parts = ", ".join(f"{fragment.kind.value}, {fragment.place}" for fragment in used)
    return f"Compiled from the specification: {parts}."
