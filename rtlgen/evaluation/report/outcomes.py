"""How the page marks each category: a letter and two colors."""

from __future__ import annotations

from collections.abc import Mapping

from rtlgen.evaluation.judgement import Category

MARKS: Mapping[Category, tuple[str, str, str]] = {
    Category.PASS: ("P", "#2b9a5e", "#4cc38a"),
    Category.WARNING: ("W", "#8fae1e", "#b6d14a"),
    Category.SYNTAX: ("S", "#8250df", "#b392f0"),
    Category.ELABORATION: ("E", "#4f56c9", "#8f96ff"),
    Category.INTERFACE: ("I", "#2f7fd6", "#6cb0ff"),
    Category.MISMATCH: ("M", "#cf3b33", "#ff8177"),
    Category.UNKNOWN_VALUE: ("X", "#e07b2f", "#ffad70"),
    Category.INCOMPLETE: ("U", "#9a5f35", "#d19a6e"),
    Category.TIMEOUT: ("T", "#c99a06", "#f0cc4d"),
    Category.MEMORY: ("Y", "#17899a", "#52c4d4"),
    Category.OUTPUT: ("O", "#4f9e93", "#8ad8cc"),
    Category.REFUSED: ("R", "#39414f", "#ccd4e0"),
    Category.EXTRACTION: ("N", "#7c8696", "#98a3b5"),
    Category.NOT_JUDGED: ("?", "#b4bcc8", "#566173"),
}
"""Letter, color on light and color on dark ground; in the order in which bars are stacked."""
ORDER = tuple(MARKS)
CODES: Mapping[Category, str] = {category: mark[0] for category, mark in MARKS.items()}


def css_class(category: Category) -> str:
    """Return the class that gives an element the color of `category`."""
    return f"c{ORDER.index(category)}"


def colors() -> str:
    """Return the style sheet of the categories' colors."""
    light = "".join(f".c{at}{{--c:{mark[1]}}}" for at, mark in enumerate(MARKS.values()))
    dark = "".join(f".c{at}{{--c:{mark[2]}}}" for at, mark in enumerate(MARKS.values()))
    return f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"
