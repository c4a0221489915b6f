"""The rules that fit a design and a goal: BM25 over the rules' text and the design's features.

Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Node, Op, uses
from symbolic.rules.catalog import RULES
from symbolic.rules.mux_trees import chain_of, constant_compared, leaves, mux_roots
from symbolic.rules.rule import Goal, Rule

_OTHER_GOAL = 0.4
"""What a rule that serves another goal counts, against one that serves the goal wanted."""
_ASKED = 3
"""How often a word of the query counts, against a word that the design suggests."""
_WORD = re.compile(r"[a-z]{2,}|\d+'[bdh]\w+|<<|>>|==|!=|<=|>=|[-+*/%&|^~?<]")
_COMMON = frozenset(
    [
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "behind",
        "beside",
        "by",
        "each",
        "for",
        "from",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "many",
        "may",
        "more",
        "no",
        "not",
        "nothing",
        "of",
        "on",
        "one",
        "only",
        "or",
        "other",
        "others",
        "some",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "two",
        "what",
        "where",
        "which",
        "whose",
        "with",
    ]
)
_SYMBOLS: Mapping[str, str] = {
    "+": "sum",
    "-": "difference",
    "*": "product",
    "/": "division",
    "%": "remainder",
    "&": "conjunction",
    "|": "disjunction",
    "^": "xor",
    "~": "inverse",
    "?": "mux",
    "<<": "shift",
    ">>": "shift",
    "==": "comparison",
    "!=": "comparison",
    "<": "comparison",
    "<=": "comparison",
    ">=": "comparison",
}
_SAME: Mapping[str, str] = {
    "adder": "sum",
    "add": "sum",
    "addition": "sum",
    "subtract": "difference",
    "subtraction": "difference",
    "subtractor": "difference",
    "multiplication": "product",
    "multiply": "product",
    "multiplied": "product",
    "multiplier": "product",
    "compare": "comparison",
    "compared": "comparison",
    "comparator": "comparison",
    "multiplexer": "mux",
    "select": "mux",
    "selection": "mux",
    "branch": "mux",
    "rom": "memory",
    "word": "memory",
    "fsm": "state",
    "machine": "state",
    "code": "state",
    "flip": "register",
    "flop": "register",
    "cse": "subexpression",
}
_OPERATIONS: Mapping[Op, str] = {
    Op.ADD: "sum",
    Op.SUB: "difference",
    Op.MUL: "product",
    Op.UDIV: "division",
    Op.SDIV: "division signed",
    Op.UMOD: "remainder",
    Op.SMOD: "remainder signed",
    Op.SHL: "shift",
    Op.LSHR: "shift",
    Op.ASHR: "shift signed",
    Op.EQ: "comparison",
    Op.ULT: "comparison",
    Op.SLT: "comparison signed",
    Op.AND: "conjunction",
    Op.OR: "disjunction",
    Op.XOR: "xor",
    Op.NOT: "inverse",
    Op.REDUCE_XOR: "xor reduction parity",
    Op.REDUCE_AND: "conjunction reduction",
    Op.REDUCE_OR: "disjunction reduction",
    Op.MUX: "mux",
    Op.CONCAT: "concatenation bit",
    Op.SLICE: "slice bit width",
    Op.ZEXT: "extension width",
    Op.SEXT: "extension signed width",
    Op.READ: "memory",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A rule and how well it fits; larger is better, 0 is not at all."""

    rule: Rule
    score: float


def retrieve(module: Dataflow, goal: Goal, query: str = "", k: int = 8) -> list[Retrieved]:
    """Return the at most `k` rules that fit best, the best first.

    Args:
        module: Its operations and their arrangement are words of the question.
        goal: Rules that serve it come before those that serve others.
        query: More words, as of a user or a model: `share the adders of the ALU`.
        k: At least 1.
    """
    words = [*(_ASKED * list(tokens(query))), *features(module)]
    scores = _scores(words)
    weighed = [
        Retrieved(rule=rule, score=score * (1.0 if goal in rule.goals else _OTHER_GOAL))
        for rule, score in zip(RULES, scores, strict=True)
    ]
    return sorted((found for found in weighed if found.score > 0), key=lambda f: -f.score)[:k]


def tokens(text: str) -> Iterator[str]:
    """Yield the words of a text, one for all words and symbols that mean the same."""
    for word in _WORD.findall(text.lower()):
        if word not in _COMMON:
            singular = _singular(word)
            yield _SYMBOLS.get(word) or _SAME.get(singular, singular)


def _singular(word: str) -> str:
    if word.endswith("sses") or word.endswith("xes") or word.endswith("ches"):
        return word[:-2]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def features(module: Dataflow) -> list[str]:
    """Return words for what a module is made of: operations; patterns and storage, twice."""
    plain = dict.fromkeys(_words(_of_operations(module)))
    special = dict.fromkeys(_words((*_of_muxes(module), *_of_storage(module))))
    return [*plain, *special, *special]


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from tokens(text)


def _of_operations(module: Dataflow) -> Iterator[str]:
    counts = uses(module.roots())
    for node, count in counts.items():
        yield _OPERATIONS.get(node.op, "")
        if any(operand.op is Op.CONST for operand in node.operands):
            yield f"{_OPERATIONS.get(node.op, '')} constant"
        if count > 1 and len(node.operands) > 1:
            yield "common subexpression shared"
        if node.op is Op.CONST and "x" in str(node.payload):
            yield "don't care default unreachable"
        if node.op in (Op.ADD, Op.MUL) and any(o.op is node.op for o in node.operands):
            yield "chain of one operation, balanced tree of terms"


def _of_muxes(module: Dataflow) -> Iterator[str]:
    for root in mux_roots(module):
        data = leaves(root)
        yield from _of_branches(data)
        cases = chain_of(module.nodes, root).cases
        compared = [constant_compared(condition) for condition, _ in cases]
        if len([one for one in compared if one is not None]) > 2:
            yield "priority chain case if-else-if comparisons with constants parallel"
        if any(branch.op is Op.MUX for branch in root.operands[1:]):
            yield "nested enclosing conditions infeasible branches"
            if len(data) == 2:
                yield "multiplexers of the same data, of two values, select once"


def _of_branches(data: Sequence[Node]) -> Iterator[str]:
    kinds = [_inner(node).op for node in data]
    if {Op.ADD, Op.SUB} <= set(kinds):
        yield "one adder for sums and differences in branches"
    if len(kinds) > len(set(kinds)) and set(kinds) - {Op.INPUT, Op.REG, Op.CONST}:
        yield "operator sharing under exclusive conditions"
    if set(kinds) == {Op.CONST} and len(kinds) > 2:
        yield "table of constants, case statement, minimized logic"


def _inner(node: Node) -> Node:
    """Return what a node is bits of, or extends."""
    while node.op in (Op.SLICE, Op.ZEXT, Op.SEXT):
        (node,) = node.operands
    return node


def _of_storage(module: Dataflow) -> Iterator[str]:
    for register in module.registers.values():
        yield "register"
        if register.reset is not None or register.next.op is Op.MUX:
            yield "reset enable hold"
        if 1 < register.width <= 8 and _is_control(register.next):
            yield "state machine codes reachable state register"
    if len(module.registers) > 3:
        yield "registers sharing live ranges duplicate equal"
    for memory in module.memories.values():
        if memory.writes:
            yield "memory bits constant or never read, words at constant addresses"
        else:
            yield "never written rom table initial contents"


def _is_control(following: Node) -> bool:
    """Whether a next value is chosen from constants."""
    return sum(leaf.op is Op.CONST for leaf in leaves(following)) > 1


@cache
def _words_of_rules() -> list[list[str]]:
    return [
        list(
            tokens(
                f"{rule.name} {rule.title} {rule.title} {rule.matches} {rule.makes} {rule.source}"
            )
        )
        for rule in RULES
    ]


def _scores(words: Sequence[str]) -> list[float]:
    """Return the BM25 score of each rule for a question."""
    import bm25s  # noqa: PLC0415 - only where rules are asked for

    index = bm25s.BM25(method="lucene")
    index.index(_words_of_rules(), show_progress=False)
    known = [word for word in words if word in index.vocab_dict]
    return [float(score) for score in index.get_scores(known)] if known else [0.0] * len(RULES)
