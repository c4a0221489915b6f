"""A specification as words, and the runs of words that tell it from others.

Lines that declare ports say nothing of what a design does and are left out.
Port names are words of a text's own, so that runs are taken twice: as they
are, and with every port name replaced by one placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import takewhile

from rtlgen.data.normalize import KEYWORDS, hash64, is_name, tokens

GRAM = 8
"""Words of a run."""
SHORT_GRAM = 3
"""Words of a run in a text too short for runs of `GRAM` to say anything."""
_WORD = re.compile(r"[a-z_][\w$]*+|\d++(?:'[bodh][\da-fxz_]++)?+|[~&|^+*/<>=!?-]")
_DECLARES = re.compile(
    r"[\s\-*•]*+(?:(?:input|output|inout)\b|\w++\s*+:\s*+(?:\d+-bit\s+)?(?:input|output)\b"
    r"|module\b|endmodule\b|[\])};\s]*+\Z)",
    re.I,
)
_HOLDER = "#"


def words(spec: str) -> list[str]:
    """Return the words, numbers and operators of a text, in lower case, less port declarations."""
    told = (line for line in spec.splitlines() if not _DECLARES.match(line))
    return [word for line in told for word in _WORD.findall(line.lower())]


def port_names(verilog: str) -> frozenset[str]:
    """Return the names in the first module's header and port declarations, in lower case."""
    found: set[str] = set()
    of = iter(tokens(verilog))
    for word in of:
        if word in {"module", "input", "output", "inout"}:
            declared = takewhile(lambda other: other != ";", of)
            found.update(other.lower() for other in declared if is_name(other))
        elif word == "endmodule":
            break
    return frozenset(found) - KEYWORDS


def without_names(of: Sequence[str], names: Collection[str]) -> list[str]:
    """Return words with each of `names` replaced by a placeholder."""
    return [_HOLDER if word in names else word for word in of]


def grams(of: Sequence[str], size: int = GRAM) -> set[int]:
    """Return 64-bit hashes of all runs of `size` words; fewer words have none."""
    return {hash64(" ".join(of[at : at + size])) for at in range(len(of) - size + 1)}
