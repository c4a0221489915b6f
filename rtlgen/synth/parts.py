"""Which examples are for training, and which are kept to measure what was learned.

A held-out family is never trained on, nor one that is near to it. Of all other families an
eighth of the instances, by a digest of what was drawn, is kept: their parameters
are never trained on either. Half of these are told in frames that are reserved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from rtlgen.errors import UsageError
from rtlgen.synth.drawn import Drawn, Family

HELD_OUT_SHARE = 8
"""One of so many instances is kept."""
HELD_OUT = (
    "johnson-counter",
    "step-counter",
    "interleave",
    "replication",
    "one-hot-check",
    "median",
    "add-subtract",
    "number-property",
    "truth-table-outputs",
    "waveform-function",
    "crc-step",
    "tree-of-instances",
    "tank-level",
    "set-reset-latch",
    "mux-priority",
    "gate-chip",
    "byte-enable-register",
    "mealy-machine",
    "output-logic",
    "gate-controller",
    "requester",
    "watchdog",
    "run-detector",
    "serial-complementer",
    "bidirectional-shift-register",
    "scrambler",
    "pending-requests",
    "credit-counter",
    "edge-toggle",
    "sample-difference",
    "running-parity",
    "bit-stuffer",
    "byte-write-ram",
    "line-code",
    "pipelined-multiplier",
    "lift",
    "gcd-unit",
    "missing-pulse",
    "predictor-table",
    "majority-filter",
)
"""Families that are kept unless others are named; some of each kind."""


class Part(StrEnum):
    """Part of a corpus; also the name of its folder."""

    TRAIN = "train"
    SAMPLING = "sampling"
    """Other designs like those of `TRAIN`, of which a model is to be asked and never told."""
    INSTANCES = "held-out-instances"
    FAMILIES = "held-out-families"


def chosen_families(names: Sequence[str], known: Sequence[Family]) -> list[Family]:
    """Return the families that `names` says, by name or kind; all where it says none.

    Raises:
        UsageError: A name is neither.
    """
    if not names:
        return list(known)
    for name in names:
        if not any(name in (family.name, family.kind) for family in known):
            kinds = ", ".join(sorted({family.kind for family in known}))
            raise UsageError(
                f"a family must be one of the catalog's, by name or kind, not {name!r}\n\n"
                f"hint: kinds are {kinds}; `rtlgen dataset synth --list` shows all"
            )
    return [family for family in known if {family.name, family.kind} & set(names)]


def with_neighbors(names: Collection[str], families: Iterable[Family]) -> frozenset[str]:
    """Return `names` with the families that are near to one of them, either way."""
    found = set(names)
    listed = list(families)
    while True:
        near = {
            name
            for family in listed
            for name in (family.name, *family.also)
            if {family.name, *family.also} & found
        }
        if near <= found:
            return frozenset(found)
        found |= near


def is_held_out(family: str, drawn: Drawn) -> bool:
    """Whether an instance is kept, by what was drawn."""
    facts = json.dumps([family, sorted(drawn.parameters.items())])
    return hashlib.blake2b(facts.encode()).digest()[0] % HELD_OUT_SHARE == 0
