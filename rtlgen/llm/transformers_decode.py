"""How the answers of one batch are drawn, token by token, none depending on its neighbors."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from rtlgen.llm.model import Answer, Failure, Request, Usage

if TYPE_CHECKING:
    import torch

_GREEDY_BELOW = 1e-4
"""Temperatures below are 0: dividing by them overflows."""
_FEW = 64
"""Tokens that a nucleus has mostly less of."""
_LIKELY = 512
"""Tokens that a nucleus rarely has more of."""
_BLOCK = 64
"""Neighbors in the vocabulary that are looked at together."""


class Closed(Exception):
    """The model was closed while it answered."""


@dataclass(slots=True, kw_only=True)
class Row:
    """One answer in the making."""

    index: int
    request: Request
    prompt: Sequence[int]
    """Its tokens."""
    room: int
    """Most tokens of the answer."""
    stops: tuple[str, ...] = ()
    beginning: str = ""
    """What the prompt has of the answer already."""
    tokens: list[int] = field(default_factory=list)
    finish: Literal["stop", "length", ""] = ""
    seconds: float = 0.0
    started: float = 0.0
    """When its turn came, on the clock of `time.monotonic`."""
    limit: float = math.inf
    """When it must be at its end, on the same clock."""
    late: Failure = Failure.TIMEOUT
    """What it means when it is not at its end at the limit."""
    broken: bool = False
    """Whether the model computed what is no number."""
    noise: random.Random = field(init=False)

    def __post_init__(self) -> None:
        request = self.request
        own = f"{request.seed}:{request.sample}:{request.prompt_digest}"
        self.noise = random.Random(own)  # noqa: S311 - noise, no secret

    @property
    def warm(self) -> bool:
        """Whether chance has a part in it."""
        return self.request.sampling.temperature >= _GREEDY_BELOW

    @property
    def ended(self) -> bool:
        """Whether no token is wanted any more."""
        return self.broken or bool(self.finish)

    def begin(self, now: float, timeout: float, deadline: float) -> None:
        """Start its time, which ends after `timeout` seconds or at the deadline of the run."""
        self.started, self.limit = now, min(now + timeout, deadline)
        self.late = Failure.BUDGET if deadline < now + timeout else Failure.TIMEOUT

    def anew(self) -> Row:
        """Return the same answer before its first token."""
        return replace(self, tokens=[], finish="", seconds=0.0, broken=False)

    def answer(self, tokenizer: Any) -> Answer:  # noqa: ANN401 - transformers is imported late
        """Return the text up to the first stop string, or that time ran out."""
        usage = Usage(prompt_tokens=len(self.prompt), completion_tokens=len(self.tokens))
        if self.broken or not self.finish:
            late = f"not at its end after {self.seconds:.0f} s and {len(self.tokens)} tokens"
            return Answer(
                text=None,
                failure=Failure.SERVER if self.broken else self.late,
                detail="the model computes no finite number" if self.broken else late,
                usage=usage,
                seconds=self.seconds,
            )
        text = decode(tokenizer, self.tokens)
        ends = [at for stop in self.stops if (at := text.find(stop)) >= 0]
        return Answer(
            text=self.beginning + (text[: min(ends)] if ends else text),
            finish=self.finish,
            usage=usage,
            seconds=self.seconds,
        )


def decode(tokenizer: Any, tokens: Sequence[int]) -> str:  # noqa: ANN401
    """Return the text exactly: tidying spaces before punctuation would change Verilog."""
    text: str = tokenizer.decode(
        tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return text


def draw(rows: Sequence[Row], scores: torch.Tensor) -> torch.Tensor:
    """Return the token that each row draws with its own temperature, nucleus and noise.

    The noise of a row depends on its request alone, on a CPU as on a GPU. What
    batching leaves is rounding: a model computes slightly different logits in
    batches of different sizes. A row whose logits are no numbers is `broken`.

    Args:
        rows: Answers in the making.
        scores: Their logits, of shape (rows, vocabulary).
    """
    import torch  # noqa: PLC0415

    finite = scores.amax(-1).isfinite()
    for row, good in zip(rows, finite.tolist(), strict=True):
        row.broken |= not good
    chosen = _highest(scores)
    warm = [at for at, row in enumerate(rows) if row.warm and not row.broken]
    if warm:
        own = torch.tensor(warm, device=scores.device)
        chosen[own] = _drawn([rows[at] for at in warm], scores[own].float())
    return chosen


def _highest(scores: torch.Tensor) -> torch.Tensor:
    """Return the first of the likeliest tokens of each row, as argmax does more slowly."""
    if scores.shape[-1] % _BLOCK:
        return scores.argmax(-1)
    blocks = scores.unflatten(-1, (-1, _BLOCK))
    best = blocks.amax(-1).argmax(-1, keepdim=True)
    inside = blocks.gather(1, best.unsqueeze(-1).expand(-1, 1, _BLOCK)).squeeze(1)
    return best.squeeze(1) * _BLOCK + inside.argmax(-1)


def _drawn(rows: Sequence[Row], scores: torch.Tensor) -> torch.Tensor:
    """Return what rows draw, from a few of the likeliest tokens where a nucleus has no more."""
    import torch  # noqa: PLC0415

    def column(values: list[float]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.double, device=scores.device).unsqueeze(1)

    scores = scores / column([row.request.sampling.temperature for row in rows]).float()
    total = scores.logsumexp(-1, keepdim=True)
    nucleus = column([row.request.sampling.top_p for row in rows])
    noise = column([row.noise.random() for row in rows])
    chosen = torch.empty(len(rows), dtype=torch.long, device=scores.device)
    left = torch.arange(len(rows), device=scores.device)
    size = scores.shape[-1]
    for most in sorted({min(_FEW, size), min(_LIKELY, size), size}):
        found, order = _likeliest(scores[left], most)
        chances = (found - total[left]).double().exp()
        enough = chances.sum(-1) > nucleus[left, 0]
        enough |= most == size
        own = left[enough]
        rank = _rank(chances[enough], nucleus[own], noise[own])
        chosen[own] = order[enough].gather(1, rank).squeeze(1)
        left = left[~enough]
        if not len(left):
            break
    return chosen


def _rank(chances: torch.Tensor, nucleus: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Return which of its falling chances each row draws."""
    import torch  # noqa: PLC0415

    before = chances.cumsum(-1) - chances
    chances = chances.masked_fill(before >= nucleus, 0.0)
    chances[:, 0].clamp_(min=torch.finfo(chances.dtype).tiny)
    sums = chances.cumsum(-1)
    rank = torch.searchsorted(sums, noise * sums[:, -1:], right=True)
    return rank.minimum((chances > 0).sum(-1, keepdim=True) - 1)


def _likeliest(scores: torch.Tensor, most: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the highest scores of each row and their tokens, in falling order.

    To look through a vocabulary of 50,000 for them takes a processor longer than a small
    model takes to compute it; the blocks that hold the highest are found far sooner.
    """
    size = scores.shape[-1]
    if most == size:
        found, order = scores.sort(descending=True, stable=True)
        return found, order
    if most * _BLOCK * 2 > size or size % _BLOCK:
        found, order = scores.topk(most)
        return found, order
    blocks = scores.unflatten(-1, (-1, _BLOCK))
    best = blocks.amax(-1).topk(most).indices
    near = blocks.gather(1, best.unsqueeze(-1).expand(-1, -1, _BLOCK)).flatten(1)
    found, at = near.topk(most)
    return found, best.gather(1, at // _BLOCK) * _BLOCK + at % _BLOCK


class Draw:
    """A logits processor that leaves one token of each row, so that `generate` takes it."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return the logits with one of each row left."""
        import torch  # noqa: PLC0415

        chosen = draw(self._rows, scores).unsqueeze(1)
        return torch.full_like(scores, -torch.inf).scatter_(1, chosen, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What ends an answer."""

    tokenizer: Any
    tokens: frozenset[int]

    def take(self, row: Row, token: int) -> None:
        """Put a token at the end of a row."""
        row.tokens.append(token)
        if token in self.tokens or self._stopped(row):
            row.finish = "stop"
        elif len(row.tokens) >= row.room:
            row.finish = "length"

    def _stopped(self, row: Row) -> bool:
        if not row.stops:
            return False
        # A token is at least a byte, and a character at most four.
        longest = max(len(stop.encode()) for stop in row.stops)
        tail = decode(self.tokenizer, row.tokens[-longest - 8 :])
        return any(stop in tail for stop in row.stops)


class Watch:
    """A stopping criterion that ends each row by itself and all of them at the time limit."""

    def __init__(self, rows: Sequence[Row], ends: Ends, *, closing: threading.Event) -> None:
        self._rows = rows
        self._ends = ends
        self._closing = closing

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """Return which rows have ended.

        Raises:
            Closed: The model was closed.
        """
        import torch  # noqa: PLC0415

        if self._closing.is_set():
            raise Closed
        now = time.monotonic()
        for row, token in zip(self._rows, input_ids[:, -1].tolist(), strict=True):
            if not row.ended:
                row.seconds = now - row.started
                self._ends.take(row, token)
        ended = [row.ended or now >= row.limit for row in self._rows]
        return torch.tensor(ended).to(input_ids.device)
