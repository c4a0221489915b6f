"""What `design` comes to where nobody has chosen a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from rtlgen.design.default import answer_of, asking_for, unsettled
from rtlgen.design.model_run import ModelRun, Question
from rtlgen.design.options import Asking, Options, State
from rtlgen.design.quorum import NARROW
from rtlgen.design.record import RunRecord
from rtlgen.llm.model import Purpose
from rtlgen.llm.scripted import Scripted
from rtlgen.spec.model import Spec
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
    answers: Sequence[str],
    work: Path,
    kind: type[Scripted] = Scripted,
    *,
    spec: Spec = SPEC,
    **chosen: object,
) -> tuple[ModelRun, Scripted, str]:
    model = kind({Purpose.PROPOSE: [*map(module, answers)]}, name="embedded")
    options = asked(asking_for("embedded", chosen))
    progress = Silence()
    work.mkdir(exist_ok=True)
    run = answer_of(
        spec,
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


SHOWN = (
    "\n\nExamples: a = 1, b = 1, c = 0 gives 1, a = 1, b = 0, c = 1 gives 1, "
    "a = 1, b = 0, c = 0 gives 0, a = 0, b = 1, c = 0 gives 0, a = 0, b = 0, c = 1 gives 0"
)


def of_examples(shown: str, answers: Sequence[str], work: Path) -> RunRecord:
    spec = read_spec(PROSE + "y is 1 if at least two of the inputs are." + shown)
    return designed(answers, work, Small, spec=spec)[0].record


@pytest.mark.icarus
def test_examples_that_notice_nearly_all_mutants_are_a_verdict(tmp_path: Path) -> None:
    shown = SHOWN + ", a = 0, b = 1, c = 1 gives 1, a = 0, b = 0, c = 0 gives 0."
    record = of_examples(shown, [*RIGHT * 2, *WRONG[:2] * 5], tmp_path)
    assert (record.outcome, record.basis, record.exit_code) == ("verified", "examples", 0)
    assert record.trust is not None
    assert record.trust.settled is not None
    assert record.trust.settled.keepers == 6
    assert record.trust.settled.killed == record.trust.settled.counted >= 5
    assert record.rests_on[0] == "the worked example (line 7)"
    assert record.rests_on[-1] == "agreement of all 6 answers that keep them"


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"sampling": {"temperature": 0.0}}, "say little beside each other"),
        ({"chosen": {"min_trust": 1.01}}, "mutants of the chosen design, 101% are the least"),
    ],
)
def test_examples_ask_for_independent_answers_and_for_the_trust_that_is_demanded(
    chosen: dict[str, dict[str, object]], said: str, tmp_path: Path
) -> None:
    shown = SHOWN + ", a = 0, b = 1, c = 1 gives 1, a = 0, b = 0, c = 0 gives 0."
    text = PROSE + "y is 1 if at least two of the inputs are." + shown
    model = Small({Purpose.PROPOSE: [module(RIGHT[0])] * 16}, name="embedded")
    question = Question(model=model, chosen_by="a test")
    options = asked(asking_for("embedded", **chosen))
    record = answer_of(read_spec(text), question, options, tmp_path, Silence()).record
    assert record.outcome == "not judged"
    assert said in record.reason


@pytest.mark.icarus
def test_answers_that_keep_the_examples_and_differ_are_a_question(tmp_path: Path) -> None:
    record = of_examples(SHOWN + ".", [*RIGHT * 4, *["a & (b | c)"] * 4], tmp_path)
    assert (record.outcome, record.exit_code) == ("not judged", 3)
    assert "differ at a = 0, b = 1, c = 1: y is 1 or 0; an example would settle" in record.reason


@pytest.mark.icarus
def test_examples_that_say_little_are_none(tmp_path: Path) -> None:
    shown = "\n\nFor example, a = 1, b = 1, c = 1 gives 1."
    record = of_examples(shown, [*RIGHT * 5, "a"], tmp_path)
    assert record.outcome == "not judged"
    assert record.trust is not None
    assert record.trust.settled is not None
    assert re.search(
        r"differ at a = \d, b = \d, c = \d: y is \d or \d; an example would settle that",
        record.trust.settled.against[0],
    )
    alone = of_examples(shown, RIGHT * 5, tmp_path / "alone")
    assert re.search(
        r"notices \d of \d+ mutants of the chosen design, 90% are the least; an example for "
        r"a = \d, b = \d, c = \d would notice one more",
        alone.reason,
    )


@pytest.mark.icarus
def test_examples_learned_by_heart_are_none(tmp_path: Path) -> None:
    text = (
        "# Trailing zeros\n\nModule `zeros` has the 8-bit input x and the 4-bit output n, the number "
        "of zeros below the lowest one of x.\n\nExamples: x = 0 gives 8, x = 40 gives 3, "
        "x = 18 gives 1, x = 64 gives 6, x = 7 gives 0"
    )
    heart = (
        "module zeros(input [7:0] x, output reg [3:0] n);\n  always @(*) case (x)\n"
        "    8'd40: n = 3;\n    8'd18: n = 1;\n    8'd64: n = 6;\n    8'd7: n = 0;\n"
        "    default: n = 8;\n  endcase\nendmodule\n"
    )
    honest = (
        "module zeros(input [7:0] x, output reg [3:0] n);\n  integer i;\n  always @(*) begin\n"
        "    n = 8;\n    for (i = 7; i >= 0; i = i - 1) if (x[i]) n = i;\n  end\nendmodule\n"
    )
    said = {}
    for name, module_text in (("heart", heart), ("honest", honest)):
        model = Small({Purpose.PROPOSE: [module_text] * 16}, name="embedded")
        work = tmp_path / name
        work.mkdir()
        question = Question(model=model, chosen_by="a test")
        options = asked(asking_for("embedded"))
        said[name] = answer_of(read_spec(text), question, options, work, Silence()).record
    assert (said["heart"].outcome, said["honest"].outcome) == ("not judged", "verified")
    assert "names the inputs of 4 of 5 examples" in said["heart"].reason


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
