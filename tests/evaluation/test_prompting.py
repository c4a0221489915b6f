"""Prompts of benchmarks read as recorded, and their examples are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation import prompting
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.catalog import BENCHMARKS, benchmark
from rtlgen.evaluation.problem import Problem
from rtlgen.llm.model import Message
from sim.design import Design
from sim.gate import admit_many
from tests.golden import check_golden

HEADER = "module TopModule (\n  input  [3:0] a,\n  output       y\n);"
DESCRIPTION = "The output y is 1 if a has the value 9.\n\n\n  a | y\n  --|--\n\n  9 | 1"
SPEC = Problem(
    task_id="Prob001_nine", top="TopModule", description=f"\n{DESCRIPTION}\n", test="", golden=""
)
COMPLETE = replace(SPEC, description=f"\n{DESCRIPTION}\n\n{HEADER}\n\n", header=f"\n{HEADER}\n")
V1 = replace(SPEC, top="top_module", header=HEADER.replace("TopModule", "top_module") + "\n")
CASES = [
    ("v1", "verilog-eval-v1-human", V1, 0),
    ("v2_spec", "verilog-eval-v2-spec-to-rtl", SPEC, 0),
    ("v2_spec_4", "verilog-eval-v2-spec-to-rtl", SPEC, 4),
    ("v2_complete", "verilog-eval-v2-code-complete", COMPLETE, 0),
    ("v2_complete_4", "verilog-eval-v2-code-complete", COMPLETE, 4),
    ("rtllm", "rtllm-v2", SPEC, 0),
]


def shown(messages: Sequence[Message]) -> str:
    return "".join(f"[{m.role}]\n{m.content}\n\n" for m in messages)


@pytest.mark.parametrize(("golden", "name", "problem", "shots"), CASES)
def test_prompts_read_as_recorded(golden: str, name: str, problem: Problem, shots: int) -> None:
    messages = benchmark(name).prompt(problem, shots=shots)
    check_golden(f"benchmark_prompts/{golden}.md", shown(messages))


@pytest.mark.parametrize("name", ["verilog-eval-v2-spec-to-rtl", "rtllm-v1.1"])
def test_a_description_is_told_word_for_word(name: str) -> None:
    assert DESCRIPTION in shown(benchmark(name).prompt(SPEC))


def test_a_header_is_told_once_and_last() -> None:
    for name, problem in (
        ("verilog-eval-v2-code-complete", COMPLETE),
        ("verilog-eval-v1-human", V1),
    ):
        text = benchmark(name).prompt(problem)[-1].content
        assert text.count(problem.header.strip()) == 1
        assert text.endswith(");\n")


@pytest.mark.parametrize("known", BENCHMARKS.values(), ids=lambda known: known.name)
def test_shots_that_there_are_not(known: object) -> None:
    bench = benchmark(getattr(known, "name", ""))
    there_are = f"0 to {bench.max_shots}" if bench.max_shots else "no"
    for shots in (-1, bench.max_shots + 1):
        with pytest.raises(UsageError, match=rf"has {there_are} in-context .*, not {shots}"):
            bench.prompt(COMPLETE, shots=shots)


def test_more_shots_only_add() -> None:
    bench = benchmark("verilog-eval-v2-spec-to-rtl")
    lengths = [len(shown(bench.prompt(SPEC, shots=n))) for n in range(bench.max_shots + 1)]
    assert lengths == sorted(set(lengths))
    assert bench.max_shots == len(prompting.EXAMPLES) == 4


@pytest.mark.parametrize("name", prompting.EXAMPLES)
def test_an_example_is_what_the_official_rules_take(name: str) -> None:
    shown_example = prompting.example(name)
    spec = benchmark("verilog-eval-v2-spec-to-rtl")
    answer = f"[BEGIN]\n{shown_example.code}\n[DONE]"
    assert spec.combine(SPEC, answer, Extract.OFFICIAL).verilog == shown_example.code + "\n"
    problem = replace(COMPLETE, header=shown_example.header)
    complete = benchmark("verilog-eval-v2-code-complete")
    found = complete.combine(problem, shown_example.body, Extract.OFFICIAL).verilog
    assert (found or "").split() == shown_example.code.split()


def test_examples_pass_the_gate() -> None:
    designs = [
        Design(top="TopModule", sources={"dut.sv": prompting.example(name).code})
        for name in prompting.EXAMPLES
    ]
    assert [admission.refusals for admission in admit_many(designs)] == [()] * len(designs)
