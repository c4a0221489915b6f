"""`report.html`: a run for a person to look into, one file that needs nothing else."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from rtlgen.design import summary, words
from rtlgen.design.code_html import difference, listing, log
from rtlgen.design.palette import DARK, LIGHT, declarations
from rtlgen.design.record import CandidateRecord, MismatchRecord, RunRecord
from rtlgen.design.search_svg import search_svg
from rtlgen.design.visible import shortened, visible
from rtlgen.design.wave_svg import mismatch_svg, wave_css

PAGE = "report.html"

_ROOM = 2_000_000
"""Characters for the details of all candidates together."""
_MOST_ROOM = 80_000
"""Characters for the details of one candidate."""
_TEXT = 2_000
"""Characters of a text that stands in a line."""
_OUTCOMES: Mapping[str, tuple[str, str]] = {
    "verified": ("good", "✓"),
    "trusted": ("accent", "≈"),
    "failed": ("bad", "✗"),
    "not judged": ("warn", "?"),
}


def render_html(
    run: RunRecord, *, waveform: bool = False, testbench: Mapping[str, str] | None = None
) -> str:
    """Return a page on `run`.

    It loads nothing, runs no script, and treats every text as text.

    Args:
        run: The run.
        waveform: Whether `waveform.vcd` stands beside the page.
        testbench: Files of `tb/` to show, name to text.
    """
    findings = run.spec.findings if run.spec else ()
    tone, seal = _OUTCOMES[run.outcome]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            run=run,
            tone=tone,
            seal=seal,
            candidate=summary.subject(run),
            search=summary.is_search(run),
            tree=summary.tree(run.candidates),
            by_number={c.number: c for c in run.candidates},
            assumptions=[finding for finding in findings if finding.assumption],
            remarks=[finding for finding in findings if not finding.assumption],
            limits=summary.limits(run),
            sampling=summary.sampling(run.model),
            widths=summary.port_widths(run),
            room=min(_MOST_ROOM, _ROOM // max(1, len(run.candidates))),
            waveform=waveform,
            testbench=testbench or {},
            colors=colors(),
            wave_css=Markup(wave_css()),  # noqa: S704 - our own style sheet
        )
    )


@cache
def colors() -> Markup:
    """Return the colors of a report's page, light and dark."""
    light, dark = declarations(LIGHT), declarations(DARK)
    return Markup(  # noqa: S704 - our own colors
        f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rtlgen.design"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=_text,
    )
    environment.globals |= {"result": summary.result, "search_svg": search_svg}
    environment.filters |= {
        "count": words.count,
        "difference": difference,
        "duration": words.duration,
        "listing": listing,
        "log": log,
        "money": words.money,
        "more": words.more,
        "prose": _prose,
        "picture": _picture,
        "sentence": words.sentence,
        "shell": shlex.join,
        "spent": _spent,
        "tokens": summary.tokens,
    }
    return environment


def _text(value: Any) -> Any:  # noqa: ANN401
    """Return what a template shows for `value`: text that neither hides nor has no end."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(shortened(value, _TEXT))
    return value


def _prose(text: str) -> Markup:
    """Return `text` as one paragraph; what stands in backticks is code."""
    parts = re.split(r"`([^`]+)`", _text(text))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def _picture(miss: MismatchRecord, widths: Mapping[str, int]) -> Markup:
    return Markup(mismatch_svg(miss, widths=widths, standalone=False))  # noqa: S704 - escaped there


def _spent(candidate: CandidateRecord) -> str:
    """Return the seconds that tools took to judge `candidate`."""
    runs = candidate.verdict.runs if candidate.verdict else ()
    return words.duration(sum(run.seconds for run in runs)) if runs else ""
