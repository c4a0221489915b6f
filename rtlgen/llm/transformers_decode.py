"""How the answers of one batch are drawn, token by token, none depending on its neighbors."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rtlgen.llm.model import Answer, Failure, Request, Usage

if TYPE_CHECKING:
    import torch

_GREEDY_BELOW = 1e-4
"""Temperatures below are 0: dividing by them overflows."""
_LIKELY = 512
"""Tokens that a nucleus rarely has more of."""


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
    def ended(self) -> bool:
        """Whether no token is wanted any more."""
        return self.broken or bool(self.finish)

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


class Draw:
    """A logits processor that draws each row with its own temperature, nucleus and noise.

    What is drawn is the only finite logit afterwards, so that `generate`,
    told to be greedy, takes it: the noise of a row depends on its request
    alone, on a CPU as on a GPU. What batching leaves is rounding: a model
    computes slightly different logits in batches of different sizes.
    """

    def __init__(self, rows: Sequence[Row], device: torch.device) -> None:
        import torch  # noqa: PLC0415

        self._rows = rows
        warmth = [max(row.request.sampling.temperature, 0.0) for row in rows]
        self._all_greedy = all(each < _GREEDY_BELOW for each in warmth)
        self._warmth = torch.tensor(warmth, device=device).unsqueeze(1)
        nucleus = [row.request.sampling.top_p for row in rows]
        self._nucleus = torch.tensor(nucleus, device=device).unsqueeze(1)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return the logits with one of each row left."""
        for row, finite in zip(self._rows, scores.amax(-1).isfinite().tolist(), strict=True):
            row.broken |= not finite
        if self._all_greedy:
            return scores
        import torch  # noqa: PLC0415

        scores = scores.nan_to_num(nan=0.0, posinf=0.0)
        greedy = self._warmth < _GREEDY_BELOW
        chances = (scores / self._warmth.masked_fill(greedy, 1.0)).softmax(-1)
        chances, order = self._likeliest(chances)
        before = chances.cumsum(-1) - chances
        chances = chances.masked_fill(before >= self._nucleus, 0.0)
        chances[:, 0].clamp_(min=torch.finfo(chances.dtype).tiny)
        sums = chances.cumsum(-1)
        noise = [row.noise.random() for row in self._rows]
        drawn = torch.tensor(noise, device=scores.device).unsqueeze(1) * sums[:, -1:]
        rank = torch.searchsorted(sums, drawn, right=True)
        rank = rank.minimum((chances > 0).sum(-1, keepdim=True) - 1)
        chosen = order.gather(1, rank.masked_fill(greedy, 0))
        return torch.full_like(scores, -torch.inf).scatter_(1, chosen, 0.0)

    def _likeliest(self, chances: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the likeliest tokens of each row and their chances, in falling order.

        They are all that a nucleus can hold: to sort a vocabulary of 50,000 takes longer
        on a processor than a small model does to compute its logits.
        """
        if chances.shape[-1] > _LIKELY:
            found, order = chances.topk(_LIKELY, dim=-1)
            if bool((found.sum(-1, keepdim=True) > self._nucleus).all()):
                return found, order
        found, order = chances.sort(descending=True, stable=True)
        return found, order


class Watch:
    """A stopping criterion that ends each row by itself and all of them at the time limit."""

    def __init__(
        self,
        rows: Sequence[Row],
        tokenizer: Any,  # noqa: ANN401 - transformers is imported late
        *,
        ends: frozenset[int],
        limit: float,
    ) -> None:
        self._rows = rows
        self._tokenizer = tokenizer
        self._ends = ends
        self._limit = limit
        self._start = time.monotonic()
        self.closing = threading.Event()

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """Return which rows have ended.

        Raises:
            Closed: The model was closed.
        """
        import torch  # noqa: PLC0415

        if self.closing.is_set():
            raise Closed
        seconds = time.monotonic() - self._start
        for row, token in zip(self._rows, input_ids[:, -1].tolist(), strict=True):
            if not row.ended:
                row.seconds = seconds
                self._take(row, token)
        late = seconds >= self._limit
        return torch.tensor([late or row.ended for row in self._rows]).to(input_ids.device)

    def _take(self, row: Row, token: int) -> None:
        row.tokens.append(token)
        if token in self._ends or self._stopped(row):
            row.finish = "stop"
        elif len(row.tokens) >= row.room:
            row.finish = "length"

    def _stopped(self, row: Row) -> bool:
        if not row.stops:
            return False
        # A token is at least a byte, and a character at most four.
        longest = max(len(stop.encode()) for stop in row.stops)
        tail = decode(self._tokenizer, row.tokens[-longest - 8 :])
        return any(stop in tail for stop in row.stops)
