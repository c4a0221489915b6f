"""`rtlgen prove`: answers, exit codes, what it writes, and proofs that are checked again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.golden import check_golden
from tests.rtlgen.test_cli import rtlgen

GOLDEN = """\
module count(input clk, input rst, input en, input [3:0] d, output reg [3:0] q, output y);
always @(posedge clk) if (rst) q <= 0; else if (en) q <= q + d;
assign y = q > 9;
endmodule
"""
SAME = GOLDEN.replace("q > 9", "q[3] & |q[2:1]")
OTHER = GOLDEN.replace("q > 9", "q >= 9")


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.v").write_text(text)


def test_help(tmp_path: Path) -> None:
    check_golden("help/prove.txt", rtlgen("prove", "--help", cwd=tmp_path).stdout)


def test_a_proof_is_kept_and_holds_when_it_is_checked_again(tmp_path: Path) -> None:
    written(tmp_path, a=GOLDEN, b=SAME)
    done = rtlgen("prove", "a.v", "b.v", "-o", "kept", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["outcome"], record["counterexample"]) == ("proved", None)
    assert "product machine" in record["reason"], "a second opinion"
    assert json.loads((tmp_path / "kept/proof.json").read_text()) == record
    assert (tmp_path / "kept/golden/a.v").read_text() == GOLDEN
    again = rtlgen("prove", "--check", "kept", cwd=tmp_path)
    assert again.returncode == 0
    assert "the proof holds: an inductive invariant of" in again.stderr
    (tmp_path / "kept/invariant.pla").unlink()
    without = rtlgen("prove", "--check", "kept", "--json", cwd=tmp_path)
    assert without.returncode == 1
    assert "the output may be 1" in json.loads(without.stdout)["fault"]


def test_a_refutation_is_a_table_a_waveform_and_a_test(tmp_path: Path) -> None:
    written(tmp_path, a=GOLDEN, b=OTHER)
    done = rtlgen("prove", "a.v", "b.v", "-o", "kept", cwd=tmp_path)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0].split() == [
        "cycle",
        "rst",
        "en",
        "d",
        "y:",
        "first,",
        "second",
        "q:",
        "first,",
        "second",
    ]
    assert lines[3].split()[-4:] == ["0", "1", "'h9", "'h9"]
    assert "refuted: y differs in cycle 3" in done.stderr
    names = {path.name for path in (tmp_path / "kept").iterdir()}
    assert {"counterexample.vcd", "test_counterexample.py", "proof.json", "0.log"} <= names
    assert rtlgen("prove", "--check", "kept", cwd=tmp_path).returncode == 2
    # A later answer leaves nothing of an earlier one.
    written(tmp_path, b=SAME)
    assert rtlgen("prove", "a.v", "b.v", "-q", "-o", "kept", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "kept/counterexample.vcd").exists()


def test_a_folder_that_was_not_written_to_its_end_is_no_proof(tmp_path: Path) -> None:
    written(tmp_path, a=GOLDEN, b=SAME, c=SAME)
    assert rtlgen("prove", "a.v", "b.v", "-q", "-o", "kept", cwd=tmp_path).returncode == 0
    assert rtlgen("prove", "--check", "kept", "-q", cwd=tmp_path).returncode == 0
    (tmp_path / "kept/proof.json").write_text('{"outcome": "unfinished"}')
    done = rtlgen("prove", "--check", "kept", cwd=tmp_path)
    assert done.returncode == 2
    assert "was not written to its end" in done.stderr
    assert rtlgen("prove", "a.v", "c.v", "-q", "-o", "kept", cwd=tmp_path).returncode == 0
    assert [path.name for path in (tmp_path / "kept/other").iterdir()] == ["c.v"]
    (tmp_path / "kept/proof.json").write_text("{")
    done = rtlgen("prove", "--check", "kept", cwd=tmp_path)
    assert done.returncode == 2
    assert "proof.json cannot be read" in done.stderr


def test_unknown_has_its_own_exit_code(tmp_path: Path) -> None:
    written(
        tmp_path,
        a=GOLDEN,
        b=GOLDEN.replace("assign y", "assign #1 y"),
    )
    done = rtlgen("prove", "a.v", "b.v", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "unknown: has a delay" in done.stderr


def test_a_missing_module_is_never_assumed_equal(tmp_path: Path) -> None:
    ghost = "module top(input a, output y); ghost g(a, y); endmodule\n"
    written(tmp_path, a=ghost, b=ghost.replace("ghost g(", "ghost h("))
    done = rtlgen("prove", "a.v", "b.v", cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert "ghost" in done.stderr


def test_other_ports_refute(tmp_path: Path) -> None:
    written(tmp_path, a=GOLDEN, b=GOLDEN.replace("[3:0] d", "[2:0] d"))
    done = rtlgen("prove", "a.v", "b.v", cwd=tmp_path)
    assert done.returncode == 1
    assert (
        "port d: input of 4 bits in the first design, input of 3 bits in the second" in done.stderr
    )


def test_a_reset_can_be_named(tmp_path: Path) -> None:
    text = "module m(input clk, r, d, output reg q);\nalways @(posedge clk) q <= r & (q ^ d);\nendmodule\n"
    written(tmp_path, a=text, b=text.replace("q ^ d", "d ^ q"))
    done = rtlgen("prove", "a.v", "b.v", "--reset", "r:low", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.v",), "two designs must be given"),
        (("a.v", "missing.v"), "cannot read missing.v"),
        (("a.v", "a.v", "--top", "ghost"), "--top must name a module of a.v, not 'ghost'"),
        (("a.v", "a.v", "--reset", "rst:up"), "--reset must read NAME, NAME:low or NAME:high"),
        (("a.v", "a.v", "--reset", "ghost"), "has no port 'ghost'"),
        (("a.v", "a.v", "-o", "."), "-o must be a new folder"),
        (("--check", "."), "--check must name a folder"),
        (("a.v", "--check", "."), "--check takes a folder alone"),
    ],
)
def test_bad_arguments(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    written(tmp_path, a=GOLDEN)
    done = rtlgen("prove", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.v"]
