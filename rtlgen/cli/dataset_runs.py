"""What `rtlgen dataset check` and `inspect` do once their arguments are parsed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rtlgen.cli.common import FAILED, print_json, stderr, unwind_when_interrupted
from rtlgen.data.check import check as checked
from rtlgen.data.choose_rows import Chosen, chosen_row, first_rows, kind_of
from rtlgen.data.contamination import Gate
from rtlgen.data.dataset_record import DATASET, read_record
from rtlgen.data.known import named, read_problems
from rtlgen.data.readers import read_rows
from rtlgen.data.survey import survey
from rtlgen.design.visible import visible
from rtlgen.errors import UsageError

if TYPE_CHECKING:
    from rtlgen.data.findings import Findings

_EVERY = 500
"""Rows between two updates of the spinner."""


def check(folder: Path, *, against: Sequence[str], json: bool, quiet: bool) -> None:
    """Run `rtlgen dataset check`."""
    unwind_when_interrupted()
    read_record(folder)  # first: reading benchmarks takes a while
    gate = gate_against(against)
    found = _watched(folder, gate, quiet=quiet or json)
    if json:
        print_json({"folder": folder.name, "against": gate.sets, **found.plain()})
    else:
        _tell(folder, found, gate, quiet=quiet)
    if not found.clean:
        raise typer.Exit(FAILED)


def gate_against(against: Sequence[str]) -> Gate:
    """Return the gate by the package's fingerprints and each `NAME=ROOT`.

    Raises:
        UsageError: A name or root cannot be used.
    """
    gate = Gate.shipped()
    for option in against:
        gate = gate.with_problems(read_problems(*named(option)))
    return gate


def inspect(source: str, *, examples: int, json: bool) -> None:
    """Run `rtlgen dataset inspect`."""
    row = chosen_row(source)
    path = Path(source)
    if row is not None:
        _one(row, json=json)
    elif path.is_file():
        _file(path, examples=examples, json=json)
    elif json:
        print_json(_described(path))
    else:
        _folder(path, examples)


def _watched(folder: Path, gate: Gate, *, quiet: bool) -> Findings:
    console = stderr()
    if quiet or not console.is_terminal:
        return checked(folder, gate)
    with console.status("checking ...") as status:

        def told(rows: int) -> None:
            if rows % _EVERY == 0:
                status.update(f"{rows} rows checked ...")

        return checked(folder, gate, told=told)


def _tell(folder: Path, found: Findings, gate: Gate, *, quiet: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for rule, number in sorted(found.counts.items()):
        console.print(f"[bold red]{rule}[/]: {number}")
        for example in found.examples[rule]:
            console.print(f"  {visible(example)}", markup=False)
        if number > len(found.examples[rule]):
            console.print(f"  and {number - len(found.examples[rule])} more")
    if quiet:
        return
    for note in found.notes:
        console.print(f"note: {visible(note)}", markup=False)
    console.print(f"compared with {', '.join(gate.sets)}", markup=False)
    if found.clean:
        console.print(f"clean: {visible(str(folder))}", markup=False)


def _one(row: Chosen, *, json: bool) -> None:
    from rtlgen.cli.dataset_text import show_row

    if json:
        print_json(row.placed.row.model_dump(mode="json"))
    else:
        show_row(row)


def _file(path: Path, *, examples: int, json: bool) -> None:
    kind = kind_of(path)
    number = 0
    for number, placed in enumerate(read_rows(path, kind), 1):
        if not json and number <= examples:
            _one(Chosen(kind=kind, placed=placed), json=False)
    if json:
        print_json({"file": path.name, "kind": kind, "rows": number})
    else:
        typer.echo(f"{number} rows of {kind}")


def _described(folder: Path) -> dict[str, object]:
    record = read_record(folder).model_dump(mode="json")
    return {DATASET: record, **survey(folder).plain()}


def _folder(folder: Path, examples: int) -> None:
    from rtlgen.cli.dataset_text import show_counts, show_row

    record, counts = read_record(folder), survey(folder)
    if not counts.rows:
        raise UsageError(f"a dataset must have a row of some kind, {folder} has none")
    show_counts(record, counts)
    for kind in counts.rows:
        for placed in first_rows(folder, kind, examples):
            show_row(Chosen(kind=kind, placed=placed))
