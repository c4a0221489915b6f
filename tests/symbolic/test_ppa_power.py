"""The proxy for power: what toggles, and what it drives."""

from __future__ import annotations

import pytest

from symbolic.ppa import Ppa, measure
from symbolic.ppa_power import parsed
from tests.symbolic.replay import design

COUNTER = """
module top(input clk, rst, en, output [7:0] y);
reg [7:0] q;
always @(posedge clk or posedge rst) if (rst) q <= 0; else if (en) q <= q + 1;
assign y = {COUNT};
endmodule
"""


def power(text: str) -> float:
    [found] = measure([design(text)], stock=False, power=True)
    assert isinstance(found, Ppa)
    assert found.power is not None
    return found.power


@pytest.mark.parametrize(
    ("function", "table"),
    [
        ("!(A & B)", [1, 1, 1, 0]),
        ("(A B) + C'", [1, 1, 1, 1]),
        ("A ^ B", [0, 1, 1, 0]),
        ("!A | (A * !B)", [1, 1, 1, 0]),
        ("(A&B)'", [1, 1, 1, 0]),
        ("1", [1, 1, 1, 1]),
    ],
)
def test_functions_of_cells(function: str, table: list[int]) -> None:
    evaluate = parsed(function)
    found = [evaluate({"A": a, "B": b}) & 1 for b in (0, 1) for a in (0, 1)]
    assert found == table


@pytest.mark.parametrize("function", ["", "A &", "(A", "A)", "A % B", "A ? B : C"])
def test_what_is_no_function_is_refused(function: str) -> None:
    with pytest.raises(ValueError, match="Liberty function"):
        parsed(function)


def test_a_gray_code_moves_less_than_the_numbers_behind_it_do_alone() -> None:
    binary = power(COUNTER.replace("COUNT", "q"))
    both = power(COUNTER.replace("COUNT", "q ^ (q >> 1)"))
    assert both > binary > 0


def test_what_stands_still_moves_nothing() -> None:
    held = COUNTER.replace("else if (en) q <= q + 1;", "else q <= 8'd0;").replace("COUNT", "q")
    assert power(held) == 0.0
    assert power("module top(input a, output y); assign y = a; endmodule") == 0.0


def test_the_figure_is_the_same_every_time() -> None:
    text = COUNTER.replace("COUNT", "q + {8{en}}")
    assert power(text) == power(text)
