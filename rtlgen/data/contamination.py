"""The gate against problems that models are evaluated on.

A problem is a copy of a known one where one of these holds:

`8-grams`
    At least `GRAM_SHARE` of the runs of eight words of the shorter of the two texts are in
    the other, and at least `GRAM_LEAST` of them. Port declarations are not words, runs that
    many problems of the set share do not count, and runs are compared both as they are and
    with port names left out, so that neither boilerplate hides a copy nor other names do.
    Of the runs that are more than a table's row the same share must be there.
`rouge-l`
    The longest common subsequence of words, without port names, has an F1 of at least
    `ROUGE_L`, with tables and without. Needs the problem's text; fingerprints hold none.
`code digest`
    The designs are equal but for names, comments, space, declarations, the order of ports and
    `begin`/`end`, and have at least `SMALL_TOKENS` tokens: shorter ones anybody writes alike.
`code shingles`
    The designs' runs of ten tokens, without names, have a Jaccard similarity of at least
    `CODE_JACCARD`, or `CODE_CONTAINED` of the known design's are in the other; same least size.
`short text and code`
    For what is too short for all of these: equal designs of any size, and at least `SHORT_SHARE`
    of the shorter text's runs of three words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from rtlgen.data.fingerprints import (
    SMALL_TOKENS,
    Code,
    Fingerprint,
    Told,
    code_of,
    fingerprints,
    shipped,
    told,
)
from rtlgen.data.judged import Task
from rtlgen.data.known import Known
from rtlgen.data.rouge import RougeIndex
from rtlgen.data.spec_text import GRAM, grams, kept

GRAM_SHARE = 0.5
GRAM_LEAST = 6
ROUGE_L = 0.7
ROUGE_WORDS = 16
"""Words that a text needs before Rouge-L says anything."""
CODE_JACCARD = 0.8
CODE_CONTAINED = 0.95
SHORT_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What something is a copy of, and by which measure."""

    problem_set: str
    problem: str
    measure: str
    score: float
    threshold: float

    def __str__(self) -> str:
        return (
            f"resembles {self.problem} of {self.problem_set}: "
            f"{self.measure} {self.score:.2f}, from {self.threshold:g} on a copy"
        )


class Gate:
    """Recognizes copies of known problems; what it knows does not change."""

    def __init__(
        self,
        prints: Iterable[Fingerprint] = (),
        texts: Iterable[tuple[str, str, Told]] = (),
        allowed: Collection[str] = (),
    ) -> None:
        """Know the problems of `prints`, and of `texts`: set, problem and text.

        The tasks of the sets in `allowed` are declared to be what they are, so that they are not
        compared with anything.
        """
        self.allowed = frozenset(allowed)
        self._prints = tuple(prints)
        self._texts = tuple(texts)
        self._plain = _index(one.plain for one in self._prints)
        self._nameless = _index(one.nameless for one in self._prints)
        self._short = _index(one.short for one in self._prints)
        self._codes: dict[int, Code] = {}
        self._owners: dict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(self._prints):
            for code in one.codes:
                self._codes[code.digest] = code
                self._owners[code.digest].append(at)
        large = [code for code in self._codes.values() if code.tokens >= SMALL_TOKENS]
        self._large = large
        self._shingles = _index(code.shingles for code in large)
        self._rouge = RougeIndex([text.nameless for _, _, text in self._texts])

    @classmethod
    def shipped(cls, allow: Collection[str] = ()) -> Self:
        """Return the gate by the fingerprints of the package, but for the sets in `allow`."""
        return cls((one for one in shipped() if one.problem_set not in allow), (), allow)

    def with_problems(self, problems: Sequence[Known]) -> Self:
        """Return a gate that knows `problems` of one set too, in place of what it knew of it."""
        names = {known.problem_set for known in problems}
        others = (one for one in self._prints if one.problem_set not in names)
        texts = [text for text in self._texts if text[0] not in names]
        for known in problems:
            text = told(known.spec, (known.header, *known.codes))
            texts.append((known.problem_set, known.problem, text))
        return type(self)((*others, *fingerprints(problems)), texts, self.allowed)

    @property
    def sets(self) -> list[str]:
        """Return the names of the problem sets that it knows."""
        return sorted({one.problem_set for one in self._prints})

    def check_task(self, task: Task) -> Finding | None:
        """Return what a problem is a copy of, by its text and its own design; None: of nothing."""
        if task.problem_set in self.allowed:
            return None
        return self.check(task.spec, task.header, [task.golden] if task.golden else [])

    def check(self, spec: str, header: str = "", verilog: Sequence[str] = ()) -> Finding | None:
        """Return what a specification with designs is a copy of; None: of nothing."""
        text = told(spec, (header, *verilog))
        codes = [code_of(design) for design in verilog]
        return (
            self._by_grams(text)
            or next(filter(None, map(self._by_code, codes)), None)
            or self._by_both(text, codes)
            or self._by_rouge(text)
        )

    def check_answer(self, task: Task, verilog: str) -> Finding | None:
        """Return what an answer to `task` is a copy of; None: of nothing, or of what is allowed."""
        if task.problem_set in self.allowed:
            return None
        code = code_of(verilog)
        found = self._by_code(code)
        if found is None and code.digest in self._owners:
            found = self._by_both(told(task.spec, (task.header, verilog)), [code])
        return found

    def check_code(self, verilog: str) -> Finding | None:
        """Return what a design alone is a copy of; None: of nothing, or too small to say."""
        return self._by_code(code_of(verilog))

    def _by_grams(self, text: Told) -> Finding | None:
        best: tuple[float, int] | None = None
        for words, index, of in (
            (text.nameless, self._nameless, [one.nameless for one in self._prints]),
            (text.plain, self._plain, [one.plain for one in self._prints]),
        ):
            found = self._contained(grams(words), index, of)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        return best and self._finding(best[1], f"{GRAM}-grams", best[0], GRAM_SHARE)

    def _contained(
        self, own: set[int], index: dict[int, list[int]], of: Sequence[Collection[int]]
    ) -> tuple[float, int] | None:
        """Return the best share of runs, and the number of the problem; None where none is."""
        few = set(filter(kept, own))
        best: tuple[float, int] | None = None
        for at, count in _counted(index, own).items():
            sampled = self._prints[at].sampled
            if count < (GRAM_LEAST // 2 if sampled else GRAM_LEAST):
                continue
            score = _contained(few if sampled else own, of[at])
            if score >= GRAM_SHARE and (best is None or score > best[0]):
                best = (score, at)
        return best

    def _by_code(self, code: Code) -> Finding | None:
        if code.tokens < SMALL_TOKENS:
            return None
        if code.digest in self._codes:
            return self._finding(self._owners[code.digest][0], "code digest", 1.0, 1.0)
        for at, count in _counted(self._shingles, code.shingles).most_common(8):
            known = self._large[at]
            jaccard = count / len(code.shingles | known.shingles)
            contained = count / len(known.shingles)
            owner = self._owners[known.digest][0]
            if jaccard >= CODE_JACCARD:
                return self._finding(owner, "code shingles", jaccard, CODE_JACCARD)
            if contained >= CODE_CONTAINED:
                return self._finding(owner, "code shingles", contained, CODE_CONTAINED)
        return None

    def _by_both(self, text: Told, codes: Iterable[Code]) -> Finding | None:
        equal = {at for code in codes for at in self._owners.get(code.digest, ())}
        if not equal:
            return None
        own = text.short()
        for at, count in _counted(self._short, own).items():
            score = count / max(min(len(own), len(self._prints[at].short)), 1)
            if at in equal and score >= SHORT_SHARE:
                return self._finding(at, "short text and code", min(score, 1.0), SHORT_SHARE)
        return None

    def _by_rouge(self, text: Told) -> Finding | None:
        if len(text.nameless) < ROUGE_WORDS:
            return None
        found = self._rouge.best(text.nameless, ROUGE_L)
        if found is None or self._rouge.in_words(text.nameless, found[0]) < ROUGE_L:
            return None
        name, problem, _ = self._texts[found[0]]
        return Finding(
            problem_set=name,
            problem=problem,
            measure="rouge-l",
            score=found[1],
            threshold=ROUGE_L,
        )

    def _finding(self, at: int, measure: str, score: float, threshold: float) -> Finding:
        known = self._prints[at]
        return Finding(
            problem_set=known.problem_set,
            problem=known.problem,
            measure=measure,
            score=score,
            threshold=threshold,
        )


def _contained(own: Collection[int], known: Collection[int]) -> float:
    """Return the share of the smaller set in the other; in words alone, if that is less.

    Rows of tables are alike everywhere: where both texts say something in words, it has to agree.
    """
    own_words, known_words = ({gram for gram in of if gram & 1} for of in (own, known))
    shares = [_share(set(own), set(known))]
    if own_words and known_words:
        shares.append(_share(own_words, known_words))
    return min(shares)


def _share(first: set[int], second: set[int]) -> float:
    return len(first & second) / max(min(len(first), len(second)), 1)


def _index(sets: Iterable[Iterable[int]]) -> dict[int, list[int]]:
    """Return the positions of the sets by what is in them."""
    found: dict[int, list[int]] = {}
    for at, one in enumerate(sets):
        for value in one:
            found.setdefault(value, []).append(at)
    return found


def _counted(index: dict[int, list[int]], values: Iterable[int]) -> Counter[int]:
    """Return how many of `values` each set has, in the order of the sets."""
    counted: Counter[int] = Counter()
    for value in values:
        counted.update(index.get(value, ()))
    return Counter(dict(sorted(counted.items())))
