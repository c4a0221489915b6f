"""`rtlgen fsm`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("pyosys")

from rtlgen.cli.fsm_record import MachinesRecord
from symbolic.kiss2 import parse_kiss2
from tests.golden import DATA, check_golden
from tests.rtlgen.test_cli import rtlgen

KISS = """\
.i 1
.o 1
.s 3
.r a
0 a a 0
1 a b 0
0 b a 0
1 b c 1
0 c a 0
1 c b 1
.e
"""
TWO = DATA / "fsm_rewrite" / "two_machines.v"
MIXED = DATA / "fsm_rewrite" / "mixed.v"


@pytest.fixture
def kiss(tmp_path: Path) -> Path:
    path = tmp_path / "toggle.kiss2"
    path.write_text(KISS)
    return path


def test_help(tmp_path: Path) -> None:
    done = rtlgen("fsm", "--help", cwd=tmp_path)
    assert done.returncode == 0
    check_golden("help/fsm.txt", done.stdout)


def test_kiss2_becomes_a_module(kiss: Path) -> None:
    done = rtlgen("fsm", kiss, "--minimize", "--encode", "gray", "--verilog", cwd=kiss.parent)
    assert done.returncode == 0, done.stderr
    assert "module toggle (" in done.stdout
    assert "3 states become 2, the least" in done.stderr


def test_kiss2_stays_kiss2(kiss: Path) -> None:
    done = rtlgen("fsm", kiss, "--encode", "johnson", "--kiss", "-q", cwd=kiss.parent)
    assert done.returncode == 0
    assert done.stderr == ""
    assert set(parse_kiss2(done.stdout).codes) == {"a", "b", "c"}


def test_pictures_go_to_a_file(kiss: Path) -> None:
    done = rtlgen("fsm", kiss, "--svg", "-o", "toggle.svg", cwd=kiss.parent)
    assert (done.returncode, done.stdout) == (0, "")
    assert (kiss.parent / "toggle.svg").read_text().startswith("<svg ")
    assert sorted(path.name for path in kiss.parent.iterdir()) == ["toggle.kiss2", "toggle.svg"]
    assert rtlgen("fsm", kiss, "--dot", cwd=kiss.parent).stdout.startswith('digraph "toggle" {')


def test_all_machines_of_a_file_are_listed(tmp_path: Path) -> None:
    done = rtlgen("fsm", TWO, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, *_ = done.stdout.splitlines()
    assert first == "two_machines.v:4: left: Moore, 3 states, 1 inputs, 1 outputs"
    assert "right: Moore, 3 states" in done.stdout


def test_json_has_a_schema(tmp_path: Path) -> None:
    done = rtlgen("fsm", TWO, "--json", "--minimize", "-q", cwd=tmp_path)
    record = MachinesRecord.model_validate(json.loads(done.stdout))
    assert [machine.registers for machine in record.machines] == [["left"], ["right"]]
    left = record.machines[0]
    assert left.reset_state == "IDLE"
    assert [reset.signal for reset in left.resets] == ["rst"]
    assert left.minimized is not None
    assert left.minimized.states == left.minimized.bound == 3


def test_one_of_several_must_be_chosen(tmp_path: Path) -> None:
    done = rtlgen("fsm", TWO, "--kiss", cwd=tmp_path)
    assert done.returncode == 2
    assert "module 'two_machines' has left; right" in done.stderr
    assert "hint: choose one with --register" in done.stderr
    assert rtlgen("fsm", TWO, "--kiss", "--register", "left", cwd=tmp_path).returncode == 0
    wrong = rtlgen("fsm", TWO, "--kiss", "--register", "middle", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "must name the register of a state machine (left; right), not 'middle'" in wrong.stderr


def test_rtl_is_written_back_and_proved(tmp_path: Path) -> None:
    done = rtlgen("fsm", MIXED, "--minimize", "--encode", "binary", "--verilog", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 states become 3" in done.stderr
    assert "proved equal" in done.stderr
    assert "B stands for C too" in done.stdout


LEAST = """module toggled(input clk, input rst, input x, output z);
  localparam IDLE = 2'd0, HALF = 2'd1, FULL = 2'd2;
  reg [1:0] state;
  always @(posedge clk)
    if (rst) state <= IDLE;
    else case (state)
      IDLE: if (x) state <= HALF;
      HALF: state <= x ? FULL : IDLE;
      default: if (!x) state <= HALF;
    endcase
  assign z = state == FULL;
endmodule
"""


def test_what_is_least_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "least.v").write_text(LEAST)
    done = rtlgen("fsm", "least.v", "--minimize", "--verilog", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, LEAST), done.stderr
    assert "the text is as it was" in done.stderr


def test_a_safe_machine_is_written_anew_although_it_is_least(tmp_path: Path) -> None:
    (tmp_path / "least.v").write_text(LEAST)
    done = rtlgen("fsm", "least.v", "--safe", "--verilog", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "proved equal" in done.stderr
    assert re.search(r"default: \w+ = IDLE;", done.stdout)


def test_rtl_without_a_machine(tmp_path: Path) -> None:
    (tmp_path / "and.v").write_text(
        "module gate(input a, input b, output y);\n  assign y = a & b;\nendmodule\n"
    )
    done = rtlgen("fsm", "and.v", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "module gate has no state machine" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (".i 1\n.o 1\n0 a\n", "line 3: a transition must be inputs, state, next state, outputs"),
        ("", "a KISS2 text must have a line `.i`"),
    ],
)
def test_bad_kiss2(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "bad.kiss2").write_text(text)
    done = rtlgen("fsm", "bad.kiss2", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.kiss2 must be a machine in KISS2" in done.stderr
    assert said in done.stderr


def test_bad_verilog(tmp_path: Path) -> None:
    (tmp_path / "bad.v").write_text("module top(input a;\nendmodule\n")
    done = rtlgen("fsm", "bad.v", cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.v:1" in done.stderr


def test_formats_exclude_each_other(kiss: Path) -> None:
    done = rtlgen("fsm", kiss, "--json", "--dot", cwd=kiss.parent)
    assert done.returncode == 2
    assert "only one of the formats can be printed, not --dot, --json" in done.stderr


def test_the_input_is_never_written_over(kiss: Path) -> None:
    done = rtlgen("fsm", kiss, "--kiss", "-o", kiss, cwd=kiss.parent)
    assert done.returncode == 2
    assert "the output must be another file than the input" in done.stderr
    assert kiss.read_text() == KISS
