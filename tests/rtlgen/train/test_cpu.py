"""The ways of a CPU compute what the libraries' own ways compute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from rtlgen.train import cpu
from tests.rtlgen.train import tiny

pytestmark = pytest.mark.filterwarnings(
    "ignore:`is_gradient_checkpointing`:FutureWarning"  # PEFT asks transformers for it
)

BATCH = ((3, 8, 5, 9, 2, 7), (4, 4, 6, 1, 0, 0))
LABELS = ((-100, -100, 5, 9, 2, 7), (-100, 4, 6, 1, -100, -100))


def small(**more: Any) -> Any:
    import transformers

    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=12,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        **more,
    )
    return transformers.LlamaForCausalLM(config)


def adapted(dropout: float = 0.0) -> Any:
    import peft

    config = peft.LoraConfig(
        r=4, lora_alpha=6, lora_dropout=dropout, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    model = peft.get_peft_model(small(), config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return model


def logits(model: Any, **more: Any) -> torch.Tensor:
    result: torch.Tensor = model(input_ids=torch.tensor(BATCH), **more).logits
    return result


def gradients(model: Any, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {
        name: weight.grad.clone()
        for name, weight in model.named_parameters()
        if weight.grad is not None
    }


def assert_same(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> None:
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        torch.testing.assert_close(value, theirs[name], rtol=1e-4, atol=1e-6)


def real(values: torch.Tensor) -> torch.Tensor:
    """Return what stands at real tokens; the second row is padded on the right."""
    return torch.cat([values[0], values[1, :4]])


def test_attention_gives_real_tokens_what_the_libraries_give_them() -> None:
    model = small()
    mask = torch.tensor([[1] * 6, [1, 1, 1, 1, 0, 0]])
    theirs = real(logits(model, attention_mask=mask))
    their_gradients = gradients(model, theirs.square().sum())
    cpu.attend(model)
    ours = real(logits(model, attention_mask=mask))
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    assert_same(gradients(model, ours.square().sum()), their_gradients)


def test_attention_of_another_kind_is_left_alone() -> None:
    model = small(attention_dropout=0.1)
    cpu.attend(model)
    assert model.config._attn_implementation == "sdpa"


def test_the_name_of_the_attention_is_not_saved(tmp_path: Path) -> None:
    model = small()
    cpu.attend(model)
    assert model.config._attn_implementation == cpu.ATTENTION
    model.save_pretrained(tmp_path)
    assert cpu.ATTENTION not in (tmp_path / "config.json").read_text(encoding="utf-8")


def test_attention_refuses_a_mask() -> None:
    values = torch.zeros(1, 2, 3, 4)
    with pytest.raises(ValueError, match="neither a mask nor dropout"):
        cpu.causal_attention(torch.nn.Identity(), values, values, values, torch.zeros(1, 1, 3, 3))


@pytest.mark.parametrize("chunk", [2, 1024])
def test_loss_and_gradients_are_those_of_cross_entropy(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu, "_CHUNK", chunk)
    model = small()
    labels = torch.tensor(LABELS)
    whole = model(input_ids=torch.tensor(BATCH), labels=labels)
    theirs = gradients(model, whole.loss)
    hidden = model.model(input_ids=torch.tensor(BATCH)).last_hidden_state
    ours = cpu.label_loss(hidden, model.lm_head.weight, labels, over=7)
    assert ours.mean.item() == pytest.approx(whole.loss.item(), rel=1e-5)
    assert ours.labels == 7
    likeliest = whole.logits[:, :-1].argmax(-1)
    assert ours.right == int((likeliest == labels[:, 1:]).sum())
    assert_same(gradients(model, ours.mean), theirs)


def test_a_batch_without_labels_costs_nothing() -> None:
    weight = torch.ones(5, 4, requires_grad=True)
    loss = cpu.label_loss(torch.ones(1, 3, 4), weight, torch.full((1, 3), -100), over=1)
    loss.mean.backward()
    assert (loss.mean.item(), loss.labels, loss.right) == (0.0, 0, 0)


FUSED = ("log_probs", "entropy", "mean_logits", "is_top1")


def fused() -> Any:
    """Return an adapted model with TRL's fused head."""
    from trl.trainer.utils import add_fused_lm_head

    model = adapted()
    add_fused_lm_head(model.get_base_model(), outputs=FUSED)
    return model


@pytest.mark.parametrize("chunk", [2, 1024])
def test_scores_of_labels_and_gradients_are_those_of_the_fused_head(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu, "_CHUNK", chunk)
    model = fused()
    asked = {"input_ids": torch.tensor(BATCH), "labels": torch.tensor(LABELS)}
    theirs = model(**asked, fused_lm_head=True)
    # Each label counts differently, as the two answers of a pair do.
    factors = torch.arange(10.0).view(2, 5)
    expected = gradients(model, (theirs.log_probs * factors).sum())
    assert cpu.score(model.get_base_model())
    ours = model(**asked, fused_lm_head=True)
    for name in ("loss", "label_mask", *FUSED):
        torch.testing.assert_close(ours[name], theirs[name], rtol=1e-4, atol=1e-5)
    assert_same(gradients(model, (ours.log_probs * factors).sum()), expected)
    with torch.no_grad():
        assert not model(**asked, fused_lm_head=True).log_probs.requires_grad


def test_a_scored_model_is_the_same_to_all_others() -> None:
    model = fused()
    before = logits(model)
    cpu.score(model.get_base_model())
    assert torch.equal(logits(model), before)
    prompt = torch.tensor([BATCH[0]])
    found = model.generate(input_ids=prompt, max_new_tokens=2, do_sample=False, pad_token_id=0)
    assert found.shape == (1, len(BATCH[0]) + 2)
    nothing = torch.full((2, 6), -100)
    empty = model(input_ids=torch.tensor(BATCH), labels=nothing, fused_lm_head=True)
    empty.loss.backward()
    assert empty.loss.item() == 0.0


def test_a_head_that_is_trained_is_left_to_trl() -> None:
    assert not cpu.score(small())
    shaped = adapted().get_base_model()
    shaped.config.final_logit_softcapping = 30.0
    assert not cpu.score(shaped)


def test_folded_layers_give_what_parted_layers_give() -> None:
    model = adapted()
    parted = logits(model)
    theirs = gradients(model, parted.square().sum())
    assert cpu.fold(model) == 14  # seven in each of two layers
    ours = logits(model)
    torch.testing.assert_close(ours, parted, rtol=1e-4, atol=1e-5)
    assert_same(gradients(model, ours.square().sum()), theirs)


def test_a_switched_off_adapter_stays_off_when_folded() -> None:
    model = adapted()
    cpu.fold(model)
    with model.disable_adapter():
        torch.testing.assert_close(logits(model), logits(small()))


def test_layers_with_dropout_stay_as_they_are() -> None:
    assert cpu.fold(adapted(dropout=0.1)) == 0


def test_sft_by_our_loss_learns_what_trl_learns(tmp_path: Path) -> None:
    """One step of both trainers from the same weights ends at the same weights."""
    ends = [_after_one_step(tmp_path / name, ours=name == "ours") for name in ("ours", "theirs")]
    assert_same(*ends)


def _after_one_step(folder: Path, *, ours: bool) -> dict[str, torch.Tensor]:
    import trl

    from datasets import Dataset
    from rtlgen.train.trainers import Sft

    torch.manual_seed(5)
    arguments = trl.SFTConfig(
        output_dir=str(folder / "out"),
        max_steps=1,
        per_device_train_batch_size=2,
        learning_rate=1e-2,
        optim="sgd",
        report_to="none",
        use_cpu=True,
        bf16=False,
        save_strategy="no",
        disable_tqdm=True,
        activation_checkpointing=False,
        dataloader_pin_memory=False,
    )
    import transformers

    source = tiny.write_model(folder / "model")
    model = transformers.AutoModelForCausalLM.from_pretrained(source)
    rows = Dataset.from_list(
        [
            {"input_ids": list(ids), "labels": list(of)}
            for ids, of in zip(BATCH, LABELS, strict=True)
        ]
    )
    trainer = (Sft if ours else trl.SFTTrainer)(
        model=model,
        args=arguments,
        train_dataset=rows,
        processing_class=transformers.AutoTokenizer.from_pretrained(source),
    )
    trainer.train()
    return {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
