"""Netlists in an order that names give, and figures that do not depend on what means nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symbolic.ppa import Ppa, measure
from symbolic.ppa_order import BACKWARD, FORWARD, in_order, wrapper
from symbolic.ppa_worker import _better
from tests.symbolic.replay import design

NETLIST = r"""
.model netlist
.inputs ys__n4 ys__n0 ys__n7 ys__n2 ys__n9
.outputs ys__n5 ys__n3
# ys__n0     \b [10]
# ys__n2     \b [9]
# ys__n3     \zero
# ys__n4     $auto$made.cc:3:by$1.Y [0]
# ys__n5     \one
# ys__n7     \a
# ys__n9     $auto$made.cc:1:by$0.Y [1]
.names ys__n0 ys__n2 ys__n3
11 1
.end
"""


def test_ports_stand_by_name_and_bit_and_others_where_they_were() -> None:
    forward = in_order(NETLIST)
    assert ".inputs ys__n7 ys__n2 ys__n0 ys__n4 ys__n9\n" in forward
    assert ".outputs ys__n5 ys__n3\n" in forward
    backward = in_order(NETLIST, backward=True)
    assert ".inputs ys__n4 ys__n9 ys__n0 ys__n2 ys__n7\n" in backward
    assert ".outputs ys__n3 ys__n5\n" in backward
    assert sorted(forward.split()) == sorted(backward.split()) == sorted(NETLIST.split())


def test_the_wrapper_writes_both_and_becomes_abc(tmp_path: Path) -> None:
    (tmp_path / "yosys").mkdir()
    (tmp_path / "yosys" / "input.blif").write_text(NETLIST)
    real = tmp_path / "a real abc"
    real.write_text('#!/bin/sh\necho "$@"\nexit 3\n')
    real.chmod(0o700)
    abc = tmp_path / "abc"
    abc.write_text(wrapper(str(real)))
    abc.chmod(0o700)
    script = tmp_path / "yosys" / "abc.script"
    run = subprocess.run(
        [str(abc), "-s", "-f", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stdout) == (3, f"-s -f {script}\n")
    assert (tmp_path / FORWARD).read_text() == in_order(NETLIST)
    assert (tmp_path / BACKWARD).read_text() == in_order(NETLIST, backward=True)
    assert sys.executable in abc.read_text()


@pytest.mark.parametrize(
    ("mappings", "best"),
    [
        ([(10.0, 5.0)], 0),
        ([(10.0, 5.0), (9.0, 9.0)], 1),
        ([(100.0, 50.0), (99.9, 90.0)], 0),
        ([(100.0, 50.0), (99.9, 50.0)], 1),
        ([(0.0, 0.0), (0.0, 0.0)], 0),
    ],
)
def test_the_faster_of_mappings_that_are_about_even(
    mappings: list[tuple[float, float]], best: int
) -> None:
    assert _better(mappings) == best


MACHINE = """
module top(input clk, rst, input [3:0] x, output reg [3:0] sum, output y);
reg [2:0] s;
// HERE
always @(posedge clk)
  if (rst) s <= 0;
  else case (s)
    0: s <= x[0] ? 1 : 0;
    1: s <= x[1] ? 2 : 0;
    2: s <= x[2] ? 3 : 1;
    3: s <= x[3] ? 4 : 2;
    default: s <= x[0] ? 0 : 3;
  endcase
always @(posedge clk) if (rst) sum <= 0; else if (y) sum <= sum + x - 4'd3;
assign y = s == 4;
endmodule
"""


def test_what_means_nothing_changes_no_figure() -> None:
    texts = [
        MACHINE,
        "\n" * 120 + MACHINE,
        MACHINE.replace("// HERE", "wire unused = x[0] ^ s[1]; wire [6:0] more = {7{unused}};"),
        MACHINE.replace("// HERE", "reg [3:0] idle; always @(posedge clk) idle <= idle + x;"),
    ]
    found = measure([design(text) for text in texts], stock=False)
    figures = {(one.area, one.delay, one.levels) for one in found if isinstance(one, Ppa)}
    assert len(figures) == 1
    assert len(found) == len(texts)


def test_one_mapping_alone_is_no_better_than_the_best() -> None:
    [best] = measure([design(MACHINE)], stock=False)
    [one] = measure([design(MACHINE)], stock=False, thorough=False)
    assert isinstance(best, Ppa)
    assert isinstance(one, Ppa)
    assert one.area >= 0.995 * best.area
