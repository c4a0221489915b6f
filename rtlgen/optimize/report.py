"""`--report`: an optimization for a person to look into, one file that needs nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rtlgen.design import words
from rtlgen.design.code_html import difference, listing
from rtlgen.design.html import colors
from rtlgen.design.visible import shortened, visible
from rtlgen.optimize.record import Ending, OptimizationRecord, StepRecord, ppa_facts
from rtlgen.optimize.text import headline, percent, rows
from symbolic.fsm_picture import svg
from symbolic.optimize_values import MachineChange, Optimization, Step

_ROOM = 120_000
"""Characters for each listing."""
_TEXT = 2_000
_SEALS: dict[Ending, tuple[str, str, str]] = {
    "optimized": ("good", "✓", "Proved"),
    "unchanged": ("accent", "=", "Unchanged"),
    "not handled": ("warn", "?", "Left alone"),
}
"""By ending: tone, sign and word."""
_MOST_STATES = 80
"""Larger machines are not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One step as the page shows it."""

    record: StepRecord
    gain: str
    """Change by the goal against the step before."""
    diff: Markup
    pictures: tuple[tuple[str, Markup], ...]
    """State diagrams with their captions."""
    matches: str
    makes: str


def render_report(found: Optimization, record: OptimizationRecord) -> str:
    """Return a page on `found`.

    It loads nothing, runs no script, and treats every text as text.
    """
    tone, sign, word = _SEALS[record.ending]
    return (
        _environment()
        .get_template("optimization.html.j2")
        .render(
            run=record,
            tone=tone,
            sign=sign,
            word=word,
            headline=headline(record),
            rows=rows(record),
            steps=list(_steps(found, record)),
            diff=difference(found.original.sources, found.design.sources, _ROOM),
            files=found.design.sources,
            colors=colors(),
            css=_css(),
        )
    )


def _steps(found: Optimization, record: OptimizationRecord) -> Iterator[_Shown]:
    before = (ppa_facts(found.start) or record.before or {}).get(record.goal)
    for step, entry in zip(found.steps, record.steps, strict=True):
        after = entry.measured.get(record.goal)
        yield _Shown(
            record=entry,
            gain=percent(after / before - 1) if before and after is not None else "",
            diff=difference(step.before.sources, step.after.sources, _ROOM),
            pictures=tuple(_pictures(step)),
            matches=step.rule.matches if step.rule else "",
            makes=step.rule.makes if step.rule else "",
        )
        before = after


def _pictures(step: Step) -> Iterator[tuple[str, Markup]]:
    change = step.machine
    if change is None:
        return
    for name, table in (("before", change.before), ("after", change.after)):
        if len(table.states) <= _MOST_STATES:
            picture = svg(table)
            yield _caption(name, change, len(table.states)), Markup(picture)  # noqa: S704 - escaped there


def _caption(name: str, change: MachineChange, states: int) -> str:
    coded = f", {change.encoding}" if name == "after" else ""
    return f"{change.register} {name}: {words.counted(states, 'state')}{coded}"


@cache
def _css() -> Markup:
    pages = (("rtlgen.design", "report.css"), ("rtlgen.optimize", "optimization.css"))
    texts = [
        (resources.files(package) / "templates" / name).read_text(encoding="utf-8")
        for package, name in pages
    ]
    return Markup("\n".join(texts))  # noqa: S704 - our own style sheets


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rtlgen.optimize"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=_text,
    )
    environment.filters |= {
        "duration": words.duration,
        "listing": lambda text: listing(text, _ROOM),
        "sentence": words.sentence,
        "shell": shlex.join,
    }
    return environment


def _text(value: Any) -> Any:  # noqa: ANN401
    """Return what a template shows for `value`: text that neither hides nor has no end."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(shortened(value, _TEXT))
    return value
