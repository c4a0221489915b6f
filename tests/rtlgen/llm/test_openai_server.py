"""`openai:MODEL` against servers that hang, drop, lie, limit and answer garbage."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate

import pytest

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Message, ModelFault, Request, Sampling
from rtlgen.llm.openai_server import OpenAIServer
from tests.rtlgen.llm.servers import (
    Handler,
    Reaction,
    answer,
    delta,
    drop,
    endless,
    error,
    flood,
    hang,
    hang_after,
    respond,
    serving,
    stream,
)

KEY = "sk-proj-A1b2C3d4E5f6G7h8I9j0"
USER = (Message(role="user", content="Write an inverter."),)


class Waits:
    """Records what would have been waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@contextmanager
def model_at(url: str, waits: Waits | None = None, **options: object) -> Iterator[OpenAIServer]:
    arguments = {"model": "m", "base_url": url, "timeout": 5.0, "wait": waits or Waits(), **options}
    model = OpenAIServer(**arguments)  # type: ignore[arg-type]
    try:
        yield model
    finally:
        model.close()


def request(number: int = 0, messages: tuple[Message, ...] = USER, **sampling: object) -> Request:
    drawn = Sampling(**{"max_tokens": 64, **sampling})  # type: ignore[arg-type]
    return Request(messages=messages, sample=number, sampling=drawn)


def ask(*reactions: Reaction, waits: Waits | None = None, **options: object) -> Answer:
    with serving(*reactions) as server, model_at(server.url, waits, **options) as model:
        return only(model, request())


def only(model: OpenAIServer, wanted: Request) -> Answer:
    (index, found), *more = model.ask([wanted])
    assert (index, more) == (0, [])
    return found


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OTHER_KEY"):
        monkeypatch.delenv(name, raising=False)


# what an answer is


def test_streamed_answer_with_the_servers_usage() -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 5}
    got = ask(answer("assign |y = ~a;", usage))
    assert (got.text, got.finish, got.tries) == ("assign y = ~a;", "stop", 1)
    assert (got.usage.prompt_tokens, got.usage.completion_tokens) == (12, 5)
    assert not got.usage.estimated


def test_answer_of_a_server_that_does_not_stream() -> None:
    body = {"choices": [{"message": {"content": "wire"}, "finish_reason": "length"}]}
    got = ask(respond(200, body))
    assert (got.text, got.finish) == ("wire", "length")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_put_in_front(name: str) -> None:
    got = ask(stream(delta(**{name: "in"}), delta(**{name: "vert"}), delta("y=~a", "stop")))
    assert got.text == "<think>\ninvert\n</think>\ny=~a"


def test_empty_answer_is_an_answer() -> None:
    got = ask(stream(delta(None), delta(None, "stop"), "[DONE]"))
    assert (got.text, got.failure) == ("", None)


def test_refusal_is_prose() -> None:
    body = {"choices": [{"message": {"content": None, "refusal": "I cannot."}}]}
    assert ask(respond(200, body)).text == "I cannot."


def test_text_that_the_filter_ends() -> None:
    assert ask(answer("module", finish="content_filter")).finish == "filter"
    got = ask(stream(delta(None, "content_filter")))
    assert (got.failure, got.detail) == (Failure.REJECTED, "the server's filter left no answer")


def test_comments_carriage_returns_and_separators_of_unicode() -> None:
    def react(handler: Handler) -> None:
        handler.begin_stream()
        text = ': ping\r\nevent: x\r\ndata: {"choices":[{"delta":{"content":"a\u2028b"}}]}\r\n\r\n'
        handler.wfile.write(text.encode() + b"data: [DONE]\n")

    assert ask(react).text == "a\u2028b"


def test_parameters_of_a_request() -> None:
    with serving(answer("x")) as server, model_at(server.url, extra={"top_k": 5}) as model:
        list(model.ask([request(3, temperature=0.5, stop=("endmodule",))]))
    body = server.bodies[0]
    assert body["messages"] == [{"role": "user", "content": "Write an inverter."}]
    assert (body["model"], body["temperature"], body["top_k"]) == ("m", 0.5, 5)
    assert (body["max_tokens"], body["stop"], body["stream"]) == (64, ["endmodule"], True)


def test_every_sample_has_a_seed_of_its_own() -> None:
    with serving(answer("x")) as server, model_at(server.url) as model:
        list(model.ask([request(n) for n in range(8)]))
    assert len({body["seed"] for body in server.bodies}) == 8


def test_answers_belong_to_their_requests_and_run_side_by_side() -> None:
    together = threading.Barrier(4, timeout=10)

    def react(handler: Handler) -> None:
        together.wait()
        answer("x")(handler)

    with serving(react) as server, model_at(server.url, concurrency=4) as model:
        assert sorted(index for index, _ in model.ask([request(n) for n in range(8)])) == [
            *range(8)
        ]


def test_no_requests() -> None:
    with model_at("http://127.0.0.1:9/v1") as model:
        assert list(model.ask([])) == []


# limits


def test_endless_text_is_cut_at_a_length() -> None:
    got = ask(endless(delta("verilog " * 100)))
    assert got.finish == "length"
    assert got.text is not None
    assert len(got.text) <= 64 * 16 + 2 * 4096
    assert got.usage.estimated


def test_endless_reasoning_is_cut_too() -> None:
    assert ask(endless(delta(reasoning_content="hm " * 500))).finish == "length"


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
@pytest.mark.parametrize("data", [b"data: " + b"x" * 65536, b"{" * 65536, b"\n" * 65536])
def test_flood_without_end(kind: str, data: bytes) -> None:
    began = time.monotonic()
    got = ask(flood(data, kind), tries=1)
    assert got.failure is Failure.GARBAGE
    assert time.monotonic() - began < 60


def test_flood_as_an_error() -> None:
    assert ask(flood(b"x" * 65536, "text/plain", 500), tries=1).detail.startswith("500 xxx")


@pytest.mark.parametrize(
    "reaction", [hang, hang_after(), hang_after(delta("module"))], ids=["headers", "body", "text"]
)
def test_hanging_server(reaction: Reaction) -> None:
    began = time.monotonic()
    got = ask(reaction, timeout=0.3)
    assert (got.failure, got.detail) == (Failure.TIMEOUT, "no answer within 0.3 s (2 tries)")
    assert time.monotonic() - began < 200


def test_trickle_is_cut_by_the_total_time() -> None:
    def react(handler: Handler) -> None:
        handler.begin_stream()
        while not handler.server.stopped.wait(0.02):
            handler.event(delta("a"))

    got = ask(react, timeout=1.0, tries=1)
    assert got.failure is Failure.TIMEOUT
    assert got.usage.completion_tokens > 0  # it has been paid all the same


def test_run_that_is_out_of_time() -> None:
    with serving(hang) as server, model_at(server.url, concurrency=1) as model:
        model.finish_within(0.2)
        began = time.monotonic()
        answers = [found for _, found in model.ask([request(0), request(1)])]
        assert time.monotonic() - began < 20
        assert [found.failure for found in answers] == [Failure.BUDGET] * 2
        model.finish_within(None)
        server.reactions = [answer("x")]
        assert only(model, request()).text == "x"


# servers that fail


def test_success_after_failures() -> None:
    waits = Waits()
    got = ask(error(500, "oops"), drop, error(503, "loading"), answer("x"), waits=waits)
    assert (got.text, got.tries) == ("x", 4)
    assert [round(seconds, 3) > 0 for seconds in waits.seconds] == [True] * 3
    assert waits.seconds[2] > waits.seconds[0]


@pytest.mark.parametrize(
    ("reaction", "failure", "detail"),
    [
        (error(500, "oops\nat line 1"), Failure.SERVER, "500 oops at line 1 (3 tries)"),
        (respond(502, b"<html>Bad Gateway", "text/html"), Failure.SERVER, "502 <html>Bad Gateway"),
        (respond(529, {"error": {"type": "overloaded_error"}}), Failure.SERVER, "overloaded"),
        (respond(503, [{"error": {"code": 503, "message": "busy"}}]), Failure.SERVER, "503 busy"),
        (respond(500, b"eJw=", "text/plain; charset=base64"), Failure.SERVER, "500 eJw="),
        (respond(500, b"x", "text/plain; charset=zip"), Failure.SERVER, "500 x"),
        (respond(200, b"x" * 99, Content_Encoding="gzip"), Failure.GARBAGE, "incorrect header"),
        (respond(307, b"", Location="http://[::1"), Failure.SERVER, "the connection was lost"),
        (respond(307, b"", Location="/v1/chat/completions"), Failure.SERVER, "redirects"),
        (respond(200, b"", Location="x", Set_Cookie="\xff=;;"), Failure.GARBAGE, "EOF"),
        (drop, Failure.SERVER, "the connection was lost"),
        (stream(delta("module")), Failure.SERVER, "the answer broke off before its end (3 tries)"),
        (stream(delta("a"), {"error": {"message": "CUDA"}}), Failure.SERVER, "CUDA"),
        (stream(delta("a"), delta("b", "error")), Failure.SERVER, "ended the answer with an error"),
        (stream({"error": {"code": 429, "message": "slow"}}), Failure.RATE_LIMIT, "429 slow"),
        (respond(200, b"<!doctype html>", "text/html"), Failure.GARBAGE, "page (text/html)"),
        (respond(200, b"<p>hello", "text/plain"), Failure.GARBAGE, "no stream of events"),
        (respond(200, b'{"choices": [{'), Failure.GARBAGE, "EOF while parsing"),
        (respond(200, b"\xff\xfe\x00"), Failure.GARBAGE, "expected value"),
        (respond(200, b""), Failure.GARBAGE, "EOF while parsing"),
        (respond(200, b"", "text/event-stream"), Failure.GARBAGE, "the body is empty"),
        (respond(200, b"[" * 100_000), Failure.GARBAGE, "recursion"),
        (respond(200, {"choices": []}), Failure.GARBAGE, "there is no choice in it"),
        (respond(200, {"choices": [None]}), Failure.GARBAGE, "choices.0: Input should be"),
        (respond(200, {"choices": [{"message": {"content": 7}}]}), Failure.GARBAGE, "valid string"),
        (respond(200, {"choices": [{"message": {"content": None}}]}), Failure.GARBAGE, "is null"),
        (respond(200, {"result": "ok"}), Failure.GARBAGE, "there is no choice in it"),
        (stream("{not json"), Failure.GARBAGE, "key must be a string"),
        (stream("[DONE]"), Failure.GARBAGE, "there is no choice in it"),
        (stream({"choices": [], "usage": {}}, "[DONE]"), Failure.GARBAGE, "no choice"),
    ],
)
def test_server_that_goes_on_failing(reaction: Reaction, failure: Failure, detail: str) -> None:
    got = ask(reaction, tries=3)
    assert (got.failure, got.tries) == (failure, 3)
    assert detail in got.detail
    assert "\n" not in got.detail


def test_nobody_there() -> None:
    with serving(drop) as server:
        url = server.url
    waits = Waits()
    with model_at(url, waits, concurrency=1) as model:
        answers = [found for _, found in model.ask([request(n) for n in range(3)])]
    assert {found.failure for found in answers} == {Failure.UNREACHABLE}
    assert [found.tries for found in answers] == [5, 1, 1]  # known to be down: one look each
    assert len(waits.seconds) == 4
    assert answers[0].detail.startswith(f"no connection to {url}: ")
    assert answers[0].detail.endswith("(5 tries)")


def test_outage_in_the_middle() -> None:
    with serving(answer("x")) as server, model_at(server.url, tries=2) as model:
        assert only(model, request()).text == "x"
        server.reactions = [drop]
        assert only(model, request()).failure is Failure.SERVER
        server.reactions = [answer("y")]
        assert only(model, request()).text == "y"


def test_server_that_comes_back_is_waited_for_again() -> None:
    with serving(drop) as server:
        port = server.server_address[1]
    with model_at(server.url) as model:
        assert only(model, request()).tries == 5
        assert only(model, request()).tries == 1
        with serving(answer("x"), port=port):
            assert only(model, request()).text == "x"
        assert only(model, request()).tries == 5


# rate limits


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry_After": "0"}, 0, 0.3),
        ({"Retry_After": "7"}, 6.9, 7.5),
        ({"retry_after_ms": "2500"}, 2.4, 3),
        ({"Retry_After": formatdate(time.time() + 10 * 3600, usegmt=True)}, None, None),
        ({"Retry_After": "nonsense"}, 2, 6),
        ({"Retry_After": "-5"}, 2, 6),
        ({"Retry_After": "nan"}, 2, 6),
        ({}, 2, 6),
    ],
)
def test_waiting_as_long_as_the_server_asks(
    headers: dict[str, str], least: float | None, most: float | None
) -> None:
    waits = Waits()
    got = ask(error(429, "slow down", **headers), answer("x"), waits=waits)
    if least is None or most is None:
        assert got.failure is Failure.RATE_LIMIT
        assert re.search(r"429 slow down \(it asks to wait 3\d,\d{3} s\)", got.detail)
    else:
        assert got.text == "x"
        assert least <= max(waits.seconds) <= most


def test_date_is_read_by_the_servers_own_clock() -> None:
    soon = {"Date": formatdate(1e9, usegmt=True), "Retry_After": formatdate(1e9 + 20, usegmt=True)}
    waits = Waits()

    def react(handler: Handler) -> None:
        handler.send_response_only(429)
        for name, value in soon.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    assert ask(react, answer("x"), waits=waits).text == "x"
    assert 19 < max(waits.seconds) < 21


def test_limit_holds_the_others_back() -> None:
    waits = Waits()
    limited = error(429, "slow", Retry_After="9")
    with serving(limited, answer("x")) as server, model_at(server.url, waits, concurrency=1) as m:
        assert [found.text for _, found in m.ask([request(0), request(1)])] == ["x", "x"]
    assert len([seconds for seconds in waits.seconds if seconds > 8]) >= 2


def test_limit_without_end() -> None:
    got = ask(error(429, "slow"), tries=3)
    assert (got.failure, got.detail) == (Failure.RATE_LIMIT, "429 slow (3 tries)")


# requests that are refused


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
        (400, "request (5031 tokens) exceeds the available context size (4096 tokens)", None),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", None),
        (400, "The input token count exceeds the maximum number of tokens allowed", None),
        (413, "Payload too large", None),
        (500, "context shift is disabled", None),
    ],
)
def test_context_too_long(status: int, message: str, code: str | None) -> None:
    got = ask(error(status, message, code))
    assert (got.failure, got.tries) == (Failure.CONTEXT, 1)
    assert message in got.detail


def test_request_that_is_rejected() -> None:
    got = ask(error(400, "temperature must be at most 1"))
    assert (got.failure, got.tries) == (Failure.REJECTED, 1)
    assert ask(error(403, "Your input was flagged by moderation")).failure is Failure.REJECTED
    assert ask(respond(422, {"detail": [{"msg": "bad"}]})).detail == "422 bad"


@pytest.mark.parametrize(
    ("message", "gone", "instead"),
    [
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", "max_tokens", "max_completion_tokens"),
        ("Unsupported value: 'temperature' does not support 0.8. Only the default", "temperature", None),
        ("`temperature` and `top_p` cannot both be specified for this model", "top_p", "temperature"),
        ('Invalid JSON payload received. Unknown name "seed": Cannot find field.', "seed", None),
        ("stream_options: Extra inputs are not permitted", "stream_options", "stream"),
        ("Your organization must be verified to stream this model. stream", "stream", None),
    ],
)  # fmt: skip
def test_parameter_that_is_not_supported(message: str, gone: str, instead: str | None) -> None:
    whole = respond(200, {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]})
    with serving(error(400, message), whole) as server, model_at(server.url) as model:
        got = [only(model, request(n)) for n in range(2)]
        notes = model.notes
    assert [(found.text, found.tries) for found in got] == [("x", 1)] * 2
    assert gone in server.bodies[0]
    assert all(gone not in body for body in server.bodies[1:])
    assert len(server.bodies) == 3
    assert instead is None or instead in server.bodies[1]
    assert len(notes) == 1
    assert gone in notes[0]


def test_server_that_supports_nothing() -> None:
    got = ask(error(400, "unsupported: temperature top_p seed stop stream max_tokens"))
    assert got.failure is Failure.REJECTED


def test_model_without_system_messages() -> None:
    messages = (Message(role="system", content="Be brief."), *USER)
    refusal = error(500, "System role not supported")
    with serving(refusal, answer("x")) as server, model_at(server.url) as model:
        assert only(model, request(messages=messages)).text == "x"
        assert model.notes == ["m does not take a system message; it is put before the user's"]
    assert server.bodies[1]["messages"] == [
        {"role": "user", "content": "Be brief.\n\nWrite an inverter."}
    ]


# usage


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "many",
        [],
        {},
        {"prompt_tokens": -3, "completion_tokens": -1},
        {"prompt_tokens": 10, "completion_tokens": 0},
        {"prompt_tokens": 0, "completion_tokens": 5},
        {"prompt_tokens": 10, "completion_tokens": 500},
        {"prompt_tokens": 10**12, "completion_tokens": 10**12},
        {"prompt_tokens": 10, "completion_tokens": 2.5},
        {"prompt_tokens": True, "completion_tokens": True},
        {"prompt_tokens": 10, "completion_tokens": 10**9, "completion_tokens_details": {"reasoning_tokens": 10**9}},
    ],
)  # fmt: skip
def test_usage_that_cannot_be_true(usage: object) -> None:
    got = ask(answer("assign y = ~a;", usage))
    assert got.usage.estimated
    assert 3 <= got.usage.completion_tokens <= 6
    assert 5 <= got.usage.prompt_tokens <= 20


def test_a_lie_about_usage_is_said_once() -> None:
    told = answer("x", {"prompt_tokens": 10**30, "completion_tokens": -7})
    with serving(told, told, answer("x")) as server, model_at(server.url) as model:
        for number in range(3):
            only(model, request(number))
        said = "(prompt 10000000000000000000, answer -7)"
        assert model.notes == [
            f"the server's number of tokens cannot be true {said}; it was estimated"
        ]
    with serving(answer("x")) as server, model_at(server.url) as model:
        only(model, request())
        assert model.notes == []


def test_hidden_reasoning_is_believed() -> None:
    details = {"reasoning_tokens": 50}
    usage = {"prompt_tokens": 9, "completion_tokens": 55, "completion_tokens_details": details}
    got = ask(answer("assign y = ~a;", usage))
    assert (got.usage.completion_tokens, got.usage.estimated) == (55, False)


def test_tries_that_broke_off_are_counted() -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 5}
    got = ask(stream(delta("assign y" * 9)), answer("assign y = ~a;", usage))
    assert got.usage.estimated
    assert got.usage.completion_tokens == 5 + 24


# keys and models


def test_missing_key() -> None:
    with pytest.raises(
        ModelFault, match=r"needed for https://api.openai.com/v1, and OPENAI_API_KEY is not set"
    ):
        OpenAIServer(model="m")
    with pytest.raises(ModelFault, match="hint: export OTHER_KEY="):
        OpenAIServer(model="m", base_url="https://example.com/v1", key_variable="OTHER_KEY")


def test_key_is_sent_to_its_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", f" {KEY}\n")
    with serving(answer("x")) as server, model_at(server.url, key_variable="OTHER_KEY") as model:
        list(model.ask([request()]))
        assert KEY not in repr(vars(model))
    assert server.authorizations == [f"Bearer {KEY}"]


def test_key_that_cannot_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", "geheim schlüssel")
    with pytest.raises(
        ModelFault, match="printable ASCII without blanks, and the value of OTHER_KEY"
    ) as caught:
        OpenAIServer(model="m", key_variable="OTHER_KEY")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        f"Incorrect API key provided: {KEY}.",
        f"Incorrect API key provided: {KEY[:7]}{'*' * 12}{KEY[-4:]}. See https://x.y",
        f"bad key {KEY[:5]}...{KEY[-3:]}",
        f"bad key {KEY[2:-3]}",
        f"bad {'x' * 3990}{KEY}",
        f"{'x' * 280}{KEY}",
    ],
)
@pytest.mark.parametrize("status", [401, 403, 400, 500])
def test_key_is_never_shown(monkeypatch: pytest.MonkeyPatch, message: str, status: int) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    if status in (401, 403):
        with pytest.raises(ModelFault, match="refuses the key in OPENAI_API_KEY") as caught:
            ask(error(status, message))
        shown = str(caught.value)
    else:
        shown = ask(error(status, message), tries=1).detail
    for start in range(2, len(KEY) - 3):
        assert KEY[start : start + 4] not in shown
    assert KEY[-3:] not in shown


def test_key_in_the_text_of_a_hostile_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert ask(answer(f"// {KEY[:9]}|{KEY[9:]}|\nmodule")).text == "// [key]\nmodule"


def test_server_that_wants_a_key() -> None:
    with pytest.raises(ModelFault, match="wants a key, and OPENAI_API_KEY is not set: 401 no key"):
        ask(error(401, "no key"))


def test_no_credit() -> None:
    for reaction in (error(402, "Insufficient"), error(429, "You exceeded", "insufficient_quota")):
        with pytest.raises(ModelFault, match="has no credit left for the key in OPENAI_API_KEY"):
            ask(reaction)


def test_unknown_model_names_those_there_are() -> None:
    models = {"data": [{"id": name} for name in ("coder-7b", "chat-1b", "coder-1b")]}
    with (
        serving(error(404, "no such model"), models=models) as server,
        model_at(server.url, model="coder-8b") as model,
        pytest.raises(ModelFault, match="not 'coder-8b': 404 no such model") as caught,
    ):
        list(model.ask([request()]))
    assert "hint: it has coder-7b, coder-1b, chat-1b" in str(caught.value)


@pytest.mark.parametrize("models", [None, {"data": "abc"}, {"data": [{"id": 5}]}, [], "x"])
def test_unknown_model_without_a_list(models: object) -> None:
    with (
        serving(error(404, "Not Found"), models=models) as server,
        model_at(server.url) as model,
        pytest.raises(ModelFault, match=r"does its address end as it should, mostly in /v1\?"),
    ):
        list(model.ask([request()]))


def test_answers_before_a_fault_are_kept() -> None:
    with (
        serving(answer("x"), error(401, "revoked")) as server,
        model_at(server.url, concurrency=1) as model,
    ):
        answers = model.ask([request(0), request(1), request(2)])
        assert next(answers)[1].text == "x"
        with pytest.raises(ModelFault, match="revoked"):
            next(answers)
    assert len(server.bodies) == 2


@pytest.mark.parametrize(
    "url", ["localhost:8080", "ftp://x/v1", "http://", "http://[::1", "http://x:0/v1", "http://é/"]
)
def test_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="must be http:// or https:// and a host, not"):
        OpenAIServer(model="m", base_url=url)


def test_address_with_a_password() -> None:
    with pytest.raises(UsageError, match="neither a user, a password nor a query") as caught:
        OpenAIServer(model="m", base_url="http://me:hunter2@127.0.0.1/v1")
    assert "hunter2" not in str(caught.value)


def test_arguments_that_cannot_be_used() -> None:
    for wrong in ({"concurrency": 0}, {"timeout": -1.0}, {"tries": 0}, {"timeout": float("inf")}):
        with pytest.raises(UsageError, match="must be more than 0"):
            OpenAIServer(model="m", base_url="http://127.0.0.1/v1", **wrong)
    with pytest.raises(UsageError, match="must have a name"):
        OpenAIServer(model=" ")


def test_no_proxy_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(answer("x")).text == "x"


# ending


def test_leaving_early_drops_what_is_under_way() -> None:
    with serving(answer("x"), hang) as server, model_at(server.url, timeout=60.0) as model:
        answers = model.ask([request(0), request(1)])
        assert next(answers)[1].text == "x"
        answers.close()
        began = time.monotonic()
        model.close()
        assert time.monotonic() - began < 20


def test_closing_twice_and_asking_after() -> None:
    model = OpenAIServer(model="m", base_url="http://127.0.0.1:9/v1")
    model.close()
    model.close()


INTERRUPTED = """
import signal, socket, sys, time
from rtlgen.llm.openai_server import OpenAIServer
from rtlgen.llm.model import Message, Request

class Stop(BaseException): pass
def stop(*_): raise Stop
def never(*_): time.sleep(60)

if "nowhere" in sys.argv[1]:
    socket.getaddrinfo = never
model = OpenAIServer(model="m", base_url=sys.argv[1])
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
messages = (Message(role="user", content="x"),)
try:
    list(model.ask([Request(messages=messages, sample=n) for n in range(9)]))
except Stop:
    print("stopped", flush=True)
    END
"""


@pytest.mark.parametrize("end", ["model.close()", "sys.exit()"])
@pytest.mark.parametrize("what", ["hanging", "endless", "no name server"])
def test_signal_ends_everything_at_once(end: str, what: str) -> None:
    with serving(endless(delta("a")) if what == "endless" else hang) as server:
        url = "http://nowhere.local/v1" if what == "no name server" else server.url
        with subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED.replace("END", end), url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            _until(lambda: bool(server.bodies) or url != server.url)
            time.sleep(0.1)
            began = time.monotonic()
            child.send_signal(signal.SIGTERM)
            stdout, stderr = child.communicate(timeout=60)
    assert time.monotonic() - began < 20
    assert (stdout, stderr, child.returncode) == ("stopped\n", "", 0)


def _until(reached: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not reached() and time.monotonic() < until:
        time.sleep(0.01)
