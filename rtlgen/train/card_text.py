"""A model card as a person reads it: Markdown from figures, by a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rtlgen.train.card_config import CardConfig
from rtlgen.train.card_data import Decontamination
from rtlgen.train.card_record import Cell, Measured, Part, Point, TableRecord

if TYPE_CHECKING:
    from jinja2 import Template

    from rtlgen.evaluation.summary import Rate

NOT_MEASURED = "not measured"


def text(
    table: TableRecord,
    report: Decontamination | None,
    config: CardConfig,
    pictures: Sequence[tuple[str, str]],
) -> str:
    """Return the card; `pictures` are file names and titles."""
    return _template().render(
        table=table,
        report=report,
        config=config,
        pictures=pictures,
        verdict=verdict(table),
        not_measured=NOT_MEASURED,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - slow to load

    environment = Environment(
        loader=PackageLoader("rtlgen.train", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
    )
    environment.filters.update(
        rate=shown, signed=signed, point=point, outcomes=_outcomes, hours=_hours, cell=_cell
    )
    environment.globals.update(k_point=k_point, functional=functional, drawn=_drawn, known=_known)
    return environment.get_template("MODEL_CARD.md.j2")


def shown(rate: Rate | None) -> str:
    """Return a rate in percent with its interval."""
    if rate is None:
        return NOT_MEASURED
    return f"{100 * rate.value:.1f} % ({100 * rate.low:.1f} to {100 * rate.high:.1f})"


def signed(rate: Rate) -> str:
    """Return a difference of rates in points with its interval."""
    low, value, high = (100 * part + 0.0 for part in (rate.low, rate.value, rate.high))
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def point(found: Point | None) -> str:
    """Return pass@k with its interval."""
    return shown(None if found is None else found.rate)


def k_point(run: Measured | None, k: int) -> str:
    """Return pass@k of a run by the official verdict, or why there is none."""
    if run is None:
        return NOT_MEASURED
    if k > run.most:
        return f"{NOT_MEASURED} (n = {run.most})"
    return point(run.point(k))


def functional(cell: Cell) -> str:
    """Return the functional pass@1 where it is not the official one; else nothing."""
    run, words = (cell.greedy, "greedy") if cell.greedy else (cell.sampled, "sampled")
    if run is None:
        return ""
    official, works = run.point(1), run.point(1, functional=True)
    if official is None or works is None or official.rate == works.rate:
        return ""
    return f"{words} {shown(works.rate)}"


def verdict(table: TableRecord) -> list[str]:
    """Return, a line a set, whether the last stage adds to the one before beyond its interval."""
    if not table.gains:
        return []
    last = (table.gains[-1].before, table.gains[-1].after)
    lines = []
    for name, title in table.sets.items():
        own = [g for g in table.gains if g.set == name and (g.before, g.after) == last]
        up = [g for g in own if g.difference.low > 0]
        down = [g for g in own if g.difference.high < 0]
        if not own:
            continue
        said = "adds nothing beyond its interval"
        if up:
            said = "adds beyond its interval: " + ", ".join(f"{g.drawn} pass@{g.k}" for g in up)
        if down:
            said += "; loses: " + ", ".join(f"{g.drawn} pass@{g.k}" for g in down)
        lines.append(f"{title}: {said}")
    return lines


def _outcomes(counts: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{name} {right} of {number}" for name, (number, right) in counts.items())


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def _cell(value: object) -> str:
    """Return a value as it may stand in a table's cell."""
    return str(value).replace("|", "\\|").replace("\n", " ")


def _drawn(run: Measured) -> str:
    """Return how a run's answers were drawn, as far as its record says."""
    names = ("temperature", "top_p", "max_tokens", "seed")
    given = [f"{name} {run.details[name]}" for name in names if run.details.get(name) is not None]
    return ", ".join([f"n = {run.most}", *given])


def _known(parts: Sequence[Part], *, inside: bool) -> Part | None:
    return next((part for part in parts if part.known is inside), None)
