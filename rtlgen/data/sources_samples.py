"""Sources that a benchmark's tests judge: files of samples, corpora, and runs of `rtlgen eval`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from rtlgen.data.options import BuildOptions
from rtlgen.data.sources import (
    CORPUS,
    GOLDEN,
    SLIPS,
    CorpusRoot,
    EvalRun,
    SampleFile,
    SampleSource,
    file_digest,
)
from rtlgen.data.store import Origin
from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import RECORD
from rtlgen.evaluation.intake import Done
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import ROWS, Row, read_rows
from rtlgen.evaluation.run_folder import ANSWERS
from rtlgen.evaluation.run_record import RUN, RunRecord, read_run
from rtlgen.evaluation.sample_files import lines, record
from rtlgen.evaluation.samples import Sample, read_samples
from rtlgen.llm.records import AnswerRecord, read_records

_OWN_LICENCE = "Apache-2.0"
_HINT = "hint: mend or remove the line, or leave such lines out with --skip-bad-lines"


def sample_file(found: SampleFile, options: BuildOptions, *, skip_bad: bool) -> SampleSource:
    """Return a file of samples as a source.

    Raises:
        UsageError: It cannot be read, or a line is no sample; names file and line.
    """
    name = found.path.name.removesuffix(".gz").removesuffix(".jsonl")
    origin = Origin(
        kind="samples",
        name=found.path.name,
        digest=file_digest(found.path),
        model=options.model or name,
        licence=options.licence,
    )
    return SampleSource(
        origin=origin,
        path=found.path,
        tasks=_tasks(found.path, skip_bad=skip_bad),
        samples=partial(_usable, found.path),
        extract=options.extract,
    )


def corpus_sources(
    found: CorpusRoot, *, skip_bad: bool, slips: bool = True
) -> Iterator[SampleSource]:
    """Yield the right designs of a corpus, and its slips where they are wanted, each a source.

    Raises:
        UsageError: A file cannot be read, or a line is no sample.
    """
    licence = _corpus_licence(found.path)
    for name in (GOLDEN, SLIPS) if slips else (GOLDEN,):
        path = found.path / name
        if path.is_file():
            yield SampleSource(
                origin=Origin(
                    kind="corpus", name=f"{_corpus_name(found.path)}/{name}",
                    digest=file_digest(path), model="rtlgen dataset synth", licence=licence,
                ),
                path=path,
                benchmark=CORPUS,
                tasks=_tasks(path, skip_bad=skip_bad),
                samples=partial(_usable, path),
                extract=None,
                root=found.path,
            )  # fmt: skip


def _corpus_licence(root: Path) -> str:
    """Return the licence that the corpus's record names, or that of what rtlgen itself writes."""
    try:
        record = json.loads((root / RECORD).read_bytes())
    except (OSError, ValueError):
        record = None
    named = record.get("licence") if isinstance(record, dict) else None
    return named if isinstance(named, str) else _OWN_LICENCE


def _corpus_name(root: Path) -> str:
    return f"{root.resolve().parent.name}/{root.resolve().name}".strip("/")


def eval_run(found: EvalRun) -> SampleSource:
    """Return a run of `rtlgen eval` as a source: what was answered, not what was judged.

    Raises:
        UsageError: The record is of another version or damaged, or a row is.
    """
    run = _record(found.path)
    answers = found.path / ANSWERS
    rows = found.path / ROWS
    files = [path for path in (answers, rows) if path.is_file()]
    if not files:
        raise UsageError(
            f"a run of `rtlgen eval` must have {ROWS}, {found.path} has none\n\n"
            "hint: it was stopped before its first sample; resume it"
        )
    asked = run.source.kind == "model" and answers.is_file()
    return SampleSource(
        origin=_origin_of(found.path, run, file_digest(*files)),
        path=found.path,
        benchmark=run.benchmark,
        tasks=frozenset(_answered(answers) if asked else _rows_tasks(found.path, run)),
        samples=partial(_from_answers, answers) if asked else partial(_from_rows, found.path),
        extract=run.extract if asked else None,
    )


def _record(folder: Path) -> RunRecord:
    try:
        return read_run(folder)
    except UsageError as error:
        raise UsageError(
            f"{error}\n\nhint: the record of a run must be of this version of rtlgen; make the run "
            "again, or give its completions as a file of samples"
        ) from error


def _origin_of(folder: Path, run: RunRecord, digest: str) -> Origin:
    details = run.source.details
    return Origin(
        kind="eval run",
        name=folder.resolve().name,
        digest=digest,
        model=Path(run.source.name).name if run.source.kind == "samples" else run.source.name,
        temperature=_number(details.get("temperature")),
        top_p=_number(details.get("top_p")),
        seed=_whole(details.get("seed")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _tasks(path: Path, *, skip_bad: bool) -> frozenset[str]:
    """Return the tasks of a file of samples, every line of which is looked at."""
    tasks = set()
    for line in lines(path):
        found = record(line)
        if not found.trouble and found.task_id is not None:
            tasks.add(found.task_id)
        elif not skip_bad:
            raise UsageError(f"{found.place}: {found.trouble}\n\n{_HINT}")
    if not tasks:
        raise UsageError(
            f"a file of samples must have a usable line, {path} has none\n\n"
            'hint: write {"task_id": ..., "completion": ...}, one object a line'
        )
    return frozenset(tasks)


def _usable(path: Path, problems: Sequence[Problem]) -> Iterator[Sample]:
    """Yield the samples of a file that have something to judge."""
    return (sample for sample in read_samples(path, problems) if sample.completion is not None)


def _answered(path: Path) -> Iterator[str]:
    for answer in _answers(path):
        yield answer.subject


def _answers(path: Path) -> Iterator[AnswerRecord]:
    """Yield the answers that a run's model gave, each sample's first one."""
    done = Done()
    with path.open("rb") as stream:
        for found, _ in read_records(stream, path):
            if not isinstance(found, AnswerRecord) or found.text is None:
                continue
            if not done.add(found.subject, found.sample):
                yield found


def _from_answers(path: Path, problems: Sequence[Problem]) -> Iterator[Sample]:
    known = {problem.task_id for problem in problems}
    for answer in _answers(path):
        if answer.subject in known:
            yield Sample(
                task_id=answer.subject,
                index=answer.sample,
                completion=answer.text,
                place=f"{path}, sample {answer.sample} of {answer.subject}",
            )


def _rows_tasks(folder: Path, run: RunRecord) -> Iterator[str]:
    number = 0
    for row in read_rows(folder):
        number += 1
        yield row.task_id
    if run.counts is not None and number < run.counts.rows:
        raise UsageError(
            f"{folder / ROWS}:{number + 1}: the file breaks off, {RUN} counts "
            f"{run.counts.rows} rows\n\nhint: take the file as the run wrote it"
        )


def _from_rows(folder: Path, problems: Sequence[Problem]) -> Iterator[Sample]:
    """Yield the designs of a run's rows; of an answer without one, nothing was kept."""
    known = {problem.task_id for problem in problems}
    for number, row in enumerate(read_rows(folder), 1):
        if row.task_id in known and (text := _whole_design(row)) is not None:
            yield Sample(
                task_id=row.task_id,
                index=row.sample,
                completion=text,
                place=f"{folder / ROWS}:{number}",
            )


def _whole_design(row: Row) -> str | None:
    return None if row.verilog_cut else row.verilog
