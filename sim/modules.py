"""Which modules a set of sources defines, and which of them is the top.

A linear scan over words, not a parser: it is used on text that nobody has
looked at yet, only to choose a name. Whether the text is a design, the gate
says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.design import Design
from sim.errors import InvalidDesign

_TOKEN = re.compile(
    r"""//[^\n]*            # line comment
      | /\*.*?(?:\*/|\Z)    # block comment
      | "(?:\\.|[^"\\\n])*"? # string
      | \\\S+               # escaped identifier
      | [A-Za-z_$][\w$]*    # word
      | \S
    """,
    re.X | re.S,
)
_MODULE = {"module", "macromodule"}
_LIFETIME = {"automatic", "static"}


def module_names(design: Design) -> list[str]:
    """Return the names of the modules that `design` seems to define, in order."""
    names: dict[str, None] = {}
    for text in design.sources.values():
        words = list(_words(text))
        for index, word in enumerate(words):
            if word in _MODULE and (name := _name_after(words, index)):
                names[name] = None
    return list(names)


def top_module(design: Design, *, what: str = "design") -> str:
    """Return the one module that no other one instantiates.

    Raises:
        InvalidDesign: There is none, or more than one.
    """
    names = module_names(design)
    if not names:
        files = ", ".join(design.sources)
        raise InvalidDesign(f"{what} must define a module; {files} has none")
    instantiated = {name for text in design.sources.values() for name in _instantiated(text)}
    tops = [name for name in names if name not in instantiated] or names
    if len(tops) > 1:
        raise InvalidDesign(
            f"{what} must have one top module, not {', '.join(tops)}\n\nhint: name it with --top"
        )
    return tops[0]


def _words(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.startswith(("//", "/*", '"')):
            yield token


def _name_after(words: list[str], index: int) -> str | None:
    rest = [word for word in words[index + 1 : index + 3] if word not in _LIFETIME]
    return rest[0] if rest and re.match(r"[A-Za-z_]", rest[0]) else None


def _instantiated(text: str) -> Iterator[str]:
    """Yield words that stand where an instantiated module's name would: before a name or `#`."""
    words = list(_words(text))
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if before not in {*_MODULE, *_LIFETIME, ":"} and (
            after == "#" or re.match(r"[A-Za-z_\\]", after)
        ):
            yield word
