"""`report.md`: a run for a person to read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from rtlgen.design.record import FindingRecord, RunRecord


def render_report(run: RunRecord, *, waveform: bool) -> str:
    """Return the Markdown report of `run`; `waveform`: whether one was written."""
    findings: Sequence[FindingRecord] = run.spec.findings if run.spec else ()
    candidate = run.candidates[-1]
    text = (
        _environment()
        .get_template("report.md.j2")
        .render(
            run=run,
            candidate=candidate,
            guess=candidate.guess,
            assumptions=[finding for finding in findings if finding.assumption],
            remarks=[finding for finding in findings if not finding.assumption],
            waveform=waveform,
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rtlgen.design"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
    )
    environment.globals["STATEMENTS"] = 40
    environment.filters |= {
        "cell": _cell,
        "dashes": lambda name: "-" * max(3, len(name)),
        "fence": _fence,
        "inline": _inline,
        "of": lambda name, sample: _cell(_value(sample, name)),
        "shell": shlex.join,
    }
    return environment


def _value(sample: Mapping[str, str], name: str) -> str:
    return sample.get(name, "")


def _cell(text: str) -> str:
    """Return `text` so that it stays in its table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def _inline(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))


def _fence(text: str, language: str) -> str:
    """Return `text` as a code block whose fence it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
