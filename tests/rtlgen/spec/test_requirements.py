"""Requirements in plain English: each sentence understood, or the whole left alone."""

import shutil
from collections.abc import Sequence
from inspect import signature
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Proposal
from rtlgen.spec.model import Kind
from rtlgen.spec.plain import plain
from rtlgen.spec.reader import load_spec, read_spec
from rtlgen.spec.requirements.chart import expanded
from rtlgen.spec.requirements.clauses import CHANGES, SENTENCES, TIMES
from rtlgen.spec.requirements.idioms import IDIOMS
from rtlgen.spec.requirements.phrases import CONDITIONS, NAMES, RELATIONS, VALUES
from symbolic.behavior import Behavior

EVERYDAY = Path(__file__).parents[3] / "datasets/everyday"
PLAIN_TEXTS = Path(__file__).parents[2] / "data/plain"
TAKEN = [
    *sorted(path.with_suffix("") for path in PLAIN_TEXTS.glob("*.md")),
    *(EVERYDAY / name for name in ("clamp", "first_request", "leading_zeros", "max_tracker")),
    *(EVERYDAY / name for name in ("pulse_stretcher", "pwm", "running_average")),
    *(EVERYDAY / name for name in ("saturating_adder", "thermostat")),
]
CLOCKED = """\
# Part

Module `part`.

- input clk
- input rst (synchronous, active high)
- input en
- input go
- input [7:0] d
- output [7:0] q

"""
PLAIN = """\
# Part

Module `part`, combinational.

- input [7:0] a
- input [7:0] b
- output [7:0] y

"""


def understood(text: str) -> Behavior:
    spec = read_spec(text)
    assert not spec.not_understood
    [fragment] = [part for part in spec.fragments if part.kind is Kind.REQUIREMENTS]
    assert isinstance(fragment.value, Behavior)
    return fragment.value


def outputs(text: str, inputs: Sequence[dict[str, int]]) -> list[dict[str, int]]:
    """Return the outputs of all cycles after reset, as numbers."""
    behavior = understood(text)
    state, found = behavior.after_reset(), []
    for values in inputs:
        bits = {}
        for word in behavior.inputs:
            value = values.get(word.name, 0)
            names = (
                [word.name] if word.width == 1 else [f"{word.name}[{i}]" for i in range(word.width)]
            )
            bits |= {name: value >> i & 1 for i, name in enumerate(names)}
        shown, state = behavior.step(state, bits)
        row = {}
        for word in behavior.outputs:
            names = (
                [word.name] if word.width == 1 else [f"{word.name}[{i}]" for i in range(word.width)]
            )
            row[word.name] = sum(int(shown[name]) << i for i, name in enumerate(names))
        found.append(row)
    return found


@pytest.mark.parametrize(
    ("said", "inputs", "expected"),
    [
        ("`y` is the sum of `a` and `b`.", {"a": 200, "b": 100}, 44),
        ("`y` is `a` plus `b`.", {"a": 3, "b": 4}, 7),
        ("`y` is the larger of `a` and `b`.", {"a": 3, "b": 4}, 4),
        ("`y` is the average of `a` and `b`, rounded down.", {"a": 255, "b": 254}, 254),
        ("`y` is `a` if `b` is odd, otherwise 7.", {"a": 9, "b": 4}, 7),
        ("If `a` exceeds `b`, `y` is `a`. Otherwise `y` is `b`.", {"a": 3, "b": 8}, 8),
        ("When `a` is at least 10 and `b` is below 5, `y` is 1. Otherwise `y` is 2.", {"a": 10}, 1),
        ("`y` is `a` unless `b` is 0, otherwise 3.", {"a": 9, "b": 0}, 3),
        ("`y` is the number of ones in `a` plus `b`.", {"a": 7, "b": 1}, None),
        ("If `a` is 1 and `b` is 2 and `b` is below 5, `y` is 3. Otherwise `y` is 4.", {"a": 1}, 4),
        ("If `a` is 1 or `b` is 2 or `b` is 5, `y` is 3. Otherwise `y` is 4.", {"b": 5}, 3),
        ("If `b` is 0, `y` is `a` modulo 10. Otherwise `y` is `a`.", {"a": 123}, 3),
        ("If `b` is 0, `y` is `a` divided by 10, rounded down. Otherwise `y` is 1.", {"a": 99}, 9),
        ("Make sure that the sum of two numbers does not overflow. `y` is `a` plus `b`.", {}, None),
        ("`y` is `a` plus `b`. Addition and subtraction wrap to 8 bits.", {"a": 255, "b": 2}, 1),
        ("`y` is `a` plus `b`. Addition and subtraction wrap to 4 bits.", {}, None),
        ("Compares `a` with `b`, ignoring bit 0. `y` is `a` plus `b`, limited to 1.", {}, None),
        ("`y` is `a` plus `b` plus `a`.", {"a": 2, "b": 3}, 7),
        ("`y` is `a` minus `b` minus `a`.", {"a": 2, "b": 3}, None),
        ("`y` is the inverse of `a`. `b` is only used while `a` is 0.", {"a": 3}, None),
        ("If `b` is 0, `y` is the inverse of `a`. Otherwise `y` is `b`.", {"a": 3}, 252),
        ("`y` is the absolute difference of `a` and `b`.", {"a": 3, "b": 200}, 197),
        ("`y` is the larger operand minus the smaller one.", {"a": 3, "b": 200}, 197),
        (
            "`y` is the sum of `a` and `b`. Results above 200 stick at 200.",
            {"a": 99, "b": 102},
            200,
        ),
        ("`y` is the sum of `a` and `b`. It never wraps around.", {"a": 9, "b": 3}, None),
        ("Given `a`, `y` tells how many of its bits are 1. `b` is not used.", {"a": 7}, None),
        (
            "`y` is the number of leading zeros of `a` plus `b`.",
            {"a": 16, "b": 100},
            103,
        ),
        (
            "`y` is the index of the highest set bit of `a`, 255 if `a` is 0. "
            "When `b` is 255 and `a` is 7, `y` is 2.",
            {"a": 0},
            255,
        ),
        ("`y` is the index of the highest set bit of `a`. When `b` is 7, `y` is 3.", {}, None),
        (
            "A bit of `a` is considered only if the same bit of `b` is 1. `y` is the number of the "
            "lowest such bit. If there is none, `y` is 99.",
            {"a": 0b1110, "b": 0b1100},
            2,
        ),
        ("`b` selects the value: 0 means 3, 1 means `a`. Otherwise `y` is 9.", {"b": 1, "a": 4}, 4),
        ("`b` selects the value: 0 means 3, 1 means `a`.", {"b": 1, "a": 4}, None),
        (
            "If `a` is more than 4 above `b`, `y` is 1. If `a` is more than 4 below `b`, `y` is 2. "
            "Otherwise `y` is 0.",
            {"a": 2, "b": 7},
            2,
        ),
        ("If `a` is between 3 and 5, `y` is `b`. Otherwise `y` is 0.", {"a": 5, "b": 6}, 6),
        (
            "If `a` is 1, `y` is 5. Otherwise, if `b` is 1, `y` is 6. Otherwise `y` is 7.",
            {"b": 1},
            6,
        ),
    ],
)
def test_values(said: str, inputs: dict[str, int], expected: int | None) -> None:
    spec = read_spec(PLAIN + said + "\n")
    if expected is None:
        assert spec.not_understood
    else:
        assert outputs(PLAIN + said + "\n", [inputs]) == [{"y": expected}]


@pytest.mark.parametrize(
    ("said", "inputs", "expected"),
    [
        (
            "When `en` is 1 at a clock edge, `q` takes over `d`. While `go` is 1, `q` is cleared. "
            "`go` has priority.",
            [{"en": 1, "d": 9}, {"en": 1, "go": 1, "d": 8}, {}],
            [0, 9, 0],
        ),
        (
            "If `en` is 1 at a clock edge, `q` is incremented. If `go` is 1 at a clock edge, `q` is "
            "decremented. If both are 1, `q` takes over `d`. After reset `q` is 5.",
            [{"en": 1}, {"go": 1}, {"en": 1, "go": 1, "d": 77}, {}],
            [5, 6, 5, 77],
        ),
        (
            "`q` counts from 2 to 4 and starts over. If `en` is 1 and `go` is 1, `q` is incremented. "
            "If `go` is 0 and `en` is 1, `q` takes over `d`.",
            [{"en": 1, "go": 1}] * 4,
            [2, 3, 4, 2],
        ),
        (
            "`q` is the largest `d` seen so far. `d` is only looked at while `en` is 1. "
            "If `go` is 1 and `en` is 0, `q` becomes 3.",
            [{"en": 1, "d": 9}, {"en": 1, "d": 4}, {"d": 200}, {"go": 1}, {}],
            [0, 9, 9, 9, 3],
        ),
        (
            "If `en` is 1 at a clock edge, `q` is inverted. When `go` is 1 and `en` is 0, `q` takes "
            "over `d`.",
            [{"en": 1}, {"go": 1, "d": 5}, {"en": 1}, {}],
            [0, 255, 5, 250],
        ),
        (
            "At every rising edge of `clk`, `q` moves towards `d` by at most 4. "
            "If `en` is 1 and `go` is 1 at a clock edge, `q` becomes 0.",
            [{"d": 9}, {"d": 9}, {"d": 9}, {"d": 2}, {"en": 1, "go": 1, "d": 2}, {}],
            [0, 4, 8, 9, 5, 0],
        ),
        (
            "With `en` high `q` advances by one per clock; after 3 comes 0. "
            "If `go` is 1 and `en` is 0, `q` becomes `d`.",
            [{"en": 1}] * 6,
            [0, 1, 2, 3, 0, 1],
        ),
        (
            "If `en` rises, `d` is added to `q`. When `go` is 1, `q` does not change.",
            None,
            None,
        ),
        (
            "If `en` rises, `d` is added to `q`. When `go` is 1 and `en` is 0, `q` is cleared.",
            [{"en": 1, "d": 3}, {"en": 1, "d": 3}, {"d": 3}, {"en": 1, "d": 4}, {}],
            [0, 3, 3, 3, 7],
        ),
        (
            "`q` never goes above 3. If `en` is 1, `q` goes up by one. If `go` is 1 and `en` is 0, "
            "`q` becomes `d`.",
            [{"en": 1}] * 5,
            [0, 1, 2, 3, 3],
        ),
    ],
)
def test_registers(
    said: str, inputs: list[dict[str, int]] | None, expected: list[int] | None
) -> None:
    if inputs is None:
        assert "twice, differently" in read_spec(CLOCKED + said + "\n").not_understood
        return
    assert [row["q"] for row in outputs(CLOCKED + said + "\n", inputs)] == expected


TIMED = CLOCKED.replace("- output [7:0] q", "- output q") + (
    "When `en` is 1 at a clock edge, `q` goes to 1 and stays there for 3 clock cycles. "
    "If `go` is 1 and `d` is 9, {}\n"
)


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ("A new `en` during that time is ignored.", [0, 1, 1, 1, 0, 1]),
        ("A new `en` during that time starts the 3 cycles over again.", [0, 1, 1, 1, 1, 1]),
    ],
)
def test_pulses(again: str, expected: list[int]) -> None:
    text = TIMED.partition("If `go`")[0].replace("- input go\n- input [7:0] d\n", "") + again + "\n"
    rows = outputs(text, [{"en": 1}, {}, {"en": 1}, {}, {"en": 1}, {}])
    assert [row["q"] for row in rows] == expected


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("When `en` is 1, `q` is `d`. `go` is ignored.", "not understood"),
        ("When `en` is 1, `q` is `d` while `go` is 1.", "not understood"),
        (
            "`q` is `d` if `en` is 1 and 0 otherwise. `go` has priority.",
            "changes at the clock edge",
        ),
        ("When `en` is 1, `q` becomes `d`. When `go` is 1, `q` becomes 0.", "twice, differently"),
        ("When `en` is 1, `q` becomes `d`.", "input 'go'"),
        ("When `en` is 1 and `go` is 1, `q` becomes 30. `d` is 3.", "'d' is an input"),
        (
            "When `en` is 1 and `go` is 0, `q` becomes `d`. When `go` is 1, `q` becomes 300.",
            "cannot be 300",
        ),
        (
            "When `d` is 300, `q` becomes 1. When `en` is 1 and `go` is 1, `q` is 2.",
            "cannot be 300",
        ),
        ("When `en` is 1 or `go` is 1 and `d` is 3, `q` becomes 7.", "2 ways"),
        (
            "Reset clears `q`. When `rst` is 1, `q` is 0. If `en` is 1 and `go` is 1, `q` takes over "
            "`d`. Otherwise `q` becomes 3. Otherwise `q` becomes 4.",
            "'otherwise'",
        ),
        ("Otherwise `q` becomes 3. When `en` is 1 and `go` is 1, `q` becomes `d`.", "'otherwise'"),
        ("When `en` is 1 and `go` is 0, `q` takes over `d`. The values are Gray coded.", "Gray"),
        (
            "When `en` is 1 and `go` is 0, `q` takes over `d`. The outputs are active low.",
            "active low",
        ),
        ("When `en` is 1 and `go` is 0, `q` takes over `d`. All ports are signed.", "signed"),
        ("When `en` is 1 and `go` is 0, `q` takes over `d`, on both edges.", "not understood"),
        ("When `en` is 1 and `go` is 0, `q` takes over `d`. It uses both edges.", "edges"),
        ("When `en` is 1 and `go` is 0, `q` takes over `d` two cycles later.", "not understood"),
        ("When `en` is 1 and `go` is 0, `q` takes over `d` until reset.", "not understood"),
        ("Once `en` is 1 and `go` is 0, `q` takes over `d`.", "not understood"),
        ("When `en` is 1 and `go` is 0, `q` takes over the mirrored `d`.", "not understood"),
        (
            "When `en` is 1 and `go` is 0, `q` is incremented by `d`. `q` never wraps around.",
            "wrapping around",
        ),
        (
            "When `en` is 1 and `go` is 0, `q` takes over `d`. `d` is only used while `go` is 1.",
            "whether 'd' counts there",
        ),
        (
            "When `en` is 1 and `go` is 0, `q` takes over `d`. Reset does not affect `q`.",
            "has no register",
        ),
        (
            "When `en` is 1 and `go` is 0, `q` takes over `d`. Line 7 is the most important one.",
            "what the order of the lines",
        ),
        ("If `d` is below `q`, `q` becomes `d`, and in both cases `en` is 1.", "two cases"),
        (
            "Reset sets `q` to 3. After reset `q` is 4. When `en` is 1 and `go` is 1, `q` becomes `d`.",
            "reset sets",
        ),
    ],
)
def test_what_is_not_clear_is_left_alone(said: str, why: str) -> None:
    spec = read_spec(CLOCKED + said + "\n")
    assert why in spec.not_understood
    assert not spec.fragments


def test_registered_outputs_are_not_made_wires() -> None:
    text = CLOCKED.replace("- output [7:0] q", "- output [7:0] q\n- output busy, registered")
    said = "If `en` is 1, `q` takes over `d`. `busy` is 1 while `go` is 1.\n"
    assert "registered" in read_spec(text + said).not_understood
    assert not read_spec(text.replace(", registered", "") + said).not_understood


def test_every_production_takes_the_meanings_of_its_phrases() -> None:
    productions = [*NAMES, *VALUES, *RELATIONS, *CONDITIONS, *CHANGES, *TIMES, *SENTENCES, *IDIOMS]
    for phrase, pattern, make in productions:
        for parts in expanded(pattern):
            phrases = [part for part in parts if isinstance(part, str)]
            try:
                signature(make).bind(*phrases)
            except TypeError as error:
                raise AssertionError(f"{phrase}: {pattern}: {error}") from error


def test_a_summary_is_left_out_where_the_rest_says_what_it_says() -> None:
    text = PLAIN + "We need {} for the mixer. `y` is `a` plus `b`.\n"
    assert not read_spec(text.format("a small adder")).not_understood
    for said in (
        "a saturating adder",
        "an inverted sum",
        "an adder of 3 values",
        "a pipelined adder",
    ):
        assert "mixer" in read_spec(text.format(said)).not_understood
    text = "# Part\n\nModule `part`.\n\n- input x\n- input y\n- output z\n\n{}\n"
    said = "The output is the negation of the XOR. If both `x` and `y` are 1, `z` is 0."
    assert read_spec(text.format(said)).not_understood


LAST = "takes over `d`.\n"


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("An 8-bit up counter with enable.", True),
        ("A loadable counter with a synchronous active-high reset.", True),
        ("A simple counter.", True),
        ("A down counter.", False),
        ("A 7-bit counter.", False),
        ("A saturating counter.", False),
        ("A modulo-6 counter.", False),
        ("A decade counter.", False),
        ("A signed counter.", False),
        ("A counter with asynchronous reset.", False),
        ("A counter with active-low reset.", False),
        ("A counter that stops at zero.", False),
        ("A Gray counter.", False),
        ("A pipelined counter.", False),
        ("A shift register.", False),
        ("A parity generator.", False),
        ("A maximum selector.", False),
        ("A falling edge detector.", False),
    ],
)
def test_the_kind_of_module_has_to_be_what_the_rest_says(kind: str, *, holds: bool) -> None:
    said = "When `en` is 1 at a clock edge, `q` goes up by one. When `go` is 1 and `en` is 0, `q` "
    text = CLOCKED.replace("Module `part`.", f"Module `part`.\n\n{kind}") + said
    spec = read_spec(text.replace("- input go", "- input load").replace("`go`", "`load`") + LAST)
    assert bool(spec.fragments) is holds


def test_it_is_what_was_spoken_of_first() -> None:
    said = "If `a` exceeds `b`, `y` is 1. If it is below 3, `y` is 1. Otherwise `y` is 0."
    rows = [{"a": 9, "b": 2}, {"a": 2, "b": 9}, {"a": 4, "b": 5}]
    assert [row["y"] for row in outputs(PLAIN + said + "\n", rows)] == [1, 1, 0]


def test_what_reads_an_output_reads_its_bits() -> None:
    text = PLAIN.replace("- output [7:0] y\n", "- output [7:0] y\n- output zero\n- output big\n")
    said = "`y` is `a` plus `b`. `zero` is 1 while `y` is 0. `big` is 1 while `y` is above 100."
    rows = outputs(text + said + "\n", [{"a": 200, "b": 56}, {"a": 0}, {"a": 99, "b": 9}])
    assert [(row["y"], row["zero"], row["big"]) for row in rows] == [
        (0, 1, 0),
        (0, 1, 0),
        (108, 0, 1),
    ]


def test_fragments_come_first() -> None:
    text = PLAIN.replace("[7:0] ", "") + "`y` is 1 if `a` is 1 and 0 otherwise.\n\ny = a & b\n"
    kinds = [part.kind for part in read_spec(text).fragments]
    assert kinds == [Kind.EQUATION]


@pytest.mark.parametrize("path", TAKEN, ids=lambda path: path.name)
def test_everyday_specifications_are_compiled(path: Path) -> None:
    proposal = propose(load_spec(path.with_suffix(".md")))
    assert isinstance(proposal, Proposal)
    assert not proposal.guess
    assert any(note.startswith("read as: ") for note in proposal.notes)


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog is not installed")
@pytest.mark.parametrize("path", TAKEN, ids=lambda path: path.name)
def test_what_is_compiled_is_the_golden_design(path: Path) -> None:
    from sim.design import Design
    from sim.proof import Outcome
    from symbolic.prover import YosysProver

    spec = load_spec(path.with_suffix(".md"))
    proposal = propose(spec)
    assert isinstance(proposal, Proposal)
    golden = Design(top=spec.interface.module, sources={"g.v": path.with_suffix(".v").read_text()})
    [proof] = YosysProver().equivalent(golden, [proposal.design], spec.interface, seconds=60)
    assert proof.outcome is Outcome.PROVED


def test_what_was_read_is_told() -> None:
    [fragment] = load_spec(EVERYDAY / "clamp.md").fragments
    [line] = plain(fragment)
    assert line.startswith("result is (minimum if (value < minimum), else")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(said: str) -> None:
    spec = read_spec(CLOCKED + "x" + said.replace("\0", "") + "\n")
    assert spec.not_understood or spec.fragments or spec.findings
