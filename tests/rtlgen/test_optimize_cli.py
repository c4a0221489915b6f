"""`rtlgen optimize`: messages, exit codes, what it writes, and that the input is never touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rtlgen.test_cli import rtlgen

SHARED = """\
module pick (input s, input [7:0] a, b, c, d, output [7:0] y);
  assign y = s ? a + b : c + d;  // one adder will do
endmodule
"""
LATCH = "module m (input a, e, output reg y);\n  always @* if (e) y = a;\nendmodule\n"
TWO = "module one (input a, output y);\n  assign y = a;\nendmodule\n"


def source(folder: Path, text: str, name: str = "pick.v") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_optimized_text_table_json_and_report(tmp_path: Path) -> None:
    path = source(tmp_path, SHARED)
    options = ("--slower", "0.5", "--report", "r.html", "--json", "--explain", "-o", "out.v")
    done = rtlgen("optimize", path, *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["ending"], record["proof"]["status"]) == ("optimized", "proved")
    assert record["after"]["area"] < record["before"]["area"]
    assert {"cells", "area", "delay"} <= record["before"].keys()
    assert all(step["proof"]["status"] == "proved" for step in record["steps"])
    text = (tmp_path / "out.v").read_text()
    assert record["rtl"] == {"pick.v": text}
    assert "// one adder will do" in text or text.count("+") == 1
    assert "area" in done.stderr
    assert "finds" in done.stderr  # --explain
    assert "<!doctype html>" in (tmp_path / "r.html").read_text()
    assert path.read_text() == SHARED


def test_nothing_helps_is_said_and_the_text_comes_out_as_it_is(tmp_path: Path) -> None:
    path = source(tmp_path, TWO, "one.v")
    done = rtlgen("optimize", path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, TWO)
    assert "nothing helps: module one is left as it is" in done.stderr
    assert rtlgen("optimize", path, "--diff", "-q", cwd=tmp_path).stdout == ""


def test_what_cannot_be_handled_comes_out_as_it_is_with_another_exit_code(tmp_path: Path) -> None:
    path = source(tmp_path, LATCH, "m.v")
    done = rtlgen("optimize", path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, LATCH)
    assert "m.v:2: a latch" in done.stderr


def bad(text: str, *options: str, name: str = "m.v") -> tuple[str, tuple[str, ...], str]:
    return text, options, name


BAD = {
    "m.v:2: expected expression": bad(
        "module m (input a, output y);\n  assign y = a &;\nendmodule\n"
    ),
    "m.v:2: unknown module 'sub'": bad(
        "module m (input a, output y);\n  sub s (.a(a), .y(y));\nendmodule\n"
    ),
    "must have one top module, not one, two\n\nhint: name it with --top": bad(
        TWO + TWO.replace("one", "two")
    ),
    "must define a module": bad("// nothing\n"),
    "must be another file than the input, not m.v": bad(TWO, "-o", "m.v"),
    "must be a file in a folder that is there, not no/where.v": bad(TWO, "-o", "no/where.v"),
    "RTL and report must be two files": bad(TWO, "-o", "x", "--report", "x"),
    "--top must name a module of the design, not 'three'": bad(TWO, "--top", "three"),
    "a Liberty file begins with": bad(TWO, "--liberty", "m.v"),
    "a cell library must be a readable file": bad(TWO, "--liberty", "none.lib"),
    "--model must name a language model": bad(TWO, "--model", "builtin", "--seconds", "1"),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_said_and_nothing_is_written(message: str, tmp_path: Path) -> None:
    text, options, name = BAD[message]
    path = source(tmp_path, text, name)
    done = rtlgen("optimize", name, *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert message in done.stderr
    assert path.read_text() == text
    assert [p.name for p in tmp_path.iterdir()] == [name]


MODEL = """\
optimization:
  - "I would not touch it."
  - |
    ```verilog
    module pick (input s, input [7:0] a, b, c, d, output [7:0] y);
      assign y = s ? a + b : d;
    endmodule
    ```
  - |
    Select first.
    ```verilog
    module pick (input s, input [7:0] a, b, c, d, output [7:0] y);
      assign y = (s ? a : c) + (s ? b : d);
    endmodule
    ```
"""


def test_a_model_s_rewrite_is_taken_only_if_proved_and_better(tmp_path: Path) -> None:
    source(tmp_path, MODEL, "answers.yaml")
    path = source(tmp_path, SHARED.replace("a + b : c + d", "d + a : c * d"))
    text = (tmp_path / "answers.yaml").read_text()
    path.write_text(SHARED)
    options = ("--model", "scripted:answers.yaml", "--candidates", "3", "--seconds", "60")
    done = rtlgen("optimize", path, *options, "--slower", "0.5", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    reasons = [left["reason"] for left in record["left_alone"]]
    assert any("not proved equivalent" in reason for reason in reasons)
    assert record["proof"]["status"] == "proved"
    assert text == MODEL
