"""Clocks and resets found in RTL."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.interface import Clock, Edge, Interface, Reset, infer_timing, read_interface


def timing(text: str) -> Interface:
    design = Design(top="m", sources={"m.sv": text})
    return infer_timing(design, read_interface(design))


def flop(
    sensitivity: str, body: str, ports: str = "input clk, input rst, input en, input d"
) -> str:
    return f"module m({ports}, output reg q); always @({sensitivity}) {body} endmodule"


RISING = (Clock(port="clk"),)
FALLING = (Clock(port="clk", edge=Edge.FALLING),)


@pytest.mark.parametrize(
    ("text", "clocks", "resets"),
    [
        (flop("posedge clk", "q <= d;"), RISING, ()),
        (flop("negedge clk", "q <= d;"), FALLING, ()),
        (
            flop("posedge clk", "if (rst) q <= 0; else q <= d;"),
            RISING,
            (Reset(port="rst"),),
        ),
        (
            flop("posedge clk", "if (!rst) q <= 0; else q <= d;"),
            RISING,
            (Reset(port="rst", active_low=True),),
        ),
        (
            flop("posedge clk", "if (~rst) q <= d; else q <= 0;"),
            RISING,
            (Reset(port="rst"),),
        ),
        (
            flop("posedge clk", "begin q <= d; if (rst == 1'b0 || en) q <= 0; end"),
            RISING,
            (Reset(port="rst", active_low=True),),
        ),
        (flop("posedge clk", "q <= rst ? 0 : d;"), RISING, (Reset(port="rst"),)),
        (
            flop("posedge clk or negedge rst", "if (!rst) q <= 0; else q <= d;"),
            RISING,
            (Reset(port="rst", active_low=True, asynchronous=True),),
        ),
        (
            flop("negedge clk, posedge rst", "begin if (rst) q <= 0; else q <= d; end"),
            FALLING,
            (Reset(port="rst", asynchronous=True),),
        ),
        # An asynchronous load is neither a clock nor a reset.
        (flop("posedge clk or posedge en", "if (en) q <= d; else q <= ~q;"), RISING, ()),
        # An enable that happens to write a constant is no reset.
        (flop("posedge clk", "if (en) q <= 1; else q <= 0;"), RISING, ()),
        ("module m(input a, input b, output y); assign y = a & b; endmodule", (), ()),
        ("module m(input a, output reg y); always @* y = a; endmodule", (), ()),
    ],
)
def test_one_block(text: str, clocks: tuple[Clock, ...], resets: tuple[Reset, ...]) -> None:
    found = timing(text)
    assert found.clocks == clocks
    assert found.resets == resets


def test_clock_is_followed_through_ports_assignments_and_inversions() -> None:
    found = timing("""
module m(input clk, input rst_n, input d, output [3:0] q);
  wire inverted = ~clk, c2;
  assign c2 = inverted;
  genvar i;
  generate for (i = 0; i < 4; i = i + 1) begin : g
    part u(.c(c2), .r(!rst_n), .d(d), .q(q[i]));
  end endgenerate
endmodule
module part(input c, r, d, output reg q);
  always @(posedge c or posedge r) if (r == 1) q <= 1; else q <= d;
endmodule
""")
    assert found.clocks == FALLING
    assert found.resets == (Reset(port="rst_n", active_low=True, asynchronous=True),)


def test_two_clocks_and_no_data() -> None:
    found = timing("""
module m(input wclk, input rclk, input [3:0] d, output reg [3:0] w, r);
  always @(posedge wclk) w <= d;
  always_ff @(negedge rclk) r <= w;
endmodule
""")
    assert found.clocks == (Clock(port="wclk"), Clock(port="rclk", edge=Edge.FALLING))
    assert [port.name for port in found.data_inputs] == ["d"]


def test_assignments_in_a_circle_end() -> None:
    found = timing("""
module m(input clk, output reg q);
  wire a, b;
  assign a = b;
  assign b = a;
  always @(posedge a) q <= ~q;
endmodule
""")
    assert found.clocks == ()
