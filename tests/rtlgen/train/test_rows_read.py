"""Where rows are read from, and what is said of rows that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rtlgen.data.problem_json import problem_of
from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import CorpusProblem
from rtlgen.train.config import Method, Placed, read_config
from rtlgen.train.rows_read import Answered, Rewarded, sources
from tests.rtlgen.train import tiny


def _placed(folder: Path, **values: Any) -> Placed:
    return read_config(tiny.write_config(folder, model="m", **values))


def _corpus(folder: Path) -> Path:
    folder.mkdir(parents=True)
    problem = CorpusProblem(
        task_id="not-1",
        family="not",
        parameters={},
        phrasing="terse",
        top="top",
        description=tiny.SPEC,
        header=tiny.HEADER,
        test="test",
        reference="reference",
        golden=tiny.RIGHT,
        seed="1",
        samples=3,
    )
    (folder / "problems.jsonl").write_text(problem.model_dump_json() + "\n", encoding="utf-8")
    return folder


def test_a_dataset_folder_gives_the_kinds_that_are_wanted(tmp_path: Path) -> None:
    for kind in ("sft", "repair"):
        (tmp_path / "d" / kind).mkdir(parents=True)
        tiny.write_rows(tmp_path / "d" / kind / "train.jsonl", tiny.sft_rows(2))
    alone = sources(Method.SFT, _placed(tmp_path, data="d"))
    both = sources(Method.SFT, _placed(tmp_path, data="d", kinds=["sft", "repair"]))
    assert [source.kind for source in alone] == ["sft"]
    assert [source.kind for source in both] == ["sft", "repair"]
    (place, row), _ = alone[0].rows()
    assert place == f"{tmp_path}/d/sft/train.jsonl:1"
    assert isinstance(row, Answered)
    assert row.turns == tiny.prompt(0)


def test_a_corpus_gives_golden_answers_or_tests(tmp_path: Path) -> None:
    _corpus(tmp_path / "c")
    placed = _placed(tmp_path, data="c")
    ((_, learned),) = sources(Method.SFT, placed)[0].rows()
    assert isinstance(learned, Answered)
    assert learned.prompt[0].content == f"{tiny.SPEC}\n\n{tiny.HEADER}"
    assert learned.completion[0].content == tiny.RIGHT
    ((_, rewarded),) = sources(Method.GRPO, placed)[0].rows()
    assert isinstance(rewarded, Rewarded)
    assert problem_of(rewarded.reward_data).test == "test"


@pytest.mark.parametrize(
    ("method", "line", "said"),
    [
        (Method.SFT, '{"prompt": []}', r"kind sft .*prompt: .*rows\.jsonl:2"),
        (Method.SFT, '{"prompt": [{"ro', r"line of JSON: .*rows\.jsonl:2\n\nhint: .*cut short"),
        (Method.DPO, '{"prompt": [{"role": "user", "content": "a"}]}', r"chosen: Field required"),
        (
            Method.DPO,
            '{"prompt": [{"role": "user", "content": "a"}], '
            '"chosen": [{"role": "assistant", "content": "b"}], '
            '"rejected": [{"role": "assistant", "content": "b"}]}',
            r"chosen and rejected must differ, .*rows\.jsonl:2",
        ),
        (Method.GRPO, '{"prompt": [{"role": "user", "content": "a"}]}', "problem_set: Field req"),
    ],
)
def test_rows_that_cannot_be_used(tmp_path: Path, method: Method, line: str, said: str) -> None:
    (tmp_path / "rows.jsonl").write_text("\n" + line + "\n", encoding="utf-8")
    (source,) = sources(method, _placed(tmp_path, data="rows.jsonl"))
    with pytest.raises(UsageError, match=said):
        list(source.rows())


def test_held_out_problems_are_not_trained_on(tmp_path: Path) -> None:
    _corpus(tmp_path / "held-out-instances")
    _corpus(tmp_path / "moved")
    (tmp_path / "moved" / "corpus.json").write_text('{"seed": 1, "part": "held-out-families"}')
    for name in ("held-out-instances", "moved"):
        with pytest.raises(UsageError, match=rf"held-out problems must not .*{name} are, .*:3\n"):
            sources(Method.SFT, _placed(tmp_path, data=name))


def test_a_parquet_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.parquet").write_bytes(b"PAR1")
    with pytest.raises(UsageError, match=r"must be JSON Lines, .*train\.parquet is Parquet, .*:3"):
        sources(Method.SFT, _placed(tmp_path, data="train.parquet"))


def test_places_without_rows(tmp_path: Path) -> None:
    (tmp_path / "d" / "sft").mkdir(parents=True)
    tiny.write_rows(tmp_path / "d" / "sft" / "train.jsonl", tiny.sft_rows(1))
    _corpus(tmp_path / "c" / "train")
    with pytest.raises(UsageError, match=r"no data at .*none, .*:3"):
        sources(Method.SFT, _placed(tmp_path, data="none"))
    with pytest.raises(UsageError, match=r"no preference/train.jsonl, .*\n\nhint: it has .* sft"):
        sources(Method.DPO, _placed(tmp_path, data="d"))
    with pytest.raises(UsageError, match=r"hint: it is a corpus in parts.*: train"):
        sources(Method.SFT, _placed(tmp_path, data="c"))
    with pytest.raises(UsageError, match=r"a corpus holds answers .*preference.*\n\nhint: build"):
        sources(Method.DPO, _placed(tmp_path, data="c/train"))
    with pytest.raises(UsageError, match=r"kinds of dpo must be among preference, not sft, .*:4"):
        sources(Method.DPO, _placed(tmp_path, data="d", kinds=["sft"]))
