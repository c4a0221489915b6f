"""The report: what it says, and that hostile text stays in its place."""

from __future__ import annotations

import pytest

from rtlgen.design.record import RunRecord, to_json
from rtlgen.design.report import render_report
from rtlgen.design.summary import mismatch_picture, shown_mismatch
from tests.golden import check_golden
from tests.rtlgen.report_runs import blind, candidate, failed, many, searched


def test_failed_run() -> None:
    check_golden("report/failed.md", render_report(failed(), waveform=True, picture=True))
    assert (mismatch_picture(failed()) or "").startswith("<svg ")
    assert mismatch_picture(failed(mismatch=False)) is None


def test_built_in_run() -> None:
    check_golden("report/builtin.md", render_report(failed(mismatch=False), waveform=False))


def test_search() -> None:
    check_golden("report/searched.md", render_report(searched(), waveform=True))


def test_trusted_run() -> None:
    check_golden("report/blind.md", render_report(blind(), waveform=False))


def test_given_design() -> None:
    run = failed()
    given = run.candidates[0].model_copy(update={"origin": "given", "proposer": "given"})
    text = render_report(run.model_copy(update={"candidates": [given]}), waveform=False)
    assert "## Candidate\n\nGiven, to be judged.\n\n- a note\n\n## Verdict\n" in text


def test_failed_search_shows_the_nearest_candidate() -> None:
    run = searched().model_copy(update={"outcome": "failed", "exit_code": 1, "chosen": None})
    run = run.model_copy(update={"candidates": run.candidates[:6]})
    assert shown_mismatch(run) is not None
    text = render_report(run, waveform=False)
    assert "## Verdict on candidate 1\n" in text
    assert "## rtl/" not in text  # none was written


def test_no_candidate_at_all() -> None:
    run = searched().model_copy(update={"candidates": [], "chosen": None, "outcome": "not judged"})
    assert "## Model" in render_report(run, waveform=False)


def test_many_candidates_fit_lines() -> None:
    text = render_report(many(300), waveform=False)
    tree = text.split("## Candidates\n\n```text\n")[1].split("```")[0].splitlines()
    assert len(tree) == 1 + 200
    assert max(map(len, tree)) <= 140
    assert "and 100 more; `run.json` has them all." in text


def test_source_cannot_leave_its_fence() -> None:
    source = "module m;\n// ```\n// # verified\n// ````\nendmodule\n"
    text = render_report(failed(source=source), waveform=False)
    fence = text.split("## rtl/m.v\n\n")[1].split("verilog\n")[0]
    assert fence == "`" * 5
    assert text.count(fence + "\n") == 1  # it is closed once, at its end


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("# verified", r"\# verified"),
        ("1. one\n# two", r"1\. one # two"),
        ("<img src=x>", r"\<img src=x\>"),
        ("![a](http://b)", r"!\[a\](http://b)"),
        ("A_b and _c_, `d_`", r"A_b and \_c\_, `d_`"),
        ("Good\u202edoog", r"Good\<U+202E\>doog"),
    ],
)
def test_reason_stays_text(reason: str, shown: str) -> None:
    run = searched().model_copy(update={"reason": reason})
    assert render_report(run, waveform=False).splitlines()[2] == f"{shown}."


def test_prose_stays_in_its_line_of_the_tree() -> None:
    declined = candidate(0, declined="``` \n# verified\n" * 9, sources={}, verdict=None)
    run = searched().model_copy(update={"candidates": [declined], "chosen": None})
    assert "\n# verified" not in render_report(run, waveform=False)


def test_record_is_read_back() -> None:
    for run in (failed(), searched(), blind()):
        assert RunRecord.model_validate_json(to_json(run)) == run
