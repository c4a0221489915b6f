"""What a processor trains faster than by the libraries' own way, with the same gradients.

Three things cost more on a CPU than the products of matrices that a training step is made
of: attention's backward pass; the statistics over the vocabulary, which are asked for every
label, and by TRL's DPO for every token; and the narrow products of LoRA in float32, which miss
the processor's units for bfloat16. `bench/train_step.py` measures each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface

ATTENTION = "rtlgen-causal"
"""Name of `causal_attention` among transformers' implementations."""
_SHAPED_LOGITS = (
    *("final_logit_softcapping", "logit_scale", "logits_scaling", "output_multiplier"),
    *("lm_head_multiplier", "num_experts"),
)
"""Settings of models whose logits are more than the head's products."""
_CHUNK = 1024
"""Labels whose distributions over the vocabulary are in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLoss:
    """What a batch's labels cost."""

    mean: Tensor
    """Negative log-likelihood over the number of labels, differentiable; a float32 scalar."""
    right: int
    """Labels that are the likeliest token."""
    labels: int


def causal_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: Any,  # noqa: ANN401 - what transformers hands to some implementations
) -> tuple[Tensor, None]:
    """Attend to what stands before, as transformers' `AttentionInterface` asks.

    Rows may be padded on the right only: what is padded then reaches no real token.

    Args:
        module: The layer; unused.
        query: Of shape (batch, heads, tokens, size).
        key: Of shape (batch, groups, tokens, size); heads are a multiple of groups.
        value: As `key`.
        attention_mask: None: causality alone decides.
        scaling: Factor of the products; None is 1/sqrt(size).
        dropout: 0: probabilities are not dropped.

    Returns:
        A tensor of shape (batch, tokens, heads, size), and None for the probabilities.

    Raises:
        ValueError: A mask or a dropout is given.
    """
    if attention_mask is not None or dropout:
        raise ValueError(f"{ATTENTION} takes neither a mask nor dropout")
    batch, heads, tokens, size = query.shape
    groups = key.shape[1]
    each = heads // groups
    scaling = size**-0.5 if scaling is None else scaling
    queries = (query * scaling).reshape(batch * groups, each * tokens, size)
    keys = key.reshape(batch * groups, tokens, size)
    values = value.reshape(batch * groups, tokens, size)
    scores = torch.baddbmm(_future(tokens, each, query), queries, keys.transpose(1, 2))
    mixed = torch.bmm(torch.softmax(scores, dim=-1), values)
    return mixed.view(batch, heads, tokens, size).transpose(1, 2).contiguous(), None


def attend(model: Any) -> None:  # noqa: ANN401 - transformers'
    """Let `model` use `causal_attention`, if it has an attention that can be exchanged."""
    AttentionInterface.register(ATTENTION, causal_attention)
    AttentionMaskInterface.register(ATTENTION, _no_mask)
    if getattr(model.config, "_attn_implementation", None) == "sdpa" and _plain(model.config):
        model.set_attn_implementation(ATTENTION)


def fold(model: Any) -> int:  # noqa: ANN401 - PEFT's
    """Let LoRA's layers multiply by the sum W + s·B·A, rather than by each of its parts.

    B·A is a product of weights alone, so that its cost does not grow with the tokens, and
    the product with the tokens is one in the base model's type. Layers with dropout, with
    several adapters or another form of LoRA stay as they are.

    Returns:
        How many layers were changed.
    """
    from peft.tuners.lora import Linear  # noqa: PLC0415 - PEFT is not needed without LoRA

    layers = [each for each in model.modules() if isinstance(each, Linear) and _foldable(each)]
    for layer in layers:
        layer.forward = _Folded(layer)
    return len(layers)


def label_loss(hidden: Tensor, weight: Tensor, labels: Tensor, *, over: int) -> LabelLoss:
    """Return the loss of the tokens that have a label; the others cost nothing.

    Args:
        hidden: Last hidden states, of shape (batch, tokens, size).
        weight: Of the head, of shape (vocabulary, size).
        labels: Of shape (batch, tokens); -100 is none. Those of a token stand one further.
        over: What the sum is divided by.
    """
    wanted = labels[:, 1:]
    chosen = wanted != -100
    mean, right = _LabelLoss.apply(hidden[:, :-1][chosen], weight, wanted[chosen], over)
    return LabelLoss(mean=mean, right=int(right), labels=int(chosen.sum()))


class _LabelLoss(torch.autograd.Function):  # type: ignore[misc]
    """Negative log-likelihood, whose gradient is computed with it, chunk by chunk.

    The gradient of a softmax's loss is p - onehot, so that probabilities in the weights'
    own type, made by one pass, are all that is needed.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch's
        hidden: Tensor,
        weight: Tensor,
        labels: Tensor,
        over: int,
    ) -> tuple[Tensor, Tensor]:
        to_hidden = torch.empty_like(hidden)
        trained = ctx.needs_input_grad[1]
        to_weight = torch.zeros_like(weight, dtype=torch.float32) if trained else None
        loss, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for begin in range(0, len(labels), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            of, rows = labels[part, None], hidden[part]
            odds = torch.softmax(rows @ weight.T, dim=-1)
            hit = odds.gather(1, of)
            loss -= hit.float().clamp(min=torch.finfo(torch.float32).tiny).log().sum() / over
            right += (hit == odds.amax(dim=-1, keepdim=True)).sum()
            odds.scatter_(1, of, hit - 1)
            to_hidden[part] = (odds @ weight) / over
            if to_weight is not None:
                to_weight += (odds.T @ rows).float() / over
        ctx.save_for_backward(to_hidden, None if to_weight is None else to_weight.to(weight.dtype))
        ctx.mark_non_differentiable(right)
        return loss, right

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None, None, None]:  # noqa: ANN401
        to_hidden, to_weight = ctx.saved_tensors
        return to_hidden * grads[0], None if to_weight is None else to_weight * grads[0], None, None


def score(model: Any) -> bool:  # noqa: ANN401 - transformers'
    """Let TRL's fused head look at tokens that have a label only, where it looks at all.

    Prompts are most of what a pair consists of. The head's own weights must not be trained, and
    the sum of squared probabilities, which TRL's `use_weighting` asks for, is not among the scores.

    Args:
        model: A model of a causal language, without PEFT's wrapping, that
            `trl.trainer.utils.add_fused_lm_head` has changed.

    Returns:
        Whether it was changed.
    """
    head = model.get_output_embeddings()
    plain = getattr(head, "bias", None) is None and not head.weight.requires_grad
    if plain and head.weight.device.type == "cpu" and not shaped_logits(model.config):
        model.forward = _Scored(model)
        return True
    return False


def shaped_logits(config: Any) -> bool:  # noqa: ANN401 - transformers'
    """Return whether a model's logits are more than the head's products."""
    return any(getattr(config, name, None) for name in _SHAPED_LOGITS)


class _Scored:
    """Forward of a model whose fused head scores labels only."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self._model = model
        self._whole = model.forward
        update_wrapper(self, model.forward)  # generation looks at its arguments

    def __call__(
        self,
        *args: Any,  # noqa: ANN401
        fused_lm_head: bool = False,
        labels: Tensor | None = None,
        **named: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        if not fused_lm_head or labels is None or named.get("shift_labels") is not None:
            return self._whole(*args, fused_lm_head=fused_lm_head, labels=labels, **named)
        from trl.trainer.utils import FusedCausalLMOutput  # noqa: PLC0415 - takes seconds

        found = self._model.base_model(*args, **{**named, "use_cache": False})
        hidden, wanted = found.last_hidden_state[:, :-1], labels[:, 1:]
        chosen = wanted != -100
        weight = self._model.get_output_embeddings().weight
        scores = _LabelScores.apply(hidden[chosen], weight, wanted[chosen])
        log_probs, entropy, mean_logits, is_top1 = (
            each.new_zeros(chosen.shape).masked_scatter(chosen, each) for each in scores
        )
        return FusedCausalLMOutput(
            loss=-log_probs.sum() / chosen.sum().clamp(min=1),
            log_probs=log_probs,
            entropy=entropy,
            mean_logits=mean_logits,
            is_top1=is_top1,
            label_mask=chosen,
        )


class _LabelScores(torch.autograd.Function):  # type: ignore[misc]
    """What DPO asks of the distributions at labels; log-probabilities alone have a gradient."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch's
        hidden: Tensor,
        weight: Tensor,
        labels: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return log-probability, entropy, mean logit and whether it is the likeliest, of each."""
        log_probs, entropy, mean = (torch.empty(len(labels)) for _ in range(3))
        top = torch.empty(len(labels), dtype=torch.bool)
        to_hidden = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        for begin in range(0, len(labels), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            of, rows = labels[part, None], hidden[part]
            logits = (rows @ weight.T).float()
            likeliest = logits.amax(dim=-1, keepdim=True)
            total = torch.logsumexp(logits, dim=-1, keepdim=True)
            hit = logits.gather(1, of)
            mean[part] = logits.mean(dim=-1)
            top[part] = (hit == likeliest)[:, 0]
            log_probs[part] = (hit - total)[:, 0]
            odds = (logits - total).exp_()
            entropy[part] = total[:, 0] - torch.linalg.vecdot(odds, logits)
            if to_hidden is not None:
                to_hidden[part] = weight[labels[part]] - odds.to(weight.dtype) @ weight
        ctx.save_for_backward(to_hidden)
        ctx.mark_non_differentiable(entropy, mean, top)
        return log_probs, entropy, mean, top

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        (to_hidden,) = ctx.saved_tensors
        return (to_hidden * grads[0][:, None]).to(to_hidden.dtype), None, None


class _Folded:
    """Forward of a LoRA layer by one product."""

    def __init__(self, layer: Any) -> None:  # noqa: ANN401 - PEFT's
        self._layer = layer
        self._parted = layer.forward

    def __call__(self, x: Tensor, *more: Any, **named: Any) -> Tensor:  # noqa: ANN401
        layer = self._layer
        if layer.disable_adapters or layer.merged or more or named:
            result: Tensor = self._parted(x, *more, **named)
            return result
        (name,) = layer.active_adapters
        base = layer.base_layer
        b, a = (each[name].weight.to(base.weight.dtype) for each in (layer.lora_B, layer.lora_A))
        return functional.linear(x, base.weight + layer.scaling[name] * (b @ a), base.bias)


def _foldable(layer: Any) -> bool:  # noqa: ANN401
    base = layer.base_layer
    names = layer.active_adapters
    return (
        type(base) is torch.nn.Linear
        and len(names) == 1
        and not layer.lora_variant
        and not layer.lora_bias[names[0]]
        and isinstance(layer.lora_dropout[names[0]], torch.nn.Identity)
    )


def _plain(config: Any) -> bool:  # noqa: ANN401
    """Return whether every layer attends to all that stands before."""
    return not getattr(config, "sliding_window", None) and not config.attention_dropout


def _future(tokens: int, heads: int, like: Tensor) -> Tensor:
    """Return what is added to scores: minus infinity where a key stands after its query."""
    mask = torch.full((tokens, tokens), -torch.inf, dtype=like.dtype, device=like.device).triu(1)
    return mask.repeat(heads, 1)[None]


def _no_mask(*_: Any, **__: Any) -> None:  # noqa: ANN401 - transformers' many arguments
    return None
