"""Rounds of sampling and training: every step once, whatever happens, until nothing is gained."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.evaluation.summary import Rate
from rtlgen.train.loop import begin, planned
from rtlgen.train.loop_config import IterateConfig, ProblemSet, read_loop_config
from rtlgen.train.loop_report import LoopReport, report
from rtlgen.train.rounds import read_round
from rtlgen.train.step_child import run_in_child
from rtlgen.train.steps import Command, Job, Prefixed, Step, StepFailed, read_record
from rtlgen.train.stopping import RoundGain, decide
from tests.rtlgen.train.fake_rtlgen import FakeRtlgen, Fate, Killed, corpus

BETTER = {"base": "+---", "round-1": "++++", "round-2": "++++", "round-3": "++++"}


def config_of(folder: Path, **changes: object) -> IterateConfig:
    values = {
        "model": "smollm2",
        "prompts": ProblemSet(name="prompts", root=str(folder / "prompts")),
        "held_out": (ProblemSet(name="held-out", root=str(folder / "held-out")),),
        "rounds": 3,
        "sample": {"n": 2, "problems": 4},
        **changes,
    }
    return IterateConfig.model_validate(values)


@pytest.fixture
def given_folder(tmp_path: Path) -> Path:
    corpus(tmp_path / "prompts", 10)
    corpus(tmp_path / "held-out", 4)
    return tmp_path


def work(folder: Path, config: IterateConfig, fake: FakeRtlgen) -> LoopReport:
    job = folder / "job"
    job.mkdir(exist_ok=True)
    begin(job, config)
    plan = planned(job, config)

    def told(_: Step, state: str) -> None:
        if state != "known":
            fake.fate.moment()

    Job(folder=job, run=fake, told=told).work(plan.steps)
    return report(job, plan)


def test_rounds_end_where_nothing_is_gained(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    found = work(given_folder, config_of(given_folder), fake)
    assert [one.gain.round for one in found.rounds] == [1, 2]
    first, second = found.rounds
    assert first.gain.gained
    assert first.gain.difference.value == 0.75
    assert first.decision.best == second.decision.best == 1
    assert (second.gain.against, second.gain.gained) == (1, False)
    assert (second.decision.go_on, second.decision.reason) == (False, "no gain")
    assert [one.stage for one in found.results] == ["base", "round-1", "round-2"]
    assert [one.rate(1).value for one in found.results if one.rate(1)] == [0.25, 1.0, 1.0]
    assert [data.rows for data in found.datasets] == [{"preference/train": 7}] * 2
    assert all(data.checked and data.dropped == {"contamination": 2} for data in found.datasets)


def test_rounds_end_when_all_are_done(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    found = work(given_folder, config_of(given_folder, rounds=1), fake)
    assert [one.decision.reason for one in found.rounds] == ["all rounds done"]


def test_a_round_begins_with_the_best_model_before(given_folder: Path) -> None:
    outcomes = {"base": "++--", "round-1": "+---", "round-2": "++++"}
    config = config_of(given_folder, patience=3)
    fake = FakeRtlgen(given_folder / "ledger", outcomes=outcomes)
    work(given_folder, config, fake)
    rounds = given_folder / "job" / "rounds"
    models = [(rounds / str(number) / "train.yaml").read_text() for number in (1, 2, 3)]
    assert [text.splitlines()[0] for text in models] == [
        "model: ../../base/model",
        "model: ../../base/model",
        "model: ../../rounds/2/run/model",
    ]
    assert read_round(rounds / "2").gain.against == 0


def test_keep_going_takes_each_model_on(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes={"base": "++", "round-1": "+-"})
    config = config_of(given_folder, rounds=2, patience=2, keep_going=True)
    work(given_folder, config, fake)
    text = (given_folder / "job" / "rounds" / "2" / "train.yaml").read_text()
    assert text.startswith("model: ../../rounds/1/run/model\ndata: data\n")


def test_each_round_asks_other_prompts(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    work(given_folder, config_of(given_folder), fake)
    asked = [
        [json.loads(line)["task_id"] for line in path.read_text().splitlines()]
        for path in sorted((given_folder / "job" / "rounds").glob("*/prompts/problems.jsonl"))
    ]
    assert [len(one) for one in asked] == [4, 4]
    assert not set(asked[0]) & set(asked[1])


def test_a_conversion_comes_before_each_evaluation(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    work(given_folder, config_of(given_folder, inference="gguf", rounds=1), fake)
    record = read_record(given_folder / "job", "evaluate/round-1/held-out")
    assert record is not None
    assert "gguf:gguf/round-1.gguf" in record.argv
    assert (given_folder / "job" / "gguf" / "round-1.gguf").is_file()


def test_killed_anywhere_nothing_is_done_twice(given_folder: Path) -> None:
    config = config_of(given_folder, rounds=2, inference="gguf")
    whole = FakeRtlgen(given_folder / "whole", outcomes=BETTER)
    undisturbed = work(given_folder, config, whole)
    (given_folder / "job").rename(given_folder / "undisturbed")
    disturbed = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    for last in range(1, whole.fate.moments + 1):
        # Each life is a little longer than what those before it leave to do.
        disturbed.fate = Fate(last=1 + last % 3)
        try:
            found = work(given_folder, config, disturbed)
        except Killed:
            continue
        break
    else:
        pytest.fail("it must come to its end")
    assert last > 20
    assert disturbed.done() == whole.done()
    assert set(Counter(disturbed.done()).values()) == {1}
    assert found.results == undisturbed.results
    assert found.rounds == undisturbed.rounds


def test_done_is_done(given_folder: Path) -> None:
    config = config_of(given_folder, rounds=1)
    fake = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    first = work(given_folder, config, fake)
    before = fake.done()
    assert work(given_folder, config, fake) == first
    assert fake.done() == before


def test_another_configuration_is_refused(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes=BETTER)
    work(given_folder, config_of(given_folder, rounds=1), fake)
    with pytest.raises(UsageError, match=r"rounds was 1 and is 2\n\nhint: name the first step"):
        work(given_folder, config_of(given_folder, rounds=2), fake)


def test_a_folder_with_something_else_is_refused(given_folder: Path) -> None:
    (given_folder / "job").mkdir()
    (given_folder / "job" / "thesis.tex").touch()
    fake = FakeRtlgen(given_folder / "ledger")
    with pytest.raises(UsageError, match=r"must be empty, .*job has thesis.tex"):
        work(given_folder, config_of(given_folder), fake)


@pytest.mark.parametrize(("code", "exit_code"), [(2, 2), (4, 4), (1, 1)])
def test_a_failed_step_is_told_with_its_last_words(
    given_folder: Path, code: int, exit_code: int
) -> None:
    fake = FakeRtlgen(given_folder / "ledger", codes={"dataset build": code})
    with pytest.raises(
        StepFailed, match=r"step rounds/1/build ended with exit code .*: error: it does not work"
    ) as failed:
        work(given_folder, config_of(given_folder), fake)
    assert failed.value.exit_code == exit_code
    fake.codes = {}
    fake.outcomes = BETTER
    assert work(given_folder, config_of(given_folder), fake).rounds


def test_an_evaluation_that_was_hardly_judged_is_not_believed(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", outcomes={**BETTER, "round-1": "+?"})
    config = config_of(given_folder, rounds=1)
    with pytest.raises(
        StepFailed, match=r"evaluate/round-1/held-out is not .*: 4 of 8 samples have no verdict"
    ) as failed:
        work(given_folder, config, fake)
    assert failed.value.exit_code == 3
    record = read_record(given_folder / "job", "evaluate/round-1/held-out")
    assert record is not None
    assert record.status == "begun"


def test_a_stopped_step_says_that_it_goes_on(given_folder: Path) -> None:
    fake = FakeRtlgen(given_folder / "ledger", codes={"train dpo": 130})
    with pytest.raises(StepFailed, match="was stopped; the same command goes on") as failed:
        work(given_folder, config_of(given_folder), fake)
    assert failed.value.exit_code == 130


def test_a_step_that_makes_nothing_has_failed(tmp_path: Path) -> None:
    step = Step(name="idle", makes=Path("result"), does=lambda: None)
    with pytest.raises(StepFailed, match="step idle must make result, and it did not"):
        Job(folder=tmp_path, run=run_in_child).do(step)


def test_a_changed_step_is_refused(tmp_path: Path) -> None:
    job = Job(folder=tmp_path, run=lambda argv, _: Path(argv[1]).touch() or 0)
    first = Step(name="a", makes=Path("x"), does=Command(words=("make", Path("x"))))
    job.do(first)
    other = Step(name="a", makes=Path("x"), does=Command(words=("make", Path("x"), "--new")))
    with pytest.raises(UsageError, match=r"a step goes on as it began, a in .*: make x"):
        job.do(other)


def test_what_was_removed_is_made_again(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> None:
        made.append("x")
        (tmp_path / "x").touch()

    job = Job(folder=tmp_path, run=run_in_child)
    step = Step(name="a", makes=Path("x"), does=make)
    job.do(step)
    job.do(step)
    (tmp_path / "x").unlink()
    job.do(step)
    assert made == ["x", "x"]
    record = read_record(tmp_path, "a")
    assert record is not None
    assert (record.status, record.resumed) == ("done", 1)


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "a.json").write_text('{"step": "a"')
    with pytest.raises(UsageError, match=r"a\.json: .*\n\nhint: remove it"):
        read_record(tmp_path, "a")


def test_words_are_placed_in_the_folder(tmp_path: Path) -> None:
    command = Command(
        words=("eval", Path("a"), Prefixed("hf:", Path("m")), Path("/x")), again=("--resume",)
    )
    assert command.argv(tmp_path, begun=False) == [
        "eval",
        f"{tmp_path}/a",
        f"hf:{tmp_path}/m",
        "/x",
    ]
    assert command.argv(tmp_path, begun=True)[-1] == "--resume"


def test_a_child_writes_its_log_and_gives_its_exit_code(tmp_path: Path) -> None:
    log = tmp_path / "steps" / "version.log"
    assert run_in_child(["--version"], log) == 0
    assert run_in_child(["eval", "compare", str(tmp_path), str(tmp_path)], log) == 2
    lines = log.read_text().splitlines()
    assert lines[0].startswith("rtlgen ")
    assert any(line.startswith("error: a run has a run.json") for line in lines)


def gain(number: int, low: float, against: int = 0) -> RoundGain:
    difference = Rate(value=low + 0.01, low=low, high=low + 0.02)
    return RoundGain(round=number, against=against, difference=difference)


def test_a_gain_must_lie_beyond_its_interval() -> None:
    assert gain(1, 0.001).gained
    assert not gain(1, 0.0).gained
    assert not gain(1, -0.009).gained


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(1, 9), st.integers(1, 3))
def test_rounds_go_on_as_the_rule_says(gained: list[bool], rounds: int, patience: int) -> None:
    gains = [gain(number, 0.1 if good else -0.1) for number, good in enumerate(gained, 1)]
    found = decide(gains, rounds=rounds, patience=patience)
    idle = next((n for n, good in enumerate(reversed(gained)) if good), len(gained))
    assert found.go_on == (len(gained) < rounds and idle < patience)
    assert found.best == len(gained) - idle
    assert bool(found.reason) != found.go_on


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: [", r"must be YAML: .*loop\.yaml:1"),
        ("- a", r"must be a table of keys and values, .*loop\.yaml:1"),
        ("model: m\nprompts:\n  root: p\n", r"must say prompts\.name, .*loop\.yaml:2\n"),
        ("model: m\nrunds: 3\n", r"has no field 'runds', .*loop\.yaml:2\n\nhint: .* 'rounds'"),
        (
            "model: m\nprompts: {name: p, root: p}\nheld_out: []\n",
            r"held_out tuple should have at least 1 item .*loop\.yaml:3\n",
        ),
        (
            "model: m\nprompts: {name: p, root: p}\nheld_out: [{name: h, root: h}]\n"
            "train:\n  examples: many\n",
            r"train\.examples must be a valid integer.*'many', .*loop\.yaml:5\n",
        ),
    ],
)
def test_a_bad_configuration_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_loop_config(path, IterateConfig)


def test_paths_are_relative_to_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text(
        "model: m\nprompts: {name: p, root: corpus/train}\nheld_out: [{name: h, root: ../h}]\n"
        "train: {method: dpo, trl: {beta: 0.2}}\n"
    )
    (tmp_path / "m").mkdir()
    found = read_loop_config(path, IterateConfig)
    assert found.model == str(tmp_path / "m")
    assert found.prompts.root == str(tmp_path / "corpus" / "train")
    assert found.held_out[0].root == str(tmp_path / ".." / "h")
    assert found.train.fields() == {"trl": {"beta": 0.2}}
    changed = read_loop_config(path, IterateConfig, ["rounds=5", "train.trl.beta=0.5"])
    assert (changed.rounds, changed.train.fields()) == (5, {"trl": {"beta": 0.5}})
    with pytest.raises(UsageError, match=r"rounds must be .*, not 0, --set rounds\n"):
        read_loop_config(path, IterateConfig, ["rounds=0"])


def test_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no configuration at .*none\.yaml"):
        read_loop_config(tmp_path / "none.yaml", IterateConfig)
