"""Case items that more than one value of the selector matches, made a chain of choices.

With `-ifx`, `proc` of Yosys 0.70 takes the items of a `case` for exclusive where they are not:
`casez (a) 2'b?1: q = 0; 2'b1?: q = 2; ...` gives 2 for 3. A chain of choices, each with one
item and a default, leaves nothing to take for exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

_CONSTANT = re.compile(r"(?:\d+'([01-]*)|(\d+))\Z")
_SAID = re.compile(r"attribute \\(?:parallel_case|full_case)\b")
"""What a designer says of a `case`; simulators do not believe it."""
_FREE = "-"
_MOST_COMPARED = 500


@dataclass(slots=True)
class _Item:
    patterns: list[str]
    """Empty for the default."""
    body: list[str | _Switch]


@dataclass(slots=True)
class _Switch:
    attributes: list[str]
    signal: str
    items: list[_Item]


def chained(rtlil: str) -> str | None:
    """Return a design in Yosys's text form, before `proc`, with no such items; None if it has none.

    Attributes of items are dropped, and those of a `case` that say that it is full or parallel.
    """
    lines = [line.strip() for line in rtlil.splitlines()]
    writer = _Writer()
    at = 0
    while at < len(lines):
        writer.lines.append(lines[at])
        at += 1
        if writer.lines[-1].startswith("process "):
            body, at = _body(lines, at)
            writer.body(body)
    return "\n".join([*writer.lines, ""]) if writer.changed else None


def _body(lines: Sequence[str], at: int) -> tuple[list[str | _Switch], int]:
    """Read what stands in a process or item, up to the line that ends it, which is left."""
    found: list[str | _Switch] = []
    attributes: list[str] = []
    while True:
        keyword = lines[at].partition(" ")[0]
        if keyword in {"case", "end", "sync"}:
            return found, at
        at += 1
        if keyword == "attribute":
            attributes.append(lines[at - 1])
        elif keyword == "switch":
            switch, at = _switch(lines, at, attributes)
            found.append(switch)
            attributes = []
        else:
            found += [*attributes, lines[at - 1]]
            attributes = []


def _switch(lines: Sequence[str], at: int, attributes: list[str]) -> tuple[_Switch, int]:
    switch = _Switch(attributes, lines[at - 1].removeprefix("switch "), [])
    while lines[at] != "end":
        line = lines[at]
        at += 1
        if not line.startswith("attribute "):
            body, at = _body(lines, at)
            patterns = line.removeprefix("case").strip()
            switch.items.append(_Item(patterns.split(" , ") if patterns else [], body))
    return switch, at + 1


@dataclass(slots=True)
class _Writer:
    lines: list[str] = field(default_factory=list)
    changed: bool = False

    def body(self, body: Sequence[str | _Switch]) -> None:
        for part in body:
            if isinstance(part, str):
                self.lines.append(part)
            else:
                self._switch(part)

    def _switch(self, switch: _Switch) -> None:
        kept = [line for line in switch.attributes if not _SAID.match(line)]
        chain = not _exclusive(switch.items)
        self.changed |= chain or len(kept) < len(switch.attributes)
        self.lines += [*kept, f"switch {switch.signal}"]
        depth = 1
        for number, item in enumerate(switch.items):
            if number and chain:
                self.lines += ["case", f"switch {switch.signal}"]
                depth += 1
            self.lines.append(f"case {' , '.join(item.patterns)}".rstrip())
            self.body(item.body)
        self.lines += ["end"] * depth


def _exclusive(items: Sequence[_Item]) -> bool:
    """Whether no value matches two of them, the default apart, which is last."""
    if len(items) == 1:
        return True
    found = [_CONSTANT.match(pattern) for item in items for pattern in item.patterns]
    if not all(found) or not all(item.patterns for item in items[:-1]):
        return False
    patterns = [one[1] if one[2] is None else f"{int(one[2]):032b}" for one in found if one]
    if not any(_FREE in pattern for pattern in patterns):
        return len(set(patterns)) == len(patterns)
    if len(patterns) > _MOST_COMPARED:
        # A chain is right in any case.
        return False
    return all(_apart(*pair) for pair in combinations(patterns, 2))


def _apart(one: str, other: str) -> bool:
    return any(a != b and _FREE not in (a, b) for a, b in zip(one, other, strict=True))
