"""`rtlgen dataset synth`: help, what it refuses, and a corpus by its command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rtlgen.cli import app
from rtlgen.cli.common import exit_code_of
from tests.golden import check_golden

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def synth(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: object) -> tuple[int, str, str]:
        words = ["rtlgen", "dataset", "synth", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", words)
        code = exit_code_of(app)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return call


def test_help(synth: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    code, out, _ = synth("--help")
    assert code == 0
    check_golden("help/dataset_synth.txt", out)


def test_the_families_are_listed_by_kind(synth: Call) -> None:
    code, out, _ = synth("--list")
    assert code == 0
    assert any(line.startswith("counters: up-counter, ") for line in out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "-o DIR is needed"),
        (("-o", "c", "--families", "upcounter"), "by name or kind, not 'upcounter'"),
        (("-o", "c", "--families", "up-counter", "--hold-out-families", "counters"), "left to train on"),
        (("-o", "c", "--against", "x"), "--against must be NAME=ROOT, not 'x'"),
        (("-o", "c", "--against", "x=nowhere"), "nowhere is not"),
        (("-o", "c", "--count", "0"), "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_bad_arguments_end_with_exit_code_2(
    synth: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, told = synth(*arguments)
    assert (code, out) == (2, "")
    assert message in " ".join(told.replace("│", " ").split())
    assert not list(tmp_path.iterdir())


@pytest.mark.icarus
def test_a_corpus_of_one_kind(synth: Call, tmp_path: Path) -> None:
    common = ("-o", tmp_path / "c", "--families", "gates", "--hold-out-families", "none", "-j", 1)
    parts = ("--count", 2, "--held-out-instances", 0)
    code, out, told = synth(*common, *parts)
    assert (code, told) == (0, "")
    assert "train               2 problems of 1 family, 2 designs, 2 specs" in out
    code, out, _ = synth(*common, *parts, "--json")
    assert code == 0
    assert json.loads(out)["parts"]["train"]["problems"] == 2
    code, _, told = synth(*common, "--count", 3)
    assert code == 2
    assert "a corpus made by other options is in" in told
