"""What a build is going to judge, known before anything is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rtlgen.data.options import BuildOptions
from rtlgen.data.problem_sets import ProblemSet, Roots, problem_sets
from rtlgen.data.rows import Kind
from rtlgen.data.sources import (
    PROBLEMS,
    CorpusRoot,
    DesignRun,
    EvalRun,
    Found,
    SampleFile,
    SampleSource,
    SpecFolder,
    file_digest,
    find,
)
from rtlgen.data.sources_design import BenchProblem, design_run, spec_folder
from rtlgen.data.sources_samples import corpus_sources, eval_run, sample_file
from rtlgen.errors import UsageError


class Wanted(Protocol):
    """What a plan needs of an order."""

    @property
    def sources(self) -> Sequence[Path]: ...
    @property
    def options(self) -> BuildOptions: ...
    @property
    def roots(self) -> Roots: ...
    @property
    def benchmark(self) -> str: ...
    @property
    def skip_bad(self) -> bool: ...
    @property
    def held_out(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything to judge."""

    sets: tuple[ProblemSet, ...]
    benches: tuple[BenchProblem, ...]
    notes: tuple[str, ...] = ()

    @property
    def digests(self) -> list[str]:
        """Return what identifies the sources, in their order."""
        roots = [f"{one.name} {file_digest(one.root / PROBLEMS)}" for one in self.corpora]
        samples = [f"{one.name} {s.origin.digest}" for one in self.sets for s in one.sources]
        return roots + samples + [problem.key for problem in self.benches]

    @property
    def corpora(self) -> list[ProblemSet]:
        """Return the problem sets that are corpora."""
        return [one for one in self.sets if one.all_problems]


def plan(order: Wanted) -> Plan:
    """Return what there is to judge.

    Raises:
        UsageError: A source cannot be used; names file and line.
    """
    found = find(order.sources)
    samples = list(_samples(found, order))
    sets = problem_sets(
        samples,
        order.roots,
        corpora=[one.path for one in found if isinstance(one, CorpusRoot)],
        name=order.benchmark,
        held_out=order.held_out,
    )
    benches = tuple(_benches(found, order))
    if not sets and not benches:
        raise UsageError(
            "a dataset must have a source with answers, none of those given has any\n\n"
            "hint: runs of `rtlgen judge` without a specification hold no task to learn"
        )
    return Plan(sets=tuple(sets), benches=benches)


def _samples(found: Iterable[Found], order: Wanted) -> Iterator[SampleSource]:
    for one in found:
        match one:
            case SampleFile():
                yield sample_file(one, order.options, skip_bad=order.skip_bad)
            case CorpusRoot():
                slips = set(order.options.kinds) != {Kind.SFT}  # of no use to it
                yield from corpus_sources(one, skip_bad=order.skip_bad, slips=slips)
            case EvalRun():
                yield eval_run(one)
            case _:
                pass


def _benches(found: Iterable[Found], order: Wanted) -> Iterator[BenchProblem]:
    for one in found:
        match one:
            case DesignRun():
                if (run := design_run(one, order.options)) is not None:
                    yield run
            case SpecFolder():
                yield from spec_folder(one, order.options)
            case _:
                pass
