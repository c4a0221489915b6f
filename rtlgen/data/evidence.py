"""What was seen of a wrong design, in the words of a repair prompt."""

from __future__ import annotations

from rtlgen.data.score import share_met
from rtlgen.design.feedback import feedback, no_code
from rtlgen.evaluation.judgement import Category, Judgement, Signal, Window
from sim.design import Design
from sim.errors import InvalidDesign
from sim.verdict import Cause, Mismatch, Status, Verdict

SOURCE = "design.sv"
"""Name by which the harness's messages call a sample."""
_MESSAGES = 3
_CAUSES = {
    Category.SYNTAX: Cause.SYNTAX,
    Category.ELABORATION: Cause.ELABORATION,
    Category.INTERFACE: Cause.INTERFACE,
    Category.MISMATCH: Cause.MISMATCH,
    Category.UNKNOWN_VALUE: Cause.UNKNOWN_VALUE,
    Category.INCOMPLETE: Cause.INCOMPLETE,
    Category.TIMEOUT: Cause.TIME,
    Category.MEMORY: Cause.MEMORY,
    Category.OUTPUT: Cause.OUTPUT,
    Category.REFUSED: Cause.REFUSED,
}
_MESSAGES_OF_TOOLS = frozenset(
    {Category.SYNTAX, Category.ELABORATION, Category.INTERFACE, Category.REFUSED}
)


def evidence_of(judgement: Judgement, *, top: str, verilog: str | None) -> str:
    """Return what a repair prompt tells of a failing `judgement`.

    Empty for a pass, and where nothing was judged.
    """
    if judgement.functional is not False:
        return ""
    if verilog is None:
        return no_code(judgement.reason)
    mismatch = None if judgement.window is None else _mismatch(judgement.window)
    verdict = Verdict(
        status=Status.FAIL,
        cause=_CAUSES[judgement.category],
        reason=_reason(judgement),
        checked=judgement.samples,
        expected=judgement.expected_samples,
        mismatches=judgement.mismatches,
        first_mismatch=mismatch,
    )
    return feedback(verdict, design=_design(top, verilog))


def summary_of(judgement: Judgement) -> str:
    """Return one line for a person."""
    if judgement.category is Category.MISMATCH and judgement.expected_samples > 1:
        return f"{judgement.reason} ({share_met(judgement):.0%} of the checks met)"
    return judgement.reason


def _reason(judgement: Judgement) -> str:
    if judgement.category in _MESSAGES_OF_TOOLS and judgement.log:
        return "; ".join(judgement.log.splitlines()[:_MESSAGES])
    return judgement.reason or judgement.category.value


def _design(top: str, verilog: str) -> Design | None:
    try:
        return Design(top=top, sources={SOURCE: verilog})
    except InvalidDesign:
        return None


def _mismatch(window: Window) -> Mismatch | None:
    expected = {signal.name: signal for signal in window.signals if signal.role == "expected"}
    got = {signal.name: signal for signal in window.signals if signal.role == "got"}
    inputs = [signal for signal in window.signals if signal.role == "input"]
    wrong = next((name for name in expected if name in got and _differs(expected, got, name)), None)
    if wrong is None:
        return None
    last = len(window.times) - 1
    shown = [*inputs, *got.values()]
    return Mismatch(
        check=window.first + last,
        phase="",
        time_ns=float(window.times[last]),
        port=wrong,
        expected=_wanted(expected[wrong].values[last]),
        got=got[wrong].values[last],
        inputs={signal.name: _hex(signal.values[last]) for signal in inputs},
        history=tuple(
            {signal.name: _hex(signal.values[at]) for signal in shown} for at in range(last)
        ),
    )


def _differs(expected: dict[str, Signal], got: dict[str, Signal], name: str) -> bool:
    pairs = zip(_wanted(expected[name].values[-1]), got[name].values[-1], strict=False)
    return any(want in "01" and want != have for want, have in pairs)


def _wanted(value: str) -> str:
    """Return an expected value; where the reference has X or Z, any value is allowed."""
    return "".join(bit if bit in "01" else "-" for bit in value.lower())


def _hex(value: str) -> str:
    """Return a binary value in hexadecimal, or bit by bit where not all of it is known."""
    if value and set(value) <= {"0", "1"}:
        return f"0x{int(value, 2):x}"
    return value.lower()
