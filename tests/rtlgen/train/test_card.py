"""The card of a model: what was measured stands in it, and what was not says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.judgement import Category, Signal, Window
from rtlgen.evaluation.system_record import SystemAnswer, append_answer
from rtlgen.train.card import CARD, gathered, write
from rtlgen.train.card_config import Places, read_card_config
from rtlgen.train.card_data import decontamination, read_everyday, training_facts
from rtlgen.train.card_failures import commonest, kind_of, shown
from rtlgen.train.card_families import Example, Families, calibrated, shape
from rtlgen.train.card_record import TrainingFacts, read_table
from tests.evaluation import report_runs, test_compare

RECIPES = Path(__file__).parents[3] / "datasets" / "recipes"
CONFIG = """\
name: tiny
base: some base
licence: Apache-2.0
stages: {base: Base model, sft: SFT, dpo: SFT and DPO}
sets: {human: Human, machine: Machine}
ks: [1, 2, 4]
everyday: everyday.json
"""


def run_of(folder: Path, outcomes: dict[str, str], **values: Any) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return test_compare.run_of(folder, outcomes, **values)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "card.yaml").write_text(CONFIG)
    for stage, outcome in (("base", "----"), ("sft", "+---"), ("dpo", "++--")):
        run_of(tmp_path / "evaluate" / stage / "human", dict.fromkeys("pqrs", outcome), ks=[1, 2])
    run_of(tmp_path / "evaluate" / "dpo" / "human-greedy", {"p": "+", "q": "+", "r": "-", "s": "-"})
    run_of(tmp_path / "evaluate" / "system" / "human", {"p": "+", "q": "+", "r": "-", "s": "-"})
    for task, by in zip("pqrs", ("built-in", "model", "model", "nobody"), strict=True):
        answer = SystemAnswer(
            task_id=task,
            by=by,
            outcome="verified" if task in "pr" else "not judged",
            basis="agreement" if task == "r" else "",
            verilog=None if by == "nobody" else "module m; endmodule",
            candidates=16 if by == "model" else 0,
            seconds=2.0,
        )
        append_answer(tmp_path / "evaluate" / "system" / "human", answer)
    everyday = {
        "specifications": {"pwm": {"outcome": "verified", "right": True, "model": "embedded"}}
    }
    (tmp_path / "everyday.json").write_text(json.dumps(everyday))
    return read_card_config(tmp_path / "card.yaml")


def test_figures_come_from_the_runs(places: Places) -> None:
    table = gathered(places).table
    cell = table.cell("dpo", "human")
    assert cell is not None
    assert cell.sampled is not None
    assert cell.greedy is not None
    rates = {point.k: point.rate and point.rate.value for point in cell.sampled.official}
    assert rates == {1: 0.5, 2: pytest.approx(1 - 1 / 6, abs=1e-5), 4: 1.0}
    assert cell.greedy.point(1).rate.value == 0.5  # type: ignore[union-attr]
    assert table.cell("dpo", "machine").sampled is None  # type: ignore[union-attr]
    gain = next(g for g in table.gains if (g.after, g.k, g.drawn) == ("dpo", 1, "sampled"))
    assert (gain.before, gain.difference.value, gain.beyond) == ("sft", 0.25, True)
    system = table.system("human")
    assert system is not None
    assert system.by == {"built-in": (1, 1), "model": (2, 1), "nobody": (1, 0)}
    outcomes = {"verified": (1, 1), "not judged": (2, 1), "verified by agreement": (1, 0)}
    assert system.outcomes == outcomes
    assert [failure.samples for failure in table.failures["human"]] == [2]


def test_what_was_not_measured_says_so(places: Places, tmp_path: Path) -> None:
    card = gathered(places)
    write(card, places, tmp_path / "out")
    text = (tmp_path / "out" / CARD).read_text()
    machine = text.split("### Machine\n")[1].split("## What")[0]
    assert machine.count("not measured") == 3 * 4
    assert "0.0 %" not in machine
    assert "| Base model | 4 | not measured | 0.0 % (0.0 to 0.0) |" in text
    assert "Human: adds beyond its interval: sampled pass@1" in text
    assert "| pwm | verified | yes | embedded |" in text
    assert "- greedy answers of sft on human" in text
    assert read_table(tmp_path / "out" / "card" / "table.json") == card.table
    assert (tmp_path / "out" / "card" / "pass-at-k-human.svg").is_file()


def test_an_earlier_card_tells_of_a_training_whose_folder_is_gone(
    places: Places, tmp_path: Path
) -> None:
    facts = TrainingFacts(
        stage="sft",
        method="sft",
        steps=138,
        rows=3776,
        tokens=None,
        seconds=1741.1,
        resumed=0,
        seed=95,
        trained=1,
        hardware="CPU",
        loss=0.0649,
        settings={},
        data={},
        versions={},
    )
    earlier = gathered(places).table.model_copy(update={"trainings": (facts,)})
    (tmp_path / "before.json").write_text(earlier.model_dump_json())
    with (tmp_path / "card.yaml").open("a") as file:
        file.write("trainings: {sft: before.json}\n")
    assert gathered(read_card_config(tmp_path / "card.yaml")).table.trainings == (facts,)
    with pytest.raises(UsageError, match=r"before\.json tells of sft, not of dpo"):
        training_facts("dpo", tmp_path / "before.json")


def test_runs_that_do_not_compare_are_refused(places: Places) -> None:
    run_of(places.sampled("base", "machine"), dict.fromkeys("pq", "+-"), ks=[1])
    run_of(places.sampled("sft", "machine"), dict.fromkeys("pqr", "+-"), ks=[1])
    with pytest.raises(UsageError, match="must be of the same problems, those on machine are not"):
        gathered(places)


def test_several_answers_are_not_greedy(places: Places) -> None:
    run_of(places.greedy("sft", "machine"), {"p": "+-"}, ks=[1])
    with pytest.raises(UsageError, match="greedy answers must be one a problem"):
        gathered(places)


def test_a_run_that_is_not_finished_is_refused(places: Places) -> None:
    path = places.sampled("sft", "human") / "run.json"
    record = json.loads(path.read_bytes())
    path.write_text(json.dumps({**record, "finished": None}))
    with pytest.raises(UsageError, match="runs that are finished"):
        gathered(places)


def test_a_mistyped_key_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text(CONFIG + "corpsu: there\n")
    with pytest.raises(UsageError, match=r"corpsu.*card\.yaml:8"):
        read_card_config(tmp_path / "card.yaml")


def test_the_recipe_of_the_embedded_model_is_one() -> None:
    config = read_card_config(RECIPES / "embedded_card.yaml").config
    assert next(iter(config.stages)) == "base"
    assert set(config.benchmarks) < set(config.sets)


def window(expected: tuple[str, ...], got: tuple[str, ...], first: int = 3) -> Window:
    signals = (
        Signal(name="q", role="expected", values=expected),
        Signal(name="q", role="got", values=got),
    )
    return Window(times=tuple(range(len(got))), first=first, signals=signals)


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (("0", "1"), ("0", "x"), "the whole output is X or Z"),
        (("00", "01"), ("00", "0x"), "part of the output is X or Z"),
        (("0000", "1101"), ("0000", "0010"), "every bit is inverted"),
        (("0000", "1101"), ("0000", "1011"), "bits in reverse order"),
        (("0100", "0101"), ("0100", "0110"), "off by one"),
        (("0000", "1111"), ("0000", "1011"), "a single bit is wrong"),
        (("0", "1"), ("0", "0"), "an output that should change keeps its value"),
        (("01", "00", "01", "11"), ("01", "10", "01", "01"), "a single bit is wrong"),
        (("0", "1", "0", "1"), ("0", "1", "0", "0"), "a change comes a cycle late or not at all"),
        (("1", "0", "0"), ("1", "0", "1"), "a change where there should be none"),
    ],
)
def test_the_first_mismatch_has_a_name(
    expected: tuple[str, ...], got: tuple[str, ...], said: str
) -> None:
    assert shown(window(expected, got)) == said


def test_kinds_hold_no_names_of_a_design() -> None:
    row = report_runs.row(
        "p", 0, Category.ELABORATION, reason="design.sv:12: use of undeclared identifier 'foo'"
    )
    assert kind_of(row) == ("elaboration", "use of undeclared identifier NAME")


def test_kinds_are_ranked_and_unjudged_samples_are_none() -> None:
    rows = [
        report_runs.row("p", 0, Category.TIMEOUT),
        report_runs.row("q", 0, Category.SYNTAX, reason="d.v:1: expected 'x'"),
        report_runs.row("q", 1, Category.SYNTAX, reason="d.v:9: expected 'yy'"),
        report_runs.row("r", 0, Category.NOT_JUDGED),
        report_runs.row("r", 1),
    ]
    found = commonest(rows)
    assert [(one.category, one.samples, one.example) for one in found] == [
        ("syntax", 2, "q"),
        ("timeout", 1, "p"),
    ]


COUNTER = "module m(input clk, output reg [3:0] q); always @(posedge clk) q <= q + 1; endmodule"
GATE = "module m(input a, input b, output y); assign y = a & b; endmodule"
ADDER = "module m(input [7:0] a, input [7:0] b, output [7:0] s); assign s = a + b; endmodule"


def example(family: str, words: str, verilog: str) -> Example:
    return Example(family=family, shape=shape(words, verilog))


def test_a_problem_finds_its_family_and_a_strange_one_none() -> None:
    families = Families.of(
        [
            example("counter", "count the clock edges in a register", COUNTER),
            example("gate", "the output is the and of both inputs", GATE),
        ]
    )
    inside = [
        example("counter", "a register counts every edge of the clock", COUNTER),
        example("gate", "and both inputs and drive the output", GATE),
    ]
    outside = [example("adder", "sum of two bytes without carry", ADDER)]
    rule = calibrated(families, inside, outside)
    assert (rule.recognized, rule.mistaken) == (1.0, 0.0)
    near = families.nearest([one.shape for one in (*inside, *outside)])
    assert [name for name, _ in near[:2]] == ["counter", "gate"]
    assert all(score >= rule.threshold for _, score in near[:2])
    assert near[2][1] < rule.threshold


def test_words_only_help_to_name_a_family() -> None:
    examples = [
        example("ands", "both inputs must be high", GATE),
        example("gates", "a cell of the library", GATE),
    ]
    told = shape("take a cell of the library", GATE)
    assert Families.of(examples, words=0.5).nearest([told])[0][0] == "gates"
    scores = Families.of(examples).similarities([told])
    assert scores[0][0] == scores[0][1] == pytest.approx(1)


def test_a_threshold_needs_both_sorts() -> None:
    known = example("gate", "and of both inputs", GATE)
    with pytest.raises(UsageError, match="it has 1 and 0"):
        calibrated(Families.of([known]), [known], [known])


def test_names_of_ports_make_no_difference() -> None:
    renamed = (
        GATE.replace("y", "result").replace("(input a", "(input left").replace("= a", "= left")
    )
    first, second = shape("y is a and b", GATE), shape("result is left and b", renamed)
    assert first == second


def test_decontamination_without_data_compares_with_nothing() -> None:
    found = decontamination(None, [], "0.1.0")
    assert (found.compared, found.total()) == ((), 0)


def test_a_corpus_without_its_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must have corpus\.json"):
        decontamination(tmp_path, [], "0.1.0")


def test_everyday_results_of_another_form_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "everyday.json"
    path.write_text('{"specifications": {"pwm": {}}}')
    with pytest.raises(UsageError, match=r"must be .* KeyError"):
        read_everyday(path)
