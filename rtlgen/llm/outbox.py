"""Answers that arrive in an event loop's thread, handed to the one that asked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from rtlgen.llm.background import Background
from rtlgen.llm.model import Answer

_STEP_SECONDS = 0.2
Outbox = SimpleQueue[tuple[int, Answer] | None]
"""Where answers arrive, each with the index of its request; None after the last."""


def arriving(
    background: Background, answer_all: Callable[[Outbox], Coroutine[Any, Any, None]]
) -> Generator[tuple[int, Answer]]:
    """Yield what `answer_all` puts into the outbox that it is given, as it comes.

    It runs in `background`; who closes the generator cancels it.

    Raises:
        Exception: Whatever `answer_all` raised, after the answers before it.
    """
    outbox: Outbox = SimpleQueue()
    work = background.submit(answer_all(outbox))
    work.add_done_callback(lambda _: outbox.put(None))
    try:
        while (item := _next(outbox)) is not None:
            yield item
        work.result()
    finally:
        work.cancel()


def _next(outbox: Outbox) -> tuple[int, Answer] | None:
    """Wait in short steps: a signal that comes just before a wait begins does not end it."""
    while True:
        with suppress(Empty):
            return outbox.get(timeout=_STEP_SECONDS)
