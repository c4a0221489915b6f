"""How much a run may spend on a language model, and how much it has spent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TypeVar

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Message, Request, Usage

_BYTES_PER_TOKEN = 3
"""Code has about three bytes a token and prose four to five, so that an estimate errs high."""
_TOKENS_PER_MESSAGE = 8
"""Role and delimiters that a chat template adds."""
_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens."""

    prompt: float
    completion: float

    def __post_init__(self) -> None:
        for name in ("prompt", "completion"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise UsageError(f"a price must be 0 or more, not {value} ({name})")

    def of(self, usage: Usage) -> float:
        """Return the price of `usage` in USD."""
        total = usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion
        return total / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of one run; None is no limit."""

    tokens: int | None = None
    """Prompt and completion tokens together."""
    attempts: int | None = None
    """Requests that are sent; an answer from the store is none."""
    seconds: float | None = None
    """Wall time from the start of the run."""
    cost: float | None = None
    """USD; needs `price`."""
    price: Price | None = None

    def __post_init__(self) -> None:
        for name in ("tokens", "attempts", "seconds", "cost"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise UsageError(f"a budget must be more than 0, not {value} ({name})")
        if self.cost is not None and self.price is None:
            raise UsageError(
                f"a budget in money needs a price, and none is given for ${self.cost:g}"
                "\n\nhint: give the prices of a million prompt and completion tokens,"
                " `--price 1.25 10` or `price` in rtlgen.toml"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a budget still holds; None is no limit."""

    tokens: int | None
    attempts: int | None
    seconds: float | None
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Requests sent, and their tokens."""

    attempts: int = 0
    usage: Usage = field(default_factory=Usage)

    def plus(self, usage: Usage) -> Spending:
        """Return this and one more request."""
        return Spending(attempts=self.attempts + 1, usage=added(self.usage, usage))


def added(first: Usage, second: Usage) -> Usage:
    """Return the sum; it is an estimate if either is."""
    return Usage(
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        completion_tokens=first.completion_tokens + second.completion_tokens,
        estimated=first.estimated or second.estimated,
    )


def estimated_tokens(text: str) -> int:
    """Return about how many tokens `text` has; errs high."""
    return math.ceil(len(text.encode(errors="replace")) / _BYTES_PER_TOKEN)


def prompt_tokens(messages: tuple[Message, ...]) -> int:
    """Return about how many tokens a prompt of `messages` has; errs high."""
    return sum(_TOKENS_PER_MESSAGE + estimated_tokens(message.content) for message in messages)


def worst_case(request: Request) -> Usage:
    """Return what the answer to `request` costs at the most, if the server keeps to its limit."""
    return Usage(
        prompt_tokens=prompt_tokens(request.messages),
        completion_tokens=request.sampling.max_tokens,
        estimated=True,
    )


class Meter:
    """What has been spent of a budget.

    A request in flight counts with its worst case. One more is allowed if its
    own worst case still fits, or if nothing is in flight and the budget is not
    spent: so that tokens and money pass their limit by one answer at the most,
    and a budget smaller than a worst case is not left unused. Attempts never
    pass their limit. Time is looked at when a request is to be sent; who cuts
    an answer in flight asks `left`.
    """

    def __init__(
        self,
        budget: Budget,
        *,
        spent: Spending | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.budget = budget
        self._spent = spent or Spending()
        self._in_flight: dict[str, Usage] = {}
        self._clock = clock
        self._started = clock()

    @property
    def spent(self) -> Spending:
        """What has been answered, requests in flight not included."""
        return self._spent

    @property
    def cost(self) -> float | None:
        """USD spent; None without a price."""
        return None if self.budget.price is None else self.budget.price.of(self._spent.usage)

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return self._clock() - self._started

    def left(self) -> Left:
        """Return what is not spent; never less than 0, and not reduced by what is in flight."""
        budget, spent = self.budget, self._spent
        return Left(
            tokens=_rest(budget.tokens, spent.usage.total),
            attempts=_rest(budget.attempts, spent.attempts),
            seconds=_rest(budget.seconds, self.seconds),
            cost=_rest(budget.cost, self.cost or 0.0),
        )

    def exhausted(self) -> str:
        """Return which limit is spent, such as "20 of 20 attempts"; nothing if none is."""
        left = self.left()
        spent = [f.name for f in fields(left) if getattr(left, f.name) == 0]
        return self._amount(spent[0]) if spent else ""

    def allows(self, request: Request) -> bool:
        """Return whether `request` may be sent now, besides what is in flight."""
        left = self.left()
        if self.exhausted() or left.attempts == len(self._in_flight):
            return False
        if not self._in_flight:
            return True
        worst = worst_case(request)
        for usage in self._in_flight.values():
            worst = added(worst, usage)
        price = self.budget.price
        fits = left.tokens is None or worst.total <= left.tokens
        return fits and (left.cost is None or price is None or price.of(worst) <= left.cost)

    def start(self, request: Request) -> None:
        """Count `request` as in flight."""
        self._in_flight[request.key] = worst_case(request)

    def settle(self, request: Request, answer: Answer) -> None:
        """Count what `request` has really cost."""
        self._in_flight.pop(request.key, None)
        if answer.failure is Failure.EXHAUSTED:  # nobody was asked
            return
        self._spent = self._spent.plus(answer.usage)

    def abandon(self) -> None:
        """Forget what was in flight and will have no answer."""
        self._in_flight.clear()

    def line(self) -> str:
        """Return what is spent of what, for a person."""
        names = ["attempts", "tokens", "cost", "seconds"]
        return ", ".join(
            self._amount(name) for name in names if name != "cost" or self.budget.price
        )

    def _amount(self, name: str) -> str:
        usage, budget = self._spent.usage, self.budget
        match name:
            case "attempts":
                one = self._spent.attempts == 1 and budget.attempts is None
                return f"{_of(self._spent.attempts, budget.attempts)} attempt{'' if one else 's'}"
            case "tokens":
                about = "about " if usage.estimated and usage.total else ""
                return f"{about}{_of(usage.total, budget.tokens)} tokens"
            case "cost":
                limit = "" if budget.cost is None else f" of {_money(budget.cost)}"
                return f"{_money(self.cost or 0.0)}{limit}"
        limit = "" if budget.seconds is None else f" of {budget.seconds:,.0f} s"
        return f"{self.seconds:,.0f} s{limit}"


def _rest(limit: _Number | None, spent: _Number) -> _Number | None:
    return None if limit is None else max(limit - spent, type(limit)(0))


def _money(dollars: float) -> str:
    """Return an amount in cents, and less than a dollar with two digits that say something."""
    digits = 1 - math.floor(math.log10(dollars)) if 0 < dollars < 1 else 2
    return f"${dollars:.{min(max(digits, 2), 9)}f}"


def _of(spent: int, limit: int | None) -> str:
    return f"{spent:,}" if limit is None else f"{spent:,} of {limit:,}"
