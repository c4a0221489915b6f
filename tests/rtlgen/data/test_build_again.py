"""The same command does nothing twice; another one is told from it by all that decides the rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtlgen.data.known import Known, content
from rtlgen.data.problem_sets import Roots
from rtlgen.data.rows import Kind
from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import BENCHMARKS
from tests.evaluation.scripted_runs import design
from tests.rtlgen.data.small_sources import ScriptedSet, built, write_samples


def test_what_to_leave_out_counts_by_what_it_says_and_not_by_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(BENCHMARKS, "scripted", ScriptedSet())
    (tmp_path / "root/0").mkdir(parents=True)
    samples = write_samples(tmp_path / "s.jsonl", [("task000", design())])
    known, moved = tmp_path / "exam.jsonl", tmp_path / "moved.jsonl"
    for path in (known, moved):
        path.write_text(json.dumps({"text": "Count the ones of the input."}) + "\n")
    order: dict[str, Any] = {
        "roots": Roots(any=(tmp_path / "root",)),
        "benchmark": "scripted",
        "allow": ("all",),
        "kinds": (Kind.UNPAIRED,),
    }
    assert not built(tmp_path / "ds", samples, against=(f"exam={known}",), **order).before
    assert built(tmp_path / "ds", samples, against=(f"exam={moved}",), **order).before
    known.write_text(json.dumps({"text": "Find the first one of the input."}) + "\n")
    with pytest.raises(UsageError, match="has another one"):
        built(tmp_path / "ds", samples, against=(f"exam={known}",), **order)


def test_any_part_of_a_problem_counts() -> None:
    one = Known(problem_set="exam", problem="one", spec="spec", codes=("module m; endmodule",))
    others = [
        Known(problem_set="exam", problem="one", spec="other", codes=one.codes),
        Known(problem_set="exam", problem="one", spec="spec", codes=()),
        Known(problem_set="exam", problem="one", spec="spec", header="h", codes=one.codes),
    ]
    assert len({content([one]), content([]), *(content([other]) for other in others)}) == 5
