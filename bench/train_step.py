"""How many tokens a second of processor time training goes through: TRL's own way, and ours.

    python bench/train_step.py [--method sft|dpo] [--layers 30] [--rows 16] [--tokens 300]
        [--steps 4] [--all-weights]

Both train the same model of SmolLM2-135M's shape, with weights drawn at random, on the same
rows, in the same process, in turns; the first step of each is not counted.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers
import trl
from processor_time import processor_seconds

from datasets import Dataset
from rtlgen.train import cpu
from rtlgen.train.hardware import look
from rtlgen.train.trainers import Dpo, Sft

_VOCABULARY = 49152
_RANK = 64


class _Clock(transformers.TrainerCallback):  # type: ignore[misc]
    """Processor time at the end of each step."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: object, **__: object) -> None:
        self.ends.append(processor_seconds())


def main() -> None:
    """Print a line for each trainer, and their ratio."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as folder:
        theirs = _rate(asked, Path(folder), ours=False)
        print(f"{'TRL as it is':28} {theirs:8.0f} tokens per second of processor time")
        ours = _rate(asked, Path(folder), ours=True)
        print(f"{'rtlgen on a CPU':28} {ours:8.0f} tokens per second of processor time")
        print(f"ratio {ours / theirs:.2f}")


def _rate(asked: argparse.Namespace, folder: Path, *, ours: bool) -> float:
    model = _model(asked.layers)
    if ours:
        cpu.attend(model)
    clock = _Clock()
    # Dpo adds to TRL's trainer only that it takes tokens; what is faster is added below.
    kind = Dpo if asked.method == "dpo" else Sft if ours else trl.SFTTrainer
    trainer = kind(
        model=model,
        args=_arguments(asked, folder),
        train_dataset=_pairs(asked) if asked.method == "dpo" else _rows(asked),
        processing_class=_tokenizer(),
        callbacks=[clock],
        peft_config=None if asked.all_weights else _lora(),
    )
    if ours and not asked.all_weights:
        cpu.fold(trainer.model)
        if asked.method == "dpo":
            cpu.score(trainer.model.get_base_model())
    trainer.train()
    seconds = clock.ends[-1] - clock.ends[0]
    return float(asked.rows * asked.tokens * asked.steps / seconds)


def _model(layers: int) -> Any:  # noqa: ANN401
    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=_VOCABULARY,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=layers,
        num_attention_heads=9,
        num_key_value_heads=3,
        tie_word_embeddings=True,
    )
    dtype = getattr(torch, look().dtype("auto", full=False))
    return transformers.AutoModelForCausalLM.from_config(config, dtype=dtype)


def _arguments(asked: argparse.Namespace, folder: Path) -> Any:  # noqa: ANN401
    dpo = asked.method == "dpo"
    return (trl.DPOConfig if dpo else trl.SFTConfig)(
        output_dir=str(folder),
        max_steps=asked.steps + 1,
        per_device_train_batch_size=asked.rows // 2 if dpo else asked.rows,
        report_to="none",
        save_strategy="no",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        activation_checkpointing=False,
        dataloader_pin_memory=False,
        max_length=None,
    )


def _rows(asked: argparse.Namespace) -> Any:  # noqa: ANN401
    torch.manual_seed(2)
    count = asked.rows * (asked.steps + 1)
    ids = torch.randint(4, _VOCABULARY, (count, asked.tokens))
    half = asked.tokens // 2
    return Dataset.from_list(
        [
            {"input_ids": row, "labels": [-100] * half + row[half:]}  # a prompt and its answer
            for row in ids.tolist()
        ]
    )


def _pairs(asked: argparse.Namespace) -> Any:  # noqa: ANN401
    torch.manual_seed(2)
    count, half = asked.rows // 2 * (asked.steps + 1), asked.tokens // 2
    ids = torch.randint(4, _VOCABULARY, (count, 3, half)).tolist()
    names = ("prompt_ids", "chosen_ids", "rejected_ids")
    return Dataset.from_list([dict(zip(names, each, strict=True)) for each in ids])


def _tokenizer() -> Any:  # noqa: ANN401
    from tokenizers import Tokenizer, models  # noqa: PLC0415

    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel({"[PAD]": 0}, unk_token="[PAD]")),
        pad_token="[PAD]",
        eos_token="[PAD]",
    )


def _lora() -> Any:  # noqa: ANN401
    import peft  # noqa: PLC0415

    return peft.LoraConfig(
        r=_RANK, lora_alpha=_RANK, target_modules="all-linear", task_type="CAUSAL_LM"
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--method", choices=("sft", "dpo"), default="sft")
    parser.add_argument("--layers", type=int, default=30)
    parser.add_argument("--rows", type=int, default=16, help="in a batch; two make a pair")
    parser.add_argument("--tokens", type=int, default=300, help="in a row")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--all-weights", action="store_true", help="rather than LoRA of rank 64")
    return parser.parse_args()


if __name__ == "__main__":
    main()
