"""From the judged answers to one problem to its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev
from typing import Any

from rtlgen.data.asking import FORMS, Repairs, split_thoughts
from rtlgen.data.candidates import Candidate, spread_out
from rtlgen.data.judged import Judged, Task
from rtlgen.data.options import AnswerChoice, BuildOptions
from rtlgen.data.pairing import Pair, distance, pairs
from rtlgen.data.problem_json import problem_json
from rtlgen.data.row_id import identified
from rtlgen.data.rows import (
    GrpoRow,
    Kind,
    PreferenceRow,
    RepairRow,
    Row,
    SftRow,
    Turn,
    UnpairedRow,
    VerdictColumns,
)
from rtlgen.data.score import verdict_score
from rtlgen.evaluation.judgement import Category

_RUNS = frozenset(
    {
        Category.MISMATCH,
        Category.UNKNOWN_VALUE,
        Category.INCOMPLETE,
        Category.TIMEOUT,
        Category.MEMORY,
        Category.OUTPUT,
    }
)
"""What compiles and does the wrong thing: a repair is functional."""
_WRITTEN = frozenset({"corpus", "folder"})
"""Sources whose answers no model drew, so that they say nothing of a prompt's difficulty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The rows of one problem, and what there is to say of them."""

    rows: list[tuple[Kind, Row]] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    hopeless: str = ""
    """Why there is no GRPO row although there are answers."""


def make_rows(
    task: Task,
    candidates: Sequence[Candidate],
    judged: Sequence[Judged],
    options: BuildOptions,
) -> Made:
    """Return the rows of a problem but for those of SFT, which `sft_rows` gives.

    Args:
        task: The problem.
        candidates: Its different answers.
        judged: All answers with a verdict, repetitions too.
        options: Gates and choices.
    """
    rows: list[tuple[Kind, Row]] = []
    found = pairs(candidates, options) if Kind.PREFERENCE in options.kinds else []
    rows += [(Kind.PREFERENCE, _preference(task, pair)) for pair in found]
    if Kind.REPAIR in options.kinds:
        rows += [(Kind.REPAIR, row) for row in _repairs(task, candidates, options)]
    if Kind.UNPAIRED in options.kinds:
        rows += [(Kind.UNPAIRED, row) for row in _unpaired(task, candidates, options)]
    hopeless = ""
    if Kind.GRPO in options.kinds and task.judge is not None:
        row, hopeless = _grpo(task, judged, options)
        rows += [(Kind.GRPO, row)] if row is not None else []
    return Made(rows=rows, pairs=found, hopeless=hopeless)


def sft_rows(
    task: Task, candidates: Sequence[Candidate], options: BuildOptions
) -> Iterator[SftRow]:
    """Yield a row for each different answer that holds, those without a warning first."""
    right = [c for c in candidates if c.passed and c.code and c.text.strip()]
    for candidate in sorted(right, key=lambda c: -c.score):
        yield _sft(task, candidate, options)


def _head(task: Task) -> dict[str, Any]:
    return {
        "id": "",
        "problem_set": task.problem_set,
        "problem": task.problem,
        "family": task.family,
        "prompt": [Turn(role=m.role, content=m.content) for m in task.prompt],
    }


def _said(text: str) -> list[Turn]:
    return [Turn(role="assistant", content=text)]


def _verdict(candidate: Candidate) -> VerdictColumns:
    verdict = candidate.judged.verdict
    if verdict is None:
        raise ValueError("what was not judged is no label")
    return verdict


def _preference(task: Task, pair: Pair) -> PreferenceRow:
    chosen, rejected = pair.chosen, pair.rejected
    return identified(
        PreferenceRow(
            **_head(task),
            chosen=_said(chosen.text),
            rejected=_said(rejected.text),
            chosen_verdict=_verdict(chosen),
            rejected_verdict=_verdict(rejected),
            chosen_provenance=chosen.judged.provenance,
            rejected_provenance=rejected.judged.provenance,
            margin=pair.margin,
            distance=pair.distance,
            chosen_tokens=chosen.size,
            rejected_tokens=rejected.size,
        )
    )


def _sft(task: Task, candidate: Candidate, options: BuildOptions) -> SftRow:
    thought, rest = split_thoughts(candidate.judged.completion)
    text = candidate.text
    if options.reasoning and thought:
        answer = rest if options.answers is AnswerChoice.COMPLETION else text
        text = f"<think>\n{thought}\n</think>\n{answer}"
    elif options.answers is AnswerChoice.COMPLETION:
        text = rest
    return identified(
        SftRow(
            **_head(task),
            completion=_said(text),
            spec=task.spec,
            rtl=candidate.judged.verilog or "",
            tests=task.tests,
            reasoning=thought if options.reasoning else "",
            verdict=_verdict(candidate),
            provenance=candidate.judged.provenance,
            tokens=candidate.size,
        )
    )


def _repairs(
    task: Task, candidates: Sequence[Candidate], options: BuildOptions
) -> Iterator[RepairRow]:
    """Yield repairs of different wrong designs, each to the nearest right one."""
    right = spread_out([c for c in candidates if c.passed])
    wrong = spread_out([c for c in candidates if not c.passed and _can_be_repaired(c)])
    if not right or not wrong:
        return
    near = [min(((distance(w, r), n) for n, r in enumerate(right))) for w in wrong]
    ranked = sorted(zip(near, range(len(wrong)), strict=True))
    repairs = Repairs(task)
    for (apart, number), at in ranked[: options.repairs_per_problem]:
        if (row := _repair(task, wrong[at], right[number], apart, repairs)) is not None:
            yield row


def _can_be_repaired(candidate: Candidate) -> bool:
    return candidate.judged.verilog is not None and bool(candidate.judged.evidence)


def _repair(
    task: Task, wrong: Candidate, right: Candidate, apart: float, repairs: Repairs
) -> RepairRow | None:
    functional = Category(_verdict(wrong).category) in _RUNS
    prompt = repairs.prompt(wrong.judged, functional=functional)
    if prompt is None:
        return None
    head = _head(task) | {"prompt": [Turn(role=m.role, content=m.content) for m in prompt]}
    return identified(
        RepairRow(
            **head,
            completion=_said(FORMS["fenced"](right.judged.verilog or "")),
            wrong=wrong.judged.verilog or "",
            right=right.judged.verilog or "",
            evidence=wrong.judged.evidence,
            kind="functional" if functional else "syntax",
            wrong_verdict=_verdict(wrong),
            right_verdict=_verdict(right),
            wrong_provenance=wrong.judged.provenance,
            right_provenance=right.judged.provenance,
            distance=apart,
        )
    )


def _unpaired(
    task: Task, candidates: Sequence[Candidate], options: BuildOptions
) -> Iterator[UnpairedRow]:
    shown = [candidate for candidate in candidates if candidate.text.strip()]
    right = [candidate for candidate in shown if candidate.passed]
    wrong = [candidate for candidate in shown if not candidate.passed]
    most = max(1, options.unpaired_per_problem // 2)
    if options.balance_unpaired:
        most = min(most, len(right), len(wrong))
    for candidate in (*spread_out(right, most), *spread_out(wrong, most)):
        yield identified(
            UnpairedRow(
                **_head(task),
                completion=_said(candidate.text),
                label=candidate.passed,
                verdict=_verdict(candidate),
                provenance=candidate.judged.provenance,
                tokens=candidate.size,
            )
        )


def _grpo(
    task: Task, judged: Sequence[Judged], options: BuildOptions
) -> tuple[GrpoRow | None, str]:
    """Return the row of a prompt whose answers differ in their rewards, or why there is none."""
    scores = [
        verdict_score(one.verdict)
        for one in judged
        if one.verdict is not None and one.provenance.source not in _WRITTEN
    ]
    mean = round(fmean(scores), 6) if scores else None
    spread = round(pstdev(scores), 6) if len(scores) > 1 else None
    if why := _why_not(len(scores), mean, spread, options):
        return None, why
    assert task.judge is not None  # noqa: S101 - the caller looks
    row = GrpoRow(
        **_head(task),
        reward_data=problem_json(task.judge),
        samples=len(scores),
        mean_reward=mean,
        reward_spread=spread,
    )
    return identified(row), ""


def _why_not(samples: int, mean: float | None, spread: float | None, options: BuildOptions) -> str:
    if samples < options.min_samples:
        return f"{samples} judged answers, {options.min_samples} are needed"
    if mean is None or spread is None:
        return ""
    if not options.min_mean < mean < options.max_mean:
        kind = "trivial" if mean >= options.max_mean else "hopeless"
        return f"{kind}: the mean score of {samples} answers is {mean:.2f}"
    if spread <= options.min_spread:
        return f"the scores of {samples} answers hardly differ: standard deviation {spread:.2f}"
    return ""
