"""One answer to each problem by all of rtlgen: what it may see, what it keeps, what it counts as."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation import system
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import ROWS
from rtlgen.evaluation.run_record import write_run
from rtlgen.evaluation.system import FromSystem, Means, Question, question_of
from rtlgen.evaluation.system_answers import RunAnswers
from rtlgen.evaluation.system_record import SYSTEM, read_answers
from rtlgen.llm.model import Answer, Failure, Message, Purpose, Request
from rtlgen.llm.scripted import Scripted
from sim.judge import available_simulators
from tests.evaluation.report_runs import row, run_record

HEADER = "module top_module (\n  input a,\n  input b,\n  output y\n);\n"
AND = f"{HEADER}  assign y = a & b;\nendmodule\n"
TABLE = "Implement this truth table.\n\n| a | b | y |\n|---|---|---|\n| 0 | 0 | 0 |\n"
TABLE += "| 0 | 1 | 0 |\n| 1 | 0 | 0 |\n| 1 | 1 | 1 |\n"


def problem(name: str, description: str = "The output is high when both inputs are.") -> Problem:
    return Problem(
        task_id=name,
        top="top_module",
        description=description,
        header=HEADER,
        test="SECRET TEST",
        reference="SECRET REFERENCE",
        golden="SECRET GOLDEN",
    )


def means(model: Scripted, candidates: int = 2) -> Means:
    return Means(model=model, simulators=available_simulators(), candidates=candidates)


def test_a_question_has_no_place_for_test_or_reference() -> None:
    assert {field.name for field in fields(Question)} == {"subject", "top", "description", "header"}
    assert "SECRET" not in repr(question_of(problem("p")))


def test_the_model_is_told_nothing_secret_and_answers_are_kept(tmp_path: Path) -> None:
    model = Scripted(lambda _: AND)
    made = FromSystem([problem("p/1"), problem("table", TABLE)], means(model), tmp_path)
    first, second = made
    assert first.completion is not None
    assert "a & b" in first.completion
    assert second.completion is not None
    assert "SECRET" not in "".join(m.content for r in model.requests for m in r.messages)
    by = [(answer.task_id, answer.by, answer.candidates) for answer in read_answers(tmp_path)]
    assert by == [("p/1", "model", 2), ("table", "built-in", 0)]
    asked = len(model.requests)
    with (tmp_path / SYSTEM).open("ab") as file:
        file.write(b'{"task_id": "torn')
    again = list(FromSystem([problem("p/1"), problem("table", TABLE)], means(model), tmp_path))
    assert [one.completion for one in again] == [first.completion, second.completion]
    assert len(model.requests) == asked
    assert (tmp_path / SYSTEM).read_bytes().endswith(b"}\n")


def test_no_answer_of_the_model_is_no_failure_of_the_system(tmp_path: Path) -> None:
    silent = Scripted(lambda _: Answer(text=None, failure=Failure.TIMEOUT, detail="slow"))
    (sample,) = FromSystem([problem("p")], means(silent), tmp_path)
    assert sample.completion is None
    assert list(read_answers(tmp_path)) == []


def test_a_description_that_cannot_be_read_fails(tmp_path: Path) -> None:
    nameless = dataclasses.replace(problem("p", "Do something."), header="")
    (sample,) = FromSystem([nameless], means(Scripted({})), tmp_path)
    assert sample.completion == ""
    (answer,) = read_answers(tmp_path)
    assert (answer.by, answer.outcome) == ("nobody", "not judged")


def test_another_model_or_number_is_another_source(tmp_path: Path) -> None:
    one, other = Scripted({}), Scripted({}, name="other")
    digests = {
        FromSystem([problem("p")], with_, tmp_path).source.digest
        for with_ in (means(one), means(other), means(one, 3), replace(means(one), seed=2))
    }
    assert len(digests) == 4


class _OfFiles(Scripted):
    digests: Mapping[str, str] = {}


def test_another_adapter_of_a_model_is_another_source(tmp_path: Path) -> None:
    sources = []
    for adapter in ("a" * 64, "b" * 64):
        model = _OfFiles({})
        model.digests = {"adapter": adapter}
        sources.append(FromSystem([problem("p")], means(model), tmp_path).source)
    assert sources[0].digest != sources[1].digest
    assert sources[1].details["adapter"] == "b" * 64


def run_folder(folder: Path, **verdicts: Category) -> Path:
    folder.mkdir()
    category = verdicts.get("category", Category.PASS)
    rows = [row("p", 0, category, verilog="module a; endmodule"), row("p", 1, Category.NOT_JUDGED)]
    rows[1] = rows[1].model_copy(update={"verilog": None, "digest": ""})
    (folder / ROWS).write_bytes(b"".join(one.line() for one in rows))
    write_run(folder, run_record(["p"]))
    return folder


def asked(sample: int, purpose: Purpose = Purpose.PROPOSE) -> Request:
    messages = (Message(role="user", content="?"),)
    return Request(messages=messages, sample=sample, subject="p", purpose=purpose)


def test_designs_of_a_run_come_back_without_their_verdicts(tmp_path: Path) -> None:
    requests = [asked(0), asked(1), asked(2), asked(0, Purpose.REFERENCE)]
    found = []
    for name, category in (("passed", Category.PASS), ("failed", Category.MISMATCH)):
        folder = run_folder(tmp_path / name, category=category)
        model = RunAnswers(folder, benchmark="made-up")
        found.append([answer.text for _, answer in model.ask(requests)])
    assert found == [["module a; endmodule", None, None, None]] * 2


def test_designs_of_another_benchmark_are_refused(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    with pytest.raises(UsageError, match=r"must be of rtllm-v2, .* is a run of made-up"):
        RunAnswers(folder, benchmark="rtllm-v2")


def test_the_work_folder_is_below_the_run(tmp_path: Path) -> None:
    list(FromSystem([problem("../up")], means(Scripted(lambda _: AND)), tmp_path))
    assert [path.name for path in (tmp_path / system.WORK).iterdir()] == ["..%2Fup"]
