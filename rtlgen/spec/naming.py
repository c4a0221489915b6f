"""The name of the module that a specification asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rtlgen.spec.declared import KEYWORDS
from rtlgen.spec.headings import read_heading
from rtlgen.spec.text import IDENTIFIER, LINE_LIMIT, plain, words

_NAMED = re.compile(
    rf"\bmodule\s+(?:is\s+|shall\s+be\s+|should\s+be\s+|must\s+be\s+|to\s+be\s+)?(?:named|called)\s*:?\s*[\"']?({IDENTIFIER})"
)
_FIELD = re.compile(
    rf"^\s*(?:[-*]\s+)?(?:top[- ]?(?:level\s+)?)?(?:verilog\s+)?module(?:[ _]name)?"
    rf"\s*(?::|=|\bis\b)\s*[\"']?({IDENTIFIER})[\"']?\s*[.;,]?\s*(?:$|[(-])",
    re.IGNORECASE,
)
_HEADED = re.compile(rf"^\s*[Mm]odule\s+({IDENTIFIER})\s*:(?=\s*(?:an?|inputs?|outputs?)\s)")
_FIELD_ALONE = re.compile(
    r"^\s*(?:[-*#]+\s*)?(?:top[- ]?(?:level\s+)?)?module(?:[ _]name)?\s*:?\s*$", re.IGNORECASE
)
_QUOTED = re.compile(rf"\b[Mm]odule\s+(?:[`\"']|\*\*)({IDENTIFIER})(?:[`\"']|\*\*)")
_QUOTED_BEFORE = re.compile(rf"[`\"']({IDENTIFIER})[`\"']\s+module\b")
_NAME_IT = re.compile(
    rf"\b(?:[Cc]all|[Nn]ame)\s+(?:the|this|your)\s+(?:module|block)\s+[`\"']?({IDENTIFIER})"
    rf"|^\s*module\s+({IDENTIFIER})\s*[(;]?\s*$|\([Mm]odule\s+name:?\s+({IDENTIFIER})\b"
    rf"|\bmodule(?:'s)?\s+name\s+(?:is|shall be|should be|must be)\s+[`\"']?({IDENTIFIER})"
    rf"|\bname\s+of\s+the\s+module\s+(?:is|shall be|should be|must be)\s+[`\"']?({IDENTIFIER})"
)
_SUBJECT = re.compile(
    rf"^[#*\-\s]*(?:The\s+)?[Mm]odule\s+[`\"']({IDENTIFIER})[`\"']\s+(?:accept|take|has|have|implement"
    r"|comput|count|receive|produce|detect|generate|is an?\b)"
)
_ALONE_SUBJECT = re.compile(
    rf"^[*\-\s]*[`\"']({IDENTIFIER})[`\"']\s+(?:is\s+(?:an?\s+)?(?:(?:purely|fully|completely|small"
    r"|simple)\s+){0,2}(?:combinational|combinatorial|sequential|synchronous|module|block|circuit)\b"
    r"|(?:turns|converts|translates|encodes|decodes|computes|calculates|implements)\s)"
)
"""`"alu" is purely combinational`, where a sentence begins."""
_NO_SUBJECT = re.compile(r"^(?:\w+_)?(?:a|s|n)?(?:clk|clock|rst|reset)\w*$", re.IGNORECASE)
"""`"reset" is synchronous` tells of a port."""
_CODE_MARKED = re.compile(
    r"(?<!function )(?<!signal )(?<!state )(?<!value )(?<!parameter )(?<!equation )"
    rf"`({IDENTIFIER})`"
)
_OPENING = 12
"""Lines from the start within which a text names what it is about."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'])")
_CODE_LIKE = r"(?:(?=[a-z\d]*[_\d])[a-z]\w*|(?=[A-Za-z\d]*_)[A-Za-z]\w*)"
_BARE = re.compile(rf"\bmodule\s+({_CODE_LIKE})\s+(?:that|which|with|having|has|takes)\b")
_VERB = (
    r"^\W*(?:Please\s+)?(?:[Dd]esign|[Ii]mplement|[Cc]reate|[Ww]rite|[Bb]uild|[Mm]ake|[Dd]evelop"
    r"|[Dd]escribe)\b"
)
_NO_PORT = (
    r"(?:(?!(?:with|inputs?|outputs?|ports?|signals?|that|which|whose|has|using|for|of|in|on|from|to"
    r"|when|if|functions?|equations?|logic|expressions?|instances?|module)\b)[\w-]+\s+){0,8}?"
)
_ORDERED = re.compile(
    rf"{_VERB}\s+{_NO_PORT}(?:(?:named|called)\s+[`\"']?({IDENTIFIER})|[`\"']({IDENTIFIER})[`\"'])"
    r"(?!\w)(?!\s*(?:input|output|port|signal|register)s?\b)"
)
_ASKED = re.compile(
    r"\b(?:implement|design|create|write|build|make|develop|describe|called|named|top)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(IDENTIFIER)
_ALONE = re.compile(rf"^\s*[`*\"']*({IDENTIFIER})[`*\"']*\s*[.;,]?\s*$")
_TITLE_NAME = re.compile(
    rf"^(?:(?:module|design|block|spec(?:ification)?|rtl)\s*[:-]?\s*)?({IDENTIFIER})(?:\s*[:(].*|\s+-.*|\s+(?:module|spec|specification|block|readme|datasheet|requirements))?$",
    re.IGNORECASE,
)


_CALLED_IT = re.compile(rf"\b[Cc]all\s+it\s+[`\"']({IDENTIFIER})[`\"']")
_SHORTEST = 4
"""Letters of a word that may be a module's name without being said to be one."""
_CODE_WORD = re.compile(
    r"(?P<said>\b(?:module|block|component|unit|named?|called|call\s+it|write|name\s+it)(?:\s+is)?:?\s+)?"
    r"(?<![\w.\[])(?P<name>(?=[A-Za-z]\w*[_\d])[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)(?![\w\[(=])",
    re.IGNORECASE,
)
_CODED_ALONE = re.compile(rf"\s*`({IDENTIFIER})`\s*\Z")
_TITLE_ALIAS = re.compile(rf"\(({_CODE_LIKE})\)|(?::|\s-)\s+({_CODE_LIKE})$")
"""What looks like code at a title's end: `Door controller (door_ctrl)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleName:
    """A name, the line that gives it, and whether it is a guess."""

    name: str
    line: int
    origin: str
    """What it was taken from, for the message."""
    assumed: bool = False


def stated_name(
    lines: Sequence[str], *, start: int = 0, never: Collection[str] = ()
) -> ModuleName | None:
    """Return the name that the text gives in so many words, and that is none of `never`."""
    quoted: ModuleName | None = None
    for index in range(start, len(lines)):
        line = lines[index][:LINE_LIMIT]
        found = _in_line(lines, index)
        if found is not None and found.name not in never:
            return found
        alone = _CODED_ALONE.match(line) if index < start + _OPENING // 2 else None
        name = alone[1] if alone else _quoted(line)
        if name and quoted is None and name not in KEYWORDS and name not in never:
            quoted = ModuleName(name=name, line=index + 1, origin="text")
    return quoted


def _quoted(line: str) -> str:
    """Return the name that some sentence of a line gives, or empty."""
    return next(filter(None, map(_quoted_in, _SENTENCE_END.split(line))), "")


def _quoted_in(line: str) -> str:
    """Return the name in `Design the module "m"` and `Build a counter called m`, or empty."""
    if "odule" in line:
        if subject := _SUBJECT.match(line):
            return subject[1]
        match = _QUOTED.search(line) or _QUOTED_BEFORE.search(line)
        if match and (_ASKED.search(line) or not line[: match.start()].strip("#*- ")):
            return match[1]
        if (bare := _BARE.search(line)) and not _OTHER.search(line[: bare.start()]):
            return bare[1]
    if called := _CALLED_IT.search(line):
        return called[1]
    ordered = _ORDERED.match(line)
    name = (ordered[1] or ordered[2]) if ordered else ""
    alone = _ALONE_SUBJECT.match(line)
    if alone and not _NO_SUBJECT.match(alone[1]):
        name = alone[1]
    return "" if name.lower() in _NO_MODULE | _GENERIC else name


def _in_line(lines: Sequence[str], index: int) -> ModuleName | None:
    if "odule" not in lines[index] and "ODULE" not in lines[index]:
        return None
    line = plain(lines[index][:LINE_LIMIT])
    match = _FIELD.match(line.lstrip("# ")) or _split_named(lines, index) or _named_it(line)
    name = next(filter(None, match.groups()), "") if match else ""
    if name and name.lower() not in _NO_MODULE:
        return ModuleName(name=name, line=index + 1, origin="text")
    if _FIELD_ALONE.match(line):
        for number in range(index + 1, min(index + 4, len(lines))):
            if not lines[number].strip():
                continue
            match = _ALONE.match(plain(lines[number]))
            if match and match[1] not in KEYWORDS:
                return ModuleName(name=match[1], line=number + 1, origin="text")
            return None
    return None


def _named_it(line: str) -> re.Match[str] | None:
    headed = _HEADED.match(line)
    return headed if headed and _is_good(headed[1]) else _NAME_IT.search(line)


_OTHER = re.compile(
    r"\b(?:instantiat\w*|sub-?\s?$|submodule|given|provided|using|uses?\b)", re.IGNORECASE
)


def _split_named(lines: Sequence[str], index: int) -> re.Match[str] | None:
    """Match `module named X`, also where the line ends before the name."""
    following = lines[index + 1][:200] if index + 1 < len(lines) else ""
    text = plain(f"{lines[index][:LINE_LIMIT].rstrip()} {following.strip()}")
    for match in _NAMED.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        if not _OTHER.search(before):
            return match
    return None


_NO_MODULE = KEYWORDS | words("the a an this that it is has should must will name")


def title_of(lines: Sequence[str], *, start: int = 0) -> str:
    """Return the first Markdown heading, or empty."""
    for index in range(start, min(start + 200, len(lines))):
        line = lines[index]
        heading = read_heading(line) if line.startswith("#") else None
        if heading:
            return heading.title
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line.strip() and re.match(r"^={3,}\s*$", following):
            return plain(line).strip()
    return ""


def title_line(lines: Sequence[str], title: str, *, start: int = 0) -> int:
    """Return the number of the first line that has `title`; 1 if none has."""
    found = (n for n in range(start, len(lines)) if title in plain(lines[n][:LINE_LIMIT]))
    return next(found, 0) + 1


def only_coded(
    lines: Sequence[str], *, start: int = 0, ports: Collection[str] = ()
) -> ModuleName | None:
    """Return the only name in code marks that is none of `ports`, where the text begins with it.

    It is what the text is about: "The register `checked` must notice ...".
    """
    first: dict[str, int] = {}
    for index in range(start, len(lines)):
        for found in _CODE_MARKED.finditer(lines[index][:LINE_LIMIT]):
            first.setdefault(found[1], index + 1)
    names = [name for name in first if name not in ports]
    if len(names) != 1 or first[names[0]] > start + _OPENING or not _is_good(names[0]):
        return None
    return ModuleName(name=names[0], line=first[names[0]], origin="text", assumed=True)


def early_coded(
    lines: Sequence[str], *, start: int = 0, ports: Collection[str] = (), path: str = ""
) -> ModuleName | None:
    """Return the first word near the start that looks like code and is none of `ports`.

    One that a word such as "module" stands before is preferred, then one that the file is called.
    """
    found: list[tuple[int, int, str]] = []
    for index in range(start, min(len(lines), start + _OPENING)):
        for match in _CODE_WORD.finditer(plain(lines[index][:LINE_LIMIT])):
            name = match["name"]
            if name in ports or name.lower() in _NO_MODULE | _GENERIC or len(name) < _SHORTEST:
                continue
            rank = 0 if match["said"] else 1 if name == PurePath(path).stem else 2
            found.append((rank, index, name))
    if not found:
        return None
    _, index, name = min(found, key=lambda one: one[:2])
    text = "\n".join(lines)
    if name.isupper() and re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", text):
        name = name.lower()
    return ModuleName(name=name, line=index + 1, origin="text", assumed=True)


def coded_title(lines: Sequence[str], *, start: int = 0) -> ModuleName | None:
    """Return the only name that the first heading has in code marks."""
    for index in range(start, min(start + 200, len(lines))):
        if lines[index].startswith("#"):
            names = re.findall(rf"`({IDENTIFIER})`", lines[index][:LINE_LIMIT])
            if len(names) == 1 and _is_good(names[0]):
                return ModuleName(name=names[0], line=index + 1, origin="title", assumed=True)
            return None
    return None


def assumed_name(title: str, path: str) -> ModuleName | None:
    """Return the name that the title or the file's name suggests."""
    if (match := _TITLE_NAME.match(title)) and _is_good(match[1]):
        return ModuleName(name=match[1], line=1, origin="title", assumed=True)
    if (match := _TITLE_ALIAS.search(title)) and _is_good(alias := match[1] or match[2]):
        return ModuleName(name=alias, line=1, origin="title", assumed=True)
    words = re.findall(r"[A-Za-z0-9]+", re.split(r"[(:]", title)[0])
    if 2 <= len(words) <= 6 and _is_good(slug := "_".join(words).lower()):
        return ModuleName(name=slug, line=1, origin="title", assumed=True)
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", PurePath(path).stem).strip("_")
    if not path.startswith("<") and _is_good(stem):
        return ModuleName(name=stem, line=1, origin="file name", assumed=True)
    return None


def _is_good(name: str) -> bool:
    return (
        _IDENTIFIER.fullmatch(name) is not None
        and name.lower() not in _NO_MODULE
        and name.lower() not in _GENERIC
    )


_GENERIC = words(
    "overview introduction specification spec description interface ports summary module design "
    "readme requirements background function behavior inputs outputs parameters purpose"
)
