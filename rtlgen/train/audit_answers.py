"""What an audit looks at: judged answers of a run, or of a file of samples that is judged first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import read_rows
from rtlgen.evaluation.run import Evaluation, evaluate
from rtlgen.evaluation.run_folder import ANSWERS
from rtlgen.evaluation.run_record import RUN
from rtlgen.evaluation.samples import Sample, SampleFaults, read_samples
from rtlgen.evaluation.source import file_source
from rtlgen.llm.model import Purpose
from rtlgen.llm.records import AnswerRecord, read_records
from rtlgen.train.rewards import Seen

Completions = Mapping[tuple[str, int], str]
"""By task and number of the sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One answer and what was seen of it."""

    task_id: str
    sample: int
    seen: Seen


def judge_samples(
    benchmark: Benchmark,
    problems: Sequence[Problem],
    samples: Sequence[Sample],
    *,
    path: Path,
    folder: Path,
    executor: Executor,
) -> None:
    """Judge `samples`, which are of `path`, in `folder`, or go on with that.

    Raises:
        UsageError: `folder` holds another run.
        EnvironmentFault: The machine fails.
    """
    evaluation = Evaluation(
        benchmark=benchmark,
        problems=tuple(problems),
        samples=samples,
        source=file_source(path),
        conditions=Conditions(windows=False),
        ks=(1,),
    )
    evaluate(evaluation, folder=folder, executor=executor, resume=(folder / RUN).is_file())


def samples_of(
    path: Path, everything: Sequence[Problem], chosen: Sequence[Problem]
) -> tuple[list[Sample], SampleFaults]:
    """Return the samples of `chosen` problems in `path`, and what is wrong with its lines.

    Raises:
        UsageError: The file cannot be read, or none of its lines can be used.
    """
    faults = SampleFaults()
    wanted = {problem.task_id for problem in chosen}
    found = read_samples(path, everything, faults)
    return [sample for sample in found if sample.task_id in wanted], faults


def completions_of(samples: Sequence[Sample]) -> dict[tuple[str, int], str]:
    """Return the texts of `samples`."""
    return {(one.task_id, one.index): one.completion for one in samples if one.completion}


def completions_in(run: Path) -> dict[tuple[str, int], str]:
    """Return what a model answered in a run; nothing where the run's samples came from a file.

    Raises:
        UsageError: A line of the answers is damaged.
    """
    path = run / ANSWERS
    if not path.is_file():
        return {}
    found: dict[tuple[str, int], str] = {}
    with path.open("rb") as stream:
        for record, _ in read_records(stream, path):
            if (
                isinstance(record, AnswerRecord)
                and record.purpose is Purpose.PROPOSE
                and record.text is not None
            ):
                found[record.subject, record.sample] = record.text
    return found


def audited(run: Path, chosen: Sequence[Problem], completions: Completions) -> Iterator[Audited]:
    """Yield the answers of `run` to `chosen` problems.

    Where there is no completion, the design stands for it.

    Raises:
        UsageError: A row is damaged.
    """
    wanted = {problem.task_id for problem in chosen}
    for row in read_rows(run):
        if row.task_id in wanted:
            text = completions.get((row.task_id, row.sample), row.verilog or "")
            seen = Seen(completion=text, judgement=row.judgement(), verilog=row.verilog)
            yield Audited(task_id=row.task_id, sample=row.sample, seen=seen)
