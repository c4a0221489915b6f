"""Samples from models: what is asked, what is paid once, and what has no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import benchmark
from rtlgen.evaluation.generate import (
    Drawing,
    FromModel,
    compiled,
    compiled_source,
    drop_unanswered,
    header_of,
    requests_of,
)
from rtlgen.evaluation.judgement import not_judged
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.row import ROWS, Origin, Row, read_rows
from rtlgen.evaluation.run_folder import ANSWERS
from rtlgen.evaluation.run_record import write_run
from rtlgen.evaluation.samples import Sample
from rtlgen.llm.budget import Budget
from rtlgen.llm.model import Answer, Failure, LanguageModel, ModelFault, Request, Sampling
from rtlgen.llm.openai_server import OpenAIServer
from rtlgen.llm.replay import Replay
from rtlgen.llm.scripted import Scripted
from rtlgen.llm.style import style_of
from tests.evaluation.report_runs import run_record
from tests.llama import Llama, llama_server  # noqa: F401

KNOWN = benchmark("verilog-eval-v1-human")
HEADER = "module top_module (\n  input a,\n  input b,\n  output y\n);\n"


def problem(name: str, description: str = "The output is a and b.") -> Problem:
    return Problem(
        task_id=name,
        top="top_module",
        description=description,
        header=HEADER,
        test="",
        golden=f"{HEADER}  assign y = a & b;\nendmodule\n",
        place=f"problems.jsonl:{name}",
    )


TWO = [problem("first"), problem("second", "The output is a or b.")]


def drawn(
    model: LanguageModel,
    folder: Path,
    *,
    problems: Sequence[Problem] = TWO,
    budget: Budget | None = None,
    drawing: Drawing | None = None,
) -> list[Sample]:
    return list(asked(model, folder, problems=problems, budget=budget, drawing=drawing))


def asked(
    model: LanguageModel,
    folder: Path,
    *,
    problems: Sequence[Problem] = TWO,
    budget: Budget | None = None,
    drawing: Drawing | None = None,
) -> FromModel:
    return FromModel(
        KNOWN,
        problems,
        model,
        budget=budget or Budget(),
        drawing=drawing or Drawing(n=2),
        folder=folder,
    )


def echo(request: Request) -> str:
    return f"{request.subject} {request.sample}"


def test_samples_in_order(tmp_path: Path) -> None:
    model = Scripted(echo)
    found = drawn(model, tmp_path)
    assert [(s.task_id, s.index, s.completion) for s in found] == [
        ("first", 0, "first 0"),
        ("first", 1, "first 1"),
        ("second", 0, "second 0"),
        ("second", 1, "second 1"),
    ]
    assert {s.trouble for s in found} == {""}
    assert [m.content for m in model.requests[0].messages] == [
        m.content for m in KNOWN.prompt(TWO[0])
    ]
    assert {request.seed for request in model.requests} == {1}


def test_nothing_is_asked_before_the_first_sample_is_wanted(tmp_path: Path) -> None:
    model = Scripted(echo)
    many = [problem(f"p{number}") for number in range(200)]
    found = iter(asked(model, tmp_path, problems=many))
    assert not (tmp_path / ANSWERS).exists()
    next(found)
    assert 0 < len(model.requests) < 400, "judging begins before the last question"
    found.close()  # type: ignore[attr-defined]


def test_nothing_is_paid_twice(tmp_path: Path) -> None:
    first = drawn(Scripted(echo), tmp_path)
    again = Scripted(echo)
    assert drawn(again, tmp_path) == first
    assert again.requests == []
    more = drawn(again, tmp_path, drawing=Drawing(n=3))
    assert len(more) == 6
    assert [request.sample for request in again.requests] == [2, 2]


def test_a_failed_answer_is_a_sample_without_completion(tmp_path: Path) -> None:
    failed = Answer(text=None, failure=Failure.TIMEOUT, detail="after 5 s")
    model = Scripted(lambda r: failed if r.sample else "module top_module; endmodule")
    found = drawn(model, tmp_path)
    assert [s.completion is None for s in found] == [False, True, False, True]
    assert found[1].trouble == "no answer in time: after 5 s"
    assert found[1].place == "scripted, sample 1"
    well = Scripted(echo)
    assert all(s.completion for s in drawn(well, tmp_path))
    assert len(well.requests) == 2, "only what has failed is asked again"


def test_a_spent_budget(tmp_path: Path) -> None:
    from_model = asked(Scripted(echo), tmp_path, budget=Budget(attempts=3))
    found = list(from_model)
    assert [s.completion for s in found] == ["first 0", "first 1", "second 0", None]
    assert found[3].trouble.startswith("the budget is spent")
    assert from_model.spent.startswith("3 of 3 attempts")
    found = drawn(Scripted(echo), tmp_path, budget=Budget(attempts=4))
    assert [s.completion for s in found][3] == "second 1"


def test_a_model_that_cannot_be_asked(tmp_path: Path) -> None:
    def refuse(request: Request) -> str:
        raise ModelFault("the key is wrong")

    with pytest.raises(ModelFault, match="the key is wrong"):
        drawn(Scripted(refuse), tmp_path)


def test_what_identifies_the_answers() -> None:
    def digest_of(drawing: Drawing, problems: Sequence[Problem] = TWO, name: str = "x") -> str:
        model = Scripted(echo, name=name)
        return asked(model, Path("unused"), problems=problems, drawing=drawing).source.digest

    plain = digest_of(Drawing())
    assert plain == digest_of(Drawing())
    others = [
        digest_of(Drawing(n=9)),
        digest_of(Drawing(seed=2)),
        digest_of(Drawing(sampling=Sampling(temperature=0))),
        digest_of(Drawing(), TWO[:1]),
        digest_of(Drawing(), [TWO[0], replace(TWO[1], description="else")]),
        digest_of(Drawing(), name="y"),
    ]
    assert len({plain, *others}) == 7


class Plain(Scripted):
    """A model that was trained on plain prompts."""

    prompt_style = "plain"


def test_a_model_trained_on_plain_prompts_is_asked_so() -> None:
    model = Plain(echo)
    (request,) = requests_of(KNOWN, TWO[0], Drawing(n=1), style_of(model))
    user, begun = request.messages
    assert (user.role, begun.role) == ("user", "assistant")
    assert user.content == f"The output is a and b.\n\n{HEADER.strip()}"
    assert begun.content == HEADER.strip()
    with pytest.raises(UsageError, match="takes no in-context examples, not 1"):
        requests_of(KNOWN, TWO[0], Drawing(shots=1), "plain")
    assert asked(model, Path("unused")).source != asked(Scripted(echo), Path("unused")).source


class Batched(Scripted):
    """A model that likes to be asked two things at a time."""

    at_once = 2

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        self.sizes = [*getattr(self, "sizes", []), len(requests)]
        return super().ask(requests)


def test_a_model_is_asked_as_much_at_once_as_it_likes(tmp_path: Path) -> None:
    model = Batched(echo)
    three = [*TWO, problem("third", "The output is a xor b.")]
    drawn(model, tmp_path, problems=three, drawing=Drawing(n=1))
    assert model.sizes == [2, 1]


def test_a_header_follows_from_the_description() -> None:
    told = (
        "Implement module `top_module`.\n\n- input a (8 bits)\n- output y\n\ny is the parity of a."
    )
    without = replace(TWO[0], header="", description=told)
    assert header_of(TWO[0]) == HEADER.strip()
    assert "input  logic [7:0] a" in header_of(without)
    assert not header_of(replace(without, description="Do something."))


def test_bad_numbers() -> None:
    with pytest.raises(UsageError, match="--n must be at least 1, not 0"):
        Drawing(n=0)
    with pytest.raises(UsageError, match="in-context example"):
        requests_of(KNOWN, TWO[0], Drawing(shots=1))


def test_samples_made_elsewhere_are_found_by_their_task(tmp_path: Path) -> None:
    lines = [
        {"task_id": "second", "completion": "two"},
        {"task_id": "first", "completion": "one"},
        {"task_id": "first", "completion": "another"},
    ]
    path = tmp_path / "made.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = drawn(Replay(path), tmp_path)
    assert [s.completion for s in found] == ["one", "another", "two", None]
    assert "there is no further sample" in found[3].trouble


def test_the_built_in_proposer() -> None:
    formal = problem(
        "table",
        "| a | b | y |\n|---|---|---|\n| 0 | 0 | 0 |\n| 0 | 1 | 0 |\n| 1 | 0 | 0 |\n| 1 | 1 | 1 |\n",
    )
    prose = problem("prose", "Do what the user would like.")
    found = list(compiled([formal, prose], 2))
    assert [(s.task_id, s.index) for s in found] == [
        ("table", 0),
        ("table", 1),
        ("prose", 0),
        ("prose", 1),
    ]
    assert "module top_module" in (found[0].completion or "")
    assert found[2].completion == ""
    source = compiled_source([formal, prose], 2)
    assert (source.name, source.digest) == ("builtin", compiled_source([formal, prose], 2).digest)
    assert source.digest != compiled_source([formal], 2).digest


def row(task: str, sample: int, *, answered: bool) -> Row:
    trouble = "x:1: no answer in time" if not answered else "the simulator has crashed"
    return Row.of(
        task,
        sample,
        not_judged(trouble),
        verilog="module m; endmodule" if answered else None,
        digest="0" * 32 if answered else "",
        rule="",
        origin=Origin.JUDGED if answered else Origin.NONE,
    )


def test_unanswered_samples_are_forgotten_when_a_run_goes_on(tmp_path: Path) -> None:
    rows = [row("a", 0, answered=True), row("a", 1, answered=False), row("b", 0, answered=True)]
    write_run(tmp_path, run_record(["a", "b"]))
    (tmp_path / ROWS).write_bytes(b"".join(one.line() for one in rows) + b'{"torn')
    assert drop_unanswered(tmp_path) == 1
    assert list(read_rows(tmp_path)) == [rows[0], rows[2]]
    assert (tmp_path / ROWS).read_bytes().endswith(b'{"torn')
    before = (tmp_path / ROWS).stat().st_mtime_ns
    assert drop_unanswered(tmp_path) == 0
    assert (tmp_path / ROWS).stat().st_mtime_ns == before
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", ROWS}


def test_there_is_nothing_to_forget_before_a_run_has_begun(tmp_path: Path) -> None:
    (tmp_path / ANSWERS).write_text("")
    assert drop_unanswered(tmp_path) == 0
    (tmp_path / "mine").write_text("")
    with pytest.raises(UsageError, match=r"--resume goes on with a run"):
        drop_unanswered(tmp_path)


def test_a_real_server(tmp_path: Path, llama_server: Llama) -> None:  # noqa: F811
    server = OpenAIServer(model=llama_server.model, base_url=llama_server.base_url, concurrency=2)
    drawing = Drawing(n=2, sampling=Sampling(max_tokens=24))
    with closing(server):
        found = drawn(server, tmp_path, drawing=drawing)
        assert [(s.task_id, s.index) for s in found] == [
            ("first", 0),
            ("first", 1),
            ("second", 0),
            ("second", 1),
        ]
        assert all(s.completion for s in found), found
        assert drawn(server, tmp_path, drawing=drawing) == found
