"""Whether a text is in the language of a GBNF grammar, read as llama.cpp reads it.

A grammar in a state is the set of all stacks of what may come; the sets are numbered and the
steps between them kept, so that texts of one kind take a look-up a character.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

_TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-zA-Z][a-zA-Z0-9-]*|[()|*+?])')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_MOST_STACKS = 1000

Symbol = str | frozenset[str]
"""The name of a rule, or the characters that fit."""
Stack = tuple[Symbol, ...]


class Grammar:
    def __init__(self, text: str) -> None:
        self._rules: dict[str, list[Stack]] = {}
        self._text = text
        for line in text.splitlines():
            if "::=" in line:
                name, _, body = line.partition("::=")
                self._tokens = _TOKEN.findall(body)
                assert re.sub(r"\s", "", "".join(self._tokens)) == re.sub(r"\s", "", body), line
                self._rules[name.strip()] = self._alternatives(name.strip())
        self._numbers: dict[frozenset[Stack], int] = {}
        self._states: list[frozenset[Stack]] = []
        self._steps: dict[tuple[int, str], int] = {}
        self.widest = 0

    @cached_property
    def _start(self) -> int:
        return self._number(self._opened([("root",)]))

    def accepts(self, text: str) -> bool:
        return self.prefix(text) == len(text) and () in self._states[self._at]

    def prefix(self, text: str) -> int:
        """How many characters of `text` can be the beginning of a sentence."""
        self._at = self._start
        for place, char in enumerate(text):
            found = self._steps.get((self._at, char))
            if found is None:
                stacks = [
                    stack[1:] for stack in self._states[self._at] if stack and char in stack[0]
                ]
                found = self._steps[self._at, char] = self._number(self._opened(stacks))
            if not self._states[found]:
                return place
            self._at = found
        return len(text)

    def _number(self, stacks: frozenset[Stack]) -> int:
        if stacks not in self._numbers:
            self._numbers[stacks] = len(self._states)
            self._states.append(stacks)
            self.widest = max(self.widest, len(stacks))
            assert len(stacks) < _MOST_STACKS
        return self._numbers[stacks]

    def _opened(self, stacks: list[Stack]) -> frozenset[Stack]:
        """All stacks that begin with characters, or are empty."""
        found, todo, seen = set(), list(stacks), set(stacks)
        while todo:
            stack = todo.pop()
            if not stack or isinstance(stack[0], frozenset):
                found.add(stack)
                continue
            for way in self._rules[stack[0]]:
                if (opened := way + stack[1:]) not in seen:
                    seen.add(opened)
                    todo.append(opened)
        return frozenset(found)

    def _alternatives(self, owner: str) -> list[Stack]:
        ways = [self._sequence(owner)]
        while self._tokens and self._tokens[0] == "|":
            self._tokens.pop(0)
            ways.append(self._sequence(owner))
        return ways

    def _sequence(self, owner: str) -> Stack:
        found: list[Symbol] = []
        while self._tokens and self._tokens[0] not in ("|", ")"):
            token = self._tokens.pop(0)
            part: list[Symbol]
            if token == "(":
                part = [self._new(owner, self._alternatives(owner))]
                assert self._tokens.pop(0) == ")"
            elif token[0] == '"':
                part = [frozenset(char) for char in _plain(token[1:-1])]
            else:
                part = [_members(token[1:-1])] if token[0] == "[" else [token]
            if self._tokens and self._tokens[0] in ("*", "+", "?"):
                part = self._repeated(owner, part, self._tokens.pop(0))
            found += part
        return tuple(found)

    def _repeated(self, owner: str, part: list[Symbol], how: str) -> list[Symbol]:
        name = self._new(owner, [])
        again: Any = () if how == "?" else (name,)
        self._rules[name] = [(*part, *again), ()]
        return [*part, name] if how == "+" else [name]

    def _new(self, owner: str, ways: list[Stack]) -> str:
        name = f"{owner}/{len(self._rules)}"
        self._rules[name] = ways
        return name


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def _members(text: str) -> frozenset[str]:
    found: set[str] = set()
    plain = _plain(text)
    while plain:
        if len(plain) > 2 and plain[1] == "-":
            found |= {chr(code) for code in range(ord(plain[0]), ord(plain[2]) + 1)}
            plain = plain[3:]
        else:
            found.add(plain[0])
            plain = plain[1:]
    return frozenset(found)
