"""What an interrupted run leaves, and who may take it up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rtlgen.design.output import check_output_folder, claimed, finished_output
from rtlgen.design.record import MANIFEST
from rtlgen.design.unfinished import ANSWERS, output_folder, unfinished
from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Message, Request
from rtlgen.llm.store import AnswerStore

FACTS = {"--model": "test", "--seed": 1, "stop": []}
LOST = Answer(text=None, failure=Failure.UNREACHABLE)


class Killed(BaseException):
    """Stands for a signal."""


@contextmanager
def killed() -> Iterator[None]:
    with pytest.raises(Killed):
        yield


def start(
    out: Path, *answers: Answer, resume: bool = False, facts: object = None, end: bool = False
) -> int:
    """Run until `answers` are there, and return how many were there before."""
    with unfinished(out, facts or FACTS, resume=resume) as work:  # type: ignore[arg-type]
        with AnswerStore(work / ANSWERS) as store:
            before = len(store)
            for number, answer in enumerate(answers, before):
                message = Message(role="user", content="?")
                store.append("test", Request(messages=(message,), sample=number), answer)
        if not end:
            raise Killed
        with finished_output(work, out) as output:
            (output / ANSWERS).write_bytes((work / ANSWERS).read_bytes())
            (output / MANIFEST).write_text(json.dumps({"model": {"question": FACTS}}))
    return before


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_that_ends_leaves_nothing_but_its_output(tmp_path: Path) -> None:
    start(tmp_path / "out", Answer(text="x"), end=True)
    assert names(tmp_path) == ["out"]


def test_answers_stay_and_are_taken_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with killed():
        start(out, Answer(text="x"))
    assert names(tmp_path) == ["out.unfinished"]
    with pytest.raises(UsageError, match=r"interrupted run left .*\n\nhint: --resume continues"):
        start(out)
    assert start(out, Answer(text="y"), resume=True, end=True) == 1
    assert names(tmp_path) == ["out"]
    assert len((out / ANSWERS).read_text().splitlines()) == 3


@pytest.mark.parametrize("answers", [(), (LOST,), (LOST, LOST)])
def test_where_nothing_was_answered_nothing_is_in_the_way(
    tmp_path: Path, answers: tuple[Answer, ...]
) -> None:
    with killed():
        start(tmp_path / "out", *answers)
    assert names(tmp_path) == []


def test_a_failure_that_was_paid_for_stays(tmp_path: Path) -> None:
    with killed():
        start(tmp_path / "out", LOST, Answer(text="x"), LOST)
    assert start(tmp_path / "out", resume=True, end=True) == 1


def test_another_run_is_not_resumed(tmp_path: Path) -> None:
    with killed():
        start(tmp_path / "out", Answer(text="x"))
    with pytest.raises(UsageError, match=r'started with: --seed is 2, was 1; top is "m", was noth'):
        start(tmp_path / "out", resume=True, facts={**FACTS, "--seed": 2, "top": "m"})
    assert start(tmp_path / "out", resume=True, end=True) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_damaged_facts_are_said(tmp_path: Path, text: str) -> None:
    with killed():
        start(tmp_path / "out", Answer(text="x"))
    (tmp_path / "out.unfinished" / "start.json").write_text(text)
    with pytest.raises(UsageError, match=r"must say what it was started with.*\n\nhint: "):
        start(tmp_path / "out", resume=True)
    assert (tmp_path / "out.unfinished" / ANSWERS).is_file()


def test_an_ended_run_of_the_same_question_lends_its_answers(tmp_path: Path) -> None:
    out = tmp_path / "out"
    start(out, Answer(text="x"), end=True)
    assert start(out, resume=False, end=True) == 0
    start(out, Answer(text="x"), end=True)
    assert start(out, resume=True, end=True) == 1
    assert start(out, resume=True, facts={**FACTS, "--seed": 2}, end=True) == 0


def test_a_run_without_a_model_does_not_throw_answers_away(tmp_path: Path) -> None:
    with killed():
        start(tmp_path / "out", Answer(text="x"))
    with pytest.raises(UsageError, match="interrupted run"), output_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out.unfinished" / ANSWERS).is_file()


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with unfinished(tmp_path / "out", FACTS, resume=False) as work:
        (work / ANSWERS).write_text("")
        for resume in (False, True):
            with pytest.raises(UsageError, match=r"another one is at work on .*\n\nhint: wait"):
                start(tmp_path / "out", resume=resume)
        with pytest.raises(UsageError, match="at work"), output_folder(tmp_path / "out"):
            pass
        assert (work / ANSWERS).is_file()


def test_somebody_else_s_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out.unfinished").mkdir()
    (tmp_path / "out.unfinished" / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match=r"that holds something else\n\nhint: "):
        start(tmp_path / "out")
    assert names(tmp_path / "out.unfinished") == ["thesis.tex"]


def test_what_came_in_the_meantime_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        pytest.raises(UsageError, match="must be new"),
        claimed(out, keep=lambda _: False) as work,
        finished_output(work, out),
    ):
        out.mkdir()
        (out / "thesis.tex").write_text("years of work")
    assert names(tmp_path) == ["out"]
    assert names(out) == ["thesis.tex"]


def earlier(out: Path) -> None:
    with output_folder(out) as work:
        (work / MANIFEST).write_text("{}")


@pytest.mark.parametrize("stands", [False, True])
def test_a_kill_between_two_renames_is_mended(tmp_path: Path, stands: bool) -> None:
    """The earlier run comes back, or goes where the new one stands already."""
    out, work = tmp_path / "out", tmp_path / "out.unfinished"
    with killed():
        start(out, Answer(text="x"))
    earlier(tmp_path / "previous")
    (tmp_path / "previous").rename(work / "previous")
    if stands:
        earlier(tmp_path / "new")
        (tmp_path / "new").rename(out)
    with pytest.raises(UsageError, match="interrupted"):
        start(out)
    assert (out / MANIFEST).is_file()
    assert not (work / "previous").exists()


def test_places_with_odd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("a b/c d", "slash/", "a b/../y", ".hidden", "ä.v1"):
        earlier(Path(place))
        earlier(Path(place))
        assert names(Path(place)) == [MANIFEST]
    assert not [path for path in tmp_path.rglob("*") if "unfinished" in path.name]


def test_a_link_leads_to_the_place(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far")
    earlier(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "far") == [MANIFEST]


@pytest.mark.parametrize("place", [".", "", "../here"])
def test_the_working_folder_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(
        UsageError, match=r"can be replaced, not .*, which is where you are\n\nhint"
    ):
        check_output_folder(Path(place))


def test_what_was_half_written_goes(tmp_path: Path) -> None:
    with killed(), unfinished(tmp_path / "out", FACTS, resume=False) as work:
        with AnswerStore(work / ANSWERS) as store:
            message = Message(role="user", content="?")
            store.append("test", Request(messages=(message,)), Answer(text="x"))
        with finished_output(work, tmp_path / "out") as output:
            (output / "half").write_text("x")
            raise Killed
    assert names(tmp_path / "out.unfinished") == [ANSWERS, "rtlgen.lock", "start.json"]
