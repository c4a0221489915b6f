"""How far rewards can be believed: what they call a pass, beside what is proved.

Of a batch of judged answers, each distinct design that a reward could pay for is
compared with the problem's golden design by equivalence checking. Then, reward by
reward, the answers that it calls a pass ("claims") are

- proved: equal to the golden design whatever the inputs;
- disproved: a trace of inputs shows another output;
- wrong: nothing to prove, as there is no design that compiles and may be simulated, or
  the proof stayed open and the test shows a mismatch;
- open: nobody knows.

The leak is the share of the claims that are disproved or wrong; counting what is open
as well gives an upper bound. Intervals draw problems again, not answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Literal

from rtlgen import __version__
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.resampling import CONFIDENCE, SEED
from rtlgen.evaluation.strict import Strict
from rtlgen.evaluation.summary import Rate
from rtlgen.train.audit_answers import Audited
from rtlgen.train.audit_proofs import Proofs, key_of
from rtlgen.train.rewards import COMPILED, Reward

AUDIT = "audit.json"
RESAMPLES = 2000
_EXAMPLES = 5


class Truth(StrEnum):
    """What an answer is worth, by proof."""

    PROVED = "proved"
    DISPROVED = "disproved"
    WRONG = "wrong"
    OPEN = "open"


class Example(Strict):
    """A claim that does not hold."""

    task_id: str
    sample: int
    truth: Truth
    reason: str


class RewardAudit(Strict):
    """One reward."""

    reward: str
    passes: float
    """From this value on it calls an answer a pass."""
    judged: int
    """Answers that it gave a value."""
    not_judged: int
    mean: float | None
    """Of its values; similarity is not measured here, so that `verireason` has it without."""
    claims: int
    proved: int
    disproved: int
    wrong: int
    open: int
    denied: int
    """Answers that are proved and that it does not call a pass."""
    leak: Rate | None
    """Share of the claims that are disproved or wrong; None without any claim."""
    leak_at_most: Rate | None
    """The same, what is open included."""
    examples: tuple[Example, ...]


class Audit(Strict):
    """`audit.json`."""

    version: Literal[1] = 1
    rtlgen: str
    benchmark: str
    source: str
    """Name of the run or of the file of samples."""
    answers: int
    problems: int
    designs: int
    """Distinct designs that were compared with the golden one."""
    prover: str
    seconds: float
    """For one proof."""
    confidence: float = CONFIDENCE
    rewards: tuple[RewardAudit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is audited."""

    benchmark: str
    source: str
    problems: Mapping[str, Problem]
    answers: Sequence[Audited]


def provable(subject: Subject) -> dict[str, tuple[Problem, list[str]]]:
    """Return the distinct designs that a proof can say something of, by task."""
    texts: dict[str, dict[str, str]] = {}
    for one in subject.answers:
        if one.seen.judgement.category in COMPILED and one.seen.verilog:
            problem = subject.problems[one.task_id]
            own = texts.setdefault(one.task_id, {})
            own.setdefault(key_of(problem, one.seen.verilog), one.seen.verilog)
    return {task: (subject.problems[task], list(own.values())) for task, own in texts.items()}


def audit(
    subject: Subject, rewards: Sequence[Reward], proofs: Proofs, *, prover: str, seconds: float
) -> Audit:
    """Return how far each of `rewards` can be believed; `proofs` has what is `provable`."""
    truths = [_truth(one, subject, proofs) for one in subject.answers]
    return Audit(
        rtlgen=__version__,
        benchmark=subject.benchmark,
        source=subject.source,
        answers=len(subject.answers),
        problems=len({one.task_id for one in subject.answers}),
        designs=sum(len(texts) for _, texts in provable(subject).values()),
        prover=prover,
        seconds=seconds,
        rewards=tuple(_audited(reward, subject.answers, truths) for reward in rewards),
    )


def _truth(one: Audited, subject: Subject, proofs: Proofs) -> tuple[Truth, str]:
    judgement = one.seen.judgement
    if not one.seen.judged:
        return Truth.OPEN, judgement.reason
    if judgement.category not in COMPILED or not one.seen.verilog:
        return Truth.WRONG, f"{judgement.category.value}: {judgement.reason}"
    found = proofs[key_of(subject.problems[one.task_id], one.seen.verilog)]
    if found.outcome == "open":
        if judgement.category is Category.MISMATCH:
            return Truth.WRONG, f"{judgement.category.value}: {judgement.reason}"
        return Truth.OPEN, found.reason
    return (Truth.PROVED if found.outcome == "proved" else Truth.DISPROVED), found.reason


_FALSE = (Truth.DISPROVED, Truth.WRONG)


def _audited(
    reward: Reward, answers: Sequence[Audited], truths: Sequence[tuple[Truth, str]]
) -> RewardAudit:
    values = [reward(one.seen) for one in answers]
    judged = [value for value in values if value is not None]
    claims = [
        (one, *truth)
        for one, value, truth in zip(answers, values, truths, strict=True)
        if value is not None and value >= reward.passes
    ]
    counts = Counter(truth for _, truth, _ in claims)
    proved = sum(
        truth is Truth.PROVED
        for value, (truth, _) in zip(values, truths, strict=True)
        if value is not None
    )
    return RewardAudit(
        reward=reward.name,
        passes=reward.passes,
        judged=len(judged),
        not_judged=len(values) - len(judged),
        mean=round(sum(judged) / len(judged), 6) if judged else None,
        claims=len(claims),
        proved=counts[Truth.PROVED],
        disproved=counts[Truth.DISPROVED],
        wrong=counts[Truth.WRONG],
        open=counts[Truth.OPEN],
        denied=proved - counts[Truth.PROVED],
        leak=_share(claims, lambda truth: truth in _FALSE),
        leak_at_most=_share(claims, lambda truth: truth is not Truth.PROVED),
        examples=tuple(
            Example(task_id=one.task_id, sample=one.sample, truth=truth, reason=why[:200])
            for one, truth, why in [claim for claim in claims if claim[1] in _FALSE][:_EXAMPLES]
        ),
    )


def _share(
    claims: Iterable[tuple[Audited, Truth, str]], false: Callable[[Truth], bool]
) -> Rate | None:
    by_task: dict[str, tuple[int, int]] = {}
    for one, truth, _ in claims:
        bad, all_ = by_task.get(one.task_id, (0, 0))
        by_task[one.task_id] = (bad + false(truth), all_ + 1)
    return ratio(list(by_task.values())) if by_task else None


def ratio(
    pairs: Sequence[tuple[int, int]], *, resamples: int = RESAMPLES, seed: int = SEED
) -> Rate:
    """Return the sum of the first over the sum of the second numbers, with its interval.

    A percentile bootstrap over the pairs, one a problem: as many as there are, are drawn
    with replacement (Efron and Tibshirani 1993, chapter 13). The second numbers are
    positive.
    """
    draw = Random(seed).choices  # noqa: S311 - not for secrets
    found = sorted(_ratio(draw(pairs, k=len(pairs))) for _ in range(resamples))
    left_out = int(resamples * (1 - CONFIDENCE) / 2 + 1e-9)
    low, value, high = found[left_out], _ratio(pairs), found[-1 - left_out]
    return Rate(low=round(low, 6), value=round(value, 6), high=round(high, 6))


def _ratio(pairs: Sequence[tuple[int, int]]) -> float:
    return sum(first for first, _ in pairs) / sum(second for _, second in pairs)


def text(found: Audit) -> str:
    """Return the audit as a table for a terminal."""
    titles = ("reward", "claims", "proved", "disproved", "wrong", "open", "denied", "leak", "")
    rows = [titles, *(_cells(one) for one in found.rewards)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(titles))]
    lines = [
        f"{found.benchmark}, {found.source}: {found.answers} answers to {found.problems} "
        f"problems, {found.designs} designs compared with the golden ones by {found.prover}",
        "",
        *("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows),
        "",
        "leak: share of the claims that are disproved or wrong, 95 % bootstrap interval over",
        "problems; at most: what is open included. denied: proved, and not called a pass.",
    ]
    return "\n".join(lines)


def _cells(one: RewardAudit) -> tuple[str, ...]:
    numbers = (one.claims, one.proved, one.disproved, one.wrong, one.open, one.denied)
    most = f"at most {_percent(one.leak_at_most)}" if one.open else ""
    return (one.reward, *map(str, numbers), _percent(one.leak), most)


def _percent(rate: Rate | None) -> str:
    if rate is None:
        return "-"
    low, value, high = (100 * part for part in (rate.low, rate.value, rate.high))
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"
