"""A run made again from its folder: everything as recorded, or what differs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rtlgen.design.model_run import Question, design_with_model
from rtlgen.design.options import Asking, Options
from rtlgen.design.rerun import Rerun, read_record, rerun
from rtlgen.errors import UsageError
from rtlgen.llm.budget import Budget, Price
from rtlgen.llm.model import Answer, Purpose, Request, Usage
from rtlgen.llm.scripted import Scripted
from rtlgen.spec import load_spec
from sim import tools
from sim.errors import ToolNotFound
from sim.icarus import Icarus
from tests.e2e.test_model_runs import BROKEN, RIGHT, SPEC, WRONG
from tests.rtlgen.test_loop import Lines

pytestmark = pytest.mark.icarus


def answers(request: Request) -> Answer:
    proposals = [WRONG, BROKEN]
    repair = request.purpose is not Purpose.PROPOSE
    text = RIGHT if repair else proposals[request.sample % 2]
    return Answer(text=text, usage=Usage(prompt_tokens=1000, completion_tokens=100))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RTLGEN_CACHE", str(folder / "cache"))
        (folder / "spec.md").write_text(SPEC)
        question = Question(
            model=Scripted(answers),
            chosen_by="a test",
            budget=Budget(price=Price(prompt=2, completion=10)),
        )
        options = Options(simulators=[Icarus()], asking=Asking(candidates=2, rounds=1))
        spec = load_spec(folder / "spec.md")
        design_with_model(spec, question, options, folder / "run", Lines())
        yield folder / "run"


@contextmanager
def changed(recorded: Path, tmp_path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield a copy of the run, and its record, which is written back."""
    folder = tmp_path / "run"
    shutil.copytree(recorded, folder)
    found = json.loads((folder / "run.json").read_text())
    yield folder, found
    (folder / "run.json").write_text(json.dumps(found))


def again(folder: Path) -> Rerun:
    return rerun(folder, Lines())


def said(found: Rerun) -> list[str]:
    return [difference.what for difference in found.differences]


def test_everything_comes_out_as_recorded_and_nothing_is_written(recorded: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (recorded, *recorded.rglob("*"))}
    found = again(recorded)
    assert (found.differences, found.versions, found.verdicts) == ((), (), 4)
    assert {path: path.stat().st_mtime_ns for path in (recorded, *recorded.rglob("*"))} == before


def test_what_candidates_and_the_run_have_cost_is_recorded(recorded: Path) -> None:
    record = read_record(recorded)
    costs = [c.usage.cost for c in record.candidates if c.usage is not None]
    assert costs == pytest.approx([0.003] * 4)
    assert record.model is not None
    assert record.model.usage.cost == pytest.approx(0.012)
    assert (record.model.requests, record.model.reused) == (4, 0)


def test_what_was_changed_in_the_record_is_said(recorded: Path, tmp_path: Path) -> None:
    with changed(recorded, tmp_path) as (folder, found):
        found["outcome"] = "failed"
        found["chosen"] = 0
        found["candidates"][0]["verdict"]["first_mismatch"]["port"] = "carry"
        found["candidates"][1]["twin"] = 0
        found["candidates"][2]["sources"]["half_adder.v"] = "\x1b[31mred"
        found["testbench"]["expected_checks"] = 3
        found["versions"]["icarus"] = "9"
        found["rtlgen"] = "0.0.0"
    result = again(folder)
    assert said(result) == [
        "testbench: expected_checks",
        "candidate 0: verdict: first_mismatch: port",
        "candidate 1: twin",
        "candidate 2: sources: half_adder.v",
        "chosen",
        "outcome",
        "rtl/half_adder.v",
    ]
    assert all(d.recorded.isprintable() and d.now.isprintable() for d in result.differences)
    assert [version.what for version in result.versions] == ["icarus", "rtlgen"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("rtl/half_adder.v", ["rtl/half_adder.v"]),
        ("tb/stimulus.py", ["tb/stimulus.py"]),
        ("spec.md", ["specification: digest"]),
    ],
)
def test_files_that_were_changed_are_said(
    recorded: Path, tmp_path: Path, name: str, what: list[str]
) -> None:
    with changed(recorded, tmp_path) as (folder, _):
        path = folder / name
        path.write_text(path.read_text() + "\n")
    assert said(again(folder)) == what


def test_answers_are_found_under_prompts_that_read_otherwise(
    recorded: Path, tmp_path: Path
) -> None:
    with changed(recorded, tmp_path) as (folder, found):
        found["options"]["style"] = "reasoning"
    result = again(folder)
    assert result.differences == ()
    assert [version.what for version in result.versions] == ["prompts"]


def test_an_answer_that_was_changed_is_judged(recorded: Path, tmp_path: Path) -> None:
    with changed(recorded, tmp_path) as (folder, _):
        path = folder / "answers.jsonl"
        path.write_text(path.read_text().replace("assign sum = a;", "assign sum = b;"))
    assert "candidate 0: digest" in said(again(folder))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda run: run.update(schema_version=1), "schema_version: Input should be 2"),
        (lambda run: run.pop("candidates"), "candidates: Field required"),
        (lambda run: run["options"].update(simulators=["vcs"]), r"among icarus, .*not \['vcs'\]"),
        (lambda run: run["options"].update(simulators=[]), r"among icarus, .*not \[\]"),
        (lambda run: run["options"].update(timeout=0), "options.timeout|greater than 0"),
        (lambda run: run["options"].update(candidates=0), "greater than or equal to 1"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused(
    recorded: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with changed(recorded, tmp_path) as (folder, found):
        change(found)
    with pytest.raises(UsageError, match=rf"{message}(.|\n)*\n\nhint: "):
        again(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00"])
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UsageError, match=r"no record of this version of rtlgen: \w.*\n\nhint: "):
        again(tmp_path)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must hold run.json, .* does not: No such file"):
        again(tmp_path)


def test_answers_that_are_missing_are_said(recorded: Path, tmp_path: Path) -> None:
    with changed(recorded, tmp_path) as (folder, _):
        (folder / "answers.jsonl").unlink()
    with pytest.raises(UsageError, match=r"must hold its answers, .*\n\nhint: "):
        again(folder)


@pytest.fixture
def looked_up_anew() -> Iterator[None]:
    """Have tools looked for anew, before and after."""
    tools.forget()
    yield
    tools.forget()


@pytest.mark.usefixtures("looked_up_anew")
def test_the_simulator_of_the_run_must_be_there(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVERILOG", "/nowhere/iverilog")
    with pytest.raises(ToolNotFound, match="iverilog"):
        again(recorded)


@pytest.mark.usefixtures("looked_up_anew")
def test_a_simulator_that_was_not_needed_may_be_missing(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with changed(recorded, tmp_path) as (folder, found):
        found["options"]["simulators"] = ["icarus", "verilator"]
        found["versions"]["verilator"] = "5.000"
    monkeypatch.setenv("VERILATOR_BIN", "/nowhere/verilator")
    result = again(folder)
    assert result.differences == ()
    assert [(v.what, v.now) for v in result.versions] == [("verilator", "nothing")]
