"""A specification as words, and the runs of words that tell it from others.

Declarations of ports say nothing of what a design does and are left out, wherever they
stand, so that it makes no difference how a text is broken into lines. Port names are words
of a text's own, so that runs are taken twice: as they are, and with every port name
replaced by one placeholder.
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
WORDY = 3
"""Words of two letters or more that make a run more than a table's row."""
_WORD = re.compile(r"[a-z_][\w$]*+|\d++(?:'[bodh][\da-fxz_]++)?+|[~&|^+]")
_DECLARED = re.compile(
    r"\b(?:input|output|inout)\s++(?:(?:wire|reg|logic|signed|unsigned)\s++)*+"
    r"(?:\[[^\]\n]{0,40}\]\s*+)?+[a-z_]\w*+"
    r"(?:\s*+\(\s*+\d++[\s-]*+bits?\b(?:\s++wide)?+\s*+\))?+"
)
_HOLDER = "#"


def words(spec: str) -> list[str]:
    """Return the words, numbers and operators of a text, in lower case, less port declarations.

    Line breaks, bullets and punctuation make no difference.
    """
    return _WORD.findall(_DECLARED.sub(" ", spec.lower()))


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
    """Return 64-bit hashes of all runs of `size` words; fewer words have none.

    Odd are the hashes of runs that say something in words, with `WORDY` of them at least; the
    rows of a table are even.
    """
    told = [word[0].isalpha() and len(word) > 1 for word in of]
    runs = range(len(of) - size + 1)
    return {hash64(" ".join(of[at : at + size])) & ~1 | _wordy(told[at : at + size]) for at in runs}


def _wordy(told: Sequence[bool]) -> bool:
    return sum(told) >= min(WORDY, len(told))


def kept(gram: int) -> bool:
    """Return whether a gram is one of the quarter that is kept of long texts."""
    return gram >> 1 & 3 == 0
