"""What kinds of failure there are: by category, and by what the first mismatch shows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rtlgen.evaluation.judgement import Category, Window
from rtlgen.evaluation.row import Row
from rtlgen.train.card_record import Failure

MOST = 10
_COMPARED = frozenset({Category.MISMATCH, Category.UNKNOWN_VALUE})
_REFUSED = frozenset({Category.SYNTAX, Category.ELABORATION, Category.INTERFACE, Category.REFUSED})
_PLACE = re.compile(r"^\S+?:\d+:\s*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_NUMBER = re.compile(r"\b\d+\b")
_LONGEST = 80


def commonest(rows: Iterable[Row], *, most: int = MOST) -> tuple[Failure, ...]:
    """Return the kinds of failure with most samples, the most frequent first.

    A sample without a verdict is none. The example is the problem that has most of a kind.
    """
    problems: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.judged and not row.official:
            problems[kind_of(row)][row.task_id] += 1
    ranked = sorted(problems.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(
        Failure(
            category=category,
            shows=shows,
            samples=tasks.total(),
            problems=len(tasks),
            example=min(tasks, key=lambda task: (-tasks[task], task)),
        )
        for (category, shows), tasks in ranked[:most]
    )


def kind_of(row: Row) -> tuple[str, str]:
    """Return the category of a sample that failed, and what it shows, in words of no problem."""
    category = row.category
    if category in _COMPARED:
        return category.value, shown(row.window.window()) if row.window else "no waveform was kept"
    if category in _REFUSED:
        return category.value, _message(row.reason)
    return category.value, ""


def _message(reason: str) -> str:
    """Return a tool's message without places, names and numbers."""
    text = _PLACE.sub("", reason.split("\n", 1)[0]).strip()
    return _NUMBER.sub("N", _QUOTED.sub("NAME", text))[:_LONGEST]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """An output around the first mismatch: its values, most significant bit first."""

    expected: tuple[str, ...]
    got: tuple[str, ...]

    @property
    def wrong(self) -> bool:
        """Whether it differs at the mismatch; any value will do where X is expected."""
        return _differ(self.expected[-1], self.got[-1])


def shown(window: Window) -> str:
    """Return what the first mismatch shows, by the first output in the test that is wrong."""
    wrong = [output for output in _outputs(window) if output.wrong]
    if not wrong:
        return "no output differs in what was kept"
    return _shown(wrong[0], at_start=window.first == 0)


def _outputs(window: Window) -> Iterator[_Output]:
    expected = {s.name: s.values for s in window.signals if s.role == "expected"}
    for signal in window.signals:
        if signal.role == "got" and signal.name in expected:
            yield _Output(expected=expected[signal.name], got=signal.values)


def _shown(output: _Output, *, at_start: bool) -> str:
    expected, got = output.expected[-1], output.got[-1]
    if set(got) <= {"x", "z"}:
        return "the whole output is X or Z"
    if set(got) & {"x", "z"}:
        return "part of the output is X or Z"
    if kind := _by_bits(expected, got):
        return kind
    if kind := _by_time(output):
        return kind
    known = [value for value in output.expected if _known(value)]
    if len(known) < 2 and at_start:
        return "wrong at the first value that is checked"
    return "another value"


def _by_bits(expected: str, got: str) -> str:
    """Return how one value differs from the other, where that has a name."""
    if not (_known(expected) and len(expected) == len(got)):
        return "" if len(expected) == len(got) else "another width"
    if len(expected) == 1:
        return ""
    if got == expected.translate(_INVERTED):
        return "every bit is inverted"
    if got == expected[::-1]:
        return "bits in reverse order"
    distance = (int(got, 2) - int(expected, 2)) % (1 << len(got))
    if distance in {1, (1 << len(got)) - 1}:
        return "off by one"
    if sum(a != b for a, b in zip(expected, got, strict=True)) == 1:
        return "a single bit is wrong"
    return ""


def _by_time(output: _Output) -> str:
    """Return how the output's course differs from the one expected, where that has a name."""
    pairs = list(zip(output.expected, output.got, strict=True))
    earlier = [value for value in output.expected[:-1] if _known(value)]
    moves = len({value for value in output.expected if _known(value)}) > 1
    if not earlier or not moves:
        return ""
    if len({got for expected, got in pairs if _known(expected)}) == 1:
        return "an output that should change keeps its value"
    if output.got[-1] == output.expected[-2]:
        return "a change comes a cycle late or not at all"
    if output.got[-2] == output.expected[-2] == output.expected[-1]:
        return "a change where there should be none"
    return ""


_INVERTED = str.maketrans("01", "10")


def _known(value: str) -> bool:
    return set(value) <= {"0", "1"}


def _differ(expected: str, got: str) -> bool:
    return any(a not in "xz" and a != b for a, b in zip(expected, got, strict=False)) or (
        len(expected) != len(got)
    )


def by_category(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many samples have each category that occurs, passes and unjudged ones too."""
    counted = Counter(row.category for row in rows)
    return {category.value: counted[category] for category in Category if counted[category]}
