"""`rtlgen dataset check` and `inspect`: what they find, and what they say."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rtlgen.cli import app
from rtlgen.cli.common import exit_code_of
from rtlgen.data.check import check
from rtlgen.data.check_rows import design_in, faults, learned
from rtlgen.data.contamination import Gate
from rtlgen.data.known import Known
from rtlgen.data.rows import Kind, Row, Split
from rtlgen.data.splits import split_of
from rtlgen.data.writers import DatasetWriter
from rtlgen.errors import UsageError
from tests.rtlgen.data import made_rows as made

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.dataset(tmp_path_factory.mktemp("whole") / "ds", problems=12)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "ds"))


@pytest.fixture
def rtlgen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rtlgen", "dataset", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "100")
        code = exit_code_of(app)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def written(folder: Path, *rows: tuple[Kind, Split, Row], **changed: object) -> Path:
    with DatasetWriter(folder) as writer:
        for kind, split, row in rows:
            writer.write(kind, split, row)
        writer.finish(made.record(**changed))
    return folder


def rules(folder: Path, gate: Gate | None = None) -> dict[str, int]:
    return dict(check(folder, gate or Gate()).counts)


def test_what_is_made_is_clean(whole: Path) -> None:
    assert check(whole, Gate.shipped()).plain() == {"clean": True, "findings": [], "notes": []}


def test_clean_exit(whole: Path, rtlgen: Command) -> None:
    code, out, err = rtlgen("check", whole)
    assert (code, err) == (0, "")
    assert "compared with everyday, rtllm-v2, verilog-eval-v1-human" in out
    assert f"clean: {whole}" in out
    assert rtlgen("check", whole, "-q") == (0, "", "")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (made.pair(1, chosen=[{"role": "assistant", "content": made.wrong(1)}]), "pair"),
        (made.pair(1, margin=0.2), "margin"),
        (made.pair(1, chosen_verdict=made.verdict("", "fail"), margin=0.01), "label"),
        (made.tuned(1, verdict=made.verdict("", "fail")), "label"),
        (made.single(1, verdict=made.verdict("", "fail")), "label"),
        (made.single(1, label=False, verdict=made.verdict("", "pass")), "label"),
        (made.tuned(1, family=""), "family"),
        (made.tuned(1).model_copy(update={"id": "0" * 32}), "id"),
        (made.tuned(1, prompt=[{"role": "assistant", "content": "no"}]), "prompt"),
        (made.tuned(1, provenance=made.provenance().model_copy(update={"name": ""})), "provenance"),
        (
            made.tuned(1, provenance=made.provenance().model_copy(update={"name": "/home/x"})),
            "provenance",
        ),
        (
            made.tuned(1, verdict=made.verdict("", "pass").model_copy(update={"judge": ""})),
            "provenance",
        ),
        (
            made.tuned(1, verdict=made.verdict("", "pass").model_copy(update={"share": 0.9})),
            "verdict",
        ),
        (
            made.tuned(
                1, verdict=made.verdict("", "pass").model_copy(update={"category": "syntax"})
            ),
            "verdict",
        ),
        (
            made.tuned(
                1, verdict=made.verdict("", "pass").model_copy(update={"category": "not judged"})
            ),
            "not judged",
        ),
    ],
)
def test_a_row_that_must_not_be(row: Row, rule: str) -> None:
    assert rule in {found for found, _ in faults(row)}


@pytest.mark.parametrize(("_", "row"), made.rows(1))
def test_a_row_that_may_be(_: Kind, row: Row) -> None:
    assert list(faults(row, min_margin=0.2)) == []


def test_a_margin_below_the_gate() -> None:
    assert ("margin", "a margin must be at least 0.5, not 0.45") in faults(
        made.pair(1), min_margin=0.5
    )


def test_a_broken_row_ends_with_1(tmp_path: Path, rtlgen: Command) -> None:
    row = made.pair(1, chosen=[{"role": "assistant", "content": made.wrong(1)}])
    folder = written(tmp_path / "ds", (Kind.PREFERENCE, Split.TRAIN, row))
    code, out, _ = rtlgen("check", folder)
    assert code == 1
    assert "pair: 1" in out
    assert "preference/train.jsonl:1: chosen and rejected must differ, they are equal" in out
    code, out, _ = rtlgen("check", folder, "--json")
    assert code == 1
    assert json.loads(out)["findings"][0]["rule"] == "pair"


def test_the_same_row_twice(tmp_path: Path) -> None:
    rows = [(Kind.SFT, split, made.tuned(1)) for split in (Split.TRAIN, Split.TRAIN, Split.TEST)]
    found = check(written(tmp_path / "ds", *rows), Gate())
    assert found.counts == {"duplicate": 1, "duplicate across splits": 1, "split": 1}
    assert "sft/train.jsonl:1 says the same" in found.examples["duplicate across splits"][0]


def test_the_same_row_but_for_a_comment(tmp_path: Path) -> None:
    other = made.tuned(1, completion=[{"role": "assistant", "content": made.right(1) + "// no"}])
    rows = [(Kind.SFT, Split.TRAIN, row) for row in (made.tuned(1), other)]
    assert rules(written(tmp_path / "ds", *rows)) == {"duplicate": 1}


def test_a_family_in_two_splits(tmp_path: Path) -> None:
    rows = [
        (Kind.SFT, Split.TRAIN, made.tuned(1, family="f")),
        (Kind.SFT, Split.TEST, made.tuned(2, family="f")),
    ]
    found = check(written(tmp_path / "ds", *rows), Gate())
    assert found.counts == {"split": 1}
    assert "family 'f' is in train too" in found.examples["split"][0]


def test_a_prompt_that_gives_away_one_of_another_split(tmp_path: Path) -> None:
    prompt = [{"role": "user", "content": made.spec(1) + " Please."}]
    rows = [
        (Kind.SFT, Split.TRAIN, made.tuned(1)),
        (Kind.SFT, Split.TEST, made.tuned(2, prompt=prompt)),
    ]
    assert rules(written(tmp_path / "ds", *rows)) == {"prompt across splits": 1}


def known(number: int) -> list[Known]:
    return [Known(problem_set="exam", problem="e1", spec=made.spec(number))]


def test_contamination(whole: Path) -> None:
    found = check(whole, Gate().with_problems(known(3)))
    assert found.counts == {"contamination": 1}
    assert "'p3' resembles e1 of exam: 8-grams 1.00" in found.examples["contamination"][0]


def test_against_an_option(whole: Path, tmp_path: Path, rtlgen: Command) -> None:
    path = tmp_path / "exam.jsonl"
    path.write_text(json.dumps({"id": "e1", "text": made.spec(3)}) + "\n")
    code, out, _ = rtlgen("check", whole, "--against", f"exam={path}")
    assert code == 1
    assert "contamination: 1" in out
    code, _, err = rtlgen("check", whole, "--against", "exam")
    assert code == 2
    assert "--against must be NAME=ROOT, not 'exam'" in err


def test_what_is_declared_passes_and_is_said(tmp_path: Path, rtlgen: Command) -> None:
    rows = [(Kind.SFT, Split.TRAIN, made.tuned(n)) for n in (1, 2)]
    gate = Gate().with_problems(known(1))
    closed = written(tmp_path / "closed", *rows)
    assert rules(closed, gate) == {"contamination": 1}
    declared = written(tmp_path / "declared", *rows, allowed=[made.SET])
    found = check(declared, gate)
    assert found.clean
    assert found.notes == [
        "rows of made, which was declared: 2; for study, not for training models that are "
        "evaluated on it",
        "no row of preference, repair, grpo, unpaired",
    ]
    code, out, _ = rtlgen("check", declared)
    assert code == 0
    assert "note: rows of made, which was declared: 2" in out
    card = (declared / "README.md").read_text()
    assert "**For study, not for training models that are evaluated on\n> made.**" in card


def test_what_resembles_a_declared_set_is_declared(tmp_path: Path) -> None:
    row = made.tuned(1)
    folder = written(tmp_path / "ds", (Kind.SFT, Split.TRAIN, row), allowed=["exam"])
    found = check(folder, Gate().with_problems(known(1)))
    assert found.clean
    assert found.notes[0].startswith("rows of exam, which was declared: 1;")


@pytest.mark.parametrize(
    ("reward_data", "expected"),
    [
        (json.dumps({"golden": "module m; endmodule"}), "module m; endmodule"),
        ("{}", None),
        ("[]", None),
        ("{", None),
    ],
)
def test_the_design_that_a_reward_judges_by(reward_data: str, expected: str | None) -> None:
    assert learned(made.asked(1).model_copy(update={"reward_data": reward_data})) == expected


def test_what_nobody_says_is_said(tmp_path: Path) -> None:
    unknown = made.provenance().model_copy(update={"licence": "", "model": ""})
    row = made.tuned(1, provenance=unknown)
    found = check(written(tmp_path / "ds", (Kind.SFT, Split.TRAIN, row)), Gate())
    assert found.clean
    assert found.notes[1:] == ["1 of 1 answers say no licence", "1 of 1 answers say no model"]


def changed(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("README.md", lambda text: text.replace("12 problems", "13 problems"), "card"),
        ("README.md", lambda text: text.replace("license: apache-2.0", "license: mit"), "card"),
        ("README.md", lambda text: "nothing", "card"),
        ("sft/train.jsonl", lambda text: text.split("\n", 1)[1], "counts, files, parquet"),
        ("dataset.json", lambda text: text.replace('"train": 1', '"train": 2'), "card, counts"),
    ],
)
def test_files_that_do_not_say_what_is(
    folder: Path, name: str, change: Callable[[str], str], found: str
) -> None:
    changed(folder / name, change)
    rules_found = rules(folder)
    assert set(found.split(", ")) <= set(rules_found)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("plots/lengths.svg", "card"),
        ("README.md", "card"),
        ("parquet/sft/train.parquet", "parquet"),
        ("sft/train.jsonl", "files"),
    ],
)
def test_a_file_that_is_missing(folder: Path, name: str, rule: str) -> None:
    (folder / name).unlink()
    assert rule in rules(folder)


def test_a_parquet_file_with_other_rows(folder: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", (Kind.SFT, Split.TRAIN, made.tuned(99)))
    name = "parquet/sft/train.parquet"
    shutil.copy(other / name, folder / name)
    found = check(folder, Gate())
    assert "is another row" in found.examples["parquet"][0]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lambda f: (f / "dataset.json").unlink(),
            "a dataset must have a dataset.json, .* finished",
        ),
        (lambda f: changed(f / "dataset.json", lambda t: t[:-9]), r"dataset.json: .*Invalid JSON"),
        (lambda f: changed(f / "sft/train.jsonl", lambda t: t[:-9]), r"sft/train.jsonl:\d+: a row"),
        (
            lambda f: changed(f / "sft/train.jsonl", lambda t: t.replace('"rtl"', '"RTL"', 1)),
            r"sft/train.jsonl:1: rtl: Field required",
        ),
        (lambda f: (f / "parquet/sft/train.parquet").write_bytes(b"x"), "must be a Parquet file"),
        (lambda f: [shutil.rmtree(f / kind) for kind in Kind], "must have a row of some kind"),
    ],
)
def test_what_cannot_be_read_ends_with_2(
    folder: Path, rtlgen: Command, break_it: Callable[[Path], Any], message: str
) -> None:
    break_it(folder)
    with pytest.raises(UsageError, match=message):
        check(folder, Gate())
    code, _, err = rtlgen("check", folder)
    assert code == 2
    assert "Traceback" not in err


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """What the checker remembers in memory is by problem; rows are remembered on disk."""
    import tracemalloc

    def peak(rows: int) -> int:
        folder = tmp_path / str(rows)
        many = [(Kind.PREFERENCE, Split.TRAIN, made.pair(1, sample=n)) for n in range(rows)]
        written(folder, *many)
        tracemalloc.start()
        check(folder, Gate())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(120) < peak(40) + (1 << 17)


def test_inspect(whole: Path, rtlgen: Command) -> None:
    code, out, err = rtlgen("inspect", whole)
    assert (code, err) == (0, "")
    assert "12 problems of 12 families" in out
    assert "-  always @(posedge clk) q" in out
    assert "margin 0.45, edit distance" in out


def test_inspect_a_row(whole: Path, rtlgen: Command) -> None:
    row = made.pair(4)
    split = split_of(row.family)
    code, out, _ = rtlgen("inspect", f"{whole}#{row.id[:10]}", "--json")
    assert code == 0
    assert json.loads(out) == row.model_dump(mode="json")
    for name in (f"sft/{split}.jsonl:1", f"parquet/sft/{split}.parquet:1"):
        code, out, _ = rtlgen("inspect", f"{whole}/{name}", "--json")
        assert json.loads(out)["rtl"].startswith("module top")


def test_inspect_a_file(whole: Path, rtlgen: Command) -> None:
    code, out, _ = rtlgen("inspect", whole / "sft" / "train.jsonl", "--json")
    assert code == 0
    assert json.loads(out)["kind"] == "sft"
    assert rtlgen("inspect", whole / "dataset.json")[0] == 2


def test_inspect_counts(whole: Path, rtlgen: Command) -> None:
    _, out, _ = rtlgen("inspect", whole, "--json")
    found = json.loads(out)
    assert found["rows"]["sft"]["train"] == found["dataset.json"]["counts"]["sft"]["train"]
    assert found["pairs"]["chosen_longer"] == 12


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere", "no such dataset or row: 'nowhere'"),
        ("{}/sft/train.jsonl:999", "must have a line 999, it has not"),
        ("{}#ffffffffffff", "has no row whose id begins with 'ffffffffffff'"),
    ],
)
def test_inspect_what_is_not_there(whole: Path, rtlgen: Command, source: str, message: str) -> None:
    code, _, err = rtlgen("inspect", source.format(whole))
    assert code == 2
    assert message in err


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path, rtlgen: Command) -> None:
    row = made.tuned(1, prompt=[{"role": "user", "content": "a\x1b[2Jb [bold]c"}])
    folder = written(tmp_path / "ds", (Kind.SFT, Split.TRAIN, row))
    _, out, _ = rtlgen("inspect", folder)
    assert "a<U+001B>[2Jb [bold]c" in out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\nmodule m; endmodule\n```", "module m; endmodule"),
        ("no design", "no design"),
        ("endmodule module", "endmodule module"),
    ],
)
def test_design_in(text: str, expected: str) -> None:
    assert design_in(text) == expected
