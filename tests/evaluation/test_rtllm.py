"""RTLLM: its folders, what is wrong with them, and its rule for completions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.module_names import defined, instantiated, renamed
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.rtllm import V1_1
from tests.evaluation.benchmark_trees import rtllm

OLD = benchmark("rtllm-v1.1")
NEW = benchmark("rtllm-v2")
PROBLEM = Problem(task_id="inv", top="inv", description="Inverts.", test="", golden="")
WHOLE = "module inv(input a, output y);\n  assign y = ~a;\nendmodule\n"


def test_an_empty_root_is_said_of_the_version_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"RTLLM v1\.1 must be at or below --root"):
        OLD.read(tmp_path)
    with pytest.raises(UsageError, match=r"give the folder of RTLLM v1\.1 with --root"):
        OLD.read(tmp_path / "nothing")


def design(root: Path, name: str = "inv4") -> Path:
    return next(root.glob(f"*/*/{name}"))


def test_a_reference_gets_the_name_that_its_test_instantiates(tmp_path: Path) -> None:
    problems = NEW.read(rtllm(tmp_path))
    assert len(problems) == 50
    problem = next(p for p in problems if p.task_id == "inv4")
    assert (problem.top, problem.header, problem.reference) == ("inv4", "", "")
    assert defined(problem.golden) == ("inv4", "helper")
    assert problem.golden.startswith("// verified_inv4 uses helper\n")
    assert problem.place.endswith("inv4/testbench.v")


def test_a_test_may_instantiate_another_name_than_the_folder(tmp_path: Path) -> None:
    test = design(rtllm(tmp_path)) / "testbench.v"
    test.write_text(test.read_text().replace("inv4", "inverter"))
    problem = next(p for p in NEW.read(tmp_path) if p.task_id == "inv4")
    assert problem.top == "inverter"
    assert "inverter" in defined(problem.golden)


def test_files_that_a_test_reads_belong_to_the_problem(tmp_path: Path) -> None:
    folder = design(rtllm(tmp_path))
    test = folder / "testbench.v"
    reads = '$readmemh("in.dat", m); f = $fopen("log.txt", "w"); // $readmemh("old.dat", m)'
    test.write_text(test.read_text().replace("initial ", f"initial {reads}\n "))
    (folder / "in.dat").write_bytes(b"\xff\n")
    (folder / "makefile").write_text("all:\n")
    problem = next(p for p in NEW.read(tmp_path) if p.task_id == "inv4")
    assert problem.data == (("in.dat", b"\xff\n"),)
    (folder / "in.dat").unlink()
    with pytest.raises(UsageError, match=r"not there, .*inv4/in.dat"):
        NEW.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("testbench.v", None, r"not there, .*inv4/testbench.v"),
        ("design_description.txt", None, r"not there, .*inv4/design_description.txt"),
        ("verified_inv4.v", None, r"must have one verified_\*.v, not 0, .*inv4"),
        ("verified_x.v", "module x; endmodule", r"must have one verified_\*.v, not 2, .*inv4"),
        ("verified_inv4.v", "module a; endmodule module b; endmodule", "top module, not a, b, .*v"),
        ("verified_inv4.v", "// none", r"must have one top module, not none, .*verified_inv4.v"),
        ("testbench.v", "module tb; endmodule", r"instantiate one module, not none, .*testbench.v"),
        (
            "testbench.v",
            "module tb; a u(); b v(); endmodule",
            "one module, not a, b, .*testbench.v",
        ),
    ],
)
def test_what_is_incomplete_is_named(
    tmp_path: Path, name: str, text: str | None, message: str
) -> None:
    path = design(rtllm(tmp_path)) / name
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    with pytest.raises(UsageError, match=message):
        NEW.read(tmp_path)


def test_counts_and_names_are_kept(tmp_path: Path) -> None:
    rtllm(tmp_path, 49)
    with pytest.raises(UsageError, match="RTLLM v2 must have 50 designs, not 49"):
        NEW.read(tmp_path)
    with pytest.raises(UsageError, match=r"v1.1 must have 29 designs, JC_counter, .* are not in"):
        OLD.read(tmp_path)


def test_a_design_is_there_once(tmp_path: Path) -> None:
    root = rtllm(tmp_path)
    design(root).rename(root / "Class0" / "Group" / "inv3x")
    (root / "Class9" / "Group").mkdir(parents=True)
    (root / "Class0" / "Group" / "inv3x").rename(root / "Class9" / "Group" / "inv3")
    with pytest.raises(UsageError, match=r"there once, inv3 is in .*Class0/Group/inv3 too, .*inv3"):
        NEW.read(tmp_path)


@pytest.mark.parametrize("completion", [WHOLE, "assign y = ~a;\nendmodule", f"```\n{WHOLE}```"])
def test_officially_a_completion_stands_alone(completion: str) -> None:
    combined = NEW.combine(PROBLEM, completion, Extract.OFFICIAL)
    assert (combined.verilog, combined.rule) == (completion, "completion alone")


def test_robust_wants_a_module() -> None:
    fenced = NEW.combine(PROBLEM, f"```\n{WHOLE}```", Extract.ROBUST)
    assert fenced.verilog == WHOLE
    body = NEW.combine(PROBLEM, "assign y = ~a;\nendmodule", Extract.ROBUST)
    assert body.verilog is None
    assert body.reason


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a u(x);", {"a"}),
        ("a #(.W(8), .D((2))) u (x);", {"a"}),
        ("a #(8) u[3:0] (x);", {"a"}),
        ("module t(input x); endmodule", set()),
        ("initial begin f(x); end always @(posedge c) if (x) y = f(x); else if (z) q(x);", set()),
        ("task automatic t(input x); endtask function integer g(input x); endfunction", set()),
        ('// a u(x);\n/* a u(x); */ s = "a u(x)";', set()),
        ("and g1(y, a, b);", set()),
    ],
)
def test_instances_are_found(text: str, names: set[str]) -> None:
    assert instantiated(text) == names


def test_a_name_is_changed_as_a_token_only() -> None:
    text = 'module A(x); // A\n A2 u(.A(A)); wire \\A ; `A $A "A" /* A */ endmodule : A'
    want = 'module B(x); // A\n A2 u(.A(B)); wire \\A ; `A $A "A" /* A */ endmodule : B'
    assert renamed(text, "A", to="B") == want


@pytest.mark.shared
@pytest.mark.parametrize(("known", "count"), [(OLD, 29), (NEW, 50)])
def test_the_published_files(shared: Path, known: Any, count: int) -> None:
    problems = known.read(shared / "benchmarks" / "rtllm-v2")
    assert len(problems) == count
    for problem in problems:
        assert problem.top in defined(problem.golden)
        assert problem.top in instantiated(problem.test)
    others = {p.task_id: p.top for p in problems if p.task_id != p.top}
    assert others == ({} if known is OLD else {"fixed_point_substractor": "fixed_point_subtractor"})
    assert {name for p in problems for name, _ in p.data} == {
        "reference.dat", "reference.txt", "rempty.txt", "tdata.txt", "test_data.dat",
        "tri_gen.txt", "wfull.txt",
    }  # fmt: skip
    if known is OLD:
        assert {p.task_id for p in problems} == V1_1
