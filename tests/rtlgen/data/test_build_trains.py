"""What a build writes loads in Hugging Face datasets and trains under TRL, unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rtlgen.data.problem_json import problem_of
from rtlgen.data.rows import Kind
from tests.rtlgen.train.tiny import write_model

pytestmark = [pytest.mark.icarus, pytest.mark.filterwarnings("ignore")]
QUICK: dict[str, Any] = {
    "max_steps": 1,
    "per_device_train_batch_size": 2,
    "report_to": "none",
    "save_strategy": "no",
    "use_cpu": True,
    "bf16": False,
    "gradient_checkpointing": False,
    "disable_tqdm": True,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(autouse=True)
def _offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import torch

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "hf"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def loaded(folder: Path, kind: Kind, cache: Path) -> Any:
    import datasets

    datasets.disable_progress_bars()
    return datasets.load_dataset(str(folder), kind.value, split="train", cache_dir=str(cache))


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_loads_as_written(made: Path, tmp_path: Path, kind: Kind) -> None:
    found = loaded(made, kind, tmp_path)
    lines = (made / kind / "train.jsonl").read_text().splitlines()
    assert len(found) == len(lines)
    assert found[0]["prompt"][0]["role"] in ("user", "system")


def steps(trainer: Any) -> int:
    trainer.train()
    return int(trainer.state.global_step)


def test_dpo_takes_the_pairs(made: Path, model: str, tmp_path: Path) -> None:
    from trl import DPOConfig, DPOTrainer

    config = DPOConfig(output_dir=str(tmp_path / "out"), **QUICK)
    rows = loaded(made, Kind.PREFERENCE, tmp_path)
    assert steps(DPOTrainer(model=model, args=config, train_dataset=rows)) == 1


@pytest.mark.parametrize("kind", [Kind.SFT, Kind.REPAIR])
def test_sft_takes_answers_and_repairs(made: Path, model: str, tmp_path: Path, kind: Kind) -> None:
    from trl import SFTConfig, SFTTrainer

    config = SFTConfig(output_dir=str(tmp_path / "out"), max_length=4096, **QUICK)
    rows = loaded(made, kind, tmp_path)
    assert steps(SFTTrainer(model=model, args=config, train_dataset=rows)) == 1


def test_kto_takes_single_answers(made: Path, model: str, tmp_path: Path) -> None:
    from trl import KTOConfig, KTOTrainer

    config = KTOConfig(output_dir=str(tmp_path / "out"), **QUICK)
    rows = loaded(made, Kind.UNPAIRED, tmp_path)
    assert steps(KTOTrainer(model=model, args=config, train_dataset=rows)) == 1


def test_grpo_hands_the_reward_what_it_needs(made: Path, model: str, tmp_path: Path) -> None:
    from trl import GRPOConfig, GRPOTrainer

    tasks: list[str] = []

    def reward(completions: list[Any], reward_data: list[str], **_: Any) -> list[float]:
        tasks.extend(problem_of(text).task_id for text in reward_data)
        return [float(len(str(completion))) for completion in completions]

    config = GRPOConfig(
        output_dir=str(tmp_path / "out"), num_generations=2, max_completion_length=8, **QUICK
    )
    rows = loaded(made, Kind.GRPO, tmp_path)
    trainer = GRPOTrainer(model=model, reward_funcs=reward, args=config, train_dataset=rows)
    assert steps(trainer) == 1
    assert set(tasks) <= set(rows["problem"])
    assert len(tasks) == 2
