"""Requests and answers as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Message, Purpose, Request, Role, Sampling, Usage


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Message(_Strict):
    role: Role
    content: str


class _Sampling(_Strict):
    temperature: float
    top_p: float
    max_tokens: int
    stop: tuple[str, ...]


class _Usage(_Strict):
    prompt_tokens: int
    completion_tokens: int
    estimated: bool


class PromptRecord(_Strict):
    """Messages, written before the first answer to them."""

    schema_version: Literal[1] = 1
    record: Literal["prompt"] = "prompt"
    digest: str
    messages: tuple[_Message, ...]

    @classmethod
    def of(cls, request: Request) -> PromptRecord:
        """Return the record of the messages of `request`."""
        messages = tuple(_Message(**asdict(message)) for message in request.messages)
        return cls(digest=request.prompt_digest, messages=messages)

    def values(self) -> tuple[Message, ...]:
        """Return the messages."""
        return tuple(Message(role=m.role, content=m.content) for m in self.messages)


class AnswerRecord(_Strict):
    """One answer, or why there is none."""

    schema_version: Literal[1] = 1
    record: Literal["answer"] = "answer"
    model: str
    key: str
    """`Request.key`."""
    prompt: str
    """Digest of the messages."""
    purpose: Purpose
    subject: str
    sampling: _Sampling
    sample: int
    seed: int
    text: str | None
    failure: Failure | None
    detail: str
    finish: Literal["stop", "length", "filter", ""]
    usage: _Usage
    seconds: float
    tries: int

    @model_validator(mode="after")
    def _is_an_answer(self) -> Self:
        self.answer()
        return self

    @classmethod
    def of(cls, model: str, request: Request, answer: Answer) -> AnswerRecord:
        """Return the record of what `model` answered to `request`."""
        return cls(
            model=model,
            key=request.key,
            prompt=request.prompt_digest,
            purpose=request.purpose,
            subject=request.subject,
            sampling=_Sampling(**asdict(request.sampling)),
            sample=request.sample,
            seed=request.seed,
            text=answer.text,
            failure=answer.failure,
            detail=answer.detail,
            finish=answer.finish,
            usage=_Usage(**asdict(answer.usage)),
            seconds=answer.seconds,
            tries=answer.tries,
        )

    def request(self, messages: tuple[Message, ...]) -> Request:
        """Return the request, given the messages of its prompt."""
        return Request(
            messages=messages,
            sampling=Sampling(**self.sampling.model_dump()),
            sample=self.sample,
            seed=self.seed,
            purpose=self.purpose,
            subject=self.subject,
        )

    def answer(self) -> Answer:
        """Return the answer."""
        return Answer(
            text=self.text,
            failure=self.failure,
            detail=self.detail,
            finish=self.finish,
            usage=Usage(**self.usage.model_dump()),
            seconds=self.seconds,
            tries=self.tries,
        )


Record = PromptRecord | AnswerRecord
_RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="record")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that was sent, and what came back."""

    model: str
    request: Request
    answer: Answer


def line(record: Record) -> bytes:
    """Return `record` as a line of a file."""
    return record.model_dump_json().encode() + b"\n"


def read_records(stream: IO[bytes], path: Path) -> Iterator[tuple[Record, int]]:
    """Yield each record and the offset of its end, up to a last line that a kill tore.

    A last line that lacks nothing but its line break is a record.

    Raises:
        UsageError: Another line is no record; names file and line.
    """
    end = 0
    for number, text in enumerate(stream, 1):
        end += len(text)
        try:
            record = _RECORD.validate_json(text)
        except ValidationError as error:
            if not text.endswith(b"\n"):
                return
            raise _foreign(path, number, error) from None
        yield record, end


def read_exchanges(path: Path) -> Iterator[Exchange]:
    """Yield the requests and answers of a file that `AnswerStore` wrote or is writing.

    Raises:
        UsageError: A line is no record, or an answer's prompt is missing.
        OSError: The file cannot be read.
    """
    prompts: dict[str, tuple[Message, ...]] = {}
    with path.open("rb") as stream:
        for number, (record, _) in enumerate(read_records(stream, path), 1):
            if isinstance(record, PromptRecord):
                prompts[record.digest] = record.values()
            elif record.prompt in prompts:
                request = record.request(prompts[record.prompt])
                yield Exchange(model=record.model, request=request, answer=record.answer())
            else:
                raise UsageError(
                    f"an answer must stand after its prompt, and none has {record.prompt[:12]}:"
                    f" {path}:{number}"
                )


def _foreign(path: Path, number: int, error: ValidationError) -> UsageError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return UsageError(
        f"a line must be the record of a prompt or of an answer: {path}:{number}:"
        f" {place + ': ' if place else ''}{first['msg']}"
        "\n\nhint: the file was changed by hand or written by another version of rtlgen;"
        " move it away to ask the model anew"
    )
