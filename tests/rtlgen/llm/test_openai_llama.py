"""`openai:MODEL` against a real server: llama.cpp with a small model, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rtlgen.llm.budget import Budget
from rtlgen.llm.model import Failure, Message, Request, Sampling
from rtlgen.llm.openai_server import OpenAIServer
from rtlgen.llm.session import Session
from rtlgen.llm.store import AnswerStore
from tests.llama import Llama, llama_server

__all__ = ["llama_server"]


@pytest.fixture
def model(llama_server: Llama) -> Iterator[OpenAIServer]:
    served = OpenAIServer(
        model=llama_server.model,
        base_url=llama_server.base_url,
        concurrency=1,
        timeout=120,
        extra={"cache_prompt": False},  # with it the sums are rounded otherwise the second time
    )
    yield served
    served.close()


def request(sample: int = 0, seed: int = 1, **sampling: object) -> Request:
    messages = (
        Message(role="system", content="You write Verilog."),
        Message(role="user", content="Write a module that inverts its input."),
    )
    drawn = Sampling(**{"temperature": 1.0, "max_tokens": 12, **sampling})  # type: ignore[arg-type]
    return Request(messages=messages, sample=sample, seed=seed, sampling=drawn)


def test_samples_differ_and_seeds_repeat(model: OpenAIServer) -> None:
    wanted = [request(0), request(0), request(1), request(0, seed=2)]
    texts = {index: found.text for index, found in model.ask(wanted)}
    assert texts[0] == texts[1]
    assert len(set(texts.values())) == 3
    assert model.notes == []


def test_real_usage_and_ending(model: OpenAIServer) -> None:
    ((_, found),) = model.ask([request(temperature=0.0)])
    assert (found.finish, found.usage.completion_tokens) == ("length", 12)
    assert not found.usage.estimated
    assert found.usage.prompt_tokens > 10
    assert found.seconds > 0


def test_context_of_a_real_server(model: OpenAIServer) -> None:
    endless = Request(messages=(Message(role="user", content="wire a; " * 4000),))
    ((_, found),) = model.ask([endless])
    assert found.failure is Failure.CONTEXT
    assert "exceeds the available context size" in found.detail


def test_session_with_a_real_server(model: OpenAIServer, tmp_path: Path) -> None:
    with AnswerStore(tmp_path / "answers.jsonl") as store:
        session = Session(model, store, Budget(attempts=2))
        first = session.ask([request(n, max_tokens=4) for n in range(3)])
        assert [found.failure for found in first] == [None, None, Failure.BUDGET]
        again = Session(model, store).ask([request(n, max_tokens=4) for n in range(2)])
    assert [found.text for found in again] == [found.text for found in first[:2]]
