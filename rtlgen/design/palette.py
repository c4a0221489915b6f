"""The colors of reports, by name, for light and dark."""

from __future__ import annotations

import re
from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "page": "#f5f6f8",
    "paper": "#ffffff",
    "code": "#f6f7f9",
    "ink": "#1a1f28",
    "muted": "#596273",
    "line": "#d8dde5",
    "accent": "#2456c4",
    "accent-soft": "#e8effc",
    "good": "#0f6b45",
    "good-soft": "#dff3e8",
    "bad": "#b0241c",
    "bad-soft": "#fde5e2",
    "warn": "#855000",
    "warn-soft": "#fcefd2",
    "plain-soft": "#e9ecf1",
}
DARK: Mapping[str, str] = {
    "page": "#0e1217",
    "paper": "#161b22",
    "code": "#11161d",
    "ink": "#e4e8ee",
    "muted": "#9ba7b8",
    "line": "#2d3643",
    "accent": "#8fb6ff",
    "accent-soft": "#1a2a47",
    "good": "#74d7a7",
    "good-soft": "#12362a",
    "bad": "#ff9d92",
    "bad-soft": "#45201d",
    "warn": "#f0c06a",
    "warn-soft": "#3b2d12",
    "plain-soft": "#262d38",
}


def declarations(palette: Mapping[str, str]) -> str:
    """Return `palette` as custom properties of a style sheet."""
    return "".join(f"--{name}:{color};" for name, color in palette.items())


def with_colors(css: str, palette: Mapping[str, str]) -> str:
    """Return `css` with every `var(--name)` replaced; not every SVG viewer knows them."""
    return re.sub(r"var\(--([a-z-]+)\)", lambda found: palette[found[1]], css)
