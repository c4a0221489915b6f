"""The rules by which what tools printed becomes an outcome: VerilogEval's, and our own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the official way of running shows of one sample."""

    compile_output: str = ""
    """Both streams of the compiler, on the text as the sample gave it."""
    compile_stderr: str = ""
    compiled: bool = False
    run_output: str = ""
    """What the design printed itself; the test's own lines are facts below."""
    run_stderr: str = ""
    mismatches: int | None = None
    """None where the test did not come to its last line."""
    test_timeout: bool = False
    """The test's own time limit struck."""
    timed_out: bool = False
    """The simulation had to be stopped."""
    verilog: str = ""


class Rule(Protocol):
    """An official rule."""

    passed: str
    """The outcome that is a pass."""
    design_first: bool
    """Whether the design's text stands before the test's."""

    def outcome(self, evidence: Evidence) -> str:
        """Return the benchmark's name for the outcome."""


class V1:
    """VerilogEval 1.0 (Liu et al. 2023, arXiv:2309.07544), `check_correctness`.

    Any text on standard error fails, warnings included.
    """

    passed = "passed"
    design_first = False

    def outcome(self, evidence: Evidence) -> str:
        errors = evidence.compile_stderr + evidence.run_stderr
        if evidence.timed_out:
            return "timed out"
        if "syntax error" in errors:
            return "syntax error"
        if errors:
            return "compile error"
        if evidence.mismatches is None:
            return "no result"
        return self.passed if evidence.mismatches == 0 else "mismatch"


_ALWAYS_COMB = "warning: always_comb process has no sensitivities"
_STEPS = (
    ("syntax error", "S"),
    ("error: This assignment requires an explicit cast", "e"),
    ("error: Sized numeric constant must have a size greater than zero", "0"),
    (_ALWAYS_COMB, "n"),
    ("found no sensitivities so it will never trigger", "n"),
    ("is declared here as wire", "w"),
    ("Unknown module type", "m"),
    ("Unable to bind wire/reg/memory `clk'", "c"),
    ("TIMEOUT", "T"),
)
"""Text in a line of the log, and the outcome that it decides at once."""
_RESET = re.compile(r"posedge reset|negedge reset|posedge r\)")


class V2:
    """VerilogEval 2 (Pinckney et al. 2024, arXiv:2408.11053), `sv-iv-analyze`.

    One letter: `.` passed; compilation: S syntax, e explicit cast, 0 size of a
    constant, n no sensitivities, w declared as wire, m unknown module, p unable
    to bind, c unable to bind `clk`, C other; simulation: T timeout, r mismatch
    with an asynchronous reset in the text, R mismatch.
    """

    passed = "."
    design_first = True

    def outcome(self, evidence: Evidence) -> str:
        lines = [
            *evidence.compile_output.splitlines(),
            *evidence.run_stderr.splitlines(),
            *evidence.run_output.splitlines(),
        ]
        for line in lines:
            for text, letter in _STEPS:
                if text in line:
                    return letter
        if evidence.test_timeout or evidence.timed_out:
            return "T"
        if any("Unable to bind wire/reg" in line for line in lines):
            return "p"
        if any("error" in line for line in lines):
            return "C"
        if evidence.mismatches == 0:
            return self.passed
        return "r" if _RESET.search(evidence.verilog) else "R"


class Own:
    """The rule of rtlgen's own tests: what meets every check passes, warnings or not."""

    passed = "passed"
    design_first = False

    def outcome(self, evidence: Evidence) -> str:
        if evidence.timed_out:
            return "timed out"
        if not evidence.compiled:
            return "compile error"
        if evidence.mismatches is None:
            return "no result"
        return self.passed if evidence.mismatches == 0 else "mismatch"


RULES: dict[str, Rule] = {"verilog-eval-v1": V1(), "verilog-eval-v2": V2(), "corpus": Own()}
