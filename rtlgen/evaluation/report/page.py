"""The whole page, piece by piece: tables first, then a block of data for each design."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from markupsafe import escape

from rtlgen.design.palette import DARK, LIGHT, declarations
from rtlgen.evaluation.report import sections
from rtlgen.evaluation.report.details import ROOM, Details
from rtlgen.evaluation.report.outcomes import colors
from rtlgen.evaluation.report.problem_table import problem_table
from rtlgen.evaluation.report.texts import line
from rtlgen.evaluation.row import Row
from rtlgen.evaluation.summary import Summary

_SCRIPTS = ("base.js", "wave.js", "verilog.js", "table.js", "sample.js", "report.js")


def render(summary: Summary, rows: Iterable[Row], *, room: int = ROOM) -> Iterator[str]:
    """Yield a page on a run. It loads nothing, and treats every text as text.

    Args:
        summary: The numbers.
        rows: The samples, in any order; read once, none kept.
        room: Characters for the details of all samples together.
    """
    title = f"{line(summary.run.title)} · {line(summary.run.source.name)}"
    yield _head(title)
    yield sections.header(summary)
    yield '<main>\n<div id="overview">\n'
    yield sections.results(summary)
    yield sections.outcomes(summary)
    yield from problem_table(summary.problems)
    yield sections.slowest(summary)
    yield sections.tests(summary)
    yield sections.conditions(summary)
    yield '</div>\n<section id="view" hidden></section>\n</main>\n'
    details = Details([*summary.run.problems, *summary.excluded], room=room)
    for row in rows:
        yield details.block(row)
    yield details.index(title)
    yield f"<script>{_script()}</script>\n</body>\n</html>\n"


def _head(title: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>{_style()}</style>\n</head>\n<body>\n"
    )


@cache
def _policy() -> str:
    """Return what the browser may do: this style sheet, this script, nothing else."""
    return (
        f"default-src 'none'; style-src {_source(_style())}; script-src {_source(_script())}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _style() -> str:
    light, dark = declarations(LIGHT), declarations(DARK)
    design = files("rtlgen.design").joinpath("templates")
    return "\n".join(
        (
            f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}",
            design.joinpath("report.css").read_text(encoding="utf-8"),
            design.joinpath("wave.css").read_text(encoding="utf-8"),
            colors(),
            _asset("report.css"),
        )
    )


@cache
def _script() -> str:
    return f'"use strict";\n(() => {{\n{"".join(map(_asset, _SCRIPTS))}}})();'


def _asset(name: str) -> str:
    place = files("rtlgen.evaluation.report").joinpath("assets", name)
    return place.read_text(encoding="utf-8")
