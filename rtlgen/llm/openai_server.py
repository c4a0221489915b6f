"""`openai:MODEL`: every server that speaks OpenAI's chat completions.

OpenAI, vLLM, Ollama, llama.cpp, OpenRouter, and the compatible interfaces of
Gemini and Anthropic. Answers are streamed, so that one which never ends is cut
at a length, and one that hangs is cut at a time.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING

from rtlgen.errors import UsageError
from rtlgen.llm.background import Background
from rtlgen.llm.keys import Address, Key
from rtlgen.llm.model import Answer, Request
from rtlgen.llm.openai_dialect import Dialect
from rtlgen.llm.outbox import Outbox, arriving
from rtlgen.llm.patience import Patience

if TYPE_CHECKING:
    from rtlgen.llm.openai_client import Client


class OpenAIServer:
    """A `LanguageModel` behind HTTP.

    Args:
        model: The server's name of the model.
        base_url: Such as `http://127.0.0.1:8080/v1`; None is OPENAI_BASE_URL or OpenAI's own.
        key_variable: Environment variable with the key; a server on this machine
            or a private network may do without.
        concurrency: Most requests under way at once.
        timeout: Seconds that one try may take, from connecting to the end of the answer.
        tries: Most tries of one request; one that timed out is tried twice at most.
        extra: Further parameters of the server, such as `reasoning_effort`.
        wait: Waits before a try; tests put their own here.

    Raises:
        ModelFault: The server is a public one and there is no key.
        UsageError: An argument cannot be used.
    """

    def __init__(  # noqa: PLR0913 - one argument an option
        self,
        *,
        model: str,
        base_url: str | None = None,
        key_variable: str = "OPENAI_API_KEY",
        concurrency: int = 4,
        timeout: float = 600.0,
        tries: int = 5,
        extra: Mapping[str, object] | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        _check(model, concurrency, timeout, tries)
        address = Address.read(base_url or os.environ.get("OPENAI_BASE_URL"))
        key = Key.read(key_variable, address, os.environ)
        from rtlgen.llm.openai_client import Client  # noqa: PLC0415 - the SDK takes a second

        limit_name = "max_completion_tokens" if address.official else "max_tokens"
        self._model = model
        self._concurrency = concurrency
        self._dialect = Dialect(model, limit_name, extra or {})
        self._client: Client = Client(
            model=model,
            address=address,
            key=key,
            dialect=self._dialect,
            patience=Patience(tries=tries),
            seconds=timeout,
            wait=wait,
        )
        self._background = Background()

    @property
    def name(self) -> str:
        return f"openai:{self._model}"

    @property
    def notes(self) -> list[str]:
        """What the server does not take, and what it tells that cannot be true, each once."""
        return [*self._dialect.notes, *filter(None, [self._client.doubt])]

    def finish_within(self, seconds: float | None) -> None:
        """Fail with BUDGET what is not answered `seconds` from now; None takes that back."""
        self._client.deadline = math.inf if seconds is None else time.monotonic() + seconds

    def ask(self, requests: Sequence[Request]) -> Generator[tuple[int, Answer]]:
        return arriving(self._background, lambda outbox: self._answer_all(requests, outbox))

    def close(self) -> None:
        """Give back connections and the thread; requests under way are dropped."""
        self._background.close(self._client.close())

    async def _answer_all(self, requests: Sequence[Request], outbox: Outbox) -> None:
        waiting = iter(enumerate(requests))

        async def work() -> None:
            for index, request in waiting:
                outbox.put((index, await self._client.answer(request)))

        workers = [asyncio.ensure_future(work()) for _ in range(self._concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()


def _check(model: str, concurrency: int, timeout: float, tries: int) -> None:
    if not model.strip():
        raise UsageError("a model must have a name\n\nhint: such as openai:NAME")
    for name, value in (("concurrency", concurrency), ("timeout", timeout), ("tries", tries)):
        if not 0 < value < math.inf:
            raise UsageError(f"{name} must be more than 0, not {value}")
