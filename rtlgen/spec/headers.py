"""Verilog module headers that stand in a specification, fenced or bare."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rtlgen.errors import SpecError
from rtlgen.spec.declared import DeclaredPort
from rtlgen.spec.model import Place
from rtlgen.spec.text import line_place
from rtlgen.spec.widths import Width, find_range
from sim.errors import SimError
from sim.interface import Interface, read_header

_START = re.compile(
    r"^\s*(?:\(\*.{0,80}?\*\)\s*)?(?:module|macromodule)\s+([A-Za-z_][\w$]*)\s*(.*)$"
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_DEFINE = re.compile(r"^\s*`define\s+\w+\s")
_LINES_LIMIT = 2000
"""A module longer than this is searched for its end no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A module as the text shows it: the lines from `module` to `;` or `endmodule`."""

    name: str
    source: str
    place: Place
    body: bool
    """Whether statements follow the header."""
    instances: frozenset[str] = frozenset()
    """Words that begin statements of the body: names of submodules among them."""


def find_headers(lines: Sequence[str], *, start: int = 0) -> list[Header]:
    """Return every module header in `lines` from index `start` on, in order."""
    found: list[Header] = []
    at = start
    defines: list[str] = []
    while at < len(lines):
        if _DEFINE.match(lines[at]):
            defines.append(lines[at].strip())
        header = _read(lines, at, defines) if "module" in lines[at] else None
        if header is not None:
            found.append(header)
            at = header.place.end_line
        else:
            at += 1
    return found


def _read(lines: Sequence[str], at: int, defines: Sequence[str]) -> Header | None:
    match = _START.match(lines[at])
    if not match or not re.match(r"[(#;]|import\b|//|$", match[2]):
        return None
    head_end = _head_end(lines, at) if match[2] or _opens(lines, at + 1) else None
    if head_end is None:
        return None
    end = _module_end(lines, head_end)
    last = end if end is not None else head_end
    text = "\n".join(lines[at : last + 1])
    if end is None:
        if match[2].startswith(";") and len(lines[at].split()) < 3:
            return None
        text += "\nendmodule"
    words = frozenset(re.findall(r"^\s*([A-Za-z_]\w*)\s+(?:#|[A-Za-z_])", text, re.MULTILINE))
    return Header(
        name=match[1],
        source="\n".join([*defines, text, ""]),
        place=Place(line=at + 1, end_line=last + 1),
        body=end is not None and end > head_end + 1,
        instances=words,
    )


def _opens(lines: Sequence[str], at: int) -> bool:
    """Return whether the next line that says something goes on with a header."""
    following = next((line.strip() for line in lines[at : at + 5] if line.strip()), "")
    return following.startswith(("(", "#"))


def _head_end(lines: Sequence[str], at: int) -> int | None:
    """Return the index of the line on which the header's `;` stands, or its last `)`."""
    depth, opened, closed = 0, False, None
    for index in range(at, min(at + _LINES_LIMIT, len(lines))):
        line = re.sub(r"//.*|/\*.*?\*/", "", lines[index])
        if index > at and (_FENCE.match(line) or _START.match(line)):
            return closed
        for char in line:
            if char == "(":
                depth, opened = depth + 1, True
            elif char == ")":
                depth -= 1
                closed = index if depth == 0 else closed
            elif char == ";" and depth <= 0:
                return index
        if closed is not None and not line.strip():
            return closed
        if not opened and index > at + 3:
            return None
    return closed


def _module_end(lines: Sequence[str], head_end: int) -> int | None:
    for index in range(head_end, min(head_end + _LINES_LIMIT, len(lines))):
        if re.search(r"\bendmodule\b", lines[index]):
            return index
        if index > head_end and (_FENCE.match(lines[index]) or _START.match(lines[index])):
            break
    return None


def choose_header(headers: Sequence[Header], asked: str) -> Header | None:
    """Return the header of module `asked`, or of the module that uses the others.

    None if `asked` is not among them. A module that stands there twice, once as
    an example that is wrong, is meant where it stands last.
    """
    if asked:
        named = [header for header in headers if header.name == asked]
        return named[-1] if named else None
    if not headers:
        return None
    used = {word for header in headers for word in header.instances - {header.name}}
    tops = [header for header in headers if header.name not in used] or list(headers)
    bare = [header for header in tops if not header.body]
    return (bare or tops)[-1]


def header_interface(header: Header) -> tuple[Interface, list[DeclaredPort]]:
    """Return the interface in `header`, and its ports with their lines and comments.

    Raises:
        SpecError: The header cannot be read.
    """
    try:
        interface = read_header(header.source, module=header.name)
    except SimError as error:
        reason = str(error).partition("\n")[0]
        raise SpecError(
            f"the header of module {header.name!r} cannot be read, {header.place}: {reason}\n\n"
            "hint: correct the header, or describe the ports as a list or a table instead"
        ) from error
    lines = header.source.split("\n")
    shift = header.place.line - next(i for i, line in enumerate(lines) if _START.match(line))
    declared = []
    for port in interface.ports:
        index = _find(lines, port.name)
        width = Width(msb=str(port.msb), lsb=str(port.lsb)) if port.msb is not None else None
        declared.append(
            DeclaredPort(
                name=port.name,
                direction=port.direction,
                place=line_place(index + shift),
                width=width,
                signed=port.signed,
                description=lines[index].partition("//")[2].strip(),
                style="header",
            )
        )
    return interface, declared


def widths_in(header: Header, names: Iterable[str]) -> dict[str, Width]:
    """Return the ranges that stand right in front of these ports in `header`."""
    found = {}
    for name in names:
        match = re.search(rf"(\[[^\[\]\n]{{1,100}}\])\s*{re.escape(name)}\b", header.source)
        if match and (width := find_range(match[1])):
            found[name] = width
    return found


def used_names(headers: Sequence[Header]) -> frozenset[str]:
    """Return the names that stand at least twice in one module: declared, and used."""
    names: set[str] = set()
    for header in headers:
        found = Counter(re.findall(r"[A-Za-z_]\w*", header.source))
        names.update(name for name, count in found.items() if count > 1)
    return frozenset(names)


def _find(lines: Sequence[str], name: str) -> int:
    """Return the index of the line that declares port `name`."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    used = [i for i, line in enumerate(lines) if word.search(line.partition("//")[0])]
    declared = [i for i in used if re.match(r"^[\s,(]*(?:input|output|inout)\b", lines[i])]
    return (declared or used or [0])[0]
