"""A test that senseless designs pass never makes a label."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rtlgen.data.probes import Probes, Settle, probes_of
from rtlgen.data.problem_sets import ProblemSet, Roots
from rtlgen.data.rows import Kind
from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import BENCHMARKS, benchmark
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Origin, Row
from tests.rtlgen.data.small_sources import ScriptedSet, built, corpus, dropped, write_samples

WIRE = "module top_module (input a, output y);\n  assign y = a;\nendmodule\n"
ONE = Problem(task_id="one", top="top_module", description="Copy a.", test="test", golden=WIRE)


def row(sample: int, *, passes: bool, category: Category = Category.MISMATCH) -> Row:
    judgement = Judgement(
        official=passes,
        functional=passes,
        category=Category.PASS if passes else category,
        reason="" if passes else "1 of 9 samples differ",
        samples=9,
        expected_samples=9,
    )
    return Row.of("one", sample, judgement, verilog="", digest="", rule="", origin=Origin.JUDGED)


def doubts(probes: Probes, work: Path) -> list[tuple[str, str]]:
    with closing(LocalPool(1)) as pool:
        return list(probes.doubts(pool, work))


def test_each_problem_has_senseless_designs_and_its_own() -> None:
    copy = replace(ONE, task_id="copy")
    unreadable = replace(ONE, task_id="other", golden="module top_module(;")
    probes = Probes([ONE, copy, unreadable])
    names = [sample.place.removesuffix(" of one") for sample in probes.samples()][:6]
    assert names == [
        *("empty", "all 0", "all 1", "all X", "all outputs inverted", "the golden design")
    ]
    assert [probes.number(task) for task in ("one", "copy", "other", "unknown")] == [6, 6, 0, 0]


def test_a_test_that_tells_them_is_believed(tmp_path: Path) -> None:
    probes = Probes([ONE])
    assert all(probes.take(row(sample, passes=sample == 5)) for sample in range(6))
    assert not probes.take(row(6, passes=True)), "an answer is no probe"
    assert doubts(probes, tmp_path) == []


def test_a_test_that_fails_its_own_design_is_not_believed(tmp_path: Path) -> None:
    probes = Probes([ONE])
    probes.take(row(5, passes=False))
    assert doubts(probes, tmp_path) == [("one", "its own design fails: 1 of 9 samples differ")]


def test_a_design_that_the_simulator_cannot_read_says_nothing(tmp_path: Path) -> None:
    probes = Probes([ONE])
    probes.take(row(5, passes=False, category=Category.SYNTAX))
    assert doubts(probes, tmp_path) == []


@pytest.mark.parametrize(
    ("differs", "said"),
    [(True, True), (None, True), (False, False)],
    ids=["wrong", "not known", "what the problem asks for"],
)
def test_what_a_senseless_design_passes_is_no_test(
    differs: bool | None, said: bool, tmp_path: Path
) -> None:
    probes = Probes([ONE])
    probes.take(row(1, passes=True))
    zero = next(s for s in probes.samples() if s.index == 1)
    [mutant] = [m for m in probes.designs("one") if m.verilog == zero.completion]
    settle = Settle(problem=ONE, mutants=(mutant,))
    (tmp_path / "probes.json").write_text(json.dumps({settle.key: [differs]}))
    expected = [("one", "a senseless design passes: all 0")] if said else []
    assert doubts(probes, tmp_path) == expected


def test_a_corpus_that_was_drawn_needs_none(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    known = benchmark("corpus")
    one = ProblemSet(name="corpus-7-train", benchmark=known, root=root)
    problems = known.read(root)
    tasks = {problem.task_id for problem in problems}
    assert not any(probes_of(one, problems, tasks).number(task) for task in tasks)
    (root / "corpus.json").unlink()
    assert all(probes_of(one, problems, tasks).number(task) for task in tasks)


class Vacuous(ScriptedSet):
    """Its harness passes whatever has the module's name in it."""

    def read(self, root: Path) -> list[Problem]:
        header = "module top_module (input a, output y);"
        return [replace(one, golden=WIRE, header=header) for one in super().read(root)]


@pytest.mark.icarus
def test_no_row_is_made_by_a_test_that_anything_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(BENCHMARKS, "scripted", Vacuous())
    (tmp_path / "root/0").mkdir(parents=True)
    samples = write_samples(tmp_path / "s.jsonl", [("task000", WIRE), ("task000", "module x;")])
    order: dict[str, Any] = {
        "roots": Roots(any=(tmp_path / "root",)),
        "benchmark": "scripted",
        "allow": ("all",),
        "kinds": (Kind.UNPAIRED, Kind.GRPO),
    }
    made = built(tmp_path / "all", samples, min_trust=0.0, **order)
    assert sum(made.record.counts[Kind.UNPAIRED].values()) == 2
    with pytest.raises(UsageError, match=r"must have a row of some kind.*1 by 'testbench trust'"):
        built(tmp_path / "ds", samples, **order)
    assert dropped(tmp_path / "all") == []
