"""What a designer would ask, and what nobody would."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rtlgen.cli import app
from rtlgen.spec import Severity, Spec, load_spec, read_spec

EXAMPLES = sorted((Path(__file__).parents[3] / "datasets" / "examples").glob("*.md"))

HEAD = (
    "Module name: m\n\nInputs:\n- clk: rising edge clock\n- rst: synchronous reset, active high\n"
)


def found(spec: Spec, rule: str) -> list[str]:
    return [finding.message for finding in spec.findings if finding.rule == rule]


CASES = {
    "no-outputs": "Module name: m\n- input a\n- input q\n",
    "unused-port": "Module name: m\n- input alpha\n- input beta\n- input gamma\n- output y\n\ny is alpha xor gamma.\n",
    "undeclared-name": "Module name: m\n- input data_in\n- output data_out\n\ndataout follows data_in.\n",
    "bit-range": "Module name: m\n- input a (8 bits)\n- output y\n\ny is a[8] and not a[0].\n",
    "contradiction": "Module name: m\n- input a (4 bits)\n- output y\n\ny is the parity of a[7:0].\n",
    "port-width": "Module name: m\n\nInputs:\n- addr: where to read\n\nOutputs:\n- y: what is there\n",
    "to-be-defined": "Module name: m\n- input a\n- output y\n\ny depends on a; details TBD.\n",
    "and-so-on": "Module name: m\n- input a (8 bits)\n- output y\n\nOn a = 1 y is 0, on a = 2 y is 1, etc.\n",
    "reset-value": HEAD + "- d: data\n\nOutputs:\n- q: d, one cycle later\n",
    "latency": HEAD
    + "- start: begin\n- a: 8-bit operand\n\nOutputs:\n- done: the result is there\n- r: 8-bit root of a\n\nAll are 0 after reset.\n",
    "overflow": HEAD
    + "- en: count\n\nOutputs:\n- n: 4-bit count\n\nThe counter increments when en is 1 and is 0 after reset.\n",
    "x-policy": "Module name: m\n- input sel (2 bits)\n- output y\n\ny is 1 for sel = 1. The codes 2 and 3 are illegal inputs; never occurs: sel = 3.\n",
    "priority": HEAD
    + "- load: take d\n- en: count\n- d: 4 bits\n\nOutputs:\n- n: count, wraps to 0; 0 after reset\n",
    "clock-domains": "Module name: m\n\nInputs:\n- clk_a: rising edge clock\n- clk_b: rising edge clock\n- d: data\n\nOutputs:\n- q: data\n",
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_asks(rule: str) -> None:
    assert found(read_spec(CASES[rule]), rule)


def test_a_fifo_that_is_full() -> None:
    text = (
        HEAD
        + "- wr: write\n- rd: read\n- d: 8 bits\n\nOutputs:\n- q: 8 bits\n\nA FIFO with 4 entries, empty after reset. A read and a write in the same cycle are both done."
    )
    spec = read_spec(text)
    assert found(spec, "overflow") == ["a write to the full buffer is not described"]
    assert not found(read_spec(text + " A write while it is full is ignored."), "overflow")


def test_a_sum_that_does_not_fit() -> None:
    text = "Module name: m\n- input a (8 bits)\n- input b (8 bits)\n- output s (%s bits)\n\ns is the sum of a and b.\n"
    assert found(read_spec(text % 8), "overflow")
    assert not found(read_spec(text % 9), "overflow")


def test_states_that_differ_by_case() -> None:
    text = (
        "Module name: m\n- input clk\n- input rst\n- input w\n- output z\n\nrst is a synchronous, active high reset to state A; "
        "the rising edge of clk counts.\n\n| State | w=0 | w=1 | z |\n|---|---|---|---|\n| A | A | a | 0 |\n| a | A | a | 1 |\n"
    )
    assert found(read_spec(text), "state-name") == ["states 'A' and 'a' differ only by case"]


QUIET = {
    "a gate": "Module name: m\n- input a\n- input b\n- output y\n\nThe module implements an XOR gate.\n",
    "a mux": "Module name: m\n- input a (8 bits)\n- input b (8 bits)\n- input sel\n- output y (8 bits)\n\ny is a when sel = 0 and b when sel = 1.\n",
    "a register": HEAD
    + "- d: 8 bits\n\nOutputs:\n- q: 8 bits\n\nAt each rising edge q takes d. Reset sets q to 0.\n",
    "a counter": HEAD
    + "- en: count\n\nOutputs:\n- n: 4-bit count\n\nWhen en is 1, n is incremented, and after 15 it wraps to 0. Reset sets n to 0.\n",
    "a machine": (
        HEAD
        + "- w: bit\n\nOutputs:\n- z: seen\n\nReset leads to state A.\n\n| State | w=0 | w=1 | z |\n|---|---|---|---|\n"
        "| A | A | B | 0 |\n| B | A | B | 1 |\n"
    ),
    "an equation": "Module name: m\n- input a\n- input b\n- input c\n- output y\n\n    y = a & b | ~c\n",
    "a truth table": "Module name: m\n- input a\n- input b\n- output y\n\n| a | b | y |\n|---|---|---|\n| 0 | 0 | 1 |\n| 0 | 1 | 0 |\n| 1 | 0 | 0 |\n| 1 | 1 | - |\n",
    "internal names": (
        HEAD
        + "- din: serial data, one bit\n\nOutputs:\n- dout: 8 bits\n\nThe internal register `shift_reg` takes din at each "
        "rising edge; dout is `shift_reg`. Reset clears `shift_reg` to 0.\n"
    ),
}


MACHINE = (
    "Module name: m\n- input clk\n- input rst\n- input start\n- output busy\n\nrst is a synchronous, "
    "active high reset to A; the rising edge of clk counts.\n\n"
)
DEFINED = {
    "a Mealy table": MACHINE
    + "| State | start=0 | start=1 |\n|---|---|---|\n| A | A / 0 | B / 1 |\n| B | A / 0 | B / 1 |\n",
    "Mealy arrows": MACHINE
    + "    A --start=0/0--> A\n    A --start=1/1--> B\n    B --start=0/0--> A\n    B --start=1/1--> B\n",
    "sentences about a Mealy machine": MACHINE + "A Mealy machine: in A, start leads to B.\n",
}


@pytest.mark.parametrize("name", DEFINED)
def test_a_machine_leaves_no_latency_open(name: str) -> None:
    assert not found(read_spec(DEFINED[name]), "latency")


WAVE = (
    "# Ready wave\n\n- input clk\n- input rst\n- input d\n- output ready\n\n"
    "| time | clk | rst | d | ready |\n|---|---|---|---|---|\n| 0ns | 0 | 1 | 0 | x |\n"
    "| 5ns | 1 | 1 | 0 | 1 |\n| 10ns | 0 | 0 | 1 | 1 |\n| 15ns | 1 | 0 | 1 | 0 |\n"
)


def test_a_waveform_answers_what_it_shows() -> None:
    spec = read_spec(WAVE)
    assert not found(spec, "latency")
    assert not found(spec, "reset-value")
    assumed = {finding.rule: finding.assumption for finding in spec.assumptions}
    assert "waveform shows" in assumed["clock-edge"]
    assert "waveform shows" in assumed["reset-kind"]


def test_a_read_and_a_write_side_do_not_compete() -> None:
    spec = read_spec(HEAD + "- wr_en: write\n- rd_en: read\n\nOutputs:\n- q: data\n")
    assumed = [f.assumption for f in spec.findings if f.rule == "priority"]
    assert assumed == ["both take effect"]


@pytest.mark.parametrize("name", QUIET)
def test_a_good_specification_is_not_questioned(name: str) -> None:
    assert read_spec(QUIET[name]).findings == ()


def test_findings_stand_in_the_order_of_the_text() -> None:
    places = [finding.place for finding in read_spec(CASES["latency"] + "\nTBD\n").findings]
    assert places == sorted(places)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_clean(path: Path) -> None:
    spec = load_spec(path)
    assert spec.findings == ()
    assert spec.title


def test_the_examples_are_all_here() -> None:
    assert [path.stem for path in EXAMPLES] == [
        "rail_distance",
        "seven_segment",
        "sync_fifo",
        "traffic_light",
        "uart_tx",
        "valve_timer",
        "vending_machine",
        "waveform",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "seven_segment",
        "traffic_light",
        "vending_machine",
        "waveform",
    ],
)
def test_the_formal_examples_define_every_output(name: str) -> None:
    spec = load_spec(next(path for path in EXAMPLES if path.stem == name))
    assert len(spec.fragments) == 1


def test_the_command_prints_one_line_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "m.md"
    path.write_text("# m\n- input clk\n- input d\n- output q\n\nq is d, one cycle later.\n")
    result = CliRunner().invoke(app, ["lint", str(path)])
    assert result.exit_code == 0
    assert f"{path}:2: question: clock-edge: " in result.stdout
    assert "; assumed: clk acts on its rising edge" in result.stdout
    assert "module m: " in result.stderr


def test_a_contradiction_is_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "m.md"
    path.write_text(CASES["contradiction"])
    result = CliRunner().invoke(app, ["lint", "--json", str(path)])
    assert result.exit_code == 1
    record = json.loads(result.stdout)
    assert record["module"] == "m"
    assert {finding["severity"] for finding in record["findings"]} == {Severity.ERROR.value}


def test_every_message_is_one_line() -> None:
    for text in CASES.values():
        for finding in read_spec(text).findings:
            assert "\n" not in finding.message + finding.assumption
