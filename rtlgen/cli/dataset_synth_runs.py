"""What `rtlgen dataset synth` does once its arguments are parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import typer

from rtlgen.cli.common import FAILED, OK, print_json, stderr, unwind_when_interrupted
from rtlgen.data.known import named
from rtlgen.design.words import counted
from rtlgen.errors import UsageError
from rtlgen.synth.catalog import ALL
from rtlgen.synth.corpus_record import CorpusRecord, Options, PartRecord
from rtlgen.synth.generate import OnProgress, make
from rtlgen.synth.parts import HELD_OUT, Part, chosen_families, with_neighbors

NONE = ("none",)
"""What `--hold-out-families` takes for no family at all."""
_FAULTS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    count: int
    seed: int
    families: Sequence[str]
    hold_out_families: Sequence[str]
    held_out_instances: int
    held_out_family_instances: int
    sampling: int
    canonical: bool
    against: tuple[str, ...]


def listed() -> NoReturn:
    """Print kinds and families."""
    for kind in sorted({family.kind for family in ALL}):
        typer.echo(f"{kind}: {', '.join(f.name for f in ALL if f.kind == kind)}")
    raise typer.Exit(OK)


def run(folder: Path, asked: Asked, *, workers: int | None, json: bool, quiet: bool) -> NoReturn:
    """Make the corpus and tell what is in it."""
    options = _options(asked)
    unwind_when_interrupted()
    with _told(quiet=quiet) as on_progress:
        made = make(folder, options, workers=workers or _processors(), on_progress=on_progress)
    if json:
        print_json(made.record.model_dump(mode="json"))
    elif not quiet:
        typer.echo("\n".join(_text(folder, made.record, before=made.before)))
    raise typer.Exit(_tell_faults(made.record))


def _options(asked: Asked) -> Options:
    """Return the families by name.

    Raises:
        UsageError: There is no family of a name, or none is left to train on.
    """
    for option in asked.against:
        named(option)
    drawn = {family.name for family in chosen_families(asked.families, ALL)}
    kept = _held_out(asked.hold_out_families, drawn)
    if not drawn - kept:
        raise UsageError(
            f"a family must be left to train on, all of {', '.join(sorted(drawn))} are held out"
            "\n\nhint: name more with --families, or `--hold-out-families none`"
        )
    return Options(
        seed=asked.seed,
        count=asked.count,
        sampling=asked.sampling,
        held_out_instances=asked.held_out_instances,
        held_out_family_instances=asked.held_out_family_instances,
        families=tuple(family.name for family in ALL if family.name in drawn - kept),
        held_out_families=tuple(family.name for family in ALL if family.name in kept),
        canonical=asked.canonical,
        against=asked.against,
    )


def _held_out(names: Sequence[str], drawn: set[str]) -> set[str]:
    """Return the families that are kept, of those that are drawn."""
    if tuple(names) == NONE:
        return set()
    chosen = {family.name for family in chosen_families(names, ALL)} if names else set(HELD_OUT)
    return set(with_neighbors(chosen, ALL)) & drawn


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _told(*, quiet: bool) -> Iterator[OnProgress]:
    if quiet or not sys.stderr.isatty():
        yield lambda _part, _there, _wanted: None
        return
    with stderr().status("drawing and verifying ...") as status:

        def tell(part: Part, there: int, wanted: int) -> None:
            status.update(f"{part}: {there} of {wanted} problems")

        yield tell


def _text(folder: Path, record: CorpusRecord, *, before: bool) -> Iterator[str]:
    yield f"{folder}: {'was complete already' if before else 'complete'}"
    for name, part in record.parts.items():
        yield f"  {name:19} {_part_text(part)}"
        if part.short:
            yield f"  {'':19} {part.short} fewer than asked for: nothing new was drawn any more"
    if record.examples_per_second is not None:
        yield (
            f"{record.examples_per_second:.1f} verified examples a second with "
            f"{counted(record.workers, 'worker')}"
        )


def _part_text(part: PartRecord) -> str:
    dropped = ", ".join(f"{count} {rule}" for rule, count in part.dropped.items()) or "nothing"
    return (
        f"{counted(part.problems, 'problem')} of {_families(len(part.families))}, "
        f"{part.designs} designs, {part.specs} specs, {counted(part.slips, 'slip')}; "
        f"left out: {dropped}"
    )


def _families(number: int) -> str:
    return "1 family" if number == 1 else f"{number} families"


def _tell_faults(record: CorpusRecord) -> int:
    """Say which golden designs fail, which is an error of rtlgen's own."""
    faults = [fault for part in record.parts.values() for fault in part.faults]
    for fault in faults[:_FAULTS_SHOWN]:
        typer.echo(f"golden design fails: {fault.family}, seed {fault.seed}: {fault.why}", err=True)
    if len(faults) > _FAULTS_SHOWN:
        typer.echo(f"and {len(faults) - _FAULTS_SHOWN} more, see corpus.json", err=True)
    return FAILED if faults else OK
