"""How far rewards can be believed: against proofs, and with a test that lets a wrong design pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rtlgen.cli import app
from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category, Judgement, not_judged
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.train.audit import Audit, Subject, Truth, audit, provable, ratio, text
from rtlgen.train.audit_answers import Audited
from rtlgen.train.audit_proofs import PROOFS, Proofs, key_of
from rtlgen.train.rewards import REWARDS, Seen
from sim.design import Design
from sim.errors import EnvironmentFault
from sim.interface import Interface
from sim.proof import Outcome, Proof
from tests.evaluation.exploits.problems import SELECTOR, Dialect, header, module, problem

EASY = replace(
    SELECTOR,
    name="easy",
    stimulus="    repeat(40) @(posedge clk, negedge clk) {a, b, less} <= {$random, 1'b0};\n",
)
"""A test that never asks for a difference: whoever only adds passes."""
PROBLEM = problem(EASY, Dialect.V2)
RIGHT = PROBLEM.golden
ADDS = module("TopModule", EASY.ports, EASY.wrong)
WRONG = module("TopModule", EASY.ports, "  assign y = 0;")
BROKEN = module("TopModule", EASY.ports, "  assign y = ;")
SAME = module("TopModule", EASY.ports, "  assign y = {1'b0, a} + ({9{less}} ^ {1'b0, b}) + less;")


@dataclass(frozen=True, slots=True)
class ScriptedProver:
    """Proves what holds `proved`, refutes what holds `refuted`, and notes what it was asked."""

    log: Path

    def equivalent(
        self, golden: Design, others: Sequence[Design], interface: Interface, *, seconds: float
    ) -> list[Proof]:
        texts = [other.sources["d.sv"] for other in others]
        with self.log.open("a") as file:
            file.writelines(f"{text}\n" for text in texts)
        if any("fault" in text for text in texts):
            raise EnvironmentFault("no prover here")
        kinds = {"proved": Outcome.PROVED, "refuted": Outcome.REFUTED}
        return [
            Proof(outcome=next((kinds[k] for k in kinds if k in text), Outcome.OPEN), reason="r")
            for text in texts
        ]


def judgement(category: Category) -> Judgement:
    if category is Category.NOT_JUDGED:
        return not_judged("no simulator")
    works = category is Category.PASS
    return Judgement(
        official=works,
        functional=works,
        category=category,
        mismatches=0 if works else 1,
        samples=4,
        expected_samples=4,
    )


def answers(*kinds: tuple[str, Category, str]) -> list[Audited]:
    return [
        Audited(
            task_id=task,
            sample=number,
            seen=Seen(
                completion=f"module {words}; endmodule",
                judgement=judgement(category),
                verilog=f"module {words}; endmodule" if words else None,
            ),
        )
        for number, (task, category, words) in enumerate(kinds)
    ]


def audited(tmp_path: Path, *kinds: tuple[str, Category, str]) -> Audit:
    problems = {name: replace(PROBLEM, task_id=name) for name in ("p", "q")}
    subject = Subject(benchmark="corpus", source="run", problems=problems, answers=answers(*kinds))
    proofs = Proofs(tmp_path, ScriptedProver(tmp_path / "log"), seconds=1.0)
    with closing(LocalPool(1)) as pool:
        proofs.prove(provable(subject), pool, lambda *_: None)
    return audit(subject, list(REWARDS.values()), proofs, prover="scripted", seconds=1.0)


PASS, MISMATCH, SYNTAX, LOST = (
    Category.PASS,
    Category.MISMATCH,
    Category.SYNTAX,
    Category.NOT_JUDGED,
)


def test_claims_stand_beside_proofs(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        ("p", PASS, "proved a"),
        ("p", PASS, "refuted b"),
        ("p", PASS, "c"),
        ("q", MISMATCH, "d"),
        ("q", MISMATCH, "proved e"),
        ("q", SYNTAX, ""),
        ("q", LOST, "proved f"),
    )
    by_name = {one.reward: one for one in found.rewards}
    for name in ("verireason", "share", "pass"):
        one = by_name[name]
        assert (one.claims, one.proved, one.disproved, one.wrong, one.open) == (3, 1, 1, 0, 1)
        assert (one.judged, one.not_judged, one.denied) == (6, 1, 1)
        assert one.leak is not None
        assert one.leak_at_most is not None
        assert one.leak.value == pytest.approx(1 / 3, abs=1e-6)
        assert one.leak_at_most.value == pytest.approx(2 / 3, abs=1e-6)
        assert [(e.task_id, e.sample, e.truth) for e in one.examples] == [("p", 1, Truth.DISPROVED)]
    compiles, form = by_name["compile"], by_name["format"]
    assert (compiles.claims, compiles.disproved, compiles.wrong, compiles.denied) == (5, 1, 1, 0)
    assert (form.claims, form.wrong) == (6, 2)
    assert found.designs == 5


def test_a_reward_without_claims_has_no_leak(tmp_path: Path) -> None:
    found = audited(tmp_path, ("p", SYNTAX, "x"))
    assert {
        one.reward: one.leak for one in found.rewards if one.reward != "format"
    } == dict.fromkeys(["verireason", "share", "pass", "compile"])
    assert "pass        0" in text(found)


def test_equal_designs_are_proved_once_and_proofs_are_kept(tmp_path: Path) -> None:
    kinds = (("p", PASS, "proved a"), ("p", PASS, "proved  a"), ("q", PASS, "proved a"))
    first = audited(tmp_path, *kinds)
    asked = (tmp_path / "log").read_text().splitlines()
    assert len(asked) == 2
    with (tmp_path / PROOFS).open("a") as file:
        file.write('{"key": "torn')
    assert audited(tmp_path, *kinds, ("p", PASS, "refuted b")).answers == first.answers + 1
    assert len((tmp_path / "log").read_text().splitlines()) == 3
    assert len((tmp_path / PROOFS).read_text().splitlines()) == 3


def test_a_damaged_proof_is_named(tmp_path: Path) -> None:
    (tmp_path / PROOFS).write_text('{"key": "k", "outcome": "maybe"}\n')
    with pytest.raises(UsageError, match=rf"{PROOFS}:1: outcome: .*\n\nhint: remove the file"):
        Proofs(tmp_path, ScriptedProver(tmp_path / "log"), seconds=1.0)


def test_a_prover_that_fails_ends_it(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="a proof failed: no prover here"):
        audited(tmp_path, ("p", PASS, "fault"))


def test_comments_make_no_other_proof() -> None:
    assert key_of(PROBLEM, RIGHT) == key_of(PROBLEM, RIGHT.replace(";", "; // really", 1))
    assert key_of(PROBLEM, RIGHT) != key_of(PROBLEM, ADDS)


@given(
    st.lists(
        st.integers(0, 5).flatmap(lambda n: st.tuples(st.integers(0, n + 1), st.just(n + 1))),
        min_size=1,
    )
)
def test_a_ratio_lies_within_its_interval(pairs: list[tuple[int, int]]) -> None:
    found = ratio(pairs, resamples=200)
    assert 0 <= found.low <= found.high <= 1
    assert found.value == pytest.approx(
        sum(a for a, _ in pairs) / sum(b for _, b in pairs), abs=1e-6
    )
    if len(set(pairs)) == 1:
        assert found.low == found.value == found.high


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    row = {
        "task_id": PROBLEM.task_id,
        "family": "selector",
        "parameters": {},
        "phrasing": "plain",
        "top": PROBLEM.top,
        "description": PROBLEM.description,
        "header": header(EASY, Dialect.V2),
        "test": PROBLEM.test,
        "reference": PROBLEM.reference,
        "golden": PROBLEM.golden,
        "seed": "1",
        "samples": 40,
    }
    (folder / "problems.jsonl").write_text(json.dumps(row) + "\n")
    return folder


@pytest.mark.icarus
def test_a_weak_test_leaks_and_the_audit_shows_it(root: Path, tmp_path: Path) -> None:
    samples = tmp_path / "samples.jsonl"
    lines = [
        {"task_id": PROBLEM.task_id, "completion": c} for c in (RIGHT, ADDS, WRONG, BROKEN, SAME)
    ]
    samples.write_text("".join(json.dumps(line) + "\n" for line in lines))
    words = ["train", "audit", str(samples), "--root", str(root), "-o", str(tmp_path / "audit")]
    runner = CliRunner()
    done = runner.invoke(app, [*words, "--benchmark", "corpus", "--json", "-q"])
    assert done.exit_code == 0, done.output
    found = Audit.model_validate_json(done.stdout)
    by_name = {one.reward: one for one in found.rewards}
    strict, compiles, form = (by_name[name] for name in ("pass", "compile", "format"))
    assert (strict.claims, strict.proved, strict.disproved, strict.open) == (3, 2, 1, 0)
    assert (compiles.claims, compiles.proved, compiles.disproved) == (4, 2, 2)
    assert (form.claims, form.proved, form.disproved, form.wrong) == (5, 2, 2, 1)
    assert [example.sample for example in strict.examples] == [1]
    again = runner.invoke(app, [*words, "--benchmark", "corpus", "--json", "-q"])
    assert again.stdout == done.stdout
    run = runner.invoke(
        app,
        [
            *("train", "audit", str(tmp_path / "audit" / "judged"), "--root", str(root)),
            *("-o", str(tmp_path / "of-run"), "--rewards", "pass,compile"),
        ],
    )
    assert run.exit_code == 0, run.output
    assert "pass     3       2       1          0      0     0       33.3 %" in run.stdout


def test_samples_need_a_benchmark(root: Path, tmp_path: Path) -> None:
    samples = tmp_path / "samples.jsonl"
    samples.touch()
    words = ["train", "audit", str(samples), "--root", str(root), "-o", str(tmp_path / "audit")]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, UsageError)
    assert "hint: add --benchmark NAME" in str(done.exception)
