"""Golden designs with a slip of the pen, which no tool parses: for learning from diagnostics."""

from __future__ import annotations

import random
import re

from rtlgen.synth.slips import Wrong
from sim.slang import Parsed

_KEYWORDS = {
    "assign": "asign",
    "always": "alway",
    "begin": "beginn",
    "endcase": "end case",
    "endmodule": "end module",
    "posedge": "pos edge",
}
_BODY = re.compile(r"\);\n")


def torn(golden: str, chance: random.Random) -> Wrong | None:
    """Return `golden` with one mistake of syntax in its body; None where none was found."""
    start = _BODY.search(golden)
    at = start.end() if start else 0
    head, body = golden[:at], golden[at:]
    changes = [*_dropped(body, chance), *_misspelled(body, chance)]
    chance.shuffle(changes)
    for name, text in changes:
        if Parsed({"design.sv": head + text}).syntax_errors():
            return Wrong(name=name, text=head + text, source="syntax")
    return None


def _dropped(body: str, chance: random.Random) -> list[tuple[str, str]]:
    """Return bodies without one of their marks or words that close something."""
    found = []
    for name, mark in (
        ("missing-semicolon", r";"),
        ("missing-end", r"\bend\b\n?"),
        ("missing-parenthesis", r"\)"),
        ("missing-endmodule", r"endmodule\s*\Z"),
        ("missing-endcase", r"[ \t]*endcase\n"),
    ):
        if places := list(re.finditer(mark, body)):
            place = chance.choice(places)
            found.append((name, body[: place.start()] + body[place.end() :]))
    return found


def _misspelled(body: str, chance: random.Random) -> list[tuple[str, str]]:
    places = list(re.finditer(rf"\b(?:{'|'.join(_KEYWORDS)})\b", body))
    if not places:
        return []
    place = chance.choice(places)
    text = body[: place.start()] + _KEYWORDS[place[0]] + body[place.end() :]
    return [("misspelled-keyword", text)]
