"""The output folder appears whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.design.record import MANIFEST, write_files
from rtlgen.design.unfinished import output_folder
from rtlgen.errors import UsageError


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_folder_appears_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with output_folder(target) as work:
        write_files(work, {"rtl/a.v": "module a; endmodule\n"})
        assert not target.exists()
    assert (target / "rtl/a.v").read_text() == "module a; endmodule\n"
    assert listing(tmp_path / "deep") == ["out"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_nothing_is_left_when_something_went_wrong(
    tmp_path: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error), output_folder(tmp_path / "out") as work:
        write_files(work, {"a": "half"})
        raise error
    assert listing(tmp_path) == []


def test_an_earlier_run_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with output_folder(target) as work:
        write_files(work, {MANIFEST: json.dumps({"run": 1}), "old": ""})
    with pytest.raises(RuntimeError), output_folder(target):
        raise RuntimeError
    assert listing(target) == ["old", MANIFEST]
    with output_folder(target) as work:
        write_files(work, {MANIFEST: json.dumps({"run": 2})})
    assert listing(target) == [MANIFEST]
    assert listing(tmp_path) == ["out"]


def test_somebody_else_s_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with (
        pytest.raises(
            UsageError, match=r"must be new, empty, or an earlier run's, not .*\n\nhint: "
        ),
        output_folder(tmp_path),
    ):
        pass
    assert listing(tmp_path) == ["thesis.tex"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("")
    with pytest.raises(UsageError, match="must be new"), output_folder(path):
        pass


@pytest.mark.parametrize("place", ["/dev/null/out", "/proc/out"])
def test_a_place_that_cannot_be_written_is_named(place: str) -> None:
    with (
        pytest.raises(UsageError, match=rf"can be made, not {place}: .*\n\nhint: .* -o"),
        output_folder(Path(place)),
    ):
        pass
