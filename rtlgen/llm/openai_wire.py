"""What goes over the wire to an OpenAI-compatible server and comes back, as values."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from rtlgen.llm.budget import estimated_tokens, prompt_tokens
from rtlgen.llm.model import Request, Usage

_CHARACTERS_PER_TOKEN = 16
"""More than any text has on average, so that no honest answer is cut."""
_SLACK_CHARACTERS = 4096
_LONGEST_BODY = 32 << 20
_LINE_COST = 256
"""Bytes that a line counts for besides its own: a flood of empty ones ends as soon."""
_LEAST_TOKENS_PER_BYTE = 1 / 32
_SPECIAL_TOKENS = 16
_TEMPLATE_TOKENS = 4096
"""What a chat template and the server's own instructions may add to a prompt."""
_FINISH: dict[str, Literal["stop", "length", "filter", ""]] = {
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filter",
    "safety": "filter",
    "recitation": "filter",
}
_FIELD = re.compile(rb"(?:data|event|id|retry)?:|\s*\Z")


class Garbled(Exception):
    """What came back is no answer."""


class BrokenOff(Exception):
    """An answer began and did not end."""


class ServerSaid(Exception):
    """An error in place of an answer, or in the middle of one, under a status of success."""

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = body


class _Words(BaseModel):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: object = None
    reasoning: object = None

    def thought(self) -> str:
        """Return the reasoning, under either of its names."""
        named = (self.reasoning_content, self.reasoning)
        return next((text for text in named if isinstance(text, str)), "")


class _Choice(BaseModel):
    index: int = 0
    delta: _Words | None = None
    message: _Words | None = None
    finish_reason: str | None = None


class _Chunk(BaseModel):
    """A chunk of a stream, or a whole answer; further fields are none of our business."""

    choices: list[_Choice] | None = None
    usage: object = None
    error: object = None


class _Model(BaseModel):
    id: str


class ModelList(BaseModel):
    """What a server has."""

    data: list[_Model]


@dataclass(slots=True, kw_only=True)
class Reply:
    """An answer as it grows."""

    limit: int
    """Characters at which it is cut."""
    content: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    size: int = 0
    finish: str | None = None
    usage: object = None
    chosen: bool = False
    """Whether any choice came."""
    done: bool = False
    """Whether the server said that it was at the end."""

    @property
    def full(self) -> bool:
        return self.size >= self.limit

    @property
    def said(self) -> str:
        """Everything that the model wrote."""
        return "".join((*self.thoughts, *self.content))

    @property
    def text(self) -> str:
        """The answer, reasoning that came apart from it in front."""
        thoughts, content = "".join(self.thoughts), "".join(self.content)
        text = f"<think>\n{thoughts}\n</think>\n{content}" if thoughts else content
        return text[: self.limit + _SLACK_CHARACTERS]

    @property
    def ending(self) -> Literal["stop", "length", "filter", ""]:
        """Why the text ends."""
        if self.full:
            return "length"
        if self.finish is None:
            return ""
        return _FINISH.get(self.finish.lower(), "stop")

    def add(self, text: str) -> None:
        """Take a chunk.

        Raises:
            Garbled: It is none.
            ServerSaid: It is an error.
        """
        chunk = _parsed(_Chunk, text)
        if chunk.error:
            raise ServerSaid(chunk.error)
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices or []:
            if choice.index == 0:
                self._add(choice)

    def _add(self, choice: _Choice) -> None:
        words = choice.delta or choice.message or _Words()
        thought, content = words.thought(), words.content or words.refusal or ""
        self.chosen = True
        self.size += len(thought) + len(content)
        self.thoughts.append(thought)
        self.content.append(content)
        self.finish = choice.finish_reason or self.finish
        if choice.finish_reason == "error":
            raise ServerSaid("the server ended the answer with an error")
        if choice.message and not (thought or isinstance(words.content or words.refusal, str)):
            raise Garbled("the answer's content is null")


_Parsed = TypeVar("_Parsed", bound=BaseModel)


def _parsed(kind: type[_Parsed], text: str | bytes) -> _Parsed:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Garbled(f"{place}: {first['msg']}" if place else first["msg"]) from None


def character_limit(request: Request) -> int:
    """Return how long an answer may be, for a server that ignores its limit in tokens."""
    return request.sampling.max_tokens * _CHARACTERS_PER_TOKEN + _SLACK_CHARACTERS


async def read_reply(kind: str, pieces: AsyncIterator[bytes], reply: Reply) -> None:
    """Read a body of media type `kind` into `reply`, up to its end or the reply's limit.

    Raises:
        Garbled: It is no answer.
        BrokenOff: It ends before the answer does.
        ServerSaid: It is an error.
    """
    if "html" in kind:
        raise Garbled(f"the body is a page ({kind}), not an answer")
    if "json" in kind:
        reply.add((await _whole(pieces)).decode(errors="replace"))
        reply.done = True
    else:
        await _read_events(kind, pieces, reply)
    if not reply.chosen:
        raise Garbled("there is no choice in it")
    if not (reply.done or reply.finish or reply.full):
        raise BrokenOff


async def _read_events(kind: str, pieces: AsyncIterator[bytes], reply: Reply) -> None:
    nothing = True
    async for line in _lines(pieces):
        if not _FIELD.match(line):
            raise Garbled(f"the body ({kind or 'of no type'}) is no stream of events")
        data = line.removeprefix(b"data:").strip() if line.startswith(b"data:") else b""
        if data.startswith(b"[DONE]"):
            reply.done = True
            return
        if data:
            nothing = False
            reply.add(data.decode(errors="replace"))
        if reply.full:
            return
    if nothing:
        raise Garbled("the body is empty")


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield lines; linear in the length of the body however it is cut to pieces."""
    parts: list[bytes] = []
    total = 0
    async for piece in pieces:
        *ended, rest = piece.split(b"\n")
        total += len(piece) + _LINE_COST * len(ended)
        for end in ended:
            yield b"".join((*parts, end))
            parts.clear()
        parts.append(rest)
        if total > _LONGEST_BODY:
            raise Garbled(f"the body does not end within {_LONGEST_BODY >> 20} MiB")
    yield b"".join(parts)


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    parts: list[bytes] = []
    total = 0
    async for piece in pieces:
        parts.append(piece)
        total += len(piece)
        if total > _LONGEST_BODY:
            raise Garbled(f"the body does not end within {_LONGEST_BODY >> 20} MiB")
    return b"".join(parts)


def usage_of(request: Request, reply: Reply) -> Usage:
    """Return the server's own count where it can be true, and an estimate where it cannot."""
    told = reply.usage if isinstance(reply.usage, dict) else {}
    prompt = _count(told.get("prompt_tokens"))
    completion = _count(told.get("completion_tokens"))
    if prompt is None or completion is None or not _plausible(request, reply, prompt, completion):
        return estimated_usage(request, reply.said)
    return Usage(prompt_tokens=prompt, completion_tokens=completion)


def doubted(reply: Reply, usage: Usage) -> str:
    """Say what number of tokens was told that cannot be true; nothing where none was told."""
    if not usage.estimated or not isinstance(reply.usage, dict) or not reply.usage:
        return ""
    told = (reply.usage.get("prompt_tokens"), reply.usage.get("completion_tokens"))
    prompt, completion = (str(count)[:20] for count in told)
    return (
        f"the server's number of tokens cannot be true (prompt {prompt}, answer {completion}); "
        "it was estimated"
    )


def estimated_usage(request: Request, said: str = "") -> Usage:
    """Return about what a request and an answer `said` cost; errs high."""
    return Usage(
        prompt_tokens=prompt_tokens(request.messages),
        completion_tokens=estimated_tokens(said),
        estimated=True,
    )


def _plausible(request: Request, reply: Reply, prompt: int, completion: int) -> bool:
    """No token is without a byte, and none has 32 on average; hidden reasoning is told apart."""
    said = len(reply.said.encode(errors="replace"))
    asked = sum(len(message.content.encode()) for message in request.messages)
    shown = completion - min(_hidden_reasoning(reply), request.sampling.max_tokens)
    least, most = said * _LEAST_TOKENS_PER_BYTE, said + _SPECIAL_TOKENS
    return (
        least <= shown <= most
        and bool(completion or not said)
        and asked * _LEAST_TOKENS_PER_BYTE <= prompt <= asked + _TEMPLATE_TOKENS
        and bool(prompt or not asked)
    )


def _hidden_reasoning(reply: Reply) -> int:
    if any(reply.thoughts):
        return 0
    told = reply.usage if isinstance(reply.usage, dict) else {}
    details = told.get("completion_tokens_details")
    count = _count(details.get("reasoning_tokens")) if isinstance(details, dict) else None
    return count or 0


def _count(value: object) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if usable and isinstance(value, int) else None
