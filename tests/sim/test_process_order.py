from __future__ import annotations

import pytest

from sim.design import Design
from sim.process_order import Suspect, process_order

RACY = """module m(input clk, d, output reg q, z);
 reg a;
 always @(posedge clk) a = d;
 wire w = a;
 always @(posedge clk) z <= w;
 always @(posedge clk) q <= d;
endmodule
"""


def design(text: str) -> Design:
    return Design(top="m", sources={"m.v": text})


def test_processes_stand_in_reverse_order_and_the_rest_where_it_was() -> None:
    turned = process_order(design(RACY)).turned
    assert turned is not None
    assert [" ".join(line.split()) for line in turned.sources["m.v"].splitlines()] == [
        "module m(input clk, d, output reg q, z);",
        "reg a;",
        "always @(posedge clk) q <= d;",
        "wire w = a;",
        "always @(posedge clk) z <= w;",
        "always @(posedge clk) a = d;",
        "endmodule",
    ]


def test_what_is_assigned_at_an_edge_and_read_at_one_elsewhere_is_suspected() -> None:
    assert process_order(design(RACY)).suspects == (Suspect(file="m.v", line=3, signal="a"),)


@pytest.mark.parametrize(
    "text",
    [
        RACY.replace("a = d", "a <= d"),
        RACY.replace("always @(posedge clk) z <= w;", "always @* z = w;"),
        "module m(input clk, d, output reg q); reg t; always @(posedge clk) begin t = d; q <= t; end endmodule",
    ],
    ids=["non-blocking", "read without a clock", "read in the same process"],
)
def test_what_is_no_race_is_not_suspected(text: str) -> None:
    assert process_order(design(text)).suspects == ()


def test_one_process_has_no_other_order() -> None:
    text = "module m(input clk, d, output reg q); always @(posedge clk) q <= d; endmodule"
    assert process_order(design(text)).turned is None


def test_text_beyond_ascii_keeps_its_place() -> None:
    turned = process_order(design("// für\n" + RACY)).turned
    assert turned is not None
    assert "always @(posedge clk) z <= w;" in turned.sources["m.v"]
