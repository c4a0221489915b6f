"""Many samples of one prompt from a llama.cpp server, which computes the prompt once.

What a model that was trained on plain prompts is asked this way is the chat template's text
with the answer's beginning behind it, as for `hf:`. A child of a completion has the seed of
the one before and 1, so that a sample is the same whatever it is asked beside, up to rounding.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import httpx2
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from rtlgen.llm.background import Background
from rtlgen.llm.llama_cpp_groups import Group, Room, grouped
from rtlgen.llm.model import Answer, Failure, Request, Usage, begun
from rtlgen.llm.openai_dialect import seed_of
from rtlgen.llm.outbox import Outbox, arriving

_LEAST_ROOM = 32
"""Tokens that must be left for an answer, unless fewer are wanted."""
_LIKELY = 512
"""Tokens that a nucleus rarely has more of: to sort a whole vocabulary takes longer than to
compute its logits."""
_GRACE_SECONDS = 10.0
"""A server that has not ended an answer at its limit itself is given up so much later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a server holds."""

    slots: int
    """Answers made side by side."""
    context: int
    """Tokens of one prompt and its answer."""
    cells: int
    """Tokens of all answers under way, and of their prompts."""
    longest: int
    """Most tokens of an answer."""
    seconds: float
    """That an answer may take."""
    grammar: str = ""
    """GBNF of what follows an answer's beginning; empty: anything."""


class _Piece(BaseModel):
    """One answer, as the server sends it."""

    content: str
    stop_type: Literal["none", "eos", "limit", "word"]
    tokens_predicted: Annotated[int, Field(ge=0)]
    tokens_evaluated: Annotated[int, Field(ge=0)]
    truncated: bool = False


_PIECES: TypeAdapter[list[_Piece]] = TypeAdapter(list[_Piece])


class _Prompt(BaseModel):
    prompt: str


class _Tokens(BaseModel):
    tokens: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A group that is ready to be sent."""

    group: Group
    tokens: list[int]
    """The prompt."""
    room: int
    """Most tokens of each answer."""

    @property
    def cells(self) -> int:
        return len(self.tokens) + len(self.group.places) * self.room


class _Failed(Exception):
    """A group has no answers."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(text=None, failure=failure, detail=detail)


class Completions:
    """Asks a server of llama.cpp at `address` on this machine."""

    def __init__(self, address: str, shape: Shape) -> None:
        self._shape = shape
        self._deadline = math.inf
        self._background = Background()
        self._http = httpx2.AsyncClient(base_url=address, timeout=None, trust_env=False)

    def finish_within(self, seconds: float | None) -> None:
        """Fail with BUDGET what is not answered `seconds` from now; None takes that back."""
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds

    def ask(self, requests: Sequence[Request]) -> Generator[tuple[int, Answer]]:
        """Yield the index of each request and its answer, group by group as they come."""
        return arriving(self._background, lambda outbox: self._answer_all(requests, outbox))

    def close(self) -> None:
        """Drop what is under way."""
        self._background.close(self._http.aclose())

    async def _answer_all(self, requests: Sequence[Request], outbox: Outbox) -> None:
        room = Room(slots=self._shape.slots, cells=self._shape.cells)
        async with asyncio.TaskGroup() as tasks:
            for group in grouped(requests, self._shape.slots):
                try:
                    job = await self._job(group)
                except _Failed as failed:
                    _send(outbox, group, [failed.answer] * len(group.places))
                    continue
                await room.take(len(group.places), job.cells)
                tasks.create_task(self._answered(job, room, outbox))

    async def _answered(self, job: _Job, room: Room, outbox: Outbox) -> None:
        async with room.returned(len(job.group.places), job.cells):
            try:
                answers = await self._answers(job)
            except _Failed as failed:
                answers = [failed.answer] * len(job.group.places)
        _send(outbox, job.group, answers)

    async def _job(self, group: Group) -> _Job:
        """Write the prompt and see that it fits.

        Raises:
            _Failed: It does not, or there is no server.
        """
        tokens = await self._tokens(group.request)
        wanted = min(max(group.request.sampling.max_tokens, 1), self._shape.longest)
        count = len(group.places)
        left = min(self._shape.context, self._shape.cells // count) - len(tokens)
        if left < min(wanted, _LEAST_ROOM):
            detail = f"the prompt has {len(tokens)} tokens, the context {self._shape.context}"
            raise _Failed(Failure.CONTEXT, detail)
        return _Job(group=group, tokens=tokens, room=min(wanted, left))

    async def _tokens(self, request: Request) -> list[int]:
        """Return the prompt's.

        Raises:
            _Failed: There is no server, or none that tells.
        """
        messages, beginning = begun(request.messages)
        turns = [{"role": message.role, "content": message.content} for message in messages]
        seconds = self._shape.seconds
        try:
            found = await self._post("/apply-template", {"messages": turns}, seconds)
            text = _Prompt.model_validate(found).prompt + beginning
            body = {"content": text, "add_special": True, "parse_special": True}
            return _Tokens.model_validate(await self._post("/tokenize", body, seconds)).tokens
        except TimeoutError:
            raise _Failed(Failure.TIMEOUT, f"no prompt after {seconds:.0f} s") from None
        except ValidationError as error:
            raise _Failed(Failure.GARBAGE, f"the server's prompt: {_first(error)}") from None

    async def _answers(self, job: _Job) -> list[Answer]:
        """Return the answers of a group in the order of its places.

        Raises:
            _Failed: There are none.
        """
        left = self._deadline - time.monotonic()
        late = Failure.BUDGET if left < self._shape.seconds else Failure.TIMEOUT
        limit = min(left, self._shape.seconds)
        if limit <= 0:
            raise _Failed(late, "the budget's time is over")
        started = time.monotonic()
        try:
            found = await self._post("/completion", self._body(job, limit), limit + _GRACE_SECONDS)
        except TimeoutError:
            raise _Failed(late, f"no answer after {limit:.0f} s") from None
        try:
            pieces = _PIECES.validate_python(found if isinstance(found, list) else [found])
        except ValidationError as error:
            raise _Failed(Failure.GARBAGE, f"the server's answer: {_first(error)}") from None
        if len(pieces) != len(job.group.places):
            raise _Failed(Failure.GARBAGE, f"{len(pieces)} answers came")
        seconds = time.monotonic() - started
        return [_answer(piece, job, late, seconds) for piece in pieces]

    def _body(self, job: _Job, limit: float) -> dict[str, Any]:
        sampling = job.group.request.sampling
        return {
            "prompt": job.tokens,
            "n_cmpl": len(job.group.places),
            "n_predict": job.room,
            "seed": seed_of(job.group.request),
            "samplers": ["top_k", "temperature", "top_p"],
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "top_k": _LIKELY,
            "stop": list(sampling.stop),
            "t_max_predict_ms": max(1, int(limit * 1000)),
            "cache_prompt": True,
            **({"grammar": self._shape.grammar} if self._held(job.group.request) else {}),
        }

    def _held(self, request: Request) -> bool:
        """Whether the grammar holds: it is that of an answer whose beginning is given."""
        return bool(self._shape.grammar and begun(request.messages)[1])

    async def _post(self, path: str, body: object, seconds: float) -> Any:  # noqa: ANN401 - JSON
        """Return what the server answers.

        Raises:
            TimeoutError: Nothing, in time.
            _Failed: It refuses, or is not there.
        """
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.post(path, json=body)
                found = response.json()
        except httpx2.HTTPError as error:
            detail = f"llama.cpp: {type(error).__name__}"
            raise _Failed(Failure.UNREACHABLE, detail) from error
        except ValueError as error:
            raise _Failed(Failure.GARBAGE, "llama.cpp sent no JSON") from error
        if response.is_error:
            raise _refusal(found)
        return found


def _send(outbox: Outbox, group: Group, answers: Sequence[Answer]) -> None:
    for place, answer in zip(group.places, answers, strict=True):
        outbox.put((place, answer))


def _first(error: ValidationError) -> str:
    return error.errors(include_url=False, include_input=False)[0]["msg"]


def _answer(piece: _Piece, job: _Job, late: Failure, seconds: float) -> Answer:
    usage = Usage(prompt_tokens=piece.tokens_evaluated, completion_tokens=piece.tokens_predicted)
    cut = piece.stop_type == "limit" and piece.tokens_predicted < job.room
    if cut and not piece.truncated:
        detail = f"not at its end after {seconds:.0f} s and {piece.tokens_predicted} tokens"
        return Answer(text=None, failure=late, detail=detail, usage=usage, seconds=seconds)
    _, beginning = begun(job.group.request.messages)
    return Answer(
        text=beginning + piece.content,
        finish="length" if piece.stop_type == "limit" else "stop",
        usage=usage,
        seconds=seconds,
    )


def _refusal(found: object) -> _Failed:
    error = found.get("error") if isinstance(found, dict) else None
    told = error if isinstance(error, dict) else {}
    message = str(told.get("message", "it said nothing"))[:200]
    context = "context" in str(told.get("type", ""))
    return _Failed(Failure.CONTEXT if context else Failure.SERVER, f"llama.cpp: {message}")
