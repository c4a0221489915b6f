"""A module's body without its header, in a text that may begin and end with prose."""

from __future__ import annotations

import re

from sim.text import without_comments

_DECLARATION = (
    "reg|wire|logic|integer|int|genvar|real|bit|byte|parameter|localparam|typedef|enum|struct"
    "|tri|supply0|supply1|input|output|inout|signed|time|shortint|longint|event"
)
_GATE = "and|or|not|nand|nor|xor|xnor|buf|bufif0|bufif1|notif0|notif1|pullup|pulldown"
_NO_INSTANCE = "int|void|char|float|double|return|class|def|public|static|unsigned|long|else|if|for"
_DECLARED = re.compile(rf"^[ \t]*+(?:{_DECLARATION})\b[^\n.]*;", re.M)
_CODE_LINE = re.compile(
    rf"""[ \t]*+(?:
        //|/\*|`\w|\(\*|\*/
      | assign\b[^\n]*= | assign[ \t]*$
      | always(?:_comb|_ff|_latch)?\b[ \t]*(?:[@\#]|$|begin|//) | always_comb\b
      | initial\b[ \t]*(?:begin|$|[\w\[\]{{]+[ \t]*<?=)
      | (?:{_DECLARATION})\b[^\n]*[;,=({{\[] | (?:{_DECLARATION})[ \t]+[\w$]+[ \t]*$
      | (?:{_GATE})\b[ \t]*(?:\#|\w*[ \t]*\()
      | generate\b[ \t]*$ | endgenerate\b | specify\b
      | (?:function|task)\b[^\n]*[;(]
      | (?:if|for|case[xz]?|while|repeat)[ \t]*\([^\n]*
      | (?:begin|end|endcase|endfunction|endtask|else)\b[^a-z\n]*(?:\bbegin\b|\bif\b.*)?$
      | (?!module\b)[A-Za-z_][\w$]*[ \t]+(?:\#[ \t]*\(
          |[A-Za-z_][\w$]*[ \t]*(?:\[[^\]\n]*\])?[ \t]*\([ \t]*(?:\.|$|[\w$]+[ \t]*[,)\[]))
      | \.\w+[ \t]*\( | [)}}][^a-z\n]*$
      | [\w$.\[\]{{}}:, '-]+<?=[^\n]*;
    )""",
    re.X,
)
_PROSE_LINE = re.compile(
    r"[ \t]*+(?:[#*-] |\d+[.)] )?(?:[\w'\u2019,-]+[ \t]+){3,}[\w'\u2019,().:!?-]+"
)
_KEYWORD = re.compile(
    r"[ \t]*+(?:end|else|begin|input|output|inout|case|default|(?:\w+,[ \t]*)+)\b"
)
_STUB = re.compile(r"\A\s*+(?:module\b[^\n;(]*+\n|\)\s*+;)")
_SIGNS = re.compile(r"[;=<>{}\[\]@]")
_STATEMENT = re.compile(
    r"\b(?:assign|always(?:_comb|_ff|_latch)?|initial|generate|function)\b"
    rf"|\b(?:{_GATE})\b\s*+\w*+\s*+\("
    rf"|^[ \t]*+(?!(?:{_NO_INSTANCE})\b)[A-Za-z_][\w$]*+[ \t]++(?:\#\s*+\(|[A-Za-z_][\w$]*+\s*+\()",
    re.M,
)


def without_stub(text: str) -> str:
    """Return `text` without what remains at its beginning of a header that is none."""
    return _STUB.sub("", text, count=1)


def has_statements(text: str) -> bool:
    """Whether `text` holds something that acts, declarations and comments aside."""
    bare = without_comments(text)
    return ";" in bare and _STATEMENT.search(bare) is not None


def declares(text: str) -> bool:
    """Whether `text` holds a declaration, comments aside."""
    return _DECLARED.search(without_comments(text)) is not None


def without_prose(text: str) -> str:
    """Return `text` from its first to its last line of code."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if _CODE_LINE.match(line)), len(lines))
    if not any(map(is_prose, lines[:first])) and first < len(lines):
        first = 0
    last = next((i for i in range(len(lines), first, -1) if not _may_go(lines[i - 1])), first)
    return "\n".join(lines[first:last]).strip("\n")


def is_prose(line: str) -> bool:
    """Whether `line` reads like a sentence and not like code."""
    if line.lstrip().startswith(("//", "/*", "`")) and not line.lstrip().startswith("```"):
        return False
    if not line.isascii() and not _CODE_LINE.match(line):
        return True
    return bool(_PROSE_LINE.match(line)) and not _SIGNS.search(line) and not _KEYWORD.match(line)


def _may_go(line: str) -> bool:
    """Whether a line at the end of the text is none of the code."""
    return not line.strip() or (not _CODE_LINE.match(line) and is_prose(line))
