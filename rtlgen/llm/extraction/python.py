"""The Python class in a model's answer."""

from __future__ import annotations

import re

from rtlgen.llm.extraction.fences import blocks
from rtlgen.llm.extraction.language import quoted
from rtlgen.llm.extraction.result import MAX_CHARACTERS, Extraction, nothing
from rtlgen.llm.extraction.unwrap import areas, clean

_CODE_START = re.compile(
    r"^(?:import |from [\w.]+ import |class |def |@|#|[A-Z_][A-Z_0-9]* ?[:=])", re.M
)
_GOES_ON = re.compile(
    r"(?:[ \t]|import |from |class |def |@|#|[)\]}]|[A-Za-z_]\w* ?[:=]|if __name__|\Z)"
)


def extract_python(text: str, *, name: str = "Reference") -> Extraction:
    """Return the Python in a model's answer `text` that defines class `name`.

    It is neither parsed nor run here.
    """
    if len(text) > MAX_CHARACTERS:
        return nothing(f"an answer may have {MAX_CHARACTERS} characters, not {len(text)}")
    text = clean(text)
    wanted = re.compile(rf"^[ \t]*class[ \t]+{re.escape(name)}\b", re.M)
    for area in areas(text):
        fenced, around = blocks(area.text)
        found = [block for block in fenced if wanted.search(block.text)]
        if found:
            last = found[-1]
            fact = "fenced block" if len(found) == 1 else f"last of {len(found)} blocks"
            return Extraction(
                sources=_dedented(last.text),
                how=(*area.how, fact),
                truncated=not last.closed or area.open,
            )
        if start := wanted.search(around):
            return Extraction(
                sources=_unfenced(around, start.start()), how=area.how, truncated=area.open
            )
    return nothing(_why_not(text, name))


def _why_not(text: str, name: str) -> str:
    if not text.strip():
        return "the answer is empty"
    return f"the answer defines no class {name}: {quoted(text)}"


def _unfenced(text: str, at: int) -> str:
    """Return the lines of code around the class at `at`, without the prose around them."""
    lines = text.split("\n")
    place = text.count("\n", 0, at)
    first = last = place
    while first > 0 and (not lines[first - 1].strip() or _GOES_ON.match(lines[first - 1])):
        first -= 1
    while last + 1 < len(lines) and _GOES_ON.match(lines[last + 1]):
        last += 1
    while first < place and not _CODE_START.match(lines[first]):
        first += 1
    return _dedented("\n".join(lines[first : last + 1]))


def _dedented(text: str) -> str:
    """Return `text` as far to the left as its first line of code allows."""
    lines = text.strip("\n").rstrip().split("\n")
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(margin) for line in lines) + "\n"
