"""Outputs that a model declares as nets and assigns in procedures: made variables.

`output q` with `always @(posedge clk) q <= d;` is the commonest error of elaboration in what
models write (IEEE 1800-2017, 6.5: a net cannot be assigned procedurally). There is one way to
mend it, `output reg q`, and the ports stay what they were.

Only text is looked at, in linear time, and in doubt nothing is changed: neither what a continuous
assignment drives or another declaration names, nor what a function or task calls its own.
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
_ASSIGNS = frozenset(("=", "<=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="))
_ASSIGNS |= {"<<=", ">>=", "<<<=", ">>>="}
_BEFORE_STATEMENTS = frozenset(
    [
        *(";", ")", ":", "begin", "end", "endcase", "else", "default"),
        *("initial", "always_comb", "always_latch"),
    ]
)
_VARIABLES = frozenset(("reg", "logic", "bit", "byte", "int", "integer", "real", "time"))
_NETS = frozenset(("wire", "tri", "tri0", "tri1", "wand", "wor", "uwire", "supply0", "supply1"))
_DIRECTIONS = frozenset(("input", "output", "inout", "ref"))
_APART = {"function": "endfunction", "task": "endtask"}
"""What has names of its own, and its end."""
_WHY = " as reg: a procedure assigns it"
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
        tokens = list(_without_subroutines(module))
        outputs = list(_declarations(tokens))
        names = frozenset().union(*(one.names for one in outputs))
        assigned = _assigned(tokens, names) - _declared_apart(tokens) - _driven(tokens)
        edits += [one for one in outputs if one.names & assigned]
        found += sorted(assigned)
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.at], "reg" if edit.over else " reg"]
        done = edit.at + edit.over
    return "".join((*pieces, text[done:])), tuple(dict.fromkeys(found))


def note_of(name: str) -> str:
    """Return what a candidate's notes say of an output that became a variable."""
    return f"declared {name}{_WHY}"


def is_mended(notes: Sequence[str]) -> bool:
    """Whether a candidate with `notes` is not what the model wrote."""
    return any(note.endswith(_WHY) for note in notes)


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


def _without_subroutines(tokens: Sequence[_Token]) -> Iterator[_Token]:
    end = ""
    for token in tokens:
        end = end or _APART.get(token.text, "")
        if not end:
            yield token
        elif token.text == end:
            end = ""


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
    depth = 0
    for at, token in enumerate(tokens):
        if depth == 0 and at and _begins_statement(tokens, at):
            end = _past_brackets(tokens, at) if token.text == "{" else at + 1
            after = _past_ranges(tokens, end)
            if after < len(tokens) and tokens[after].text in _ASSIGNS:
                found |= {one.text for one in tokens[at:end]} & names
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
    return found


def _begins_statement(tokens: Sequence[_Token], at: int) -> bool:
    if not (tokens[at].name or tokens[at].text == "{"):
        return False
    before = [token.text for token in tokens[max(0, at - 3) : at]]
    named = before[:2] == ["begin", ":"] and len(before) == 3
    return named or before[-1] in _BEFORE_STATEMENTS or before[-2:] == ["@", "*"]


def _driven(tokens: Sequence[_Token]) -> set[str]:
    """Return the names on the left of continuous assignments."""
    found: set[str] = set()
    left, depth = False, 0
    for token in tokens:
        if token.text in ("assign", ";"):
            left, depth = token.text == "assign", 0
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
        if depth == 0 and token.text == "=":
            left = False
        elif left and token.name:
            found.add(token.text)
    return found


def _declared_apart(tokens: Sequence[_Token]) -> set[str]:
    """Return the names in declarations of variables and nets that are no ports' directions.

    Their ranges and initial values count too: a name more keeps a design as it is.
    """
    found: set[str] = set()
    declaring, depth = False, 0
    for at, token in enumerate(tokens):
        if token.text in _VARIABLES | _NETS:
            declaring, depth = tokens[at - 1].text not in _DIRECTIONS, 0
        elif token.text == ";" or token.text in _DIRECTIONS:
            declaring = False
        elif declaring:
            depth += (token.text in _OPEN) - (token.text in _CLOSED)
            declaring = depth >= 0
            found |= {token.text} if token.name else set()
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
