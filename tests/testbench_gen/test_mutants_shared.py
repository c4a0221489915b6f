"""Mutants of references as people write them: how many there are, and how many compile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from rtlgen.evaluation.catalog import benchmark
from sim import tools
from sim.design import Design
from sim.gate import admit_many
from sim.process import Limits, run_tool
from sim.read_interface import read
from testbench_gen.mutants import OPERATORS, Mutant, mutants_of

SAMPLE = [("verilog-eval-v1-human", "verilog-eval-v1", 12), ("rtllm-v2", "rtllm-v2", 10)]


def references(shared: Path) -> list[Design]:
    """Return every so manieth reference of two benchmarks."""
    return [
        Design(top=problem.top, sources={"golden.sv": problem.golden})
        for name, folder, step in SAMPLE
        for problem in list(benchmark(name).read(shared / "benchmarks" / folder))[::step]
    ]


def compiles(designs: Sequence[Design], folder: Path) -> bool:
    """Whether Icarus compiles designs whose modules have names of their own, all at once."""
    for number, design in enumerate(designs):
        for name, text in design.sources.items():
            (folder / f"{number}_{Path(name).name}").write_text(text, encoding="utf-8")
    files = sorted(path.name for path in folder.iterdir())
    tops = [part for design in designs for part in ("-s", design.top)]
    command = (str(tools.icarus().path), "-g2012", "-t", "null", *tops, *files)
    run = run_tool(command, cwd=folder, limits=Limits(), readable=tools.icarus().folders)
    return run.exit_code == 0


def share(mutants: Sequence[Mutant], folder: Path) -> tuple[int, int]:
    """Return how many of `mutants` of one design compile, and how many were tried."""
    lanes = [a.lane for a in admit_many([mutant.design for mutant in mutants])]
    found = [lane for lane in lanes if lane is not None]
    together = folder / "together"
    together.mkdir()
    if compiles(found, together):
        return len(found), len(mutants)
    good = 0
    for number, lane in enumerate(found):
        (alone := folder / str(number)).mkdir()
        good += compiles([lane], alone)
    return good, len(mutants)


@pytest.mark.shared
@pytest.mark.icarus
def test_nearly_all_mutants_of_references_compile(shared: Path, tmp_path: Path) -> None:
    good = tried = 0
    for number, design in enumerate(references(shared)):
        folder = tmp_path / str(number)
        folder.mkdir()
        compiled, of = share(mutants_of(design, limit=12), folder)
        good, tried = good + compiled, tried + of
    assert tried > 150
    assert good / tried > 0.97


@pytest.mark.shared
def test_nearly_all_operators_apply_somewhere(shared: Path) -> None:
    found: Counter[str] = Counter()
    for design in references(shared):
        mutants = mutants_of(design)
        found.update({mutant.operator for mutant in mutants})
        wanted = read(design).ports
        for mutant in mutants[:: max(1, len(mutants) // 8)]:
            assert read(mutant.design).ports == wanted, mutant.diff()
    assert len(found) > 0.8 * len(OPERATORS)
