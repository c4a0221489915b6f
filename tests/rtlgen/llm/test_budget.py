"""Budgets: what is counted, what is allowed beside what is in flight, and what is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.llm.budget import Budget, Meter, Price, Spending, estimated_tokens, worst_case
from rtlgen.llm.model import Answer, Message, Request, Sampling, Usage

PRICE = Price(prompt=1.0, completion=4.0)


def request(sample: int = 0, max_tokens: int = 100) -> Request:
    messages = (Message(role="user", content="x" * 30),)
    return Request(messages=messages, sample=sample, sampling=Sampling(max_tokens=max_tokens))


def answer(prompt: int = 10, completion: int = 20) -> Answer:
    return Answer(text="y", usage=Usage(prompt_tokens=prompt, completion_tokens=completion))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def spend(meter: Meter, sample: int = 0) -> None:
    meter.start(request(sample))
    meter.settle(request(sample), answer())


@pytest.mark.parametrize(
    "wrong", [{"tokens": 0}, {"attempts": -1}, {"seconds": float("nan")}, {"cost": float("inf")}]
)
def test_limit_that_is_none(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="a budget must be more than 0, not"):
        Budget(**wrong, price=PRICE)  # type: ignore[arg-type]


def test_money_without_a_price() -> None:
    with pytest.raises(UsageError, match=r"needs a price, and none is given for \$2"):
        Budget(cost=2.0)
    with pytest.raises(UsageError, match=r"a price must be 0 or more, not -1 \(completion\)"):
        Price(prompt=0, completion=-1)


def test_attempts() -> None:
    meter = Meter(Budget(attempts=2))
    assert meter.allows(request())
    spend(meter)
    meter.start(request(1))
    assert not meter.allows(request(2))  # one is done, one in flight
    meter.settle(request(1), answer())
    assert (meter.exhausted(), meter.left().attempts) == ("2 of 2 attempts", 0)


def test_tokens_in_flight_count_with_their_worst_case() -> None:
    one = worst_case(request()).total
    meter = Meter(Budget(tokens=2 * one + 1))
    for sample in range(2):
        assert meter.allows(request(sample))
        meter.start(request(sample))
    assert not meter.allows(request(2))
    meter.settle(request(0), answer())
    meter.settle(request(1), answer())
    assert meter.allows(request(2))


def test_last_answer_may_pass_the_limit() -> None:
    meter = Meter(Budget(tokens=50))
    assert worst_case(request()).total > 50
    assert meter.allows(request())
    spend(meter)
    assert meter.allows(request())  # 30 of 50 are spent
    spend(meter)
    assert not meter.allows(request())
    assert meter.exhausted() == "60 of 50 tokens"


def test_money() -> None:
    meter = Meter(Budget(cost=0.00018, price=PRICE))
    spend(meter)
    assert meter.cost == pytest.approx((10 + 4 * 20) / 1e6)
    meter.start(request(1))
    assert not meter.allows(request(2))
    meter.abandon()
    spend(meter)
    assert meter.exhausted() == "$0.00018 of $0.00018"


def test_time() -> None:
    clock = Clock()
    meter = Meter(Budget(seconds=60), clock=clock)
    clock.now += 59
    assert meter.allows(request())
    clock.now += 2
    assert not meter.allows(request())
    assert meter.left().seconds == 0


def test_line() -> None:
    clock = Clock()
    spent = Spending(attempts=3, usage=Usage(prompt_tokens=4000, completion_tokens=120))
    budget = Budget(tokens=50_000, attempts=20, seconds=600, cost=1.0, price=PRICE)
    meter = Meter(budget, spent=spent, clock=clock)
    clock.now += 12
    line = "3 of 20 attempts, 4,120 of 50,000 tokens, $0.0045 of $1.00, 12 s of 600 s"
    assert meter.line() == line
    assert Meter(Budget(), spent=spent, clock=clock).line() == "3 attempts, 4,120 tokens, 0 s"
    guessed = Spending(attempts=1, usage=Usage(completion_tokens=120, estimated=True))
    line = Meter(Budget(), spent=guessed, clock=clock).line()
    assert line == "1 attempt, about 120 tokens, 0 s"


@given(st.text())
def test_estimate_errs_high(text: str) -> None:
    assert len(text.encode(errors="replace")) / 3 <= estimated_tokens(text) <= len(text) * 2 + 1


@given(
    limit=st.integers(1, 2000),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 100)), max_size=60),
)
def test_tokens_pass_their_limit_by_one_answer_at_most(
    limit: int, steps: list[tuple[bool, int]]
) -> None:
    meter = Meter(Budget(tokens=limit))
    flying: list[Request] = []
    worst = worst_case(request())
    for sample, (starts, completion) in enumerate(steps):
        if starts and meter.allows(request(sample)):
            meter.start(request(sample))
            flying.append(request(sample))
        elif flying:
            meter.settle(flying.pop(), answer(worst.prompt_tokens, completion))
    for left in flying:
        meter.settle(left, answer(worst.prompt_tokens, 100))
    assert meter.spent.usage.total < limit + worst.total
