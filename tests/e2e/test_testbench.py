"""`rtlgen testbench` from the command line: good input, bad input, and what it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rtlgen.test_cli import RIGHT, TABLE

GRAY = """\
module gray(input clk, input rst, input en, output [2:0] code);
  reg [2:0] count;
  assign code = count ^ (count >> 1);
  always @(posedge clk)
    if (rst) count <= 0;
    else if (en) count <= count + 1;
endmodule
"""
SMALL = ("--budget", "128", "--mutants", "6", "--seconds", "5", "--proving", "1")


def rtlgen(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RTLGEN_")}
    return subprocess.run(
        [sys.executable, "-m", "rtlgen", *arguments],
        cwd=folder,
        env={**kept, "RTLGEN_CACHE": str(folder / "cache"), "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def trust(folder: Path, name: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name / "trust.json").read_text())
    return found


BAD = {
    "syntax": ("module m(input a, output y);\n  assign y = a +;\nendmodule", "bad.v:2: expected"),
    "unknown module": (
        "module m(input a, output y);\n  helper h(.a(a), .y(y));\nendmodule",
        "bad.v:2: unknown module 'helper'",
    ),
    "several tops": (
        "module one(input a, output y); assign y = a; endmodule\n"
        "module two(input a, output y); assign y = ~a; endmodule",
        "must have one top module, not one, two\n\nhint: name it with --top",
    ),
    "no module": ("// nothing\n", "must define a module; bad.v has none"),
    "inout": (
        "module m(input d, inout pad, output q); assign q = pad & d; endmodule",
        "port 'pad' of module 'm' is inout",
    ),
    "nothing to check": ("module m(input d);\nendmodule", "module 'm' has no output to check"),
}


@pytest.mark.icarus
@pytest.mark.parametrize("name", list(BAD))
def test_a_reference_that_cannot_be_used_is_refused_with_the_reason(
    name: str, tmp_path: Path
) -> None:
    text, said = BAD[name]
    (tmp_path / "bad.v").write_text(text)
    done = rtlgen(tmp_path, "testbench", "bad.v", "-o", "out")
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.icarus
def test_what_is_asked_for_must_fit_together(tmp_path: Path) -> None:
    (tmp_path / "gray.v").write_text(GRAY)
    (tmp_path / "spec.md").write_text(TABLE)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("")
    for arguments, said in (
        (("gray.v", "--golden", "gray.v"), "the reference must be given once"),
        (("gray.v", "spec.md"), "a specification stands alone"),
        (("spec.md", "--golden", "gray.v"), "must have the same ports"),
        (("missing.v",), "cannot read missing.v"),
        (("gray.v", "-o", "mine"), "must be new, empty, or an earlier run's"),
    ):
        done = rtlgen(tmp_path, "testbench", *arguments)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr


def test_prose_alone_is_nothing_to_check_by(tmp_path: Path) -> None:
    (tmp_path / "spec.md").write_text("Module `m`\n\n- input a\n- output y\n\ny feels like a.\n")
    done = rtlgen(tmp_path, "testbench", "spec.md")
    assert done.returncode == 3
    assert "there is nothing to judge by" in done.stderr
    assert "or a language model with --model" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["spec.md"]


@pytest.mark.icarus
@pytest.mark.verilator
def test_a_golden_design_becomes_a_testbench_that_runs_on_its_own(tmp_path: Path) -> None:
    (tmp_path / "gray.v").write_text(GRAY)
    done = rtlgen(tmp_path, "testbench", "gray.v", "-o", "out", "--json", *SMALL)
    assert done.returncode == 0, done.stderr
    found = trust(tmp_path)
    assert json.loads(done.stdout) == found
    assert 0 < found["trust"]["value"] <= 1
    assert found["trust"]["killed"] > 0
    assert found["coverage"]["kinds"]["line"]["points"] > 0
    assert "# Testbench of `gray`" in (tmp_path / "out" / "plan.md").read_text()
    for name, text, code in (("right", GRAY, 0), ("wrong", GRAY.replace(">> 1", ">> 2"), 1)):
        (tmp_path / f"{name}.v").write_text(text)
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_runner.py"],
            cwd=tmp_path / "out",
            env={"PATH": os.environ["PATH"], "RTL": str(tmp_path / f"{name}.v")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ran.returncode == code, ran.stdout
    again = rtlgen(tmp_path, "testbench", "gray.v", "-o", "out", "--min-trust", "1", *SMALL)
    assert again.returncode == 3
    assert "1.00 is demanded" in again.stderr
    kept = trust(tmp_path)
    assert {**kept, "command": [], "seconds": {}} == {**found, "command": [], "seconds": {}}


@pytest.mark.icarus
@pytest.mark.verilator
def test_what_a_specification_fixes_is_measured_on_rtl_compiled_from_it(tmp_path: Path) -> None:
    (tmp_path / "spec.md").write_text(TABLE)
    done = rtlgen(tmp_path, "testbench", "spec.md", "-o", "out", *SMALL)
    assert done.returncode == 0, done.stderr
    found = trust(tmp_path)
    assert found["reference"].startswith("truth table")
    assert found["measured_on"].startswith("RTL compiled from the truth table")
    assert found["trust"]["exhaustive"]
    assert found["trust"]["value"] == 1
    (tmp_path / "design.v").write_text(RIGHT)
    judged = rtlgen(
        tmp_path, "judge", "design.v", "--spec", "spec.md", "--min-testbench-trust", "0.5", "--json"
    )
    assert judged.returncode == 0, judged.stderr
    assert json.loads(judged.stdout)["testbench"]["trust"]["value"] > 0.5


@pytest.mark.icarus
def test_a_pass_by_a_testbench_that_is_trusted_too_little_is_not_verified(tmp_path: Path) -> None:
    (tmp_path / "gray.v").write_text(GRAY)
    done = rtlgen(
        tmp_path, "judge", "gray.v", "--golden", "gray.v", "--min-testbench-trust", "1", "--json"
    )
    assert done.returncode == 3, done.stderr
    found = json.loads(done.stdout)
    assert found["outcome"] == "not judged"
    assert found["reason"].startswith("testbench trust 0.")
    assert found["candidates"][0]["verdict"]["status"] == "pass"
    assert "below the 1.00 demanded" in done.stderr
