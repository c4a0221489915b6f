"""Designs to dataflow."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.interface import Edge
from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Op
from symbolic.dataflow.read import Unreadable, read_dataflow
from symbolic.dataflow.write import expression

_REFUSED = {
    "latch": ("input e, d, output reg y", "always @* if (e) y = d;", "a latch", 3),
    "loop": ("input a, output y", "wire b = a & y;\nassign y = ~b | y;", "combinational loop", 0),
    "tri": ("input e, d, output y", "assign y = e ? d : 1'bz;", "tri-state", 0),
    "drivers": ("input a, b, output y", "assign y = ~a;\nassign y = ~b;", "several drivers", 0),
    "inout": ("inout y, input a", "", "an inout port: y", 0),
    "delay": ("input a, output y", "assign #1 y = a;", "a delay", 3),
    "missing": ("input a, output y", "other u(a, y);", "other", 0),
    "clock": (
        "input c, e, d, output reg q",
        "always @(posedge (c & e)) q <= d;",
        "a clock that is",
        3,
    ),
    "syntax": ("input a, output y", "assign y = = a;", "syntax error", 3),
    "load": (
        "input c, l, d, e, output reg q",
        "always @(posedge c or posedge l) if (l) q <= d; else q <= e;",
        "asynchronous load",
        3,
    ),
}


def _text(ports: str, body: str) -> str:
    return f"module top(\n{ports});\n{body}\nendmodule\n"


def _design(ports: str, body: str) -> Design:
    return Design(top="top", sources={"d.v": _text(ports, body)})


def _read(ports: str, body: str) -> Dataflow:
    found = read_dataflow([_design(ports, body)])[0]
    assert isinstance(found, Dataflow), found
    return found


def test_unreadable_says_what_and_where() -> None:
    designs = [_design(ports, body) for ports, body, *_ in _REFUSED.values()]
    for found, (_, body, reason, line) in zip(
        read_dataflow(designs), _REFUSED.values(), strict=True
    ):
        assert isinstance(found, Unreadable), body
        assert reason in str(found), body
        assert not line or found.place == f"d.v:{line}", found


def test_registers_keep_names_clocks_resets_and_initial_values() -> None:
    module = _read(
        "input clk, rst_n, input [3:0] d, output [3:0] y",
        "reg [3:0] q = 4'd9; reg [7:4] p; assign y = q ^ p;\n"
        "always @(negedge clk or negedge rst_n) if (!rst_n) q <= 4'd3; else q <= d;\n"
        "always @(posedge clk) p[5:4] <= d[1:0];\nalways @(negedge clk) p[7:6] <= d[1:0];",
    )
    q = module.registers["q"]
    assert (q.clock, q.rising, q.initial, q.place) == ("clk", False, "1001", "d.v:4")
    assert q.reset is not None
    assert (expression(q.reset.signal), q.reset.active_low, q.reset.value) == (
        "rst_n",
        True,
        "0011",
    )
    assert sorted(module.registers) == ["p[5:4]", "p[7:6]", "q"]
    assert module.registers["p[7:6]"].rising is False
    assert module.interface.clocks[0].edge in Edge
    assert [reset.port for reset in module.interface.resets] == ["rst_n"]


def test_words_stay_words() -> None:
    module = _read(
        "input [7:0] a, b, input signed [3:0] c, output [8:0] s, output [7:0] t, u, output l",
        "assign s = a + b; assign t = a + 3; assign u = c; assign l = c < -4'sd2;",
    )
    shown = {name: expression(node) for name, node in module.outputs.items()}
    assert shown == {
        "s": "{1'b0, a} + b",
        "t": "a + 8'd3",
        "u": "{{4{c[3]}}, c}",
        "l": "$signed(c) < -4'sd2",
    }


def test_case_becomes_a_chain_in_the_order_of_the_source() -> None:
    module = _read(
        "input [1:0] s, input a, b, output reg y",
        "always @* case (s) 0: y = a; 1: y = b; default: y = 1'bx; endcase",
    )
    assert expression(module.outputs["y"]) == "(s == 2'd0) ? a : (s == 2'd1) ? b : 1'bx"


def test_memories_are_read_and_written_as_such() -> None:
    module = _read(
        "input clk, we, input [2:0] a, input [7:0] d, output [7:0] y",
        "reg [7:0] m [0:7]; integer i; initial for (i = 0; i < 8; i = i + 1) m[i] = i;\n"
        "always @(posedge clk) if (we) m[a] <= d; assign y = m[a];",
    )
    assert module.outputs["y"].op is Op.READ
    memory = module.memories["m"]
    assert (memory.width, memory.depth, memory.initial[3]) == (8, 8, "00000011")
    cycles = [{"we": 1, "a": 3, "d": 77}, {"we": 0, "a": 3, "d": 0}, {"we": 0, "a": 4, "d": 0}]
    assert [out["y"] for out in simulate(module, cycles)] == [3, 77, 4]


def test_a_loop_of_words_but_not_of_bits_is_none() -> None:
    module = _read("input [3:0] a, output [3:0] y", "assign y = {y[2:0], 1'b0} ^ a;")
    assert simulate(module, [{"a": 0b0001}, {"a": 0b0110}]) == [{"y": 0b1111}, {"y": 0b0010}]


def test_pragmas_and_attributes_mean_nothing() -> None:
    module = _read(
        "input [1:0] s, output reg y",
        "always @* begin y = 0;\n(* full_case, parallel_case *)\n"
        "case (s) // synopsys full_case parallel_case\n0: y = 1; endcase end",
    )
    assert [o["y"] for o in simulate(module, [{"s": n} for n in range(4)], unknown=1)] == [
        1,
        0,
        0,
        0,
    ]


def test_latches_that_are_always_open_are_read_for_those_who_check() -> None:
    design = _design(
        "input [1:0] s, output reg y", "always_comb case (s) 0: y = 1; 1: y = 0; 2: y = 1; endcase"
    )
    found = read_dataflow([design], latches=True)[0]
    assert isinstance(found, Dataflow)
    assert len(found.assumed) == 1
    assert isinstance(read_dataflow([design])[0], Unreadable)


def test_instances_are_dissolved_and_includes_found() -> None:
    design = Design(
        top="top",
        sources={
            "h/w.vh": "`define W 4\n",
            "a.v": '`include "h/w.vh"\nmodule top(input c, output [`W-1:0] y); sub u(c, y); endmodule',
            "b.v": "module sub(input c, output reg [3:0] q); always @(posedge c) q <= q + 1; endmodule",
        },
    )
    found = read_dataflow([design])[0]
    assert isinstance(found, Dataflow)
    assert list(found.registers) == ["u.q"]


def test_file_names_go_into_no_script() -> None:
    design = Design(top="t", sources={"a;b.v": "module t; endmodule"})
    assert "strange letters" in str(read_dataflow([design])[0])


@pytest.mark.parametrize("body", ["q <= q + 1", "begin q <= q; q <= q + 1; end"])
def test_simulation_counts(body: str) -> None:
    module = _read(
        "input c, r, output reg [1:0] q", f"always @(posedge c) if (r) q <= 0; else {body};"
    )
    cycles = [{"r": 1}, *[{"r": 0}] * 5]
    assert [out["q"] for out in simulate(module, cycles)][1:] == [0, 1, 2, 3, 0]
