"""Runs to report on."""

from __future__ import annotations

from typing import Any

from rtlgen.design.record import (
    CandidateRecord,
    EvidenceRecord,
    FindingRecord,
    FragmentRecord,
    GroupRecord,
    MismatchRecord,
    ModelRecord,
    OptionsRecord,
    PortRecord,
    ReferenceRecord,
    RunRecord,
    SamplingRecord,
    SpecRecord,
    TestbenchRecord,
    ToolRunRecord,
    TrustRecord,
    UsageRecord,
    VerdictRecord,
)

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
COUNTER = """\
// Counts up, and wraps after the limit.
module lift_counter (
    input  wire       clk,
    input  wire       rst_n,
    input  wire       step,
    input  wire [3:0] limit,
    output reg  [3:0] floor,
    output wire       top
);
    /* The comparison is
       combinational. */
    assign top = floor == limit;

    always @(posedge clk or negedge rst_n)
        if (!rst_n) floor <= 4'b0;
        else if (step) floor <= top ? 4'd0 : floor + 4'd1;
endmodule
"""
WRONG = COUNTER.replace("top ? 4'd0 : floor + 4'd1", "floor + 4'd1")
BROKEN = WRONG.replace("assign top = floor == limit;", "assign top = floor == ;")


def tool_run(output: str = "", **changes: Any) -> ToolRunRecord:
    facts: dict[str, Any] = {
        "command": ["iverilog", "-g2012", "-o", "sim.vvp", "rtl/lift_counter.v"],
        "exit_code": 0,
        "limit": None,
        "seconds": 0.04,
        "output": output,
        "truncated": False,
    }
    return ToolRunRecord(**(facts | changes))


def verdict(status: str = "pass", **changes: Any) -> VerdictRecord:
    passed = status == "pass"
    facts: dict[str, Any] = {
        "status": status,
        "cause": "none" if passed else "mismatch",
        "reason": "all 120 checks held" if passed else "31 of 120 checks did not hold",
        "simulator": "Icarus Verilog 11.0",
        "checked": 120,
        "expected": 120,
        "mismatches": 0 if passed else 31,
        "first_mismatch": None,
        "notes": [],
        "runs": [tool_run(), tool_run(command=["vvp", "sim.vvp"], seconds=0.31)],
    }
    return VerdictRecord(**(facts | changes))


def wrap_mismatch() -> MismatchRecord:
    """A counter that does not wrap at its limit."""
    history = []
    for sample in range(8):
        floor = format(max(0, sample - 1), "04b") if sample else "xxxx"
        history.append(
            {
                "rst_n": "0x0" if sample < 2 else "0x1",
                "step": "0x1",
                "limit": "0xf" if sample < 2 else "0x6",
                "floor": floor,
                "top": "x" if not sample else str(int(floor == "0110")),
            }
        )
    return MismatchRecord(
        check=14,
        phase="directed: counts past the limit",
        time_ns=145.0,
        port="floor",
        expected="0000",
        got="0111",
        inputs={"rst_n": "0x1", "step": "0x1", "limit": "0x6"},
        history=history,
    )


def candidate(number: int = 0, **changes: Any) -> CandidateRecord:
    facts: dict[str, Any] = {
        "number": number,
        "origin": "propose",
        "proposer": "openai:small-coder",
        "request": f"{number:064x}",
        "usage": UsageRecord(
            prompt_tokens=612, completion_tokens=240 + number, seconds=2.5 + number / 4
        ),
        "declined": None,
        "digest": f"{number:064x}",
        "sources": {"lift_counter.v": COUNTER},
        "guess": False,
        "notes": [],
        "score": 1.0,
        "verdict": verdict(),
    }
    return CandidateRecord(**(facts | changes))


def failed(*, source: str = "module m;\nendmodule\n", mismatch: bool = True) -> RunRecord:
    """A run of the built-in proposer."""
    judged = VerdictRecord(
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
        reason=judged.reason,
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
        options=OptionsRecord(simulators=["icarus"], seed=1, timeout=60.0),
        candidates=[
            CandidateRecord(
                origin="compiled",
                proposer="built-in",
                digest="0",
                sources={"m.v": source},
                declined=None,
                guess=True,
                notes=["a note"],
                score=0.87,
                verdict=judged,
            )
        ],
        chosen=0,
        versions={"python": "3.11.7", "icarus": "11.0"},
        isolation=["network: none"],
    )


def _search_candidates() -> list[CandidateRecord]:
    miss = wrap_mismatch()
    wrong = verdict("fail", first_mismatch=miss)
    syntax = verdict(
        "fail",
        cause="syntax",
        reason="lift_counter.v:12: expected expression",
        simulator="",
        checked=0,
        mismatches=0,
        runs=[
            tool_run("lift_counter.v:12:28: error: expected expression\n", exit_code=1),
        ],
    )
    worse = verdict("fail", reason="90 of 120 checks did not hold", mismatches=90)
    nothing: dict[str, Any] = {"sources": {}, "digest": None, "verdict": None, "score": 0.0}
    return [
        candidate(0, sources={"lift_counter.v": BROKEN}, verdict=syntax, score=0.1),
        candidate(1, sources={"lift_counter.v": WRONG}, verdict=wrong, score=0.7821),
        candidate(
            2, declined="the answer holds no module\n\nit begins: Sure! A counter", **nothing
        ),
        candidate(3, failure="the server limits the rate: 429 after 4 tries", **nothing),
        candidate(
            4,
            parent=0,
            origin="syntax repair",
            sources={"lift_counter.v": WRONG.replace("// Counts", "// It counts")},
            twin=1,
            verdict=wrong,
            score=0.7821,
        ),
        candidate(
            5,
            parent=1,
            origin="functional repair",
            sources={"lift_counter.v": WRONG.replace("4'b0;", "limit;")},
            verdict=worse,
            score=0.4625,
        ),
        candidate(6, parent=1, origin="functional repair", notes=["a header was repeated"]),
        candidate(
            7,
            parent=5,
            origin="functional repair",
            sources={"lift_counter.v": 'module lift_counter; initial $system("ls"); endmodule\n'},
            verdict=verdict(
                "fail",
                cause="refused by the gate",
                reason="system task $system is not allowed",
                simulator="",
                checked=0,
                mismatches=0,
                runs=[],
            ),
            score=0.05,
        ),
    ]


_PORTS = [
    PortRecord(name="clk", direction="input", range="", width=1, role="clock, rising edge"),
    PortRecord(
        name="rst_n", direction="input", range="", width=1, role="asynchronous reset, active low"
    ),
    PortRecord(name="step", direction="input", range="", width=1),
    PortRecord(name="limit", direction="input", range="[3:0]", width=4),
    PortRecord(name="floor", direction="output", range="[3:0]", width=4),
    PortRecord(name="top", direction="output", range="", width=1),
]


def searched() -> RunRecord:
    """A model's run that golden RTL verified: repairs, a twin, no code, no answer."""
    return RunRecord(
        rtlgen="0.1.0",
        command=["rtlgen", "design", "lift.md", "--golden", "lift_golden.v"],
        started="2026-01-01T00:00:00+00:00",
        seconds=31.25,
        outcome="verified",
        exit_code=0,
        reason="all 120 checks held",
        spec=SpecRecord(
            path="lift.md",
            digest="0" * 64,
            module="lift_counter",
            ports=_PORTS,
            findings=[
                FindingRecord(
                    rule="reset-value",
                    severity="question",
                    lines="line 9",
                    message="what is `floor` after reset?",
                    assumption="0",
                )
            ],
            fragments=[
                FragmentRecord(
                    kind="equations", lines="line 12", notes=[], statements=["top = floor == limit"]
                )
            ],
        ),
        testbench=TestbenchRecord(
            reference="lift_golden.v",
            independent=True,
            seed=1,
            expected_checks=120,
            digest="0" * 64,
            notes=[],
            phases=["directed: counts past the limit (20 cycles)", "random: 40 cycles (40 cycles)"],
        ),
        options=OptionsRecord(
            simulators=["icarus"], seed=1, timeout=60.0, candidates=4, rounds=2, golden=["g.v"]
        ),
        candidates=_search_candidates(),
        chosen=6,
        model=ModelRecord(
            name="openai:small-coder",
            chosen_by="RTLGEN_MODEL",
            sampling=SamplingRecord(temperature=0.8, top_p=0.95, max_tokens=4096, stop=[]),
            requests=7,
            reused=1,
            failures={"the server limits the rate": 1},
            usage=UsageRecord(
                prompt_tokens=4896,
                completion_tokens=12048,
                estimated=True,
                seconds=27.0,
                cost=0.0123,
            ),
            budget="16 944 of 100 000 tokens, 8 of 12 answers",
            notes=["the server ignores `seed`"],
        ),
        versions={"python": "3.11.7", "cocotb": "2.1.0", "icarus": "Icarus Verilog 11.0"},
        isolation=["network: none", "file system: private"],
    )


def blind() -> RunRecord:
    """A model's run without a reference, judged by agreement."""
    unjudged: dict[str, Any] = {"verdict": None, "score": 0.0}
    other = {"lift_counter.v": WRONG}
    run = searched()
    return run.model_copy(
        update={
            "command": ["rtlgen", "design", "lift.md"],
            "outcome": "trusted",
            "reason": "3 of 5 independent candidates behave alike, and so does a reference model",
            "testbench": None,
            "candidates": [
                candidate(0, group=0, **unjudged),
                candidate(1, group=1, sources=other, **unjudged),
                candidate(2, group=0, **unjudged),
                candidate(3, group=0, **unjudged),
                candidate(4, group=1, sources=other, **unjudged),
            ],
            "chosen": 0,
            "trust": TrustRecord(
                value=0.93,
                demanded=0.9,
                evidence=[
                    EvidenceRecord(kind="agreement", text="3 of 5 candidates behave alike"),
                    EvidenceRecord(
                        kind="reference model", text="reference 0 agrees on 96 of 96 samples"
                    ),
                    EvidenceRecord(kind="values", text="`top` is X or Z at 1.0 % of the samples"),
                ],
                groups=[
                    GroupRecord(number=0, members=[0, 2, 3], trust=0.93),
                    GroupRecord(number=1, members=[1, 4], trust=0.05),
                ],
                references=[
                    ReferenceRecord(
                        number=0,
                        request="a" * 64,
                        source="class Reference:\n    def step(self, i):\n        return {}\n",
                        state="used",
                        reason="the worked example of line 20 holds",
                    ),
                    ReferenceRecord(
                        number=1,
                        request=None,
                        source="class Reference:\n    pass\n",
                        state="suspected",
                        reason="most independent candidates contradict it",
                    ),
                ],
            ),
        }
    )


def many(number: int = 64) -> RunRecord:
    """A run with many candidates, long sources and long logs."""
    log = "warning: <sorry> a & b\n" * 800
    source = COUNTER + "// filler & <more>\n" * 1500
    judged = verdict("fail", first_mismatch=wrap_mismatch(), runs=[tool_run(log)] * 4)
    made = [
        candidate(
            n,
            parent=None if n % 5 == 0 else n - 1 - n % 3 if n > 4 else None,
            origin="propose" if n % 5 == 0 else "functional repair",
            sources={"lift_counter.v": source.replace("floor <=", f"floor /* {n} */ <=")},
            verdict=judged,
            score=0.78,
        )
        for n in range(number)
    ]
    return searched().model_copy(update={"candidates": made, "chosen": 3, "outcome": "failed"})
