"""What must hold of each row by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from rtlgen.data.normalize import digest
from rtlgen.data.row_id import row_id
from rtlgen.data.rows import (
    GrpoRow,
    PreferenceRow,
    Provenance,
    RepairRow,
    Row,
    SftRow,
    UnpairedRow,
    VerdictColumns,
)
from rtlgen.data.score import verdict_score
from rtlgen.data.survey import provenances, verdicts
from rtlgen.evaluation.judgement import Category

_NEEDED = ("source", "name", "source_digest", "rtlgen")
_NEARLY = 1e-6
_JUDGED = frozenset(Category) - {Category.NOT_JUDGED}

Fault = tuple[str, str]
"""A rule, and what breaks it."""


def faults(row: Row, *, min_margin: float = 0.0) -> Iterator[Fault]:
    """Yield what is wrong with a row."""
    if row.id != row_id(row):
        yield "id", f"the id must be the digest of the row, {row_id(row)}, not {row.id[:40]!r}"
    if not row.family:
        yield "family", "a row must have a family"
    if not row.prompt or row.prompt[-1].role == "assistant":
        yield "prompt", "a prompt must end with what somebody else than the assistant says"
    for verdict in verdicts(row):
        yield from _of_verdict(verdict)
        if verdict.category not in _JUDGED:
            return
    for provenance in provenances(row):
        yield from _of_provenance(provenance)
    if isinstance(row, PreferenceRow):
        yield from _of_pair(row, min_margin)
    elif isinstance(row, SftRow):
        yield from _must_pass(row.verdict, "a completion to learn")
    elif isinstance(row, RepairRow):
        yield from _of_repair(row)
    elif isinstance(row, UnpairedRow) and row.label != (row.verdict.status == "pass"):
        yield "label", f"the label is {row.label}, the verdict {row.verdict.status!r}"


def design_in(text: str) -> str:
    """Return the part of an answer from its first module to its last `endmodule`."""
    start, end = text.find("module"), text.rfind("endmodule")
    return text[start : end + len("endmodule")] if 0 <= start < end else text


def learned(row: Row) -> str | None:
    """Return the design that a trainer takes as good, or judges by; None where there is none."""
    if isinstance(row, PreferenceRow):
        return design_in(row.chosen[-1].content)
    if isinstance(row, SftRow):
        return row.rtl
    if isinstance(row, RepairRow):
        return row.right
    if isinstance(row, UnpairedRow) and row.label:
        return design_in(row.completion[-1].content)
    return _golden(row.reward_data) if isinstance(row, GrpoRow) else None


def _golden(reward_data: str) -> str | None:
    """Return the design that the answers to a GRPO prompt are judged by, where it is told."""
    try:
        told = json.loads(reward_data)
    except (ValueError, RecursionError):
        return None
    golden = told.get("golden") if isinstance(told, dict) else None
    return golden if isinstance(golden, str) and golden else None


def _of_pair(row: PreferenceRow, min_margin: float) -> Iterator[Fault]:
    good, bad = ("\n".join(turn.content for turn in of) for of in (row.chosen, row.rejected))
    if good == bad:
        yield "pair", "chosen and rejected must differ, they are equal"
    elif digest(design_in(good)) == digest(design_in(bad)):
        yield "pair", "chosen and rejected must differ in more than comments and space"
    if row.rejected_verdict.status == "pass":
        yield "label", "a rejected answer must have failed, this one passed"
    if row.margin < min_margin - _NEARLY:
        yield "margin", f"a margin must be at least {min_margin:g}, not {row.margin:g}"
    difference = verdict_score(row.chosen_verdict) - verdict_score(row.rejected_verdict)
    if difference <= 0:
        yield "label", "the chosen answer's verdict must be better than the rejected one's"
    elif abs(difference - row.margin) > _NEARLY:
        yield (
            "margin",
            f"the verdicts' scores differ by {difference:g}, the margin is {row.margin:g}",
        )


def _of_repair(row: RepairRow) -> Iterator[Fault]:
    yield from _must_pass(row.right_verdict, "a repair")
    if row.wrong_verdict.status == "pass":
        yield "label", "what is repaired must have failed, this passed"
    if digest(row.wrong) == digest(row.right):
        yield "pair", "wrong and right must differ in more than comments and space"


def _must_pass(verdict: VerdictColumns, what: str) -> Iterator[Fault]:
    if verdict.status != "pass":
        yield "label", f"{what} must have passed, its verdict is {verdict.category!r}"


def _of_verdict(verdict: VerdictColumns) -> Iterator[Fault]:
    if verdict.category not in _JUDGED:
        yield "not judged", f"a label must rest on a verdict, not on {verdict.category[:40]!r}"
    elif not _agree(verdict):
        yield "verdict", f"category {verdict.category!r} contradicts {verdict.status!r}"
    if verdict.status == "pass" and (verdict.share < 1 or not verdict.checks):
        share, checks = verdict.share, verdict.checks
        yield "verdict", f"a pass must have met every check, not {share:g} of {checks}"
    if not verdict.judge:
        yield "provenance", "a verdict must say what judged"


def _agree(verdict: VerdictColumns) -> bool:
    if verdict.category == Category.WARNING:
        return True  # a benchmark's own rule may fail what works
    return (verdict.category == Category.PASS) == (verdict.status == "pass")


def _of_provenance(provenance: Provenance) -> Iterator[Fault]:
    for name in _NEEDED:
        if not getattr(provenance, name):
            yield "provenance", f"{name!r} must not be empty"
    name = provenance.name
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).is_absolute():
        yield "provenance", "the name of a source must not be an absolute path"
