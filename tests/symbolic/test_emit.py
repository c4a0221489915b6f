"""Emitted Verilog: its form, and that tools accept it and it does what it should."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from sim.interface import Edge, Interface, Reset
from symbolic.emit import emit_combinational, emit_fsm, emit_next_state_logic
from symbolic.equations import parse_equations
from symbolic.next_state import next_state_logic
from symbolic.state_table import StateTable, Transition
from symbolic.truth_table import Row, TruthTable
from tests.symbolic import hdl
from tests.symbolic.test_state_table import DETECTOR, TOGGLE, arrows

DIGITS = ("1111110", "0110000", "1101101", "1111001", "0110011", "1011011")
SEGMENTS = TruthTable(
    inputs=("digit[2]", "digit[1]", "digit[0]"),
    outputs=tuple(f"led[{i}]" for i in range(6, -1, -1)),
    rows=tuple(Row(inputs=format(i, "03b"), outputs=text) for i, text in enumerate(DIGITS)),
)
KEYS = TruthTable(
    inputs=tuple(f"code[{i}]" for i in range(15, -1, -1)),
    outputs=("left", "right"),
    rows=(
        Row(inputs=format(0xE06B, "016b"), outputs="10"),
        Row(inputs=format(0xE074, "016b"), outputs="01"),
    ),
    default="00",
)
MAJORITY = TruthTable.from_function("abc", "m", lambda a, b, c: int(a + b + c > 1))
PRIORITY = TruthTable(
    inputs=("r[2]", "r[1]", "r[0]"),
    outputs=("g[1]", "g[0]", "any"),
    rows=tuple(
        Row(inputs=i, outputs=o)
        for i, o in (("1--", "111"), ("01-", "101"), ("001", "011"), ("000", "--0"))
    ),
)
ARBITER = StateTable(
    inputs=("r[1]", "r[0]"),
    outputs=("g[1]", "g[0]"),
    states=("IDLE", "state", "wire"),
    transitions=arrows(
        "IDLE 00 IDLE",
        "IDLE -1 state",
        "IDLE 10 wire",
        "state -1 state",
        "state -0 IDLE",
        "wire 1- wire",
        "wire 0- *",
    ),
    moore_outputs={"IDLE": "00", "state": "01", "wire": "10"},
    reset_state="IDLE",
)


def pins_of(table: TruthTable) -> Interface:
    widths: dict[str, int] = {}
    for name in (*table.inputs, *table.outputs):
        port, _, index = name.partition("[")
        widths[port] = max(widths.get(port, 0), int(index[:-1]) + 1 if index else 0)
    texts = {port: f"{port}:{width}" if width else port for port, width in widths.items()}
    first = [texts[p] for p in dict.fromkeys(n.partition("[")[0] for n in table.inputs)]
    second = [texts[p] for p in dict.fromkeys(n.partition("[")[0] for n in table.outputs)]
    return hdl.interface(*hdl.inputs(*first), *hdl.outputs(*second))


def machine_pins(machine: StateTable, reset: Reset | None, edge: Edge = Edge.RISING) -> Interface:
    data = pins_of(TruthTable(inputs=machine.inputs, outputs=machine.outputs, rows=())).ports
    control = hdl.inputs("clk", *([reset.port] if reset else []))
    return hdl.interface(*control, *data, clock="clk", edge=edge, reset=reset)


COMBINATIONAL = {"segments": SEGMENTS, "keys": KEYS, "majority": MAJORITY, "priority": PRIORITY}
RESETS = {
    "none": None,
    "synchronous": Reset(port="rst"),
    "asynchronous low": Reset(port="rst_n", active_low=True, asynchronous=True),
}


def test_a_decoder_reads_as_a_case() -> None:
    text = emit_combinational(pins_of(SEGMENTS), SEGMENTS, origin="seven segments\nline 4")
    assert text.startswith("// seven segments\n// line 4\nmodule top (\n")
    assert "    output reg  [6:0] led\n" in text
    assert "        case (digit)\n            3'b000: led = 7'b1111110;\n" in text
    assert "default: led = 7'b0000000;" in text


def test_a_wide_table_reads_as_a_case_with_its_default() -> None:
    text = emit_combinational(pins_of(KEYS), KEYS)
    assert "16'he06b: {left, right} = 2'b10;" in text
    assert "default: {left, right} = 2'b00;" in text


def test_a_small_function_reads_as_an_assign() -> None:
    assert "    assign m = a & (b | c) | b & c;\n" in emit_combinational(
        pins_of(MAJORITY), MAJORITY
    )


def test_vector_equations_stay_vectors() -> None:
    pins = hdl.interface(*hdl.inputs("a:4", "b:4", "s"), *hdl.outputs("y:4"))
    found = parse_equations(["y = s ? a ^ b : ~a"], inputs=pins.inputs, outputs=pins.outputs)
    assert "    assign y = s ? (a ^ b) : ~a;\n" in emit_combinational(pins, found)


@pytest.mark.parametrize(
    ("pins", "tables", "message"),
    [
        (pins_of(MAJORITY), (), "nothing defines output bit 'm'"),
        (pins_of(MAJORITY), (MAJORITY, MAJORITY), "output bit 'm' is defined twice"),
        (pins_of(MAJORITY), (SEGMENTS,), r"has no output bit 'led\[6\]'"),
        (hdl.interface(*hdl.inputs("a"), *hdl.outputs("m")), (MAJORITY,), "has no input bit 'b'"),
        (
            replace(pins_of(MAJORITY), parameters={"N": 4}),
            (MAJORITY,),
            "with parameters cannot be emitted from tables: 'top' has N",
        ),
        (
            replace(pins_of(MAJORITY), module="module"),
            (MAJORITY,),
            "cannot be called 'module', a Verilog keyword",
        ),
    ],
)
def test_what_does_not_fit_the_ports_is_refused(
    pins: Interface, tables: tuple[TruthTable, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        emit_combinational(pins, *tables)


def test_states_keep_their_names_unless_these_are_taken() -> None:
    text = emit_fsm(machine_pins(ARBITER, RESETS["synchronous"]), ARBITER)
    assert "IDLE    = 2'b00,\n" in text
    assert "S_state = 2'b01,\n" in text
    assert "if (rst) state <= IDLE;" in text
    assert "initial" not in text


def test_codes_that_are_given_are_kept() -> None:
    coded = replace(ARBITER, codes={"IDLE": "00", "state": "01", "wire": "10"})
    text = emit_fsm(machine_pins(coded, None), coded)
    assert "assign g = state;" in text
    assert "initial state = IDLE;" in text


def test_a_machine_needs_one_clock_and_all_its_outputs() -> None:
    pins = machine_pins(TOGGLE, None)
    with pytest.raises(ValueError, match="exactly one clock, and 'top' has 0"):
        emit_fsm(replace(pins, clocks=()), TOGGLE)
    with pytest.raises(ValueError, match="the machine does not define output bit 'extra'"):
        emit_fsm(replace(pins, ports=(*pins.ports, *hdl.outputs("extra"))), TOGGLE)


def test_one_hot_logic_is_written_by_inspection() -> None:
    machine = TOGGLE.with_codes("one-hot")
    pins = hdl.interface(*hdl.inputs("t", "s:2"), *hdl.outputs("n:2", "q"))
    logic = next_state_logic(machine, state=("s[1]", "s[0]"), next_state=("n[1]", "n[0]"))
    text = emit_next_state_logic(pins, logic)
    assert "assign n[1] = s[0] & t | s[1] & ~t;" in text
    assert "assign q = s[1];" in text
    assert logic.equations is not None
    values = {"t": 1, "s[1]": 1, "s[0]": 1}
    assert logic.equations.value(values) == {"n[1]": "1", "n[0]": "1", "q": "1"}
    assert set(logic.table.value(values).values()) == {"-"}


def test_single_bits_of_an_encoded_next_state_can_be_asked_for() -> None:
    machine = replace(ARBITER, codes={"IDLE": "00", "state": "01", "wire": "10"})
    logic = next_state_logic(
        machine, state=("s[1]", "s[0]"), next_state=(None, "n0"), outputs=("g[0]",)
    )
    assert logic.equations is None
    assert logic.table.outputs == ("n0", "g[0]")
    here = {"s[1]": 0, "s[0]": 0, "r[1]": 0, "r[0]": 1}
    assert logic.table.value(here) == {"n0": "1", "g[0]": "0"}
    with pytest.raises(ValueError, match="needs the codes of the states"):
        next_state_logic(ARBITER, state=("s",), next_state=("n",))
    with pytest.raises(ValueError, match="the state must have 2 bits like the codes, not 1"):
        next_state_logic(machine, state=("s",), next_state=("n", "m"))


@pytest.mark.icarus
@pytest.mark.parametrize("name", COMBINATIONAL)
def test_emitted_functions_are_clean_and_right(name: str, tmp_path: Path) -> None:
    table = COMBINATIONAL[name]
    text = emit_combinational(pins_of(table), table)
    assert hdl.lint_icarus(text, tmp_path) == ""
    assert hdl.mismatches(text, pins_of(table), table, tmp_path) == []


@pytest.mark.verilator
@pytest.mark.parametrize("name", COMBINATIONAL)
def test_verilator_has_nothing_against_functions(name: str, tmp_path: Path) -> None:
    table = COMBINATIONAL[name]
    assert hdl.lint_verilator(emit_combinational(pins_of(table), table), tmp_path) == ""


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("machine", "reset", "encoding"),
    list(product((TOGGLE, DETECTOR, ARBITER), RESETS, ("binary", "one-hot"))),
)
def test_emitted_machines_are_clean_and_right(
    machine: StateTable, reset: str, encoding: str, tmp_path: Path
) -> None:
    machine = replace(machine, reset_state=machine.states[0])
    edge = Edge.FALLING if encoding == "one-hot" else Edge.RISING
    pins = machine_pins(machine, RESETS[reset], edge)
    if RESETS[reset] is None:
        machine = replace(machine, power_on_state=machine.reset_state)
    text = emit_fsm(pins, machine, encoding=encoding)
    assert hdl.lint_icarus(text, tmp_path) == ""
    assert hdl.mismatches(text, pins, machine, tmp_path, cycles=80) == []


@pytest.mark.verilator
@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize("machine", [TOGGLE, DETECTOR, ARBITER], ids=["moore", "mealy", "arbiter"])
def test_verilator_has_nothing_against_machines(
    machine: StateTable, reset: str, tmp_path: Path
) -> None:
    text = emit_fsm(machine_pins(machine, RESETS[reset]), machine)
    assert hdl.lint_verilator(text, tmp_path) == ""


def test_many_moore_outputs_share_a_case() -> None:
    states = tuple(f"s {i}" for i in range(12))
    machine = StateTable(
        inputs=(),
        outputs=("p", "q[1]", "q[0]"),
        states=states,
        transitions=tuple(
            Transition(state=a, inputs="", target=b)
            for a, b in zip(states, states[1:] + states[:1], strict=True)
        ),
        moore_outputs={s: format(i * 5 % 8, "03b") for i, s in enumerate(states)},
        reset_state="s 0",
    )
    text = emit_fsm(machine_pins(machine, RESETS["synchronous"]), machine)
    assert "s_3: {p, q} = 3'b111;" in text
