"""Problems that differ in their names only are judged as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rtlgen.evaluation.harness.protocol import Conditions, Preparation
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import Origin
from tests.evaluation.scripted_runs import (
    design,
    evaluation,
    problem,
    rows_of,
    run,
    write_samples,
)

RIGHT, WRONG = design(), design("runtime mismatch")
COPIES = tuple(replace(problem(7), task_id=name) for name in ("first", "second", "third"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting(ScriptedHarness):
    """Notes the problems whose references it runs."""

    notes: Path

    def prepare(self, problems: Sequence[Problem], conditions: Conditions) -> list[Preparation]:
        with self.notes.open("a", encoding="utf-8") as file:
            file.writelines(f"{one.task_id}\n" for one in problems)
        found = ScriptedHarness.prepare(self, problems, conditions)
        return [replace(one, repairs=("mended",)) for one in found]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("window", [2, 4096], ids=["one after the other", "together"])
def test_copies_are_judged_once_and_their_reference_runs_once(tmp_path: Path, window: int) -> None:
    samples = write_samples(
        tmp_path / "samples.gz", [(one.task_id, text) for one in COPIES for text in (RIGHT, WRONG)]
    )
    harness = Noting(log=tmp_path / "log", notes=tmp_path / "notes")
    what = evaluation(samples, problems=COPIES, harness=harness, cache=False, window=window)
    outcome = run(what, tmp_path / "run")
    rows = rows_of(tmp_path / "run")
    assert {key: row.functional for key, row in rows.items()} == {
        (one.task_id, n): n == 0 for one in COPIES for n in (0, 1)
    }
    assert [row.origin for row in rows.values()].count(Origin.JUDGED) == 2
    assert len((tmp_path / "log").read_text().splitlines()) == 2
    assert len((tmp_path / "notes").read_text().splitlines()) == 1
    assert [one.repairs for one in outcome.summary.problems] == [("mended",)] * 3


def test_a_verdict_depends_on_all_that_judges_and_not_on_the_name() -> None:
    one = replace(problem(7), data=(("vectors.txt", b"0 1"),))
    assert replace(one, task_id="other").digest == one.digest
    assert replace(one, description="in other words").digest == one.digest
    others = [
        replace(one, top="other"),
        replace(one, test="other"),
        replace(one, reference="other"),
        replace(one, golden="other"),
        replace(one, data=(("vectors.txt", b"1 1"),)),
        replace(one, data=(("other.txt", b"0 1"),)),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 7


def test_a_copy_is_known_from_an_earlier_run(tmp_path: Path) -> None:
    first, second, _ = COPIES
    for one in (first, second):
        samples = write_samples(tmp_path / f"{one.task_id}.gz", [(one.task_id, RIGHT)])
        run(evaluation(samples, problems=(one,)), tmp_path / one.task_id)
    (row,) = rows_of(tmp_path / "second").values()
    assert row.origin is Origin.CACHE
