"""Families of problems, and splits that never part them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.data.families import families, stem
from rtlgen.data.judged import Task
from rtlgen.data.rows import Split
from rtlgen.data.splits import Ratios, assign, split_of


def task(problem: str, spec: str = "", golden: str = "", family: str = "", of: str = "set") -> Task:
    spec = spec or " ".join(f"{problem}{n}" for n in range(30))
    return Task(
        problem_set=of,
        problem=problem,
        spec=spec,
        golden=golden,
        family=family,
        top="m",
        prompt=(),
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lemmings2", "lemmings"),
        ("Prob120_fsm3s", "fsm3s"),
        ("count_v2", "count"),
        ("vector-10", "vector"),
        ("freq_div", "freq_div"),
        ("17", ""),
        ("fsm", "fsm"),
    ],
)
def test_stems(name: str, expected: str) -> None:
    assert stem(name) == expected


def test_by_name() -> None:
    found = families([task("walk1"), task("walk2"), task("Prob004_walk3", of="other"), task("run")])
    assert found == {
        ("set", "walk1"): "walk",
        ("set", "walk2"): "walk",
        ("other", "Prob004_walk3"): "walk",
        ("set", "run"): "run",
    }


def test_a_stem_that_many_have_says_nothing() -> None:
    found = families([task(f"task{n}") for n in range(40)])
    assert len(set(found.values())) == 40


def test_by_text() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    found = families([task("alpha", text), task("beta", text + " more"), task("gamma")])
    assert found["set", "alpha"] == found["set", "beta"] == "alpha"
    assert found["set", "gamma"] == "gamma"


def test_by_design() -> None:
    one = "module m(input a, b, output y); assign y = a & b; endmodule"
    other = "module n(input p, q, output r); assign r = p & q; endmodule"
    found = families([task("alpha", golden=one), task("beta", golden=other), task("gamma")])
    assert found["set", "alpha"] == found["set", "beta"] == "alpha"


def test_from_one_to_the_next() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    found = families([task("walk1"), task("walk2", text), task("other", text)])
    assert set(found.values()) == {"other"}


def test_a_name_that_the_set_gives_stays() -> None:
    found = families([task("walk1", family="counters"), task("walk2")])
    assert found == {("set", "walk1"): "counters", ("set", "walk2"): "walk"}


@settings(max_examples=20, deadline=None)
@given(st.permutations(["walk1", "walk2", "run", "jump1", "jump2", "swim"]))
def test_the_order_makes_no_difference(names: list[str]) -> None:
    tasks = [task(name) for name in names]
    assert families(tasks) == families(sorted(tasks, key=lambda one: one.problem))


@given(st.lists(st.text(max_size=20), max_size=60), st.integers(0, 2**40))
def test_a_family_is_never_parted(names: list[str], seed: int) -> None:
    found = assign({(n, name): name for n, name in enumerate(names)}, seed=seed)
    by_name: dict[str, set[Split]] = {}
    for (_, name), split in found.items():
        by_name.setdefault(name, set()).add(split)
    assert all(len(splits) == 1 for splits in by_name.values())


@given(st.text(), st.integers(0, 2**40), st.lists(st.text()))
def test_a_split_stays_when_families_are_added(name: str, seed: int, more: list[str]) -> None:
    alone = assign({0: name}, seed=seed)
    together = assign({0: name, **{n + 1: other for n, other in enumerate(more)}}, seed=seed)
    assert together[0] == alone[0] == split_of(name, seed=seed)


def test_shares() -> None:
    ratios = Ratios(train=0.6, validation=0.3, test=0.1)
    counts = Counter(split_of(f"family {n}", ratios=ratios) for n in range(4000))
    assert abs(counts[Split.TRAIN] / 4000 - 0.6) < 0.03
    assert abs(counts[Split.VALIDATION] / 4000 - 0.3) < 0.03
    assert abs(counts[Split.TEST] / 4000 - 0.1) < 0.02


def test_a_share_of_one_takes_all() -> None:
    ratios = Ratios(train=1, validation=0, test=0)
    assert {split_of(str(n), ratios=ratios) for n in range(500)} == {Split.TRAIN}


@pytest.mark.parametrize("shares", [(0.5, 0.1, 0.1), (1.2, -0.1, -0.1)])
def test_shares_that_are_none(shares: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="at least 0 and sum up to 1"):
        Ratios(train=shares[0], validation=shares[1], test=shares[2])
