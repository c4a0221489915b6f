"""A conversation is parted where the model begins to write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.train.tokens import Unfit, given_part, part
from tests.rtlgen.train import tiny


class Letters:
    """A tokenizer with a token for each letter, and one for a line's end with what follows it."""

    def __init__(self, *, space: bool = False, end: str = "</s>") -> None:
        self.space, self.end = space, end

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        assert not add_special_tokens
        text = " " + text if self.space else text
        tokens: list[int] = []
        for letter in text:
            if tokens and tokens[-1] == ord("\n") and letter == " ":
                tokens[-1] = -1
            else:
                tokens.append(ord(letter))
        return {"input_ids": tokens}

    def apply_chat_template(self, turns: Any, **options: bool) -> str:
        assert not options["tokenize"]
        said = "".join(f"[{turn['role']}]{turn['content']}{self.end}" for turn in turns)
        return said + "[assistant]" * options["add_generation_prompt"]

    def decode(self, tokens: Any, **_: bool) -> str:
        return "".join("\n " if token == -1 else chr(token) for token in tokens)


PROMPT = [tiny.turn("user", f"Spec.\n\n{tiny.HEADER}")]


def test_the_header_that_the_prompt_ends_with_is_given() -> None:
    assert given_part(PROMPT, tiny.RIGHT) == tiny.HEADER


@pytest.mark.parametrize(
    "answer",
    [
        f"```verilog\n{tiny.RIGHT}```",
        tiny.RIGHT.replace("input a", "input b"),
        "assign y = ~a;\nendmodule\n",
        ");\nendmodule\n",
        "",
    ],
)
def test_an_answer_that_begins_otherwise_is_all_written(answer: str) -> None:
    assert given_part(PROMPT, answer) == ""


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_given_begins_the_answer_and_ends_the_prompt(said: str, answer: str) -> None:
    found = given_part([tiny.turn("user", said)], answer)
    assert answer.startswith(found)
    assert said.rstrip().endswith(found)


def test_each_side_is_split_by_itself() -> None:
    tokenizer = Letters()
    parted = part(tokenizer, PROMPT, tiny.RIGHT, body=True)
    assert tokenizer.decode(parted.given).endswith(f"[assistant]{tiny.HEADER}")
    assert tokenizer.decode(parted.written) == tiny.RIGHT.removeprefix(tiny.HEADER) + "</s>"
    assert parted.written[0] == -1


def test_without_body_the_whole_answer_is_written() -> None:
    tokenizer = Letters()
    parted = part(tokenizer, PROMPT, tiny.RIGHT, body=False)
    assert tokenizer.decode(parted.given).endswith("[assistant]")
    assert tokenizer.decode(parted.written) == tiny.RIGHT + "</s>"


def test_an_answer_without_a_word_is_the_end_of_the_turn() -> None:
    assert Letters().decode(part(Letters(), PROMPT, "", body=True).written) == "</s>"


def test_a_tokenizer_that_puts_a_space_before_every_text() -> None:
    tokenizer = Letters(space=True)
    parted = part(tokenizer, PROMPT, tiny.RIGHT, body=True)
    whole = tokenizer.decode(parted.given + parted.written)
    assert whole == f" [user]{PROMPT[0]['content']}</s>[assistant]{tiny.RIGHT}</s>"


def test_a_template_that_changes_the_answer() -> None:
    class Upper(Letters):
        def apply_chat_template(self, turns: Any, **options: bool) -> str:
            return super().apply_chat_template(turns, **options).upper()

    with pytest.raises(Unfit, match="changes the answer"):
        part(Upper(), PROMPT, tiny.RIGHT, body=True)
