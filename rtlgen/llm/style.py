"""How a model wants to be asked: it may have been trained on one form of prompt only.

`rtlgen train` leaves `rtlgen.json` beside the weights that it saves, and
`rtlgen.prompt` in a GGUF file.
"""

from __future__ import annotations

import json
import mmap
import struct
from pathlib import Path
from typing import Literal, Protocol, get_args, runtime_checkable

from rtlgen.llm.model import LanguageModel, ModelFault

PromptStyle = Literal["chat", "plain"]
"""Instructions as for any chat model, or description and header alone (`prompts.plain`)."""
FILE = "rtlgen.json"
GGUF_KEY = "rtlgen.prompt"
"""Key of the style in the metadata of a GGUF file."""
_GGUF_STRING = 8
"""Type of a string in the metadata of GGUF."""


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


def style_at(path: Path) -> PromptStyle:
    """Return the style of a model or adapter: a folder, or a GGUF file.

    Raises:
        ModelFault: What names it is damaged, or names no style.
    """
    if path.suffix != ".gguf" or not path.is_file():
        return style_in(path)
    found = style_inside(path)
    return style_in(path.parent) if found is None else checked(found, str(path))


def style_inside(path: Path) -> str | None:
    """Return the text under `GGUF_KEY` in the file's metadata, if there is any.

    The key is looked for as it is written, its length before it: to read all of the
    metadata takes seconds, because it holds the vocabulary.
    """
    key = GGUF_KEY.encode()
    wanted = struct.pack("<Q", len(key)) + key + struct.pack("<I", _GGUF_STRING)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        start = whole.find(wanted)
        if start < 0:
            return None
        at = start + len(wanted)
        length = int.from_bytes(whole[at : at + 8], "little")
        return whole[at + 8 : at + 8 + min(length, 64)].decode(errors="replace")


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
