"""A corpus is made once, whole, the same by any number of workers, and goes on after a kill."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer import Exit

from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import Corpus, corpus_problems
from rtlgen.evaluation.harness.protocol import Conditions, Group
from rtlgen.evaluation.holding import held
from rtlgen.synth.catalog import ALL, FAMILIES
from rtlgen.synth.chunk import Order, write_chunk
from rtlgen.synth.corpus_record import Options
from rtlgen.synth.drawn import Family
from rtlgen.synth.frames import FRAMES, HELD_OUT
from rtlgen.synth.generate import MAKING, Made, make
from rtlgen.synth.parts import HELD_OUT as FAMILIES_HELD_OUT
from rtlgen.synth.parts import Part, chosen_families, with_neighbors
from rtlgen.synth.taking import MOST_TELLINGS, Taking
from tests.rtlgen.synth.small import gate

pytestmark = pytest.mark.icarus

PARTS = ("train", "sampling", "held-out-instances", "held-out-families")
OPTIONS = Options(
    seed=3,
    count=14,
    sampling=4,
    held_out_instances=6,
    held_out_family_instances=4,
    families=("up-counter", "down-counter", "register", "truth-table"),
    held_out_families=("mux-named-inputs",),
    canonical=False,
    against=(),
)


def made(folder: Path, options: Options = OPTIONS, workers: int = 1) -> Made:
    return make(folder, options, workers=workers, on_progress=lambda *_: None)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*.jsonl")))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("corpus") / "c")


def test_every_part_has_its_problems(corpus: Made) -> None:
    counts = {name: part.problems for name, part in corpus.record.parts.items()}
    assert counts == dict(zip(PARTS, (14, 4, 6, 4), strict=True))
    assert not (corpus.folder / MAKING).exists()
    assert not list(corpus.folder.rglob(".*"))
    for name in PARTS:
        problems = rows(corpus.folder / name / "problems.jsonl")
        tasks = [problem["task_id"] for problem in problems]
        assert len(set(tasks)) == len(tasks) == counts[name]
        golden = {
            row["task_id"]: row["completion"] for row in rows(corpus.folder / name / "golden.jsonl")
        }
        assert golden == {problem["task_id"]: problem["golden"] for problem in problems}
        slips = rows(corpus.folder / name / "slips.jsonl")
        assert {slip["task_id"] for slip in slips} == set(tasks)
        assert all(0 <= slip["share"] < 1 for slip in slips)
        assert corpus.record.parts[name].slips == len(slips)
        assert json.loads((corpus.folder / name / "corpus.json").read_bytes())["problems"] == len(
            tasks
        )


def test_held_out_parts_share_nothing_with_training(corpus: Made) -> None:
    parts = {name: rows(corpus.folder / name / "problems.jsonl") for name in PARTS}

    def drawn(name: str) -> set[str]:
        return {json.dumps([p["family"], p["parameters"]], sort_keys=True) for p in parts[name]}

    def told(name: str) -> set[str]:
        return {problem["phrasing"] for problem in parts[name]}

    assert not drawn("train") & drawn("held-out-instances")
    assert {p["family"] for p in parts["held-out-families"]} == {"mux-named-inputs"}
    assert told("train") | told("sampling") | told("held-out-families") <= set(FRAMES)
    assert told("held-out-instances") & set(HELD_OUT)
    assert told("held-out-instances") & set(FRAMES)


def test_golden_designs_pass_in_the_benchmark_and_slips_do_not(corpus: Made) -> None:
    root = corpus.folder / "held-out-instances"
    benchmark, conditions = Corpus(), Conditions()
    problems = benchmark.read(root)
    wrong: dict[str, list[str]] = {problem.task_id: [] for problem in problems}
    for row in rows(root / "slips.jsonl"):
        wrong[row["task_id"]].append(row["completion"])
    prepared = benchmark.harness.prepare(problems, conditions)
    groups = [
        Group(problem=problem, preparation=known, designs=(problem.golden, *wrong[problem.task_id]))
        for problem, known in zip(problems, prepared, strict=True)
    ]
    assert [known.faults for known in prepared] == [()] * 6
    assert [known.samples for known in prepared] == [p.samples for _, p in corpus_problems(root)]
    for found in benchmark.harness.judge(groups, conditions):
        assert [one.official for one in found] == [True] + [False] * (len(found) - 1)
        assert [one.functional for one in found] == [True] + [False] * (len(found) - 1)


def test_the_same_again_is_there_already_and_another_one_is_refused(corpus: Made) -> None:
    again = made(corpus.folder)
    assert again.before
    assert again.record == corpus.record
    with pytest.raises(UsageError, match=r"made by other options is in .*\n\nhint: give another"):
        made(corpus.folder, OPTIONS.model_copy(update={"seed": 4}))


def test_one_process_at_a_time_makes_a_corpus(corpus: Made) -> None:
    with (
        held(corpus.folder),
        pytest.raises(UsageError, match="one process at a time makes a corpus, another one has"),
    ):
        make(corpus.folder, corpus.record.options, workers=1, on_progress=lambda *_: None)


def test_two_workers_make_the_same_files(tmp_path: Path) -> None:
    options = of("gate", 5)
    for workers in (1, 2):
        made(tmp_path / f"{workers}", options, workers=workers)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


class Stopped(Exception):
    pass


def test_it_goes_on_where_it_was_stopped(corpus: Made, tmp_path: Path) -> None:
    def stop(part: Part, *_: int) -> None:
        if part is Part.INSTANCES:
            raise Stopped

    folder = tmp_path / "c"
    with pytest.raises(Stopped):
        make(folder, OPTIONS, workers=1, on_progress=stop)
    assert not (folder / "corpus.json").exists()
    assert not (folder / "held-out-instances" / "problems.jsonl").exists()
    chunks = {path: path.stat().st_mtime_ns for path in (folder / MAKING).rglob("0*.jsonl")}
    assert chunks
    (folder / "train" / ".problems.jsonl.left").write_text("{", encoding="utf-8")
    again: dict[Path, int] = {}

    def look(part: Part, *_: int) -> None:
        again.update({path: path.stat().st_mtime_ns for path in chunks})

    make(folder, OPTIONS, workers=1, on_progress=look)
    assert again == chunks
    assert contents(folder) == contents(corpus.folder)


def test_a_kill_before_anything_is_noted_leaves_a_new_folder(tmp_path: Path) -> None:
    (tmp_path / "c" / MAKING).mkdir(parents=True)
    assert made(tmp_path / "c", of("gate")).record.parts["train"].problems == 2


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"-o must be a new folder, something is in "):
        made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def of(family: str, count: int = 2) -> Options:
    return OPTIONS.model_copy(
        update={
            "families": (family,),
            "held_out_families": (),
            "held_out_instances": 0,
            "sampling": 0,
            "count": count,
        }
    )


def chunk(path: Path, family: str, **options: Any) -> list[dict[str, Any]]:
    order = Order(part=Part.TRAIN, number=0, seed=3, families=(family,), size=3, **options)
    return rows(write_chunk(order, path))


def test_a_family_whose_golden_design_fails_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Family(name="bad", kind="x", draw=lambda _: replace(gate(), body="assign y = a;"))
    monkeypatch.setitem(FAMILIES, "bad", bad)
    [facts] = chunk(tmp_path / "chunk", "bad")
    taking = Taking(part=Part.TRAIN, wanted=2)
    taking.note(facts)
    part = taking.record(seed=3, tools={})
    assert (part.problems, part.short, part.dropped) == (0, 2, {"golden fails": 3})
    assert [(fault.family, fault.seed) for fault in part.faults] == [
        ("bad", f"3/train/0/{place}.0") for place in range(3)
    ]
    assert all(fault.why.startswith("y is 1, the model says 0, beat ") for fault in part.faults)


def test_a_corpus_with_such_a_family_ends_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rtlgen.cli.dataset_synth_runs import Asked, run

    good = FAMILIES["up-counter"]
    wrong = replace(gate(), body="assign y = a;")
    half = Family(
        name="up-counter",
        kind="x",
        draw=lambda draw: wrong if draw.chance(0.5) else good.draw(draw),
    )
    monkeypatch.setitem(FAMILIES, "up-counter", half)
    asked = Asked(
        count=3,
        seed=1,
        families=("up-counter",),
        hold_out_families=("none",),
        held_out_instances=0,
        held_out_family_instances=0,
        sampling=0,
        canonical=False,
        against=(),
    )
    with pytest.raises(Exit) as stop:
        run(tmp_path / "c", asked, workers=1, json=False, quiet=False)
    assert stop.value.exit_code == 1
    out, err = capsys.readouterr()
    assert "3 problems of 1 family" in out
    assert "golden design fails: up-counter, seed 1/train/" in err
    assert (tmp_path / "c" / "corpus.json").is_file()


def row(design: int, spec: int) -> dict[str, str]:
    return {"design": f"{design:032x}"[::-1], "spec": f"{spec:032x}"[::-1]}


def test_equal_designs_are_told_a_few_times_only_and_never_in_the_same_words() -> None:
    taking = Taking(part=Part.TRAIN, wanted=99)
    assert [taking.refusal(row(1, spec)) for spec in range(MOST_TELLINGS)] == [""] * MOST_TELLINGS
    assert taking.refusal(row(1, 0)) == "duplicate"
    assert taking.refusal(row(1, 99)) == "design told often enough"
    assert taking.refusal(row(2, 0)) == ""
    later = Taking(part=Part.INSTANCES, wanted=9, known=frozenset(taking.designs))
    assert later.refusal(row(2, 5)) == "design of another part"
    assert later.refusal(row(3, 5)) == ""


def test_names_and_styles_make_no_other_design(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Family(name="one", kind="x", draw=lambda _: gate())
    monkeypatch.setitem(FAMILIES, "one", one)
    part = made(tmp_path / "c", of("one", 6)).record.parts["train"]
    assert (part.problems, part.designs, part.specs) == (6, 1, 6)


def test_what_resembles_a_known_problem_is_left_out(tmp_path: Path) -> None:
    *taken, facts = chunk(tmp_path / "chunk", "truth-table")
    assert len(taken) == 3 - len(facts["dropped"]) >= 2
    known = tmp_path / "known"
    known.mkdir()
    for n, problem in enumerate(row["problem"] for row in taken):
        (known / f"{n}.txt").write_text(problem["description"], encoding="utf-8")
        (known / f"{n}.v").write_text(problem["golden"], encoding="utf-8")
    [facts] = chunk(tmp_path / "again", "truth-table", against=(f"mine={known}",))
    rules = [rule for _, _, rule, _ in facts["dropped"]]
    assert rules == ["contaminated"] * 3
    assert {"resembles 0 of mine", "resembles 1 of mine"} <= {
        why.partition(":")[0] for *_, why in facts["dropped"]
    }


# Parts


def test_families_are_chosen_by_name_or_kind() -> None:
    def names(*wanted: str) -> Sequence[str]:
        return [family.name for family in chosen_families(wanted, ALL)]

    assert names("up-counter") == ["up-counter"]
    assert set(names("counters")) == {family.name for family in ALL if family.kind == "counters"}
    assert len(names()) == len(ALL)
    with pytest.raises(UsageError, match=r"by name or kind, not 'up'\n\nhint: kinds are "):
        names("up")


def test_what_is_near_to_a_held_out_family_is_held_out_too() -> None:
    def family(name: str, *also: str) -> Family:
        return Family(name=name, kind="x", draw=lambda _: gate(), also=also)

    all_ = [family("a", "b"), family("b"), family("c", "b"), family("d")]
    assert with_neighbors({"a"}, all_) == {"a", "b", "c"}
    assert with_neighbors({"d"}, all_) == {"d"}


def test_each_kind_of_several_families_has_one_that_is_held_out_and_one_that_is_not() -> None:
    kept = with_neighbors(FAMILIES_HELD_OUT, ALL)
    names = {family.name for family in ALL}
    assert set(FAMILIES_HELD_OUT) <= names
    for kind in {family.kind for family in ALL}:
        of_kind = {family.name for family in ALL if family.kind == kind}
        all_near = any(of_kind <= with_neighbors({name}, ALL) for name in of_kind)
        assert of_kind - kept, kind
        assert all_near or of_kind & kept, kind
