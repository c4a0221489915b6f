"""What all benchmarks do with a completion, whatever it holds."""

from __future__ import annotations

from rtlgen.evaluation.benchmark import Combined
from rtlgen.llm.extraction.result import MAX_CHARACTERS


def unusable(completion: str) -> Combined | None:
    """Return that there is no design, if `completion` is empty or too long to look at."""
    if len(completion) > MAX_CHARACTERS:
        why = f"a completion may have {MAX_CHARACTERS} characters, not {len(completion)}"
        return Combined(verilog=None, rule="too long", reason=why)
    if not completion.strip():
        return Combined(verilog=None, rule="empty", reason="the completion is empty")
    return None


def whole_characters(text: str) -> str:
    """Return `text` as a file can hold it: half a surrogate pair becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def robust(completion: str, *, top: str, header: str) -> Combined:
    """Return what `rtlgen.llm.extract` finds; the rule states what was done for it."""
    from rtlgen.llm.extract import extract  # noqa: PLC0415 - many patterns to compile

    found = extract(completion, top=top, header=header.strip() or None)
    rule = "; ".join(("robust", *found.how))
    return Combined(verilog=found.sources, rule=rule, reason=found.why_not)
