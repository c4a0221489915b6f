"""What verdicts rest on, in records and reports."""

from __future__ import annotations

import pytest

from rtlgen.design import summary
from rtlgen.design.html import render_html
from rtlgen.design.record import QuorumRecord, RunRecord, SettledRecord
from rtlgen.design.report import render_report
from tests.rtlgen.report_runs import blind, searched


def agreed() -> RunRecord:
    run = blind()
    assert run.trust is not None
    quorum = QuorumRecord(answers=16, alike=15, against=[])
    return run.model_copy(
        update={
            "outcome": "verified",
            "basis": "agreement",
            "rests_on": ["agreement of 15 of 16 answers", "the worked example (line 20)"],
            "testbench": searched().testbench,
            "trust": run.trust.model_copy(update={"quorum": quorum}),
        }
    )


def test_a_report_says_what_a_verdict_rests_on() -> None:
    text = render_report(agreed(), waveform=False)
    told = text[text.index("Verified against:") : text.index("## Specification")]
    assert "- agreement of 15 of 16 answers" in told
    assert "- the worked example" in told
    assert "Agreement is no verdict" not in text


def test_a_page_warns_where_no_reference_was_given() -> None:
    page = render_html(agreed())
    assert "<h2>Verified against</h2>" in page
    assert '<div class="callout warn">' in page


def test_agreement_is_never_told_as_checks_of_a_reference() -> None:
    said = " ".join(summary.limits(agreed()))
    assert "no reference was given" in said
    assert "checks in simulation held" not in said


@pytest.mark.parametrize("reason", ["9 of 16 answers behave alike, 75% are the least"])
def test_a_report_says_why_agreement_is_no_verdict(reason: str) -> None:
    run = blind()
    assert run.trust is not None
    quorum = QuorumRecord(answers=16, alike=9, against=[reason])
    changed = {"trust": run.trust.model_copy(update={"quorum": quorum}), "tried": "16 answers"}
    text = render_report(run.model_copy(update=changed), waveform=False)
    assert f"Agreement is no verdict:\n\n- {reason}" in text.replace("\\", "")
    assert "Tried: 16 answers." in text


@pytest.mark.parametrize(
    ("against", "told"),
    [
        ([], "settle it: they notice 30 of 31 mutants"),
        (["what the specification shows notices 9 of 31 mutants"], "do not settle it either:"),
    ],
)
def test_a_report_says_what_the_examples_settle(against: list[str], told: str) -> None:
    run = blind()
    assert run.trust is not None
    settled = SettledRecord(
        said=["worked example (line 20)"], killed=30, counted=31, keepers=4, against=against
    )
    quorum = QuorumRecord(answers=16, alike=9, against=["9 of 16 answers behave alike"])
    trust = run.trust.model_copy(update={"quorum": quorum, "settled": settled})
    text = render_report(run.model_copy(update={"trust": trust}), waveform=False)
    assert told in text.replace("\\", "")
    assert all(f"- {reason}" in text.replace("\\", "") for reason in against)
    assert "worked example" in text


def test_a_verdict_by_examples_says_what_it_leaves_open() -> None:
    run = agreed().model_copy(update={"basis": "examples"})
    assert "what no example tells" in " ".join(summary.limits(run))
