"""An event loop in a thread of its own.

The main thread only waits for results, so that an exception which a signal
handler raises there is never lost in a callback of the loop; and nothing that
hangs in the loop, not even a look-up of a name, keeps the process from ending.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, Literal, TypeVar

_T = TypeVar("_T")
_Four = tuple[Literal[socket.AddressFamily.AF_INET], socket.SocketKind, int, str, tuple[str, int]]
_Six = tuple[
    Literal[socket.AddressFamily.AF_INET6],
    socket.SocketKind,
    int,
    str,
    tuple[str, int, int, int] | tuple[int, bytes],
]

_CLOSE_SECONDS = 0.5


class Background:
    """Runs coroutines; `close` stops them."""

    def __init__(self) -> None:
        self._loop = _Loop()
        self._thread = Thread(target=self._run, name="rtlgen-llm", daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Start `work`; cancelling the future cancels it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        """Cancel everything, run `last`, and end the thread; gives up after a second."""
        if self._loop.is_closed():
            last.close()
            return
        with suppress(TimeoutError, asyncio.CancelledError):
            self.submit(_finish(last)).result(_CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


async def _finish(last: Coroutine[Any, Any, None]) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await last


class _Loop(asyncio.SelectorEventLoop):
    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[_Four | _Six]:
        """Look a name up in a daemon thread; the loop's own threads are waited for at exit."""
        found: Future[list[_Four | _Six]] = Future()
        look_up = partial(socket.getaddrinfo, host, port, family, type, proto, flags)
        Thread(target=_resolve, args=(found, look_up), daemon=True).start()
        return await asyncio.wrap_future(found, loop=self)


def _resolve(found: Future[list[_Four | _Six]], look_up: Callable[[], list[_Four | _Six]]) -> None:
    if not found.set_running_or_notify_cancel():
        return
    try:
        found.set_result(look_up())
    except (OSError, UnicodeError) as error:
        found.set_exception(error)
