"""How a model wants to be asked: it may have been trained on one form of prompt only.

`rtlgen train` leaves `rtlgen.json` beside the weights that it saves, and
`rtlgen.prompt` in a GGUF file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, Protocol, get_args, runtime_checkable

from rtlgen.llm.model import LanguageModel, ModelFault

PromptStyle = Literal["chat", "plain"]
"""Instructions as for any chat model, or description and header alone (`prompts.plain`)."""
FILE = "rtlgen.json"
GGUF_KEY = "rtlgen.prompt"
"""Key of the style in the metadata of a GGUF file."""


@runtime_checkable
class HasStyle(Protocol):
    """A model that knows how it wants to be asked."""

    @property
    def prompt_style(self) -> PromptStyle:
        """The form of its prompts."""


def style_of(model: LanguageModel) -> PromptStyle:
    """Return how `model` wants to be asked."""
    return model.prompt_style if isinstance(model, HasStyle) else "chat"


def style_in(folder: Path) -> PromptStyle:
    """Return the style that `FILE` in `folder` names; `chat` where there is no such file.

    Raises:
        ModelFault: The file is damaged, or names no style.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return "chat"
    except (OSError, ValueError, RecursionError) as error:
        raise ModelFault(f"cannot read {path}: {error}\n\nhint: save the model again") from error
    return checked(found.get("prompt") if isinstance(found, dict) else None, str(path))


def checked(value: object, place: str) -> PromptStyle:
    """Return `value` as a style.

    Raises:
        ModelFault: It is none; names `place`.
    """
    for known in get_args(PromptStyle):
        if value == known:
            style: PromptStyle = known
            return style
    raise ModelFault(
        f"a prompt style must be one of {', '.join(get_args(PromptStyle))}, not {value!r}, {place}"
        "\n\nhint: save or convert the model again"
    )
