"""GRPO's rewards: what `rtlgen.train.rewards` says of the answers that TRL sampled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rtlgen.train.reward_judging import GrpoReward

Turns = Sequence[dict[str, str]]


class TrlReward:
    """A reward as TRL calls it; None is "not judged", which TRL leaves out."""

    def __init__(self, reward: GrpoReward, tokenizer: Any) -> None:  # noqa: ANN401 - imported late
        self.__name__ = reward.__name__
        self._reward = reward
        self._tokenizer = tokenizer

    def __call__(
        self,
        *,
        prompts: Sequence[Turns],
        completion_ids: Sequence[Sequence[int]],
        reward_data: Sequence[str],
        problem_set: Sequence[str],
        **_: object,
    ) -> list[float | None]:
        """Return what each answer earns, in order.

        The answers are read from their tokens: TRL may tidy spaces in its text.

        Raises:
            EnvironmentFault: The machine is at fault.
        """
        answers = [
            begun(prompt)[1] + self._text(tokens)
            for prompt, tokens in zip(prompts, completion_ids, strict=True)
        ]
        return self._reward(answers, reward_data, problem_set)

    def _text(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


def begun(prompt: Turns) -> tuple[Turns, str]:
    """Return the conversation up to the last turn of others, and how the answer begins."""
    if prompt[-1]["role"] == "assistant":
        return prompt[:-1], prompt[-1]["content"]
    return prompt, ""
