"""What is kept between runs, and what is believed of it."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from rtlgen.evaluation.harness.protocol import Preparation
from rtlgen.evaluation.judgement import Category, Judgement, Signal, Window, not_judged
from rtlgen.evaluation.judgement_cache import MAX_CHARACTERS, JudgementCache, RunJudgements
from rtlgen.evaluation.kept import Kept
from rtlgen.evaluation.preparation_cache import PreparationCache

PASS = Judgement(
    official=True, functional=True, category=Category.PASS, samples=4, expected_samples=4
)
FAIL = Judgement(
    official=False,
    functional=False,
    category=Category.MISMATCH,
    mismatches=1,
    samples=4,
    expected_samples=4,
    seconds=0.125,
    window=Window(times=(5,), first=0, signals=(Signal(name="q", role="got", values=("1",)),)),
)
KEY, OTHER, THIRD = (bytes([n]) * 32 for n in range(3))


def found(cache: JudgementCache, *keys: bytes) -> list[Judgement | None]:
    known = cache.get(keys)
    return [known[key].judgement if key in known else None for key in keys]


def database(folder: Path) -> Path:
    return folder / "judgements.sqlite"


def test_what_is_put_is_found_by_others(tmp_path: Path) -> None:
    with closing(JudgementCache(tmp_path / "cache")) as cache:
        assert found(cache, KEY) == [None]
        cache.put({KEY: PASS, OTHER: FAIL}, {})
    with closing(JudgementCache(tmp_path / "cache")) as cache:
        assert found(cache, KEY, OTHER, THIRD) == [PASS, FAIL, None]


def test_looking_makes_no_file(tmp_path: Path) -> None:
    JudgementCache(tmp_path / "cache").get([KEY])
    assert not (tmp_path / "cache").exists()


def test_keys_share_a_judgement(tmp_path: Path) -> None:
    cache = JudgementCache(tmp_path)
    cache.put({KEY: FAIL}, {OTHER: KEY})
    cache.put({}, {THIRD: OTHER})
    known = cache.get([KEY, OTHER, THIRD])
    assert {one.judgement for one in known.values()} == {FAIL}
    assert len({one.number for one in known.values()}) == 1


def test_what_is_there_stays(tmp_path: Path) -> None:
    cache = JudgementCache(tmp_path)
    cache.put({KEY: PASS}, {})
    cache.put({KEY: FAIL}, {})
    assert found(cache, KEY) == [PASS]


def test_what_the_moment_decided_is_not_kept(tmp_path: Path) -> None:
    cache = JudgementCache(tmp_path)
    assert cache.put({KEY: not_judged("a wall limit"), OTHER: PASS}, {}).keys() == {OTHER}
    assert found(cache, KEY, OTHER) == [None, PASS]


def test_a_crash_of_the_simulator_is_not_kept(tmp_path: Path) -> None:
    crash = Judgement(
        official=False, functional=False, category=Category.INCOMPLETE, reason="it crashed"
    )
    cache = JudgementCache(tmp_path)
    assert cache.put({KEY: crash, OTHER: PASS}, {}).keys() == {OTHER}
    with closing(RunJudgements(cache)) as known:
        known.put({KEY: crash}, {})
        assert known.get([KEY])[KEY].judgement == crash


def test_what_is_too_long_is_not_kept(tmp_path: Path) -> None:
    cache = JudgementCache(tmp_path)
    long = Judgement(
        official=False, functional=False, category=Category.SYNTAX, log="x" * MAX_CHARACTERS
    )
    assert cache.put({KEY: long}, {}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"official": true}',
        '{"official": true, "functional": false, "category": "pass"}',
        '{"official": true, "functional": true, "category": "pass", "samples": 1}',
        '{"official": null, "functional": null, "category": "not judged"}',
        '{"official": "true", "functional": true, "category": "pass"}',
    ],
)
def test_a_damaged_entry_is_none(tmp_path: Path, text: str) -> None:
    cache = JudgementCache(tmp_path)
    cache.put({KEY: PASS, OTHER: FAIL}, {})
    with closing(sqlite3.connect(database(tmp_path))) as connection, connection:
        connection.execute(
            "UPDATE texts SET content = ? WHERE id = (SELECT text FROM names WHERE key = ?)",
            (text, KEY),
        )
    assert found(JudgementCache(tmp_path), KEY, OTHER) == [None, FAIL]


@pytest.mark.parametrize("content", [b"nonsense" * 200, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_ignored_with_a_warning(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    database(tmp_path).write_bytes(content)
    database(tmp_path).chmod(0o600)
    with caplog.at_level(logging.WARNING), closing(JudgementCache(tmp_path)) as cache:
        assert found(cache, KEY) == [None]
        assert cache.put({KEY: PASS}, {}) == {}
    assert len(caplog.messages) == 1
    assert "which can be removed" in caplog.text


@pytest.mark.parametrize("name", ["", "judgements.sqlite"])
def test_what_others_can_write_is_not_believed(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "cache"
    with closing(JudgementCache(folder)) as cache:
        cache.put({KEY: PASS}, {})
    (folder / name).chmod(0o777)
    with closing(JudgementCache(folder)) as cache:
        assert found(cache, KEY) == [None]
        assert cache.put({OTHER: PASS}, {}) == {}
    assert "that only its user can write to" in caplog.text


def test_a_link_is_not_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    database(tmp_path / "cache").symlink_to(tmp_path / "elsewhere")
    assert JudgementCache(tmp_path / "cache").put({KEY: PASS}, {}) == {}
    assert not (tmp_path / "elsewhere").exists()
    assert "plain file" in caplog.text


def test_many_may_write_at_once(tmp_path: Path) -> None:
    def work(number: int) -> None:
        with closing(JudgementCache(tmp_path)) as cache:
            for n in range(20):
                cache.put({bytes([number, n]): PASS, bytes([0, n]): FAIL}, {})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(JudgementCache(tmp_path)) as cache:
        keys = [bytes([number, n]) for number in range(5) for n in range(20)]
        assert len(cache.get(keys)) == 100


def test_more_keys_than_one_question_takes(tmp_path: Path) -> None:
    keys = [n.to_bytes(4, "big") for n in range(10_000)]
    with closing(Kept(tmp_path / "file")) as kept:
        kept.put({key: key.hex() for key in keys})
        texts = kept.get(keys)
    assert {key: text for key, (_, text) in texts.items()} == {key: key.hex() for key in keys}


@pytest.mark.parametrize("behind", [True, False])
def test_a_run_knows_all_it_has_found(tmp_path: Path, behind: bool) -> None:
    cache = JudgementCache(tmp_path) if behind else None
    with closing(RunJudgements(cache)) as known:
        known.put({KEY: PASS, OTHER: not_judged("busy")}, {THIRD: OTHER})
        all_of_it = known.get([KEY, OTHER, THIRD])
        assert all_of_it[KEY].judgement == PASS
        assert all_of_it[THIRD].judgement == all_of_it[OTHER].judgement == not_judged("busy")
        assert all(known.used(one) for one in all_of_it.values())


def test_what_an_earlier_run_found_is_used_for_the_first_time_once(tmp_path: Path) -> None:
    with closing(JudgementCache(tmp_path)) as cache:
        cache.put({KEY: PASS, OTHER: FAIL}, {THIRD: KEY})
    with closing(RunJudgements(JudgementCache(tmp_path))) as known:
        earlier = known.get([KEY, OTHER, THIRD])
        assert [known.used(earlier[key]) for key in (KEY, THIRD, OTHER)] == [False, True, False]


def test_a_run_whose_cache_fails_keeps_all_itself(tmp_path: Path) -> None:
    database(tmp_path).write_bytes(b"nonsense" * 200)
    with closing(RunJudgements(JudgementCache(tmp_path))) as known:
        known.put({KEY: PASS}, {OTHER: KEY})
        assert known.get([OTHER])[OTHER].judgement == PASS


def test_preparations_are_kept(tmp_path: Path) -> None:
    one = Preparation(
        problem="p", simulator="s 1", samples=3, seconds=0.5, repairs=("r",), facts={"a": "b"}
    )
    fault = ("it does not compile",)
    two = Preparation(problem="q", simulator="s 1", faults=fault, repairs=("r",), samples=2)
    three = Preparation(problem="q", simulator="s 1", faults=fault)
    with closing(PreparationCache(tmp_path)) as cache:
        cache.put({KEY: one, OTHER: two, THIRD: three})
    with closing(PreparationCache(tmp_path)) as cache:
        assert cache.get([KEY, OTHER, THIRD]) == {KEY: one, OTHER: two}


def test_a_damaged_preparation_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Kept(tmp_path / "preparations.sqlite")) as kept:
        kept.put({KEY: '{"problem": 3}'})
    assert PreparationCache(tmp_path).get([KEY]) == {}
    assert "a damaged preparation is ignored" in caplog.text
