"""Small turns of English that many families need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    names = list(items)
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def number(value: int) -> str:
    """Return a small number as a word, a larger one in digits."""
    return NUMBERS[value] if value < len(NUMBERS) else str(value)


def ordinal(value: int) -> str:
    """Return `third`, `12th` and the like, for a value of at least 1."""
    if value < len(ORDINALS):
        return ORDINALS[value]
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{'th' if value % 100 in (11, 12, 13) else suffix}"


def counted(value: int, noun: str) -> str:
    """Return `1 cycle`, `3 cycles` and the like."""
    return f"{value} {noun}" + ("" if value == 1 else "s")


def sentence(text: str) -> str:
    """Return `text` with a capital letter and a full stop, for text that starts with a word."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def article(noun: str) -> str:
    """Return `noun` after `a` or `an`."""
    vowel = noun[:1].lower() in "aeio" or noun.startswith(("8", "11-", "18-"))
    return f"{'an' if vowel else 'a'} {noun}"


def columns(rows: Sequence[Sequence[str]], between: str = " | ") -> str:
    """Return rows of cells as text with aligned columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        between.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells, the first of them the header, as a Markdown table."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)
