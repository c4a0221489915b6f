"""Source text, differences and tool logs as HTML, each within a given room."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from markupsafe import Markup, escape

from rtlgen.design.visible import visible
from rtlgen.design.words import more

_LINE = 300
"""Characters of a line that are shown."""
_DIFF_LINES = 1000
_KEYWORDS = frozenset(
    """
    always always_comb always_ff always_latch and assign automatic begin bit buf byte case
    casex casez const default defparam disable else end endcase endfunction endgenerate
    endmodule endpackage endtask enum event for forever function generate genvar if import
    initial inout input int integer localparam logic longint modport module nand negedge nor
    not or output package packed parameter posedge priority real reg repeat return shortint
    signed static string struct supply0 supply1 task time tri typedef union unique unsigned
    var void wait wand while wire wor xnor xor
    """.split()  # noqa: SIM905 - a hundred quotes fewer
)
# Every alternative takes what it has begun, closed or not, so that no text is looked at twice.
_TOKEN = re.compile(
    r"(?P<c>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r'|(?P<s>"(?:[^"\\\n]|\\[^\n])*"?)'
    r"|(?P<n>(?:[0-9][0-9_]*)?'[sS]?[bodhBODH][0-9a-fA-FxzXZ?_]+|[0-9][0-9_.]*)"
    r"|(?P<w>[A-Za-z_$`][A-Za-z0-9_$]*)",
    re.DOTALL,
)


def listing(text: str, room: int, *, verilog: bool = True) -> Markup:
    """Return `text` with numbered lines, in about `room` characters of HTML."""
    plain = _first_lines(text, room)
    lines = _highlighted("\n".join(plain)) if verilog else (str(escape(line)) for line in plain)
    kept = list(_within((f'<span class="l">{line}</span>' for line in lines), room))
    left_out = text.rstrip("\n").count("\n") + 1 - len(kept)
    return _block("code numbered", kept, left_out)


def difference(old: Mapping[str, str], new: Mapping[str, str], room: int) -> Markup:
    """Return what changed from sources `old` to `new` as a unified difference."""
    before, after = (_comparable(sources, room) for sources in (old, new))
    lines = list(islice(difflib.unified_diff(before, after, lineterm=""), 2, None))
    if not lines:
        return Markup('<p class="note">No difference in what is shown here.</p>')
    kept = list(_within(map(_changed, lines), room))
    return _block("code diff", kept, len(lines) - len(kept))


def log(text: str, room: int) -> Markup:
    """Return the output of a tool, its middle left out where it is too long."""
    lines = [str(escape(_short(line))) for line in visible(text).rstrip("\n").split("\n")]
    head = list(_within(lines, room // 2))
    tail = list(_within(reversed(lines[len(head) :]), room // 2))[::-1]
    left_out = len(lines) - len(head) - len(tail)
    gap = [f"… {left_out} lines left out; run.json has them …"] if left_out else []
    return Markup('<pre class="code log">{}</pre>').format(
        _escaped("\n".join([*head, *gap, *tail]))
    )


def _block(kinds: str, lines: list[str], left_out: int) -> Markup:
    code = Markup('<pre class="{}"><code>{}</code></pre>').format(kinds, _escaped("".join(lines)))
    if left_out <= 0:
        return code
    note = Markup('<p class="note">{} in run.json.</p>')
    return code + note.format(more(left_out, "line"))


def _escaped(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - built from escaped text


def _within(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in lines:
        room -= len(line)
        if room < 0:
            return
        yield line


def _first_lines(text: str, room: int) -> list[str]:
    """Return the lines that begin in the first `room` characters, long ones cut."""
    end = text.find("\n", room)
    beyond = (len(text) if end < 0 else end) - room
    *whole, last = visible(text[:room]).rstrip("\n").split("\n")
    return [*map(_short, whole), _short(last, max(0, beyond))]


def _short(line: str, beyond: int = 0) -> str:
    """Return the start of `line`, of which `beyond` characters more are not at hand."""
    if len(line) + beyond <= _LINE:
        return line
    return f"{line[:_LINE]}… {len(line) + beyond - len(line[:_LINE])} more characters"


def _comparable(sources: Mapping[str, str], room: int) -> list[str]:
    """Return the lines of `sources`; several files follow each other under their names."""
    lines: list[str] = []
    for name, text in sources.items():
        lines += [f"// {name}"] if len(sources) > 1 else []
        lines += _first_lines(text, room)
    return lines[:_DIFF_LINES]


def _changed(line: str) -> str:
    kind = {"+": "add", "-": "del", "@": "hunk"}.get(line[:1], "same")
    return f'<span class="{kind}">{escape(line)}</span>'


def _highlighted(text: str) -> Iterator[str]:
    """Yield the lines of Verilog `text` as HTML."""
    line: list[str] = []
    for kind, piece in _pieces(text):
        first, *rest = piece.split("\n")
        line.append(_span(kind, first))
        for part in rest:
            yield "".join(line)
            line = [_span(kind, part)]
    yield "".join(line)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "w" and found[0] not in _KEYWORDS:
            continue
        yield "", text[at : found.start()]
        yield kind, found[0]
        at = found.end()
    yield "", text[at:]


def _span(kind: str, text: str) -> str:
    shown = str(escape(text))
    return f'<span class="{kind}">{shown}</span>' if kind and text else shown
