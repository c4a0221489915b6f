"""Numbers and notes as a person reads them."""

from __future__ import annotations

import re

from rtlgen.design.visible import one_line


def count(number: int) -> str:
    """Return `number` with its thousands apart."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def counted(number: int, noun: str) -> str:
    """Return `number` with its noun, such as `1 repair` and `2 repairs`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return `seconds` in the unit that a person would use."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def money(cost: float | None) -> str:
    """Return US dollars, with as many digits as a small sum needs."""
    if cost is None:
        return "unknown (no price is configured)"
    return f"${cost:.2f}" if cost >= 1 or cost == 0 else f"${cost:.4f}"


def sentence(text: str) -> str:
    """Return `text` on one line, as a sentence; a name at its start stays as it is."""
    text = one_line(text)
    if re.match(r"[a-z]+(-[a-z]+)*[ ,:]", text):
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def more(number: int, noun: str) -> str:
    """Return that there are `number` more of `noun`, up to the verb."""
    return f"{count(number)} more {noun}{' is' if number == 1 else 's are'}"
