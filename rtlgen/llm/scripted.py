"""A model whose answers are written down beforehand: for tests, demonstrations and offline work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Purpose, Request

FILE_LIMIT = 16 << 20
"""Longest script that is read, in bytes."""

Reply = str | Answer
Script = Mapping[Purpose, Sequence[Reply]] | Callable[[Request], Reply]


class Scripted:
    """Answers from a script, the same whenever and in whatever order it is asked.

    Sample i of a purpose is answered with that purpose's i-th reply; a script
    too short is `Failure.EXHAUSTED`. A function sees the request and returns
    the reply; it may raise `ModelFault`.
    """

    def __init__(self, answers: Script, *, name: str = "scripted") -> None:
        self._answers = answers
        self._name = name
        self.requests: list[Request] = []
        """What it was asked, in the order in which it was answered."""

    @classmethod
    def from_file(cls, path: Path) -> Scripted:
        """Read a JSON or YAML file: purposes, and the list of replies of each.

        A reply is a text, or a mapping with `text` and `finish`, or with
        `failure` (such as `timeout`) and `detail`.

        Raises:
            UsageError: The file cannot be read or is no script.
        """
        try:
            replies = _FILE.validate_python(_load(path))
        except ValidationError as error:
            raise UsageError(_explain(error, path)) from None
        answers = {
            Purpose(purpose): [reply.answer() for reply in each]
            for purpose, each in replies.items()
        }
        return cls(answers, name=f"scripted:{path}")

    @property
    def name(self) -> str:
        return self._name

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        for index, request in enumerate(requests):
            self.requests.append(request)
            reply = self._reply(request)
            yield index, Answer(text=reply) if isinstance(reply, str) else reply

    def close(self) -> None:
        """Keep `requests`: a script holds nothing else."""

    def _reply(self, request: Request) -> Reply:
        if callable(self._answers):
            return self._answers(request)
        replies = self._answers.get(request.purpose, ())
        if 0 <= request.sample < len(replies):
            return replies[request.sample]
        detail = f"the script has {len(replies)} replies to {request.purpose.value}"
        return Answer(text=None, failure=Failure.EXHAUSTED, detail=detail)


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str | None = None
    finish: Literal["stop", "length", "filter", ""] = ""
    failure: Literal[tuple(failure.name.lower() for failure in Failure)] | None = None  # type: ignore[valid-type]
    detail: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _either(self) -> _Reply:
        if (self.text is None) == (self.failure is None):
            raise ValueError("must have either `text` or `failure`")
        return self

    def answer(self) -> Answer:
        """Return what the script says as a model would."""
        failure = None if self.failure is None else Failure[self.failure.upper()]
        return Answer(text=self.text, failure=failure, detail=self.detail, finish=self.finish)


_PURPOSES = tuple(purpose.value for purpose in Purpose)
_FILE: TypeAdapter[dict[str, list[_Reply]]] = TypeAdapter(
    dict[Literal[_PURPOSES], list[_Reply]]  # type: ignore[valid-type]
)


def _load(path: Path) -> object:
    if not path.is_file():
        raise UsageError(
            f"a script must be a file, {path} is {'a folder' if path.is_dir() else 'not there'}\n\n"
            "hint: give a JSON or YAML file, as in `scripted:answers.yaml`"
        )
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise UsageError(
                f"a script must have at most {FILE_LIMIT >> 20} MiB, {path}\n\n"
                "hint: replay many samples with `replay:FILE.jsonl`"
            )
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"cannot read script {path}: {error.strerror}\n\nhint: make it readable"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise UsageError(
            f"a script must be JSON or YAML, {path}: {why}\n\nhint: check its quotes and indents"
        ) from error


def _explain(error: ValidationError, path: Path) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "its root"
    return (
        f"a script maps a purpose to a list of replies, {path}: {place}: {first['msg']}\n\n"
        f"hint: purposes are {', '.join(_PURPOSES)}; a reply is a text or has `text` or `failure`"
    )
