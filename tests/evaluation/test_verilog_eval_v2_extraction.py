"""What VerilogEval v2's published script takes from a response, odd cases included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.evaluation.benchmark import Combined, Extract
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.problem import Problem
from tests.evaluation.test_verilog_eval_v1 import ANY_TEXT

SPEC = benchmark("verilog-eval-v2-spec-to-rtl")
COMPLETE = benchmark("verilog-eval-v2-code-complete")
HEADER = "\nmodule TopModule (\n  input a,\n  output y\n);\n"
BODY = "  assign y = ~a;\nendmodule"
WHOLE = HEADER.lstrip() + BODY
HELPER = "module helper; endmodule\n"
PROBLEM = Problem(task_id="Prob001_inv", top="TopModule", description="", test="", golden="")


def spec(completion: str) -> Combined:
    return SPEC.combine(PROBLEM, completion, Extract.OFFICIAL)


def complete(completion: str) -> Combined:
    return COMPLETE.combine(replace(PROBLEM, header=HEADER), completion, Extract.OFFICIAL)


@pytest.mark.parametrize(
    ("completion", "verilog"),
    [
        (f"[BEGIN]\n{WHOLE}\n[DONE]", WHOLE),
        (f"Here:\n  [BEGIN]  \n{WHOLE}\n[DONE]\nprose\n[BEGIN]\nother\n[DONE]", WHOLE),
        ("[BEGIN] module TopModule;\nendmodule [DONE]", " module TopModule;\nendmodule "),
        (f"[BEGIN]\n```verilog\n{WHOLE}\n```\n[DONE]", f"```verilog\n{WHOLE}\n```"),
        (f"Write it as [BEGIN]\n```\n{WHOLE}\n```", WHOLE),
        (f"```verilog\n{HELPER}{WHOLE}\n```\n```\nmore\n```", f"{HELPER}{WHOLE}"),
        (WHOLE, WHOLE),
        (f"\n{WHOLE}\n\n// a remark", WHOLE),
        (f"Here it is:\n{WHOLE}\nIt inverts.", WHOLE),
        (f"```verilog\n{WHOLE}", WHOLE),
        (f"{WHOLE}\n{HELPER}", WHOLE),
        (f"endmodule\n{WHOLE}", "endmodule"),
        (f"module helper;\nendmodule\n{WHOLE}", "module helper;\nendmodule"),
        (f"Prose.\n{BODY}", f"Prose.\n{BODY}"),
    ],
)
def test_spec_to_rtl(completion: str, verilog: str) -> None:
    assert spec(completion).verilog == verilog + "\n"


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        (f"[BEGIN]\n{WHOLE}\n", r"[BEGIN] without [DONE] in a later line"),
        (f"[BEGIN] {WHOLE} [DONE] and more", r"[BEGIN] without [DONE] in a later line"),
        ("[BEGIN]\n[DONE]", "nothing is left"),
        ("```\n```", "nothing is left"),
        (f"  endmodule\n{WHOLE}", "nothing is left"),
    ],
)
def test_spec_to_rtl_finds_nothing(completion: str, reason: str) -> None:
    combined = spec(completion)
    assert combined.verilog is None
    assert combined.reason.startswith(reason)


@pytest.mark.parametrize(
    ("completion", "verilog"),
    [
        (BODY, f"{HEADER}\n\n{BODY}\n"),
        (f"```verilog\n{BODY}\n```\nIt inverts.", f"{HEADER}\n\n{BODY}\n"),
        (f"{BODY}\nIt inverts.", f"{HEADER}\n\n{BODY}\n"),
        (WHOLE, f"{WHOLE}\n"),
        (f"```\n{WHOLE}\n```", f"{WHOLE}\n"),
        (f"Sure.\n{WHOLE}\n{HELPER}", f"{WHOLE}\n"),
        (f"[BEGIN]\n{BODY}\n[DONE]", f"{HEADER}\n\n[BEGIN]\n{BODY}\n"),
        (f"  {WHOLE}", f"{HEADER}\n\n  {WHOLE}\n"),
    ],
)
def test_code_complete(completion: str, verilog: str) -> None:
    assert complete(completion).verilog == verilog


def test_the_rule_is_stated() -> None:
    assert spec(f"[BEGIN]\n{WHOLE}\n[DONE]").rule == "[BEGIN] to [DONE]"
    assert spec(f"```\n{WHOLE}\n```").rule == "first fenced block"
    assert spec(WHOLE).rule == "from module TopModule up to the first endmodule"
    assert complete(BODY).rule == "interface + up to the first endmodule"


def test_robust_takes_helpers_in_any_order() -> None:
    text = f"module helper(input a); endmodule\n{WHOLE.replace('assign', 'helper u(a); assign')}"
    combined = SPEC.combine(PROBLEM, text, Extract.ROBUST)
    assert combined.verilog is not None
    assert "module helper" in combined.verilog
    assert "module TopModule" in combined.verilog


MARKS = st.sampled_from(["[BEGIN]", "[DONE]", "```", "\n", "module TopModule", "endmodule", " "])
ANY_RESPONSE = st.lists(st.one_of(MARKS, ANY_TEXT)).map("".join)


@given(ANY_RESPONSE)
def test_any_text_is_combined(completion: str) -> None:
    for combined in (spec(completion), complete(completion)):
        assert (combined.verilog is None) == bool(combined.reason)
        (combined.verilog or "").encode()


@given(ANY_TEXT.filter(lambda text: "[" not in text and "```" not in text))
def test_what_is_between_the_marks_comes_back(code: str) -> None:
    code = "\n".join(code.encode(errors="replace").decode().splitlines())
    found = spec(f"prose\n[BEGIN]\n{code}\n[DONE]").verilog
    assert (found or "\n") == (f"{code}\n" if code.strip() else "\n")


@pytest.mark.parametrize("piece", ["[BEGIN]", "```\n", "module TopModule", "[DONE]\n", "/*", "\0"])
def test_a_million_characters_take_no_time(piece: str) -> None:
    text = piece * ((1 << 20) // len(piece))
    for combine in (spec, complete):
        assert combine(text).rule
