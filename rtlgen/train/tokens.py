r"""A conversation as tokens, parted where the model begins to write.

At inference the prompt and the beginning of the answer, a module header, are
split into tokens together and the model goes on from there. A tokenizer splits
the whole text otherwise: `);`, `\n   `, ` assign` instead of `);`, `\n`,
`   `, ` assign`. So that a model is trained on what it meets, each side of the
place where it begins to write is split by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Turns = Sequence[dict[str, str]]
"""Messages with `role` and `content`, as chat templates take them."""


class Tokenizer(Protocol):
    """What is needed of a tokenizer of transformers."""

    def __call__(self, text: str, *, add_special_tokens: bool) -> Any: ...  # noqa: ANN401

    def apply_chat_template(self, turns: Turns, **options: bool) -> Any: ...  # noqa: ANN401

    def decode(self, tokens: Sequence[int], **options: bool) -> str: ...


class Unfit(ValueError):
    """A chat template does not write an answer as it stands in the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """A conversation as tokens."""

    given: list[int]
    """What the model is given: the prompt, and the header that its answer begins with."""
    written: list[int]
    """What it is to write, the end of its turn included."""


def given_part(prompt: Turns, answer: str) -> str:
    """Return the beginning of `answer` that a plain prompt gives: the header it ends with.

    It ends without a line's end, as at inference; it is empty where the prompt does not end
    with the first lines of the answer.
    """
    said = prompt[-1]["content"].rstrip() if prompt else ""
    ends = [at for at, letter in enumerate(answer) if letter == "\n"]
    lines = [answer[:end].rstrip() for end in ends]
    fitting = [each for each in lines if each and said.endswith(each)]
    return fitting[-1] if fitting and fitting[-1].startswith("module") else ""


def part(tokenizer: Tokenizer, prompt: Turns, answer: str, *, body: bool) -> Parted:
    """Return `prompt` and `answer` as tokens.

    Args:
        tokenizer: With a chat template.
        prompt: The conversation up to the answer.
        answer: All of the answer.
        body: Count a header that the prompt ends with as given.

    Raises:
        Unfit: The template changes the answer, so that there is no place to part at.
    """
    header = given_part(prompt, answer) if body else ""
    opening = _text(tokenizer, prompt, open_end=True)
    turns = [*prompt, {"role": "assistant", "content": answer}]
    whole = _text(tokenizer, turns, open_end=False)
    at = whole.find(answer, _shared(opening, whole))
    if at < 0:
        raise Unfit("the chat template changes the answer")
    given = _tokens(tokenizer, opening + header)
    tail = whole[at + len(header) :]
    written = _tokens(tokenizer, tail)
    if _decoded(tokenizer, written) != tail:
        # Some tokenizers put a space before every text: such a text cannot be parted.
        written = _tokens(tokenizer, opening + header + tail)[len(given) :]
    return Parted(given=given, written=written)


def given_tokens(tokenizer: Tokenizer, prompt: Turns, begun: str) -> list[int]:
    """Return what a model is given at inference: the prompt and the beginning of its answer."""
    return _tokens(tokenizer, _text(tokenizer, prompt, open_end=True) + begun)


def _text(tokenizer: Tokenizer, turns: Turns, *, open_end: bool) -> str:
    text: str = tokenizer.apply_chat_template(turns, add_generation_prompt=open_end, tokenize=False)
    return text


def _shared(one: str, other: str) -> int:
    """Return how many letters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _tokens(tokenizer: Tokenizer, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _decoded(tokenizer: Tokenizer, tokens: Sequence[int]) -> str:
    return tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)
