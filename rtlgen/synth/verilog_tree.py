"""A reader of the bodies that families write: small, and strict about what it does not know.

It reads our own golden designs, never text of a model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKENS = re.compile(
    r"\s+|//[^\n]*|\d*'s?[bdhoBDHO][0-9a-fA-FxXzZ_?]+|\w+|<=|>=|==|!=|&&|\|\||<<<|>>>|<<|>>|\S"
)


class Unreadable(Exception):
    """The text holds something that this reader does not know."""


@dataclass(frozen=True, slots=True)
class Assign:
    """`target <= value`, `target = value`, or a continuous assignment."""

    target: str
    value: str


@dataclass(frozen=True, slots=True)
class If:
    """Branches with their conditions; the last condition is empty where there is an `else`."""

    branches: tuple[tuple[str, Statements], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Arms with their labels; a label is `default` or an expression."""

    selector: str
    arms: tuple[tuple[str, Statements], ...]


Statement = Assign | If | Case
Statements = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Always:
    """A procedure and its event list, without the outer parentheses."""

    event: str
    body: Statements


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration: `reg [3:0] count` and the like."""

    kind: str
    range: str
    names: tuple[str, ...]
    words: str = ""
    """The addresses of a memory, `[0:15]`."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A local parameter."""

    name: str
    value: str


Item = Assign | Always | Declared | Constant


def items_of(body: str) -> tuple[Item, ...]:
    """Return the items of a body.

    Raises:
        Unreadable: There is something else in it than declarations, assignments, and `always`
            blocks of assignments, `if` and `case`.
    """
    reader = _Reader([t for t in _TOKENS.findall(body) if t.strip() and not t.startswith("//")])
    found: list[Item] = []
    while reader.more():
        found += reader.item()
    return tuple(found)


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def more(self) -> bool:
        return self._at < len(self._tokens)

    def _peek(self) -> str:
        if not self.more():
            raise Unreadable("the text ends too early")
        return self._tokens[self._at]

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise Unreadable(f"{found!r} where {wanted!r} should be")

    def _until(self, *ends: str) -> str:
        """Return the expression up to one of `ends` outside of brackets, which is not taken."""
        parts: list[str] = []
        depth = 0
        while depth or self._peek() not in ends:
            part = self._next()
            depth += (part in "([{") - (part in ")]}")
            if depth < 0 or part in {";", "begin", "end"}:
                raise Unreadable(f"{part!r} in an expression")
            parts.append(part)
        return _spaced(parts)

    def item(self) -> list[Item]:
        word = self._next()
        if word in {"reg", "wire"}:
            return self._declaration(word)
        if word == "localparam":
            return self._constants()
        if word == "assign":
            return [self._assignment("=")]
        if word == "always":
            return [self._always()]
        raise Unreadable(f"{word!r} as an item")

    def _declaration(self, kind: str) -> list[Item]:
        if self._peek() == "signed":
            kind = f"{self._next()} {kind}"
        width = self._range() if self._peek() == "[" else ""
        names, values = [self._next()], []
        if self._peek() == "[":
            memory = Declared(kind, width, (names[0],), self._range())
            self._expect(";")
            return [memory]
        if self._peek() == "=":
            self._expect("=")
            values.append(Assign(names[0], self._until(";")))
        while self._peek() == ",":
            self._expect(",")
            names.append(self._next())
        self._expect(";")
        return [Declared(kind, width, tuple(names)), *values]

    def _range(self) -> str:
        self._expect("[")
        text = self._until("]")
        self._expect("]")
        return f"[{text.replace(' ', '')}]"

    def _constants(self) -> list[Item]:
        if self._peek() == "[":
            self._range()
        found: list[Item] = []
        while True:
            name = self._next()
            self._expect("=")
            found.append(Constant(name, self._until(",", ";")))
            if self._next() == ";":
                return found

    def _assignment(self, sign: str) -> Assign:
        target = self._until(sign)
        self._expect(sign)
        value = self._until(";")
        self._expect(";")
        return Assign(target, value)

    def _always(self) -> Always:
        self._expect("@")
        if self._peek() == "*":
            self._next()
            return Always("*", self._block())
        self._expect("(")
        event = self._until(")")
        self._expect(")")
        return Always(event, self._block())

    def _block(self) -> Statements:
        """Return one statement, or those between `begin` and `end`."""
        if self._peek() != "begin":
            return (self._statement(),)
        self._expect("begin")
        found = []
        while self._peek() != "end":
            found.append(self._statement())
        self._expect("end")
        return tuple(found)

    def _statement(self) -> Statement:
        word = self._peek()
        if word == "if":
            return self._if()
        if word == "case":
            return self._case()
        if word in {"for", "casez", "casex", "while", "integer", "begin"}:
            raise Unreadable(f"{word!r} as a statement")
        target = self._until("<=", "=")
        self._next()
        value = self._until(";")
        self._expect(";")
        return Assign(target, value)

    def _if(self) -> If:
        branches = []
        while True:
            self._expect("if")
            self._expect("(")
            condition = self._until(")")
            self._expect(")")
            branches.append((condition, self._block()))
            if not self.more() or self._peek() != "else":
                return If(tuple(branches))
            self._expect("else")
            if self._peek() != "if":
                branches.append(("", self._block()))
                return If(tuple(branches))

    def _case(self) -> Case:
        self._expect("case")
        self._expect("(")
        selector = self._until(")")
        self._expect(")")
        arms = []
        while self._peek() != "endcase":
            label = self._until(":")
            self._expect(":")
            arms.append((label, self._block()))
        self._expect("endcase")
        return Case(selector, tuple(arms))


def _spaced(parts: list[str]) -> str:
    """Return tokens as text with spaces around operators and none inside of brackets."""
    text = ""
    inside = 0
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else ""
        inside += part == "["
        text += part if _joined(before, part, inside) else f" {part}"
        inside -= part == "]"
    return text.strip()


def _joined(before: str, part: str, inside: int) -> bool:
    if part in {")", "]", "}", ",", "["} or before in {"(", "[", "{", "~", "!", ""}:
        return True
    if part == "{" or (part == "(" and before not in {"", "("}):
        return bool(re.fullmatch(r"[\w']+", before)) and part == "{"
    return inside > 0 and (":" in (before, part))
