from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from agreement_table import (
    COLUMNS,
    Count,
    Kind,
    cells,
    finding_rows,
    findings,
    kind,
    markdown_table,
    text_table,
)


def row(
    ours: bool | None, official: bool | None, proof: str = "", **more: object
) -> dict[str, Any]:
    facts = {
        "key": "k",
        "task": "door",
        "ours": ours,
        "functional": official,
        "strict": official,
        "said": "" if ours else "mismatch: 1, not 0",
        "cause": "none" if ours else "mismatch",
        "official_said": "" if official else "runtime mismatch",
        "proof": proof,
        "proof_reason": "",
        "replayed": None,
    }
    return facts | more


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (row(True, True), Kind.RIGHT),
        (row(False, False), Kind.WRONG),
        (row(False, True, "proved"), Kind.FALSE_FAIL),
        (row(False, True, "refuted"), Kind.TOO_WEAK),
        (row(False, True, "refuted", cause="time limit"), Kind.OPEN_FAIL),
        (row(False, True, "open"), Kind.OPEN_FAIL),
        (row(True, False, "proved"), Kind.TOO_STRICT),
        (row(True, False, "refuted", replayed=True), Kind.FALSE_PASS),
        (row(True, False, "refuted", replayed=False), Kind.OPEN_PASS),
        (row(True, True, "refuted", replayed=True), Kind.BOTH_MISS),
        (row(True, True, "refuted"), Kind.RIGHT),
        (row(False, True, cause="interface", strict=False), Kind.PORTS),
        (row(False, True, "proved", cause="interface"), Kind.FALSE_FAIL),
        (row(None, True), Kind.NOT_JUDGED),
        (row(True, None), Kind.NOT_JUDGED),
    ],
)
def test_kinds(facts: dict[str, Any], expected: Kind) -> None:
    assert kind(facts) is expected


def counted(*rows: dict[str, Any]) -> Count:
    count = Count()
    for one in rows:
        count.add(one)
    return count


def test_false_fails_are_a_share_of_the_right_designs() -> None:
    count = counted(*[row(True, True)] * 98, row(False, True, "proved"), row(False, True, "open"))
    assert count.right == 100
    assert (count.false_fails, count.false_fails_at_most) == (1.0, 2.0)


def test_what_was_not_judged_neither_agrees_nor_disagrees() -> None:
    count = counted(row(True, True), row(None, True))
    assert (count.samples, count.judged, count.agreeing) == (2, 1, 1)


def test_warnings_are_told_apart() -> None:
    assert counted(row(True, True, strict=False)).warned == 1
    assert counted(row(True, False, strict=False)).warned == 0


def test_findings_count_designs_and_samples_and_name_the_commonest_reason() -> None:
    rows = [
        row(False, True, "proved", key="a", said="X: door.v:3: one"),
        row(False, True, "proved", key="b", said="X: door.v:4: one"),
        row(False, True, "proved", key="c", said="another"),
        row(True, True, key="d"),
    ]
    [found] = findings(rows, Counter(a=3, b=1, c=1, d=9))
    assert (found.kind, found.designs, found.samples) == (Kind.FALSE_FAIL, 3, 5)
    assert found.reason == "ours: X: one (and 1 more)"


def test_tables() -> None:
    rows = [COLUMNS, cells("some_file", counted(row(True, True)))]
    assert len({len(line) for line in text_table(rows)}) == 1
    found = findings([row(False, True, "open", said="a | b")], Counter(k=1))
    lines = list(markdown_table(finding_rows(found)))
    assert lines[1] == "|---|---|---|---|---|"
    assert r"a \| b" in lines[2]
