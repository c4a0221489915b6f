"""What stays of a design's text when the way it is written is taken away.

`tokens` reads Verilog as a lexer does: comments, attributes and space are gone, and so
are the directives that change nothing of a design by itself (`` `timescale `` and
the like). It takes any text, in linear time. Macros stay as they are; where
they matter, `slang_tokens` has them expanded by pyslang in a sandboxed child.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from sim.process import Limits
from sim.worker import run_worker

# Every alternative matches what it starts on, so that no text takes quadratic time.
_TOKEN = re.compile(
    r"""
    (?P<gap>\s++ | //[^\n]*+ | /\*.*?(?:\*/|\Z)
      | \(\*(?!\s*+\))(?:[^*()]|\*(?!\)))*+\*\)
      | `(?:timescale|default_nettype|resetall|celldefine|endcelldefine)\b[^\n]*+)
  | (?P<name>[A-Za-z_][\w$]*+ | \\[^\s]++)
  | (?P<number>\d[\d_]*+(?:\.\d[\d_]*+(?:[eE][-+]?\d++)?+)?+)
  | '[sS]?(?P<base>[bodhBODH])\s*+(?P<digits>[0-9a-fA-FxXzZ?_]++)
  | (?P<text>"(?:\\.|[^"\\\n])*+"?)
  | (?P<mark>`[A-Za-z_]\w*+ | \$[\w$]++ | '[01xXzZ](?![\w])
      | <<<=|>>>=|===|!==|==\?|!=\?|<<<|>>>|<<=|>>=|\*\*|\+:|-:|&&|\|\||==|!=|<=|>=|<<|>>|->
      | ~&|~\||~\^|\^~|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|::|\#\#|.)
    """,
    re.S | re.X,
)
_WORDS = """
    always always_comb always_ff always_latch and assign automatic begin bit buf bufif0 bufif1
    byte case casex casez const deassign default defparam disable edge else end endcase endfunction
    endgenerate endmodule endpackage endtask enum event for force forever fork function generate
    genvar if iff import inout initial input inside int integer join localparam logic longint
    modport module nand negedge nor not notif0 notif1 or output package packed parameter posedge
    priority real realtime reg release repeat return shortint shortreal signed string struct
    supply0 supply1 task time tri tri0 tri1 triand trior trireg typedef union unique unsigned var
    void wait wand while wire wor xnor xor
"""
KEYWORDS = frozenset(_WORDS.split())
"""Words that are never a design's own names."""
_LIMITS = Limits(
    seconds=240.0, cpu_seconds=30.0, memory_bytes=1 << 30, file_bytes=64 << 20, processes=16
)
_TOGETHER = 256
"""Texts that one child process is given."""
_LONGEST = 1 << 20
"""Characters of a text that slang is given."""


def tokens(verilog: str) -> list[str]:
    """Return the tokens of any text, read as Verilog.

    A number with a base is one token for its size and one for its value, in lower
    case and without underscores, so that `8'hFF` and `8 'h f_f` are equal.
    """
    found: list[str] = []
    for match in _TOKEN.finditer(verilog):
        kind = match.lastgroup
        if kind == "gap":
            continue
        if kind == "digits":
            found.append(f"'{match['base']}{match['digits'].replace('_', '')}".lower())
        elif kind == "number":
            found.append(match[0].replace("_", ""))
        else:
            found.append(match[0])
    return found


def is_name(token: str) -> bool:
    """Return whether a token is a name that the design's author chose."""
    return (token[0].isalpha() or token[0] in "_\\") and token not in KEYWORDS


def abstract(of: Sequence[str]) -> list[str]:
    """Return tokens with each name replaced by its number in the order of first use."""
    numbers: dict[str, str] = {}
    return [
        numbers.setdefault(token, f"\\{len(numbers)}") if is_name(token) else token for token in of
    ]


def digest(verilog: str) -> str:
    """Return 32 hex digits, equal for texts that differ in comments and space only."""
    text = "\n".join(tokens(verilog))
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def shingles(of: Sequence[str], size: int = 10) -> set[int]:
    """Return 64-bit hashes of all runs of `size` tokens, names abstracted run by run.

    As a name's number counts within its run only, a renamed signal or a line put in
    changes few of them. Fewer tokens than `size` are one run.
    """
    runs = range(max(len(of) - size, 0) + 1) if of else range(0)
    return {hash64(" ".join(abstract(of[at : at + size]))) for at in runs}


def hash64(text: str) -> int:
    """Return a hash of `text`, the same everywhere and always."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def token_distance(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the edit distance (insert, delete, replace) as a share of the longer, 0 to 1."""
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415 - an extra

    return float(Levenshtein.normalized_distance(first, second))


def slang_tokens(texts: Sequence[str]) -> list[list[str] | None]:
    """Return the tokens of each text as pyslang reads it, macros expanded; None where it cannot.

    Children parse them, in a sandbox and under limits; a text that ends its child costs
    no other one its answer.

    Raises:
        EnvironmentFault: A child process cannot be run at all.
    """
    found: list[list[str] | None] = []
    while len(found) < len(texts):
        few = [text if len(text) <= _LONGEST else "" for text in texts[len(found) :][:_TOGETHER]]
        work = run_worker("sim.token_worker", {"texts": few}, limits=_LIMITS)
        found += [_same(answer) for answer in work.answers]
        if len(work.answers) < len(few):
            found.append(None)
    return found


def _same(answer: list[str] | None) -> list[str] | None:
    """Return slang's tokens as `tokens` writes them."""
    return None if answer is None else tokens("\n".join(answer))
