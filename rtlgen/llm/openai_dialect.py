"""Which parameters a server takes: they differ, and it says so when it is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rtlgen.llm.model import Message, Request

_SEED_STRIDE = 65_537
_OPTIONAL = ("stream_options", "seed", "top_p", "stop", "temperature", "stream")
"""Parameters that can be left out; the first that a refusal names goes first."""
_LIMITS = ("max_tokens", "max_completion_tokens")
_SYSTEM = "system"
_UNSUPPORTED = re.compile(
    r"unsupported|not support|n't support|unrecognized|unknown (?:name|parameter|argument|field)"
    r"|unexpected (?:keyword|parameter|argument|field)|extra (?:inputs|fields)|not permitted"
    r"|not allowed|cannot both|can't both|deprecated|only the default|must be verified",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"role' does not support 'system'"
    r"|(?:system|developer) (?:role|message|prompt|instruction)s? (?:is |are )?"
    r"not (?:supported|enabled|allowed)",
    re.IGNORECASE,
)


def refused_parameter(message: str, sent: Mapping[str, Any]) -> str:
    """Return the parameter of `sent` that `message` calls unsupported; nothing if none."""
    if _NO_SYSTEM.search(message):
        return _SYSTEM
    if not _UNSUPPORTED.search(message):
        return ""
    words = set(re.findall(r"\w+", message))
    return next((name for name in (*_LIMITS, *_OPTIONAL) if name in sent and name in words), "")


def seed_of(request: Request) -> int:
    """Return the seed that a server draws the answer with; the next sample's is 1 more."""
    return (request.seed * _SEED_STRIDE + request.sample) % 2**31


class Dialect:
    """How requests to one server are written; learned from what it refuses.

    Args:
        model: The server's name of the model.
        limit_name: What the server calls the limit in tokens, as far as known.
        extra: Further parameters, sent as they are.
    """

    def __init__(self, model: str, limit_name: str, extra: Mapping[str, object]) -> None:
        self._model = model
        self._extra = dict(extra)
        self._limits = [limit_name, *(name for name in _LIMITS if name != limit_name)]
        self._left_out: set[str] = set()
        self.notes: list[str] = []
        """What the server does not take, each said once."""

    def body(self, request: Request) -> dict[str, Any]:
        """Return `request` as the server takes it."""
        sampling = request.sampling
        wanted: dict[str, Any] = {
            "model": self._model,
            "messages": self._messages(request.messages),
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": seed_of(request),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._limits:
            wanted[self._limits[0]] = sampling.max_tokens
        if sampling.stop:
            wanted["stop"] = list(sampling.stop)
        kept = {name: value for name, value in wanted.items() if name not in self._left_out}
        return kept | self._extra

    def learn(self, refused: str) -> None:
        """Do without `refused` from now on; a limit is first tried under its other name."""
        if refused in self._limits:
            self._limits.remove(refused)
            other = f"{self._limits[0]} is sent" if self._limits else "answers are cut by length"
            self.notes.append(f"{self._model} does not take {refused}; {other}")
        elif refused in (*_OPTIONAL, _SYSTEM) and refused not in self._left_out:
            self._left_out |= {refused, "stream_options"} if refused == "stream" else {refused}
            instead = "it is put before the user's" if refused == _SYSTEM else "it is left out"
            name = "a system message" if refused == _SYSTEM else refused
            self.notes.append(f"{self._model} does not take {name}; {instead}")

    def _messages(self, messages: tuple[Message, ...]) -> list[dict[str, str]]:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        if _SYSTEM not in self._left_out:
            return turns
        system = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
        rest = [turn for turn in turns if turn["role"] != "system"]
        if not rest or rest[0]["role"] != "user":
            return [{"role": "user", "content": system}, *rest]
        first = {"role": "user", "content": f"{system}\n\n{rest[0]['content']}"}
        return [first, *rest[1:]]
