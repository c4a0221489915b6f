"""GRPO rewards answers that begin with their header, and leaves out what was not judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rtlgen.train.config import Method, read_config
from rtlgen.train.grpo import TrlReward
from rtlgen.train.run import train
from rtlgen.train.run_folder import read_log
from rtlgen.train.silence import silent
from tests.rtlgen.data.small_sources import corpus
from tests.rtlgen.train import tiny

BEGUN = [*tiny.prompt(), tiny.turn("assistant", tiny.HEADER)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Given:
    """A reward that gives what it is told to, and remembers the answers."""

    def __init__(self, *rewards: float | None) -> None:
        self.__name__ = "given"
        self.rewards = rewards
        self.answers: list[str] = []

    def __call__(
        self, completions: Sequence[str], reward_data: Sequence[str], problem_set: Sequence[str]
    ) -> list[float | None]:
        assert len(completions) == len(reward_data) == len(problem_set)
        self.answers += completions
        return list(self.rewards)


class Tidy:
    """A tokenizer that tidies spaces where it is not told to leave them."""

    def decode(self, tokens: Sequence[int], **how: bool) -> str:
        assert how == {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}
        return "".join(chr(token) for token in tokens)


def test_an_answer_is_judged_with_the_header_that_it_was_given() -> None:
    given = Given(1.0, None)
    rewards = TrlReward(given, Tidy())(  # type: ignore[arg-type]
        prompts=[BEGUN, tiny.prompt()],
        completion_ids=[[10, 97], [98]],
        reward_data=["", ""],
        problem_set=["corpus", "corpus"],
        trainer_state=None,
    )
    assert rewards == [1.0, None]
    assert given.answers == [f"{tiny.HEADER}\na", "b"]


def test_trl_leaves_out_what_was_not_judged(model: Path, tmp_path: Path) -> None:
    """Pins TRL: None is neither a 0 nor part of the group's mean, and teaches nothing."""
    import trl

    from datasets import Dataset
    from rtlgen.train.model import load
    from rtlgen.train.trainers import Grpo

    scored: list[dict[str, Any]] = []

    class Spy(Grpo):
        def _generate_and_score_completions(self, inputs: Any) -> Any:
            output = super()._generate_and_score_completions(inputs)
            scored.append({"advantages": output["advantages"], "prompts": output["prompt_ids"]})
            return output

    given = Given(1.0, 0.0, None, None)
    with silent():
        trainee = load(str(model), dtype="float32")
        rows = Dataset.from_list([{"prompt": BEGUN, "reward_data": "", "problem_set": "corpus"}])
        trainer = Spy(
            model=trainee.model,
            processing_class=trainee.tokenizer,
            reward_funcs=[TrlReward(given, trainee.tokenizer)],
            train_dataset=rows,
            args=trl.GRPOConfig(
                output_dir=str(tmp_path),
                per_device_train_batch_size=4,
                num_generations=4,
                max_completion_length=4,
                max_steps=1,
                use_cpu=True,
                bf16=False,
                report_to="none",
                disable_tqdm=True,
                save_strategy="no",
            ),
        )
        trainer.train()
    (found,) = scored
    spread = 0.5**0.5  # of 1 and 0 alone
    wanted = [0.5 / spread, -0.5 / spread, 0.0, 0.0]
    assert found["advantages"].tolist() == pytest.approx(wanted, abs=1e-3)
    (reward,) = [line["reward"] for line in trainer.state.log_history if "reward" in line]
    assert reward == pytest.approx(0.5)
    assert all(answer.startswith(tiny.HEADER) for answer in given.answers)
    prompt = trainee.tokenizer.decode(found["prompts"][0].tolist())
    assert prompt.endswith(f"<|im_start|>assistant\n{tiny.HEADER}")


def test_a_prompt_keeps_its_group_whatever_order_is_asked_for(model: Path, tmp_path: Path) -> None:
    import trl

    from datasets import Dataset
    from rtlgen.train.model import load
    from rtlgen.train.trainers import Grpo

    row = {"prompt": BEGUN, "reward_data": "", "problem_set": "corpus"}
    with silent():
        trainee = load(str(model), dtype="float32")
        trainer = Grpo(
            model=trainee.model,
            processing_class=trainee.tokenizer,
            reward_funcs=[TrlReward(Given(), trainee.tokenizer)],  # type: ignore[arg-type]
            train_dataset=Dataset.from_list([{**row, "length": n} for n in range(4)]),
            args=trl.GRPOConfig(
                output_dir=str(tmp_path),
                per_device_train_batch_size=4,
                num_generations=2,
                train_sampling_strategy="group_by_length",
                use_cpu=True,
                bf16=False,
                report_to="none",
            ),
        )
    drawn = list(trainer._get_train_sampler())
    assert drawn[::2] == drawn[1::2]
    assert sorted(set(drawn)) == [0, 1, 2, 3]


@pytest.mark.icarus
def test_a_run_on_a_corpus(model: Path, tmp_path: Path) -> None:
    corpus(tmp_path / "corpus")
    path = tiny.write_config(
        tmp_path,
        model=str(model),
        data="corpus",
        rewards=["share", "format"],
        max_tokens=4,
        examples=1,
        trl={"max_steps": 1, "per_device_train_batch_size": 2, "num_generations": 2},
    )
    outcome = train(Method.GRPO, read_config(path), tmp_path / "run", say=lambda _: None)
    (line,) = [line for line in read_log(tmp_path / "run") if "reward" in line]
    assert 0 <= line["rewards/share/mean"] <= 1
    assert 0 <= line["rewards/format/mean"] <= 1
    assert outcome.record.rows["kept"] == 3
    assert (tmp_path / "run" / "plots" / "reward.svg").exists()
