"""A run's conversation with one model: nothing is paid twice, and no limit is passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from rtlgen.llm.budget import Budget, Meter, added
from rtlgen.llm.model import Answer, Failure, LanguageModel, ModelFault, Request, Usage
from rtlgen.llm.store import AnswerStore

OnAnswer = Callable[[int, Answer], None]


@runtime_checkable
class Hurries(Protocol):
    """A model that can be told how long it may take."""

    def finish_within(self, seconds: float | None) -> None:
        """From now on fail with BUDGET what takes longer than `seconds` from now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a session has asked and got."""

    sent: int = 0
    """Requests given to the model."""
    answered: int = 0
    """Of these, answers with a text."""
    reused: int = 0
    """Requests that the store, or an equal request beside them, answered for nothing."""
    failed: Mapping[Failure, int] = field(default_factory=dict)
    """Requests without an answer, those never sent for the budget's sake included."""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    """Sum over the answers; on a concurrent server more than the wall time."""
    cost: float | None = None
    """USD, by the budget's price; None without one."""


class Session:
    """Asks `model` through `store`, within `budget`.

    Args:
        model: Who answers.
        store: Where answers are looked up and recorded.
        budget: The limits. What the store's answers have cost is taken as spent,
            so that a run that is resumed ends where it would have ended.
        meter: Counts in place of a new one, for a store that other runs share.
    """

    def __init__(
        self,
        model: LanguageModel,
        store: AnswerStore,
        budget: Budget | None = None,
        *,
        meter: Meter | None = None,
    ) -> None:
        self.model = model
        self.store = store
        self.meter = meter or Meter(budget or Budget(), spent=store.paid())
        self._sent = self._answered = self._reused = 0
        self._failed: Counter[Failure] = Counter()
        self._usage = Usage()
        self._seconds = 0.0
        self._last_detail = ""

    @property
    def totals(self) -> Totals:
        """What has been asked and got so far."""
        price = self.meter.budget.price
        return Totals(
            sent=self._sent,
            answered=self._answered,
            reused=self._reused,
            failed=dict(self._failed),
            usage=self._usage,
            seconds=self._seconds,
            cost=None if price is None else price.of(self._usage),
        )

    def ask(self, requests: Sequence[Request], on_answer: OnAnswer | None = None) -> list[Answer]:
        """Return an answer to each request, in their order.

        Equal requests are asked once. An answer is on the disk before anything
        is done with it. `on_answer` gets the index of a request and its answer,
        as they come.

        Raises:
            ModelFault: No request can be answered; also when the server could
                never be reached.
            OSError: An answer cannot be recorded.
        """
        places: dict[str, list[int]] = {}
        for index, request in enumerate(requests):
            places.setdefault(request.key, []).append(index)
        answers: dict[int, Answer] = {}
        for request, answer in self._each([requests[found[0]] for found in places.values()]):
            for index in places[request.key]:
                answers[index] = answer
                if on_answer:
                    on_answer(index, answer)
            self._count_copies(answer, len(places[request.key]) - 1)
        return [answers[index] for index in range(len(requests))]

    def _each(self, requests: list[Request]) -> Iterator[tuple[Request, Answer]]:
        missing = []
        for request in requests:
            if found := self.store.find(self.model.name, request):
                self._reused += 1
                yield request, found
            else:
                missing.append(request)
        while wave := self._affordable(missing):
            yield from self._send(wave)
            missing = missing[len(wave) :]
        for request in missing:
            yield request, self._unsent()

    def _affordable(self, requests: list[Request]) -> list[Request]:
        wave = []
        for request in requests:
            if not self.meter.allows(request):
                break
            self.meter.start(request)
            wave.append(request)
        return wave

    def _send(self, wave: list[Request]) -> Iterator[tuple[Request, Answer]]:
        """Ask the model; what it leaves unanswered when time is up is not sent."""
        waiting = dict(enumerate(wave))
        try:
            for index, answer in self._answers_of_model(wave):
                request = waiting.pop(index)
                yield request, self._recorded(request, answer)
                if self.meter.left().seconds == 0:
                    break
        finally:
            self.meter.abandon()
        self._check_reached()
        for request in waiting.values():
            late = self.meter.left().seconds == 0
            yield request, self._unsent() if late else self._recorded(request, _NONE)

    def _answers_of_model(self, wave: list[Request]) -> Iterator[tuple[int, Answer]]:
        if isinstance(self.model, Hurries):
            self.model.finish_within(self.meter.left().seconds)
        return self.model.ask(wave)

    def _recorded(self, request: Request, answer: Answer) -> Answer:
        answer = _storable(answer)
        self.store.append(self.model.name, request, answer)
        self.meter.settle(request, answer)
        self._sent += answer.failure is not Failure.EXHAUSTED
        self._usage = added(self._usage, answer.usage)
        self._seconds += answer.seconds
        if answer.failure:
            self._failed[answer.failure] += 1
            self._last_detail = answer.detail
        else:
            self._answered += 1
        return answer

    def _unsent(self) -> Answer:
        self._failed[Failure.BUDGET] += 1
        detail = f"the budget is spent: {self.meter.exhausted() or self.meter.line()}"
        return Answer(text=None, failure=Failure.BUDGET, detail=detail, tries=0)

    def _count_copies(self, answer: Answer, copies: int) -> None:
        if answer.failure:
            self._failed[answer.failure] += copies
        else:
            self._reused += copies

    def _check_reached(self) -> None:
        """Give up on a server that has failed to be there for every request so far."""
        unreachable = self._failed[Failure.UNREACHABLE]
        if not self._sent or self._answered or unreachable < self._sent:
            return
        raise ModelFault(
            f"the server must be reachable, and {self.model.name} was not: {self._last_detail}"
            "\n\nhint: start the server, or check --base-url and the network"
        )


_NONE = Answer(text=None, failure=Failure.GARBAGE, detail="the model gave no answer", tries=0)


def _storable(answer: Answer) -> Answer:
    """Return `answer` without lone surrogates, which no file and no simulator takes."""
    if answer.text is None or answer.text.isascii():
        return answer
    return replace(answer, text=answer.text.encode(errors="replace").decode())
