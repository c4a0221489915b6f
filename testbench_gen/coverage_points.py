"""From counters to points: what is shown to people, and what a prover can be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sim.structure import Structure
from testbench_gen.coverage_data import Counter
from testbench_gen.coverage_result import Kind, Point
from testbench_gen.coverage_watch import watched_points

_NAME_END = re.compile(r"[.:\[]")
_SIDES = {
    "if": "if",
    "elsif": "if",
    "else": "else",
    "case": "case item",
    "cond_then": "?: true",
    "cond_else": "?: false",
}


def points_of(
    counters: Iterable[Counter], files: Mapping[str, str], structure: Structure
) -> tuple[Point, ...]:
    """Return the points that `counters` tell of.

    Args:
        counters: Of one run.
        files: By the name under which the model was given it, each source's own name.
        structure: Of the design, for conditions and watched states.
    """
    listed = list(counters)
    own = [counter for counter in listed if counter.file in files]
    toggles = [c for c in own if c.kind == "toggle"]
    statements = [c for c in own if c.kind in ("line", "branch")]
    watched = {c.what: c.hits for c in listed if c.kind == "user" and c.file not in files}
    return (
        *_lines(statements, files, structure),
        *_branches(statements, files, structure),
        *_toggles(toggles, files, structure),
        *watched_points(watched, structure),
    )


def _lines(
    counters: Iterable[Counter], files: Mapping[str, str], structure: Structure
) -> Iterator[Point]:
    """Yield a point for each line with a statement: reached if any statement on it is."""
    found: dict[tuple[str, int], list[Counter]] = {}
    for counter in counters:
        for line in _statement_lines(counter):
            found.setdefault((files[counter.file], line), []).append(counter)
    for (file, line), there in found.items():
        yield Point(
            kind=Kind.LINE,
            file=file,
            line=line,
            what="statement",
            hits=max(counter.hits for counter in there),
            module=there[0].module,
            conditions=_conditions(there[0], file, structure) if len(there) == 1 else (),
        )


def _statement_lines(counter: Counter) -> Iterator[int]:
    """Yield the lines of the statements that `counter` stands for.

    Verilator counts the line of an `if` to what the `if` does, though it was executed too.
    """
    keyword = counter.line if counter.what in ("if", "elsif") and len(counter.lines) > 1 else 0
    return (line for line in counter.lines if line != keyword)


def _branches(
    counters: Iterable[Counter], files: Mapping[str, str], structure: Structure
) -> Iterator[Point]:
    for counter in counters:
        if counter.what in _SIDES:
            file = files[counter.file]
            yield Point(
                kind=Kind.BRANCH,
                file=file,
                line=counter.line,
                column=counter.column,
                what=_SIDES[counter.what],
                hits=counter.hits,
                module=counter.module,
                conditions=_conditions(counter, file, structure),
            )


def _conditions(counter: Counter, file: str, structure: Structure) -> tuple[str, ...]:
    condition = structure.condition(counter.what, file, counter.line, counter.column)
    return (condition,) if condition else ()


def _toggles(
    counters: Iterable[Counter], files: Mapping[str, str], structure: Structure
) -> Iterator[Point]:
    listed = [c for c in counters if _signal_of(c) not in structure.undriven]
    hits = {(c.file, c.module, c.what): c.hits for c in listed}
    for counter in listed:
        bit = counter.what.rpartition(":")[0]
        risen = hits.get((counter.file, counter.module, f"{bit}:0->1"), 0)
        yield Point(
            kind=Kind.TOGGLE,
            file=files[counter.file],
            line=counter.line,
            column=counter.column,
            what=counter.what,
            hits=counter.hits,
            module=counter.module,
            conditions=_levels(bit, counter, risen, structure) if not counter.hits else (),
        )


def _signal_of(counter: Counter) -> str:
    """Return the signal that a bit belongs to, as `module.signal`."""
    return f"{counter.module}.{_NAME_END.split(counter.what, maxsplit=1)[0]}"


def _levels(bit: str, counter: Counter, risen: int, structure: Structure) -> tuple[str, ...]:
    """Return the level that a bit that did not toggle has not had: the models begin with 0.

    A bit that only rose may have done so at once, as constants do.
    """
    name = structure.bit(bit, counter.module)
    return (f"{name} == 1'b{int(risen == 0)}",) if name else ()
