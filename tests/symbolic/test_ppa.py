"""Area, delay and cells of small designs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.design import Design
from sim.errors import ToolFailed
from symbolic.ppa import NotMeasured, Ppa, measure, read_library
from symbolic.ppa_liberty import parse_library
from tests.symbolic.replay import design

ADD = "module top(input [3:0] a, b, c, output [3:0] y); assign y = a + b + c; endmodule"
REGISTER = """
module top(input clk, rst_n, input [2:0] d, output reg [2:0] q);
always @(posedge clk or negedge rst_n) if (!rst_n) q <= 0; else q <= ~d;
endmodule
"""
LATCH = "module top(input e, d, output reg q); always @* if (e) q = d; endmodule"
WIRE = "module top(input a, output y); assign y = a; endmodule"
LOOSE = """
module top(input [3:0] a, b, input s, output reg [3:0] y);
wire [3:0] sum;
always @* begin sum = a + b; y <= s ? sum : a; end
endmodule
"""
"""A wire that is assigned in a process: Yosys takes it."""
MACHINE = """
module top(input clk, rst, x, output y);
reg [2:0] s;
always @(posedge clk) if (rst) s <= 0; else case (s)
  0: s <= x ? 1 : 0; 1: s <= x ? 2 : 0; 2: s <= x ? 3 : 1; 3: s <= x ? 4 : 2; default: s <= x ? 0 : 3;
endcase
assign y = s == 4;
endmodule
"""


def measured(*texts: str, **options: bool) -> list[Ppa]:
    found = measure([design(text) for text in texts], **options)
    assert all(isinstance(one, Ppa) for one in found), found
    return [one for one in found if isinstance(one, Ppa)]


def test_area_is_the_sum_of_cells_and_delay_that_of_the_longest_path() -> None:
    add, register, latch, wire, loose = measured(ADD, REGISTER, LATCH, WIRE, LOOSE, stock=False)
    cells = read_library().cells
    for one in (add, register, latch, loose):
        area = sum(cells[kind].area * count for kind, count in one.by_cell.items())
        assert one.area == pytest.approx(area)
        assert one.area > 0
    assert (register.flip_flops, latch.flip_flops, add.flip_flops) == (3, 1, 0)
    assert register.by_cell["DFFR_X1"] == 3
    assert add.delay > loose.delay > register.delay > 0
    assert add.levels > 2
    assert (wire.area, wire.delay, wire.levels) == (0, 0, 0)
    assert add.cells is None
    assert add.with_fsm is None


def test_the_same_text_gives_the_same_figures() -> None:
    first, second = measured(ADD, ADD, stock=False)
    assert (first.area, first.delay, first.by_cell) == (second.area, second.delay, second.by_cell)


def test_stock_counts_with_and_without_the_fsm_pass() -> None:
    [machine] = measured(MACHINE, fsm=True)
    assert machine.cells
    assert machine.wires
    assert machine.cells_nofsm
    assert machine.with_fsm is not None
    # Yosys's pass gives every state a register of its own.
    assert (machine.flip_flops, machine.with_fsm.flip_flops) == (3, 5)


def test_a_bad_design_costs_the_others_nothing() -> None:
    ghost = "module top(input a, output y); ghost g(a, y); endmodule"
    found = measure([*map(design, ("module top(;", ghost, "", ADD))], stock=False)
    assert [type(one) for one in found] == [NotMeasured] * 3 + [Ppa]
    assert "syntax error" in found[0].reason  # type: ignore[union-attr]
    assert "ghost" in found[1].reason  # type: ignore[union-attr]


def test_what_the_library_cannot_do_is_named() -> None:
    text = "module top(input e, d, output y); assign y = e ? d : 1'bz; endmodule"
    [found] = measure([design(text)], stock=False)
    assert isinstance(found, NotMeasured)
    assert "has no cell for" in found.reason


def test_time_that_is_up_leaves_the_rest() -> None:
    found = measure([design(ADD)] * 3, seconds=0.01)
    assert all(isinstance(one, NotMeasured) and "time" in one.reason for one in found)


def test_a_library_that_abc_does_not_read_is_at_fault() -> None:
    text = (
        'library (odd) { cell (N) { area : 1; pin (Y) { direction : output; function : "!A"; } } }'
    )
    with pytest.raises(ToolFailed, match="ABC does not read library 'odd'"):
        measure([design(ADD)], library=parse_library(text, place="odd.lib"), stock=False)


def test_nothing_is_measured_of_nothing() -> None:
    assert measure([]) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", ["osu018_stdcells.lib.gz", "sg13g2_stdcell_typ_1p20V_25C.lib.gz"])
def test_real_libraries(shared: Path, name: str) -> None:
    library = read_library(shared / "liberty" / name)
    found = measure(
        [design(ADD), Design(top="top", sources={"r.v": REGISTER})], library=library, stock=False
    )
    for one in found:
        assert isinstance(one, Ppa)
        assert one.delay > 10
        assert one.area > 50
