"""Tests in VerilogEval's form are taken apart, and nothing else is."""

from __future__ import annotations

import pytest

from rtlgen.evaluation.harness.mismatch_test import (
    VERDICT,
    UnknownForm,
    depends_on_design,
    take_apart,
)
from tests.evaluation.exploits.problems import COUNTER, SELECTOR, SUBJECTS, Dialect, problem


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("name", SUBJECTS)
def test_the_parts_are_found(name: str, dialect: Dialect) -> None:
    subject = SUBJECTS[name]
    own = problem(subject, dialect)
    parts = take_apart(own.test, top=own.top)
    assert parts.bench == "tb"
    assert parts.match == "tb_match"
    assert parts.instance_name == "top_module1"
    assert [c.port for c in parts.inputs] == [p.name for p in subject.inputs]
    assert parts.got == tuple(f"{p.name}_dut" for p in subject.outputs)
    assert parts.expected == tuple(f"{p.name}_ref" for p in subject.outputs)
    assert parts.sampling_event == "@(posedge clk, negedge clk)"
    assert parts.slice(parts.reference).startswith(dialect.reference)
    assert [parts.slice(span) for span in parts.literals[VERDICT]] == [f'"{VERDICT}"']
    assert {"stim1", "good1", "stats1", "tb"} <= parts.names
    assert not {p.name for p in subject.ports} & parts.names
    assert not depends_on_design(parts)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("top_module top_module1", "other top_module1", "one module must instantiate 'top_module'"),
        ("assign tb_match", "assign tb_other = 1; wire unused", "comparison"),
        ("if (!tb_match)", "if (tb_mismatch)", "process that counts"),
        ("reference_module good1", "golden_model good1", None),
        ("endmodule", "endmodul", "does not parse"),
    ],
)
def test_another_form_is_refused(old: str, new: str, message: str | None) -> None:
    own = problem(COUNTER, Dialect.V1)
    assert old in own.test
    changed = own.test.replace(old, new)
    if message is None:
        assert take_apart(changed, top=own.top).bench == "tb"
    else:
        with pytest.raises(UnknownForm, match=message):
            take_apart(changed, top=own.top)


@pytest.mark.parametrize(
    "background",
    [
        "always @(posedge clk) if (!tb_match) less <= 1;",
        "bit bad; always @(posedge clk) bad = !tb_match; always @(posedge clk) less <= bad;",
        "bit bad; always @(posedge clk) bad = !tb_match; always @(posedge clk) if (bad) $finish;",
        "always @(tb_match) less <= 1;",
        "bit bad; always @(posedge clk) if (!tb_match) begin #1 bad = 1; end",
        "bit bad; always @(posedge clk) case (tb_match) 0: less <= 1; endcase",
        "always @(posedge clk) less <= tb_match ? 1 : 0;",
        "always @(posedge clk) repeat (tb_match) @(posedge clk);",
    ],
)
def test_a_stimulus_that_looks_at_the_design_is_noticed(background: str) -> None:
    own = problem(SELECTOR, Dialect.V1)
    changed = own.test.replace("  initial begin\n", f"  {background}\n  initial begin\n", 1)
    assert depends_on_design(take_apart(changed, top=own.top))


@pytest.mark.parametrize(
    "background",
    [
        "bit bad; always @(posedge clk) bad = !tb_match;",
        'bit bad; always @(posedge clk) if (!tb_match) begin bad = 1; $display("Hint"); end',
        "int hints; always @(posedge clk) if (!tb_match) hints++;",
    ],
)
def test_a_hint_that_is_printed_is_no_dependence(background: str) -> None:
    own = problem(SELECTOR, Dialect.V1)
    changed = own.test.replace("  initial begin\n", f"  {background}\n  initial begin\n", 1)
    assert not depends_on_design(take_apart(changed, top=own.top))


def test_edits_that_overlap_are_refused() -> None:
    own = problem(COUNTER, Dialect.V1)
    parts = take_apart(own.test, top=own.top)
    with pytest.raises(ValueError, match="edits overlap at byte 5"):
        parts.edited([((0, 10), ""), ((5, 12), "")])
