"""What llama.cpp calls the parts of a Llama, and how it orders the rows of its heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PARTS = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The parts of a layer, by what Transformers calls them."""
ALPHA = "adapter.lora.alpha"
"""Key of a LoRA adapter's scale, before it is divided by the rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Attention heads: llama.cpp has the halves of each interleaved."""

    queries: int
    keys: int

    def of(self, name: str) -> int | None:
        """Return the number of heads whose rows are interleaved in tensor `name`."""
        if ".attn_q." in name:
            return self.queries
        return self.keys if ".attn_k." in name else None


def interleaved(tensor: Any, heads: int | None) -> Any:  # noqa: ANN401 - numpy is imported late
    """Return the rows of each head with its two halves interleaved, as llama.cpp rotates them."""
    if heads is None:
        return tensor
    rows, columns = tensor.shape
    halves = tensor.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


def in_halves(tensor: Any, heads: int | None) -> Any:  # noqa: ANN401
    """Undo `interleaved`."""
    if heads is None:
        return tensor
    rows, columns = tensor.shape
    pairs = tensor.reshape(heads, rows // heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)
