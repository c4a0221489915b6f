"""Telling a design by going through its code, as people do who explain a module line by line.

The text says what each register and each wire becomes, under which condition, in the order of
the code. It is made from the golden design, so it leaves nothing open.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from rtlgen.synth.drawn import Drawn
from rtlgen.synth.verilog_tree import (
    Always,
    Assign,
    Case,
    Constant,
    Declared,
    If,
    Item,
    Statement,
    Statements,
    Unreadable,
    items_of,
)

_LONGEST = 60
"""Statements beyond which a text would be a listing."""
_WORDS = {
    "==": "is equal to",
    "!=": "is not equal to",
    ">=": "is at least",
    "<=": "is at most",
    ">": "is greater than",
    "<": "is less than",
}
_SIMPLE = r"~?\w+(?:\[[\w:]+\])?"
_LITERAL = re.compile(r"\d+'([bdh])([0-9a-f]+)")
_RADIX = {"b": 2, "d": 10, "h": 16}


def narrated(drawn: Drawn, chance: random.Random) -> str | None:
    """Return the text; None where the code holds what cannot be told like this, or too much.

    Args:
        drawn: The design; of it, only ports, clock and body count.
        chance: Picks the words.
    """
    try:
        items = items_of(drawn.body)
    except Unreadable:
        return None
    if _size(items) > _LONGEST:
        return None
    return _Teller(drawn, chance).text(items)


def _size(items: Sequence[Item | Statement]) -> int:
    total = 0
    for item in items:
        inner: Sequence[tuple[str, Statements]] = ()
        if isinstance(item, Always):
            inner = (("", item.body),)
        elif isinstance(item, If):
            inner = item.branches
        elif isinstance(item, Case):
            inner = item.arms
        total += 1 + sum(_size(body) for _, body in inner)
    return total


class _Teller:
    """Words for one text; it keeps to one way to say a thing."""

    def __init__(self, drawn: Drawn, chance: random.Random) -> None:
        self._chance = chance
        self._widths: dict[str, int] = {port.name: port.width for port in drawn.ports}
        timing = drawn.timing
        self._rising = timing is None or timing.rising
        for name in (timing.clock, timing.reset) if timing else ():
            self._widths[name] = 1
        self._becomes = chance.choice(("is set to", "becomes", "is assigned", "takes"))
        self._high, self._low = chance.choice(
            (("is high", "is low"), ("is 1", "is 0"), ("is 1", "is 0"), ("is true", "is false"))
        )
        self._plain = chance.random() < 0.3
        """Whether values stay as they are in the code."""

    def text(self, items: Sequence[Item]) -> str:
        self._note_widths(items)
        parts = [self._declared(items), self._constants(items)]
        for item in items:
            if isinstance(item, Assign):
                parts.append(self._continuous(item))
            elif isinstance(item, Always):
                parts.append(self._always(item))
        return "\n".join(part for part in parts if part)

    def _note_widths(self, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, Declared) and not item.words:
                width = _width(item.range)
                self._widths |= dict.fromkeys(item.names, width)

    def _declared(self, items: Sequence[Item]) -> str:
        said = []
        for item in items:
            if isinstance(item, Declared) and item.words:
                first, last = re.findall(r"\d+", item.words)[:2]
                said.append(
                    f"a memory {item.names[0]} of {abs(int(last) - int(first)) + 1} words with "
                    f"{_bits(_width(item.range))} each"
                )
            elif isinstance(item, Declared):
                kind = "register" if item.kind.endswith("reg") else "wire"
                sign = "signed " if item.kind.startswith("signed") else ""
                said += [f"the {sign}{kind} {n} ({_bits(_width(item.range))})" for n in item.names]
        return f"Internally there is {_joined(said)}." if said else ""

    def _constants(self, items: Sequence[Item]) -> str:
        said = [f"{i.name} = {i.value}" for i in items if isinstance(i, Constant)]
        return f"Constants: {_joined(said)}." if said else ""

    def _continuous(self, item: Assign) -> str:
        verb = self._chance.choice(("always equals", "is continuously assigned", "is", "equals"))
        return f"{item.target} {verb} {self._value(item.value)}."

    def _always(self, block: Always) -> str:
        body = _flat(block.body)
        if _shallow(body) and self._chance.random() < 0.6:
            lines = [re.sub(r"^\s*- ", "", line) for line in self._steps(body, 0)]
            return f"{self._head(block.event)} {' '.join(_sentence(line) for line in lines)}"
        return f"{self._head(block.event)}\n" + "\n".join(self._steps(body, 0))

    def _head(self, event: str) -> str:
        if event == "*":
            return self._chance.choice(("Combinationally, at any time:", "In combinational logic:"))
        edges = [
            f"{'positive' if word == 'posedge' else 'negative'} edge of {name}"
            for word, name in re.findall(r"(posedge|negedge) (\w+)", event)
        ]
        lead = self._chance.choice(
            ("On every", "At each", "On the", "There is a process that is triggered by the")
        )
        return f"{lead} {' or '.join(edges)}:"

    def _steps(self, statements: Statements, depth: int) -> list[str]:
        """Return lines, each deeper level further in."""
        lines: list[str] = []
        for statement in statements:
            if isinstance(statement, Assign):
                lines.append(self._line(depth, self._assigned(statement)))
            elif isinstance(statement, If):
                lines += self._branches(statement, depth)
            else:
                lines += self._arms(statement, depth)
        return lines

    @staticmethod
    def _line(depth: int, text: str) -> str:
        return f"{'  ' * depth}- {text}"

    def _branches(self, statement: If, depth: int) -> list[str]:
        lines: list[str] = []
        for number, (condition, body) in enumerate(statement.branches):
            when = f"if {self._condition(condition)}" if condition else ""
            lead = ", ".join(filter(None, ("otherwise" if number else "", when)))
            lines += self._under(lead, body, depth)
        return lines

    def _arms(self, statement: Case, depth: int) -> list[str]:
        lines: list[str] = []
        for label, body in statement.arms:
            lead = (
                "in all other cases"
                if label == "default"
                else (f"if {statement.selector} is {self._value(label)}")
            )
            lines += self._under(lead, body, depth)
        return lines

    def _under(self, lead: str, body: Statements, depth: int) -> list[str]:
        if body and all(isinstance(one, Assign) for one in body):
            done = _joined([self._assigned(one) for one in body if isinstance(one, Assign)])
            return [self._line(depth, f"{lead}, {done}")]
        return [self._line(depth, f"{lead}:"), *self._steps(body, depth + 1)]

    def _assigned(self, one: Assign) -> str:
        target, value = one.target, one.value
        if value in {f"{target} + 1'b1", f"{target} - 1'b1"}:
            return f"{target} is {'in' if '+' in value else 'de'}cremented by 1"
        if value == f"~{target}":
            return f"{target} is inverted"
        if value == target:
            return f"{target} keeps its value"
        return f"{target} {self._becomes} {self._value(value)}"

    def _value(self, value: str) -> str:
        if literal := _LITERAL.fullmatch(value):
            number = int(literal[2], _RADIX[literal[1]])
            return value if self._plain else str(number)
        if self._plain:
            return value
        choice = re.fullmatch(rf"\(?([^?:]+?)\)? \? ({_SIMPLE}) : ({_SIMPLE})", value)
        if choice and choice[1].count("(") == choice[1].count(")"):
            return f"{choice[2]} if {self._condition(choice[1])}, otherwise {choice[3]}"
        if parts := re.fullmatch(rf"({_SIMPLE}) ([-+&|^]) ({_SIMPLE})", value):
            return _operation(parts[2], parts[1], parts[3])
        if parts := re.fullmatch(r"\{([^{}]+)\}", value):
            return f"the concatenation {{{parts[1]}}}"
        return value

    def _condition(self, text: str) -> str:
        for sign, word in ((" && ", " and "), (" || ", " or ")):
            parts = text.split(sign)
            if len(parts) > 1 and not re.search(r"[()?]|&&.*\|\||\|\|.*&&", text):
                return word.join(self._condition(part) for part in parts)
        one = re.fullmatch(r"([!~]?)(\w+(?:\[\w+\])?)", text)
        if one and (one[1] != "~" or self._widths.get(one[2], 2) == 1 or "[" in one[2]):
            return f"{one[2]} {self._low if one[1] else self._high}"
        if two := re.fullmatch(rf"({_SIMPLE}) (==|!=|>=|<=|>|<) ([\w']+)", text):
            return f"{two[1]} {_WORDS[two[2]]} {self._value(two[3])}"
        return f"({text}) {self._high.replace('is high', 'is 1').replace('is true', 'holds')}"


def _flat(statements: Statements) -> Statements:
    """Return the statements with an `if` that is all of an `else` as further branches."""
    return tuple(_flat_if(one) if isinstance(one, If) else one for one in statements)


def _flat_if(statement: If) -> If:
    branches: list[tuple[str, Statements]] = []
    for condition, body in statement.branches:
        inner = _flat(body)
        if not condition and len(inner) == 1 and isinstance(inner[0], If):
            branches += inner[0].branches
        else:
            branches.append((condition, inner))
    return If(tuple(branches))


def _shallow(statements: Statements) -> bool:
    """Return whether no condition depends on another one, and there are few of them."""
    bodies = [body for one in statements if isinstance(one, If) for _, body in one.branches]
    simple = all(isinstance(one, Assign) for body in bodies for one in body)
    return simple and not any(isinstance(one, Case) for one in statements) and len(bodies) < 7


def _sentence(line: str) -> str:
    first = line[:1].upper() if re.match(r"(if|otherwise|in)\b[, ]", line) else line[:1]
    return f"{first}{line[1:]}."


def _operation(sign: str, left: str, right: str) -> str:
    named: Mapping[str, str] = {"&": "AND", "|": "OR", "^": "XOR", "+": "plus", "-": "minus"}
    return f"{left} {named[sign]} {_number(right)}"


def _number(text: str) -> str:
    literal = _LITERAL.fullmatch(text)
    return str(int(literal[2], _RADIX[literal[1]])) if literal else text


def _width(text: str) -> int:
    ends = [int(number) for number in re.findall(r"\d+", text)]
    return abs(ends[0] - ends[1]) + 1 if len(ends) == 2 else 1


def _bits(width: int) -> str:
    return f"{width} bit{'s' if width > 1 else ''}"


def _joined(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
