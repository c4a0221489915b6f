"""Keys, addresses, waits and bodies, as values."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.llm.keys import Address, Key
from rtlgen.llm.model import Failure, Message, Request
from rtlgen.llm.openai_dialect import Dialect, refused_parameter
from rtlgen.llm.patience import LONGEST_WAIT, Patience, asked_to_wait

LOCAL = Address.read("http://127.0.0.1/v1")
CHARACTERS = st.characters(min_codepoint=33, max_codepoint=126)


def key(value: str) -> Key:
    return Key.read("K", LOCAL, {"K": value})


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://192.168.0.9/v1", True),
        ("http://vllm:8000/v1", True),
        ("http://box.local/v1", True),
        ("https://api.example.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("http://localhost.example.com/v1", False),
        (None, False),
    ],
)
def test_which_servers_are_local(url: str | None, local: bool) -> None:
    assert Address.read(url).local is local


@given(secret=st.text(CHARACTERS, min_size=12, max_size=60), before=st.text(), after=st.text())
def test_whole_key_never_stays(secret: str, before: str, after: str) -> None:
    assert secret not in key(secret).scrub(before + secret + after)
    assert secret not in key(secret).hide(before + secret + after)


@given(secret=st.text(CHARACTERS, min_size=16, max_size=40), text=st.text(max_size=200))
def test_no_six_characters_of_a_key_stay(secret: str, text: str) -> None:
    shown = key(secret).scrub(secret[3:-3] + text)
    parts = {secret[i : i + 6] for i in range(len(secret) - 5)}
    assert not any(part in shown.replace("[key]", "\0") for part in parts)


def test_short_key_is_hidden_as_a_word() -> None:
    assert key("abc").scrub("abc is no alphabcet: (abc)") == "[key] is no alphabcet: ([key])"
    assert key("").scrub("none of it") == "none of it"


def test_scrubbing_is_quick() -> None:
    began = time.process_time()
    for text in ("x" * 4000, "*" * 4000, "ab**" * 1000, "-" * 4000, "." * 4000):
        key("sk-" + "ab1-" * 40).scrub(text)
    assert time.process_time() - began < 5


def test_key_is_not_in_its_repr() -> None:
    assert "sk-123" not in repr(key("sk-1234567890123"))


@given(st.integers(1, 40), st.sampled_from(list(Failure)), st.floats(0, 1e9) | st.none())
def test_waits_are_bounded(attempt: int, failure: Failure, after: float | None) -> None:
    patience = Patience(tries=30, chance=random.Random(1))
    pause = patience.pause(failure, attempt, after)
    assert pause is None or 0 < pause <= LONGEST_WAIT + 1
    assert attempt < 30 or pause is None


def test_waits_grow() -> None:
    patience = Patience(tries=9, chance=random.Random(1))
    waits = [patience.pause(Failure.SERVER, attempt, None) or 0 for attempt in range(1, 7)]
    assert waits[0] < 1
    assert waits == sorted(waits)
    assert patience.pause(Failure.CONTEXT, 1, None) is None
    assert patience.pause(Failure.TIMEOUT, 2, None) is None


@given(st.text(max_size=40))
def test_any_header_can_be_read(text: str) -> None:
    for name in ("retry-after", "retry-after-ms"):
        asked = asked_to_wait({name: text, "date": text})
        assert asked is None or asked >= 0


def test_date_in_the_past_is_now() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    past = format_datetime(datetime(2029, 1, 1, tzinfo=UTC), usegmt=True)
    assert asked_to_wait({"retry-after": past}, now) == 0


@given(st.text(max_size=300))
def test_any_refusal_can_be_read(text: str) -> None:
    dialect = Dialect("m", "max_tokens", {})
    request = Request(messages=(Message(role="user", content="x"),))
    sent = dialect.body(request)
    dialect.learn(refused_parameter(f"not supported {text}", sent))
    assert dialect.body(request)["messages"] == sent["messages"]


def test_both_names_of_a_limit_refused() -> None:
    dialect = Dialect("m", "max_tokens", {})
    request = Request(messages=(Message(role="user", content="x"),))
    for name in ("max_tokens", "max_completion_tokens"):
        assert name in dialect.body(request)
        dialect.learn(name)
    assert not {"max_tokens", "max_completion_tokens"} & set(dialect.body(request))
    assert dialect.notes[1] == "m does not take max_completion_tokens; answers are cut by length"


def test_request_of_only_a_system_message() -> None:
    dialect = Dialect("m", "max_tokens", {})
    dialect.learn("system")
    turns = (Message(role="system", content="a"), Message(role="assistant", content="b"))
    assert dialect.body(Request(messages=turns))["messages"] == [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
    ]
