"""`gguf:PATH`: llama.cpp on this machine's processors, many answers side by side."""

from __future__ import annotations

import math
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from rtlgen.llm.llama_cpp_server import serve
from rtlgen.llm.model import Answer, ModelFault, Request, begun
from rtlgen.llm.style import PromptStyle, checked, style_in, style_inside

INSTALL = "pip install 'rtlgen[embedded]'"
_CONTEXT = 2048
"""Tokens of one prompt and its answer, unless the model has fewer."""
_START_SECONDS = 600.0
"""For machines that are very busy; a server that ends is noticed at once."""
_WHOLE_NAME = "model"
_BATCHES = 16
"""Times the slots: requests that are best asked together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much a server of llama.cpp holds."""

    slots: int = 16
    """Answers made side by side."""
    context: int = _CONTEXT
    """Tokens of one prompt and its answer."""
    cells: int | None = None
    """Tokens of all prompts and answers under way; None: of as many contexts as slots."""
    longest: int | None = None
    """Most tokens of an answer; None: what the context leaves."""
    threads: int | None = None
    """Of the processor; None: all."""

    @property
    def whole(self) -> int:
        """Tokens of all prompts and answers under way."""
        return self.context * self.slots if self.cells is None else self.cells


_USUAL = Size()


class _Server(Protocol):
    def finish_within(self, seconds: float | None) -> None: ...

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]: ...

    def close(self) -> None: ...


class LlamaCpp:
    """A GGUF file, served by a process of its own that starts when it is first asked.

    A conversation that ends with the model's own turn is continued. Answers to one
    request are the same each time where it is asked beside the same others; what
    batching leaves is rounding. A model that was trained on plain prompts computes a
    prompt once for all its samples.

    Args:
        source: A `.gguf` file.
        adapter: A LoRA adapter as `.gguf`.
        size: How much is answered side by side.
        timeout: Seconds that an answer may take.
        grammar: GBNF of what follows the beginning of an answer to a plain prompt; empty: anything.

    Raises:
        ModelFault: There is no such file, or a library is missing.
    """

    def __init__(
        self,
        source: str,
        *,
        adapter: Path | None = None,
        size: Size = _USUAL,
        timeout: float = 600.0,
        grammar: str = "",
    ) -> None:
        self._path = _checked(Path(source).expanduser(), "model")
        self._adapter = None if adapter is None else _checked(adapter.expanduser(), "adapter")
        self._size = size
        self._timeout = timeout
        self._grammar = grammar
        self._source = source
        self._lock = threading.Lock()
        self._channel: Connection | None = None
        self._server: _Server | None = None
        self._deadline = math.inf
        require("xllamacpp")

    @property
    def name(self) -> str:
        adapter = f"+{self._adapter}" if self._adapter is not None else ""
        return f"gguf:{self._source}{adapter}"

    @cached_property
    def prompt_style(self) -> PromptStyle:
        """The style that the file's metadata names, or `rtlgen.json` beside it."""
        for path in filter(None, (self._adapter, self._path)):
            if (found := style_inside(path)) is not None:
                return checked(found, str(path))
        return style_in(self._path.parent)

    @property
    def at_once(self) -> int:
        """Requests that are best asked together: enough to keep all slots busy."""
        return _BATCHES * self._size.slots

    def finish_within(self, seconds: float | None) -> None:
        """Fail with BUDGET what is not answered `seconds` from now; None takes that back."""
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        if not requests:
            return
        server = self._started()
        # What starting took is gone too.
        left = max(0.0, self._deadline - time.monotonic())
        server.finish_within(None if left == math.inf else left)
        yield from server.ask(requests)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._server is not None:
                self._server.close()
            if self._channel is not None:
                self._channel.close()
            self._server = self._channel = None

    def _started(self) -> _Server:
        with self._lock:
            if self._server is None:
                self._server = self._connected(self._address())
            return self._server

    def _connected(self, address: str) -> _Server:
        if self.prompt_style == "chat":
            return _Chat(address, slots=self._size.slots, timeout=self._timeout)
        from rtlgen.llm.llama_cpp_completions import Completions, Shape  # noqa: PLC0415 - HTTP

        shape = Shape(
            slots=self._size.slots,
            context=self._size.context,
            cells=self._size.whole,
            longest=self._size.longest or self._size.context,
            seconds=self._timeout,
            grammar=self._grammar,
        )
        return Completions(address, shape)

    def _address(self) -> str:
        context = multiprocessing.get_context("spawn")
        self._channel, other = context.Pipe()
        settings = {
            "path": str(self._path),
            "adapter": "" if self._adapter is None else str(self._adapter),
            "slots": self._size.slots,
            "cells": self._size.whole,
            "threads": self._size.threads or len(os.sched_getaffinity(0)),
        }
        process = context.Process(target=serve, args=(other, settings), daemon=True)
        process.start()
        other.close()
        address, trouble = "", "it did not start in time"
        with suppress(EOFError, OSError):
            if self._channel.poll(_START_SECONDS):
                address, trouble = self._channel.recv()
        if not address:
            process.kill()
            self._channel.close()
            raise ModelFault(
                f"llama.cpp cannot serve {self._path}: {trouble or 'it ended'}"
                "\n\nhint: download or convert the model again"
            )
        return str(address)


class _Chat:
    """Any model through the server's interface for chat, which knows templates and reasoning."""

    def __init__(self, address: str, *, slots: int, timeout: float) -> None:
        from rtlgen.llm.openai_server import OpenAIServer  # noqa: PLC0415 - loads an SDK

        self._server = OpenAIServer(
            model=_WHOLE_NAME,
            base_url=f"{address}/v1",
            concurrency=slots,
            timeout=timeout,
            # Its own defaults would cut off what the request does not speak of.
            extra={"cache_prompt": True, "top_k": 0, "min_p": 0.0},
        )
        self.finish_within = self._server.finish_within
        self.close = self._server.close

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """Yield the index of each request and its answer, the given beginning included."""
        for index, answer in self._server.ask(requests):
            _, beginning = begun(requests[index].messages)
            text = None if answer.text is None else beginning + answer.text
            yield index, replace(answer, text=text)


def _checked(path: Path, what: str) -> Path:
    """Return `path` if it is a GGUF file.

    Raises:
        ModelFault: It is not.
    """
    try:
        with path.open("rb") as file:
            sound = file.read(4) == b"GGUF"
    except OSError as error:
        raise ModelFault(
            f"cannot read the {what} {path}: {error.strerror}\n\nhint: name a .gguf file"
        ) from error
    if not sound:
        raise ModelFault(f"the {what} {path} is no GGUF file\n\nhint: name a .gguf file")
    return path


def require(package: str, *, subject: str = "a GGUF model") -> None:
    """See that `package` is installed.

    Raises:
        ModelFault: It is not.
    """
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        raise ModelFault(
            f"{subject} needs {package}, which is not installed\n\nhint: {INSTALL}"
        ) from None
