"""Exact and near duplicates."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from rtlgen.data.near_duplicates import Deduplicator
from rtlgen.data.scratch_base import ScratchBase
from rtlgen.data.seen import Seen


def design(seed: int, lines: int = 40) -> list[str]:
    chance = random.Random(seed)
    operators = "&|^+"
    return [
        f"assign y{n} = a[{chance.randrange(99)}] {chance.choice(operators)} b[{chance.randrange(99)}];"
        for n in range(lines)
    ]


def text(lines: list[str]) -> str:
    return "module m;\n" + "\n".join(lines) + "\nendmodule"


def test_exact_but_for_space() -> None:
    with Deduplicator() as seen:
        assert seen.add("first", text(design(1))) is None
        found = seen.add("second", text(design(1)).replace("\n", "  \n // c\n"))
    assert found is not None
    assert (found.of, found.exact, found.score) == ("first", True, 1.0)


def test_near() -> None:
    lines = design(1)
    with Deduplicator(threshold=0.8) as seen:
        assert seen.add("first", text(lines)) is None
        found = seen.add("second", text([*lines, "assign z = 1'b0;"]))
        assert seen.add("third", text(design(2))) is None
    assert found is not None
    assert found.of == "first"
    assert not found.exact
    assert 0.8 <= found.score < 1


def test_what_repeats_is_not_remembered() -> None:
    lines = design(1)
    with Deduplicator(threshold=0.8) as seen:
        seen.add("first", text(lines))
        seen.add("second", text([*lines, "assign z = 1'b0;"]))
        found = seen.add("third", text([*lines, "assign z = 1'b0;"]))
    assert found is not None
    assert found.of == "first"


def test_a_threshold_of_one_leaves_near_ones() -> None:
    lines = design(1)
    with Deduplicator(threshold=1) as seen:
        assert seen.add("first", text(lines)) is None
        assert seen.add("second", text([*lines, "assign z = 1'b0;"])) is None
        assert seen.add("third", text(lines)) is not None


def test_the_same_order_gives_the_same_answer() -> None:
    def run() -> list[str]:
        with Deduplicator(threshold=0.7) as seen:
            return [repr(seen.add(str(n), text(design(n % 7, 20 + n)))) for n in range(40)]

    assert run() == run()


def test_empty_texts_are_equal() -> None:
    with Deduplicator() as seen:
        assert seen.add("first", "") is None
        assert seen.add("second", " // nothing") is not None


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with Deduplicator(store=tmp_path) as seen:
        seen.add("first", "module m; endmodule")
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("threshold", [0.3, 1.2])
def test_threshold(threshold: float) -> None:
    with pytest.raises(ValueError, match=f"between 0.5 and 1, not {threshold}"):
        Deduplicator(threshold=threshold)


def test_the_estimate_is_near_the_truth() -> None:
    """Recall and precision at the threshold, over pairs whose similarity is known."""
    from rtlgen.data.near_duplicates import SHINGLE
    from rtlgen.data.normalize import tokens

    def runs(of: str) -> set[tuple[str, ...]]:
        found = tokens(of)
        return {tuple(found[at : at + SHINGLE]) for at in range(len(found) - SHINGLE + 1)}

    wrong = 0
    for number in range(60):
        first = design(number)
        second = first[: 40 - number // 8] + design(number + 1000)[: number // 8]
        true = len(runs(text(first)) & runs(text(second))) / len(
            runs(text(first)) | runs(text(second))
        )
        with Deduplicator(threshold=0.85) as seen:
            seen.add("first", text(first))
            found = seen.add("second", text(second)) is not None
        wrong += found != (true >= 0.85) and abs(true - 0.85) > 0.1
    assert wrong == 0


def test_seen_keeps_the_first() -> None:
    with Seen() as seen:
        assert seen.first("a", "1") is None
        assert seen.first("a", "2") == "1"
        assert seen.first("b", "3") is None


def test_a_disk_that_fills() -> None:
    base = ScratchBase("CREATE TABLE t (a TEXT)", cache_bytes=1 << 16)
    base.execute("PRAGMA max_page_count = 4")
    with pytest.raises(OSError, match="No space left on device") as caught:
        for _ in range(99):
            base.execute("INSERT INTO t VALUES (?)", ("x" * 1000,))
    base.close()
    assert str(caught.value.filename).endswith("seen.sqlite")


def test_another_fault_is_no_full_disk() -> None:
    base = ScratchBase("CREATE TABLE t (a TEXT)", cache_bytes=1 << 16)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        base.execute("SELECT * FROM other")
    base.close()
