"""The wrappings around an answer: odd characters, JSON, escapes, reasoning, answer tags."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\x0b\x0c\x85\u2028\u2029]")
_NO_CHARACTER = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]"
)
_QUOTE_OF_NUMBER = re.compile("(?<=\\d)[\u2018\u2019\u00b4\u2032`](?=[sS]?[bBoOdDhH])")
_TURN = re.compile(r"<[|\uff5c][^<>|\uff5c\s]{1,40}[|\uff5c]>|</?s>[ \t]*$|\[/?INST\]", re.M)
_FINAL = re.compile(r"<\|channel\|>\s*final\b[^<\n]{0,80}<\|message\|>")
_THOUGHT = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
_REASONING = re.compile(
    rf"(?P<open><(?:{_THOUGHT})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>)"
    rf"|(?P<close></(?:{_THOUGHT})>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>)",
    re.I,
)
_ANSWER = re.compile(
    r"(?P<open><(?:answer|solution|verilog|systemverilog|rtl)>|\[BEGIN\]|<\|begin_of_solution\|>)"
    r"|(?P<close></(?:answer|solution|verilog|systemverilog|rtl)>|\[DONE\]"
    r"|<\|end_of_solution\|>)",
    re.I,
)
_HTML_TAG = re.compile(r"</?(?:pre|code|p|br|div|span)\b[^<>\n]{0,200}>", re.I)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34|#60|#62|#38);")
_ENTITY_NAME = re.compile(r"(?<![\w&])(?:lt|gt|amp|quot|apos|nbsp)(?!\w)")
_KEY = re.compile(r'"(?:\w*_)?(?:code|verilog|rtl|module|design|answer|solution|response)"\s*:\s*"')
_JSON_STRING = re.compile(r'(?:[^"\\]|\\.)*+', re.S)
_ESCAPE = re.compile(r'\\(?:r\\n|([nrt"\\/]))')
_ESCAPED = {"n": "\n", "r": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
_CAPITALS = re.compile(
    r"^[ \t]*+(?:(?:Module|MODULE)(?=[ \t]++[A-Za-z_][\w$]*+\s*+[(#;])"
    r"|(?:Endmodule|EndModule|ENDMODULE)(?=[ \t]*+(?:$|//|:)))",
    re.M,
)
_NUMBERED = re.compile(r"[ \t]*(?P<number>\d{1,6})[ \t]*[:|][ \t]?(?P<line>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One part of an answer in which to look for code; the best ones first."""

    text: str
    how: tuple[str, ...] = ()
    thought: bool = False
    """Whether it is reasoning, in which drafts stand."""
    open: bool = False
    """Whether it lacks its end."""


def clean(text: str) -> str:
    """Return `text` with the characters replaced that no Verilog tool takes."""
    text = text.encode("utf-8", "replace").decode()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _NO_CHARACTER.sub("", _ODD_SPACE.sub(" ", text))
    return text if text.isascii() else _QUOTE_OF_NUMBER.sub("'", text)


def areas(text: str) -> Iterator[Area]:
    """Yield the parts of a cleaned answer in which code may stand, the likeliest first."""
    *_, text = _FINAL.split(text)
    answer, thought, open_ = _without_reasoning(text)
    removed = ("reasoning removed",) if thought else ()
    tagged, tag_open = _last_tagged(answer)
    if tagged is not None:
        yield from _plain(tagged, (*removed, "text in answer tags"), open_=tag_open)
    yield from _plain(_ANSWER.sub("\n", answer), removed, open_=open_)
    if thought:
        yield from _plain(thought, ("taken from the reasoning",), thought=True, open_=open_)


def _plain(
    text: str, how: tuple[str, ...], *, thought: bool = False, open_: bool = False
) -> Iterator[Area]:
    """Yield `text` with its escapes undone; JSON in it first."""
    for change, why in (
        (_from_json, "taken out of JSON"),
        (_unescaped, "escaped line ends"),
        (_without_markup, "HTML undone"),
        (_small_keywords, "keywords in lower case"),
    ):
        changed = change(text)
        if changed is not None:
            text, how = changed, (*how, why)
    text = _TURN.sub("\n", text)
    if text.strip():
        yield Area(text=text, how=how, thought=thought, open=open_)


def _without_reasoning(text: str) -> tuple[str, str, bool]:
    """Return the answer, the reasoning, and whether the reasoning never ends."""
    answer: list[str] = []
    thought: list[str] = []
    cursor, inside = 0, False
    for tag in _REASONING.finditer(text):
        before = text[cursor : tag.start()]
        if tag["close"] and not inside:
            # All that came before was reasoning: the template had opened it.
            thought += [*answer, before]
            answer = []
        else:
            (thought if inside else answer).append(before)
        inside = bool(tag["open"])
        cursor = tag.end()
    (thought if inside else answer).append(text[cursor:])
    return "\n".join(answer), "\n".join(thought), inside


def _last_tagged(text: str) -> tuple[str | None, bool]:
    """Return what stands in the last answer tags, and whether they are never closed."""
    found: str | None = None
    start: int | None = None
    for tag in _ANSWER.finditer(text):
        if tag["open"]:
            start = tag.end()
        elif start is not None:
            inside = text[start : tag.start()]
            found = inside if inside.strip() else found
            start = None
    if start is not None and text[start:].strip():
        return text[start:], True
    return found, False


def _from_json(text: str) -> str | None:
    bare = text.strip()
    if bare.startswith("```"):
        first, _, rest = bare.partition("\n")
        if first.strip("`~ \t").lower() == "json":
            bare = rest.partition("\n```")[0].strip()
    if not bare.startswith(("{", "[", '"')):
        return None
    try:
        value = json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        return _broken_json(bare)
    strings = list(_strings(value))
    modules = [s for s in strings if "endmodule" in s]
    return "\n".join(modules) or max(strings, key=len, default="") or None


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict):
            waiting += reversed(item.values())


def _broken_json(text: str) -> str | None:
    """Return the string of the key for code, where the JSON around it cannot be read."""
    key = _KEY.search(text)
    if key is None:
        return None
    string = _JSON_STRING.match(text, key.end())
    return _undone(string.group()) if string else None


def _undone(text: str) -> str:
    return _ESCAPE.sub(lambda m: _ESCAPED[m[1]] if m[1] else "\n", text)


def _unescaped(text: str) -> str | None:
    r"""Undo `\n` for line ends, where these are rarer than that."""
    escapes = text.count("\\n")
    if escapes < 2 or text.strip().count("\n") * 4 > escapes:
        return None
    return _undone(text)


def _without_markup(text: str) -> str | None:
    """Undo HTML, unless `lt` or the like is a name in the text."""
    changed = _HTML_TAG.sub("\n", text) if "</" in text or "<br" in text else text
    if _ENTITY.search(changed) and not _ENTITY_NAME.search(_ENTITY.sub("", changed)):
        changed = html.unescape(changed)
    return changed if changed != text else None


def _small_keywords(text: str) -> str | None:
    """Write `Module` and `ENDMODULE` as Verilog does, where they stand like keywords."""
    changed = _CAPITALS.sub(lambda match: match.group().lower(), text)
    return changed if changed != text else None


def without_line_numbers(text: str) -> str | None:
    """Return `text` without line numbers, or None where it has none."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(match["number"]) for match in found if match]
    consecutive = all(b == a + 1 for a, b in pairwise(numbers))
    if len(numbers) < 3 or len(numbers) * 10 < len(lines) * 9 or not consecutive:
        return None
    return "\n".join(
        match["line"] if match else line for line, match in zip(lines, found, strict=True)
    )
