"""Keys and values of many answers in the making, those of a shared prompt held and read once.

Attention over a prompt is computed for all its answers together, which is
where the time of a small model goes: what it remembers is read once a prompt
instead of once an answer. The model itself stays as it is: transformers lets
`attend` take the place of its attention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

if TYPE_CHECKING:
    from torch import Tensor

NAME = "rtlgen_shared_prompts"
"""What transformers knows this attention by."""
_COLUMNS = 32
"""Tokens by which memory grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model remembers of each token."""

    layers: int
    heads: int
    """Heads of keys and values."""
    width: int
    """Numbers in a key, and in a value."""
    dtype: torch.dtype
    device: torch.device

    @property
    def bytes(self) -> int:
        """Bytes a token."""
        size: int = self.dtype.itemsize
        return 2 * self.layers * self.heads * self.width * size


class Slab:
    """Keys and values of sequences, each in a slot; the slots in use come first.

    Whatever has not been written is 0, so that it counts nothing where it is masked.
    """

    def __init__(self, shape: Shape) -> None:
        self.used = 0
        self._shape = shape
        self._data = self._zeros(0, 0)

    @property
    def columns(self) -> int:
        """Tokens that there is room for in each slot."""
        return int(self._data.shape[4])

    def layer(self, index: int) -> Tensor:
        """Return the keys and values of a layer: 2 x (slots in use, heads, columns, width)."""
        return self._data[:, index, : self.used]

    def add(self) -> int:
        """Take the next slot."""
        if self.used == self._data.shape[2]:
            self._resize(self.used + self.used // 4 + 1, self.columns)
        self._data[:, :, self.used] = 0
        self.used += 1
        return self.used - 1

    def drop(self, slot: int) -> None:
        """Give a slot back; the last one in use moves there."""
        self.used -= 1
        if slot != self.used:
            self._data[:, :, slot] = self._data[:, :, self.used]

    def fit(self, tokens: int) -> None:
        """Have room for `tokens` in each slot, and not for many more."""
        columns = columns_for(tokens)
        if columns > self.columns or columns < self.columns // 2:
            self._resize(self.used, columns)

    def _resize(self, slots: int, columns: int) -> None:
        old, self._data = self._data, self._zeros(slots, columns)
        kept = min(columns, old.shape[4])
        self._data[:, :, : self.used, :, :kept] = old[:, :, : self.used, :, :kept]

    def _zeros(self, slots: int, columns: int) -> Tensor:
        shape = self._shape
        size = (2, shape.layers, slots, shape.heads, columns, shape.width)
        return torch.zeros(size, dtype=shape.dtype, device=shape.device)


def columns_for(tokens: int) -> int:
    """Return the columns that a slab has for so many tokens."""
    return -(-tokens // _COLUMNS) * _COLUMNS


class Turn(Protocol):
    """What becomes of a layer's new keys and values, and what its queries find."""

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        """Return what is found, of shape (sequences, tokens, heads of queries, width)."""


class Reading:
    """A prompt is read, and what it leaves is remembered in a slot."""

    def __init__(self, prompts: Slab, slot: int) -> None:
        self._prompts, self._slot = prompts, slot

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        kept = self._prompts.layer(layer)[:, self._slot, :, : key.shape[2]]
        kept[0], kept[1] = key[0], value[0]
        found: Tensor = scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scaling, enable_gqa=True
        )
        return found.transpose(1, 2)


class Writing:
    """Every answer goes on by a token."""

    def __init__(
        self, prompts: Slab, answers: Slab, *, lengths: Sequence[int], written: Sequence[Written]
    ) -> None:
        """Prepare what all layers share.

        Args:
            prompts: What the prompts left.
            answers: What the answers left; has room for a token more.
            lengths: Tokens of the prompt in each slot.
            written: What each slot of `answers` holds.
        """
        device = prompts.layer(0).device
        self._prompts, self._answers = prompts, answers
        self._members, self._places = _members(written, len(lengths), device)
        tokens = torch.tensor([each.tokens for each in written], device=device)
        self._rows = torch.arange(len(written), device=device)
        self._next = tokens
        read = torch.tensor([lengths[each.prompt] for each in written], device=device)
        self._mask = torch.cat(
            (_beyond(read, prompts.columns), _beyond(tokens + 1, answers.columns)), dim=-1
        )

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        own_keys, own_values = self._answers.layer(layer)
        own_keys[self._rows, :, self._next] = key[:, :, 0]
        own_values[self._rows, :, self._next] = value[:, :, 0]
        keys, values = self._prompts.layer(layer)
        # Queries of the heads that share keys stand together: (answers, key heads, queries, width).
        query = query.unflatten(1, (key.shape[1], -1)).squeeze(3)
        scores = (
            self._apart(_product(self._together(query), keys.mT), query.shape[2]),
            _product(query, own_keys.mT),
        )
        weights = torch.cat(scores, dim=-1).float().mul_(scaling).add_(self._mask).softmax(-1)
        weights = weights.to(query.dtype)
        of_prompt, of_answer = weights.split((self._prompts.columns, self._answers.columns), -1)
        found = self._apart(_product(self._together(of_prompt), values), query.shape[2])
        found = found + _product(of_answer, own_values)
        return found.flatten(1, 2).unsqueeze(1)

    def _together(self, rows: Tensor) -> Tensor:
        """Put the queries of a prompt's answers together: (prompts, heads, queries of all, n)."""
        return rows[self._members].transpose(1, 2).flatten(2, 3)

    def _apart(self, rows: Tensor, queries: int) -> Tensor:
        """Undo `_together`."""
        return rows.unflatten(2, (-1, queries)).transpose(1, 2).flatten(0, 1)[self._places]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a slot for an answer holds."""

    prompt: int
    """Slot of its prompt."""
    tokens: int
    """Tokens so far."""


def _members(
    written: Sequence[Written], prompts: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return the answers of each prompt, padded with 0, and where each answer is among them."""
    members: list[list[int]] = [[] for _ in range(prompts)]
    ranks = []
    for index, each in enumerate(written):
        ranks.append(len(members[each.prompt]))
        members[each.prompt].append(index)
    most = max(map(len, members))
    padded = [some + [0] * (most - len(some)) for some in members]
    places = [each.prompt * most + rank for each, rank in zip(written, ranks, strict=True)]
    return torch.tensor(padded, device=device), torch.tensor(places, device=device)


def _beyond(tokens: Tensor, columns: int) -> Tensor:
    """Return -inf from column `tokens` on, else 0, of shape (answers, 1, 1, columns)."""
    beyond = torch.arange(columns, device=tokens.device) >= tokens.unsqueeze(1)
    return torch.zeros(beyond.shape, device=tokens.device).masked_fill_(beyond, -torch.inf)[
        :, None, None
    ]


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Return the matrix products over the last two dimensions."""
    found = torch.bmm(left.flatten(0, 1), right.flatten(0, 1))
    return found.unflatten(0, left.shape[:2])


def attend(
    module: Any,  # noqa: ANN401
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    turn: Turn | None = None,
    **rest: Any,  # noqa: ANN401
) -> tuple[Tensor, None]:
    """Attend as `turn` does; without one, as transformers does by default."""
    if turn is None:
        found: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **rest
        )
        return found
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    return turn.attend(module.layer_idx, query, key, value, scale), None


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
