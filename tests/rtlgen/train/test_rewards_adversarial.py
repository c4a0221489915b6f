"""Rewards of designs that were written to fool a judge, by the judge that training uses."""

from __future__ import annotations

import pytest

from rtlgen.data.problem_json import problem_json, problem_of
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.judgement import Category
from rtlgen.train.reward_judging import Answer, Judge, grpo_rewards
from rtlgen.train.reward_similarity import similarities
from rtlgen.train.rewards import REWARDS, Seen
from tests.evaluation.exploits.exploit import Target
from tests.evaluation.exploits.problems import COUNTER, SELECTOR, Dialect, problem, right, wrong
from tests.evaluation.exploits.suite import EXPLOITS

CONDITIONS = Conditions(cpu_seconds=1.0, memory_bytes=256 << 20, windows=False)
SET = "verilog-eval-v1-human"
OWN = problem(COUNTER, Dialect.V1)
CHEAP = [exploit for exploit in EXPLOITS if not exploit.costly]


@pytest.fixture(scope="module")
def judged() -> tuple[Seen, Seen, dict[str, Seen]]:
    """A right design, an honest wrong one, and every exploit that costs no time."""
    target = Target(subject=COUNTER, dialect=Dialect.V1)
    texts = [right(COUNTER, Dialect.V1), wrong(COUNTER, Dialect.V1)]
    texts += [exploit.text(target) for exploit in CHEAP]
    answers = [Answer(problem_set=SET, problem=OWN, completion=text) for text in texts]
    with Judge(cache=False, conditions=CONDITIONS) as judge:
        good, bad, *found = judge.seen(answers, similarity=True)
    return good, bad, dict(zip((exploit.name for exploit in CHEAP), found, strict=True))


@pytest.mark.icarus
@pytest.mark.parametrize("name", REWARDS)
def test_no_exploit_earns_more_than_an_honest_design(
    name: str, judged: tuple[Seen, Seen, dict[str, Seen]]
) -> None:
    reward = REWARDS[name]
    good, bad, found = judged
    best, honest = reward(good), reward(bad)
    assert best is not None
    assert honest is not None
    assert best == reward.highest >= honest
    for exploit in CHEAP:
        earned = reward(found[exploit.name])
        assert earned is not None, exploit.name
        # What works as slang reads it is honest where slang's reading is simulated.
        assert earned <= (best if exploit.two_faced else honest), exploit.name


@pytest.mark.icarus
def test_refused_designs_earn_the_lowest(judged: tuple[Seen, Seen, dict[str, Seen]]) -> None:
    refused = [one for one in judged[2].values() if one.judgement.category is Category.REFUSED]
    assert len(refused) > 100
    assert {reward(one) for reward in REWARDS.values() for one in refused} == {0.0}


@pytest.mark.icarus
def test_a_batch_is_judged_once_for_all_rewards() -> None:
    texts = [right(SELECTOR, Dialect.V1), wrong(SELECTOR, Dialect.V1), "", "module top_module("]
    text = problem_json(problem(SELECTOR, Dialect.V1))
    with Judge(cache=False, conditions=CONDITIONS) as judge:
        rewards = grpo_rewards(["verireason", "pass", "share"], judge)
        assert [reward.__name__ for reward in rewards] == ["verireason", "pass", "share"]
        first, passed, share = (reward(texts, [text] * 4, [SET] * 4) for reward in rewards)
    assert passed == [1.0, 0.0, 0.0, 0.0]
    assert first[0] == pytest.approx(2.1)
    assert first[1] is not None
    assert 0.8 < first[1] < 1.2
    assert share[1] is not None
    assert 0 < share[1] < 1
    assert first[2] == 0.0


@pytest.mark.icarus
def test_problems_of_one_name_are_told_apart() -> None:
    one, other = problem(SELECTOR, Dialect.V1), problem(COUNTER, Dialect.V1)
    alike = problem_of(problem_json(other).replace('"own_counter"', '"own_selector"'))
    asked = [
        Answer(problem_set=SET, problem=each, completion=own.golden)
        for each in (one, alike)
        for own in (one, other)
    ]
    with Judge(cache=False, conditions=CONDITIONS) as judge:
        found = [seen.judgement.functional for seen in judge.seen(asked)]
    assert found == [True, False, False, True]


GOLDEN = "module m(input a, input b, output y); assign y = a & b; endmodule"


def test_similarity_sees_structure_and_not_names() -> None:
    renamed = "module n(input c, input d, output z); // and\n  assign z = c & d;\nendmodule"
    other = GOLDEN.replace("&", "|")
    padded = GOLDEN.replace("endmodule", "wire c;" * 40 + "endmodule")
    hostile = ["", "(" * 60_000, "x" * 70_000, '`include "/dev/zero"', "\ud800"]
    pairs = [(GOLDEN, text) for text in (GOLDEN, renamed, other, padded, *hostile)]
    same, alias, changed, long, *nothing = similarities(pairs)
    assert same == alias == 1.0
    assert 0.5 < changed < 1.0
    assert long < changed
    assert all(value < 0.2 for value in nothing)
