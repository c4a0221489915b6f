"""Where modules begin and end in a text that may hold anything.

A stack of open modules, fed by the words `module` and `endmodule` outside of
comments and strings. It takes what compilers do not: modules without an end,
modules within modules, an end without a beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.text import without_comments

# Each alternative matches whatever it starts on, so that no text takes quadratic time.
_EVENT = re.compile(
    r"""//[^\n]* | /\*.*?(?:\*/|\Z) | "(?:\\.|[^"\\\n])*"? | \\\S+
      | (?<![\w$`.])(?:(?P<begin>module|macromodule)|(?P<end>endmodule))(?![\w$])""",
    re.X | re.S,
)
_GAP = r"(?>(?:\s|//[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*+\*/)*)"
_NAME = re.compile(
    rf"{_GAP}(?:(?:automatic|static)(?!\w){_GAP})?(?P<name>[A-Za-z_][\w$]*+){_GAP}(?=[(\#;]|import\b)",
    re.X,
)
_IMPORT = re.compile(rf"{_GAP}import\b[^;]*+;", re.X)
_LIST = re.compile(rf"{_GAP}(?P<hash>\#{_GAP})?\(", re.X)
_SEMICOLON = re.compile(rf"{_GAP};", re.X)
_LABEL = re.compile(r"\s*+:\s*+[A-Za-z_][\w$]*+")
_BRACKET = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?|[()]', re.S)
_DIRECTION = re.compile(r"\b(?:input|output|inout)\b")
_NAMES = re.compile(r"\s*+(?:[A-Za-z_.][\w$.()\[\]:]*+\s*+(?:,\s*+|\Z))*+\Z")
_PORT = re.compile(r"([A-Za-z_][\w$]*+)\s*+(?:\[[^\]]*+\]\s*+)*+(?:,|\Z)")
_KEYWORDS = frozenset(
    {"module", "macromodule", "endmodule", "input", "output", "inout", "wire", "assign", "always"}
)
_OPEN_CLOSE = re.compile(
    r"(?<![\w$])(?:(?P<open>begin|case[xz]?|function|task|generate|fork)"
    r"|(?P<close>end|endcase|endfunction|endtask|endgenerate|join))(?![\w$])|(?P<bracket>[()\[\]{}])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One definition, cut out of the text."""

    name: str
    text: str
    """From `module` to `endmodule`; without the latter if it is not `closed`."""
    body: int
    """Where in `text` the header ends."""
    closed: bool
    place: tuple[int, int]
    """Number of the text and offset in it, for the order."""
    nested: bool = False
    """Whether modules that stood inside were taken out."""

    @property
    def behaves(self) -> bool:
        """Whether there is anything but declarations."""
        inside = without_comments(self.text[self.body :])
        return "=" in inside or "(" in inside

    @property
    def whole(self) -> bool:
        """Whether it ends, or lacks nothing but the word `endmodule`."""
        return self.closed or (self.behaves and balanced(self.text))

    @property
    def ended(self) -> str:
        """The text with an end."""
        return self.text if self.closed else self.text.rstrip() + "\nendmodule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one text consists of."""

    modules: tuple[Module, ...]
    bodies: tuple[str, ...]
    """What stands before each `endmodule` that ends no module."""
    between: tuple[str, ...]
    """All the text outside of modules, in pieces, the `bodies` included."""
    rest: str
    """What is outside of modules after the last of `bodies`."""


@dataclass(slots=True)
class _Frame:
    """A module that is open, or the text around all modules."""

    cursor: int
    name: str = ""
    start: int = 0
    body: int = 0
    pieces: list[str] = field(default_factory=list)


def scan(text: str, *, number: int = 0) -> Scan:
    """Return the modules in `text`; `number` goes into their places."""
    return _Scanner(text, number).scan()


class _Scanner:
    def __init__(self, text: str, number: int) -> None:
        self._text = text
        self._number = number
        self._stack = [_Frame(0)]
        self._modules: list[Module] = []
        self._bodies: list[str] = []
        self._between: list[str] = []

    def scan(self) -> Scan:
        events = [m for m in _EVENT.finditer(self._text) if m["begin"] or m["end"]]
        limits = [*(m.start() for m in events[1:]), len(self._text)][: len(events)]
        for event, limit in zip(events, limits, strict=True):
            if event["end"]:
                self._end(event)
            elif header := _header(self._text, event.end(), limit):
                self._begin(event.start(), *header)
        return self._finish()

    def _begin(self, start: int, name: str, end: int) -> None:
        self._cut(start)
        self._stack.append(_Frame(cursor=start, name=name, start=start, body=end - start))

    def _end(self, event: re.Match[str]) -> None:
        if len(self._stack) == 1:
            root = self._stack[0]
            self._cut(event.start())
            self._bodies.append("".join(root.pieces))
            self._between += root.pieces
            root.pieces = []
            root.cursor = event.end()
            return
        label = _LABEL.match(self._text, event.end())
        end = label.end() if label else event.end()
        self._cut(end)
        frame = self._stack.pop()
        self._stack[-1].cursor = end
        self._modules.append(self._module(frame, "".join(frame.pieces), closed=True))

    def _cut(self, at: int) -> None:
        frame = self._stack[-1]
        frame.pieces.append(self._text[frame.cursor : at])
        frame.cursor = at

    def _module(self, frame: _Frame, text: str, *, closed: bool) -> Module:
        return Module(
            name=frame.name,
            text=text,
            body=frame.body,
            closed=closed,
            place=(self._number, frame.start),
            nested=closed and len(frame.pieces) > 1,
        )

    def _finish(self) -> Scan:
        while len(self._stack) > 1:
            self._cut(len(self._text))
            frame = self._stack.pop()
            self._stack[-1].cursor = len(self._text)
            # A module inside of one that never ends: the end is missing before it.
            self._modules.append(self._module(frame, frame.pieces[0], closed=False))
        self._cut(len(self._text))
        pieces = self._stack[0].pieces
        return Scan(
            modules=tuple(sorted(self._modules, key=lambda module: module.place)),
            bodies=tuple(self._bodies),
            between=(*self._between, *pieces),
            rest="".join(pieces),
        )


def _header(text: str, at: int, limit: int) -> tuple[str, int] | None:
    """Return name and end of the module header whose `module` ends at `at`, if it is one."""
    found = _NAME.match(text, at, limit)
    if found is None or found["name"] in _KEYWORDS:
        return None
    place = found.end()
    while step := _IMPORT.match(text, place, limit):
        place = step.end()
    ports = ""
    while step := _LIST.match(text, place, limit):
        end = _closing(text, step.end(), limit)
        if end is None:
            return (found["name"], limit) if _declares(text[place:limit]) else None
        ports, place = ("" if step["hash"] else text[step.end() : end - 1]), end
    semicolon = _SEMICOLON.match(text, place, limit)
    if semicolon is None:
        return (found["name"], place) if _declares(ports) else None
    if ports.strip() and not (_declares(ports) or _NAMES.match(without_comments(ports))):
        return None
    return found["name"], semicolon.end()


def _declares(ports: str) -> bool:
    return _DIRECTION.search(ports) is not None


def _closing(text: str, at: int, limit: int) -> int | None:
    """Return where the parenthesis that was opened before `at` is closed, one after it."""
    depth = 1
    for match in _BRACKET.finditer(text, at, limit):
        if match.group() == "(":
            depth += 1
        elif match.group() == ")":
            depth -= 1
            if depth == 0:
                return match.end()
    return None


def balanced(text: str) -> bool:
    """Whether everything that is opened in `text` is closed, and its last statement ended."""
    bare = without_comments(text, strings=False)
    if not bare.rstrip().endswith((";", "end", "endcase", "endfunction", "endtask", "endgenerate")):
        return False
    depth = {"word": 0, "bracket": 0}
    for match in _OPEN_CLOSE.finditer(bare):
        kind = "bracket" if match["bracket"] else "word"
        opens = match["open"] or (match["bracket"] or "") in tuple("([{")
        depth[kind] += 1 if opens else -1
        if depth[kind] < 0:
            return False
    return not any(depth.values())


def port_names(header: str) -> frozenset[str]:
    """Return the names of the ports that a module header declares or lists."""
    depth, start, ports = 0, 0, ""
    bare = without_comments(header)
    for match in _BRACKET.finditer(bare):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == "(" and depth == 1:
            start = match.end()
        elif match.group() == ")" and depth == 0:
            ports = bare[start : match.start()]
    return frozenset(_PORT.findall(ports))


def words(text: str) -> Iterator[str]:
    """Yield the identifiers and keywords of `text`, comments and strings left out."""
    yield from re.findall(r"[A-Za-z_][\w$]*", without_comments(text, strings=False))


def tokens(text: str) -> list[str]:
    """Return what remains of `text` when comments and white space do not matter."""
    return re.findall(r"[\w$]+|[^\w\s]", without_comments(text))
