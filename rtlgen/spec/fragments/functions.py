"""Rows of a function checked and made a `TruthTable`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rtlgen.spec.fragments.covers import clash, gap
from rtlgen.spec.fragments.remaining import find_remaining
from rtlgen.spec.fragments.source import Reading, Source, found, objection, question
from rtlgen.spec.model import Finding, Kind, Place
from symbolic.cubes import CoverTooLarge
from symbolic.truth_table import Row, TruthTable

MOST_ROWS = 70_000
"""A little more than a complete table of sixteen inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A function as the text states it; its rows may contradict each other."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    default: str | None = None
    places: tuple[Place, ...] = ()
    """Of the rows, where each has a line of its own."""


def function(
    source: Source,
    kind: Kind,
    stated: Stated,
    span: tuple[int, int],
    *,
    notes: Iterable[str] = (),
) -> Reading:
    """Return what is stated on the lines of `span` (indices) as a fragment, or what is wrong."""
    place = source.place(*span)
    used = frozenset(range(span[0], span[1] + 1))
    problem = _problem(stated, place)
    if problem:
        return Reading(findings=(problem,), used=used)
    rows = tuple(dict.fromkeys(stated.rows))
    table = TruthTable(
        inputs=stated.inputs, outputs=stated.outputs, rows=rows, default=stated.default
    )
    fragment = found(source, kind, table, *span, notes=notes)
    return Reading(fragments=(fragment,), findings=_incomplete(stated, place), used=used)


def with_remaining(source: Source, stated: Stated, span: tuple[int, int]) -> tuple[Stated, Reading]:
    """Return `stated` with what the text around it says about rows that are missing.

    What the text says unclearly becomes a finding.
    """
    if stated.default is not None or _gap(stated) is None:
        return stated, Reading()
    remaining = find_remaining(source.without(range(span[0], span[1] + 1)))
    if remaining is None:
        return stated, Reading()
    if remaining.value is not None:
        return replace(stated, default=remaining.value * len(stated.outputs)), Reading()
    message = f"it is not clear what holds for the rows that are missing: {remaining.sentence!r}"
    assumption = "missing rows are don't-cares"
    finding = question("unclear-rest", source.place(*span), message, assumption=assumption)
    return stated, Reading(findings=(finding,))


def described(names: Sequence[str], values: str) -> str:
    """Return `values` by name, such as `a=0, b=1`; what is free is left out."""
    pairs = [f"{name}={v}" for name, v in zip(names, values, strict=True) if v != "-"]
    return ", ".join(pairs) or "every input"


def _problem(stated: Stated, place: Place) -> Finding | None:
    """Return why nothing can be built from the rows; None if something can."""
    if len(stated.rows) > MOST_ROWS:
        return objection("table-too-large", place, f"the table has {len(stated.rows)} rows")
    try:
        pair = clash([(row.inputs, row.outputs) for row in stated.rows])
    except CoverTooLarge as error:
        return objection("table-too-large", place, str(error))
    return _contradiction(stated, pair, place) if pair else None


def _contradiction(stated: Stated, pair: tuple[int, int], place: Place) -> Finding:
    one, other = (stated.rows[index] for index in pair)
    both = "".join(b if a == "-" else a for a, b in zip(one.inputs, other.inputs, strict=True))
    places = stated.places
    where = f" ({places[pair[0]]} and {places[pair[1]]})" if places else ""
    message = (
        f"two rows disagree for {described(stated.inputs, both)}: "
        f"{one.outputs} and {other.outputs}{where}"
    )
    return objection("contradictory-table", places[pair[1]] if places else place, message)


def _incomplete(stated: Stated, place: Place) -> tuple[Finding, ...]:
    missing = None if stated.default is not None else _gap(stated)
    if missing is None:
        return ()
    message = f"nothing is said for {described(stated.inputs, missing)}"
    assumption = "missing rows are don't-cares"
    return (question("incomplete-table", place, message, assumption=assumption),)


def _gap(stated: Stated) -> str | None:
    """Return a combination that no row lists; None if there is none."""
    try:
        return gap([row.inputs for row in stated.rows], len(stated.inputs))
    except CoverTooLarge:
        return "-" * len(stated.inputs)
