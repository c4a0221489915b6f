"""A dataset and its rows as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from rtlgen.data.choose_rows import Chosen
from rtlgen.data.dataset_record import DatasetRecord
from rtlgen.data.rows import (
    GrpoRow,
    PreferenceRow,
    Provenance,
    RepairRow,
    Row,
    SftRow,
    Split,
    UnpairedRow,
    VerdictColumns,
)
from rtlgen.data.survey import Survey
from rtlgen.design.visible import visible

_MOST = 12
"""Lines of a table."""
_LINES = 40
"""Lines of a text that are shown."""
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def show_counts(record: DatasetRecord, counts: Survey) -> None:
    """Print what a dataset holds to standard output."""
    console = Console(highlight=False)
    console.print(Text(visible(record.title or record.name), style="bold"))
    problems, families = len(counts.problems), len(counts.families)
    console.print(f"{problems} problems of {families} families; rtlgen {record.rtlgen}")
    if record.allowed:
        console.print(Text(f"for study: made of {', '.join(record.allowed)}", style="yellow"))
    console.print(_rows(counts))
    for title, of in (
        ("verdicts in the rows", counts.categories),
        ("problem sets", counts.problem_sets),
        ("written by", counts.models),
        ("licences", counts.licences),
        ("left out", record.dropped),
    ):
        if of:
            console.print(_counted(title, of))
    if counts.pairs:
        console.print(_lengths(counts))


def show_row(chosen: Chosen) -> None:
    """Print a row to standard output."""
    console = Console(highlight=False)
    row = chosen.placed.row
    console.print(Rule(f"{chosen.kind}  {row.id[:12]}", align="left"))
    console.print(Text(visible(chosen.placed.place), style="dim"))
    console.print(Text(visible(f"{row.problem_set} / {row.problem}, family {row.family}")))
    for turn in row.prompt:
        console.print(Text(f"{turn.role}:", style="bold"))
        console.print(_text(turn.content))
    for part in _answer(row):
        console.print(part)


def _answer(row: Row) -> Iterator[RenderableType]:
    if isinstance(row, PreferenceRow):
        yield Text(f"chosen: {_verdict(row.chosen_verdict, row.chosen_provenance)}", style="green")
        told = _verdict(row.rejected_verdict, row.rejected_provenance)
        yield Text(f"rejected: {told}", style="red")
        yield Text(f"margin {row.margin:g}, edit distance {row.distance:.2f}")
        yield _difference(row.rejected[-1].content, row.chosen[-1].content, "rejected", "chosen")
    elif isinstance(row, RepairRow):
        yield Text(f"{row.kind}: {visible(row.evidence[:400])}", style="red")
        yield _difference(row.wrong, row.right, "wrong", "right")
    elif isinstance(row, SftRow | UnpairedRow):
        yield Text(f"answer: {_verdict(row.verdict, row.provenance)}", style="bold")
        yield _text(row.completion[-1].content)
    elif isinstance(row, GrpoRow):
        mean = "not measured" if row.mean_reward is None else f"{row.mean_reward:.2f}"
        yield Text(f"{row.samples} judged answers, mean reward {mean}")


def _verdict(verdict: VerdictColumns, provenance: Provenance) -> str:
    whose = provenance.model or provenance.source
    return visible(
        f"{verdict.category}, {verdict.share:.0%} of {verdict.checks} checks, "
        f"by {whose}, {provenance.name}; {verdict.judge}"
    )


def _difference(before: str, after: str, old: str, new: str) -> Text:
    """Return a unified diff, `-` for `before` and `+` for `after`."""
    lines = unified_diff(
        visible(before).splitlines(), visible(after).splitlines(), old, new, n=3, lineterm=""
    )
    shown = Text()
    for line in lines:
        shown.append(line + "\n", style=_COLORS.get(line[:1], ""))
    return shown


def _text(text: str) -> Text:
    lines = visible(text).splitlines()
    more = f"\n... {len(lines) - _LINES} more lines" if len(lines) > _LINES else ""
    return Text("\n".join(lines[:_LINES]) + more)


def _rows(counts: Survey) -> Table:
    splits = [split for split in Split if any(split in of for of in counts.rows.values())]
    table = Table("kind", *[str(split) for split in splits], box=None, header_style="bold")
    for kind, of in counts.rows.items():
        table.add_row(str(kind), *[str(of.get(split, 0)) for split in splits])
    return table


def _counted(title: str, counts: Mapping[str, int]) -> Table:
    table = Table(title, "", box=None, header_style="bold")
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for name, number in ordered[:_MOST]:
        table.add_row(visible(name) or "not said", str(number))
    if len(ordered) > _MOST:
        table.add_row(f"{len(ordered) - _MOST} more", str(sum(n for _, n in ordered[_MOST:])))
    return table


def _lengths(counts: Survey) -> Text:
    return Text(
        f"tokens: chosen {counts.chosen.mean:.1f} on average (median {counts.chosen.median}), "
        f"rejected {counts.rejected.mean:.1f} ({counts.rejected.median}); "
        f"chosen longer in {100 * counts.longer / counts.pairs:.1f} % of {counts.pairs} pairs"
    )
