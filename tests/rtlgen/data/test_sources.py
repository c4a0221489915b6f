"""What lies there is told apart, and what cannot be used is said with file and line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rtlgen.data.options import BuildOptions
from rtlgen.data.problem_sets import Roots, problem_sets
from rtlgen.data.rows import Kind
from rtlgen.data.sources import (
    CorpusRoot,
    DesignRun,
    EvalRun,
    SampleFile,
    SpecFolder,
    file_digest,
    find,
)
from rtlgen.data.sources_samples import eval_run, sample_file
from rtlgen.errors import UsageError
from tests.evaluation.scripted_runs import design, evaluation, run
from tests.evaluation.scripted_runs import write_samples as write_packed
from tests.rtlgen.data.small_sources import answers, built, corpus, write_samples

OPTIONS = BuildOptions()


def test_each_kind_of_source_is_known_by_what_lies_there(tmp_path: Path) -> None:
    corpus(tmp_path / "corpora/train")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/run.json").write_text('{"schema_version": 2, "candidates": []}')
    (tmp_path / "pair").mkdir()
    (tmp_path / "pair/inverter.md").write_text("# Inverter\n")
    (tmp_path / "pair/inverter.sv").write_text("module inverter; endmodule\n")
    (tmp_path / "pair/lonely.md").write_text("# Nothing\n")
    some = answers(tmp_path / "some.jsonl")
    found = find([tmp_path / "corpora", tmp_path / "run", tmp_path / "pair", some])
    assert [type(one) for one in found] == [CorpusRoot, DesignRun, SpecFolder, SampleFile]
    assert found[0].path == tmp_path / "corpora/train"
    assert isinstance(found[2], SpecFolder)
    assert [rtl.name for _, rtl in found[2].pairs] == ["inverter.sv"]


def test_a_folder_of_sources_is_all_of_them(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "notes.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/run.json").write_text('{"benchmark": "x", "harness": "y"}')
    found = find([tmp_path])
    assert [(type(one), one.path.name) for one in found] == [
        (SampleFile, "a.jsonl.gz"),
        (SampleFile, "b.jsonl"),
        (EvalRun, "run"),
    ]


def test_what_is_no_source_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        find([tmp_path / "none"])
    (tmp_path / "text.md").write_text("")
    with pytest.raises(UsageError, match=r"must be called \*\.jsonl"):
        find([tmp_path / "text.md"])
    with pytest.raises(UsageError, match="has nothing of these"):
        find([tmp_path])
    (tmp_path / "run.json").write_text('{"kind": "training"}')
    with pytest.raises(UsageError, match="must be the record of a run of"):
        find([tmp_path])
    (tmp_path / "run.json").write_text('{"candidates": [')
    with pytest.raises(UsageError, match=r"run\.json must be JSON, it is damaged"):
        find([tmp_path])


def test_a_source_is_given_once(tmp_path: Path) -> None:
    some = answers(tmp_path / "some.jsonl")
    with pytest.raises(UsageError, match="is given twice"):
        find([some, tmp_path / "." / "some.jsonl"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"task_id": "own_counter", "comple', "a sample must be a line of JSON"),
        ('{"completion": "module"}', "task_id of a sample must be there"),
        ('{"task_id": "own_counter", "code": "m"}', "rename that field"),
        ("[]", "a sample must be a JSON object, not list"),
    ],
)
def test_a_bad_line_is_named_and_can_be_skipped(tmp_path: Path, line: str, said: str) -> None:
    path = answers(tmp_path / "some.jsonl")
    with path.open("a") as file:
        file.write(line)
    with pytest.raises(UsageError, match=rf"some\.jsonl:19: .*{said}"):
        sample_file(SampleFile(path=path), OPTIONS, skip_bad=False)
    source = sample_file(SampleFile(path=path), OPTIONS, skip_bad=True)
    assert len(source.tasks) == 3


def test_a_packed_file_that_breaks_off_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl.gz"
    packed = gzip.compress(answers(tmp_path / "some.jsonl").read_bytes())
    path.write_bytes(packed[: len(packed) - 20])
    with pytest.raises(UsageError, match=r"some\.jsonl\.gz:\d+: gzip data must be whole"):
        sample_file(SampleFile(path=path), OPTIONS, skip_bad=False)


def test_an_empty_file_of_samples_is_none(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="must have a usable line"):
        sample_file(SampleFile(path=tmp_path / "some.jsonl"), OPTIONS, skip_bad=True)


@pytest.fixture
def evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))
    samples = write_packed(tmp_path / "s.gz", [("task000", design()), ("task001", design())])
    run(evaluation(samples), tmp_path / "run")
    return tmp_path / "run"


def test_a_run_of_another_version_is_refused(evaluated: Path) -> None:
    record = json.loads((evaluated / "run.json").read_text())
    record["schema_number"] = 99
    (evaluated / "run.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=r"run\.json: schema_number.*\n\nhint: .*this version"):
        eval_run(EvalRun(path=evaluated))


def test_rows_that_break_off_are_named(evaluated: Path) -> None:
    path = evaluated / "samples.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(UsageError, match=r"samples\.jsonl:2: the file breaks off"):
        eval_run(EvalRun(path=evaluated))


def test_a_damaged_row_is_named(evaluated: Path) -> None:
    path = evaluated / "samples.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b'{"task_id": 3}\n' + lines[1])
    with pytest.raises(UsageError, match=r"samples\.jsonl:1: "):
        eval_run(EvalRun(path=evaluated))


def test_the_benchmark_is_told_by_the_tasks(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus", answers=False)
    some = sample_file(SampleFile(path=answers(tmp_path / "s.jsonl")), OPTIONS, skip_bad=False)
    (found,) = problem_sets([some], Roots(any=(root,)))
    assert (found.name, found.benchmark.name) == ("corpus-7-train", "corpus")
    (part,) = found.parts()
    assert part.families["own_counter"] == "family of own_counter"


def test_without_a_root_the_hint_says_what_to_give(tmp_path: Path) -> None:
    some = sample_file(SampleFile(path=answers(tmp_path / "s.jsonl")), OPTIONS, skip_bad=False)
    with pytest.raises(UsageError, match=r"comes without\n\nhint: .*--root PATH"):
        problem_sets([some], Roots())
    with pytest.raises(UsageError, match=r"of corpus\n\nhint: .*--root corpus=PATH"):
        problem_sets([some], Roots(), name="corpus")


def test_a_task_that_no_benchmark_has_is_named(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    path = write_samples(tmp_path / "s.jsonl", [("own_counter", "x"), ("nobody", "x")])
    some = sample_file(SampleFile(path=path), OPTIONS, skip_bad=False)
    with pytest.raises(UsageError, match="must be problems of one benchmark at a --root"):
        problem_sets([some], Roots(any=(root,)))
    with pytest.raises(UsageError, match=r"'nobody' of .* is none of"):
        problem_sets([some], Roots(any=(root,)), name="corpus")


def test_slips_are_judged_only_where_they_are_of_use(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    only = built(tmp_path / "a", root, kinds=(Kind.SFT,))
    every = built(tmp_path / "b", root)
    assert only.record.verdicts == {"pass": 3}
    assert every.record.verdicts["pass"] == 3
    assert sum(every.record.verdicts.values()) == 6
    assert only.record.counts[Kind.SFT] == every.record.counts[Kind.SFT]


def test_held_out_problems_are_refused_unless_asked_for(tmp_path: Path) -> None:
    root = corpus(tmp_path / "any", part="held-out-families")
    with pytest.raises(UsageError, match="held-out problems must not be trained on"):
        built(tmp_path / "ds", root)
    assert not (tmp_path / "ds").exists()


def test_a_root_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--root must be a folder"):
        Roots.of([f"corpus={tmp_path / 'none'}"])
    roots = Roots.of([f"corpus={tmp_path}", str(tmp_path)])
    assert roots.places("corpus") == (tmp_path, tmp_path)
    assert roots.places("rtllm-v2") == (tmp_path,)


def test_digests_are_of_names_and_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    assert file_digest(tmp_path / "a") != file_digest(tmp_path / "b")
    with pytest.raises(UsageError, match="cannot read"):
        file_digest(tmp_path / "none")
