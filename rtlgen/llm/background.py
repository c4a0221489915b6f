"""An event loop in a thread of its own.

The main thread only waits for results, so that an exception which a signal
handler raises there is never lost in a callback of the loop; and nothing that
hangs in the loop, not even a look-up of a name, keeps the process from ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, TypeVar, TypeVarTuple, Unpack

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
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
    def run_in_executor(
        self, executor: object, func: Callable[[Unpack[_Ts]], _T], *args: *_Ts
    ) -> asyncio.Future[_T]:
        """Run what blocks, such as the look-up of a name, in a daemon thread.

        The threads of a pool are waited for when the process ends.
        """
        result: Future[_T] = Future()
        Thread(target=_settle, args=(result, partial(func, *args)), daemon=True).start()
        return asyncio.wrap_future(result, loop=self)


def _settle(result: Future[_T], work: Callable[[], _T]) -> None:
    if not result.set_running_or_notify_cancel():
        return
    try:
        result.set_result(work())
    except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
        result.set_exception(error)
