from __future__ import annotations

import pytest

from sim.slang import Parsed
from testbench_gen.hints import Hints, hints_in
from testbench_gen.phases import LONGEST, aimed, run_length
from testbench_gen.standalone.cycles import Input

CLOCK = """
module clock #(parameter DAY = 24)(input clk, output reg [5:0] s, m, output reg [4:0] h);
  always @(posedge clk) begin
    s <= s == 59 ? 6'd0 : s + 6'd1;
    if (s == 59) m <= m == 59 ? 0 : m + 1;
    if (s == 59 && m == 59) if (h == DAY - 1) h <= 0; else h <= h + 1;
  end
endmodule
"""


def hints(body: str, header: str = "module m(input clk, a, output reg [3:0] q);") -> Hints:
    return hints_in(Parsed({"m.sv": f"{header} {body} endmodule"}).tree)


def test_ends_of_counters_are_what_they_are_compared_with() -> None:
    assert hints_in(Parsed({"c.v": CLOCK}).tree).ends == (60, 60, 24)


@pytest.mark.parametrize(
    ("body", "ends", "wraps"),
    [
        ("always @(posedge clk) q <= q + 1;", (), (16,)),
        ("always @(posedge clk) q <= q + a;", (), ()),
        ("always @(posedge clk) q++;", (), (16,)),
        ("always @(posedge clk) if (q < 9) q += 1; else q <= 0;", (10,), ()),
        ("always @(posedge clk) if (q == 0) q <= 11; else q <= q - 1;", (12,), ()),
        ("always @(posedge clk) q[1:0] <= q[1:0] + 1;", (), (4,)),
        ("integer i; always @* for (i = 0; i < 99; i = i + 1) q[i] = a;", (), ()),
        ("reg [31:0] n; always @(posedge clk) n <= n + 1;", (), ()),
        (
            "localparam N = 4'd9 + 1; always @(posedge clk) q <= (q == (N - 1)) ? 0 : q + 1;",
            (10,),
            (),
        ),
    ],
)
def test_counters(body: str, ends: tuple[int, ...], wraps: tuple[int, ...]) -> None:
    found = hints(body)
    assert (found.ends, found.wraps) == (ends, wraps)


def test_codes_are_literals_with_a_size() -> None:
    found = hints("wire x = q == 4'b1011 || q == 3'o5 || q == 9 || q == 2'd1 || q == 8'h0F;")
    assert found.codes == ("1011", "101", "00001111")


def test_a_long_run_lasts_until_cascaded_counters_are_at_their_end() -> None:
    assert run_length(Hints(ends=(10, 6, 10)), 4096) == 600 * 5 // 4 + 32
    assert 60 * 60 * 24 < run_length(Hints(ends=(60, 60, 24)), 4096) == LONGEST * 4096
    assert run_length(Hints(ends=(10, 6), wraps=(4096,)), 64) >= 60
    assert run_length(Hints(ends=(10**6,), constants=(10**6,)), 4096) == 512
    assert run_length(Hints(constants=(0x999,)), 4096) == 4096


def test_phases_are_those_that_the_inputs_call_for() -> None:
    def names(*inputs: Input) -> list[str]:
        return [phase.name for phase in aimed(inputs, Hints(ends=(20,)), (), 4096)]

    assert names(Input("a", 8)) == ["held"]
    assert names(Input("x", role="control")) == ["held", "serial"]
    assert names(Input("a", 8), Input("b", 8)) == ["held", "operands"]
    assert "fill and drain" in names(Input("push", role="push"))
    assert "addresses" in names(Input("addr", 4, role="address"))
    assert "load and run" in names(Input("load", role="strobe"), Input("d", 4))
    assert names() == []
