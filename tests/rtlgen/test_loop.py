"""What a run with a model says while it goes on, and when it stops asking."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rtlgen.cli.progress import ConsoleProgress
from rtlgen.design.candidate import Candidate, described
from rtlgen.design.loop import Loop, Ruling
from rtlgen.design.options import Asking, State
from rtlgen.design.prompter import Prompter
from rtlgen.llm.budget import Budget
from rtlgen.llm.model import Answer, Failure, Purpose, Request
from rtlgen.llm.scripted import Reply, Scripted
from rtlgen.llm.session import Session
from rtlgen.llm.store import AnswerStore
from rtlgen.spec.reader import read_spec
from sim.verdict import Cause, Mismatch, Status, Verdict

SPEC = """\
# Half adder

Module `half_adder` with the inputs `a` and `b` and the outputs `sum` and `carry`.
The sum is the exclusive or of both, the carry their and.
"""
HEAD = "module half_adder(input a, input b, output sum, output carry);\n"
RIGHT = f"{HEAD}  assign sum = a ^ b;\n  assign carry = a & b;\nendmodule\n"
WRONG = f"{HEAD}  assign sum = a;\n  assign carry = a & b;\nendmodule\n"
CONTEXT = Answer(text=None, failure=Failure.CONTEXT, detail="at most 4096 tokens")


class Lines:
    """Remembers what a run said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        self.said.append((state, name, text))

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        yield lambda how_far: None

    def of(self, name: str) -> list[str]:
        return [text for _, stage, text in self.said if stage.startswith(name)]


class ByLooking:
    """Passes what holds `^`, and simulates nothing."""

    def wanted(self, candidates: Sequence[Candidate]) -> Sequence[Request]:
        return ()

    def receive(self, requests: Sequence[Request], answers: Sequence[Answer]) -> None:
        """Nothing was wanted."""

    def judge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        return [
            c if c.design is None else replace(c, verdict=_verdict(*c.design.sources.values()))
            for c in candidates
        ]

    def describe(self, candidate: Candidate) -> tuple[str, State]:
        return described(candidate)

    def summary(self, candidates: Sequence[Candidate]) -> tuple[str, str]:
        return "", ""

    def settled(self, candidates: Sequence[Candidate]) -> bool:
        return any(candidate.passed for candidate in candidates)

    def can_repair(self, candidate: Candidate) -> bool:
        return True

    def rule(self, candidates: Sequence[Candidate]) -> Ruling:
        raise AssertionError


def _verdict(text: str) -> Verdict:
    if "^" in text:
        return Verdict(
            status=Status.PASS, cause=Cause.NONE, reason="all held", checked=8, expected=8
        )
    first = Mismatch(
        check=2, phase="", time_ns=2.0, port="sum", expected="1", got="0",
        inputs={"a": "0x0", "b": "0x1"},
    )  # fmt: skip
    return Verdict(
        status=Status.FAIL, cause=Cause.MISMATCH, reason="1 of 8 checks did not hold",
        checked=8, expected=8, mismatches=1, first_mismatch=first,
    )  # fmt: skip


def run(
    folder: Path, script: dict[Purpose, list[Reply]], budget: Budget | None = None, **asking: int
) -> tuple[Loop, Lines, Scripted]:
    model, lines = Scripted(script), Lines()
    asked = Asking(**asking)  # type: ignore[arg-type]
    with AnswerStore(folder / "answers.jsonl") as store:
        loop = Loop(
            session=Session(model, store, budget),
            referee=ByLooking(),
            prompter=Prompter(read_spec(SPEC), asked),
            asking=asked,
            seed=1,
            progress=lines,
        )
        loop.run()
    return loop, lines, model


def test_every_round_says_what_it_asks_for_and_what_came(tmp_path: Path) -> None:
    script: dict[Purpose, list[Reply]] = {
        Purpose.PROPOSE: [WRONG, "Which adder?", WRONG, WRONG],
        Purpose.FUNCTIONAL_REPAIR: [RIGHT],
    }
    loop, lines, _ = run(tmp_path, script, candidates=2, rounds=3)
    assert lines.of("round") == [
        "asking for 2 new designs",
        "asking for 1 repair of 0; 1 new design",
    ]
    assert [(state, name) for state, name, _ in lines.said if name.startswith("candidate")] == [
        ("tried", "candidate 0"),
        ("tried", "candidate 1"),
        ("ok", "candidate 2"),
        ("tried", "candidate 3"),
    ]
    assert lines.of("candidate 1")[0].startswith("no code: the answer holds no Verilog")
    assert lines.of("candidate 2") == ["functional repair of 0: all held"]
    assert lines.of("spent")[-1].startswith("4 attempts, 0 tokens")
    assert (loop.ended, loop.failures) == ("", {})


@pytest.mark.parametrize(
    ("rounds", "ended"), [(0, "no round is left after 1"), (2, "no round is left after 3")]
)
def test_rounds_end(tmp_path: Path, rounds: int, ended: str) -> None:
    loop, _, _ = run(tmp_path, {Purpose.PROPOSE: ["?"] * 9}, candidates=1, rounds=rounds)
    assert (loop.ended, len(loop.candidates)) == (ended, rounds + 1)


def test_a_prompt_that_does_not_fit_is_not_sent_again(tmp_path: Path) -> None:
    loop, lines, model = run(tmp_path, {Purpose.PROPOSE: [CONTEXT] * 9}, candidates=2, rounds=3)
    assert len(model.requests) == 2
    assert loop.ended == "there is nothing left to ask: no prompt fits the model's context"
    assert loop.failures == {Failure.CONTEXT: 2}
    said = "not judged: the context is too long: at most 4096 tokens"
    assert [(state, text) for state, name, text in lines.said if name == "candidate 0"] == [
        ("open", said)
    ]


def test_a_repair_that_does_not_fit_leaves_new_designs(tmp_path: Path) -> None:
    script: dict[Purpose, list[Reply]] = {
        Purpose.PROPOSE: [WRONG, "?", "?", "?", "?", RIGHT],
        Purpose.FUNCTIONAL_REPAIR: [CONTEXT, CONTEXT],
    }
    loop, lines, _ = run(tmp_path, script, candidates=2, rounds=5)
    assert lines.of("round")[1:3] == [
        "asking for 1 repair of 0; 1 new design",
        "asking for 2 new designs",
    ]
    assert any(candidate.passed for candidate in loop.candidates)


def test_a_script_that_is_too_short_is_told(tmp_path: Path) -> None:
    loop, _, _ = run(tmp_path, {Purpose.PROPOSE: []}, candidates=2, rounds=3)
    said = "there is nothing left to ask: the script has 0 replies to propose"
    assert (loop.ended, loop.candidates) == (said, [])


def test_a_budget_ends_a_run_with_what_it_has(tmp_path: Path) -> None:
    script: dict[Purpose, list[Reply]] = {Purpose.PROPOSE: [WRONG] * 9}
    loop, lines, _ = run(tmp_path, script, Budget(attempts=3), candidates=2, rounds=9)
    assert len(loop.candidates) == 3
    assert loop.ended == "the budget is spent: 3 of 3 attempts"
    assert loop.failures[Failure.BUDGET]
    assert lines.of("spent")[-1].startswith("3 of 3 attempts")


@pytest.mark.parametrize(("quiet", "lines"), [(True, 3), (False, 6)])
def test_quiet_says_only_what_a_run_comes_to(quiet: bool, lines: int) -> None:
    stream = io.StringIO()
    progress = ConsoleProgress(Console(file=stream, soft_wrap=True), quiet=quiet)
    progress.stage("round 1", "asking for 2 new designs")
    progress.stage("candidate 0", "[red]1 of 8 checks did not hold", state="tried")
    progress.stage("candidate 1", "not judged: no answer in time", state="open")
    progress.stage("verdict", "FAIL: 1 of 8 checks did not hold", state="bad")
    progress.stage("outcome", "failed", state="bad")
    progress.stage("outcome", "not judged", state="open")
    with progress.working("asking") as say:
        say("1 of 2 answers here")
    said = stream.getvalue()
    assert said.count("\n") == lines
    assert ("FAIL  candidate 0  [red]1 of 8" in said) is not quiet
    assert "open  outcome      not judged\n" in said
