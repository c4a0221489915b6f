"""Which designs are the same, and how they become jobs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.evaluation.design_key import key_of, plain_form
from rtlgen.evaluation.harness.protocol import DEAR_SECONDS, Conditions, Later, Preparation
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.evaluation.jobs import (
    LEAST_SECONDS,
    MOST_DESIGNS,
    JudgeTask,
    Pending,
    PrepareTask,
    plan_jobs,
    plan_later,
)
from sim.errors import EnvironmentFault

BARE = "module m(input a, output q);\nassign q = a;\nendmodule"


@pytest.mark.parametrize(
    "text",
    [
        "module m(input a, output q); // a comment\n  assign q = a;\nendmodule",
        "/* first */ module m(input a, output q);\r\n\r\n\tassign q =   a;\nendmodule\n\n",
        "module m(input a, output q);/* * // */assign q = a;/**/endmodule",
        "module m(input a, output q); // 你好 /* \nassign q = a;\nendmodule // end",
    ],
)
def test_comments_and_white_space_do_not_tell_designs_apart(text: str) -> None:
    assert plain_form(text) == BARE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assign q = 'h 1;", "assign q = 'h\n1;"),
        ("assign q = 'h 1;", "assign q = 'h/**/1;"),
        ("always @( * )", "always @(\n*)"),
        ("q = a;", "q = b;"),
        ("q <= a;", "q < = a;"),
        ("ab", "a b"),
        ("a/**/b", "ab"),
        ("x // c", "x / / c"),
    ],
)
def test_what_a_tool_may_tell_apart_is_apart(one: str, other: str) -> None:
    assert plain_form(one) != plain_form(other)


@pytest.mark.parametrize(
    "text",
    [
        'initial $display("// no comment");',
        "`define A // x\n",
        "wire \\a//b ;",
        "a /* open",
        "a /*/",
        "a /* b /* c */",
        "a \r b",
        "a \0 b",
        "a \x0b b",
        "a \u00a0 b",
        "ä",
    ],
)
def test_where_a_comment_is_in_doubt_only_equal_texts_are_equal(text: str) -> None:
    assert plain_form(text) is None


PIECES = ["//", "/*", "*/", "/", "*", "\n", " ", "a", "(", ")", "'h", "1", ";", "\t", "\r\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_plain_form_of_a_plain_form_is_itself(text: str) -> None:
    plain = plain_form(text)
    if plain is not None:
        assert plain_form(plain) == plain


@pytest.mark.parametrize(
    "piece", ["/*", "//", " ", "/", "*/", "\n", "/*/", "a ", "'", " \r\n", "*"]
)
def test_two_million_characters_take_a_moment(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    start = time.process_time()
    plain_form(text + "x")
    assert time.process_time() - start < 5


def test_a_key_is_of_problem_and_text() -> None:
    keys = {key_of(p, t) for p in (b"p", b"q") for t in ("a", "b")}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


def batch(task: str, designs: int, seconds: float) -> tuple[Preparation, list[Pending]]:
    pending = [
        Pending(task_id=task, text=f"{task} {n}", key=f"{task} {n}".encode(), keys=[])
        for n in range(designs)
    ]
    return Preparation(problem=task, simulator="s", seconds=seconds), pending


BATCHES = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from([0.0, 0.01, 0.3, 5.0])), max_size=12
)


@given(BATCHES, st.integers(1, 8))
def test_each_design_is_in_one_job(sizes: list[tuple[int, float]], workers: int) -> None:
    batches = [batch(f"t{n}", *size) for n, size in enumerate(sizes)]
    jobs = plan_jobs(batches, workers=workers)
    planned = [design.text for job in jobs for design in job.designs]
    assert sorted(planned) == sorted(design.text for _, designs in batches for design in designs)
    assert [job.seconds for job in jobs] == sorted((job.seconds for job in jobs), reverse=True)
    assert all(0 < len(job.designs) <= MOST_DESIGNS for job in jobs)
    for job in jobs:
        for part in job.parts:
            assert {design.task_id for design in part.designs} == {part.task_id}


@given(BATCHES, st.integers(1, 8))
def test_no_job_is_so_long_that_others_wait_for_it(
    sizes: list[tuple[int, float]], workers: int
) -> None:
    jobs = plan_jobs([batch(f"t{n}", *size) for n, size in enumerate(sizes)], workers=workers)
    total = sum(job.seconds for job in jobs)
    # Each part pays for the reference once more.
    most = 1.5 * max(LEAST_SECONDS, total / workers) + max((cost for _, cost in sizes), default=0.0)
    assert all(job.seconds <= most * 1.001 or len(job.designs) == 1 for job in jobs)


def test_cheap_problems_share_a_job() -> None:
    jobs = plan_jobs([batch(f"t{n}", 2, 0.0) for n in range(10)], workers=2)
    assert len(jobs) == 1


def test_halves_are_the_whole() -> None:
    (job,) = plan_jobs([batch(f"t{n}", 3, 0.0) for n in range(3)], workers=1)
    queue, singles = [job], []
    while queue:
        one = queue.pop()
        if len(one.designs) == 1:
            singles += one.designs
        else:
            queue += one.halves()
    assert sorted(d.text for d in singles) == sorted(d.text for d in job.designs)


def test_a_machine_with_another_simulator_is_at_fault() -> None:
    harness = ScriptedHarness(version="2.0")
    wanted = "must have Scripted 1.0, one has Scripted 2.0\n\nhint: "
    conditions = Conditions()
    for task in (
        PrepareTask(harness=harness, simulator="Scripted 1.0", problems=(), conditions=conditions),
        JudgeTask(harness=harness, simulator="Scripted 1.0", groups=(), conditions=conditions),
    ):
        with pytest.raises(EnvironmentFault, match=wanted):
            task()


def _pending(number: int) -> Pending:
    return Pending(task_id="t", text=f"design {number}", key=bytes([number]), keys=[])


def _left(*costs: float, reference: float, alike: int = 0) -> list[tuple[Pending, Later]]:
    """Return designs with these costs; the first `alike` are one."""
    return [
        (_pending(n), Later(seconds=reference + cost, alike=str(max(n, alike - 1))))
        for n, cost in enumerate(costs)
    ]


def _loads(left: list[tuple[Pending, Later]], *, reference: float, workers: int) -> list[float]:
    preparation = Preparation(problem="", simulator="", samples=1, seconds=reference)
    jobs = plan_later(preparation, left, workers=workers)
    planned = [design for job in jobs for design in job.designs]
    assert sorted(design.key for design in planned) == sorted(d.key for d, _ in left)
    for job in jobs:
        (part,) = job.parts
        known = {design.key: later for design, later in left}
        assert [known[design.key] for design in part.designs] == list(part.left)
    return [job.seconds for job in jobs]


def test_dear_designs_that_were_left_are_shared_by_the_workers() -> None:
    left = _left(1.0, 10.0, 9.0, 1.0, 10.0, reference=2.0)
    assert _loads(left, reference=2.0, workers=2) == pytest.approx([21.0, 14.0])


def test_where_the_reference_is_cheap_there_are_more_jobs_than_workers() -> None:
    assert len(_loads(_left(2.0, 2.0, 2.0, 2.0, reference=0.1), reference=0.1, workers=2)) == 4


def test_designs_that_say_the_same_go_together() -> None:
    loads = _loads(_left(5.0, 5.0, 5.0, 5.0, reference=0.1, alike=3), reference=0.1, workers=4)
    assert loads == pytest.approx([5.1, 5.1])


def test_designs_cheaper_than_the_reference_are_one_job() -> None:
    assert len(_loads(_left(0.1, 0.2, 0.1, reference=3.0), reference=3.0, workers=8)) == 1


def test_halves_of_what_was_left_know_what_was_found() -> None:
    preparation = Preparation(problem="", simulator="", samples=1, seconds=3.0)
    [job] = plan_later(preparation, _left(0.1, 0.1, 0.1, reference=3.0), workers=1)
    first, second = job.halves()
    assert first.parts[0].left + second.parts[0].left == job.parts[0].left
    assert len(first.parts[0].left) == len(first.designs) == 1


@pytest.mark.parametrize("in_parts", [False, True])
def test_only_a_harness_that_judges_in_parts_gets_dear_designs_in_one(in_parts: bool) -> None:
    preparation = Preparation(problem="", simulator="", samples=1, seconds=2 * DEAR_SECONDS)
    designs = [_pending(n) for n in range(8)]
    jobs = plan_jobs([(preparation, designs)], workers=2, in_parts=in_parts)
    assert len(jobs) == (1 if in_parts else 4)
