"""State minimization of machines in KISS2: sizes, bounds and times.

    python bench/fsm_minimize.py FOLDER [--known FILE] [--seconds N] [--repeat N] [--json FILE]

FOLDER holds `*.kiss2` (or `*.kiss`) files. FILE, by default FOLDER/minimal.csv if it is there,
has columns `machine` and `minimal_states`: sizes computed by an exact minimizer. Listed are

states     as given, and how many of them can be reached from reset
ours       states after minimization, with `>= N` where the budget ended with a bound below
known      the size in FILE, `!` after it where ours is another
seconds    of the processor, the least of --repeat runs, reading the file not counted
how        what settled the size

Each result is proved to implement the machine by a walk over the pairs of states of both, with
code of its own. The exit code is 1 if one does not, or if a size is not the known one. What
published tools (MeMin, BICA, STAMINA) take is in the papers, for other processors.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from symbolic.kiss2 import parse_kiss2
from symbolic.reduce import Reduced, implements, minimize_states
from symbolic.state_table import StateTable

_HEAD = ("machine", "in/out", "states", "reach", "ours", "known", "proved", "seconds", "how")
_FORMAT = "{:16} {:>6} {:>7} {:>6} {:>9} {:>10} {:>6} {:>8}  {}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one machine."""

    machine: str
    inputs: int
    outputs: int
    states: int
    reachable: int
    ours: int
    bound: int
    known: int | None
    proved: bool
    seconds: float
    method: str

    @property
    def good(self) -> bool:
        return self.proved and self.known in (None, self.ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--known", type=Path, help="CSV file of known sizes")
    parser.add_argument("--seconds", type=float, default=60.0, help="budget of each machine")
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the fastest counts")
    parser.add_argument("--json", type=Path, help="write a line for each machine")
    arguments = parser.parse_args()
    known = known_sizes(arguments.known or arguments.folder / "minimal.csv")
    rows = []
    print(
        _FORMAT.format(
            *["machine", "in/out", "states", "reach", "ours", "known", "proved", "seconds", "how"]
        )
    )
    for path in sorted(arguments.folder.glob("*.kiss*")):
        rows.append(measured(path, known.get(path.stem), arguments.seconds, arguments.repeat))
        show(rows[-1])
    reached = sum(row.ours == row.known for row in rows)
    optimal = sum(row.ours == row.bound for row in rows)
    print(
        f"{len(rows)} machines, {optimal} proved to be the least, {reached} of "
        f"{sum(row.known is not None for row in rows)} known sizes reached, "
        f"{sum(row.seconds for row in rows):.2f} s in all"
    )
    if arguments.json:
        lines = (json.dumps(asdict(row)) for row in rows)
        arguments.json.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(not all(row.good for row in rows))


def known_sizes(path: Path) -> dict[str, int]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as lines:
        return {line["machine"]: int(line["minimal_states"]) for line in csv.DictReader(lines)}


def measured(path: Path, known: int | None, budget: float, repeat: int) -> Row:
    table = parse_kiss2(path.read_text(encoding="utf-8"))
    runs = list(minimizations(table, budget, max(1, repeat)))
    found = runs[0][1]
    return Row(
        machine=path.stem,
        inputs=len(table.inputs),
        outputs=len(table.outputs),
        states=len(table.states),
        reachable=len(table.reachable),
        ours=len(found.table.states),
        bound=found.bound,
        known=known,
        proved=implements(table, found.table),
        seconds=min(seconds for seconds, _ in runs),
        method=found.method,
    )


def minimizations(table: StateTable, budget: float, repeat: int) -> Iterator[tuple[float, Reduced]]:
    for _ in range(repeat):
        start = time.process_time()
        found = minimize_states(table, seconds=budget)
        yield time.process_time() - start, found


def show(row: Row) -> None:
    ours = f"{row.ours}" if row.ours == row.bound else f"{row.ours} >= {row.bound}"
    known = "" if row.known is None else f"{row.known}{'' if row.known == row.ours else ' !'}"
    print(
        _FORMAT.format(
            row.machine,
            f"{row.inputs}/{row.outputs}",
            row.states,
            row.reachable,
            ours,
            known,
            "yes" if row.proved else "NO",
            f"{row.seconds:.3f}",
            row.method,
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
