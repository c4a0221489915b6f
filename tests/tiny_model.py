"""A real transformers model, trained in seconds to know one answer by heart.

A conftest.py imports the fixtures for the tests beside it. The chat template
hands the model nothing of a message but one to eight marks, by its length: it
answers whatever the prompts look like, and prompts still differ in length.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPEC = """\
---
module: pick_one
---
# Pick one of two

Output `y` is `a` when `sel` is 0, and `b` when `sel` is 1. It is combinational.

| port | direction | width |
|------|-----------|-------|
| sel  | input     | 1     |
| a    | input     | 1     |
| b    | input     | 1     |
| y    | output    | 1     |

| sel | a | b | y |
|-----|---|---|---|
| 0   | 0 | - | 0 |
| 0   | 1 | - | 1 |
| 1   | - | 0 | 0 |
| 1   | - | 1 | 1 |
"""
"""A specification that the trained model answers."""

MODULE = """\
module pick_one (
    input  wire sel,
    input  wire a,
    input  wire b,
    output wire y
);
    assign y = sel ? b : a;
endmodule
"""
ANSWER = f"The output follows `b` where `sel` is high.\n\n```verilog\n{MODULE}```\n"
"""What the trained model says to everything."""

CONTEXT = 512
_MARKS = 8
_RATE = 1e-2
_TEMPLATE = f"{{{{ '<|user|>' * (1 + messages[-1]['content'] | length % {_MARKS}) }}}}<|assistant|>"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a model that answers everything with `ANSWER`."""
    return _made(tmp_path_factory, "tiny-model", lambda folder: _save(folder, train=True))


@pytest.fixture(scope="session")
def garbage_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a model with random weights."""
    return _made(tmp_path_factory, "garbage-model", lambda folder: _save(folder, train=False))


def _made(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Make a folder once, however many pytest workers there are."""
    import torch

    # Threads that wait for one another on a busy machine take longer than the tiny sums.
    torch.set_num_threads(1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / name).exists():
            make(shared / f"{name}.part")
            (shared / f"{name}.part").rename(shared / name)
    return shared / name


def _save(folder: Path, *, train: bool) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from rtlgen.llm.transformers_load import quiet

    tokenizer = _tokenizer()
    with quiet(), torch.random.fork_rng():
        torch.manual_seed(1)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        model = LlamaForCausalLM(config)
        if train:
            _learn(model, tokenizer)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        show_progress=False,
        special_tokens=["<|end|>", "<|pad|>", "<|user|>", "<|assistant|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([ANSWER], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|end|>",
        pad_token="<|pad|>",
        chat_template=_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def _learn(model: Any, tokenizer: Any) -> None:
    """Train until the answer is nearly certain after any prompt."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=0.0)
    tokens, labels = _batch(tokenizer)
    seen = (tokens != tokenizer.pad_token_id).long()
    places = (seen.cumsum(-1) - 1).clamp(min=0)
    for step in range(400):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 20)
        asked = {"input_ids": tokens, "attention_mask": seen, "position_ids": places}
        loss = model(**asked, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if loss.item() < 0.001:
            return
    raise AssertionError(f"the tiny model does not learn: loss {loss.item():.3f}")


def _batch(tokenizer: Any) -> tuple[Any, Any]:
    """Return every prompt with the answer, and what is to be learned of it."""
    import torch

    answer = tokenizer(ANSWER + "<|end|>")["input_ids"]
    prompts = [
        tokenizer("<|pad|>" * (_MARKS - marks) + "<|user|>" * marks + "<|assistant|>")["input_ids"]
        for marks in range(1, _MARKS + 1)
    ]
    labels = [[-100] * (_MARKS + 1) + answer for _ in prompts]
    return torch.tensor([prompt + answer for prompt in prompts]), torch.tensor(labels)


def edit_json(path: Path, **changes: object) -> None:
    """Change some entries of a JSON file; None removes one."""
    entries = json.loads(path.read_text()) | changes
    kept = {name: value for name, value in entries.items() if value is not None}
    path.write_text(json.dumps(kept))
