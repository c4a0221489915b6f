"""TRL's trainers, on rows that are tokenized already and in an order that a resume repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
import trl
from transformers.trainer_pt_utils import get_length_grouped_indices

from rtlgen.train.cpu import label_loss, shaped_logits
from rtlgen.train.grpo import begun
from rtlgen.train.tokens import given_tokens

if TYPE_CHECKING:
    from rtlgen.train.callbacks import Follower


class EpochOrder(torch.utils.data.Sampler):  # type: ignore[misc]
    """Rows in an order that depends on seed and epoch alone, similar lengths together.

    Transformers' own draws from the process's random numbers, so that a run
    that was taken up in a later epoch would go through it in another order.
    """

    def __init__(self, lengths: list[int], *, batch: int, seed: int) -> None:
        self._lengths = lengths
        self._batch = batch
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Go on to the order of `epoch`."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + self._epoch)
        yield from get_length_grouped_indices(self._lengths, self._batch, generator=generator)


class _Followed:
    """Overrides of all trainers; `follower` is told what was trained on."""

    follower: Follower | None = None

    def training_step(self, model: Any, inputs: Any, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        if self.follower is not None and "attention_mask" in inputs:
            processes = self.args.world_size  # type: ignore[attr-defined]
            self.follower.count(float(inputs["attention_mask"].sum()) * processes)
        return super().training_step(model, inputs, *more, **named)  # type: ignore[misc]


class _Ordered(_Followed):
    """Rows in `EpochOrder`; not for GRPO, whose sampler gives each prompt its group of answers."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:  # noqa: ANN401 - TRL's
        args: Any = self.args  # type: ignore[attr-defined]
        rows: Any = self.train_dataset  # type: ignore[attr-defined]  # with all its columns
        if args.train_sampling_strategy != "group_by_length" or "length" not in rows.column_names:
            return super()._get_train_sampler(train_dataset)  # type: ignore[misc]
        batch = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
        return EpochOrder(list(rows["length"]), batch=batch, seed=args.seed)

    def _get_eval_sampler(self, eval_dataset: Any) -> Any:  # noqa: ANN401 - TRL's
        # Transformers' own looks for lengths in `input_ids`, which pairs do not have.
        return torch.utils.data.SequentialSampler(eval_dataset)


class Sft(_Ordered, trl.SFTTrainer):  # type: ignore[misc]
    """Rows have `input_ids` and `labels`, which TRL takes as they are."""

    def compute_loss(
        self,
        model: Any,  # noqa: ANN401 - TRL's
        inputs: Any,  # noqa: ANN401
        return_outputs: bool = False,
        num_items_in_batch: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Return the loss; on a CPU by `label_loss`, without TRL's metric of entropy."""
        base = self.accelerator.unwrap_model(model)
        head = base.get_output_embeddings()
        if return_outputs or "attention_mask" not in inputs or not self._nll_on_cpu(base, head):
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        labels = inputs["labels"]
        hidden = _decoder(base)(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            use_cache=False,
        ).last_hidden_state
        count = (labels[:, 1:] != -100).sum() if num_items_in_batch is None else num_items_in_batch
        loss = label_loss(hidden, head.weight, labels, over=max(int(count), 1))
        mode = "train" if self.model.training else "eval"
        metrics = self._metrics[mode]
        metrics["mean_token_accuracy"].append(loss.right / max(loss.labels, 1))
        if mode == "train":
            self._total_train_tokens += int(inputs["attention_mask"].sum())
        metrics["num_tokens"] = [self._total_train_tokens]
        return loss.mean

    def _nll_on_cpu(self, base: Any, head: Any) -> bool:  # noqa: ANN401
        """Return whether the loss is one that `label_loss` computes, where it is faster."""
        asked: Any = self.args
        return (
            base.device.type == "cpu"
            and self.accelerator.num_processes == 1
            and asked.loss_type == "nll"
            and not asked.label_smoothing_factor
            and self.compute_loss_func is None
            and getattr(head, "bias", None) is None
            and not shaped_logits(base.config)
        )


class Dpo(_Ordered, trl.DPOTrainer):  # type: ignore[misc]
    """Rows have `prompt_ids`, `chosen_ids` and `rejected_ids`, as TRL would make them."""

    def _prepare_dataset(
        self,
        dataset: Any,  # noqa: ANN401
        processing_class: Any,  # noqa: ANN401
        args: Any,  # noqa: ANN401
        dataset_name: str,
    ) -> Any:  # noqa: ANN401
        if "prompt_ids" in dataset.column_names:
            return dataset
        return super()._prepare_dataset(dataset, processing_class, args, dataset_name)


class Grpo(_Followed, trl.GRPOTrainer):  # type: ignore[misc]
    """Prompts may end with the beginning of the answer, which the model goes on from."""

    def _tokenize_prompts(self, prompts: Any) -> tuple[list[list[int]], None, dict[str, Any]]:  # noqa: ANN401
        parted = [begun(prompt) for prompt in prompts]
        tokens = [given_tokens(self.processing_class, turns, text) for turns, text in parted]
        return tokens, None, {}


def _decoder(model: Any) -> Any:  # noqa: ANN401
    """Return what gives hidden states, inside PEFT's wrapping if there is one."""
    return getattr(model, "get_base_model", lambda: model)().base_model
