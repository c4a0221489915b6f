"""What `rtlgen testbench` writes beside a testbench: stated properties and regression tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from rtlgen.cli.progress import ConsoleProgress
from rtlgen.design.options import Options
from rtlgen.design.regression import of_breach
from rtlgen.design.testbench_plan import render_plan
from rtlgen.design.testbench_record import PropertyRecord, RegressionRecord
from rtlgen.design.testbench_regressions import regressions
from rtlgen.design.testbench_run import Made, loops_said
from rtlgen.design.testbench_source import Subject
from sim.design import Design
from sim.icarus import Icarus
from sim.interface import infer_timing, read_interface
from sim.proof import InputTrace
from sim.property import Property, PropertyKind
from testbench_gen import Golden
from testbench_gen.closing import Effort, Source
from testbench_gen.directed import Directed
from testbench_gen.mutants import mutants_of
from tests.rtlgen.test_cli import rtlgen
from tests.rtlgen.test_properties import DEEP, spec
from tests.rtlgen.test_regression import COUNTER, pytest_run
from tests.rtlgen.test_testbench import DESIGN, closed, recorded
from tests.testbench_gen.builders import Counter

LOCK = COUNTER.replace("n + 1", "n == 4'hd ? 4'h3 : n + 1")
QUIET = ConsoleProgress(Console(), quiet=True)
TOLD = InputTrace(cycles=tuple({"go": 1} for _ in range(15)))


@pytest.mark.icarus
def test_properties_are_checked_and_what_the_reference_breaks_is_kept_as_a_test(
    tmp_path: Path,
) -> None:
    (tmp_path / "deep.v").write_text(DEEP)
    few = ("--mutants", "0", "--seconds", "0", "--proving", "0", "--budget", "256")
    given = ("testbench", spec(tmp_path), "--golden", "deep.v", "-o", "out", *few)
    done = rtlgen(*given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out/trust.json").read_text())
    one_hot, reset = record["properties"]
    assert (one_hot["reference"], one_hot["proof"]) == ("broken", "refuted")
    assert (reset["reference"], reset["proof"]) == ("kept", "proved")
    [regression] = record["regressions"]
    assert regression["folder"] == "regression/1_one_hot"
    assert regression["cycles"] == 23
    assert "the reference does not keep what the specification says in line 12" in done.stderr
    assert "regression/1_one_hot/" in (tmp_path / "out/plan.md").read_text()
    assert (
        "assert (!property_bad_0);"
        in (tmp_path / "out/properties/light_with_properties.v").read_text()
    )
    assert pytest_run(tmp_path / "out/regression/1_one_hot", tmp_path / "deep.v") == 1
    assert pytest_run(tmp_path / "out/properties", tmp_path / "deep.v") == 0


@pytest.mark.icarus
def test_a_mutant_that_a_proof_told_is_kept_as_its_shortest_failure() -> None:
    design = Design(top="count", sources={"count.v": LOCK})
    effort = Effort(mutants=30)
    mutants = mutants_of(design, limit=effort.mutants, seed=effort.seed)
    place = next(i for i, m in enumerate(mutants) if "4'hd" in m.summary)
    lead = Directed(name=f"mutant {place + 1}, count.v:4", reason="", trace=TOLD)
    interface = infer_timing(design, read_interface(design))
    source = Source(interface=interface, reference=Golden(design=design), design=design)
    subject = Subject(source=source, interface=interface, reference="golden", measured_on="it")
    testbench = source.write(seed=1, budget=64, directed=[lead])
    made = Made(testbench=testbench, record=recorded(closed()), sources={}, directed=(lead,))
    options = Options(simulators=[Icarus()])
    [found] = regressions(made, subject, options, effort, QUIET)
    assert mutants[place].name in found.what
    assert found.cycles <= 16
    assert found.name.startswith("count_v_4_")
    assert {"Makefile", "test_runner.py", "expected.py"} <= set(found.files)


def test_nothing_that_a_proof_told_needs_no_test() -> None:
    made = Made(testbench=closed().testbench, record=recorded(closed()), sources={})
    source = Source(interface=made.testbench.interface, reference=Counter(), design=DESIGN)
    subject = Subject(source=source, interface=source.interface, reference="", measured_on="")
    options = Options(simulators=[])
    assert regressions(made, subject, options, Effort(), QUIET) == []


def test_the_plan_names_properties_and_regression_tests() -> None:
    found = recorded(closed()).model_copy(
        update={
            "properties": [
                PropertyRecord(
                    name="one-hot: q",
                    text="q is one-hot.",
                    line=7,
                    reference="broken",
                    proof="refuted",
                )
            ],
            "regressions": [RegressionRecord(folder="regression/1_x", what="x fails", cycles=1)],
        }
    )
    text = render_plan(found, closed().testbench, DESIGN.sources)
    assert "| one-hot: q | 7 | broken, so it is not checked | refuted |" in text
    assert "- `regression/1_x/` (1 cycle): x fails" in text
    assert "properties/" not in render_plan(recorded(closed()), closed().testbench, {})


def test_a_breach_is_told_in_one_line() -> None:
    prop = Property(kind=PropertyKind.ONE_HOT, signals=("q",), line=3)
    said = of_breach(prop, 1)
    assert said == "1 cycle from reset break what the specification says: one-hot: q (line 3)"


SWINGS = "module m(input a, output y); assign y = ~(a & y); endmodule"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SWINGS, "; 'y' depends on itself without a register, and may swing"),
        (SWINGS.replace("a & y", "a"), ""),
    ],
)
def test_a_reference_that_may_swing_is_named(text: str, said: str) -> None:
    assert loops_said(Design(top="m", sources={"m.v": text})) == said
