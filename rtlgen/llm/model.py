"""What every language model is asked, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Literal, Protocol

from rtlgen.errors import RtlgenError
from sim.design import digest

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How an answer is drawn; a model that lacks a parameter ignores it and says so."""

    temperature: float = 0.8
    """0 is greedy."""
    top_p: float = 0.95
    max_tokens: int = 4096
    """Most tokens of one answer."""
    stop: tuple[str, ...] = ()


class Purpose(Enum):
    """What a request is for."""

    PROPOSE = "propose"
    SYNTAX_REPAIR = "syntax repair"
    FUNCTIONAL_REPAIR = "functional repair"
    REFERENCE = "reference model"
    OPTIMIZE = "optimization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One answer that is wanted."""

    messages: tuple[Message, ...]
    """The last may be the model's own turn: the answer is to continue it, and its text has it."""
    sampling: Sampling = field(default_factory=Sampling)
    sample: int = 0
    """Number among the answers wanted to the same messages, from 0."""
    seed: int = 1
    purpose: Purpose = Purpose.PROPOSE
    subject: str = ""
    """Name of the problem: the module, or the task of a benchmark. Replay looks it up."""

    @property
    def prompt_digest(self) -> str:
        """Hex digest of the messages."""
        return digest(*(f"{m.role}\n{m.content}".encode() for m in self.messages))

    @property
    def key(self) -> str:
        """Hex digest of everything that an answer may depend on, the sample's number included."""
        facts = [asdict(self.sampling), self.sample, self.seed, self.purpose.value, self.subject]
        return digest(self.prompt_digest.encode(), json.dumps(facts, sort_keys=True).encode())


def begun(messages: Sequence[Message]) -> tuple[tuple[Message, ...], str]:
    """Return the conversation up to the last turn of others, and how the answer begins."""
    if messages and messages[-1].role == "assistant":
        return tuple(messages[:-1]), messages[-1].content
    return tuple(messages), ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one answer."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    """Whether the server told none, or none that can be true, and they were estimated."""

    @property
    def total(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Failure(Enum):
    """Why there is no answer; none of them says anything about the model's Verilog."""

    UNREACHABLE = "the server cannot be reached"
    TIMEOUT = "no answer in time"
    RATE_LIMIT = "the server limits the rate"
    SERVER = "the server failed"
    GARBAGE = "the answer is none"
    CONTEXT = "the context is too long"
    REJECTED = "the server rejects the request"
    EXHAUSTED = "there is no further sample"
    BUDGET = "the budget is spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one request: a text, or why there is none."""

    text: str | None
    failure: Failure | None = None
    detail: str = ""
    """One line on a failure, for a person; never holds a key."""
    finish: Literal["stop", "length", "filter", ""] = ""
    """Why the text ends; `length`: at the limit, so that it may lack its end."""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    """From the first try to the end of the answer."""
    tries: int = 1

    def __post_init__(self) -> None:
        if (self.text is None) == (self.failure is None):
            raise ValueError("an answer has either a text or a failure")


class ModelFault(RtlgenError):
    """No request can be answered: a wrong key, a folder that holds no model, no server at all."""

    exit_code = 4


class LanguageModel(Protocol):
    """Answers requests."""

    @property
    def name(self) -> str:
        """The model as the user chose it, `openai:MODEL` and the like."""

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """Yield the index of a request and its answer, as they come, each request once.

        What goes wrong with one request is its `Answer.failure`.

        Raises:
            ModelFault: No request can be answered, now or later.
        """

    def close(self) -> None:
        """Give back connections, threads and memory."""
