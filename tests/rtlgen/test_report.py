"""The report: what it says, and that hostile text stays in its place."""

from __future__ import annotations

from rtlgen.design.record import (
    CandidateRecord,
    FindingRecord,
    FragmentRecord,
    MismatchRecord,
    RunRecord,
    SpecRecord,
    TestbenchRecord,
    VerdictRecord,
    to_json,
)
from rtlgen.design.report import render_report
from tests.golden import check_golden

MISMATCH = MismatchRecord(
    check=5,
    phase="corners",
    time_ns=70.0,
    port="y",
    expected="10",
    got="1x",
    inputs={"a": "0x1"},
    history=[{"a": "0x0", "y": "00"}],
)


def record(*, source: str = "module m;\nendmodule\n", mismatch: bool = True) -> RunRecord:
    verdict = VerdictRecord(
        status="fail" if mismatch else "pass",
        cause="mismatch" if mismatch else "none",
        reason="1 of 8 checks did not hold" if mismatch else "all 8 checks held",
        simulator="Icarus Verilog 11.0",
        checked=8,
        expected=8,
        mismatches=int(mismatch),
        first_mismatch=MISMATCH if mismatch else None,
        notes=["two-state"],
        runs=[],
    )
    return RunRecord(
        rtlgen="0.1.0",
        command=["rtlgen", "design", "my spec.md"],
        started="2026-01-01T00:00:00+00:00",
        seconds=1.25,
        outcome="failed" if mismatch else "verified",
        exit_code=int(mismatch),
        reason=verdict.reason,
        spec=SpecRecord(
            path="my spec.md",
            digest="0",
            module="m",
            findings=[
                FindingRecord(
                    rule="reset-kind",
                    severity="question",
                    lines="line 3",
                    message="is it | synchronous?",
                    assumption="it is",
                ),
                FindingRecord(
                    rule="tbd", severity="note", lines="line 4", message="a TBD", assumption=""
                ),
            ],
            fragments=[
                FragmentRecord(
                    kind="truth table",
                    lines="lines 5-9",
                    notes=["a is the left column"],
                    statements=[f"statement {n}" for n in range(50)],
                )
            ],
        ),
        testbench=TestbenchRecord(
            reference="truth table (lines 5-9)",
            independent=False,
            seed=1,
            expected_checks=8,
            digest="0",
            notes=["the waveform shows only some cases"],
            phases=["exhaustive: all 4 input combinations (4 cycles)"],
        ),
        candidates=[
            CandidateRecord(
                proposer="built-in",
                digest="0",
                sources={"m.v": source},
                declined=None,
                guess=True,
                notes=["a note"],
                verdict=verdict,
            )
        ],
        versions={"python": "3.11.7", "icarus": "11.0"},
        isolation=["network: none"],
    )


def test_report() -> None:
    check_golden("report/failed.md", render_report(record(), waveform=True))


def test_source_cannot_leave_its_fence() -> None:
    source = "module m;\n// ```\n// # verified\n// ````\nendmodule\n"
    text = render_report(record(source=source), waveform=False)
    fence = text.split("## rtl/m.v\n\n")[1].split("verilog\n")[0]
    assert fence == "`" * 5
    assert text.count(fence + "\n") == 1  # it is closed once, at its end


def test_record_is_read_back() -> None:
    assert RunRecord.model_validate_json(to_json(record())) == record()
