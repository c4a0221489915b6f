"""AIGER files as Yosys writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbolic.yosys import YosysJob, run_yosys
from symbolic.yosys_aiger import Aiger

COUNTER = """
module top(input en, output full, output [1:0] n);
(* init = 2'd1 *) wire [1:0] n;
\\$ff #(.WIDTH(2)) ff(.D(n + {1'b0, en}), .Q(n));
assign full = &n;
endmodule
"""
COMMANDS = (
    "read_verilog -icells c.v",
    "hierarchy -top top",
    "simplemap",
    "aigmap",
    "write_aiger -symbols c.aig",
)


def circuit(folder: Path) -> Aiger:
    job = YosysJob(commands=COMMANDS, files={"c.v": COUNTER}, results=("c.aig",))
    [run] = run_yosys([job])
    (folder / "c.aig").write_bytes(run.files["c.aig"])
    return Aiger.read(folder / "c.aig")


def test_a_circuit_counts(tmp_path: Path) -> None:
    found = circuit(tmp_path)
    assert found.inputs == ("en",)
    seen = found.run([{"en": 1}, {"en": 0}, {"en": 1}, {}])
    assert [(s["full"], s["n[1]"], s["n[0]"]) for s in seen] == [
        (0, 0, 1),
        (0, 1, 0),
        (0, 1, 0),
        (1, 1, 1),
    ]


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.aag").write_bytes(b"aag 0 0 0 0 0\n")
    with pytest.raises(ValueError, match="binary AIGER file begins with `aig`"):
        Aiger.read(tmp_path / "a.aag")
    (tmp_path / "b.aig").write_bytes(b"aig 1 0 1 1 0\n2 2\n2\n")
    with pytest.raises(ValueError, match="latch 1 has no value at reset"):
        Aiger.read(tmp_path / "b.aig")
