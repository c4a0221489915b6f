"""Outputs that a model declares as nets and assigns in procedures: made variables.

`output q` with `always @(posedge clk) q <= d;` is the commonest error of elaboration in what
models write (IEEE 1800-2017, 6.5: a net cannot be assigned procedurally). There is one way to
mend it, `output reg q`, and the ports stay what they were.

Only text is looked at, in linear time. What is taken wrongly for a procedural assignment does no
harm: a variable may be driven by one continuous assignment as well as a net.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?)
    |(?P<word>\\\S+|[A-Za-z_`$][\w$]*)
    |[0-9'][\w']*
    |<<<=|>>>=|<<=|>>=|===|!==|==|!=|<=|>=|[-+*/%&|^]=|.""",
    re.S | re.X,
)
_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
_ASSIGNS = frozenset(("=", "<=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="))
_BEFORE_STATEMENTS = frozenset(
    (";", ")", ":", "begin", "end", "endcase", "else", "initial", "always_comb", "always_latch")
)
_VARIABLES = frozenset(("reg", "logic", "bit", "byte", "int", "integer"))
_DIRECTIONS = frozenset(("input", "output", "inout", "ref"))
_LONGEST = 64
"""Tokens between brackets that are looked at, so that no text takes quadratic time."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    name: bool


@dataclass(frozen=True, slots=True)
class _Declared:
    """Outputs that one declaration makes nets."""

    names: frozenset[str]
    at: int
    """Where `reg` belongs in the text."""
    over: int
    """How many characters it takes the place of: `wire`."""


def with_variables(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` with `reg` at each output that a procedure assigns, and these outputs' names.

    Args:
        text: Modules as a model wrote them, not parsed yet.
    """
    edits: list[_Declared] = []
    found: list[str] = []
    for module in _modules(text):
        declared = list(_declarations(module))
        assigned = _assigned(module, frozenset().union(*(one.names for one in declared)))
        assigned -= _variables(module)
        edits += [one for one in declared if one.names & assigned]
        found += sorted(assigned)
    for edit in reversed(edits):
        put = "reg" if edit.over else " reg"
        text = f"{text[: edit.at]}{put}{text[edit.at + edit.over :]}"
    return text, tuple(dict.fromkeys(found))


def _modules(text: str) -> Iterator[list[_Token]]:
    inside: list[_Token] = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "skip":
            continue
        inside.append(_Token(match.group(), match.start(), match.lastgroup == "word"))
        if inside[-1].text == "endmodule":
            yield inside
            inside = []
    if inside:
        yield inside


def _declarations(tokens: Sequence[_Token]) -> Iterator[_Declared]:
    """Yield what `output` declares as nets; declarations with a type of their own are none."""
    for at, token in enumerate(tokens):
        if token.text != "output":
            continue
        place, over, after = token.start + len(token.text), 0, at + 1
        if after < len(tokens) and tokens[after].text == "wire":
            place, over, after = tokens[after].start, len("wire"), after + 1
        if after < len(tokens) and tokens[after].text in ("signed", "unsigned"):
            after += 1
        after = _past_ranges(tokens, after)
        if names := _names(tokens, after):
            yield _Declared(names, place, over)


def _names(tokens: Sequence[_Token], at: int) -> frozenset[str]:
    """Return the names of a list that begins `at`; none where a type stands there."""
    names: set[str] = set()
    while at < len(tokens) and tokens[at].name and tokens[at].text not in _DIRECTIONS:
        follows = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if tokens[at].text in _VARIABLES or follows not in (",", ")", ";", "="):
            break
        names.add(tokens[at].text)
        if follows != ",":
            break
        at += 2
    return frozenset(names)


def _assigned(tokens: Sequence[_Token], names: Set[str]) -> set[str]:
    """Return those of `names` that statements assign, alone or in a concatenation."""
    found: set[str] = set()
    for at in range(1, len(tokens)):
        if not _begins_statement(tokens, at):
            continue
        end = _past_brackets(tokens, at) if tokens[at].text == "{" else at + 1
        after = _past_ranges(tokens, end)
        if after < len(tokens) and tokens[after].text in _ASSIGNS:
            found |= {token.text for token in tokens[at:end]} & names
    return found


def _begins_statement(tokens: Sequence[_Token], at: int) -> bool:
    if not (tokens[at].name or tokens[at].text == "{"):
        return False
    before = tokens[at - 1].text
    return before in _BEFORE_STATEMENTS or (before == "*" and at > 1 and tokens[at - 2].text == "@")


def _variables(tokens: Sequence[_Token]) -> set[str]:
    """Return the names that are declared as variables apart from the ports, and some more."""
    found: set[str] = set()
    declaring = False
    for at, token in enumerate(tokens):
        if token.text in _VARIABLES:
            declaring = tokens[at - 1].text not in _DIRECTIONS
        elif token.text == ";":
            declaring = False
        elif declaring and token.name:
            found.add(token.text)
    return found


def _past_ranges(tokens: Sequence[_Token], at: int) -> int:
    while at < len(tokens) and tokens[at].text == "[":
        at = _past_brackets(tokens, at)
    return at


def _past_brackets(tokens: Sequence[_Token], at: int) -> int:
    """Return the place after the bracket that closes the one `at`; the end if that is far."""
    depth = 0
    for place in range(at, min(len(tokens), at + _LONGEST)):
        text = tokens[place].text
        depth += (text in _OPEN) - (text in _CLOSED)
        if depth == 0:
            return place + 1
    return len(tokens)
