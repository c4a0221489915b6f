"""The last stage of a run: verified RTL is optimized, judged again, and both are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.design.builtin import BuiltIn
from rtlgen.design.options import Options
from rtlgen.design.rerun import rerun
from rtlgen.design.run import design_from_spec
from rtlgen.spec import load_spec
from sim.icarus import Icarus
from tests.rtlgen.test_loop import Lines

pytestmark = pytest.mark.icarus

# C does what B does, so that there is something to make smaller.
SPEC = """\
# Twice

Module `twice` with the inputs `clk`, `rst` (synchronous, active high) and `x`, and the output `y`.

| state | next state x=0 | next state x=1 | output y |
| --- | --- | --- | --- |
| A | A | B | 0 |
| B | A | D | 0 |
| C | A | D | 0 |
| D | C | D | 1 |

`rst` puts it into state A.
"""
FAST = 60.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lines]:
    folder = tmp_path_factory.mktemp("made")
    (folder / "spec.md").write_text(SPEC)
    lines = Lines()
    options = Options(simulators=[Icarus()], optimize=FAST, html=True)
    design_from_spec(load_spec(folder / "spec.md"), BuiltIn(), options, folder / "out", lines)
    return folder / "out", lines


def test_rtl_is_optimized_and_what_was_verified_stands_beside_it(made: tuple[Path, Lines]) -> None:
    folder, _ = made
    record = json.loads((folder / "run.json").read_text())
    found = record["optimization"]
    assert record["outcome"] == "verified"
    assert found["applied"]
    assert found["verdict"]["status"] == "pass"
    assert found["after"]["area"] < found["before"]["area"]
    assert (folder / "rtl/twice.v").read_text() == found["sources"]["twice.v"]
    before = (folder / "rtl/unoptimized/twice.v").read_text()
    assert before == record["candidates"][0]["sources"]["twice.v"] != found["sources"]["twice.v"]


def test_reports_tell_of_it(made: tuple[Path, Lines]) -> None:
    folder, _ = made
    for page in ("report.md", "report.html"):
        text = (folder / page).read_text()
        assert "Optimization" in text
        assert "states become" in text
        assert "rtl/unoptimized/" in text


def test_the_run_can_be_made_again(made: tuple[Path, Lines]) -> None:
    assert rerun(made[0], Lines()).differences == ()


def test_nothing_is_optimized_unless_it_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "spec.md").write_text(SPEC)
    record = design_from_spec(
        load_spec(tmp_path / "spec.md"),
        BuiltIn(),
        Options(simulators=[Icarus()]),
        tmp_path / "out",
        Lines(),
    )
    assert record.optimization is None
    assert not (tmp_path / "out/rtl/unoptimized").exists()
