"""From sources to a dataset: find, judge, clean, pair, write."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from rtlgen import __version__
from rtlgen.data.cleaning import Cleaning
from rtlgen.data.contamination import Gate
from rtlgen.data.dataset_record import DATASET, DatasetRecord, SourceEntry, read_record
from rtlgen.data.doctored import read_trust
from rtlgen.data.extra import require
from rtlgen.data.families import families
from rtlgen.data.fingerprints import shipped_digest
from rtlgen.data.judging import Ground, judge_set
from rtlgen.data.judging_bench import judge_benches
from rtlgen.data.known import content, named, read_problems
from rtlgen.data.options import BuildOptions
from rtlgen.data.pairing import LengthBias
from rtlgen.data.plan import Plan, plan
from rtlgen.data.problem_sets import Roots
from rtlgen.data.sources import CORPUS
from rtlgen.data.store import Store, model_name
from rtlgen.data.writers import DatasetWriter
from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import BENCHMARKS
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.holding import held
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.run import Progress
from sim.design import digest

WORK = ".work"
"""Folder in the dataset's own where what was judged lies until the dataset is whole."""
_ORDER = "order.json"
_ALL = "all"
_WORK_LAYOUT = 2
"""Of what is kept of the verdicts."""
_PACKAGES = ("pyarrow", "datasketch", "rapidfuzz", "pyslang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is built."""

    sources: Sequence[Path]
    folder: Path
    options: BuildOptions = field(default_factory=BuildOptions)
    roots: Roots = field(default_factory=Roots)
    benchmark: str = ""
    """Of sample files that could be of several; empty: told by their tasks."""
    allow: Sequence[str] = ()
    """Problem sets that models are evaluated on and that may be in it all the same."""
    against: Sequence[str] = ()
    """`NAME=ROOT` of further problem sets that must not be in it."""
    doctor: Sequence[Path] = ()
    """Records of `rtlgen eval doctor`, which say how far a benchmark's tests can be trusted."""
    skip_bad: bool = False
    """Whether lines of sample files that are no samples are left out."""
    held_out: bool = False
    """Whether held-out parts of a corpus may be used."""
    cache: bool = True
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A dataset that is whole."""

    record: DatasetRecord
    before: bool = False
    """Whether it was there already."""
    notes: tuple[str, ...] = ()
    """What there is to say of it."""


def _nothing(_name: str, _now: Progress) -> None:
    """Show nothing."""


def build(
    order: Order,
    executor: Callable[[], Executor],
    *,
    progress: Callable[[str, Progress], None] = _nothing,
    say: Callable[[str], None] = lambda _: None,
) -> Built:
    """Make the dataset of `order`; the same call goes on where a killed one stopped.

    Nothing of it is there before all of it is; what was judged is kept in `DIR/.work` until
    then. `executor` makes what judges; `progress` is told how far it is, and `say` each stage.

    Raises:
        UsageError: A source cannot be used, or no row is left.
        EnvironmentFault: A tool or library is missing, or the machine fails.
        OSError: Something cannot be written.
    """
    require()
    trust, made = read_trust(order.doctor), plan(order)
    gate, against = _gate(order, made)
    key = _key(order, made, gate, against, trust)
    if finished := _finished(order, key):
        shutil.rmtree(order.folder / WORK, ignore_errors=True)
        return Built(record=finished, before=True)
    with (
        DatasetWriter(order.folder) as writer,
        _work(order, made) as work,
        Store(work / "store.sqlite") as store,
    ):
        with closing(executor()) as runs:
            ground = Ground(
                store=store, options=order.options, executor=runs, work=work,
                cache=order.cache, trust=trust, progress=progress,
            )  # fmt: skip
            _judge(made, ground, say)
        say("writing rows")
        bias = _write(order, gate, store, work, writer)
        record = writer.finish(_record(order, key, gate, store, bias))
    shutil.rmtree(order.folder / WORK, ignore_errors=True)
    return Built(record=record, notes=tuple(_notes(record, order, bias)))


def _judge(made: Plan, ground: Ground, say: Callable[[str], None]) -> None:
    for one in made.sets:
        say(f"judging {one.name}, sources: {len(one.sources)}")
        judge_set(one, ground)
    if made.benches:
        say(f"judging by testbenches, specifications: {len(made.benches)}")
        judge_benches(made.benches, ground)


def _write(order: Order, gate: Gate, store: Store, work: Path, writer: DatasetWriter) -> LengthBias:
    """Write all rows, and return how long the chosen answers are."""
    store.set_families(families(store.tasks()))
    bias = LengthBias()
    with Cleaning(order.options, gate, work) as cleaning:
        for made in cleaning.rows(store.groups()):
            for dropped in made.dropped:
                writer.drop(dropped)
            for kind, split, row in made.rows:
                writer.write(kind, split, row)
            for pair in made.pairs:
                bias.add(pair)
    return bias


def _record(order: Order, key: str, gate: Gate, store: Store, bias: LengthBias) -> DatasetRecord:
    measured = {
        "chosen_per_rejected_token": bias.ratio,
        "chosen_longer": bias.longer,
        "chosen_shorter": bias.shorter,
    }
    return DatasetRecord(
        rtlgen=__version__,
        name=order.folder.resolve().name,
        title=order.title,
        licence=_licence(store),
        sources=list(_entries(store)),
        options={
            **order.options.recorded(),
            **measured,
            "near_threshold": order.options.near_duplicates,
            "order": key,
        },
        seed=order.options.seed,
        allowed=_allowed(order),
        against=gate.sets,
        verdicts=store.categories(),
        versions=_versions(store),
    )


def _licence(store: Store) -> str:
    """Return the licence that all sources agree on; empty where they do not."""
    licences = {origin.licence for origin in store.origins}
    return licences.pop() if len(licences) == 1 else ""


def _entries(store: Store) -> Iterator[SourceEntry]:
    numbers = store.by_origin()
    for at, (origin, (answers, judged)) in enumerate(zip(store.origins, numbers, strict=True)):
        yield SourceEntry(
            kind=origin.kind,
            name=origin.name,
            digest=origin.digest,
            problem_set=store.set_of(at),
            model=model_name(origin.model),
            licence=origin.licence,
            answers=answers,
            judged=judged,
        )


def _versions(store: Store) -> dict[str, str]:
    found = {name: metadata.version(name) for name in _PACKAGES}
    judges = {f"judge {number}": judge for number, judge in enumerate(store.judges(), 1)}
    return {"rtlgen": __version__, **found, **judges}


def _notes(record: DatasetRecord, order: Order, bias: LengthBias) -> Iterator[str]:
    for kind in order.options.kinds:
        if not record.counts.get(kind):
            yield f"there is no {kind} row"
    if bias.pairs:
        yield bias.line()
    if missing := record.verdicts.get("not judged"):
        yield f"{missing} answers were not judged and are in no row"


def _gate(order: Order, made: Plan) -> tuple[Gate, list[str]]:
    """Return what recognizes problems that models are evaluated on, and what else it was given.

    Raises:
        UsageError: A source is such a problem set itself and was not allowed.
    """
    gate = Gate.shipped(_allowed(order))
    for name in (one.benchmark.name for one in made.sets):
        if name != CORPUS and name not in gate.allowed:
            raise UsageError(
                f"a dataset must not hold what models are evaluated on, and a source has answers "
                f"to {name}\n\nhint: --allow {name} (and its like: --allow all) makes a dataset to "
                "study; its card says that no model trained on it can be evaluated there"
            )
    against = []
    for name, root in map(named, order.against):
        problems = read_problems(name, root)
        gate = gate.with_problems(problems)
        against.append(f"{name} {content(problems)}")
    return gate, against


def _allowed(order: Order) -> list[str]:
    if _ALL in order.allow:
        return sorted({*Gate.shipped().sets, *BENCHMARKS} - {CORPUS})
    return sorted(order.allow)


def _key(
    order: Order,
    made: Plan,
    gate: Gate,
    against: Sequence[str],
    trust: Mapping[tuple[str, str], float],
) -> str:
    """Return a digest of all that decides the dataset."""
    facts = {
        "options": order.options.model_dump(mode="json"),
        "sources": made.digests,
        "gate": gate.sets,
        "fingerprints": shipped_digest(),
        "against": sorted(against),
        "trust": sorted(trust.items()),
        "rtlgen": __version__,
    }
    return digest(json.dumps(facts, sort_keys=True).encode())


def _judging_key(order: Order, made: Plan) -> str:
    """Return a digest of all that decides the verdicts; gates may change while they are kept."""
    options = order.options
    facts = [made.digests, options.extract.value, options.cpu_seconds, __version__, _WORK_LAYOUT]
    return digest(json.dumps(facts).encode())


def _finished(order: Order, key: str) -> DatasetRecord | None:
    """Return the record of the dataset that is there already.

    Raises:
        UsageError: It is another one.
    """
    if not (order.folder / DATASET).is_file():
        return None
    record = read_record(order.folder)
    if record.options.get("order") == key:
        return record
    raise UsageError(
        f"the folder of a new dataset must be empty, {order.folder} has another one\n\n"
        "hint: choose another -o, or repeat the command that made it"
    )


@contextmanager
def _work(order: Order, made: Plan) -> Iterator[Path]:
    """Yield the folder for what is judged, held by this process alone.

    Raises:
        UsageError: Another build was begun there, or another process works on it.
    """
    work = order.folder / WORK
    with held(work, named=order.folder, work="builds a dataset"):
        _begin(work / _ORDER, _judging_key(order, made), order.folder)
        yield work


def _begin(path: Path, key: str, folder: Path) -> None:
    try:
        before = json.loads(path.read_bytes()).get("order")
    except FileNotFoundError:
        write_whole(path, json.dumps({"order": key}) + "\n", lasting=True)
        return
    except (ValueError, AttributeError):
        before = None
    if before != key:
        raise UsageError(
            f"a build goes on as it began, {folder} was begun with other sources\n\n"
            "hint: repeat the command that began it, or choose another -o"
        )
