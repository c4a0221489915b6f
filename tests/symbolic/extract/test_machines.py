"""Machines inside of modules: counters as inputs, several at once, latches, x, limits."""

from __future__ import annotations

import random
from functools import cache

import pytest

from sim.interface import Clock, Reset
from sim.proof import Outcome
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Op
from symbolic.dataflow.write import module_text
from symbolic.emit_fsm import emit_fsm
from symbolic.extract import ExtractedMachine, Limits, NotExtracted, with_resets
from symbolic.extract_replace import replaced
from symbolic.prover import YosysProver
from symbolic.state_table import StateTable, Transition
from tests.symbolic.extract.reading import (
    Found,
    designs_of,
    differences,
    extracted,
    interface_of,
    table_rows,
)
from tests.symbolic.hdl import inputs, interface, outputs

pytest.importorskip("pyosys")
# pyverilog leaves its file of the version open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

RECEIVER = """
module top (input clk, input rst_n, input si, output reg [7:0] data, output reg valid, output busy);
localparam IDLE = 2'd0, DATA = 2'd1, STOP = 2'd2, WAIT = 2'd3;
reg [1:0] state;
reg [2:0] count;
always @(posedge clk or negedge rst_n)
    if (!rst_n) begin state <= IDLE; count <= 0; valid <= 0; data <= 0; end
    else begin
        valid <= 0;
        case (state)
            IDLE: begin count <= 0; if (!si) state <= DATA; end
            DATA: begin
                data <= {si, data[7:1]};
                count <= count + 1;
                if (count == 3'd7) state <= STOP;
            end
            STOP: if (si) begin state <= IDLE; valid <= 1; end else state <= WAIT;
            WAIT: if (si) state <= IDLE;
        endcase
    end
assign busy = state != IDLE;
endmodule
"""
TWO_MACHINES = """
module top (input clk, input rst, input req, input [7:0] level, output ack, output heat,
            output reg [1:0] light);
localparam OFF = 0, WARM = 1, HOT = 2;
reg [1:0] heater, next_heater;
reg [7:0] timer;
always @* case (heater)
    OFF: next_heater = level < 8'd20 ? WARM : OFF;
    WARM: next_heater = level > 8'd60 ? OFF : level < 8'd10 ? HOT : WARM;
    HOT: next_heater = level > 8'd30 ? WARM : HOT;
    default: next_heater = 2'bx;
endcase
always @(posedge clk) heater <= rst ? OFF : next_heater;
assign heat = heater != OFF;
always @(posedge clk)
    if (rst) begin light <= 0; timer <= 0; end
    else begin
        timer <= timer + 1;
        if (light == 0 && req) begin light <= 1; timer <= 0; end
        else if (light == 1 && timer == 100) begin light <= 2; timer <= 0; end
        else if (light == 2 && (timer == 30 || req)) light <= 0;
    end
assign ack = light == 1 & req;
endmodule
"""
MEALY = """
module top (input clk, input rst, input go, input mask, input [31:0] a, b,
            output pulse, output [31:0] sum);
reg [1:0] s;
always @(posedge clk)
    if (rst) s <= 0;
    else case (s)
        0: if (go) s <= 1;
        1: s <= go ? 2 : 0;
        default: if (!go) s <= 0;
    endcase
assign pulse = (s == 2) & mask;
assign sum = s == 1 ? a + b : s == 2 ? a : b;
endmodule
"""
OPEN_LATCH = """
module top (input clk, input rst, input x, output logic z);
parameter A = 0, B = 1, C = 2;
reg [1:0] state, next;
always_comb
    case (state)
        A: next = x ? B : A;
        B: next = x ? B : C;
        C: next = x ? B : A;
    endcase
always_comb case (state) A: z = 0; B: z = 0; C: z = x; endcase
always @(posedge clk) if (rst) state <= A; else state <= next;
endmodule
"""
HOLDING_LATCH = """
module top (input clk, input rst, input x, y, output z);
reg state, next;
always @*
    case (state)
        0: if (x) next = 1;
        1: if (y) next = 0;
    endcase
always @(posedge clk) if (rst) state <= 0; else state <= next;
assign z = state;
endmodule
"""
DONT_CARES = """
module top (input clk, input rst, input x, input y, output reg z);
reg [1:0] s;
always @(posedge clk)
    if (rst) s <= 0;
    else case (s)
        0: s <= x ? 1 : 0;
        1: s <= x ? 2'bxx : y ? 2 : 0;
        2: s <= x ? 2'b0x : 2;
        default: s <= 0;
    endcase
always @(*) case (s) 0: z = 0; 1: z = 1'bx; default: z = 1; endcase
endmodule
"""
ROM_ADDRESSED = """
module top (input clk, input rst, input x, input we, input [3:0] d, output z);
reg [1:0] s;
reg [1:0] m [0:7];
always @(posedge clk) if (we) m[d[2:0]] <= d[1:0];
always @(posedge clk) if (rst) s <= 0; else s <= s == 2 ? 0 : s == 1 ? m[{s, x}] : {1'b0, x};
assign z = s == 2;
endmodule
"""
DATA_PATH = """
module top (input clk, input rst, input en, input [15:0] d, output reg [15:0] total,
            output reg [15:0] last, output reg [15:0] ticks);
always @(posedge clk)
    if (rst) begin total <= 0; last <= 0; ticks <= 0; end
    else begin ticks <= ticks + 1; if (en) begin total <= total + d; last <= d; end end
endmodule
"""
COUNTER = """
module top (input clk, input rst, input en, output reg [3:0] q, output carry);
always @(posedge clk)
    if (rst) q <= 0; else if (en) q <= q == 9 ? 0 : q + 1;
assign carry = en & q == 9;
endmodule
"""
TWO_BITS = """
module top (input clk, input rst, input a, b, c, d, output p, q);
reg p_on, q_on;
always @(posedge clk) if (rst) p_on <= 0; else p_on <= p_on ? ~a : b;
always @(posedge clk) if (rst) q_on <= 0; else q_on <= q_on ? ~c : d;
assign p = p_on;
assign q = q_on;
endmodule
"""
HIDDEN_RESET = """
module top (input clk, input clear_n, input x, output z);
reg [1:0] s, n;
always @* begin
    n = s;
    case (s) 1: if (x) n = 2; 2: n = x ? 2 : 3; 3: if (x) n = 1; default: n = 1; endcase
    if (!clear_n) n = 1;
end
always @(posedge clk) s <= n;
assign z = s[1];
endmodule
"""
WIDE = """
module top (input clk, input [11:0] x, input rst, output z);
reg [11:0] s;
always @(posedge clk)
    if (rst) s <= 0;
    else if (s == 3) s <= x; else if (s == 5) s <= 0; else if (s == 9) s <= 3; else s <= s ^ x;
assign z = s == 5;
endmodule
"""
TEXTS = {
    "receiver": RECEIVER,
    "two machines": TWO_MACHINES,
    "mealy": MEALY,
    "open latch": OPEN_LATCH,
    "holding latch": HOLDING_LATCH,
    "don't-cares": DONT_CARES,
    "memory": ROM_ADDRESSED,
    "data path": DATA_PATH,
    "counter": COUNTER,
    "two bits": TWO_BITS,
    "hidden reset": HIDDEN_RESET,
    "wide": WIDE,
}


@cache
def _all() -> dict[str, tuple[Dataflow, Found]]:
    return dict(zip(TEXTS, extracted(list(TEXTS.values())), strict=True))


def _only(name: str) -> ExtractedMachine:
    (machine,) = _all()[name][1]
    assert isinstance(machine, ExtractedMachine), machine
    return machine


def _every() -> list[tuple[str, int]]:
    names = [n for n in TEXTS if n not in ("holding latch", "memory", "data path", "wide")]
    return [(name, place) for name in names for place in range(2 if "two" in name else 1)]


def test_a_counter_is_one_condition() -> None:
    machine = _only("receiver")
    assert machine.register == ("state",)
    assert machine.table.inputs == ("si", "count_eq_7")
    assert machine.inputs["count_eq_7"].op is Op.EQ
    assert machine.table.outputs[0] == "busy"
    assert "next_valid" in machine.table.outputs
    assert table_rows(machine) == {
        "IDLE --0---> DATA",
        "IDLE --1---> IDLE",
        "DATA ---0--> DATA",
        "DATA ---1--> STOP",
        "STOP --0---> WAIT",
        "STOP --1---> IDLE",
        "WAIT --0---> WAIT",
        "WAIT --1---> IDLE",
    }
    assert machine.control
    assert machine.place == "top.sv:6"
    (reset,) = machine.resets
    assert (reset.signal.payload, reset.active_low, reset.asynchronous) == ("rst_n", True, True)


def test_several_machines_in_one_module() -> None:
    heater, light = _all()["two machines"][1]
    assert isinstance(light, ExtractedMachine)
    assert isinstance(heater, ExtractedMachine)
    assert (light.register, heater.register) == (("light",), ("heater",))
    assert light.table.inputs == ("req", "timer_eq_100", "timer_eq_30")
    assert light.table.states == ("S0", "S1", "S2")
    assert heater.table.states == ("OFF", "WARM", "HOT")
    assert [machine.named for machine in (light, heater)] == [False, True]


def test_conditions_that_exclude_each_other_have_no_transition_together() -> None:
    heater, light = _all()["two machines"][1]
    assert isinstance(light, ExtractedMachine)
    assert isinstance(heater, ExtractedMachine)
    assert all(t.inputs[1:] != "11" for t in light.table.transitions)
    columns = [heater.table.inputs.index(name) for name in ("level_lt_10", "level_lt_20")]
    pairs = {tuple(t.inputs[i] for i in columns) for t in heater.table.transitions}
    # What is below 10 is below 20.
    assert ("1", "0") not in pairs


def test_outputs_are_where_machine_and_data_path_meet() -> None:
    machine = _only("mealy")
    assert machine.table.inputs == ("go", "mask")
    assert machine.table.outputs[0] == "pulse"
    assert not machine.table.moore
    # The two choices of the sum, none of its bits.
    assert len(machine.outputs) == 3
    assert all(node.width == 1 for node in machine.outputs.values())
    assert machine.table.follow("S2", "11") == ("S2", "110")
    assert set(machine.words.values()) == {(name,) for name in machine.outputs}


def test_outputs_that_need_too_many_rows_are_those_of_the_state_alone() -> None:
    ((module, found),) = extracted([MEALY], limits=Limits(rows=6))
    (machine,) = found
    assert isinstance(machine, ExtractedMachine)
    assert machine.table.moore
    assert machine.table.inputs == ("go",)
    assert differences(module, replaced(module, machine, machine.table)) == []


def test_a_latch_that_never_holds_is_none() -> None:
    machine = _only("open latch")
    assert machine.table.states == ("A", "B", "C")
    assert machine.table.follow("C", "1") == ("B", "1")
    assert machine.assured


def test_a_latch_that_holds_is_no_machine() -> None:
    (found,) = _all()["holding latch"][1]
    assert found == NotExtracted(
        register=("state",), reason="a latch of the module may hold its value", place="top.sv:9"
    )


def test_x_is_a_dont_care() -> None:
    table = _only("don't-cares").table
    assert table.follow("S1", "10") == (None, "-")
    assert table.follow("S1", "01")[0] == "S2"
    # Of the codes that 0x allows, one that is there anyway.
    assert table.follow("S2", "10")[0] == "S0"
    assert table.moore_outputs == {"S0": "0", "S1": "-", "S2": "1"}


def test_state_that_selects_memory_words_is_refused() -> None:
    (found,) = _all()["memory"][1]
    assert isinstance(found, NotExtracted)
    assert found.reason.startswith("its next state is read from a memory")


def test_data_registers_and_large_counters_are_no_machines() -> None:
    assert _all()["data path"][1] == []


def test_a_small_counter_alone_is_a_machine_that_does_not_control() -> None:
    machine = _only("counter")
    assert not machine.control
    assert len(machine.table.states) == 10
    assert machine.table.follow("S9", "1") == ("S0", "10011")


def test_bits_that_have_nothing_to_do_with_each_other_are_two_machines() -> None:
    found = _all()["two bits"][1]
    assert [m.register for m in found] == [("p_on",), ("q_on",)]


def test_a_reset_in_the_next_state_logic_is_found() -> None:
    module, found = _all()["hidden reset"]
    assert module.interface.resets == ()
    (machine,) = found
    assert isinstance(machine, ExtractedMachine)
    assert machine.table.states == ("S1", "S2", "S3")
    assert machine.table.inputs == ("x",)
    known = with_resets(module.interface, found)
    assert known.resets == (Reset(port="clear_n", active_low=True),)
    assert known.clocks == (Clock(port="clk"),)


def test_limits_are_stated() -> None:
    (found,) = _all()["wide"][1]
    assert isinstance(found, NotExtracted)
    assert found.reason == "it has more than 1024 reachable states"
    ((_, found_few),) = extracted([RECEIVER], limits=Limits(states=3))
    assert [m.reason for m in found_few if isinstance(m, NotExtracted)] == [
        "it has more than 3 reachable states"
    ]
    ((_, found_narrow),) = extracted([RECEIVER], limits=Limits(inputs=1))
    assert [m.reason for m in found_narrow if isinstance(m, NotExtracted)] == [
        "it depends on 2 bits besides its state, more than 1"
    ]


@pytest.mark.parametrize(("name", "place"), _every())
@pytest.mark.parametrize("encoding", ["binary", "one-hot"])
def test_the_table_can_stand_for_the_registers(name: str, place: int, encoding: str) -> None:
    module, found = _all()[name]
    machine = found[place]
    assert isinstance(machine, ExtractedMachine)
    table = machine.table.with_codes(encoding)
    changed = replaced(module, machine, table)
    assert not set(machine.register[1:]) & set(changed.registers)
    if name != "don't-cares":
        assert differences(module, changed) == []
    assert module_text(changed) == module_text(replaced(module, machine, table))


@pytest.mark.parametrize("name", ["receiver", "mealy", "open latch", "two bits"])
def test_the_table_is_proved(name: str) -> None:
    module, found = _all()[name]
    machine = found[0]
    assert isinstance(machine, ExtractedMachine)
    text = module_text(replaced(module, machine, machine.table.with_codes("gray")))
    golden, other = designs_of([TEXTS[name], text])
    (proof,) = YosysProver().equivalent(golden, [other], module.interface, seconds=20.0)
    if name == "open latch":
        # The prover leaves open what a latch does.
        assert proof.outcome is not Outcome.REFUTED
    else:
        assert proof.outcome is Outcome.PROVED, proof


def test_a_table_needs_codes_and_known_names() -> None:
    module, found = _all()["receiver"]
    machine = found[0]
    assert isinstance(machine, ExtractedMachine)
    table = StateTable(
        inputs=("si",),
        outputs=(),
        states=("A",),
        transitions=(Transition(state="A", inputs="-", target="A"),),
        moore_outputs={"A": ""},
    )
    with pytest.raises(ValueError, match="needs codes of its states"):
        replaced(module, machine, table)
    strange = StateTable(
        inputs=("so",),
        outputs=(),
        states=("A",),
        transitions=(Transition(state="A", inputs="-", target="A"),),
        moore_outputs={"A": ""},
        codes={"A": "0"},
    )
    with pytest.raises(ValueError, match="no input or output 'so'"):
        replaced(module, machine, strange)


# -- any table, written and read again ----------------------------------------


def _random_table(rng: random.Random) -> StateTable:
    states = [f"Q{i}" for i in range(rng.randint(2, 9))]
    inputs_, outputs_ = ("a", "b[1]", "b[0]")[: rng.randint(1, 3)], ("y", "z")
    if len(inputs_) == 2:
        inputs_ = ("a",)
    rows = []
    moore = rng.random() < 0.5
    for state in states:
        for number in range(1 << len(inputs_)):
            outputs = "" if moore else rng.choice(("00", "01", "10", "11"))
            rows.append(
                Transition(
                    state=state,
                    inputs=format(number, f"0{len(inputs_)}b"),
                    target=rng.choice(states),
                    outputs=outputs,
                )
            )
    values = {state: rng.choice(("00", "01", "11")) for state in states} if moore else None
    table = StateTable(
        inputs=inputs_,
        outputs=outputs_,
        states=tuple(states),
        transitions=tuple(rows),
        moore_outputs=values,
        reset_state="Q0",
    )
    return table.with_codes(rng.choice(("binary", "gray", "one-hot")))


def _same(found: ExtractedMachine, wanted: StateTable) -> bool:
    """Tell whether both do the same from reset on; names and columns are others."""
    table = found.table
    assert table.reset_state is not None
    pairs = [(table.reset_state, "Q0")]
    for state, other in pairs:
        for number in range(1 << len(wanted.inputs)):
            digits = dict(
                zip(wanted.inputs, format(number, f"0{len(wanted.inputs)}b"), strict=True)
            )
            mine = "".join(digits[name] for name in table.inputs)
            target, outputs = table.follow(state, mine)
            goal, expected = wanted.follow(other, "".join(digits.values()))
            given = dict(zip(table.outputs, outputs, strict=True))
            # What the state does not decide is no output of the machine.
            if any(given.get(n, v) != v for n, v in zip(wanted.outputs, expected, strict=True)):
                return False
            assert target is not None
            assert goal is not None
            if (target, goal) not in pairs:
                pairs.append((target, goal))
    return len(table.states) == len(wanted.reachable)


def test_random_tables_come_back() -> None:
    rng = random.Random(7)
    tables = [_random_table(rng) for _ in range(24)]
    tables = [table for table in tables if len(table.reachable) > 2]
    texts = []
    for table in tables:
        ports = ("a", "b:2") if len(table.inputs) == 3 else ("a",)
        pins = interface(
            *inputs("clk", "rst", *ports),
            *outputs("y", "z"),
            clock="clk",
            reset=Reset(port="rst"),
        )
        texts.append(emit_fsm(pins, table))
    assert len(tables) > 12
    for table, (_, found) in zip(tables, extracted(texts), strict=True):
        (machine,) = found
        assert isinstance(machine, ExtractedMachine)
        assert _same(machine, table)


ENGINE_AND_LAMP = """
module top (input clk, input rst, input a, input b, output reg x, output y);
localparam IDLE = 0, RUN = 1, STOP = 2; // of the engine
localparam RED = 0, GREEN = 1, AMBER = 2;
localparam [7:0] LAST = 2;
reg [1:0] engine, next_engine, lamp;
reg [7:0] count;
always @* begin
    next_engine = engine;
    case (engine)
        IDLE: if (a) next_engine = RUN;
        RUN: if (b) next_engine = STOP;
        STOP: if (lamp == GREEN && count == LAST) next_engine = IDLE;
    endcase
end
always @(posedge clk)
    if (rst) begin engine <= IDLE; lamp <= RED; x <= 0; count <= 0; end
    else begin
        count <= engine == STOP ? 0 : count + 1;
        engine <= next_engine;
        case (lamp)
            RED: if (engine == RUN) lamp <= GREEN;
            GREEN: lamp <= b ? AMBER : GREEN;
            AMBER, 2'd3: lamp <= RED;
        endcase
        x <= engine == STOP && a;
    end
assign y = AMBER == lamp;
endmodule
"""


def test_machines_of_one_process_have_their_own_names() -> None:
    ((_, found),) = extracted([ENGINE_AND_LAMP])
    engine, lamp = found
    assert isinstance(engine, ExtractedMachine)
    assert isinstance(lamp, ExtractedMachine)
    assert engine.table.states == ("IDLE", "RUN", "STOP")
    assert lamp.table.states == ("RED", "GREEN", "AMBER")
    assert engine.table.inputs == ("a", "b", "count_eq_2", "lamp_eq_GREEN")
    assert lamp.table.inputs == ("b", "engine_eq_RUN")


def test_names_and_order_are_the_same_every_time() -> None:
    (_, first), (_, second) = extracted([TWO_MACHINES, TWO_MACHINES])
    assert [m.table for m in first if isinstance(m, ExtractedMachine)] == [
        m.table for m in second if isinstance(m, ExtractedMachine)
    ]
    assert interface_of(designs_of([TWO_MACHINES])[0]).resets == (Reset(port="rst"),)
