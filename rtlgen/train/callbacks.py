"""What happens beside training: progress, log, checkpoints by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers

from rtlgen.train.faults import check_finite
from rtlgen.train.run_folder import RunFolder, mark_complete

_SHOWN = {
    "loss": "loss",
    "rewards/accuracies": "pairs right",
    "rewards/margins": "margin",
    "reward": "reward",
    "reward_std": "spread",
    "completions/mean_length": "tokens",
    "eval_loss": "validation loss",
    "mean_token_accuracy": "tokens right",
    "learning_rate": "rate",
}
"""Metrics of the progress line, and what they are called there."""


class Follower(transformers.TrainerCallback):  # type: ignore[misc]
    """Says how far training is, keeps the log, and saves every so many seconds.

    Only the main process says and writes; all processes save at the same step,
    since the main one's clock decides for all.
    """

    def __init__(
        self,
        folder: RunFolder,
        *,
        main: bool,
        say: Callable[[str], None],
        save_seconds: float | None,
    ) -> None:
        self._folder = folder
        self._main = main
        self._say = say
        self._save_seconds = save_seconds
        self.stepped = False
        """Whether a step was made: what is raised before is the configuration's."""
        self._begun = self._saved = time.monotonic()
        self._first_step = 0
        self._tokens = 0.0

    def count(self, tokens: float) -> None:
        """Note that so many more tokens were trained on."""
        self._tokens += tokens

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        self._begun = self._saved = time.monotonic()
        self._first_step = state.global_step
        self._tokens = 0.0

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        self.stepped = True
        if self._save_seconds is None:
            return
        last = state.global_step >= state.max_steps
        due = last or time.monotonic() - self._saved >= self._save_seconds
        if _agreed(due, args):
            control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        self._saved = time.monotonic()
        if self._main:
            mark_complete(Path(args.output_dir) / f"checkpoint-{state.global_step}")

    def on_log(
        self,
        args: Any,  # noqa: ANN401
        state: Any,  # noqa: ANN401
        control: Any,  # noqa: ANN401
        logs: dict[str, Any] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> None:
        if not self._main or not logs:
            return
        numbers = {key: value for key, value in logs.items() if isinstance(value, int | float)}
        check_finite(state.global_step, numbers)
        speed = self._speed()
        self._folder.log({"step": state.global_step, **numbers, "tokens_per_second": round(speed)})
        if "train_runtime" not in logs:
            self._say(_line(state, numbers, speed, self._left(state)))

    def _speed(self) -> float:
        return self._tokens / max(time.monotonic() - self._begun, 1e-6)

    def _left(self, state: Any) -> float:  # noqa: ANN401
        done = state.global_step - self._first_step
        spent = time.monotonic() - self._begun
        return spent / done * (state.max_steps - state.global_step) if done else 0.0


def _agreed(due: bool, args: Any) -> bool:  # noqa: ANN401
    """Return what the main process says, in all processes."""
    if args.world_size == 1:
        return due
    answer = torch.tensor([due], dtype=torch.uint8, device=args.device)
    torch.distributed.broadcast(answer, 0)
    return bool(answer.item())


def _line(state: Any, numbers: dict[str, float], speed: float, left: float) -> str:  # noqa: ANN401
    parts = [f"step {state.global_step}/{state.max_steps}"]
    parts += [f"{name} {numbers[key]:.3g}" for key, name in _SHOWN.items() if key in numbers]
    parts += [f"{speed:.0f} tokens/s"] if speed >= 0.5 else []
    parts += [f"{_duration(left)} left"] if left >= 1 else []
    return "  ".join(parts)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes >= 90:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if seconds >= 90 else f"{seconds:.0f} s"
