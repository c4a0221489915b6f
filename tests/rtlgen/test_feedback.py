"""What a repair is told: the place, the values, the samples before, and advice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rtlgen.design.feedback import MAX_CHARACTERS, feedback, no_code
from rtlgen.design.mismatch_text import hexadecimal, remarks, value_text
from sim.design import Design
from sim.drivers import SourceLine
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from sim.verdict import Cause, Mismatch, Status, Verdict
from tests.golden import check_golden

GAUGE = Interface(
    module="gauge",
    ports=(
        Port(name="clk", direction=Direction.INPUT),
        Port(name="rst", direction=Direction.INPUT),
        Port(name="step", direction=Direction.INPUT, msb=3, lsb=0),
        Port(name="level", direction=Direction.OUTPUT, msb=8, lsb=1),
        Port(name="full", direction=Direction.OUTPUT),
    ),
    clocks=(Clock(port="clk"),),
    resets=(Reset(port="rst"),),
)
DESIGN = Design(
    top="gauge",
    sources={"gauge.v": "\n".join(f"line {n}" for n in range(1, 21))},
)


def row(clk: int, rst: int, step: int, level: int) -> Mapping[str, str]:
    outputs = {"level": f"{level:08b}", "full": str(int(level > 9))}
    return {"clk": f"0x{clk}", "rst": f"0x{rst}", "step": f"0x{step:x}", **outputs}


HISTORY = (row(1, 1, 3, 0), row(0, 0, 3, 0), row(1, 0, 3, 3), row(0, 0, 9, 3), row(1, 0, 9, 12))


def mismatch(
    want: str, got: str, *, history: tuple[Mapping[str, str], ...] = HISTORY, rst: int = 0
) -> Mismatch:
    inputs = {"clk": "0x0", "rst": f"0x{rst}", "step": "0xf"}
    return Mismatch(
        check=17, phase="random", time_ns=170.0, port="level", expected=want, got=got,
        inputs=inputs, history=history,
    )  # fmt: skip


def failed(first: Mismatch | None, cause: Cause = Cause.MISMATCH, reason: str = "wrong") -> Verdict:
    return Verdict(
        status=Status.FAIL, cause=cause, reason=reason, checked=400, expected=400,
        mismatches=31 if first else 0, first_mismatch=first,
    )  # fmt: skip


DRIVING = (
    SourceLine(file="gauge.v", line=12, text="level <= level + step;"),
    SourceLine(file="gauge.v", line=9, text="if (rst)"),
)


def test_a_mismatch_is_told_with_the_samples_before_it() -> None:
    text = feedback(
        failed(mismatch("00001100", "00001111")), interface=GAUGE, driving=DRIVING, design=DESIGN
    )
    check_golden("prompts/feedback_mismatch.txt", text + "\n")


def test_x_on_an_output_comes_with_what_causes_x() -> None:
    first = mismatch("0000110-", "xxxxxxxx", history=())
    text = feedback(failed(first, Cause.UNKNOWN_VALUE), interface=GAUGE)
    check_golden("prompts/feedback_unknown_value.txt", text + "\n")


def test_a_wide_function_is_told_in_hexadecimal() -> None:
    first = Mismatch(
        check=0, phase="", time_ns=10.0, port="sum", expected="1" * 128, got="1" * 120 + "0" * 8,
        inputs={"a": "0x" + "f" * 32, "b": "0x" + "0" * 32},
    )  # fmt: skip
    check_golden("prompts/feedback_wide.txt", feedback(failed(first)) + "\n")


def test_a_refusal_is_told_with_its_lines() -> None:
    reason = (
        "gauge.v:3: system task '$finish' is not for designs; "
        "gauge.v:20: expected ';'; gauge.v:99: nowhere"
    )
    text = feedback(failed(None, Cause.REFUSED, reason), design=DESIGN, interface=GAUGE)
    check_golden("prompts/feedback_refused.txt", text + "\n")


def test_a_compiler_message_in_a_sentence_is_found() -> None:
    reason = "Icarus Verilog 11.0 cannot compile what slang accepts: gauge.v:2: sorry: no streaming"
    verdict = Verdict(status=Status.ERROR, cause=Cause.BENCH, reason=reason)
    text = feedback(verdict, design=DESIGN)
    assert text.startswith("Icarus Verilog 11.0 cannot compile what slang accepts:\nline 2: sorry")
    assert "  >    2  line 2\n" in text
    assert "write it in plainer Verilog" in text


@pytest.mark.parametrize(
    ("status", "cause", "advice"),
    [
        (Status.FAIL, Cause.INTERFACE, "those of the header that is asked for"),
        (Status.FAIL, Cause.ELABORATION, "elaboration: told"),
        (Status.UNKNOWN, Cause.INCOMPLETE, "may end or stall the simulation"),
        (Status.TIMEOUT, Cause.TIME, "combinational loop"),
        (Status.TIMEOUT, Cause.MEMORY, "enormous array"),
        (Status.TIMEOUT, Cause.OUTPUT, r"Remove every `\$display`"),
    ],
)
def test_every_cause_has_its_advice(status: Status, cause: Cause, advice: str) -> None:
    text = feedback(Verdict(status=status, cause=cause, reason="told"))
    assert text.startswith(f"{cause.value}: told")
    with pytest.raises(AssertionError, match=advice):
        raise AssertionError(text)


def test_an_answer_without_code_is_told_why() -> None:
    assert no_code("it is prose").endswith("used: it is prose.")
    assert "broke off" in no_code("the answer is empty", truncated=True)


@pytest.mark.parametrize(
    ("want", "got", "said"),
    [
        ("00001100", "00001101", "it is one more than expected"),
        ("00000000", "11111111", "every bit is inverted"),
        ("00001100", "00001011", "it is one less than expected"),
        ("00010110", "01101000", "the bits are in reverse order"),
        ("00010110", "00101100", "it is the expected value shifted left by one"),
        ("00010110", "00001011", "it is the expected value shifted right by one"),
        ("00010110", "zzzzzzzz", "bits of level are Z: nothing drives them"),
        ("00011011", "00001100", "level kept the value of the sample before, and should have"),
        ("00001100", "01100000", "level changed, and should have kept its value"),
    ],
)
def test_what_a_value_looks_like(want: str, got: str, said: str) -> None:
    assert any(line.startswith(said) for line in remarks(mismatch(want, got), None))


def test_a_change_between_two_edges_is_told_as_one() -> None:
    steady = (*HISTORY, row(0, 0, 9, 12))  # the mismatch, too, is seen while clk is 0
    said = list(remarks(mismatch("00001100", "01100000", history=steady), GAUGE))
    assert "level changed without an active clock edge, and should have kept its value" in said
    assert not [line for line in remarks(mismatch("00001100", "1" * 8), GAUGE) if "edge" in line]


def test_a_reset_that_is_asserted_is_mentioned() -> None:
    said = list(remarks(mismatch("00000000", "00000101", rst=1), GAUGE))
    assert "the synchronous reset rst is asserted here" in said
    assert not [line for line in remarks(mismatch("0" * 8, "00000101"), GAUGE) if "reset" in line]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1", "1"),
        ("x", "x"),
        ("0110", "4'b0110 = 6"),
        ("01101001", "8'b01101001 = 105 = 8'h69"),
        ("0110x001", "8'b0110x001"),
        ("1" * 66, "66'h3ffffffffffffffff"),
        ("z" * 64 + "zx10", "68'h" + "z" * 16 + "X"),
    ],
)
def test_values_are_shown_as_they_are_compared(value: str, text: str) -> None:
    assert value_text(value) == text


def test_unknown_digits() -> None:
    assert hexadecimal("xxxx1010z") == "XXX"
    assert hexadecimal("xxxxzzzz--------1010") == "xz--a"


def test_feedback_stays_short_whatever_the_ports() -> None:
    names = [f"signal_with_a_long_name_{i}" for i in range(300)]
    wide = dict.fromkeys(names, "0x" + "5" * 64)
    moving = tuple(dict.fromkeys(names, f"0x{k:064x}") | {"level": "0" * 256} for k in range(8))
    first = Mismatch(
        check=8, phase="p", time_ns=1.0, port="level", expected="1" * 256, got="0" * 256,
        inputs=wide, history=moving,
    )  # fmt: skip
    lines = [SourceLine(file="a.v", line=i, text="x" * 200) for i in range(40)]
    text = feedback(failed(first), interface=GAUGE, driving=lines)
    assert len(text) <= MAX_CHARACTERS
    assert text.endswith("(more left out)")
    assert "level" in text
    assert len(feedback(failed(None, Cause.SYNTAX, "gauge.v:1: " + "a; " * 20_000))) <= 6000


def test_the_falling_edge_is_told_as_such() -> None:
    falling = Interface(
        module="gauge", ports=GAUGE.ports, clocks=(Clock(port="clk", edge=Edge.FALLING),)
    )
    text = feedback(failed(mismatch("00001100", "00001111")), interface=falling)
    assert "The active edge is where clk goes from 1 in one row to 0 in the next" in text
