"""What goes wrong between us and an OpenAI-compatible server, as values."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import anyio
import httpx2
import openai

from rtlgen.llm.keys import Key
from rtlgen.llm.model import Failure
from rtlgen.llm.openai_dialect import refused_parameter
from rtlgen.llm.openai_wire import BrokenOff, Garbled, ServerSaid
from rtlgen.llm.patience import asked_to_wait

EXPECTED = (
    openai.OpenAIError,
    httpx2.RequestError,
    httpx2.StreamError,
    ssl.SSLError,
    anyio.EndOfStream,
    TimeoutError,
    Garbled,
    BrokenOff,
    ServerSaid,
)
"""What may come out of an exchange with a server."""
_LOOKED_AT = 4000
_SHOWN = 300
_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|context (?:length|window)"
    r"|context size|prompt is too long|input is too long|too many (?:input )?tokens"
    r"|maximum number of tokens|reduce the length of the (?:messages|prompt)"
    r"|larger than the model'?s? (?:max|context)|context shift",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|not a valid model|invalid model"
    r"|model[^.\n]{0,200}(?:not found|does not exist|not exist)",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content_filter|content_policy|content management policy|moderation|flagged", re.IGNORECASE
)
_NO_CREDIT = re.compile(r"insufficient_quota|insufficient credits|credit balance is too low", re.I)


class Fatal(Enum):
    """Why no request at all can be answered."""

    KEY = "key"
    MODEL = "model"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why one try has brought no answer."""

    failure: Failure
    detail: str
    """One line, without the key."""
    fatal: Fatal | None = None
    refused: str = ""
    """The parameter that the server does not take."""
    after: float | None = None
    """Seconds that the server asks to wait."""


def trouble_of(
    error: BaseException, *, key: Key, place: str, sent: Mapping[str, Any], seconds: float
) -> Trouble:
    """Return what `error`, one of `EXPECTED`, means for the request `sent` to `place`.

    `seconds` is how long an answer may take.
    """
    if isinstance(error, openai.APIStatusError):
        trouble = _of_status(error, sent)
    elif isinstance(error, ServerSaid):
        trouble = _of_message(_message(error.body), Failure.SERVER, sent)
    elif isinstance(error, openai.APIConnectionError):
        trouble = _of_connection(error.__cause__ or error, place, seconds)
    else:
        trouble = _of_connection(error, place, seconds)
    return replace(trouble, detail=one_line(trouble.detail, key))


def _of_connection(error: BaseException, place: str, seconds: float) -> Trouble:
    match error:
        case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            reason = str(error) or "refused"
            return Trouble(
                failure=Failure.UNREACHABLE, detail=f"no connection to {place}: {reason}"
            )
        case httpx2.ConnectTimeout():
            return Trouble(failure=Failure.UNREACHABLE, detail=f"no connection to {place} in time")
        case TimeoutError() | httpx2.TimeoutException() | openai.APITimeoutError():
            return Trouble(failure=Failure.TIMEOUT, detail=f"no answer within {seconds:g} s")
        case Garbled() | httpx2.DecodingError():
            return Trouble(failure=Failure.GARBAGE, detail=str(error))
        case BrokenOff():
            return Trouble(failure=Failure.SERVER, detail="the answer broke off before its end")
    detail = f"the connection was lost: {error}" if str(error) else "the connection was lost"
    return Trouble(failure=Failure.SERVER, detail=detail)


def _of_status(error: openai.APIStatusError, sent: Mapping[str, Any]) -> Trouble:
    status, said = error.status_code, _message(error.body)
    detail = said if said.startswith(str(status)) else f"{status} {said}".strip()
    trouble = _of_message(said, _failure_of(status), sent)
    if status in (401, 403) and trouble.failure is not Failure.CONTEXT:
        filtered = status == 403 and _FILTERED.search(said)
        trouble = replace(trouble, fatal=None if filtered else Fatal.KEY)
    elif status == 402:
        trouble = replace(trouble, fatal=Fatal.CREDIT)
    elif status == 404:
        trouble = replace(trouble, fatal=Fatal.MODEL)
    return replace(trouble, detail=detail, after=asked_to_wait(error.response.headers))


def _failure_of(status: int) -> Failure:
    if status == 429:
        return Failure.RATE_LIMIT
    if status in (408, 409, 425) or status >= 500:
        return Failure.SERVER
    return Failure.CONTEXT if status == 413 else Failure.REJECTED


def _of_message(said: str, otherwise: Failure, sent: Mapping[str, Any]) -> Trouble:
    """Judge by the words alone, which are as good a sign as the status and often better."""
    if _NO_CREDIT.search(said):
        return Trouble(failure=Failure.REJECTED, detail=said, fatal=Fatal.CREDIT)
    if otherwise is Failure.RATE_LIMIT or re.match(r"429\b", said):
        return Trouble(failure=Failure.RATE_LIMIT, detail=said)
    if _CONTEXT.search(said):
        return Trouble(failure=Failure.CONTEXT, detail=said)
    if _FILTERED.search(said):
        return Trouble(failure=Failure.REJECTED, detail=said)
    if _NO_MODEL.search(said) and otherwise is Failure.REJECTED:
        return Trouble(failure=Failure.REJECTED, detail=said, fatal=Fatal.MODEL)
    return Trouble(failure=otherwise, detail=said, refused=refused_parameter(said, sent))


def _message(body: object) -> str:
    """Return what a server says in any of the usual shapes, codes and parameter included."""
    if isinstance(body, list) and body:
        return _message(body[0])
    if isinstance(body, Mapping):
        inner = body.get("error") or body.get("detail")
        if inner and "message" not in body:
            return _message(inner)
        said = [body.get(name) for name in ("code", "type", "message", "msg", "param")]
        return " ".join(str(part)[:_LOOKED_AT] for part in said if isinstance(part, str | int))
    return str(body)[:_LOOKED_AT] if isinstance(body, str) else ""


def one_line(text: str, key: Key) -> str:
    """Return `text` short and without the key; cut before, so that the work stays small."""
    line = " ".join(key.scrub(text[:_LOOKED_AT]).split())
    printable = "".join(char if char.isprintable() else "?" for char in line)
    return printable if len(printable) <= _SHOWN else printable[: _SHOWN - 1] + "…"
