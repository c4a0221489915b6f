"""`plan.md`: what a testbench drives and checks, what it misses, and why, for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rtlgen.design.report import markdown
from rtlgen.design.testbench_record import HoleRecord, TestbenchFile
from testbench_gen import Testbench

PLAN = "plan.md"
_MOST_HOLES = 60
_MOST_MUTANTS = 30


def render_plan(record: TestbenchFile, testbench: Testbench, sources: Mapping[str, str]) -> str:
    """Return the plan of `testbench` in Markdown; `sources` are those that holes are in."""
    holes = [] if record.coverage is None else record.coverage.holes
    text = (
        markdown()
        .get_template("plan.md.j2")
        .render(
            run=record,
            interface=testbench.interface,
            inputs=testbench.plan.inputs,
            timing=testbench.plan.timing,
            roles=_roles(testbench),
            open_holes=_by_line([h for h in holes if not h.unreachable], sources),
            never=_by_line([h for h in holes if h.unreachable], sources),
            missed=[*record.mutation.survivors, *record.mutation.open],
            MOST=_MOST_HOLES,
            MUTANTS=_MOST_MUTANTS,
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _roles(testbench: Testbench) -> dict[str, str]:
    """Return what every input is driven as."""
    roles = {port.name: port.role for port in testbench.plan.inputs}
    for clock in testbench.plan.timing.clocks:
        roles[clock.name] = f"clock, {'rising' if clock.active else 'falling'} edge"
    for reset in testbench.plan.timing.resets:
        level = "high" if reset.asserted else "low"
        kind = "asynchronous" if reset.asynchronous else "synchronous"
        roles[reset.name] = f"{kind} reset, active {level}"
    return roles


def _by_line(
    holes: Sequence[HoleRecord], sources: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    """Return place, source line, what is not reached there, and why, a row a line."""
    rows: dict[tuple[str, int], list[HoleRecord]] = {}
    for hole in holes:
        rows.setdefault((hole.file, hole.line), []).append(hole)
    return [
        (f"{file}:{line}", _line_of(sources.get(file, ""), line), _whats(there), there[0].reason)
        for (file, line), there in rows.items()
    ]


def _line_of(text: str, line: int) -> str:
    lines = text.splitlines()
    return lines[line - 1].strip()[:120] if 0 < line <= len(lines) else ""


def _whats(holes: Sequence[HoleRecord]) -> str:
    said = list(dict.fromkeys(f"{hole.kind} {hole.what}" for hole in holes))
    rest = f", and {len(said) - 6} more" if len(said) > 6 else ""
    return ", ".join(said[:6]) + rest
