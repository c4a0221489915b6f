"""The whole loop, with commands that cost nothing; `test_loop_smoke.py` has the real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from rtlgen.errors import UsageError
from rtlgen.train.loop import begin, planned
from rtlgen.train.loop_config import (
    LoopConfig,
    ProblemSet,
    check_trainings,
    read_loop_config,
    with_benchmarks,
)
from rtlgen.train.loop_parts import drawn, tasks_of, write_part
from rtlgen.train.loop_report import LoopReport, markdown, report, write_report
from rtlgen.train.loop_steps import Stage, evaluate
from rtlgen.train.set_aside import set_aside
from rtlgen.train.steps import Job, Step, StepFailed, read_record
from tests.rtlgen.train.fake_rtlgen import FakeRtlgen, Fate, Killed, corpus

RECIPES = Path(__file__).parents[3] / "datasets" / "recipes"
OUTCOMES = {"base": "----", "sft": "+---", "round-1": "++--", "round-2": "++--"}


def config_of(**changes: object) -> LoopConfig:
    values = {
        "corpus": {"count": 40, "sampling": 8},
        "sample": {"n": 2, "problems": 4},
        "patience": 2,
        "keep_going": True,
        **changes,
    }
    return LoopConfig.model_validate(values)


def work(job: Path, config: LoopConfig, fake: FakeRtlgen) -> LoopReport:
    job.mkdir(exist_ok=True)
    begin(job, config)
    plan = planned(job, config)

    def told(_: Step, state: str) -> None:
        if state != "known":
            fake.fate.moment()

    Job(folder=job, run=fake, told=told).work(plan.steps)
    return report(job, plan)


def test_every_stage_is_evaluated_on_every_set(tmp_path: Path) -> None:
    human = ProblemSet(name="human", benchmark="verilog-eval-v1-human", root="/benchmarks")
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    found = work(tmp_path / "job", config_of(benchmarks=(human,)), fake)
    stages = ["base", "sft", "round-1", "round-2"]
    assert [(one.set, one.stage) for one in found.results] == [
        (name, stage)
        for name in ("held-out-instances", "held-out-families", "human")
        for stage in stages
    ]
    steps = [(one.set, one.before, one.after, one.k) for one in found.differences]
    assert ("held-out-instances", "sft", "round-1", 1) in steps
    lifted = found.differences[steps.index(("held-out-instances", "sft", "round-1", 1))]
    assert lifted.difference.value == 0.25
    assert len(steps) == 3 * 3 * 2
    assert [one.folder for one in found.datasets] == [
        "sft/data",
        "rounds/1/data",
        "rounds/2/data",
    ]


def test_killed_anywhere_the_loop_is_the_same(tmp_path: Path) -> None:
    whole = FakeRtlgen(tmp_path / "whole", outcomes=OUTCOMES)
    undisturbed = work(tmp_path / "job", config_of(rounds=1), whole)
    (tmp_path / "job").rename(tmp_path / "undisturbed")
    disturbed = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    lives = 0
    for lives in range(1, whole.fate.moments + 1):
        disturbed.fate = Fate(last=1 + lives % 4)
        try:
            found = work(tmp_path / "job", config_of(rounds=1), disturbed)
        except Killed:
            continue
        break
    else:
        pytest.fail("it must come to its end")
    assert lives > 20
    assert disturbed.done() == whole.done()
    assert found.results == undisturbed.results


def test_the_model_of_each_step_is_the_one_before(tmp_path: Path) -> None:
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    work(tmp_path / "job", config_of(), fake)
    texts = [
        (tmp_path / "job" / place / "train.yaml").read_text().splitlines()[:2]
        for place in ("sft", "rounds/1", "rounds/2")
    ]
    assert texts == [
        ["model: ../base/model", "data: data"],
        ["model: ../../sft/run/model", "data: data"],
        ["model: ../../rounds/1/run/model", "data: data"],
    ]
    for place in ("sft", "rounds/1", "rounds/2"):
        folder = tmp_path / "job" / place
        assert (folder / texts[0][1].removeprefix("data: ")).is_dir()


def test_rounds_go_on_with_the_adapter_that_sft_began(tmp_path: Path) -> None:
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    sft, train = {"lora": {"r": 4}}, {"method": "dpo", "lora": {"adapter": "parent"}}
    work(tmp_path / "job", config_of(sft=sft, train=train), fake)
    for place, adapter in (("1", "../../sft/run/adapter"), ("2", "../../rounds/1/run/adapter")):
        text = (tmp_path / "job" / "rounds" / place / "train.yaml").read_text()
        assert yaml.safe_load(text) == {
            "model": "../../base/model",
            "data": "data",
            "lora": {"adapter": adapter},
        }


def test_a_step_and_all_after_it_are_done_anew(tmp_path: Path) -> None:
    job = tmp_path / "job"
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    first = work(job, config_of(), fake)
    changed = config_of(build={"options": ["--pairs-per-problem", "4"]})
    with pytest.raises(UsageError, match="name the first step that this changes with --redo"):
        begin(job, changed)
    assert set_aside(job, "rounds/1/build") == job / "set-aside" / "1"
    for mark in job.rglob(".whole-*"):
        if not mark.with_name(mark.name.removeprefix(".whole-")).exists():
            mark.unlink()
            mark.with_name(mark.name.replace("whole", "half")).unlink()
    before = len(fake.done())
    assert not (job / "rounds" / "1" / "round.json").exists()
    assert not (job / "rounds" / "2" / "prompts" / "problems.jsonl").exists()
    assert (job / "rounds" / "1" / "samples").exists()
    aside = job / "set-aside" / "1"
    for part in ("rounds/1/data", "rounds/2/run", "evaluate/round-1", "steps/rounds/2/decide.json"):
        assert (aside / part).exists()
    begin(job, changed, anew=True)
    plan = planned(job, changed)
    Job(folder=job, run=fake).work(plan.steps)
    assert report(job, plan).results == first.results
    again = fake.done()[before:]
    assert again[0] == "dataset build first half of data below 1"
    assert not any("sft" in line or "base" in line or "samples below 1" in line for line in again)
    built = read_record(job, "rounds/1/build")
    assert built is not None
    assert built.argv[-2:] == ("--pairs-per-problem", "4")


def test_a_step_that_is_done_anew_has_begun(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no step 'corpus'\n\nhint: it has none"):
        set_aside(tmp_path, "corpus")
    fake = FakeRtlgen(tmp_path / "ledger", codes={"train base": 2})
    with pytest.raises(StepFailed):
        work(tmp_path / "job", config_of(), fake)
    with pytest.raises(UsageError, match=r"no step 'sft/train'\n\nhint: it has corpus, base"):
        set_aside(tmp_path / "job", "sft/train")


def test_steps_that_are_kept_are_as_they_were(tmp_path: Path) -> None:
    job = tmp_path / "job"
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    work(job, config_of(rounds=1), fake)
    set_aside(job, "sft/build")
    with pytest.raises(UsageError, match=r"corpus in .* began otherwise.*\n\n.*--redo corpus"):
        begin(job, changed := config_of(rounds=1, corpus={"count": 50, "sampling": 8}), anew=True)
        Job(folder=job, run=fake).work(planned(job, changed).steps)


def test_there_must_be_an_adapter_to_go_on_with() -> None:
    with pytest.raises(ValidationError, match=r"needs an adapter to go on with: set sft\.lora"):
        config_of(train={"lora": {"adapter": "parent"}})


def test_slips_join_the_pairs(tmp_path: Path) -> None:
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    work(tmp_path / "job", config_of(rounds=1, build={"slips": True}), fake)
    record = read_record(tmp_path / "job", "rounds/1/build")
    assert record is not None
    assert record.argv[:5] == (
        "dataset",
        "build",
        "rounds/1/samples",
        "rounds/1/prompts",
        "-o",
    )
    assert "corpus=rounds/1/prompts" in record.argv


def test_the_report_tells_all(tmp_path: Path) -> None:
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES)
    found = work(tmp_path / "job", config_of(rounds=1), fake)
    write_report(tmp_path / "job", found)
    assert LoopReport.model_validate_json((tmp_path / "job" / "report.json").read_bytes()) == found
    text = (tmp_path / "job" / "report.md").read_text()
    assert "| stage | pass@1 | pass@2 |" in text
    assert "| sft | 25.0 (25.0 to 25.0) |" in text
    assert "| held-out-instances | sft to round-1 | pass@1 | +25.0 (+25.0 to +25.0) |" in text
    assert "| 7 preference/train | 2 contamination | verilog-eval-v1-human | passed |" in text
    first = {path.name: path.read_bytes() for path in (tmp_path / "job" / "plots").iterdir()}
    assert sorted(first) == ["pass-at-1.svg", "pass-at-2.svg"]
    assert all(f"(plots/{name})" in text for name in first)
    write_report(tmp_path / "job", found)
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "job" / "plots").iterdir()}


def test_a_report_of_what_is_there_so_far(tmp_path: Path) -> None:
    fake = FakeRtlgen(tmp_path / "ledger", outcomes=OUTCOMES, fate=Fate(last=20))
    with pytest.raises(Killed):
        work(tmp_path / "job", config_of(), fake)
    found = report(tmp_path / "job", planned(tmp_path / "job", config_of()))
    assert {one.stage for one in found.results} == {"base"}
    assert "## held-out-instances" in markdown(found)


def test_a_part_of_a_corpus(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus", 20)
    chosen = tasks_of(root)[3:7]
    write_part(root, tmp_path / "part", frozenset(chosen).__contains__)
    assert tasks_of(tmp_path / "part") == chosen
    golden = (tmp_path / "part" / "golden.jsonl").read_text().splitlines()
    assert [json.loads(line)["task_id"] for line in golden] == chosen


def test_prompts_come_round(tmp_path: Path) -> None:
    tasks = [f"t{number}" for number in range(10)]
    rounds = [drawn(tasks, 4, start=4 * number, seed=3) for number in range(5)]
    assert sorted(task for one in rounds for task in one) == sorted(tasks * 2)
    assert sorted(drawn(tasks, 99, start=7, seed=3)) == tasks


@pytest.mark.parametrize("line", ["{", "[]", '{"family": "x"}'])
def test_a_damaged_corpus_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    root = corpus(tmp_path / "corpus", 2)
    with (root / "problems.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(UsageError, match=r"with a task_id, .*problems\.jsonl:3"):
        tasks_of(root)
    with pytest.raises(UsageError, match=r"a corpus has a problems\.jsonl; cannot read"):
        tasks_of(tmp_path)


@pytest.mark.parametrize("name", ["loop.yaml", "loop-smoke.yaml"])
def test_recipes_are_configurations(name: str) -> None:
    found = read_loop_config(RECIPES / name, LoopConfig)
    assert found.model == "smollm2"
    assert found.rounds >= 1
    check_trainings(RECIPES / name, found)
    with pytest.raises(
        UsageError, match=r"no field 'bta', --set train\.trl\.bta\n\nhint: .*'beta'"
    ):
        sets = ["train.trl.bta=1"]
        check_trainings(RECIPES / name, read_loop_config(RECIPES / name, LoopConfig, sets), sets)


def test_benchmarks_of_the_command_line(tmp_path: Path) -> None:
    found = with_benchmarks(config_of(), [f"verilog-eval-v1-human={tmp_path}"])
    assert [(one.benchmark, one.root) for one in found.benchmarks] == [
        ("verilog-eval-v1-human", str(tmp_path))
    ]
    with pytest.raises(UsageError, match="must be NAME=ROOT, each name once, not 'human'"):
        with_benchmarks(found, ["human"])


def test_greedy_answers_are_a_set_of_their_own(tmp_path: Path) -> None:
    human = ProblemSet(
        name="human", benchmark="verilog-eval-v1-human", root="/b", n=20, max_tokens=99
    )
    config = config_of(benchmarks=(human,), greedy=True)
    steps = planned(tmp_path, config)
    assert [one.name for one in steps.sets][-2:] == ["human", "human-greedy"]
    stage = Stage(name="sft", model=Path("sft"))
    sampled, greedy = (
        evaluate(stage, one, config.evaluate, "hf").does.words  # type: ignore[union-attr]
        for one in steps.sets[-2:]
    )
    for words, n, temperature in ((sampled, "20", "0.4"), (greedy, "1", "0")):
        told = list(words)
        assert told[told.index("-n") + 1] == n
        assert told[told.index("--temperature") + 1] == temperature
        assert told[told.index("--max-tokens") + 1] == "99"


def test_the_recipe_of_the_embedded_model_is_one() -> None:
    config = read_loop_config(RECIPES / "embedded.yaml", LoopConfig)
    assert (config.greedy, config.evaluate.n) == (True, 20)
