"""The fenced code blocks of a Markdown text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(
    r"(?:^[ \t>*-]{0,40}|(?<=[:.)!?,])[ \t]{0,8})(?P<mark>`{3,}+|~{3,}+)(?P<info>[^`~\n]{0,200})$"
    r"|(?P<late>(?<=[^\s`])[ \t]{0,8}`{3,}[ \t]*$)"
    r"|^[ \t]{0,40}(?P<one>`{3,}+)(?:s?verilog|systemverilog|sv|v)?[ \t]"
    r"(?P<code>[^`\n]*+)`{3,}+[ \t]*$",
    re.M,
)
_QUOTED = re.compile(r"^[ \t]{0,8}> ?", re.M)
_TAG = re.compile(r"[\w+#.-]+")
_OTHER_LANGUAGES = re.compile(
    r"bash|c|c\+\+|chisel|console|cpp|csv|diff|dot|h|html|java|javascript|js|json|latex|make"
    r"|makefile|mermaid|py|python|python3|rust|scala|sh|shell|tcl|tex|vhdl|wavedrom|xml|yaml"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block."""

    text: str
    tag: str
    """What the fence says it is, in lower case; often empty."""
    closed: bool

    @property
    def foreign(self) -> bool:
        """Whether it says to be of another language."""
        return _OTHER_LANGUAGES.fullmatch(self.tag) is not None


def blocks(text: str) -> tuple[list[Block], str]:
    """Return the fenced blocks of `text`, and what stands around them."""
    found: list[Block] = []
    around: list[str] = []
    cursor, mark, tag = 0, "", ""
    for fence in _FENCE.finditer(text):
        before = text[cursor : fence.start()]
        info = (fence["info"] or "").strip().lower()
        if fence["one"]:
            before, info = fence["code"], ""
            around.append(text[cursor : fence.start()])
            found.append(Block(text=before, tag="", closed=True))
        elif mark and not _closes(fence, mark):
            continue
        elif mark:
            found.append(Block(text=_unquoted(before), tag=tag, closed=not info))
        else:
            around.append(before)
        opens = not fence["one"] and not fence["late"] and (not mark or bool(info))
        mark = fence["mark"] if opens else ""
        tag = _tag(info) if opens else ""
        cursor = fence.end()
    if mark:
        found.append(Block(text=_unquoted(text[cursor:]), tag=tag, closed=False))
    else:
        around.append(text[cursor:])
    return found, "\n".join(around)


def _closes(fence: re.Match[str], mark: str) -> bool:
    """Whether `fence` ends a block; one with a language ends it too, the end was forgotten."""
    if fence["late"]:
        return True
    return str(fence["mark"]).startswith(mark)


def _tag(info: str) -> str:
    found = _TAG.match(info)
    return found.group() if found else ""


def _unquoted(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and all(line.lstrip().startswith(">") for line in lines):
        return _QUOTED.sub("", text)
    return text
