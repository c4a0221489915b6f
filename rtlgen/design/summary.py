"""What the reports say of a run, as values: the tree of candidates, results, costs, limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rtlgen.design.record import (
    CandidateRecord,
    GroupRecord,
    MismatchRecord,
    ModelRecord,
    RunRecord,
    UsageRecord,
)
from rtlgen.design.visible import one_line
from rtlgen.design.wave_svg import mismatch_svg
from rtlgen.design.words import count, sentence

PICTURE = "mismatch.svg"
"""Name of the file beside `report.md` that shows the first mismatch."""

Tone = Literal["good", "bad", "warn", "plain"]
Guide = Literal["bar", "gap", "tee", "end"]
_TONES: dict[str, Tone] = {"pass": "good", "fail": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a candidate, in a word and a line."""

    word: str
    detail: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A candidate at its place in the tree."""

    candidate: CandidateRecord
    guides: tuple[Guide, ...]
    """What stands before it on its line, from the root; empty for a fresh start."""


def result(candidate: CandidateRecord) -> Result:
    """Return what became of `candidate`."""
    if candidate.failure:
        return Result(word="NO ANSWER", detail=one_line(candidate.failure), tone="warn")
    if candidate.declined:
        reason = one_line(candidate.declined.split("\n\n", 1)[0])
        return Result(word="NO CODE", detail=reason, tone="warn")
    same = "" if candidate.twin is None else f"same as #{candidate.twin}"
    verdict = candidate.verdict
    if verdict is None and candidate.group is not None:
        return Result(word="COMPARED", detail=same, tone="plain")
    if verdict is None:
        return Result(word="NOT JUDGED", detail=same, tone="plain")
    detail = "; ".join(filter(None, (same, one_line(verdict.reason))))
    if candidate.group is not None and (verdict.status == "pass" or verdict.first_mismatch):
        # Judged by what the chosen one does, which is no reference.
        alike = verdict.status == "pass"
        return Result(
            word="ALIKE" if alike else "DIFFERS", detail=same if alike else detail, tone="plain"
        )
    return Result(
        word=verdict.status.upper(), detail=detail, tone=_TONES.get(verdict.status, "warn")
    )


def tree(candidates: Sequence[CandidateRecord]) -> list[Branch]:
    """Return `candidates` so that repairs follow what they repair.

    A parent that is not an earlier candidate counts as none, so that every
    candidate appears once whatever a record says.
    """
    earlier: set[int] = set()
    children: dict[int | None, list[CandidateRecord]] = {}
    for candidate in candidates:
        parent = candidate.parent if candidate.parent in earlier else None
        children.setdefault(parent, []).append(candidate)
        earlier.add(candidate.number)
    found: list[Branch] = []
    waiting = [(root, ()) for root in reversed(children.pop(None, []))]
    stack: list[tuple[CandidateRecord, tuple[Guide, ...]]] = list(waiting)
    while stack:
        candidate, guides = stack.pop()
        found.append(Branch(candidate=candidate, guides=guides))
        stack += reversed(_repairs(children.pop(candidate.number, []), guides))
    return found


def _repairs(
    repairs: list[CandidateRecord], guides: tuple[Guide, ...]
) -> list[tuple[CandidateRecord, tuple[Guide, ...]]]:
    follow: dict[Guide, Guide] = {"tee": "bar", "end": "gap"}
    before = tuple(follow.get(guide, guide) for guide in guides)
    return [(repair, (*before, "end" if repair is repairs[-1] else "tee")) for repair in repairs]


def subject(run: RunRecord) -> CandidateRecord | None:
    """Return the candidate that the reports tell most of: the chosen one, or the nearest."""
    chosen = [c for c in run.candidates if c.number == run.chosen]
    ranked = chosen or sorted(run.candidates, key=_interest, reverse=True)
    return ranked[0] if ranked else None


def _interest(candidate: CandidateRecord) -> tuple[bool, float, bool, int]:
    mismatch = candidate.verdict is not None and candidate.verdict.first_mismatch is not None
    return bool(candidate.sources), candidate.score, mismatch, -candidate.number


def is_search(run: RunRecord) -> bool:
    """Whether a model was asked, so that there is a search to tell of."""
    return run.model is not None or len(run.candidates) > 1


def shown_mismatch(run: RunRecord) -> MismatchRecord | None:
    """Return the first mismatch of the candidate that the reports tell most of."""
    candidate = subject(run)
    if candidate is None or candidate.verdict is None:
        return None
    return candidate.verdict.first_mismatch


def mismatch_picture(run: RunRecord) -> str | None:
    """Return the picture to write as `PICTURE`, if there is a mismatch to show."""
    miss = shown_mismatch(run)
    return None if miss is None else mismatch_svg(miss, widths=port_widths(run))


def port_widths(run: RunRecord) -> dict[str, int]:
    """Return the bits of the ports that the specification asks for."""
    return {port.name: port.width for port in run.spec.ports} if run.spec else {}


def tokens(usage: UsageRecord | None) -> str:
    """Return the tokens of question and answer; `~` where they are an estimate."""
    if usage is None:
        return ""
    total = usage.prompt_tokens + usage.completion_tokens
    return f"{'~' if usage.estimated else ''}{count(total)}"


def sampling(model: ModelRecord | None) -> str:
    """Return how answers were drawn, in one line."""
    facts = model.sampling.model_dump() if model else {}
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value != [])


def members(group: GroupRecord) -> str:
    """Return the candidates of `group` in words."""
    return ", ".join(f"#{number}" for number in group.members)


def limits(run: RunRecord) -> list[str]:
    """Return what the verdict does not say, one sentence each."""
    candidate = subject(run)
    verdict = candidate.verdict if candidate else None
    assumed = sum(bool(f.assumption) for f in run.spec.findings) if run.spec else 0
    said = [
        *(_of_reference(run)),
        *([sentence(note) for note in run.testbench.notes] if run.testbench else []),
        *([sentence(note) for note in verdict.notes] if verdict else []),
    ]
    if assumed:
        plural = (
            "questions that the specification leaves open were"
            if assumed > 1
            else ("question that the specification leaves open was")
        )
        said.append(f"{assumed} {plural} answered by assumption.")
    if candidate is not None and candidate.guess:
        said.append("The RTL is a guess where the specification leaves something open.")
    return list(dict.fromkeys(said))


def _of_reference(run: RunRecord) -> list[str]:
    if run.testbench is None:
        return [
            "No reference was given: nothing compared the outputs with values known to be right."
        ]
    if run.outcome == "trusted":
        return [
            "The reference does not settle whether the design is right: "
            "the trust stated here is an estimate, not a proof."
        ]
    if run.outcome == "verified" and run.basis == "agreement":
        return [
            "Verified means here that answers given independently of each other agree and that "
            "nothing the specification says speaks against them; no reference was given, and a "
            "reading that they all get wrong shows nowhere."
        ]
    if run.outcome == "verified" and run.basis == "examples":
        return [
            "Verified means here that the design does what the specification shows by examples, "
            "that these notice nearly all small changes of it, and that answers which keep them "
            "agree; what no example tells, all of these may get wrong."
        ]
    if run.outcome == "verified":
        checks = count(run.testbench.expected_checks)
        return [
            f"Verified means that {checks} checks in simulation held; it is no proof for "
            "inputs that were not driven."
        ]
    return []
