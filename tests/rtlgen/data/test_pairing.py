"""Pairs: what is chosen is better, nothing is paired with itself, nothing is used too often."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.data.candidates import Candidate, Coding, candidate_of, codes, distinct, spread_out
from rtlgen.data.judged import Judged, Task
from rtlgen.data.options import BuildOptions
from rtlgen.data.pairing import LengthBias, Pair, pairs
from rtlgen.data.rows import Provenance, VerdictColumns
from rtlgen.evaluation.judgement import Category
from rtlgen.llm.model import Message

TASK = Task(
    problem_set="made",
    problem="p",
    spec="Invert a.",
    top="top",
    prompt=(Message(role="user", content="Invert a."),),
)
QUIET = settings(deadline=None, max_examples=60)
FAILS = (Category.MISMATCH, Category.SYNTAX, Category.TIMEOUT, Category.REFUSED)


def candidate(
    text: str,
    category: Category = Category.PASS,
    share: float = 0.0,
    coding: Coding | None = None,
    sample: int = 0,
) -> Candidate:
    passed = category in (Category.PASS, Category.WARNING)
    verdict = VerdictColumns(
        status="pass" if passed else "fail",
        category=category.value,
        share=1.0 if passed else share,
        checks=10,
        judge="made",
        digest=f"{sample}",
    )
    provenance = Provenance(
        source="samples", name="made", source_digest="0", sample=sample, rtlgen="0"
    )
    judged = Judged(
        task=TASK, completion=text, verilog=text, verdict=verdict, provenance=provenance
    )
    return candidate_of(judged, text.strip(), (coding or Coding()).of(text))


@st.composite
def answers(draw: st.DrawFn) -> list[Candidate]:
    coding = Coding()
    words = st.lists(st.sampled_from(["a", "b", "c", "+", "~", "8'hff"]), min_size=1, max_size=8)
    categories = st.sampled_from([Category.PASS, Category.WARNING, *FAILS])
    drawn = draw(st.lists(st.tuples(words, categories, st.floats(0, 1)), max_size=14))
    found = [
        candidate(" ".join(text), category, share, coding, number)
        for number, (text, category, share) in enumerate(drawn)
    ]
    return distinct(found)[0]


OPTIONS = st.builds(
    BuildOptions,
    min_margin=st.floats(0.05, 0.9),
    pairs_per_problem=st.integers(1, 6),
    uses_per_answer=st.integers(1, 4),
    max_length_ratio=st.none() | st.floats(1.1, 3),
    fail_pairs=st.booleans(),
)


@QUIET
@given(answers(), OPTIONS)
def test_what_holds_of_all_pairs(found: list[Candidate], options: BuildOptions) -> None:
    made = pairs(found, options)
    assert len(made) <= options.pairs_per_problem
    uses = Counter(id(one) for pair in made for one in (pair.chosen, pair.rejected))
    assert not uses or max(uses.values()) <= options.uses_per_answer
    for pair in made:
        assert pair.margin >= options.min_margin - 1e-6
        assert pair.chosen.code != pair.rejected.code
        assert pair.distance > 0
        assert not pair.rejected.passed
        assert pair.chosen.passed or options.fail_pairs


@QUIET
@given(answers(), OPTIONS)
def test_the_same_answers_give_the_same_pairs(
    found: list[Candidate], options: BuildOptions
) -> None:
    assert pairs(found, options) == pairs(list(found), options)


@QUIET
@given(answers(), OPTIONS)
def test_passes_are_chosen_before_fails_and_close_ones_first(
    found: list[Candidate], options: BuildOptions
) -> None:
    made = pairs(found, options)
    right = [pair for pair in made if pair.chosen.passed]
    assert made[: len(right)] == right
    assert [pair.distance for pair in right] == sorted(pair.distance for pair in right)


@QUIET
@given(answers())
def test_where_a_pass_and_a_far_worse_fail_are_there_is_a_pair(found: list[Candidate]) -> None:
    options = BuildOptions(min_margin=0.2, max_length_ratio=None)
    both = any(one.passed for one in found) and any(not one.passed for one in found)
    assert bool([p for p in pairs(found, options) if p.chosen.passed]) == both


def test_hard_negatives_come_first() -> None:
    coding = Coding()
    right = candidate("assign y = ~a;", coding=coding)
    near = candidate("assign y = a;", Category.MISMATCH, 0.5, coding, 1)
    far = candidate("always begin y <= a + b; end", Category.MISMATCH, 0.0, coding, 2)
    made = pairs([right, far, near], BuildOptions(pairs_per_problem=1))
    assert [pair.rejected for pair in made] == [near]


def test_layout_and_comments_are_no_difference() -> None:
    coding = Coding()
    one = candidate("assign y = ~a;", coding=coding)
    same = candidate("assign  y=~a; // not", Category.SYNTAX, coding=coding, sample=1)
    assert pairs([one, same], BuildOptions()) == []


def test_an_answer_that_passed_and_failed_is_no_label() -> None:
    coding = Coding()
    one = candidate("assign y = ~a;", coding=coding)
    same = candidate("assign y = ~ a ;", Category.MISMATCH, 0.5, coding, 1)
    other = candidate("assign y = a;", Category.MISMATCH, 0.5, coding, 2)
    kept, doubtful = distinct([one, same, other])
    assert (kept, doubtful) == ([other], [one])


def test_what_was_not_judged_is_no_candidate() -> None:
    judged = Judged(
        task=TASK,
        completion="x",
        verilog="x",
        verdict=None,
        provenance=Provenance(
            source="samples", name="made", source_digest="0", sample=0, rtlgen="0"
        ),
    )
    with pytest.raises(ValueError, match="not judged"):
        candidate_of(judged, "x", "x")


@QUIET
@given(st.integers(0, 400), st.integers(1, 150))
def test_a_choice_is_spread_from_first_to_last(number: int, most: int) -> None:
    coding = Coding()
    all_of_them = [candidate("a", coding=coding, sample=n) for n in range(number)]
    chosen = spread_out(all_of_them, most)
    places = [one.judged.provenance.sample for one in chosen]
    assert len(chosen) == min(number, most)
    assert places == sorted(set(places))


def test_length_bias_is_measured() -> None:
    coding, bias = Coding(), LengthBias()
    assert bias.line() == "no pair"
    long = candidate("assign y = ~a & b;", coding=coding)
    short = candidate("assign y = a;", Category.MISMATCH, 0.5, coding, 1)
    bias.add(Pair(chosen=long, rejected=short, distance=0.3))
    assert bias.ratio == round(long.size / short.size, 4)
    assert "longer in 100% of 1 pairs" in bias.line()


def test_macros_are_read_as_they_expand() -> None:
    plain = "module m(output y);\n  assign y = 1'b1;\nendmodule\n"
    macro = "`define ONE 1'b1\n" + plain.replace("1'b1", "`ONE")
    one, same, other = codes([plain, macro, plain.replace("y", "z")], Coding())
    assert one == same
    assert one != other
