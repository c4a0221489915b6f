"""Which benchmark a source's answers belong to, and where its problems lie."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import NoReturn

from rtlgen.data.sources import CORPUS, SampleSource
from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.catalog import BENCHMARKS, benchmark
from rtlgen.evaluation.corpus import RECORD, corpus_problems
from rtlgen.evaluation.problem import Problem
from sim.design import digest

HELD_OUT = "held-out"
"""Parts of a corpus whose name begins so are for measuring."""
PART = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Where benchmarks lie, as `--root` says: for one of them, or for whichever is there."""

    named: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    any: tuple[Path, ...] = ()

    @classmethod
    def of(cls, values: Iterable[str]) -> Roots:
        """Return what `NAME=PATH` and `PATH` say.

        Raises:
            UsageError: A folder is not there.
        """
        named: dict[str, tuple[Path, ...]] = {}
        anywhere: list[Path] = []
        for value in values:
            name, equals, path = value.partition("=")
            if equals and name in BENCHMARKS:
                named[name] = (*named.get(name, ()), _folder(path))
            else:
                anywhere.append(_folder(value))
        return cls(named=named, any=tuple(anywhere))

    def places(self, name: str) -> tuple[Path, ...]:
        """Return where benchmark `name` may lie."""
        return self.named.get(name, ()) + self.any


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Problems that are judged together, and all that is held of their set at a time."""

    problems: tuple[Problem, ...]
    families: Mapping[str, str] = field(default_factory=dict)
    """By task, where the set itself names them."""


@dataclass(slots=True, kw_only=True)
class ProblemSet:
    """A benchmark at one root, and the sources that have answers to its problems."""

    name: str
    benchmark: Benchmark
    root: Path
    sources: list[SampleSource] = field(default_factory=list)
    part: int = PART
    """Problems of a corpus that are judged together."""

    @property
    def all_problems(self) -> bool:
        """Whether problems without an answer belong to a dataset too."""
        return self.benchmark.name == CORPUS

    def parts(self) -> Iterator[Part]:
        """Yield the problems, those of a corpus some thousands at a time.

        Raises:
            UsageError: They cannot be read.
        """
        if self.benchmark.name != CORPUS:
            yield Part(problems=tuple(self.benchmark.read(self.root)))
            return
        rows = corpus_problems(self.root)
        while some := list(islice(rows, self.part)):
            yield Part(
                problems=tuple(row.problem(place) for place, row in some),
                families={row.task_id: row.family for _, row in some},
            )


_Tasks = Mapping[str, bytes]
"""A digest of each problem, what it asks and what judges it, by task."""
_Home = tuple[Benchmark, Path, _Tasks]


def problem_sets(
    sources: Sequence[SampleSource],
    roots: Roots,
    *,
    corpora: Sequence[Path] = (),
    name: str = "",
    held_out: bool = False,
) -> list[ProblemSet]:
    """Return the problem sets of `sources` and the `corpora`, each once.

    Args:
        sources: What was answered.
        roots: Where benchmarks lie.
        corpora: Roots of corpora that are sources themselves, with answers or without.
        name: The benchmark of sources that do not say theirs; empty: told by their tasks.
        held_out: Whether parts of a corpus that are for measuring may be used.

    Raises:
        UsageError: A benchmark is not found, or a source could be of several, or is held out.
    """
    sets: dict[tuple[str, Path], ProblemSet] = {}
    places = tuple(dict.fromkeys(corpora))
    homes = [(source, *_home(source, roots, name, places)[:2]) for source in sources]
    for known, root in [(benchmark(CORPUS), root) for root in places] + [h[1:] for h in homes]:
        if known.name == CORPUS and not held_out:
            _refuse_held_out(root)
        if (key := (known.name, root.resolve())) not in sets:
            sets[key] = _problem_set(known, root, taken={s.name for s in sets.values()})
    for source, known, root in homes:
        sets[known.name, root.resolve()].sources.append(source)
    return list(sets.values())


def _home(source: SampleSource, roots: Roots, name: str, corpora: tuple[Path, ...]) -> _Home:
    wanted = source.benchmark or name
    if wanted:
        known = benchmark(wanted)
        return _at_root(source, known, (source.root,) if source.root else (), roots, corpora)
    fitting = [
        (known, place, tasks)
        for known in BENCHMARKS.values()
        for place in (*roots.places(known.name), *(corpora if known.name == CORPUS else ()))
        if (tasks := _read(known.name, place)) and source.tasks <= tasks.keys()
    ]
    if not fitting:
        _unknown(source, roots)
    return _the_one(source, fitting)


def _at_root(
    source: SampleSource,
    known: Benchmark,
    own: tuple[Path, ...],
    roots: Roots,
    corpora: tuple[Path, ...],
) -> _Home:
    places = own or roots.places(known.name) + (corpora if known.name == CORPUS else ())
    if not places:
        raise UsageError(
            f"a source must have its benchmark's problems, {source.path} is of {known.name}\n\n"
            f"hint: say where they lie with --root {known.name}=PATH"
        )
    tried = [(place, _read(known.name, place)) for place in places]
    for place, tasks in tried:
        if source.tasks <= tasks.keys():
            return known, place, tasks
    if len(places) == 1 and not tried[0][1]:
        known.read(places[0])  # says what is wrong
    _foreign(source, known, tried)


def _foreign(
    source: SampleSource, known: Benchmark, tried: Sequence[tuple[Path, _Tasks]]
) -> NoReturn:
    place, tasks = max(tried, key=lambda one: len(source.tasks & one[1].keys()))
    unknown = min(source.tasks - tasks.keys())
    raise UsageError(
        f"all tasks of a source must be problems of {known.name}, {unknown!r} of {source.path} is "
        f"none of {place}\n\nhint: name the right benchmark with --benchmark, or its root with "
        "--root"
    )


def _unknown(source: SampleSource, roots: Roots) -> NoReturn:
    if not roots.any and not roots.named:
        raise UsageError(
            f"samples must have a benchmark that judges them, {source.path} comes without\n\n"
            "hint: say where its problems lie with --root PATH, and --benchmark NAME if they "
            "are of several"
        )
    raise UsageError(
        f"all tasks of {source.path} must be problems of one benchmark at a --root, such as "
        f"{min(source.tasks)!r}, and there is none\n\nhint: name it with --benchmark to see "
        "which task it lacks"
    )


def _the_one(source: SampleSource, fitting: Sequence[_Home]) -> _Home:
    """Return the benchmark that has just these tasks, or the only one that has them all.

    Several are as good as one if they tell and judge the tasks alike.
    """
    exact = [one for one in fitting if one[2].keys() == source.tasks]
    chosen = exact or fitting
    judged = {tuple(tasks[task] for task in sorted(source.tasks)) for _, _, tasks in chosen}
    if len(judged) > 1:
        names = ", ".join(dict.fromkeys(known.name for known, _, _ in chosen))
        raise UsageError(
            f"samples must be of one benchmark, those of {source.path} could be of {names}\n\n"
            "hint: name it with --benchmark"
        )
    return min(chosen, key=lambda one: len(one[2]))


@cache
def _read(name: str, root: Path) -> _Tasks:
    """Return the benchmark's tasks below `root`; none where it is not there."""
    try:
        if name == CORPUS:
            rows = corpus_problems(root)
            return {row.task_id: _digest(row.problem()) for _, row in rows}
        return {problem.task_id: _digest(problem) for problem in benchmark(name).read(root)}
    except UsageError:
        return {}


def _digest(problem: Problem) -> bytes:
    return bytes.fromhex(digest(problem.digest.encode(), problem.description.encode()))


def is_held_out(root: Path) -> bool:
    """Return whether the corpus in `root` is a part that is for measuring."""
    return _corpus(root)[1].startswith(HELD_OUT)


def _refuse_held_out(root: Path) -> None:
    if is_held_out(root):
        raise UsageError(
            f"held-out problems must not be trained on, those of {root} are\n\n"
            "hint: give the corpus's `train`, or say --held-out for data that is only "
            "looked at"
        )


def _problem_set(known: Benchmark, root: Path, *, taken: Collection[str]) -> ProblemSet:
    name = "-".join((CORPUS, *_corpus(root))) if known.name == CORPUS else known.name
    again = (f"{name}-{number}" for number in count(2))
    unique = next(one for one in (name, *islice(again, len(taken))) if one not in taken)
    return ProblemSet(name=unique, benchmark=known, root=root)


def _corpus(root: Path) -> tuple[str, str]:
    """Return seed and part of a corpus, by its record, or what stands for them without one."""
    try:
        record = json.loads((root / RECORD).read_bytes())
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict):
        record = {}
    return str(record.get("seed", 0)), str(record.get("part") or root.resolve().name)


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        kind = "a file" if path.exists() else "not there"
        raise UsageError(
            f"--root must be a folder, {text} is {kind}\n\n"
            f"hint: --root PATH, or NAME=PATH with NAME one of {', '.join(BENCHMARKS)}"
        )
    return path
