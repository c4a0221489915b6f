"""One answer of an OpenAI-compatible server: the tries, the waits, and the limits on both."""

from __future__ import annotations

import asyncio
import difflib
import math
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2
import openai
from openai.resources.chat.completions.completions import AsyncCompletionsWithStreamingResponse

from rtlgen.llm.budget import added
from rtlgen.llm.keys import Address, Key
from rtlgen.llm.model import Answer, Failure, ModelFault, Request, Usage
from rtlgen.llm.openai_dialect import Dialect
from rtlgen.llm.openai_faults import EXPECTED, Fatal, Trouble, one_line, trouble_of
from rtlgen.llm.openai_wire import (
    ModelList,
    Reply,
    character_limit,
    doubted,
    estimated_usage,
    read_reply,
    usage_of,
)
from rtlgen.llm.patience import LONGEST_WAIT, Patience

_CONNECT_SECONDS = 10.0
_LIST_SECONDS = 3.0
_LISTED = 10
_LONGEST_ERROR = 256 << 10
_LONGEST_REPLY = 64 << 20
_LATE = Trouble(failure=Failure.BUDGET, detail="the budget's time is over")


@dataclass(kw_only=True)
class Client:
    """Answers requests; holds the connections and what was learned of the server."""

    model: str
    address: Address
    key: Key
    dialect: Dialect
    patience: Patience
    seconds: float
    """How long one try may take."""
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    deadline: float = math.inf
    """On the monotonic clock; no answer is waited for after it."""
    doubt: str = ""
    """What the server told, the first time, that cannot be true."""
    _hold_until: float = 0.0
    _down: bool = False
    """Whether a request has just found nobody for all its tries; the next ones try once."""
    _sdk: openai.AsyncOpenAI = field(init=False, repr=False)
    _chat: AsyncCompletionsWithStreamingResponse = field(init=False, repr=False)

    def __post_init__(self) -> None:
        connect = min(self.seconds, _CONNECT_SECONDS)
        self._sdk = openai.AsyncOpenAI(
            api_key=self.key.value,
            base_url=self.address.url,
            max_retries=0,
            default_headers={"Accept-Encoding": "identity"},
            http_client=httpx2.AsyncClient(
                verify=_trusted(),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                timeout=httpx2.Timeout(self.seconds, connect=connect),
                follow_redirects=True,
                trust_env=not self.address.local,
                event_hooks={"response": [_bound]},
            ),
        )
        self._chat = self._sdk.chat.completions.with_streaming_response  # imports, before any limit

    async def close(self) -> None:
        """Close the connections."""
        await self._sdk.close()

    async def answer(self, request: Request) -> Answer:
        """Ask, and ask again where that may help.

        Raises:
            ModelFault: No request can be answered: a wrong key, an unknown model, no credit.
        """
        started, wasted, attempt = time.monotonic(), Usage(), 0
        while True:
            attempt += 1
            await self._hold()
            reply, trouble = await self._try(request)
            seconds = time.monotonic() - started
            if trouble is None:
                usage = usage_of(request, reply)
                self.doubt = self.doubt or one_line(doubted(reply, usage), self.key)
                usage = added(usage, wasted)
                self._down = False
                return self._answered(reply, usage, seconds, attempt)
            if reply.said:
                wasted = added(wasted, estimated_usage(request, reply.said))
            pause = self._pause(trouble, attempt)
            if pause is None:
                return _failed(trouble, wasted, seconds, attempt)
            await self.wait(pause)

    def _answered(self, reply: Reply, usage: Usage, seconds: float, attempt: int) -> Answer:
        return Answer(
            text=self.key.hide(reply.text),
            finish=reply.ending,
            usage=usage,
            seconds=seconds,
            tries=attempt,
        )

    async def _try(self, request: Request) -> tuple[Reply, Trouble | None]:
        """Ask once; a request that is refused for its form is written otherwise and sent again."""
        while True:
            body = self.dialect.body(request)
            reply = Reply(limit=character_limit(request))
            trouble = await self._exchange(body, reply)
            if trouble is None or not trouble.refused:
                break
            self.dialect.learn(trouble.refused)
            if self.dialect.body(request) == body:
                break
        if trouble and trouble.fatal:
            raise await self._fault(trouble, trouble.fatal)
        return reply, trouble

    async def _exchange(self, body: dict[str, Any], reply: Reply) -> Trouble | None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            return _LATE
        try:
            async with asyncio.timeout(min(self.seconds, left)):
                await self._talk(body, reply)
        except EXPECTED as error:
            if left < self.seconds and time.monotonic() >= self.deadline:
                return _LATE
            place = self.address.url
            return trouble_of(error, key=self.key, place=place, sent=body, seconds=self.seconds)
        if reply.ending == "filter" and not reply.said:
            return Trouble(failure=Failure.REJECTED, detail="the server's filter left no answer")
        return None

    async def _talk(self, body: dict[str, Any], reply: Reply) -> None:
        rest = {name: value for name, value in body.items() if name not in ("model", "messages")}
        model, messages = body["model"], body["messages"]
        async with self._chat.create(model=model, messages=messages, extra_body=rest) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            await read_reply(kind, response.iter_bytes(), reply)

    async def _hold(self) -> None:
        """Wait as long as the server has asked all of us to."""
        left = self._hold_until - time.monotonic()
        if left > 0:
            await self.wait(left)

    def _pause(self, trouble: Trouble, attempt: int) -> float | None:
        """Return the seconds to wait before the next try; None to give up."""
        unreachable = trouble.failure is Failure.UNREACHABLE
        if unreachable and self._down:
            return None
        pause = self.patience.pause(trouble.failure, attempt, trouble.after)
        self._down = unreachable and pause is None
        if pause is None or time.monotonic() + pause >= self.deadline:
            return None
        if trouble.after is None:
            return pause
        self._hold_until = max(self._hold_until, time.monotonic() + pause)
        return 0.0

    async def _fault(self, trouble: Trouble, kind: Fatal) -> ModelFault:
        url, variable = self.address.url, self.key.variable
        if kind is Fatal.CREDIT:
            return ModelFault(
                f"{url} has no credit left for the key in {variable}: {trouble.detail}"
                "\n\nhint: add credit there, or choose another model"
            )
        if kind is Fatal.MODEL:
            return ModelFault(
                f"the model must be one that {url} has, not {self.model!r}: {trouble.detail}"
                f"\n\nhint: {await self._choices()}"
            )
        if self.key.given:
            return ModelFault(
                f"{url} refuses the key in {variable}: {trouble.detail}"
                f"\n\nhint: check the value of {variable}, and that it belongs to this server"
            )
        return ModelFault(
            f"{url} wants a key, and {variable} is not set: {trouble.detail}"
            f"\n\nhint: export {variable}=…"
        )

    async def _choices(self) -> str:
        try:
            async with asyncio.timeout(_LIST_SECONDS):
                told = await self._sdk.get("/models", cast_to=object)
            names = [model.id for model in ModelList.model_validate(told).data]
        except (*EXPECTED, ValueError):
            names = []
        if not names:
            return "it tells no list of models; does its address end as it should, mostly in /v1?"
        near = difflib.get_close_matches(self.model, names[:1000], _LISTED, 0.5)
        shown = list(dict.fromkeys([*near, *sorted(names)]))[:_LISTED]
        more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
        return one_line(f"it has {', '.join(shown)}{more}", self.key)


def _failed(trouble: Trouble, usage: Usage, seconds: float, attempt: int) -> Answer:
    detail = trouble.detail
    if trouble.after is not None and trouble.after > LONGEST_WAIT:
        detail += f" (it asks to wait {trouble.after:,.0f} s)"
    if attempt > 1:
        detail += f" ({attempt} tries)"
    return Answer(
        text=None,
        failure=trouble.failure,
        detail=detail,
        usage=usage,
        seconds=seconds,
        tries=attempt,
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Return who is trusted to vouch for a server; reading it takes a while."""
    return httpx2.create_ssl_context()


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends at a limit, whatever the server goes on to send."""

    def __init__(self, body: httpx2.AsyncByteStream, limit: int) -> None:
        self._body = body
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._limit
        async for piece in self._body:
            yield piece
            left -= len(piece)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._body.aclose()


async def _bound(response: httpx2.Response) -> None:
    response.encoding = "utf-8"  # not what the server names: codecs are not only for text
    limit = _LONGEST_ERROR if response.is_error else _LONGEST_REPLY
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream, limit)
