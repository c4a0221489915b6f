"""`gguf:PATH`: llama.cpp on this machine's processors, many answers side by side."""

from __future__ import annotations

import math
import mmap
import multiprocessing
import os
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from rtlgen.llm.llama_cpp_server import serve
from rtlgen.llm.model import Answer, ModelFault, Request, begun
from rtlgen.llm.style import GGUF_KEY, PromptStyle, checked, style_in

if TYPE_CHECKING:
    from rtlgen.llm.openai_server import OpenAIServer

INSTALL = "pip install 'rtlgen[embedded]'"
_CONTEXT = 2048
"""Tokens of one prompt and its answer, unless the model has fewer."""
_START_SECONDS = 120.0
_WHOLE_NAME = "model"
_GGUF_STRING = 8
"""Type of a string in the metadata of GGUF."""


class LlamaCpp:
    """A GGUF file, served by a process of its own that starts when it is first asked.

    A conversation that ends with the model's own turn is continued. Answers to one
    request are the same each time where it is asked beside the same others; what
    batching leaves is rounding.

    Args:
        source: A `.gguf` file.
        adapter: A LoRA adapter as `.gguf`.
        slots: Answers made side by side.
        context: Tokens of one prompt and its answer.
        threads: Of the processor; None: all.
        timeout: Seconds that an answer may take.

    Raises:
        ModelFault: There is no such file, or a library is missing.
    """

    def __init__(
        self,
        source: str,
        *,
        adapter: Path | None = None,
        slots: int = 16,
        context: int = _CONTEXT,
        threads: int | None = None,
        timeout: float = 600.0,
    ) -> None:
        self._path = _checked(Path(source).expanduser(), "model")
        self._adapter = None if adapter is None else _checked(adapter.expanduser(), "adapter")
        self._slots, self._context = slots, context
        self._threads = threads or len(os.sched_getaffinity(0))
        self._timeout = timeout
        self._source = source
        self._lock = threading.Lock()
        self._channel: Connection | None = None
        self._server: OpenAIServer | None = None
        self._deadline = math.inf
        _require("xllamacpp")

    @property
    def name(self) -> str:
        adapter = f"+{self._adapter}" if self._adapter is not None else ""
        return f"gguf:{self._source}{adapter}"

    @cached_property
    def prompt_style(self) -> PromptStyle:
        """The style that the file's metadata names, or `rtlgen.json` beside it."""
        for path in filter(None, (self._adapter, self._path)):
            if (found := _style_inside(path)) is not None:
                return checked(found, str(path))
        return style_in(self._path.parent)

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
        for index, answer in server.ask(requests):
            _, beginning = begun(requests[index].messages)
            text = None if answer.text is None else beginning + answer.text
            yield index, replace(answer, text=text)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._server is not None:
                self._server.close()
            if self._channel is not None:
                self._channel.close()
            self._server = self._channel = None

    def _started(self) -> OpenAIServer:
        with self._lock:
            if self._server is None:
                self._server = self._connected(self._address())
            return self._server

    def _connected(self, address: str) -> OpenAIServer:
        from rtlgen.llm.openai_server import OpenAIServer  # noqa: PLC0415 - loads an SDK

        return OpenAIServer(
            model=_WHOLE_NAME,
            base_url=f"{address}/v1",
            concurrency=self._slots,
            timeout=self._timeout,
            # Its own defaults would cut off what the request does not speak of.
            extra={"cache_prompt": True, "top_k": 0, "min_p": 0.0},
        )

    def _address(self) -> str:
        context = multiprocessing.get_context("spawn")
        self._channel, other = context.Pipe()
        settings = {
            "path": str(self._path),
            "adapter": "" if self._adapter is None else str(self._adapter),
            "slots": self._slots,
            "context": self._context,
            "threads": self._threads,
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


def _style_inside(path: Path) -> str | None:
    """Return the text under `GGUF_KEY` in the file's metadata, if there is any.

    The key is looked for as it is written, its length before it: to read all of the
    metadata takes seconds, because it holds the vocabulary.
    """
    key = GGUF_KEY.encode()
    wanted = struct.pack("<Q", len(key)) + key + struct.pack("<I", _GGUF_STRING)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        start = whole.find(wanted)
        if start < 0:
            return None
        at = start + len(wanted)
        length = int.from_bytes(whole[at : at + 8], "little")
        return whole[at + 8 : at + 8 + min(length, 64)].decode(errors="replace")


def _require(*packages: str) -> None:
    for package in packages:
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            raise ModelFault(
                f"a GGUF model needs {package}, which is not installed\n\nhint: {INSTALL}"
            ) from None
