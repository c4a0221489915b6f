"""Texts and names on the page: of bounded length, and with nothing in them that hides."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from rtlgen.design.visible import one_line, shortened, visible

_PLAIN = bytes([9, 10, *range(32, 127)])
_TEXT = 2_000
_UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def shown(text: str) -> str:
    """Return `text` with what does not show made visible; quickly where that is nothing."""
    if text.isascii() and not text.encode().translate(None, _PLAIN):
        return text
    return visible(text)


def line(text: str, most: int = _TEXT) -> str:
    """Return `text` on one line of about `most` characters."""
    return one_line(shortened(text, most))


def problem_link(task_id: str) -> Markup:
    """Return a link to the samples of a problem."""
    name = shown(task_id)
    return Markup('<a href="#{}/">{}</a>').format(quote(name, safe="/"), name)


def bytes_of(number: int) -> str:
    """Return a number of bytes in the unit that a person would use."""
    return next(
        (f"{number / size:.3g} {unit}" for size, unit in _UNITS if number >= size), f"{number} B"
    )
