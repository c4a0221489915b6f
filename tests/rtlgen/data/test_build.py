"""From sources to a dataset, judged for real by Icarus Verilog."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rtlgen.data.build import Order
from rtlgen.data.dataset_record import read_record
from rtlgen.data.judging import Ground, judge_set
from rtlgen.data.options import BuildOptions
from rtlgen.data.plan import plan
from rtlgen.data.problem_json import problem_of
from rtlgen.data.problem_sets import Roots
from rtlgen.data.rows import GrpoRow, Kind, PreferenceRow, RepairRow, SftRow, UnpairedRow
from rtlgen.data.score import verdict_score
from rtlgen.data.store import Store
from rtlgen.errors import UsageError
from rtlgen.evaluation.local_pool import LocalPool
from tests.evaluation.exploits.problems import SUBJECTS, right
from tests.rtlgen.data.small_sources import V2, built, corpus, dropped, evaluated, rows_of

pytestmark = pytest.mark.icarus


def test_every_answer_is_judged_and_counted(made: Path) -> None:
    record = read_record(made)
    assert record.verdicts == {
        "X on output": 2,
        "no code": 3,
        "pass": 12,
        "runtime mismatch": 4,
        "syntax": 3,
    }
    sources = {source.name.rpartition("/")[2]: source for source in record.sources}
    assert {name: source.answers for name, source in sources.items()} == {
        "golden.jsonl": 3,
        "slips.jsonl": 3,
        "some.jsonl": 18,
    }
    assert sources["some.jsonl"].model == "some"
    assert record.versions["judge 1"].startswith("corpus, Icarus Verilog")


def test_pairs_choose_what_was_seen_to_hold(made: Path) -> None:
    rows = [row for row in rows_of(made, Kind.PREFERENCE) if isinstance(row, PreferenceRow)]
    assert {row.problem for row in rows if row.chosen_verdict.status == "pass"} == set(SUBJECTS)
    for row in rows:
        assert verdict_score(row.chosen_verdict) >= verdict_score(row.rejected_verdict) + 0.2
        assert row.rejected_verdict.status == "fail"
        assert row.chosen != row.rejected
        assert row.prompt[-1].content.endswith(");")
        assert row.chosen[0].content.startswith("module TopModule")
        assert row.family == f"corpus/family of {row.problem}"


def test_sft_rows_hold_and_differ(made: Path) -> None:
    rows = rows_of(made, Kind.SFT)
    texts = [row.rtl for row in rows if isinstance(row, SftRow)]
    assert len(set(texts)) == len(texts) == len(rows)
    assert set(Counter(row.problem for row in rows)) == set(SUBJECTS)
    assert all(isinstance(r, SftRow) and r.verdict.status == "pass" and r.tests for r in rows)


def test_repairs_lead_from_wrong_to_right_with_evidence(made: Path) -> None:
    rows = [row for row in rows_of(made, Kind.REPAIR) if isinstance(row, RepairRow)]
    assert {row.kind for row in rows} == {"syntax", "functional"}
    for row in rows:
        assert row.evidence in row.prompt[-1].content
        assert row.wrong.strip() in row.prompt[-1].content
        assert row.completion[0].content == f"```verilog\n{row.right.strip()}\n```"
    mismatch = next(row for row in rows if row.kind == "functional")
    assert "expected" in mismatch.evidence
    syntax = next(row for row in rows if row.kind == "syntax")
    assert "line " in syntax.evidence


def test_prompts_bring_what_a_reward_needs(made: Path) -> None:
    rows = [row for row in rows_of(made, Kind.GRPO) if isinstance(row, GrpoRow)]
    assert {row.problem for row in rows} == set(SUBJECTS)
    for row in rows:
        problem = problem_of(row.reward_data)
        assert problem.golden == right(SUBJECTS[row.problem], V2)
        assert problem.place == ""
        assert row.samples == 6, "what a corpus itself brings says nothing of a prompt"
        assert row.reward_spread is not None
        assert row.reward_spread > 0.1


def test_unpaired_rows_have_the_label_of_their_verdict(made: Path) -> None:
    rows = [row for row in rows_of(made, Kind.UNPAIRED) if isinstance(row, UnpairedRow)]
    assert all(row.label == (row.verdict.status == "pass") for row in rows)
    assert {row.label for row in rows} == {True, False}


def test_length_bias_and_gates_are_recorded(made: Path) -> None:
    options = read_record(made).options
    assert options["min_margin"] == 0.2
    assert options["pairs_per_problem"] == 8
    assert isinstance(options["chosen_per_rejected_token"], float)


def test_the_same_command_again_does_nothing(made: Path) -> None:
    folder = made.parent
    before = (made / "dataset.json").stat().st_mtime_ns
    again = built(made, folder / "corpus", folder / "some.jsonl", validation=0.0, test=0.0)
    assert again.before
    assert (made / "dataset.json").stat().st_mtime_ns == before


def test_another_command_into_the_same_folder_is_refused(made: Path) -> None:
    with pytest.raises(UsageError, match="has another one"):
        built(made, made.parent / "corpus")


def test_the_same_sources_give_the_same_files(made: Path, tmp_path: Path) -> None:
    folder = made.parent
    built(
        tmp_path / "ds", folder / "corpus", folder / "some.jsonl", validation=0.0, test=0.0,
    )  # fmt: skip
    for path in sorted(made.rglob("*.jsonl")):
        assert (tmp_path / "ds" / path.relative_to(made)).read_bytes() == path.read_bytes()


def test_nothing_of_the_work_is_left(made: Path) -> None:
    assert not [path.name for path in made.iterdir() if path.name.startswith(".")]


def test_no_path_of_this_machine_is_in_a_row(made: Path) -> None:
    for path in made.rglob("*.json*"):
        assert str(made.parent) not in path.read_text()


def test_balanced_unpaired_rows(made: Path, tmp_path: Path) -> None:
    folder = made.parent
    built(tmp_path / "ds", folder / "corpus", balance_unpaired=True, kinds=(Kind.UNPAIRED,))
    rows = [row for row in rows_of(tmp_path / "ds", Kind.UNPAIRED) if isinstance(row, UnpairedRow)]
    assert Counter(row.label for row in rows) == {True: 3, False: 3}


def test_an_evaluation_is_a_source_and_its_verdicts_are_not_believed(
    made: Path, tmp_path: Path
) -> None:
    run = evaluated(made.parent / "corpus", made.parent / "some.jsonl", tmp_path / "run")
    path = run / "samples.jsonl"
    lied = [json.loads(line) for line in path.read_text().splitlines()]
    for row in lied:
        row |= {"official": True, "functional": True, "category": "pass"}
        row |= {"samples": 9, "expected_samples": 9, "mismatches": 0, "window": None}
    path.write_text("".join(json.dumps(row) + "\n" for row in lied))
    root = made.parent / "corpus"
    result = built(tmp_path / "ds", run, roots=Roots(any=(root,)))
    assert result.record.verdicts == {
        "X on output": 1,
        "pass": 9,
        "runtime mismatch": 2,
        "syntax": 3,
    }
    assert {source.kind for source in result.record.sources} == {"eval run"}


def test_not_judged_is_no_label(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    lines = [json.loads(line) for line in (root / "problems.jsonl").read_text().splitlines()]
    lines[0]["test"] = "module tb(); no such thing endmodule"
    (root / "problems.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = built(tmp_path / "ds", root)
    assert result.record.verdicts["not judged"] == 2
    names = {row.problem for kind in Kind for row in rows_of(tmp_path / "ds", kind)}
    left = lines[0]["task_id"]
    assert left not in {
        row.problem
        for kind in (Kind.PREFERENCE, Kind.SFT, Kind.REPAIR, Kind.UNPAIRED)
        for row in rows_of(tmp_path / "ds", kind)
    }
    assert names
    assert [one["rule"] for one in dropped(tmp_path / "ds") if one["problem"] == left] == [
        "not judged",
        "not judged",
    ]


def test_a_corpus_in_parts_gives_what_it_gives_whole(made: Path, tmp_path: Path) -> None:
    sources = [made.parent / "corpus", made.parent / "some.jsonl"]
    found = plan(Order(sources=sources, folder=tmp_path))
    assert [len(part.problems) for part in replace(found.sets[0], part=2).parts()] == [2, 1]
    groups = []
    for size in (1, 4096):
        with Store(tmp_path / f"{size}.sqlite") as store, closing(LocalPool(2)) as pool:
            ground = Ground(
                store=store, options=BuildOptions(), executor=pool, work=tmp_path / str(size)
            )
            judge_set(replace(found.sets[0], part=size), ground)
            groups.append(list(store.groups()))
    assert groups[0] == groups[1]
    assert [len(group.answers) for group in groups[0]] == [8, 8, 8]


def test_a_corpus_without_answers_gives_prompts(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus", answers=False)
    built(tmp_path / "ds", root)
    rows = [row for row in rows_of(tmp_path / "ds", Kind.GRPO) if isinstance(row, GrpoRow)]
    assert {row.problem for row in rows} == set(SUBJECTS)
    assert {(row.samples, row.mean_reward) for row in rows} == {(0, None)}
