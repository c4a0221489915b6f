"""Answers drawn side by side are those of `generate`, in whatever company they are drawn."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rtlgen.llm import transformers_batch
from rtlgen.llm.model import Answer, Failure, Message, ModelFault, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel

KNOWN = ("llama", "mistral", "qwen2", "qwen3")


def request(text: str, tokens: int, *, sample: int = 0, temperature: float = 0.0) -> Request:
    return Request(
        messages=(Message(role="user", content=text),),
        sample=sample,
        sampling=Sampling(max_tokens=tokens, temperature=temperature, top_p=0.9),
    )


MIXED = [
    request(text, 3 + 17 * at % 41, sample=at, temperature=temperature)
    for at, (text, temperature) in enumerate(
        (text, temperature)
        for text in ("module", "", "a much longer prompt, which goes on and on", "short")
        for temperature in (0.0, 1.0, 0.7)
    )
]
"""Four prompts of different lengths, answers of different lengths, greedy and warm ones."""


def made(source: Path, folder: Path, kind: str, **changes: Any) -> Path:
    """Make a model of an architecture with weights so large that each token matters."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors", "config.json"))
    (folder / "chat_template.jinja").write_text("<|user|>{{ messages[-1]['content'] }}")
    vocabulary = len(json.loads((source / "tokenizer.json").read_text())["model"]["vocab"])
    size = {
        "vocab_size": vocabulary + 8,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "initializer_range": 0.4,
    }
    ends: dict[str, Any] = {"bos_token_id": None, "eos_token_id": 0, "pad_token_id": 1}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        config = AutoConfig.for_model(kind, **(size | ends | changes))
        AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def local(folder: Path, *, share: bool = True, batch_size: int | None = None) -> LocalModel:
    model = LocalModel(str(folder), device="cpu", batch_size=batch_size)
    model.share_prompts = share
    return model


def answers(model: LocalModel, requests: Sequence[Request]) -> list[Answer]:
    found = dict(model.ask(requests))
    assert sorted(found) == list(range(len(requests)))
    return [replace(found[index], seconds=0.0) for index in range(len(requests))]


@pytest.fixture(scope="module")
def llama(garbage_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(garbage_model, tmp_path_factory.mktemp("models") / "llama", "llama")


@pytest.fixture(scope="module")
def expected(llama: Path) -> list[Answer]:
    """What `generate` answers to `MIXED`."""
    return answers(local(llama, share=False), MIXED)


@pytest.mark.parametrize("kind", KNOWN)
def test_known_architectures_answer_as_generate_does(
    garbage_model: Path, tmp_path: Path, kind: str
) -> None:
    changes = {"sliding_window": None} if kind == "mistral" else {}
    folder = made(garbage_model, tmp_path / kind, kind, **changes)
    model = local(folder, batch_size=3)
    assert model._load().shares_prompts
    found = answers(model, MIXED)
    assert found == answers(local(folder, share=False), MIXED)
    assert len({answer.text for answer in found}) == len(MIXED)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("gpt2", {}),
        ("mistral", {"sliding_window": 8}),
        ("llama", {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 1e4}}),
    ],
)
def test_others_are_left_to_generate(
    garbage_model: Path, tmp_path: Path, kind: str, changes: dict[str, Any]
) -> None:
    model = local(made(garbage_model, tmp_path / kind, kind, **changes))
    assert not model._load().shares_prompts
    assert [answer.failure for answer in answers(model, MIXED[:3])] == [None] * 3


@pytest.mark.parametrize("batch_size", [1, 5, 12])
def test_company_changes_no_answer(llama: Path, expected: list[Answer], batch_size: int) -> None:
    model = local(llama, batch_size=batch_size)
    assert answers(model, MIXED) == expected
    assert answers(model, MIXED[::-1]) == expected[::-1]


def watched(model: LocalModel) -> list[tuple[str, int]]:
    """Return where it will be noted what the model does, and with how many sequences."""
    turns: list[tuple[str, int]] = []

    def note(_module: object, _rest: object, given: dict[str, Any], _out: object) -> None:
        turns.append((type(given["turn"]).__name__, len(given["input_ids"])))

    model._load().model.register_forward_hook(note, with_kwargs=True)
    return turns


def test_a_prompt_is_read_once_and_the_queue_fills_gaps(llama: Path) -> None:
    model = local(llama, batch_size=4)
    turns = watched(model)
    total = sum(answer.usage.completion_tokens for answer in answers(model, MIXED))
    # Of the fourth prompt there is but the mark of the user, with which each answer begins.
    assert turns.count(("Reading", 1)) == 3
    steps = [number for turn, number in turns if turn == "Writing"]
    assert max(steps) == 4
    assert sum(steps) == total
    assert steps.count(4) > len(steps) // 2


def with_memory(model: LocalModel, requests: Sequence[Request], tokens: int) -> list[Answer]:
    """Answer with memory for so many tokens."""
    from rtlgen.llm.transformers_local import _ends, _row
    from rtlgen.llm.transformers_sampler import Sampler

    loaded = model._load()
    rows: list[Any] = [_row(index, each, loaded) for index, each in enumerate(requests)]
    sampler = Sampler(
        loaded.model,
        rows,
        ends=_ends(loaded),
        most=99,
        memory=tokens * transformers_batch.token_bytes(loaded.model),
        timeout=600.0,
        deadline=time.monotonic() + 600.0,
    )
    found = {}
    while sampler.busy:
        for row in model._step(sampler):
            found[row.index] = replace(row.answer(loaded.tokenizer), seconds=0.0)
    return [found[index] for index in range(len(requests))]


@pytest.mark.parametrize("tokens", [1, 200, 400])
def test_little_memory_changes_no_answer(llama: Path, expected: list[Answer], tokens: int) -> None:
    model = local(llama)
    turns = watched(model)
    assert with_memory(model, MIXED, tokens) == expected
    assert max(number for _, number in turns) <= max(1, tokens // 32)


class _Cramped:
    """A model that has the memory for so many answers at a time."""

    def __init__(self, model: Any, most: int) -> None:
        self._model, self._most = model, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, input_ids: Any, **rest: Any) -> Any:
        if len(input_ids) > self._most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return self._model(input_ids, **rest)


def test_without_memory_fewer_are_made_side_by_side(llama: Path, expected: list[Answer]) -> None:
    model = local(llama)
    cramped = _Cramped(model._load().model, 2)
    model._loaded = replace(model._load(), model=cramped)
    assert answers(model, MIXED) == expected
    cramped._most = 0
    (answer,) = answers(model, MIXED[:1])
    assert answer.failure is Failure.CONTEXT
    assert "memory is too small" in answer.detail


def test_what_breaks_ends_every_answer(llama: Path) -> None:
    class Broken(_Cramped):
        def __call__(self, **_: Any) -> Any:
            raise RuntimeError("expected a tensor\nbut got none")

    model = local(llama)
    model._loaded = replace(model._load(), model=Broken(model._load().model, 0))
    found = answers(model, MIXED)
    assert {(answer.failure, answer.detail) for answer in found} == {
        (Failure.SERVER, "expected a tensor")
    }


def test_closing_between_answers_ends_the_rest(llama: Path) -> None:
    model = local(llama, batch_size=2)
    asked = model.ask(MIXED)
    next(asked)
    model.close()
    with pytest.raises(ModelFault, match="was closed while it answered"):
        list(asked)


def test_time_that_is_up_ends_those_that_wait_too(llama: Path) -> None:
    model = local(llama, batch_size=2)
    model._load()
    model.finish_within(0.02)
    found = answers(model, [replace(each, sampling=Sampling(max_tokens=200)) for each in MIXED])
    late = [answer for answer in found if answer.failure is Failure.BUDGET]
    assert "not at its end after 0 s and 0 tokens" in {answer.detail for answer in late}


def test_large_models_make_fewer_answers_side_by_side(llama: Path, tmp_path: Path) -> None:
    assert transformers_batch.side_by_side(135_000_000) == 96
    assert transformers_batch.side_by_side(135_000_000, size=2) == 192
    assert transformers_batch.side_by_side(1_000_000_000) == 19
    assert transformers_batch.side_by_side(7_000_000_000) == 4
    shutil.copytree(llama, tmp_path / "large")
    with (tmp_path / "large/model.safetensors").open("r+b") as file:
        file.truncate(14_000_000_000)
    assert LocalModel(str(tmp_path / "large")).at_once * 24 == LocalModel(str(llama)).at_once
    assert LocalModel(str(llama), batch_size=3).at_once == 24
    assert LocalModel("someone/model").at_once == 8 * 19


def test_memory_for_keys_and_values_is_known(llama: Path) -> None:
    model = local(llama)._load().model
    assert transformers_batch.token_bytes(model) == 2 * 2 * 2 * 8 * 4
    assert 2**20 < transformers_batch.memory_for_cache() < 2**50


def test_control_group_limits_memory(tmp_path: Path) -> None:
    assert transformers_batch._group_leaves(tmp_path) == float("inf")
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert transformers_batch._group_leaves(tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert transformers_batch._group_leaves(tmp_path) == float("inf")


def test_likeliest_tokens_are_found_block_by_block() -> None:
    import torch

    from rtlgen.llm.transformers_decode import _highest, _likeliest

    draw = torch.Generator().manual_seed(5)
    scores = torch.randn(7, 64 * 200, generator=draw, dtype=torch.double)
    scores[3, 100:140] += 9
    found, order = _likeliest(scores, 64)
    best = scores.sort(descending=True)
    assert torch.equal(found, best.values[:, :64])
    assert torch.equal(order, best.indices[:, :64])
    coarse = scores.round()
    assert torch.equal(_highest(coarse), coarse.argmax(-1))
    assert torch.equal(_highest(coarse[:, :99]), coarse[:, :99].argmax(-1))


@pytest.mark.parametrize("spread", [0.01, 1.0, 4.0])
def test_a_draw_is_the_same_however_many_tokens_are_likely(spread: float) -> None:
    import torch

    from rtlgen.llm.transformers_decode import Row, draw

    scores = torch.randn(20, 64 * 200, generator=torch.Generator().manual_seed(5)) * spread
    asked = [request("x", 1, sample=at, temperature=0.9) for at in range(20)]
    rows = [Row(index=at, request=each, prompt=[0], room=1) for at, each in enumerate(asked)]
    noise = [row.anew().noise.random() for row in rows]
    chosen = draw(rows, scores).tolist()
    assert chosen == [_by_hand(*each) for each in zip(scores, noise, strict=True)]


def _by_hand(scores: Any, noise: float) -> int:
    """Return what temperature 0.9 and a nucleus of 0.9 make of the noise."""
    chances = (scores.double() / 0.9).softmax(-1).sort(descending=True)
    before = chances.values.cumsum(-1) - chances.values
    sums = chances.values[before < 0.9].cumsum(-1)
    return int(chances.indices[int((sums <= noise * sums[-1]).sum())])
