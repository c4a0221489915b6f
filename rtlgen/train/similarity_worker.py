"""The part of `reward_similarity` that parses untrusted text; it runs in a child process.

Reads `sim.worker.REQUEST`, a list of pairs of texts, and writes a number a pair.
"""

from __future__ import annotations

import json
import resource
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from pyslang.parsing import Token, TokenKind

from sim.slang import Parsed, Syntax
from sim.worker import ANSWERS, REQUEST

MOST_NODES = 50_000
"""Syntax nodes of a text that are looked at."""
_VALUES = (TokenKind.IntegerLiteral, TokenKind.IntegerBase)
_NO_TEXT = (TokenKind.Placeholder, TokenKind.EndOfFile)

Productions: TypeAlias = Counter[tuple[str, ...]]


def main() -> None:
    """Answer each pair of the request, in order."""
    pairs = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        # Whatever a text includes, slang opens it: a device, or a pipe that never ends.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        known: dict[str, Productions] = {}
        for golden, design in pairs:
            if golden not in known:
                known = {golden: productions(golden)}
            answers.write(json.dumps(score(known[golden], productions(design))) + "\n")
            answers.flush()


def productions(text: str) -> Productions:
    """Return how often each kind of syntax node has which parts; names count for nothing."""
    found: Productions = Counter()
    waiting: list[Any] = [Parsed({"design.sv": text}).root]
    while waiting and found.total() < MOST_NODES:
        node = waiting.pop()
        children = [part for part in node if part is not None]
        found[(_plain(node.kind), *_words(children))] += 1
        waiting += [part for part in children if not isinstance(part, Token)]
    return found


def _words(parts: list[Syntax | Token]) -> Iterator[str]:
    for part in parts:
        if not isinstance(part, Token):
            yield _plain(part.kind)
        elif part.kind in _VALUES:
            yield part.rawText
        elif part.kind not in _NO_TEXT and not part.isMissing:
            yield _plain(part.kind)


def _plain(kind: object) -> str:
    return str(kind).rpartition(".")[2]


def score(golden: Productions, design: Productions) -> float:
    """Return half the similarity and half the coverage, less half the redundancy, 0 to 1."""
    shared = (golden & design).total()
    left, right = golden.total(), design.total()
    if not left or not right:
        return 0.0
    similarity = 2 * shared / (left + right)
    coverage = shared / left
    redundancy = max(0, right - left) / right
    return max(0.0, (similarity + coverage - redundancy) / 2)
