"""The command line: help, exit codes and messages, light imports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import check_golden

COMMANDS = ("design", "judge", "optimize", "replay", "lint", "doctor")
TABLE = """\
# Majority

Module `majority` with

- input a
- input b
- input c
- output y

| a | b | c | y |
|---|---|---|---|
| 0 | 0 | 0 | 0 |
| 0 | 0 | 1 | 0 |
| 0 | 1 | 0 | 0 |
| 0 | 1 | 1 | 1 |
| 1 | 0 | 0 | 0 |
| 1 | 0 | 1 | 1 |
| 1 | 1 | 0 | 1 |
| 1 | 1 | 1 | 1 |
"""
RIGHT = """\
module majority(input a, input b, input c, output y);
  assign y = (a & b) | (a & c) | (b & c);
endmodule
"""


def rtlgen(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rtlgen", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
    )


NESTED = (
    *("dataset", "dataset build", "dataset check", "dataset inspect", "dataset synth"),
    *("train", "train sft", "train audit", "train iterate", "train loop", "train gguf"),
)


@pytest.mark.parametrize("command", ["", *COMMANDS, *NESTED])
def test_help(command: str, tmp_path: Path) -> None:
    done = rtlgen(*command.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    name = command.replace(" ", "_") or "rtlgen"
    check_golden(f"help/{name}.txt", done.stdout)


HEAVY = {
    "cocotb",
    "datasets",
    "jinja2",
    "numpy",
    "pydantic",
    "pyosys",
    "pyslang",
    "ray",
    "torch",
    "transformers",
    "trl",
    "yaml",
}


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['rtlgen', '--help']\n"
        "from rtlgen.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert not HEAVY & {name.partition(".")[0] for name in done.stderr.split()}


def test_import_loads_next_to_nothing(tmp_path: Path) -> None:
    code = "import sys; before = set(sys.modules); import rtlgen; print(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["rtlgen"]


def test_design_needs_no_optional_package(tmp_path: Path) -> None:
    optional = (
        "pyverilog",
        "pyosys",
        "dd",
        "pysat",
        "bm25s",
        "torch",
        "transformers",
        "trl",
        "ray",
    )
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({optional}))\n"
        "import rtlgen.cli.design, rtlgen.cli.runs"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def spec_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "spec.md"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


BAD_SPECS = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t\n", "empty"),
    "binary": (b"\x7fELF\x00\x01\xff", "text"),
    "no ports": (b"# Thing\n\nModule `thing` does things.\n", "port"),
    "no module name": (b"- input a\n- output y\n\ny = a\n", "module"),
    "a port twice": (b"Module `m`\n\n- input a\n- input a\n- output y\n\ny = a\n", "'?`?a'?`?"),
    "zero width": (b"Module `m`\n\n- input a (0 bits)\n- output y\n\ny = a\n", "width"),
    "contradiction": (
        TABLE.replace("| 1 | 1 | 1 | 1 |", "| 1 | 1 | 0 | 0 |").encode(),
        "contradict",
    ),
    "5 MB and more": (b"Module `m`\n" + b"x" * 5_400_000, "at most 256 KiB"),
}


@pytest.mark.parametrize("name", list(BAD_SPECS))
def test_bad_specification_is_a_usage_error(name: str, tmp_path: Path) -> None:
    content, said = BAD_SPECS[name]
    done = rtlgen("design", spec_file(tmp_path, content), "-o", "out", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr
    assert pytest.approx(len(done.stderr), abs=4000) == 0

    assert re.search(said, done.stderr), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["spec.md"]


def test_missing_and_unreadable_paths_are_named(tmp_path: Path) -> None:
    for path in ("missing.md", "."):
        done = rtlgen("design", path, cwd=tmp_path)
        assert done.returncode == 2
        assert path in done.stderr
        assert "Traceback" not in done.stderr


def test_unknown_option_and_command_are_usage_errors(tmp_path: Path) -> None:
    assert rtlgen("design", "--no-such", cwd=tmp_path).returncode == 2
    assert rtlgen("no-such", cwd=tmp_path).returncode == 2
    assert rtlgen("judge", "x.v", cwd=tmp_path).returncode == 2


def test_prose_alone_cannot_be_judged(tmp_path: Path) -> None:
    text = "Module `m`\n\n- input a\n- output y\n\nThe output shows how the input feels.\n"
    spec = spec_file(tmp_path, text)
    done = rtlgen("design", spec, "-o", "out", "--model", "builtin", cwd=tmp_path)
    assert done.returncode == 3
    assert "built-in, as --model says" in done.stderr
    assert "nothing to judge by" in done.stderr
    assert "rtlgen[embedded]" in done.stderr
    assert "--golden" in done.stderr
    assert not (tmp_path / "out").exists()


def test_occupied_output_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")
    done = rtlgen("design", spec_file(tmp_path, TABLE), "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "earlier run's" in done.stderr


@pytest.mark.icarus
def test_design_writes_everything(tmp_path: Path) -> None:
    spec = spec_file(tmp_path, TABLE)
    done = rtlgen("design", spec, "-o", "out", "--simulator", "icarus", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record == json.loads((tmp_path / "out/run.json").read_text())
    assert record["outcome"] == "verified"
    verdict = record["candidates"][0]["verdict"]
    assert verdict["checked"] == verdict["expected"] == record["testbench"]["expected_checks"] > 0
    found = {path.name for path in (tmp_path / "out").iterdir()}
    assert found == {"rtl", "tb", "spec.md", "report.md", "run.json", "waveform.vcd"}
    assert "PASS" in (tmp_path / "out/report.md").read_text()
    again = rtlgen("design", spec, "-o", "out", "--simulator", "icarus", "-q", cwd=tmp_path)
    assert (again.returncode, again.stderr, again.stdout) == (0, "", "")


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("rtl", "code"),
    [
        (RIGHT, 0),
        (RIGHT.replace("(b & c)", "(b ^ c)"), 1),
        (RIGHT.replace("assign y", "assign z"), 1),
        (RIGHT.replace("endmodule", "initial $finish; endmodule"), 1),
        (RIGHT.replace(", input c", ""), 1),
        ("module majority(", 1),
    ],
    ids=["right", "wrong", "undriven", "ends the run", "missing port", "syntax"],
)
def test_judge_by_spec(rtl: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "design.v").write_text(rtl)
    spec = spec_file(tmp_path, TABLE)
    done = rtlgen("judge", "design.v", "--spec", spec, cwd=tmp_path)
    assert done.returncode == code, done.stderr


@pytest.mark.icarus
def test_judge_by_golden(tmp_path: Path) -> None:
    (tmp_path / "design.v").write_text(RIGHT)
    (tmp_path / "ref.v").write_text(
        RIGHT.replace("assign y = (a & b) | (a & c) | (b & c);", "assign y = a + b + c > 1;")
    )
    done = rtlgen("judge", "design.v", "--golden", "ref.v", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "design.v").write_text(RIGHT.replace("(b & c)", "b"))
    done = rtlgen("judge", "design.v", "--golden", "ref.v", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "First mismatch" in (tmp_path / "out/report.md").read_text()


@pytest.mark.icarus
def test_a_specification_is_no_rtl(tmp_path: Path) -> None:
    (tmp_path / "m.v").write_text("module m(input a, output y); assign y = a; endmodule\n")
    (tmp_path / "m.md").write_text("# m\n\n- input a\n- output y\n")
    done = rtlgen("judge", "m.v", "m.md", "--golden", "m.v", cwd=tmp_path)
    assert done.returncode == 2
    assert "must be Verilog; m.md is a specification" in done.stderr
    assert "--spec m.md" in done.stderr


def test_golden_rtl_that_contradicts_the_specification_is_said(tmp_path: Path) -> None:
    (tmp_path / "ref.v").write_text(RIGHT.replace("(b & c)", "b"))
    (tmp_path / "design.v").write_text(RIGHT.replace("(b & c)", "b"))
    spec = spec_file(tmp_path, TABLE)
    done = rtlgen("judge", "design.v", "--golden", "ref.v", "--spec", spec, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "golden RTL contradicts the specification's truth table (lines 10-19)" in done.stderr


def test_specification_and_golden_rtl_with_other_ports(tmp_path: Path) -> None:
    (tmp_path / "ref.v").write_text("module majority(input a, output [1:0] y);endmodule")
    spec = spec_file(tmp_path, TABLE)
    done = rtlgen("design", spec, "--golden", "ref.v", cwd=tmp_path)
    assert done.returncode == 2
    assert "b (input of 1 bit in the specification, nothing in the golden RTL)" in done.stderr
    assert "y (output of 1 bit in the specification, output of 2 bits in the" in done.stderr
