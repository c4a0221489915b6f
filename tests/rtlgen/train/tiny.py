"""A model of some ten thousand weights, its tokenizer, and rows for it: no download."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
HEADER = "module top (\n    input a,\n    output y\n);"
RIGHT = f"{HEADER}\n    assign y = ~a;\nendmodule\n"
WRONG = f"{HEADER}\n    assign y = a;\nendmodule\n"
SPEC = "The output y is the inverse of a."


def write_model(folder: Path, *, template: str | None = TEMPLATE) -> Path:
    """Write a Llama that knows nothing."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([SPEC, RIGHT, WRONG] * 3, trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    fast.chat_template = template
    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def prompt(number: int = 0) -> list[dict[str, str]]:
    return [turn("user", f"{SPEC} {number}\n\n{HEADER}")]


def sft_rows(count: int = 8) -> list[dict[str, Any]]:
    return [
        {"prompt": prompt(number), "completion": [turn("assistant", RIGHT + "// x\n" * number)]}
        for number in range(count)
    ]


def preference_rows(count: int = 8) -> list[dict[str, Any]]:
    return [
        {
            "prompt": prompt(number),
            "chosen": [turn("assistant", RIGHT)],
            "rejected": [turn("assistant", WRONG)],
        }
        for number in range(count)
    ]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_config(folder: Path, **values: Any) -> Path:
    """Write a configuration; JSON is YAML."""
    path = folder / "config.yaml"
    path.write_text(json.dumps(values, indent=2), encoding="utf-8")
    return path
