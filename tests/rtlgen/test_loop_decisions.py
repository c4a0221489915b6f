"""What a run asks for next is decided by answers and verdicts alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rtlgen.design.blind_referee import ByAgreement
from rtlgen.design.candidate import Candidate
from rtlgen.design.loop import Loop
from rtlgen.design.options import Asking, Options
from rtlgen.design.prompter import Prompter
from rtlgen.design.twins import with_twins
from rtlgen.llm.budget import Budget
from rtlgen.llm.model import Answer, Failure, Purpose, Request
from rtlgen.llm.scripted import Reply, Scripted
from rtlgen.llm.session import Session
from rtlgen.llm.store import AnswerStore
from rtlgen.spec.reader import read_spec
from sim.icarus import Icarus
from sim.verdict import Cause, Status, Verdict
from tests.rtlgen.test_loop import HEAD, RIGHT, SPEC, WRONG, ByLooking, Lines

REFERENCE = """\
class Reference:
    def reset(self):
        pass

    def clock(self, inputs):
        pass

    def outputs(self, inputs):
        total = inputs["a"] + inputs["b"]
        return {"sum": total & 1, "carry": total >> 1}
"""
BROKEN = f"{HEAD}  assign sum = a ^ ;\nendmodule\n"


def design(wrong: int, name: str = "") -> str:
    """A design of which `ByCount` says that so many of 100 checks did not hold."""
    return f"{HEAD}  // wrong: {wrong} {name}\n  assign sum = a;\nendmodule\n"


class ByCount(ByLooking):
    """Fails by the number that a design names itself, and passes 0."""

    def judge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        new = [
            replace(c, verdict=self._of(*c.design.sources.values()))
            if c.design is not None and c.verdict is None
            else c
            for c in candidates
        ]
        return with_twins(new)

    def _of(self, text: str) -> Verdict:
        if "wrong:" not in text:
            return Verdict(status=Status.FAIL, cause=Cause.SYNTAX, reason="m.v:2: syntax error")
        count = int(text.split("wrong:")[1].split(maxsplit=1)[0])
        if count == 0:
            return Verdict(status=Status.PASS, reason="all held", checked=100, expected=100)
        return Verdict(
            status=Status.FAIL,
            cause=Cause.MISMATCH,
            reason=f"{count} of 100 checks did not hold",
            checked=100,
            expected=100,
            mismatches=count,
        )


class Concurrent(Scripted):
    """Answers from the last request to the first, as a busy server may."""

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        yield from reversed(list(super().ask(requests)))


Answers = Callable[[Request], Reply]


def run(
    folder: Path, answers: Answers, budget: Budget | None = None, **asking: int
) -> tuple[Loop, Scripted]:
    model, asked = Scripted(answers), Asking(**asking)  # type: ignore[arg-type]
    return _run(folder, model, asked, budget), model


def _run(folder: Path, model: Scripted, asked: Asking, budget: Budget | None = None) -> Loop:
    with AnswerStore(folder / "answers.jsonl") as store:
        loop = Loop(
            session=Session(model, store, budget),
            referee=ByCount(),
            prompter=Prompter(read_spec(SPEC), asked),
            asking=asked,
            seed=1,
            progress=Lines(),
        )
        loop.run()
    return loop


def parents(loop: Loop) -> list[int | None]:
    return [candidate.parent for candidate in loop.candidates]


def improving(request: Request) -> str:
    """Starts are bad, repairs halve what is wrong with their parent."""
    if request.purpose is Purpose.PROPOSE:
        return design(80 - request.sample)
    code = next(m.content for m in reversed(request.messages) if "wrong:" in m.content)
    return design(int(code.split("wrong:")[1].split()[0]) // 2, f"sample {request.sample}")


def test_the_best_is_repaired_while_new_designs_go_on(tmp_path: Path) -> None:
    loop, _ = run(tmp_path, improving, candidates=2, rounds=3)
    assert parents(loop) == [None, None, 1, None, 2, None, 4, None]
    assert [c.verdict.mismatches for c in loop.candidates if c.verdict is not None] == [
        80, 79, 39, 78, 19, 77, 9, 76,
    ]  # fmt: skip


def test_a_repair_that_makes_things_worse_is_not_built_upon(tmp_path: Path) -> None:
    def worsening(request: Request) -> str:
        start = request.purpose is Purpose.PROPOSE
        return design(20 if start else 60, f"{request.purpose} {request.sample}")

    loop, _ = run(tmp_path, worsening, candidates=1, rounds=5)
    repaired = {parent for parent in parents(loop) if parent is not None}
    assert repaired
    assert {loop.candidates[parent].origin for parent in repaired} == {"propose"}


def test_what_does_not_compile_is_repaired_as_such(tmp_path: Path) -> None:
    def answers(request: Request) -> str:
        return BROKEN if request.purpose is Purpose.PROPOSE else design(0)

    loop, model = run(tmp_path, answers, candidates=1, rounds=3)
    assert [request.purpose for request in model.requests] == [
        Purpose.PROPOSE,
        Purpose.SYNTAX_REPAIR,
    ]
    assert [c.origin for c in loop.candidates] == ["propose", "syntax repair"]
    assert loop.candidates[-1].passed


def test_the_same_design_is_not_repaired_twice_over(tmp_path: Path) -> None:
    def answers(request: Request) -> str:
        return BROKEN if request.purpose is Purpose.PROPOSE else design(90)

    loop, _ = run(tmp_path, answers, candidates=4, rounds=1)
    assert [candidate.twin for candidate in loop.candidates[:4]] == [None, 0, 0, 0]
    assert set(parents(loop)) == {None, 0}


def test_no_request_is_made_twice(tmp_path: Path) -> None:
    _, model = run(tmp_path, lambda _: design(50), candidates=4, rounds=4)
    keys = [request.key for request in model.requests]
    assert len(set(keys)) == len(keys)
    seeds = [r.seed for r in model.requests if r.purpose is Purpose.PROPOSE]
    assert seeds == sorted(set(seeds))


def test_a_failure_is_a_candidate_that_is_not_judged_and_the_run_goes_on(tmp_path: Path) -> None:
    lost = Answer(text=None, failure=Failure.TIMEOUT, detail="too slow")

    def answers(request: Request) -> Reply:
        return lost if request.sample % 2 else improving(request)

    loop, _ = run(tmp_path, answers, candidates=2, rounds=2)
    assert loop.candidates[1].failure == "no answer in time: too slow"
    assert loop.candidates[1].verdict is None
    assert len(loop.candidates) == 6


def test_a_model_without_repairs_is_asked_for_designs_alone(tmp_path: Path) -> None:
    none = Answer(text=None, failure=Failure.EXHAUSTED, detail="it makes no repairs")

    def answers(request: Request) -> Reply:
        return design(50 - request.sample) if request.purpose is Purpose.PROPOSE else none

    loop, model = run(tmp_path, answers, candidates=2, rounds=4)
    assert parents(loop) == [None] * len(loop.candidates)
    repairs = [r for r in model.requests if r.purpose is not Purpose.PROPOSE]
    assert len(repairs) == 1


@pytest.mark.parametrize("attempts", range(1, 12))
def test_a_budget_cuts_a_run_short_and_changes_nothing_before(
    tmp_path: Path, attempts: int
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole, _ = run(tmp_path / "whole", improving, candidates=4, rounds=2)
    cut, _ = run(tmp_path / "cut", improving, Budget(attempts=attempts), candidates=4, rounds=2)
    assert cut.candidates == whole.candidates[:attempts]
    assert "the budget is spent" in cut.ended


def test_the_order_of_answers_does_not_matter(tmp_path: Path) -> None:
    asked = Asking(candidates=4, rounds=3)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = _run(tmp_path / "a", Scripted(improving), asked)
    second = _run(tmp_path / "b", Concurrent(improving), asked)
    assert first.candidates == second.candidates


@pytest.mark.parametrize("stop", [0, 1, 3, 5, 6, 10])
def test_a_run_that_was_cut_anywhere_goes_on_to_the_same_end(tmp_path: Path, stop: int) -> None:
    class Killed(BaseException):
        pass

    def until_stopped(request: Request) -> str:
        if len(seen) == stop:
            raise Killed
        seen.append(request.key)
        return improving(request)

    seen: list[str] = []
    (tmp_path / "unbroken").mkdir()
    (tmp_path / "broken").mkdir()
    unbroken, _ = run(tmp_path / "unbroken", improving, candidates=3, rounds=3)
    with pytest.raises(Killed):
        run(tmp_path / "broken", until_stopped, candidates=3, rounds=3)
    loop, model = run(tmp_path / "broken", improving, candidates=3, rounds=3)
    assert loop.candidates == unbroken.candidates
    assert not {request.key for request in model.requests} & set(seen)


def blind(folder: Path, answers: Answers, **asking: float) -> tuple[Loop, Scripted, ByAgreement]:
    model = Scripted(answers)
    asked = Asking(candidates=2, **asking)  # type: ignore[arg-type]
    spec, lines = read_spec(SPEC), Lines()
    prompter = Prompter(spec, asked)
    options = Options(simulators=[Icarus()], asking=asked)
    referee = ByAgreement(spec, options, prompter, lines)
    with AnswerStore(folder / "answers.jsonl") as store:
        loop = Loop(
            session=Session(model, store),
            referee=referee,
            prompter=prompter,
            asking=asked,
            seed=1,
            progress=lines,
        )
        loop.run()
    return loop, model, referee


def samples_of_references(model: Scripted) -> list[int]:
    return [r.sample for r in model.requests if r.purpose is Purpose.REFERENCE]


@pytest.mark.icarus
def test_references_are_asked_for_first_and_replaced_when_they_are_none(tmp_path: Path) -> None:
    def answers(request: Request) -> str:
        if request.purpose is Purpose.REFERENCE:
            return [REFERENCE, "I would rather not.", "class Reference:\n  x = ", REFERENCE][
                request.sample
            ]
        return [RIGHT, WRONG][request.sample % 2]

    loop, model, referee = blind(tmp_path, answers, rounds=2, min_trust=1.0)
    assert samples_of_references(model) == [0, 1, 2, 3]
    assert model.requests[0].purpose is Purpose.REFERENCE
    trust = referee.rule(loop.candidates).trust
    assert trust is not None
    assert [r.state for r in trust.references] == ["used", "dropped", "dropped", "used"]


@pytest.mark.icarus
def test_a_reference_that_did_not_come_is_another_request(tmp_path: Path) -> None:
    lost = Answer(text=None, failure=Failure.SERVER, detail="500")

    def answers(request: Request) -> Reply:
        if request.purpose is Purpose.REFERENCE:
            return REFERENCE if request.sample >= 2 else lost
        return RIGHT

    _, model, _ = blind(tmp_path, answers, rounds=2, min_trust=1.0)
    assert samples_of_references(model) == [0, 1, 2, 3]


@pytest.mark.icarus
def test_enough_trust_settles_at_once(tmp_path: Path) -> None:
    def answers(request: Request) -> str:
        return REFERENCE if request.purpose is Purpose.REFERENCE else RIGHT

    loop, model, _ = blind(tmp_path, answers, rounds=5, min_trust=0.01)
    assert loop.ended == ""
    assert len(model.requests) == 4


def test_nobody_else_is_at_work(tmp_path: Path) -> None:
    """The loop itself starts no thread that could make its decisions depend on time."""
    before = threading.active_count()
    run(tmp_path, improving, candidates=2, rounds=1)
    assert threading.active_count() == before
