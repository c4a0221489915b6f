"""A session: nothing is paid twice, no limit is passed, every answer is on the disk at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rtlgen.llm.budget import Budget, Meter, Price
from rtlgen.llm.model import Answer, Failure, Message, ModelFault, Request, Sampling, Usage
from rtlgen.llm.openai_server import OpenAIServer
from rtlgen.llm.records import read_exchanges
from rtlgen.llm.session import Hurries, Session
from rtlgen.llm.store import AnswerStore
from tests.rtlgen.llm.servers import answer as answering
from tests.rtlgen.llm.servers import drop, error, serving

USAGE = Usage(prompt_tokens=10, completion_tokens=20)


def failed(failure: Failure) -> Answer:
    return Answer(text=None, failure=failure, detail="why")


class Model:
    """Answers with what it is given for each sample, last request first."""

    name = "fake:m"

    def __init__(self, react: Callable[[Request], Answer] | None = None) -> None:
        self.asked: list[int] = []
        self.react = react or (lambda request: Answer(text=f"{request.sample}", usage=USAGE))

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        for index in reversed(range(len(requests))):
            self.asked.append(requests[index].sample)
            yield index, self.react(requests[index])

    def close(self) -> None: ...


def requests(*samples: int) -> list[Request]:
    messages = (Message(role="user", content="x"),)
    sampling = Sampling(max_tokens=50)
    return [Request(messages=messages, sample=n, sampling=sampling) for n in samples]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AnswerStore]:
    with AnswerStore(tmp_path / "answers.jsonl") as opened:
        yield opened


def test_answers_in_the_order_of_the_requests(store: AnswerStore) -> None:
    seen: list[int] = []
    session = Session(Model(), store)
    answers = session.ask(requests(3, 1, 2), lambda index, _: seen.append(index))
    assert [found.text for found in answers] == ["3", "1", "2"]
    assert seen == [2, 1, 0]
    totals = session.totals
    assert (totals.sent, totals.answered, totals.reused, totals.usage.total) == (3, 3, 0, 90)


def test_nothing_is_paid_twice(store: AnswerStore) -> None:
    model = Model()
    first = Session(model, store)
    first.ask(requests(0, 1))
    second = Session(model, store)
    assert [found.text for found in second.ask(requests(0, 1, 2, 2))] == ["0", "1", "2", "2"]
    assert sorted(model.asked) == [0, 1, 2]
    assert (second.totals.sent, second.totals.reused) == (1, 3)
    assert second.totals.usage == USAGE


def test_every_answer_is_on_the_disk_before_it_is_used(store: AnswerStore) -> None:
    counts: list[int] = []

    def look(index: int, answer: Answer) -> None:
        counts.append(len(list(read_exchanges(store.path))))

    Session(Model(), store).ask(requests(0, 1, 2), look)
    assert counts == [1, 2, 3]


def test_kill_in_the_middle_loses_what_is_in_flight(store: AnswerStore) -> None:
    def die(request: Request) -> Answer:
        if request.sample == 1:
            raise KeyboardInterrupt
        return Answer(text="x", usage=USAGE)

    with pytest.raises(KeyboardInterrupt):
        Session(Model(die), store).ask(requests(0, 1, 2))
    model = Model()
    Session(model, store).ask(requests(0, 1, 2))
    assert model.asked == [1, 0]


def test_attempts_are_a_limit(store: AnswerStore) -> None:
    session = Session(Model(), store, Budget(attempts=2))
    answers = session.ask(requests(0, 1, 2, 3))
    assert [found.failure for found in answers] == [None, None, Failure.BUDGET, Failure.BUDGET]
    assert answers[3].detail == "the budget is spent: 2 of 2 attempts"
    assert session.totals.failed == {Failure.BUDGET: 2}
    assert session.ask(requests(1))[0].text == "1"  # what is in the store costs nothing
    assert len(list(read_exchanges(store.path))) == 2


def test_resumed_run_ends_where_it_would_have_ended(store: AnswerStore) -> None:
    Session(Model(), store).ask(requests(0, 1))
    session = Session(Model(), store, Budget(attempts=3))
    answers = session.ask(requests(0, 1, 2, 3))
    assert [found.text for found in answers] == ["0", "1", "2", None]


def test_meter_of_its_own_for_a_store_that_others_share(store: AnswerStore) -> None:
    Session(Model(), store).ask(requests(0, 1))
    session = Session(Model(), store, meter=Meter(Budget(attempts=1)))
    assert [found.text for found in session.ask(requests(0, 1, 2, 3))] == ["0", "1", "2", None]


def test_tokens_are_a_limit_and_are_used_up(store: AnswerStore) -> None:
    session = Session(Model(), store, Budget(tokens=200))
    answers = session.ask(requests(*range(20)))
    assert sum(found.text is not None for found in answers) == 7
    assert session.totals.usage.total == 210


def test_money_is_shown(store: AnswerStore) -> None:
    session = Session(Model(), store, Budget(price=Price(prompt=1e5, completion=1e5)))
    session.ask(requests(0))
    assert session.totals.cost == pytest.approx(3.0)
    assert session.meter.line().startswith("1 attempt, 30 tokens, $3.00")


def test_time_is_a_limit(store: AnswerStore) -> None:
    now = [0.0]

    def slow(request: Request) -> Answer:
        now[0] += 10
        return Answer(text="x", usage=USAGE)

    meter = Meter(Budget(seconds=25), clock=lambda: now[0])
    answers = Session(Model(slow), store, meter=meter).ask(requests(0, 1, 2, 3))
    assert [found.failure for found in answers] == [Failure.BUDGET, None, None, None]


def test_failures_are_failures(store: AnswerStore) -> None:
    odd = Model(lambda r: failed(Failure.CONTEXT) if r.sample % 2 else Answer(text="x"))
    session = Session(odd, store)
    assert [found.failure for found in session.ask(requests(0, 1, 1))][1:] == [Failure.CONTEXT] * 2
    assert session.totals.failed == {Failure.CONTEXT: 2}
    odd.react = lambda _: Answer(text="y")
    assert session.ask(requests(1))[0].text == "y"  # asked again


def test_server_that_was_never_there(store: AnswerStore) -> None:
    session = Session(Model(lambda _: failed(Failure.UNREACHABLE)), store)
    with pytest.raises(ModelFault, match="fake:m was not: why\n\nhint: start the server") as caught:
        session.ask(requests(0, 1, 1))
    assert caught.value.exit_code == 4


def test_server_that_goes_away(store: AnswerStore) -> None:
    model = Model()
    session = Session(model, store)
    session.ask(requests(0))
    model.react = lambda _: failed(Failure.UNREACHABLE)
    assert session.ask(requests(1))[0].failure is Failure.UNREACHABLE


def test_server_that_is_there_and_fails(store: AnswerStore) -> None:
    mixed = Model(lambda r: failed(Failure.SERVER if r.sample else Failure.UNREACHABLE))
    assert len(Session(mixed, store).ask(requests(0, 1))) == 2


def test_model_that_answers_too_little(store: AnswerStore) -> None:
    class Lazy(Model):
        def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
            yield 0, Answer(text="x")

    answers = Session(Lazy(), store).ask(requests(0, 1))
    assert (answers[1].failure, answers[1].detail) == (
        Failure.GARBAGE,
        "the model gave no answer",
    )


def test_half_a_surrogate_pair(store: AnswerStore) -> None:
    model = Model(lambda _: Answer(text="a\ud800µ"))
    assert Session(model, store).ask(requests(0))[0].text == "a?µ"
    assert Session(model, store).ask(requests(0))[0].text == "a?µ"


def test_server_and_session_together(store: AnswerStore) -> None:
    reactions = [drop, error(500, "oops"), answering("assign y = a;")]
    with serving(*reactions) as server:
        model = OpenAIServer(model="m", base_url=server.url, wait=no_wait, timeout=5.0)
        assert isinstance(model, Hurries)
        try:
            session = Session(model, store, Budget(seconds=60))
            answers = session.ask(requests(0, 1, 2, 3, 4))
        finally:
            model.close()
    assert {found.text for found in answers} == {"assign y = a;"}
    assert session.totals.usage.estimated


async def no_wait(_: float) -> None: ...
