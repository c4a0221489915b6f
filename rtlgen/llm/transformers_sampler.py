"""Many answers of a small model at once: whoever ends makes room for the next in the queue.

Prompts are read once, however many answers are wanted to them, and each step
adds a token to every answer in the making (continuous batching, Yu et al.,
"Orca", OSDI 2022).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from rtlgen.llm.transformers_cache import (
    NAME,
    Reading,
    Shape,
    Slab,
    Turn,
    Writing,
    Written,
    columns_for,
)
from rtlgen.llm.transformers_decode import Ends, Row, draw

_KNOWN = frozenset({"llama", "mistral", "qwen2", "qwen3"})
"""Architectures whose greedy answers are tested to be those of `generate`."""
_ROTATIONS = frozenset({"default", "linear", "llama3", "yarn"})
"""Ways to tell positions that are the same whatever else is in the batch."""


def supports(model: Any) -> bool:  # noqa: ANN401 - transformers has no type for it
    """Return whether a `Sampler` draws what `generate` would."""
    config = model.config
    rotation = getattr(config, "rope_parameters", None) or {}
    layers = getattr(config, "layer_types", None) or ()
    return (
        config.model_type in _KNOWN
        and rotation.get("rope_type", "default") in _ROTATIONS
        and all(layer == "full_attention" for layer in layers)
        and (bool(layers) or getattr(config, "sliding_window", None) is None)
    )


def prepare(model: Any) -> None:  # noqa: ANN401
    """Let a model attend as a `Sampler` needs it; `generate` goes on as before."""
    model.set_attn_implementation(NAME)


@dataclass(slots=True, kw_only=True)
class _Prompt:
    """A prompt that has been read."""

    key: tuple[int, ...]
    slot: int
    answers: int = 0
    """How many are in the making."""


class Sampler:
    """Answers in the making.

    Args:
        model: A causal language model that `supports` is true of.
        rows: The answers wanted; those to one prompt should be neighbors.
        ends: What ends them.
        most: Answers made side by side, at most.
        memory: Bytes for keys and values. One answer is made however much it takes.
        timeout: Seconds that an answer may take from when its turn comes.
        deadline: When nothing goes on any more, on the clock of `time.monotonic`.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401
        rows: Sequence[Row],
        *,
        ends: Ends,
        most: int,
        memory: float,
        timeout: float,
        deadline: float,
    ) -> None:
        self._model = model
        self._ends = ends
        self._most = most
        self._timeout, self._deadline = timeout, deadline
        self._waiting = deque(rows)
        self._rows: list[Row] = []
        self._prompt_of: list[_Prompt] = []
        self._prompts: list[_Prompt] = []
        self._shape = _shape(model)
        self._cells = memory / self._shape.bytes
        self._read, self._written = Slab(self._shape), Slab(self._shape)

    @property
    def busy(self) -> bool:
        """Whether an answer is not at its end."""
        return bool(self._waiting or self._rows)

    def step(self) -> list[Row]:
        """Read a prompt, else add a token to every answer; return those that are over."""
        now = time.monotonic()
        if now >= self._deadline:
            for row in self._waiting:
                row.begin(now, self._timeout, self._deadline)
            return self.give_up()
        if self._admit():
            return []
        self._make_room()
        tokens = draw(self._rows, self._logits()).tolist()
        now = time.monotonic()
        for row, token in zip(self._rows, tokens, strict=True):
            row.seconds = now - row.started
            if not row.broken:
                self._ends.take(row, token)
        return self._leave(now)

    def halve(self) -> Row | None:
        """Begin again with half as much memory; return the row that is too large by itself."""
        most = len(self._rows)
        for row in reversed(self._rows):
            self._waiting.appendleft(row.anew())
        self._rows, self._prompt_of, self._prompts = [], [], []
        self._read, self._written = Slab(self._shape), Slab(self._shape)
        self._most, self._cells = max(most // 2, 1), self._cells / 2
        return self._waiting.popleft() if most <= 1 else None

    def give_up(self) -> list[Row]:
        """End everything where it is, and return it."""
        over = [*self._rows, *self._waiting]
        self._rows, self._waiting = [], deque()
        return over

    def _admit(self) -> bool:
        """Let in whoever there is room for, up to the first that needs a prompt to be read."""
        while self._waiting and len(self._rows) < self._most and self._fits(self._waiting[0]):
            row = self._waiting[0]
            prompt = self._known(row)
            new = prompt is None
            if prompt is None:
                prompt = self._read_prompt(row)
            self._waiting.popleft()
            row.begin(time.monotonic(), self._timeout, self._deadline)
            prompt.answers += 1
            self._rows.append(row)
            self._prompt_of.append(prompt)
            self._written.add()
            if new:
                return True
        return False

    def _known(self, row: Row) -> _Prompt | None:
        key = tuple(row.prompt)
        return next((prompt for prompt in self._prompts if prompt.key == key), None)

    def _fits(self, row: Row) -> bool:
        """Return whether there is memory for a row; where there is no other, there is."""
        prompts = self._read.used + (self._known(row) is None)
        columns = max(self._read.columns, columns_for(len(row.prompt)))
        answers = (self._written.used + 1) * max(self._written.columns, columns_for(1))
        return not self._rows or prompts * columns + answers <= self._cells

    def _read_prompt(self, row: Row) -> _Prompt:
        """Remember a prompt up to its last token, which is each answer's to begin with."""
        *tokens, _ = row.prompt
        lengths = [len(prompt.key) for prompt in self._prompts]
        self._read.fit(max([len(row.prompt), *lengths]))
        prompt = _Prompt(key=tuple(row.prompt), slot=self._read.add())
        self._prompts.append(prompt)
        if tokens:
            self._forward([tokens], [list(range(len(tokens)))], Reading(self._read, prompt.slot))
        return prompt

    def _make_room(self) -> None:
        """Have room for a token more, if need be by sending the youngest back into the queue."""
        columns = columns_for(max(len(row.tokens) for row in self._rows) + 1)
        fixed = self._read.used * self._read.columns
        while len(self._rows) > 1 and fixed + len(self._rows) * columns > self._cells:
            at = min(range(len(self._rows)), key=lambda at: len(self._rows[at].tokens))
            self._waiting.appendleft(self._rows[at].anew())
            self._drop(at)
        self._written.fit(columns)

    def _logits(self) -> torch.Tensor:
        turn = Writing(
            self._read,
            self._written,
            lengths=[len(prompt.key) - 1 for prompt in self._prompts],
            written=[
                Written(prompt=prompt.slot, tokens=len(row.tokens))
                for row, prompt in zip(self._rows, self._prompt_of, strict=True)
            ],
        )
        last = [[(row.tokens or row.prompt)[-1]] for row in self._rows]
        places = [[len(row.prompt) - 1 + len(row.tokens)] for row in self._rows]
        return self._forward(last, places, turn)

    def _forward(
        self, tokens: list[list[int]], places: list[list[int]], turn: Turn
    ) -> torch.Tensor:
        """Return the logits after the last token of each sequence."""
        device = self._shape.device
        logits: torch.Tensor = self._model(
            input_ids=torch.tensor(tokens, device=device),
            position_ids=torch.tensor(places, device=device),
            use_cache=False,
            logits_to_keep=1,
            turn=turn,
        ).logits[:, -1]
        return logits.float()

    def _leave(self, now: float) -> list[Row]:
        """Let go of the answers that are over, and of the prompts that none is wanted to."""
        over = []
        for at in reversed(range(len(self._rows))):
            row = self._rows[at]
            if row.ended or now >= row.limit:
                over.append(row)
                self._drop(at)
        return over

    def _drop(self, at: int) -> None:
        """Forget an answer; the last one takes its place."""
        prompt = self._prompt_of[at]
        self._rows[at], self._prompt_of[at] = self._rows[-1], self._prompt_of[-1]
        self._rows.pop()
        self._prompt_of.pop()
        self._written.drop(at)
        prompt.answers -= 1
        wanted = self._waiting and tuple(self._waiting[0].prompt) == prompt.key
        if not prompt.answers and not wanted:
            last = self._prompts.pop()
            if last is not prompt:
                self._prompts[prompt.slot], last.slot = last, prompt.slot
            self._read.drop(prompt.slot)


def _shape(model: Any) -> Shape:  # noqa: ANN401
    config = model.config
    return Shape(
        layers=config.num_hidden_layers,
        heads=config.num_key_value_heads,
        width=getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
        dtype=model.dtype,
        device=model.device,
    )
