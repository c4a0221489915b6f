"""What `design` comes to where nobody has chosen a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from rtlgen.design.default import answer_of, asking_for, unsettled
from rtlgen.design.model_run import ModelRun, Question
from rtlgen.design.options import Asking, Options, State
from rtlgen.design.quorum import NARROW
from rtlgen.llm.model import Purpose
from rtlgen.llm.scripted import Scripted
from rtlgen.spec.reader import read_spec
from sim.icarus import Icarus
from sim.process import Limits

PROSE = "# Vote\n\nModule `vote` has the 1-bit inputs a, b and c and the output y.\n\n"
SPEC = read_spec(PROSE + "y is 1 if at least two of the inputs are.")
TABLE = read_spec(
    PROSE + "| a | b | c | y |\n|---|---|---|---|\n"
    "| 0 | - | - | 0 |\n| 1 | 0 | - | 0 |\n| 1 | 1 | - | 1 |\n"
)
RIGHT = ("(a & b) | (a & c) | (b & c)", "a ? b | c : b & c", "(a + b + c) > 1")
WRONG = ("a & b & c", "a | b | c", "a ^ b ^ c", "a")


class Silence:
    def __init__(self) -> None:
        self.said: list[str] = []

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        self.said.append(f"{name}: {text}")

    def working(self, text: str) -> nullcontext[Callable[[str], None]]:
        return nullcontext(lambda _: None)


class Small(Scripted):
    """Answers as the embedded model does: modules only."""

    prompt_style = "plain"


def module(expression: str) -> str:
    return f"module vote(input a, input b, input c, output y);\n  assign y = {expression};\nendmodule\n"


def asked(asking: Asking) -> Options:
    return Options(simulators=[Icarus()], asking=asking, limits=Limits(seconds=300.0))


def designed(
    answers: Sequence[str], work: Path, kind: type[Scripted] = Scripted, **chosen: object
) -> tuple[ModelRun, Scripted, str]:
    model = kind({Purpose.PROPOSE: [*map(module, answers)]}, name="embedded")
    options = asked(asking_for("embedded", chosen))
    progress = Silence()
    run = answer_of(
        SPEC,
        Question(model=model, chosen_by="a test"),
        options,
        work,
        progress,
    )
    return run, model, "\n".join(progress.said)


def test_the_embedded_model_has_defaults_of_its_own() -> None:
    small, other = asking_for("embedded"), asking_for("openai:gpt-5")
    assert (small.candidates, small.rounds, small.references) == (16, 0, 0)
    assert (other.candidates, other.rounds, other.references) == (4, 3, 2)
    assert small.sampling.max_tokens < other.sampling.max_tokens
    assert asking_for("embedded+my.gguf", {"candidates": 3}, {"max_tokens": 9}).candidates == 3
    assert asking_for("embedded", sampling={"max_tokens": 9}).sampling.max_tokens == 9


def test_what_the_compiler_settles_needs_no_model() -> None:
    options = Options(simulators=[Icarus()])
    assert unsettled(TABLE, options) == ""
    assert "no table" in unsettled(SPEC, options)


@pytest.mark.icarus
def test_a_table_is_compiled_and_no_model_asked(tmp_path: Path) -> None:
    model = Small({}, name="embedded")
    run = answer_of(
        TABLE,
        Question(model=model, chosen_by="a test"),
        asked(asking_for("embedded")),
        tmp_path,
        Silence(),
    )
    assert (run.record.outcome, run.record.basis) == ("verified", "reference")
    assert "truth table" in run.record.rests_on[0]
    assert model.requests == []


@pytest.mark.icarus
def test_answers_that_agree_are_a_verdict_that_says_so(tmp_path: Path) -> None:
    run, model, said = designed([*RIGHT * 5, "a"], tmp_path)
    record = run.record
    assert (record.outcome, record.basis, record.exit_code) == ("verified", "agreement", 0)
    assert record.rests_on == ["agreement of 15 of 16 answers"]
    assert record.reason.startswith("by agreement: 15 of 16 answers behave alike, trust 0.8")
    assert "no reference was given" in record.reason
    assert {request.purpose for request in model.requests} == {Purpose.PROPOSE}
    assert len(model.requests) == 16
    assert "outcome: verified" in said


@pytest.mark.icarus
def test_of_a_model_that_only_writes_modules_they_are_none(tmp_path: Path) -> None:
    record = designed([*RIGHT * 5, "a"], tmp_path, Small)[0].record
    assert (record.outcome, record.basis, record.rests_on) == ("not judged", "", [])
    assert record.exit_code == 3
    assert record.trust is not None
    quorum = record.trust.quorum
    assert quorum is not None
    assert (quorum.alike, quorum.narrow, quorum.against) == (15, True, [NARROW])
    assert record.reason.endswith(NARROW)


@pytest.mark.icarus
def test_a_majority_that_is_too_small_is_none(tmp_path: Path) -> None:
    run, _, said = designed([*RIGHT * 3, *WRONG, "a + ;", "a + ;", "b"], tmp_path, Small)
    record = run.record
    assert record.outcome not in ("verified", "trusted")
    assert (record.basis, record.rests_on) == ("", [])
    assert record.exit_code == 3
    assert record.trust is not None
    assert record.trust.quorum is not None
    assert record.trust.quorum.against[0].startswith("9 of 16 answers behave alike")
    assert "tried: 16 answers: 14 that ran, 2 with errors of syntax" in said
    assert "hint: a larger model: `--model openai:MODEL`" in said


@pytest.mark.icarus
@pytest.mark.parametrize("answer", ["a & b", "1'b1"])
def test_designs_that_ignore_what_is_named_are_not_verified(answer: str, tmp_path: Path) -> None:
    record = designed([answer] * 16, tmp_path)[0].record
    assert record.outcome == "trusted"
    assert "short of a verdict" in record.reason


@pytest.mark.icarus
def test_greedy_answers_repeat_each_other(tmp_path: Path) -> None:
    model = Scripted({Purpose.PROPOSE: [module(RIGHT[0])] * 16}, name="embedded")
    asking = asking_for("embedded", sampling={"temperature": 0.0})
    run = answer_of(
        SPEC,
        Question(model=model, chosen_by="a test"),
        asked(asking),
        tmp_path,
        Silence(),
    )
    assert run.record.outcome == "trusted", run.record.reason
    assert "temperature 0" in run.record.reason
