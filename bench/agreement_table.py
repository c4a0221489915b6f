"""Numbers of two tests beside each other, and what their disagreements say of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Facts = Mapping[str, Any]


class Kind(StrEnum):
    """What is found of one completion."""

    RIGHT = "both pass"
    WRONG = "both fail"
    FALSE_FAIL = "false fail of ours"
    """We fail, the official test passes, and a proof shows it equivalent."""
    FALSE_PASS = "false pass of ours"
    """We pass, and a trace shows it wrong."""
    TOO_WEAK = "official test too weak"
    """It passes what a trace shows wrong, and we fail it."""
    TOO_STRICT = "official test too strict"
    """It fails what a proof shows equivalent, and we pass it."""
    BOTH_MISS = "both pass, refuted"
    PORTS = "other ports"
    """We fail it for its ports, the published rule for a warning of them; it works, though."""
    OPEN_FAIL = "open: only ours fails"
    OPEN_PASS = "open: only ours passes"
    NOT_JUDGED = "not judged"


_AGREEING = (Kind.RIGHT, Kind.WRONG, Kind.BOTH_MISS, Kind.PORTS)
_BY_PROOF = {
    (False, True): {"proved": Kind.FALSE_FAIL, "refuted": Kind.TOO_WEAK, "": Kind.OPEN_FAIL},
    (True, False): {"proved": Kind.TOO_STRICT, "refuted": Kind.FALSE_PASS, "": Kind.OPEN_PASS},
    (True, True): {"proved": Kind.RIGHT, "refuted": Kind.BOTH_MISS, "": Kind.RIGHT},
}


def kind(row: Facts) -> Kind:
    """Return what the verdicts and the proof on one completion come to.

    A refutation counts if the simulator shows the difference: under the trace, or in the
    testbench that failed the design.
    """
    ours, official = row["ours"], row["functional"]
    if ours is None or official is None:
        return Kind.NOT_JUDGED
    if not ours and not official:
        return Kind.WRONG
    if row.get("cause") == "interface" and row["strict"] is False:
        return Kind.PORTS
    shown = row["replayed"] is True or (not ours and row.get("cause") == "mismatch")
    proof = row["proof"]
    settled = proof if proof == "proved" or (proof == "refuted" and shown) else ""
    return _BY_PROOF[ours, official][settled]


def known_right(row: Facts) -> bool:
    """Whether a completion is right as far as is known: by the official test, or by proof."""
    return kind(row) in {Kind.RIGHT, Kind.FALSE_FAIL, Kind.TOO_STRICT, Kind.OPEN_FAIL}


@dataclass(slots=True)
class Count:
    """What was found in one file, each sample counted."""

    samples: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    right: int = 0
    warned: int = 0
    """Pass here, work under the official test, and are failed for what the compiler printed."""

    def add(self, row: Facts, times: int = 1) -> None:
        """Count `row` `times` times."""
        self.samples += times
        self.kinds[kind(row)] += times
        self.right += times * known_right(row)
        self.warned += times * bool(row["ours"] and row["functional"] and row["strict"] is False)

    @property
    def judged(self) -> int:
        """Samples with both verdicts."""
        return self.samples - self.kinds[Kind.NOT_JUDGED]

    @property
    def agreeing(self) -> int:
        """Samples of which both tests say the same."""
        return sum(self.kinds[one] for one in _AGREEING)

    @property
    def false_fails(self) -> float:
        """False fails, in percent of the right designs."""
        return _percent(self.kinds[Kind.FALSE_FAIL], self.right)

    @property
    def false_fails_at_most(self) -> float:
        """The same if everything open were a false fail."""
        return _percent(self.kinds[Kind.FALSE_FAIL] + self.kinds[Kind.OPEN_FAIL], self.right)

    def facts(self) -> dict[str, Any]:
        """Return everything as JSON."""
        return {
            "samples": self.samples,
            "judged": self.judged,
            "agree": self.agreeing,
            "right": self.right,
            "false_fails_percent": self.false_fails,
            "false_fails_percent_at_most": self.false_fails_at_most,
            "failed_for_warnings": self.warned,
            **{found.value: self.kinds[found] for found in Kind},
        }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0


COLUMNS = (
    "file",
    "samples",
    "judged",
    "agree",
    "agree %",
    "false fails",
    "% of right",
    "at most %",
    "false passes",
    "open",
    "official weak",
    "official strict",
    "both miss",
    "warnings",
)


def cells(name: str, count: Count) -> tuple[str, ...]:
    """Return the row of one file, as `COLUMNS` names it."""
    kinds = count.kinds
    return (
        name,
        str(count.samples),
        str(count.judged),
        str(count.agreeing),
        f"{_percent(count.agreeing, count.judged):.2f}",
        str(kinds[Kind.FALSE_FAIL]),
        f"{count.false_fails:.2f}",
        f"{count.false_fails_at_most:.2f}",
        str(kinds[Kind.FALSE_PASS]),
        str(kinds[Kind.OPEN_FAIL] + kinds[Kind.OPEN_PASS]),
        str(kinds[Kind.TOO_WEAK]),
        str(kinds[Kind.TOO_STRICT]),
        str(kinds[Kind.BOTH_MISS]),
        str(count.warned),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Completions of one problem of which the same is found."""

    kind: Kind
    task: str
    designs: int
    """Distinct ones."""
    samples: int
    reason: str
    """Of the first of them."""

    def facts(self) -> dict[str, Any]:
        """Return everything as JSON."""
        return {
            "kind": self.kind.value,
            "task": self.task,
            "designs": self.designs,
            "samples": self.samples,
            "reason": self.reason,
        }


_PLACE = re.compile(r"\b[\w/]{1,40}\.s?v:[0-9]{1,9}(?::[0-9]{1,9})?: ?")
"""Where in a design; reasons are counted without it."""
_SILENT = {Kind.RIGHT, Kind.WRONG}


def findings(rows: Iterable[Facts], samples: Mapping[str, int]) -> list[Finding]:
    """Return what is remarkable, by kind and problem; `samples` counts completions by key."""
    groups: dict[tuple[Kind, str], list[Facts]] = {}
    for row in rows:
        if (found := kind(row)) not in _SILENT:
            groups.setdefault((found, row["task"]), []).append(row)
    order = list(Kind)
    return [
        Finding(
            kind=found,
            task=task,
            designs=len(few),
            samples=sum(samples.get(row["key"], 0) for row in few),
            reason=_reasons(found, few),
        )
        for (found, task), few in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def _reasons(found: Kind, rows: Sequence[Facts]) -> str:
    """Return the commonest reason, and how many others there are."""
    count = Counter(_reason(found, row) for row in rows)
    (first, _), *others = count.most_common()
    return f"{first} (and {len(others)} more)" if others else first


def _reason(found: Kind, row: Facts) -> str:
    ours = _PLACE.sub("", row["said"]) or "passes"
    official = _PLACE.sub("", row["official_said"]) or "passes"
    if found in (Kind.FALSE_FAIL, Kind.TOO_WEAK):
        return f"ours: {ours}"
    if found in (Kind.FALSE_PASS, Kind.TOO_STRICT):
        return f"official: {official}"
    if found is Kind.BOTH_MISS:
        return f"a trace refutes it: {row['proof_reason'] or 'replayed'}"
    why = row["proof_reason"] or "no proof"
    return f"ours: {ours}; official: {official}; {row['proof'] or 'not proved'}: {why}"


def text_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield `rows` as aligned lines."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = (f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join([first.strip().ljust(widths[0]), *others])


def markdown_table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield `rows`, the first of them the head, as a Markdown table."""
    head, *body = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    yield from (f"| {' | '.join(row)} |" for row in body)


def finding_rows(found: Sequence[Finding]) -> list[tuple[str, ...]]:
    """Return `found` as rows of a table with a head."""
    head = ("what", "problem", "designs", "samples", "reason")
    body = [(f.kind.value, f.task, str(f.designs), str(f.samples), f.reason) for f in found]
    return [head, *body]
