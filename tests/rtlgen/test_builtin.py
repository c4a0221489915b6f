from __future__ import annotations

import random

import pytest

from rtlgen.design.builtin import BuiltIn, propose
from rtlgen.design.proposal import Decline, Proposal
from rtlgen.spec.model import Kind
from rtlgen.spec.reader import read_spec
from symbolic.state_table import StateTable
from symbolic.truth_table import TruthTable
from testbench_gen.reference import ReferenceModel
from tests.rtlgen.spec.fragments import writers

GATE = """\
# gate
- input a
- input b
- output f

"""
MACHINE = """\
# machine
- input clk
- input rst: active-high synchronous reset to state IDLE
- input go
- output busy

"""
ARROWS = """\
IDLE (busy=0) --go=1--> RUN
IDLE (busy=0) --go=0--> IDLE
RUN (busy=1) --go=1--> RUN
RUN (busy=1) --go=0--> IDLE
"""
TABLE = """\
| a | b | f |
|---|---|---|
| 0 | 0 | 1 |
| 0 | 1 | 0 |
| 1 | 0 | 0 |
| 1 | 1 | 1 |
"""


def _taken(text: str) -> Proposal:
    answer = propose(read_spec(text))
    assert isinstance(answer, Proposal), answer
    return answer


def _declined(text: str) -> str:
    answer = propose(read_spec(text))
    assert isinstance(answer, Decline), answer.verilog
    return answer.reason


def test_truth_table_becomes_the_module() -> None:
    answer = _taken(GATE + TABLE)
    assert answer.design.top == "gate"
    assert "module gate" in answer.verilog
    assert isinstance(answer.reference, TruthTable)
    assert isinstance(answer.reference, ReferenceModel)
    assert not answer.guess
    assert [fragment.kind for fragment in answer.used] == [Kind.TRUTH_TABLE]


def test_state_diagram_becomes_the_module() -> None:
    answer = _taken(MACHINE + ARROWS)
    assert "posedge clk" in answer.verilog
    assert isinstance(answer.reference, StateTable)
    assert answer.reference.reset_state == "IDLE"


def test_next_state_logic_of_a_one_hot_machine() -> None:
    text = """\
# onehot
- input s (2 bits)
- input go
- output RUN_next
- output busy

One-hot codes for the state s: IDLE=2'b01, RUN=2'b10. Only the logic, no flip-flops.

"""
    answer = _taken(text + ARROWS)
    assert "posedge" not in answer.verilog
    assert answer.reference is not None
    assert not answer.reference.sequential


def test_a_complete_waveform_is_no_guess() -> None:
    wave = "The waveform:\n\n time a b f\n 0ns 0 0 0\n 5ns 0 1 1\n 10ns 1 0 1\n 15ns 1 1 0\n"
    assert not _taken(GATE + wave).guess


def test_rows_that_are_missing_have_to_be_spoken_of() -> None:
    text = GATE + TABLE.replace("| 1 | 1 | 1 |\n", "")
    assert "nothing is said for a=1, b=1" in _declined(text)
    assert not _taken(text + "\nOther combinations never occur.\n").guess


@pytest.mark.parametrize(
    "sentence",
    [
        "The module is combinational: it has no clock and no reset.",
        "It works without registers, latches or flip-flops.",
        "The output is not registered and not inverted.",
        "Nothing is delayed.",
        "There is no latency; the logic isn't pipelined.",
        "Numbers are in two's complement, a fixed width; for instance 1 is 01.",
    ],
)
def test_words_that_are_denied_change_nothing(sentence: str) -> None:
    _taken(GATE + TABLE + "\n" + sentence + "\n")


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no clock, but the output is inverted.",
        "It is not only gated, it is also inverted at the output.",
        "No reset is needed; the output is registered.",
        "The table shows the complement of f.",
        "The result is then ORed with a.",
        "f is active low.",
    ],
)
def test_words_that_only_look_denied_count(sentence: str) -> None:
    _declined(GATE + TABLE + "\n" + sentence + "\n")


@pytest.mark.parametrize(
    ("addition", "reason"),
    [
        ("The output is inverted.", "inverted output"),
        ("f appears one clock cycle later.", "delay"),
        ("This table has a bug; fix it.", "bug"),
        ("It is a submodule of the decoder.", "built of others"),
        ("It is used with a 2-to-1 multiplexer.", "multiplexers"),
        ("f = a & b", "contradict each other"),
        ("For example, a=1 and b=0 gives f=1.", "example"),
        ("The result goes through a flip-flop.", "registers"),
    ],
)
def test_words_that_change_a_table_are_declined(addition: str, reason: str) -> None:
    assert reason in _declined(GATE + TABLE + "\n" + addition + "\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GATE + "It is a NAND gate.\n", "no table"),
        (GATE.replace("- input b", "- input b\n- input en") + TABLE, "input 'en'"),
        (GATE.replace("- output f", "- output f\n- output g") + TABLE, "output 'g'"),
        (GATE.replace("- input a", "- input clk\n- input a") + TABLE, "module has 'clk'"),
        (
            GATE + TABLE.replace("| 1 | 1 | 1 |", "| 1 | 1 | 1 |\n| 1 | 1 | 0 |"),
            "two rows disagree",
        ),
        (MACHINE + ARROWS.replace("RUN (busy=1) --go=0--> IDLE\n", ""), "no transition for go=0"),
        (MACHINE + ARROWS + "RUN (busy=1) --go=0--> RUN\n", "goes to IDLE and to RUN"),
        (MACHINE + ARROWS + "\nThe output is registered.\n", "delay"),
        (MACHINE.replace("- input go", "- input go\n- input pause") + ARROWS, "input 'pause'"),
    ],
)
def test_what_does_not_determine_the_module_is_declined(text: str, reason: str) -> None:
    assert reason in _declined(text)


def test_next_state_signals_that_are_no_ports_are_declined() -> None:
    text = """\
# part
- input y (2 bits)
- input go
- output Y0

One-hot codes of the state y[1:0]: IDLE=01, RUN=10. Write the next-state signals Y0 and Y1.

"""
    assert "Y1, which is no port" in _declined(text + ARROWS.replace("busy=", ""))


def test_the_reason_says_what_to_do() -> None:
    reason = _declined(GATE + "It is a NAND gate.\n")
    assert "none is configured" in reason
    assert "hint: `pip install 'rtlgen[embedded]'` brings a small one" in reason
    assert "name one (`--model openai:MODEL`" in reason
    assert "state the function as a table" in reason
    assert "rtlgen judge design.v --spec" in reason


def test_the_proposer_is_named() -> None:
    assert BuiltIn().name == "built-in"


@pytest.mark.parametrize("seed", range(12))
def test_random_machines_are_taken_on_whole(seed: int) -> None:
    rng = random.Random(seed)
    machine = writers.random_machine(rng, inputs=["x"], outputs=["z"], moore=bool(seed % 2))
    text = "# m\n- input clk\n- input rst\n- input x\n- output z\n\n"
    text += f"rst is an active-high synchronous reset into state {machine.states[-1]}.\n\n"
    answer = _taken(text + writers.transition_rows(rng, machine))
    assert isinstance(answer.reference, StateTable)
    assert answer.reference.reset_state == machine.states[-1]
