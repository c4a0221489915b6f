"""Prompts, forms of answers, evidence of repairs, and trust of tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.data.asking import FORMS, Repairs, answer_text, form_of, prompt_for, split_thoughts
from rtlgen.data.doctored import trust_of
from rtlgen.data.evidence import evidence_of
from rtlgen.data.judged import Judged, Task
from rtlgen.data.options import AnswerChoice, BuildOptions, PromptChoice
from rtlgen.data.problem_json import problem_json, problem_of
from rtlgen.data.rows import Kind, SftRow
from rtlgen.data.store import model_name
from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.doctor_record import GoldenRecord, ProblemRecord, SurvivorRecord
from rtlgen.evaluation.judgement import Category, Judgement, Signal, Window, not_judged
from rtlgen.evaluation.problem import Problem
from tests.evaluation.exploits.problems import SUBJECTS, right
from tests.rtlgen.data.made_rows import provenance
from tests.rtlgen.data.small_sources import V2, built, corpus, rows_of, write_samples

PROBLEM = Problem(
    task_id="inverter",
    top="TopModule",
    description="The output y is the inverse of the input a.",
    header="module TopModule (\n  input a,\n  output y\n);",
    test="module tb; endmodule",
    golden="module TopModule (input a, output y);\n  assign y = ~a;\nendmodule\n",
    data=(("rom.hex", b"\xff\x00"),),
    place="/somewhere/problems.jsonl:3",
)
CORPUS = benchmark("corpus")


def test_a_plain_prompt_is_description_and_header() -> None:
    (message,) = prompt_for(PromptChoice.PLAIN, CORPUS, PROBLEM)
    assert message.content == f"{PROBLEM.description}\n\n{PROBLEM.header}"
    assert form_of(PromptChoice.PLAIN, CORPUS, PROBLEM) == "bare"


def test_a_proposal_is_asked_and_answered_in_a_fence() -> None:
    *_, message = prompt_for(PromptChoice.PROPOSE, CORPUS, PROBLEM)
    assert "```verilog" in message.content
    assert form_of(PromptChoice.PROPOSE, CORPUS, PROBLEM) == "fenced"
    assert FORMS["fenced"]("module m;\n") == "```verilog\nmodule m;\n```"


@pytest.mark.parametrize(
    ("name", "form"),
    [("verilog-eval-v1-human", "bare"), ("verilog-eval-v2-spec-to-rtl", "marked")],
)
def test_a_benchmarks_answer_has_the_form_that_its_rule_takes(name: str, form: str) -> None:
    known = benchmark(name)
    top = "top_module" if "v1" in name else "TopModule"
    golden = PROBLEM.golden.replace("TopModule", top)
    problem = Problem(
        task_id="p", top=top, description="x", test="", golden=golden, header="module m;"
    )
    assert form_of(PromptChoice.BENCHMARK, known, problem) == form


def judged(completion: str, verilog: str | None) -> Judged:
    task = Task(
        problem_set="made", problem="p", spec="x", top="TopModule", prompt=(), form="fenced"
    )
    return Judged(
        task=task,
        completion=completion,
        verilog=verilog,
        verdict=None,
        evidence="line 2: it is wrong",
        provenance=provenance(),
    )


def test_answers_are_designs_or_completions() -> None:
    one = judged("Here: module m; endmodule", "module m; endmodule")
    assert answer_text(one, AnswerChoice.COMPLETION) == "Here: module m; endmodule"
    assert answer_text(one, AnswerChoice.DESIGN) == "```verilog\nmodule m; endmodule\n```"
    assert answer_text(judged("I cannot.", None), AnswerChoice.DESIGN) == ""


def test_a_repair_cannot_be_asked_without_ports() -> None:
    one = judged("x", "module TopModule; endmodule")
    told = Repairs(one.task).prompt(one, functional=True)
    assert told is None
    task = Task(
        problem_set="made", problem="p", spec=PROBLEM.description, header=PROBLEM.header,
        top="TopModule", prompt=(),
    )  # fmt: skip
    found = Repairs(task).prompt(one, functional=False)
    assert found is not None
    assert one.evidence in found[-1].content


@pytest.mark.parametrize(
    ("completion", "thought", "rest"),
    [
        ("<think>\nan inverter\n</think>\nmodule", "an inverter", "module"),
        ("<think> it breaks off", "", "<think> it breaks off"),
        ("module <think>no</think>", "", "module <think>no</think>"),
    ],
)
def test_thoughts_stand_at_the_beginning(completion: str, thought: str, rest: str) -> None:
    assert split_thoughts(completion) == (thought, rest)


@pytest.mark.icarus
def test_reasoning_is_kept_where_it_is_wanted(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus", answers=False)
    code = right(SUBJECTS["own_selector"], V2)
    said = f"<think>a multiplexer</think>\n```verilog\n{code}\n```"
    samples = write_samples(tmp_path / "s.jsonl", [("own_selector", said)])
    built(tmp_path / "ds", root, samples, reasoning=True, kinds=(Kind.SFT,))
    (row,) = rows_of(tmp_path / "ds", Kind.SFT)
    assert isinstance(row, SftRow)
    assert row.reasoning == "a multiplexer"
    assert row.completion[0].content.startswith("<think>\na multiplexer\n</think>\nmodule")
    assert row.rtl.strip() == code.strip()


def mismatch(expected: str, got: str) -> Judgement:
    signals = (
        Signal(name="a", role="input", values=("0", "1")),
        Signal(name="y", role="expected", values=("1", expected)),
        Signal(name="y", role="got", values=("1", got)),
    )
    return Judgement(
        official=False,
        functional=False,
        category=Category.MISMATCH,
        reason="3 of 9 samples differ",
        mismatches=3,
        samples=9,
        expected_samples=9,
        window=Window(times=(5, 10), first=4, signals=signals),
    )


def test_evidence_tells_the_first_mismatch() -> None:
    told = evidence_of(mismatch("0", "1"), top="TopModule", verilog=PROBLEM.golden)
    assert "Output y is wrong: 3 of 9 checks failed; the first at sample 5." in told
    assert "y should be 0" in told


def test_where_any_value_will_do_nothing_is_wrong() -> None:
    told = evidence_of(mismatch("x", "1"), top="TopModule", verilog=PROBLEM.golden)
    assert told.startswith("mismatch: 3 of 9 samples differ")


def test_there_is_no_evidence_of_what_passed_or_was_not_judged() -> None:
    passed = Judgement(
        official=True, functional=True, category=Category.PASS, samples=9, expected_samples=9
    )
    assert evidence_of(passed, top="TopModule", verilog=PROBLEM.golden) == ""
    assert evidence_of(not_judged("it crashed"), top="TopModule", verilog="x") == ""


def test_a_problem_travels_as_json_without_its_place() -> None:
    text = problem_json(PROBLEM)
    found = problem_of(text)
    assert "/somewhere" not in text
    assert found.digest == PROBLEM.digest
    assert found.data == PROBLEM.data
    with pytest.raises(UsageError, match="reward_data must be a problem as JSON: top"):
        problem_of(json.dumps({"task_id": "p"}))
    with pytest.raises(UsageError, match="files as base64"):
        problem_of(text.replace("/wA=", "%%%%"))


def survivor(operator: str, differs: bool | None) -> SurvivorRecord:
    return SurvivorRecord(name=operator, operator=operator, differs=differs)


def test_trust_of_a_test_is_what_it_kills() -> None:
    golden = GoldenRecord(official=True, functional=True, category=Category.PASS)
    facts = {"task_id": "p", "golden": golden, "samples": 9}
    assert trust_of(ProblemRecord(**facts)) is None
    assert trust_of(ProblemRecord(**facts, tried=10)) == 1.0
    equal = survivor("negate", False)
    missed = survivor("negate", True)
    assert trust_of(ProblemRecord(**facts, tried=11, survivors=(equal, missed))) == 0.9
    assert trust_of(ProblemRecord(**facts, tried=11, survivors=(survivor("empty", True),))) == 0


def test_model_names_are_no_paths_of_this_machine() -> None:
    assert model_name("hf:/home/somebody/model") == "hf:model"
    assert model_name("openai:org/model-7b") == "openai:org/model-7b"
    assert model_name("gpt4o_human") == "gpt4o_human"


def test_options_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="leave something for training"):
        BuildOptions(validation=0.6, test=0.5)
    with pytest.raises(ValueError, match="min_mean must not be above max_mean"):
        BuildOptions(min_mean=0.9, max_mean=0.1)
