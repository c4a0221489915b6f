"""The card of a model that rtlgen trained: figures, data, limits, and how to make it again.

::

    DIR/MODEL_CARD.md
    DIR/card/table.json             every figure of the card, and more
    DIR/card/decontamination.json
    DIR/card/*.svg
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rtlgen import __version__
from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import BENCHMARKS, benchmark
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.row import Row, read_rows
from rtlgen.train.card_config import Places
from rtlgen.train.card_data import (
    DECONTAMINATION,
    Decontamination,
    corpus_facts,
    decontamination,
    read_everyday,
    training_facts,
)
from rtlgen.train.card_failures import commonest
from rtlgen.train.card_families import families_of, read_corpus
from rtlgen.train.card_measure import gains, measured, parts, system_result
from rtlgen.train.card_record import (
    TABLE,
    Cell,
    Failure,
    FamilyOf,
    FamilyRule,
    Gain,
    Step,
    TableRecord,
)

CARD = "MODEL_CARD.md"
FOLDER = "card"
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card is written from."""

    table: TableRecord
    decontamination: Decontamination | None


def gathered(places: Places) -> Card:
    """Return all figures that can be had.

    Raises:
        UsageError: A run is not finished or damaged, or was not drawn as its place says.
    """
    config = places.config
    rule, families = _families(places)
    datasets = [at for name in config.datasets if (at := places.at(name)).is_dir()]
    corpus = _there(places, config.corpus)
    everyday = _there(places, config.everyday)
    trainings = [training_facts(s, places.at(path)) for s, path in config.trainings.items()]
    systems = [system_result(places.system(name), name) for name in config.sets]
    table = TableRecord(
        rtlgen=__version__,
        name=config.name,
        stages=dict(config.stages),
        sets=dict(config.sets),
        cells=tuple(_cells(places, families)),
        gains=tuple(_gains(places)),
        systems=tuple(one for one in systems if one),
        failures=_failures(places),
        steps=tuple(_steps(places)),
        trainings=tuple(one for one in trainings if one),
        corpus=None if corpus is None else corpus_facts(corpus),
        rule=rule,
        families=families,
        everyday=() if everyday is None else read_everyday(everyday),
        missing=tuple(_missing(places)),
    )
    known = corpus is not None or datasets
    return Card(
        table=table,
        decontamination=decontamination(corpus, datasets, __version__) if known else None,
    )


def _there(places: Places, name: str | None) -> Path | None:
    return None if name is None or not places.at(name).exists() else places.at(name)


def _missing(places: Places) -> Iterator[str]:
    """Yield what is named and is not there."""
    config = places.config
    named = {
        **({"the corpus": config.corpus} if config.corpus else {}),
        **({"results on everyday specifications": config.everyday} if config.everyday else {}),
        **{f"the training of {stage}": path for stage, path in config.trainings.items()},
        **{f"rows in {path}": path for path in config.datasets},
    }
    yield from (what for what, path in named.items() if not places.at(path).exists())
    for stage in config.stages:
        for name in config.sets:
            for what, path in (
                ("greedy answers", places.greedy(stage, name)),
                ("samples", places.sampled(stage, name)),
            ):
                if not path.is_dir():
                    yield f"{what} of {stage} on {name}"
    yield from (f"the system on {n}" for n in config.sets if not places.system(n).is_dir())


def _cells(places: Places, families: dict[str, dict[str, FamilyOf]]) -> Iterator[Cell]:
    ks = places.config.ks
    for name in places.config.sets:
        known = {task for task, one in families.get(name, {}).items() if one.known}
        row = [_cell(places, stage, name, known) for stage in places.config.stages]
        _check_alike(name, row)
        for cell in row:
            if name in families:
                first, many = places.greedy(cell.stage, name), places.sampled(cell.stage, name)
                yield cell.model_copy(update={"parts": parts(first, many, known, ks)})
            else:
                yield cell


def _cell(places: Places, stage: str, name: str, known: set[str]) -> Cell:
    return Cell(
        stage=stage,
        set=name,
        greedy=measured(places.greedy(stage, name), "greedy", places.config.ks),
        sampled=measured(places.sampled(stage, name), "sampled", places.config.ks),
    )


def _check_alike(name: str, cells: Sequence[Cell]) -> None:
    """See that all runs on a set are of the same problems: else no row compares with another."""
    runs = [run for cell in cells for run in (cell.greedy, cell.sampled) if run]
    kinds = {(run.benchmark, run.benchmark_digest, run.problems, run.excluded) for run in runs}
    if len(kinds) > 1:
        counts = ", ".join(sorted({f"{run.benchmark} with {run.problems}" for run in runs}))
        raise UsageError(
            f"runs on a set must be of the same problems, those on {name} are not: {counts}\n\n"
            "hint: evaluate again with the same --problems and --exclude"
        )


def _gains(places: Places) -> Iterator[Gain]:
    config = places.config
    pairs = [config.compare] if config.compare else list(pairwise(config.stages))
    for before, after in pairs:
        for name in config.sets:
            for drawn, at in (("greedy", places.greedy), ("sampled", places.sampled)):
                yield from gains(
                    at(before, name),
                    at(after, name),
                    name=name,
                    stages=(before, after),
                    drawn="greedy" if drawn == "greedy" else "sampled",
                    ks=config.ks,
                )


def _failures(places: Places) -> dict[str, tuple[Failure, ...]]:
    """Return the commonest kinds, by set and of all benchmarks, of the last stage's answers."""
    last = list(places.config.stages)[-1]
    folders = {name: places.greedy(last, name) for name in places.config.sets}
    there = {name: path for name, path in folders.items() if path.is_dir()}
    found = {name: commonest(read_rows(path)) for name, path in there.items()}
    benchmarks = [path for name, path in there.items() if name in BENCHMARKS]
    if benchmarks:
        found[_ALL] = commonest(_rows(benchmarks))
    return found


def _rows(folders: Sequence[Path]) -> Iterator[Row]:
    for folder in folders:
        yield from read_rows(folder)


def _steps(places: Places) -> Iterator[Step]:
    for stage, step, name, path in places.steps():
        found = measured(path, "greedy", (1,))
        if found is not None:
            yield Step(set=name, stage=stage, step=step, point=found.official[0])


def _families(places: Places) -> tuple[FamilyRule | None, dict[str, dict[str, FamilyOf]]]:
    """Return the rule and what it says of each benchmark whose problems are there."""
    config = places.config
    corpus = _there(places, config.corpus)
    roots = {name: places.at(path) for name, path in config.benchmarks.items()}
    roots = {name: path for name, path in roots.items() if path.is_dir() and name in config.sets}
    if corpus is None or not roots:
        return None, {}
    known = read_corpus(corpus)
    found = {name: families_of(benchmark(name).read(at), known) for name, at in roots.items()}
    return known.rule, found


def write(card: Card, places: Places, folder: Path) -> None:
    """Write the card, its figures and its pictures into `folder`.

    Raises:
        ToolNotFound: matplotlib is not installed.
        OSError: A file cannot be written.
    """
    from rtlgen.train.card_plots import draw  # noqa: PLC0415 - slow to load
    from rtlgen.train.card_text import text  # noqa: PLC0415

    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    pictures = draw(folder / FOLDER, card.table)
    write_whole(folder / FOLDER / TABLE, card.table.model_dump_json(indent=1) + "\n")
    if card.decontamination is not None:
        report = card.decontamination.model_dump_json(indent=1) + "\n"
        write_whole(folder / FOLDER / DECONTAMINATION, report)
    shown = [(f"{FOLDER}/{name}", title) for name, title in pictures]
    write_whole(folder / CARD, text(card.table, card.decontamination, places.config, shown))
