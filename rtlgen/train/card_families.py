"""Which problems of a benchmark have their family of designs in the corpus.

No list says it: the golden design of a problem is compared with designs of the corpus, by what
they are built of: kinds of operators, registers and ports. It counts as known where the nearest
one is at least as near as `threshold`: the similarity that best tells (Youden's J) the corpus's
held-out problems of trained families from its held-out families. What shares of both it takes
for known stand beside it. How a problem is told plays no part, so that benchmarks that tell the
same design in other words get the same answer. Words only help to name the nearest family.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtlgen.data.normalize import tokens
from rtlgen.data.spec_text import port_names, without_names, words
from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import corpus_problems
from rtlgen.evaluation.problem import Problem, description_of
from rtlgen.train.card_record import FamilyOf, FamilyRule

if TYPE_CHECKING:
    import numpy as np

PER_FAMILY = 12
"""Designs of each family that problems are compared with: the first of the corpus."""
WORDS = 0.5
"""Weight of the words where a family is named; the rest is that of the structure."""
_WIDTH = re.compile(r"(?:input|output)[^;,\[\]]*\[\s*(\d+)\s*:\s*(\d+)\s*\]")
_MODULE = re.compile(r"\bmodule\b")
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("if", "?", "case", "casez", "casex"), "selects"),
    **dict.fromkeys(("&", "&&", "and", "~&", "nand"), "ands"),
    **dict.fromkeys(("|", "||", "or", "~|", "nor"), "ors"),
    **dict.fromkeys(("^", "~^", "^~", "xor", "xnor"), "exclusive ors"),
    **dict.fromkeys(("~", "!", "not"), "inversions"),
    **dict.fromkeys(("==", "!=", "===", "!=="), "equalities"),
    **dict.fromkeys((">", ">="), "orders"),
    "<": "orders",
    "+": "additions",
    "-": "subtractions",
    **dict.fromkeys(("*", "/", "%"), "products"),
    **dict.fromkeys(("<<", ">>", "<<<", ">>>"), "shifts"),
    "{": "concatenations",
    "[": "selections of bits",
    **dict.fromkeys(("for", "generate", "genvar"), "loops"),
    **dict.fromkeys(("localparam", "parameter"), "named constants"),
    "signed": "signs",
    "$signed": "signs",
    **dict.fromkeys(("input", "output"), "ports"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a problem looks like: counts by feature."""

    structure: Mapping[str, float]
    words: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A problem of the corpus."""

    family: str
    shape: Shape


def shape(description: str, golden: str) -> Shape:
    """Return the features of a problem; names of ports and of the author are none."""
    said = without_names(words(description), port_names(golden))
    counts = Counter(word for word in said if len(word) > 1)
    return Shape(
        structure=structure(golden),
        words={word: 1 + math.log(number) for word, number in counts.items()},
    )


def structure(verilog: str) -> dict[str, float]:
    """Return kinds of operators, registers and ports in a design, as logarithms of counts."""
    found = tokens(verilog)
    counts: Counter[str] = Counter()
    for token in found:
        if kind := _KINDS.get(token):
            counts[kind] += 1
    edges = found.count("posedge") + found.count("negedge")
    blocks = sum(token.startswith("always") for token in found)
    counts["edges"] = edges
    counts["clocked assignments" if edges else "orders"] += found.count("<=")
    counts["processes"] = blocks
    counts["modules"] = len(_MODULE.findall(verilog))
    counts["memories"] = _memories(found)
    widths = [abs(int(a) - int(b)) + 1 for a, b in _WIDTH.findall(verilog)]
    values = {kind: math.log2(1 + number) for kind, number in counts.items() if number}
    # Whether there is a clock, and more than one edge, says more than any count.
    values["sequential"] = 2.0 * bool(edges)
    values["asynchronous"] = 1.0 * (edges > blocks)
    values["widest port"] = math.log2(max([1, *widths])) / 4
    return values


def _memories(found: Sequence[str]) -> int:
    """Return how many arrays are declared: `reg [7:0] name [`."""
    return sum(
        found[at] == "]"
        and found[at + 1] not in _KINDS
        and found[at + 2] == "["
        and "reg" in found[max(0, at - 6) : at]
        for at in range(len(found) - 2)
    )


@dataclass(slots=True, kw_only=True)
class Families:
    """Designs of the corpus, ready to be compared with."""

    examples: Sequence[Example]
    words: float
    """Weight of the words, 0 to 1."""
    _vocabulary: Mapping[str, int] = field(repr=False)
    _weights: np.ndarray = field(repr=False)
    _rows: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, examples: Sequence[Example], *, words: float = 0.0) -> Families:
        """Make `examples` ready."""
        import numpy as np  # noqa: PLC0415 - slow to load

        vocabulary: dict[str, int] = {}
        for example in examples:
            for key in _keys(example.shape):
                vocabulary.setdefault(key, len(vocabulary))
        seen = Counter(key for example in examples for key in _keys(example.shape))
        weights = np.ones(len(vocabulary), dtype=np.float32)
        for key, at in vocabulary.items():
            if key.startswith("w "):
                weights[at] = math.log((1 + len(examples)) / (1 + seen[key]))
        made = cls(
            examples=examples,
            words=words,
            _vocabulary=vocabulary,
            _weights=weights,
            _rows=np.zeros((0, 0), dtype=np.float32),
        )
        made._rows = made._matrix([example.shape for example in examples])
        return made

    def similarities(self, shapes: Sequence[Shape]) -> np.ndarray:
        """Return a row for each shape: its similarity, 0 to 1, with every design."""
        found: np.ndarray = self._matrix(shapes) @ self._rows.T
        return found

    def nearest(self, shapes: Sequence[Shape]) -> list[tuple[str, float]]:
        """Return the family of the design most similar to each shape, and how similar it is."""
        found = self.similarities(shapes)
        best = found.argmax(axis=1)
        return [
            (self.examples[at].family, min(1.0, float(row[at])))
            for row, at in zip(found, best.tolist(), strict=True)
        ]

    def _matrix(self, shapes: Sequence[Shape]) -> Any:  # noqa: ANN401 - numpy's
        import numpy as np  # noqa: PLC0415

        rows = np.zeros((len(shapes), len(self._vocabulary)), dtype=np.float32)
        for row, one in zip(rows, shapes, strict=True):
            _fill(row, one.structure, "s ", 1 - self.words, self)
            _fill(row, one.words, "w ", self.words, self)
        return rows


def _fill(
    row: np.ndarray, values: Mapping[str, float], mark: str, share: float, of: Families
) -> None:
    """Put one side's features into `row`, so that its squares sum to `share`."""
    weighed = {
        at: value * float(of._weights[at])
        for key, value in values.items()
        if (at := of._vocabulary.get(mark + key)) is not None
    }
    # What the corpus has no word for counts too: it makes the rest less alike.
    unknown = sum(v * v for k, v in values.items() if mark + k not in of._vocabulary)
    length = math.sqrt(sum(value * value for value in weighed.values()) + unknown)
    for at, value in weighed.items():
        row[at] = value * math.sqrt(share) / length if length else 0.0


def _keys(one: Shape) -> Iterable[str]:
    yield from (f"s {key}" for key in one.structure)
    yield from (f"w {key}" for key in one.words)


def read_examples(root: Path, *, per_family: int | None = PER_FAMILY) -> list[Example]:
    """Return the first problems of each family in a part of a corpus.

    Raises:
        UsageError: There is no corpus, or a line of it is damaged.
    """
    counts: Counter[str] = Counter()
    found = []
    for _, row in corpus_problems(root):
        counts[row.family] += 1
        if per_family is None or counts[row.family] <= per_family:
            seen = shape(row.description, row.golden)
            found.append(Example(family=row.family, shape=seen))
    return found


def calibrated(
    families: Families, inside: Sequence[Example], outside: Sequence[Example]
) -> FamilyRule:
    """Return the threshold that best tells problems `inside` from those `outside`.

    Raises:
        UsageError: There are none of one sort.
    """
    import numpy as np  # noqa: PLC0415

    names = {example.family for example in families.examples}
    known = [example for example in inside if example.family in names]
    strange = [example for example in outside if example.family not in names]
    if not known or not strange:
        raise UsageError(
            "a corpus must have held-out problems of trained families and of others, it has "
            f"{len(known)} and {len(strange)}"
        )
    high, low = (
        families.similarities([one.shape for one in some]).max(axis=1) for some in (known, strange)
    )
    candidates = np.unique(np.concatenate([high, low]))
    gains = [(high >= at).mean() - (low >= at).mean() for at in candidates]
    best = round(float(candidates[int(np.argmax(gains))]) - 5e-5, 4)
    return FamilyRule(
        threshold=best,
        examples=len(families.examples),
        families=len(names),
        recognized=round(float((high >= best).mean()), 4),
        mistaken=round(float((low >= best).mean()), 4),
    )


def families_of(problems: Sequence[Problem], corpus: Corpus) -> dict[str, FamilyOf]:
    """Return the nearest family of each problem by its id, and whether it is near enough."""
    shapes = [shape(description_of(problem), problem.golden) for problem in problems]
    near = corpus.by_structure.nearest(shapes)
    called = corpus.by_both.nearest(shapes)
    return {
        problem.task_id: FamilyOf(
            family=name,
            similarity=round(similarity, 4),
            known=similarity >= corpus.rule.threshold,
        )
        for problem, (_, similarity), (name, _) in zip(problems, near, called, strict=True)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A corpus, ready to tell which problems are of its families."""

    by_structure: Families
    by_both: Families
    rule: FamilyRule


def read_corpus(root: Path) -> Corpus:
    """Return the corpus in `root`, with its training and its held-out parts.

    Raises:
        UsageError: A part is missing or damaged, or has nothing to tell families by.
    """
    examples = read_examples(root / "train")
    by_structure = Families.of(examples)
    rule = calibrated(
        by_structure,
        read_examples(root / "held-out-instances", per_family=None),
        read_examples(root / "held-out-families", per_family=None),
    )
    return Corpus(by_structure=by_structure, by_both=Families.of(examples, words=WORDS), rule=rule)
