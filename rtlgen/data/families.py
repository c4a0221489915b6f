"""Families of problems, where a problem set names none.

Two problems are of one family if their names have the same stem (`lemmings2` and
`lemmings3`; `Prob120_fsm3s` and `fsm3s`), if their specifications are near duplicates, or if their
own designs are equal but for names; and so on from problem to problem. A stem that
more than `MOST` problems of a set have is only the set's way of numbering and says nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rtlgen.data.code_text import body_digest, body_tokens
from rtlgen.data.judged import Task
from rtlgen.data.near_duplicates import Deduplicator
from rtlgen.data.spec_text import words

SPEC_THRESHOLD = 0.7
"""Similarity from which two specifications are near duplicates here."""
MOST = 12
_NUMBERED = re.compile(r"\A(?:prob\d+[_-])?(.*?)[_-]?(?:v?\d+)?\Z", re.S | re.I)
_SHORTEST = 3
_LONGEST = 200

Key = tuple[str, str]
"""Problem set and problem."""


def families(tasks: Iterable[Task]) -> dict[Key, str]:
    """Return the family of each problem; the order of `tasks` does not matter.

    A family that is found is called by the first of its members' stems, in the order of letters.
    Problems whose set names no family are held in memory together.
    """
    found: dict[Key, str] = {}
    unnamed: dict[Key, Task] = {}
    for task in tasks:
        key = (task.problem_set, task.problem)
        if task.family:
            found[key] = task.family
        else:
            unnamed[key] = task
    return found | _clustered([unnamed[key] for key in sorted(unnamed)])


def stem(problem: str) -> str:
    """Return a problem's name without a number in front or behind."""
    match = _NUMBERED.match(problem[:_LONGEST])
    return (match[1] if match else problem).lower()


def _clustered(tasks: Sequence[Task]) -> dict[Key, str]:
    stems = _stems(tasks)
    union = _Union(len(tasks))
    for links in (_by_stem(stems), _by_design(tasks), _by_spec(tasks)):
        for first, second in links:
            union.join(first, second)
    names: dict[int, str] = {}
    for at, (task, called) in enumerate(zip(tasks, stems, strict=True)):
        root, name = union.root(at), called or f"{task.problem_set}/{task.problem}"
        names[root] = min(names.get(root, name), name)
    return {(t.problem_set, t.problem): names[union.root(at)] for at, t in enumerate(tasks)}


def _stems(tasks: Sequence[Task]) -> list[str]:
    """Return the stem of each problem's name; empty where it says nothing."""
    counts = Counter((task.problem_set, stem(task.problem)) for task in tasks)
    common = {name for (_, name), count in counts.items() if count > MOST}
    names = (stem(task.problem) for task in tasks)
    return ["" if len(name) < _SHORTEST or name in common else name for name in names]


def _by_stem(stems: Sequence[str]) -> Iterator[tuple[int, int]]:
    members: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(stems):
        if name:
            members[name].append(at)
    for found in members.values():
        yield from _links(found)


def _by_design(tasks: Sequence[Task]) -> Iterator[tuple[int, int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for at, task in enumerate(tasks):
        if body := body_tokens(task.golden):
            members[body_digest(body)].append(at)
    for found in members.values():
        yield from _links(found)


def _by_spec(tasks: Sequence[Task]) -> Iterator[tuple[int, int]]:
    with Deduplicator(threshold=SPEC_THRESHOLD, read=words) as seen:
        for at, task in enumerate(tasks):
            if (duplicate := seen.add(str(at), task.spec)) is not None:
                yield int(duplicate.of), at


def _links(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    for other in members[1:]:
        yield members[0], other


class _Union:
    """Sets that are joined."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, at: int) -> int:
        while self._above[at] != at:
            self._above[at] = self._above[self._above[at]]
            at = self._above[at]
        return at

    def join(self, first: int, second: int) -> None:
        first, second = sorted((self.root(first), self.root(second)))
        self._above[second] = first
